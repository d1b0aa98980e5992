#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/db.h"
#include "stage_fixture.h"

#define UUID "0f9c2c4e-90f1-11ee-8b5c-00155d0a1b%02x"

/* ---- new, same, changed ---- */

static void
a_record_is_new_then_same_then_changed(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(take(fixture, 1, 100, RECORD_PRODUCT, "a",
	    "name=Paper"), STAGED_NEW);
	assert_int_equal(take(fixture, 2, 200, RECORD_PRODUCT, "a",
	    "name=Paper"), STAGED_SAME);
	assert_int_equal(take(fixture, 3, 300, RECORD_PRODUCT, "a",
	    "name=Pens"), STAGED_CHANGED);
	assert_record(fixture, RECORD_PRODUCT, "a", "name=Pens");
}

static int
count_one(void *arg, const struct record *record)
{
	int *count = arg;

	(void)record;
	++*count;
	return 0;
}

static int
count_products(struct fixture *fixture)
{
	struct record_source source = snapshot_source(fixture->snap);
	int count = 0;

	assert_int_equal(source.each(source.ctx, RECORD_PRODUCT, count_one,
	    &count, NULL), 0);
	return count;
}

/* Its records are in the main table before the package is accepted. */
static void
a_first_package_that_is_dropped_leaves_nothing(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture, 1, 100);
	put(fixture, RECORD_PRODUCT, "a", "name=A");
	snapshot_stage_drop(fixture->snap);
	assert_int_equal(count_products(fixture), 0);
	begin(fixture, 2, 200);
	put(fixture, RECORD_PRODUCT, "b", "name=B");
	assert_string_equal(accept(fixture), "+product:b\n");
	fixture_reopen(fixture);
	assert_record(fixture, RECORD_PRODUCT, "b", "name=B");
	begin(fixture, 3, 300);
	put(fixture, RECORD_PRODUCT, "a", "name=A");
	assert_string_equal(accept(fixture), "+product:a\n");
}

static void
a_first_package_is_merged_as_any_other(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture, 1, 100);
	put(fixture, RECORD_PRICES, "a", "price=A|10");
	put(fixture, RECORD_PRODUCT, "a", "name=First");
	put(fixture, RECORD_PRICES, "a", "price=B|20");
	put(fixture, RECORD_PRODUCT, "a", "name=Last");
	put(fixture, RECORD_PRODUCT, "b", "name=B");
	assert_string_equal(accept(fixture),
	    "+product:a\n+product:b\n+prices:a\n");
	assert_record(fixture, RECORD_PRODUCT, "a", "name=Last");
	assert_record(fixture, RECORD_PRICES, "a", "price=A|10 price=B|20");
	begin(fixture, 2, 200);
	put(fixture, RECORD_PRODUCT, "a", "name=Last");
	put(fixture, RECORD_PRODUCT, "b", "name=B");
	assert_string_equal(accept(fixture), "");
}

static void
visits_come_after_the_merge_in_the_order_of_kind_and_id(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture, 1, 100);
	put(fixture, RECORD_PRICES, "b", "price=A|10");
	put(fixture, RECORD_PRODUCT, "b", "name=B");
	put(fixture, RECORD_PRODUCT, "a", "name=A");
	put(fixture, RECORD_GROUP, "z", "name=Z");
	assert_string_equal(accept(fixture),
	    "+group:z\n+product:a\n+product:b\n+prices:b\n");
}

static void
unchanged_records_are_not_visited_but_with_force(void **state)
{
	struct fixture *fixture = *state;
	struct stage_options force = { .package = 3, .formed = 300,
	    .force = true };

	begin(fixture, 1, 100);
	put(fixture, RECORD_PRODUCT, "a", "name=A");
	put(fixture, RECORD_PRICES, "a", "price=A|10");
	(void)accept(fixture);
	begin(fixture, 2, 200);
	put(fixture, RECORD_PRODUCT, "a", "name=A");
	assert_string_equal(accept(fixture), "");
	assert_int_equal(snapshot_stage_begin(fixture->snap, &force, NULL),
	    0);
	put(fixture, RECORD_PRODUCT, "a", "name=A");
	put(fixture, RECORD_PRICES, "a", "price=A|10");
	put(fixture, RECORD_PRICES, "a", "price=A|10");
	assert_string_equal(accept(fixture), "=product:a\n=prices:a\n");
	assert_record(fixture, RECORD_PRICES, "a", "price=A|10");
}

