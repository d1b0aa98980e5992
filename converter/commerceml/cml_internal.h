/*
 * What the files of this folder share: the compiled tables, the schemas and
 * one reading.  Nothing of it is seen outside.
 */
#ifndef COMMERCEML_CML_INTERNAL_H
#define COMMERCEML_CML_INTERNAL_H

#include <libxml/parser.h>
#include <libxml/xmlschemas.h>

#include "base/buf.h"
#include "base/limits.h"
#include "commerceml/cml_rules.h"
#include "commerceml/reader.h"

/* ---- the tables, compiled for look-ups (cml_map.c) ---- */

#define CML_NAMES 256           /* distinct names in the tables, at most */

struct cml_map {
	const char *names[CML_NAMES];
	unsigned name_count;
	/* [place][name]: 1 + the rule's number; 0 no such child. */
	uint16_t elements[CML_AT_LAST][CML_NAMES];
	uint16_t attributes[CML_AT_LAST][CML_NAMES];
	/* Per rule: its bit among the counted children of its parent. */
	uint64_t bits[512];
	uint64_t must[CML_AT_LAST];     /* have to be there and filled */
	uint64_t there[CML_AT_LAST];    /* have to be there */
};

void cml_map_compile(struct cml_map *map);
/* The name of the child of `place` that has this bit. */
const char *cml_map_bit_name(const struct cml_map *map, enum cml_place place,
    uint64_t bit);

struct cml_schemas {
	xmlSchemaPtr loose;
	xmlSchemaPtr strict;
	struct cml_map map;
};

/* ---- one reading ---- */

/* Names by the pointer that the parser's dictionary gives them. */
#define CML_POINTERS 1024       /* a power of two, 4 x CML_NAMES */

struct cml_pointer {
	const xmlChar *name;
	unsigned number;
};

/* An open element. */
struct cml_frame {
	const struct cml_rule *rule;
	const xmlChar *name;
	uint64_t seen;          /* counted children that were there */
	uint64_t filled;        /* and had a text */
	uint64_t bit;           /* its own in its parent */
	size_t text_at;         /* where its text begins in `text` */
	size_t path_at;         /* where its path ends in `path` */
	long line;
	enum cml_place place;
	bool checked;           /* the schema sees it */
	bool wanted;            /* its text is */
	bool flat;              /* below a document or a party */
	bool row;               /* flat: its own row was written */
	bool bad;               /* the schema complained about its text */
};

/* An object of 1C that is being read; groups are inside one another. */
struct cml_object {
	enum record_kind kind;
	const xmlChar *element;
	long line;
	size_t path_at;         /* flat rows are relative to this */
	size_t bytes;           /* added to it */
	bool deleted;
	bool too_large;
	bool owner;
	struct buf id;
	struct buf name;        /* for findings */
	struct fields fields;
};

#define CML_HELD 32             /* findings that wait for id and name */

struct cml_held {
	enum cml_code code;
	long line;
	unsigned object;        /* how many objects were open */
	char *text;
};

struct cml_reader {
	const struct cml_schemas *schemas;
	const struct cml_options *options;
	const struct cml_events *events;
	struct cml_counts *counts;
	struct err *err;

	/* door */
	xmlParserCtxtPtr parser;
	struct cml_pointer pointers[CML_POINTERS];
	xmlSchemaValidCtxtPtr loose, strict;
	xmlSAXHandlerPtr loose_sax, strict_sax;
	void *loose_ctx, *strict_ctx;
	xmlSchemaSAXPlugPtr plugs[2];
	unsigned plug_count;
	struct cml_frame frames[LIMIT_XML_DEPTH + 1];
	unsigned depth;         /* open elements that are not taken out */
	unsigned skip;          /* open elements of a subtree taken out */
	bool through;           /* and its text belongs to the frame */
	size_t run;             /* bytes of text since the last tag */
	struct buf text;
	struct buf path;
	struct buf where;
	const char *family;     /* cml_family_writer() of the root */
	char declared[48];      /* encoding, as the file says */
	const char *encoding;   /* as it is read, for findings */
	bool last_piece;        /* of the file is in the parser */
	bool root_closed;
	bool in_error;          /* the parser's error function runs */
	bool stopped;           /* a fatal finding was given, or an event
				   said so (err is filled then) */
	long line;              /* when the parser's own is gone */

	/* take */
	struct cml_object *objects;
	unsigned object_count;
	size_t object_bytes;
	struct buf slots[CML_SLOT_LAST];
	struct fields prices, rests;
	bool has_stock, has_traits;
	unsigned kit_parts;
	bool unit_coded, unit_named;
	/* Does the part say of each of its offers what it costs?  Until that
	 * is known the ids of those without a price are kept, each with a
	 * NUL. */
	bool priced;
	struct buf priceless;
	struct buf trait_id;
	struct buf key;         /* scratch: joined ids and values */

	/* part */
	bool in_part, part_told, documents_told, any_part;
	struct cml_part part;
	struct buf part_catalog, part_classifier;

	/* findings */
	struct cml_held held[CML_HELD];
	unsigned held_count;
	char message[256];      /* the schema's last complaint */
	bool slot_bad;          /* a value of this group was no number */
	unsigned told[CML_CODE_LAST];
	uint64_t seen[CML_CODE_LAST];
	long last_line[CML_CODE_LAST];
};

