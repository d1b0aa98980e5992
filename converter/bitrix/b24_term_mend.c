/*
 * Properties of ours that the portal has, and 1C has changed since: its name,
 * or that it may have several values.  What a rule names, and what bears
 * another mark, is the portal's own.  Units have no mark: ours is one that
 * bears the name that 1C had for it, as its title and as its symbol too, which
 * is how we make one.
 */
#include "bitrix/b24_term.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct mending {
	struct b24_making common;
	struct b24_command *commands;
	size_t count;
};

/* Its property, where that is ours; else NULL. */
static struct b24_property *
own_property(const struct b24 *b24, const struct term *term)
{
	const struct b24_property *found;

	if ((term->kind != TERM_PROPERTY && term->kind != TERM_TRAIT) ||
	    term->rule == TERM_NAMED || term->portal_id <= 0)
		return NULL;
	found = b24_term_find_property(b24, b24_term_find_iblock(b24,
	    term->kind), term->portal_id);
	if (found == NULL || strcmp(found->xml_id, term->id) != 0)
		return NULL;
	return &b24->facts.properties[found - b24->facts.properties];
}

/* A name that a person gave it there stays until 1C gives it another one. */
static bool
wants_name(const struct term *term, const struct b24_property *property)
{
	return term->renamed && term->name != NULL && term->name[0] != '\0' &&
	    !str_eq(str_trim(str_of(term->name)), str_trim(str_of(
	    property->name)));
}

static bool
wants_several(const struct term *term, const struct b24_property *property)
{
	return term->multiple && !property->multiple &&
	    property->type != 'S';
}

/* The unit that is ours and has another name by now; else NULL. */
static struct b24_measure *
renamed_unit(const struct b24 *b24, const struct term *term)
{
	const struct b24_facts *facts = &b24->facts;

	if (term->kind != TERM_UNIT || !term->renamed || term->portal_id <= 0)
		return NULL;
	for (size_t i = 0; i < facts->measure_count; i++) {
		struct b24_measure *unit = &facts->measures[i];

		if (unit->id == term->portal_id && unit->title != NULL &&
		    unit->symbol != NULL &&
		    strcmp(unit->title, unit->symbol) == 0 &&
		    (term->told == 0 || term->told == term_name_hash(str_of(
		    unit->title))))
			return unit;
	}
	return NULL;
}

static void
add_unit(struct mending *mending, struct term *term)
{
	struct b24_command *command = &mending->commands[mending->count++];

	b24_batch_command_init(command, B24_MEASURE_UPDATE);
	b24_query_int(&command->query, "id", term->portal_id);
	b24_term_say(command, "fields[measureTitle]", term_title(term));
	b24_term_say(command, "fields[symbol]", term_title(term));
	command->user = term;
}

static void
take_unit(struct mending *mending, struct term *term,
    const struct b24_command *command)
{
	struct b24_measure *unit = renamed_unit(mending->common.b24, term);
	int64_t id;

	b24_term_refused(term, command, true);
	if (!b24_term_made(&mending->common, command, term_title(term),
	    &id) || unit == NULL)
		return;
	free(unit->title);
	free(unit->symbol);
	unit->title = mem_text(term_title(term));
	unit->symbol = mem_text(term_title(term));
}

static void
add_command(struct mending *mending, struct term *term,
    const struct b24_property *property)
{
	struct b24_command *command = &mending->commands[mending->count++];

	b24_batch_command_init(command, B24_PROPERTY_UPDATE);
	b24_query_int(&command->query, "id", property->id);
	b24_query_int(&command->query, "fields[iblockId]", property->iblock);
	if (wants_name(term, property))
		b24_term_say(command, "fields[name]", term->name);
	if (wants_several(term, property))
		b24_query_text(&command->query, "fields[multiple]", "Y");
	command->user = term;
}

static void
take(void *ctx, const struct b24_command *command)
{
	struct mending *mending = ctx;
	struct term *term = command->user;
	struct b24_property *property = own_property(mending->common.b24,
	    term);
	int64_t id;

	if (term->kind == TERM_UNIT)
		take_unit(mending, term, command);
	if (property == NULL)
		return;
	b24_term_refused(term, command, wants_name(term, property));
	if (!b24_term_made(&mending->common, command, term->name, &id)) {
		/* How many values may be said of it is known when it was
		 * looked at again. */
		if (*mending->common.unsure && wants_several(term, property))
			term->portal_id = 0;
		return;
	}
	if (wants_several(term, property))
		property->multiple = true;
	if (wants_name(term, property)) {
		free(property->name);
		property->name = mem_text(term->name);
	}
}

int
b24_term_mend(struct b24 *b24, struct terms *terms, bool *unsure,
    struct err *err)
{
	struct mending mending = { .common = { b24, unsure, 0, err } };
	int rc = 0;

	mending.commands = mem_array(terms->count + 1,
	    sizeof(*mending.commands));
	for (size_t i = 0; i < terms->count; i++) {
		struct term *term = &terms->items[i];
		const struct b24_property *property = own_property(b24, term);

		if (property != NULL && (wants_name(term, property) ||
		    wants_several(term, property)))
			add_command(&mending, term, property);
		if (renamed_unit(b24, term) != NULL)
			add_unit(&mending, term);
	}
	if (mending.count > 0)
		rc = b24_blocking_write(b24, mending.commands, mending.count,
		    take, &mending, err);
	for (size_t i = 0; i < mending.count; i++)
		b24_batch_command_free(&mending.commands[i]);
	free(mending.commands);
	return rc == 0 ? mending.common.rc : rc;
}
