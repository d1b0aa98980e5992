#include "model/order_line.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/field.h"

#define PARTS 11

/* A product of two numbers of 18 digits needs more than 64 bits. */
__extension__ typedef __int128 wide;

/* ---- numbers ---- */

static int
power_of_ten(wide *value, unsigned digits)
{
	while (digits-- > 0) {
		if (*value > ((wide)1 << 120) / 10 ||
		    *value < -((wide)1 << 120) / 10)
			return -1;
		*value *= 10;
	}
	return 0;
}

static wide
divide_half_away(wide a, wide b)
{
	bool negative = (a < 0) != (b < 0);

	if (a < 0)
		a = -a;
	if (b < 0)
		b = -b;
	a = (a + b / 2) / b;
	return negative ? -a : a;
}

/* Equal numbers are equal structs: trailing zeros go. */
static int
take_wide(struct decimal *out, wide digits, unsigned scale)
{
	while (scale > 0 && digits % 10 == 0) {
		digits /= 10;
		scale--;
	}
	if (digits > INT64_C(999999999999999999) ||
	    digits < -INT64_C(999999999999999999))
		return -1;
	*out = (struct decimal){ (int64_t)digits, scale };
	return 0;
}

int
order_line_multiply(struct decimal *out, struct decimal a, struct decimal b,
    unsigned scale)
{
	wide digits = (wide)a.digits * b.digits, unit = 1;
	unsigned have = a.scale + b.scale;

	if (have > scale) {
		if (power_of_ten(&unit, have - scale) == -1)
			return -1;
		digits = divide_half_away(digits, unit);
	} else if (power_of_ten(&digits, scale - have) == -1) {
		return -1;
	}
	return take_wide(out, digits, scale);
}

int
order_line_divide(struct decimal *out, struct decimal a, struct decimal b,
    unsigned scale)
{
	wide upper = a.digits, lower = b.digits;

	if (b.digits == 0 || power_of_ten(&upper, scale + b.scale) == -1 ||
	    power_of_ten(&lower, a.scale) == -1)
		return -1;
	return take_wide(out, divide_half_away(upper, lower), scale);
}

/* ---- text ---- */

static void
add_part(struct buf *text, struct str part)
{
	for (size_t i = 0; i < part.len; i++) {
		char c = part.p[i];

		(void)buf_add_char(text, c == '\n' || c == '\r' ||
		    c == FIELD_PART ? ' ' : c);
	}
}

static void
add_next(struct buf *text, struct str part)
{
	(void)buf_add_char(text, FIELD_PART);
	add_part(text, part);
}

static void
add_number(struct buf *text, struct decimal value)
{
	char number[DECIMAL_TEXT_BYTES];

	(void)decimal_format(number, value);
	add_next(text, str_of(number));
}

void
order_line_add(struct buf *text, const struct order_line *line)
{
	if (text->len > 0)
		(void)buf_add_char(text, '\n');
	add_part(text, line->id);
	add_next(text, line->name);
	add_number(text, line->quantity);
	add_number(text, line->price);
	add_number(text, line->sum);
	add_next(text, line->vat);
	add_next(text, line->unit);
	add_next(text, line->unit_name);
	add_next(text, line->article);
	add_next(text, str_of(line->service ? "service" : ""));
	(void)buf_printf(text, "%c%" PRId64, FIELD_PART, line->product);
}

static bool
read_line(struct str text, struct order_line *line)
{
	struct str part[PARTS];

	for (unsigned i = 0; i < PARTS; i++)
		part[i] = field_part(text, i);
	memset(line, 0, sizeof(*line));
	line->id = part[0];
	line->name = part[1];
	line->vat = part[5];
	line->unit = part[6];
	line->unit_name = part[7];
	line->article = part[8];
	line->service = part[9].len > 0;
	return decimal_parse(&line->quantity, part[2]) == 0 &&
	    decimal_parse(&line->price, part[3]) == 0 &&
	    decimal_parse(&line->sum, part[4]) == 0 &&
	    str_to_int64(&line->product, part[10]) == 0;
}

bool
order_line_next(struct str text, size_t *at, struct order_line *line)
{
	const char *end;
	struct str one;

	if (*at >= text.len)
		return false;
	one = str_n(text.p + *at, text.len - *at);
	end = memchr(one.p, '\n', one.len);
	if (end != NULL)
		one.len = (size_t)(end - one.p);
	*at += one.len + 1;
	return read_line(one, line);
}

