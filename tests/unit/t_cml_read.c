/* Reading itself: hostile files that are too large to keep, stops, limits,
 * and a thread of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>

#include "base/limits.h"
#include "cml_dump.h"
#include "scratch.h"

#define ROOT "<КоммерческаяИнформация ВерсияСхемы=\"2.07\" " \
	"ДатаФормирования=\"2020-01-01T00:00:00\">"
#define GOODS ROOT "<Каталог><Ид>k</Ид><Товары>"
#define GOODS_END "</Товары></Каталог></КоммерческаяИнформация>"

static struct cml_schemas *schemas;

static int
load(void **state)
{
	struct err err;

	if (cml_schemas_load(&schemas, "xsd", true, &err) != 0)
		return -1;
	return scratch_make(state);
}

static int
unload(void **state)
{
	cml_schemas_free(schemas);
	return scratch_remove(state);
}

/* start, `count` times `again`, end; read; the code of its first error. */
static char *
first_error(const char *folder, const char *start, const char *again,
    size_t count, const char *end)
{
	struct buf told = BUF_INIT(LIMIT_MIB);
	char *path = file_join(folder, "file.xml");
	FILE *file = fopen(path, "w");
	struct cml_counts counts;
	const char *at;
	char *code;
	int rc;

	assert_non_null(file);
	(void)fputs(start, file);
	for (size_t i = 0; i < count; i++)
		(void)fputs(again, file);
	(void)fputs(end, file);
	assert_int_equal(fclose(file), 0);
	rc = cml_dump(&told, schemas, path, false, &counts);
	free(path);
	at = strstr(buf_text(&told), "error ");
	assert_true((rc == 0 && counts.errors == 0) == (at == NULL));
	if (at != NULL)
		at = strchr(at + 6, ' ') + 1;
	code = at == NULL ? mem_text("") :
	    mem_text_n(at, strcspn(at, ":"));
	buf_free(&told);
	return code;
}

#define assert_first_error(state, wanted, start, again, count, end) \
	do { \
		char *code = first_error(*(state), start, again, count, end);\
		assert_string_equal(code, wanted); \
		free(code); \
	} while (0)

static void
deep_nesting_is_refused(void **state)
{
	assert_first_error(state, "too-deep", ROOT, "<a>", 1000000, "");
	assert_first_error(state, "too-deep", ROOT "<Документ>", "<a>",
	    1000000, "");
	assert_first_error(state, "too-deep", ROOT "<Классификатор>",
	    "<Группы><Группа><Ид>1</Ид>", 1000, "");
}

/* Offers without a price are kept in mind only so far. */
static void
of_priceless_offers_only_so_many_are_kept(void **state)
{
	static const char offers[] = ROOT "<ПакетПредложений><Ид>k</Ид>"
	    "<Предложения>";
	static const char offer[] = "<Предложение><Ид>"
	    "0f8a0000-1111-2222-3333-444444444444</Ид></Предложение>";
	static const char priced[] = "<Предложение><Ид>p</Ид><Цены><Цена>"
	    "<ИдТипаЦены>t</ИдТипаЦены><ЦенаЗаЕдиницу>1</ЦенаЗаЕдиницу>"
	    "</Цена></Цены></Предложение></Предложения></ПакетПредложений>"
	    "</КоммерческаяИнформация>";
	const size_t fit = LIMIT_PRICELESS_BYTES / 37;
	struct cml_options options = { false, "file" };
	struct cml_events events = { .ctx = NULL };
	char *path = file_join(*state, "file.xml");
	struct cml_counts counts;
	FILE *file = fopen(path, "w");
	size_t i;

	assert_non_null(file);
	(void)fputs(offers, file);
	for (i = 0; i < fit + 1000; i++)
		(void)fputs(offer, file);
	(void)fputs(priced, file);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(cml_read(schemas, path, &options, &events, &counts,
	    NULL), 0);
	assert_int_equal(counts.offers, fit + 1001);
	assert_int_equal(counts.records[RECORD_PRICES], fit + 1);
	free(path);
}

static void
long_text_is_refused(void **state)
{
	assert_first_error(state, "text-too-long",
	    GOODS "<Товар><Описание>", "0123456789abcdef", 1000000, "");
	assert_first_error(state, "text-too-long", GOODS "<Чужое>",
	    "0123456789abcdef", 1000000, "");
	assert_first_error(state, "text-too-long", GOODS, "                ",
	    1000000, "");
}

