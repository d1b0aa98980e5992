#include "flow/look.h"

#include "base/clock.h"
#include "base/i18n.h"

bool
look_has_new_rules(const struct flow *flow, const struct look_names *names,
    int64_t rules)
{
	return snapshot_meta_int(flow->snap, names->rules, 0) != rules;
}

bool
look_is_due(const struct flow *flow, const struct look_names *names)
{
	int64_t since = clock_wall_ms() - snapshot_meta_int(flow->snap,
	    names->whole, 0);

	return since < 0 || since >= flow->config->orders.reconcile_ms;
}

/* An unfinished one of before, unless it was by other rules. */
void
look_find_begun(const struct flow *flow, struct look_all *look, int64_t now)
{
	const struct look_names *names = look->names;

	look->now = now;
	look->begun = snapshot_meta_int(flow->snap, names->begun, 0);
	look->resumed = look->begun > 0 && look->begun <= now &&
	    snapshot_meta_int(flow->snap, names->begun_by, 0) == look->rules;
	if (!look->resumed)
		look->begun = now;
}

bool
look_has_read(const struct look_all *look, int64_t read)
{
	return look->whole && look->resumed && read >= look->begun;
}

/* What is 0 already is not written. */
static int
clear(struct flow *flow, const char *name, struct err *err)
{
	return snapshot_meta_int(flow->snap, name, 0) == 0 ? 0 :
	    snapshot_meta_set_int(flow->snap, name, 0, err);
}

/* From now on a part is by other rules than the rest: whoever goes back to
 * those of before has all read again, and goes on with no look of theirs. */
int
look_begin(struct flow *flow, const struct look_all *look, struct err *err)
{
	if (look->anew && clear(flow, look->names->rules, err) == -1)
		return -1;
	return look->whole && !look->resumed ? clear(flow, look->names->begun,
	    err) : 0;
}

/* What is left is read by the next run: the mark stays. */
int
look_stop(struct flow *flow, const struct look_all *look, struct err *err)
{
	look_tell_stopped(flow);
	if (!look->whole)
		return 1;
	return snapshot_meta_set_int(flow->snap, look->names->begun_by,
	    look->rules, err) == -1 || snapshot_meta_set_int(flow->snap,
	    look->names->begun, look->begun, err) == -1 ? -1 : 1;
}

/* Cut off between, it is begun once more: nothing is taken for read that was
 * read before it. */
int
look_end(struct flow *flow, const struct look_all *look, struct err *err)
{
	if (!look->whole)
		return 0;
	return clear(flow, look->names->begun, err) == -1 ||
	    snapshot_meta_set_int(flow->snap, look->names->whole,
	    clock_wall_ms(), err) == -1 || snapshot_meta_set_int(flow->snap,
	    look->names->rules, look->rules, err) == -1 ? -1 : 0;
}

int64_t
look_mark(const struct look_all *look)
{
	return look->whole ? look->begun : look->now;
}

void
look_tell_stopped(struct flow *flow)
{
	if (!flow->deals_wait)
		report_line(flow->report, "%s", _("the run had to stop before "
		    "all deals and clients were read; the next one goes on"));
	flow->deals_wait = true;
}
