/*
 * 1C's properties, warehouses and units, and what the portal has for them.
 * What is known is kept, so that mapping can derive without the portal; when
 * something becomes known, goods are told by it from then on.
 */
#include "flow/refused.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "model/party.h"

/* Beside the values of a list, in place of an id: the hash of their names. */
#define NAMES_ID "\x1f"
/* META_TERM_NAMES: whatever else there is to send. */
#define ASK_AT_ONCE 2
/* Hashes of names are odd. */
#define NO_NAME 2
/* The article of variations, which has a field of its own. */
#define ARTICLE TERM_OWN "Артикул"

int
terms_load(struct flow *flow, struct err *err)
{
	term_set_free(flow->known);
	flow->known = term_set_new();
	flow->knows_values = false;
	return snapshot_term_load(flow->snap, false, flow->known, err);
}

int
terms_list(struct flow *flow, struct terms *out, struct err *err)
{
	if (!flow->knows_values && snapshot_term_load(flow->snap, true,
	    flow->known, err) == -1)
		return -1;
	flow->knows_values = true;
	return map_terms(flow->map, out, err);
}

/* After a lost answer something may still be made: until it can no longer be,
 * a second one would be a double. */
static bool
may_make(struct flow *flow)
{
	int64_t unsure = snapshot_meta_int(flow->snap, META_UNSURE, 0);
	int64_t since = clock_wall_ms() - unsure;

	return unsure == 0 || since < 0 ||
	    since >= flow->config->portal.unknown_ms;
}

/* ---- names of a list's values ---- */

/* The values of the next list, which stand together: from *at up to *end, 0
 * at first.  False: no more. */
static bool
next_list(const struct terms *terms, size_t *at, size_t *end)
{
	for (*at = *end; *at < terms->count; ++*at)
		if (terms->items[*at].kind == TERM_VALUE)
			break;
	for (*end = *at; *end < terms->count; ++*end)
		if (terms->items[*end].kind != TERM_VALUE ||
		    strcmp(terms->items[*end].of, terms->items[*at].of) != 0)
			break;
	return *at < terms->count;
}

/* Whatever their order, and above 0. */
static int64_t
hash_of_names(const struct terms *terms, size_t at, size_t end)
{
	uint64_t sum = 0;

	for (; at < end; at++)
		sum += str_hash(str_hash(str_hash(1, str_of(
		    terms->items[at].id)), str_n("", 1)),
		    str_of(terms->items[at].name));
	return (int64_t)(sum >> 1) | 1;
}

static int64_t
known_names(const struct flow *flow, const char *of)
{
	return term_set_get(flow->known, TERM_VALUE, str_of(of),
	    str_of(NAMES_ID));
}

/* ---- names of properties and units ---- */

/* May it be told another name? */
static bool
has_name(const struct term *term)
{
	if (term->kind == TERM_UNIT)
		return term->rule == TERM_MADE && !term->twofold;
	/* What a rule leads to is the portal's, its name too. */
	return (term->kind == TERM_PROPERTY || term->kind == TERM_TRAIT) &&
	    term->rule != TERM_NAMED && strcmp(term->id, ARTICLE) != 0;
}

static struct str
name_key(const struct term *term)
{
	if (term->kind == TERM_UNIT)
		return str_of(NAMES_ID TERM_OWN);
	return str_of(term->kind == TERM_TRAIT ? NAMES_ID TERM_OF : NAMES_ID);
}

static int64_t
hash_of_name(const struct term *term)
{
	return term_name_hash(str_of(term->kind == TERM_UNIT ?
	    term_title(term) : term->name));
}

int64_t
terms_name_hash(const struct term *term)
{
	return hash_of_name(term);
}

static int64_t
name_told(const struct flow *flow, const struct term *term)
{
	return has_name(term) ? term_set_get(flow->known, TERM_VALUE,
	    name_key(term), str_of(term->id)) : 0;
}

/* Of one that was never told, or before this was kept, nobody knows. */
static bool
is_renamed(const struct flow *flow, const struct term *term)
{
	int64_t known = name_told(flow, term);

	return known != 0 && known != hash_of_name(term) &&
	    term_set_get(flow->known, term->kind, STR_NONE,
	    str_of(term->id)) != 0;
}

/* A list of which 1C has changed a name is looked at again. */
static void
doubt_names(const struct flow *flow, struct terms *terms)
{
	size_t at, end = 0;

	while (next_list(terms, &at, &end)) {
		if (known_names(flow, terms->items[at].of) ==
		    hash_of_names(terms, at, end))
			continue;
		for (size_t i = at; i < end; i++)
			terms->items[i].doubted = true;
	}
}

