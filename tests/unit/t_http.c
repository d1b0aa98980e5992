#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/http.h"
#include "base/limits.h"
#include "loopback.h"

static struct loopback server;
static int ended;

static void
count_done(struct http_request *request)
{
	(void)request;
	ended++;
}

/* One request against a server with this answer; the request is filled. */
static void
ask(struct http_request *request, char *answer)
{
	char *answers[] = { answer };
	char *url;
	struct http *http;

	loopback_start(&server, answers, 1);
	url = mem_printf("http://127.0.0.1:%d/x", server.port);
	assert_int_equal(http_open(&http, "cml24/test", NULL), 0);
	request->url = url;
	request->timeout_ms = 5000;
	assert_int_equal(http_do(http, request, NULL), 0);
	http_close(http);
	free(url);
}

static void
whole_answer_is_taken_with_its_type(void **state)
{
	struct http_request request = { 0 };

	(void)state;
	ask(&request, loopback_json(200, "{\"a\":1}"));
	assert_int_equal(request.status, 200);
	assert_true(request.sent && request.complete);
	assert_string_equal(request.type, "application/json");
	assert_string_equal(buf_text(&request.answer), "{\"a\":1}");
	assert_string_equal(request.error, "");
	assert_int_equal(request.retry_after_s, -1);
	buf_free(&request.answer);
	loopback_stop(&server);
}

static void
post_carries_body_type_and_agent(void **state)
{
	struct http_request request = { .body = "{}", .body_len = 2,
	    .content_type = "application/json" };
	const char *asked;

	(void)state;
	ask(&request, loopback_json(200, "{}"));
	asked = loopback_request(&server, 0);
	assert_non_null(strstr(asked, "POST /x HTTP/1.1\r\n"));
	assert_non_null(strstr(asked, "Content-Type: application/json\r\n"));
	assert_non_null(strstr(asked, "User-Agent: cml24/test\r\n"));
	assert_null(strstr(asked, "Expect:"));
	assert_non_null(strstr(asked, "\r\n\r\n{}"));
	buf_free(&request.answer);
	loopback_stop(&server);
}

static void
redirect_is_shown_and_not_followed(void **state)
{
	struct http_request request = { 0 };

	(void)state;
	ask(&request, mem_text("HTTP/1.1 302 Found\r\nLocation: "
	    "https://new.example/rest/1/x/batch\r\nContent-Length: 0\r\n"
	    "Retry-After: 7\r\n\r\n"));
	assert_int_equal(request.status, 302);
	assert_string_equal(request.location,
	    "https://new.example/rest/1/x/batch");
	assert_int_equal(request.retry_after_s, 7);
	buf_free(&request.answer);
	loopback_stop(&server);
}

static void
half_answer_is_not_complete(void **state)
{
	struct http_request request = { 0 };

	(void)state;
	ask(&request, mem_text("HTTP/1.1 200 OK\r\nContent-Type: "
	    "application/json\r\nContent-Length: 100\r\n\r\n{\"result\":"));
	assert_true(request.sent);
	assert_false(request.complete);
	assert_string_not_equal(request.error, "");
	buf_free(&request.answer);
	loopback_stop(&server);
}

static void
dropped_connection_was_sent_and_has_no_status(void **state)
{
	struct http_request request = { .body = "{}", .body_len = 2 };

	(void)state;
	ask(&request, mem_text(""));
	assert_int_equal(request.status, 0);
	assert_true(request.sent);
	assert_false(request.complete);
	buf_free(&request.answer);
	loopback_stop(&server);
}

static void
refused_connection_was_not_sent(void **state)
{
	struct http_request request = { 0 };
	struct http *http;
	char *none[1] = { NULL }, *url;

	(void)state;
	loopback_start(&server, none, 0);
	waitpid(server.pid, NULL, 0);
	url = mem_printf("http://127.0.0.1:%d/", server.port);
	assert_int_equal(http_open(&http, "t", NULL), 0);
	request.url = url;
	request.timeout_ms = 5000;
	assert_int_equal(http_do(http, &request, NULL), 0);
	assert_false(request.sent);
	assert_int_equal(request.status, 0);
	assert_string_not_equal(request.error, "");
	http_close(http);
	free(url);
	close(server.asked);
}

