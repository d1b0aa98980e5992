#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/config.h"
#include "base/config_internal.h"
#include "base/limits.h"
#include "config_case.h"

#define WEBHOOK "https://shop.example/rest/1/s3cretw0rd/"

static void
put_secret(void **state, const char *text, mode_t mode)
{
	char *path = file_join(*state, "webhook");

	scratch_put(path, text);
	assert_int_equal(chmod(path, mode), 0);
	free(path);
}

static void
what_is_left_out_has_its_default(void **state)
{
	struct result result = load(state, "{}");
	const struct config *config = result.config;

	assert_non_null(config);
	assert_null(config->portal.webhook);
	assert_null(config->portal.oauth_file);
	assert_null(config->portal.oauth_host);
	assert_true(config->portal.requests_per_second == 2.0);
	assert_int_equal(config->portal.burst, 50);
	assert_int_equal(config->portal.operating_seconds, 480);
	assert_int_equal(config->portal.batch_size, 50);
	assert_int_equal(config->portal.timeout_ms, 75000);
	assert_int_equal(config->portal.retry_max_ms, 300000);
	assert_int_equal(config->portal.unknown_ms, 60000);
	assert_int_equal(config->inbox.nodes.count, 0);
	assert_int_equal(config->inbox.settle_ms, 5000);
	assert_int_equal(config->inbox.session_quiet_ms, 600000);
	assert_int_equal(config->inbox.give_up_ms, 3600000);
	assert_int_equal(config->inbox.archive_days, 30);
	assert_int_equal(config->inbox.archive_mb, 2000);
	assert_int_equal(config->run.max_ms, 0);
	assert_int_equal(config->run.history_days, 365);
	assert_true(config->catalog.enabled);
	assert_int_equal(config->catalog.marked, MARKED_DEACTIVATE);
	assert_int_equal(config->catalog.absent, ABSENT_KEEP);
	assert_int_equal(config->catalog.max_deleted_percent, 20);
	assert_int_equal(config->catalog.stock, STOCK_AUTO);
	assert_int_equal(config->catalog.characteristics,
	    CHARACTERISTICS_VARIATIONS);
	assert_int_equal(config->catalog.adopt.count, 2);
	assert_string_equal(config->catalog.adopt.items[1], "article");
	assert_true(config->catalog.negative_zero);
	assert_true(config->catalog.pictures);
	assert_string_equal(config_map_get(&config->currencies,
	    str_of("Руб.")), "RUB");
	assert_string_equal(buf_text(&result.warnings), "");
	done(&result);
}

static void
what_is_said_is_taken(void **state)
{
	struct result result = load(state,
	    "// of two kinds\n"
	    "{ \"portal\": { \"requests_per_second\": 0.5, /* a * b */\n"
	    "  \"timeout_seconds\": 10, \"batch_size\": 7 },\n"
	    "  \"inbox\": { \"nodes\": [\"web//data\", \"1\"] },\n"
	    "  \"run\": { \"max_minutes\": 2 },\n"
	    "  \"default_user\": 5,\n"
	    "  \"currencies\": { \"643\": \"USD\" },\n"
	    "  \"catalog\": { \"enabled\": false,\n"
	    "    \"price_types\": { \"Розничная\": \"BASE\", \"Опт\": 3 },\n"
	    "    \"marked\": \"keep\", \"absent\": \"delete\",\n"
	    "    \"stock\": \"off\", \"negative_stock\": \"keep\",\n"
	    "    \"adopt\": [\"xmlId\"],\n"
	    "    \"vat\": { \"20\": \"НДС 20%\" } } }");
	const struct config *config = result.config;

	if (config == NULL)
		fail_msg("%s", result.err.text);
	assert_true(config->portal.requests_per_second == 0.5);
	assert_int_equal(config->portal.timeout_ms, 10000);
	assert_int_equal(config->portal.batch_size, 7);
	assert_int_equal(config->inbox.nodes.count, 2);
	assert_string_equal(config->inbox.nodes.items[0], "web//data");
	assert_int_equal(config->run.max_ms, 120000);
	assert_string_equal(config->default_user, "5");
	assert_string_equal(config_map_get(&config->currencies,
	    str_of("643")), "USD");
	assert_string_equal(config_map_get(&config->currencies,
	    str_of("руб")), "RUB");
	assert_false(config->catalog.enabled);
	assert_int_equal(config->catalog.price_types.count, 2);
	assert_string_equal(config->catalog.price_types.pairs[0].name,
	    "Розничная");
	assert_int_equal(config->catalog.price_types.pairs[0].line, 9);
	assert_string_equal(config_map_get(&config->catalog.price_types,
	    str_of("опт ")), "3");
	assert_null(config_map_get(&config->catalog.price_types,
	    str_of("оптовая")));
	assert_int_equal(config->catalog.marked, MARKED_KEEP);
	assert_int_equal(config->catalog.absent, ABSENT_DELETE);
	assert_int_equal(config->catalog.stock, STOCK_OFF);
	assert_false(config->catalog.negative_zero);
	assert_int_equal(config->catalog.adopt.count, 1);
	assert_string_equal(config_map_get(&config->catalog.vat,
	    str_of("20")), "НДС 20%");
	done(&result);
}

