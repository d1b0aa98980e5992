#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "model/field.h"

#define PART "\x1f"

static int
make(void **state)
{
	struct fields *fields = mem_alloc(sizeof(*fields));

	fields_init(fields);
	*state = fields;
	return 0;
}

static int
drop(void **state)
{
	fields_free(*state);
	free(*state);
	return 0;
}

static void
put(struct fields *fields, enum field field, const char *value)
{
	assert_int_equal(fields_add(fields, field, str_of(value)), 0);
}

static void
assert_value(const struct fields *fields, enum field field, const char *want)
{
	struct str value = fields_get(fields, field);

	assert_true(str_is(value, want));
}

/* What walking must show: "3=x 5=y". */
static void
assert_all(const struct fields *fields, const char *want)
{
	struct buf seen = BUF_INIT(4096);
	struct str value;
	enum field field;
	size_t at = 0;

	while (fields_next(fields, &at, &field, &value))
		buf_printf(&seen, "%s%d=%.*s", seen.len > 0 ? " " : "",
		    (int)field, (int)value.len, value.p);
	assert_string_equal(buf_text(&seen), want);
	buf_free(&seen);
}

static void
every_field_with_a_name_is_found_by_it(void **state)
{
	int named = 0;
	int i;

	(void)state;
	for (i = FIELD_NONE; i < FIELD_LAST; i++) {
		const char *name = field_name((enum field)i);

		if (name == NULL)
			continue;
		named++;
		assert_int_equal(field_by_name(str_of(name)), i);
		assert_true(strlen(field_title((enum field)i)) > 0);
	}
	assert_int_equal(named, 108);
	assert_int_equal(field_by_name(str_of("article")), FIELD_ARTICLE);
	assert_int_equal(field_by_name(str_of("articl")), FIELD_NONE);
	assert_int_equal(field_by_name(STR_NONE), FIELD_NONE);
	assert_null(field_name(FIELD_NONE));
	assert_null(field_name((enum field)38));
	assert_null(field_name(FIELD_LAST));
	assert_string_equal(field_title((enum field)38), "unknown field");
}

static void
the_form_is_number_length_bytes(void **state)
{
	struct fields *fields = *state;

	put(fields, FIELD_ARTICLE, "A-1");
	put(fields, FIELD_NAME, "x");
	assert_true(str_eq(fields_bytes(fields),
	    str_n("\x01\x01x\x04\x03" "A-1", 8)));
	assert_int_equal(fields->count, 2);
}

static void
the_order_of_adding_does_not_change_the_bytes(void **state)
{
	struct fields *a = *state;
	struct fields b;

	fields_init(&b);
	put(a, FIELD_NAME, "n");
	put(a, FIELD_PICTURE, "1");
	put(a, FIELD_PICTURE, "2");
	put(a, FIELD_QUANTITY, "5");
	put(&b, FIELD_QUANTITY, "5");
	put(&b, FIELD_PICTURE, "1");
	put(&b, FIELD_NAME, "n");
	put(&b, FIELD_PICTURE, "2");
	assert_true(str_eq(fields_bytes(a), fields_bytes(&b)));
	assert_all(&b, "1=n 12=1 12=2 22=5");
	fields_free(&b);
}

static void
equal_fields_keep_their_order_when_a_later_one_is_there(void **state)
{
	struct fields *fields = *state;

	put(fields, FIELD_XML_ID, "z");
	put(fields, FIELD_PICTURE, "3");
	put(fields, FIELD_PICTURE, "1");
	put(fields, FIELD_NAME, "n");
	put(fields, FIELD_PICTURE, "2");
	put(fields, FIELD_PICTURE, "0");
	assert_all(fields, "1=n 12=3 12=1 12=2 12=0 43=z");
}

static void
empty_values_are_not_kept(void **state)
{
	struct fields *fields = *state;

	put(fields, FIELD_NAME, "");
	assert_int_equal(fields->count, 0);
	assert_false(fields_has(fields, FIELD_NAME));
	assert_int_equal(fields_bytes(fields).len, 0);
}

