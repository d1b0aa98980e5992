#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/db.h"
#include "snapshot/looks.h"
#include "snapshot_fixture.h"

static int
note_node(void *ctx, const struct node *node, struct err *err)
{
	(void)err;
	return buf_printf(ctx, "%s:%d:%s ", node->name, node->goods.is,
	    node->goods.reason);
}

static void
a_node_is_kept_by_name(void **state)
{
	struct fixture *fixture = *state;
	struct buf text = BUF_INIT(200);
	struct node node;

	assert_int_equal(snapshot_node_get(fixture->snap, "webdata", &node,
	    NULL), 1);
	assert_string_equal(node.name, "webdata");
	assert_false(node.goods.is);
	assert_false(node.orders.is);
	node.orders.is = true;
	node.orders.since = 7;
	node.formed = 5;
	(void)snprintf(node.orders.reason, sizeof(node.orders.reason), "%s",
	    "lost");
	assert_int_equal(snapshot_node_put(fixture->snap, &node, NULL), 0);
	assert_int_equal(snapshot_node_get(fixture->snap, "webdata", &node,
	    NULL), 0);
	assert_false(node.goods.is);
	assert_true(node.orders.is);
	assert_int_equal(node.orders.since, 7);
	assert_string_equal(node.orders.reason, "lost");
	node.orders.is = false;
	node.goods.is = true;
	(void)snprintf(node.goods.reason, sizeof(node.goods.reason), "%s",
	    "refused");
	assert_int_equal(snapshot_node_put(fixture->snap, &node, NULL), 0);
	assert_int_equal(snapshot_node_get(fixture->snap, "webdata", &node,
	    NULL), 0);
	assert_true(node.goods.is);
	assert_false(node.orders.is);
	assert_int_equal(snapshot_node_get(fixture->snap, "", &node, NULL),
	    1);
	assert_int_equal(snapshot_node_put(fixture->snap, &node, NULL), 0);
	assert_int_equal(snapshot_node_each(fixture->snap, note_node, &text,
	    NULL), 0);
	assert_string_equal(buf_text(&text), ":0: webdata:1:refused ");
	buf_free(&text);
}

static void
needs_of_the_sixth_form_are_told_apart(void **state)
{
	struct fixture *fixture = *state;
	struct node node;

	fixture_damage(fixture, FORM_6
	    "INSERT INTO node (name, needs_full, reason, needs_since, formed,"
	    " catalog) VALUES ('goods', 1, 'a', 5, 0, ''),"
	    " ('orders', 2, 'b', 6, 0, ''), ('none', 0, '', 0, 0, '');"
	    "PRAGMA user_version = 6");
	assert_int_equal(snapshot_node_get(fixture->snap, "goods", &node,
	    NULL), 0);
	assert_true(node.goods.is && !node.orders.is);
	assert_int_equal(node.goods.since, 5);
	assert_int_equal(snapshot_node_get(fixture->snap, "orders", &node,
	    NULL), 0);
	assert_true(!node.goods.is && node.orders.is);
	assert_string_equal(node.orders.reason, "b");
	assert_int_equal(node.orders.since, 6);
	assert_string_equal(node.goods.reason, "");
	assert_int_equal(snapshot_node_get(fixture->snap, "none", &node,
	    NULL), 0);
	assert_true(!node.goods.is && !node.orders.is);
}

static int
note_session(void *ctx, const struct session *session, struct err *err)
{
	(void)err;
	return buf_printf(ctx, "%d:%s ", (int)session->id, session->node);
}