static void
ids_are_exact_bytes(void **state)
{
	static const char *const ids[] = { "1", "01", "A", "a",
	    "0f9c2c4e-90f1-11ee-8b5c-00155d0a1b00",
	    "0F9C2C4E-90F1-11EE-8B5C-00155D0A1B00",
	    "0f9c2c4e-90f1-11ee-8b5c-00155d0a1b00#x",
	    "0f9c2c4e90f111ee8b5c00155d0a1b00", "Бумага" };
	struct fixture *fixture = *state;
	size_t i;

	begin(fixture, 1, 100);
	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		assert_int_equal(put(fixture, RECORD_OFFER, ids[i], ids[i] ==
		    ids[0] ? "name=one" : "name=other"), STAGED_NEW);
	(void)accept(fixture);
	for (i = 1; i < sizeof(ids) / sizeof(ids[0]); i++)
		assert_record(fixture, RECORD_OFFER, ids[i], "name=other");
	assert_record(fixture, RECORD_OFFER, "1", "name=one");
}

static void
an_id_that_is_too_long_is_refused(void **state)
{
	struct fixture *fixture = *state;
	char id[LIMIT_ID_BYTES + 2];
	struct record record = { .kind = RECORD_PRODUCT };
	enum staged result;

	memset(id, 'x', sizeof(id));
	record.id = str_n(id, LIMIT_ID_BYTES + 1);
	fields_init(&record.fields);
	begin(fixture, 1, 100);
	assert_int_equal(snapshot_stage_put(fixture->snap, &record, &result,
	    &fixture->err), -1);
	assert_int_equal(fixture->err.kind, ERR_DATA);
}

static void
another_order_of_records_finds_them_all(void **state)
{
	struct fixture *fixture = *state;
	char id[64];
	int i, step;

	begin(fixture, 1, 100);
	for (i = 0; i < 101; i++) {
		(void)snprintf(id, sizeof(id), UUID, i);
		put(fixture, RECORD_PRODUCT, id, "name=N");
	}
	(void)accept(fixture);
	/* 101 is a prime: each step visits all, forwards and backwards. */
	for (step = 1; step < 101; step += 9) {
		begin(fixture, 1 + step, 100 + step);
		for (i = 0; i < 101; i++) {
			(void)snprintf(id, sizeof(id), UUID, i * step % 101);
			assert_int_equal(put(fixture, RECORD_PRODUCT, id,
			    "name=N"), STAGED_SAME);
			if (i % 10 != 0)
				continue;
			(void)snprintf(id, sizeof(id), "new-%d-%d", step, i);
			assert_int_equal(put(fixture, RECORD_PRODUCT, id,
			    "name=M"), STAGED_NEW);
		}
		snapshot_stage_drop(fixture->snap);
	}
}

/* ---- what is said twice ---- */

static void
prices_of_one_package_are_joined_by_their_type(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture, 1, 100);
	put(fixture, RECORD_PRICES, "a", "price=A|10 price=B|20");
	put(fixture, RECORD_PRICES, "a", "price=B|25 price=C|30");
	assert_string_equal(accept(fixture), "+prices:a\n");
	assert_record(fixture, RECORD_PRICES, "a",
	    "price=A|10 price=B|25 price=C|30");
}

static void
joined_prices_that_are_what_they_were_change_nothing(void **state)
{
	struct fixture *fixture = *state;
	int i;

	for (i = 1; i <= 2; i++) {
		begin(fixture, i, 100 * i);
		put(fixture, RECORD_PRICES, "a", "price=A|10");
		put(fixture, RECORD_PRICES, "a", "price=B|20");
		assert_string_equal(accept(fixture),
		    i == 1 ? "+prices:a\n" : "");
	}
	assert_record(fixture, RECORD_PRICES, "a", "price=A|10 price=B|20");
}

