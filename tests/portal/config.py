"""Settings of the portal, and what it is born with."""

import copy

import crm_born

SETTINGS = {
    "user": 1,
    "secret": "s3cret0hook",
    "webhook_expired": False,
    "scopes": ["catalog", "crm", "user"],
    "admin": True,
    "can_read": True,
    "inventory": False,
    "inventory_quantity": "ignore",
    "rate_enabled": False,
    "rate_per_second": 2,
    "rate_burst": 50,
    "refusals_fill": False,
    "operating_enabled": False,
    "operating_limit": 480,
    "operating_cost": {"*": 0},
    "latency": 0,
    "clock": None,
    "clock_frozen": False,
    "max_input_vars": 10000,
    "price_decimals": None,
    "update_iblock": "refuse",
    "further_sections": "take",
    "list_types": "own",
    "lone_enum": "flag",
    "add_scalars": "accept",
    "update_times": "object",
    "empty_times": "clear",
    "documents_seen": True,
    "image_max": 10 * 1024 * 1024,
    "crm_read": True,
    "crm_write": True,
    "deals_seen": "all",
    "companies_seen": "all",
    "contacts_seen": "all",
    "long_strings": "cut",
    "address_exists": "refuse",
    "address_read": True,
    "clears": "take",
    "mandatory": False,
    "status_whole": "answer",
    "rows_touch": "amount",
    "bindings_touch": True,
    "log_params": True,
    "log_limit": 200000,
    "oauth": {"client_id": "app.1", "client_secret": "appsecret",
              "access_token": "access-0", "refresh_token": "refresh-0",
              "lifetime": 3600},
}

BORN = {
    "catalogs": [
        {"id": 14, "iblockId": 14, "iblockTypeId": "CRM_PRODUCT_CATALOG",
         "lid": "s1", "name": "Товарный каталог CRM", "productIblockId": None,
         "skuPropertyId": None, "subscription": "N", "vatId": None},
        {"id": 15, "iblockId": 15, "iblockTypeId": "CRM_PRODUCT_CATALOG",
         "lid": "s1", "name": "Товарный каталог CRM (предложения)",
         "productIblockId": 14, "skuPropertyId": 90, "subscription": "N",
         "vatId": None},
    ],
    "price_types": [
        {"id": 1, "name": "BASE", "base": "Y", "sort": 100, "xmlId": "BASE"},
        {"id": 2, "name": "Оптовая", "base": "N", "sort": 200, "xmlId": "OPT"},
        {"id": 3, "name": "Закупочная", "base": "N", "sort": 300,
         "xmlId": "PURCHASE"},
    ],
    "price_type_langs": [
        {"id": 1, "catalogGroupId": 1, "lang": "ru",
         "name": "Розничная цена"},
        {"id": 2, "catalogGroupId": 1, "lang": "en", "name": "Retail price"},
        {"id": 3, "catalogGroupId": 2, "lang": "ru", "name": "Оптовая цена"},
        {"id": 4, "catalogGroupId": 3, "lang": "ru",
         "name": "Закупочная цена"},
    ],
    "vats": [
        {"id": 1, "name": "Без НДС", "active": "Y", "rate": None, "sort": 100},
        {"id": 2, "name": "НДС 0%", "active": "Y", "rate": 0, "sort": 200},
        {"id": 3, "name": "НДС 10%", "active": "Y", "rate": 10, "sort": 300},
        {"id": 4, "name": "НДС 20%", "active": "Y", "rate": 20, "sort": 400},
        {"id": 5, "name": "НДС 22%", "active": "Y", "rate": 22, "sort": 500},
    ],
    "measures": [
        {"id": 1, "code": 6, "isDefault": "N", "measureTitle": "Метр",
         "symbol": "м", "symbolIntl": "m", "symbolLetterIntl": "MTR"},
        {"id": 2, "code": 112, "isDefault": "N", "measureTitle": "Литр",
         "symbol": "л", "symbolIntl": "l", "symbolLetterIntl": "LTR"},
        {"id": 3, "code": 163, "isDefault": "N", "measureTitle": "Грамм",
         "symbol": "г", "symbolIntl": "g", "symbolLetterIntl": "GRM"},
        {"id": 4, "code": 166, "isDefault": "N", "measureTitle": "Килограмм",
         "symbol": "кг", "symbolIntl": "kg", "symbolLetterIntl": "KGM"},
        {"id": 5, "code": 796, "isDefault": "Y", "measureTitle": "Штука",
         "symbol": "шт", "symbolIntl": "pc. 1", "symbolLetterIntl": "PCE. NMB"},
    ],
    "currencies": [
        {"CURRENCY": "RUB", "BASE": "Y", "AMOUNT": 1, "SORT": 100,
         "FULL_NAME": "Российский рубль"},
        {"CURRENCY": "USD", "BASE": "N", "AMOUNT": 90, "SORT": 200,
         "FULL_NAME": "Доллар США"},
        {"CURRENCY": "EUR", "BASE": "N", "AMOUNT": 100, "SORT": 300,
         "FULL_NAME": "Евро"},
    ],
    "stores": [
        {"id": 1, "title": "Основной склад", "active": "Y", "sort": 100,
         "code": None, "xmlId": None, "address": "-", "description": None},
    ],
    "properties": [
        {"id": 89, "iblockId": 14, "name": "Картинки", "code": "MORE_PHOTO",
         "propertyType": "F", "multiple": "Y"},
        {"id": 90, "iblockId": 15, "name": "Элемент каталога",
         "code": "CML2_LINK", "propertyType": "E", "userType": "SKU",
         "linkIblockId": 14},
        {"id": 91, "iblockId": 15, "name": "Картинки", "code": "MORE_PHOTO",
         "propertyType": "F", "multiple": "Y"},
    ],
    "users": [
        {"ID": 1, "ACTIVE": True, "NAME": "Анна", "LAST_NAME": "Образцова",
         "EMAIL": "admin@example.com", "UF_DEPARTMENT": [1]},
    ],
    **crm_born.BORN,
}


class Config(dict):
    """Settings and birth lists in one mapping; unknown keys are refused."""

    def __init__(self, given=None):
        super().__init__(copy.deepcopy(SETTINGS))
        super().update(copy.deepcopy(BORN))
        self.merge(given or {})

    def merge(self, given):
        if not isinstance(given, dict):
            raise ValueError("an object of settings is wanted")
        unknown = sorted(set(given) - set(self))
        if unknown:
            raise ValueError("unknown setting: " + ", ".join(unknown))
        for key, value in given.items():
            old = self[key]
            if key == "oauth":
                value = {**old, **value}
            elif isinstance(old, (list, dict, bool)) and \
                    not isinstance(value, type(old)):
                raise ValueError("wrong type of setting: " + key)
            self[key] = value
