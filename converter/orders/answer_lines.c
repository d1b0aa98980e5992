/*
 * The lines of an order as 1C states them.  All or nothing: one that cannot
 * be read would make half an order of it in the portal.  УТ also sends lines
 * that were cancelled and has no mark for them (onec-exchange.md 3.2).
 */
#include "orders/answer_internal.h"

#include <stdio.h>
#include <string.h>

#define PRICE_DIGITS 6
#define MONEY_DIGITS 2

static const struct decimal zero;

/* 0; 1: not there; -1: not a number. */
static int
take_number(struct decimal *out, const struct flat_node *node,
    const char *path)
{
	struct str text = answer_rows_text(node, path);

	*out = zero;
	if (text.len == 0)
		return 1;
	return decimal_parse(out, text);
}

static struct str
first_text(const struct flat_node *node, const char *const *paths,
    size_t count)
{
	struct str text = STR_NONE;

	for (size_t i = 0; i < count && text.len == 0; i++)
		text = answer_rows_text(node, paths[i]);
	return text;
}

/* In packages the unit is the package, whose code is not said. */
static void
take_unit(struct order_line *out, const struct flat_node *node)
{
	static const char *const codes[] = { "БазоваяЕдиница/@Код",
	    "Единица/Код" };
	static const char *const names[] = { "БазоваяЕдиница",
	    "Единица/НаименованиеКраткое", "Единица",
	    "БазоваяЕдиница/@НаименованиеПолное" };

	out->unit = first_text(node, codes, sizeof(codes) / sizeof(codes[0]));
	out->unit_name = first_text(node, names,
	    sizeof(names) / sizeof(names[0]));
}

/* ---- VAT ---- */

static bool
is_without(struct str text)
{
	static const char *const words[] = { "безндс", "безналога",
	    "безналога(ндс)", "необлагается", "нет" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (answer_value_is(text, words[i]))
			return true;
	return false;
}

/* "20", "20%", "НДС 20%", "20/120": 0 and the number; 1: without; -1. */
static int
read_rate(char out[DECIMAL_TEXT_BYTES], struct str text)
{
	static const char *const words[] = { "НДС", "ндс" };
	const char *slash;
	struct decimal rate;

	out[0] = '\0';
	if (text.len == 0 || is_without(text))
		return 1;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t len = strlen(words[i]);

		if (text.len > len && memcmp(text.p, words[i], len) == 0)
			text = str_trim(str_n(text.p + len, text.len - len));
	}
	slash = memchr(text.p, '/', text.len);
	if (slash != NULL)
		text.len = (size_t)(slash - text.p);
	text = str_trim(text);
	if (text.len > 0 && text.p[text.len - 1] == '%')
		text = str_trim(str_n(text.p, text.len - 1));
	if (decimal_parse(&rate, text) != 0 || decimal_is_negative(rate) ||
	    decimal_cmp(rate, (struct decimal){ 100, 0 }) >= 0)
		return -1;
	(void)decimal_format(out, rate);
	return 0;
}

static bool
is_vat(const struct flat_node *tax)
{
	struct str name = answer_rows_text(tax, "Наименование");

	return name.len == 0 || answer_value_is(name, "ндс");
}

static bool
find_tax(const struct flat_node *node, const char *path,
    struct flat_node *out)
{
	size_t at = 0;

	while (flat_next(node, path, &at, out))
		if (is_vat(out))
			return true;
	return false;
}

/*
 * The tax of the line stands before the rate of the goods: a seller without
 * VAT sells goods that have a rate (a sample of 2.07).  Where nothing is said
 * of either (УНФ 1.x), the rate is whatever the deal has.
 */
static bool
take_vat(char out[DECIMAL_TEXT_BYTES], struct decimal *sum,
    const struct flat_node *node)
{
	struct flat_node tax, goods;
	bool has_tax = find_tax(node, "Налоги/Налог", &tax);
	bool has_goods = find_tax(node, "СтавкиНалогов/СтавкаНалога", &goods);
	struct decimal more;
	struct str text = STR_NONE;
	int rc;

	if (has_tax)
		text = answer_rows_text(&tax, "Ставка");
	if (text.len == 0 && has_goods)
		text = answer_rows_text(&goods, "Ставка");
	if (text.len == 0) {
		(void)snprintf(out, DECIMAL_TEXT_BYTES, "%s", ORDER_LINE_ANY);
		return true;
	}
	rc = read_rate(out, text);
	if (rc == -1)
		return false;
	if (rc == 1 || !has_tax || answer_value_flag(answer_rows_text(&tax,
	    "УчтеноВСумме")) != 0)
		return true;
	/* On top.  By the rate: the sum beside it is of one unit with some
	 * writers (commerceml.md 10.1). */
	if (decimal_parse(&more, str_of(out)) != 0 ||
	    order_line_multiply(&more, more, (struct decimal){ 1, 2 },
	    DECIMAL_SCALE_MAX) != 0 ||
	    order_line_multiply(&more, *sum, more, MONEY_DIGITS) != 0)
		return false;
	return decimal_add(sum, *sum, more) == 0;
}

