#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/step.h"
#include "base/str.h"
#include "intake/intake.h"
#include "scratch.h"

#define OTHER_FILE_SYSTEM "/dev/shm/cml24-test-XXXXXX"
#define DAY_MS ((int64_t)86400000)
/* 2026-11-22T03:00:05Z */
#define TAKEN_MS ((int64_t)1795316405000)

static char *work, *archive, *far;
static struct err err;

static int
set_up(void **state)
{
	if (scratch_make(state) != 0)
		return -1;
	work = file_join(*state, "work");
	archive = file_join(*state, "archive");
	far = mem_text(OTHER_FILE_SYSTEM);
	if (mkdtemp(far) == NULL)
		far[0] = '\0';
	return file_make_dir(work, NULL);
}

static int
tear_down(void **state)
{
	int result = far[0] == '\0' ? 0 : file_remove_tree(far, NULL);

	free(work);
	free(archive);
	free(far);
	return result | scratch_remove(state);
}

static void
put(const char *folder, const char *name, const char *text)
{
	char *path = file_join(folder, name);
	char *up = mem_text_n(path, (size_t)(strrchr(path, '/') - path));

	assert_int_equal(file_make_dir(up, NULL), 0);
	scratch_put(path, text);
	free(up);
	free(path);
}

static bool
is_there(const char *folder, const char *name)
{
	char *path = file_join(folder, name);
	bool there = file_exists(path);

	free(path);
	return there;
}

static void
a_package_moves_under_a_name_that_sorts_by_time(void **state)
{
	char place[LIMIT_NAME_BYTES];

	(void)state;
	put(work, "17/import0_1.xml", "x");
	assert_int_equal(intake_shelve(work, 17, archive, "webdata", TAKEN_MS,
	    place, &err), 0);
	assert_string_equal(place, "20261122T030005Z-webdata-17");
	assert_true(is_there(archive,
	    "20261122T030005Z-webdata-17/import0_1.xml"));
	assert_false(is_there(work, "17"));
	/* Once more, as after a kill. */
	assert_int_equal(intake_shelve(work, 17, archive, "webdata", TAKEN_MS,
	    place, &err), 0);
}

