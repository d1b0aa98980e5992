/*
 * The outbox file of clients: always there and always whole, replaced by
 * rename, written as that of orders is (publish.c).
 *
 *   a client waits, put = 0             committed before the file is touched
 *   the file is in place                rename, synced
 *   put = now
 *
 * Killed between the last two: the next run finds the file as it should be.
 */
#include "flow/customer.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/told.h"
#include "orders/orders.h"

/* META_CUSTOMERS_FILE. */
#define FILE_OURS 1
#define FILE_EMPTIED 2          /* nothing is exported any more */

struct cards {
	struct flow *flow;
	struct fields *cards;
	size_t count, size;
	size_t bytes;           /* of all of them, at most */
	int64_t left;           /* that found no room */
	bool unput;             /* one of these is not known to be there */
};

/* Of a file with this card alone: how much longer it is in XML depends on how
 * many elements it has. */
static size_t
bytes_of(const struct cards *cards, const struct fields *card)
{
	struct buf text = BUF_INIT(LIMIT_OUTBOX_BYTES);
	size_t bytes;

	order_file_customers(&text, &cards->flow->config->orders, card, 1, 0);
	bytes = text.full ? LIMIT_OUTBOX_BYTES + 1 : text.len;
	buf_free(&text);
	return bytes;
}

static int
collect(void *ctx, const struct customer_row *row, struct err *err)
{
	struct cards *cards = ctx;
	size_t bytes = bytes_of(cards, &row->card);

	(void)err;
	if (cards->bytes + bytes > LIMIT_OUTBOX_BYTES) {
		cards->left++;
		return 0;
	}
	cards->bytes += bytes;
	cards->unput = cards->unput || row->put == 0;
	if (cards->count == cards->size) {
		cards->size = cards->size == 0 ? 64 : cards->size * 2;
		cards->cards = mem_resize(cards->cards, cards->size,
		    sizeof(*cards->cards));
	}
	fields_init(&cards->cards[cards->count]);
	fields_copy(&cards->cards[cards->count++], &row->card);
	return 0;
}

static void
free_cards(struct cards *cards)
{
	for (size_t i = 0; i < cards->count; i++)
		fields_free(&cards->cards[i]);
	free(cards->cards);
}

/* ---- the file ---- */

static int
write_file(struct cards *cards, const char *path, struct err *err)
{
	struct buf wanted = BUF_INIT(LIMIT_OUTBOX_BYTES);
	struct buf held = BUF_INIT(LIMIT_OUTBOX_BYTES);
	struct err why = { 0 };
	int rc = 0;

	order_file_customers(&wanted, &cards->flow->config->orders,
	    cards->cards, cards->count, clock_wall_ms());
	/* What is there may be anybody's: not to be read, it is not ours. */
	if (file_read(&held, path, &why) != 0)
		buf_clear(&held);
	if (wanted.full)
		rc = err_set(err, ERR_SYSTEM, _("%s: the clients do not fit "
		    "into one file"), path);
	else if (held.len == 0 || !order_file_same(str_n(held.data,
	    held.len), str_n(wanted.data, wanted.len)))
		rc = file_write(path, wanted.data, wanted.len, 0664, err);
	buf_free(&wanted);
	buf_free(&held);
	return rc;
}

static int
note_put(struct flow *flow, const struct customer_row *row, struct err *err)
{
	struct history entry;
	int rc;

	history_init(&entry);
	entry.at = clock_wall_ms();
	entry.run = flow->run.id;
	entry.verb = VERB_UPDATE;
	entry.portal_id = row->id;
	(void)target_set(&entry.target, row->company ? TARGET_COMPANY :
	    TARGET_CONTACT, fields_get(&row->card, FIELD_PARTY_ID));
	told_copy(entry.note, sizeof(entry.note),
	    TOLD("put into the outbox for 1C"));
	rc = snapshot_history_add(flow->snap, &entry, err);
	history_free(&entry);
	return rc;
}

static int
mark_put(void *ctx, const struct customer_row *row, struct err *err)
{
	struct cards *cards = ctx;
	struct customer_row put;
	int rc;

	if (row->put != 0)
		return 0;
	if (note_put(cards->flow, row, err) == -1)
		return -1;
	customer_row_init(&put);
	rc = snapshot_customer_get(cards->flow->snap, row->company, row->id,
	    &put, err);
	put.put = clock_wall_ms();
	if (rc == 0)
		rc = snapshot_customer_put(cards->flow->snap, &put, err);
	customer_row_free(&put);
	return rc == -1 ? -1 : 0;
}

