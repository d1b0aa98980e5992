#include "commerceml/cml_rules.h"

#include <assert.h>

#include "base/i18n.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Short names for the table below alone. */
#define AT(place) CML_AT_##place
#define LIST(parent, name, place) \
	{ AT(parent), name, AT(place), CML_TAKE_NOTHING, 0, CML_IS_TEXT, 0 }
#define TEXT(parent, name, take, field, flags) \
	{ AT(parent), name, AT(TEXT), CML_TAKE_##take, field, CML_IS_TEXT, \
	    flags }
#define IS(parent, name, value, take, field, flags) \
	{ AT(parent), name, AT(TEXT), CML_TAKE_##take, field, \
	    CML_IS_##value, flags }
#define IGNORE(parent, name) \
	{ AT(parent), name, AT(IGNORED), CML_TAKE_NOTHING, 0, CML_IS_TEXT, 0 }

/*
 * Within a parent the order is of no meaning.  A rule of PRODUCT or OFFER
 * stands over one of GOODS with the same name.
 */
static const struct cml_rule elements[] = {
	LIST(FILE, "КоммерческаяИнформация", ROOT),

	LIST(ROOT, "Классификатор", CLASSIFIER),
	LIST(ROOT, "Каталог", CATALOG),
	LIST(ROOT, "ПакетПредложений", OFFERS),
	LIST(ROOT, "ИзмененияПакетаПредложений", CHANGES),
	LIST(ROOT, "Контрагенты", PARTIES),
	LIST(ROOT, "Контейнер", CONTAINER),
	LIST(ROOT, "Документ", DOCUMENT),
	LIST(CONTAINER, "Документ", DOCUMENT),
	LIST(PARTIES, "Контрагент", PARTY),

	IS(CLASSIFIER, "Ид", ID, ID, 0, CML_ONCE),
	TEXT(CLASSIFIER, "Наименование", NAME, 0, 0),
	IS(CLASSIFIER, "СодержитТолькоИзменения", FLAG, CHANGES, 0, 0),
	LIST(CLASSIFIER, "Владелец", OWNER),
	LIST(CLASSIFIER, "Группы", GROUPS),
	LIST(CLASSIFIER, "Свойства", PROPERTIES),
	LIST(CLASSIFIER, "Категории", CATEGORIES),
	LIST(CLASSIFIER, "ЕдиницыИзмерения", UNITS),
	LIST(CLASSIFIER, "ТипыЦен", PRICE_TYPES),
	LIST(CLASSIFIER, "Склады", STORES),
	IGNORE(CLASSIFIER, "ИдКлассификатора"),
	IGNORE(CLASSIFIER, "Описание"),

	IS(CATALOG, "Ид", ID, ID, 0, CML_ONCE),
	TEXT(CATALOG, "Наименование", NAME, 0, CML_FIRST),
	IS(CATALOG, "ИдКлассификатора", ID, CLASSIFIER, 0, 0),
	IS(CATALOG, "СодержитТолькоИзменения", FLAG, CHANGES, 0, 0),
	LIST(CATALOG, "Владелец", OWNER),
	LIST(CATALOG, "Товары", PRODUCTS),
	IGNORE(CATALOG, "Описание"),

	IS(OFFERS, "Ид", ID, ID, 0, CML_ONCE),
	TEXT(OFFERS, "Наименование", NAME, 0, 0),
	IS(OFFERS, "ИдКаталога", ID, CATALOG, 0, 0),
	IS(OFFERS, "ИдКлассификатора", ID, CLASSIFIER, 0, 0),
	IS(OFFERS, "СодержитТолькоИзменения", FLAG, CHANGES, 0, 0),
	LIST(OFFERS, "Владелец", OWNER),
	LIST(OFFERS, "ТипыЦен", PRICE_TYPES),
	LIST(OFFERS, "Склады", STORES),
	LIST(OFFERS, "Предложения", OFFER_LIST),
	IGNORE(OFFERS, "Описание"),
	IGNORE(OFFERS, "ДействительноС"),
	IGNORE(OFFERS, "ДействительноДо"),
	IGNORE(OFFERS, "ДействительноПо"),

	IS(CHANGES, "Ид", ID, ID, 0, CML_ONCE),
	TEXT(CHANGES, "Наименование", NAME, 0, 0),
	IS(CHANGES, "ИдКаталога", ID, CATALOG, 0, 0),
	IS(CHANGES, "ИдКлассификатора", ID, CLASSIFIER, 0, 0),
	IS(CHANGES, "СодержитТолькоИзменения", FLAG, CHANGES, 0, 0),
	LIST(CHANGES, "Предложения", OFFER_LIST),

	TEXT(OWNER, "Наименование", FIELD, FIELD_OWNER, CML_FIRST),
	IGNORE(OWNER, "Ид"),
	IGNORE(OWNER, "ИНН"),
	IGNORE(OWNER, "КПП"),
	IGNORE(OWNER, "ОКПО"),
	IGNORE(OWNER, "КодПоОКПО"),
	IGNORE(OWNER, "ОфициальноеНаименование"),
	IGNORE(OWNER, "ПолноеНаименование"),
	IGNORE(OWNER, "ЮридическийАдрес"),
	IGNORE(OWNER, "АдресРегистрации"),
	IGNORE(OWNER, "Адрес"),
	IGNORE(OWNER, "Контакты"),
	IGNORE(OWNER, "Представители"),
	IGNORE(OWNER, "РасчетныеСчета"),
	IGNORE(OWNER, "Руководитель"),
	IGNORE(OWNER, "Комментарий"),
	IGNORE(OWNER, "Роль"),

	LIST(GROUPS, "Группа", GROUP),
	IS(GROUP, "Ид", ID, ID, 0, CML_ONCE | CML_MUST),
	TEXT(GROUP, "Наименование", NAME, 0, CML_FIRST),
	TEXT(GROUP, "Картинка", PICTURE, FIELD_PICTURE, 0),
	TEXT(GROUP, "Описание", FIELD, FIELD_DESCRIPTION,
	    CML_FIRST | CML_MIXED),
	TEXT(GROUP, "БитриксКод", FIELD, FIELD_BITRIX_CODE, CML_FIRST),
	TEXT(GROUP, "НомерВерсии", FIELD, FIELD_VERSION, CML_FIRST),
	IS(GROUP, "ПометкаУдаления", FLAG, DELETED, 0, 0),
	TEXT(GROUP, "Статус", STATUS, 0, 0),
	LIST(GROUP, "Группы", GROUPS),
	IGNORE(GROUP, "Свойства"),
	IGNORE(GROUP, "БитриксСортировка"),
	IGNORE(GROUP, "БитриксАктивность"),

	LIST(PROPERTIES, "Свойство", PROPERTY),
	IS(PROPERTY, "Ид", ID, ID, 0, CML_ONCE),
	TEXT(PROPERTY, "Наименование", NAME, 0, CML_FIRST),
	TEXT(PROPERTY, "ТипЗначений", FIELD, FIELD_TYPE, CML_FIRST),
	IS(PROPERTY, "Множественное", FLAG, FIELD, FIELD_MULTIPLE, CML_FIRST),
	IS(PROPERTY, "ПометкаУдаления", FLAG, DELETED, 0, 0),
	LIST(PROPERTY, "ВариантыЗначений", OPTIONS),
	IGNORE(PROPERTY, "НомерВерсии"),
	IGNORE(PROPERTY, "Внешний"),
	IGNORE(PROPERTY, "Информационное"),
	IGNORE(PROPERTY, "Обязательное"),
	IGNORE(PROPERTY, "ДляТоваров"),
	IGNORE(PROPERTY, "ДляПредложений"),
	IGNORE(PROPERTY, "ДляДокументов"),
	IGNORE(PROPERTY, "Описание"),
	IGNORE(PROPERTY, "Сериализовано"),
	IGNORE(PROPERTY, "БитриксКод"),
	IGNORE(PROPERTY, "БитриксТипСвойства"),
	IGNORE(PROPERTY, "БитриксЗначениеПоУмолчанию"),
	IGNORE(PROPERTY, "БитриксРасширениеТипа"),
	IGNORE(PROPERTY, "БитриксНастройкиРасширенияТипа"),
	LIST(OPTIONS, "Справочник", OPTION),
	LIST(OPTIONS, "Вариант", OPTION),
	TEXT(OPTIONS, "Значение", OPTION, 0, 0),
	IS(OPTION, "ИдЗначения", ID, SLOT, CML_SLOT_KEY, CML_FIRST),
	IS(OPTION, "Ид", ID, SLOT, CML_SLOT_KEY, CML_FIRST),
	TEXT(OPTION, "Значение", SLOT, CML_SLOT_VALUE, CML_FIRST),
	IGNORE(OPTION, "ПоУмолчанию"),
	IGNORE(OPTION, "Сортировка"),

	LIST(CATEGORIES, "Категория", CATEGORY),
	IS(CATEGORY, "Ид", ID, ID, 0, CML_ONCE),
	TEXT(CATEGORY, "Наименование", NAME, 0, CML_FIRST),
	IS(CATEGORY, "ПометкаУдаления", FLAG, DELETED, 0, 0),
	IGNORE(CATEGORY, "Свойства"),
	IGNORE(CATEGORY, "НомерВерсии"),

	LIST(UNITS, "ЕдиницаИзмерения", UNIT),
	IS(UNIT, "Ид", ID, ID, 0, CML_ONCE),
	TEXT(UNIT, "НаименованиеКраткое", NAME, 0, CML_FIRST),
	TEXT(UNIT, "НаименованиеПолное", FIELD, FIELD_FULL_NAME, CML_FIRST),
	TEXT(UNIT, "Код", FIELD, FIELD_CODE, CML_FIRST),
	IS(UNIT, "ПометкаУдаления", FLAG, DELETED, 0, 0),
	IGNORE(UNIT, "НомерВерсии"),
	IGNORE(UNIT, "МеждународноеСокращение"),

	LIST(PRICE_TYPES, "ТипЦены", PRICE_TYPE),
	IS(PRICE_TYPE, "Ид", ID, ID, 0, CML_ONCE | CML_MUST),
	TEXT(PRICE_TYPE, "Наименование", NAME, 0, CML_FIRST),
	TEXT(PRICE_TYPE, "Валюта", CURRENCY, FIELD_CURRENCY, CML_FIRST),
	LIST(PRICE_TYPE, "Налог", TYPE_TAX),
	IS(PRICE_TYPE, "ПометкаУдаления", FLAG, DELETED, 0, 0),
	IGNORE(PRICE_TYPE, "НомерВерсии"),
	IS(TYPE_TAX, "УчтеноВСумме", FLAG, SLOT, CML_SLOT_VALUE, CML_FIRST),
	TEXT(TYPE_TAX, "Наименование", SLOT, CML_SLOT_KEY, CML_FIRST),
	IGNORE(TYPE_TAX, "Акциз"),
	IGNORE(TYPE_TAX, "Ставка"),

	LIST(STORES, "Склад", STORE),
	IS(STORE, "Ид", ID, ID, 0, CML_ONCE),
	TEXT(STORE, "Наименование", NAME, 0, CML_FIRST),
	{ AT(STORE), "Адрес", AT(ADDRESS), CML_TAKE_FIELD, FIELD_ADDRESS,
	    CML_IS_TEXT, CML_FIRST },
	IS(STORE, "ПометкаУдаления", FLAG, DELETED, 0, 0),
	IGNORE(STORE, "НомерВерсии"),
	IGNORE(STORE, "Контакты"),
	IGNORE(STORE, "Комментарий"),
	IGNORE(STORE, "Телефон"),
	TEXT(ADDRESS, "Представление", FIELD, FIELD_ADDRESS, CML_FIRST),
	IGNORE(ADDRESS, "АдресноеПоле"),
	IGNORE(ADDRESS, "Комментарий"),

	LIST(PRODUCTS, "Товар", PRODUCT),
	LIST(OFFER_LIST, "Предложение", OFFER),

	IS(GOODS, "Ид", ID, ID, 0, CML_ONCE | CML_MUST),
	TEXT(GOODS, "Наименование", NAME, 0, CML_ONCE),
	TEXT(GOODS, "Артикул", FIELD, FIELD_ARTICLE, CML_FIRST),
	TEXT(GOODS, "Код", FIELD, FIELD_CODE, CML_FIRST),
	TEXT(GOODS, "Штрихкод", FIELD, FIELD_BARCODE, 0),
	TEXT(GOODS, "ШтрихКод", FIELD, FIELD_BARCODE, 0),
	TEXT(GOODS, "ПолноеНаименование", FIELD, FIELD_FULL_NAME, CML_FIRST),
	TEXT(GOODS, "Описание", FIELD, FIELD_DESCRIPTION,
	    CML_FIRST | CML_MIXED),
	{ AT(GOODS), "БазоваяЕдиница", AT(BASE_UNIT), CML_TAKE_UNIT_TEXT, 0,
	    CML_IS_TEXT, CML_FIRST },
	LIST(GOODS, "Группы", GOODS_GROUPS),
	IS(GOODS, "Категория", ID, FIELD, FIELD_CATEGORY, CML_FIRST),
	TEXT(GOODS, "Картинка", PICTURE, FIELD_PICTURE, 0),
	TEXT(GOODS, "ДополнительнаяКартинка1", FIELD, FIELD_PICTURE, 0),
	TEXT(GOODS, "ДополнительнаяКартинка2", FIELD, FIELD_PICTURE, 0),
	TEXT(GOODS, "ДополнительнаяКартинка3", FIELD, FIELD_PICTURE, 0),
	TEXT(GOODS, "ДополнительнаяКартинка4", FIELD, FIELD_PICTURE, 0),
	LIST(GOODS, "Изготовитель", MAKER),
	TEXT(GOODS, "Страна", FIELD, FIELD_COUNTRY, CML_FIRST),
	LIST(GOODS, "ЗначенияСвойств", VALUES),
	LIST(GOODS, "СтавкиНалогов", RATES),
	LIST(GOODS, "ХарактеристикиТовара", TRAITS),
	LIST(GOODS, "ЗначенияРеквизитов", REQUISITES),
	LIST(GOODS, "ЗначениеРеквизита", REQUISITE),
	IS(GOODS, "Вес", NUMBER, FIELD, FIELD_WEIGHT, CML_FIRST),
	IS(GOODS, "Ширина", NUMBER, DIMENSION, FIELD_DIMENSION, CML_FIRST),
	IS(GOODS, "Длина", NUMBER, DIMENSION, FIELD_DIMENSION, CML_FIRST),
	IS(GOODS, "Высота", NUMBER, DIMENSION, FIELD_DIMENSION, CML_FIRST),
	TEXT(GOODS, "Статус", STATUS, 0, 0),
	IS(GOODS, "ПометкаУдаления", FLAG, DELETED, 0, 0),
	LIST(GOODS, "Цены", PRICES),
	IS(GOODS, "Количество", QUANTITY, QUANTITY, FIELD_QUANTITY, CML_ONCE),
	LIST(GOODS, "Склад", STOCK),
	LIST(GOODS, "Склады", STOCK),
	LIST(GOODS, "Остатки", RESTS),
	LIST(GOODS, "Остаток", REST),
	IGNORE(GOODS, "БитриксТеги"),
	IGNORE(GOODS, "КодГруппыТоваров"),
	IGNORE(GOODS, "КодТовараНаСайте"),
	IGNORE(GOODS, "ИдКаталога"),

	TEXT(PRODUCT, "НомерВерсии", FIELD, FIELD_VERSION, CML_FIRST),
	TEXT(PRODUCT, "БитриксКод", FIELD, FIELD_BITRIX_CODE, CML_FIRST),
	LIST(PRODUCT, "Комплектующие", KIT),
	IS(OFFER, "ИдХарактеристики", ID, TRAIT_ID, 0, CML_ONCE),
	IGNORE(OFFER, "НомерВерсии"),

	LIST(BASE_UNIT, "Пересчет", RECOUNT),
	TEXT(RECOUNT, "Единица", SLOT, CML_SLOT_KEY, CML_FIRST),
	IS(RECOUNT, "Коэффициент", NUMBER, SLOT, CML_SLOT_VALUE, CML_FIRST),
	IGNORE(RECOUNT, "ДополнительныеДанные"),

	IS(GOODS_GROUPS, "Ид", ID, FIELD, FIELD_GROUP, 0),
	IGNORE(GOODS_GROUPS, "Наименование"),

	TEXT(MAKER, "Наименование", SLOT, CML_SLOT_VALUE, CML_FIRST),
	TEXT(MAKER, "ОфициальноеНаименование", SLOT, CML_SLOT_ALT, 0),
	TEXT(MAKER, "ПолноеНаименование", SLOT, CML_SLOT_ALT, 0),
	IGNORE(MAKER, "Ид"),
	IGNORE(MAKER, "ИНН"),
	IGNORE(MAKER, "КПП"),

	/* Each is a Товар once more: of it the catalogue says more. */
	LIST(KIT, "Комплектующее", KIT_PART),
	TEXT(KIT_PART, "Ид", SLOT, CML_SLOT_KEY, CML_FIRST),
	IS(KIT_PART, "Количество", NUMBER, SLOT, CML_SLOT_VALUE, CML_FIRST),
	IGNORE(KIT_PART, "Штрихкод"),
	IGNORE(KIT_PART, "Артикул"),
	IGNORE(KIT_PART, "Код"),
	IGNORE(KIT_PART, "Наименование"),
	IGNORE(KIT_PART, "БазоваяЕдиница"),
	IGNORE(KIT_PART, "Группы"),
	IGNORE(KIT_PART, "Описание"),
	IGNORE(KIT_PART, "Картинка"),
	IGNORE(KIT_PART, "ИдКаталога"),
	IGNORE(KIT_PART, "ИдКлассификатора"),
	IGNORE(KIT_PART, "ЗначенияСвойств"),
	IGNORE(KIT_PART, "СтавкиНалогов"),
	IGNORE(KIT_PART, "ХарактеристикиТовара"),
	IGNORE(KIT_PART, "ЗначенияРеквизитов"),

	LIST(VALUES, "ЗначенияСвойства", VALUE),
	IS(VALUE, "Ид", ID, SLOT, CML_SLOT_KEY, CML_FIRST),
	TEXT(VALUE, "Наименование", SLOT, CML_SLOT_ALT, CML_FIRST),
	TEXT(VALUE, "Значение", MORE, CML_SLOT_VALUE, CML_MIXED),
	/* Bitrix repeats each value here, with a description. */
	IGNORE(VALUE, "ЗначениеСвойства"),
	IGNORE(VALUE, "Тип"),

	LIST(REQUISITES, "ЗначениеРеквизита", REQUISITE),
	TEXT(REQUISITE, "Наименование", SLOT, CML_SLOT_KEY, CML_FIRST),
	TEXT(REQUISITE, "Значение", MORE, CML_SLOT_VALUE, CML_MIXED),

	LIST(TRAITS, "ХарактеристикаТовара", TRAIT),
	IS(TRAIT, "Ид", ID, SLOT, CML_SLOT_ALT, CML_FIRST),
	TEXT(TRAIT, "Наименование", SLOT, CML_SLOT_KEY, CML_FIRST),
	TEXT(TRAIT, "Значение", SLOT, CML_SLOT_VALUE, CML_FIRST),

	LIST(RATES, "СтавкаНалога", RATE),
	TEXT(RATE, "Наименование", SLOT, CML_SLOT_KEY, CML_FIRST),
	TEXT(RATE, "Ставка", SLOT, CML_SLOT_VALUE, CML_FIRST),

	LIST(PRICES, "Цена", PRICE),
	IS(PRICE, "ИдТипаЦены", ID, SLOT, CML_SLOT_KEY, CML_ONCE | CML_MUST),
	IS(PRICE, "ЦенаЗаЕдиницу", PRICE, SLOT, CML_SLOT_VALUE,
	    CML_ONCE | CML_THERE),
	TEXT(PRICE, "Валюта", SLOT, CML_SLOT_CURRENCY, CML_ONCE),
	TEXT(PRICE, "Единица", SLOT, CML_SLOT_UNIT, CML_FIRST),
	IS(PRICE, "Коэффициент", NUMBER, SLOT, CML_SLOT_FACTOR, CML_FIRST),
	IS(PRICE, "МинКоличество", NUMBER, SLOT, CML_SLOT_ALT, CML_FIRST),
	IGNORE(PRICE, "Представление"),
	IGNORE(PRICE, "Налог"),
	IGNORE(PRICE, "ИдКаталога"),
	IGNORE(PRICE, "ЦенаЗаЕдиницуБезСкидки"),

	LIST(RESTS, "Остаток", REST),
	LIST(REST, "Склад", REST_STORE),
	IS(REST, "ИдСклада", ID, SLOT, CML_SLOT_KEY, CML_ONCE),
	IS(REST, "Количество", QUANTITY, SLOT, CML_SLOT_VALUE, CML_ONCE),
	IS(REST_STORE, "Ид", ID, SLOT, CML_SLOT_KEY, CML_ONCE),
	IS(REST_STORE, "Количество", QUANTITY, SLOT, CML_SLOT_VALUE, CML_ONCE),

	IS(DOCUMENT, "Ид", ID, ID, 0, CML_FIRST | CML_FLATTEN),
	TEXT(DOCUMENT, "Номер", NAME, 0, CML_FIRST | CML_FLATTEN),
	TEXT(DOCUMENT, "ХозОперация", FIELD, FIELD_TYPE,
	    CML_FIRST | CML_FLATTEN),
	IS(DOCUMENT, "ПометкаУдаления", FLAG, DELETED, 0, CML_FLATTEN),
	LIST(DOCUMENT, "Контрагенты", DOCUMENT_PARTIES),
	LIST(DOCUMENT_PARTIES, "Контрагент", PARTY),
	LIST(DOCUMENT, "Товары", LINES),
	LIST(LINES, "Товар", LINE),
	IS(PARTY, "Ид", ID, ID, 0, CML_FIRST | CML_FLATTEN),
	TEXT(PARTY, "Наименование", NAME, 0, CML_FIRST | CML_FLATTEN),
	TEXT(PARTY, "ОфициальноеНаименование", FIELD, FIELD_FULL_NAME,
	    CML_FIRST | CML_FLATTEN),
	TEXT(PARTY, "ПолноеНаименование", FIELD, FIELD_FULL_NAME,
	    CML_FLATTEN),
	IS(PARTY, "ПометкаУдаления", FLAG, DELETED, 0, CML_FLATTEN)
};

#define ATTR(parent, name, value, take, field) \
	{ AT(parent), name, AT(NOTHING), CML_TAKE_##take, field, \
	    CML_IS_##value, 0 }

static const struct cml_rule attributes[] = {
	ATTR(CLASSIFIER, "СодержитТолькоИзменения", FLAG, CHANGES, 0),
	ATTR(CATALOG, "СодержитТолькоИзменения", FLAG, CHANGES, 0),
	ATTR(OFFERS, "СодержитТолькоИзменения", FLAG, CHANGES, 0),
	ATTR(CHANGES, "СодержитТолькоИзменения", FLAG, CHANGES, 0),
	ATTR(PARTIES, "СодержитТолькоИзменения", FLAG, CHANGES, 0),
	ATTR(GOODS, "Статус", TEXT, STATUS, 0),
	ATTR(GROUP, "Статус", TEXT, STATUS, 0),
	ATTR(BASE_UNIT, "Код", TEXT, UNIT_CODE, 0),
	ATTR(BASE_UNIT, "НаименованиеПолное", TEXT, UNIT_NAME, 0),
	ATTR(BASE_UNIT, "МеждународноеСокращение", TEXT, NOTHING, 0),
	ATTR(BASE_UNIT, "НаименованиеКраткое", TEXT, NOTHING, 0),
	ATTR(STOCK, "ИдСклада", ID, SLOT, CML_SLOT_KEY),
	ATTR(STOCK, "КоличествоНаСкладе", QUANTITY, SLOT, CML_SLOT_VALUE)
};

const struct cml_rule *
cml_rules_elements(size_t *count)
{
	*count = COUNT(elements);
	return elements;
}

const struct cml_rule *
cml_rules_attributes(size_t *count)
{
	*count = COUNT(attributes);
	return attributes;
}

enum record_kind
cml_rules_record(enum cml_place place)
{
	static const unsigned char records[CML_AT_LAST] = {
		[CML_AT_CATALOG] = RECORD_CATALOG,
		[CML_AT_GROUP] = RECORD_GROUP,
		[CML_AT_PROPERTY] = RECORD_PROPERTY,
		[CML_AT_CATEGORY] = RECORD_CATEGORY,
		[CML_AT_UNIT] = RECORD_UNIT,
		[CML_AT_PRICE_TYPE] = RECORD_PRICE_TYPE,
		[CML_AT_STORE] = RECORD_WAREHOUSE,
		[CML_AT_PRODUCT] = RECORD_PRODUCT,
		[CML_AT_OFFER] = RECORD_OFFER,
		[CML_AT_DOCUMENT] = RECORD_DOCUMENT,
		[CML_AT_PARTY] = RECORD_COUNTERPARTY
	};

	return (enum record_kind)records[place];
}

#define ERROR SEVERITY_ERROR
#define WARNING SEVERITY_WARNING
#define NOTE SEVERITY_NOTE

/*
 * Errors are what would corrupt data or delete what must stay; a warning
 * leaves one thing out; a note is what live systems do every day.
 */
static const struct cml_deviation deviations[CML_CODE_LAST] = {
	[CML_FILE_EMPTY] = { "empty-file", ERROR,
	    N_("the file is empty") },
	[CML_FILE_JUNK] = { "junk-before", ERROR,
	    N_("there is text before the XML declaration, "
	    "the file must begin with <?xml") },
	[CML_FILE_XML] = { "not-xml", ERROR,
	    N_("this is not well-formed XML: {found}") },
	[CML_FILE_CUT] = { "truncated", ERROR,
	    N_("the file ends too early, it was cut off or is still being "
	    "written") },
	[CML_FILE_AFTER] = { "text-after", ERROR,
	    N_("there is text behind the end of КоммерческаяИнформация") },
	[CML_FILE_TAG] = { "tag-too-long", ERROR,
	    N_("a tag is too long or has too many attributes") },
	[CML_FILE_NAMES] = { "too-many-names", ERROR,
	    N_("there are more than {found} different names of elements") },
	[CML_FILE_ENCODING] = { "bad-encoding", ERROR,
	    N_("there are bytes that are not {found}: the file's encoding is "
	    "not the one that it declares") },
	[CML_FILE_DECLARED] = { "unknown-encoding", ERROR,
	    N_("the declared encoding is not known: {found}") },
	[CML_FILE_DOCTYPE] = { "doctype", ERROR,
	    N_("the file has a DOCTYPE, which CommerceML never has") },
	[CML_FILE_ENTITY] = { "entity", ERROR,
	    N_("the file uses the entity \"{found}\", which CommerceML never "
	    "does") },
	[CML_FILE_DEPTH] = { "too-deep", ERROR,
	    N_("elements are nested deeper than {found}") },
	[CML_FILE_TEXT] = { "text-too-long", ERROR,
	    N_("the text of {where} is longer than {found} bytes") },
	[CML_FILE_SIZE] = { "file-too-large", ERROR,
	    N_("the file is larger than {found} bytes") },
	[CML_FILE_ROOT] = { "not-commerceml", ERROR,
	    N_("the outermost element is {found}, wanted "
	    "КоммерческаяИнформация") },
	[CML_FILE_NO_PART] = { "nothing-known", WARNING,
	    N_("there is nothing in the file that is known") },
	[CML_ID_MISSING] = { "id-missing", ERROR,
	    N_("{where} has no Ид") },
	[CML_ID_LONG] = { "id-too-long", ERROR,
	    N_("{where} is too long for an id: {found}") },
	[CML_CHILD_MISSING] = { "child-missing", ERROR,
	    N_("{where} has no {found}") },
	[CML_CHILD_TWICE] = { "child-twice", ERROR,
	    N_("{found} stands twice in {where}") },
	[CML_NESTED] = { "nested", ERROR,
	    N_("{found} stands inside {where}: the file is damaged") },
	[CML_TOO_LARGE] = { "too-large", ERROR,
	    N_("{where} holds more than can be kept of one object") },
	[CML_PRICE_NUMBER] = { "price-not-number", ERROR,
	    N_("{where}: found \"{found}\", wanted a number") },
	[CML_QUANTITY_NUMBER] = { "quantity-not-number", ERROR,
	    N_("{where}: found \"{found}\", wanted a number") },
	[CML_CHANGES_FLAG] = { "changes-not-flag", ERROR,
	    N_("СодержитТолькоИзменения: found \"{found}\", wanted true or "
	    "false") },
	[CML_SCHEMA] = { "schema", ERROR,
	    N_("{where}: the schema does not allow this: {found}") },
	[CML_STRICT] = { "standard", ERROR,
	    N_("{where}: not as the published standard says: {found}") },
	[CML_STRICT_CHILD] = { "standard", ERROR,
	    N_("{where} is not expected here; the published standard wants "
	    "{found}") },
	[CML_STRICT_MISSING] = { "standard", ERROR,
	    N_("{where} lacks what the published standard wants: {found}") },
	[CML_DOCUMENT_LARGE] = { "document-too-large", WARNING,
	    N_("{where} holds more than can be kept of one object; it is left "
	    "out") },
	[CML_CHANGES_LATE] = { "changes-late", NOTE,
	    N_("СодержитТолькоИзменения stands behind the goods") },
	[CML_LEFT_OUT] = { "without-id", WARNING,
	    N_("{where} has no Ид and is left out") },
	[CML_CHILD_FIRST] = { "child-repeated", WARNING,
	    N_("{found} stands twice in {where}; the first counts") },
	[CML_NUMBER_OTHER] = { "not-number", WARNING,
	    N_("{where}: found \"{found}\", wanted a number; it is left "
	    "out") },
	[CML_FLAG_OTHER] = { "not-flag", WARNING,
	    N_("{where}: found \"{found}\", wanted true or false; it is "
	    "left out") },
	[CML_STATUS_OTHER] = { "status", WARNING,
	    N_("Статус: found \"{found}\", wanted Удален, Новый or "
	    "Изменен") },
	[CML_DATE] = { "date", WARNING,
	    N_("ДатаФормирования: found \"{found}\", wanted a date and "
	    "time") },
	[CML_KEY_MISSING] = { "key-missing", NOTE,
	    N_("{where} does not say what its value is of; it is left out") },
	[CML_STOCK_EMPTY] = { "stock-empty", WARNING,
	    N_("{where} names no store or no quantity; it is left out") },
	[CML_PRICE_NEGATIVE] = { "price-negative", WARNING,
	    N_("{where}: the price is below zero: {found}; it is not sent") },
	[CML_BOM_OTHER] = { "bom", WARNING,
	    N_("the file declares {found} and begins as UTF-8; it is read as "
	    "UTF-8") },
	[CML_PRICE_EMPTY] = { "price-empty", NOTE,
	    N_("{where} has no price in it") },
	[CML_PRICE_TIER] = { "price-tier", NOTE,
	    N_("{where} is for {found} and more; it is left out") },
	[CML_UNIT_PADDED] = { "unit-padded", NOTE,
	    N_("the unit's code has blanks around it: \"{found}\"") },
	[CML_UNIT_FOUR] = { "unit-four", NOTE,
	    N_("the unit's code has four digits: {found}") },
	[CML_UNIT_OTHER] = { "unit-not-code", NOTE,
	    N_("the unit's code is not a number: \"{found}\"") },
	[CML_PICTURE_OUTSIDE] = { "picture-outside", WARNING,
	    N_("the picture \"{found}\" is no file of the package and is left "
	    "out: wanted a path beside the XML file") },
	[CML_CURRENCY] = { "currency", NOTE,
	    N_("the currency is not a code of three letters: \"{found}\"") },
	[CML_VAT_WORD] = { "vat-word", NOTE,
	    N_("the VAT rate is a word: \"{found}\"") },
	[CML_OWNER_MISSING] = { "owner-missing", NOTE,
	    N_("{where} has no Владелец") },
	[CML_ELEMENT_UNKNOWN] = { "unknown-element", NOTE,
	    N_("{found} in {where} is not known and is left out") },
	[CML_ATTRIBUTE_UNKNOWN] = { "unknown-attribute", NOTE,
	    N_("the attribute {found} of {where} is not known and is left "
	    "out") },
	[CML_NAME_OF_DELETED] = { "name-missing", NOTE,
	    N_("{where} is marked deleted and has no Наименование") },
	[CML_HTML] = { "html", NOTE,
	    N_("{where} holds the element {found}; its text is taken") }
};

const struct cml_deviation *
cml_rules_deviation(enum cml_code code)
{
	assert(code >= 0 && code < CML_CODE_LAST);
	return &deviations[code];
}
