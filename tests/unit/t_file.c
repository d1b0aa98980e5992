#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/step.h"
#include "scratch.h"

#define NOBODY 65534
#define OTHER_FILE_SYSTEM "/dev/shm/cml24-test-XXXXXX"

/* The test's folder, and a path in it that lives until the next call with
 * the same slot. */
static const char *root;
static char slots[4][512];

static const char *
at(int slot, const char *name)
{
	snprintf(slots[slot], sizeof slots[slot], "%s/%s", root, name);
	return slots[slot];
}

static int
set_up(void **state)
{
	int result = scratch_make(state);

	root = *state;
	return result;
}

static char other_folder[64];

static int
tear_down(void **state)
{
	if (other_folder[0] != '\0')
		file_remove_tree(other_folder, NULL);
	other_folder[0] = '\0';
	return scratch_remove(state);
}

/* Entries of a folder, hidden ones too. */
static int
count_entries(const char *path)
{
	DIR *dir = opendir(path);
	int count = -2;         /* "." and ".." */

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		count++;
	closedir(dir);
	return count;
}

/* Runs `action` in a child that dies at its n-th step: whether it died. */
static bool
died_at(long n, void (*action)(void))
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		step_die_at(step_count() + n);
		action();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status);
}

static void
read_gives_the_whole_file(void **state)
{
	struct buf buf = BUF_INIT(100000);
	char *big = mem_resize(NULL, 50000, 1);

	(void)state;
	memset(big, 'x', 50000);
	assert_int_equal(file_write(at(0, "a"), big, 50000, 0644, NULL), 0);
	assert_int_equal(file_read(&buf, at(0, "a"), NULL), 0);
	assert_int_equal(buf.len, 50000);
	assert_memory_equal(buf.data, big, 50000);
	buf_free(&buf);
	free(big);
}

static void
read_tells_missing_too_large_and_broken_apart(void **state)
{
	struct buf buf = BUF_INIT(5);
	struct err err;

	(void)state;
	scratch_put(at(0, "a"), "123456");
	assert_int_equal(file_read(&buf, at(1, "none"), &err), 1);
	assert_int_equal(file_read(&buf, at(0, "a"), &err), -1);
	assert_int_equal(err.kind, ERR_DATA);
	assert_int_equal(file_read(&buf, root, &err), -1);
	assert_int_equal(err.kind, ERR_SYSTEM);
	scratch_put(at(0, "a"), "12345");
	assert_int_equal(file_read(&buf, at(0, "a"), &err), 0);
	assert_string_equal(buf_text(&buf), "12345");
	buf_free(&buf);
}

