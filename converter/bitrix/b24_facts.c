/*
 * What the names of the rules mean on this portal: read once a run, in one
 * batch (and one more for each list that is longer than a page).
 */
#include "bitrix/b24_deal.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/told.h"

#define PAGES_MAX 100

/* The lists: place in the batch, and what takes a row. */
enum part {
	PART_CATALOGS,
	PART_TYPES,
	PART_VATS,
	PART_MEASURES,
	PART_MODE,
	PART_TITLES,
	PART_FIRST_COUNT,       /* the rest need the catalogue's id */
	PART_PROPERTIES = PART_FIRST_COUNT,
	PART_PRODUCTS,
	PART_SECTIONS,
	PART_SERVICES,
	PART_OFFER_PROPERTIES,  /* and these a catalogue of variations */
	PART_PARENTS,
	PART_OFFERS,
	PART_USER,              /* and these documents of stock */
	PART_CURRENCY,
	PART_COUNT
};

/* ---- rows ---- */

/* The one of variations says whose; the row of its goods may come later. */
static void
take_offers_catalog(struct b24_facts *facts, const cJSON *rows)
{
	const cJSON *row;

	cJSON_ArrayForEach(row, rows)
		if (facts->iblock != 0 && facts->offers_iblock == 0 &&
		    json_int_of(row, "productIblockId") == facts->iblock)
			facts->offers_iblock = json_int_of(row, "iblockId");
}

/* The one without productIblockId holds goods; the other holds variations
 * of it (bitrix24.md 8). */
static void
take_catalog(struct b24_facts *facts, const cJSON *row)
{
	char *name;

	if (json_int_of(row, "productIblockId") != 0)
		return;
	facts->catalogs++;
	if (facts->iblock != 0)
		return;
	facts->iblock = json_int_of(row, "iblockId");
	name = json_text_of(row, "name");
	(void)snprintf(facts->name, sizeof(facts->name), "%.*s",
	    (int)str_utf8_cut(str_of(name), sizeof(facts->name) - 1).len,
	    name);
	free(name);
}

static void
take_type(struct b24_facts *facts, const cJSON *row)
{
	struct b24_price_type *type;

	facts->types = mem_resize(facts->types, facts->type_count + 1,
	    sizeof(*facts->types));
	type = &facts->types[facts->type_count++];
	type->id = json_int_of(row, "id");
	type->name = json_text_of(row, "name");
	type->xml_id = json_text_of(row, "xmlId");
}

static void
take_title(struct b24_facts *facts, const cJSON *row)
{
	struct b24_price_title *title;

	facts->titles = mem_resize(facts->titles, facts->title_count + 1,
	    sizeof(*facts->titles));
	title = &facts->titles[facts->title_count++];
	title->type = json_int_of(row, "catalogGroupId");
	title->name = json_text_of(row, "name");
}

/* A rate of nothing: null, or 0 under the name "Без НДС". */
static bool
names_no_vat(const char *name)
{
	static const char *const starts[] = { "без ндс", "без налога" };
	struct str text = str_trim(str_of(name));

	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++)
		if (text.len >= strlen(starts[i]) && str_same_name(str_n(
		    text.p, strlen(starts[i])), str_of(starts[i])))
			return true;
	return false;
}

static void
take_vat(struct b24_facts *facts, const cJSON *row)
{
	struct b24_vat *vat;
	char space[32];
	struct str rate;

	facts->vats = mem_resize(facts->vats, facts->vat_count + 1,
	    sizeof(*facts->vats));
	vat = &facts->vats[facts->vat_count++];
	memset(vat, 0, sizeof(*vat));
	vat->id = json_int_of(row, "id");
	vat->name = json_text_of(row, "name");
	vat->active = !str_is(json_str(json_get(row, "active"), space), "N");
	rate = json_str(json_get(row, "rate"), space);
	if (rate.len == 0 || decimal_normalise(vat->rate, rate) == -1)
		vat->rate[0] = '\0';
	/* An empty value is answered as null, so a rate of 0 may be too. */
	if (vat->rate[0] == '\0' && !names_no_vat(vat->name) &&
	    strchr(vat->name, '0') != NULL)
		(void)snprintf(vat->rate, sizeof(vat->rate), "0");
	if (strcmp(vat->rate, "0") == 0 && names_no_vat(vat->name))
		vat->rate[0] = '\0';
}

