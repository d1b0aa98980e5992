/*
 * What the CRM's names mean on this portal: templates of requisites, types
 * of companies, user fields, users; and whether there is anybody at all.
 * Read once a run, and only where counterparties are carried.
 */
#include "bitrix/b24_internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/told.h"

#define PAGES_MAX 100

enum part {
	PART_PRESETS,
	PART_COMPANY_TYPES,
	PART_CONTACT_TYPES,
	PART_COMPANIES,
	PART_CONTACTS,
	PART_COMPANY_FIELDS,    /* only where a rule names one */
	PART_CONTACT_FIELDS,
	PART_COUNT
};

/* Templates of a portal as it is born (bitrix24.md 10), and the names that
 * people give them. */
static const struct standard {
	const char *kind, *xml_id, *names[2];
} standards[] = {
	{ "legal", "#CRM_REQUISITE_PRESET_DEF_RU_COMPANY#",
	    { "Организация", "Юридическое лицо" } },
	{ "entrepreneur", "#CRM_REQUISITE_PRESET_DEF_RU_INDIVIDUAL#",
	    { "ИП", "Индивидуальный предприниматель" } },
	{ "individual", "#CRM_REQUISITE_PRESET_DEF_RU_PERSON#",
	    { "Физ. лицо", "Физическое лицо" } },
};

/* ---- rows ---- */

static void
take_preset(struct b24_crm_facts *crm, const cJSON *row)
{
	struct b24_preset *preset;

	crm->presets = mem_resize(crm->presets, crm->preset_count + 1,
	    sizeof(*crm->presets));
	preset = &crm->presets[crm->preset_count++];
	preset->id = json_int_of(row, "ID");
	preset->name = json_text_of(row, "NAME");
	preset->xml_id = json_text_of(row, "XML_ID");
}

static const char *
types_of(enum part part)
{
	return part == PART_CONTACT_TYPES ? "CONTACT_TYPE" : "COMPANY_TYPE";
}

/* An older portal may ignore the filter. */
static void
take_type(struct b24_types *types, enum part part, const cJSON *row)
{
	struct b24_status *type;
	char space[32];

	if (!str_is(json_str(json_get(row, "ENTITY_ID"), space),
	    types_of(part)))
		return;
	types->list = mem_resize(types->list, types->count + 1,
	    sizeof(*types->list));
	type = &types->list[types->count++];
	type->id = json_text_of(row, "STATUS_ID");
	type->name = json_text_of(row, "NAME");
}

/* Of a list that was not read nothing can be said to be missing. */
static struct b24_user_field *
take_fields(struct b24_crm_facts *crm, const struct config_map *rules,
    const struct b24_command *command)
{
	struct b24_user_field *fields = mem_array(rules->count + 1,
	    sizeof(*fields));

	for (size_t i = 0; i < rules->count; i++)
		b24_user_field_take(&fields[i], &rules->pairs[i],
		    command->result);
	crm->field_count = rules->count;
	if (!command->done)
		(void)snprintf(crm->unread, sizeof(crm->unread), "%s: %.200s",
		    b24_methods_info(command->method)->name,
		    command->error.text);
	return fields;
}

static void
take_emptiness(struct b24_crm_facts *crm, enum part part,
    const struct b24_command *command)
{
	const cJSON *rows = json_get(command->result, b24_methods_info(
	    command->method)->rows);
	bool empty = cJSON_IsArray(rows) && rows->child == NULL;

	if (part == PART_COMPANIES)
		crm->companies_empty = empty;
	else
		crm->contacts_empty = empty;
}

