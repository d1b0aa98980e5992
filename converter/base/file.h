/*
 * Files that appear whole.  This module is the only one that calls rename()
 * and fsync(); each durable action is a counted step (base/step.h).
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * What root makes in another user's folder is that user's, folders too: a
 * command given by hand leaves nothing that the service cannot write.
 * file_create() is open() for that: what is not there is made, of `mode`;
 * O_NOFOLLOW and O_CLOEXEC are added to `flags`.  -1 and errno.
 */
int file_create(const char *path, int flags, mode_t mode);

/* Reads a whole file of at most out->max bytes; what was in `out` is gone.
 * 1: it is not there. */
int file_read(struct buf *out, const char *path, struct err *err);

/* Temporary name beside it (hidden, always the same for one path, so that a
 * kill leaves no pile), write, fsync, rename, fsync of the folder.  One writer
 * for one path at a time. */
int file_write(const char *path, const void *data, size_t len, mode_t mode,
    struct err *err);

/* rename() and fsync of both folders.  1: `from` is not there.  An existing
 * `to` is replaced. */
int file_rename(const char *from, const char *to, struct err *err);

/* The same, for files, across file systems: copy, fsync, compare size, rename
 * in place, then unlink the source.  Repeatable after a kill at any point.
 * ERR_AGAIN: the source changed while it was copied. */
int file_move(const char *from, const char *to, struct err *err);

/* Both without the fsync of the folders, for many files of few folders: before
 * anything counts on them the caller syncs these, file_sync_dir(). */
int file_rename_unsynced(const char *from, const char *to, struct err *err);
int file_move_unsynced(const char *from, const char *to, struct err *err);

/* Copies (mode and mtime too), fsyncs, renames in place; the source stays.
 * 1: `from` is not there.  Links are refused. */
int file_copy(const char *from, const char *to, struct err *err);

/* A second name for the same bytes; a copy where the file system has none.
 * What is there under `to` stays.  1: `from` is not there.  A link is on disk
 * only after file_sync_dir(). */
int file_link(const char *from, const char *to, struct err *err);

/* unlink; not being there is fine. */
int file_remove(const char *path, struct err *err);

/* Removes a folder and all below it; never follows links. */
int file_remove_tree(const char *path, struct err *err);

/* mkdir -p. */
int file_make_dir(const char *path, struct err *err);

/* fsync of a file's content, for what others wrote. */
int file_sync(const char *path, struct err *err);

/* fsync of a folder. */
int file_sync_dir(const char *path, struct err *err);

bool file_is_dir(const char *path);
bool file_exists(const char *path);     /* lstat */

/* "a/b": allocated; an absolute `name` is taken alone. */
char *file_join(const char *folder, const char *name);

/*
 * Calls visit for every regular file below `folder`, in byte order of the
 * relative path; names that begin with a dot are passed over, links are not
 * followed.  What vanishes meanwhile is passed over.  visit returning non-zero
 * ends the walk with that value.
 */
int file_walk(const char *folder, int (*visit)(void *ctx, const char *path,
    const char *relative), void *ctx, struct err *err);

#endif
