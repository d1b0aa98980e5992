/*
 * A value of ours as a user field holds it, and back.  A person has made that
 * field: its type is theirs to choose.  Both ways go through our own text, so
 * whether two values are the same is asked in the portal's words: 1200.5 in a
 * field of whole numbers is 1201 there for ever.
 *
 * Traps (bitrix24.md 10): "0" becomes null, a multiple field wants a list, a
 * date comes back as midnight with a zone.
 */
#include "bitrix/b24_internal.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "base/i18n.h"
#include "base/told.h"

#define DAY_BYTES 10            /* "2026-01-15" */
#define SECOND_BYTES 19         /* "2026-01-15T10:20:30" */

static const struct {
	const char *type;       /* USER_TYPE_ID; others are texts */
	enum b24_user_form form;
} forms[] = {
	{ "integer", B24_FORM_WHOLE },
	{ "double", B24_FORM_NUMBER },
	{ "money", B24_FORM_MONEY },
	{ "boolean", B24_FORM_FLAG },
	{ "date", B24_FORM_DAY },
	{ "datetime", B24_FORM_TIME },
	{ "enumeration", B24_FORM_LIST },
	{ "employee", B24_FORM_USER },
	/* Ids of things of the portal, or bytes: a text says none. */
	{ "file", B24_FORM_NONE },
	{ "disk_file", B24_FORM_NONE },
	{ "crm", B24_FORM_NONE },
	{ "crm_status", B24_FORM_NONE },
	{ "iblock_element", B24_FORM_NONE },
	{ "iblock_section", B24_FORM_NONE },
	{ "hlblock", B24_FORM_NONE },
	{ "resourcebooking", B24_FORM_NONE },
	{ "vote", B24_FORM_NONE },
	{ "video", B24_FORM_NONE },
};

enum b24_user_form
b24_user_value_form(const struct b24_user_field *known)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		if (known->type != NULL &&
		    strcmp(known->type, forms[i].type) == 0)
			return forms[i].form;
	return B24_FORM_TEXT;
}

/* ---- to the portal ---- */

static void
put(char out[LIMIT_DEAL_VALUE], struct str text)
{
	struct str cut = str_utf8_cut(text, LIMIT_DEAL_VALUE - 1);

	if (cut.len > 0)
		memcpy(out, cut.p, cut.len);
	out[cut.len] = '\0';
}

__attribute__((format(printf, 2, 3)))
static int
cannot(char why[256], const char *message, ...)
{
	va_list args;

	va_start(args, message);
	told_vset(why, 256, message, args);
	va_end(args);
	return -1;
}

/* Of a value as much as a message has room for. */
static int
told_len(struct str value)
{
	return (int)str_utf8_cut(value, 100).len;
}

static int
say_number(char out[LIMIT_DEAL_VALUE], enum b24_user_form form,
    struct str value, struct str currency, char why[256])
{
	struct decimal number;
	char text[DECIMAL_TEXT_BYTES];

	if (decimal_parse(&number, value) == -1)
		return cannot(why, N_("\"%.*s\" is no number"),
		    told_len(value), value.p);
	while (form == B24_FORM_WHOLE && number.scale > 0) {
		number.digits = (number.digits +
		    (number.scale == 1 ? number.digits < 0 ? -5 : 5 : 0)) /
		    10;
		number.scale--;
	}
	/* The portal makes nothing of it, so that is what it is. */
	if (number.digits == 0)
		return 0;
	(void)decimal_format(text, number);
	(void)snprintf(out, LIMIT_DEAL_VALUE, form == B24_FORM_MONEY ?
	    "%s|%.*s" : "%s", text, (int)currency.len, currency.len > 0 ?
	    currency.p : "");
	return 0;
}

static int
say_flag(char out[LIMIT_DEAL_VALUE], struct str value, char why[256])
{
	int truth = b24_value_truth(value);

	if (truth == -1)
		return cannot(why, N_("\"%.*s\" says neither yes nor no"),
		    told_len(value), value.p);
	put(out, str_of(truth == 1 ? "Y" : "N"));
	return 0;
}

static int
say_time(char out[LIMIT_DEAL_VALUE], enum b24_user_form form,
    struct str value, char why[256])
{
	/* 1C's empty date. */
	static const char *const none[] = { "0001-01-01", "01.01.0001" };
	char text[64];
	int64_t local;

	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		if (value.len >= DAY_BYTES &&
		    memcmp(value.p, none[i], DAY_BYTES) == 0)
			return 0;
	if (!b24_value_time(text, value, form == B24_FORM_TIME))
		return cannot(why, N_("\"%.*s\" is no date"),
		    told_len(value), value.p);
	if (form == B24_FORM_TIME && clock_parse(&local, str_of(text)) == 0)
		(void)b24_value_moment(text, clock_from_local(local));
	put(out, str_of(text));
	return 0;
}