static int
mark_all_put(struct cards *cards, struct err *err)
{
	struct flow *flow = cards->flow;

	if (!cards->unput || cards->left > 0)
		return 0;
	if (flow_run_begin(flow, err) == -1 ||
	    snapshot_begin(flow->snap, err) == -1)
		return -1;
	return snapshot_end(flow->snap, snapshot_customer_each(flow->snap,
	    CUSTOMERS_WAITING, mark_put, cards, err), err);
}

/* Before the file is made: where it is ours, that it is emptied when nothing is
 * exported any more is not forgotten. */
static int
note_file(struct flow *flow, int64_t what, struct err *err)
{
	if (snapshot_meta_int(flow->snap, META_CUSTOMERS_FILE, 0) == what)
		return 0;
	return snapshot_meta_set_int(flow->snap, META_CUSTOMERS_FILE, what,
	    err);
}

static int
publish(struct cards *cards, const char *path, struct err *err)
{
	struct flow *flow = cards->flow;
	bool on = customer_on(flow->config);
	int rc = 0;

	if (on && snapshot_customer_each(flow->snap, CUSTOMERS_WAITING,
	    collect, cards, err) == -1)
		return -1;
	if (on && note_file(flow, FILE_OURS, err) == -1)
		return -1;
	if (file_make_dir(flow->config->folders.outbox, err) == -1 ||
	    write_file(cards, path, err) == -1) {
		/* A reader holds it, or the share is away: the old file
		 * stays, the next run tries again. */
		report_say(flow->report, _("the file of clients was not "
		    "written: %s"), err->text);
		err_clear(err);
		flow->outbox_failed = true;
		return 0;
	}
	rc = on ? mark_all_put(cards, err) : note_file(flow, FILE_EMPTIED, err);
	if (rc == 0 && cards->left > 0)
		report_say(flow->report, _("%" PRId64 " more clients find no "
		    "room in the file for 1C: name fewer types in "
		    "counterparties.export, or a later export_since"),
		    cards->left);
	return rc;
}

int
customer_file_publish(struct flow *flow, struct err *err)
{
	const struct config *config = flow->config;
	struct cards cards = { .flow = flow };
	char *path;
	int rc;

	if (config->counterparties.export_file == NULL ||
	    (!customer_on(config) && snapshot_meta_int(flow->snap,
	    META_CUSTOMERS_FILE, 0) != FILE_OURS))
		return 0;
	path = file_join(config->folders.outbox,
	    config->counterparties.export_file);
	rc = publish(&cards, path, err);
	free_cards(&cards);
	free(path);
	return rc;
}

/* ---- status ---- */

static int
status_row(void *ctx, const struct customer_row *row, struct err *err)
{
	struct report *report = ctx;
	struct json_out *jo = &report->jo;
	struct str id = fields_get(&row->card, FIELD_PARTY_ID);
	struct str name = fields_get(&row->card, FIELD_NAME);
	enum target_kind kind = row->company ? TARGET_COMPANY :
	    TARGET_CONTACT;
	char since[CLOCK_TEXT_BYTES];

	(void)err;
	clock_format(since, row->since);
	if (!report->json) {
		report_line(report, "  %s %" PRId64 " (%.*s) %.*s %s",
		    target_kind_title(kind), row->id, (int)id.len, id.p,
		    (int)name.len, name.p, since);
		return 0;
	}
	json_out_object(jo, NULL);
	json_out_text(jo, "kind", target_kind_name(kind));
	json_out_int(jo, "portal_id", row->id);
	json_out_str(jo, "id", id);
	json_out_str(jo, "name", name);
	json_out_text(jo, "since", since);
	json_out_bool(jo, "in_outbox", row->put != 0);
	json_out_end_object(jo);
	return 0;
}

int
customer_file_status(struct flow *flow, struct err *err)
{
	struct report *report = flow->report;
	int64_t waiting = 0;

	if (!customer_on(flow->config))
		return 0;
	if (snapshot_customer_count(flow->snap, &waiting, err) == -1)
		return -1;
	if (report->json)
		json_out_array(&report->jo, "clients");
	else
		report_line(report, _("clients in the outbox, of whom 1C does "
		    "not say all this: %" PRId64), waiting);
	if (snapshot_customer_each(flow->snap, CUSTOMERS_WAITING, status_row,
	    report, err) == -1)
		return -1;
	if (report->json)
		json_out_end_array(&report->jo);
	return 0;
}
