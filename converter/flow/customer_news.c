/*
 * What of a client that both sides have is news to 1C: what people put into the
 * portal where the portal owns the field (`owners`), and what neither 1C says
 * now, nor both sides agreed on, nor an order has brought to 1C already.  What
 * people took away is no news: an empty value does not travel.
 */
#include "flow/customer.h"

#include <string.h>

#include "flow/customer_said.h"
#include "flow/order.h"
#include "model/party.h"

static bool
is_portals(const struct flow *flow, const char *record, enum field field)
{
	return strcmp(config_owner(flow->config, record, field_name(field)),
	    "portal") == 0;
}

/* ---- values ---- */

static bool
same_email(struct str a, struct str b)
{
	struct buf one = BUF_INIT(LIMIT_RECORD_BYTES);
	struct buf other = BUF_INIT(LIMIT_RECORD_BYTES);
	bool same;

	party_email_plain(&one, a);
	party_email_plain(&other, b);
	same = strcmp(buf_text(&one), buf_text(&other)) == 0;
	buf_free(&one);
	buf_free(&other);
	return same;
}

/* As bitrix/ compares them. */
static bool
same_site(struct str a, struct str b)
{
	struct str sites[] = { str_trim(a), str_trim(b) };

	for (size_t i = 0; i < 2; i++) {
		static const char *const starts[] = { "http://", "https://" };
		struct str *site = &sites[i];

		for (size_t k = 0; k < 2; k++) {
			size_t len = strlen(starts[k]);

			if (site->len > len && str_same_name(str_n(site->p,
			    len), str_of(starts[k])))
				*site = str_n(site->p + len, site->len - len);
		}
		while (site->len > 0 && site->p[site->len - 1] == '/')
			site->len--;
	}
	return str_same_name(sites[0], sites[1]);
}

static bool
same_line(enum field field, struct str a, struct str b)
{
	if (str_eq(a, b))
		return true;
	if (field == FIELD_SITES)
		return same_site(a, b);
	return field == FIELD_PHONES ? party_phone_covers(a, b) :
	    same_email(a, b);
}

static bool
has_line(enum field field, struct str lines, struct str value)
{
	struct str line;
	size_t at = 0;

	while (party_line_next(lines, &at, &line))
		if (same_line(field, field_part(line, 1), value))
			return true;
	return false;
}

/* A phone, e-mail or site that 1C does not have?  Of what kind it is here is
 * no news. */
static bool
line_is_news(const struct said *said, enum field field, struct str line)
{
	bool has = false;

	for (size_t i = 0; i < customer_said_count(said) && !has; i++)
		has = has_line(field, fields_get(customer_said_source(said,
		    i), field), field_part(line, 1));
	return !has;
}

static bool
lines_are_news(const struct said *said, enum field field, struct str lines)
{
	struct str line;
	size_t at = 0;

	while (party_line_next(lines, &at, &line))
		if (line_is_news(said, field, line))
			return true;
	return false;
}

static void
add_lines_that(struct buf *out, const struct said *said, enum field field,
    struct str lines, bool news)
{
	struct str line;
	size_t at = 0;

	while (party_line_next(lines, &at, &line))
		if (line_is_news(said, field, line) == news)
			party_line_append(out, line);
}

/* Of many the first ones go (orders/order_client.c), and people add the new
 * one behind the others. */
static void
put_news_first(const struct said *said, struct fields *fields)
{
	static const enum field both[] = { FIELD_PHONES, FIELD_EMAILS };

	for (size_t i = 0; i < sizeof(both) / sizeof(both[0]); i++) {
		struct str lines = fields_get(fields, both[i]);
		struct buf text = BUF_INIT(LIMIT_DEAL_BYTES);

		add_lines_that(&text, said, both[i], lines, true);
		add_lines_that(&text, said, both[i], lines, false);
		if (lines.len > 0 && !text.full)
			(void)fields_set(fields, both[i], str_n(
			    buf_text(&text), text.len));
		buf_free(&text);
	}
}

static bool
text_is_news(const struct said *said, enum field field, struct str text)
{
	for (size_t i = 0; i < customer_said_count(said); i++)
		if (str_same_name(text, fields_get(customer_said_source(said,
		    i), field)))
			return false;
	return text.len > 0;
}

