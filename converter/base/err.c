#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/told.h"

/*
 * Takes `text` and frees it.  It is masked before it is cut, so that no half
 * of a secret is left.  Foreign names must not steer a terminal, so control
 * characters go, but for the marks of a told text.
 */
static int
take_text(struct err *err, char *text)
{
	log_mask(text);
	for (char *c = text; *c != '\0'; c++)
		if (((unsigned char)*c < 0x20 || *c == 0x7f) &&
		    strchr("\n\t\001\002\003", *c) == NULL)
			*c = '?';
	told_copy(err->text, sizeof(err->text), text);
	free(text);
	return -1;
}

int
err_set(struct err *err, enum err_kind kind, const char *format, ...)
{
	va_list args;
	char *text;

	if (err == NULL)
		return -1;
	va_start(args, format);
	text = mem_vprintf(format, args);
	va_end(args);
	err->kind = kind;
	return take_text(err, text);
}

int
err_errno(struct err *err, enum err_kind kind, const char *format, ...)
{
	const char *reason = strerror(errno);
	va_list args;
	char *text, *whole;

	if (err == NULL)
		return -1;
	va_start(args, format);
	text = mem_vprintf(format, args);
	va_end(args);
	whole = mem_printf("%s: %s", text, reason);
	free(text);
	err->kind = kind;
	return take_text(err, whole);
}

int
err_prefix(struct err *err, const char *format, ...)
{
	va_list args;
	char *prefix, *whole;

	if (err == NULL)
		return -1;
	va_start(args, format);
	prefix = mem_vprintf(format, args);
	va_end(args);
	whole = mem_printf("%s%s", prefix, err->text);
	free(prefix);
	return take_text(err, whole);
}

void
err_clear(struct err *err)
{
	if (err == NULL)
		return;
	err->kind = ERR_NONE;
	err->text[0] = '\0';
}
