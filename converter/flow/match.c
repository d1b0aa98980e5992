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
compare_taxpayers(const struct pair *pair)
{
	struct str ours = fields_get(pair->ours, FIELD_TAXPAYER);
	struct str lines = fields_get(pair->row, FIELD_TAXPAYER), line;
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

/* Each side can be reached, and nowhere in common. */
static bool
contacts_contradict(const struct pair *pair)
{
	if (have_common(pair, FIELD_PHONES) || have_common(pair,
	    FIELD_EMAILS))
		return false;
	return both_have(pair, FIELD_PHONES) || both_have(pair, FIELD_EMAILS);
}

/* ---- names ---- */

/* An initial is one character and stands for a name that begins with it. */
static bool
is_initial_of(const struct buf *initial, const struct buf *name)
{
	struct str text = str_n(buf_text(initial), initial->len);

	return text.len > 0 && str_utf8_len(text) == text.len &&
	    name->len > text.len &&
	    memcmp(buf_text(name), text.p, text.len) == 0;
}

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
	else if (is_initial_of(&a, &b) || is_initial_of(&b, &a))
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

static enum sameness
compare_people(const struct pair *pair)
{
	enum sameness last = compare_part(pair, FIELD_LAST_NAME);
	enum sameness first = compare_part(pair, FIELD_FIRST_NAME);
	enum sameness second = compare_part(pair, FIELD_SECOND_NAME);

	if (is_nameless(pair->ours) || is_nameless(pair->row))
		return NAME_MISSING;
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
	(void)why;
	return compare_taxpayers(pair) == TAX_AGREES ? VERDICT_ENOUGH :
	    VERDICT_NO;
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

static enum verdict
judge_name(const struct pair *pair, enum match_why *why)
{
	if (compare_names(pair) != NAME_SAME)
		return VERDICT_NO;
	*why = MATCH_WHY_CONTACTS;
	return contacts_contradict(pair) && compare_taxpayers(pair) !=
	    TAX_AGREES ? VERDICT_DOUBT : VERDICT_ENOUGH;
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

	return text[0] != '\0' ? _(text) : "";
}

/* A row with our own mark and another ИНН stays in sight: to make one more
 * with the same mark would be a double of ours. */
static bool
is_excluded(const struct pair *pair, const struct step *step, bool taken)
{
	if (taken || has_other_mark(pair))
		return true;
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

/* What one step says of one row. */
static enum verdict
judge(const struct pair *pair, enum match_step step, bool taken,
    enum match_why *why)
{
	*why = MATCH_WHY_NOTHING;
	if (steps[step].judge == NULL || is_excluded(pair, &steps[step],
	    taken))
		return VERDICT_NO;
	return steps[step].judge(pair, why);
}

int
match_decide(const struct config *config, const struct target *target,
    const struct fields *wanted, const struct found *rows, size_t count,
    const bool *taken, struct match *out)
{
	const struct config_list *words = &config->counterparties.match;
	struct match doubts = { .step = MATCH_BY_NOTHING };

	for (size_t i = 0; i < words->count; i++) {
		enum match_step step = match_step_named(words->items[i]);
		struct match good = { .verdict = MATCH_ONE, .step = step };
		struct match doubtful = { .verdict = MATCH_MANY,
		    .step = step };

		for (size_t j = 0; j < count; j++) {
			struct pair pair = { config, target, wanted,
			    &rows[j].fields };
			enum match_why why;
			enum verdict verdict = judge(&pair, step,
			    taken != NULL && taken[j], &why);

			if (verdict == VERDICT_ENOUGH)
				add_row(&good, j, MATCH_WHY_SEVERAL);
			else if (verdict == VERDICT_DOUBT)
				add_row(&doubtful, j, why);
		}
		if (good.count > 1)
			good.verdict = MATCH_MANY;
		else
			good.why = MATCH_WHY_NOTHING;
		*out = good;
		if (good.count > 0)
			return (int)good.verdict;
		if (doubts.count == 0 && doubtful.count > 0)
			doubts = doubtful;
	}
	*out = doubts;
	return (int)doubts.verdict;
}
