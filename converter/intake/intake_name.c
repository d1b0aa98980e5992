/*
 * Names of files as 1C, Windows and zips write them.  All of them are foreign
 * data: what passes intake_name_is_safe() cannot lead out of a folder, and is
 * seen by file_walk().
 */
#include "intake/parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"

/* Longest name of one file on the file systems that matter. */
#define NAME_BYTES 255

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_control(char c)
{
	return (unsigned char)c < 0x20 || c == 0x7f;
}

bool
intake_name_is_safe(const char *path)
{
	const char *part = path;
	size_t len;

	if (strlen(path) > LIMIT_NAME_BYTES)
		return false;
	for (len = 0; path[len] != '\0'; len++) {
		if (is_control(path[len]))
			return false;
	}
	for (;;) {
		len = strcspn(part, "/");
		/* A leading dot covers ".", ".." and hidden names. */
		if (len == 0 || len > NAME_BYTES || part[0] == '.')
			return false;
		if (part[len] == '\0')
			return true;
		part += len + 1;
	}
}

char *
intake_name_slashes(const char *name)
{
	char *path = mem_text(name);
	char *c;

	for (c = path; *c != '\0'; c++) {
		if (*c == '\\')
			*c = '/';
	}
	if (intake_name_is_safe(path))
		return path;
	free(path);
	return mem_text(name);
}

const char *
intake_name_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

void
intake_name_lower(char *out, size_t size, const char *text)
{
	size_t i;

	for (i = 0; text[i] != '\0' && i + 1 < size; i++) {
		out[i] = text[i];
		if (out[i] >= 'A' && out[i] <= 'Z')
			out[i] = (char)(out[i] - 'A' + 'a');
	}
	out[i] = '\0';
}

static bool
ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

bool
intake_name_is_foreign(const char *base)
{
	static const char *const whole[] = {
		"thumbs.db", "desktop.ini", "test", "test.txt",
		/* What file systems, Windows and servers of files keep beside
		 * them: what was deleted is no export. */
		"lost+found", "system volume information", "$recycle.bin",
		"#recycle", "@recycle", "@eadir", NULL
	};
	static const char *const ending[] = {
		".tmp", ".part", ".partial", ".filepart", ".crdownload", NULL
	};
	char lower[NAME_BYTES + 1];
	size_t i;

	if (base[0] == '.' || base[0] == '~')
		return true;
	intake_name_lower(lower, sizeof lower, base);
	for (i = 0; whole[i] != NULL; i++) {
		if (strcmp(lower, whole[i]) == 0)
			return true;
	}
	for (i = 0; ending[i] != NULL; i++) {
		if (ends_with(lower, ending[i]))
			return true;
	}
	return false;
}

struct intake_part
intake_name_part(const char *path)
{
	struct intake_part part = { strlen(path), 0, false };
	char end[9] = "";       /* ".zip.001" */
	size_t len = part.stem;

	if (len > 8)
		intake_name_lower(end, sizeof end, path + len - 8);
	if (strncmp(end, ".zip.", 5) == 0 && is_digit(end[5]) &&
	    is_digit(end[6]) && is_digit(end[7])) {
		part.stem = len - 4;
		part.number = (end[5] - '0') * 100 + (end[6] - '0') * 10 +
		    (end[7] - '0');
		return part;
	}
	if (len > 4)
		intake_name_lower(end, sizeof end, path + len - 4);
	if (strncmp(end, ".z", 2) == 0 && is_digit(end[2]) &&
	    is_digit(end[3])) {
		part.stem = len - 4;
		part.number = (end[2] - '0') * 10 + (end[3] - '0');
		part.spanned = true;
	}
	return part;
}

char *
intake_name_of_part(const char *path, struct intake_part part, int number)
{
	if (part.spanned)
		return mem_printf("%.*s.%c%02d", (int)part.stem, path,
		    path[part.stem + 1], number);
	return mem_printf("%.*s.%03d", (int)part.stem, path, number);
}

char *
intake_name_of_whole(const char *path, struct intake_part part)
{
	if (part.number == 0 || !part.spanned)
		return mem_text_n(path, part.stem);
	return mem_printf("%.*s.%s", (int)part.stem, path,
	    path[part.stem + 1] == 'Z' ? "ZIP" : "zip");
}

enum intake_kind
intake_name_kind(const char *base)
{
	char lower[NAME_BYTES + 1];

	intake_name_lower(lower, sizeof lower, base);
	if (ends_with(lower, ".xml"))
		return INTAKE_XML;
	if (ends_with(lower, ".zip") || intake_name_part(lower).number > 0)
		return INTAKE_ZIP;
	return INTAKE_OTHER;
}
