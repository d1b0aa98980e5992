#include "flow/choice.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "flow/rival.h"

/* Before each of them.  No told text has it in its values. */
#define MARK '\x1e'
#define MARK_TEXT "\x1e"

/* A company has one name, a person two; of requisites the numbers say more
 * than the name. */
static void
put_name(char out[64], const struct found *row)
{
	static const enum field parts[] = { FIELD_NAME, FIELD_LAST_NAME,
	    FIELD_FIRST_NAME, FIELD_INN, FIELD_KPP };
	struct buf name = BUF_INIT(LIMIT_NAME_BYTES);

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct str part = fields_get(&row->fields, parts[i]);

		if (part.len > 0)
			(void)buf_printf(&name, "%s%.*s", name.len > 0 ?
			    " " : "", (int)part.len, part.p);
	}
	(void)snprintf(out, 64, "%.*s", (int)str_utf8_cut(str_n(
	    buf_text(&name), name.len), 63).len, buf_text(&name));
	for (char *c = out; *c != '\0'; c++)
		if ((unsigned char)*c < ' ')
			*c = ' ';
	buf_free(&name);
}

/* All of it or nothing. */
__attribute__((format(printf, 2, 3)))
static void
append(char text[CHANGE_TEXT_BYTES], const char *format, ...)
{
	size_t len = strlen(text);
	va_list args;
	int more;

	va_start(args, format);
	more = vsnprintf(text + len, CHANGE_TEXT_BYTES - len, format, args);
	va_end(args);
	if (more < 0 || (size_t)more >= CHANGE_TEXT_BYTES - len)
		text[len] = '\0';
}

void
choice_add(char text[CHANGE_TEXT_BYTES], struct flow *flow,
    const struct op *op, const struct found *row, const char *step,
    enum match_why why)
{
	char name[64], link[256] = "";

	put_name(name, row);
	flow->remote.link(flow->remote.ctx, op->target.kind, row->portal_id,
	    link);
	append(text, "%c%" PRId64 "%c%s%c%s%c%s%c%s", MARK, row->portal_id,
	    FIELD_PART, step, FIELD_PART, match_why_name(why), FIELD_PART,
	    name, FIELD_PART, link);
}

void
choice_add_id(char text[CHANGE_TEXT_BYTES], int64_t portal_id)
{
	append(text, "%c%" PRId64, MARK, portal_id);
}

char *
choice_message(const char *text)
{
	return mem_text_n(text, strcspn(text, MARK_TEXT));
}

static void
put_part(char *out, size_t size, struct str line, unsigned part)
{
	struct str text = str_utf8_cut(field_part(line, part), size - 1);

	(void)snprintf(out, size, "%.*s", (int)text.len,
	    text.len > 0 ? text.p : "");
}

bool
choice_next(struct choice *out, const char *text, size_t *at)
{
	size_t begin = *at == 0 ? strcspn(text, MARK_TEXT) : *at;
	struct str line;
	char why[16];

	while (text[begin] == MARK) {
		line = str_n(text + begin + 1, strcspn(text + begin + 1,
		    MARK_TEXT));
		begin += line.len + 1;
		*at = begin;
		if (str_to_int64(&out->portal_id, field_part(line, 0)) == -1)
			continue;
		out->bare = memchr(line.p, FIELD_PART, line.len) == NULL;
		put_part(out->step, sizeof(out->step), line, 1);
		put_part(why, sizeof(why), line, 2);
		out->why = match_why_named(why);
		put_part(out->name, sizeof(out->name), line, 3);
		put_part(out->link, sizeof(out->link), line, 4);
		return true;
	}
	return false;
}

/* What the target could become no more.  Where that cannot be read it is
 * shown. */
static bool
is_free(struct flow *flow, const struct target *target, int64_t portal_id)
{
	struct err err = { 0 };
	struct target holder;
	enum match_holder held;

	return rival_has(flow, target, portal_id, &holder, &held, &err) ==
	    -1 || held != MATCH_HELD;
}

/* Those whose ids alone are kept, in one line. */
static void
show_bare(struct flow *flow, const struct target *target, const char *text)
{
	struct buf ids = BUF_INIT(CHANGE_TEXT_BYTES * 2);
	struct choice choice;
	size_t at = 0, count = 0;

	while (choice_next(&choice, text, &at)) {
		if (!choice.bare || !is_free(flow, target, choice.portal_id))
			continue;
		(void)buf_printf(&ids, "%s%" PRId64, count > 0 ? ", " : "",
		    choice.portal_id);
		count++;
	}
	if (count > 0)
		report_line(flow->report, ngettext("    and %zu more: %s",
		    "    and %zu more: %s", count), count, buf_text(&ids));
	buf_free(&ids);
}

