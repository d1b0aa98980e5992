/*
 * One exchange with the portal: it waits until the limits let it go, is
 * sent, followed to a new address or repeated with a new token when the
 * portal asks for that (both mean that nothing was executed), and its answer
 * is given on.
 */
#include "bitrix/b24_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/step.h"
#include "base/told.h"

static const char *
method_of(const struct b24_batch *batch)
{
	if (batch->count == 1 && batch->commands[0].lone)
		return b24_methods_info(batch->commands[0].method)->name;
	return "batch";
}

static void
use_of(const struct b24_batch *batch, struct b24_use *use)
{
	memset(use, 0, sizeof(*use));
	for (size_t i = 0; i < batch->count; i++)
		use->calls[batch->commands[i].method]++;
}

static void
enqueue(struct b24 *b24, struct b24_batch *batch)
{
	batch->next_waiting = NULL;
	*b24->waiting_end = batch;
	b24->waiting_end = &batch->next_waiting;
}

void
b24_call_send(struct b24 *b24, struct b24_batch *batch)
{
	batch->b24 = b24;
	batch->answered = batch->too_large = batch->ended = false;
	batch->redirected = batch->refreshed = batch->flying = false;
	buf_init(&batch->body, LIMIT_REQUEST_BYTES + 65536);
	batch->next_open = b24->open;
	b24->open = batch;
	enqueue(b24, batch);
}

static void
take_out(struct b24 *b24, struct b24_batch **at)
{
	struct b24_batch *batch = *at;

	*at = batch->next_waiting;
	if (b24->waiting_end == &batch->next_waiting)
		b24->waiting_end = at;
}

/* It is no longer waited for. */
static void
unlink_open(struct b24_batch *batch)
{
	struct b24_batch **at = &batch->b24->open;

	while (*at != NULL && *at != batch)
		at = &(*at)->next_open;
	if (*at == batch)
		*at = batch->next_open;
}

static void
clear_exchange(struct b24_batch *batch)
{
	cJSON_Delete(batch->answer);
	batch->answer = NULL;
	buf_free(&batch->http.answer);
	buf_free(&batch->body);
	free(batch->url);
	free(batch->token);
	batch->url = batch->token = NULL;
}

void
b24_call_end(struct b24_batch *batch)
{
	clear_exchange(batch);
}

static void
finish(struct b24_batch *batch)
{
	batch->ended = true;
	unlink_open(batch);
	if (batch->done == NULL)
		return;
	batch->done(batch->b24, batch);
}

/* It has left and will be heard of no more. */
static void
land(struct b24_batch *batch)
{
	struct b24_use use;

	use_of(batch, &use);
	b24_limit_end(batch->b24->limit, &use);
	if (batch->flying)
		batch->b24->flying--;
	batch->flying = false;
}

static void
cancel(struct b24_batch *batch)
{
	struct b24 *b24 = batch->b24;
	struct b24_batch **at = &b24->waiting;

	while (*at != NULL && *at != batch)
		at = &(*at)->next_waiting;
	if (*at == batch)
		take_out(b24, at);
	if (batch->flying) {
		http_cancel(b24->http, &batch->http);
		land(batch);
	}
	unlink_open(batch);
}

void
b24_call_drop_all(struct b24 *b24)
{
	while (b24->open != NULL) {
		struct b24_batch *batch = b24->open;

		cancel(batch);
		if (batch->drop != NULL)
			batch->drop(batch);
	}
}

/* What is behind it in the queue may be what done() put there. */
void
b24_call_recall(struct b24 *b24)
{
	static const struct b24_error error = { .fate = B24_FATE_AGAIN,
	    .code = B24_NOT_RUN,
	    .text = TOLD("not sent: it was told to stop") };

	while (b24->waiting != NULL) {
		struct b24_batch *batch = b24->waiting;

		take_out(b24, &b24->waiting);
		b24_batch_fail(batch, &error);
		finish(batch);
	}
}

