#include "cmd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"

#define CONFIG_HERE "exchange/exchange.json"
#define CONFIG_SYSTEM "/etc/cml24/exchange.json"

static const struct cmd_option *
find_option(const struct cmd_option *options, const char *name, size_t len)
{
	for (; options->name != NULL; options++)
		if (strlen(options->name) == len &&
		    strncmp(options->name, name, len) == 0)
			return options;
	return NULL;
}

/* "--name value" or "--name=value"; *i moves over the value. */
static int
take_option(struct cmd *cmd, const struct cmd_option *options, int *i,
    struct err *err)
{
	const char *arg = cmd->argv[*i];
	const char *equals = strchr(arg, '=');
	size_t len = equals != NULL ? (size_t)(equals - arg) : strlen(arg);
	const struct cmd_option *option = find_option(options, arg, len);

	if (option == NULL && cmd_is_global(arg))
		return err_set(err, ERR_USAGE, _("%s: this option stands "
		    "before the command"), arg);
	if (option == NULL)
		return err_set(err, ERR_USAGE, _("%s: no such option of this "
		    "command"), arg);
	if (option->flag != NULL) {
		if (equals != NULL)
			return err_set(err, ERR_USAGE, _("%s takes no value"),
			    option->name);
		*option->flag = true;
		return 0;
	}
	if (equals == NULL && *i + 1 >= cmd->argc)
		return err_set(err, ERR_USAGE, _("%s: a value is missing"),
		    arg);
	*option->text = equals != NULL ? equals + 1 : cmd->argv[++*i];
	return 0;
}

int
cmd_parse(struct cmd *cmd, const struct cmd_option *options,
    char *const **operands, size_t *count, struct err *err)
{
	bool only_operands = false;
	size_t left = 0;

	for (int i = 0; i < cmd->argc; i++) {
		if (!only_operands && strcmp(cmd->argv[i], "--") == 0) {
			only_operands = true;
		} else if (!only_operands && cmd->argv[i][0] == '-' &&
		    cmd->argv[i][1] != '\0') {
			if (take_option(cmd, options, &i, err) == -1)
				return -1;
		} else {
			cmd->argv[left++] = cmd->argv[i];
		}
	}
	*count = left;
	*operands = cmd->argv;
	return 0;
}

/* Where an exchange's folder has no schemas of its own, the program's own
 * are used. */
static void
find_schemas(struct cmd *cmd, struct config *config)
{
	if (file_is_dir(config->folders.xsd) ||
	    !file_is_dir(cmd->globals->xsd_folder))
		return;
	log_info("%s is not there; %s is used", config->folders.xsd,
	    cmd->globals->xsd_folder);
	free(config->folders.xsd);
	config->folders.xsd = mem_text(cmd->globals->xsd_folder);
}

int
cmd_config(struct cmd *cmd, struct config **out, struct err *err)
{
	struct buf warnings = BUF_INIT(LIMIT_MIB);
	const char *path = cmd->globals->config_path;
	int rc;

	if (path == NULL)
		path = getenv("CML24_CONFIG");
	if (path == NULL || path[0] == '\0')
		path = file_exists(CONFIG_HERE) ? CONFIG_HERE : CONFIG_SYSTEM;
	rc = config_load(out, path, &warnings, err);
	if (rc == 0 && warnings.len > 0 && !cmd->globals->quiet)
		(void)fprintf(stderr, "%s\n", buf_text(&warnings));
	buf_free(&warnings);
	if (rc == 0)
		find_schemas(cmd, *out);
	return rc;
}

int
cmd_no_operands(char *const *operands, size_t count, struct err *err)
{
	if (count == 0)
		return 0;
	return err_set(err, ERR_USAGE, _("%s: this command takes no argument"),
	    operands[0]);
}
