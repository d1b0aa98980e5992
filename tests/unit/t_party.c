#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "model/field.h"
#include "model/party.h"

static void
names_lose_form_case_and_quotes(void **state)
{
	static const struct {
		const char *name, *plain;
	} cases[] = {
		{ "ООО «Ромашка»", "ромашка" },
		{ "Ромашка ООО", "ромашка" },
		{ "Общество с ограниченной  ответственностью \"РОМАШКА\"",
		    "ромашка" },
		{ "ООО\xc2\xa0„Ромашка”", "ромашка" },
		{ "О.О.О. Ромашка", "ромашка" },
		{ "OOO Ромашка", "ромашка" },
		{ "Ёлка-Плюс, ЗАО", "елка плюс" },
		{ "ИП Иванов Иван Иванович", "иванов иван иванович" },
		{ "Индивидуальный предприниматель Иванов И.И.",
		    "иванов и и" },
		{ "ИП Глава КФХ Петров", "петров" },
		{ "Глава крестьянского (фермерского) хозяйства Петров",
		    "петров" },
		{ "Сельскохозяйственный снабженческо-сбытовой "
		    "потребительский кооператив «Нива»", "нива" },
		{ "ПАО Сбербанк", "сбербанк" }, { "ОАО Мир", "мир" },
		{ "НАО Мир", "мир" }, { "АО \"Мир\"", "мир" },
		{ "ГУП Мир", "мир" }, { "МУП Мир", "мир" },
		{ "МБУ Мир", "мир" }, { "БПОУ Мир", "мир" },
		{ "КФХ Мир", "мир" }, { "ФКУ Мир", "мир" },
		{ "ССПК Мир", "мир" }, { "СПК Мир", "мир" },
		{ "АНО Мир", "мир" }, { "НКО Мир", "мир" },
		{ "ТОО Мир", "мир" }, { "ЧП Мир", "мир" },
		{ "ПБОЮЛ Мир", "мир" }, { "МПРО Приход", "приход" },
		{ "ССОСПК \"Луг\"", "луг" },
		{ "Daisy LLC", "daisy" }, { "Daisy Co., Ltd.", "daisy" },
		/* No form: a part of a word, or of the middle. */
		{ "Оооо", "оооо" }, { "Ипатов", "ипатов" },
		{ "Мир АО Север", "мир ао север" },
		{ "Школа №5", "школа 5" }, { "Школа \xc2\xad" "5", "школа 5" },
		{ "ООО", "" }, { "«»", "" }, { "", "" },
		{ "\xd0 x", "\xd0 x" },
	};
	struct buf out = BUF_INIT(4096);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		party_name_plain(&out, str_of(cases[i].name));
		assert_string_equal(buf_text(&out), cases[i].plain);
	}
	buf_free(&out);
}

static void
a_form_says_who_it_is(void **state)
{
	(void)state;
	assert_int_equal(party_name_form(str_of("ООО «А»")),
	    PARTY_FORM_LEGAL);
	assert_int_equal(party_name_form(str_of("А, ЗАО")), PARTY_FORM_LEGAL);
	assert_int_equal(party_name_form(str_of("ИП Иванов")),
	    PARTY_FORM_ENTREPRENEUR);
	assert_int_equal(party_name_form(str_of("Иванов И. И. (ИП)")),
	    PARTY_FORM_ENTREPRENEUR);
	assert_int_equal(party_name_form(str_of("Индивидуальный "
	    "предприниматель Иванов")), PARTY_FORM_ENTREPRENEUR);
	assert_int_equal(party_name_form(str_of("Глава КФХ Иванов")),
	    PARTY_FORM_ENTREPRENEUR);
	assert_int_equal(party_name_form(str_of("КФХ Иванов")),
	    PARTY_FORM_FARM);
	assert_int_equal(party_name_form(str_of("Иванов Иван")),
	    PARTY_FORM_NONE);
	assert_int_equal(party_name_form(STR_NONE), PARTY_FORM_NONE);
}