/* Neither as people read it nor as the portal keeps it. */
static bool
comment_is_news(const struct said *said, const struct fields *here)
{
	struct str kept = fields_get(here, FIELD_DESCRIPTION);

	return text_is_news(said, FIELD_COMMENT, fields_get(here,
	    FIELD_COMMENT)) && (kept.len == 0 || text_is_news(said,
	    FIELD_COMMENT, kept));
}

/*
 * A type or a manager: of the names that the rules have for it none is what 1C
 * said, or what was agreed.  Everybody has one in the portal, chosen or not: it
 * is news only where another one was said or agreed.
 */
static bool
choice_is_news(const struct said *said, enum field field,
    const struct config_map *rules, struct str names)
{
	struct str name;
	bool any = false;

	/* The type of the company is a contact person's at the making alone:
	 * of one that was recognised it was never said. */
	if (!fields_has(&said->image.agreed, field) &&
	    (!fields_has(&said->wanted.fields, field) ||
	    (field == FIELD_PARTY_TYPE &&
	    fields_has(&said->wanted.at_create, field))))
		return false;
	while (field_part_next(&names, &name)) {
		const char *rule = config_map_get(rules, name);

		if (rule != NULL && !text_is_news(said, field, str_of(rule)))
			return false;
		any = any || rule != NULL;
	}
	return any;
}

static bool
type_is_news(const struct flow *flow, const struct said *said,
    const struct fields *here)
{
	return choice_is_news(said, FIELD_PARTY_TYPE,
	    &flow->config->counterparties.types, fields_get(here,
	    FIELD_PARTY_TYPE));
}

/* Whose clients are default_user's nobody has chosen. */
static bool
manager_is_news(const struct flow *flow, const struct said *said,
    const struct fields *here)
{
	struct str names = fields_get(here, FIELD_MANAGER), name;

	for (struct str rest = names; field_part_next(&rest, &name); )
		if (str_is(name, flow->config->default_user))
			return false;
	return choice_is_news(said, FIELD_MANAGER, &flow->config->users,
	    names);
}

/* Of a company.  Quotes and the legal form are spelling here: who recognised
 * thousands of clients by ИНН is not to rename them all. */
static bool
title_is_news(const struct flow *flow, const struct said *said,
    const struct fields *here)
{
	const struct fields *sources[] = { &said->wanted.fields,
	    &said->image.agreed };
	struct buf one = BUF_INIT(LIMIT_RECORD_BYTES);
	struct buf other = BUF_INIT(LIMIT_RECORD_BYTES);
	struct str title = str_trim(fields_get(here, FIELD_NAME));
	bool news = title.len > 0 && is_portals(flow, "company", FIELD_NAME);

	party_name_plain(&one, title);
	for (size_t i = 0; i < 2 && news; i++) {
		party_name_plain(&other, fields_get(sources[i], FIELD_NAME));
		news = !str_same_name(title, fields_get(sources[i],
		    FIELD_NAME)) && (one.len == 0 || strcmp(buf_text(&one),
		    buf_text(&other)) != 0);
	}
	buf_free(&one);
	buf_free(&other);
	return news;
}

static const enum field name_parts[] = { FIELD_LAST_NAME, FIELD_FIRST_NAME,
    FIELD_SECOND_NAME };
#define NAME_PARTS (sizeof(name_parts) / sizeof(name_parts[0]))

/* Of a person: one of the three is. */
static bool
name_is_news(const struct flow *flow, const struct said *said,
    const struct fields *here)
{
	for (size_t i = 0; i < NAME_PARTS; i++) {
		struct str part = str_trim(fields_get(here, name_parts[i]));

		if (is_portals(flow, "contact", name_parts[i]) &&
		    text_is_news(said, name_parts[i], part) &&
		    !customer_said_has_words(said, part))
			return true;
	}
	return false;
}

/* A name that is no news is said as 1C says it. */
static void
take_own_name(const struct said *said, struct fields *here)
{
	for (size_t i = 0; i < NAME_PARTS; i++)
		if (fields_has(&said->wanted.fields, name_parts[i]))
			(void)fields_set(here, name_parts[i], fields_get(
			    &said->wanted.fields, name_parts[i]));
}

