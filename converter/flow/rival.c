/*
 * Names, ИНН, phones and e-mails of all clients that are to be made or linked
 * yet, as hashes: read once, when a row is recognised by what others may have
 * as well.  What has the same hash is derived and compared like any other.
 */
#include "flow/rival.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "model/party.h"

#define NAME_BYTES ((size_t)4096)
#define TOLD_MOST 10            /* pairs that are named */

struct rivals {
	struct rival_key {
		uint64_t hash;
		int64_t row;
	} *keys;
	size_t count, size;
	int64_t packages;       /* shelved when they were read */
};

void
rival_free(struct rivals *rivals)
{
	if (rivals != NULL)
		free(rivals->keys);
	free(rivals);
}

/* ---- who has it ---- */

enum known { KNOWN_NOT, KNOWN_DELETED, KNOWN_LIVE };

static int
ask_record(struct flow *flow, struct str id, enum known *known,
    struct err *err)
{
	struct fields record;
	int rc;

	*known = KNOWN_NOT;
	fields_init(&record);
	rc = record_get_party(&flow->source, id, &record, err);
	if (rc == 0)
		*known = str_is(fields_get(&record, FIELD_DELETED), "1") ?
		    KNOWN_DELETED : KNOWN_LIVE;
	fields_free(&record);
	return rc == -1 ? -1 : 0;
}

/* The mark of ours that is of another id; STR_NONE: it has none. */
static struct str
other_mark(const struct flow *flow, const struct op *op,
    const struct found *row)
{
	struct str mark = fields_get(&row->fields, FIELD_XML_ID);

	if (str_eq(mark, target_mark(&op->target)) || !str_is(fields_get(
	    &row->fields, FIELD_ORIGINATOR),
	    flow->config->counterparties.originator))
		return STR_NONE;
	return mark;
}

int
rival_has(struct flow *flow, const struct target *target, int64_t portal_id,
    struct target *holder, enum match_holder *out, struct err *err)
{
	enum known known;
	bool taken;

	*out = MATCH_FREE;
	if (adopt_holder(flow, target, portal_id, false, holder, &taken,
	    err) == -1)
		return -1;
	if (!taken)
		return 0;
	*out = MATCH_HELD;
	if (target->kind == TARGET_CONTACT && holder->kind == TARGET_PERSON)
		*out = MATCH_PERSONS;
	/* Contact persons have no ИНН by which they could be told apart. */
	if (holder->kind != target->kind || !target_is_client(target->kind) ||
	    target->kind == TARGET_PERSON)
		return 0;
	if (ask_record(flow, target_id(holder), &known, err) == -1)
		return -1;
	if (known == KNOWN_DELETED)
		*out = MATCH_LEFT;
	return 0;
}

int
rival_holder(struct flow *flow, const struct op *op, const struct found *row,
    enum match_holder *out, struct err *err)
{
	struct str mark = other_mark(flow, op, row);
	enum known known;
	struct target holder;

	if (rival_has(flow, &op->target, row->portal_id, &holder, out,
	    err) == -1)
		return -1;
	if (*out != MATCH_FREE || op->target.kind == TARGET_PERSON ||
	    mark.len == 0)
		return 0;
	if (ask_record(flow, mark, &known, err) == -1)
		return -1;
	if (known == KNOWN_DELETED)
		*out = MATCH_LEFT;
	else if (known == KNOWN_LIVE)
		*out = MATCH_HELD;
	return 0;
}

/* ---- who else ---- */

/* As it is compared: of a person first and last name. */
static uint64_t
hash_name(enum target_kind kind, const struct fields *fields)
{
	struct buf whole = BUF_INIT(NAME_BYTES), plain = BUF_INIT(NAME_BYTES);
	struct str last = fields_get(fields, kind == TARGET_COMPANY ?
	    FIELD_NAME : FIELD_LAST_NAME);
	struct str first = kind == TARGET_COMPANY ? STR_NONE :
	    fields_get(fields, FIELD_FIRST_NAME);
	uint64_t hash = 0;

	(void)buf_printf(&whole, "%.*s %.*s", (int)last.len,
	    last.len > 0 ? last.p : "", (int)first.len,
	    first.len > 0 ? first.p : "");
	party_name_plain(&plain, str_of(buf_text(&whole)));
	if (plain.len > 0)
		hash = str_hash((uint64_t)kind, str_of(buf_text(&plain)));
	buf_free(&plain);
	buf_free(&whole);
	return hash;
}

