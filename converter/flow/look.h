/*
 * Looks at all that there is, deals or clients for 1C: at first, after other
 * rules, and every reconcile_hours, for what moves no time in the portal.  One
 * that a run has to stop is gone on with by the next run, as long as the rules
 * are the same: what was read since it began is not read again for it.
 */
#ifndef FLOW_LOOK_H
#define FLOW_LOOK_H

#include "flow/flow_internal.h"

struct look_names {             /* in the snapshot's meta table */
	const char *whole;      /* wall ms: all was read then */
	const char *rules;      /* hash of the rules by which it was read */
	const char *begun;      /* portal's ms: an unfinished one began then */
	const char *begun_by;   /* hash of the rules of that time */
};

struct look_all {
	const struct look_names *names;
	int64_t rules;          /* hash of those of now */
	int64_t now;            /* portal's ms */
	int64_t begun;          /* when this one did */
	bool resumed;           /* in an earlier run, which had to stop */
	bool whole;             /* at all, known ones too; else at changes */
	bool anew;              /* and by other rules than the last one */
};

/* Are the rules others than when all was read last? */
bool look_has_new_rules(const struct flow *flow,
    const struct look_names *names, int64_t rules);
/* A clock that went back, or the time for it has come. */
bool look_is_due(const struct flow *flow, const struct look_names *names);

/* names, rules, whole and anew being known: when did it begin? */
void look_find_begun(const struct flow *flow, struct look_all *look,
    int64_t now);
/* Was what was read then read by an earlier run of this look? */
bool look_has_read(const struct look_all *look, int64_t read);
/* Before the first page is read.  0; -1. */
int look_begin(struct flow *flow, const struct look_all *look, struct err *err);
/* The run has to stop, and says so: the next one goes on.  1; -1. */
int look_stop(struct flow *flow, const struct look_all *look, struct err *err);
/* All was read; before the mark moves, to look_mark().  0; -1. */
int look_end(struct flow *flow, const struct look_all *look, struct err *err);
/* Of several runs what changed since the first one is asked for next. */
int64_t look_mark(const struct look_all *look);

/* Says, once, that the time of the run did not suffice. */
void look_tell_stopped(struct flow *flow);

#endif
