/*
 * Orders: the deals of the portal and the documents of 1C, both ways.
 *
 *   pull.c      changed deals -> orders as 1C should hold them
 *   order.c     one deal: its order, what is different (order_number.c)
 *   publish.c   waiting orders -> the outbox file
 *   hear.c      an orders file of 1C came: what it proves of those in ours
 *   reply.c     what it says -> wanted fields, lines, notices of the deal
 *               (reply_documents.c, reply_payment.c)
 */
#ifndef FLOW_ORDER_H
#define FLOW_ORDER_H

#include "flow/flow_internal.h"
#include "orders/orders.h"

/* Names in the snapshot's meta table. */
#define META_ORDERS_MARK "orders.mark"  /* portal's ms of the last look */
#define META_ORDERS_NEXT "orders.next"  /* the next number to try */
#define META_ORDERS_FIRST "orders.first_day"    /* wall ms: without since */
#define META_ORDERS_WHOLE "orders.reconciled"   /* wall ms */
/* orders.funnel.<category>: its name in the rules */
void order_funnel_name(char out[64], int64_t category);
#define META_ORDERS_FILE "orders.file"  /* hash of the outbox as written */
#define META_ORDERS_RULES "orders.rules"        /* hash: which deals */
#define META_ORDERS_LAST "orders.last_package"  /* the last orders file's */
#define META_ORDERS_NODE "orders.node"  /* whose orders files name ours */
#define META_ORDERS_CAME "orders.came"  /* wall ms: its newest file, of any
					   kind */

/* Deals made before are left alone; wall ms. */
int64_t order_since(struct flow *flow);
/* What an order is derived with: goods and clients that both sides have. */
struct order_lookup order_lookups(struct flow *flow);
/*
 * Takes one deal as it was read at `looked` (portal's ms): allots a number,
 * builds the order, sees whether 1C has to hear of it.  Inside a
 * transaction.
 */
int order_take(struct flow *flow, const struct deal *deal, int64_t looked,
    struct err *err);
/* The deal was deleted in the portal. */
int order_lose(struct flow *flow, struct order *order, struct err *err);
/* Would 1C learn anything from `document` that it does not hold?  ended: the
 * deal is won or lost, and its customer's card is no news any more. */
bool order_is_news(const struct fields *document, const struct fields *known,
    bool ended);
/* "deal", "rows": a target of the deal.  order_image: its image, the caller's
 * to free; as snapshot_image_get(). */
void order_target(struct target *out, enum target_kind kind, int64_t deal);
int order_image(struct flow *flow, enum target_kind kind, int64_t deal,
    struct image *image, struct err *err);
/* `since` moves only with the state; text is cut where it must be. */
void order_set_state(struct order *order, enum order_state state,
    const char *code, const char *text);
/* Says order->text to a person. */
void order_tell(struct flow *flow, const struct order *order);
/* 1C holds `document` now, as far as can be known. */
int order_settle_known(struct flow *flow, struct order *order,
    enum order_state state, struct err *err);
/* order_number.c: the number in the deal's field, as far as it can be one of
 * ours; 0. */
int64_t order_number_of_deal(const struct flow *flow,
    const struct deal *deal);
/* 0: order->number is set; 1: the range is used up.  Inside a transaction. */
int order_number_find(struct flow *flow, const struct deal *deal,
    struct order *order, struct err *err);
/* This number is used, wherever it was heard of: inside a transaction or
 * not. */
int order_number_used(struct flow *flow, int64_t number, struct err *err);
/* publish.c: is the outbox file as we left it?  What 1C did not find there it
 * has not loaded. */
bool publish_is_ours(struct flow *flow);
/* Those in the outbox file. */
int publish_learn_numbers(struct flow *flow, struct err *err);
/* Both sides agree on these lines of the order: what 1C says now is compared
 * with them. */
int order_agree_lines(struct flow *flow, const struct order *order,
    const struct fields *held, struct err *err);
