/*
 * One file of a package read on a second thread: parsing and validation run
 * there, the database work of the records here, so that the two cores of a
 * small server share the work.  Records cross in blocks; memory is bounded.
 */
#ifndef FLOW_READING_H
#define FLOW_READING_H

#include "base/limits.h"
#include "commerceml/reader.h"
#include "intake/intake.h"

/* What the reading finds, told on the caller's thread in the file's order.
 * `file` is the number given to reading_run(). */
struct reading_sink {
	void *ctx;
	int (*root)(void *ctx, size_t file, const struct cml_root *root,
	    struct err *err);
	int (*part)(void *ctx, size_t file, const struct cml_part *part,
	    struct err *err);
	int (*record)(void *ctx, size_t file, const struct record *record,
	    struct err *err);
	void (*finding)(void *ctx, const struct finding *finding);
};

/* As cml_read(): 0, or -1 with the first error. */
int reading_run(const struct cml_schemas *schemas, const char *path,
    const char *name, size_t file, const struct reading_sink *sink,
    struct err *err);

/* Only the Ид of the catalogue of which the files in the folder speak: the
 * first that one of them names, "" where none does. */
int reading_catalog(const struct cml_schemas *schemas, const char *folder,
    const struct intake_list *files, char catalog[LIMIT_ID_BYTES + 1],
    struct err *err);

#endif
