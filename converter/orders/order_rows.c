/*
 * The deal's rows as lines of the order.  1C makes new goods of what it does
 * not find (commerceml.md 10.3a), so a row carries 1C's own id wherever we
 * know one: of its product, or of the line of that name which 1C has shown.
 */
#include "orders/orders_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/told.h"
#include "model/party.h"

#define TYPE "ТипНоменклатуры"
#define SERVICE "Услуга"

/* A line that 1C holds. */
struct known_line {
	struct order_line line;
	char *name;             /* as a row's would be written */
	bool used;
};

struct rows {
	struct order_work *work;
	struct known_line *known;
	size_t known_count;
	struct buf text;        /* FIELD_LINES */
	struct buf strangers;   /* names of rows that 1C cannot know */
	bool zero, untaxed;     /* a row of VAT 0 %, and one without VAT */
	/* Of the row that is being made: its line borrows them. */
	struct buf id, name, article, unit, unit_name, vat;
	struct fields stated;
};

static struct str
text_of(const struct buf *buf)
{
	return str_n(buf_text(buf), buf->len);
}

/* ---- names ------------------------------------------------------------ */

/* What follows a '#' is a characteristic's name for УТ 11. */
static void
write_name(struct buf *out, struct str name)
{
	struct buf clean = BUF_INIT(LIMIT_RECORD_BYTES);
	struct buf plain = BUF_INIT(LIMIT_RECORD_BYTES);

	order_text_clean(&clean, name, ORDER_NAME_MOST, false);
	for (size_t i = 0; i < clean.len; i++) {
		if (clean.data[i] != '#')
			(void)buf_add_char(&plain, clean.data[i]);
		else
			(void)buf_add_text(&plain, i + 1 == clean.len ||
			    clean.data[i + 1] == ' ' ? "№" : "№ ");
	}
	order_text_clean(out, text_of(&plain), ORDER_NAME_MOST, false);
	buf_free(&clean);
	buf_free(&plain);
}

static bool
is_delivery(struct str name)
{
	struct buf plain = BUF_INIT(LIMIT_RECORD_BYTES);
	bool is;

	party_word_plain(&plain, name);
	is = strcmp(buf_text(&plain), "доставка") == 0 ||
	    strcmp(buf_text(&plain), "доставказаказа") == 0;
	buf_free(&plain);
	return is;
}

static void
add_stranger(struct rows *rows, struct str name)
{
	(void)buf_printf(&rows->strangers, "%s%.*s",
	    rows->strangers.len > 0 ? ", " : "",
	    name.len == 0 ? 1 : (int)name.len, name.len == 0 ? "?" : name.p);
}

/* ---- what 1C holds ---------------------------------------------------- */

static void
read_known(struct rows *rows)
{
	struct buf name = BUF_INIT(LIMIT_RECORD_BYTES);
	struct order_line line;
	size_t at = 0, size = 0;

	while (order_line_next(rows->work->known, &at, &line)) {
		if (line.id.len == 0 || rows->known_count >=
		    LIMIT_ORDER_LINES)
			continue;
		if (rows->known_count == size) {
			size = size == 0 ? 16 : size * 2;
			rows->known = mem_resize(rows->known, size,
			    sizeof(*rows->known));
		}
		write_name(&name, line.name);
		rows->known[rows->known_count++] = (struct known_line){
			.line = line, .name = mem_text(buf_text(&name))
		};
	}
	buf_free(&name);
}

/*
 * Two lines may have one name (two characteristics of one product), so the
 * one of this quantity and sum is taken first, then one that no row has
 * taken, then any.
 */
static struct known_line *
find_known(struct rows *rows, const struct order_line *line)
{
	struct known_line *best = NULL;
	int best_rank = 0;

	for (size_t i = 0; i < rows->known_count; i++) {
		struct known_line *known = &rows->known[i];
		bool same = decimal_cmp(known->line.quantity,
		    line->quantity) == 0 && decimal_cmp(known->line.sum,
		    line->sum) == 0;
		int rank = known->used ? 1 : same ? 3 : 2;

		if (rank > best_rank && str_is(line->name, known->name)) {
			best = known;
			best_rank = rank;
		}
	}
	return best;
}

