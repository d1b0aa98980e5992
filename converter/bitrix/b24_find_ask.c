/*
 * Which list commands a look-up becomes: marks, ids and keys of one sort are
 * joined, fifty to a command.
 */
#include "bitrix/b24_deal.h"
#include "bitrix/b24_find.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"

/* ---- what to ask ---- */

struct ask *
b24_find_ask_new(struct find *find)
{
	struct ask *ask;

	if (find->count == find->size) {
		find->size = find->size == 0 ? 8 : find->size * 2;
		find->asks = mem_resize(find->asks, find->size,
		    sizeof(*find->asks));
	}
	ask = &find->asks[find->count++];
	memset(ask, 0, sizeof(*ask));
	return ask;
}

/* The last ask of this sort that has room; asks of one sort follow each
 * other closely, so this looks no further than there are sorts. */
static struct ask *
open_ask(struct find *find, enum by by, enum target_kind kind,
    int64_t sort)
{
	/* Not those that are answered. */
	for (size_t i = find->count; i > find->at; i--) {
		struct ask *ask = &find->asks[i - 1];

		if (ask->by != by || ask->kind != kind ||
		    ask->sort != sort || ask->lone)
			continue;
		if (ask->count < B24_PAGE)
			return ask;
		break;
	}
	return NULL;
}

static void
join_to(struct find *find, struct op *op, enum target_kind kind, enum by by,
    int64_t sort, bool lone)
{
	struct ask *ask = lone ? NULL : open_ask(find, by, kind, sort);

	if (ask == NULL) {
		ask = b24_find_ask_new(find);
		ask->by = by;
		ask->kind = kind;
		ask->sort = sort;
		ask->like = find->like;
		ask->lone = lone;
	}
	ask->ops[ask->count++] = op;
}

static void
join(struct find *find, struct op *op, enum by by, int64_t sort, bool lone)
{
	join_to(find, op, op->target.kind, by, sort, lone);
}

/* What is in a section: goods and sections, each counted by a list. */
static void
add_content(const struct b24 *b24, struct find *find, struct op *op)
{
	static const enum target_kind inside[] = { TARGET_PRODUCT,
	    TARGET_SECTION, TARGET_SERVICE, TARGET_PARENT };

	for (size_t i = 0; i < sizeof(inside) / sizeof(*inside); i++) {
		struct ask *ask;

		if ((inside[i] == TARGET_PARENT &&
		    b24->facts.offers_iblock == 0) ||
		    (inside[i] == TARGET_SERVICE && b24->facts.no_services))
			continue;
		ask = b24_find_ask_new(find);
		ask->by = BY_CONTENT;
		ask->kind = inside[i];
		ask->ops[ask->count++] = op;
	}
}

/* Requisites of a client; bank details and addresses of a requisite. */
static void
add_part(struct find *find, struct op *op)
{
	int64_t sort = 0;

	/* Without a parent there is nothing of it. */
	if (op->parent_id <= 0)
		return;
	if (op->target.kind == TARGET_REQUISITE)
		sort = b24_crm_holder(op);
	else if (op->target.kind == TARGET_ADDRESS && str_to_int64(&sort,
	    target_rule(&op->target)) == -1)
		return;
	join(find, op, BY_PARENT, sort, false);
}

/* Rows and comments are listed for one deal only; notices not at all. */
static void
add_of_deal(struct find *find, struct op *op)
{
	enum target_kind kind = op->target.kind;
	int64_t deal = kind == TARGET_COMMENT ? op->parent_id :
	    op->portal_id;
	struct ask *ask;

	if (kind == TARGET_NOTICE)
		(void)snprintf(op->code, sizeof(op->code), "no-look-up");
	if (kind == TARGET_NOTICE || deal <= 0)
		return;
	if (kind == TARGET_DEAL) {
		join(find, op, BY_ID, 0, false);
		return;
	}
	ask = b24_find_ask_new(find);
	ask->by = BY_DEAL;
	ask->kind = kind;
	ask->ops[ask->count++] = op;
}

/* Pictures are listed for one good only; the main one is known by its id
 * alone. */
static void
add_picture(struct find *find, struct op *op)
{
	struct ask *ask;

	if (op->parent_id <= 0 || (op->portal_id <= 0 &&
	    target_is_main_picture(&op->target)))
		return;
	ask = b24_find_ask_new(find);
	ask->by = BY_GOOD;
	ask->kind = op->target.kind;
	ask->ops[ask->count++] = op;
}

static bool
has_form(const struct b24_facts *facts, enum target_kind kind)
{
	if (kind == TARGET_PARENT)
		return !facts->parents_empty;
	if (kind == TARGET_OFFER)
		return !facts->offers_empty;
	return kind == TARGET_SERVICE ?
	    !facts->services_empty && !facts->no_services :
	    !facts->products_empty;
}

