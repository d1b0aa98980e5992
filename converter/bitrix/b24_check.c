/*
 * What `check` says of the portal: each thing that the rules and rights
 * need, and what to mend.
 */
#include "bitrix/b24_deal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"

struct check {
	struct b24 *b24;
	void (*tell)(void *ctx, bool ok, const char *text);
	void *ctx;
	int bad;
	bool plain;             /* the user is no administrator */
	int64_t user;           /* his id */
};

__attribute__((format(printf, 3, 4)))
static void
say(struct check *check, bool ok, const char *format, ...)
{
	char text[LIMIT_ERROR_BYTES];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (!ok)
		check->bad++;
	check->tell(check->ctx, ok, text);
}

/* ---- address and rights ---- */

static bool
has_scope(const cJSON *scopes, const char *name)
{
	const cJSON *scope;

	cJSON_ArrayForEach(scope, scopes)
		if (cJSON_IsString(scope) &&
		    strcmp(scope->valuestring, name) == 0)
			return true;
	return false;
}

static void
check_scope(struct check *check, const struct b24_command *command,
    const char *name)
{
	if (has_scope(command->result, name))
		say(check, true, _("the permission \"%s\" is there"), name);
	else
		say(check, false, _("the permission \"%s\" is missing: tick "
		    "it at the webhook or application"), name);
}

/* A webhook's notice replaces an earlier one only under a CLIENT_ID. */
static void
check_notices(struct check *check, bool allowed)
{
	const struct config *config = check->b24->config;

	if (!allowed) {
		say(check, false, "%s", _("the permission \"im\" is missing: "
		    "managers are not told of payments; tick it at the "
		    "webhook or application, or set "
		    "orders.notify_on_payment to false"));
		return;
	}
	say(check, true, _("the permission \"%s\" is there"), "im");
	if (config->portal.webhook != NULL && config->portal.client_id ==
	    NULL)
		say(check, true, "%s", _("portal.client_id is not set: a "
		    "notice of a payment whose answer is lost is not sent "
		    "again, as it could come twice"));
}

/* user.get is in the smaller ones too. */
static void
check_users(struct check *check, const struct b24_command *command)
{
	const struct config *config = check->b24->config;

	if ((config->default_user == NULL && config->users.count == 0 &&
	    !config->orders.given) || has_scope(command->result,
	    "user_basic"))
		return;
	if (has_scope(command->result, "user") ||
	    !has_scope(command->result, "user_brief"))
		check_scope(check, command, "user");
	else if (b24_user_has_emails(config))
		say(check, false, "%s", b24_user_no_emails());
}

static void
check_scopes(struct check *check, const struct b24_command *command)
{
	const struct config *config = check->b24->config;

	if (!command->done) {
		say(check, false, "scope: %s", command->error.text);
		return;
	}
	check_scope(check, command, "catalog");
	if (!config->counterparties.given && !config->orders.given)
		return;
	check_scope(check, command, "crm");
	check_users(check, command);
	if (config->orders.given && config->orders.notify_on_payment)
		check_notices(check, has_scope(command->result, "im"));
}

static void
check_user(struct check *check, const struct b24_command *command)
{
	check->plain = command->done &&
	    cJSON_IsFalse(json_get(command->result, "ADMIN"));
	check->user = json_int_of(command->result, "ID");
	if (!command->done)
		say(check, false, "profile: %s", command->error.text);
	else if (!cJSON_IsFalse(json_get(command->result, "ADMIN")))
		say(check, true, "%s", _("the webhook's user may write"));
	else if (check->b24->config->catalog.enabled)
		say(check, false, "%s", _("the webhook's user is not an "
		    "administrator: the catalogue cannot be written; make "
		    "the webhook as an administrator"));
}

