/*
 * A share that has a file open elsewhere refuses it as well, and not for long:
 * here only what the rights of file and folder say counts, which stays as it
 * is until a person mends it.
 */
#include "flow/barred.h"

#include <dirent.h>
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

static void
keep_unreadable(void *ctx, const char *path, bool readable)
{
	if (!readable)
		keep(ctx, path, _("it cannot be read"));
}

void
barred_look(struct flow *flow)
{
	barred_each(flow->config, keep_unreadable, flow);
}

/* Hidden ones are nobody's; the other one belongs to the file system. */
static bool
is_ours(const struct config *config, const char *name)
{
	return name[0] != '.' && strcmp(name, "lost+found") != 0 &&
	    intake_is_wanted(config->inbox.nodes.items,
	    config->inbox.nodes.count, name);
}

void
barred_each(const struct config *config,
    void (*visit)(void *ctx, const char *path, bool readable), void *ctx)
{
	DIR *dir = opendir(config->folders.inbox);
	const struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		char *path = file_join(config->folders.inbox, entry->d_name);

		if (is_ours(config, entry->d_name) && file_is_dir(path)) {
			if (is_barred(path, R_OK | X_OK))
				visit(ctx, path, false);
			else if (is_barred(path, W_OK))
				visit(ctx, path, true);
		}
		free(path);
	}
	if (dir != NULL)
		(void)closedir(dir);    /* it was only read */
}
