/*
 * One order as a Документ, its elements in the order in which 1C writes them
 * itself (onec-exchange.md 7).  УТ 10.3 needs Дата before Время and Номер
 * before Комментарий.
 */
#include "orders/orders_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "model/party.h"

/* ---- counterparty ----------------------------------------------------- */

/* The first pair is what УТ, УНФ and 10.3 all know; Bitrix's module has the
 * other (onec-exchange.md 2.4, commerceml.md 9.1). */
static const struct {
	const char *phone, *email;
} types[] = {
	[PROFILE_UNF] = { "ТелефонРабочий", "Почта" },
	[PROFILE_UT11] = { "ТелефонРабочий", "Почта" },
	[PROFILE_UT103] = { "ТелефонРабочий", "Почта" },
	[PROFILE_BITRIX] = { "Телефон рабочий", "Электронная почта" },
};

static void
write_lines(struct order_xml *xml, struct str lines, const char *type)
{
	struct str line;
	size_t at = 0;

	while (party_line_next(lines, &at, &line)) {
		if (str_trim(field_part(line, 1)).len == 0)
			continue;
		order_xml_open(xml, "Контакт");
		order_xml_text(xml, "Тип", str_of(type));
		order_xml_text(xml, "Значение", field_part(line, 1));
		order_xml_close(xml, "Контакт");
	}
}

void
order_document_contacts(struct order_xml *xml, struct str phones,
    struct str emails)
{
	if (phones.len == 0 && emails.len == 0)
		return;
	order_xml_open(xml, "Контакты");
	write_lines(xml, phones, types[xml->profile].phone);
	write_lines(xml, emails, types[xml->profile].email);
	order_xml_close(xml, "Контакты");
}

static void
write_address(struct order_xml *xml, const char *name, struct str address)
{
	if (address.len == 0)
		return;
	order_xml_open(xml, name);
	order_xml_text(xml, "Представление", address);
	order_xml_close(xml, name);
}

/* Nested for the standard configurations, flat for Bitrix's module
 * (commerceml.md 9).  Of more than the name only УНФ is known to read anything
 * (onec-exchange.md 2.4).  Without an id of its own it is the same for the same
 * name. */
static void
write_person(struct order_xml *xml, const struct fields *order)
{
	bool flat = xml->profile == PROFILE_BITRIX;
	struct str person = fields_get(order, FIELD_PERSON);
	struct str given = fields_get(order, FIELD_PERSON_ID);
	char id[32];

	if (person.len == 0)
		return;
	(void)snprintf(id, sizeof(id), "person-%016" PRIx64,
	    str_hash(0, person));
	order_xml_open(xml, "Представители");
	order_xml_open(xml, "Представитель");
	if (!flat)
		order_xml_open(xml, "Контрагент");
	order_xml_text(xml, "Отношение", str_of("Контактное лицо"));
	order_xml_text(xml, "Ид", given.len > 0 ? given : str_of(id));
	order_xml_text(xml, "Наименование", person);
	if (xml->profile == PROFILE_UNF) {
		order_xml_text(xml, "Должность", fields_get(order,
		    FIELD_PERSON_POST));
		order_document_contacts(xml, fields_get(order,
		    FIELD_PERSON_PHONES), fields_get(order,
		    FIELD_PERSON_EMAILS));
	}
	if (!flat)
		order_xml_close(xml, "Контрагент");
	order_xml_close(xml, "Представитель");
	order_xml_close(xml, "Представители");
}

/* A legal person has ОфициальноеНаименование, everybody else
 * ПолноеНаименование: by that element alone 1C tells them apart. */