/* False when there is no use in asking further. */
static bool
check_address(struct check *check, struct err *err)
{
	struct b24_command commands[2];
	struct b24_batch batch = { .commands = commands, .count = 2 };
	bool reached = false;

	b24_batch_command_init(&commands[0], B24_SCOPE);
	b24_batch_command_init(&commands[1], B24_PROFILE);
	if (b24_call_run(check->b24, &batch, err) == 0) {
		reached = batch.answered && (commands[0].done ||
		    commands[1].done);
		if (!reached)
			(void)err_set(err, ERR_PORTAL, "%s: %s",
			    b24_auth_host(check->b24->auth),
			    commands[0].error.text);
	}
	if (reached) {
		say(check, true, _("%s answers"),
		    b24_auth_host(check->b24->auth));
		check_scopes(check, &commands[0]);
		check_user(check, &commands[1]);
	}
	b24_call_end(&batch);
	b24_batch_command_free(&commands[0]);
	b24_batch_command_free(&commands[1]);
	return reached;
}

/* ---- the rules ---- */

static void
check_lines(struct check *check, struct str text)
{
	while (text.len > 0) {
		const char *end = memchr(text.p, '\n', text.len);
		size_t len = end != NULL ? (size_t)(end - text.p) : text.len;

		if (len > 0)
			say(check, false, "%.*s", (int)len, text.p);
		if (len < text.len)
			len++;
		text.p += len;
		text.len -= len;
	}
}

/* Those that the rules need and nothing stands for. */
static void
check_presets(struct check *check)
{
	static const char *const kinds[] = { "legal", "entrepreneur",
	    "individual" };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (b24_crm_facts_preset(check->b24, str_of(kinds[i])) == 0)
			say(check, false, _("the portal has no requisites "
			    "template for \"%s\": name the one to use in "
			    "counterparties.presets"), kinds[i]);
}

/* No mistake: what 1C says of them may be old. */
static void
check_managers(struct check *check)
{
	const struct config_map *map = &check->b24->config->users;

	for (size_t i = 0; i < map->count; i++)
		if (b24_user_at_work(check->b24, str_of(
		    map->pairs[i].value)) == 0)
			say(check, true, _("users, line %ld: \"%s\" has left "
			    "the portal: what is made of the clients of "
			    "\"%s\" gets default_user"), map->pairs[i].line,
			    map->pairs[i].value, map->pairs[i].name);
}

/* Defaults that are not there: their clients are held, and say so. */
static void
check_types(struct check *check)
{
	const struct config_map *map =
	    &check->b24->config->counterparties.types;

	for (size_t i = 0; i < map->count; i++)
		if (b24_crm_facts_type(check->b24, TARGET_COMPANY,
		    str_of(map->pairs[i].value)) == NULL)
			say(check, true, _("the portal has no company type "
			    "\"%s\": name the one to use for \"%s\" in "
			    "counterparties.types"), map->pairs[i].value,
			    map->pairs[i].name);
}

/* ---- rights ---- */

/* Stock by documents, and addresses of clients have rights of their own,
 * which the user may lack. */
static int
check_rights(struct check *check, struct err *err)
{
	const struct config *config = check->b24->config;
	bool documents = check->b24->facts.inventory &&
	    config->catalog.enabled &&
	    config->catalog.stock == STOCK_DOCUMENTS;
	const struct {
		bool needed;
		enum b24_method list;
		const char *field;      /* that it shows */
	} rights[] = {
		{ documents, B24_STORE_PRODUCT_LIST, "id" },
		{ documents, B24_DOCUMENT_LIST, "id" },
		{ config->counterparties.given || config->orders.given,
		    B24_ADDRESS_LIST, "TYPE_ID" },
	};
	struct b24_command lists[sizeof(rights) / sizeof(*rights)];
	struct b24_batch batch = { .commands = lists };
	int rc;

	for (size_t i = 0; i < sizeof(rights) / sizeof(*rights); i++) {
		if (!rights[i].needed)
			continue;
		b24_batch_command_init(&lists[batch.count], rights[i].list);
		b24_query_text(&lists[batch.count++].query, "select[0]",
		    rights[i].field);
	}
	if (batch.count == 0)
		return 0;
	rc = b24_call_run(check->b24, &batch, err);
	for (size_t i = 0; i < batch.count; i++) {
		if (rc == 0 && !lists[i].done)
			say(check, false, "%s: %s", b24_methods_info(
			    lists[i].method)->name, lists[i].error.text);
	}
	b24_call_end(&batch);
	for (size_t i = 0; i < batch.count; i++)
		b24_batch_command_free(&lists[i]);
	return rc;
}