/* ---- goods ------------------------------------------------------------ */

static bool
is_stated_service(const struct fields *stated)
{
	struct str value;
	enum field field;
	size_t at = 0;

	while (fields_next(stated, &at, &field, &value))
		if (field == FIELD_REQUISITE &&
		    str_same_name(field_part(value, 0), str_of(TYPE)))
			return str_same_name(field_part(value, 1),
			    str_of(SERVICE));
	return false;
}

static void
take_stated(struct rows *rows, struct order_line *line)
{
	const struct fields *stated = &rows->stated;
	struct str unit = fields_get(stated, FIELD_UNIT);
	struct str unit_name = fields_get(stated, FIELD_UNIT_NAME);
	struct buf name = BUF_INIT(LIMIT_RECORD_BYTES);

	order_text_clean(&name, fields_get(stated, FIELD_NAME),
	    ORDER_NAME_MOST, false);
	if (name.len > 0) {
		buf_clear(&rows->name);
		(void)buf_add(&rows->name, name.data, name.len);
	}
	buf_free(&name);
	order_text_clean(&rows->article, fields_get(stated, FIELD_ARTICLE),
	    ORDER_NAME_MOST, false);
	/* A code of the one with the name of the other would be a lie. */
	if (unit.len > 0 || unit_name.len > 0) {
		order_text_clean(&rows->unit, unit, ORDER_NAME_MOST, false);
		order_text_clean(&rows->unit_name, unit_name,
		    ORDER_NAME_MOST, false);
	}
	line->service = is_stated_service(stated);
}

static void
take_known(struct rows *rows, struct order_line *line,
    struct known_line *known)
{
	known->used = true;
	(void)buf_add(&rows->id, known->line.id.p, known->line.id.len);
	(void)buf_add(&rows->article, known->line.article.p,
	    known->line.article.len);
	line->service = known->line.service;
}

static void
take_unknown(struct rows *rows, struct order_line *line)
{
	enum config_unknown_lines rule =
	    rows->work->config->orders.unknown_lines;

	/* Neither an id nor a name: 1C could only make rubbish of it. */
	if (rule == UNKNOWN_HOLD || line->name.len == 0)
		add_stranger(rows, line->name);
	line->service = rule == UNKNOWN_SERVICE;
}

static int
find_goods(struct rows *rows, struct order_line *line,
    const struct deal_row *row, struct err *err)
{
	const struct order_lookup *lookup = rows->work->lookup;
	bool delivery = row->product <= 0 && is_delivery(line->name);
	struct known_line *known;
	int rc = 1;

	if (row->product > 0)
		rc = lookup->product(lookup->ctx, row->product, &rows->id,
		    &rows->stated, err);
	if (rc == -1)
		return -1;
	if (rc == 0 && rows->id.len > 0) {
		take_stated(rows, line);
		return 0;
	}
	buf_clear(&rows->id);
	known = find_known(rows, line);
	if (known != NULL)
		take_known(rows, line, known);
	else if (delivery)
		(void)buf_add_text(&rows->id, ORDER_LINE_DELIVERY);
	else
		take_unknown(rows, line);
	line->service = line->service || delivery;
	return 0;
}

/* ---- VAT -------------------------------------------------------------- */

/* What this 1C would make of a rate that it does not know
 * (onec-exchange.md 2.5). */
static const char *const rate_becomes[] = {
	[PROFILE_UNF] = TOLD("1C would make the line one without VAT"),
	[PROFILE_UT11] = TOLD("1C would take the order's rate or none"),
	[PROFILE_UT103] = TOLD("1C would take the order's rate"),
	[PROFILE_BITRIX] = TOLD("1C may take another or none"),
};

static bool
is_known_rate(const struct config_list *known, struct decimal rate)
{
	struct decimal other;

	for (size_t i = 0; i < known->count; i++)
		if (decimal_parse(&other, str_of(known->items[i])) == 0 &&
		    decimal_cmp(other, rate) == 0)
			return true;
	return false;
}

