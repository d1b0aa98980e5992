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
add(struct fixture *fixture, int64_t at, enum verb verb, const char *id,
    const char *rule, const char *active)
{
	struct history entry;

	history_init(&entry);
	entry.at = at;
	entry.run = at / 100;
	entry.verb = verb;
	if (rule != NULL)
		(void)target_set_price(&entry.target, str_of(id),
		    str_of(rule));
	else
		(void)target_set(&entry.target, TARGET_PRODUCT, str_of(id));
	(void)snprintf(entry.note, sizeof(entry.note), "%s", "a note");
	(void)fields_set(&entry.old_values, FIELD_NAME, str_of("old"));
	(void)fields_set(&entry.new_values, FIELD_NAME, str_of("new"));
	(void)fields_set(&entry.new_values, FIELD_ACTIVE, str_of(active));
	assert_int_equal(snapshot_history_add(fixture->snap, &entry,
	    &fixture->err), 0);
	history_free(&entry);
}

static int
note(void *ctx, const struct history *entry, struct err *err)
{
	struct buf *text = ctx;

	(void)err;
	assert_true(str_is(fields_get(&entry->old_values, FIELD_NAME),
	    "old"));
	assert_true(str_is(fields_get(&entry->new_values, FIELD_NAME),
	    "new"));
	assert_string_equal(entry->note, "a note");
	return buf_printf(text, "%d ", (int)entry->at);
}

static void
assert_found(struct fixture *fixture, const struct history_filter *filter,
    const char *times)
{
	struct buf text = BUF_INIT(200);

	assert_int_equal(snapshot_history_each(fixture->snap, filter, note,
	    &text, &fixture->err), 0);
	assert_string_equal(buf_text(&text), times);
	buf_free(&text);
}

static void
entries_are_found_newest_first_by_id_kind_and_run(void **state)
{
	struct fixture *fixture = *state;
	struct history_filter filter = { .limit = 0 };

	add(fixture, 100, VERB_CREATE, UUID, NULL, "Y");
	add(fixture, 101, VERB_CREATE, UUID, "BASE", "");
	add(fixture, 200, VERB_UPDATE, UUID "0", NULL, "Y");
	add(fixture, 201, VERB_UPDATE, "x", NULL, "Y");
	assert_found(fixture, &filter, "201 200 101 100 ");
	filter.limit = 2;
	assert_found(fixture, &filter, "201 200 ");
	filter.limit = 0;
	filter.run = 1;
	assert_found(fixture, &filter, "101 100 ");
	filter.kind = TARGET_PRICE;
	assert_found(fixture, &filter, "101 ");
	filter = (struct history_filter){ .id = str_of(UUID) };
	assert_found(fixture, &filter, "101 100 ");
	filter.kind = TARGET_PRODUCT;
	assert_found(fixture, &filter, "100 ");
	filter.id = str_of("nobody");
	assert_found(fixture, &filter, "");
}

static void
old_entries_are_pruned(void **state)
{
	struct fixture *fixture = *state;
	struct history_filter filter = { .limit = 0 };

	add(fixture, 100, VERB_UPDATE, "a", NULL, "Y");
	add(fixture, 200, VERB_UPDATE, "a", NULL, "Y");
	assert_int_equal(snapshot_history_prune(fixture->snap, 100, NULL), 0);
	assert_found(fixture, &filter, "200 100 ");
	assert_int_equal(snapshot_history_prune(fixture->snap, 101, NULL), 0);
	assert_found(fixture, &filter, "200 ");
}

static void
removals_are_counted_since_a_time(void **state)
{
	struct fixture *fixture = *state;
	int64_t count;

	add(fixture, 100, VERB_DELETE, "a", NULL, "");
	add(fixture, 200, VERB_DELETE, "b", NULL, "");
	add(fixture, 201, VERB_UPDATE, "c", NULL, "N");
	add(fixture, 202, VERB_UPDATE, "d", NULL, "Y");
	add(fixture, 203, VERB_DELETE, "b", "BASE", "");
	assert_int_equal(snapshot_history_removed(fixture->snap, 200, &count,
	    NULL), 0);
	assert_int_equal(count, 2);
}

/* Of all forms of a good. */
static void
a_removed_good_of_any_form_is_a_removal(void **state)
{
	static const enum target_kind kinds[] = { TARGET_PARENT,
	    TARGET_SERVICE, TARGET_OFFER, TARGET_PICTURE, TARGET_SECTION };
	struct fixture *fixture = *state;
	struct history entry;
	int64_t count;
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		history_init(&entry);
		entry.at = 200;
		entry.verb = VERB_DELETE;
		assert_int_equal(target_set(&entry.target, kinds[i],
		    str_of("a")), 0);
		assert_int_equal(snapshot_history_add(fixture->snap, &entry,
		    NULL), 0);
		history_free(&entry);
	}
	assert_int_equal(snapshot_history_removed(fixture->snap, 200, &count,
	    NULL), 0);
	assert_int_equal(count, 3);
}

