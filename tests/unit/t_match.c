/* Who is the same client: every rule and every exclusion of match.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "flow/match.h"
#include "model/party.h"

#define ALL "origin inn_kpp email phone name"
#define ID "id-1"

/* Parts "key:value", separated by '|'; see `keys`. */
struct sample {
	const char *what;
	const char *steps;
	enum target_kind kind;
	const char *ours;
	const char *rows[4];
	unsigned taken;                 /* bit i: row i; bit 4 + i: by one
					   that is deleted; bit 8 + i: by a
					   contact person */
	enum match_verdict verdict;
	enum match_step step;
	enum match_why why;
	size_t first, count;            /* rows[0] and how many */
};

static const struct {
	const char *key;
	enum field field;
	const char *kind;               /* of a field of lines */
} keys[] = {
	{ "name", FIELD_NAME, NULL },
	{ "last", FIELD_LAST_NAME, NULL },
	{ "first", FIELD_FIRST_NAME, NULL },
	{ "second", FIELD_SECOND_NAME, NULL },
	{ "mark", FIELD_XML_ID, NULL },
	{ "from", FIELD_ORIGINATOR, NULL },
	{ "phone", FIELD_PHONES, "WORK" },
	{ "email", FIELD_EMAILS, "WORK" },
	{ "tax", FIELD_TAXPAYER, "" },          /* ИНН or ИНН/КПП */
};

static void
add_line(struct fields *fields, enum field field, const char *kind,
    struct str value)
{
	struct buf lines = BUF_INIT(4096);
	struct str held = fields_get(fields, field);
	const char *slash = kind[0] == '\0' && value.len > 0 ?
	    memchr(value.p, '/', value.len) : NULL;
	size_t cut = slash != NULL ? (size_t)(slash - value.p) : value.len;

	(void)buf_add(&lines, held.p, held.len);
	if (kind[0] != '\0')
		party_line_add(&lines, str_of(kind), value);
	else
		party_line_add(&lines, str_n(value.p, cut), slash != NULL ?
		    str_n(slash + 1, value.len - cut - 1) : STR_NONE);
	(void)fields_set(fields, field, str_n(buf_text(&lines), lines.len));
	buf_free(&lines);
}

static void
add_part(struct fields *fields, struct str part)
{
	const char *colon = memchr(part.p, ':', part.len);
	struct str value;

	assert_non_null(colon);
	value = str_n(colon + 1, part.len - (size_t)(colon + 1 - part.p));
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		if (!str_is(str_n(part.p, (size_t)(colon - part.p)),
		    keys[i].key))
			continue;
		if (keys[i].kind != NULL)
			add_line(fields, keys[i].field, keys[i].kind, value);
		else
			(void)fields_set(fields, keys[i].field, value);
		return;
	}
	fail_msg("no key: %s", part.p);
}

static void
fill(struct fields *fields, const char *text)
{
	fields_init(fields);
	while (*text != '\0') {
		size_t len = strcspn(text, "|");

		add_part(fields, str_n(text, len));
		text += len + (text[len] == '|' ? 1 : 0);
	}
}

static void
set_steps(struct config *config, const char *steps)
{
	struct config_list *list = &config->counterparties.match;

	list->items = mem_array(8, sizeof(*list->items));
	while (*steps != '\0') {
		size_t len = strcspn(steps, " ");

		list->items[list->count++] = mem_text_n(steps, len);
		steps += len + (steps[len] == ' ' ? 1 : 0);
	}
}

static void
check_result(const struct sample *sample, const struct match *match)
{
	if (match->verdict != sample->verdict || match->step != sample->step ||
	    match->why != sample->why || match->count != sample->count ||
	    match->row_count != sample->count ||
	    (sample->count > 0 && match->rows[0] != sample->first))
		fail_msg("%s: verdict %d, step \"%s\", why %d, %zu rows, "
		    "first %zu", sample->what, (int)match->verdict,
		    match_step_name(match->step), (int)match->why,
		    match->count, match->rows[0]);
}

