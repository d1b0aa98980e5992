/*
 * The outbox: one file with every order that 1C has not loaded yet, always
 * there, always whole, replaced by rename.
 *
 *   an order is waiting, put = 0        committed before the file is touched
 *   one finds no room any more          put = 0 likewise: from the file in
 *                                       which it is missing 1C takes nothing
 *   the file is in place                rename, synced
 *   put = now                           what 1C writes from now on tells
 *
 * Killed between any two: the next run finds the file as it was or as it should
 * be, and says "put" a little later than it was: an order stays a little
 * longer.
 */
#include "flow/customer.h"
#include "flow/order.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/idlist.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/told.h"

/* Orders in the file at once: loading them must be over in LIMIT_PRESUME_MS,
 * and 1C reads it as one tree.  The others follow as these are loaded. */
#define ORDERS_AT_ONCE 300
/* A line of an order is so much larger in XML than as it is kept. */
#define XML_TIMES 16

/* An order that finds room. */
struct chosen {
	int64_t number, deal;
	struct fields document;
};

struct outbox {
	struct flow *flow;
	char *path;
	bool ours;              /* the file is as we left it, */
	struct idlist there;    /* with these numbers */
	struct chosen *chosen;
	size_t count;
	int64_t left;           /* waiting ones that found no room */
	bool unput;             /* a chosen one is not known to be there */
	size_t bytes;           /* of all of them, about */
};

/* 1C will not find it in the file: what it writes proves nothing of it. */
static int
take_out(struct flow *flow, int64_t deal, struct err *err)
{
	struct order order;
	int rc;

	if (!snapshot_in_transaction(flow->snap) &&
	    snapshot_begin(flow->snap, err) == -1)
		return -1;
	order_init(&order);
	rc = snapshot_order_get(flow->snap, deal, &order, err);
	if (rc == 0) {
		order.put = 0;
		rc = snapshot_order_put(flow->snap, &order, err);
	}
	order_free(&order);
	return rc == -1 ? -1 : 0;
}

static int
collect(void *ctx, const struct order *order, struct err *err)
{
	struct outbox *outbox = ctx;
	size_t bytes = XML_TIMES * order->document.bytes.len;
	bool room = outbox->count < ORDERS_AT_ONCE && (outbox->count == 0 ||
	    outbox->bytes + bytes <= LIMIT_OUTBOX_BYTES);
	/* An older cml24 let some count as put that had found no room. */
	bool put = order->put != 0 && (!outbox->ours ||
	    idlist_has(&outbox->there, order->number));
	struct chosen *chosen;

	if (order->put != 0 && !(put && room) &&
	    take_out(outbox->flow, order->deal, err) == -1)
		return -1;
	if (!room) {
		outbox->left++;
		return 0;
	}
	outbox->bytes += bytes;
	outbox->unput = outbox->unput || !put;
	chosen = &outbox->chosen[outbox->count++];
	chosen->number = order->number;
	chosen->deal = order->deal;
	fields_init(&chosen->document);
	fields_copy(&chosen->document, &order->document);
	return 0;
}

static int
compare_chosen(const void *a, const void *b)
{
	const struct chosen *left = a, *right = b;

	return (left->number > right->number) -
	    (left->number < right->number);
}

/* Which orders find room; in the file they stand by number. */
static int
choose(struct outbox *outbox, struct err *err)
{
	struct snapshot *snap = outbox->flow->snap;
	int rc;

	outbox->chosen = mem_array(ORDERS_AT_ONCE, sizeof(*outbox->chosen));
	rc = snapshot_order_each_due(snap, collect, outbox, err);
	if (snapshot_in_transaction(snap))
		rc = snapshot_end(snap, rc, err);
	if (outbox->count > 1)
		qsort(outbox->chosen, outbox->count, sizeof(*outbox->chosen),
		    compare_chosen);
	return rc;
}

static void
outbox_close(struct outbox *outbox)
{
	for (size_t i = 0; i < outbox->count; i++)
		fields_free(&outbox->chosen[i].document);
	free(outbox->chosen);
	idlist_free(&outbox->there);
	free(outbox->path);
}

/* ---- not loaded for too long ---- */

/* 1C stayed away, or was here and named no order: not the same thing, but a
 * proof of loading is neither (DESIGN 3).  One that was offered once more by
 * itself is not a third time. */
