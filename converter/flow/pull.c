/*
 * The way back: deals that changed in the portal are read whole and become
 * orders.  What was changed is asked by time with an overlap, and all of it
 * every reconcile_hours: rows that changed with the same sum, addresses and
 * deletions move no time in the portal.  Deals that ended long ago are neither
 * listed nor read for that.  Where the time of a run does not suffice for all
 * of it the next one goes on, and what changed is always read first.
 *
 * Killed anywhere: the mark moves last, so the same deals are read again, and
 * a deal that is taken twice changes nothing.
 */
#include "flow/customer.h"
#include "flow/look.h"
#include "flow/order.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/idlist.h"
#include "base/log.h"
#include "base/mem.h"

static const struct look_names names = { META_ORDERS_WHOLE, META_ORDERS_RULES,
    META_ORDERS_BEGUN, META_ORDERS_BEGUN_BY };

struct pull {
	struct flow *flow;
	struct deal_changes changes;
	struct idlist deals;    /* to read: they are news */
	struct idlist others;   /* and after them, of a look at all */
	struct look_all look;   /* anew: also those that ended long ago */
	bool customers_whole;   /* all clients for 1C */
};

/* ---- what has to be read ---- */

static int64_t
history_ms(const struct pull *pull)
{
	return pull->flow->config->run.history_days *
	    (INT64_C(24) * 3600 * 1000);
}

/* It ended long ago, and nothing is open between both sides: what moves no
 * time in the portal makes no news of it, and these become more for ever. */
static bool
is_over(const struct pull *pull, const struct order *order)
{
	bool open = order->state == ORDER_WAITING ||
	    order->state == ORDER_HELD || order->state == ORDER_WITHDRAWN;

	return !pull->look.anew && order->ended && !open &&
	    clock_wall_ms() - order->updated > history_ms(pull);
}

/* Where what is no news goes.  By other rules it is news, too: orders get their
 * numbers in the order of the deals. */
static struct idlist *
list_of_known(struct pull *pull)
{
	return pull->look.whole && !pull->look.anew ? &pull->others :
	    &pull->deals;
}

/* Not known like this, or not read well after its last change: it is news. */
static int
must_read(const struct pull *pull, const struct deal_seen *seen, bool *news,
    bool *must, struct err *err)
{
	struct order order;
	int rc;

	order_init(&order);
	rc = snapshot_order_get(pull->flow->snap, seen->id, &order, err);
	*news = rc != 0 || order.state == ORDER_GONE ||
	    order.updated != seen->updated ||
	    order.looked < seen->updated + LIMIT_SAME_SECOND_MS;
	*must = *news || (pull->look.whole && !is_over(pull, &order) &&
	    !look_has_read(&pull->look, order.looked));
	order_free(&order);
	return rc == -1 ? -1 : 0;
}

static int
choose_changed(struct pull *pull, struct err *err)
{
	const struct deal_changes *changes = &pull->changes;
	bool news, must;

	for (size_t i = 0; i < changes->deal_count; i++) {
		if (must_read(pull, &changes->deals[i], &news, &must,
		    err) == -1)
			return -1;
		if (must)
			idlist_add(news ? &pull->deals : list_of_known(pull),
			    changes->deals[i].id);
	}
	return 0;
}

/* A look at all is at all clients, too. */
static int
choose_of_client(void *ctx, int64_t deal, struct err *err)
{
	struct pull *pull = ctx;
	struct order order;
	int rc;

	if (!pull->look.whole) {
		idlist_add(&pull->deals, deal);
		return 0;
	}
	order_init(&order);
	rc = snapshot_order_get(pull->flow->snap, deal, &order, err);
	if (rc == 1 || (rc == 0 && !look_has_read(&pull->look, order.looked)))
		idlist_add(list_of_known(pull), deal);
	order_free(&order);
	return rc == -1 ? -1 : 0;
}

static int
choose_clients(struct pull *pull, struct err *err)
{
	const struct deal_changes *changes = &pull->changes;
	struct snapshot *snap = pull->flow->snap;

	for (size_t i = 0; i < changes->companies.count; i++)
		if (snapshot_order_each_of_client(snap, true,
		    changes->companies.ids[i], choose_of_client, pull,
		    err) == -1)
			return -1;
	for (size_t i = 0; i < changes->contacts.count; i++)
		if (snapshot_order_each_of_client(snap, false,
		    changes->contacts.ids[i], choose_of_client, pull,
		    err) == -1)
			return -1;
	return 0;
}

