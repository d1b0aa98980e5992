/* run, import, export, retry, link, unlink: the commands that send. */
#include "cmd.h"

#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"

static const struct cmd_option no_options[] = { { NULL, NULL, NULL } };

/* What these commands have in common: open, take, send, sum up. */
struct sending {
	struct flow_options options;
	int (*before)(struct flow *flow, struct sending *sending,
	    struct err *err);
	char *const *operands;
	size_t count;
	const char *again;      /* export: a deal, or NULL */
	bool no_push;           /* the next run sends */
	bool no_pull;           /* link: the way back does not change */
	bool only_back;         /* export */
};

/*
 * What 1C says goes to the portal first, so that the way back finds it there;
 * what the way back adds (an order's number) goes last.  The outbox is
 * written also where the portal is away.
 */
static void
exchange(struct flow *flow, const struct sending *sending, struct err *err)
{
	struct err late = { 0 };

	if (!sending->no_push && !sending->only_back)
		(void)flow_push(flow, err);
	if (!sending->no_push && !sending->no_pull && err->kind == ERR_NONE)
		(void)flow_pull(flow, err);
	if (sending->no_pull)
		return;
	if (flow_publish(flow, &late) == -1 && err->kind == ERR_NONE)
		*err = late;
	if (!sending->no_push && err->kind == ERR_NONE)
		(void)flow_push(flow, err);
}

static int
send_all(struct cmd *cmd, struct sending *sending, struct err *err)
{
	struct config *config = NULL;
	struct flow *flow = NULL;
	int code, rc;

	sending->options.wait_ms = cmd->globals->wait_s * 1000;
	if (cmd_config(cmd, &config, err) == -1)
		return flow_error_code(err);
	if (flow_open(&flow, config, cmd->report, &sending->options,
	    err) == -1) {
		config_free(config);
		return flow_error_code(err);
	}
	report_findings_begin(cmd->report);
	rc = sending->before(flow, sending, err);
	report_findings_end(cmd->report);
	if (rc == 0)
		exchange(flow, sending, err);
	code = flow_exit_code(flow, err);
	if (rc == 0)
		flow_summary(flow);
	flow_close(flow, code);
	config_free(config);
	return code;
}

static int
before_run(struct flow *flow, struct sending *sending, struct err *err)
{
	(void)sending;
	return flow_take_patiently(flow, err);
}

int
cmd_run(struct cmd *cmd, struct err *err)
{
	struct sending sending = { .options = { .command = "run",
	    .takes = true }, .before = before_run };
	const struct cmd_option options[] = {
		{ "--no-push", &sending.no_push, NULL },
		{ NULL, NULL, NULL }
	};

	if (cmd_parse(cmd, options, &sending.operands, &sending.count,
	    err) == -1)
		return flow_error_code(err);
	if (sending.count > 0) {
		(void)err_set(err, ERR_USAGE, "%s", _("run takes no path; "
		    "did you mean `import PATH`?"));
		return flow_error_code(err);
	}
	return send_all(cmd, &sending, err);
}

static int
before_import(struct flow *flow, struct sending *sending, struct err *err)
{
	return flow_import(flow, sending->operands, sending->count, err);
}

int
cmd_import(struct cmd *cmd, struct err *err)
{
	struct sending sending = { .options = { .command = "import" },
	    .before = before_import };
	const struct cmd_option options[] = {
		{ "--force", &sending.options.force, NULL },
		{ "--older", &sending.options.older, NULL },
		{ "--allow-deletes", &sending.options.allow_deletes, NULL },
		{ "--no-push", &sending.no_push, NULL },
		{ NULL, NULL, NULL }
	};

	if (cmd_parse(cmd, options, &sending.operands, &sending.count,
	    err) == -1)
		return flow_error_code(err);
	if (sending.count == 0) {
		(void)err_set(err, ERR_USAGE, "%s", _("import: name a folder, "
		    "a zip or an XML file"));
		return flow_error_code(err);
	}
	return send_all(cmd, &sending, err);
}

/* Only the way back: nothing is taken from the inbox. */
static int
before_export(struct flow *flow, struct sending *sending, struct err *err)
{
	int64_t deal = 0;

	if (sending->again != NULL && (str_to_int64(&deal,
	    str_of(sending->again)) == -1 || deal <= 0))
		return err_set(err, ERR_USAGE, _("%s: wanted the number of a "
		    "deal of the portal"), sending->again);
	return flow_export_again(flow, deal, err);
}

int
cmd_export(struct cmd *cmd, struct err *err)
{
	struct sending sending = { .options = { .command = "export" },
	    .before = before_export, .only_back = true };
	const struct cmd_option options[] = {
		{ "--again", NULL, &sending.again },
		{ NULL, NULL, NULL }
	};

	if (cmd_parse(cmd, options, &sending.operands, &sending.count,
	    err) == -1 ||
	    cmd_no_operands(sending.operands, sending.count, err) == -1)
		return flow_error_code(err);
	return send_all(cmd, &sending, err);
}

static int
before_retry(struct flow *flow, struct sending *sending, struct err *err)
{
	int64_t made_due;

	return flow_retry(flow, sending->operands, sending->count, &made_due,
	    err);
}

int
cmd_retry(struct cmd *cmd, struct err *err)
{
	struct sending sending = { .options = { .command = "retry" },
	    .before = before_retry };

	if (cmd_parse(cmd, no_options, &sending.operands, &sending.count,
	    err) == -1)
		return flow_error_code(err);
	return send_all(cmd, &sending, err);
}

static int
before_link(struct flow *flow, struct sending *sending, struct err *err)
{
	int64_t portal_id = 0;

	if (sending->count == 3 && strcmp(sending->operands[2], "new") == 0)
		portal_id = FLOW_LINK_NEW;
	else if (sending->count == 3 && (str_to_int64(&portal_id,
	    str_of(sending->operands[2])) == -1 || portal_id <= 0))
		return err_set(err, ERR_USAGE, _("%s: wanted the number of an "
		    "object of the portal, or \"new\""),
		    sending->operands[2]);
	return flow_link(flow, sending->operands[0], sending->operands[1],
	    portal_id, err);
}

static int
link_or_unlink(struct cmd *cmd, const char *command, size_t wanted,
    struct err *err)
{
	struct sending sending = { .options = { .command = command },
	    .before = before_link, .no_pull = true };

	if (cmd_parse(cmd, no_options, &sending.operands, &sending.count,
	    err) == -1)
		return flow_error_code(err);
	if (sending.count != wanted) {
		(void)err_set(err, ERR_USAGE, "%s", wanted == 3 ?
		    _("link: wanted KIND 1C-ID PORTAL-ID|new") :
		    _("unlink: wanted KIND 1C-ID"));
		return flow_error_code(err);
	}
	return send_all(cmd, &sending, err);
}

int
cmd_link(struct cmd *cmd, struct err *err)
{
	return link_or_unlink(cmd, "link", 3, err);
}

int
cmd_unlink(struct cmd *cmd, struct err *err)
{
	return link_or_unlink(cmd, "unlink", 2, err);
}
