/* Scalars as live systems write them (commerceml.md 4). */
#include "commerceml/cml_internal.h"

#include <string.h>

#include "base/decimal.h"

/* U+0410 to U+042F are D0 90 to D0 AF; the small ones D0 B0 to D0 BF and
 * D1 80 to D1 8F; Ё is D0 81, ё is D1 91. */
void
cml_value_lower(char *text, size_t len)
{
	unsigned char c, d;

	for (size_t i = 0; i < len; i++) {
		c = (unsigned char)text[i];
		if (c >= 'A' && c <= 'Z') {
			text[i] = (char)(c + ('a' - 'A'));
			continue;
		}
		if (c != 0xd0 || i + 1 >= len)
			continue;
		d = (unsigned char)text[i + 1];
		if (d >= 0x90 && d <= 0x9f) {
			text[i + 1] = (char)(d + 0x20);
		} else if (d >= 0xa0 && d <= 0xaf) {
			text[i] = (char)0xd1;
			text[i + 1] = (char)(d - 0x20);
		} else if (d == 0x81) {
			text[i] = (char)0xd1;
			text[i + 1] = (char)0x91;
		}
		i++;
	}
}

int
cml_value_flag(struct str text)
{
	static const char *const words[2][4] = {
		{ "false", "0", "нет", NULL },
		{ "true", "1", "да", NULL }
	};

	for (int value = 0; value < 2; value++) {
		for (size_t i = 0; words[value][i] != NULL; i++) {
			if (str_is(text, words[value][i]) ||
			    str_same_name(text, str_of(words[value][i])))
				return value;
		}
	}
	return -1;
}

bool
cml_value_digits(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
	}
	return text.len > 0;
}

bool
cml_value_iso_currency(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.p[i] < 'A' || text.p[i] > 'Z')
			return false;
	}
	return text.len == 3;
}

bool
cml_value_canonical(struct str text)
{
	size_t point = 0, i = 0;

	if (text.len > 0 && text.p[0] == '-')
		i = 1;
	/* 17 characters hold no more digits than a decimal; no "-0", no
	 * "007", but "0" and "0.5". */
	if (text.len - i == 0 || text.len - i > 17 ||
	    (text.p[i] == '0' && (i == 1 ||
	    (text.len > 1 && text.p[1] != '.'))))
		return false;
	for (size_t n = i; n < text.len; n++) {
		if (text.p[n] == '.' && point == 0 && n > i)
			point = n;
		else if (text.p[n] < '0' || text.p[n] > '9')
			return false;
	}
	return point == 0 || (text.p[text.len - 1] > '0' &&
	    text.len - 1 - point <= DECIMAL_SCALE_MAX);
}