/* Has 1C changed the name of a property, or names of a list that the portal
 * has? */
static bool
has_new_names(const struct flow *flow, const struct terms *terms)
{
	size_t at, end = 0;

	for (size_t i = 0; i < terms->count; i++)
		if (is_renamed(flow, &terms->items[i]))
			return true;
	while (next_list(terms, &at, &end)) {
		const struct term *term = &terms->items[at];

		if (known_names(flow, term->of) != 0 &&
		    term_set_get(flow->known, term->of_trait ? TERM_TRAIT :
		    TERM_PROPERTY, STR_NONE, str_of(term->of)) != 0 &&
		    known_names(flow, term->of) !=
		    hash_of_names(terms, at, end))
			return true;
	}
	return false;
}

static uint64_t
hash_rules(uint64_t hash, const struct config_map *rules)
{
	for (size_t i = 0; i < rules->count; i++) {
		hash = str_hash(hash, str_of(rules->pairs[i].name));
		hash = str_hash(str_hash(hash, str_n("", 1)),
		    str_of(rules->pairs[i].value));
		hash = str_hash(hash, str_n("", 1));
	}
	return str_hash(hash, str_n("", 1));
}

/* Above 0. */
static int64_t
hash_of_rules(const struct config *config)
{
	uint64_t hash = hash_rules(1, &config->catalog.properties);

	hash = hash_rules(hash, &config->catalog.warehouses);
	hash = hash_rules(hash, &config->catalog.units);
	/* These decide whether stores and variations are asked for. */
	hash = hash * 31 + (uint64_t)config->catalog.stock;
	hash = hash * 31 + (uint64_t)config->catalog.characteristics;
	return (int64_t)(hash >> 1) | 1;
}

/* Goods may wait for what was not known, or was taken for known; a rule may
 * carry what they were told to another place. */
static bool
is_open(struct flow *flow)
{
	int64_t rules = hash_of_rules(flow->config);

	return snapshot_meta_int(flow->snap, META_DOUBT, 0) != 0 ||
	    snapshot_meta_int(flow->snap, META_TERM_RULES, rules) != rules ||
	    (snapshot_meta_int(flow->snap, META_UNSURE, 0) != 0 &&
	    may_make(flow));
}

int
terms_stir(struct flow *flow, struct err *err)
{
	if (snapshot_meta_int(flow->snap, META_TERM_NAMES, 0) == ASK_AT_ONCE)
		return 0;
	return snapshot_meta_set_int(flow->snap, META_TERM_NAMES, 1, err);
}

int
terms_ask(struct flow *flow, struct err *err)
{
	return snapshot_meta_set_int(flow->snap, META_TERM_NAMES,
	    ASK_AT_ONCE, err);
}

/* So that 50,000 values are not looked at by runs with nothing to do. */
static int
note_names(struct flow *flow, const struct terms *terms, struct err *err)
{
	return snapshot_meta_set_int(flow->snap, META_TERM_NAMES,
	    has_new_names(flow, terms), err);
}

int
terms_due(struct flow *flow, bool *due, struct err *err)
{
	struct terms terms = { 0 };
	bool open;
	int rc;

	*due = false;
	if (flow->learned || !flow->config->catalog.enabled ||
	    flow->map == NULL)
		return 0;
	open = is_open(flow) || snapshot_meta_int(flow->snap,
	    META_TERM_NAMES, 0) == ASK_AT_ONCE;
	if (!open && snapshot_meta_int(flow->snap, META_TERM_NAMES, 1) == 0)
		return 0;
	rc = terms_list(flow, &terms, err);
	*due = rc == 0 && (has_new_names(flow, &terms) ||
	    (terms.count > 0 && open));
	if (rc == 0 && !*due)
		rc = note_names(flow, &terms, err);
	term_list_free(&terms);
	return rc;
}

void
terms_recall(const struct flow *flow, struct terms *terms)
{
	bool doubt = snapshot_meta_int(flow->snap, META_DOUBT, 0) != 0;

	for (size_t i = 0; i < terms->count; i++) {
		struct term *term = &terms->items[i];

		/* Only these are not looked at as long as they are known. */
		term->doubted = doubt && (term->kind == TERM_VALUE ||
		    term->kind == TERM_STORE);
		term->portal_id = term_set_get(flow->known, term->kind,
		    str_of(term->of), str_of(term->id));
		term->renamed = is_renamed(flow, term);
		term->told = name_told(flow, term);
		/* It was refused, and is said again. */
		if (term->told == NO_NAME)
			term->told = 0;
	}
	doubt_names(flow, terms);
}

