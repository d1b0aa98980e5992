/*
 * The table in match.h, as code: first who can be it at all, then each step
 * gives each row a verdict.
 */
#include "flow/match.h"

#include <stdint.h>
#include <string.h>

#include "base/i18n.h"
#include "model/party.h"

/* Plain names, built from fields of bounded length. */
#define NAME_BYTES ((size_t)4096)

enum verdict {
	VERDICT_NO,             /* not of this step */
	VERDICT_DOUBT,
	VERDICT_ENOUGH
};

enum sameness {
	NAME_SAME,
	NAME_LIKE,              /* but for initials */
	NAME_PARTIAL,           /* what both have is equal, a part is missing */
	NAME_MISSING,           /* one of the two has none */
	NAME_DIFFERS,
	NAME_STRANGER           /* first and last name differ */
};

enum tax { TAX_UNKNOWN, TAX_AGREES, TAX_DIFFERS };

struct pair {
	const struct config *config;
	const struct target *target;
	const struct fields *ours;
	const struct fields *row;
	enum match_holder holder;
};

/* ---- marks and taxpayers ---- */

static bool
is_of_originator(const struct pair *pair)
{
	const char *ours = pair->config->counterparties.originator;

	return str_eq(fields_get(pair->row, FIELD_ORIGINATOR), str_of(ours));
}

static bool
has_our_mark(const struct pair *pair)
{
	return is_of_originator(pair) && str_eq(fields_get(pair->row,
	    FIELD_XML_ID), target_mark(pair->target));
}

static bool
has_other_mark(const struct pair *pair)
{
	return is_of_originator(pair) && fields_has(pair->row,
	    FIELD_XML_ID) && !has_our_mark(pair);
}

static enum tax
compare_numbers(const struct fields *wanted, const struct fields *row)
{
	struct str ours = fields_get(wanted, FIELD_TAXPAYER);
	struct str lines = fields_get(row, FIELD_TAXPAYER), line;
	struct str inn = field_part(ours, 0), kpp = field_part(ours, 1);
	enum tax found = TAX_UNKNOWN;
	size_t at = 0;

	while (inn.len > 0 && party_line_next(lines, &at, &line)) {
		struct str other = field_part(line, 1);

		if (field_part(line, 0).len == 0)
			continue;
		if (str_eq(field_part(line, 0), inn) && (kpp.len == 0 ||
		    other.len == 0 || str_eq(kpp, other)))
			return TAX_AGREES;
		found = TAX_DIFFERS;
	}
	return found;
}

static enum tax
compare_taxpayers(const struct pair *pair)
{
	return compare_numbers(pair->ours, pair->row);
}

bool
match_same_taxpayer(const struct fields *wanted, const struct fields *row)
{
	return compare_numbers(wanted, row) == TAX_AGREES;
}

/* The portal knows its ИНН, and 1C does not. */
static bool
has_strange_number(const struct pair *pair)
{
	return field_part(fields_get(pair->ours, FIELD_TAXPAYER), 0).len ==
	    0 && fields_has(pair->row, FIELD_TAXPAYER);
}

/* ---- phones and e-mails ---- */

static bool
same_email(struct str a, struct str b)
{
	struct buf plain = BUF_INIT(NAME_BYTES), other = BUF_INIT(NAME_BYTES);
	bool same;

	party_email_plain(&plain, a);
	party_email_plain(&other, b);
	same = plain.len > 0 && strcmp(buf_text(&plain),
	    buf_text(&other)) == 0;
	buf_free(&plain);
	buf_free(&other);
	return same;
}

static bool
have_common(const struct pair *pair, enum field field)
{
	struct str ours = fields_get(pair->ours, field), line;
	struct str theirs = fields_get(pair->row, field), other;
	size_t at = 0;

	while (party_line_next(ours, &at, &line)) {
		size_t place = 0;

		while (party_line_next(theirs, &place, &other)) {
			struct str a = field_part(line, 1);
			struct str b = field_part(other, 1);

			if (field == FIELD_PHONES ? party_phone_same(a, b) :
			    same_email(a, b))
				return true;
		}
	}
	return false;
}

static bool
both_have(const struct pair *pair, enum field field)
{
	return fields_has(pair->ours, field) && fields_has(pair->row, field);
}

static bool
can_be_reached_alike(const struct pair *pair)
{
	return have_common(pair, FIELD_PHONES) || have_common(pair,
	    FIELD_EMAILS);
}

/* Each side can be reached. */
static bool
contacts_contradict(const struct pair *pair)
{
	return both_have(pair, FIELD_PHONES) || both_have(pair, FIELD_EMAILS);
}

