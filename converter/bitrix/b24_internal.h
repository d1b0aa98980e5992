/*
 * Private to bitrix/.  The way of a request of flow/:
 *
 *   bitrix.c -> b24_write.c or b24_find.c    ops to commands
 *            -> b24_batch.c                  commands to one HTTP exchange
 *            -> b24_call.c                   address, token, redirect
 *            -> b24_error.c                  what a failure means
 *
 * and back by done() of each.
 */
#ifndef BITRIX_B24_INTERNAL_H
#define BITRIX_B24_INTERNAL_H

#include <cjson/cJSON.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/decimal.h"
#include "base/http.h"
#include "base/json.h"
#include "base/limits.h"
#include "bitrix/bitrix.h"
#include "model/remote.h"

#define B24_PAGE 50             /* rows a list answers at most */

/* A request of the portal ends at 60 s (limits.md); ours should take no more
 * than this. */
#define B24_BATCH_US (INT64_C(40) * 1000000)

#define B24_CODE_BYTES 48
#define B24_TEXT_BYTES 512

/* ---- methods: b24_methods.c ---- */

enum b24_method {
	B24_NONE = 0,
	B24_CATALOG_LIST,
	B24_PRICE_TYPE_LIST,
	B24_PRICE_TITLE_LIST,
	B24_VAT_LIST,
	B24_MEASURE_LIST,
	B24_MODE_STATUS,
	B24_PROPERTY_LIST,
	B24_PROPERTY_ADD,
	B24_PROPERTY_UPDATE,
	B24_SECTION_ADD,
	B24_SECTION_UPDATE,
	B24_SECTION_DELETE,
	B24_SECTION_LIST,
	B24_PRODUCT_ADD,
	B24_PRODUCT_UPDATE,
	B24_PRODUCT_DELETE,
	B24_PRODUCT_LIST,
	B24_PRICE_ADD,
	B24_PRICE_UPDATE,
	B24_PRICE_DELETE,
	B24_PRICE_LIST,
	B24_SCOPE,
	B24_PROFILE,
	B24_ITEM_ADD,
	B24_ITEM_UPDATE,
	B24_ITEM_DELETE,
	B24_ITEM_GET,
	B24_ITEM_LIST,
	B24_REQUISITE_ADD,
	B24_REQUISITE_UPDATE,
	B24_REQUISITE_DELETE,
	B24_REQUISITE_LIST,
	B24_BANK_ADD,
	B24_BANK_UPDATE,
	B24_BANK_DELETE,
	B24_BANK_LIST,
	B24_ADDRESS_ADD,
	B24_ADDRESS_UPDATE,
	B24_ADDRESS_DELETE,
	B24_ADDRESS_LIST,
	B24_PRESET_LIST,
	B24_COMPANY_FIELD_LIST,
	B24_CONTACT_FIELD_LIST,
	B24_STATUS_LIST,
	B24_FIND_BY_COMM,
	B24_USER_GET,
	B24_ROW_LIST,
	B24_ROW_SET,
	B24_CATEGORY_LIST,
	B24_DEAL_FIELD_LIST,
	B24_REQUISITE_LINK_LIST,
	B24_COMMENT_ADD,
	B24_COMMENT_LIST,
	B24_NOTICE_ADD,
	B24_SERVER_TIME,
	B24_SKU_ADD,
	B24_SKU_UPDATE,
	B24_SKU_DELETE,
	B24_SKU_LIST,
	B24_OFFER_ADD,
	B24_OFFER_UPDATE,
	B24_OFFER_DELETE,
	B24_OFFER_LIST,
	B24_SERVICE_ADD,
	B24_SERVICE_UPDATE,
	B24_SERVICE_DELETE,
	B24_SERVICE_LIST,
	B24_PROPERTY_ENUM_ADD,
	B24_PROPERTY_ENUM_UPDATE,
	B24_PROPERTY_ENUM_LIST,
	B24_IMAGE_ADD,
	B24_IMAGE_DELETE,
	B24_IMAGE_LIST,
	B24_MEASURE_ADD,
	B24_MEASURE_UPDATE,
	B24_STORE_ADD,
	B24_STORE_LIST,
	B24_STORE_PRODUCT_LIST,
	B24_DOCUMENT_ADD,
	B24_DOCUMENT_CONDUCT,
	B24_DOCUMENT_DELETE,
	B24_DOCUMENT_LIST,
	B24_DOCUMENT_ELEMENT_ADD,
	B24_CURRENCY_BASE,
	B24_STAGE_HISTORY_LIST,
	B24_METHOD_COUNT
};