static int
say_item(char out[LIMIT_DEAL_VALUE], const struct b24_user_field *known,
    struct str text, char why[256])
{
	int64_t id = b24_user_field_item_named(known, text);

	if (id != 0) {
		(void)snprintf(out, LIMIT_DEAL_VALUE, "%" PRId64, id);
		return 0;
	}
	return cannot(why, N_("the list %s has no value \"%.*s\": add it "
	    "there"), known->name, told_len(text), text.p);
}

static int
say_user(char out[LIMIT_DEAL_VALUE], struct str value, char why[256])
{
	int64_t id;

	if (str_to_int64(&id, value) == -1 || id <= 0)
		return cannot(why, N_("`users` does not know \"%.*s\""),
		    told_len(value), value.p);
	put(out, value);
	return 0;
}

int
b24_user_value_say(char out[LIMIT_DEAL_VALUE],
    const struct b24_user_field *known, struct str value,
    struct str currency, char why[256])
{
	enum b24_user_form form = b24_user_value_form(known);

	out[0] = why[0] = '\0';
	value = str_trim(value);
	if (str_is(value, FIELD_CLEAR))
		value = STR_NONE;
	if (value.len == 0) {
		put(out, str_of(form == B24_FORM_FLAG ? "N" : ""));
		return 0;
	}
	switch (form) {
	case B24_FORM_WHOLE:
	case B24_FORM_NUMBER:
	case B24_FORM_MONEY:
		return say_number(out, form, value, currency, why);
	case B24_FORM_FLAG:
		return say_flag(out, value, why);
	case B24_FORM_LIST:
		return say_item(out, known, value, why);
	case B24_FORM_DAY:
	case B24_FORM_TIME:
		return say_time(out, form, value, why);
	case B24_FORM_USER:
		return say_user(out, value, why);
	case B24_FORM_TEXT:
		break;
	case B24_FORM_NONE:
		return cannot(why, N_("%s is a field of the type %s, which "
		    "cannot be filled"), known->name, known->type);
	}
	put(out, value);
	return 0;
}

/* ---- and back ---- */

static void
read_number(struct buf *out, struct str shown)
{
	const char *bar = shown.len > 0 ? memchr(shown.p, '|', shown.len) :
	    NULL;
	struct str number = bar != NULL ? str_n(shown.p,
	    (size_t)(bar - shown.p)) : shown;
	char text[DECIMAL_TEXT_BYTES];

	if (decimal_normalise(text, number) == -1)
		(void)buf_add(out, shown.p, shown.len);
	else if (strcmp(text, "0") != 0)
		(void)buf_add_text(out, text);
}

static void
read_flag(struct buf *out, struct str shown)
{
	if (str_is(shown, "Y") || str_is(shown, "1"))
		(void)buf_add_char(out, 'Y');
}

static void
read_time(struct buf *out, enum b24_user_form form, struct str shown)
{
	size_t most = form == B24_FORM_DAY ? DAY_BYTES : SECOND_BYTES;
	char text[CLOCK_TEXT_BYTES];
	int64_t ms;

	/* The zone is the portal's; 1C names none, and means its own. */
	if (form == B24_FORM_TIME && shown.len > most &&
	    clock_parse(&ms, shown) == 0)
		shown = str_of(clock_format(text, clock_to_local(ms)));
	(void)buf_add(out, shown.p, shown.len < most ? shown.len : most);
}

static void
read_item(struct buf *out, const struct b24_user_field *known,
    struct str shown)
{
	struct str text = shown;
	int64_t id;

	if (str_is(shown, "0"))
		return;
	if (str_to_int64(&id, shown) == 0 &&
	    b24_user_field_item(known, id) != NULL)
		text = str_of(b24_user_field_item(known, id));
	(void)buf_add(out, text.p, text.len);
}

void
b24_user_value_read(struct buf *out, const struct b24_user_field *known,
    const cJSON *item)
{
	enum b24_user_form form = b24_user_value_form(known);
	struct str shown;
	char space[32];

	/* Of several values the first. */
	if (cJSON_IsArray(item))
		item = item->child;
	shown = str_trim(json_str(item, space));
	if (shown.len == 0)
		return;
	switch (form) {
	case B24_FORM_WHOLE:
	case B24_FORM_NUMBER:
	case B24_FORM_MONEY:
		read_number(out, shown);
		return;
	case B24_FORM_FLAG:
		read_flag(out, shown);
		return;
	case B24_FORM_DAY:
	case B24_FORM_TIME:
		read_time(out, form, shown);
		return;
	case B24_FORM_LIST:
		read_item(out, known, shown);
		return;
	case B24_FORM_USER:
		if (!str_is(shown, "0"))
			(void)buf_add(out, shown.p, shown.len);
		return;
	case B24_FORM_TEXT:
	case B24_FORM_NONE:
		break;
	}
	(void)buf_add(out, shown.p, shown.len);
}
