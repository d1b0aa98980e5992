/*
 * What the portal answered: rows of each step, compared again with what was
 * asked, and what a failure leaves undone.
 */
#include "bitrix/b24_party.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/told.h"
#include "model/party.h"

/* Doubles of 50 keys on so many pages: something is wrong. */
#define PAGES_MAX 40

/* So many ids of a kind crm.duplicate.findbycomm gives at most
 * (bitrix24.md 10): whether there are more it does not say. */
#define COMM_IDS_MOST 20

static struct str
originator_of(const struct b24 *b24)
{
	return str_of(b24->config->counterparties.originator);
}

static void
ask_further(struct party *party, size_t index, int64_t start)
{
	struct ask *more = b24_party_add_ask(party);

	*more = party->asks[index];
	more->start = start;
	more->pages++;
}

/* ---- rows ---- */

static struct found *
found_with(struct op *op, int64_t portal_id)
{
	for (size_t i = 0; i < op->found_count; i++)
		if (op->found[i].portal_id == portal_id)
			return &op->found[i];
	return NULL;
}

static void
add_found(const struct b24 *b24, struct op *op, const cJSON *row)
{
	if (found_with(op, json_int_of(row, "id")) == NULL)
		b24_object_found(b24, op, row);
}

static bool
is_of_originator(const struct b24 *b24, const cJSON *row)
{
	char space[32];

	return str_eq(json_str(json_get(row, "originatorId"), space),
	    originator_of(b24));
}

/* Of another client of ours: no reason to look no further. */
static bool
is_anothers(const struct b24 *b24, const struct want *want, const cJSON *row)
{
	char space[32];
	struct str mark = json_str(json_get(row, "originId"), space);

	return mark.len > 0 && is_of_originator(b24, row) &&
	    !str_eq(mark, target_mark(&want->seek->op->target));
}

static bool
is_of_company(const cJSON *row, int64_t company)
{
	const cJSON *item;
	int64_t id;

	if (json_int_of(row, "companyId") == company)
		return true;
	cJSON_ArrayForEach(item, json_get(row, "companyIds"))
		if (json_int(&id, item) == 0 && id == company)
			return true;
	return false;
}

/* A row of items, for one want of its ask: is it asked for? */
static bool
take_item(const struct b24 *b24, const struct party *party,
    struct want *want, const cJSON *row)
{
	struct op *op = want->seek->op;
	char space[32];

	if (party->what == WHAT_ORIGIN) {
		if (!is_of_originator(b24, row) || !str_eq(json_str(json_get(
		    row, "originId"), space), want->text))
			return false;
		want->seek->settled = true;
	} else if (party->what == WHAT_ITEMS) {
		if (json_int_of(row, "id") != want->id)
			return false;
		if (want->settles && !is_anothers(b24, want, row))
			want->seek->settled = true;
	} else if (op->target.kind == TARGET_PERSON &&
	    !is_of_company(row, op->parent_id)) {
		return true;
	}
	add_found(b24, op, row);
	return true;
}

static void
add_link(struct party *party, struct seek *seek, int64_t id, bool settles)
{
	struct want *link;

	if (id <= 0)
		return;
	link = b24_party_add_want(&party->links, seek);
	link->id = id;
	link->settles = settles;
}

/* ИНН equal, and КПП where both have one. */
static bool
take_taxpayer(struct party *party, const struct want *want, const cJSON *row)
{
	char space[32], inn[PARTY_NUMBER_BYTES], kpp_plain[PARTY_NUMBER_BYTES];
	struct str ours = field_part(fields_get(&want->seek->op->fields,
	    FIELD_TAXPAYER), 1), kpp;

	party_number_plain(inn, json_str(json_get(row, "RQ_INN"), space));
	if (json_int_of(row, "ENTITY_TYPE_ID") != want->entity ||
	    !str_is(want->text, inn))
		return false;
	if (want->entity != b24_client_type(want->seek->op->target.kind)) {
		if (want->seek->op->as_other == 0)
			want->seek->op->as_other = json_int_of(row,
			    "ENTITY_ID");
		return true;
	}
	party_number_plain(kpp_plain, json_str(json_get(row, "RQ_KPP"),
	    space));
	kpp = str_of(kpp_plain);
	add_link(party, want->seek, json_int_of(row, "ENTITY_ID"),
	    kpp.len == 0 || ours.len == 0 || str_eq(kpp, ours));
	return true;
}

static bool
take_requisite(const struct want *want, const cJSON *row)
{
	struct fields *fields = &want->seek->op->found[want->found].fields;
	struct buf lines = BUF_INIT(LIMIT_RECORD_BYTES);
	struct str held = fields_get(fields, FIELD_TAXPAYER);
	char space[32], inn[PARTY_NUMBER_BYTES], kpp[PARTY_NUMBER_BYTES];

	if (json_int_of(row, "ENTITY_TYPE_ID") != want->entity ||
	    json_int_of(row, "ENTITY_ID") != want->id)
		return false;
	party_number_plain(inn, json_str(json_get(row, "RQ_INN"), space));
	party_number_plain(kpp, json_str(json_get(row, "RQ_KPP"), space));
	if (inn[0] == '\0')
		return true;
	(void)buf_add(&lines, held.p, held.len);
	party_line_add(&lines, str_of(inn), str_of(kpp));
	(void)fields_set(fields, FIELD_TAXPAYER, str_n(buf_text(&lines),
	    lines.len));
	buf_free(&lines);
	return true;
}

