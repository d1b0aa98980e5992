/*
 * Pictures: where their bytes go for each form of a good, what is refused
 * before anything leaves, and what an answer tells.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "b24_fixture.h"
#include "b24_op.h"

#define BYTES "foobar"
#define HASH "c3ab8ff13720e8ad9047dd39466b3c8974e592c2fa383d4a3960714caef0c4f2"
#define OTHER "c3ab8ff13720e8ad9047dd39466b3c8974e592c2fa383d4a3960714caef0c4f3"

static char *path;

static int
picture_make(void **state)
{
	int rc = scratch_make(state);

	folder = *state;
	path = file_join(folder, "a.png");
	scratch_put(path, BYTES);
	op_make();
	return rc;
}

static int
picture_drop(void **state)
{
	(void)op_drop(state);
	free(path);
	return scratch_remove(state);
}

static struct b24_property gallery = { .id = 89, .iblock = 14,
    .code = T("MORE_PHOTO"), .type = 'F', .active = true };

static void
picture(enum op_kind kind, enum target_kind good, const char *part)
{
	b24.facts.iblock = 14;
	b24.facts.offers_iblock = 15;
	b24.facts.properties = &gallery;
	b24.facts.property_count = 1;
	op.kind = kind;
	op.parent_kind = good;
	op.parent_id = 7;
	op.portal_id = 31;
	op.path = path;
	op.path_bytes = strlen(BYTES);
	assert_int_equal(target_set_part(&op.target, TARGET_PICTURE,
	    str_of("p"), str_of(part)), 0);
	want(FIELD_HASH, HASH);
	want(FIELD_FILE, "c3ab8ff1.png");
}

/* The method and parameters; NULL: refused. */
static const char *
sent(void)
{
	cJSON *object;
	char *text;

	if (!b24_picture_write(&b24, &op, &command))
		return NULL;
	assert_int_equal(command.method, b24_picture_method(&op));
	object = b24_query_json(&command.query);
	text = cJSON_PrintUnformatted(object);
	free(said);
	said = mem_printf("%s %s", b24_methods_info(command.method)->name,
	    text);
	cJSON_free(text);
	cJSON_Delete(object);
	b24_batch_command_free(&command);
	return said;
}

static void
main_picture_is_a_field_of_its_good(void **state)
{
	(void)state;
	picture(OP_CREATE, TARGET_PRODUCT, TARGET_MAIN);
	assert_string_equal(sent(), "catalog.product.update {\"id\":\"7\","
	    "\"fields\":{\"detailPicture\":{\"fileData\":{\"0\":"
	    "\"c3ab8ff1.png\",\"1\":\"Zm9vYmFy\"}}}}");
}

static void
each_form_of_a_good_has_its_method(void **state)
{
	(void)state;
	picture(OP_UPDATE, TARGET_PARENT, TARGET_MAIN);
	assert_int_equal(b24_picture_method(&op), B24_SKU_UPDATE);
	op.parent_kind = TARGET_OFFER;
	assert_int_equal(b24_picture_method(&op), B24_OFFER_UPDATE);
	op.parent_kind = TARGET_SERVICE;
	assert_int_equal(b24_picture_method(&op), B24_SERVICE_UPDATE);
	op.kind = OP_FIND;
	assert_int_equal(b24_picture_method(&op), B24_IMAGE_LIST);
}

static void
main_picture_is_deleted_by_its_id_too(void **state)
{
	(void)state;
	picture(OP_DELETE, TARGET_OFFER, TARGET_MAIN);
	op.path = NULL;
	assert_string_equal(sent(), "catalog.productImage.delete "
	    "{\"productId\":\"7\",\"id\":\"31\"}");
}

static void
other_picture_is_added_to_the_gallery(void **state)
{
	(void)state;
	picture(OP_CREATE, TARGET_PRODUCT, HASH);
	assert_string_equal(sent(), "catalog.productImage.add {\"fields\":{"
	    "\"productId\":\"7\",\"type\":\"MORE_PHOTO\"},\"fileContent\":{"
	    "\"0\":\"c3ab8ff1.png\",\"1\":\"Zm9vYmFy\"}}");
}