static void
check(const struct sample *sample)
{
	struct config config = { .path = NULL };
	char originator[] = "ONE_C";
	struct found rows[4];
	struct target target;
	struct fields ours;
	struct match match;
	enum match_holder taken[4];
	size_t count = 0;
	int rc;

	config.counterparties.originator = originator;
	set_steps(&config, sample->steps);
	if (sample->kind == TARGET_PERSON)
		target_set_part(&target, sample->kind, str_of("company"),
		    str_of(ID));
	else
		target_set(&target, sample->kind, str_of(ID));
	fill(&ours, sample->ours);
	for (; count < 4 && sample->rows[count] != NULL; count++) {
		rows[count].portal_id = 100 + (int64_t)count;
		fill(&rows[count].fields, sample->rows[count]);
		taken[count] = (sample->taken >> count & 1) != 0 ?
		    MATCH_HELD : (sample->taken >> (count + 4) & 1) != 0 ?
		    MATCH_LEFT : (sample->taken >> (count + 8) & 1) != 0 ?
		    MATCH_PERSONS : MATCH_FREE;
	}
	rc = match_decide(&config, &target, &ours, rows, count, taken,
	    &match);
	assert_int_equal(rc, match.verdict);
	check_result(sample, &match);
	fields_free(&ours);
	for (size_t i = 0; i < count; i++)
		fields_free(&rows[i].fields);
	for (size_t i = 0; i < config.counterparties.match.count; i++)
		free(config.counterparties.match.items[i]);
	free(config.counterparties.match.items);
}

static void
check_all(const struct sample *samples, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check(&samples[i]);
}

#define CHECK(samples) \
	check_all((samples), sizeof(samples) / sizeof((samples)[0]))

#define NOBODY MATCH_NONE, MATCH_BY_NOTHING, MATCH_WHY_NOTHING, 0, 0
#define LINKED(step, row) MATCH_ONE, MATCH_BY_##step, MATCH_WHY_NOTHING, row, 1
#define SEVERAL(step, row, n) MATCH_MANY, MATCH_BY_##step, \
	MATCH_WHY_SEVERAL, row, n
#define DOUBT(step, why, row, n) MATCH_MANY, MATCH_BY_##step, \
	MATCH_WHY_##why, row, n

#define OUR_MARK "from:ONE_C|mark:" ID
#define INN "7701234567"
#define KPP "770101001"
#define FIRM "name:ООО «Ромашка»|tax:" INN "/" KPP \
	"|phone:+7 (495) 123-45-67|email:info@romashka.ru"

static void
mark_decides_first(void **state)
{
	static const struct sample samples[] = {
		{ "our mark", ALL, TARGET_COMPANY, FIRM,
		    { "name:Кто-то|" OUR_MARK }, 0, LINKED(ORIGIN, 0) },
		{ "our mark before an equal INN", ALL, TARGET_COMPANY, FIRM,
		    { "tax:" INN "/" KPP, OUR_MARK }, 0, LINKED(ORIGIN, 1) },
		{ "two with our mark", ALL, TARGET_COMPANY, FIRM,
		    { OUR_MARK, OUR_MARK }, 0, SEVERAL(ORIGIN, 0, 2) },
		{ "our mark of another originator", ALL, TARGET_COMPANY,
		    FIRM, { "from:OTHER|mark:" ID }, 0, NOBODY },
		{ "mark in other case", ALL, TARGET_COMPANY, FIRM,
		    { "from:ONE_C|mark:ID-1" }, 0, NOBODY },
		{ "our mark and another INN is no double", ALL,
		    TARGET_COMPANY, FIRM, { OUR_MARK "|tax:7709999999" }, 0,
		    DOUBT(ORIGIN, TAXPAYER, 0, 1) },
		{ "our mark and another KPP", ALL, TARGET_COMPANY, FIRM,
		    { OUR_MARK "|tax:" INN "/780101001" }, 0,
		    DOUBT(ORIGIN, TAXPAYER, 0, 1) },
		{ "our mark, not a step", "inn_kpp", TARGET_COMPANY, FIRM,
		    { OUR_MARK }, 0, NOBODY },
		{ "person by the person's id", ALL, TARGET_PERSON,
		    "last:Иванов", { OUR_MARK }, 0, LINKED(ORIGIN, 0) },
		{ "person by the company's id", ALL, TARGET_PERSON,
		    "last:Иванов", { "from:ONE_C|mark:company" }, 0, NOBODY },
	};

	(void)state;
	CHECK(samples);
}

