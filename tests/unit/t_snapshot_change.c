#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/db.h"
#include "base/clock.h"
#include "snapshot_fixture.h"

static int64_t
row_of(struct fixture *fixture, enum target_kind kind, const char *id)
{
	struct target target;
	int64_t row;

	assert_int_equal(target_set(&target, kind, str_of(id)), 0);
	assert_int_equal(snapshot_target_row(fixture->snap, &target, &row,
	    &fixture->err), 0);
	return row;
}

/* A change of a product; its row. */
static int64_t
plan(struct fixture *fixture, const char *id, enum change_state state,
    int rank)
{
	struct change change = { .verb = VERB_UPDATE, .state = state,
	    .rank = rank };

	change.row = row_of(fixture, TARGET_PRODUCT, id);
	(void)target_set(&change.target, TARGET_PRODUCT, str_of(id));
	assert_int_equal(snapshot_change_put(fixture->snap, &change,
	    &fixture->err), 0);
	return change.row;
}

static struct change
change_of(struct fixture *fixture, int64_t row)
{
	struct change change;

	assert_int_equal(snapshot_change_get(fixture->snap, row, &change,
	    &fixture->err), 0);
	return change;
}

static int64_t
attempt(struct fixture *fixture, int64_t row, int64_t request, int place)
{
	struct attempt attempt;
	int64_t id;

	attempt_init(&attempt);
	attempt.request = request;
	attempt.place = place;
	attempt.row = row;
	attempt.verb = VERB_UPDATE;
	clock_mark_now(&attempt.at);
	assert_int_equal(fields_add(&attempt.values, FIELD_NAME,
	    str_of("sent")), 0);
	assert_int_equal(snapshot_attempt_put(fixture->snap, &attempt,
	    &fixture->err), 0);
	id = attempt.id;
	attempt_free(&attempt);
	return id;
}

/* ---- targets ---- */

static void
a_target_keeps_its_row(void **state)
{
	struct fixture *fixture = *state;
	int64_t row = row_of(fixture, TARGET_PRODUCT, "a");
	struct target target;
	struct image image;

	assert_int_equal(row_of(fixture, TARGET_PRODUCT, "a"), row);
	assert_int_not_equal(row_of(fixture, TARGET_SECTION, "a"), row);
	image_init(&image);
	assert_int_equal(snapshot_image_by_row(fixture->snap, row, &target,
	    &image, NULL), 0);
	assert_int_equal(target.kind, TARGET_PRODUCT);
	assert_true(str_is(target_id(&target), "a"));
	assert_int_equal(image.portal_id, 0);
	assert_int_equal(snapshot_image_by_row(fixture->snap, 999, &target,
	    &image, NULL), 1);
	image_free(&image);
}

static void
an_image_is_stored_and_found_by_the_portals_id(void **state)
{
	struct fixture *fixture = *state;
	struct target target, found;
	struct image image;

	image_init(&image);
	assert_int_equal(target_set_price(&target, str_of("a"),
	    str_of("BASE")), 0);
	assert_int_equal(snapshot_image_get(fixture->snap, &target, &image,
	    NULL), 1);
	assert_int_equal(image.target, 0);
	assert_int_equal(snapshot_target_row(fixture->snap, &target,
	    &image.target, NULL), 0);
	image.portal_id = 77;
	image.gone = true;
	assert_int_equal(fields_add(&image.agreed, FIELD_AMOUNT,
	    str_of("10")), 0);
	assert_int_equal(snapshot_image_put(fixture->snap, &image, NULL), 0);
	fields_clear(&image.agreed);
	assert_int_equal(snapshot_image_get(fixture->snap, &target, &image,
	    NULL), 0);
	assert_int_equal(image.portal_id, 77);
	assert_true(image.gone);
	assert_true(str_is(fields_get(&image.agreed, FIELD_AMOUNT), "10"));
	assert_int_equal(snapshot_image_by_portal_id(fixture->snap,
	    TARGET_PRICE, 77, &found, NULL), 0);
	assert_true(target_same(&target, &found));
	assert_int_equal(snapshot_image_by_portal_id(fixture->snap,
	    TARGET_PRODUCT, 77, &found, NULL), 1);
	image_free(&image);
}

