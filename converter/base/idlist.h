/* Numbers of objects: gathered, then sorted, each once. */
#ifndef BASE_IDLIST_H
#define BASE_IDLIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct idlist {
	int64_t *ids;
	size_t count, size;
};

void idlist_free(struct idlist *list);
void idlist_add(struct idlist *list, int64_t id);
/* Ascending, each once. */
void idlist_sort(struct idlist *list);
/* After idlist_sort(). */
bool idlist_has(const struct idlist *list, int64_t id);

#endif
