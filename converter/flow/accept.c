/*
 * A package whose files lie in work/: validated and staged whole, then
 * accepted in one transaction (records, sessions, changes) or rejected with
 * nothing changed; then its files go to archive/ or rejected/.
 *
 * Power lost while staging: the temporary table is gone, the package is
 * still "claimed" and is read again.  Lost after the commit: it is
 * "accepted" and only the moving of files is left.
 */
#include "flow/customer.h"
#include "flow/follow.h"
#include "flow/full.h"
#include "flow/goods.h"
#include "flow/order.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/told.h"
#include "flow/reading.h"
#include "flow/speaker.h"
#include "flow/stock_left.h"

/* How many findings of a package a person sees at once; all that are kept
 * stand in the package's report. */
#define TOLD_FINDINGS 20
/* How far 1C's clock, told without a zone, may be ahead of ours. */
#define AHEAD_MS ((int64_t)24 * 3600 * 1000)

struct acceptance {
	struct flow *flow;
	struct package *package;
	const struct accept_how *how;
	struct intake_list files;
	struct session_file *facts;     /* one per file */
	char *folder;                   /* work/<id> */
	struct buf report;              /* text of report.txt */
	struct err first;               /* the first error found */
	int64_t errors, warnings, notes, kept;
	int64_t records, older;
	int64_t older_orders;   /* documents among `older` */
	int64_t stamp;          /* newest time of its files */
	bool documents;         /* there is one */
	bool stock;             /* it is stated */
	struct hearing hearing; /* what documents say of our orders */
	struct goods_taking goods;
	struct oddities odd;
	struct late late;       /* files that records of earlier ones lack */
	bool map_stale;                 /* a price type came: rules may mean
					   something else now */
	bool all_anew;                  /* so everything is derived */
	bool groups_moved;              /* a group came or changed */
	bool groups_went;               /* one was marked deleted */
	bool told_apart;                /* that nodes state other stock */
};

/* ---- reading ---- */

static void
count_finding(struct acceptance *acc, const struct finding *finding)
{
	switch (finding->severity) {
	case SEVERITY_ERROR:
		if (acc->errors++ > 0)
			break;
		if (finding->line > 0)
			(void)err_set(&acc->first, ERR_DATA, "%s:%ld: %s",
			    finding->file, finding->line, finding->text);
		else
			(void)err_set(&acc->first, ERR_DATA, "%s",
			    finding->text);
		break;
	case SEVERITY_WARNING:
		acc->warnings++;
		break;
	case SEVERITY_NOTE:
		acc->notes++;
		break;
	}
}

static void
on_finding(void *ctx, const struct finding *finding)
{
	static const char *const words[] = { "note", "warning", "error" };
	struct acceptance *acc = ctx;

	count_finding(acc, finding);
	if (acc->kept++ >= LIMIT_FINDINGS)
		return;
	(void)buf_add_text(&acc->report, finding->file);
	if (finding->line > 0)
		(void)buf_printf(&acc->report, ":%ld", finding->line);
	(void)buf_printf(&acc->report, ": %s: %s", words[finding->severity],
	    finding->text);
	if (finding->id.len > 0)
		(void)buf_printf(&acc->report, " [%.*s %.*s]",
		    (int)finding->id.len, finding->id.p,
		    (int)finding->name.len, finding->name.p);
	(void)buf_add_char(&acc->report, '\n');
	if (finding->severity != SEVERITY_NOTE && acc->kept <= TOLD_FINDINGS)
		report_finding(acc->flow->report, finding);
}

static int
on_root(void *ctx, size_t file, const struct cml_root *root, struct err *err)
{
	struct acceptance *acc = ctx;
	int64_t most = acc->package->taken + AHEAD_MS;

	(void)err;
	acc->facts[file].formed = root->formed;
	/* A clock that is days ahead must not make all that follows older. */
	if (root->formed > acc->package->formed && root->formed < most)
		acc->package->formed = root->formed;
	if (root->formed > acc->stamp)
		acc->stamp = root->formed < most ? root->formed : most;
	/* 0, no time: as new as the newest that is known. */
	snapshot_stage_formed(acc->flow->snap, root->formed);
	return 0;
}

