/*
 * The nodes of 1C: which times and catalogues came from each, and whether what
 * comes now is in its order.
 */
#include "flow/full.h"
#include "flow/speaker.h"

#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/told.h"

/* In meta, and the node's name: the time of what it stated days ahead. */
#define META_AHEAD "node.ahead:"

const char *
node_title(const char *name)
{
	return name[0] != '\0' ? name : "inbox";
}

/*
 * УНФ 3.0 begins each catalogue of a node with import.xml, so that the next
 * one overwrites it (onec-exchange.md 1.3): where that file holds another
 * catalogue than before, one of them never comes whole.
 */
static int
tell_overwritten(struct flow *flow, const struct arrival *what,
    const struct session_file *facts, const char *name, struct err *err)
{
	const char *base = strrchr(name, '/');
	struct snapshot *snap = flow->snap;
	struct buf before = BUF_INIT(LIMIT_ID_BYTES + 1);
	char key[sizeof("node.catalog:") + sizeof(what->package->node)];
	int rc;

	if (strcmp(base != NULL ? base + 1 : name, "import.xml") != 0)
		return 0;
	(void)snprintf(key, sizeof(key), "node.catalog:%s",
	    what->package->node);
	rc = snapshot_meta_get(snap, key, &before, err);
	if (rc == 0 && strcmp(buf_text(&before), facts->catalog) != 0)
		report_say(flow->report, _("%s: import.xml held the "
		    "catalogue %s before and holds %s now: УНФ overwrites "
		    "one catalogue of a node by the next; give each of them "
		    "a node of its own"), node_title(what->package->node),
		    buf_text(&before), facts->catalog);
	if (rc == 1 || (rc == 0 && strcmp(buf_text(&before),
	    facts->catalog) != 0))
		rc = snapshot_meta_set(snap, key, str_of(facts->catalog),
		    err);
	buf_free(&before);
	return rc;
}

/* A time that is days ahead is no time of the node, but what it stated counts
 * until then. */
static int
remember_ahead(struct flow *flow, const struct arrival *what, struct err *err)
{
	char key[sizeof(META_AHEAD) + sizeof(what->package->node)];

	if (what->stamp <= what->package->formed)
		return 0;
	(void)snprintf(key, sizeof(key), META_AHEAD "%s",
	    what->package->node);
	return snapshot_meta_set_int(flow->snap, key, what->stamp, err);
}

/*
 * 1C empties its folder before it writes the next export, so of one node what
 * comes later is newer, whatever its time says.  Where that went back, and
 * something was left alone for it, either 1C's clock was set back or somebody
 * put old files there.  The first would lose changes, the second would bring
 * old prices back: it is left alone, and all is asked for anew, in which
 * nothing is lost either way.
 */
int
node_is_set_back(struct flow *flow, const struct arrival *what, bool *is,
    struct err *err)
{
	char key[sizeof(META_AHEAD) + sizeof(what->package->node)];
	struct node node;
	int64_t ahead;

	*is = false;
	if (what->older == 0 || what->stamp == 0 ||
	    session_is_by_hand(what->package->node))
		return 0;
	if (snapshot_node_get(flow->snap, what->package->node, &node,
	    err) == -1)
		return -1;
	(void)snprintf(key, sizeof(key), META_AHEAD "%s", node.name);
	ahead = snapshot_meta_int(flow->snap, key, 0);
	*is = what->stamp < node.formed || what->stamp < ahead;
	return 0;
}

int
node_need_after(struct flow *flow, const struct arrival *what,
    struct err *err)
{
	char at[CLOCK_TEXT_BYTES], reason[256];

	clock_format(at, what->stamp);
	told_set(reason, sizeof(reason), N_("a package of %s came after a "
	    "newer one (was the clock set back?): %lld of its records were "
	    "left alone"), at, (long long)what->older);
	if (what->older > what->older_orders &&
	    full_need(flow, what->package->node, false, reason, err) == -1)
		return -1;
	return what->older_orders > 0 ? full_need(flow, what->package->node,
	    true, reason, err) : 0;
}

static bool
is_of_all(const struct arrival *what)
{
	for (size_t i = 0; i < what->files->count; i++)
		if (what->facts[i].has_catalog && what->facts[i].full)
			return true;
	return false;
}

/* The node's newest time and catalogue. */
int
node_remember(struct flow *flow, const struct arrival *what, struct err *err)
{
	struct node node;

	if (remember_ahead(flow, what, err) == -1 ||
	    speaker_note_here(flow, what->package->node, is_of_all(what),
	    err) == -1 ||
	    snapshot_node_get(flow->snap, what->package->node, &node,
	    err) == -1)
		return -1;
	if (what->package->formed > node.formed)
		node.formed = what->package->formed;
	for (size_t i = 0; i < what->files->count; i++) {
		if (what->facts[i].offers && !what->closed &&
		    full_note_offers(flow, what->package->node,
		    what->files->files[i].series, err) == -1)
			return -1;
		if (!what->facts[i].has_catalog ||
		    what->facts[i].catalog[0] == '\0')
			continue;
		(void)snprintf(node.catalog, sizeof(node.catalog), "%s",
		    what->facts[i].catalog);
		if (tell_overwritten(flow, what, &what->facts[i],
		    what->files->files[i].name, err) == -1)
			return -1;
	}
	return snapshot_node_put(flow->snap, &node, err);
}

static int
follow_ahead(struct flow *flow, const char *gone, const char *heir,
    struct err *err)
{
	char key[sizeof(META_AHEAD) + sizeof(((struct node *)0)->name)];
	int64_t ahead;

	(void)snprintf(key, sizeof(key), META_AHEAD "%s", gone);
	ahead = snapshot_meta_int(flow->snap, key, 0);
	if (ahead == 0)
		return 0;
	(void)snprintf(key, sizeof(key), META_AHEAD "%s", heir);
	return snapshot_meta_set_int(flow->snap, key, ahead, err);
}

/* What it stated has its times: what comes under the new name may be older. */
int
node_follow(struct flow *flow, const char *gone, const char *heir,
    struct err *err)
{
	struct node old, node;

	if (snapshot_node_get(flow->snap, gone, &old, err) == -1 ||
	    snapshot_node_get(flow->snap, heir, &node, err) == -1)
		return -1;
	if (node.formed < old.formed)
		node.formed = old.formed;
	(void)snprintf(node.catalog, sizeof(node.catalog), "%s",
	    old.catalog);
	return follow_ahead(flow, gone, heir, err) == -1 ? -1 :
	    snapshot_node_put(flow->snap, &node, err);
}

/* So that an import by hand is known to serve the node, also one of which
 * nothing was accepted yet. */
int
node_note_catalog(struct flow *flow, const struct arrival *what,
    struct err *err)
{
	struct node node;

	if (snapshot_node_get(flow->snap, what->package->node, &node,
	    err) == -1)
		return -1;
	for (size_t i = 0; i < what->files->count && node.catalog[0] == '\0';
	    i++)
		if (what->facts[i].has_catalog)
			(void)snprintf(node.catalog, sizeof(node.catalog),
			    "%s", what->facts[i].catalog);
	return snapshot_node_put(flow->snap, &node, err);
}