/* An offer without a price, which 1C says by saying nothing. */
static void
no_prices_at_all_replace_those_of_an_older_package(void **state)
{
	struct fixture *fixture = *state;

	take(fixture, 1, 100, RECORD_PRICES, "a", "price=A|10");
	begin(fixture, 2, 200);
	put(fixture, RECORD_PRICE_TYPE, "A", "name=Retail");
	assert_int_equal(put(fixture, RECORD_PRICES, "a", ""),
	    STAGED_CHANGED);
	assert_string_equal(accept(fixture),
	    "+price_type:A\n~prices:a\n");
	assert_record(fixture, RECORD_PRICES, "a", "");
	assert_int_equal(take(fixture, 3, 300, RECORD_PRICES, "a", ""),
	    STAGED_SAME);
	assert_int_equal(take(fixture, 4, 400, RECORD_PRICES, "a",
	    "price=A|10"), STAGED_CHANGED);
	assert_record(fixture, RECORD_PRICES, "a", "price=A|10");
}

static void
no_prices_wipe_none_of_the_same_package(void **state)
{
	static const char *const orders[][3] = {
		{ "price=A|10", "", NULL }, { "", "price=A|10", NULL },
		{ "", "price=A|10", "" }, { "", "", "price=A|10" },
	};
	struct fixture *fixture = *state;
	int64_t package = 0;
	int round;
	size_t i, k;

	for (i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		/* A first load, what is there already, another price. */
		fixture_damage(fixture, "DELETE FROM record;"
		    " DELETE FROM record_key; DELETE FROM seen");
		for (round = 0; round < 3; round++) {
			package++;
			if (round == 2)
				take(fixture, package, 100 * package,
				    RECORD_PRICES, "a", "price=A|9");
			package++;
			begin(fixture, package, 100 * package);
			for (k = 0; k < 3 && orders[i][k] != NULL; k++)
				put(fixture, RECORD_PRICES, "a",
				    orders[i][k]);
			assert_string_equal(accept(fixture), round == 1 ?
			    "" : round == 0 ? "+prices:a\n" :
			    "~prices:a\n");
			assert_record(fixture, RECORD_PRICES, "a",
			    "price=A|10");
		}
	}
}

/* Wherever in the package a type is stated, or is that of another price. */
static void
a_later_package_replaces_the_prices_of_its_types(void **state)
{
	struct fixture *fixture = *state;

	take(fixture, 1, 100, RECORD_PRICES, "a",
	    "price=A|10 price=B|20 price=C|30 price=D|40");
	begin(fixture, 2, 200);
	put(fixture, RECORD_PRICES, "a", "price=A|11");
	put(fixture, RECORD_PRICE_TYPE, "B", "name=Retail");
	put(fixture, RECORD_PRICES, "b", "price=D|1");
	(void)accept(fixture);
	assert_record(fixture, RECORD_PRICES, "a", "price=A|11 price=C|30");
}

/* Another node of the same 1C exports them. */
static void
prices_of_types_that_a_package_does_not_know_stay(void **state)
{
	struct fixture *fixture = *state;

	take(fixture, 1, 100, RECORD_PRICES, "a", "price=A|10");
	take(fixture, 2, 200, RECORD_PRICES, "a", "");
	assert_record(fixture, RECORD_PRICES, "a", "price=A|10");
	take(fixture, 3, 300, RECORD_PRICES, "a", "price=B|20");
	assert_record(fixture, RECORD_PRICES, "a", "price=A|10 price=B|20");
	begin(fixture, 4, 400);
	put(fixture, RECORD_PRICES, "a", "price=B|21");
	put(fixture, RECORD_PRICES, "a", "price=C|30");
	assert_string_equal(accept(fixture), "~prices:a\n");
	assert_record(fixture, RECORD_PRICES, "a",
	    "price=A|10 price=B|21 price=C|30");
	/* What came before it is older, the same as ever or not. */
	take(fixture, 5, 500, RECORD_PRICES, "a", "price=B|21");
	assert_int_equal(take(fixture, 6, 450, RECORD_PRICES, "a",
	    "price=B|19"), STAGED_OLDER);
}

static void
rests_said_the_same_and_then_more_are_joined(void **state)
{
	struct fixture *fixture = *state;

	take(fixture, 1, 100, RECORD_RESTS, "a", "stock=W|1 quantity=1");
	begin(fixture, 2, 200);
	assert_int_equal(put(fixture, RECORD_RESTS, "a",
	    "stock=W|1 quantity=1"), STAGED_SAME);
	put(fixture, RECORD_RESTS, "a", "stock=X|5 quantity=6");
	assert_string_equal(accept(fixture), "~rests:a\n");
	assert_record(fixture, RECORD_RESTS, "a",
	    "stock=W|1 stock=X|5 quantity=6");
}

