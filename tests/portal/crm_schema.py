"""Fields of the CRM's objects: kind, what it refers to, what may be written.

Fields of crm.item: api-reference/crm/universal/object-fields.md and
crm-item-add.md. Requisites, bank details, addresses, links:
api-reference/crm/requisites/.
"""

import re
from collections import namedtuple

DEAL, CONTACT, COMPANY, OLD_INVOICE, REQUISITE, INVOICE = 2, 3, 4, 5, 8, 31

Field = namedtuple("Field", "kind arg readonly disabled many")


def _field(text):
    words = text.split()
    flags = {w for w in words[1:] if w in ("ro", "off", "many")}
    rest = [w for w in words[1:] if w not in flags]
    return Field(words[0], rest[0] if rest else None, "ro" in flags,
                 "off" in flags, "many" in flags)


def _fields(*tables):
    out = {}
    for table in tables:
        out.update((name, _field(text)) for name, text in table.items())
    return out


_COMMON = {
    "id": "integer ro", "createdTime": "datetime ro",
    "updatedTime": "datetime ro", "createdBy": "user ro",
    "updatedBy": "user ro", "assignedById": "user", "opened": "boolean",
    "lastActivityBy": "user ro", "lastActivityTime": "datetime ro",
}
_UTM = {"utmSource": "string", "utmMedium": "string", "utmCampaign": "string",
        "utmContent": "string", "utmTerm": "string"}
_SALE = {
    "companyId": "company", "contactId": "contact",
    "contactIds": "contact many", "title": "string 255",
    "categoryId": "category", "stageId": "stage",
    "opportunity": "double", "isManualOpportunity": "boolean",
    "taxValue": "double", "currencyId": "currency", "comments": "text",
    "begindate": "date", "closedate": "date", "locationId": "integer",
    "sourceId": "status SOURCE", "sourceDescription": "text",
    "movedBy": "user ro", "movedTime": "datetime ro",
    "observers": "user many", "webformId": "integer",
}
_COMMUNICATION = {
    "hasPhone": "boolean ro", "hasEmail": "boolean ro",
    "hasImol": "boolean ro", "emailHome": "string ro",
    "emailWork": "string ro", "emailMailing": "string ro",
    "phoneMobile": "string ro", "phoneWork": "string ro",
    "phoneMailing": "string ro", "imol": "string ro", "email": "string ro",
    "phone": "string ro",
}
_CLIENT = {
    "comments": "text", "leadId": "integer", "originatorId": "string 255",
    "originId": "string 255", "originVersion": "string 255",
    "searchContent": "text ro", "categoryId": "integer ro",
    "observers": "user many", "address": "text off",
}

ITEMS = {
    DEAL: _fields(_COMMON, _SALE, _UTM, {
        "dateCreateShort": "datetime off", "dateModifyShort": "datetime off",
        "leadId": "integer", "quoteId": "integer",
        "productId": "string off", "stageSemanticId": "string ro",
        "isNew": "boolean ro", "isRecurring": "boolean",
        "isReturnCustomer": "boolean ro", "isRepeatedApproach": "boolean ro",
        "closed": "boolean ro", "typeId": "status DEAL_TYPE",
        "probability": "integer", "begindateShort": "datetime off",
        "closedateShort": "datetime off", "eventDate": "datetime",
        "eventDateShort": "datetime off", "eventId": "status EVENT_TYPE",
        "eventDescription": "text", "originatorId": "string 255",
        "originId": "string 255", "additionalInfo": "text",
        "searchContent": "text ro", "orderStage": "string ro",
        "isWork": "boolean off", "isWon": "boolean off",
        "isLose": "boolean off", "receivedAmount": "string off",
        "lostAmount": "string off", "hasProducts": "boolean off"}),
    CONTACT: _fields(_COMMON, _CLIENT, _COMMUNICATION, _UTM, {
        "companyId": "company", "companyIds": "company many",
        "sourceId": "status SOURCE", "sourceDescription": "text",
        "name": "string 255", "lastName": "string 255",
        "secondName": "string 255", "shortName": "string off",
        "photo": "file", "post": "string 255", "export": "boolean",
        "typeId": "status CONTACT_TYPE", "birthdate": "date",
        "honorific": "status HONORIFIC", "login": "string off"}),
    COMPANY: _fields(_COMMON, _CLIENT, _COMMUNICATION, _UTM, {
        "title": "string 255", "logo": "file", "addressLegal": "text off",
        "bankingDetails": "text", "typeId": "status COMPANY_TYPE",
        "industry": "status INDUSTRY", "revenue": "double",
        "currencyId": "currency", "employees": "status EMPLOYEES",
        "isMyCompany": "boolean", "contactIds": "contact many"}),
    INVOICE: _fields(_COMMON, _SALE, {
        "xmlId": "string 255", "previousStageId": "string ro",
        "mycompanyId": "company", "accountNumber": "string ro",
        "parentId2": "deal"}),
}

