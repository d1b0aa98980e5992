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

/* In meta, and the node's name.  1: what it stated counts no more. */
#define META_GONE "node.gone:"
/* 1: it was told that nothing came of it for long. */
#define META_SILENT "node.silent:"
#define KEY_BYTES (sizeof(META_SILENT) + sizeof(((struct node *)0)->name))

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

/* ---- as whom ---- */

struct search {
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
	search->count++;
	(void)snprintf(search->name, sizeof(search->name), "%s",
	    node->name);
	return 0;
}

int
speaker_number(struct flow *flow, const char *node, struct str catalog,
    int64_t *number, struct err *err)
{
	struct search search = { .catalog = catalog };

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
has_folder(struct flow *flow, const char *name)
{
	char *folder = file_join(flow->config->folders.inbox, name);
	bool has = name[0] == '\0' || file_is_dir(folder);

	free(folder);
	return has;
}

/* quiet: for how long nothing came of it. */
static bool
is_gone(struct flow *flow, const char *name, int64_t quiet)
{
	const struct config *config = flow->config;

	return !intake_is_wanted(config->inbox.nodes.items,
	    config->inbox.nodes.count, name) ||
	    (quiet >= GONE_MS && !has_folder(flow, name));
}

static int
derive_left(void *ctx, enum record_kind kind, struct str id, struct err *err)
{
	return derive_record(ctx, kind, id, 0, false, err);
}

static int
forget(struct flow *flow, const char *name, struct err *err)
{
	char key[KEY_BYTES];
	int64_t number, records;

	key_of(key, META_GONE, name);
	if (snapshot_node_number(flow->snap, name, &number, err) == -1 ||
	    snapshot_node_forget(flow->snap, number, derive_left, flow,
	    &records, err) == -1)
		return -1;
	if (records > 0)
		report_say(flow->report, ngettext("%s is no node of this "
		    "inbox any more: what it stated of %" PRId64 " object of "
		    "1C counts no more", "%s is no node of this inbox any "
		    "more: what it stated of %" PRId64 " objects of 1C counts "
		    "no more", (unsigned long)records), node_title(name),
		    records);
	return snapshot_meta_set_int(flow->snap, key, 1, err);
}

/* Said once. */
static int
tell_silent(struct flow *flow, const struct node *node, int64_t taken,
    struct err *err)
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
	report_say(flow->report, _("nothing came of %s since %s, and what it "
	    "stated of goods that other nodes export still counts, its stock "
	    "too; if it is given up, take its folder out of the inbox, or "
	    "leave it out of inbox.nodes"), node_title(node->name), at);
	return snapshot_meta_set_int(flow->snap, key, 1, err);
}

struct leaving {
	struct flow *flow;
	const char *node;       /* which has stated all that it has */
};

static int
leave_if_gone(void *ctx, const struct node *node, struct err *err)
{
	const struct leaving *leaving = ctx;
	struct flow *flow = leaving->flow;
	char key[KEY_BYTES];
	int64_t taken, quiet;

	key_of(key, META_GONE, node->name);
	if (session_is_by_hand(node->name) ||
	    strcmp(node->name, leaving->node) == 0 ||
	    snapshot_meta_int(flow->snap, key, 0) != 0)
		return 0;
	if (snapshot_package_newest(flow->snap, node->name, &taken,
	    err) == -1)
		return -1;
	quiet = clock_wall_ms() - taken;
	if (is_gone(flow, node->name, quiet))
		return forget(flow, node->name, err);
	return quiet >= SILENT_MS ? tell_silent(flow, node, taken, err) : 0;
}

int
speaker_forget_gone(struct flow *flow, const char *node, struct err *err)
{
	struct leaving leaving = { flow, node };

	return session_is_by_hand(node) ? 0 : snapshot_node_each(flow->snap,
	    leave_if_gone, &leaving, err);
}

int
speaker_note_here(struct flow *flow, const char *node, struct err *err)
{
	static const char *const notes[] = { META_GONE, META_SILENT };
	char key[KEY_BYTES];

	for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++) {
		key_of(key, notes[i], node);
		if (snapshot_meta_int(flow->snap, key, 0) != 0 &&
		    snapshot_meta_set_int(flow->snap, key, 0, err) == -1)
			return -1;
	}
	return 0;
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
