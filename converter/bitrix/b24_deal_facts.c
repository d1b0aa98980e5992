/*
 * What the names of orders mean on this portal: funnels, their stages, user
 * fields of deals, and which rights there are.  Read once a run in two
 * exchanges, and only where there is something to do with deals: stages are
 * asked for by funnel, since all directories at once are more than each user
 * may read (crm-status-list.md).
 */
#include "bitrix/b24_deal.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"

#define NAMES_TOLD 20           /* of what the portal has, in one line */
#define STAGES "DEAL_STAGE"

enum part {
	PART_SCOPE,
	PART_CATEGORIES,
	PART_FIELDS,
	PART_PRESETS,           /* only where counterparties did not */
	PART_COUNT
};

/* ---- rows: funnels and stages ---- */

static void
take_scope(struct b24_deal_facts *deals, const cJSON *scopes)
{
	const cJSON *scope;

	cJSON_ArrayForEach(scope, scopes) {
		const char *name = cJSON_IsString(scope) ?
		    scope->valuestring : "";

		if (strcmp(name, "im") == 0)
			deals->can_notify = true;
		/* user.get is in the smaller ones too; the smallest shows no
		 * e-mails (api-reference/user/index.md). */
		if (strcmp(name, "user") == 0 ||
		    strcmp(name, "user_basic") == 0)
			deals->can_read_emails = true;
		if (strcmp(name, "user_brief") == 0)
			deals->can_read_users = true;
	}
	if (deals->can_read_emails)
		deals->can_read_users = true;
}

/* "DEAL_STAGE" is of funnel 0, "DEAL_STAGE_3" of funnel 3; -1: no stage. */
static int64_t
category_of(const cJSON *row)
{
	char space[32];
	struct str entity = json_str(json_get(row, "ENTITY_ID"), space);
	size_t len = strlen(STAGES);
	int64_t id;

	if (str_is(entity, STAGES))
		return 0;
	if (entity.len < len + 2 || memcmp(entity.p, STAGES "_", len + 1) !=
	    0 || str_to_int64(&id, str_n(entity.p + len + 1, entity.len -
	    len - 1)) == -1)
		return -1;
	return id;
}

/* The column of an older portal is empty; it says the same beside it. */
static char
semantics_of(const cJSON *row)
{
	char space[32];
	struct str mark = json_str(json_get(row, "SEMANTICS"), space);

	if (str_is(mark, "S") || str_is(mark, "F"))
		return mark.p[0];
	mark = json_str(json_get(json_get(row, "EXTRA"), "SEMANTICS"),
	    space);
	if (str_is(mark, "success"))
		return 'S';
	return str_is(mark, "failure") || str_is(mark, "apology") ? 'F' :
	    '\0';
}

/* Kept by sort, those of equal sort in the portal's order. */
static void
add_stage(struct b24_funnel *funnel, const cJSON *row)
{
	struct b24_stage stage = { .id = json_text_of(row, "STATUS_ID"),
	    .name = json_text_of(row, "NAME"),
	    .sort = json_int_of(row, "SORT"),
	    .semantics = semantics_of(row) };
	size_t at = funnel->stage_count;

	funnel->stages = mem_resize(funnel->stages, funnel->stage_count + 1,
	    sizeof(*funnel->stages));
	for (; at > 0 && funnel->stages[at - 1].sort > stage.sort; at--)
		funnel->stages[at] = funnel->stages[at - 1];
	funnel->stages[at] = stage;
	funnel->stage_count++;
}

/* An older portal may ignore the filter. */
static void
take_stages(struct b24_funnel *funnel, const cJSON *rows)
{
	const cJSON *row;

	cJSON_ArrayForEach(row, rows)
		if (category_of(row) == funnel->category)
			add_stage(funnel, row);
}

/* The funnel that the text means, by name or id; -1: none. */
static int64_t
category_named(const cJSON *rows, const char *text)
{
	int64_t id = -1;
	const cJSON *row;

	cJSON_ArrayForEach(row, rows) {
		char space[32];

		if (str_same_name(json_str(json_get(row, "name"), space),
		    str_of(text)) && json_int(&id, json_get(row, "id")) == 0)
			return id;
	}
	if (str_to_int64(&id, str_trim(str_of(text))) == -1)
		return -1;
	cJSON_ArrayForEach(row, rows) {
		int64_t other;

		if (json_int(&other, json_get(row, "id")) == 0 && other == id)
			return id;
	}
	return -1;
}