/* What a lost answer asks for (DESIGN 6). */
enum b24_repeat {
	B24_REPEAT_FREELY,      /* a read */
	B24_REPEAT_LOOK_UP,     /* makes one more each time: look it up */
	B24_REPEAT_COMPARE      /* ends in the same state, but somebody may
				   have changed it since: compare first */
};

struct b24_method_info {
	const char *name;
	const char *rows;       /* key of the list or object in `result`; "":
				   the result itself */
	enum b24_repeat repeat;
	const char *key;        /* mark or natural key of what it touches */
	enum b24_method look_up;
	const char *page;       /* of the documentation */
};

const struct b24_method_info *b24_methods_info(enum b24_method method);
/* B24_NONE: no such method. */
enum b24_method b24_methods_by_name(struct str name);

/* ---- parameters: b24_query.c ---- */

/* Appends key=value, both percent-encoded; keys are PHP's bracket form. */
void b24_query_add(struct buf *query, const char *key, struct str value);
void b24_query_text(struct buf *query, const char *key, const char *value);
void b24_query_int(struct buf *query, const char *key, int64_t value);
/* key[index] = value */
void b24_query_item(struct buf *query, const char *key, size_t index,
    struct str value);
/* Would a batch take a part of this text for a reference? */
bool b24_query_is_reference(struct str text);
/* The same parameters as an object; NULL when the query is malformed. */
cJSON *b24_query_json(const struct buf *query);

/* ---- errors: b24_error.c ---- */

enum b24_fate {
	B24_FATE_REFUSED = 0,   /* the command is bad as it is */
	B24_FATE_DOUBTFUL,      /* refused by a code that says nothing */
	B24_FATE_NOT_THERE,
	B24_FATE_RATE,          /* too many requests: wait */
	B24_FATE_OPERATING,     /* the method is used up: wait */
	B24_FATE_UNKNOWN,       /* may have been executed */
	B24_FATE_AGAIN,         /* not executed, nothing wrong with it */
	B24_FATE_TOKEN,         /* the token expired: refresh and repeat */
	B24_FATE_STOP           /* nothing will go through */
};

/* The code, with B24_FATE_AGAIN, of what has not left and was not tried:
 * OUTCOME_NOT_RUN. */
#define B24_NOT_RUN "not-run"

struct b24_error {
	enum b24_fate fate;
	char code[B24_CODE_BYTES];
	char text[B24_TEXT_BYTES];
};

/* Of {"error":…, "error_description":…}; status 0: inside a batch. */
void b24_error_read(struct b24_error *out, const cJSON *object, int status,
    enum b24_method method);
/* Of an answer that is no such object, or none. */
void b24_error_http(struct b24_error *out,
    const struct http_request *request);
/* Is a right of the user, or a permission, all that is missing? */
bool b24_error_of_right(const struct b24_error *error);
/* What the fate is for a write or a read. */
enum outcome b24_error_outcome(enum b24_fate fate, bool write);
/* Refused, for a reason of our own: code for grouping, text told.  false. */
bool b24_error_refuse(struct op *op, const char *code, const char *text);
/* The op's outcome, with cause and time. */
void b24_error_tell(const struct b24_error *error, int64_t not_before,
    bool write, struct op *op);

