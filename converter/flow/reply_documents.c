/*
 * What all documents of one number say, read again from their records: lines
 * that do not add up, and sums of another currency, are left out.
 */
#include "flow/order.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"

#define DOCUMENTS_MAX 1000      /* of one number: its payments, shipments */

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

/* Lines that do not add up are not the order's: УТ sends cancelled ones too,
 * and a discount may stand on the document alone. */
static void
drop_odd_lines(struct answer *answer)
{
	struct str lines = str_n(answer->lines.data, answer->lines.len);
	struct decimal sum, off, most = { 0, 2 };
	struct order_line line;
	size_t at = 0;

	if (!answer->has_lines || !answer->has_sum)
		return;
	while (order_line_next(lines, &at, &line))
		most.digits++;  /* a kopeck each */
	if (order_line_sum_all(&sum, lines) == 0) {
		sum.digits = -sum.digits;
		if (decimal_add(&off, answer->sum, sum) == 0) {
			off.digits = off.digits < 0 ? -off.digits :
			    off.digits;
			if (decimal_cmp(off, most) <= 0)
				return;
		}
	}
	answer->has_lines = false;
	answer->lines_unread = true;
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

/* Sums of another currency than the order's are no sums of the deal: somebody
 * changed the currency in 1C, or it did not know ours. */
static int
drop_other_currency(struct flow *flow, int64_t number,
    struct answer *answer, struct err *err)
{
	struct order order;
	int rc;

	order_init(&order);
	rc = snapshot_order_by_number(flow->snap, number, &order, err);
	if (rc == 0 && fields_has(&order.document, FIELD_CURRENCY) &&
	    !is_currency(&flow->config->currencies,
	    str_of(answer->currency), fields_get(&order.document,
	    FIELD_CURRENCY))) {
		answer->other_currency = true;
		answer->lines_unread = answer->has_lines;
		answer->has_lines = answer->has_sum = false;
		buf_clear(&answer->lines);
		fields_remove(&answer->deal, FIELD_PAYMENT_SUM);
		for (size_t i = 0; i < answer->payment_count; i++)
			answer->payments[i].has_sum = false;
	}
	order_free(&order);
	return rc == -1 ? -1 : 0;
}

int
reply_documents_read(struct flow *flow, int64_t number, struct answer *answer,
    size_t *count, struct err *err)
{
	struct documents documents = { .flow = flow };
	char text[24];
	int rc;

	(void)snprintf(text, sizeof(text), "%" PRId64, number);
	documents.number = str_of(text);
	documents.fields = mem_array(DOCUMENTS_MAX,
	    sizeof(*documents.fields));
	documents.ids = mem_array(DOCUMENTS_MAX, sizeof(*documents.ids));
	rc = snapshot_document_each(flow->snap, str_of(text), read_document,
	    &documents, err);
	*count = documents.count;
	if (rc == 0 && documents.count > 0) {
		answer_read(answer, documents.fields,
		    (const char *const *)documents.ids, documents.count);
		drop_odd_lines(answer);
		rc = drop_other_currency(flow, number, answer, err);
	}
	for (size_t i = 0; i < documents.count; i++) {
		fields_free(&documents.fields[i]);
		free(documents.ids[i]);
	}
	free(documents.fields);
	free(documents.ids);
	return rc;
}