/* " \"Общая\", \"Опт\"": as many as a line takes. */
static void
note_there(struct b24_deal_facts *deals, const cJSON *rows)
{
	struct buf names = BUF_INIT(LIMIT_MIB);
	size_t count = 0;
	const cJSON *row;

	cJSON_ArrayForEach(row, rows) {
		char space[32];
		struct str name = json_str(json_get(row, "name"), space);

		if (names.len + name.len + 4 < sizeof(deals->there) &&
		    count++ < NAMES_TOLD)
			(void)buf_printf(&names, "%s \"%.*s\"",
			    names.len > 0 ? "," : "", (int)name.len, name.p);
	}
	(void)snprintf(deals->there, sizeof(deals->there), "%s",
	    buf_text(&names));
	buf_free(&names);
}

static void
take_funnels(struct b24 *b24, const cJSON *rows)
{
	struct b24_deal_facts *deals = &b24->facts.deals;
	const struct config_orders *orders = &b24->config->orders;

	deals->funnels = mem_array(orders->funnel_count + 1,
	    sizeof(*deals->funnels));
	deals->funnel_count = orders->funnel_count;
	note_there(deals, rows);
	for (size_t i = 0; i < orders->funnel_count; i++) {
		struct b24_funnel *funnel = &deals->funnels[i];

		funnel->rule = &orders->funnels[i];
		funnel->category = category_named(rows,
		    funnel->rule->funnel);
		funnel->won = funnel->lost = funnel->paid =
		    funnel->shipped = -1;
	}
}

/* ---- rows: user fields ---- */

static void
add_fields(struct b24_deal_facts *deals, const struct config_map *map,
    bool requisite, const cJSON *rows)
{
	for (size_t i = 0; i < map->count; i++) {
		struct b24_user_field *field =
		    &deals->fields[deals->field_count++];

		b24_user_field_take(field, &map->pairs[i], rows);
		field->requisite = requisite;
	}
}

static void
take_fields(struct b24 *b24, const cJSON *rows)
{
	struct b24_deal_facts *deals = &b24->facts.deals;
	const struct config_orders *orders = &b24->config->orders;

	deals->fields = mem_array(orders->fields.count +
	    orders->requisites.count + 1, sizeof(*deals->fields));
	add_fields(deals, &orders->fields, false, rows);
	add_fields(deals, &orders->requisites, true, rows);
}

/* ---- which stage is which ---- */

static int
by_semantics(const struct b24_funnel *funnel, char semantics)
{
	for (size_t i = 0; i < funnel->stage_count; i++)
		if (funnel->stages[i].semantics == semantics)
			return (int)i;
	return -1;
}

static int
stage_or(const struct b24_funnel *funnel, const char *text, int otherwise)
{
	return text == NULL ? otherwise :
	    b24_deal_facts_stage_named(funnel, str_of(text));
}

static void
resolve_stages(struct b24_funnel *funnel)
{
	const struct config_funnel *rule = funnel->rule;

	funnel->won = stage_or(funnel, rule->won, by_semantics(funnel, 'S'));
	funnel->lost = stage_or(funnel, rule->lost, by_semantics(funnel,
	    'F'));
	funnel->paid = stage_or(funnel, rule->paid_stage, -1);
	funnel->shipped = stage_or(funnel, rule->shipped_stage, -1);
	for (size_t i = 0; i < rule->export_stages.count; i++) {
		int at = b24_deal_facts_stage_named(funnel,
		    str_of(rule->export_stages.items[i]));

		if (at != -1)
			funnel->stages[at].exported = true;
	}
}

/* ---- reading ---- */

static void
make_commands(struct b24_command *commands)
{
	b24_batch_command_init(&commands[PART_SCOPE], B24_SCOPE);
	b24_batch_command_init(&commands[PART_CATEGORIES],
	    B24_CATEGORY_LIST);
	b24_query_int(&commands[PART_CATEGORIES].query, "entityTypeId",
	    B24_ENTITY_DEAL);
	b24_user_field_ask(&commands[PART_FIELDS], B24_DEAL_FIELD_LIST);
	b24_crm_facts_ask_presets(&commands[PART_PRESETS]);
}

static void
take_answers(struct b24 *b24, const struct b24_command *commands)
{
	struct b24_deal_facts *deals = &b24->facts.deals;

	take_scope(deals, commands[PART_SCOPE].result);
	take_funnels(b24, json_get(commands[PART_CATEGORIES].result,
	    b24_methods_info(B24_CATEGORY_LIST)->rows));
	take_fields(b24, commands[PART_FIELDS].result);
}

static void
ask_stages(struct b24_command *command, const struct b24_funnel *funnel)
{
	char entity[48];

	b24_batch_command_init(command, B24_STATUS_LIST);
	(void)snprintf(entity, sizeof(entity), funnel->category == 0 ?
	    STAGES : STAGES "_%" PRId64, funnel->category);
	b24_query_text(&command->query, "filter[ENTITY_ID]", entity);
	b24_query_text(&command->query, "order[SORT]", "ASC");
}

