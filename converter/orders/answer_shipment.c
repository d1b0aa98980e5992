/* What the documents say of the shipment. */
#include "orders/answer_internal.h"

#include <stdio.h>
#include <string.h>

/* All shipments of an order together. */
struct shipments {
	unsigned count;
	bool none;              /* there were some, and none counts */
	bool all_gone;          /* each says that it has left */
	bool readable;
	unsigned line_count;
	struct buf lines;       /* id FIELD_PART quantity, of those that have
				   left */
	char date[24];          /* the latest */
};

static int
has_left(const struct flat_node *node)
{
	int flag = answer_rows_flag(node, "отгружен", NULL);

	return flag == -1 ? answer_rows_flag(node, "отгружено", NULL) : flag;
}

static void
take_date(char latest[24], const struct flat_node *node)
{
	static const char *const names[] = { "датаотгрузкипо1с",
	    "датадокументаотгрузки", "датаотгрузки" };
	char date[24] = "";

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) &&
	    date[0] == '\0'; i++)
		answer_value_date(date, answer_rows_requisite(node, names[i]));
	if (date[0] == '\0')
		answer_value_date(date, answer_rows_text(node, "Дата1С"));
	if (date[0] == '\0')
		answer_value_date(date, answer_rows_text(node, "Дата"));
	if (strcmp(date, latest) > 0)
		memcpy(latest, date, sizeof(date));
}

static void
take_lines(struct shipments *all, const struct flat_node *node)
{
	struct flat_node line;
	size_t at = 0;

	while (flat_next(node, "Товары/Товар", &at, &line)) {
		struct order_line one = { .id = answer_rows_text(&line,
		    "Ид") };

		if (++all->line_count > LIMIT_ORDER_LINES ||
		    decimal_parse(&one.quantity,
		    answer_rows_text(&line, "Количество")) != 0)
			all->readable = false;
		else
			order_line_add(&all->lines, &one);
	}
}

static void
collect(struct shipments *all, const struct answer_parts *parts)
{
	*all = (struct shipments){ .all_gone = true, .readable = true,
	    .lines = BUF_INIT(LIMIT_RECORD_BYTES) };
	for (size_t i = 0; i < parts->count; i++) {
		const struct answer_part *part = &parts->parts[i];

		if (part->kind != ANSWER_SHIPMENT)
			continue;
		all->none = all->count == 0;
		if (answer_parts_void(part))
			continue;
		all->none = false;
		all->count++;
		if (has_left(&part->node) != 1) {
			all->all_gone = false;
			continue;
		}
		take_date(all->date, &part->node);
		take_lines(all, &part->node);
	}
	if (all->lines.full)
		all->readable = false;
}

static bool
sum_of(struct decimal *out, const struct buf *lines, struct str id)
{
	struct str text = str_n(buf_text(lines), lines->len);
	struct order_line line;
	size_t at = 0;

	*out = (struct decimal){ 0, 0 };
	while (order_line_next(text, &at, &line))
		if (str_eq(line.id, id) &&
		    decimal_add(out, *out, line.quantity) != 0)
			return false;
	return true;
}

/* Has as much left of every thing as was ordered of it? */
static bool
is_covered(const struct buf *ordered, const struct buf *shipped)
{
	struct str text = str_n(buf_text(ordered), ordered->len);
	struct decimal wanted, gone;
	struct order_line line;
	size_t at = 0;

	while (order_line_next(text, &at, &line)) {
		if (line.service)
			continue;
		if (!sum_of(&wanted, ordered, line.id) ||
		    !sum_of(&gone, shipped, line.id) ||
		    decimal_cmp(gone, wanted) < 0)
			return false;
	}
	return true;
}

/* 1, 0; -1: nothing is said. */
static int
is_whole(const struct shipments *all, const struct answer *out)
{
	if (all->count == 0)
		return all->none ? 0 : -1;
	if (!all->all_gone)
		return 0;
	if (!all->readable)
		return -1;
	return all->line_count == 0 || !out->has_lines ||
	    is_covered(&out->lines, &all->lines);
}

bool
answer_shipment_read(struct answer *out, const struct answer_parts *parts,
    bool papers)
{
	int said = answer_parts_flag(parts, "отгружен", NULL);
	struct str number = answer_parts_said(parts, "номеротгрузкипо1с",
	    NULL);
	struct shipments all;
	char date[24];

	answer_value_date(date, answer_parts_said(parts, "датаотгрузкипо1с",
	    NULL));
	papers = papers && (date[0] != '\0' ||
	    (number.len > 0 && !str_is(number, "T")));
	collect(&all, parts);
	if (said == -1)
		said = papers ? 1 : is_whole(&all, out);
	out->unshipped = said == 0;
	if (said == 1) {
		if (date[0] == '\0')
			memcpy(date, all.date, sizeof(date));
		(void)fields_set(&out->deal, FIELD_SHIPPED, str_of("Y"));
		(void)fields_set(&out->deal, FIELD_SHIPMENT_DATE,
		    str_of(date));
	}
	buf_free(&all.lines);
	return said == 1;
}
