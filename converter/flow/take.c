/*
 * The inbox: what has settled is claimed at once, file by file, since 1C
 * deletes what lies there; what was claimed together is one package.
 */
#include "flow/barred.h"
#include "flow/customer.h"
#include "flow/follow.h"
#include "flow/full.h"
#include "flow/half.h"
#include "flow/lost.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/told.h"
#include "snapshot/looks.h"

/* Another run may be taking right now; it will not need longer. */
#define TAKE_WAIT_MS 10000
/* A signal that comes just before a nap does not end it. */
#define SETTLE_NAP_MS 1000

/* ---- what a kill left ---- */

static int
sweep_one(struct flow *flow, const char *work, const char *name,
    struct err *err)
{
	struct package package;
	int64_t id;
	char *path;
	int rc;

	if (str_to_int64(&id, str_of(name)) == -1)
		return 0;
	rc = snapshot_package_get(flow->snap, id, &package, err);
	if (rc == -1)
		return -1;
	if (rc == 0 && package.state != PACKAGE_DONE)
		return 0;
	path = file_join(work, name);
	rc = file_remove_tree(path, err);
	free(path);
	return rc;
}

int
take_sweep(struct flow *flow, struct err *err)
{
	char *work = flow_work_folder(flow);
	DIR *folder = opendir(work);
	struct dirent *entry;
	int rc = 0;

	while (folder != NULL && rc == 0 &&
	    (entry = readdir(folder)) != NULL)
		rc = sweep_one(flow, work, entry->d_name, err);
	if (folder != NULL)
		(void)closedir(folder);
	free(work);
	return rc;
}

/* ---- has it settled? ---- */

/* What 1C has written there is lost, unless it is completed after all. */
static int
give_up(struct flow *flow, const struct intake_file *file, struct look *look,
    struct err *err)
{
	if (barred_why(flow->config, look->name) == NULL)
		report_say(flow->report, _("%s is not complete: it does not "
		    "end in a closed root, or it still grows; it is not "
		    "taken"), look->name);
	look->reported = true;
	if (snapshot_look_put(flow->snap, look, err) == -1)
		return -1;
	return full_give_up(flow, file, err);
}

/* It was given up and is complete after all: written down before it is taken,
 * for then nobody knows any more that it was given up. */
static int
take_back(struct flow *flow, const struct intake_file *file, struct err *err)
{
	struct look look;
	int rc = snapshot_look_get(flow->snap, file->name, &look, err);

	if (rc != 0 || !look.reported)
		return rc == -1 ? -1 : 0;
	look.reported = false;
	if (snapshot_begin(flow->snap, err) == -1)
		return -1;
	rc = snapshot_look_put(flow->snap, &look, err);
	if (rc == 0)
		rc = full_completed(flow, file, err);
	return snapshot_end(flow->snap, rc, err);
}

static int
tell_growing(struct flow *flow, const struct intake_file *file, bool stood,
    struct err *err)
{
	struct look look;
	int rc = snapshot_look_get(flow->snap, file->name, &look, err);

	if (rc != 0)
		return rc == 1 ? 0 : -1;
	if (stood && lost_is_abandoned(flow, &look) &&
	    snapshot_look_put(flow->snap, &look, err) == -1)
		return -1;
	if (look.reported || clock_wall_ms() - look.seen <
	    flow->config->inbox.give_up_ms)
		return 0;
	if (snapshot_begin(flow->snap, err) == -1)
		return -1;
	return snapshot_end(flow->snap, give_up(flow, file, &look, err), err);
}

/* 1: take it; 0: not yet. */
static int
is_settled(struct flow *flow, const struct intake_file *file, bool stood,
    struct err *err)
{
	char *path;
	int rc = 0;

	if (stood) {
		path = file_join(flow->config->folders.inbox, file->name);
		rc = intake_is_closed(path, file->kind, err);
		free(path);
	}
	if (rc == 0 && stood)
		(void)barred_note(flow, file->name);    /* perhaps that is it */
	if (rc == 0 && tell_growing(flow, file, stood, err) == -1)
		return -1;
	if (rc == 1 && take_back(flow, file, err) == -1)
		return -1;
	return rc;
}