/* An entry of the history about the order itself. */
int order_note(struct flow *flow, const struct order *order, enum verb verb,
    const char *note, const struct fields *old_values,
    const struct fields *new_values, struct err *err);

/* reply_documents.c */

/* What all documents of the number state; *count: how many there are. */
int reply_documents_read(struct flow *flow, int64_t number,
    struct answer *answer, size_t *count, struct err *err);

/* reply_payment.c: targets of payments, told once each. */

int reply_payment_want(struct flow *flow, const struct target *target,
    const struct order *order, const struct answer *answer,
    const struct image *image, struct wanted *out, struct err *err);
int reply_payment_derive(struct flow *flow, struct str deal,
    const struct answer *answer, int64_t package, struct err *err);

/* reply.c */

/* The wanted values of a target of a deal, instead of map_derive(). */
int reply_derive(struct flow *flow, const struct target *target,
    const struct image *image, struct wanted *out, struct err *err);
/* A mark of the lines that 1C stated; and is this what order->known bears? */
void reply_said(char out[24], const struct answer *answer);
bool reply_was_said(const struct order *order, const struct answer *answer);
/* May this change be made at all? */
bool reply_may_send(const struct target *target,
    const struct difference *diff);
/* Derives every target of the deal. */
int reply_derive_deal(struct flow *flow, int64_t deal, int64_t package,
    bool force, struct err *err);
/* A record of a document came: which order it speaks of.  The order is derived
 * once for all its documents, by hear_package(). */
int reply_derive_document(struct flow *flow, struct str id,
    struct err *err);
/* Every deal with an order: a rule changed. */
int reply_derive_all(struct flow *flow, int64_t package, struct err *err);
/* An update's values before, in the portal's own ids. */
int reply_prepare_op(struct flow *flow, struct op *op,
    const struct difference *diff, struct err *err);
/* Inside a transaction: a status without a rule. */
int reply_tell_status(struct flow *flow, const struct order *order,
    const struct answer *answer, struct err *err);
/* A hash of the rules of orders. */
uint64_t reply_fingerprint(const struct config *config);

/* inspect_orders.c: parts of flow_status() and flow_unsent(). */
int inspect_orders_status(struct flow *flow, struct err *err);
int inspect_orders_unsent(struct flow *flow, struct err *err);
/* Withdrawn ones go back into the outbox: by number, or all. */
int inspect_orders_retry(struct flow *flow, int64_t number,
    int64_t *made_due, struct err *err);
int inspect_orders_retry_all(struct flow *flow, int64_t *made_due,
    struct err *err);

/* link.c: the order's customer came back with 1C's id; linked where nothing
 * speaks against it.  Inside a transaction. */
int link_by_order(struct flow *flow, const struct order *order,
    struct str party, struct err *err);

/* hear.c */

/* What the files of one package say about orders. */
struct hearing {
	struct heard {
		int64_t number;
		int64_t written;        /* mtime of its file, wall ms */
	} *heard;
	size_t count, size;
	int64_t written;        /* of the newest orders file; 0: none */
	int64_t came;           /* of the newest file of any kind */
	bool anything_same;     /* a document that says nothing new */
	bool anything_new;      /* a document that was not known like this */
	bool documents;         /* there is a document at all */
	bool force;             /* a person wants all values again */
};
void hear_free(struct hearing *hearing);
/* A document of a file written then, before the package is accepted. */
void hear_document(struct hearing *hearing, const struct fields *document,
    int64_t written, enum staged how);
/* Sets how the customer, where it is linked, is known to 1C. */
int hear_spelling(struct flow *flow, struct order *order, struct err *err);
/* A number of ours is said as we said it, not "000001". */
bool hear_number(struct str text, int64_t *number);
/* The package is accepted: inside its transaction, after its records. */
int hear_package(struct flow *flow, const struct package *package,
    struct hearing *hearing, struct err *err);

#endif