static void
take_answer(void *ctx, struct b24_command *command)
{
	struct b24_funnel *funnel = command->user;

	(void)ctx;      /* the funnel has all */
	take_stages(funnel, command->result);
	resolve_stages(funnel);
}

static int
read_stages(struct b24 *b24, struct err *err)
{
	struct b24_deal_facts *deals = &b24->facts.deals;
	struct b24_command *commands = mem_array(deals->funnel_count + 1,
	    sizeof(*commands));
	size_t count = 0;
	int rc;

	for (size_t i = 0; i < deals->funnel_count; i++) {
		if (deals->funnels[i].category == -1)
			continue;
		ask_stages(&commands[count], &deals->funnels[i]);
		commands[count++].user = &deals->funnels[i];
	}
	rc = b24_facts_each(b24, commands, count, take_answer, NULL, err);
	for (size_t i = 0; i < count; i++)
		b24_batch_command_free(&commands[i]);
	free(commands);
	return rc;
}

int
b24_deal_facts_read(struct b24 *b24, struct err *err)
{
	struct b24_command commands[PART_COUNT];
	bool presets = !b24->facts.crm.known;
	struct b24_batch batch = { .commands = commands,
	    .count = presets ? PART_COUNT : PART_PRESETS };
	int64_t next = -1;
	int rc;

	make_commands(commands);
	rc = b24_facts_run(b24, &batch, err);
	if (rc == 0)
		take_answers(b24, commands);
	if (rc == 0 && presets) {
		b24_crm_facts_take_presets(b24, &commands[PART_PRESETS]);
		next = commands[PART_PRESETS].next;
	}
	b24_call_end(&batch);
	for (size_t i = 0; i < PART_COUNT; i++)
		b24_batch_command_free(&commands[i]);
	if (rc == 0)
		rc = read_stages(b24, err);
	if (rc == 0)
		rc = b24_crm_facts_more_presets(b24, next, err);
	b24->facts.deals.known = rc == 0;
	return rc;
}

void
b24_deal_facts_free(struct b24_deal_facts *deals)
{
	for (size_t i = 0; i < deals->funnel_count; i++) {
		struct b24_funnel *funnel = &deals->funnels[i];

		for (size_t j = 0; j < funnel->stage_count; j++) {
			free(funnel->stages[j].id);
			free(funnel->stages[j].name);
		}
		free(funnel->stages);
	}
	for (size_t i = 0; i < deals->field_count; i++)
		b24_user_field_free(&deals->fields[i]);
	free(deals->funnels);
	free(deals->fields);
	memset(deals, 0, sizeof(*deals));
}

/* ---- finding ---- */

const struct b24_funnel *
b24_deal_facts_funnel(const struct b24 *b24, int64_t category)
{
	const struct b24_deal_facts *deals = &b24->facts.deals;

	for (size_t i = 0; i < deals->funnel_count; i++)
		if (deals->funnels[i].category == category)
			return &deals->funnels[i];
	return NULL;
}

int
b24_deal_facts_stage(const struct b24_funnel *funnel, struct str id)
{
	for (size_t i = 0; i < funnel->stage_count; i++)
		if (str_eq(str_of(funnel->stages[i].id), id))
			return (int)i;
	return -1;
}

int
b24_deal_facts_stage_named(const struct b24_funnel *funnel, struct str text)
{
	int at;

	for (size_t i = 0; i < funnel->stage_count; i++)
		if (str_same_name(str_of(funnel->stages[i].name), text))
			return (int)i;
	text = str_trim(text);
	at = b24_deal_facts_stage(funnel, text);
	for (size_t i = 0; at == -1 && i < funnel->stage_count; i++) {
		const char *point = strchr(funnel->stages[i].id, ':');

		if (point != NULL && str_is(text, point + 1))
			at = (int)i;
	}
	return at;
}

const struct b24_stage *
b24_deal_facts_exported(const struct b24 *b24, size_t number)
{
	const struct b24_deal_facts *deals = &b24->facts.deals;

	for (size_t i = 0; i < deals->funnel_count; i++)
		for (size_t j = 0; j < deals->funnels[i].stage_count; j++)
			if (deals->funnels[i].stages[j].exported &&
			    number-- == 0)
				return &deals->funnels[i].stages[j];
	return NULL;
}

const struct b24_user_field *
b24_deal_facts_field(const struct b24 *b24, const char *key)
{
	const struct b24_deal_facts *deals = &b24->facts.deals;

	for (size_t i = 0; i < deals->field_count; i++)
		if (!deals->fields[i].requisite &&
		    strcmp(deals->fields[i].key, key) == 0)
			return deals->fields[i].name[0] != '\0' ?
			    &deals->fields[i] : NULL;
	return NULL;
}

/* ---- the rules ---- */

