/*
 * 1C and the portal spell one client in many ways, and a client that is not
 * recognised is made a second time.  So what a person overlooks is taken away
 * before anything is compared; the rules what equality means are flow's.
 */
#include "model/party.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"

const enum field party_reached[PARTY_REACHED] = { FIELD_PHONES, FIELD_EMAILS,
    FIELD_SITES };

/* ---- characters ------------------------------------------------------- */

/* The first character and its bytes; a byte that is no UTF-8 stands for
 * itself, past all characters. */
static uint32_t
take_char(struct str *text)
{
	size_t len = str_utf8_len(*text), i;
	unsigned char first = (unsigned char)text->p[0];
	uint32_t c = first;

	if (len == 0) {
		c = 0x110000U + first;
		len = 1;
	} else if (len > 1) {
		c = first & (0xffU >> (len + 1));
		for (i = 1; i < len; i++)
			c = c << 6 | ((unsigned char)text->p[i] & 0x3fU);
	}
	text->p += len;
	text->len -= len;
	return c;
}

/* Small letter of Latin (with Latin-1) and Cyrillic; ё becomes е. */
static uint32_t
fold_char(uint32_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c + 0x20;
	if ((c >= 0xc0 && c <= 0xde && c != 0xd7) ||
	    (c >= 0x410 && c <= 0x42f))
		return c + 0x20;
	if (c == 0x401 || c == 0x451)
		return 0x435;
	if (c >= 0x400 && c <= 0x40f)
		return c + 0x50;
	if (c == 0x490)
		return 0x491;
	return c;
}

enum char_kind {
	CHAR_TEXT,              /* letters, digits and all that is unknown */
	CHAR_GAP,               /* blanks, punctuation, quotes */
	CHAR_NOTHING            /* soft hyphens, marks without width */
};

static enum char_kind
kind_of_char(uint32_t c)
{
	if (c < 0x80)
		return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
		    (c >= 'a' && c <= 'z') ? CHAR_TEXT : CHAR_GAP;
	if (c == 0xad || (c >= 0x200b && c <= 0x200f) || c == 0x2060 ||
	    c == 0xfeff)
		return CHAR_NOTHING;
	/* Latin-1's signs but for ª, µ and º; dashes, quotes, №, brackets. */
	if ((c >= 0x80 && c <= 0xbf && c != 0xaa && c != 0xb5 && c != 0xba) ||
	    c == 0xd7 || c == 0xf7 || (c >= 0x2000 && c <= 0x206f) ||
	    (c >= 0x2100 && c <= 0x2bff) || (c >= 0x2e00 && c <= 0x2e7f) ||
	    (c >= 0x3000 && c <= 0x303f))
		return CHAR_GAP;
	return CHAR_TEXT;
}

static void
put_char(struct buf *out, uint32_t c)
{
	char bytes[4];
	size_t len = 0;

	if (c >= 0x110000U) {
		bytes[len++] = (char)(unsigned char)(c - 0x110000U);
	} else if (c < 0x80) {
		bytes[len++] = (char)c;
	} else if (c < 0x800) {
		bytes[len++] = (char)(0xc0 | c >> 6);
		bytes[len++] = (char)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		bytes[len++] = (char)(0xe0 | c >> 12);
		bytes[len++] = (char)(0x80 | (c >> 6 & 0x3f));
		bytes[len++] = (char)(0x80 | (c & 0x3f));
	} else {
		bytes[len++] = (char)(0xf0 | c >> 18);
		bytes[len++] = (char)(0x80 | (c >> 12 & 0x3f));
		bytes[len++] = (char)(0x80 | (c >> 6 & 0x3f));
		bytes[len++] = (char)(0x80 | (c & 0x3f));
	}
	(void)buf_add(out, bytes, len);
}

