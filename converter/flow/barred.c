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
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/i18n.h"
#include "base/limits.h"
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

/* A look at the folders, without recursion. */
struct folders {
	const struct config *config;
	char **names;           /* below the inbox; "": itself */
	size_t count, next;
};

/* Takes `name` over. */
static void
add_folder(struct folders *folders, char *name)
{
	folders->names = mem_resize(folders->names, folders->count + 1,
	    sizeof(*folders->names));
	folders->names[folders->count++] = name;
}

/* Links are followed by nobody. */
static bool
is_folder(DIR *dir, const char *base)
{
	struct stat status;

	return strcmp(base, ".") != 0 && strcmp(base, "..") != 0 &&
	    fstatat(dirfd(dir), base, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISDIR(status.st_mode);
}

static void
add_folders_in(struct folders *folders, const char *above, const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	char *name;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (!is_folder(dir, entry->d_name))
			continue;
		name = above[0] == '\0' ? mem_text(entry->d_name) :
		    file_join(above, entry->d_name);
		if (strlen(name) <= LIMIT_NAME_BYTES &&
		    intake_may_hold(folders->config->inbox.nodes.items,
		    folders->config->inbox.nodes.count, name))
			add_folder(folders, name);
		else
			free(name);
	}
	if (dir != NULL)
		(void)closedir(dir);    /* it was only read */
}

/* One that cannot be read is a node's like any other: Bitrix's module has its
 * files four folders down. */
void
barred_each(const struct config *config,
    void (*visit)(void *ctx, const char *path, bool readable), void *ctx)
{
	struct folders folders = { .config = config };
	char *name, *path;

	add_folder(&folders, mem_text(""));
	while (folders.next < folders.count) {
		name = folders.names[folders.next++];
		path = name[0] == '\0' ? mem_text(config->folders.inbox) :
		    file_join(config->folders.inbox, name);
		if (name[0] != '\0' && is_barred(path, R_OK | X_OK))
			visit(ctx, path, false);
		else if (name[0] != '\0' && is_barred(path, W_OK))
			visit(ctx, path, true);
		add_folders_in(&folders, name, path);
		free(path);
		free(name);
	}
	free(folders.names);
}
