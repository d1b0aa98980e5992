/*
 * What the files of intake/ share among themselves.
 */
#ifndef INTAKE_PARTS_H
#define INTAKE_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "intake/intake.h"

/* ---- intake_name.c: names as foreign data ---- */

/* A copy with '/' for each literal backslash (a Linux 1C server writes
 * "webdata\import0_1.xml" as one name), if that gives a safe path. */
char *intake_name_slashes(const char *name);

/* A relative path without empty, hidden, "." and ".." parts and control
 * characters, not too long. */
bool intake_name_is_safe(const char *path);

/* The part behind the last '/'. */
const char *intake_name_base(const char *path);

/* ASCII letters only; cut at size - 1. */
void intake_name_lower(char *out, size_t size, const char *text);

/* Left alone in the inbox: probes, and half-made files of other programs. */
bool intake_name_is_foreign(const char *base);

enum intake_kind intake_name_kind(const char *base);

/*
 * A zip in parts: "goods.zip.001" is part 1 of "goods.zip", "goods.z01" part
 * 1 of "goods.zip" whose last part is goods.zip itself.
 */
struct intake_part {
	size_t stem;    /* bytes before ".001" or ".z01" */
	int number;     /* 0: no part (perhaps the last one) */
	bool spanned;   /* .z01 */
};
struct intake_part intake_name_part(const char *path);
/* Path of another part of the same zip; allocated. */
char *intake_name_of_part(const char *path, struct intake_part part,
    int number);
/* Path of the zip that the parts make (".zip"); allocated. */
char *intake_name_of_whole(const char *path, struct intake_part part);

/* ---- intake_classify.c ---- */

/* As intake_classify(), for a name relative to the inbox: every sub-folder
 * is a node.  false: no business of ours. */
bool intake_classify_inbox(struct intake_file *file);

/* ---- intake_list.c ---- */

/* Adds a copy of *file; its texts belong to the list from now on. */
void intake_list_add(struct intake_list *list, const struct intake_file *file);
/* by_node: as intake_scan() sorts, else as intake_list_package(). */
void intake_list_sort(struct intake_list *list, bool by_node);

/* ---- intake_tail.c: what the last bytes of a file say ---- */

/* The end of a zip's central directory. */
struct intake_tail_end {
	uint64_t at;            /* place of the end record */
	uint64_t size, offset;  /* the directory */
	uint64_t entries;
	unsigned disk, directory_disk;  /* counted from 0; spanned zips */
	bool large;             /* zip64 */
};
/* 1 found, 0 no whole directory there (or gone), -1 error. */
int intake_tail_zip(struct intake_tail_end *end, const char *path,
    struct err *err);
/* 1 closed root, 0 not, -1 error. */
int intake_tail_xml(const char *path, struct err *err);

/* ---- intake_join.c, intake_zip.c ---- */

/* Makes one zip of the parts whose first or any part is `path`. */
int intake_join(const char *path, struct err *err);
/* Unpacks one whole zip beside itself and removes it. */
int intake_zip(const char *path, const char *shown, struct err *err);

/* ---- intake_claim.c ---- */

int intake_claim_resume(const char *inbox, const char *work,
    void (*found)(void *ctx, int64_t package), void *ctx, struct err *err);

/* ---- intake_gather.c ---- */

/* Brings what is left of a zip's parts to the ones that were claimed. */
int intake_gather(const char *inbox, const char *work, struct err *err);

#endif
