/*
 * The CRM over HTTP: what prepare() asks for and says, and an update that
 * reads before it writes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "b24_fixture.h"
#include "told_case.h"
#include "bitrix/b24_internal.h"

#define P "\x1f"
#define LISTS(presets) "{\"c0\":" presets ",\"c1\":[{\"ENTITY_ID\":" \
	"\"COMPANY_TYPE\",\"STATUS_ID\":\"CUSTOMER\",\"NAME\":\"Клиент\"}," \
	"{\"ENTITY_ID\":\"SOURCE\",\"STATUS_ID\":\"WEB\",\"NAME\":\"W\"}]," \
	"\"c2\":[{\"ENTITY_ID\":\"CONTACT_TYPE\",\"STATUS_ID\":\"CLIENT\"," \
	"\"NAME\":\"Клиенты\"}],\"c3\":{\"items\":[]}," \
	"\"c4\":{\"items\":[{\"id\":1}]},\"c5\":"
#define CRM(presets, user) LISTS(presets) user "}"
/* Where a rule names user fields. */
#define CRM_FIELDS(companies, contacts) LISTS(PRESETS) companies \
	",\"c6\":" contacts ",\"c7\":" USERS "}"
#define PRESETS "[{\"ID\":\"1\",\"NAME\":\"Организация\",\"XML_ID\":" \
	"\"#CRM_REQUISITE_PRESET_DEF_RU_COMPANY#\"}]"
#define USERS "[{\"ID\":\"8\",\"ACTIVE\":false,\"EMAIL\":\"a@b.ru\"}," \
	"{\"ID\":\"9\",\"ACTIVE\":true,\"EMAIL\":\"A@B.ru\"}]"

#define NO_ARTICLE "{\"c0\":{\"productProperties\":[]},\"c1\":" \
	"{\"products\":[]},\"c2\":{\"sections\":[]}," NO_MORE_GOODS "}"
#define COMPANY_FIELD "[{\"FIELD_NAME\":\"UF_CRM_A\",\"USER_TYPE_ID\":" \
	"\"string\"}]"
#define CONTACT_FIELD "[{\"FIELD_NAME\":\"UF_CRM_B\",\"USER_TYPE_ID\":" \
	"\"string\"}]"

static char told[8192];         /* by bitrix_check(): what is to mend */

/* `more` is the rest of the section of counterparties. */
static void
open_with(const char *catalog, const char *more)
{
	load_text(mem_printf("{\"portal\":{\"webhook\":"
	    "\"http://127.0.0.1:%d/rest/1/" SECRET "/\","
	    "\"retry_max_seconds\":5,\"burst\":1000},\"default_user\":"
	    "\"a@b.ru\",\"catalog\":{%s},\"counterparties\":{%s}}",
	    server.port, catalog, more));
}

/* A portal with counterparties. */
static void
open_clients(const char *more)
{
	open_with(USUAL, more);
}

static char *
batch(const char *results)
{
	char *body = mem_printf(BATCH("%s", "[]"), results);
	char *answer = loopback_json(200, body);

	free(body);
	return answer;
}

static void
clients_prepared(char *one, char *two)
{
	char *answers[] = { loopback_json(200, FACTS_1),
	    batch(CRM(PRESETS, USERS)), loopback_json(200, FACTS_2), one,
	    two };
	size_t count = one == NULL ? 3 : two == NULL ? 4 : 5;
	struct err err = { 0 };

	loopback_start(&server, answers, count);
	open_clients("");
	if (remote.prepare(remote.ctx, true, &facts, &err) == -1)
		fail_msg("%s", err.text);
	request = request_new(60);
}

static int
prepare_with(const char *crm, const char *more, struct err *err)
{
	char *answers[] = { loopback_json(200, FACTS_1),
	    loopback_json(200, crm) };

	loopback_start(&server, answers, 2);
	open_clients(more);
	return remote.prepare(remote.ctx, true, &facts, err);
}

static void
crm_is_read_once_where_clients_are_carried(void **state)
{
	(void)state;
	clients_prepared(NULL, NULL);
	assert_true(facts.companies_empty);
	assert_false(facts.contacts_empty);
	assert_non_null(strstr(loopback_request(&server, 1),
	    "crm.requisite.preset.list"));
}

static void
wrong_names_of_the_crm_are_told_at_once(void **state)
{
	struct err err = { 0 };

	(void)state;
	assert_int_equal(prepare_with(BATCH(CRM(PRESETS, "[]"), "[]"),
	    "\"presets\":{\"legal\":\"Фирма\"},\"types\":{\"Покупатель\":"
	    "\"BUYER\"}", &err), -1);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_non_null(strstr(err.text, "\"Фирма\""));
	assert_non_null(strstr(err.text, "\"BUYER\""));
	assert_non_null(strstr(err.text, "CUSTOMER (\"Клиент\")"));
	assert_non_null(strstr(err.text, "a@b.ru"));
}

