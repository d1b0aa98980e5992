/*
 * Money and quantities: a whole number and how many of its digits stand
 * behind the point.  No double ever holds one.
 */
#ifndef BASE_DECIMAL_H
#define BASE_DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct decimal {
	int64_t digits;         /* 231.74 is 23174 with scale 2 */
	unsigned scale;         /* 0 to 6 */
};

#define DECIMAL_SCALE_MAX 6
#define DECIMAL_TEXT_BYTES 32

/*
 * Reads "9900", "231.7400", "-3", "1 760,50", also with NBSP between the
 * digits (commerceml.md 4).  Trailing zeros behind the point are dropped, so
 * equal numbers are equal structs.  More digits behind the point than 6 are
 * rounded half away from zero.
 * 0; -1: not a number, or too large for 18 digits.
 */
int decimal_parse(struct decimal *out, struct str text);

/* Canonical text: "231.74", "-3", "0".  Returns its length. */
size_t decimal_format(char out[DECIMAL_TEXT_BYTES], struct decimal value);

/* The canonical text of a number text: 0, or -1 as decimal_parse(). */
int decimal_normalise(char out[DECIMAL_TEXT_BYTES], struct str text);

int decimal_cmp(struct decimal a, struct decimal b);
/* 0; -1 when the sum does not fit. */
int decimal_add(struct decimal *out, struct decimal a, struct decimal b);
/* a times a whole number: 0; -1 when it does not fit. */
int decimal_times(struct decimal *out, struct decimal a, int64_t times);
/*
 * a / b with so many digits behind the point (DECIMAL_SCALE_MAX at most), the
 * last one rounded half away from zero.  0; -1 when b is zero or the result
 * does not fit.
 */
int decimal_divide(struct decimal *out, struct decimal a, struct decimal b,
    unsigned scale);
bool decimal_is_negative(struct decimal value);

#endif
