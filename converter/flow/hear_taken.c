/*
 * What did 1C take of the last version of an order?  It says only what it
 * holds, and that in its own words: a customer that it found by a phone has
 * another name there than here.  So a customer was ignored where 1C goes on
 * naming the one before.
 */
#include "flow/order.h"

#include <inttypes.h>
#include <string.h>

#include "model/party.h"

/* ---- whom it is for ---- */

/* Who a version of an order is for: Ид, name, ИНН. */
struct client {
	struct str id, name, inn;
};

static struct client
client_of(const struct fields *document)
{
	return (struct client){ fields_get(document, FIELD_PARTY_ID),
		fields_get(document, FIELD_NAME),
		fields_get(document, FIELD_INN) };
}

/* FIELD_TAXPAYER: the customer of the version before, which 1C may have; of
 * `known` where its version was presumed to be taken, of `document` where 1C
 * has named none yet. */
static struct client
client_before(const struct fields *known)
{
	struct str kept = fields_get(known, FIELD_TAXPAYER);

	return kept.len == 0 ? client_of(known) : (struct client){
		field_part(kept, 0), field_part(kept, 1),
		field_part(kept, 2) };
}

static bool
is_name(struct str a, struct str b)
{
	struct buf left = BUF_INIT(LIMIT_RECORD_BYTES);
	struct buf right = BUF_INIT(LIMIT_RECORD_BYTES);
	bool same;

	party_name_plain(&left, a);
	party_name_plain(&right, b);
	same = left.len > 0 && strcmp(buf_text(&left), buf_text(&right)) == 0;
	buf_free(&left);
	buf_free(&right);
	return same;
}

static bool
is_same(const struct client *a, const struct client *b)
{
	if (str_eq(a->id, b->id))
		return true;
	if (a->inn.len > 0 && b->inn.len > 0)
		return str_eq(a->inn, b->inn);
	return is_name(a->name, b->name);
}

static bool
names(const struct answer *answer, const struct client *client)
{
	struct str inn = str_trim(fields_get(&answer->party, FIELD_INN));

	if (inn.len > 0 && client->inn.len > 0)
		return str_eq(inn, client->inn);
	return (client->id.len > 0 &&
	    str_is(client->id, answer->party_id)) ||
	    is_name(fields_get(&answer->party, FIELD_NAME), client->name) ||
	    is_name(fields_get(&answer->party, FIELD_FULL_NAME),
	    client->name);
}

/* A customer that is linked is spelled as 1C spells it from now on. */
int
hear_taken_spelling(struct flow *flow, struct order *order, struct err *err)
{
	struct order_lookup lookup = order_lookups(flow);
	struct buf id = BUF_INIT(LIMIT_KEY_BYTES);
	struct fields fields;
	bool company = order->company != 0;
	int rc = 1;

	fields_init(&fields);
	if (order->known.count > 0 && (company || order->contact != 0))
		rc = lookup.client(lookup.ctx, company, company ?
		    order->company : order->contact, &id, &fields, err);
	if (rc == 0) {
		(void)fields_set(&order->known, FIELD_PARTY_ID,
		    str_n(id.data, id.len));
		if (fields_has(&fields, FIELD_NAME))
			(void)fields_set(&order->known, FIELD_NAME,
			    fields_get(&fields, FIELD_NAME));
	}
	fields_free(&fields);
	buf_free(&id);
	return rc == -1 ? -1 : 0;
}

static bool
keeps_client(const struct order *order, const struct answer *answer)
{
	struct client before = client_before(order->known.count > 0 ?
	    &order->known : &order->document);
	struct client wanted = client_of(&order->document);

	return !is_same(&before, &wanted) && names(answer, &before) &&
	    !names(answer, &wanted);
}

bool
hear_taken_lines(const struct answer *answer, const struct fields *version)
{
	struct str said = str_n(answer->lines.data, answer->lines.len);
	struct buf called = BUF_INIT(LIMIT_RECORD_BYTES);
	bool same;

	if (!answer->has_lines)
		return false;
	order_line_call(&called, fields_get(version, FIELD_LINES), said);
	same = order_line_same_all(said, str_n(called.data, called.len));
	buf_free(&called);
	return same;
}

void
hear_taken_call(struct fields *version, const struct answer *answer)
{
	struct buf called = BUF_INIT(LIMIT_RECORD_BYTES);

	if (answer->has_lines && fields_has(version, FIELD_LINES)) {
		order_line_call(&called, fields_get(version, FIELD_LINES),
		    str_n(answer->lines.data, answer->lines.len));
		(void)fields_set(version, FIELD_LINES, str_n(called.data,
		    called.len));
	}
	buf_free(&called);
}

