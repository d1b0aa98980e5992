/*
 * The limits as text, one file for a portal:
 *
 *   cml24-limits 1
 *   rate LEVEL AT BLOCKED
 *   method CALLER NAME COST BLOCKED BEGIN:MS BEGIN:MS ...
 *   end
 *
 * Lines of other callers (other webhooks to the same portal) are kept as
 * they are.  A file without its end is garbage, and as good as none.
 */
#include "bitrix/b24_internal.h"

#include <inttypes.h>
#include <string.h>

#define STRANGERS_MAX 32768

void
b24_limit_file_init(struct b24_limit_state *state)
{
	memset(state, 0, sizeof(*state));
	buf_init(&state->strangers, STRANGERS_MAX);
	for (int i = 0; i < B24_METHOD_COUNT; i++)
		state->methods[i].cost_us = -1;
}

void
b24_limit_file_free(struct b24_limit_state *state)
{
	buf_free(&state->strangers);
}

/* The next word of the line, which becomes what is behind it. */
static struct str
word(struct str *line)
{
	struct str found = *line;
	size_t len = 0;

	while (len < line->len && line->p[len] != ' ')
		len++;
	found.len = len;
	if (len < line->len)
		len++;
	line->p += len;
	line->len -= len;
	return found;
}

static bool
number(struct str text, int64_t *out)
{
	return str_to_int64(out, text) == 0 && *out >= 0;
}

static void
read_rate(struct b24_limit_state *state, struct str line)
{
	int64_t level, at, blocked;

	if (!number(word(&line), &level) || !number(word(&line), &at) ||
	    !number(word(&line), &blocked))
		return;
	state->level = level < INT32_MAX ? level : INT32_MAX;
	state->at = at;
	state->blocked_until = blocked;
}

static void
read_bucket(struct b24_limit_method *method, struct str text)
{
	const char *colon = memchr(text.p, ':', text.len);
	struct b24_limit_bucket bucket;
	size_t at;

	if (colon == NULL || method->count == B24_BUCKETS)
		return;
	at = (size_t)(colon - text.p);
	if (number(str_n(text.p, at), &bucket.begin) &&
	    number(str_n(colon + 1, text.len - at - 1), &bucket.ms) &&
	    bucket.ms < INT32_MAX)
		method->buckets[method->count++] = bucket;
}

static void
read_method(struct b24_limit_state *state, struct str line)
{
	enum b24_method id = b24_methods_by_name(word(&line));
	struct b24_limit_method *method = &state->methods[id];
	int64_t cost, blocked;

	if (id == B24_NONE || str_to_int64(&cost, word(&line)) == -1 ||
	    !number(word(&line), &blocked) || cost < -1 ||
	    cost > INT32_MAX)
		return;
	method->count = 0;
	method->cost_us = cost;
	method->blocked_until = blocked;
	while (line.len > 0)
		read_bucket(method, word(&line));
}

static void
read_line(struct b24_limit_state *state, struct str caller, struct str line)
{
	struct str whole = line, kind = word(&line);

	if (str_is(kind, "rate")) {
		read_rate(state, line);
	} else if (str_is(kind, "method")) {
		if (str_eq(word(&line), caller)) {
			read_method(state, line);
		} else {
			(void)buf_add(&state->strangers, whole.p, whole.len);
			(void)buf_add_char(&state->strangers, '\n');
		}
	}
}

static bool
is_whole(struct str text)
{
	static const char first[] = "cml24-limits 1\n", last[] = "\nend\n";

	return text.len >= strlen(first) + strlen(last) &&
	    memcmp(text.p, first, strlen(first)) == 0 &&
	    memcmp(text.p + text.len - strlen(last), last, strlen(last)) == 0;
}

void
b24_limit_file_read(struct b24_limit_state *state, uint32_t caller,
    struct str text)
{
	char name[16];

	b24_limit_file_free(state);
	b24_limit_file_init(state);
	(void)snprintf(name, sizeof(name), "%08" PRIx32, caller);
	if (!is_whole(text))
		return;
	while (text.len > 0) {
		const char *end = memchr(text.p, '\n', text.len);
		size_t len = end != NULL ? (size_t)(end - text.p) : text.len;

		read_line(state, str_of(name), str_n(text.p, len));
		if (len < text.len)
			len++;
		text.p += len;
		text.len -= len;
	}
}

static void
write_method(const struct b24_limit_method *method, const char *name,
    uint32_t caller, struct buf *out)
{
	if (method->count == 0 && method->cost_us < 0 &&
	    method->blocked_until == 0)
		return;
	(void)buf_printf(out, "method %08" PRIx32 " %s %" PRId64 " %" PRId64,
	    caller, name, method->cost_us, method->blocked_until);
	for (size_t i = 0; i < method->count; i++)
		(void)buf_printf(out, " %" PRId64 ":%" PRId64,
		    method->buckets[i].begin, method->buckets[i].ms);
	(void)buf_add_char(out, '\n');
}

void
b24_limit_file_write(const struct b24_limit_state *state, uint32_t caller,
    struct buf *out)
{
	(void)buf_printf(out, "cml24-limits 1\nrate %" PRId64 " %" PRId64
	    " %" PRId64 "\n", state->level, state->at, state->blocked_until);
	for (int i = 1; i < B24_METHOD_COUNT; i++)
		write_method(&state->methods[i],
		    b24_methods_info((enum b24_method)i)->name, caller, out);
	(void)buf_add(out, buf_text(&state->strangers),
	    state->strangers.len);
	(void)buf_add_text(out, "end\n");
}
