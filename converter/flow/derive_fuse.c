/*
 * The fuse: removals of goods are held until the transaction knows how many
 * there are; then they are let through, or left to a person.
 */
#include "flow/flow_internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"

#define DAY_MS ((int64_t)24 * 3600 * 1000)

void
derive_fuse_arm(struct flow *flow, bool blow, bool open)
{
	free(flow->fuse.rows);
	memset(&flow->fuse, 0, sizeof(flow->fuse));
	flow->fuse.blow = blow;
	flow->fuse.open = open;
}

static int
release_removals(struct flow *flow, struct err *err)
{
	int64_t count;

	for (size_t i = 0; i < flow->fuse.count; i++)
		if (snapshot_change_let(flow->snap, flow->fuse.rows[i],
		    &count, err) == -1)
			return -1;
	return 0;
}

/* One line of the log: "wall_ms count". */
static int
parse_removal(struct str line, int64_t *at, int64_t *count)
{
	const char *blank = line.len > 0 ? memchr(line.p, ' ', line.len) :
	    NULL;
	size_t first;

	if (blank == NULL)
		return -1;
	first = (size_t)(blank - line.p);
	if (str_to_int64(at, str_n(line.p, first)) == -1)
		return -1;
	return str_to_int64(count, str_n(blank + 1, line.len - first - 1));
}

/* Removals let through in the last 24 hours; older lines are dropped. */
static int64_t
recent_removals(struct flow *flow, struct buf *kept, struct err *err)
{
	struct buf text = BUF_INIT(LIMIT_MIB);
	int64_t now = clock_wall_ms(), sum = 0, at, count;
	const char *line, *end;

	if (snapshot_meta_get(flow->snap, META_REMOVALS, &text, err) == -1) {
		buf_free(&text);
		return -1;
	}
	for (line = buf_text(&text); (end = strchr(line, '\n')) != NULL;
	    line = end + 1) {
		/* A clock that went back must not make an eternal entry. */
		if (parse_removal(str_n(line, (size_t)(end - line)), &at,
		    &count) == -1 || at < now - DAY_MS || at > now + DAY_MS)
			continue;
		sum += count;
		(void)buf_printf(kept, "%" PRId64 " %" PRId64 "\n", at, count);
	}
	buf_free(&text);
	return sum;
}

static void
say_fuse(struct flow *flow, int64_t recent, int64_t live)
{
	report_say(flow->report, _("%zu of %" PRId64 " goods would "
	    "vanish from the portal (and %" PRId64 " did in the last 24 "
	    "hours): more than max_deleted_percent = %d. Nothing of it is "
	    "done; see `cml24 unsent`."), flow->fuse.count, live, recent,
	    flow->config->catalog.max_deleted_percent);
}

static int
settle_removals(struct flow *flow, struct buf *kept, struct err *err)
{
	int64_t recent, live, percent, count = (int64_t)flow->fuse.count;

	recent = recent_removals(flow, kept, err);
	if (recent == -1 || snapshot_live_goods(flow->snap, &live, err) == -1)
		return -1;
	percent = flow->config->catalog.max_deleted_percent;
	/* What went in the last 24 hours is not among the living. */
	if (flow->fuse.blow || (recent + count) * 100 >
	    percent * (live + recent)) {
		say_fuse(flow, recent, live);
		return 0;
	}
	if (release_removals(flow, err) == -1)
		return -1;
	(void)buf_printf(kept, "%" PRId64 " %" PRId64 "\n", clock_wall_ms(),
	    count);
	return snapshot_meta_set(flow->snap, META_REMOVALS,
	    str_of(buf_text(kept)), err);
}

int
derive_fuse_settle(struct flow *flow, struct err *err)
{
	struct buf kept = BUF_INIT(LIMIT_MIB);
	int64_t count;
	int rc = 0;

	if (flow->fuse.open)
		rc = snapshot_change_let(flow->snap, 0, &count, err);
	else if (flow->fuse.count > 0)
		rc = settle_removals(flow, &kept, err);
	derive_fuse_arm(flow, false, false);
	buf_free(&kept);
	return rc;
}
