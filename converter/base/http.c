/*
 * A request that may have been executed must never be sent again behind our
 * back: libcurl does that when a kept connection dies before the first byte
 * of an answer.  So every request has a fresh connection, but for those that
 * the caller calls repeatable.
 */
#include "base/http.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <curl/curl.h>

#include "base/i18n.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/step.h"

/* Kept connections, and how long one may take to be made. */
#define KEPT_CONNECTIONS 4L
#define CONNECT_TIMEOUT_MS 20000L

struct transfer {
	CURL *easy;
	struct curl_slist *headers;
	struct http_request *request;
	struct transfer *next;
	char error[CURL_ERROR_SIZE];
};

struct http {
	CURLM *multi;
	char *agent;
	struct transfer *active;
	int count;
};

static size_t
on_body(char *data, size_t size, size_t count, void *user)
{
	struct http_request *request = user;

	return buf_add(&request->answer, data, size * count) == 0 ?
	    size * count : 0;
}

/* The connection stands and the first byte is about to leave. */
static int
on_connected(void *user, char *primary_ip, char *local_ip, int primary_port,
    int local_port)
{
	struct http_request *request = user;

	(void)primary_ip;
	(void)local_ip;
	(void)primary_port;
	(void)local_port;
	request->sent = true;
	return CURL_PREREQFUNC_OK;
}

static bool
is_loopback(const char *url)
{
	CURLU *parts = curl_url();
	char *host = NULL;
	bool found = false;

	if (parts != NULL && curl_url_set(parts, CURLUPART_URL, url, 0) ==
	    CURLUE_OK && curl_url_get(parts, CURLUPART_HOST, &host, 0) ==
	    CURLUE_OK)
		found = strcmp(host, "localhost") == 0 ||
		    strncmp(host, "127.", 4) == 0 ||
		    strcmp(host, "[::1]") == 0;
	curl_free(host);
	curl_url_cleanup(parts);
	return found;
}

static void
set_headers(struct transfer *transfer)
{
	const struct http_request *request = transfer->request;
	char type[128];

	transfer->headers = curl_slist_append(NULL,
	    "Accept: application/json");
	/* No "Expect: 100-continue" and its second of waiting. */
	transfer->headers = curl_slist_append(transfer->headers, "Expect:");
	if (request->body != NULL && request->content_type != NULL) {
		(void)snprintf(type, sizeof(type), "Content-Type: %s",
		    request->content_type);
		transfer->headers = curl_slist_append(transfer->headers,
		    type);
	}
	curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER,
	    transfer->headers);
}

static void
set_body(struct transfer *transfer)
{
	const struct http_request *request = transfer->request;

	if (request->body == NULL)
		return;
	curl_easy_setopt(transfer->easy, CURLOPT_POST, 1L);
	curl_easy_setopt(transfer->easy, CURLOPT_POSTFIELDSIZE_LARGE,
	    (curl_off_t)request->body_len);
	curl_easy_setopt(transfer->easy, CURLOPT_POSTFIELDS, request->body);
}

static void
set_connection(struct transfer *transfer)
{
	const struct http_request *request = transfer->request;
	CURL *easy = transfer->easy;

	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MS);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)request->timeout_ms);
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
	if (!request->repeatable) {
		curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
		curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	}
	if (is_loopback(request->url))
		curl_easy_setopt(easy, CURLOPT_PROXY, "");
}

static void
reset_request(struct http_request *request)
{
	request->status = 0;
	request->sent = request->complete = request->untrusted = false;
	request->type[0] = request->location[0] = request->error[0] = '\0';
	request->retry_after_s = -1;
	request->took_ms = 0;
	buf_free(&request->answer);
	buf_init(&request->answer, LIMIT_ANSWER_BYTES);
}

static struct transfer *
transfer_new(struct http *http, struct http_request *request)
{
	struct transfer *transfer = mem_alloc(sizeof(*transfer));
	CURL *easy = curl_easy_init();

	if (easy == NULL) {
		free(transfer);
		return NULL;
	}
	transfer->easy = easy;
	transfer->request = request;
	reset_request(request);
	curl_easy_setopt(easy, CURLOPT_URL, request->url);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, http->agent);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->error);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, request);
	curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_connected);
	curl_easy_setopt(easy, CURLOPT_PREREQDATA, request);
	set_connection(transfer);
	set_body(transfer);
	set_headers(transfer);
	return transfer;
}

static void
transfer_free(struct transfer *transfer)
{
	curl_easy_cleanup(transfer->easy);
	curl_slist_free_all(transfer->headers);
	free(transfer);
}

static void
take_error(struct transfer *transfer, CURLcode code)
{
	struct http_request *request = transfer->request;
	const char *text = transfer->error[0] != '\0' ? transfer->error :
	    curl_easy_strerror(code);

	if (request->answer.full)
		text = _("the answer is too large");
	(void)snprintf(request->error, sizeof(request->error), "%s", text);
	log_mask(request->error);
	request->untrusted = code == CURLE_PEER_FAILED_VERIFICATION;
}

