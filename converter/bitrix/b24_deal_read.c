/*
 * Deals read whole, many at once: the deals and their links to requisites in
 * one exchange; product rows, a command for each deal, and of some the history
 * of their stages (b24_deal_passed.c); clients, their
 * requisites and the managers; addresses of the requisites that count.  Where
 * rows may be more than ids, a list goes on by id until a page is not full;
 * addresses, which have no id, go on by pages.
 */
#include "bitrix/b24_deal.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"

#define TYPE_DEAL 2
#define TYPE_CONTACT 3
#define TYPE_COMPANY 4
#define TYPE_REQUISITE 8

/* Parts whose rows fit a page: a list of addresses never says that it has
 * more (issue 144 of bitrix24/b24phpsdk), and there are six types of them
 * (crm.enum.addresstype).  Most clients have one requisite, and requisites go
 * on by id. */
#define ADDRESS_PART 8
#define REQUISITE_PART 25
#define PAGES_MAX 200

enum list {
	LIST_DEALS,
	LIST_LINKS,
	LIST_PRODUCTS,          /* one ask for each deal */
	LIST_STAGES,            /* that they came into */
	LIST_COMPANIES,
	LIST_CONTACTS,
	LIST_USERS,
	LIST_COMPANY_REQUISITES,
	LIST_CONTACT_REQUISITES,
	LIST_ADDRESSES,
	LIST_ACCOUNTS,          /* of clients by themselves */
	LIST_COUNT
};

/* A list command that may go on: of these ids, after the last one. */
struct ask {
	enum list list;
	const int64_t *ids;
	size_t count;
	int64_t after, start;
	int pages;
	bool more;
	cJSON *rows;            /* where its rows are put; borrowed */
};

struct ids {
	int64_t of[LIMIT_CUSTOMERS_AT_ONCE * CUSTOMER_PERSONS];
	size_t count;
};

struct reader {
	struct b24 *b24;
	struct ids deals;
	struct ids companies, contacts, users, requisites;
	struct ids passed;      /* deals: were they in an exported stage? */
	bool passed_refused;
	cJSON *rows[LIST_COUNT];
	cJSON *products[LIMIT_DEALS_AT_ONCE];   /* of each of `deals` */
	struct ask asks[2 * LIMIT_DEALS_AT_ONCE];
	size_t ask_count;
};

/* ---- asking ---- */

static enum b24_method
method_of(enum list list)
{
	static const enum b24_method methods[LIST_COUNT] = {
		[LIST_DEALS] = B24_ITEM_LIST,
		[LIST_LINKS] = B24_REQUISITE_LINK_LIST,
		[LIST_PRODUCTS] = B24_ROW_LIST,
		[LIST_STAGES] = B24_STAGE_HISTORY_LIST,
		[LIST_COMPANIES] = B24_ITEM_LIST,
		[LIST_CONTACTS] = B24_ITEM_LIST,
		[LIST_USERS] = B24_USER_GET,
		[LIST_COMPANY_REQUISITES] = B24_REQUISITE_LIST,
		[LIST_CONTACT_REQUISITES] = B24_REQUISITE_LIST,
		[LIST_ADDRESSES] = B24_ADDRESS_LIST,
		[LIST_ACCOUNTS] = B24_BANK_LIST,
	};

	assert(list < LIST_COUNT);
	return methods[list];
}

/* One row for an id, and an ask has no more ids than a page has rows. */
static bool
is_by_id(enum list list)
{
	return list == LIST_DEALS || list == LIST_COMPANIES ||
	    list == LIST_CONTACTS;
}

/* The key that a list goes on by; NULL: by pages. */
static const char *
order_of(enum list list)
{
	switch (list) {
	case LIST_DEALS:
	case LIST_PRODUCTS:
	case LIST_COMPANIES:
	case LIST_CONTACTS:
		return "id";
	case LIST_STAGES:
	case LIST_COMPANY_REQUISITES:
	case LIST_CONTACT_REQUISITES:
	case LIST_ACCOUNTS:
		return "ID";
	case LIST_LINKS:
	case LIST_USERS:
	case LIST_ADDRESSES:
	case LIST_COUNT:
		break;
	}
	return NULL;
}

static void
add_ids(struct buf *query, const char *key, const struct ask *ask)
{
	char space[24];

	for (size_t i = 0; i < ask->count; i++) {
		(void)snprintf(space, sizeof(space), "%" PRId64,
		    ask->ids[i]);
		b24_query_item(query, key, i, str_of(space));
	}
}

