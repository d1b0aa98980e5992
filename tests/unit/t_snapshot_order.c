#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/db.h"
#include "snapshot_fixture.h"

#define UUID "0f9c2c4e-90f1-11ee-8b5c-00155d0a1b2f"

static void
put(struct fixture *fixture, int64_t deal, int64_t number,
    enum order_state state, int64_t company, int64_t contact)
{
	struct order order;

	order_init(&order);
	order.deal = deal;
	order.number = number;
	order.state = state;
	order.company = company;
	order.contact = contact;
	assert_int_equal(snapshot_order_put(fixture->snap, &order,
	    &fixture->err), 0);
	order_free(&order);
}

static void
fill(struct order *order)
{
	order->deal = 4711;
	order->number = 17;
	order->state = ORDER_UNCONFIRMED;
	order->category = 2;
	order->company = 3;
	order->contact = 4;
	order->manager = 5;
	order->updated = 6;
	order->looked = 7;
	order->put = 8;
	order->first_put = 9;
	order->heard = 10;
	order->since = 11;
	order->offered = true;
	order->ended = true;
	(void)snprintf(order->node, sizeof(order->node), "%s", "webdata");
	(void)snprintf(order->code, sizeof(order->code), "%s", "paid");
	(void)snprintf(order->text, sizeof(order->text), "%s", "1C keeps it");
	(void)fields_set(&order->document, FIELD_NUMBER, str_of("17"));
	(void)fields_set(&order->known, FIELD_SUM, str_of("2400"));
}

static void
assert_filled(const struct order *order)
{
	assert_int_equal(order->deal, 4711);
	assert_int_equal(order->number, 17);
	assert_int_equal(order->state, ORDER_UNCONFIRMED);
	assert_int_equal(order->category, 2);
	assert_int_equal(order->company, 3);
	assert_int_equal(order->contact, 4);
	assert_int_equal(order->manager, 5);
	assert_int_equal(order->updated, 6);
	assert_int_equal(order->looked, 7);
	assert_int_equal(order->put, 8);
	assert_int_equal(order->first_put, 9);
	assert_int_equal(order->heard, 10);
	assert_int_equal(order->since, 11);
	assert_true(order->offered);
	assert_true(order->ended);
	assert_string_equal(order->node, "webdata");
	assert_string_equal(order->code, "paid");
	assert_string_equal(order->text, "1C keeps it");
	assert_true(str_is(fields_get(&order->document, FIELD_NUMBER),
	    "17"));
	assert_true(str_is(fields_get(&order->known, FIELD_SUM), "2400"));
}

static void
an_order_is_read_back_as_it_was_put(void **state)
{
	struct fixture *fixture = *state;
	struct order order;

	order_init(&order);
	fill(&order);
	assert_int_equal(snapshot_order_put(fixture->snap, &order, NULL), 0);
	fixture_reopen(fixture);
	order_free(&order);
	order_init(&order);
	assert_int_equal(snapshot_order_get(fixture->snap, 4711, &order,
	    NULL), 0);
	assert_filled(&order);
	assert_int_equal(snapshot_order_by_number(fixture->snap, 17, &order,
	    NULL), 0);
	assert_filled(&order);
	order_free(&order);
}

static void
an_unknown_order_is_empty_but_for_its_deal(void **state)
{
	struct fixture *fixture = *state;
	struct order order;

	put(fixture, 5, 0, ORDER_NONE, 0, 0);
	order_init(&order);
	fill(&order);
	assert_int_equal(snapshot_order_get(fixture->snap, 9, &order, NULL),
	    1);
	assert_int_equal(order.deal, 9);
	assert_int_equal(order.number, 0);
	assert_int_equal(order.state, ORDER_NONE);
	assert_string_equal(order.code, "");
	assert_int_equal(order.document.count, 0);
	assert_int_equal(order.known.count, 0);
	/* 0 is no number, though deals have it. */
	assert_int_equal(snapshot_order_by_number(fixture->snap, 0, &order,
	    NULL), 1);
	assert_int_equal(snapshot_order_by_number(fixture->snap, 7, &order,
	    NULL), 1);
	assert_int_equal(order.deal, 0);
	order_free(&order);
}

