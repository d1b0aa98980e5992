/*
 * As whom a package speaks, where several nodes of 1C state the same goods, and
 * those of them that are gone: what each states is kept, so a node that exports
 * no more would keep its goods alive for ever.
 */
#include "flow/speaker.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/told.h"
#include "flow/barred.h"
#include "flow/full.h"
#include "flow/goods.h"
#include "flow/order.h"
#include "flow/reading.h"

/* In meta, and the node's name.  What it stated counts no more. */
#define META_GONE "node.gone:"
enum { GONE = 1, GONE_WITH_GOODS = 2 }; /* it had stated something */
/* 1: it was told that nothing came of it for long. */
#define META_SILENT "node.silent:"
/* The catalogues of the nodes that it follows, a FIELD_PART between, until it
 * has exported all. */
#define META_FOLLOWS "node.follows:"
/* 1: several are gone, and it is not known yet which of them it is. */
#define META_UNKNOWN "node.unknown:"
#define KEY_BYTES (sizeof(META_FOLLOWS) + sizeof(((struct node *)0)->name))

/* 1C empties its folder with each export, and a share may be away for a night:
 * without a folder a node is gone only when nothing came of it for so long. */
#define GONE_MS ((int64_t)7 * 24 * 3600 * 1000)
/* With its folder it may be one that exports once in a while; or a 1C that
 * another one has taken the place of, and whose stock is counted still. */
#define SILENT_MS ((int64_t)30 * 24 * 3600 * 1000)

static void
key_of(char out[KEY_BYTES], const char *what, const char *node)
{
	(void)snprintf(out, KEY_BYTES, "%s%s", what, node);
}

bool
speaker_is_gone(const struct flow *flow, const char *node)
{
	char key[KEY_BYTES];

	key_of(key, META_GONE, node);
	return snapshot_meta_int(flow->snap, key, 0) != 0;
}

/* ---- as whom ---- */

struct search {
	struct flow *flow;
	struct str catalog;
	char name[sizeof(((struct node *)0)->name)];
	size_t count;           /* of those that have it */
};

static int
note_speaker(void *ctx, const struct node *node, struct err *err)
{
	struct search *search = ctx;

	(void)err;
	if (session_is_by_hand(node->name) ||
	    !str_is(search->catalog, node->catalog))
		return 0;
	/* Another one may have taken its place. */
	if (speaker_is_gone(search->flow, node->name))
		return 0;
	search->count++;
	(void)snprintf(search->name, sizeof(search->name), "%s",
	    node->name);
	return 0;
}

int
speaker_number(struct flow *flow, const char *node, struct str catalog,
    int64_t *number, struct err *err)
{
	struct search search = { .flow = flow, .catalog = catalog };

	*number = 0;
	if (!session_is_by_hand(node))
		return snapshot_node_number(flow->snap, node, number, err);
	if (catalog.len == 0)
		return 0;
	if (snapshot_node_each(flow->snap, note_speaker, &search, err) == -1)
		return -1;
	return search.count == 1 ? snapshot_node_number(flow->snap,
	    search.name, number, err) : 0;
}

/* ---- gone ---- */

static bool
is_there(struct flow *flow, const char *name)
{
	char *folder = file_join(flow->config->folders.inbox, name);
	bool there = name[0] == '\0' || file_is_dir(folder) ||
	    barred_is_shut(flow->config, name);

	free(folder);
	return there;
}

/* Before each export 1C empties its folder with all below it: that of Bitrix's
 * module, webdata/000000001, goes with the files of УТ's node in webdata, and
 * its node does not.  heir: whose package it is that is taken; it may be the
 * first one of УТ. */
static int
has_folder(struct flow *flow, const char *name, const char *heir, bool *has,
    struct err *err)
{
	const char *slash = strrchr(name, '/');
	struct node above;
	char *upper;
	int rc = 0;