static void
some_are_no_candidates_whatever_agrees(void **state)
{
	static const struct sample samples[] = {
		{ "taken", ALL, TARGET_COMPANY, FIRM, { FIRM, OUR_MARK }, 3,
		    NOBODY },
		{ "one of two is taken", ALL, TARGET_COMPANY, FIRM,
		    { FIRM, FIRM }, 1, LINKED(TAXPAYER, 1) },
		{ "another INN, all else equal", ALL, TARGET_COMPANY, FIRM,
		    { "name:Ромашка|tax:7709999999|phone:84951234567|"
		    "email:info@romashka.ru" }, 0, NOBODY },
		{ "another KPP, all else equal", ALL, TARGET_COMPANY, FIRM,
		    { "name:Ромашка|tax:" INN "/780101001|"
		    "phone:84951234567" }, 0, NOBODY },
		{ "one of several requisites agrees", ALL, TARGET_COMPANY,
		    FIRM, { "tax:7709999999/770101001|tax:" INN "/" KPP }, 0,
		    LINKED(TAXPAYER, 0) },
		{ "none of several agrees", ALL, TARGET_COMPANY, FIRM,
		    { "name:Ромашка|tax:7709999999|tax:7708888888" }, 0,
		    NOBODY },
		{ "mark of another client of 1C", ALL, TARGET_COMPANY, FIRM,
		    { FIRM "|from:ONE_C|mark:id-2" }, 1, NOBODY },
		{ "mark of nobody in this 1C", ALL, TARGET_COMPANY, FIRM,
		    { FIRM "|from:ONE_C|mark:id-2", "name:Ромашка" }, 0,
		    DOUBT(TAXPAYER, MARK, 0, 1) },
		{ "mark of nobody in this 1C, by the phone alone", ALL,
		    TARGET_COMPANY, FIRM, { "name:Ромашка|phone:84951234567|"
		    "from:ONE_C|mark:id-2" }, 0, DOUBT(PHONE, MARK, 0, 1) },
		{ "mark of nobody in this 1C, by a phone of another name", ALL,
		    TARGET_COMPANY, FIRM, { "name:Луг|phone:84951234567|"
		    "from:ONE_C|mark:id-2" }, 0, NOBODY },
		{ "mark of nobody in this 1C, a contact person", ALL,
		    TARGET_PERSON, "last:Иванов|first:Иван|phone:84951234567",
		    { "last:Иванов|first:Иван|phone:84951234567|"
		    "from:ONE_C|mark:id-2" }, 0, NOBODY },
		{ "a contact person's, the same man", ALL, TARGET_CONTACT,
		    "last:Иванов|first:Иван|phone:84951234567",
		    { "last:Иванов|first:Иван|second:Ильич|phone:84951234567|"
		    "from:ONE_C|mark:id-2" }, 256, LINKED(PHONE, 0) },
		{ "a contact person's, a namesake", ALL, TARGET_CONTACT,
		    "last:Иванов|first:Иван|phone:84957654321",
		    { "last:Иванов|first:Иван|phone:84951234567" }, 256,
		    NOBODY },
		{ "a contact person's, another patronymic", ALL,
		    TARGET_CONTACT,
		    "last:Иванов|first:Иван|second:Ильич|phone:84951234567",
		    { "last:Иванов|first:Иван|second:Львович|"
		    "phone:84951234567" }, 256, NOBODY },
		{ "held by one that is deleted", ALL, TARGET_COMPANY, FIRM,
		    { FIRM "|from:ONE_C|mark:id-2" }, 16,
		    LINKED(TAXPAYER, 0) },
		{ "held by one that is deleted, by the name alone", ALL,
		    TARGET_COMPANY, FIRM, { "name:Ромашка" }, 16, NOBODY },
		{ "mark of another program", ALL, TARGET_COMPANY, FIRM,
		    { FIRM "|from:SITE|mark:id-2" }, 0,
		    LINKED(TAXPAYER, 0) },
		{ "originator without a mark", ALL, TARGET_COMPANY, FIRM,
		    { FIRM "|from:ONE_C" }, 0, LINKED(TAXPAYER, 0) },
		{ "nothing there", ALL, TARGET_COMPANY, FIRM, { NULL }, 0,
		    NOBODY },
		{ "no steps", "", TARGET_COMPANY, FIRM, { FIRM }, 0, NOBODY },
	};

	(void)state;
	CHECK(samples);
}

