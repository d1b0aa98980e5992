/*
 * Clients that people made or changed in the portal: those of the types that
 * counterparties.export names are read, and what 1C has to hear of them is
 * remembered.  They are looked for as changed deals are (pull.c), in the same
 * request: by time with an overlap, and all of them every reconcile_hours, for
 * addresses, accounts and deletions move no time in the portal.  Where the time
 * of a run does not suffice for all of it the next one goes on.
 *
 * Killed anywhere: the mark moves last, so the same clients are read again, and
 * one that is read twice changes nothing.
 */
#include "flow/customer.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/idlist.h"
#include "base/log.h"
#include "base/mem.h"
#include "flow/look.h"
#include "flow/order.h"

static const struct look_names names = { META_CUSTOMERS_WHOLE,
    META_CUSTOMERS_RULES, META_CUSTOMERS_BEGUN, META_CUSTOMERS_BEGUN_BY };

struct choosing {
	struct flow *flow;
	const struct deal_changes *changes;
	struct idlist of[2];       /* contacts, companies: to be read */
	struct idlist seen[2];     /* with `anew`: who is listed */
	struct look_all look;   /* whole: all that are exported; anew: and
				   all others */
};

bool
customer_on(const struct config *config)
{
	return config->counterparties.given &&
	    config->counterparties.export_types.count > 0;
}

const char *
customer_in_inbox(struct flow *flow)
{
	const struct config *config = flow->config;

	/* A file of ours that has just been switched off is no package. */
	return customer_on(config) || snapshot_meta_int(flow->snap,
	    META_CUSTOMERS_FILE, 0) != 0 ? config->counterparties.in_inbox :
	    NULL;
}

/* ---- when ---- */

/* Who was not touched since is left alone; wall ms. */
static int64_t
first_day(struct flow *flow)
{
	return order_first_day(flow,
	    flow->config->counterparties.export_since, META_CUSTOMERS_FIRST);
}

/* What a card says: where this program says more than the one that wrote the
 * database, all of them are read again. */
#define CARD_FORM 2

static int64_t
hash_rules(const struct config *config)
{
	const struct config_list *types =
	    &config->counterparties.export_types;
	uint64_t hash = str_hash(CARD_FORM + config->counterparties.update_1c,
	    str_of(config->counterparties.export_since));

	for (size_t i = 0; i < types->count; i++)
		hash = str_hash(hash, str_of(types->items[i]));
	hash = rules_hash_map(hash, &config->counterparties.types);
	hash = rules_hash_map(hash, &config->counterparties.presets);
	hash = rules_hash_map(hash, &config->counterparties.fields);
	hash = rules_hash_map(hash, &config->users);
	hash = str_hash(hash, str_of(config->default_user));
	hash = rules_hash_map(hash, &config->owners);
	return (int64_t)(hash >> 1);
}

void
customer_ask(struct flow *flow, struct deal_look *ask, bool *whole)
{
	int64_t mark = snapshot_meta_int(flow->snap, META_CUSTOMERS_MARK, 0);
	int64_t since;

	*whole = false;
	if (!customer_on(flow->config))
		return;
	*whole = mark == 0 || look_is_due(flow, &names) ||
	    look_has_new_rules(flow, &names, hash_rules(flow->config));
	since = *whole ? first_day(flow) : mark - LIMIT_LOOK_BACK_MS;
	if (since < 1)
		since = 1;
	ask->seen = true;
	if (ask->clients == 0 || since < ask->clients)
		ask->clients = since;
}

/* ---- which have to be read ---- */

/* What this program has made of 1C's, and nobody has touched: no news to 1C,
 * and of a first load there are thousands. */
static int
is_ours(struct flow *flow, const struct deal_client_seen *seen, bool *ours,
    struct err *err)
{
	enum target_kind kinds[] = { TARGET_REQUISITE, TARGET_NONE };
	struct target target;
	int rc = 1;

	if (seen->requisite == 0) {
		kinds[0] = seen->company ? TARGET_COMPANY : TARGET_CONTACT;
		kinds[1] = seen->company ? TARGET_NONE : TARGET_PERSON;
	}
	for (size_t i = 0; rc == 1 && seen->untouched && i < 2 &&
	    kinds[i] != TARGET_NONE; i++)
		rc = snapshot_image_by_portal_id(flow->snap, kinds[i],
		    seen->requisite != 0 ? seen->requisite : seen->id, &target,
		    err);
	*ours = rc == 0;
	return rc == -1 ? -1 : 0;
}