/* ---- commands: b24_batch.c ---- */

struct b24;

struct b24_command {
	enum b24_method method;
	struct buf query;
	bool lone;              /* holds text that a batch would alter */
	bool optional;          /* b24_facts_run() goes on when the portal
				   refuses it */
	bool empties;           /* empties fields of a deal, which is to be
				   seen: b24_deal_emptied() */
	unsigned shapes;        /* b24_facts.shapes when it was made */
	int internal;           /* so often b24_blocking.c had OP_INTERNAL */
	void *user;

	/* filled by the answer: */
	bool done;
	struct b24_error error; /* when not done */
	int64_t not_before;     /* wall ms, or 0 */
	const cJSON *result;    /* borrowed while the batch's done() runs */
	int64_t total, next;    /* -1: not said */
};

struct b24_batch {
	struct b24_command *commands;
	size_t count;           /* to LIMIT_BATCH_COMMANDS; 0: done() comes
				   and nothing is sent */
	bool writes;
	/* NULL, or asked each time just before it is sent; -1: it is not. */
	int (*leaves)(struct b24_batch *batch, struct err *err);
	void (*done)(struct b24 *b24, struct b24_batch *batch);
	/* The portal is closed before done(): frees what the batch is part
	 * of, and tells nobody. */
	void (*drop)(struct b24_batch *batch);
	void *user;
	bool answered;          /* an answer told what became of it */
	bool too_large;         /* its answer was */
	size_t answer_bytes;

	/* private to b24_call.c and b24_batch.c: */
	struct b24 *b24;
	struct b24_batch *next_waiting;
	struct b24_batch *next_open;    /* sent and not done yet */
	struct http_request http;
	char *url;
	struct buf body;
	char *token;            /* that it was sent with */
	cJSON *answer;
	bool redirected, refreshed, ended, flying;
};

void b24_batch_command_init(struct b24_command *command,
    enum b24_method method);
void b24_batch_command_free(struct b24_command *command);
/* Puts it at the end of the queue; done() comes from b24_call_pump(). */
void b24_call_send(struct b24 *b24, struct b24_batch *batch);
/* Blocking; commands are filled, and `result` lives until b24_call_end().
 * -1: libcurl failed. */
int b24_call_run(struct b24 *b24, struct b24_batch *batch, struct err *err);
void b24_call_end(struct b24_batch *batch);
/* May one that waits leave now? */
bool b24_call_may_leave(struct b24 *b24);
/* What waits for the limits does not leave any more: its commands fail as not
 * executed.  What has left is still under way. */
void b24_call_recall(struct b24 *b24);
/* Aborts all that is not done, by drop() instead of done(). */
void b24_call_drop_all(struct b24 *b24);
/* The body of the request; full when a value is too large to be sent. */
void b24_batch_body(struct b24_batch *batch, const char *token);
/* Splits the answer (of b24_call.c) to the commands. */
void b24_batch_answer(struct b24_batch *batch);
/* Every command failed in this way. */
void b24_batch_fail(struct b24_batch *batch, const struct b24_error *error);
/* After an exchange, whatever came of it: how long its commands took. */
void b24_batch_learn(struct b24_batch *batch);
/* Of such commands, so many are done in B24_BATCH_US; at least 1. */
size_t b24_batch_most(const struct b24 *b24, bool writes);

/* ---- calls: b24_call.c ---- */

struct b24_auth;

/* Reads webhook or OAuth file.  -1: ERR_USAGE. */
int b24_auth_open(struct b24_auth **out, const struct config *config,
    struct err *err);