static void
copy_id(char out[LIMIT_ID_BYTES + 1], struct str id)
{
	size_t len = id.len > LIMIT_ID_BYTES ? LIMIT_ID_BYTES : id.len;

	if (len > 0)
		memcpy(out, id.p, len);
	out[len] = '\0';
}

/* What is imported by hand is the node's whose catalogue it is. */
static int
speak_as(struct acceptance *acc, const struct cml_part *part,
    struct err *err)
{
	int64_t number = 0;

	if (!session_is_by_hand(acc->package->node) ||
	    part->kind == CML_PART_CLASSIFIER)
		return 0;
	if (speaker_number(acc->flow, acc->package->node, part->id, &number,
	    err) == -1)
		return -1;
	snapshot_stage_as(acc->flow->snap, number);
	return 0;
}

static int
on_part(void *ctx, size_t file, const struct cml_part *part, struct err *err)
{
	struct acceptance *acc = ctx;
	struct session_file *facts = &acc->facts[file];

	if (speak_as(acc, part, err) == -1)
		return -1;
	if (part->kind == CML_PART_OFFERS)
		facts->offers = !part->only_changes;
	if (part->kind != CML_PART_CATALOG)
		return 0;
	facts->has_catalog = true;
	facts->full = !part->only_changes;
	copy_id(facts->catalog, part->id);
	return 0;
}

static int
on_record(void *ctx, size_t file, const struct record *record,
    struct err *err)
{
	struct acceptance *acc = ctx;
	struct record taken;
	enum staged staged;

	if (goods_take(&acc->goods, acc->files.files[file].name, record,
	    &taken, err) == -1 || snapshot_stage_put(acc->flow->snap, &taken,
	    &staged, err) == -1 || goods_taken(&acc->goods,
	    acc->files.files[file].name, record, staged, err) == -1)
		return -1;
	odd_note(&acc->odd, record);
	acc->records++;
	if (staged == STAGED_OLDER)
		acc->older++;
	if (record->kind == RECORD_PRODUCT)
		acc->facts[file].goods++;
	acc->documents = acc->documents || record->kind == RECORD_DOCUMENT;
	acc->stock = acc->stock || record->kind == RECORD_RESTS;
	if (record->kind == RECORD_DOCUMENT && staged == STAGED_OLDER)
		acc->older_orders++;
	if (record->kind == RECORD_DOCUMENT)
		hear_document(&acc->hearing, &record->fields,
		    acc->files.files[file].mtime_ns / 1000000, staged);
	return 0;
}

/* An orders file without a document says something too: 1C has run. */
static void
hear_file(struct acceptance *acc, const struct intake_file *file)
{
	int64_t written = file->mtime_ns / 1000000;

	if (written > acc->hearing.came)
		acc->hearing.came = written;
	if (file->order == INTAKE_ORDER_DOCUMENTS &&
	    written > acc->hearing.written)
		acc->hearing.written = written;
}

static int
read_files(struct acceptance *acc, struct err *err)
{
	struct reading_sink sink = { acc, on_root, on_part, on_record,
	    on_finding };
	char *path;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < acc->files.count; i++) {
		if (acc->files.files[i].kind != INTAKE_XML)
			continue;
		hear_file(acc, &acc->files.files[i]);
		path = file_join(acc->folder, acc->files.files[i].name);
		rc = reading_run(acc->flow->schemas, path,
		    acc->files.files[i].name, i, &sink, err);
		free(path);
		if (rc == -1 && err->kind == ERR_DATA && acc->errors > 0) {
			/* It is in the findings; the other files are looked
			 * at too, so that all is said at once. */
			err_clear(err);
			rc = 0;
		}
	}
	return rc;
}

