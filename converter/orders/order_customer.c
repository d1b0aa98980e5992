/*
 * A client by itself, as an order would name it: the same Ид, names, numbers
 * and addresses in the same spelling, so that 1C finds the one card whichever
 * of the two files brings it first.  A company has all of its contact persons.
 */
#include "orders/orders_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "model/party.h"

/* ---- the card --------------------------------------------------------- */

/* The customer of a deal that has nothing else. */
static int
fill(struct fields *out, struct order_hold *note,
    const struct order_work *given, const struct deal *deal, struct err *err)
{
	struct order_work work = *given;

	*note = (struct order_hold){ .code = "" };
	work.out = out;
	work.hold = note;
	work.deal = deal;
	return order_client_fill(&work, err);
}

/* A line each: kind, tab, value; a value has no tab (order_text_clean()). */
static void
add_values(struct buf *out, struct str lines)
{
	struct str line;
	size_t at = 0, count = 0;

	(void)buf_add_char(out, FIELD_PART);
	while (party_line_next(lines, &at, &line)) {
		struct str kind = field_part(line, 0);
		struct str value = field_part(line, 1);

		if (count++ > 0)
			(void)buf_add_char(out, '\n');
		(void)buf_printf(out, "%.*s\t", (int)kind.len, kind.p);
		(void)buf_add(out, value.p, value.len);
	}
}

/* The names apart, role and comment. */
static int
add_person_texts(struct buf *out, const struct fields *fields,
    struct err *err)
{
	static const struct {
		enum field field;
		size_t most;
	} texts[] = {
		{ FIELD_LAST_NAME, ORDER_NAME_MOST },
		{ FIELD_FIRST_NAME, ORDER_NAME_MOST },
		{ FIELD_SECOND_NAME, ORDER_NAME_MOST },
		{ FIELD_PARTY_TYPE, ORDER_NAME_MOST },
		{ FIELD_COMMENT, ORDER_COMMENT_MOST },
	};
	struct fields said;
	int rc = 0;

	fields_init(&said);
	for (size_t i = 0; rc == 0 && i < sizeof(texts) / sizeof(texts[0]);
	    i++) {
		struct str part;

		rc = order_text_set(&said, texts[i].field, field_part(
		    fields_get(fields, texts[i].field), 0), texts[i].most,
		    err);
		part = fields_get(&said, texts[i].field);
		(void)buf_add_char(out, FIELD_PART);
		(void)buf_add(out, part.p, part.len);
	}
	fields_free(&said);
	return rc;
}

/* As a deal of the company would name the person, and more. */
static int
add_person(struct fields *out, const struct order_work *work,
    const struct deal *deal, const struct deal_client *person,
    struct err *err)
{
	static const enum field texts[] = { FIELD_PERSON, FIELD_PERSON_ID,
	    FIELD_PERSON_POST };
	struct deal own = *deal;
	struct buf text = BUF_INIT(LIMIT_RECORD_BYTES);
	struct order_hold note;
	struct fields said;
	int rc;

	own.contact = *person;
	fields_init(&said);
	rc = fill(&said, &note, work, &own, err);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct str part = fields_get(&said, texts[i]);

		if (i > 0)
			(void)buf_add_char(&text, FIELD_PART);
		(void)buf_add(&text, part.p, part.len);
	}
	add_values(&text, fields_get(&said, FIELD_PERSON_PHONES));
	add_values(&text, fields_get(&said, FIELD_PERSON_EMAILS));
	if (rc == 0)
		rc = add_person_texts(&text, &person->fields, err);
	if (rc == 0 && fields_has(&said, FIELD_PERSON) && (text.full ||
	    fields_add(out, FIELD_PERSON, str_n(buf_text(&text),
	    text.len)) == -1))
		rc = order_text_full(err);
	fields_free(&said);
	buf_free(&text);
	return rc;
}

static int
add_accounts(struct fields *out, const struct fields *client,
    struct err *err)
{
	struct str value;
	enum field field;
	size_t at = 0;

	while (fields_next(client, &at, &field, &value))
		if (field == FIELD_ACCOUNT &&
		    fields_add(out, field, value) == -1)
			return order_text_full(err);
	return 0;
}

/* ---- what 1C's own list says beside ---- */

/* Whose surname is said apart is a private person (docs/COUNTERPARTIES.md): of
 * an entrepreneur it is not. */
