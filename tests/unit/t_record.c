#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/record.h"

static void
every_kind_is_found_by_its_name(void **state)
{
	int i;

	(void)state;
	for (i = RECORD_NONE + 1; i < RECORD_LAST; i++) {
		const char *name = record_kind_name((enum record_kind)i);

		assert_non_null(name);
		assert_int_equal(record_kind_by_name(str_of(name)), i);
	}
	assert_string_equal(record_kind_name(RECORD_RESTS), "rests");
}

static void
what_is_no_kind_has_no_name(void **state)
{
	(void)state;
	assert_int_equal(record_kind_by_name(str_of("none")), RECORD_NONE);
	assert_int_equal(record_kind_by_name(str_of("Product")), RECORD_NONE);
	assert_int_equal(record_kind_by_name(STR_NONE), RECORD_NONE);
	assert_string_equal(record_kind_name(RECORD_LAST), "none");
	assert_string_equal(record_kind_name((enum record_kind)77), "none");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_is_found_by_its_name),
		cmocka_unit_test(what_is_no_kind_has_no_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