TABLES = {DEAL: "deals", CONTACT: "contacts", COMPANY: "companies",
          INVOICE: "invoices"}
ITEM_NAMES = {DEAL: "Сделка", CONTACT: "Контакт", COMPANY: "Компания",
              INVOICE: "Счёт"}
UF_ENTITIES = {DEAL: "CRM_DEAL", CONTACT: "CRM_CONTACT",
               COMPANY: "CRM_COMPANY", INVOICE: "CRM_SMART_INVOICE",
               REQUISITE: "CRM_REQUISITE"}
OWNERS = {"deal": DEAL, "contact": CONTACT, "company": COMPANY,
          "dynamic_31": INVOICE}

FM_TYPES = {
    "PHONE": ("WORK", "MOBILE", "FAX", "HOME", "PAGER", "MAILING", "OTHER"),
    "EMAIL": ("WORK", "HOME", "MAILING", "OTHER"),
    "WEB": ("WORK", "HOME", "VK", "LIVEJOURNAL", "TWITTER", "OTHER"),
    "IM": ("TELEGRAM", "VK", "SKYPE", "VIBER", "BITRIX24", "OPENLINE",
           "IMOL", "ICQ", "MSN", "JABBER", "OTHER"),
    "LINK": ("OTHER",),
}

# Old-style objects: {FIELD: kind}; kinds as listing.py knows them.

_RQ = """NAME FIRST_NAME LAST_NAME SECOND_NAME COMPANY_ID COMPANY_NAME
COMPANY_FULL_NAME COMPANY_REG_DATE DIRECTOR ACCOUNTANT CEO_NAME CEO_WORK_POS
CONTACT EMAIL PHONE FAX IDENT_TYPE IDENT_DOC IDENT_DOC_SER IDENT_DOC_NUM
IDENT_DOC_PERS_NUM IDENT_DOC_DATE IDENT_DOC_ISSUED_BY IDENT_DOC_DEP_CODE INN
KPP USRLE IFNS OGRN OGRNIP OKPO OKTMO OKVED EDRPOU DRFO KBE IIN BIN
ST_CERT_SER ST_CERT_NUM ST_CERT_DATE VAT_PAYER VAT_ID VAT_CERT_SER
VAT_CERT_NUM VAT_CERT_DATE RESIDENCE_COUNTRY BASE_DOC REGON KRS PESEL
LEGAL_FORM SIRET SIREN CAPITAL RCS CNPJ STATE_REG MNPL_REG CPF""".split()
_RQ_BANK = """BANK_NAME BANK_CODE BANK_ADDR BANK_ROUTE_NUM BIK MFO ACC_NAME
ACC_NUM ACC_TYPE IIK ACC_CURRENCY COR_ACC_NUM IBAN SWIFT BIC CODEB CODEG RIB
AGENCY_NAME""".split()
_MADE = {"DATE_CREATE": "datetime", "DATE_MODIFY": "datetime",
         "CREATED_BY_ID": "int", "MODIFY_BY_ID": "int"}