static int
note_run(void *ctx, const struct run_entry *run, struct err *err)
{
	struct buf *text = ctx;

	(void)err;
	return buf_printf(text, "%s:%d:%d ", run->command, run->exit_code,
	    run->ended != 0);
}

static void
runs_are_listed_newest_first(void **state)
{
	struct fixture *fixture = *state;
	struct buf text = BUF_INIT(200);
	struct run_entry run = { .ended = 9, .exit_code = 4 };
	int64_t id;

	assert_int_equal(snapshot_run_begin(fixture->snap, "run", &run.id,
	    NULL), 0);
	assert_int_equal(snapshot_run_end(fixture->snap, &run, NULL), 0);
	assert_int_equal(snapshot_run_begin(fixture->snap,
	    "a-command-with-a-very-long-name", &id, NULL), 0);
	assert_int_equal(snapshot_run_each(fixture->snap, 0, note_run, &text,
	    &fixture->err), 0);
	assert_string_equal(buf_text(&text),
	    "a-command-with-a-very-l:0:0 run:4:1 ");
	buf_clear(&text);
	assert_int_equal(snapshot_run_each(fixture->snap, 1, note_run, &text,
	    NULL), 0);
	assert_string_equal(buf_text(&text), "a-command-with-a-very-l:0:0 ");
	buf_free(&text);
}

static void
end_run(struct fixture *fixture, const char *command, int64_t ended)
{
	struct run_entry run = { .ended = ended };

	assert_int_equal(snapshot_run_begin(fixture->snap, command, &run.id,
	    NULL), 0);
	if (ended != 0)
		assert_int_equal(snapshot_run_end(fixture->snap, &run, NULL),
		    0);
}

static int
note_command(void *ctx, const struct run_entry *run, struct err *err)
{
	(void)err;
	return buf_printf(ctx, "%s ", run->command);
}

static void
assert_commands(struct fixture *fixture, const char *wanted)
{
	struct buf text = BUF_INIT(200);

	assert_int_equal(snapshot_run_each(fixture->snap, 0, note_command,
	    &text, &fixture->err), 0);
	assert_string_equal(buf_text(&text), wanted);
	buf_free(&text);
}

/* A run must not be long for what is old. */
static void
old_entries_go_in_parts(void **state)
{
	struct fixture *fixture = *state;
	int64_t count;

	fixture_damage(fixture, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL"
	    " SELECT i + 1 FROM n WHERE i < 10003) INSERT INTO history (at,"
	    " run, package, kind, key, verb, portal_id, removed, note, before,"
	    " after) SELECT i, 1, 1, 2, x'00', 1, 1, 1, '', x'', x'' FROM n");
	assert_int_equal(snapshot_history_prune(fixture->snap, 20000, NULL),
	    0);
	assert_int_equal(snapshot_history_removed(fixture->snap, 0, &count,
	    NULL), 0);
	assert_int_equal(count, 3);
	assert_int_equal(snapshot_history_prune(fixture->snap, 20000, NULL),
	    0);
	assert_int_equal(snapshot_history_removed(fixture->snap, 0, &count,
	    NULL), 0);
	assert_int_equal(count, 0);
}

static void
old_runs_that_ended_are_pruned_but_for_the_newest(void **state)
{
	struct fixture *fixture = *state;
	struct run_entry run = { .ended = 0 };

	assert_int_equal(snapshot_run_prune(fixture->snap, 100, NULL), 0);
	end_run(fixture, "a", 99);
	end_run(fixture, "b", 100);
	end_run(fixture, "watch", 0);
	end_run(fixture, "c", 50);
	assert_int_equal(snapshot_run_prune(fixture->snap, 100, NULL), 0);
	assert_commands(fixture, "c watch b ");
	/* A number is not used twice. */
	assert_int_equal(snapshot_run_prune(fixture->snap, 1000, NULL), 0);
	assert_commands(fixture, "c watch ");
	assert_int_equal(snapshot_run_begin(fixture->snap, "d", &run.id,
	    NULL), 0);
	assert_int_equal(run.id, 5);
	assert_int_equal(snapshot_run_prune(fixture->snap, 1000, NULL), 0);
	assert_commands(fixture, "d watch ");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		test(entries_are_found_newest_first_by_id_kind_and_run),
		test(old_entries_are_pruned),
		test(removals_are_counted_since_a_time),
		test(a_removed_good_of_any_form_is_a_removal),
		test(runs_are_listed_newest_first),
		test(old_entries_go_in_parts),
		test(old_runs_that_ended_are_pruned_but_for_the_newest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