static void
kinds_lose_case_and_blanks(void **state)
{
	struct buf out = BUF_INIT(64);

	(void)state;
	party_word_plain(&out, str_of(" Телефон\xc2\xa0рабочий "));
	assert_string_equal(buf_text(&out), "телефонрабочий");
	party_word_plain(&out, str_of("Населённый пункт"));
	assert_string_equal(buf_text(&out), "населенныйпункт");
	party_word_plain(&out, str_of("E-Mail"));
	assert_string_equal(buf_text(&out), "e-mail");
	buf_free(&out);
}

static void
forms_differ_where_both_say_one(void **state)
{
	static const struct {
		const char *a, *b;
		bool differ;
	} cases[] = {
		{ "ООО Вектор", "АО «Вектор»", true },
		{ "ООО Вектор", "Вектор", false },
		{ "Вектор", "Вектор", false },
		{ "Общество с ограниченной ответственностью Вектор",
		    "Вектор, ООО", false },
		{ "ОАО Вектор", "ПАО Вектор", false },
		{ "ЗАО Вектор", "АО Вектор", false },
		{ "ИП Иванов", "Иванов (ЧП)", false },
		{ "ИП Иванов", "ООО Иванов", true },
		{ "ИП Глава КФХ Иванов", "КФХ Иванов", false },
		{ "МБОУ Школа 5", "МАОУ Школа 5", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct str a = str_of(cases[i].a), b = str_of(cases[i].b);

		assert_int_equal(party_forms_differ(a, b), cases[i].differ);
		assert_int_equal(party_forms_differ(b, a), cases[i].differ);
	}
}

static void
phones_in_one_text_are_told_apart(void **state)
{
	static const struct {
		const char *text, *phones[4];
	} cases[] = {
		{ "8 (495) 111-22-33, 8 916 123-45-67",
		    { "8 (495) 111-22-33", "8 916 123-45-67" } },
		{ "111-22-33;222-33-44 / 333-44-55",
		    { "111-22-33", "222-33-44", "333-44-55" } },
		{ "8 495 111-22-33 и 8 916 123-45-67",
		    { "8 495 111-22-33", "8 916 123-45-67" } },
		{ "8 495 111-22-33, доб. 12, 8 916 123-45-67",
		    { "8 495 111-22-33, доб. 12", "8 916 123-45-67" } },
		{ "8 495 111-22-33, доб. 1234567",
		    { "8 495 111-22-33, доб. 1234567" } },
		{ "8 495 111-22-33/34", { "8 495 111-22-33/34" } },
		{ "8 495 111-22-33, 12", { "8 495 111-22-33, 12" } },
		{ "каб. 5, тел. 111-22-33", { "каб. 5, тел. 111-22-33" } },
		{ "нет", { "нет" } },
		{ "", { NULL } },
	};
	struct str phone;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t at = 0, n = 0;

		while (party_phone_next(str_of(cases[i].text), &at, &phone)) {
			assert_non_null(cases[i].phones[n]);
			assert_true(str_is(phone, cases[i].phones[n]));
			n++;
		}
		assert_null(cases[i].phones[n]);
	}
}

/* It would be looked at once for each of its commas. */
static void
a_long_text_is_no_list_of_phones(void **state)
{
	char text[LIMIT_PHONES_BYTES + 32];
	struct str phone;
	size_t at = 0;

	(void)state;
	memset(text, ',', sizeof(text));
	memcpy(text, "111-22-33", 9);
	memcpy(text + sizeof(text) - 9, "222-33-44", 9);
	assert_true(party_phone_next(str_n(text, sizeof(text)), &at, &phone));
	assert_int_equal(phone.len, sizeof(text));
	assert_false(party_phone_next(str_n(text, sizeof(text)), &at, &phone));
	at = 0;
	assert_true(party_phone_next(str_n(text, LIMIT_PHONES_BYTES), &at,
	    &phone));
}

