/*
 * One look at the inbox.  Folders are read one after the other from a list,
 * so that neither depth nor number of foreign folders costs stack.
 */
#include "intake/parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/i18n.h"
#include "base/mem.h"

/* 1C nests five deep (webdata/000000001/goods/1/import_files/xx). */
#define DEPTH_MAX 12
/* Of either kind in one look: a listing is held in memory. */
#define FILES_MAX INTAKE_ATTACHMENTS

struct scan {
	struct intake_list *list;
	const char *inbox;
	char *const *nodes;
	size_t node_count;
	const char *const *ours;        /* left out, by name; NULL: none */
	struct intake_left *left;
	size_t attachments;     /* in the list */
	char **folders;         /* relative, to be read; the first is "" */
	size_t count, next;
};

bool
intake_is_wanted(char *const *nodes, size_t count, const char *node)
{
	size_t i;

	/* What a person put there lies in the root. */
	if (strncmp(node, "zip:", 4) == 0 || strncmp(node, "file:", 5) == 0)
		node = "";
	for (i = 0; i < count; i++) {
		size_t len = strlen(nodes[i]);

		if (strncmp(node, nodes[i], len) == 0 &&
		    (node[len] == '\0' || (len > 0 && node[len] == '/')))
			return true;
	}
	return count == 0;
}

/* May the folder hold what `nodes` names? */
static bool
may_hold(const struct scan *scan, const char *folder)
{
	size_t len = strlen(folder), i;

	for (i = 0; i < scan->node_count; i++)
		if (strncmp(scan->nodes[i], folder, len) == 0 &&
		    scan->nodes[i][len] == '/')
			return true;
	return intake_is_wanted(scan->nodes, scan->node_count, folder);
}

/* 1C's server has an account of its own. */
static void
note_shut(struct scan *scan, const char *folder)
{
	if (scan->left->shut[0] == '\0' && may_hold(scan, folder))
		(void)snprintf(scan->left->shut, sizeof scan->left->shut,
		    "%s", folder);
}

static bool
node_is_wanted(const struct scan *scan, const char *node)
{
	return intake_is_wanted(scan->nodes, scan->node_count, node);
}

static void
add_folder(struct scan *scan, char *relative)
{
	scan->folders = mem_resize(scan->folders, scan->count + 1,
	    sizeof *scan->folders);
	scan->folders[scan->count++] = relative;
}

static size_t
depth_of(const char *relative)
{
	size_t depth = 1;

	while ((relative = strchr(relative, '/')) != NULL) {
		relative++;
		depth++;
	}
	return depth;
}

/* What we write for 1C, where the outbox is in the inbox. */
static bool
is_outbox_file(const struct scan *scan, const char *relative)
{
	for (size_t i = 0; scan->ours != NULL && i < INTAKE_OURS; i++)
		if (scan->ours[i] != NULL && strcmp(relative,
		    scan->ours[i]) == 0)
			return true;
	return strcmp(relative, "Orders.xml") == 0 ||
	    strcmp(relative, "order.xml") == 0;
}

static bool
is_full(const struct scan *scan, enum intake_kind kind)
{
	if (kind == INTAKE_OTHER)
		return scan->attachments >= FILES_MAX;
	return scan->list->count - scan->attachments >= FILES_MAX;
}

/* Takes `name` over. */
static void
add_file(struct scan *scan, char *name, const struct stat *status)
{
	struct intake_file file = { .name = name };

	file.size = status->st_size;
	file.mtime_ns = (int64_t)status->st_mtim.tv_sec * 1000000000 +
	    status->st_mtim.tv_nsec;
	file.inode = (int64_t)status->st_ino;
	if (is_outbox_file(scan, name) || !intake_classify_inbox(&file) ||
	    !intake_name_is_safe(file.inner) || is_full(scan, file.kind)) {
		intake_list_forget(&file);
		return;
	}
	if (file.kind == INTAKE_OTHER)
		scan->attachments++;
	intake_list_add(scan->list, &file);
}

static void
look_at(struct scan *scan, int folder, const char *relative, const char *base)
{
	struct stat status;
	char *name;

	if (intake_name_is_foreign(base))
		return;
	if (fstatat(folder, base, &status, AT_SYMLINK_NOFOLLOW) != 0) {
		if (errno == EACCES && relative[0] != '\0')
			note_shut(scan, relative);
		return;
	}
	name = relative[0] == '\0' ? mem_text(base) :
	    mem_printf("%s/%s", relative, base);
	if (S_ISLNK(status.st_mode)) {
		scan->left->links++;
	} else if (S_ISREG(status.st_mode)) {
		add_file(scan, name, &status);
		return;
	} else if (S_ISDIR(status.st_mode) && depth_of(name) < DEPTH_MAX &&
	    strlen(name) <= LIMIT_NAME_BYTES) {
		add_folder(scan, name);
		return;
	}
	free(name);
}

