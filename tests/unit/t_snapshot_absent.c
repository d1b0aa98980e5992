#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/db.h"
#include "stage_fixture.h"

#define CATALOG "11111111-2222-3333-4444-555555555555"

static int
note_absent(void *ctx, struct str id, struct err *err)
{
	struct buf *text = ctx;

	(void)err;
	(void)buf_printf(text, "%.*s\n", (int)id.len, id.p);
	return 0;
}

static bool
is_absent(struct fixture *fixture, const char *id)
{
	struct record_source source = snapshot_source(fixture->snap);

	return source.is_absent(source.ctx, RECORD_PRODUCT, str_of(id)) == 1;
}

static const char *
mark_absent(struct fixture *fixture, int64_t session, int64_t *live)
{
	static char text[4096];
	struct buf seen = BUF_INIT(4095);

	assert_int_equal(snapshot_begin(fixture->snap, &fixture->err), 0);
	assert_int_equal(snapshot_mark_absent(fixture->snap, session, 0,
	    str_of(CATALOG), note_absent, &seen, live, &fixture->err), 0);
	assert_int_equal(snapshot_commit(fixture->snap, &fixture->err), 0);
	(void)snprintf(text, sizeof(text), "%s", buf_text(&seen));
	buf_free(&seen);
	return text;
}

static void
first_load(struct fixture *fixture)
{
	begin(fixture, 1, 100);
	put(fixture, RECORD_PRODUCT, "a", "name=A catalog=" CATALOG);
	put(fixture, RECORD_PRODUCT, "b", "name=B catalog=" CATALOG);
	put(fixture, RECORD_PRODUCT, "d",
	    "name=D deleted=1 catalog=" CATALOG);
	put(fixture, RECORD_PRODUCT, "o", "name=O catalog=other");
	put(fixture, RECORD_GROUP, "g", "name=G");
	(void)accept(fixture);
}

static void
goods_that_a_session_did_not_name_become_absent(void **state)
{
	struct fixture *fixture = *state;
	int64_t session, live, absent;

	first_load(fixture);
	session = session_of(fixture, 2, 200, true);
	take(fixture, 2, 200, RECORD_PRODUCT, "a",
	    "name=A catalog=" CATALOG);
	assert_int_equal(snapshot_count_absent(fixture->snap, session, 0,
	    str_of(CATALOG), &absent, &live, NULL), 0);
	assert_int_equal(absent, 1);
	assert_int_equal(live, 2);
	assert_false(is_absent(fixture, "b"));
	assert_string_equal(mark_absent(fixture, session, &live), "b\n");
	assert_int_equal(live, 2);
	assert_true(is_absent(fixture, "b"));
	assert_false(is_absent(fixture, "a"));
	assert_false(is_absent(fixture, "o"));
	assert_false(is_absent(fixture, "d"));
	assert_string_equal(mark_absent(fixture, session, &live), "");
	assert_int_equal(live, 1);
}

static void
an_absent_product_that_comes_back_is_changed(void **state)
{
	struct fixture *fixture = *state;
	int64_t session, live;

	first_load(fixture);
	session = session_of(fixture, 2, 200, true);
	take(fixture, 2, 200, RECORD_PRODUCT, "a",
	    "name=A catalog=" CATALOG);
	(void)mark_absent(fixture, session, &live);
	assert_int_equal(take(fixture, 3, 150, RECORD_PRODUCT, "b",
	    "name=B catalog=" CATALOG), STAGED_OLDER);
	assert_int_equal(take(fixture, 4, 300, RECORD_PRODUCT, "b",
	    "name=B catalog=" CATALOG), STAGED_CHANGED);
	assert_false(is_absent(fixture, "b"));
}

static void
an_old_session_takes_nothing_away_that_is_newer(void **state)
{
	struct fixture *fixture = *state;
	int64_t session, live;

	first_load(fixture);
	take(fixture, 2, 300, RECORD_PRODUCT, "a",
	    "name=A catalog=" CATALOG);
	take(fixture, 3, 310, RECORD_PRODUCT, "n",
	    "name=N catalog=" CATALOG);
	session = session_of(fixture, 4, 200, true);
	take(fixture, 4, 200, RECORD_PRODUCT, "o", "name=O catalog=other");
	assert_string_equal(mark_absent(fixture, session, &live), "b\n");
}