static void
show_one(struct report *report, const struct choice *choice)
{
	const char *why = match_why_text(match_step_named(choice->step),
	    choice->why);

	if (!report->json) {
		report_line(report, "    %" PRId64 " %s%s%s%s%s",
		    choice->portal_id, choice->name, why[0] != '\0' ? ": " :
		    "", why, choice->link[0] != '\0' ? " " : "",
		    choice->link);
		return;
	}
	json_out_object(&report->jo, NULL);
	json_out_int(&report->jo, "portal_id", choice->portal_id);
	json_out_text(&report->jo, "name", choice->name);
	json_out_text(&report->jo, "step", choice->step);
	json_out_text(&report->jo, "reason", match_why_name(choice->why));
	json_out_text(&report->jo, "why", why);
	json_out_text(&report->jo, "link", choice->link);
	json_out_end_object(&report->jo);
}

void
choice_show(struct flow *flow, const struct target *target, const char *text)
{
	struct report *report = flow->report;
	struct choice choice;
	size_t at = 0;
	bool any = false;

	while (choice_next(&choice, text, &at)) {
		if (!any && report->json)
			json_out_array(&report->jo, "candidates");
		any = true;
		if ((report->json || !choice.bare) && is_free(flow, target,
		    choice.portal_id))
			show_one(report, &choice);
	}
	if (!report->json)
		show_bare(flow, target, text);
	if (any && report->json)
		json_out_end_array(&report->jo);
}

/* ---- settled by what became of others ---- */

struct again {
	struct flow *flow;
	struct rowset *settled;
	int64_t *rows;
	size_t count, size;
};

static void
add_again(struct again *again, int64_t row)
{
	if (again->count == again->size) {
		again->size = again->size == 0 ? 16 : again->size * 2;
		again->rows = mem_resize(again->rows, again->size,
		    sizeof(*again->rows));
	}
	again->rows[again->count++] = row;
}

static bool
is_doubt(const struct change *change)
{
	return strcmp(change->code, CHOICE_CODE) == 0 &&
	    target_is_client(change->target.kind);
}

static int
note_settled(void *ctx, const struct change *change, struct err *err)
{
	struct again *again = ctx;
	struct target holder;
	struct choice choice;
	enum match_holder held;
	bool any = false;
	size_t at = 0;

	if (again->settled != NULL && rowset_has(again->settled, change->row))
		return 0;
	if (strcmp(change->code, LINK_HANDED) == 0 &&
	    link_comes_back(again->flow, &change->target, change->row))
		add_again(again, change->row);
	if (!is_doubt(change))
		return 0;
	while (choice_next(&choice, change->text, &at)) {
		if (rival_has(again->flow, &change->target, choice.portal_id,
		    &holder, &held, err) == -1)
			return -1;
		if (held != MATCH_HELD)
			return 0;
		any = true;
	}
	if (any)
		add_again(again, change->row);
	return 0;
}

static int
replan_all(const struct again *again, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < again->count; i++) {
		if (again->settled != NULL)
			rowset_add(again->settled, again->rows[i]);
		rc = snapshot_change_replan(again->flow->snap,
		    again->rows[i], err);
	}
	return rc;
}

int
choice_again(struct flow *flow, struct rowset *settled, bool *any,
    struct err *err)
{
	struct again again = { .flow = flow, .settled = settled };
	int rc;

	rc = snapshot_change_each(flow->snap, CHANGE_FAILED, note_settled,
	    &again, err);
	*any = rc == 0 && again.count > 0;
	if (*any)
		rc = snapshot_begin(flow->snap, err);
	if (*any && rc == 0)
		rc = snapshot_end(flow->snap, replan_all(&again, err), err);
	free(again.rows);
	return rc;
}

static int
note_rival(void *ctx, const struct change *change, struct err *err)
{
	struct choice choice;
	size_t at = 0;

	(void)err;
	if (is_doubt(change) && choice_next(&choice, change->text, &at) &&
	    choice.why == MATCH_WHY_RIVAL)
		add_again(ctx, change->row);
	return 0;
}

int
choice_rivals_again(struct flow *flow, struct err *err)
{
	struct again again = { .flow = flow };
	int rc;

	rc = snapshot_change_each(flow->snap, CHANGE_FAILED, note_rival,
	    &again, err);
	if (rc == 0)
		rc = replan_all(&again, err);
	free(again.rows);
	return rc;
}
