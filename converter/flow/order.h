/*
 * Orders: the deals of the portal and the documents of 1C, both ways.
 *
 *   pull.c      changed deals -> orders as 1C should hold them
 *   order.c     one deal: its order (order_number.c), what is different
 *               (order_version.c), what a person has to clear up
 *               (order_paid.c), what nobody saw (order_passed.c)
 *   publish.c   waiting orders -> the outbox file
 *   hear.c      an orders file of 1C came: what it proves of those in ours
 *               (hear_taken.c)
 *   reply.c     what it says -> wanted fields, lines, notices of the deal
 *               (reply_documents.c, reply_payment.c, reply_marks.c,
 *               reply_told.c)
 *   onec.c      orders that began in 1C -> deals (onec_deal.c, onec_goods.c,
 *               onec_wait.c)
 */
#ifndef FLOW_ORDER_H
#define FLOW_ORDER_H

#include "base/words.h"
#include "flow/flow_internal.h"
#include "orders/orders.h"

/* Names in the snapshot's meta table. */
#define META_ORDERS_MARK "orders.mark"  /* portal's ms of the last look */
#define META_ORDERS_NEXT "orders.next"  /* the next number to try */
#define META_ORDERS_BELOW "orders.below"        /* the same of those before all
						   others */
#define META_ORDERS_BELOW_END "orders.below_end"        /* which end here */
#define META_ORDERS_FLOOR "orders.floor"        /* number_first, when the
						   first was given away */
#define META_ORDERS_FIRST "orders.first_day"    /* wall ms: without since */
#define META_ORDERS_WHOLE "orders.reconciled"   /* wall ms */
/* Portal's ms: a look at all deals that a run could not finish began then; and
 * a hash of the rules of that time. */
#define META_ORDERS_BEGUN "orders.begun"
#define META_ORDERS_BEGUN_BY "orders.begun_by"
/* orders.funnel.<category>: its name in the rules */
void order_funnel_name(char out[64], int64_t category);
#define META_ORDERS_FEW "orders.few_told"       /* wall ms: few numbers left */
#define META_ORDERS_FILE "orders.file"  /* hash of the outbox as written */
#define META_ORDERS_BACK "orders.back"  /* wall ms: put back after another file,
					   or none, had lain there */
#define META_ORDERS_RULES "orders.rules"        /* hash: which deals */
#define META_ORDERS_HELD "orders.held_rules"    /* hash: what may let held ones
						   go */
#define META_ORDERS_LAST "orders.last_package"  /* the last orders file's */
#define META_ORDERS_NODE "orders.node"  /* whose orders files name ours */
#define META_ORDERS_CAME "orders.came"  /* wall ms: its newest file, of any
					   kind */
#define META_ORDERS_UNREAD "orders.unread"      /* 1: deals were made of
						   orders of 1C, or are to be
						   read again */

/* Codes of a waiting order that was withdrawn and is offered once more by
 * itself, and of one that was withdrawn a second time. */
#define ORDER_OFFERED_AGAIN "offered-again"
#define ORDER_STILL_UNLOADED "still-not-loaded"
/* Of one that was paid in 1C although the deal is lost. */
#define ORDER_PAID_LOST "paid-though-lost"
/* Of one whose lines in 1C are not the deal's. */
#define ORDER_LINES_OUT "lines-not-taken"

/* The day that `since` says (NULL: none), else the one that `meta` holds, else
 * today; wall ms. */
int64_t order_first_day(struct flow *flow, const char *since,
    const char *meta);
/* It is that of the first run: remembered before anything is looked for. */
int order_keep_first_day(struct flow *flow, const char *since,
    const char *meta, struct err *err);
/* Deals made before are left alone; wall ms.  Before the first look the first
 * day is today (pull.c). */
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
/* Our реквизиты that tell how a deal ended, and whose it is
 * (orders/order_requisite.c). */
#define ORDER_LOST "Отменен"
#define ORDER_WON "Финальный статус"
#define ORDER_MANAGER "Менеджер Битрикс24"
#define ORDER_STATUS "Статус заказа"
/* order_version.c: does the version have this реквизит with "true"? */
bool order_version_says(const struct fields *version, const char *requisite);
/* order_version.c: would 1C learn anything from `document` that it does not
 * hold?  What it does not say is no news: an empty value cannot travel.  ended:
 * the deal is won or lost, and neither its customer's card nor its manager is
 * news any more. */
