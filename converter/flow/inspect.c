/* What is remembered: status, history, unsent, retry. */
#include "flow/full.h"
#include "flow/order.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "flow/barred.h"
#include "flow/choice.h"
#include "flow/customer.h"
#include "flow/refused.h"
#include "flow/stock_left.h"
#include "snapshot/looks.h"

#define RUNS_SHOWN 5

/* ---- status ---- */

/* What a run that ended so met; "" nothing. */
static const char *
meaning_of(int exit_code)
{
	static const char *const meanings[] = {
		"",
		N_("something is undelivered, lacking or in the way"),
		N_("wrong usage or configuration, or the state cannot be used"),
		N_("a package was rejected"),
		N_("the portal cannot be reached, or refuses our credentials"),
		N_("another run holds the lock"),
	};
	const int count = (int)(sizeof(meanings) / sizeof(meanings[0]));

	if (exit_code <= 0 || exit_code >= count)
		return "";
	return _(meanings[exit_code]);
}

static int
status_run(void *ctx, const struct run_entry *run, struct err *err)
{
	struct report *report = ctx;
	struct json_out *jo = &report->jo;
	char began[CLOCK_TEXT_BYTES], ended[CLOCK_TEXT_BYTES];
	const char *meaning = meaning_of(run->exit_code);

	(void)err;
	clock_format(began, run->began);
	clock_format(ended, run->ended);
	if (report->json) {
		json_out_object(jo, NULL);
		json_out_int(jo, "run", run->id);
		json_out_text(jo, "command", run->command);
		json_out_text(jo, "began", began);
		json_out_text(jo, "ended", run->ended != 0 ? ended : "");
		json_out_int(jo, "sent", run->sent);
		json_out_int(jo, "failed", run->failed);
		json_out_int(jo, "requests", run->requests);
		json_out_int(jo, "exit", run->exit_code);
		json_out_end_object(jo);
	} else if (run->ended == 0) {
		report_line(report, _("run %" PRId64 " (%s) of %s: did not "
		    "end by itself"), run->id, run->command, began);
	} else {
		report_line(report, _("run %" PRId64 " (%s) of %s: exit %d%s%s"
		    "%s, %" PRId64 " sent, %" PRId64 " failed, %" PRId64
		    " requests"), run->id, run->command, began,
		    run->exit_code, meaning[0] != '\0' ? " (" : "", meaning,
		    meaning[0] != '\0' ? ")" : "", run->sent, run->failed,
		    run->requests);
	}
	return 0;
}

static void
status_need(struct report *report, const char *name, bool orders,
    const struct need *need)
{
	if (!need->is)
		return;
	if (orders)
		report_line(report, _("%s: FULL EXCHANGE OF ORDERS NEEDED in "
		    "1C: %s"), name, need->reason);
	else
		report_line(report, _("%s: FULL EXCHANGE NEEDED in 1C: %s"),
		    name, need->reason);
}

static void
status_need_json(struct report *report, const char *what,
    const struct need *need)
{
	struct json_out *jo = &report->jo;
	char since[CLOCK_TEXT_BYTES];

	if (!need->is)
		return;
	clock_format(since, need->since);
	json_out_object(jo, NULL);
	json_out_text(jo, "what", what);
	json_out_text(jo, "since", since);
	report_json_told(report, "reason", need->reason);
	json_out_end_object(jo);
}

static int
status_node(void *ctx, const struct node *node, struct err *err)
{
	struct report *report = ctx;
	struct json_out *jo = &report->jo;
	const char *name = node_title(node->name);
	char formed[CLOCK_TEXT_BYTES];

	(void)err;
	/* Each file that a person put there is one, under its own name. */
	if (session_is_by_hand(node->name) && !node->goods.is &&
	    !node->orders.is)
		return 0;
	clock_format(formed, node->formed);
	if (report->json) {
		json_out_object(jo, NULL);
		json_out_text(jo, "node", node->name);
		json_out_text(jo, "formed", node->formed != 0 ? formed : "");
		json_out_bool(jo, "needs_full", node->goods.is ||
		    node->orders.is);
		report_json_told(report, "reason", node->goods.is ?
		    node->goods.reason : node->orders.reason);
		json_out_array(jo, "needs");
		status_need_json(report, "goods", &node->goods);
		status_need_json(report, "orders", &node->orders);
		json_out_end_array(jo);
		json_out_end_object(jo);
	} else if (node->goods.is || node->orders.is) {
		status_need(report, name, false, &node->goods);
		status_need(report, name, true, &node->orders);
		report_line(report, _("  it came and this line stays? `cml24 "
		    "retry \"%s\"` takes it away"), name);
	} else if (node->formed == 0) {
		report_line(report, _("%s: no package was accepted yet"),
		    name);
	} else {
		report_line(report, _("%s: newest package of %s"), name,
		    formed);
	}
	return 0;
}