/* ---- packages of one state ---- */

#define WAITING_MAX 64

struct waiting {
	struct package packages[WAITING_MAX];
	size_t count;
};

static int
collect_package(void *ctx, const struct package *package, struct err *err)
{
	struct waiting *waiting = ctx;

	(void)err;
	if (waiting->count < WAITING_MAX)
		waiting->packages[waiting->count++] = *package;
	return 0;
}

/* Every package of a state, however many there are: each one leaves it. */
static int
finish_state(struct flow *flow, enum package_state state,
    int (*finish)(struct flow *flow, struct package *package,
    struct err *err), struct err *err)
{
	struct waiting *waiting = mem_alloc(sizeof(*waiting));
	bool any;
	int rc;

	do {
		waiting->count = 0;
		any = false;
		rc = snapshot_package_each(flow->snap, state,
		    collect_package, waiting, err);
		for (size_t i = 0; rc == 0 && i < waiting->count; i++) {
			rc = finish(flow, &waiting->packages[i], err);
			any = any || waiting->packages[i].state != state;
		}
	} while (rc == 0 && any && !flow_must_stop(flow));
	free(waiting);
	return rc;
}

/* ---- what is taken together ---- */

/* УТ 10.3 writes import.xml and offers.xml at the same time: neither is
 * taken while the other grows (onec-exchange.md 1.4), until it is given up.
 * Nor are the parts of a zip worth anything alone. */
bool
take_is_together(const char *node)
{
	return strcmp(node, "1cbitrix") == 0 ||
	    strncmp(node, "zip:", 4) == 0;
}

/* Marks in `take` what of the node's files [from, to) is to be claimed.
 * *any: there is XML or zip. */
static int
choose_files(struct flow *flow, const struct intake_list *list, size_t from,
    size_t to, bool *take, bool *any, struct err *err)
{
	const char *node = list->files[from].node;
	bool is_zip = session_is_by_hand(node), waits = false;
	int rc;

	*any = false;
	if (half_look_at(flow, list, from, to, take, err) == -1)
		return -1;
	for (size_t i = from; i < to; i++) {
		rc = is_settled(flow, &list->files[i], take[i], err);
		if (rc == -1)
			return -1;
		take[i] = rc == 1;
		if (list->files[i].kind == INTAKE_OTHER)
			continue;
		waits = waits || (rc == 0 && (is_zip ||
		    !half_was_given_up(flow, &list->files[i])));
		*any = *any || rc == 1;
	}
	if (waits && take_is_together(node))
		*any = false;
	return 0;
}

/* A claim whose folder never came to be: 1C had deleted the files. */
static bool
is_empty(struct flow *flow, const struct package *package)
{
	char *path = flow_package_folder(flow, package->id);
	bool empty = !file_is_dir(path);

	free(path);
	return empty;
}

/* Of those that a kill leaves here the files have gone: forget_vanished(). */
static int
forget_looks(struct flow *flow, const struct intake_list *list, size_t from,
    size_t to, const bool *take, struct err *err)
{
	int rc = 0;

	if (snapshot_begin(flow->snap, err) == -1)
		return -1;
	for (size_t i = from; rc == 0 && i < to; i++)
		if (take[i])
			rc = snapshot_look_drop(flow->snap,
			    list->files[i].name, err);
	return snapshot_end(flow->snap, rc, err);
}

/* What cannot be taken leaves `take`: it goes on waiting, and status names
 * it; or 1C was faster, which forget_vanished() or the next look finds out. */
