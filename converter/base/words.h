/*
 * Texts for the people of the portal, in its language (portal.language) and not
 * in that of the run: a timer has none.  They are taken from the installed
 * catalogue of that language (GNU .mo), for libintl follows the locale alone.
 */
#ifndef BASE_WORDS_H
#define BASE_WORDS_H

/* xgettext finds the messages by N_() (base/i18n.h). */
struct words;

/* After i18n_init().  "en", or a catalogue that is not there (told in the log):
 * the messages themselves.  Never fails; words_close() takes NULL. */
struct words *words_open(const char *language);
void words_close(struct words *words);
/* Lives as long as `words`; NULL: none were opened. */
__attribute__((format_arg(2)))
const char *words_say(const struct words *words, const char *message);

#endif
