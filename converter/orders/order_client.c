/*
 * The deal's customer as the order's counterparty.  1C recognises it by ИНН
 * and КПП, by its own id or by the exact name (onec-exchange.md 2.4), so a
 * wrong number is worse than none, and a name that 1C knows is said as 1C
 * spells it.
 */
#include "orders/orders_internal.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/limits.h"
#include "base/told.h"
#include "model/party.h"

#define LEGAL "legal"
#define ENTREPRENEUR "entrepreneur"
#define INDIVIDUAL "individual"

/* Bytes of a wrong number that are shown. */
#define INN_TOLD 40

/* 1C adds them to a card; more are noise. */
#define CONTACTS_MOST 3

/* ---- names ------------------------------------------------------------ */

/* "Фамилия Имя Отчество". */
static void
person_name(struct buf *out, const struct fields *fields)
{
	static const enum field parts[] = { FIELD_LAST_NAME,
	    FIELD_FIRST_NAME, FIELD_SECOND_NAME };

	buf_clear(out);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct str part = str_trim(fields_get(fields, parts[i]));

		if (part.len == 0)
			continue;
		if (out->len > 0)
			(void)buf_add_char(out, ' ');
		(void)buf_add(out, part.p, part.len);
	}
	if (out->len == 0) {
		struct str name = str_trim(fields_get(fields, FIELD_NAME));

		(void)buf_add(out, name.p, name.len);
	}
}

static void
client_name(struct buf *out, const struct fields *fields, bool company)
{
	struct str name = str_trim(fields_get(fields, FIELD_NAME));

	buf_clear(out);
	if (company)
		(void)buf_add(out, name.p, name.len);
	else
		person_name(out, fields);
}

/* ---- numbers ---------------------------------------------------------- */

static bool
has_digits(struct str text, size_t count)
{
	size_t i = 0;

	while (i < text.len && text.p[i] >= '0' && text.p[i] <= '9')
		i++;
	return i == text.len && i == count;
}

/* 12 digits are a person's, whatever template was chosen for them: УТ looks
 * for a legal person's КПП too and would make a second counterparty. */
static const char *
find_kind(const struct fields *fields, bool company)
{
	struct str preset = fields_get(fields, FIELD_PRESET);
	char inn[PARTY_NUMBER_BYTES];
	bool person;

	party_number_plain(inn, fields_get(fields, FIELD_INN));
	person = has_digits(str_of(inn), 12);

	if (str_is(preset, ENTREPRENEUR))
		return ENTREPRENEUR;
	if (str_is(preset, INDIVIDUAL) || (!company && !str_is(preset,
	    LEGAL)))
		return INDIVIDUAL;
	return person ? ENTREPRENEUR : LEGAL;
}

static int
fill_numbers(struct order_work *work, const struct fields *fields,
    bool legal, struct err *err)
{
	char inn[PARTY_NUMBER_BYTES], kpp[PARTY_NUMBER_BYTES];
	struct str stated = str_trim(fields_get(fields, FIELD_INN));
	bool has_inn, has_kpp;

	party_number_plain(inn, stated);
	party_number_plain(kpp, fields_get(fields, FIELD_KPP));
	has_inn = has_digits(str_of(inn), legal ? 10 : 12);
	has_kpp = legal && has_digits(str_of(kpp), 9);
	if (stated.len > 0 && !has_inn)
		order_build_note(work, "inn-left-out", N_("the customer's INN "
		    "\"%.*s\" has not %d digits and is left out: 1C looks for "
		    "the customer without it and may make a second one; mend "
		    "it in the requisites"), (int)str_utf8_cut(stated,
		    INN_TOLD).len, stated.p, legal ? 10 : 12);
	if ((has_inn && fields_set(work->out, FIELD_INN, str_of(inn)) == -1) ||
	    (has_kpp && fields_set(work->out, FIELD_KPP, str_of(kpp)) == -1))
		return order_text_full(err);
	return 0;
}

/* ---- phones and e-mails ----------------------------------------------- */

/* In an order a number is one to call, as standard 1C knows no other kind. */
static bool
is_contact(const struct order_work *work, struct str line)
{
	return work->card || !str_is(field_part(line, 0), "FAX");
}

static void
add_contact(const struct order_work *work, struct buf *all, struct str kind,
    const struct buf *value)
{
	if (!work->card)
		kind = str_of("WORK");
	(void)buf_printf(all, "%s%.*s%c%s", all->len > 0 ? "\n" : "",
	    (int)kind.len, kind.p, FIELD_PART, buf_text(value));
}

static int
fill_contacts(struct order_work *work, enum field field, struct str lines,
    struct err *err)
{
	struct str line;
	struct buf all = BUF_INIT(LIMIT_DEAL_BYTES);
	struct buf clean = BUF_INIT(LIMIT_DEAL_BYTES);
	size_t at = 0, count = 0;
	int rc;

