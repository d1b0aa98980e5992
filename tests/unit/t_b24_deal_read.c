/*
 * Deals read whole: how many exchanges it takes, and what becomes of the
 * portal's rows.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "b24_deal_fixture.h"

#define P "\x1f"
#define DEAL_7(stage, more) "{\"id\":7,\"categoryId\":3,\"stageId\":\"" stage \
	"\",\"createdTime\":\"2026-11-20T12:00:00+03:00\",\"updatedTime\":" \
	"\"2026-11-22T12:59:59+03:00\",\"begindate\":" \
	"\"2026-11-21T03:00:00+03:00\",\"opportunity\":1500.5," \
	"\"isManualOpportunity\":\"N\",\"currencyId\":\"RUB\",\"title\":" \
	"\"Сделка\",\"comments\":\"<p>До&nbsp;10:00<br>[b]звонить[/b]</p>\"," \
	"\"assignedById\":1,\"companyId\":5,\"contactId\":6," \
	"\"UF_CRM_NUMBER\":\"12\",\"UF_CRM_PAID\":\"N\",\"UF_CRM_WAY\":77" \
	more "}"
#define LINK "{\"ENTITY_TYPE_ID\":\"2\",\"ENTITY_ID\":\"7\"," \
	"\"REQUISITE_ID\":\"41\"}"
#define ROWS "{\"c0\":{\"productRows\":[" \
	"{\"id\":2,\"productId\":0,\"productName\":\"Доставка\",\"price\":" \
	"300,\"quantity\":1,\"taxRate\":null,\"measureCode\":null,\"sort\":" \
	"20},{\"id\":3,\"productId\":101,\"productName\":\"Стол\",\"price\":" \
	"400.1666667,\"quantity\":2.5,\"taxRate\":20,\"measureCode\":796," \
	"\"measureName\":\"шт\",\"sort\":10}]}}"
#define REQUISITE(id, sort, more) "{\"ID\":\"" id "\",\"ENTITY_TYPE_ID\":" \
	"\"4\",\"ENTITY_ID\":\"5\",\"PRESET_ID\":\"1\",\"SORT\":\"" sort \
	"\",\"RQ_INN\":\"77" id "\"" more "}"
#define CLIENTS(requisites) "{\"c0\":{\"items\":[{\"id\":5,\"title\":" \
	"\"Ромашка\",\"fm\":[{\"id\":1,\"typeId\":\"PHONE\",\"valueType\":" \
	"\"WORK\",\"value\":\"+7 1\"},{\"id\":2,\"typeId\":\"EMAIL\"," \
	"\"valueType\":\"WORK\",\"value\":\"a@b.ru\"}]}]},\"c1\":{\"items\":" \
	"[{\"id\":6,\"name\":\"Анна\",\"lastName\":\"Ким\",\"secondName\":" \
	"null}]},\"c2\":[{\"ID\":\"1\",\"NAME\":\"Иван\",\"LAST_NAME\":" \
	"\"Петров\",\"EMAIL\":\"i@b.ru\"}],\"c3\":[" requisites "],\"c4\":[]}"
#define ADDRESS(type, id, street) "{\"TYPE_ID\":\"" type \
	"\",\"ENTITY_TYPE_ID\":\"8\",\"ENTITY_ID\":\"" id "\"," \
	"\"POSTAL_CODE\":\"101000\",\"COUNTRY\":\"Россия\",\"PROVINCE\":" \
	"\"Москва\",\"REGION\":null,\"CITY\":\"Москва\",\"ADDRESS_1\":\"" \
	street "\",\"ADDRESS_2\":\"\"}"

struct seen {
	int count;
	void (*judge)(const struct deal *deal);
};

static int
visit(void *arg, const struct deal *deal, struct err *err)
{
	struct seen *seen = arg;

	(void)err;
	seen->count++;
	seen->judge(deal);
	return 0;
}

/* Reads deal 7 by these answers: deal, rows, clients, addresses. */
static void
read_as(const char *deal, const char *requisites, const char *addresses,
    void (*judge)(const struct deal *deal))
{
	char *first = mem_printf("{\"c0\":{\"items\":[%s]},\"c1\":[" LINK
	    "]}", deal);
	char *clients = mem_printf(CLIENTS("%s"), requisites);
	char *last = mem_printf("{\"c0\":[%s]}", addresses);
	char *more[] = { batch_of(first, "[]"), batch_of(ROWS, "[]"),
	    batch_of(clients, "[]"), batch_of(last, "[]") };
	struct seen seen = { .judge = judge };
	int64_t id = 7;
	struct err err = { 0 };

	free(first);
	free(clients);
	free(last);
	if (prepare_orders(batch_of(DEAL_FACTS(SCOPES), "[]"), USUAL_FUNNEL,
	    USUAL_FIELDS, more, 4, &err) == -1 ||
	    remote.read_deals(remote.ctx, &id, 1, visit, &seen, &err) == -1)
		fail_msg("%s", err.text);
	assert_int_equal(seen.count, 1);
}