static void
write_replaces_and_leaves_nothing_beside(void **state)
{
	struct stat status;

	(void)state;
	scratch_put(at(0, "a"), "old and longer");
	assert_int_equal(file_write(at(0, "a"), "new", 3, 0600, NULL), 0);
	assert_string_equal(scratch_get(at(0, "a")), "new");
	assert_int_equal(stat(at(0, "a"), &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	assert_int_equal(count_entries(root), 1);
}

static void
write_takes_a_name_of_full_length(void **state)
{
	char name[256];

	(void)state;
	memset(name, 'n', 255);
	name[255] = '\0';
	assert_int_equal(file_write(at(0, name), "x", 1, 0644, NULL), 0);
	assert_string_equal(scratch_get(at(0, name)), "x");
}

static void
failed_write_keeps_the_old_file(void **state)
{
	struct err err;

	(void)state;
	file_make_dir(at(0, "folder/x"), NULL);
	assert_int_equal(file_write(at(0, "folder"), "x", 1, 0644, &err), -1);
	assert_int_equal(err.kind, ERR_SYSTEM);
	assert_int_equal(count_entries(root), 1);
	assert_int_equal(file_write(at(0, "none/a"), "x", 1, 0644, &err), -1);
}

static void
write_new(void)
{
	file_write(at(0, "a"), "new", 3, 0644, NULL);
}

static void
killed_write_leaves_the_old_or_the_new_file(void **state)
{
	const char *content;
	long n;

	(void)state;
	scratch_put(at(0, "a"), "old");
	for (n = 1; died_at(n, write_new); n++) {
		content = scratch_get(at(0, "a"));
		assert_true(strcmp(content, "old") == 0 ||
		    strcmp(content, "new") == 0);
	}
	assert_int_equal(n, 4);
	assert_string_equal(scratch_get(at(0, "a")), "new");
	assert_int_equal(count_entries(root), 1);
}

static void
rename_replaces_and_tells_a_missing_source(void **state)
{
	struct err err;

	(void)state;
	scratch_put(at(0, "a"), "A");
	scratch_put(at(1, "b"), "B");
	assert_int_equal(file_rename(at(0, "a"), at(1, "b"), &err), 0);
	assert_string_equal(scratch_get(at(1, "b")), "A");
	assert_int_equal(file_rename(at(0, "a"), at(1, "b"), &err), 1);
	assert_int_equal(file_rename(at(1, "b"), at(0, "none/b"), &err), -1);
	assert_int_equal(err.kind, ERR_SYSTEM);
}

static void
move_takes_folders_within_a_file_system(void **state)
{
	(void)state;
	file_make_dir(at(0, "a"), NULL);
	scratch_put(at(1, "a/f"), "F");
	assert_int_equal(file_move(at(0, "a"), at(1, "b"), NULL), 0);
	assert_string_equal(scratch_get(at(0, "b/f")), "F");
}

static void
move_away(void)
{
	char *to = file_join(other_folder, "to");

	file_move(at(0, "from"), to, NULL);
	free(to);
}

/* Whether there is another file system to move to; its folder is made. */
static bool
make_other_folder(void)
{
	struct stat here, there;

	strcpy(other_folder, OTHER_FILE_SYSTEM);
	if (mkdtemp(other_folder) == NULL) {
		other_folder[0] = '\0';
		return false;
	}
	return stat(root, &here) == 0 && stat(other_folder, &there) == 0 &&
	    here.st_dev != there.st_dev;
}

static void
killed_move_across_file_systems_loses_nothing(void **state)
{
	char *to;
	long n;

	(void)state;
	if (!make_other_folder())
		skip();
	to = file_join(other_folder, "to");
	for (n = 1; ; n++) {
		scratch_put(at(0, "from"), "goods");
		file_remove(to, NULL);
		if (!died_at(n, move_away))
			break;
		assert_string_equal(scratch_get(file_exists(at(0, "from")) ?
		    at(0, "from") : to), "goods");
		move_away();
		assert_string_equal(scratch_get(to), "goods");
		assert_false(file_exists(at(0, "from")));
		assert_int_equal(count_entries(other_folder), 1);
	}
	assert_true(n > 4);
	assert_int_equal(file_move(at(0, "from"), to, NULL), 1);
	free(to);
}

static void
copy_keeps_source_mode_and_time(void **state)
{
	struct stat status;
	struct timespec times[2] = { { 1000000, 0 }, { 2000000, 0 } };

	(void)state;
	scratch_put(at(0, "a"), "A");
	chmod(at(0, "a"), 0640);
	utimensat(AT_FDCWD, at(0, "a"), times, 0);
	assert_int_equal(file_copy(at(0, "a"), at(1, "b"), NULL), 0);
	assert_string_equal(scratch_get(at(0, "a")), "A");
	assert_string_equal(scratch_get(at(1, "b")), "A");
	assert_int_equal(stat(at(1, "b"), &status), 0);
	assert_int_equal(status.st_mode & 0777, 0640);
	assert_int_equal(status.st_mtime, 2000000);
	assert_int_equal(count_entries(root), 2);
}

static void
copy_refuses_links_and_what_is_no_file(void **state)
{
	struct err err;

	(void)state;
	scratch_put(at(0, "a"), "A");
	assert_int_equal(symlink(at(0, "a"), at(1, "link")), 0);
	assert_int_equal(mkfifo(at(2, "fifo"), 0600), 0);
	assert_int_equal(file_copy(at(1, "link"), at(3, "b"), &err), -1);
	assert_int_equal(file_copy(at(2, "fifo"), at(3, "b"), &err), -1);
	assert_int_equal(file_copy(root, at(3, "b"), &err), -1);
	assert_int_equal(file_copy(at(2, "none"), at(3, "b"), &err), 1);
	assert_int_equal(count_entries(root), 3);
}

static void
remove_is_content_with_what_is_gone(void **state)
{
	struct err err;

	(void)state;
	scratch_put(at(0, "a"), "A");
	assert_int_equal(file_remove(at(0, "a"), &err), 0);
	assert_int_equal(file_remove(at(0, "a"), &err), 0);
	assert_int_equal(file_remove(root, &err), -1);
	assert_int_equal(file_remove_tree(at(0, "a"), &err), 0);
}

static void
remove_tree_takes_all_but_never_follows_links(void **state)
{
	(void)state;
	file_make_dir(at(0, "kept"), NULL);
	scratch_put(at(0, "kept/file"), "K");
	file_make_dir(at(0, "tree/a/b/c"), NULL);
	file_make_dir(at(0, "tree/a/d"), NULL);
	scratch_put(at(0, "tree/a/b/c/file"), "x");
	scratch_put(at(0, "tree/.hidden"), "x");
	assert_int_equal(symlink(at(0, "kept"), at(1, "tree/a/link")), 0);
	assert_int_equal(file_remove_tree(at(0, "tree"), NULL), 0);
	assert_false(file_exists(at(0, "tree")));
	assert_string_equal(scratch_get(at(0, "kept/file")), "K");
	assert_int_equal(symlink(at(0, "kept"), at(1, "link")), 0);
	assert_int_equal(file_remove_tree(at(1, "link"), NULL), 0);
	assert_int_equal(count_entries(root), 1);
}

static void
make_dir_makes_what_is_missing(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(file_make_dir(at(0, "a/b//c/"), &err), 0);
	assert_true(file_is_dir(at(0, "a/b/c")));
	assert_int_equal(file_make_dir(at(0, "a/b/c"), &err), 0);
	scratch_put(at(0, "a/file"), "x");
	assert_int_equal(file_make_dir(at(0, "a/file"), &err), -1);
	assert_int_equal(file_make_dir(at(0, "a/file/d"), &err), -1);
	assert_int_equal(err.kind, ERR_SYSTEM);
}

static void
join_keeps_absolute_names(void **state)
{
	static const struct {
		const char *folder, *name, *joined;
	} cases[] = {
		{ "a", "b", "a/b" },
		{ "a/", "b", "a/b" },
		{ "/", "b", "/b" },
		{ "a", "/b", "/b" },
		{ "", "b", "b" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *joined = file_join(cases[i].folder, cases[i].name);

		assert_string_equal(joined, cases[i].joined);
		free(joined);
	}
}

struct seen {
	struct buf names;
	int stop_after;
};

static int
note(void *ctx, const char *path, const char *relative)
{
	struct seen *seen = ctx;

	if (!file_exists(path))
		return -1;
	buf_printf(&seen->names, "%s ", relative);
	return --seen->stop_after == 0 ? 7 : 0;
}

static void
make_tree(void)
{
	file_make_dir(at(0, "b/c"), NULL);
	file_make_dir(at(0, ".hidden"), NULL);
	file_make_dir(at(0, "empty"), NULL);
	scratch_put(at(0, "b/c/3"), "");
	scratch_put(at(0, "b/c/1"), "");
	scratch_put(at(0, "b/.x"), "");
	scratch_put(at(0, "b-a"), "");
	scratch_put(at(0, "b.xml"), "");
	scratch_put(at(0, "b0"), "");
	scratch_put(at(0, "a"), "");
	scratch_put(at(0, ".hidden/x"), "");
	assert_int_equal(symlink(at(0, "b"), at(1, "link")), 0);
	assert_int_equal(symlink(at(0, "a"), at(1, "link2")), 0);
}

static void
walk_goes_in_byte_order_of_paths(void **state)
{
	struct seen seen = { BUF_INIT(1000), 0 };

	(void)state;
	make_tree();
	assert_int_equal(file_walk(at(0, ""), note, &seen, NULL), 0);
	assert_string_equal(buf_text(&seen.names),
	    "a b-a b.xml b/c/1 b/c/3 b0 ");
	buf_free(&seen.names);
}

static void
walk_ends_with_the_value_of_visit(void **state)
{
	struct seen seen = { BUF_INIT(1000), 4 };
	struct err err;

	(void)state;
	make_tree();
	assert_int_equal(file_walk(root, note, &seen, &err), 7);
	assert_string_equal(buf_text(&seen.names), "a b-a b.xml b/c/1 ");
	assert_int_equal(file_walk(at(0, "none"), note, &seen, &err), -1);
	assert_int_equal(err.kind, ERR_SYSTEM);
	buf_free(&seen.names);
}

static int
remove_all(void *ctx, const char *path, const char *relative)
{
	int *count = ctx;

	(void)path;
	(void)relative;
	++*count;
	return file_remove_tree(at(0, "b"), NULL);
}

static void
walk_passes_over_what_vanishes(void **state)
{
	int count = 0;

	(void)state;
	make_tree();
	assert_int_equal(file_walk(root, remove_all, &count, NULL), 0);
	assert_int_equal(count, 4);
}

#define CASE(name) \
	cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static void
link_gives_a_second_name(void **state)
{
	struct buf read = BUF_INIT(64);
	struct err err = { 0 };
	struct stat st;

	(void)state;
	assert_int_equal(file_write(at(0, "one"), "abc", 3, 0644, &err), 0);
	assert_int_equal(file_link(at(0, "one"), at(1, "two"), &err), 0);
	assert_int_equal(stat(at(1, "two"), &st), 0);
	assert_int_equal(st.st_nlink, 2);
	/* The first may go, and what is there stays. */
	assert_int_equal(file_remove(at(0, "one"), &err), 0);
	assert_int_equal(file_write(at(2, "three"), "xyz", 3, 0644, &err), 0);
	assert_int_equal(file_link(at(2, "three"), at(1, "two"), &err), 0);
	assert_int_equal(file_read(&read, at(1, "two"), &err), 0);
	assert_string_equal(buf_text(&read), "abc");
	assert_int_equal(file_link(at(3, "none"), at(0, "x"), &err), 1);
	buf_free(&read);
}

static void
link_follows_no_link_and_needs_a_folder(void **state)
{
	struct err err = { 0 };

	(void)state;
	assert_int_equal(file_write(at(0, "one"), "abc", 3, 0644, &err), 0);
	assert_int_equal(symlink(at(0, "one"), at(1, "sym")), 0);
	assert_int_equal(file_link(at(1, "sym"), at(2, "x"), &err), -1);
	assert_false(file_exists(at(2, "x")));
	err_clear(&err);
	assert_int_equal(file_link(at(0, "one"), at(2, "no/x"), &err), -1);
}

static void
link_copies_to_another_file_system(void **state)
{
	char far[] = OTHER_FILE_SYSTEM, *to;
	struct buf read = BUF_INIT(64);
	struct err err = { 0 };

	(void)state;
	if (mkdtemp(far) == NULL)
		skip();
	to = file_join(far, "x");
	assert_int_equal(file_write(at(0, "one"), "abc", 3, 0644, &err), 0);
	assert_int_equal(file_link(at(0, "one"), to, &err), 0);
	assert_int_equal(file_read(&read, to, &err), 0);
	assert_string_equal(buf_text(&read), "abc");
	assert_int_equal(file_remove_tree(far, &err), 0);
	buf_free(&read);
	free(to);
}

/* Whose it is; -1: it is not there. */
static int64_t
owner_of(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 ? (int64_t)st.st_uid : -1;
}

static void
root_makes_what_the_owner_of_the_folder_can_write(void **state)
{
	struct err err = { 0 };
	struct stat st;
	int fd;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(file_make_dir(at(0, "theirs"), &err), 0);
	assert_int_equal(chown(at(0, "theirs"), NOBODY, NOBODY), 0);
	fd = file_create(at(0, "theirs/lock"), O_RDWR, 0600);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(stat(at(0, "theirs/lock"), &st), 0);
	assert_int_equal(st.st_uid, NOBODY);
	assert_int_equal(st.st_gid, NOBODY);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(file_make_dir(at(0, "theirs/a/b"), &err), 0);
	assert_int_equal(owner_of(at(0, "theirs/a")), NOBODY);
	assert_int_equal(owner_of(at(0, "theirs/a/b")), NOBODY);
	assert_int_equal(file_write(at(0, "theirs/x"), "x", 1, 0644, &err), 0);
	assert_int_equal(owner_of(at(0, "theirs/x")), NOBODY);
	/* In a folder of its own all stays its own. */
	assert_int_equal(file_write(at(0, "x"), "x", 1, 0644, &err), 0);
	assert_int_equal(owner_of(at(0, "x")), 0);
}

static void
create_gives_nothing_away_that_was_there(void **state)
{
	struct err err = { 0 };
	int fd;

	(void)state;
	assert_int_equal(file_write(at(0, "own"), "x", 1, 0600, &err), 0);
	assert_int_equal(file_make_dir(at(1, "theirs"), &err), 0);
	assert_int_equal(link(at(0, "own"), at(2, "theirs/lock")), 0);
	if (geteuid() == 0)
		assert_int_equal(chown(at(1, "theirs"), NOBODY, NOBODY), 0);
	fd = file_create(at(2, "theirs/lock"), O_RDWR, 0600);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(owner_of(at(0, "own")), geteuid());
	assert_int_equal(file_create(at(2, "theirs/lock"), O_RDWR | O_EXCL,
	    0600), -1);
	assert_int_equal(symlink(at(0, "own"), at(3, "theirs/sym")), 0);
	assert_int_equal(file_create(at(3, "theirs/sym"), O_RDWR, 0600), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(root_makes_what_the_owner_of_the_folder_can_write),
		CASE(create_gives_nothing_away_that_was_there),
		CASE(link_gives_a_second_name),
		CASE(link_follows_no_link_and_needs_a_folder),
		CASE(link_copies_to_another_file_system),
		CASE(read_gives_the_whole_file),
		CASE(read_tells_missing_too_large_and_broken_apart),
		CASE(write_replaces_and_leaves_nothing_beside),
		CASE(write_takes_a_name_of_full_length),
		CASE(failed_write_keeps_the_old_file),
		CASE(killed_write_leaves_the_old_or_the_new_file),
		CASE(rename_replaces_and_tells_a_missing_source),
		CASE(move_takes_folders_within_a_file_system),
		CASE(killed_move_across_file_systems_loses_nothing),
		CASE(copy_keeps_source_mode_and_time),
		CASE(copy_refuses_links_and_what_is_no_file),
		CASE(remove_is_content_with_what_is_gone),
		CASE(remove_tree_takes_all_but_never_follows_links),
		CASE(make_dir_makes_what_is_missing),
		CASE(join_keeps_absolute_names),
		CASE(walk_goes_in_byte_order_of_paths),
		CASE(walk_ends_with_the_value_of_visit),
		CASE(walk_passes_over_what_vanishes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
