/* argv -> one command. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/step.h"
#include "base/str.h"
#include "cmd.h"

#ifndef CML24_VERSION
#define CML24_VERSION "0.1"
#endif
#ifndef CML24_XSD_DIR
#define CML24_XSD_DIR "/usr/local/share/cml24/xsd"
#endif
#ifndef CML24_LOCALE_DIR
#define CML24_LOCALE_DIR "/usr/local/share/locale"
#endif

#define WAIT_S 60

struct command {
	const char *name;
	const char *arguments;
	const char *summary;
	int (*run)(struct cmd *cmd, struct err *err);
};

static const struct command commands[] = {
	{ "run", "", N_("one pass: takes what is in the inbox and sends the "
	    "changes"), cmd_run },
	{ "import", "[--force] [--older] [--allow-deletes] PATH...",
	    N_("takes these packages now, by hand"), cmd_import },
	{ "export", "[--again DEAL]", N_("only the way back: changed deals to "
	    "the outbox"), cmd_export },
	{ "validate", "[--strict] PATH...", N_("checks packages, no state and "
	    "no network"), cmd_validate },
	{ "plan", "[--force] [--older] [--allow-deletes] [PATH...]",
	    N_("shows what a run would create, change and delete"), cmd_plan },
	{ "status", "", N_("last runs, what waits, the portal's limits"),
	    cmd_status },
	{ "history", "[--kind KIND] [--run N] [--limit N] [ID]",
	    N_("every change made"), cmd_history },
	{ "unsent", "[--all]", N_("what could not be delivered, and why"),
	    cmd_unsent },
	{ "retry", "[ID...]", N_("tries unsent changes now"), cmd_retry },
	{ "link", "KIND 1C-ID PORTAL-ID|new", N_("this client of 1C is that "
	    "one of the portal"), cmd_link },
	{ "unlink", "KIND 1C-ID", N_("it is not the one it was linked to"),
	    cmd_unlink },
	{ "check", "", N_("the configuration against the disk and the "
	    "portal"), cmd_check }
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void
usage(FILE *file)
{
	(void)fprintf(file, "%s\n\n", _("usage: cml24 [-c FILE] [-v|-q] "
	    "[--json] [--wait SECONDS] COMMAND [ARGUMENTS]"));
	for (size_t i = 0; i < COMMANDS; i++)
		(void)fprintf(file, "  %s %s\n        %s\n",
		    commands[i].name, commands[i].arguments,
		    _(commands[i].summary));
}

/* A folder of the source tree when the program runs from there (build/ or
 * build/san/), else the installed one.  Allocated. */
static char *
find_folder(const char *const *beside, const char *installed)
{
	char exe[LIMIT_PATH_BYTES], *slash, *path;
	ssize_t len = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	if (len <= 0)
		return mem_text(installed);
	exe[len] = '\0';
	slash = strrchr(exe, '/');
	if (slash == NULL)
		return mem_text(installed);
	*slash = '\0';
	for (; *beside != NULL; beside++) {
		path = mem_printf("%s/%s", exe, *beside);
		if (file_is_dir(path))
			return path;
		free(path);
	}
	return mem_text(installed);
}

static const struct command *
find_command(const char *name, struct err *err)
{
	const char *nearest = NULL;
	size_t best = 3, distance;

	for (size_t i = 0; i < COMMANDS; i++) {
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
		distance = str_distance(str_of(commands[i].name),
		    str_of(name), 3);
		if (distance < best) {
			best = distance;
			nearest = commands[i].name;
		}
	}
	if (nearest != NULL)
		(void)err_set(err, ERR_USAGE, _("%s: no such command; did you "
		    "mean %s?"), name, nearest);
	else
		(void)err_set(err, ERR_USAGE, _("%s: no such command; see "
		    "cml24 --help"), name);
	return NULL;
}

static void
on_signal(int number)
{
	(void)number;
	flow_stop();
}

static void
catch_signals(void)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = on_signal;
	/* The first one asks, the second one ends the program. */
	action.sa_flags = (int)SA_RESETHAND;
	(void)sigemptyset(&action.sa_mask);
	(void)sigaction(SIGTERM, &action, NULL);
	(void)sigaction(SIGINT, &action, NULL);
	(void)sigaction(SIGHUP, &action, NULL);
	action.sa_flags = 0;
	action.sa_handler = SIG_IGN;
	(void)sigaction(SIGPIPE, &action, NULL);
	/* A file may grow no more: the write says so (EFBIG). */
	(void)sigaction(SIGXFSZ, &action, NULL);
}

static int
run_command(const struct command *command, const struct cmd_globals *globals,
    int argc, char **argv)
{
	struct report report;
	struct err err = { 0 };
	struct cmd cmd = { globals, &report, argc, argv };
	int code;

	report_begin(&report, globals->json, globals->quiet, command->name);
	code = command->run(&cmd, &err);
	report_end(&report, code, err.kind != ERR_NONE ? err.text : NULL);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		(void)fprintf(stderr, "cml24: %s\n",
		    _("the output could not be written"));
		code = code == 0 ? 1 : code;
	}
	if (globals->steps)
		(void)fprintf(stderr, "steps: %ld\n", step_count());
	return code;
}

/* No command that could say it itself: a machine gets its document too. */
static int
refuse(const struct cmd_globals *globals, const char *name,
    const struct err *err)
{
	struct report report;

	report_begin(&report, globals->json, globals->quiet, name);
	report_end(&report, 2, err->text);
	return 2;
}

static int
dispatch(struct cmd_globals *globals, int argc, char **argv)
{
	const struct command *command;
	struct err err = { 0 };
	int i = 1;

	for (; i < argc && argv[i][0] == '-'; i++)
		if (cmd_take_global(globals, argv, &i, &err) == -1)
			break;
	if (err.kind == ERR_NONE && globals->version) {
		(void)printf("cml24 %s\n", CML24_VERSION);
		return 0;
	}
	if (err.kind == ERR_NONE && globals->help) {
		usage(stdout);
		return 0;
	}
	if (err.kind == ERR_NONE && i >= argc && !globals->json) {
		usage(stderr);
		return 2;
	}
	if (err.kind == ERR_NONE && i >= argc)
		(void)err_set(&err, ERR_USAGE, "%s", _("a command is wanted; "
		    "see cml24 --help"));
	command = err.kind == ERR_NONE ? find_command(argv[i], &err) : NULL;
	if (command == NULL)
		return refuse(globals, i < argc && argv[i][0] != '-' ?
		    argv[i] : "", &err);
	if (globals->verbose)
		log_set_level(LOG_INFO);
	else if (globals->quiet)
		log_set_level(LOG_ERROR);
	step_die_at((long)globals->die_at);
	return run_command(command, globals, argc - i - 1, argv + i + 1);
}

int
main(int argc, char **argv)
{
	static const char *const locales[] = { "locale", "../locale", NULL };
	static const char *const schemas[] = { "../xsd", "../../xsd", NULL };
	struct cmd_globals globals = { .wait_s = WAIT_S };
	char *locale = find_folder(locales, CML24_LOCALE_DIR);
	char *xsd = find_folder(schemas, CML24_XSD_DIR);
	int code;

	i18n_init(locale);
	catch_signals();
	globals.xsd_folder = xsd;
	code = dispatch(&globals, argc, argv);
	free(xsd);
	free(locale);
	return code;
}