void b24_auth_close(struct b24_auth *auth);
/* "name.bitrix24.ru" or "127.0.0.1:8080". */
const char *b24_auth_host(const struct b24_auth *auth);
/* "https://name.bitrix24.ru". */
const char *b24_auth_origin(const struct b24_auth *auth);
/* A number for this webhook or application, for its limits. */
uint32_t b24_auth_caller(const struct b24_auth *auth);
char *b24_auth_url(const struct b24_auth *auth, const char *method);
const char *b24_auth_token(const struct b24_auth *auth); /* NULL: webhook */
/* Another token than `old`, from the file or the token server. */
int b24_auth_refresh(struct b24_auth *auth, struct http *http,
    const char *old, struct err *err);
/* The portal was renamed.  1: not an address that may be followed. */
int b24_auth_follow(struct b24_auth *auth, const char *location,
    const char *method);

/* Starts what waits and may leave, runs transfers for timeout_ms or until
 * one ended. */
int b24_call_pump(struct b24 *b24, int64_t timeout_ms, struct err *err);

/* ---- limits: b24_limit.c, b24_limit_file.c ---- */

#define B24_BUCKETS 10          /* of a minute, of `operating` */

struct b24_limit_bucket {
	int64_t begin;          /* wall ms of the first call in it */
	int64_t ms;             /* execution time */
};
struct b24_limit_method {
	struct b24_limit_bucket buckets[B24_BUCKETS];
	size_t count;
	int64_t cost_us;        /* of one call, smoothed; -1 not known */
	int64_t blocked_until;  /* wall ms */
};
struct b24_limit_state {
	int64_t level;          /* of the bucket, thousandths of a request */
	int64_t at;             /* wall ms when that was */
	int64_t blocked_until;
	struct b24_limit_method methods[B24_METHOD_COUNT];
	struct buf strangers;   /* lines of other callers */
};

struct b24_limit;

/* How many calls of each method something needs. */
struct b24_use {
	unsigned calls[B24_METHOD_COUNT];
};

/* Reads what is stored, makes nothing. */
int b24_limit_open(struct b24_limit **out, const struct config *config,
    const char *host, uint32_t caller, struct err *err);
void b24_limit_close(struct b24_limit *limit);
/* Milliseconds until a request with these calls may leave; -1 when the
 * answer of one that is under way is needed first. */
int64_t b24_limit_ready(struct b24_limit *limit, const struct b24_use *use);
/* It leaves now: counted.  False when another process was faster. */
bool b24_limit_start(struct b24_limit *limit, const struct b24_use *use);
/* Its answer came, or never will. */
void b24_limit_end(struct b24_limit *limit, const struct b24_use *use);
/* How many calls of the method may go into one request now; at least 1. */
unsigned b24_limit_calls(struct b24_limit *limit, enum b24_method id);
/* The `time` object of an answer of this method. */
void b24_limit_time(struct b24_limit *limit, enum b24_method id,
    const cJSON *time);
/* After a batch: keeps what b24_limit_time() learned. */
void b24_limit_save(struct b24_limit *limit);
/* Refused: the wall ms from when it may be tried again. */
int64_t b24_limit_refused_rate(struct b24_limit *limit, int64_t retry_s);
int64_t b24_limit_refused_method(struct b24_limit *limit,
    enum b24_method id, const cJSON *answer);
void b24_limit_load(struct b24_limit *limit, struct remote_load *out);
/* As remote->estimate(). */
int64_t b24_limit_estimate(struct b24_limit *limit, int64_t requests,
    const struct b24_use *use, bool *at_least);

void b24_limit_file_init(struct b24_limit_state *state);
void b24_limit_file_free(struct b24_limit_state *state);
/* Garbage gives an empty state. */
void b24_limit_file_read(struct b24_limit_state *state, uint32_t caller,
    struct str text);
void b24_limit_file_write(const struct b24_limit_state *state,
    uint32_t caller, struct buf *out);

/* ---- what names mean: b24_facts.c, b24_value.c ---- */

