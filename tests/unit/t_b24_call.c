/* The queue: what is closed with, overtakes, or cannot be started; and how
 * long batches may be.  Some of libcurl is made to fail here. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dlfcn.h>

#include <curl/curl.h>

#include "b24_fixture.h"
#include "bitrix/b24_internal.h"

static bool no_add, no_perform;

static void *
real(const char *name)
{
	void *found = dlsym(RTLD_NEXT, name);

	assert_non_null(found);
	return found;
}

CURLMcode
curl_multi_add_handle(CURLM *multi, CURL *easy)
{
	void *found = real("curl_multi_add_handle");
	CURLMcode (*call)(CURLM *, CURL *);

	memcpy(&call, &found, sizeof(call));
	return no_add ? CURLM_OUT_OF_MEMORY : call(multi, easy);
}

CURLMcode
curl_multi_perform(CURLM *multi, int *running)
{
	void *found = real("curl_multi_perform");
	CURLMcode (*call)(CURLM *, int *);

	memcpy(&call, &found, sizeof(call));
	return no_perform ? CURLM_OUT_OF_MEMORY : call(multi, running);
}

static struct b24 *
b24_of(void)
{
	return remote.ctx;
}

static void
submit(struct request *of)
{
	of->done = on_done;
	assert_int_equal(remote.submit(remote.ctx, of, NULL), 0);
}

/* Nobody is told, nothing is kept: the sanitizer looks for what is left. */
static void
close_now(void)
{
	assert_int_equal(ended, 0);
	remote.close(remote.ctx);
	remote.close = NULL;
	assert_int_equal(ended, 0);
}

static struct op *
moved_section(int64_t id)
{
	struct op *op = add(OP_UPDATE, TARGET_SECTION, "g");

	op->portal_id = id;
	op->parent_id = 9;
	set(op, FIELD_PARENT, "g2");
	return op;
}

/* ---- closing ---- */

static void
closing_drops_a_write_that_waits(void **state)
{
	(void)state;
	prepared(mem_text(""), NULL, NULL);
	set(add(OP_CREATE, TARGET_PRODUCT, "p"), FIELD_NAME, "A");
	submit(request);
	close_now();
}

static void
closing_drops_a_write_in_flight(void **state)
{
	(void)state;
	prepared(mem_text(""), NULL, NULL);
	set(add(OP_CREATE, TARGET_PRODUCT, "p"), FIELD_NAME, "A");
	submit(request);
	assert_int_equal(remote.wait(remote.ctx, 0, NULL), 1);
	assert_int_equal(b24_of()->flying, 1);
	close_now();
}

static void
closing_drops_a_find_in_flight(void **state)
{
	(void)state;
	prepared(mem_text(""), NULL, NULL);
	add(OP_FIND, TARGET_PRODUCT, "p");
	submit(request);
	assert_int_equal(remote.wait(remote.ctx, 0, NULL), 1);
	close_now();
}

static void
closing_drops_what_is_read_before_a_write(void **state)
{
	(void)state;
	prepared(mem_text(""), NULL, NULL);
	(void)moved_section(4);
	submit(request);
	assert_int_equal(remote.wait(remote.ctx, 0, NULL), 1);
	close_now();
}

static void
closing_drops_a_look_behind_a_refusal(void **state)
{
	(void)state;
	prepared_hidden_refusal();
	submit(request);
	for (int i = 0; i < 50 && (b24_of()->open == NULL ||
	    b24_of()->open->writes); i++)
		assert_int_equal(remote.wait(remote.ctx, 100, NULL), 1);
	assert_false(b24_of()->open->writes);
	close_now();
}

/* ---- what has not left yet ---- */

static void
what_waits_is_recalled(void **state)
{
	(void)state;
	prepared(mem_text(""), NULL, NULL);
	set(add(OP_CREATE, TARGET_PRODUCT, "p"), FIELD_NAME, "A");
	submit(request);
	remote.recall(remote.ctx);
	assert_int_equal(ended, 1);
	assert_int_equal(request->ops[0].outcome, OUTCOME_NOT_RUN);
	assert_string_equal(request->ops[0].code, "not-run");
	assert_null(b24_of()->waiting);
	assert_null(b24_of()->open);
	assert_int_equal(remote.ready_in(remote.ctx, request), 0);
}

static void
what_is_read_for_a_write_is_recalled_with_it(void **state)
{
	(void)state;
	prepared(mem_text(""), NULL, NULL);
	(void)moved_section(4);
	submit(request);
	remote.recall(remote.ctx);
	assert_int_equal(ended, 1);
	assert_int_equal(request->ops[0].outcome, OUTCOME_NOT_RUN);
	assert_null(b24_of()->open);
}

