/* Records that several nodes of 1C state. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/db.h"
#include "snapshot/sharing.h"
#include "stage_fixture.h"

#define CATALOG "c1"

static int64_t
number_of(struct fixture *fixture, const char *name)
{
	int64_t number;

	assert_int_equal(snapshot_node_number(fixture->snap, name, &number,
	    &fixture->err), 0);
	return number;
}

static void
begin_as(struct fixture *fixture, const char *node, int64_t package,
    int64_t formed)
{
	struct stage_options options = { .package = package,
	    .formed = formed, .node = node == NULL ? 0 :
	    number_of(fixture, node) };

	assert_int_equal(snapshot_stage_begin(fixture->snap, &options,
	    &fixture->err), 0);
}

/* One record in a package of its own; what was visited. */
static const char *
take_as(struct fixture *fixture, const char *node, int64_t package,
    int64_t formed, enum record_kind kind, const char *id,
    const char *values)
{
	begin_as(fixture, node, package, formed);
	(void)put(fixture, kind, id, values);
	return accept(fixture);
}

static int64_t
ask(struct fixture *fixture, const char *sql)
{
	struct db_stmt *stmt;
	struct db *db;
	int64_t number;

	assert_int_equal(db_open(&db, fixture->path, true, NULL), 0);
	assert_int_equal(db_prepare(&stmt, db, sql, NULL), 0);
	assert_int_equal(db_step(stmt, NULL), 1);
	number = db_int(stmt, 0);
	db_stmt_free(stmt);
	db_close(db);
	return number;
}

#define statements(fixture) ask(fixture, "SELECT count(*) FROM statement")

static bool
is_absent(struct fixture *fixture, enum record_kind kind, const char *id)
{
	struct record_source source = snapshot_source(fixture->snap);

	return source.is_absent(source.ctx, kind, str_of(id)) == 1;
}

static void
of_one_node_nothing_is_kept_twice(void **state)
{
	struct fixture *fixture = *state;

	assert_string_equal(take_as(fixture, "a", 1, 100, RECORD_RESTS, "p",
	    "quantity=1"), "+rests:p\n");
	assert_string_equal(take_as(fixture, "a", 2, 200, RECORD_RESTS, "p",
	    "quantity=2"), "~rests:p\n");
	assert_string_equal(take_as(fixture, NULL, 3, 300, RECORD_RESTS, "p",
	    "quantity=3"), "~rests:p\n");
	assert_int_equal(statements(fixture), 0);
	assert_int_equal(ask(fixture, "SELECT node FROM record"), 1);
}

static void
of_two_nodes_the_record_is_both(void **state)
{
	struct fixture *fixture = *state;

	take_as(fixture, "a", 1, 100, RECORD_RESTS, "p", "stock=w|5");
	assert_string_equal(take_as(fixture, "b", 2, 200, RECORD_RESTS, "p",
	    "stock=v|7"), "~rests:p\n");
	assert_record(fixture, RECORD_RESTS, "p", "stock=w|5 stock=v|7");
	assert_string_equal(take_as(fixture, "a", 3, 300, RECORD_RESTS, "p",
	    "stock=w|5"), "");
	assert_string_equal(take_as(fixture, "b", 4, 400, RECORD_RESTS, "p",
	    "stock=v|7"), "");
	assert_string_equal(take_as(fixture, "a", 5, 500, RECORD_RESTS, "p",
	    "stock=w|4"), "~rests:p\n");
	assert_record(fixture, RECORD_RESTS, "p", "stock=w|4 stock=v|7");
	assert_int_equal(statements(fixture), 2);
	assert_int_equal(ask(fixture, "SELECT node FROM record"), -1);
}

static void
what_changes_nothing_of_the_whole_is_not_visited(void **state)
{
	struct fixture *fixture = *state;

	take_as(fixture, "a", 1, 100, RECORD_PRODUCT, "p",
	    "name=A description=D");
	assert_string_equal(take_as(fixture, "b", 2, 200, RECORD_PRODUCT, "p",
	    "name=A"), "");
	assert_int_equal(statements(fixture), 2);
	assert_record(fixture, RECORD_PRODUCT, "p", "name=A description=D");
}

