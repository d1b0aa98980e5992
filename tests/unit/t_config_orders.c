#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/config.h"
#include "base/limits.h"
#include "config_case.h"

#define NUMBERS "\"number_first\": 1, \"number_last\": 9"
#define FIELDS "\"fields\": { \"number\": \"UF_CRM_NUMBER\" }"
#define FUNNEL "{ \"funnel\": \"Продажа\", \"export_stages\": [\"В работе\"] }"
#define FUNNELS "\"funnels\": [ " FUNNEL " ]"
/* What every section needs, and one thing more. */
#define ORDERS(more) "{ \"orders\": { " NUMBERS ", " FIELDS ", " FUNNELS \
	", " more " } }"
/* The same with funnels of its own. */
#define WITH(funnels) "{ \"orders\": { " NUMBERS ", " FIELDS \
	",\n\"funnels\": [\n" funnels " ] } }"

static const char least[] = "{ \"orders\": { " NUMBERS ", " FIELDS ", "
    FUNNELS " } }";

static struct result
take(void **state, const char *text)
{
	struct result result = load(state, text);

	if (result.config == NULL)
		fail_msg("refused: %s", result.err.text);
	return result;
}

/* How often `part` is in what is said of a text that is refused. */
static size_t
count_said(void **state, const char *text, const char *part)
{
	struct result result = load(state, text);
	const char *p = result.err.text;
	size_t count = 0;

	assert_null(result.config);
	while ((p = strstr(p, part)) != NULL) {
		p += strlen(part);
		count++;
	}
	done(&result);
	return count;
}

/* ---- what is kept ----------------------------------------------------- */

static void
without_the_section_nothing_is_given(void **state)
{
	struct result result = take(state, "{}");

	assert_false(result.config->orders.given);
	assert_int_equal(result.config->orders.funnel_count, 0);
	assert_string_equal(buf_text(&result.warnings), "");
	done(&result);
}

static void
what_is_left_out_has_its_default(void **state)
{
	struct result result = take(state, least);
	const struct config_orders *orders = &result.config->orders;

	assert_true(orders->given);
	assert_int_equal(orders->profile, PROFILE_UNF);
	assert_int_equal(orders->encoding, ENCODING_UTF8_BOM);
	assert_string_equal(orders->file, "Orders.xml");
	assert_int_equal(orders->number_first, 1);
	assert_int_equal(orders->number_last, 9);
	assert_null(orders->since);
	assert_false(orders->date_begin);
	assert_int_equal(orders->unknown_lines, UNKNOWN_HOLD);
	assert_int_equal(orders->vat_known.count, 4);
	assert_string_equal(orders->vat_known.items[3], "20");
	assert_int_equal(orders->unseen_ms, 86400000);
	assert_int_equal(orders->reconcile_ms, 86400000);
	assert_int_equal(orders->requisites.count, 0);
	assert_true(orders->notify_on_payment);
	assert_string_equal(buf_text(&result.warnings), "");
	done(&result);
}

static void
a_funnel_has_its_defaults_too(void **state)
{
	struct result result = take(state, least);
	const struct config_orders *orders = &result.config->orders;
	const struct config_funnel *funnel = orders->funnels;

	assert_int_equal(orders->funnel_count, 1);
	assert_string_equal(funnel->funnel, "Продажа");
	assert_int_equal(funnel->export_stages.count, 1);
	assert_string_equal(funnel->export_stages.items[0], "В работе");
	assert_null(funnel->won);
	assert_null(funnel->lost);
	assert_null(funnel->paid_stage);
	assert_null(funnel->shipped_stage);
	assert_int_equal(funnel->status_to_1c.count, 0);
	assert_int_equal(funnel->status_from_1c.count, 0);
	assert_true(funnel->lines_from_1c);
	assert_false(funnel->silent_behind);
	assert_int_equal(funnel->requisites.count, 0);
	assert_int_equal(funnel->line, 1);
	done(&result);
}

