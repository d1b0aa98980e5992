/*
 * The portal's answers are foreign data.  The first byte chooses the HTTP
 * status and what was asked; the rest is the body of every answer.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "bitrix/b24_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define OPS 6

static struct config config;
static bool ended;

static void
on_done(struct request *request)
{
	(void)request;
	ended = true;
}

static void
fill_facts(struct b24_facts *facts)
{
	static char name[] = "НДС 20%";

	facts->iblock = 14;
	facts->article = 95;
	facts->vats = mem_array(1, sizeof(*facts->vats));
	facts->vats[0].id = 4;
	facts->vats[0].name = mem_text(name);
	memcpy(facts->vats[0].rate, "20", 3);
	facts->vat_count = 1;
	facts->rules = mem_array(1, sizeof(*facts->rules));
	facts->rules[0].text = "BASE";
	facts->rules[0].type = 1;
	facts->rule_count = 1;
}

static void
fill_op(struct op *op, int i, bool finds)
{
	static const enum op_kind kinds[] = { OP_CREATE, OP_UPDATE,
	    OP_DELETE };

	op->kind = finds ? (i == 5 ? OP_COUNT : OP_FIND) : kinds[i % 3];
	op->portal_id = op->kind == OP_CREATE || i % 2 == 0 ? 0 : 7;
	op->parent_id = 3;
	if (i % 3 == 2)
		(void)target_set_price(&op->target, str_of("p"),
		    str_of("BASE"));
	else
		(void)target_set(&op->target, i % 3 == 1 ? TARGET_SECTION :
		    TARGET_PRODUCT, str_of("p"));
	(void)fields_set(&op->fields, FIELD_NAME, str_of("A"));
	(void)fields_set(&op->fields, FIELD_AMOUNT, str_of("10.5"));
	(void)fields_set(&op->fields, FIELD_CURRENCY, str_of("RUB"));
	(void)fields_set(&op->fields, FIELD_VAT, str_of("20"));
	(void)fields_set(&op->fields, FIELD_ARTICLE, str_of("X"));
	(void)fields_set(&op->fields, FIELD_DESCRIPTION, str_of("text"));
}

/* What b24_call.c does with an answer, without a connection. */
static void
answer(struct b24 *b24, struct b24_batch *batch, int status,
    struct str body)
{
	struct b24_error error;

	b24->waiting = batch->next_waiting;
	if (b24->waiting == NULL)
		b24->waiting_end = &b24->waiting;
	batch->http.status = status;
	batch->http.sent = batch->http.complete = true;
	batch->answer = json_parse(body, NULL);
	if (batch->count > 0 && batch->answer == NULL) {
		memset(&error, 0, sizeof(error));
		b24_error_http(&error, &batch->http);
		b24_batch_fail(batch, &error);
	} else if (batch->count > 0) {
		b24_batch_answer(batch);
	}
	batch->done(b24, batch);
}

/* A change that is said to be done has an id; one that is not has none. */
static void
check(const struct request *request, bool finds)
{
	for (size_t i = 0; i < request->count; i++) {
		const struct op *op = &request->ops[i];

		if (op->outcome > OUTCOME_STOP)
			abort();
		if (!finds && op->kind == OP_CREATE &&
		    (op->outcome == OUTCOME_DONE) != (op->new_id > 0))
			abort();
		if (finds && op->outcome != OUTCOME_DONE &&
		    op->found_count > 0 && op->kind == OP_FIND)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char folder[] = "/proc/none";
	static const int statuses[] = { 200, 200, 200, 302, 400, 401, 429,
	    500, 503 };
	struct b24 b24 = { .config = &config, .has_facts = true };
	struct request *request = request_new(OPS);
	bool finds = size > 0 && (data[0] & 1) != 0;
	int status = size > 0 ? statuses[(data[0] >> 1) % 9] : 200;
	struct str body = size > 1 ? str_n((const char *)data + 1,
	    size - 1) : STR_NONE;

	log_set_level(LOG_QUIET);
	config.portal.limits_dir = folder;
	config.portal.requests_per_second = 2;
	config.portal.burst = 50;
	config.portal.operating_seconds = 480;
	config.portal.batch_size = 50;
	b24.waiting_end = &b24.waiting;
	fill_facts(&b24.facts);
	if (b24_limit_open(&b24.limit, &config, "host", 1, NULL) == -1)
		abort();
	for (; request->count < OPS; request->count++)
		fill_op(&request->ops[request->count], (int)request->count,
		    finds);
	request->done = on_done;
	ended = false;
	b24.requests = 1;
	if (finds)
		b24_find_submit(&b24, request);
	else
		b24_write_submit(&b24, request);
	for (int i = 0; !ended && i < 200; i++)
		answer(&b24, b24.waiting, status, body);
	if (!ended)
		abort();
	check(request, finds);
	request_free(request);
	b24_limit_close(b24.limit);
	b24_facts_free(&b24.facts);
	return 0;
}