	*has = is_there(flow, name);
	if (*has || slash == NULL)
		return 0;
	upper = mem_text_n(name, (size_t)(slash - name));
	rc = snapshot_node_get(flow->snap, upper, &above, err);
	if (rc != -1)
		*has = (above.formed != 0 || strcmp(upper, heir) == 0) &&
		    is_there(flow, upper);
	free(upper);
	return rc == -1 ? -1 : 0;
}

static bool
is_wanted(const struct flow *flow, const char *name)
{
	return intake_is_wanted(flow->config->inbox.nodes.items,
	    flow->config->inbox.nodes.count, name);
}

static int
derive_left(void *ctx, enum record_kind kind, struct str id, struct err *err)
{
	return derive_record(ctx, kind, id, 0, false, err);
}

static int
note_gone(struct flow *flow, const char *name, bool stated, struct err *err)
{
	char key[KEY_BYTES];

	key_of(key, META_GONE, name);
	return snapshot_meta_set_int(flow->snap, key, stated ?
	    GONE_WITH_GOODS : GONE, err);
}

static int
forget(struct flow *flow, const char *name, int64_t *records,
    struct err *err)
{
	int64_t number;

	if (snapshot_node_number(flow->snap, name, &number, err) == -1 ||
	    snapshot_node_forget(flow->snap, number, derive_left, flow,
	    records, err) == -1)
		return -1;
	return note_gone(flow, name, *records > 0, err);
}

/* What it lost is asked for no more: all of it is, should it come back. */
static int
forget_need(struct flow *flow, const char *name, struct err *err)
{
	struct node node;

	if (snapshot_node_get(flow->snap, name, &node, err) == -1)
		return -1;
	if (!node.goods.is)
		return 0;
	return full_end(flow, name, INT64_MAX, err) == -1 ? -1 :
	    note_gone(flow, name, true, err);
}

static int
leave(struct flow *flow, const char *name, struct err *err)
{
	int64_t records;

	if (forget(flow, name, &records, err) == -1 ||
	    forget_need(flow, name, err) == -1)
		return -1;
	if (records > 0)
		report_say(flow->report, ngettext("%s is no node of this "
		    "inbox any more: what it stated of %" PRId64 " object of "
		    "1C counts no more", "%s is no node of this inbox any "
		    "more: what it stated of %" PRId64 " objects of 1C counts "
		    "no more", (unsigned long)records), node_title(name),
		    records);
	return 0;
}

/* Said once.  by: the node that exports its catalogue since; NULL: none. */
static int
tell_silent(struct flow *flow, const struct node *node, int64_t taken,
    const char *by, struct err *err)
{
	char key[KEY_BYTES], at[CLOCK_TEXT_BYTES];
	int64_t number;
	bool counts;

	key_of(key, META_SILENT, node->name);
	if (snapshot_meta_int(flow->snap, key, 0) != 0)
		return 0;
	if (snapshot_node_number(flow->snap, node->name, &number,
	    err) == -1 || snapshot_node_states(flow->snap, number, &counts,
	    err) == -1)
		return -1;
	if (!counts)
		return 0;
	clock_format(at, taken > 0 ? taken : node->formed);
	if (by != NULL)
		report_say(flow->report, _("%s exports the catalogue that %s "
		    "exported until %s; what that stated still counts, its "
		    "stock too: if it is given up, take its folder out of the "
		    "inbox, or leave it out of inbox.nodes"),
		    node_title(by), node_title(node->name), at);
	else
		report_say(flow->report, _("nothing came of %s since %s, and "
		    "what it stated of goods that other nodes export still "
		    "counts, its stock too; if it is given up, take its "
		    "folder out of the inbox, or leave it out of "
		    "inbox.nodes"), node_title(node->name), at);
	return snapshot_meta_set_int(flow->snap, key, 1, err);
}

struct leaving {
	struct flow *flow;
	struct node node;       /* whose session is over */
	int64_t oldest;         /* its first package; 0: it has none yet */
};

/* Does the node export since then what the other one did until then?  One
 * export that has another folder now; or the second one of a 1C that was
 * copied, if the first is there. */
