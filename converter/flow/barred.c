/*
 * A share that has a file open elsewhere refuses it as well, and not for long:
 * here only what the rights of file and folder say counts, which stays as it
 * is until a person mends it.
 */
#include "flow/barred.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/i18n.h"
#include "base/mem.h"

/* Not there is not barred. */
static bool
is_barred(const char *path, int mode)
{
	return faccessat(AT_FDCWD, path, F_OK, AT_EACCESS) == 0 &&
	    faccessat(AT_FDCWD, path, mode, AT_EACCESS) != 0;
}

const char *
barred_why(const struct config *config, const char *name)
{
	char *path = file_join(config->folders.inbox, name);
	bool unreadable = is_barred(path, R_OK), fixed;

	*strrchr(path, '/') = '\0';
	fixed = is_barred(path, W_OK | X_OK) ||
	    is_barred(config->folders.inbox, W_OK | X_OK);
	free(path);
	if (unreadable)
		return _("it cannot be read");
	return fixed ? _("nothing can be taken out of its folder") : NULL;
}

static void
keep(struct flow *flow, const char *path, const char *why)
{
	if (flow->barred == NULL)
		flow->barred = mem_printf(_("%s: %s (Permission denied): 1C's "
		    "next export removes what waits there; let the account "
		    "of cml24 read, rename and delete in the inbox"), path,
		    why);
}

bool
barred_note(struct flow *flow, const char *name)
{
	const char *why = barred_why(flow->config, name);
	char *path;

	if (why == NULL)
		return false;
	path = file_join(flow->config->folders.inbox, name);
	keep(flow, path, why);
	free(path);
	return true;
}

void
barred_shut(struct flow *flow, const char *name)
{
	char *path = file_join(flow->config->folders.inbox, name);

	keep(flow, path, _("it cannot be read"));
	free(path);
}

struct barring {
	void (*visit)(void *ctx, const char *path, bool readable);
	void *ctx;
};

static void
look_at_folder(void *ctx, const char *path)
{
	const struct barring *barring = ctx;

	if (is_barred(path, R_OK | X_OK))
		barring->visit(barring->ctx, path, false);
	else if (is_barred(path, W_OK))
		barring->visit(barring->ctx, path, true);
}

void
barred_each(const struct config *config,
    void (*visit)(void *ctx, const char *path, bool readable), void *ctx)
{
	struct barring barring = { visit, ctx };

	intake_each_folder(config->folders.inbox, config->inbox.nodes.items,
	    config->inbox.nodes.count, look_at_folder, &barring);
}

static bool
is_open(const char *path)
{
	return faccessat(AT_FDCWD, path, R_OK | X_OK, AT_EACCESS) == 0;
}

bool
barred_is_shut(const struct config *config, const char *node)
{
	char *path = file_join(config->folders.inbox, node);
	bool shut = !is_open(config->folders.inbox) ||
	    (!is_open(path) && errno == EACCES);

	free(path);
	return shut;
}

struct shut {
	void (*visit)(void *ctx, const char *path);
	void *ctx;
};

static void
pass_shut(void *ctx, const char *path, bool readable)
{
	const struct shut *shut = ctx;

	if (!readable)
		shut->visit(shut->ctx, path);
}

void
barred_shut_each(const struct config *config,
    void (*visit)(void *ctx, const char *path), void *ctx)
{
	struct shut shut = { visit, ctx };

	if (!is_open(config->folders.inbox))
		visit(ctx, config->folders.inbox);
	else
		barred_each(config, pass_shut, &shut);
}
