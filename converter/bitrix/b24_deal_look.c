/*
 * Which deals, companies and contacts changed since a moment: one batch where
 * nothing did, for this is asked in every run.  Each list goes on by id
 * (`>id`, no count) until a page is not full (bitrix24.md 6).
 *
 * A requisite that was never changed has no DATE_MODIFY, so it is asked for
 * by DATE_CREATE beside; older lists ignore a filter that they do not know,
 * so their rows are compared again.  Addresses have no time at all.  What was
 * deleted is in no list of changes: of some deals it is asked whether they are
 * there.
 */
#include "bitrix/b24_deal.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"

#define TYPE_DEAL 2
#define TYPE_CONTACT 3
#define TYPE_COMPANY 4
#define PAGES_MAX 20000         /* a million rows: no list is longer */

enum part {
	PART_TIME,              /* first: nothing that is seen is older */
	PART_DEALS,
	PART_COMPANIES,
	PART_CONTACTS,
	PART_REQUISITES,        /* changed */
	PART_NEW_REQUISITES,
	PART_WATCHED,           /* first: a page of the deals each */
	PART_COUNT = PART_WATCHED + LIMIT_DEALS_WATCHED / B24_PAGE
};

struct look {
	struct b24 *b24;
	const struct deal_look *wanted;
	struct deal_changes *out;
	char *number;           /* the code of the user field that has it; NULL:
				   there is none, or it is not known yet */
	int64_t after[PART_COUNT];      /* the last id of a list */
	bool more[PART_COUNT];
};

/* ---- asking ---- */

static void
add_time(struct buf *query, const char *key, int64_t wall_ms)
{
	char text[B24_MOMENT_BYTES];

	b24_query_text(query, key, b24_value_moment(text, wall_ms));
}

static const char *
number_field(const struct b24 *b24)
{
	return config_map_get(&b24->config->orders.fields,
	    str_of("number"));
}

static bool
is_code(const char *name)
{
	return name != NULL && strncmp(name, "UF_", 3) == 0;
}

/*
 * The number is read here, so that none is given away twice.  Under their
 * original names user fields come with all others or alone: a list that names
 * both answers rows without the id (issues 263 and 368 of
 * bitrix-tools/b24-rest-docs, open in 2026).
 */
static void
select_deal(const struct look *look, struct buf *query)
{
	if (number_field(look->b24) != NULL) {
		b24_query_text(query, "select[0]", "*");
		b24_query_text(query, "useOriginalUfNames", "Y");
		return;
	}
	b24_query_text(query, "select[0]", "id");
	b24_query_text(query, "select[1]", "categoryId");
	b24_query_text(query, "select[2]", "updatedTime");
}

static void
select_client(const struct look *look, struct buf *query, enum part part)
{
	static const char *const names[] = { "id", "updatedTime",
	    "createdTime", "originId", "companyIds" };
	size_t count = !look->wanted->seen ? 1 : part == PART_CONTACTS ? 5 : 4;

	for (size_t i = 0; i < count; i++)
		b24_query_item(query, "select", i, str_of(names[i]));
}

static void
ask_items(const struct look *look, struct b24_command *command,
    enum part part)
{
	struct buf *query = &command->query;
	int64_t since = part != PART_DEALS ? look->wanted->clients :
	    look->wanted->since != 0 ? look->wanted->since :
	    look->wanted->touched;

	b24_query_int(query, "entityTypeId", part == PART_DEALS ? TYPE_DEAL :
	    part == PART_COMPANIES ? TYPE_COMPANY : TYPE_CONTACT);
	if (part == PART_DEALS) {
		select_deal(look, query);
		add_time(query, "filter[>=createdTime]",
		    look->wanted->created);
	} else {
		select_client(look, query, part);
	}
	if (since != 0)
		add_time(query, "filter[>=updatedTime]", since);
	b24_query_text(query, "order[id]", "ASC");
	if (look->after[part] != 0)
		b24_query_int(query, "filter[>id]", look->after[part]);
	b24_query_int(query, "start", -1);
}

static void
ask_requisites(const struct look *look, struct b24_command *command,
    enum part part)
{
	static const char *const names[] = { "ID", "ENTITY_TYPE_ID",
	    "ENTITY_ID", "DATE_MODIFY", "DATE_CREATE" };
	struct buf *query = &command->query;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		b24_query_item(query, "select", i, str_of(names[i]));
	add_time(query, part == PART_REQUISITES ? "filter[>=DATE_MODIFY]" :
	    "filter[>=DATE_CREATE]", look->wanted->clients);
	b24_query_text(query, "order[ID]", "ASC");
	if (look->after[part] != 0)
		b24_query_int(query, "filter[>ID]", look->after[part]);
	b24_query_int(query, "start", -1);
}

