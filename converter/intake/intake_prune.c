/*
 * The archive is not to fill the disk.  Only folders that intake_shelve()
 * named are touched; what a person put there stays.
 */
#include "intake/parts.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"

#define DAY_MS ((int64_t)24 * 60 * 60 * 1000)
#define STAMP_BYTES 17          /* "20261122T030000Z-" */

struct shelf {
	char *path;
	char *name;
	int64_t taken_ms;
	int64_t bytes;
};

struct shelves {
	struct shelf *items;
	size_t count;
	int64_t bytes;
};

/* "20261122T030000Z-…": when that is.  -1: not a name of ours. */
static int
read_stamp(int64_t *ms, const char *name)
{
	static const char form[] = "ddddddddTddddddZ-";
	char text[] = "....-..-..T..:..:..";
	static const unsigned char from[] = { 0, 1, 2, 3, 0, 4, 5, 0, 6, 7, 8,
	    9, 10, 0, 11, 12, 0, 13, 14 };
	size_t i;

	for (i = 0; i < STAMP_BYTES; i++) {
		bool digit = name[i] >= '0' && name[i] <= '9';

		if (form[i] == 'd' ? !digit : name[i] != form[i])
			return -1;
	}
	for (i = 0; text[i] != '\0'; i++) {
		if (text[i] == '.')
			text[i] = name[from[i]];
	}
	return clock_parse(ms, str_of(text));
}

static int
add_bytes(void *ctx, const char *path, const char *relative)
{
	int64_t *bytes = ctx;
	struct stat status;

	(void)relative;         /* the size is all that is wanted */
	if (lstat(path, &status) == 0)
		*bytes += status.st_size;
	return 0;
}

static int
add_shelf(struct shelves *shelves, const char *folder, const char *name,
    struct err *err)
{
	struct shelf shelf = { .bytes = 0 };

	if (read_stamp(&shelf.taken_ms, name) != 0)
		return 0;
	shelf.path = file_join(folder, name);
	if (!file_is_dir(shelf.path)) {
		free(shelf.path);
		return 0;
	}
	if (file_walk(shelf.path, add_bytes, &shelf.bytes, err) != 0) {
		free(shelf.path);
		return -1;
	}
	shelf.name = mem_text(name);
	shelves->bytes += shelf.bytes;
	shelves->items = mem_resize(shelves->items, shelves->count + 1,
	    sizeof *shelves->items);
	shelves->items[shelves->count++] = shelf;
	return 0;
}

static int
by_name(const void *left, const void *right)
{
	const struct shelf *a = left, *b = right;

	return strcmp(a->name, b->name);
}

static int
list_shelves(struct shelves *shelves, const char *folder, struct err *err)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;
	int rc = 0;

	if (dir == NULL && errno == ENOENT)
		return 0;
	if (dir == NULL)
		return err_errno(err, ERR_SYSTEM, _("%s: cannot be read"),
		    folder);
	while (rc == 0 && (entry = readdir(dir)) != NULL)
		rc = add_shelf(shelves, folder, entry->d_name, err);
	closedir(dir);
	if (shelves->count > 0)
		qsort(shelves->items, shelves->count, sizeof *shelves->items,
		    by_name);
	return rc;
}

int
intake_prune(const char *folder, int days, int64_t max_mb, int64_t now_ms,
    struct err *err)
{
	struct shelves shelves = { NULL, 0, 0 };
	int64_t limit = (int64_t)LIMIT_MIB;
	size_t i;
	int rc = list_shelves(&shelves, folder, err);

	limit = max_mb > INT64_MAX / limit ? INT64_MAX : max_mb * limit;
	for (i = 0; i < shelves.count; i++) {
		struct shelf *shelf = &shelves.items[i];
		int64_t age = now_ms - shelf->taken_ms;
		bool old = days > 0 && age > days * DAY_MS;
		bool full = max_mb > 0 && shelves.bytes > limit;

		if (rc == 0 && age > DAY_MS && (old || full)) {
			log_info("%s: pruned", shelf->path);
			rc = file_remove_tree(shelf->path, err);
			shelves.bytes -= shelf->bytes;
		}
		free(shelf->path);
		free(shelf->name);
	}
	free(shelves.items);
	return rc;
}
