#include "flow/customer.h"
#include "flow/full.h"
#include "flow/order.h"
#include "flow/refused.h"
#include "flow/stock_left.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"

static volatile sig_atomic_t stop_asked;

void
flow_stop(void)
{
	stop_asked = 1;
}

bool
flow_must_stop(const struct flow *flow)
{
	if (stop_asked)
		return true;
	return flow->deadline > 0 && clock_steady_ms() >= flow->deadline;
}

char *
flow_work_folder(const struct flow *flow)
{
	return file_join(flow->config->folders.state, "work");
}

char *
flow_package_folder(const struct flow *flow, int64_t package)
{
	char *work = flow_work_folder(flow);
	char *path = mem_printf("%s/%" PRId64, work, package);

	free(work);
	return path;
}

static int
open_state(struct flow *flow, struct err *err)
{
	const struct config *config = flow->config;
	char *path = file_join(config->folders.state, "exchange.db");
	int rc;

	rc = snapshot_open(&flow->snap, path, flow->options.read_only, err);
	free(path);
	if (rc == 0)
		flow->source = snapshot_source(flow->snap);
	return rc;
}

static int
make_folders(const struct config *config, struct err *err)
{
	char *work = file_join(config->folders.state, "work");
	const char *folders[] = { config->folders.state, work,
	    config->folders.archive, config->folders.rejected };
	int rc = 0;

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (rc == 0)
			rc = file_make_dir(folders[i], err);
	free(work);
	return rc;
}

/*
 * Another run may push for hours, and 1C empties its folder when it exports
 * again: what has settled is taken before this one waits, and once more before
 * it gives up.
 */
static int
take_lock(struct flow *flow, const char *path, struct err *err)
{
	bool takes = flow->options.takes;
	int rc = lock_take(&flow->lock, path, takes ? 0 :
	    flow->options.wait_ms, err);

	if (rc == 0 || !takes || err->kind != ERR_LOCKED)
		return rc;
	take_beside(flow);
	err_clear(err);
	rc = lock_take(&flow->lock, path, flow->options.wait_ms, err);
	if (rc == -1 && err->kind == ERR_LOCKED)
		take_beside(flow);
	return rc;
}

/* Else the time of another boot cannot be told from this one's, and a change
 * of the clock counts as time that passed (base/clock.h). */
static void
warn_without_boot(void)
{
	struct clock_mark mark;

	clock_mark_now(&mark);
	if (mark.boot[0] == '\0')
		log_warn("/proc/sys/kernel/random/boot_id cannot be read: "
		    "after a change of the clock a request without an answer "
		    "may be looked up too early");
}

/* The lock, then the state, then the run's entry. */
static int
open_for_writing(struct flow *flow, struct err *err)
{
	char *path;
	int rc;

	if (make_folders(flow->config, err) == -1)
		return -1;
	path = file_join(flow->config->folders.state, "lock");
	rc = take_lock(flow, path, err);
	free(path);
	if (rc == -1 || open_state(flow, err) == -1)
		return -1;
	flow->run.began = clock_wall_ms();
	warn_without_boot();
	if (take_sweep(flow, err) == -1)
		return -1;
	if (flow->config->run.max_ms > 0)
		flow->deadline = clock_steady_ms() + flow->config->run.max_ms;
	return flow->options.preview ? 0 : flow_map(flow, err);
}

int
flow_run_begin(struct flow *flow, struct err *err)
{
	if (flow->run.id != 0)
		return 0;
	(void)snprintf(flow->run.command, sizeof(flow->run.command), "%s",
	    flow->options.command);
	return snapshot_run_begin(flow->snap, flow->run.command,
	    &flow->run.id, err);
}

int
flow_open(struct flow **out, const struct config *config,
    struct report *report, const struct flow_options *options,
    struct err *err)
{
	struct flow *flow = mem_alloc(sizeof(*flow));
	int rc;

	flow->config = config;
	flow->report = report;
	derive_init(&flow->scratch);
	wanted_init(&flow->wanted);
	flow->options = *options;
	rc = options->read_only ? open_state(flow, err) :
	    open_for_writing(flow, err);
	if (rc != 0) {
		/* Nothing went through, so it is nothing "unsent" either. */
		if (err->kind == ERR_SYSTEM)
			err->kind = ERR_STATE;
		flow_close(flow, -1);
		return rc;
	}
	*out = flow;
	return 0;
}

