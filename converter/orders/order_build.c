/*
 * A deal becomes an order as 1C should hold it.  What 1C would silently take
 * for something else (a rate, a currency, goods of its own making) holds the
 * order instead: a person mends the deal, and nobody mends a wrong invoice.
 */
#include "orders/orders_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/told.h"

void
order_build_hold(struct order_work *work, const char *code,
    const char *message, ...)
{
	va_list args;

	if (work->held)
		return;
	work->held = true;
	(void)snprintf(work->hold->code, sizeof(work->hold->code), "%s",
	    code);
	va_start(args, message);
	told_vset(work->hold->text, sizeof(work->hold->text), message, args);
	va_end(args);
}

void
order_build_note(struct order_work *work, const char *code,
    const char *message, ...)
{
	va_list args;

	if (work->hold->code[0] != '\0')
		return;
	(void)snprintf(work->hold->code, sizeof(work->hold->code), "%s",
	    code);
	va_start(args, message);
	told_vset(work->hold->text, sizeof(work->hold->text), message, args);
	va_end(args);
}

/* A slip of the pen ("0202-11-25") is no date that 1C could book. */
static bool
is_near(int64_t begin)
{
	const int64_t day = INT64_C(24) * 3600 * 1000;

	return begin > -70 * 365 * day && begin < 130 * 365 * day;
}

/* A day is the same one wherever this runs. */
static void
say_date(char out[ORDER_TIME_BYTES], const struct order_work *work)
{
	const struct deal *deal = work->deal;
	char day[CLOCK_TEXT_BYTES];

	if (!work->config->orders.date_begin || deal->begin == 0 ||
	    !is_near(deal->begin)) {
		order_text_time(out, deal->created);
		return;
	}
	(void)snprintf(out, ORDER_TIME_BYTES, "%.19s", clock_format(day,
	    deal->begin));
}

static int
fill_head(struct order_work *work, int64_t number, struct err *err)
{
	const struct deal *deal = work->deal;
	char text[ORDER_TIME_BYTES];

	(void)snprintf(text, sizeof(text), "%" PRId64, number);
	if (fields_set(work->out, FIELD_NUMBER, str_of(text)) == -1)
		return order_text_full(err);
	say_date(text, work);
	if (text[0] == '\0')
		return told_err(err, ERR_ITEM, N_("deal %" PRId64 ": its date "
		    "is none"), deal->id);
	if (fields_set(work->out, FIELD_DATE, str_of(text)) == -1)
		return order_text_full(err);
	return order_text_set(work->out, FIELD_COMMENT,
	    str_of(deal->comment), ORDER_COMMENT_MOST, err);
}

/* ---- currency --------------------------------------------------------- */

/* What 1C's standard catalogue calls the rouble; 10.3 refuses the whole file
 * for another name (onec-exchange.md 2.2). */
static const char *const roubles[] = {
	[PROFILE_UNF] = "RUB",
	[PROFILE_UT11] = "RUB",
	[PROFILE_UT103] = "руб",
	[PROFILE_BITRIX] = "RUB",
};

static bool
has_three_characters(struct str text)
{
	for (int i = 0; i < 3; i++) {
		size_t len = str_utf8_len(text);

		if (len == 0)
			return false;
		text.p += len;
		text.len -= len;
	}
	return text.len == 0;
}

/* Spellings that every exchange reads; they do not say what this 1C calls
 * the rouble. */
static bool
is_usual_rouble(const char *name)
{
	return str_same_name(str_of(name), str_of("руб")) ||
	    strcmp(name, "643") == 0;
}

static const char *
find_currency(const struct order_work *work)
{
	const struct config_map *map = &work->config->currencies;
	struct str currency = str_of(work->deal->currency);
	bool rouble = str_same_name(currency, str_of("RUB"));

	for (size_t i = 0; i < map->count; i++) {
		if (str_same_name(str_of(map->pairs[i].value), currency) &&
		    has_three_characters(str_of(map->pairs[i].name)) &&
		    !(rouble && is_usual_rouble(map->pairs[i].name)))
			return map->pairs[i].name;
	}
	return rouble ? roubles[work->config->orders.profile] : NULL;
}

static int
fill_currency(struct order_work *work, struct err *err)
{
	const char *name = find_currency(work);

	if (name != NULL)
		return order_text_set(work->out, FIELD_CURRENCY,
		    str_of(name), ORDER_NAME_MOST, err);
	order_build_hold(work, "currency-unknown", N_("the deal's currency is "
	    "%s, and \"currencies\" does not say what 1C calls it: three "
	    "letters, such as \"USD\": \"%s\""),
	    work->deal->currency == NULL || work->deal->currency[0] == '\0' ?
	    "?" : work->deal->currency,
	    work->deal->currency == NULL ? "?" : work->deal->currency);
	return 0;
}

int
order_build(struct fields *out, struct order_hold *hold,
    const struct config *config, const struct deal *deal, int64_t number,
    struct str known, const struct fields *given,
    const struct order_lookup *lookup, struct err *err)
{
	struct order_work work = {
		.out = out, .hold = hold, .config = config, .deal = deal,
		.known = known, .given = given, .lookup = lookup
	};

	fields_clear(out);
	*hold = (struct order_hold){ .code = "" };
	if (fill_head(&work, number, err) == -1 ||
	    order_client_fill(&work, err) == -1 ||
	    fill_currency(&work, err) == -1 ||
	    order_rows_fill(&work, err) == -1 ||
	    order_requisite_fill(&work, err) == -1)
		return -1;
	return work.held ? 1 : 0;
}
