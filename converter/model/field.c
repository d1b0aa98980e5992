#include "model/field.h"

#include <string.h>

#include "base/i18n.h"

/* Names are in JSON, in the history and in the setting `owners`. */
static const struct {
	const char *name;
	const char *title;
} known[FIELD_LAST] = {
	[FIELD_NAME] = { "name", N_("name") },
	[FIELD_PARENT] = { "parent", N_("group above") },
	[FIELD_DELETED] = { "deleted", N_("marked deleted") },
	[FIELD_ARTICLE] = { "article", N_("article") },
	[FIELD_CODE] = { "code", N_("code") },
	[FIELD_BARCODE] = { "barcode", N_("barcode") },
	[FIELD_UNIT] = { "unit", N_("unit") },
	[FIELD_UNIT_NAME] = { "unit_name", N_("name of the unit") },
	[FIELD_GROUP] = { "group", N_("group") },
	[FIELD_VAT] = { "vat", N_("VAT rate") },
	[FIELD_DESCRIPTION] = { "description", N_("description") },
	[FIELD_PICTURE] = { "picture", N_("picture") },
	[FIELD_PROPERTY] = { "property", N_("property") },
	[FIELD_REQUISITE] = { "requisite", N_("attribute") },
	[FIELD_CATEGORY] = { "category", N_("category") },
	[FIELD_MAKER] = { "maker", N_("maker") },
	[FIELD_COUNTRY] = { "country", N_("country") },
	[FIELD_WEIGHT] = { "weight", N_("weight") },
	[FIELD_CHARACTERISTIC] = { "characteristic", N_("characteristic") },
	[FIELD_PRICE] = { "price", N_("price") },
	[FIELD_STOCK] = { "stock", N_("stock in a warehouse") },
	[FIELD_QUANTITY] = { "quantity", N_("quantity") },
	[FIELD_CURRENCY] = { "currency", N_("currency") },
	[FIELD_VAT_INCLUDED] = { "vat_included", N_("VAT included") },
	[FIELD_TYPE] = { "type", N_("type") },
	[FIELD_OPTION] = { "option", N_("value of a list") },
	[FIELD_ADDRESS] = { "address", N_("address") },
	[FIELD_FLAT] = { "flat", N_("other data") },
	[FIELD_CATALOG] = { "catalog", N_("catalogue") },
	[FIELD_VERSION] = { "version", N_("version") },
	[FIELD_FULL_NAME] = { "full_name", N_("full name") },
	[FIELD_MULTIPLE] = { "multiple", N_("several values") },
	[FIELD_DIMENSION] = { "dimension", N_("dimension") },
	[FIELD_BITRIX_CODE] = { "bitrix_code", N_("symbolic code") },
	[FIELD_UNIT_FACTOR] = { "unit_factor", N_("unit factor") },
	[FIELD_OWNER] = { "owner", N_("owner") },
	[FIELD_ACTIVE] = { "active", N_("active") },
	[FIELD_AMOUNT] = { "amount", N_("amount") },
	[FIELD_PRICE_TYPE] = { "price_type", N_("price type") },
	[FIELD_XML_ID] = { "xml_id", N_("external id") },
	[FIELD_LAST_NAME] = { "last_name", N_("surname") },
	[FIELD_FIRST_NAME] = { "first_name", N_("first name") },
	[FIELD_SECOND_NAME] = { "second_name", N_("patronymic") },
	[FIELD_POST] = { "post", N_("post") },
	[FIELD_PARTY_TYPE] = { "party_type", N_("type of client") },
	[FIELD_COMMENT] = { "comment", N_("comment") },
	[FIELD_PHONES] = { "phone", N_("phone") },
	[FIELD_EMAILS] = { "email", N_("e-mail") },
	[FIELD_SITES] = { "site", N_("web site") },
	[FIELD_MANAGER] = { "manager", N_("responsible manager") },
	[FIELD_INN] = { "inn", N_("INN") },
	[FIELD_KPP] = { "kpp", N_("KPP") },
	[FIELD_OGRN] = { "ogrn", N_("OGRN") },
	[FIELD_OKPO] = { "okpo", N_("OKPO") },
	[FIELD_OKOPF] = { "okopf", N_("OKOPF") },
	[FIELD_OKVED] = { "okved", N_("OKVED") },
	[FIELD_DIRECTOR] = { "director", N_("director") },
	[FIELD_PRESET] = { "preset", N_("template of requisites") },
	[FIELD_HOLDER] = { "holder", N_("holder") },
	[FIELD_TAXPAYER] = { "taxpayer", N_("INN and KPP") },
	[FIELD_ACCOUNT] = { "account", N_("bank account") },
	[FIELD_BIK] = { "bik", N_("BIK") },
	[FIELD_BANK_NAME] = { "bank", N_("bank") },
	[FIELD_CORR_ACCOUNT] = { "corr_account",
	    N_("correspondent account") },
	[FIELD_POSTCODE] = { "postcode", N_("postcode") },
	[FIELD_CITY] = { "city", N_("city") },
	[FIELD_PROVINCE] = { "province", N_("region") },
	[FIELD_DISTRICT] = { "district", N_("district") },
	[FIELD_ADDRESS_2] = { "address_2", N_("flat or office") },
	[FIELD_USER_FIELDS] = { "user_fields", N_("user fields") },
	[FIELD_COMPANIES] = { "companies", N_("company") },
	[FIELD_ORIGINATOR] = { "originator", N_("origin") },
	[FIELD_NUMBER] = { "number", N_("order number") },
	[FIELD_ONEC_NUMBER] = { "onec_number", N_("number in 1C") },
	[FIELD_ONEC_DATE] = { "onec_date", N_("date in 1C") },
	[FIELD_PAID] = { "paid", N_("paid") },
	[FIELD_PAYMENT_DATE] = { "payment_date", N_("date of payment") },
	[FIELD_PAYMENT_TYPE] = { "payment_type", N_("type of payment") },
	[FIELD_PAYMENT_SUM] = { "payment_sum", N_("sum paid") },
	[FIELD_PAYMENT_METHOD] = { "payment_method",
	    N_("method of payment") },
	[FIELD_PAYMENT_COMMENT] = { "payment_comment",
	    N_("comment on the payment") },
	[FIELD_SHIPPED] = { "shipped", N_("shipped") },
	[FIELD_SHIPMENT_DATE] = { "shipment_date", N_("date of shipment") },
	[FIELD_PROGRESS] = { "stage", N_("stage") },
	[FIELD_LINES] = { "lines", N_("lines") },
	[FIELD_SUM] = { "sum", N_("sum") },
	[FIELD_DATE] = { "date", N_("date") },
	[FIELD_PARTY_ID] = { "party_id", N_("id of the counterparty") },
	[FIELD_ACTUAL_ADDRESS] = { "actual_address", N_("actual address") },
	[FIELD_PERSON] = { "person", N_("contact person") },
	[FIELD_FAMILY] = { "family", N_("kind of 1C") },
	[FIELD_MESSAGE] = { "message", N_("message") },
	[FIELD_TAG] = { "tag", N_("tag") },
	[FIELD_STAGE] = { "stage_id", N_("id of the stage") },
	[FIELD_PROPERTIES] = { "properties", N_("properties") },
	[FIELD_LENGTH] = { "length", N_("length") },
	[FIELD_WIDTH] = { "width", N_("width") },
	[FIELD_HEIGHT] = { "height", N_("height") },
	[FIELD_HASH] = { "hash", N_("content") },
	[FIELD_FILE] = { "file", N_("file") },
	[FIELD_FORM] = { "form", N_("form") },
	[FIELD_PERSON_ID] = { "person_id", N_("id of the contact person") },
	[FIELD_PERSON_POST] = { "person_post", N_("post of the contact "
	    "person") },
	[FIELD_PERSON_PHONES] = { "person_phone", N_("phone of the contact "
	    "person") },
	[FIELD_PERSON_EMAILS] = { "person_email", N_("e-mail of the contact "
	    "person") },
	[FIELD_SECTIONS] = { "sections", N_("sections") },
	[FIELD_ADDRESSES] = { "addresses", N_("addresses") },
	[FIELD_KIT] = { "kit", N_("what is in the kit") },
};

