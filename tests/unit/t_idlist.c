#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/idlist.h"

static void
numbers_are_sorted_and_each_is_there_once(void **state)
{
	static const int64_t given[] = { 7, INT64_MAX, 3, 7, -1, 3 };
	static const int64_t wanted[] = { -1, 3, 7, INT64_MAX };
	struct idlist list = { NULL, 0, 0 };

	(void)state;
	idlist_sort(&list);
	assert_false(idlist_has(&list, 3));
	for (size_t i = 0; i < 6; i++)
		idlist_add(&list, given[i]);
	idlist_sort(&list);
	assert_int_equal(list.count, 4);
	assert_memory_equal(list.ids, wanted, sizeof(wanted));
	assert_true(idlist_has(&list, INT64_MAX));
	assert_false(idlist_has(&list, 4));
	idlist_free(&list);
	assert_int_equal(list.count, 0);
}

static void
many_have_room(void **state)
{
	struct idlist list = { NULL, 0, 0 };

	(void)state;
	for (int64_t i = 1000; i > 0; i--)
		idlist_add(&list, i);
	idlist_sort(&list);
	assert_int_equal(list.count, 1000);
	assert_int_equal(list.ids[0], 1);
	assert_int_equal(list.ids[999], 1000);
	idlist_free(&list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_sorted_and_each_is_there_once),
		cmocka_unit_test(many_have_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
