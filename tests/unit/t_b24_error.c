#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/log.h"
#include "base/told.h"
#include "bitrix/b24_internal.h"

static struct b24_error error;

static void
read_error(const char *json, int status, enum b24_method method)
{
	cJSON *root = cJSON_Parse(json);

	assert_non_null(root);
	memset(&error, 0, sizeof(error));
	b24_error_read(&error, root, status, method);
	cJSON_Delete(root);
}

static enum b24_fate
fate(const char *code, int status, enum b24_method method)
{
	char json[256];

	(void)snprintf(json, sizeof(json),
	    "{\"error\":%s,\"error_description\":\"why\"}", code);
	read_error(json, status, method);
	return error.fate;
}

static void
limits_mean_wait(void **state)
{
	(void)state;
	assert_int_equal(fate("\"QUERY_LIMIT_EXCEEDED\"", 503, B24_NONE),
	    B24_FATE_RATE);
	assert_int_equal(fate("\"OVERLOAD_LIMIT\"", 503, B24_NONE),
	    B24_FATE_RATE);
	assert_int_equal(fate("\"OPERATION_TIME_LIMIT\"", 0,
	    B24_PRODUCT_ADD), B24_FATE_OPERATING);
	assert_int_equal(b24_error_outcome(B24_FATE_RATE, true),
	    OUTCOME_AGAIN);
	assert_int_equal(b24_error_outcome(B24_FATE_OPERATING, false),
	    OUTCOME_AGAIN);
}

static void
credentials_and_rights_stop_the_run(void **state)
{
	static const char *const codes[] = { "\"INVALID_CREDENTIALS\"",
	    "\"insufficient_scope\"", "\"NO_AUTH_FOUND\"",
	    "\"ACCESS_DENIED\"", "\"PORTAL_DELETED\"", "200040300010",
	    "\"200040300040\"", "\"ERROR_METHOD_NOT_FOUND\"" };

	(void)state;
	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		assert_int_equal(fate(codes[i], 0, B24_PRODUCT_ADD),
		    B24_FATE_STOP);
	assert_int_equal(b24_error_outcome(B24_FATE_STOP, true),
	    OUTCOME_STOP);
}

static void
stop_says_what_to_do(void **state)
{
	(void)state;
	(void)fate("\"INVALID_CREDENTIALS\"", 401, B24_NONE);
	assert_non_null(strstr(error.text, "make a new one"));
	assert_non_null(strstr(error.text, "why"));
}

static void
unknown_code_of_a_command_is_a_refusal(void **state)
{
	(void)state;
	assert_int_equal(fate("\"ERROR_CORE\"", 0, B24_PRODUCT_ADD),
	    B24_FATE_REFUSED);
	assert_string_equal(error.code, "ERROR_CORE");
	assert_string_equal(error.text, "why");
	assert_int_equal(fate("100", 0, B24_PRODUCT_ADD), B24_FATE_REFUSED);
	assert_string_equal(error.code, "100");
	assert_int_equal(b24_error_outcome(B24_FATE_REFUSED, true),
	    OUTCOME_REFUSED);
}

static void
codes_without_meaning_are_doubtful(void **state)
{
	static const char *const codes[] = { "0", "\"0\"", "\"\"", "\"-\"",
	    "null" };

	(void)state;
	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		assert_int_equal(fate(codes[i], 0, B24_PRODUCT_UPDATE),
		    B24_FATE_DOUBTFUL);
}

static void
rights_of_one_good_or_document_stop_nothing(void **state)
{
	(void)state;
	assert_int_equal(fate("200040300043", 0, B24_OFFER_ADD),
	    B24_FATE_STOP);
	assert_int_equal(fate("200040300043", 0, B24_OFFER_UPDATE),
	    B24_FATE_REFUSED);
	assert_non_null(strstr(error.text, "administrator"));
	assert_int_equal(fate("200040300050", 0, B24_PRODUCT_UPDATE),
	    B24_FATE_REFUSED);
	assert_non_null(strstr(error.text, "administrator"));
	assert_int_equal(fate("\"ERROR_DOCUMENT_RIGHTS\"", 0,
	    B24_DOCUMENT_ELEMENT_ADD), B24_FATE_REFUSED);
	assert_non_null(strstr(error.text, "stock documents"));
}

static void
error_of_the_portals_own_may_be_tried_again(void **state)
{
	static const char text[] = "{\"error\":0,\"error_description\":"
	    "\"Internal error adding product. Try adding again.\"}";

	(void)state;
	read_error(text, 0, B24_SKU_ADD);
	assert_int_equal(error.fate, B24_FATE_AGAIN);
	assert_string_equal(error.code, OP_INTERNAL);
	read_error(text, 0, B24_PRODUCT_LIST);
	assert_int_equal(error.fate, B24_FATE_DOUBTFUL);
	read_error(text, 0, B24_IMAGE_LIST);
	assert_int_equal(error.fate, B24_FATE_DOUBTFUL);
	read_error(text, 0, B24_ITEM_ADD);
	assert_int_equal(error.fate, B24_FATE_DOUBTFUL);
}

