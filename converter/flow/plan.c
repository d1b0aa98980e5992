/*
 * What a run would do.  Packages are applied inside one transaction, the
 * changes are shown, and everything is rolled back.
 */
#include "flow/barred.h"
#include "flow/customer.h"
#include "flow/follow.h"
#include "flow/half.h"
#include "flow/order.h"
#include "flow/plan.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/mem.h"

struct plan {
	struct flow *flow;
	struct plan_asked asked;
	struct plan_count *count;
	int64_t created, changed, deleted, looked, held, failed;
	int64_t waiting;        /* orders of 1C that make no deal yet */
	bool wide;              /* shows held and failed ones too */
};

/* ---- showing ---- */

static char
sign_of(enum verb verb)
{
	switch (verb) {
	case VERB_CREATE:
		return '+';
	case VERB_DELETE:
		return '-';
	case VERB_UPDATE:
		return '~';
	case VERB_LINK:
	case VERB_NONE:
		break;
	}
	return '?';
}

static void
count_change(struct plan *plan, const struct change *change, enum verb verb)
{
	if (change->state == CHANGE_HELD) {
		plan->held++;
		return;
	}
	if (change->state == CHANGE_FAILED) {
		plan->failed++;
		return;
	}
	switch (verb) {
	case VERB_CREATE:
		plan->created++;
		break;
	case VERB_UPDATE:
		plan->changed++;
		break;
	case VERB_DELETE:
		plan->deleted++;
		break;
	case VERB_LINK:
		plan->looked++;
		break;
	case VERB_NONE:
		break;
	}
}

static void
show_heading(struct report *report, const struct change *change,
    const struct difference *diff)
{
	struct str id = target_id(&change->target);
	struct str rule = target_rule(&change->target);
	struct str name = fields_get(&diff->send, FIELD_NAME);

	if (name.len == 0)
		name = fields_get(&diff->image.agreed, FIELD_NAME);
	report_line(report, "%c %s %.*s%s%.*s%s%.*s", sign_of(diff->verb),
	    target_kind_title(change->target.kind), (int)id.len, id.p,
	    rule.len > 0 ? " " : "", (int)rule.len, rule.p,
	    name.len > 0 ? " " : "", (int)name.len, name.p);
}

static void
show_json(struct report *report, const struct change *change,
    const struct difference *diff, const char *waits)
{
	struct json_out *jo = &report->jo;

	json_out_object(jo, NULL);
	json_out_text(jo, "verb", verb_name(diff->verb));
	json_out_text(jo, "kind", target_kind_name(change->target.kind));
	json_out_str(jo, "id", target_id(&change->target));
	if (target_rule(&change->target).len > 0)
		json_out_str(jo, "price_type", target_rule(&change->target));
	if (diff->image.portal_id != 0)
		json_out_int(jo, "portal_id", diff->image.portal_id);
	json_out_bool(jo, "held", change->state == CHANGE_HELD);
	if (waits[0] != '\0')
		report_json_told(report, "waits", waits);
	report_fields(report, &diff->image.agreed, &diff->send);
	json_out_end_object(jo);
}

/* What keeps it from going in this run, whatever goes before it there. */
static int
find_wait(struct flow *flow, const struct change *change,
    struct onec_wait *out, struct err *err)
{
	int rc;

	out->text[0] = '\0';
	if (change->target.kind != TARGET_ONEC_ORDER)
		return 0;
	rc = onec_wait_look(flow, change, out, err);
	if (rc != 1 || out->coming)
		out->text[0] = '\0';
	return rc == -1 ? -1 : 0;
}

/* "? order of 1C 15 2026: its client waits: …" */
static void
show_waiting(struct report *report, const struct change *change,
    const struct onec_wait *wait)
{
	struct str id = target_id(&change->target);
	struct str year = target_rule(&change->target);

	report_line(report, "? %s %.*s %.*s: %s",
	    target_kind_title(change->target.kind), (int)id.len, id.p,
	    (int)year.len, year.p, wait->text);
}