bool order_version_is_news(const struct fields *document,
    const struct fields *known, bool ended);
/* order_version.c: builds the deal's order anew and sees whether 1C has to hear
 * of it, or what holds it; wait: the deal's rows are older than 1C's lines. */
int order_version_build(struct flow *flow, const struct deal *deal,
    struct order *order, bool wait, struct err *err);
/* order_passed.c, before the first deal is read: what passes the exported
 * stages from now on is an order, seen there or not; now: portal's ms. */
int order_passed_begin(struct flow *flow, int64_t now, struct err *err);
/* remote->ask_passed() */
bool order_passed_may(void *flow, int64_t deal, int64_t moved);
/* *out: an order is to be made of the deal, which stands behind these stages
 * and has none.  Tells it once where not.  `order`: as it was, before this
 * look. */
int order_passed(struct flow *flow, const struct deal *deal,
    struct order *order, bool *out, struct err *err);
/* A person wants the order of such a deal: made by the pull that follows. */
bool order_passed_can_call(const struct order *order);
int order_passed_call(struct flow *flow, struct order *order,
    struct err *err);
/* order_paid.c: is it known of it that it is paid in 1C, though its deal is
 * lost? */
bool order_paid_lost(const struct order *order);
/* It stays known of it in the state that it has now. */
void order_paid_keep(struct order *order);
/* The order is to be put into the outbox once more, and this stays known. */
void order_paid_wait(struct order *order);
/* By what 1C says: noted, told where it was not, or taken back. */
void order_paid_note(struct flow *flow, struct order *order,
    const struct answer *answer, bool told);
/* Of a new version: where the deal is lost by it, did 1C say that it is paid?
 * The version before: was it lost, and was this told? */
int order_paid_look(struct flow *flow, struct order *order, bool was_lost,
    bool told, struct err *err);
/* order_version.c: lines that are those of `known` but for the portal's
 * rounding are said as these. */
void order_version_near(struct fields *document, const struct fields *known);
/* It was an order, and is now before the stages that make one. */
void order_version_leave(struct flow *flow, struct order *order);
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
/* The images of the deal and its rows say that it is there. */
int order_put_images(struct flow *flow, const struct order *order,
    struct err *err);
/* 1C holds `document` now, as far as can be known. */
int order_settle_known(struct flow *flow, struct order *order,
    enum order_state state, struct err *err);
/* order_number.c: its number for a person: ours, or 1C's of an order that began
 * there. */
#define ORDER_NAME_BYTES (LIMIT_ID_BYTES + 1)
const char *order_number_called(const struct order *order,
    char out[ORDER_NAME_BYTES]);
/* order_number.c: is it one of those that this program gives away? */
bool order_number_is_ours(const struct config *config, int64_t number);
/* order_number.c: the number in the deal's field, as far as it can be one of
 * ours; 0. */
int64_t order_number_of_deal(const struct flow *flow,
    const struct deal *deal);
/* *is: the order has no number, and one that is nobody's stands in the deal:
 * it was given away after the backup from which our state comes. */
int order_number_stands(struct flow *flow, const struct deal *deal,
    const struct order *order, bool *is, struct err *err);
/* 0: order->number is set; 1: the range is used up.  Inside a transaction. */
int order_number_find(struct flow *flow, const struct deal *deal,
    struct order *order, struct err *err);
/* How many are left to give away.  1: so few that a person has to know of it,
 * and *left says how many; 0: there are enough. */
int order_number_few(struct flow *flow, int64_t *left);
/* This number is used, wherever it was heard of: inside a transaction or
 * not. */
int order_number_used(struct flow *flow, int64_t number, struct err *err);
/* publish.c: is the outbox file as we left it, and with which orders?  What 1C
 * did not find there it has not loaded. */
bool publish_is_ours(struct flow *flow, struct idlist *numbers);
/* Those in the outbox file. */
int publish_learn_numbers(struct flow *flow, struct err *err);
/* Both sides agree on these lines of the order, and on their sum where the
 * deal's is typed by hand: what 1C says now is compared with them. */
int order_agree_lines(struct flow *flow, const struct order *order,
    const struct fields *held, struct err *err);
/* *wait: 1C's lines are on their way into the deal, or the portal refuses
 * them: what the deal holds is older, and must not go to 1C over them. */
int order_rows_wait(struct flow *flow, const struct order *order, bool *wait,
    struct err *err);
