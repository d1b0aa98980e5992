/*
 * The values of an object: a list of (field, text), in one canonical byte
 * form that is kept in the database, compared byte by byte and shown to
 * people.  Both what 1C states (records) and what the portal should hold
 * (targets) are written so.
 *
 * The form: one byte of the field's number, the length as a varint (7 bits a
 * byte, low first), the bytes; fields in ascending number, equal numbers in
 * the order in which they were added.  A value of several parts has the
 * parts separated by FIELD_PART (never legal in XML 1.0).
 */
#ifndef MODEL_FIELD_H
#define MODEL_FIELD_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

#define FIELD_PART '\x1f'
/* The third part of a FIELD_STOCK. */
#define FIELD_LEFT_OUT "-"

/* A wanted value that says: empty this field in the portal (1C had a value
 * there once and has none now). */
#define FIELD_CLEAR "\x1f"

/* In place of a picture's hash: the file is no picture, or too large. */
#define PICTURE_NONE "-"

/* Numbers are on disk: never reuse or renumber one. */
enum field {
	FIELD_NONE = 0,
	FIELD_NAME = 1,
	FIELD_PARENT = 2,       /* group: id of the group above */
	FIELD_DELETED = 3,      /* "1": 1C marked it deleted */
	FIELD_ARTICLE = 4,
	FIELD_CODE = 5,
	FIELD_BARCODE = 6,
	FIELD_UNIT = 7,         /* OKEI code, trimmed: "796" */
	FIELD_UNIT_NAME = 8,
	FIELD_GROUP = 9,        /* id of a group; the first counts */
	FIELD_VAT = 10,         /* "20", "без ндс": see mapping */
	FIELD_DESCRIPTION = 11,
	FIELD_PICTURE = 12,     /* path in the package[, hash of its bytes, or
				   PICTURE_NONE: flow/ adds that where it has
				   them]; the first is main */
	FIELD_PROPERTY = 13,    /* property id, value */
	FIELD_REQUISITE = 14,   /* name, value */
	FIELD_CATEGORY = 15,
	FIELD_MAKER = 16,
	FIELD_COUNTRY = 17,
	FIELD_WEIGHT = 18,      /* record: kilograms; target: grams */
	FIELD_CHARACTERISTIC = 19,      /* name, value[, id] */
	FIELD_PRICE = 20,       /* type id, price, currency, unit, factor */
	FIELD_STOCK = 21,       /* warehouse id, quantity; FIELD_LEFT_OUT behind
				   them: 1C does not name it */
	FIELD_QUANTITY = 22,    /* total */
	FIELD_CURRENCY = 23,
	FIELD_VAT_INCLUDED = 24,
	FIELD_TYPE = 25,        /* property: type of its values */
	FIELD_OPTION = 26,      /* property: value id, value */
	FIELD_ADDRESS = 27,
	FIELD_FLAT = 28,        /* path, value: kept for later issues */
	FIELD_CATALOG = 29,     /* id of the catalogue */
	FIELD_VERSION = 30,
	FIELD_FULL_NAME = 31,
	FIELD_MULTIPLE = 32,
	FIELD_DIMENSION = 33,   /* "Ширина", value */
	FIELD_BITRIX_CODE = 34,
	FIELD_UNIT_FACTOR = 35, /* unit code, coefficient */
	FIELD_OWNER = 36,
	FIELD_ACTIVE = 40,      /* target: "Y" or "N" */
	FIELD_AMOUNT = 41,      /* target price: the number */
	FIELD_PRICE_TYPE = 42,  /* target price: the rule's text */
	FIELD_XML_ID = 43,      /* target: our mark */