static void
paths_start_at_the_folder_of_the_file(void **state)
{
	struct result result = load(state, "{ \"folders\": { "
	    "\"inbox\": \"/srv/in\", \"archive\": \"kept\" } }");
	const struct config *config = result.config;
	char *above, *want;

	assert_non_null(config);
	assert_string_equal(config->folder, (const char *)*state);
	assert_string_equal(config->folders.inbox, "/srv/in");
	want = file_join(*state, "kept");
	assert_string_equal(config->folders.archive, want);
	free(want);
	want = file_join(*state, "state");
	assert_string_equal(config->folders.state, want);
	assert_string_equal(config->portal.limits_dir, want);
	free(want);
	above = mem_text_n(*state, (size_t)(strrchr(*state, '/') -
	    (const char *)*state));
	want = file_join(above, "xsd");
	assert_string_equal(config->folders.xsd, want);
	free(want);
	free(above);
	done(&result);
}

static void
a_missing_file_is_said(void **state)
{
	struct config *config;
	struct err err = { 0 };
	char *path = file_join(*state, "none.json");

	assert_int_equal(config_load(&config, path, NULL, &err), -1);
	assert_null(config);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_non_null(strstr(err.text, "none.json: there is no such"));
	assert_int_equal(config_load(&config, *state, NULL, &err), -1);
	assert_int_equal(err.kind, ERR_USAGE);
	free(path);
	config_free(NULL);
}

static void
what_is_no_json_is_refused_with_its_line(void **state)
{
	char deep[512] = { 0 };

	assert_refused(state, "", "exchange.json:1: not JSON");
	assert_refused(state, "{\n\"run\": {}\n\"inbox\": {} }",
	    ":3: not JSON");
	assert_refused(state, "{\n// x\n\"run\": {},\n}", ":4: not JSON");
	assert_refused(state, "{} x", ":1: not JSON");
	assert_refused(state, "{ /* open", ":1: not JSON");
	assert_refused(state, "\n[]", "wanted an object");
	assert_refused(state, "{}\n\xd0\x20", ":2: not UTF-8");
	assert_refused(state, "{\n\"a\\u0000b\": 1}", ":2: not UTF-8");
	memset(deep, '[', 300);
	assert_refused(state, deep, "nested too deeply");
}

static void
a_byte_order_mark_is_no_fault(void **state)
{
	assert_warned(state, "\xef\xbb\xbf{}", NULL);
}

static void
an_unknown_key_is_told_with_the_nearest(void **state)
{
	assert_refused(state, "{\n \"catalogue\": {} }",
	    ":2: catalogue: there is no such key; did you mean catalog?");
	assert_refused(state, "{ \"catalog\": { \"price_typs\": {} } }",
	    "catalog.price_typs: there is no such key; did you mean "
	    "catalog.price_types?");
	assert_refused(state, "{ \"price_types\": {} }",
	    "did you mean catalog.price_types?");
	assert_refused(state, "{ \"xyzzy\": 1 }",
	    "xyzzy: there is no such key");
	assert_refused(state, "{ \"catalog.enabled\": true }",
	    "catalog.enabled: there is no such key");
	assert_refused(state, "{ \"orders\": { \"number_first\": 1, "
	    "\"number_last\": 2, \"funnels\": [ { \"wno\": \"x\" } ] } }",
	    "did you mean orders.funnels[].won?");
	assert_refused(state, "{ \"catalog\": { \"groups[]\": {} } }",
	    "there is no such key");
}