static void
show_difference(struct plan *plan, const struct change *change,
    const struct difference *diff, const struct onec_wait *wait)
{
	struct report *report = plan->flow->report;
	bool waits = wait->text[0] != '\0';

	if (waits)
		plan->waiting++;
	else
		count_change(plan, change, diff->verb);
	if (report->json) {
		show_json(report, change, diff, wait->text);
	} else if (waits) {
		show_waiting(report, change, wait);
	} else {
		show_heading(report, change, diff);
		if (diff->verb != VERB_DELETE)
			show_fields(plan->flow, &diff->image.agreed,
			    &diff->send);
	}
}

/* How many requests it takes; *level: -1, or of what it belongs to, which is
 * still to be made. */
static int
count_requests(struct plan *plan, const struct change *change,
    const struct difference *diff, int *level, struct err *err)
{
	if (change->state == CHANGE_HELD || change->state == CHANGE_FAILED)
		return 0;
	if (*level >= 0)
		++*level;
	else if (plan_count_level(plan->count, diff, level, err) == -1)
		return -1;
	plan_count_add(plan->count, &change->target, diff, *level);
	return 0;
}

static int
show_target(struct plan *plan, const struct change *change, int *level,
    enum verb *verb, struct err *err)
{
	struct difference diff;
	struct onec_wait wait;
	int rc;

	derive_init(&diff);
	rc = derive_difference(plan->flow, &change->target, change->forced,
	    &diff, err);
	*verb = rc == 0 ? diff.verb : VERB_NONE;
	if (*verb != VERB_NONE)
		rc = find_wait(plan->flow, change, &wait, err);
	if (rc == 0 && *verb != VERB_NONE && wait.text[0] == '\0')
		rc = count_requests(plan, change, &diff, level, err);
	if (rc == 0 && *verb != VERB_NONE)
		show_difference(plan, change, &diff, &wait);
	derive_free(&diff);
	return rc;
}

/* The prices of goods that are still to be made have no change yet. */
struct to_make {
	struct plan *plan;
	struct str id;
	int level;
};

static int
show_part(void *ctx, const struct target *target, struct err *err)
{
	const struct to_make *good = ctx;
	struct change change = { .state = CHANGE_PLANNED };
	int level = good->level;
	enum verb verb;

	if (!target_is_of_good(target->kind) ||
	    !str_eq(target_id(target), good->id))
		return 0;
	change.target = *target;
	return show_target(good->plan, &change, &level, &verb, err);
}

static int
show_change(void *ctx, const struct change *change, struct err *err)
{
	struct plan *plan = ctx;
	struct to_make good = { plan, target_id(&change->target), -1 };
	enum verb verb;

	/* Nothing is sent of a section until it is empty. */
	if (change->depends == CHANGE_RESTS)
		return 0;
	if (show_target(plan, change, &good.level, &verb, err) == -1)
		return -1;
	if (verb != VERB_CREATE || !target_is_good(change->target.kind))
		return 0;
	return map_targets(plan->flow->map, memchr(good.id.p, '#',
	    good.id.len) == NULL ? RECORD_PRODUCT : RECORD_OFFER, good.id,
	    show_part, &good, err);
}

/* Without an address the limits of the configuration speak alone, and nobody
 * knows what a call costs. */
static int64_t
time_needed(struct flow *flow, const struct remote_work *work,
    bool *at_least)
{
	struct err ignored = { 0 };
	int64_t over;

	*at_least = work->requests > 0;
	if (flow_remote(flow, &ignored) == 0)
		return flow->remote.estimate(flow->remote.ctx, work, at_least);
	over = work->requests - flow->config->portal.burst;
	if (over <= 0)
		return 0;
	return (int64_t)((double)over * 1000.0 /
	    flow->config->portal.requests_per_second);
}