static void
take_rows(struct b24 *b24, enum part part,
    const struct b24_command *command)
{
	const struct config_map *rules = &b24->config->counterparties.fields;
	struct b24_crm_facts *crm = &b24->facts.crm;
	const cJSON *row;

	switch (part) {
	case PART_PRESETS:
		cJSON_ArrayForEach(row, command->result)
			take_preset(crm, row);
		break;
	case PART_COMPANY_TYPES:
	case PART_CONTACT_TYPES:
		cJSON_ArrayForEach(row, command->result)
			take_type(part == PART_CONTACT_TYPES ?
			    &crm->contact_types : &crm->company_types, part,
			    row);
		break;
	case PART_COMPANIES:
	case PART_CONTACTS:
		take_emptiness(crm, part, command);
		break;
	case PART_COMPANY_FIELDS:
		crm->company_fields = take_fields(crm, rules, command);
		break;
	case PART_CONTACT_FIELDS:
		crm->contact_fields = take_fields(crm, rules, command);
		break;
	case PART_COUNT:
		break;
	}
}

/* ---- asking ---- */

static void
make_command(struct b24_command *command, enum part part)
{
	static const enum b24_method methods[PART_COUNT] = {
		[PART_PRESETS] = B24_PRESET_LIST,
		[PART_COMPANY_TYPES] = B24_STATUS_LIST,
		[PART_CONTACT_TYPES] = B24_STATUS_LIST,
		[PART_COMPANIES] = B24_ITEM_LIST,
		[PART_CONTACTS] = B24_ITEM_LIST,
		[PART_COMPANY_FIELDS] = B24_COMPANY_FIELD_LIST,
		[PART_CONTACT_FIELDS] = B24_CONTACT_FIELD_LIST,
	};
	struct buf *query = &command->query;

	assert(part < PART_COUNT);
	if (part == PART_COMPANY_FIELDS || part == PART_CONTACT_FIELDS) {
		b24_user_field_ask(command, methods[part]);
		/* Refused, it is told at once and not asked again. */
		command->optional = true;
		return;
	}
	b24_batch_command_init(command, methods[part]);
	if (part == PART_PRESETS) {
		b24_query_text(query, "order[ID]", "ASC");
	} else if (part == PART_COMPANY_TYPES || part == PART_CONTACT_TYPES) {
		b24_query_text(query, "filter[ENTITY_ID]", types_of(part));
	} else {
		/* Is there one?  No count is needed for that. */
		b24_query_int(query, "entityTypeId", b24_client_type(part ==
		    PART_COMPANIES ? TARGET_COMPANY : TARGET_CONTACT));
		b24_query_text(query, "select[0]", "id");
		b24_query_int(query, "start", -1);
	}
}

void
b24_crm_facts_ask_presets(struct b24_command *command)
{
	make_command(command, PART_PRESETS);
}

void
b24_crm_facts_take_presets(struct b24 *b24,
    const struct b24_command *command)
{
	take_rows(b24, PART_PRESETS, command);
}

int
b24_crm_facts_pages(struct b24 *b24, int64_t next,
    void (*ask)(struct b24_command *command),
    void (*take)(struct b24 *b24, const struct b24_command *command),
    struct err *err)
{
	struct b24_command command;
	struct b24_batch batch;
	int rc = 0;

	for (int page = 0; rc == 0 && next > 0 && page < PAGES_MAX; page++) {
		memset(&batch, 0, sizeof(batch));
		batch.commands = &command;
		batch.count = 1;
		ask(&command);
		b24_query_int(&command.query, "start", next);
		rc = b24_facts_run(b24, &batch, err);
		next = -1;
		if (rc == 0) {
			take(b24, &command);
			next = command.next;
		}
		b24_call_end(&batch);
		b24_batch_command_free(&command);
	}
	return rc;
}

int
b24_crm_facts_more_presets(struct b24 *b24, int64_t next, struct err *err)
{
	return b24_crm_facts_pages(b24, next, b24_crm_facts_ask_presets,
	    b24_crm_facts_take_presets, err);
}

/* The parts, then the users who are named, as many in a request as go. */
struct reading {
	struct b24 *b24;
	struct b24_command *commands;
	size_t count, parts;
	int64_t presets, users; /* the pages that follow, or -1 */
};

