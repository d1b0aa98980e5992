/* A catalogue of texts: whole, broken, and not there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <libintl.h>
#include <sys/stat.h>

#include "base/words.h"
#include "scratch.h"

/* Magic, form, count, where the two tables are, two of a hash that nobody
 * needs; then length and place of each message, and of each text. */
static const uint32_t head[] = { 0x950412deU, 0, 2, 28, 44, 0, 0,
    3, 60, 3, 64, 4, 68, 3, 73 };
#define TEXTS "one\0two\0odin\0dva"

/* at: of a number of the head that is another one. */
static struct words *
open_with(void **state, size_t at, uint32_t number, size_t cut)
{
	static const char *const folders[] = { "ru", "ru/LC_MESSAGES" };
	uint32_t numbers[sizeof(head) / sizeof(*head)];
	char bytes[sizeof(head) + sizeof(TEXTS)], *path;
	FILE *file;

	for (size_t i = 0; i < 2; i++) {
		path = mem_printf("%s/%s", (char *)*state, folders[i]);
		(void)mkdir(path, 0755);
		free(path);
	}
	memcpy(numbers, head, sizeof(head));
	numbers[at] = number;
	memcpy(bytes, numbers, sizeof(head));
	memcpy(bytes + sizeof(head), TEXTS, sizeof(TEXTS));
	path = mem_printf("%s/ru/LC_MESSAGES/cml24.mo", (char *)*state);
	file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, sizeof(bytes) - cut, file),
	    sizeof(bytes) - cut);
	assert_int_equal(fclose(file), 0);
	free(path);
	assert_non_null(bindtextdomain("cml24", *state));
	return words_open("ru");
}

static void
assert_says(struct words *words, const char *message, const char *text)
{
	assert_string_equal(words_say(words, message), text);
}

static void
messages_are_found(void **state)
{
	struct words *words = open_with(state, 2, 2, 0);

	assert_says(words, "one", "odin");
	assert_says(words, "two", "dva");
	assert_says(words, "three", "three");
	words_close(words);
}

static void
without_a_catalogue_the_message_is_said(void **state)
{
	struct words *words;

	assert_non_null(bindtextdomain("cml24", *state));
	words = words_open("ru");
	assert_says(words, "one", "one");
	words_close(words);
	words = words_open("en");
	assert_says(words, "one", "one");
	words_close(words);
	assert_says(NULL, "one", "one");
	words_close(NULL);
}

static void
numbers_that_lead_out_of_the_file_do_no_harm(void **state)
{
	for (size_t at = 0; at < sizeof(head) / sizeof(*head); at++) {
		struct words *words = open_with(state, at, UINT32_MAX, 0);

		(void)words_say(words, "one");
		(void)words_say(words, "two");
		words_close(words);
	}
	for (size_t cut = 1; cut < sizeof(head) + sizeof(TEXTS); cut++) {
		struct words *words = open_with(state, 2, 2, cut);

		(void)words_say(words, "two");
		words_close(words);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(messages_are_found,
		    scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(
		    without_a_catalogue_the_message_is_said, scratch_make,
		    scratch_remove),
		cmocka_unit_test_setup_teardown(
		    numbers_that_lead_out_of_the_file_do_no_harm,
		    scratch_make, scratch_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
