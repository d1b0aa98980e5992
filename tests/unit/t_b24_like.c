/*
 * Goods that the portal holds already and that do not bear our mark: the
 * steps of catalog.adopt, and pictures, which are listed good by good.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "b24_fixture.h"
#include "bitrix/b24_internal.h"

#define NO_GOODS "{\"c0\":{\"products\":[]}}"

/* A portal with variations and `adopt`, that answers a find with these. */
static void
prepared_with(const char *adopt, char *one, char *two, char *three)
{
	char *answers[] = { loopback_json(200, FACTS_1),
	    loopback_json(200, FACTS_2), one, two, three };
	size_t count = 3 + (two != NULL ? 1U : 0) +
	    (three != NULL ? 1U : 0);
	char *catalog = mem_printf(USUAL ",\"adopt\":%s", adopt);
	struct err err = { 0 };

	loopback_start(&server, answers, count);
	open_webhook(catalog);
	free(catalog);
	if (remote.prepare(remote.ctx, true, &facts, &err) == -1)
		fail_msg("%s", err.text);
	request = request_new(60);
}

static struct op *
add_like(enum target_kind kind, const char *id, const char *article,
    const char *name)
{
	struct op *op = add(OP_FIND, kind, id);

	op->likeness = true;
	set(op, FIELD_ARTICLE, article);
	set(op, FIELD_NAME, name);
	return op;
}

static const char *
how(const struct op *op, size_t row)
{
	static char text[32];
	struct str tag = fields_get(&op->found[row].fields, FIELD_TAG);

	(void)snprintf(text, sizeof(text), "%.*s", (int)tag.len,
	    tag.len > 0 ? tag.p : "");
	return text;
}

static void
article_is_asked_of_those_without_a_mark(void **state)
{
	struct op *marked, *like;
	const char *asked;

	(void)state;
	prepared_with("[\"xmlId\",\"article\"]", loopback_json(200, BATCH(
	    "{\"c0\":{\"products\":[{\"id\":1,\"xmlId\":\"p0\"}]}}", "[]")),
	    loopback_json(200, BATCH("{\"c0\":{\"products\":["
	    "{\"id\":5,\"xmlId\":\"5\",\"property95\":{\"value\":\" A-1\"}},"
	    "{\"id\":6,\"xmlId\":\"x\",\"property95\":{\"value\":\"a-1\"}},"
	    "{\"id\":7,\"type\":3,\"property95\":{\"value\":\"A-1\"}},"
	    "{\"id\":8,\"type\":1,\"property95\":{\"value\":\"A-1\"}}]}}",
	    "[]")), NULL);
	marked = add_like(TARGET_PRODUCT, "p0", "A-0", "N");
	like = add_like(TARGET_PRODUCT, "p1", "A-1", "N");
	run();
	assert_int_equal(marked->found_count, 1);
	assert_string_equal(how(marked, 0), "");
	assert_int_equal(like->outcome, OUTCOME_DONE);
	assert_int_equal(like->found_count, 2);
	assert_int_equal(like->found[0].portal_id, 5);
	assert_int_equal(like->found[1].portal_id, 8);
	assert_string_equal(how(like, 0), "article");
	asked = loopback_request(&server, 3);
	assert_non_null(strstr(asked, "filter%5B%3Dproperty95%5D%5B0%5D=A-1"));
	assert_null(strstr(asked, "A-0"));
}

