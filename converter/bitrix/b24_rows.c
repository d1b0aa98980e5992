/*
 * Product rows of deals.  One method replaces all of them, so what 1C does
 * not own is said again: a row's id (payments hang on it), its name, its
 * unit, and the discount of a row that 1C left as it was.
 *
 * crm-item-productrow-set.md: price is final, with discount and tax; a row
 * without taxRate is one without VAT (0 is a rate), and an empty text is no
 * word for it, so it is left out, and with it the id of a row that had one.
 * Where isManualOpportunity is Y the deal's amount does not follow its rows.
 */
#include "bitrix/b24_deal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/told.h"
#include "model/order_line.h"

/* Commands of a batch go through PHP's parse_str(), which by its setting
 * max_input_vars (1000 where nobody raised it) forgets what is beyond; a call
 * of its own is JSON.  A row has a dozen values. */
#define BATCH_ROWS 40

/* The parts beside a line that was read before an update. */
enum beside { BESIDE_ID, BESIDE_MEASURE, BESIDE_DISCOUNT_TYPE,
    BESIDE_DISCOUNT_RATE, BESIDE_DISCOUNT_SUM, BESIDE_COUNT };

static const char *const beside_names[BESIDE_COUNT] = { "id", "measureCode",
    "discountTypeId", "discountRate", "discountSum" };

/* How far the portal's number may be from ours and still be ours: it keeps
 * kopecks of a price, and four digits of a quantity. */
static const struct decimal price_off = { 5, 3 }, quantity_off = { 5, 5 };
static const struct decimal nothing_off = { 0, 0 };

struct line {
	struct order_line line;
	struct str beside;      /* of a held one */
	struct line *mate;      /* the one on the other side */
	bool exact;             /* with the same numbers */
};
struct lines {
	struct line *rows;
	size_t count;
	bool broken;            /* not all of the text is lines */
};

/* ---- lines ---- */

static void
lines_read(struct lines *out, struct str text)
{
	struct order_line line;
	size_t at = 0, size = 0;

	memset(out, 0, sizeof(*out));
	if (str_is(text, FIELD_CLEAR))
		return;
	while (at < text.len) {
		if (!order_line_next(text, &at, &line)) {
			out->broken = true;
			return;
		}
		if (out->count == size) {
			size = size == 0 ? 16 : size * 2;
			out->rows = mem_resize(out->rows, size,
			    sizeof(*out->rows));
		}
		out->rows[out->count++] = (struct line){ .line = line };
	}
}

static void
lines_free(struct lines *lines)
{
	free(lines->rows);
}

static void
lines_read_held(struct lines *out, const struct fields *held)
{
	enum field field;
	struct str value;
	size_t at = 0, i = 0;

	lines_read(out, fields_get(held, FIELD_LINES));
	while (fields_next(held, &at, &field, &value))
		if (field == FIELD_FLAT && i < out->count)
			out->rows[i++].beside = value;
}

static bool
near(struct decimal a, struct decimal b, struct decimal off)
{
	struct decimal far;

	b.digits = -b.digits;
	if (decimal_add(&far, a, b) == -1)
		return false;
	if (far.digits < 0)
		far.digits = -far.digits;
	return decimal_cmp(far, off) <= 0;
}

/* Of a line whose goods 1C and the portal do not share only the name is
 * known; the row may be of a product of the portal alone. */
static bool
same_goods(const struct order_line *ours, const struct order_line *row,
    bool exact)
{
	if (ours->product > 0 && (exact || row->product > 0))
		return ours->product == row->product;
	return str_same_name(ours->name, row->name);
}

static bool
same_vat(struct str a, struct str b)
{
	struct decimal one, other;

	if (str_is(a, ORDER_LINE_ANY) || str_is(b, ORDER_LINE_ANY))
		return true;
	if (decimal_parse(&one, a) == -1 || decimal_parse(&other, b) == -1)
		return str_eq(a, b);
	return decimal_cmp(one, other) == 0;
}

static bool
same_numbers(const struct order_line *a, const struct order_line *b,
    bool tolerant)
{
	return near(a->quantity, b->quantity, tolerant ? quantity_off :
	    nothing_off) && near(a->price, b->price, tolerant ? price_off :
	    nothing_off) && same_vat(a->vat, b->vat);
}