/* ---- may an employee change deals? ---- */

static void
ask_deals(const struct check *check, struct b24_command *command)
{
	const struct b24_deal_facts *deals = &check->b24->facts.deals;
	char space[24];
	size_t count = 0;

	b24_batch_command_init(command, B24_ITEM_LIST);
	b24_query_int(&command->query, "entityTypeId", B24_ENTITY_DEAL);
	b24_query_text(&command->query, "select[0]", "id");
	b24_query_text(&command->query, "select[1]", "assignedById");
	for (size_t i = 0; i < deals->funnel_count; i++) {
		if (deals->funnels[i].category == -1)
			continue;
		(void)snprintf(space, sizeof(space), "%lld",
		    (long long)deals->funnels[i].category);
		b24_query_item(&command->query, "filter[@categoryId]",
		    count++, str_of(space));
	}
	b24_query_text(&command->query, "order[id]", "DESC");
	b24_query_int(&command->query, "start", -1);
}

/* One of somebody else, where one is shown; 0: there is none. */
static int64_t
choose_deal(const struct check *check, const struct b24_command *command,
    bool *others)
{
	const cJSON *row;
	int64_t deal = 0;

	*others = false;
	cJSON_ArrayForEach(row, json_get(command->result, "items")) {
		bool own = json_int_of(row, "assignedById") == check->user;

		if (*others || (deal != 0 && own))
			continue;
		deal = json_int_of(row, "id");
		*others = !own;
	}
	return deal;
}

static void
say_update(struct check *check, const struct b24_command *command,
    int64_t deal, bool others)
{
	if (!command->done && b24_error_of_right(&command->error))
		say(check, false, _("the webhook's user is not an "
		    "administrator and may not change deal %lld (%s): what 1C "
		    "says, payments too, cannot go there; let his role in the "
		    "CRM change all deals of the funnels"), (long long)deal,
		    command->error.text);
	else if (!command->done)
		say(check, false, "crm.item.update: %s", command->error.text);
	else if (others)
		say(check, true, _("the webhook's user may change deals of "
		    "others (tried with deal %lld, without a change)"),
		    (long long)deal);
	else
		say(check, true, _("the webhook's user may change his own "
		    "deals; those of others are not shown to him, or there "
		    "are none: his role in the CRM needs all deals of the "
		    "funnels"));
}

/*
 * The portal has no method that names the rights of a role.  An update without
 * a field that there is changes nothing, and is refused where the user has no
 * right to it: access is checked first, and nothing is saved where no value
 * changed (crm-item-update.md).  An administrator may do all of it.
 */
static int
check_deals(struct check *check, struct err *err)
{
	struct b24_command command;
	struct b24_batch batch = { .commands = &command, .count = 1 };
	int64_t deal = 0;
	bool others = false;
	int rc;

	if (!check->plain || !check->b24->config->orders.given ||
	    !check->b24->facts.deals.known)
		return 0;
	ask_deals(check, &command);
	rc = b24_call_run(check->b24, &batch, err);
	if (rc == 0 && !command.done)
		say(check, false, "crm.item.list: %s", command.error.text);
	if (rc == 0 && command.done)
		deal = choose_deal(check, &command, &others);
	if (rc == 0 && command.done && deal == 0)
		say(check, true, "%s", _("no deal of the funnels is shown to "
		    "the webhook's user: whether he may change them cannot be "
		    "told yet"));
	b24_call_end(&batch);
	b24_batch_command_free(&command);
	if (rc == -1 || deal == 0)
		return rc;
	b24_batch_command_init(&command, B24_ITEM_UPDATE);
	b24_query_int(&command.query, "entityTypeId", B24_ENTITY_DEAL);
	b24_query_int(&command.query, "id", deal);
	b24_query_text(&command.query, "fields[cml24NoSuchField]", "1");
	batch = (struct b24_batch){ .commands = &command, .count = 1 };
	rc = b24_call_run(check->b24, &batch, err);
	if (rc == 0)
		say_update(check, &command, deal, others);
	b24_call_end(&batch);
	b24_batch_command_free(&command);
	return rc;
}

