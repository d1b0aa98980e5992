/*
 * Telling people and machines what happens: lines on stdout in the language
 * of the locale, one JSON document with --json, a progress bar on a
 * terminal and plain lines elsewhere (on stderr).
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "base/json.h"
#include "base/pace.h"
#include "model/finding.h"
#include "model/target.h"

struct report {
	FILE *out;              /* stdout */
	bool json;
	bool quiet;
	struct json_out jo;     /* valid when json */
	bool findings;          /* the array "findings" is open */
	/* With json: what a person must see, and what he should know. */
	struct report_lines {
		char **items;
		size_t count;
	} said, noted;
	bool first_section;
};

/* Opens the JSON document when json ({"command": NAME, ...). */
void report_begin(struct report *report, bool json, bool quiet,
    const char *command);
/* Closes it: ["messages": [...],] ["error": text,] "exit": code}.  Without
 * --json the error (may be NULL) goes to stderr. */
void report_end(struct report *report, int exit_code, const char *error);

/* A line for a person (nothing with --json or -q). */
__attribute__((format(printf, 2, 3)))
void report_line(struct report *report, const char *format, ...);
/* The same also with -q: what a person must see.  With --json such lines stand
 * in the array "messages" at the end of the document. */
__attribute__((format(printf, 2, 3)))
void report_say(struct report *report, const char *format, ...);

/* A line for a person, as report_line(), of what was left out or looks wrong.
 * With --json it is kept for report_notes(). */
__attribute__((format(printf, 2, 3)))
void report_note(struct report *report, const char *format, ...);
/* What was noted by now, each an element of the open array, once. */
void report_notes(struct report *report);

/* A member of the open object: a told text (base/told.h) as a person reads
 * it.  Lines show such texts by themselves. */
void report_json_told(struct report *report, const char *key,
    const char *text);
/* The same in English: what machines compare. */
void report_json_note(struct report *report, const char *key,
    const char *text);

/* Opens and ends the array "findings"; nothing without --json. */
void report_findings_begin(struct report *report);
void report_findings_end(struct report *report);
/* `file:line: text (goods Ид «name»)`, or an element of "findings"; with
 * --json and no such array open, nothing. */
void report_finding(struct report *report, const struct finding *finding);

/*
 * "name: old → new" per field of new_values, but for those that stay as they
 * are beside others that do not; with --json a member of the open object, with
 * all of them: "fields": {"name": {"old": …, "new": …}, …}, old null where
 * there was none.  old_values may hold more, or be NULL.
 */
void report_fields(struct report *report, const struct fields *old_values,
    const struct fields *new_values);

/* "2 hours 5 minutes", "40 seconds": in the language of the locale, rounded
 * up.  Returns out. */
char *report_duration(char out[48], int64_t ms);

/* ---- progress ---- */
struct progress {
	bool terminal;
	bool off;
	const char *title;
	int64_t total, done;
	int64_t began_ms, told_ms;
	/* What the limits said of it all, 0: nothing yet, and when. */
	int64_t said_ms, said_at;
	struct pace pace;       /* of progress_follow() */
	int64_t unit;           /* that is shown as one; 0: it does not
				   count */
	bool at_least;          /* it may take longer than left_ms */
};
/* Draws on stderr.  off: nothing at all (-q, --json); total 0: unknown;
 * title: translated, borrowed. */
void progress_begin(struct progress *progress, const char *title,
    int64_t total, bool off);
/* Would a step show anything now? */
bool progress_is_due(const struct progress *progress);
/* left_ms: what the portal's limits will need, -1 unknown. */
void progress_step(struct progress *progress, int64_t done, int64_t total,
    int64_t left_ms);
/* The same of work that counts by itself (base/pace.h); bytes are shown as
 * millions. */
void progress_follow(struct progress *progress, enum pace_of of,
    const char *title, int64_t total, bool off);
/* Closes either. */
void progress_end(struct progress *progress);

#endif