struct b24_vat {
	int64_t id;
	char *name;
	char rate[DECIMAL_TEXT_BYTES];  /* "" : without VAT */
	bool active;
};
struct b24_measure {
	int64_t id, code;
	char *title, *symbol;
};
struct b24_price_type {
	int64_t id;
	char *name, *xml_id;    /* the name is a code: "BASE" */
};
/* What people see of a price type, in one language. */
struct b24_price_title {
	int64_t type;
	char *name;
};
struct b24_rule {
	const char *text;       /* of the configuration */
	int64_t type;
};
struct b24_preset {
	int64_t id;
	char *name, *xml_id;
};
struct b24_status {
	char *id, *name;
};
/* A user of the portal whom default_user or `users` names. */
struct b24_user {
	char *text;             /* by id, e-mail or name */
	bool listed;            /* by name: found among all users */
	int64_t id;             /* 0: the portal has no such user */
	bool left;              /* does not work there any more */
};
/* An item of a list of a user field. */
struct b24_item {
	int64_t id;
	char *text;
};
/* A user field that a rule names: of deals (orders.fields,
 * orders.requisites), of companies or contacts (counterparties.fields). */
struct b24_user_field {
	const char *key;        /* "paid", or the реквизит */
	const char *rule;       /* the field as the rules call it */
	bool requisite;         /* of orders.requisites */
	char *name;             /* UF_CRM_…; "": the portal has none */
	char *type;             /* USER_TYPE_ID: "string", "enumeration" … */
	bool multiple;
	struct b24_item *items;
	size_t item_count;
};
struct b24_types {
	struct b24_status *list;
	size_t count;
};
struct b24_crm_facts {
	char barred[512];       /* not read for want of a right: which; "" */
	bool known;             /* read; else nothing below is */
	struct b24_preset *presets;
	size_t preset_count;
	struct b24_types company_types, contact_types;
	struct b24_user *users;
	size_t user_count;
	/* By rule of counterparties.fields. */
	struct b24_user_field *company_fields, *contact_fields;
	size_t field_count;
	char unread[256];       /* why they could not be read; or "" */
	bool companies_empty, contacts_empty;
};
/* A stage of a funnel that orders name. */
struct b24_stage {
	char *id, *name;        /* "C3:WON", as people see it */
	int64_t sort;
	char semantics;         /* 'S' won, 'F' lost, or 0: of work */
	bool exported;          /* one of export_stages */
};
struct b24_funnel {
	int64_t category;       /* -1: the portal has no such funnel */
	const struct config_funnel *rule;
	struct b24_stage *stages;       /* by sort */
	size_t stage_count;
	/* Indexes into stages, or -1. */
	int won, lost, paid, shipped;
};
struct b24_deal_facts {
	bool known;             /* read; else nothing below is */
	bool can_notify;        /* the permission im is there */
	bool can_read_users;    /* user, or a part of it, is there */
	bool can_read_emails;   /* with e-mails */
	struct b24_funnel *funnels;
	struct b24_user_field *fields;
	size_t funnel_count, field_count;
	char there[512];        /* funnels of the portal, for a person */
};
/* A property of the portal's goods or variations. */
struct b24_property {
	int64_t id, iblock;
	char *name, *code, *xml_id;
	char type;              /* 'S' 'N' 'L' 'F' 'E' 'G' */
	char *user_type;        /* "Date", "DateTime", "BoolEnum", … or "" */
	bool multiple, active;
	/* Of a list that is not multiple and has a single value, that value's
	 * id: the REST of goods takes it for a flag, "Y" or "N".  0: it has
	 * more, or none, or it is not known. */
	int64_t lone;
};
struct b24_facts {
	struct b24_crm_facts crm;
	struct b24_deal_facts deals;
	int64_t iblock;
	char name[256];
	size_t catalogs;        /* that could be the main one */
	bool inventory, products_empty, sections_empty;
	struct b24_vat *vats;
	struct b24_measure *measures;
	struct b24_price_type *types;
	struct b24_price_title *titles;
	struct b24_rule *rules;
	size_t vat_count, measure_count, type_count, title_count, rule_count;
	int64_t article;        /* id of the property, or 0 */
	int64_t offers_iblock;  /* 0: the portal has no variations */
	int64_t offers_article; /* its property for the article, or 0 */
	int64_t user;           /* of the webhook, by `profile`; 0 unknown */
	char currency[4];       /* the portal's base one; "" unknown */
	bool parents_empty, offers_empty, services_empty;
	bool documents_shown;   /* a stock document of ours was in their list */
	bool no_services;       /* an older portal: it has no method for them */
	/* Every property of both catalogues, as it was read. */
	struct b24_property *properties;
	size_t property_count;
	/* As answers have taught: a single time of an update goes in a list of
	 * one; and how often that changed. */
	bool times_listed;
	unsigned shapes;
};