/* ---- keeping ---- */

/* Only what is different is written; 1: it was not. */
static int
remember_one(struct flow *flow, enum term_kind kind, struct str of,
    struct str id, int64_t portal_id, struct err *err)
{
	if (term_set_get(flow->known, kind, of, id) == portal_id)
		return 1;
	if (snapshot_term_put(flow->snap, kind, of, id, portal_id,
	    err) == -1)
		return -1;
	term_set_put(flow->known, kind, of, id, portal_id);
	return 0;
}

int
terms_forget_name(struct flow *flow, enum term_kind kind, struct str of,
    struct str id, struct err *err)
{
	struct term term = { .kind = kind };
	bool value = kind == TERM_VALUE;
	struct str key = value ? of : name_key(&term);

	id = value ? str_of(NAMES_ID) : id;
	/* It was told something: but no name is of this number. */
	return terms_stir(flow, err) == -1 || remember_one(flow, TERM_VALUE,
	    key, id, NO_NAME, err) == -1 ? -1 : 0;
}

static int
remember_names(struct flow *flow, const struct terms *terms,
    struct err *err)
{
	size_t at, end = 0;

	for (size_t i = 0; i < terms->count; i++) {
		const struct term *term = &terms->items[i];

		if (has_name(term) && term->portal_id != 0 &&
		    remember_one(flow, TERM_VALUE, name_key(term), str_of(
		    term->id), hash_of_name(term), err) == -1)
			return -1;
	}
	while (next_list(terms, &at, &end)) {
		if (remember_one(flow, TERM_VALUE, str_of(
		    terms->items[at].of), str_of(NAMES_ID),
		    hash_of_names(terms, at, end), err) == -1)
			return -1;
	}
	return 0;
}

static bool
is_told_to_goods(const struct term *term)
{
	return term->kind == TERM_PROPERTY || term->kind == TERM_TRAIT ||
	    term->kind == TERM_VALUE;
}

/* A property, or a value of a list, that is another one in the portal, by a
 * new rule or because a person deleted it there, holds nothing of what goods
 * were told. */
static void
note_moved(struct flow *flow, const struct term *term)
{
	int64_t before = term_set_get(flow->known, term->kind,
	    str_of(term->of), str_of(term->id));

	if (!is_told_to_goods(term) || before == 0 ||
	    before == term->portal_id)
		return;
	if (flow->moved == NULL)
		flow->moved = term_set_new();
	term_set_put(flow->moved, term->kind, str_of(term->of),
	    str_of(term->id), 1);
}

/* Was that what became another one? */
static bool
is_moved(const struct flow *flow, enum term_kind kind, struct str line)
{
	struct str id = field_part(line, 0);

	return term_set_get(flow->moved, kind, STR_NONE, id) != 0 ||
	    term_set_get(flow->moved, TERM_VALUE, id,
	    field_part(line, 1)) != 0;
}

int
terms_forget(struct flow *flow, const struct target *target,
    struct image *image, struct err *err)
{
	enum term_kind kind = target->kind == TARGET_OFFER ? TERM_TRAIT :
	    TERM_PROPERTY;
	struct str lines = fields_get(&image->agreed, FIELD_PROPERTIES), line;
	struct buf kept = BUF_INIT(LIMIT_RECORD_BYTES);
	size_t at = 0;
	int rc = 0;

	while (party_line_next(lines, &at, &line))
		if (!is_moved(flow, kind, line))
			party_line_add(&kept, field_part(line, 0),
			    field_part(line, 1));
	if (kept.len < lines.len) {
		(void)fields_set(&image->agreed, FIELD_PROPERTIES, str_n(
		    buf_text(&kept), kept.len));
		rc = snapshot_image_put(flow->snap, image, err);
	}
	buf_free(&kept);
	return rc;
}

static int
revive(void *ctx, const struct change *change, struct err *err)
{
	struct flow *flow = ctx;

	/* settle.c's word for a field that did not arrive. */
	return target_is_good(change->target.kind) &&
	    strcmp(change->code, "not-taken") == 0 ?
	    snapshot_change_replan(flow->snap, change->row, err) : 0;
}

/* Names count as said when all could be said.  What goods could not be told
 * may be said with what is known now. */
static int
remember(struct flow *flow, const struct terms *terms, bool said,
    struct err *err)
{
	bool news = false;
	int rc;