static int
status_session(void *ctx, const struct session *session, struct err *err)
{
	struct report *report = ctx;
	char last[CLOCK_TEXT_BYTES];

	(void)err;
	clock_format(last, session->last_file);
	if (report->json) {
		json_out_object(&report->jo, NULL);
		json_out_text(&report->jo, "node", session->node);
		json_out_text(&report->jo, "last_file", last);
		json_out_end_object(&report->jo);
	} else {
		report_line(report, _("%s: a session is open, last file at "
		    "%s"), node_title(session->node), last);
	}
	return 0;
}

static int
status_waiting(struct flow *flow, struct err *err)
{
	struct report *report = flow->report;
	struct change_counts counts;
	int64_t attempts;

	if (snapshot_change_count(flow->snap, &counts, err) == -1 ||
	    snapshot_attempt_count(flow->snap, &attempts, err) == -1)
		return -1;
	if (report->json) {
		json_out_object(&report->jo, "changes");
		json_out_int(&report->jo, "planned", counts.planned);
		json_out_int(&report->jo, "waiting", counts.waiting);
		json_out_int(&report->jo, "resting", counts.resting);
		json_out_int(&report->jo, "sent", counts.sent);
		json_out_int(&report->jo, "failed", counts.failed);
		json_out_int(&report->jo, "held", counts.held);
		json_out_end_object(&report->jo);
		json_out_int(&report->jo, "attempts", attempts);
		return 0;
	}
	report_line(report, _("to send: %" PRId64 ", waiting for another: %"
	    PRId64 ", answer unknown: %" PRId64 ", refused: %" PRId64
	    ", held: %" PRId64), counts.planned, counts.waiting, attempts,
	    counts.failed, counts.held);
	return 0;
}

static int
status_portal(struct flow *flow, struct err *err)
{
	struct report *report = flow->report;
	int64_t reached = snapshot_meta_int(flow->snap, META_REACHED, 0);
	struct remote_load load;
	char at[CLOCK_TEXT_BYTES];

	memset(&load, 0, sizeof(load));
	if (bitrix_load_stored(flow->config, &load, err) == -1)
		err_clear(err);
	clock_format(at, reached);
	if (report->json) {
		json_out_object(&report->jo, "portal");
		json_out_text(&report->jo, "reached", reached != 0 ? at : "");
		json_out_int(&report->jo, "bucket_percent",
		    (int64_t)(load.bucket * 100));
		json_out_int(&report->jo, "operating_percent",
		    (int64_t)(load.operating * 100));
		json_out_text(&report->jo, "operating_method",
		    load.operating_method);
		json_out_bool(&report->jo, "stock_left_alone",
		    stock_left_is(flow));
		json_out_end_object(&report->jo);
		return 0;
	}
	if (reached == 0)
		report_line(report, "%s", _("the portal has not been reached "
		    "yet"));
	else
		report_line(report, _("the portal was last reached at %s; its "
		    "limits: requests %d %%, work time %d %%%s%s"), at,
		    (int)(load.bucket * 100), (int)(load.operating * 100),
		    load.operating_method[0] != '\0' ? " " : "",
		    load.operating_method);
	if (stock_left_is(flow))
		report_line(report, "%s", stock_left_text());
	return 0;
}

static void
open_array(struct report *report, const char *name)
{
	if (report->json)
		json_out_array(&report->jo, name);
}

static void
close_array(struct report *report)
{
	if (report->json)
		json_out_end_array(&report->jo);
}

#define FILES_SHOWN 20

struct waiting_files {
	const struct flow *flow;
	int shown;
	int64_t rest;           /* that are not shown */
};