static void
take_measure(struct b24_facts *facts, const cJSON *row)
{
	struct b24_measure *measure;

	facts->measures = mem_resize(facts->measures,
	    facts->measure_count + 1, sizeof(*facts->measures));
	measure = &facts->measures[facts->measure_count++];
	measure->id = json_int_of(row, "id");
	measure->code = json_int_of(row, "code");
	measure->title = json_text_of(row, "measureTitle");
	measure->symbol = json_text_of(row, "symbol");
}

static void
take_row(struct b24_facts *facts, enum part part, const cJSON *row)
{
	switch (part) {
	case PART_CATALOGS:
		take_catalog(facts, row);
		break;
	case PART_TYPES:
		take_type(facts, row);
		break;
	case PART_TITLES:
		take_title(facts, row);
		break;
	case PART_VATS:
		take_vat(facts, row);
		break;
	case PART_MEASURES:
		take_measure(facts, row);
		break;
	case PART_PROPERTIES:
	case PART_OFFER_PROPERTIES:
		(void)b24_property_list_add(facts, row);
		break;
	case PART_MODE:
	case PART_PRODUCTS:
	case PART_SECTIONS:
	case PART_SERVICES:
	case PART_PARENTS:
	case PART_OFFERS:
	case PART_USER:
	case PART_CURRENCY:
	case PART_COUNT:
		break;
	}
}

/* Where it is kept that there is none; NULL: not asked of this list. */
static bool *
emptiness(struct b24_facts *facts, enum part part)
{
	switch (part) {
	case PART_PRODUCTS:
		return &facts->products_empty;
	case PART_SECTIONS:
		return &facts->sections_empty;
	case PART_SERVICES:
		return &facts->services_empty;
	case PART_PARENTS:
		return &facts->parents_empty;
	case PART_OFFERS:
		return &facts->offers_empty;
	case PART_CATALOGS:
	case PART_TYPES:
	case PART_TITLES:
	case PART_VATS:
	case PART_MEASURES:
	case PART_MODE:
	case PART_PROPERTIES:
	case PART_OFFER_PROPERTIES:
	case PART_USER:
	case PART_CURRENCY:
	case PART_COUNT:
		break;
	}
	return NULL;
}

static void
take_list(struct b24_facts *facts, enum part part,
    const struct b24_command *command)
{
	const cJSON *rows, *row;
	bool *empty = emptiness(facts, part);

	if (!command->done && part == PART_SERVICES)
		facts->no_services = strcmp(command->error.code,
		    "ERROR_METHOD_NOT_FOUND") == 0;
	if (!command->done)
		return;
	rows = json_get(command->result,
	    b24_methods_info(command->method)->rows);
	if (empty != NULL) {
		*empty = cJSON_IsArray(rows) && rows->child == NULL;
		return;
	}
	if (part == PART_MODE) {
		facts->inventory = cJSON_IsString(command->result) &&
		    strcmp(command->result->valuestring, "Y") == 0;
		return;
	}
	if (part == PART_USER) {
		facts->user = json_int_of(command->result, "ID");
		return;
	}
	if (part == PART_CURRENCY) {
		if (cJSON_IsString(command->result))
			(void)snprintf(facts->currency,
			    sizeof(facts->currency), "%.3s",
			    command->result->valuestring);
		return;
	}
	cJSON_ArrayForEach(row, rows)
		take_row(facts, part, row);
	if (part == PART_CATALOGS)
		take_offers_catalog(facts, rows);
}

/* ---- asking ---- */

static void
add_select(struct b24_command *command, const char *const *names)
{
	for (size_t i = 0; names[i] != NULL; i++)
		b24_query_item(&command->query, "select", i,
		    str_of(names[i]));
}

/* Which lists are read: those of variations where the portal has them. */
static bool
is_needed(const struct b24 *b24, enum part part)
{
	if (part == PART_CURRENCY && b24_crm_facts_has_money(b24))
		return true;
	if (part == PART_USER || part == PART_CURRENCY)
		return b24->config->catalog.stock == STOCK_DOCUMENTS;
	if (part == PART_TITLES)
		return b24->config->catalog.price_types.count > 0;
	return part < PART_OFFER_PROPERTIES || b24->facts.offers_iblock != 0;
}

