/*
 * What all documents of one number say, read again from their records: lines
 * that do not add up, and sums of another currency, are left out, and lines
 * that 1C had to write in its own way are as they were sent.  Of 1C's own
 * numbers, which it uses again each year, those of one year, and of two orders
 * of one number those of the one that the deal was made of.
 */
#include "flow/order.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"

#define DOCUMENTS_MAX 1000      /* of one number: its payments, shipments */
#define DAY_BYTES 10            /* "2026-01-15" */

struct documents {
	struct flow *flow;
	struct str number;
	struct fields *fields;
	char **ids;
	size_t count;
};

static int
read_document(void *ctx, struct str id, struct err *err)
{
	struct documents *documents = ctx;
	struct flow *flow = documents->flow;
	struct fields *fields;
	int rc;

	if (documents->count == DOCUMENTS_MAX) {
		log_warn("order %.*s: more than %d documents; %.*s is left "
		    "out", (int)documents->number.len, documents->number.p,
		    DOCUMENTS_MAX, (int)id.len, id.p);
		return 0;
	}
	fields = &documents->fields[documents->count];
	fields_init(fields);
	rc = flow->source.get(flow->source.ctx, RECORD_DOCUMENT, id, fields,
	    err);
	/* It may speak of another order by now. */
	if (rc == 0 && !str_eq(answer_number(fields), documents->number))
		rc = 1;
	if (rc != 0) {
		fields_free(fields);
		return rc == 1 ? 0 : -1;
	}
	documents->ids[documents->count++] = mem_printf("%.*s", (int)id.len,
	    id.p);
	return 0;
}

/* ---- those of one year ---- */

/* The day of the youngest order of this number that is not younger than the
 * paper (a payment may be made in the next year); of a paper that says no day,
 * or is older than all, of the youngest. */
static void
day_of_order(char out[24], const struct documents *documents,
    const char *paper)
{
	char day[24], youngest[24] = "";

	out[0] = '\0';
	for (size_t i = 0; i < documents->count; i++) {
		if (!answer_is_order(&documents->fields[i]))
			continue;
		answer_day(day, &documents->fields[i]);
		if (strcmp(day, youngest) > 0)
			memcpy(youngest, day, sizeof(day));
		if (strcmp(day, out) > 0 && strncmp(day, paper,
		    DAY_BYTES) <= 0)
			memcpy(out, day, sizeof(day));
	}
	if (out[0] == '\0')
		memcpy(out, youngest, sizeof(youngest));
}

static bool
is_of_year(const struct documents *documents, size_t at, struct str year)
{
	const struct fields *document = &documents->fields[at];
	char day[24], own[24];

	answer_day(day, document);
	if (day[0] == '\0' || !answer_is_order(document)) {
		day_of_order(own, documents, day);
		memcpy(day, own, sizeof(day));
	}
	return strncmp(day, year.p, year.len) == 0;
}

/* Those that `keep` names stay. */
static void
keep_some(struct documents *documents, const bool *keep)
{
	size_t kept = 0;

	for (size_t i = 0; i < documents->count; i++) {
		if (keep[i]) {
			documents->fields[kept] = documents->fields[i];
			documents->ids[kept++] = documents->ids[i];
		} else {
			fields_free(&documents->fields[i]);
			free(documents->ids[i]);
		}
	}
	documents->count = kept;
}

static void
keep_year(struct documents *documents, struct str year)
{
	bool *keep = mem_array(documents->count + 1, sizeof(*keep));

	for (size_t i = 0; i < documents->count; i++)
		keep[i] = is_of_year(documents, i, year);
	keep_some(documents, keep);
	free(keep);
}

/* ---- those of one mark ---- */

enum whose { WHOSE_OWN, WHOSE_ANOTHER, WHOSE_PAPER };

/* What a document is to the order with this Ид.  Without one of its own a
 * document speaks of whatever order has the number. */
