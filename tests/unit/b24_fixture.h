/*
 * The whole of bitrix/ against canned answers of a server on loopback.
 */
#ifndef TESTS_B24_FIXTURE_H
#define TESTS_B24_FIXTURE_H

#include "base/clock.h"
#include "bitrix/bitrix.h"
#include "loopback.h"
#include "scratch.h"

#define SECRET "t0ps3cretword"
#define USUAL "\"price_types\":{\"Р\":\"BASE\"}"

/* The first two answers: what prepare() asks for. */
#define FACTS_1 "{\"result\":{\"result\":{" \
	"\"c0\":{\"catalogs\":[{\"iblockId\":15,\"id\":15,\"name\":\"o\"," \
	"\"productIblockId\":14},{\"iblockId\":14,\"id\":14,\"name\":" \
	"\"Goods\",\"productIblockId\":null}]}," \
	"\"c1\":{\"priceTypes\":[{\"id\":1,\"name\":\"BASE\",\"xmlId\":" \
	"\"BASE\"},{\"id\":2,\"name\":\"Оптовая\",\"xmlId\":\"OPT\"}]}," \
	"\"c2\":{\"vats\":[{\"id\":1,\"name\":\"Без НДС\",\"rate\":null," \
	"\"active\":\"Y\"},{\"id\":4,\"name\":\"НДС 20%\",\"rate\":20," \
	"\"active\":\"Y\"}]}," \
	"\"c3\":{\"measures\":[{\"id\":1,\"code\":6,\"measureTitle\":" \
	"\"Метр\"},{\"id\":5,\"code\":796,\"measureTitle\":\"Штука\"}]}," \
	"\"c4\":\"N\",\"c5\":{\"priceTypeLangs\":[{\"catalogGroupId\":2," \
	"\"name\":\"Опт\"}]}},\"result_error\":[],\"result_total\":[]," \
	"\"result_next\":[],\"result_time\":[]}}"
/* Services, properties of variations, parents, variations. */
#define NO_MORE_GOODS "\"c3\":{\"services\":[]}," \
	"\"c4\":{\"productProperties\":[{\"id\":97,\"iblockId\":15," \
	"\"code\":\"CML2_ARTICLE\",\"name\":\"Артикул\",\"propertyType\":" \
	"\"S\"}]},\"c5\":{\"units\":[]},\"c6\":{\"offers\":[]}"
#define FACTS_2 "{\"result\":{\"result\":{" \
	"\"c0\":{\"productProperties\":[{\"id\":95,\"iblockId\":14,\"code\":" \
	"\"CML2_ARTICLE\",\"name\":\"Артикул\",\"propertyType\":\"S\"}]}," \
	"\"c1\":{\"products\":[{\"id\":1,\"iblockId\":14}]}," \
	"\"c2\":{\"sections\":[]}," NO_MORE_GOODS "},\"result_error\":[]}}"
#define BATCH(result, error) "{\"result\":{\"result\":" result \
	",\"result_error\":" error ",\"result_total\":[],\"result_next\":[]," \
	"\"result_time\":[]}}"

static struct loopback server;
static struct remote remote;
static struct remote_facts facts;
static struct config *config;
static struct request *request;
static char *folder;
static int ended;

static inline int
make(void **state)
{
	int rc = scratch_make(state);
	char *clock_file;

	folder = *state;
	clock_file = file_join(folder, "clock");
	scratch_put(clock_file, "0");
	setenv("CML24_TEST_CLOCK", clock_file, 1);
	free(clock_file);
	ended = 0;
	memset(&remote, 0, sizeof(remote));
	config = NULL;
	request = NULL;
	return rc;
}

static inline int
drop(void **state)
{
	request_free(request);
	if (remote.close != NULL)
		remote.close(remote.ctx);
	config_free(config);
	loopback_stop(&server);
	unsetenv("CML24_TEST_CLOCK");
	return scratch_remove(state);
}

/* text: freed here */
static inline void
load_text(char *text)
{
	char *path = file_join(folder, "exchange.json");
	struct buf warnings = BUF_INIT(65536);
	struct err err = { 0 };

	scratch_put(path, text);
	if (config_load(&config, path, &warnings, &err) == -1)
		fail_msg("%s", err.text);
	assert_int_equal(bitrix_open(&remote, config, NULL), 0);
	buf_free(&warnings);
	free(text);
	free(path);
}

static inline void
load_config(const char *portal, const char *catalog)
{
	load_text(mem_printf("{\"portal\":{%s,\"retry_max_seconds\":5,"
	    "\"burst\":1000},\"catalog\":{%s}}", portal, catalog));
}

static inline void
open_webhook(const char *catalog)
{
	char *portal = mem_printf("\"webhook\":\"http://127.0.0.1:%d/rest/1/"
	    SECRET "/\"", server.port);

	load_config(portal, catalog);
	free(portal);
}

/* A portal that has answered prepare() and then answers with these. */
static inline void
prepared(char *one, char *two, char *three)
{
	char *answers[] = { loopback_json(200, FACTS_1),
	    loopback_json(200, FACTS_2), one, two, three };
	size_t count = 3 + (two != NULL ? 1U : 0) +
	    (three != NULL ? 1U : 0);
	struct err err = { 0 };

	loopback_start(&server, answers, count);
	open_webhook(USUAL);
	if (remote.prepare(remote.ctx, true, &facts, &err) == -1)
		fail_msg("%s", err.text);
	request = request_new(60);
}

static inline void
on_done(struct request *of)
{
	assert_ptr_equal(of, request);
	ended++;
}

static inline void
run(void)
{
	request->done = on_done;
	assert_int_equal(remote.submit(remote.ctx, request, NULL), 0);
	for (int i = 0; ended == 0 && i < 50; i++)
		assert_int_not_equal(remote.wait(remote.ctx, 1000, NULL), -1);
	assert_int_equal(ended, 1);
}

static inline struct op *
add(enum op_kind kind, enum target_kind target, const char *id)
{
	struct op *op = &request->ops[request->count++];

	op->kind = kind;
	if (target == TARGET_PRICE)
		target_set_price(&op->target, str_of(id), str_of("BASE"));
	else
		target_set(&op->target, target, str_of(id));
	return op;
}

static inline void
set(struct op *op, enum field field, const char *value)
{
	(void)fields_set(&op->fields, field, str_of(value));
}

/* An update that is refused by a code that says nothing; the look for its
 * cause gets no answer. */
static inline void
prepared_hidden_refusal(void)
{
	struct op *op;

	prepared(loopback_json(200, BATCH("[]", "{\"c0\":{\"error\":0}}")),
	    mem_text(""), NULL);
	op = add(OP_UPDATE, TARGET_PRODUCT, "p");
	op->portal_id = 7;
	set(op, FIELD_NAME, "N");
}

/* What becomes of a create when this is the answer. */
static inline enum outcome
create_with(char *answer)
{
	prepared(answer, NULL, NULL);
	set(add(OP_CREATE, TARGET_PRODUCT, "p"), FIELD_NAME, "A");
	run();
	return request->ops[0].outcome;
}

#define REMOTE_TEST(test) cmocka_unit_test_setup_teardown(test, make, drop)

#endif