static int
add_texts(struct fields *out, const struct fields *client, struct err *err)
{
	static const struct {
		enum field field;
		size_t most;
		bool person;
	} texts[] = {
		{ FIELD_LAST_NAME, ORDER_NAME_MOST, true },
		{ FIELD_FIRST_NAME, ORDER_NAME_MOST, true },
		{ FIELD_SECOND_NAME, ORDER_NAME_MOST, true },
		{ FIELD_COMMENT, ORDER_COMMENT_MOST, false },
		{ FIELD_OKVED, ORDER_VALUE_MOST, false },
		{ FIELD_DIRECTOR, ORDER_VALUE_MOST, false },
	};
	bool person = str_is(fields_get(out, FIELD_PRESET), "individual");

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if ((person || !texts[i].person) && order_text_set(out,
		    texts[i].field, fields_get(client, texts[i].field),
		    texts[i].most, err) == -1)
			return -1;
	return 0;
}

static int
add_sites(struct fields *out, const struct fields *client, struct err *err)
{
	struct str lines = fields_get(client, FIELD_SITES), line;
	struct buf all = BUF_INIT(LIMIT_RECORD_BYTES);
	struct buf clean = BUF_INIT(LIMIT_RECORD_BYTES);
	size_t at = 0;
	int rc;

	while (party_line_next(lines, &at, &line)) {
		order_text_clean(&clean, field_part(line, 1),
		    ORDER_VALUE_MOST, false);
		if (clean.len > 0)
			party_line_add(&all, str_of("WORK"), str_n(buf_text(
			    &clean), clean.len));
	}
	rc = fields_set(out, FIELD_SITES, str_n(buf_text(&all), all.len));
	buf_free(&clean);
	buf_free(&all);
	return rc == 0 ? 0 : order_text_full(err);
}

/* Each by its type, where a deal has two of them; its parts are cleaned one by
 * one. */
static int
add_addresses(struct fields *out, const struct fields *client,
    struct err *err)
{
	struct buf all = BUF_INIT(LIMIT_RECORD_BYTES);
	struct buf clean = BUF_INIT(LIMIT_RECORD_BYTES);
	struct str value, part;
	enum field field;
	size_t at = 0;
	int rc = 0;

	fields_remove(out, FIELD_ADDRESS);
	fields_remove(out, FIELD_ACTUAL_ADDRESS);
	while (rc == 0 && fields_next(client, &at, &field, &value)) {
		if (field != FIELD_ADDRESSES)
			continue;
		buf_clear(&all);
		for (bool more = field_part_next(&value, &part); more; ) {
			order_text_clean(&clean, part, ORDER_VALUE_MOST,
			    false);
			(void)buf_add(&all, clean.data, clean.len);
			more = field_part_next(&value, &part);
			if (more)
				(void)buf_add_char(&all, FIELD_PART);
		}
		rc = fields_add(out, FIELD_ADDRESSES, str_n(buf_text(&all),
		    all.len));
	}
	buf_free(&clean);
	buf_free(&all);
	return rc == 0 ? 0 : order_text_full(err);
}

static int
add_requisite(struct fields *out, struct str name, struct str value,
    struct err *err)
{
	struct buf clean = BUF_INIT(LIMIT_RECORD_BYTES);
	int rc = 0;

	order_text_clean(&clean, value, ORDER_VALUE_MOST, false);
	if (clean.len > 0)
		rc = fields_add_pair(out, FIELD_REQUISITE, name, str_n(
		    buf_text(&clean), clean.len));
	buf_free(&clean);
	return rc == 0 ? 0 : order_text_full(err);
}

/* counterparties.fields, the other way. */
static int
add_requisites(struct fields *out, const struct config *config,
    const struct fields *client, struct err *err)
{
	const struct config_map *rules = &config->counterparties.fields;
	struct str lines = fields_get(client, FIELD_USER_FIELDS), line;
	struct str manager = field_part(fields_get(client, FIELD_MANAGER), 0);

	if (config_map_get(rules, str_of(ORDER_CUSTOMER_MANAGER)) == NULL &&
	    add_requisite(out, str_of(ORDER_CUSTOMER_MANAGER), manager,
	    err) == -1)
		return -1;
	for (size_t i = 0; i < rules->count; i++)
		for (size_t at = 0; party_line_next(lines, &at, &line); )
			if (str_is(field_part(line, 0),
			    rules->pairs[i].value) && add_requisite(out,
			    str_of(rules->pairs[i].name), field_part(line, 1),
			    err) == -1)
				return -1;
	return 0;
}

static int
add_more(struct fields *out, const struct config *config,
    const struct fields *client, struct err *err)
{
	if (add_texts(out, client, err) == -1 ||
	    add_sites(out, client, err) == -1 ||
	    add_addresses(out, client, err) == -1 ||
	    add_accounts(out, client, err) == -1)
		return -1;
	return add_requisites(out, config, client, err);
}