/* The lists of the other forms that the good may stand in. */
static void
add_elsewhere(const struct b24 *b24, struct find *find, struct op *op)
{
	static const enum target_kind forms[] = { TARGET_PRODUCT,
	    TARGET_PARENT, TARGET_OFFER, TARGET_SERVICE };

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		if (target_may_be_form(&op->target, forms[i]) &&
		    has_form(&b24->facts, forms[i]))
			join_to(find, op, forms[i], BY_MARK, 0,
			    b24_query_is_reference(target_id(&op->target)));
}

static void
add_marked(const struct b24 *b24, struct find *find, struct op *op)
{
	struct str mark = b24_deal_make_mark(op);

	if (mark.len > 0)
		join(find, op, BY_MARK, 0, b24_query_is_reference(mark));
	if (op->elsewhere)
		add_elsewhere(b24, find, op);
	if (op->likeness && (target_is_good(op->target.kind) ||
	    op->target.kind == TARGET_SECTION))
		find->alike[find->alike_count++] = op;
}

void
b24_find_ask_op(const struct b24 *b24, struct find *find, struct op *op)
{
	enum target_kind kind = op->target.kind;
	int64_t price_type;

	op->outcome = OUTCOME_DONE;
	if (op->kind == OP_COUNT) {
		add_content(b24, find, op);
	} else if (kind == TARGET_PICTURE) {
		add_picture(find, op);
	} else if (kind == TARGET_STOCK) {
		/* Known by its documents: b24_stock_find(). */
	} else if (target_is_deal(kind) && kind != TARGET_ONEC_ORDER) {
		add_of_deal(find, op);
	} else if (op->portal_id > 0 && kind != TARGET_ADDRESS) {
		join(find, op, BY_ID, 0, false);
	} else if (target_is_client(kind)) {
		find->clients[find->client_count++] = op;
	} else if (target_is_crm(kind)) {
		add_part(find, op);
	} else if (kind == TARGET_PRICE) {
		price_type = b24_value_price_type(b24,
		    target_rule(&op->target));
		/* Without a product there is no price of it. */
		if (op->parent_id > 0 && price_type > 0)
			join(find, op, BY_PRODUCT, price_type, false);
	} else {
		add_marked(b24, find, op);
	}
}

/* ---- the steps by likeness ---- */

/* Sections are known by their name, whatever the rules say of goods. */
static void
add_step(const struct b24 *b24, struct find *find, bool sections)
{
	for (size_t i = 0; i < find->alike_count; i++) {
		struct op *op = find->alike[i];
		struct str value = b24_like_value(op, find->like);
		int64_t property = b24_like_property(b24, op->target.kind,
		    find->like);

		if ((op->target.kind == TARGET_SECTION) != sections ||
		    op->outcome != OUTCOME_DONE || op->found_count > 0 ||
		    value.len == 0 || (property == 0 &&
		    find->like != B24_LIKE_NAME))
			continue;
		join(find, op, BY_LIKENESS, sections ? op->parent_id :
		    property, b24_query_is_reference(value));
	}
}

bool
b24_find_ask_step(const struct b24 *b24, struct find *find)
{
	const struct config_list *adopt = &b24->config->catalog.adopt;
	size_t step;

	while (find->step <= adopt->count && find->count == find->at) {
		step = find->step++;
		find->like = step == 0 ? B24_LIKE_NAME :
		    b24_like_of_word(adopt->items[step - 1]);
		if (find->like != B24_LIKE_NONE)
			add_step(b24, find, step == 0);
	}
	return find->count > find->at;
}

/* ---- those that no list shows ---- */

/* What is asked for of one that no list has shown.  BY_MARK: nothing. */
static enum by
item_of(const struct op *op)
{
	enum target_kind kind = op->target.kind;

	if (target_is_client(kind) || kind == TARGET_DEAL ||
	    kind == TARGET_ONEC_ORDER)
		return BY_ITEM;
	return kind == TARGET_REQUISITE && op->parent_id > 0 &&
	    target_is_client(op->parent_kind) ? BY_HOLDER : BY_MARK;
}

/* A list shows neither what is deleted nor what the user may not see;
 * crm-item-get.md has an error of its own for each. */
bool
b24_find_ask_items(struct find *find)
{
	size_t count = find->count;

	if (find->items)
		return false;
	find->items = true;
	for (size_t i = 0; i < count; i++) {
		if (find->asks[i].by != BY_ID)
			continue;
		for (size_t n = 0; n < find->asks[i].count; n++) {
			struct op *op = find->asks[i].ops[n];
			struct ask *ask;

			if (op->outcome != OUTCOME_DONE ||
			    op->found_count > 0 || item_of(op) == BY_MARK)
				continue;
			ask = b24_find_ask_new(find);
			ask->by = item_of(op);
			ask->kind = op->target.kind;
			ask->ops[ask->count++] = op;
		}
	}
	return find->count > count;
}

/* ---- the command ---- */

