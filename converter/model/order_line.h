/*
 * The lines of an order, as FIELD_LINES holds them: one line of text for
 * each, in the document's order, its parts separated by FIELD_PART.  What
 * both sides must agree on is the goods, quantity, sum and VAT rate; price
 * is sum by quantity, and the name counts only where there is no id.
 */
#ifndef MODEL_ORDER_LINE_H
#define MODEL_ORDER_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/decimal.h"
#include "base/str.h"

/* The delivery's line (commerceml.md 10.1). */
#define ORDER_LINE_DELIVERY "ORDER_DELIVERY"
#define ORDER_LINE_ANY "?"

/* Texts are borrowed; blanks stand for line ends in them. */
struct order_line {
	struct str id;          /* 1C's Ид, "product[#characteristic]"; empty:
				   goods that 1C does not know */
	struct str name;
	struct decimal quantity;
	struct decimal price;   /* of one, with discount and tax */
	struct decimal sum;     /* of the line, with tax */
	struct str vat;         /* "20"; empty: without VAT; ORDER_LINE_ANY:
				   not said, so whatever the other has */
	struct str unit;        /* OKEI code "796", or empty */
	struct str unit_name;
	struct str article;
	bool service;
	int64_t product;        /* portal's id of the product; 0: none, or
				   not known here */
};

/* Appends the line (and a line end before it where there is one already). */
void order_line_add(struct buf *text, const struct order_line *line);
/* The next line from *at (0 at first); false at the end, and for a line that
 * is not one of ours. */
bool order_line_next(struct str text, size_t *at, struct order_line *line);
/* Are these the same goods, quantities, sums and rates, in any order? */
bool order_line_same_all(struct str a, struct str b);
/* The same but for what the portal rounds away: it keeps kopecks of a price,
 * so a sum may be off by half a kopeck for each piece. */
bool order_line_near_all(struct str a, struct str b);
/* `lines` as 1C calls them, which says `said`: for goods without an Ид of its
 * own it takes, or makes, one of that name. */
void order_line_call(struct buf *out, struct str lines, struct str said);
/* The sum of all lines: 0; -1 when it does not fit. */
int order_line_sum_all(struct decimal *out, struct str text);

/* a × b to `scale` digits, half away from zero; -1: does not fit. */
int order_line_multiply(struct decimal *out, struct decimal a, struct decimal b,
    unsigned scale);
/* a / b likewise; -1 also when b is 0. */
int order_line_divide(struct decimal *out, struct decimal a, struct decimal b,
    unsigned scale);

#endif