int
order_customer_build(struct fields *out, struct order_hold *note,
    const struct config *config, const struct customer *customer,
    const struct order_lookup *lookup, struct err *err)
{
	static const struct fields nothing;
	struct deal deal = { .id = 0 };
	const struct order_work work = { .config = config, .lookup = lookup,
	    .given = &nothing, .card = true, .renamed = customer->renamed };
	int rc;

	fields_clear(out);
	if (customer->company)
		deal.company = customer->client;
	else
		deal.contact = customer->client;
	rc = fill(out, note, &work, &deal, err);
	if (rc == 0 && !fields_has(out, FIELD_NAME))
		return 1;
	for (size_t i = 0; rc == 0 && i < customer->person_count; i++)
		rc = add_person(out, &work, &deal, &customer->persons[i], err);
	if (rc == 0)
		rc = add_more(out, config, &customer->client.fields, err);
	if (rc == 0 && customer->role != NULL)
		rc = order_text_set(out, FIELD_PARTY_TYPE,
		    str_of(customer->role), ORDER_NAME_MOST, err);
	return rc;
}

/* ---- the file --------------------------------------------------------- */

/* As mapping/map_party_contacts.c reads them. */
static const char *
phone_type(struct str kind)
{
	static const struct {
		const char *kind, *type;
	} types[] = {
		{ "WORK", "Телефон рабочий" },
		{ "MOBILE", "Телефон мобильный" },
		{ "HOME", "Телефон домашний" },
		{ "FAX", "Факс" },
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (str_is(kind, types[i].kind))
			return types[i].type;
	return "Телефон";
}

static void
write_lines(struct order_xml *xml, enum field field, struct str lines)
{
	struct str line;
	size_t at = 0;

	while (party_line_next(lines, &at, &line)) {
		const char *type = field == FIELD_EMAILS ?
		    "Электронная почта" : field == FIELD_SITES ? "ВебСайт" :
		    phone_type(field_part(line, 0));

		order_xml_open(xml, "Контакт");
		order_xml_text(xml, "Тип", str_of(type));
		order_xml_text(xml, "Значение", field_part(line, 1));
		order_xml_close(xml, "Контакт");
	}
}

static void
write_contacts(struct order_xml *xml, struct str phones, struct str emails,
    struct str sites)
{
	if (phones.len + emails.len + sites.len == 0)
		return;
	order_xml_open(xml, "Контакты");
	write_lines(xml, FIELD_PHONES, phones);
	write_lines(xml, FIELD_EMAILS, emails);
	write_lines(xml, FIELD_SITES, sites);
	order_xml_close(xml, "Контакты");
}

/* Those of a client itself; a card of an older version says no kinds. */
static struct str
as_lines(struct buf *out, struct str values)
{
	struct str line;
	size_t at = 0;

	buf_clear(out);
	while (party_line_next(values, &at, &line)) {
		const char *tab = memchr(line.p, '\t', line.len);
		size_t len = tab == NULL ? 0 : (size_t)(tab - line.p);

		party_line_add(out, tab == NULL ? str_of("WORK") :
		    str_n(line.p, len), tab == NULL ? line :
		    str_n(tab + 1, line.len - len - 1));
	}
	return str_n(buf_text(out), out->len);
}

static void
write_person(struct order_xml *xml, struct str person)
{
	struct buf phones = BUF_INIT(LIMIT_RECORD_BYTES);
	struct buf emails = BUF_INIT(LIMIT_RECORD_BYTES);

	order_xml_open(xml, "Представитель");
	order_xml_open(xml, "Контрагент");
	order_xml_text(xml, "Отношение", str_of("Контактное лицо"));
	order_xml_text(xml, "Ид", field_part(person, 1));
	order_xml_text(xml, "Наименование", field_part(person, 0));
	order_xml_text(xml, "Фамилия", field_part(person, 5));
	order_xml_text(xml, "Имя", field_part(person, 6));
	order_xml_text(xml, "Отчество", field_part(person, 7));
	order_xml_text(xml, "Роль", field_part(person, 8));
	order_xml_text(xml, "Должность", field_part(person, 2));
	write_contacts(xml, as_lines(&phones, field_part(person, 3)),
	    as_lines(&emails, field_part(person, 4)), STR_NONE);
	order_xml_text(xml, "Комментарий", field_part(person, 9));
	order_xml_close(xml, "Контрагент");
	order_xml_close(xml, "Представитель");
	buf_free(&phones);
	buf_free(&emails);
}

/* As mapping/map_party_address.c reads them: a part by itself says no more than
 * the text. */
static void
write_address(struct order_xml *xml, struct str address)
{
	static const struct {
		const char *type, *name;
	} names[] = {
		{ "6", "ЮридическийАдрес" },
		{ "1", "Адрес" },
		{ "4", "АдресРегистрации" },
		{ "8", "ПочтовыйАдрес" },
	};
	static const char *const parts[] = { "Почтовый индекс", "Страна",
	    "Регион", "Район", "Город", "Улица", "Квартира" };
	const char *name = NULL;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_is(field_part(address, 0), names[i].type))
			name = names[i].name;
	if (name == NULL || field_part(address, 1).len == 0)
		return;
	order_xml_open(xml, name);
	order_xml_text(xml, "Представление", field_part(address, 1));
	for (unsigned i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct str part = field_part(address, i + 2);

		if (part.len == 0)
			continue;
		order_xml_open(xml, "АдресноеПоле");
		order_xml_text(xml, "Тип", str_of(parts[i]));
		order_xml_text(xml, "Значение", part);
		order_xml_close(xml, "АдресноеПоле");
	}
	order_xml_close(xml, name);
}