void
order_document_identity(struct order_xml *xml, const struct fields *order)
{
	bool legal = str_is(fields_get(order, FIELD_PRESET), "legal");
	bool bitrix = xml->profile == PROFILE_BITRIX;

	order_xml_text(xml, "Ид", fields_get(order, FIELD_PARTY_ID));
	order_xml_text(xml, "Наименование", fields_get(order, FIELD_NAME));
	order_xml_text(xml, legal ? "ОфициальноеНаименование" :
	    "ПолноеНаименование", fields_get(order, FIELD_FULL_NAME));
	order_xml_text(xml, "ИНН", fields_get(order, FIELD_INN));
	order_xml_text(xml, "КПП", fields_get(order, FIELD_KPP));
	if (legal)
		order_xml_text(xml, bitrix ? "КодПоОКПО" : "ОКПО",
		    fields_get(order, FIELD_OKPO));
	write_address(xml, legal ? "ЮридическийАдрес" : "АдресРегистрации",
	    fields_get(order, FIELD_ADDRESS));
	write_address(xml, "Адрес",
	    fields_get(order, FIELD_ACTUAL_ADDRESS));
}

static void
write_party(struct order_xml *xml, const struct fields *order)
{
	order_document_identity(xml, order);
	order_xml_text(xml, "Роль", str_of("Покупатель"));
	order_document_contacts(xml, fields_get(order, FIELD_PHONES),
	    fields_get(order, FIELD_EMAILS));
	write_person(xml, order);
}

/* ---- document --------------------------------------------------------- */

static void
write_requisites(struct order_xml *xml, const struct fields *order)
{
	struct str value;
	enum field field;
	size_t at = 0;

	if (!fields_has(order, FIELD_REQUISITE))
		return;
	order_xml_open(xml, "ЗначенияРеквизитов");
	while (fields_next(order, &at, &field, &value)) {
		if (field != FIELD_REQUISITE ||
		    field_part(value, 1).len == 0)
			continue;
		order_xml_open(xml, "ЗначениеРеквизита");
		order_xml_text(xml, "Наименование", field_part(value, 0));
		order_xml_text(xml, "Значение", field_part(value, 1));
		order_xml_close(xml, "ЗначениеРеквизита");
	}
	order_xml_close(xml, "ЗначенияРеквизитов");
}

static void
write_sum(struct order_xml *xml, const struct fields *order)
{
	struct decimal sum = { 0, 0 };
	char text[ORDER_MONEY_BYTES];

	(void)decimal_parse(&sum, fields_get(order, FIELD_SUM));
	order_text_money(text, sum);
	order_xml_text(xml, "Сумма", str_of(text));
}

#define DATE_BYTES 10

static void
write_head(struct order_xml *xml, const struct fields *order)
{
	struct str number = fields_get(order, FIELD_NUMBER);
	struct str date = fields_get(order, FIELD_DATE);
	struct str currency = fields_get(order, FIELD_CURRENCY);

	if (date.len > DATE_BYTES)
		date.len = DATE_BYTES;
	order_xml_text(xml, "Ид", number);
	order_xml_text(xml, "Номер", number);
	order_xml_text(xml, "Дата", date);
	order_xml_text(xml, "ХозОперация", str_of("Заказ товара"));
	order_xml_text(xml, "Роль", str_of("Продавец"));
	order_xml_text(xml, "Валюта", currency);
	/* Of another currency it is 1C that knows the rate; 10.3 would believe
	 * any number here (onec-exchange.md 2.6). */
	if (answer_value_same_currency(currency, str_of("RUB")))
		order_xml_text(xml, "Курс", str_of("1"));
	write_sum(xml, order);
}

void
order_document_write(struct order_xml *xml, const struct fields *order)
{
	struct str date = fields_get(order, FIELD_DATE);
	struct str lines = fields_get(order, FIELD_LINES);

	order_xml_open(xml, "Документ");
	write_head(xml, order);
	order_xml_open(xml, "Контрагенты");
	order_xml_open(xml, "Контрагент");
	write_party(xml, order);
	order_xml_close(xml, "Контрагент");
	order_xml_close(xml, "Контрагенты");
	if (date.len > DATE_BYTES + 1)
		order_xml_text(xml, "Время", str_n(date.p + DATE_BYTES + 1,
		    date.len - DATE_BYTES - 1));
	order_xml_text(xml, "Комментарий",
	    fields_get(order, FIELD_COMMENT));
	order_goods_write_tax(xml, lines);
	order_goods_write(xml, lines);
	write_requisites(xml, order);
	order_xml_close(xml, "Документ");
}