static void
without_a_gallery_nothing_is_sent(void **state)
{
	(void)state;
	picture(OP_CREATE, TARGET_OFFER, HASH);
	assert_null(sent());
	assert_int_equal(op.outcome, OUTCOME_REFUSED);
	assert_string_equal(op.code, "no-gallery");
}

static void
other_picture_is_deleted_by_its_id(void **state)
{
	(void)state;
	picture(OP_DELETE, TARGET_PRODUCT, HASH);
	op.path = NULL;
	assert_string_equal(sent(), "catalog.productImage.delete "
	    "{\"productId\":\"7\",\"id\":\"31\"}");
}

static void
refused_as_missing(void)
{
	assert_null(sent());
	assert_int_equal(op.outcome, OUTCOME_REFUSED);
	assert_string_equal(op.code, "picture-missing");
	assert_true(op.text[0] != '\0');
}

static void
file_that_is_gone_is_refused(void **state)
{
	(void)state;
	picture(OP_CREATE, TARGET_PRODUCT, HASH);
	(void)unlink(path);
	refused_as_missing();
}

static void
picture_without_a_file_is_refused(void **state)
{
	(void)state;
	picture(OP_CREATE, TARGET_PRODUCT, TARGET_MAIN);
	op.path = NULL;
	refused_as_missing();
}

static void
empty_file_is_refused(void **state)
{
	(void)state;
	picture(OP_CREATE, TARGET_PRODUCT, TARGET_MAIN);
	scratch_put(path, "");
	refused_as_missing();
}

/* The portal would have other bytes than are remembered. */
static void
file_with_other_bytes_is_refused(void **state)
{
	(void)state;
	picture(OP_CREATE, TARGET_PRODUCT, TARGET_MAIN);
	want(FIELD_HASH, OTHER);
	refused_as_missing();
}

static void
take(const char *text)
{
	op.outcome = OUTCOME_DONE;
	b24_picture_taken(&op, parsed(text));
}

static void
id_of_a_main_picture_is_the_files(void **state)
{
	(void)state;
	picture(OP_CREATE, TARGET_PRODUCT, TARGET_MAIN);
	take("{\"element\":{\"id\":7,\"detailPicture\":{\"id\":\"6509\"}}}");
	assert_int_equal(op.new_id, 6509);
	op.parent_kind = TARGET_PARENT;
	take("{\"sku\":{\"id\":7,\"detailPicture\":{\"id\":12}}}");
	assert_int_equal(op.new_id, 12);
	assert_int_equal(op.dropped.count, 0);
}

static void
good_that_shows_no_picture_did_not_take_it(void **state)
{
	(void)state;
	picture(OP_CREATE, TARGET_PRODUCT, TARGET_MAIN);
	take("{\"element\":{\"id\":7,\"detailPicture\":null}}");
	assert_int_equal(op.outcome, OUTCOME_DONE);
	assert_true(fields_has(&op.dropped, FIELD_HASH));
}

static void
removed_picture_shows_nothing_and_is_done(void **state)
{
	(void)state;
	picture(OP_DELETE, TARGET_PRODUCT, TARGET_MAIN);
	take("true");
	assert_int_equal(op.outcome, OUTCOME_DONE);
	assert_int_equal(op.dropped.count, 0);
}

static void
image_without_an_id_is_unknown(void **state)
{
	(void)state;
	picture(OP_CREATE, TARGET_PRODUCT, HASH);
	take("{\"productImage\":{\"id\":88}}");
	assert_int_equal(op.outcome, OUTCOME_DONE);
	assert_int_equal(op.new_id, 88);
	take("[]");
	assert_int_equal(op.outcome, OUTCOME_UNKNOWN);
}

static int64_t
found_in(const char *row)
{
	fields_free(&held.fields);
	b24_picture_found(&op, parsed(row), &held);
	return held.portal_id;
}

