/*
 * Look-ups: up to 50 marks (or ids, or prices' keys) are joined into one
 * list command, for a page has 50 rows, and many of those into one batch.
 * Each row is compared with what was asked: catalog.* silently ignores a
 * filter that it does not know, and compares without regard to case
 * (bitrix24.md 6).  Marks are not unique in the portal, so there may be
 * further pages.
 *
 * Goods that nothing bears the mark of are looked for by what catalog.adopt
 * names besides, step by step, each for those that the one before did not find;
 * and sections by their name.
 * Clients and deals by their id that no list shows are asked for by themselves:
 * they are deleted, or hidden from this user.  A requisite is hidden with its
 * client.
 * Who a client of 1C may be takes several questions too: b24_party.c asks them
 * when the rest of the request is answered.
 */
#include "bitrix/b24_deal.h"
#include "bitrix/b24_find.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/told.h"

/* An answer is kept near this: the answer, its tree and the rows are in
 * memory at once. */
#define ANSWER_BYTES ((int64_t)3 * 1024 * 1024)
/* Commands in a batch before the first answer says how large they are. */
#define FIRST_CHUNK 25
/* Doubles of 50 marks on so many pages: something is wrong. */
#define PAGES_MAX 40
/* Rows that may be one good: with more of them it is no good's own article. */
#define LIKE_MAX 50
#define LIKE_PAGES 10
/* Of several values at once: one that half of the goods have hides the rest. */
#define SHARED_PAGES 3

/* ---- rows ---- */

static int64_t
property_of(const struct ask *ask)
{
	return ask->kind == TARGET_SECTION ? 0 : ask->sort;
}

static bool
is_asked(const struct ask *ask, const struct op *op, const cJSON *row)
{
	char space[32];

	switch (ask->by) {
	case BY_MARK:
		return str_eq(json_str(json_get(row, ask->kind ==
		    TARGET_ONEC_ORDER ? "originId" : "xmlId"), space),
		    b24_deal_make_mark(op));
	case BY_ID:
	case BY_ITEM:
		if (target_is_crm(ask->kind) && !target_is_client(ask->kind))
			return b24_crm_is_asked(op, row);
		return json_int_of(row, "id") == op->portal_id;
	case BY_HOLDER:
		return json_int_of(row, "id") == op->parent_id;
	case BY_PRODUCT:
		return json_int_of(row, "productId") == op->parent_id &&
		    json_int_of(row, "catalogGroupId") == ask->sort;
	case BY_PARENT:
		return b24_crm_is_asked(op, row);
	case BY_DEAL:
		/* The tag is looked for by b24_notice_found(). */
		return json_int_of(row, "ENTITY_ID") == op->parent_id;
	case BY_GOOD:
		/* The name is looked for by b24_picture_found(). */
		return json_int_of(row, "productId") == op->parent_id &&
		    (op->portal_id <= 0 ||
		    json_int_of(row, "id") == op->portal_id);
	case BY_LIKENESS:
		return b24_like_is(op, ask->like, property_of(ask), row, true);
	case BY_CONTENT:
		break;
	}
	return true;
}

/* Did the filter let it through?  Of a requisite's accounts and a good's
 * pictures one is asked for, and all are shown; case is not looked at. */
static bool
is_filtered(const struct ask *ask, const struct op *op, const cJSON *row)
{
	if (ask->by == BY_PARENT)
		return json_int_of(row, "ENTITY_ID") == op->parent_id;
	if (ask->by == BY_GOOD)
		return json_int_of(row, "productId") == op->parent_id;
	if (ask->by == BY_LIKENESS)
		return b24_like_is(op, ask->like, property_of(ask), row,
		    false);
	return is_asked(ask, op, row);
}

/* What is asked once more in halves brings rows a second time. */
static bool
is_known(const struct op *op, int64_t id)
{
	for (size_t i = 0; i < op->found_count; i++)
		if (op->found[i].portal_id == id)
			return true;
	return false;
}

static void
add_found(const struct b24 *b24, const struct ask *ask, struct op *op,
    const cJSON *row)
{
	size_t before = op->found_count;

	if (ask->by == BY_LIKENESS && (before >= LIKE_MAX ||
	    is_known(op, json_int_of(row, "id"))))
		return;
	if (ask->by == BY_MARK && ask->kind != op->target.kind) {
		b24_object_elsewhere(b24, op, ask->kind, row);
		return;
	}
	b24_object_found(b24, op, row);
	/* How it was recognised. */
	if (ask->by == BY_LIKENESS && op->found_count > before)
		(void)fields_set(&op->found[before].fields, FIELD_TAG,
		    str_of(b24_like_word(ask->like)));
}

