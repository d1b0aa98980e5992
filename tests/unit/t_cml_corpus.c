/*
 * The corpus of anonymised live packages, where it lies beside the
 * repository: everything in it is read without an error, and there is as
 * much of everything as its manifest counted with another reader.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "commerceml/reader.h"

#define CORPUS "../shared/corpus"

struct tally {
	struct cml_counts sum;
	uint64_t marked;        /* records of any kind marked deleted */
	uint64_t errors;
};

static struct cml_schemas *schemas;

static int
on_record(void *ctx, const struct record *record, struct err *err)
{
	struct tally *tally = ctx;

	(void)err;
	if (fields_has(&record->fields, FIELD_DELETED))
		tally->marked++;
	return 0;
}

static void
on_finding(void *ctx, const struct finding *finding)
{
	struct tally *tally = ctx;

	if (finding->severity != SEVERITY_ERROR)
		return;
	tally->errors++;
	print_message("%s:%ld: %s\n", finding->file, finding->line,
	    finding->text);
}

static void
read_file(struct tally *tally, const char *package, const char *name,
    bool well_formed)
{
	char *path = mem_printf(CORPUS "/%s/%s", package, name);
	struct cml_options options = { false, path };
	struct cml_events events = { tally, NULL, NULL, on_record, NULL };
	struct cml_counts counts;
	struct err err;

	if (well_formed)
		events.finding = on_finding;
	assert_int_equal(cml_read(schemas, path, &options, &events, &counts,
	    &err), well_formed ? 0 : -1);
	free(path);
	for (int kind = 0; kind < RECORD_LAST; kind++)
		tally->sum.records[kind] += counts.records[kind];
	tally->sum.offers += counts.offers;
	tally->sum.prices += counts.prices;
	tally->sum.lines += counts.lines;
	tally->sum.pictures += counts.pictures;
	tally->sum.characteristics += counts.characteristics;
	tally->sum.deleted += counts.deleted;
}

static uint64_t
number_of(const cJSON *counts, const char *name)
{
	int64_t number = 0;

	(void)json_int(&number, json_get(counts, name));
	return (uint64_t)number;
}

static void
compare(const char *package, const cJSON *counts, const struct tally *tally)
{
	const struct {
		const char *name;
		uint64_t got;
	} rows[] = {
		{ "products", tally->sum.records[RECORD_PRODUCT] },
		{ "offers", tally->sum.offers },
		{ "prices", tally->sum.prices },
		{ "price types", tally->sum.records[RECORD_PRICE_TYPE] },
		{ "groups", tally->sum.records[RECORD_GROUP] },
		{ "properties", tally->sum.records[RECORD_PROPERTY] },
		{ "categories", tally->sum.records[RECORD_CATEGORY] },
		{ "units", tally->sum.records[RECORD_UNIT] },
		{ "documents", tally->sum.records[RECORD_DOCUMENT] },
		{ "document lines", tally->sum.lines },
		{ "counterparties", tally->sum.records[RECORD_COUNTERPARTY] },
		{ "pictures", tally->sum.pictures },
		{ "offers with characteristics", tally->sum.characteristics }
	};
	/* The manifest also counts a warehouse that a document names. */
	uint64_t stores = tally->sum.records[RECORD_WAREHOUSE];
	uint64_t marked = number_of(counts, "deleted: attribute Статус") +
	    number_of(counts, "deleted: child Статус") +
	    number_of(counts, "deleted: child ПометкаУдаления");
	bool documents = tally->sum.records[RECORD_DOCUMENT] > 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].got != number_of(counts, rows[i].name))
			fail_msg("%s: %s: %llu, wanted %llu", package,
			    rows[i].name, (unsigned long long)rows[i].got,
			    (unsigned long long)number_of(counts,
			    rows[i].name));
	}
	if (marked != tally->marked)
		fail_msg("%s: deleted: %llu, wanted %llu", package,
		    (unsigned long long)tally->marked,
		    (unsigned long long)marked);
	if (!documents)
		assert_int_equal(stores, number_of(counts, "warehouses"));
	assert_int_equal(tally->errors, 0);
}

static void
check_package(const cJSON *package)
{
	const cJSON *files = json_get(package, "files"), *file;
	const char *name = json_get(package, "package")->valuestring;
	struct tally tally = { 0 };
	bool whole = true;

	cJSON_ArrayForEach(file, files) {
		const cJSON *good = json_get(file, "well_formed");

		whole = whole && cJSON_IsTrue(good);
		read_file(&tally, name, json_get(file, "path")->valuestring,
		    cJSON_IsTrue(good));
	}
	if (whole)
		compare(name, json_get(package, "counts"), &tally);
}

static void
the_corpus_is_read_whole(void **state)
{
	struct buf text = BUF_INIT(LIMIT_MIB);
	const cJSON *package;
	struct err err = { 0 };
	cJSON *manifest;

	(void)state;
	if (!file_exists(CORPUS "/manifest.json"))
		skip();
	assert_int_equal(cml_schemas_load(&schemas, "xsd", true, &err), 0);
	assert_int_equal(file_read(&text, CORPUS "/manifest.json", &err), 0);
	manifest = json_parse(str_n(text.data, text.len), &err);
	assert_non_null(manifest);
	cJSON_ArrayForEach(package, json_get(manifest, "packages"))
		check_package(package);
	cJSON_Delete(manifest);
	buf_free(&text);
	cml_schemas_free(schemas);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_corpus_is_read_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
