/*
 * The four forms of a good: methods and columns of each, and whose rows are
 * whose.
 */
#include "b24_op.h"

static int
make(void **state)
{
	(void)state;
	op_make();
	b24.facts.iblock = 14;
	b24.facts.offers_iblock = 15;
	b24.facts.article = 95;
	b24.facts.offers_article = 97;
	op.kind = OP_CREATE;
	return 0;
}

static void
is(enum target_kind kind, const char *id)
{
	(void)target_set(&op.target, kind, str_of(id));
}

static void
variation_is_made_below_its_parent(void **state)
{
	(void)state;
	is(TARGET_OFFER, "p#1");
	op.parent_id = 60;
	want(FIELD_NAME, "N");
	want(FIELD_ARTICLE, "A");
	want(FIELD_QUANTITY, "4");
	want(FIELD_WEIGHT, "1500");
	assert_string_equal(written(), "{\"fields\":{\"iblockId\":\"15\","
	    "\"parentId\":\"60\",\"xmlId\":\"p#1\",\"name\":\"N\","
	    "\"property97\":{\"value\":\"A\"},\"quantity\":\"4\","
	    "\"weight\":\"1500\"}}");
	assert_int_equal(command.method, B24_OFFER_ADD);
	taken("{\"offer\":{\"id\":8,\"name\":\"N\",\"property97\":{\"value\":"
	    "\"A\"},\"quantity\":4,\"weight\":1500.0,\"parentId\":{\"value\":"
	    "\"60\",\"valueId\":\"1\"}}}");
	assert_int_equal(op.new_id, 8);
	assert_int_equal(op.dropped.count, 0);
}

static void
change_of_a_variation_does_not_move_it(void **state)
{
	(void)state;
	is(TARGET_OFFER, "p#1");
	op.kind = OP_UPDATE;
	op.portal_id = 8;
	op.parent_id = 60;
	want(FIELD_ACTIVE, "N");
	assert_string_equal(written(), "{\"id\":\"8\",\"fields\":{\"active\":"
	    "\"N\"}}");
	assert_int_equal(command.method, B24_OFFER_UPDATE);
}

static void
parent_has_no_stock_and_no_weight(void **state)
{
	(void)state;
	is(TARGET_PARENT, "p");
	op.parent_id = 33;
	want(FIELD_NAME, "N");
	want(FIELD_GROUP, "g");
	want(FIELD_QUANTITY, "4");
	want(FIELD_WEIGHT, "1500");
	want(FIELD_UNIT, "796");
	assert_string_equal(written(), "{\"fields\":{\"iblockId\":\"14\","
	    "\"xmlId\":\"p\",\"name\":\"N\",\"iblockSectionId\":\"33\"}}");
	assert_int_equal(command.method, B24_SKU_ADD);
	taken("{\"sku\":{\"id\":8,\"name\":\"N\",\"quantity\":null,"
	    "\"iblockSectionId\":33}}");
	assert_int_equal(op.new_id, 8);
	assert_int_equal(op.dropped.count, 0);
}

static void
service_is_changed_and_deleted_by_its_own_methods(void **state)
{
	(void)state;
	is(TARGET_SERVICE, "p");
	op.kind = OP_UPDATE;
	op.portal_id = 8;
	want(FIELD_NAME, "N");
	want(FIELD_ARTICLE, "A");
	assert_string_equal(written(), "{\"id\":\"8\",\"fields\":{\"name\":"
	    "\"N\",\"property95\":{\"value\":\"A\"}}}");
	assert_int_equal(command.method, B24_SERVICE_UPDATE);
	taken("{\"service\":{\"id\":8,\"name\":\"Other\",\"property95\":"
	    "{\"value\":\"A\"}}}");
	assert_int_equal(op.dropped.count, 1);
	op.kind = OP_DELETE;
	assert_string_equal(written(), "{\"id\":\"8\"}");
	assert_int_equal(command.method, B24_SERVICE_DELETE);
}

