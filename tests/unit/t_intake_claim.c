#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/step.h"
#include "intake/intake.h"
#include "scratch.h"

#define NAME "webdata/import0_1.xml"
#define OTHER_FILE_SYSTEM "/dev/shm/cml24-test-XXXXXX"

static char *inbox, *work, *far;
static struct err err;

static int
set_up(void **state)
{
	if (scratch_make(state) != 0)
		return -1;
	inbox = file_join(*state, "inbox");
	work = file_join(*state, "work");
	far = mem_text(OTHER_FILE_SYSTEM);
	if (mkdtemp(far) == NULL)
		far[0] = '\0';
	return file_make_dir(inbox, NULL) | file_make_dir(work, NULL);
}

static int
tear_down(void **state)
{
	int result = far[0] == '\0' ? 0 : file_remove_tree(far, NULL);

	free(inbox);
	free(work);
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

static void
expect(const char *folder, const char *name, const char *text)
{
	char *path = file_join(folder, name);

	if (text == NULL)
		assert_false(file_exists(path));
	else
		assert_string_equal(scratch_get(path), text);
	free(path);
}

/* The only file of the inbox, as a look shows it. */
static struct intake_file
look(struct intake_list *list)
{
	struct intake_left left;

	assert_int_equal(intake_scan(list, inbox, NULL, 0, NULL, &left, &err),
	    0);
	assert_int_equal(list->count, 1);
	return list->files[0];
}

static int
claim(const char *to)
{
	struct intake_list list;
	struct intake_file file = look(&list);
	int rc = intake_claim(inbox, to, 7, &file, &err);

	intake_list_free(&list);
	return rc;
}

static int
count_files(void *ctx, const char *path, const char *relative)
{
	(void)path;
	(void)relative;
	++*(int *)ctx;
	return 0;
}

/* Files below, and hidden entries of the top. */
static int
count_all(const char *folder)
{
	int count = 0;
	DIR *dir = opendir(folder);
	const struct dirent *entry;

	assert_int_equal(file_walk(folder, count_files, &count, &err), 0);
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL)
		count += entry->d_name[0] == '.';
	closedir(dir);
	return count - 2;       /* "." and ".." */
}

static void
a_file_moves_to_its_package(void **state)
{
	(void)state;
	put(inbox, NAME, "text");
	assert_int_equal(claim(work), 0);
	expect(work, "7/import0_1.xml", "text");
	assert_int_equal(count_all(inbox), 0);
	expect(inbox, "webdata/.", "");         /* the folder stays */
}

static void
a_name_with_a_backslash_is_taken(void **state)
{
	(void)state;
	put(inbox, "webdata\\import_files\\ab\\1.jpg", "text");
	assert_int_equal(claim(work), 0);
	expect(work, "7/import_files/ab/1.jpg", "text");
}

static void
a_file_that_changed_since_the_look_is_left_alone(void **state)
{
	struct intake_list list;
	struct intake_file file;

	(void)state;
	put(inbox, NAME, "text");
	file = look(&list);
	put(inbox, NAME, "text, more");
	assert_int_equal(intake_claim(inbox, work, 7, &file, &err), 1);
	expect(inbox, NAME, "text, more");
	/* Of the same size, and for all we know of the same moment. */
	file.size = 10;
	file.inode = 0;
	assert_int_equal(intake_claim(inbox, work, 7, &file, &err), 1);
	expect(inbox, NAME, "text, more");
	intake_list_free(&list);
}

static void
a_file_that_vanished_is_no_error(void **state)
{
	struct intake_list list;
	struct intake_file file;
	char *path = file_join(inbox, NAME);

	(void)state;
	put(inbox, NAME, "text");
	file = look(&list);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(intake_claim(inbox, work, 7, &file, &err), 1);
	assert_int_equal(count_all(work), 0);
	intake_list_free(&list);
	free(path);
}

static void
a_second_file_of_one_name_waits_for_the_next_package(void **state)
{
	(void)state;
	put(inbox, NAME, "old");
	assert_int_equal(claim(work), 0);
	put(inbox, NAME, "new");
	assert_int_equal(claim(work), 2);
	expect(work, "7/import0_1.xml", "old");
	expect(inbox, NAME, "new");
}

/* A share refuses in many ways; a folder without write permission is one.
 * root is refused nothing, so the test is nobody for a moment. */