static void
set_withdrawn(struct flow *flow, struct order *order)
{
	bool again = strcmp(order->code, ORDER_OFFERED_AGAIN) == 0;
	int64_t came = snapshot_meta_int(flow->snap, META_ORDERS_CAME, 0);
	char when[CLOCK_TEXT_BYTES], text[sizeof(order->text)];

	if (came < order->put) {
		order_set_state(order, ORDER_WITHDRAWN, again ?
		    ORDER_STILL_UNLOADED : "not-loaded",
		    TOLD("1C has not loaded it for orders.unseen_hours, and "
		    "has written no file here since: does its exchange run? "
		    "`cml24 retry` puts it there again"));
		return;
	}
	clock_format(when, came);
	told_set(text, sizeof(text), N_("1C has not named it for "
	    "orders.unseen_hours, though it has exported here since (%s): it "
	    "may have the order, for while nothing changes there it writes no "
	    "orders file. If the order is in 1C, save it there once more; if "
	    "not, 1C does not read this file or cannot load it: see its log, "
	    "and then `cml24 retry`"), when);
	order_set_state(order, ORDER_WITHDRAWN, again ? ORDER_STILL_UNLOADED :
	    "maybe-loaded", text);
}

static int
withdraw(struct flow *flow, int64_t deal, struct err *err)
{
	struct order order;
	int rc;

	order_init(&order);
	rc = snapshot_order_get(flow->snap, deal, &order, err);
	if (rc == 0) {
		set_withdrawn(flow, &order);
		rc = snapshot_order_put(flow->snap, &order, err);
	}
	order_free(&order);
	return rc == -1 ? -1 : 0;
}

/* Where nothing is overdue nothing is written. */
static int
withdraw_if_overdue(void *ctx, const struct order *order, struct err *err)
{
	struct flow *flow = ctx;

	if (order->put == 0 || clock_wall_ms() - order->put <
	    flow->config->orders.unseen_ms)
		return 0;
	if (!snapshot_in_transaction(flow->snap) &&
	    snapshot_begin(flow->snap, err) == -1)
		return -1;
	return withdraw(flow, order->deal, err);
}

static int
withdraw_overdue(struct flow *flow, struct err *err)
{
	int rc = snapshot_order_each(flow->snap, ORDER_WAITING,
	    withdraw_if_overdue, flow, err);

	return snapshot_in_transaction(flow->snap) ?
	    snapshot_end(flow->snap, rc, err) : rc;
}

/* ---- the file ---- */

static char *
path_of(const struct config *config)
{
	return file_join(config->folders.outbox, config->orders.file);
}

/* What is there; false, and nothing, where there is no file, or one that is
 * too large or not readable (*why): certainly not ours. */
static bool
read_held(struct buf *held, const char *path, struct err *why)
{
	if (file_read(held, path, why) == 0)
		return true;
	buf_clear(held);
	return false;
}

/* When the file came to be, by our clock and the file server's: the later. */
static int64_t
put_time(const char *path)
{
	int64_t now = clock_wall_ms(), written;
	struct stat st;

	if (stat(path, &st) != 0)
		return now;
	written = (int64_t)st.st_mtim.tv_sec * 1000 +
	    st.st_mtim.tv_nsec / 1000000;
	return written > now ? written : now;
}

static int64_t
hash_of(struct str file)
{
	return (int64_t)(str_hash(0, file) >> 1);
}

bool
publish_is_ours(struct flow *flow, struct idlist *numbers)
{
	struct buf held = BUF_INIT(LIMIT_OUTBOX_BYTES);
	char *path = path_of(flow->config);
	struct err why = { 0 };
	int64_t number;
	size_t at = 0;
	bool ours;

	ours = read_held(&held, path, &why) && hash_of(str_n(held.data,
	    held.len)) == snapshot_meta_int(flow->snap, META_ORDERS_FILE, 0);
	while (ours && order_file_number(str_n(held.data, held.len), &at,
	    &number))
		idlist_add(numbers, number);
	idlist_sort(numbers);
	buf_free(&held);
	free(path);
	return ours;
}

static void
write_chosen(struct buf *out, const struct outbox *outbox)
{
	struct fields *documents = mem_array(outbox->count + 1,
	    sizeof(*documents));

	for (size_t i = 0; i < outbox->count; i++)
		documents[i] = outbox->chosen[i].document;
	order_file_write(out, &outbox->flow->config->orders, documents,
	    outbox->count, clock_wall_ms());
	free(documents);        /* what they hold is the chosen ones' */
}

/* It is ours, and where it was not, it is so from now on: 1C may have run while
 * it was away, and what it wrote then may be taken later than this. */
static int
note_file(struct outbox *outbox, struct str file, struct err *err)
{
	struct snapshot *snap = outbox->flow->snap;
	int rc;

	if (snapshot_begin(snap, err) == -1)
		return -1;
	rc = snapshot_meta_set_int(snap, META_ORDERS_FILE, hash_of(file), err);
	if (rc == 0 && !outbox->ours)
		rc = snapshot_meta_set_int(snap, META_ORDERS_BACK,
		    put_time(outbox->path), err);
	return snapshot_end(snap, rc, err);
}