static void
what_is_said_is_kept(void **state)
{
	struct result result = take(state, ORDERS("\"profile\": \"ut103\", "
	    "\"file\": \"Заказы сайта.xml\", \"encoding\": \"windows-1251\", "
	    "\"since\": \"2024-02-29\", \"date\": \"begin\", "
	    "\"unknown_lines\": \"service\", \"vat_known\": [\"22\", 10], "
	    "\"unseen_hours\": 2, \"reconcile_hours\": 3, "
	    "\"notify_on_payment\": false, "
	    "\"requisites\": { \"Канал\": \"UF_CRM_CHANNEL\" }"));
	const struct config_orders *orders = &result.config->orders;

	assert_int_equal(orders->profile, PROFILE_UT103);
	assert_string_equal(orders->file, "Заказы сайта.xml");
	assert_int_equal(orders->encoding, ENCODING_1251);
	assert_string_equal(orders->since, "2024-02-29");
	assert_true(orders->date_begin);
	assert_int_equal(orders->unknown_lines, UNKNOWN_SERVICE);
	assert_int_equal(orders->vat_known.count, 2);
	assert_string_equal(orders->vat_known.items[1], "10");
	assert_int_equal(orders->unseen_ms, 2 * 3600000);
	assert_int_equal(orders->reconcile_ms, 3 * 3600000);
	assert_false(orders->notify_on_payment);
	assert_string_equal(config_map_get(&orders->requisites,
	    str_of("канал")), "UF_CRM_CHANNEL");
	done(&result);
}

static void
every_word_has_its_value(void **state)
{
	struct result result = take(state, ORDERS("\"encoding\": \"utf-8\", "
	    "\"unknown_lines\": \"send\", \"date\": \"created\""));

	assert_int_equal(result.config->orders.encoding, ENCODING_UTF8);
	assert_int_equal(result.config->orders.unknown_lines, UNKNOWN_SEND);
	assert_false(result.config->orders.date_begin);
	done(&result);
}

static void
each_funnel_keeps_what_is_its_own(void **state)
{
	struct result result = take(state, WITH(
	    "{ \"funnel\": \"Продажа\", \"export_stages\": [\"А\", \"Б\"],\n"
	    "\"won\": \"Успех\", \"lost\": \"Отказ\", \"paid_stage\": "
	    "\"Отзыв\", \"shipped_stage\": \"Отгружен\", \"status_to_1c\": "
	    "{ \"А\": \"Новый\" }, \"status_from_1c\": { \"В работе\": \"Б\","
	    " \"3\": \"А\" }, \"lines_from_1c\": false, "
	    "\"edits_to_1c\": \"export_stages\", \"requisites\": "
	    "{ \"Организация\": \"Ромашка\" } },\n"
	    "{ \"export_stages\": [\"В\"], \"funnel\": 7, \"won\": null }"));
	const struct config_orders *orders = &result.config->orders;
	const struct config_funnel *a = &orders->funnels[0];
	const struct config_funnel *b = &orders->funnels[1];

	assert_int_equal(orders->funnel_count, 2);
	assert_string_equal(a->funnel, "Продажа");
	assert_int_equal(a->export_stages.count, 2);
	assert_string_equal(a->won, "Успех");
	assert_string_equal(a->lost, "Отказ");
	assert_string_equal(a->paid_stage, "Отзыв");
	assert_string_equal(a->shipped_stage, "Отгружен");
	assert_string_equal(config_map_get(&a->status_to_1c, str_of("а")),
	    "Новый");
	assert_string_equal(config_map_get(&a->status_from_1c, str_of("3")),
	    "А");
	assert_false(a->lines_from_1c);
	assert_true(a->silent_behind);
	assert_string_equal(config_map_get(&a->requisites,
	    str_of("Организация")), "Ромашка");
	assert_int_equal(a->line, 3);
	assert_string_equal(b->funnel, "7");
	assert_string_equal(b->export_stages.items[0], "В");
	assert_null(b->won);
	assert_true(b->lines_from_1c);
	assert_false(b->silent_behind);
	assert_int_equal(b->status_from_1c.count, 0);
	assert_int_equal(b->line, 5);
	done(&result);
}