/* What is too old to be told goes, a part of it at a time. */
static int
prune(struct flow *flow, struct err *err)
{
	int64_t before = clock_wall_ms() -
	    (int64_t)flow->config->run.history_days * 24 * 3600 * 1000;

	if (snapshot_history_prune(flow->snap, before, err) == -1 ||
	    snapshot_run_prune(flow->snap, before, err) == -1)
		return -1;
	return snapshot_package_prune(flow->snap, before, err);
}

int64_t
flow_requests(const struct flow *flow)
{
	return flow->tally.requests + (flow->has_remote ?
	    flow->remote.sent(flow->remote.ctx) : 0);
}

/* Only a run that did something has an entry: an idle one prunes nothing. */
static void
end_run(struct flow *flow, int exit_code)
{
	struct err err = { 0 };

	if (prune(flow, &err) == -1)
		log_warn("what is older than run.history_days: %s", err.text);

	flow->run.ended = clock_wall_ms();
	flow->run.exit_code = exit_code;
	flow->run.requests = flow_requests(flow);
	flow->run.failed = flow->tally.failed;
	flow->run.sent = flow->tally.created + flow->tally.updated +
	    flow->tally.deleted;
	if (snapshot_run_end(flow->snap, &flow->run, &err) == -1)
		log_warn("run %" PRId64 ": %s", flow->run.id, err.text);
}

void
flow_close(struct flow *flow, int exit_code)
{
	if (flow == NULL)
		return;
	if (flow->snap != NULL && flow->run.id != 0)
		end_run(flow, exit_code);
	if (flow->has_remote)
		flow->remote.close(flow->remote.ctx);
	derive_fuse_arm(flow, false, false);
	derive_free(&flow->scratch);
	wanted_free(&flow->wanted);
	words_close(flow->words);
	map_close(flow->map);
	term_set_free(flow->known);
	cml_schemas_free(flow->schemas);
	full_free(flow->told_needs);
	free(flow->barred);
	snapshot_close(flow->snap);
	lock_release(flow->lock);
	free(flow);
}

const struct words *
flow_words(struct flow *flow)
{
	if (flow->words == NULL)
		flow->words = words_open(config_language(flow->config));
	return flow->words;
}

int
flow_schemas(struct flow *flow, struct err *err)
{
	if (flow->schemas != NULL)
		return 0;
	return cml_schemas_load(&flow->schemas, flow->config->folders.xsd,
	    false, err);
}

int
flow_remote(struct flow *flow, struct err *err)
{
	if (flow->has_remote)
		return 0;
	if (bitrix_open(&flow->remote, flow->config, err) == -1)
		return -1;
	flow->has_remote = true;
	flow->remote.prefer(flow->remote.ctx, papers_are_own, flow);
	flow->remote.ask_passed(flow->remote.ctx, order_passed_may, flow);
	return 0;
}

/* May quantities be written?  Unknown counts as yes: the portal is asked
 * before anything is sent. */
static bool
quantity_allowed(struct flow *flow)
{
	switch (flow->config->catalog.stock) {
	case STOCK_QUANTITY:
	case STOCK_AUTO:
	case STOCK_DOCUMENTS:
		return snapshot_meta_int(flow->snap, META_INVENTORY, 0) == 0;
	case STOCK_OFF:
		return false;
	}
	return false;
}

/* Where the portal manages its inventory nothing else is left. */
static bool
documents_wanted(struct flow *flow)
{
	return flow->config->catalog.stock == STOCK_DOCUMENTS &&
	    snapshot_meta_int(flow->snap, META_INVENTORY, 0) != 0;
}

static int
derive_in_transaction(struct flow *flow, uint64_t fingerprint,
    struct err *err)
{
	log_info("rules changed: every target is derived anew");
	flow->rules_changed = true;
	derive_fuse_arm(flow, false, false);
	if (derive_all(flow, 0, err) == -1 ||
	    derive_fuse_settle(flow, err) == -1 ||
	    picture_note_rule(flow, err) == -1 ||
	    terms_stir(flow, err) == -1)
		return -1;
	return snapshot_meta_set_int(flow->snap, META_FINGERPRINT,
	    (int64_t)fingerprint, err);
}

