/*
 * Findings.  One kind of them can come a million times in a file, so only
 * the first of each are told and the rest counted; those of an object wait
 * until its id and name are known, for these may stand behind the error.
 */
#include "commerceml/cml_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"

/* How many of one kind are told. */
#define TOLD_NOTES 5
#define TOLD_WARNINGS 100
#define TOLD_ERRORS 200

/* Of a foreign value, in bytes: enough to find it. */
#define QUOTED 160
#define FINDING_BYTES 1024

static unsigned
told_at_most(enum severity severity)
{
	switch (severity) {
	case SEVERITY_NOTE:
		return TOLD_NOTES;
	case SEVERITY_WARNING:
		return TOLD_WARNINGS;
	case SEVERITY_ERROR:
		return TOLD_ERRORS;
	}
	return TOLD_ERRORS;
}

/* A foreign text on one line, and not the whole of a long one. */
static void
put_quoted(struct buf *out, struct str text)
{
	struct str start = str_utf8_cut(text, QUOTED);

	for (size_t i = 0; i < start.len; i++) {
		unsigned char c = (unsigned char)start.p[i];

		(void)buf_add_char(out, c < 0x20 || c == 0x7f ? ' ' : (char)c);
	}
	if (start.len < text.len)
		(void)buf_add_text(out, "...");
}

static void
put_text(struct buf *out, const char *text, struct str where,
    struct str found)
{
	while (*text != '\0') {
		if (strncmp(text, "{where}", 7) == 0) {
			put_quoted(out, where);
			text += 7;
		} else if (strncmp(text, "{found}", 7) == 0) {
			put_quoted(out, found);
			text += 7;
		} else {
			(void)buf_add_char(out, *text++);
		}
	}
}

static void
tell(struct cml_reader *r, enum cml_code code, long line, const char *text,
    const struct cml_object *object)
{
	const struct cml_deviation *deviation = cml_rules_deviation(code);
	struct finding finding = {
		.severity = deviation->severity, .code = deviation->code,
		.file = r->options->file, .line = line, .text = text
	};

	if (r->events->finding == NULL)
		return;
	if (object != NULL) {
		finding.id = str_n(object->id.data, object->id.len);
		finding.name = str_n(object->name.data, object->name.len);
	}
	r->events->finding(r->events->ctx, &finding);
}

/* true: this one is counted and not told. */
static bool
count(struct cml_reader *r, enum cml_code code)
{
	enum severity severity = cml_rules_deviation(code)->severity;

	switch (severity) {
	case SEVERITY_NOTE:
		r->counts->notes++;
		break;
	case SEVERITY_WARNING:
		r->counts->warnings++;
		break;
	case SEVERITY_ERROR:
		r->counts->errors++;
		break;
	}
	r->seen[code]++;
	if (r->told[code] >= told_at_most(severity))
		return true;
	r->told[code]++;
	return false;
}

void
cml_finding(struct cml_reader *r, enum cml_code code, long line,
    struct str where, struct str found)
{
	struct buf text = BUF_INIT(FINDING_BYTES);
	struct cml_object *object = cml_object_top(r);
	struct cml_held *held;

	if (count(r, code))
		return;
	put_text(&text, _(cml_rules_deviation(code)->text), where, found);
	if (object != NULL && object->kind != RECORD_NONE &&
	    object->kind != RECORD_CATALOG && r->held_count < CML_HELD) {
		held = &r->held[r->held_count++];
		held->code = code;
		held->line = line;
		held->object = r->object_count;
		held->text = buf_take(&text);
		return;
	}
	tell(r, code, line, buf_text(&text), object);
	buf_free(&text);
}

void
cml_finding_flush(struct cml_reader *r, const struct cml_object *object)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < r->held_count; i++) {
		struct cml_held *held = &r->held[i];

		if (object != NULL && held->object < r->object_count) {
			r->held[kept++] = *held;
			continue;
		}
		tell(r, held->code, held->line, held->text, object);
		free(held->text);
	}
	r->held_count = kept;
}

void
cml_finding_close(struct cml_reader *r)
{
	char text[128];

	cml_finding_flush(r, NULL);
	for (int code = 0; code < CML_CODE_LAST; code++) {
		uint64_t more = r->seen[code] - r->told[code];

		if (more == 0)
			continue;
		(void)snprintf(text, sizeof(text),
		    ngettext("%lu more like this (%s)",
		    "%lu more like these (%s)", (unsigned long)more),
		    (unsigned long)more,
		    cml_rules_deviation((enum cml_code)code)->code);
		tell(r, (enum cml_code)code, 0, text, NULL);
	}
}

void
cml_finding_fatal(struct cml_reader *r, enum cml_code code,
    struct str where, struct str found)
{
	struct buf text = BUF_INIT(FINDING_BYTES);
	long line = cml_door_line(r);

	if (r->stopped)
		return;
	r->stopped = true;
	(void)count(r, code);
	put_text(&text, _(cml_rules_deviation(code)->text), where, found);
	cml_finding_flush(r, NULL);
	tell(r, code, line, buf_text(&text), cml_object_top(r));
	if (line > 0)
		(void)err_set(r->err, ERR_DATA, "%s:%ld: %s",
		    r->options->file, line, buf_text(&text));
	else
		(void)err_set(r->err, ERR_DATA, "%s: %s", r->options->file,
		    buf_text(&text));
	buf_free(&text);
	cml_door_stop(r);
}