static void
an_order_is_replaced(void **state)
{
	struct fixture *fixture = *state;
	struct order order;

	order_init(&order);
	fill(&order);
	assert_int_equal(snapshot_order_put(fixture->snap, &order, NULL), 0);
	order.state = ORDER_LOADED;
	order.code[0] = '\0';
	fields_clear(&order.known);
	/* The second time nothing is different. */
	assert_int_equal(snapshot_order_put(fixture->snap, &order, NULL), 0);
	assert_int_equal(snapshot_order_put(fixture->snap, &order, NULL), 0);
	assert_int_equal(snapshot_order_get(fixture->snap, 4711, &order,
	    NULL), 0);
	assert_int_equal(order.state, ORDER_LOADED);
	assert_string_equal(order.code, "");
	assert_int_equal(order.known.count, 0);
	assert_int_equal(order.document.count, 1);
	order_free(&order);
}

static void
a_number_of_another_deal_is_refused(void **state)
{
	struct fixture *fixture = *state;
	struct order order;

	put(fixture, 1, 17, ORDER_WAITING, 0, 0);
	put(fixture, 2, 0, ORDER_NONE, 0, 0);
	put(fixture, 3, 0, ORDER_NONE, 0, 0);
	order_init(&order);
	order.deal = 2;
	order.number = 17;
	assert_int_equal(snapshot_order_put(fixture->snap, &order,
	    &fixture->err), -1);
	assert_int_equal(fixture->err.kind, ERR_STATE);
	assert_non_null(strstr(fixture->err.text,
	    "the order number 17 is that of deal 1: deal 2"));
	assert_int_equal(snapshot_order_get(fixture->snap, 2, &order, NULL),
	    0);
	assert_int_equal(order.number, 0);
	order_free(&order);
}

static void
the_lowest_number_is_known(void **state)
{
	struct fixture *fixture = *state;
	int64_t number = -1;

	put(fixture, 9, 0, ORDER_NONE, 0, 0);
	assert_int_equal(snapshot_order_min_number(fixture->snap, &number,
	    NULL), 0);
	assert_int_equal(number, 0);
	put(fixture, 1, 120, ORDER_WAITING, 0, 0);
	put(fixture, 2, 20, ORDER_GONE, 0, 0);
	assert_int_equal(snapshot_order_min_number(fixture->snap, &number,
	    NULL), 0);
	assert_int_equal(number, 20);
}

static int
note_order(void *ctx, const struct order *order, struct err *err)
{
	(void)err;
	return buf_printf(ctx, "%d:%d ", (int)order->number,
	    (int)order->deal);
}

static void
assert_orders(struct fixture *fixture, enum order_state state,
    const char *wanted)
{
	struct buf text = BUF_INIT(200);

	assert_int_equal(snapshot_order_each(fixture->snap, state, note_order,
	    &text, &fixture->err), 0);
	assert_string_equal(buf_text(&text), wanted);
	buf_free(&text);
}

static void
orders_are_listed_by_number_then_deal(void **state)
{
	struct fixture *fixture = *state;

	assert_orders(fixture, ORDER_STATE_LAST, "");
	put(fixture, 1, 30, ORDER_WAITING, 0, 0);
	put(fixture, 2, 20, ORDER_WAITING, 0, 0);
	put(fixture, 4, 0, ORDER_HELD, 0, 0);
	put(fixture, 3, 0, ORDER_HELD, 0, 0);
	put(fixture, 5, 25, ORDER_LOADED, 0, 0);
	assert_orders(fixture, ORDER_WAITING, "20:2 30:1 ");
	assert_orders(fixture, ORDER_HELD, "0:3 0:4 ");
	assert_orders(fixture, ORDER_NONE, "");
	assert_orders(fixture, ORDER_STATE_LAST,
	    "0:3 0:4 20:2 25:5 30:1 ");
}

struct loading {
	struct fixture *fixture;
	int visited;
};

static int
load_both(void *ctx, const struct order *order, struct err *err)
{
	struct loading *loading = ctx;

	(void)order;
	(void)err;
	loading->visited++;
	put(loading->fixture, 1, 1, ORDER_LOADED, 0, 0);
	put(loading->fixture, 2, 2, ORDER_LOADED, 0, 0);
	return 0;
}

static void
what_leaves_the_state_during_the_walk_is_not_shown(void **state)
{
	struct loading loading = { .fixture = *state };

	put(loading.fixture, 1, 1, ORDER_WAITING, 0, 0);
	put(loading.fixture, 2, 2, ORDER_WAITING, 0, 0);
	assert_int_equal(snapshot_order_each(loading.fixture->snap,
	    ORDER_WAITING, load_both, &loading, NULL), 0);
	assert_int_equal(loading.visited, 1);
}