static void
is_field(const struct deal_client *client, enum field field,
    const char *value)
{
	struct str held = fields_get(&client->fields, field);

	if (!str_is(held, value))
		fail_msg("%s: \"%.*s\", not \"%s\"", field_name(field),
		    (int)held.len, held.p, value);
}

static void
is_number(struct decimal value, const char *text)
{
	char out[DECIMAL_TEXT_BYTES];

	(void)decimal_format(out, value);
	assert_string_equal(out, text);
}

static void
judge_whole(const struct deal *deal)
{
	assert_int_equal(deal->id, 7);
	assert_int_equal(deal->category, 3);
	assert_int_equal(deal->phase, DEAL_EXPORT);
	assert_ptr_equal(deal->funnel, &config->orders.funnels[0]);
	assert_string_equal(deal->stage, "C3:EXPORT");
	assert_string_equal(deal->stage_name, "Отгрузка");
	assert_int_equal(deal->created, INT64_C(1795165200000));
	assert_int_equal(deal->begin, INT64_C(1795219200000));
	is_number(deal->sum, "1500.5");
	assert_false(deal->manual_sum);
	assert_string_equal(deal->currency, "RUB");
	assert_string_equal(deal->comment, "До 10:00\nзвонить");
	assert_int_equal(deal->manager.id, 1);
	assert_string_equal(deal->manager.name, "Петров Иван");
	assert_string_equal(deal->manager.email, "i@b.ru");
	assert_string_equal(deal->number, "12");
	assert_false(deal->has_payment);
	assert_string_equal(buf_text(&deal->user_fields), "UF_CRM_WAY" P
	    "Курьер");
}

static void
deal_is_read_whole_in_four_exchanges(void **state)
{
	(void)state;
	read_as(DEAL_7("C3:EXPORT", ""), REQUISITE("41", "500", ""),
	    ADDRESS("6", "41", "Мясницкая, 1"), judge_whole);
	assert_non_null(strstr(loopback_request(&server, PREPARED + 1),
	    "crm.item.productrow.list"));
	assert_non_null(strstr(loopback_request(&server, PREPARED + 3),
	    "crm.address.list"));
}

static void
judge_rows(const struct deal *deal)
{
	assert_int_equal(deal->row_count, 2);
	assert_int_equal(deal->rows[0].product, 101);
	is_number(deal->rows[0].price, "400.166667");
	is_number(deal->rows[0].quantity, "2.5");
	assert_true(deal->rows[0].taxed);
	is_number(deal->rows[0].tax_rate, "20");
	assert_int_equal(deal->rows[0].measure_code, 796);
	assert_string_equal(deal->rows[0].measure_name, "шт");
	assert_string_equal(deal->rows[1].name, "Доставка");
	assert_false(deal->rows[1].taxed);
	assert_int_equal(deal->rows[1].measure_code, 0);
	assert_null(deal->rows[1].measure_name);
}