static void
a_node_is_made_fit_for_a_name(void **state)
{
	static const char *const pairs[][2] = {
		{ "webdata/000000001", "webdata_000000001" },
		{ "file:Мой прайс.xml", "file_Мой_прайс.xml" },
		{ "", "root" },
		{ "../..", ".._.." },
		{ "a$(b)`c'", "a_(b)_c_" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		char place[LIMIT_NAME_BYTES];
		char *wanted = mem_printf("20261122T030005Z-%s-5",
		    pairs[i][1]);

		put(work, "5/a.xml", "x");
		assert_int_equal(intake_shelve(work, 5, archive, pairs[i][0],
		    TAKEN_MS, place, &err), 0);
		assert_string_equal(place, wanted);
		free(wanted);
	}
}

static void
a_long_node_is_cut_between_characters(void **state)
{
	struct buf node = BUF_INIT(1024);
	char place[LIMIT_NAME_BYTES];
	int i;

	(void)state;
	buf_add_char(&node, 'a');
	for (i = 0; i < 110; i++)
		buf_add_text(&node, "ы");
	put(work, "5/a.xml", "x");
	assert_int_equal(intake_shelve(work, 5, archive, node.data, TAKEN_MS,
	    place, &err), 0);
	assert_true(strlen(place) < 160);
	assert_true(str_utf8_valid(str_of(place)));
	buf_free(&node);
}

static void
a_package_that_is_nowhere_is_an_error(void **state)
{
	char place[LIMIT_NAME_BYTES];

	(void)state;
	assert_int_equal(intake_shelve(work, 17, archive, "webdata", TAKEN_MS,
	    place, &err), -1);
	assert_int_equal(err.kind, ERR_SYSTEM);
}

static void
a_place_that_is_taken_is_not_written_over(void **state)
{
	char place[LIMIT_NAME_BYTES];

	(void)state;
	put(work, "17/new.xml", "x");
	put(archive, "20261122T030005Z-webdata-17/old.xml", "x");
	assert_int_equal(intake_shelve(work, 17, archive, "webdata", TAKEN_MS,
	    place, &err), -1);
	assert_true(is_there(work, "17/new.xml"));
	assert_true(is_there(archive, "20261122T030005Z-webdata-17/old.xml"));
}

/* ---- killed at every step ---- */

static bool
shelve_dying(const char *to, long n)
{
	char place[LIMIT_NAME_BYTES];
	int status;
	pid_t child = fork();

	if (child == 0) {
		step_die_at(step_count() + n);
		intake_shelve(work, 5, to, "webdata", TAKEN_MS, place, NULL);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status);
}

static void
survives(const char *to)
{
	char place[LIMIT_NAME_BYTES];
	long n = 0;
	bool died;

	do {
		char *goal;

		put(work, "5/import0_1.xml", "x");
		put(work, "5/import_files/1.jpg", "x");
		died = shelve_dying(to, ++n);
		assert_int_equal(intake_shelve(work, 5, to, "webdata",
		    TAKEN_MS, place, &err), 0);
		goal = file_join(to, place);
		assert_true(is_there(goal, "import0_1.xml"));
		assert_true(is_there(goal, "import_files/1.jpg"));
		assert_false(is_there(work, "5"));
		assert_int_equal(file_remove_tree(to, NULL), 0);
		free(goal);
	} while (died);
	assert_true(n > 3);
}

static void
a_kill_at_any_step_loses_nothing(void **state)
{
	(void)state;
	survives(archive);
}

static void
a_kill_at_any_step_loses_nothing_across_file_systems(void **state)
{
	char *to;

	(void)state;
	if (far[0] == '\0')
		skip();
	to = file_join(far, "archive");
	survives(to);
	free(to);
}

/* ---- pruning ---- */

static void
what_is_old_is_pruned(void **state)
{
	(void)state;
	put(archive, "20261022T030005Z-webdata-1/a.xml", "x");
	put(archive, "20261121T030005Z-webdata-2/a.xml", "x");
	assert_int_equal(intake_prune(archive, 30, 0, TAKEN_MS, &err), 0);
	assert_false(is_there(archive, "20261022T030005Z-webdata-1"));
	assert_true(is_there(archive, "20261121T030005Z-webdata-2"));
}

static void
what_is_too_much_is_pruned_oldest_first(void **state)
{
	const size_t size = LIMIT_MIB * 3 / 4;
	char *text = mem_alloc(size + 1);

	(void)state;
	memset(text, 'x', size);
	put(archive, "20261101T000000Z-webdata-10/a.xml", text);
	put(archive, "20261102T000000Z-webdata-9/a.xml", text);
	put(archive, "20261122T030000Z-webdata-11/a.xml", text);
	assert_int_equal(intake_prune(archive, 0, 2, TAKEN_MS, &err), 0);
	assert_false(is_there(archive, "20261101T000000Z-webdata-10"));
	assert_true(is_there(archive, "20261102T000000Z-webdata-9"));
	assert_int_equal(intake_prune(archive, 0, 1, TAKEN_MS, &err), 0);
	assert_false(is_there(archive, "20261102T000000Z-webdata-9"));
	assert_true(is_there(archive, "20261122T030000Z-webdata-11"));
	free(text);
}

static void
what_is_younger_than_a_day_is_never_pruned(void **state)
{
	const size_t size = LIMIT_MIB * 2;
	char *text = mem_alloc(size + 1);

	(void)state;
	memset(text, 'x', size);
	put(archive, "20261122T030000Z-webdata-11/a.xml", text);
	assert_int_equal(intake_prune(archive, 0, 1, TAKEN_MS + DAY_MS / 2,
	    &err), 0);
	assert_true(is_there(archive, "20261122T030000Z-webdata-11"));
	assert_int_equal(intake_prune(archive, 0, 1, TAKEN_MS + 2 * DAY_MS,
	    &err), 0);
	assert_false(is_there(archive, "20261122T030000Z-webdata-11"));
	free(text);
}

static void
what_a_person_put_there_stays(void **state)
{
	(void)state;
	put(archive, "keep/a.xml", "x");
	put(archive, "2001-webdata-1/a.xml", "x");
	put(archive, "20019999T999999Z-webdata-1/a.xml", "x");
	put(archive, "20010101T000000Z-note", "x");
	assert_int_equal(intake_prune(archive, 1, 1, TAKEN_MS, &err), 0);
	assert_true(is_there(archive, "keep/a.xml"));
	assert_true(is_there(archive, "2001-webdata-1/a.xml"));
	assert_true(is_there(archive, "20019999T999999Z-webdata-1/a.xml"));
	assert_true(is_there(archive, "20010101T000000Z-note"));
}

static void
an_archive_that_is_not_there_yet_is_fine(void **state)
{
	(void)state;
	assert_int_equal(intake_prune(archive, 1, 1, TAKEN_MS, &err), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_package_moves_under_a_name_that_sorts_by_time),
		TEST(a_node_is_made_fit_for_a_name),
		TEST(a_long_node_is_cut_between_characters),
		TEST(a_package_that_is_nowhere_is_an_error),
		TEST(a_place_that_is_taken_is_not_written_over),
		TEST(a_kill_at_any_step_loses_nothing),
		TEST(a_kill_at_any_step_loses_nothing_across_file_systems),
		TEST(what_is_old_is_pruned),
		TEST(what_is_too_much_is_pruned_oldest_first),
		TEST(what_is_younger_than_a_day_is_never_pruned),
		TEST(what_a_person_put_there_stays),
		TEST(an_archive_that_is_not_there_yet_is_fine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
