/*
 * The whole bytes of a file for each profile lie in tests/data/orders.  With
 * CML24_TEST_WRITE=1 they are written anew: then look at what changed.
 */
#include "order_world.h"

#include <stdio.h>

#include "base/file.h"
#include "base/limits.h"

#define EXPECTED "tests/data/orders/"
/* 15 January 2026, 12:00 in Moscow. */
#define FORMED INT64_C(1768467600000)

static void
fill_company(struct order_world *world)
{
	struct deal *deal = &world->deal;
	struct fields *fields = &deal->company.fields;

	set(fields, FIELD_FULL_NAME, "ООО \"Ромашка\" & Ко");
	set(fields, FIELD_INN, "7700000000");
	set(fields, FIELD_KPP, "770001001");
	set(fields, FIELD_OKPO, "00000001");
	set(fields, FIELD_ADDRESS, "Москва, Примерная, 1");
	set(fields, FIELD_ACTUAL_ADDRESS, "Тула, Примерная, 2");
	set(fields, FIELD_PHONES, "WORK\x1f" "+74950000000");
	set(fields, FIELD_EMAILS, "WORK\x1f" "a@example.com");
	deal->contact.id = 12;
	set(&deal->contact.fields, FIELD_LAST_NAME, "Примерова");
	set(&deal->contact.fields, FIELD_FIRST_NAME, "Анна");
	deal->comment = mem_text("Позвонить <до 12>\nи после — тоже");
}

static void
fill_deal(struct order_world *world)
{
	struct deal *deal = &world->deal;
	struct deal_row *row;

	fill_company(world);
	row = add_row(world, LAMP, "Лампа", "1200", "2");
	row->taxed = true;
	row->tax_rate = number("20");
	row = add_row(world, SHIRT, "Рубашка", "33.33", "3");
	row->measure_code = 796;
	row->measure_name = mem_text("шт");
	row->taxed = true;
	row->tax_rate = number("10");
	(void)add_row(world, 0, "Доставка", "300", "1");
	row = add_row(world, 0, "Саморез ½", "0.5", "2.5");
	row->measure_code = 166;
	deal->sum = number("2801.26");
	world->config.orders.unknown_lines = UNKNOWN_SEND;
	rule(&world->funnel.status_to_1c, "Продажа", "Новый");
	deal->stage_name = mem_text("Продажа");
	deal->manager.name = mem_text("Примеров П.");
}

/* The same to an individual and all lines of one rate, the other shape. */
static void
fill_person(struct order_world *world, struct fields *other)
{
	struct deal *deal = &world->deal;

	deal->company.id = 0;
	for (size_t i = 0; i < deal->row_count; i++) {
		deal->rows[i].taxed = i < 2;
		deal->rows[i].tax_rate = number("20");
	}
	deal->row_count = 2;
	deal->sum = number("2500");
	free(deal->comment);
	deal->comment = NULL;
	deal->phase = DEAL_LOST;
	assert_int_equal(order_build(other, &world->hold, &world->config,
	    deal, 16, STR_NONE, &world->given, &world->lookup,
	    &world->err), 0);
	deal->row_count = 4;
}

static void
check_file(const struct buf *file, const char *name)
{
	struct buf expected = BUF_INIT(LIMIT_OUTBOX_BYTES);
	char *path = mem_printf(EXPECTED "%s.xml", name);
	FILE *to;

	if (getenv("CML24_TEST_WRITE") != NULL) {
		to = fopen(path, "wb");
		assert_non_null(to);
		assert_int_equal(fwrite(file->data, 1, file->len, to),
		    file->len);
		assert_int_equal(fclose(to), 0);
	}
	assert_int_equal(file_read(&expected, path, NULL), 0);
	if (strcmp(buf_text(&expected), buf_text(file)) != 0)
		print_error("%s:\n%s\n", path, buf_text(file));
	assert_int_equal(expected.len, file->len);
	assert_memory_equal(expected.data, file->data, file->len);
	buf_free(&expected);
	free(path);
}

static void
write_profile(struct order_world *world, const char *name)
{
	struct buf file = BUF_INIT(LIMIT_OUTBOX_BYTES);
	struct fields orders[2];

	fields_init(&orders[0]);
	fields_init(&orders[1]);
	fill_deal(world);
	assert_built(world);
	fields_copy(&orders[0], &world->out);
	fill_person(world, &orders[1]);
	order_file_write(&file, &world->config.orders, orders, 2, FORMED);
	assert_false(file.full);
	check_file(&file, name);
	buf_free(&file);
	fields_free(&orders[0]);
	fields_free(&orders[1]);
}

