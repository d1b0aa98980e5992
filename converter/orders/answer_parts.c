/*
 * The documents of one order sorted by what they are.  Bitrix's module sends
 * payments and shipments as documents beside the order, УНФ 3.0 inside it
 * (onec-exchange.md 3.4).
 */
#include "orders/answer_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum answer_kind
answer_parts_kind(struct str operation)
{
	static const struct {
		const char *name;
		enum answer_kind kind;
	} kinds[] = {
		{ "заказтовара", ANSWER_ORDER },
		{ "выплатаналичныхденег", ANSWER_PAYMENT },
		{ "выплатабезналичныхденег", ANSWER_PAYMENT },
		{ "эквайринговаяоперация", ANSWER_PAYMENT },
		{ "возвратналичныхденег", ANSWER_PAYMENT },
		{ "возвратбезналичныхденег", ANSWER_PAYMENT },
		{ "отпусктовара", ANSWER_SHIPMENT }
	};

	/* Documents that tell a status alone may leave it out. */
	if (operation.len == 0)
		return ANSWER_ORDER;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (answer_value_is(operation, kinds[i].name))
			return kinds[i].kind;
	return ANSWER_OTHER;
}

static void
add_part(struct answer_parts *out, size_t *size,
    const struct answer_part *part)
{
	if (out->count == *size) {
		*size = *size == 0 ? 8 : *size * 2;
		out->parts = mem_resize(out->parts, *size,
		    sizeof(*out->parts));
	}
	out->parts[out->count++] = *part;
}

/* How much a document says of the order itself. */
static int
fullness(const struct answer_part *part)
{
	struct flat_node line;
	size_t at = 0;
	int full = flat_next(&part->node, "Товары/Товар", &at,
	    &line) ? 2 : 0;

	return full + (strchr(part->id, '#') == NULL ? 1 : 0);
}

static bool
is_deleted(const struct answer_part *part)
{
	return answer_rows_flag(&part->node, "пометкаудаления",
	    "ПометкаУдаления") == 1;
}

/* Under one of both names; NULL: not under that one. */
static struct str
said_in(const struct flat_node *node, const char *requisite,
    const char *element)
{
	struct str said = STR_NONE;

	if (requisite != NULL)
		said = answer_rows_requisite(node, requisite);
	return said.len == 0 && element != NULL ?
	    answer_rows_text(node, element) : said;
}

/* 1C counts on: of one minute the higher number is the younger one. */
static int
order_of_numbers(const struct answer_part *a, const struct answer_part *b)
{
	struct str left = answer_rows_requisite(&a->node, "номерпо1с");
	struct str right = answer_rows_requisite(&b->node, "номерпо1с");

	return str_cmp(left, right);
}

/*
 * Which of two documents of one number is the order?  The fuller one; of two
 * full ones (1C made the order anew) the one that is not deleted, then the
 * younger one.
 */
static bool
is_before(const struct answer_part *a, const struct answer_part *b)
{
	int left = fullness(a), right = fullness(b);
	char at[24], than[24];

	if (left / 2 != right / 2)
		return left > right;
	if (left >= 2 && is_deleted(a) != is_deleted(b))
		return is_deleted(b);
	answer_value_date(at, said_in(&a->node, "датапо1с", "Дата1С"));
	answer_value_date(than, said_in(&b->node, "датапо1с", "Дата1С"));
	if (left >= 2 && strcmp(at, than) != 0)
		return strcmp(at, than) > 0;
	if (left >= 2 && order_of_numbers(a, b) != 0)
		return order_of_numbers(a, b) > 0;
	return left > right;
}

static void
collect_orders(struct answer_parts *out, size_t *size,
    const struct fields *documents, const char *const *ids, size_t count)
{
	struct answer_part part, first;
	size_t at = 0;

	for (size_t i = 0; i < count; i++) {
		part.kind = answer_parts_kind(str_trim(fields_get(
		    &documents[i], FIELD_TYPE)));
		if (part.kind != ANSWER_ORDER)
			continue;
		part.id = ids[i];
		flat_root(&part.node, &documents[i]);
		/* Of two alike the later one. */
		if (out->count > 0 && !is_before(&out->parts[at], &part))
			at = out->count;
		add_part(out, size, &part);
	}
	out->orders = out->count;
	if (at > 0) {
		first = out->parts[at];
		out->parts[at] = out->parts[0];
		out->parts[0] = first;
	}
}