/* As remote->prepare(). */
int b24_facts_read(struct b24 *b24, struct err *err);
/* Makes the article's property of goods where it is missing and may be made. */
int b24_facts_article(struct b24 *b24, struct err *err);
void b24_facts_free(struct b24_facts *facts);
/* Makes the article's property of variations where it is missing, before the
 * first of them is written. */
int b24_facts_offers_article(struct b24 *b24, struct err *err);
/* Runs commands, blocking, again and again for as long as
 * portal.retry_max_seconds.  -1: ERR_PORTAL; ERR_USAGE a permission of the
 * CRM is missing. */
int b24_facts_run(struct b24 *b24, struct b24_batch *batch,
    struct err *err);
/* The same of any number of commands, as many in a request as go: each is taken
 * while its answer is there.  The caller frees them. */
int b24_facts_each(struct b24 *b24, struct b24_command *commands,
    size_t count, void (*take)(void *ctx, struct b24_command *command),
    void *ctx, struct err *err);
/* Adds a line for every rule that names what is not there. */
void b24_facts_wrong(struct b24 *b24, struct buf *wrong);

/* The portal's id of a text of 1C; 0: it has none. */
int64_t b24_value_vat(const struct b24 *b24, struct str text);
int64_t b24_value_measure(const struct b24 *b24, struct str text);
int64_t b24_value_price_type(const struct b24 *b24, struct str rule);
/* And back: a text of 1C that means this id, or "#id" where the natural one
 * means another by a rule; "" when there is no such id. */
void b24_value_vat_text(const struct b24 *b24, int64_t id, char out[64]);
void b24_value_measure_text(const struct b24 *b24, int64_t id,
    char out[64]);
int b24_value_check(const struct b24 *b24, enum target_kind kind,
    enum field field, struct str value, struct err *err);
/* "да", "true", "1": 1; "нет", "false", "0": 0; -1: the word says neither. */
int b24_value_truth(struct str text);
/* "2026-01-15T10:20:30", "15.01.2026 10:20:30" and what is shorter, as the
 * portal writes it, with the time of day or without; a zone is not looked at.
 * False: it is no time, or one before 1900. */
bool b24_value_time(char out[64], struct str text, bool clock);
/* "2026-11-22T03:00:00+00:00", the documented form (api-reference/
 * data-types.md); without a zone it is the portal's.  Returns out. */
#define B24_MOMENT_BYTES (CLOCK_TEXT_BYTES + 8)
char *b24_value_moment(char out[B24_MOMENT_BYTES], int64_t wall_ms);
/* By bytes, but for the portal's '\r'. */
int b24_value_compare_texts(struct str a, struct str b);
/* Is this what was said?  Line ends and blanks at the ends are the portal's
 * business. */
bool b24_value_same_text(struct str said, struct str shown);
/* Equal, or apart by less than the last place that the portal keeps. */
bool b24_value_same_number(struct str said, struct str shown,
    unsigned places);
/* For rules that map: what the portal's name or id on the right means. */
bool b24_value_is_id(const char *name, int64_t id);
int64_t b24_value_vat_named(const struct b24_facts *facts, const char *name);
int64_t b24_value_measure_named(const struct b24_facts *facts,
    const char *name);