static void
a_key_that_stands_twice_is_refused(void **state)
{
	assert_refused(state, "{ \"run\": {},\n\"inbox\": {},\n\"run\": {} }",
	    ":3: \"run\" stands here a second time; the first is in line 1");
	assert_refused(state, "{ \"catalog\": { \"price_types\": {\n"
	    "\"A\": \"B\",\n\"A\": \"C\" } } }", ":3: \"A\" stands here a");
}

static void
a_wrong_type_is_refused(void **state)
{
	static const struct {
		const char *text, *said;
	} cases[] = {
		{ "{\"portal\": 5}", "portal: wanted an object" },
		{ "{\"portal\": {\"burst\": \"50\"}}",
		    "portal.burst: found a text, wanted a whole number" },
		{ "{\"portal\": {\"burst\": 1.5}}", "wanted a whole number" },
		{ "{\"portal\": {\"burst\": null}}", "found null" },
		{ "{\"portal\": {\"requests_per_second\": true}}",
		    "wanted a number" },
		{ "{\"folders\": {\"inbox\": []}}", "found a list, wanted" },
		{ "{\"folders\": {\"inbox\": \" \"}}", "it is empty" },
		{ "{\"catalog\": {\"enabled\": \"yes\"}}",
		    "wanted true or false" },
		{ "{\"catalog\": {\"marked\": 1}}", "wanted a text" },
		{ "{\"catalog\": {\"price_types\": []}}",
		    "wanted an object" },
		{ "{\"catalog\": {\"price_types\": {\"a\": {}}}}",
		    "wanted a text" },
		{ "{\"catalog\": {\"price_types\": {\"a\": \"\"}}}",
		    "an empty text" },
		{ "{\"catalog\": {\"price_types\": {\" \": \"b\"}}}",
		    "an empty name" },
		{ "{\"inbox\": {\"nodes\": \"a\"}}", "wanted a list" },
		{ "{\"inbox\": {\"nodes\": [[]]}}", "found a list" },
		{ "{\"orders\": {\"funnels\": {}}}", "wanted a list" },
		{ "{\"orders\": {\"funnels\": [5]}}",
		    "orders.funnels[]: wanted an object" },
		{ "{\"orders\": {\"since\": \"22.11.2026\"}}",
		    "wanted a day" },
		{ "{\"orders\": {\"since\": \"2026-13-01\"}}",
		    "wanted a day" },
		{ "{\"counterparties\": {\"select\": 1}}",
		    "wanted an object" },
		{ "{\"catalog\": {\"groups\": {\"А\": []}}}",
		    "catalog.groups[]: wanted an object" },
		{ "{\"catalog\": {\"groups\": {\"А\": {\"gods\": []}}}}",
		    "did you mean catalog.groups[].goods?" },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_refused(state, cases[i].text, cases[i].said);
}

static void
a_value_out_of_range_is_refused(void **state)
{
	assert_refused(state, "{\"portal\": {\n\"batch_size\": 51}}",
	    ":2: portal.batch_size: found 51, wanted 1 to 50");
	assert_refused(state, "{\"portal\": {\"batch_size\": 0}}",
	    "found 0, wanted 1 to 50");
	assert_refused(state, "{\"portal\": {\"requests_per_second\": 0}}",
	    "wanted more than 0");
	assert_refused(state, "{\"run\": {\"history_days\": -1}}",
	    "found -1, wanted 1 to");
	assert_refused(state, "{\"run\": {\"history_days\": 1e300}}",
	    "run.history_days");
	assert_refused(state, "{\"catalog\": {\"marked\": \"delte\"}}",
	    "catalog.marked: found \"delte\", wanted one of: delete, "
	    "deactivate, keep");
	assert_refused(state, "{\"catalog\": {\"adopt\": [\"sku\"]}}",
	    "wanted one of: xmlId, article, barcode, name");
	assert_refused(state, "{\"orders\": {\"fields\": {\"nr\": \"x\"}}}",
	    "orders.fields: found \"nr\", wanted one of: number,");
}

static void
all_errors_are_told_at_once_in_the_order_of_lines(void **state)
{
	struct result result = load(state, "{ \"catalog\": {\n"
	    "\"price_types\": { \"A\": \"X\",\n\"B\": \"x\" },\n"
	    "\"marked\": 5,\n\"nonsense\": 1 },\n\"run\": 7 }");
	const char *at = result.err.text;
	char want[64];
	int line;

	assert_null(result.config);
	for (line = 3; line <= 6; line++) {
		(void)snprintf(want, sizeof(want), "exchange.json:%d: ",
		    line);
		at = strstr(at, want);
		if (at == NULL)
			fail_msg("no line %d: %s", line, result.err.text);
	}
	done(&result);
}

static void
more_errors_than_fit_are_counted(void **state)
{
	struct buf text = BUF_INIT(64 * 1024);
	struct result result;
	const char *last;
	int i;

	buf_add_text(&text, "{");
	for (i = 0; i < 300; i++)
		buf_printf(&text, "%s\"bad%d\": 1", i > 0 ? ",\n" : "", i);
	buf_add_text(&text, "}");
	result = load(state, buf_text(&text));
	last = strrchr(result.err.text, '\n');
	assert_non_null(last);
	assert_memory_equal(last, "\nand ", 5);
	assert_true(atoi(last + 5) > 200);
	assert_true(atoi(last + 5) < 300);
	buf_free(&text);
	done(&result);
}

static void
what_is_one_name_to_a_person_is_one_name(void **state)
{
	assert_refused(state, "{ \"catalog\": { \"price_types\": {\n"
	    "\"Учётная\": \"A\",\n\"учетная \": \"B\" } } }",
	    ":3: catalog.price_types: \"учетная \" is the same name as "
	    "\"Учётная\" in line 2");
}

static void
two_price_types_cannot_share_one_of_the_portal(void **state)
{
	assert_refused(state, "{ \"catalog\": { \"price_types\": {\n"
	    "\"Опт\": \"BASE\",\n\"Розница\": \"base\" } } }",
	    ":3: catalog.price_types: \"Розница\" goes to \"base\", where "
	    "\"Опт\" in line 2 goes already");
}

static void
a_price_type_must_fit_a_key(void **state)
{
	char text[512], name[400];

	memset(name, 'x', sizeof(name));
	name[LIMIT_KEY_BYTES - LIMIT_ID_BYTES] = '\0';
	(void)snprintf(text, sizeof(text),
	    "{ \"catalog\": { \"price_types\": { \"A\": \"%s\" } } }", name);
	assert_refused(state, text, "a name of more than 311 bytes");
	name[LIMIT_KEY_BYTES - LIMIT_ID_BYTES - 1] = '\0';
	(void)snprintf(text, sizeof(text),
	    "{ \"catalog\": { \"price_types\": { \"A\": \"%s\" } } }", name);
	assert_warned(state, text, NULL);
}

static void
a_currency_is_three_capital_letters(void **state)
{
	assert_refused(state, "{ \"currencies\": { \"руб\": \"rub\" } }",
	    "currencies: found \"rub\"");
}

static void
owners_are_known_records_and_fields(void **state)
{
	struct result result = load(state, "{ \"owners\": { "
	    "\"goods\": \"portal\", \"goods.name\": \"1c\", "
	    "\"goods.vat\": \"never\" } }");
	const struct config *config = result.config;

	if (config == NULL)
		fail_msg("%s", result.err.text);
	assert_string_equal(config_owner(config, "goods", "name"), "1c");
	assert_string_equal(config_owner(config, "goods", "vat"), "never");
	assert_string_equal(config_owner(config, "goods", "unit"), "portal");
	assert_string_equal(config_owner(config, "goods", NULL), "portal");
	assert_string_equal(config_owner(config, "prices", NULL), "1c");
	assert_string_equal(config_owner(config, "company", "phone"),
	    "portal");
	assert_string_equal(config_owner(config, "order", "stage"), "portal");
	assert_string_equal(config_owner(config, "order", "lines"), "1c");
	done(&result);
	assert_refused(state, "{ \"owners\": { \"good\": \"1c\" } }",
	    "\"good\" is not known, wanted one of: goods, groups");
	assert_refused(state, "{ \"owners\": { \"goods.colour\": \"1c\" } }",
	    "wanted one of: name, article");
	assert_refused(state, "{ \"owners\": { \"prices.amount\": \"1c\" } }",
	    "prices have no fields");
	assert_refused(state, "{ \"owners\": { \"goods.vat\": \"1с\" } }",
	    "in Latin letters");
	assert_refused(state, "{ \"owners\": { \"goods.vat\": \"1C\" } }",
	    "found \"1C\", wanted one of: 1c, portal, never");
	assert_refused(state, "{ \"owners\": { \"goods\": \"never\" } }",
	    "goods cannot be made without a name");
	assert_warned(state, "{ \"owners\": { \"company.phone\": \"1c\", "
	    "\"requisite.kpp\": \"never\", \"bank\": \"never\" } }", NULL);
	assert_refused(state, "{ \"owners\": { \"contact.phones\": \"1c\" } "
	    "}", "\"contact.phones\" is not known");
	assert_refused(state, "{ \"owners\": { \"company\": \"never\" } }",
	    "\"company\" cannot be made without a name");
	assert_warned(state, "{ \"owners\": { \"order.stage\": \"1c\" } }",
	    NULL);
	assert_refused(state, "{ \"owners\": { \"order.sum\": \"1c\" } }",
	    "\"order.sum\" is not known");
}

static void
the_whole_catalogue_is_taken_without_a_warning(void **state)
{
	struct result result = load(state, "{ \"catalog\": {\n"
	    "\"characteristics\": \"products\", \"stock\": \"documents\","
	    "\"pictures\": false,\n"
	    "\"warehouses\": { \"Основной\": \"create\", \"*\": "
	    "\"ignore\" },\n"
	    "\"properties\": { \"Цвет\": \"COLOR\", \"*\": \"create\" },\n"
	    "\"units\": { \"*\": \"create\" },\n"
	    "\"adopt\": [\"barcode\", \"name\"],\n"
	    "\"select\": { \"groups\": [\"А/Б\"], \"only_in_stock\": true, "
	    "\"only_priced\": true } },\n"
	    "\"owners\": { \"goods.properties\": \"portal\", "
	    "\"goods.weight\": \"never\" } }");
	const struct config *config = result.config;

	if (config == NULL)
		fail_msg("%s", result.err.text);
	assert_string_equal(buf_text(&result.warnings), "");
	assert_int_equal(config->catalog.characteristics,
	    CHARACTERISTICS_PRODUCTS);
	assert_int_equal(config->catalog.stock, STOCK_DOCUMENTS);
	assert_false(config->catalog.pictures);
	assert_string_equal(config_map_get(&config->catalog.warehouses,
	    str_of(CONFIG_OTHERS)), CONFIG_IGNORE);
	assert_string_equal(config_map_get(&config->catalog.properties,
	    str_of("цвет")), "COLOR");
	assert_int_equal(config->catalog.properties.pairs[1].line, 4);
	assert_string_equal(config_map_get(&config->catalog.units,
	    str_of(CONFIG_OTHERS)), CONFIG_CREATE);
	assert_true(config->catalog.select_in_stock);
	assert_true(config->catalog.select_priced);
	assert_string_equal(config->catalog.select_groups.items[0], "А/Б");
	assert_int_equal(config->catalog.tree_count, 0);
	done(&result);
}

static void
two_warehouses_cannot_share_a_store(void **state)
{
	assert_refused(state, "{ \"catalog\": { \"warehouses\": {\n"
	    "\"А\": \"Main\",\n\"Б\": \" main\" } } }", ":3: "
	    "catalog.warehouses: \"Б\" goes to \"main\", where \"А\" in "
	    "line 2 goes already");
	assert_warned(state, "{ \"catalog\": { \"warehouses\": { \"А\": "
	    "\"create\", \"Б\": \"create\", \"В\": \"ignore\", \"Г\": "
	    "\"ignore\" }, \"properties\": { \"А\": \"COLOR\", \"Б\": "
	    "\"COLOR\" } } }", NULL);
}

static void
all_others_cannot_be_one_thing(void **state)
{
	assert_refused(state, "{ \"catalog\": { \"warehouses\": {\n"
	    "\"*\": \"Main\" } } }", ":2: catalog.warehouses: \"*\": found "
	    "\"Main\", wanted one of: create, ignore");
	assert_refused(state, "{ \"catalog\": { \"properties\": {\n"
	    "\"*\": \"COLOR\" } } }", ":2: catalog.properties: \"*\": found "
	    "\"COLOR\", wanted one of: create, ignore");
}

static void
what_is_set_and_not_used_yet_is_told(void **state)
{
	assert_warned(state, "{ \"folders\": { \"reports\": \"reports\" } "
	    "}", NULL);
	assert_warned(state, "{ \"folders\": { \"reports\": \"r\" } }",
	    "folders.reports is not used yet");
}

static void
counterparties_are_kept_as_they_are_set(void **state)
{
	struct result result = load(state, "{}");
	const struct config *config = result.config;

	assert_non_null(config);
	assert_false(config->counterparties.given);
	assert_true(config->counterparties.individual_contact);
	assert_string_equal(config->counterparties.originator, "ONE_C");
	assert_int_equal(config->counterparties.match.count, 5);
	done(&result);
	result = load(state, "{ \"counterparties\": { \"individual\": "
	    "\"company\", \"match\": [\"name\", \"origin\"], \"types\": { "
	    "\"Поставщик\": \"2\" } } }");
	config = result.config;
	assert_true(config->counterparties.given);
	assert_false(config->counterparties.individual_contact);
	assert_string_equal(config->counterparties.match.items[0], "name");
	assert_string_equal(config_map_get(&config->counterparties.types,
	    str_of("Поставщик")), "2");
	assert_string_equal(config_map_get(&config->counterparties.types,
	    str_of("покупатель")), "CUSTOMER");
	assert_true(config->counterparties.update_1c);
	done(&result);
}

static void
counterparties_are_selected_by_role_kind_and_requisite(void **state)
{
	struct result result = load(state, "{ \"counterparties\": { "
	    "\"update_1c\": false, \"select\": { \"types\": [\"поставщик\"], "
	    "\"kinds\": [\"legal\", \"entrepreneur\"], \"requisites\": { "
	    "\"Выгружать\": \"Да\" } } } }");
	const struct config *config = result.config;

	assert_non_null(config);
	assert_string_equal(config->counterparties.select_types.items[0],
	    "поставщик");
	assert_int_equal(config->counterparties.select_kinds.count, 2);
	assert_string_equal(config_map_get(
	    &config->counterparties.select_requisites, str_of("Выгружать")),
	    "Да");
	assert_false(config->counterparties.update_1c);
	done(&result);
	assert_refused(state, "{ \"counterparties\": { \"select\": { "
	    "\"kinds\": [\"firm\"] } } }", "counterparties.select.kinds");
	assert_refused(state, "{ \"counterparties\": { \"select\": {\n"
	    "\"types\": [\"Покупатели\"] } } }", ":2: "
	    "counterparties.select.types: \"Покупатели\" is no role of "
	    "counterparties.types");
	assert_refused(state, "{ \"counterparties\": { \"select\": { "
	    "\"roles\": [] } } }", "counterparties.select.roles");
}

static void
the_address_is_taken_from_environment_then_file_then_key(void **state)
{
	const char *text = "{ \"portal\": { \"webhook\": "
	    "\"https://key.example/rest/1/s3cretkey\" } }";
	struct result result = load(state, text);

	assert_non_null(result.config);
	assert_string_equal(result.config->portal.webhook,
	    "https://key.example/rest/1/s3cretkey/");
	done(&result);
	put_secret(state, "\xef\xbb\xbf" WEBHOOK "\r\n", 0600);
	result = load(state, text);
	assert_non_null(result.config);
	assert_string_equal(result.config->portal.webhook, WEBHOOK);
	assert_non_null(strstr(buf_text(&result.warnings),
	    "portal.webhook is not used"));
	done(&result);
	(void)setenv("CML24_WEBHOOK", "https://env.example/rest/1/s3cretenv/",
	    1);
	result = load(state, text);
	(void)unsetenv("CML24_WEBHOOK");
	assert_non_null(result.config);
	assert_string_equal(result.config->portal.webhook,
	    "https://env.example/rest/1/s3cretenv/");
	done(&result);
}

static void
a_secret_that_others_can_read_is_refused(void **state)
{
	static const mode_t bad[] = { 0640, 0604, 0660, 0610 };
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		put_secret(state, WEBHOOK, bad[i]);
		assert_refused(state, "{}", "others can get at the secret");
	}
	put_secret(state, WEBHOOK, 0400);
	assert_warned(state, "{}", NULL);
	assert_refused(state, "{\n\"portal\": { \"webhook_file\": \".\" } }",
	    ":2: ");
}