/* Deals that are deleted change no more: those that matter are asked for. */
static size_t
watched_of(const struct look *look, enum part part, const int64_t **ids)
{
	size_t from = (size_t)(part - PART_WATCHED) * B24_PAGE;
	size_t count = look->wanted->watched_count;

	*ids = look->wanted->watched + from;
	if (look->wanted->since == 0 || count <= from)
		return 0;
	return count - from < B24_PAGE ? count - from : B24_PAGE;
}

static void
ask_watched(const struct look *look, struct b24_command *command,
    enum part part)
{
	struct buf *query = &command->query;
	const int64_t *ids;
	size_t count = watched_of(look, part, &ids);
	char space[24];

	b24_query_int(query, "entityTypeId", TYPE_DEAL);
	b24_query_text(query, "select[0]", "id");
	for (size_t i = 0; i < count; i++) {
		(void)snprintf(space, sizeof(space), "%" PRId64, ids[i]);
		b24_query_item(query, "filter[@id]", i, str_of(space));
	}
	b24_query_text(query, "order[id]", "ASC");
	b24_query_int(query, "start", -1);
}

/* The clients' lists may be forbidden where deals are not. */
static void
make_command(const struct look *look, struct b24_command *command,
    enum part part)
{
	static const enum b24_method methods[PART_WATCHED] = {
		[PART_TIME] = B24_SERVER_TIME,
		[PART_DEALS] = B24_ITEM_LIST,
		[PART_COMPANIES] = B24_ITEM_LIST,
		[PART_CONTACTS] = B24_ITEM_LIST,
		[PART_REQUISITES] = B24_REQUISITE_LIST,
		[PART_NEW_REQUISITES] = B24_REQUISITE_LIST,
	};

	assert(part < PART_COUNT);
	b24_batch_command_init(command, part >= PART_WATCHED ?
	    B24_ITEM_LIST : methods[part]);
	command->optional = part != PART_DEALS;
	if (part >= PART_WATCHED)
		ask_watched(look, command, part);
	else if (part == PART_REQUISITES || part == PART_NEW_REQUISITES)
		ask_requisites(look, command, part);
	else if (part != PART_TIME)
		ask_items(look, command, part);
}

/* ---- rows ---- */

/* A time without a zone is in one that is not known here. */
static bool
is_before(const cJSON *row, const char *name, int64_t since)
{
	char space[32];
	struct str text = json_str(json_get(row, name), space);
	int64_t ms;

	if (text.len == 0)
		return true;
	if (text.len <= strlen("2026-11-22T03:00:00"))
		return false;
	return clock_parse(&ms, text) == 0 && ms < since;
}

static void
add_id(struct idlist *list, int64_t id)
{
	if (id > 0)
		idlist_add(list, id);
}

static int64_t
number_of(const struct look *look, const cJSON *row)
{
	char space[32];
	int64_t number;

	if (look->number == NULL || str_to_int64(&number, str_trim(json_str(
	    json_get(row, look->number), space))) == -1 || number < 0)
		return 0;
	return number;
}

static void
take_deal(const struct look *look, const cJSON *row)
{
	struct deal_changes *out = look->out;
	struct deal_seen *seen;
	size_t count = out->deal_count;

	if ((count & (count - 1)) == 0)
		out->deals = mem_resize(out->deals, count == 0 ? 1 :
		    count * 2, sizeof(*out->deals));
	seen = &out->deals[out->deal_count++];
	seen->id = json_int_of(row, "id");
	seen->category = json_int_of(row, "categoryId");
	seen->updated = b24_deal_row_time(row, "updatedTime");
	seen->number = number_of(look, row);
}

static void
add_seen(struct look *look, const struct deal_client_seen *seen)
{
	struct deal_changes *out = look->out;
	size_t count = out->seen_count;

	if (!look->wanted->seen || seen->id <= 0)
		return;
	if ((count & (count - 1)) == 0)
		out->seen = mem_resize(out->seen, count == 0 ? 1 : count * 2,
		    sizeof(*out->seen));
	out->seen[out->seen_count++] = *seen;
}

