/* Phones and e-mails of a client: what an update says of them. */
#include "b24_op.h"

static int
make(void **state)
{
	(void)state;
	op_make();
	op.kind = OP_UPDATE;
	op.portal_id = 44;
	(void)target_set(&op.target, TARGET_COMPANY, str_of("p1"));
	return 0;
}

/* What is said of phones: the value of "fm", or NULL. */
static const char *
phones(const char *before, const char *wanted, const char *shown)
{
	const char *text;

	put(&op.before, FIELD_PHONES, before);
	put(&op.fields, FIELD_PHONES, wanted);
	put(&held.fields, FIELD_PHONES, shown);
	text = written();
	return text != NULL ? strstr(text, "\"fm\":") : NULL;
}

#define PHONE(key, kind, value) "\"" key "\":{\"typeId\":\"PHONE\"," \
	"\"valueType\":\"" kind "\",\"value\":\"" value "\"}"
#define GONE(key) "\"" key "\":{\"typeId\":\"PHONE\",\"value\":\"\"}"
#define FM(entries) "\"fm\":{" entries "}}}"

static void
new_extension_changes_our_line(void **state)
{
	(void)state;
	assert_string_equal(phones("WORK" P "8 495 1111111 доб. 12",
	    "WORK" P "8 495 1111111 доб. 15",
	    "WORK" P "8 495 1111111 доб. 12" P "7"),
	    FM(PHONE("7", "WORK", "8 495 1111111 доб. 15")));
	assert_string_equal(phones("WORK" P "8 495 1111111 доб. 12",
	    "WORK" P "8 495 1111111",
	    "WORK" P "8 495 1111111 доб. 12" P "7"),
	    FM(PHONE("7", "WORK", "8 495 1111111")));
	/* One line for one new number. */
	assert_string_equal(phones("WORK" P "8 495 1111111 доб. 12",
	    "WORK" P "8 495 1111111 доб. 15\nWORK" P "8 495 1111111 доб. 16",
	    "WORK" P "8 495 1111111 доб. 12" P "7"),
	    FM(PHONE("7", "WORK", "8 495 1111111 доб. 15") ","
	    PHONE("n0", "WORK", "8 495 1111111 доб. 16")));
}

static void
bare_number_of_the_portal_gets_the_extension(void **state)
{
	(void)state;
	assert_string_equal(phones("", "WORK" P "8 495 1111111 доб. 12",
	    "OTHER" P "+74951111111" P "7"),
	    FM(PHONE("7", "WORK", "8 495 1111111 доб. 12")));
	put(&op.yields, FIELD_PHONES, "1");
	assert_null(phones("", "WORK" P "8 495 1111111 доб. 12",
	    "OTHER" P "+74951111111" P "7"));
	assert_string_equal(text_of(&op.kept, FIELD_PHONES), "OTHER" P
	    "+74951111111");
}

static void
extension_of_the_portal_is_enough_for_a_bare_number(void **state)
{
	(void)state;
	assert_null(phones("", "WORK" P "8 495 1111111",
	    "OTHER" P "+74951111111 (доб. 3)" P "7"));
	/* Two extensions are two phones. */
	assert_string_equal(phones("", "WORK" P "8 495 1111111 доб. 4",
	    "OTHER" P "+74951111111 (доб. 3)" P "7"),
	    FM(PHONE("n0", "WORK", "8 495 1111111 доб. 4")));
}

static void
double_of_ours_goes_and_the_older_one_stays(void **state)
{
	(void)state;
	assert_string_equal(phones("WORK" P "8 495 1111111",
	    "WORK" P "8 495 1111111", "WORK" P "8 495 1111111" P "12\nWORK" P
	    "8 495 1111111" P "9"), FM(GONE("12")));
	/* Of another kind or spelling they are people's. */
	assert_null(phones("WORK" P "8 495 1111111",
	    "WORK" P "8 495 1111111", "MOBILE" P "8 495 1111111" P "12\n"
	    "WORK" P "+7 495 1111111" P "13\nWORK" P "8 495 1111111" P "9"));
	/* And what 1C never stated. */
	assert_null(phones("WORK" P "8 495 1111111",
	    "WORK" P "8 495 1111111", "WORK" P "8 495 1111111" P "9\nWORK" P
	    "8 495 2222222" P "10\nWORK" P "8 495 2222222" P "11"));
}

static void
line_without_an_id_is_left_alone(void **state)
{
	(void)state;
	assert_null(phones("WORK" P "8 495 2222222", "WORK" P "8 495 1111111",
	    "WORK" P "8 495 2222222\nWORK" P "8 495 1111111\nWORK" P
	    "8 495 1111111"));
}

static void
double_mail_goes_too(void **state)
{
	const char *text;

	(void)state;
	put(&op.before, FIELD_EMAILS, "WORK" P "a@b.ru");
	put(&op.fields, FIELD_EMAILS, "WORK" P "a@b.ru");
	put(&held.fields, FIELD_EMAILS, "WORK" P "a@b.ru" P "5\nWORK" P
	    "a@b.ru" P "6");
	text = written();
	assert_non_null(text);
	assert_non_null(strstr(text, "\"fm\":{\"6\":{\"typeId\":\"EMAIL\","
	    "\"value\":\"\"}}"));
}

/* A request without an answer said 2222222 in place of 1111111. */
static void
what_was_said_without_an_answer_is_ours(void **state)
{
	(void)state;
	put(&op.yields, FIELD_PHONES, "1");
	put(&op.unsure, FIELD_PHONES, "WORK" P "8 495 2222222");
	assert_string_equal(phones("WORK" P "8 495 1111111",
	    "WORK" P "8 495 3333333", "WORK" P "8 495 2222222" P "9\nWORK" P
	    "8 495 4444444" P "10"),
	    FM(PHONE("n0", "WORK", "8 495 3333333") "," GONE("9")));
	/* 1C takes it back: people took nothing away. */
	assert_string_equal(phones("WORK" P "8 495 1111111",
	    "WORK" P "8 495 1111111", "WORK" P "8 495 2222222" P "9"),
	    FM(PHONE("n0", "WORK", "8 495 1111111") "," GONE("9")));
	/* They did where it was not done. */
	assert_null(phones("WORK" P "8 495 1111111",
	    "WORK" P "8 495 1111111", "WORK" P "8 495 4444444" P "9"));
	assert_null(phones("WORK" P "8 495 1111111",
	    "WORK" P "8 495 2222222", "WORK" P "8 495 2222222" P "9"));
}

int
main(void)
{
#define LINES_TEST(name) \
	cmocka_unit_test_setup_teardown(name, make, op_drop)
	const struct CMUnitTest tests[] = {
		LINES_TEST(new_extension_changes_our_line),
		LINES_TEST(bare_number_of_the_portal_gets_the_extension),
		LINES_TEST(extension_of_the_portal_is_enough_for_a_bare_number),
		LINES_TEST(double_of_ours_goes_and_the_older_one_stays),
		LINES_TEST(line_without_an_id_is_left_alone),
		LINES_TEST(double_mail_goes_too),
		LINES_TEST(what_was_said_without_an_answer_is_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
