/*
 * What the CRM's names mean on this portal: templates of requisites, types
 * of companies, the user who answers for what is made; and whether there is
 * anybody at all.  Read once a run, and only where counterparties are
 * carried.
 */
#include "bitrix/b24_internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"

#define PAGES_MAX 100

enum part {
	PART_PRESETS,
	PART_TYPES,
	PART_COMPANIES,
	PART_CONTACTS,
	PART_USERS,             /* only when one is named */
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

/* An older portal may ignore the filter. */
static void
take_type(struct b24_crm_facts *crm, const cJSON *row)
{
	struct b24_status *type;
	char space[32];

	if (!str_is(json_str(json_get(row, "ENTITY_ID"), space),
	    "COMPANY_TYPE"))
		return;
	crm->types = mem_resize(crm->types, crm->type_count + 1,
	    sizeof(*crm->types));
	type = &crm->types[crm->type_count++];
	type->id = json_text_of(row, "STATUS_ID");
	type->name = json_text_of(row, "NAME");
}

static bool
is_named(const cJSON *row, const char *first, const char *second,
    struct str wanted)
{
	char *one = json_text_of(row, first);
	char *other = json_text_of(row, second);
	char *whole = mem_printf("%s %s", one, other);
	bool is = str_same_name(str_of(whole), wanted);

	free(whole);
	free(other);
	free(one);
	return is;
}

static void
take_user(struct b24_crm_facts *crm, const cJSON *row, struct str wanted)
{
	char space[32], id[32];

	if (crm->user != 0 || str_is(json_str(json_get(row, "ACTIVE"),
	    space), "N"))
		return;
	if (str_eq(json_str(json_get(row, "ID"), id), wanted) ||
	    str_same_name(json_str(json_get(row, "EMAIL"), space), wanted) ||
	    is_named(row, "NAME", "LAST_NAME", wanted) ||
	    is_named(row, "LAST_NAME", "NAME", wanted))
		crm->user = json_int_of(row, "ID");
}

static void
take_rows(struct b24 *b24, enum part part,
    const struct b24_command *command)
{
	struct b24_crm_facts *crm = &b24->facts.crm;
	const cJSON *rows = command->result, *row;
	struct str wanted = str_trim(str_of(b24->config->default_user));

	if (part == PART_COMPANIES || part == PART_CONTACTS) {
		bool empty;

		rows = json_get(rows, b24_methods_info(
		    command->method)->rows);
		empty = cJSON_IsArray(rows) && rows->child == NULL;
		if (part == PART_COMPANIES)
			crm->companies_empty = empty;
		else
			crm->contacts_empty = empty;
		return;
	}
	cJSON_ArrayForEach(row, rows) {
		if (part == PART_PRESETS)
			take_preset(crm, row);
		else if (part == PART_TYPES)
			take_type(crm, row);
		else
			take_user(crm, row, wanted);
	}
}

/* ---- asking ---- */

static void
ask_user(struct b24_command *command, struct str wanted)
{
	struct buf *query = &command->query;
	int64_t id;

	if (str_to_int64(&id, wanted) == 0)
		b24_query_int(query, "FILTER[ID]", id);
	else if (memchr(wanted.p, '@', wanted.len) != NULL)
		b24_query_add(query, "FILTER[EMAIL]", wanted);
	else
		b24_query_text(query, "FILTER[ACTIVE]", "true");
	b24_query_text(query, "sort", "ID");
	b24_query_text(query, "order", "ASC");
}

static void
make_command(const struct b24 *b24, struct b24_command *command,
    enum part part)
{
	static const enum b24_method methods[PART_COUNT] = {
		[PART_PRESETS] = B24_PRESET_LIST,
		[PART_TYPES] = B24_STATUS_LIST,
		[PART_COMPANIES] = B24_ITEM_LIST,
		[PART_CONTACTS] = B24_ITEM_LIST,
		[PART_USERS] = B24_USER_GET,
	};
	struct buf *query = &command->query;