static enum whose
whose_is(const struct documents *documents, size_t at, struct str mark)
{
	struct str id = str_of(documents->ids[at]);
	const char *part = memchr(id.p, '#', id.len);

	if (part != NULL)
		id.len = (size_t)(part - id.p);
	if (!answer_is_order(&documents->fields[at]))
		return WHOSE_PAPER;
	return str_eq(id, mark) || str_eq(id, documents->number) ? WHOSE_OWN :
	    WHOSE_ANOTHER;
}

static bool
is_there(const struct documents *documents, size_t at)
{
	return !str_is(fields_get(&documents->fields[at], FIELD_DELETED),
	    "1");
}

/* Of another document: is it the order made anew, for its own is deleted, or
 * the same one that was written without an Ид before? */
static bool
is_anew(const struct documents *documents, size_t at, struct str mark)
{
	bool unnamed = false, others = false;

	for (size_t i = 0; i < documents->count; i++) {
		bool named = !str_is(documents->number, documents->ids[i]);

		if (whose_is(documents, i, mark) == WHOSE_OWN) {
			if ((named && is_there(documents, i)) ||
			    answer_parts_two_clients(&documents->fields[i],
			    &documents->fields[at]))
				return false;
			unnamed = unnamed || is_there(documents, i);
		} else if (whose_is(documents, i, mark) == WHOSE_ANOTHER) {
			others = others || (i != at && is_there(documents, i));
		}
	}
	return !unnamed || !others;
}

/*
 * Two orders of 1C bear one number: the deal is that of the one by which it was
 * made.  Payments and shipments beside them name the number alone, and nobody
 * can tell whose they are.
 */
static void
keep_own(struct documents *documents, struct str mark)
{
	bool *keep = mem_array(documents->count + 1, sizeof(*keep));
	bool other = false;

	for (size_t i = 0; i < documents->count; i++) {
		keep[i] = whose_is(documents, i, mark) != WHOSE_ANOTHER ||
		    is_anew(documents, i, mark);
		other = other || (!keep[i] && is_there(documents, i));
	}
	for (size_t i = 0; other && i < documents->count; i++)
		if (whose_is(documents, i, mark) == WHOSE_PAPER)
			keep[i] = false;
	keep_some(documents, keep);
	free(keep);
}

/* Lines that do not add up are not the order's: УТ sends cancelled ones too,
 * and a discount may stand on the document alone. */
static void
drop_odd_lines(struct answer *answer)
{
	struct str lines = str_n(answer->lines.data, answer->lines.len);
	struct decimal *sum = &answer->lines_sum, less, off, most = { 0, 2 };
	struct order_line line;
	size_t at = 0;

	if (!answer->has_lines || !answer->has_sum)
		return;
	while (order_line_next(lines, &at, &line))
		most.digits++;  /* a kopeck each */
	if (order_line_sum_all(sum, lines) == 0) {
		less = *sum;
		less.digits = -less.digits;
		if (decimal_add(&off, answer->sum, less) == 0) {
			off.digits = off.digits < 0 ? -off.digits :
			    off.digits;
			if (decimal_cmp(off, most) <= 0)
				return;
		}
	}
	answer->has_lines = false;
	answer->lines_unread = answer->lines_odd = true;
	buf_clear(&answer->lines);
}

static bool
is_currency(const struct config_map *names, struct str said,
    struct str ours)
{
	const char *a = config_map_get(names, said);
	const char *b = config_map_get(names, ours);

	return answer_value_same_currency(said, ours) ||
	    answer_value_same_currency(a != NULL ? str_of(a) : said,
	    b != NULL ? str_of(b) : ours);
}

void
reply_documents_currency(const struct flow *flow, const struct order *order,
    struct answer *answer)
{
	if (!fields_has(&order->document, FIELD_CURRENCY) ||
	    is_currency(&flow->config->currencies, str_of(answer->currency),
	    fields_get(&order->document, FIELD_CURRENCY)))
		return;
	answer->other_currency = true;
	answer->lines_unread = answer->has_lines;
	answer->has_lines = answer->has_sum = false;
	buf_clear(&answer->lines);
	fields_remove(&answer->deal, FIELD_PAYMENT_SUM);
	for (size_t i = 0; i < answer->payment_count; i++)
		answer->payments[i].has_sum = false;
}