/* 0: it has none.  No name is made of digits like these. */
static uint64_t
hash_inn(enum target_kind kind, struct str line)
{
	struct str inn = field_part(line, 0);

	return inn.len > 0 ? str_hash((uint64_t)kind + TARGET_LAST, inn) : 0;
}

/* The next phone, then e-mail, as they are compared; *at: 0 and 0 at first.
 * False at the end. */
static bool
next_line(enum target_kind kind, const struct fields *fields, size_t at[2],
    uint64_t *hash)
{
	const uint64_t seed = (uint64_t)kind + TARGET_LAST * 2;
	struct str line;

	if (party_line_next(fields_get(fields, FIELD_PHONES), &at[0], &line)) {
		char plain[PARTY_PHONE_BYTES];

		party_phone_plain(plain, field_part(line, 1));
		*hash = plain[0] != '\0' ? str_hash(seed, str_of(plain)) : 0;
	} else if (party_line_next(fields_get(fields, FIELD_EMAILS), &at[1],
	    &line)) {
		struct buf plain = BUF_INIT(NAME_BYTES);

		party_email_plain(&plain, field_part(line, 1));
		*hash = plain.len > 0 ? str_hash(seed + TARGET_LAST,
		    str_of(buf_text(&plain))) : 0;
		buf_free(&plain);
	} else {
		return false;
	}
	return true;
}

static void
add_key(struct rivals *rivals, uint64_t hash, int64_t row)
{
	if (hash == 0)
		return;
	if (rivals->count == rivals->size) {
		rivals->size = rivals->size == 0 ? 256 : rivals->size * 2;
		rivals->keys = mem_resize(rivals->keys, rivals->size,
		    sizeof(*rivals->keys));
	}
	rivals->keys[rivals->count++] = (struct rival_key){ hash, row };
}

struct reading {
	struct push *push;
	struct rivals *rivals;
	bool made;              /* those that this run made, by ИНН alone */
};

/* All that it should be, also what is said at its making alone.  1: it is not
 * to be in the portal. */
static int
read_client(struct flow *flow, const struct target *target,
    const struct image *image, struct fields *out, struct err *err)
{
	struct wanted wanted;
	int rc;

	wanted_init(&wanted);
	rc = derive_wanted(flow, target, image, &wanted, err);
	fields_copy(out, &wanted.fields);
	fields_merge(out, &wanted.at_create);
	if (rc == 0 && wanted.state != WANTED_PRESENT)
		rc = 1;
	wanted_free(&wanted);
	return rc;
}

static void
add_lines(struct rivals *rivals, enum target_kind kind,
    const struct fields *fields, int64_t row)
{
	size_t at[2] = { 0, 0 };
	uint64_t hash;

	while (next_line(kind, fields, at, &hash))
		add_key(rivals, hash, row);
}

static int
add_client(void *ctx, const struct target *target, const struct image *image,
    struct err *err)
{
	struct reading *reading = ctx;
	struct fields fields;
	int rc;

	if (reading->made ? !bits_has(&reading->push->fresh, image->target) :
	    image->portal_id != 0)
		return 0;
	fields_init(&fields);
	rc = read_client(reading->push->flow, target, image, &fields, err);
	if (rc == 0 && !reading->made) {
		add_key(reading->rivals, hash_name(target->kind, &fields),
		    image->target);
		add_lines(reading->rivals, target->kind, &fields,
		    image->target);
	}
	if (rc == 0)
		add_key(reading->rivals, hash_inn(target->kind, fields_get(
		    &fields, FIELD_TAXPAYER)), image->target);
	fields_free(&fields);
	return rc == -1 ? -1 : 0;
}

static int
compare_keys(const void *left, const void *right)
{
	const struct rival_key *a = left, *b = right;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return (a->row > b->row) - (a->row < b->row);
}

static int
read_all(struct push *push, struct rivals *rivals, bool made,
    struct err *err)
{
	struct reading reading = { push, rivals, made };

	if (snapshot_image_each(push->flow->snap, TARGET_COMPANY, add_client,
	    &reading, err) != 0 || snapshot_image_each(push->flow->snap,
	    TARGET_CONTACT, add_client, &reading, err) != 0)
		return -1;
	if (rivals->count > 0)
		qsort(rivals->keys, rivals->count, sizeof(*rivals->keys),
		    compare_keys);
	return 0;
}