static void
what_has_left_is_waited_for(void **state)
{
	(void)state;
	prepared(mem_text(""), NULL, NULL);
	set(add(OP_CREATE, TARGET_PRODUCT, "p"), FIELD_NAME, "A");
	submit(request);
	assert_int_equal(remote.wait(remote.ctx, 0, NULL), 1);
	remote.recall(remote.ctx);
	assert_int_equal(b24_of()->flying, 1);
	close_now();
}

static int
forbid(struct request *of, struct err *err)
{
	(void)of;
	return err_set(err, ERR_SYSTEM, "the disk is full");
}

static void
what_may_not_leave_does_not(void **state)
{
	(void)state;
	prepared(mem_text(""), NULL, NULL);
	set(add(OP_CREATE, TARGET_PRODUCT, "p"), FIELD_NAME, "A");
	request->leaves = forbid;
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_NOT_RUN);
	assert_string_equal(request->ops[0].text, "the disk is full");
	assert_int_equal(b24_of()->flying, 0);
}

/* ---- libcurl fails ---- */

static void
request_that_cannot_be_started_is_tried_again(void **state)
{
	(void)state;
	prepared(mem_text(""), NULL, NULL);
	set(add(OP_CREATE, TARGET_PRODUCT, "p"), FIELD_NAME, "A");
	no_add = true;
	run();
	no_add = false;
	assert_int_equal(request->ops[0].outcome, OUTCOME_AGAIN);
	assert_int_equal(b24_of()->flying, 0);
	assert_int_equal(remote.ready_in(remote.ctx, request), 0);
}

/* The batch of prepare() is on its stack. */
static void
nothing_of_a_broken_prepare_is_left_behind(void **state)
{
	char *answers[] = { loopback_json(200, FACTS_1) };
	struct err err = { 0 };

	(void)state;
	loopback_start(&server, answers, 1);
	open_webhook(USUAL);
	no_perform = true;
	assert_int_equal(remote.prepare(remote.ctx, true, &facts, &err), -1);
	no_perform = false;
	assert_int_equal(err.kind, ERR_SYSTEM);
	assert_null(b24_of()->open);
	assert_null(b24_of()->waiting);
	assert_int_equal(b24_of()->flying, 0);
	assert_int_equal(http_in_flight(b24_of()->http), 0);
	assert_int_equal(remote.wait(remote.ctx, 10, NULL), 0);
}

/* ---- overtaking ---- */

static int others;

static void
on_other(struct request *of)
{
	(void)of;
	others++;
}

/* A method that is used up for minutes holds up none but its own. */
static void
blocked_method_is_overtaken(void **state)
{
	struct request *other;
	struct op *op;

	(void)state;
	others = 0;
	prepared(loopback_json(200, BATCH("{\"c0\":{\"element\":{\"id\":5}}}",
	    "[]")), NULL, NULL);
	(void)moved_section(4);
	submit(request);
	(void)b24_limit_refused_method(b24_of()->limit, B24_SECTION_LIST,
	    NULL);
	other = request_new(1);
	op = &other->ops[other->count++];
	op->kind = OP_CREATE;
	target_set(&op->target, TARGET_PRODUCT, str_of("p"));
	set(op, FIELD_NAME, "A");
	other->done = on_other;
	assert_int_equal(remote.ready_in(remote.ctx, other), 0);
	assert_int_equal(remote.submit(remote.ctx, other, NULL), 0);
	for (int i = 0; others == 0 && i < 50; i++)
		assert_int_not_equal(remote.wait(remote.ctx, 100, NULL), -1);
	assert_int_equal(others, 1);
	assert_int_equal(op->outcome, OUTCOME_DONE);
	request_free(other);
	close_now();
}

/* What is read before a write is asked for before the write is let go. */
static void
write_waits_for_the_method_that_it_reads_with(void **state)
{
	(void)state;
	prepared(mem_text(""), NULL, NULL);
	(void)moved_section(4);
	assert_int_equal(remote.ready_in(remote.ctx, request), 0);
	(void)b24_limit_refused_method(b24_of()->limit, B24_SECTION_LIST,
	    NULL);
	assert_true(remote.ready_in(remote.ctx, request) > 1000);
}

/* ---- how long batches may be ---- */

/* An exchange of so many commands that took so long. */
static void
exchange(bool writes, size_t count, int64_t took_ms, bool done)
{
	struct b24_command commands[LIMIT_BATCH_COMMANDS];
	struct b24_batch batch = { .b24 = b24_of(), .commands = commands,
	    .count = count, .writes = writes, .answered = true };

	memset(commands, 0, sizeof(commands));
	commands[count - 1].done = done;
	batch.http.sent = true;
	batch.http.took_ms = took_ms;
	b24_batch_learn(&batch);
}

static size_t
most_that_fit(void)
{
	for (size_t i = 0; i < 60; i++)
		set(&request->ops[i], FIELD_NAME, "A");
	for (request->count = 1; request->count < 60; request->count++)
		if (!remote.fits(remote.ctx, request,
		    &request->ops[request->count]))
			break;
	return request->count;
}