static int
read_all(struct acceptance *acc, struct err *err)
{
	struct stage_options stage = {
		.package = acc->package->id,
		.formed = 0,
		.older = acc->how->older,
		.force = acc->how->force
	};
	struct progress progress;
	int rc;

	if (flow_schemas(acc->flow, err) == -1 ||
	    (!acc->package->late && speaker_begin(acc->flow,
	    acc->package->node, acc->folder, &acc->files, err) == -1) ||
	    speaker_number(acc->flow, acc->package->node, STR_NONE,
	    &stage.node, err) == -1 ||
	    snapshot_stage_begin(acc->flow->snap, &stage, err) == -1)
		return -1;
	follow_reading(acc->flow, &progress, acc->folder, &acc->files);
	rc = read_files(acc, err);
	progress_end(&progress);
	return rc;
}

/* ---- accepting ---- */

static int
reopen_map(struct acceptance *acc, struct err *err)
{
	struct flow *flow = acc->flow;
	struct map_facts facts = *map_facts_given(flow->map);
	int64_t fingerprint;

	map_close(flow->map);
	flow->map = NULL;
	if (map_open(&flow->map, flow->config, &flow->source, &facts,
	    err) == -1)
		return -1;
	fingerprint = (int64_t)flow_fingerprint(flow);
	acc->map_stale = false;
	if (fingerprint ==
	    snapshot_meta_int(flow->snap, META_FINGERPRINT, 0))
		return 0;
	acc->all_anew = true;
	return snapshot_meta_set_int(flow->snap, META_FINGERPRINT,
	    fingerprint, err);
}

/* A group that goes takes its place from goods that did not change. */
static int
note_group(struct acceptance *acc, struct str id, struct err *err)
{
	struct difference diff;
	struct target target;
	int rc;

	acc->groups_moved = true;
	if (acc->map_stale && reopen_map(acc, err) == -1)
		return -1;
	if (map_heeds_groups(acc->flow->map))
		acc->all_anew = true;
	if (target_set(&target, TARGET_SECTION, id) == -1)
		return 0;
	derive_init(&diff);
	rc = derive_difference(acc->flow, &target, false, &diff, err);
	if (rc == 0 && diff.verb == VERB_DELETE)
		acc->groups_went = true;
	derive_free(&diff);
	return rc;
}

/* Price types, and what remote->learn() asks for: the rules speak of them by
 * name. */
static bool
is_term(enum record_kind kind)
{
	return kind == RECORD_PRICE_TYPE || kind == RECORD_WAREHOUSE ||
	    kind == RECORD_UNIT || kind == RECORD_PROPERTY ||
	    kind == RECORD_CATEGORY || kind == RECORD_TRAIT;
}

/* Called in the order of kinds, all records being in place already. */
static int
on_accepted(void *ctx, enum record_kind kind, struct str id, enum staged how,
    struct err *err)
{
	struct acceptance *acc = ctx;
	struct flow *flow = acc->flow;

	pace_add(PACE_RECORDS, 1);
	/* Words that goods_take() has made are no records of 1C. */
	if (how != STAGED_SAME && kind != RECORD_TRAIT)
		acc->package->changed++;
	if (how != STAGED_SAME && is_term(kind)) {
		acc->map_stale = true;
		flow->learned = false;
		/* Of its stock there is no change before it has a store. */
		if (kind == RECORD_WAREHOUSE && how == STAGED_NEW &&
		    flow->config->catalog.stock == STOCK_DOCUMENTS ?
		    terms_ask(flow, err) == -1 : terms_stir(flow, err) == -1)
			return -1;
	}
	if (kind == RECORD_GROUP && how != STAGED_SAME &&
	    note_group(acc, id, err) == -1)
		return -1;
	if (kind >= RECORD_CATALOG && acc->map_stale &&
	    reopen_map(acc, err) == -1)
		return -1;
	if (kind == RECORD_COUNTERPARTY && how != STAGED_SAME &&
	    (map_left(flow->map, id, flow->left, err) == -1 ||
	    client_note_marked(flow, id, acc->package->id, err) == -1 ||
	    papers_succeed(flow, id, err) == -1 ||
	    customer_stir(flow, id, err) == -1))
		return -1;
	/* What `force` names again has to be derived with force. */
	if (acc->all_anew && !acc->how->force)
		return 0;
	return derive_record(flow, kind, id, acc->package->id,
	    acc->how->force, err);
}

