/*
 * Up to 50 commands in one exchange, and its answer split again: each of the
 * five maps of the answer may be [] when it is empty, a command is in one of
 * two of them, and one that is in neither may have been executed.
 */
#include "bitrix/b24_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/told.h"

/* Fewer commands say little of how long one takes. */
#define SMALL_BATCH 5

void
b24_batch_command_init(struct b24_command *command, enum b24_method method)
{
	memset(command, 0, sizeof(*command));
	command->method = method;
	command->total = command->next = -1;
	buf_init(&command->query, LIMIT_REQUEST_BYTES);
}

void
b24_batch_command_free(struct b24_command *command)
{
	buf_free(&command->query);
}

static bool
is_single(const struct b24_batch *batch)
{
	return batch->count == 1 && batch->commands[0].lone;
}

static void
key_of(char key[24], size_t index)
{
	/* Never a number: PHP would make an array of the map. */
	(void)snprintf(key, 24, "c%zu", index);
}

/* The text of a command is ASCII without quotes: nothing to escape. */
static void
add_commands(struct b24_batch *batch)
{
	struct buf *body = &batch->body;

	(void)buf_add_text(body, "{\"halt\":0,\"cmd\":{");
	for (size_t i = 0; i < batch->count; i++) {
		const struct b24_command *command = &batch->commands[i];

		(void)buf_printf(body, "%s\"c%zu\":\"%s?", i > 0 ? "," : "",
		    i, b24_methods_info(command->method)->name);
		(void)buf_add(body, buf_text(&command->query),
		    command->query.len);
		(void)buf_add_char(body, '"');
	}
	(void)buf_add_char(body, '}');
}

static void
single_body(struct b24_batch *batch, const char *token)
{
	cJSON *root = b24_query_json(&batch->commands[0].query);
	char *text;

	if (root != NULL && token != NULL)
		(void)cJSON_AddStringToObject(root, "auth", token);
	text = root != NULL ? cJSON_PrintUnformatted(root) : NULL;
	if (text != NULL)
		(void)buf_add_text(&batch->body, text);
	else
		batch->body.full = true;
	cJSON_free(text);
	cJSON_Delete(root);
}

void
b24_batch_body(struct b24_batch *batch, const char *token)
{
	struct json_out json;

	buf_clear(&batch->body);
	/* Half a value would be taken for a whole one. */
	for (size_t i = 0; i < batch->count; i++)
		if (batch->commands[i].query.full) {
			batch->body.full = true;
			return;
		}
	if (is_single(batch)) {
		single_body(batch, token);
		return;
	}
	add_commands(batch);
	if (token != NULL) {
		(void)buf_add_text(&batch->body, ",\"auth\":");
		json_out_init_buf(&json, &batch->body);
		json_out_str(&json, NULL, str_of(token));
	}
	(void)buf_add_char(&batch->body, '}');
}

/* ---- the answer ---- */

static void
fail_command(struct b24_batch *batch, struct b24_command *command,
    const struct b24_error *error, const cJSON *answer)
{
	struct b24_limit *limit = batch->b24->limit;

	command->done = false;
	command->error = *error;
	command->not_before = 0;
	if (error->fate == B24_FATE_OPERATING)
		command->not_before = b24_limit_refused_method(limit,
		    command->method, answer);
}

/* One command among others: the portal does not want any more now. */
static void
note_rate(struct b24_batch *batch, struct b24_command *command)
{
	struct b24_limit *limit = batch->b24->limit;

	if (command->error.fate != B24_FATE_RATE)
		return;
	b24_limit_save(limit);
	command->not_before = b24_limit_refused_rate(limit,
	    batch->http.retry_after_s);
}

void
b24_batch_fail(struct b24_batch *batch, const struct b24_error *error)
{
	int64_t not_before = 0;

	batch->too_large = batch->http.answer.full;
	if (error->fate == B24_FATE_RATE)
		not_before = b24_limit_refused_rate(batch->b24->limit,
		    batch->http.retry_after_s);
	for (size_t i = 0; i < batch->count; i++) {
		fail_command(batch, &batch->commands[i], error,
		    batch->answer);
		if (not_before != 0)
			batch->commands[i].not_before = not_before;
	}
	log_info("batch of %zu: %s: %s", batch->count, error->code,
	    error->text);
}