/* What changes a contact person is news of its company, which does not move
 * with it. */
static void
see_client(struct look *look, const cJSON *row, bool company)
{
	struct deal_client_seen seen = { .company = company,
	    .id = json_int_of(row, "id"),
	    .updated = b24_deal_row_time(row, "updatedTime") };
	struct deal_client_seen of = { .company = true, .beside = true,
	    .updated = seen.updated };
	const cJSON *member;
	char space[32];

	seen.untouched = json_str(json_get(row, "originId"), space).len > 0 &&
	    seen.updated != 0 && seen.updated == b24_deal_row_time(row,
	    "createdTime");
	add_seen(look, &seen);
	cJSON_ArrayForEach(member, json_get(row, "companyIds"))
		if (!company && !seen.untouched &&
		    json_int(&of.id, member) == 0)
			add_seen(look, &of);
}

/* One without a zone is not known. */
static int64_t
moment_of(const cJSON *row, const char *name)
{
	char space[32];

	return json_str(json_get(row, name), space).len >
	    strlen("2026-11-22T03:00:00") ? b24_deal_row_time(row, name) : 0;
}

static void
see_requisite(struct look *look, const cJSON *row)
{
	struct deal_client_seen seen = { .id = json_int_of(row, "ENTITY_ID"),
	    .requisite = json_int_of(row, "ID"),
	    .company = json_int_of(row, "ENTITY_TYPE_ID") == TYPE_COMPANY,
	    .beside = true };
	char space[32];

	seen.updated = moment_of(row, "DATE_MODIFY");
	seen.untouched = json_str(json_get(row, "DATE_MODIFY"),
	    space).len == 0;
	if (seen.updated == 0)
		seen.updated = moment_of(row, "DATE_CREATE");
	if (seen.company || json_int_of(row, "ENTITY_TYPE_ID") ==
	    TYPE_CONTACT)
		add_seen(look, &seen);
}

static bool
is_older(const cJSON *row, int64_t since)
{
	return is_before(row, "DATE_MODIFY", since) &&
	    is_before(row, "DATE_CREATE", since);
}

/* Where clients are looked for that changed earlier than the last look for
 * deals: of those that did not change since no deals are read again. */
static int64_t
since_deals(const struct look *look)
{
	const struct deal_look *wanted = look->wanted;

	if (!wanted->seen)
		return wanted->clients;
	return wanted->deals && wanted->since != 0 ? wanted->since : INT64_MAX;
}

static void
take_requisite(struct look *look, const cJSON *row)
{
	struct deal_changes *out = look->out;
	int64_t id = json_int_of(row, "ENTITY_ID");

	if (is_older(row, look->wanted->clients))
		return;
	see_requisite(look, row);
	if (since_deals(look) == INT64_MAX ||
	    is_older(row, since_deals(look)))
		return;
	if (json_int_of(row, "ENTITY_TYPE_ID") == TYPE_COMPANY)
		add_id(&out->companies, id);
	else if (json_int_of(row, "ENTITY_TYPE_ID") == TYPE_CONTACT)
		add_id(&out->contacts, id);
}

static void
take_client(struct look *look, const cJSON *row, bool company)
{
	struct deal_changes *out = look->out;
	int64_t updated = b24_deal_row_time(row, "updatedTime");

	see_client(look, row, company);
	if (look->wanted->seen && updated != 0 && updated < since_deals(look))
		return;
	if (company)
		add_id(&out->companies, json_int_of(row, "id"));
	else
		add_id(&out->contacts, json_int_of(row, "id"));
}

static void
take_row(struct look *look, enum part part, const cJSON *row)
{
	switch (part) {
	case PART_DEALS:
		take_deal(look, row);
		break;
	case PART_COMPANIES:
	case PART_CONTACTS:
		take_client(look, row, part == PART_COMPANIES);
		break;
	case PART_REQUISITES:
	case PART_NEW_REQUISITES:
		take_requisite(look, row);
		break;
	case PART_TIME:
	case PART_WATCHED:
	case PART_COUNT:
		break;
	}
}

static bool
has_id(const int64_t *ids, size_t count, int64_t id)
{
	for (size_t i = 0; i < count; i++)
		if (ids[i] == id)
			return true;
	return false;
}

/* A list that has others was not narrowed down to what was asked for, and a
 * refused one says nothing: then none of them is missed. */