static void
a_session_is_open_until_it_is_closed(void **state)
{
	struct fixture *fixture = *state;
	struct session session = { .node = "webdata", .began = 7 }, found;
	struct buf text = BUF_INIT(200);

	assert_int_equal(snapshot_session_open(fixture->snap, "webdata",
	    &found, NULL), 1);
	assert_int_equal(snapshot_session_put(fixture->snap, &session, NULL),
	    0);
	assert_int_not_equal(session.id, 0);
	assert_int_equal(snapshot_session_open(fixture->snap, "other",
	    &found, NULL), 1);
	assert_int_equal(snapshot_session_open(fixture->snap, "webdata",
	    &found, NULL), 0);
	assert_int_equal(found.id, session.id);
	assert_int_equal(found.began, 7);
	assert_int_equal(snapshot_session_each_open(fixture->snap,
	    note_session, &text, NULL), 0);
	assert_string_equal(buf_text(&text), "1:webdata ");
	session.closed = true;
	assert_int_equal(snapshot_session_put(fixture->snap, &session, NULL),
	    0);
	assert_int_equal(snapshot_session_open(fixture->snap, "webdata",
	    &found, NULL), 1);
	buf_clear(&text);
	assert_int_equal(snapshot_session_each_open(fixture->snap,
	    note_session, &text, NULL), 0);
	assert_string_equal(buf_text(&text), "");
	buf_free(&text);
}

static int
note_file(void *ctx, const struct session_file *file, struct err *err)
{
	(void)err;
	return buf_printf(ctx, "%s:%s:%d:%d%d%d:%d ", file->name,
	    file->series, file->portion, file->full, file->has_catalog,
	    file->offers, (int)file->goods);
}

static void
files_of_a_session_are_listed_as_they_came(void **state)
{
	struct fixture *fixture = *state;
	struct buf text = BUF_INIT(200);
	struct session_file file = { .session = 1, .package = 1,
	    .name = "import0_2.xml", .series = "import0", .portion = 2 };

	assert_int_equal(snapshot_file_put(fixture->snap, &file, NULL), 0);
	(void)snprintf(file.name, sizeof(file.name), "%s", "import0_1.xml");
	file.portion = 1;
	file.full = true;
	assert_int_equal(snapshot_file_put(fixture->snap, &file, NULL), 0);
	file.goods = 9;
	file.offers = true;
	assert_int_equal(snapshot_file_put(fixture->snap, &file, NULL), 0);
	file.session = 2;
	assert_int_equal(snapshot_file_put(fixture->snap, &file, NULL), 0);
	assert_int_equal(snapshot_file_each(fixture->snap, 1, note_file,
	    &text, NULL), 0);
	assert_string_equal(buf_text(&text), "import0_2.xml:import0:2:000:0 "
	    "import0_1.xml:import0:1:101:9 ");
	buf_free(&text);
}

static int
finish_package(void *ctx, const struct package *package, struct err *err)
{
	struct fixture *fixture = ctx;
	struct package done = *package;

	done.state = PACKAGE_DONE;
	return snapshot_package_put(fixture->snap, &done, err);
}

static void
a_package_goes_through_its_states(void **state)
{
	struct fixture *fixture = *state;
	struct package package = { .state = PACKAGE_CLAIMED,
	    .node = "webdata", .place = "why" }, found;

	assert_int_equal(snapshot_package_put(fixture->snap, &package, NULL),
	    0);
	assert_int_not_equal(package.id, 0);
	package.state = PACKAGE_ACCEPTED;
	package.accepted = true;
	assert_int_equal(snapshot_package_put(fixture->snap, &package, NULL),
	    0);
	assert_int_equal(snapshot_package_get(fixture->snap, package.id,
	    &found, NULL), 0);
	assert_true(found.accepted);
	assert_int_equal(found.id, package.id);
	assert_string_equal(found.place, "why");
	assert_int_equal(snapshot_package_each(fixture->snap,
	    PACKAGE_ACCEPTED, finish_package, fixture, NULL), 0);
	assert_int_equal(snapshot_package_get(fixture->snap, package.id,
	    &found, NULL), 0);
	assert_int_equal(found.state, PACKAGE_DONE);
	assert_true(found.accepted);
	assert_int_equal(snapshot_package_get(fixture->snap, 99, &found,
	    NULL), 1);
}