static void
lengths_of_one_and_more_bytes_come_back(void **state)
{
	static const size_t lengths[] = { 1, 127, 128, 16383, 16384, 2097152 };
	struct fields *fields = *state;
	struct fields back;
	size_t i;

	fields_init(&back);
	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		char *text = mem_alloc(lengths[i]);

		memset(text, 'a', lengths[i]);
		fields_clear(fields);
		put(fields, FIELD_ACTIVE, "Y");
		assert_int_equal(fields_add(fields, FIELD_DESCRIPTION,
		    str_n(text, lengths[i])), 0);
		assert_int_equal(fields_load(&back, fields_bytes(fields)), 0);
		assert_true(str_eq(fields_get(&back, FIELD_DESCRIPTION),
		    str_n(text, lengths[i])));
		assert_value(&back, FIELD_ACTIVE, "Y");
		free(text);
	}
	fields_free(&back);
}

static void
a_value_past_the_limit_changes_nothing(void **state)
{
	struct fields *fields = *state;
	char *text = mem_alloc(LIMIT_RECORD_BYTES);

	memset(text, 'a', LIMIT_RECORD_BYTES);
	put(fields, FIELD_NAME, "n");
	assert_int_equal(fields_add(fields, FIELD_DESCRIPTION,
	    str_n(text, LIMIT_RECORD_BYTES)), -1);
	assert_int_equal(fields_add_pair(fields, FIELD_DESCRIPTION,
	    str_n(text, LIMIT_RECORD_BYTES), str_of("b")), -1);
	assert_all(fields, "1=n");
	put(fields, FIELD_CODE, "c");
	assert_all(fields, "1=n 5=c");
	free(text);
}

static void
more_values_than_the_limit_are_refused(void **state)
{
	struct fields *fields = *state;
	int i;

	put(fields, FIELD_XML_ID, "z");
	for (i = 1; i < LIMIT_RECORD_FIELDS; i++)
		put(fields, FIELD_PICTURE, "p");
	assert_int_equal(fields_add(fields, FIELD_PICTURE, str_of("p")), -1);
	assert_int_equal(fields->count, LIMIT_RECORD_FIELDS);
}

static void
parts_of_a_value_are_told_apart(void **state)
{
	struct fields *fields = *state;
	struct str value;

	assert_int_equal(fields_add_pair(fields, FIELD_PROPERTY,
	    str_of("id"), str_of("red")), 0);
	assert_int_equal(fields_add_pair(fields, FIELD_STOCK, STR_NONE,
	    str_of("5")), 0);
	put(fields, FIELD_NAME, "n");
	value = fields_get(fields, FIELD_PROPERTY);
	assert_true(str_is(value, "id" PART "red"));
	assert_true(str_is(field_part(value, 0), "id"));
	assert_true(str_is(field_part(value, 1), "red"));
	assert_int_equal(field_part(value, 2).len, 0);
	value = fields_get(fields, FIELD_STOCK);
	assert_int_equal(field_part(value, 0).len, 0);
	assert_true(str_is(field_part(value, 1), "5"));
	value = str_of("a" PART PART "c");
	assert_int_equal(field_part(value, 1).len, 0);
	assert_true(str_is(field_part(value, 2), "c"));
	assert_int_equal(field_part(STR_NONE, 1).len, 0);
}

static void
a_pair_that_is_inserted_is_whole(void **state)
{
	struct fields *fields = *state;

	put(fields, FIELD_XML_ID, "z");
	assert_int_equal(fields_add_pair(fields, FIELD_STOCK, str_of("w"),
	    str_of("10")), 0);
	assert_int_equal(fields_add_pair(fields, FIELD_STOCK, str_of("v"),
	    STR_NONE), 0);
	assert_all(fields, "21=w" PART "10 21=v" PART " 43=z");
}

