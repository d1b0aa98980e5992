#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "intake/parts.h"

#define UUID "5d508f78-596b-4206-a799-5af56acb2f4b"

struct name_case {
	const char *name;
	bool ours;
	const char *node, *inner;
	enum intake_kind kind;
	int order;
	const char *series;
	int portion;
};

/* Each layout of onec-exchange.md 0.3 and 1, and commerceml.md 3.1. */
static const struct name_case inbox_cases[] = {
	/* UT 11 */
	{ "webdata/import0_1.xml", true, "webdata", "import0_1.xml",
	    INTAKE_XML, INTAKE_ORDER_IMPORT, "import0", 1 },
	{ "webdata/import0_12.xml", true, "webdata", "import0_12.xml",
	    INTAKE_XML, INTAKE_ORDER_IMPORT, "import0", 12 },
	{ "webdata/offers3_2.xml", true, "webdata", "offers3_2.xml",
	    INTAKE_XML, INTAKE_ORDER_OFFERS, "offers3", 2 },
	{ "webdata/orders-" UUID "_10.xml", true, "webdata",
	    "orders-" UUID "_10.xml", INTAKE_XML, INTAKE_ORDER_DOCUMENTS,
	    "orders", 0 },
	{ "webdata\\import0_1.xml", true, "webdata", "import0_1.xml",
	    INTAKE_XML, INTAKE_ORDER_IMPORT, "import0", 1 },
	{ "webdata\\import_files\\ab\\x.jpg", true, "webdata",
	    "import_files/ab/x.jpg", INTAKE_OTHER, INTAKE_ORDER_OTHER, "", 0 },
	/* UNF */
	{ "webdata - " UUID "/import.xml", true, "webdata - " UUID,
	    "import.xml", INTAKE_XML, INTAKE_ORDER_IMPORT, "import", 1 },
	{ "webdata - " UUID "/import1.xml", true, "webdata - " UUID,
	    "import1.xml", INTAKE_XML, INTAKE_ORDER_IMPORT, "import", 2 },
	{ "webdata - " UUID "/offers2.xml", true, "webdata - " UUID,
	    "offers2.xml", INTAKE_XML, INTAKE_ORDER_OFFERS, "offers", 3 },
	{ "webdata - " UUID "/orders-" UUID "_.xml", true, "webdata - " UUID,
	    "orders-" UUID "_.xml", INTAKE_XML, INTAKE_ORDER_DOCUMENTS,
	    "orders", 0 },
	/* UT 10.3 */
	{ "1cbitrix/import.xml", true, "1cbitrix", "import.xml", INTAKE_XML,
	    INTAKE_ORDER_IMPORT, "import", 1 },
	{ "1cbitrix-" UUID ".xml", true, "1cbitrix", "1cbitrix-" UUID ".xml",
	    INTAKE_XML, INTAKE_ORDER_DOCUMENTS, "orders", 0 },
	{ "orders-" UUID ".xml", true, "", "orders-" UUID ".xml", INTAKE_XML,
	    INTAKE_ORDER_DOCUMENTS, "orders", 0 },
	/* Bitrix's module */
	{ "webdata/000000001/import___" UUID ".xml", true,
	    "webdata/000000001", "import___" UUID ".xml", INTAKE_XML,
	    INTAKE_ORDER_CLASSIFIER, "import", 0 },
	{ "webdata/000000001/goods/1/import___" UUID ".xml", true,
	    "webdata/000000001", "goods/1/import___" UUID ".xml", INTAKE_XML,
	    INTAKE_ORDER_IMPORT, "goods/import", 1 },
	{ "webdata/000000001/goods/2/rests___" UUID ".xml", true,
	    "webdata/000000001", "goods/2/rests___" UUID ".xml", INTAKE_XML,
	    INTAKE_ORDER_RESTS, "goods/rests", 2 },
	{ "webdata/000000001/properties/1/offers___" UUID ".xml", true,
	    "webdata/000000001", "properties/1/offers___" UUID ".xml",
	    INTAKE_XML, INTAKE_ORDER_CLASSIFIER, "properties/offers", 1 },
	{ "webdata/000000001/documents/2/documents___" UUID ".xml", true,
	    "webdata/000000001", "documents/2/documents___" UUID ".xml",
	    INTAKE_XML, INTAKE_ORDER_DOCUMENTS, "documents", 2 },
	{ "webdata/000000002/goods/goods_1_2_" UUID ".xml", true,
	    "webdata/000000002", "goods/goods_1_2_" UUID ".xml", INTAKE_XML,
	    INTAKE_ORDER_IMPORT, "goods", 2 },
	{ "webdata/000000002/goods/goods_2_1_" UUID ".xml", true,
	    "webdata/000000002", "goods/goods_2_1_" UUID ".xml", INTAKE_XML,
	    INTAKE_ORDER_IMPORT, "goods2", 1 },
	{ "webdata/000000002/priceLists/priceLists_1_1_" UUID ".xml", true,
	    "webdata/000000002", "priceLists/priceLists_1_1_" UUID ".xml",
	    INTAKE_XML, INTAKE_ORDER_CLASSIFIER, "priceLists", 1 },
	{ "webdata/000000002/contragents/contragents_1_" UUID ".xml", true,
	    "webdata/000000002", "contragents/contragents_1_" UUID ".xml",
	    INTAKE_XML, INTAKE_ORDER_COUNTERPARTIES, "contragents", 1 },
	{ "webdata/00000001/import.xml", true, "webdata",
	    "00000001/import.xml", INTAKE_XML, INTAKE_ORDER_IMPORT, "import",
	    1 },
	/* what a person put there */
	{ "goods.zip", true, "zip:goods.zip", "goods.zip", INTAKE_ZIP,
	    INTAKE_ORDER_ZIP, "", 0 },
	{ "goods.zip.002", true, "zip:goods.zip", "goods.zip.002", INTAKE_ZIP,
	    INTAKE_ORDER_ZIP, "", 0 },
	{ "goods.z01", true, "zip:goods.zip", "goods.z01", INTAKE_ZIP,
	    INTAKE_ORDER_ZIP, "", 0 },
	{ "v8_AB12_03.zip", true, "zip:v8_AB12", "v8_AB12_03.zip", INTAKE_ZIP,
	    INTAKE_ORDER_ZIP, "", 0 },
	{ "Прайс.xml", true, "file:Прайс.xml", "Прайс.xml", INTAKE_XML,
	    INTAKE_ORDER_IMPORT, "Прайс", 0 },
	{ "import.XML", true, "file:import.XML", "import.XML", INTAKE_XML,
	    INTAKE_ORDER_IMPORT, "import", 1 },
	{ "mine/catalog.xml", true, "mine", "catalog.xml", INTAKE_XML,
	    INTAKE_ORDER_IMPORT, "catalog", 0 },
	/* neither */
	{ "webdata/flag.flag", true, "webdata", "flag.flag", INTAKE_OTHER,
	    INTAKE_ORDER_OTHER, "", 0 },
	{ "webdata/import_files/ab/rules.xml", true, "webdata",
	    "import_files/ab/rules.xml", INTAKE_OTHER, INTAKE_ORDER_OTHER, "",
	    0 },
	{ "readme.txt", false, "", "readme.txt", INTAKE_OTHER,
	    INTAKE_ORDER_OTHER, "", 0 },
	{ "important.xml", true, "file:important.xml", "important.xml",
	    INTAKE_XML, INTAKE_ORDER_IMPORT, "important", 0 },
	{ "webdata\\..\\..\\x.xml", true, "file:webdata\\..\\..\\x.xml",
	    "webdata\\..\\..\\x.xml", INTAKE_XML, INTAKE_ORDER_IMPORT,
	    "webdata\\..\\..\\x", 0 },
};