static void
text_within_the_limit_is_taken(void **state)
{
	assert_first_error(state, "", GOODS "<Товар><Ид>1</Ид>"
	    "<Наименование>n</Наименование><Описание>", "0123456789abcdef",
	    200000, "</Описание></Товар>" GOODS_END);
}

static void
a_long_tag_is_refused(void **state)
{
	assert_first_error(state, "tag-too-long", ROOT "<Каталог Ид=\"",
	    "0123456789abcdef", 100000, "\"/>");
	assert_first_error(state, "tag-too-long", ROOT "<Каталог ",
	    "a=\"1\" b=\"2\" c=\"3\" ", 100000, "/>");
}

static void
a_long_comment_is_passed_over(void **state)
{
	assert_first_error(state, "", ROOT "<!--", "0123456789abcdef", 100000,
	    "--></КоммерческаяИнформация>");
}

static void
an_object_without_end_is_refused(void **state)
{
	assert_first_error(state, "too-large", GOODS "<Товар><Ид>1</Ид>"
	    "<Наименование>n</Наименование>", "<Картинка>a</Картинка>",
	    LIMIT_RECORD_FIELDS + 10, "</Товар>" GOODS_END);
}

static void
a_document_without_end_is_left_out(void **state)
{
	assert_first_error(state, "", ROOT "<Документ><Ид>1</Ид>",
	    "<Имя>a</Имя>", LIMIT_RECORD_FIELDS + 10,
	    "</Документ></КоммерческаяИнформация>");
}

/* The id of a record is the Ид and what sort of document it is. */
static void
a_document_of_a_long_kind_is_left_out(void **state)
{
	char *path = file_join(*state, "file.xml");
	struct buf told = BUF_INIT(LIMIT_MIB), text = BUF_INIT(LIMIT_MIB);
	struct cml_counts counts;

	(void)buf_add_text(&text, ROOT "<Документ><Ид>1</Ид><ХозОперация>");
	for (int i = 0; i < LIMIT_ID_BYTES; i++)
		(void)buf_add_char(&text, 'x');
	(void)buf_add_text(&text, "</ХозОперация></Документ>"
	    "</КоммерческаяИнформация>");
	scratch_put(path, buf_text(&text));
	assert_int_equal(cml_dump(&told, schemas, path, false, &counts), 0);
	assert_int_equal(counts.errors, 0);
	assert_int_equal(counts.records[RECORD_DOCUMENT], 0);
	assert_non_null(strstr(buf_text(&told), "without-id"));
	free(path);
	buf_free(&told);
	buf_free(&text);
}

static void
many_names_are_refused(void **state)
{
	struct buf text = BUF_INIT(LIMIT_MIB);

	for (int i = 0; i < LIMIT_XML_NAMES + 1000; i++)
		(void)buf_printf(&text, "<e%d/>", i);
	assert_first_error(state, "too-many-names", GOODS, buf_text(&text),
	    1, GOODS_END);
	buf_free(&text);
}

static void
a_thousand_notes_are_counted_and_five_told(void **state)
{
	char *path = file_join(*state, "file.xml");
	struct buf told = BUF_INIT(LIMIT_MIB);
	FILE *file = fopen(path, "w");
	struct cml_counts counts;
	unsigned notes = 0;

	(void)fputs(GOODS "<Товар><Ид>1</Ид><Наименование>n</Наименование>",
	    file);
	for (int i = 0; i < 1000; i++)
		(void)fputs("<Чужое/>", file);
	(void)fputs("</Товар>" GOODS_END, file);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(cml_dump(&told, schemas, path, false, &counts), 0);
	assert_int_equal(counts.unknown, 1000);
	for (const char *at = buf_text(&told);
	    (at = strstr(at, "unknown-element")) != NULL; at++)
		notes++;
	/* Five, and how many more, which names the kind twice. */
	assert_int_equal(notes, 7);
	assert_non_null(strstr(buf_text(&told), "995 more"));
	free(path);
	buf_free(&told);
}

static int
say_stop(void *ctx, const struct record *record, struct err *err)
{
	(void)record;
	++*(int *)ctx;
	return err_set(err, ERR_SYSTEM, "stopped by the test");
}

