/* Dates, flags and words as the families of 1C write them. */
#include "orders/answer_internal.h"

#include <stdio.h>
#include <string.h>

#include "model/party.h"

struct str
answer_value_plain(struct str text)
{
	static const char empty_date[] = "0001-01-01";

	text = str_trim(text);
	if (str_is(text, "<>") ||
	    (text.len >= sizeof(empty_date) - 1 &&
	    memcmp(text.p, empty_date, sizeof(empty_date) - 1) == 0))
		return STR_NONE;
	return text;
}

/* So many digits at *at, up to `most`: -1 when there are none. */
static int
take_digits(struct str text, size_t *at, unsigned most)
{
	int value = 0;
	unsigned count = 0;

	while (*at < text.len && count < most && text.p[*at] >= '0' &&
	    text.p[*at] <= '9') {
		value = value * 10 + (text.p[(*at)++] - '0');
		count++;
	}
	return count == 0 ? -1 : value;
}

static bool
take_char(struct str text, size_t *at, char wanted)
{
	if (*at >= text.len || text.p[*at] != wanted)
		return false;
	(*at)++;
	return true;
}

/* Hours of one digit are 1C's; a fraction or zone behind them says nothing
 * more. */
static bool
take_time(int time[3], struct str text, size_t at)
{
	while (take_char(text, &at, ' '))
		continue;
	time[0] = take_digits(text, &at, 2);
	if (time[0] < 0 || !take_char(text, &at, ':'))
		return false;
	time[1] = take_digits(text, &at, 2);
	time[2] = take_char(text, &at, ':') ? take_digits(text, &at, 2) : 0;
	return time[0] < 24 && time[1] >= 0 && time[1] < 60 &&
	    time[2] >= 0 && time[2] < 60;
}

void
answer_value_date(char out[24], struct str text)
{
	int year, month, day, time[3];
	size_t at = 0;

	out[0] = '\0';
	text = answer_value_plain(text);
	year = take_digits(text, &at, 4);
	if (at != 4 || year < 1900 || !take_char(text, &at, '-'))
		return;
	month = take_digits(text, &at, 2);
	if (!take_char(text, &at, '-'))
		return;
	day = take_digits(text, &at, 2);
	if (month < 1 || month > 12 || day < 1 || day > 31)
		return;
	if (at < text.len && !take_char(text, &at, 'T') && text.p[at] != ' ')
		return;
	if (take_time(time, text, at))
		(void)snprintf(out, 24, "%04d-%02d-%02dT%02d:%02d:%02d",
		    year % 10000, month % 100, day % 100, time[0] % 100,
		    time[1] % 100, time[2] % 100);
	else
		(void)snprintf(out, 24, "%04d-%02d-%02d", year % 10000,
		    month % 100, day % 100);
}

int
answer_value_compare_dates(const char *a, const char *b)
{
	size_t len = strlen(a) < strlen(b) ? strlen(a) : strlen(b);

	return strncmp(a, b, len);
}

bool
answer_value_is(struct str text, const char *plain)
{
	struct buf word = BUF_INIT(LIMIT_NAME_BYTES);
	bool is;

	if (text.len > LIMIT_NAME_BYTES)
		return false;
	party_word_plain(&word, text);
	is = strcmp(buf_text(&word), plain) == 0;
	buf_free(&word);
	return is;
}

int
answer_value_flag(struct str text)
{
	static const struct {
		const char *word;
		int flag;
	} flags[] = {
		{ "true", 1 }, { "1", 1 }, { "да", 1 }, { "истина", 1 },
		{ "false", 0 }, { "0", 0 }, { "нет", 0 }, { "ложь", 0 }
	};

	for (size_t i = 0; text.len > 0 &&
	    i < sizeof(flags) / sizeof(flags[0]); i++)
		if (answer_value_is(text, flags[i].word))
			return flags[i].flag;
	return -1;
}

/* One base may call the rouble so in the order and otherwise in a payment. */
static bool
is_rouble(struct str text)
{
	static const char *const names[] = { "руб", "руб.", "р.", "rub", "rur",
	    "643", "810" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (answer_value_is(text, names[i]))
			return true;
	return false;
}

bool
answer_value_same_currency(struct str a, struct str b)
{
	return a.len == 0 || b.len == 0 || str_same_name(a, b) ||
	    (is_rouble(a) && is_rouble(b));
}