static void
what_is_not_there_is_told_by_its_code(void **state)
{
	(void)state;
	assert_int_equal(fate("200700300030", 0, B24_SECTION_UPDATE),
	    B24_FATE_NOT_THERE);
	assert_int_equal(fate("\"-\"", 0, B24_PRICE_DELETE),
	    B24_FATE_NOT_THERE);
}

static void
server_errors_leave_writes_unknown_and_reads_to_repeat(void **state)
{
	(void)state;
	assert_int_equal(fate("\"INTERNAL_SERVER_ERROR\"", 500, B24_NONE),
	    B24_FATE_UNKNOWN);
	assert_int_equal(fate("\"SOMETHING\"", 502, B24_NONE),
	    B24_FATE_UNKNOWN);
	assert_int_equal(b24_error_outcome(B24_FATE_UNKNOWN, true),
	    OUTCOME_UNKNOWN);
	assert_int_equal(b24_error_outcome(B24_FATE_UNKNOWN, false),
	    OUTCOME_AGAIN);
}

static void
refused_read_stops_instead_of_asking_for_ever(void **state)
{
	(void)state;
	assert_int_equal(b24_error_outcome(B24_FATE_REFUSED, false),
	    OUTCOME_STOP);
	assert_int_equal(b24_error_outcome(B24_FATE_DOUBTFUL, false),
	    OUTCOME_STOP);
}

static void
missing_reason_is_said(void **state)
{
	(void)state;
	read_error("{\"error\":\"\"}", 0, B24_SECTION_ADD);
	assert_string_equal(error.text, TOLD("the portal gave no reason"));
	read_error("{\"error\":\"CODE\",\"error_description\":\"\"}", 0,
	    B24_SECTION_ADD);
	assert_string_equal(error.text, "CODE");
}

static void
array_is_no_reason(void **state)
{
	(void)state;
	read_error("{\"error\":\"\",\"error_description\":\"Array\"}", 0,
	    B24_BANK_ADD);
	assert_int_equal(error.fate, B24_FATE_DOUBTFUL);
	assert_non_null(strstr(error.text, "no reason"));
	assert_null(strstr(error.text, "Array"));
}

/* A right of the CRM is not the portal's plan; one of a record is its own
 * matter. */
static void
rights_of_the_crm_are_told_as_such(void **state)
{
	static const struct {
		enum b24_method method;
		enum b24_fate fate;
	} rights[] = { { B24_ITEM_DELETE, B24_FATE_REFUSED },
	    { B24_ITEM_LIST, B24_FATE_STOP },
	    { B24_CATEGORY_LIST, B24_FATE_STOP } };

	(void)state;
	for (size_t i = 0; i < sizeof(rights) / sizeof(*rights); i++) {
		assert_int_equal(fate("\"ACCESS_DENIED\"", 0,
		    rights[i].method), rights[i].fate);
		assert_non_null(strstr(error.text, "in the portal's CRM"));
		assert_null(strstr(error.text, "plan"));
	}
	assert_int_equal(fate("\"allowed_only_intranet_user\"", 403,
	    B24_NONE), B24_FATE_STOP);
	assert_non_null(strstr(error.text, "not one of the company"));
	read_error("{\"error\":0,\"error_description\":\"Access denied.\"}",
	    0, B24_ADDRESS_LIST);
	assert_int_equal(error.fate, B24_FATE_REFUSED);
	assert_non_null(strstr(error.text, "contacts, companies and leads"));
}

static void
wanted_field_is_told_with_a_way_out(void **state)
{
	(void)state;
	read_error("{\"error\":\"CRM_FIELD_ERROR_REQUIRED\","
	    "\"error_description\":\"The \\\"X\\\" field is required\"}", 0,
	    B24_ITEM_ADD);
	assert_int_equal(error.fate, B24_FATE_REFUSED);
	assert_non_null(strstr(error.text, "counterparties.fields"));
	assert_non_null(strstr(error.text, "\"X\" field"));
	assert_int_equal(fate("\"CRM_FIELD_ERROR_REQUIRED\"", 0,
	    B24_ITEM_UPDATE), B24_FATE_REFUSED);
	assert_null(strstr(error.text, "counterparties.fields"));
}

static void
long_text_is_cut_at_a_character(void **state)
{
	char json[4096] = "{\"error\":1,\"error_description\":\"x";

	(void)state;
	for (int i = 0; i < 600; i++)
		strcat(json, "ж");
	strcat(json, "\"}");
	read_error(json, 0, B24_PRODUCT_ADD);
	assert_true(str_utf8_valid(str_of(error.text)));
	assert_true(strlen(error.text) > 400);
}