/* A file that was looked at and not taken: it is not complete. */
static int
status_file(void *ctx, const struct look *look, struct err *err)
{
	struct waiting_files *files = ctx;
	struct report *report = files->flow->report;
	char since[CLOCK_TEXT_BYTES];
	const char *why;

	(void)err;
	if (intake_is_attachment(look->name))
		return 0;
	why = barred_why(files->flow->config, look->name);
	clock_format(since, look->seen);
	if (files->shown++ >= FILES_SHOWN) {
		files->rest++;
	} else if (report->json) {
		json_out_object(&report->jo, NULL);
		json_out_text(&report->jo, "file", look->name);
		json_out_text(&report->jo, "since", since);
		json_out_bool(&report->jo, "given_up", look->reported);
		if (why != NULL)
			json_out_text(&report->jo, "why", why);
		json_out_end_object(&report->jo);
	} else if (why != NULL) {
		report_line(report, _("%s: not taken since %s: %s (Permission "
		    "denied)"), look->name, since, why);
	} else if (look->reported) {
		report_line(report, _("%s: not complete since %s, not taken"),
		    look->name, since);
	} else {
		report_line(report, _("%s: waits to be complete since %s"),
		    look->name, since);
	}
	return 0;
}

static int
status_files(struct flow *flow, struct err *err)
{
	struct waiting_files files = { .flow = flow };

	open_array(flow->report, "files");
	if (snapshot_look_each(flow->snap, status_file, &files, err) == -1)
		return -1;
	close_array(flow->report);
	if (files.rest > 0)
		report_line(flow->report, ngettext("and %" PRId64 " more file "
		    "of the inbox", "and %" PRId64 " more files of the inbox",
		    (unsigned long)files.rest), files.rest);
	return 0;
}

static void
status_shut(void *ctx, const char *path)
{
	struct report *report = ctx;

	if (report->json)
		json_out_text(&report->jo, NULL, path);
	else
		report_line(report, _("%s: it cannot be read; what 1C wrote "
		    "there is not known and not taken"), path);
}

int
flow_status(struct flow *flow, struct err *err)
{
	struct report *report = flow->report;
	bool any = false;

	open_array(report, "nodes");
	if (snapshot_node_each(flow->snap, status_node, report, err) == -1)
		return -1;
	close_array(report);
	open_array(report, "sessions");
	if (snapshot_session_each_open(flow->snap, status_session, report,
	    err) == -1)
		return -1;
	close_array(report);
	open_array(report, "unreadable");
	barred_shut_each(flow->config, status_shut, report);
	close_array(report);
	if (status_files(flow, err) == -1 ||
	    inspect_unread_tell(flow, &any, err) == -1 ||
	    status_waiting(flow, err) == -1 ||
	    inspect_orders_status(flow, err) == -1 ||
	    customer_file_status(flow, err) == -1 ||
	    status_portal(flow, err) == -1)
		return -1;
	open_array(report, "runs");
	if (snapshot_run_each(flow->snap, RUNS_SHOWN, status_run, report,
	    err) == -1)
		return -1;
	close_array(report);
	return 0;
}

/* ---- history ---- */

struct telling {
	struct flow *flow;
	bool any;
};

static int
history_entry(void *ctx, const struct history *entry, struct err *err)
{
	struct telling *telling = ctx;
	const struct flow *flow = telling->flow;
	struct report *report = flow->report;
	struct json_out *jo = &report->jo;
	struct str id = target_id(&entry->target);
	struct str rule = target_rule(&entry->target);
	char at[CLOCK_TEXT_BYTES];

	(void)err;
	telling->any = true;
	clock_format(at, entry->at);
	if (report->json) {
		json_out_object(jo, NULL);
		json_out_text(jo, "at", at);
		json_out_int(jo, "run", entry->run);
		json_out_int(jo, "package", entry->package);
		json_out_text(jo, "verb", verb_name(entry->verb));
		json_out_text(jo, "kind",
		    target_kind_name(entry->target.kind));
		json_out_str(jo, "id", id);
		if (rule.len > 0)
			json_out_str(jo, "price_type", rule);
		json_out_int(jo, "portal_id", entry->portal_id);
		report_json_note(report, "note", entry->note);
		report_fields(report, &entry->old_values, &entry->new_values);
		json_out_end_object(jo);
		return 0;
	}
	report_line(report, _("%s run %" PRId64 " package %" PRId64
	    ": %s %s %.*s%s%.*s, portal id %" PRId64 "%s%s"), at, entry->run,
	    entry->package, verb_title(entry->verb),
	    target_kind_title(entry->target.kind), (int)id.len, id.p,
	    rule.len > 0 ? " " : "", (int)rule.len, rule.p,
	    entry->portal_id, entry->note[0] != '\0' ? "; " : "",
	    entry->note);
	show_fields(flow, &entry->old_values, &entry->new_values);
	return 0;
}