static void
phones_are_digits(void **state)
{
	static const struct {
		const char *phone, *plain;
	} cases[] = {
		{ "+7 (495) 123-45-67", "74951234567" },
		{ "8 495 1234567", "74951234567" },
		{ "(495) 123-45-67", "74951234567" },
		{ " +7928 000-11-22", "79280001122" },
		{ "+8 928 000-11-22", "79280001122" },
		{ "8 960\xc2\xa0" "000\xe2\x80\x93" "11\xe2\x80\x93" "22",
		    "79600001122" },
		{ "тел. 8(495)123-45-67 доб. 12", "74951234567" },
		{ "8 495 123-45-67 #12", "74951234567" },
		{ "84951234567, 89161112233", "74951234567" },
		{ "84951234567 +79161112233", "74951234567" },
		{ "каб. 5, тел. 123-45-67", "1234567" },
		{ "+375 29 123-45-67", "375291234567" },
		{ "8-10-375-29-123-45-67", "375291234567" },
		{ "+49 30 12345678", "493012345678" },
		{ "+84 91 2345678", "84912345678" },
		{ "+1 202 5550123", "12025550123" },
		{ "12-34", "" }, { "нет", "" }, { "", "" },
		{ "8 800 FLOWERS", "" },
		{ "1234567890123456", "" },
		{ "11111111111111111111111111111111111111111111", "" },
	};
	char out[PARTY_PHONE_BYTES];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		party_phone_plain(out, str_of(cases[i].phone));
		assert_string_equal(out, cases[i].plain);
	}
}

static void
extensions_tell_phones_apart(void **state)
{
	static const struct {
		const char *a, *b;
		bool same, exact, bare;         /* bare: a */
	} cases[] = {
		{ "8 495 123-45-67", "+7 (495) 1234567", true, true, true },
		{ "84951234567 доб. 12", "+74951234567 #12", true, true,
		    false },
		{ "84951234567 доб. 12", "84951234567 доб. 15", true, false,
		    false },
		{ "84951234567 доб. 12", "84951234567 доб. 1", true, false,
		    false },
		{ "84951234567 (доб. 12)", "84951234567", true, false, false },
		{ "84951234567 Иванов", "84951234567", true, true, true },
		{ "84951234567, 89161112233", "84951234567", true, false,
		    false },
		{ "84951234567", "84951234568", false, false, true },
		{ "нет", "нет", false, false, true },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct str a = str_of(cases[i].a), b = str_of(cases[i].b);

		assert_int_equal(party_phone_same(a, b), cases[i].same);
		assert_int_equal(party_phone_exact(a, b), cases[i].exact);
		assert_int_equal(party_phone_exact(b, a), cases[i].exact);
		assert_int_equal(party_phone_bare(a), cases[i].bare);
	}
}

static void
emails_have_one_sign_and_no_blank(void **state)
{
	static const char *const bad[] = { "", "a", "@", "a@", "@b", "a@b@c",
	    "a b@c", "a@b\tc", "ул. Мира, 5" };
	struct buf out = BUF_INIT(64);
	size_t i;

	(void)state;
	party_email_plain(&out, str_of(" Ivan@Example.RU\n"));
	assert_string_equal(buf_text(&out), "ivan@example.ru");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		party_email_plain(&out, str_of(bad[i]));
		assert_string_equal(buf_text(&out), "");
	}
	buf_free(&out);
}

static void
lines_are_sorted_and_stand_once(void **state)
{
	struct buf text = BUF_INIT(4096);
	struct str line, lines;
	size_t at = 0;

	(void)state;
	party_line_add(&text, str_of("WORK"), str_of("2"));
	party_line_add(&text, str_of("MOBILE"), str_of("1"));
	party_line_add(&text, str_of("WORK"), str_of("1\n3"));
	party_line_add(&text, str_of("WORK"), str_of("2"));
	party_line_add(&text, str_of("ZOO"), str_of("0"));
	assert_string_equal(buf_text(&text), "MOBILE\x1f" "1\nWORK\x1f" "1 3\n"
	    "WORK\x1f" "2\nZOO\x1f" "0");
	lines = str_n(text.data, text.len);
	assert_true(party_line_next(lines, &at, &line));
	assert_true(str_is(field_part(line, 0), "MOBILE"));
	assert_true(str_is(field_part(line, 1), "1"));
	assert_true(party_line_next(lines, &at, &line));
	assert_true(party_line_next(lines, &at, &line));
	assert_true(party_line_next(lines, &at, &line));
	assert_true(str_is(field_part(line, 1), "0"));
	assert_false(party_line_next(lines, &at, &line));
	at = 0;
	assert_false(party_line_next(STR_NONE, &at, &line));
	buf_free(&text);
}