static void
unf_gets_its_file(void **state)
{
	write_profile(*state, "unf");
}

static void
ut11_gets_its_file(void **state)
{
	struct order_world *world = *state;

	world->config.orders.profile = PROFILE_UT11;
	world->config.orders.encoding = ENCODING_UTF8;
	write_profile(world, "ut11");
}

static void
ut103_gets_its_file_in_windows_1251(void **state)
{
	struct order_world *world = *state;

	world->config.orders.profile = PROFILE_UT103;
	world->config.orders.encoding = ENCODING_1251;
	write_profile(world, "ut103-windows-1251");
}

static void
bitrix_gets_containers(void **state)
{
	struct order_world *world = *state;

	world->config.orders.profile = PROFILE_BITRIX;
	write_profile(world, "bitrix");
}

static void
no_orders_are_a_document_too(void **state)
{
	struct order_world *world = *state;
	struct buf file = BUF_INIT(LIMIT_OUTBOX_BYTES);

	order_file_write(&file, &world->config.orders, NULL, 0, FORMED);
	assert_string_equal(buf_text(&file), "\xef\xbb\xbf"
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<КоммерческаяИнформация ВерсияСхемы=\"2.05\" "
	    "ДатаФормирования=\"2026-01-15T12:00:00\"/>\n");
	buf_free(&file);
}

static void
a_file_past_its_limit_is_full(void **state)
{
	struct order_world *world = *state;
	struct buf file = BUF_INIT(50);

	order_file_write(&file, &world->config.orders, NULL, 0, FORMED);
	assert_true(file.full);
	world->config.orders.encoding = ENCODING_1251;
	order_file_write(&file, &world->config.orders, NULL, 0, FORMED);
	assert_true(file.full);
	buf_free(&file);
}

/* What a database or a portal may hold and XML may not. */
static void
nothing_illegal_and_nothing_empty_is_written(void **state)
{
	struct order_world *world = *state;
	struct buf file = BUF_INIT(LIMIT_OUTBOX_BYTES);
	struct order_line line = { .id = str_of("a\x02<b>"),
	    .name = str_of("\xff\xef\xbf\xbe"), .vat = str_of("\x01"),
	    .quantity = { 1, 0 } };
	struct buf lines = BUF_INIT(1000);
	const char *text;

	order_line_add(&lines, &line);
	set(&world->out, FIELD_LINES, buf_text(&lines));
	set(&world->out, FIELD_NAME, "\x7f\x1b \t");
	set(&world->out, FIELD_COMMENT, "a\x0b]]>&\"");
	set(&world->out, FIELD_REQUISITE, "X\x1f");
	set(&world->out, FIELD_PHONES, "WORK\x1f \nWORK");
	order_file_write(&file, &world->config.orders, &world->out, 1,
	    FORMED);
	text = buf_text(&file);
	assert_non_null(strstr(text, "<Ид>a&lt;b&gt;</Ид>"));
	assert_non_null(strstr(text,
	    "<Комментарий>a]]&gt;&amp;&quot;</Комментарий>"));
	assert_null(strstr(text, "></"));
	assert_null(strstr(text, "<Контакт>"));
	assert_null(strchr(text, '\x02'));
	assert_null(strchr(text, '\x0b'));
	assert_true(str_utf8_valid(str_of(text)));
	buf_free(&file);
	buf_free(&lines);
}

/* ---- order_file_same -------------------------------------------------- */

#define HEAD "<КоммерческаяИнформация ВерсияСхемы=\"2.05\" " \
    "ДатаФормирования=\""