static void
write_addresses(struct order_xml *xml, const struct fields *card)
{
	struct str value;
	enum field field;
	size_t at = 0;

	while (fields_next(card, &at, &field, &value))
		if (field == FIELD_ADDRESSES)
			write_address(xml, value);
}

/* Values of one name below it. */
static void
write_requisites(struct order_xml *xml, const struct fields *card)
{
	struct str value, last = STR_NONE;
	enum field field;
	size_t at = 0;

	if (!fields_has(card, FIELD_REQUISITE))
		return;
	order_xml_open(xml, "ЗначенияРеквизитов");
	while (fields_next(card, &at, &field, &value)) {
		if (field != FIELD_REQUISITE)
			continue;
		if (last.p == NULL || !str_eq(last, field_part(value, 0))) {
			if (last.p != NULL)
				order_xml_close(xml, "ЗначениеРеквизита");
			last = field_part(value, 0);
			order_xml_open(xml, "ЗначениеРеквизита");
			order_xml_text(xml, "Наименование", last);
		}
		order_xml_text(xml, "Значение", field_part(value, 1));
	}
	order_xml_close(xml, "ЗначениеРеквизита");
	order_xml_close(xml, "ЗначенияРеквизитов");
}

static void
write_account(struct order_xml *xml, struct str account)
{
	order_xml_open(xml, "РасчетныйСчет");
	order_xml_text(xml, "НомерСчета", field_part(account, 0));
	if (field_part(account, 1).len + field_part(account, 2).len +
	    field_part(account, 3).len > 0) {
		order_xml_open(xml, "Банк");
		order_xml_text(xml, "БИК", field_part(account, 1));
		order_xml_text(xml, "Наименование", field_part(account, 2));
		order_xml_text(xml, "СчетКорреспондентский",
		    field_part(account, 3));
		order_xml_close(xml, "Банк");
	}
	order_xml_close(xml, "РасчетныйСчет");
}

/* All values of the field below one element; of none nothing. */
static void
write_all(struct order_xml *xml, const struct fields *card,
    enum field wanted, const char *name,
    void (*write)(struct order_xml *xml, struct str value))
{
	struct str value;
	enum field field;
	size_t at = 0;

	if (!fields_has(card, wanted))
		return;
	order_xml_open(xml, name);
	while (fields_next(card, &at, &field, &value))
		if (field == wanted)
			write(xml, value);
	order_xml_close(xml, name);
}

/* НомерВерсии is the same as long as the card says the same: who reads the file
 * once more knows by it what he has taken. */
void
order_customer_write(struct order_xml *xml, const struct fields *card)
{
	static const struct {
		enum field field;
		const char *name;
	} texts[] = {
		{ FIELD_LAST_NAME, "Фамилия" },
		{ FIELD_FIRST_NAME, "Имя" },
		{ FIELD_SECOND_NAME, "Отчество" },
		{ FIELD_OGRN, "ОГРН" },
		{ FIELD_OKVED, "ОКВЭД" },
		{ FIELD_DIRECTOR, "Руководитель" },
		{ FIELD_PARTY_TYPE, "Роль" },
	};
	char version[24];

	(void)snprintf(version, sizeof(version), "%016" PRIx64,
	    str_hash(0, fields_bytes(card)));
	order_xml_open(xml, "Контрагент");
	order_document_identity(xml, card);
	/* That says a legal person's alone. */
	if (!str_is(fields_get(card, FIELD_PRESET), "legal"))
		order_xml_text(xml, "КодПоОКПО", fields_get(card, FIELD_OKPO));
	order_xml_text(xml, "НомерВерсии", str_of(version));
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		order_xml_text(xml, texts[i].name, fields_get(card,
		    texts[i].field));
	write_addresses(xml, card);
	write_all(xml, card, FIELD_ACCOUNT, "РасчетныеСчета",
	    write_account);
	write_contacts(xml, fields_get(card, FIELD_PHONES),
	    fields_get(card, FIELD_EMAILS), fields_get(card, FIELD_SITES));
	write_all(xml, card, FIELD_PERSON, "Представители", write_person);
	order_xml_text(xml, "Комментарий", fields_get(card, FIELD_COMMENT));
	write_requisites(xml, card);
	order_xml_close(xml, "Контрагент");
}