/* Where a package differs: only folders that 1C makes are nodes. */
static const struct name_case package_cases[] = {
	{ "goods/1/import___" UUID ".xml", true, "",
	    "goods/1/import___" UUID ".xml", INTAKE_XML, INTAKE_ORDER_IMPORT,
	    "goods/import", 1 },
	{ "from 1C/webdata/import0_2.xml", true, "webdata", "import0_2.xml",
	    INTAKE_XML, INTAKE_ORDER_IMPORT, "import0", 2 },
	{ "x/webdata/000000001/rests/rests_1_3_" UUID ".xml", true,
	    "webdata/000000001", "rests/rests_1_3_" UUID ".xml", INTAKE_XML,
	    INTAKE_ORDER_RESTS, "rests", 3 },
	{ "import_files/ab/a.zip", true, "", "import_files/ab/a.zip",
	    INTAKE_OTHER, INTAKE_ORDER_OTHER, "", 0 },
	{ "offers0_1.xml", true, "file:offers0_1.xml", "offers0_1.xml",
	    INTAKE_XML, INTAKE_ORDER_OFFERS, "offers0", 1 },
};

static void
check(const struct name_case *c, bool inbox)
{
	struct intake_file file = { .name = mem_text(c->name) };
	bool ours = true;

	if (inbox)
		ours = intake_classify_inbox(&file);
	else
		intake_classify(&file);
	if (ours != c->ours || strcmp(file.node, c->node) != 0 ||
	    strcmp(file.inner, c->inner) != 0 || file.kind != c->kind ||
	    file.order != c->order || strcmp(file.series, c->series) != 0 ||
	    file.portion != c->portion)
		fail_msg("%s: ours %d node \"%s\" inner \"%s\" kind %d order "
		    "%d series \"%s\" portion %d", c->name, ours, file.node,
		    file.inner, (int)file.kind, file.order, file.series,
		    file.portion);
	intake_list_forget(&file);
}