static int
choose_order(void *ctx, const struct order *order, struct err *err)
{
	struct pull *pull = ctx;

	(void)err;
	if (order->state != ORDER_GONE && !is_over(pull, order) &&
	    !look_has_read(&pull->look, order->looked))
		idlist_add(list_of_known(pull), order->deal);
	return 0;
}

/* The rules that a held order may wait for, and that say nothing new of the
 * others: for these no deal is read again. */
static int64_t
hash_held(const struct config *config)
{
	const struct config_orders *orders = &config->orders;
	uint64_t hash = rules_hash_map(0, &config->currencies);
	char range[48];

	(void)snprintf(range, sizeof(range), "%" PRId64 "-%" PRId64,
	    (int64_t)orders->number_first, (int64_t)orders->number_last);
	return (int64_t)(str_hash(hash, str_of(range)) >> 1);
}

static bool
are_rules_new(struct flow *flow)
{
	return snapshot_meta_int(flow->snap, META_ORDERS_HELD, 0) !=
	    hash_held(flow->config);
}

/* What holds an order may have been mended elsewhere: its goods came, a person
 * changed the rules. */
static int
choose_held(struct pull *pull, struct err *err)
{
	const struct flow_tally *tally = &pull->flow->tally;

	if (pull->look.whole)
		return snapshot_order_each(pull->flow->snap, ORDER_STATE_LAST,
		    choose_order, pull, err);
	if (tally->packages == 0 && tally->created == 0 &&
	    tally->updated == 0 && tally->linked == 0 &&
	    !pull->flow->retrying && !are_rules_new(pull->flow))
		return 0;
	return snapshot_order_each(pull->flow->snap, ORDER_HELD, choose_order,
	    pull, err);
}

/* Of a deal that was made of an order of 1C it is not known, before it is read,
 * in which funnel it stands and who is responsible; of one whose documents were
 * unclear, what 1C should hold; and an order that a person wants is made of the
 * deal as it is now. */
static int
choose_if_unread(void *ctx, const struct order *order, struct err *err)
{
	(void)err;
	if (order->looked == 0)
		idlist_add(ctx, order->deal);
	return 0;
}

static int
choose_unread(struct pull *pull, struct err *err)
{
	struct snapshot *snap = pull->flow->snap;
	struct idlist *deals = &pull->deals;

	if (snapshot_meta_int(snap, META_ORDERS_UNREAD, 0) == 0)
		return 0;
	if (snapshot_order_each(snap, ORDER_HELD, choose_if_unread, deals,
	    err) == -1 || snapshot_order_each(snap, ORDER_NONE,
	    choose_if_unread, deals, err) == -1)
		return -1;
	return snapshot_order_each(snap, ORDER_FROM_ONEC, choose_if_unread,
	    deals, err);
}

/* Deals of which 1C has still to hear, or a person: where one is deleted its
 * order shall not wait in the outbox for the day on which all are read. */
struct watch {
	int64_t ids[LIMIT_DEALS_WATCHED];
	size_t count;
};

static int
watch_order(void *ctx, const struct order *order, struct err *err)
{
	struct watch *watch = ctx;

	(void)err;
	if (watch->count < LIMIT_DEALS_WATCHED)
		watch->ids[watch->count++] = order->deal;
	return 0;
}

static int
choose_watched(struct watch *out, struct flow *flow, struct err *err)
{
	static const enum order_state states[] = { ORDER_WAITING, ORDER_HELD,
	    ORDER_WITHDRAWN };

	out->count = 0;
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (snapshot_order_each(flow->snap, states[i], watch_order,
		    out, err) == -1)
			return -1;
	return 0;
}

/* They are read, to be certain. */
static void
choose_missed(struct pull *pull)
{
	const struct deal_changes *changes = &pull->changes;

	for (size_t i = 0; i < changes->missed.count; i++)
		idlist_add(&pull->deals, changes->missed.ids[i]);
}

/* The rules that say which deals are orders, and what is in these. */
static int64_t
hash_rules(const struct config *config)
{
	const struct config_orders *orders = &config->orders;
	uint64_t hash = reply_fingerprint(config);

	hash = str_hash(hash, str_of(orders->since));
	hash = str_hash(hash + (uint64_t)orders->profile * 16 +
	    (uint64_t)orders->unknown_lines * 2 + orders->date_begin,
	    STR_NONE);
	for (size_t i = 0; i < orders->vat_known.count; i++)
		hash = str_hash(hash, str_of(orders->vat_known.items[i]));
	for (size_t i = 0; i < orders->funnel_count; i++) {
		const struct config_list *stages =
		    &orders->funnels[i].export_stages;

		for (size_t j = 0; j < stages->count; j++)
			hash = str_hash(hash, str_of(stages->items[j]));
		hash += orders->funnels[i].silent_behind;
	}
	return (int64_t)(hash >> 1);
}