/* The service that became this line, of another quantity and the same sum. */
static bool
find_service(struct order_line *out, struct str sent,
    const struct order_line *line)
{
	size_t at = 0;

	while (order_line_next(sent, &at, out)) {
		bool same = out->id.len > 0 && line->id.len > 0 ?
		    str_eq(out->id, line->id) :
		    str_same_name(out->name, line->name);

		if (out->service && same &&
		    decimal_cmp(out->sum, line->sum) == 0)
			return true;
	}
	return false;
}

/* УТ 10.3 keeps a service as one for the whole sum, whatever was ordered
 * (onec-exchange.md 2.5): that is no edit. */
static void
restore_services(const struct flow *flow, const struct fields *document,
    struct answer *answer)
{
	struct str sent = fields_get(document, FIELD_LINES);
	struct str said = str_n(answer->lines.data, answer->lines.len);
	struct buf lines = BUF_INIT(LIMIT_RECORD_BYTES);
	const struct decimal one = { 1, 0 };
	struct order_line line, service;
	size_t at = 0;

	if (flow->config->orders.profile != PROFILE_UT103 ||
	    !answer->has_lines)
		return;
	while (order_line_next(said, &at, &line)) {
		if (decimal_cmp(line.quantity, one) == 0 &&
		    find_service(&service, sent, &line)) {
			line.quantity = service.quantity;
			line.price = service.price;
		}
		order_line_add(&lines, &line);
	}
	buf_clear(&answer->lines);
	(void)buf_add(&answer->lines, lines.data, lines.len);
	buf_free(&lines);
}

/* What 1C says, seen beside what it was given. */
static int
compare_sent(struct flow *flow, int64_t number, struct answer *answer,
    struct err *err)
{
	struct order order;
	int rc;

	order_init(&order);
	rc = snapshot_order_by_number(flow->snap, number, &order, err);
	if (rc == 0) {
		reply_documents_currency(flow, &order, answer);
		restore_services(flow, &order.document, answer);
	}
	order_free(&order);
	return rc == -1 ? -1 : 0;
}

static int
read_all(struct flow *flow, struct str number, struct str year,
    struct str mark, struct answer *answer, size_t *count, struct err *err)
{
	struct documents documents = { .flow = flow, .number = number };
	int rc;

	documents.fields = mem_array(DOCUMENTS_MAX,
	    sizeof(*documents.fields));
	documents.ids = mem_array(DOCUMENTS_MAX, sizeof(*documents.ids));
	rc = snapshot_document_each(flow->snap, number, read_document,
	    &documents, err);
	if (rc == 0 && year.len > 0)
		keep_year(&documents, year);
	if (rc == 0 && mark.len > 0)
		keep_own(&documents, mark);
	*count = documents.count;
	if (rc == 0 && documents.count > 0) {
		answer_read(answer, documents.fields,
		    (const char *const *)documents.ids, documents.count);
		drop_odd_lines(answer);
	}
	for (size_t i = 0; i < documents.count; i++) {
		fields_free(&documents.fields[i]);
		free(documents.ids[i]);
	}
	free(documents.fields);
	free(documents.ids);
	return rc;
}

int
reply_documents_read(struct flow *flow, int64_t number, struct answer *answer,
    size_t *count, struct err *err)
{
	char text[24];
	int rc;

	(void)snprintf(text, sizeof(text), "%" PRId64, number);
	rc = read_all(flow, str_of(text), STR_NONE, STR_NONE, answer, count,
	    err);
	return rc != 0 || *count == 0 ? rc : compare_sent(flow, number,
	    answer, err);
}

int
reply_documents_onec(struct flow *flow, const struct target *target,
    struct answer *answer, size_t *count, struct err *err)
{
	struct image image;
	int rc;

	image_init(&image);
	rc = snapshot_image_get(flow->snap, target, &image, err);
	/* Before there is a deal the documents say which order it is. */
	if (rc != -1)
		rc = read_all(flow, target_id(target), target_rule(target),
		    image.portal_id != 0 ? fields_get(&image.agreed,
		    FIELD_XML_ID) : STR_NONE, answer, count, err);
	image_free(&image);
	return rc;
}