static void
steps_are_taken_in_the_order_of_the_rule_until_one_finds(void **state)
{
	struct op *one, *two;

	(void)state;
	/* Nothing is known of a barcode here: that step is left out. */
	prepared_with("[\"barcode\",\"name\",\"article\"]",
	    loopback_json(200, BATCH(NO_GOODS, "[]")),
	    loopback_json(200, BATCH("{\"c0\":{\"products\":[{\"id\":5,"
	    "\"name\":\"Стол  Дуб\"}]}}", "[]")),
	    loopback_json(200, BATCH("{\"c0\":{\"products\":[{\"id\":6,"
	    "\"property95\":{\"value\":\"A-1\"}}]}}", "[]")));
	one = add_like(TARGET_PRODUCT, "p0", "A-0", "стол дуб");
	two = add_like(TARGET_PRODUCT, "p1", "A-1", "стул");
	run();
	assert_int_equal(one->found_count, 1);
	assert_string_equal(how(one, 0), "name");
	assert_int_equal(two->found_count, 1);
	assert_int_equal(two->found[0].portal_id, 6);
	assert_string_equal(how(two, 0), "article");
	assert_null(strstr(loopback_request(&server, 4), "A-0"));
}

static void
barcode_is_asked_where_its_property_is_known(void **state)
{
	struct term term = { .kind = TERM_PROPERTY, .portal_id = 113,
	    .id = (char []){ "@Штрихкод" }, .name = (char []){ "Штрихкод" } };
	struct terms terms = { .items = &term, .count = 1 };
	char *answers[] = { loopback_json(200, FACTS_1),
	    loopback_json(200, BATCH("{\"c0\":{\"productProperties\":["
	    "{\"id\":95,\"iblockId\":14,\"code\":\"CML2_ARTICLE\","
	    "\"propertyType\":\"S\"},{\"id\":113,\"iblockId\":14,\"code\":"
	    "\"CML2_BAR_CODE\",\"propertyType\":\"S\",\"multiple\":\"Y\"}]},"
	    "\"c1\":{\"products\":[{\"id\":1}]},\"c2\":{\"sections\":[]},"
	    NO_MORE_GOODS "}", "[]")),
	    loopback_json(200, BATCH("{\"c0\":{\"services\":[]}}", "[]")),
	    loopback_json(200, BATCH("{\"c0\":{\"services\":[{\"id\":5,"
	    "\"property113\":[{\"value\":\"1\"},{\"value\":\"46\"}]}]}}",
	    "[]")) };
	bool unsure;
	struct op *op;

	(void)state;
	loopback_start(&server, answers, 4);
	open_webhook(USUAL ",\"adopt\":[\"xmlId\",\"barcode\"]");
	assert_int_equal(remote.prepare(remote.ctx, true, &facts, NULL), 0);
	assert_int_equal(remote.learn(remote.ctx, &terms, true, &unsure,
	    NULL), 0);
	request = request_new(60);
	op = add_like(TARGET_SERVICE, "s", "A-0", "N");
	set(op, FIELD_PROPERTIES, "@Штрихкод\x1f" "46");
	run();
	assert_int_equal(op->found_count, 1);
	assert_string_equal(how(op, 0), "barcode");
	assert_non_null(strstr(loopback_request(&server, 3),
	    "filter%5B%3Dproperty113%5D%5B0%5D=46"));
}

static void
lost_answers_are_known_by_their_mark_alone(void **state)
{
	(void)state;
	prepared_with("[\"article\"]", loopback_json(200, BATCH(NO_GOODS,
	    "[]")), NULL, NULL);
	add_like(TARGET_PRODUCT, "p0", "A-0", "N")->likeness = false;
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_DONE);
	assert_int_equal(request->ops[0].found_count, 0);
	assert_string_equal(loopback_request(&server, 3), "");
}

static void
variations_are_alike_within_their_product(void **state)
{
	struct op *op;

	(void)state;
	prepared_with("[\"article\"]", loopback_json(200, BATCH(
	    "{\"c0\":{\"offers\":[]}}", "[]")), loopback_json(200, BATCH(
	    "{\"c0\":{\"offers\":[{\"id\":7,\"type\":4,\"parentId\":"
	    "{\"value\":\"4\"},\"property97\":{\"value\":\"A-1\"}},{\"id\":8,"
	    "\"type\":4,\"parentId\":{\"value\":\"5\"},\"property97\":"
	    "{\"value\":\"A-1\"}}]}}", "[]")), NULL);
	op = add_like(TARGET_OFFER, "p1#1", "A-1", "N");
	op->parent_id = 5;
	run();
	assert_int_equal(op->found_count, 1);
	assert_int_equal(op->found[0].portal_id, 8);
	assert_string_equal(how(op, 0), "article");
}