static bool
find_mate(struct line *row, const struct lines *others, bool exact,
    bool tolerant)
{
	for (size_t i = 0; i < others->count; i++) {
		struct line *other = &others->rows[i];

		if (other->mate != NULL ||
		    !same_goods(&row->line, &other->line, exact) || (exact &&
		    !same_numbers(&row->line, &other->line, tolerant)))
			continue;
		row->mate = other;
		row->exact = exact;
		other->mate = row;
		return true;
	}
	return false;
}

/* Pairs the lines of the same goods, those of the same numbers first.  True:
 * the sets are the same. */
static bool
pair(const struct lines *ours, const struct lines *rows, bool tolerant)
{
	bool same = ours->count == rows->count;

	for (size_t i = 0; i < ours->count; i++)
		same &= find_mate(&ours->rows[i], rows, true, tolerant);
	for (size_t i = 0; i < ours->count; i++)
		if (ours->rows[i].mate == NULL)
			(void)find_mate(&ours->rows[i], rows, false,
			    tolerant);
	return same;
}

/* Are the portal's rows ours, as it keeps them? */
static bool
are_ours(struct str our_text, struct str shown)
{
	struct lines ours, rows;
	bool same;

	lines_read(&ours, our_text);
	lines_read(&rows, shown);
	same = pair(&ours, &rows, true);
	lines_free(&ours);
	lines_free(&rows);
	return same;
}

/* ---- the command ---- */

static void
say(struct b24_command *out, size_t index, const char *name,
    struct str value)
{
	char key[64];

	(void)snprintf(key, sizeof(key), "productRows[%zu][%s]", index, name);
	b24_query_add(&out->query, key, value);
	if (b24_query_is_reference(value))
		out->lone = true;
}

static void
say_int(struct b24_command *out, size_t index, const char *name,
    int64_t value)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRId64, value);
	say(out, index, name, str_of(text));
}

static void
say_decimal(struct b24_command *out, size_t index, const char *name,
    struct decimal value)
{
	char text[DECIMAL_TEXT_BYTES];

	(void)decimal_format(text, value);
	say(out, index, name, str_of(text));
}

static void
say_goods(struct b24_command *out, size_t index, const struct line *row)
{
	const struct order_line *held = row->mate != NULL ?
	    &row->mate->line : NULL;
	int64_t product = row->line.product;

	if (product <= 0 && held != NULL)
		product = held->product;
	if (product > 0)
		say_int(out, index, "productId", product);
	/* A name that people gave; else the portal takes the product's. */
	if (held != NULL && held->name.len > 0)
		say(out, index, "productName", held->name);
	else if (product <= 0)
		say(out, index, "productName", row->line.name);
}

static int64_t
measure_code(const struct b24 *b24, struct str unit)
{
	int64_t id = b24_value_measure(b24, unit);

	for (size_t i = 0; id != 0 && i < b24->facts.measure_count; i++)
		if (b24->facts.measures[i].id == id)
			return b24->facts.measures[i].code;
	return 0;
}

static void
say_measure(const struct b24 *b24, struct b24_command *out, size_t index,
    const struct line *row)
{
	int64_t code = measure_code(b24, row->line.unit);
	struct str held = row->mate != NULL ? field_part(row->mate->beside,
	    BESIDE_MEASURE) : STR_NONE;

	if (held.len > 0 && (row->exact || code == 0))
		say(out, index, "measureCode", held);
	else if (code != 0)
		say_int(out, index, "measureCode", code);
}

static bool
is_zero(struct str number)
{
	struct decimal value;

	return decimal_parse(&value, number) == -1 || value.digits == 0;
}

/* A row that 1C left alone keeps its discount; in one that it changed the
 * price is 1C's, and an old discount would say another one. */
static void
say_discount(struct b24_command *out, size_t index, const struct line *row)
{
	struct str beside = row->mate->beside;

	if (is_zero(field_part(beside, BESIDE_DISCOUNT_RATE)) &&
	    is_zero(field_part(beside, BESIDE_DISCOUNT_SUM)))
		return;
	for (unsigned i = BESIDE_DISCOUNT_TYPE; i <= BESIDE_DISCOUNT_SUM; i++)
		say(out, index, beside_names[i], row->exact ||
		    i == BESIDE_DISCOUNT_TYPE ? field_part(beside, i) :
		    str_of("0"));
}

