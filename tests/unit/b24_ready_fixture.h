/*
 * The portal as it is after prepare(), with facts of our own, and canned
 * answers to what is asked then.  Includes what b24_fixture.h has.
 */
#ifndef TESTS_B24_READY_FIXTURE_H
#define TESTS_B24_READY_FIXTURE_H

#include "b24_fixture.h"
#include "bitrix/b24_internal.h"

#define GOODS 14
#define OFFERS 15

/* The answers end with NULL and are freed; a list of none is none. */
static inline struct b24 *
ready(char **answers)
{
	char *all[LOOPBACK_MAX];
	size_t count = 0;
	struct b24 *b24;

	while (answers[count] != NULL) {
		all[count] = answers[count];
		count++;
	}
	/* One more than wanted, so that it is seen. */
	all[count++] = loopback_json(500, "{}");
	loopback_start(&server, all, count);
	open_webhook(USUAL);
	b24 = remote.ctx;
	b24->has_facts = true;
	b24->facts.iblock = GOODS;
	b24->facts.offers_iblock = OFFERS;
	b24->facts.offers_article = 96;
	b24->facts.user = 9;
	return b24;
}

static inline char *
answer(const char *results, const char *errors)
{
	char *text = mem_printf("{\"result\":{\"result\":%s,"
	    "\"result_error\":%s,\"result_total\":[],\"result_next\":[],"
	    "\"result_time\":[]}}", results, errors);
	char *http = loopback_json(200, text);

	free(text);
	return http;
}

/* The connection is closed without a byte. */
static inline char *
lost(void)
{
	return mem_text("");
}

static inline void
asked(size_t n, const char *part)
{
	const char *request_text = loopback_request(&server, n);

	if (strstr(request_text, part) == NULL)
		fail_msg("\"%s\" is not in: %s", part, request_text);
}

static inline void
nothing_asked(size_t n)
{
	assert_string_equal(loopback_request(&server, n), "");
}

#endif
