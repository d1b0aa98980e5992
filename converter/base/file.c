#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/pace.h"
#include "base/step.h"
#include "base/str.h"

#define COPY_BYTES 65536

static int
system_error(struct err *err, const char *path)
{
	return err_errno(err, ERR_SYSTEM, "%s", path);
}

/* The folder in which `path` stands; allocated. */
static char *
folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return mem_text(".");
	if (slash == path)
		return mem_text("/");
	return mem_text_n(path, (size_t)(slash - path));
}

/* To what file_create() and file_make_dir() promise.  Where it cannot be, as
 * on a share that knows no owners, all is as good without. */
static void
give_away(int fd, const char *path)
{
	char *folder;
	struct stat info;

	if (geteuid() != 0)
		return;
	folder = folder_of(path);
	if (stat(folder, &info) == 0 && info.st_uid != 0 &&
	    fchown(fd, info.st_uid, info.st_gid) != 0)
		errno = 0;
	free(folder);
}

/* Only what was made here is given away: what stands there under that name
 * may be a second name of anything. */
int
file_create(const char *path, int flags, mode_t mode)
{
	int fd = -1;

	flags |= O_NOFOLLOW | O_CLOEXEC;
	if ((flags & O_EXCL) == 0)
		fd = open(path, flags);
	if (fd >= 0 || ((flags & O_EXCL) == 0 && errno != ENOENT))
		return fd;
	fd = open(path, flags | O_CREAT | O_EXCL, mode);
	if (fd >= 0)
		give_away(fd, path);
	else if (errno == EEXIST && (flags & O_EXCL) == 0)
		fd = open(path, flags);
	return fd;
}

/* Where the new content of `path` grows.  The name is a hash, since the
 * file's own may leave no room for an ending. */
static char *
temporary_of(const char *path)
{
	char *folder = folder_of(path);
	char *name = mem_printf(".cml24-%016" PRIx64 ".tmp",
	    str_hash(0, str_of(path)));
	char *whole = file_join(folder, name);

	free(folder);
	free(name);
	return whole;
}

static ssize_t
read_some(int fd, void *space, size_t size)
{
	ssize_t got;

	do {
		got = read(fd, space, size);
	} while (got < 0 && errno == EINTR);
	return got;
}

static int
write_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t put = write(fd, data, len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -1;
		data += put;
		len -= (size_t)put;
	}
	return 0;
}

int
file_read(struct buf *out, const char *path, struct err *err)
{
	char space[4096];
	ssize_t got;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	buf_clear(out);
	if (fd < 0 && errno == ENOENT)
		return 1;
	if (fd < 0)
		return system_error(err, path);
	while ((got = read_some(fd, space, sizeof space)) > 0) {
		if (buf_add(out, space, (size_t)got) != 0) {
			close(fd);
			return err_set(err, ERR_DATA,
			    _("%s: larger than %zu bytes"), path, out->max);
		}
	}
	if (got < 0)
		system_error(err, path);
	close(fd);
	return got < 0 ? -1 : 0;
}

int
file_sync(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	int result;

	if (fd < 0)
		return system_error(err, path);
	result = fsync(fd);
	if (result != 0)
		system_error(err, path);
	close(fd);
	return result;
}

int
file_sync_dir(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int result;

	if (fd < 0)
		return system_error(err, path);
	result = fsync(fd);
	/* Some network file systems cannot; they have nothing to sync. */
	if (result != 0 && (errno == EINVAL || errno == ENOTSUP))
		result = 0;
	if (result != 0)
		system_error(err, path);
	close(fd);
	return result;
}

static int
sync_folder_of(const char *path, struct err *err)
{
	char *folder = folder_of(path);
	int result = file_sync_dir(folder, err);

	free(folder);
	return result;
}

/* A new temporary file; one that a kill left behind is not used again, since
 * in a shared folder it could be anybody's link. */
static int
open_temporary(const char *temporary, mode_t mode)
{
	if (unlink(temporary) != 0 && errno != ENOENT)
		return -1;
	return file_create(temporary, O_WRONLY | O_EXCL, mode);
}

/* fsync and close, keeping the first error. */
static int
finish_temporary(int fd, int result)
{
	int saved;

	if (result == 0)
		result = fsync(fd);
	saved = errno;
	if (close(fd) != 0 && result == 0)
		return -1;
	errno = saved;
	return result;
}

static int
put_in_place(const char *temporary, const char *path, struct err *err)
{
	int result;

	step_mark();
	if (rename(temporary, path) != 0)
		return system_error(err, path);
	result = sync_folder_of(path, err);
	step_mark();
	return result;
}