static void
live_goods_are_there_and_switched_on(void **state)
{
	struct fixture *fixture = *state;
	struct image image;
	int64_t count;
	int i;

	image_init(&image);
	for (i = 0; i < 4; i++) {
		const char id[] = { (char)('a' + i), '\0' };

		image.target = row_of(fixture, TARGET_PRODUCT, id);
		image.portal_id = i == 0 ? 0 : i;
		image.gone = i == 1;
		(void)fields_set(&image.agreed, FIELD_ACTIVE,
		    str_of(i == 2 ? "N" : "Y"));
		assert_int_equal(snapshot_image_put(fixture->snap, &image,
		    NULL), 0);
	}
	image_free(&image);
	assert_int_equal(snapshot_live_goods(fixture->snap, &count, NULL), 0);
	assert_int_equal(count, 1);
}

static void
put_price(struct fixture *fixture, const char *good, const char *rule,
    int64_t portal_id)
{
	struct target target;
	struct image image;

	image_init(&image);
	assert_int_equal(target_set_price(&target, str_of(good),
	    str_of(rule)), 0);
	assert_int_equal(snapshot_target_row(fixture->snap, &target,
	    &image.target, NULL), 0);
	image.portal_id = portal_id;
	assert_int_equal(snapshot_image_put(fixture->snap, &image, NULL), 0);
	image_free(&image);
}

static void
assert_live_prices(struct fixture *fixture, const char *rule, int64_t wanted)
{
	int64_t count;

	assert_int_equal(snapshot_live_prices(fixture->snap, str_of(rule),
	    &count, NULL), 0);
	assert_int_equal(count, wanted);
}

static void
live_prices_are_those_of_one_rule_in_the_portal(void **state)
{
	struct fixture *fixture = *state;

	put_price(fixture, "p1", "BASE", 1);
	put_price(fixture, "p2", "BASE", 0);
	/* An id that is kept short, and rules that end alike. */
	put_price(fixture, "0a1b2c3d-0000-4000-8000-00000000abcd", "BASE", 3);
	put_price(fixture, "p1", "OPT BASE", 4);
	put_price(fixture, "BASE", "OPT", 5);
	assert_live_prices(fixture, "BASE", 2);
	assert_live_prices(fixture, "OPT BASE", 1);
	assert_live_prices(fixture, "OPT", 1);
	assert_live_prices(fixture, "SE", 0);
}

static int
count_images(void *ctx, const struct target *target,
    const struct image *image, struct err *err)
{
	struct buf *text = ctx;

	(void)image;
	(void)err;
	return buf_printf(text, "%.*s ", (int)target_id(target).len,
	    target_id(target).p);
}

static void
images_of_a_kind_are_visited_in_order(void **state)
{
	struct fixture *fixture = *state;
	struct buf text = BUF_INIT(100);

	(void)row_of(fixture, TARGET_PRODUCT, "b");
	(void)row_of(fixture, TARGET_PRODUCT, "a");
	(void)row_of(fixture, TARGET_SECTION, "s");
	assert_int_equal(snapshot_image_each(fixture->snap, TARGET_PRODUCT,
	    count_images, &text, NULL), 0);
	assert_string_equal(buf_text(&text), "a b ");
	buf_free(&text);
}

/* ---- changes ---- */

static void
a_change_is_kept_whole_and_replaced(void **state)
{
	struct fixture *fixture = *state;
	struct change in = { .verb = VERB_CREATE, .state = CHANGE_FAILED,
	    .rank = 40, .depends = 3, .hash = UINT64_MAX, .tries = 2,
	    .next_try = 5, .since = 6, .package = 7, .code = "refused",
	    .text = "нельзя" }, out;

	in.row = row_of(fixture, TARGET_PRODUCT, "a");
	(void)target_set(&in.target, TARGET_PRODUCT, str_of("a"));
	assert_int_equal(snapshot_change_put(fixture->snap, &in, NULL), 0);
	out = change_of(fixture, in.row);
	assert_true(target_same(&out.target, &in.target));
	assert_int_equal(out.verb, VERB_CREATE);
	assert_int_equal(out.state, CHANGE_FAILED);
	assert_true(out.hash == UINT64_MAX);
	assert_int_equal(out.tries, 2);
	assert_string_equal(out.code, "refused");
	assert_string_equal(out.text, "нельзя");
	in.verb = VERB_DELETE;
	assert_int_equal(snapshot_change_put(fixture->snap, &in, NULL), 0);
	assert_int_equal(change_of(fixture, in.row).verb, VERB_DELETE);
	assert_int_equal(snapshot_change_drop(fixture->snap, in.row, NULL),
	    0);
	assert_int_equal(snapshot_change_get(fixture->snap, in.row, &out,
	    NULL), 1);
}