static void
set_replaces_every_value(void **state)
{
	struct fields *fields = *state;

	put(fields, FIELD_NAME, "n");
	put(fields, FIELD_PICTURE, "1");
	put(fields, FIELD_PICTURE, "2");
	put(fields, FIELD_XML_ID, "z");
	assert_int_equal(fields_set(fields, FIELD_PICTURE, str_of("9")), 0);
	assert_all(fields, "1=n 12=9 43=z");
	assert_int_equal(fields_set(fields, FIELD_XML_ID, STR_NONE), 0);
	assert_all(fields, "1=n 12=9");
	put(fields, FIELD_QUANTITY, "1");
	put(fields, FIELD_DELETED, "1");
	assert_all(fields, "1=n 3=1 12=9 22=1");
	assert_int_equal(fields->count, 4);
}

static void
remove_of_first_last_and_only_leaves_the_rest(void **state)
{
	struct fields *fields = *state;

	fields_remove(fields, FIELD_NAME);
	put(fields, FIELD_NAME, "n");
	put(fields, FIELD_CODE, "c");
	fields_remove(fields, FIELD_ARTICLE);
	fields_remove(fields, FIELD_NAME);
	assert_all(fields, "5=c");
	fields_remove(fields, FIELD_CODE);
	assert_int_equal(fields->count, 0);
	put(fields, FIELD_NAME, "n");
	assert_all(fields, "1=n");
}

static void
bytes_that_are_not_canonical_are_refused(void **state)
{
	static const struct {
		const char *p;
		size_t len;
	} bad[] = {
		{ "\x01", 1 },                  /* no length */
		{ "\x01\x02x", 3 },             /* too short */
		{ "\x01\x00", 2 },              /* empty value */
		{ "\x00\x01x", 3 },             /* field 0 */
		{ "\x26\x01x", 3 },             /* field 38 */
		{ "\xc8\x01x", 3 },             /* past the last */
		{ "\x04\x01x\x01\x01y", 6 },    /* not in order */
		{ "\x01\x81\x00x", 4 },         /* length longer than needed */
		{ "\x01\x80\x80\x80\x80\x80\x01x", 8 },
		{ "\x01\xff\xff\xff\xff\x7fx", 7 },
		{ "\x01\x01x\x01", 4 },         /* a piece left over */
	};
	struct fields *fields = *state;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		put(fields, FIELD_NAME, "old");
		assert_int_equal(fields_load(fields, str_n(bad[i].p,
		    bad[i].len)), -1);
		assert_int_equal(fields->count, 0);
		assert_int_equal(fields_bytes(fields).len, 0);
	}
	assert_int_equal(fields_load(fields, STR_NONE), 0);
	assert_int_equal(fields_load(fields, str_n("\x01\x01x\x01\x01y", 6)),
	    0);
	assert_int_equal(fields->count, 2);
	put(fields, FIELD_ARTICLE, "a");
	put(fields, FIELD_NAME, "z");
	assert_all(fields, "1=x 1=y 1=z 4=a");
}

static void
minus_names_what_differs_or_is_missing(void **state)
{
	struct fields *wanted = *state;
	struct fields agreed, out;

	fields_init(&agreed);
	fields_init(&out);
	put(wanted, FIELD_NAME, "new");
	put(wanted, FIELD_ARTICLE, "same");
	put(wanted, FIELD_UNIT, "796");
	put(wanted, FIELD_XML_ID, "id");
	put(&agreed, FIELD_NAME, "old");
	put(&agreed, FIELD_ARTICLE, "same");
	put(&agreed, FIELD_VAT, "20");
	put(&agreed, FIELD_XML_ID, "id");
	put(&out, FIELD_CODE, "rubbish");
	fields_minus(&out, wanted, &agreed);
	assert_all(&out, "1=new 7=796");
	fields_minus(&out, wanted, wanted);
	assert_int_equal(out.count, 0);
	fields_clear(&agreed);
	fields_minus(&out, wanted, &agreed);
	assert_true(str_eq(fields_bytes(&out), fields_bytes(wanted)));
	fields_free(&agreed);
	fields_free(&out);
}

