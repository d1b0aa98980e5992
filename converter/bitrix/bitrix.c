#include "bitrix/b24_deal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/told.h"

#ifndef CML24_VERSION
#define CML24_VERSION "0.2"
#endif

/* A field's text in a request at the most: three bytes for each, and its
 * key; a command's names and ids. */
#define FIELD_BYTES(len) (3 * (len) + 1024)

static bool
is_find(const struct request *request)
{
	enum op_kind kind = request->ops[0].kind;

	return kind == OP_FIND || kind == OP_COUNT;
}

static void
use_of(const struct request *request, struct b24_use *use)
{
	if (is_find(request))
		b24_find_use(request, use);
	else
		b24_write_use(request, use);
}

static int
prepare(void *ctx, bool may_write, struct remote_facts *out,
    struct err *err)
{
	struct b24 *b24 = ctx;
	const struct b24_facts *facts = &b24->facts;
	struct err own = { 0 };

	/* They point into the facts. */
	b24_term_free(b24->terms);
	b24->terms = NULL;
	b24->may_write = may_write;
	if (b24_facts_read(b24, err != NULL ? err : &own) == -1)
		return -1;
	memset(out, 0, sizeof(*out));
	out->inventory = facts->inventory;
	out->products_empty = facts->products_empty;
	out->sections_empty = facts->sections_empty;
	out->companies_empty = facts->crm.companies_empty;
	out->contacts_empty = facts->crm.contacts_empty;
	out->parents_empty = facts->parents_empty;
	out->offers_empty = facts->offers_empty;
	out->services_empty = facts->services_empty;
	out->variations = facts->offers_iblock != 0;
	(void)snprintf(out->catalog_name, sizeof(out->catalog_name), "%s",
	    facts->name);
	told_copy(out->crm_barred, sizeof(out->crm_barred),
	    facts->crm.barred);
	return 0;
}

static int
check_field(void *ctx, enum target_kind kind, enum field field,
    struct str value, struct err *err)
{
	return b24_value_check(ctx, kind, field, value, err);
}

/* Text that a batch would take for a reference needs a call of its own. */
static bool
is_lone(const struct op *op)
{
	enum field field;
	struct str value;
	size_t at = 0;

	if (op->kind == OP_DELETE)
		return false;
	if (op->kind == OP_CREATE &&
	    (b24_query_is_reference(target_id(&op->target)) ||
	    b24_query_is_reference(target_rule(&op->target))))
		return true;
	while (fields_next(&op->fields, &at, &field, &value))
		if (b24_query_is_reference(value))
			return true;
	return false;
}

/* Base64 makes four bytes of three, and some of those are encoded. */
static size_t
bytes_of(const struct op *op)
{
	return FIELD_BYTES(op->fields.bytes.len) + 2 * op->path_bytes;
}

/*
 * Pictures go by themselves: a request that is full of them takes long, and
 * the goods and prices should not wait for it.  Among them so many that one
 * request stays small, or one that is larger.
 */
static bool
goes_with(const struct request *request, const struct op *op)
{
	bool picture = op->target.kind == TARGET_PICTURE;
	size_t bytes = op->path_bytes;

	for (size_t i = 0; i < request->count; i++) {
		const struct op *other = &request->ops[i];

		if (picture != (other->target.kind == TARGET_PICTURE))
			return false;
		bytes += other->path_bytes;
	}
	return !picture || bytes <= LIMIT_REQUEST_PICTURES;
}

static bool
fits(void *ctx, const struct request *request, const struct op *op)
{
	struct b24 *b24 = ctx;
	size_t bytes = bytes_of(op);
	enum b24_method method;
	size_t same = 1, most;

	if (request->count == 0)
		return true;
	if (!goes_with(request, op))
		return false;
	if (request->count >= (size_t)b24->config->portal.batch_size ||
	    request->count >= LIMIT_BATCH_COMMANDS || is_lone(op))
		return false;
	if (request->count >= b24_batch_most(b24, true))
		return false;
	method = b24_object_method_of(op);
	for (size_t i = 0; i < request->count; i++) {
		const struct op *other = &request->ops[i];

		bytes += bytes_of(other);
		if (b24_object_method_of(other) == method)
			same++;
	}
	most = b24_limit_calls(b24->limit, method);
	return bytes <= LIMIT_REQUEST_BYTES && same <= most &&
	    (request->count > 1 || !is_lone(&request->ops[0]));
}