/* The run was told, and has said, that the CRM is not shown to us: nothing is
 * known of funnels, and every deal would seem to have left them. */
static bool
must_wait(struct flow *flow)
{
	if (flow->facts.crm_barred[0] == '\0')
		return false;
	flow->deals_wait = true;
	return true;
}

/*
 * 1: said what right is missing, and the deals wait: what is not shown is not
 * gone.  Only where the clients would wait too: else a run that has anything
 * to send ends for want of the funnels.
 */
static int
look_at(struct pull *pull, const struct deal_look *ask, struct err *err)
{
	struct flow *flow = pull->flow;
	int rc;

	rc = flow->remote.look_deals(flow->remote.ctx, ask, &pull->changes,
	    err);
	if (rc != 1)
		return rc;
	if (!flow->config->counterparties.given)
		return -1;
	report_say(flow->report, _("deals wait, the goods go on: %s"),
	    err->text);
	err_clear(err);
	flow->deals_wait = true;
	return 1;
}

static void
ask_since(struct pull *pull, struct deal_look *ask, int64_t since)
{
	ask->since = ask->clients = since;
	customer_ask(pull->flow, ask, &pull->customers_whole);
}

/* The portal's clock went back: what changed since has times that lie before
 * the mark. */
static int
look_again(struct pull *pull, struct deal_look *ask, struct err *err)
{
	struct flow *flow = pull->flow;
	int64_t mark = snapshot_meta_int(flow->snap, META_ORDERS_MARK, 0);
	int64_t other = snapshot_meta_int(flow->snap, META_CUSTOMERS_MARK, 0);
	bool deals = ask->deals && !pull->look.whole &&
	    pull->changes.now < mark;
	bool clients = ask->seen && !pull->customers_whole &&
	    pull->changes.now < other;

	if (!deals && !clients)
		return 0;
	if (deals)
		log_warn("the portal's clock went back: all deals are read");
	if (clients && snapshot_meta_set_int(flow->snap, META_CUSTOMERS_MARK,
	    0, err) == -1)
		return -1;
	deal_changes_free(&pull->changes);
	if (deals) {
		pull->look.whole = pull->look.anew = true;
		ask->touched = 0;
	}
	ask_since(pull, ask, deals ? 0 : ask->since);
	return look_at(pull, ask, err);
}

/* 1: nothing can be looked at. */
static int
look(struct pull *pull, struct err *err)
{
	struct flow *flow = pull->flow;
	int64_t mark = snapshot_meta_int(flow->snap, META_ORDERS_MARK, 0);
	struct deal_look ask = { .deals = flow->config->orders.given,
	    .created = order_since(flow) };
	struct watch watch;
	int rc;

	pull->look.names = &names;
	pull->look.rules = hash_rules(flow->config);
	pull->look.anew = ask.deals && (mark == 0 || look_has_new_rules(flow,
	    &names, pull->look.rules));
	pull->look.whole = pull->look.anew || (ask.deals && look_is_due(flow,
	    &names));
	ask_since(pull, &ask, pull->look.whole || !ask.deals ? 0 :
	    mark - LIMIT_LOOK_BACK_MS);
	if (pull->look.whole && !pull->look.anew && mark > history_ms(pull))
		ask.touched = mark - history_ms(pull);
	if (flow_remote(flow, err) == -1 ||
	    choose_watched(&watch, flow, err) == -1)
		return -1;
	ask.watched = watch.ids;
	ask.watched_count = watch.count;
	rc = look_at(pull, &ask, err);
	return rc == 0 ? look_again(pull, &ask, err) : rc;
}

/* What is read first is not read twice. */
static void
leave_out_news(struct pull *pull)
{
	struct idlist *others = &pull->others;
	size_t kept = 0;

	for (size_t i = 0; i < others->count; i++)
		if (!idlist_has(&pull->deals, others->ids[i]))
			others->ids[kept++] = others->ids[i];
	others->count = kept;
}