/* ---- cml_door.c ---- */

/* The SAX handler in front of everything; its ctx is the reader. */
const xmlSAXHandler *cml_door_handler(void);
/* After the parser was made, before its first byte. */
void cml_door_open(struct cml_reader *r);
void cml_door_close(struct cml_reader *r);
/* The parser's error function, and its thread's: a converter of encodings
 * knows no parser. */
void cml_door_error(void *ctx, xmlErrorPtr error);
/* Stops the parser; the reading ends with -1. */
void cml_door_stop(struct cml_reader *r);
long cml_door_line(const struct cml_reader *r);

/* "Цена/ЦенаЗаЕдиницу", for findings; valid until the next call. */
struct str cml_door_where(struct cml_reader *r);

/* ---- cml_check.c: the schema validators ---- */

int cml_check_begin(struct cml_reader *r);
void cml_check_close(struct cml_reader *r);
/* Attributes in libxml2's form of five pointers each. */
void cml_check_start(struct cml_reader *r, const xmlChar *name, int count,
    const xmlChar **attributes);
void cml_check_end(struct cml_reader *r, const xmlChar *name,
    struct str text);
/* The same for the published standard, which sees the file as it is. */
void cml_check_strict_start(struct cml_reader *r, const xmlChar *name,
    int count, const xmlChar **attributes);
void cml_check_strict_text(struct cml_reader *r, const xmlChar *text,
    int len);
void cml_check_strict_end(struct cml_reader *r, const xmlChar *name);

/* ---- cml_take.c: elements become values ---- */

void cml_take_start(struct cml_reader *r, struct cml_frame *frame);
void cml_take_attribute(struct cml_reader *r, const struct cml_rule *rule,
    struct str value);
/* `text` is trimmed; true when it counts as filled. */
bool cml_take_end(struct cml_reader *r, struct cml_frame *frame,
    struct str text);

/* ---- cml_object.c: values become records ---- */

void cml_object_open(struct cml_reader *r);
void cml_object_close(struct cml_reader *r);
void cml_object_begin(struct cml_reader *r, enum record_kind kind,
    const struct cml_frame *frame);
void cml_object_end(struct cml_reader *r);
/* The innermost, or NULL. */
struct cml_object *cml_object_top(struct cml_reader *r);
/* A part begins: of its prices nothing is known. */
void cml_object_unpriced(struct cml_reader *r);
/* Says once that the object holds too much. */
void cml_object_overflow(struct cml_reader *r, struct cml_object *object);
/* Adds to the object and keeps all within LIMIT_RECORD_BYTES. */
void cml_object_add(struct cml_reader *r, struct cml_object *object,
    enum field field, struct str value);
void cml_object_pair(struct cml_reader *r, struct cml_object *object,
    enum field field, struct str first, struct str second);

/* ---- cml_part.c ---- */

void cml_part_begin(struct cml_reader *r, enum cml_place place);
void cml_part_end(struct cml_reader *r);
/* Tells the part, once, before its first record. */
void cml_part_tell(struct cml_reader *r);
/* ДатаФормирования of the root. */
void cml_part_formed(struct cml_reader *r, struct cml_root *root,
    struct str value);
void cml_part_changes(struct cml_reader *r, struct str value);

/* ---- cml_flat.c: documents and counterparties, kept row by row ---- */

void cml_flat_start(struct cml_reader *r, struct cml_frame *frame);
void cml_flat_attribute(struct cml_reader *r, struct cml_frame *frame,
    struct str name, struct str value);
void cml_flat_end(struct cml_reader *r, struct cml_frame *frame,
    struct str text);
/* Has the document the реквизит ПометкаУдаления, and is it true?  All but
 * the Bitrix module mark it so (commerceml.md 10.2, 13). */
bool cml_flat_marked(const struct fields *fields);

/* ---- cml_value.c ---- */

/* Lower case of Latin and Cyrillic letters, in place. */
void cml_value_lower(char *text, size_t len);
/* 1 true, 0 false, -1 neither. */
int cml_value_flag(struct str text);
bool cml_value_digits(struct str text);
/* Is the number text in its canonical form already?  Most are.  false also
 * where that is not seen at once. */
bool cml_value_canonical(struct str text);
bool cml_value_iso_currency(struct str text);

/* ---- cml_family.c ---- */

void cml_family_of(struct cml_root *root, struct str namespace_uri,
    bool synchronises, bool formats);
/* The same as documents name it in FIELD_FAMILY: cml_family_name(), and
 * "unf16" for УНФ 1.x, "unf210" where it names payments and shipments. */
const char *cml_family_writer(const struct cml_root *root);

/* ---- cml_finding.c ---- */

/* A finding at `line`; it waits for the id and name of its object. */
void cml_finding(struct cml_reader *r, enum cml_code code, long line,
    struct str where, struct str found);
/* Gives those that waited for the innermost object. */
void cml_finding_flush(struct cml_reader *r, const struct cml_object *object);
/* How many more there were of each kind. */
void cml_finding_close(struct cml_reader *r);
/* A finding after which the file is not read on; fills r->err too. */
void cml_finding_fatal(struct cml_reader *r, enum cml_code code,
    struct str where, struct str found);

#endif