static void
ask_items(struct buf *query, const struct ask *ask)
{
	b24_query_int(query, "entityTypeId", ask->list == LIST_DEALS ?
	    TYPE_DEAL : ask->list == LIST_COMPANIES ? TYPE_COMPANY :
	    TYPE_CONTACT);
	/* Phones and e-mails come with all or not at all. */
	b24_query_text(query, "select[0]", "*");
	b24_query_text(query, "useOriginalUfNames", "Y");
	add_ids(query, "filter[@id]", ask);
}

static void
ask_filter(const struct b24 *b24, struct buf *query, const struct ask *ask)
{
	switch (ask->list) {
	case LIST_DEALS:
	case LIST_COMPANIES:
	case LIST_CONTACTS:
		ask_items(query, ask);
		break;
	case LIST_LINKS:
		b24_query_int(query, "filter[ENTITY_TYPE_ID]", TYPE_DEAL);
		add_ids(query, "filter[@ENTITY_ID]", ask);
		break;
	case LIST_PRODUCTS:
		b24_query_text(query, "filter[=ownerType]", "D");
		b24_query_int(query, "filter[=ownerId]", ask->ids[0]);
		break;
	case LIST_STAGES:
		b24_deal_passed_ask(b24, query);
		add_ids(query, "filter[@OWNER_ID]", ask);
		break;
	case LIST_USERS:
		add_ids(query, "FILTER[@ID]", ask);
		break;
	case LIST_COMPANY_REQUISITES:
	case LIST_CONTACT_REQUISITES:
		b24_query_int(query, "filter[ENTITY_TYPE_ID]", ask->list ==
		    LIST_COMPANY_REQUISITES ? TYPE_COMPANY : TYPE_CONTACT);
		add_ids(query, "filter[@ENTITY_ID]", ask);
		break;
	case LIST_ADDRESSES:
		b24_query_int(query, "filter[ENTITY_TYPE_ID]",
		    TYPE_REQUISITE);
		add_ids(query, "filter[@ENTITY_ID]", ask);
		break;
	case LIST_ACCOUNTS:
		add_ids(query, "filter[@ENTITY_ID]", ask);
		break;
	case LIST_COUNT:
		break;
	}
}

static void
make_command(const struct b24 *b24, struct b24_command *command,
    struct ask *ask)
{
	struct buf *query = &command->query;
	const char *order = order_of(ask->list);
	char key[24];

	b24_batch_command_init(command, method_of(ask->list));
	command->user = ask;
	/* They want rights to contacts, companies and leads, all three
	 * (crm-address-list.md): an order is one without them. */
	command->optional = ask->list == LIST_ADDRESSES ||
	    ask->list == LIST_STAGES;
	ask_filter(b24, query, ask);
	if (order == NULL) {
		if (ask->start > 0)
			b24_query_int(query, "start", ask->start);
		return;
	}
	(void)snprintf(key, sizeof(key), "order[%s]", order);
	b24_query_text(query, key, "ASC");
	if (ask->after != 0) {
		(void)snprintf(key, sizeof(key), "filter[>%s]", order);
		b24_query_int(query, key, ask->after);
	}
	b24_query_int(query, "start", -1);
}

static struct ask *
add_ask(struct reader *reader, enum list list, const int64_t *ids,
    size_t count)
{
	struct ask *ask;

	if (reader->rows[list] == NULL)
		reader->rows[list] = cJSON_CreateArray();
	if (count == 0)
		return NULL;
	ask = &reader->asks[reader->ask_count++];
	assert(reader->ask_count <= sizeof(reader->asks) /
	    sizeof(*reader->asks));
	*ask = (struct ask){ .list = list, .ids = ids, .count = count,
	    .more = true, .rows = reader->rows[list] };
	return ask;
}

static void
add_asks(struct reader *reader, enum list list, const struct ids *ids,
    size_t part)
{
	size_t at = 0;

	do {
		size_t left = ids->count - at;

		(void)add_ask(reader, list, ids->of + at, left < part ? left :
		    part);
		at += part;
	} while (at < ids->count);
}

/* ---- answers ---- */

static int
no_rows(const struct b24_method_info *info, struct err *err)
{
	return err_set(err, ERR_PORTAL, "%s: %s", info->name,
	    _("the portal's answer does not say what became of this"));
}