static void
other_protocols_are_refused(void **state)
{
	struct http_request request = { .url = "file:///etc/passwd",
	    .timeout_ms = 1000 };
	struct http *http;

	(void)state;
	assert_int_equal(http_open(&http, "t", NULL), 0);
	assert_int_equal(http_do(http, &request, NULL), 0);
	assert_false(request.complete);
	assert_int_equal(request.answer.len, 0);
	http_close(http);
}

static void
too_large_answer_is_cut_off_and_said(void **state)
{
	size_t size = LIMIT_ANSWER_BYTES + 100000;
	char *answer = mem_alloc(size + 200), *head = mem_printf(
	    "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", size);
	struct http_request request = { 0 };

	(void)state;
	memcpy(answer, head, strlen(head));
	memset(answer + strlen(head), 'x', size);
	free(head);
	ask(&request, answer);
	assert_false(request.complete);
	assert_true(request.answer.full);
	assert_true(request.answer.len <= LIMIT_ANSWER_BYTES);
	buf_free(&request.answer);
	loopback_stop(&server);
}

static void
several_are_in_flight_and_each_ends_once(void **state)
{
	char *answers[] = { loopback_json(200, "1"), loopback_json(200, "2"),
	    loopback_json(500, "3") };
	struct http_request requests[3] = { 0 };
	struct http *http;
	char *url;

	(void)state;
	ended = 0;
	loopback_start(&server, answers, 3);
	url = mem_printf("http://127.0.0.1:%d/", server.port);
	assert_int_equal(http_open(&http, "t", NULL), 0);
	for (size_t i = 0; i < 3; i++) {
		requests[i].url = url;
		requests[i].timeout_ms = 5000;
		requests[i].done = count_done;
		assert_int_equal(http_submit(http, &requests[i], NULL), 0);
	}
	assert_int_equal(http_in_flight(http), 3);
	while (http_in_flight(http) > 0)
		assert_int_not_equal(http_wait(http, 1000, NULL), -1);
	assert_int_equal(ended, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_true(requests[i].complete);
		buf_free(&requests[i].answer);
	}
	http_close(http);
	free(url);
	loopback_stop(&server);
}

static void
closing_drops_what_is_in_flight(void **state)
{
	struct http_request request = { .timeout_ms = 5000,
	    .done = count_done };
	char *none[1] = { NULL }, *url;
	struct http *http;

	(void)state;
	ended = 0;
	loopback_start(&server, none, 0);
	url = mem_printf("http://127.0.0.1:%d/", server.port);
	assert_int_equal(http_open(&http, "t", NULL), 0);
	request.url = url;
	assert_int_equal(http_submit(http, &request, NULL), 0);
	http_close(http);
	assert_int_equal(ended, 0);
	buf_free(&request.answer);
	free(url);
	loopback_stop(&server);
}

static void
cancelled_request_is_heard_of_no_more(void **state)
{
	struct http_request request = { .timeout_ms = 5000,
	    .done = count_done }, other = { 0 };
	char *answers[] = { loopback_json(200, "1") }, *url;
	struct http *http;

	(void)state;
	ended = 0;
	loopback_start(&server, answers, 1);
	url = mem_printf("http://127.0.0.1:%d/", server.port);
	assert_int_equal(http_open(&http, "t", NULL), 0);
	request.url = url;
	assert_int_equal(http_submit(http, &request, NULL), 0);
	http_cancel(http, &other);
	assert_int_equal(http_in_flight(http), 1);
	http_cancel(http, &request);
	assert_int_equal(http_in_flight(http), 0);
	assert_int_equal(http_wait(http, 100, NULL), 0);
	assert_int_equal(ended, 0);
	http_close(http);
	buf_free(&request.answer);
	free(url);
	loopback_stop(&server);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_answer_is_taken_with_its_type),
		cmocka_unit_test(post_carries_body_type_and_agent),
		cmocka_unit_test(redirect_is_shown_and_not_followed),
		cmocka_unit_test(half_answer_is_not_complete),
		cmocka_unit_test(dropped_connection_was_sent_and_has_no_status),
		cmocka_unit_test(refused_connection_was_not_sent),
		cmocka_unit_test(other_protocols_are_refused),
		cmocka_unit_test(too_large_answer_is_cut_off_and_said),
		cmocka_unit_test(several_are_in_flight_and_each_ends_once),
		cmocka_unit_test(closing_drops_what_is_in_flight),
		cmocka_unit_test(cancelled_request_is_heard_of_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