static void
every_layout_of_the_inbox_is_recognised(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof inbox_cases / sizeof inbox_cases[0]; i++)
		check(&inbox_cases[i], true);
}

static void
in_a_package_only_folders_of_1c_are_nodes(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof package_cases / sizeof package_cases[0]; i++)
		check(&package_cases[i], false);
}

static void
long_names_make_different_nodes_that_fit(void **state)
{
	struct intake_file a = { .name = NULL }, b = { .name = NULL };
	char name[256];

	(void)state;
	memset(name, 'a', sizeof name);
	snprintf(name + 245, 11, "1.xml");
	a.name = mem_text(name);
	name[245] = '2';
	b.name = mem_text(name);
	assert_true(intake_classify_inbox(&a));
	assert_true(intake_classify_inbox(&b));
	assert_true(strlen(a.node) < sizeof a.node);
	assert_string_not_equal(a.node, b.node);
	intake_list_forget(&a);
	intake_list_forget(&b);
}

static void
names_that_lead_out_are_not_safe(void **state)
{
	static const char *const bad[] = { "", "/a", "a/", "a//b", "..",
	    "a/../b", "./a", "a/.hidden", "a\nb", "a\x7f" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(intake_name_is_safe(bad[i]));
	assert_true(intake_name_is_safe("a/b c/Товар..xml"));
}

/* ---- the corpus, when it is there ---- */

static int
check_corpus_file(void *ctx, const char *path, const char *relative)
{
	struct intake_file file = { .name = mem_text(relative) };
	const char *base = strrchr(relative, '/');

	(void)path;
	intake_classify(&file);
	if (file.kind == INTAKE_XML)
		++*(size_t *)ctx;
	/* Everything but these has a name with a rule. */
	if (file.kind == INTAKE_XML && (file.series[0] == '\0' ||
	    (file.portion == 0 && strstr(relative, "___") == NULL &&
	    strstr(relative, "orders-") == NULL &&
	    strcmp(base, "/catalog.xml") != 0 &&
	    strcmp(base, "/from.xml") != 0)))
		fail_msg("%s: series \"%s\", portion %d", relative,
		    file.series, file.portion);
	intake_list_forget(&file);
	return 0;
}

static void
every_file_of_the_corpus_has_a_place(void **state)
{
	const char *folder = getenv("CML24_CORPUS");
	size_t count = 0;
	struct err err;

	(void)state;
	if (folder == NULL)
		folder = "../shared/corpus";
	if (!file_is_dir(folder))
		skip();
	assert_int_equal(file_walk(folder, check_corpus_file, &count, &err),
	    0);
	assert_true(count > 50);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_layout_of_the_inbox_is_recognised),
		cmocka_unit_test(in_a_package_only_folders_of_1c_are_nodes),
		cmocka_unit_test(long_names_make_different_nodes_that_fit),
		cmocka_unit_test(names_that_lead_out_are_not_safe),
		cmocka_unit_test(every_file_of_the_corpus_has_a_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
