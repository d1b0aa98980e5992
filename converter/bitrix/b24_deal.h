/* Deals: what is read of them, and what 1C says of them. */
#ifndef BITRIX_B24_DEAL_H
#define BITRIX_B24_DEAL_H

#include "bitrix/b24_internal.h"

/* entityTypeId of deals; those of clients: b24_client_type(). */
#define B24_ENTITY_DEAL 2

/* ---- funnels, stages, user fields of deals: b24_deal_facts.c ---- */

/* Only when config->orders.given; after b24_crm_facts_read(). */
int b24_deal_facts_read(struct b24 *b24, struct err *err);
void b24_deal_facts_free(struct b24_deal_facts *deals);
void b24_deal_facts_wrong(const struct b24 *b24, struct buf *wrong);
/* NULL: no funnel of orders.funnels. */
const struct b24_funnel *b24_deal_facts_funnel(const struct b24 *b24,
    int64_t category);
/* Index of the stage in funnel->stages by its id, -1: none. */
int b24_deal_facts_stage(const struct b24_funnel *funnel, struct str id);
/* The same by name as people compare, or by id with or without "C3:". */
int b24_deal_facts_stage_named(const struct b24_funnel *funnel,
    struct str text);
/* The stage of this number (from 0) that orders export, of all funnels; NULL:
 * there are no more. */
const struct b24_stage *b24_deal_facts_exported(const struct b24 *b24,
    size_t number);
/* The user field of a key of orders.fields; NULL: not mapped. */
const struct b24_user_field *b24_deal_facts_field(const struct b24 *b24,
    const char *key);

/* ---- reading deals: b24_deal_look.c, b24_deal_read.c ---- */

/* As remote->look_deals(), remote->gone_deals(), remote->read_deals(). */
int b24_deal_look(struct b24 *b24, const struct deal_look *wanted,
    struct deal_changes *out, struct err *err);
int b24_deal_look_gone(struct b24 *b24, const int64_t *ids, size_t count,
    bool *gone, struct err *err);
int b24_deal_read(struct b24 *b24, const int64_t *ids, size_t count,
    int (*visit)(void *arg, const struct deal *deal, struct err *err),
    void *arg, struct err *err);
/* As remote->read_customers(): b24_deal_read.c. */
int b24_deal_read_customers(struct b24 *b24, bool companies,
    const int64_t *ids, size_t count, int (*visit)(void *arg,
    struct customer *customer, struct err *err), void *arg,
    struct err *err);

/* ---- what was read, in our terms: b24_deal_row.c, b24_deal_text.c ---- */

/* Lists of rows as the portal gave them, and what belongs to one deal is
 * found in them.  NULL: nothing was asked. */
struct b24_deal_rows {
	const cJSON *links;     /* crm.requisite.link.list */
	const cJSON *companies, *contacts, *users;
	const cJSON *company_requisites, *contact_requisites;
	const cJSON *addresses;
	const cJSON *accounts;  /* of clients by themselves */
};
/* Where a row of a deal says that it stands. */
enum deal_phase b24_deal_row_phase(const struct b24 *b24, const cJSON *row);
/* The text without what parts of a field are divided by (FIELD_PART). */
void b24_deal_row_add_plain(struct buf *out, struct str text);
/* A time of a row of the CRM, wall ms; 0: it is none. */
int64_t b24_deal_row_time(const cJSON *row, const char *name);
/* A row of a list has no id: fills *err (ERR_PORTAL), returns -1. */
int b24_deal_row_nameless(const char *method, struct err *err);
/* The deal's own fields, manager and clients; not its product rows. */
void b24_deal_row(struct deal *out, const struct b24 *b24, const cJSON *row,
    const struct b24_deal_rows *rows);
/* The company (else the contact) that a row names as a deal does: by companyId
 * or contactId. */
void b24_deal_row_client(struct deal_client *client, const struct b24 *b24,
    const cJSON *row, const struct b24_deal_rows *rows, bool company);
/* The same, and all that 1C's list of counterparties can say of it (struct
 * customer): b24_deal_client.c. */
void b24_deal_client(struct deal_client *client, const struct b24 *b24,
    const cJSON *row, const struct b24_deal_rows *rows, bool company);
/* Its product rows, in their order. */
void b24_deal_row_products(struct deal *out, const cJSON *products);
/* The requisite of the deal's company, or contact: the one that is linked to
 * the deal, else 1C's (remote->prefer()), else the first.  NULL: there is
 * none. */
const cJSON *b24_deal_row_requisite(const struct b24 *b24, const cJSON *row,
    const struct b24_deal_rows *rows, bool company);
/* Without tags of HTML and BBCode and with letters for entities; what begins
 * a line begins one.  The caller's. */
char *b24_deal_text_plain(struct str text);
/* A user field's value as a person reads it; nothing for an empty one. */
void b24_deal_text_field(struct buf *out, const struct b24_user_field *field,
    const cJSON *item);