static void
a_refused_rename_is_not_now(void **state)
{
	const bool is_root = geteuid() == 0;
	char *folder = file_join(inbox, "webdata");
	int rc;

	put(inbox, NAME, "text");
	assert_int_equal(chmod(*state, 0755), 0);
	assert_int_equal(chmod(folder, 0555), 0);
	if (is_root)
		assert_int_equal(seteuid(65534), 0);
	rc = claim(work);
	if (is_root)
		assert_int_equal(seteuid(0), 0);
	assert_int_equal(chmod(folder, 0755), 0);
	assert_int_equal(rc, 1);
	expect(inbox, NAME, "text");
	assert_int_equal(count_all(inbox), 1);
	free(folder);
}

static void
nothing_leaves_the_package(void **state)
{
	struct intake_list list;
	struct intake_file file;

	(void)state;
	put(inbox, NAME, "text");
	file = look(&list);
	free(file.name);
	file.name = mem_text("webdata/../../x");
	assert_int_equal(intake_claim(inbox, work, 7, &file, &err), -1);
	assert_int_equal(err.kind, ERR_DATA);
	list.files[0].name = file.name;
	intake_list_free(&list);
}

/* ---- killed at every step ---- */

static void
note_package(void *ctx, int64_t package)
{
	assert_int_equal(package, 7);
	++*(int *)ctx;
}

/* Claims in a child that dies at step n; false: it got through. */
static bool
claim_dying(const char *to, long n)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		step_die_at(step_count() + n);
		claim(to);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status);
}

/* Where a kill left the file: resumed or still in the inbox, never lost,
 * never twice; and the next try finds the way. */
static void
survives(const char *name, const char *to, const char *inner)
{
	long n = 0;
	bool died;

	do {
		int found = 0;
		char *path = file_join(to, inner);
		char *home = file_join(inbox, name);

		put(inbox, name, "text");
		died = claim_dying(to, ++n);
		assert_int_equal(intake_resume(inbox, to, note_package,
		    &found, &err), 0);
		assert_true(file_exists(home) != file_exists(path));
		if (file_exists(home))
			assert_int_equal(claim(to), 0);
		assert_string_equal(scratch_get(path), "text");
		assert_int_equal(count_all(inbox), 0);
		assert_int_equal(file_remove_tree(to, NULL), 0);
		free(path);
		free(home);
	} while (died);
	assert_true(n > 4);
}

static void
a_kill_at_any_step_loses_nothing(void **state)
{
	(void)state;
	survives(NAME, work, "7/import0_1.xml");
}

static void
a_kill_at_any_step_loses_nothing_across_file_systems(void **state)
{
	(void)state;
	if (far[0] == '\0')
		skip();
	survives(NAME, far, "7/import0_1.xml");
}

static void
a_kill_at_any_step_loses_no_file_with_a_long_name(void **state)
{
	char name[300];
	char *inner;

	(void)state;
	snprintf(name, sizeof name, "webdata/%0230d.xml", 1);
	inner = mem_printf("7/%s", name + 8);
	survives(name, work, inner);
	free(inner);
}

static void
parts_that_a_kill_left_behind_follow_the_first(void **state)
{
	static const char *const names[] = { "a.zip.001", "a.zip.002",
	    "b.z01", "b.z02", "b.zip" };
	size_t i;

	(void)state;
	put(work, "7/a.zip.001", "1");
	put(work, "8/b.z01", "1");
	for (i = 1; i < sizeof names / sizeof names[0]; i++) {
		if (i != 2)
			put(inbox, names[i], "2");
	}
	put(inbox, "a.zip.004", "not the next");
	assert_int_equal(intake_resume(inbox, work, NULL, NULL, &err), 0);
	expect(work, "7/a.zip.002", "2");
	expect(work, "8/b.z02", "2");
	expect(work, "8/b.zip", "2");
	assert_int_equal(count_all(inbox), 1);
}

/* Renames by hand as a kill behind the rename would leave it. */
static void
cut_off(const char *as)
{
	char *from = file_join(inbox, NAME), *to = file_join(inbox, as);

	assert_int_equal(rename(from, to), 0);
	free(from);
	free(to);
}

