/*
 * Places that leave the managers' tree (catalog.groups).  The mark of such a
 * section is its path, so a path that is written in another way is another
 * place, and the old one would stand there for ever.  What we made goes as 1C's
 * groups go: when nothing is left in it.  What was there before and was
 * recognised is people's, and stays.
 */
#include "flow/places.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

/* And the target's row: the portal's id of what we made. */
#define META_MADE "tree.made."

static void
key_of(char key[64], int64_t row)
{
	(void)snprintf(key, 64, META_MADE "%" PRId64, row);
}

int
derive_place_made(struct flow *flow, const struct target *section,
    int64_t portal_id, int64_t package, struct err *err)
{
	int64_t row;
	char key[64];

	if (!map_tree_is(section))
		return 0;
	if (snapshot_target_row(flow->snap, section, &row, err) == -1)
		return -1;
	key_of(key, row);
	if (snapshot_meta_set_int(flow->snap, key, portal_id, err) == -1)
		return -1;
	/* Its place may have left while it was on its way. */
	return map_tree_left(flow->map, section) ? derive_target(flow,
	    section, package, false, err) : 0;
}

void
derive_place_left(struct flow *flow, const struct target *target,
    const struct image *image, struct wanted *out)
{
	char key[64];

	if (out->state != WANTED_NOTHING || image->portal_id == 0 ||
	    !map_tree_left(flow->map, target))
		return;
	key_of(key, image->target);
	if (snapshot_meta_int(flow->snap, key, 0) == image->portal_id)
		out->state = WANTED_GONE;
}

/* ---- all of them ------------------------------------------------------- */

struct left_places {
	struct flow *flow;
	struct target *items;
	size_t count;
};

static int
note_left(void *ctx, const struct target *target, const struct image *image,
    struct err *err)
{
	struct left_places *left = ctx;

	(void)err;
	if (image->portal_id == 0 || !map_tree_left(left->flow->map, target))
		return 0;
	left->items = mem_resize(left->items, left->count + 1,
	    sizeof(*left->items));
	left->items[left->count++] = *target;
	return 0;
}

struct making {
	int64_t portal_id;
	bool made;
};

/* The newest word of how it came to be linked. */
static int
look_at_entry(void *ctx, const struct history *entry, struct err *err)
{
	struct making *making = ctx;

	(void)err;
	if (entry->verb != VERB_CREATE && entry->verb != VERB_LINK)
		return 0;
	making->made = entry->verb == VERB_CREATE &&
	    entry->portal_id == making->portal_id;
	return 1;
}

/* Of what an older cml24 made only the history knows. */
static int
recall(struct flow *flow, const struct target *section, struct err *err)
{
	struct history_filter filter = { .id = target_id(section),
	    .kind = TARGET_SECTION };
	struct making making = { 0, false };
	struct image image;
	char key[64];
	int rc;

	image_init(&image);
	rc = snapshot_image_get(flow->snap, section, &image, err);
	key_of(key, image.target);
	making.portal_id = image.portal_id;
	if (rc == 0 && image.portal_id != 0 &&
	    snapshot_meta_int(flow->snap, key, 0) == 0)
		rc = snapshot_history_each(flow->snap, &filter,
		    look_at_entry, &making, err);
	if (rc != -1 && making.made)
		rc = snapshot_meta_set_int(flow->snap, key,
		    making.portal_id, err);
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

static int
derive_section(void *ctx, const struct target *target, struct err *err)
{
	return derive_target(ctx, target, 0, false, err);
}

int
derive_place_all(struct flow *flow, struct err *err)
{
	struct left_places left = { flow, NULL, 0 };
	size_t i;
	int rc = map_tree_targets(flow->map, derive_section, flow, err);

	if (rc != -1)
		rc = snapshot_image_each(flow->snap, TARGET_SECTION,
		    note_left, &left, err);
	for (i = 0; rc != -1 && i < left.count; i++) {
		rc = recall(flow, &left.items[i], err);
		if (rc == 0)
			rc = derive_section(flow, &left.items[i], err);
	}
	free(left.items);
	return rc == -1 ? -1 : 0;
}
