/*
 * The short ways into intake/: each asks the file that knows.
 */
#include "intake/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"

/* ---- settled? ---- */

/* A part is closed when the ones behind it are there and the last is whole:
 * a part alone cannot say that it is. */
static int
is_closed_zip(const char *path, struct err *err)
{
	struct intake_part part = intake_name_part(path);
	struct intake_tail_end end;
	int rc = intake_tail_zip(&end, path, err);

	while (rc == 0 && part.number > 0) {
		char *next = intake_name_of_part(path, part, ++part.number);

		if (part.spanned && !file_exists(next)) {
			free(next);
			next = intake_name_of_whole(path, part);
			part.number = 0;
		}
		if (!file_exists(next))
			part.number = 0;
		else
			rc = intake_tail_zip(&end, next, err);
		free(next);
	}
	return rc;
}

int
intake_is_closed(const char *path, enum intake_kind kind, struct err *err)
{
	switch (kind) {
	case INTAKE_XML:
		return intake_tail_xml(path, err);
	case INTAKE_ZIP:
		return is_closed_zip(path, err);
	case INTAKE_OTHER:
		break;
	}
	return file_exists(path) ? 1 : 0;
}

int
intake_resume(const char *inbox, const char *work,
    void (*found)(void *ctx, int64_t package), void *ctx, struct err *err)
{
	if (intake_claim_resume(inbox, work, found, ctx, err) != 0)
		return -1;
	return intake_gather(inbox, work, err);
}

/* ---- unpacking ---- */

struct paths {
	char **items;
	size_t count;
};

static int
add_zip(void *ctx, const char *path, const char *relative)
{
	struct paths *paths = ctx;
	struct intake_file file = { .name = mem_text(relative) };

	intake_classify(&file);
	if (file.kind == INTAKE_ZIP) {
		paths->items = mem_resize(paths->items, paths->count + 1,
		    sizeof *paths->items);
		paths->items[paths->count++] = mem_text(path);
	}
	intake_list_forget(&file);
	return 0;
}

static void
free_paths(struct paths *paths)
{
	size_t i;

	for (i = 0; i < paths->count; i++)
		free(paths->items[i]);
	free(paths->items);
	*paths = (struct paths){ NULL, 0 };
}

/* Parts first become whole zips; what they became is then looked for anew. */
static int
join_all(const char *folder, struct err *err)
{
	struct paths zips = { NULL, 0 };
	size_t i;
	int rc = file_walk(folder, add_zip, &zips, err);

	for (i = 0; rc == 0 && i < zips.count; i++) {
		if (intake_name_part(zips.items[i]).number > 0 &&
		    file_exists(zips.items[i]))
			rc = intake_join(zips.items[i], err);
	}
	free_paths(&zips);
	return rc;
}

int
intake_unpack(const char *folder, struct err *err)
{
	struct paths zips = { NULL, 0 };
	size_t len = strlen(folder), i;
	int rc = join_all(folder, err);

	if (rc == 0)
		rc = file_walk(folder, add_zip, &zips, err);
	for (i = 0; rc == 0 && i < zips.count; i++) {
		const char *shown = zips.items[i] + len;

		while (*shown == '/')
			shown++;
		rc = intake_zip(zips.items[i], shown, err);
	}
	free_paths(&zips);
	return rc;
}
