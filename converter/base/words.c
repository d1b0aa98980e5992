/*
 * A .mo file: seven numbers, two tables of (length, offset), the first sorted
 * by its texts, which end with a NUL each ("The Format of GNU MO Files" in the
 * manual of gettext).  Every number in it is checked.
 */
#include "base/words.h"

#include <libintl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"

#define MAGIC 0x950412deU
#define CATALOGUE "%s/%s/LC_MESSAGES/cml24.mo"

struct words {
	struct buf file;
	uint32_t count, messages, texts;        /* how many; where they are */
};

static bool
read_number(const struct words *words, uint64_t at, uint32_t *out)
{
	if (at + sizeof(*out) > words->file.len)
		return false;
	memcpy(out, words->file.data + at, sizeof(*out));
	return true;
}

/* The text that entry n of the table says; NULL: there is none. */
static const char *
text_at(const struct words *words, uint32_t table, uint32_t n)
{
	uint64_t entry = (uint64_t)table + (uint64_t)n * 8;
	uint32_t length, at;

	if (!read_number(words, entry, &length) ||
	    !read_number(words, entry + 4, &at) ||
	    (uint64_t)at + length >= words->file.len ||
	    words->file.data[(uint64_t)at + length] != '\0')
		return NULL;
	return words->file.data + at;
}

static bool
read_head(struct words *words)
{
	uint32_t magic;

	return read_number(words, 0, &magic) && magic == MAGIC &&
	    read_number(words, 8, &words->count) &&
	    read_number(words, 12, &words->messages) &&
	    read_number(words, 16, &words->texts);
}

struct words *
words_open(const char *language)
{
	struct words *words = mem_alloc(sizeof(*words));
	const char *folder = bindtextdomain("cml24", NULL);
	struct err why = { 0 };
	char *path;

	*words = (struct words){ .file = BUF_INIT(4 * LIMIT_MIB) };
	if (strcmp(language, "en") == 0)
		return words;
	path = mem_printf(CATALOGUE, folder != NULL ? folder : "", language);
	if (file_read(&words->file, path, &why) != 0 || !read_head(words)) {
		log_warn("%s: no catalogue of texts; the portal gets them in "
		    "English", path);
		words->count = 0;
	}
	free(path);
	return words;
}

void
words_close(struct words *words)
{
	if (words == NULL)
		return;
	buf_free(&words->file);
	free(words);
}

const char *
words_say(const struct words *words, const char *message)
{
	uint32_t low = 0, high = words == NULL ? 0 : words->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const char *held = text_at(words, words->messages, middle);
		const char *text;
		int order = held == NULL ? 0 : strcmp(held, message);

		if (held == NULL)
			break;
		if (order == 0) {
			text = text_at(words, words->texts, middle);
			return text != NULL && text[0] != '\0' ? text :
			    message;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return message;
}