static void
by_force_what_is_the_same_is_visited(void **state)
{
	struct fixture *fixture = *state;
	struct stage_options options = { .package = 3, .formed = 300,
	    .force = true };

	take_as(fixture, "a", 1, 100, RECORD_PRODUCT, "p", "name=A");
	take_as(fixture, "b", 2, 200, RECORD_PRODUCT, "p", "name=A");
	options.node = number_of(fixture, "a");
	assert_int_equal(snapshot_stage_begin(fixture->snap, &options, NULL),
	    0);
	assert_int_equal(put(fixture, RECORD_PRODUCT, "p", "name=A"),
	    STAGED_SAME);
	assert_string_equal(accept(fixture), "=product:p\n");
	options.node = number_of(fixture, "c");
	assert_int_equal(snapshot_stage_begin(fixture->snap, &options, NULL),
	    0);
	(void)put(fixture, RECORD_PRODUCT, "p", "name=A");
	assert_string_equal(accept(fixture), "=product:p\n");
	assert_int_equal(statements(fixture), 3);
}

static void
a_package_is_older_than_its_own_node_alone(void **state)
{
	struct fixture *fixture = *state;

	take_as(fixture, "a", 1, 100, RECORD_RESTS, "p", "stock=w|5");
	take_as(fixture, "b", 2, 300, RECORD_RESTS, "p", "stock=v|7");
	begin_as(fixture, "a", 3, 200);
	assert_int_equal(put(fixture, RECORD_RESTS, "p", "stock=w|6"),
	    STAGED_CHANGED);
	(void)accept(fixture);
	assert_record(fixture, RECORD_RESTS, "p", "stock=w|6 stock=v|7");
	/* It said the same later: what is older than that is left alone. */
	take_as(fixture, "b", 4, 400, RECORD_RESTS, "p", "stock=v|7");
	begin_as(fixture, "b", 5, 350);
	assert_int_equal(put(fixture, RECORD_RESTS, "p", "stock=v|8"),
	    STAGED_OLDER);
	snapshot_stage_drop(fixture->snap);
}

static void
of_other_kinds_the_newest_counts_whosever_it_is(void **state)
{
	struct fixture *fixture = *state;

	take_as(fixture, "a", 1, 100, RECORD_WAREHOUSE, "w", "name=A");
	take_as(fixture, "b", 2, 300, RECORD_WAREHOUSE, "w", "name=B");
	begin_as(fixture, "a", 3, 200);
	assert_int_equal(put(fixture, RECORD_WAREHOUSE, "w", "name=C"),
	    STAGED_OLDER);
	snapshot_stage_drop(fixture->snap);
	assert_int_equal(statements(fixture), 0);
}

static void
what_a_package_says_twice_is_joined_with_its_own(void **state)
{
	struct fixture *fixture = *state;

	take_as(fixture, "a", 1, 100, RECORD_RESTS, "p", "stock=w|5");
	begin_as(fixture, "b", 2, 200);
	put(fixture, RECORD_RESTS, "p", "stock=v|7");
	put(fixture, RECORD_RESTS, "p", "stock=u|1");
	assert_string_equal(accept(fixture), "~rests:p\n");
	assert_record(fixture, RECORD_RESTS, "p",
	    "stock=w|5 stock=v|7 stock=u|1");
	begin_as(fixture, "b", 3, 300);
	put(fixture, RECORD_RESTS, "p", "stock=v|7 stock=u|1");
	put(fixture, RECORD_RESTS, "p", "stock=u|2");
	assert_string_equal(accept(fixture), "~rests:p\n");
	assert_record(fixture, RECORD_RESTS, "p",
	    "stock=w|5 stock=v|7 stock=u|2");
}

static void
what_is_imported_by_hand_speaks_for_the_newest(void **state)
{
	struct fixture *fixture = *state;

	take_as(fixture, "a", 1, 100, RECORD_RESTS, "p", "stock=w|5");
	take_as(fixture, "b", 2, 200, RECORD_RESTS, "p", "stock=v|7");
	take_as(fixture, NULL, 3, 300, RECORD_RESTS, "p", "stock=v|8");
	assert_record(fixture, RECORD_RESTS, "p", "stock=w|5 stock=v|8");
	begin_as(fixture, NULL, 4, 400);
	snapshot_stage_as(fixture->snap, number_of(fixture, "a"));
	put(fixture, RECORD_RESTS, "p", "stock=w|6");
	(void)accept(fixture);
	assert_record(fixture, RECORD_RESTS, "p", "stock=w|6 stock=v|8");
	assert_int_equal(statements(fixture), 2);
}

