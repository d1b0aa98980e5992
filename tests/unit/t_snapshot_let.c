#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/db.h"
#include "stage_fixture.h"

static int
ignore(void *ctx, struct str id, struct err *err)
{
	(void)ctx;
	(void)id;
	(void)err;
	return 0;
}

static int64_t
hold(struct fixture *fixture, enum target_kind kind, const char *id)
{
	struct change change = { .verb = VERB_DELETE, .state = CHANGE_HELD };

	assert_int_equal(target_set(&change.target, kind, str_of(id)), 0);
	assert_int_equal(snapshot_target_row(fixture->snap, &change.target,
	    &change.row, NULL), 0);
	assert_int_equal(snapshot_change_put(fixture->snap, &change, NULL),
	    0);
	return change.row;
}

static bool
is_let(struct fixture *fixture, int64_t row)
{
	struct change change;

	assert_int_equal(snapshot_change_get(fixture->snap, row, &change,
	    NULL), 0);
	assert_int_equal(change.released, change.state == CHANGE_PLANNED);
	return change.released;
}

/* a and a#1 of one catalogue, b of it and c of another are there. */
static void
load(struct fixture *fixture)
{
	begin(fixture, 1, 100);
	put(fixture, RECORD_PRODUCT, "a", "name=A catalog=one");
	put(fixture, RECORD_PRODUCT, "b", "name=B catalog=one");
	put(fixture, RECORD_PRODUCT, "c", "name=C catalog=two");
	put(fixture, RECORD_OFFER, "a#1", "name=one");
	put(fixture, RECORD_PRICES, "c", "price=A|10");
	(void)accept(fixture);
}

static void
what_a_session_names_is_let_go_and_nothing_else(void **state)
{
	struct fixture *fixture = *state;
	int64_t session, named, part, other, price;

	load(fixture);
	named = hold(fixture, TARGET_PRODUCT, "a");
	part = hold(fixture, TARGET_OFFER, "a#1");
	other = hold(fixture, TARGET_PRODUCT, "b");
	price = hold(fixture, TARGET_PRODUCT, "c");
	session = session_of(fixture, 2, 200, true);
	begin(fixture, 2, 200);
	put(fixture, RECORD_PRODUCT, "a", "name=A catalog=one");
	put(fixture, RECORD_PRICES, "c", "price=A|10");
	(void)accept(fixture);
	assert_int_equal(snapshot_let_named(fixture->snap, session, NULL), 0);
	assert_true(is_let(fixture, named));
	assert_true(is_let(fixture, part));
	assert_true(is_let(fixture, price));
	assert_false(is_let(fixture, other));
}

static void
of_a_catalogue_what_is_absent_is_let_go(void **state)
{
	struct fixture *fixture = *state;
	int64_t session, live, here, gone, other;

	load(fixture);
	here = hold(fixture, TARGET_PRODUCT, "a");
	gone = hold(fixture, TARGET_PRODUCT, "b");
	other = hold(fixture, TARGET_PRODUCT, "c");
	session = session_of(fixture, 2, 200, true);
	begin(fixture, 2, 200);
	put(fixture, RECORD_PRODUCT, "a", "name=A catalog=one");
	(void)accept(fixture);
	assert_int_equal(snapshot_begin(fixture->snap, NULL), 0);
	assert_int_equal(snapshot_mark_absent(fixture->snap, session, 0,
	    str_of("one"), ignore, NULL, &live, NULL), 0);
	assert_int_equal(snapshot_let_absent(fixture->snap, "two", NULL), 0);
	assert_false(is_let(fixture, gone));
	assert_int_equal(snapshot_let_absent(fixture->snap, "one", NULL), 0);
	assert_int_equal(snapshot_end(fixture->snap, 0, NULL), 0);
	assert_true(is_let(fixture, gone));
	assert_false(is_let(fixture, here));
	assert_false(is_let(fixture, other));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(what_a_session_names_is_let_go_and_nothing_else),
		test(of_a_catalogue_what_is_absent_is_let_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