static void
the_walk_goes_by_rank_and_only_where_something_is_due(void **state)
{
	struct fixture *fixture = *state;
	struct change_cursor at = { 0 };
	struct change change;
	int64_t late, first, second, third;

	third = plan(fixture, "c", CHANGE_PLANNED, 50);
	first = plan(fixture, "a", CHANGE_PLANNED, 10);
	second = plan(fixture, "b", CHANGE_PLANNED, 10);
	(void)plan(fixture, "f", CHANGE_FAILED, 10);
	(void)plan(fixture, "h", CHANGE_HELD, 10);
	(void)plan(fixture, "w", CHANGE_WAITING, 10);
	late = plan(fixture, "l", CHANGE_PLANNED, 10);
	change = change_of(fixture, late);
	change.next_try = 1001;
	assert_int_equal(snapshot_change_put(fixture->snap, &change, NULL),
	    0);
	assert_int_equal(snapshot_change_next(fixture->snap, &at, 1000,
	    &change, NULL), 0);
	assert_int_equal(change.row, first);
	/* What happens to it does not disturb the walk. */
	(void)attempt(fixture, first, 1, 0);
	assert_int_equal(snapshot_change_next(fixture->snap, &at, 1000,
	    &change, NULL), 0);
	assert_int_equal(change.row, second);
	assert_int_equal(snapshot_change_next(fixture->snap, &at, 1000,
	    &change, NULL), 0);
	assert_int_equal(change.row, third);
	assert_int_equal(snapshot_change_next(fixture->snap, &at, 1000,
	    &change, NULL), 1);
}

static int64_t
plan_new(struct fixture *fixture, const char *id, int64_t package)
{
	struct change change = change_of(fixture, plan(fixture, id,
	    CHANGE_PLANNED, 40));

	change.verb = VERB_CREATE;
	change.package = package;
	assert_int_equal(snapshot_change_put(fixture->snap, &change, NULL),
	    0);
	return change.row;
}

static void
the_walk_passes_over_new_products_of_one_package(void **state)
{
	struct fixture *fixture = *state;
	struct change_cursor at = { .passed = 7 };
	struct change change;
	int64_t other, known, nobody;

	(void)plan_new(fixture, "a", 7);
	other = plan_new(fixture, "b", 8);
	(void)plan_new(fixture, "c", 7);
	nobody = plan_new(fixture, "n", 0);
	known = plan(fixture, "k", CHANGE_PLANNED, 50);
	change = change_of(fixture, known);
	change.package = 7;
	assert_int_equal(snapshot_change_put(fixture->snap, &change, NULL),
	    0);
	assert_int_equal(snapshot_change_next(fixture->snap, &at, 1000,
	    &change, NULL), 0);
	assert_int_equal(change.row, other);
	assert_int_equal(snapshot_change_next(fixture->snap, &at, 1000,
	    &change, NULL), 0);
	assert_int_equal(change.row, nobody);
	assert_int_equal(snapshot_change_next(fixture->snap, &at, 1000,
	    &change, NULL), 0);
	assert_int_equal(change.row, known);
	assert_int_equal(snapshot_change_next(fixture->snap, &at, 1000,
	    &change, NULL), 1);
	at = (struct change_cursor){ 0 };
	assert_int_equal(snapshot_change_next(fixture->snap, &at, 1000,
	    &change, NULL), 0);
	assert_int_not_equal(change.row, other);
}