/* An entry of the history about the order itself. */
int order_note(struct flow *flow, const struct order *order, enum verb verb,
    const char *note, const struct fields *old_values,
    const struct fields *new_values, struct err *err);

/* reply_documents.c */

/* What all documents of the number state; *count: how many there are. */
int reply_documents_read(struct flow *flow, int64_t number,
    struct answer *answer, size_t *count, struct err *err);
/* The same of an order that began in 1C (TARGET_ONEC_ORDER), in whatever
 * currency. */
int reply_documents_onec(struct flow *flow, const struct target *target,
    struct answer *answer, size_t *count, struct err *err);
/* Sums of another currency than the order's are no sums of the deal: somebody
 * changed the currency in 1C, or it did not know ours. */
void reply_documents_currency(const struct flow *flow,
    const struct order *order, struct answer *answer);

/* reply_marks.c: an order whose documents of 1C say one thing by their number
 * and another by their mark is held: nothing that 1C says of it is written
 * into its deal, and nothing goes to 1C. */

#define ORDER_UNCLEAR "number-unclear"
bool reply_marks_doubt(const struct order *order);
/* A document came.  *held: it is doubtful whose it is, nothing follows. */
int reply_marks_document(struct flow *flow, struct str id,
    const struct fields *document, bool *held, struct err *err);
/* What all documents of the order's number say: *held as above. */
int reply_marks_answer(struct flow *flow, struct order *order,
    const struct answer *answer, bool *held, struct err *err);
int reply_marks_differ(struct flow *flow, const struct order *order,
    const struct answer *answer, bool *out, struct err *err);
/* Those that are clear by now are read again.  Inside a transaction. */
int reply_marks_again(struct flow *flow, struct err *err);
/* A person says that the numbers are right as 1C has them. */
int reply_marks_accept(struct flow *flow, const struct order *order,
    struct err *err);

/* reply_payment.c: targets of payments, told once each. */

int reply_payment_want(struct flow *flow, const struct target *target,
    const struct order *order, const struct answer *answer,
    const struct image *image, struct wanted *out, struct err *err);
int reply_payment_derive(struct flow *flow, struct str deal,
    const struct answer *answer, int64_t package, struct err *err);
/* What was told of one deal was told of the other: it has another id now. */
int reply_payment_move(struct flow *flow, int64_t from, int64_t to,
    struct err *err);

/* reply.c */

/* The wanted values of a target of a deal, instead of map_derive(). */
int reply_derive(struct flow *flow, const struct target *target,
    const struct image *image, struct wanted *out, struct err *err);
/* A mark of the lines that 1C stated; and is this what order->known bears? */
void reply_said(char out[24], const struct answer *answer);
bool reply_was_said(const struct order *order, const struct answer *answer);
/* Do 1C's lines become the deal's rows? */
bool reply_takes_lines(struct flow *flow, const struct order *order,
    const struct answer *answer);
/* What the deal was paid by is another one's: its fields are emptied where
 * nothing else fills them. */
int reply_forget_payment(struct flow *flow, int64_t deal, struct err *err);
/* May this change be made at all? */
bool reply_may_send(const struct target *target,
    const struct difference *diff);
/* Derives every target of the deal. */
int reply_derive_deal(struct flow *flow, int64_t deal, int64_t package,
    bool force, struct err *err);
/* A record of a document came: which order it speaks of.  An order of ours is
 * derived once for all its documents, by hear_package(); one that began in 1C
 * here. */
int reply_derive_document(struct flow *flow, struct str id, int64_t package,
    bool force, struct err *err);
/* The portal's good behind an id of 1C, in the form that is sold; 0: none. */
int reply_good(struct flow *flow, struct str id, int64_t *portal_id,
    struct err *err);
/* Every deal with an order: a rule changed. */
int reply_derive_all(struct flow *flow, int64_t package, struct err *err);
/* An update's values before, in the portal's own ids. */
int reply_prepare_op(struct flow *flow, struct op *op,
    const struct difference *diff, struct err *err);
/* The rules for deals of this funnel of the portal; NULL: there are none. */
const struct config_funnel *reply_funnel(struct flow *flow,
    int64_t category);
/* Is this of an order written into deals at all (owners)? */
bool reply_is_owned(const struct flow *flow, const char *field);
/* A status is said by its name, or by its code. */
bool reply_is_status(struct str line);

/* reply_told.c */