static void
take_answer(void *ctx, struct b24_command *command)
{
	struct reading *reading = ctx;
	struct b24 *b24 = reading->b24;
	size_t i = (size_t)(command - reading->commands);

	if (i >= reading->parts) {
		b24_user_take(b24, command);
		/* Only all of them are more than a page. */
		reading->users = command->next;
		return;
	}
	take_rows(b24, (enum part)i, command);
	if (i == PART_PRESETS)
		reading->presets = command->next;
}

/* Is a right all that is missing?  What is refused for another reason is
 * about the portal as a whole. */
static bool
is_barred(const struct reading *reading)
{
	bool any = false;

	for (size_t i = 0; i < reading->count; i++) {
		const struct b24_command *command = &reading->commands[i];

		/* Done, or never asked. */
		if (command->done || command->error.text[0] == '\0')
			continue;
		if (!b24_error_of_right(&command->error))
			return false;
		any = true;
	}
	return any;
}

int
b24_crm_facts_read(struct b24 *b24, struct err *err)
{
	struct reading reading = { .b24 = b24, .presets = -1, .users = -1,
	    .parts = b24->config->counterparties.fields.count > 0 ?
	    PART_COUNT : PART_COMPANY_FIELDS };
	bool barred;
	int rc;

	reading.count = reading.parts + b24_user_begin(b24);
	reading.commands = mem_array(reading.count,
	    sizeof(*reading.commands));
	for (size_t i = 0; i < reading.parts; i++)
		make_command(&reading.commands[i], (enum part)i);
	b24_user_ask(b24, reading.commands + reading.parts);
	rc = b24_facts_each(b24, reading.commands, reading.count, take_answer,
	    &reading, err);
	barred = rc == -1 && is_barred(&reading);
	for (size_t i = 0; i < reading.count; i++)
		b24_batch_command_free(&reading.commands[i]);
	free(reading.commands);
	if (rc == 0)
		rc = b24_crm_facts_more_presets(b24, reading.presets, err);
	if (rc == 0)
		rc = b24_user_more(b24, reading.users, err);
	b24->facts.crm.known = rc == 0;
	if (!barred)
		return rc;
	told_copy(b24->facts.crm.barred, sizeof(b24->facts.crm.barred),
	    err->text);
	err_clear(err);
	return 0;
}

/* fields: NULL: they were not read. */
static void
free_fields(struct b24_user_field *fields, size_t count)
{
	for (size_t i = 0; fields != NULL && i < count; i++)
		b24_user_field_free(&fields[i]);
	free(fields);
}

static void
free_types(struct b24_types *types)
{
	for (size_t i = 0; i < types->count; i++) {
		free(types->list[i].id);
		free(types->list[i].name);
	}
	free(types->list);
}

void
b24_crm_facts_free(struct b24_crm_facts *crm)
{
	for (size_t i = 0; i < crm->preset_count; i++) {
		free(crm->presets[i].name);
		free(crm->presets[i].xml_id);
	}
	free_types(&crm->company_types);
	free_types(&crm->contact_types);
	free_fields(crm->company_fields, crm->field_count);
	free_fields(crm->contact_fields, crm->field_count);
	b24_user_free(crm);
	free(crm->presets);
	memset(crm, 0, sizeof(*crm));
}

/* ---- what a name means ---- */

static int64_t
preset_named(const struct b24_crm_facts *crm, struct str name)
{
	int64_t id;

	for (size_t i = 0; i < crm->preset_count; i++)
		if (str_same_name(str_of(crm->presets[i].name), name))
			return crm->presets[i].id;
	for (size_t i = 0; i < crm->preset_count; i++)
		if (str_eq(str_of(crm->presets[i].xml_id), str_trim(name)))
			return crm->presets[i].id;
	for (size_t i = 0; i < crm->preset_count; i++)
		if (str_to_int64(&id, str_trim(name)) == 0 &&
		    id == crm->presets[i].id)
			return id;
	return 0;
}