static void
files_are_the_same_but_for_their_time(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} cases[] = {
		{ "", "", true }, { "Test", "Test", true },
		{ "Test", "", false },
		{ HEAD "1\"/>", HEAD "23\"/>", true },
		{ HEAD "1\"/>", HEAD "23\"/> ", false },
		{ HEAD "1\">a", HEAD "1\">b", false },
		{ " " HEAD "1\"/>", HEAD "1\"/>", false },
		{ HEAD "1\"/>", HEAD "1", false },
		{ HEAD "1", HEAD "1", true }, { HEAD "1", HEAD "2", false },
		/* The end of the value is not looked for in the next tag. */
		{ HEAD "1><a b=\"\"/>", HEAD "2><a b=\"\"/>", false },
		{ "ДатаФормирования", "ДатаФормирования", true },
		{ "ДатаФормирования = \"", "ДатаФормирования = \"", true },
		{ "\xc4\xe0\xf2\xe0\xd4\xee\xf0\xec\xe8\xf0\xee\xe2\xe0\xed"
		    "\xe8\xff = \"1\"", "\xc4\xe0\xf2\xe0\xd4\xee\xf0\xec\xe8"
		    "\xf0\xee\xe2\xe0\xed\xe8\xff = \"2\"", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(order_file_same(str_of(cases[i].a),
		    str_of(cases[i].b)), cases[i].same);
		assert_int_equal(order_file_same(str_of(cases[i].b),
		    str_of(cases[i].a)), cases[i].same);
	}
}

static void
ours_of_another_time_are_the_same(void **state)
{
	struct order_world *world = *state;
	struct buf a = BUF_INIT(LIMIT_OUTBOX_BYTES);
	struct buf b = BUF_INIT(LIMIT_OUTBOX_BYTES);

	assert_built(world);
	for (int i = 0; i < 3; i++) {
		world->config.orders.encoding = (enum config_encoding)i;
		order_file_write(&a, &world->config.orders, &world->out, 1,
		    FORMED);
		order_file_write(&b, &world->config.orders, &world->out, 1,
		    FORMED + 86400000);
		assert_int_not_equal(memcmp(a.data, b.data, a.len), 0);
		assert_true(order_file_same(str_n(a.data, a.len),
		    str_n(b.data, b.len)));
		order_file_write(&b, &world->config.orders, NULL, 0, FORMED);
		assert_false(order_file_same(str_n(a.data, a.len),
		    str_n(b.data, b.len)));
	}
	buf_free(&a);
	buf_free(&b);
}

/* ---- order_file_number ------------------------------------------------ */

static void
numbers_are(const char *text, const char *numbers)
{
	char found[200] = "", one[32];
	size_t at = 0;
	int64_t number_found;

	while (order_file_number(str_of(text), &at, &number_found)) {
		assert_true(strlen(found) < 100);
		(void)snprintf(one, sizeof(one), "%lld,",
		    (long long)number_found);
		(void)memcpy(found + strlen(found), one, strlen(one) + 1);
	}
	assert_false(order_file_number(str_of(text), &at, &number_found));
	assert_string_equal(found, numbers);
}

static void
numbers_of_any_file_are_found(void **state)
{
	(void)state;
	numbers_are("", "");
	numbers_are("Test", "");
	numbers_are("<Номер>5</Номер>", "");
	numbers_are(HEAD "\"/>", "");
	numbers_are(HEAD "\"><Номер>5</Номер><Номер >\n 000012\t</Номер>"
	    "<НомерВерсии>7</НомерВерсии><Номер>A-1</Номер><Номер/>"
	    "<Номер></Номер><Номер>-3</Номер><Номер>0</Номер>"
	    "<Номер><Номер>8</Номер>"
	    "<Номер>99999999999999999999</Номер><Номер>6", "5,12,8,");
	numbers_are("\xca\xee\xec\xec\xe5\xf0\xf7\xe5\xf1\xea\xe0\xff"
	    "\xc8\xed\xf4\xee\xf0\xec\xe0\xf6\xe8\xff><\xcd\xee\xec\xe5\xf0"
	    ">77</", "77,");
}

static void
our_own_numbers_are_found(void **state)
{
	struct order_world *world = *state;
	struct buf file = BUF_INIT(LIMIT_OUTBOX_BYTES);

	assert_built(world);
	for (int i = 0; i < 3; i++) {
		world->config.orders.encoding = (enum config_encoding)i;
		order_file_write(&file, &world->config.orders, &world->out,
		    1, FORMED);
		numbers_are(buf_text(&file), "15,");
	}
	buf_free(&file);
}

#define test(name) \
    cmocka_unit_test_setup_teardown(name, world_make, world_drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(unf_gets_its_file),
		test(ut11_gets_its_file),
		test(ut103_gets_its_file_in_windows_1251),
		test(bitrix_gets_containers),
		test(no_orders_are_a_document_too),
		test(a_file_past_its_limit_is_full),
		test(nothing_illegal_and_nothing_empty_is_written),
		test(files_are_the_same_but_for_their_time),
		test(ours_of_another_time_are_the_same),
		test(numbers_of_any_file_are_found),
		test(our_own_numbers_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
