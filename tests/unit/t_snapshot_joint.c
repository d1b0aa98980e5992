/* What several nodes state of one object, as one. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "snapshot/snapshot_internal.h"
#include "stage_fixture.h"

#define MOST 4

/* Statements of the nodes 1, 2 …: time, flags, values. */
struct given {
	int64_t stated;
	int flags;
	const char *values;
};

static int
join(const struct given *given, size_t count, struct fields *out, int *flags)
{
	struct snapshot_statement statements[MOST] = { { 0 } };
	int rc;

	for (size_t i = 0; i < count; i++) {
		statements[i] = (struct snapshot_statement){
			.node = (int64_t)i + 1, .stated = given[i].stated,
			.flags = given[i].flags };
		fields_init(&statements[i].fields);
		fill(&statements[i].fields, given[i].values);
	}
	rc = snapshot_joint_make(statements, count, out, flags);
	for (size_t i = 0; i < count; i++)
		fields_free(&statements[i].fields);
	return rc;
}

static void
assert_joint(const struct given *given, size_t count, const char *values,
    int flags)
{
	struct fields wanted, found;
	int got;

	fields_init(&wanted);
	fields_init(&found);
	fill(&wanted, values);
	assert_int_equal(join(given, count, &found, &got), 0);
	assert_true(str_eq(fields_bytes(&wanted), fields_bytes(&found)));
	assert_int_equal(got, flags);
	fields_free(&wanted);
	fields_free(&found);
}

static void
of_one_statement_nothing_is_left_out(void **state)
{
	static const struct given one[] = { { 5, 0,
	    "name=A stock=w|1 quantity=2 picture=a picture=b group=g" } };

	(void)state;
	assert_joint(one, 1, one[0].values, 0);
}

static void
what_one_alone_states_counts(void **state)
{
	static const struct given two[] = {
		{ 5, 0, "name=A description=D picture=a picture=b" },
		{ 9, 0, "name=B country=C" }
	};

	(void)state;
	assert_joint(two, 2,
	    "name=B description=D picture=a picture=b country=C", 0);
}

static void
a_list_counts_as_a_whole(void **state)
{
	static const struct given two[] = {
		{ 9, 0, "picture=a picture=b group=g" },
		{ 5, 0, "picture=c group=h group=i" }
	};

	(void)state;
	assert_joint(two, 2, "picture=a picture=b group=g", 0);
}

static void
properties_are_joined_by_property_in_the_order_of_nodes(void **state)
{
	static const struct given two[] = {
		{ 5, 0, "property=p|1 property=q|1 property=q|2" },
		{ 9, 0, "property=r|3 property=q|9" }
	};
	static const struct given turned[] = {
		{ 9, 0, "property=p|1 property=q|1 property=q|2" },
		{ 5, 0, "property=r|3 property=q|9" }
	};

	(void)state;
	assert_joint(two, 2, "property=p|1 property=r|3 property=q|9", 0);
	assert_joint(turned, 2,
	    "property=p|1 property=q|1 property=q|2 property=r|3", 0);
}

static void
stock_is_joined_by_warehouse(void **state)
{
	static const struct given apart[] = {
		{ 5, 0, "stock=w|5 quantity=5" },
		{ 9, 0, "stock=v|7 quantity=7" }
	};
	static const struct given common[] = {
		{ 9, 0, "stock=w|5 stock=v|1 quantity=8" },
		{ 5, 0, "stock=v|7 quantity=7" }
	};

	(void)state;
	assert_joint(apart, 2, "stock=w|5 stock=v|7", 0);
	/* Who knows all warehouses knows the total too. */
	assert_joint(common, 2, "stock=w|5 stock=v|1 quantity=8", 0);
}