/* ---- names ---- */

/* Of one part, or of a company's whole name. */
static enum sameness
compare_texts(struct str ours, struct str theirs)
{
	struct buf a = BUF_INIT(NAME_BYTES), b = BUF_INIT(NAME_BYTES);
	enum sameness same = NAME_DIFFERS;

	party_name_plain(&a, ours);
	party_name_plain(&b, theirs);
	if (a.len == 0 || b.len == 0)
		same = NAME_MISSING;
	else if (strcmp(buf_text(&a), buf_text(&b)) == 0)
		same = NAME_SAME;
	else if (party_name_shortens(ours, theirs) ||
	    party_name_shortens(theirs, ours))
		same = NAME_LIKE;
	buf_free(&a);
	buf_free(&b);
	return same;
}

static bool
is_nameless(const struct fields *person)
{
	return !fields_has(person, FIELD_LAST_NAME) &&
	    !fields_has(person, FIELD_FIRST_NAME);
}

static enum sameness
compare_part(const struct pair *pair, enum field field)
{
	return compare_texts(fields_get(pair->ours, field),
	    fields_get(pair->row, field));
}

static void
add_part(struct buf *text, const struct fields *person, enum field field)
{
	struct str part = fields_get(person, field);

	if (part.len > 0)
		(void)buf_printf(text, "%s%.*s", text->len > 0 ? " " : "",
		    (int)part.len, part.p);
}

/* A manager types a whole name into the field of the first name.  `parts` has
 * each name apart. */
static bool
is_whole_name_of(const struct fields *whole, const struct fields *parts)
{
	static const enum field orders[][3] = {
		{ FIELD_LAST_NAME, FIELD_FIRST_NAME, FIELD_SECOND_NAME },
		{ FIELD_FIRST_NAME, FIELD_SECOND_NAME, FIELD_LAST_NAME },
		{ FIELD_LAST_NAME, FIELD_FIRST_NAME, FIELD_NONE },
		{ FIELD_FIRST_NAME, FIELD_LAST_NAME, FIELD_NONE },
	};
	struct buf text = BUF_INIT(NAME_BYTES);
	bool is = false;

	if (fields_has(whole, FIELD_LAST_NAME) ||
	    fields_has(whole, FIELD_SECOND_NAME) ||
	    !fields_has(parts, FIELD_LAST_NAME) ||
	    !fields_has(parts, FIELD_FIRST_NAME))
		return false;
	for (size_t i = 0; !is && i < sizeof(orders) / sizeof(orders[0]);
	    i++) {
		/* Without the patronymic that is known it is half of it. */
		if (orders[i][2] == FIELD_NONE && fields_has(parts,
		    FIELD_SECOND_NAME))
			break;
		buf_clear(&text);
		for (size_t n = 0; n < 3 && orders[i][n] != FIELD_NONE; n++)
			add_part(&text, parts, orders[i][n]);
		is = compare_texts(str_of(buf_text(&text)), fields_get(whole,
		    FIELD_FIRST_NAME)) == NAME_SAME;
	}
	buf_free(&text);
	return is;
}

static enum sameness
compare_people(const struct pair *pair)
{
	enum sameness last = compare_part(pair, FIELD_LAST_NAME);
	enum sameness first = compare_part(pair, FIELD_FIRST_NAME);
	enum sameness second = compare_part(pair, FIELD_SECOND_NAME);

	if (is_nameless(pair->ours) || is_nameless(pair->row))
		return NAME_MISSING;
	if (is_whole_name_of(pair->row, pair->ours) ||
	    is_whole_name_of(pair->ours, pair->row))
		return NAME_SAME;
	if (last == NAME_DIFFERS && first == NAME_DIFFERS)
		return NAME_STRANGER;
	if (last == NAME_DIFFERS || first == NAME_DIFFERS ||
	    second == NAME_DIFFERS)
		return NAME_DIFFERS;
	if (last == NAME_MISSING || first == NAME_MISSING)
		return NAME_PARTIAL;
	if (last == NAME_LIKE || first == NAME_LIKE || second == NAME_LIKE)
		return NAME_LIKE;
	return NAME_SAME;
}

static enum sameness
compare_names(const struct pair *pair)
{
	enum sameness same;

	if (pair->target->kind != TARGET_COMPANY)
		return compare_people(pair);
	same = compare_part(pair, FIELD_NAME);
	/* A company has no initials. */
	return same == NAME_LIKE ? NAME_DIFFERS : same;
}

