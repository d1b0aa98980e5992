/*
 * Who of the portal may be this client?  The steps of counterparties.match,
 * each for all clients of a request together, and each only for those that
 * no earlier step has settled:
 *
 *   origin   crm.item.list by 50 of our marks               settles
 *   inn_kpp  crm.requisite.list by 50 ИНН, then the items   settles
 *   email    crm.duplicate.findbycomm, one a client,        (flow/ compares
 *   phone    then the items by 50 ids                        what was found)
 *   name     crm.item.list, one a client, LIMIT_NAME_PAGES
 *
 * and at the end the requisites of what was found, for one with another ИНН
 * is somebody else.  findbycomm gives no more than 20 ids: where it gives so
 * many, the list by names is asked, whether or not it is a step.  What a step
 * asks for are "wants", sorted, so that equal marks are asked once and an ask
 * is a piece of the array.
 *
 * The lists of requisites ignore filters that they do not know, and all
 * compare without regard to case (bitrix24.md 6): each row is compared again.
 */
#include "bitrix/b24_party.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* An answer is kept near this: text, tree and rows are in memory at once. */
#define ANSWER_BYTES ((int64_t)3 * 1024 * 1024)
/* Whole items are large: commands of a batch before one was answered, and
 * at the most (LIMIT_JSON_VALUES). */
#define ITEMS_CHUNK 25

static const struct party_what whats[WHAT_COUNT] = {
	[WHAT_ORIGIN] = { "origin", B24_ITEM_LIST, false, true },
	[WHAT_TAXPAYER] = { "inn_kpp", B24_REQUISITE_LIST, false, false },
	[WHAT_EMAIL] = { "email", B24_FIND_BY_COMM, true, false },
	[WHAT_PHONE] = { "phone", B24_FIND_BY_COMM, true, false },
	[WHAT_NAME] = { "name", B24_ITEM_LIST, true, true },
	[WHAT_ITEMS] = { "", B24_ITEM_LIST, false, true },
	[WHAT_REQUISITES] = { "", B24_REQUISITE_LIST, false, false },
};

const struct party_what *
b24_party_what(const struct party *party)
{
	return &whats[party->what];
}

/* ---- wants and asks ---- */

struct want *
b24_party_add_want(struct wants *wants, struct seek *seek)
{
	struct want *want;

	if (wants->count == wants->size) {
		wants->size = wants->size == 0 ? 64 : wants->size * 2;
		wants->items = mem_resize(wants->items, wants->size,
		    sizeof(*wants->items));
	}
	want = &wants->items[wants->count++];
	memset(want, 0, sizeof(*want));
	want->seek = seek;
	want->entity = b24_client_type(seek->op->target.kind);
	return want;
}

int
b24_party_compare(const struct want *a, const struct want *b)
{
	if (a->entity != b->entity)
		return a->entity < b->entity ? -1 : 1;
	if (a->id != b->id)
		return a->id < b->id ? -1 : 1;
	return str_cmp(a->text, b->text);
}

static int
compare_wants(const void *left, const void *right)
{
	const struct want *a = left, *b = right;
	int by_key = b24_party_compare(a, b);

	if (by_key != 0)
		return by_key;
	return (a->seek > b->seek) - (a->seek < b->seek);
}

struct ask *
b24_party_add_ask(struct party *party)
{
	struct ask *ask;

	if (party->ask_count == party->ask_size) {
		party->ask_size = party->ask_size == 0 ? 64 :
		    party->ask_size * 2;
		party->asks = mem_resize(party->asks, party->ask_size,
		    sizeof(*party->asks));
	}
	ask = &party->asks[party->ask_count++];
	memset(ask, 0, sizeof(*ask));
	return ask;
}

