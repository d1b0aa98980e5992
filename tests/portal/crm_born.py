"""What the CRM of a new portal holds: directories, funnels, presets, users'
fields (none). Directories as api-reference/crm/status/ shows them."""

_STAGES = (
    ("NEW", "Новая", None, "process", "Y"),
    ("PREPARATION", "Подготовка документов", None, "process", "N"),
    ("PREPAYMENT_INVOICE", "Счёт на предоплату", None, "process", "N"),
    ("EXECUTING", "В работе", None, "process", "N"),
    ("FINAL_INVOICE", "Финальный счёт", None, "process", "N"),
    ("WON", "Сделка успешна", "S", "success", "Y"),
    ("LOSE", "Сделка провалена", "F", "failure", "Y"),
    ("APOLOGY", "Анализ причины провала", "F", "apology", "N"),
)
_INVOICE_STAGES = (
    ("N", "Новый", None, "process", "Y"),
    ("S", "Отправлен клиенту", None, "process", "N"),
    ("P", "Оплачен", "S", "success", "Y"),
    ("D", "Не оплачен", "F", "failure", "Y"),
)
_LISTS = {
    "COMPANY_TYPE": (("CUSTOMER", "Клиент"), ("SUPPLIER", "Поставщик"),
                     ("COMPETITOR", "Конкурент"), ("PARTNER", "Партнёр"),
                     ("OTHER", "Другое")),
    "CONTACT_TYPE": (("CLIENT", "Клиенты"), ("SUPPLIER", "Поставщики"),
                     ("PARTNER", "Партнёры"), ("OTHER", "Другое")),
    "DEAL_TYPE": (("SALE", "Продажа"), ("COMPLEX", "Комплексная продажа"),
                  ("GOODS", "Продажа товара"), ("SERVICES", "Услуги"),
                  ("SERVICE", "Сервисное обслуживание")),
    "SOURCE": (("CALL", "Звонок"), ("EMAIL", "Электронная почта"),
               ("WEB", "Веб-сайт"), ("ADVERTISING", "Реклама"),
               ("PARTNER", "Существующий клиент"), ("OTHER", "Другое")),
    "INDUSTRY": (("IT", "Информационные технологии"),
                 ("TELECOM", "Телекоммуникации и связь"),
                 ("MANUFACTURING", "Производство"),
                 ("BANKING", "Банковские услуги"),
                 ("CONSULTING", "Консалтинг"), ("OTHER", "Другое")),
    "EMPLOYEES": (("EMPLOYEES_1", "менее 50"), ("EMPLOYEES_2", "50-250"),
                  ("EMPLOYEES_3", "250-500"), ("EMPLOYEES_4", "более 500")),
    "HONORIFIC": (("HNR_RU_1", "Г-н"), ("HNR_RU_2", "Г-жа")),
    "EVENT_TYPE": (("INFO", "Информация"), ("PHONE", "Телефонный звонок"),
                   ("MESSAGE", "Отправлено письмо")),
}
_COLORS = {"process": "#39A8EF", "success": "#7BD500", "failure": "#FF5752",
           "apology": "#FF5752"}


def _stages(entity, stages, prefix, category):
    for number, (code, name, semantics, _, system) in enumerate(stages, 1):
        yield {"ENTITY_ID": entity, "STATUS_ID": prefix + code, "NAME": name,
               "NAME_INIT": name if system == "Y" else "",
               "SORT": number * 10, "SYSTEM": system, "CATEGORY_ID": category,
               "COLOR": _COLORS[stages[number - 1][3]],
               "SEMANTICS": semantics}


def _statuses():
    rows = list(_stages("DEAL_STAGE", _STAGES, "", None))
    rows += _stages("DEAL_STAGE_1", _STAGES, "C1:", 1)
    rows += _stages("SMART_INVOICE_STAGE_13", _INVOICE_STAGES, "DT31_13:", 13)
    for entity, items in _LISTS.items():
        for number, (code, name) in enumerate(items, 1):
            rows.append({"ENTITY_ID": entity, "STATUS_ID": code, "NAME": name,
                         "NAME_INIT": name, "SORT": number * 10,
                         "SYSTEM": "Y", "CATEGORY_ID": None, "COLOR": None,
                         "SEMANTICS": None})
    return [{"ID": 101 + 2 * number, **row}
            for number, row in enumerate(rows)]


def _preset(ident, name, code, fields):
    return {"ID": ident, "ENTITY_TYPE_ID": 8, "COUNTRY_ID": 1, "NAME": name,
            "XML_ID": "#CRM_REQUISITE_PRESET_DEF_RU_%s#" % code,
            "ACTIVE": "Y", "SORT": 500 + 10 * (ident - 1),
            "FIELDS": fields.split()}


BORN = {
    "statuses": _statuses(),
    "categories": [
        {"id": 0, "entityTypeId": 2, "name": "Общая", "sort": 300,
         "isDefault": "Y"},
        {"id": 1, "entityTypeId": 2, "name": "Опт", "sort": 200,
         "isDefault": "N", "originId": "", "originatorId": ""},
        {"id": 13, "entityTypeId": 31, "name": "Общая", "sort": 500,
         "isDefault": "Y"},
    ],
    "presets": [
        _preset(1, "Организация", "COMPANY",
                "RQ_INN RQ_COMPANY_NAME RQ_COMPANY_FULL_NAME RQ_OGRN RQ_KPP "
                "RQ_COMPANY_REG_DATE RQ_OKPO RQ_OKTMO RQ_DIRECTOR "
                "RQ_ACCOUNTANT RQ_ADDR RQ_SIGNATURE RQ_STAMP"),
        _preset(2, "ИП", "INDIVIDUAL",
                "RQ_INN RQ_LAST_NAME RQ_FIRST_NAME RQ_SECOND_NAME RQ_OGRNIP "
                "RQ_OKPO RQ_OKTMO RQ_ADDR RQ_SIGNATURE RQ_STAMP"),
        _preset(3, "Физ. лицо", "PERSON",
                "RQ_LAST_NAME RQ_FIRST_NAME RQ_SECOND_NAME RQ_IDENT_DOC "
                "RQ_IDENT_DOC_SER RQ_IDENT_DOC_NUM RQ_IDENT_DOC_DATE "
                "RQ_IDENT_DOC_ISSUED_BY RQ_IDENT_DOC_DEP_CODE RQ_ADDR"),
    ],
    "user_fields": [],
    "companies": [], "contacts": [], "bindings": [], "deals": [],
    "invoices": [], "requisites": [], "bank_details": [], "addresses": [],
    "requisite_links": [], "comments": [], "notices": [],
    "stage_history": [],
}