static void
rows_come_by_sort_and_no_rate_is_no_vat(void **state)
{
	(void)state;
	read_as(DEAL_7("C3:EXPORT", ""), REQUISITE("41", "500", ""), "",
	    judge_rows);
}

static void
judge_client(const struct deal *deal)
{
	assert_int_equal(deal->company.id, 5);
	assert_true(deal->company.has_requisite);
	is_field(&deal->company, FIELD_NAME, "Ромашка");
	is_field(&deal->company, FIELD_PHONES, "WORK" P "+7 1");
	is_field(&deal->company, FIELD_EMAILS, "WORK" P "a@b.ru");
	is_field(&deal->company, FIELD_INN, "7741");
	is_field(&deal->company, FIELD_PRESET, "legal");
	is_field(&deal->company, FIELD_ADDRESS, "101000, Москва, "
	    "Мясницкая, 1");
	is_field(&deal->company, FIELD_ACTUAL_ADDRESS, "101000, Москва, "
	    "Покровка, 2");
	assert_int_equal(deal->contact.id, 6);
	assert_false(deal->contact.has_requisite);
	is_field(&deal->contact, FIELD_LAST_NAME, "Ким");
	is_field(&deal->contact, FIELD_FIRST_NAME, "Анна");
}

static void
linked_requisite_goes_before_the_first(void **state)
{
	(void)state;
	read_as(DEAL_7("C3:EXPORT", ""), REQUISITE("40", "100", "") ","
	    REQUISITE("41", "500", ""), ADDRESS("1", "41", "Покровка, 2") ","
	    ADDRESS("6", "41", "Мясницкая, 1") "," ADDRESS("6", "40",
	    "Чужая, 3"), judge_client);
}

static void
judge_first(const struct deal *deal)
{
	is_field(&deal->company, FIELD_INN, "7743");
	is_field(&deal->company, FIELD_ADDRESS, "101000, Москва, Арбат, 4");
}

static void
first_requisite_by_sort_and_address_of_registration(void **state)
{
	(void)state;
	read_as(DEAL_7("C3:EXPORT", ""), REQUISITE("40", "900", "") ","
	    REQUISITE("42", "10", ",\"ADDRESS_ONLY\":\"Y\"") ","
	    REQUISITE("43", "20", ""), ADDRESS("4", "43", "Арбат, 4"),
	    judge_first);
}

static void
judge_after(const struct deal *deal)
{
	assert_int_equal(deal->phase, DEAL_AFTER);
	assert_true(deal->has_payment);
}

static void
judge_before(const struct deal *deal)
{
	assert_int_equal(deal->phase, DEAL_BEFORE);
}

static void
judge_won(const struct deal *deal)
{
	assert_int_equal(deal->phase, DEAL_WON);
}

static void
judge_lost(const struct deal *deal)
{
	assert_int_equal(deal->phase, DEAL_LOST);
}

static void
phase_after_and_a_payment_that_is_there(void **state)
{
	(void)state;
	read_as("{\"id\":7,\"categoryId\":3,\"stageId\":\"C3:PAID\","
	    "\"companyId\":5,\"contactId\":6,\"assignedById\":1,"
	    "\"UF_CRM_PAID\":\"1\"}", REQUISITE("41", "1", ""), "",
	    judge_after);
}

static void
phase_is_by_sort_and_meaning(void **state)
{
	static const struct {
		const char *stage;
		void (*judge)(const struct deal *deal);
	} rows[] = { { DEAL_7("C3:NEW", ""), judge_before },
	    { DEAL_7("C3:WON", ""), judge_won },
	    { DEAL_7("C3:APOLOGY", ""), judge_lost },
	    { DEAL_7("C3:GONE", ",\"stageSemanticId\":\"F\""), judge_lost } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		read_as(rows[i].stage, REQUISITE("41", "1", ""), "",
		    rows[i].judge);
		remote.close(remote.ctx);
		remote.close = NULL;
		config_free(config);
		config = NULL;
		loopback_stop(&server);
	}
}