int
flow_history(struct flow *flow, const char *id, const char *kind,
    int64_t run, int64_t limit, struct err *err)
{
	struct history_filter filter = { .id = str_of(id), .run = run,
	    .limit = limit };
	struct telling telling = { .flow = flow };

	if (kind != NULL) {
		filter.kind = target_kind_by_name(str_of(kind));
		if (filter.kind == TARGET_NONE)
			return err_set(err, ERR_USAGE, _("--kind: \"%s\" is "
			    "none of section, product, parent, variation, "
			    "service, price, picture, stock, company, "
			    "contact, person, requisite, bank, address, deal, "
			    "rows, comment, notice, order, onec_order"), kind);
	}
	if (flow->map == NULL && flow_map(flow, err) == -1)
		return -1;
	open_array(flow->report, "history");
	if (snapshot_history_each(flow->snap, &filter, history_entry,
	    &telling, err) == -1)
		return -1;
	close_array(flow->report);
	if (!telling.any)
		report_line(flow->report, "%s", _("no such change has been "
		    "made"));
	return 0;
}

/* ---- unsent ---- */

#define GROUPS_MAX 200

/* Changes that wait for the same reason. */
struct group {
	enum change_state state;
	char code[48], text[CHANGE_TEXT_BYTES];
	struct change first;
	int64_t count, next_try;
	int tries;
};
struct unsent {
	struct flow *flow;
	bool all, any;
	struct group *groups;
	size_t count;
	int64_t rest;           /* that found no group */
};

static const char *
state_word(enum change_state state)
{
	switch (state) {
	case CHANGE_PLANNED:
		return "planned";
	case CHANGE_WAITING:
		return "waiting";
	case CHANGE_SENT:
		return "sent";
	case CHANGE_FAILED:
		return "failed";
	case CHANGE_HELD:
		return "held";
	}
	return "";
}

static const char *
default_text(const struct change *change)
{
	switch (change->state) {
	case CHANGE_PLANNED:
		return _("will be sent by the next run");
	case CHANGE_WAITING:
		return _("waits for what it belongs to, which is not in the "
		    "portal yet");
	case CHANGE_SENT:
		return _("was sent, the answer was lost; it is looked up by "
		    "the next run");
	case CHANGE_FAILED:
	case CHANGE_HELD:
		break;
	}
	return _("refused");
}

#define NAME_BYTES (LIMIT_KEY_BYTES + 2)

/* "p1", "p1 BASE": with the price type, the warehouse, the picture. */
static const char *
called(const struct target *target, char out[NAME_BYTES])
{
	struct str id = target_id(target), part = target_rule(target);

	(void)snprintf(out, NAME_BYTES, "%.*s%s%.*s", (int)id.len, id.p,
	    part.len > 0 ? " " : "", (int)part.len,
	    part.len > 0 ? part.p : "");
	return out;
}

/* A longer wait was set by a clock that was ahead. */
static bool
waits(int64_t next_try)
{
	return next_try > 0 && next_try <= clock_wall_ms() + LIMIT_WAIT_MS;
}