static void
missing_permission_is_named(void **state)
{
	struct err err = { 0 };

	(void)state;
	assert_int_equal(prepare_with(BATCH("[]", "{\"c0\":{\"error\":"
	    "\"insufficient_scope\",\"error_description\":\"The request "
	    "requires higher privileges\"}}"), "", &err), -1);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_tells(err.text, "\"crm\"");
}

/* Were it asked to make the article's property, nobody would answer. */
static void
catalogue_that_is_not_carried_makes_and_needs_nothing(void **state)
{
	char *answers[] = { loopback_json(200, FACTS_1),
	    batch(CRM(PRESETS, USERS)), batch(NO_ARTICLE) };
	struct err err = { 0 };

	(void)state;
	loopback_start(&server, answers, 3);
	open_with("\"enabled\":false,\"price_types\":{\"Р\":\"NONE\"},"
	    "\"vat\":{\"7\":\"НДС 7%\"},\"units\":{\"ведро\":\"Ведро\"}",
	    "");
	if (remote.prepare(remote.ctx, true, &facts, &err) == -1)
		fail_msg("%s", err.text);
}

static void
article_is_made_where_the_catalogue_is_carried(void **state)
{
	char *answers[] = { loopback_json(200, FACTS_1),
	    batch(CRM(PRESETS, USERS)), batch(NO_ARTICLE),
	    batch("{\"c0\":{\"productProperty\":{\"id\":95}}}") };
	struct terms none = { 0 };
	struct err err = { 0 };
	bool unsure;

	(void)state;
	loopback_start(&server, answers, 4);
	open_clients("");
	if (remote.prepare(remote.ctx, true, &facts, &err) == -1 ||
	    remote.learn(remote.ctx, &none, true, &unsure, &err) == -1)
		fail_msg("%s", err.text);
	assert_non_null(strstr(loopback_request(&server, 3),
	    "catalog.productProperty.add"));
}

static void
tell(void *ctx, bool ok, const char *text)
{
	size_t len = strlen(told);

	(void)ctx;
	if (!ok)
		(void)snprintf(told + len, sizeof(told) - len, "%s\n", text);
}

/* What `check` says of the rules А and Б, answered with this. */
static int
check_with(char *crm)
{
	char *answers[] = { batch("{\"c0\":[\"catalog\",\"crm\",\"user\"],"
	    "\"c1\":{\"ADMIN\":true}}"), loopback_json(200, FACTS_1), crm,
	    loopback_json(200, FACTS_2), batch("{\"c0\":[]}") };
	struct err err = { 0 };

	told[0] = '\0';
	loopback_start(&server, answers, 5);
	open_with(USUAL ",\"pictures\":false",
	    "\"presets\":{\"entrepreneur\":\"1\",\"individual\":"
	    "\"1\"},\"fields\":{\"А\":\"UF_CRM_A\",\"Б\":\"UF_CRM_B\"}");
	return bitrix_check(&remote, config, tell, NULL, &err);
}

static void
user_field_of_companies_or_contacts_is_enough(void **state)
{
	(void)state;
	assert_int_equal(check_with(batch(CRM_FIELDS(COMPANY_FIELD,
	    CONTACT_FIELD))), 0);
	assert_string_equal(told, "");
	assert_non_null(strstr(loopback_request(&server, 2),
	    "crm.contact.userfield.list"));
}

static void
user_field_that_the_portal_lacks_is_named(void **state)
{
	(void)state;
	assert_int_equal(check_with(batch(CRM_FIELDS(COMPANY_FIELD, "[]"))),
	    1);
	assert_non_null(strstr(told, "\"UF_CRM_B\""));
	assert_non_null(strstr(told, "\"Б\""));
	assert_null(strstr(told, "UF_CRM_A"));
}

static void
user_field_that_no_text_can_fill_is_named(void **state)
{
	(void)state;
	assert_int_equal(check_with(batch(CRM_FIELDS(COMPANY_FIELD,
	    "[{\"FIELD_NAME\":\"UF_CRM_B\",\"USER_TYPE_ID\":\"file\"}]"))),
	    1);
	assert_non_null(strstr(told, "counterparties.fields, line 1: the user "
	    "field \"UF_CRM_B\" is of the type file"));
}