int
order_line_sum_all(struct decimal *out, struct str text)
{
	struct order_line line;
	size_t at = 0;

	*out = (struct decimal){ 0, 0 };
	while (order_line_next(text, &at, &line))
		if (decimal_add(out, *out, line.sum) == -1)
			return -1;
	return 0;
}

/* ---- comparing ---- */

static int
compare_lines(const struct order_line *a, const struct order_line *b)
{
	int order = str_cmp(a->id, b->id);

	if (order == 0 && a->id.len == 0)
		order = str_cmp(a->name, b->name);
	if (order == 0)
		order = decimal_cmp(a->quantity, b->quantity);
	return order != 0 ? order : decimal_cmp(a->sum, b->sum);
}

static bool
same_vat(const struct order_line *a, const struct order_line *b)
{
	return str_eq(a->vat, b->vat) || str_is(a->vat, ORDER_LINE_ANY) ||
	    str_is(b->vat, ORDER_LINE_ANY);
}

static int
compare_entries(const void *a, const void *b)
{
	const struct order_line *left = a, *right = b;
	int order = compare_lines(left, right);

	return order != 0 ? order : str_cmp(left->vat, right->vat);
}

static struct order_line *
sorted_lines(struct str text, size_t *count)
{
	struct order_line *lines = NULL, line;
	size_t at = 0, size = 0;

	*count = 0;
	while (order_line_next(text, &at, &line)) {
		if (*count == size) {
			size = size == 0 ? 16 : size * 2;
			lines = mem_resize(lines, size, sizeof(*lines));
		}
		lines[(*count)++] = line;
	}
	if (*count > 1)
		qsort(lines, *count, sizeof(*lines), compare_entries);
	return lines;
}

static bool
is_same(const struct order_line *a, const struct order_line *b)
{
	return compare_lines(a, b) == 0 && same_vat(a, b);
}

static bool
is_near(const struct order_line *a, const struct order_line *b)
{
	const struct decimal half = { 5, 3 };
	struct order_line alike = *a;
	struct decimal off, most, sum = b->sum;

	alike.sum = b->sum;
	sum.digits = -sum.digits;
	if (!is_same(&alike, b) || decimal_add(&off, a->sum, sum) == -1 ||
	    order_line_multiply(&most, a->quantity, half,
	    DECIMAL_SCALE_MAX) == -1)
		return false;
	off.digits = off.digits < 0 ? -off.digits : off.digits;
	return decimal_cmp(off, most) <= 0;
}

static bool
compare_all(struct str a, struct str b,
    bool (*alike)(const struct order_line *a, const struct order_line *b))
{
	size_t a_count, b_count;
	struct order_line *as = sorted_lines(a, &a_count);
	struct order_line *bs = sorted_lines(b, &b_count);
	bool same = a_count == b_count;

	for (size_t i = 0; same && i < a_count; i++)
		same = alike(&as[i], &bs[i]);
	free(as);
	free(bs);
	return same;
}

bool
order_line_same_all(struct str a, struct str b)
{
	return compare_all(a, b, is_same);
}

bool
order_line_near_all(struct str a, struct str b)
{
	return compare_all(a, b, is_near);
}

/* ---- as 1C calls them ---- */

static bool
is_called_by_name(struct str id)
{
	return id.len == 0 || str_is(id, ORDER_LINE_DELIVERY);
}

/* Of several of one name the one of this quantity and sum, else the first. */
static struct str
id_of_name(const struct order_line *line, struct str said)
{
	struct order_line other;
	struct str id = line->id;
	bool found = false;
	size_t at = 0;

	while (order_line_next(said, &at, &other)) {
		if (!str_same_name(line->name, other.name))
			continue;
		if (decimal_cmp(line->quantity, other.quantity) == 0 &&
		    decimal_cmp(line->sum, other.sum) == 0)
			return other.id;
		if (!found)
			id = other.id;
		found = true;
	}
	return id;
}

void
order_line_call(struct buf *out, struct str lines, struct str said)
{
	struct order_line line;
	size_t at = 0;

	while (order_line_next(lines, &at, &line)) {
		if (is_called_by_name(line.id))
			line.id = id_of_name(&line, said);
		order_line_add(out, &line);
	}
}
