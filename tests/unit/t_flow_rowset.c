#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "flow/flow_internal.h"

static void
holds_what_was_added(void **state)
{
	struct rowset set = { NULL, 0, 0 };

	(void)state;
	assert_false(rowset_has(&set, 1));
	for (int64_t row = 1; row <= 5000; row++)
		rowset_add(&set, row * 7);
	for (int64_t row = 1; row <= 5000; row++) {
		assert_true(rowset_has(&set, row * 7));
		assert_false(rowset_has(&set, row * 7 + 1));
	}
	assert_int_equal(set.count, 5000);
	rowset_free(&set);
}

/* Rows that collide must be found after one of them went. */
static void
removal_leaves_the_others(void **state)
{
	struct rowset set = { NULL, 0, 0 };

	(void)state;
	for (int64_t row = 1; row <= 1000; row++)
		rowset_add(&set, row);
	for (int64_t row = 1; row <= 1000; row += 2)
		rowset_remove(&set, row);
	for (int64_t row = 1; row <= 1000; row++)
		assert_int_equal(rowset_has(&set, row), row % 2 == 0);
	assert_int_equal(set.count, 500);
	rowset_remove(&set, 12345);
	assert_int_equal(set.count, 500);
	rowset_free(&set);
}

static void
counted_use_ends_with_the_last_release(void **state)
{
	struct rowset set = { NULL, 0, 0 };

	(void)state;
	rowset_use(&set, 9);
	rowset_use(&set, 9);
	rowset_release(&set, 9);
	assert_true(rowset_has(&set, 9));
	rowset_release(&set, 9);
	assert_false(rowset_has(&set, 9));
	rowset_release(&set, 9);
	assert_int_equal(set.count, 0);
	rowset_free(&set);
}

static void
row_zero_is_never_in(void **state)
{
	struct rowset set = { NULL, 0, 0 };

	(void)state;
	rowset_add(&set, 0);
	rowset_use(&set, 0);
	assert_false(rowset_has(&set, 0));
	assert_int_equal(set.count, 0);
	rowset_free(&set);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holds_what_was_added),
		cmocka_unit_test(removal_leaves_the_others),
		cmocka_unit_test(counted_use_ends_with_the_last_release),
		cmocka_unit_test(row_zero_is_never_in)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