/* Goods that named an unknown group find their place when it comes. */
static bool
orphans_wait(struct acceptance *acc)
{
	return acc->groups_moved &&
	    snapshot_meta_int(acc->flow->snap, META_ORPHANS, 0) != 0;
}

static int
note_apart(struct acceptance *acc, struct err *err)
{
	struct snapshot *snap = acc->flow->snap;
	struct str first;

	acc->told_apart = snapshot_meta_int(snap, META_APART, 0) != 0;
	return acc->told_apart || snapshot_stage_apart(snap, &first) == 0 ?
	    0 : snapshot_meta_set_int(snap, META_APART, 1, err);
}

static int
apply(struct acceptance *acc, struct err *err)
{
	struct flow *flow = acc->flow;
	struct progress progress;
	int rc;

	derive_fuse_arm(flow, false, acc->how->allow_deletes);
	/* They come last, and the goods should be derived with them. */
	acc->map_stale = acc->goods.any_new;
	if (note_apart(acc, err) == -1)
		return -1;
	follow_records(flow, &progress, 0);
	rc = snapshot_stage_accept(flow->snap, on_accepted, acc, err);
	progress_end(&progress);
	if (rc == -1)
		return -1;
	if (odd_look(&acc->odd, flow, err) == -1 ||
	    rests_remember(flow, &acc->goods.rests, acc->package->node,
	    err) == -1)
		return -1;
	if (acc->map_stale && reopen_map(acc, err) == -1)
		return -1;
	if ((acc->all_anew || acc->groups_went || orphans_wait(acc)) &&
	    derive_all(flow, acc->package->id, err) == -1)
		return -1;
	/* A section may have been emptied by hand meanwhile. */
	if (snapshot_change_release(flow->snap, CHANGE_RESTS, err) == -1)
		return -1;
	return derive_fuse_settle(flow, err);
}

static int
remember_files(struct acceptance *acc, struct err *err)
{
	struct session_file *facts;

	for (size_t i = 0; i < acc->files.count; i++) {
		if (acc->files.files[i].kind != INTAKE_XML)
			continue;
		facts = &acc->facts[i];
		facts->session = acc->package->session;
		facts->package = acc->package->id;
		facts->portion = acc->files.files[i].portion;
		(void)snprintf(facts->name, sizeof(facts->name), "%s",
		    acc->files.files[i].name);
		(void)snprintf(facts->series, sizeof(facts->series), "%s",
		    acc->files.files[i].series);
		if (snapshot_file_put(acc->flow->snap, facts, err) == -1)
			return -1;
	}
	return 0;
}

static struct arrival
arrival_of(const struct acceptance *acc)
{
	return (struct arrival){ .package = acc->package,
	    .files = &acc->files, .facts = acc->facts, .stamp = acc->stamp,
	    .older = acc->older, .older_orders = acc->older_orders,
	    .closed = acc->how->closed };
}