/* A package that was taken meanwhile may name further ones. */
static int
prepare(struct push *push, struct err *err)
{
	int64_t packages = push->flow->tally.shelved;

	if (push->rivals != NULL && push->rivals->packages == packages)
		return 0;
	rival_free(push->rivals);
	push->rivals = mem_alloc(sizeof(*push->rivals));
	push->rivals->packages = packages;
	return read_all(push, push->rivals, false, err);
}

/* A row that op would be linked to: do others of 1C recognise it as well? */
struct asking {
	struct push *push;
	const struct op *op;
	int64_t own;            /* op's row */
	const struct found *row;
	const enum match_holder *holders;       /* of all that op found, where
				   only those of another КПП count */
	bool fits;
};

/* Who fits another row that was found as well is no rival for this one. */
static bool
judge_kpp(const struct asking *asking, const struct target *target,
    const struct fields *fields)
{
	const struct op *op = asking->op;
	struct match match;

	return !match_same_taxpayer(fields, &op->fields) &&
	    match_decide(asking->push->flow->config, target, fields, op->found,
	    op->found_count, asking->holders, &match) == MATCH_ONE &&
	    &op->found[match.rows[0]] == asking->row;
}

static int
judge_row(const struct asking *asking, const struct target *target,
    const struct fields *fields, bool *fits, struct err *err)
{
	struct flow *flow = asking->push->flow;
	enum match_holder held = MATCH_FREE;
	struct target holder;
	struct match match;

	if (rival_has(flow, target, asking->row->portal_id, &holder, &held,
	    err) == -1)
		return -1;
	*fits = match_decide(flow->config, target, fields, asking->row, 1,
	    held == MATCH_PERSONS ? &held : NULL, &match) == MATCH_ONE;
	return 0;
}