static void
the_file_has_the_name_of_its_profile(void **state)
{
	static const struct {
		const char *text, *file;
		enum config_profile profile;
	} cases[] = {
		{ ORDERS("\"profile\": \"unf\""), "Orders.xml", PROFILE_UNF },
		{ ORDERS("\"profile\": \"ut11\", \"file\": null"),
		    "orders.xml", PROFILE_UT11 },
		{ ORDERS("\"profile\": \"ut103\""), "order.xml",
		    PROFILE_UT103 },
		{ ORDERS("\"profile\": \"bitrix\""), "orders.xml",
		    PROFILE_BITRIX },
		{ ORDERS("\"profile\": \"ut11\", \"file\": \"a.xml\""),
		    "a.xml", PROFILE_UT11 },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct result result = take(state, cases[i].text);

		assert_string_equal(result.config->orders.file,
		    cases[i].file);
		assert_int_equal(result.config->orders.profile,
		    cases[i].profile);
		done(&result);
	}
}

static void
the_file_is_known_in_the_inbox_too(void **state)
{
#define BOTH(in, out, more) "{ \"folders\": { \"inbox\": \"" in "\", " \
	"\"outbox\": \"" out "\" }, \"orders\": { " NUMBERS ", " FIELDS \
	", " FUNNELS more " } }"
	static const struct {
		const char *text, *name;
	} cases[] = {
		{ BOTH("/x/in", "/x/out", ""), NULL },
		{ BOTH("/x/in", "/x/inner", ""), NULL },
		{ BOTH("/x/in/deep", "/x/in", ""), NULL },
		{ BOTH("/x/in", "/x/in", ""), "Orders.xml" },
		{ BOTH("/x/in/", "/x/in", ""), "Orders.xml" },
		{ BOTH("/x/in", "/x/in/", ", \"file\": \"a.xml\""), "a.xml" },
		{ BOTH("/x/in", "/x/in//to/1c/", ""), "to/1c/Orders.xml" },
		{ BOTH("../io", "../io/out", ", \"profile\": \"ut11\""),
		    "out/orders.xml" },
		{ "{ \"folders\": { \"inbox\": \"a\", \"outbox\": \"a\" } }",
		    NULL },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct result result = take(state, cases[i].text);
		const char *name = result.config->orders.in_inbox;

		if (cases[i].name == NULL)
			assert_null(name);
		else if (name == NULL)
			fail_msg("not in the inbox: %s", cases[i].text);
		else
			assert_string_equal(name, cases[i].name);
		done(&result);
	}
}

static void
clients_for_1c_have_a_file_of_their_own(void **state)
{
	struct result result = take(state, "{ \"counterparties\": { \"export\":"
	    " [\"CUSTOMER\", \"*\"], \"export_since\": \"2026-01-01\" },"
	    " \"folders\": { \"inbox\": \"a\", \"outbox\": \"a/b\" } }");

	assert_int_equal(result.config->counterparties.export_types.count, 2);
	assert_string_equal(result.config->counterparties.export_file,
	    "clients.xml");
	assert_string_equal(result.config->counterparties.in_inbox,
	    "b/clients.xml");
	done(&result);
	result = take(state, "{ \"counterparties\": {} }");
	assert_int_equal(result.config->counterparties.export_types.count, 0);
	done(&result);
}

/* ---- what is refused -------------------------------------------------- */

static void
a_file_of_clients_that_is_none_is_refused(void **state)
{
	static const char *const names[] = { "a/b", "a\\\\b", ".a", "" };
	char text[256];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		(void)snprintf(text, sizeof(text), "{ \"counterparties\": { "
		    "\"export_file\": \"%s\" } }", names[i]);
		assert_int_equal(count_said(state, text,
		    "counterparties.export_file"), 1);
	}
	assert_int_equal(count_said(state, "{ \"counterparties\": { \"export\":"
	    " [\"*\"], \"export_file\": \"orders.xml\" }, \"orders\": { "
	    NUMBERS ", " FIELDS ", " FUNNELS " } }", "file of orders"), 1);
}