static void
what_waits_is_released_by_its_parent_alone(void **state)
{
	struct fixture *fixture = *state;
	int64_t a = plan(fixture, "a", CHANGE_WAITING, 1);
	int64_t b = plan(fixture, "b", CHANGE_WAITING, 1);
	struct change change = change_of(fixture, a);

	change.depends = 500;
	assert_int_equal(snapshot_change_put(fixture->snap, &change, NULL),
	    0);
	assert_int_equal(snapshot_change_release(fixture->snap, 500, NULL),
	    0);
	assert_int_equal(change_of(fixture, a).state, CHANGE_PLANNED);
	assert_int_equal(change_of(fixture, b).state, CHANGE_WAITING);
}

static void
an_attempt_makes_the_change_sent_until_it_is_dropped(void **state)
{
	struct fixture *fixture = *state;
	int64_t row = plan(fixture, "a", CHANGE_PLANNED, 1);
	int64_t id = attempt(fixture, row, 1, 0);

	assert_int_equal(change_of(fixture, row).state, CHANGE_SENT);
	(void)plan(fixture, "a", CHANGE_PLANNED, 2);
	assert_int_equal(change_of(fixture, row).state, CHANGE_SENT);
	assert_int_equal(change_of(fixture, row).rank, 2);
	/* Also when the change went away and came back meanwhile. */
	assert_int_equal(snapshot_change_drop(fixture->snap, row, NULL), 0);
	(void)plan(fixture, "a", CHANGE_FAILED, 3);
	assert_int_equal(change_of(fixture, row).state, CHANGE_SENT);
	assert_int_equal(snapshot_change_replan(fixture->snap, row, NULL), 0);
	assert_int_equal(change_of(fixture, row).state, CHANGE_SENT);
	assert_int_equal(snapshot_attempt_drop(fixture->snap, id, NULL), 0);
	assert_int_equal(change_of(fixture, row).state, CHANGE_PLANNED);
	(void)plan(fixture, "a", CHANGE_FAILED, 3);
	assert_int_equal(change_of(fixture, row).state, CHANGE_FAILED);
	assert_int_equal(snapshot_change_replan(fixture->snap, row, NULL), 0);
	assert_int_equal(change_of(fixture, row).state, CHANGE_PLANNED);
}

static void
a_kind_is_put_off_as_a_whole(void **state)
{
	struct fixture *fixture = *state;
	int64_t due = plan(fixture, "a", CHANGE_PLANNED, 1);
	int64_t failed = plan(fixture, "b", CHANGE_FAILED, 1);
	struct change_cursor at = { 0 };
	struct change change;

	assert_int_equal(snapshot_change_put_off(fixture->snap,
	    TARGET_COMPANY, TARGET_ORDER, 10, 99, "no-right", "why", NULL),
	    0);
	assert_int_equal(change_of(fixture, due).next_try, 0);
	assert_int_equal(snapshot_change_put_off(fixture->snap,
	    TARGET_PRODUCT, TARGET_PRODUCT, 10, 99, "no-right", "why",
	    NULL), 0);
	change = change_of(fixture, due);
	assert_int_equal(change.next_try, 99);
	assert_int_equal(change.tries, 1);
	assert_string_equal(change.code, "no-right");
	assert_string_equal(change.text, "why");
	assert_int_equal(change_of(fixture, failed).next_try, 0);
	assert_int_equal(snapshot_change_next(fixture->snap, &at, 98, &change,
	    NULL), 1);
	/* What is put off already is not put off further. */
	assert_int_equal(snapshot_change_put_off(fixture->snap,
	    TARGET_PRODUCT, TARGET_PRODUCT, 98, 200, "no-right", "why",
	    NULL), 0);
	assert_int_equal(change_of(fixture, due).next_try, 99);
}

