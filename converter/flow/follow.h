/* Long work that counts by itself (base/pace.h) is shown; progress_end() closes
 * each of these. */
#ifndef FLOW_FOLLOW_H
#define FLOW_FOLLOW_H

#include "flow/flow_internal.h"

/* Bytes of a package's XML files, which lie in the folder. */
void follow_reading(const struct flow *flow, struct progress *progress,
    const char *folder, const struct intake_list *files);
void follow_copying(const struct flow *flow, struct progress *progress);
/* Records that are compared with what was agreed; total 0: not known. */
void follow_records(const struct flow *flow, struct progress *progress,
    int64_t total);
/* All that derive_all() visits. */
void follow_all_records(const struct flow *flow, struct progress *progress);
/* intake_unpack(), shown. */
int follow_unpack(const struct flow *flow, const char *folder,
    struct err *err);

#endif