static void
wrong_stage(const struct b24_funnel *funnel, long line, const char *key,
    const char *text, struct buf *wrong)
{
	size_t best = 6;
	const char *near = NULL;

	if (text == NULL || b24_deal_facts_stage_named(funnel,
	    str_of(text)) != -1)
		return;
	for (size_t i = 0; i < funnel->stage_count; i++) {
		size_t far = str_distance(str_of(text),
		    str_of(funnel->stages[i].name), best);

		if (far < best) {
			best = far;
			near = funnel->stages[i].name;
		}
	}
	(void)buf_printf(wrong, _("orders.funnels[].%s, line %ld: the funnel "
	    "\"%s\" has no stage \"%s\""), key, line, funnel->rule->funnel,
	    text);
	if (near != NULL)
		(void)buf_printf(wrong, _("; the nearest is \"%s\""), near);
	(void)buf_add_text(wrong, _("; it has:"));
	for (size_t i = 0; i < funnel->stage_count && i < NAMES_TOLD; i++)
		(void)buf_printf(wrong, "%s \"%s\"", i > 0 ? "," : "",
		    funnel->stages[i].name);
	(void)buf_add_char(wrong, '\n');
}

static void
wrong_stages(const struct b24_funnel *funnel, struct buf *wrong)
{
	const struct config_funnel *rule = funnel->rule;
	const struct {
		const char *key, *text;
	} singles[] = { { "won", rule->won }, { "lost", rule->lost },
	    { "paid_stage", rule->paid_stage },
	    { "shipped_stage", rule->shipped_stage } };

	for (size_t i = 0; i < rule->export_stages.count; i++)
		wrong_stage(funnel, rule->line, "export_stages",
		    rule->export_stages.items[i], wrong);
	for (size_t i = 0; i < sizeof(singles) / sizeof(*singles); i++)
		wrong_stage(funnel, rule->line, singles[i].key,
		    singles[i].text, wrong);
	for (size_t i = 0; i < rule->status_to_1c.count; i++)
		wrong_stage(funnel, rule->status_to_1c.pairs[i].line,
		    "status_to_1c", rule->status_to_1c.pairs[i].name, wrong);
	for (size_t i = 0; i < rule->status_from_1c.count; i++)
		wrong_stage(funnel, rule->status_from_1c.pairs[i].line,
		    "status_from_1c", rule->status_from_1c.pairs[i].value,
		    wrong);
}

static void
wrong_funnels(const struct b24_deal_facts *deals, struct buf *wrong)
{
	for (size_t i = 0; i < deals->funnel_count; i++) {
		const struct b24_funnel *funnel = &deals->funnels[i];
		size_t same = 0;

		if (funnel->category == -1) {
			(void)buf_printf(wrong, _("orders.funnels[], line "
			    "%ld: the portal has no funnel \"%s\" of "
			    "deals"), funnel->rule->line,
			    funnel->rule->funnel);
			(void)buf_printf(wrong, "%s%s\n", _("; it has:"),
			    deals->there);
			continue;
		}
		while (deals->funnels[same].category != funnel->category)
			same++;
		if (same < i)
			(void)buf_printf(wrong, _("orders.funnels[], line "
			    "%ld: \"%s\" and \"%s\" are the same funnel of "
			    "the portal\n"), funnel->rule->line,
			    deals->funnels[same].rule->funnel,
			    funnel->rule->funnel);
		wrong_stages(funnel, wrong);
	}
}

static void
wrong_fields(const struct b24_deal_facts *deals,
    const struct config_map *map, const char *key, size_t first,
    struct buf *wrong)
{
	for (size_t i = 0; i < map->count; i++)
		if (deals->fields[first + i].name[0] == '\0')
			(void)buf_printf(wrong, _("%s, line %ld: the portal "
			    "has no user field \"%s\" of deals: make it "
			    "there, or name the one to use for \"%s\"\n"),
			    key, map->pairs[i].line, map->pairs[i].value,
			    map->pairs[i].name);
}

void
b24_deal_facts_wrong(const struct b24 *b24, struct buf *wrong)
{
	const struct b24_deal_facts *deals = &b24->facts.deals;
	const struct config_orders *orders = &b24->config->orders;

	if (!deals->known)
		return;
	wrong_funnels(deals, wrong);
	wrong_fields(deals, &orders->fields, "orders.fields", 0, wrong);
	wrong_fields(deals, &orders->requisites, "orders.requisites",
	    orders->fields.count, wrong);
	if (!deals->can_read_users)
		(void)buf_add_text(wrong, _("the permission \"user\" is "
		    "missing at the webhook or application: orders name the "
		    "manager of a deal\n"));
	else if (!deals->can_read_emails && b24_user_has_emails(b24->config))
		(void)buf_printf(wrong, "%s\n", b24_user_no_emails());
}