static void
take_watched(struct look *look, enum part part,
    const struct b24_command *command)
{
	const cJSON *rows = json_get(command->result, "items"), *row;
	int64_t found[B24_PAGE];
	struct deal_changes *out = look->out;
	size_t count = 0, wanted;
	const int64_t *ids;

	look->more[part] = false;
	wanted = watched_of(look, part, &ids);
	if (!command->done || !cJSON_IsArray(rows))
		return;
	cJSON_ArrayForEach(row, rows) {
		int64_t id = json_int_of(row, "id");

		if (count == B24_PAGE || !has_id(ids, wanted, id))
			return;
		found[count++] = id;
	}
	for (size_t i = 0; i < wanted; i++)
		if (!has_id(found, count, ids[i]))
			add_id(&out->missed, ids[i]);
}

/* A row that is not behind the last one was not asked for: a list that
 * ignores `>id` would never end.  One without an id is a change that would
 * never be seen. */
static int
take_rows(struct look *look, enum part part,
    const struct b24_command *command, struct err *err)
{
	const struct b24_method_info *info =
	    b24_methods_info(command->method);
	const cJSON *rows = command->result, *row;
	size_t count = 0;
	int64_t id;

	look->more[part] = false;
	if (!command->done) {
		if (look->out->unseen[0] == '\0')
			(void)snprintf(look->out->unseen,
			    sizeof(look->out->unseen), "%s: %.200s",
			    info->name, command->error.text);
		return 0;
	}
	if (info->rows[0] != '\0')
		rows = json_get(rows, info->rows);
	if (part == PART_DEALS && !cJSON_IsArray(rows))
		return err_set(err, ERR_PORTAL, "%s: %s", info->name,
		    _("the portal's answer does not say what became of "
		    "this"));
	cJSON_ArrayForEach(row, rows) {
		id = json_int_of(row, part >= PART_REQUISITES ? "ID" : "id");
		if (id <= 0)
			return b24_deal_row_nameless(info->name, err);
		if (id <= look->after[part])
			continue;
		look->after[part] = id;
		take_row(look, part, row);
		count++;
	}
	look->more[part] = count >= B24_PAGE;
	return 0;
}

/* ---- the whole ---- */

static int
take_time(struct look *look, const struct b24_batch *batch,
    const struct b24_command *command, struct err *err)
{
	const cJSON *time = json_get(batch->answer, "time");
	char space[32];

	if (command->done && clock_parse(&look->out->now,
	    json_str(command->result, space)) == 0)
		return 0;
	if (clock_parse(&look->out->now, json_str(json_get(time,
	    "date_start"), space)) == 0)
		return 0;
	return err_set(err, ERR_PORTAL, "%s", _("the portal does not say "
	    "what time it is"));
}

/* What is refused as a whole is about the portal, not about its deals. */
static bool
is_barred(const struct b24_batch *batch, const enum part *parts)
{
	if (json_get(batch->answer, "error") != NULL)
		return false;
	for (size_t i = 0; i < batch->count; i++)
		if (parts[i] == PART_DEALS)
			return !batch->commands[i].done &&
			    b24_error_of_right(&batch->commands[i].error);
	return false;
}

/* ---- a number field that is named by its label ---- */

/* Is there a number to be read, and not known where it stands? */
static bool
wants_field(const struct look *look, const struct b24_batch *batch,
    const enum part *parts)
{
	const struct b24_method_info *info = b24_methods_info(B24_ITEM_LIST);

	if (look->number != NULL || number_field(look->b24) == NULL)
		return false;
	for (size_t i = 0; i < batch->count; i++)
		if (parts[i] == PART_DEALS)
			return cJSON_GetArraySize(json_get(
			    batch->commands[i].result, info->rows)) > 0;
	return false;
}

/* A request by itself, and only where deals changed.  A label that the portal
 * does not have is told with the rules of orders. */
static int
find_field(struct look *look, struct err *err)
{
	const struct config_map *fields = &look->b24->config->orders.fields;
	struct b24_user_field field = { 0 };
	struct b24_command command;
	struct b24_batch batch = { .commands = &command, .count = 1 };
	int rc;

	b24_user_field_ask(&command, B24_DEAL_FIELD_LIST);
	rc = b24_facts_run(look->b24, &batch, err);
	for (size_t i = 0; rc == 0 && i < fields->count; i++) {
		if (strcmp(fields->pairs[i].name, "number") != 0)
			continue;
		b24_user_field_take(&field, &fields->pairs[i],
		    command.result);
		look->number = mem_text(field.name);
		b24_user_field_free(&field);
		break;
	}
	b24_call_end(&batch);
	b24_batch_command_free(&command);
	return rc;
}