/* Each file of УТ 11 tells those values of a list that its goods have. */
static void
values_of_a_list_that_files_tell_apart_are_joined(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture, 1, 100);
	put(fixture, RECORD_PROPERTY, "p", "name=Old option=1|red");
	put(fixture, RECORD_PROPERTY, "p",
	    "name=New option=1|crimson option=2|blue");
	put(fixture, RECORD_PROPERTY, "p", "name=New option=3|white");
	assert_string_equal(accept(fixture), "+property:p\n");
	assert_record(fixture, RECORD_PROPERTY, "p",
	    "name=New option=1|crimson option=2|blue option=3|white");
}

static void
of_a_product_said_twice_the_last_counts(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture, 1, 100);
	put(fixture, RECORD_PRODUCT, "a", "name=One article=1");
	put(fixture, RECORD_PRODUCT, "b", "name=B");
	put(fixture, RECORD_PRODUCT, "a", "name=Two");
	assert_string_equal(accept(fixture), "+product:a\n+product:b\n");
	assert_record(fixture, RECORD_PRODUCT, "a", "name=Two");

	begin(fixture, 2, 200);
	put(fixture, RECORD_PRODUCT, "a", "name=Three");
	put(fixture, RECORD_PRODUCT, "a", "name=Two");
	assert_string_equal(accept(fixture), "");
	assert_record(fixture, RECORD_PRODUCT, "a", "name=Two");
}

static int64_t
unlike(struct fixture *fixture, const char *first)
{
	struct str id;
	int64_t count = snapshot_stage_unlike(fixture->snap, &id);

	assert_true(str_is(id, first));
	return count;
}

static void
goods_stated_twice_and_not_alike_are_counted(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture, 1, 100);
	put(fixture, RECORD_PRODUCT, "a", "name=One");
	put(fixture, RECORD_PRODUCT, "b", "name=B");
	put(fixture, RECORD_PRODUCT, "b", "name=B");
	put(fixture, RECORD_PRODUCT, "a", "name=Two");
	put(fixture, RECORD_OFFER, "a", "name=One");
	put(fixture, RECORD_OFFER, "a", "name=Two");
	(void)accept(fixture);
	assert_int_equal(unlike(fixture, "a"), 1);

	/* The first is what is known, and leaves no row behind. */
	begin(fixture, 2, 200);
	put(fixture, RECORD_PRODUCT, "b", "name=B");
	put(fixture, RECORD_PRODUCT, "b", "name=C");
	put(fixture, RECORD_PRODUCT, "a", "name=Three");
	put(fixture, RECORD_PRODUCT, "a", "name=Two");
	(void)accept(fixture);
	assert_int_equal(unlike(fixture, "b"), 2);

	begin(fixture, 3, 300);
	put(fixture, RECORD_PRODUCT, "a", "name=Two");
	put(fixture, RECORD_PRODUCT, "a", "name=Two");
	(void)accept(fixture);
	assert_int_equal(unlike(fixture, ""), 0);
}

/* ---- older ---- */

static void
an_older_package_sets_nothing_back(void **state)
{
	struct fixture *fixture = *state;

	take(fixture, 1, 100, RECORD_PRODUCT, "a", "name=Old");
	take(fixture, 2, 300, RECORD_PRODUCT, "a", "name=New");
	assert_int_equal(take(fixture, 3, 200, RECORD_PRODUCT, "a",
	    "name=Between"), STAGED_OLDER);
	assert_record(fixture, RECORD_PRODUCT, "a", "name=New");
}

static void
nor_what_a_newer_one_only_repeated(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture, 1, 100);
	put(fixture, RECORD_PRODUCT, "a", "name=A");
	put(fixture, RECORD_PRODUCT, "b", "name=B");
	(void)accept(fixture);
	take(fixture, 2, 300, RECORD_PRODUCT, "a", "name=A");
	begin(fixture, 3, 200);
	assert_int_equal(put(fixture, RECORD_PRODUCT, "a", "name=Between"),
	    STAGED_OLDER);
	assert_int_equal(put(fixture, RECORD_PRODUCT, "b", "name=Between"),
	    STAGED_CHANGED);
	assert_string_equal(accept(fixture), "~product:b\n");
	assert_record(fixture, RECORD_PRODUCT, "a", "name=A");
}