static void
size_and_weight_are_emptied_by_nothing(void **state)
{
	(void)state;
	is(TARGET_PRODUCT, "p");
	op.kind = OP_UPDATE;
	op.portal_id = 8;
	want(FIELD_WEIGHT, FIELD_CLEAR);
	want(FIELD_LENGTH, "250");
	assert_string_equal(written(), "{\"id\":\"8\",\"fields\":{\"weight\":"
	    "\"0\",\"length\":\"250\"}}");
	taken("{\"element\":{\"id\":8,\"weight\":null,\"length\":250}}");
	assert_int_equal(op.dropped.count, 0);
}

static void
update_of_nothing_that_the_form_has_is_not_sent(void **state)
{
	(void)state;
	is(TARGET_SERVICE, "p");
	op.kind = OP_UPDATE;
	op.portal_id = 8;
	op.outcome = OUTCOME_AGAIN;
	want(FIELD_UNIT, "796");
	assert_null(written());
	assert_int_equal(op.outcome, OUTCOME_DONE);
	assert_int_equal(op.dropped.count, 0);
}

static void
rows_are_of_the_form_that_their_type_says(void **state)
{
	static const struct {
		const char *row;
		enum target_kind kind;
	} rows[] = {
		{ "{\"type\":1}", TARGET_PRODUCT },
		{ "{\"type\":2}", TARGET_PRODUCT },
		{ "{\"type\":3}", TARGET_PARENT },
		{ "{\"type\":\"6\"}", TARGET_PARENT },
		{ "{\"type\":4}", TARGET_OFFER },
		{ "{\"type\":5}", TARGET_OFFER },
		{ "{\"type\":7}", TARGET_SERVICE },
	};
	static const enum target_kind kinds[] = { TARGET_PRODUCT,
	    TARGET_PARENT, TARGET_OFFER, TARGET_SERVICE };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		for (size_t j = 0; j < 4; j++)
			assert_int_equal(b24_catalog_is_form(kinds[j],
			    parsed(rows[i].row)), kinds[j] == rows[i].kind);
	assert_true(b24_catalog_is_form(TARGET_SERVICE, parsed("{}")));
	assert_true(b24_catalog_is_form(TARGET_PRICE, parsed("{\"type\":3}")));
}

static void
picture_of_a_good_goes_by_the_goods_own_method(void **state)
{
	(void)state;
	(void)target_set_part(&op.target, TARGET_PICTURE, str_of("p"),
	    str_of(TARGET_MAIN));
	op.kind = OP_UPDATE;
	op.parent_id = 8;
	op.parent_kind = TARGET_PARENT;
	assert_int_equal(b24_object_method_of(&op), B24_SKU_UPDATE);
	op.kind = OP_DELETE;
	op.portal_id = 71;
	assert_int_equal(b24_object_method_of(&op), B24_IMAGE_DELETE);
	assert_string_equal(written(), "{\"productId\":\"8\",\"id\":\"71\"}");
	assert_int_equal(b24_object_read_before(&op), TARGET_NONE);
	assert_int_equal(b24_object_method(TARGET_PICTURE, OP_FIND),
	    B24_IMAGE_LIST);
}

#define GOODS_TEST(test) cmocka_unit_test_setup_teardown(test, make, op_drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		GOODS_TEST(variation_is_made_below_its_parent),
		GOODS_TEST(change_of_a_variation_does_not_move_it),
		GOODS_TEST(parent_has_no_stock_and_no_weight),
		GOODS_TEST(service_is_changed_and_deleted_by_its_own_methods),
		GOODS_TEST(size_and_weight_are_emptied_by_nothing),
		GOODS_TEST(update_of_nothing_that_the_form_has_is_not_sent),
		GOODS_TEST(rows_are_of_the_form_that_their_type_says),
		GOODS_TEST(picture_of_a_good_goes_by_the_goods_own_method),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
