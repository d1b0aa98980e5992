#include "base/config_internal.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/limits.h"
#include "base/mem.h"

__attribute__((format(printf, 3, 0)))
static void
add(struct config_notes *notes, long line, const char *format, va_list args)
{
	if (notes->count == LIMIT_FINDINGS) {
		notes->more++;
		return;
	}
	if (notes->count == notes->size) {
		notes->size = notes->size == 0 ? 16 : notes->size * 2;
		notes->items = mem_resize(notes->items, notes->size,
		    sizeof(*notes->items));
	}
	notes->items[notes->count].line = line;
	notes->items[notes->count].text = mem_vprintf(format, args);
	notes->count++;
}

void
config_note_error(struct config_reader *reader, long line,
    const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(&reader->errors, line, format, args);
	va_end(args);
}

void
config_note_warn(struct config_reader *reader, long line,
    const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(&reader->warnings, line, format, args);
	va_end(args);
}

/* Insertion, for equal lines must keep their order and few are out of it. */
static void
sort(struct config_notes *notes)
{
	struct config_note note;
	size_t i, place;

	for (i = 1; i < notes->count; i++) {
		note = notes->items[i];
		place = i;
		while (place > 0 && notes->items[place - 1].line > note.line) {
			notes->items[place] = notes->items[place - 1];
			place--;
		}
		notes->items[place] = note;
	}
}

static char *
line_of_note(const struct config_note *note, const char *path)
{
	if (note->line == 0)
		return mem_printf("%s: %s", path, note->text);
	return mem_printf("%s:%ld: %s", path, note->line, note->text);
}

void
config_note_write(struct buf *out, struct config_notes *notes,
    const char *path)
{
	/* Room for the line that counts the rest. */
	const size_t spare = 128;
	size_t left = notes->count + notes->more;
	size_t i;

	sort(notes);
	for (i = 0; i < notes->count; i++, left--) {
		char *line = line_of_note(&notes->items[i], path);
		struct str text = str_of(line);
		bool fits = text.len + spare < out->max - out->len;

		if (!fits && i == 0)
			text = str_utf8_cut(text, out->max - out->len - spare);
		if (fits || i == 0) {
			if (out->len > 0)
				(void)buf_add_char(out, '\n');
			(void)buf_add(out, text.p, text.len);
		}
		free(line);
		if (!fits && i > 0)
			break;
	}
	if (left == 0)
		return;
	(void)buf_add_char(out, '\n');
	(void)buf_printf(out, ngettext("and %zu more", "and %zu more", left),
	    left);
}

void
config_note_free(struct config_notes *notes)
{
	size_t i;

	for (i = 0; i < notes->count; i++)
		free(notes->items[i].text);
	free(notes->items);
	*notes = (struct config_notes){ 0 };
}