	/* Of counterparties and contact persons (targets alone).  Those of
	 * several values are one text, its lines sorted, each of two parts:
	 * a kind or code, FIELD_PART, the value. */
	FIELD_LAST_NAME = 44,
	FIELD_FIRST_NAME = 45,
	FIELD_SECOND_NAME = 46, /* patronymic */
	FIELD_POST = 47,
	FIELD_PARTY_TYPE = 48,  /* the portal's word: "CUSTOMER" */
	FIELD_COMMENT = 49,
	FIELD_PHONES = 50,      /* lines: WORK | MOBILE | FAX | HOME | OTHER,
				   the number as 1C writes it */
	FIELD_EMAILS = 51,      /* lines: WORK, the address */
	FIELD_SITES = 52,       /* lines: WORK, the address */
	FIELD_MANAGER = 53,     /* portal user: e-mail, name or id */
	FIELD_INN = 54,
	FIELD_KPP = 55,
	FIELD_OGRN = 56,
	FIELD_OKPO = 57,
	FIELD_OKOPF = 58,
	FIELD_OKVED = 59,
	FIELD_DIRECTOR = 60,
	FIELD_PRESET = 61,      /* legal | entrepreneur | individual */
	FIELD_HOLDER = 62,      /* requisite: company | contact */
	FIELD_TAXPAYER = 63,    /* for recognising, never sent: ИНН
				   FIELD_PART КПП; found rows have one line
				   for each requisite */
	FIELD_ACCOUNT = 64,     /* bank account */
	FIELD_BIK = 65,
	FIELD_BANK_NAME = 66,
	FIELD_CORR_ACCOUNT = 67,
	FIELD_POSTCODE = 68,
	FIELD_CITY = 69,
	FIELD_PROVINCE = 70,    /* Регион */
	FIELD_DISTRICT = 71,    /* Район */
	FIELD_ADDRESS_2 = 72,   /* flat, office */
	FIELD_USER_FIELDS = 73, /* lines: UF_CRM_…, the value */
	FIELD_COMPANIES = 74,   /* contact: the portal's id of its company */
	FIELD_ORIGINATOR = 75,  /* found rows: originatorId */

	/* Of orders and deals.  Dates are "2026-01-15" or
	 * "2026-01-15T10:20:30" as 1C says them, padded, without a zone. */
	FIELD_NUMBER = 76,      /* of the order: ours */
	FIELD_ONEC_NUMBER = 77,
	FIELD_ONEC_DATE = 78,
	FIELD_PAID = 79,        /* "Y" */
	FIELD_PAYMENT_DATE = 80,
	FIELD_PAYMENT_TYPE = 81,        /* prepayment | full | postpayment */
	FIELD_PAYMENT_SUM = 82,
	FIELD_PAYMENT_METHOD = 83,
	FIELD_PAYMENT_COMMENT = 84,
	FIELD_SHIPPED = 85,     /* "Y" */
	FIELD_SHIPMENT_DATE = 86,
	FIELD_PROGRESS = 87,    /* lines, sorted: what 1C says that may move
				   the stage: "paid", "shipped", "cancelled",
				   "status" FIELD_PART name, "status_id"
				   FIELD_PART code */
	FIELD_LINES = 88,       /* lines of an order: model/order_line.h */
	FIELD_SUM = 89,
	FIELD_DATE = 90,        /* of the order, 1C's local time */
	FIELD_PARTY_ID = 91,    /* Контрагент/Ид */
	FIELD_ACTUAL_ADDRESS = 92,
	FIELD_PERSON = 93,      /* Представитель: the person's name */
	FIELD_FAMILY = 94,      /* document: which 1C wrote it:
				   cml_family_name() */
	FIELD_MESSAGE = 95,     /* comment, notice: its text */
	FIELD_TAG = 96,         /* comment, notice: its mark */
	FIELD_STAGE = 97,       /* found deals: the stage's id */

	/* Of goods in the portal. */
	FIELD_PROPERTIES = 98,  /* lines, sorted by bytes, none twice: id of the
				   term (model/term.h), value as 1C says it,
				   of a list the value's id; several lines of
				   one id are several values */
	FIELD_LENGTH = 99,      /* millimetres */
	FIELD_WIDTH = 100,
	FIELD_HEIGHT = 101,
	FIELD_HASH = 102,       /* picture: of its bytes, base/sha256.h, hex */
	FIELD_FILE = 103,       /* picture: the name that the portal shows */
	FIELD_FORM = 104,       /* of what belongs to a good: the kind of target
				   that the good was, where that is no
				   product; never sent, never shown */