/* Would this one recognise the row? */
static int
recognises(struct asking *asking, int64_t rival, struct err *err)
{
	struct flow *flow = asking->push->flow;
	struct target target;
	struct fields fields;
	struct image image;
	int rc;

	image_init(&image);
	fields_init(&fields);
	rc = snapshot_image_by_row(flow->snap, rival, &target, &image, err);
	if (rc == 0 && (image.portal_id != 0 || image.gone || image.apart ||
	    link_is_new(flow, rival)))
		rc = 1;
	if (rc == 0)
		rc = read_client(flow, &target, &image, &fields, err);
	if (rc == 0)
		rc = client_full_name(flow, &target, &fields, err);
	if (rc == 0 && asking->holders != NULL)
		asking->fits = judge_kpp(asking, &target, &fields);
	else if (rc == 0)
		rc = judge_row(asking, &target, &fields, &asking->fits, err);
	fields_free(&fields);
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

static size_t
first_of(const struct rivals *rivals, uint64_t hash)
{
	size_t low = 0, high = rivals->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (rivals->keys[middle].hash < hash)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int
try_hash(struct asking *asking, uint64_t hash, struct err *err)
{
	const struct rivals *rivals = asking->push->rivals;

	for (size_t i = first_of(rivals, hash); hash != 0 && !asking->fits &&
	    i < rivals->count && rivals->keys[i].hash == hash; i++)
		if (rivals->keys[i].row != asking->own &&
		    recognises(asking, rivals->keys[i].row, err) == -1)
			return -1;
	return 0;
}

/* Many have a phone that says nothing ("8 800 …"); what it joins is doubtful
 * without looking at each of them. */
#define LINE_MOST 50

/* Those that the phone or the e-mail leads to, where not the whole name does:
 * of a nameless contact, which the telephony makes, and of initials. */
static int
try_lines(struct asking *asking, struct err *err)
{
	const struct rivals *rivals = asking->push->rivals;
	const struct op *op = asking->op;
	size_t at[2] = { 0, 0 };
	uint64_t hash;

	if (match_is_named(&op->target, &op->fields, &asking->row->fields))
		return 0;
	while (!asking->fits && next_line(op->target.kind,
	    &asking->row->fields, at, &hash)) {
		size_t first = first_of(rivals, hash);

		if (first + LINE_MOST < rivals->count && hash != 0 &&
		    rivals->keys[first + LINE_MOST].hash == hash)
			asking->fits = true;
		else if (try_hash(asking, hash, err) == -1)
			return -1;
	}
	return 0;
}

int
rival_fits(struct push *push, const struct op *op, int64_t row_id,
    const struct found *row, bool *fits, struct err *err)
{
	struct asking asking = { push, op, row_id, row, NULL, false };
	enum target_kind kind = op->target.kind;
	struct str lines = fields_get(&row->fields, FIELD_TAXPAYER), line;
	size_t at = 0;

	*fits = false;
	if (kind == TARGET_PERSON)
		return 0;
	if (prepare(push, err) == -1 || try_hash(&asking, hash_name(kind,
	    &op->fields), err) == -1)
		return -1;
	while (party_line_next(lines, &at, &line))
		if (try_hash(&asking, hash_inn(kind, line), err) == -1)
			return -1;
	if (try_lines(&asking, err) == -1)
		return -1;
	*fits = asking.fits;
	return 0;
}

/* Has it the ИНН of this one's, and nowhere a КПП with it? */
static bool
lacks_kpp(struct str ours, const struct found *row)
{
	struct str lines = fields_get(&row->fields, FIELD_TAXPAYER), line;
	size_t at = 0, count = 0;

	while (party_line_next(lines, &at, &line)) {
		if (!str_eq(field_part(line, 0), field_part(ours, 0)))
			continue;
		if (field_part(line, 1).len > 0)
			return false;
		count++;
	}
	return count > 0;
}

int
rival_has_other_kpp(struct push *push, const struct op *op, int64_t row_id,
    const struct found *row, const enum match_holder *holders, bool *fits,
    struct err *err)
{
	struct asking asking = { push, op, row_id, row, holders, false };
	struct str ours = fields_get(&op->fields, FIELD_TAXPAYER);

	*fits = false;
	if (op->target.kind == TARGET_PERSON || field_part(ours, 1).len == 0 ||
	    !lacks_kpp(ours, row))
		return 0;
	if (prepare(push, err) == -1 || try_hash(&asking, hash_inn(
	    op->target.kind, ours), err) == -1)
		return -1;
	*fits = asking.fits;
	return 0;
}

/* ---- two cards of one firm ---- */

/* 1: they are two; told, where they are to be named. */
static int
tell_pair(struct flow *flow, int64_t one, int64_t other, bool named,
    struct err *err)
{
	struct target targets[2];
	struct fields fields[2];
	struct image image;
	int rc = 0;

	image_init(&image);
	for (size_t i = 0; i < 2; i++) {
		fields_init(&fields[i]);
		if (rc == 0)
			rc = snapshot_image_by_row(flow->snap, i == 0 ? one :
			    other, &targets[i], &image, err);
		if (rc == 0)
			rc = read_client(flow, &targets[i], &image,
			    &fields[i], err);
	}
	if (rc == 0 && match_same_taxpayer(&fields[0], &fields[1])) {
		struct str a = target_id(&targets[0]);
		struct str b = target_id(&targets[1]);

		if (named)
			report_say(flow->report, _("%s %.*s: 1C has another "
			    "card of the same INN, %.*s; each is one of its "
			    "own in the portal"), target_kind_title(
			    targets[0].kind), (int)a.len, a.p, (int)b.len,
			    b.p);
		rc = 1;
	}
	for (size_t i = 0; i < 2; i++)
		fields_free(&fields[i]);
	image_free(&image);
	return rc;
}

int
rival_tell_made(struct push *push, struct err *err)
{
	struct rivals made = { NULL, 0, 0, 0 };
	int64_t pairs = 0;
	int rc = 0;

	if (push->clients_made > 1)
		rc = read_all(push, &made, true, err);
	for (size_t i = 1; rc != -1 && i < made.count; i++) {
		if (made.keys[i].hash != made.keys[i - 1].hash)
			continue;
		rc = tell_pair(push->flow, made.keys[i].row,
		    made.keys[i - 1].row, pairs < TOLD_MOST, err);
		pairs += rc == 1 ? 1 : 0;
	}
	if (rc != -1 && pairs > TOLD_MOST)
		report_say(push->flow->report, _("%" PRId64 " more clients of "
		    "1C have another card of the same INN"), pairs -
		    TOLD_MOST);
	free(made.keys);
	return rc == -1 ? -1 : 0;
}
