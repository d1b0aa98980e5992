/*
 * The portal's users whom the rules name: by id, by e-mail, or by name in
 * either order.  Each id and e-mail is asked for by itself; for names all
 * users are read.  Who has left the portal is known as well: what a rule says
 * of them is no mistake, but nobody's clients are given to them.
 */
#include "bitrix/b24_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"

/* ---- whom the rules name ---- */

static void
name_user(struct b24_crm_facts *crm, const char *text)
{
	struct str name = str_trim(str_of(text));
	int64_t id;

	if (name.len == 0)
		return;
	for (size_t i = 0; i < crm->user_count; i++)
		if (str_same_name(str_of(crm->users[i].text), name))
			return;
	crm->users = mem_resize(crm->users, crm->user_count + 1,
	    sizeof(*crm->users));
	crm->users[crm->user_count++] = (struct b24_user){
	    .text = mem_text_n(name.p, name.len),
	    .listed = str_to_int64(&id, name) == -1 &&
	    memchr(name.p, '@', name.len) == NULL };
}

size_t
b24_user_begin(struct b24 *b24)
{
	const struct config *config = b24->config;
	struct b24_crm_facts *crm = &b24->facts.crm;
	size_t commands = 0, listed = 0;

	name_user(crm, config->default_user);
	for (size_t i = 0; i < config->users.count; i++)
		name_user(crm, config->users.pairs[i].value);
	for (size_t i = 0; i < crm->user_count; i++)
		if (crm->users[i].listed)
			listed = 1;
		else
			commands++;
	return commands + listed;
}

void
b24_user_free(struct b24_crm_facts *crm)
{
	for (size_t i = 0; i < crm->user_count; i++)
		free(crm->users[i].text);
	free(crm->users);
}

/* ---- asking ---- */

/* user: NULL: for all of them. */
static void
make_command(struct b24_command *command, const struct b24_user *user)
{
	struct buf *query = &command->query;
	int64_t id;

	b24_batch_command_init(command, B24_USER_GET);
	if (user != NULL && str_to_int64(&id, str_of(user->text)) == 0)
		b24_query_int(query, "FILTER[ID]", id);
	else if (user != NULL)
		b24_query_text(query, "FILTER[EMAIL]", user->text);
	b24_query_text(query, "sort", "ID");
	b24_query_text(query, "order", "ASC");
}

static void
ask_all(struct b24_command *command)
{
	make_command(command, NULL);
}

void
b24_user_ask(const struct b24 *b24, struct b24_command *commands)
{
	const struct b24_crm_facts *crm = &b24->facts.crm;
	size_t count = 0;
	bool listed = false;

	for (size_t i = 0; i < crm->user_count; i++)
		if (crm->users[i].listed)
			listed = true;
		else
			make_command(&commands[count++], &crm->users[i]);
	if (listed)
		ask_all(&commands[count]);
}

/* ---- rows ---- */

static bool
is_named(const cJSON *row, const char *first, const char *second,
    struct str wanted)
{
	char *one = json_text_of(row, first);
	char *other = json_text_of(row, second);
	char *whole = mem_printf("%s %s", one, other);
	bool is = str_same_name(str_of(whole), wanted);

	free(whole);
	free(other);
	free(one);
	return is;
}

static bool
is_user(const cJSON *row, struct str wanted)
{
	char space[32], id[32];

	return str_eq(json_str(json_get(row, "ID"), id), wanted) ||
	    str_same_name(json_str(json_get(row, "EMAIL"), space), wanted) ||
	    is_named(row, "NAME", "LAST_NAME", wanted) ||
	    is_named(row, "LAST_NAME", "NAME", wanted);
}

/* The first one who is still there, else the first one. */
static void
take_row(struct b24_crm_facts *crm, const cJSON *row)
{
	char space[32];
	bool left = str_is(json_str(json_get(row, "ACTIVE"), space), "N");

	for (size_t i = 0; i < crm->user_count; i++) {
		struct b24_user *user = &crm->users[i];

		if ((user->id != 0 && (left || !user->left)) ||
		    !is_user(row, str_of(user->text)))
			continue;
		user->id = json_int_of(row, "ID");
		user->left = left;
	}
}

void
b24_user_take(struct b24 *b24, const struct b24_command *command)
{
	const cJSON *row;

	cJSON_ArrayForEach(row, command->result)
		take_row(&b24->facts.crm, row);
}

int
b24_user_more(struct b24 *b24, int64_t next, struct err *err)
{
	return b24_crm_facts_pages(b24, next, ask_all, b24_user_take, err);
}

/* ---- what a name means ---- */

static const struct b24_user *
find_user(const struct b24 *b24, struct str text)
{
	const struct b24_crm_facts *crm = &b24->facts.crm;

	for (size_t i = 0; i < crm->user_count; i++)
		if (str_same_name(str_of(crm->users[i].text), text))
			return &crm->users[i];
	return NULL;
}

int64_t
b24_user_id(const struct b24 *b24, struct str text)
{
	const struct b24_user *user = find_user(b24, str_trim(text));
	int64_t id;

	if (user != NULL)
		return user->id;
	return str_to_int64(&id, str_trim(text)) == 0 ? id : 0;
}

int64_t
b24_user_at_work(const struct b24 *b24, struct str text)
{
	const struct b24_user *user = find_user(b24, str_trim(text));

	return user != NULL && user->left ? 0 : b24_user_id(b24, text);
}

/* ---- the rules ---- */

void
b24_user_wrong(const struct b24 *b24, struct buf *wrong)
{
	const struct config *config = b24->config;
	struct str user = str_trim(str_of(config->default_user));

	if (user.len > 0 && b24_user_at_work(b24, user) == 0)
		(void)buf_printf(wrong, _("default_user: the portal has no "
		    "active user \"%s\"\n"), config->default_user);
	for (size_t i = 0; i < config->users.count; i++)
		if (b24_user_id(b24, str_of(config->users.pairs[i].value)) ==
		    0)
			(void)buf_printf(wrong, _("users, line %ld: the "
			    "portal has no user \"%s\"\n"),
			    config->users.pairs[i].line,
			    config->users.pairs[i].value);
}

bool
b24_user_has_emails(const struct config *config)
{
	if (config->default_user != NULL &&
	    strchr(config->default_user, '@') != NULL)
		return true;
	for (size_t i = 0; i < config->users.count; i++)
		if (strchr(config->users.pairs[i].value, '@') != NULL)
			return true;
	return false;
}

const char *
b24_user_no_emails(void)
{
	return _("default_user or `users` names somebody by e-mail, which the "
	    "permission \"user_brief\" does not show: tick \"user_basic\" at "
	    "the webhook or application, or name users by id");
}