/* A refusal that is about one deal or good: it is gone, or not this
 * user's.  Addresses want more rights than all that they belong to, which
 * goes on without them (crm-address-list.md). */
static bool
is_of_one(const struct ask *ask, const struct b24_error *error)
{
	if (ask->kind == TARGET_ADDRESS)
		return error->fate == B24_FATE_REFUSED;
	if (ask->by != BY_DEAL && ask->by != BY_GOOD &&
	    !b24_find_ask_is_item(ask))
		return false;
	return error->fate == B24_FATE_REFUSED ||
	    error->fate == B24_FATE_DOUBTFUL ||
	    error->fate == B24_FATE_NOT_THERE;
}

static void
fail_ask(struct ask *ask, const struct b24_error *error, int64_t not_before)
{
	for (size_t i = 0; i < ask->count; i++) {
		struct op *op = ask->ops[i];

		op_drop_found(op);
		b24_error_tell(error, not_before, false, op);
		if (!is_of_one(ask, error))
			continue;
		/* A good that is gone has no pictures; no list has shown what
		 * is not there, and that is the answer. */
		if (ask->by == BY_GOOD || (b24_find_ask_is_item(ask) &&
		    error->fate == B24_FATE_NOT_THERE))
			op->outcome = OUTCOME_DONE;
		else
			op->outcome = ask->kind == TARGET_COMMENT ?
			    OUTCOME_NOT_THERE : OUTCOME_REFUSED;
	}
}

static void
fail_strange(struct ask *ask, const char *what)
{
	struct b24_error error = { .fate = B24_FATE_STOP };

	(void)snprintf(error.code, sizeof(error.code), "filter-ignored");
	told_set(error.text, sizeof(error.text), N_("the portal does not "
	    "filter %s: what it holds cannot be looked up"), what);
	fail_ask(ask, &error, 0);
}

/* No list where one should be is not an empty one: what is taken for "not
 * there" is made once more. */
static void
fail_no_list(struct ask *ask, const char *key)
{
	struct b24_error error = { .fate = B24_FATE_UNKNOWN,
	    .code = "no-list" };

	(void)snprintf(error.text, sizeof(error.text), "%s: %s", key,
	    TOLD("the portal's answer does not say what became of this"));
	fail_ask(ask, &error, 0);
}

static void
count_content(struct ask *ask, const struct b24_command *command)
{
	struct b24_error error = { .fate = B24_FATE_UNKNOWN,
	    .code = "no-total" };

	if (command->total >= 0) {
		ask->ops[0]->found_count += (size_t)command->total;
		return;
	}
	(void)snprintf(error.text, sizeof(error.text), "%s",
	    TOLD("the portal did not say how much is in the section"));
	fail_ask(ask, &error, 0);
}

/* The second half of it becomes a further one. */
static void
halve(struct find *find, size_t index)
{
	struct ask *rest = b24_find_ask_new(find);
	struct ask *ask = &find->asks[index];
	size_t half = ask->count / 2;

	*rest = *ask;
	rest->count = ask->count - half;
	memcpy(rest->ops, ask->ops + half, rest->count * sizeof(*rest->ops));
	ask->count = half;
}

/* From the first page again. */
static void
ask_in_halves(struct find *find, size_t index)
{
	struct ask *again = b24_find_ask_new(find);

	*again = find->asks[index];
	again->start = 0;
	again->pages = 0;
	halve(find, find->count - 1);
}

/* It came meanwhile, or the list was not all that the user may see.  Where the
 * client is shown its requisite is not there. */
static void
take_item(const struct b24 *b24, struct ask *ask,
    const struct b24_command *command)
{
	const cJSON *row = json_get(command->result, "item");

	if (!is_asked(ask, ask->ops[0], row))
		fail_no_list(ask, "item");
	else if (ask->by == BY_ITEM)
		add_found(b24, ask, ask->ops[0], row);
}

