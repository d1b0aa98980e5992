/*
 * The rows of a deal: read before, compared, replaced.
 */
#include "b24_op.h"
#include "told_case.h"

#include "model/order_line.h"

#define ROW(more) "{\"id\":61,\"ownerId\":7,\"ownerType\":\"D\"," \
	"\"productId\":101,\"productName\":\"Бумага А4\",\"price\":100.5," \
	"\"quantity\":3,\"discountTypeId\":2,\"discountRate\":0," \
	"\"discountSum\":0,\"taxRate\":20,\"taxIncluded\":\"Y\"," \
	"\"measureCode\":778,\"measureName\":\"упак\"" more "}"
#define BEGIN "{\"ownerType\":\"D\",\"ownerId\":\"7\",\"productRows\":{"

static struct b24_measure measures[] = { { 5, 796, T("Штука"), T("шт") } };
static struct buf lines;

static int
make(void **state)
{
	(void)state;
	op_make();
	buf_init(&lines, LIMIT_RECORD_BYTES);
	b24.facts.measures = measures;
	b24.facts.measure_count = 1;
	op.kind = OP_UPDATE;
	op.portal_id = 7;
	(void)target_set(&op.target, TARGET_ROWS, str_of("7"));
	return 0;
}

static int
drop(void **state)
{
	buf_free(&lines);
	(void)op_drop(state);
	return 0;
}

static void
line(int64_t product, const char *name, const char *price,
    const char *quantity, const char *vat)
{
	struct order_line one = { .product = product, .name = str_of(name),
	    .id = str_of("g1"), .vat = str_of(vat),
	    .unit = str_of("796") };

	assert_int_equal(decimal_parse(&one.price, str_of(price)), 0);
	assert_int_equal(decimal_parse(&one.quantity, str_of(quantity)), 0);
	order_line_add(&lines, &one);
}

static void
put_lines(struct fields *fields)
{
	(void)fields_set(fields, FIELD_LINES, str_n(buf_text(&lines),
	    lines.len));
	buf_clear(&lines);
}

/* What the list of rows answers becomes what is held. */
static void
holds(const char *rows)
{
	assert_true(b24_rows_found(&op, parsed(rows)));
	assert_int_equal(op.found_count, 1);
	fields_copy(&held.fields, &op.found[0].fields);
}

static void
new_rows_are_said_by_product_or_name(void **state)
{
	(void)state;
	line(101, "Бумага", "100.5", "3", "20");
	line(0, "Доставка", "333.333333", "1.5", "");
	put_lines(&op.fields);
	assert_string_equal(written(), BEGIN
	    "\"0\":{\"productId\":\"101\",\"price\":\"100.5\","
	    "\"quantity\":\"3\",\"taxRate\":\"20\",\"taxIncluded\":\"Y\","
	    "\"measureCode\":\"796\",\"sort\":\"10\"},"
	    "\"1\":{\"productName\":\"Доставка\",\"price\":\"333.333333\","
	    "\"quantity\":\"1.5\",\"measureCode\":\"796\",\"sort\":\"20\"}"
	    "}}");
}

static void
rows_that_are_there_need_no_command(void **state)
{
	(void)state;
	holds("[" ROW("") ",{\"id\":62,\"ownerId\":7,\"productId\":0,"
	    "\"productName\":\"доставка\",\"price\":10,\"quantity\":1,"
	    "\"taxRate\":null}]");
	line(0, "Доставка", "10", "1", "");
	line(101, "Иное имя", "100.5", "3", "20");
	put_lines(&op.fields);
	op.outcome = OUTCOME_STOP;
	assert_null(written());
	assert_int_equal(op.outcome, OUTCOME_DONE);
}

static void
price_that_differs_in_the_sixth_digit_is_said(void **state)
{
	(void)state;
	holds("[" ROW("") "]");
	line(101, "", "100.500001", "3", "20");
	put_lines(&op.fields);
	assert_non_null(written());
}

