/*
 * Packages that were taken out of the inbox and not read yet: beside a run that
 * had the lock, or before a kill.  The next run reads them, so what people ask
 * about it knows of them.
 */
#include "flow/order.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/i18n.h"

struct finding_unread {
	struct flow *flow;
	int (*visit)(void *ctx, const struct package *package,
	    struct err *err);
	void *ctx;
};

/* Without its folder it is a claim of files that 1C had deleted. */
static int
visit_unread(void *ctx, const struct package *package, struct err *err)
{
	struct finding_unread *finding = ctx;
	char *folder = flow_package_folder(finding->flow, package->id);
	bool there = file_is_dir(folder);

	free(folder);
	return there ? finding->visit(finding->ctx, package, err) : 0;
}

int
inspect_unread(struct flow *flow, int (*visit)(void *ctx,
    const struct package *package, struct err *err), void *ctx,
    struct err *err)
{
	struct finding_unread finding = { flow, visit, ctx };

	return snapshot_package_each(flow->snap, PACKAGE_CLAIMED,
	    visit_unread, &finding, err) == -1 ||
	    snapshot_package_each(flow->snap, PACKAGE_CLAIMING,
	    visit_unread, &finding, err) == -1 ? -1 : 0;
}

static int
count_unread(void *ctx, const struct package *package, struct err *err)
{
	int64_t *count = ctx;

	(void)package;
	(void)err;
	++*count;
	return 0;
}

int
inspect_unread_tell(struct flow *flow, bool *any, struct err *err)
{
	struct report *report = flow->report;
	int64_t count = 0;

	if (inspect_unread(flow, count_unread, &count, err) == -1)
		return -1;
	*any = *any || count > 0;
	if (report->json)
		json_out_int(&report->jo, "packages_waiting", count);
	else if (count > 0)
		report_line(report, ngettext("%" PRId64 " package was taken "
		    "out of the inbox and is read by the next run", "%" PRId64
		    " packages were taken out of the inbox and are read by "
		    "the next run", (unsigned long)count), count);
	return 0;
}