static void
unsent_json(struct unsent *unsent, const struct change *change,
    const char *text)
{
	struct json_out *jo = &unsent->flow->report->jo;
	char at[CLOCK_TEXT_BYTES], *message;

	json_out_object(jo, NULL);
	json_out_int(jo, "row", change->row);
	json_out_text(jo, "state", state_word(change->state));
	json_out_text(jo, "verb", verb_name(change->verb));
	json_out_text(jo, "kind", target_kind_name(change->target.kind));
	json_out_str(jo, "id", target_id(&change->target));
	if (target_rule(&change->target).len > 0)
		json_out_str(jo, "price_type", target_rule(&change->target));
	json_out_text(jo, "code", change->code);
	message = choice_message(text);
	report_json_told(unsent->flow->report, "text", message);
	free(message);
	choice_show(unsent->flow, &change->target, text);
	json_out_int(jo, "tries", change->tries);
	json_out_text(jo, "next_try", waits(change->next_try) ?
	    clock_format(at, change->next_try) : "");
	json_out_end_object(jo);
}

static void
unsent_group(struct unsent *unsent, const struct change *change,
    const char *text)
{
	struct group *group;

	for (size_t i = 0; i < unsent->count; i++) {
		group = &unsent->groups[i];
		if (group->state == change->state &&
		    strcmp(group->code, change->code) == 0 &&
		    strcmp(group->text, text) == 0) {
			group->count++;
			return;
		}
	}
	if (unsent->count == GROUPS_MAX) {
		unsent->rest++;
		return;
	}
	group = &unsent->groups[unsent->count++];
	memset(group, 0, sizeof(*group));
	group->state = change->state;
	group->first = *change;
	group->count = 1;
	group->tries = change->tries;
	group->next_try = change->next_try;
	(void)snprintf(group->code, sizeof(group->code), "%s", change->code);
	(void)snprintf(group->text, sizeof(group->text), "%s", text);
}

static void
unsent_line(struct flow *flow, const struct change *change, const char *text)
{
	struct report *report = flow->report;
	char name[NAME_BYTES], *message = choice_message(text);

	/* TRANSLATORS: number, verb, kind, id: why */
	report_line(report, _("#%" PRId64 " %s %s %s: %s"), change->row,
	    verb_title(change->verb), target_kind_title(change->target.kind),
	    called(&change->target, name), message);
	free(message);
	choice_show(flow, &change->target, text);
}

static int
unsent_change(void *ctx, const struct change *change, struct err *err)
{
	struct unsent *unsent = ctx;
	const char *text = change->text[0] != '\0' ? change->text :
	    default_text(change);

	(void)err;
	unsent->any = true;
	if (unsent->flow->report->json)
		unsent_json(unsent, change, text);
	else if (unsent->all)
		unsent_line(unsent->flow, change, text);
	else
		unsent_group(unsent, change, text);
	return 0;
}

static void
show_group(struct flow *flow, const struct group *group)
{
	struct report *report = flow->report;
	char at[CLOCK_TEXT_BYTES], name[NAME_BYTES];
	char *message = choice_message(group->text);

	report_line(report, ngettext("%" PRId64 " change: %s (for instance #%"
	    PRId64 " %s %s, tried %d times)", "%" PRId64 " changes: %s (for "
	    "instance #%" PRId64 " %s %s, tried %d times)",
	    (unsigned long)group->count), group->count, message,
	    group->first.row, target_kind_title(group->first.target.kind),
	    called(&group->first.target, name), group->tries);
	free(message);
	choice_show(flow, &group->first.target, group->text);
	if (waits(group->next_try) && group->state == CHANGE_PLANNED)
		report_line(report, _("  next try at %s"),
		    clock_format(at, group->next_try));
}

static int
unsent_terms(struct flow *flow, bool *any, struct err *err)
{
	int64_t count;

	if (refused_count(flow, &count, err) == -1)
		return -1;
	*any = *any || count > 0;
	return refused_show(flow, err);
}

int
flow_unsent(struct flow *flow, bool all, struct err *err)
{
	struct unsent unsent = { .flow = flow, .all = all };
	int64_t orders[ORDER_STATE_LAST];
	bool lines = false;
	int rc;

	unsent.groups = mem_array(GROUPS_MAX, sizeof(*unsent.groups));
	open_array(flow->report, "unsent");
	rc = snapshot_change_each(flow->snap, 0, unsent_change, &unsent, err);
	if (rc == 0)
		rc = inspect_orders_unsent(flow, &lines, err);
	for (size_t i = 0; rc == 0 && i < unsent.count; i++)
		show_group(flow, &unsent.groups[i]);
	if (rc == 0)
		rc = unsent_terms(flow, &unsent.any, err);
	if (rc == 0)
		rc = inspect_pictures_unsent(flow, all, &unsent.any, err);
	close_array(flow->report);
	if (rc == 0 && unsent.rest > 0)
		report_line(flow->report, _("and %" PRId64 " more; `unsent "
		    "--all` lists each"), unsent.rest);
	free(unsent.groups);
	if (rc == 0)
		rc = inspect_unread_tell(flow, &unsent.any, err);
	if (rc == 0)
		rc = snapshot_order_count(flow->snap, orders, err);
	if (rc == 0 && !unsent.any && !lines && orders[ORDER_HELD] == 0 &&
	    orders[ORDER_WITHDRAWN] == 0)
		report_line(flow->report, "%s", _("nothing is unsent"));
	return rc;
}

