#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "model/order_line.h"
#include "model/party.h"
#include "report/report.h"
#include "scratch.h"

static struct report report;
static char *text;
static size_t text_len;

/* What the report says, in memory instead of stdout. */
static void
begin(bool json, bool quiet)
{
	FILE *memory;

	memory = open_memstream(&text, &text_len);
	assert_non_null(memory);
	report = (struct report){ .out = memory, .json = json,
	    .quiet = quiet };
	if (json) {
		json_out_init_file(&report.jo, memory);
		json_out_object(&report.jo, NULL);
	}
}

static void
expect(const char *wanted)
{
	assert_int_equal(fclose(report.out), 0);
	assert_string_equal(text, wanted);
	free(text);
}

static struct finding
some_finding(enum severity severity)
{
	return (struct finding){ .severity = severity,
	    .code = "price-not-number", .file = "webdata/offers0_1.xml",
	    .line = 120, .id = str_of("a1"), .name = str_of("Стол"),
	    .text = "price \"x\", wanted a number" };
}

/* ---- lines ---- */

static void
lines_are_for_people_who_want_them(void **state)
{
	(void)state;
	begin(false, false);
	report_line(&report, "one %d", 1);
	report_say(&report, "two");
	expect("one 1\ntwo\n");
	begin(false, true);
	report_line(&report, "one %d", 1);
	report_say(&report, "two");
	expect("two\n");
	begin(true, false);
	report_line(&report, "one %d", 1);
	report_say(&report, "two");
	report_end(&report, 0, NULL);
	expect("{\"messages\":[\"two\"],\"exit\":0}\n");
}

static void
an_error_ends_the_document(void **state)
{
	(void)state;
	begin(true, false);
	report_end(&report, 4, "the portal is away");
	expect("{\"error\":\"the portal is away\",\"exit\":4}\n");
}

static void
nothing_that_a_terminal_obeys_gets_through(void **state)
{
	(void)state;
	begin(false, false);
	report_line(&report, "%s", "a\x1b[2Jb\nc\xc2\x9b" "d é");
	expect("a [2Jb c  d é\n");
}

/* The real way, through stdout. */
static void
a_document_begins_with_its_command(void **state)
{
	char *path = mem_printf("%s/out", (const char *)*state);
	FILE *file = fopen(path, "w");
	int saved;

	assert_non_null(file);
	fflush(stdout);
	saved = dup(STDOUT_FILENO);
	dup2(fileno(file), STDOUT_FILENO);
	report_begin(&report, true, false, "plan");
	report_end(&report, 1, NULL);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	assert_int_equal(fclose(file), 0);
	assert_string_equal(scratch_get(path),
	    "{\"command\":\"plan\",\"exit\":1}\n");
	free(path);
}

/* ---- findings ---- */

static void
a_finding_says_file_line_text_and_whose(void **state)
{
	struct finding finding = some_finding(SEVERITY_ERROR);

	(void)state;
	begin(false, true);
	report_finding(&report, &finding);
	finding.name = STR_NONE;
	report_finding(&report, &finding);
	finding.id = STR_NONE;
	finding.line = 0;
	report_finding(&report, &finding);
	expect("webdata/offers0_1.xml:120: price \"x\", wanted a number "
	    "(a1 \"Стол\")\n"
	    "webdata/offers0_1.xml:120: price \"x\", wanted a number (a1)\n"
	    "webdata/offers0_1.xml: price \"x\", wanted a number\n");
}

static void
quiet_leaves_out_what_is_no_error(void **state)
{
	struct finding note = some_finding(SEVERITY_NOTE);
	struct finding warning = some_finding(SEVERITY_WARNING);

	(void)state;
	begin(false, true);
	report_finding(&report, &note);
	report_finding(&report, &warning);
	expect("");
}

static void
findings_are_told_while_their_array_is_open(void **state)
{
	struct finding finding = some_finding(SEVERITY_WARNING);

	(void)state;
	begin(true, false);
	report_finding(&report, &finding);
	report_findings_begin(&report);
	report_finding(&report, &finding);
	report_findings_end(&report);
	report_end(&report, 0, NULL);
	expect("{\"findings\":[{\"severity\":\"warning\","
	    "\"code\":\"price-not-number\",\"file\":\"webdata/offers0_1.xml\","
	    "\"line\":120,\"id\":\"a1\",\"name\":\"Стол\","
	    "\"text\":\"price \\\"x\\\", wanted a number\"}],\"exit\":0}\n");
}

/* ---- fields ---- */

static void
show_fields(const char *before, const char *after)
{
	struct fields old_values, new_values;

	fields_init(&old_values);
	fields_init(&new_values);
	fields_add(&old_values, FIELD_CODE, str_of("7"));
	fields_add(&old_values, FIELD_NAME, str_of(before));
	fields_add(&new_values, FIELD_NAME, str_of(after));
	report_fields(&report, &old_values, &new_values);
	fields_free(&old_values);
	fields_free(&new_values);
}

