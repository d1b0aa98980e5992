/*
 * Private to bitrix/: the catalogue.  b24_internal.h includes it.
 */
#ifndef BITRIX_B24_GOODS_H
#define BITRIX_B24_GOODS_H

#include "bitrix/b24_internal.h"

/* ---- the properties that there are: b24_property_list.c ---- */

#define B24_ARTICLE_CODE "CML2_ARTICLE"
#define B24_GALLERY_CODE "MORE_PHOTO"

/* One row more of them; pointers to the others are void then. */
struct b24_property *b24_property_list_add(struct b24_facts *facts,
    const cJSON *row);
void b24_property_list_free(struct b24_facts *facts);
/* Does it take what 1C says? */
bool b24_property_list_fillable(const struct b24_property *property);
/* Has a catalogue the property that holds the further pictures of a good? */
bool b24_property_list_gallery(const struct b24_facts *facts,
    int64_t iblock);
/* The one of a catalogue that holds the article; 0: none. */
int64_t b24_property_list_article(const struct b24_facts *facts,
    int64_t iblock);
/* Where there is none: the one that stands in its place and cannot be filled;
 * a second of its code would be taken for it by 1C's own module. */
const struct b24_property *b24_property_list_article_off(
    const struct b24_facts *facts, int64_t iblock);
/* What a person has to do with that one. */
void b24_property_list_say_off(const struct b24_property *property,
    char *text, size_t size);
/* The command that makes it. */
void b24_property_list_make_article(struct b24_command *command,
    int64_t iblock);

/* ---- price types: b24_price_type.c ---- */

/* Fills facts.rules by catalog.price_types; a line for each rule that names no
 * type, or several. */
void b24_price_type_resolve(struct b24 *b24, struct buf *wrong);

/* ---- sections, goods, prices: b24_catalog.c ---- */

/* Of what the portal insists on with an update though it did not change:
 * a section's name, a price's number and currency. */
bool b24_catalog_needs_read(const struct op *op);
/* As b24_object_write(). */
bool b24_catalog_write(const struct b24 *b24, struct op *op,
    const struct fields *held, struct b24_command *out);
/* new_id and dropped, from the answer. */
void b24_catalog_taken(const struct b24 *b24, struct op *op,
    const cJSON *result);
/*
 * After b24_catalog_taken(), of what an answer showed to have been said in
 * another way than the portal takes it in (b24_property_learn()): true, and
 * *out is an update that says it anew; op_free() ends it.
 */
bool b24_catalog_otherwise(struct b24 *b24, struct op *out,
    const struct op *op, const struct b24_command *command);
/* That update was answered: what it did not take, `op` has not taken. */
void b24_catalog_merge(struct op *op, const struct op *told);
/* Parameters of a list command, but for its filter, and of goods but for what
 * b24_catalog_select() adds behind that. */
void b24_catalog_list(const struct b24 *b24, enum target_kind target,
    struct b24_command *out);
void b24_catalog_select(const struct b24 *b24, enum target_kind target,
    struct b24_command *out);
/* One row in our terms; portal_id 0 when it has none. */
void b24_catalog_row(const struct b24 *b24, const struct op *op,
    const cJSON *row, struct found *out);
enum b24_method b24_catalog_method(enum target_kind target, enum op_kind op);
/* The catalogue that holds such targets, and its property for the article;
 * 0: the portal has none. */
int64_t b24_catalog_iblock(const struct b24 *b24, enum target_kind target);
int64_t b24_catalog_article(const struct b24 *b24, enum target_kind target);
/* Is the row a good of this form?  Also when it does not say. */
bool b24_catalog_is_form(enum target_kind target, const cJSON *row);

/* ---- 1C's terms: b24_term.c, b24_term_make.c ---- */

/* What a term is here, as learn() found it.  Kept until the portal is
 * closed; NULL: not known, or not there. */
struct b24_term {
	enum term_kind kind;
	enum term_type type;
	char *id, *of, *name;
	bool of_trait;
	int64_t portal_id;
	const struct b24_property *property;    /* property, trait */
};
struct b24_terms;

/* As remote->learn(). */
int b24_term_learn(struct b24 *b24, struct terms *terms, bool may_make,
    bool *unsure, struct err *err);
void b24_term_free(struct b24_terms *terms);    /* NULL is fine */
const struct b24_term *b24_term_get(const struct b24 *b24,
    enum term_kind kind, struct str of, struct str id);
