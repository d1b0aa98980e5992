/*
 * Sessions that are over because nothing came for so long: DESIGN 3.
 */
#include "flow/barred.h"
#include "flow/half.h"

#include "base/clock.h"
#include "snapshot/looks.h"

/* ---- is something on its way? ---- */

struct growing {
	const char *node;
	int64_t quiet;          /* wall ms: when what is quiet was written */
};

/* A picture that lies there waits for its XML, which may never come: one that
 * did not come just now holds up nothing. */
static bool
lies_there(const struct growing *growing, const struct look *look)
{
	return (look->first <= growing->quiet ||
	    look->mtime_ns / 1000000 <= growing->quiet) &&
	    intake_is_attachment(look->name);
}

/* 1: a file of the node that was looked at and not taken yet. */
static int
stop_at_growing(void *ctx, const struct look *look, struct err *err)
{
	const struct growing *growing = ctx;

	(void)err;
	return !look->reported && intake_is_of(look->name, growing->node) &&
	    !lies_there(growing, look);
}

int
quiet_is_growing(struct flow *flow, const char *node, bool *grows,
    struct err *err)
{
	struct growing growing = { node, clock_wall_ms() -
	    flow->config->inbox.session_quiet_ms };
	int rc;

	*grows = false;
	/* Of a node that was left out since, what lies there never settles. */
	if (!session_is_by_hand(node) && !intake_is_wanted(
	    flow->config->inbox.nodes.items, flow->config->inbox.nodes.count,
	    node))
		return 0;
	rc = snapshot_look_each(flow->snap, stop_at_growing, &growing, err);
	*grows = rc == 1 || (!session_is_by_hand(node) &&
	    barred_is_shut(flow->config, node));
	return rc == -1 ? -1 : 0;
}

/* ---- closing ---- */

#define QUIET_MAX 16

struct quiet {
	struct session due[QUIET_MAX];
	size_t count;
	int64_t before;
	int64_t now;
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

int
quiet_close(struct flow *flow, struct err *err)
{
	struct quiet quiet = { .count = 0 };
	bool grows;

	quiet.now = clock_wall_ms();
	quiet.before = quiet.now - flow->config->inbox.session_quiet_ms;
	if (snapshot_session_each_open(flow->snap, collect_quiet, &quiet,
	    err) == -1)
		return -1;
	for (size_t i = 0; i < quiet.count; i++) {
		/* The clock was ahead: it is quiet from now on. */
		if (quiet.due[i].last_file > quiet.now) {
			quiet.due[i].last_file = quiet.now;
			if (snapshot_session_put(flow->snap, &quiet.due[i],
			    err) == -1)
				return -1;
			continue;
		}
		if (quiet_is_growing(flow, quiet.due[i].node, &grows,
		    err) == -1)
			return -1;
		if (!grows &&
		    session_close(flow, &quiet.due[i], err) == -1)
			return -1;
	}
	return 0;
}