static void
only_new_values_are_shown_beside_the_old_ones(void **state)
{
	char *wanted = mem_printf("    %s: Стул → Стол\n    %s: Стол\n",
	    field_title(FIELD_NAME), field_title(FIELD_NAME));

	(void)state;
	begin(false, false);
	show_fields("Стул", "Стол");
	show_fields("", "Стол");
	expect(wanted);
	free(wanted);
}

static void
fields_are_a_member_of_the_open_object(void **state)
{
	(void)state;
	begin(true, false);
	show_fields("Стул", "Стол");
	report_end(&report, 0, NULL);
	expect("{\"fields\":{\"name\":{\"old\":\"Стул\","
	    "\"new\":\"Стол\"}},\"exit\":0}\n");
	begin(true, false);
	show_fields("", "Стол");
	report_end(&report, 0, NULL);
	expect("{\"fields\":{\"name\":{\"old\":null,"
	    "\"new\":\"Стол\"}},\"exit\":0}\n");
}

static void
values_of_parts_and_many_values_are_readable(void **state)
{
	struct fields values;

	(void)state;
	fields_init(&values);
	fields_add_pair(&values, FIELD_STOCK, str_of("w1"), str_of("5"));
	fields_add_pair(&values, FIELD_STOCK, str_of("w2"), str_of("7"));
	begin(true, false);
	report_fields(&report, NULL, &values);
	report_end(&report, 0, NULL);
	expect("{\"fields\":{\"stock\":{\"old\":null,"
	    "\"new\":\"w1: 5; w2: 7\"}},\"exit\":0}\n");
	fields_free(&values);
}

static void
lists_and_lines_of_orders_are_readable(void **state)
{
	struct order_line line = { .id = str_of("p"), .name = str_of("Лампа"),
	    .quantity = { 2, 0 }, .price = { 15, 1 }, .sum = { 3, 0 },
	    .vat = str_of("20") };
	struct buf lines = BUF_INIT(4096);
	struct fields values;

	(void)state;
	fields_init(&values);
	party_line_add(&lines, str_of("paid"), STR_NONE);
	party_line_add(&lines, str_of("status"), str_of("Новый"));
	assert_int_equal(fields_set(&values, FIELD_PROGRESS,
	    str_n(lines.data, lines.len)), 0);
	buf_clear(&lines);
	order_line_add(&lines, &line);
	line.name = STR_NONE;
	order_line_add(&lines, &line);
	assert_int_equal(fields_set(&values, FIELD_LINES,
	    str_n(lines.data, lines.len)), 0);
	begin(true, false);
	report_fields(&report, NULL, &values);
	report_end(&report, 0, NULL);
	expect("{\"fields\":{\"stage\":{\"old\":null,"
	    "\"new\":\"paid, status: Новый\"},\"lines\":{\"old\":null,"
	    "\"new\":\"Лампа 2 × 1.5 = 3; p 2 × 1.5 = 3\"}},"
	    "\"exit\":0}\n");
	fields_free(&values);
	buf_free(&lines);
}

static void
a_long_value_is_cut_for_people(void **state)
{
	struct buf value = BUF_INIT(10000);
	int i;

	(void)state;
	for (i = 0; i < 1000; i++)
		buf_add_text(&value, "ж");
	begin(false, false);
	show_fields("", buf_text(&value));
	assert_int_equal(fclose(report.out), 0);
	assert_true(text_len < 300);
	assert_non_null(strstr(text, "ж…\n"));
	assert_true(str_utf8_valid(str_of(text)));
	free(text);
	buf_free(&value);
}

/* ---- durations ---- */

static void
durations_are_words_with_the_right_plural(void **state)
{
	static const struct { int64_t ms; const char *text; } cases[] = {
		{ -5, "less than a second" }, { 0, "less than a second" },
		{ 999, "less than a second" }, { 1000, "1 second" },
		{ 1001, "2 seconds" }, { 40000, "40 seconds" },
		{ 60000, "1 minute" }, { 90000, "1 minute 30 seconds" },
		{ 599000, "9 minutes 59 seconds" }, { 600001, "11 minutes" },
		{ 3599000, "1 hour" }, { 7500000, "2 hours 5 minutes" },
		{ 86400000, "1 day" }, { 180000000, "2 days 2 hours" },
	};
	char out[48];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_string_equal(report_duration(out, cases[i].ms),
		    cases[i].text);
}

/* ---- progress: the clock is ours, stderr goes into a file ---- */

struct stage {
	char *clock, *log;
	int saved;
};
static struct stage stage;

static void
set_clock(int64_t ms)
{
	char number[24];

	snprintf(number, sizeof number, "%lld", (long long)ms);
	scratch_put(stage.clock, number);
}