static void
a_secret_in_a_readable_configuration_is_told(void **state)
{
	char *path = file_join(*state, "exchange.json");
	struct buf warnings = BUF_INIT(4096);
	struct config *config;

	scratch_put(path, "{ \"portal\": { \"webhook\": \"" WEBHOOK "\" } }");
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(config_load(&config, path, &warnings, NULL), 0);
	assert_non_null(strstr(buf_text(&warnings), "chmod 600"));
	assert_null(strstr(buf_text(&warnings), "s3cret"));
	buf_free(&warnings);
	config_free(config);
	free(path);
}

static void
a_named_file_that_is_missing_is_told(void **state)
{
	assert_warned(state, "{ \"portal\": {\n\"webhook_file\": \"hook\" } }",
	    ":2: portal.webhook_file: there is no ");
	assert_warned(state, "{}", NULL);
}

static void
only_addresses_of_webhooks_are_taken(void **state)
{
	static const char *const good[] = {
		"https://a.bitrix24.ru/rest/1/abc-_9/",
		"https://a.bitrix24.ru:8443/rest/12/abcdef",
		"http://127.0.0.1:8080/rest/1/abcdef/",
		"http://localhost/rest/1/abcdef/",
		"http://[::1]:80/rest/1/abcdef/",
	};
	static const char *const bad[] = {
		"http://a.bitrix24.ru/rest/1/abcdef/",
		"http://127.0.0.1.evil.example/rest/1/abcdef/",
		"http://localhost.evil.example/rest/1/abcdef/",
		"http://128.0.0.1/rest/1/abcdef/",
		"https://user@a.bitrix24.ru/rest/1/abcdef/",
		"https://a.bitrix24.ru/rest/1/abcdef/profile.json",
		"https://a.bitrix24.ru/rest/1/abcdef/?x=1",
		"https://a.bitrix24.ru/rest/abcdef/",
		"https://a.bitrix24.ru/rest/1//",
		"https://a.bitrix24.ru:/rest/1/abcdef/",
		"https:///rest/1/abcdef/",
		"ftp://a.bitrix24.ru/rest/1/abcdef/",
		"a.bitrix24.ru/rest/1/abcdef/",
		"https://a.bitrix24.ru/rest/1/abc\ndef/",
		"https://",
		" ",
	};
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		put_secret(state, good[i], 0600);
		assert_warned(state, "{}", NULL);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		put_secret(state, bad[i], 0600);
		assert_refused(state, "{}", "no address of a webhook");
	}
}