static void
collect_inside(struct answer_parts *out, size_t *size)
{
	struct answer_part part = { .id = NULL };
	struct flat_node order;
	size_t at = 0;

	if (out->orders == 0)
		return;
	order = out->parts[0].node;
	while (flat_next(&order,
	    "ПодчиненныеДокументы/ПодчиненныйДокумент", &at, &part.node)) {
		struct str operation = answer_rows_text(&part.node,
		    "ХозОперация");

		part.kind = operation.len == 0 ? ANSWER_OTHER :
		    answer_parts_kind(operation);
		if (part.kind != ANSWER_ORDER)
			add_part(out, size, &part);
	}
}

void
answer_parts_collect(struct answer_parts *out,
    const struct fields *documents, const char *const *ids, size_t count)
{
	struct answer_part part;
	size_t size = 0;

	memset(out, 0, sizeof(*out));
	collect_orders(out, &size, documents, ids, count);
	collect_inside(out, &size);
	for (size_t i = 0; i < count; i++) {
		part.kind = answer_parts_kind(str_trim(fields_get(
		    &documents[i], FIELD_TYPE)));
		if (part.kind == ANSWER_ORDER)
			continue;
		part.id = ids[i];
		flat_root(&part.node, &documents[i]);
		add_part(out, &size, &part);
	}
}

struct str
answer_parts_said(const struct answer_parts *parts, const char *requisite,
    const char *element)
{
	struct str said = STR_NONE;

	for (size_t i = 0; i < parts->orders && said.len == 0; i++)
		said = said_in(&parts->parts[i].node, requisite, element);
	return said;
}

int
answer_parts_flag(const struct answer_parts *parts, const char *requisite,
    const char *element)
{
	return answer_value_flag(answer_parts_said(parts, requisite,
	    element));
}

struct str
answer_parts_number(const struct flat_node *node, const char *requisite)
{
	struct str number = answer_rows_requisite(node, requisite);

	return str_is(number, "T") ? STR_NONE : number;
}

bool
answer_parts_void(const struct answer_part *part)
{
	const struct flat_node *node = &part->node;

	return answer_rows_flag(node, "пометкаудаления",
	    "ПометкаУдаления") == 1 ||
	    answer_rows_flag(node, "отменен", NULL) == 1 ||
	    answer_rows_flag(node, "проведен", NULL) == 0;
}

/* ---- two orders of one number ---- */

/* Without an Ид it is the order of its number, whatever that is: some are
 * written now with it, now without (onec-exchange.md 3.4). */
static bool
is_in_force(const struct answer_part *part)
{
	return fullness(part) >= 2 && !answer_parts_void(part) &&
	    str_trim(answer_rows_text(&part->node, "Ид")).len > 0;
}

/* 1, 0; -1: one of them does not say it. */
static int
differ_in(const struct answer_part *a, const struct answer_part *b,
    const char *element)
{
	struct str left = str_trim(answer_rows_text(&a->node, element));
	struct str right = str_trim(answer_rows_text(&b->node, element));

	if (left.len == 0 || right.len == 0)
		return -1;
	return str_eq(left, right) ? 0 : 1;
}

/* What tells customers apart, the surest first. */
static bool
have_two_clients(const struct answer_part *a, const struct answer_part *b)
{
	static const char *const told[] = {
		"Контрагенты/Контрагент/Ид", "Контрагенты/Контрагент/ИНН",
		"Контрагенты/Контрагент/Наименование"
	};
	int differs = 0;

	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
		int differ = differ_in(a, b, told[i]);

		/* One thing that is the same is enough. */
		if (differ == 0)
			return false;
		differs += differ == 1;
	}
	return differs > 0;
}

bool
answer_parts_two_clients(const struct fields *a, const struct fields *b)
{
	struct answer_part left = { .id = "" }, right = { .id = "" };

	flat_root(&left.node, a);
	flat_root(&right.node, b);
	return have_two_clients(&left, &right);
}

bool
answer_parts_rival(const struct answer_parts *parts)
{
	const struct answer_part *first = parts->parts;

	for (size_t i = 1; i < parts->orders; i++)
		if (is_in_force(first) && is_in_force(&parts->parts[i]) &&
		    have_two_clients(first, &parts->parts[i]))
			return true;
	return false;
}