static void
do_without_stages(struct reader *reader, const struct b24_command *command)
{
	reader->passed_refused = true;
	if (!reader->b24->passing_told)
		log_warn("%s: %s: which deals passed an exported stage "
		    "between two looks is not known",
		    b24_methods_info(command->method)->name,
		    command->error.text);
	reader->b24->passing_told = true;
}

/* Told once a run, and by `check`. */
static void
do_without(struct reader *reader, const struct b24_command *command)
{
	struct b24 *b24 = reader->b24;
	struct ask *ask = command->user;

	ask->more = false;
	if (ask->list == LIST_STAGES) {
		do_without_stages(reader, command);
		return;
	}
	if (!b24->addresses_told)
		log_warn("%s: %s: orders have no addresses of the portal",
		    b24_methods_info(command->method)->name,
		    command->error.text);
	b24->addresses_told = true;
}

/* A list that ignores `>id` would never end: what is not behind the last row
 * was not asked for. */
static int
take_rows(const struct b24_command *command, struct err *err)
{
	struct ask *ask = command->user;
	const struct b24_method_info *info =
	    b24_methods_info(command->method);
	const char *order = order_of(ask->list);
	const cJSON *rows = command->result, *row;
	size_t count = 0;

	if (info->rows[0] != '\0')
		rows = json_get(rows, info->rows);
	if (!cJSON_IsArray(rows))
		return no_rows(info, err);
	cJSON_ArrayForEach(row, rows) {
		int64_t id = order != NULL ? json_int_of(row, order) : 0;

		if (order != NULL && id <= 0)
			return b24_deal_row_nameless(info->name, err);
		if (order != NULL && id <= ask->after)
			continue;
		ask->after = id;
		(void)cJSON_AddItemToArray(ask->rows, cJSON_Duplicate(row,
		    true));
		count++;
	}
	ask->start = command->next;
	ask->more = order == NULL ? ask->start > 0 : count >= B24_PAGE &&
	    !is_by_id(ask->list);
	/* Nobody types so many: order_build() says so. */
	if (ask->list == LIST_PRODUCTS && cJSON_GetArraySize(ask->rows) >
	    LIMIT_ORDER_LINES)
		ask->more = false;
	if (ask->more && ++ask->pages >= PAGES_MAX)
		return err_set(err, ERR_PORTAL, _("%s: the list does not "
		    "end"), info->name);
	return 0;
}

/* How many commands may go at once, by the limits. */
static size_t
room_of(const struct b24 *b24)
{
	size_t most = b24_batch_most(b24, false);
	size_t size = (size_t)b24->config->portal.batch_size;

	return most < size ? most : size;
}

static int
run_some(struct reader *reader, struct err *err)
{
	struct b24_command commands[LIMIT_BATCH_COMMANDS];
	struct b24_batch batch = { .commands = commands };
	size_t room = room_of(reader->b24);
	size_t used[B24_METHOD_COUNT] = { 0 };
	int rc;

	for (size_t i = 0; i < reader->ask_count && batch.count < room &&
	    batch.count < LIMIT_BATCH_COMMANDS; i++) {
		struct ask *ask = &reader->asks[i];
		enum b24_method method = method_of(ask->list);

		if (!ask->more || used[method] >= b24_limit_calls(
		    reader->b24->limit, method))
			continue;
		used[method]++;
		make_command(reader->b24, &commands[batch.count++], ask);
	}
	rc = b24_facts_run(reader->b24, &batch, err);
	for (size_t i = 0; rc == 0 && i < batch.count; i++)
		if (commands[i].done)
			rc = take_rows(&commands[i], err);
		else
			do_without(reader, &commands[i]);
	b24_call_end(&batch);
	for (size_t i = 0; i < batch.count; i++)
		b24_batch_command_free(&commands[i]);
	return rc;
}

static bool
is_open(const struct reader *reader)
{
	for (size_t i = 0; i < reader->ask_count; i++)
		if (reader->asks[i].more)
			return true;
	return false;
}

static int
run_asks(struct reader *reader, struct err *err)
{
	int rc = 0;

	while (rc == 0 && is_open(reader))
		rc = run_some(reader, err);
	reader->ask_count = 0;
	return rc;
}

/* ---- what belongs to the deals ---- */