static void
a_range_of_numbers_is_needed(void **state)
{
	static const struct {
		const char *text, *said;
	} cases[] = {
		{ "{\n\"orders\": {} }",
		    ":2: orders: number_first and number_last are wanted" },
		{ "{ \"orders\": { \"number_first\": 5 } }",
		    "number_first and number_last are wanted" },
		{ "{ \"orders\": { \"number_last\": 5 } }",
		    "number_first and number_last are wanted" },
		{ "{ \"orders\": { \"number_first\": null, "
		    "\"number_last\": 4 } }",
		    "number_first and number_last are wanted" },
		{ "{ \"orders\": { \"number_first\": 5,\n"
		    "\"number_last\": 4 } }",
		    ":2: orders.number_last: it is before" },
		{ "{ \"orders\": { \"number_first\": 0, "
		    "\"number_last\": 4 } }", "found 0, wanted 1 to 999999" },
		{ "{ \"orders\": { \"number_first\": 1, "
		    "\"number_last\": 1000000 } }",
		    "found 1000000, wanted 1 to 999999" },
	};
	struct result result;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_refused(state, cases[i].text, cases[i].said);
	result = take(state, "{ \"orders\": { \"number_first\": 7, "
	    "\"number_last\": 7, " FIELDS ", " FUNNELS " } }");
	assert_int_equal(result.config->orders.number_first, 7);
	assert_int_equal(result.config->orders.number_last, 7);
	done(&result);
}

static void
what_is_not_there_yet_is_refused(void **state)
{
	assert_refused(state, ORDERS("\n\"kind\": \"invoice\""),
	    ":2: orders.kind: invoices are not made yet");
	assert_refused(state, ORDERS("\"kind\": \"offer\""),
	    "wanted one of: deal, invoice");
	assert_warned(state, ORDERS("\"kind\": \"deal\""), NULL);
}

static void
deals_of_onec_orders_want_their_clients(void **state)
{
	struct result result;

	assert_refused(state, ORDERS(
	    "\n\"create_deals_for_onec_orders\": true"),
	    ":2: orders.create_deals_for_onec_orders: the section "
	    "`counterparties` is wanted");
	assert_warned(state, ORDERS(
	    "\"create_deals_for_onec_orders\": false"), NULL);
	result = take(state, "{ \"counterparties\": {}, \"orders\": { "
	    NUMBERS ", " FIELDS ", " FUNNELS ", "
	    "\"create_deals_for_onec_orders\": true } }");
	assert_true(result.config->orders.create_deals);
	done(&result);
}

static void
a_funnel_is_needed(void **state)
{
	const char *wanted = "orders.funnels: at least one funnel is wanted";

	assert_refused(state, "{\n\"orders\": { " NUMBERS " } }",
	    ":2: orders.funnels: at least one funnel is wanted");
	assert_refused(state, "{ \"orders\": { " NUMBERS ",\n"
	    "\"funnels\": [] } }",
	    ":2: orders.funnels: at least one funnel is wanted");
	assert_refused(state, "{ \"orders\": { " NUMBERS ", "
	    "\"funnels\": null } }", wanted);
	/* Said once: what is wrong with it is something else. */
	assert_int_equal(count_said(state, "{ \"orders\": { " NUMBERS ", "
	    "\"funnels\": 5 } }", "orders.funnels"), 1);
	assert_int_equal(count_said(state, "{ \"orders\": { " NUMBERS ", "
	    "\"funnels\": [5] } }", "orders.funnels"), 1);
}

static void
a_funnel_needs_a_name_and_stages(void **state)
{
	assert_refused(state, WITH("{ \"export_stages\": [\"А\"] }"),
	    ":3: orders.funnels[].funnel: the name");
	assert_refused(state, WITH("{ \"funnel\": \"Продажа\" }"),
	    ":3: orders.funnels[].export_stages: at least one");
	assert_refused(state, WITH("{ \"funnel\": \"Продажа\", "
	    "\"export_stages\": [] }"), ":3: orders.funnels[].export_stages");
	assert_refused(state, WITH(FUNNEL ",\n{}"),
	    ":4: orders.funnels[].funnel: the name");
}

