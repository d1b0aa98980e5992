/*
 * What a command says.  Values come from 1C, zips and file names, so control
 * characters never reach a terminal.
 */
#include "report/report.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/told.h"
#include "model/order_line.h"
#include "model/party.h"

/* As many messages as anybody reads. */
#define SAID_MAX 1000
/* A value in a line for a person; a description can have megabytes. */
#define SHOWN_BYTES 160

void
report_begin(struct report *report, bool json, bool quiet,
    const char *command)
{
	*report = (struct report){ .out = stdout, .json = json, .quiet = quiet,
	    .first_section = true };
	if (!json)
		return;
	json_out_init_file(&report->jo, report->out);
	json_out_object(&report->jo, NULL);
	json_out_text(&report->jo, "command", command);
}

/* Elements of the open array, which are gone then. */
static void
put_lines(struct report *report, struct report_lines *lines)
{
	for (size_t i = 0; i < lines->count; i++) {
		json_out_text(&report->jo, NULL, lines->items[i]);
		free(lines->items[i]);
	}
	free(lines->items);
	*lines = (struct report_lines){ NULL, 0 };
}

void
report_notes(struct report *report)
{
	put_lines(report, &report->noted);
}

static void
end_messages(struct report *report)
{
	bool any = report->said.count > 0;

	if (any)
		json_out_array(&report->jo, "messages");
	put_lines(report, &report->said);
	if (any)
		json_out_end_array(&report->jo);
}

void
report_end(struct report *report, int exit_code, const char *error)
{
	char *text;

	if (report->json) {
		/* After an error lists may still be open. */
		json_out_end_to(&report->jo, 1);
		end_messages(report);
		if (error != NULL)
			report_json_told(report, "error", error);
		json_out_int(&report->jo, "exit", exit_code);
		json_out_end_object(&report->jo);
	} else if (error != NULL) {
		text = told_translate(mem_text(error));
		fflush(report->out);
		fprintf(stderr, "cml24: %s\n", text);
		free(text);
	}
	fflush(report->out);
}

/* Blanks for what a terminal would obey: C0, DEL and C1. */
static void
make_harmless(char *text)
{
	unsigned char *c = (unsigned char *)text;

	for (; *c != '\0'; c++) {
		if (*c < 0x20 || *c == 0x7f) {
			*c = ' ';
		} else if (c[0] == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0) {
			*c++ = ' ';
			*c = ' ';
		}
	}
}

__attribute__((format(printf, 1, 0)))
static char *
line_text(const char *format, va_list args)
{
	char *text = told_translate(mem_vprintf(format, args));

	make_harmless(text);
	return text;
}

__attribute__((format(printf, 2, 0)))
static void
put_line(struct report *report, const char *format, va_list args)
{
	char *text = line_text(format, args);

	fprintf(report->out, "%s\n", text);
	report->first_section = false;
	free(text);
}

/* The document may be in the middle of a list. */
__attribute__((format(printf, 2, 0)))
static void
keep_line(struct report_lines *lines, const char *format, va_list args)
{
	if (lines->count == SAID_MAX)
		return;
	lines->items = mem_resize(lines->items, lines->count + 1,
	    sizeof(*lines->items));
	lines->items[lines->count++] = line_text(format, args);
}

void
report_line(struct report *report, const char *format, ...)
{
	va_list args;

	if (report->json || report->quiet)
		return;
	va_start(args, format);
	put_line(report, format, args);
	va_end(args);
}

void
report_say(struct report *report, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (report->json)
		keep_line(&report->said, format, args);
	else
		put_line(report, format, args);
	va_end(args);
}

void
report_note(struct report *report, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (report->json)
		keep_line(&report->noted, format, args);
	else if (!report->quiet)
		put_line(report, format, args);
	va_end(args);
}

void
report_json_told(struct report *report, const char *key, const char *text)
{
	char *shown = told_translate(mem_text(text));

	json_out_text(&report->jo, key, shown);
	free(shown);
}

void
report_json_note(struct report *report, const char *key, const char *text)
{
	char *shown = told_english(mem_text(text));

	json_out_text(&report->jo, key, shown);
	free(shown);
}

/* ---- findings ---- */

static const char *
severity_name(enum severity severity)
{
	switch (severity) {
	case SEVERITY_NOTE:
		return "note";
	case SEVERITY_WARNING:
		return "warning";
	case SEVERITY_ERROR:
		break;
	}
	return "error";
}

static void
finding_json(struct json_out *jo, const struct finding *finding)
{
	json_out_object(jo, NULL);
	json_out_text(jo, "severity", severity_name(finding->severity));
	json_out_text(jo, "code", finding->code);
	json_out_text(jo, "file", finding->file);
	json_out_int(jo, "line", finding->line);
	if (finding->id.len > 0)
		json_out_str(jo, "id", finding->id);
	if (finding->name.len > 0)
		json_out_str(jo, "name", finding->name);
	json_out_text(jo, "text", finding->text);
	json_out_end_object(jo);
}