static void
the_time_of_a_file_counts_not_that_of_the_package(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture, 1, 100);
	put(fixture, RECORD_PRODUCT, "a", "name=A");
	put(fixture, RECORD_PRODUCT, "b", "name=B");
	(void)accept(fixture);
	begin(fixture, 2, 200);
	put(fixture, RECORD_PRODUCT, "a", "name=A");
	snapshot_stage_formed(fixture->snap, 400);
	put(fixture, RECORD_PRODUCT, "b", "name=B");
	(void)accept(fixture);
	begin(fixture, 3, 300);
	assert_int_equal(put(fixture, RECORD_PRODUCT, "a", "name=X"),
	    STAGED_CHANGED);
	assert_int_equal(put(fixture, RECORD_PRODUCT, "b", "name=X"),
	    STAGED_OLDER);
}

static void
the_same_time_is_not_older(void **state)
{
	struct fixture *fixture = *state;

	take(fixture, 1, 100, RECORD_PRODUCT, "a", "name=A");
	assert_int_equal(take(fixture, 2, 100, RECORD_PRODUCT, "a",
	    "name=B"), STAGED_CHANGED);
	assert_int_equal(take(fixture, 3, 0, RECORD_PRODUCT, "a",
	    "name=C"), STAGED_CHANGED);
}

static void
older_is_applied_when_a_person_says_so(void **state)
{
	struct fixture *fixture = *state;
	struct stage_options options = { .package = 2, .formed = 50,
	    .older = true };

	take(fixture, 1, 100, RECORD_PRODUCT, "a", "name=A");
	assert_int_equal(snapshot_stage_begin(fixture->snap, &options, NULL),
	    0);
	assert_int_equal(put(fixture, RECORD_PRODUCT, "a", "name=B"),
	    STAGED_CHANGED);
	(void)accept(fixture);
	assert_record(fixture, RECORD_PRODUCT, "a", "name=B");
	/* It does not open the door for others. */
	assert_int_equal(take(fixture, 3, 60, RECORD_PRODUCT, "a",
	    "name=C"), STAGED_OLDER);
}

static void
a_clock_that_is_years_ahead_blocks_a_day_at_most(void **state)
{
	struct fixture *fixture = *state;
	int64_t now = clock_wall_ms(), day = 24 * 3600 * (int64_t)1000;

	take(fixture, 1, now + 9999 * day, RECORD_PRODUCT, "a", "name=A");
	assert_int_equal(take(fixture, 2, now + 2 * day, RECORD_PRODUCT,
	    "a", "name=B"), STAGED_CHANGED);
	assert_true(snapshot_meta_int(fixture->snap, "seen.newest", 0) <=
	    clock_wall_ms() + day);
}

static void
what_was_pruned_counts_as_stated(void **state)
{
	struct fixture *fixture = *state;
	int i;

	take(fixture, 1, 100, RECORD_PRODUCT, "a", "name=A");
	take(fixture, 2, 1000, RECORD_PRODUCT, "a", "name=A");
	for (i = 3; i < 210; i++)
		take(fixture, i, 1000 + i, RECORD_PRODUCT, "b",
		    i % 2 == 0 ? "name=B" : "name=C");
	assert_int_equal(snapshot_meta_int(fixture->snap, "seen.floor", 0),
	    1000);
	assert_int_equal(take(fixture, 300, 999, RECORD_PRODUCT, "a",
	    "name=X"), STAGED_OLDER);
	assert_int_equal(take(fixture, 301, 1001, RECORD_PRODUCT, "a",
	    "name=X"), STAGED_CHANGED);
}

/* ---- transactions ---- */