static void
what_came_by_hand_is_the_next_ones(void **state)
{
	struct fixture *fixture = *state;

	take_as(fixture, NULL, 1, 100, RECORD_RESTS, "p", "quantity=1");
	take_as(fixture, NULL, 1, 100, RECORD_RESTS, "q", "quantity=1");
	assert_string_equal(take_as(fixture, "a", 2, 200, RECORD_RESTS, "p",
	    "quantity=1"), "");
	take_as(fixture, "a", 3, 300, RECORD_RESTS, "q", "quantity=2");
	assert_int_equal(ask(fixture,
	    "SELECT count(*) FROM record WHERE node = 1"), 2);
	assert_int_equal(statements(fixture), 0);
}

static void
a_total_that_is_repeated_is_told(void **state)
{
	struct fixture *fixture = *state;
	struct str first;

	take_as(fixture, "a", 1, 100, RECORD_RESTS, "p", "quantity=5");
	take_as(fixture, "b", 2, 200, RECORD_RESTS, "p", "quantity=7");
	assert_int_equal(snapshot_stage_apart(fixture->snap, &first), 0);
	assert_record(fixture, RECORD_RESTS, "p", "quantity=7");
	take_as(fixture, "a", 3, 300, RECORD_RESTS, "p", "quantity=5");
	assert_int_equal(snapshot_stage_apart(fixture->snap, &first), 1);
	assert_true(str_is(first, "p"));
	assert_record(fixture, RECORD_RESTS, "p", "quantity=7");
	take_as(fixture, "b", 4, 400, RECORD_RESTS, "p", "quantity=7");
	assert_int_equal(snapshot_stage_apart(fixture->snap, &first), 0);
}

static void
a_total_that_the_warehouses_come_to_is_not_told(void **state)
{
	struct fixture *fixture = *state;
	struct str first;

	take_as(fixture, "a", 1, 100, RECORD_RESTS, "p", "quantity=12.5");
	take_as(fixture, "b", 2, 200, RECORD_RESTS, "p",
	    "stock=v|7 stock=w|5.5");
	take_as(fixture, "a", 3, 300, RECORD_RESTS, "p", "quantity=12.5");
	assert_int_equal(snapshot_stage_apart(fixture->snap, &first), 0);
	take_as(fixture, "b", 4, 400, RECORD_RESTS, "p",
	    "stock=v|7 stock=w|5");
	take_as(fixture, "a", 5, 500, RECORD_RESTS, "p", "quantity=12.5");
	assert_int_equal(snapshot_stage_apart(fixture->snap, &first), 1);
}

/* ---- absence ---- */

static int
note_record(void *ctx, enum record_kind kind, struct str id, struct err *err)
{
	(void)err;
	(void)buf_printf(ctx, "%s:%.*s\n", record_kind_name(kind),
	    (int)id.len, id.p);
	return 0;
}

static int
note_good(void *ctx, struct str id, struct err *err)
{
	return note_record(ctx, RECORD_PRODUCT, id, err);
}

/* A session of the node with one package, in which it names q alone. */
static const char *
close_without(struct fixture *fixture, const char *node, int64_t package,
    int64_t formed)
{
	static char text[4096];
	struct buf seen = BUF_INIT(4095);
	int64_t session = session_of(fixture, package, formed, true), live;

	take_as(fixture, node, package, formed, RECORD_PRODUCT, "q",
	    "name=Q catalog=" CATALOG);
	assert_int_equal(snapshot_begin(fixture->snap, &fixture->err), 0);
	assert_int_equal(snapshot_mark_absent(fixture->snap, session,
	    number_of(fixture, node), str_of(CATALOG), note_good, &seen,
	    &live, &fixture->err), 0);
	assert_int_equal(snapshot_commit(fixture->snap, &fixture->err), 0);
	(void)snprintf(text, sizeof(text), "%s", buf_text(&seen));
	buf_free(&seen);
	return text;
}

static void
state_by_two(struct fixture *fixture)
{
	begin_as(fixture, "a", 1, 100);
	put(fixture, RECORD_PRODUCT, "p", "name=P catalog=" CATALOG);
	put(fixture, RECORD_OFFER, "p#c", "name=C");
	put(fixture, RECORD_RESTS, "p", "stock=w|5");
	(void)accept(fixture);
	begin_as(fixture, "b", 2, 110);
	put(fixture, RECORD_PRODUCT, "p",
	    "name=P country=C catalog=" CATALOG);
	put(fixture, RECORD_OFFER, "p", "name=P");
	put(fixture, RECORD_RESTS, "p", "stock=v|7");
	(void)accept(fixture);
}

