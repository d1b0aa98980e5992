/* A lock file held by one process (fcntl, so it ends with the process). */
#ifndef BASE_LOCK_H
#define BASE_LOCK_H

#include <stdint.h>

#include "base/err.h"

struct lock;

/* Waits at most wait_ms.  -1 with ERR_LOCKED: another holds it (its pid is
 * in the text).  The file stays; it holds our pid and start. */
int lock_take(struct lock **out, const char *path, int64_t wait_ms,
    struct err *err);
void lock_release(struct lock *lock);   /* NULL is fine */

#endif