	while (count < CONTACTS_MOST && party_line_next(lines, &at, &line)) {
		order_text_clean(&clean, field_part(line, 1),
		    ORDER_NAME_MOST, false);
		if (clean.len == 0 || !is_contact(work, line))
			continue;
		add_contact(work, &all, field_part(line, 0), &clean);
		count++;
	}
	rc = fields_set(work->out, field, str_n(buf_text(&all), all.len));
	buf_free(&all);
	buf_free(&clean);
	return rc == 0 ? 0 : order_text_full(err);
}

/* ---- together --------------------------------------------------------- */

static int
fill_papers(struct order_work *work, const struct fields *fields,
    bool company, struct err *err)
{
	static const enum field texts[] = { FIELD_OGRN, FIELD_OKPO,
	    FIELD_ADDRESS, FIELD_ACTUAL_ADDRESS };
	const char *kind = find_kind(fields, company);
	struct str full = str_trim(fields_get(fields, FIELD_FULL_NAME));

	if (fields_set(work->out, FIELD_PRESET, str_of(kind)) == -1)
		return order_text_full(err);
	if (fill_numbers(work, fields, strcmp(kind, LEGAL) == 0, err) == -1 ||
	    order_text_set(work->out, FIELD_FULL_NAME, full,
	    ORDER_NAME_MOST, err) == -1)
		return -1;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (order_text_set(work->out, texts[i],
		    fields_get(fields, texts[i]), ORDER_VALUE_MOST,
		    err) == -1)
			return -1;
	if (fill_contacts(work, FIELD_PHONES, fields_get(fields,
	    FIELD_PHONES), err) == -1)
		return -1;
	return fill_contacts(work, FIELD_EMAILS, fields_get(fields,
	    FIELD_EMAILS), err);
}

/* Id and name, of 1C where it has this client; *stated: what 1C says of it,
 * nothing where it has not. */
static int
fill_identity(struct order_work *work, const struct deal_client *client,
    bool company, struct fields *stated, struct err *err)
{
	const struct order_lookup *lookup = work->lookup;
	struct buf id = BUF_INIT(LIMIT_KEY_BYTES);
	struct buf name = BUF_INIT(LIMIT_RECORD_BYTES);
	int rc;

	rc = lookup->client(lookup->ctx, company, client->id, &id, stated,
	    err);
	if (rc == -1)
		goto out;
	if (rc == 1 || id.len == 0) {
		buf_clear(&id);
		(void)buf_printf(&id, "%s-%" PRId64,
		    company ? "company" : "contact", client->id);
		fields_clear(stated);
	}
	client_name(&name, &client->fields, company);
	if (!work->renamed && str_trim(fields_get(stated,
	    FIELD_NAME)).len > 0)
		client_name(&name, stated, true);
	rc = order_text_set(work->out, FIELD_PARTY_ID,
	    str_n(buf_text(&id), id.len), LIMIT_ID_BYTES, err);
	if (rc == 0)
		rc = order_text_set(work->out, FIELD_NAME,
		    str_n(buf_text(&name), name.len), ORDER_NAME_MOST, err);
out:
	buf_free(&id);
	buf_free(&name);
	return rc;
}

/* УТ looks for a customer by ИНН (and КПП), where its node says so, and never
 * by Ид; the others begin with an Ид that is a UUID (onec-exchange.md 2.4). */
static const bool finds_by_id[] = {
	[PROFILE_UNF] = true,
	[PROFILE_UT11] = false,
	[PROFILE_UT103] = false,
	[PROFILE_BITRIX] = true,
};

static bool
is_uuid(struct str id)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	size_t i = 0;

	while (i < id.len && i < sizeof(form) - 1 && (form[i] == '-' ?
	    id.p[i] == '-' : isxdigit((unsigned char)id.p[i])))
		i++;
	return i == id.len && i == sizeof(form) - 1;
}

/* By another's numbers 1C would make a second card of whom it has.  УТ looks no
 * further than by an ИНН that is said, so one that 1C lacks is left out; the
 * others go on to phone and name.  A requisite that the deal chooses beside
 * that of 1C's card is meant for another card. */
static void
take_own_numbers(const struct order_work *work,
    const struct deal_client *client, const struct fields *stated,
    struct fields *fields)
{
	static const enum field names[] = { FIELD_INN, FIELD_KPP,
	    FIELD_PRESET };
	bool by_id = finds_by_id[work->config->orders.profile];
	bool has = fields_has(stated, FIELD_INN);

	if (stated->count == 0 || (client->other_requisite && has) || (by_id &&
	    (is_uuid(fields_get(work->out, FIELD_PARTY_ID)) || !has ||
	    strcmp(config_owner(work->config, "requisite", field_name(
	    FIELD_INN)), "1c") != 0)))
		return;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (fields_has(stated, names[i]) || (!by_id &&
		    names[i] != FIELD_PRESET))
			(void)fields_set(fields, names[i], fields_get(stated,
			    names[i]));
}

/* Where 1C is not to be changed, who 1C knows is named as 1C itself does, and
 * nothing more is said of them: by that 1C recognises its own card, and finds
 * nothing to write into it. */