static void
take_rows(const struct b24 *b24, struct find *find, size_t index,
    const struct b24_command *command)
{
	const char *key = b24_methods_info(command->method)->rows;
	struct ask *ask = &find->asks[index], *more;
	const cJSON *rows = key[0] != '\0' ? json_get(command->result, key) :
	    command->result, *row;
	size_t seen = 0;
	bool known = false;

	if (ask->by == BY_CONTENT) {
		count_content(ask, command);
		return;
	}
	if (b24_find_ask_is_item(ask)) {
		take_item(b24, ask, command);
		return;
	}
	if (!cJSON_IsArray(rows) && !cJSON_IsObject(rows)) {
		fail_no_list(ask, key[0] != '\0' ? key :
		    b24_methods_info(command->method)->name);
		return;
	}
	cJSON_ArrayForEach(row, rows) {
		for (size_t i = 0; ask->kind != TARGET_ROWS &&
		    i < ask->count; i++) {
			if (is_filtered(ask, ask->ops[i], row))
				known = true;
			if (is_asked(ask, ask->ops[i], row) &&
			    b24_catalog_is_form(ask->kind, row))
				add_found(b24, ask, ask->ops[i], row);
		}
		seen++;
	}
	/* A page at once, and also one without rows says something. */
	if (ask->kind == TARGET_ROWS)
		known = b24_rows_found(ask->ops[0], rows);
	if (command->next <= 0 && (known || ask->kind != TARGET_ROWS))
		return;
	if (ask->by == BY_LIKENESS && known && ask->count > 1 &&
	    ask->pages >= SHARED_PAGES) {
		ask_in_halves(find, index);
		return;
	}
	/* Half of the goods under one article: no reason to stop. */
	if (ask->by == BY_LIKENESS && known && ask->pages >= LIKE_PAGES &&
	    ask->kind != TARGET_SECTION)
		return;
	if (!known || ask->pages >= PAGES_MAX) {
		fail_strange(ask, key[0] != '\0' ? key :
		    b24_methods_info(command->method)->name);
		return;
	}
	more = b24_find_ask_new(find);
	*more = find->asks[index];
	more->start = command->next;
	more->pages++;
	log_debug("%s: %zu rows, one more page", key, seen);
}

/* ---- exchanges ---- */

static void send_chunk(struct b24 *b24, struct find *find);

static void
find_free(struct find *find)
{
	free(find->asks);
	free(find->clients);
	free(find->alike);
	free(find);
}

static void
find_end(struct b24 *b24, struct find *find)
{
	if (find->client_count > 0)
		b24_party_start(b24, find->clients, find->client_count,
		    find->done, find->drop, find->user);
	else
		find->done(b24, find->user);
	find_free(find);
}

static void
learn_size(struct b24 *b24, const struct find *find, size_t bytes)
{
	int64_t each = (int64_t)(bytes / find->chunk) + 1;

	b24->find_bytes = b24->find_bytes < each ? each :
	    (b24->find_bytes * 3 + each) / 4;
}

static void
end_chunk(struct find *find)
{
	b24_call_end(&find->batch);
	for (size_t i = 0; i < find->chunk; i++)
		b24_batch_command_free(&find->commands[i]);
}

static void
drop_find(struct b24_batch *batch)
{
	struct find *find = batch->user;
	void (*drop)(void *user) = find->drop;
	void *user = find->user;

	end_chunk(find);
	find_free(find);
	if (drop != NULL)
		drop(user);
}

/* The answer to one command alone was too large: half of its marks. */
static bool
split_ask(struct find *find)
{
	const struct ask *ask = &find->asks[find->at];

	if (ask->count < 2 || ask->start > 0)
		return false;
	halve(find, find->at);
	return true;
}

/* The first failure is everything's that is not asked yet. */
static void
give_up(struct find *find, const struct b24_command *failed)
{
	for (; find->at < find->count; find->at++)
		fail_ask(&find->asks[find->at], &failed->error,
		    failed->not_before);
}

static void
on_found(struct b24 *b24, struct b24_batch *batch)
{
	struct find *find = batch->user;
	const struct b24_command *failed = NULL;
	struct b24_command why;

	if (batch->too_large && (find->chunk > 1 || split_ask(find))) {
		b24->find_bytes = ANSWER_BYTES * 2 / (int64_t)find->chunk;
		end_chunk(find);
		send_chunk(b24, find);
		return;
	}
	for (size_t i = 0; i < find->chunk; i++) {
		const struct b24_command *command = &find->commands[i];

		if (command->done) {
			take_rows(b24, find, find->at + i, command);
			continue;
		}
		fail_ask(&find->asks[find->at + i], &command->error,
		    command->not_before);
		if (failed == NULL && !is_of_one(&find->asks[find->at + i],
		    &command->error))
			failed = command;
	}
	if (find->chunk > 0 && batch->answered)
		learn_size(b24, find, batch->answer_bytes);
	find->at += find->chunk;
	if (failed != NULL) {
		why = *failed;
		give_up(find, &why);
	}
	end_chunk(find);
	if (find->at < find->count || b24_find_ask_step(b24, find) ||
	    b24_find_ask_items(find))
		send_chunk(b24, find);
	else
		find_end(b24, find);
}