static bool
took_its_place(const struct leaving *leaving, const struct node *other,
    int64_t taken)
{
	return other->catalog[0] != '\0' && taken < leaving->oldest &&
	    strcmp(other->catalog, leaving->node.catalog) == 0;
}

static bool
may_leave(struct flow *flow, const char *to, const struct node *node)
{
	return !session_is_by_hand(node->name) &&
	    strcmp(node->name, to) != 0 &&
	    !speaker_is_gone(flow, node->name);
}

static int
leave_if_gone(void *ctx, const struct node *node, struct err *err)
{
	const struct leaving *leaving = ctx;
	struct flow *flow = leaving->flow;
	int64_t taken, quiet;
	bool follows, has;

	if (!may_leave(flow, leaving->node.name, node))
		return 0;
	if (snapshot_package_newest(flow->snap, node->name, &taken,
	    err) == -1 || has_folder(flow, node->name,
	    leaving->node.name, &has, err) == -1)
		return -1;
	quiet = clock_wall_ms() - taken;
	follows = took_its_place(leaving, node, taken);
	if (!is_wanted(flow, node->name) ||
	    ((quiet >= GONE_MS || follows) && !has))
		return leave(flow, node->name, err);
	return quiet >= SILENT_MS || follows ? tell_silent(flow, node, taken,
	    follows ? leaving->node.name : NULL, err) : 0;
}

int
speaker_forget_gone(struct flow *flow, const char *node, struct err *err)
{
	struct leaving leaving = { .flow = flow };

	if (session_is_by_hand(node))
		return 0;
	/* The package that is staged was compared with what they state. */
	if (snapshot_stage_is_open(flow->snap)) {
		flow->gone_later = true;
		return 0;
	}
	if (snapshot_node_get(flow->snap, node, &leaving.node, err) == -1 ||
	    snapshot_package_oldest(flow->snap, node, &leaving.oldest,
	    err) == -1)
		return -1;
	return snapshot_node_each(flow->snap, leave_if_gone, &leaving, err);
}

int
speaker_forget_later(struct flow *flow, const char *node, struct err *err)
{
	if (!flow->gone_later)
		return 0;
	flow->gone_later = false;
	derive_fuse_arm(flow, false, false);
	return speaker_forget_gone(flow, node, err) == -1 ? -1 :
	    derive_fuse_settle(flow, err);
}

/* ---- one that another one follows ---- */

/* A new node, and the one whose place it takes. */
struct heir {
	struct flow *flow;
	const char *name;
	char catalog[LIMIT_ID_BYTES + 1];       /* "": not known */
	size_t count;           /* of nodes that are gone */
	struct node gone;       /* the one of them that fits best */
	bool same;              /* that one exported this catalogue */
	int64_t taken;          /* its newest package */
};

/* Of those that exported the same catalogue the one that was heard last. */
static int
note_heritage(void *ctx, const struct node *node, struct err *err)
{
	struct heir *heir = ctx;
	struct flow *flow = heir->flow;
	int64_t taken;
	bool has, same;

	if (!may_leave(flow, heir->name, node))
		return 0;
	if (has_folder(flow, node->name, heir->name, &has, err) == -1)
		return -1;
	if (has && is_wanted(flow, node->name))
		return 0;
	if (snapshot_package_newest(flow->snap, node->name, &taken,
	    err) == -1)
		return -1;
	same = heir->catalog[0] != '\0' &&
	    strcmp(node->catalog, heir->catalog) == 0;
	if (heir->count++ > 0 && (same != heir->same ? heir->same :
	    taken <= heir->taken))
		return 0;
	heir->gone = *node;
	heir->same = same;
	heir->taken = taken;
	return 0;
}

/* The catalogues whose goods nobody will export again, if the new node
 * exports neither: its own, and those of the nodes that it followed. */