static int
must_read(const struct choosing *choosing, const struct deal_client_seen *seen,
    bool *must, struct err *err)
{
	struct flow *flow = choosing->flow;
	struct customer_row row;
	bool ours = false;
	int rc;

	customer_row_init(&row);
	rc = snapshot_customer_get(flow->snap, seen->company, seen->id, &row,
	    err);
	*must = rc != 0 || seen->updated == 0 ||
	    (!seen->beside && row.updated != seen->updated) ||
	    row.looked < seen->updated + LIMIT_SAME_SECOND_MS;
	customer_row_free(&row);
	if (rc == -1 || (*must && is_ours(flow, seen, &ours, err) == -1))
		return -1;
	*must = *must && !ours;
	return 0;
}

static bool
is_listed(const struct choosing *choosing, const struct customer_row *row)
{
	return idlist_has(&choosing->seen[row->company], row->id);
}

/* The first day is a later one: who did not change since then is left alone. */
static int
choose_row(void *ctx, const struct customer_row *row, struct err *err)
{
	struct choosing *choosing = ctx;

	if (choosing->look.anew && !is_listed(choosing, row))
		return snapshot_customer_drop(choosing->flow->snap,
		    row->company, row->id, err);
	if (look_has_read(&choosing->look, row->looked))
		return 0;
	idlist_add(&choosing->of[row->company], row->id);
	return 0;
}

static int
choose_known(struct choosing *choosing, struct err *err)
{
	struct snapshot *snap = choosing->flow->snap;
	enum customer_which which = choosing->look.anew ? CUSTOMERS_ALL :
	    choosing->look.whole ? CUSTOMERS_EXPORTED : CUSTOMERS_UNREAD;

	if (!choosing->look.anew)
		return snapshot_customer_each(snap, which, choose_row,
		    choosing, err);
	if (snapshot_begin(snap, err) == -1)
		return -1;
	return snapshot_end(snap, snapshot_customer_each(snap, which,
	    choose_row, choosing, err), err);
}

static int
choose(struct choosing *choosing, struct err *err)
{
	const struct deal_changes *changes = choosing->changes;
	bool must;

	for (size_t i = 0; i < changes->seen_count; i++) {
		const struct deal_client_seen *seen = &changes->seen[i];

		if (must_read(choosing, seen, &must, err) == -1)
			return -1;
		if (must)
			idlist_add(&choosing->of[seen->company], seen->id);
		if (choosing->look.anew)
			idlist_add(&choosing->seen[seen->company], seen->id);
	}
	idlist_sort(&choosing->seen[0]);
	idlist_sort(&choosing->seen[1]);
	if (choose_known(choosing, err) == -1)
		return -1;
	idlist_sort(&choosing->of[0]);
	idlist_sort(&choosing->of[1]);
	return 0;
}

/* ---- one client ---- */

/* What 1C says is still on its way into it: it is read again when that is
 * there, for until then it seems to contradict 1C. */
static int
is_on_way(struct flow *flow, const struct image *image, bool *is,
    struct err *err)
{
	struct change change;
	int rc = snapshot_change_get(flow->snap, image->target, &change, err);

	*is = rc == 0 && (change.state == CHANGE_PLANNED ||
	    change.state == CHANGE_WAITING || change.state == CHANGE_SENT);
	return rc == -1 ? -1 : 0;
}

/* The card that waits from now on; empty: 1C says all of it. */
static int
put_card(struct flow *flow, struct customer_row *row,
    const struct fields *card, struct err *err)
{
	enum customer_state state = card->count > 0 ? CUSTOMER_WAITING :
	    CUSTOMER_KNOWN;

	if (row->state != state || !str_eq(fields_bytes(card),
	    fields_bytes(&row->card))) {
		row->put = 0;
		row->since = clock_wall_ms();
		fields_copy(&row->card, card);
	}
	row->state = state;
	return snapshot_customer_put(flow->snap, row, err);
}

/* Remembered all the same: it need not be read again before it changes; and
 * that it went to 1C, which may answer yet. */
static int
put_aside(struct flow *flow, struct customer_row *row, struct err *err)
{
	row->state = CUSTOMER_ASIDE;
	row->since = 0;
	fields_clear(&row->card);
	return snapshot_customer_put(flow->snap, row, err);
}