/* " (goods ID «name»)", or as much of it as is known. */
static char *
whose(const struct finding *finding)
{
	struct str name = str_utf8_cut(finding->name, SHOWN_BYTES);
	int id_len = (int)finding->id.len, name_len = (int)name.len;

	if (id_len > 0 && name_len > 0)
		/* TRANSLATORS: behind a finding: the Ид and the name */
		return mem_printf(_(" (%.*s \"%.*s\")"), id_len,
		    finding->id.p, name_len, name.p);
	if (id_len > 0)
		return mem_printf(" (%.*s)", id_len, finding->id.p);
	if (name_len > 0)
		/* TRANSLATORS: behind a finding: the name alone */
		return mem_printf(_(" (\"%.*s\")"), name_len, name.p);
	return mem_text("");
}

void
report_findings_begin(struct report *report)
{
	if (report->json)
		json_out_array(&report->jo, "findings");
	report->findings = true;
}

void
report_findings_end(struct report *report)
{
	if (report->json && report->findings)
		json_out_end_array(&report->jo);
	report->findings = false;
}

void
report_finding(struct report *report, const struct finding *finding)
{
	const char *file = finding->file == NULL ? "" : finding->file;
	char line[24] = "";
	char *about;

	if (report->json) {
		if (report->findings)
			finding_json(&report->jo, finding);
		return;
	}
	if (report->quiet && finding->severity != SEVERITY_ERROR)
		return;
	if (finding->line > 0)
		snprintf(line, sizeof line, ":%ld", finding->line);
	about = whose(finding);
	report_say(report, "%s%s: %s%s", file, line, finding->text, about);
	free(about);
}

/* ---- fields ---- */

/* "Paper 2 × 100 = 200; Pencil …": the lines of an order. */
static void
add_order_lines(struct buf *out, struct str value)
{
	char quantity[DECIMAL_TEXT_BYTES], price[DECIMAL_TEXT_BYTES];
	char sum[DECIMAL_TEXT_BYTES];
	struct order_line line;
	struct str what;
	size_t at = 0;

	while (order_line_next(value, &at, &line)) {
		(void)decimal_format(quantity, line.quantity);
		(void)decimal_format(price, line.price);
		(void)decimal_format(sum, line.sum);
		what = line.name.len > 0 ? line.name : line.id;
		(void)buf_printf(out, "%s%.*s %s × %s = %s",
		    out->len > 0 ? "; " : "", (int)what.len, what.p,
		    quantity, price, sum);
	}
}

/* Parts as "a: b", without those that are empty. */
static void
add_parts(struct buf *out, struct str line)
{
	const char *part = line.p, *end = line.p + line.len, *next;

	while (part < end) {
		next = memchr(part, FIELD_PART, (size_t)(end - part));
		if (next == NULL)
			next = end;
		if (next > part && part > line.p)
			(void)buf_add_text(out, ": ");
		(void)buf_add(out, part, (size_t)(next - part));
		part = next + 1;
	}
}

static bool
is_list(enum field field)
{
	static const enum field lists[] = { FIELD_PHONES, FIELD_EMAILS,
	    FIELD_SITES, FIELD_USER_FIELDS, FIELD_COMPANIES, FIELD_PROGRESS };

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (field == lists[i])
			return true;
	return false;
}

/* Lists as "a: b, c: d". */
static void
add_value(struct buf *out, enum field field, struct str value)
{
	struct str line;
	size_t at = 0;
	bool first = true;

	if (out->len > 0)
		(void)buf_add_text(out, "; ");
	if (!is_list(field)) {
		add_parts(out, value);
		return;
	}
	while (party_line_next(value, &at, &line)) {
		if (!first)
			(void)buf_add_text(out, ", ");
		add_parts(out, line);
		first = false;
	}
}

/* All values of a field in one text: "a; b".  NULL: it has none. */
static char *
value_text(const struct fields *fields, enum field wanted, size_t limit)
{
	struct buf out = BUF_INIT(LIMIT_RECORD_BYTES);
	enum field field;
	struct str value;
	size_t at = 0;

	while (fields_next(fields, &at, &field, &value)) {
		if (field != wanted || str_is(value, FIELD_CLEAR))
			continue;
		if (field == FIELD_LINES)
			add_order_lines(&out, value);
		else
			add_value(&out, field, value);
	}
	if (limit > 0 && out.len > limit) {
		out.len = str_utf8_cut(str_n(out.data, out.len), limit).len;
		out.data[out.len] = '\0';
		buf_add_text(&out, "…");
	}
	return out.len == 0 ? NULL : buf_take(&out);
}

static void
field_json(struct json_out *jo, enum field field,
    const struct fields *old_values, const struct fields *new_values)
{
	char *before = value_text(old_values, field, 0);
	char *after = value_text(new_values, field, 0);

	json_out_object(jo, field_name(field));
	if (before == NULL)
		json_out_null(jo, "old");
	else
		json_out_text(jo, "old", before);
	if (after == NULL)
		json_out_null(jo, "new");
	else
		json_out_text(jo, "new", after);
	json_out_end_object(jo);
	free(before);
	free(after);
}

