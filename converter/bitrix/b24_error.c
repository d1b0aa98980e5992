/*
 * Every failure of the portal classified.  The code may be a text, an empty
 * text, a number or "-" (bitrix24.md 2): its presence is what tells.
 */
#include "bitrix/b24_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/told.h"

/*
 * A refused command with a code that is in no row is bad as it is.  A row
 * with a method holds for that alone and stands before the general one.
 */
struct meaning {
	const char *code;
	enum b24_method method; /* B24_NONE: any */
	enum b24_fate fate;
	const char *hint;       /* what to do, or NULL */
};

#define NO_RIGHT N_("the user of this webhook or application may not do " \
    "this in the portal's catalogue: make the webhook as an administrator")
#define NO_CRM_RIGHT N_("the user of this webhook or application may not do " \
    "this in the portal's CRM: make the webhook as an administrator")
#define NEW_WEBHOOK N_("the portal does not accept the webhook or token: " \
    "it was deleted, changed or has expired; make a new one")
#define NO_SCOPE N_("the webhook or application lacks a permission: tick " \
    "\"catalog\" and \"crm\"")

static const struct meaning meanings[] = {
	/* _includes/system-errors.md, limits.md */
	{ "QUERY_LIMIT_EXCEEDED", B24_NONE, B24_FATE_RATE, NULL },
	{ "OVERLOAD_LIMIT", B24_NONE, B24_FATE_RATE, NULL },
	{ "OPERATION_TIME_LIMIT", B24_NONE, B24_FATE_OPERATING, NULL },
	{ "INTERNAL_SERVER_ERROR", B24_NONE, B24_FATE_UNKNOWN, NULL },
	{ "ERROR_UNEXPECTED_ANSWER", B24_NONE, B24_FATE_UNKNOWN, NULL },
	{ "ERROR_BATCH_LENGTH_EXCEEDED", B24_NONE, B24_FATE_AGAIN, NULL },
	{ "expired_token", B24_NONE, B24_FATE_TOKEN, NULL },
	{ "PORTAL_DELETED", B24_NONE, B24_FATE_STOP,
	    N_("this portal was deleted") },
	{ "NO_AUTH_FOUND", B24_NONE, B24_FATE_STOP, NEW_WEBHOOK },
	{ "invalid_token", B24_NONE, B24_FATE_STOP, NEW_WEBHOOK },
	{ "INVALID_CREDENTIALS", B24_NONE, B24_FATE_STOP, NEW_WEBHOOK },
	{ "user_access_error", B24_NONE, B24_FATE_STOP, NO_RIGHT },
	{ "WRONG_AUTH_TYPE", B24_NONE, B24_FATE_STOP, NEW_WEBHOOK },
	/* Only managers' notices need it: the rest goes on. */
	{ "insufficient_scope", B24_NOTICE_ADD, B24_FATE_REFUSED,
	    N_("the webhook or application lacks the permission \"im\": tick "
	    "it, and managers get their notices") },
	{ "insufficient_scope", B24_NONE, B24_FATE_STOP, NO_SCOPE },
	/* crm: bitrix24.md 10; here a right may be of one record */
	{ "ACCESS_DENIED", B24_ITEM_ADD, B24_FATE_REFUSED, NO_CRM_RIGHT },
	{ "ACCESS_DENIED", B24_ITEM_UPDATE, B24_FATE_REFUSED, NO_CRM_RIGHT },
	{ "ACCESS_DENIED", B24_ITEM_DELETE, B24_FATE_REFUSED, NO_CRM_RIGHT },
	{ "ACCESS_DENIED", B24_ITEM_GET, B24_FATE_REFUSED, NO_CRM_RIGHT },
	{ "ACCESS_DENIED", B24_ITEM_LIST, B24_FATE_STOP, NO_CRM_RIGHT },
	{ "ACCESS_DENIED", B24_CATEGORY_LIST, B24_FATE_STOP, NO_CRM_RIGHT },
	{ "ACCESS_DENIED", B24_ROW_LIST, B24_FATE_REFUSED, NO_CRM_RIGHT },
	{ "ACCESS_DENIED", B24_ROW_SET, B24_FATE_REFUSED, NO_CRM_RIGHT },
	{ "ACCESS_DENIED", B24_COMMENT_ADD, B24_FATE_REFUSED, NO_CRM_RIGHT },
	{ "OWNER_NOT_FOUND", B24_ROW_SET, B24_FATE_NOT_THERE, NULL },
	{ "NOT_FOUND", B24_ITEM_UPDATE, B24_FATE_NOT_THERE, NULL },
	{ "NOT_FOUND", B24_ITEM_DELETE, B24_FATE_NOT_THERE, NULL },
	{ "NOT_FOUND", B24_ITEM_GET, B24_FATE_NOT_THERE, NULL },
	{ "CRM_FIELD_ERROR_VALUE_NOT_VALID", B24_NONE, B24_FATE_REFUSED,
	    NULL },
	/* crm-item-add.md: fields that people have made mandatory, and those
	 * that a stage asks for */
	{ "CRM_FIELD_ERROR_REQUIRED", B24_ITEM_ADD, B24_FATE_REFUSED,
	    N_("the portal wants this field filled: name it in "
	    "counterparties.fields, or let the portal not ask for it") },
	{ "CRM_FIELD_ERROR_REQUIRED", B24_NONE, B24_FATE_REFUSED,
	    N_("the portal wants this field filled: fill it there, or let "
	    "the portal not ask for it") },
	/* crm-item-list.md: not for guests from outside */
	{ "allowed_only_intranet_user", B24_NONE, B24_FATE_STOP,
	    N_("the user of this webhook or application is not one of the "
	    "company: make the webhook as an administrator") },
	{ "ACCESS_DENIED", B24_NONE, B24_FATE_STOP,
	    N_("the portal's plan has no REST") },
	{ "PAYMENT_REQUIRED", B24_NONE, B24_FATE_STOP,
	    N_("the portal's plan has ended") },
	{ "INVALID_REQUEST", B24_NONE, B24_FATE_STOP, NULL },
	{ "ERROR_METHOD_NOT_FOUND", B24_NONE, B24_FATE_STOP,
	    N_("the portal has no such method") },
	{ "ERROR_BATCH_METHOD_NOT_ALLOWED", B24_NONE, B24_FATE_STOP, NULL },
	/* catalog: bitrix24.md 8; rights are the user's, not the record's */
	{ "200040300010", B24_NONE, B24_FATE_STOP, NO_RIGHT },
	{ "200040300020", B24_SECTION_DELETE, B24_FATE_REFUSED, NULL },
	{ "200040300020", B24_NONE, B24_FATE_STOP, NO_RIGHT },
	{ "200040300030", B24_NONE, B24_FATE_STOP, NO_RIGHT },
	{ "200040300040", B24_NONE, B24_FATE_STOP, NO_RIGHT },
	/* of the catalogue as a whole where a good is made, else of that good
	 * or of the section that it goes into */
	{ "200040300043", B24_PRODUCT_ADD, B24_FATE_STOP, NO_RIGHT },
	{ "200040300043", B24_SKU_ADD, B24_FATE_STOP, NO_RIGHT },
	{ "200040300043", B24_OFFER_ADD, B24_FATE_STOP, NO_RIGHT },
	{ "200040300043", B24_SERVICE_ADD, B24_FATE_STOP, NO_RIGHT },
	{ "200040300043", B24_NONE, B24_FATE_REFUSED, NO_RIGHT },
	{ "200040300050", B24_SECTION_DELETE, B24_FATE_STOP, NO_RIGHT },
	{ "200040300050", B24_NONE, B24_FATE_REFUSED, NO_RIGHT },
	/* Documents have rights of their own: the goods go on. */
	{ "ERROR_DOCUMENT_RIGHTS", B24_NONE, B24_FATE_REFUSED,
	    N_("the user of this webhook or application may not work with "
	    "stock documents: give that user the right in the portal") },
	{ "200700300030", B24_NONE, B24_FATE_NOT_THERE, NULL },
	{ "-", B24_PRICE_UPDATE, B24_FATE_NOT_THERE, NULL },
	{ "-", B24_PRICE_DELETE, B24_FATE_NOT_THERE, NULL },
	/* These say nothing: "does not exist" and "is wrong" alike. */
	{ "-", B24_NONE, B24_FATE_DOUBTFUL, NULL },
	{ "0", B24_NONE, B24_FATE_DOUBTFUL, NULL },
	{ "", B24_NONE, B24_FATE_DOUBTFUL, NULL },
};