static int64_t
iblock_of(const struct b24_facts *facts, enum part part)
{
	return part == PART_OFFERS || part == PART_OFFER_PROPERTIES ?
	    facts->offers_iblock : facts->iblock;
}

static void
make_command(struct b24_command *command, enum part part,
    struct b24_facts *facts)
{
	static const enum b24_method methods[PART_COUNT] = {
		[PART_CATALOGS] = B24_CATALOG_LIST,
		[PART_TYPES] = B24_PRICE_TYPE_LIST,
		[PART_TITLES] = B24_PRICE_TITLE_LIST,
		[PART_VATS] = B24_VAT_LIST,
		[PART_MEASURES] = B24_MEASURE_LIST,
		[PART_MODE] = B24_MODE_STATUS,
		[PART_PROPERTIES] = B24_PROPERTY_LIST,
		[PART_PRODUCTS] = B24_PRODUCT_LIST,
		[PART_SECTIONS] = B24_SECTION_LIST,
		[PART_SERVICES] = B24_SERVICE_LIST,
		[PART_OFFER_PROPERTIES] = B24_PROPERTY_LIST,
		[PART_PARENTS] = B24_SKU_LIST,
		[PART_OFFERS] = B24_OFFER_LIST,
		[PART_USER] = B24_PROFILE,
		[PART_CURRENCY] = B24_CURRENCY_BASE,
	};
	static const char *const ids[] = { "id", "iblockId", NULL };

	assert(part < PART_COUNT);
	b24_batch_command_init(command, methods[part]);
	/* Not every portal has these; whether they are empty is not known
	 * there then. */
	command->optional = part == PART_SERVICES || part == PART_PARENTS ||
	    part == PART_OFFERS || part == PART_CURRENCY ||
	    part == PART_TITLES;
	if (part == PART_MODE || part == PART_USER || part == PART_CURRENCY)
		return;
	if (part >= PART_FIRST_COUNT)
		b24_query_int(&command->query, "filter[iblockId]",
		    iblock_of(facts, part));
	if (emptiness(facts, part) != NULL) {
		add_select(command, ids);
		/* Is there one?  No count is needed for that. */
		b24_query_int(&command->query, "start", -1);
	} else {
		b24_query_text(&command->query, "order[id]", "ASC");
	}
}

/* The permission that a method needs: its name up to the first point. */
static struct str
scope_of(const struct b24_command *command)
{
	const char *name = b24_methods_info(command->method)->name;

	return str_n(name, strcspn(name, "."));
}

/* What a failed read means for the run. */
static int
read_failed(const struct b24 *b24, const struct b24_command *command,
    struct err *err)
{
	const struct b24_error *error = &command->error;
	struct str scope = scope_of(command);

	if (strcmp(error->code, "insufficient_scope") == 0 &&
	    !str_is(scope, "catalog"))
		return told_err(err, ERR_USAGE,
		    b24->config->counterparties.given ?
		    N_("%s: the webhook or application lacks the permission "
		    "\"%.*s\", which counterparties need: tick it there") :
		    N_("%s: the webhook or application lacks the permission "
		    "\"%.*s\", which orders need: tick it there"),
		    b24_methods_info(command->method)->name, (int)scope.len,
		    scope.p);
	return err_set(err, b24_error_outcome(error->fate, false) ==
	    OUTCOME_STOP ? ERR_PORTAL : ERR_AGAIN, "%s: %s",
	    b24_methods_info(command->method)->name, error->text);
}

/* False: a signal came, and nobody waits any longer. */
static bool
nap(int64_t ms)
{
	int64_t begun = clock_steady_ms();

	clock_sleep_ms(ms);
	return clock_steady_ms() - begun >= ms - ms / 10;
}

/* What the portal will refuse again, and what the caller can do without. */
static bool
is_spared(const struct b24_command *command)
{
	enum b24_fate fate = command->error.fate;

	return command->optional && (fate == B24_FATE_REFUSED ||
	    fate == B24_FATE_DOUBTFUL || fate == B24_FATE_NOT_THERE ||
	    fate == B24_FATE_STOP);
}

