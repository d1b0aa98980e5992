/*
 * Catalogue, pictures, CRM or deals: who speaks of this kind of target.
 */
#include "bitrix/b24_deal.h"

#include <string.h>

#include "base/mem.h"

struct methods {
	enum b24_method add, update, remove, list;
};

static const struct methods kinds[TARGET_LAST] = {
	[TARGET_COMPANY] = { B24_ITEM_ADD, B24_ITEM_UPDATE, B24_ITEM_DELETE,
	    B24_ITEM_LIST },
	[TARGET_CONTACT] = { B24_ITEM_ADD, B24_ITEM_UPDATE, B24_ITEM_DELETE,
	    B24_ITEM_LIST },
	[TARGET_PERSON] = { B24_ITEM_ADD, B24_ITEM_UPDATE, B24_ITEM_DELETE,
	    B24_ITEM_LIST },
	[TARGET_REQUISITE] = { B24_REQUISITE_ADD, B24_REQUISITE_UPDATE,
	    B24_REQUISITE_DELETE, B24_REQUISITE_LIST },
	[TARGET_BANK] = { B24_BANK_ADD, B24_BANK_UPDATE, B24_BANK_DELETE,
	    B24_BANK_LIST },
	[TARGET_ADDRESS] = { B24_ADDRESS_ADD, B24_ADDRESS_UPDATE,
	    B24_ADDRESS_DELETE, B24_ADDRESS_LIST },
	[TARGET_DEAL] = { B24_NONE, B24_ITEM_UPDATE, B24_NONE,
	    B24_ITEM_LIST },
	[TARGET_ONEC_ORDER] = { B24_ITEM_ADD, B24_NONE, B24_ITEM_DELETE,
	    B24_ITEM_LIST },
	[TARGET_ROWS] = { B24_NONE, B24_ROW_SET, B24_NONE, B24_ROW_LIST },
	[TARGET_COMMENT] = { B24_COMMENT_ADD, B24_NONE, B24_NONE,
	    B24_COMMENT_LIST },
	/* A main picture is a field of its good: b24_object_method_of(). */
	[TARGET_PICTURE] = { B24_IMAGE_ADD, B24_NONE, B24_IMAGE_DELETE,
	    B24_IMAGE_LIST },
	/* Nothing lists notices. */
	[TARGET_NOTICE] = { B24_NOTICE_ADD, B24_NONE, B24_NONE, B24_NONE },
};

enum b24_method
b24_object_method(enum target_kind target, enum op_kind op)
{
	const struct methods *methods = &kinds[target];

	if (!target_is_crm(target) && !target_is_deal(target) &&
	    target != TARGET_PICTURE)
		return b24_catalog_method(target, op);
	switch (op) {
	case OP_CREATE:
		return methods->add;
	case OP_UPDATE:
		return methods->update;
	case OP_DELETE:
		return methods->remove;
	case OP_FIND:
	case OP_COUNT:
		break;
	}
	return methods->list;
}

enum b24_method
b24_object_method_of(const struct op *op)
{
	return op->target.kind == TARGET_PICTURE ? b24_picture_method(op) :
	    b24_object_method(op->target.kind, op->kind);
}

/* What lies there is read, then documents are made, filled, conducted. */
static void
use_of_stock(int64_t lines, struct b24_use *out)
{
	unsigned documents = (unsigned)((lines + LIMIT_STOCK_LINES - 1) /
	    LIMIT_STOCK_LINES);

	out->calls[B24_STORE_PRODUCT_LIST] += (unsigned)((lines + B24_PAGE -
	    1) / B24_PAGE);
	out->calls[B24_DOCUMENT_ADD] += documents;
	out->calls[B24_DOCUMENT_CONDUCT] += documents;
	out->calls[B24_DOCUMENT_ELEMENT_ADD] += (unsigned)lines;
}

/* Each row of a list of rows is a row of its page. */
static unsigned
lists_of(enum target_kind kind, int64_t finds)
{
	return (unsigned)(kind == TARGET_ROWS ? finds :
	    (finds + B24_PAGE - 1) / B24_PAGE);
}

void
b24_object_use(const struct remote_work *work, struct b24_use *out)
{
	enum b24_method method;

	memset(out, 0, sizeof(*out));
	for (int i = TARGET_SECTION; i < TARGET_LAST; i++) {
		enum target_kind kind = (enum target_kind)i;
		const int64_t *ops = work->ops[i];

		if (kind == TARGET_STOCK) {
			use_of_stock(ops[OP_CREATE], out);
			continue;
		}
		for (int op = OP_CREATE; op < OP_FIND; op++) {
			method = b24_object_method(kind, (enum op_kind)op);
			/* The main ones: of whatever good. */
			if (kind == TARGET_PICTURE && op == OP_UPDATE)
				method = B24_PRODUCT_UPDATE;
			out->calls[method] += (unsigned)ops[op];
		}
		method = b24_object_method(kind, OP_FIND);
		out->calls[method] += lists_of(kind, ops[OP_FIND]);
	}
}