static void
a_funnel_stands_there_once(void **state)
{
	assert_refused(state, WITH(FUNNEL ",\n"
	    "{ \"funnel\": \"Заказ\", \"export_stages\": [\"А\"] },\n"
	    "{ \"funnel\": \" ПРОДАЖА\", \"export_stages\": [\"А\"] }"),
	    ":5: orders.funnels: \"ПРОДАЖА\" stands here a second time; the "
	    "first is in line 3");
	assert_refused(state, WITH(FUNNEL ",\n"
	    "{ \"funnel\": 7, \"export_stages\": [\"А\"] },\n"
	    "{ \"funnel\": \"7\", \"export_stages\": [\"А\"] }"),
	    ":5: orders.funnels: \"7\" stands here a second time; the "
	    "first is in line 4");
}

static void
more_funnels_than_anybody_has_are_refused(void **state)
{
	struct buf text = BUF_INIT(64 * 1024);
	int i;

	(void)buf_add_text(&text, "{ \"orders\": { " NUMBERS ", "
	    "\"funnels\": [ {}");
	for (i = 0; i < LIMIT_CONFIG_NAMES; i++)
		(void)buf_add_text(&text, ", {}");
	(void)buf_add_text(&text, " ] } }");
	assert_int_equal(count_said(state, buf_text(&text),
	    "orders.funnels: more than 2000 entries"), 1);
	assert_int_equal(count_said(state, buf_text(&text),
	    "export_stages"), 0);
	buf_free(&text);
}

static void
the_file_has_a_plain_name(void **state)
{
	static const char *const bad[] = {
		ORDERS("\"file\": \"a/Orders.xml\""),
		ORDERS("\"file\": \"/Orders.xml\""),
		ORDERS("\"file\": \"a\\\\Orders.xml\""),
		ORDERS("\"file\": \"..\""),
		ORDERS("\"file\": \".Orders.xml\""),
		ORDERS("\"file\": \"a\\tb.xml\""),
	};
	char text[1024], name[257];
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_refused(state, bad[i], "orders.file: wanted the plain "
		    "name of a file in folders.outbox");
	assert_refused(state, ORDERS("\n\"file\": \"a/b\""), ":2: orders");
	assert_refused(state, ORDERS("\"file\": \"\""), "orders.file: it is");
	memset(name, 'a', sizeof(name) - 1);
	name[256] = '\0';
	(void)snprintf(text, sizeof(text), ORDERS("\"file\": \"%s\""), name);
	assert_refused(state, text, "a name of more than 255 bytes");
	(void)snprintf(text, sizeof(text), ORDERS("\"file\": \"%s\""),
	    name + 1);
	assert_warned(state, text, NULL);
}

static void
since_is_a_day_of_the_calendar(void **state)
{
	static const char *const bad[] = {
		ORDERS("\"since\": \"22.11.2026\""),
		ORDERS("\"since\": \"2026-11-22 \""),
		ORDERS("\"since\": \"2026-00-01\""),
		ORDERS("\"since\": \"2026-13-01\""),
		ORDERS("\"since\": \"2026-01-00\""),
		ORDERS("\"since\": \"2026-01-32\""),
		ORDERS("\"since\": \"2026-02-29\""),
		ORDERS("\"since\": \"2100-02-29\""),
		ORDERS("\"since\": \"2026-04-31\""),
		ORDERS("\"since\": 20261122"),
	};
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_refused(state, bad[i], "orders.since: wanted a day");
	assert_warned(state, ORDERS("\"since\": \"2000-02-29\""), NULL);
	assert_warned(state, ORDERS("\"since\": \"2026-12-31\""), NULL);
	assert_warned(state, ORDERS("\"since\": null"), NULL);
}

/* ---- fields of the deal ----------------------------------------------- */

