#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/vat.h"

static void
a_rate_is_read_as_1c_and_people_write_it(void **state)
{
	static const struct {
		const char *text, *want;        /* NULL: it is none */
	} cases[] = {
		{ "20", "20" },
		{ " 20 %", "20" },
		{ "НДС 7%", "7" },
		{ "16,67", "16.67" },
		{ "0", "0" },
		{ "Без НДС", NULL },
		{ "общая", NULL },
		{ "", NULL },
	};
	char text[DECIMAL_TEXT_BYTES];
	struct decimal rate;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (!vat_rate(&rate, str_of(cases[i].text))) {
			assert_null(cases[i].want);
			continue;
		}
		decimal_format(text, rate);
		assert_string_equal(text, cases[i].want);
	}
}

static void
words_for_no_vat_are_known(void **state)
{
	(void)state;
	assert_true(vat_is_without(str_of("БЕЗ НДС")));
	assert_true(vat_is_without(str_of("без налога")));
	assert_true(vat_is_without(str_of("Не облагается ")));
	assert_false(vat_is_without(str_of("0")));
	assert_false(vat_is_without(str_of("")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rate_is_read_as_1c_and_people_write_it),
		cmocka_unit_test(words_for_no_vat_are_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