static void
nothing_lies_where_a_node_left_the_good_out(void **state)
{
	static const struct given left[] = {
		{ 5, RECORD_FLAG_ABSENT, "stock=w|5 stock=v|3 quantity=8" },
		{ 9, 0, "stock=v|7 quantity=7" },
		{ 4, RECORD_FLAG_ABSENT, "stock=w|2" }
	};
	static const struct given bare[] = {
		{ 5, RECORD_FLAG_ABSENT, "stock=w|5 quantity=5" },
		{ 9, 0, "quantity=7" }
	};

	(void)state;
	assert_joint(left, 3, "stock=v|7 stock=w|0 quantity=7", 0);
	assert_joint(bare, 2, "quantity=7", 0);
}

static void
a_total_without_warehouses_gives_way_to_them(void **state)
{
	static const struct given mixed[] = {
		{ 5, 0, "stock=w|5 quantity=5" },
		{ 9, 0, "quantity=7" }
	};
	static const struct given bare[] = {
		{ 9, 0, "quantity=5" },
		{ 5, 0, "quantity=7" }
	};
	static const struct given silent[] = {
		{ 5, 0, "quantity=5" },
		{ 9, 0, "name=A" }
	};

	(void)state;
	assert_joint(mixed, 2, "stock=w|5", 0);
	assert_joint(bare, 2, "quantity=5", 0);
	assert_joint(silent, 2, "name=A quantity=5", 0);
}

static void
a_mark_is_that_of_the_newest(void **state)
{
	static const struct given marked[] = {
		{ 5, 0, "name=A" },
		{ 9, RECORD_FLAG_DELETED, "name=A deleted=1" }
	};
	static const struct given unmarked[] = {
		{ 9, 0, "name=A" },
		{ 5, RECORD_FLAG_DELETED, "name=A deleted=1" }
	};

	(void)state;
	assert_joint(marked, 2, "name=A deleted=1", RECORD_FLAG_DELETED);
	assert_joint(unmarked, 2, "name=A", 0);
}

static void
absent_statements_do_not_count(void **state)
{
	static const struct given one[] = {
		{ 5, 0, "name=A" },
		{ 9, RECORD_FLAG_ABSENT, "name=B country=C stock=w|5" },
	};
	static const struct given all[] = {
		{ 5, RECORD_FLAG_ABSENT, "name=A" },
		{ 9, RECORD_FLAG_ABSENT, "name=B" },
	};
	struct fields out;
	int flags;

	(void)state;
	assert_joint(one, 2, "name=A", 0);
	fields_init(&out);
	assert_int_equal(join(all, 2, &out, &flags), 1);
	assert_int_equal(flags, RECORD_FLAG_ABSENT);
	assert_int_equal(out.count, 0);
	fields_free(&out);
}

static void
of_one_time_the_later_node_counts(void **state)
{
	static const struct given three[] = {
		{ 5, 0, "name=A" }, { 5, 0, "name=B" }, { 4, 0, "name=C" }
	};

	(void)state;
	assert_joint(three, 3, "name=B", 0);
}

static void
a_unit_and_its_name_belong_together(void **state)
{
	static const struct given two[] = {
		{ 9, 0, "unit=796" },
		{ 5, 0, "unit=166 unit_name=kg" }
	};

	(void)state;
	assert_joint(two, 2, "unit=796", 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_one_statement_nothing_is_left_out),
		cmocka_unit_test(what_one_alone_states_counts),
		cmocka_unit_test(a_list_counts_as_a_whole),
		cmocka_unit_test(
		    properties_are_joined_by_property_in_the_order_of_nodes),
		cmocka_unit_test(stock_is_joined_by_warehouse),
		cmocka_unit_test(nothing_lies_where_a_node_left_the_good_out),
		cmocka_unit_test(
		    a_total_without_warehouses_gives_way_to_them),
		cmocka_unit_test(a_mark_is_that_of_the_newest),
		cmocka_unit_test(absent_statements_do_not_count),
		cmocka_unit_test(of_one_time_the_later_node_counts),
		cmocka_unit_test(a_unit_and_its_name_belong_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