static bool
has_id(const struct ids *ids, int64_t id)
{
	for (size_t i = 0; i < ids->count; i++)
		if (ids->of[i] == id)
			return true;
	return false;
}

static void
add_id(struct ids *ids, int64_t id)
{
	if (id > 0 && ids->count < sizeof(ids->of) / sizeof(*ids->of) &&
	    !has_id(ids, id))
		ids->of[ids->count++] = id;
}

/* The deals that are there, and whom they name; a list answered for ids that
 * were not asked is not believed. */
static void
note_deals(struct reader *reader, const struct ids *asked)
{
	const cJSON *row;

	cJSON_ArrayForEach(row, reader->rows[LIST_DEALS]) {
		int64_t id = json_int_of(row, "id");

		if (!has_id(asked, id))
			continue;
		add_id(&reader->deals, id);
		add_id(&reader->companies, json_int_of(row, "companyId"));
		add_id(&reader->contacts, json_int_of(row, "contactId"));
		add_id(&reader->users, json_int_of(row, "assignedById"));
		if (b24_deal_passed_may(reader->b24, row))
			add_id(&reader->passed, id);
	}
}

static struct b24_deal_rows
rows_of(const struct reader *reader)
{
	return (struct b24_deal_rows){
		.links = reader->rows[LIST_LINKS],
		.companies = reader->rows[LIST_COMPANIES],
		.contacts = reader->rows[LIST_CONTACTS],
		.users = reader->rows[LIST_USERS],
		.company_requisites = reader->rows[LIST_COMPANY_REQUISITES],
		.contact_requisites = reader->rows[LIST_CONTACT_REQUISITES],
		.addresses = reader->rows[LIST_ADDRESSES],
		.accounts = reader->rows[LIST_ACCOUNTS],
	};
}

static void
note_requisites(struct reader *reader)
{
	struct b24_deal_rows rows = rows_of(reader);
	const cJSON *row;

	cJSON_ArrayForEach(row, reader->rows[LIST_DEALS]) {
		if (!has_id(&reader->deals, json_int_of(row, "id")))
			continue;
		for (int company = 0; company < 2; company++)
			add_id(&reader->requisites, json_int_of(
			    b24_deal_row_requisite(reader->b24, row, &rows,
			    company == 1), "ID"));
	}
}

static int
read_all(struct reader *reader, const struct ids *asked, struct err *err)
{
	add_asks(reader, LIST_DEALS, asked, LIMIT_BATCH_COMMANDS);
	add_asks(reader, LIST_LINKS, asked, LIMIT_BATCH_COMMANDS);
	if (run_asks(reader, err) == -1)
		return -1;
	note_deals(reader, asked);
	for (size_t i = 0; i < reader->deals.count; i++) {
		struct ask *ask = add_ask(reader, LIST_PRODUCTS,
		    &reader->deals.of[i], 1);

		ask->rows = reader->products[i] = cJSON_CreateArray();
	}
	add_asks(reader, LIST_STAGES, &reader->passed, B24_PAGE);
	if (run_asks(reader, err) == -1)
		return -1;
	add_asks(reader, LIST_COMPANIES, &reader->companies, B24_PAGE);
	add_asks(reader, LIST_CONTACTS, &reader->contacts, B24_PAGE);
	add_asks(reader, LIST_USERS, &reader->users, B24_PAGE);
	add_asks(reader, LIST_COMPANY_REQUISITES, &reader->companies,
	    REQUISITE_PART);
	add_asks(reader, LIST_CONTACT_REQUISITES, &reader->contacts,
	    REQUISITE_PART);
	if (run_asks(reader, err) == -1)
		return -1;
	note_requisites(reader);
	add_asks(reader, LIST_ADDRESSES, &reader->requisites, ADDRESS_PART);
	return run_asks(reader, err);
}

/* ---- the whole ---- */

static const cJSON *
deal_row(const struct reader *reader, int64_t id)
{
	const cJSON *row;

	cJSON_ArrayForEach(row, reader->rows[LIST_DEALS])
		if (json_int_of(row, "id") == id)
			return row;
	return NULL;
}