static int
put_file(struct outbox *outbox, struct str file, struct err *err)
{
	return file_write(outbox->path, file.p, file.len, 0664, err) == -1 ?
	    -1 : note_file(outbox, file, err);
}

/* 1: it is in place as it should be already. */
static int
write_file(struct outbox *outbox, struct err *err)
{
	struct buf wanted = BUF_INIT(LIMIT_OUTBOX_BYTES);
	struct buf held = BUF_INIT(LIMIT_OUTBOX_BYTES);
	struct err why = { 0 };
	int rc;

	write_chosen(&wanted, outbox);
	if (!read_held(&held, outbox->path, &why) && why.kind != ERR_NONE)
		log_warn("%s", why.text);
	if (wanted.full)
		rc = err_set(err, ERR_SYSTEM, _("%s: the orders do not fit "
		    "into one file"), outbox->path);
	else if (held.len > 0 && order_file_same(str_n(held.data, held.len),
	    str_n(wanted.data, wanted.len)))
		/* Killed before it was noted, or somebody put it back. */
		rc = outbox->ours || note_file(outbox, str_n(held.data,
		    held.len), err) == 0 ? 1 : -1;
	else
		rc = put_file(outbox, str_n(wanted.data, wanted.len), err);
	buf_free(&wanted);
	buf_free(&held);
	return rc;
}

static int
mark_put(struct flow *flow, int64_t deal, int64_t put, struct err *err)
{
	struct order order;
	int rc;

	order_init(&order);
	rc = snapshot_order_get(flow->snap, deal, &order, err);
	if (rc == 0 && order.put == 0) {
		order.put = put;
		if (order.first_put == 0)
			order.first_put = put;
		rc = order_note(flow, &order, order.first_put == put ?
		    VERB_CREATE : VERB_UPDATE,
		    TOLD("put into the outbox for 1C"), &order.known,
		    &order.document, err);
		if (rc == 0)
			rc = snapshot_order_put(flow->snap, &order, err);
	}
	order_free(&order);
	return rc == -1 ? -1 : 0;
}

static int
mark_all_put(struct outbox *outbox, struct err *err)
{
	struct flow *flow = outbox->flow;
	int64_t put = put_time(outbox->path);
	int rc = 0;

	if (!outbox->unput)
		return 0;
	if (flow_run_begin(flow, err) == -1 ||
	    snapshot_begin(flow->snap, err) == -1)
		return -1;
	for (size_t i = 0; rc == 0 && i < outbox->count; i++)
		rc = mark_put(flow, outbox->chosen[i].deal, put, err);
	return snapshot_end(flow->snap, rc, err);
}

static int
publish_orders(struct flow *flow, struct err *err)
{
	const struct config *config = flow->config;
	struct outbox outbox = { .flow = flow };
	int rc;

	if (file_make_dir(config->folders.outbox, err) == -1 ||
	    withdraw_overdue(flow, err) == -1)
		return -1;
	outbox.path = path_of(config);
	outbox.ours = publish_is_ours(flow, &outbox.there);
	if (choose(&outbox, err) == -1) {
		outbox_close(&outbox);
		return -1;
	}
	rc = write_file(&outbox, err);
	if (rc == -1) {
		/* A reader holds it, or the share is away: the old file
		 * stays, the next run tries again. */
		report_say(flow->report, _("the outbox was not written: %s"),
		    err->text);
		err_clear(err);
		flow->outbox_failed = true;
		rc = 0;
	} else {
		rc = mark_all_put(&outbox, err);
	}
	if (rc == 0 && outbox.left > 0)
		report_line(flow->report, _("%" PRId64 " more orders wait for "
		    "room in the outbox"), outbox.left);
	outbox_close(&outbox);
	return rc;
}

int
flow_publish(struct flow *flow, struct err *err)
{
	if (flow->config->orders.given && publish_orders(flow, err) == -1)
		return -1;
	return customer_file_publish(flow, err);
}

int
publish_learn_numbers(struct flow *flow, struct err *err)
{
	struct buf held = BUF_INIT(LIMIT_OUTBOX_BYTES);
	char *path = path_of(flow->config);
	struct err why = { 0 };
	int64_t number;
	size_t at = 0;
	int rc = 0;

	(void)read_held(&held, path, &why);     /* none: nothing to learn */
	while (rc == 0 && order_file_number(str_n(held.data, held.len), &at,
	    &number))
		rc = order_number_used(flow, number, err);
	buf_free(&held);
	free(path);
	return rc;
}
