/*
 * What the files answer*.c share: the elements of documents, and what was
 * found of one order.
 */
#ifndef ORDERS_ANSWER_INTERNAL_H
#define ORDERS_ANSWER_INTERNAL_H

#include "model/flat.h"
#include "orders/orders.h"

/* ---- answer_rows.c ---- */

/* The first value of the element below the node by this path, as
 * answer_value_plain(); STR_NONE. */
struct str answer_rows_text(const struct flat_node *node,
    const char *wanted);
/* The value of a реквизит; name without blanks and in lower case. */
struct str answer_rows_requisite(const struct flat_node *node,
    const char *name);
/* Реквизит or element (NULL: none) of this name as a flag: 1, 0; -1 when it
 * is not said. */
int answer_rows_flag(const struct flat_node *node, const char *requisite,
    const char *element);

/* ---- answer_value.c ---- */

/* Trimmed; STR_NONE for what 1C writes for "nothing": "<>", its empty date.
 * The bare "T" of a date that is not there (onec-exchange.md 3.3) is no date
 * to answer_value_date(); elsewhere it may be a status' code. */
struct str answer_value_plain(struct str text);
/* "2014-12-12T9:51:39" or a date alone, padded; "" when it is no date. */
void answer_value_date(char out[24], struct str text);
/* Before, same, after; a date alone is the whole day. */
int answer_value_compare_dates(const char *a, const char *b);
/* Do party_word_plain() and `plain` agree? */
bool answer_value_is(struct str text, const char *plain);
int answer_value_flag(struct str text);         /* 1, 0, -1 */

/* ---- answer_parts.c ---- */

enum answer_kind {
	ANSWER_ORDER,
	ANSWER_PAYMENT,
	ANSWER_SHIPMENT,
	ANSWER_OTHER
};

/* A document, or one inside the order's document. */
struct answer_part {
	struct flat_node node;
	const char *id;         /* of the record; NULL: inside the order */
	enum answer_kind kind;
};

/* The order's documents come first, of these the fullest. */
struct answer_parts {
	struct answer_part *parts;
	size_t count;
	size_t orders;          /* how many are the order's */
};

enum answer_kind answer_parts_kind(struct str operation);
/* free() parts. */
void answer_parts_collect(struct answer_parts *out,
    const struct fields *documents, const char *const *ids, size_t count);
/* What the order's documents say under one of both names (NULL: none), the
 * fullest first. */
struct str answer_parts_said(const struct answer_parts *parts,
    const char *requisite, const char *element);
int answer_parts_flag(const struct answer_parts *parts,
    const char *requisite, const char *element);
/* The same as the number of a paper: "T" is none. */
struct str answer_parts_number(const struct flat_node *node,
    const char *requisite);
/* Are two of the order's documents whole orders, in force, and of two
 * customers? */
bool answer_parts_rival(const struct answer_parts *parts);
/* Deleted, cancelled or not posted: as if it were not there. */
bool answer_parts_void(const struct answer_part *part);

/* ---- the statements; `papers`: this family names a payment's or shipment's
 * number and date only when nothing is left to pay or to ship ---- */

bool answer_lines_read(struct buf *lines, const struct flat_node *order);
/* Does the order state any line at all? */
bool answer_lines_are(const struct flat_node *order);
/* Is the order paid in full? */
bool answer_payment_read(struct answer *out, const struct answer_parts *parts,
    bool papers);
/* Is it shipped in full? To be read before the payments. */
bool answer_shipment_read(struct answer *out,
    const struct answer_parts *parts, bool papers);

#endif