static void
take_headers(struct transfer *transfer)
{
	struct http_request *request = transfer->request;
	curl_off_t number = 0;
	char *text = NULL;
	long status = 0;

	curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
	request->status = (int)status;
	if (curl_easy_getinfo(transfer->easy, CURLINFO_CONTENT_TYPE,
	    &text) == CURLE_OK && text != NULL)
		(void)snprintf(request->type, sizeof(request->type), "%.*s",
		    (int)strcspn(text, "; "), text);
	text = NULL;
	if (curl_easy_getinfo(transfer->easy, CURLINFO_REDIRECT_URL,
	    &text) == CURLE_OK && text != NULL &&
	    strlen(text) < sizeof(request->location))
		(void)snprintf(request->location, sizeof(request->location),
		    "%s", text);
	if (curl_easy_getinfo(transfer->easy, CURLINFO_RETRY_AFTER,
	    &number) == CURLE_OK && number > 0)
		request->retry_after_s = (int64_t)number;
	if (curl_easy_getinfo(transfer->easy, CURLINFO_TOTAL_TIME_T,
	    &number) == CURLE_OK)
		request->took_ms = (int64_t)number / 1000;
}

static void
transfer_end(struct transfer *transfer, CURLcode code)
{
	struct http_request *request = transfer->request;

	take_headers(transfer);
	request->complete = code == CURLE_OK;
	if (code != CURLE_OK)
		take_error(transfer, code);
	transfer_free(transfer);
	step_mark();
}

int
http_open(struct http **out, const char *user_agent, struct err *err)
{
	static bool ready;
	struct http *http;

	if (!ready && curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return err_set(err, ERR_SYSTEM, _("libcurl cannot start"));
	ready = true;
	http = mem_alloc(sizeof(*http));
	http->multi = curl_multi_init();
	if (http->multi == NULL) {
		free(http);
		return err_set(err, ERR_SYSTEM, _("libcurl cannot start"));
	}
	curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS,
	    KEPT_CONNECTIONS);
	http->agent = mem_text(user_agent);
	*out = http;
	return 0;
}

static void
unlink_transfer(struct http *http, struct transfer *transfer)
{
	struct transfer **at = &http->active;

	while (*at != transfer)
		at = &(*at)->next;
	*at = transfer->next;
	http->count--;
	curl_multi_remove_handle(http->multi, transfer->easy);
}

void
http_close(struct http *http)
{
	if (http == NULL)
		return;
	while (http->active != NULL) {
		struct transfer *transfer = http->active;

		unlink_transfer(http, transfer);
		transfer_free(transfer);
	}
	curl_multi_cleanup(http->multi);
	free(http->agent);
	free(http);
}

void
http_cancel(struct http *http, struct http_request *request)
{
	struct transfer *transfer = http->active;

	while (transfer != NULL && transfer->request != request)
		transfer = transfer->next;
	if (transfer == NULL)
		return;
	unlink_transfer(http, transfer);
	transfer_free(transfer);
}

int
http_submit(struct http *http, struct http_request *request,
    struct err *err)
{
	struct transfer *transfer = transfer_new(http, request);

	if (transfer == NULL)
		return err_set(err, ERR_SYSTEM, _("libcurl cannot start"));
	step_mark();
	if (curl_multi_add_handle(http->multi, transfer->easy) != CURLM_OK) {
		transfer_free(transfer);
		return err_set(err, ERR_SYSTEM, _("libcurl cannot start"));
	}
	transfer->next = http->active;
	http->active = transfer;
	http->count++;
	return 0;
}

/* Ends what libcurl says is over; how many. */
static int
reap(struct http *http)
{
	int ended = 0, left = 0;
	CURLMsg *message;

	while ((message = curl_multi_info_read(http->multi, &left)) != NULL) {
		CURLcode code = message->data.result;
		struct http_request *request;
		char *private = NULL;
		struct transfer *transfer;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE,
		    &private);
		transfer = (struct transfer *)(void *)private;
		request = transfer->request;
		unlink_transfer(http, transfer);
		transfer_end(transfer, code);
		ended++;
		if (request->done != NULL)
			request->done(request);
	}
	return ended;
}

static int
run_transfers(struct http *http, struct err *err)
{
	CURLMcode code;
	int running = 0;

	code = curl_multi_perform(http->multi, &running);
	if (code != CURLM_OK)
		return err_set(err, ERR_SYSTEM, "libcurl: %s",
		    curl_multi_strerror(code));
	return reap(http);
}

int
http_wait(struct http *http, int64_t timeout_ms, struct err *err)
{
	int ended = run_transfers(http, err);
	CURLMcode code;

	if (ended == -1)
		return -1;
	if (ended > 0 || http->count == 0 || timeout_ms <= 0)
		return http->count;
	code = curl_multi_poll(http->multi, NULL, 0,
	    timeout_ms > 60000 ? 60000 : (int)timeout_ms, NULL);
	if (code != CURLM_OK)
		return err_set(err, ERR_SYSTEM, "libcurl: %s",
		    curl_multi_strerror(code));
	return run_transfers(http, err) == -1 ? -1 : http->count;
}

int
http_in_flight(const struct http *http)
{
	return http->count;
}

int
http_do(struct http *http, struct http_request *request, struct err *err)
{
	struct transfer *transfer = transfer_new(http, request);

	if (transfer == NULL)
		return err_set(err, ERR_SYSTEM, _("libcurl cannot start"));
	step_mark();
	transfer_end(transfer, curl_easy_perform(transfer->easy));
	if (request->done != NULL)
		request->done(request);
	return 0;
}