static void
a_claim_that_changed_goes_back(void **state)
{
	int found = 0;

	(void)state;
	put(inbox, NAME, "text");
	cut_off(".claim-7-0123456789abcdef-webdata%2fimport0_1.xml");
	assert_int_equal(intake_resume(inbox, work, note_package, &found,
	    &err), 0);
	assert_int_equal(found, 0);
	expect(inbox, NAME, "text");
	assert_int_equal(count_all(inbox), 1);
}

static void
what_1c_wrote_anew_wins_over_a_claim_that_changed(void **state)
{
	(void)state;
	put(inbox, NAME, "old");
	cut_off(".claim-7-0123456789abcdef-webdata%2fimport0_1.xml");
	put(inbox, NAME, "new");
	assert_int_equal(intake_resume(inbox, work, NULL, NULL, &err), 0);
	expect(inbox, NAME, "new");
	assert_int_equal(count_all(inbox), 1);
}

static void
names_that_only_look_like_claims_are_left_alone(void **state)
{
	static const char *const names[] = { ".claim-", ".claim-x",
	    ".claim-7-0123456789abcdef-", ".claim-7-0123456789abcdef-a%2",
	    ".claim-7-0123456789abcdef-..%2f..%2fx",
	    ".claim-7-0123456789abcdef-%00", ".claim--7-0123456789abcdef-a",
	    ".claim-7-0123456789abcdef-~0123456789abcdef" };
	size_t i;

	(void)state;
	log_set_level(LOG_QUIET);
	for (i = 0; i < sizeof names / sizeof names[0]; i++)
		put(inbox, names[i], "text");
	assert_int_equal(intake_resume(inbox, work, NULL, NULL, &err), 0);
	for (i = 0; i < sizeof names / sizeof names[0]; i++)
		expect(inbox, names[i], "text");
	assert_int_equal(count_all(work), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* ---- what is synced, in which order ---- */

static char synced[8][LIMIT_PATH_BYTES];
static size_t synced_count;

/* The C library's, for the whole of this program. */
int
fsync(int fd)
{
	char link[64];
	ssize_t len;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	if (synced_count == sizeof(synced) / sizeof(synced[0]))
		return 0;
	len = readlink(link, synced[synced_count], LIMIT_PATH_BYTES - 1);
	synced[synced_count++][len < 0 ? 0 : len] = '\0';
	return 0;
}

static void
expect_synced(size_t n, const char *top, const char *below)
{
	char *path = file_join(top, below);

	assert_true(n < synced_count);
	assert_string_equal(synced[n], path);
	free(path);
}

static void
folders_are_synced_once_the_new_ones_first(void **state)
{
	struct intake_list list;
	struct intake_left left;
	const bool take[] = { true, true };
	char *folder = file_join(work, "7");

	(void)state;
	put(inbox, NAME, "<a/>");
	put(inbox, "webdata/offers0_1.xml", "<b/>");
	assert_int_equal(intake_scan(&list, inbox, NULL, 0, NULL, &left,
	    &err), 0);
	assert_int_equal(list.count, 2);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(intake_claim(inbox, work, 7, &list.files[i],
		    &err), 0);
	synced_count = 0;
	assert_int_equal(intake_taken_synced(inbox, folder, list.files, take,
	    2, &err), 0);
	assert_int_equal(synced_count, 3);
	expect_synced(0, work, "7");
	expect_synced(1, inbox, "webdata");
	assert_string_equal(synced[2], inbox);
	intake_list_free(&list);
	free(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_file_moves_to_its_package),
		TEST(folders_are_synced_once_the_new_ones_first),
		TEST(a_name_with_a_backslash_is_taken),
		TEST(a_file_that_changed_since_the_look_is_left_alone),
		TEST(a_file_that_vanished_is_no_error),
		TEST(a_second_file_of_one_name_waits_for_the_next_package),
		TEST(a_refused_rename_is_not_now),
		TEST(nothing_leaves_the_package),
		TEST(a_kill_at_any_step_loses_nothing),
		TEST(a_kill_at_any_step_loses_nothing_across_file_systems),
		TEST(a_kill_at_any_step_loses_no_file_with_a_long_name),
		TEST(parts_that_a_kill_left_behind_follow_the_first),
		TEST(a_claim_that_changed_goes_back),
		TEST(what_1c_wrote_anew_wins_over_a_claim_that_changed),
		TEST(names_that_only_look_like_claims_are_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
