#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "snapshot/snapshot_internal.h"

#define UUID "0f9c2c4e-90f1-11ee-8b5c-00155d0a1b2f"

static size_t
packed_len(const char *id)
{
	struct snapshot_key key;

	assert_int_equal(snapshot_key_make(&key, str_of(id)), 0);
	return key.len;
}

static void
only_canonical_uuids_are_short(void **state)
{
	(void)state;
	assert_int_equal(packed_len(UUID), 17);
	assert_int_equal(packed_len(UUID "#" UUID), 17 + 37);
	assert_int_equal(packed_len("0F9C2C4E-90F1-11EE-8B5C-00155D0A1B2F"),
	    37);
	assert_int_equal(packed_len("0f9c2c4e-90f1-11ee-8b5c-00155d0a1b2"),
	    36);
	assert_int_equal(packed_len("0f9c2c4e_90f1-11ee-8b5c-00155d0a1b2f"),
	    37);
	assert_int_equal(packed_len("0f9c2c4e-90f1-11ee-8b5c-00155d0a1b2g"),
	    37);
	assert_int_equal(packed_len("{0f9c2c4e-90f1-11ee-8b5c-00155d0a1b2f}"),
	    39);
	assert_int_equal(packed_len(""), 1);
}

static void
an_id_comes_back_byte_for_byte(void **state)
{
	static const struct str ids[] = {
		{ UUID, 36 }, { UUID "\0BASE", 41 }, { "", 0 }, { "7", 1 },
		{ "\0\1\2", 3 }, { "Бумага", 12 }, { UUID "#" UUID, 73 },
		{ "ffffffff-ffff-ffff-ffff-ffffffffffff", 36 },
		{ "00000000-0000-0000-0000-000000000000", 36 },
	};
	struct snapshot_key key;
	char id[LIMIT_KEY_BYTES];
	size_t len, i;

	(void)state;
	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		assert_int_equal(snapshot_key_make(&key, ids[i]), 0);
		assert_int_equal(snapshot_key_read(id, &len,
		    snapshot_key_str(&key)), 0);
		assert_true(str_eq(str_n(id, len), ids[i]));
	}
}

static void
the_longest_key_fits_and_a_longer_one_does_not(void **state)
{
	struct snapshot_key key;
	char id[LIMIT_KEY_BYTES + 1], out[LIMIT_KEY_BYTES];
	size_t len;

	(void)state;
	memset(id, 'a', sizeof(id));
	assert_int_equal(snapshot_key_make(&key, str_n(id,
	    LIMIT_KEY_BYTES)), 0);
	assert_int_equal(snapshot_key_read(out, &len,
	    snapshot_key_str(&key)), 0);
	assert_int_equal(len, LIMIT_KEY_BYTES);
	assert_int_equal(snapshot_key_make(&key, str_n(id,
	    LIMIT_KEY_BYTES + 1)), -1);
}

static void
stored_bytes_that_are_no_key_are_refused(void **state)
{
	char bytes[LIMIT_KEY_BYTES + 2] = { 0 }, out[LIMIT_KEY_BYTES];
	size_t len;

	(void)state;
	assert_int_equal(snapshot_key_read(out, &len, STR_NONE), -1);
	assert_int_equal(snapshot_key_read(out, &len, str_n("\2x", 2)), -1);
	assert_int_equal(snapshot_key_read(out, &len,
	    str_n("\1" "0123456789abcde", 16)), -1);
	assert_int_equal(snapshot_key_read(out, &len,
	    str_n(bytes, sizeof(bytes))), -1);
	/* Unpacked it would be 20 bytes longer. */
	bytes[0] = 1;
	assert_int_equal(snapshot_key_read(out, &len,
	    str_n(bytes, LIMIT_KEY_BYTES)), -1);
}

static void
a_stored_set_is_the_same_at_every_density(void **state)
{
	unsigned char packed[BITS_BYTES];
	int step;

	(void)state;
	for (step = 1; step < 40000; step = step * 3 + 1) {
		struct bits in = { NULL, 0 }, out = { NULL, 0 };
		struct str stored;
		int i, members = 0;

		for (i = 0; i < BITS_CHUNK; i += step, members++)
			bits_set(&in, i);
		stored = snapshot_bits_pack(in.chunks[0], packed);
		assert_int_equal(stored.len, members < 2048 ? members * 2 :
		    BITS_BYTES);
		assert_int_equal(snapshot_bits_add(&out, 3, stored), 0);
		for (i = 0; i < BITS_CHUNK; i++)
			assert_int_equal(bits_has(&out,
			    3 * BITS_CHUNK + i), i % step == 0);
		bits_free(&in);
		bits_free(&out);
	}
}

static void
stored_bytes_that_are_no_set_are_refused(void **state)
{
	struct bits bits = { NULL, 0 };
	char bytes[BITS_BYTES + 2] = { 0 };

	(void)state;
	assert_int_equal(snapshot_bits_add(&bits, -1, STR_NONE), -1);
	assert_int_equal(snapshot_bits_add(&bits, INT64_MAX, STR_NONE), -1);
	assert_int_equal(snapshot_bits_add(&bits, 0, str_n(bytes, 3)), -1);
	assert_int_equal(snapshot_bits_add(&bits, 0, str_n(bytes,
	    sizeof(bytes))), -1);
	assert_int_equal(snapshot_bits_add(&bits, 0, str_n("\0\x80", 2)), -1);
	bits_free(&bits);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_canonical_uuids_are_short),
		cmocka_unit_test(an_id_comes_back_byte_for_byte),
		cmocka_unit_test(
		    the_longest_key_fits_and_a_longer_one_does_not),
		cmocka_unit_test(stored_bytes_that_are_no_key_are_refused),
		cmocka_unit_test(a_stored_set_is_the_same_at_every_density),
		cmocka_unit_test(stored_bytes_that_are_no_set_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