	/* Of an order's contact person, beside FIELD_PERSON. */
	FIELD_PERSON_ID = 105,  /* Представитель/Ид */
	FIELD_PERSON_POST = 106,
	FIELD_PERSON_PHONES = 107,      /* lines, as FIELD_PHONES */
	FIELD_PERSON_EMAILS = 108,

	FIELD_SECTIONS = 109,   /* of a good that lies in several: ids of the
				   sections, parts; the main one, which
				   FIELD_GROUP names too, and the further
				   ones, sorted */
	FIELD_ADDRESSES = 110,  /* of a client: the portal's type ("6"), the
				   text as people write it, POSTCODE, COUNTRY,
				   PROVINCE, DISTRICT, CITY, ADDRESS,
				   ADDRESS_2 */
	FIELD_KIT = 111,        /* product: what is in it: id of a good,
				   quantity ("": 1C says none) */
	FIELD_LAST
};

/* "name", "article" ...: JSON, history, owners.  NULL: no such field. */
const char *field_name(enum field field);
/* FIELD_NONE: no such name. */
enum field field_by_name(struct str name);
/* The field's name for a person, in the language of the locale. */
const char *field_title(enum field field);
/* The title as it stands in the source, for base/told.h. */
const char *field_message(enum field field);

struct fields {
	struct buf bytes;       /* canonical */
	unsigned count;
	enum field last;        /* the highest number in it */
	enum field run;         /* the field that was added last, */
	size_t run_end;         /* and where its values end: rows of equal
				   fields are added without a search */
};

void fields_init(struct fields *fields);
void fields_free(struct fields *fields);
void fields_clear(struct fields *fields);

/*
 * Adds a value at its place.  Empty values are not kept (present and empty
 * is read as absent).  The value must not lie in `fields` itself.  0; -1 and
 * nothing changed when a limit of base/limits.h is passed.
 */
int fields_add(struct fields *fields, enum field field, struct str value);
/* A value of two parts: first FIELD_PART second. */
int fields_add_pair(struct fields *fields, enum field field, struct str first,
    struct str second);
/* Replaces all values of the field by this one (empty: none); 0 or -1 as
 * fields_add(). */
int fields_set(struct fields *fields, enum field field, struct str value);
void fields_remove(struct fields *fields, enum field field);

/* The first value, or STR_NONE; borrowed until the next change. */
struct str fields_get(const struct fields *fields, enum field field);
bool fields_has(const struct fields *fields, enum field field);

/* Walking: *at starts as 0.  False at the end. */
bool fields_next(const struct fields *fields, size_t *at, enum field *field,
    struct str *value);

/* Has the field this very value, among others? */
bool fields_has_value(const struct fields *fields, enum field field,
    struct str value);
/* The first value of the field whose first part is `key`; value: or NULL.
 * False: there is none. */
bool fields_find(const struct fields *fields, enum field field,
    struct str key, struct str *value);

/* Part n (from 0) of a value of several parts; STR_NONE when missing. */
struct str field_part(struct str value, unsigned n);
/* Takes the first part from the list.  False: nothing is left. */
bool field_part_next(struct str *list, struct str *part);

/* Takes (copies) stored bytes; checked as foreign data: 0, or -1 when they
 * are not canonical, and `fields` is empty then. */
int fields_load(struct fields *fields, struct str bytes);
struct str fields_bytes(const struct fields *fields);
void fields_copy(struct fields *to, const struct fields *from);

/* The fields of `wanted` whose value differs from the one in `agreed`, or is
 * missing there: what has to be sent.  Single-valued fields only. */
void fields_minus(struct fields *out, const struct fields *wanted,
    const struct fields *agreed);
/* Puts every field of `add` over those of `to`. */
void fields_merge(struct fields *to, const struct fields *add);
/* Takes every field out that `names` has, whatever its value. */
void fields_drop(struct fields *from, const struct fields *names);

#endif