static void
user_fields_that_cannot_be_read_are_not_missing(void **state)
{
	(void)state;
	assert_int_equal(check_with(loopback_json(200, BATCH(LISTS(PRESETS)
	    "[],\"c7\":" USERS "}", "{\"c6\":{\"error\":\"\","
	    "\"error_description\":\"Access denied.\"}}"))), 1);
	assert_non_null(strstr(told, "crm.contact.userfield.list: "));
	assert_null(strstr(told, "UF_CRM_"));
}

/* Rules for managers; the portal's users are asked for together with them. */
static void
users_are_asked_for_by_id_and_mail_and_else_all(void **state)
{
	char *answers[] = { loopback_json(200, FACTS_1), batch(LISTS(PRESETS)
	    "[{\"ID\":\"9\",\"ACTIVE\":true,\"EMAIL\":\"a@b.ru\"}],"
	    "\"c6\":[{\"ID\":\"5\",\"ACTIVE\":false}],\"c7\":[{\"ID\":"
	    "\"6\",\"ACTIVE\":false,\"NAME\":\"Анна\",\"LAST_NAME\":"
	    "\"Примерова\"},{\"ID\":\"7\",\"ACTIVE\":true,\"NAME\":"
	    "\"Анна\",\"LAST_NAME\":\"Примерова\"}]}") };
	struct err err = { 0 };
	const char *asked;

	(void)state;
	loopback_start(&server, answers, 2);
	load_text(mem_printf("{\"portal\":{\"webhook\":"
	    "\"http://127.0.0.1:%d/rest/1/" SECRET "/\","
	    "\"retry_max_seconds\":5,\"burst\":1000},\"default_user\":"
	    "\"a@b.ru\",\"users\":{\"А\":\"A@b.ru\",\"Б\":\"5\",\"В\":"
	    "\"Примерова Анна\",\n\"Г\":\"Нет Такого\"},\"catalog\":{" USUAL
	    "},\"counterparties\":{}}", server.port));
	assert_int_equal(remote.prepare(remote.ctx, true, &facts, &err), -1);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_string_equal(err.text, "users, line 2: the portal has no user "
	    "\"Нет Такого\"");
	asked = loopback_request(&server, 1);
	assert_non_null(strstr(asked, "FILTER%5BEMAIL%5D="));
	assert_non_null(strstr(asked, "FILTER%5BID%5D=5"));
	assert_int_equal(b24_user_id(remote.ctx, str_of("примерова анна")),
	    7);
	assert_int_equal(b24_user_id(remote.ctx, str_of("5")), 5);
	assert_int_equal(b24_user_at_work(remote.ctx, str_of("5")), 0);
	assert_int_equal(b24_user_at_work(remote.ctx, str_of("a@b.ru")), 9);
}

static void
types_that_the_portal_lacks_are_no_values(void **state)
{
	struct err err = { 0 };

	(void)state;
	clients_prepared(NULL, NULL);
	assert_int_equal(remote.check_field(remote.ctx, TARGET_COMPANY,
	    FIELD_PARTY_TYPE, str_of("CUSTOMER"), &err), 0);
	assert_int_equal(remote.check_field(remote.ctx, TARGET_COMPANY,
	    FIELD_PARTY_TYPE, str_of("клиент"), &err), 0);
	assert_int_equal(remote.check_field(remote.ctx, TARGET_COMPANY,
	    FIELD_PARTY_TYPE, str_of("WEB"), &err), 1);
	assert_int_equal(err.kind, ERR_ITEM);
	/* Contacts need not have it. */
	assert_int_equal(remote.check_field(remote.ctx, TARGET_CONTACT,
	    FIELD_PARTY_TYPE, str_of("CUSTOMER"), &err), 0);
}

static void
clients_have_links(void **state)
{
	char link[256];

	(void)state;
	clients_prepared(NULL, NULL);
	remote.link(remote.ctx, TARGET_COMPANY, 5, link);
	assert_non_null(strstr(link, "/crm/company/details/5/"));
	remote.link(remote.ctx, TARGET_PERSON, 6, link);
	assert_non_null(strstr(link, "/crm/contact/details/6/"));
}

