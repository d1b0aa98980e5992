/*
 * The fuse: removals of goods and of prices are held until the transaction
 * knows how many there are; then they are let through, or left to a person.
 * Prices are counted by their type: 1C that may not read one any more writes
 * it without a single price, and all else is as ever.
 */
#include "flow/flow_internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/told.h"

#define DAY_MS ((int64_t)24 * 3600 * 1000)

void
derive_fuse_arm(struct flow *flow, bool blow, bool open)
{
	struct removal_fuse *fuse = &flow->fuse;

	for (size_t i = 0; i < fuse->group_count; i++) {
		free(fuse->groups[i].rule);
		free(fuse->groups[i].rows);
	}
	free(fuse->groups);
	memset(fuse, 0, sizeof(*fuse));
	fuse->blow = blow;
	fuse->open = open;
}

/* ---- what is held ---- */

static struct fuse_group *
find_group(struct removal_fuse *fuse, struct str rule)
{
	struct fuse_group *group;

	for (size_t i = 0; i < fuse->group_count; i++) {
		if (str_is(rule, fuse->groups[i].rule))
			return &fuse->groups[i];
	}
	fuse->groups = mem_resize(fuse->groups, fuse->group_count + 1,
	    sizeof(*fuse->groups));
	group = &fuse->groups[fuse->group_count++];
	memset(group, 0, sizeof(*group));
	group->rule = mem_text_n(rule.p, rule.len);
	return group;
}

static void
remember(struct fuse_group *group, int64_t row)
{
	if (group->count == group->size) {
		group->size = group->size == 0 ? 64 : group->size * 2;
		group->rows = mem_resize(group->rows, group->size,
		    sizeof(*group->rows));
	}
	group->rows[group->count++] = row;
}

void
derive_fuse_hold(struct flow *flow, struct change *change,
    const struct change *old)
{
	struct str rule = change->target.kind == TARGET_PRICE ?
	    target_rule(&change->target) : str_of("");

	change->state = CHANGE_HELD;
	(void)snprintf(change->code, sizeof(change->code), "%s", "fuse");
	(void)snprintf(change->text, sizeof(change->text), "%s",
	    change->target.kind == TARGET_PRICE ?
	    TOLD("too many prices of the type would vanish at once; look at "
	    "the package, then `cml24 import --allow-deletes PATH`") :
	    TOLD("too many goods would vanish at once; look at the package, "
	    "then `cml24 import --allow-deletes PATH`"));
	if (old->state != CHANGE_HELD)
		remember(find_group(&flow->fuse, rule), change->row);
}

/* ---- what went before ---- */

/* Where the removals of the last 24 hours are written down. */
static void
name_log(char out[64], const struct fuse_group *group)
{
	if (group->rule[0] == '\0')
		(void)snprintf(out, 64, "%s", META_REMOVALS);
	else
		(void)snprintf(out, 64, "%s%016" PRIx64, META_PRICE_REMOVALS,
		    str_hash(0, str_of(group->rule)));
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
recent_removals(struct flow *flow, const char *name, struct buf *kept,
    struct err *err)
{
	struct buf text = BUF_INIT(LIMIT_MIB);
	int64_t now = clock_wall_ms(), sum = 0, at, count;
	const char *line, *end;

	if (snapshot_meta_get(flow->snap, name, &text, err) == -1) {
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

/* ---- and whether it is too much ---- */

static void
say_fuse(struct flow *flow, const struct fuse_group *group, int64_t recent,
    int64_t live)
{
	int percent = flow->config->catalog.max_deleted_percent;

	if (group->rule[0] == '\0')
		report_say(flow->report, _("%zu of %" PRId64 " goods would "
		    "vanish from the portal (and %" PRId64 " did in the last "
		    "24 hours): more than max_deleted_percent = %d. Nothing "
		    "of it is done; see `cml24 unsent`."), group->count, live,
		    recent, percent);
	else
		report_say(flow->report, _("%zu of %" PRId64 " prices \"%s\" "
		    "would vanish from the portal (and %" PRId64 " did in the "
		    "last 24 hours): more than max_deleted_percent = %d. "
		    "Nothing of it is done; see `cml24 unsent`."),
		    group->count, live, group->rule, recent, percent);
}

static int
count_live(struct flow *flow, const struct fuse_group *group, int64_t *live,
    struct err *err)
{
	return group->rule[0] == '\0' ?
	    snapshot_live_goods(flow->snap, live, err) :
	    snapshot_live_prices(flow->snap, str_of(group->rule), live, err);
}

static int
release(struct flow *flow, const struct fuse_group *group, struct err *err)
{
	for (size_t i = 0; i < group->count; i++)
		if (snapshot_change_let(flow->snap, group->rows[i],
		    err) == -1)
			return -1;
	return 0;
}

/* Is it more than goes in a day, `recent` of which went already? */
static bool
is_too_much(const struct flow *flow, const struct fuse_group *group,
    int64_t recent, int64_t live)
{
	int64_t gone = recent + (int64_t)group->count;

	if (group->rule[0] == '\0' && flow->fuse.blow)
		return true;
	if (group->rule[0] != '\0' && gone < LIMIT_FUSE_PRICES)
		return false;
	/* What went in the last 24 hours is not among the living. */
	return gone * 100 > flow->config->catalog.max_deleted_percent *
	    (live + recent);
}

static int
settle_kept(struct flow *flow, const struct fuse_group *group,
    struct buf *kept, struct err *err)
{
	int64_t recent, live, count = (int64_t)group->count;
	char name[64];

	name_log(name, group);
	recent = recent_removals(flow, name, kept, err);
	if (recent == -1 || count_live(flow, group, &live, err) == -1)
		return -1;
	if (is_too_much(flow, group, recent, live)) {
		say_fuse(flow, group, recent, live);
		return 0;
	}
	if (release(flow, group, err) == -1)
		return -1;
	(void)buf_printf(kept, "%" PRId64 " %" PRId64 "\n", clock_wall_ms(),
	    count);
	return snapshot_meta_set(flow->snap, name, str_of(buf_text(kept)),
	    err);
}

static int
settle_group(struct flow *flow, const struct fuse_group *group,
    struct err *err)
{
	struct buf kept = BUF_INIT(LIMIT_MIB);
	int rc = settle_kept(flow, group, &kept, err);

	buf_free(&kept);
	return rc;
}

int
derive_fuse_settle(struct flow *flow, struct err *err)
{
	const struct removal_fuse *fuse = &flow->fuse;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < fuse->group_count; i++)
		rc = fuse->open ? release(flow, &fuse->groups[i], err) :
		    settle_group(flow, &fuse->groups[i], err);
	derive_fuse_arm(flow, false, false);
	return rc;
}