static void
retry_frees_failed_ones_and_letting_go_held_ones(void **state)
{
	struct fixture *fixture = *state;
	int64_t failed = plan(fixture, "f", CHANGE_FAILED, 1);
	int64_t held = plan(fixture, "h", CHANGE_HELD, 1);
	int64_t waiting = plan(fixture, "w", CHANGE_WAITING, 1);
	int64_t count;

	(void)plan(fixture, "p", CHANGE_PLANNED, 1);
	assert_int_equal(snapshot_change_retry(fixture->snap, held, &count,
	    NULL), 0);
	assert_int_equal(count, 0);
	assert_int_equal(snapshot_change_let(fixture->snap, failed, NULL), 0);
	assert_int_equal(change_of(fixture, failed).state, CHANGE_FAILED);
	assert_int_equal(snapshot_change_retry(fixture->snap, 0, &count,
	    NULL), 0);
	assert_int_equal(count, 1);
	assert_int_equal(change_of(fixture, failed).state, CHANGE_PLANNED);
	assert_int_equal(change_of(fixture, held).state, CHANGE_HELD);
	assert_int_equal(snapshot_change_let(fixture->snap, held, NULL), 0);
	assert_int_equal(change_of(fixture, held).state, CHANGE_PLANNED);
	assert_true(change_of(fixture, held).released);
	assert_false(change_of(fixture, failed).released);
	assert_int_equal(change_of(fixture, waiting).state, CHANGE_WAITING);
}

static void
retry_of_a_double_is_a_look_and_no_change(void **state)
{
	struct fixture *fixture = *state;
	int64_t told = plan(fixture, "d", CHANGE_FAILED, 1);
	int64_t other = plan(fixture, "f", CHANGE_FAILED, 1);
	struct change change = change_of(fixture, told);
	int64_t count, rows[2], late = clock_wall_ms() + 3600000;
	size_t due;

	(void)snprintf(change.code, sizeof(change.code), CHANGE_DOUBLE);
	assert_int_equal(snapshot_change_put(fixture->snap, &change, NULL), 0);
	assert_int_equal(snapshot_recheck_put(fixture->snap, told, late, NULL),
	    0);
	assert_int_equal(snapshot_recheck_put(fixture->snap, other, late,
	    NULL), 0);
	assert_int_equal(snapshot_change_retry(fixture->snap, told, &count,
	    NULL), 0);
	assert_int_equal(count, 1);
	assert_int_equal(snapshot_change_get(fixture->snap, told, &change,
	    NULL), 1);
	assert_int_equal(snapshot_recheck_due(fixture->snap, late - 1, rows, 2,
	    &due, NULL), 0);
	assert_int_equal(due, 1);
	assert_int_equal(rows[0], told);
	assert_int_equal(change_of(fixture, other).state, CHANGE_FAILED);
}

/* A section that is not empty yet is no fault: it is not open business. */
static void
a_resting_deletion_is_not_counted_as_open(void **state)
{
	struct fixture *fixture = *state;
	struct change_counts counts;
	struct change change;
	int64_t row = plan(fixture, "s", CHANGE_WAITING, 70);

	change = change_of(fixture, row);
	change.verb = VERB_DELETE;
	change.depends = CHANGE_RESTS;
	change.forced = true;
	assert_int_equal(snapshot_change_put(fixture->snap, &change, NULL),
	    0);
	assert_int_equal(change_of(fixture, row).depends, CHANGE_RESTS);
	assert_true(change_of(fixture, row).forced);
	assert_int_equal(snapshot_change_count(fixture->snap, &counts, NULL),
	    0);
	assert_int_equal(counts.resting, 1);
	assert_int_equal(counts.total, 0);
	assert_int_equal(snapshot_change_release(fixture->snap, CHANGE_RESTS,
	    NULL), 0);
	assert_int_equal(change_of(fixture, row).state, CHANGE_PLANNED);
}

static bool
is_any(struct fixture *fixture)
{
	bool any;

	assert_int_equal(snapshot_change_any(fixture->snap, &any,
	    &fixture->err), 0);
	return any;
}

static bool
is_due(struct fixture *fixture, int64_t now)
{
	bool due;

	assert_int_equal(snapshot_change_is_due(fixture->snap, now, &due,
	    &fixture->err), 0);
	return due;
}