static void
what_another_node_states_is_not_absent(void **state)
{
	struct fixture *fixture = *state;

	state_by_two(fixture);
	assert_string_equal(close_without(fixture, "a", 3, 200),
	    "product:p\n");
	assert_false(is_absent(fixture, RECORD_PRODUCT, "p"));
	assert_record(fixture, RECORD_RESTS, "p", "stock=v|7 stock=w|0");
	/* What it alone had of it goes with it. */
	assert_true(is_absent(fixture, RECORD_OFFER, "p#c"));
	assert_false(is_absent(fixture, RECORD_OFFER, "p"));
	assert_string_equal(close_without(fixture, "a", 4, 210), "");
	assert_string_equal(close_without(fixture, "b", 5, 220),
	    "product:p\n");
	assert_true(is_absent(fixture, RECORD_PRODUCT, "p"));
	assert_record(fixture, RECORD_PRODUCT, "p",
	    "name=P country=C catalog=" CATALOG);
	assert_record(fixture, RECORD_RESTS, "p", "stock=v|7 stock=w|0");
}

static void
an_older_package_brings_no_statement_back(void **state)
{
	struct fixture *fixture = *state;

	state_by_two(fixture);
	(void)close_without(fixture, "a", 3, 200);
	begin_as(fixture, "a", 4, 150);
	assert_int_equal(put(fixture, RECORD_PRODUCT, "p",
	    "name=P catalog=" CATALOG), STAGED_OLDER);
	snapshot_stage_drop(fixture->snap);
	(void)close_without(fixture, "b", 5, 220);
	assert_string_equal(take_as(fixture, "a", 6, 300, RECORD_PRODUCT, "p",
	    "name=P catalog=" CATALOG), "~product:p\n");
	assert_false(is_absent(fixture, RECORD_PRODUCT, "p"));
	assert_record(fixture, RECORD_PRODUCT, "p", "name=P catalog="
	    CATALOG);
}

static void
a_good_that_the_node_never_stated_is_not_its_to_leave_out(void **state)
{
	struct fixture *fixture = *state;

	take_as(fixture, "b", 1, 100, RECORD_PRODUCT, "r",
	    "name=R catalog=" CATALOG);
	assert_string_equal(close_without(fixture, "a", 2, 200), "");
	assert_false(is_absent(fixture, RECORD_PRODUCT, "r"));
	assert_string_equal(close_without(fixture, "b", 3, 300),
	    "product:r\n");
}

/* ---- a node that is gone ---- */

static const char *
forget(struct fixture *fixture, const char *node, int64_t *records)
{
	static char text[4096];
	struct buf seen = BUF_INIT(4095);

	assert_int_equal(snapshot_begin(fixture->snap, &fixture->err), 0);
	assert_int_equal(snapshot_node_forget(fixture->snap,
	    number_of(fixture, node), note_record, &seen, records,
	    &fixture->err), 0);
	assert_int_equal(snapshot_commit(fixture->snap, &fixture->err), 0);
	(void)snprintf(text, sizeof(text), "%s", buf_text(&seen));
	buf_free(&seen);
	return text;
}

static void
a_node_that_is_gone_states_nothing(void **state)
{
	struct fixture *fixture = *state;
	int64_t records;

	state_by_two(fixture);
	take_as(fixture, "c", 3, 120, RECORD_RESTS, "p", "stock=u|1");
	assert_string_equal(forget(fixture, "a", &records), "rests:p\n");
	assert_int_equal(records, 3);
	assert_record(fixture, RECORD_RESTS, "p",
	    "stock=v|7 stock=u|1 stock=w|0");
	/* p, of b alone now; rests, of b and c, absent of a; p#c, of nobody. */
	assert_int_equal(ask(fixture, "SELECT node FROM record"
	    " WHERE kind = 8"), 2);
	assert_int_equal(ask(fixture, "SELECT node FROM record"
	    " WHERE kind = 11"), -1);
	assert_int_equal(ask(fixture, "SELECT min(node) FROM record"
	    " WHERE kind = 9"), -2);
	assert_int_equal(statements(fixture), 3);
	assert_string_equal(forget(fixture, "a", &records), "");
}