/* A sub-folder that vanished or became a link is no error; one that is not
 * ours to read is told, and the others are read. */
static bool
may_be_passed_over(int why)
{
	return why == ENOENT || why == ENOTDIR || why == ELOOP ||
	    why == EACCES || why == EPERM;
}

static int
read_folder(struct scan *scan, const char *relative, struct err *err)
{
	int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
	bool top = relative[0] == '\0';
	char *path = top ? mem_text(scan->inbox) :
	    file_join(scan->inbox, relative);
	int fd = open(path, top ? flags : flags | O_NOFOLLOW);
	const struct dirent *entry;
	DIR *dir;
	int rc = 0;

	dir = fd < 0 ? NULL : fdopendir(fd);
	if (dir == NULL) {
		if (top || !may_be_passed_over(errno))
			rc = err_errno(err, ERR_SYSTEM, _("%s: cannot be read"),
			    path);
		else if (errno == EACCES || errno == EPERM)
			note_shut(scan, relative);
		if (fd >= 0)
			close(fd);
		free(path);
		return rc;
	}
	while ((entry = readdir(dir)) != NULL)
		look_at(scan, dirfd(dir), relative, entry->d_name);
	closedir(dir);
	free(path);
	return rc;
}

/* The pictures of the root belong to the first XML file that a person put
 * there, or to one that was there before. */
static void
give_pictures(struct intake_list *list)
{
	const struct intake_file *owner = NULL;
	size_t i;

	for (i = 0; i < list->count; i++) {
		const struct intake_file *file = &list->files[i];

		if (strncmp(file->node, "file:", 5) == 0 && (owner == NULL ||
		    file->order < owner->order || (file->order ==
		    owner->order && strcmp(file->name, owner->name) < 0)))
			owner = file;
	}
	for (i = 0; i < list->count; i++) {
		struct intake_file *file = &list->files[i];

		if (file->node[0] == '\0' && file->order == INTAKE_ORDER_OTHER)
			snprintf(file->node, sizeof file->node, "%s",
			    owner == NULL ? "file:" : owner->node);
	}
}

static void
note_left(struct intake_left *left, const struct intake_file *file)
{
	if (file->kind == INTAKE_OTHER || strchr(file->name, '/') != NULL ||
	    strchr(file->name, '\\') != NULL)
		return;
	if (left->root++ == 0)
		(void)snprintf(left->first, sizeof left->first, "%.255s",
		    file->name);
}

static void
drop_unwanted(struct scan *scan)
{
	struct intake_list *list = scan->list;
	size_t i, kept = 0;

	for (i = 0; i < list->count; i++) {
		if (node_is_wanted(scan, list->files[i].node)) {
			list->files[kept++] = list->files[i];
			continue;
		}
		note_left(scan->left, &list->files[i]);
		intake_list_forget(&list->files[i]);
	}
	list->count = kept;
}

static int
read_folders(struct scan *scan, struct err *err)
{
	int rc = 0;

	add_folder(scan, mem_text(""));
	while (rc == 0 && scan->next < scan->count)
		rc = read_folder(scan, scan->folders[scan->next++], err);
	return rc;
}

static void
free_folders(struct scan *scan)
{
	while (scan->count > 0)
		free(scan->folders[--scan->count]);
	free(scan->folders);
}

int
intake_scan(struct intake_list *out, const char *inbox, char *const *nodes,
    size_t node_count, const char *const ours[INTAKE_OURS],
    struct intake_left *left, struct err *err)
{
	struct scan scan = { .list = out, .inbox = inbox, .nodes = nodes,
	    .node_count = node_count, .ours = ours, .left = left };
	int rc;

	*out = (struct intake_list){ NULL, 0 };
	*left = (struct intake_left){ .links = 0 };
	rc = read_folders(&scan, err);
	free_folders(&scan);
	if (rc != 0) {
		intake_list_free(out);
		return -1;
	}
	give_pictures(out);
	drop_unwanted(&scan);
	intake_list_sort(out, true);
	return 0;
}

void
intake_each_folder(const char *inbox, char *const *nodes, size_t node_count,
    void (*visit)(void *ctx, const char *path), void *ctx)
{
	struct intake_list list = { NULL, 0 };
	struct intake_left left = { .links = 0 };
	struct scan scan = { .list = &list, .inbox = inbox, .nodes = nodes,
	    .node_count = node_count, .left = &left };
	struct err ignored = { 0 };
	char *path;

	/* Of an inbox that cannot be read no folder is known. */
	(void)read_folders(&scan, &ignored);
	for (size_t i = 1; i < scan.count; i++) {
		path = file_join(inbox, scan.folders[i]);
		if (may_hold(&scan, scan.folders[i]))
			visit(ctx, path);
		free(path);
	}
	free_folders(&scan);
	intake_list_free(&list);
}
