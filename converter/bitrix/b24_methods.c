/*
 * Every method that is used, and what has to be done when its answer was
 * lost.  Bitrix24 has no idempotency keys for these (bitrix24.md 7), and no
 * external id is unique there.
 */
#include "bitrix/b24_internal.h"

#define PAGES "api-reference/catalog/"

static const struct b24_method_info methods[B24_METHOD_COUNT] = {
	[B24_NONE] = { "", "", B24_REPEAT_FREELY, "", B24_NONE, "" },
	[B24_CATALOG_LIST] = { "catalog.catalog.list", "catalogs",
	    B24_REPEAT_FREELY, "", B24_NONE,
	    PAGES "catalog/catalog-catalog-list.md" },
	[B24_PRICE_TYPE_LIST] = { "catalog.priceType.list", "priceTypes",
	    B24_REPEAT_FREELY, "", B24_NONE,
	    PAGES "price-type/catalog-price-type-list.md" },
	[B24_VAT_LIST] = { "catalog.vat.list", "vats",
	    B24_REPEAT_FREELY, "", B24_NONE,
	    PAGES "vat/catalog-vat-list.md" },
	[B24_MEASURE_LIST] = { "catalog.measure.list", "measures",
	    B24_REPEAT_FREELY, "", B24_NONE,
	    PAGES "measure/catalog-measure-list.md" },
	[B24_MODE_STATUS] = { "catalog.document.mode.status", "",
	    B24_REPEAT_FREELY, "", B24_NONE,
	    PAGES "document/catalog-document-mode-status.md" },
	[B24_PROPERTY_LIST] = { "catalog.productProperty.list",
	    "productProperties", B24_REPEAT_FREELY, "", B24_NONE,
	    PAGES "product-property/catalog-product-property-list.md" },
	[B24_PROPERTY_ADD] = { "catalog.productProperty.add",
	    "productProperty", B24_REPEAT_LOOK_UP, "iblockId, code",
	    B24_PROPERTY_LIST,
	    PAGES "product-property/catalog-product-property-add.md" },
	[B24_SECTION_ADD] = { "catalog.section.add", "section",
	    B24_REPEAT_LOOK_UP, "xmlId", B24_SECTION_LIST,
	    PAGES "section/catalog-section-add.md" },
	[B24_SECTION_UPDATE] = { "catalog.section.update", "section",
	    B24_REPEAT_COMPARE, "id", B24_SECTION_LIST,
	    PAGES "section/catalog-section-update.md" },
	[B24_SECTION_DELETE] = { "catalog.section.delete", "",
	    B24_REPEAT_COMPARE, "id", B24_SECTION_LIST,
	    PAGES "section/catalog-section-delete.md" },
	[B24_SECTION_LIST] = { "catalog.section.list", "sections",
	    B24_REPEAT_FREELY, "", B24_NONE,
	    PAGES "section/catalog-section-list.md" },
	[B24_PRODUCT_ADD] = { "catalog.product.add", "element",
	    B24_REPEAT_LOOK_UP, "xmlId", B24_PRODUCT_LIST,
	    PAGES "product/catalog-product-add.md" },
	[B24_PRODUCT_UPDATE] = { "catalog.product.update", "element",
	    B24_REPEAT_COMPARE, "id", B24_PRODUCT_LIST,
	    PAGES "product/catalog-product-update.md" },
	[B24_PRODUCT_DELETE] = { "catalog.product.delete", "",
	    B24_REPEAT_COMPARE, "id", B24_PRODUCT_LIST,
	    PAGES "product/catalog-product-delete.md" },
	[B24_PRODUCT_LIST] = { "catalog.product.list", "products",
	    B24_REPEAT_FREELY, "", B24_NONE,
	    PAGES "product/catalog-product-list.md" },
	[B24_PRICE_ADD] = { "catalog.price.add", "price",
	    B24_REPEAT_LOOK_UP, "productId, catalogGroupId", B24_PRICE_LIST,
	    PAGES "price/catalog-price-add.md" },
	[B24_PRICE_UPDATE] = { "catalog.price.update", "price",
	    B24_REPEAT_COMPARE, "id", B24_PRICE_LIST,
	    PAGES "price/catalog-price-update.md" },
	[B24_PRICE_DELETE] = { "catalog.price.delete", "",
	    B24_REPEAT_COMPARE, "id", B24_PRICE_LIST,
	    PAGES "price/catalog-price-delete.md" },
	[B24_PRICE_LIST] = { "catalog.price.list", "prices",
	    B24_REPEAT_FREELY, "", B24_NONE,
	    PAGES "price/catalog-price-list.md" },
	[B24_SCOPE] = { "scope", "", B24_REPEAT_FREELY, "", B24_NONE,
	    "api-reference/common/system/scope.md" },
	[B24_PROFILE] = { "profile", "", B24_REPEAT_FREELY, "", B24_NONE,
	    "api-reference/common/users/profile.md" },
};

const struct b24_method_info *
b24_methods_info(enum b24_method method)
{
	return &methods[method];
}

enum b24_method
b24_methods_by_name(struct str name)
{
	for (int i = 1; i < B24_METHOD_COUNT; i++)
		if (str_is(name, methods[i].name))
			return (enum b24_method)i;
	return B24_NONE;
}