	for (size_t i = 0; i < terms->count; i++) {
		const struct term *term = &terms->items[i];

		/* No rule and no good speaks of that one. */
		if (strcmp(term->id, ARTICLE) == 0)
			continue;
		note_moved(flow, term);
		rc = remember_one(flow, term->kind, str_of(term->of),
		    str_of(term->id), term->portal_id, err);
		if (rc == -1)
			return -1;
		news = news || (rc == 0 && term->portal_id != 0);
	}
	if (news && snapshot_change_each(flow->snap, CHANGE_FAILED, revive,
	    flow, err) == -1)
		return -1;
	return said ? remember_names(flow, terms, err) : 0;
}

/* `made`: this time the portal was let make what is missing. */
static int
note_unsure(struct flow *flow, bool made, bool unsure, struct err *err)
{
	if (unsure)
		return snapshot_meta_set_int(flow->snap, META_UNSURE,
		    clock_wall_ms(), err);
	if (made && snapshot_meta_int(flow->snap, META_UNSURE, 0) != 0)
		return snapshot_meta_set_int(flow->snap, META_UNSURE, 0, err);
	return 0;
}

static int
derive_moved(struct flow *flow, struct err *err)
{
	int rc = snapshot_meta_set_int(flow->snap, META_FINGERPRINT, 0, err);

	if (rc == 0)
		rc = flow_map(flow, err);
	term_set_free(flow->moved);
	flow->moved = NULL;
	return rc;
}

static int
remember_all(struct flow *flow, const struct terms *terms, bool made,
    bool unsure, struct err *err)
{
	bool own = !snapshot_in_transaction(flow->snap);
	int64_t rules = hash_of_rules(flow->config);
	int rc;

	if (own && snapshot_begin(flow->snap, err) == -1)
		return -1;
	rc = remember(flow, terms, made && !unsure, err);
	if (rc == 0 && made && !unsure)
		rc = refused_note(flow, terms, err);
	if (rc == 0 && snapshot_meta_int(flow->snap, META_DOUBT, 0) != 0)
		rc = snapshot_meta_set_int(flow->snap, META_DOUBT, 0, err);
	if (rc == 0)
		rc = note_unsure(flow, made, unsure, err);
	if (rc == 0 && snapshot_meta_int(flow->snap, META_TERM_RULES, 0) !=
	    rules)
		rc = snapshot_meta_set_int(flow->snap, META_TERM_RULES, rules,
		    err);
	if (rc == 0 && flow->moved != NULL)
		rc = derive_moved(flow, err);
	/* Last, for what derives anew stirs them. */
	if (rc == 0)
		rc = note_names(flow, terms, err);
	return own ? snapshot_end(flow->snap, rc, err) : rc;
}

static int
learn(struct flow *flow, struct terms *terms, struct err *err)
{
	uint64_t before = term_set_hash(flow->known);
	bool unsure = false;
	bool make = !flow->options.preview && may_make(flow);

	terms_recall(flow, terms);
	if (flow->remote.learn(flow->remote.ctx, terms, make, &unsure,
	    err) == -1)
		return -1;
	flow->term_makes = terms->makes;
	if (unsure)
		report_say(flow->report, "%s", _("it is not known whether the "
		    "portal has made a property, a store or a unit: what is "
		    "missing is looked for again by the next run"));
	if (remember_all(flow, terms, make, unsure, err) == -1)
		return -1;
	if (term_set_hash(flow->known) == before)
		return 0;
	/* So does this. */
	return flow_map(flow, err) == -1 ? -1 : note_names(flow, terms, err);
}

/* Variations have articles whatever else they have; where only services have
 * characteristics there are none. */
static void
add_article(const struct flow *flow, struct terms *terms)
{
	struct term *term;

	if (flow->config->catalog.characteristics !=
	    CHARACTERISTICS_VARIATIONS || flow->source.has_target == NULL ||
	    !flow->source.has_target(flow->source.ctx, TARGET_OFFER))
		return;
	term = term_list_add(terms);
	term->kind = TERM_TRAIT;
	term->id = mem_text(ARTICLE);
	term->name = mem_text("Артикул");
	term->code = mem_text("CML2_ARTICLE");
}

int
terms_learn(struct flow *flow, struct err *err)
{
	struct terms terms = { 0 };
	int rc = 0;

	if (flow->learned || !flow->config->catalog.enabled ||
	    flow->remote.learn == NULL)
		return 0;
	rc = terms_list(flow, &terms, err);
	if (rc == 0)
		add_article(flow, &terms);
	if (rc == 0)
		rc = learn(flow, &terms, err);
	term_list_free(&terms);
	flow->learned = rc == 0;
	return rc == 0 ? 0 : -1;
}
