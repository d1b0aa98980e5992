#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "config_case.h"

static void
what_is_kept_lies_beside_the_inbox(void **state)
{
	assert_refused(state, "{ \"folders\": { \"inbox\": \"/srv/in\",\n"
	    "\"archive\": \"/srv/in/arch\" } }", ":2: folders.archive: ");
	assert_refused(state, "{ \"folders\": { \"inbox\": \"/srv/in/\",\n"
	    "\"rejected\": \"/srv/in\" } }", "lies in folders.inbox");
	assert_refused(state, "{ \"folders\": { \"inbox\": \".\" } }",
	    "folders.state: ");
	assert_refused(state, "{ \"inbox\": { \"nodes\": [\"web\"] },\n"
	    "\"folders\": { \"inbox\": \"/in\", \"state\": \"/in/web/s\" } }",
	    ":2: folders.state: ");
	/* None of these is looked into. */
	assert_warned(state, "{ \"inbox\": { \"nodes\": [\"web\"] },\n"
	    "\"folders\": { \"inbox\": \"/in\", \"state\": \"/in/webs\" } }",
	    "");
	assert_warned(state, "{ \"folders\": { \"inbox\": \"/in\", "
	    "\"archive\": \"/in/.old\", \"state\": \"/inner\" } }", "");
}

static void
a_price_is_selected_by_amounts_of_a_type(void **state)
{
	struct result result = load(state, "{ \"catalog\": { \"select\": { "
	    "\"goods\": [\"БУМ-А4\"], \"except\": [\"А/Б/В\"], "
	    "\"price\": { \"type\": \"Розничная\", \"from\": 0.5, "
	    "\"to\": \"1 000,50\" } } } }");
	const struct config *config = result.config;

	assert_non_null(config);
	if (config == NULL)
		return;
	assert_string_equal(config->catalog.select_goods.items[0], "БУМ-А4");
	assert_string_equal(config->catalog.select_except.items[0], "А/Б/В");
	assert_string_equal(config->catalog.select_price.from, "0.5");
	assert_string_equal(config->catalog.select_price.to, "1 000,50");
	assert_true(config_selects_by_price(config));
	done(&result);
	assert_refused(state, "{ \"catalog\": { \"select\": {\n"
	    "\"price\": { \"from\": 5 } } } }", ":2: "
	    "catalog.select.price.type: wanted the price type of 1C");
	assert_refused(state, "{ \"catalog\": { \"select\": {\n"
	    "\"price\": { \"type\": \"А\",\n\"to\": -1 } } } }", ":3: "
	    "catalog.select.price.to: \"-1\" is no amount of money");
	assert_refused(state, "{ \"catalog\": { \"select\": {\n"
	    "\"price\": { \"type\": \"А\", \"from\": 5,\n\"to\": 4 } } } }",
	    ":3: catalog.select.price: no price is from 5 to 4");
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, scratch_remove)
	const struct CMUnitTest tests[] = {
		T(what_is_kept_lies_beside_the_inbox),
		T(a_price_is_selected_by_amounts_of_a_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