static void
tell_time(struct report *report, int64_t requests, int64_t left,
    bool at_least)
{
	char duration[48];

	report_duration(duration, left);
	if (at_least)
		report_say(report, _("requests: %" PRId64 ", time by the "
		    "portal's limits: at least %s"), requests, duration);
	else
		report_say(report, _("requests: %" PRId64 ", time by the "
		    "portal's limits: %s"), requests, duration);
}

static void
show_summary(struct plan *plan)
{
	struct report *report = plan->flow->report;
	struct remote_work work;
	int64_t left;
	bool at_least;

	plan_count_work(plan->count, &plan->asked, &work);
	left = time_needed(plan->flow, &work, &at_least);

	if (report->json) {
		json_out_object(&report->jo, "summary");
		json_out_int(&report->jo, "create", plan->created);
		json_out_int(&report->jo, "change", plan->changed);
		json_out_int(&report->jo, "delete", plan->deleted);
		json_out_int(&report->jo, "look", plan->looked);
		json_out_int(&report->jo, "held", plan->held);
		json_out_int(&report->jo, "failed", plan->failed);
		json_out_int(&report->jo, "waiting", plan->waiting);
		json_out_int(&report->jo, "requests", work.requests);
		json_out_int(&report->jo, "milliseconds", left);
		json_out_bool(&report->jo, "at_least", at_least);
		json_out_end_object(&report->jo);
		return;
	}
	report_say(report, _("to create: %" PRId64 ", to change: %" PRId64
	    ", to delete: %" PRId64), plan->created, plan->changed,
	    plan->deleted);
	tell_time(report, work.requests, left, at_least);
	if (plan->held > 0)
		report_say(report, _("held until `import --allow-deletes`: %"
		    PRId64), plan->held);
	if (plan->failed > 0)
		report_say(report, _("refused by the portal earlier, see "
		    "`unsent`: %" PRId64), plan->failed);
	if (plan->waiting > 0)
		report_say(report, _("orders of 1C that make no deal yet: %"
		    PRId64), plan->waiting);
}

static int
show_plan(struct flow *flow, const struct plan_asked *asked, struct err *err)
{
	struct plan plan = { .flow = flow, .asked = *asked,
	    .count = plan_count_new(flow) };
	int rc;

	if (flow->report->json)
		json_out_array(&flow->report->jo, "changes");
	rc = snapshot_change_each(flow->snap, 0, show_change, &plan, err);
	if (rc == 0) {
		if (flow->report->json)
			json_out_end_array(&flow->report->jo);
		show_summary(&plan);
	}
	plan_count_free(plan.count);
	return rc;
}

/* ---- packages ---- */

/* What is previewed: paths that a person named, or files of a scan. */
struct preview {
	const char *node;
	char *const *paths;
	const struct intake_file *files;
	size_t count;
	bool late;              /* files alone that records wait for */
	const struct package *claimed;  /* whose files these are, or NULL */
};

static int
copy_files(struct flow *flow, const char *copies,
    const struct preview *preview, struct err *err)
{
	if (preview->files != NULL)
		return intake_copy_files(copies, 1,
		    flow->config->folders.inbox, preview->files,
		    preview->count, err);
	return intake_copy(copies, 1, preview->paths, preview->count, err);
}

static int
copy_preview(struct flow *flow, const char *copies,
    const struct preview *preview, struct err *err)
{
	struct progress progress;
	int rc;

	if (file_remove_tree(copies, err) == -1 ||
	    file_make_dir(copies, err) == -1)
		return -1;
	follow_copying(flow, &progress);
	rc = copy_files(flow, copies, preview, err);
	progress_end(&progress);
	return rc;
}

/* A package as it would be taken, from a copy. */
static int
preview_package(struct flow *flow, const struct preview *preview,
    struct err *err)
{
	char *copies = mem_printf("%s/plan", flow->config->folders.state);
	char *folder = mem_printf("%s/1", copies);
	struct package package;
	struct accept_how how = { .closed = (preview->files == NULL &&
	    preview->claimed == NULL) || session_is_by_hand(preview->node),
	    .force = flow->options.force, .older = flow->options.older,
	    .allow_deletes = flow->options.allow_deletes };
	bool rejected = false;
	int rc;