static void
put_at(struct fixture *fixture, int64_t number, int64_t first_put,
    int64_t put_then, int64_t since)
{
	struct order order = { .deal = 100 - number, .number = number,
	    .state = ORDER_WAITING, .put = put_then, .first_put = first_put,
	    .since = since };

	fields_init(&order.document);
	fields_init(&order.known);
	assert_int_equal(snapshot_order_put(fixture->snap, &order, NULL), 0);
	order_free(&order);
}

static void
what_lies_in_the_outbox_is_due_first_and_edits_last(void **state)
{
	struct buf text = BUF_INIT(200);
	struct fixture *fixture = *state;

	put_at(fixture, 1, 5, 0, 70);
	put_at(fixture, 2, 5, 0, 60);
	put_at(fixture, 3, 0, 0, 50);
	put_at(fixture, 4, 0, 0, 10);
	put_at(fixture, 5, 5, 9, 90);
	put_at(fixture, 6, 5, 5, 80);
	put(fixture, 7, 7, ORDER_HELD, 0, 0);
	assert_int_equal(snapshot_order_each_due(fixture->snap, note_order,
	    &text, &fixture->err), 0);
	assert_string_equal(buf_text(&text),
	    "5:95 6:94 3:97 4:96 2:98 1:99 ");
	buf_free(&text);
}

static void
orders_are_counted_by_state(void **state)
{
	struct fixture *fixture = *state;
	int64_t counts[ORDER_STATE_LAST];
	struct order order;

	put(fixture, 1, 1, ORDER_WAITING, 0, 0);
	put(fixture, 2, 2, ORDER_WAITING, 0, 0);
	order_init(&order);
	fill(&order);
	assert_int_equal(snapshot_order_put(fixture->snap, &order, NULL), 0);
	assert_int_equal(snapshot_order_count(fixture->snap, counts, NULL),
	    0);
	assert_int_equal(counts[ORDER_WAITING], 2);
	assert_int_equal(counts[ORDER_UNCONFIRMED], 1);
	assert_int_equal(counts[ORDER_NONE], 0);
	order_free(&order);
}

static int
note_deal(void *ctx, int64_t deal, struct err *err)
{
	(void)err;
	return buf_printf(ctx, "%d ", (int)deal);
}

static void
assert_deals(struct fixture *fixture, bool company, int64_t client,
    const char *wanted)
{
	struct buf text = BUF_INIT(200);

	assert_int_equal(snapshot_order_each_of_client(fixture->snap,
	    company, client, note_deal, &text, &fixture->err), 0);
	assert_string_equal(buf_text(&text), wanted);
	buf_free(&text);
}

static void
orders_are_found_by_their_customer(void **state)
{
	struct fixture *fixture = *state;

	put(fixture, 3, 1, ORDER_WAITING, 7, 0);
	put(fixture, 1, 2, ORDER_LOADED, 7, 8);
	put(fixture, 2, 0, ORDER_HELD, 0, 7);
	put(fixture, 4, 0, ORDER_NONE, 7, 7);
	put(fixture, 5, 5, ORDER_GONE, 7, 7);
	assert_deals(fixture, true, 7, "1 3 ");
	assert_deals(fixture, false, 7, "2 ");
	assert_deals(fixture, false, 8, "1 ");
	assert_deals(fixture, true, 8, "");
	assert_deals(fixture, true, 0, "");
}

static void
states_have_names(void **state)
{
	(void)state;
	assert_string_equal(order_state_name(ORDER_NONE), "none");
	assert_string_equal(order_state_name(ORDER_WAITING), "waiting");
	assert_string_equal(order_state_name(ORDER_GONE), "gone");
	assert_string_equal(order_state_name(ORDER_STATE_LAST), "none");
	for (int i = 0; i < ORDER_STATE_LAST; i++)
		assert_non_null(order_state_name((enum order_state)i));
}