/* 1C is told nothing of one that it may not change, or has marked deleted. */
static int
is_closed(struct flow *flow, const struct target *target, bool *is,
    struct err *err)
{
	struct buf title = BUF_INIT(LIMIT_RECORD_BYTES);
	struct target holder;
	int rc = 1;

	*is = !flow->config->counterparties.update_1c;
	if (!*is) {
		rc = map_party_marked(flow->map, target_id(target), &holder,
		    &title, err);
		*is = rc == 0;
	}
	buf_free(&title);
	return rc == -1 ? -1 : 0;
}

/* Of what both sides have only what people changed. */
static int
take_linked(struct flow *flow, struct customer *customer,
    const struct target *target, struct customer_row *row, struct err *err)
{
	struct order_lookup lookup = order_lookups(flow);
	struct order_hold note;
	struct fields card;
	struct image image;
	bool on_way = false, closed = false;
	int rc;

	fields_init(&card);
	image_init(&image);
	rc = snapshot_image_get(flow->snap, target, &image, err);
	if (rc == 0)
		rc = is_on_way(flow, &image, &on_way, err);
	if (rc == 0)
		rc = is_closed(flow, target, &closed, err);
	if (rc == 0 && on_way) {
		row->looked = 0;
		rc = snapshot_customer_put(flow->snap, row, err);
	} else if (rc == 0 && closed) {
		rc = put_card(flow, row, &card, err);
	} else if (rc == 0) {
		rc = customer_news_choose(flow, customer, target, err);
		if (rc == 0)
			rc = order_customer_build(&card, &note, flow->config,
			    customer, &lookup, err);
		if (rc == 1)    /* nothing that 1C could find it by */
			fields_clear(&card);
		if (rc == 0)
			rc = customer_news_card(flow, customer, target, &card,
			    err);
		if (rc != -1)
			rc = put_card(flow, row, &card, err);
	}
	fields_free(&card);
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

/* What a person should mend, once for each card. */
static void
tell_note(struct flow *flow, const struct customer_row *row,
    const struct fields *card, const struct order_hold *note)
{
	if (note->text[0] != '\0' && !str_eq(fields_bytes(card),
	    fields_bytes(&row->card)))
		report_say(flow->report, "%s %" PRId64 ": %s",
		    target_kind_title(row->company ? TARGET_COMPANY :
		    TARGET_CONTACT), row->id, note->text);
}

static int
take_new(struct flow *flow, const struct customer *customer,
    struct customer_row *row, struct err *err)
{
	struct order_lookup lookup = order_lookups(flow);
	struct order_hold note;
	struct fields card;
	int rc;

	fields_init(&card);
	rc = order_customer_build(&card, &note, flow->config, customer,
	    &lookup, err);
	if (rc == 0) {
		tell_note(flow, row, &card, &note);
		rc = put_card(flow, row, &card, err);
	}
	else if (rc == 1)
		rc = put_aside(flow, row, err);
	fields_free(&card);
	return rc;
}

struct reading {
	struct choosing *choosing;
	const int64_t *ids;     /* that were asked for and not seen yet */
	size_t left;
	bool companies;
};

/* A company's contact person goes with it.  So does one of 1C's whom people
 * took out of the company, or whose company they deleted: 1C has him. */
static int
is_person(struct flow *flow, const struct customer *customer, bool *is,
    struct err *err)
{
	struct target target;
	int rc = 0;

	*is = customer->bound;
	if (*is || customer->company)
		return 0;
	rc = snapshot_image_by_portal_id(flow->snap, TARGET_PERSON,
	    customer->client.id, &target, err);
	*is = rc == 0;
	return rc == -1 ? -1 : 0;
}

static void
tell_left(struct flow *flow, const struct customer *customer)
{
	if (customer->exported && customer->persons_left > 0)
		report_say(flow->report, _("company %" PRId64 ": %zu of its "
		    "contact persons do not go to 1C: of so many only the "
		    "%d youngest do"), customer->client.id,
		    customer->persons_left, CUSTOMER_PERSONS);
}

static int
take(struct reading *reading, struct customer *customer, struct err *err)
{
	struct flow *flow = reading->choosing->flow;
	int64_t id = customer->client.id;
	struct customer_row row;
	struct target target;
	bool person;
	int linked, rc;

	linked = snapshot_image_by_portal_id(flow->snap, customer->company ?
	    TARGET_COMPANY : TARGET_CONTACT, id, &target, err);
	if (linked == -1 || is_person(flow, customer, &person, err) == -1)
		return -1;
	customer_row_init(&row);
	rc = snapshot_customer_get(flow->snap, customer->company, id, &row,
	    err);
	row.updated = customer->updated;
	row.looked = reading->choosing->changes->now;
	tell_left(flow, customer);
	if (rc != -1 && (!customer->exported || (person && linked == 1)))
		rc = put_aside(flow, &row, err);
	else if (rc != -1)
		rc = linked == 0 ? take_linked(flow, customer, &target, &row,
		    err) : take_new(flow, customer, &row, err);
	customer_row_free(&row);
	/* What is odd about one holds up no other. */
	if (rc == -1 && err->kind == ERR_ITEM) {
		log_warn("%s %" PRId64 ": %s", customer->company ? "company" :
		    "contact", id, err->text);
		err_clear(err);
		rc = 0;
	}
	return rc;
}

/* ---- reading ---- */

/* Those before it were asked for and are not there: deleted, or merged. */
static int
lose_up_to(struct reading *reading, int64_t id, struct err *err)
{
	struct flow *flow = reading->choosing->flow;

	while (reading->left > 0 && reading->ids[0] < id) {
		if (snapshot_customer_drop(flow->snap, reading->companies,
		    reading->ids[0], err) == -1)
			return -1;
		reading->ids++;
		reading->left--;
	}
	return 0;
}

static int
visit(void *arg, struct customer *customer, struct err *err)
{
	struct reading *reading = arg;
	int64_t id = customer->client.id;

	if (lose_up_to(reading, id, err) == -1)
		return -1;
	if (reading->left > 0 && reading->ids[0] == id) {
		reading->ids++;
		reading->left--;
	}
	return take(reading, customer, err);
}

/* Of a portal that shows none of so many, and nobody else, they stay as they
 * are (LIMIT_NONE_OF). */
static bool
shows_none(struct flow *flow, const struct reading *reading, size_t count)
{
	bool empty = reading->companies ? flow->facts.companies_empty :
	    flow->facts.contacts_empty;

	if (count < LIMIT_NONE_OF || reading->left < count || !empty)
		return false;
	report_say(flow->report, ngettext("the portal does not show the %zu "
	    "client that it had: does the webhook's user still see it? The "
	    "file for 1C stays as it is", "the portal shows none of %zu "
	    "clients that it had: does the webhook's user still see them? The "
	    "file for 1C stays as it is", count), count);
	flow->deals_wait = true;
	return true;
}

/* One page, in one transaction. */
static int
read_page(struct choosing *choosing, bool companies, const int64_t *ids,
    size_t count, struct err *err)
{
	struct reading reading = { choosing, ids, count, companies };
	struct flow *flow = choosing->flow;

	if (snapshot_begin(flow->snap, err) == -1)
		return -1;
	if (flow->remote.read_customers(flow->remote.ctx, companies, ids,
	    count, visit, &reading, err) != 0)
		goto fail;
	if (!shows_none(flow, &reading, count) &&
	    lose_up_to(&reading, INT64_MAX, err) == -1)
		goto fail;
	return snapshot_commit(flow->snap, err);
fail:
	snapshot_rollback(flow->snap);
	return -1;
}

static int
read_all(struct choosing *choosing, struct err *err)
{
	struct flow *flow = choosing->flow;
	size_t n;

	if (choosing->of[0].count + choosing->of[1].count == 0)
		return 0;
	if (flow_run_begin(flow, err) == -1 || push_prepare(flow, err) == -1)
		return -1;
	/* That was told. */
	if (flow->facts.crm_barred[0] != '\0') {
		flow->deals_wait = true;
		return 1;
	}
	if (look_begin(flow, &choosing->look, err) == -1)
		return -1;
	for (int companies = 1; companies >= 0; companies--) {
		const struct idlist *ids = &choosing->of[companies];

		for (size_t i = 0; i < ids->count; i += n) {
			if (flow_must_stop(flow))
				return look_stop(flow, &choosing->look, err);
			n = ids->count - i < LIMIT_CUSTOMERS_AT_ONCE ?
			    ids->count - i : LIMIT_CUSTOMERS_AT_ONCE;
			if (read_page(choosing, companies == 1, ids->ids + i, n,
			    err) == -1)
				return -1;
		}
	}
	return 0;
}

static int
keep_mark(struct choosing *choosing, struct err *err)
{
	struct flow *flow = choosing->flow;
	int64_t mark = snapshot_meta_int(flow->snap, META_CUSTOMERS_MARK, 0);

	if (look_end(flow, &choosing->look, err) == -1)
		return -1;
	if (!choosing->look.whole && choosing->of[0].count +
	    choosing->of[1].count == 0 && choosing->changes->now -
	    mark < LIMIT_MARK_LAG_MS)
		return 0;
	return snapshot_meta_set_int(flow->snap, META_CUSTOMERS_MARK,
	    look_mark(&choosing->look), err);
}

int
customer_pull(struct flow *flow, const struct deal_changes *changes,
    bool whole, struct err *err)
{
	struct choosing choosing = { .flow = flow, .changes = changes,
	    .look = { .names = &names, .rules = hash_rules(flow->config),
	    .whole = whole } };
	int rc;

	if (changes->unseen[0] != '\0') {
		report_say(flow->report, _("clients for 1C wait: %s"),
		    changes->unseen);
		flow->deals_wait = true;
		return 0;
	}
	rc = order_keep_first_day(flow,
	    flow->config->counterparties.export_since, META_CUSTOMERS_FIRST,
	    err);
	choosing.look.anew = whole && look_has_new_rules(flow, &names,
	    choosing.look.rules);
	look_find_begun(flow, &choosing.look, changes->now);
	if (rc == 0)
		rc = choose(&choosing, err);
	if (rc == 0)
		rc = read_all(&choosing, err);
	if (rc == 0)
		rc = keep_mark(&choosing, err);
	for (size_t i = 0; i < 2; i++) {
		idlist_free(&choosing.of[i]);
		idlist_free(&choosing.seen[i]);
	}
	return rc == -1 ? -1 : 0;
}

/* ---- what 1C said since ---- */

int
customer_stir_linked(struct flow *flow, enum target_kind kind,
    int64_t portal_id, struct err *err)
{
	struct customer_row row;
	int rc;

	if (!customer_on(flow->config) || portal_id <= 0 ||
	    (kind != TARGET_COMPANY && kind != TARGET_CONTACT &&
	    kind != TARGET_PERSON))
		return 0;
	customer_row_init(&row);
	rc = snapshot_customer_get(flow->snap, kind == TARGET_COMPANY,
	    portal_id, &row, err);
	if (rc == 0) {
		row.looked = 0;
		rc = snapshot_customer_put(flow->snap, &row, err);
	}
	customer_row_free(&row);
	return rc == -1 ? -1 : 0;
}

int64_t
customer_of_card(struct str id, bool *company)
{
	static const char *const words[] = { "contact-", "company-" };
	int64_t number;

	for (int i = 0; i < 2; i++) {
		size_t len = strlen(words[i]);

		if (id.len <= len || memcmp(id.p, words[i], len) != 0 ||
		    str_to_int64(&number, str_n(id.p + len, id.len - len)) ==
		    -1)
			continue;
		*company = i == 1;
		return number > 0 ? number : 0;
	}
	return 0;
}

static int
link_card(struct flow *flow, struct str id, struct err *err)
{
	struct customer_row row;
	struct target target;
	bool company = false;
	int64_t number = customer_of_card(id, &company);
	int rc;

	if (number == 0 || target_set(&target, company ? TARGET_COMPANY :
	    TARGET_CONTACT, id) == -1)
		return 0;
	customer_row_init(&row);
	rc = snapshot_customer_get(flow->snap, company, number, &row, err);
	/* What did not go there it does not answer. */
	if (rc == 0 && (row.state == CUSTOMER_WAITING || row.put != 0))
		rc = link_by_card(flow, &target, number, err);
	customer_row_free(&row);
	return rc == -1 ? -1 : 0;
}

int
customer_stir(struct flow *flow, struct str id, struct err *err)
{
	static const enum target_kind kinds[] = { TARGET_COMPANY,
	    TARGET_CONTACT };
	struct image image;
	int rc;

	id = record_party_id(id);
	/* Also of what went before that was switched off. */
	if (link_card(flow, id, err) == -1)
		return -1;
	if (!customer_on(flow->config))
		return 0;
	for (size_t i = 0; i < 2; i++) {
		struct target target;

		if (target_set(&target, kinds[i], id) == -1)
			return 0;
		image_init(&image);
		rc = snapshot_image_get(flow->snap, &target, &image, err);
		if (rc == 0)
			rc = customer_stir_linked(flow, kinds[i],
			    image.portal_id, err);
		image_free(&image);
		if (rc == -1)
			return -1;
	}
	return 0;
}