static void
sections_are_alike_by_name_whatever_the_rule_says_of_goods(void **state)
{
	struct op *op;

	(void)state;
	prepared_with("[\"xmlId\"]", loopback_json(200, BATCH(
	    "{\"c0\":{\"sections\":[]}}", "[]")), loopback_json(200, BATCH(
	    "{\"c0\":{\"sections\":[{\"id\":3,\"name\":\"Бумага\"},{\"id\":4,"
	    "\"name\":\"БУМАГА\",\"iblockSectionId\":2},{\"id\":5,\"name\":"
	    "\"Бумага 2\",\"iblockSectionId\":2}]}}", "[]")), NULL);
	op = add(OP_FIND, TARGET_SECTION, "g1");
	op->likeness = true;
	op->parent_id = 2;
	set(op, FIELD_NAME, "Бумага");
	run();
	assert_int_equal(op->found_count, 1);
	assert_int_equal(op->found[0].portal_id, 4);
	assert_string_equal(how(op, 0), "name");
}

static void
mark_is_asked_of_the_other_forms_too(void **state)
{
	struct op *op;

	(void)state;
	prepared(loopback_json(200, BATCH("{\"c0\":{\"units\":[]},\"c1\":"
	    "{\"products\":[{\"id\":3,\"xmlId\":\"p\",\"type\":1,"
	    "\"active\":\"Y\"},{\"id\":4,\"xmlId\":\"p\",\"type\":3}]}}",
	    "[]")), NULL, NULL);
	op = add(OP_FIND, TARGET_PARENT, "p");
	op->elsewhere = true;
	run();
	assert_int_equal(op->outcome, OUTCOME_DONE);
	assert_int_equal(op->found_count, 0);
	assert_int_equal(op->other_count, 1);
	assert_int_equal(op->others[0].portal_id, 3);
	assert_int_equal(op->others[0].kind, TARGET_PRODUCT);
	assert_true(str_is(fields_get(&op->others[0].fields, FIELD_ACTIVE),
	    "Y"));
	assert_null(strstr(loopback_request(&server, 2), "offer.list"));
}

static void
each_form_is_looked_for_in_its_own_list(void **state)
{
	const char *asked;

	(void)state;
	prepared(loopback_json(200, BATCH("{\"c0\":{\"units\":[{\"id\":1,"
	    "\"xmlId\":\"p\",\"type\":6}]},\"c1\":{\"offers\":[{\"id\":2,"
	    "\"xmlId\":\"p#1\",\"type\":4,\"property97\":{\"value\":\"A\"}}]},"
	    "\"c2\":{\"services\":[{\"id\":3,\"xmlId\":\"s\",\"type\":7},"
	    "{\"id\":4,\"xmlId\":\"s\",\"type\":1}]}}", "[]")), NULL, NULL);
	add(OP_FIND, TARGET_PARENT, "p");
	add(OP_FIND, TARGET_OFFER, "p#1");
	add(OP_FIND, TARGET_SERVICE, "s");
	run();
	for (int i = 0; i < 3; i++) {
		assert_int_equal(request->ops[i].found_count, 1);
		assert_int_equal(request->ops[i].found[0].portal_id, i + 1);
	}
	assert_true(str_is(fields_get(&request->ops[1].found[0].fields,
	    FIELD_ARTICLE), "A"));
	asked = loopback_request(&server, 2);
	assert_non_null(strstr(asked, "catalog.product.sku.list?"));
	assert_non_null(strstr(asked, "filter%5BiblockId%5D=15&"
	    "filter%5B%3DxmlId%5D%5B0%5D=p%231"));
	assert_non_null(strstr(asked, "catalog.product.service.list?"));
}