/* ---- properties of goods ---- */

static bool
is_carried(const struct config_pair *rule)
{
	return strcmp(rule->value, CONFIG_CREATE) != 0 &&
	    strcmp(rule->value, CONFIG_IGNORE) != 0;
}

/* What a rule names, and the REST of goods would ignore without a word. */
static void
check_properties(struct check *check, const struct b24_facts *facts)
{
	const struct config_map *map =
	    &check->b24->config->catalog.properties;

	for (size_t i = 0; i < map->count; i++) {
		const struct config_pair *rule = &map->pairs[i];
		const struct b24_property *property = is_carried(rule) ?
		    b24_term_find_named(facts, rule->value) : NULL;

		if (property == NULL || b24_property_list_fillable(property))
			continue;
		if (!property->active)
			say(check, false, _("catalog.properties, line %ld: "
			    "the portal's property \"%s\" is switched off: "
			    "switch it on there, or name another"),
			    rule->line, rule->value);
		else
			say(check, false, _("catalog.properties, line %ld: "
			    "the portal's property \"%s\" is of a kind that "
			    "cannot be filled (%c %s): name another"),
			    rule->line, rule->value, property->type,
			    property->user_type);
	}
}

/* catalog-product-image-add.md: without it none but the main picture goes. */
static void
check_gallery(struct check *check, const struct b24_facts *facts)
{
	const struct config *config = check->b24->config;

	if (!config->catalog.enabled || !config->catalog.pictures)
		return;
	if (!b24_property_list_gallery(facts, facts->iblock))
		say(check, false, "%s", _("the portal's catalogue has no "
		    "property MORE_PHOTO: goods get their main picture alone; "
		    "make it there (a multiple one, of files)"));
	if (facts->offers_iblock != 0 && config->catalog.characteristics ==
	    CHARACTERISTICS_VARIATIONS && !b24_property_list_gallery(facts,
	    facts->offers_iblock))
		say(check, false, "%s", _("the portal's catalogue of "
		    "variations has no property MORE_PHOTO: variations get "
		    "their main picture alone; make it there (a multiple one, "
		    "of files)"));
}

/* ---- all of it ---- */

static const char *
stage_name(const struct b24_funnel *funnel, int at)
{
	return at == -1 ? _("(none)") : funnel->stages[at].name;
}

/* УНФ and УТ read no "Финальный статус" (onec-exchange.md 2.6): there an order
 * is closed by its status alone. */
static void
check_end(struct check *check, const struct b24_funnel *funnel)
{
	enum config_profile profile = check->b24->config->orders.profile;
	const struct config_map *statuses = &funnel->rule->status_to_1c;
	const struct b24_stage *won;

	if ((profile != PROFILE_UNF && profile != PROFILE_UT11) ||
	    funnel->won == -1)
		return;
	won = &funnel->stages[funnel->won];
	if (config_map_get(statuses, str_of(won->name)) == NULL &&
	    config_map_get(statuses, str_of(won->id)) == NULL)
		say(check, true, _("no order of the funnel \"%s\" will be "
		    "closed in 1C: it closes one by its status alone, and "
		    "status_to_1c has none for \"%s\""),
		    funnel->rule->funnel, won->name);
}

