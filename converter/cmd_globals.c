/* The options that stand before the command. */
#include "cmd.h"

#include <stddef.h>
#include <string.h>

#include "base/i18n.h"
#include "base/str.h"

/* Seconds or steps: more than anybody waits, and far from an overflow. */
#define NUMBER_MAX 1000000

enum takes { FLAG, TEXT, NUMBER };

static const struct global {
	const char *name;
	enum takes takes;
	size_t at;
} globals_known[] = {
	{ "-c", TEXT, offsetof(struct cmd_globals, config_path) },
	{ "-v", FLAG, offsetof(struct cmd_globals, verbose) },
	{ "-q", FLAG, offsetof(struct cmd_globals, quiet) },
	{ "-h", FLAG, offsetof(struct cmd_globals, help) },
	{ "--json", FLAG, offsetof(struct cmd_globals, json) },
	{ "--wait", NUMBER, offsetof(struct cmd_globals, wait_s) },
	{ "--help", FLAG, offsetof(struct cmd_globals, help) },
	{ "--version", FLAG, offsetof(struct cmd_globals, version) },
	{ "--steps", FLAG, offsetof(struct cmd_globals, steps) },
	{ "--die-at", NUMBER, offsetof(struct cmd_globals, die_at) }
};

static const struct global *
find_global(const char *arg)
{
	for (size_t i = 0; i < sizeof(globals_known) /
	    sizeof(globals_known[0]); i++)
		if (strcmp(globals_known[i].name, arg) == 0)
			return &globals_known[i];
	return NULL;
}

bool
cmd_is_global(const char *arg)
{
	return find_global(arg) != NULL;
}

int
cmd_take_global(struct cmd_globals *globals, char **argv, int *i,
    struct err *err)
{
	const struct global *global = find_global(argv[*i]);
	const char *value = NULL;
	int64_t number = 0;
	char *field;

	if (global == NULL)
		return err_set(err, ERR_USAGE, _("%s: no such option"),
		    argv[*i]);
	if (global->takes != FLAG && (value = argv[++*i]) == NULL)
		return err_set(err, ERR_USAGE, _("%s: a value is missing"),
		    global->name);
	if (global->takes == NUMBER && (str_to_int64(&number,
	    str_of(value)) == -1 || number < 0 || number > NUMBER_MAX))
		return err_set(err, ERR_USAGE, _("%s: a whole number is "
		    "wanted"), global->name);
	field = (char *)globals + global->at;
	switch (global->takes) {
	case FLAG:
		memcpy(field, &(bool){ true }, sizeof(bool));
		break;
	case TEXT:
		memcpy(field, &value, sizeof(value));
		break;
	case NUMBER:
		memcpy(field, &number, sizeof(number));
		break;
	}
	return 0;
}
