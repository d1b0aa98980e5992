/*
 * What is said to the portal to find clients.  It does not equate 8… and
 * +7…, nor ё and е in every place, so each spelling is asked for.  How a phone
 * is divided by blanks, brackets and dashes does not matter to it.
 */
#include "bitrix/b24_party.h"

#include <inttypes.h>
#include <string.h>

#include "model/party.h"

/* Values of crm.duplicate.findbycomm (crm-duplicate-find-by-comm.md). */
#define COMM_MOST 20
#define NAME_BYTES ((size_t)4096)
#define COMM_BYTES ((size_t)64 * 1024)

static enum target_kind
kind_of_rows(const struct want *want)
{
	return want->entity == ENTITY_COMPANY ? TARGET_COMPANY :
	    TARGET_CONTACT;
}

/* Each key once. */
static void
add_keys(const struct party *party, const struct ask *ask, const char *key,
    struct buf *query)
{
	const struct want *items = party->wants.items + ask->from;
	size_t count = 0;
	char id[24];

	for (size_t i = 0; i < ask->count; i++) {
		if (i > 0 && b24_party_compare(&items[i - 1], &items[i]) == 0)
			continue;
		(void)snprintf(id, sizeof(id), "%" PRId64, items[i].id);
		b24_query_item(query, key, count++, items[i].text.len > 0 ?
		    items[i].text : str_of(id));
	}
}

static void
list_requisites(const struct party *party, const struct ask *ask,
    const char *key, struct b24_command *out)
{
	static const char *const select[] = { "ID", "ENTITY_ID",
	    "ENTITY_TYPE_ID", "RQ_INN", "RQ_KPP" };

	b24_batch_command_init(out, B24_REQUISITE_LIST);
	for (size_t i = 0; i < sizeof(select) / sizeof(*select); i++)
		b24_query_item(&out->query, "select", i, str_of(select[i]));
	b24_query_text(&out->query, "order[ID]", "ASC");
	b24_query_int(&out->query, "filter[ENTITY_TYPE_ID]",
	    party->wants.items[ask->from].entity);
	add_keys(party, ask, key, &out->query);
}

struct comm {
	struct buf values;      /* each with a NUL */
	size_t count;
};

static void
add_comm(struct comm *comm, struct str value)
{
	const char *at = buf_text(&comm->values), *end = at + comm->values.len;

	if (value.len == 0)
		return;
	for (; at < end; at += strlen(at) + 1)
		if (str_is(value, at))
			return;
	if (buf_add(&comm->values, value.p, value.len) == 0 &&
	    buf_add_char(&comm->values, '\0') == 0)
		comm->count++;
}

/* Is the phone, but for what divides it, this number? */
static bool
has_digits(struct str phone, const char *digits)
{
	for (size_t i = 0; i < phone.len; i++) {
		if (phone.p[i] < '0' || phone.p[i] > '9')
			continue;
		if (phone.p[i] != *digits++)
			return false;
	}
	return *digits == '\0';
}

/* Room for two spellings of each; a third only of "495 123-45-67". */
static void
add_phone(struct comm *comm, struct str value)
{
	char plain[PARTY_PHONE_BYTES], text[PARTY_PHONE_BYTES + 2];
	bool said;

	party_phone_plain(plain, value);
	if (plain[0] == '\0')
		return;
	(void)snprintf(text, sizeof(text), "+%s", plain);
	add_comm(comm, str_of(text));
	said = has_digits(value, plain);
	if (plain[0] == '7' && strlen(plain) == 11) {
		(void)snprintf(text, sizeof(text), "8%s", plain + 1);
		add_comm(comm, str_of(text));
		said |= has_digits(value, text);
	}
	if (!said)
		add_comm(comm, value);
}

static void
add_email(struct comm *comm, struct str value)
{
	struct buf plain = BUF_INIT(NAME_BYTES);

	party_email_plain(&plain, value);
	if (plain.len > 0) {
		add_comm(comm, str_n(buf_text(&plain), plain.len));
		add_comm(comm, value);
	}
	buf_free(&plain);
}

