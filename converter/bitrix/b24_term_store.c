/* Warehouses and units: recognised, and made where that is asked for. */
#include "bitrix/b24_term.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"

/* ---- the portal's warehouses ---- */

static void
add_store(struct b24_terms *terms, int64_t id, char *title, char *code,
    char *xml_id, bool active)
{
	terms->stores = mem_resize(terms->stores, terms->store_count + 1,
	    sizeof(*terms->stores));
	terms->stores[terms->store_count++] = (struct b24_store){ id, title,
	    code, xml_id, active };
}

static void
take_store(void *ctx, const struct b24_command *command, const cJSON *row)
{
	char space[32];

	(void)command;
	add_store(ctx, json_int_of(row, "id"), json_text_of(row, "title"),
	    json_text_of(row, "code"), json_text_of(row, "xmlId"),
	    !str_is(json_str(json_get(row, "active"), space), "N"));
}

/* Once a run, and only where there is something to be found. */
static int
read_stores(struct b24 *b24, struct err *err)
{
	static const char *const select[] = { "id", "title", "active",
	    "code", "xmlId" };
	struct b24_command command;
	int rc;

	if (b24->terms->stores_known)
		return 0;
	b24_batch_command_init(&command, B24_STORE_LIST);
	for (size_t i = 0; i < sizeof(select) / sizeof(*select); i++)
		b24_query_item(&command.query, "select", i,
		    str_of(select[i]));
	b24_query_text(&command.query, "order[id]", "ASC");
	rc = b24_blocking_read(b24, &command, 1, take_store, b24->terms,
	    err);
	b24_batch_command_free(&command);
	b24->terms->stores_known = rc == 0;
	return rc;
}

/* ---- recognising ---- */

enum way { WAY_TITLE, WAY_CODE, WAY_MARK, WAY_ID, WAY_NUMBER };

static bool
fits(const struct b24_store *store, enum way way, const char *wanted,
    int64_t known)
{
	int64_t id;

	switch (way) {
	case WAY_TITLE:
		return str_same_name(str_of(store->title), str_of(wanted));
	case WAY_CODE:
		return str_same_name(str_of(store->code), str_of(wanted));
	case WAY_MARK:
		return strcmp(store->xml_id, wanted) == 0;
	case WAY_ID:
		return str_to_int64(&id, str_trim(str_of(wanted))) == 0 &&
		    id == store->id;
	case WAY_NUMBER:
		return store->id == known;
	}
	return false;
}

static bool
is_taken(const struct terms *terms, const struct term *but, int64_t id)
{
	for (size_t i = 0; i < terms->count; i++)
		if (&terms->items[i] != but && terms->items[i].kind ==
		    TERM_STORE && terms->items[i].portal_id == id)
			return true;
	return false;
}

/* One in use before one that is switched off, then the oldest. */
static int64_t
pick(const struct b24_terms *known, const struct terms *terms,
    const struct term *term, enum way way, const char *wanted)
{
	const struct b24_store *best = NULL;

	if (wanted == NULL || str_trim(str_of(wanted)).len == 0)
		return 0;
	for (size_t i = 0; i < known->store_count; i++) {
		const struct b24_store *one = &known->stores[i];

		if (!fits(one, way, wanted, term->portal_id) ||
		    (way == WAY_TITLE && term->rule != TERM_NAMED &&
		    is_taken(terms, term, one->id)))
			continue;
		if (best == NULL || (one->active && !best->active) ||
		    (one->active == best->active && one->id < best->id))
			best = one;
	}
	return best != NULL ? best->id : 0;
}

static int64_t
by_rule(const struct b24_terms *known, const struct terms *terms,
    const struct term *term)
{
	static const enum way ways[] = { WAY_TITLE, WAY_CODE, WAY_MARK,
	    WAY_ID };
	int64_t id = 0;

	for (size_t i = 0; id == 0 && i < sizeof(ways) / sizeof(*ways); i++)
		id = pick(known, terms, term, ways[i], term->target);
	return id;
}

static int64_t
by_mark(const struct b24_terms *known, const struct terms *terms,
    const struct term *term)
{
	int64_t id = 0;

	if (term->portal_id > 0)
		id = pick(known, terms, term, WAY_NUMBER, term->id);
	return id != 0 ? id : pick(known, terms, term, WAY_MARK, term->id);
}

static void
tell_wrong(const struct b24_terms *known, const struct term *term,
    struct buf *wrong)
{
	const char *near = NULL;
	size_t best = 4;

	for (size_t i = 0; i < known->store_count; i++) {
		size_t far = str_distance(str_of(term->target), str_of(
		    known->stores[i].title), best);

		if (far < best) {
			best = far;
			near = known->stores[i].title;
		}
	}
	(void)buf_printf(wrong, _("catalog.warehouses, line %ld: the portal "
	    "has no warehouse \"%s\""), term->line, term->target);
	b24_term_find_near(wrong, near);
}

/* Two warehouses would undo each other's stock there. */
static void
tell_shared(const struct terms *terms, const struct term *term,
    struct buf *wrong)
{
	for (const struct term *one = terms->items; one < term; one++) {
		if (one->kind != TERM_STORE || one->rule != TERM_NAMED ||
		    one->portal_id != term->portal_id)
			continue;
		(void)buf_printf(wrong, _("catalog.warehouses, line %ld: "
		    "\"%s\" is the warehouse of line %ld already"),
		    term->line, term->target, one->line);
		b24_term_find_near(wrong, NULL);
		return;
	}
}

