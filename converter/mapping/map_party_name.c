/*
 * The name of a person in parts.  1C mostly sends it whole: surname, name,
 * patronymic, sometimes with "ИП" before it, with the same name behind it in
 * brackets (УТ 10.3), or in the order of a signature.
 */
#include "mapping/map_internal.h"

#include <string.h>

/* More words than this are no person's name. */
#define WORDS 8

/* Signs that stand around a word and are no part of it. */
static struct str
strip_word(struct str word)
{
	static const char *const signs[] = { "\"", "'", ",", "(", ")", "«",
	    "»", "„", "“", "”" };
	size_t i, len;

	for (i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		len = strlen(signs[i]);
		if (word.len >= len && memcmp(word.p, signs[i], len) == 0) {
			word.p += len;
			word.len -= len;
			i = (size_t)-1;
		} else if (word.len >= len && memcmp(word.p + word.len - len,
		    signs[i], len) == 0) {
			word.len -= len;
			i = (size_t)-1;
		}
	}
	return word;
}

static bool
is_among(struct str word, const char *const *words)
{
	for (; *words != NULL; words++) {
		if (str_same_name(word, str_of(*words)))
			return true;
	}
	return false;
}

/* The words up to a bracket that repeats them; WORDS + 1: too many. */
static size_t
take_words(struct str out[WORDS], struct str text)
{
	static const char *const trade[] = { "ип", "индивидуальный",
	    "предприниматель", "пбоюл", "чп", "глава", "кфх", "гкфх", NULL };
	const char *bracket = text.len == 0 ? NULL :
	    memchr(text.p, '[', text.len);
	size_t count = 0, len;
	struct str word;

	if (bracket != NULL && bracket != text.p)
		text.len = (size_t)(bracket - text.p);
	for (text = str_trim(text); text.len > 0; text = str_trim(text)) {
		for (len = 0; len < text.len; len++) {
			/* NBSP is two bytes. */
			if ((unsigned char)text.p[len] <= ' ' ||
			    (text.len - len >= 2 && memcmp(text.p + len,
			    "\xc2\xa0", 2) == 0))
				break;
		}
		word = strip_word(str_n(text.p, len));
		text.p += len;
		text.len -= len;
		if (word.len == 0 || is_among(word, trade))
			continue;
		if (count == WORDS)
			return WORDS + 1;
		out[count++] = word;
	}
	return count;
}

static bool
ends_with(struct str word, const char *end)
{
	size_t len = strlen(end);

	return word.len > len &&
	    memcmp(word.p + word.len - len, end, len) == 0;
}

static bool
is_patronymic(struct str word)
{
	return ends_with(word, "ич") || ends_with(word, "вна") ||
	    ends_with(word, "ична") || ends_with(word, "ИЧ") ||
	    ends_with(word, "ВНА") || ends_with(word, "ИЧНА");
}

/* "И.И." and "И.И": an initial that ends here, with the dot; 0: none does. */
static size_t
initial_len(struct str word)
{
	size_t len = str_utf8_len(word);

	return len > 0 && word.len > len && word.p[len] == '.' ? len + 1 : 0;
}

/* Two initials that nothing divides are two names. */
static bool
split_initials(struct str word, struct str *first, struct str *second)
{
	size_t len = initial_len(word);
	struct str rest;

	if (len == 0 || len == word.len)
		return false;
	rest = str_n(word.p + len, word.len - len);
	if (initial_len(rest) != rest.len &&
	    str_utf8_len(rest) != rest.len)
		return false;
	*first = str_n(word.p, len);
	*second = rest;
	return true;
}

/* From the first word to the last. */
static struct str
span(struct str first, struct str last)
{
	return str_n(first.p, (size_t)(last.p + last.len - first.p));
}

static bool
split(struct map_name *out, struct str text)
{
	static const char *const sons[] = { "оглы", "кызы", "оглу", "улы",
	    NULL };
	struct str words[WORDS], first, second;
	size_t count = take_words(words, text);

	memset(out, 0, sizeof(*out));
	if (count == 4 && is_among(words[3], sons)) {
		*out = (struct map_name){ words[0], words[1],
		    span(words[2], words[3]) };
	} else if (count == 3 && is_patronymic(words[1]) &&
	    !is_patronymic(words[2])) {
		*out = (struct map_name){ words[2], words[0], words[1] };
	} else if (count == 3) {
		*out = (struct map_name){ words[0], words[1], words[2] };
	} else if (count == 2 && split_initials(words[1], &first, &second)) {
		*out = (struct map_name){ words[0], first, second };
	} else if (count == 2 && split_initials(words[0], &first, &second)) {
		*out = (struct map_name){ words[1], first, second };
	} else if (count == 2) {
		*out = (struct map_name){ words[0], words[1], STR_NONE };
	} else if (count == 1) {
		out->last = words[0];
	} else {
		/* Whatever it is, the portal wants something. */
		out->last = str_trim(text);
	}
	return count >= 2 && count <= 4;
}

void
map_party_name_take(struct map_name *out, struct str last, struct str first,
    struct str second, struct str whole, struct str other)
{
	struct map_name found;

	*out = (struct map_name){ last, first, second };
	if (last.len > 0 || first.len > 0)
		return;
	if (whole.len == 0)
		whole = other;
	/* The short name may be a person's where the full one is none. */
	if (!split(out, whole) && other.len > 0 && split(&found, other))
		*out = found;
}