static void
say_row(const struct b24 *b24, struct b24_command *out, size_t index,
    const struct line *row, struct str usual)
{
	const struct line *mate = row->mate;
	struct str vat = row->line.vat;
	bool taxed;

	/* 1C says nothing of it: the row keeps its own, a new one has what
	 * the others have. */
	if (str_is(vat, ORDER_LINE_ANY))
		vat = mate != NULL ? mate->line.vat : usual;
	taxed = vat.len > 0;
	if (mate != NULL && field_part(mate->beside, BESIDE_ID).len > 0 &&
	    (taxed || mate->line.vat.len == 0))
		say(out, index, "id", field_part(mate->beside, BESIDE_ID));
	say_goods(out, index, row);
	say_decimal(out, index, "price", row->line.price);
	say_decimal(out, index, "quantity", row->line.quantity);
	if (taxed) {
		say(out, index, "taxRate", vat);
		say(out, index, "taxIncluded", str_of("Y"));
	}
	say_measure(b24, out, index, row);
	if (mate != NULL)
		say_discount(out, index, row);
	say_int(out, index, "sort", (int64_t)(index + 1) * 10);
}

/* The rate that all rows of the portal have which stay; none where they
 * differ. */
static struct str
usual_vat(const struct lines *wanted)
{
	struct str usual = STR_NONE;
	bool found = false;

	for (size_t i = 0; i < wanted->count; i++) {
		const struct line *mate = wanted->rows[i].mate;

		if (mate == NULL)
			continue;
		if (found && !same_vat(usual, mate->line.vat))
			return STR_NONE;
		usual = mate->line.vat;
		found = true;
	}
	return usual;
}

static void
say_rows(const struct b24 *b24, const struct op *op,
    const struct lines *wanted, struct b24_command *out)
{
	struct str usual = usual_vat(wanted);

	b24_batch_command_init(out, B24_ROW_SET);
	b24_query_text(&out->query, "ownerType", "D");
	b24_query_int(&out->query, "ownerId", op->portal_id);
	for (size_t i = 0; i < wanted->count; i++)
		say_row(b24, out, i, &wanted->rows[i], usual);
	if (wanted->count > BATCH_ROWS)
		out->lone = true;
}

/* Did people change the rows since both sides agreed?  What a write of ours
 * has left whose answer was lost is not theirs. */
static bool
are_changed(const struct op *op, const struct fields *held)
{
	struct str shown = fields_get(held, FIELD_LINES);

	return shown.len > 0 &&
	    !are_ours(fields_get(&op->before, FIELD_LINES), shown) &&
	    !are_ours(fields_get(&op->fields, FIELD_LINES), shown);
}

/* Both sides changed them: the owner's stay, and the history says so. */
static bool
is_kept(struct op *op, const struct fields *held)
{
	if (!are_changed(op, held))
		return false;
	if (!fields_has(&op->yields, FIELD_LINES)) {
		/* Where nothing was agreed yet there is no second side. */
		if (fields_has(&op->before, FIELD_LINES))
			(void)snprintf(op->note, sizeof(op->note), "%s",
			    TOLD("conflict: lines of 1C replace those of "
			    "the portal"));
		return false;
	}
	(void)fields_set(&op->kept, FIELD_LINES, fields_get(held,
	    FIELD_LINES));
	return true;
}

bool
b24_rows_write(const struct b24 *b24, struct op *op,
    const struct fields *held, struct b24_command *out)
{
	struct lines wanted, shown;
	bool said = false;

	op->outcome = OUTCOME_DONE;
	if (!fields_has(&op->fields, FIELD_LINES))
		return false;
	lines_read(&wanted, fields_get(&op->fields, FIELD_LINES));
	lines_read_held(&shown, held);
	if (wanted.count == 0 || wanted.broken) {
		/* "None" cannot be said to the portal in a batch, and an
		 * order without lines is more likely half a document. */
		(void)b24_error_refuse(op, "no-lines", TOLD("1C says that the "
		    "order has no lines: the deal's rows stay as they are"));
	} else if (!pair(&wanted, &shown, false) && !is_kept(op, held)) {
		say_rows(b24, op, &wanted, out);
		said = true;
	}
	lines_free(&wanted);
	lines_free(&shown);
	return said;
}

