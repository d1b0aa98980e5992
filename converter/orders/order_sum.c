/*
 * The lines must add up to the deal's sum to the kopeck, or 1C asks the
 * customer for another sum than the manager did.  The portal rounds in its
 * own way, so up to one kopeck a line is put on the largest line; more is no
 * rounding and a person looks at it.
 */
#include "orders/orders_internal.h"

#include <string.h>

#include "base/i18n.h"
#include "base/limits.h"

static struct decimal
negated(struct decimal value)
{
	value.digits = -value.digits;
	return value;
}

/* The number of the line with the largest sum, the first of equals. */
static size_t
find_largest(struct str text, size_t *count)
{
	struct order_line line;
	struct decimal sum = { 0, 0 };
	size_t at = 0, largest = 0;

	*count = 0;
	while (order_line_next(text, &at, &line)) {
		if (*count == 0 || decimal_cmp(line.sum, sum) > 0) {
			largest = *count;
			sum = line.sum;
		}
		(*count)++;
	}
	return largest;
}

/* False: there is no such sum for this line. */
static bool
correct_line(struct order_line *line, struct decimal rest)
{
	return decimal_add(&line->sum, line->sum, rest) == 0 &&
	    line->sum.digits > 0 && order_line_divide(&line->price, line->sum,
	    line->quantity, DECIMAL_SCALE_MAX) == 0;
}

static bool
correct(struct buf *text, size_t number, struct decimal rest)
{
	struct buf all = BUF_INIT(text->max);
	struct str lines = str_n(buf_text(text), text->len);
	struct order_line line;
	size_t at = 0, n = 0;
	bool done = true;

	while (done && order_line_next(lines, &at, &line)) {
		if (n++ == number)
			done = correct_line(&line, rest);
		order_line_add(&all, &line);
	}
	done = done && !all.full;
	if (done) {
		buf_clear(text);
		(void)buf_add(text, all.data, all.len);
	}
	buf_free(&all);
	return done;
}

void
order_sum_fit(struct order_work *work, struct buf *text, struct decimal sum)
{
	struct str lines = str_n(buf_text(text), text->len);
	char want[ORDER_MONEY_BYTES], have[ORDER_MONEY_BYTES] = "?";
	struct decimal total, rest, most, size;
	size_t count, largest = find_largest(lines, &count);

	if (order_line_sum_all(&total, lines) == 0) {
		order_text_money(have, total);
		if (decimal_add(&rest, sum, negated(total)) == 0) {
			size = decimal_is_negative(rest) ? negated(rest) :
			    rest;
			most = (struct decimal){ (int64_t)count, 2 };
			if (rest.digits == 0 || (decimal_cmp(size, most) <=
			    0 && correct(text, largest, rest)))
				return;
		}
	}
	order_text_money(want, sum);
	order_build_hold(work, "sum-differs", N_("the deal's sum is %s, its "
	    "rows add up to %s: make the sum of the deal that of its rows, "
	    "or correct the rows"), want, have);
}