static void
company_is_read_before_it_is_changed(void **state)
{
	struct op *op;

	(void)state;
	clients_prepared(batch("{\"c0\":{\"items\":[{\"id\":44,\"title\":"
	    "\"Old\",\"fm\":[{\"id\":3,\"typeId\":\"PHONE\",\"valueType\":"
	    "\"WORK\",\"value\":\"8 495 1111111\"}]}]}}"),
	    batch("{\"c0\":{\"item\":{\"id\":44,\"title\":\"New\",\"fm\":"
	    "[{\"id\":3,\"typeId\":\"PHONE\",\"valueType\":\"WORK\","
	    "\"value\":\"8 495 1111111\"}]}}}"));
	op = add(OP_UPDATE, TARGET_COMPANY, "p1");
	op->portal_id = 44;
	set(op, FIELD_NAME, "New");
	set(op, FIELD_PHONES, "WORK" P "8 495 2222222");
	(void)fields_set(&op->before, FIELD_PHONES, str_of("WORK" P
	    "8 495 1111111"));
	run();
	assert_int_equal(op->outcome, OUTCOME_DONE);
	assert_non_null(strstr(loopback_request(&server, 3),
	    "crm.item.list?entityTypeId=4"));
	assert_non_null(strstr(loopback_request(&server, 4),
	    "fields%5Bfm%5D%5B3%5D%5Bvalue%5D="));
	assert_true(fields_has(&op->dropped, FIELD_PHONES));
	assert_false(fields_has(&op->dropped, FIELD_NAME));
}

static void
nothing_is_sent_when_nothing_differs(void **state)
{
	struct op *op;

	(void)state;
	clients_prepared(batch("{\"c0\":{\"items\":[{\"id\":44,\"title\":"
	    "\"New\",\"typeId\":\"CUSTOMER\"}]}}"), NULL);
	op = add(OP_UPDATE, TARGET_COMPANY, "p1");
	op->portal_id = 44;
	set(op, FIELD_NAME, "New");
	set(op, FIELD_PARTY_TYPE, "Клиент");
	run();
	assert_int_equal(op->outcome, OUTCOME_DONE);
	assert_true(request->answered);
}

/* No list shows it, and asked for by itself the portal says why. */
static enum outcome
outcome_of_unlisted(const char *error)
{
	struct op *op;

	clients_prepared(batch("{\"c0\":{\"items\":[]}}"),
	    loopback_json(200, error));
	op = add(OP_UPDATE, TARGET_CONTACT, "p1");
	op->portal_id = 44;
	set(op, FIELD_LAST_NAME, "И");
	run();
	return op->outcome;
}

static void
client_that_is_gone_is_not_there(void **state)
{
	(void)state;
	assert_int_equal(outcome_of_unlisted(BATCH("[]", "{\"c0\":{"
	    "\"error\":\"NOT_FOUND\",\"error_description\":\"\"}}")),
	    OUTCOME_NOT_THERE);
}

static void
client_that_is_hidden_is_refused(void **state)
{
	(void)state;
	assert_int_equal(outcome_of_unlisted(BATCH("[]", "{\"c0\":{"
	    "\"error\":\"ACCESS_DENIED\",\"error_description\":\"\"}}")),
	    OUTCOME_REFUSED);
}

static void
address_that_somebody_made_is_looked_up(void **state)
{
	struct op *op;

	(void)state;
	clients_prepared(loopback_json(200, BATCH("[]", "{\"c0\":{\"error\":"
	    "\"\",\"error_description\":\"TypeAddress exists.\"}}")),
	    batch("{\"c0\":[{\"TYPE_ID\":\"6\",\"ENTITY_TYPE_ID\":\"8\","
	    "\"ENTITY_ID\":\"5\",\"CITY\":\"M\"}]}"));
	op = add(OP_CREATE, TARGET_ADDRESS, "");
	(void)target_set_part(&op->target, TARGET_ADDRESS, str_of("p1"),
	    str_of("6"));
	op->parent_id = 5;
	set(op, FIELD_CITY, "M");
	run();
	assert_int_equal(op->outcome, OUTCOME_UNKNOWN);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		REMOTE_TEST(crm_is_read_once_where_clients_are_carried),
		REMOTE_TEST(wrong_names_of_the_crm_are_told_at_once),
		REMOTE_TEST(missing_permission_is_named),
		REMOTE_TEST(
		    catalogue_that_is_not_carried_makes_and_needs_nothing),
		REMOTE_TEST(article_is_made_where_the_catalogue_is_carried),
		REMOTE_TEST(user_field_of_companies_or_contacts_is_enough),
		REMOTE_TEST(user_field_that_the_portal_lacks_is_named),
		REMOTE_TEST(user_field_that_no_text_can_fill_is_named),
		REMOTE_TEST(user_fields_that_cannot_be_read_are_not_missing),
		REMOTE_TEST(users_are_asked_for_by_id_and_mail_and_else_all),
		REMOTE_TEST(types_that_the_portal_lacks_are_no_values),
		REMOTE_TEST(clients_have_links),
		REMOTE_TEST(company_is_read_before_it_is_changed),
		REMOTE_TEST(nothing_is_sent_when_nothing_differs),
		REMOTE_TEST(client_that_is_gone_is_not_there),
		REMOTE_TEST(client_that_is_hidden_is_refused),
		REMOTE_TEST(address_that_somebody_made_is_looked_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