static void
list_comm(struct comm *comm, const struct want *want, bool phones)
{
	struct str lines = fields_get(&want->seek->op->fields, phones ?
	    FIELD_PHONES : FIELD_EMAILS), line;
	size_t at = 0;

	buf_init(&comm->values, COMM_BYTES);
	comm->count = 0;
	while (party_line_next(lines, &at, &line)) {
		if (phones)
			add_phone(comm, field_part(line, 1));
		else
			add_email(comm, field_part(line, 1));
	}
}

/* The values from `start` on.  False: nothing is a phone or an e-mail. */
static bool
find_by_comm(const struct want *want, bool phones, int64_t start,
    struct b24_command *out)
{
	struct comm comm;
	const char *at;
	size_t i = 0;

	list_comm(&comm, want, phones);
	at = buf_text(&comm.values);
	b24_batch_command_init(out, B24_FIND_BY_COMM);
	b24_query_text(&out->query, "type", phones ? "PHONE" : "EMAIL");
	b24_query_text(&out->query, "entity_type", want->entity ==
	    ENTITY_COMPANY ? "COMPANY" : "CONTACT");
	for (; i < comm.count && i < (size_t)start + COMM_MOST; i++) {
		if (i >= (size_t)start)
			b24_query_item(&out->query, "values",
			    i - (size_t)start, str_of(at));
		at += strlen(at) + 1;
	}
	buf_free(&comm.values);
	return i > (size_t)start;
}

int64_t
b24_party_ask_further(const struct party *party, const struct ask *ask)
{
	struct comm comm;
	int64_t next = ask->start + COMM_MOST;

	list_comm(&comm, &party->wants.items[ask->from],
	    party->what == WHAT_PHONE);
	buf_free(&comm.values);
	return next < (int64_t)comm.count ? next : 0;
}

/* ---- a company's name ---- */

/* Letters, digits and all that is not ASCII but quotes, dashes and blanks. */
static bool
is_of_word(struct str c)
{
	static const char *const others[] = { "\u00ab", "\u00bb", "\u201c",
	    "\u201d", "\u201e", "\u2018", "\u2019", "\u201a", "\u2039",
	    "\u203a", "\u2013", "\u2014", "\u00a0", "\u2116" };

	if (c.len == 1)
		return (c.p[0] >= '0' && c.p[0] <= '9') || (c.p[0] >= 'a' &&
		    c.p[0] <= 'z') || (c.p[0] >= 'A' && c.p[0] <= 'Z');
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (str_is(c, others[i]))
			return false;
	return true;
}

static struct str
next_word(struct str text, size_t *at)
{
	size_t from = *at;

	while (*at < text.len) {
		struct str rest = str_n(text.p + *at, text.len - *at);
		size_t len = str_utf8_len(rest);

		if (len == 0)
			break;
		if (!is_of_word(str_n(rest.p, len))) {
			if (*at > from)
				break;
			from = *at + len;
		}
		*at += len;
	}
	return str_n(text.p + from, *at - from);
}

/* Is this word one of the plain name, and not of the legal form? */
static bool
is_of_core(const struct buf *plain, struct str word)
{
	struct buf one = BUF_INIT(NAME_BYTES);
	struct str words = str_n(buf_text(plain), plain->len), other;
	size_t at = 0;
	bool same = false;

	party_name_plain(&one, word);
	while (one.len > 0 && !same) {
		other = next_word(words, &at);
		if (other.len == 0)
			break;
		same = str_is(other, buf_text(&one));
	}
	buf_free(&one);
	return same;
}

/* Words that are asked for: more make no list shorter. */
#define CORE_WORDS 4

/* Puts it among the longest ones, which come first. */
static size_t
add_word(struct str words[CORE_WORDS], size_t count, struct str word)
{
	size_t at = count < CORE_WORDS ? count : CORE_WORDS - 1;

	for (size_t i = 0; i < count; i++)
		if (str_eq(words[i], word))
			return count;
	if (count == CORE_WORDS && word.len <= words[at].len)
		return count;
	for (; at > 0 && words[at - 1].len < word.len; at--)
		words[at] = words[at - 1];
	words[at] = word;
	return count < CORE_WORDS ? count + 1 : count;
}

