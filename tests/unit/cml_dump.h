/*
 * Everything that a reading tells, as lines of text: what the tests of
 * commerceml/ compare.
 */
#ifndef TESTS_CML_DUMP_H
#define TESTS_CML_DUMP_H

#include <string.h>

#include "base/buf.h"
#include "commerceml/reader.h"

static inline int
cml_dump_root(void *ctx, const struct cml_root *root, struct err *err)
{
	(void)err;
	(void)buf_printf(ctx, "root %s %s %s %lld\n",
	    cml_family_name(root->family), root->version,
	    root->namespace_uri, (long long)root->formed);
	return 0;
}

static inline int
cml_dump_part(void *ctx, const struct cml_part *part, struct err *err)
{
	static const char *const kinds[] = { "classifier", "catalog",
	    "offers", "changes", "counterparties", "documents" };

	(void)err;
	(void)buf_printf(ctx, "part %s [%.*s] [%.*s] %s\n",
	    kinds[part->kind], (int)part->id.len, part->id.p,
	    (int)part->classifier.len, part->classifier.p,
	    !part->changes_stated ? "not stated" :
	    part->only_changes ? "changes" : "full");
	return 0;
}

static inline int
cml_dump_record(void *ctx, const struct record *record, struct err *err)
{
	enum field field;
	struct str value;
	size_t at = 0;

	(void)err;
	(void)buf_printf(ctx, "%s [%.*s]\n", record_kind_name(record->kind),
	    (int)record->id.len, record->id.p);
	while (fields_next(&record->fields, &at, &field, &value)) {
		(void)buf_printf(ctx, "  %s=", field_name(field));
		for (size_t i = 0; i < value.len; i++) {
			char c = value.p[i];

			(void)buf_add_char(ctx, c == FIELD_PART ? '|' :
			    c == '\n' ? '~' : c);
		}
		(void)buf_add_char(ctx, '\n');
	}
	return 0;
}

static inline void
cml_dump_finding(void *ctx, const struct finding *finding)
{
	static const char *const words[] = { "note", "warning", "error" };

	(void)buf_printf(ctx, "%s %ld %s: %s [%.*s] [%.*s]\n",
	    words[finding->severity], finding->line, finding->code,
	    finding->text, (int)finding->id.len, finding->id.p,
	    (int)finding->name.len, finding->name.p);
}

/* cml_read() of the file into `out`; its last line is the result. */
static inline int
cml_dump(struct buf *out, const struct cml_schemas *schemas,
    const char *path, bool strict, struct cml_counts *counts)
{
	struct cml_options options = { strict, "file" };
	struct cml_events events = { out, cml_dump_root, cml_dump_part,
	    cml_dump_record, cml_dump_finding };
	struct err err = { 0 };
	int rc = cml_read(schemas, path, &options, &events, counts, &err);

	(void)buf_printf(out, "%s%s%s\n", rc == 0 ? "read" : "refused",
	    rc == 0 ? "" : " ", err.text);
	return rc;
}

#endif