static void
a_rolled_back_accept_leaves_nothing(void **state)
{
	struct fixture *fixture = *state;
	struct visits visits = { .text = BUF_INIT(4095), .fail_at = 2 };

	begin(fixture, 1, 100);
	put(fixture, RECORD_PRODUCT, "a", "name=A");
	put(fixture, RECORD_PRODUCT, "b", "name=B");
	assert_int_equal(snapshot_begin(fixture->snap, NULL), 0);
	assert_int_equal(snapshot_stage_accept(fixture->snap, note_visit,
	    &visits, &fixture->err), -1);
	assert_string_equal(fixture->err.text, "the visit fails");
	snapshot_rollback(fixture->snap);
	snapshot_stage_drop(fixture->snap);
	buf_free(&visits.text);
	assert_int_equal(count_products(fixture), 0);
	assert_int_equal(take(fixture, 2, 90, RECORD_PRODUCT, "a",
	    "name=A"), STAGED_NEW);
}

static void
a_preview_inside_a_transaction_leaves_nothing(void **state)
{
	struct fixture *fixture = *state;
	struct visits visits = { .text = BUF_INIT(4095) };
	int round;

	take(fixture, 1, 100, RECORD_PRODUCT, "a", "name=A");
	for (round = 0; round < 2; round++) {
		buf_clear(&visits.text);
		assert_int_equal(snapshot_begin(fixture->snap, NULL), 0);
		begin(fixture, 2, 200);
		put(fixture, RECORD_PRODUCT, "a", "name=B");
		put(fixture, RECORD_PRODUCT, "c", "name=C");
		assert_int_equal(snapshot_stage_accept(fixture->snap,
		    note_visit, &visits, NULL), 0);
		assert_string_equal(buf_text(&visits.text),
		    "~product:a\n+product:c\n");
		snapshot_stage_drop(fixture->snap);
		/* A second package in the same transaction. */
		begin(fixture, 3, 300);
		assert_int_equal(put(fixture, RECORD_PRODUCT, "c",
		    "name=C"), STAGED_SAME);
		snapshot_stage_drop(fixture->snap);
		snapshot_rollback(fixture->snap);
		assert_record(fixture, RECORD_PRODUCT, "a", "name=A");
	}
	buf_free(&visits.text);
}

static void
staging_alone_is_no_transaction_of_the_caller(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture, 1, 100);
	put(fixture, RECORD_PRODUCT, "a", "name=A");
	assert_false(snapshot_in_transaction(fixture->snap));
	assert_int_equal(snapshot_begin(fixture->snap, NULL), 0);
	assert_true(snapshot_in_transaction(fixture->snap));
	/* It goes on inside of one. */
	put(fixture, RECORD_PRODUCT, "b", "name=B");
	snapshot_rollback(fixture->snap);
	assert_false(snapshot_in_transaction(fixture->snap));
}

static void
a_dropped_stage_is_forgotten(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture, 1, 100);
	put(fixture, RECORD_PRODUCT, "a", "name=A");
	snapshot_stage_drop(fixture->snap);
	snapshot_stage_drop(fixture->snap);
	begin(fixture, 2, 100);
	put(fixture, RECORD_PRODUCT, "b", "name=B");
	assert_string_equal(accept(fixture), "+product:b\n");
}

static void
everything_is_there_after_opening_again(void **state)
{
	struct fixture *fixture = *state;

	take(fixture, 1, 100, RECORD_PRODUCT, "a", "name=A");
	fixture_reopen(fixture);
	assert_record(fixture, RECORD_PRODUCT, "a", "name=A");
	assert_int_equal(take(fixture, 2, 90, RECORD_PRODUCT, "a",
	    "name=B"), STAGED_OLDER);
}

/* ---- reading ---- */

static int
note_record(void *arg, const struct record *record)
{
	struct buf *text = arg;

	(void)buf_printf(text, "%.*s ", (int)record->id.len, record->id.p);
	return record->id.p[0] == 'c' ? 7 : 0;
}

static void
goods_go_as_they_came_until_the_visit_stops_it(void **state)
{
	struct fixture *fixture = *state;
	struct record_source source = snapshot_source(fixture->snap);
	struct buf text = BUF_INIT(100);

	begin(fixture, 1, 100);
	put(fixture, RECORD_PRODUCT, "b", "name=B");
	put(fixture, RECORD_PRODUCT, "a", "name=A");
	put(fixture, RECORD_GROUP, "0", "name=G");
	(void)accept(fixture);
	assert_int_equal(source.each(source.ctx, RECORD_PRODUCT, note_record,
	    &text, NULL), 0);
	assert_string_equal(buf_text(&text), "b a ");
	begin(fixture, 2, 200);
	put(fixture, RECORD_PRODUCT, "c", "name=C");
	put(fixture, RECORD_PRODUCT, "d", "name=D");
	(void)accept(fixture);
	buf_clear(&text);
	assert_int_equal(source.each(source.ctx, RECORD_PRODUCT, note_record,
	    &text, NULL), 7);
	assert_string_equal(buf_text(&text), "b a c ");
	buf_free(&text);
}