static int64_t
ready_in(void *ctx, const struct request *request)
{
	struct b24 *b24 = ctx;
	struct b24_use use;
	int64_t ready;

	/* One that waits here for its method's limit is under way too. */
	if (b24->requests >= LIMIT_IN_FLIGHT ||
	    b24->flying >= LIMIT_IN_FLIGHT)
		return -1;
	use_of(request, &use);
	ready = b24_limit_ready(b24->limit, &use);
	/* A further page of a look-up goes first, if it can go. */
	if (ready == 0 && b24_call_may_leave(b24))
		return 1;
	return ready;
}

static int
submit(void *ctx, struct request *request, struct err *err)
{
	struct b24 *b24 = ctx;

	if (!b24->has_facts)
		return err_set(err, ERR_SYSTEM, "bitrix: not prepared");
	b24->requests++;
	if (is_find(request))
		b24_find_submit(b24, request);
	else
		b24_write_submit(b24, request);
	return 0;
}

static int
wait_for(void *ctx, int64_t timeout_ms, struct err *err)
{
	struct b24 *b24 = ctx;

	if (b24_call_pump(b24, timeout_ms, err) == -1)
		return -1;
	return b24->requests;
}

static void
recall(void *ctx)
{
	b24_call_recall(ctx);
}

void
bitrix_request_done(struct b24 *b24, struct request *request)
{
	b24->requests--;
	request->done(request);
}

static void
load(void *ctx, struct remote_load *out)
{
	struct b24 *b24 = ctx;

	b24_limit_load(b24->limit, out);
}

static int
look_deals(void *ctx, const struct deal_look *look,
    struct deal_changes *out, struct err *err)
{
	struct err own = { 0 };

	return b24_deal_look(ctx, look, out, err != NULL ? err : &own);
}

static int
gone_deals(void *ctx, const int64_t *ids, size_t count, bool *gone,
    struct err *err)
{
	struct err own = { 0 };

	return b24_deal_look_gone(ctx, ids, count, gone, err != NULL ? err :
	    &own);
}

static int
read_deals(void *ctx, const int64_t *ids, size_t count,
    int (*visit)(void *arg, const struct deal *deal, struct err *err),
    void *arg, struct err *err)
{
	struct b24 *b24 = ctx;
	struct err own = { 0 };

	/* Without its funnel every deal would be no order. */
	if (!b24->has_facts || !b24->facts.deals.known)
		return err_set(err, ERR_SYSTEM, "bitrix: not prepared");
	return b24_deal_read(b24, ids, count, visit, arg, err != NULL ? err :
	    &own);
}

static int
read_customers(void *ctx, bool companies, const int64_t *ids, size_t count,
    int (*visit)(void *arg, struct customer *customer, struct err *err),
    void *arg, struct err *err)
{
	struct b24 *b24 = ctx;
	struct err own = { 0 };

	/* Without their names no type would be one that is wanted. */
	if (!b24->has_facts || !b24->facts.crm.known)
		return err_set(err, ERR_SYSTEM, "bitrix: not prepared");
	return b24_deal_read_customers(b24, companies, ids, count, visit,
	    arg, err != NULL ? err : &own);
}

static bool
says_fields(void *ctx, bool company, struct str rule, struct str lines,
    struct str clients)
{
	return b24_client_fields_say(ctx, company, rule, lines, clients);
}

static void
prefer(void *ctx, bool (*is_own)(void *arg, int64_t requisite, bool company,
    int64_t client), void *arg)
{
	struct b24 *b24 = ctx;

	b24->is_own = is_own;
	b24->own_arg = arg;
}

static void
ask_passed(void *ctx, bool (*may_have)(void *arg, int64_t deal,
    int64_t moved), void *arg)
{
	struct b24 *b24 = ctx;

	b24->may_have_passed = may_have;
	b24->passed_arg = arg;
}

static int
learn(void *ctx, struct terms *terms, bool may_make, bool *unsure,
    struct err *err)
{
	struct b24 *b24 = ctx;
	struct err own = { 0 };

	*unsure = false;
	if (!b24->has_facts)
		return err_set(err, ERR_SYSTEM, "bitrix: not prepared");
	return b24_term_learn(b24, terms, may_make, unsure, err != NULL ?
	    err : &own);
}

static int64_t
price_type(void *ctx, const char *rule)
{
	return b24_value_price_type(ctx, str_of(rule));
}

static int
read_stock(void *ctx, struct stock_line *lines, size_t count,
    struct err *err)
{
	struct err own = { 0 };

	return b24_stock_read(ctx, lines, count, err != NULL ? err : &own);
}

static enum outcome
put_document(void *ctx, const struct stock_document *document,
    struct stock_line *lines, size_t count, struct err *err)
{
	struct err own = { 0 };

