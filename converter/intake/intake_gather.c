/*
 * A kill between the claims of a zip's parts leaves some in the package and
 * some in the inbox, where they would begin a package of their own.  Parts are
 * claimed in order, so the next one is looked for where the last one came
 * from: the inbox's root, which is where a person puts them.
 */
#include "intake/parts.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/str.h"

struct gather {
	const char *inbox, *work;
	int64_t package;
	struct err *err;
};

/* Claims inbox/NAME as it stands.  1: it is not there, or not now. */
static int
claim_named(const struct gather *gather, const char *folder, const char *name)
{
	struct intake_file file = { .name = mem_text(name) };
	char *path = file_join(gather->inbox, name);
	char *there = file_join(folder, name);
	struct stat status;
	int rc = 1;

	if (!file_exists(there) && lstat(path, &status) == 0) {
		file.size = status.st_size;
		file.mtime_ns = (int64_t)status.st_mtim.tv_sec * 1000000000 +
		    status.st_mtim.tv_nsec;
		file.inode = (int64_t)status.st_ino;
		rc = intake_claim(gather->inbox, gather->work,
		    gather->package, &file, gather->err);
	}
	free(there);
	free(path);
	intake_list_forget(&file);
	return rc;
}

/* All that belongs behind one part. */
static int
gather_behind(void *ctx, const char *path, const char *relative)
{
	const struct gather *gather = ctx;
	struct intake_part part = intake_name_part(relative);
	char *folder, *next;
	int rc = 0;

	if (part.number == 0 || strchr(relative, '/') != NULL)
		return 0;
	folder = mem_text_n(path, strlen(path) - strlen(relative) - 1);
	while (rc == 0) {
		next = intake_name_of_part(relative, part, ++part.number);
		rc = claim_named(gather, folder, next);
		free(next);
	}
	if (rc > 0 && part.spanned) {
		next = intake_name_of_whole(relative, part);
		rc = claim_named(gather, folder, next);
		free(next);
	}
	free(folder);
	return rc < 0 ? -1 : 0;
}

int
intake_gather(const char *inbox, const char *work, struct err *err)
{
	struct gather gather = { inbox, work, 0, err };
	DIR *dir = opendir(work);
	const struct dirent *entry;
	int rc = 0;

	if (dir == NULL && errno == ENOENT)
		return 0;
	if (dir == NULL)
		return err_errno(err, ERR_SYSTEM, _("%s: cannot be read"),
		    work);
	while (rc == 0 && (entry = readdir(dir)) != NULL) {
		char *folder;

		if (str_to_int64(&gather.package, str_of(entry->d_name)) != 0)
			continue;
		folder = file_join(work, entry->d_name);
		if (file_is_dir(folder))
			rc = file_walk(folder, gather_behind, &gather, err);
		free(folder);
	}
	closedir(dir);
	return rc;
}