static void
taxpayer_decides(void **state)
{
	static const struct sample samples[] = {
		{ "INN and KPP", ALL, TARGET_COMPANY, FIRM,
		    { "name:Иное|tax:" INN "/" KPP }, 0,
		    LINKED(TAXPAYER, 0) },
		{ "the portal has no KPP", ALL, TARGET_COMPANY, FIRM,
		    { "tax:" INN }, 0, LINKED(TAXPAYER, 0) },
		{ "1C has no KPP", ALL, TARGET_COMPANY, "tax:" INN,
		    { "tax:" INN "/" KPP }, 0, LINKED(TAXPAYER, 0) },
		{ "1C has no KPP, two branches", ALL, TARGET_COMPANY,
		    "tax:" INN, { "tax:" INN "/" KPP,
		    "tax:" INN "/780101001" }, 0, SEVERAL(TAXPAYER, 0, 2) },
		{ "the branch with this KPP", ALL, TARGET_COMPANY, FIRM,
		    { "tax:" INN "/780101001", "tax:" INN "/" KPP }, 0,
		    LINKED(TAXPAYER, 1) },
		{ "two equal ones: the phone does not choose", ALL,
		    TARGET_COMPANY, FIRM, { FIRM, "tax:" INN "/" KPP }, 0,
		    SEVERAL(TAXPAYER, 0, 2) },
		{ "contact", ALL, TARGET_CONTACT, "last:Иванов|"
		    "tax:770123456789", { "last:Иванов",
		    "last:Петров|tax:770123456789" }, 0,
		    LINKED(TAXPAYER, 1) },
	};

	(void)state;
	CHECK(samples);
}