/* ---- what the portal shows ---- */

static struct decimal
number_of(const cJSON *row, const char *name)
{
	struct decimal value;
	char space[32];

	if (decimal_parse(&value, json_str(json_get(row, name), space)) == -1)
		return (struct decimal){ 0, 0 };
	return value;
}

static void
add_line(struct buf *text, const cJSON *row)
{
	struct order_line line = { .product = json_int_of(row, "productId"),
	    .price = number_of(row, "price"),
	    .quantity = number_of(row, "quantity") };
	char name[32], vat[32], unit[32], unit_name[32];
	int64_t code = json_int_of(row, "measureCode");

	if (order_line_multiply(&line.sum, line.price, line.quantity, 2) == -1)
		line.sum = (struct decimal){ 0, 0 };
	line.name = json_str(json_get(row, "productName"), name);
	/* null: without VAT */
	line.vat = json_str(json_get(row, "taxRate"), vat);
	line.unit_name = json_str(json_get(row, "measureName"), unit_name);
	(void)snprintf(unit, sizeof(unit), "%03" PRId64, code);
	line.unit = code > 0 ? str_of(unit) : STR_NONE;
	order_line_add(text, &line);
}

static void
add_beside(struct fields *out, const cJSON *row)
{
	struct buf text = BUF_INIT(LIMIT_DEAL_VALUE);
	char space[32];

	for (unsigned i = 0; i < BESIDE_COUNT; i++) {
		struct str value = json_str(json_get(row, beside_names[i]),
		    space);

		if (i > 0)
			(void)buf_add_char(&text, FIELD_PART);
		if (value.len > 0)
			(void)buf_add(&text, value.p, value.len);
	}
	(void)fields_add(out, FIELD_FLAT, str_n(buf_text(&text), text.len));
	buf_free(&text);
}

static struct found *
the_found(struct op *op)
{
	if (op->found_count == 0) {
		op->found = mem_alloc(sizeof(*op->found));
		op->found_count = 1;
		op->found[0].portal_id = op->portal_id;
		fields_init(&op->found[0].fields);
	}
	return &op->found[0];
}

bool
b24_rows_found(struct op *op, const cJSON *rows)
{
	struct fields *fields = &the_found(op)->fields;
	struct str before = fields_get(fields, FIELD_LINES);
	struct buf text = BUF_INIT(LIMIT_RECORD_BYTES);
	bool ours = true;
	const cJSON *row;

	if (before.len > 0)
		(void)buf_add(&text, before.p, before.len);
	cJSON_ArrayForEach(row, rows) {
		if (json_int_of(row, "ownerId") != op->portal_id) {
			ours = false;
			break;
		}
		add_line(&text, row);
		if (op->kind == OP_UPDATE)
			add_beside(fields, row);
	}
	if (text.len > 0)
		(void)fields_set(fields, FIELD_LINES, str_n(buf_text(&text),
		    text.len));
	buf_free(&text);
	return ours;
}

void
b24_rows_taken(struct op *op, const cJSON *result)
{
	const cJSON *rows = json_get(result, "productRows"), *row;
	struct str wanted = fields_get(&op->fields, FIELD_LINES);
	struct buf text = BUF_INIT(LIMIT_RECORD_BYTES);

	if (!cJSON_IsArray(rows) && !cJSON_IsObject(rows)) {
		op->outcome = OUTCOME_UNKNOWN;
		return;
	}
	cJSON_ArrayForEach(row, rows)
		add_line(&text, row);
	if (!are_ours(wanted, str_n(buf_text(&text), text.len)))
		(void)fields_set(&op->dropped, FIELD_LINES, wanted);
	buf_free(&text);
}

void
b24_rows_list(int64_t deal, struct b24_command *out)
{
	/* Exactly these two keys are wanted (bitrix24.md 6). */
	b24_batch_command_init(out, B24_ROW_LIST);
	b24_query_text(&out->query, "filter[=ownerType]", "D");
	b24_query_int(&out->query, "filter[=ownerId]", deal);
	b24_query_text(&out->query, "order[id]", "ASC");
}