static void
open_for_sizes(void)
{
	prepared(mem_text(""), NULL, NULL);
	for (int i = 0; i < 60; i++)
		(void)add(OP_CREATE, TARGET_PRODUCT, "p");
}

static void
slow_answers_make_batches_smaller_and_fast_ones_larger(void **state)
{
	(void)state;
	open_for_sizes();
	assert_int_equal(most_that_fit(), 50);
	exchange(true, 50, 30000, true);
	assert_int_equal(most_that_fit(), 50);
	for (int i = 0; i < 20; i++)
		exchange(true, 10, 20000, true);
	/* 2 s each, 40 s in all. */
	assert_in_range(most_that_fit(), 19, 21);
	for (int i = 0; i < 20; i++)
		exchange(true, 20, 2000, true);
	assert_int_equal(most_that_fit(), 50);
}

static void
batch_past_the_time_makes_the_next_smaller_at_once(void **state)
{
	(void)state;
	open_for_sizes();
	for (int i = 0; i < 20; i++)
		exchange(true, 50, 500, true);
	exchange(true, 50, 50000, true);
	assert_int_equal(most_that_fit(), 40);
}

/* 60 s are over: the same fifty would be cut off for ever. */
static void
batch_that_was_cut_off_makes_the_next_smaller(void **state)
{
	(void)state;
	open_for_sizes();
	exchange(true, 50, 60000, false);
	assert_int_equal(most_that_fit(), 33);
	exchange(true, 33, 60000, false);
	assert_int_equal(most_that_fit(), 22);
	exchange(true, 1, 60000, false);
	assert_int_equal(most_that_fit(), 1);
}

/* A portal that was slow for a while is not so for ever. */
static void
small_batches_grow_again_and_do_not_shrink(void **state)
{
	(void)state;
	open_for_sizes();
	exchange(true, 1, 45000, true);
	assert_int_equal(most_that_fit(), 1);
	for (int i = 0; i < 30; i++)
		exchange(true, most_that_fit(), 300 + 100 *
		    (int64_t)most_that_fit(), true);
	assert_int_equal(most_that_fit(), 50);
	for (int i = 0; i < 30; i++)
		exchange(true, 1, 3000, true);
	assert_int_equal(most_that_fit(), 50);
}

static void
quick_refusal_says_nothing_of_durations(void **state)
{
	(void)state;
	open_for_sizes();
	exchange(true, 50, 60000, false);
	for (int i = 0; i < 20; i++)
		exchange(true, 33, 10, false);
	assert_int_equal(most_that_fit(), 33);
}

static void
slow_look_ups_are_parted_too(void **state)
{
	char id[16];

	(void)state;
	prepared(loopback_json(200, BATCH("{\"c0\":{\"products\":[]}}",
	    "[]")), loopback_json(200, BATCH("{\"c0\":{\"products\":[]}}",
	    "[]")), NULL);
	exchange(false, 2, 60000, false);
	assert_int_equal(b24_batch_most(b24_of(), true), 50);
	for (int i = 0; i < 60; i++) {
		(void)snprintf(id, sizeof(id), "p%d", i);
		add(OP_FIND, TARGET_PRODUCT, id);
	}
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_DONE);
	assert_int_equal(request->ops[59].outcome, OUTCOME_DONE);
	assert_null(strstr(loopback_request(&server, 2), "\"c1\""));
	assert_non_null(strstr(loopback_request(&server, 3), "=p59"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		REMOTE_TEST(closing_drops_a_write_that_waits),
		REMOTE_TEST(closing_drops_a_write_in_flight),
		REMOTE_TEST(closing_drops_a_find_in_flight),
		REMOTE_TEST(closing_drops_what_is_read_before_a_write),
		REMOTE_TEST(closing_drops_a_look_behind_a_refusal),
		REMOTE_TEST(what_waits_is_recalled),
		REMOTE_TEST(what_is_read_for_a_write_is_recalled_with_it),
		REMOTE_TEST(what_has_left_is_waited_for),
		REMOTE_TEST(what_may_not_leave_does_not),
		REMOTE_TEST(request_that_cannot_be_started_is_tried_again),
		REMOTE_TEST(nothing_of_a_broken_prepare_is_left_behind),
		REMOTE_TEST(blocked_method_is_overtaken),
		REMOTE_TEST(write_waits_for_the_method_that_it_reads_with),
		REMOTE_TEST(
		    slow_answers_make_batches_smaller_and_fast_ones_larger),
		REMOTE_TEST(batch_past_the_time_makes_the_next_smaller_at_once),
		REMOTE_TEST(batch_that_was_cut_off_makes_the_next_smaller),
		REMOTE_TEST(small_batches_grow_again_and_do_not_shrink),
		REMOTE_TEST(quick_refusal_says_nothing_of_durations),
		REMOTE_TEST(slow_look_ups_are_parted_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