static void
email_needs_a_name_that_does_not_differ(void **state)
{
	static const struct sample samples[] = {
		{ "company, equal names", ALL, TARGET_COMPANY, FIRM,
		    { "name:\"РОМАШКА\", ООО|email:Info@Romashka.ru" }, 0,
		    LINKED(EMAIL, 0) },
		{ "company, another name", ALL, TARGET_COMPANY, FIRM,
		    { "name:Василёк|email:info@romashka.ru" }, 0,
		    DOUBT(EMAIL, NAME, 0, 1) },
		{ "company, another name, INN agrees", "email",
		    TARGET_COMPANY, FIRM, { "name:Василёк|tax:" INN
		    "|email:info@romashka.ru" }, 0, LINKED(EMAIL, 0) },
		{ "company without a name", ALL, TARGET_COMPANY, FIRM,
		    { "email:info@romashka.ru" }, 0, LINKED(EMAIL, 0) },
		{ "contact, equal surnames", ALL, TARGET_CONTACT,
		    "last:Иванов|first:Пётр|email:a@b.ru",
		    { "last:ИВАНОВ|email:A@B.RU" }, 0, LINKED(EMAIL, 0) },
		{ "contact, no surname there", ALL, TARGET_CONTACT,
		    "last:Иванов|first:Пётр|email:a@b.ru",
		    { "first:Петр|email:a@b.ru" }, 0, LINKED(EMAIL, 0) },
		{ "contact, initial", ALL, TARGET_CONTACT,
		    "last:Иванов|first:П.|email:a@b.ru",
		    { "last:Иванов|first:Пётр|email:a@b.ru" }, 0,
		    LINKED(EMAIL, 0) },
		{ "contact, married", ALL, TARGET_CONTACT,
		    "last:Иванова|first:Анна|email:a@b.ru",
		    { "last:Петрова|first:Анна|email:a@b.ru" }, 0,
		    DOUBT(EMAIL, NAME, 0, 1) },
		{ "contact, father and son", ALL, TARGET_CONTACT,
		    "last:Иванов|first:Пётр|email:a@b.ru",
		    { "last:Иванов|first:Олег|email:a@b.ru" }, 0,
		    DOUBT(EMAIL, NAME, 0, 1) },
		{ "a colleague at the office's address", ALL, TARGET_PERSON,
		    "last:Иванов|first:Пётр|email:info@b.ru",
		    { "last:Сидоров|first:Олег|email:info@b.ru" }, 0,
		    NOBODY },
		{ "two contacts with it", ALL, TARGET_CONTACT,
		    "last:Иванов|email:a@b.ru", { "email:a@b.ru",
		    "email:a@b.ru" }, 0, SEVERAL(EMAIL, 0, 2) },
		{ "no e-mail at all", ALL, TARGET_CONTACT,
		    "last:Иванов|email:нет", { "first:А|email:нет" }, 0,
		    NOBODY },
	};

	(void)state;
	CHECK(samples);
}

static void
phone_needs_an_equal_name(void **state)
{
	static const struct sample samples[] = {
		{ "equal names", ALL, TARGET_COMPANY, FIRM,
		    { "name:Ромашка|phone:8-495-1234567" }, 0,
		    LINKED(PHONE, 0) },
		{ "another name: neither linked nor doubled", ALL,
		    TARGET_COMPANY, FIRM, { "name:Лютик|phone:84951234567" },
		    0, DOUBT(PHONE, NAME, 0, 1) },
		{ "no name there", ALL, TARGET_CONTACT,
		    "last:Иванов|phone:89161234567",
		    { "phone:+79161234567" }, 0, LINKED(PHONE, 0) },
		{ "contact, equal", ALL, TARGET_CONTACT,
		    "last:Иванов|first:Пётр|second:Ильич|phone:89161234567",
		    { "last:Иванов|first:Петр|phone:+79161234567" }, 0,
		    LINKED(PHONE, 0) },
		{ "contact, another patronymic", ALL, TARGET_CONTACT,
		    "last:Иванов|first:Пётр|second:Ильич|phone:89161234567",
		    { "last:Иванов|first:Пётр|second:Львович|"
		    "phone:89161234567" }, 0, DOUBT(PHONE, NAME, 0, 1) },
		{ "contact, surname alone", ALL, TARGET_CONTACT,
		    "last:Иванов|first:Пётр|phone:89161234567",
		    { "last:Иванов|phone:89161234567" }, 0,
		    DOUBT(PHONE, NAME, 0, 1) },
		{ "a colleague at the office's phone", ALL, TARGET_PERSON,
		    "last:Иванов|first:Пётр|phone:84951234567",
		    { "last:Сидоров|first:Олег|phone:84951234567" }, 0,
		    NOBODY },
		{ "no number", ALL, TARGET_COMPANY, "name:А|phone:нет",
		    { "name:Б|phone:нет" }, 0, NOBODY },
	};

	(void)state;
	CHECK(samples);
}

