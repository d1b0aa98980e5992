#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/db.h"
#include "snapshot_fixture.h"

static void
put(struct fixture *fixture, bool company, int64_t id,
    enum customer_state state, int64_t looked)
{
	struct customer_row row;

	customer_row_init(&row);
	row.company = company;
	row.id = id;
	row.state = state;
	row.looked = looked;
	row.updated = 11;
	row.put = 12;
	row.since = 13;
	if (state == CUSTOMER_WAITING)
		assert_int_equal(fields_set(&row.card, FIELD_NAME,
		    str_of("Ромашка")), 0);
	assert_int_equal(snapshot_customer_put(fixture->snap, &row,
	    &fixture->err), 0);
	customer_row_free(&row);
}

static int
name_row(void *ctx, const struct customer_row *row, struct err *err)
{
	char *out = ctx;
	size_t len = strlen(out);

	(void)err;
	(void)snprintf(out + len, 128 - len, "%s%d ", row->company ? "c" :
	    "p", (int)row->id);
	return 0;
}

static void
expect(struct fixture *fixture, enum customer_which which,
    const char *wanted)
{
	char out[128] = "";

	assert_int_equal(snapshot_customer_each(fixture->snap, which,
	    name_row, out, &fixture->err), 0);
	assert_string_equal(out, wanted);
}

static void
a_client_is_kept_as_it_was_put(void **state)
{
	struct fixture *fixture = *state;
	struct customer_row row;

	put(fixture, true, 5, CUSTOMER_WAITING, 10);
	fixture_reopen(fixture);
	customer_row_init(&row);
	assert_int_equal(snapshot_customer_get(fixture->snap, true, 5, &row,
	    &fixture->err), 0);
	assert_int_equal(row.state, CUSTOMER_WAITING);
	assert_int_equal(row.updated, 11);
	assert_int_equal(row.looked, 10);
	assert_int_equal(row.put, 12);
	assert_int_equal(row.since, 13);
	assert_true(str_is(fields_get(&row.card, FIELD_NAME), "Ромашка"));
	assert_int_equal(snapshot_customer_get(fixture->snap, false, 5, &row,
	    &fixture->err), 1);
	assert_int_equal(row.card.count, 0);
	assert_int_equal(row.id, 5);
	customer_row_free(&row);
}

static void
clients_are_walked_by_what_they_are(void **state)
{
	struct fixture *fixture = *state;
	int64_t waiting;

	put(fixture, false, 2, CUSTOMER_WAITING, 1);
	put(fixture, true, 3, CUSTOMER_KNOWN, 0);
	put(fixture, true, 2, CUSTOMER_ASIDE, 1);
	put(fixture, true, 9, CUSTOMER_WAITING, 1);
	expect(fixture, CUSTOMERS_ALL, "c2 c3 c9 p2 ");
	expect(fixture, CUSTOMERS_EXPORTED, "c3 c9 p2 ");
	expect(fixture, CUSTOMERS_WAITING, "c9 p2 ");
	expect(fixture, CUSTOMERS_UNREAD, "c3 ");
	assert_int_equal(snapshot_customer_count(fixture->snap, &waiting,
	    &fixture->err), 0);
	assert_int_equal(waiting, 2);
	assert_int_equal(snapshot_customer_drop(fixture->snap, true, 9,
	    &fixture->err), 0);
	expect(fixture, CUSTOMERS_WAITING, "p2 ");
}

static void
a_damaged_client_is_told(void **state)
{
	struct fixture *fixture = *state;
	struct customer_row row;

	put(fixture, true, 5, CUSTOMER_WAITING, 10);
	fixture_damage(fixture, "UPDATE customer SET state = 7");
	customer_row_init(&row);
	assert_int_equal(snapshot_customer_get(fixture->snap, true, 5, &row,
	    &fixture->err), -1);
	assert_non_null(strstr(fixture->err.text, "customer"));
	fixture_damage(fixture, "UPDATE customer SET state = 1,"
	    " card = x'ffffff'");
	assert_int_equal(snapshot_customer_get(fixture->snap, true, 5, &row,
	    &fixture->err), -1);
	customer_row_free(&row);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		test(a_client_is_kept_as_it_was_put),
		test(clients_are_walked_by_what_they_are),
		test(a_damaged_client_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
