/*
 * The hub: the only layer that sees every worker.  The way of the data:
 *
 *   flow_take     inbox -> packages -> records -> changes   (take.c,
 *                 accept.c, session.c, derive.c)
 *   flow_push     changes -> requests -> image and history  (push.c,
 *                 build.c, settle.c, recover.c)
 *   flow_pull     changed deals -> orders                   (pull.c, order.c)
 *   flow_publish  waiting orders -> outbox                  (publish.c)
 *   flow_plan     what a run would do                       (plan.c)
 *   flow_status…  what is remembered                        (inspect.c)
 */
#ifndef FLOW_FLOW_H
#define FLOW_FLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/config.h"
#include "base/err.h"
#include "report/report.h"

struct flow;

struct flow_options {
	const char *command;    /* its name, for the list of runs */
	bool read_only;         /* never writes the state */
	bool preview;           /* plan: works inside one transaction that
				   is rolled back */
	int64_t wait_ms;        /* for the lock of another run */
	bool takes;             /* run: what has settled is taken out of the
				   inbox while another holds the lock */
	bool force;             /* import: send everything named again */
	bool older;             /* import: also what is newer here */
	bool allow_deletes;     /* import: open the fuse */
};

/* Asks a running flow to stop after what is in flight; for signals. */
void flow_stop(void);

/*
 * Opens the state and takes the lock (read_only: neither makes the state
 * nor locks).  config and report must live as long as the flow.
 * 1: read_only and there is no state yet.  -1: ERR_LOCKED, ERR_STATE, or
 * what is wrong with the state or the rules.
 */
int flow_open(struct flow **out, const struct config *config,
    struct report *report, const struct flow_options *options,
    struct err *err);
/* Ends the run's entry with the exit code; NULL is fine. */
void flow_close(struct flow *flow, int exit_code);

/*
 * Takes what has settled in the inbox, accepts or rejects it, closes
 * sessions.  What is wrong with a package is told and remembered, and is no
 * error here.
 */
int flow_take(struct flow *flow, struct err *err);
/* The same, and what 1C has just written is waited for, once. */
int flow_take_patiently(struct flow *flow, struct err *err);

/* Only moves what has settled out of 1C's reach; it is read later. */
void flow_claim(struct flow *flow);

/* Takes what a person named, as a closed session, incomplete files refused
 * at once. */
int flow_import(struct flow *flow, char *const *paths, size_t count,
    struct err *err);

/* Finishes what an earlier run left and sends what is due.  -1: the portal
 * is away (ERR_PORTAL), the rules do not fit it (ERR_USAGE), the disk. */
int flow_push(struct flow *flow, struct err *err);

/* The way back: changed deals become orders, changed clients cards; then the
 * outbox is written, also where the portal is away.  Nothing without a section
 * `orders` or a type in counterparties.export. */
int flow_pull(struct flow *flow, struct err *err);
int flow_publish(struct flow *flow, struct err *err);
/* Puts the order of this deal into the outbox once more; 0: of none, only says
 * where there is no way back. */
int flow_export_again(struct flow *flow, int64_t deal, struct err *err);

/* The exit code for an error alone (DESIGN 2). */
int flow_error_code(const struct err *err);

/* The exit code: the error's, or without one what the state of things asks
 * for, which is said (JSON: "full_exchange_needed", "unsent"). */
int flow_exit_code(struct flow *flow, const struct err *err);

/* A line of what this run did. */
void flow_summary(struct flow *flow);

/* Validation alone: no state, no network.  *errors: files refused. */
int flow_validate(const char *xsd_folder, struct report *report,
    char *const *paths, size_t count, bool strict, int64_t *errors,
    struct err *err);

/* What a run (count 0), or the import of these paths, would do.  The flow's
 * state is unchanged afterwards. */
int flow_plan(struct flow *flow, char *const *paths, size_t count,
    struct err *err);

/* 3 when a package would be rejected, else 0. */
int flow_plan_code(const struct flow *flow);

int flow_status(struct flow *flow, struct err *err);
int flow_history(struct flow *flow, const char *id, const char *kind,
    int64_t run, int64_t limit, struct err *err);
int flow_unsent(struct flow *flow, bool all, struct err *err);

/* ids: 1C ids or "#row" as `unsent` prints; count 0: all.  Makes them due. */
int flow_retry(struct flow *flow, char *const *ids, size_t count,
    int64_t *made_due, struct err *err);

/*
 * A person says that the client or good of 1C is this object of the portal; 0:
 * that it is not the one it is linked to; FLOW_LINK_NEW: that it is none of
 * those that may be it, and is to be made.  kind: company, contact, person, a
 * form of goods, or requisite, of which one of several is said.  -1: ERR_USAGE
 * for an unknown one, one that is linked to another already, or where there is
 * nothing to say.
 */
#define FLOW_LINK_NEW ((int64_t)-1)
int flow_link(struct flow *flow, const char *kind, const char *id,
    int64_t portal_id, struct err *err);

/* The configuration against the disk and the portal.  *bad: to mend. */
int flow_check(const struct config *config, struct report *report,
    int64_t *bad, struct err *err);

#endif
