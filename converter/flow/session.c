/*
 * Sessions: what one export of one node of 1C writes (DESIGN 3).  A session
 * closes when its node begins the next one or after a quiet time; only then
 * absence from a full export counts.
 */
#include "flow/full.h"
#include "flow/half.h"
#include "flow/speaker.h"
#include "snapshot/sharing.h"

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
	    "plan:" };

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (strncmp(node, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	return false;
}

/* ---- which session a package belongs to ---- */

struct search {
	const struct intake_list *files;
	bool *known;            /* of each: it is in the session already */
	bool repeats;           /* so is one with goods */
	bool brings;            /* more of the export */
};

/* Bitrix's module puts a uuid behind the number of each file. */
static bool
is_same_place(const struct session_file *file, const struct intake_file *with)
{
	return strcmp(file->name, with->name) == 0 || (with->portion > 0 &&
	    file->portion == with->portion &&
	    strcmp(file->series, with->series) == 0);
}

static int
look_for_known(void *ctx, const struct session_file *file, struct err *err)
{
	struct search *search = ctx;

	(void)err;
	for (size_t i = 0; i < search->files->count; i++)
		if (search->files->files[i].kind == INTAKE_XML &&
		    is_same_place(file, &search->files->files[i]))
			search->known[i] = true;
	return 0;
}

/*
 * Goods that the session has already: 1C has emptied its folder and writes the
 * next one.  What is neither goods nor new to it is an update of stock in the
 * offers' name (commerceml.md 8) or orders: written every few minutes, they
 * join and do not keep it open.
 */
static void
judge(struct search *search, const struct intake_file *file, bool known)
{
	if (file->kind != INTAKE_XML)
		return;
	if (file->order == INTAKE_ORDER_IMPORT) {
		search->brings = true;
		search->repeats = search->repeats || known;
	} else if (file->order != INTAKE_ORDER_DOCUMENTS ||
	    file->portion > 0) {
		search->brings = search->brings || !known;
	}
}

static int
compare_names(struct flow *flow, const struct session *session,
    struct search *search, struct err *err)
{
	int rc;

	search->known = mem_array(search->files->count + 1,
	    sizeof(*search->known));
	rc = snapshot_file_each(flow->snap, session->id, look_for_known,
	    search, err);
	for (size_t i = 0; i < search->files->count; i++)
		judge(search, &search->files->files[i], search->known[i]);
	free(search->known);
	return rc;
}

/* Does the package begin the next session of its node?  *brings: it belongs
 * to the export itself. */
static int
begins_next(struct flow *flow, const struct session *session,
    const struct intake_list *files, bool *next, bool *brings,
    struct err *err)
{
	struct search search = { .files = files };
	int64_t quiet = clock_wall_ms() - session->last_file;
	bool grows;

	if (compare_names(flow, session, &search, err) == -1)
		return -1;
	*brings = search.brings;
	*next = search.repeats;
	/* It is over, and was only not looked at since. */
	if (!search.brings &&
	    quiet >= flow->config->inbox.session_quiet_ms) {
		if (quiet_is_growing(flow, session->node, &grows,
		    err) == -1)
			return -1;
		*next = !grows;
	}
	return 0;
}

/*
 * Parts that come when their session was closed without them join it all the
 * same: 1C has begun no other export since, and has none of them yet.  *rc: 0
 * where that is so.
 */
static int
find_late(struct flow *flow, struct session *session, const char *node,
    const struct intake_list *files, int *rc, struct err *err)
{
	struct search search = { .files = files };
	struct node known;
	bool counted, lacks;

	*rc = 1;
	if (snapshot_node_get(flow->snap, node, &known, err) == -1)
		return -1;
	if (!known.goods.is)
		return 0;
	*rc = snapshot_session_export(flow->snap, node, session, &counted,
	    err);
	if (*rc == -1)
		return -1;
	if (*rc == 1 || !session->closed || session->refused || !counted) {
		*rc = 1;
		return 0;
	}
	if (full_is_lacking(flow, session, &lacks, err) == -1 ||
	    (lacks && compare_names(flow, session, &search, err) == -1))
		return -1;
	*rc = lacks && search.brings && !search.repeats ? 0 : 1;
	return 0;
}

/* 0: the session that it is of; 1: it begins one. */
static int
find_session(struct flow *flow, struct session *session, const char *node,
    const struct intake_list *files, bool *brings, struct err *err)
{
	struct session late;
	bool next = false;
	int is_late, rc;

	*brings = true;
	rc = snapshot_session_open(flow->snap, node, session, err);
	if (rc == -1 || find_late(flow, &late, node, files, &is_late,
	    err) == -1)
		return -1;
	if (rc == 0 && is_late == 1 && begins_next(flow, session, files,
	    &next, brings, err) == -1)
		return -1;
	if (rc == 0 && (next || is_late == 0)) {
		if (session_close(flow, session, err) == -1)
			return -1;
		rc = 1;
	}
	if (is_late == 1)
		return rc;
	*session = late;
	session->closed = false;
	return 0;
}

int
session_for_package(struct flow *flow, struct package *package,
    const struct intake_list *files, bool refused, struct err *err)
{
	struct session session;
	bool brings;
	int rc = find_session(flow, &session, package->node, files, &brings,
	    err);

	if (rc == -1)
		return -1;
	if (rc == 1) {
		memset(&session, 0, sizeof(session));
		(void)snprintf(session.node, sizeof(session.node), "%s",
		    package->node);
		session.began = clock_wall_ms();
		if (full_set_right(flow, &session, package->taken,
		    err) == -1)
			return -1;
	}
	if (rc == 1 || brings)
		session.last_file = clock_wall_ms();
	session.refused = session.refused || refused;
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
	int64_t live, node;

	if (speaker_number(flow, session->node, str_of(series->catalog), &node,
	    err) == -1)
		return -1;
	derive_fuse_arm(flow, series->goods == 0, open);
	if (speaker_forget_gone(flow, session->node, err) == -1 ||
	    snapshot_mark_absent(flow->snap, session->id, node,
	    str_of(series->catalog), on_absent, flow, &live, err) == -1 ||
	    snapshot_mark_absent_offers(flow->snap, session->id, node,
	    str_of(series->catalog), on_absent_offer, flow, err) == -1 ||
	    derive_fuse_settle(flow, err) == -1)
		return -1;
	return open ? snapshot_let_absent(flow->snap, series->catalog, err) :
	    0;
}

/* "import1", "goods", "goods/import": "offers1", "offers", "goods/offers". */
static void
offers_of(char out[64], const char *goods)
{
	const char *slash = strrchr(goods, '/');
	const char *base = slash != NULL ? slash + 1 : goods;

	(void)snprintf(out, 64, "%.*soffers%s", (int)(base - goods), goods,
	    strncmp(base, "import", 6) == 0 ? base + 6 : "");
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
	char offers[64];

	offers_of(offers, goods);
	for (size_t i = 0; i < closing->count; i++)
		if (strcmp(closing->series[i].name, offers) == 0 &&
		    (closing->series[i].offers || !stated))
			return true;
	return false;
}

/* ---- did all of it come? ---- */

struct proof {
	struct flow *flow;
	const struct session *session;
	const struct closing *closing;
	const struct series *series;    /* of goods */
	bool asked, names_all;          /* of Bitrix's module: proves_split() */
	size_t needy;                   /* nodes that need this catalogue */
};

/*
 * Bitrix's module calls everything "only changes" (commerceml.md 14).  What
 * names every good that is known of its catalogue, with offers, cannot have
 * left one out.
 */
static int
proves_split(struct proof *proof, bool *proves, struct err *err)
{
	const struct series *series = proof->series;
	int64_t absent, live, node;

	*proves = false;
	if (strncmp(series->name, "goods", 5) != 0 || series->goods == 0 ||
	    !has_offers(proof->closing, series->name, false))
		return 0;
	if (!proof->asked && (speaker_number(proof->flow, proof->session->node,
	    str_of(series->catalog), &node, err) == -1 ||
	    snapshot_count_absent(proof->flow->snap, proof->session->id, node,
	    str_of(series->catalog), &absent, &live, err) == -1))
		return -1;
	if (!proof->asked)
		proof->names_all = absent == 0 && live > 0;
	proof->asked = true;
	*proves = proof->names_all;
	return 0;
}

/*
 * Has the session all of this catalogue that the node would send?  Its offers
 * are missing where the node has ever sent some; they may be in the file of
 * the goods.
 */
static int
proves_all(struct proof *proof, const char *node, bool *proves,
    struct err *err)
{
	const struct series *series = proof->series;
	char offers[64];
	bool expected;

	if (!series->full)
		return proves_split(proof, proves, err);
	*proves = series->offers ||
	    has_offers(proof->closing, series->name, true);
	if (*proves)
		return 0;
	offers_of(offers, series->name);
	if (full_expects(proof->flow, node, offers, &expected, err) == -1)
		return -1;
	*proves = !expected;
	return 0;
}

static bool
needs_catalog(const struct proof *proof, const struct node *node)
{
	return node->goods.is &&
	    strcmp(node->catalog, proof->series->catalog) == 0;
}

static int
count_needy(void *ctx, const struct node *node, struct err *err)
{
	struct proof *proof = ctx;

	(void)err;
	if (needs_catalog(proof, node))
		proof->needy++;
	return 0;
}

/* That of another node has not what this one states: of several that need it
 * nobody knows which one's it is. */
static int
serve_node(void *ctx, const struct node *node, struct err *err)
{
	struct proof *proof = ctx;
	bool proves;

	if (!needs_catalog(proof, node))
		return 0;
	if (proves_all(proof, node->name, &proves, err) == -1)
		return -1;
	if (!proves)
		return 0;
	if (proof->needy == 1)
		return full_end(proof->flow, node->name,
		    proof->session->began, err);
	report_say(proof->flow->report, _("%s: what was imported does not end "
	    "its \"full exchange needed\": other nodes export the catalogue "
	    "%s too and need one, and whose it is nobody knows"),
	    node_title(node->name), node->catalog);
	return 0;
}

/* A full catalogue that a person imported by hand serves the node that sends
 * this catalogue. */
static int
serve_nodes(struct proof *proof, struct err *err)
{
	if (proof->series->catalog[0] == '\0' ||
	    !session_is_by_hand(proof->session->node))
		return 0;
	proof->needy = 0;
	if (snapshot_node_each(proof->flow->snap, count_needy, proof,
	    err) == -1)
		return -1;
	return snapshot_node_each(proof->flow->snap, serve_node, proof, err);
}

/* Of its own node: *whole, *lacks are added to. */
static int
judge_series(struct proof *proof, bool *whole, bool *lacks, struct err *err)
{
	const struct series *series = proof->series;
	const char *name = proof->session->node;
	struct node node;
	bool proves;

	if (session_is_by_hand(name))
		return 0;
	if (snapshot_node_get(proof->flow->snap, name, &node, err) == -1)
		return -1;
	/* That no good is left out is asked only where it matters. */
	if (!series->full && !node.goods.is)
		return 0;
	if (proves_all(proof, name, &proves, err) == -1)
		return -1;
	*whole = *whole || proves;
	*lacks = *lacks || (series->full && series->goods > 0 && !proves);
	return 0;
}

static bool
any_full(const struct closing *closing)
{
	for (size_t i = 0; i < closing->count; i++)
		if (closing->series[i].full)
			return true;
	return false;
}

static bool
states_goods(const struct closing *closing)
{
	for (size_t i = 0; i < closing->count; i++)
		if (closing->series[i].goods > 0 || closing->series[i].offers)
			return true;
	return false;
}

static int
leave_catalog(struct flow *flow, const struct session *session,
    const struct closing *closing, struct str catalog, struct err *err)
{
	struct series other = { .goods = 1 };

	(void)snprintf(other.catalog, sizeof(other.catalog), "%.*s",
	    (int)catalog.len, catalog.p);
	for (size_t i = 0; i < closing->count; i++)
		if (strcmp(closing->series[i].catalog, other.catalog) == 0)
			return 0;
	return apply_absence(flow, session, &other, err);
}

/* All of the node came.  Where it took the place of one that exported another
 * catalogue, nobody will export that again, and what is in none of the node's
 * now is absent of it. */
static int
leave_followed(struct flow *flow, const struct session *session,
    const struct closing *closing, struct err *err)
{
	struct buf catalogs = BUF_INIT(LIMIT_MIB);
	struct str left, catalog;
	int rc = speaker_followed(flow, session->node, &catalogs, err);

	left = str_n(catalogs.data, catalogs.len);
	while (rc == 0 && field_part_next(&left, &catalog))
		rc = leave_catalog(flow, session, closing, catalog, err);
	buf_free(&catalogs);
	return rc;
}

/* Of changes alone: most nodes export no more for months. */
static int
forget_gone(struct flow *flow, const struct session *session,
    struct err *err)
{
	derive_fuse_arm(flow, false, false);
	return speaker_forget_gone(flow, session->node, err) == -1 ? -1 :
	    derive_fuse_settle(flow, err);
}

/* A session whose portions are all there and were all accepted. */
static int
close_whole(struct flow *flow, const struct session *session,
    const struct closing *closing, struct err *err)
{
	struct proof proof = { .flow = flow, .session = session,
	    .closing = closing };
	bool whole = false, lacks = false, late = false;

	if (!any_full(closing) && states_goods(closing) &&
	    forget_gone(flow, session, err) == -1)
		return -1;
	for (size_t i = 0; i < closing->count; i++) {
		proof.series = &closing->series[i];
		proof.asked = false;
		if (proof.series->full && has_offers(closing,
		    proof.series->name, true) && apply_absence(flow, session,
		    proof.series, err) == -1)
			return -1;
		if (judge_series(&proof, &whole, &lacks, err) == -1 ||
		    serve_nodes(&proof, err) == -1)
			return -1;
	}
	if (lacks)
		return full_lack(flow, session, true, TOLD("an export of all "
		    "goods ended without their offers"), err);
	if (whole && leave_followed(flow, session, closing, err) == -1)
		return -1;
	/* Of changes alone, whose last part came late. */
	if (!any_full(closing) && full_is_lacking(flow, session, &late,
	    err) == -1)
		return -1;
	return whole || late ? full_end(flow, session->node, session->began,
	    err) : 0;
}

/*
 * УНФ 1.6 numbers its catalogues, and one without changes has no file: what
 * begins a catalogue has no portion before it.  The offers have the numbers of
 * the goods, but do not name the catalogue.
 */
static int
begins_all(struct flow *flow, const char *node, const struct closing *closing,
    const char *name, bool *all, struct err *err)
{
	const struct series *series = closing->series;
	bool offers = strncmp(name, "offers", 6) == 0;
	uint64_t low = 0;
	char goods[64];

	(void)snprintf(goods, sizeof(goods), "%s%.57s", offers ? "import" : "",
	    offers ? name + 6 : name);
	for (size_t i = 0; i < closing->count; i++)
		if (strcmp(series[i].name, name) == 0)
			low |= series[i].low;
	*all = true;
	for (; *all && series < closing->series + closing->count; series++) {
		if (strcmp(series->name, name) != 0)
			continue;
		*all = series->last < 64;
		for (int i = 2; *all && i <= series->last; i++)
			if ((series->low >> i & 1) != 0 &&
			    (low >> (i - 1) & 1) == 0 && snapshot_file_begins(
			    flow->snap, node, goods, i, series->catalog, all,
			    err) == -1)
				return -1;
	}
	return 0;
}

/* *name: the series of the first gap; NULL: there is none. */
static int
find_gap(struct flow *flow, const char *node, const struct closing *closing,
    const char **name, struct err *err)
{
	bool full = any_full(closing), begins;

	*name = NULL;
	for (size_t i = 0; i < closing->count; i++) {
		if (!has_gap(closing, closing->series[i].name))
			continue;
		begins = false;
		if (!full && begins_all(flow, node, closing,
		    closing->series[i].name, &begins, err) == -1)
			return -1;
		if (!begins)
			*name = closing->series[i].name;
		if (!begins)
			return 0;
	}
	return 0;
}

/* What was given up lies there still and is of this export: nobody knows what
 * it holds, so nothing is absent, and the need of it stays. */
static int
close_if_whole(struct flow *flow, const struct session *session,
    const struct closing *closing, struct err *err)
{
	bool any;

	if (full_any_given_up(flow, session->node, &any, err) == -1)
		return -1;
	return any ? 0 : close_whole(flow, session, closing, err);
}

static int
close_in_transaction(struct flow *flow, struct session *session,
    struct err *err)
{
	struct closing *closing;
	const char *gap = NULL;
	char reason[128];
	int rc;

	session->closed = true;
	/* What it stated counts no more: it leaves nothing out, and lacks
	 * nothing. */
	if (speaker_is_gone(flow, session->node))
		return snapshot_session_put(flow->snap, session, err);
	closing = mem_alloc(sizeof(*closing));
	rc = snapshot_file_each(flow->snap, session->id, collect_file,
	    closing, err);
	if (rc == 0)
		rc = find_gap(flow, session->node, closing, &gap, err);
	if (rc == 0 && gap != NULL) {
		told_set(reason, sizeof(reason),
		    N_("a portion of %s is missing"), gap);
		rc = full_lack(flow, session, any_full(closing), reason, err);
	} else if (rc == 0 && !session->refused && !closing->too_many) {
		rc = close_if_whole(flow, session, closing, err);
	}
	free(closing);
	return rc == -1 ? -1 : snapshot_session_put(flow->snap, session, err);
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

int
session_last_export(struct flow *flow, const char *node,
    struct session *session, bool *full, struct err *err)
{
	struct closing *closing;
	bool counted;
	int rc = snapshot_session_export(flow->snap, node, session, &counted,
	    err);

	*full = false;
	if (rc != 0)
		return rc;
	closing = mem_alloc(sizeof(*closing));
	rc = snapshot_file_each(flow->snap, session->id, collect_file,
	    closing, err);
	*full = rc == 0 && any_full(closing);
	free(closing);
	return rc;
}
