#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/sha256.h"

/* Of `text`, added `step` bytes at a time. */
static void
assert_hash(const char *text, size_t step, const char *wanted)
{
	size_t len = strlen(text), at = 0;
	char hex[SHA256_HEX];
	struct sha256 hash;

	sha256_init(&hash);
	while (at < len) {
		size_t part = len - at < step ? len - at : step;

		sha256_add(&hash, text + at, part);
		at += part;
	}
	sha256_hex(&hash, hex);
	assert_string_equal(hex, wanted);
}

/* FIPS 180-2, B.1 and B.2; the empty message and the one of 896 bits are of
 * NIST's examples for SHA-256. */
static void
the_vectors_of_the_standard_are_met(void **state)
{
	static const struct {
		const char *text, *hash;
	} cases[] = {
		{ "", "e3b0c44298fc1c149afbf4c8996fb924"
		    "27ae41e4649b934ca495991b7852b855" },
		{ "abc", "ba7816bf8f01cfea414140de5dae2223"
		    "b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		    "248d6a61d20638b8e5c026930c3e6039"
		    "a33ce45964ff2167f6ecedd419db06c1" },
		{ "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
		    "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
		    "cf5b16a778af8380036ce59e7b049237"
		    "0b249b11e8f07a51afac45037afee9d1" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_hash(cases[i].text, 1, cases[i].hash);
		assert_hash(cases[i].text, 63, cases[i].hash);
		assert_hash(cases[i].text, 64, cases[i].hash);
		assert_hash(cases[i].text, 1000, cases[i].hash);
	}
}

/* FIPS 180-2, B.3. */
static void
a_million_letters_are_hashed(void **state)
{
	char letters[1000], hex[SHA256_HEX];
	struct sha256 hash;
	int i;

	(void)state;
	memset(letters, 'a', sizeof(letters));
	sha256_init(&hash);
	for (i = 0; i < 1000; i++)
		sha256_add(&hash, letters, sizeof(letters));
	sha256_hex(&hash, hex);
	assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67"
	    "f1809a48a497200e046d39ccc7112cd0");
}

/* The padding: 55 bytes are the most that leave room for the length in the
 * same block.  Hashes by sha256sum(1). */
static void
the_last_block_is_padded_at_every_length(void **state)
{
	static const struct {
		size_t len;
		const char *hash;
	} cases[] = {
		{ 55, "9f4390f8d30c2dd92ec9f095b65e2b9a"
		    "e9b0a925a5258e241c9f1e910f734318" },
		{ 56, "b35439a4ac6f0948b6d6f9e3c6af0f5f"
		    "590ce20f1bde7090ef7970686ec6738a" },
		{ 63, "7d3e74a05d7db15bce4ad9ec0658ea98"
		    "e3f06eeecf16b4c6fff2da457ddc2f34" },
		{ 64, "ffe054fe7ae0cb6dc65c3af9b61d5209"
		    "f439851db43d0ba5997337df154668eb" },
		{ 119, "31eba51c313a5c08226adf18d4a359cf"
		    "dfd8d2e816b13f4af952f7ea6584dcfb" },
		{ 120, "2f3d335432c70b580af0e8e1b3674a7c"
		    "020d683aa5f73aaaedfdc55af904c21c" },
	};
	char text[130];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memset(text, 'a', cases[i].len);
		text[cases[i].len] = '\0';
		assert_hash(text, 17, cases[i].hash);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_vectors_of_the_standard_are_met),
		cmocka_unit_test(a_million_letters_are_hashed),
		cmocka_unit_test(the_last_block_is_padded_at_every_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