static int
claim_files(struct flow *flow, struct package *package,
    const struct intake_list *list, size_t from, size_t to,
    bool *take, struct err *err)
{
	char *work = flow_work_folder(flow);
	char *folder = flow_package_folder(flow, package->id);
	size_t claimed = 0;
	int rc = 0;

	for (size_t i = from; i < to && rc != -1; i++) {
		if (!take[i])
			continue;
		rc = intake_claim(flow->config->folders.inbox, work,
		    package->id, &list->files[i], err);
		if (rc == 0)
			claimed++;
		take[i] = rc != 1;
		if (rc == 1)
			(void)barred_note(flow, list->files[i].name);
	}
	if (rc != -1)
		rc = intake_taken_synced(flow->config->folders.inbox, folder,
		    &list->files[from], &take[from], to - from, err);
	free(folder);
	free(work);
	if (rc != -1)
		rc = forget_looks(flow, list, from, to, take, err);
	if (rc != -1 && claimed == 0 && is_empty(flow, package)) {
		/* 1C was faster: nothing was there any more. */
		package->state = PACKAGE_DONE;
		rc = snapshot_package_put(flow->snap, package, err);
	}
	return rc == -1 ? -1 : 0;
}

struct cut_off {
	const char *node;
	bool late;
	struct package package; /* the last one of it; id 0: none */
};

static int
note_cut_off(void *ctx, const struct package *package, struct err *err)
{
	struct cut_off *cut_off = ctx;

	(void)err;
	if (strcmp(package->node, cut_off->node) == 0 &&
	    package->late == cut_off->late)
		cut_off->package = *package;
	return 0;
}

/* Is one of these there already?  Then 1C has written its next export since,
 * and that is a package of its own. */
static bool
repeats_claimed(struct flow *flow, int64_t package,
    const struct intake_list *list, size_t from, size_t to,
    const bool *take)
{
	char *folder = flow_package_folder(flow, package);
	bool repeats = false;
	char *path;

	for (size_t i = from; i < to && !repeats; i++) {
		if (!take[i])
			continue;
		path = file_join(folder, list->files[i].inner);
		repeats = file_exists(path);
		free(path);
	}
	free(folder);
	return repeats;
}

/* 0: the package that a claim of this node was cut off in; 1: none.  late: one
 * of pictures that came late. */
static int
find_cut_off(struct flow *flow, struct package *package, bool late,
    const struct intake_list *list, size_t from, size_t to,
    const bool *take, struct err *err)
{
	struct cut_off cut_off = { .node = list->files[from].node,
	    .late = late };

	if (snapshot_package_each(flow->snap, PACKAGE_CLAIMING, note_cut_off,
	    &cut_off, err) == -1)
		return -1;
	*package = cut_off.package;
	return package->id == 0 || repeats_claimed(flow, package->id, list,
	    from, to, take) ? 1 : 0;
}

/* The package that a claim of this node was cut off in, or a new one. */
static int
open_package(struct flow *flow, struct package *package, bool late,
    const struct intake_list *list, size_t from, size_t to,
    const bool *take, struct err *err)
{
	int rc = find_cut_off(flow, package, late, list, from, to, take,
	    err);

	if (rc != 1)
		return rc;
	memset(package, 0, sizeof(*package));
	package->state = PACKAGE_CLAIMING;
	package->late = late;
	package->taken = clock_wall_ms();
	(void)snprintf(package->node, sizeof(package->node), "%s",
	    list->files[from].node);
	return snapshot_package_put(flow->snap, package, err);
}

/* All that was to be taken together is there. */
static int
close_package(struct flow *flow, struct package *package, struct err *err)
{
	char *folder = flow_package_folder(flow, package->id);
	int rc = intake_came_synced(folder, err);

	free(folder);
	if (rc == -1)
		return -1;
	package->state = PACKAGE_CLAIMED;
	return snapshot_package_put(flow->snap, package, err);
}

/*
 * Attachments alone.  Where a kill left them behind, what they belong to was
 * taken already; else those that came late go, and the others wait for their
 * XML: while some of it lies there that was not given up, all do.
 */
