/*
 * A payment told to people: a comment in the deal's timeline, which bears its
 * tag in the text so that a lost answer can be looked up, and a notice to the
 * responsible user, which nothing lists.  A notice's tag replaces an earlier
 * one of the same, with a webhook only where a CLIENT_ID goes beside it
 * (im-notify-system-add.md).
 */
#include "bitrix/b24_deal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/told.h"

static struct str
tag_of(const struct op *op)
{
	if (fields_has(&op->fields, FIELD_TAG))
		return fields_get(&op->fields, FIELD_TAG);
	return target_rule(&op->target);
}

static void
say(struct b24_command *out, const char *key, struct str value)
{
	b24_query_add(&out->query, key, value);
	if (b24_query_is_reference(value))
		out->lone = true;
}

static bool
write_comment(const struct op *op, struct b24_command *out)
{
	struct str message = fields_get(&op->fields, FIELD_MESSAGE);
	struct str tag = tag_of(op);
	struct buf text = BUF_INIT(LIMIT_DEAL_BYTES);

	(void)buf_printf(&text, "%.*s (%.*s)", (int)message.len,
	    message.len > 0 ? message.p : "", (int)tag.len,
	    tag.len > 0 ? tag.p : "");
	b24_batch_command_init(out, B24_COMMENT_ADD);
	b24_query_int(&out->query, "fields[ENTITY_ID]", op->parent_id);
	b24_query_text(&out->query, "fields[ENTITY_TYPE]", "deal");
	say(out, "fields[COMMENT]", str_n(buf_text(&text), text.len));
	buf_free(&text);
	return true;
}

bool
b24_notice_is_hopeless(const struct b24 *b24, const struct op *op)
{
	return op->target.kind == TARGET_NOTICE && b24->facts.deals.known &&
	    !b24->facts.deals.can_notify;
}

/* Of forty deals a number finds none: its title, which leads to it.  BB codes
 * are taken in a notice (im-notify-system-add.md), and brackets of the title
 * would be one. */
static void
say_deal(struct buf *out, int64_t deal, struct str title)
{
	char number[24];

	(void)snprintf(number, sizeof(number), "%" PRId64, deal);
	(void)buf_printf(out, ": [URL=/crm/deal/details/%s/]", number);
	if (title.len == 0)
		title = str_of(number);
	for (size_t i = 0; i < title.len; i++)
		(void)buf_add_char(out, title.p[i] == '[' ? '(' :
		    title.p[i] == ']' ? ')' : title.p[i]);
	(void)buf_add_text(out, "[/URL]");
}

static void
say_message(const struct op *op, const struct fields *held,
    struct b24_command *out)
{
	struct str message = fields_get(&op->fields, FIELD_MESSAGE);
	struct buf text = BUF_INIT(LIMIT_DEAL_BYTES);

	(void)buf_add(&text, message.p, message.len);
	say_deal(&text, op->parent_id, fields_get(held, FIELD_NAME));
	say(out, "MESSAGE", str_n(buf_text(&text), text.len));
	buf_free(&text);
}

static bool
write_notice(const struct b24 *b24, struct op *op, const struct fields *held,
    struct b24_command *out)
{
	int64_t user;

	if (b24_notice_is_hopeless(b24, op))
		return b24_error_refuse(op, "no-right-im", TOLD("the webhook "
		    "or application lacks the permission \"im\": tick it, "
		    "and managers get their notices"));
	/* Whoever it was when the payment came: who it is now counts, and is
	 * who the history names. */
	if (fields_has(held, FIELD_MANAGER))
		(void)fields_set(&op->fields, FIELD_MANAGER, fields_get(held,
		    FIELD_MANAGER));
	if (str_to_int64(&user, fields_get(&op->fields, FIELD_MANAGER)) ==
	    -1 || user <= 0)
		return b24_error_refuse(op, "no-manager", TOLD("the deal has "
		    "no responsible user: nobody to be told of the payment"));
	b24_batch_command_init(out, B24_NOTICE_ADD);
	b24_query_int(&out->query, "USER_ID", user);
	say_message(op, held, out);
	say(out, "TAG", tag_of(op));
	if (b24->config->portal.client_id != NULL)
		say(out, "CLIENT_ID", str_of(b24->config->portal.client_id));
	return true;
}

bool
b24_notice_write(const struct b24 *b24, struct op *op,
    const struct fields *held, struct b24_command *out)
{
	if (op->target.kind == TARGET_COMMENT)
		return write_comment(op, out);
	return write_notice(b24, op, held, out);
}

void
b24_notice_taken(struct op *op, const cJSON *result)
{
	if (json_int(&op->new_id, result) == 0 && op->new_id > 0)
		return;
	op->new_id = 0;
	/* A user who was dismissed, or never was. */
	if (op->target.kind == TARGET_NOTICE && cJSON_IsFalse(result))
		(void)b24_error_refuse(op, "no-user", TOLD("the portal did "
		    "not take the notice: is the responsible user still "
		    "there?"));
	else
		op->outcome = OUTCOME_UNKNOWN;
}

void
b24_notice_list(int64_t deal, struct b24_command *out)
{
	b24_batch_command_init(out, B24_COMMENT_LIST);
	b24_query_int(&out->query, "filter[ENTITY_ID]", deal);
	b24_query_text(&out->query, "filter[ENTITY_TYPE]", "deal");
	b24_query_text(&out->query, "order[ID]", "DESC");
}

/* In its brackets: a tag may be the beginning of another. */
static bool
bears(struct str text, struct str tag)
{
	for (size_t i = 0; tag.len > 0 && i + tag.len + 2 <= text.len; i++)
		if (text.p[i] == '(' && text.p[i + tag.len + 1] == ')' &&
		    memcmp(text.p + i + 1, tag.p, tag.len) == 0)
			return true;
	return false;
}

void
b24_notice_found(const struct op *op, const cJSON *row, struct found *out)
{
	struct str tag = tag_of(op);
	char space[32];

	fields_init(&out->fields);
	out->portal_id = 0;
	if (json_int_of(row, "ENTITY_ID") != op->parent_id ||
	    !bears(json_str(json_get(row, "COMMENT"), space), tag))
		return;
	out->portal_id = json_int_of(row, "ID");
	/* People may write around it; by its tag it is ours, as it was sent,
	 * with what is not shown in it: its sum is added up later. */
	fields_copy(&out->fields, &op->fields);
	(void)fields_set(&out->fields, FIELD_TAG, tag);
}
