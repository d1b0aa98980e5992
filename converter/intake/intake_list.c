#include "intake/parts.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"

void
intake_list_forget(struct intake_file *file)
{
	free(file->name);
	free(file->inner);
	file->name = NULL;
	file->inner = NULL;
}

void
intake_list_free(struct intake_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		intake_list_forget(&list->files[i]);
	free(list->files);
	*list = (struct intake_list){ NULL, 0 };
}

void
intake_list_add(struct intake_list *list, const struct intake_file *file)
{
	/* Grows at powers of two. */
	if ((list->count & (list->count - 1)) == 0)
		list->files = mem_resize(list->files,
		    list->count == 0 ? 1 : list->count * 2,
		    sizeof *list->files);
	list->files[list->count++] = *file;
}

static int
by_reading(const void *left, const void *right)
{
	const struct intake_file *a = left, *b = right;
	int order = (a->order > b->order) - (a->order < b->order);

	if (order == 0)
		order = strcmp(a->series, b->series);
	if (order == 0)
		order = (a->portion > b->portion) - (a->portion < b->portion);
	return order == 0 ? strcmp(a->name, b->name) : order;
}

static int
by_node_and_reading(const void *left, const void *right)
{
	const struct intake_file *a = left, *b = right;
	int order = strcmp(a->node, b->node);

	return order == 0 ? by_reading(left, right) : order;
}

void
intake_list_sort(struct intake_list *list, bool by_node)
{
	if (list->count > 0)
		qsort(list->files, list->count, sizeof *list->files,
		    by_node ? by_node_and_reading : by_reading);
}

static int
add_found(void *ctx, const char *path, const char *relative)
{
	struct intake_file file = { .name = mem_text(relative) };
	struct stat status;

	if (lstat(path, &status) != 0 || !S_ISREG(status.st_mode)) {
		intake_list_forget(&file);
		return 0;
	}
	intake_classify(&file);
	file.size = status.st_size;
	file.mtime_ns = (int64_t)status.st_mtim.tv_sec * 1000000000 +
	    status.st_mtim.tv_nsec;
	file.inode = (int64_t)status.st_ino;
	intake_list_add(ctx, &file);
	return 0;
}

int
intake_list_package(struct intake_list *out, const char *folder,
    struct err *err)
{
	*out = (struct intake_list){ NULL, 0 };
	if (file_walk(folder, add_found, out, err) != 0) {
		intake_list_free(out);
		return -1;
	}
	intake_list_sort(out, false);
	return 0;
}