static int64_t
preset_standard(const struct b24_crm_facts *crm,
    const struct standard *standard)
{
	int64_t found;

	for (size_t i = 0; i < crm->preset_count; i++)
		if (strcmp(crm->presets[i].xml_id, standard->xml_id) == 0)
			return crm->presets[i].id;
	found = preset_named(crm, str_of(standard->names[0]));
	return found != 0 ? found : preset_named(crm,
	    str_of(standard->names[1]));
}

int64_t
b24_crm_facts_preset(const struct b24 *b24, struct str kind)
{
	const struct b24_crm_facts *crm = &b24->facts.crm;
	const char *named;

	if (kind.len == 0)
		kind = str_of("legal");
	named = config_map_get(&b24->config->counterparties.presets, kind);
	if (named != NULL)
		return preset_named(crm, str_of(named));
	for (size_t i = 0; i < sizeof(standards) / sizeof(*standards); i++)
		if (str_is(kind, standards[i].kind))
			return preset_standard(crm, &standards[i]);
	return 0;
}

const char *
b24_crm_facts_preset_word(const struct b24 *b24, int64_t id)
{
	for (size_t i = 0; id != 0 && i < sizeof(standards) /
	    sizeof(*standards); i++)
		if (b24_crm_facts_preset(b24, str_of(standards[i].kind)) ==
		    id)
			return standards[i].kind;
	return "";
}

static const struct b24_status *
type_named(const struct b24_types *types, struct str text)
{
	text = str_trim(text);
	for (size_t i = 0; text.len > 0 && i < types->count; i++)
		if (str_eq(str_of(types->list[i].id), text))
			return &types->list[i];
	for (size_t i = 0; text.len > 0 && i < types->count; i++)
		if (str_same_name(str_of(types->list[i].name), text))
			return &types->list[i];
	return NULL;
}

/* Rules speak of companies; a portal as it is born calls the same type of a
 * contact by another id, and what people add they call alike. */
static const struct b24_status *
type_of_contact(const struct b24_crm_facts *crm, struct str text)
{
	const struct b24_status *company, *type;

	type = type_named(&crm->contact_types, text);
	company = type_named(&crm->company_types, text);
	if (type == NULL && company != NULL)
		type = type_named(&crm->contact_types, strcmp(company->id,
		    "CUSTOMER") == 0 ? str_of("CLIENT") :
		    str_of(company->id));
	if (type == NULL && company != NULL)
		type = type_named(&crm->contact_types,
		    str_of(company->name));
	return type;
}

const char *
b24_crm_facts_type(const struct b24 *b24, enum target_kind kind,
    struct str text)
{
	const struct b24_crm_facts *crm = &b24->facts.crm;
	const struct b24_status *type = kind == TARGET_COMPANY ?
	    type_named(&crm->company_types, text) :
	    type_of_contact(crm, text);

	return type != NULL ? type->id : NULL;
}

bool
b24_crm_facts_has_money(const struct b24 *b24)
{
	const struct b24_crm_facts *crm = &b24->facts.crm;

	for (size_t i = 0; crm->known && i < crm->field_count; i++)
		if (b24_user_value_form(&crm->company_fields[i]) ==
		    B24_FORM_MONEY || b24_user_value_form(
		    &crm->contact_fields[i]) == B24_FORM_MONEY)
			return true;
	return false;
}

/* ---- the rules ---- */

static void
wrong_presets(const struct b24 *b24, struct buf *wrong)
{
	const struct config_map *map = &b24->config->counterparties.presets;
	const struct b24_crm_facts *crm = &b24->facts.crm;

	for (size_t i = 0; i < map->count; i++) {
		if (preset_named(crm, str_of(map->pairs[i].value)) != 0)
			continue;
		(void)buf_printf(wrong, _("counterparties.presets, line %ld: "
		    "the portal has no requisites template \"%s\"; it has:"),
		    map->pairs[i].line, map->pairs[i].value);
		for (size_t j = 0; j < crm->preset_count && j < 20; j++)
			(void)buf_printf(wrong, "%s \"%s\"", j > 0 ? "," :
			    "", crm->presets[j].name);
		(void)buf_add_char(wrong, '\n');
	}
}

