/*
 * How many requests a run takes.  It asks what the plan has asked; then it
 * sends wave after wave: what belongs to something goes when that is there,
 * 50 commands a request, pictures and stock by themselves.  What is shared
 * with the portal's people, or needs a value of the portal's own, is read in
 * a request before it is written.
 */
#include "flow/plan.h"

#include <stdlib.h>
#include <string.h>

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
	int64_t ops[TARGET_LAST][OP_FIND + 1];  /* struct remote_work */
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
	if (count == NULL)
		return;
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

static enum op_kind
op_of(const struct target *target, enum verb verb)
{
	if (verb == VERB_DELETE)
		return target->kind == TARGET_STOCK ? OP_CREATE : OP_DELETE;
	if (target->kind == TARGET_STOCK)
		return OP_CREATE;
	/* A main picture is changed as a field of its good. */
	if (target->kind == TARGET_PICTURE)
		return target_is_main_picture(target) ? OP_UPDATE : OP_CREATE;
	return verb == VERB_CREATE ? OP_CREATE : OP_UPDATE;
}

/* Of a picture; a new one is as large as the others of its package. */
static int64_t
bytes_of(const struct flow *flow, const struct fields *send)
{
	size_t bytes;
	char *path;

	if (picture_find(flow, fields_get(send, FIELD_HASH), &path,
	    &bytes) == 0) {
		free(path);
		return (int64_t)bytes;
	}
	return flow->unkept > 0 ? flow->unkept_bytes / flow->unkept : 0;
}

void
plan_count_add(struct plan_count *count, const struct target *target,
    const struct difference *diff, int level)
{
	struct wave *wave = &count->waves[level < WAVES ? level : WAVES - 1];
	int64_t *ops = count->ops[target->kind];
	bool reads;

	if (diff->verb == VERB_NONE)
		return;
	if (is_looked_for(target, diff, level)) {
		*(target->kind == TARGET_SECTION ? &wave->sections :
		    &wave->looks) += 1;
		ops[OP_FIND]++;
	}
	if (diff->verb == VERB_LINK)
		return;
	ops[op_of(target, diff->verb)]++;
	if (target->kind == TARGET_STOCK) {
		count->stocks++;
	} else if (target->kind == TARGET_PICTURE) {
		wave->pictures++;
		wave->bytes += bytes_of(count->flow, &diff->send);
	} else {
		reads = reads_before(target, diff);
		wave->commands++;
		wave->reads += reads;
		ops[OP_FIND] += reads;
	}
}

void
plan_count_some(struct plan_count *count, const struct target *target,
    enum verb verb, int64_t more, int64_t bytes)
{
	struct wave *wave = &count->waves[0];
	enum target_kind kind = target->kind;
	bool reads = verb == VERB_UPDATE && (target_is_crm(kind) ||
	    target_is_deal(kind));

	if (verb == VERB_NONE)
		return;
	if (verb == VERB_LINK || (verb == VERB_CREATE && (kind ==
	    TARGET_SECTION || target_is_good(kind) || target_is_client(kind))))
		count->ops[kind][OP_FIND] += more;
	if (verb == VERB_LINK)
		return;
	count->ops[kind][op_of(target, verb)] += more;
	if (kind == TARGET_STOCK) {
		count->stocks += more;
	} else if (kind == TARGET_PICTURE) {
		wave->pictures += more;
		wave->bytes += bytes;
	} else {
		wave->commands += more;
		wave->reads += reads ? more : 0;
		count->ops[kind][OP_FIND] += reads ? more : 0;
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

/* So many of the usual size go into one request. */
static int64_t
pictures_of(int64_t count, int64_t bytes, int64_t batch)
{
	int64_t fit = bytes > 0 ? (int64_t)((double)LIMIT_REQUEST_PICTURES *
	    (double)count / (double)bytes) : batch;

	return shares(count, fit < 1 ? 1 : fit < batch ? fit : batch);
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
	    pictures_of(all.pictures, all.bytes, batch);
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

static int64_t
requests_of(const struct plan_count *count, const struct plan_asked *asked)
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

void
plan_count_work(const struct plan_count *count,
    const struct plan_asked *asked, struct remote_work *out)
{
	out->requests = requests_of(count, asked);
	memcpy(out->ops, count->ops, sizeof(out->ops));
}