static bool
keeps_lines(const struct order *order, const struct answer *answer)
{
	char sum[DECIMAL_TEXT_BYTES];

	if (answer->has_lines)
		return !hear_taken_lines(answer, &order->document);
	/* Lines that could not be taken, or an order that 1C has without any:
	 * their sum has to do. */
	if (!answer->has_sum)
		return false;
	(void)decimal_format(sum, answer->sum);
	return !str_eq(str_of(sum), fields_get(&order->document, FIELD_SUM));
}

/* ---- its status ---- */

static struct str
requisite_of(const struct fields *version, const char *name)
{
	enum field field;
	struct str pair;
	size_t at = 0;

	while (fields_next(version, &at, &field, &pair))
		if (field == FIELD_REQUISITE &&
		    str_is(field_part(pair, 0), name))
			return field_part(pair, 1);
	return STR_NONE;
}

static struct str
status_said(const struct answer *answer)
{
	struct str progress = fields_get(&answer->deal, FIELD_PROGRESS);
	struct str line;
	size_t at = 0;

	while (party_line_next(progress, &at, &line))
		if (str_is(field_part(line, 0), "status"))
			return field_part(line, 1);
	return STR_NONE;
}

/* Does 1C name the status of this version, and not that of the last one? */
static bool
says_status(const struct answer *answer, const struct order *order,
    const struct fields *version)
{
	struct str said = status_said(answer);

	return said.len > 0 &&
	    str_same_name(said, requisite_of(version, ORDER_STATUS)) &&
	    !str_same_name(said, requisite_of(&order->document,
	    ORDER_STATUS));
}

/* Whatever 1C calls it, it is what the rules lead to the won stage. */
static bool
means_won(struct flow *flow, const struct order *order, struct str status)
{
	const struct config_funnel *funnel = reply_funnel(flow,
	    order->category);
	const char *stage = funnel == NULL ? NULL :
	    deal_stage_of_status(funnel, status);

	return stage != NULL && funnel->won != NULL &&
	    str_same_name(str_of(stage), str_of(funnel->won));
}

/*
 * The won stage sends a status, where the rules have one for it, and 1C goes on
 * naming the one of before.  Another one was set there since, by a person; and
 * of a family that names none nothing is known.
 */
static bool
keeps_status(struct flow *flow, const struct order *order,
    const struct answer *answer, const struct hear_before *before)
{
	return before != NULL &&
	    order_version_says(&order->document, ORDER_WON) &&
	    requisite_of(&order->document, ORDER_STATUS).len > 0 &&
	    (before->status || (order->state == ORDER_UNCONFIRMED &&
	    says_status(answer, order, &order->known))) &&
	    !means_won(flow, order, status_said(answer));
}

/* ---- the versions of before ---- */

struct looking {
	const struct order *order;
	const struct answer *answer;
	int64_t heard;
	struct hear_before *out;
	struct fields client;   /* the version whose customer 1C names */
	bool past;
	bool first;             /* the history begins with the first version */
};

/* A version that 1C may have. */
static void
look_at_version(struct looking *looking, const struct fields *version)
{
	const struct order *order = looking->order;
	struct hear_before *out = looking->out;
	struct client client = client_of(version);

	if (version->count == 0 || !order_version_is_news(&order->document,
	    version, false))
		return;
	if (!out->any)
		fields_copy(&out->version, version);
	out->any = true;
	out->lines = out->lines || hear_taken_lines(looking->answer, version);
	out->status = out->status || says_status(looking->answer, order,
	    version);
	if (looking->client.count == 0 && names(looking->answer, &client))
		fields_copy(&looking->client, version);
}

/* Newest first; the one that lay there when 1C named the order last may have
 * come too late for that. */
static int
visit_put(void *arg, const struct history *entry, struct err *err)
{
	struct looking *looking = arg;

	(void)err;
	if (looking->past)
		return 1;
	looking->past = entry->at <= looking->heard;
	looking->first = looking->first || entry->verb == VERB_CREATE;
	look_at_version(looking, &entry->old_values);
	look_at_version(looking, &entry->new_values);
	return 0;
}

