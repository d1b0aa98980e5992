/* The last step of a package: its files leave work/. */
#include "flow/flow_internal.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/i18n.h"

/* It is accepted or refused all the same: nothing waits for the folder, and
 * the next run puts it there. */
static int
shelve_later(struct flow *flow, struct err *err)
{
	if (err->kind != ERR_SYSTEM)
		return -1;
	if (!flow->shelf_failed)
		report_say(flow->report, _("%s; it stays in the state, and the "
		    "next run tries again"), err->text);
	flow->shelf_failed = true;
	err_clear(err);
	return 0;
}

int
accept_shelve(struct flow *flow, struct package *package, struct err *err)
{
	const char *to = package->state == PACKAGE_REJECTED ?
	    flow->config->folders.rejected : flow->config->folders.archive;
	char *work = flow_work_folder(flow);
	int rc;

	rc = intake_shelve(work, package->id, to, package->node,
	    package->taken, package->place, err);
	free(work);
	if (rc == -1)
		return shelve_later(flow, err);
	package->state = PACKAGE_DONE;
	flow->tally.shelved++;
	return snapshot_package_put(flow->snap, package, err);
}

/* One that cannot be looked through, or emptied, holds up nothing either. */
static void
prune_one(struct flow *flow, const char *folder)
{
	const struct config *config = flow->config;
	struct err err = { 0 };

	if (intake_prune(folder, config->inbox.archive_days,
	    config->inbox.archive_mb, clock_wall_ms(), &err) == 0)
		return;
	if (!flow->shelf_failed)
		report_say(flow->report, "%s", err.text);
	flow->shelf_failed = true;
}

void
accept_shelve_prune(struct flow *flow)
{
	prune_one(flow, flow->config->folders.archive);
	prune_one(flow, flow->config->folders.rejected);
}