/*
 * The older methods of the CRM have an empty code and tell by their text
 * alone: "The Requisite with ID '5' is not found", "TypeAddress not found.",
 * "Access denied.".  What else they say of a write is for good.
 */
struct text_meaning {
	enum b24_method from, to;       /* in the order of the enum */
	const char *part;
	enum b24_fate fate;
	const char *hint;
};

static const struct text_meaning text_meanings[] = {
	{ B24_REQUISITE_UPDATE, B24_REQUISITE_DELETE, "not found",
	    B24_FATE_NOT_THERE, NULL },
	{ B24_BANK_UPDATE, B24_BANK_DELETE, "not found",
	    B24_FATE_NOT_THERE, NULL },
	{ B24_ADDRESS_UPDATE, B24_ADDRESS_DELETE, "not found",
	    B24_FATE_NOT_THERE, NULL },
	{ B24_ADDRESS_LIST, B24_ADDRESS_LIST, "Access denied",
	    B24_FATE_REFUSED, N_("addresses are shown only to those who may "
	    "read contacts, companies and leads: give the user of this "
	    "webhook or application these rights") },
	{ B24_ITEM_ADD, B24_STATUS_LIST, "Access denied", B24_FATE_REFUSED,
	    NO_CRM_RIGHT },
	/* "Entity not found.", "The Contact binding … not found" */
	{ B24_ITEM_ADD, B24_ADDRESS_LIST, "not found", B24_FATE_REFUSED,
	    NULL },
	{ B24_ITEM_ADD, B24_ADDRESS_LIST, "not defined or invalid",
	    B24_FATE_REFUSED, NULL },
	/* "Internal error adding product. Try adding again.": rolled back
	 * (product-property-enum/, product/, section/, product-image/); of
	 * writes alone */
	{ B24_PROPERTY_ADD, B24_PRICE_DELETE, "Internal error",
	    B24_FATE_AGAIN, NULL },
	{ B24_SKU_ADD, B24_IMAGE_DELETE, "Internal error", B24_FATE_AGAIN,
	    NULL },
};

