/*
 * Pictures: the main one is a field of its good, the others are objects of
 * their own.  Their bytes are read when the command is made, and they must be
 * those that the hash is of: what the portal has got is remembered by it.
 */
#include "bitrix/b24_internal.h"

#include <string.h>

#include "base/base64.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/sha256.h"
#include "base/told.h"

/* The method that changes a good of this form. */
static enum b24_method
update_of(enum target_kind good)
{
	if (good == TARGET_PARENT)
		return B24_SKU_UPDATE;
	if (good == TARGET_OFFER)
		return B24_OFFER_UPDATE;
	if (good == TARGET_SERVICE)
		return B24_SERVICE_UPDATE;
	return B24_PRODUCT_UPDATE;
}

enum b24_method
b24_picture_method(const struct op *op)
{
	if (op->kind == OP_FIND || op->kind == OP_COUNT)
		return B24_IMAGE_LIST;
	/* By its id, also the main one: cleared as a field of its good, it
	 * would be whatever people put there since. */
	if (op->kind == OP_DELETE)
		return B24_IMAGE_DELETE;
	return target_is_main_picture(&op->target) ?
	    update_of(op->parent_kind) : B24_IMAGE_ADD;
}

/* ---- writing ---- */

static bool
is_of_hash(const struct buf *bytes, struct str wanted)
{
	char hex[SHA256_HEX];
	struct sha256 hash;

	sha256_init(&hash);
	sha256_add(&hash, buf_text(bytes), bytes->len);
	sha256_hex(&hash, hex);
	return str_is(wanted, hex);
}

/* False: op is filled. */
static bool
read_bytes(struct op *op, struct buf *out)
{
	struct str hash = fields_get(&op->fields, FIELD_HASH);
	struct err why = { 0 };
	int rc;

	if (op->path == NULL)
		return b24_error_refuse(op, "picture-missing", TOLD("the "
		    "picture's file is not there any more"));
	rc = file_read(out, op->path, &why);
	if (rc == -1)
		return b24_error_refuse(op, "picture-missing", why.text);
	if (rc != 0 || out->len == 0 ||
	    (hash.len > 0 && !is_of_hash(out, hash)))
		return b24_error_refuse(op, "picture-missing", TOLD("the "
		    "picture's file is not there any more"));
	return true;
}

/* key[0] is the name, key[1] the bytes. */
static bool
say_file(struct op *op, const char *key, struct b24_command *out)
{
	struct str name = fields_get(&op->fields, FIELD_FILE);
	struct buf bytes = BUF_INIT(LIMIT_PICTURE_BYTES);
	struct buf text = BUF_INIT(2 * LIMIT_PICTURE_BYTES);
	bool read = read_bytes(op, &bytes);

	if (read) {
		(void)base64_add(&text, str_n(buf_text(&bytes), bytes.len));
		b24_query_item(&out->query, key, 0, name);
		b24_query_item(&out->query, key, 1, str_n(buf_text(&text),
		    text.len));
		out->lone = b24_query_is_reference(name);
	}
	buf_free(&bytes);
	buf_free(&text);
	return read;
}

static bool
write_main(struct op *op, struct b24_command *out)
{
	b24_query_int(&out->query, "id", op->parent_id);
	return say_file(op, "fields[detailPicture][fileData]", out);
}

static void
write_delete(const struct op *op, struct b24_command *out)
{
	b24_query_int(&out->query, "productId", op->parent_id);
	b24_query_int(&out->query, "id", op->portal_id);
}

/* The portal would refuse each by itself (catalog-product-image-add.md). */
static bool
write_other(const struct b24 *b24, struct op *op, struct b24_command *out)
{
	if (!b24_property_list_gallery(&b24->facts, b24_catalog_iblock(b24,
	    op->parent_kind)))
		return b24_error_refuse(op, "no-gallery", TOLD("the portal's "
		    "catalogue has no property MORE_PHOTO, which holds the "
		    "further pictures of a good: make it there (a multiple "
		    "one, of files), then retry"));
	b24_query_int(&out->query, "fields[productId]", op->parent_id);
	b24_query_text(&out->query, "fields[type]", B24_GALLERY_CODE);
	return say_file(op, "fileContent", out);
}

bool
b24_picture_write(const struct b24 *b24, struct op *op,
    struct b24_command *out)
{
	bool said;

	b24_batch_command_init(out, b24_picture_method(op));
	if (op->kind == OP_DELETE) {
		write_delete(op, out);
		return true;
	}
	said = target_is_main_picture(&op->target) ? write_main(op, out) :
	    write_other(b24, op, out);
	if (!said)
		b24_batch_command_free(out);
	return said;
}

/* ---- what the portal says ---- */

void
b24_picture_taken(struct op *op, const cJSON *result)
{
	const cJSON *object = json_get(result,
	    b24_methods_info(b24_picture_method(op))->rows);

	if (op->kind == OP_DELETE)
		return;
	if (target_is_main_picture(&op->target))
		object = json_get(object, "detailPicture");
	op->new_id = json_int_of(object, "id");
	if (op->new_id > 0)
		return;
	op->new_id = 0;
	/* The good is changed, and shows no picture; one that is made by
	 * itself has an id, or it is not known whether it was. */
	if (target_is_main_picture(&op->target))
		(void)fields_set(&op->dropped, FIELD_HASH, fields_get(
		    &op->fields, FIELD_HASH));
	else
		op->outcome = OUTCOME_UNKNOWN;
}

void
b24_picture_list(int64_t good, struct b24_command *out)
{
	b24_batch_command_init(out, B24_IMAGE_LIST);
	b24_query_int(&out->query, "productId", good);
}

/* The list shows the main picture too, under a type of its own. */
void
b24_picture_found(const struct op *op, const cJSON *row, struct found *out)
{
	struct str name = fields_get(&op->fields, FIELD_FILE);
	char space[32];

	fields_init(&out->fields);
	out->portal_id = 0;
	if (name.len == 0 || json_int_of(row, "productId") !=
	    op->parent_id || !str_is(json_str(json_get(row, "type"), space),
	    "MORE_PHOTO") || !str_eq(json_str(json_get(row, "name"), space),
	    name))
		return;
	out->portal_id = json_int_of(row, "id");
	(void)fields_set(&out->fields, FIELD_FILE, name);
	/* Its bytes are not shown; the name is made of their hash. */
	(void)fields_set(&out->fields, FIELD_HASH, fields_get(&op->fields,
	    FIELD_HASH));
}
