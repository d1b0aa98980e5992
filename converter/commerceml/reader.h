/*
 * Reads one CommerceML file in one pass with constant memory: checked
 * against our schema while it is read, handed over record by record.
 *
 *   bytes -> libxml2 SAX2 push -> door (namespace off, limits, DOCTYPE and
 *   entities refused, unknown subtrees counted and taken out) -> schema
 *   validator -> table of required and repeated children -> records
 *
 * Facts: shared reference commerceml.md.
 */
#ifndef COMMERCEML_READER_H
#define COMMERCEML_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "model/finding.h"
#include "model/record.h"

/* Which 1C wrote it (commerceml.md 1). */
enum cml_family {
	CML_UNKNOWN = 0,
	CML_UT103,              /* no namespace, 2.03 to 2.07 */
	CML_UT11,               /* commerceml_2, 2.07 */
	CML_UNF,                /* commerceml_205, _208, _210 */
	CML_BITRIX,             /* 2.09 and 3.1 */
	CML_MOYSKLAD,
	CML_SITE,               /* a site's own export */
	CML_FAMILY_LAST
};
const char *cml_family_name(enum cml_family family);

/* Root attributes, told once before the first part. */
struct cml_root {
	enum cml_family family;
	char version[16];       /* ВерсияСхемы, "" when absent */
	char namespace_uri[64];
	int64_t formed;         /* ДатаФормирования, wall ms; 0 unreadable */
};

/*
 * Ids of records that are not the Ид alone.  A counterparty that a document
 * names is a record of its own, "Ид#document": it says less than the list of
 * counterparties.  A document other than an order is "Ид#ХозОперация"; where
 * a document has no Ид, its Номер stands for it.
 */
#define CML_NAMED "document"

/* A first-level part of the file. */
enum cml_part_kind {
	CML_PART_CLASSIFIER,
	CML_PART_CATALOG,
	CML_PART_OFFERS,        /* ПакетПредложений */
	CML_PART_OFFER_CHANGES, /* ИзмененияПакетаПредложений */
	CML_PART_COUNTERPARTIES,
	CML_PART_DOCUMENTS
};
struct cml_part {
	enum cml_part_kind kind;
	struct str id;          /* Ид; for offers ИдКаталога when there */
	struct str classifier;
	/* СодержитТолькоИзменения: 1 true, 0 false or absent (= full). */
	bool only_changes;
	bool changes_stated;    /* the attribute or element was there */
};

struct cml_events {
	void *ctx;
	/* Each returns 0, or -1 to stop reading (with *err). */
	int (*root)(void *ctx, const struct cml_root *root, struct err *err);
	/* Told at the end of the part's header, before its first record, and
	 * in any case once per part; once more where
	 * СодержитТолькоИзменения stands behind the goods. */
	int (*part)(void *ctx, const struct cml_part *part, struct err *err);
	int (*record)(void *ctx, const struct record *record,
	    struct err *err);
	void (*finding)(void *ctx, const struct finding *finding);
};

struct cml_counts {
	uint64_t bytes;
	uint64_t records[RECORD_LAST];
	uint64_t deleted;       /* goods marked deleted, by any form */
	uint64_t pictures;
	uint64_t notes, warnings, errors;
	uint64_t unknown;       /* unknown subtrees taken out */
	/* Counted as the corpus' manifest counts them, over all records: */
	uint64_t offers;        /* elements Предложение, whatever is in them */
	uint64_t prices;        /* elements Цена */
	uint64_t stocks;        /* offers with stock per warehouse */
	uint64_t characteristics; /* offers with characteristics */
	uint64_t lines;         /* lines of documents */
};

/* The schemas, compiled once; shared by any number of readings.  strict: that
 * of the published standard too, without which no reading may be strict. */
struct cml_schemas;
int cml_schemas_load(struct cml_schemas **out, const char *xsd_folder,
    bool strict, struct err *err);
void cml_schemas_free(struct cml_schemas *schemas);

struct cml_options {
	bool strict;            /* the published standard: order, lengths */
	const char *file;       /* the name in findings */
};

/*
 * Reads the file at `path`.
 * 0: read to its end; counts->errors tells whether it may be taken.
 * -1: it is not readable as CommerceML (not XML, truncated, hostile, no
 *     КоммерческаяИнформация): a finding with severity error was given as
 *     well; or an event said stop; or ERR_SYSTEM.
 */
int cml_read(const struct cml_schemas *schemas, const char *path,
    const struct cml_options *options, const struct cml_events *events,
    struct cml_counts *counts, struct err *err);

#endif
