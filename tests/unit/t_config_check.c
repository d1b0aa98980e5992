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

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, scratch_remove)
	const struct CMUnitTest tests[] = {
		T(what_is_kept_lies_beside_the_inbox),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
