/*
 * Every case of tests/data/cml: NAME.xml is read, and all that is told is
 * what NAME.txt says.  NAME.strict.xml is held against the standard too.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "cml_dump.h"

#define CASES "tests/data/cml"
#define CASES_MAX 200

static struct cml_schemas *schemas;
static struct CMUnitTest tests[CASES_MAX];
static size_t test_count;

static void
what_is_told_is_expected(void **state)
{
	const char *name = *state;
	struct buf told = BUF_INIT(LIMIT_MIB), wanted = BUF_INIT(LIMIT_MIB);
	char *path = mem_printf(CASES "/%s", name);
	size_t stem = strlen(path) - strlen(".xml");
	struct cml_counts counts;
	struct err err;

	(void)cml_dump(&told, schemas, path,
	    strstr(name, ".strict.") != NULL, &counts);
	memcpy(path + stem, ".txt", 4);
	assert_int_equal(file_read(&wanted, path, &err), 0);
	assert_string_equal(buf_text(&told), buf_text(&wanted));
	free(path);
	buf_free(&told);
	buf_free(&wanted);
}

static int
add_case(void *ctx, const char *path, const char *relative)
{
	size_t len = strlen(relative);

	(void)ctx;
	(void)path;
	if (len < 5 || strcmp(relative + len - 4, ".xml") != 0)
		return 0;
	assert_true(test_count < CASES_MAX);
	tests[test_count].name = mem_text(relative);
	tests[test_count].test_func = what_is_told_is_expected;
	tests[test_count].initial_state = mem_text(relative);
	test_count++;
	return 0;
}

int
main(void)
{
	struct err err = { 0 };
	int failed;

	if (cml_schemas_load(&schemas, "xsd", true, &err) != 0 ||
	    file_walk(CASES, add_case, NULL, &err) != 0) {
		(void)fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	failed = test_count == 0 ? 1 : _cmocka_run_group_tests("t_cml_cases",
	    tests, test_count, NULL, NULL);
	for (size_t i = 0; i < test_count; i++) {
		free(tests[i].initial_state);
		free((void *)(uintptr_t)tests[i].name);
	}
	cml_schemas_free(schemas);
	return failed;
}