/* A rule "won" or "lost" that is left out is the portal's own stage. */
static void
check_orders(struct check *check, const struct b24_deal_facts *deals)
{
	for (size_t i = 0; i < deals->funnel_count; i++) {
		const struct b24_funnel *funnel = &deals->funnels[i];
		size_t exported = 0;

		for (size_t j = 0; j < funnel->stage_count; j++)
			exported += funnel->stages[j].exported ? 1 : 0;
		say(check, true, _("orders: the funnel \"%s\" (%lld) has %zu "
		    "stages, %zu become orders; won is \"%s\", lost is "
		    "\"%s\""), funnel->rule->funnel,
		    (long long)funnel->category, funnel->stage_count,
		    exported, stage_name(funnel, funnel->won),
		    stage_name(funnel, funnel->lost));
		check_end(check, funnel);
	}
	if (check->b24->config->orders.create_deals &&
	    deals->funnel_count > 0)
		say(check, true, _("orders that began in 1C become deals of "
		    "the funnel \"%s\""), deals->funnels[0].rule->funnel);
	if (b24_deal_facts_field(check->b24, "number") == NULL)
		say(check, true, "%s", _("orders.fields.number is not set: "
		    "an order's number is kept here alone, and a deal does "
		    "not show it"));
}

static void
check_article(struct check *check, const struct b24_facts *facts)
{
	const struct b24_property *off = b24_property_list_article_off(facts,
	    facts->iblock);
	char text[512];

	if (facts->article != 0) {
		say(check, true, "%s", _("the property for the article is "
		    "there"));
	} else if (check->b24->config->catalog.enabled && off != NULL) {
		b24_property_list_say_off(off, text, sizeof(text));
		say(check, false, "%s", text);
	} else if (check->b24->config->catalog.enabled) {
		say(check, true, "%s", _("the property for the article will "
		    "be made by the first run"));
	}
}

static void
check_facts(struct check *check, const struct b24_facts *facts)
{
	say(check, true, _("the catalogue is \"%s\""), facts->name);
	if (facts->catalogs > 1)
		say(check, true, _("the portal has %zu catalogues; the first "
		    "is used"), facts->catalogs);
	if (facts->offers_iblock == 0 && check->b24->config->catalog.enabled &&
	    check->b24->config->catalog.characteristics ==
	    CHARACTERISTICS_VARIATIONS)
		say(check, true, "%s", _("the portal has no catalogue of "
		    "variations: goods with characteristics cannot go there "
		    "unless catalog.characteristics is \"products\" or "
		    "\"ignore\""));
	say(check, true, _("price types that rules name: %zu of the portal's "
	    "%zu"), facts->rule_count, facts->type_count);
	say(check, true, _("VAT rates: %zu, units: %zu"), facts->vat_count,
	    facts->measure_count);
	check_article(check, facts);
	if (check->b24->config->catalog.enabled)
		check_properties(check, facts);
	check_gallery(check, facts);
	say(check, true, "%s", !facts->inventory ?
	    _("inventory management is off: quantities can be written") :
	    check->b24->config->catalog.stock == STOCK_DOCUMENTS ?
	    _("inventory management is on: stock goes by documents") :
	    _("inventory management is on: quantities are left alone"));
	if (facts->deals.known)
		check_orders(check, &facts->deals);
	if (!facts->crm.known)
		return;
	say(check, true, _("CRM: %zu requisites templates, %zu company "
	    "types"), facts->crm.preset_count, facts->crm.company_types.count);
	check_presets(check);
	check_types(check);
	check_managers(check);
}

int
bitrix_check(struct remote *remote, const struct config *config,
    void (*tell)(void *ctx, bool ok, const char *text), void *ctx,
    struct err *err)
{
	struct check check = { .b24 = remote->ctx, .tell = tell, .ctx = ctx };
	struct err why = { 0 };
	int rc;

	(void)config;
	if (!check_address(&check, err))
		return -1;
	rc = b24_facts_read(check.b24, &why);
	if (rc == -1 && why.kind == ERR_SYSTEM) {
		*err = why;
		return -1;
	}
	if (rc == -1)
		check_lines(&check, str_of(why.text));
	else
		check_facts(&check, &check.b24->facts);
	if (check_rights(&check, err) == -1 ||
	    check_deals(&check, err) == -1)
		return -1;
	return check.bad;
}