static int
visit_all(const struct reader *reader,
    int (*visit)(void *arg, const struct deal *deal, struct err *err),
    void *arg, struct err *err)
{
	struct b24_deal_rows rows = rows_of(reader);
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < reader->deals.count; i++) {
		struct deal deal;

		deal_init(&deal);
		b24_deal_row(&deal, reader->b24, deal_row(reader,
		    reader->deals.of[i]), &rows);
		b24_deal_row_products(&deal, reader->products[i]);
		if (has_id(&reader->passed, deal.id))
			b24_deal_passed_take(&deal, reader->b24,
			    reader->rows[LIST_STAGES],
			    reader->passed_refused);
		rc = visit(arg, &deal, err);
		deal_free(&deal);
	}
	return rc;
}

/* For these; NULL: none of them is an id. */
static struct reader *
reader_new(struct b24 *b24, const int64_t *ids, size_t count,
    struct ids *asked)
{
	struct reader *reader;

	for (size_t i = 0; i < count; i++)
		add_id(asked, ids[i]);
	if (asked->count == 0)
		return NULL;
	reader = mem_alloc(sizeof(*reader));
	reader->b24 = b24;
	return reader;
}

static void
free_reader(struct reader *reader)
{
	for (size_t i = 0; i < LIST_COUNT; i++)
		cJSON_Delete(reader->rows[i]);
	for (size_t i = 0; i < LIMIT_DEALS_AT_ONCE; i++)
		cJSON_Delete(reader->products[i]);
	free(reader);
}

int
b24_deal_read(struct b24 *b24, const int64_t *ids, size_t count,
    int (*visit)(void *arg, const struct deal *deal, struct err *err),
    void *arg, struct err *err)
{
	struct ids asked = { .count = 0 };
	struct reader *reader;
	int rc;

	assert(count <= LIMIT_DEALS_AT_ONCE);
	reader = reader_new(b24, ids, count, &asked);
	if (reader == NULL)
		return 0;
	rc = read_all(reader, &asked, err);
	if (rc == 0)
		rc = visit_all(reader, visit, arg, err);
	free_reader(reader);
	return rc;
}

/* ---- clients by themselves ---- */

/* What a deal with this client alone would say of it; the caller's. */
static cJSON *
deal_of(int64_t client, bool company)
{
	cJSON *row = cJSON_CreateObject();

	(void)cJSON_AddNumberToObject(row, company ? "companyId" :
	    "contactId", (double)client);
	return row;
}

/* Those of a company (contactIds, crm-item-list.md), the youngest of them; by
 * id, for another order of the same is no news.  *left: how many more. */
static size_t
persons_of(const cJSON *row, int64_t ids[CUSTOMER_PERSONS], size_t *left)
{
	struct idlist all = { NULL, 0, 0 };
	const cJSON *member;
	size_t count;
	int64_t id;

	cJSON_ArrayForEach(member, json_get(row, "contactIds"))
		if (json_int(&id, member) == 0 && id > 0)
			idlist_add(&all, id);
	idlist_sort(&all);
	count = all.count < CUSTOMER_PERSONS ? all.count : CUSTOMER_PERSONS;
	*left = all.count - count;
	for (size_t i = 0; i < count; i++)
		ids[i] = all.ids[*left + i];
	idlist_free(&all);
	return count;
}

static void
note_client(struct reader *reader, int64_t id, bool company)
{
	struct b24_deal_rows rows = rows_of(reader);
	cJSON *deal = deal_of(id, company);

	add_id(&reader->requisites, json_int_of(b24_deal_row_requisite(
	    reader->b24, deal, &rows, company), "ID"));
	cJSON_Delete(deal);
}

static int
read_clients(struct reader *reader, const struct ids *asked, bool companies,
    struct err *err)
{
	int64_t persons[CUSTOMER_PERSONS] = { 0 };
	const cJSON *row;

	add_asks(reader, companies ? LIST_COMPANIES : LIST_CONTACTS, asked,
	    B24_PAGE);
	add_asks(reader, companies ? LIST_COMPANY_REQUISITES :
	    LIST_CONTACT_REQUISITES, asked, REQUISITE_PART);
	if (run_asks(reader, err) == -1)
		return -1;
	for (size_t i = 0; i < asked->count; i++)
		note_client(reader, asked->of[i], companies);
	cJSON_ArrayForEach(row, reader->rows[LIST_COMPANIES]) {
		size_t left, count = persons_of(row, persons, &left);

		for (size_t i = 0; i < count; i++)
			add_id(&reader->contacts, persons[i]);
	}
	if (companies)
		add_asks(reader, LIST_CONTACTS, &reader->contacts, B24_PAGE);
	add_asks(reader, LIST_ADDRESSES, &reader->requisites, ADDRESS_PART);
	add_asks(reader, LIST_ACCOUNTS, &reader->requisites, REQUISITE_PART);
	return run_asks(reader, err);
}

