/*
 * Log lines to stderr, for the person who looks for a cause.  Never
 * translated.  Secrets that were made known are replaced by "***" in every
 * line, whatever it says.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

enum log_level { LOG_QUIET = 0, LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

void log_set_level(enum log_level level);       /* starts at LOG_WARN */
enum log_level log_level(void);

/* From now on `secret` (copied; at least 6 bytes, else ignored) is masked. */
void log_add_secret(const char *secret);

/* Masks every known secret in text, in place (the text gets no longer). */
void log_mask(char *text);

__attribute__((format(printf, 1, 2))) void log_error(const char *format, ...);
__attribute__((format(printf, 1, 2))) void log_warn(const char *format, ...);
__attribute__((format(printf, 1, 2))) void log_info(const char *format, ...);
__attribute__((format(printf, 1, 2))) void log_debug(const char *format, ...);

#endif
