#include "model/vat.h"

#include <string.h>

bool
vat_is_without(struct str text)
{
	static const char *const names[] = { "без ндс", "без налога",
	    "не облагается" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (str_same_name(text, str_of(names[i])))
			return true;
	}
	return false;
}

bool
vat_rate(struct decimal *out, struct str text)
{
	static const char word[] = "ндс";
	struct str rest = str_trim(text);

	if (rest.len > 0 && rest.p[rest.len - 1] == '%')
		rest.len--;
	rest = str_trim(rest);
	if (rest.len > strlen(word) && str_same_name(str_n(rest.p,
	    strlen(word)), str_of(word)))
		rest = str_trim(str_n(rest.p + strlen(word), rest.len -
		    strlen(word)));
	return decimal_parse(out, rest) == 0;
}
