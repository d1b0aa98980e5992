/*
 * What sending has still to do, counted as a plan counts it, for the time that
 * is left.  Of each kind and verb it is known how many there are, and not what
 * is in them.
 */
#include "flow/left.h"
#include "flow/plan.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"

/* Pictures that are looked at for their size. */
#define SAMPLE 200

/* Where no picture can be looked at. */
#define PICTURE_BYTES (LIMIT_REQUEST_PICTURES / 20)

#define LEFT_MAIN TARGET_LAST   /* pictures that are main ones */

struct left {
	struct flow *flow;
	/* How many are not done; the same as requests. */
	int64_t by[LEFT_MAIN + 1][VERB_LINK + 1];
	struct plan_count *work;
	int64_t picture_bytes;  /* of one; 0: not known yet */
};

/* ---- pictures ---- */

struct sample {
	int64_t files, bytes;
};

static void
sample_folder(const char *folder, struct sample *sample)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;
	struct stat info;

	while (dir != NULL && sample->files < SAMPLE &&
	    (entry = readdir(dir)) != NULL) {
		if (fstatat(dirfd(dir), entry->d_name, &info,
		    AT_SYMLINK_NOFOLLOW) == -1 || !S_ISREG(info.st_mode))
			continue;
		sample->files++;
		sample->bytes += info.st_size;
	}
	if (dir != NULL)
		(void)closedir(dir);
}

/* They lie in folders by the beginning of their hash, so the first ones are as
 * good as any. */
static int64_t
usual_size(const struct flow *flow)
{
	char *root = file_join(flow->config->folders.state, "pictures");
	DIR *dir = opendir(root);
	const struct dirent *entry;
	struct sample sample = { 0 };
	char *folder;

	while (dir != NULL && sample.files < SAMPLE &&
	    (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		folder = file_join(root, entry->d_name);
		sample_folder(folder, &sample);
		free(folder);
	}
	if (dir != NULL)
		(void)closedir(dir);
	free(root);
	return sample.files > 0 ? sample.bytes / sample.files :
	    (int64_t)PICTURE_BYTES;
}

/* ---- counting ---- */

/* Main pictures go by another method than the rest, and are counted apart. */
static int64_t *
place_of(struct left *left, const struct target *target, enum verb verb)
{
	return &left->by[target_is_main_picture(target) ? LEFT_MAIN :
	    (int)target->kind][verb];
}

static void
count(struct left *left, const struct target *target, enum verb verb,
    int64_t more)
{
	*place_of(left, target, verb) += more;
	if (target->kind == TARGET_PICTURE && left->picture_bytes == 0)
		left->picture_bytes = usual_size(left->flow);
	plan_count_some(left->work, target, verb, more, more *
	    left->picture_bytes);
}

/* What belongs to goods that are to be made has no changes yet, and takes
 * longer than the goods. */
struct parts {
	struct push *push;
	struct str id;
};

static int
count_part(void *ctx, const struct target *target, struct err *err)
{
	struct parts *parts = ctx;

	(void)err;
	if (target_is_of_good(target->kind) &&
	    str_eq(target_id(target), parts->id)) {
		count(parts->push->left, target, VERB_CREATE, 1);
		parts->push->total++;
	}
	return 0;
}

static int
count_parts(void *ctx, const struct change *change, struct err *err)
{
	struct parts *parts = ctx;

	if (change->verb != VERB_CREATE || !target_is_good(change->target.kind))
		return 0;
	parts->id = target_id(&change->target);
	return map_targets(parts->push->flow->map, memchr(parts->id.p, '#',
	    parts->id.len) == NULL ? RECORD_PRODUCT : RECORD_OFFER, parts->id,
	    count_part, parts, err);
}

/* While records cannot change a good with its characteristics is read once,
 * and not once for each of them. */
static int
count_all_parts(struct push *push, struct err *err)
{
	struct snapshot *snap = push->flow->snap;
	struct parts parts = { .push = push };

	if (snapshot_begin(snap, err) == -1)
		return -1;
	return snapshot_end(snap, snapshot_change_each(snap, 0, count_parts,
	    &parts, err), err);
}

static void
set_main(struct target *target)
{
	(void)target_set_part(target, TARGET_PICTURE, STR_NONE,
	    str_of(TARGET_MAIN));
}

static void
count_changes(struct left *left, const struct change_counts *counts)
{
	struct target target = { 0 };

	for (int kind = TARGET_SECTION; kind < TARGET_LAST; kind++) {
		target.kind = (enum target_kind)kind;
		/* Of goods that are there it is mostly the main one. */
		if (kind == TARGET_PICTURE)
			set_main(&target);
		for (int verb = VERB_CREATE; verb <= VERB_LINK; verb++)
			if (counts->by[kind][verb] > 0)
				count(left, &target, (enum verb)verb,
				    counts->by[kind][verb]);
		target = (struct target){ 0 };
	}
}

int
left_begin(struct push *push, struct err *err)
{
	struct change_counts counts;

	if (snapshot_change_count(push->flow->snap, &counts, err) == -1)
		return -1;
	push->left = mem_alloc(sizeof(*push->left));
	push->left->flow = push->flow;
	push->left->work = plan_count_new(push->flow);
	push->total = counts.planned + counts.waiting + counts.sent;
	count_changes(push->left, &counts);
	if (counts.by[TARGET_PRODUCT][VERB_CREATE] +
	    counts.by[TARGET_PARENT][VERB_CREATE] +
	    counts.by[TARGET_OFFER][VERB_CREATE] +
	    counts.by[TARGET_SERVICE][VERB_CREATE] > 0)
		return count_all_parts(push, err);
	return 0;
}

static bool
take_one(struct left *left, const struct target *target, enum verb verb)
{
	/* It may have become another one since: what was to be made was
	 * there. */
	for (int as = VERB_CREATE; as <= VERB_LINK &&
	    *place_of(left, target, verb) <= 0; as++)
		verb = (enum verb)as;
	if (*place_of(left, target, verb) <= 0)
		return false;
	count(left, target, verb, -1);
	return true;
}

void
left_free(struct left *left)
{
	if (left == NULL)
		return;
	plan_count_free(left->work);
	free(left);
}

void
left_done(struct push *push, const struct target *target, enum verb verb)
{
	struct target main_one = { 0 };

	push->done++;
	if (push->left == NULL || take_one(push->left, target, verb) ||
	    target->kind != TARGET_PICTURE)
		return;
	/* Taken for a main one: count_changes(). */
	set_main(&main_one);
	(void)take_one(push->left, &main_one, verb);
}

int64_t
left_time(struct push *push)
{
	const struct remote *remote = &push->flow->remote;
	const struct plan_asked asked = { .whole = true, .rounds = 1 };
	struct remote_work work;

	plan_count_work(push->left->work, &asked, &work);
	return remote->estimate(remote->ctx, &work,
	    &push->progress.at_least);
}
