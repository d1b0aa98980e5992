/* validate, plan, status, history, unsent, check: the commands that show. */
#include "cmd.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/str.h"

static const struct cmd_option no_options[] = { { NULL, NULL, NULL } };

/* ---- validate ---- */

int
cmd_validate(struct cmd *cmd, struct err *err)
{
	bool strict = false;
	const struct cmd_option options[] = {
		{ "--strict", &strict, NULL },
		{ NULL, NULL, NULL }
	};
	char *const *paths;
	size_t count;
	int64_t errors = 0;

	if (cmd_parse(cmd, options, &paths, &count, err) == -1)
		return flow_error_code(err);
	if (count == 0) {
		(void)err_set(err, ERR_USAGE, "%s", _("validate: name a "
		    "folder, a zip or an XML file"));
		return flow_error_code(err);
	}
	if (flow_validate(cmd->globals->xsd_folder, cmd->report, paths, count,
	    strict, &errors, err) == -1)
		return flow_error_code(err);
	return errors > 0 ? 3 : 0;
}

/* ---- plan ---- */

int
cmd_plan(struct cmd *cmd, struct err *err)
{
	struct flow_options options = { .command = "plan", .preview = true,
	    .wait_ms = cmd->globals->wait_s * 1000 };
	const struct cmd_option known[] = {
		{ "--force", &options.force, NULL },
		{ "--older", &options.older, NULL },
		{ "--allow-deletes", &options.allow_deletes, NULL },
		{ NULL, NULL, NULL }
	};
	struct config *config = NULL;
	struct flow *flow = NULL;
	char *const *paths;
	size_t count;
	int code;

	if (cmd_parse(cmd, known, &paths, &count, err) == -1 ||
	    cmd_config(cmd, &config, err) == -1)
		return flow_error_code(err);
	if (flow_open(&flow, config, cmd->report, &options, err) == -1) {
		config_free(config);
		return flow_error_code(err);
	}
	code = flow_plan(flow, paths, count, err) == -1 ?
	    flow_error_code(err) : flow_plan_code(flow);
	flow_close(flow, code);
	config_free(config);
	return code;
}

/* ---- what reads the state ---- */

struct showing {
	int (*show)(struct flow *flow, struct showing *showing,
	    struct err *err);
	const char *command;
	const char *id, *kind;
	int64_t run, limit;
	bool all;
};

static int
show_state(struct cmd *cmd, struct showing *showing, struct err *err)
{
	struct flow_options options = { .command = showing->command,
	    .read_only = true };
	struct config *config = NULL;
	struct flow *flow = NULL;
	int rc;

	if (cmd_config(cmd, &config, err) == -1)
		return flow_error_code(err);
	rc = flow_open(&flow, config, cmd->report, &options, err);
	if (rc == 1)
		report_say(cmd->report, "%s", _("nothing has been exchanged "
		    "yet"));
	else if (rc == 0)
		rc = showing->show(flow, showing, err);
	flow_close(flow, 0);
	config_free(config);
	return rc == -1 ? flow_error_code(err) : 0;
}

static int
show_status(struct flow *flow, struct showing *showing, struct err *err)
{
	(void)showing;
	return flow_status(flow, err);
}

int
cmd_status(struct cmd *cmd, struct err *err)
{
	struct showing showing = { .show = show_status,
	    .command = "status" };
	char *const *operands;
	size_t count;

	if (cmd_parse(cmd, no_options, &operands, &count, err) == -1 ||
	    cmd_no_operands(operands, count, err) == -1)
		return flow_error_code(err);
	return show_state(cmd, &showing, err);
}

static int
show_history(struct flow *flow, struct showing *showing, struct err *err)
{
	return flow_history(flow, showing->id, showing->kind, showing->run,
	    showing->limit, err);
}

/* A whole number behind an option; absent stays as it is. */
static int
number_of(const char *option, const char *text, int64_t *out,
    struct err *err)
{
	if (text == NULL)
		return 0;
	if (str_to_int64(out, str_of(text)) == 0 && *out >= 0)
		return 0;
	return err_set(err, ERR_USAGE, _("%s: \"%s\" is no whole number"),
	    option, text);
}

int
cmd_history(struct cmd *cmd, struct err *err)
{
	struct showing showing = { .show = show_history,
	    .command = "history", .limit = 100 };
	const char *run = NULL, *limit = NULL;
	const struct cmd_option options[] = {
		{ "--kind", NULL, &showing.kind },
		{ "--run", NULL, &run },
		{ "--limit", NULL, &limit },
		{ NULL, NULL, NULL }
	};
	char *const *operands;
	size_t count;

	if (cmd_parse(cmd, options, &operands, &count, err) == -1 ||
	    number_of("--run", run, &showing.run, err) == -1 ||
	    number_of("--limit", limit, &showing.limit, err) == -1)
		return flow_error_code(err);
	if (count > 1) {
		(void)err_set(err, ERR_USAGE, _("%s: one id at a time"),
		    operands[1]);
		return flow_error_code(err);
	}
	if (count > 0)
		showing.id = operands[0];
	return show_state(cmd, &showing, err);
}

static int
show_unsent(struct flow *flow, struct showing *showing, struct err *err)
{
	return flow_unsent(flow, showing->all, err);
}

int
cmd_unsent(struct cmd *cmd, struct err *err)
{
	struct showing showing = { .show = show_unsent,
	    .command = "unsent" };
	const struct cmd_option options[] = {
		{ "--all", &showing.all, NULL },
		{ NULL, NULL, NULL }
	};
	char *const *operands;
	size_t count;

	if (cmd_parse(cmd, options, &operands, &count, err) == -1 ||
	    cmd_no_operands(operands, count, err) == -1)
		return flow_error_code(err);
	return show_state(cmd, &showing, err);
}

/* ---- check ---- */

int
cmd_check(struct cmd *cmd, struct err *err)
{
	struct config *config = NULL;
	char *const *operands;
	size_t count;
	int64_t bad = 0;
	int rc;

	if (cmd_parse(cmd, no_options, &operands, &count, err) == -1 ||
	    cmd_no_operands(operands, count, err) == -1 ||
	    cmd_config(cmd, &config, err) == -1)
		return flow_error_code(err);
	rc = flow_check(config, cmd->report, &bad, err);
	config_free(config);
	if (rc == -1)
		return flow_error_code(err);
	return bad > 0 ? 2 : 0;
}