static int
derive_anew(struct flow *flow, uint64_t fingerprint, struct err *err)
{
	if (snapshot_in_transaction(flow->snap))
		return derive_in_transaction(flow, fingerprint, err);
	if (snapshot_begin(flow->snap, err) == -1)
		return -1;
	return snapshot_end(flow->snap, derive_in_transaction(flow,
	    fingerprint, err), err);
}

uint64_t
flow_fingerprint(const struct flow *flow)
{
	return map_fingerprint(flow->map) ^ reply_fingerprint(flow->config);
}

int
flow_map(struct flow *flow, struct err *err)
{
	struct map_facts facts = { .quantity = quantity_allowed(flow),
	    .documents = documents_wanted(flow) };
	uint64_t fingerprint;

	if (flow->known == NULL && terms_load(flow, err) == -1)
		return -1;
	facts.known = flow->known;
	map_close(flow->map);
	flow->map = NULL;
	if (map_open(&flow->map, flow->config, &flow->source, &facts,
	    err) == -1)
		return -1;
	fingerprint = flow_fingerprint(flow);
	if (flow->options.read_only || fingerprint ==
	    (uint64_t)snapshot_meta_int(flow->snap, META_FINGERPRINT, 0))
		return 0;
	return derive_anew(flow, fingerprint, err);
}

static int
note_package(void *ctx, const struct package *package, struct err *err)
{
	bool *unread = ctx;

	(void)package;
	(void)err;
	*unread = true;
	return 0;
}

/* Does anything wait that a person should know of? */
static bool
is_unsent(struct flow *flow)
{
	struct err err = { 0 };
	int64_t attempts = 0;
	int64_t orders[ORDER_STATE_LAST];
	int64_t refused = 0;
	bool unread = false, changes;

	if (snapshot_change_any(flow->snap, &changes, &err) == -1 ||
	    refused_count(flow, &refused, &err) == -1 ||
	    snapshot_attempt_count(flow->snap, &attempts, &err) == -1 ||
	    snapshot_order_count(flow->snap, orders, &err) == -1 ||
	    snapshot_package_each(flow->snap, PACKAGE_CLAIMED, note_package,
	    &unread, &err) == -1 ||
	    snapshot_package_each(flow->snap, PACKAGE_CLAIMING, note_package,
	    &unread, &err) == -1) {
		log_error("%s", err.text);
		return true;
	}
	changes = changes || refused > 0;
	if (changes || attempts > 0 || unread)
		report_line(flow->report, "%s", _("something is not delivered "
		    "yet; `cml24 unsent` says what and why"));
	return changes || attempts > 0 || unread ||
	    orders[ORDER_HELD] > 0 || orders[ORDER_WITHDRAWN] > 0 ||
	    flow->inbox_failed || flow->shelf_failed ||
	    flow->outbox_failed || flow->deals_wait;
}

struct needing {
	const struct flow *flow;        /* what it found out it has said */
	bool any;
};

static void
tell_need(const struct needing *needing, const struct node *node, bool orders)
{
	const struct need *need = orders ? &node->orders : &node->goods;
	char *text;

	if (!need->is || full_is_told(needing->flow, node->name, orders))
		return;
	text = full_text(needing->flow, node, orders);
	report_line(needing->flow->report, "%s", text);
	free(text);
}

/* Told at every run, until all of it came. */
static int
note_needs_full(void *ctx, const struct node *node, struct err *err)
{
	struct needing *needing = ctx;

	(void)err;
	needing->any = needing->any || node->goods.is || node->orders.is;
	tell_need(needing, node, false);
	tell_need(needing, node, true);
	return 0;
}

int
flow_error_code(const struct err *err)
{
	static const int by_kind[] = {
		[ERR_NONE] = 0, [ERR_USAGE] = 2, [ERR_DATA] = 3,
		[ERR_ITEM] = 1, [ERR_AGAIN] = 1, [ERR_LOCKED] = 5,
		[ERR_PORTAL] = 4, [ERR_STATE] = 2, [ERR_SYSTEM] = 1
	};

	return by_kind[err->kind];
}