/* ---- catalogue or CRM: b24_object.c ---- */

enum b24_method b24_object_method(enum target_kind target, enum op_kind op);
/* The same for an op: a picture's depends on its good. */
enum b24_method b24_object_method_of(const struct op *op);
/* The calls that this work takes. */
void b24_object_use(const struct remote_work *work, struct b24_use *out);
/* What must be read before this op is sent: the object itself, of a notice its
 * deal; TARGET_NONE: nothing. */
enum target_kind b24_object_read_before(const struct op *op);
/* The command of a create, update or delete; `held`: the row read before,
 * or NULL.  False: nothing is left to be sent; op is filled (DONE). */
bool b24_object_write(const struct b24 *b24, struct op *op,
    const struct fields *held, struct b24_command *out);
void b24_object_taken(const struct b24 *b24, struct op *op,
    const cJSON *result);
/* The list command of a kind, but for its filter. */
void b24_object_list(const struct b24 *b24, enum target_kind kind,
    struct b24_command *out);
/* One more row that a look-up of the op found; none without an id. */
void b24_object_found(const struct b24 *b24, struct op *op,
    const cJSON *row);
/* The same of a row of another form than the op's: among op->others. */
void b24_object_elsewhere(const struct b24 *b24, struct op *op,
    enum target_kind form, const cJSON *row);

/* ---- jobs: b24_write.c, b24_find.c ---- */

void b24_write_submit(struct b24 *b24, struct request *request);
void b24_write_use(const struct request *request, struct b24_use *use);
void b24_find_submit(struct b24 *b24, struct request *request);
void b24_find_use(const struct request *request, struct b24_use *use);

/*
 * A set of look-ups done in as many exchanges as it takes; ops are filled
 * and done() is called, or drop() when the portal is closed before; drop
 * may be NULL.  Also used to read before and after writes.
 */
void b24_find_start(struct b24 *b24, struct op **ops, size_t count,
    void (*done)(struct b24 *b24, void *user), void (*drop)(void *user),
    void *user);

/* ---- who a client of 1C may be: b24_party.c ---- */

/*
 * As b24_find_start(), for ops of clients without a portal_id: op->found gets
 * every row that may be the client by any step of counterparties.match, once
 * each, and with FIELD_TAXPAYER where op->fields have one.  op->parent_id of
 * a person: its company.  done() may be called before it returns.
 */
void b24_party_start(struct b24 *b24, struct op **ops, size_t count,
    void (*done)(struct b24 *b24, void *user), void (*drop)(void *user),
    void *user);

/* ---- the portal ---- */

struct b24 {
	const struct config *config;
	struct http *http;
	struct b24_auth *auth;
	struct b24_limit *limit;
	struct b24_facts facts;
	bool has_facts;
	bool may_write;         /* as prepare() was told */
	struct b24_terms *terms;        /* NULL before learn() */
	struct b24_batch *waiting, **waiting_end;
	struct b24_batch *open;         /* waiting or flying */
	int flying;             /* exchanges that have left */
	int requests;           /* of flow, not done yet */
	int64_t sent;           /* requests that have left */
	int64_t write_us;       /* duration of one command, smoothed */
	int64_t list_us;
	int64_t find_bytes;     /* of an answer per command, smoothed */
	/* remote->prefer(); or NULL */
	bool (*is_own)(void *arg, int64_t requisite, bool company,
	    int64_t client);
	void *own_arg;
	/* remote->ask_passed(); or NULL */
	bool (*may_have_passed)(void *arg, int64_t deal, int64_t moved);
	void *passed_arg;
	bool renamed_told, passing_told, addresses_told, article_told;
	bool offers_article_told;
};

/* bitrix.c: a request of flow is done. */
void bitrix_request_done(struct b24 *b24, struct request *request);

#include "bitrix/b24_crm.h"
#include "bitrix/b24_goods.h"

#endif