static void
what_is_being_taken_does_not_become_absent_meanwhile(void **state)
{
	struct fixture *fixture = *state;
	struct visits visits = { .text = BUF_INIT(4095) };
	struct buf absent = BUF_INIT(4095);
	int64_t session, live;

	first_load(fixture);
	session = session_of(fixture, 2, 200, true);
	take(fixture, 2, 200, RECORD_PRODUCT, "a",
	    "name=A catalog=" CATALOG);
	begin(fixture, 3, 300);
	put(fixture, RECORD_PRODUCT, "b", "name=B catalog=" CATALOG);
	assert_int_equal(snapshot_begin(fixture->snap, NULL), 0);
	assert_int_equal(snapshot_mark_absent(fixture->snap, session, 0,
	    str_of(CATALOG), note_absent, &absent, &live, NULL), 0);
	assert_int_equal(snapshot_stage_accept(fixture->snap, note_visit,
	    &visits, NULL), 0);
	assert_int_equal(snapshot_commit(fixture->snap, NULL), 0);
	assert_string_equal(buf_text(&absent), "");
	assert_false(is_absent(fixture, "b"));
	buf_free(&absent);
	buf_free(&visits.text);
}

static void
an_open_session_keeps_its_sets(void **state)
{
	struct fixture *fixture = *state;
	int64_t session, live;
	int i;

	session = session_of(fixture, 1, 5000, false);
	begin(fixture, 1, 100);
	put(fixture, RECORD_PRODUCT, "a", "name=A catalog=" CATALOG);
	(void)accept(fixture);
	for (i = 2; i < 210; i++)
		take(fixture, i, 100 + i, RECORD_PRODUCT, "b", "name=B");
	assert_string_equal(mark_absent(fixture, session, &live), "");
	assert_int_equal(live, 1);
}

/* ---- characteristics ---- */

static const char *
mark_offers(struct fixture *fixture, int64_t session)
{
	static char text[4096];
	struct buf seen = BUF_INIT(4095);

	assert_int_equal(snapshot_begin(fixture->snap, &fixture->err), 0);
	assert_int_equal(snapshot_mark_absent_offers(fixture->snap, session, 0,
	    str_of(CATALOG), note_absent, &seen, &fixture->err), 0);
	assert_int_equal(snapshot_commit(fixture->snap, &fixture->err), 0);
	(void)snprintf(text, sizeof(text), "%s", buf_text(&seen));
	buf_free(&seen);
	return text;
}

static bool
is_offer_absent(struct fixture *fixture, const char *id)
{
	struct record_source source = snapshot_source(fixture->snap);

	return source.is_absent(source.ctx, RECORD_OFFER, str_of(id)) == 1;
}

static int
note_of(void *arg, const struct record *record, bool absent)
{
	(void)buf_printf(arg, "%.*s%s ", (int)record->id.len, record->id.p,
	    absent ? "-" : "+");
	return 0;
}

/* Goods a, b, each with two characteristics; a also with a deleted one. */
static void
load_offers(struct fixture *fixture)
{
	first_load(fixture);
	begin(fixture, 2, 110);
	put(fixture, RECORD_OFFER, "a", "name=self");
	put(fixture, RECORD_OFFER, "a#1", "name=one");
	put(fixture, RECORD_OFFER, "a#2", "name=two");
	put(fixture, RECORD_OFFER, "a#d", "name=gone deleted=1");
	put(fixture, RECORD_OFFER, "b#1", "name=one");
	put(fixture, RECORD_OFFER, "b#2", "name=two");
	put(fixture, RECORD_OFFER, "nobody#1", "name=one");
	put(fixture, RECORD_OFFER, "#1", "name=odd");
	(void)accept(fixture);
}

static void
characteristics_that_a_session_did_not_name_become_absent(void **state)
{
	struct fixture *fixture = *state;
	struct record_source source;
	struct buf text = BUF_INIT(4095);
	int64_t session;

	load_offers(fixture);
	session = session_of(fixture, 3, 200, true);
	begin(fixture, 3, 200);
	put(fixture, RECORD_PRODUCT, "a", "name=A catalog=" CATALOG);
	put(fixture, RECORD_OFFER, "a#2", "name=two");
	put(fixture, RECORD_OFFER, "b#2", "name=two");
	(void)accept(fixture);
	/* Also a's own, but nothing of b, which it did not name. */
	assert_string_equal(mark_offers(fixture, session), "a\na#1\n");
	assert_true(is_offer_absent(fixture, "a#1"));
	assert_true(is_offer_absent(fixture, "a"));
	assert_false(is_offer_absent(fixture, "b#1"));
	source = snapshot_source(fixture->snap);
	assert_int_equal(source.each_of(source.ctx, RECORD_OFFER,
	    str_of("a"), note_of, &text, NULL), 0);
	assert_string_equal(buf_text(&text), "a#1- a#2+ a#d+ ");
	buf_free(&text);
	assert_string_equal(mark_offers(fixture, session), "");
}