static void
judge_outside(const struct deal *deal)
{
	assert_int_equal(deal->phase, DEAL_OUTSIDE);
	assert_null(deal->funnel);
	assert_string_equal(deal->stage_name, "NEW");
}

static void
deal_of_another_funnel_is_outside(void **state)
{
	(void)state;
	read_as("{\"id\":7,\"categoryId\":0,\"stageId\":\"NEW\","
	    "\"companyId\":5,\"contactId\":6,\"assignedById\":1}",
	    REQUISITE("41", "1", ""), "", judge_outside);
}

static void
deal_that_is_gone_is_not_visited(void **state)
{
	char *more[] = { batch_of("{\"c0\":{\"items\":[]},\"c1\":[]}",
	    "[]") };
	struct seen seen = { .judge = judge_whole };
	int64_t id = 7;
	struct err err = { 0 };

	(void)state;
	if (prepare_orders(batch_of(DEAL_FACTS(SCOPES), "[]"), USUAL_FUNNEL,
	    USUAL_FIELDS, more, 1, &err) == -1 ||
	    remote.read_deals(remote.ctx, &id, 1, visit, &seen, &err) == -1)
		fail_msg("%s", err.text);
	assert_int_equal(seen.count, 0);
}

/* Where the CRM was barred: every deal would seem to be no order. */
static void
no_deal_is_read_without_the_facts_of_deals(void **state)
{
	struct seen seen = { .judge = judge_whole };
	int64_t id = 7;
	struct err err = { 0 };
	struct b24 *b24;

	(void)state;
	assert_int_equal(prepare_orders(batch_of(DEAL_FACTS(SCOPES), "[]"),
	    USUAL_FUNNEL, USUAL_FIELDS, NULL, 0, &err), 0);
	b24 = remote.ctx;
	b24->facts.deals.known = false;
	assert_int_equal(remote.read_deals(remote.ctx, &id, 1, visit, &seen,
	    &err), -1);
	assert_non_null(strstr(err.text, "not prepared"));
	assert_int_equal(seen.count, 0);
}

static void
is_plain(const char *text, const char *wanted)
{
	char *plain = b24_deal_text_plain(str_of(text));

	assert_string_equal(plain, wanted);
	free(plain);
}

static void
tags_and_entities_leave_a_text(void **state)
{
	(void)state;
	is_plain("", "");
	is_plain("a < b и c > d", "a < b и c > d");
	is_plain("<b>a</b> [url=http://x]b[/url] [abc]", "a b [abc]");
	is_plain("<div>1</div><div>2</div>3<br><br><br/>4", "1\n2\n3\n\n4");
	is_plain("&lt;b&gt; &amp;amp; &#1056;&#x420; &foo; &", "<b> &amp; "
	    "РР &foo; &");
	is_plain("[list][*]1[*]2[/list]", "1\n2");
	is_plain("<", "<");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		REMOTE_TEST(deal_is_read_whole_in_four_exchanges),
		REMOTE_TEST(rows_come_by_sort_and_no_rate_is_no_vat),
		REMOTE_TEST(linked_requisite_goes_before_the_first),
		REMOTE_TEST(
		    first_requisite_by_sort_and_address_of_registration),
		REMOTE_TEST(phase_after_and_a_payment_that_is_there),
		REMOTE_TEST(phase_is_by_sort_and_meaning),
		REMOTE_TEST(deal_of_another_funnel_is_outside),
		REMOTE_TEST(deal_that_is_gone_is_not_visited),
		REMOTE_TEST(no_deal_is_read_without_the_facts_of_deals),
		cmocka_unit_test(tags_and_entities_leave_a_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
