/*
 * An error as a value: what kind it is, which decides what happens next, and
 * the text for a person.  The place that first sees the trouble writes the
 * text, subject first ("offers.xml:120: price ..."); callers may put a
 * prefix before it.  Texts are in the language of the locale (base/i18n.h).
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/limits.h"

enum err_kind {
	ERR_NONE = 0,
	ERR_USAGE,      /* command line or configuration: exit 2 */
	ERR_DATA,       /* foreign data is bad: this package is refused */
	ERR_ITEM,       /* this change is bad; the others go on */
	ERR_AGAIN,      /* try again later */
	ERR_LOCKED,     /* another run holds the lock: exit 5 */
	ERR_PORTAL,     /* the portal is away or refuses our credentials: 4 */
	ERR_STATE,      /* the state cannot be used, nothing goes on: exit 2 */
	ERR_SYSTEM      /* disk, system call */
};

struct err {
	enum err_kind kind;
	char text[LIMIT_ERROR_BYTES];
};

/* Fills *err; always returns -1, so that "return err_set(...)" reads well.
 * A text that is too long is cut at a character's border; known secrets are
 * masked (base/log.h), control characters become '?'.  err may be NULL, and
 * err->text may be among the arguments. */
__attribute__((format(printf, 3, 4)))
int err_set(struct err *err, enum err_kind kind, const char *format, ...);

/* The same with ": strerror(errno)" behind the text. */
__attribute__((format(printf, 3, 4)))
int err_errno(struct err *err, enum err_kind kind, const char *format, ...);

/* Puts a text before the one that is there; returns -1. */
__attribute__((format(printf, 2, 3)))
int err_prefix(struct err *err, const char *format, ...);

void err_clear(struct err *err);

#endif
