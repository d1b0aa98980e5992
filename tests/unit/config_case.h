/*
 * A configuration as a text, loaded from a scratch folder: what the tests of
 * config*.c share.
 */
#ifndef TESTS_CONFIG_CASE_H
#define TESTS_CONFIG_CASE_H

#include <string.h>
#include <sys/stat.h>

#include "base/config.h"
#include "scratch.h"

struct result {
	struct config *config;
	struct err err;
	struct buf warnings;
};

static inline int
setup(void **state)
{
	(void)unsetenv("CML24_WEBHOOK");
	return scratch_make(state);
}

/* Loads `text` as exchange.json in the scratch folder. */
static inline struct result
load(void **state, const char *text)
{
	struct result result = { .warnings = BUF_INIT(64 * 1024) };
	char *path = file_join(*state, "exchange.json");

	scratch_put(path, text);
	assert_int_equal(chmod(path, 0600), 0);
	if (config_load(&result.config, path, &result.warnings,
	    &result.err) == 0)
		assert_int_equal(result.err.kind, ERR_NONE);
	free(path);
	return result;
}

static inline void
done(struct result *result)
{
	config_free(result->config);
	buf_free(&result->warnings);
}

/* The text is refused, and this is among what is said. */
static inline void
assert_refused(void **state, const char *text, const char *said)
{
	struct result result = load(state, text);

	if (result.config != NULL)
		fail_msg("taken: %s", text);
	assert_int_equal(result.err.kind, ERR_USAGE);
	if (strstr(result.err.text, said) == NULL)
		fail_msg("wanted \"%s\", said: %s", said, result.err.text);
	done(&result);
}

/* The text is taken and warned of with this; NULL: with nothing. */
static inline void
assert_warned(void **state, const char *text, const char *said)
{
	struct result result = load(state, text);

	if (result.config == NULL)
		fail_msg("refused: %s", result.err.text);
	if (said == NULL)
		assert_string_equal(buf_text(&result.warnings), "");
	else if (strstr(buf_text(&result.warnings), said) == NULL)
		fail_msg("wanted \"%s\", said: %s", said,
		    buf_text(&result.warnings));
	done(&result);
}

#endif
