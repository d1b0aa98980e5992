#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "model/remote.h"
#include "model/target.h"

static void
kinds_and_verbs_have_names(void **state)
{
	int i;

	(void)state;
	for (i = TARGET_NONE + 1; i < TARGET_LAST; i++) {
		const char *name = target_kind_name((enum target_kind)i);

		assert_int_equal(target_kind_by_name(str_of(name)), i);
		assert_true(strlen(target_kind_title(
		    (enum target_kind)i)) > 0);
	}
	assert_int_equal(target_kind_by_name(str_of("none")), TARGET_NONE);
	assert_string_equal(target_kind_name((enum target_kind)99), "none");
	assert_string_equal(verb_name(VERB_CREATE), "create");
	assert_string_equal(verb_name(VERB_LINK), "link");
	assert_string_equal(verb_name((enum verb)99), "none");
}

static void
a_price_has_the_product_and_the_rule_in_its_key(void **state)
{
	struct target target;

	(void)state;
	assert_int_equal(target_set_price(&target, str_of("p1"),
	    str_of("BASE")), 0);
	assert_true(str_eq(target_key(&target), str_n("p1\0BASE", 7)));
	assert_true(str_is(target_id(&target), "p1"));
	assert_true(str_is(target_rule(&target), "BASE"));
}

static void
other_kinds_have_the_id_alone(void **state)
{
	struct target target;

	(void)state;
	assert_int_equal(target_set(&target, TARGET_PRODUCT, str_of("p#1")),
	    0);
	assert_true(str_is(target_key(&target), "p#1"));
	assert_true(str_is(target_id(&target), "p#1"));
	assert_int_equal(target_rule(&target).len, 0);
}

static void
keys_that_cannot_be_kept_are_refused(void **state)
{
	struct target target;
	char text[LIMIT_KEY_BYTES + 1];

	(void)state;
	memset(text, 'x', sizeof(text));
	assert_int_equal(target_set(&target, TARGET_SECTION,
	    str_n(text, LIMIT_KEY_BYTES)), 0);
	assert_int_equal(target_set(&target, TARGET_SECTION,
	    str_n(text, LIMIT_KEY_BYTES + 1)), -1);
	assert_int_equal(target_set(&target, TARGET_SECTION, STR_NONE), -1);
	assert_int_equal(target_set(&target, TARGET_SECTION,
	    str_n("a\0b", 3)), -1);
	assert_int_equal(target_set_price(&target,
	    str_n(text, LIMIT_KEY_BYTES - 5), str_of("BASE")), 0);
	assert_int_equal(target_set_price(&target,
	    str_n(text, LIMIT_KEY_BYTES - 4), str_of("BASE")), -1);
	assert_int_equal(target_set_price(&target,
	    str_n(text, LIMIT_KEY_BYTES), str_of("BASE")), -1);
	assert_int_equal(target_set_price(&target, str_of("p"), STR_NONE),
	    -1);
	assert_int_equal(target_set_price(&target, str_n("p\0", 2),
	    str_of("BASE")), -1);
}

static void
same_means_kind_and_key(void **state)
{
	struct target a, b;

	(void)state;
	target_set(&a, TARGET_PRODUCT, str_of("x"));
	target_set(&b, TARGET_PRODUCT, str_of("x"));
	assert_true(target_same(&a, &b));
	target_set(&b, TARGET_SECTION, str_of("x"));
	assert_false(target_same(&a, &b));
	target_set(&b, TARGET_PRODUCT, str_of("xx"));
	assert_false(target_same(&a, &b));
}

static void
a_request_frees_what_its_ops_hold(void **state)
{
	struct request *request = request_new(3);
	struct op *op = &request->ops[0];

	(void)state;
	assert_int_equal(request->size, 3);
	assert_int_equal(request->count, 0);
	fields_add(&op->fields, FIELD_NAME, str_of("n"));
	fields_add(&op->dropped, FIELD_NAME, str_of("n"));
	op->found = mem_array(2, sizeof(*op->found));
	op->found_count = 2;
	fields_init(&op->found[0].fields);
	fields_init(&op->found[1].fields);
	fields_add(&op->found[1].fields, FIELD_NAME, str_of("n"));
	op_free(&request->ops[0]);
	assert_null(op->found);
	assert_int_equal(op->found_count, 0);
	assert_int_equal(op->fields.count, 0);
	/* Twice is fine, and what is left is freed with the request (the
	 * sanitizer looks). */
	op_free(&request->ops[0]);
	fields_add(&request->ops[2].fields, FIELD_NAME, str_of("n"));
	request_free(request);
	request_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_and_verbs_have_names),
		cmocka_unit_test(
		    a_price_has_the_product_and_the_rule_in_its_key),
		cmocka_unit_test(other_kinds_have_the_id_alone),
		cmocka_unit_test(keys_that_cannot_be_kept_are_refused),
		cmocka_unit_test(same_means_kind_and_key),
		cmocka_unit_test(a_request_frees_what_its_ops_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