/* The name that says the legal form: 1C's short ones often have none. */
static struct str
name_with_form(const struct fields *fields)
{
	struct str name = fields_get(fields, FIELD_NAME);

	return fields_has(fields, FIELD_FULL_NAME) && party_name_form(name) ==
	    PARTY_FORM_NONE ? fields_get(fields, FIELD_FULL_NAME) : name;
}

/* Two firms of one name, or a firm and its head as a trader: what is the same
 * of them says little. */
static bool
is_of_other_form(const struct pair *pair)
{
	return pair->target->kind == TARGET_COMPANY && party_forms_differ(
	    name_with_form(pair->ours), name_with_form(pair->row));
}

/* Of one of the two the patronymic is not known: there may be namesakes.
 * Persons are looked for within their company. */
static bool
lacks_patronymic(const struct pair *pair)
{
	return pair->target->kind == TARGET_CONTACT &&
	    fields_has(pair->ours, FIELD_SECOND_NAME) !=
	    fields_has(pair->row, FIELD_SECOND_NAME) &&
	    fields_has(pair->ours, FIELD_LAST_NAME) ==
	    fields_has(pair->row, FIELD_LAST_NAME);
}

/* ---- the steps ---- */

static enum verdict
judge_origin(const struct pair *pair, enum match_why *why)
{
	if (!has_our_mark(pair))
		return VERDICT_NO;
	*why = MATCH_WHY_TAXPAYER;
	return compare_taxpayers(pair) == TAX_DIFFERS ? VERDICT_DOUBT :
	    VERDICT_ENOUGH;
}

static enum verdict
judge_taxpayer(const struct pair *pair, enum match_why *why)
{
	if (compare_taxpayers(pair) != TAX_AGREES)
		return VERDICT_NO;
	*why = MATCH_WHY_MARK;
	return pair->holder == MATCH_FREE && has_other_mark(pair) ?
	    VERDICT_DOUBT : VERDICT_ENOUGH;
}

/* partial: what a name with a part missing is worth. */
static enum verdict
judge_contact(const struct pair *pair, enum field field,
    enum verdict partial, enum match_why *why)
{
	if (!have_common(pair, field))
		return VERDICT_NO;
	*why = MATCH_WHY_NAME;
	if (compare_taxpayers(pair) == TAX_AGREES)
		return VERDICT_ENOUGH;
	if (is_of_other_form(pair)) {
		*why = MATCH_WHY_FORM;
		return compare_names(pair) == NAME_SAME ? VERDICT_DOUBT :
		    VERDICT_NO;
	}
	switch (compare_names(pair)) {
	case NAME_SAME:
	case NAME_LIKE:
	case NAME_MISSING:
		return VERDICT_ENOUGH;
	case NAME_PARTIAL:
		return partial;
	case NAME_DIFFERS:
		return VERDICT_DOUBT;
	case NAME_STRANGER:
		break;
	}
	return VERDICT_NO;
}

static enum verdict
judge_email(const struct pair *pair, enum match_why *why)
{
	return judge_contact(pair, FIELD_EMAILS, VERDICT_ENOUGH, why);
}

static enum verdict
judge_phone(const struct pair *pair, enum match_why *why)
{
	return judge_contact(pair, FIELD_PHONES, VERDICT_DOUBT, why);
}

/* What speaks against a row that has the name alone in common. */
static enum match_why
why_not_by_name(const struct pair *pair)
{
	if (contacts_contradict(pair))
		return MATCH_WHY_CONTACTS;
	if (has_strange_number(pair))
		return MATCH_WHY_NUMBER;
	return lacks_patronymic(pair) ? MATCH_WHY_PART : MATCH_WHY_NOTHING;
}

static enum verdict
judge_name(const struct pair *pair, enum match_why *why)
{
	if (compare_names(pair) != NAME_SAME)
		return VERDICT_NO;
	if (compare_taxpayers(pair) == TAX_AGREES)
		return VERDICT_ENOUGH;
	if (is_of_other_form(pair))
		*why = MATCH_WHY_FORM;
	else if (!can_be_reached_alike(pair))
		*why = why_not_by_name(pair);
	return *why == MATCH_WHY_NOTHING ? VERDICT_ENOUGH : VERDICT_DOUBT;
}

static const struct step {
	const char *word;       /* of counterparties.match */
	enum verdict (*judge)(const struct pair *pair, enum match_why *why);
	bool by_mark;           /* another ИНН is doubt here, not "no" */
} steps[] = {
	[MATCH_BY_NOTHING] = { "", NULL, false },
	[MATCH_BY_ORIGIN] = { "origin", judge_origin, true },
	[MATCH_BY_TAXPAYER] = { "inn_kpp", judge_taxpayer, false },
	[MATCH_BY_EMAIL] = { "email", judge_email, false },
	[MATCH_BY_PHONE] = { "phone", judge_phone, false },
	[MATCH_BY_NAME] = { "name", judge_name, false },
};

