/*
 * What is to be told stands in one small fact, a line for each card: kind, id
 * in the portal, the mark that it bore, the mark that it gets.  The card is
 * read just before, and changed only where it bears that mark of ours: so a
 * line may be told twice.
 */
#include "flow/mark.h"

#include <inttypes.h>
#include <string.h>

#include "base/log.h"
#include "model/party.h"

#define META_MARKS "client.marks"
#define MARKS_BYTES ((size_t)64 * LIMIT_KEY_BYTES)

static int
read_marks(struct flow *flow, struct buf *out, struct err *err)
{
	int rc = snapshot_meta_get(flow->snap, META_MARKS, out, err);

	if (rc == 1)
		buf_clear(out);
	return rc == -1 ? -1 : 0;
}

static int
write_marks(struct flow *flow, const struct buf *lines, struct err *err)
{
	return snapshot_meta_set(flow->snap, META_MARKS, lines->len > 0 ?
	    str_n(lines->data, lines->len) : STR_NONE, err);
}

static bool
has_line_end(struct str text)
{
	return memchr(text.p, '\n', text.len) != NULL;
}

int
mark_leave(struct flow *flow, const struct target *from, int64_t portal_id,
    const struct target *to, struct err *err)
{
	struct buf lines = BUF_INIT(MARKS_BYTES);
	struct str old = target_mark(from);
	struct str new = to != NULL ? target_mark(to) : STR_NONE;
	int rc = 0;

	if ((from->kind != TARGET_COMPANY && from->kind != TARGET_CONTACT) ||
	    portal_id <= 0 || has_line_end(old) ||
	    (new.len > 0 && has_line_end(new)))
		return 0;
	if (read_marks(flow, &lines, err) == -1)
		rc = -1;
	(void)buf_printf(&lines, "%s%s%c%" PRId64 "%c%.*s%c%.*s",
	    lines.len > 0 ? "\n" : "", target_kind_name(from->kind),
	    FIELD_PART, portal_id, FIELD_PART, (int)old.len, old.p, FIELD_PART,
	    (int)new.len, new.len > 0 ? new.p : "");
	/* More than fit at once are an oddity, and no reason to stop. */
	if (rc == 0 && !lines.full)
		rc = write_marks(flow, &lines, err);
	buf_free(&lines);
	return rc;
}

bool
mark_is_due(struct flow *flow)
{
	struct buf lines = BUF_INIT(MARKS_BYTES);
	struct err ignored = { 0 };
	bool due = read_marks(flow, &lines, &ignored) == 0 && lines.len > 0;

	buf_free(&lines);
	return due;
}

/* ---- telling ---- */

/* Its own again by now: the mark is right. */
static int
is_back(struct flow *flow, enum target_kind kind, int64_t portal_id,
    struct str mark, bool *back, struct err *err)
{
	struct target target;
	int rc = snapshot_image_by_portal_id(flow->snap, kind, portal_id,
	    &target, err);

	*back = rc == 0 && str_eq(target_mark(&target), mark);
	return rc == -1 ? -1 : 0;
}

/* 1: nothing is to be told. */
static int
make_op(struct flow *flow, struct op *op, struct str line, struct err *err)
{
	enum target_kind kind = target_kind_by_name(field_part(line, 0));
	struct str old = field_part(line, 2), new = field_part(line, 3);
	int64_t portal_id;
	bool back;

	if ((kind != TARGET_COMPANY && kind != TARGET_CONTACT) ||
	    str_to_int64(&portal_id, field_part(line, 1)) == -1 ||
	    target_set(&op->target, kind, old) == -1)
		return 1;
	if (is_back(flow, kind, portal_id, old, &back, err) == -1)
		return -1;
	if (back)
		return 1;
	op->kind = OP_UPDATE;
	op->portal_id = portal_id;
	if (fields_set(&op->before, FIELD_XML_ID, old) == -1 ||
	    fields_set(&op->fields, FIELD_XML_ID, new.len > 0 ? new :
	    str_of(FIELD_CLEAR)) == -1)
		return 1;
	return 0;
}

/* Not there, or refused: no more can be done. */
static bool
is_over(enum outcome outcome)
{
	return outcome == OUTCOME_DONE || outcome == OUTCOME_REFUSED ||
	    outcome == OUTCOME_NOT_THERE;
}

/* A card that was handed on once more gets the next mark when it is known to
 * bear the one before. */
static bool
is_told(const struct request *request, const struct op *op)
{
	for (size_t i = 0; i < request->count; i++)
		if (request->ops[i].target.kind == op->target.kind &&
		    request->ops[i].portal_id == op->portal_id)
			return true;
	return false;
}

/* As many of the lines as one request holds; what has to be told yet goes to
 * `left`. */
static int
tell(struct flow *flow, struct str lines, struct buf *left, struct err *err)
{
	size_t most = (size_t)flow->config->portal.batch_size, at = 0;
	struct request *request = request_new(most);
	struct buf later = BUF_INIT(MARKS_BYTES);
	struct str line, told[LIMIT_BATCH_COMMANDS] = { STR_NONE };
	bool done = false;
	int rc = 0;

	while (rc != -1 && party_line_next(lines, &at, &line)) {
		if (request->count == most) {
			party_line_append(&later, line);
			continue;
		}
		rc = make_op(flow, &request->ops[request->count], line, err);
		if (rc == 0 && is_told(request,
		    &request->ops[request->count]))
			party_line_append(&later, line);
		else if (rc == 0)
			told[request->count++] = line;
	}
	if (rc != -1 && request->count > 0)
		rc = push_send(flow, request, &done, err);
	for (size_t i = 0; rc != -1 && i < request->count; i++) {
		const struct op *op = &request->ops[i];

		if (rc != 0 || !is_over(op->outcome))
			party_line_append(left, told[i]);
		else if (op->outcome == OUTCOME_REFUSED)
			log_warn("%s %" PRId64 ": its mark stays: %s",
			    target_kind_name(op->target.kind), op->portal_id,
			    op->text);
	}
	/* Of one card in the order in which they came. */
	if (later.len > 0)
		party_line_append(left, str_n(later.data, later.len));
	buf_free(&later);
	request_free(request);
	return rc == -1 ? -1 : 0;
}

int
mark_push(struct flow *flow, struct err *err)
{
	struct buf lines = BUF_INIT(MARKS_BYTES), left = BUF_INIT(MARKS_BYTES);
	bool more = flow->facts.crm_barred[0] == '\0';
	int rc = read_marks(flow, &lines, err);

	while (rc == 0 && more && lines.len > 0) {
		buf_clear(&left);
		rc = tell(flow, str_n(lines.data, lines.len), &left, err);
		more = left.len != lines.len;
		if (rc == 0 && more)
			rc = write_marks(flow, &left, err);
		buf_clear(&lines);
		if (left.len > 0)
			(void)buf_add(&lines, left.data, left.len);
	}
	buf_free(&lines);
	buf_free(&left);
	return rc;
}