static void
nothing_lies_in_the_warehouses_of_a_node_that_is_gone(void **state)
{
	struct fixture *fixture = *state;
	int64_t records;

	take_as(fixture, "a", 1, 100, RECORD_RESTS, "p", "stock=w|5");
	take_as(fixture, "b", 2, 200, RECORD_RESTS, "p", "stock=v|7");
	take_as(fixture, "b", 3, 210, RECORD_RESTS, "q", "stock=v|9");
	assert_string_equal(forget(fixture, "b", &records), "rests:p\n");
	assert_int_equal(records, 2);
	assert_record(fixture, RECORD_RESTS, "p", "stock=w|5 stock=v|0");
	assert_record(fixture, RECORD_RESTS, "q", "stock=v|9");
	/* Still, when the other one speaks; until it says what lies there. */
	take_as(fixture, "a", 4, 300, RECORD_RESTS, "p", "stock=w|4");
	assert_record(fixture, RECORD_RESTS, "p", "stock=w|4 stock=v|0");
	take_as(fixture, "a", 5, 400, RECORD_RESTS, "p", "stock=w|4 stock=v|2");
	assert_record(fixture, RECORD_RESTS, "p", "stock=w|4 stock=v|2");
	take_as(fixture, "b", 6, 500, RECORD_RESTS, "p", "stock=v|3");
	assert_record(fixture, RECORD_RESTS, "p", "stock=w|4 stock=v|3");
}

static void
what_a_node_stated_is_that_of_the_one_that_follows(void **state)
{
	struct fixture *fixture = *state;
	int64_t records, heir;

	take_as(fixture, "a", 1, 100, RECORD_RESTS, "p", "stock=w|5");
	take_as(fixture, "b", 2, 200, RECORD_RESTS, "p", "stock=v|7");
	take_as(fixture, "b", 3, 210, RECORD_RESTS, "q", "stock=v|9");
	take_as(fixture, "b", 4, 300, RECORD_RESTS, "q", "stock=v|9");
	heir = number_of(fixture, "c");
	assert_int_equal(snapshot_begin(fixture->snap, &fixture->err), 0);
	assert_int_equal(snapshot_node_follow(fixture->snap,
	    number_of(fixture, "b"), heir, &records, &fixture->err), 0);
	assert_int_equal(snapshot_commit(fixture->snap, &fixture->err), 0);
	assert_int_equal(records, 2);
	assert_record(fixture, RECORD_RESTS, "p", "stock=w|5 stock=v|7");
	assert_string_equal(take_as(fixture, "c", 5, 400, RECORD_RESTS, "p",
	    "stock=v|6"), "~rests:p\n");
	assert_record(fixture, RECORD_RESTS, "p", "stock=w|5 stock=v|6");
	begin_as(fixture, "c", 6, 250);
	assert_int_equal(put(fixture, RECORD_RESTS, "q", "stock=v|8"),
	    STAGED_OLDER);
	snapshot_stage_drop(fixture->snap);
	assert_int_equal(statements(fixture), 2);
}

static void
what_its_node_left_is_absent_where_another_leaves_it_out(void **state)
{
	struct fixture *fixture = *state;
	int64_t records;

	take_as(fixture, "b", 1, 100, RECORD_PRODUCT, "r",
	    "name=R catalog=" CATALOG);
	assert_string_equal(forget(fixture, "b", &records), "");
	assert_int_equal(records, 1);
	assert_string_equal(close_without(fixture, "a", 2, 200),
	    "product:r\n");
}

/* ---- prices ---- */

static const char *
take_without_price(struct fixture *fixture, const char *node,
    int64_t package, int64_t formed, const char *type)
{
	begin_as(fixture, node, package, formed);
	put(fixture, RECORD_PRICE_TYPE, type, "name=X");
	put(fixture, RECORD_PRICES, "p", "");
	return accept(fixture);
}