#define STEPS (sizeof(steps) / sizeof(*steps))

enum match_step
match_step_named(const char *word)
{
	for (size_t i = 1; i < STEPS; i++)
		if (strcmp(steps[i].word, word) == 0)
			return (enum match_step)i;
	return MATCH_BY_NOTHING;
}

const char *
match_step_name(enum match_step step)
{
	return steps[step].word;
}

static const struct why {
	const char *name;
	const char *text;       /* NULL: the step's own */
} whys[] = {
	[MATCH_WHY_NOTHING] = { "", "" },
	[MATCH_WHY_SEVERAL] = { "several", NULL },
	[MATCH_WHY_TAXPAYER] = { "taxpayer",
	    N_("it carries our mark and another INN or KPP") },
	[MATCH_WHY_NAME] = { "name",
	    N_("phone or e-mail are the same, the name is not") },
	[MATCH_WHY_CONTACTS] = { "contacts",
	    N_("the name is the same, phones and e-mails are not") },
	[MATCH_WHY_MARK] = { "mark", N_("INN and KPP fit, and it bears the "
	    "mark of a counterparty that this 1C does not have") },
	[MATCH_WHY_FORM] = { "form",
	    N_("the name is the same, the legal form is not") },
	[MATCH_WHY_NUMBER] = { "number", N_("the name alone is the same, and "
	    "the portal knows an INN that 1C does not") },
	[MATCH_WHY_PART] = { "part", N_("the name alone is the same, and one "
	    "of the two has no patronymic") },
	[MATCH_WHY_RIVAL] = { "rival", N_("another counterparty of 1C fits it "
	    "as well") },
};

/* What makes a row good enough, where it is not the only one. */
static const char *const good_texts[STEPS] = {
	[MATCH_BY_NOTHING] = N_("more than one fits"),
	[MATCH_BY_ORIGIN] = N_("it carries our mark"),
	[MATCH_BY_TAXPAYER] = N_("INN and KPP fit"),
	[MATCH_BY_EMAIL] = N_("an e-mail is the same, the name does not "
	    "speak against it"),
	[MATCH_BY_PHONE] = N_("a phone is the same, the name does not speak "
	    "against it"),
	[MATCH_BY_NAME] = N_("the name is the same"),
};

const char *
match_why_name(enum match_why why)
{
	return whys[why].name;
}

enum match_why
match_why_named(const char *name)
{
	for (size_t i = 0; i < sizeof(whys) / sizeof(*whys); i++)
		if (strcmp(whys[i].name, name) == 0)
			return (enum match_why)i;
	return MATCH_WHY_NOTHING;
}

const char *
match_why_text(enum match_step step, enum match_why why)
{
	const char *text = whys[why].text != NULL ? whys[why].text :
	    good_texts[step];

	if (why == MATCH_WHY_MARK && match_is_weak(step))
		text = N_("it bears the mark of a counterparty that this 1C "
		    "does not have");

	return text[0] != '\0' ? _(text) : "";
}

/* Whom 1C has under two ids: as the contact person of two firms, or of one and
 * as a client. */
static bool
is_same_person(const struct pair *pair)
{
	bool client = pair->target->kind == TARGET_CONTACT &&
	    pair->holder == MATCH_PERSONS;
	enum sameness second = compare_part(pair, FIELD_SECOND_NAME);

	return (client || pair->target->kind == TARGET_PERSON) &&
	    compare_part(pair, FIELD_LAST_NAME) == NAME_SAME &&
	    compare_part(pair, FIELD_FIRST_NAME) == NAME_SAME &&
	    (second == NAME_SAME || (client && second == NAME_MISSING)) &&
	    can_be_reached_alike(pair);
}

/* A row with our own mark and another ИНН stays in sight: to make one more
 * with the same mark would be a double of ours. */
static bool
is_excluded(const struct pair *pair, const struct step *step)
{
	if (pair->holder == MATCH_PERSONS)
		return compare_taxpayers(pair) == TAX_DIFFERS ||
		    !is_same_person(pair);
	if ((pair->holder == MATCH_HELD || has_other_mark(pair)) &&
	    is_same_person(pair))
		return false;
	if (pair->holder == MATCH_HELD)
		return true;
	/* Whose mark a contact person's row bears is not known here. */
	if (pair->holder == MATCH_LEFT || (has_other_mark(pair) &&
	    (pair->target->kind == TARGET_PERSON || step->by_mark)))
		return step != &steps[MATCH_BY_TAXPAYER];
	return !step->by_mark && compare_taxpayers(pair) == TAX_DIFFERS;
}