void
party_word_plain(struct buf *out, struct str text)
{
	uint32_t c;

	buf_clear(out);
	while (text.len > 0) {
		c = take_char(&text);
		if (c != ' ' && c != '\t' && c != '\r' && c != '\n' &&
		    c != 0xa0 && kind_of_char(c) != CHAR_NOTHING)
			put_char(out, fold_char(c));
	}
}

/* ---- names ------------------------------------------------------------ */

#define LEGAL PARTY_FORM_LEGAL
#define FARM PARTY_FORM_FARM
#define SOLE PARTY_FORM_ENTREPRENEUR

/*
 * As they look when folded, with one blank between words.  Longer ones stand
 * before those that they begin or end with.  Latin spellings of ООО and ОАО
 * are typed by hand in live bases.
 */
static const struct form {
	const char *text;
	enum party_form form;
	const char *same;       /* the one word for it; of a farm its head is
				   the entrepreneur.  NULL: `text` is it */
} forms[] = {
	{ "общество с ограниченной ответственностью", LEGAL, "ооо" },
	{ "общество с дополнительной ответственностью", LEGAL, "одо" },
	{ "международная компания публичное акционерное общество",
	    LEGAL, "ао" },
	{ "непубличное акционерное общество", LEGAL, "ао" },
	{ "публичное акционерное общество", LEGAL, "ао" },
	{ "открытое акционерное общество", LEGAL, "ао" },
	{ "закрытое акционерное общество", LEGAL, "ао" },
	{ "акционерное общество", LEGAL, "ао" },
	{ "товарищество с ограниченной ответственностью", LEGAL, "тоо" },
	{ "товарищество собственников жилья", LEGAL, "тсж" },
	{ "товарищество собственников недвижимости", LEGAL, "тсн" },
	{ "садоводческое некоммерческое товарищество", LEGAL, "снт" },
	{ "полное товарищество", LEGAL, NULL },
	{ "федеральное государственное унитарное предприятие", LEGAL, "фгуп" },
	{ "областное государственное унитарное предприятие", LEGAL, "огуп" },
	{ "государственное унитарное предприятие", LEGAL, "гуп" },
	{ "муниципальное унитарное предприятие", LEGAL, "муп" },
	{ "федеральное государственное бюджетное образовательное учреждение "
	    "высшего образования", LEGAL, "фгбоу" },
	{ "федеральное государственное бюджетное учреждение", LEGAL, "фгбу" },
	{ "федеральное государственное казенное учреждение", LEGAL, "фгку" },
	{ "федеральное казенное учреждение", LEGAL, "фку" },
	{ "государственное бюджетное профессиональное образовательное "
	    "учреждение", LEGAL, "гбпоу" },
	{ "государственное бюджетное образовательное учреждение",
	    LEGAL, "гбоу" },
	{ "государственное бюджетное учреждение здравоохранения",
	    LEGAL, "гбуз" },
	{ "государственное бюджетное учреждение", LEGAL, "гбу" },
	{ "государственное автономное учреждение", LEGAL, "гау" },
	{ "государственное казенное учреждение", LEGAL, "гку" },
	{ "муниципальное бюджетное дошкольное образовательное учреждение",
	    LEGAL, "мбдоу" },
	{ "муниципальное бюджетное общеобразовательное учреждение",
	    LEGAL, "мбоу" },
	{ "муниципальное общеобразовательное учреждение", LEGAL, "моу" },
	{ "муниципальное бюджетное учреждение", LEGAL, "мбу" },
	{ "муниципальное автономное учреждение", LEGAL, "мау" },
	{ "муниципальное казенное учреждение", LEGAL, "мку" },
	{ "бюджетное профессиональное образовательное учреждение",
	    LEGAL, "бпоу" },
	{ "частное образовательное учреждение", LEGAL, "чоу" },
	{ "автономная некоммерческая организация", LEGAL, "ано" },
	{ "некоммерческая организация", LEGAL, "нко" },
	{ "некоммерческое партнерство", LEGAL, "нп" },
	{ "сельскохозяйственный снабженческо сбытовой потребительский "
	    "кооператив", LEGAL, NULL },
	{ "сельскохозяйственный потребительский кооператив", LEGAL, NULL },
	{ "сельскохозяйственный производственный кооператив", LEGAL, "спк" },
	{ "производственный кооператив", LEGAL, NULL },
	{ "потребительский кооператив", LEGAL, NULL },
	{ "потребительское общество", LEGAL, NULL },
	{ "индивидуальный предприниматель глава крестьянского фермерского "
	    "хозяйства", SOLE, "ип" },
	{ "глава крестьянского фермерского хозяйства", SOLE, "ип" },
	{ "крестьянское фермерское хозяйство", FARM, "ип" },
	{ "крестьянского фермерского хозяйства", FARM, "ип" },
	{ "предприниматель без образования юридического лица", SOLE, "ип" },
	{ "индивидуальный предприниматель", SOLE, "ип" },
	{ "частный предприниматель", SOLE, "ип" },
	{ "индивидуальное частное предприятие", LEGAL, "ичп" },
	{ "частное предприятие", LEGAL, NULL },
	{ "благотворительный фонд", LEGAL, NULL }, { "глава кфх", SOLE, "ип" },
	{ "ип кфх", SOLE, "ип" }, { "ип гкфх", SOLE, "ип" },
	{ "limited liability company", LEGAL, "ооо" },
	{ "joint stock company", LEGAL, "ао" }, { "co ltd", LEGAL, "ltd" },
	{ "о о о", LEGAL, "ооо" }, { "о а о", LEGAL, "ао" },
	{ "з а о", LEGAL, "ао" }, { "п а о", LEGAL, "ао" },
	{ "ооо", LEGAL, NULL }, { "одо", LEGAL, NULL }, { "ао", LEGAL, NULL },
	{ "пао", LEGAL, "ао" }, { "зао", LEGAL, "ао" }, { "оао", LEGAL, "ао" },
	{ "нао", LEGAL, "ао" }, { "мкпао", LEGAL, "ао" },
	{ "мкао", LEGAL, "ао" }, { "мкооо", LEGAL, "ооо" },
	{ "тоо", LEGAL, NULL }, { "тсж", LEGAL, NULL }, { "тсн", LEGAL, NULL },
	{ "снт", LEGAL, NULL }, { "фгуп", LEGAL, NULL },
	{ "огуп", LEGAL, NULL }, { "гуп", LEGAL, NULL },
	{ "муп", LEGAL, NULL }, { "фгбоу во", LEGAL, "фгбоу" },
	{ "фгбоу", LEGAL, NULL }, { "фгаоу во", LEGAL, "фгаоу" },
	{ "фгаоу", LEGAL, NULL }, { "фгбуз", LEGAL, NULL },
	{ "фгбу", LEGAL, NULL }, { "фгау", LEGAL, NULL },
	{ "фгку", LEGAL, NULL }, { "фку", LEGAL, NULL },
	{ "гбпоу", LEGAL, NULL }, { "гбоу", LEGAL, NULL },
	{ "гапоу", LEGAL, NULL }, { "гаоу", LEGAL, NULL },
	{ "гбуз", LEGAL, NULL }, { "гауз", LEGAL, NULL },
	{ "гбу", LEGAL, NULL }, { "гау", LEGAL, NULL }, { "гку", LEGAL, NULL },
	{ "огбу", LEGAL, NULL }, { "мбдоу", LEGAL, NULL },
	{ "мадоу", LEGAL, NULL }, { "мкдоу", LEGAL, NULL },
	{ "мбоу", LEGAL, NULL }, { "маоу", LEGAL, NULL },
	{ "мкоу", LEGAL, NULL }, { "мбук", LEGAL, NULL },
	{ "моу", LEGAL, NULL }, { "мбу", LEGAL, NULL }, { "мау", LEGAL, NULL },
	{ "мку", LEGAL, NULL }, { "бпоу", LEGAL, NULL },
	{ "аноо", LEGAL, NULL }, { "ано", LEGAL, NULL },
	{ "нко", LEGAL, NULL }, { "нп", LEGAL, NULL }, { "чоу", LEGAL, NULL },
	{ "нуз", LEGAL, NULL }, { "чуз", LEGAL, NULL }, { "чоп", LEGAL, NULL },
	{ "ссппк", LEGAL, NULL }, { "ссспк", LEGAL, NULL },
	{ "ссппссок", LEGAL, NULL }, { "сспк", LEGAL, NULL },
	{ "сппк", LEGAL, NULL }, { "спок", LEGAL, NULL },
	{ "ссоспк", LEGAL, NULL }, { "спк", LEGAL, NULL },
	{ "схпк", LEGAL, NULL }, { "мпро", LEGAL, NULL },
	{ "местная православная религиозная организация", LEGAL, "мпро" },
	{ "кфх", FARM, "ип" }, { "гкфх", SOLE, "ип" }, { "пбоюл", SOLE, "ип" },
	{ "ичп", LEGAL, NULL }, { "ип", SOLE, NULL }, { "чп", SOLE, "ип" },
	{ "чтуп", LEGAL, NULL }, { "чуп", LEGAL, NULL },
	{ "тов", LEGAL, NULL }, { "llc", LEGAL, "ооо" },
	{ "ltd", LEGAL, NULL }, { "limited", LEGAL, "ltd" },
	{ "inc", LEGAL, NULL }, { "corp", LEGAL, NULL },
	{ "gmbh", LEGAL, NULL }, { "plc", LEGAL, NULL },
	{ "llp", LEGAL, NULL }, { "jsc", LEGAL, "ао" },
	{ "pjsc", LEGAL, "ао" }, { "ooo", LEGAL, "ооо" },
	{ "oao", LEGAL, "ао" }, { "zao", LEGAL, "ао" },
};

