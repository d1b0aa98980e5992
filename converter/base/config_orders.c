/*
 * The section of orders: a funnel is a struct of its own, and what its keys
 * must agree on is more than one look at each shows.  An order under a wrong
 * number or in nobody's funnel is found out late, so it is refused here.
 */
#include "base/config_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/mem.h"

/* What each 1C calls its "Файл загрузки" (onec-exchange.md 1.1): УНФ proposes
 * this name, УТ 10.3 insists on it; the others take any. */
static const char *const file_names[] = {
	[PROFILE_UNF] = "Orders.xml",
	[PROFILE_UT11] = "orders.xml",
	[PROFILE_UT103] = "order.xml",
	[PROFILE_BITRIX] = "orders.xml",
};

/* ---- funnels ---------------------------------------------------------- */

static void
each_key(struct config *config,
    void (*step)(struct config *, const struct config_key *))
{
	size_t i;

	for (i = 0; i < config_table_count(); i++) {
		if (config_table_at(i)->within == IN_FUNNEL)
			step(config, config_table_at(i));
	}
}

void
config_orders_add(struct config *config, long line)
{
	struct config_orders *orders = &config->orders;

	orders->funnels = mem_resize(orders->funnels,
	    orders->funnel_count + 1, sizeof(*orders->funnels));
	orders->funnels[orders->funnel_count++] =
	    (struct config_funnel){ .line = line };
	each_key(config, config_value_default);
}

/* Funnels from the end: the last one is what the keys reach. */
void
config_orders_free(struct config *config)
{
	struct config_orders *orders = &config->orders;

	for (; orders->funnel_count > 0; orders->funnel_count--)
		each_key(config, config_value_free);
	free(orders->funnels);
	orders->funnels = NULL;
	free(orders->in_inbox);
	free(config->counterparties.in_inbox);
	orders->in_inbox = config->counterparties.in_inbox = NULL;
}

/* ---- what must agree -------------------------------------------------- */

static bool
is_missing(const cJSON *item)
{
	return item == NULL || cJSON_IsNull(item);
}

static void
check_numbers(struct config_reader *reader, const cJSON *section)
{
	const cJSON *first = json_get(section, "number_first");
	const cJSON *last = json_get(section, "number_last");

	if (is_missing(first) || is_missing(last))
		config_note_error(reader, config_scan_line(section),
		    _("orders: number_first and number_last are wanted: a "
		    "range that no other site or exchange of this 1C base "
		    "uses"));
	else if (cJSON_IsNumber(first) && cJSON_IsNumber(last) &&
	    first->valuedouble > last->valuedouble)
		config_note_error(reader, config_scan_line(last),
		    _("orders.number_last: it is before orders.number_first"));
}

static void
check_not_yet(struct config_reader *reader, const cJSON *section)
{
	const cJSON *kind = json_get(section, "kind");

	if (cJSON_IsString(kind) && strcmp(kind->valuestring, "invoice") == 0)
		config_note_error(reader, config_scan_line(kind),
		    _("orders.kind: invoices are not made yet; wanted "
		    "\"deal\""));
}

/* A deal of nobody is no use to a manager, and nothing would bind it later. */
static void
check_created(struct config_reader *reader, const cJSON *section)
{
	const char *create = "create_deals_for_onec_orders";
	const cJSON *deals = json_get(section, create);

	if (cJSON_IsTrue(deals) &&
	    !cJSON_IsObject(json_get(reader->root, "counterparties")))
		config_note_error(reader, config_scan_line(deals),
		    _("orders.%s: the section `counterparties` is wanted: a "
		    "deal is made together with its client"), create);
}