static void
whether_there_is_any_is_asked_without_counting(void **state)
{
	struct fixture *fixture = *state;
	struct change change;
	int64_t row;

	assert_false(is_any(fixture));
	row = plan(fixture, "s", CHANGE_WAITING, 70);
	assert_true(is_any(fixture));
	change = change_of(fixture, row);
	change.verb = VERB_DELETE;
	change.depends = CHANGE_RESTS;
	assert_int_equal(snapshot_change_put(fixture->snap, &change, NULL),
	    0);
	assert_false(is_any(fixture));
	(void)plan(fixture, "f", CHANGE_FAILED, 1);
	assert_true(is_any(fixture));
	assert_false(is_due(fixture, 1000));
	row = plan(fixture, "a", CHANGE_PLANNED, 3);
	change = change_of(fixture, row);
	change.next_try = 1000;
	assert_int_equal(snapshot_change_put(fixture->snap, &change, NULL),
	    0);
	assert_false(is_due(fixture, 999));
	assert_true(is_due(fixture, 1000));
}

static int
drop_visited(void *ctx, const struct change *change, struct err *err)
{
	struct fixture *fixture = ctx;

	return snapshot_change_drop(fixture->snap, change->row, err);
}

static void
changes_are_counted_and_may_be_dropped_while_visited(void **state)
{
	struct fixture *fixture = *state;
	struct change_counts counts;

	(void)plan(fixture, "a", CHANGE_PLANNED, 3);
	(void)plan(fixture, "b", CHANGE_PLANNED, 2);
	(void)plan(fixture, "f", CHANGE_FAILED, 1);
	(void)plan(fixture, "h", CHANGE_HELD, 1);
	assert_int_equal(snapshot_change_count(fixture->snap, &counts, NULL),
	    0);
	assert_int_equal(counts.total, 4);
	assert_int_equal(counts.planned, 2);
	assert_int_equal(counts.failed, 1);
	assert_int_equal(counts.held, 1);
	assert_int_equal(counts.by[TARGET_PRODUCT][VERB_UPDATE], 2);
	assert_int_equal(counts.of_kind[TARGET_PRODUCT], 4);
	assert_int_equal(snapshot_change_each(fixture->snap, CHANGE_PLANNED,
	    drop_visited, fixture, NULL), 0);
	assert_int_equal(snapshot_change_count(fixture->snap, &counts, NULL),
	    0);
	assert_int_equal(counts.total, 2);
	assert_int_equal(snapshot_change_each(fixture->snap, 0,
	    drop_visited, fixture, NULL), 0);
	assert_int_equal(snapshot_change_count(fixture->snap, &counts, NULL),
	    0);
	assert_int_equal(counts.total, 0);
}

static void
a_damaged_change_is_told(void **state)
{
	struct fixture *fixture = *state;
	int64_t row = plan(fixture, "a", CHANGE_PLANNED, 3);
	struct change change;

	fixture_damage(fixture, "UPDATE change SET verb = 99");
	assert_int_equal(snapshot_change_get(fixture->snap, row, &change,
	    &fixture->err), -1);
	assert_non_null(strstr(fixture->err.text, "state is damaged"));
}

/* ---- attempts ---- */

static int
note_attempt(void *ctx, const struct attempt *attempt, struct err *err)
{
	struct buf *text = ctx;

	(void)err;
	assert_true(str_is(fields_get(&attempt->values, FIELD_NAME), "sent"));
	assert_true(clock_since_ms(&attempt->at) >= 0);
	return buf_printf(text, "%d.%d ", (int)attempt->request,
	    attempt->place);
}

static void
attempts_come_in_the_order_in_which_they_were_sent(void **state)
{
	struct fixture *fixture = *state;
	struct buf text = BUF_INIT(100);
	int64_t count, a = plan(fixture, "a", CHANGE_PLANNED, 1);

	(void)attempt(fixture, a, 2, 1);
	(void)attempt(fixture, a, 1, 7);
	(void)attempt(fixture, a, 2, 0);
	fixture_reopen(fixture);
	assert_int_equal(snapshot_attempt_each(fixture->snap, note_attempt,
	    &text, NULL), 0);
	assert_string_equal(buf_text(&text), "1.7 2.0 2.1 ");
	assert_int_equal(snapshot_attempt_count(fixture->snap, &count, NULL),
	    0);
	assert_int_equal(count, 3);
	assert_int_equal(snapshot_attempt_drop(fixture->snap, 999, NULL), 0);
	buf_free(&text);
}