/* The longest words of the name as they are written, of two letters at least:
 * how many. */
static size_t
core_of(struct str words[CORE_WORDS], struct str name)
{
	struct buf plain = BUF_INIT(NAME_BYTES);
	size_t at = 0, count = 0;
	struct str word;

	party_name_plain(&plain, name);
	for (;;) {
		word = next_word(name, &at);
		if (word.len == 0)
			break;
		if (str_utf8_len(word) < word.len && is_of_core(&plain, word))
			count = add_word(words, count, word);
	}
	buf_free(&plain);
	return count;
}

/* ---- ё and е ---- */

#define YO "\u0451"
#define YO_LARGE "\u0401"
#define E "\u0435"
#define E_LARGE "\u0415"
#define YO_BYTES 2

/* Spellings of a name: "Королев" and "Королёв". */
struct spellings {
	struct buf texts[6];
	size_t count;
};

static bool
begins_with(struct str text, const char *with)
{
	return text.len >= YO_BYTES && memcmp(text.p, with, YO_BYTES) == 0;
}

static struct buf *
add_spelling(struct spellings *out)
{
	struct buf *text = &out->texts[out->count++];

	buf_init(text, NAME_BYTES);
	return text;
}

/* The text with every ё as е, but for the `n`-th of both, which is ё.
 * False: there are not so many. */
static bool
spell(struct buf *out, struct str text, size_t n)
{
	size_t seen = 0;

	for (size_t i = 0; i < text.len;) {
		struct str rest = str_n(text.p + i, text.len - i);
		bool small = begins_with(rest, YO) || begins_with(rest, E);

		if (!small && !begins_with(rest, YO_LARGE) &&
		    !begins_with(rest, E_LARGE)) {
			(void)buf_add_char(out, text.p[i++]);
			continue;
		}
		if (++seen == n)
			(void)buf_add_text(out, small ? YO : YO_LARGE);
		else
			(void)buf_add_text(out, small ? E : E_LARGE);
		i += YO_BYTES;
	}
	return seen >= n;
}

static void
make_spellings(struct spellings *out, struct str text)
{
	size_t most = sizeof(out->texts) / sizeof(*out->texts);

	memset(out, 0, sizeof(*out));
	for (size_t n = 0; n < most; n++) {
		if (spell(add_spelling(out), text, n))
			continue;
		buf_free(&out->texts[--out->count]);
		break;
	}
}

static void
free_spellings(struct spellings *spellings)
{
	for (size_t i = 0; i < spellings->count; i++)
		buf_free(&spellings->texts[i]);
}

/* ---- names ---- */

static struct str
spelling(const struct spellings *spellings, size_t i)
{
	return str_n(buf_text(&spellings->texts[i]),
	    spellings->texts[i].len);
}

/* filter[@name][n], [n + 1] …: each spelling.  What n is behind them. */
static size_t
filter_spellings(struct buf *query, const char *key, size_t n,
    struct str name)
{
	struct spellings spellings;

	if (name.len == 0)
		return n;
	make_spellings(&spellings, name);
	for (size_t i = 0; i < spellings.count; i++)
		b24_query_item(query, key, n++, spelling(&spellings, i));
	free_spellings(&spellings);
	return n;
}

static void
filter_person(struct buf *query, const char *key, struct str name)
{
	(void)filter_spellings(query, key, 0, name);
}

/* All words are in the title, each in one of its spellings
 * (crm-item-list.md: groups, joined by AND). */
static void
filter_title(struct buf *query, const struct str words[], size_t count)
{
	struct spellings spellings;
	char key[64];

	for (size_t n = 0; n < count; n++) {
		make_spellings(&spellings, words[n]);
		(void)snprintf(key, sizeof(key), "filter[%zu][logic]", n);
		b24_query_text(query, key, "OR");
		for (size_t i = 0; i < spellings.count; i++) {
			(void)snprintf(key, sizeof(key),
			    "filter[%zu][%zu][%%title]", n, i);
			b24_query_add(query, key, spelling(&spellings, i));
		}
		free_spellings(&spellings);
	}
}