/* ---- what orders have brought to 1C ---- */

struct hearing_orders {
	struct flow *flow;
	struct fields *heard;
};

static void
add_lines(struct fields *to, enum field field, struct str lines)
{
	struct buf all = BUF_INIT(LIMIT_DEAL_BYTES);
	struct str line, held = fields_get(to, field);
	size_t at = 0;

	if (lines.len == 0)
		return;
	while (party_line_next(held, &at, &line))
		party_line_add(&all, field_part(line, 0), field_part(line, 1));
	at = 0;
	while (party_line_next(lines, &at, &line))
		party_line_add(&all, field_part(line, 0), field_part(line, 1));
	(void)fields_set(to, field, str_n(buf_text(&all), all.len));
	buf_free(&all);
}

static int
hear_order(void *ctx, int64_t deal, struct err *err)
{
	static const enum field texts[] = { FIELD_FULL_NAME, FIELD_INN,
	    FIELD_KPP, FIELD_OGRN, FIELD_OKPO, FIELD_ADDRESS,
	    FIELD_ACTUAL_ADDRESS };
	struct hearing_orders *hearing = ctx;
	struct fields *heard = hearing->heard;
	struct order order;
	int rc;

	order_init(&order);
	rc = snapshot_order_get(hearing->flow->snap, deal, &order, err);
	add_lines(heard, FIELD_PHONES, fields_get(&order.known,
	    FIELD_PHONES));
	add_lines(heard, FIELD_EMAILS, fields_get(&order.known,
	    FIELD_EMAILS));
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (fields_has(&order.known, texts[i]))
			(void)fields_set(heard, texts[i], fields_get(
			    &order.known, texts[i]));
	if (fields_has(&order.known, FIELD_PERSON))
		(void)fields_add(heard, FIELD_PERSON, fields_get(&order.known,
		    FIELD_PERSON));
	order_free(&order);
	return rc == -1 ? -1 : 0;
}

static int
hear_orders(struct flow *flow, const struct customer *customer,
    struct fields *heard, struct err *err)
{
	struct hearing_orders hearing = { flow, heard };

	return snapshot_order_each_of_client(flow->snap, customer->company,
	    customer->client.id, hear_order, &hearing, err);
}

/* ---- contact persons ---- */

static bool
person_is_news(const struct flow *flow, const struct said *said,
    const struct fields *person)
{
	static const enum field lines[] = { FIELD_PHONES, FIELD_EMAILS };

	if (name_is_news(flow, said, person) ||
	    (is_portals(flow, "contact", FIELD_POST) && text_is_news(said,
	    FIELD_POST, str_trim(fields_get(person, FIELD_POST)))) ||
	    (is_portals(flow, "contact", FIELD_COMMENT) &&
	    comment_is_news(said, person)) ||
	    (is_portals(flow, "contact", FIELD_PARTY_TYPE) &&
	    type_is_news(flow, said, person)))
		return true;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (is_portals(flow, "contact", lines[i]) &&
		    lines_are_news(said, lines[i], fields_get(person,
		    lines[i])))
			return true;
	return false;
}

/* One who came with an order has a name there (orders/order_client.c), and no
 * Ид of 1C. */
static bool
has_heard_of(const struct fields *heard, const struct fields *person)
{
	static const enum field parts[] = { FIELD_LAST_NAME,
	    FIELD_FIRST_NAME, FIELD_SECOND_NAME };
	struct buf name = BUF_INIT(LIMIT_RECORD_BYTES);
	bool has = false;
	struct str value;
	enum field field;
	size_t at = 0;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		value = str_trim(fields_get(person, parts[i]));
		if (value.len > 0)
			(void)buf_printf(&name, "%s%.*s", name.len > 0 ? " " :
			    "", (int)value.len, value.p);
	}
	while (name.len > 0 && !has && fields_next(heard, &at, &field, &value))
		has = field == FIELD_PERSON && str_same_name(value,
		    str_n(name.data, name.len));
	buf_free(&name);
	return has;
}

