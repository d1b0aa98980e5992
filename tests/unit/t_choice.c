/* What a person chooses from: kept in one text, and read from it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/told.h"
#include "flow/choice.h"

static void
link_to(void *ctx, enum target_kind kind, int64_t portal_id, char out[256])
{
	(void)ctx;
	(void)kind;
	out[0] = '\0';
	if (portal_id < 100)
		(void)snprintf(out, 256, "https://portal.example/%d/",
		    (int)portal_id);
}

static struct flow flow = { .remote = { .link = link_to } };

static void
add(char text[CHANGE_TEXT_BYTES], int64_t id, const char *name,
    const char *inn, const char *step, enum match_why why)
{
	struct found row = { .portal_id = id };
	struct op op = { .target = { .kind = TARGET_COMPANY } };

	fields_init(&row.fields);
	(void)fields_set(&row.fields, FIELD_NAME, str_of(name));
	(void)fields_set(&row.fields, FIELD_INN, str_of(inn));
	choice_add(text, &flow, &op, &row, step, why);
	fields_free(&row.fields);
}

static void
candidates_come_back_in_order(void **state)
{
	char text[CHANGE_TEXT_BYTES], *message;
	struct choice choice;
	size_t at = 0;

	(void)state;
	told_set(text, sizeof(text), "which of %s\n?", "them");
	add(text, 11, "Ромашка\nстарая", "", "phone", MATCH_WHY_NAME);
	add(text, 113, "Луг", "7701", "", MATCH_WHY_NOTHING);
	assert_true(choice_next(&choice, text, &at));
	assert_int_equal(choice.portal_id, 11);
	assert_string_equal(choice.name, "Ромашка старая");
	assert_string_equal(choice.step, "phone");
	assert_int_equal(choice.why, MATCH_WHY_NAME);
	assert_string_equal(choice.link, "https://portal.example/11/");
	assert_true(choice_next(&choice, text, &at));
	assert_int_equal(choice.portal_id, 113);
	assert_string_equal(choice.name, "Луг 7701");
	assert_string_equal(choice.step, "");
	assert_string_equal(choice.link, "");
	assert_false(choice_next(&choice, text, &at));
	message = told_translate(choice_message(text));
	assert_string_equal(message, "which of them\n?");
	free(message);
}

static void
text_without_candidates_is_a_message(void **state)
{
	struct choice choice;
	size_t at = 0;
	char *message = choice_message("refused:\n1 of 2");

	(void)state;
	assert_string_equal(message, "refused:\n1 of 2");
	assert_false(choice_next(&choice, message, &at));
	free(message);
	/* Yesterday's database is foreign data. */
	at = 0;
	assert_false(choice_next(&choice, "x\x1e\x1eno number\x1f" "phone",
	    &at));
}

static void
what_does_not_fit_is_left_out_whole(void **state)
{
	char text[CHANGE_TEXT_BYTES], name[200];
	struct choice choice;
	size_t at = 0, count = 0;

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	(void)snprintf(text, sizeof(text), "which?");
	for (int i = 1; i <= 40; i++)
		add(text, i, name, "", "inn_kpp", MATCH_WHY_SEVERAL);
	while (choice_next(&choice, text, &at)) {
		count++;
		assert_int_equal(choice.portal_id, count);
		assert_int_equal(strlen(choice.name), 63);
		assert_string_equal(choice.step, "inn_kpp");
	}
	assert_in_range(count, CHOICE_MOST, 39);
}

static void
further_ones_are_kept_by_their_ids(void **state)
{
	static const int64_t ids[] = { 11, 113, INT64_MAX };
	char text[CHANGE_TEXT_BYTES];
	struct choice choice;
	size_t at = 0, len;

	(void)state;
	(void)snprintf(text, sizeof(text), "which?");
	add(text, ids[0], "Луг", "", "", MATCH_WHY_NOTHING);
	choice_add_id(text, ids[1]);
	len = strlen(text);
	choice_add_id(text, ids[2]);
	assert_in_range(strlen(text) - len, 1, CHOICE_ID_BYTES);
	for (size_t i = 0; i < 3; i++) {
		assert_true(choice_next(&choice, text, &at));
		assert_true(choice.portal_id == ids[i]);
		assert_int_equal(choice.bare, i > 0);
		assert_string_equal(choice.name, i > 0 ? "" : "Луг");
	}
	assert_false(choice_next(&choice, text, &at));
	/* What is full stays as it is. */
	do {
		len = strlen(text);
		choice_add_id(text, ids[2]);
	} while (strlen(text) > len);
	assert_in_range(len, CHANGE_TEXT_BYTES - CHOICE_ID_BYTES,
	    CHANGE_TEXT_BYTES - 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(candidates_come_back_in_order),
		cmocka_unit_test(text_without_candidates_is_a_message),
		cmocka_unit_test(what_does_not_fit_is_left_out_whole),
		cmocka_unit_test(further_ones_are_kept_by_their_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