	assert(part < PART_COUNT);
	b24_batch_command_init(command, methods[part]);
	switch (part) {
	case PART_PRESETS:
		b24_query_text(query, "order[ID]", "ASC");
		break;
	case PART_TYPES:
		b24_query_text(query, "filter[ENTITY_ID]", "COMPANY_TYPE");
		break;
	case PART_COMPANIES:
	case PART_CONTACTS:
		/* Is there one?  No count is needed for that. */
		b24_query_int(query, "entityTypeId", b24_client_type(part ==
		    PART_COMPANIES ? TARGET_COMPANY : TARGET_CONTACT));
		b24_query_text(query, "select[0]", "id");
		b24_query_int(query, "start", -1);
		break;
	case PART_USERS:
		ask_user(command, str_trim(str_of(
		    b24->config->default_user)));
		break;
	case PART_COUNT:
		break;
	}
}

/* The further pages of templates and users. */
static int
read_pages(struct b24 *b24, enum part part, int64_t next, struct err *err)
{
	struct b24_command command;
	struct b24_batch batch;
	int rc = 0;

	for (int page = 0; rc == 0 && next > 0 && page < PAGES_MAX; page++) {
		memset(&batch, 0, sizeof(batch));
		batch.commands = &command;
		batch.count = 1;
		make_command(b24, &command, part);
		b24_query_int(&command.query, "start", next);
		rc = b24_facts_run(b24, &batch, err);
		next = -1;
		if (rc == 0) {
			take_rows(b24, part, &command);
			next = command.next;
		}
		b24_call_end(&batch);
		b24_batch_command_free(&command);
	}
	return rc;
}

void
b24_crm_facts_ask_presets(struct b24 *b24, struct b24_command *command)
{
	make_command(b24, command, PART_PRESETS);
}

void
b24_crm_facts_take_presets(struct b24 *b24,
    const struct b24_command *command)
{
	take_rows(b24, PART_PRESETS, command);
}

int
b24_crm_facts_more_presets(struct b24 *b24, int64_t next, struct err *err)
{
	return read_pages(b24, PART_PRESETS, next, err);
}

int
b24_crm_facts_read(struct b24 *b24, struct err *err)
{
	struct str user = str_trim(str_of(b24->config->default_user));
	struct b24_command commands[PART_COUNT];
	struct b24_batch batch = { .commands = commands,
	    .count = user.len > 0 ? PART_COUNT : PART_USERS };
	int64_t next[PART_COUNT] = { 0 };
	int rc;

	for (size_t i = 0; i < batch.count; i++)
		make_command(b24, &commands[i], (enum part)i);
	rc = b24_facts_run(b24, &batch, err);
	for (size_t i = 0; rc == 0 && i < batch.count; i++) {
		take_rows(b24, (enum part)i, &commands[i]);
		if (i == PART_PRESETS || i == PART_USERS)
			next[i] = commands[i].next;
	}
	b24_call_end(&batch);
	for (size_t i = 0; i < batch.count; i++) {
		if (rc == 0)
			rc = read_pages(b24, (enum part)i, next[i], err);
		b24_batch_command_free(&commands[i]);
	}
	b24->facts.crm.known = rc == 0;
	return rc;
}

void
b24_crm_facts_free(struct b24_crm_facts *crm)
{
	for (size_t i = 0; i < crm->preset_count; i++) {
		free(crm->presets[i].name);
		free(crm->presets[i].xml_id);
	}
	for (size_t i = 0; i < crm->type_count; i++) {
		free(crm->types[i].id);
		free(crm->types[i].name);
	}
	free(crm->presets);
	free(crm->types);
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

const char *
b24_crm_facts_type(const struct b24 *b24, struct str text)
{
	const struct b24_crm_facts *crm = &b24->facts.crm;

	text = str_trim(text);
	for (size_t i = 0; text.len > 0 && i < crm->type_count; i++)
		if (str_eq(str_of(crm->types[i].id), text))
			return crm->types[i].id;
	for (size_t i = 0; text.len > 0 && i < crm->type_count; i++)
		if (str_same_name(str_of(crm->types[i].name), text))
			return crm->types[i].id;
	return NULL;
}

int64_t
b24_crm_facts_user(const struct b24 *b24, struct str text)
{
	int64_t id;

	text = str_trim(text);
	if (text.len == 0)
		return 0;
	if (str_eq(text, str_trim(str_of(b24->config->default_user))))
		return b24->facts.crm.user;
	return str_to_int64(&id, text) == 0 ? id : 0;
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
wrong_types(const struct b24 *b24, struct buf *wrong)
{
	const struct config_map *map = &b24->config->counterparties.types;
	const struct b24_crm_facts *crm = &b24->facts.crm;

	for (size_t i = 0; i < map->count; i++) {
		if (map->pairs[i].line == 0 || b24_crm_facts_type(b24,
		    str_of(map->pairs[i].value)) != NULL)
			continue;
		(void)buf_printf(wrong, _("counterparties.types, line %ld: "
		    "the portal has no company type \"%s\"; it has:"),
		    map->pairs[i].line, map->pairs[i].value);
		for (size_t j = 0; j < crm->type_count && j < 20; j++)
			(void)buf_printf(wrong, "%s %s (\"%s\")", j > 0 ?
			    "," : "", crm->types[j].id, crm->types[j].name);
		(void)buf_add_char(wrong, '\n');
	}
}

void
b24_crm_facts_wrong(const struct b24 *b24, struct buf *wrong)
{
	const char *user = b24->config->default_user;

	if (!b24->facts.crm.known)
		return;
	wrong_presets(b24, wrong);
	wrong_types(b24, wrong);
	if (user != NULL && user[0] != '\0' && b24->facts.crm.user == 0)
		(void)buf_printf(wrong, _("default_user: the portal has no "
		    "active user \"%s\"\n"), user);
}