static int
choose(struct pull *pull, struct err *err)
{
	if (choose_changed(pull, err) == -1 ||
	    choose_clients(pull, err) == -1 ||
	    choose_held(pull, err) == -1 || choose_unread(pull, err) == -1)
		return -1;
	choose_missed(pull);
	idlist_sort(&pull->deals);
	idlist_sort(&pull->others);
	leave_out_news(pull);
	return 0;
}

/* ---- reading ---- */

struct reading_deals {
	struct pull *pull;
	const int64_t *ids;     /* that were asked for and not seen yet */
	size_t left;
	int64_t missed[LIMIT_DEALS_AT_ONCE];    /* and are not shown */
	size_t missed_count;
};

#define META_HIDDEN "deal.hidden."      /* and its id: 1: it was told */

/* A deal that is not shown is told when it is met first, and with each look at
 * all deals. */
static bool
is_told(const struct flow *flow, int64_t id, char name[64])
{
	(void)snprintf(name, 64, META_HIDDEN "%" PRId64, id);
	return snapshot_meta_int(flow->snap, name, 0) != 0;
}

static int
hide_deal(const struct pull *pull, int64_t id, struct err *err)
{
	struct flow *flow = pull->flow;
	char name[64];
	bool told = is_told(flow, id, name);

	if (told && !pull->look.whole)
		return 0;
	report_say(flow->report, _("deal %" PRId64 ": the portal does not show "
	    "it any more and does not call it deleted; its order stays as it "
	    "is: may the user of the webhook still see the deal?"), id);
	return told ? 0 : snapshot_meta_set_int(flow->snap, name, 1, err);
}

static int
unhide_deal(struct flow *flow, int64_t id, struct err *err)
{
	char name[64];

	return is_told(flow, id, name) ? snapshot_meta_set_int(flow->snap,
	    name, 0, err) : 0;
}

static int
lose_deal(struct flow *flow, int64_t id, struct err *err)
{
	struct order order;
	int rc;

	order_init(&order);
	rc = snapshot_order_get(flow->snap, id, &order, err);
	if (rc == 0)
		rc = order_lose(flow, &order, err);
	order_free(&order);
	return rc == -1 ? -1 : unhide_deal(flow, id, err);
}

/* Those before it were asked for and are not shown. */
static void
miss_up_to(struct reading_deals *reading, int64_t id)
{
	while (reading->left > 0 && reading->ids[0] < id) {
		reading->missed[reading->missed_count++] = *reading->ids++;
		reading->left--;
	}
}

static bool
has_gone(const bool *gone, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (gone[i])
			return true;
	return false;
}

/* What the portal calls deleted is lost.  A deal that was given to somebody
 * whose deals the user of the webhook may not see lives on, and its order; but
 * where none of many is shown nothing can be said of others either. */
static int
lose_missed(const struct reading_deals *reading, bool none, struct err *err)
{
	struct flow *flow = reading->pull->flow;
	size_t count = reading->missed_count;
	bool gone[LIMIT_DEALS_AT_ONCE];

	if (count == 0)
		return 0;
	if (flow->remote.gone_deals(flow->remote.ctx, reading->missed, count,
	    gone, err) != 0)
		return -1;
	if (none && reading->pull->look.whole && count >= LIMIT_NONE_OF &&
	    !has_gone(gone, count))
		return err_set(err, ERR_PORTAL, ngettext("the portal does "
		    "not show the %zu deal that it had: does the webhook's "
		    "user still see it?", "the portal shows none of %zu deals "
		    "that it had: does the webhook's user still see them?",
		    count), count);
	for (size_t i = 0; i < count; i++)
		if ((gone[i] ? lose_deal(flow, reading->missed[i], err) :
		    hide_deal(reading->pull, reading->missed[i], err)) == -1)
			return -1;
	return 0;
}

static int
visit_deal(void *arg, const struct deal *deal, struct err *err)
{
	struct reading_deals *reading = arg;

	miss_up_to(reading, deal->id);
	if (reading->left > 0 && reading->ids[0] == deal->id) {
		reading->ids++;
		reading->left--;
	}
	if (unhide_deal(reading->pull->flow, deal->id, err) == -1)
		return -1;
	return order_take(reading->pull->flow, deal,
	    reading->pull->changes.now, err);
}

/* One page, in one transaction. */
static int
read_page(struct pull *pull, const int64_t *ids, size_t count,
    struct err *err)
{
	struct reading_deals reading = { .pull = pull, .ids = ids,
	    .left = count };
	struct flow *flow = pull->flow;

