/*
 * What of a client that both sides have is news to 1C: what people put into the
 * portal where the portal owns the field (`owners`), and what neither 1C says
 * now, nor both sides agreed on, nor an order has brought to 1C already.  What
 * people took away is no news: an empty value does not travel.
 */
#include "flow/customer.h"

#include <string.h>

#include "flow/order.h"
#include "model/party.h"

/* What 1C says of one object of the portal, or has been told. */
struct said {
	struct wanted wanted;
	struct image image;
	const struct fields *heard;     /* from orders */
};

static void
said_init(struct said *said, const struct fields *heard)
{
	wanted_init(&said->wanted);
	image_init(&said->image);
	said->heard = heard;
}

static void
said_free(struct said *said)
{
	wanted_free(&said->wanted);
	image_free(&said->image);
}

/* What 1C states of the target, also where it is not sent. */
static int
said_read(struct flow *flow, const struct target *target, struct said *said,
    struct err *err)
{
	int rc = snapshot_image_get(flow->snap, target, &said->image, err);

	if (rc == -1 || derive_wanted(flow, target, &said->image,
	    &said->wanted, err) == -1)
		return -1;
	fields_merge(&said->wanted.fields, &said->wanted.unsaid);
	fields_merge(&said->wanted.fields, &said->wanted.at_create);
	return 0;
}

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

static bool
has_line(enum field field, struct str lines, struct str value)
{
	struct str line;
	size_t at = 0;

	while (party_line_next(lines, &at, &line))
		if (field == FIELD_PHONES ? party_phone_covers(field_part(line,
		    1), value) || str_eq(field_part(line, 1), value) :
		    same_email(field_part(line, 1), value))
			return true;
	return false;
}

/* A phone, or an e-mail, that 1C does not have?  A fax does not travel
 * (orders/order_client.c). */
static bool
line_is_news(const struct said *said, enum field field, struct str line)
{
	const struct fields *sources[] = { &said->wanted.fields,
	    &said->image.agreed, said->heard };
	bool has = field == FIELD_PHONES && str_is(field_part(line, 0),
	    "FAX");

	for (size_t i = 0; i < 3 && !has; i++)
		has = sources[i] != NULL && has_line(field,
		    fields_get(sources[i], field), field_part(line, 1));
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
	const struct fields *sources[] = { &said->wanted.fields,
	    &said->image.agreed, said->heard };

	for (size_t i = 0; i < 3; i++)
		if (sources[i] != NULL && str_same_name(text, fields_get(
		    sources[i], field)))
			return false;
	return text.len > 0;
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
	static const enum field texts[] = { FIELD_LAST_NAME,
	    FIELD_FIRST_NAME, FIELD_SECOND_NAME, FIELD_POST };
	static const enum field lines[] = { FIELD_PHONES, FIELD_EMAILS };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (is_portals(flow, "contact", texts[i]) &&
		    text_is_news(said, texts[i], str_trim(fields_get(person,
		    texts[i]))))
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
	said_init(&said, NULL);
	rc = said_read(flow, &target, &said, err);
	*news = rc == 0 && person_is_news(flow, &said, &person->fields);
	if (*news)
		put_news_first(&said, &person->fields);
	said_free(&said);
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
	said_init(&said, &heard);
	rc = hear_orders(flow, customer, &heard, err);
	if (rc == 0)
		rc = said_read(flow, target, &said, err);
	if (rc == 0)
		put_news_first(&said, &customer->client.fields);
	said_free(&said);
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

/* types: the portal's, of which the address may be one. */
static int
keep_address(struct flow *flow, struct str id, enum field field,
    const char *const types[2], const struct fields *heard,
    const struct fields *card, struct fields *out, struct err *err)
{
	struct str text = fields_get(card, field);
	bool news = text.len > 0 && is_portals(flow, "address",
	    FIELD_ADDRESS) && !str_same_name(text, fields_get(heard, field));
	int rc = 0;

	for (size_t i = 0; rc == 0 && news && i < 2 && types[i] != NULL; i++) {
		struct target target;
		struct said said;

		if (target_set_part(&target, TARGET_ADDRESS, id,
		    str_of(types[i])) != 0)
			continue;
		said_init(&said, heard);
		rc = said_read(flow, &target, &said, err);
		news = !is_address(&said.wanted.fields, text) &&
		    !is_address(&said.image.agreed, text);
		said_free(&said);
	}
	if (rc == 0 && news)
		(void)fields_set(out, field, text);
	return rc;
}

static int
keep_addresses(struct flow *flow, struct str id, const struct fields *heard,
    const struct fields *card, struct fields *out, struct err *err)
{
	static const char *const legal[2] = { "6", "4" };
	static const char *const actual[2] = { "1", NULL };

	if (keep_address(flow, id, FIELD_ADDRESS, legal, heard, card, out,
	    err) == -1)
		return -1;
	return keep_address(flow, id, FIELD_ACTUAL_ADDRESS, actual, heard,
	    card, out, err);
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
		said_init(&said, NULL);
		if (said_read(flow, &target, &said, err) == -1) {
			said_free(&said);
			return -1;
		}
		known = said.wanted.state != WANTED_NOTHING ||
		    said.image.portal_id != 0;
		said_free(&said);
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
	    FIELD_KPP, FIELD_OGRN, FIELD_OKPO };
	static const enum field by[] = { FIELD_FULL_NAME, FIELD_INN,
	    FIELD_KPP, FIELD_PRESET };
	struct target target;
	struct said said;
	int rc;

	if (target_set(&target, TARGET_REQUISITE, id) == -1)
		return 0;
	said_init(&said, heard);
	rc = said_read(flow, &target, &said, err);
	for (size_t i = 0; rc == 0 && i < sizeof(texts) / sizeof(texts[0]); i++)
		if (is_portals(flow, "requisite", texts[i]) && text_is_news(
		    &said, texts[i], fields_get(card, texts[i])))
			(void)fields_set(out, texts[i], fields_get(card,
			    texts[i]));
	for (size_t i = 0; rc == 0 && i < sizeof(by) / sizeof(by[0]); i++)
		(void)fields_set(found, by[i], fields_get(
		    &said.wanted.fields, by[i]));
	said_free(&said);
	return rc;
}

static void
keep_lines(struct flow *flow, const struct said *said, const char *record,
    const struct fields *card, struct fields *out)
{
	static const enum field lines[] = { FIELD_PHONES, FIELD_EMAILS };

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (is_portals(flow, record, lines[i]) && lines_are_news(said,
		    lines[i], fields_get(card, lines[i])))
			(void)fields_set(out, lines[i], fields_get(card,
			    lines[i]));
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
	said_init(&said, &heard);
	rc = hear_orders(flow, customer, &heard, err);
	if (rc == 0)
		rc = said_read(flow, target, &said, err);
	if (rc == 0)
		rc = keep_requisite(flow, id, &heard, card, &news, &found,
		    err);
	if (rc == 0)
		rc = keep_addresses(flow, id, &heard, card, &news, err);
	if (rc == 0)
		rc = keep_accounts(flow, id, card, &news, err);
	keep_lines(flow, &said, record, card, &news);
	keep_persons(card, &news);
	if (news.count > 0)
		add_identity(&news, &found, card);
	if (rc == 0)
		fields_copy(card, &news);
	said_free(&said);
	fields_free(&heard);
	fields_free(&news);
	fields_free(&found);
	return rc;
}
