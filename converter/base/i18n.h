/*
 * Texts for people in the language of the locale.  What machines read (log
 * lines, JSON keys, XML) is never translated; LC_NUMERIC stays "C".
 */
#ifndef BASE_I18N_H
#define BASE_I18N_H

#include <libintl.h>

#define _(text) gettext(text)
#define N_(text) (text)

/* setlocale, textdomain; `folder` is where the catalogues are, or NULL. */
void i18n_init(const char *folder);

#endif