/* Text of 1C in a filter, that a batch would take for a reference. */
static bool
is_lone(const struct party *party, const struct want *want)
{
	const struct fields *fields = &want->seek->op->fields;

	switch (party->what) {
	case WHAT_ORIGIN:
	case WHAT_TAXPAYER:
		return b24_query_is_reference(want->text);
	case WHAT_EMAIL:
		return b24_query_is_reference(fields_get(fields,
		    FIELD_EMAILS));
	case WHAT_PHONE:
		return b24_query_is_reference(fields_get(fields,
		    FIELD_PHONES));
	case WHAT_NAME:
		return b24_query_is_reference(fields_get(fields,
		    FIELD_NAME)) || b24_query_is_reference(fields_get(fields,
		    FIELD_LAST_NAME)) || b24_query_is_reference(fields_get(
		    fields, FIELD_FIRST_NAME));
	case WHAT_ITEMS:
	case WHAT_REQUISITES:
	case WHAT_COUNT:
		break;
	}
	return false;
}

/* Cuts the sorted wants into commands of at most 50 keys of one entity. */
static void
make_asks(struct party *party)
{
	struct want *items = party->wants.items;
	size_t most = b24_party_what(party)->single ? 1 : B24_PAGE, keys = 0;
	struct ask *ask = NULL;

	party->ask_count = party->at = 0;
	if (party->wants.count > 0)
		qsort(items, party->wants.count, sizeof(*items),
		    compare_wants);
	for (size_t i = 0; i < party->wants.count; i++) {
		bool lone = is_lone(party, &items[i]);
		bool same = ask != NULL && most > 1 && b24_party_compare(
		    &items[i - 1], &items[i]) == 0;

		if (ask == NULL || ask->lone != lone || (!same && (lone ||
		    keys == most || items[i].entity !=
		    items[i - 1].entity))) {
			ask = b24_party_add_ask(party);
			ask->from = i;
			ask->lone = lone;
			keys = 0;
			same = false;
		}
		keys += same ? 0 : 1;
		ask->count++;
	}
}

/* ---- the steps' wants ---- */

struct str
b24_party_inn(const struct op *op)
{
	return field_part(fields_get(&op->fields, FIELD_TAXPAYER), 0);
}

static bool
has_name(const struct op *op)
{
	if (op->target.kind == TARGET_COMPANY)
		return fields_has(&op->fields, FIELD_NAME);
	/* A person's name alone says something within one company only. */
	if (op->target.kind == TARGET_PERSON && op->parent_id == 0)
		return false;
	return fields_has(&op->fields, FIELD_LAST_NAME) ||
	    fields_has(&op->fields, FIELD_FIRST_NAME);
}

/* Has the client what this step asks with? */
static bool
step_applies(enum party_phase what, const struct op *op)
{
	switch (what) {
	case WHAT_ORIGIN:
		return target_mark(&op->target).len > 0;
	case WHAT_TAXPAYER:
		return b24_party_inn(op).len > 0;
	case WHAT_EMAIL:
		return fields_has(&op->fields, FIELD_EMAILS);
	case WHAT_PHONE:
		return fields_has(&op->fields, FIELD_PHONES);
	case WHAT_NAME:
		return has_name(op);
	case WHAT_ITEMS:
	case WHAT_REQUISITES:
	case WHAT_COUNT:
		break;
	}
	return false;
}

/* A trader's ИНН, of 12 digits, may be that of a contact or of a company. */
static void
want_taxpayer(struct party *party, struct want *want)
{
	struct seek *seek = want->seek;

	want->text = b24_party_inn(seek->op);
	if (want->text.len != 12)
		return;
	/* May move the array. */
	want = b24_party_add_want(&party->wants, seek);
	want->text = b24_party_inn(seek->op);
	want->entity = ENTITY_BOTH - want->entity;
}

static void
want_step(struct party *party, enum party_phase what)
{
	for (size_t i = 0; i < party->count; i++) {
		struct seek *seek = &party->seeks[i];
		struct want *want;

		if (seek->settled || seek->failed ||
		    !step_applies(what, seek->op))
			continue;
		want = b24_party_add_want(&party->wants, seek);
		if (what == WHAT_ORIGIN)
			want->text = target_mark(&seek->op->target);
		else if (what == WHAT_TAXPAYER)
			want_taxpayer(party, want);
	}
}