static void
a_damaged_package_is_told(void **state)
{
	struct fixture *fixture = *state;
	struct package package = { .state = PACKAGE_CLAIMED }, found;

	assert_int_equal(snapshot_package_put(fixture->snap, &package, NULL),
	    0);
	fixture_damage(fixture, "UPDATE package SET state = 17");
	assert_int_equal(snapshot_package_get(fixture->snap, package.id,
	    &found, &fixture->err), -1);
	assert_non_null(strstr(fixture->err.text, "state is damaged"));
}

static int
note_look(void *ctx, const struct look *look, struct err *err)
{
	(void)err;
	return buf_printf(ctx, "%s:%d ", look->name, (int)look->size);
}

static void
looks_are_remembered_by_name(void **state)
{
	struct fixture *fixture = *state;
	struct buf text = BUF_INIT(200);
	struct look look = { .name = "webdata/b.xml", .size = 10,
	    .inode = -1, .reported = true, .head = -7, .head_bytes = 1024 },
	    found;

	assert_int_equal(snapshot_look_get(fixture->snap, look.name, &found,
	    NULL), 1);
	assert_int_equal(snapshot_look_put(fixture->snap, &look, NULL), 0);
	look.size = 11;
	assert_int_equal(snapshot_look_put(fixture->snap, &look, NULL), 0);
	assert_int_equal(snapshot_look_get(fixture->snap, look.name, &found,
	    NULL), 0);
	assert_int_equal(found.size, 11);
	assert_int_equal(found.inode, -1);
	assert_true(found.reported);
	assert_int_equal(found.head, -7);
	assert_int_equal(found.head_bytes, 1024);
	(void)snprintf(look.name, sizeof(look.name), "%s", "webdata/a.xml");
	assert_int_equal(snapshot_look_put(fixture->snap, &look, NULL), 0);
	assert_int_equal(snapshot_look_each(fixture->snap, note_look, &text,
	    NULL), 0);
	assert_string_equal(buf_text(&text),
	    "webdata/a.xml:11 webdata/b.xml:11 ");
	assert_int_equal(snapshot_look_drop(fixture->snap, "webdata/a.xml",
	    NULL), 0);
	assert_int_equal(snapshot_look_get(fixture->snap, "webdata/a.xml",
	    &found, NULL), 1);
	buf_free(&text);
}

/* Of its file nobody knows what it began with: it is not missed. */
static void
a_look_of_the_eighth_form_is_kept(void **state)
{
	struct fixture *fixture = *state;
	struct look look = { .name = "webdata/a.xml", .size = 10 }, found;

	assert_int_equal(snapshot_look_put(fixture->snap, &look, NULL), 0);
	fixture_damage(fixture, FORM_8 "PRAGMA user_version = 8");
	assert_int_equal(snapshot_look_get(fixture->snap, look.name, &found,
	    NULL), 0);
	assert_int_equal(found.size, 10);
	assert_int_equal(found.head_bytes, 0);
}

/* A package with a file, in a session of its own. */
static int64_t
put_old(struct fixture *fixture, enum package_state state, int64_t taken,
    bool closed)
{
	struct session session = { .closed = closed, .last_file = taken };
	struct package package = { .state = state, .taken = taken };
	struct session_file file = { .name = "a.xml" };

	assert_int_equal(snapshot_session_put(fixture->snap, &session, NULL),
	    0);
	package.session = session.id;
	assert_int_equal(snapshot_package_put(fixture->snap, &package, NULL),
	    0);
	file.session = session.id;
	file.package = package.id;
	assert_int_equal(snapshot_file_put(fixture->snap, &file, NULL), 0);
	assert_int_equal(session.id, package.id);
	return package.id;
}

static bool
has_package(struct fixture *fixture, int64_t id)
{
	struct package package;

	return snapshot_package_get(fixture->snap, id, &package, NULL) == 0;
}

