#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/decimal.h"
#include "commerceml/cml_internal.h"

static void
letters_become_small(void **state)
{
	char text[] = "Без НДС, ЁЖ, АПРЯ, VAT 20";

	(void)state;
	cml_value_lower(text, sizeof(text) - 1);
	assert_string_equal(text, "без ндс, ёж, апря, vat 20");
}

static void
half_a_letter_is_left_alone(void **state)
{
	char text[] = "A\xd0";

	(void)state;
	cml_value_lower(text, 2);
	assert_string_equal(text, "a\xd0");
}

static void
flags_are_read_as_producers_write_them(void **state)
{
	(void)state;
	assert_int_equal(cml_value_flag(str_of("true")), 1);
	assert_int_equal(cml_value_flag(str_of("1")), 1);
	assert_int_equal(cml_value_flag(str_of("Да")), 1);
	assert_int_equal(cml_value_flag(str_of("false")), 0);
	assert_int_equal(cml_value_flag(str_of("нет")), 0);
	assert_int_equal(cml_value_flag(str_of("0")), 0);
	assert_int_equal(cml_value_flag(str_of("возможно")), -1);
	assert_int_equal(cml_value_flag(STR_NONE), -1);
}

/* The short cut says yes only where the long way changes nothing. */
static void
canonical_numbers_are_left_as_they_are(void **state)
{
	static const char *const texts[] = { "0", "1", "-1", "10", "231.74",
	    "0.5", "-0.5", "-0", "00", "007", "1.0", "1.", ".5", "-", "",
	    "1.2.3", "1,5", "1 0", "+1", "1.1234567", "0.000001", "-0.0",
	    "123456789012345678", "12345678901234567", "1234567890.123456",
	    "1e5", "x" };
	char number[DECIMAL_TEXT_BYTES];
	size_t yes = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (!cml_value_canonical(str_of(texts[i])))
			continue;
		yes++;
		assert_int_equal(decimal_normalise(number, str_of(texts[i])),
		    0);
		assert_string_equal(number, texts[i]);
	}
	assert_true(yes >= 8);
}

static void
a_currency_code_is_three_capital_letters(void **state)
{
	(void)state;
	assert_true(cml_value_iso_currency(str_of("RUB")));
	assert_false(cml_value_iso_currency(str_of("rub")));
	assert_false(cml_value_iso_currency(str_of("RUBL")));
	assert_false(cml_value_iso_currency(str_of("643")));
	assert_false(cml_value_iso_currency(str_of("руб")));
}

static void
every_rule_leads_from_a_place_that_is_reached(void **state)
{
	bool reached[CML_AT_LAST] = { false };
	const struct cml_rule *rules;
	size_t count;

	(void)state;
	rules = cml_rules_elements(&count);
	reached[CML_AT_FILE] = reached[CML_AT_GOODS] = true;
	for (size_t i = 0; i < count; i++)
		reached[rules[i].place] = true;
	for (size_t i = 0; i < count; i++)
		assert_true(reached[rules[i].parent]);
}

static void
no_name_stands_twice_in_a_place(void **state)
{
	const struct cml_rule *rules;
	size_t count;

	(void)state;
	rules = cml_rules_elements(&count);
	for (size_t i = 0; i < count; i++) {
		for (size_t n = i + 1; n < count; n++) {
			assert_false(rules[i].parent == rules[n].parent &&
			    str_is(str_of(rules[i].name), rules[n].name));
		}
	}
}

static void
every_deviation_has_its_text(void **state)
{
	(void)state;
	for (int code = 0; code < CML_CODE_LAST; code++) {
		const struct cml_deviation *deviation =
		    cml_rules_deviation((enum cml_code)code);

		assert_non_null(deviation->code);
		assert_non_null(deviation->text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(letters_become_small),
		cmocka_unit_test(half_a_letter_is_left_alone),
		cmocka_unit_test(flags_are_read_as_producers_write_them),
		cmocka_unit_test(canonical_numbers_are_left_as_they_are),
		cmocka_unit_test(a_currency_code_is_three_capital_letters),
		cmocka_unit_test(every_rule_leads_from_a_place_that_is_reached),
		cmocka_unit_test(no_name_stands_twice_in_a_place),
		cmocka_unit_test(every_deviation_has_its_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
