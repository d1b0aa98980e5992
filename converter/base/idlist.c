#include "base/idlist.h"

#include <stdlib.h>

#include "base/mem.h"

void
idlist_free(struct idlist *list)
{
	free(list->ids);
	*list = (struct idlist){ NULL, 0, 0 };
}

void
idlist_add(struct idlist *list, int64_t id)
{
	if (list->count == list->size) {
		list->size = list->size == 0 ? 64 : list->size * 2;
		list->ids = mem_resize(list->ids, list->size,
		    sizeof(*list->ids));
	}
	list->ids[list->count++] = id;
}

static int
compare_ids(const void *a, const void *b)
{
	const int64_t *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

void
idlist_sort(struct idlist *list)
{
	size_t kept = 0;

	if (list->count > 1)
		qsort(list->ids, list->count, sizeof(*list->ids),
		    compare_ids);
	for (size_t i = 0; i < list->count; i++)
		if (i == 0 || list->ids[i] != list->ids[kept - 1])
			list->ids[kept++] = list->ids[i];
	list->count = kept;
}

bool
idlist_has(const struct idlist *list, int64_t id)
{
	return list->count > 0 && bsearch(&id, list->ids, list->count,
	    sizeof(*list->ids), compare_ids) != NULL;
}