static void
take_persons(struct customer *out, const struct reader *reader,
    const cJSON *row)
{
	struct b24_deal_rows rows = rows_of(reader);
	int64_t ids[CUSTOMER_PERSONS] = { 0 };
	size_t count = persons_of(row, ids, &out->persons_left);

	out->persons = mem_array(count + 1, sizeof(*out->persons));
	for (size_t i = 0; i < count; i++) {
		struct deal_client *person = &out->persons[out->person_count];
		cJSON *deal = deal_of(ids[i], false);

		memset(person, 0, sizeof(*person));
		fields_init(&person->fields);
		b24_deal_client(person, reader->b24, deal, &rows, false);
		out->person_count++;
		/* One that the webhook's user may not see. */
		if (person->id == 0)
			customer_drop_person(out, out->person_count - 1);
		cJSON_Delete(deal);
	}
}

/* Of what the rules call types, those that the portal calls by this id. */
static bool
means_type(const struct b24 *b24, enum target_kind kind, const char *rule,
    struct str type)
{
	const char *id = b24_crm_facts_type(b24, kind, str_of(rule));

	return id != NULL && type.len > 0 && str_is(type, id);
}

static void
take_type(struct customer *out, const struct b24 *b24, const cJSON *row)
{
	const struct config_list *types =
	    &b24->config->counterparties.export_types;
	const struct config_map *roles = &b24->config->counterparties.types;
	enum target_kind kind = out->company ? TARGET_COMPANY :
	    TARGET_CONTACT;
	char space[32];
	struct str type = json_str(json_get(row, "typeId"), space);

	for (size_t i = 0; i < types->count; i++)
		if (strcmp(types->items[i], CONFIG_OTHERS) == 0 ||
		    means_type(b24, kind, types->items[i], type))
			out->exported = true;
	for (size_t i = 0; out->role == NULL && i < roles->count; i++)
		if (means_type(b24, kind, roles->pairs[i].value, type))
			out->role = roles->pairs[i].name;
	if (str_is(json_str(json_get(row, "isMyCompany"), space), "Y"))
		out->exported = false;
}

static void
take_client(struct customer *out, const struct reader *reader,
    const cJSON *row, bool company)
{
	struct b24_deal_rows rows = rows_of(reader);
	cJSON *deal = deal_of(json_int_of(row, "id"), company);

	out->company = company;
	out->updated = b24_deal_row_time(row, "updatedTime");
	out->bound = !company && (json_int_of(row, "companyId") > 0 ||
	    cJSON_GetArraySize(json_get(row, "companyIds")) > 0);
	take_type(out, reader->b24, row);
	b24_deal_client(&out->client, reader->b24, deal, &rows, company);
	if (company)
		take_persons(out, reader, row);
	cJSON_Delete(deal);
}

static int
visit_clients(const struct reader *reader, const struct ids *asked,
    bool companies, int (*visit)(void *arg, struct customer *customer,
    struct err *err), void *arg, struct err *err)
{
	const cJSON *row;
	int rc = 0;

	cJSON_ArrayForEach(row, reader->rows[companies ? LIST_COMPANIES :
	    LIST_CONTACTS]) {
		struct customer customer;

		if (rc != 0 || !has_id(asked, json_int_of(row, "id")))
			continue;
		customer_init(&customer);
		take_client(&customer, reader, row, companies);
		rc = visit(arg, &customer, err);
		customer_free(&customer);
	}
	return rc;
}

int
b24_deal_read_customers(struct b24 *b24, bool companies, const int64_t *ids,
    size_t count, int (*visit)(void *arg, struct customer *customer,
    struct err *err), void *arg, struct err *err)
{
	struct ids asked = { .count = 0 };
	struct reader *reader;
	int rc;

	assert(count <= LIMIT_CUSTOMERS_AT_ONCE);
	reader = reader_new(b24, ids, count, &asked);
	if (reader == NULL)
		return 0;
	rc = read_clients(reader, &asked, companies, err);
	if (rc == 0)
		rc = visit_clients(reader, &asked, companies, visit, arg, err);
	free_reader(reader);
	return rc;
}
