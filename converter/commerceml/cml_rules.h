/*
 * What is where in a CommerceML file and what is taken of it, as tables.  A
 * place is an element in its context: the Ид of a product is another place
 * than the Ид of its group.  Rules lead from a place and the name of a child
 * to the child's place and say what becomes of its text.
 *
 * Facts: shared reference commerceml.md, 5 to 10 and 12.
 */
#ifndef COMMERCEML_CML_RULES_H
#define COMMERCEML_CML_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "commerceml/reader.h"
#include "model/field.h"
#include "model/finding.h"
#include "model/record.h"

enum cml_place {
	CML_AT_NOTHING = 0,     /* unknown: its subtree is taken out */
	CML_AT_IGNORED,         /* known and not needed: taken out as well */
	CML_AT_FILE,            /* above the root */
	CML_AT_ROOT,
	CML_AT_CLASSIFIER,
	CML_AT_CATALOG,
	CML_AT_OFFERS,
	CML_AT_CHANGES,
	CML_AT_PARTIES,         /* Контрагенты of the root */
	CML_AT_CONTAINER,
	CML_AT_GROUPS,
	CML_AT_GROUP,
	CML_AT_PROPERTIES,
	CML_AT_PROPERTY,
	CML_AT_OPTIONS,
	CML_AT_OPTION,
	CML_AT_CATEGORIES,
	CML_AT_CATEGORY,
	CML_AT_UNITS,
	CML_AT_UNIT,
	CML_AT_PRICE_TYPES,
	CML_AT_PRICE_TYPE,
	CML_AT_TYPE_TAX,        /* Налог of a price type */
	CML_AT_STORES,
	CML_AT_STORE,
	CML_AT_ADDRESS,
	CML_AT_OWNER,
	CML_AT_GOODS,           /* what Товар and Предложение share */
	CML_AT_PRODUCTS,
	CML_AT_PRODUCT,
	CML_AT_OFFER_LIST,
	CML_AT_OFFER,
	CML_AT_BASE_UNIT,
	CML_AT_RECOUNT,
	CML_AT_GOODS_GROUPS,
	CML_AT_VALUES,
	CML_AT_VALUE,
	CML_AT_REQUISITES,
	CML_AT_REQUISITE,
	CML_AT_TRAITS,          /* ХарактеристикиТовара */
	CML_AT_TRAIT,
	CML_AT_RATES,
	CML_AT_RATE,
	CML_AT_MAKER,
	CML_AT_KIT,             /* Комплектующие */
	CML_AT_KIT_PART,
	CML_AT_PRICES,
	CML_AT_PRICE,
	CML_AT_STOCK,           /* Склад or Склады with attributes */
	CML_AT_RESTS,
	CML_AT_REST,
	CML_AT_REST_STORE,
	CML_AT_DOCUMENT,
	CML_AT_DOCUMENT_PARTIES,
	CML_AT_PARTY,
	CML_AT_LINES,
	CML_AT_LINE,
	CML_AT_FLAT,            /* anything below a document or a party */
	CML_AT_TEXT,            /* an element that has only text */
	CML_AT_LAST
};

/* What becomes of an element's text or an attribute's value. */
enum cml_take {
	CML_TAKE_NOTHING = 0,
	CML_TAKE_ID,            /* the id of the object */
	CML_TAKE_NAME,          /* FIELD_NAME */
	CML_TAKE_FIELD,         /* the rule's field */
	CML_TAKE_SLOT,          /* kept until the element around it ends */
	CML_TAKE_MORE,          /* the same, one more value */
	CML_TAKE_PICTURE,
	CML_TAKE_DELETED,       /* ПометкаУдаления */
	CML_TAKE_STATUS,        /* Статус */
	CML_TAKE_DIMENSION,
	CML_TAKE_QUANTITY,
	CML_TAKE_TRAIT_ID,      /* ИдХарактеристики */
	CML_TAKE_UNIT_TEXT,     /* text of БазоваяЕдиница */
	CML_TAKE_UNIT_CODE,
	CML_TAKE_UNIT_NAME,
	CML_TAKE_CURRENCY,
	CML_TAKE_OPTION,        /* a bare Значение of a list */
	CML_TAKE_CLASSIFIER,    /* ИдКлассификатора of a part */
	CML_TAKE_CATALOG,       /* ИдКаталога of an offers part */
	CML_TAKE_CHANGES        /* СодержитТолькоИзменения */
};