/* ---- the answer ---- */

/* True: sent once more, to the new address. */
static bool
follow(struct b24_batch *batch)
{
	struct b24 *b24 = batch->b24;
	const struct http_request *http = &batch->http;

	if (http->status < 300 || http->status > 399 ||
	    http->location[0] == '\0' || batch->redirected ||
	    b24_auth_follow(b24->auth, http->location,
	    method_of(batch)) != 0)
		return false;
	batch->redirected = true;
	if (!b24->renamed_told)
		log_warn("the portal's address has changed to %s: set it in "
		    "the configuration", b24_auth_origin(b24->auth));
	b24->renamed_told = true;
	enqueue(b24, batch);
	return true;
}

/* True: sent once more, with another token. */
static bool
renew_token(struct b24_batch *batch, const struct b24_error *error)
{
	struct b24 *b24 = batch->b24;
	struct b24_error failed = *error;
	struct err why = { 0 };

	if (error->fate != B24_FATE_TOKEN || batch->token == NULL ||
	    batch->refreshed)
		return false;
	if (b24_auth_refresh(b24->auth, b24->http, batch->token,
	    &why) == -1) {
		failed.fate = why.kind == ERR_AGAIN ? B24_FATE_AGAIN :
		    B24_FATE_STOP;
		told_copy(failed.text, sizeof(failed.text), why.text);
		b24_batch_fail(batch, &failed);
		finish(batch);
		return true;
	}
	batch->refreshed = true;
	enqueue(b24, batch);
	return true;
}

static void
read_answer(struct b24_batch *batch)
{
	struct b24_error error;
	struct err ignored = { 0 };

	memset(&error, 0, sizeof(error));
	batch->answer = json_parse(str_n(buf_text(&batch->http.answer),
	    batch->http.answer.len), &ignored);
	batch->answer_bytes = batch->http.answer.len;
	buf_free(&batch->http.answer);
	if (batch->answer == NULL || !cJSON_IsObject(batch->answer)) {
		b24_error_http(&error, &batch->http);
		b24_batch_fail(batch, &error);
		b24_batch_learn(batch);
		finish(batch);
		return;
	}
	if (json_get(batch->answer, "error") != NULL) {
		b24_error_read(&error, batch->answer, batch->http.status,
		    B24_NONE);
		if (renew_token(batch, &error))
			return;
	}
	b24_batch_answer(batch);
	b24_batch_learn(batch);
	finish(batch);
}

static void
on_http_done(struct http_request *request)
{
	struct b24_batch *batch = request->user;
	struct b24_error error;

	land(batch);
	log_debug("%s of %zu: status %d, %lld ms, %zu bytes",
	    method_of(batch), batch->count, request->status,
	    (long long)request->took_ms, request->answer.len);
	if (follow(batch))
		return;
	if (request->complete && request->sent) {
		read_answer(batch);
		return;
	}
	b24_error_http(&error, request);
	b24_batch_fail(batch, &error);
	b24_batch_learn(batch);
	finish(batch);
}

/* ---- sending ---- */

static void
prepare_http(struct b24_batch *batch)
{
	struct b24 *b24 = batch->b24;
	struct http_request *http = &batch->http;
	const char *token = b24_auth_token(b24->auth);

	clear_exchange(batch);
	buf_init(&batch->body, LIMIT_REQUEST_BYTES + 65536);
	batch->token = mem_text(token);
	batch->url = b24_auth_url(b24->auth, method_of(batch));
	b24_batch_body(batch, token);
	http->url = batch->url;
	http->body = buf_text(&batch->body);
	http->body_len = batch->body.len;
	http->content_type = "application/json";
	http->timeout_ms = b24->config->portal.timeout_ms;
	http->repeatable = !batch->writes;
	http->user = batch;
	http->done = on_http_done;
}