enum target_kind
b24_object_read_before(const struct op *op)
{
	bool reads;

	/* Its deal may have another manager by now. */
	if (op->target.kind == TARGET_NOTICE && op->kind == OP_CREATE)
		return TARGET_DEAL;
	/* Shared with the portal's people: what they did must be seen. */
	if (target_is_crm(op->target.kind) || target_is_deal(op->target.kind))
		reads = op->kind == OP_UPDATE;
	else
		reads = b24_catalog_needs_read(op);
	return reads ? op->target.kind : TARGET_NONE;
}

static bool
write_of_deal(const struct b24 *b24, struct op *op,
    const struct fields *held, struct b24_command *out)
{
	static const struct fields nothing = { 0 };

	if (held == NULL)
		held = &nothing;
	if (op->target.kind == TARGET_DEAL)
		return b24_deal_write(b24, op, held, out);
	if (op->target.kind == TARGET_ONEC_ORDER)
		return b24_deal_make(b24, op, out);
	if (op->target.kind == TARGET_ROWS)
		return b24_rows_write(b24, op, held, out);
	return b24_notice_write(b24, op, held, out);
}

bool
b24_object_write(const struct b24 *b24, struct op *op,
    const struct fields *held, struct b24_command *out)
{
	if (target_is_client(op->target.kind))
		return b24_client_write(b24, op, held, out);
	if (target_is_crm(op->target.kind))
		return b24_crm_write(b24, op, held, out);
	if (target_is_deal(op->target.kind))
		return write_of_deal(b24, op, held, out);
	if (op->target.kind == TARGET_PICTURE)
		return b24_picture_write(b24, op, out);
	return b24_catalog_write(b24, op, held, out);
}

void
b24_object_taken(const struct b24 *b24, struct op *op, const cJSON *result)
{
	if (target_is_client(op->target.kind))
		b24_client_taken(b24, op, result);
	else if (target_is_crm(op->target.kind))
		b24_crm_taken(op, result);
	else if (op->target.kind == TARGET_DEAL)
		b24_deal_taken(b24, op, result);
	else if (op->target.kind == TARGET_ONEC_ORDER)
		b24_deal_make_taken(op, result);
	else if (op->target.kind == TARGET_ROWS)
		b24_rows_taken(op, result);
	else if (target_is_deal(op->target.kind))
		b24_notice_taken(op, result);
	else if (op->target.kind == TARGET_PICTURE)
		b24_picture_taken(op, result);
	else
		b24_catalog_taken(b24, op, result);
}

/* By its id, or by what b24_picture.c knows it by. */
static void
take_picture(const struct op *op, const cJSON *row, struct found *out)
{
	if (op->portal_id <= 0) {
		b24_picture_found(op, row, out);
		return;
	}
	fields_init(&out->fields);
	out->portal_id = op->portal_id;
}

static void
take_row(const struct b24 *b24, const struct op *op, const cJSON *row,
    struct found *out)
{
	if (target_is_client(op->target.kind))
		b24_client_row(b24, op, row, out);
	else if (target_is_crm(op->target.kind))
		b24_crm_row(op, row, out);
	else if (op->target.kind == TARGET_DEAL)
		b24_deal_found(b24, op, row, out);
	else if (op->target.kind == TARGET_ONEC_ORDER)
		b24_deal_make_found(b24, row, out);
	else if (op->target.kind == TARGET_COMMENT)
		b24_notice_found(op, row, out);
	else if (op->target.kind == TARGET_PICTURE)
		take_picture(op, row, out);
	else
		b24_catalog_row(b24, op, row, out);
}

static void
add_row(const struct b24 *b24, const struct op *op, enum target_kind form,
    const cJSON *row, struct found **rows, size_t *count)
{
	struct found *found;

	*rows = mem_resize(*rows, *count + 1, sizeof(**rows));
	found = &(*rows)[*count];
	found->kind = form;
	take_row(b24, op, row, found);
	if (found->portal_id > 0)
		++*count;
	else
		fields_free(&found->fields);
}

void
b24_object_found(const struct b24 *b24, struct op *op, const cJSON *row)
{
	add_row(b24, op, op->target.kind, row, &op->found, &op->found_count);
}

void
b24_object_elsewhere(const struct b24 *b24, struct op *op,
    enum target_kind form, const cJSON *row)
{
	add_row(b24, op, form, row, &op->others, &op->other_count);
}

void
b24_object_list(const struct b24 *b24, enum target_kind kind,
    struct b24_command *out)
{
	if (target_is_client(kind))
		b24_client_list(kind, out);
	else if (target_is_crm(kind))
		b24_crm_list(kind, out);
	else if (kind == TARGET_DEAL || kind == TARGET_ONEC_ORDER)
		b24_deal_list(out);
	else
		b24_catalog_list(b24, kind, out);
}