static int
note_age(void *ctx, const struct attempt *attempt, struct err *err)
{
	struct buf *text = ctx;

	(void)err;
	return buf_printf(text, "%d:%s ", (int)attempt->request,
	    clock_since_ms(&attempt->at) >= 5000 ? "old" : "new");
}

static void
a_request_that_leaves_late_dates_its_attempts_anew(void **state)
{
	struct fixture *fixture = *state;
	struct buf text = BUF_INIT(200);
	int64_t a = plan(fixture, "a", CHANGE_PLANNED, 1);

	(void)attempt(fixture, a, 1, 0);
	(void)attempt(fixture, a, 2, 0);
	(void)attempt(fixture, a, 2, 1);
	fixture_damage(fixture, "UPDATE attempt SET ms = ms - 10000");
	assert_int_equal(snapshot_attempt_redate(fixture->snap, 2, NULL), 0);
	assert_int_equal(snapshot_attempt_each(fixture->snap, note_age, &text,
	    &fixture->err), 0);
	assert_string_equal(buf_text(&text), "1:old 2:new 2:new ");
	buf_free(&text);
}

static void
an_attempt_without_a_target_is_refused(void **state)
{
	struct fixture *fixture = *state;
	struct attempt attempt;

	attempt_init(&attempt);
	attempt.row = 999;
	assert_int_equal(snapshot_attempt_put(fixture->snap, &attempt,
	    &fixture->err), -1);
	attempt_free(&attempt);
}

static void
rechecks_come_when_they_are_due(void **state)
{
	struct fixture *fixture = *state;
	int64_t a = row_of(fixture, TARGET_PRODUCT, "a");
	int64_t b = row_of(fixture, TARGET_PRODUCT, "b");
	int64_t rows[2];
	size_t count;

	assert_int_equal(snapshot_recheck_put(fixture->snap, a, 900, NULL),
	    0);
	assert_int_equal(snapshot_recheck_put(fixture->snap, b, 200, NULL),
	    0);
	assert_int_equal(snapshot_recheck_due(fixture->snap, 500, rows, 2,
	    &count, NULL), 0);
	assert_int_equal(count, 1);
	assert_int_equal(rows[0], b);
	assert_int_equal(snapshot_recheck_put(fixture->snap, a, 100, NULL),
	    0);
	assert_int_equal(snapshot_recheck_due(fixture->snap, 500, rows, 1,
	    &count, NULL), 0);
	assert_int_equal(count, 1);
	assert_int_equal(rows[0], a);
	assert_int_equal(snapshot_recheck_drop(fixture->snap, a, NULL), 0);
	assert_int_equal(snapshot_recheck_drop(fixture->snap, b, NULL), 0);
	assert_int_equal(snapshot_recheck_due(fixture->snap, 500, rows, 2,
	    &count, NULL), 0);
	assert_int_equal(count, 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		test(a_target_keeps_its_row),
		test(an_image_is_stored_and_found_by_the_portals_id),
		test(live_goods_are_there_and_switched_on),
		test(live_prices_are_those_of_one_rule_in_the_portal),
		test(images_of_a_kind_are_visited_in_order),
		test(a_change_is_kept_whole_and_replaced),
		test(the_walk_goes_by_rank_and_only_where_something_is_due),
		test(the_walk_passes_over_new_products_of_one_package),
		test(what_waits_is_released_by_its_parent_alone),
		test(an_attempt_makes_the_change_sent_until_it_is_dropped),
		test(a_kind_is_put_off_as_a_whole),
		test(retry_frees_failed_ones_and_letting_go_held_ones),
		test(retry_of_a_double_is_a_look_and_no_change),
		test(a_resting_deletion_is_not_counted_as_open),
		test(changes_are_counted_and_may_be_dropped_while_visited),
		test(whether_there_is_any_is_asked_without_counting),
		test(a_damaged_change_is_told),
		test(attempts_come_in_the_order_in_which_they_were_sent),
		test(a_request_that_leaves_late_dates_its_attempts_anew),
		test(an_attempt_without_a_target_is_refused),
		test(rechecks_come_when_they_are_due),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