static void
add_row(struct match *out, size_t row, enum match_why why)
{
	if (out->count == 0)
		out->why = why;
	out->count++;
	if (out->row_count == MATCH_ROWS)
		return;
	out->whys[out->row_count] = why;
	out->rows[out->row_count++] = row;
}

bool
match_is_weak(enum match_step step)
{
	return step > MATCH_BY_TAXPAYER;
}

/* A base of 1C that was made anew has other ids, and few private persons have
 * an ИНН: one that would do and bears a mark of the old base is doubt, for a
 * silent double is worse. */
static enum verdict
judge_marked(const struct pair *pair, enum match_step step,
    enum match_why *why)
{
	if (steps[step].judge(pair, why) != VERDICT_ENOUGH)
		return VERDICT_NO;
	*why = MATCH_WHY_MARK;
	return VERDICT_DOUBT;
}

/* What one step says of one row. */
static enum verdict
judge(const struct pair *pair, enum match_step step, enum match_why *why)
{
	*why = MATCH_WHY_NOTHING;
	if (steps[step].judge == NULL || is_excluded(pair, &steps[step]))
		return VERDICT_NO;
	if (match_is_weak(step) && has_other_mark(pair) &&
	    pair->target->kind != TARGET_PERSON &&
	    pair->holder != MATCH_PERSONS)
		return judge_marked(pair, step, why);
	return steps[step].judge(pair, why);
}

bool
match_is_alike(const struct config *config, const struct target *target,
    const struct fields *wanted, const struct fields *row)
{
	const struct pair pair = { config, target, wanted, row, MATCH_FREE };
	enum match_why why;

	switch (compare_taxpayers(&pair)) {
	case TAX_AGREES:
		return true;
	case TAX_DIFFERS:
		return false;
	case TAX_UNKNOWN:
		break;
	}
	return judge_email(&pair, &why) == VERDICT_ENOUGH ||
	    judge_phone(&pair, &why) == VERDICT_ENOUGH;
}

bool
match_is_named(const struct target *target, const struct fields *wanted,
    const struct fields *row)
{
	const struct pair pair = { NULL, target, wanted, row, MATCH_FREE };

	return compare_names(&pair) == NAME_SAME ||
	    compare_taxpayers(&pair) == TAX_AGREES;
}

/* All rows by one step. */
static void
judge_all(struct match *good, struct match *doubtful,
    const struct pair *client, const struct found *rows, size_t count,
    const enum match_holder *holders)
{
	for (size_t i = 0; i < count; i++) {
		struct pair pair = *client;
		enum match_why why;
		enum verdict verdict;

		pair.row = &rows[i].fields;
		pair.holder = holders != NULL ? holders[i] : MATCH_FREE;
		verdict = judge(&pair, good->step, &why);
		if (verdict == VERDICT_ENOUGH)
			add_row(good, i, MATCH_WHY_SEVERAL);
		else if (verdict == VERDICT_DOUBT)
			add_row(doubtful, i, why);
	}
	if (good->count > 1)
		good->verdict = MATCH_MANY;
	else
		good->why = MATCH_WHY_NOTHING;
}

int
match_decide(const struct config *config, const struct target *target,
    const struct fields *wanted, const struct found *rows, size_t count,
    const enum match_holder *holders, struct match *out)
{
	const struct config_list *words = &config->counterparties.match;
	const struct pair client = { config, target, wanted, NULL,
	    MATCH_FREE };
	struct match doubts = { .step = MATCH_BY_NOTHING };

	for (size_t i = 0; i < words->count; i++) {
		enum match_step step = match_step_named(words->items[i]);
		struct match good = { .verdict = MATCH_ONE, .step = step };
		struct match doubtful = { .verdict = MATCH_MANY,
		    .step = step };

		judge_all(&good, &doubtful, &client, rows, count, holders);
		*out = good;
		if (good.count > 0)
			return (int)good.verdict;
		if (doubts.count == 0 && doubtful.count > 0)
			doubts = doubtful;
		/* Two of 1C's records of one firm: what the later steps find
		 * is not it for certain. */
		if (doubts.count > 0 && doubts.step == MATCH_BY_TAXPAYER)
			break;
	}
	*out = doubts;
	return (int)doubts.verdict;
}