static int
claim_rest(struct flow *flow, const struct intake_list *list, size_t from,
    size_t to, bool *take, struct err *err)
{
	struct package package;
	bool any;
	int rc;

	/* The attachments are the last. */
	for (; from < to && list->files[from].kind != INTAKE_OTHER; from++)
		if (!half_was_given_up(flow, &list->files[from]))
			return 0;
	if (from == to)
		return 0;
	rc = find_cut_off(flow, &package, false, list, from, to, take, err);
	if (rc == 1) {
		rc = late_choose(flow, list, from, to, take, &any, err);
		if (rc == -1 || !any)
			return rc;
		rc = open_package(flow, &package, true, list, from, to, take,
		    err);
	}
	return rc == -1 ? -1 : claim_files(flow, &package, list, from, to,
	    take, err);
}

/* The package is written down before its first file moves. */
static int
claim_node(struct flow *flow, const struct intake_list *list, size_t from,
    size_t to, struct err *err)
{
	bool *take = mem_array(list->count, sizeof(*take));
	struct package package;
	bool any;
	int rc;

	rc = choose_files(flow, list, from, to, take, &any, err);
	if (rc == 0 && any) {
		rc = open_package(flow, &package, false, list, from, to, take,
		    err);
		if (rc == 0)
			rc = claim_files(flow, &package, list, from, to, take,
			    err);
	} else if (rc == 0) {
		rc = claim_rest(flow, list, from, to, take, err);
	}
	free(take);
	return rc;
}

/* In a folder that may not be read it may lie still. */
static bool
has_vanished(const char *path)
{
	return faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW |
	    AT_EACCESS) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

static int
forget_vanished(void *ctx, const struct look *look, struct err *err)
{
	struct flow *flow = ctx;
	char *path = file_join(flow->config->folders.inbox, look->name);
	bool vanished = has_vanished(path);
	int rc;

	free(path);
	if (!vanished)
		return 0;
	if (snapshot_begin(flow->snap, err) == -1)
		return -1;
	rc = lost_vanished(flow, look, err);
	if (rc == 0)
		rc = snapshot_look_drop(flow->snap, look->name, err);
	return snapshot_end(flow->snap, rc, err);
}

/* Pictures in the list, and the first of them. */
static size_t
count_attachments(const struct intake_list *list, char first[256])
{
	size_t count = 0;

	first[0] = '\0';
	for (size_t i = 0; i < list->count; i++) {
		if (list->files[i].kind != INTAKE_OTHER)
			continue;
		if (count++ == 0)
			(void)snprintf(first, 256, "%.255s",
			    list->files[i].name);
	}
	return count;
}

/* Said once, until the root is clean again. */
static int
tell_left(struct flow *flow, const struct intake_left *left, struct err *err)
{
	int64_t told = snapshot_meta_int(flow->snap, META_LEFT, 0);

	if (left->links > 0)
		log_warn("inbox: %zu links left alone", left->links);
	if (left->root > 0 && told == 0)
		report_say(flow->report, ngettext("%zu file lies in the inbox "
		    "itself, which inbox.nodes leaves out, and is not taken: "
		    "%s; `cml24 import` takes it", "%zu files lie in the "
		    "inbox itself, which inbox.nodes leaves out, and are not "
		    "taken, the first: %s; `cml24 import` takes them",
		    (unsigned long)left->root), left->root, left->first);
	return (left->root > 0) == (told != 0) ? 0 :
	    snapshot_meta_set_int(flow->snap, META_LEFT, left->root > 0, err);
}

/* One look.  *more: it showed as many pictures as a look shows, and others
 * than the look before (`seen`): there may be further ones of this package. */
