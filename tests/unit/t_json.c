#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/json.h"

static void
fails(const char *text, const char *why)
{
	struct err err;

	assert_null(json_parse(str_of(text), &err));
	assert_int_equal(err.kind, ERR_DATA);
	assert_non_null(strstr(err.text, why));
}

/* `open` n times, then `close` n times. */
static cJSON *
parse_nested(int n, const char *open, const char *close)
{
	struct buf buf = BUF_INIT(100000);
	cJSON *root;
	int i;

	for (i = 0; i < n; i++)
		buf_add_text(&buf, open);
	for (i = 0; i < n; i++)
		buf_add_text(&buf, close);
	root = json_parse(str_of(buf_text(&buf)), NULL);
	buf_free(&buf);
	return root;
}

static void
whole_documents_are_parsed(void **state)
{
	cJSON *root = json_parse(str_of(" {\"a\":{\"b\":[1,\"x\"]}} \r\n"),
	    NULL);
	const cJSON *list = json_get(json_get(root, "a"), "b");

	(void)state;
	assert_non_null(root);
	assert_int_equal(cJSON_GetArraySize(list), 2);
	cJSON_Delete(root);
}

static void
what_is_no_json_is_refused_with_its_place(void **state)
{
	(void)state;
	fails("", "line 1, byte 1");
	fails("<html>", "line 1, byte 1");
	fails("{\"a\":1,\n\"b\":}", "line 2, byte 5");
	fails("{\"a\":1} x", "line 1, byte 8");
	fails("{\"a\":1}{\"a\":1}", "not JSON");
	fails("{\"a\":[1,2", "not JSON");
	fails("{\"a\":\"abc", "not JSON");
	fails("{\"a\":\"abc\\", "not JSON");
	fails("[\"\xff\"]", "UTF-8");
	assert_null(json_parse(STR_NONE, NULL));
	assert_null(json_parse(str_n("[1]\0", 4), NULL));
}

static void
length_and_not_nul_ends_the_text(void **state)
{
	cJSON *root = json_parse(str_n("[1]xxx", 3), NULL);

	(void)state;
	assert_non_null(root);
	cJSON_Delete(root);
}

static void
depth_is_bounded(void **state)
{
	cJSON *root = parse_nested(LIMIT_JSON_DEPTH, "[", "]");

	(void)state;
	assert_non_null(root);
	cJSON_Delete(root);
	assert_null(parse_nested(LIMIT_JSON_DEPTH + 1, "[", "]"));
	assert_null(parse_nested(LIMIT_JSON_DEPTH + 1, "{\"a\":", "}"));
}

static void
brackets_in_a_text_are_no_depth(void **state)
{
	char text[2 * LIMIT_JSON_DEPTH] = "[\"\\\"";
	cJSON *root;

	(void)state;
	memset(text + 4, '[', sizeof text - 7);
	memcpy(text + sizeof text - 3, "\"]", 3);
	root = json_parse(str_of(text), NULL);
	assert_non_null(root);
	cJSON_Delete(root);
}

static void
number_of_values_is_bounded(void **state)
{
	struct buf buf = BUF_INIT(2 * LIMIT_JSON_VALUES + 100);
	struct err err;
	size_t i;

	(void)state;
	buf_add_char(&buf, '[');
	for (i = 0; i < LIMIT_JSON_VALUES; i++)
		buf_add_text(&buf, "1,");
	buf_add_text(&buf, "1]");
	assert_null(json_parse(str_n(buf.data, buf.len), &err));
	assert_non_null(strstr(err.text, "too many"));
	buf_free(&buf);
}

static void
name_that_stands_twice_is_refused(void **state)
{
	cJSON *root;

	(void)state;
	fails("{\"a\":1,\"b\":2,\"a\":3}", "\"a\"");
	fails("[1,{\"x\":[{},{\"y\":[],\"z\":0,\"y\":1}]}]", "\"y\"");
	fails("{\"a\":{\"b\":1},\"c\":{},\"a\":1}", "\"a\"");
	root = json_parse(str_of("[{\"a\":{\"a\":1}},{\"a\":1,\"A\":2}]"),
	    NULL);
	assert_non_null(root);
	cJSON_Delete(root);
}

static void
get_is_exact_and_safe(void **state)
{
	cJSON *root = json_parse(str_of("{\"Name\":1,\"list\":[]}"), NULL);

	(void)state;
	assert_non_null(json_get(root, "Name"));
	assert_null(json_get(root, "name"));
	assert_null(json_get(json_get(root, "list"), "x"));
	assert_null(json_get(json_get(root, "Name"), "x"));
	assert_null(json_get(NULL, "x"));
	cJSON_Delete(root);
}

static void
whole_numbers_are_read_from_numbers_and_texts(void **state)
{
	cJSON *root = json_parse(str_of("[200040300010, -5, \"17\", "
	    "9007199254740992, \"9223372036854775807\", 3.0]"), NULL);
	static const int64_t want[] = {
		200040300010, -5, 17, 9007199254740992, INT64_MAX, 3
	};
	int64_t value;
	int i;

	(void)state;
	for (i = 0; i < 6; i++) {
		assert_int_equal(json_int(&value, cJSON_GetArrayItem(root, i)),
		    0);
		assert_true(value == want[i]);
	}
	cJSON_Delete(root);
}