static size_t
chunk_size(struct b24 *b24)
{
	size_t size = b24->find_bytes == 0 ? FIRST_CHUNK :
	    (size_t)(ANSWER_BYTES / b24->find_bytes);
	size_t most = (size_t)b24->config->portal.batch_size;
	size_t in_time = b24_batch_most(b24, false);

	if (size > most)
		size = most;
	if (size > in_time)
		size = in_time;
	return size > 0 ? size : 1;
}

static void
send_chunk(struct b24 *b24, struct find *find)
{
	size_t most = chunk_size(b24);
	struct b24_use use = { { 0 } };

	find->chunk = 0;
	while (find->chunk < most && find->at + find->chunk < find->count) {
		const struct ask *ask = &find->asks[find->at + find->chunk];

		enum b24_method method = b24_find_ask_is_item(ask) ?
		    B24_ITEM_GET : b24_object_method(ask->kind, OP_FIND);

		if (find->chunk > 0 && (ask->lone || use.calls[method] >=
		    b24_limit_calls(b24->limit, method)))
			break;
		use.calls[method]++;
		b24_find_ask_command(b24, ask, &find->commands[find->chunk++]);
		if (ask->lone)
			break;
	}
	memset(&find->batch, 0, sizeof(find->batch));
	find->batch.commands = find->commands;
	find->batch.count = find->chunk;
	find->batch.done = on_found;
	find->batch.drop = drop_find;
	find->batch.user = find;
	b24_call_send(b24, &find->batch);
}

void
b24_find_start(struct b24 *b24, struct op **ops, size_t count,
    void (*done)(struct b24 *b24, void *user), void (*drop)(void *user),
    void *user)
{
	struct find *find = mem_alloc(sizeof(*find));

	find->done = done;
	find->drop = drop;
	find->user = user;
	find->clients = mem_array(count, sizeof(*find->clients));
	find->alike = mem_array(count, sizeof(*find->alike));
	for (size_t i = 0; i < count; i++)
		b24_find_ask_op(b24, find, ops[i]);
	send_chunk(b24, find);
}

/* ---- requests of flow ---- */

static void
on_request_found(struct b24 *b24, void *user)
{
	struct request *request = user;

	request->answered = true;
	for (size_t i = 0; i < request->count; i++)
		if (request->ops[i].outcome != OUTCOME_DONE)
			request->answered = false;
	bitrix_request_done(b24, request);
}

void
b24_find_submit(struct b24 *b24, struct request *request)
{
	struct op **ops = mem_array(request->count, sizeof(*ops));

	for (size_t i = 0; i < request->count; i++)
		ops[i] = &request->ops[i];
	/* The request is the caller's, dropped or not. */
	b24_find_start(b24, ops, request->count, on_request_found, NULL,
	    request);
	free(ops);
}

/* A good is looked for in the lists of its other forms too. */
static void
count_lists(const struct op *op, unsigned ops[TARGET_LAST])
{
	for (int kind = TARGET_SECTION; kind < TARGET_LAST; kind++)
		if (kind == (int)op->target.kind || (op->elsewhere &&
		    target_may_be_form(&op->target, (enum target_kind)kind)))
			ops[kind]++;
}

void
b24_find_use(const struct request *request, struct b24_use *use)
{
	unsigned ops[TARGET_LAST] = { 0 };

	memset(use, 0, sizeof(*use));
	for (size_t i = 0; i < request->count; i++)
		count_lists(&request->ops[i], ops);
	for (int kind = TARGET_SECTION; kind < TARGET_LAST; kind++) {
		bool single = kind == TARGET_ROWS ||
		    kind == TARGET_COMMENT || kind == TARGET_PICTURE;
		unsigned calls = single ? ops[kind] :
		    (ops[kind] + B24_PAGE - 1) / B24_PAGE;

		if (kind == TARGET_NOTICE || kind == TARGET_STOCK)
			continue;

		use->calls[b24_object_method((enum target_kind)kind,
		    OP_FIND)] += calls < FIRST_CHUNK ? calls : FIRST_CHUNK;
	}
}
