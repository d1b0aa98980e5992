/*
 * Accepted and refused packages get a folder of their own in archive/ or
 * rejected/, whose name sorts by time: "20261122T030000Z-webdata-17".
 */
#include "intake/parts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/str.h"

#define NODE_BYTES 100

/* Nothing that a shell, a share or a person would stumble over. */
static void
clean_node(char out[NODE_BYTES + 1], const char *node)
{
	struct str cut = str_utf8_cut(str_of(node), NODE_BYTES);
	size_t i;

	for (i = 0; i < cut.len; i++) {
		bool bad = (unsigned char)cut.p[i] <= ' ' ||
		    strchr("/\\:*?\"<>|'`$&;\x7f", cut.p[i]) != NULL;

		out[i] = bad ? '_' : cut.p[i];
	}
	out[i] = '\0';
	if (i == 0)
		snprintf(out, NODE_BYTES + 1, "root");
}

static void
name_place(char *place, const char *node, int64_t package, int64_t taken_ms)
{
	char stamp[32] = "00000000T000000Z", clean[NODE_BYTES + 1];
	time_t seconds = (time_t)(taken_ms / 1000);
	struct tm utc;

	if (gmtime_r(&seconds, &utc) != NULL)
		(void)strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ", &utc);
	clean_node(clean, node);
	snprintf(place, LIMIT_NAME_BYTES, "%s-%s-%" PRId64, stamp, clean,
	    package);
}

struct shelve {
	const char *part;
	struct err *err;
};

static int
move_one(void *ctx, const char *path, const char *relative)
{
	const struct shelve *shelve = ctx;
	char *to = file_join(shelve->part, relative);
	char *folder = mem_text_n(to, (size_t)(strrchr(to, '/') - to));
	int rc = file_make_dir(folder, shelve->err);

	if (rc == 0)
		rc = file_move(path, to, shelve->err) < 0 ? -1 : 0;
	free(folder);
	free(to);
	return rc;
}

static int
stop_at_file(void *ctx, const char *path, const char *relative)
{
	(void)ctx;              /* that there is one is all that counts */
	(void)path;
	(void)relative;
	return 1;
}

/* To another file system: file by file into a hidden folder, which then gets
 * its name.  A second try finds the rest in `from`. */
static int
move_by_files(const char *from, const char *to, const char *place,
    const char *goal, struct err *err)
{
	char *hidden = mem_printf(".%s", place);
	char *part = file_join(to, hidden);
	struct shelve shelve = { part, err };
	int rc;

	if (file_exists(goal)) {
		/* The last step of an earlier try; else it is another's. */
		rc = file_walk(from, stop_at_file, NULL, err);
		if (rc == 1)
			rc = err_set(err, ERR_SYSTEM, _("%s: is there already, "
			    "and %s is not empty"), goal, from);
	} else {
		rc = file_make_dir(part, err);
		if (rc == 0)
			rc = file_walk(from, move_one, &shelve, err);
		if (rc == 0)
			rc = file_rename(part, goal, err) < 0 ? -1 : 0;
	}
	/* All that counts has left it by now. */
	if (rc == 0)
		rc = file_remove_tree(from, err);
	free(part);
	free(hidden);
	return rc;
}

static int
move_package(const char *from, const char *to, const char *place,
    struct err *err)
{
	char *goal = file_join(to, place);
	struct err local;
	int rc, why;

	if (!file_exists(from)) {
		/* Done before a kill, or there is nothing to do it with. */
		rc = file_exists(goal) ? 0 : err_set(err, ERR_SYSTEM,
		    _("%s: this package's folder is gone"), from);
		free(goal);
		return rc;
	}
	rc = file_exists(goal) ? 1 : file_make_dir(to, err);
	if (rc == 0) {
		errno = 0;
		rc = file_rename(from, goal, &local);
		why = errno;
		if (rc != 0 && why == EXDEV)
			rc = 1;
		else if (rc != 0)
			rc = err_set(err, local.kind, "%s", local.text);
	}
	if (rc == 1)
		rc = move_by_files(from, to, place, goal, err);
	free(goal);
	return rc;
}

int
intake_shelve(const char *work, int64_t package, const char *to,
    const char *node, int64_t taken_ms, char *place, struct err *err)
{
	char number[24], *from;
	int rc;

	snprintf(number, sizeof number, "%" PRId64, package);
	name_place(place, node, package, taken_ms);
	from = file_join(work, number);
	rc = move_package(from, to, place, err);
	free(from);
	return rc;
}