static int
follow_catalogs(const struct heir *heir, struct err *err)
{
	struct buf text = BUF_INIT(LIMIT_MIB);
	struct snapshot *snap = heir->flow->snap;
	char key[KEY_BYTES];
	int rc;

	key_of(key, META_FOLLOWS, heir->gone.name);
	rc = snapshot_meta_get(snap, key, &text, err);
	if (rc != -1 && heir->gone.catalog[0] != '\0') {
		if (text.len > 0)
			(void)buf_add_char(&text, FIELD_PART);
		(void)buf_add_text(&text, heir->gone.catalog);
	}
	if (rc != -1 && text.len > 0) {
		key_of(key, META_FOLLOWS, heir->name);
		rc = snapshot_meta_set(snap, key, str_n(text.data, text.len),
		    err);
	}
	buf_free(&text);
	return rc == -1 ? -1 : 0;
}

/* No more comes of it: what it left out is absent, and what it lacks is the
 * new one's to send. */
static int
end_export(struct flow *flow, const char *gone, struct err *err)
{
	struct session session;
	int rc = snapshot_session_open(flow->snap, gone, &session, err);

	return rc == 0 ? session_close(flow, &session, err) :
	    rc == -1 ? -1 : 0;
}

/* The new one is the same under another name: it goes on with what was stated,
 * which 1C may not export again for months. */
static int
follow(const struct heir *heir, struct err *err)
{
	struct flow *flow = heir->flow;
	const char *gone = heir->gone.name;
	int64_t number, to, records;

	if (end_export(flow, gone, err) == -1 ||
	    snapshot_node_number(flow->snap, gone, &number, err) == -1 ||
	    snapshot_node_number(flow->snap, heir->name, &to, err) == -1 ||
	    snapshot_node_follow(flow->snap, number, to, &records,
	    err) == -1 ||
	    snapshot_owed_follow(flow->snap, gone, heir->name, err) == -1 ||
	    rests_follow(flow, gone, heir->name, err) == -1 ||
	    full_follow(flow, gone, heir->name, err) == -1 ||
	    node_follow(flow, gone, heir->name, err) == -1 ||
	    hear_node_follow(flow, gone, heir->name, err) == -1 ||
	    (records > 0 && follow_catalogs(heir, err) == -1) ||
	    note_gone(flow, gone, records > 0, err) == -1)
		return -1;
	if (records > 0)
		report_say(flow->report, _("%s is new, and %s has no folder in "
		    "the inbox any more: it takes the place of that"),
		    node_title(heir->name), node_title(gone));
	return 0;
}

static int
find_heritage(struct heir *heir, const char *folder,
    const struct intake_list *files, struct err *err)
{
	struct flow *flow = heir->flow;

	if (snapshot_node_each(flow->snap, note_heritage, heir, err) == -1)
		return -1;
	if (heir->count < 2)
		return 0;
	heir->count = 0;
	if (reading_catalog(flow->schemas, folder, files, heir->catalog,
	    err) == -1)
		return -1;
	return snapshot_node_each(flow->snap, note_heritage, heir, err);
}

/* Orders, stock or a classifier may come before the goods. */
static int
note_unknown(struct flow *flow, const char *name, bool unknown,
    struct err *err)
{
	char key[KEY_BYTES];

	key_of(key, META_UNKNOWN, name);
	return (snapshot_meta_int(flow->snap, key, 0) != 0) == unknown ? 0 :
	    snapshot_meta_set_int(flow->snap, key, unknown, err);
}

/* The others that are gone are not its own: they may be renamed as well, and
 * come yet. */
static int
begin(struct heir *heir, const char *folder,
    const struct intake_list *files, struct err *err)
{
	struct flow *flow = heir->flow;
	bool unknown;

	if (find_heritage(heir, folder, files, err) == -1)
		return -1;
	unknown = heir->count > 1 && heir->catalog[0] == '\0';
	if (note_unknown(flow, heir->name, unknown, err) == -1)
		return -1;
	if (unknown)
		return 0;
	if (heir->count < 2 || heir->same)
		return heir->count == 0 ? 0 : follow(heir, err);
	report_say(flow->report, _("%s is new and takes the place of no other "
	    "node: several have no folder in the inbox any more, and none of "
	    "them exported its catalogue; what they stated counts until a "
	    "week after they were heard last"), node_title(heir->name));
	return 0;
}