enum cml_slot {
	CML_SLOT_KEY = 0,
	CML_SLOT_ALT,           /* a name, where there is no key */
	CML_SLOT_VALUE,
	CML_SLOT_CURRENCY,
	CML_SLOT_UNIT,
	CML_SLOT_FACTOR,
	CML_SLOT_LAST
};

/* What a text must be.  Numbers are brought to their canonical form. */
enum cml_value {
	CML_IS_TEXT = 0,
	CML_IS_ID,              /* at most LIMIT_ID_BYTES */
	CML_IS_PRICE,           /* a number, or the package is refused */
	CML_IS_QUANTITY,        /* likewise */
	CML_IS_NUMBER,          /* a number, or it is left out */
	CML_IS_FLAG             /* true or false */
};

enum cml_rule_flag {
	CML_ONCE = 1,           /* twice in its parent: an error */
	CML_MUST = 2,           /* missing or empty: an error */
	CML_FIRST = 4,          /* twice: the first counts, a warning */
	CML_FLATTEN = 8,        /* also a row of FIELD_FLAT */
	CML_THERE = 32,         /* missing: an error; may be empty */
	CML_MIXED = 16          /* text of children belongs to it (HTML) */
};

struct cml_rule {
	enum cml_place parent;
	const char *name;
	enum cml_place place;
	enum cml_take take;
	int field;              /* enum field or enum cml_slot */
	enum cml_value value;
	unsigned flags;
};

/* Of elements; of attributes `place` is not used. */
const struct cml_rule *cml_rules_elements(size_t *count);
const struct cml_rule *cml_rules_attributes(size_t *count);

/* The record that begins at the place, or RECORD_NONE. */
enum record_kind cml_rules_record(enum cml_place place);

/* Everything that a file can have wrong, and what that means. */
enum cml_code {
	CML_FILE_EMPTY, CML_FILE_JUNK, CML_FILE_XML, CML_FILE_CUT,
	CML_FILE_AFTER, CML_FILE_TAG, CML_FILE_NAMES,
	CML_FILE_ENCODING, CML_FILE_DECLARED, CML_FILE_DOCTYPE,
	CML_FILE_ENTITY, CML_FILE_DEPTH, CML_FILE_TEXT, CML_FILE_SIZE,
	CML_FILE_ROOT, CML_FILE_NO_PART,
	CML_ID_MISSING, CML_ID_LONG, CML_CHILD_MISSING, CML_CHILD_TWICE,
	CML_NESTED, CML_TOO_LARGE,
	CML_PRICE_NUMBER, CML_QUANTITY_NUMBER, CML_CHANGES_FLAG,
	CML_SCHEMA, CML_STRICT, CML_STRICT_CHILD, CML_STRICT_MISSING,
	CML_DOCUMENT_LARGE, CML_CHANGES_LATE, CML_LEFT_OUT, CML_CHILD_FIRST,
	CML_NUMBER_OTHER, CML_FLAG_OTHER, CML_STATUS_OTHER, CML_DATE,
	CML_KEY_MISSING, CML_STOCK_EMPTY, CML_PRICE_NEGATIVE, CML_BOM_OTHER,
	CML_PRICE_EMPTY, CML_PRICE_TIER, CML_UNIT_PADDED, CML_UNIT_FOUR,
	CML_UNIT_OTHER, CML_PICTURE_OUTSIDE,
	CML_CURRENCY, CML_VAT_WORD, CML_OWNER_MISSING, CML_ELEMENT_UNKNOWN,
	CML_ATTRIBUTE_UNKNOWN, CML_NAME_OF_DELETED, CML_HTML,
	CML_CODE_LAST
};

struct cml_deviation {
	const char *code;       /* of struct finding */
	enum severity severity;
	/* English; {where} and {found} are put in after translation. */
	const char *text;
};

const struct cml_deviation *cml_rules_deviation(enum cml_code code);

#endif