/* The first failure among them into *err and *until; false when none. */
static bool
any_failed(const struct b24 *b24, const struct b24_batch *batch,
    int64_t *until, struct err *err)
{
	for (size_t i = 0; i < batch->count; i++) {
		const struct b24_command *command = &batch->commands[i];

		if (command->done || is_spared(command))
			continue;
		*until = command->not_before;
		(void)read_failed(b24, command, err);
		return true;
	}
	return false;
}

/*
 * A portal that does not answer is asked again, at growing distances, for as
 * long as portal.retry_max_seconds.
 */
int
b24_facts_run(struct b24 *b24, struct b24_batch *batch, struct err *err)
{
	int64_t begun = clock_steady_ms(), pause = 1000, until = 0;
	bool told = false;

	for (;;) {
		if (b24_call_run(b24, batch, err) == -1)
			return -1;
		if (!any_failed(b24, batch, &until, err)) {
			/* What failed before is no word of this answer. */
			if (told)
				err_clear(err);
			return 0;
		}
		if (err->kind == ERR_PORTAL || err->kind == ERR_USAGE)
			return -1;
		if (until > clock_wall_ms() + pause)
			pause = until - clock_wall_ms();
		if (clock_steady_ms() - begun + pause >
		    b24->config->portal.retry_max_ms)
			break;
		/* A person may be sitting there. */
		if (!told)
			log_warn("the portal does not answer, or puts us off: "
			    "asked again for %" PRId64 " s at most",
			    b24->config->portal.retry_max_ms / 1000);
		told = true;
		b24_call_end(batch);
		if (!nap(pause))
			break;
		pause *= 2;
	}
	err->kind = ERR_PORTAL;
	return -1;
}

int
b24_facts_each(struct b24 *b24, struct b24_command *commands, size_t count,
    void (*take)(void *ctx, struct b24_command *command), void *ctx,
    struct err *err)
{
	size_t most = (size_t)b24->config->portal.batch_size;
	int rc = 0;

	while (rc == 0 && count > 0) {
		struct b24_batch batch = { .commands = commands,
		    .count = count < most ? count : most };

		rc = b24_facts_run(b24, &batch, err);
		for (size_t i = 0; rc == 0 && i < batch.count; i++)
			take(ctx, &commands[i]);
		commands += batch.count;
		count -= batch.count;
		b24_call_end(&batch);
	}
	return rc;
}

/* What is in no list is not there, and is made: so there must be one. */
static int
check_list(enum part part, const struct b24_command *command,
    struct err *err)
{
	const struct b24_method_info *info =
	    b24_methods_info(command->method);
	const cJSON *rows = json_get(command->result, info->rows);

	if ((part != PART_PROPERTIES && part != PART_OFFER_PROPERTIES) ||
	    cJSON_IsArray(rows) || cJSON_IsObject(rows))
		return 0;
	return err_set(err, ERR_PORTAL, "%s: %s", info->name,
	    _("the portal's answer does not say what became of this"));
}

/* The further pages of one list. */
static int
read_pages(struct b24 *b24, enum part part, int64_t next, struct err *err)
{
	struct b24_command command;
	struct b24_batch batch = { .commands = &command, .count = 1 };
	int rc = 0;

	for (int page = 0; rc == 0 && next > 0 && page < PAGES_MAX; page++) {
		memset(&batch, 0, sizeof(batch));
		batch.commands = &command;
		batch.count = 1;
		make_command(&command, part, &b24->facts);
		b24_query_int(&command.query, "start", next);
		rc = b24_facts_run(b24, &batch, err);
		next = -1;
		if (rc == 0) {
			take_list(&b24->facts, part, &command);
			next = command.next;
		}
		b24_call_end(&batch);
		b24_batch_command_free(&command);
	}
	return rc;
}