static void
a_price_is_that_of_the_node_that_exports_its_type(void **state)
{
	struct fixture *fixture = *state;

	take_as(fixture, "a", 1, 100, RECORD_PRICES, "p", "price=A|10");
	assert_string_equal(take_as(fixture, "b", 2, 200, RECORD_PRICES, "p",
	    "price=B|20"), "~prices:p\n");
	take_as(fixture, "b", 3, 400, RECORD_PRICES, "p", "price=B|21");
	/* What b said later is about another type. */
	begin_as(fixture, "a", 4, 300);
	assert_int_equal(put(fixture, RECORD_PRICES, "p", "price=A|11"),
	    STAGED_CHANGED);
	assert_string_equal(accept(fixture), "~prices:p\n");
	assert_record(fixture, RECORD_PRICES, "p", "price=A|11 price=B|21");
	/* It has no price of its type any more. */
	assert_string_equal(take_without_price(fixture, "a", 5, 500, "A"),
	    "+price_type:A\n~prices:p\n");
	assert_record(fixture, RECORD_PRICES, "p", "price=B|21");
}

/* As states of before have them: in one record, whosever it was. */
static void
a_price_of_another_node_leaves_the_statement(void **state)
{
	struct fixture *fixture = *state;

	take_as(fixture, "a", 1, 100, RECORD_PRICES, "p",
	    "price=A|10 price=B|20");
	take_as(fixture, "b", 2, 200, RECORD_PRICES, "p", "price=B|25");
	assert_record(fixture, RECORD_PRICES, "p", "price=A|10 price=B|25");
	take_as(fixture, "a", 3, 300, RECORD_PRICES, "p", "price=A|11");
	assert_record(fixture, RECORD_PRICES, "p", "price=A|11 price=B|25");
}

/* No package of the node has come since it is kept what it speaks of. */
static void
forget_types_of(struct fixture *fixture, const char *node)
{
	char name[64];

	(void)snprintf(name, sizeof(name), "record.types:%lld",
	    (long long)number_of(fixture, node));
	assert_int_equal(snapshot_begin(fixture->snap, &fixture->err), 0);
	assert_int_equal(snapshot_meta_set(fixture->snap, name, STR_NONE,
	    &fixture->err), 0);
	assert_int_equal(snapshot_commit(fixture->snap, &fixture->err), 0);
}

/* The first thing that comes of it is that it has no price any more, or an
 * export that 1C began before the one that has changed the other price. */
static void
a_price_of_a_state_of_before_is_taken_by_its_node(void **state)
{
	struct fixture *fixture = *state;

	take_as(fixture, "a", 1, 100, RECORD_PRICES, "p",
	    "price=A|10 price=B|20");
	forget_types_of(fixture, "a");
	take_as(fixture, "a", 2, 300, RECORD_PRICES, "p", "price=A|11");
	assert_record(fixture, RECORD_PRICES, "p", "price=A|11 price=B|20");
	take_as(fixture, "b", 3, 200, RECORD_PRICES, "p", "price=B|25");
	assert_record(fixture, RECORD_PRICES, "p", "price=A|11 price=B|25");
	take_as(fixture, "c", 4, 400, RECORD_PRICES, "q",
	    "price=B|9 price=C|8");
	forget_types_of(fixture, "c");
	begin_as(fixture, "b", 5, 500);
	put(fixture, RECORD_PRICES, "p", "price=B|25");
	put(fixture, RECORD_PRICES, "q", "");
	assert_string_equal(accept(fixture), "~prices:q\n");
	assert_record(fixture, RECORD_PRICES, "q", "price=C|8");
}

/* Both export the type: what one of them has no price of, the other has. */
static void
a_price_of_a_type_of_two_nodes_is_left_to_the_other(void **state)
{
	struct fixture *fixture = *state;

	take_as(fixture, "a", 1, 100, RECORD_PRICES, "p", "price=A|10");
	assert_string_equal(take_without_price(fixture, "b", 2, 200, "A"),
	    "+price_type:A\n");
	assert_record(fixture, RECORD_PRICES, "p", "price=A|10");
}

/* Of the same under another name only changes of one type have come. */
static void
the_heir_exports_the_types_of_the_node_that_it_follows(void **state)
{
	struct fixture *fixture = *state;
	int64_t records;

	take_as(fixture, "a", 1, 100, RECORD_PRICES, "p",
	    "price=A|10 price=B|20");
	assert_int_equal(snapshot_begin(fixture->snap, &fixture->err), 0);
	assert_int_equal(snapshot_node_follow(fixture->snap,
	    number_of(fixture, "a"), number_of(fixture, "c"), &records,
	    &fixture->err), 0);
	assert_int_equal(snapshot_commit(fixture->snap, &fixture->err), 0);
	take_as(fixture, "c", 2, 200, RECORD_PRICES, "q", "price=A|11");
	take_without_price(fixture, "b", 3, 300, "B");
	assert_record(fixture, RECORD_PRICES, "p", "price=A|10 price=B|20");
}