/* Of a portal's property, the term that it is told by, or NULL. */
const struct b24_term *b24_term_of_property(const struct b24 *b24,
    int64_t property);
/* The one that the right side of a rule names, of any catalogue, or NULL. */
const struct b24_property *b24_term_find_named(const struct b24_facts *facts,
    const char *text);
/* Of a list's value by the portal's id, or NULL. */
const struct b24_term *b24_term_of_value(const struct b24 *b24,
    struct str of, bool of_trait, int64_t portal_id);

/* ---- properties of goods: b24_property.c ---- */

/*
 * FIELD_PROPERTIES as parameters: of a create all, of an update those that
 * differ from `before` (emptied where it has lines and `values` none).  Values
 * that this property cannot hold are left out and told by
 * b24_property_taken().
 */
void b24_property_write(const struct b24 *b24, const struct op *op,
    struct str values, struct str before, struct b24_command *out);
/* The answer shows what it was given?  Else op->dropped has the field, and
 * op->text the names of the properties. */
void b24_property_taken(const struct b24 *b24, struct op *op,
    const cJSON *element);
/* After that: learns from the answer to `command` in which shape this portal
 * takes times.  True: some of what was dropped is now said in another way than
 * it was. */
bool b24_property_learn(struct b24 *b24, const struct op *op,
    const struct b24_command *command, const cJSON *element);
/* Adds "propertyN" of all known terms of the kind to a list's select. */
void b24_property_select(const struct b24 *b24, enum target_kind kind,
    struct b24_command *out, size_t *count);
/*
 * A row's values as FIELD_PROPERTIES: of those properties alone that the op's
 * `fields` or `before` have lines of, for the others are the portal's.  In
 * the words of `fields` where they mean what is shown.
 */
void b24_property_row(const struct b24 *b24, const struct op *op,
    const cJSON *row, struct fields *out);
/* Does the row show this text, among others maybe?  Else as people compare
 * names. */
bool b24_property_has(const cJSON *row, int64_t property, struct str text,
    bool exactly);
/* The portal's property for the barcode; 0: none that can be searched. */
int64_t b24_property_barcode(const struct b24 *b24, enum target_kind good);
/* What 1C says of it, the first of several. */
struct str b24_property_barcode_of(const struct fields *fields);

/* ---- goods and sections that may be 1C's: b24_like.c ---- */

/* The steps of catalog.adopt behind our mark; a section has the last. */
enum b24_like {
	B24_LIKE_NONE = 0,
	B24_LIKE_ARTICLE,
	B24_LIKE_BARCODE,
	B24_LIKE_NAME
};
enum b24_like b24_like_of_word(const char *word);
const char *b24_like_word(enum b24_like like);
/* What is looked for; empty: this good cannot be looked for so. */
struct str b24_like_value(const struct op *op, enum b24_like like);
/* The property that it stands in; 0: none (a name is in none). */
int64_t b24_like_property(const struct b24 *b24, enum target_kind kind,
    enum b24_like like);
/* Does the row show it?  Names as people compare them; where `exactly`,
 * articles and barcodes to the letter, and a section or variation only of
 * op->parent_id. */
bool b24_like_is(const struct op *op, enum b24_like like, int64_t property,
    const cJSON *row, bool exactly);

/* ---- pictures: b24_picture.c ---- */

/* As b24_object_list(), b24_object_write(), b24_object_taken().  A main
 * picture is a field of its good, and is deleted by its id as the others are;
 * these have objects of their own and are listed for one good
 * (op->parent_id).  False: the file cannot be read; op is filled (REFUSED). */
void b24_picture_list(int64_t good, struct b24_command *out);
bool b24_picture_write(const struct b24 *b24, struct op *op,
    struct b24_command *out);
void b24_picture_taken(struct op *op, const cJSON *result);
/* An image; portal_id 0 when its name is not the op's FIELD_FILE. */
void b24_picture_found(const struct op *op, const cJSON *row,
    struct found *out);
enum b24_method b24_picture_method(const struct op *op);

/* ---- stock: b24_stock.c ---- */

/* As the functions of struct remote. */
int b24_stock_read(struct b24 *b24, struct stock_line *lines, size_t count,
    struct err *err);
enum outcome b24_stock_put(struct b24 *b24,
    const struct stock_document *said, struct stock_line *lines,
    size_t count, struct err *err);
int b24_stock_find(struct b24 *b24, const char *title,
    enum document_stage *stage, struct err *err);
int b24_stock_drop(struct b24 *b24, const char *title, struct err *err);

#endif