static void
damage_of_an_order_is_told(void **state)
{
	static const char *const damages[] = {
		"UPDATE deal SET state = 9", "UPDATE deal SET state = -1",
		"UPDATE deal SET number = -17", "UPDATE deal SET company = -1",
		"UPDATE deal SET node = hex(zeroblob(200))",
		"UPDATE deal SET code = 'a' || char(0)",
		"UPDATE deal SET text = hex(zeroblob(300))",
		"UPDATE deal SET document = x'4c'",
		"UPDATE deal SET known = x'ff00'"
	};
	struct fixture *fixture = *state;
	struct order order;

	order_init(&order);
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		fill(&order);
		assert_int_equal(snapshot_order_put(fixture->snap, &order,
		    NULL), 0);
		fixture_damage(fixture, damages[i]);
		err_clear(&fixture->err);
		assert_int_equal(snapshot_order_get(fixture->snap, 4711,
		    &order, &fixture->err), -1);
		assert_int_equal(fixture->err.kind, ERR_STATE);
		assert_non_null(strstr(fixture->err.text,
		    "state is damaged: table deal, row 4711"));
		assert_int_equal(snapshot_order_each(fixture->snap,
		    ORDER_STATE_LAST, note_order, NULL, &fixture->err), -1);
	}
	order_free(&order);
}

static void
a_damaged_state_is_not_counted(void **state)
{
	struct fixture *fixture = *state;
	int64_t counts[ORDER_STATE_LAST];

	put(fixture, 1, 1, ORDER_WAITING, 0, 0);
	fixture_damage(fixture, "UPDATE deal SET state = 99");
	assert_int_equal(snapshot_order_count(fixture->snap, counts,
	    &fixture->err), -1);
	assert_non_null(strstr(fixture->err.text, "state is damaged"));
}

static void
two_deals_cannot_have_one_number_behind_our_back(void **state)
{
	struct fixture *fixture = *state;
	struct db *db;

	put(fixture, 1, 17, ORDER_WAITING, 0, 0);
	put(fixture, 2, 0, ORDER_NONE, 0, 0);
	assert_int_equal(db_open(&db, fixture->path, false, NULL), 0);
	assert_int_equal(db_exec(db, "UPDATE deal SET number = 17"
	    " WHERE id = 2", NULL), -1);
	db_close(db);
}

/* ---- documents ---- */

static int
note_id(void *ctx, struct str id, struct err *err)
{
	(void)err;
	return buf_printf(ctx, "%.*s ", (int)id.len, id.p);
}

static void
assert_documents(struct fixture *fixture, const char *number,
    const char *wanted)
{
	struct buf text = BUF_INIT(2000);

	assert_int_equal(snapshot_document_each(fixture->snap, str_of(number),
	    note_id, &text, &fixture->err), 0);
	assert_string_equal(buf_text(&text), wanted);
	buf_free(&text);
}

static void
put_document(struct fixture *fixture, const char *number, const char *id)
{
	assert_int_equal(snapshot_document_put(fixture->snap, str_of(number),
	    str_of(id), &fixture->err), 0);
}

static void
documents_of_a_number_are_listed_in_the_order_of_bytes(void **state)
{
	struct fixture *fixture = *state;

	put_document(fixture, "17", "z");
	put_document(fixture, "17", UUID "#1");
	put_document(fixture, "17", UUID);
	put_document(fixture, "17", "1");
	put_document(fixture, "17", "17");
	put_document(fixture, "17", UUID);
	put_document(fixture, "017", "other");
	fixture_reopen(fixture);
	assert_documents(fixture, "17", UUID " " UUID "#1 1 17 z ");
	assert_documents(fixture, "017", "other ");
	assert_documents(fixture, "7", "");
}

static int
note_left(void *ctx, struct str number, struct err *err)
{
	(void)err;
	return buf_printf(ctx, "%.*s ", (int)number.len, number.p);
}

static void
a_document_speaks_of_one_number(void **state)
{
	struct fixture *fixture = *state;
	struct buf left = BUF_INIT(64);

	put_document(fixture, "17", "pay");
	put_document(fixture, "17", "other");
	put_document(fixture, "18", "pay");
	assert_int_equal(snapshot_document_move(fixture->snap, str_of("18"),
	    str_of("pay"), note_left, &left, &fixture->err), 0);
	assert_string_equal(buf_text(&left), "17 ");
	assert_int_equal(snapshot_document_move(fixture->snap, str_of("18"),
	    str_of("pay"), note_left, &left, &fixture->err), 0);
	assert_string_equal(buf_text(&left), "17 ");
	assert_documents(fixture, "17", "other ");
	assert_documents(fixture, "18", "pay ");
	buf_free(&left);
}