/* ---- deals that passed an exported stage unseen: b24_deal_passed.c ---- */

/* Is it to be asked of the deal of this row (remote->ask_passed())? */
bool b24_deal_passed_may(const struct b24 *b24, const cJSON *row);
/* What to ask crm.stagehistory.list, but for the deals. */
void b24_deal_passed_ask(const struct b24 *b24, struct buf *query);
/* Fills deal->passing and passed of a deal of which it was asked. */
void b24_deal_passed_take(struct deal *deal, const struct b24 *b24,
    const cJSON *history, bool refused);

/* ---- what 1C says of deals: b24_deal.c, b24_deal_move.c,
 * b24_deal_value.c ---- */

/* As b24_object_list(), b24_object_write(), b24_object_taken(). */
void b24_deal_list(struct b24_command *out);
bool b24_deal_write(const struct b24 *b24, struct op *op,
    const struct fields *held, struct b24_command *out);
void b24_deal_taken(const struct b24 *b24, struct op *op,
    const cJSON *result);
/* The deal as it is after an update that `empties` (b24_deal_found()): what it
 * still holds is dropped, with a word why. */
void b24_deal_emptied(const struct b24 *b24, struct op *op,
    const struct fields *held);
/*
 * One row of crm.item.list in our terms: what the user fields of orders.fields
 * hold, as 1C would say it, FIELD_STAGE, FIELD_CATEGORY (the funnel's id),
 * FIELD_CURRENCY, FIELD_MANAGER (the user's id).  FIELD_PROGRESS is the op's
 * where its stage is reached or passed.
 */
void b24_deal_found(const struct b24 *b24, const struct op *op,
    const cJSON *row, struct found *out);

/* ---- deals made of 1C's orders: b24_deal_make.c ---- */

/* Makes the deal, or removes a double of it.  FIELD_NAME (title), SUM,
 * CURRENCY, COMMENT, MANAGER (by the rule), CATEGORY (the funnel as the rule
 * calls it), XML_ID (originId); its client is the op's parent. */
bool b24_deal_make(const struct b24 *b24, struct op *op,
    struct b24_command *out);
/* What the op's object is found by: of such a deal its originId (whose
 * originator flow/ compares), else the target's id. */
struct str b24_deal_make_mark(const struct op *op);
void b24_deal_make_taken(struct op *op, const cJSON *result);
/* As struct found says of such deals. */
void b24_deal_make_found(const struct b24 *b24, const cJSON *row,
    struct found *out);

/* Where what 1C says of an order's progress leads. */
struct b24_deal_move {
	const struct b24_stage *to;     /* NULL: no move */
	char note[128];         /* why not, for the history; or "" */
};
/* progress: FIELD_PROGRESS; said: the same as it was agreed, whose lines move
 * nothing any more; held: FIELD_CATEGORY and FIELD_STAGE. */
void b24_deal_move_find(struct b24_deal_move *out, const struct b24 *b24,
    struct str progress, struct str said, const struct fields *held);

/* The user field behind one of our fields; NULL: not mapped, or the portal
 * has none. */
const struct b24_user_field *b24_deal_value_field(const struct b24 *b24,
    enum field field);
/* The portal's text of our value; FIELD_CLEAR and "" give "" ("N" of a
 * flag).  currency: of the deal, for money.  -1: it cannot be said; `why`,
 * for a person. */
int b24_deal_value_say(char out[LIMIT_DEAL_VALUE],
    const struct b24_user_field *known, enum field field, struct str value,
    struct str currency, char why[256]);
/* And back: what the portal holds, as 1C would say it; "" for nothing. */
void b24_deal_value_read(struct buf *out, const struct b24_user_field *known,
    enum field field, const cJSON *item);

/* ---- rows of deals: b24_rows.c ---- */

/* The list command for the rows of one deal. */
void b24_rows_list(int64_t deal, struct b24_command *out);
/* A page of its answer is added to op->found[0], which is there also when the
 * deal has no rows: FIELD_LINES, and for OP_UPDATE (a look before it) beside
 * each line what a set must say again.  False: the rows are not the deal's. */
bool b24_rows_found(struct op *op, const cJSON *rows);
bool b24_rows_write(const struct b24 *b24, struct op *op,
    const struct fields *held, struct b24_command *out);
void b24_rows_taken(struct op *op, const cJSON *result);

/* ---- comments and notices: b24_notice.c ---- */

void b24_notice_list(int64_t deal, struct b24_command *out);
/* held: of a notice its deal, as b24_deal_found(): who is to be told now. */
bool b24_notice_write(const struct b24 *b24, struct op *op,
    const struct fields *held, struct b24_command *out);
/* Known to be refused for want of the permission: not worth a read. */
bool b24_notice_is_hopeless(const struct b24 *b24, const struct op *op);
void b24_notice_taken(struct op *op, const cJSON *result);
/* A comment; portal_id 0 when it is not the one with the op's tag. */
void b24_notice_found(const struct op *op, const cJSON *row,
    struct found *out);

#endif