static void
check_funnel(struct config_reader *reader, size_t n)
{
	const struct config_funnel *funnels = reader->config->orders.funnels;
	const struct config_funnel *funnel = &funnels[n];
	size_t i;

	if (funnel->export_stages.count == 0)
		config_note_error(reader, funnel->line,
		    _("orders.funnels[].export_stages: at least one stage is "
		    "wanted: without it no deal of this funnel becomes an "
		    "order"));
	if (funnel->funnel == NULL) {
		config_note_error(reader, funnel->line,
		    _("orders.funnels[].funnel: the name of the funnel is "
		    "wanted"));
		return;
	}
	for (i = 0; i < n; i++) {
		if (funnels[i].funnel == NULL || !str_same_name(
		    str_of(funnel->funnel), str_of(funnels[i].funnel)))
			continue;
		config_note_error(reader, funnel->line,
		    _("orders.funnels: \"%s\" stands here a second time; the "
		    "first is in line %ld"), funnel->funnel,
		    funnels[i].line);
		break;
	}
}

static void
check_funnels(struct config_reader *reader, const cJSON *section)
{
	const cJSON *funnels = json_get(section, "funnels");
	size_t i;

	/* What is no list, or has no objects in it, is told already. */
	if (is_missing(funnels) ||
	    (cJSON_IsArray(funnels) && funnels->child == NULL))
		config_note_error(reader, config_scan_line(
		    is_missing(funnels) ? section : funnels),
		    _("orders.funnels: at least one funnel is wanted, with "
		    "the stages whose deals become orders"));
	for (i = 0; i < reader->config->orders.funnel_count; i++)
		check_funnel(reader, i);
}

/* Two values in one field of the deal would overwrite one another, and what
 * the one side writes the other would take for a change. */
static void
check_fields(struct config_reader *reader, const cJSON *section)
{
	const struct config_map *fields = &reader->config->orders.fields;
	const struct config_map *more = &reader->config->orders.requisites;
	long line = config_table_line(reader, "orders.fields");
	size_t i;

	for (i = 0; i < fields->count; i++)
		config_check_apart(reader, "orders.fields", fields, i,
		    fields, i);
	for (i = 0; i < more->count; i++) {
		config_check_apart(reader, "orders.requisites", more, i, fields,
		    fields->count);
		config_check_apart(reader, "orders.requisites", more, i, more,
		    i);
	}
	if (config_map_get(fields, str_of("number")) == NULL)
		config_note_warn(reader, line != 0 ? line :
		    config_scan_line(section), _("orders.fields: there is no "
		    "\"number\": the numbers of orders are kept in our state "
		    "alone, where nobody in the portal sees them and an old "
		    "backup does not have them"));
}

/* ---- names of реквизиты ---- */

/* 1C compares them without blanks and case. */
static bool
is_called(const char *name, const char *word)
{
	struct buf plain = BUF_INIT(LIMIT_NAME_BYTES);
	bool is;

	for (; *name != '\0'; name++)
		if (*name != ' ' && *name != '\t')
			(void)buf_add(&plain, name, 1);
	is = str_same_name(str_of(buf_text(&plain)), str_of(word));
	buf_free(&plain);
	return is;
}

static bool
is_one_of(const char *name, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (is_called(name, words[i]))
			return true;
	return false;
}

/* Our own, which no rule can say (orders/order_requisite.c). */
static const char *const ours[] = { "СтатусЗаказа", "Отменен",
    "ФинальныйСтатус", "IDсделкиБитрикс24", "МенеджерБитрикс24" };

/* УНФ writes what is called like an attribute of its order over that
 * (onec-exchange.md 2.6).  Организация, Склад, ДатаОтгрузки and the like are
 * what people want to say; these are not theirs. */
static const char *const attributes[] = { "СуммаДокумента", "Курс",
    "Кратность", "Автор", "Ответственный" };

static void
check_requisites(struct config_reader *reader, const char *path,
    const struct config_map *map)
{
	for (size_t i = 0; i < map->count; i++) {
		const struct config_pair *pair = &map->pairs[i];

		if (is_one_of(pair->name, ours, sizeof(ours) /
		    sizeof(ours[0])))
			config_note_warn(reader, pair->line, _("%s: \"%s\" is "
			    "said by cml24 itself: this one is left out"),
			    path, pair->name);
		else if (reader->config->orders.profile == PROFILE_UNF &&
		    is_one_of(pair->name, attributes, sizeof(attributes) /
		    sizeof(attributes[0])))
			config_note_warn(reader, pair->line, _("%s: УНФ has an "
			    "attribute \"%s\" of its own and writes this over "
			    "it, in every order"), path, pair->name);
	}
}