static void
no_secret_is_in_an_error(void **state)
{
	struct result result = load(state, "{ \"portal\": { \"webhook\": "
	    "\"http://shop.example/rest/1/s3cretw0rd/\" }, "
	    "\"s3cretw0rd\": 1 }");

	assert_null(result.config);
	assert_non_null(strstr(result.err.text, "wanted https://"));
	assert_null(strstr(result.err.text, "s3cretw0rd"));
	done(&result);
	(void)setenv("CML24_WEBHOOK", "http://x.example/rest/1/s3cretenv/",
	    1);
	result = load(state, "{}");
	(void)unsetenv("CML24_WEBHOOK");
	assert_null(result.config);
	assert_null(strstr(result.err.text, "s3cretenv"));
	done(&result);
}

static void
oauth_is_instead_of_a_webhook(void **state)
{
	struct result result = load(state, "{ \"portal\": { "
	    "\"oauth_file\": \"oauth.json\" } }");
	char *want = file_join(*state, "oauth.json");

	put_secret(state, WEBHOOK, 0600);
	assert_non_null(result.config);
	assert_string_equal(result.config->portal.oauth_file, want);
	assert_null(result.config->portal.webhook);
	done(&result);
	free(want);
	assert_refused(state, "{ \"portal\": { \"oauth_file\": \"o\",\n"
	    "\"webhook\": \"" WEBHOOK "\" } }",
	    ":2: a webhook and portal.oauth_file are set");
	(void)setenv("CML24_WEBHOOK", WEBHOOK, 1);
	result = load(state, "{ \"portal\": { \"oauth_file\": \"o\" } }");
	(void)unsetenv("CML24_WEBHOOK");
	assert_non_null(result.config);
	assert_null(result.config->portal.oauth_file);
	assert_string_equal(result.config->portal.webhook, WEBHOOK);
	done(&result);
}