/* Does what is said of the field differ from what was agreed? */
static bool
differs(enum field field, const struct fields *old_values,
    const struct fields *new_values)
{
	char *before = value_text(old_values, field, 0);
	char *after = value_text(new_values, field, 0);
	bool same = before != NULL && after != NULL &&
	    strcmp(before, after) == 0;

	free(before);
	free(after);
	return !same;
}

static bool
is_shown(const struct fields *fields, enum field field)
{
	return fields_has(fields, field) && field != FIELD_FORM;
}

/* What goes along unchanged (a price's currency) is no news, unless it is all
 * there is: then it was asked for once more. */
static void
choose_shown(bool shown[FIELD_LAST], const struct fields *old_values,
    const struct fields *new_values)
{
	bool news = false;
	int field;

	for (field = 1; field < FIELD_LAST; field++) {
		shown[field] = is_shown(new_values, (enum field)field) &&
		    differs((enum field)field, old_values, new_values);
		news = news || shown[field];
	}
	for (field = 1; !news && field < FIELD_LAST; field++)
		shown[field] = is_shown(new_values, (enum field)field);
}

static void
field_line(struct report *report, enum field field,
    const struct fields *old_values, const struct fields *new_values)
{
	char *before = value_text(old_values, field, SHOWN_BYTES);
	char *after = value_text(new_values, field, SHOWN_BYTES);

	if (before == NULL)
		report_line(report, "    %s: %s", field_title(field),
		    after != NULL ? after : "");
	else
		/* TRANSLATORS: field: old value → new value */
		report_line(report, _("    %s: %s → %s"), field_title(field),
		    before, after != NULL ? after : _("(emptied)"));
	free(before);
	free(after);
}

static void
fields_json(struct json_out *jo, const struct fields *old_values,
    const struct fields *new_values)
{
	json_out_object(jo, "fields");
	for (int field = 1; field < FIELD_LAST; field++)
		if (is_shown(new_values, (enum field)field))
			field_json(jo, (enum field)field, old_values,
			    new_values);
	json_out_end_object(jo);
}

void
report_fields(struct report *report, const struct fields *old_values,
    const struct fields *new_values)
{
	struct fields none;
	bool shown[FIELD_LAST];

	fields_init(&none);
	if (old_values == NULL)
		old_values = &none;
	if (report->json) {
		fields_json(&report->jo, old_values, new_values);
	} else {
		choose_shown(shown, old_values, new_values);
		for (int field = 1; field < FIELD_LAST; field++)
			if (shown[field])
				field_line(report, (enum field)field,
				    old_values, new_values);
	}
	fields_free(&none);
}

/* ---- durations ---- */

struct unit {
	int64_t seconds;
	void (*add)(struct buf *out, unsigned long n);
};

static void
add_days(struct buf *out, unsigned long n)
{
	buf_printf(out, ngettext("%lu day", "%lu days", n), n);
}

static void
add_hours(struct buf *out, unsigned long n)
{
	buf_printf(out, ngettext("%lu hour", "%lu hours", n), n);
}

static void
add_minutes(struct buf *out, unsigned long n)
{
	buf_printf(out, ngettext("%lu minute", "%lu minutes", n), n);
}

static void
add_seconds(struct buf *out, unsigned long n)
{
	buf_printf(out, ngettext("%lu second", "%lu seconds", n), n);
}

static const struct unit units[] = {
	{ 86400, add_days },
	{ 3600, add_hours },
	{ 60, add_minutes },
	{ 1, add_seconds },
};
#define UNITS (sizeof units / sizeof units[0])

/* The largest unit and, where it says something, the next one. */
char *
report_duration(char out[48], int64_t ms)
{
	int64_t left = ms <= 0 ? 0 : (ms - 1) / 1000 + 1;
	struct buf text = BUF_INIT(256);
	size_t i = 0;

	if (ms < 1000) {
		buf_add_text(&text, _("less than a second"));
		left = 0;
	}
	while (left > 0 && i + 1 < UNITS && left < units[i].seconds)
		i++;
	/* Below ten minutes seconds matter, above they are noise. */
	if (left >= 600 && i == 2)
		left = (left + 59) / 60 * 60;
	if (left >= 3600 && i == 2)
		i--;
	if (left > 0) {
		unsigned long n = (unsigned long)(left / units[i].seconds);
		unsigned long rest = 0;

		if (i + 1 < UNITS)
			rest = (unsigned long)(left % units[i].seconds /
			    units[i + 1].seconds);

		units[i].add(&text, n);
		if (rest > 0) {
			buf_add_char(&text, ' ');
			units[i + 1].add(&text, rest);
		}
	}
	snprintf(out, 48, "%.*s", (int)str_utf8_cut(str_n(buf_text(&text),
	    text.len), 47).len, buf_text(&text));
	buf_free(&text);
	return out;
}