/* Nothing came of it yet, or nothing that told whose place it takes: what it
 * states of goods from then on is its own. */
static int
is_new(struct flow *flow, const char *name, bool *is, struct err *err)
{
	char key[KEY_BYTES];
	struct node known;
	int64_t count, number;

	*is = false;
	key_of(key, META_UNKNOWN, name);
	if (snapshot_meta_int(flow->snap, key, 0) != 0) {
		if (snapshot_node_number(flow->snap, name, &number,
		    err) == -1 || snapshot_node_count(flow->snap, number,
		    &count, err) == -1)
			return -1;
		*is = count == 0;
		return 0;
	}
	if (snapshot_node_get(flow->snap, name, &known, err) == -1)
		return -1;
	if (known.formed != 0)
		return 0;
	if (snapshot_package_oldest(flow->snap, name, &count, err) == -1)
		return -1;
	*is = count == 0;
	return 0;
}

int
speaker_begin(struct flow *flow, const char *node, const char *folder,
    const struct intake_list *files, struct err *err)
{
	bool own = !snapshot_in_transaction(flow->snap), new;
	struct heir heir = { .flow = flow, .name = node };
	int rc;

	if (session_is_by_hand(node))
		return 0;
	if (is_new(flow, node, &new, err) == -1)
		return -1;
	if (!new)
		return 0;
	if (own && snapshot_begin(flow->snap, err) == -1)
		return -1;
	rc = begin(&heir, folder, files, err);
	return own ? snapshot_end(flow->snap, rc, err) : rc;
}

int
speaker_followed(struct flow *flow, const char *node, struct buf *catalogs,
    struct err *err)
{
	char key[KEY_BYTES];
	int rc;

	key_of(key, META_FOLLOWS, node);
	rc = snapshot_meta_get(flow->snap, key, catalogs, err);
	if (rc == 0 && catalogs->len > 0)
		rc = snapshot_meta_set(flow->snap, key, STR_NONE, err);
	return rc == -1 ? -1 : 0;
}

/* ---- here ---- */

/* What it had stated does not count: it comes with an export of all alone. */
static int
come_back(struct flow *flow, const char *node, bool full, struct err *err)
{
	struct session session;
	char key[KEY_BYTES];
	int64_t was;
	int rc;

	key_of(key, META_GONE, node);
	was = snapshot_meta_int(flow->snap, key, 0);
	if (was == 0)
		return 0;
	if (snapshot_meta_set_int(flow->snap, key, 0, err) == -1)
		return -1;
	if (was != GONE_WITH_GOODS || full)
		return 0;
	rc = snapshot_session_open(flow->snap, node, &session, err);
	return rc != 0 ? (rc == -1 ? -1 : 0) : full_need_beyond(flow,
	    &session, TOLD("it was no node of this inbox for some time, and "
	    "what it had stated counts no more"), err);
}

int
speaker_note_here(struct flow *flow, const char *node, bool full,
    struct err *err)
{
	char key[KEY_BYTES];

	if (come_back(flow, node, full, err) == -1)
		return -1;
	key_of(key, META_SILENT, node);
	return snapshot_meta_int(flow->snap, key, 0) == 0 ? 0 :
	    snapshot_meta_set_int(flow->snap, key, 0, err);
}

void
speaker_tell_apart(const struct flow *flow, const char *node)
{
	struct str first;
	int64_t count = snapshot_stage_apart(flow->snap, &first);

	if (count > 0)
		report_say(flow->report, ngettext("%s states another stock "
		    "of %" PRId64 " good than other nodes do, without "
		    "warehouses, so what changed last counts: %.*s; where it "
		    "exports other warehouses, let all nodes export the stock "
		    "by warehouse, or one alone", "%s states another stock of "
		    "%" PRId64 " goods than other nodes do, without "
		    "warehouses, so what changed last counts, the first: "
		    "%.*s; where it exports other warehouses, let all nodes "
		    "export the stock by warehouse, or one alone",
		    (unsigned long)count), node_title(node), count,
		    (int)first.len, first.p);
}