/* Tests run in the top folder. */
static char *
read_example(void)
{
	struct buf text = BUF_INIT(LIMIT_CONFIG_BYTES);

	assert_int_equal(file_read(&text, "exchange/exchange.example.json",
	    NULL), 0);
	return buf_take(&text);
}

static void
the_example_has_every_key(void **state)
{
	char *text = read_example();
	size_t i;

	(void)state;
	for (i = 0; i < config_table_count(); i++) {
		const char *path = config_table_at(i)->path;
		const char *dot = strrchr(path, '.');
		char name[64];

		if (strchr(path, '[') != NULL)
			continue;
		(void)snprintf(name, sizeof(name), "\"%s\":",
		    dot == NULL ? path : dot + 1);
		if (strstr(text, name) == NULL)
			fail_msg("%s is not in the example", path);
	}
	free(text);
}

static void
the_example_is_taken_and_says_the_defaults(void **state)
{
	char *text = read_example();
	struct result example = load(state, text);
	struct result empty = load(state, "{}");

	if (example.config == NULL)
		fail_msg("%s", example.err.text);
	assert_int_equal(example.config->portal.burst,
	    empty.config->portal.burst);
	assert_int_equal(example.config->currencies.count,
	    empty.config->currencies.count);
	assert_string_equal(example.config->folders.inbox,
	    empty.config->folders.inbox);
	assert_memory_equal(&example.config->run, &empty.config->run,
	    sizeof(empty.config->run));
	/* Nothing in it is away from its default. */
	assert_null(strstr(buf_text(&example.warnings),
	    " is not used yet"));
	done(&example);
	done(&empty);
	free(text);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, scratch_remove)
	const struct CMUnitTest tests[] = {
		T(what_is_left_out_has_its_default),
		T(what_is_said_is_taken),
		T(paths_start_at_the_folder_of_the_file),
		T(a_missing_file_is_said),
		T(what_is_no_json_is_refused_with_its_line),
		T(a_byte_order_mark_is_no_fault),
		T(an_unknown_key_is_told_with_the_nearest),
		T(a_key_that_stands_twice_is_refused),
		T(a_wrong_type_is_refused),
		T(a_value_out_of_range_is_refused),
		T(all_errors_are_told_at_once_in_the_order_of_lines),
		T(more_errors_than_fit_are_counted),
		T(what_is_one_name_to_a_person_is_one_name),
		T(two_price_types_cannot_share_one_of_the_portal),
		T(a_price_type_must_fit_a_key),
		T(a_currency_is_three_capital_letters),
		T(owners_are_known_records_and_fields),
		T(the_whole_catalogue_is_taken_without_a_warning),
		T(two_warehouses_cannot_share_a_store),
		T(all_others_cannot_be_one_thing),
		T(what_is_set_and_not_used_yet_is_told),
		T(counterparties_are_kept_as_they_are_set),
		T(counterparties_are_selected_by_role_kind_and_requisite),
		T(the_address_is_taken_from_environment_then_file_then_key),
		T(a_secret_that_others_can_read_is_refused),
		T(a_secret_in_a_readable_configuration_is_told),
		T(a_named_file_that_is_missing_is_told),
		T(only_addresses_of_webhooks_are_taken),
		T(no_secret_is_in_an_error),
		T(oauth_is_instead_of_a_webhook),
		T(the_example_has_every_key),
		T(the_example_is_taken_and_says_the_defaults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
