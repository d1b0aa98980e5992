/* The configuration against the disk and the portal. */
#include "flow/barred.h"
#include "flow/customer.h"
#include "flow/order.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/i18n.h"
#include "base/mem.h"

struct checking {
	struct report *report;
	int64_t bad;
	struct terms terms;     /* that 1C has stated so far */
	int within;             /* folders of 1C that are in the way */
};

static void
tell(void *ctx, bool ok, const char *text)
{
	struct checking *checking = ctx;
	struct json_out *jo = &checking->report->jo;

	if (!ok)
		checking->bad++;
	if (checking->report->json) {
		json_out_object(jo, NULL);
		json_out_bool(jo, "ok", ok);
		report_json_told(checking->report, "text", text);
		json_out_end_object(jo);
	} else if (ok) {
		report_line(checking->report, _("ok: %s"), text);
	} else {
		report_say(checking->report, _("TO MEND: %s"), text);
	}
}

static void
tell_warning(void *ctx, const char *text)
{
	struct checking *checking = ctx;

	if (checking->report->json)
		tell(ctx, true, text);
	else
		report_line(checking->report, _("note: %s"), text);
}

/* Of the folders above it the one that is there: may it be made in that? */
static bool
can_be_made(const char *path)
{
	char *above = mem_text(path), *slash;
	bool can;

	do {
		slash = strrchr(above, '/');
		if (slash != NULL)
			slash[slash == above] = '\0';
	} while (slash != NULL && slash != above && !file_exists(above));
	can = file_is_dir(above) && access(above, W_OK | X_OK) == 0;
	free(above);
	return can;
}

/* What is wrong with the folder, to be freed; NULL: nothing. */
static char *
folder_fault(const char *name, const char *path, bool must_be)
{
	if (!file_is_dir(path) && file_exists(path))
		return mem_printf(_("%s: %s is no folder"), name, path);
	if (!file_is_dir(path) && must_be)
		return mem_printf(_("%s: the folder %s is not there"), name,
		    path);
	if (!file_is_dir(path) && !can_be_made(path))
		return mem_printf(_("%s: the folder %s is not there and "
		    "cannot be made"), name, path);
	if (file_is_dir(path) && access(path, R_OK | X_OK) != 0)
		return mem_printf(_("%s: the folder %s cannot be read"), name,
		    path);
	if (file_is_dir(path) && access(path, W_OK) != 0)
		return mem_printf(_("%s: the folder %s cannot be written"),
		    name, path);
	return NULL;
}

static void
check_folder(struct checking *checking, const char *name, const char *path,
    bool must_be)
{
	char *text = folder_fault(name, path, must_be);
	bool ok = text == NULL;

	if (ok && file_is_dir(path))
		text = mem_printf(_("%s: %s"), name, path);
	else if (ok)
		text = mem_printf(_("%s: the folder %s will be made"), name,
		    path);
	tell(checking, ok, text);
	free(text);
}

/* A node may have hundreds of folders of pictures. */
#define WITHIN_MAX 10

/* Made by 1C, whose server has an account of its own. */
static void
check_within(void *ctx, const char *path, bool readable)
{
	struct checking *checking = ctx;
	char *text;

	if (checking->within++ >= WITHIN_MAX)
		return;
	text = mem_printf(readable ?
	    _("%s: the folder %s cannot be written") :
	    _("%s: the folder %s cannot be read"), "folders.inbox", path);
	tell(checking, false, text);
	free(text);
}

/* One that 1C has not made yet, or a slip: then nothing is ever taken. */
static void
check_nodes(struct checking *checking, const struct config *config)
{
	for (size_t i = 0; i < config->inbox.nodes.count; i++) {
		const char *node = config->inbox.nodes.items[i];
		char *path = file_join(config->folders.inbox, node);
		char *text = mem_printf(_("inbox.nodes: there is no folder "
		    "\"%s\" in the inbox yet; 1C makes it with its first "
		    "export, if it is spelled so"), node);

		if (!file_is_dir(path))
			tell_warning(checking, text);
		free(text);
		free(path);
	}
}

static void
check_same_disk(struct checking *checking, const struct config *config)
{
	struct stat inbox, state;

	if (stat(config->folders.inbox, &inbox) == -1 ||
	    stat(config->folders.state, &state) == -1 ||
	    inbox.st_dev == state.st_dev)
		return;
	tell_warning(checking, _("the inbox and the state lie on different "
	    "file systems: files are copied instead of moved"));
}