static int
accept_in_transaction(struct acceptance *acc, struct err *err)
{
	struct package *package = acc->package;
	struct arrival arrival = arrival_of(acc);
	bool set_back;

	if (node_is_set_back(acc->flow, &arrival, &set_back, err) == -1)
		return -1;
	package->state = PACKAGE_ACCEPTED;
	package->accepted = true;
	package->records = acc->records;
	package->older = acc->older;
	package->changed = 0;
	if (!package->late && session_for_package(acc->flow, package,
	    &acc->files, set_back, err) == -1)
		return -1;
	if (apply(acc, err) == -1 ||
	    speaker_forget_later(acc->flow, package->node, err) == -1 ||
	    late_apply(acc->flow, package,
	    &acc->late, err) == -1 || picture_revive(acc->flow,
	    &acc->goods.pictures, err) == -1)
		return -1;
	/* Files alone are of no session: 1C said nothing by them. */
	if (package->late)
		return snapshot_package_put(acc->flow->snap, package, err);
	if (remember_files(acc, err) == -1 ||
	    node_remember(acc->flow, &arrival, err) == -1 ||
	    (set_back && node_need_after(acc->flow, &arrival, err) == -1) ||
	    (acc->documents && (!set_back || acc->older_orders == 0) &&
	    full_end_orders(acc->flow, package, err) == -1) ||
	    (acc->stock && stock_left_note(acc->flow, err) == -1))
		return -1;
	acc->hearing.force = acc->how->force;
	if (hear_package(acc->flow, package, &acc->hearing, err) == -1)
		return -1;
	if (snapshot_package_put(acc->flow->snap, package, err) == -1)
		return -1;
	return acc->how->allow_deletes ? snapshot_let_named(acc->flow->snap,
	    package->session, err) : 0;
}

static int
accept_now(struct acceptance *acc, struct err *err)
{
	struct flow *flow = acc->flow;

	if (snapshot_begin(flow->snap, err) == -1)
		return -1;
	if (snapshot_end(flow->snap, accept_in_transaction(acc, err),
	    err) == -1)
		return -1;
	flow->tally.packages++;
	flow->tally.records_changed += acc->package->changed;
	flow->tally.records_older += acc->older;
	return 0;
}

/* ---- rejecting ---- */

/* Files of orders, or others. */
static bool
has_files(const struct intake_list *files, bool orders)
{
	for (size_t i = 0; i < files->count; i++)
		if (files->files[i].kind == INTAKE_XML && orders ==
		    (files->files[i].order == INTAKE_ORDER_DOCUMENTS))
			return true;
	return false;
}

/* 1C thinks that the package was delivered: its node has to send all anew. */
static int
need_full(struct acceptance *acc, bool goods, bool orders, struct err *err)
{
	struct arrival arrival = arrival_of(acc);

	if (goods && full_need(acc->flow, acc->package->node, false,
	    TOLD("a package was rejected"), err) == -1)
		return -1;
	if (orders && full_need(acc->flow, acc->package->node, true,
	    TOLD("a file of orders was rejected; the next one with orders "
	    "ends this"), err) == -1)
		return -1;
	return node_note_catalog(acc->flow, &arrival, err);
}

static int
reject_in_transaction(struct acceptance *acc, struct err *err)
{
	struct package *package = acc->package;
	bool orders = has_files(&acc->files, true);
	bool goods = has_files(&acc->files, false) || !orders;

	package->state = PACKAGE_REJECTED;
	package->accepted = false;
	package->records = acc->records;
	if (session_for_package(acc->flow, package, &acc->files, goods,
	    err) == -1 || remember_files(acc, err) == -1 ||
	    need_full(acc, goods, orders, err) == -1)
		return -1;
	return snapshot_package_put(acc->flow->snap, package, err);
}

static int
reject_now(struct acceptance *acc, struct err *err)
{
	struct flow *flow = acc->flow;

	snapshot_stage_drop(flow->snap);
	if (snapshot_begin(flow->snap, err) == -1)
		return -1;
	if (snapshot_end(flow->snap, reject_in_transaction(acc, err),
	    err) == -1)
		return -1;
	flow->tally.rejected++;
	return 0;
}

/* ---- both ---- */