static void
name_alone_is_enough_without_contradiction(void **state)
{
	static const struct sample samples[] = {
		{ "company", ALL, TARGET_COMPANY, FIRM,
		    { "name:ромашка ООО" }, 0, LINKED(NAME, 0) },
		{ "company, other phones and e-mails", ALL, TARGET_COMPANY,
		    FIRM, { "name:Ромашка|phone:88001112233" }, 0,
		    DOUBT(NAME, CONTACTS, 0, 1) },
		{ "company, the portal has an e-mail alone", ALL,
		    TARGET_COMPANY, "name:Ромашка|phone:84951234567",
		    { "name:Ромашка|email:x@y.ru" }, 0, LINKED(NAME, 0) },
		{ "company, other phone, common e-mail", "name",
		    TARGET_COMPANY, FIRM, { "name:Ромашка|"
		    "phone:88001112233|email:info@romashka.ru" }, 0,
		    LINKED(NAME, 0) },
		{ "two companies of this name", ALL, TARGET_COMPANY, FIRM,
		    { "name:Ромашка", "name:Лютик", "name:ООО Ромашка" }, 0,
		    SEVERAL(NAME, 0, 2) },
		{ "another legal form", ALL, TARGET_COMPANY, FIRM,
		    { "name:ЗАО Ромашка" }, 0, DOUBT(NAME, FORM, 0, 1) },
		{ "another legal form, the phone is the same", ALL,
		    TARGET_COMPANY, FIRM, { "name:ЗАО Ромашка|"
		    "phone:84951234567" }, 0, DOUBT(PHONE, FORM, 0, 1) },
		{ "an INN that 1C does not know", ALL, TARGET_COMPANY,
		    "name:Ромашка|phone:84951234567",
		    { "name:Ромашка|tax:" INN }, 0,
		    DOUBT(NAME, NUMBER, 0, 1) },
		{ "an INN that 1C does not know, the phone is the same", ALL,
		    TARGET_COMPANY, "name:Ромашка|phone:84951234567",
		    { "name:Ромашка|phone:84951234567|tax:" INN }, 0,
		    LINKED(PHONE, 0) },
		{ "nothing but a legal form", ALL, TARGET_COMPANY,
		    "name:ООО", { "name:ООО" }, 0, NOBODY },
		{ "contact", ALL, TARGET_CONTACT, "last:Иванов|first:Пётр",
		    { "last:Иванов|first:Олег", "last:Иванов|first:Петр" },
		    0, LINKED(NAME, 1) },
		{ "contact, an initial is no name", ALL, TARGET_CONTACT,
		    "last:Иванов|first:П.", { "last:Иванов|first:Пётр" }, 0,
		    NOBODY },
		{ "contact, surname alone", ALL, TARGET_CONTACT,
		    "last:Иванов", { "last:Иванов" }, 0, NOBODY },
		{ "contact, no patronymic there", ALL, TARGET_CONTACT,
		    "last:Иванов|first:Пётр|second:Ильич",
		    { "last:Иванов|first:Петр" }, 0,
		    DOUBT(NAME, PART, 0, 1) },
		{ "person, no patronymic there", ALL, TARGET_PERSON,
		    "last:Иванов|first:Пётр|second:Ильич",
		    { "last:Иванов|first:Петр" }, 0, LINKED(NAME, 0) },
		{ "contact, the whole name in one field", ALL,
		    TARGET_CONTACT, "last:Иванов|first:Пётр|second:Ильич",
		    { "first:Иванов Петр Ильич", "first:Иванов Олег" }, 0,
		    LINKED(NAME, 0) },
	};

	(void)state;
	CHECK(samples);
}

