/*
 * Price types of the portal.  A rule names one by its code, its xmlId or its
 * title; a type that a person deleted and made again bears them all and has
 * another number, and the prices of the old one went with it.  1C says nothing
 * of that: which type each rule meant is remembered, and where it is another
 * one now its prices are sent as if the rule were new.
 */
#include "flow/retype.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"

/* Which ones the rules meant: "number rule" per line. */
#define META_PRICE_TYPES "portal.price_types"

static const struct config_map *
rules_of(const struct flow *flow)
{
	return &flow->config->catalog.price_types;
}

/* One line: "12 BASE". */
static void
say_rule(struct flow *flow, const char *rule, struct buf *out)
{
	int64_t type = flow->remote.price_type(flow->remote.ctx, rule);

	if (type != 0)
		(void)buf_printf(out, "%" PRId64 " %s\n", type, rule);
}

/* The number that the rule had in these lines, or 0. */
static int64_t
known_type(const char *lines, const char *rule)
{
	const char *end, *name;
	int64_t type = 0;

	for (; (end = strchr(lines, '\n')) != NULL; lines = end + 1) {
		name = memchr(lines, ' ', (size_t)(end - lines));
		if (name != NULL && str_is(str_n(name + 1,
		    (size_t)(end - name) - 1), rule) &&
		    str_to_int64(&type, str_n(lines,
		    (size_t)(name - lines))) == 0)
			return type;
	}
	return 0;
}

/* Lines of rules that do not hold now: they may come back. */
static void
keep_others(const struct config_map *rules, const char *lines,
    struct buf *out)
{
	const char *end, *name;
	size_t i;

	for (; (end = strchr(lines, '\n')) != NULL; lines = end + 1) {
		name = memchr(lines, ' ', (size_t)(end - lines));
		for (i = 0; name != NULL && i < rules->count; i++)
			if (str_is(str_n(name + 1, (size_t)(end - name) - 1),
			    rules->pairs[i].value))
				break;
		if (name != NULL && i == rules->count)
			(void)buf_add(out, lines, (size_t)(end - lines) + 1);
	}
}

/* Is any rule's type another one?  Told, and kept in flow->retyped. */
static bool
find_retyped(struct flow *flow, const char *lines)
{
	const struct config_map *rules = rules_of(flow);
	int64_t before, now;
	bool any = false;

	flow->retyped = mem_array(rules->count + 1, sizeof(*flow->retyped));
	for (size_t i = 0; i < rules->count; i++) {
		const char *rule = rules->pairs[i].value;

		before = known_type(lines, rule);
		now = flow->remote.price_type(flow->remote.ctx, rule);
		flow->retyped[i] = before != 0 && now != 0 && before != now;
		if (!flow->retyped[i])
			continue;
		any = true;
		report_say(flow->report, _("the portal's price type \"%s\" is "
		    "another one than before: its prices are sent again"),
		    rule);
	}
	return any;
}

static int
derive_retyped(struct flow *flow, struct str lines, bool any, struct err *err)
{
	if (snapshot_meta_set(flow->snap, META_PRICE_TYPES, lines, err) == -1)
		return -1;
	if (!any)
		return 0;
	return snapshot_meta_set_int(flow->snap, META_FINGERPRINT, 0,
	    err) == -1 ? -1 : flow_map(flow, err);
}

static int
note(struct flow *flow, const struct buf *before, const struct buf *now,
    struct err *err)
{
	bool any = find_retyped(flow, buf_text(before));
	bool own = !snapshot_in_transaction(flow->snap);
	int rc;

	if (own && snapshot_begin(flow->snap, err) == -1)
		return -1;
	rc = derive_retyped(flow, str_n(buf_text(now), now->len), any, err);
	return own ? snapshot_end(flow->snap, rc, err) : rc;
}

int
retype_note(struct flow *flow, struct err *err)
{
	const struct config_map *rules = rules_of(flow);
	struct buf before = BUF_INIT(LIMIT_CONFIG_BYTES);
	struct buf now = BUF_INIT(LIMIT_CONFIG_BYTES);
	int rc;

	if (!flow->config->catalog.enabled || rules->count == 0 ||
	    flow->remote.price_type == NULL)
		return 0;
	for (size_t i = 0; i < rules->count; i++)
		say_rule(flow, rules->pairs[i].value, &now);
	rc = snapshot_meta_get(flow->snap, META_PRICE_TYPES, &before, err);
	keep_others(rules, buf_text(&before), &now);
	if (rc != -1)
		rc = strcmp(buf_text(&before), buf_text(&now)) == 0 ? 0 :
		    note(flow, &before, &now, err);
	free(flow->retyped);
	flow->retyped = NULL;
	buf_free(&before);
	buf_free(&now);
	return rc;
}

int
retype_forget(struct flow *flow, const struct target *target,
    struct image *image, struct err *err)
{
	const struct config_map *rules = rules_of(flow);
	bool other = false;

	if (target->kind != TARGET_PRICE || image->portal_id == 0)
		return 0;
	for (size_t i = 0; i < rules->count; i++)
		other = other || (flow->retyped[i] && str_is(
		    target_rule(target), rules->pairs[i].value));
	if (!other)
		return 0;
	image->portal_id = 0;
	fields_clear(&image->agreed);
	return snapshot_image_put(flow->snap, image, err);
}