/* All that the one of before had stated was of the other's type. */
static void
nothing_is_left_of_a_statement_of_another_type(void **state)
{
	struct fixture *fixture = *state;

	take_as(fixture, "a", 1, 100, RECORD_PRICES, "p", "price=B|20");
	forget_types_of(fixture, "a");
	assert_string_equal(take_without_price(fixture, "b", 2, 200, "B"),
	    "+price_type:B\n~prices:p\n");
	assert_record(fixture, RECORD_PRICES, "p", "");
}

static void
prices_of_a_node_that_is_gone_stay(void **state)
{
	struct fixture *fixture = *state;
	int64_t records;

	take_as(fixture, "a", 1, 100, RECORD_PRICES, "p", "price=A|10");
	take_as(fixture, "b", 2, 200, RECORD_PRICES, "p",
	    "price=A|12 price=B|20");
	assert_record(fixture, RECORD_PRICES, "p", "price=A|12 price=B|20");
	begin_as(fixture, "a", 3, 300);
	put(fixture, RECORD_PRICES, "p", "price=A|11");
	assert_string_equal(forget(fixture, "b", &records), "prices:p\n");
	assert_int_equal(records, 1);
	assert_int_equal(statements(fixture), 0);
	assert_record(fixture, RECORD_PRICES, "p", "price=A|10 price=B|20");
	/* It was being read meanwhile. */
	assert_string_equal(accept(fixture), "~prices:p\n");
	assert_record(fixture, RECORD_PRICES, "p", "price=A|11 price=B|20");
	take_as(fixture, "b", 4, 400, RECORD_PRICES, "p", "price=B|26");
	take_as(fixture, "a", 5, 500, RECORD_PRICES, "p", "price=A|13");
	assert_record(fixture, RECORD_PRICES, "p", "price=A|13 price=B|26");
}

/* ---- files that come later ---- */

static void
what_becomes_known_later_is_so_in_every_statement(void **state)
{
	struct fixture *fixture = *state;
	struct fields known;

	take_as(fixture, "a", 1, 100, RECORD_PRODUCT, "p",
	    "name=P picture=x");
	take_as(fixture, "b", 2, 200, RECORD_PRODUCT, "p", "name=P");
	fields_init(&known);
	fill(&known, "name=P picture=x|hash");
	assert_int_equal(snapshot_begin(fixture->snap, NULL), 0);
	assert_int_equal(snapshot_record_complete(fixture->snap,
	    RECORD_PRODUCT, str_of("p"), &known, NULL), 0);
	assert_int_equal(snapshot_commit(fixture->snap, NULL), 0);
	fields_free(&known);
	take_as(fixture, "b", 3, 300, RECORD_PRODUCT, "p",
	    "name=P country=C");
	assert_record(fixture, RECORD_PRODUCT, "p",
	    "name=P picture=x|hash country=C");
}

/* ---- a state from before ---- */

static const char form_7[] = FORM_7
    "DELETE FROM meta WHERE name = 'record.node';"
    "PRAGMA user_version = 7;";

static void
of_one_node_a_state_of_the_seventh_form_is_its_own(void **state)
{
	struct fixture *fixture = *state;

	(void)number_of(fixture, "import:x");
	take_as(fixture, "a", 1, 100, RECORD_RESTS, "p", "stock=w|5");
	take_as(fixture, "a", 2, 200, RECORD_RESTS, "q", "stock=w|5");
	fixture_damage(fixture, form_7);
	assert_record(fixture, RECORD_RESTS, "p", "stock=w|5");
	begin_as(fixture, "a", 3, 150);
	assert_int_equal(put(fixture, RECORD_RESTS, "q", "stock=w|6"),
	    STAGED_OLDER);
	snapshot_stage_drop(fixture->snap);
	assert_string_equal(take_as(fixture, "b", 4, 300, RECORD_RESTS, "p",
	    "stock=v|7"), "~rests:p\n");
	assert_record(fixture, RECORD_RESTS, "p", "stock=w|5 stock=v|7");
	assert_string_equal(take_as(fixture, "a", 5, 400, RECORD_RESTS, "q",
	    "stock=w|1"), "~rests:q\n");
	assert_int_equal(statements(fixture), 2);
}