static int
write_report(struct acceptance *acc, struct err *err)
{
	struct buf text = BUF_INIT(LIMIT_REPORT_BYTES);
	char *path = file_join(acc->folder, "report.txt");
	int rc;

	(void)buf_printf(&text, _("package %" PRId64 ": %s\nerrors: %" PRId64
	    ", warnings: %" PRId64 ", deviations: %" PRId64 "\n"),
	    acc->package->id,
	    acc->errors > 0 ? _("rejected") : _("accepted"), acc->errors,
	    acc->warnings, acc->notes);
	(void)buf_add(&text, buf_text(&acc->report), acc->report.len);
	rc = file_write(path, buf_text(&text), text.len, 0644, err);
	buf_free(&text);
	free(path);
	return rc;
}

static void
say_result(struct acceptance *acc)
{
	struct report *report = acc->flow->report;
	const struct package *package = acc->package;

	if (acc->errors > 0 && report->json)
		return;
	if (acc->errors > 0) {
		report_say(report, _("package %" PRId64 " of %s is rejected, "
		    "nothing was changed: %s"), package->id,
		    node_title(package->node),
		    acc->first.text);
		report_say(report, _("its files and a report are in %s/%s"),
		    acc->flow->config->folders.rejected, package->place);
		return;
	}
	if (!package->late)
		report_line(report, _("package %" PRId64 " of %s: %" PRId64
		    " records, %" PRId64 " new or changed"), package->id,
		    node_title(package->node),
		    package->records, package->changed);
	late_tell(acc->flow, package, &acc->late);
	goods_tell(&acc->goods);
	odd_tell(&acc->odd, report);
	if (!acc->told_apart)
		speaker_tell_apart(acc->flow, package->node);
	if (acc->notes > 0)
		report_line(report, ngettext("%" PRId64 " deviation from the "
		    "standard, as live 1C systems have them", "%" PRId64
		    " deviations from the standard, as live 1C systems have "
		    "them", (unsigned long)acc->notes), acc->notes);
}

static void
acceptance_free(struct acceptance *acc)
{
	intake_list_free(&acc->files);
	free(acc->facts);
	free(acc->folder);
	buf_free(&acc->report);
	hear_free(&acc->hearing);
	goods_free(&acc->goods);
	odd_free(&acc->odd);
	late_free(&acc->late);
}

static bool
has_xml(const struct intake_list *files)
{
	for (size_t i = 0; i < files->count; i++)
		if (files->files[i].kind == INTAKE_XML)
			return true;
	return false;
}

/* Fills acc and reads everything.  After 0, acc->errors decides; ERR_DATA is
 * about the package as a whole. */
static int
acceptance_read(struct acceptance *acc, struct err *err)
{
	buf_init(&acc->report, LIMIT_REPORT_BYTES);
	acc->goods.flow = acc->flow;
	acc->goods.folder = acc->folder;
	acc->goods.node = acc->package->node;
	buf_init(&acc->goods.rests.ids, LIMIT_MIB);
	fields_init(&acc->goods.stamped);
	acc->facts = mem_array(1, sizeof(*acc->facts));
	if (follow_unpack(acc->flow, acc->folder, err) == -1 ||
	    intake_list_package(&acc->files, acc->folder, err) == -1)
		return -1;
	acc->facts = mem_resize(acc->facts, acc->files.count + 1,
	    sizeof(*acc->facts));
	memset(acc->facts, 0, (acc->files.count + 1) * sizeof(*acc->facts));
	if (!acc->package->late && !has_xml(&acc->files))
		return err_set(err, ERR_DATA, "%s", _("there is no XML file "
		    "in the package; pictures that goods wait for are taken "
		    "from the folder of the inbox where their XML file was"));
	if (snapshot_owed_any(acc->flow->snap, NULL, &acc->goods.owed,
	    err) == -1 ||
	    read_all(acc, err) == -1 || late_gather(acc->flow, acc->folder,
	    acc->package->node, &acc->files, &acc->late,
	    &acc->goods.pictures, err) == -1)
		return -1;
	return picture_sync(acc->flow, err);
}

