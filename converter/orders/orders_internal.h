/*
 * Between the files of orders/ that make an order of a deal and a file of
 * orders.
 */
#ifndef ORDERS_ORDERS_INTERNAL_H
#define ORDERS_ORDERS_INTERNAL_H

#include "orders/orders.h"

/* Characters that the standard's schema allows (onec-exchange.md 2.1,
 * commerceml.md 4); УТ 11 cuts names itself, at 250. */
#define ORDER_NAME_MOST 250
#define ORDER_COMMENT_MOST 3000
#define ORDER_VALUE_MOST 1000
#define ORDER_REQUISITE_MOST 255
#define ORDER_TIME_BYTES 24

/* One call of order_build(). */
struct order_work {
	struct fields *out;
	struct order_hold *hold;
	bool held;
	const struct config *config;
	const struct deal *deal;
	struct str known;
	const struct fields *given;
	const struct order_lookup *lookup;
	/* Of a client by itself, in no order: who reads it looks by Ид first,
	 * and has phones of their kinds, a fax too; by the portal's name? */
	bool card, renamed;
};

/* The first reason counts: the others are often its consequences.  message: as
 * of told_set(), for it is kept. */
__attribute__((format(printf, 3, 4)))
void order_build_hold(struct order_work *work, const char *code,
    const char *message, ...);

/* Something to tell of an order that goes all the same; the first one, and
 * where it is held the reason for that. */
__attribute__((format(printf, 3, 4)))
void order_build_note(struct order_work *work, const char *code,
    const char *message, ...);

/* The counterparty; 0, or -1. */
int order_client_fill(struct order_work *work, struct err *err);
/* FIELD_LINES and FIELD_SUM; 0, or -1. */
int order_rows_fill(struct order_work *work, struct err *err);
/* Makes the lines of `text` add up to `sum`, or holds the order. */
void order_sum_fit(struct order_work *work, struct buf *text,
    struct decimal sum);
/* FIELD_REQUISITE; 0, or -1. */
int order_requisite_fill(struct order_work *work, struct err *err);

/*
 * A person's text as an element of XML: what XML 1.0 cannot hold is dropped,
 * other blanks than spaces become spaces (where `lines` is set, line ends
 * stay), it is trimmed and cut to `most` characters.
 */
void order_text_clean(struct buf *out, struct str text, size_t most,
    bool lines);
/* The cleaned text as the field's only value: 0, or -1. */
int order_text_set(struct fields *out, enum field field, struct str text,
    size_t most, struct err *err);
/* An order that does not fit the limits: -1. */
int order_text_full(struct err *err);
/* "2026-01-15T10:20:30" in local time; "" for a time that has no year of
 * four digits. */
void order_text_time(char out[ORDER_TIME_BYTES], int64_t wall_ms);
/* At least two digits behind the point: "1200.00", "0.333333". */
#define ORDER_MONEY_BYTES (DECIMAL_TEXT_BYTES + 4)
void order_text_money(char out[ORDER_MONEY_BYTES], struct decimal value);

/* A file that is being written, UTF-8. */
struct order_xml {
	struct buf *out;
	unsigned depth;
	enum config_profile profile;
	struct buf text;        /* for cleaned texts */
};
void order_xml_open(struct order_xml *xml, const char *name);
void order_xml_close(struct order_xml *xml, const char *name);
/* Nothing is written where there is no text: 1C takes an empty element for
 * an object, or for the value before it (onec-exchange.md 2.1). */
void order_xml_text(struct order_xml *xml, const char *name,
    struct str text);
/* БазоваяЕдиница; code: Код, may be empty. */
void order_xml_unit(struct order_xml *xml, struct str code,
    struct str name);
/* UTF-8 to windows-1251; what that lacks becomes a reference. */
void order_xml_encode(struct buf *out, struct str text);

/* One Документ. */
void order_document_write(struct order_xml *xml, const struct fields *order);
/* Of its Контрагент: Ид, names, numbers, addresses; and how it is reached. */
void order_document_identity(struct order_xml *xml,
    const struct fields *order);
void order_document_contacts(struct order_xml *xml, struct str phones,
    struct str emails);
/* One Контрагент of a file of clients: a card. */
void order_customer_write(struct order_xml *xml, const struct fields *card);
/* Its Товары, and the Налоги that belong before them. */
void order_goods_write_tax(struct order_xml *xml, struct str lines);
/* A rate of 0 %, which is another thing than no VAT. */
bool order_goods_is_zero(struct str rate);
void order_goods_write(struct order_xml *xml, struct str lines);

#endif