static void
check_all_requisites(struct config_reader *reader)
{
	const struct config_orders *orders = &reader->config->orders;

	check_requisites(reader, "orders.requisites", &orders->requisites);
	for (size_t i = 0; i < orders->funnel_count; i++)
		check_requisites(reader, "orders.funnels[].requisites",
		    &orders->funnels[i].requisites);
}

/* "20 %" is written by people, "20/120" and "Без НДС" by 1C: these two are no
 * rates of rows, and harm nothing. */
static struct str
plain_rate(const char *text)
{
	struct str rate = str_trim(str_of(text));

	if (rate.len > 0 && rate.p[rate.len - 1] == '%')
		rate = str_trim(str_n(rate.p, rate.len - 1));
	return rate;
}

static void
check_rates(struct config_reader *reader)
{
	const struct config_list *known = &reader->config->orders.vat_known;
	struct decimal rate;

	for (size_t i = 0; i < known->count; i++) {
		const char *text = known->items[i];

		if (decimal_parse(&rate, plain_rate(text)) == -1 &&
		    strchr(text, '/') == NULL &&
		    !str_same_name(str_of(text), str_of("Без НДС")))
			config_note_warn(reader, config_table_line(reader,
			    "orders.vat_known"), _("orders.vat_known: \"%s\" "
			    "is no rate that a row of a deal has: the number "
			    "alone is wanted, such as \"20\""), text);
	}
}

void
config_orders_check(struct config_reader *reader)
{
	const cJSON *section = json_get(reader->root, "orders");

	if (!cJSON_IsObject(section))
		return;
	check_numbers(reader, section);
	check_not_yet(reader, section);
	check_created(reader, section);
	config_check_file(reader, "orders.file",
	    reader->config->orders.file);
	check_funnels(reader, section);
	check_fields(reader, section);
	check_all_requisites(reader);
	check_rates(reader);
}

/* ---- what follows from it --------------------------------------------- */

const char *
config_orders_below(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	while (len > 0 && folder[len - 1] == '/')
		len--;
	if (strncmp(path, folder, len) != 0 ||
	    (path[len] != '/' && path[len] != '\0'))
		return NULL;
	return path + len + strspn(path + len, "/");
}

/* Where the inbox has this file of the outbox when it looks; NULL: it has
 * not. */
static char *
in_inbox(const struct config *config, const char *file)
{
	const char *rest = config_orders_below(config->folders.outbox,
	    config->folders.inbox);
	size_t len;

	if (rest == NULL)
		return NULL;
	len = strlen(rest);
	while (len > 0 && rest[len - 1] == '/')
		len--;
	return mem_printf("%.*s%s%s", (int)len, rest, len > 0 ? "/" : "",
	    file);
}

const char *
config_orders_name(const struct config *config)
{
	const struct config_orders *orders = &config->orders;

	return orders->file != NULL ? orders->file :
	    file_names[orders->profile];
}

static void
fill_rates(struct config_list *known)
{
	for (size_t i = 0; i < known->count; i++) {
		struct str rate = plain_rate(known->items[i]);
		char *text = mem_text_n(rate.p, rate.len);

		free(known->items[i]);
		known->items[i] = text;
	}
}

void
config_orders_fill(struct config *config)
{
	struct config_orders *orders = &config->orders;

	fill_rates(&orders->vat_known);
	if (orders->file == NULL)
		orders->file = mem_text(config_orders_name(config));
	if (orders->given)
		orders->in_inbox = in_inbox(config, orders->file);
	if (config->counterparties.given &&
	    config->counterparties.export_file != NULL)
		config->counterparties.in_inbox = in_inbox(config,
		    config->counterparties.export_file);
}