/* "b#" is nothing of "b-" or "b", and a plain offer tells of all. */
static void
characteristics_of_a_product_without_offers_stay(void **state)
{
	struct fixture *fixture = *state;
	int64_t session;

	load_offers(fixture);
	session = session_of(fixture, 3, 200, true);
	begin(fixture, 3, 200);
	put(fixture, RECORD_PRODUCT, "a", "name=A catalog=" CATALOG);
	put(fixture, RECORD_PRODUCT, "b", "name=B catalog=" CATALOG);
	put(fixture, RECORD_OFFER, "a", "name=self");
	put(fixture, RECORD_OFFER, "b-", "name=other");
	put(fixture, RECORD_OFFER, "b$1", "name=other");
	(void)accept(fixture);
	assert_string_equal(mark_offers(fixture, session), "a#1\na#2\n");
}

static void
characteristics_of_another_catalogue_stay(void **state)
{
	struct fixture *fixture = *state;
	int64_t session;

	load_offers(fixture);
	take(fixture, 3, 120, RECORD_OFFER, "o#1", "name=one");
	session = session_of(fixture, 4, 200, true);
	begin(fixture, 4, 200);
	put(fixture, RECORD_PRODUCT, "b", "name=B catalog=" CATALOG);
	put(fixture, RECORD_PRODUCT, "o", "name=O catalog=other");
	put(fixture, RECORD_OFFER, "b#2", "name=two");
	put(fixture, RECORD_OFFER, "o#2", "name=two");
	(void)accept(fixture);
	assert_string_equal(mark_offers(fixture, session), "b#1\n");
}

static void
an_absent_characteristic_that_comes_back_is_changed(void **state)
{
	struct fixture *fixture = *state;
	int64_t session;

	load_offers(fixture);
	session = session_of(fixture, 3, 200, true);
	begin(fixture, 3, 200);
	put(fixture, RECORD_PRODUCT, "b", "name=B catalog=" CATALOG);
	put(fixture, RECORD_OFFER, "b#3", "name=three");
	(void)accept(fixture);
	assert_string_equal(mark_offers(fixture, session), "b#1\nb#2\n");
	assert_int_equal(take(fixture, 4, 150, RECORD_OFFER, "b#1",
	    "name=one"), STAGED_OLDER);
	assert_int_equal(take(fixture, 5, 300, RECORD_OFFER, "b#1",
	    "name=one"), STAGED_CHANGED);
	assert_false(is_offer_absent(fixture, "b#1"));
	assert_true(is_offer_absent(fixture, "b#2"));
}

static void
newer_characteristics_do_not_become_absent(void **state)
{
	struct fixture *fixture = *state;
	int64_t session;

	load_offers(fixture);
	take(fixture, 3, 300, RECORD_OFFER, "a#1", "name=one");
	take(fixture, 4, 300, RECORD_OFFER, "a#2", "name=zwei");
	take(fixture, 5, 300, RECORD_OFFER, "a#3", "name=three");
	session = session_of(fixture, 6, 200, true);
	begin(fixture, 6, 200);
	put(fixture, RECORD_PRODUCT, "a", "name=A catalog=" CATALOG);
	put(fixture, RECORD_OFFER, "a", "name=self");
	(void)accept(fixture);
	assert_string_equal(mark_offers(fixture, session), "");
}

static void
a_damaged_offer_is_told(void **state)
{
	struct fixture *fixture = *state;
	int64_t session;

	load_offers(fixture);
	session = session_of(fixture, 3, 200, true);
	begin(fixture, 3, 200);
	put(fixture, RECORD_PRODUCT, "a", "name=A catalog=" CATALOG);
	put(fixture, RECORD_OFFER, "a", "name=self");
	(void)accept(fixture);
	fixture_damage(fixture, "UPDATE record SET flags = 77"
	    " WHERE kind = 9");
	assert_int_equal(snapshot_begin(fixture->snap, NULL), 0);
	assert_int_equal(snapshot_mark_absent_offers(fixture->snap, session, 0,
	    str_of(CATALOG), note_absent, NULL, &fixture->err), -1);
	assert_non_null(strstr(fixture->err.text, "damaged"));
	snapshot_rollback(fixture->snap);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		test(goods_that_a_session_did_not_name_become_absent),
		test(an_absent_product_that_comes_back_is_changed),
		test(an_old_session_takes_nothing_away_that_is_newer),
		test(what_is_being_taken_does_not_become_absent_meanwhile),
		test(an_open_session_keeps_its_sets),
		test(characteristics_that_a_session_did_not_name_become_absent),
		test(characteristics_of_a_product_without_offers_stay),
		test(characteristics_of_another_catalogue_stay),
		test(an_absent_characteristic_that_comes_back_is_changed),
		test(newer_characteristics_do_not_become_absent),
		test(a_damaged_offer_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