int
flow_exit_code(struct flow *flow, const struct err *err)
{
	struct needing needing = { flow, false };
	struct err trouble = { 0 };
	bool unsent;

	if (err->kind != ERR_NONE)
		return flow_error_code(err);
	if (snapshot_node_each(flow->snap, note_needs_full, &needing,
	    &trouble) == -1) {
		log_error("%s", trouble.text);
		return flow->tally.rejected > 0 ? 3 : 1;
	}
	unsent = is_unsent(flow);
	if (flow->report->json) {
		json_out_bool(&flow->report->jo, "full_exchange_needed",
		    needing.any);
		json_out_bool(&flow->report->jo, "unsent", unsent);
	}
	if (flow->tally.rejected > 0)
		return 3;
	return needing.any || unsent ? 1 : 0;
}

static void
tell_warning(void *ctx, const char *text)
{
	struct report *report = ctx;

	if (report->json)
		json_out_text(&report->jo, NULL, text);
	else
		report_line(report, _("note: %s"), text);
}

__attribute__((format(printf, 2, 3)))
static void
tell_format(struct report *report, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = mem_vprintf(format, args);
	va_end(args);
	tell_warning(report, text);
	free(text);
}

/* A manager goes on selling to whom 1C has given up. */
static void
tell_marked(struct flow *flow)
{
	const struct map_left *marked = &flow->marked;

	if (marked->count == 0)
		return;
	tell_format(flow->report,
	    ngettext("%" PRId64 " client is marked deleted in "
	    "1C and stays in the portal: %s", "%" PRId64 " clients are marked "
	    "deleted in 1C and stay in the portal, for instance: %s",
	    (unsigned long)marked->count), marked->count, marked->examples);
}

static void
tell_unmade(struct flow *flow)
{
	int64_t more = flow->unmade - LIMIT_UNMADE_TOLD;

	if (more > 0)
		report_line(flow->report, ngettext("and %" PRId64 " more order "
		    "of 1C of which no deal is made", "and %" PRId64 " more "
		    "orders of 1C of which no deal is made",
		    (unsigned long)more), more);
}

/* By these clients are recognised, on both sides. */
static void
tell_odd_numbers(struct flow *flow)
{
	const struct map_left *left = &flow->left[MAP_LEFT_NUMBERS];

	if (left->count == 0)
		return;
	tell_format(flow->report,
	    ngettext("%" PRId64 " number of clients is no INN, "
	    "KPP or OGRN and is left out: %s", "%" PRId64 " numbers of "
	    "clients are no INN, KPP or OGRN and are left out, for instance: "
	    "%s", (unsigned long)left->count), left->count, left->examples);
}

/* People miss them when they want to call. */
static void
tell_left(struct flow *flow)
{
	const struct map_left *left = &flow->left[MAP_LEFT_CONTACTS];

	if (left->count == 0)
		return;
	tell_format(flow->report,
	    ngettext("%" PRId64 " contact of clients is no "
	    "phone, e-mail or site and is left out: %s", "%" PRId64
	    " contacts of clients are no phone, e-mail or site and are left "
	    "out, for instance: %s", (unsigned long)left->count),
	    left->count, left->examples);
}

static void
tell_cut_names(struct flow *flow)
{
	const struct map_left *left = &flow->left[MAP_LEFT_NAMES];

	if (left->count == 0)
		return;
	tell_format(flow->report,
	    ngettext("%" PRId64 " name of clients is longer "
	    "than 255 characters and is cut: %s", "%" PRId64 " names of "
	    "clients are longer than 255 characters and are cut, for "
	    "instance: %s", (unsigned long)left->count), left->count,
	    left->examples);
}

static void
tell_long_lists(struct flow *flow)
{
	const struct map_left *left = &flow->left[MAP_LEFT_PARTS];

	if (left->count == 0)
		return;
	tell_format(flow->report,
	    ngettext("%" PRId64 " list of clients is longer "
	    "than %d, and what stands behind is left out: %s", "%" PRId64
	    " lists of clients are longer than %d, and what stands behind is "
	    "left out, for instance: %s", (unsigned long)left->count),
	    left->count, LIMIT_PARTY_PARTS, left->examples);
}

