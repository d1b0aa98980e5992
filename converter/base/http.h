/*
 * HTTP over libcurl, several requests at once.  TLS is verified; redirects
 * are not followed here (the caller must see them); only http and https.
 * The address never reaches a log but through base/log's mask.
 */
#ifndef BASE_HTTP_H
#define BASE_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct http;

struct http_request {
	const char *url;
	const char *body;       /* POST when not NULL, else GET */
	size_t body_len;
	const char *content_type;
	int64_t timeout_ms;
	bool repeatable;        /* may be sent twice: a kept connection is
				   used, else always a fresh one */
	void *user;

	/* filled before done(): */
	int status;             /* 0: no answer */
	bool sent;              /* bytes of the request may have left */
	bool complete;          /* the answer came whole */
	char type[64];          /* Content-Type without parameters */
	char location[2048];    /* Location, or "" */
	int64_t retry_after_s;  /* Retry-After in seconds, or -1 */
	struct buf answer;      /* at most LIMIT_ANSWER_BYTES; the caller
				   frees it; all zero before the first use */
	char error[256];        /* of the transport, or "" */
	bool untrusted;         /* the certificate was refused */
	int64_t took_ms;
	void (*done)(struct http_request *request);
};

int http_open(struct http **out, const char *user_agent, struct err *err);
void http_close(struct http *http);     /* NULL is fine; in flight: aborted */
/* The request (and url, body) must live until done(). */
int http_submit(struct http *http, struct http_request *request,
    struct err *err);
/* At most timeout_ms, or until one ended.  How many are in flight; -1. */
int http_wait(struct http *http, int64_t timeout_ms, struct err *err);
int http_in_flight(const struct http *http);
/* Aborts it without done(); what is not in flight is left alone. */
void http_cancel(struct http *http, struct http_request *request);
/* One request, blocking. */
int http_do(struct http *http, struct http_request *request,
    struct err *err);

#endif