static void
step_that_is_not_answered_leaves_it_open(void **state)
{
	(void)state;
	prepared_with("[\"article\"]", loopback_json(200, BATCH(NO_GOODS,
	    "[]")), mem_text(""), NULL);
	add_like(TARGET_PRODUCT, "p0", "A-0", "N");
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_AGAIN);
	assert_false(request->answered);
}

/* ---- pictures ---- */

static struct op *
add_picture(const char *id, const char *part, int64_t good)
{
	struct op *op = add(OP_FIND, TARGET_PICTURE, id);

	(void)target_set_part(&op->target, TARGET_PICTURE, str_of(id),
	    str_of(part));
	op->parent_id = good;
	op->parent_kind = TARGET_PRODUCT;
	set(op, FIELD_FILE, "a.png");
	set(op, FIELD_HASH, part);
	return op;
}

#define IMAGE(id, name) "{\"id\":" id ",\"productId\":5,\"type\":" \
	"\"MORE_PHOTO\",\"name\":\"" name "\"}"

static void
pictures_are_listed_for_each_good(void **state)
{
	struct op *named, *by_id, *gone, *main_one;

	(void)state;
	prepared(loopback_json(200, BATCH("{\"c0\":{\"productImages\":["
	    IMAGE("71", "a.png") "," IMAGE("73", "b.png") "]},"
	    "\"c1\":{\"productImages\":[" IMAGE("71", "a.png") ","
	    IMAGE("73", "b.png") "]}}", "{\"c2\":{\"error\":0,"
	    "\"error_description\":\"Product not found\"}}")), NULL, NULL);
	named = add_picture("p", "h1", 5);
	by_id = add_picture("p", "h2", 5);
	by_id->portal_id = 73;
	fields_clear(&by_id->fields);
	gone = add_picture("q", "h1", 6);
	main_one = add_picture("p", TARGET_MAIN, 5);
	run();
	assert_int_equal(named->found_count, 1);
	assert_int_equal(named->found[0].portal_id, 71);
	assert_int_equal(by_id->found_count, 1);
	assert_int_equal(by_id->found[0].portal_id, 73);
	assert_int_equal(gone->outcome, OUTCOME_DONE);
	assert_int_equal(gone->found_count, 0);
	assert_int_equal(main_one->outcome, OUTCOME_DONE);
	assert_int_equal(main_one->found_count, 0);
	assert_true(request->answered);
}

/* ---- facts ---- */

static void
article_of_variations_is_made_where_1c_has_some(void **state)
{
	struct term term = { .kind = TERM_TRAIT, .rule = TERM_MATCHED,
	    .id = (char []){ "Цвет" }, .name = (char []){ "Цвет" } };
	struct terms terms = { .items = &term, .count = 1 };
	bool unsure;
	char *answers[] = { loopback_json(200, FACTS_1),
	    loopback_json(200, BATCH("{\"c0\":{\"productProperties\":["
	    "{\"id\":95,\"iblockId\":14,\"name\":\"артикул\","
	    "\"propertyType\":\"S\"}]},\"c1\":{\"products\":[]},\"c2\":"
	    "{\"sections\":[]},\"c3\":{\"services\":[{\"id\":1}]},\"c4\":"
	    "{\"productProperties\":[]},\"c5\":{\"units\":[{\"id\":2}]},"
	    "\"c6\":{\"offers\":[]}}", "[]")),
	    loopback_json(200, BATCH("{\"c0\":{\"productProperty\":{\"id\":"
	    "77}}}", "[]")) };

	(void)state;
	loopback_start(&server, answers, 3);
	open_webhook(USUAL ",\"characteristics\":\"variations\"");
	assert_int_equal(remote.prepare(remote.ctx, true, &facts, NULL), 0);
	assert_string_equal(loopback_request(&server, 2), "");
	/* 1C has one, and no way is known to say its colour. */
	assert_int_equal(remote.learn(remote.ctx, &terms, true, &unsure,
	    NULL), 0);
	assert_non_null(strstr(loopback_request(&server, 2),
	    "catalog.productProperty.add?fields%5BiblockId%5D=15"));
	assert_int_equal(((struct b24 *)remote.ctx)->facts.offers_article,
	    77);
	assert_true(facts.variations);
	assert_true(facts.offers_empty);
	assert_false(facts.parents_empty);
	assert_false(facts.services_empty);
}