static void
a_line_without_room_is_left_out(void **state)
{
	struct buf text = BUF_INIT(8);

	(void)state;
	party_line_add(&text, str_of("A"), str_of("1"));
	party_line_add(&text, str_of("B"), str_of("12345678"));
	assert_string_equal(buf_text(&text), "A\x1f" "1");
	assert_false(text.full);
	buf_free(&text);
}

static void
an_initial_shortens_a_name(void **state)
{
	(void)state;
	assert_true(party_name_shortens(str_of("И."), str_of("Иван")));
	assert_true(party_name_shortens(str_of("и"), str_of("Иван")));
	assert_false(party_name_shortens(str_of("П."), str_of("Иван")));
	assert_false(party_name_shortens(str_of("Ив."), str_of("Иван")));
	assert_false(party_name_shortens(str_of("И."), str_of("И")));
	assert_false(party_name_shortens(str_of(""), str_of("Иван")));
}

static void
numbers_lose_blanks(void **state)
{
	char plain[PARTY_NUMBER_BYTES];

	(void)state;
	party_number_plain(plain, str_of(" 7700\xc2\xa0" "000\t016\n"));
	assert_string_equal(plain, "7700000016");
	party_number_plain(plain, str_of("7700\xe2\x80\x89" "000016"));
	assert_string_equal(plain, "7700000016");
	party_number_plain(plain, str_of("7700000016/770001001"));
	assert_string_equal(plain, "");
	party_number_plain(plain, STR_NONE);
	assert_string_equal(plain, "");
}

static void
a_line_is_appended_as_it_is(void **state)
{
	struct buf lines = BUF_INIT(64);

	(void)state;
	party_line_append(&lines, str_of("b"));
	party_line_append(&lines, str_of("a"));
	party_line_append(&lines, str_of("b"));
	assert_string_equal(buf_text(&lines), "b\na\nb");
	buf_free(&lines);
}

static void
an_address_says_nothing_twice(void **state)
{
	static const char *const parts[] = { "101000", "Россия", " Москва ",
	    "москва", "", "Полевая ул., 5", "Москва" };
	struct buf text = BUF_INIT(256);
	struct str last = STR_NONE;

	(void)state;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		party_address_add(&text, &last, str_of(parts[i]));
	assert_string_equal(buf_text(&text),
	    "101000, Москва, Полевая ул., 5, Москва");
	buf_free(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_appended_as_it_is),
		cmocka_unit_test(an_address_says_nothing_twice),
		cmocka_unit_test(names_lose_form_case_and_quotes),
		cmocka_unit_test(a_form_says_who_it_is),
		cmocka_unit_test(an_initial_shortens_a_name),
		cmocka_unit_test(numbers_lose_blanks),
		cmocka_unit_test(kinds_lose_case_and_blanks),
		cmocka_unit_test(forms_differ_where_both_say_one),
		cmocka_unit_test(phones_in_one_text_are_told_apart),
		cmocka_unit_test(a_long_text_is_no_list_of_phones),
		cmocka_unit_test(phones_are_digits),
		cmocka_unit_test(extensions_tell_phones_apart),
		cmocka_unit_test(emails_have_one_sign_and_no_blank),
		cmocka_unit_test(lines_are_sorted_and_stand_once),
		cmocka_unit_test(a_line_without_room_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