#undef LEGAL
#undef FARM
#undef SOLE

/* The whole name in small letters, one blank for each gap. */
static void
fold_name(struct buf *out, struct str name)
{
	bool gap = false;
	uint32_t c;

	buf_clear(out);
	while (name.len > 0) {
		c = take_char(&name);
		switch (kind_of_char(c)) {
		case CHAR_NOTHING:
			break;
		case CHAR_GAP:
			gap = true;
			break;
		case CHAR_TEXT:
			if (gap && out->len > 0)
				(void)buf_add_char(out, ' ');
			gap = false;
			put_char(out, fold_char(c));
			break;
		}
	}
}

/* Takes one legal form off either end; NULL: there is none. */
static const struct form *
take_form(struct str *name)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		const char *text = forms[i].text;
		size_t len = strlen(text);

		if (name->len < len)
			continue;
		if (name->len == len && memcmp(name->p, text, len) == 0) {
			*name = STR_NONE;
			return &forms[i];
		}
		if (memcmp(name->p, text, len) == 0 && name->p[len] == ' ') {
			name->p += len + 1;
			name->len -= len + 1;
			return &forms[i];
		}
		if (memcmp(name->p + name->len - len, text, len) == 0 &&
		    name->p[name->len - len - 1] == ' ') {
			name->len -= len + 1;
			return &forms[i];
		}
	}
	return NULL;
}

