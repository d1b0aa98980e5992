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

/* A session with one package of this number and time. */
static int64_t
session_of(struct fixture *fixture, int64_t package, int64_t formed,
    bool closed)
{
	struct session session = { .node = "webdata", .closed = closed };
	struct package row = { .id = package, .state = PACKAGE_DONE,
	    .formed = formed, .accepted = true };

	assert_int_equal(snapshot_session_put(fixture->snap, &session, NULL),
	    0);
	row.session = session.id;
	assert_int_equal(snapshot_package_put(fixture->snap, &row, NULL), 0);
	return session.id;
}

static const char *
mark_absent(struct fixture *fixture, int64_t session, int64_t *live)
{
	static char text[4096];
	struct buf seen = BUF_INIT(4095);

	assert_int_equal(snapshot_begin(fixture->snap, &fixture->err), 0);
	assert_int_equal(snapshot_mark_absent(fixture->snap, session,
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
	assert_int_equal(snapshot_count_absent(fixture->snap, session,
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
	assert_int_equal(snapshot_mark_absent(fixture->snap, session,
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

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		test(goods_that_a_session_did_not_name_become_absent),
		test(an_absent_product_that_comes_back_is_changed),
		test(an_old_session_takes_nothing_away_that_is_newer),
		test(what_is_being_taken_does_not_become_absent_meanwhile),
		test(an_open_session_keeps_its_sets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