int
file_write(const char *path, const void *data, size_t len, mode_t mode,
    struct err *err)
{
	char *temporary = temporary_of(path);
	int fd, result = -1;

	step_mark();
	fd = open_temporary(temporary, mode);
	if (fd >= 0)
		result = finish_temporary(fd, write_all(fd, data, len));
	if (result != 0)
		system_error(err, path);
	else
		result = put_in_place(temporary, path, err);
	if (result != 0)
		unlink(temporary);
	free(temporary);
	return result;
}

static int
sync_both(const char *from, const char *to, struct err *err)
{
	char *a = folder_of(from);
	char *b = folder_of(to);
	int result = file_sync_dir(b, err);

	if (result == 0 && strcmp(a, b) != 0)
		result = file_sync_dir(a, err);
	free(a);
	free(b);
	return result;
}

/* rename(), and its syncs if so.  1: `from` is not there; -1: *err, and in *why
 * the errno of a failed rename(). */
static int
move_within(const char *from, const char *to, bool synced, int *why,
    struct err *err)
{
	int result;

	step_mark();
	if (rename(from, to) == 0) {
		result = synced ? sync_both(from, to, err) : 0;
		step_mark();
		return result;
	}
	*why = errno;
	if (*why == ENOENT && !file_exists(from))
		return 1;
	errno = *why;
	return err_errno(err, ERR_SYSTEM, _("%s: cannot move to %s"), from, to);
}

int
file_rename(const char *from, const char *to, struct err *err)
{
	int why = 0;

	return move_within(from, to, true, &why, err);
}

int
file_rename_unsynced(const char *from, const char *to, struct err *err)
{
	int why = 0;

	return move_within(from, to, false, &why, err);
}

/* Bytes copied, or -1 with errno. */
static int64_t
copy_bytes(int from, int to)
{
	char *space = mem_resize(NULL, COPY_BYTES, 1);
	int64_t total = 0;
	ssize_t got;

	while ((got = read_some(from, space, COPY_BYTES)) > 0) {
		if (write_all(to, space, (size_t)got) != 0)
			break;
		total += got;
		pace_add(PACE_COPIED, got);
	}
	free(space);
	return got == 0 ? total : -1;
}

/* From an open file into a finished temporary file. */
static int
copy_into(int from, const char *from_path, const char *temporary,
    struct err *err)
{
	struct stat before, after;
	struct timespec times[2];
	int64_t total;
	int fd;

	if (fstat(from, &before) != 0)
		return system_error(err, from_path);
	if (!S_ISREG(before.st_mode))
		return err_set(err, ERR_SYSTEM, _("%s: not a file"), from_path);
	fd = open_temporary(temporary, before.st_mode & 0777);
	if (fd < 0)
		return system_error(err, temporary);
	total = copy_bytes(from, fd);
	times[0] = before.st_atim;
	times[1] = before.st_mtim;
	/* A share may refuse to set times; nothing depends on it. */
	(void)futimens(fd, times);
	if (finish_temporary(fd, total < 0 ? -1 : 0) != 0)
		return err_errno(err, ERR_SYSTEM, _("%s: cannot copy to %s"),
		    from_path, temporary);
	if (fstat(from, &after) != 0)
		return system_error(err, from_path);
	if (total != after.st_size || before.st_size != after.st_size)
		return err_set(err, ERR_AGAIN,
		    _("%s: changed while it was copied"), from_path);
	return 0;
}

int
file_copy(const char *from, const char *to, struct err *err)
{
	int fd = open(from, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	char *temporary;
	int result;

	if (fd < 0 && errno == ENOENT)
		return 1;
	if (fd < 0)
		return system_error(err, from);
	temporary = temporary_of(to);
	step_mark();
	result = copy_into(fd, from, temporary, err);
	if (result == 0)
		result = put_in_place(temporary, to, err);
	if (result != 0)
		unlink(temporary);
	close(fd);
	free(temporary);
	return result;
}

static int
move(const char *from, const char *to, bool synced, struct err *err)
{
	int why = 0;
	int result = move_within(from, to, synced, &why, err);

	if (result >= 0 || why != EXDEV)
		return result;
	err_clear(err);
	result = file_copy(from, to, err);
	if (result != 0)
		return result;
	return file_remove(from, err);
}

int
file_move(const char *from, const char *to, struct err *err)
{
	return move(from, to, true, err);
}

int
file_move_unsynced(const char *from, const char *to, struct err *err)
{
	return move(from, to, false, err);
}

int
file_link(const char *from, const char *to, struct err *err)
{
	struct stat st;

	/* A link would be linked, not what it shows. */
	if (lstat(from, &st) != 0)
		return errno == ENOENT ? 1 : system_error(err, from);
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_SYSTEM, _("%s: not a file"), from);
	step_mark();
	if (link(from, to) == 0 || errno == EEXIST) {
		step_mark();
		return 0;
	}
	return errno == ENOENT ? system_error(err, to) :
	    file_copy(from, to, err);
}