static void
write_rate(struct rows *rows, const struct deal_row *row)
{
	const struct config_orders *orders = &rows->work->config->orders;
	char rate[DECIMAL_TEXT_BYTES];

	buf_clear(&rows->vat);
	rows->untaxed = rows->untaxed || !row->taxed;
	if (!row->taxed)
		return;
	(void)decimal_format(rate, row->tax_rate);
	(void)buf_add_text(&rows->vat, rate);
	rows->zero = rows->zero || order_goods_is_zero(text_of(&rows->vat));
	if (is_known_rate(&orders->vat_known, row->tax_rate))
		return;
	order_build_hold(rows->work, "vat-unknown", N_("\"%s\" has VAT of "
	    "%s %%, which is not in orders.vat_known: %s; correct the row, "
	    "or add the rate where this 1C has it"), row->name == NULL ?
	    "?" : row->name, rate, rate_becomes[orders->profile]);
}

/* Rows that 1C was given like this.  Of a deal that is won their rates do not
 * tell: what 1C made of these it has made. */
static bool
is_as_given(const struct rows *rows)
{
	const struct order_work *work = rows->work;
	struct buf lines = BUF_INIT(LIMIT_RECORD_BYTES);
	struct order_line line;
	size_t at = 0;
	bool is;

	while (order_line_next(text_of(&rows->text), &at, &line)) {
		if (work->deal->phase == DEAL_WON)
			line.vat = str_of(ORDER_LINE_ANY);
		order_line_add(&lines, &line);
	}
	is = order_line_near_all(text_of(&lines), fields_get(work->given,
	    FIELD_LINES));
	buf_free(&lines);
	return is;
}

/* УТ 11 has one word for both, and takes it from the order as a whole
 * (order_goods.c).  A cancelled order may say what it likes, and of one that 1C
 * has like this it is to hear the rest. */
static void
hold_zero(struct rows *rows)
{
	if (rows->zero && rows->untaxed &&
	    rows->work->config->orders.profile == PROFILE_UT11 &&
	    rows->work->deal->phase != DEAL_LOST && !is_as_given(rows))
		order_build_hold(rows->work, "vat-zero", N_("the deal has rows "
		    "with VAT of 0 %% and rows without VAT, and 1C would make "
		    "them the same: give all of them the one or the other, or "
		    "divide the deal"));
}

/* ---- one row ---------------------------------------------------------- */

static void
start_row(struct rows *rows, const struct deal_row *row)
{
	buf_clear(&rows->id);
	buf_clear(&rows->article);
	buf_clear(&rows->unit);
	fields_clear(&rows->stated);
	write_name(&rows->name, str_of(row->name));
	/* OKEI codes have three digits: "006". */
	if (row->measure_code > 0)
		(void)buf_printf(&rows->unit, "%03" PRId64,
		    row->measure_code);
	order_text_clean(&rows->unit_name, str_of(row->measure_name),
	    ORDER_NAME_MOST, false);
}

static void
compute(struct rows *rows, struct order_line *line,
    const struct deal_row *row)
{
	const char *name = row->name == NULL ? "?" : row->name;

	line->quantity = row->quantity;
	line->price = row->price;
	line->product = row->product > 0 ? row->product : 0;
	if (row->quantity.digits <= 0)
		order_build_hold(rows->work, "quantity-not-positive",
		    N_("the quantity of \"%s\" is not more than 0: 1C leaves "
		    "such a line out; correct or remove the row"), name);
	if (order_line_multiply(&line->sum, row->price, row->quantity, 2) == -1)
		order_build_hold(rows->work, "sum-differs",
		    N_("the sum of \"%s\" is too large a number"), name);
}

static int
take_row(struct rows *rows, const struct deal_row *row, struct err *err)
{
	struct order_line line = { .product = 0 };

	start_row(rows, row);
	compute(rows, &line, row);
	line.name = text_of(&rows->name);
	if (find_goods(rows, &line, row, err) == -1)
		return -1;
	write_rate(rows, row);
	line.id = text_of(&rows->id);
	line.name = text_of(&rows->name);
	line.article = text_of(&rows->article);
	line.unit = text_of(&rows->unit);
	line.unit_name = text_of(&rows->unit_name);
	line.vat = text_of(&rows->vat);
	order_line_add(&rows->text, &line);
	return rows->text.full ? order_text_full(err) : 0;
}

/* ---- all of them ------------------------------------------------------ */

