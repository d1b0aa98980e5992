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

/* The values of the lines alone. */
static void
add_values(struct buf *out, struct str lines)
{
	struct str line;
	size_t at = 0, count = 0;

	(void)buf_add_char(out, FIELD_PART);
	while (party_line_next(lines, &at, &line)) {
		struct str value = field_part(line, 1);

		if (count++ > 0)
			(void)buf_add_char(out, '\n');
		(void)buf_add(out, value.p, value.len);
	}
}

/* As a deal of the company would name the person. */
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

int
order_customer_build(struct fields *out, struct order_hold *note,
    const struct config *config, const struct customer *customer,
    const struct order_lookup *lookup, struct err *err)
{
	static const struct fields nothing;
	struct deal deal = { .id = 0 };
	const struct order_work work = { .config = config, .lookup = lookup,
	    .given = &nothing, .card = true };
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
		rc = add_accounts(out, &customer->client.fields, err);
	if (rc == 0 && customer->role != NULL)
		rc = order_text_set(out, FIELD_PARTY_TYPE,
		    str_of(customer->role), ORDER_NAME_MOST, err);
	return rc;
}

/* ---- the file --------------------------------------------------------- */

/* A line each, as those of a client itself. */
static struct str
as_lines(struct buf *out, struct str values)
{
	struct str line;
	size_t at = 0;

	buf_clear(out);
	while (party_line_next(values, &at, &line))
		party_line_add(out, str_of("WORK"), line);
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
	order_xml_text(xml, "Должность", field_part(person, 2));
	order_document_contacts(xml, as_lines(&phones, field_part(person, 3)),
	    as_lines(&emails, field_part(person, 4)));
	order_xml_close(xml, "Контрагент");
	order_xml_close(xml, "Представитель");
	buf_free(&phones);
	buf_free(&emails);
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
	char version[24];

	(void)snprintf(version, sizeof(version), "%016" PRIx64,
	    str_hash(0, fields_bytes(card)));
	order_xml_open(xml, "Контрагент");
	order_document_identity(xml, card);
	order_xml_text(xml, "НомерВерсии", str_of(version));
	order_xml_text(xml, "ОГРН", fields_get(card, FIELD_OGRN));
	order_xml_text(xml, "Роль", fields_get(card, FIELD_PARTY_TYPE));
	write_all(xml, card, FIELD_ACCOUNT, "РасчетныеСчета",
	    write_account);
	order_document_contacts(xml, fields_get(card, FIELD_PHONES),
	    fields_get(card, FIELD_EMAILS));
	write_all(xml, card, FIELD_PERSON, "Представители", write_person);
	order_xml_close(xml, "Контрагент");
}