/* {"COMPANY":[1,2]}, or [] when there is none; ids of the other kind do not
 * interest. */
static void
take_comm(struct party *party, size_t index,
    const struct b24_command *command)
{
	const struct ask *ask = &party->asks[index];
	const struct want *want = &party->wants.items[ask->from];
	const cJSON *ids = json_get(command->result, want->entity ==
	    ENTITY_COMPANY ? "COMPANY" : "CONTACT"), *item;
	int64_t id, further = b24_party_ask_further(party, ask);

	if (cJSON_GetArraySize(ids) >= COMM_IDS_MOST)
		want->seek->partial = true;
	cJSON_ArrayForEach(item, ids)
		if (json_int(&id, item) == 0 && found_with(want->seek->op,
		    id) == NULL)
			add_link(party, want->seek, id, false);
	if (further > 0)
		ask_further(party, index, further);
}

static bool
take_row(const struct b24 *b24, struct party *party, const struct ask *ask,
    const cJSON *row)
{
	bool asked = false;

	for (size_t i = 0; i < ask->count; i++) {
		struct want *want = &party->wants.items[ask->from + i];
		bool mine = true;

		/* Its rows are dropped already. */
		if (want->seek->failed)
			;
		else if (b24_party_what(party)->items)
			mine = take_item(b24, party, want, row);
		else if (party->what == WHAT_TAXPAYER)
			mine = take_taxpayer(party, want, row);
		else
			mine = take_requisite(want, row);
		asked = asked || mine;
	}
	return asked;
}

/* ---- failures ---- */

static void
fail_seek(struct seek *seek, const struct b24_error *error,
    int64_t not_before)
{
	struct op *op = seek->op;

	if (seek->failed)
		return;
	seek->failed = true;
	op_drop_found(op);
	b24_error_tell(error, not_before, false, op);
}

static void
fail_ask(struct party *party, const struct ask *ask,
    const struct b24_error *error, int64_t not_before)
{
	for (size_t i = 0; i < ask->count; i++)
		fail_seek(party->wants.items[ask->from + i].seek, error,
		    not_before);
}

/* What the portal says of one client's question alone, in an answer to
 * others: rights, limits and silence are about all. */
static bool
is_of_one(const struct party *party, const struct b24_error *error)
{
	return b24_party_what(party)->single && party->batch.answered &&
	    (error->fate == B24_FATE_REFUSED ||
	    error->fate == B24_FATE_DOUBTFUL ||
	    error->fate == B24_FATE_NOT_THERE ||
	    error->fate == B24_FATE_UNKNOWN);
}

bool
b24_party_take_failure(struct party *party, size_t index,
    const struct b24_command *failed)
{
	const struct ask *ask = &party->asks[index];
	struct op *op = party->wants.items[ask->from].seek->op;

	fail_ask(party, ask, &failed->error, failed->not_before);
	if (!is_of_one(party, &failed->error))
		return false;
	op->outcome = OUTCOME_REFUSED;
	op->not_before = clock_wall_ms() + LIMIT_LOOK_AGAIN_MS;
	return true;
}

void
b24_party_take_end(struct party *party, const struct b24_command *failed)
{
	for (; party->at < party->ask_count; party->at++)
		(void)b24_party_take_failure(party, party->at, failed);
	party->links.count = 0;
	for (size_t i = 0; i < party->count; i++)
		if (party->what != WHAT_REQUISITES &&
		    (!party->seeks[i].settled ||
		    failed->error.fate == B24_FATE_STOP))
			fail_seek(&party->seeks[i], &failed->error,
			    failed->not_before);
}

static void
fail_strange(struct party *party, size_t index, const char *code,
    enum b24_fate fate, const char *text)
{
	struct b24_error error = { .fate = fate };

	(void)snprintf(error.code, sizeof(error.code), "%s", code);
	(void)snprintf(error.text, sizeof(error.text), "%s: %s",
	    b24_methods_info(b24_party_what(party)->method)->name, text);
	fail_ask(party, &party->asks[index], &error, 0);
}

/* ---- answers ---- */

void
b24_party_take_answer(const struct b24 *b24, struct party *party, size_t index,
    const struct b24_command *command)
{
	const char *key = b24_methods_info(command->method)->rows;
	const cJSON *rows = command->result, *row;
	bool known = false;

	if (key[0] != '\0')
		rows = json_get(rows, key);
	/* No list where one should be is not an empty one: what is taken for
	 * "nobody" is made once more. */
	if (!cJSON_IsArray(rows) && !cJSON_IsObject(rows)) {
		fail_strange(party, index, "no-list", B24_FATE_UNKNOWN,
		    TOLD("the portal's answer does not say what became of "
		    "this"));
		return;
	}
	if (command->method == B24_FIND_BY_COMM) {
		take_comm(party, index, command);
		return;
	}
	cJSON_ArrayForEach(row, rows)
		if (take_row(b24, party, &party->asks[index], row))
			known = true;
	if (command->next <= 0)
		return;
	if (party->what == WHAT_NAME && party->asks[index].pages + 1 >=
	    LIMIT_NAME_PAGES) {
		party->wants.items[party->asks[index].from].seek->op->more =
		    true;
		return;
	}
	if (!known || party->asks[index].pages >= PAGES_MAX)
		fail_strange(party, index, "filter-ignored", B24_FATE_STOP,
		    TOLD("the portal does not filter this list: clients cannot "
		    "be looked up"));
	else
		ask_further(party, index, command->next);
}

