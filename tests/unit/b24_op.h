/*
 * One op of bitrix/ by itself: what is said for it, what an answer makes of
 * it; without any exchange.
 */
#ifndef TESTS_B24_OP_H
#define TESTS_B24_OP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/mem.h"
#include "bitrix/b24_deal.h"

#define P "\x1f"
#define T(text) ((char []){ text })

static struct config op_config;
static struct b24 b24;
static struct op op;
static struct b24_command command;
static struct found held;
static cJSON *json;
static char *said;

static inline void
op_make(void)
{
	memset(&op_config, 0, sizeof(op_config));
	memset(&b24, 0, sizeof(b24));
	b24.config = &op_config;
	op_init(&op);
	memset(&held, 0, sizeof(held));
	fields_init(&held.fields);
	json = NULL;
	said = NULL;
}

/* 1C's time is local, and need not be the portal's. */
static inline void
op_zone(void)
{
	(void)setenv("TZ", "XXX-3", 1);
	tzset();
}

/* A test's teardown. */
static inline int
op_drop(void **state)
{
	(void)state;
	op_free(&op);
	fields_free(&held.fields);
	cJSON_Delete(json);
	free(said);
	return 0;
}

static inline void
put(struct fields *fields, enum field field, const char *value)
{
	assert_int_equal(fields_set(fields, field, str_of(value)), 0);
}

static inline void
want(enum field field, const char *value)
{
	put(&op.fields, field, value);
}

/* The parameters, as JSON; NULL: nothing is left to be said. */
static inline const char *
written(void)
{
	cJSON *object;
	char *text;

	if (!b24_object_write(&b24, &op, &held.fields, &command))
		return NULL;
	object = b24_query_json(&command.query);
	assert_non_null(object);
	text = cJSON_PrintUnformatted(object);
	free(said);
	said = mem_text(text);
	cJSON_free(text);
	cJSON_Delete(object);
	b24_batch_command_free(&command);
	return said;
}

static inline const cJSON *
parsed(const char *text)
{
	cJSON_Delete(json);
	json = json_parse(str_of(text), NULL);
	assert_non_null(json);
	return json;
}

/* The answer to what was sent. */
static inline void
taken(const char *text)
{
	op.outcome = OUTCOME_DONE;
	b24_object_taken(&b24, &op, parsed(text));
}

static inline const char *
text_of(const struct fields *fields, enum field field)
{
	static char text[512];
	struct str value = fields_get(fields, field);

	(void)snprintf(text, sizeof(text), "%.*s", (int)value.len,
	    value.len > 0 ? value.p : "");
	return text;
}

#endif
