#include "base/decimal.h"

#include <inttypes.h>
#include <stdio.h>

/* 18 digits: the sum of two still fits 64 bits. */
#define DIGITS_MAX INT64_C(999999999999999999)

static const int64_t powers[DECIMAL_SCALE_MAX + 1] = {
	1, 10, 100, 1000, 10000, 100000, 1000000
};

/* Drops trailing zeros behind the point. */
static struct decimal
canonical(struct decimal value)
{
	while (value.scale > 0 && value.digits % 10 == 0) {
		value.digits /= 10;
		value.scale--;
	}
	return value;
}

/* value * times + add, 0 or -1 past 18 digits; all are positive. */
static int
append(int64_t *value, int64_t times, int64_t add)
{
	if (*value > (DIGITS_MAX - add) / times)
		return -1;
	*value = *value * times + add;
	return 0;
}

static int
digit_of(struct str text)
{
	if (text.len == 0 || text.p[0] < '0' || text.p[0] > '9')
		return -1;
	return text.p[0] - '0';
}

static void
skip(struct str *text, size_t len)
{
	text->p += len;
	text->len -= len;
}

/* The digits before the point, blanks between them dropped.  Returns how many
 * there were, -1 when they are too many. */
static int
read_whole(int64_t *value, struct str *text)
{
	int count = 0;
	int digit;

	for (;; count = 1) {
		if (count > 0)
			*text = str_trim(*text);
		digit = digit_of(*text);
		if (digit < 0)
			return count;
		if (append(value, 10, digit) != 0)
			return -1;
		skip(text, 1);
	}
}

/*
 * The digits behind the point; zeros are appended only when another digit
 * follows, so that trailing ones cost no digits.
 */
static int
read_fraction(struct decimal *value, struct str *text)
{
	unsigned place, zeros = 0;
	bool up = false;
	int count = 0;
	int digit;

	for (place = 0; (digit = digit_of(*text)) >= 0; skip(text, 1)) {
		count = 1;
		if (place == DECIMAL_SCALE_MAX)
			up = digit >= 5;
		if (place <= DECIMAL_SCALE_MAX)
			place++;
		if (place > DECIMAL_SCALE_MAX)
			continue;
		if (digit == 0) {
			zeros++;
			continue;
		}
		if (append(&value->digits, powers[zeros] * 10, digit) != 0)
			return -1;
		value->scale += zeros + 1;
		zeros = 0;
	}
	if (up) {
		int64_t times = powers[DECIMAL_SCALE_MAX - value->scale];

		if (append(&value->digits, times, 1) != 0)
			return -1;
		value->scale = DECIMAL_SCALE_MAX;
	}
	return count;
}

int
decimal_parse(struct decimal *out, struct str text)
{
	struct decimal value = { 0, 0 };
	bool negative = false;
	int whole, fraction = 0;

	text = str_trim(text);
	if (text.len > 0 && (text.p[0] == '-' || text.p[0] == '+')) {
		negative = text.p[0] == '-';
		skip(&text, 1);
		text = str_trim(text);
	}
	whole = read_whole(&value.digits, &text);
	if (whole < 0)
		return -1;
	if (text.len > 0 && (text.p[0] == '.' || text.p[0] == ',')) {
		skip(&text, 1);
		fraction = read_fraction(&value, &text);
		if (fraction < 0)
			return -1;
	}
	if (text.len > 0 || whole + fraction == 0)
		return -1;
	if (negative)
		value.digits = -value.digits;
	*out = canonical(value);
	return 0;
}

size_t
decimal_format(char out[DECIMAL_TEXT_BYTES], struct decimal value)
{
	int64_t whole, fraction;
	const char *sign;
	int len;

	value = canonical(value);
	sign = value.digits < 0 ? "-" : "";
	whole = value.digits / powers[value.scale];
	fraction = value.digits % powers[value.scale];
	if (whole < 0)
		whole = -whole;
	if (fraction < 0)
		fraction = -fraction;
	if (value.scale == 0)
		len = snprintf(out, DECIMAL_TEXT_BYTES, "%s%" PRId64, sign,
		    whole);
	else
		len = snprintf(out, DECIMAL_TEXT_BYTES,
		    "%s%" PRId64 ".%0*" PRId64, sign, whole,
		    (int)value.scale, fraction);
	return (size_t)len;
}

