/*
 * Orders: what becomes of a deal in 1C, and what 1C says of it.  Pure: no
 * network, no database, no files.
 *
 *   order_build.c   a deal -> the order, or why it is held
 *   order_client.c  its counterparty
 *   order_sum.c     the lines add up to the deal's sum
 *   order_file.c    orders -> the outbox file (order_xml.c)
 *   order_customer.c  a client by itself -> its card
 *   answer.c        documents of 1C -> what they say of an order
 *   answer_lines.c, answer_payment.c
 *
 * Sources: onec-exchange.md 2, 3, 7; commerceml.md 10, 15, 16.
 */
#ifndef ORDERS_ORDERS_H
#define ORDERS_ORDERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/config.h"
#include "base/err.h"
#include "model/customer.h"
#include "model/deal.h"
#include "model/order_line.h"

/* ---- portal -> 1C ---- */

/* What orders/ asks flow/ about things that both sides have. */
struct order_lookup {
	void *ctx;
	/* The goods of 1C behind a product of the portal: 0, id (and fields
	 * as 1C stated them: NAME, ARTICLE, UNIT, UNIT_NAME) filled; 1: not
	 * of 1C; -1. */
	int (*product)(void *ctx, int64_t portal_id, struct buf *id,
	    struct fields *fields, struct err *err);
	/* The counterparty of 1C behind a company or contact: 0, id and NAME
	 * (1C searches by it, so it is said as 1C spells it), FULL_NAME, INN,
	 * KPP and PRESET as 1C states them; 1; -1. */
	int (*client)(void *ctx, bool company, int64_t portal_id,
	    struct buf *id, struct fields *fields, struct err *err);
	/* The id by which 1C calls the person behind a contact: 0, id; 1: it
	 * has none; -1. */
	int (*person)(void *ctx, int64_t portal_id, struct buf *id,
	    struct err *err);
};

/* Why an order is not sent, or what a person should know of one that is: stable
 * codes. */
struct order_hold {
	char code[48];          /* "no-customer", "customer-no-name",
				   "unknown-product", "vat-unknown",
				   "vat-zero", "no-rows",
				   "currency-unknown", "sum-differs",
				   "quantity-not-positive", "too-many-lines";
				   of one that is sent "inn-left-out", or ""
				   */
	char text[512];         /* for a person: what and what to do */
};

/*
 * The order of a deal as 1C should hold it, in canonical fields, so that two
 * are the same order when their bytes are the same:
 *   FIELD_NUMBER, FIELD_DATE (created or begin, local time: TZ), FIELD_SUM,
 *   FIELD_CURRENCY (as 1C calls it), FIELD_COMMENT, FIELD_LINES,
 *   FIELD_REQUISITE (name, value; the short list, orders.requisites, the
 *   funnel's), and of the counterparty FIELD_PARTY_ID, NAME, FULL_NAME,
 *   PRESET, INN, KPP, OGRN, OKPO, PHONES, EMAILS, ADDRESS, ACTUAL_ADDRESS,
 *   FIELD_PERSON (the contact person's name, where the customer is a
 *   company), PERSON_ID, PERSON_POST, PERSON_PHONES, PERSON_EMAILS (the last
 *   three where update_1c is true).
 * known: FIELD_LINES as 1C last had them, or STR_NONE: a row without a product
 * gets the id of the line of the same name there.
 * given: the order as 1C was given it, empty where it never was: what it has
 * like this already is not held for its rows.
 * 0: *hold may have something to tell; 1: held, *hold says why and out is
 * filled as far as it can be; -1.
 */
int order_build(struct fields *out, struct order_hold *hold,
    const struct config *config, const struct deal *deal, int64_t number,
    struct str known, const struct fields *given,
    const struct order_lookup *lookup, struct err *err);

/*
 * The outbox file (DESIGN 3): `count` orders by order_build(), by number; of
 * none it is a valid document without a Документ.  formed: wall ms, said in
 * local time.  In orders.encoding; a letter that windows-1251 lacks becomes a
 * character reference.
 */
void order_file_write(struct buf *out, const struct config_orders *config,
    const struct fields *orders, size_t count, int64_t formed);
/* ---- portal -> 1C without an order ---- */

/* The реквизит that names the manager: mapping/map_party_manager.c asks for no
 * other before it. */
#define ORDER_CUSTOMER_MANAGER "Ответственный менеджер"