static int
judge_person(struct flow *flow, struct deal_client *person,
    const struct fields *heard, bool *news, struct err *err)
{
	struct target target;
	struct said said;
	int rc;

	rc = snapshot_image_by_portal_id(flow->snap, TARGET_PERSON,
	    person->id, &target, err);
	if (rc == 1) {
		rc = snapshot_image_by_portal_id(flow->snap, TARGET_CONTACT,
		    person->id, &target, err);
		*news = rc == 1 && !has_heard_of(heard, &person->fields);
		return rc == -1 ? -1 : 0;
	}
	if (rc == -1)
		return -1;
	customer_said_init(&said, NULL);
	rc = customer_said_read(flow, &target, &said, err);
	*news = rc == 0 && person_is_news(flow, &said, &person->fields);
	if (*news)
		put_news_first(&said, &person->fields);
	if (*news && !name_is_news(flow, &said, &person->fields))
		take_own_name(&said, &person->fields);
	customer_said_free(&said);
	return rc;
}

int
customer_news_choose(struct flow *flow, struct customer *customer,
    const struct target *target, struct err *err)
{
	struct fields heard;
	struct said said;
	bool news = false;
	int rc;

	fields_init(&heard);
	customer_said_init(&said, &heard);
	rc = hear_orders(flow, customer, &heard, err);
	if (rc == 0)
		rc = customer_said_read(flow, target, &said, err);
	if (rc == 0) {
		put_news_first(&said, &customer->client.fields);
		customer->renamed = customer->company ? title_is_news(flow,
		    &said, &customer->client.fields) : name_is_news(flow,
		    &said, &customer->client.fields);
	}
	customer_said_free(&said);
	for (size_t i = customer->person_count; rc == 0 && i > 0; i--) {
		rc = judge_person(flow, &customer->persons[i - 1], &heard,
		    &news, err);
		if (rc == 0 && !news)
			customer_drop_person(customer, i - 1);
	}
	fields_free(&heard);
	return rc;
}

/* ---- the card ---- */

/* As bitrix/ puts the portal's together. */
static void
compose_address(struct buf *out, const struct fields *fields)
{
	static const enum field parts[] = { FIELD_POSTCODE, FIELD_COUNTRY,
	    FIELD_PROVINCE, FIELD_DISTRICT, FIELD_CITY, FIELD_ADDRESS,
	    FIELD_ADDRESS_2 };
	struct str last = STR_NONE;

	buf_clear(out);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		party_address_add(out, &last, fields_get(fields, parts[i]));
}

static bool
is_address(const struct fields *fields, struct str text)
{
	struct buf composed = BUF_INIT(LIMIT_RECORD_BYTES);
	bool same;

	compose_address(&composed, fields);
	same = str_same_name(text, str_n(buf_text(&composed), composed.len));
	buf_free(&composed);
	return same;
}

/* An order says the legal one, else that of registration, as one text. */
static int
address_is_news(struct flow *flow, struct str id, struct str address,
    const struct fields *heard, bool *news, struct err *err)
{
	struct str type = field_part(address, 0), text = field_part(address,
	    1);
	enum field said_by_orders = str_is(type, "1") ?
	    FIELD_ACTUAL_ADDRESS : FIELD_ADDRESS;
	struct target target;
	struct said said;
	int rc;

	*news = false;
	if ((!str_is(type, "8") && str_same_name(text, fields_get(heard,
	    said_by_orders))) || target_set_part(&target, TARGET_ADDRESS, id,
	    type) != 0)
		return 0;
	customer_said_init(&said, heard);
	rc = customer_said_read(flow, &target, &said, err);
	*news = rc == 0 && !is_address(&said.wanted.fields, text) &&
	    !is_address(&said.image.agreed, text);
	customer_said_free(&said);
	return rc;
}

static int
keep_addresses(struct flow *flow, struct str id, const struct fields *heard,
    const struct fields *card, struct fields *out, struct err *err)
{
	struct str value;
	enum field field;
	size_t at = 0;
	bool news;

	if (!is_portals(flow, "address", FIELD_ADDRESS))
		return 0;
	while (fields_next(card, &at, &field, &value)) {
		if (field != FIELD_ADDRESSES)
			continue;
		if (address_is_news(flow, id, value, heard, &news, err) == -1)
			return -1;
		if (news)
			(void)fields_add(out, field, value);
	}
	return 0;
}