/* A default (line 0) that is not there is no mistake of this file. */
static void
wrong_type(const struct b24 *b24, struct buf *wrong, const char *key,
    long line, const char *text)
{
	const struct b24_types *types = &b24->facts.crm.company_types;

	if (b24_crm_facts_type(b24, TARGET_COMPANY, str_of(text)) != NULL)
		return;
	if (line > 0)
		(void)buf_printf(wrong, _("%s, line %ld: the portal has no "
		    "company type \"%s\"; it has:"), key, line, text);
	else
		(void)buf_printf(wrong, _("%s: the portal has no company type "
		    "\"%s\"; it has:"), key, text);
	for (size_t i = 0; i < types->count && i < 20; i++)
		(void)buf_printf(wrong, "%s %s (\"%s\")", i > 0 ? "," : "",
		    types->list[i].id, types->list[i].name);
	(void)buf_add_char(wrong, '\n');
}

static void
wrong_types(const struct b24 *b24, struct buf *wrong)
{
	const struct config_map *map = &b24->config->counterparties.types;
	const struct config_list *types =
	    &b24->config->counterparties.export_types;
	const char *marked = b24->config->counterparties.marked;

	for (size_t i = 0; i < map->count; i++)
		if (map->pairs[i].line > 0)
			wrong_type(b24, wrong, "counterparties.types",
			    map->pairs[i].line, map->pairs[i].value);
	if (marked != NULL && strcmp(marked, CONFIG_KEEP) != 0)
		wrong_type(b24, wrong, "counterparties.marked", 0, marked);
	/* One of contacts alone is as good. */
	for (size_t i = 0; i < types->count; i++)
		if (strcmp(types->items[i], CONFIG_OTHERS) != 0 &&
		    b24_crm_facts_type(b24, TARGET_CONTACT,
		    str_of(types->items[i])) == NULL)
			wrong_type(b24, wrong, "counterparties.export", 0,
			    types->items[i]);
}

/* One that companies have is as good as one of contacts: a rule need not be
 * for both. */
static void
wrong_fields(const struct b24_crm_facts *crm,
    const struct config_map *map, struct buf *wrong)
{
	if (crm->unread[0] != '\0')
		(void)buf_printf(wrong, "%s\n", crm->unread);
	for (size_t i = 0; crm->unread[0] == '\0' && i < crm->field_count;
	    i++) {
		const struct config_pair *pair = &map->pairs[i];
		const struct b24_user_field *field = &crm->company_fields[i];

		if (field->name[0] == '\0')
			field = &crm->contact_fields[i];
		if (field->name[0] == '\0')
			(void)buf_printf(wrong, _("counterparties.fields, "
			    "line %ld: the portal has no user field \"%s\" "
			    "of companies or contacts: make it there, or "
			    "name the one to use for \"%s\"\n"), pair->line,
			    pair->value, pair->name);
		else if (b24_user_value_form(field) == B24_FORM_NONE)
			(void)buf_printf(wrong, _("counterparties.fields, "
			    "line %ld: the user field \"%s\" is of the type "
			    "%s, which cannot be filled: name another one "
			    "for \"%s\"\n"), pair->line, pair->value,
			    field->type, pair->name);
	}
}

void
b24_crm_facts_wrong(const struct b24 *b24, struct buf *wrong)
{
	const struct b24_crm_facts *crm = &b24->facts.crm;

	if (!crm->known)
		return;
	wrong_presets(b24, wrong);
	wrong_types(b24, wrong);
	wrong_fields(crm, &b24->config->counterparties.fields, wrong);
	b24_user_wrong(b24, wrong);
}