/* An array is IN.  Goods have no '@' for that (catalog-product-list.md), and
 * sections none that works: their page has it, but what answers is the older
 * filter of sections, which shows everything for a key that it does not know.
 * The other lists do.  Without '=' a text of goods is a mask there, in which
 * "%" and "_" are any and a backslash is none. */
static const char *
filter_key(const struct ask *ask, char space[48])
{
	bool good = target_is_good(ask->kind) || ask->kind == TARGET_SECTION;
	bool old = target_is_crm(ask->kind) && !target_is_client(ask->kind);

	switch (ask->by) {
	case BY_MARK:
		return good ? "filter[=xmlId]" : "filter[@originId]";
	case BY_ID:
		return good ? "filter[=id]" : old ? "filter[@ID]" :
		    "filter[@id]";
	case BY_PRODUCT:
		return "filter[@productId]";
	case BY_PARENT:
		return "filter[@ENTITY_ID]";
	case BY_LIKENESS:
		if (ask->sort == 0 || ask->kind == TARGET_SECTION)
			return "filter[=name]";
		(void)snprintf(space, 48, "filter[=property%" PRId64 "]",
		    ask->sort);
		return space;
	case BY_CONTENT:
	case BY_DEAL:
	case BY_ITEM:
	case BY_HOLDER:
	case BY_GOOD:
		break;
	}
	return "filter[iblockSectionId]";
}

static void
add_filter(const struct ask *ask, struct buf *query)
{
	char space[48], id[24];
	const char *key = filter_key(ask, space);

	if (ask->by == BY_CONTENT) {
		b24_query_int(query, key, ask->ops[0]->portal_id);
		return;
	}
	for (size_t i = 0; i < ask->count; i++) {
		const struct op *op = ask->ops[i];

		if (ask->by == BY_LIKENESS) {
			b24_query_item(query, key, i, b24_like_value(op,
			    ask->like));
			continue;
		}
		(void)snprintf(id, sizeof(id), "%" PRId64,
		    ask->by == BY_ID ? op->portal_id : op->parent_id);
		b24_query_item(query, key, i, ask->by == BY_MARK ?
		    b24_deal_make_mark(op) : str_of(id));
	}
	if (ask->by == BY_PRODUCT)
		b24_query_int(query, "filter[catalogGroupId]", ask->sort);
	/* A name may be under each of hundreds. */
	if (ask->by == BY_LIKENESS && ask->kind == TARGET_SECTION &&
	    ask->sort > 0)
		b24_query_int(query, "filter[iblockSectionId]", ask->sort);
	if (ask->by == BY_PARENT && ask->sort > 0)
		b24_query_int(query, ask->kind == TARGET_ADDRESS ?
		    "filter[TYPE_ID]" : "filter[ENTITY_TYPE_ID]", ask->sort);
}

bool
b24_find_ask_is_item(const struct ask *ask)
{
	return ask->by == BY_ITEM || ask->by == BY_HOLDER;
}

static void
item_command(const struct ask *ask, struct b24_command *command)
{
	const struct op *op = ask->ops[0];
	enum target_kind kind = ask->by == BY_HOLDER ? op->parent_kind :
	    ask->kind;

	b24_batch_command_init(command, B24_ITEM_GET);
	b24_query_int(&command->query, "entityTypeId",
	    target_is_client(kind) ? b24_client_type(kind) : B24_ENTITY_DEAL);
	b24_query_int(&command->query, "id", ask->by == BY_HOLDER ?
	    op->parent_id : op->portal_id);
	b24_query_text(&command->query, "useOriginalUfNames", "Y");
}

void
b24_find_ask_command(const struct b24 *b24, const struct ask *ask,
    struct b24_command *command)
{
	if (b24_find_ask_is_item(ask)) {
		item_command(ask, command);
		return;
	}
	if (ask->by == BY_DEAL && ask->kind == TARGET_ROWS) {
		b24_rows_list(ask->ops[0]->portal_id, command);
	} else if (ask->by == BY_DEAL) {
		b24_notice_list(ask->ops[0]->parent_id, command);
	} else if (ask->by == BY_GOOD) {
		b24_picture_list(ask->ops[0]->parent_id, command);
	} else if (ask->by == BY_CONTENT) {
		b24_batch_command_init(command, b24_object_method(ask->kind,
		    OP_FIND));
		b24_query_text(&command->query, "select[0]", "id");
		b24_query_text(&command->query, "select[1]", "iblockId");
		b24_query_int(&command->query, "filter[iblockId]",
		    b24->facts.iblock);
	} else {
		b24_object_list(b24, ask->kind, command);
	}
	if (ask->by != BY_DEAL && ask->by != BY_GOOD)
		add_filter(ask, &command->query);
	if (ask->start > 0)
		b24_query_int(&command->query, "start", ask->start);
	/* Last: there are as many as the portal has properties, and PHP forgets
	 * the parameters behind max_input_vars. */
	if (target_is_good(ask->kind) && ask->by != BY_CONTENT)
		b24_catalog_select(b24, ask->kind, command);
	command->lone = ask->lone;
}