REQUISITE_FIELDS = {
    "ID": "int", "ENTITY_TYPE_ID": "int", "ENTITY_ID": "int",
    "PRESET_ID": "int", **_MADE, "NAME": "string", "CODE": "string",
    "XML_ID": "string", "ORIGINATOR_ID": "string", "ACTIVE": "char",
    "ADDRESS_ONLY": "char", "SORT": "int",
    **{"RQ_" + name: "string" for name in _RQ}, "RQ_VAT_PAYER": "char",
}
BANK_FIELDS = {
    "ID": "int", "ENTITY_ID": "int", "COUNTRY_ID": "int", **_MADE,
    "NAME": "string", "CODE": "string", "XML_ID": "string",
    "ORIGINATOR_ID": "string", "ACTIVE": "char", "SORT": "int",
    **{"RQ_" + name: "string" for name in _RQ_BANK}, "COMMENTS": "string",
}
PRESET_FIELDS = {
    "ID": "int", "ENTITY_TYPE_ID": "int", "COUNTRY_ID": "int", **_MADE,
    "NAME": "string", "XML_ID": "string", "ACTIVE": "char", "SORT": "int",
}
ADDRESS_TEXTS = ("ADDRESS_1", "ADDRESS_2", "CITY", "POSTAL_CODE", "REGION",
                 "PROVINCE", "COUNTRY", "COUNTRY_CODE")
ADDRESS_FIELDS = {
    "TYPE_ID": "int", "ENTITY_TYPE_ID": "int", "ENTITY_ID": "int",
    **{name: "string" for name in ADDRESS_TEXTS}, "LOC_ADDR_ID": "int",
    "ANCHOR_TYPE_ID": "int", "ANCHOR_ID": "int",
}
LINK_FIELDS = {name: "int" for name in (
    "ENTITY_TYPE_ID", "ENTITY_ID", "REQUISITE_ID", "BANK_DETAIL_ID",
    "MC_REQUISITE_ID", "MC_BANK_DETAIL_ID")}
STATUS_FIELDS = {
    "ID": "int", "ENTITY_ID": "string", "STATUS_ID": "string",
    "NAME": "string", "NAME_INIT": "string", "SORT": "int", "SYSTEM": "char",
    "CATEGORY_ID": "int", "COLOR": "string", "SEMANTICS": "string",
}
USER_FIELD_FIELDS = {
    "ID": "int", "ENTITY_ID": "string", "FIELD_NAME": "string",
    "USER_TYPE_ID": "string", "XML_ID": "string", "SORT": "int",
    "MULTIPLE": "char", "MANDATORY": "char", "SHOW_FILTER": "string",
    "SHOW_IN_LIST": "char", "EDIT_IN_LIST": "char", "IS_SEARCHABLE": "char",
}
USER_TYPES = ("string", "integer", "double", "boolean", "datetime", "date",
              "money", "url", "address", "enumeration", "file", "employee",
              "crm_status", "iblock_section", "iblock_element", "crm")

ADDRESS_TYPES = ((11, "Адрес доставки"), (1, "Фактический адрес"),
                 (6, "Юридический адрес"), (4, "Адрес регистрации"),
                 (8, "Почтовый адрес"), (9, "Адрес бенефициара"))
OWNER_TYPES = (
    (1, "Лид", "LEAD", "L"), (2, "Сделка", "DEAL", "D"),
    (3, "Контакт", "CONTACT", "C"), (4, "Компания", "COMPANY", "CO"),
    (5, "Счёт (старая версия)", "INVOICE", "I"),
    (31, "Счёт", "SMART_INVOICE", "SI"), (7, "Предложение", "QUOTE", "Q"),
    (8, "Реквизиты", "REQUISITE", "RQ"))

_NUMBERED = re.compile(r"^(\d+)_(.+)$")


def camel_user_field(name):
    """UF_CRM_3_DIGIT -> ufCrm3Digit, UF_CRM_1C_NO -> ufCrm_1C_NO.

    Source: api-reference/crm/universal/index.md, "Field Naming Conventions".
    """
    if not name.startswith("UF_CRM_"):
        return camel(name)
    rest = name[len("UF_CRM_"):]
    numbered = _NUMBERED.match(rest)
    number, tail = numbered.groups() if numbered else ("", rest)
    if number and re.fullmatch(r"[\d_]+", tail):
        return "ufCrm%s_%s" % (number, tail)
    if re.fullmatch(r"[A-Z_]+", tail):
        return "ufCrm" + number + "".join(
            part.capitalize() for part in tail.split("_"))
    return "ufCrm_" + rest


def camel(name):
    first, *rest = name.lower().split("_")
    return first + "".join(part.capitalize() for part in rest)


def upper(name):
    """assignedById -> ASSIGNED_BY_ID"""
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).upper()
