/*
 * Texts that are kept and read later, by another person: why a change was not
 * sent, why an order is held, what a node of 1C has to do.  A timer's run
 * writes them in no language; whoever asks reads them in his own.  Such a text
 * is its message as it stands in the source, then what is put into it, between
 * three control characters that nothing else has:
 *
 *   1 "the portal did not take: %s" 2 "name" 3
 *
 * A value may be a told text itself.  A text without these characters is what
 * it is: the portal's own words, or what earlier versions kept.  report/ and
 * base/log show told texts; nobody else has to know of them.
 */
#ifndef BASE_TOLD_H
#define BASE_TOLD_H

#include <stdarg.h>
#include <stddef.h>

#include "base/err.h"

#define TOLD_BEGIN '\001'
#define TOLD_VALUE '\002'
#define TOLD_END '\003'

/* A literal into which nothing is put. */
#define TOLD(text) "\001" text "\003"

/*
 * out: the message (N_()) with its values; cut where it is too long, and whole
 * in form all the same.  Conversions: s, d and u (also l, ll, z), and a
 * precision of s.
 */
__attribute__((format(printf, 3, 4)))
void told_set(char *out, size_t size, const char *message, ...);
__attribute__((format(printf, 3, 0)))
void told_vset(char *out, size_t size, const char *message, va_list args);

/* A message into which nothing is put, and which is no literal. */
#define TOLD_WORD_BYTES 64
const char *told_word(char out[TOLD_WORD_BYTES], const char *message);

/* A copy, cut where it is too long; of told texts and others. */
void told_copy(char *out, size_t size, const char *text);

/* As err_set(), of a text that may be kept. */
__attribute__((format(printf, 3, 4)))
int told_err(struct err *err, enum err_kind kind, const char *message, ...);

/* Both take the text over and return it as it is shown, which the caller frees:
 * in the language of the locale; in English, for log lines and machines. */
char *told_translate(char *text);
char *told_english(char *text);

#endif