static void
without_vat_is_not_a_rate_of_nought(void **state)
{
	(void)state;
	holds("[{\"id\":62,\"ownerId\":7,\"productId\":5,\"price\":10,"
	    "\"quantity\":1,\"taxRate\":0}]");
	line(5, "", "10", "1", "");
	put_lines(&op.fields);
	assert_non_null(written());
	line(5, "", "10", "1", "0");
	put_lines(&op.fields);
	assert_null(written());
}

static void
vat_that_1c_does_not_say_stays(void **state)
{
	(void)state;
	holds("[" ROW("") "]");
	line(101, "", "100.5", "3", ORDER_LINE_ANY);
	put_lines(&op.fields);
	assert_null(written());
	line(101, "", "100.5", "4", ORDER_LINE_ANY);
	put_lines(&op.fields);
	assert_non_null(strstr(written(), "\"taxRate\":\"20\""));
	line(0, "Новая", "1", "1", ORDER_LINE_ANY);
	put_lines(&op.fields);
	assert_null(strstr(written(), "taxRate"));
}

static void
row_without_vat_any_more_is_made_anew(void **state)
{
	(void)state;
	holds("[" ROW("") "]");
	line(101, "", "100.5", "3", "");
	put_lines(&op.fields);
	assert_string_equal(written(), BEGIN "\"0\":{\"productId\":\"101\","
	    "\"productName\":\"Бумага А4\",\"price\":\"100.5\","
	    "\"quantity\":\"3\",\"measureCode\":\"796\","
	    "\"sort\":\"10\"}}}");
}

static void
changed_row_keeps_its_id_and_name_but_no_discount(void **state)
{
	(void)state;
	holds("[{\"id\":61,\"ownerId\":7,\"productId\":101,\"productName\":"
	    "\"Бумага А4\",\"price\":80,\"quantity\":3,\"discountTypeId\":2,"
	    "\"discountRate\":20,\"discountSum\":16.67,\"taxRate\":20,"
	    "\"measureCode\":796}]");
	line(101, "Бумага", "80", "2", "20");
	put_lines(&op.fields);
	assert_string_equal(written(), BEGIN "\"0\":{\"id\":\"61\","
	    "\"productId\":\"101\",\"productName\":\"Бумага А4\","
	    "\"price\":\"80\",\"quantity\":\"2\",\"taxRate\":\"20\","
	    "\"taxIncluded\":\"Y\",\"measureCode\":\"796\","
	    "\"discountTypeId\":\"2\",\"discountRate\":\"0\","
	    "\"discountSum\":\"0\",\"sort\":\"10\"}}}");
}

static void
row_that_1c_left_alone_keeps_discount_and_unit(void **state)
{
	(void)state;
	holds("[{\"id\":61,\"ownerId\":7,\"productId\":101,\"productName\":"
	    "\"Бумага А4\",\"price\":80,\"quantity\":3,\"discountTypeId\":2,"
	    "\"discountRate\":20,\"discountSum\":16.67,\"taxRate\":20,"
	    "\"measureCode\":778}]");
	line(101, "", "80", "3", "20");
	line(102, "", "5", "1", "20");
	put_lines(&op.fields);
	assert_non_null(strstr(written(), "\"measureCode\":\"778\","
	    "\"discountTypeId\":\"2\",\"discountRate\":\"20\","
	    "\"discountSum\":\"16.67\""));
}

static void
line_of_a_product_that_1c_lacks_keeps_it(void **state)
{
	(void)state;
	holds("[" ROW("") "]");
	line(0, "бумага а4", "100.5", "3", "20");
	put_lines(&op.fields);
	assert_null(written());
	line(0, "бумага а4", "99", "3", "20");
	put_lines(&op.fields);
	assert_non_null(strstr(written(), "\"productId\":\"101\""));
}