static void
every_field_of_the_deal_is_known(void **state)
{
	static const char *const names[] = { "number", "onec_number",
	    "onec_date", "paid", "payment_date", "payment_type",
	    "payment_sum", "payment_method", "payment_comment", "shipped",
	    "shipment_date" };
	struct buf text = BUF_INIT(4096);
	struct result result;
	size_t i;

	(void)buf_add_text(&text, "{ \"orders\": { " NUMBERS ", " FUNNELS
	    ", \"fields\": { ");
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		(void)buf_printf(&text, "%s\"%s\": \"UF_CRM_%zu\"",
		    i > 0 ? ", " : "", names[i], i);
	(void)buf_add_text(&text, " } } }");
	result = take(state, buf_text(&text));
	assert_string_equal(config_map_get(&result.config->orders.fields,
	    str_of("shipment_date")), "UF_CRM_10");
	assert_string_equal(config_map_get(&result.config->orders.fields,
	    str_of("onec_date")), "UF_CRM_2");
	assert_string_equal(buf_text(&result.warnings), "");
	done(&result);
	buf_free(&text);
}

static void
no_field_for_the_number_is_told(void **state)
{
	assert_warned(state, "{\n\"orders\": { " NUMBERS ", " FUNNELS " } }",
	    ":2: orders.fields: there is no \"number\"");
	assert_warned(state, "{ \"orders\": { " NUMBERS ", " FUNNELS ",\n"
	    "\"fields\": { \"paid\": \"UF_CRM_PAID\" } } }",
	    ":2: orders.fields: there is no \"number\"");
	assert_warned(state, least, NULL);
}

static void
two_values_cannot_share_a_field(void **state)
{
	assert_refused(state, "{ \"orders\": { " NUMBERS ", " FUNNELS ", "
	    "\"fields\": { \"number\": \"UF_CRM_A\",\n\"onec_number\": "
	    "\"uf_crm_a\" } } }", ":2: orders.fields: \"onec_number\" goes "
	    "to \"uf_crm_a\", where \"number\" in line 1 goes already");
	assert_refused(state, ORDERS("\n\"requisites\": { \"Номер\": "
	    "\"UF_CRM_NUMBER\" }"), ":2: orders.requisites: \"Номер\" goes "
	    "to \"UF_CRM_NUMBER\", where \"number\" in line 1");
	assert_refused(state, ORDERS("\"requisites\": { \"А\": \"UF_CRM_X\","
	    " \"Б\": \"UF_CRM_X\" }"), "\"Б\" goes to \"UF_CRM_X\"");
	assert_warned(state, ORDERS("\"requisites\": { \"А\": \"UF_CRM_X\", "
	    "\"Б\": \"UF_CRM_Y\" }"), NULL);
}

/* What cml24 says itself would vanish without a word, and what УНФ has as an
 * attribute of the order is written over that. */
static void
names_of_requisites_that_do_harm_are_told(void **state)
{
	assert_warned(state, ORDERS("\n\"requisites\": { \"отменен\": "
	    "\"UF_CRM_X\" }"), ":2: orders.requisites: \"отменен\" is said by "
	    "cml24 itself");
	assert_warned(state, ORDERS("\"requisites\": { \"Статус Заказа\": "
	    "\"UF_CRM_X\" }"), "\"Статус Заказа\" is said by cml24 itself");
	assert_warned(state, ORDERS("\"requisites\": { \"Сумма документа\": "
	    "\"UF_CRM_X\" }"), "orders.requisites: УНФ has an attribute "
	    "\"Сумма документа\" of its own");
	assert_warned(state, ORDERS("\"profile\": \"ut11\", \"requisites\": "
	    "{ \"Сумма документа\": \"UF_CRM_X\" }"), NULL);
	assert_warned(state, "{ \"orders\": { " NUMBERS ", \"fields\": { "
	    "\"number\": \"UF_CRM_NUMBER\" }, \"funnels\": [ { \"funnel\": "
	    "\"А\", \"export_stages\": [ \"Б\" ],\n\"requisites\": { "
	    "\"курс\": \"60\" } } ] } }", ":2: orders.funnels[].requisites: "
	    "УНФ has an attribute \"курс\"");
	assert_warned(state, "{ \"orders\": { " NUMBERS ", \"fields\": { "
	    "\"number\": \"UF_CRM_NUMBER\" }, \"funnels\": [ { \"funnel\": "
	    "\"А\", \"export_stages\": [ \"Б\" ], \"requisites\": { "
	    "\"Организация\": \"7700000016\", \"Дата отгрузки\": "
	    "\"2026-12-31\" } } ] } }", NULL);
}