static int
claim_seen(struct flow *flow, char seen[256], bool *more, struct err *err)
{
	const struct config *config = flow->config;
	struct intake_list list = { NULL, 0 };
	char first[256];
	const char *const ours[INTAKE_OURS] = { config->orders.in_inbox,
	    customer_in_inbox(flow) };
	struct intake_left left;
	size_t from = 0;
	int rc;

	rc = intake_scan(&list, config->folders.inbox,
	    config->inbox.nodes.items, config->inbox.nodes.count,
	    ours, &left, err);
	if (rc == 0 && left.shut[0] != '\0')
		barred_shut(flow, left.shut);
	if (rc == 0)
		rc = tell_left(flow, &left, err);
	for (size_t i = 1; rc == 0 && i <= list.count; i++) {
		if (i < list.count && strcmp(list.files[i].node,
		    list.files[from].node) == 0)
			continue;
		rc = claim_node(flow, &list, from, i, err);
		from = i;
	}
	*more = rc == 0 && count_attachments(&list, first) >=
	    INTAKE_ATTACHMENTS && strcmp(first, seen) != 0;
	memcpy(seen, first, sizeof(first));
	intake_list_free(&list);
	return rc;
}

static int
claim_settled(struct flow *flow, struct err *err)
{
	char seen[256] = "";
	bool more = true;
	/* Before the packages are closed: what they have is not lost; and
	 * before any is taken: what lies there was written after that. */
	int rc = snapshot_look_each(flow->snap, forget_vanished, flow, err);

	while (rc == 0 && more)
		rc = claim_seen(flow, seen, &more, err);
	if (rc == 0)
		rc = finish_state(flow, PACKAGE_CLAIMING, close_package,
		    err);
	return rc;
}

static void
on_resumed(void *ctx, int64_t package)
{
	(void)ctx;
	log_info("package %" PRId64 ": a claim that was cut off is resumed",
	    package);
}

/* Claiming under the short lock of its own. */
static int
claim_all(struct flow *flow, struct err *err)
{
	char *path = file_join(flow->config->folders.state, "take.lock");
	char *work = flow_work_folder(flow);
	struct lock *lock = NULL;
	int rc;

	rc = lock_take(&lock, path, TAKE_WAIT_MS, err);
	if (rc == 0)
		rc = intake_resume(flow->config->folders.inbox, work,
		    on_resumed, NULL, err);
	if (rc == 0)
		rc = claim_settled(flow, err);
	lock_release(lock);
	free(work);
	free(path);
	return rc;
}

/* ---- packages that wait in work/ ---- */

static int
accept_one(struct flow *flow, struct package *package, struct err *err)
{
	struct accept_how how = {
	    .closed = session_is_by_hand(package->node) };
	bool rejected;

	if (!is_empty(flow, package))
		return accept_package(flow, package, &how, &rejected, err);
	package->state = PACKAGE_DONE;
	return snapshot_package_put(flow->snap, package, err);
}

static int
take_waiting(struct flow *flow, struct err *err)
{
	if (finish_state(flow, PACKAGE_ACCEPTED, accept_shelve, err) == -1 ||
	    finish_state(flow, PACKAGE_REJECTED, accept_shelve, err) == -1)
		return -1;
	return finish_state(flow, PACKAGE_CLAIMED, accept_one, err);
}

/* A share that is away for a moment holds up nothing else. */
static void
claim_or_tell(struct flow *flow)
{
	struct err err = { 0 };
	const char *text;

	free(flow->barred);
	flow->barred = NULL;
	(void)claim_all(flow, &err);    /* err.kind says it */
	text = err.kind != ERR_NONE ? err.text : flow->barred;
	if (text != NULL && !flow->inbox_failed)
		report_say(flow->report, "%s", text);
	else if (text != NULL)
		log_info("inbox: %s", text);
	flow->inbox_failed = text != NULL;
}

void
take_beside(struct flow *flow)
{
	char *path = file_join(flow->config->folders.state, "exchange.db");
	struct err err = { 0 };
	int rc;

	/* Read only at first: a state is neither made nor brought up to date
	 * under a run that is under way. */
	rc = snapshot_open(&flow->snap, path, true, &err);
	snapshot_close(flow->snap);
	flow->snap = NULL;
	if (rc == 0)
		rc = snapshot_open(&flow->snap, path, false, &err);
	if (rc == 0)
		rc = claim_all(flow, &err);
	if (rc == -1)
		log_info("inbox, beside another run: %s", err.text);
	snapshot_close(flow->snap);
	flow->snap = NULL;
	free(path);
}

