/*
 * The реквизиты of an order: a short list, for 1C keeps every name for ever,
 * and УНФ overwrites the order's attribute of that name
 * (onec-exchange.md 2.6).  A name stands once; ours win.
 */
#include "orders/orders_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/limits.h"
#include "model/party.h"

#define STATUS "Статус заказа"
#define CANCELLED "Отменен"
#define FINAL "Финальный статус"
#define DEAL_ID "ID сделки Битрикс24"
#define MANAGER "Менеджер Битрикс24"

static const char *const ours[] = { STATUS, CANCELLED, FINAL, DEAL_ID,
    MANAGER };

/* 1C compares names without blanks and case. */
static bool
is_same(struct str a, struct str b)
{
	struct buf left = BUF_INIT(LIMIT_DEAL_BYTES);
	struct buf right = BUF_INIT(LIMIT_DEAL_BYTES);
	bool same;

	party_word_plain(&left, a);
	party_word_plain(&right, b);
	same = strcmp(buf_text(&left), buf_text(&right)) == 0;
	buf_free(&left);
	buf_free(&right);
	return same;
}

static bool
is_given(const struct fields *out, struct str name)
{
	struct str value;
	enum field field;
	size_t at = 0;

	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (is_same(name, str_of(ours[i])))
			return true;
	while (fields_next(out, &at, &field, &value))
		if (field == FIELD_REQUISITE &&
		    is_same(name, field_part(value, 0)))
			return true;
	return false;
}

static int
put(struct order_work *work, struct str name, struct str value,
    struct err *err)
{
	struct buf key = BUF_INIT(LIMIT_DEAL_BYTES);
	struct buf text = BUF_INIT(LIMIT_DEAL_BYTES);
	int rc = 0;

	order_text_clean(&key, name, ORDER_REQUISITE_MOST, false);
	order_text_clean(&text, value, ORDER_VALUE_MOST, false);
	if (key.len > 0 && text.len > 0 && fields_add_pair(work->out,
	    FIELD_REQUISITE, str_n(key.data, key.len),
	    str_n(text.data, text.len)) == -1)
		rc = order_text_full(err);
	buf_free(&key);
	buf_free(&text);
	return rc;
}

static int
put_more(struct order_work *work, const char *name, struct str value,
    struct err *err)
{
	/* One without a value leaves the name to the next. */
	if (str_trim(value).len == 0 || is_given(work->out, str_of(name)))
		return 0;
	return put(work, str_of(name), value, err);
}

static const char *
find_status(const struct deal *deal)
{
	const struct config_map *map;
	const char *status;

	if (deal->funnel == NULL)
		return NULL;
	map = &deal->funnel->status_to_1c;
	status = config_map_get(map, str_of(deal->stage_name));
	return status != NULL ? status :
	    config_map_get(map, str_of(deal->stage));
}

/* As 1C calls the manager, where the configuration says so. */
static const char *
find_manager(const struct order_work *work)
{
	const struct config_map *users = &work->config->users;
	const struct deal_user *manager = &work->deal->manager;
	char id[24];

	(void)snprintf(id, sizeof(id), "%" PRId64, manager->id);
	for (size_t i = 0; i < users->count; i++) {
		struct str value = str_of(users->pairs[i].value);

		if (value.len > 0 &&
		    (str_same_name(value, str_of(manager->email)) ||
		    str_same_name(value, str_of(manager->name)) ||
		    (manager->id > 0 && str_is(str_trim(value), id))))
			return users->pairs[i].name;
	}
	return manager->name;
}

static struct str
find_user_field(const struct deal *deal, const char *name)
{
	struct str lines = str_n(buf_text(&deal->user_fields),
	    deal->user_fields.len), line;
	size_t at = 0;

	while (party_line_next(lines, &at, &line))
		if (str_same_name(field_part(line, 0), str_of(name)))
			return field_part(line, 1);
	return STR_NONE;
}

static int
put_ours(struct order_work *work, struct err *err)
{
	const struct deal *deal = work->deal;
	char id[24];

	(void)snprintf(id, sizeof(id), "%" PRId64, deal->id);
	if (put(work, str_of(STATUS), str_of(find_status(deal)), err) == -1 ||
	    (deal->phase == DEAL_LOST &&
	    put(work, str_of(CANCELLED), str_of("true"), err) == -1) ||
	    (deal->phase == DEAL_WON &&
	    put(work, str_of(FINAL), str_of("true"), err) == -1) ||
	    put(work, str_of(DEAL_ID), str_of(id), err) == -1)
		return -1;
	return put(work, str_of(MANAGER), str_of(find_manager(work)), err);
}

int
order_requisite_fill(struct order_work *work, struct err *err)
{
	const struct config_map *more = &work->config->orders.requisites;
	const struct config_map *fixed = work->deal->funnel == NULL ? NULL :
	    &work->deal->funnel->requisites;

	if (put_ours(work, err) == -1)
		return -1;
	for (size_t i = 0; fixed != NULL && i < fixed->count; i++)
		if (put_more(work, fixed->pairs[i].name,
		    str_of(fixed->pairs[i].value), err) == -1)
			return -1;
	for (size_t i = 0; i < more->count; i++)
		if (put_more(work, more->pairs[i].name,
		    find_user_field(work->deal, more->pairs[i].value),
		    err) == -1)
			return -1;
	return 0;
}