static void
take_paging(struct b24_command *command, const cJSON *total,
    const cJSON *next)
{
	if (json_int(&command->total, total) == -1 || command->total < 0)
		command->total = -1;
	if (json_int(&command->next, next) == -1 || command->next <= 0)
		command->next = -1;
}

static void
lost_command(struct b24_batch *batch, struct b24_command *command)
{
	struct b24_error error = { .fate = B24_FATE_UNKNOWN };

	(void)snprintf(error.code, sizeof(error.code), "no-entry");
	(void)snprintf(error.text, sizeof(error.text), "%s",
	    TOLD("the portal's answer does not say what became of this"));
	fail_command(batch, command, &error, NULL);
}

static void
split_command(struct b24_batch *batch, const cJSON *result, size_t index)
{
	struct b24_command *command = &batch->commands[index];
	const cJSON *failed, *value, *time;
	struct b24_error error;
	char key[24];

	key_of(key, index);
	failed = json_get(json_get(result, "result_error"), key);
	value = json_get(json_get(result, "result"), key);
	time = json_get(json_get(result, "result_time"), key);
	b24_limit_time(batch->b24->limit, command->method, time);
	if (failed != NULL) {
		memset(&error, 0, sizeof(error));
		b24_error_read(&error, failed, 0, command->method);
		fail_command(batch, command, &error, failed);
		note_rate(batch, command);
		return;
	}
	if (value == NULL) {
		lost_command(batch, command);
		return;
	}
	command->done = true;
	command->result = value;
	take_paging(command, json_get(json_get(result, "result_total"), key),
	    json_get(json_get(result, "result_next"), key));
}

static void
split_single(struct b24_batch *batch, const cJSON *answer)
{
	struct b24_command *command = &batch->commands[0];

	b24_limit_time(batch->b24->limit, command->method,
	    json_get(answer, "time"));
	command->done = true;
	command->result = json_get(answer, "result");
	take_paging(command, json_get(answer, "total"),
	    json_get(answer, "next"));
}

/* A refused request is over soon, whatever is in it. */
static bool
any_done(const struct b24_batch *batch)
{
	for (size_t i = 0; i < batch->count; i++)
		if (batch->commands[i].done)
			return true;
	return false;
}

/*
 * One that was too slow tells at once, and most of all when it was cut off:
 * the same commands would be cut off again.  In a small batch the way there
 * and back counts for more than its commands, so it tells only that they are
 * faster than was thought.
 */
void
b24_batch_learn(struct b24_batch *batch)
{
	struct b24 *b24 = batch->b24;
	int64_t *known = batch->writes ? &b24->write_us : &b24->list_us;
	int64_t took_us = batch->http.took_ms * 1000, us;

	if (batch->count == 0 || !batch->http.sent)
		return;
	us = took_us / (int64_t)batch->count;
	if (took_us >= B24_BATCH_US)
		*known = us > *known ? us : *known;
	else if (any_done(batch) && (batch->count >= SMALL_BATCH ||
	    us < *known))
		*known = *known == 0 ? us : (*known * 3 + us) / 4;
}

size_t
b24_batch_most(const struct b24 *b24, bool writes)
{
	int64_t us = writes ? b24->write_us : b24->list_us;
	int64_t most = us > 0 ? B24_BATCH_US / us : LIMIT_BATCH_COMMANDS;

	if (most < 1)
		return 1;
	return most < LIMIT_BATCH_COMMANDS ? (size_t)most :
	    LIMIT_BATCH_COMMANDS;
}

void
b24_batch_answer(struct b24_batch *batch)
{
	const struct http_request *http = &batch->http;
	const cJSON *result = json_get(batch->answer, "result");
	struct b24_error error;

	memset(&error, 0, sizeof(error));
	if (json_get(batch->answer, "error") != NULL) {
		b24_error_read(&error, batch->answer, http->status,
		    is_single(batch) ? batch->commands[0].method : B24_NONE);
		batch->answered = true;
		b24_batch_fail(batch, &error);
		return;
	}
	if (result == NULL || http->status < 200 || http->status > 299) {
		b24_error_http(&error, http);
		b24_batch_fail(batch, &error);
		return;
	}
	batch->answered = true;
	if (is_single(batch)) {
		split_single(batch, batch->answer);
	} else {
		for (size_t i = 0; i < batch->count; i++)
			split_command(batch, result, i);
	}
	b24_limit_save(batch->b24->limit);
}
