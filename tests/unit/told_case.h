/* Told texts (base/told.h) as they read in English.  After cmocka.h. */
#ifndef TESTS_TOLD_CASE_H
#define TESTS_TOLD_CASE_H

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/told.h"

static inline void
assert_told(const char *told, const char *wanted)
{
	char *shown = told_english(mem_text(told));

	assert_string_equal(shown, wanted);
	free(shown);
}

/* This is in it. */
static inline void
assert_tells(const char *told, const char *part)
{
	char *shown = told_english(mem_text(told));

	assert_non_null(strstr(shown, part));
	free(shown);
}

#endif