static void
an_unknown_record_is_not_found(void **state)
{
	struct fixture *fixture = *state;
	struct record_source source = snapshot_source(fixture->snap);
	struct fields fields;

	fields_init(&fields);
	assert_int_equal(source.get(source.ctx, RECORD_PRODUCT, str_of("x"),
	    &fields, NULL), 1);
	assert_int_equal(source.is_absent(source.ctx, RECORD_PRODUCT,
	    str_of("x")), 0);
	fields_free(&fields);
}

static void
a_damaged_body_is_told(void **state)
{
	struct fixture *fixture = *state;
	struct record_source source;
	struct fields fields;

	take(fixture, 1, 100, RECORD_PRODUCT, "a", "name=A");
	fixture_damage(fixture, "UPDATE record SET body = x'01ff'");
	source = snapshot_source(fixture->snap);
	fields_init(&fields);
	assert_int_equal(source.get(source.ctx, RECORD_PRODUCT, str_of("a"),
	    &fields, &fixture->err), -1);
	assert_int_equal(fixture->err.kind, ERR_STATE);
	assert_non_null(strstr(fixture->err.text, "state is damaged"));
	fields_free(&fields);
}

static void
an_index_that_lies_is_told(void **state)
{
	struct fixture *fixture = *state;
	struct record record = { .kind = RECORD_PRODUCT,
	    .id = str_of("b") };
	enum staged result;

	begin(fixture, 1, 100);
	put(fixture, RECORD_PRODUCT, "a", "name=A");
	put(fixture, RECORD_PRODUCT, "b", "name=B");
	(void)accept(fixture);
	fixture_damage(fixture, "UPDATE record_key SET id = 1");
	fields_init(&record.fields);
	begin(fixture, 2, 200);
	assert_int_equal(snapshot_stage_put(fixture->snap, &record, &result,
	    &fixture->err), -1);
	assert_non_null(strstr(fixture->err.text, "state is damaged"));
	fields_free(&record.fields);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		test(a_record_is_new_then_same_then_changed),
		test(a_first_package_that_is_dropped_leaves_nothing),
		test(a_first_package_is_merged_as_any_other),
		test(visits_come_after_the_merge_in_the_order_of_kind_and_id),
		test(unchanged_records_are_not_visited_but_with_force),
		test(ids_are_exact_bytes),
		test(an_id_that_is_too_long_is_refused),
		test(another_order_of_records_finds_them_all),
		test(prices_of_one_package_are_joined_by_their_type),
		test(joined_prices_that_are_what_they_were_change_nothing),
		test(no_prices_at_all_replace_those_of_an_older_package),
		test(no_prices_wipe_none_of_the_same_package),
		test(prices_of_types_that_a_package_does_not_know_stay),
		test(a_later_package_replaces_the_prices_of_its_types),
		test(rests_said_the_same_and_then_more_are_joined),
		test(values_of_a_list_that_files_tell_apart_are_joined),
		test(of_a_product_said_twice_the_last_counts),
		test(goods_stated_twice_and_not_alike_are_counted),
		test(an_older_package_sets_nothing_back),
		test(nor_what_a_newer_one_only_repeated),
		test(the_time_of_a_file_counts_not_that_of_the_package),
		test(the_same_time_is_not_older),
		test(older_is_applied_when_a_person_says_so),
		test(a_clock_that_is_years_ahead_blocks_a_day_at_most),
		test(what_was_pruned_counts_as_stated),
		test(a_rolled_back_accept_leaves_nothing),
		test(a_preview_inside_a_transaction_leaves_nothing),
		test(staging_alone_is_no_transaction_of_the_caller),
		test(a_dropped_stage_is_forgotten),
		test(everything_is_there_after_opening_again),
		test(goods_go_as_they_came_until_the_visit_stops_it),
		test(an_unknown_record_is_not_found),
		test(a_damaged_body_is_told),
		test(an_index_that_lies_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