int
file_remove(const char *path, struct err *err)
{
	step_mark();
	if (unlink(path) != 0 && errno != ENOENT)
		return system_error(err, path);
	step_mark();
	return 0;
}

/* readdir() without "." and "..".  1: an entry, 0: the end, -1: errno. */
static int
next_entry(DIR *dir, const char **name)
{
	struct dirent *entry;

	do {
		errno = 0;
		entry = readdir(dir);
		if (entry == NULL)
			return errno == 0 ? 0 : -1;
		*name = entry->d_name;
	} while (strcmp(*name, ".") == 0 || strcmp(*name, "..") == 0);
	return 1;
}

/* Opens a folder, not through a link.  NULL: errno. */
static DIR *
open_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir;

	if (fd < 0)
		return NULL;
	dir = fdopendir(fd);
	if (dir == NULL)
		close(fd);
	return dir;
}

/* Removes one entry.  0; 1: a folder with something in it; -1: errno. */
static int
remove_entry(int folder, const char *name)
{
	struct stat status;

	if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT ? 0 : -1;
	if (!S_ISDIR(status.st_mode)) {
		if (unlinkat(folder, name, 0) == 0 || errno == ENOENT)
			return 0;
		return -1;
	}
	if (unlinkat(folder, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
		return 0;
	return errno == ENOTEMPTY || errno == EEXIST ? 1 : -1;
}

/*
 * Empties the folder `path`, or stops at a sub-folder that is not empty and
 * appends its name to the path.  0: it is empty; 1: go on with the longer
 * path; -1: error.
 */
static int
empty_folder(struct buf *path, struct err *err)
{
	DIR *dir = open_folder(path->data);
	const char *name;
	int got = 0;

	if (dir == NULL)
		return system_error(err, path->data);
	while (got == 0 && (got = next_entry(dir, &name)) > 0)
		got = remove_entry(dirfd(dir), name);
	if (got < 0) {
		system_error(err, path->data);
	} else if (got > 0 && buf_printf(path, "/%s", name) != 0) {
		got = err_set(err, ERR_SYSTEM, _("%s: nested too deeply"),
		    path->data);
	}
	closedir(dir);
	return got;
}

static int
remove_folder(struct buf *path, struct err *err)
{
	const size_t root = path->len;
	int got;

	for (;;) {
		got = empty_folder(path, err);
		if (got < 0)
			return -1;
		if (got > 0)
			continue;
		if (rmdir(path->data) != 0 && errno != ENOENT)
			return system_error(err, path->data);
		if (path->len == root)
			return 0;
		path->len = (size_t)(strrchr(path->data, '/') - path->data);
		path->data[path->len] = '\0';
	}
}

int
file_remove_tree(const char *path, struct err *err)
{
	struct buf buf = BUF_INIT(LIMIT_PATH_BYTES);
	struct stat status;
	int result;

	if (lstat(path, &status) != 0)
		return errno == ENOENT ? 0 : system_error(err, path);
	if (!S_ISDIR(status.st_mode))
		return file_remove(path, err);
	step_mark();
	if (buf_add_text(&buf, path) != 0)
		result = err_set(err, ERR_SYSTEM, _("%s: path too long"), path);
	else
		result = remove_folder(&buf, err);
	buf_free(&buf);
	step_mark();
	return result;
}

/* Through a descriptor: by its name it could be another one by now. */
static void
give_dir_away(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return;
	give_away(fd, path);
	close(fd);
}

static int
make_one_dir(const char *path, struct err *err)
{
	int result;

	if (file_is_dir(path))
		return 0;
	step_mark();
	if (mkdir(path, 0777) == 0)
		give_dir_away(path);
	else if (errno != EEXIST)
		return system_error(err, path);
	if (!file_is_dir(path)) {
		errno = ENOTDIR;
		return system_error(err, path);
	}
	result = sync_folder_of(path, err);
	step_mark();
	return result;
}

int
file_make_dir(const char *path, struct err *err)
{
	char *part = mem_text(path);
	char *slash = part;
	int result = 0;

	while (result == 0 && (slash = strchr(slash + 1, '/')) != NULL) {
		*slash = '\0';
		result = make_one_dir(part, err);
		*slash = '/';
	}
	if (result == 0)
		result = make_one_dir(part, err);
	free(part);
	return result;
}

bool
file_is_dir(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

bool
file_exists(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0;
}

char *
file_join(const char *folder, const char *name)
{
	size_t len = strlen(folder);

	if (name[0] == '/' || len == 0)
		return mem_text(name);
	return mem_printf("%s%s%s", folder, folder[len - 1] == '/' ? "" : "/",
	    name);
}

/* One folder of a walk: its entries in order, folders with '/' behind the
 * name, which makes the order of names the order of whole paths. */
struct level {
	char **names;
	size_t count;
	size_t next;
	size_t path_len;
};

struct walk {
	struct buf path;
	struct level *levels;
	size_t depth;
};

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
add_name(struct level *level, char *name)
{
	/* Grows at powers of two. */
	if ((level->count & (level->count - 1)) == 0)
		level->names = mem_resize(level->names,
		    level->count == 0 ? 1 : level->count * 2,
		    sizeof *level->names);
	level->names[level->count++] = name;
}

/* 0, or -1 with errno. */
static int
list_level(struct level *level, DIR *dir)
{
	const char *name;
	int got;

	while ((got = next_entry(dir, &name)) > 0) {
		struct stat status;

		if (name[0] == '.')
			continue;
		if (fstatat(dirfd(dir), name, &status, AT_SYMLINK_NOFOLLOW)) {
			if (errno == ENOENT)
				continue;
			return -1;
		}
		if (S_ISDIR(status.st_mode))
			add_name(level, mem_printf("%s/", name));
		else if (S_ISREG(status.st_mode))
			add_name(level, mem_text(name));
	}
	if (level->count > 0)
		qsort(level->names, level->count, sizeof *level->names,
		    by_bytes);
	return got;
}

/* Lists the folder at walk->path as a new level. */
static int
enter(struct walk *walk, struct err *err)
{
	const char *path = walk->path.len == 0 ? "/" : walk->path.data;
	struct level *level;
	DIR *dir = walk->depth == 0 ? opendir(path) : open_folder(path);
	bool vanished;
	int result;

	if (dir == NULL) {
		vanished = errno == ENOENT || errno == ENOTDIR ||
		    errno == ELOOP;
		if (vanished && walk->depth > 0)
			return 0;
		return system_error(err, path);
	}
	walk->levels = mem_resize(walk->levels, walk->depth + 1,
	    sizeof *walk->levels);
	level = &walk->levels[walk->depth++];
	*level = (struct level){ .path_len = walk->path.len };
	result = list_level(level, dir);
	if (result != 0)
		system_error(err, path);
	closedir(dir);
	return result;
}

static void
leave(struct walk *walk)
{
	struct level *level = &walk->levels[--walk->depth];
	size_t i;

	for (i = 0; i < level->count; i++)
		free(level->names[i]);
	free(level->names);
}

/* Sets walk->path to the next entry: 1 a file, 2 a folder, 0 none, -1. */
static int
next_of_level(struct walk *walk, struct err *err)
{
	struct level *level = &walk->levels[walk->depth - 1];
	struct buf *path = &walk->path;
	const char *name;

	if (level->next == level->count)
		return 0;
	name = level->names[level->next++];
	path->len = level->path_len;
	if (buf_printf(path, "/%s", name) != 0)
		return err_set(err, ERR_DATA, _("%s/%s: path too long"),
		    buf_text(path), name);
	if (path->data[path->len - 1] != '/')
		return 1;
	path->data[--path->len] = '\0';
	return 2;
}

int
file_walk(const char *folder, int (*visit)(void *ctx, const char *path,
    const char *relative), void *ctx, struct err *err)
{
	struct walk walk = { BUF_INIT(LIMIT_PATH_BYTES), NULL, 0 };
	size_t root = strlen(folder);
	int result;

	while (root > 0 && folder[root - 1] == '/')
		root--;
	if (buf_add(&walk.path, folder, root) != 0)
		result = err_set(err, ERR_SYSTEM, _("%s: path too long"),
		    folder);
	else
		result = enter(&walk, err);
	while (result == 0 && walk.depth > 0) {
		int got = next_of_level(&walk, err);

		if (got == 0)
			leave(&walk);
		else if (got == 1)
			result = visit(ctx, walk.path.data,
			    walk.path.data + root + 1);
		else
			result = got < 0 ? -1 : enter(&walk, err);
	}
	while (walk.depth > 0)
		leave(&walk);
	free(walk.levels);
	buf_free(&walk.path);
	return result;
}