static void
image_is_found_by_its_name_in_the_gallery(void **state)
{
	(void)state;
	picture(OP_FIND, TARGET_PRODUCT, HASH);
	assert_int_equal(found_in("{\"id\":5,\"productId\":7,\"type\":"
	    "\"MORE_PHOTO\",\"name\":\"c3ab8ff1.png\"}"), 5);
	assert_string_equal(text_of(&held.fields, FIELD_HASH), HASH);
	assert_int_equal(found_in("{\"id\":5,\"productId\":7,\"type\":"
	    "\"MORE_PHOTO\",\"name\":\"other.png\"}"), 0);
	assert_int_equal(found_in("{\"id\":5,\"productId\":8,\"type\":"
	    "\"MORE_PHOTO\",\"name\":\"c3ab8ff1.png\"}"), 0);
	assert_int_equal(found_in("{\"id\":5,\"productId\":7,\"type\":"
	    "\"DETAIL_PICTURE\",\"name\":\"c3ab8ff1.png\"}"), 0);
}

/* ---- requests ---- */

static void
open_portal(void)
{
	char *answers[] = { loopback_json(200, "{}") };

	loopback_start(&server, answers, 1);
	open_webhook(USUAL);
	request = request_new(10);
}

static struct op *
add_picture(size_t bytes)
{
	struct op *picture_op = &request->ops[request->count++];

	picture_op->kind = OP_CREATE;
	picture_op->parent_kind = TARGET_PRODUCT;
	(void)target_set_part(&picture_op->target, TARGET_PICTURE,
	    str_of("p"), str_of(HASH));
	picture_op->path_bytes = bytes;
	return picture_op;
}

static bool
next_fits(void)
{
	const struct op *next = &request->ops[--request->count];

	return remote.fits(remote.ctx, request, next);
}

static void
small_pictures_share_a_request(void **state)
{
	(void)state;
	open_portal();
	(void)add_picture(LIMIT_MIB);
	(void)add_picture(LIMIT_MIB);
	assert_true(next_fits());
	request->count = 2;
	(void)add_picture(1);
	assert_false(next_fits());
}

static void
large_picture_goes_alone(void **state)
{
	(void)state;
	open_portal();
	(void)add_picture(LIMIT_PICTURE_BYTES);
	assert_true(next_fits());
	request->count = 1;
	(void)add_picture(1);
	assert_false(next_fits());
}

static void
pictures_and_goods_go_apart(void **state)
{
	(void)state;
	open_portal();
	(void)add_picture(10);
	(void)add(OP_CREATE, TARGET_PRODUCT, "p");
	assert_false(next_fits());
	request->count = 0;
	op_free(&request->ops[0]);
	op_init(&request->ops[0]);
	(void)add(OP_CREATE, TARGET_PRODUCT, "p");
	(void)add_picture(10);
	assert_false(next_fits());
}

#define PICTURE_TEST(test) \
	cmocka_unit_test_setup_teardown(test, picture_make, picture_drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PICTURE_TEST(main_picture_is_a_field_of_its_good),
		PICTURE_TEST(each_form_of_a_good_has_its_method),
		PICTURE_TEST(main_picture_is_deleted_by_its_id_too),
		PICTURE_TEST(other_picture_is_added_to_the_gallery),
		PICTURE_TEST(without_a_gallery_nothing_is_sent),
		PICTURE_TEST(other_picture_is_deleted_by_its_id),
		PICTURE_TEST(file_that_is_gone_is_refused),
		PICTURE_TEST(picture_without_a_file_is_refused),
		PICTURE_TEST(empty_file_is_refused),
		PICTURE_TEST(file_with_other_bytes_is_refused),
		PICTURE_TEST(id_of_a_main_picture_is_the_files),
		PICTURE_TEST(good_that_shows_no_picture_did_not_take_it),
		PICTURE_TEST(removed_picture_shows_nothing_and_is_done),
		PICTURE_TEST(image_without_an_id_is_unknown),
		PICTURE_TEST(image_is_found_by_its_name_in_the_gallery),
		REMOTE_TEST(small_pictures_share_a_request),
		REMOTE_TEST(large_picture_goes_alone),
		REMOTE_TEST(pictures_and_goods_go_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