static bool
has_file(struct fixture *fixture, int64_t session)
{
	struct buf text = BUF_INIT(200);
	bool has;

	assert_int_equal(snapshot_file_each(fixture->snap, session, note_file,
	    &text, NULL), 0);
	has = text.len > 0;
	buf_free(&text);
	return has;
}

static int
ignore(void *ctx, enum record_kind kind, struct str id, enum staged how,
    struct err *err)
{
	(void)ctx;
	(void)kind;
	(void)id;
	(void)how;
	(void)err;
	return 0;
}

/* Gives the package a set of records. */
static void
stage_one(struct fixture *fixture, int64_t package)
{
	struct stage_options options = { .package = package, .formed = 1 };
	struct record record = { .kind = RECORD_GROUP, .id = str_of("g") };
	enum staged how;

	fields_init(&record.fields);
	(void)fields_set(&record.fields, FIELD_NAME, str_of("name"));
	assert_int_equal(snapshot_stage_begin(fixture->snap, &options, NULL),
	    0);
	assert_int_equal(snapshot_stage_put(fixture->snap, &record, &how,
	    NULL), 0);
	assert_int_equal(snapshot_begin(fixture->snap, NULL), 0);
	assert_int_equal(snapshot_stage_accept(fixture->snap, ignore,
	    NULL, NULL), 0);
	assert_int_equal(snapshot_commit(fixture->snap, NULL), 0);
	fields_free(&record.fields);
}

static void
old_packages_are_pruned_but_for_what_is_needed(void **state)
{
	struct fixture *fixture = *state;
	int64_t done = put_old(fixture, PACKAGE_DONE, 99, true);
	int64_t young = put_old(fixture, PACKAGE_DONE, 100, true);
	int64_t open = put_old(fixture, PACKAGE_DONE, 10, false);
	int64_t claimed = put_old(fixture, PACKAGE_CLAIMED, 10, true);
	int64_t seen = put_old(fixture, PACKAGE_DONE, 10, true);
	int64_t newest = put_old(fixture, PACKAGE_DONE, 10, true);

	stage_one(fixture, seen);
	assert_int_equal(snapshot_package_prune(fixture->snap, 100,
	    &fixture->err), 0);
	assert_false(has_package(fixture, done));
	assert_false(has_file(fixture, done));
	assert_true(has_package(fixture, young) && has_file(fixture, young));
	assert_true(has_package(fixture, open) && has_file(fixture, open));
	assert_true(has_package(fixture, claimed));
	assert_true(has_file(fixture, claimed));
	assert_true(has_package(fixture, seen) && has_file(fixture, seen));
	assert_true(has_package(fixture, newest));
	assert_true(has_file(fixture, newest));
	assert_int_equal(snapshot_package_prune(fixture->snap, 100, NULL), 0);
	assert_int_equal(put_old(fixture, PACKAGE_DONE, 10, true),
	    newest + 1);
}

static void
a_pruning_that_was_cut_off_is_finished(void **state)
{
	struct fixture *fixture = *state;
	int64_t done = put_old(fixture, PACKAGE_DONE, 99, true);

	(void)put_old(fixture, PACKAGE_DONE, 99, true);
	fixture_damage(fixture, "DELETE FROM package WHERE id = 1");
	assert_true(has_file(fixture, done));
	assert_int_equal(snapshot_package_prune(fixture->snap, 100, NULL), 0);
	assert_false(has_file(fixture, done));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		test(a_node_is_kept_by_name),
		test(needs_of_the_sixth_form_are_told_apart),
		test(a_session_is_open_until_it_is_closed),
		test(files_of_a_session_are_listed_as_they_came),
		test(a_package_goes_through_its_states),
		test(a_damaged_package_is_told),
		test(looks_are_remembered_by_name),
		test(a_look_of_the_eighth_form_is_kept),
		test(old_packages_are_pruned_but_for_what_is_needed),
		test(a_pruning_that_was_cut_off_is_finished),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
