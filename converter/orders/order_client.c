/*
 * The deal's customer as the order's counterparty.  1C recognises it by ИНН
 * and КПП, by its own id or by the exact name (onec-exchange.md 2.4), so a
 * wrong number is worse than none, and a name that 1C knows is said as 1C
 * spells it.
 */
#include "orders/orders_internal.h"

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
	bool person = has_digits(str_trim(fields_get(fields, FIELD_INN)), 12);

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
	struct str inn = str_trim(fields_get(fields, FIELD_INN));
	struct str kpp = str_trim(fields_get(fields, FIELD_KPP));

	if ((has_digits(inn, legal ? 10 : 12) &&
	    fields_set(work->out, FIELD_INN, inn) == -1) ||
	    (legal && has_digits(kpp, 9) &&
	    fields_set(work->out, FIELD_KPP, kpp) == -1))
		return order_text_full(err);
	return 0;
}

/* ---- phones and e-mails ----------------------------------------------- */

static bool
is_contact(struct str line)
{
	return !str_is(field_part(line, 0), "FAX");
}

static int
fill_contacts(struct order_work *work, const struct fields *fields,
    enum field field, struct err *err)
{
	struct str lines = fields_get(fields, field), line;
	struct buf all = BUF_INIT(LIMIT_DEAL_BYTES);
	struct buf clean = BUF_INIT(LIMIT_DEAL_BYTES);
	size_t at = 0, count = 0;
	int rc;

	while (count < CONTACTS_MOST && party_line_next(lines, &at, &line)) {
		order_text_clean(&clean, field_part(line, 1),
		    ORDER_NAME_MOST, false);
		if (clean.len == 0 || !is_contact(line))
			continue;
		(void)buf_printf(&all, "%sWORK%c%s", count > 0 ? "\n" : "",
		    FIELD_PART, buf_text(&clean));
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
	if (fill_contacts(work, fields, FIELD_PHONES, err) == -1)
		return -1;
	return fill_contacts(work, fields, FIELD_EMAILS, err);
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
	if (str_trim(fields_get(stated, FIELD_NAME)).len > 0)
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

/* Where 1C is not to be changed, who 1C knows is named as 1C itself does, and
 * nothing more is said of them: by that 1C recognises its own card, and finds
 * nothing to write into it. */
static int
fill_client(struct order_work *work, const struct deal_client *client,
    bool company, struct err *err)
{
	struct fields stated;
	bool own;
	int rc;

	fields_init(&stated);
	rc = fill_identity(work, client, company, &stated, err);
	own = !work->config->counterparties.update_1c && stated.count > 0;
	if (rc == 0)
		rc = fill_papers(work, own ? &stated : &client->fields,
		    company, err);
	fields_free(&stated);
	return rc;
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
	if (rc == 0 && company && deal->contact.id > 0) {
		person_name(&text, &deal->contact.fields);
		rc = order_text_set(work->out, FIELD_PERSON,
		    str_n(buf_text(&text), text.len), ORDER_NAME_MOST, err);
	}
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
	if (client->id <= 0) {
		order_build_hold(work, "no-customer", N_("the deal has "
		    "neither a company nor a contact: choose the customer"));
		return 0;
	}
	if (fill_client(work, client, company, err) == -1)
		return -1;
	return finish(work, deal, company, err);
}