static void
secret_in_an_error_is_masked(void **state)
{
	(void)state;
	log_add_secret("s3cret0hook");
	read_error("{\"error\":\"X\",\"error_description\":"
	    "\"bad https://x/rest/1/s3cret0hook/batch\"}", 0, B24_NONE);
	assert_null(strstr(error.text, "s3cret0hook"));
}

static void
secret_is_masked_before_the_text_is_cut(void **state)
{
	char json[2048] = "{\"error\":\"at https://portal.example/rest/10/"
	    "s3cret0hook\",\"error_description\":\"";
	size_t len = strlen(json);

	(void)state;
	log_add_secret("s3cret0hook");
	/* Its end is beyond what is kept. */
	memset(json + len, 'x', B24_TEXT_BYTES - 10);
	(void)snprintf(json + len + B24_TEXT_BYTES - 10, 64,
	    "s3cret0hook\"}");
	read_error(json, 0, B24_NONE);
	assert_null(strstr(error.text, "s3c"));
	assert_null(strstr(error.code, "s3c"));
}

static struct http_request
answered(int status, const char *type)
{
	struct http_request request = { .status = status, .sent = true,
	    .complete = true };

	(void)snprintf(request.type, sizeof(request.type), "%s", type);
	return request;
}

static void
transport_tells_whether_it_was_sent(void **state)
{
	struct http_request request = { .sent = false };

	(void)state;
	b24_error_http(&error, &request);
	assert_int_equal(error.fate, B24_FATE_AGAIN);
	request.sent = true;
	b24_error_http(&error, &request);
	assert_int_equal(error.fate, B24_FATE_UNKNOWN);
	request = answered(200, "application/json");
	request.complete = false;
	b24_error_http(&error, &request);
	assert_int_equal(error.fate, B24_FATE_UNKNOWN);
	request = (struct http_request){ .untrusted = true };
	b24_error_http(&error, &request);
	assert_int_equal(error.fate, B24_FATE_STOP);
}

static void
html_is_judged_by_its_status(void **state)
{
	static const struct {
		int status;
		enum b24_fate fate;
	} rows[] = { { 200, B24_FATE_UNKNOWN }, { 302, B24_FATE_STOP },
	    { 401, B24_FATE_STOP }, { 403, B24_FATE_STOP },
	    { 404, B24_FATE_STOP }, { 413, B24_FATE_UNKNOWN },
	    { 429, B24_FATE_OPERATING }, { 500, B24_FATE_UNKNOWN },
	    { 502, B24_FATE_UNKNOWN }, { 503, B24_FATE_UNKNOWN },
	    { 504, B24_FATE_UNKNOWN } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct http_request request = answered(rows[i].status,
		    "text/html");

		b24_error_http(&error, &request);
		assert_int_equal(error.fate, rows[i].fate);
		assert_non_null(strstr(error.text, "text/html"));
	}
}

static void
every_write_says_how_it_is_looked_up(void **state)
{
	(void)state;
	for (int i = 1; i < B24_METHOD_COUNT; i++) {
		const struct b24_method_info *info =
		    b24_methods_info((enum b24_method)i);

		assert_int_equal(b24_methods_by_name(str_of(info->name)), i);
		assert_string_not_equal(info->page, "");
		if (info->repeat == B24_REPEAT_FREELY)
			continue;
		assert_string_not_equal(info->key, "");
		/* Nothing lists notices: flow/ knows what that means. */
		if (i != B24_NOTICE_ADD)
			assert_int_not_equal(info->look_up, B24_NONE);
	}
	assert_int_equal(b24_methods_by_name(str_of("x")), B24_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(limits_mean_wait),
		cmocka_unit_test(credentials_and_rights_stop_the_run),
		cmocka_unit_test(stop_says_what_to_do),
		cmocka_unit_test(unknown_code_of_a_command_is_a_refusal),
		cmocka_unit_test(codes_without_meaning_are_doubtful),
		cmocka_unit_test(rights_of_one_good_or_document_stop_nothing),
		cmocka_unit_test(error_of_the_portals_own_may_be_tried_again),
		cmocka_unit_test(what_is_not_there_is_told_by_its_code),
		cmocka_unit_test(
		    server_errors_leave_writes_unknown_and_reads_to_repeat),
		cmocka_unit_test(
		    refused_read_stops_instead_of_asking_for_ever),
		cmocka_unit_test(missing_reason_is_said),
		cmocka_unit_test(array_is_no_reason),
		cmocka_unit_test(rights_of_the_crm_are_told_as_such),
		cmocka_unit_test(wanted_field_is_told_with_a_way_out),
		cmocka_unit_test(long_text_is_cut_at_a_character),
		cmocka_unit_test(secret_in_an_error_is_masked),
		cmocka_unit_test(secret_is_masked_before_the_text_is_cut),
		cmocka_unit_test(transport_tells_whether_it_was_sent),
		cmocka_unit_test(html_is_judged_by_its_status),
		cmocka_unit_test(every_write_says_how_it_is_looked_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
