/*
 * The rules: from what 1C stated to what the portal should hold.  Pure: it
 * reads records through a record_source and never touches network or disk.
 *
 * Values of a wanted target are texts in 1C's terms (a group's id, a rate
 * "20", a unit's code "796"); bitrix/ turns them into the portal's ids when
 * they are sent, so nothing here needs the portal.
 */
#ifndef MAPPING_MAP_H
#define MAPPING_MAP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/config.h"
#include "base/err.h"
#include "model/record.h"
#include "model/target.h"
#include "model/term.h"

struct map;

struct map_facts {
	bool quantity;          /* may quantities be written? (stock rule and
				   the portal's inventory mode) */
	bool documents;         /* is stock brought about by documents? */
	const struct term_set *known;   /* what the portal has; outlives the
				   map.  NULL: nothing */
};

/* Resolves the rules against the price types that records know. */
int map_open(struct map **out, const struct config *config,
    const struct record_source *source, const struct map_facts *facts,
    struct err *err);
void map_close(struct map *map);        /* NULL is fine */

/* Changes when a rule changed its meaning: then all is derived anew. */
uint64_t map_fingerprint(const struct map *map);

/* FIELD_PROPERTIES for a person: names instead of ids, texts of lists instead
 * of the values' ids; what is not known any more stays as it is. */
void map_title(const struct map *map, struct str lines, struct buf *out);

/* Is a good of this kind told by this term (an id of FIELD_PROPERTIES)? */
bool map_tells(const struct map *map, enum target_kind kind, struct str id);

/* Of a client and what belongs to it: does this field travel when 1C says
 * something of it?  Then a word that 1C does not repeat is as it was said.  Not
 * of fields in which further rules have their say (`fields`, `users`, `types`).
 */
bool map_carries(const struct map *map, enum target_kind kind,
    enum field field);

/* As given to map_open(). */
const struct map_facts *map_facts_given(const struct map *map);

/*
 * Every term that the rules and the records speak of, for remote->learn():
 * properties and their values, traits, warehouses, units.  Those that no good
 * would be told by (TERM_IGNORED) are left out, and so are those of rules
 * that nothing in 1C bears the name of.
 */
int map_terms(const struct map *map, struct terms *out, struct err *err);

#define MAP_MENTIONED TERM_OWN TERM_OWN
#define MAP_HELD TERM_OWN TERM_OF
#define MAP_SEVERAL TERM_OF TERM_OF
/*
 * Each id of RECORD_TRAIT that a PRODUCT's or OFFER's record speaks of, so
 * that flow/ keeps a record of it: "Цвет" (a characteristic's pair); TERM_OF
 * and the id of a property, TERM_OWN and the name of an element or реквизит
 * that variations have; MAP_MENTIONED and the name of a реквизит of any good,
 * MAP_HELD and the id of a property of any good, MAP_SEVERAL and that of one
 * that has several values there.
 * The same ones come again with each good.  What visit returns when that is
 * not 0 ends it and is returned.
 */
int map_mention(const struct record *record, int (*visit)(void *ctx,
    struct str id, struct err *err), void *ctx, struct err *err);

/* Does 1C call this product a service?  Then it is one, whatever
 * characteristics it has. */
bool map_form_is_service(const struct fields *product);

/* Does it matter to goods which groups their group lies in (a selection, the
 * managers' tree)?  Then all goods are derived anew when a group moved. */
bool map_heeds_groups(const struct map *map);

/* While held, records do not change: what was read of a group is kept. */
void map_group_hold(const struct map *map, bool held);

/* The product that map_targets() is called for next: its fields need not be
 * read again. */
void map_targets_offer(const struct map *map, const struct record *product);

/*
 * Calls visit for each target whose wanted values may depend on the record.
 * RECORD_COUNTERPARTY names the client, its requisite, bank accounts,
 * addresses and contact persons; the record of a document's party (ID#document)
 * names the same ones and speaks only where there is no fuller record.
 * RECORD_PRODUCT names every form of the good that may be in the portal, then
 * the prices, pictures and stock of it, then the same of each of its
 * characteristics: each good before what belongs to it.  RECORD_OFFER names
 * the forms of its product, then those of the characteristic and what is its;
 * the offer of a product that has characteristics all of them.  RECORD_PRICES
 * names the prices, and the good where a field of it depends on them;
 * RECORD_RESTS the good and its stock; both name all of the product where a
 * selection asks for prices or stock.  RECORD_PRICE_TYPE etc. name nothing
 * (they change the fingerprint).  Pictures that are in the portal and that the
 * record does not name any more are not visited: flow/ knows them.  Records
 * must not change before it returns.  What visit returns when that is not 0
 * ends it and is returned.
 */
int map_targets(const struct map *map, enum record_kind kind, struct str id,
    int (*visit)(void *ctx, const struct target *target, struct err *err),
    void *ctx, struct err *err);

/* Is it the section of a place of the managers' tree, of now or before? */
bool map_tree_is(const struct target *section);
/* Is this a place of the managers' tree that the configuration does not name
 * any more? */
bool map_tree_left(const struct map *map, const struct target *section);
/* The sections of the managers' tree, those above before those below; as
 * map_targets(). */
int map_tree_targets(const struct map *map,
    int (*visit)(void *ctx, const struct target *target, struct err *err),
    void *ctx, struct err *err);

/*
 * What the target should be.  `out` was made by wanted_init() and is filled
 * anew; what 1C does not own is not in out->fields, and what the portal owns
 * is in out->at_create.
 */
int map_derive(const struct map *map, const struct target *target,
    struct wanted *out, struct err *err);

/* The portal's code for 1C's spelling of a currency ("руб." -> "RUB"), of the
 * rules or the text itself: borrowed; STR_NONE: it is not known. */
struct str map_currency(const struct map *map, struct str text);

/* Sending order of a change (DESIGN 4, run: stock and prices before the rest,
 * parents before children); that of stock is no other target's. */
int map_rank(const struct target *target, enum verb verb,
    const struct fields *fields);

/*
 * Rules that name what no package has stated ("price type X is not known"),
 * 1C's price types that no rule maps, currencies that are not known (with the
 * number of prices that were left out since map_open()), and managers of 1C
 * whom `users` does not know: one call each.
 */
int map_warnings(const struct map *map, void (*tell)(void *ctx,
    const char *text), void *ctx, struct err *err);

/* Has 1C marked this counterparty, which is carried, deleted?  0: `out` is its
 * company or contact, `title` what 1C calls it; 1: no; -1. */
int map_party_marked(const struct map *map, struct str id, struct target *out,
    struct buf *title, struct err *err);

/* What 1C says of clients, and the portal gets not. */
struct map_left {
	int64_t count;
	char examples[1024];    /* "Ромашка: Skype live:x; …" */
};
enum map_left_what {
	MAP_LEFT_CONTACTS = 0,  /* how they are reached, for which there is no
				   place (Skype, an e-mail without '@', a phone
				   without a number) */
	MAP_LEFT_NUMBERS,       /* ИНН, КПП and ОГРН that are none */
	MAP_LEFT_NAMES,         /* companies' that are cut; by the Ид */
	MAP_LEFT_PARTS,         /* lists of more than LIMIT_PARTY_PARTS */
	MAP_LEFT_LAST
};
/* Adds those of this counterparty and of its contact persons, where it is
 * carried. */
int map_left(const struct map *map, struct str id,
    struct map_left left[MAP_LEFT_LAST], struct err *err);

void wanted_init(struct wanted *wanted);
void wanted_free(struct wanted *wanted);

#endif
