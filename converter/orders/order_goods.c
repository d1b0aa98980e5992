/*
 * Товары of a document and the VAT in them.  УТ 11 keeps the rate, unit and
 * factor of the line before where a line does not say its own
 * (commerceml.md 10.1), so every line says all of them.
 */
#include "orders/orders_internal.h"

#include <string.h>

/* Bitrix and 1C both know this word for a line without tax. */
#define NO_VAT "Без НДС"

static void
write_money(struct order_xml *xml, const char *name, struct decimal value)
{
	char text[ORDER_MONEY_BYTES];

	order_text_money(text, value);
	order_xml_text(xml, name, str_of(text));
}

/* The tax within a sum: sum × rate / (100 + rate). */
static struct decimal
tax_of(struct decimal sum, struct decimal rate)
{
	struct decimal tax = { 0, 0 }, divisor;

	if (order_line_multiply(&tax, sum, rate, DECIMAL_SCALE_MAX) == -1 ||
	    decimal_add(&divisor, rate, (struct decimal){ 100, 0 }) == -1 ||
	    order_line_divide(&tax, tax, divisor, 2) == -1)
		tax = (struct decimal){ 0, 0 };
	return tax;
}

static struct decimal
line_tax(const struct order_line *line)
{
	struct decimal rate;

	if (line->vat.len == 0 || decimal_parse(&rate, line->vat) == -1)
		return (struct decimal){ 0, 0 };
	return tax_of(line->sum, rate);
}

/* rate: empty: not said. */
static void
write_taxes(struct order_xml *xml, struct decimal tax, struct str rate)
{
	order_xml_open(xml, "Налоги");
	order_xml_open(xml, "Налог");
	order_xml_text(xml, "Наименование", str_of("НДС"));
	order_xml_text(xml, "УчтеноВСумме", str_of("true"));
	write_money(xml, "Сумма", tax);
	order_xml_text(xml, "Ставка", rate);
	order_xml_close(xml, "Налог");
	order_xml_close(xml, "Налоги");
}

bool
order_goods_is_zero(struct str rate)
{
	struct decimal value;

	return rate.len > 0 && decimal_parse(&value, rate) == 0 &&
	    value.digits == 0;
}

/*
 * The order's rate is what 1C takes for a line whose rate it does not know, so
 * it is said only where it is true of every line.  УТ 11 counts a line's 0 as
 * "not known" too, as it does "Без НДС": it takes the order's rate, and none
 * where the order has none.  So there the order says 0 for its lines of 0; the
 * others have a rate of their own (order_rows.c sees to that).
 */
void
order_goods_write_tax(struct order_xml *xml, struct str lines)
{
	struct decimal total = { 0, 0 };
	struct str rate = STR_NONE, zero = STR_NONE;
	struct order_line line;
	bool taxed = false, same = true;
	size_t at = 0, count = 0;

	while (order_line_next(lines, &at, &line)) {
		if (count++ == 0)
			rate = line.vat;
		same = same && str_eq(rate, line.vat);
		taxed = taxed || line.vat.len > 0;
		if (order_goods_is_zero(line.vat))
			zero = line.vat;
		(void)decimal_add(&total, total, line_tax(&line));
	}
	if (taxed)
		write_taxes(xml, total, same ? rate :
		    xml->profile == PROFILE_UT11 ? zero : STR_NONE);
}

static void
write_requisites(struct order_xml *xml, bool service)
{
	order_xml_open(xml, "ЗначенияРеквизитов");
	order_xml_open(xml, "ЗначениеРеквизита");
	order_xml_text(xml, "Наименование", str_of("ТипНоменклатуры"));
	order_xml_text(xml, "Значение", str_of(service ? "Услуга" : "Товар"));
	order_xml_close(xml, "ЗначениеРеквизита");
	order_xml_close(xml, "ЗначенияРеквизитов");
}

static void
write_rates(struct order_xml *xml, struct str rate)
{
	order_xml_open(xml, "СтавкиНалогов");
	order_xml_open(xml, "СтавкаНалога");
	order_xml_text(xml, "Наименование", str_of("НДС"));
	order_xml_text(xml, "Ставка", rate);
	order_xml_close(xml, "СтавкаНалога");
	order_xml_close(xml, "СтавкиНалогов");
}

#define PIECE_CODE "796"
#define PIECE_NAME "шт"

/* A row without a unit counts pieces; a name alone keeps it, for its code is
 * nobody's guess. */
static void
find_unit(struct str *code, struct str *name, const struct order_line *line)
{
	*code = line->unit;
	*name = line->unit_name;
	if (code->len == 0 && (name->len == 0 || str_is(*name, PIECE_NAME)))
		*code = str_of(PIECE_CODE);
	if (name->len == 0)
		*name = str_is(*code, PIECE_CODE) ? str_of(PIECE_NAME) :
		    *code;
}

static void
write_line(struct order_xml *xml, const struct order_line *line)
{
	struct str rate = line->vat.len > 0 ? line->vat : str_of(NO_VAT);
	char quantity[DECIMAL_TEXT_BYTES];
	struct str code, unit;

	find_unit(&code, &unit, line);
	(void)decimal_format(quantity, line->quantity);
	order_xml_open(xml, "Товар");
	order_xml_text(xml, "Ид", line->id);
	order_xml_text(xml, "Артикул", line->article);
	order_xml_text(xml, "Наименование", line->name);
	order_xml_unit(xml, code, unit);
	write_money(xml, "ЦенаЗаЕдиницу", line->price);
	order_xml_text(xml, "Количество", str_of(quantity));
	write_money(xml, "Сумма", line->sum);
	order_xml_text(xml, "Единица", unit);
	order_xml_text(xml, "Коэффициент", str_of("1"));
	write_requisites(xml, line->service);
	write_rates(xml, rate);
	write_taxes(xml, line_tax(line), rate);
	order_xml_close(xml, "Товар");
}

void
order_goods_write(struct order_xml *xml, struct str lines)
{
	struct order_line line;
	size_t at = 0;

	if (!order_line_next(lines, &at, &line))
		return;
	order_xml_open(xml, "Товары");
	do
		write_line(xml, &line);
	while (order_line_next(lines, &at, &line));
	order_xml_close(xml, "Товары");
}