/* Names of a person, one behind the other; those that are there. */
static void
join_names(struct buf *out, const struct fields *fields,
    const enum field order[3])
{
	buf_clear(out);
	for (size_t i = 0; i < 3; i++) {
		struct str part = order[i] == FIELD_NONE ? STR_NONE :
		    fields_get(fields, order[i]);

		if (part.len > 0)
			(void)buf_printf(out, "%s%.*s", out->len > 0 ? " " :
			    "", (int)part.len, part.p);
	}
}

/* Each name in its field, or all of them in that of the first name. */
static void
filter_contact(struct buf *query, const struct fields *fields)
{
	static const enum field orders[][3] = {
		{ FIELD_LAST_NAME, FIELD_FIRST_NAME, FIELD_SECOND_NAME },
		{ FIELD_FIRST_NAME, FIELD_SECOND_NAME, FIELD_LAST_NAME },
		{ FIELD_FIRST_NAME, FIELD_LAST_NAME, FIELD_NONE },
	};
	struct buf whole = BUF_INIT(NAME_BYTES);
	size_t n = 0;

	b24_query_text(query, "filter[0][logic]", "OR");
	filter_person(query, "filter[0][0][@lastName]", fields_get(fields,
	    FIELD_LAST_NAME));
	filter_person(query, "filter[0][0][@name]", fields_get(fields,
	    FIELD_FIRST_NAME));
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		join_names(&whole, fields, orders[i]);
		n = filter_spellings(query, "filter[0][1][@name]", n,
		    str_n(buf_text(&whole), whole.len));
	}
	buf_free(&whole);
}

/* Of a person whose phone too many have the initials may be all that is there
 * of the first name. */
static bool
list_names(const struct want *want, struct b24_command *out)
{
	const struct fields *fields = &want->seek->op->fields;
	struct str words[CORE_WORDS];
	size_t count;

	b24_client_list(kind_of_rows(want), out);
	if (want->entity == ENTITY_COMPANY) {
		count = core_of(words, fields_get(fields, FIELD_NAME));
		filter_title(&out->query, words, count);
		return count > 0;
	}
	if (want->seek->partial && fields_has(fields, FIELD_LAST_NAME))
		filter_person(&out->query, "filter[@lastName]",
		    fields_get(fields, FIELD_LAST_NAME));
	else if (fields_has(fields, FIELD_LAST_NAME) && fields_has(fields,
	    FIELD_FIRST_NAME))
		filter_contact(&out->query, fields);
	else {
		filter_person(&out->query, "filter[@lastName]",
		    fields_get(fields, FIELD_LAST_NAME));
		filter_person(&out->query, "filter[@name]",
		    fields_get(fields, FIELD_FIRST_NAME));
	}
	return true;
}

bool
b24_party_ask_make(const struct b24 *b24, const struct party *party,
    const struct ask *ask, struct b24_command *out)
{
	const struct want *want = &party->wants.items[ask->from];
	bool something = true;

	switch (party->what) {
	case WHAT_ORIGIN:
		b24_client_list(kind_of_rows(want), out);
		b24_query_add(&out->query, "filter[=originatorId]",
		    str_of(b24->config->counterparties.originator));
		add_keys(party, ask, "filter[@originId]", &out->query);
		break;
	case WHAT_TAXPAYER:
		list_requisites(party, ask, "filter[@RQ_INN]", out);
		break;
	case WHAT_EMAIL:
	case WHAT_PHONE:
		something = find_by_comm(want, party->what == WHAT_PHONE,
		    ask->start, out);
		out->lone = ask->lone;
		return something;
	case WHAT_NAME:
		something = list_names(want, out);
		break;
	case WHAT_ITEMS:
		b24_client_list(kind_of_rows(want), out);
		add_keys(party, ask, "filter[@id]", &out->query);
		break;
	case WHAT_REQUISITES:
		list_requisites(party, ask, "filter[@ENTITY_ID]", out);
		break;
	case WHAT_COUNT:
		break;
	}
	if (ask->start > 0)
		b24_query_int(&out->query, "start", ask->start);
	out->lone = ask->lone;
	return something;
}