/* 1C names the customer of one of these: that is the one of before. */
static void
note_client(struct order *order, const struct fields *version)
{
	struct client wanted = client_of(&order->document);
	struct client found = client_of(version);

	if (version->count > 0 && !is_same(&found, &wanted))
		hear_taken_keep(order->known.count > 0 ? &order->known :
		    &order->document, version);
}

int
hear_taken_before(struct flow *flow, struct order *order, int64_t heard,
    const struct answer *answer, struct hear_before *out, struct err *err)
{
	struct looking looking = { .order = order, .answer = answer,
	    .heard = order->known.count > 0 ? heard : 0, .out = out };
	struct history_filter filter = { .kind = TARGET_ORDER };
	char id[24];
	int rc;

	if (order->put == order->first_put || (order->state != ORDER_WAITING &&
	    order->state != ORDER_PRESUMED && order->state != ORDER_WITHDRAWN))
		return 0;
	fields_init(&looking.client);
	(void)snprintf(id, sizeof(id), "%" PRId64, order->number);
	filter.id = str_of(id);
	look_at_version(&looking, &order->known);
	rc = snapshot_history_each(flow->snap, &filter, visit_put, &looking,
	    err);
	out->forgotten = order->known.count == 0 && !looking.first;
	out->lines = !hear_taken_lines(answer, &order->document) &&
	    (out->lines || reply_was_said(order, answer));
	note_client(order, &looking.client);
	fields_free(&looking.client);
	return rc == -1 ? -1 : 0;
}

/* ---- what was taken ---- */

enum hear_taken
hear_taken(struct flow *flow, const struct order *order,
    const struct answer *answer, const struct hear_before *before)
{
	if (answer->not_cancelled && order_version_says(&order->document,
	    ORDER_LOST))
		return HEAR_TAKEN_NOT_END;
	if (keeps_client(order, answer))
		return HEAR_TAKEN_NOT_CLIENT;
	if (keeps_lines(order, answer))
		return HEAR_TAKEN_NOT_LINES;
	return keeps_status(flow, order, answer, before) ?
	    HEAR_TAKEN_NOT_WON : HEAR_TAKEN_ALL;
}

bool
hear_taken_none(const struct answer *answer)
{
	return !answer->has_lines && !answer->lines_unread;
}

void
hear_taken_know_none(struct fields *known, const struct answer *answer)
{
	char sum[DECIMAL_TEXT_BYTES];

	(void)decimal_format(sum, answer->sum);
	(void)fields_set(known, FIELD_SUM, str_of(sum));
	fields_remove(known, FIELD_LINES);
}

void
hear_taken_keep(struct fields *known, const struct fields *before)
{
	struct client now = client_of(known), last = client_of(before);
	struct buf text = BUF_INIT(LIMIT_RECORD_BYTES);

	if (before->count == 0)
		return;
	if (is_same(&now, &last)) {
		(void)fields_set(known, FIELD_TAXPAYER,
		    fields_get(before, FIELD_TAXPAYER));
		return;
	}
	(void)buf_printf(&text, "%.*s%c%.*s%c%.*s", (int)last.id.len,
	    last.id.p, FIELD_PART, (int)last.name.len, last.name.p,
	    FIELD_PART, (int)last.inn.len, last.inn.p);
	(void)fields_set(known, FIELD_TAXPAYER, str_n(text.data, text.len));
	buf_free(&text);
}

/* Is it what tells 1C the end that it did not take? */
static bool
is_untaken_end(enum hear_taken taken, enum field field, struct str value)
{
	const char *end = taken == HEAR_TAKEN_NOT_END ? ORDER_LOST :
	    taken == HEAR_TAKEN_NOT_WON ? ORDER_WON : NULL;

	return end != NULL && field == FIELD_REQUISITE &&
	    str_is(field_part(value, 0), end);
}

void
hear_taken_forget(struct fields *known, enum hear_taken taken)
{
	struct client before = client_before(known);
	struct fields out;
	enum field field;
	struct str value;
	size_t at = 0;

	fields_init(&out);
	while (fields_next(known, &at, &field, &value))
		if (field != FIELD_TAXPAYER &&
		    !is_untaken_end(taken, field, value))
			(void)fields_add(&out, field, value);
	if (taken == HEAR_TAKEN_NOT_CLIENT) {
		(void)fields_set(&out, FIELD_PARTY_ID, before.id);
		(void)fields_set(&out, FIELD_NAME, before.name);
		(void)fields_set(&out, FIELD_INN, before.inn);
	}
	fields_copy(known, &out);
	fields_free(&out);
}