/* ---- the line ---- */

static bool
take_discounts(struct decimal *sum, const struct flat_node *node)
{
	struct flat_node discount;
	struct decimal less;
	size_t at = 0;
	int rc;

	while (flat_next(node, "Скидки/Скидка", &at, &discount)) {
		if (answer_value_flag(answer_rows_text(&discount,
		    "УчтеноВСумме")) == 1)
			continue;
		rc = take_number(&less, &discount, "Сумма");
		less.digits = -less.digits;
		if (rc == -1 || decimal_add(sum, *sum, less) != 0)
			return false;
	}
	return true;
}

static bool
take_sums(struct order_line *out, const struct flat_node *node)
{
	struct decimal price;
	int rc;

	if (take_number(&out->quantity, node, "Количество") != 0 ||
	    decimal_is_negative(out->quantity))
		return false;
	rc = take_number(&out->sum, node, "Сумма");
	if (rc != 1)
		return rc == 0;
	rc = take_number(&price, node, "ЦенаЗаЕдиницу");
	if (rc == 1)
		rc = take_number(&price, node, "Цена");
	return rc == 0 && order_line_multiply(&out->sum, price, out->quantity,
	    MONEY_DIGITS) == 0;
}

/* Packages are counted in pieces: the portal's rows and what goes back to 1C
 * are of the base unit. */
static bool
take_packages(struct decimal *quantity, const struct flat_node *node)
{
	struct decimal factor;
	int rc = take_number(&factor, node, "Коэффициент");

	if (rc != 0)
		return rc == 1;
	if (factor.digits <= 0)
		return factor.digits == 0;      /* not filled in */
	return order_line_multiply(quantity, *quantity, factor,
	    DECIMAL_SCALE_MAX) == 0;
}

static bool
is_service(const struct flat_node *node, struct str id)
{
	return str_is(id, ORDER_LINE_DELIVERY) || answer_value_is(
	    answer_rows_requisite(node, "типноменклатуры"), "услуга");
}

static bool
read_line(struct buf *lines, const struct flat_node *node)
{
	struct order_line line = { .id = answer_rows_text(node, "Ид"),
	    .name = answer_rows_text(node, "Наименование"),
	    .article = answer_rows_text(node, "Артикул") };
	char vat[DECIMAL_TEXT_BYTES];

	if (!take_sums(&line, node) ||
	    !take_packages(&line.quantity, node) ||
	    !take_discounts(&line.sum, node) ||
	    !take_vat(vat, &line.sum, node) ||
	    decimal_is_negative(line.sum) ||
	    (line.id.len == 0 && line.name.len == 0))
		return false;
	/* Nothing of it, for nothing. */
	if (line.quantity.digits == 0)
		return line.sum.digits == 0;
	line.vat = str_of(vat);
	line.service = is_service(node, line.id);
	take_unit(&line, node);
	if (order_line_divide(&line.price, line.sum, line.quantity,
	    PRICE_DIGITS) != 0)
		return false;
	order_line_add(lines, &line);
	return true;
}

bool
answer_lines_are(const struct flat_node *order)
{
	struct flat_node line;
	size_t at = 0;

	return flat_next(order, "Товары/Товар", &at, &line);
}

bool
answer_lines_read(struct buf *lines, const struct flat_node *order)
{
	struct flat_node line;
	size_t at = 0;

	buf_clear(lines);
	for (unsigned count = 0; flat_next(order, "Товары/Товар", &at,
	    &line); count++) {
		if (count == LIMIT_ORDER_LINES ||
		    !read_line(lines, &line) || lines->full) {
			buf_clear(lines);
			return false;
		}
	}
	return lines->len > 0;
}