	memset(&package, 0, sizeof(package));
	package.state = PACKAGE_CLAIMED;
	package.late = preview->late;
	package.taken = preview->claimed != NULL ? preview->claimed->taken :
	    clock_wall_ms();
	(void)snprintf(package.node, sizeof(package.node), "%s",
	    preview->node);
	rc = copy_preview(flow, copies, preview, err);
	if (rc == 0)
		rc = snapshot_package_put(flow->snap, &package, err);
	if (rc == 0)
		rc = accept_preview(flow, folder, &package, &how, &rejected,
		    err);
	if (rejected)
		flow->tally.rejected++;
	if (file_remove_tree(copies, rc == -1 ? NULL : err) == -1)
		rc = -1;
	free(folder);
	free(copies);
	return rc;
}

/* Those of the node's files [from, to) that are closed, into `files`; so many.
 * The settling time is left to the run: a plan looks once. */
static size_t
choose_closed(struct flow *flow, struct intake_file *files,
    const struct intake_list *list, size_t from, size_t to)
{
	struct err ignored = { 0 };
	size_t count = 0;
	char *path;

	for (size_t i = from; i < to; i++) {
		path = file_join(flow->config->folders.inbox,
		    list->files[i].name);
		if (intake_is_closed(path, list->files[i].kind,
		    &ignored) == 1)
			files[count++] = list->files[i];
		else
			(void)barred_note(flow, list->files[i].name);
		free(path);
	}
	return count;
}

/* Does one that is not closed hold up the others? */
static bool
any_awaited(struct flow *flow, const struct intake_list *list, size_t from,
    size_t to, const struct intake_file *closed, size_t count)
{
	size_t next = 0;

	for (size_t i = from; i < to; i++) {
		if (next < count && closed[next].name == list->files[i].name)
			next++;
		else if (!half_was_given_up(flow, &list->files[i]))
			return true;
	}
	return false;
}

/* Attachments alone: those that came late. */
static int
preview_rest(struct flow *flow, const struct intake_list *list, size_t from,
    size_t to, struct err *err)
{
	bool *take = mem_array(list->count, sizeof(*take)), any;
	struct intake_file *files = mem_array(to - from, sizeof(*files));
	struct preview preview = { .node = list->files[from].node,
	    .files = files, .late = true };
	int rc;

	for (size_t i = from; i < to; i++)
		take[i] = true;
	rc = late_choose(flow, list, from, to, take, &any, err);
	for (size_t i = from; i < to; i++)
		if (take[i])
			files[preview.count++] = list->files[i];
	if (rc == 0 && any)
		rc = preview_package(flow, &preview, err);
	free(files);
	free(take);
	return rc;
}

static int
preview_node(struct flow *flow, const struct intake_list *list, size_t from,
    size_t to, struct err *err)
{
	struct intake_file *files;
	struct preview preview = { .node = list->files[from].node };
	size_t open;
	int rc = 0;

	if (list->files[from].kind == INTAKE_OTHER)
		return preview_rest(flow, list, from, to, err);
	files = mem_array(to - from, sizeof(*files));
	preview.files = files;
	preview.count = choose_closed(flow, files, list, from, to);
	open = to - from - preview.count;
	/* XML and zip come first; without any, pictures wait for them. */
	if (open > 0 && (preview.count == 0 ||
	    files[0].kind == INTAKE_OTHER ||
	    (take_is_together(preview.node) &&
	    (session_is_by_hand(preview.node) || any_awaited(flow, list,
	    from, to, files, preview.count))))) {
		report_say(flow->report, _("%s is still being written and is "
		    "left out"), node_title(preview.node));
	} else {
		if (open > 0)
			report_say(flow->report, ngettext("%s: %zu file is "
			    "still being written and is left out", "%s: %zu "
			    "files are still being written and are left out",
			    open), node_title(preview.node), open);
		rc = preview_package(flow, &preview, err);
	}
	free(files);
	return rc;
}