static int
set_up(void **state)
{
	if (scratch_make(state) != 0)
		return -1;
	stage.clock = file_join(*state, "clock");
	stage.log = file_join(*state, "log");
	set_clock(0);
	setenv("CML24_TEST_CLOCK", stage.clock, 1);
	fflush(stderr);
	stage.saved = dup(STDERR_FILENO);
	return freopen(stage.log, "w", stderr) == NULL ? -1 : 0;
}

static int
tear_down(void **state)
{
	fflush(stderr);
	dup2(stage.saved, STDERR_FILENO);
	close(stage.saved);
	unsetenv("CML24_TEST_CLOCK");
	free(stage.clock);
	free(stage.log);
	return scratch_remove(state);
}

static const char *
said(void)
{
	fflush(stderr);
	return scratch_get(stage.log);
}

static size_t
lines_said(void)
{
	const char *c;
	size_t lines = 0;

	for (c = said(); *c != '\0'; c++)
		lines += *c == '\n';
	return lines;
}

static void
elsewhere_a_plain_line_comes_every_ten_seconds(void **state)
{
	struct progress progress;

	(void)state;
	progress_begin(&progress, "sending", 1000, false);
	progress_step(&progress, 1, 1000, -1);
	assert_int_equal(lines_said(), 0);
	set_clock(10000);
	progress_step(&progress, 200, 1000, -1);
	progress_step(&progress, 201, 1000, -1);
	assert_int_equal(lines_said(), 1);
	assert_non_null(strstr(said(), "sending: 200 of 1000, "));
	assert_non_null(strstr(said(), "left"));
	set_clock(20000);
	progress_step(&progress, 400, 1000, -1);
	assert_int_equal(lines_said(), 2);
	progress_end(&progress);
	assert_int_equal(lines_said(), 3);
	assert_null(strchr(said(), '\r'));
}

static void
the_portals_limits_lengthen_the_time_that_is_left(void **state)
{
	struct progress progress;

	(void)state;
	progress_begin(&progress, "sending", 1000, false);
	set_clock(20000);
	progress_step(&progress, 500, 1000, 7500000);
	assert_non_null(strstr(said(), "2 hours 5 minutes left"));
}

static void
an_unknown_total_shows_what_is_done(void **state)
{
	struct progress progress;

	(void)state;
	progress_begin(&progress, "reading", 0, false);
	set_clock(20000);
	progress_step(&progress, 500, 0, -1);
	assert_non_null(strstr(said(), "reading: 500, "));
	assert_null(strstr(said(), "left"));
}

static void
short_work_says_nothing(void **state)
{
	struct progress progress;

	(void)state;
	progress_begin(&progress, "sending", 10, false);
	progress_step(&progress, 10, 10, -1);
	progress_end(&progress);
	assert_string_equal(said(), "");
}

static void
off_says_nothing(void **state)
{
	struct progress progress;

	(void)state;
	progress_begin(&progress, "sending", 10, true);
	set_clock(60000);
	progress_step(&progress, 5, 10, -1);
	progress_end(&progress);
	assert_string_equal(said(), "");
}

/* As on a terminal, though stderr is none here. */
static void
a_bar_is_drawn_in_its_line(void **state)
{
	struct progress progress;

	(void)state;
	progress_begin(&progress, "отправка", 1000, false);
	progress.terminal = true;
	set_clock(20000);
	progress_step(&progress, 500, 1000, 20000);
	progress_end(&progress);
	assert_non_null(strstr(said(),
	    "\rотправка [##########..........] 500 of 1000, "));
	assert_int_equal(lines_said(), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_for_people_who_want_them),
		cmocka_unit_test(an_error_ends_the_document),
		cmocka_unit_test(nothing_that_a_terminal_obeys_gets_through),
		cmocka_unit_test_setup_teardown(
		    a_document_begins_with_its_command, scratch_make,
		    scratch_remove),
		cmocka_unit_test(a_finding_says_file_line_text_and_whose),
		cmocka_unit_test(quiet_leaves_out_what_is_no_error),
		cmocka_unit_test(findings_are_told_while_their_array_is_open),
		cmocka_unit_test(only_new_values_are_shown_beside_the_old_ones),
		cmocka_unit_test(fields_are_a_member_of_the_open_object),
		cmocka_unit_test(values_of_parts_and_many_values_are_readable),
		cmocka_unit_test(lists_and_lines_of_orders_are_readable),
		cmocka_unit_test(a_long_value_is_cut_for_people),
		cmocka_unit_test(durations_are_words_with_the_right_plural),
		TEST(elsewhere_a_plain_line_comes_every_ten_seconds),
		TEST(the_portals_limits_lengthen_the_time_that_is_left),
		TEST(an_unknown_total_shows_what_is_done),
		TEST(short_work_says_nothing),
		TEST(off_says_nothing),
		TEST(a_bar_is_drawn_in_its_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