static void
row_typed_by_hand_becomes_the_product(void **state)
{
	(void)state;
	holds("[{\"id\":62,\"ownerId\":7,\"productId\":0,\"productName\":"
	    "\"Бумага А4\",\"price\":1,\"quantity\":1,\"taxRate\":20}]");
	line(101, "бумага а4", "1", "1", "20");
	put_lines(&op.fields);
	assert_non_null(strstr(written(), "\"id\":\"62\",\"productId\":"
	    "\"101\""));
}

static void
rows_that_yield_keep_what_people_changed(void **state)
{
	(void)state;
	holds("[" ROW("") "]");
	line(101, "", "100.5", "1", "20");
	put_lines(&op.before);
	line(101, "", "100.5", "2", "20");
	put_lines(&op.fields);
	put(&op.yields, FIELD_LINES, "1");
	assert_null(written());
	assert_int_equal(op.outcome, OUTCOME_DONE);
	assert_true(fields_has(&op.kept, FIELD_LINES));
}

static void
rows_that_yield_change_what_was_agreed(void **state)
{
	(void)state;
	holds("[" ROW("") "]");
	line(101, "", "100.5", "3", "20");
	put_lines(&op.before);
	line(101, "", "100.5", "2", "20");
	put_lines(&op.fields);
	put(&op.yields, FIELD_LINES, "1");
	assert_non_null(written());
	assert_int_equal(op.kept.count, 0);
}

static void
rows_that_people_changed_are_replaced_with_a_note(void **state)
{
	(void)state;
	holds("[" ROW("") "]");
	line(101, "", "100.5", "1", "20");
	put_lines(&op.before);
	line(101, "", "100.5", "2", "20");
	put_lines(&op.fields);
	assert_non_null(written());
	assert_int_equal(op.kept.count, 0);
	assert_told(op.note,
	    "conflict: lines of 1C replace those of the portal");
}

static void
rows_that_people_left_are_replaced_without_a_note(void **state)
{
	(void)state;
	holds("[" ROW("") "]");
	line(101, "", "100.5", "3", "20");
	put_lines(&op.before);
	line(101, "", "100.5", "2", "20");
	put_lines(&op.fields);
	assert_non_null(written());
	assert_string_equal(op.note, "");
}

static void
rows_of_a_lost_answer_are_not_peoples(void **state)
{
	(void)state;
	holds("[" ROW("") "]");
	line(101, "", "100.5", "1", "20");
	put_lines(&op.before);
	line(101, "", "100.503333", "3", "20");
	put_lines(&op.fields);
	put(&op.yields, FIELD_LINES, "1");
	assert_non_null(written());
	assert_int_equal(op.kept.count, 0);
}

static void
order_without_lines_wipes_nothing(void **state)
{
	(void)state;
	holds("[" ROW("") "]");
	want(FIELD_LINES, FIELD_CLEAR);
	assert_null(written());
	assert_int_equal(op.outcome, OUTCOME_REFUSED);
	assert_string_equal(op.code, "no-lines");
}

static void
half_of_the_lines_wipes_nothing(void **state)
{
	(void)state;
	line(101, "", "1", "1", "20");
	(void)buf_add_text(&lines, "\nno line of ours");
	put_lines(&op.fields);
	assert_null(written());
	assert_int_equal(op.outcome, OUTCOME_REFUSED);
}

static void
many_rows_go_in_a_call_of_their_own(void **state)
{
	(void)state;
	for (int i = 0; i < 41; i++)
		line(100 + i, "", "1", "1", "20");
	put_lines(&op.fields);
	assert_true(b24_object_write(&b24, &op, &held.fields, &command));
	assert_true(command.lone);
	b24_batch_command_free(&command);
}

/* ---- answers and look-ups ---- */

static void
rows_rounded_by_the_portal_are_taken(void **state)
{
	(void)state;
	line(101, "", "100.503333", "3", "20");
	put_lines(&op.fields);
	taken("{\"productRows\":[" ROW("") "]}");
	assert_int_equal(op.dropped.count, 0);
	assert_int_equal(op.outcome, OUTCOME_DONE);
}