/*
 * The card of a client as 1C should hold it, canonical, and its names and
 * numbers spelled as an order spells its customer's: FIELD_PARTY_ID, NAME,
 * FULL_NAME, PRESET, INN, KPP, OGRN, OKPO, OKVED, DIRECTOR, PHONES, EMAILS,
 * SITES, ADDRESSES and ACCOUNT (one each, as struct customer), PARTY_TYPE (1C's
 * word), COMMENT, of a private person LAST_NAME, FIRST_NAME, SECOND_NAME; one
 * FIELD_REQUISITE for each value of a user field, and the manager's; and
 * FIELD_PERSON, one for each contact person: name, id, post, phones and e-mails
 * (lines: kind, tab, value), surname, name, patronymic, role, comment.
 * *note may have something to tell ("inn-left-out").  0; 1: it has no name, by
 * which 1C could find it; -1.
 */
int order_customer_build(struct fields *out, struct order_hold *note,
    const struct config *config, const struct customer *customer,
    const struct order_lookup *lookup, struct err *err);
/* The file: docs/COUNTERPARTIES.md.  As order_file_write(); full where it would
 * be larger than LIMIT_OUTBOX_BYTES. */
void order_file_customers(struct buf *out, const struct config_orders *config,
    const struct fields *cards, size_t count, int64_t formed);
/* Are two files the same but for ДатаФормирования? */
bool order_file_same(struct str a, struct str b);
/* Each Номер in a file that may be anybody's, for numbers that must not be
 * used again; nothing for what is no such file.  next: *at from 0. */
bool order_file_number(struct str file, size_t *at, int64_t *number);

/* ---- 1C -> portal ---- */

/* The order's number that a document (record's fields) speaks of: its Номер;
 * of a payment or shipment its Основание; STR_NONE: none.  Borrowed. */
struct str answer_number(const struct fields *document);

/* Is it about the order itself, and no payment or shipment of it? */
bool answer_is_order(const struct fields *document);
/* Its Дата, "2026-01-15" or with its time; "": it says none that can be
 * read. */
void answer_day(char out[24], const struct fields *document);

/* A payment that a person should hear of, once. */
struct answer_payment {
	char key[96];           /* the same for the same payment for ever */
	struct decimal sum;
	bool has_sum, refund;
	char date[24];          /* "" : not said */
	char document[128];     /* its number in 1C, or "" */
	char method[128];
};

struct answer {
	bool order;             /* there is a document of the order itself */
	struct fields deal;     /* FIELD_ONEC_NUMBER, ONEC_DATE, PAID,
				   PAYMENT_*, SHIPPED, SHIPMENT_DATE,
				   PROGRESS: only what 1C's family says */
	bool unpaid, unshipped; /* 1C says that it is not, or not in full:
				   what it said before is taken back */
	bool unpaid_whole;      /* and it would name a payment */
	bool has_lines;         /* lines are stated, and these are all */
	bool lines_unread;      /* lines are stated, and cannot be taken */
	bool lines_odd;         /* flow's: for they do not add up to `sum` */
	struct decimal lines_sum;
	struct buf lines;       /* FIELD_LINES' text; product 0 */
	struct decimal sum;     /* Сумма */
	bool has_sum;
	bool other_currency;    /* flow's: it is not the order's; no sums */
	char currency[16];      /* Валюта as 1C writes it, or "" */
	char onec_id[128];      /* Ид of the order in 1C, or "" */
	char document[LIMIT_KEY_BYTES + 1];     /* the record that counts as
				   the order, or "" */
	bool rival;             /* two documents are the order, for two
				   customers */
	int64_t deal_mark;      /* "ID сделки Битрикс24" that it bears; 0 */
	char party_id[128];     /* Контрагент/Ид, or "" */
	struct fields party;    /* of it as far as it is said: FIELD_NAME,
				   FULL_NAME, INN */
	bool not_cancelled;     /* it says so, in the words that its family has
				   for a cancellation that came from us */
	struct fields birth;    /* of an order that began in 1C, what its deal
				   begins with: FIELD_NUMBER, FIELD_DATE (Номер,
				   Дата), FIELD_MANAGER as 1C names him,
				   FIELD_COMMENT */
	struct answer_payment *payments;
	size_t payment_count;
};
/* Are these two documents for two customers, as far as both name them? */
bool answer_parts_two_clients(const struct fields *a, const struct fields *b);
/* Two names of one currency ("RUB", "руб.", "643")?  "" is any. */
bool answer_value_same_currency(struct str a, struct str b);
void answer_init(struct answer *answer);
void answer_free(struct answer *answer);

/*
 * What all documents of one number state together (the order, and of Bitrix's
 * module its payments and shipments), in any order.  ids: their record ids.
 * What a family does not say is not in `out` (docs/ORDERS.md, the table of
 * families).
 */
void answer_read(struct answer *out, const struct fields *documents,
    const char *const *ids, size_t count);

#endif