void
party_name_plain(struct buf *out, struct str name)
{
	struct buf folded = BUF_INIT(LIMIT_XML_TEXT);
	struct str rest;

	fold_name(&folded, name);
	rest = str_n(buf_text(&folded), folded.len);
	while (rest.len > 0 && take_form(&rest) != NULL)
		;
	buf_clear(out);
	if (rest.len > 0)
		(void)buf_add(out, rest.p, rest.len);
	buf_free(&folded);
}

static const struct form *
form_of(struct str name)
{
	struct buf folded = BUF_INIT(LIMIT_XML_TEXT);
	const struct form *form = NULL;
	struct str rest;

	fold_name(&folded, name);
	rest = str_n(buf_text(&folded), folded.len);
	if (rest.len > 0)
		form = take_form(&rest);
	buf_free(&folded);
	return form;
}

enum party_form
party_name_form(struct str name)
{
	const struct form *form = form_of(name);

	return form != NULL ? form->form : PARTY_FORM_NONE;
}

/* The one word for its form; NULL: it says none. */
static const char *
form_word(struct str name)
{
	const struct form *form = form_of(name);

	if (form == NULL)
		return NULL;
	return form->same != NULL ? form->same : form->text;
}

bool
party_forms_differ(struct str a, struct str b)
{
	const char *one = form_word(a), *other = form_word(b);

	return one != NULL && other != NULL && strcmp(one, other) != 0;
}