static int
keep_accounts(struct flow *flow, struct str id, const struct fields *card,
    struct fields *out, struct err *err)
{
	struct str value;
	enum field field;
	size_t at = 0;

	if (!is_portals(flow, "bank", FIELD_ACCOUNT))
		return 0;
	while (fields_next(card, &at, &field, &value)) {
		struct target target;
		struct said said;
		bool known;

		if (field != FIELD_ACCOUNT || target_set_part(&target,
		    TARGET_BANK, id, field_part(value, 0)) != 0)
			continue;
		customer_said_init(&said, NULL);
		if (customer_said_read(flow, &target, &said, err) == -1) {
			customer_said_free(&said);
			return -1;
		}
		known = said.wanted.state != WANTED_NOTHING ||
		    said.image.portal_id != 0;
		customer_said_free(&said);
		if (!known)
			(void)fields_add(out, field, value);
	}
	return 0;
}

/* What people have put into the requisite; beside it, from 1C's own statement,
 * that by which 1C looks for the counterparty: into `found`. */
static int
keep_requisite(struct flow *flow, struct str id, const struct fields *heard,
    const struct fields *card, struct fields *out, struct fields *found,
    struct err *err)
{
	static const enum field texts[] = { FIELD_FULL_NAME, FIELD_INN,
	    FIELD_KPP, FIELD_OGRN, FIELD_OKPO, FIELD_OKVED, FIELD_DIRECTOR };
	static const enum field by[] = { FIELD_FULL_NAME, FIELD_INN,
	    FIELD_KPP, FIELD_PRESET };
	struct target target;
	struct said said;
	int rc;

	if (target_set(&target, TARGET_REQUISITE, id) == -1)
		return 0;
	customer_said_init(&said, heard);
	rc = customer_said_read(flow, &target, &said, err);
	for (size_t i = 0; rc == 0 && i < sizeof(texts) / sizeof(texts[0]); i++)
		if (is_portals(flow, "requisite", texts[i]) && text_is_news(
		    &said, texts[i], fields_get(card, texts[i])))
			(void)fields_set(out, texts[i], fields_get(card,
			    texts[i]));
	for (size_t i = 0; rc == 0 && i < sizeof(by) / sizeof(by[0]); i++)
		(void)fields_set(found, by[i], fields_get(
		    &said.wanted.fields, by[i]));
	customer_said_free(&said);
	return rc;
}

static void
keep(struct fields *out, const struct fields *card, enum field field)
{
	(void)fields_set(out, field, fields_get(card, field));
}

static void
keep_lines(struct flow *flow, const struct said *said, const char *record,
    const struct fields *card, struct fields *out)
{
	static const enum field lines[] = { FIELD_PHONES, FIELD_EMAILS,
	    FIELD_SITES };

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (is_portals(flow, record, lines[i]) && lines_are_news(said,
		    lines[i], fields_get(card, lines[i])))
			keep(out, card, lines[i]);
}

/* What people see of the client itself. */
static void
keep_texts(struct flow *flow, const struct said *said, const char *record,
    const struct customer *customer, const struct fields *card,
    struct fields *out)
{
	static const enum field name[] = { FIELD_NAME, FIELD_LAST_NAME,
	    FIELD_FIRST_NAME, FIELD_SECOND_NAME };
	const struct fields *here = &customer->client.fields;

	for (size_t i = 0; customer->renamed && i < sizeof(name) /
	    sizeof(name[0]); i++)
		keep(out, card, name[i]);
	if (is_portals(flow, record, FIELD_PARTY_TYPE) && type_is_news(flow,
	    said, here))
		keep(out, card, FIELD_PARTY_TYPE);
	/* A card says the beginning of a long one. */
	if (is_portals(flow, record, FIELD_COMMENT) && comment_is_news(said,
	    here) && text_is_news(said, FIELD_COMMENT, fields_get(card,
	    FIELD_COMMENT)))
		keep(out, card, FIELD_COMMENT);
}