/* What a rule names comes first: nobody else has that store then. */
static void
find_named(const struct b24_terms *known, struct terms *terms,
    struct buf *wrong)
{
	for (size_t i = 0; i < terms->count; i++) {
		struct term *term = &terms->items[i];

		if (term->kind != TERM_STORE || term->rule != TERM_NAMED)
			continue;
		term->portal_id = by_rule(known, terms, term);
		if (term->portal_id == 0)
			tell_wrong(known, term, wrong);
		else
			tell_shared(terms, term, wrong);
	}
}

static void
find_stores(const struct b24_terms *known, struct terms *terms,
    struct buf *wrong)
{
	find_named(known, terms, wrong);
	for (size_t i = 0; i < terms->count; i++) {
		struct term *term = &terms->items[i];

		if (term->kind != TERM_STORE || term->rule == TERM_NAMED)
			continue;
		term->portal_id = by_mark(known, terms, term);
		if (is_taken(terms, term, term->portal_id))
			term->portal_id = 0;
	}
	for (size_t i = 0; i < terms->count; i++) {
		struct term *term = &terms->items[i];

		if (term->kind == TERM_STORE && term->portal_id == 0 &&
		    term->rule != TERM_NAMED)
			term->portal_id = pick(known, terms, term, WAY_TITLE,
			    term->name);
	}
}

/* ---- units ---- */

static int64_t
unit_of(const struct b24 *b24, const struct term *term)
{
	int64_t code;

	if (term->rule == TERM_NAMED)
		return b24_value_measure_named(&b24->facts, term->target);
	if (str_to_int64(&code, str_trim(str_of(term->id))) == -1)
		return 0;
	for (size_t i = 0; i < b24->facts.measure_count; i++)
		if (b24->facts.measures[i].code == code)
			return b24->facts.measures[i].id;
	return 0;
}

int
b24_term_store_find(struct b24 *b24, struct terms *terms, struct buf *wrong,
    struct err *err)
{
	bool needed = false;

	for (size_t i = 0; i < terms->count; i++) {
		struct term *term = &terms->items[i];

		if (term->kind == TERM_UNIT)
			term->portal_id = unit_of(b24, term);
		else if (term->kind == TERM_STORE && (term->portal_id == 0 ||
		    term->doubted || term->rule == TERM_NAMED))
			needed = true;
	}
	if (!needed)
		return 0;
	if (read_stores(b24, err) == -1)
		return -1;
	find_stores(b24->terms, terms, wrong);
	return 0;
}

/* ---- making ---- */

static void
say_store(const struct term *term, struct b24_command *out)
{
	b24_batch_command_init(out, B24_STORE_ADD);
	b24_term_say(out, "fields[title]", term_title(term));
	/* The portal insists on one; people will write the right one. */
	b24_term_say(out, "fields[address]", term_title(term));
	b24_term_say(out, "fields[xmlId]", term->id);
	b24_query_text(&out->query, "fields[active]", "Y");
}

static void
say_unit(const struct term *term, int64_t code, struct b24_command *out)
{
	b24_batch_command_init(out, B24_MEASURE_ADD);
	b24_query_int(&out->query, "fields[code]", code);
	b24_term_say(out, "fields[measureTitle]", term_title(term));
	b24_term_say(out, "fields[symbol]", term_title(term));
}

static void
add_unit(struct b24_facts *facts, const struct term *term)
{
	struct b24_measure *measure;

	facts->measures = mem_resize(facts->measures,
	    facts->measure_count + 1, sizeof(*facts->measures));
	measure = &facts->measures[facts->measure_count++];
	measure->id = term->portal_id;
	(void)str_to_int64(&measure->code, str_trim(str_of(term->id)));
	measure->title = mem_text(term_title(term));
	measure->symbol = mem_text(term_title(term));
}

static void
take(void *ctx, const struct b24_command *command)
{
	struct b24_making *making = ctx;
	struct term *term = command->user;
	struct b24 *b24 = making->b24;

	if (!b24_term_made(making, command, term_title(term),
	    &term->portal_id))
		return;
	if (term->kind == TERM_UNIT)
		add_unit(&b24->facts, term);
	else
		add_store(b24->terms, term->portal_id,
		    mem_text(term_title(term)), mem_text(""),
		    mem_text(term->id), true);
}

static bool
is_due(const struct term *term, int64_t *code)
{
	if (term->rule != TERM_MADE || term->portal_id != 0)
		return false;
	/* A unit without a number is not one of the classifier. */
	return term->kind == TERM_STORE || (term->kind == TERM_UNIT &&
	    str_to_int64(code, str_trim(str_of(term->id))) == 0);
}

int
b24_term_store_make(struct b24 *b24, struct terms *terms, bool *unsure,
    struct err *err)
{
	struct b24_making making = { b24, unsure, 0, err };
	struct b24_command *commands;
	size_t count = 0;
	int64_t code = 0;
	int rc;

	for (size_t i = 0; i < terms->count; i++)
		if (is_due(&terms->items[i], &code))
			count++;
	if (count == 0)
		return 0;
	commands = mem_array(count, sizeof(*commands));
	count = 0;
	for (size_t i = 0; i < terms->count; i++) {
		struct term *term = &terms->items[i];

		if (!is_due(term, &code))
			continue;
		if (term->kind == TERM_STORE)
			say_store(term, &commands[count]);
		else
			say_unit(term, code, &commands[count]);
		commands[count++].user = term;
	}
	rc = b24_blocking_write(b24, commands, count, take, &making, err);
	for (size_t i = 0; i < count; i++)
		b24_batch_command_free(&commands[i]);
	free(commands);
	return rc == 0 ? making.rc : rc;
}