static void
check_disk(struct checking *checking, const struct config *config)
{
	check_folder(checking, "folders.inbox", config->folders.inbox, true);
	barred_each(config, check_within, checking);
	check_nodes(checking, config);
	if (config->orders.given || customer_on(config))
		check_folder(checking, "folders.outbox",
		    config->folders.outbox, false);
	check_folder(checking, "folders.state", config->folders.state,
	    false);
	check_folder(checking, "folders.archive", config->folders.archive,
	    false);
	check_folder(checking, "folders.rejected", config->folders.rejected,
	    false);
	check_same_disk(checking, config);
}

static void
check_schemas(struct checking *checking, const struct config *config)
{
	struct cml_schemas *schemas = NULL;
	struct err err = { 0 };

	if (cml_schemas_load(&schemas, config->folders.xsd, true, &err) == -1)
		tell(checking, false, err.text);
	cml_schemas_free(schemas);
}

static void
check_numbers(struct checking *checking, struct flow *flow)
{
	int64_t left;
	char *text;

	if (!flow->config->orders.given || order_number_few(flow, &left) == 0)
		return;
	text = mem_printf(_("numbers of orders that are left up to "
	    "orders.number_last: %" PRId64 "; widen the range"), left);
	tell_warning(checking, text);
	free(text);
}

/* Rules against what 1C has stated so far, when there is a state. */
static int
check_rules(struct checking *checking, const struct config *config,
    struct err *err)
{
	struct flow_options options = { .command = "check",
	    .read_only = true };
	struct flow *flow = NULL;
	int rc;

	rc = flow_open(&flow, config, checking->report, &options, err);
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	rc = flow_map(flow, err);
	if (rc == 0)
		rc = map_warnings(flow->map, tell_warning, checking, err);
	if (rc == 0 && config->catalog.enabled)
		rc = terms_list(flow, &checking->terms, err);
	if (rc == 0)
		terms_recall(flow, &checking->terms);
	if (rc == 0)
		check_numbers(checking, flow);
	flow_close(flow, 0);
	return rc;
}

/* What will be made, and what the portal has nothing for. */
static void
tell_terms(struct checking *checking)
{
	static const char *const kinds[] = {
		[TERM_PROPERTY] = N_("properties of goods"),
		[TERM_TRAIT] = N_("properties of variations"),
		[TERM_STORE] = N_("warehouses"),
		[TERM_UNIT] = N_("units"),
	};
	const struct terms *terms = &checking->terms;

	for (int kind = TERM_PROPERTY; kind < TERM_LAST; kind++) {
		int64_t there = 0, made = 0, out = 0;
		char *text;

		for (size_t i = 0; i < terms->count; i++) {
			if (terms->items[i].kind != (enum term_kind)kind)
				continue;
			if (terms->items[i].portal_id != 0)
				there++;
			else if (terms->items[i].rule == TERM_MADE)
				made++;
			else
				out++;
		}
		if (kinds[kind] == NULL || there + made + out == 0)
			continue;
		text = mem_printf(_("%s: %" PRId64 " are in the portal, %"
		    PRId64 " will be made, %" PRId64 " are left out (the "
		    "portal has none, and no rule says \"create\")"),
		    _(kinds[kind]), there, made, out);
		tell(checking, true, text);
		free(text);
	}
}

/* The names on the right side of catalog.properties and the like. */
static int
check_terms(struct checking *checking, struct remote *remote,
    struct err *err)
{
	struct err why = { 0 };
	bool unsure;

	if (checking->terms.count == 0)
		return 0;
	if (remote->learn(remote->ctx, &checking->terms, false, &unsure,
	    &why) == 0) {
		tell_terms(checking);
		return 0;
	}
	if (why.kind != ERR_USAGE) {
		*err = why;
		return -1;
	}
	for (char *rest = NULL, *line = strtok_r(why.text, "\n", &rest);
	    line != NULL; line = strtok_r(NULL, "\n", &rest))
		tell(checking, false, line);
	return 0;
}

static int
check_portal(struct checking *checking, const struct config *config,
    struct err *err)
{
	struct remote remote;
	int rc;

	if (bitrix_open(&remote, config, err) == -1)
		return -1;
	rc = bitrix_check(&remote, config, tell, checking, err);
	if (rc == 0)
		rc = check_terms(checking, &remote, err);
	remote.close(remote.ctx);
	return rc == -1 ? -1 : 0;
}

int
flow_check(const struct config *config, struct report *report, int64_t *bad,
    struct err *err)
{
	struct checking checking = { .report = report };
	int rc;

	if (report->json)
		json_out_array(&report->jo, "checks");
	check_disk(&checking, config);
	check_schemas(&checking, config);
	rc = check_rules(&checking, config, err);
	if (rc == 0)
		rc = check_portal(&checking, config, err);
	if (report->json)
		json_out_end_array(&report->jo);
	*bad = checking.bad;
	term_list_free(&checking.terms);
	return rc;
}
