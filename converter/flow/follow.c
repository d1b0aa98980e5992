#include "flow/follow.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/i18n.h"

static void
follow(const struct flow *flow, struct progress *progress, enum pace_of of,
    const char *title, int64_t total)
{
	progress_follow(progress, of, title, total, flow->report->quiet ||
	    flow->report->json);
}

void
follow_reading(const struct flow *flow, struct progress *progress,
    const char *folder, const struct intake_list *files)
{
	int64_t sum = 0;
	struct stat info;
	char *path;

	for (size_t i = 0; i < files->count; i++) {
		if (files->files[i].kind != INTAKE_XML)
			continue;
		path = file_join(folder, files->files[i].name);
		if (stat(path, &info) == 0)
			sum += info.st_size;
		free(path);
	}
	follow(flow, progress, PACE_READ, _("reading, MB"), sum);
}

void
follow_copying(const struct flow *flow, struct progress *progress)
{
	follow(flow, progress, PACE_COPIED, _("copying, MB"), 0);
}

void
follow_records(const struct flow *flow, struct progress *progress,
    int64_t total)
{
	follow(flow, progress, PACE_RECORDS, _("comparing, records"), total);
}

void
follow_all_records(const struct flow *flow, struct progress *progress)
{
	static const enum record_kind kinds[] = { RECORD_GROUP,
	    RECORD_COUNTERPARTY, RECORD_PRODUCT };
	struct err ignored = { 0 };
	int64_t count, total = 0;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (snapshot_record_count(flow->snap, kinds[i], &count,
		    &ignored) == 0)
			total += count;
	}
	follow_records(flow, progress, total);
}

int
follow_unpack(const struct flow *flow, const char *folder, struct err *err)
{
	struct progress progress;
	int rc;

	follow(flow, &progress, PACE_COPIED, _("unpacking, MB"), 0);
	rc = intake_unpack(folder, err);
	progress_end(&progress);
	return rc;
}