/* Without a code that is known, of the request as a whole. */
struct status_meaning {
	int from, to;
	enum b24_fate fate;
	const char *hint;
};

static const struct status_meaning statuses[] = {
	{ 300, 399, B24_FATE_STOP, N_("the portal's address has changed: set "
	    "the new one in portal.webhook_file or portal.webhook") },
	{ 401, 401, B24_FATE_STOP, NEW_WEBHOOK },
	{ 403, 403, B24_FATE_STOP, NEW_WEBHOOK },
	{ 404, 404, B24_FATE_STOP, N_("there is no Bitrix24 REST at this "
	    "address") },
	{ 405, 405, B24_FATE_STOP, NULL },
	/* Too large for a web server on the way: fewer at once may go. */
	{ 413, 414, B24_FATE_UNKNOWN, NULL },
	{ 429, 429, B24_FATE_OPERATING, NULL },
	{ 431, 431, B24_FATE_UNKNOWN, NULL },
	{ 400, 499, B24_FATE_AGAIN, NULL },
	{ 0, 999, B24_FATE_UNKNOWN, NULL },
};

static const struct meaning *
find_meaning(const char *code, enum b24_method method)
{
	for (size_t i = 0; i < sizeof(meanings) / sizeof(*meanings); i++)
		if (strcmp(meanings[i].code, code) == 0 &&
		    (meanings[i].method == B24_NONE ||
		    meanings[i].method == method))
			return &meanings[i];
	return NULL;
}

static const struct text_meaning *
find_text(const char *said, enum b24_method method)
{
	for (size_t i = 0; i < sizeof(text_meanings) /
	    sizeof(*text_meanings); i++)
		if (method >= text_meanings[i].from &&
		    method <= text_meanings[i].to &&
		    strstr(said, text_meanings[i].part) != NULL)
			return &text_meanings[i];
	return NULL;
}

static const struct status_meaning *
find_status(int status)
{
	size_t i = 0;

	while (status < statuses[i].from || status > statuses[i].to)
		i++;
	return &statuses[i];
}

static void
put_text(struct b24_error *out, const char *hint, const char *said)
{
	const char *text = said[0] != '\0' ? said : out->code;
	char *whole = hint == NULL ? mem_text(text) :
	    mem_printf("%c%s%c (%s)", TOLD_BEGIN, hint, TOLD_END, text);

	log_mask(whole);
	told_copy(out->text, sizeof(out->text), whole);
	free(whole);
}

/* Masked before it is cut: half a secret is not recognised. */
static void
take_text(char *out, size_t size, const cJSON *item)
{
	char space[32], *whole;
	struct str text = json_str(item, space);

	whole = mem_text_n(text.len > 0 ? text.p : "", text.len);
	log_mask(whole);
	(void)snprintf(out, size, "%.*s", (int)str_utf8_cut(str_of(whole),
	    size - 1).len, whole);
	free(whole);
}

/* A code that says nothing: perhaps the text does. */
static void
by_text(struct b24_error *out, const char *said, enum b24_method method)
{
	const struct text_meaning *meaning = find_text(said, method);

	if (meaning == NULL || (meaning->fate == B24_FATE_AGAIN &&
	    b24_methods_info(method)->repeat == B24_REPEAT_FREELY))
		return;
	out->fate = meaning->fate;
	put_text(out, meaning->hint, said);
	/* It may be for good all the same. */
	if (out->fate == B24_FATE_AGAIN)
		(void)snprintf(out->code, sizeof(out->code), "%s",
		    OP_INTERNAL);
}