static void
steps_are_taken_in_their_order(void **state)
{
	static const struct sample samples[] = {
		{ "the first step with a candidate decides", ALL,
		    TARGET_COMPANY, FIRM, { "name:Ромашка|phone:84951234567",
		    "name:Ромашка|email:info@romashka.ru" }, 0,
		    LINKED(EMAIL, 1) },
		{ "phone before e-mail", "phone email", TARGET_COMPANY, FIRM,
		    { "name:Ромашка|phone:84951234567",
		    "name:Ромашка|email:info@romashka.ru" }, 0,
		    LINKED(PHONE, 0) },
		{ "several stop, though a later step has one", ALL,
		    TARGET_COMPANY, FIRM, { "tax:" INN, "tax:" INN,
		    "name:Ромашка|email:info@romashka.ru" }, 0,
		    SEVERAL(TAXPAYER, 0, 2) },
		{ "doubt gives way to a later certainty", ALL,
		    TARGET_COMPANY, FIRM, { "name:Лютик|phone:84951234567",
		    "name:Ромашка" }, 0, LINKED(NAME, 1) },
		{ "the first doubt is told", ALL, TARGET_COMPANY, FIRM,
		    { "name:Ромашка|phone:88001112233",
		    "name:Лютик|email:info@romashka.ru" }, 0,
		    DOUBT(EMAIL, NAME, 1, 1) },
		{ "all doubtful rows of a step", ALL, TARGET_COMPANY, FIRM,
		    { "name:А|phone:84951234567", "name:Б",
		    "name:В|phone:84951234567" }, 0,
		    DOUBT(PHONE, NAME, 0, 2) },
		{ "a step that is not named", "origin inn_kpp",
		    TARGET_COMPANY, FIRM, { "name:Ромашка" }, 0, NOBODY },
	};

	(void)state;
	CHECK(samples);
}

static void
more_rows_than_a_person_reads_are_counted(void **state)
{
	struct config config = { .path = NULL };
	char originator[] = "ONE_C", step[] = "name", *steps[] = { step };
	struct found rows[MATCH_ROWS + 5];
	struct target target;
	struct match match;
	struct fields ours;

	(void)state;
	config.counterparties.originator = originator;
	config.counterparties.match.items = steps;
	config.counterparties.match.count = 1;
	target_set(&target, TARGET_COMPANY, str_of(ID));
	fill(&ours, "name:А");
	for (size_t i = 0; i < MATCH_ROWS + 5; i++)
		fill(&rows[i].fields, "name:А");
	assert_int_equal(match_decide(&config, &target, &ours, rows,
	    MATCH_ROWS + 5, NULL, &match), MATCH_MANY);
	assert_int_equal(match.count, MATCH_ROWS + 5);
	assert_int_equal(match.row_count, MATCH_ROWS);
	for (size_t i = 0; i < MATCH_ROWS + 5; i++)
		fields_free(&rows[i].fields);
	fields_free(&ours);
}

static void
every_step_and_reason_has_its_words(void **state)
{
	(void)state;
	assert_string_equal(match_step_name(MATCH_BY_NOTHING), "");
	assert_string_equal(match_step_name(MATCH_BY_TAXPAYER), "inn_kpp");
	assert_int_equal(match_step_named("inn_kpp"), MATCH_BY_TAXPAYER);
	assert_int_equal(match_step_named("nothing"), MATCH_BY_NOTHING);
	assert_string_equal(match_why_text(MATCH_BY_NAME,
	    MATCH_WHY_NOTHING), "");
	for (int step = MATCH_BY_ORIGIN; step <= MATCH_BY_NAME; step++)
		assert_true(strlen(match_why_text((enum match_step)step,
		    MATCH_WHY_SEVERAL)) > 0);
	for (int why = MATCH_WHY_SEVERAL; why <= MATCH_WHY_LAST; why++) {
		assert_true(strlen(match_why_text(MATCH_BY_EMAIL,
		    (enum match_why)why)) > 0);
		assert_int_equal(match_why_named(match_why_name(
		    (enum match_why)why)), why);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mark_decides_first),
		cmocka_unit_test(some_are_no_candidates_whatever_agrees),
		cmocka_unit_test(taxpayer_decides),
		cmocka_unit_test(email_needs_a_name_that_does_not_differ),
		cmocka_unit_test(phone_needs_an_equal_name),
		cmocka_unit_test(name_alone_is_enough_without_contradiction),
		cmocka_unit_test(steps_are_taken_in_their_order),
		cmocka_unit_test(more_rows_than_a_person_reads_are_counted),
		cmocka_unit_test(every_step_and_reason_has_its_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