/* Those that a phone or an e-mail left open, where names are no step. */
static void
want_partial(struct party *party)
{
	for (size_t i = 0; i < party->count; i++) {
		struct seek *seek = &party->seeks[i];

		if (seek->partial && !seek->settled && !seek->failed &&
		    has_name(seek->op))
			(void)b24_party_add_want(&party->wants, seek);
	}
}

/* Where ours has an ИНН theirs may be another one, and where it has none they
 * may be of somebody else, unless our mark tells.  Persons have none. */
static void
want_requisites(struct party *party)
{
	for (size_t i = 0; i < party->count; i++) {
		struct seek *seek = &party->seeks[i];

		if (seek->failed || seek->op->target.kind == TARGET_PERSON ||
		    (seek->settled && b24_party_inn(seek->op).len == 0))
			continue;
		for (size_t j = 0; j < seek->op->found_count; j++) {
			struct want *want = b24_party_add_want(&party->wants,
			    seek);

			want->id = seek->op->found[j].portal_id;
			want->found = j;
		}
	}
}

static enum party_phase
phase_named(const char *word)
{
	for (int i = 0; i < WHAT_ITEMS; i++)
		if (strcmp(whats[i].word, word) == 0)
			return (enum party_phase)i;
	return WHAT_COUNT;
}

/* What the step found by ids is read whole. */
static bool
next_is_items(struct party *party)
{
	struct wants swap = party->wants;

	if (party->links.count == 0)
		return false;
	party->wants = party->links;
	party->links = swap;
	party->links.count = 0;
	party->what = WHAT_ITEMS;
	return true;
}

/* The next phase that has something to ask; false at the end. */
static bool
next_phase(const struct b24 *b24, struct party *party)
{
	const struct config_list *match = &b24->config->counterparties.match;

	party->wants.count = 0;
	party->bytes = 0;
	if (next_is_items(party)) {
		make_asks(party);
		return true;
	}
	while (party->wants.count == 0 && party->step < match->count) {
		party->what = phase_named(match->items[party->step++]);
		party->named = party->named || party->what == WHAT_NAME;
		if (party->what != WHAT_COUNT)
			want_step(party, party->what);
	}
	if (party->wants.count == 0 && !party->named) {
		party->named = true;
		party->what = WHAT_NAME;
		want_partial(party);
	}
	if (party->wants.count == 0 && !party->ended) {
		party->ended = true;
		party->what = WHAT_REQUISITES;
		want_requisites(party);
	}
	if (party->wants.count == 0)
		return false;
	make_asks(party);
	return true;
}

/* ---- exchanges ---- */

static void send_next(struct b24 *b24, struct party *party);

static void
end_chunk(struct party *party)
{
	b24_call_end(&party->batch);
	for (size_t i = 0; i < party->chunk; i++)
		b24_batch_command_free(&party->commands[i]);
	party->chunk = 0;
}

static void
party_free(struct party *party)
{
	end_chunk(party);
	free(party->seeks);
	free(party->wants.items);
	free(party->links.items);
	free(party->asks);
	free(party);
}

static void
drop_party(struct b24_batch *batch)
{
	struct party *party = batch->user;
	void (*drop)(void *user) = party->drop;
	void *user = party->user;

	party_free(party);
	if (drop != NULL)
		drop(user);
}

static void
learn_size(struct party *party)
{
	int64_t each = (int64_t)(party->batch.answer_bytes / party->chunk) +
	    1;

	party->bytes = party->bytes < each ? each :
	    (party->bytes * 3 + each) / 4;
}

/* The answer to one command alone was too large: half of its wants. */
static bool
split_ask(struct party *party)
{
	struct ask *ask = &party->asks[party->at], *rest;
	size_t half = ask->count / 2;

	if (half == 0 || ask->start > 0)
		return false;
	rest = b24_party_add_ask(party);
	ask = &party->asks[party->at];
	*rest = *ask;
	rest->from += half;
	rest->count -= half;
	ask->count = half;
	return true;
}

