/*
 * A folder of a test's own, and small helpers for files in it.  Included by
 * the tests that touch the disk; a cmocka setup and teardown pair.
 */
#ifndef TESTS_SCRATCH_H
#define TESTS_SCRATCH_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"

/* The folder's path is the test's state. */
static inline int
scratch_make(void **state)
{
	const char *base = getenv("TMPDIR");
	char *path = mem_printf("%s/cml24-test-XXXXXX",
	    base == NULL ? "/tmp" : base);

	*state = path;
	return mkdtemp(path) == NULL ? -1 : 0;
}

static inline int
scratch_remove(void **state)
{
	int result = file_remove_tree(*state, NULL);

	free(*state);
	return result;
}

/* A plain write, apart from the module under test. */
static inline void
scratch_put(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0)
		abort();
}

/* The content, "" when it cannot be read; the next call overwrites it. */
static inline const char *
scratch_get(const char *path)
{
	static char text[4096];
	FILE *file = fopen(path, "r");
	size_t len = 0;

	if (file != NULL) {
		len = fread(text, 1, sizeof text - 1, file);
		fclose(file);
	}
	text[len] = '\0';
	return text;
}

#endif