static void
an_event_that_says_stop_ends_it(void **state)
{
	char *path = file_join(*state, "file.xml");
	struct cml_options options = { false, "file" };
	int records = 0;
	struct cml_events events = { &records, NULL, NULL, say_stop, NULL };
	struct cml_counts counts;
	struct err err = { 0 };

	scratch_put(path, GOODS
	    "<Товар><Ид>1</Ид><Наименование>n</Наименование></Товар>"
	    "<Товар><Ид>2</Ид><Наименование>n</Наименование></Товар>"
	    GOODS_END);
	assert_int_equal(cml_read(schemas, path, &options, &events, &counts,
	    &err), -1);
	assert_int_equal(records, 1);
	assert_int_equal(err.kind, ERR_SYSTEM);
	assert_string_equal(err.text, "stopped by the test");
	assert_int_equal(counts.errors, 0);
	free(path);
}

static void
a_file_that_is_not_there_is_a_system_error(void **state)
{
	char *path = file_join(*state, "none.xml");
	struct cml_options options = { false, "none" };
	struct cml_events events = { NULL, NULL, NULL, NULL, NULL };
	struct cml_counts counts;
	struct err err = { 0 };

	assert_int_equal(cml_read(schemas, path, &options, &events, &counts,
	    &err), -1);
	assert_int_equal(err.kind, ERR_SYSTEM);
	free(path);
}

static void
a_missing_schema_is_named(void **state)
{
	struct cml_schemas *none = NULL;
	struct err err = { 0 };

	assert_int_equal(cml_schemas_load(&none, *state, true, &err), -1);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_non_null(strstr(err.text, "commerceml.xsd"));
	assert_null(none);
}

static void *
read_case(void *arg)
{
	struct cml_counts counts;

	(void)cml_dump(arg, schemas, "tests/data/cml/ut11-offers.xml", false,
	    &counts);
	return NULL;
}

static void
two_threads_read_at_once(void **state)
{
	struct buf told[2] = { BUF_INIT(LIMIT_MIB), BUF_INIT(LIMIT_MIB) };
	pthread_t threads[2];

	(void)state;
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, read_case,
		    &told[i]), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_non_null(strstr(buf_text(&told[0]), "prices ["));
	assert_string_equal(buf_text(&told[0]), buf_text(&told[1]));
	buf_free(&told[0]);
	buf_free(&told[1]);
}

/* Cut anywhere, a file is refused and never half taken for whole. */
static void
cut_at_any_byte_it_is_refused(void **state)
{
	char *path = file_join(*state, "file.xml");
	struct buf whole = BUF_INIT(LIMIT_MIB), told = BUF_INIT(LIMIT_MIB);
	struct cml_counts counts;
	struct err err;

	assert_int_equal(file_read(&whole, "tests/data/cml/ut11-offers.xml",
	    &err), 0);
	while (whole.len > 0 && whole.data[whole.len - 1] != '>')
		whole.len--;
	for (size_t len = 0; len < whole.len; len += 7) {
		FILE *file = fopen(path, "w");

		assert_int_equal(fwrite(whole.data, 1, len, file), len);
		assert_int_equal(fclose(file), 0);
		buf_clear(&told);
		assert_int_equal(cml_dump(&told, schemas, path, false,
		    &counts), -1);
		assert_true(counts.errors > 0);
	}
	free(path);
	buf_free(&whole);
	buf_free(&told);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(deep_nesting_is_refused),
		cmocka_unit_test(of_priceless_offers_only_so_many_are_kept),
		cmocka_unit_test(long_text_is_refused),
		cmocka_unit_test(text_within_the_limit_is_taken),
		cmocka_unit_test(a_long_tag_is_refused),
		cmocka_unit_test(a_long_comment_is_passed_over),
		cmocka_unit_test(an_object_without_end_is_refused),
		cmocka_unit_test(a_document_without_end_is_left_out),
		cmocka_unit_test(a_document_of_a_long_kind_is_left_out),
		cmocka_unit_test(many_names_are_refused),
		cmocka_unit_test(a_thousand_notes_are_counted_and_five_told),
		cmocka_unit_test(an_event_that_says_stop_ends_it),
		cmocka_unit_test(a_file_that_is_not_there_is_a_system_error),
		cmocka_unit_test(a_missing_schema_is_named),
		cmocka_unit_test(two_threads_read_at_once),
		cmocka_unit_test(cut_at_any_byte_it_is_refused),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