int
decimal_normalise(char out[DECIMAL_TEXT_BYTES], struct str text)
{
	struct decimal value;

	if (decimal_parse(&value, text) != 0)
		return -1;
	decimal_format(out, value);
	return 0;
}

/* The part behind the point in millionths, with the number's sign. */
static int64_t
millionths(struct decimal value)
{
	return value.digits % powers[value.scale] *
	    powers[DECIMAL_SCALE_MAX - value.scale];
}

int
decimal_cmp(struct decimal a, struct decimal b)
{
	int64_t wa = a.digits / powers[a.scale];
	int64_t wb = b.digits / powers[b.scale];

	if (wa == wb) {
		wa = millionths(a);
		wb = millionths(b);
	}
	return (wa > wb) - (wa < wb);
}

int
decimal_add(struct decimal *out, struct decimal a, struct decimal b)
{
	const int64_t one = powers[DECIMAL_SCALE_MAX];
	int64_t whole = a.digits / powers[a.scale] + b.digits / powers[b.scale];
	int64_t fraction = millionths(a) + millionths(b);
	struct decimal part;
	bool negative;

	whole += fraction / one;
	fraction %= one;
	if (whole > 0 && fraction < 0) {
		whole--;
		fraction += one;
	} else if (whole < 0 && fraction > 0) {
		whole++;
		fraction -= one;
	}
	negative = whole < 0 || fraction < 0;
	if (negative) {
		whole = -whole;
		fraction = -fraction;
	}
	part = canonical((struct decimal){ fraction, DECIMAL_SCALE_MAX });
	if (append(&whole, powers[part.scale], part.digits) != 0)
		return -1;
	out->digits = negative ? -whole : whole;
	out->scale = part.scale;
	return 0;
}

static uint64_t
size_of(int64_t value)
{
	return value < 0 ? (uint64_t)-value : (uint64_t)value;
}

int
decimal_times(struct decimal *out, struct decimal a, int64_t times)
{
	uint64_t most = (uint64_t)DIGITS_MAX;

	if (times != 0 && size_of(a.digits) > most / size_of(times))
		return -1;
	*out = canonical((struct decimal){ a.digits * times, a.scale });
	return 0;
}

int
decimal_divide(struct decimal *out, struct decimal a, struct decimal b,
    unsigned scale)
{
	uint64_t divisor = size_of(b.digits), rest;
	int64_t digits, half;
	bool up;

	if (divisor == 0 || scale > DECIMAL_SCALE_MAX)
		return -1;
	digits = (int64_t)(size_of(a.digits) / divisor);
	rest = size_of(a.digits) % divisor;
	/* One more digit for each that the result has more than a has; a rest
	 * is below 10^18, so ten times it still fits. */
	for (; a.scale < b.scale + scale; a.scale++) {
		rest *= 10;
		if (append(&digits, 10, (int64_t)(rest / divisor)) != 0)
			return -1;
		rest %= divisor;
	}
	up = rest >= divisor - rest;
	if (a.scale > b.scale + scale) {
		/* More digits than are asked for; the rest is less than one
		 * of the last of them. */
		half = powers[a.scale - b.scale - scale] / 2;
		up = digits % (2 * half) >= half;
		digits /= 2 * half;
	}
	if (up && append(&digits, 1, 1) != 0)
		return -1;
	if ((a.digits < 0) != (b.digits < 0))
		digits = -digits;
	*out = canonical((struct decimal){ digits, scale });
	return 0;
}

bool
decimal_is_negative(struct decimal value)
{
	return value.digits < 0;
}