static void
merge_puts_new_values_over_old(void **state)
{
	struct fields *to = *state;
	struct fields add;

	fields_init(&add);
	put(to, FIELD_NAME, "old");
	put(to, FIELD_PICTURE, "1");
	put(to, FIELD_PICTURE, "2");
	put(to, FIELD_VAT, "20");
	put(&add, FIELD_NAME, "new");
	put(&add, FIELD_UNIT, "796");
	put(&add, FIELD_PICTURE, "7");
	put(&add, FIELD_PICTURE, "8");
	fields_merge(to, &add);
	assert_all(to, "1=new 7=796 10=20 12=7 12=8");
	assert_int_equal(to->count, 5);
	fields_free(&add);
}

static void
a_copy_can_be_changed_apart(void **state)
{
	struct fields *from = *state;
	struct fields to;

	fields_init(&to);
	put(&to, FIELD_CODE, "gone");
	put(from, FIELD_NAME, "n");
	put(from, FIELD_XML_ID, "z");
	fields_copy(&to, from);
	put(&to, FIELD_ARTICLE, "a");
	put(from, FIELD_VAT, "0");
	assert_all(&to, "1=n 4=a 43=z");
	assert_all(from, "1=n 10=0 43=z");
	fields_free(&to);
}

static void
a_value_is_found_by_its_first_part(void **state)
{
	struct fields *fields = *state;
	struct str value = STR_NONE;

	assert_int_equal(fields_add_pair(fields, FIELD_STOCK, str_of("a"),
	    str_of("1")), 0);
	assert_int_equal(fields_add_pair(fields, FIELD_STOCK, str_of("ab"),
	    str_of("2")), 0);
	assert_int_equal(fields_add_pair(fields, FIELD_STOCK, str_of("a"),
	    str_of("3")), 0);
	assert_true(fields_find(fields, FIELD_STOCK, str_of("a"), &value));
	assert_true(str_is(field_part(value, 1), "1"));
	assert_true(fields_find(fields, FIELD_STOCK, str_of("ab"), NULL));
	assert_false(fields_find(fields, FIELD_STOCK, str_of("b"), &value));
	assert_false(fields_find(fields, FIELD_PRICE, str_of("a"), NULL));
	assert_true(str_is(field_part(value, 1), "1"));
}

static void
parts_are_taken_from_a_list(void **state)
{
	static const char text[] = { 'a', FIELD_PART, 'b', 'c', 0 };
	struct str list = str_of(text), part;

	(void)state;
	assert_true(field_part_next(&list, &part));
	assert_true(str_is(part, "a"));
	assert_true(field_part_next(&list, &part));
	assert_true(str_is(part, "bc"));
	assert_false(field_part_next(&list, &part));
	list = STR_NONE;
	assert_false(field_part_next(&list, &part));
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, make, drop)
	const struct CMUnitTest tests[] = {
		T(every_field_with_a_name_is_found_by_it),
		T(the_form_is_number_length_bytes),
		T(the_order_of_adding_does_not_change_the_bytes),
		T(equal_fields_keep_their_order_when_a_later_one_is_there),
		T(empty_values_are_not_kept),
		T(lengths_of_one_and_more_bytes_come_back),
		T(a_value_past_the_limit_changes_nothing),
		T(more_values_than_the_limit_are_refused),
		T(parts_of_a_value_are_told_apart),
		T(a_pair_that_is_inserted_is_whole),
		T(set_replaces_every_value),
		T(remove_of_first_last_and_only_leaves_the_rest),
		T(bytes_that_are_not_canonical_are_refused),
		T(minus_names_what_differs_or_is_missing),
		T(merge_puts_new_values_over_old),
		T(a_copy_can_be_changed_apart),
		T(a_value_is_found_by_its_first_part),
		T(parts_are_taken_from_a_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