bool
party_name_shortens(struct str initial, struct str name)
{
	struct buf a = BUF_INIT(LIMIT_XML_TEXT), b = BUF_INIT(LIMIT_XML_TEXT);
	struct str one;
	bool is;

	party_name_plain(&a, initial);
	party_name_plain(&b, name);
	one = str_n(buf_text(&a), a.len);
	/* One character, and the whole of it. */
	is = one.len > 0 && str_utf8_len(one) == one.len && b.len > one.len &&
	    memcmp(buf_text(&b), one.p, one.len) == 0;
	buf_free(&a);
	buf_free(&b);
	return is;
}

/* ---- numbers of the taxpayer ------------------------------------------ */

void
party_number_plain(char out[PARTY_NUMBER_BYTES], struct str text)
{
	struct buf plain = BUF_INIT(LIMIT_XML_TEXT);
	uint32_t c;

	while (text.len > 0) {
		c = take_char(&text);
		if (c > ' ' && c != 0xa0 && (c < 0x2000 || c > 0x200f) &&
		    c != 0x202f && c != 0x2060 && c != 0xfeff)
			put_char(&plain, c);
	}
	(void)snprintf(out, PARTY_NUMBER_BYTES, "%s",
	    plain.len < PARTY_NUMBER_BYTES ? buf_text(&plain) : "");
	buf_free(&plain);
}

/* ---- phones ----------------------------------------------------------- */

#define PHONE_LEAST 7
#define PHONE_MOST 15

/* Ends a number, where there is one: what follows is an extension, a word
 * or the next number. */
static bool
ends_number(uint32_t c)
{
	return c == ',' || c == ';' || c == '/' || c == '#' || c == '\n' ||
	    c == '+' || (kind_of_char(c) == CHAR_TEXT &&
	    !(c >= '0' && c <= '9'));
}

/* The digits of the first number; more than fit are counted.  The text is cut
 * to what follows it. */
static size_t
take_digits(char digits[PARTY_PHONE_BYTES], bool *plus, struct str *phone)
{
	size_t count = 0;
	uint32_t c;

	*plus = false;
	while (phone->len > 0) {
		c = take_char(phone);
		if (c >= '0' && c <= '9') {
			if (count < PARTY_PHONE_BYTES - 1)
				digits[count] = (char)c;
			count++;
		} else if (ends_number(c)) {
			if (count >= PHONE_LEAST)
				break;
			/* "каб. 5, тел. 123-45-67" */
			count = 0;
			*plus = c == '+';
		}
	}
	return count;
}