/* ---- examples --------------------------------------------------------- */

/* Tests run in the top folder. */
static struct result
take_example(void **state, const char *path)
{
	struct buf text = BUF_INIT(LIMIT_CONFIG_BYTES);
	struct result result;

	assert_int_equal(file_read(&text, path, NULL), 0);
	result = take(state, buf_text(&text));
	buf_free(&text);
	return result;
}

static void
the_example_of_all_keys_says_the_defaults(void **state)
{
	struct result example = take_example(state,
	    "exchange/exchange.example.json");
	struct result plain = take(state, least);
	const struct config_orders *a = &example.config->orders;
	const struct config_orders *b = &plain.config->orders;

	assert_true(a->given);
	assert_int_equal(a->profile, b->profile);
	assert_int_equal(a->encoding, b->encoding);
	assert_string_equal(a->file, b->file);
	assert_null(a->since);
	assert_int_equal(a->date_begin, b->date_begin);
	assert_int_equal(a->unknown_lines, b->unknown_lines);
	assert_int_equal(a->vat_known.count, b->vat_known.count);
	assert_int_equal(a->unseen_ms, b->unseen_ms);
	assert_int_equal(a->reconcile_ms, b->reconcile_ms);
	assert_int_equal(a->notify_on_payment, b->notify_on_payment);
	assert_int_equal(a->funnels[0].lines_from_1c,
	    b->funnels[0].lines_from_1c);
	assert_int_equal(a->funnels[0].silent_behind,
	    b->funnels[0].silent_behind);
	done(&example);
	done(&plain);
}

static void
the_small_example_works_without_a_warning(void **state)
{
	struct result result = take_example(state,
	    "exchange/orders.example.json");
	const struct config_orders *orders = &result.config->orders;

	assert_string_equal(buf_text(&result.warnings), "");
	assert_true(orders->given);
	assert_true(result.config->counterparties.given);
	assert_int_equal(orders->profile, PROFILE_UNF);
	assert_string_equal(orders->file, "Orders.xml");
	assert_int_equal(orders->funnel_count, 2);
	assert_string_equal(orders->funnels[0].paid_stage,
	    "Получение обратной связи");
	assert_null(orders->funnels[1].paid_stage);
	done(&result);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, scratch_remove)
	const struct CMUnitTest tests[] = {
		T(without_the_section_nothing_is_given),
		T(what_is_left_out_has_its_default),
		T(a_funnel_has_its_defaults_too),
		T(what_is_said_is_kept),
		T(every_word_has_its_value),
		T(each_funnel_keeps_what_is_its_own),
		T(the_file_has_the_name_of_its_profile),
		T(the_file_is_known_in_the_inbox_too),
		T(clients_for_1c_have_a_file_of_their_own),
		T(a_file_of_clients_that_is_none_is_refused),
		T(a_range_of_numbers_is_needed),
		T(what_is_not_there_yet_is_refused),
		T(deals_of_onec_orders_want_their_clients),
		T(a_funnel_is_needed),
		T(a_funnel_needs_a_name_and_stages),
		T(a_funnel_stands_there_once),
		T(more_funnels_than_anybody_has_are_refused),
		T(the_file_has_a_plain_name),
		T(since_is_a_day_of_the_calendar),
		T(every_field_of_the_deal_is_known),
		T(no_field_for_the_number_is_told),
		T(two_values_cannot_share_a_field),
		T(the_example_of_all_keys_says_the_defaults),
		T(names_of_requisites_that_do_harm_are_told),
		T(the_small_example_works_without_a_warning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