static void
portal_without_variations_is_asked_for_none(void **state)
{
	char *answers[] = { loopback_json(200, BATCH("{\"c0\":{\"catalogs\":["
	    "{\"iblockId\":14,\"id\":14,\"name\":\"G\",\"productIblockId\":"
	    "null}]},\"c1\":{\"priceTypes\":[{\"id\":1,\"name\":\"BASE\"}]},"
	    "\"c2\":{\"vats\":[]},\"c3\":{\"measures\":[]},\"c4\":\"N\","
	    "\"c5\":{\"priceTypeLangs\":[]}}", "[]")),
	    loopback_json(200, BATCH("{\"c0\":{\"productProperties\":["
	    "{\"id\":95,\"iblockId\":14,\"code\":\"CML2_ARTICLE\","
	    "\"propertyType\":\"S\"}]},\"c1\":{\"products\":[]},\"c2\":"
	    "{\"sections\":[]}}", "{\"c3\":{\"error\":"
	    "\"ERROR_METHOD_NOT_FOUND\"}}")) };

	(void)state;
	loopback_start(&server, answers, 2);
	open_webhook(USUAL ",\"characteristics\":\"variations\"");
	assert_int_equal(remote.prepare(remote.ctx, true, &facts, NULL), 0);
	assert_false(facts.variations);
	assert_true(facts.parents_empty);
	assert_true(facts.offers_empty);
	assert_false(facts.services_empty);
	assert_null(strstr(loopback_request(&server, 1), "sku.list"));
}

static void
user_is_known_where_documents_are_made(void **state)
{
	char *answers[] = { loopback_json(200, FACTS_1),
	    loopback_json(200, BATCH("{\"c0\":{\"productProperties\":["
	    "{\"id\":95,\"iblockId\":14,\"code\":\"CML2_ARTICLE\","
	    "\"propertyType\":\"S\"}]},\"c1\":{\"products\":[]},\"c2\":"
	    "{\"sections\":[]}," NO_MORE_GOODS ",\"c7\":{\"ID\":\"17\"},"
	    "\"c8\":\"BYN\"}", "[]")) };

	(void)state;
	loopback_start(&server, answers, 2);
	open_webhook(USUAL ",\"stock\":\"documents\",\"units\":{\"777\":"
	    "\"create\",\"778\":\"ignore\"}");
	assert_int_equal(remote.prepare(remote.ctx, true, &facts, NULL), 0);
	assert_non_null(strstr(loopback_request(&server, 1), "\"c7\":"
	    "\"profile"));
	assert_int_equal(((struct b24 *)remote.ctx)->facts.user, 17);
	assert_string_equal(((struct b24 *)remote.ctx)->facts.currency, "BYN");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		REMOTE_TEST(article_is_asked_of_those_without_a_mark),
		REMOTE_TEST(
		    steps_are_taken_in_the_order_of_the_rule_until_one_finds),
		REMOTE_TEST(barcode_is_asked_where_its_property_is_known),
		REMOTE_TEST(lost_answers_are_known_by_their_mark_alone),
		REMOTE_TEST(variations_are_alike_within_their_product),
		REMOTE_TEST(
		    sections_are_alike_by_name_whatever_the_rule_says_of_goods),
		REMOTE_TEST(mark_is_asked_of_the_other_forms_too),
		REMOTE_TEST(each_form_is_looked_for_in_its_own_list),
		REMOTE_TEST(step_that_is_not_answered_leaves_it_open),
		REMOTE_TEST(pictures_are_listed_for_each_good),
		REMOTE_TEST(
		    article_of_variations_is_made_where_1c_has_some),
		REMOTE_TEST(portal_without_variations_is_asked_for_none),
		REMOTE_TEST(user_is_known_where_documents_are_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