/* Nothing of it has left. */
static void
fail_start(struct b24_batch *batch, enum b24_fate fate, const char *code,
    const char *text)
{
	struct b24_error error = { .fate = fate };

	(void)snprintf(error.code, sizeof(error.code), "%s", code);
	told_copy(error.text, sizeof(error.text), text);
	land(batch);
	b24_batch_fail(batch, &error);
	finish(batch);
}

static void
start(struct b24_batch *batch)
{
	struct b24 *b24 = batch->b24;
	struct err why = { 0 };

	prepare_http(batch);
	if (batch->body.full) {
		fail_start(batch, B24_FATE_REFUSED, "too-large",
		    TOLD("its values are too large for one request"));
	} else if (batch->leaves != NULL && batch->leaves(batch,
	    &why) == -1) {
		fail_start(batch, B24_FATE_AGAIN, B24_NOT_RUN, why.text);
	} else if (http_submit(b24->http, &batch->http, &why) == -1) {
		fail_start(batch, B24_FATE_AGAIN, "no-connection", why.text);
	} else {
		b24->flying++;
		b24->sent++;
		batch->flying = true;
	}
}

/* Until it may leave; -1 when an answer is needed first. */
static int64_t
wait_of(struct b24 *b24, const struct b24_batch *batch)
{
	struct b24_use use;

	if (batch->count == 0)
		return 0;
	if (b24->flying >= LIMIT_IN_FLIGHT)
		return -1;
	use_of(batch, &use);
	return b24_limit_ready(b24->limit, &use);
}

bool
b24_call_may_leave(struct b24 *b24)
{
	const struct b24_batch *batch = b24->waiting;

	while (batch != NULL && wait_of(b24, batch) != 0)
		batch = batch->next_waiting;
	return batch != NULL;
}

/* It leaves now; false when another process was faster. */
static bool
leave(struct b24 *b24, struct b24_batch **at)
{
	struct b24_batch *batch = *at;
	struct b24_use use;

	use_of(batch, &use);
	if (batch->count > 0 && !b24_limit_start(b24->limit, &use))
		return false;
	take_out(b24, at);
	if (batch->count > 0)
		start(batch);
	else
		finish(batch);
	return true;
}

/* Milliseconds until the first that waits may leave; -1 when nothing waits
 * or an answer is needed first.  One whose method is used up is overtaken:
 * the other methods go on. */
static int64_t
start_waiting(struct b24 *b24)
{
	struct b24_batch **at = &b24->waiting;
	int64_t soonest = -1;

	while (*at != NULL) {
		int64_t wait_ms = wait_of(b24, *at);

		if (wait_ms == 0 && leave(b24, at)) {
			/* done() may have added to the queue. */
			at = &b24->waiting;
			soonest = -1;
			continue;
		}
		if (wait_ms == 0)
			wait_ms = 100;
		if (wait_ms > 0 && (soonest == -1 || wait_ms < soonest))
			soonest = wait_ms;
		at = &(*at)->next_waiting;
	}
	return soonest;
}

int
b24_call_pump(struct b24 *b24, int64_t timeout_ms, struct err *err)
{
	int64_t wait_ms = start_waiting(b24);

	if (wait_ms >= 0 && wait_ms < timeout_ms)
		timeout_ms = wait_ms;
	if (http_in_flight(b24->http) > 0)
		return http_wait(b24->http, timeout_ms, err) == -1 ? -1 : 0;
	if (b24->waiting != NULL && timeout_ms > 0)
		clock_sleep_ms(timeout_ms);
	return 0;
}

int
b24_call_run(struct b24 *b24, struct b24_batch *batch, struct err *err)
{
	batch->done = NULL;
	b24_call_send(b24, batch);
	while (!batch->ended)
		if (b24_call_pump(b24, 1000, err) == -1) {
			/* The batch is the caller's and may be gone. */
			cancel(batch);
			return -1;
		}
	return 0;
}