static void
rows_init(struct rows *rows, struct order_work *work)
{
	*rows = (struct rows){ .work = work };
	buf_init(&rows->text, LIMIT_RECORD_BYTES);
	buf_init(&rows->strangers, LIMIT_RECORD_BYTES);
	buf_init(&rows->id, LIMIT_KEY_BYTES);
	buf_init(&rows->name, LIMIT_RECORD_BYTES);
	buf_init(&rows->article, LIMIT_RECORD_BYTES);
	buf_init(&rows->unit, LIMIT_RECORD_BYTES);
	buf_init(&rows->unit_name, LIMIT_RECORD_BYTES);
	buf_init(&rows->vat, LIMIT_KEY_BYTES);
	fields_init(&rows->stated);
}

static void
rows_free(struct rows *rows)
{
	for (size_t i = 0; i < rows->known_count; i++)
		free(rows->known[i].name);
	free(rows->known);
	buf_free(&rows->text);
	buf_free(&rows->strangers);
	buf_free(&rows->id);
	buf_free(&rows->name);
	buf_free(&rows->article);
	buf_free(&rows->unit);
	buf_free(&rows->unit_name);
	buf_free(&rows->vat);
	fields_free(&rows->stated);
}

static int
fill_sum(struct order_work *work, struct decimal sum, struct err *err)
{
	char text[DECIMAL_TEXT_BYTES];

	(void)decimal_format(text, sum);
	return fields_set(work->out, FIELD_SUM, str_of(text)) == 0 ? 0 :
	    order_text_full(err);
}

static int
fill_lines(struct rows *rows, struct decimal sum, struct err *err)
{
	const struct deal *deal = rows->work->deal;

	read_known(rows);
	for (size_t i = 0; i < deal->row_count; i++)
		if (take_row(rows, &deal->rows[i], err) == -1)
			return -1;
	if (rows->strangers.len > 0)
		order_build_hold(rows->work, "unknown-product", N_("1C does "
		    "not have these goods: %s; choose goods of 1C's "
		    "catalogue, or set orders.unknown_lines"),
		    buf_text(&rows->strangers));
	order_sum_fit(rows->work, &rows->text, sum);
	hold_zero(rows);
	return fields_set(rows->work->out, FIELD_LINES,
	    text_of(&rows->text)) == 0 ? 0 : order_text_full(err);
}

/*
 * A sum without rows is a price for something that 1C would not see.  Where
 * nothing is to be sold there is nothing to miss; lines that 1C has are flow's
 * matter ("rows-gone"), and so is a cancellation, which says nothing of goods;
 * of an order that 1C was given without them it is to hear how it ends.
 */
static void
hold_empty(struct order_work *work, struct decimal sum)
{
	const struct fields *given = work->given;
	char text[DECIMAL_TEXT_BYTES];

	(void)decimal_format(text, sum);
	if (sum.digits == 0 || work->known.len > 0)
		return;
	if (given->count > 0 && !fields_has(given, FIELD_LINES) &&
	    (work->deal->phase == DEAL_WON || str_is(fields_get(given,
	    FIELD_SUM), text)))
		return;
	order_build_hold(work, "no-rows", N_("the deal has the sum %s and no "
	    "rows: 1C would get an order without goods; put in what is sold, "
	    "or set the sum to 0"), text);
}

int
order_rows_fill(struct order_work *work, struct err *err)
{
	const struct deal *deal = work->deal;
	struct decimal sum = deal->sum;
	struct rows rows;
	int rc;

	/* A file of 1C has kopecks. */
	(void)order_line_multiply(&sum, deal->sum, (struct decimal){ 1, 0 }, 2);
	if (fill_sum(work, sum, err) == -1)
		return -1;
	if (deal->row_count > LIMIT_ORDER_LINES)
		order_build_hold(work, "too-many-lines", N_("the deal has "
		    "%zu rows, an order has %d at most: divide it"),
		    deal->row_count, LIMIT_ORDER_LINES);
	if (deal->row_count == 0)
		hold_empty(work, sum);
	if (deal->row_count == 0 || deal->row_count > LIMIT_ORDER_LINES)
		return 0;
	rows_init(&rows, work);
	rc = fill_lines(&rows, sum, err);
	rows_free(&rows);
	return rc;
}
