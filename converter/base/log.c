#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/told.h"

#define SECRET_MIN 6
#define MASK "***"

static enum log_level level_now = LOG_WARN;

/* The longest first, so that one inside another doesn't leave its rest. */
static char **secrets;
static size_t secret_count;

void
log_set_level(enum log_level level)
{
	level_now = level;
}

enum log_level
log_level(void)
{
	return level_now;
}

void
log_add_secret(const char *secret)
{
	size_t len = secret == NULL ? 0 : strlen(secret);
	size_t place = 0, i;

	if (len < SECRET_MIN)
		return;
	for (i = 0; i < secret_count; i++) {
		if (strcmp(secrets[i], secret) == 0)
			return;
		if (strlen(secrets[i]) >= len)
			place = i + 1;
	}
	secrets = mem_resize(secrets, secret_count + 1, sizeof *secrets);
	memmove(secrets + place + 1, secrets + place,
	    (secret_count - place) * sizeof *secrets);
	secrets[place] = mem_text(secret);
	secret_count++;
}

void
log_mask(char *text)
{
	const size_t mask = strlen(MASK);
	size_t i;

	for (i = 0; i < secret_count; i++) {
		size_t len = strlen(secrets[i]);
		char *at = strstr(text, secrets[i]);

		for (; at != NULL; at = strstr(at + mask, secrets[i])) {
			memcpy(at, MASK, mask);
			memmove(at + mask, at + len, strlen(at + len) + 1);
		}
	}
}

/* One entry is one line: foreign text cannot begin another. */
static void
flatten(char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == 0x7f || (c < 0x20 && c != '\t'))
			*text = ' ';
	}
}

/* errno is left alone, so that one can log before looking at it. */
__attribute__((format(printf, 2, 0)))
static void
write_line(enum log_level level, const char *format, va_list args)
{
	static const char *const names[] = {
		[LOG_QUIET] = "",
		[LOG_ERROR] = "error",
		[LOG_WARN] = "warn",
		[LOG_INFO] = "info",
		[LOG_DEBUG] = "debug",
	};
	char when[CLOCK_TEXT_BYTES];
	int saved = errno;
	char *text;

	if (level > level_now)
		return;
	text = told_english(mem_vprintf(format, args));
	log_mask(text);
	flatten(text);
	fprintf(stderr, "%s cml24[%ld] %s: %s\n",
	    clock_format(when, clock_wall_ms()), (long)getpid(),
	    names[level], text);
	free(text);
	errno = saved;
}

void
log_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	write_line(LOG_ERROR, format, args);
	va_end(args);
}

void
log_warn(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	write_line(LOG_WARN, format, args);
	va_end(args);
}

void
log_info(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	write_line(LOG_INFO, format, args);
	va_end(args);
}

void
log_debug(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	write_line(LOG_DEBUG, format, args);
	va_end(args);
}