static void
a_document_may_have_marked_rows_beside(void **state)
{
	struct fixture *fixture = *state;
	char number[LIMIT_ID_BYTES + 1];

	put_document(fixture, "17", "order");
	put_document(fixture, "!18", "order");
	assert_int_equal(snapshot_document_number(fixture->snap,
	    str_of("order"), '!', number, &fixture->err), 0);
	assert_string_equal(number, "17");
	assert_int_equal(snapshot_document_number(fixture->snap,
	    str_of("none"), '!', number, &fixture->err), 1);
	assert_string_equal(number, "");
	assert_int_equal(snapshot_document_drop(fixture->snap,
	    str_of("order"), '!', &fixture->err), 0);
	assert_documents(fixture, "!18", "");
	assert_int_equal(snapshot_document_take(fixture->snap, str_of("17"),
	    str_of("18"), str_of("order"), &fixture->err), 0);
	assert_documents(fixture, "17", "");
	assert_documents(fixture, "18", "order ");
}

static void
what_is_no_number_and_no_id_is_not_kept(void **state)
{
	struct fixture *fixture = *state;
	char number[LIMIT_ID_BYTES + 2], id[LIMIT_KEY_BYTES + 2];

	memset(number, '7', sizeof(number) - 1);
	number[sizeof(number) - 1] = '\0';
	memset(id, 'a', sizeof(id) - 1);
	id[sizeof(id) - 1] = '\0';
	put_document(fixture, number, "a");
	assert_documents(fixture, number, "");
	put_document(fixture, "17", id);
	put_document(fixture, "17", "");
	put_document(fixture, "", "a");
	assert_documents(fixture, "17", "");
	assert_documents(fixture, "", "");
	/* The longest ones are. */
	number[LIMIT_ID_BYTES] = '\0';
	id[LIMIT_KEY_BYTES] = '\0';
	put_document(fixture, number, "a");
	assert_documents(fixture, number, "a ");
	put_document(fixture, "17", id);
	id[LIMIT_KEY_BYTES] = ' ';
	assert_documents(fixture, "17", id);
}

static void
a_damaged_document_is_told(void **state)
{
	struct fixture *fixture = *state;

	put_document(fixture, "17", "a");
	fixture_damage(fixture, "UPDATE document SET id = zeroblob(513)");
	assert_int_equal(snapshot_document_each(fixture->snap, str_of("17"),
	    note_id, NULL, &fixture->err), -1);
	assert_non_null(strstr(fixture->err.text,
	    "state is damaged: table document"));
}

/* ---- targets of deals ---- */

static int
note_history(void *ctx, const struct history *entry, struct err *err)
{
	(void)err;
	return buf_printf(ctx, "%d ", (int)entry->target.kind);
}

static void
put_target(struct fixture *fixture, enum target_kind kind, int64_t *row)
{
	struct change change = { .verb = VERB_UPDATE,
	    .state = CHANGE_PLANNED };
	struct history entry;

	history_init(&entry);
	assert_int_equal(target_set(&change.target, kind, str_of("4711")), 0);
	assert_int_equal(snapshot_target_row(fixture->snap, &change.target,
	    row, NULL), 0);
	change.row = *row;
	assert_int_equal(snapshot_change_put(fixture->snap, &change,
	    &fixture->err), 0);
	entry.target = change.target;
	entry.verb = VERB_UPDATE;
	assert_int_equal(snapshot_history_add(fixture->snap, &entry,
	    &fixture->err), 0);
	history_free(&entry);
}

static void
targets_of_deals_are_kept_like_others(void **state)
{
	struct fixture *fixture = *state;
	struct history_filter filter = { .id = str_of("4711") };
	struct buf text = BUF_INIT(200);
	struct change_counts counts;
	struct change change;
	int64_t row;

	for (int kind = TARGET_DEAL; kind <= TARGET_ORDER; kind++) {
		put_target(fixture, (enum target_kind)kind, &row);
		assert_int_equal(snapshot_change_get(fixture->snap, row,
		    &change, &fixture->err), 0);
		assert_int_equal(change.target.kind, kind);
	}
	assert_int_equal(snapshot_change_count(fixture->snap, &counts,
	    &fixture->err), 0);
	assert_int_equal(counts.by[TARGET_ORDER][VERB_UPDATE], 1);
	assert_int_equal(counts.planned, 5);
	assert_int_equal(snapshot_history_each(fixture->snap, &filter,
	    note_history, &text, &fixture->err), 0);
	assert_string_equal(buf_text(&text), "14 13 12 11 10 ");
	buf_free(&text);
}

/* ---- the second form ---- */

static const char form_2[] = FORM_6
    "ALTER TABLE session_file DROP COLUMN offers;"
    "ALTER TABLE package DROP COLUMN late; DROP TABLE owed;"
    "DROP TABLE term; DROP TABLE deal; DROP TABLE document;"
    "DROP INDEX run_ended; DROP INDEX session_closed;"
    "DROP INDEX package_done; DROP INDEX target_onec_order;"
    "PRAGMA user_version = 2";