static int
fill_client(struct order_work *work, const struct deal_client *client,
    bool company, struct err *err)
{
	struct fields stated, fields;
	bool own;
	int rc;

	fields_init(&stated);
	fields_init(&fields);
	rc = fill_identity(work, client, company, &stated, err);
	own = !work->config->counterparties.update_1c && stated.count > 0;
	fields_copy(&fields, own ? &stated : &client->fields);
	if (!own && !work->card)
		take_own_numbers(work, client, &stated, &fields);
	if (rc == 0)
		rc = fill_papers(work, &fields, company, err);
	fields_free(&stated);
	fields_free(&fields);
	return rc;
}

/* An order that 1C has with the name alone called the person by that name's
 * hash (order_document.c), and goes on so. */
static int
fill_person_id(struct order_work *work, const struct deal_client *contact,
    struct err *err)
{
	const struct order_lookup *lookup = work->lookup;
	struct buf id = BUF_INIT(LIMIT_KEY_BYTES);
	int rc = 1;

	if (str_eq(fields_get(work->given, FIELD_PERSON),
	    fields_get(work->out, FIELD_PERSON)) &&
	    !fields_has(work->given, FIELD_PERSON_ID))
		return 0;
	if (lookup->person != NULL)
		rc = lookup->person(lookup->ctx, contact->id, &id, err);
	if (rc == 1 || id.len > LIMIT_ID_BYTES) {
		buf_clear(&id);
		(void)buf_printf(&id, "contact-%" PRId64, contact->id);
	}
	if (rc != -1)
		rc = order_text_set(work->out, FIELD_PERSON_ID,
		    str_n(buf_text(&id), id.len), LIMIT_ID_BYTES, err);
	buf_free(&id);
	return rc;
}

/* The company's contact person, and how it is reached. */
static int
fill_person(struct order_work *work, const struct deal_client *contact,
    struct err *err)
{
	const struct fields *fields = &contact->fields;
	struct buf name = BUF_INIT(LIMIT_RECORD_BYTES);
	int rc;

	person_name(&name, fields);
	rc = order_text_set(work->out, FIELD_PERSON, str_n(buf_text(&name),
	    name.len), ORDER_NAME_MOST, err);
	buf_free(&name);
	if (rc == -1 || !fields_has(work->out, FIELD_PERSON))
		return rc;
	if (fill_person_id(work, contact, err) == -1)
		return -1;
	if (!work->config->counterparties.update_1c)
		return 0;
	if (order_text_set(work->out, FIELD_PERSON_POST, fields_get(fields,
	    FIELD_POST), ORDER_NAME_MOST, err) == -1 ||
	    fill_contacts(work, FIELD_PERSON_PHONES, fields_get(fields,
	    FIELD_PHONES), err) == -1)
		return -1;
	return fill_contacts(work, FIELD_PERSON_EMAILS, fields_get(fields,
	    FIELD_EMAILS), err);
}

/* The full name is said always: which element it stands in is how 1C tells
 * a legal person from the others. */
static int
finish(struct order_work *work, const struct deal *deal, bool company,
    struct err *err)
{
	struct buf text = BUF_INIT(LIMIT_RECORD_BYTES);
	struct str name = fields_get(work->out, FIELD_NAME);
	int rc = 0;

	if (name.len == 0)
		order_build_hold(work, "customer-no-name", N_("the deal's %s "
		    "%" PRId64 " has no name: 1C finds a counterparty by "
		    "its name; give it one"), company ?
		    TOLD("company") : TOLD("contact"), company ?
		    deal->company.id : deal->contact.id);
	if (!fields_has(work->out, FIELD_FULL_NAME)) {
		(void)buf_add(&text, name.p, name.len);
		rc = order_text_set(work->out, FIELD_FULL_NAME,
		    str_n(buf_text(&text), text.len), ORDER_NAME_MOST, err);
	}
	if (rc == 0 && company && deal->contact.id > 0)
		rc = fill_person(work, &deal->contact, err);
	buf_free(&text);
	return rc;
}

int
order_client_fill(struct order_work *work, struct err *err)
{
	const struct deal *deal = work->deal;
	bool company = deal->company.id > 0;
	const struct deal_client *client = company ? &deal->company :
	    &deal->contact;

	/* Another one must not become 1C's customer for want of this one. */
	if (deal->company.hidden) {
		order_build_hold(work, "customer-hidden", N_("the company of "
		    "the deal cannot be read: it was deleted, or the webhook's "
		    "user may not see it"));
		return 0;
	}
	if (!company && deal->contact.hidden) {
		order_build_hold(work, "customer-hidden", N_("the contact of "
		    "the deal cannot be read: it was deleted, or the webhook's "
		    "user may not see it"));
		return 0;
	}
	if (client->id <= 0) {
		order_build_hold(work, "no-customer", N_("the deal has "
		    "neither a company nor a contact: choose the customer"));
		return 0;
	}
	if (fill_client(work, client, company, err) == -1)
		return -1;
	if (deal->contact.hidden)
		order_build_note(work, "person-hidden", N_("the contact of the "
		    "deal cannot be read (it was deleted, or the webhook's "
		    "user may not see it): 1C gets the order without its "
		    "contact person"));
	return finish(work, deal, company, err);
}