void
flow_claim(struct flow *flow)
{
	flow->next_tick = clock_steady_ms() + flow->config->inbox.settle_ms;
	flow->settles = 0;
	claim_or_tell(flow);
}

/* ---- all of it ---- */

/*
 * The second look.  1C empties its folder at its next export, which may begin
 * before our next run: what it wrote just now would be gone.  Not where a
 * person has it wait for long, and not beyond run.max_minutes.
 */
static bool
await_settled(struct flow *flow)
{
	int64_t wait = flow->settles - clock_wall_ms();
	int64_t until, left;

	if (flow->settles == 0 || wait > LIMIT_SETTLE_WAIT_MS)
		return false;
	until = clock_steady_ms() + (wait > 0 ? wait : 0) + 1;
	if (flow->deadline > 0 && until >= flow->deadline)
		return false;
	log_info("inbox: 1C has just written there, a second look follows");
	while (!flow_must_stop(flow) && (left = until - clock_steady_ms()) > 0)
		clock_sleep_ms(left < SETTLE_NAP_MS ? left : SETTLE_NAP_MS);
	return !flow_must_stop(flow);
}

/* What was claimed, into packages and records. */
static int
take_claimed(struct flow *flow, struct err *err)
{
	int64_t before = flow->tally.shelved;

	if (take_waiting(flow, err) == -1 ||
	    quiet_close(flow, err) == -1)
		return -1;
	/* Only when something grew, or should have, and room may be all that
	 * it lacks: an idle run walks no archive. */
	if (flow->tally.shelved > before || flow->shelf_failed)
		accept_shelve_prune(flow);
	return 0;
}

int
flow_take(struct flow *flow, struct err *err)
{
	flow_claim(flow);
	return take_claimed(flow, err);
}

int
flow_take_patiently(struct flow *flow, struct err *err)
{
	flow_claim(flow);
	if (await_settled(flow))
		flow_claim(flow);
	return take_claimed(flow, err);
}

/* ---- by hand ---- */

/* The folder of a package; a copy that is of no use goes again. */
static int
copy_in(struct flow *flow, int64_t package, char *const *paths, size_t count,
    struct err *err)
{
	char *work = flow_work_folder(flow);
	char *folder = flow_package_folder(flow, package);
	struct progress progress;
	int rc;

	follow_copying(flow, &progress);
	rc = intake_copy(work, package, paths, count, err);
	progress_end(&progress);
	if (rc == -1)
		(void)file_remove_tree(folder, NULL);
	free(folder);
	free(work);
	return rc;
}

int
flow_import(struct flow *flow, char *const *paths, size_t count,
    struct err *err)
{
	struct accept_how how = { .closed = true,
	    .force = flow->options.force, .older = flow->options.older,
	    .allow_deletes = flow->options.allow_deletes };
	const char *base = strrchr(paths[0], '/');
	struct package package;
	bool rejected;

	if (take_waiting(flow, err) == -1)
		return -1;
	memset(&package, 0, sizeof(package));
	/* Not to be taken before it is whole: a kill here leaves a copy that
	 * nobody reads. */
	package.state = PACKAGE_DONE;
	package.taken = clock_wall_ms();
	(void)snprintf(package.node, sizeof(package.node), "import:%s",
	    base != NULL && base[1] != '\0' ? base + 1 : paths[0]);
	if (snapshot_package_put(flow->snap, &package, err) == -1 ||
	    copy_in(flow, package.id, paths, count, err) == -1)
		return -1;
	package.state = PACKAGE_CLAIMED;
	if (snapshot_package_put(flow->snap, &package, err) == -1)
		return -1;
	return accept_package(flow, &package, &how, &rejected, err);
}
