#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/db.h"
#include "snapshot_fixture.h"

static int
note_node(void *ctx, const struct node *node, struct err *err)
{
	(void)err;
	return buf_printf(ctx, "%s:%d:%s ", node->name, node->needs_full,
	    node->reason);
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
	assert_false(node.needs_full);
	node.needs_full = true;
	node.formed = 5;
	(void)snprintf(node.reason, sizeof(node.reason), "%s", "refused");
	assert_int_equal(snapshot_node_put(fixture->snap, &node, NULL), 0);
	assert_int_equal(snapshot_node_get(fixture->snap, "", &node, NULL),
	    1);
	assert_int_equal(snapshot_node_put(fixture->snap, &node, NULL), 0);
	assert_int_equal(snapshot_node_each(fixture->snap, note_node, &text,
	    NULL), 0);
	assert_string_equal(buf_text(&text), ":0: webdata:1:refused ");
	buf_free(&text);
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
	return buf_printf(ctx, "%s:%s:%d:%d%d:%d ", file->name, file->series,
	    file->portion, file->full, file->has_catalog, (int)file->goods);
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
	assert_int_equal(snapshot_file_put(fixture->snap, &file, NULL), 0);
	file.session = 2;
	assert_int_equal(snapshot_file_put(fixture->snap, &file, NULL), 0);
	assert_int_equal(snapshot_file_each(fixture->snap, 1, note_file,
	    &text, NULL), 0);
	assert_string_equal(buf_text(&text), "import0_2.xml:import0:2:00:0 "
	    "import0_1.xml:import0:1:10:9 ");
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
	    .node = "webdata", .text = "why" }, found;

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
	assert_string_equal(found.text, "why");
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
	    .inode = -1, .reported = true }, found;

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

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		test(a_node_is_kept_by_name),
		test(a_session_is_open_until_it_is_closed),
		test(files_of_a_session_are_listed_as_they_came),
		test(a_package_goes_through_its_states),
		test(a_damaged_package_is_told),
		test(looks_are_remembered_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
