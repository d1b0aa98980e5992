#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/bits.h"

static void
a_set_holds_what_was_put_into_it(void **state)
{
	static const int64_t numbers[] = { 1, 7, 8, 32767, 32768, 1000000 };
	struct bits bits = { NULL, 0 };
	size_t i;

	(void)state;
	for (i = 0; i < 6; i++) {
		assert_false(bits_has(&bits, numbers[i]));
		bits_set(&bits, numbers[i]);
		assert_true(bits_has(&bits, numbers[i]));
	}
	assert_false(bits_has(&bits, 0));
	assert_false(bits_has(&bits, 9));
	assert_false(bits_has(&bits, -1));
	assert_false(bits_has(&bits, INT64_MAX));
	bits_free(&bits);
	assert_false(bits_has(&bits, 1));
}

static void
a_set_is_walked_in_order(void **state)
{
	static const int64_t numbers[] = { 0, 7, 32767, 32768, 1000000,
	    LIMIT_RECORD_ROWS };
	struct bits bits = { NULL, 0 };
	int64_t number = -1;
	size_t i;

	(void)state;
	assert_false(bits_next(&bits, &number));
	for (i = 6; i > 0; i--)
		bits_set(&bits, numbers[i - 1]);
	number = -1;
	for (i = 0; i < 6; i++) {
		assert_true(bits_next(&bits, &number));
		assert_int_equal(number, numbers[i]);
	}
	assert_false(bits_next(&bits, &number));
	bits_free(&bits);
}

/* The last number that there may be is in the last chunk. */
static void
the_largest_number_has_room(void **state)
{
	struct bits bits = { NULL, 0 };

	(void)state;
	bits_set(&bits, LIMIT_RECORD_ROWS);
	assert_true(bits_has(&bits, LIMIT_RECORD_ROWS));
	assert_false(bits_has(&bits, LIMIT_RECORD_ROWS - 1));
	assert_ptr_equal(bits_chunk(&bits, BITS_CHUNKS - 1),
	    bits.chunks[LIMIT_RECORD_ROWS / BITS_CHUNK]);
	bits_free(&bits);
}

static void
a_chunk_is_made_empty_and_kept(void **state)
{
	struct bits bits = { NULL, 0 };
	unsigned char *chunk = bits_chunk(&bits, 2);
	size_t i;

	(void)state;
	for (i = 0; i < BITS_BYTES; i++)
		assert_int_equal(chunk[i], 0);
	bits_set(&bits, 2 * BITS_CHUNK + 9);
	assert_ptr_equal(bits_chunk(&bits, 2), chunk);
	assert_int_equal(chunk[1], 2);
	bits_free(&bits);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_set_holds_what_was_put_into_it),
		cmocka_unit_test(a_set_is_walked_in_order),
		cmocka_unit_test(the_largest_number_has_room),
		cmocka_unit_test(a_chunk_is_made_empty_and_kept)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