/* What is wrong with the package as a whole is a finding too. */
static void
find_whole(struct acceptance *acc, const struct err *err)
{
	struct finding finding = { .severity = SEVERITY_ERROR,
	    .code = "package", .file = acc->package->node,
	    .text = err->text };

	on_finding(acc, &finding);
}

/* Reading that ended with -1: a mistake of the package, or of ours? */
static int
excuse(struct acceptance *acc, int rc, struct err *err)
{
	if (rc == 0 || err->kind != ERR_DATA)
		return rc;
	if (acc->errors == 0)
		find_whole(acc, err);
	err_clear(err);
	return 0;
}

static int
accept_or_reject(struct acceptance *acc, struct err *err)
{
	int rc = 0;

	if (acc->errors == 0) {
		rc = excuse(acc, accept_now(acc, err), err);
		if (acc->errors == 0 || rc == -1)
			return rc;
		/* Its values do not fit together: refused after all. */
		if (write_report(acc, err) == -1)
			return -1;
	}
	return reject_now(acc, err);
}

/* What `--allow-deletes` did not let through: it is of other packages. */
static int
tell_held(struct flow *flow, struct err *err)
{
	struct change_counts counts;

	if (snapshot_change_count(flow->snap, &counts, err) == -1)
		return -1;
	if (counts.held > 0)
		report_say(flow->report, ngettext("%" PRId64 " removal of "
		    "which this package does not speak stays held",
		    "%" PRId64 " removals of which this package does not "
		    "speak stay held", (unsigned long)counts.held),
		    counts.held);
	return 0;
}

/* A session by itself ends with its package. */
static int
close_now(struct acceptance *acc, struct err *err)
{
	struct session session;
	int rc;

	if (!acc->how->closed)
		return 0;
	rc = snapshot_session_open(acc->flow->snap, acc->package->node,
	    &session, err);
	if (rc == 0)
		rc = session_close(acc->flow, &session, err);
	if (rc == -1)
		return -1;
	return acc->how->allow_deletes ? tell_held(acc->flow, err) : 0;
}

int
accept_package(struct flow *flow, struct package *package,
    const struct accept_how *how, bool *rejected, struct err *err)
{
	struct acceptance acc = { .flow = flow, .package = package,
	    .how = how };
	int rc = -1;

	*rejected = false;
	flow->by_hand = how;
	acc.folder = flow_package_folder(flow, package->id);
	if (flow_run_begin(flow, err) == -1 ||
	    excuse(&acc, acceptance_read(&acc, err), err) == -1)
		goto out;
	/* The report goes first: a kill after the decision finds it there. */
	if (write_report(&acc, err) == -1 ||
	    accept_or_reject(&acc, err) == -1 ||
	    accept_shelve(flow, package, err) == -1)
		goto out;
	*rejected = acc.errors > 0;
	say_result(&acc);
	rc = close_now(&acc, err);
out:
	flow->by_hand = NULL;
	snapshot_stage_drop(flow->snap);
	acceptance_free(&acc);
	return rc;
}

int
accept_preview(struct flow *flow, const char *folder,
    struct package *package, const struct accept_how *how, bool *rejected,
    struct err *err)
{
	struct acceptance acc = { .flow = flow, .package = package,
	    .how = how };
	int rc;

	flow->by_hand = how;
	acc.folder = mem_text(folder);
	rc = excuse(&acc, acceptance_read(&acc, err), err);
	if (rc == 0 && acc.errors == 0)
		rc = excuse(&acc, accept_in_transaction(&acc, err), err);
	*rejected = acc.errors > 0;
	if (*rejected)
		report_say(flow->report, _("would be rejected: %s"),
		    acc.first.text);
	else if (rc == 0)
		rc = close_now(&acc, err);
	flow->by_hand = NULL;
	snapshot_stage_drop(flow->snap);
	acceptance_free(&acc);
	return rc;
}