/* One page of each list that has more. */
static int
round_of(struct look *look, struct err *err)
{
	struct b24_command commands[PART_COUNT];
	enum part parts[PART_COUNT];
	struct b24_batch batch = { .commands = commands };
	int rc;

	for (int i = 0; i < PART_COUNT; i++) {
		if (!look->more[i])
			continue;
		parts[batch.count] = (enum part)i;
		make_command(look, &commands[batch.count++], (enum part)i);
	}
	rc = b24_facts_run(look->b24, &batch, err);
	if (rc == -1 && is_barred(&batch, parts))
		rc = 1;
	if (rc == 0 && wants_field(look, &batch, parts))
		rc = find_field(look, err);
	for (size_t i = 0; rc == 0 && i < batch.count; i++) {
		if (parts[i] == PART_TIME)
			rc = take_time(look, &batch, &commands[i], err);
		else if (parts[i] >= PART_WATCHED)
			take_watched(look, parts[i], &commands[i]);
		else
			rc = take_rows(look, parts[i], &commands[i], err);
	}
	look->more[PART_TIME] = false;
	b24_call_end(&batch);
	for (size_t i = 0; i < batch.count; i++)
		b24_batch_command_free(&commands[i]);
	return rc;
}

static bool
is_open(const struct look *look)
{
	for (size_t i = 0; i < PART_COUNT; i++)
		if (look->more[i])
			return true;
	return false;
}

int
b24_deal_look(struct b24 *b24, const struct deal_look *wanted,
    struct deal_changes *out, struct err *err)
{
	struct look look = { .b24 = b24, .wanted = wanted, .out = out };
	const int64_t *ids;
	int rc = 0;

	memset(out, 0, sizeof(*out));
	look.more[PART_TIME] = true;
	look.more[PART_DEALS] = wanted->deals;
	if (is_code(number_field(b24)))
		look.number = mem_text(number_field(b24));
	for (int i = PART_COMPANIES; i < PART_WATCHED; i++)
		look.more[i] = wanted->clients != 0;
	for (int i = PART_WATCHED; i < PART_COUNT; i++)
		look.more[i] = watched_of(&look, (enum part)i, &ids) > 0;
	for (int page = 0; rc == 0 && is_open(&look); page++) {
		rc = page < PAGES_MAX ? round_of(&look, err) : err_set(err,
		    ERR_PORTAL, "%s", _("the portal's list of deals does not "
		    "end"));
	}
	free(look.number);
	if (rc != 0) {
		deal_changes_free(out);
		return rc;
	}
	idlist_sort(&out->companies);
	idlist_sort(&out->contacts);
	return 0;
}

static int
ask_gone(struct b24 *b24, const int64_t *ids, size_t count, bool *gone,
    struct err *err)
{
	struct b24_command commands[LIMIT_BATCH_COMMANDS];
	struct b24_batch batch = { .commands = commands, .count = count };
	int rc;

	for (size_t i = 0; i < count; i++) {
		b24_batch_command_init(&commands[i], B24_ITEM_GET);
		b24_query_int(&commands[i].query, "entityTypeId", TYPE_DEAL);
		b24_query_int(&commands[i].query, "id", ids[i]);
		commands[i].optional = true;
	}
	rc = b24_facts_run(b24, &batch, err);
	for (size_t i = 0; i < count; i++)
		gone[i] = rc == 0 && !commands[i].done &&
		    commands[i].error.fate == B24_FATE_NOT_THERE;
	b24_call_end(&batch);
	for (size_t i = 0; i < count; i++)
		b24_batch_command_free(&commands[i]);
	return rc;
}

/* A list shows neither deals that are deleted nor those that the user may not
 * see; crm-item-get.md has an error of its own for each. */
int
b24_deal_look_gone(struct b24 *b24, const int64_t *ids, size_t count,
    bool *gone, struct err *err)
{
	size_t n;

	for (size_t i = 0; i < count; i += n) {
		n = count - i < LIMIT_BATCH_COMMANDS ? count - i :
		    LIMIT_BATCH_COMMANDS;
		if (ask_gone(b24, ids + i, n, gone + i, err) == -1)
			return -1;
	}
	return 0;
}
