/*
 * What two looks at a file of the inbox say: does it stand still, does it grow,
 * or has 1C written another one in its place?
 */
#include "flow/half.h"

#include <string.h>

#include "base/clock.h"
#include "flow/full.h"
#include "flow/lost.h"
#include "snapshot/looks.h"

static bool
same_look(const struct look *look, const struct intake_file *file)
{
	return look->size == file->size &&
	    look->mtime_ns == file->mtime_ns && look->inode == file->inode;
}

/* 1C has emptied its folder and written the name anew: what grows neither gets
 * shorter nor becomes another file.  Some shares give a file another number now
 * and then. */
static bool
is_anew(const struct look *look, const struct intake_file *file)
{
	if (look->size == file->size && look->mtime_ns == file->mtime_ns)
		return false;
	return look->inode != file->inode || file->size <= look->size;
}

/* The look is a new one, or shows something new.  1: all is as it was.  *anew:
 * another file may be in its place. */
static int
look_anew(struct flow *flow, const struct intake_file *file, int64_t now,
    struct look *look, bool *anew, struct err *err)
{
	int rc = snapshot_look_get(flow->snap, file->name, look, err);

	*anew = false;
	/* A look in the future is one of a clock that was ahead. */
	if (rc == -1 || (rc == 0 && same_look(look, file) &&
	    look->first <= now))
		return rc == -1 ? -1 : 1;
	if (rc == 1) {
		memset(look, 0, sizeof(*look));
		(void)snprintf(look->name, sizeof(look->name), "%s",
		    file->name);
	}
	*anew = rc == 0 && is_anew(look, file);
	if (rc == 1 || look->seen > now)
		look->seen = now;
	look->size = file->size;
	look->mtime_ns = file->mtime_ns;
	look->inode = file->inode;
	look->first = now;
	return 0;
}

/* *begun: the transaction that these are written in; a look without news needs
 * none. */
static int
remember_look(struct flow *flow, const struct intake_file *file, int64_t now,
    struct look *look, bool *begun, struct err *err)
{
	bool anew;
	int rc = look_anew(flow, file, now, look, &anew, err);

	if (rc != 0)
		return rc == -1 ? -1 : 0;
	if (!*begun && snapshot_begin(flow->snap, err) == -1)
		return -1;
	*begun = true;
	/* Of one that was given up the beginning tells: whoever copies what
	 * 1C wrote may complete it by another file. */
	if (anew && look->reported && full_written_over(flow, file, &anew,
	    err) == -1)
		return -1;
	if (lost_look(flow, file, look, err) == -1)
		return -1;
	if (anew) {
		look->seen = look->first;
		look->reported = false;
	}
	return snapshot_look_put(flow->snap, look, err);
}

/* Two looks `settle` apart, or a time that is long past; the file server's
 * clock may be ahead of ours, then only the looks count. */
static bool
stood_still(const struct flow *flow, const struct look *look, int64_t now)
{
	int64_t settle = flow->config->inbox.settle_ms;

	return now - look->first >= settle ||
	    now - look->mtime_ns / 1000000 >= settle * 10;
}

/* When what the run may wait for will have stood still (take.c). */
static void
note_young(struct flow *flow, const struct intake_file *file,
    const struct look *look)
{
	int64_t then = look->first + flow->config->inbox.settle_ms;

	if (file->kind != INTAKE_OTHER && !look->reported &&
	    then > flow->settles)
		flow->settles = then;
}

/* There may be thousands of pictures among them, so all are synced at once.
 * What was seen together stands still together: else the XML would be taken
 * without the pictures, at which it takes some time to look. */
int
half_look_at(struct flow *flow, const struct intake_list *list, size_t from,
    size_t to, bool *stood, struct err *err)
{
	int64_t now = clock_wall_ms();
	struct look look;
	bool begun = false;
	int rc = 0;

	for (size_t i = from; rc != -1 && i < to; i++) {
		rc = remember_look(flow, &list->files[i], now, &look, &begun,
		    err);
		stood[i] = rc != -1 && stood_still(flow, &look, now);
		if (rc != -1 && !stood[i])
			note_young(flow, &list->files[i], &look);
	}
	if (begun)
		return snapshot_end(flow->snap, rc, err);
	return rc == -1 ? -1 : 0;
}

bool
half_was_given_up(struct flow *flow, const struct intake_file *file)
{
	struct look look;
	struct err err;

	return snapshot_look_get(flow->snap, file->name, &look, &err) == 0 &&
	    look.reported && same_look(&look, file);
}