/* ---- retry ---- */

struct retrying {
	struct flow *flow;
	int64_t *made_due;
};

static int
retry_target(void *ctx, const struct target *target, struct err *err)
{
	struct retrying *retrying = ctx;
	struct snapshot *snap = retrying->flow->snap;
	struct image image;
	int64_t count = 0;
	int rc;

	image_init(&image);
	rc = snapshot_image_get(snap, target, &image, err);
	if (rc == 0)
		rc = snapshot_change_retry(snap, image.target, &count, err);
	image_free(&image);
	*retrying->made_due += count;
	return rc == -1 ? -1 : 0;
}

/* A group, a client with all that is its, an order of 1C, or goods with their
 * prices. */
static int
retry_id(struct flow *flow, const char *id, int64_t *made_due,
    struct err *err)
{
	struct retrying retrying = { flow, made_due };

	if (id[0] == '\0' || strlen(id) > LIMIT_ID_BYTES)
		return 0;
	if (map_targets(flow->map, RECORD_GROUP, str_of(id), retry_target,
	    &retrying, err) == -1)
		return -1;
	if (map_targets(flow->map, RECORD_COUNTERPARTY, str_of(id),
	    retry_target, &retrying, err) == -1)
		return -1;
	if (snapshot_image_each_of(flow->snap, TARGET_ONEC_ORDER, str_of(id),
	    retry_target, &retrying, err) == -1)
		return -1;
	if (map_targets(flow->map, RECORD_OFFER, str_of(id), retry_target,
	    &retrying, err) == -1)
		return -1;
	return map_targets(flow->map, RECORD_PRODUCT, str_of(id),
	    retry_target, &retrying, err);
}

static int
retry_one(struct flow *flow, const char *id, int64_t *made_due,
    struct err *err)
{
	int64_t row, count = 0, before = *made_due;
	int rc = full_forget(flow, id, err);

	if (rc != 1)
		return rc;
	if (id[0] == '#' && str_to_int64(&row, str_of(id + 1)) == 0 &&
	    row > 0) {
		if (snapshot_change_retry(flow->snap, row, &count, err) == -1)
			return -1;
		*made_due += count;
	} else if (retry_id(flow, id, made_due, err) == -1 ||
	    refused_retry(flow, id, made_due, err) == -1) {
		return -1;
	}
	if (*made_due == before && str_to_int64(&row, str_of(id)) == 0 &&
	    inspect_orders_retry(flow, row, made_due, err) == -1)
		return -1;
	if (*made_due == before)
		return err_set(err, ERR_USAGE, _("%s: nothing of it waits to "
		    "be sent; see `cml24 unsent --all`"), id);
	return 0;
}

int
flow_retry(struct flow *flow, char *const *ids, size_t count,
    int64_t *made_due, struct err *err)
{
	int rc = 0;

	*made_due = 0;
	flow->retrying = true;
	if (snapshot_begin(flow->snap, err) == -1)
		return -1;
	if (count == 0)
		rc = snapshot_change_release(flow->snap, CHANGE_RESTS, err);
	if (count == 0 && rc == 0)
		rc = snapshot_change_retry(flow->snap, 0, made_due, err);
	if (count == 0 && rc == 0)
		rc = inspect_orders_retry_all(flow, made_due, err);
	if (count == 0 && rc == 0)
		rc = refused_retry(flow, NULL, made_due, err);
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = retry_one(flow, ids[i], made_due, err);
	return snapshot_end(flow->snap, rc, err);
}
