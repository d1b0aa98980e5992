/*
 * What 1C wrote it takes for delivered, and it empties its folder at the next
 * export: a file that was seen, and is gone before it was taken, is said to be
 * lost.  What is no loss: attachments; what was given up, which was said; nodes
 * that are left out; what a kill left when the file had been claimed; what 1C
 * has died over, since it takes nothing off its list before the file is whole.
 */
#include "flow/lost.h"

#include <string.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "flow/full.h"

/* УТ tries whether it may write by a file that says "Test"; no XML that says
 * anything is as short. */
#define LEAST_BYTES 64

/* ---- is it with us? ---- */

struct claimed {
	struct flow *flow;
	const struct intake_file *file;
};

/* 1: this package has it. */
static int
stop_at_holder(void *ctx, const struct package *package, struct err *err)
{
	const struct claimed *claimed = ctx;
	char *folder, *path;
	bool has;

	(void)err;
	if (strcmp(package->node, claimed->file->node) != 0)
		return 0;
	folder = flow_package_folder(claimed->flow, package->id);
	path = file_join(folder, claimed->file->inner);
	has = file_exists(path);
	free(path);
	free(folder);
	return has ? 1 : 0;
}

/* A kill came between the file and the look at it: then the package is one that
 * is still open. */
static int
is_claimed(struct flow *flow, const struct intake_file *file, bool *is,
    struct err *err)
{
	struct claimed claimed = { flow, file };
	int rc = snapshot_package_each(flow->snap, PACKAGE_CLAIMING,
	    stop_at_holder, &claimed, err);

	*is = rc == 1;
	return rc == -1 ? -1 : 0;
}

/* ---- is it missed? ---- */

static bool
is_missed(const struct flow *flow, const struct intake_file *file,
    const struct look *look)
{
	return look->head_bytes >= LEAST_BYTES && !look->reported &&
	    file->kind != INTAKE_OTHER &&
	    !session_is_by_hand(file->node) &&
	    intake_is_wanted(flow->config->inbox.nodes.items,
	    flow->config->inbox.nodes.count, file->node);
}

/*
 * In the root 1C deletes nothing: what goes there somebody has moved.  And it
 * empties its folder, but keeps it: where that is gone too, the share may be
 * away.
 */
static bool
was_emptied(const struct flow *flow, const struct look *look)
{
	size_t len = strcspn(look->name, "/");
	char *path;
	bool is;

	if (look->name[len] == '\0')
		return false;
	path = file_join(flow->config->folders.inbox, look->name);
	path[strlen(path) - strlen(look->name) + len] = '\0';
	is = file_is_dir(path);
	free(path);
	return is;
}

static int
tell_lost(struct flow *flow, const struct intake_file *file, bool anew,
    struct err *err)
{
	bool have;

	if (is_claimed(flow, file, &have, err) == -1)
		return -1;
	return have ? 0 : full_lost(flow, file, anew, err);
}

int
lost_vanished(struct flow *flow, const struct look *look, struct err *err)
{
	struct intake_file file;
	int rc = 0;

	intake_named(&file, look->name);
	if (is_missed(flow, &file, look) && was_emptied(flow, look))
		rc = tell_lost(flow, &file, false, err);
	intake_list_forget(&file);
	return rc;
}

/* 1: this is what the file begins with; 0: it cannot be read now. */
static int
read_head(const struct flow *flow, const struct intake_file *file,
    uint64_t *hash, size_t *len)
{
	char *path = file_join(flow->config->folders.inbox, file->name);
	struct err ignored = { 0 };
	int rc;

	*hash = 0;
	rc = intake_head(hash, len, path, &ignored);
	free(path);
	return rc == 1 ? 1 : 0;
}

int
lost_look(struct flow *flow, const struct intake_file *file,
    struct look *look, struct err *err)
{
	size_t len = (size_t)look->head_bytes;
	uint64_t hash;

	if (file->kind == INTAKE_OTHER ||
	    read_head(flow, file, &hash, &len) == 0)
		return 0;
	if ((len != (size_t)look->head_bytes || hash !=
	    (uint64_t)look->head) && is_missed(flow, file, look) &&
	    tell_lost(flow, file, true, err) == -1)
		return -1;
	len = INTAKE_HEAD_BYTES;
	if (read_head(flow, file, &hash, &len) == 1) {
		look->head = (int64_t)hash;
		look->head_bytes = (int64_t)len;
	}
	return 0;
}

bool
lost_is_abandoned(const struct flow *flow, struct look *look)
{
	if (look->head_bytes == 0 || clock_wall_ms() - look->first <
	    flow->config->inbox.session_quiet_ms)
		return false;
	look->head_bytes = 0;
	return true;
}