void
party_phone_plain(char out[PARTY_PHONE_BYTES], struct str phone)
{
	char digits[PARTY_PHONE_BYTES];
	const char *from = digits;
	size_t count;
	bool plus;

	out[0] = '\0';
	count = take_digits(digits, &plus, &phone);
	if (count < PHONE_LEAST || count > PHONE_MOST + 3)
		return;
	/* Out of Russia one dials 8 10. */
	if (!plus && count > 11 && memcmp(digits, "810", 3) == 0) {
		from += 3;
		count -= 3;
		plus = true;
	}
	if (count > PHONE_MOST)
		return;
	/* "+8 9…" is typed by hand; no country has it. */
	if (count == 11 && from[0] == '8' && (!plus || from[1] == '9')) {
		memcpy(out, from, count);
		out[0] = '7';
	} else if (count == 10 && !plus) {
		out[0] = '7';
		memcpy(out + 1, from, count);
		count++;
	} else {
		memcpy(out, from, count);
	}
	out[count] = '\0';
}

bool
party_phone_same(struct str a, struct str b)
{
	char plain[PARTY_PHONE_BYTES], other[PARTY_PHONE_BYTES];

	party_phone_plain(plain, a);
	party_phone_plain(other, b);
	return plain[0] != '\0' && strcmp(plain, other) == 0;
}

/* The next digit; false at the end. */
static bool
next_digit(struct str *text, char *digit)
{
	while (text->len > 0) {
		uint32_t c = take_char(text);

		if (c >= '0' && c <= '9') {
			*digit = (char)c;
			return true;
		}
	}
	return false;
}

bool
party_phone_exact(struct str a, struct str b)
{
	char digits[PARTY_PHONE_BYTES], one = '\0', other = '\0';
	bool plus, more;

	if (!party_phone_same(a, b))
		return false;
	(void)take_digits(digits, &plus, &a);
	(void)take_digits(digits, &plus, &b);
	for (;;) {
		more = next_digit(&a, &one);
		if (next_digit(&b, &other) != more)
			return false;
		if (!more)
			return true;
		if (one != other)
			return false;
	}
}

bool
party_phone_bare(struct str phone)
{
	char digits[PARTY_PHONE_BYTES], digit;
	bool plus;

	(void)take_digits(digits, &plus, &phone);
	return !next_digit(&phone, &digit);
}

bool
party_phone_covers(struct str a, struct str b)
{
	return party_phone_exact(a, b) || (party_phone_bare(b) &&
	    party_phone_same(a, b));
}

/* What stands between two phones begins here: its bytes, or 0. */
static size_t
divider_at(struct str text, size_t i)
{
	static const char *const dividers[] = { ",", ";", "/", "\n", " и " };

	for (size_t n = 0; n < sizeof(dividers) / sizeof(dividers[0]); n++) {
		size_t len = strlen(dividers[n]);

		if (text.len - i >= len &&
		    memcmp(text.p + i, dividers[n], len) == 0)
			return len;
	}
	return 0;
}

static bool
is_phone(struct str text)
{
	char plain[PARTY_PHONE_BYTES];

	party_phone_plain(plain, text);
	return plain[0] != '\0';
}

/* "доб. 1234567": digits enough, and no number all the same. */
static bool
is_extension(struct str text)
{
	static const char *const words[] = { "доб", "вн", "ext", "#" };
	struct buf plain = BUF_INIT(LIMIT_XML_TEXT);
	bool is = false;

	party_word_plain(&plain, text);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		is = is || strncmp(buf_text(&plain), words[i],
		    strlen(words[i])) == 0;
	buf_free(&plain);
	return is;
}

/* Up to the next divider. */
static struct str
piece_at(struct str text, size_t from)
{
	size_t to = from;

	while (to < text.len && divider_at(text, to) == 0)
		to++;
	return str_n(text.p + from, to - from);
}

/* The place of the first divider behind `from` that has a phone on both sides;
 * the text's end: there is none. */
static size_t
phone_end(struct str text, size_t from, size_t *divider)
{
	size_t end = from;
	struct str next;

	for (;;) {
		end += piece_at(text, end).len;
		*divider = end < text.len ? divider_at(text, end) : 0;
		if (end == text.len)
			return end;
		next = piece_at(text, end + *divider);
		if (is_phone(str_n(text.p + from, end - from)) &&
		    is_phone(next) && !is_extension(next))
			return end;
		end += *divider;
	}
}