static void
what_is_no_whole_number_is_refused(void **state)
{
	cJSON *root = json_parse(str_of("[1.5, \"\", \"1.0\", \"x\", true, "
	    "null, [], {}, 1e30, 1e999, -1e30]"), NULL);
	int64_t value = 5;
	const cJSON *item;

	(void)state;
	assert_int_equal(cJSON_GetArraySize(root), 11);
	cJSON_ArrayForEach(item, root)
		assert_int_equal(json_int(&value, item), -1);
	assert_int_equal(json_int(&value, NULL), -1);
	assert_true(value == 5);
	cJSON_Delete(root);
}

static void
values_become_texts(void **state)
{
	static const struct {
		const char *json, *text;
	} cases[] = {
		{ "\"abc\"", "abc" },
		{ "\"\"", "" },
		{ "true", "Y" },
		{ "false", "N" },
		{ "0", "0" },
		{ "-0.0", "0" },
		{ "-0.0000001", "0" },
		{ "5200", "5200" },
		{ "5200.50", "5200.5" },
		{ "0.1", "0.1" },
		{ "-1234567.123456", "-1234567.123456" },
		{ "1.0000004", "1" },
		{ "1e3", "1000" },
		{ "100.000001", "100.000001" },
		{ "9007199254740991", "9007199254740991" },
		{ "-9007199254740992", "-9007199254740992" },
		{ "1e24", "999999999999999983222784" },
		{ "null", NULL },
		{ "[]", NULL },
		{ "{}", NULL },
		{ "1e300", NULL },
		{ "1e999", NULL },
	};
	char space[32];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		cJSON *item = json_parse(str_of(cases[i].json), NULL);
		struct str text = json_str(item, space);

		assert_non_null(item);
		if (cases[i].text == NULL)
			assert_null(text.p);
		else
			assert_true(str_is(text, cases[i].text));
		cJSON_Delete(item);
	}
	assert_null(json_str(NULL, space).p);
}

static void
write_document(struct json_out *out)
{
	json_out_object(out, NULL);
	json_out_text(out, "name", "Бумага \"А4\"");
	json_out_array(out, "list");
	json_out_int(out, NULL, INT64_MIN);
	json_out_object(out, NULL);
	json_out_end_object(out);
	json_out_array(out, NULL);
	json_out_bool(out, NULL, true);
	json_out_bool(out, NULL, false);
	json_out_end_array(out);
	json_out_null(out, NULL);
	json_out_end_array(out);
	json_out_raw(out, "price", "231.74");
	json_out_end_object(out);
}

static const char document[] = "{\"name\":\"Бумага \\\"А4\\\"\","
    "\"list\":[-9223372036854775808,{},[true,false],null],"
    "\"price\":231.74}";

static void
stream_writes_commas_and_nesting(void **state)
{
	struct buf buf = BUF_INIT(1000);
	struct json_out out;

	(void)state;
	json_out_init_buf(&out, &buf);
	write_document(&out);
	assert_string_equal(buf_text(&buf), document);
	buf_free(&buf);
}

static void
file_gets_one_line(void **state)
{
	FILE *file = tmpfile();
	struct json_out out;
	char text[1000];
	size_t len;

	(void)state;
	json_out_init_file(&out, file);
	write_document(&out);
	rewind(file);
	len = fread(text, 1, sizeof text, file);
	fclose(file);
	assert_int_equal(len, sizeof document);
	assert_memory_equal(text, document, len - 1);
	assert_int_equal(text[len - 1], '\n');
}

static void
foreign_bytes_are_escaped(void **state)
{
	struct buf buf = BUF_INIT(1000);
	struct json_out out;

	(void)state;
	json_out_init_buf(&out, &buf);
	json_out_array(&out, NULL);
	json_out_str(&out, NULL, str_n("a\0b\n\x1b\\/\xff\xd1z\xd1\x8f", 12));
	json_out_str(&out, NULL, STR_NONE);
	json_out_end_array(&out);
	assert_string_equal(buf_text(&buf), "[\"a\\u0000b\\n\\u001b\\\\/"
	    "\xef\xbf\xbd\xef\xbf\xbdz\xd1\x8f\",\"\"]");
	buf_free(&buf);
}

static void
what_is_written_is_read_again(void **state)
{
	struct buf buf = BUF_INIT(1000);
	struct json_out out;
	char every[128];
	cJSON *root;
	size_t i;

	(void)state;
	for (i = 0; i < 127; i++)
		every[i] = (char)(i + 1);
	every[127] = '\0';
	json_out_init_buf(&out, &buf);
	json_out_object(&out, NULL);
	json_out_text(&out, every, every);
	json_out_end_object(&out);
	root = json_parse(str_n(buf.data, buf.len), NULL);
	assert_non_null(root);
	assert_string_equal(json_get(root, every)->valuestring, every);
	cJSON_Delete(root);
	buf_free(&buf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_documents_are_parsed),
		cmocka_unit_test(what_is_no_json_is_refused_with_its_place),
		cmocka_unit_test(length_and_not_nul_ends_the_text),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(brackets_in_a_text_are_no_depth),
		cmocka_unit_test(number_of_values_is_bounded),
		cmocka_unit_test(name_that_stands_twice_is_refused),
		cmocka_unit_test(get_is_exact_and_safe),
		cmocka_unit_test(whole_numbers_are_read_from_numbers_and_texts),
		cmocka_unit_test(what_is_no_whole_number_is_refused),
		cmocka_unit_test(values_become_texts),
		cmocka_unit_test(stream_writes_commas_and_nesting),
		cmocka_unit_test(file_gets_one_line),
		cmocka_unit_test(foreign_bytes_are_escaped),
		cmocka_unit_test(what_is_written_is_read_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