/* Inside a transaction: a status without a rule. */
int reply_told_status(struct flow *flow, const struct order *order,
    const struct answer *answer, struct err *err);
/* Lines of 1C that could not be taken: said once, and kept with the order as
 * long as it is so.  *changed: the order has. */
int reply_told_lines(struct flow *flow, struct order *order,
    const struct answer *answer, bool *changed, struct err *err);
/* reply.c: a hash of the rules of orders. */
uint64_t reply_fingerprint(const struct config *config);

/* inspect_orders.c: parts of flow_status() and flow_unsent(). */
int inspect_orders_status(struct flow *flow, struct err *err);
/* *any: there are some of which status lists the lines. */
int inspect_orders_unsent(struct flow *flow, bool *any, struct err *err);
/* inspect_unread.c: each package that the next run reads; and how many there
 * are, *any is set where there is one. */
int inspect_unread(struct flow *flow, int (*visit)(void *ctx,
    const struct package *package, struct err *err), void *ctx,
    struct err *err);
int inspect_unread_tell(struct flow *flow, bool *any, struct err *err);
/* inspect_pictures.c: what did not come; *any is set where there is some. */
int inspect_pictures_unsent(struct flow *flow, bool all, bool *any,
    struct err *err);
/* Withdrawn ones go back into the outbox: by number, or all. */
int inspect_orders_retry(struct flow *flow, int64_t number,
    int64_t *made_due, struct err *err);
int inspect_orders_retry_all(struct flow *flow, int64_t *made_due,
    struct err *err);

/* link.c: the order's customer came back with 1C's id; linked where nothing
 * speaks against it.  Inside a transaction. */
int link_by_order(struct flow *flow, const struct order *order,
    struct str party, struct err *err);

/* onec.c */

/* The wanted values of TARGET_ONEC_ORDER, instead of map_derive(): only what
 * its deal begins with. */
int onec_derive(struct flow *flow, const struct target *target,
    const struct image *image, struct wanted *out, struct err *err);
/* What is wrong with a deal that is to be made fails its change. */
#define ONEC_NO_CLIENT "no-client"
void onec_judge(const struct flow *flow, struct change *change,
    const struct difference *diff);
/* A document came whose number (answer_number()) is none of ours: what is made
 * of it, or why nothing is. */
int onec_document(struct flow *flow, struct str id,
    const struct fields *document, int64_t package, bool force,
    struct err *err);
/* It named another order's number before: 1C may have renumbered the order. */
int onec_renumbered(struct flow *flow, struct str id,
    const struct fields *document, struct str number, struct err *err);
/* A rule changed: all documents are looked at. */
int onec_each(struct flow *flow, int64_t package, struct err *err);
/* The target of the order that this document is.  1: it is none, or says no
 * number or no day. */
int onec_target(struct target *out, const struct fields *document);

/* onec_wait.c: why an order of 1C is no deal yet */

struct onec_wait {
	int64_t row;            /* of the target that it waits for; 0 */
	bool coming;            /* which is on its way into the portal */
	char code[48], text[CHANGE_TEXT_BYTES];         /* told */
};
/* 1: it waits (or its change has failed), and *out says for what; 0: nothing
 * is known to hold it up.  Writes nothing. */
int onec_wait_look(struct flow *flow, const struct change *change,
    struct onec_wait *out, struct err *err);

/* onec_goods.c */

/* 1: a line of the order waits for its goods.  past_coming: of several it is
 * one whose goods are not on their way, where there is such. */
int onec_goods_look(struct flow *flow, const struct target *target,
    bool past_coming, struct onec_wait *out, struct err *err);
/* A deal is made when the goods of its lines are there.  1: it waits, and the
 * change says for what. */
int onec_goods_wait(struct flow *flow, const struct change *change,
    struct err *err);
/* The good is there: what waited for it is due. */
int onec_goods_came(struct flow *flow, const struct target *good,
    struct err *err);

/* onec_deal.c */

/* What the deal's order is called.  -1: it is none of 1C's. */
int onec_deal_target(struct target *out, const struct order *order);
/* The deal of the order was made or recognised: from now on 1C speaks of it as
 * of the deal of an order that was sent there. */
int onec_deal_made(struct flow *flow, const struct target *target,
    int64_t deal, struct err *err);
/* Is a deal of this mark (FIELD_XML_ID of the values) being made already, by
 * the number that the order had before? */
