/*
 * Sessions: what one export of one node of 1C writes (DESIGN 3).  A session
 * closes when its node begins the next one or after a quiet time; only then
 * absence from a full export counts.
 */
#include "flow/flow_internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/told.h"

bool
session_is_by_hand(const char *node)
{
	static const char *const prefixes[] = { "zip:", "file:", "import:",
	    "plan" };

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (strncmp(node, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	return false;
}

/* ---- which session a package belongs to ---- */

struct search {
	const struct intake_list *files;
	bool repeats;           /* a name of the package is there already */
};

static int
look_for_repeat(void *ctx, const struct session_file *file, struct err *err)
{
	struct search *search = ctx;

	(void)err;
	for (size_t i = 0; i < search->files->count; i++)
		if (search->files->files[i].kind == INTAKE_XML &&
		    strcmp(search->files->files[i].name, file->name) == 0)
			search->repeats = true;
	return 0;
}

/*
 * 1C empties the folder and writes the same names again: the next session.
 * (The stock update of УТ 11 takes the name of the offers file and does not
 * begin a session; only a file with goods does: commerceml.md 8.)
 */
static int
begins_next(struct flow *flow, const struct session *session,
    const struct intake_list *files, bool *next, struct err *err)
{
	struct intake_list goods = { NULL, 0 };
	struct search search = { &goods, false };
	int rc;

	goods.files = mem_array(files->count + 1, sizeof(*goods.files));
	for (size_t i = 0; i < files->count; i++)
		if (files->files[i].order == INTAKE_ORDER_IMPORT)
			goods.files[goods.count++] = files->files[i];
	rc = snapshot_file_each(flow->snap, session->id, look_for_repeat,
	    &search, err);
	*next = search.repeats;
	free(goods.files);
	return rc;
}

int
session_for_package(struct flow *flow, struct package *package,
    const struct intake_list *files, struct err *err)
{
	struct session session;
	bool next = false;
	int rc;

	rc = snapshot_session_open(flow->snap, package->node, &session, err);
	if (rc == -1)
		return -1;
	if (rc == 0 && begins_next(flow, &session, files, &next, err) == -1)
		return -1;
	if (rc == 0 && next) {
		if (session_close(flow, &session, err) == -1)
			return -1;
		rc = 1;
	}
	if (rc == 1) {
		memset(&session, 0, sizeof(session));
		(void)snprintf(session.node, sizeof(session.node), "%s",
		    package->node);
		session.began = clock_wall_ms();
	}
	session.last_file = clock_wall_ms();
	if (package->state == PACKAGE_REJECTED)
		session.refused = true;
	if (snapshot_session_put(flow->snap, &session, err) == -1)
		return -1;
	package->session = session.id;
	return 0;
}

/* ---- closing ---- */

#define SERIES_MAX 64   /* catalogues and kinds of files in one session */

/* What is known of one catalogue of the session. */
struct series {
	char name[64];
	char catalog[LIMIT_ID_BYTES + 1];
	int first, last, count; /* portions seen, each counted once */
	uint64_t low;           /* which of the first 64 were seen */
	bool full;              /* its first portion says so */
	bool offers;            /* it states offers, and not only changes */
	int64_t goods;
};

struct closing {
	struct series series[SERIES_MAX];
	size_t count;
	bool too_many;
};

static struct series *
find_series(struct closing *closing, const struct session_file *file)
{
	struct series *series;

	for (size_t i = 0; i < closing->count; i++) {
		series = &closing->series[i];
		if (strcmp(series->name, file->series) == 0 &&
		    strcmp(series->catalog, file->catalog) == 0)
			return series;
	}
	if (closing->count == SERIES_MAX) {
		closing->too_many = true;
		return NULL;
	}
	series = &closing->series[closing->count++];
	memset(series, 0, sizeof(*series));
	(void)snprintf(series->name, sizeof(series->name), "%s",
	    file->series);
	(void)snprintf(series->catalog, sizeof(series->catalog), "%s",
	    file->catalog);
	series->first = file->portion;
	series->last = file->portion;
	return series;
}

/* A stock update takes the name of an offers file that is there already. */
static bool
seen_before(struct series *series, int portion)
{
	uint64_t bit;

	if (portion < 0 || portion >= 64)
		return false;
	bit = UINT64_C(1) << portion;
	if ((series->low & bit) != 0)
		return true;
	series->low |= bit;
	return false;
}

static int
collect_file(void *ctx, const struct session_file *file, struct err *err)
{
	struct closing *closing = ctx;
	struct series *series = find_series(closing, file);

	(void)err;
	if (series == NULL)
		return 0;
	if (!seen_before(series, file->portion))
		series->count++;
	series->goods += file->goods;
	series->offers = series->offers || file->offers;
	if (file->portion <= series->first) {
		series->first = file->portion;
		/* Portions after the first say "only changes" even in a full
		 * export (commerceml.md 14). */
		series->full = file->has_catalog && file->full;
	}
	if (file->portion > series->last)
		series->last = file->portion;
	return 0;
}

/*
 * Are portions missing?  In one series УНФ 1.6 numbers its catalogues, so
 * the numbers of a series are looked at over all its catalogues.
 */
static bool
has_gap(const struct closing *closing, const char *name)
{
	int first = 0, last = 0, count = 0;

	for (size_t i = 0; i < closing->count; i++) {
		const struct series *series = &closing->series[i];

		if (strcmp(series->name, name) != 0)
			continue;
		if (count == 0 || series->first < first)
			first = series->first;
		if (series->last > last)
			last = series->last;
		count += series->count;
	}
	/* Unnumbered files stand alone. */
	return last > 0 && (first > 1 || count < last);
}

static int
set_needs_full(struct flow *flow, const char *name, const char *reason,
    struct err *err)
{
	struct node node;

	if (session_is_by_hand(name))
		return 0;
	if (snapshot_node_get(flow->snap, name, &node, err) == -1)
		return -1;
	node.needs_full = true;
	node.needs_since = clock_wall_ms();
	told_copy(node.reason, sizeof(node.reason), reason);
	report_say(flow->report, _("%s: a full exchange is needed in 1C: %s"),
	    name[0] != '\0' ? name : "inbox", reason);
	return snapshot_node_put(flow->snap, &node, err);
}

static int
clear_needs_full(struct flow *flow, const char *name, struct err *err)
{
	struct node node;

	if (snapshot_node_get(flow->snap, name, &node, err) == -1)
		return -1;
	if (!node.needs_full)
		return 0;
	node.needs_full = false;
	node.reason[0] = '\0';
	return snapshot_node_put(flow->snap, &node, err);
}

struct clearing {
	struct flow *flow;
	const char *catalog;
};

/* A full catalogue that a person imported by hand serves the node that
 * sends this catalogue. */
static int
clear_same_catalog(void *ctx, const struct node *node, struct err *err)
{
	struct clearing *clearing = ctx;

	if (!node->needs_full || strcmp(node->catalog, clearing->catalog) != 0)
		return 0;
	return clear_needs_full(clearing->flow, node->name, err);
}

static int
on_absent(void *ctx, struct str id, struct err *err)
{
	struct flow *flow = ctx;

	return derive_record(flow, RECORD_PRODUCT, id, 0, false, err);
}

static int
on_absent_offer(void *ctx, struct str id, struct err *err)
{
	return derive_record(ctx, RECORD_OFFER, id, 0, false, err);
}

static int
apply_absence(struct flow *flow, const struct session *session,
    const struct series *series, struct err *err)
{
	bool open = flow->by_hand != NULL && flow->by_hand->allow_deletes;
	int64_t live;

	derive_fuse_arm(flow, series->goods == 0, open);
	if (snapshot_mark_absent(flow->snap, session->id,
	    str_of(series->catalog), on_absent, flow, &live, err) == -1 ||
	    snapshot_mark_absent_offers(flow->snap, session->id,
	    str_of(series->catalog), on_absent_offer, flow, err) == -1 ||
	    derive_fuse_settle(flow, err) == -1)
		return -1;
	return open ? snapshot_let_absent(flow->snap, series->catalog, err) :
	    0;
}

/*
 * 1C writes the offers of a catalogue after the last portion of its goods
 * (onec-exchange.md 1.2), so they tell that the goods are complete: an export
 * that died half-way, or one file imported by hand, makes nothing absent.  A
 * stock update has their name and joins the session: it tells nothing, so
 * `stated` asks for offers that are not only changes.
 */
static bool
has_offers(const struct closing *closing, const char *goods, bool stated)
{
	const char *index = strncmp(goods, "import", 6) == 0 ? goods + 6 : "";

	for (size_t i = 0; i < closing->count; i++)
		if (strncmp(closing->series[i].name, "offers", 6) == 0 &&
		    strcmp(closing->series[i].name + 6, index) == 0 &&
		    (closing->series[i].offers || !stated))
			return true;
	return false;
}

/* A session whose portions are all there and were all accepted. */
static int
close_whole(struct flow *flow, const struct session *session,
    const struct closing *closing, struct err *err)
{
	struct clearing clearing = { flow, NULL };
	const struct series *series;
	bool full = false;

	for (size_t i = 0; i < closing->count; i++) {
		series = &closing->series[i];
		if (!series->full || has_gap(closing, series->name))
			continue;
		full = true;
		if (has_offers(closing, series->name, true) &&
		    apply_absence(flow, session, series, err) == -1)
			return -1;
		clearing.catalog = series->catalog;
		if (series->catalog[0] != '\0' &&
		    snapshot_node_each(flow->snap, clear_same_catalog,
		    &clearing, err) == -1)
			return -1;
	}
	return full ? clear_needs_full(flow, session->node, err) : 0;
}

static bool
any_gap(const struct closing *closing, const char **name)
{
	for (size_t i = 0; i < closing->count; i++) {
		*name = closing->series[i].name;
		if (has_gap(closing, *name))
			return true;
	}
	return false;
}

static int
close_in_transaction(struct flow *flow, struct session *session,
    struct err *err)
{
	struct closing *closing = mem_alloc(sizeof(*closing));
	const char *gap;
	char reason[128];
	int rc;

	rc = snapshot_file_each(flow->snap, session->id, collect_file,
	    closing, err);
	if (rc == 0 && any_gap(closing, &gap)) {
		told_set(reason, sizeof(reason),
		    N_("a portion of %s is missing"), gap);
		rc = set_needs_full(flow, session->node, reason, err);
	} else if (rc == 0 && !session->refused && !closing->too_many) {
		rc = close_whole(flow, session, closing, err);
	}
	free(closing);
	if (rc == -1)
		return -1;
	session->closed = true;
	return snapshot_session_put(flow->snap, session, err);
}

int
session_close(struct flow *flow, struct session *session, struct err *err)
{
	bool own = !snapshot_in_transaction(flow->snap);
	int rc;

	if (own && snapshot_begin(flow->snap, err) == -1)
		return -1;
	rc = close_in_transaction(flow, session, err);
	return own ? snapshot_end(flow->snap, rc, err) : rc;
}

/* Goods came, and the offers of their catalogue did not yet. */
static bool
lacks_offers(const struct closing *closing)
{
	for (size_t i = 0; i < closing->count; i++)
		if (closing->series[i].goods > 0 &&
		    !has_offers(closing, closing->series[i].name, false))
			return true;
	return false;
}

int
session_awaits_offers(struct flow *flow, int64_t number, bool *awaits,
    struct err *err)
{
	struct package package;
	struct session session;
	struct closing *closing;
	int rc;

	*awaits = false;
	rc = number == 0 ? 1 : snapshot_package_get(flow->snap, number,
	    &package, err);
	if (rc == 0)
		rc = snapshot_session_open(flow->snap, package.node,
		    &session, err);
	if (rc != 0 || session.id != package.session)
		return rc == -1 ? -1 : 0;
	closing = mem_alloc(sizeof(*closing));
	rc = snapshot_file_each(flow->snap, session.id, collect_file,
	    closing, err);
	*awaits = rc == 0 && lacks_offers(closing);
	free(closing);
	return rc;
}

#define QUIET_MAX 16

struct quiet {
	struct session due[QUIET_MAX];
	size_t count;
	int64_t before;
	int64_t now;
	const struct session *asked;    /* does a file of it still grow? */
	bool grows;
};

static int
collect_quiet(void *ctx, const struct session *session, struct err *err)
{
	struct quiet *quiet = ctx;

	(void)err;
	/* What a person put there is a session by itself: an open one is one
	 * that a kill left between its package and its end. */
	if ((session->last_file <= quiet->before ||
	    session->last_file > quiet->now ||
	    session_is_by_hand(session->node)) && quiet->count < QUIET_MAX)
		quiet->due[quiet->count++] = *session;
	return 0;
}

/* A file of the node that was looked at and not taken yet. */
static int
note_growing(void *ctx, const struct look *look, struct err *err)
{
	struct quiet *quiet = ctx;
	const char *node = quiet->asked->node;

	(void)err;
	if (strncmp(look->name, node, strlen(node)) == 0 && !look->reported)
		quiet->grows = true;
	return 0;
}

int
session_close_quiet(struct flow *flow, struct err *err)
{
	struct quiet quiet = { .count = 0 };

	quiet.now = clock_wall_ms();
	quiet.before = quiet.now - flow->config->inbox.session_quiet_ms;
	if (snapshot_session_each_open(flow->snap, collect_quiet, &quiet,
	    err) == -1)
		return -1;
	for (size_t i = 0; i < quiet.count; i++) {
		quiet.asked = &quiet.due[i];
		quiet.grows = false;
		/* The clock was ahead: it is quiet from now on. */
		if (quiet.due[i].last_file > quiet.now) {
			quiet.due[i].last_file = quiet.now;
			if (snapshot_session_put(flow->snap, &quiet.due[i],
			    err) == -1)
				return -1;
			continue;
		}
		if (snapshot_look_each(flow->snap, note_growing, &quiet,
		    err) == -1)
			return -1;
		if (!quiet.grows &&
		    session_close(flow, &quiet.due[i], err) == -1)
			return -1;
	}
	return 0;
}