bool
party_phone_next(struct str text, size_t *at, struct str *phone)
{
	size_t end, divider;

	if (*at >= text.len)
		return false;
	if (text.len > LIMIT_PHONES_BYTES) {
		*phone = text;
		*at = text.len;
		return true;
	}
	end = phone_end(text, *at, &divider);
	*phone = str_trim(str_n(text.p + *at, end - *at));
	*at = end + divider;
	return true;
}

/* ---- e-mail ----------------------------------------------------------- */

void
party_email_plain(struct buf *out, struct str email)
{
	size_t signs = 0, i;

	buf_clear(out);
	email = str_trim(email);
	for (i = 0; i < email.len; i++) {
		char c = email.p[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		signs += c == '@';
		if ((unsigned char)c <= ' ' ||
		    (c == '@' && (i == 0 || i + 1 == email.len)))
			signs = 2;
		(void)buf_add_char(out, c);
		if (signs > 1)
			break;
	}
	if (signs != 1)
		buf_clear(out);
}

/* ---- fields of several lines ------------------------------------------ */

bool
party_line_next(struct str lines, size_t *at, struct str *line)
{
	const char *end;

	if (*at >= lines.len)
		return false;
	*line = str_n(lines.p + *at, lines.len - *at);
	end = memchr(line->p, '\n', line->len);
	if (end != NULL)
		line->len = (size_t)(end - line->p);
	*at += line->len + 1;
	return true;
}

/* A line end in a value would make two lines of it. */
static void
put_one_line(struct buf *out, struct str text)
{
	size_t i;

	for (i = 0; i < text.len; i++)
		(void)buf_add_char(out, text.p[i] == '\n' ||
		    text.p[i] == '\r' ? ' ' : text.p[i]);
}

void
party_line_append(struct buf *text, struct str line)
{
	if (text->len > 0)
		(void)buf_add_char(text, '\n');
	(void)buf_add(text, line.p, line.len);
}

void
party_line_add(struct buf *text, struct str kind, struct str value)
{
	struct buf line = BUF_INIT(LIMIT_XML_TEXT + LIMIT_NAME_BYTES);
	struct buf all = BUF_INIT(text->max);
	struct str lines = str_n(buf_text(text), text->len), other;
	struct str ours;
	bool put = false;
	size_t at = 0;

	put_one_line(&line, kind);
	(void)buf_add_char(&line, FIELD_PART);
	put_one_line(&line, value);
	ours = str_n(buf_text(&line), line.len);
	while (party_line_next(lines, &at, &other)) {
		int order = put ? 1 : str_cmp(other, ours);

		if (order == 0)
			goto out;
		if (order > 0 && !put) {
			(void)buf_printf(&all, "%s%.*s",
			    all.len > 0 ? "\n" : "", (int)ours.len, ours.p);
			put = true;
		}
		(void)buf_printf(&all, "%s%.*s", all.len > 0 ? "\n" : "",
		    (int)other.len, other.p);
	}
	if (!put)
		(void)buf_printf(&all, "%s%.*s", all.len > 0 ? "\n" : "",
		    (int)ours.len, ours.p);
	if (!all.full) {
		buf_clear(text);
		(void)buf_add(text, all.data, all.len);
	}
out:
	buf_free(&all);
	buf_free(&line);
}

void
party_address_add(struct buf *out, struct str *last, struct str part)
{
	part = str_trim(part);
	if (part.len == 0 || str_same_name(part, *last) ||
	    str_same_name(part, str_of("Россия")) ||
	    str_same_name(part, str_of("Российская Федерация")))
		return;
	if (out->len > 0)
		(void)buf_add_text(out, ", ");
	(void)buf_add(out, part.p, part.len);
	*last = part;
}
