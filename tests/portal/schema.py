"""Fields of the catalogue's objects: type, and what may be written."""

PRODUCT = {
    "id": "int", "iblockId": "int", "name": "string", "active": "char",
    "available": "char", "code": "string", "xmlId": "string",
    "barcodeMulti": "char", "bundle": "char", "canBuyZero": "char",
    "createdBy": "int", "modifiedBy": "int", "dateActiveFrom": "datetime",
    "dateActiveTo": "datetime", "dateCreate": "datetime",
    "timestampX": "datetime", "iblockSectionId": "int", "measure": "int",
    "previewText": "string", "detailText": "string", "previewPicture": "file",
    "detailPicture": "file", "previewTextType": "string",
    "detailTextType": "string", "sort": "int", "subscribe": "flag",
    "vatId": "int", "vatIncluded": "char", "height": "double",
    "length": "double", "weight": "double", "width": "double",
    "quantityTrace": "flag", "type": "int", "purchasingCurrency": "string",
    "purchasingPrice": "double", "quantity": "double",
    "quantityReserved": "double",
}
PRODUCT_READONLY = {"id", "available", "bundle", "timestampX", "type"}
PRODUCT_STOCK = ("quantity", "quantityReserved", "purchasingPrice",
                 "purchasingCurrency")
PICTURES = ("previewPicture", "detailPicture")

OFFER = {**PRODUCT, "parentId": "int"}

# A parent shows the fields of trade, but in the cloud they are not to be
# written ("available only in the on-premise version", sku-add.md).
SKU = {name: kind for name, kind in PRODUCT.items()
       if name not in ("barcodeMulti", "quantityTrace", "quantityReserved")}
SKU_READONLY = PRODUCT_READONLY | {
    "canBuyZero", "measure", "subscribe", "vatId", "vatIncluded", "height",
    "length", "weight", "width", "purchasingCurrency", "purchasingPrice",
    "quantity"}

SERVICE = {name: kind for name, kind in PRODUCT.items()
           if name not in SKU_READONLY - PRODUCT_READONLY and
           name not in ("barcodeMulti", "quantityTrace", "quantityReserved")}
SERVICE.update(vatId="int", vatIncluded="char")

IMAGE = {
    "id": "int", "name": "string", "productId": "int", "type": "string",
    "createTime": "datetime", "detailUrl": "string", "downloadUrl": "string",
}

SECTION = {
    "id": "int", "iblockId": "int", "iblockSectionId": "int",
    "name": "string", "xmlId": "string", "code": "string", "sort": "int",
    "active": "char", "description": "string", "descriptionType": "string",
}

PRICE = {
    "id": "int", "productId": "int", "catalogGroupId": "int",
    "price": "double", "currency": "string", "priceScale": "double",
    "quantityFrom": "int", "quantityTo": "int", "extraId": "int",
    "timestampX": "datetime",
}

PROPERTY = {
    "id": "int", "timestampX": "datetime", "iblockId": "int",
    "name": "string", "active": "char", "sort": "int", "code": "string",
    "defaultValue": "string", "propertyType": "string", "userType": "string",
    "rowCount": "int", "colCount": "int", "listType": "string",
    "multiple": "char", "xmlId": "string", "fileType": "string",
    "multipleCnt": "int", "linkIblockId": "int", "withDescription": "char",
    "searchable": "char", "filtrable": "char", "isRequired": "char",
    "hint": "string", "userTypeSettings": "file",
}

CATALOG = {
    "id": "int", "iblockId": "int", "iblockTypeId": "string", "lid": "string",
    "name": "string", "productIblockId": "int", "skuPropertyId": "int",
    "subscription": "char", "vatId": "int",
}

PRICE_TYPE = {
    "id": "int", "name": "string", "base": "char", "sort": "int",
    "xmlId": "string", "timestampX": "datetime", "createdBy": "int",
    "modifiedBy": "int", "dateCreate": "datetime",
}

PRICE_TYPE_LANG = {"id": "int", "catalogGroupId": "int", "lang": "string",
                   "name": "string"}

VAT = {"id": "int", "name": "string", "active": "char", "rate": "double",
       "sort": "int", "timestampX": "datetime"}

MEASURE = {"id": "int", "code": "int", "isDefault": "char",
           "measureTitle": "string", "symbol": "string",
           "symbolIntl": "string", "symbolLetterIntl": "string"}

STORE = {"id": "int", "title": "string", "active": "char",
         "address": "string", "description": "string", "sort": "int",
         "code": "string", "xmlId": "string", "phone": "string",
         "email": "string", "schedule": "string", "issuingCenter": "char",
         "dateCreate": "datetime", "dateModify": "datetime",
         "gpsN": "double", "gpsS": "double", "userId": "int",
         "modifiedBy": "int"}

_SHOWN_TYPE = {"flag": "char"}


def describe(schema, readonly=("id",), required=(), immutable=()):
    """The answer of getFields for a schema."""
    return {name: {"isImmutable": name in immutable,
                   "isReadOnly": name in readonly,
                   "isRequired": name in required,
                   "type": _SHOWN_TYPE.get(kind, kind)}
            for name, kind in schema.items()}