int onec_deal_on_way(struct flow *flow, const struct target *target,
    const struct fields *values, bool *is, struct err *err);
/* The document of this Ид, whose order was of `number` in some year, is that of
 * `now`: so is the deal that was made of it. */
int onec_deal_rename(struct flow *flow, struct str number,
    const struct target *now, struct str id, struct err *err);
/* order_lose()'s part: made again by `retry` alone.  onec_deal_missed: of any
 * deal (TARGET_DEAL) that is gone. */
int onec_deal_lose(struct flow *flow, const struct order *order,
    struct err *err);
int onec_deal_missed(struct flow *flow, const struct target *deal,
    struct err *err);
/* What a deal of the portal has to do with orders that began in 1C. */
enum onec_deal {
	ONEC_DEAL_NONE,         /* nothing */
	ONEC_DEAL_MADE,         /* it is one's */
	ONEC_DEAL_MARKED,       /* it bears the mark of one that is not known
				   here, or whose deal is not: never an order
				   for 1C */
	ONEC_DEAL_COPY          /* a copy of one's deal, with its mark */
};
int onec_deal_whose(struct flow *flow, const struct deal *deal,
    const struct order *order, enum onec_deal *out, struct err *err);
/* Is the found row one more deal that a late answer of ours left, and nobody's
 * copy?  image: of our own. */
bool onec_deal_is_double(const struct op *op, const struct found *row,
    const struct image *image);

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
/* What its documents say now is known to 1C, where it has the order. */
int hear_known(struct flow *flow, struct order *order, struct err *err);
/* hear_taken.c.  Sets how the customer, where it is linked, is known to 1C. */
int hear_taken_spelling(struct flow *flow, struct order *order,
    struct err *err);
/* What 1C has not taken of the last version, as far as it says
 * what it holds. */
enum hear_taken {
	HEAR_TAKEN_ALL,
	HEAR_TAKEN_NOT_LINES,
	HEAR_TAKEN_NOT_CLIENT,
	HEAR_TAKEN_NOT_END,     /* it is not cancelled */
	HEAR_TAKEN_NOT_WON      /* it goes on with the status of before */
};
struct hear_before;
/* before: hear_taken_before(); NULL: of the status nothing is known. */
enum hear_taken hear_taken(struct flow *flow, const struct order *order,
    const struct answer *answer, const struct hear_before *before);
/* Does 1C name the lines of this version, by its own Ид where it has none? */
bool hear_taken_lines(const struct answer *answer,
    const struct fields *version);
/* The lines of the version are called as 1C calls them. */
void hear_taken_call(struct fields *version, const struct answer *answer);
/* УТ takes no edit of an order that it has without lines: and such it has. */
bool hear_taken_none(const struct answer *answer);
void hear_taken_know_none(struct fields *known, const struct answer *answer);
/* What lay in the outbox before the last version, since 1C named the order, as
 * far as the history goes back: 1C may have it instead of that. */
struct hear_before {
	bool any;
	bool lines;             /* 1C names the lines of one of these */
	bool status;            /* and the status of one */
	bool forgotten;         /* there was one, and run.history_days is
				   over for it */
	struct fields version;  /* the last of them */
};
/* `heard`: when 1C named the order last.  Of three customers that one is noted
 * in the order as the one of before whom 1C names. */
int hear_taken_before(struct flow *flow, struct order *order, int64_t heard,
    const struct answer *answer, struct hear_before *out, struct err *err);
/* `known` is a version that 1C is presumed to have taken: whom the one before
 * was for goes with it.  And: it was not taken after all. */
void hear_taken_keep(struct fields *known, const struct fields *before);
void hear_taken_forget(struct fields *known, enum hear_taken taken);
/* A number of ours is said as we said it, not "000001". */
bool hear_number(struct str text, int64_t *number);
/* The package is accepted: inside its transaction, after its records. */
int hear_package(struct flow *flow, const struct package *package,
    struct hearing *hearing, struct err *err);
/* hear_node.c: is the package of the node that reads our file? */
int hear_node_is_ours(struct flow *flow, const struct package *package,
    const struct hearing *hearing, bool *ours, struct err *err);
/* 1C has been here. */
int hear_node_visit(struct flow *flow, const struct package *package,
    const struct hearing *hearing, struct err *err);
/* A node takes the place of another one, that of the orders too. */
int hear_node_follow(struct flow *flow, const char *gone, const char *heir,
    struct err *err);

#endif