static int
read_parts(struct b24 *b24, enum part from, enum part to, struct err *err)
{
	struct b24_command commands[PART_COUNT];
	struct b24_batch batch = { .commands = commands };
	enum part parts[PART_COUNT];
	int64_t next[PART_COUNT] = { 0 };
	int rc;

	for (int part = (int)from; part < (int)to; part++) {
		if (!is_needed(b24, (enum part)part))
			continue;
		parts[batch.count] = (enum part)part;
		make_command(&commands[batch.count++], (enum part)part,
		    &b24->facts);
	}
	rc = b24_facts_run(b24, &batch, err);
	for (size_t i = 0; i < batch.count; i++) {
		if (rc == 0)
			rc = check_list(parts[i], &commands[i], err);
		if (rc == 0)
			take_list(&b24->facts, parts[i], &commands[i]);
		if (emptiness(&b24->facts, parts[i]) == NULL)
			next[i] = commands[i].next;
	}
	b24_call_end(&batch);
	for (size_t i = 0; i < batch.count; i++) {
		if (rc == 0)
			rc = read_pages(b24, parts[i], next[i], err);
		b24_batch_command_free(&commands[i]);
	}
	return rc;
}

static void
find_articles(struct b24_facts *facts)
{
	facts->article = b24_property_list_article(facts, facts->iblock);
	facts->offers_article = b24_property_list_article(facts,
	    facts->offers_iblock);
}

/* Lists of what is there, after the catalogues are known. */
static int
read_catalog(struct b24 *b24, struct err *err)
{
	b24->facts.parents_empty = b24->facts.offers_empty =
	    b24->facts.offers_iblock == 0;
	if (read_parts(b24, PART_PROPERTIES, PART_COUNT, err) == -1)
		return -1;
	find_articles(&b24->facts);
	return 0;
}

/* ---- the article's property ---- */

/* Was it made, though no answer came? */
static int
look_for_article(struct b24 *b24, struct err *err)
{
	b24_property_list_free(&b24->facts);
	if (read_parts(b24, PART_PROPERTIES, PART_PRODUCTS, err) == -1 ||
	    read_parts(b24, PART_OFFER_PROPERTIES, PART_PARENTS, err) == -1)
		return -1;
	find_articles(&b24->facts);
	return 0;
}

/* article: where its id is kept. */
static int
add_article(struct b24 *b24, int64_t iblock, int64_t *article,
    struct err *err)
{
	struct b24_command command;
	struct b24_batch batch = { .commands = &command, .count = 1,
	    .writes = true };
	bool lost;
	int rc;

	b24_property_list_make_article(&command, iblock);
	rc = b24_call_run(b24, &batch, err);
	lost = rc == 0 && !command.done &&
	    b24_error_outcome(command.error.fate, true) == OUTCOME_UNKNOWN;
	if (rc == 0 && command.done)
		*article = json_int_of(json_get(command.result,
		    "productProperty"), "id");
	else if (rc == 0 && !lost)
		rc = err_set(err, ERR_PORTAL, _("the portal's property for "
		    "the article (%s) cannot be made: %s"), B24_ARTICLE_CODE,
		    command.error.text);
	b24_call_end(&batch);
	b24_batch_command_free(&command);
	if (rc == 0 && *article == 0)
		rc = look_for_article(b24, err);
	if (rc == 0 && *article == 0)
		rc = err_set(err, ERR_PORTAL, _("it is not known whether the "
		    "portal's property for the article (%s) was made; the "
		    "next run looks again"), B24_ARTICLE_CODE);
	return rc;
}

/* One of its code that cannot be filled is a person's to mend; a second one
 * would be a double.  True: it is there, and told once. */
static bool
is_off(const struct b24 *b24, int64_t iblock, bool *told)
{
	const struct b24_property *off = b24_property_list_article_off(
	    &b24->facts, iblock);
	char text[512];

	if (off == NULL)
		return false;
	b24_property_list_say_off(off, text, sizeof(text));
	if (!*told)
		log_warn("%s", text);
	*told = true;
	return true;
}

int
b24_facts_article(struct b24 *b24, struct err *err)
{
	struct b24_facts *facts = &b24->facts;

	if (!b24->may_write || facts->article != 0 ||
	    !b24->config->catalog.enabled ||
	    is_off(b24, facts->iblock, &b24->article_told))
		return 0;
	return add_article(b24, facts->iblock, &facts->article, err);
}

int
b24_facts_offers_article(struct b24 *b24, struct err *err)
{
	struct b24_facts *facts = &b24->facts;

	if (facts->offers_iblock == 0 || facts->offers_article != 0 ||
	    !b24->config->catalog.enabled ||
	    b24->config->catalog.characteristics !=
	    CHARACTERISTICS_VARIATIONS ||
	    is_off(b24, facts->offers_iblock, &b24->offers_article_told))
		return 0;
	return add_article(b24, facts->offers_iblock, &facts->offers_article,
	    err);
}

