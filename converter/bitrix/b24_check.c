/*
 * What `check` says of the portal: each thing that the rules and rights
 * need, and what to mend.
 */
#include "bitrix/b24_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"

struct check {
	struct b24 *b24;
	void (*tell)(void *ctx, bool ok, const char *text);
	void *ctx;
	int bad;
};

__attribute__((format(printf, 3, 4)))
static void
say(struct check *check, bool ok, const char *format, ...)
{
	char text[LIMIT_ERROR_BYTES];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (!ok)
		check->bad++;
	check->tell(check->ctx, ok, text);
}

/* ---- address and rights ---- */

static bool
has_scope(const cJSON *scopes, const char *name)
{
	const cJSON *scope;

	cJSON_ArrayForEach(scope, scopes)
		if (cJSON_IsString(scope) &&
		    strcmp(scope->valuestring, name) == 0)
			return true;
	return false;
}

static void
check_scope(struct check *check, const struct b24_command *command)
{
	if (!command->done)
		say(check, false, "scope: %s", command->error.text);
	else if (has_scope(command->result, "catalog"))
		say(check, true, "%s", _("the permission \"catalog\" is "
		    "there"));
	else
		say(check, false, "%s", _("the permission \"catalog\" is "
		    "missing: tick it at the webhook or application"));
}

static void
check_user(struct check *check, const struct b24_command *command)
{
	if (!command->done)
		say(check, false, "profile: %s", command->error.text);
	else if (cJSON_IsFalse(json_get(command->result, "ADMIN")))
		say(check, false, "%s", _("the webhook's user is not an "
		    "administrator: the catalogue cannot be written; make "
		    "the webhook as an administrator"));
	else
		say(check, true, "%s", _("the webhook's user may write"));
}

/* False when there is no use in asking further. */
static bool
check_address(struct check *check, struct err *err)
{
	struct b24_command commands[2];
	struct b24_batch batch = { .commands = commands, .count = 2 };
	bool reached = false;

	b24_batch_command_init(&commands[0], B24_SCOPE);
	b24_batch_command_init(&commands[1], B24_PROFILE);
	if (b24_call_run(check->b24, &batch, err) == 0) {
		reached = batch.answered && (commands[0].done ||
		    commands[1].done);
		if (!reached)
			(void)err_set(err, ERR_PORTAL, "%s: %s",
			    b24_auth_host(check->b24->auth),
			    commands[0].error.text);
	}
	if (reached) {
		say(check, true, _("%s answers"),
		    b24_auth_host(check->b24->auth));
		check_scope(check, &commands[0]);
		check_user(check, &commands[1]);
	}
	b24_call_end(&batch);
	b24_batch_command_free(&commands[0]);
	b24_batch_command_free(&commands[1]);
	return reached;
}

/* ---- the rules ---- */

static void
check_lines(struct check *check, struct str text)
{
	while (text.len > 0) {
		const char *end = memchr(text.p, '\n', text.len);
		size_t len = end != NULL ? (size_t)(end - text.p) : text.len;

		if (len > 0)
			say(check, false, "%.*s", (int)len, text.p);
		if (len < text.len)
			len++;
		text.p += len;
		text.len -= len;
	}
}

static void
check_facts(struct check *check, const struct b24_facts *facts)
{
	say(check, true, _("the catalogue is \"%s\""), facts->name);
	if (facts->catalogs > 1)
		say(check, true, _("the portal has %zu catalogues; the first "
		    "is used"), facts->catalogs);
	say(check, true, _("price types that rules name: %zu of the portal's "
	    "%zu"), facts->rule_count, facts->type_count);
	say(check, true, _("VAT rates: %zu, units: %zu"), facts->vat_count,
	    facts->measure_count);
	say(check, true, "%s", facts->article != 0 ?
	    _("the property for the article is there") :
	    _("the property for the article will be made by the first run"));
	say(check, true, "%s", facts->inventory ?
	    _("inventory management is on: quantities are left alone") :
	    _("inventory management is off: quantities can be written"));
}

int
bitrix_check(struct remote *remote, const struct config *config,
    void (*tell)(void *ctx, bool ok, const char *text), void *ctx,
    struct err *err)
{
	struct check check = { .b24 = remote->ctx, .tell = tell, .ctx = ctx };
	struct err why = { 0 };
	int rc;

	(void)config;
	if (!check_address(&check, err))
		return -1;
	rc = b24_facts_read(check.b24, false, &why);
	if (rc == -1 && why.kind == ERR_SYSTEM) {
		*err = why;
		return -1;
	}
	if (rc == -1)
		check_lines(&check, str_of(why.text));
	else
		check_facts(&check, &check.b24->facts);
	return check.bad;
}