static void
a_state_of_the_second_form_is_brought_up_to_date(void **state)
{
	struct fixture *fixture = *state;
	struct snapshot *snap;
	struct db *db;
	int64_t row, same;

	put_target(fixture, TARGET_PRODUCT, &row);
	snapshot_close(fixture->snap);
	fixture->snap = NULL;
	assert_int_equal(db_open(&db, fixture->path, false, NULL), 0);
	assert_int_equal(db_exec(db, form_2, &fixture->err), 0);
	db_close(db);
	assert_int_equal(snapshot_open(&snap, fixture->path, true,
	    &fixture->err), -1);
	assert_non_null(strstr(fixture->err.text,
	    "made by an older cml24 (form 2)"));
	fixture_reopen(fixture);
	put_target(fixture, TARGET_PRODUCT, &same);
	assert_int_equal(same, row);
	put(fixture, 1, 1, ORDER_WAITING, 0, 0);
	put_document(fixture, "1", "a");
	fixture_reopen(fixture);
	assert_orders(fixture, ORDER_WAITING, "1:1 ");
	assert_documents(fixture, "1", "a ");
}

/* ---- orders that began in 1C ---- */

static int
put_onec_order(struct fixture *fixture, const char *number, const char *year,
    int64_t deal)
{
	struct target target;
	struct image image;
	int rc;

	assert_int_equal(target_set_part(&target, TARGET_ONEC_ORDER,
	    str_of(number), str_of(year)), 0);
	image_init(&image);
	assert_int_equal(snapshot_target_row(fixture->snap, &target,
	    &image.target, &fixture->err), 0);
	image.portal_id = deal;
	rc = snapshot_image_put(fixture->snap, &image, &fixture->err);
	image_free(&image);
	return rc;
}

static void
a_deal_is_made_of_one_order_of_1c(void **state)
{
	struct fixture *fixture = *state;
	struct target target;

	assert_int_equal(put_onec_order(fixture, "15", "2026", 7), 0);
	assert_int_equal(put_onec_order(fixture, "15", "2027", 8), 0);
	assert_int_equal(put_onec_order(fixture, "16", "2026", 7), -1);
	assert_int_equal(snapshot_image_by_portal_id(fixture->snap,
	    TARGET_ONEC_ORDER, 8, &target, &fixture->err), 0);
	assert_true(str_is(target_id(&target), "15"));
	assert_true(str_is(target_rule(&target), "2027"));
}

static void
a_state_of_the_fifth_form_is_brought_up_to_date(void **state)
{
	struct fixture *fixture = *state;

	put(fixture, 1, 1, ORDER_WAITING, 0, 0);
	fixture_damage(fixture, FORM_6 "DROP INDEX target_onec_order;"
	    "PRAGMA user_version = 5");
	assert_orders(fixture, ORDER_WAITING, "1:1 ");
	assert_int_equal(put_onec_order(fixture, "15", "2026", 7), 0);
	assert_int_equal(put_onec_order(fixture, "16", "2026", 7), -1);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		test(an_order_is_read_back_as_it_was_put),
		test(an_unknown_order_is_empty_but_for_its_deal),
		test(an_order_is_replaced),
		test(a_number_of_another_deal_is_refused),
		test(the_lowest_number_is_known),
		test(orders_are_listed_by_number_then_deal),
		test(what_leaves_the_state_during_the_walk_is_not_shown),
		test(what_lies_in_the_outbox_is_due_first_and_edits_last),
		test(orders_are_counted_by_state),
		test(orders_are_found_by_their_customer),
		test(states_have_names),
		test(damage_of_an_order_is_told),
		test(a_damaged_state_is_not_counted),
		test(two_deals_cannot_have_one_number_behind_our_back),
		test(documents_of_a_number_are_listed_in_the_order_of_bytes),
		test(a_document_speaks_of_one_number),
		test(a_document_may_have_marked_rows_beside),
		test(what_is_no_number_and_no_id_is_not_kept),
		test(a_damaged_document_is_told),
		test(targets_of_deals_are_kept_like_others),
		test(a_state_of_the_second_form_is_brought_up_to_date),
		test(a_deal_is_made_of_one_order_of_1c),
		test(a_state_of_the_fifth_form_is_brought_up_to_date),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