/* Is what the field of that реквизит holds news?  1C's words for it are many,
 * so bitrix/ is asked. */
static bool
field_is_news(struct flow *flow, const struct said *said,
    const struct customer *customer, struct str name)
{
	const struct fields *sources[] = { &said->wanted.fields,
	    &said->image.agreed };
	const char *rule = config_map_get(&flow->config->counterparties.fields,
	    name);

	for (size_t i = 0; rule != NULL && i < 2; i++)
		if (flow->remote.says_fields(flow->remote.ctx,
		    customer->company, str_of(rule), fields_get(sources[i],
		    FIELD_USER_FIELDS), fields_get(&customer->client.fields,
		    FIELD_USER_FIELDS)))
			return false;
	return rule != NULL;
}

static void
keep_requisites(struct flow *flow, const struct said *said,
    const char *record, const struct customer *customer,
    const struct fields *card, struct fields *out)
{
	bool fields = is_portals(flow, record, FIELD_USER_FIELDS);
	bool manager = is_portals(flow, record, FIELD_MANAGER) &&
	    manager_is_news(flow, said, &customer->client.fields);
	const struct config_map *rules =
	    &flow->config->counterparties.fields;
	struct str value;
	enum field field;
	size_t at = 0;

	while (fields_next(card, &at, &field, &value)) {
		struct str name = field_part(value, 0);

		if (field != FIELD_REQUISITE)
			continue;
		if (config_map_get(rules, name) != NULL ? fields &&
		    field_is_news(flow, said, customer, name) : manager)
			(void)fields_add(out, field, value);
	}
}

static void
keep_persons(const struct fields *card, struct fields *out)
{
	struct str value;
	enum field field;
	size_t at = 0;

	while (fields_next(card, &at, &field, &value))
		if (field == FIELD_PERSON)
			(void)fields_add(out, field, value);
}

/* The full name is said always, for by its element 1C tells a legal person from
 * the others (orders/order_client.c). */
static void
add_identity(struct fields *news, const struct fields *found,
    const struct fields *card)
{
	static const enum field always[] = { FIELD_PARTY_ID, FIELD_NAME,
	    FIELD_PRESET };
	struct fields whole;

	fields_init(&whole);
	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
		(void)fields_set(&whole, always[i], fields_get(card,
		    always[i]));
	(void)fields_set(&whole, FIELD_FULL_NAME, fields_get(card,
	    FIELD_NAME));
	fields_merge(&whole, found);
	fields_merge(&whole, news);
	fields_copy(news, &whole);
	fields_free(&whole);
}

int
customer_news_card(struct flow *flow, const struct customer *customer,
    const struct target *target, struct fields *card, struct err *err)
{
	const char *record = target_kind_name(target->kind);
	struct str id = target_id(target);
	struct fields heard, news, found;
	struct said said;
	int rc;

	fields_init(&heard);
	fields_init(&news);
	fields_init(&found);
	customer_said_init(&said, &heard);
	rc = hear_orders(flow, customer, &heard, err);
	if (rc == 0)
		rc = customer_said_read(flow, target, &said, err);
	if (rc == 0)
		rc = keep_requisite(flow, id, &heard, card, &news, &found,
		    err);
	if (rc == 0)
		rc = keep_addresses(flow, id, &heard, card, &news, err);
	if (rc == 0)
		rc = keep_accounts(flow, id, card, &news, err);
	keep_lines(flow, &said, record, card, &news);
	keep_texts(flow, &said, record, customer, card, &news);
	keep_requisites(flow, &said, record, customer, card, &news);
	keep_persons(card, &news);
	if (news.count > 0) {
		/* The official name is not what managers call the company. */
		if (customer->company && !fields_has(&found, FIELD_FULL_NAME))
			(void)fields_set(&found, FIELD_FULL_NAME, fields_get(
			    &said.wanted.fields, FIELD_NAME));
		add_identity(&news, &found, card);
	}
	if (rc == 0)
		fields_copy(card, &news);
	customer_said_free(&said);
	fields_free(&heard);
	fields_free(&news);
	fields_free(&found);
	return rc;
}