static void
row_that_the_answer_lacks_was_dropped(void **state)
{
	(void)state;
	line(101, "", "100.5", "3", "20");
	line(102, "", "1", "1", "20");
	put_lines(&op.fields);
	taken("{\"productRows\":[" ROW("") "]}");
	assert_true(fields_has(&op.dropped, FIELD_LINES));
}

static void
answer_without_rows_is_no_answer(void **state)
{
	(void)state;
	taken("[]");
	assert_int_equal(op.outcome, OUTCOME_UNKNOWN);
}

static void
deal_without_rows_is_found(void **state)
{
	(void)state;
	op.kind = OP_FIND;
	assert_true(b24_rows_found(&op, parsed("[]")));
	assert_int_equal(op.found_count, 1);
	assert_int_equal(op.found[0].portal_id, 7);
	assert_false(fields_has(&op.found[0].fields, FIELD_LINES));
}

static void
pages_of_rows_are_one_find(void **state)
{
	struct order_line one;
	size_t at = 0, count = 0;
	struct str text;

	(void)state;
	assert_true(b24_rows_found(&op, parsed("[" ROW("") "]")));
	assert_true(b24_rows_found(&op, parsed("[" ROW("") "]")));
	assert_int_equal(op.found_count, 1);
	text = fields_get(&op.found[0].fields, FIELD_LINES);
	while (order_line_next(text, &at, &one))
		count++;
	assert_int_equal(count, 2);
	assert_true(str_is(one.unit, "778"));
	assert_int_equal(one.sum.digits, 3015);
	assert_true(str_is(one.vat, "20"));
}

static void
rows_of_another_deal_are_not_taken(void **state)
{
	(void)state;
	op.portal_id = 8;
	assert_false(b24_rows_found(&op, parsed("[" ROW("") "]")));
	assert_false(fields_has(&op.found[0].fields, FIELD_LINES));
}

#define ROWS_TEST(test) cmocka_unit_test_setup_teardown(test, make, drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ROWS_TEST(new_rows_are_said_by_product_or_name),
		ROWS_TEST(rows_that_are_there_need_no_command),
		ROWS_TEST(price_that_differs_in_the_sixth_digit_is_said),
		ROWS_TEST(without_vat_is_not_a_rate_of_nought),
		ROWS_TEST(vat_that_1c_does_not_say_stays),
		ROWS_TEST(row_without_vat_any_more_is_made_anew),
		ROWS_TEST(changed_row_keeps_its_id_and_name_but_no_discount),
		ROWS_TEST(row_that_1c_left_alone_keeps_discount_and_unit),
		ROWS_TEST(line_of_a_product_that_1c_lacks_keeps_it),
		ROWS_TEST(row_typed_by_hand_becomes_the_product),
		ROWS_TEST(rows_that_yield_keep_what_people_changed),
		ROWS_TEST(rows_that_yield_change_what_was_agreed),
		ROWS_TEST(rows_that_people_changed_are_replaced_with_a_note),
		ROWS_TEST(rows_that_people_left_are_replaced_without_a_note),
		ROWS_TEST(rows_of_a_lost_answer_are_not_peoples),
		ROWS_TEST(order_without_lines_wipes_nothing),
		ROWS_TEST(half_of_the_lines_wipes_nothing),
		ROWS_TEST(many_rows_go_in_a_call_of_their_own),
		ROWS_TEST(rows_rounded_by_the_portal_are_taken),
		ROWS_TEST(row_that_the_answer_lacks_was_dropped),
		ROWS_TEST(answer_without_rows_is_no_answer),
		ROWS_TEST(deal_without_rows_is_found),
		ROWS_TEST(pages_of_rows_are_one_find),
		ROWS_TEST(rows_of_another_deal_are_not_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