const char *
field_name(enum field field)
{
	if (field <= FIELD_NONE || field >= FIELD_LAST)
		return NULL;
	return known[field].name;
}

enum field
field_by_name(struct str name)
{
	int i;

	for (i = FIELD_NONE + 1; i < FIELD_LAST; i++) {
		if (known[i].name != NULL && str_is(name, known[i].name))
			return (enum field)i;
	}
	return FIELD_NONE;
}

const char *
field_message(enum field field)
{
	if (field_name(field) == NULL)
		return N_("unknown field");
	return known[field].title;
}

const char *
field_title(enum field field)
{
	return _(field_message(field));
}

struct str
field_part(struct str value, unsigned n)
{
	const char *end;

	for (; n > 0; n--) {
		end = value.len == 0 ? NULL :
		    memchr(value.p, FIELD_PART, value.len);
		if (end == NULL)
			return STR_NONE;
		value.len -= (size_t)(end - value.p) + 1;
		value.p = end + 1;
	}
	end = value.len == 0 ? NULL : memchr(value.p, FIELD_PART, value.len);
	if (end != NULL)
		value.len = (size_t)(end - value.p);
	return value;
}

bool
field_part_next(struct str *list, struct str *part)
{
	if (list->len == 0)
		return false;
	*part = field_part(*list, 0);
	list->p += part->len;
	list->len -= part->len;
	if (list->len > 0) {
		list->p++;
		list->len--;
	}
	return true;
}