/* What the rules leave out of the packages that were taken now, or since they
 * changed. */
static void
tell_warnings(struct flow *flow)
{
	struct err err = { 0 };

	if ((flow->tally.packages == 0 && !flow->rules_changed) ||
	    flow->map == NULL)
		return;
	if (flow->report->json) {
		json_out_array(&flow->report->jo, "warnings");
		report_notes(flow->report);
	}
	if (map_warnings(flow->map, tell_warning, flow->report, &err) == -1)
		log_warn("%s", err.text);
	tell_left(flow);
	tell_odd_numbers(flow);
	tell_cut_names(flow);
	tell_long_lists(flow);
	tell_marked(flow);
	tell_unmade(flow);
	if (stock_left_is_news(flow))
		tell_warning(flow->report, stock_left_text());
	if (flow->report->json)
		json_out_end_array(&flow->report->jo);
}

/* What waits for 1C. */
static void
tell_orders(struct flow *flow)
{
	struct report *report = flow->report;
	int64_t counts[ORDER_STATE_LAST], stuck;
	struct err err = { 0 };

	if (!flow->config->orders.given)
		return;
	if (snapshot_order_count(flow->snap, counts, &err) == -1) {
		log_warn("%s", err.text);
		return;
	}
	stuck = counts[ORDER_HELD] + counts[ORDER_WITHDRAWN];
	if (report->json) {
		json_out_int(&report->jo, "outbox", counts[ORDER_WAITING]);
		json_out_int(&report->jo, "orders_stuck", stuck);
		return;
	}
	report_line(report, ngettext("outbox: %" PRId64 " order for 1C",
	    "outbox: %" PRId64 " orders for 1C",
	    (unsigned long)counts[ORDER_WAITING]), counts[ORDER_WAITING]);
	if (stuck > 0)
		report_line(report, _("orders that are not sent: %" PRId64
		    "; `cml24 unsent` says why"), stuck);
}

static void
tell_customers(struct flow *flow)
{
	struct report *report = flow->report;
	struct err err = { 0 };
	int64_t waiting;

	if (!customer_on(flow->config))
		return;
	if (snapshot_customer_count(flow->snap, &waiting, &err) == -1)
		log_warn("%s", err.text);
	else if (report->json)
		json_out_int(&report->jo, "outbox_clients", waiting);
	else
		report_line(report, ngettext("outbox: %" PRId64 " client for "
		    "1C", "outbox: %" PRId64 " clients for 1C",
		    (unsigned long)waiting), waiting);
}

void
flow_summary(struct flow *flow)
{
	const struct flow_tally *tally = &flow->tally;
	struct report *report = flow->report;

	tell_warnings(flow);
	tell_orders(flow);
	tell_customers(flow);
	if (report->json) {
		json_out_int(&report->jo, "packages", tally->packages);
		json_out_int(&report->jo, "rejected", tally->rejected);
		json_out_int(&report->jo, "created", tally->created);
		json_out_int(&report->jo, "updated", tally->updated);
		json_out_int(&report->jo, "deleted", tally->deleted);
		json_out_int(&report->jo, "linked", tally->linked);
		json_out_int(&report->jo, "failed", tally->failed);
		json_out_int(&report->jo, "older", tally->records_older);
		json_out_int(&report->jo, "requests", flow_requests(flow));
		return;
	}
	report_line(report, _("packages: %" PRId64 " taken, %" PRId64
	    " rejected"), tally->packages, tally->rejected);
	report_line(report, _("portal: %" PRId64 " created, %" PRId64
	    " changed, %" PRId64 " deleted, %" PRId64 " recognised, %" PRId64
	    " failed, in %" PRId64 " requests"), tally->created,
	    tally->updated, tally->deleted, tally->linked, tally->failed,
	    flow_requests(flow));
	if (tally->records_older > 0)
		report_line(report, ngettext("%" PRId64 " record was left "
		    "alone: a newer package stated it (--older overrides)",
		    "%" PRId64 " records were left alone: a newer package "
		    "stated them (--older overrides)",
		    (unsigned long)tally->records_older),
		    tally->records_older);
}