void
b24_error_read(struct b24_error *out, const cJSON *object, int status,
    enum b24_method method)
{
	const struct status_meaning *by_status;
	const struct meaning *known;
	char said[B24_TEXT_BYTES];

	take_text(out->code, sizeof(out->code), json_get(object, "error"));
	take_text(said, sizeof(said), json_get(object,
	    "error_description"));
	/* What PHP makes of a list of reasons: refused bank details say so. */
	if (strcmp(said, "Array") == 0)
		said[0] = '\0';
	known = find_meaning(out->code, method);
	if (known != NULL) {
		out->fate = known->fate;
		put_text(out, known->hint, said);
	} else if (status == 0 || (status == 400 && method != B24_NONE)) {
		out->fate = B24_FATE_REFUSED;
		put_text(out, NULL, said);
	} else {
		by_status = find_status(status);
		out->fate = by_status->fate;
		put_text(out, by_status->hint, said);
	}
	if (known != NULL && known->fate == B24_FATE_DOUBTFUL &&
	    method == B24_NONE)
		out->fate = find_status(status)->fate;
	else if (known != NULL && known->fate == B24_FATE_DOUBTFUL)
		by_text(out, said, method);
	if (out->text[0] == '\0')
		(void)snprintf(out->text, sizeof(out->text), "%s",
		    TOLD("the portal gave no reason"));
}

void
b24_error_http(struct b24_error *out, const struct http_request *request)
{
	const struct status_meaning *by_status;
	char said[B24_TEXT_BYTES];

	memset(out, 0, sizeof(*out));
	if (!request->sent || request->status == 0 || !request->complete) {
		out->fate = request->untrusted ? B24_FATE_STOP :
		    request->sent ? B24_FATE_UNKNOWN : B24_FATE_AGAIN;
		(void)snprintf(out->code, sizeof(out->code), "%s",
		    request->sent ? "no-answer" : "no-connection");
		told_set(out->text, sizeof(out->text),
		    request->sent ? N_("the portal's answer was lost: %s") :
		    N_("the portal cannot be reached: %s"), request->error);
		return;
	}
	by_status = find_status(request->status);
	out->fate = by_status->fate;
	(void)snprintf(out->code, sizeof(out->code), "http-%d",
	    request->status);
	told_set(said, sizeof(said), N_("the portal answered with "
	    "status %d and no JSON (%s)"), request->status,
	    request->type[0] != '\0' ? request->type : "-");
	put_text(out, by_status->hint, said);
}

/* The older methods tell by their text alone. */
bool
b24_error_of_right(const struct b24_error *error)
{
	return strcmp(error->code, "insufficient_scope") == 0 ||
	    strcmp(error->code, OP_DENIED) == 0 ||
	    (error->fate == B24_FATE_REFUSED &&
	    strstr(error->text, "Access denied") != NULL);
}

void
b24_error_tell(const struct b24_error *error, int64_t not_before, bool write,
    struct op *op)
{
	op->outcome = error->fate == B24_FATE_AGAIN && strcmp(error->code,
	    B24_NOT_RUN) == 0 ? OUTCOME_NOT_RUN :
	    b24_error_outcome(error->fate, write);
	op->not_before = not_before;
	(void)snprintf(op->code, sizeof(op->code), "%s",
	    error->code[0] == '\0' && b24_error_of_right(error) ? OP_DENIED :
	    error->code);
	(void)snprintf(op->text, sizeof(op->text), "%s", error->text);
}

enum outcome
b24_error_outcome(enum b24_fate fate, bool write)
{
	switch (fate) {
	case B24_FATE_REFUSED:
	case B24_FATE_DOUBTFUL:
		/* Asking once more would give the same for ever. */
		return write ? OUTCOME_REFUSED : OUTCOME_STOP;
	case B24_FATE_NOT_THERE:
		return write ? OUTCOME_NOT_THERE : OUTCOME_STOP;
	case B24_FATE_UNKNOWN:
		return write ? OUTCOME_UNKNOWN : OUTCOME_AGAIN;
	case B24_FATE_RATE:
	case B24_FATE_OPERATING:
	case B24_FATE_AGAIN:
		return OUTCOME_AGAIN;
	case B24_FATE_TOKEN:
	case B24_FATE_STOP:
		return OUTCOME_STOP;
	}
	return OUTCOME_STOP;
}

bool
b24_error_refuse(struct op *op, const char *code, const char *text)
{
	op->outcome = OUTCOME_REFUSED;
	(void)snprintf(op->code, sizeof(op->code), "%s", code);
	told_copy(op->text, sizeof(op->text), text);
	return false;
}