static int
preview_inbox(struct flow *flow, struct err *err)
{
	const struct config *config = flow->config;
	struct intake_list list = { NULL, 0 };
	const char *const ours[INTAKE_OURS] = { config->orders.in_inbox,
	    customer_in_inbox(flow) };
	struct intake_left left;
	size_t from = 0;
	int rc;

	rc = intake_scan(&list, config->folders.inbox,
	    config->inbox.nodes.items, config->inbox.nodes.count,
	    ours, &left, err);
	for (size_t i = 1; rc == 0 && i <= list.count; i++) {
		if (i < list.count && strcmp(list.files[i].node,
		    list.files[from].node) == 0)
			continue;
		rc = preview_node(flow, &list, from, i, err);
		from = i;
	}
	intake_list_free(&list);
	if (rc == 0 && left.shut[0] != '\0')
		barred_shut(flow, left.shut);
	if (rc == 0 && flow->barred != NULL)
		report_say(flow->report, "%s", flow->barred);
	return rc == 0 ? quiet_close(flow, err) : -1;
}

/* Packages that the run would read first. */
struct unread {
	struct flow *flow;
	struct package *packages;
	size_t count;
};

static int
note_file(void *ctx, const char *path, const char *relative)
{
	(void)ctx;
	(void)path;
	(void)relative;
	return 1;
}

/* Of a claim that was cut off nothing may have arrived yet. */
static int
has_files(struct flow *flow, const struct package *package, struct err *err)
{
	char *folder = flow_package_folder(flow, package->id);
	int rc = file_walk(folder, note_file, NULL, err);

	free(folder);
	return rc;
}

static int
note_unread(void *ctx, const struct package *package, struct err *err)
{
	struct unread *unread = ctx;
	int rc = has_files(unread->flow, package, err);

	if (rc != 1)
		return rc;
	unread->packages = mem_resize(unread->packages, unread->count + 1,
	    sizeof(*unread->packages));
	unread->packages[unread->count++] = *package;
	return 0;
}

static int
preview_unread(struct flow *flow, struct err *err)
{
	struct unread unread = { flow, NULL, 0 };
	int rc = inspect_unread(flow, note_unread, &unread, err);

	for (size_t i = 0; rc == 0 && i < unread.count; i++) {
		const struct package *package = &unread.packages[i];
		char *folder = flow_package_folder(flow, package->id);
		struct preview preview = { .node = package->node,
		    .paths = &folder, .count = 1, .late = package->late,
		    .claimed = package };

		rc = preview_package(flow, &preview, err);
		free(folder);
	}
	free(unread.packages);
	return rc;
}

int
flow_plan(struct flow *flow, char *const *paths, size_t count,
    struct err *err)
{
	const char *base = count > 0 ? strrchr(paths[0], '/') : NULL;
	char node[sizeof(((struct package *)0)->node)];
	struct preview preview = { .node = node, .paths = paths,
	    .count = count };
	struct plan_asked asked;
	int rc;

	(void)snprintf(node, sizeof(node), "plan:%s", count == 0 ? "" :
	    base != NULL && base[1] != '\0' ? base + 1 : paths[0]);
	if (snapshot_begin(flow->snap, err) == -1)
		return -1;
	rc = flow_map(flow, err);
	report_findings_begin(flow->report);
	if (rc == 0)
		rc = preview_unread(flow, err);
	if (rc == 0)
		rc = count > 0 ? preview_package(flow, &preview, err) :
		    preview_inbox(flow, err);
	report_findings_end(flow->report);
	if (rc == 0)
		rc = plan_portal_ask(flow, &asked, err);
	if (rc == 0)
		rc = show_plan(flow, &asked, err);
	snapshot_rollback(flow->snap);
	return rc;
}

int
flow_plan_code(const struct flow *flow)
{
	return flow->tally.rejected > 0 ? 3 : 0;
}