	return b24_stock_put(ctx, document, lines, count, err != NULL ?
	    err : &own);
}

static int
find_document(void *ctx, const char *title, enum document_stage *stage,
    struct err *err)
{
	struct err own = { 0 };

	return b24_stock_find(ctx, title, stage, err != NULL ? err : &own);
}

static int
drop_document(void *ctx, const char *title, struct err *err)
{
	struct err own = { 0 };

	return b24_stock_drop(ctx, title, err != NULL ? err : &own);
}

/* Where the portal shows a good; variations are shown with their parent. */
static bool
has_page(enum target_kind kind)
{
	return kind == TARGET_PRODUCT || kind == TARGET_PARENT ||
	    kind == TARGET_SERVICE;
}

static void
link_to(void *ctx, enum target_kind kind, int64_t portal_id, char out[256])
{
	const struct b24 *b24 = ctx;
	const char *origin = b24_auth_origin(b24->auth);

	out[0] = '\0';
	if (has_page(kind) && b24->facts.iblock != 0)
		(void)snprintf(out, 256, "%s/crm/catalog/%" PRId64
		    "/product/%" PRId64 "/", origin, b24->facts.iblock,
		    portal_id);
	else if (target_is_client(kind))
		(void)snprintf(out, 256, "%s/crm/%s/details/%" PRId64 "/",
		    origin, kind == TARGET_COMPANY ? "company" : "contact",
		    portal_id);
	else if (kind == TARGET_DEAL || kind == TARGET_ROWS)
		(void)snprintf(out, 256, "%s/crm/deal/details/%" PRId64 "/",
		    origin, portal_id);
	else if (kind == TARGET_SECTION)
		(void)snprintf(out, 256, "%s/crm/catalog/list/%" PRId64 "/",
		    origin, portal_id);
}

static int64_t
estimate(void *ctx, const struct remote_work *work, bool *at_least)
{
	struct b24 *b24 = ctx;
	struct b24_use use;

	b24_object_use(work, &use);
	return b24_limit_estimate(b24->limit, work->requests, &use, at_least);
}

static int64_t
count_sent(void *ctx)
{
	struct b24 *b24 = ctx;

	return b24->sent;
}

static void
close_remote(void *ctx)
{
	struct b24 *b24 = ctx;

	if (b24 == NULL)
		return;
	b24_call_drop_all(b24);
	http_close(b24->http);
	b24_limit_close(b24->limit);
	b24_auth_close(b24->auth);
	b24_term_free(b24->terms);
	b24_facts_free(&b24->facts);
	free(b24);
}

int
bitrix_open(struct remote *out, const struct config *config,
    struct err *err)
{
	struct b24 *b24 = mem_alloc(sizeof(*b24));
	struct err own = { 0 };

	if (err == NULL)
		err = &own;
	b24->config = config;
	b24->waiting_end = &b24->waiting;
	if (b24_auth_open(&b24->auth, config, err) == -1 ||
	    b24_limit_open(&b24->limit, config, b24_auth_host(b24->auth),
	    b24_auth_caller(b24->auth), err) == -1 ||
	    http_open(&b24->http, "cml24/" CML24_VERSION, err) == -1) {
		close_remote(b24);
		return -1;
	}
	*out = (struct remote){ .ctx = b24, .prepare = prepare,
	    .check_field = check_field, .fits = fits, .ready_in = ready_in,
	    .submit = submit, .wait = wait_for, .recall = recall,
	    .load = load,
	    .look_deals = look_deals, .gone_deals = gone_deals,
	    .read_deals = read_deals,
	    .read_customers = read_customers,
	    .says_fields = says_fields, .prefer = prefer,
	    .ask_passed = ask_passed,
	    .learn = learn, .price_type = price_type,
	    .read_stock = read_stock,
	    .put_document = put_document, .find_document = find_document,
	    .drop_document = drop_document,
	    .link = link_to, .estimate = estimate, .sent = count_sent,
	    .close = close_remote };
	return 0;
}

int
bitrix_load_stored(const struct config *config, struct remote_load *out,
    struct err *err)
{
	struct b24_auth *auth;
	struct b24_limit *limit = NULL;
	int rc;

	if (b24_auth_open(&auth, config, err) == -1)
		return -1;
	rc = b24_limit_open(&limit, config, b24_auth_host(auth),
	    b24_auth_caller(auth), err);
	if (rc == 0)
		b24_limit_load(limit, out);
	b24_limit_close(limit);
	b24_auth_close(auth);
	return rc;
}