static void
take_chunk(struct b24 *b24, struct party *party)
{
	const struct b24_command *failed = NULL;

	for (size_t i = 0; i < party->chunk; i++) {
		const struct b24_command *command = &party->commands[i];

		if (command->done) {
			b24_party_take_answer(b24, party,
			    party->at + i, command);
			continue;
		}
		if (!b24_party_take_failure(party, party->at + i, command) &&
		    failed == NULL)
			failed = command;
	}
	party->at += party->chunk;
	if (failed != NULL)
		b24_party_take_end(party, failed);
}

static void
on_answer(struct b24 *b24, struct b24_batch *batch)
{
	struct party *party = batch->user;

	if (batch->too_large && (party->chunk > 1 || split_ask(party))) {
		party->bytes = ANSWER_BYTES * 2 / (int64_t)party->chunk;
		end_chunk(party);
		send_next(b24, party);
		return;
	}
	take_chunk(b24, party);
	if (party->chunk > 0 && batch->answered)
		learn_size(party);
	end_chunk(party);
	send_next(b24, party);
}

static size_t
chunk_size(const struct b24 *b24, const struct party *party)
{
	size_t size = (size_t)b24->config->portal.batch_size;
	size_t in_time = b24_batch_most(b24, false);
	size_t most = b24_party_what(party)->items ? ITEMS_CHUNK :
	    LIMIT_BATCH_COMMANDS;

	if (party->bytes > 0 && (size_t)(ANSWER_BYTES / party->bytes) < most)
		most = (size_t)(ANSWER_BYTES / party->bytes);
	if (size > most)
		size = most;
	if (size > in_time)
		size = in_time;
	return size > 0 ? size : 1;
}

/* An ask without a question (no phone is a number) is answered. */
static bool
drop_empty(const struct b24 *b24, struct party *party, size_t index)
{
	struct b24_command *command = &party->commands[party->chunk];
	size_t last = party->ask_count - 1;

	if (b24_party_ask_make(b24, party, &party->asks[index], command))
		return false;
	b24_batch_command_free(command);
	party->asks[index] = party->asks[last];
	party->ask_count = last;
	return true;
}

static void
fill_chunk(struct b24 *b24, struct party *party)
{
	enum b24_method method = b24_party_what(party)->method;
	size_t most = chunk_size(b24, party);
	unsigned calls = b24_limit_calls(b24->limit, method);

	if (most > calls && calls > 0)
		most = calls;
	while (party->chunk < most &&
	    party->at + party->chunk < party->ask_count) {
		size_t index = party->at + party->chunk;
		bool lone = party->asks[index].lone;

		if (party->chunk > 0 && lone)
			break;
		if (drop_empty(b24, party, index))
			continue;
		party->chunk++;
		if (lone)
			break;
	}
}

static void
party_end(struct b24 *b24, struct party *party)
{
	void (*done)(struct b24 *b24, void *user) = party->done;
	void *user = party->user;

	party_free(party);
	done(b24, user);
}

/* What is left of this phase, else the next one, else the end. */
static void
send_next(struct b24 *b24, struct party *party)
{
	assert(party->chunk == 0);
	do {
		if (party->at >= party->ask_count &&
		    !next_phase(b24, party)) {
			party_end(b24, party);
			return;
		}
		fill_chunk(b24, party);
	} while (party->chunk == 0);
	memset(&party->batch, 0, sizeof(party->batch));
	party->batch.commands = party->commands;
	party->batch.count = party->chunk;
	party->batch.done = on_answer;
	party->batch.drop = drop_party;
	party->batch.user = party;
	b24_call_send(b24, &party->batch);
}

void
b24_party_start(struct b24 *b24, struct op **ops, size_t count,
    void (*done)(struct b24 *b24, void *user), void (*drop)(void *user),
    void *user)
{
	struct party *party = mem_alloc(sizeof(*party));

	party->seeks = mem_array(count, sizeof(*party->seeks));
	party->count = count;
	for (size_t i = 0; i < count; i++) {
		party->seeks[i].op = ops[i];
		ops[i]->outcome = OUTCOME_DONE;
	}
	party->done = done;
	party->drop = drop;
	party->user = user;
	send_next(b24, party);
}