	if (snapshot_begin(flow->snap, err) == -1)
		return -1;
	if (flow->remote.read_deals(flow->remote.ctx, ids, count, visit_deal,
	    &reading, err) != 0)
		goto fail;
	miss_up_to(&reading, INT64_MAX);
	if (lose_missed(&reading, reading.missed_count == count, err) == -1)
		goto fail;
	return snapshot_commit(flow->snap, err);
fail:
	snapshot_rollback(flow->snap);
	return -1;
}

/* Numbers that stand in deals are used, whatever our state says of them: it
 * may be a backup.  All are known before the first one is given away. */
static int
learn_numbers(struct pull *pull, struct err *err)
{
	const struct deal_changes *changes = &pull->changes;

	for (size_t i = 0; i < changes->deal_count; i++)
		if (changes->deals[i].number > 0 && order_number_used(
		    pull->flow, changes->deals[i].number, err) == -1)
			return -1;
	return publish_learn_numbers(pull->flow, err);
}

static int
read_list(struct pull *pull, const struct idlist *list, struct err *err)
{
	size_t most = LIMIT_DEALS_AT_ONCE, n;

	for (size_t i = 0; i < list->count; i += n) {
		if (flow_must_stop(pull->flow))
			return look_stop(pull->flow, &pull->look, err);
		n = list->count - i < most ? list->count - i : most;
		if (read_page(pull, list->ids + i, n, err) == -1)
			return -1;
	}
	return 0;
}

static int
read_all(struct pull *pull, struct err *err)
{
	struct flow *flow = pull->flow;
	int rc;

	if (pull->deals.count == 0 && pull->others.count == 0)
		return 0;
	if (flow_run_begin(flow, err) == -1 || push_prepare(flow, err) == -1)
		return -1;
	if (must_wait(flow))
		return 1;
	if (learn_numbers(pull, err) == -1 ||
	    look_begin(flow, &pull->look, err) == -1)
		return -1;
	rc = read_list(pull, &pull->deals, err);
	return rc != 0 ? rc : read_list(pull, &pull->others, err);
}

/* Written only where something was read or it would lag far behind: a run with
 * nothing to do commits nothing. */
static int
keep_mark(struct pull *pull, struct err *err)
{
	struct flow *flow = pull->flow;
	int64_t mark = snapshot_meta_int(flow->snap, META_ORDERS_MARK, 0);

	if (look_end(flow, &pull->look, err) == -1)
		return -1;
	if (are_rules_new(flow) && snapshot_meta_set_int(flow->snap,
	    META_ORDERS_HELD, hash_held(flow->config), err) == -1)
		return -1;
	if (snapshot_meta_int(flow->snap, META_ORDERS_UNREAD, 0) != 0 &&
	    snapshot_meta_set_int(flow->snap, META_ORDERS_UNREAD, 0,
	    err) == -1)
		return -1;
	if (!pull->look.whole && pull->deals.count == 0 &&
	    pull->changes.now - mark < LIMIT_MARK_LAG_MS)
		return 0;
	return snapshot_meta_set_int(flow->snap, META_ORDERS_MARK,
	    look_mark(&pull->look), err);
}

static int
pull_deals(struct pull *pull, struct err *err)
{
	int rc;

	look_find_begun(pull->flow, &pull->look, pull->changes.now);
	rc = order_passed_begin(pull->flow, pull->changes.now, err);
	if (rc == 0)
		rc = choose(pull, err);
	if (rc == 0)
		rc = read_all(pull, err);
	return rc == 0 ? keep_mark(pull, err) : rc;
}

int
flow_pull(struct flow *flow, struct err *err)
{
	struct pull pull = { .flow = flow };
	bool deals = flow->config->orders.given;
	bool clients = customer_on(flow->config);
	int rc = 0;

	if (!deals && !clients)
		return 0;
	if (flow_must_stop(flow)) {
		look_tell_stopped(flow);
		return 0;
	}
	if (deals)
		rc = order_keep_first_day(flow, flow->config->orders.since,
		    META_ORDERS_FIRST, err);
	if (rc == 0 && must_wait(flow))
		rc = 1;
	if (rc == 0)
		rc = look(&pull, err);
	if (rc == 0 && deals)
		rc = pull_deals(&pull, err);
	if (rc == 0 && clients)
		rc = customer_pull(flow, &pull.changes, pull.customers_whole,
		    err);
	deal_changes_free(&pull.changes);
	idlist_free(&pull.deals);
	idlist_free(&pull.others);
	return rc == -1 ? -1 : 0;
}
