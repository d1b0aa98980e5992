/* The commands: a table in main.c, a function each. */
#ifndef CMD_H
#define CMD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/config.h"
#include "base/err.h"
#include "flow/flow.h"
#include "report/report.h"

/* What stands before the command on the command line. */
struct cmd_globals {
	const char *config_path;        /* -c, or NULL */
	bool verbose, quiet, json;
	bool help, version;
	int64_t wait_s;                 /* --wait */
	bool steps;                     /* --steps and --die-at N: tests */
	int64_t die_at;
	const char *xsd_folder;         /* where the schemas are, when no
					   configuration says */
};

struct cmd {
	const struct cmd_globals *globals;
	struct report *report;
	int argc;               /* arguments behind the command's name */
	char **argv;
};

/* An option of a command; `flag` or `text` receives it. */
struct cmd_option {
	const char *name;       /* "--force" */
	bool *flag;
	const char **text;      /* takes a value */
};

/* Takes the option argv[*i], moving *i over its value.  -1: unknown, or no
 * such value, ERR_USAGE. */
int cmd_take_global(struct cmd_globals *globals, char **argv, int *i,
    struct err *err);

/* Is it one of these? */
bool cmd_is_global(const char *arg);

/*
 * Takes the options out of argv; what is left are `*count` operands in
 * `*operands` (pointers into argv).  -1: unknown option, ERR_USAGE.
 */
int cmd_parse(struct cmd *cmd, const struct cmd_option *options,
    char *const **operands, size_t *count, struct err *err);

/* The configuration that the globals name, warnings told.  Free it with
 * config_free(). */
int cmd_config(struct cmd *cmd, struct config **out, struct err *err);

/* Each returns the exit code; *err says why when there is a reason. */
int cmd_run(struct cmd *cmd, struct err *err);
int cmd_import(struct cmd *cmd, struct err *err);
int cmd_validate(struct cmd *cmd, struct err *err);
int cmd_plan(struct cmd *cmd, struct err *err);
int cmd_status(struct cmd *cmd, struct err *err);
int cmd_history(struct cmd *cmd, struct err *err);
int cmd_unsent(struct cmd *cmd, struct err *err);
int cmd_retry(struct cmd *cmd, struct err *err);
int cmd_export(struct cmd *cmd, struct err *err);
int cmd_link(struct cmd *cmd, struct err *err);
int cmd_unlink(struct cmd *cmd, struct err *err);
int cmd_check(struct cmd *cmd, struct err *err);
/* A command that takes no operands was given some: ERR_USAGE. */
int cmd_no_operands(char *const *operands, size_t count, struct err *err);

#endif