static void
of_two_nodes_it_is_that_of_the_next(void **state)
{
	struct fixture *fixture = *state;

	take_as(fixture, "a", 1, 100, RECORD_RESTS, "p", "stock=w|5");
	take_as(fixture, "b", 2, 200, RECORD_RESTS, "q", "stock=v|7");
	fixture_damage(fixture, form_7);
	/* Where it says the same it becomes its own all the same. */
	assert_string_equal(take_as(fixture, "a", 3, 300, RECORD_RESTS, "p",
	    "stock=w|5"), "");
	take_as(fixture, "b", 4, 400, RECORD_RESTS, "p", "stock=v|1");
	assert_record(fixture, RECORD_RESTS, "p", "stock=w|5 stock=v|1");
	take_as(fixture, "a", 5, 500, RECORD_RESTS, "q", "stock=w|2");
	assert_record(fixture, RECORD_RESTS, "q", "stock=w|2");
}

/* ---- damage ---- */

static void
a_damaged_statement_is_told(void **state)
{
	static const char *const damages[] = {
		"UPDATE statement SET body = x'01ff' WHERE node = 1",
		"UPDATE statement SET flags = 77 WHERE node = 2",
		"UPDATE statement SET node = -5 WHERE node = 1"
	};
	struct fixture *fixture = *state;
	struct record record = { .kind = RECORD_RESTS, .id = str_of("p") };
	struct visits visits = { .text = BUF_INIT(4095) };
	enum staged staged;
	int rc;

	take_as(fixture, "a", 1, 100, RECORD_RESTS, "p", "stock=w|5");
	take_as(fixture, "b", 2, 200, RECORD_RESTS, "p", "stock=v|7");
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		fixture_damage(fixture, damages[i]);
		begin_as(fixture, "b", 3, 300);
		fields_init(&record.fields);
		fill(&record.fields, "stock=v|9");
		rc = snapshot_stage_put(fixture->snap, &record, &staged,
		    &fixture->err);
		if (rc == 0) {
			assert_int_equal(snapshot_begin(fixture->snap, NULL),
			    0);
			rc = snapshot_stage_accept(fixture->snap, note_visit,
			    &visits, &fixture->err);
			snapshot_rollback(fixture->snap);
		}
		assert_int_equal(rc, -1);
		assert_non_null(strstr(fixture->err.text,
		    "table statement"));
		snapshot_stage_drop(fixture->snap);
		fields_free(&record.fields);
	}
	buf_free(&visits.text);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		test(of_one_node_nothing_is_kept_twice),
		test(of_two_nodes_the_record_is_both),
		test(what_changes_nothing_of_the_whole_is_not_visited),
		test(by_force_what_is_the_same_is_visited),
		test(a_package_is_older_than_its_own_node_alone),
		test(of_other_kinds_the_newest_counts_whosever_it_is),
		test(what_a_package_says_twice_is_joined_with_its_own),
		test(what_is_imported_by_hand_speaks_for_the_newest),
		test(what_came_by_hand_is_the_next_ones),
		test(a_total_that_is_repeated_is_told),
		test(a_total_that_the_warehouses_come_to_is_not_told),
		test(what_another_node_states_is_not_absent),
		test(an_older_package_brings_no_statement_back),
		test(a_good_that_the_node_never_stated_is_not_its_to_leave_out),
		test(a_node_that_is_gone_states_nothing),
		test(nothing_lies_in_the_warehouses_of_a_node_that_is_gone),
		test(what_a_node_stated_is_that_of_the_one_that_follows),
		test(what_its_node_left_is_absent_where_another_leaves_it_out),
		test(a_price_is_that_of_the_node_that_exports_its_type),
		test(a_price_of_another_node_leaves_the_statement),
		test(a_price_of_a_state_of_before_is_taken_by_its_node),
		test(a_price_of_a_type_of_two_nodes_is_left_to_the_other),
		test(the_heir_exports_the_types_of_the_node_that_it_follows),
		test(nothing_is_left_of_a_statement_of_another_type),
		test(prices_of_a_node_that_is_gone_stay),
		test(what_becomes_known_later_is_so_in_every_statement),
		test(of_one_node_a_state_of_the_seventh_form_is_its_own),
		test(of_two_nodes_it_is_that_of_the_next),
		test(a_damaged_statement_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