/* ---- the rules ---- */

/* Units that b24_term.c makes, and those that are not carried. */
static bool
is_word(const char *key, const char *value)
{
	return strcmp(key, "catalog.units") == 0 &&
	    (strcmp(value, CONFIG_CREATE) == 0 ||
	    strcmp(value, CONFIG_IGNORE) == 0);
}

static void
resolve_map(const struct b24_facts *facts, const struct config_map *map,
    const char *key, int64_t (*named)(const struct b24_facts *, const char *),
    struct buf *wrong)
{
	for (size_t i = 0; i < map->count; i++)
		if (!is_word(key, map->pairs[i].value) &&
		    named(facts, map->pairs[i].value) == 0)
			(void)buf_printf(wrong, _("%s, line %ld: the portal "
			    "has no \"%s\"\n"), key, map->pairs[i].line,
			    map->pairs[i].value);
}

static void
catalog_wrong(struct b24 *b24, struct buf *wrong)
{
	b24_price_type_resolve(b24, wrong);
	resolve_map(&b24->facts, &b24->config->catalog.vat, "catalog.vat",
	    b24_value_vat_named, wrong);
	resolve_map(&b24->facts, &b24->config->catalog.units,
	    "catalog.units", b24_value_measure_named, wrong);
}

/*
 * Rules of a catalogue that is not carried are nobody's mistake.  They are
 * resolved all the same: the journal may hold a price of an earlier run.
 */
void
b24_facts_wrong(struct b24 *b24, struct buf *wrong)
{
	struct buf ignored = BUF_INIT(LIMIT_ERROR_BYTES);

	catalog_wrong(b24, b24->config->catalog.enabled ? wrong : &ignored);
	b24_crm_facts_wrong(b24, wrong);
	b24_deal_facts_wrong(b24, wrong);
	buf_free(&ignored);
}

static int
check_rules(struct b24 *b24, struct err *err)
{
	struct buf wrong = BUF_INIT(LIMIT_ERROR_BYTES);
	int rc = 0;

	b24_facts_wrong(b24, &wrong);
	if (wrong.len > 0) {
		struct str text = str_trim(str_n(buf_text(&wrong),
		    wrong.len));

		rc = err_set(err, ERR_USAGE, "%.*s", (int)text.len, text.p);
	}
	buf_free(&wrong);
	return rc;
}

int
b24_facts_read(struct b24 *b24, struct err *err)
{
	b24_facts_free(&b24->facts);
	b24->has_facts = false;
	if (read_parts(b24, PART_CATALOGS, PART_FIRST_COUNT, err) == -1)
		return -1;
	if (b24->facts.iblock == 0)
		return err_set(err, ERR_PORTAL, "%s", _("the portal has no "
		    "product catalogue yet: open it there once"));
	if (b24->config->counterparties.given &&
	    b24_crm_facts_read(b24, err) == -1)
		return -1;
	if (b24->config->orders.given &&
	    b24->facts.crm.barred[0] == '\0' &&
	    b24_deal_facts_read(b24, err) == -1)
		return -1;
	if (check_rules(b24, err) == -1 || read_catalog(b24, err) == -1)
		return -1;
	b24->has_facts = true;
	return 0;
}

void
b24_facts_free(struct b24_facts *facts)
{
	for (size_t i = 0; i < facts->vat_count; i++)
		free(facts->vats[i].name);
	for (size_t i = 0; i < facts->measure_count; i++) {
		free(facts->measures[i].title);
		free(facts->measures[i].symbol);
	}
	for (size_t i = 0; i < facts->type_count; i++) {
		free(facts->types[i].name);
		free(facts->types[i].xml_id);
	}
	for (size_t i = 0; i < facts->title_count; i++)
		free(facts->titles[i].name);
	b24_property_list_free(facts);
	b24_crm_facts_free(&facts->crm);
	b24_deal_facts_free(&facts->deals);
	free(facts->vats);
	free(facts->measures);
	free(facts->types);
	free(facts->titles);
	free(facts->rules);
	memset(facts, 0, sizeof(*facts));
}
