#include "model/target.h"

#include <string.h>

#include "base/i18n.h"

#define SEPARATOR '\0'

static const struct {
	const char *name;
	const char *title;
} kinds[TARGET_LAST] = {
	[TARGET_NONE] = { "none", N_("nothing") },
	[TARGET_SECTION] = { "section", N_("section") },
	[TARGET_PRODUCT] = { "product", N_("product") },
	[TARGET_PRICE] = { "price", N_("price") },
	[TARGET_COMPANY] = { "company", N_("company") },
	[TARGET_CONTACT] = { "contact", N_("contact") },
	[TARGET_PERSON] = { "person", N_("contact person") },
	[TARGET_REQUISITE] = { "requisite", N_("requisites") },
	[TARGET_BANK] = { "bank", N_("bank account") },
	[TARGET_ADDRESS] = { "address", N_("address") },
	[TARGET_DEAL] = { "deal", N_("deal") },
	[TARGET_ROWS] = { "rows", N_("rows of the deal") },
	[TARGET_COMMENT] = { "comment", N_("comment") },
	[TARGET_NOTICE] = { "notice", N_("notice") },
	[TARGET_ORDER] = { "order", N_("order") },
	[TARGET_PARENT] = { "parent", N_("product with variations") },
	[TARGET_OFFER] = { "variation", N_("variation") },
	[TARGET_SERVICE] = { "service", N_("service") },
	[TARGET_PICTURE] = { "picture", N_("picture") },
	[TARGET_STOCK] = { "stock", N_("stock in a warehouse") },
	[TARGET_ONEC_ORDER] = { "onec_order", N_("order of 1C") },
};

const char *
target_kind_name(enum target_kind kind)
{
	if (kind <= TARGET_NONE || kind >= TARGET_LAST)
		kind = TARGET_NONE;
	return kinds[kind].name;
}

enum target_kind
target_kind_by_name(struct str name)
{
	int i;

	for (i = TARGET_NONE + 1; i < TARGET_LAST; i++) {
		if (str_is(name, kinds[i].name))
			return (enum target_kind)i;
	}
	return TARGET_NONE;
}

const char *
target_kind_message(enum target_kind kind)
{
	if (kind <= TARGET_NONE || kind >= TARGET_LAST)
		kind = TARGET_NONE;
	return kinds[kind].title;
}

const char *
target_kind_title(enum target_kind kind)
{
	return _(target_kind_message(kind));
}

/* A part of a key: something, and without the separator. */
static bool
is_part(struct str text)
{
	return text.len > 0 && memchr(text.p, SEPARATOR, text.len) == NULL;
}

int
target_set(struct target *out, enum target_kind kind, struct str id)
{
	if (!is_part(id) || id.len > sizeof(out->key))
		return -1;
	out->kind = kind;
	out->key_len = id.len;
	memcpy(out->key, id.p, id.len);
	return 0;
}

int
target_set_part(struct target *out, enum target_kind kind, struct str party,
    struct str part)
{
	if (!is_part(party) || !is_part(part) ||
	    party.len >= sizeof(out->key) ||
	    part.len > sizeof(out->key) - party.len - 1)
		return -1;
	out->kind = kind;
	out->key_len = party.len + 1 + part.len;
	memcpy(out->key, party.p, party.len);
	out->key[party.len] = SEPARATOR;
	memcpy(out->key + party.len + 1, part.p, part.len);
	return 0;
}

int
target_set_price(struct target *out, struct str product, struct str rule)
{
	return target_set_part(out, TARGET_PRICE, product, rule);
}

struct str
target_key(const struct target *target)
{
	return str_n(target->key, target->key_len);
}

/* Bytes before the separator; all of them where there is none. */
static size_t
id_len(const struct target *target)
{
	const char *end = memchr(target->key, SEPARATOR, target->key_len);

	return end == NULL ? target->key_len : (size_t)(end - target->key);
}

struct str
target_id(const struct target *target)
{
	return str_n(target->key, id_len(target));
}

struct str
target_rule(const struct target *target)
{
	size_t len = id_len(target);

	if (len == target->key_len)
		return STR_NONE;
	return str_n(target->key + len + 1, target->key_len - len - 1);
}

bool
target_is_main_picture(const struct target *target)
{
	return target->kind == TARGET_PICTURE &&
	    str_is(target_rule(target), TARGET_MAIN);
}

struct str
target_mark(const struct target *target)
{
	return target->kind == TARGET_PERSON ? target_rule(target) :
	    target_id(target);
}

bool
target_same(const struct target *a, const struct target *b)
{
	return a->kind == b->kind && str_eq(target_key(a), target_key(b));
}

bool
target_may_be_form(const struct target *good, enum target_kind form)
{
	struct str id = target_id(good);
	bool part = id.len > 0 && memchr(id.p, '#', id.len) != NULL;

	if (!target_is_good(good->kind) || !target_is_good(form) ||
	    form == good->kind)
		return false;
	/* There are goods with that sign in their id. */
	if (form == TARGET_OFFER || good->kind == TARGET_OFFER)
		return part && (form == TARGET_PRODUCT ||
		    good->kind == TARGET_PRODUCT);
	return true;
}
