/*
 * Clients of the portal that 1C hears of without an order
 * (counterparties.export):
 *
 *   customer.c       which are read, and what is remembered of each
 *   customer_news.c  what of one that both sides have is news to 1C
 *   customer_said.c  against what 1C says
 *   customer_file.c  the outbox file; status
 *
 * No answer of 1C is asked for.  A card stays in the file for as long as it
 * says something that 1C itself does not say.
 */
#ifndef FLOW_CUSTOMER_H
#define FLOW_CUSTOMER_H

#include "flow/flow_internal.h"

/* Names in the snapshot's meta table. */
#define META_CUSTOMERS_MARK "customers.mark"    /* portal's ms of the last
						   look */
#define META_CUSTOMERS_FIRST "customers.first_day"      /* wall ms: without
						   export_since */
#define META_CUSTOMERS_WHOLE "customers.reconciled"     /* wall ms */
#define META_CUSTOMERS_RULES "customers.rules"  /* hash: which, and what of
						   them */
/* Portal's ms: a look at all that a run could not finish began then; and a hash
 * of the rules of that time. */
#define META_CUSTOMERS_BEGUN "customers.begun"
#define META_CUSTOMERS_BEGUN_BY "customers.begun_by"
#define META_CUSTOMERS_FILE "customers.file"    /* 1: the file is ours; 2: and
						   emptied for good */

bool customer_on(const struct config *config);
/* Where the inbox has the file, if it is there at all; or NULL. */
const char *customer_in_inbox(struct flow *flow);

/* What a look for changes asks for beside the deals.  *whole: all that changed
 * since the first day. */
void customer_ask(struct flow *flow, struct deal_look *ask, bool *whole);
/* What the look has found is read and remembered. */
int customer_pull(struct flow *flow, const struct deal_changes *changes,
    bool whole, struct err *err);

/* The portal's id in an Ид of ours ("company-5"); 0: it is none. */
int64_t customer_of_card(struct str id, bool *company);

/* The counterparty's record changed: who is known of it is read again.  Where
 * 1C calls it by the Ид of a card that went there (company-5), it is that one.
 * Inside a transaction. */
int customer_stir(struct flow *flow, struct str id, struct err *err);
/* The same of an object of the portal that was linked, or is not any more. */
int customer_stir_linked(struct flow *flow, enum target_kind kind,
    int64_t portal_id, struct err *err);

/* customer_news.c, of a client that is linked to `target`.  Before its card is
 * made: contact persons who are no news are taken out of the customer, and
 * phones and e-mails that are news come first, for a card has the first ones
 * alone.  Then of the card only what is news to 1C is left, beside that by
 * which 1C finds it; nothing where there is none. */
int customer_news_choose(struct flow *flow, struct customer *customer,
    const struct target *target, struct err *err);
int customer_news_card(struct flow *flow, const struct customer *customer,
    const struct target *target, struct fields *card, struct err *err);

/* customer_file.c */
int customer_file_publish(struct flow *flow, struct err *err);
/* A part of flow_status(). */
int customer_file_status(struct flow *flow, struct err *err);

/* link.c: 1C calls the client of the portal by the Ид that went there. */
int link_by_card(struct flow *flow, const struct target *target,
    int64_t portal_id, struct err *err);

#endif
