#include "mapping/map_internal.h"

struct str
map_derive_cut(struct str name, size_t characters)
{
	struct str rest = name;
	size_t count;

	for (count = 0; count < characters && rest.len > 0; count++) {
		size_t len = str_utf8_len(rest);

		if (len == 0)
			len = 1;
		rest.p += len;
		rest.len -= len;
	}
	return str_trim(str_n(name.p, name.len - rest.len));
}

/* Fields that 1C empties by leaving them out; of the others absence says
 * nothing. */
static bool
can_be_emptied(enum field field)
{
	return field == FIELD_ARTICLE || field == FIELD_DESCRIPTION ||
	    field == FIELD_GROUP || field == FIELD_PARENT ||
	    field == FIELD_SECTIONS;
}

void
map_derive_put(struct wanted *out, enum map_owner owner, enum field field,
    struct str value)
{
	if (field == FIELD_NAME)
		value = map_derive_cut(value, NAME_CHARACTERS);
	switch (owner) {
	case OWNER_1C:
		if (value.len == 0 && can_be_emptied(field))
			value = str_of(FIELD_CLEAR);
		(void)fields_set(&out->fields, field, value);
		break;
	case OWNER_PORTAL:
		(void)fields_set(&out->at_create, field, value);
		break;
	case OWNER_NEVER:
		(void)fields_set(&out->unsaid, field, value);
		break;
	}
}

int
map_derive(const struct map *map, const struct target *target,
    struct wanted *out, struct err *err)
{
	out->state = WANTED_NOTHING;
	out->orphan = false;
	out->replaced = false;
	out->absent = false;
	out->parent.kind = TARGET_NONE;
	out->parent.key_len = 0;
	fields_clear(&out->fields);
	fields_clear(&out->at_create);
	fields_clear(&out->unsaid);
	if (target_is_crm(target->kind) ? !map->config->counterparties.given :
	    !map->config->catalog.enabled)
		return 0;
	switch (target->kind) {
	case TARGET_SECTION:
		return map_group_derive(map, target_id(target), out, err);
	case TARGET_PRODUCT:
	case TARGET_PARENT:
	case TARGET_OFFER:
	case TARGET_SERVICE:
		return map_product_derive(map, target, out, err);
	case TARGET_PRICE:
		return map_price_derive(map, target, out, err);
	case TARGET_PICTURE:
		return map_product_picture(map, target, out, err);
	case TARGET_STOCK:
		return map_stock_derive(map, target, out, err);
	case TARGET_COMPANY:
	case TARGET_CONTACT:
		return map_party_client_derive(map, target, out, err);
	case TARGET_PERSON:
		return map_party_person_derive(map, target, out, err);
	case TARGET_REQUISITE:
	case TARGET_BANK:
		return map_party_papers_derive(map, target, out, err);
	case TARGET_ADDRESS:
		return map_party_address_derive(map, target, out, err);
	case TARGET_DEAL:       /* flow/reply.c */
	case TARGET_ROWS:
	case TARGET_COMMENT:
	case TARGET_NOTICE:
	case TARGET_ORDER:
	case TARGET_ONEC_ORDER:
	case TARGET_NONE:
	case TARGET_LAST:
		break;
	}
	return 0;
}
