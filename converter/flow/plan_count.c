/*
 * How many requests a run takes.  It asks what the plan has asked; then it
 * sends wave after wave: what belongs to something goes when that is there,
 * 50 commands a request, pictures and stock by themselves.  What is shared
 * with the portal's people, or needs a value of the portal's own, is read in
 * a request before it is written.
 */
#include "flow/plan.h"

#include <stdlib.h>

#include "base/mem.h"

#define WAVES 64                /* deeper is counted with the last */
#define KNOWN 1024

struct wave {
	int64_t commands, reads;        /* reads: of these */
	int64_t pictures, bytes;
	int64_t sections, looks;        /* to be looked for; all but those */
};

struct plan_count {
	struct flow *flow;
	struct wave waves[WAVES];
	int64_t stocks;
	struct known {                  /* levels of sections */
		struct target target;
		int level;
	} known[KNOWN];
	struct difference above;
};

struct plan_count *
plan_count_new(struct flow *flow)
{
	struct plan_count *count = mem_alloc(sizeof(*count));

	count->flow = flow;
	derive_init(&count->above);
	return count;
}

void
plan_count_free(struct plan_count *count)
{
	derive_free(&count->above);
	free(count);
}

/* Is what it belongs to there? */
static int
is_there(struct plan_count *count, const struct target *target, bool *there,
    struct err *err)
{
	struct image image;
	int rc;

	image_init(&image);
	rc = snapshot_image_get(count->flow->snap, target, &image, err);
	*there = image.portal_id != 0;
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

int
plan_count_level(struct plan_count *count, const struct difference *diff,
    int *level, struct err *err)
{
	struct target target = diff->parent;
	struct known *slot = &count->known[str_hash(0, target_key(&target)) %
	    KNOWN];
	bool needed = derive_needs_parent(diff), there;

	*level = 0;
	if (needed && target_same(&slot->target, &target)) {
		*level = slot->level;
		return 0;
	}
	while (needed && *level < WAVES - 1) {
		if (is_there(count, &target, &there, err) == -1)
			return -1;
		if (there)
			break;
		++*level;
		if (derive_difference(count->flow, &target, false,
		    &count->above, err) == -1)
			return -1;
		needed = derive_needs_parent(&count->above);
		target = count->above.parent;
	}
	if (derive_needs_parent(diff)) {
		slot->target = diff->parent;
		slot->level = *level;
	}
	return 0;
}

static bool
reads_before(const struct target *target, const struct difference *diff)
{
	if (target->kind == TARGET_NOTICE)
		return diff->verb == VERB_CREATE;
	if (diff->verb != VERB_UPDATE)
		return false;
	return target_is_crm(target->kind) || target_is_deal(target->kind) ||
	    (target->kind == TARGET_SECTION &&
	    !fields_has(&diff->send, FIELD_NAME));
}

/* What belongs to something that is made is made with it.  A section must be
 * empty to go. */
static bool
is_looked_for(const struct target *target, const struct difference *diff,
    int level)
{
	if (diff->verb == VERB_DELETE)
		return target->kind == TARGET_SECTION;
	return diff->verb == VERB_LINK || (diff->verb == VERB_CREATE &&
	    (level == 0 || target_is_good(target->kind) ||
	    target->kind == TARGET_SECTION || target->kind == TARGET_COMPANY ||
	    target->kind == TARGET_CONTACT || target->kind == TARGET_PERSON));
}

void
plan_count_add(struct plan_count *count, const struct target *target,
    const struct difference *diff, int level)
{
	struct wave *wave = &count->waves[level < WAVES ? level : WAVES - 1];
	size_t bytes = 0;
	char *path;

	if (diff->verb == VERB_NONE)
		return;
	if (is_looked_for(target, diff, level))
		*(target->kind == TARGET_SECTION ? &wave->sections :
		    &wave->looks) += 1;
	if (diff->verb == VERB_LINK)
		return;
	if (target->kind == TARGET_STOCK) {
		count->stocks++;
	} else if (target->kind == TARGET_PICTURE) {
		wave->pictures++;
		if (picture_find(count->flow, fields_get(&diff->send,
		    FIELD_HASH), &path, &bytes) == 0)
			free(path);
		wave->bytes += (int64_t)bytes;
	} else {
		wave->commands++;
		wave->reads += reads_before(target, diff);
	}
}

static int64_t
shares(int64_t count, int64_t most)
{
	return (count + most - 1) / most;
}

static int64_t
most_of(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* The commands of all waves fill up their requests: what is ready goes with
 * what came before it.  But each wave waits for one of the wave before. */
static int64_t
writes_of(const struct plan_count *count)
{
	int64_t batch = count->flow->config->portal.batch_size, waves = 0;
	int64_t reads = 0;
	struct wave all = { 0 };

	for (int i = 0; i < WAVES; i++) {
		const struct wave *wave = &count->waves[i];

		all.commands += wave->commands;
		all.reads += wave->reads;
		all.pictures += wave->pictures;
		all.bytes += wave->bytes;
		waves += wave->commands > 0;
		reads += wave->reads > 0;
	}
	return most_of(shares(all.commands, batch), waves) +
	    most_of(shares(all.reads, batch), reads) +
	    most_of(shares(all.pictures, batch),
	    shares(all.bytes, LIMIT_REQUEST_PICTURES));
}

/* The plan asked for the first wave at once; what waits is looked for when its
 * turn comes, sections and goods apart. */
static int64_t
looks_of(const struct plan_count *count, bool asked)
{
	int64_t sum = 0;

	for (int i = asked ? 1 : 0; i < WAVES; i++)
		sum += shares(count->waves[i].sections, LIMIT_REQUEST_FINDS) +
		    shares(count->waves[i].looks, LIMIT_REQUEST_FINDS);
	return sum;
}

int64_t
plan_count_requests(const struct plan_count *count,
    const struct plan_asked *asked)
{
	int64_t looks = looks_of(count, asked->whole);
	int64_t sum = writes_of(count);

	/* What lies there is read, then a document made, filled, conducted. */
	sum += shares(count->stocks, LIMIT_STOCK_LINES) * 3 +
	    shares(count->stocks, LIMIT_BATCH_COMMANDS);
	if (sum + looks + asked->rounds == 0)
		return 0;
	if (asked->whole)
		return sum + asked->requests + looks * asked->rounds;
	/* Without the portal's word: what names mean is asked besides. */
	return sum + asked->requests + looks + 1;
}
