#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "base/mem.h"
#include "model/term.h"

static void
a_set_knows_what_was_put(void **state)
{
	struct term_set *set = term_set_new();
	char id[24];

	(void)state;
	for (int i = 0; i < 2000; i++) {
		(void)snprintf(id, sizeof(id), "v%d", i);
		term_set_put(set, TERM_VALUE, str_of("p"), str_of(id), i + 1);
	}
	for (int i = 0; i < 2000; i++) {
		(void)snprintf(id, sizeof(id), "v%d", i);
		assert_int_equal(term_set_get(set, TERM_VALUE, str_of("p"),
		    str_of(id)), i + 1);
	}
	assert_int_equal(term_set_get(set, TERM_VALUE, str_of("q"),
	    str_of("v1")), 0);
	assert_int_equal(term_set_get(set, TERM_PROPERTY, str_of("p"),
	    str_of("v1")), 0);
	term_set_put(set, TERM_VALUE, str_of("p"), str_of("v1"), 0);
	assert_int_equal(term_set_get(set, TERM_VALUE, str_of("p"),
	    str_of("v1")), 0);
	term_set_free(set);
	assert_int_equal(term_set_get(NULL, TERM_UNIT, STR_NONE,
	    str_of("796")), 0);
}

/* "ab" of "c" is not "b" of "ca". */
static void
parts_do_not_run_together(void **state)
{
	struct term_set *set = term_set_new();

	(void)state;
	term_set_put(set, TERM_VALUE, str_of("ca"), str_of("b"), 7);
	assert_int_equal(term_set_get(set, TERM_VALUE, str_of("c"),
	    str_of("ab")), 0);
	term_set_free(set);
}

static uint64_t
hash_with(enum term_kind kind, const char *of, int64_t number)
{
	struct term_set *set = term_set_new();
	uint64_t hash;

	term_set_put(set, TERM_PROPERTY, STR_NONE, str_of("a"), 5);
	if (kind != TERM_NONE)
		term_set_put(set, kind, str_of(of), str_of("b"), number);
	hash = term_set_hash(set);
	term_set_free(set);
	return hash;
}

/* What goods are derived with changes the hash, and nothing else. */
static void
the_hash_is_of_what_goods_are_told_by(void **state)
{
	uint64_t plain = hash_with(TERM_NONE, "", 0);

	(void)state;
	assert_true(hash_with(TERM_PROPERTY, "", 6) != plain);
	assert_true(hash_with(TERM_PROPERTY, "", 6) ==
	    hash_with(TERM_PROPERTY, "", 9));
	assert_true(hash_with(TERM_TRAIT, "", 6) != plain);
	assert_true(hash_with(TERM_PROPERTY, "", 0) == plain);
	assert_true(hash_with(TERM_VALUE, "a", 6) == plain);
	assert_true(hash_with(TERM_UNIT, "", 6) == plain);
	/* Another store holds another amount. */
	assert_true(hash_with(TERM_STORE, "", 6) !=
	    hash_with(TERM_STORE, "", 7));
	assert_true(term_set_hash(NULL) == 0);
}

static void
the_hash_does_not_heed_the_order(void **state)
{
	struct term_set *a = term_set_new(), *b = term_set_new();

	(void)state;
	term_set_put(a, TERM_PROPERTY, STR_NONE, str_of("x"), 1);
	term_set_put(a, TERM_TRAIT, STR_NONE, str_of("y"), 2);
	term_set_put(b, TERM_TRAIT, STR_NONE, str_of("y"), 2);
	term_set_put(b, TERM_PROPERTY, STR_NONE, str_of("x"), 1);
	assert_true(term_set_hash(a) == term_set_hash(b));
	term_set_free(a);
	term_set_free(b);
}

static void
a_list_owns_its_texts(void **state)
{
	struct terms list = { 0 };

	(void)state;
	for (int i = 0; i < 100; i++) {
		struct term *term = term_list_add(&list);

		term->id = mem_text("id");
		term->of = mem_text("of");
		term->name = mem_text("name");
		term->code = mem_text("code");
		term->target = mem_text("target");
	}
	assert_int_equal(list.count, 100);
	term_list_free(&list);
	assert_int_equal(list.count, 0);
	assert_null(list.items);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_set_knows_what_was_put),
		cmocka_unit_test(parts_do_not_run_together),
		cmocka_unit_test(the_hash_is_of_what_goods_are_told_by),
		cmocka_unit_test(the_hash_does_not_heed_the_order),
		cmocka_unit_test(a_list_owns_its_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
