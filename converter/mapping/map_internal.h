/* What the files map*.c share. */
#ifndef MAPPING_MAP_INTERNAL_H
#define MAPPING_MAP_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/decimal.h"
#include "mapping/map.h"
#include "model/flat.h"
#include "model/party.h"

enum map_owner {
	OWNER_1C = 0,
	OWNER_PORTAL,           /* said once, when the object is made */
	OWNER_NEVER
};

enum map_stated {
	STATED_NOT = 0,
	STATED_YES,
	STATED_NO
};

/* A price type of 1C that a rule names. */
struct map_type {
	char *id;
	char *currency;         /* of its prices that name none; or NULL */
	size_t rule;            /* index in config.catalog.price_types */
	enum map_stated vat_included;
};

/* A currency that nobody explained. */
#define MAP_STRANGERS 8
struct map_stranger {
	char *name;
	int64_t prices;
};

/* A walk over the values of its реквизиты; begins as { 0 }. */
struct map_extra {
	size_t requisite, value;
	bool inside;            /* `node` is one that is asked for */
	bool any;               /* some value was found */
	struct flat_node node;  /* the ЗначениеРеквизита */
};

/* What 1C says of a counterparty in single elements. */
enum map_word {
	WORD_NONE = 0,
	WORD_ROLE,
	WORD_NAME,
	WORD_OFFICIAL,          /* ОфициальноеНаименование: of the legal */
	WORD_FULL,              /* ПолноеНаименование: of persons, mostly */
	WORD_LAST_NAME,
	WORD_FIRST_NAME,
	WORD_SECOND_NAME,
	WORD_INN,
	WORD_KPP,
	WORD_OGRN,
	WORD_OKPO,
	WORD_OKPO_CODE,         /* КодПоОКПО counts before ОКПО */
	WORD_OKVED,
	WORD_DIRECTOR,
	WORD_COMMENT,
	WORD_LAST
};

enum map_party_kind {
	KIND_LEGAL = 0,
	KIND_ENTREPRENEUR,
	KIND_INDIVIDUAL
};

/* A counterparty as it was read. */
struct map_party {
	bool known;             /* within map_targets(): below is `id` */
	int rc;                 /* 0, or 1: no record of it */
	size_t id_len;
	char id[LIMIT_KEY_BYTES];
	struct fields record;
	struct flat_node root;
	struct str words[WORD_LAST];    /* of `record`; STR_NONE: not said */
	struct buf title;       /* "": it has no name at all */
	/* Digits as the portal takes them; "": not said, or not a number of
	 * its length. */
	char inn[PARTY_NUMBER_BYTES], kpp[PARTY_NUMBER_BYTES];
	char ogrn[PARTY_NUMBER_BYTES];
	enum map_party_kind kind;
	bool client;            /* by its role */
	bool selected;          /* by counterparties.select */
};

/* The name of a person, in parts. */
struct map_name {
	struct str last, first, second;
};

/* A record that was read. */
struct map_slot {
	bool known;             /* within map_targets(): below is `id` */
	int rc;                 /* 0, or 1: no such record */
	bool absent;            /* of a product */
	size_t id_len;
	char id[LIMIT_KEY_BYTES];
	struct fields fields;
};

/* One characteristic of a product: an offer "product#characteristic". */
struct map_row {
	char *id;
	bool deleted, absent;
	bool own;               /* it is goods of its own, with a record under
				   this id: no characteristic */
	bool live;
};

struct map_rests;

/* A product with its characteristics. */
struct map_base {
	bool known;             /* below is `id`, while map_good_holds() */
	uint64_t generation;    /* of the records that it was read of */
	size_t id_len;
	char id[LIMIT_KEY_BYTES];
	int rc;                 /* 0, or 1: no record of the product */
	enum target_kind form;  /* what it is; NONE: its characteristics are
				   products instead of it */
	bool selected;
	bool live;              /* some characteristic is */
	bool own_absent;        /* 1C offers only characteristics of it now */
	bool visited;           /* with all that is its, of these records */
	struct map_row *rows;   /* by id */
	size_t count, size;
	struct map_rests *rests;        /* map_stock.c's; or NULL */
};

/* A good, by the id that its targets bear. */
struct map_good {
	struct str product;     /* id of the product; in the id that was
				   asked for */
	const struct map_row *row;      /* a characteristic of it, or NULL */
	int rc;                 /* 0, or 1: 1C has not stated it */
	enum target_kind form;  /* what it is now; NONE: nothing */
	enum wanted_state state;        /* of that */
	bool off;               /* switched off */
	bool absent;            /* 1C does not name it, and it is kept */
};

/*
 * Records that were read.  Several targets are derived of one product, so
 * within one map_targets() its records are read once; afterwards they may
 * change, so of them is kept only what the source says is still true.
 */
struct map_work {
	bool open;              /* within map_targets() */
	bool offered;           /* `product` is what the next call is about */
	struct map_slot product, offer, prices, rests;
	struct map_base base;
	struct fields group;    /* space, nothing is kept */
	struct map_groups *groups;      /* while held, else NULL */
	struct map_party party;
	struct map_stranger strangers[MAP_STRANGERS];
	size_t stranger_count;
	char *managers[MAP_STRANGERS];  /* whom `users` does not know */
	size_t manager_count;
	char rateless[LIMIT_ID_BYTES];  /* a good whose price no rate of VAT
				   turns into what its flag says; or "" */
	bool packs;             /* some price was of a package alone; how many
				   is not known: each is derived again */
	bool unplaced;          /* 1C has some of a good, and says not where,
				   while documents need a warehouse */
};

struct map {
	const struct config *config;
	const struct record_source *source;
	struct map_facts facts;
	uint64_t fingerprint;
	struct map_type *types;
	size_t type_count;
	enum map_owner goods[FIELD_LAST], groups[FIELD_LAST], prices;
	bool never[TARGET_LAST][FIELD_LAST];    /* of the CRM's: left out */
	bool states_vat;        /* some type says whether VAT is included */
	const struct map_type *vat_lead;        /* map_vat.c's; or NULL */
	bool mixes_vat;         /* another type says otherwise than that */
	bool ignores_stores;    /* a rule leaves out a warehouse */
	bool reads_offers;      /* a product's own offer may have properties
				   that are carried */
	struct map_terms *terms;        /* map_term.c's */
	struct map_tree *tree;  /* map_tree.c's; NULL: there is none */
	struct map_named *selection;    /* map_select.c's; or NULL */
	char **asked_types;     /* price types of 1C that the selection asks
				   of, by Ид */
	size_t asked_type_count;
	struct map_work *work;  /* apart, for it changes while the rest is
				   constant */
};

/* map_type.c: the 1C types behind the rules. */
int map_type_resolve(struct map *map, struct err *err);
void map_type_free(struct map *map);
/* The rule for a type: its index, or -1; *type is set when it is known. */
int map_type_rule(const struct map *map, struct str id,
    const struct map_type **type);
/* The rule that names the type, by Ид or name; -1: none. */
int map_type_find(const struct config *config, struct str id,
    struct str name);
/* Has 1C stated a type that the rule names? */
bool map_type_behind(const struct map *map, int rule);

/* map_currency.c */
/* One more price is left out for its currency. */
void map_currency_note(const struct map *map, struct str text);

/* Where a group lies. */
struct map_lying {
	int state;              /* as map_group_state() */
	bool selected;          /* in or below a group of catalog.select */
	bool excepted;          /* in or below one that it leaves out */
	int place;              /* of catalog.groups; -1: in none */
	bool again;             /* further places name it too */
};

/* map_group.c: may a group be a section?  0 yes; 1 no such record; 2 it is
 * deleted or has no name; -1. */
int map_group_state(const struct map *map, struct str id, struct err *err);
/* The groups of work->product, one after the other; *at: 0 at first.  Where
 * they lie comes out of memory while the map is held; work->group is not to be
 * relied on.  1, 0 no more, -1. */
int map_group_next(const struct map *map, size_t *at, struct str *group,
    struct map_lying *lying, struct err *err);
int map_group_derive(const struct map *map, struct str id,
    struct wanted *out, struct err *err);

/* map_line.c: a group and those above it, from below. */
struct map_line;
struct map_line *map_line_new(void);
void map_line_free(struct map_line *line);      /* NULL is fine */
int map_line_read(struct map_line *line, const struct map *map,
    struct str id, struct err *err);
/* Is one of them the group of this Ид or path "А/Б"? */
bool map_line_has(const struct map_line *line, const char *named);
/* Is one of them the group of this Ид? */
bool map_line_passes(const struct map_line *line, struct str id);
/* Does the path go through the group, or end with it? */
bool map_line_is_above(const struct map_line *line, struct str path);
/* The next name of a path, trimmed; empty ones are passed over.  False at
 * the end. */
bool map_line_part(struct str *path, struct str *part);

/* map_good.c: goods, their forms and what became of them. */
/* Reads into a slot: 0; 1 no such record; -1. */
int map_good_slot(const struct map *map, struct map_slot *slot,
    enum record_kind kind, struct str id, struct err *err);
/* The product and its characteristics into work->base and work->product: 0,
 * also where 1C has not stated it; -1. */
int map_good_base(const struct map *map, struct str product,
    struct err *err);
/* The good of an id, and its product as by map_good_base().  0; -1. */
int map_good_find(const struct map *map, struct str id,
    struct map_good *out, struct err *err);
/* Is work->base still as the records are? */
bool map_good_holds(const struct map *map);
/* Do rests and prices of the product of work->base itself count?  They stay
 * in the records when 1C offers its characteristics instead. */
bool map_good_counts(const struct map *map);
/* The characteristic of this id in work->base, or NULL. */
const struct map_row *map_good_row(const struct map *map, struct str id);
/* Each record of the kind that the product's live characteristics have. */
int map_good_each(const struct map *map, enum record_kind kind,
    struct str product, void (*visit)(void *arg,
    const struct record *record), void *arg, struct err *err);
/* Can it be goods that the catalogue itself lists by its characteristic, under
 * the id that an offer would have? */
bool map_good_may_be_listed(const struct map_good *good);
/* The offer of a good into work->offer: of a characteristic; or of the
 * product itself, where map->reads_offers or it may be listed so.  *out: NULL
 * where there is none. */
int map_good_offer(const struct map *map, const struct map_good *good,
    struct str id, const struct fields **out, struct err *err);
void map_good_forget(struct map_work *work);

/* map_form.c: what a product and its characteristics are.  plain: it is
 * offered without any. */
void map_form_decide(const struct map *map, bool plain);
/* What becomes of the good in its form, but for the selection. */
void map_form_state(const struct map *map, struct map_good *good);

struct map_hearer;
/* A good that a rule names. */
struct map_name_of {
	uint64_t hash;
	size_t place;           /* of the rule, as the caller counts */
	const char *text;       /* borrowed */
	bool met;               /* map_named_meet(): some good is it */
};
struct map_named {
	struct map_name_of *items;      /* by hash, then by place */
	size_t count;
};
/* map_named.c: fill it, sort it, then ask it. */
struct map_named *map_named_new(void);
void map_named_free(struct map_named *named);   /* NULL is fine */
void map_named_add(struct map_named *named, const struct config_list *goods,
    size_t place);
void map_named_sort(struct map_named *named);
/* The first place behind `after` (-1: of all) that names the product by Ид,
 * article or name; -1.  named: NULL is fine. */
int map_named_find(const struct map_named *named, struct str id,
    const struct fields *product, int after);
/* Which of them are met among all goods: 1; 0: there are no goods; -1. */
int map_named_meet(const struct map *map, struct map_named *named,
    struct err *err);

/* map_select.c: is the product of work->base to be carried?  *out; -1. */
void map_select_open(struct map *map);
void map_select_close(struct map *map);
/* Adds what the selection asks, and nothing where it asks nothing new. */
uint64_t map_select_hash(const struct map *map, uint64_t hash);
/* Is the group of the line left out, or one above it? */
bool map_select_excepts(const struct map *map, const struct map_line *line);
/* Of map_warnings(): a line for each name that nothing of 1C bears. */
int map_select_tell(const struct map *map, const struct map_hearer *to,
    struct err *err);
int map_select_product(const struct map *map, struct str product, bool *out,
    struct err *err);
/* Is there anything that is asked of goods? */
bool map_select_asks(const struct map *map);

/* map_called.c: what goods with a characteristic are called.  The good is an
 * offer of work->product. */
void map_called_offer(const struct map *map, const struct fields *offer,
    struct buf *out);
/* It is work->product, with pairs of its own, or of its offer (or NULL).
 * False: there are none. */
bool map_called_listed(const struct map *map, const struct fields *offer,
    struct buf *out);

/* map_stock.c: the quantity, and the stock of single warehouses. */
void map_stock_forget(struct map_base *base);
int map_stock_put(const struct map *map, const struct map_good *good,
    struct str id, struct wanted *out, struct err *err);
/* The total over the product of work->base and its characteristics. */
int map_stock_total(const struct map *map, struct str product,
    struct decimal *out, bool *found, struct err *err);
int map_stock_targets(const struct map *map, const struct map_good *good,
    struct str id, int (*visit)(void *ctx, const struct target *target,
    struct err *err), void *ctx, struct err *err);
int map_stock_derive(const struct map *map, const struct target *target,
    struct wanted *out, struct err *err);

/* map_place.c: the sections that the product of work->product lies in. */
int map_place_put(const struct map *map, struct str product,
    struct wanted *out, struct err *err);

/* map_product.c: products, parents, variations and services. */
int map_product_derive(const struct map *map, const struct target *target,
    struct wanted *out, struct err *err);
/* Its pictures. */
int map_product_picture(const struct map *map, const struct target *target,
    struct wanted *out, struct err *err);

/* map_price.c */
int map_price_derive(const struct map *map, const struct target *target,
    struct wanted *out, struct err *err);
/* Is VAT in the good's prices? */
int map_price_put_vat(const struct map *map, struct str id,
    struct wanted *out, struct err *err);
/* Has the product of work->base, or a characteristic of it, a price above 0 of
 * a type that a rule names?  1, 0, -1. */
int map_price_any(const struct map *map, struct str product,
    struct err *err);
/* Or one of the type of catalog.select.price, between its amounts? */
int map_price_between(const struct map *map, struct str product,
    struct err *err);

/*
 * map_vat.c: the portal has one flag "VAT is in the prices" of a good, 1C one
 * of a price type.
 */
/* How a price becomes what the flag says: times `times`, by `by`. */
struct map_vat {
	int64_t times, by;
};
/* Finds map->vat_lead. */
void map_vat_resolve(struct map *map);
/* Are prices carried otherwise than 1C states them? */
bool map_vat_converts(const struct map *map);
/* For a price of the type (NULL: not known) of the good in work->product,
 * whose flag is as `lead` says: 0; 1: no rate of VAT is known, which was
 * noted; -1. */
int map_vat_way(const struct map *map, const struct map_good *good,
    struct str id, const struct map_type *type, const struct map_type *lead,
    struct map_vat *out, struct err *err);

/* map_tree.c: the managers' own tree. */
void map_tree_open(struct map *map);
void map_tree_close(struct map *map);
/* The first place behind `after` (-1: of all) that names one of the groups of
 * the line; -1. */
int map_tree_of_group(const struct map *map, const struct map_line *line,
    int after);
/* The first place behind `after` (-1: of all) that names the product itself;
 * -1. */
int map_tree_of_good(const struct map *map, struct str id,
    const struct fields *product, int after);
/* The target of a place's section: 0, or -1 as target_set(). */
int map_tree_section(const struct map *map, int place, struct target *out);
/* A line for each good that a place names and nothing in 1C is. */
int map_tree_tell(const struct map *map, const struct map_hearer *to,
    struct err *err);
void map_tree_derive(const struct map *map, struct str id,
    struct wanted *out);

/* map_party.c: reads a counterparty into work->party: 0; 1: no record; -1. */
int map_party_read(const struct map *map, struct str id, struct err *err);
/* What becomes of all that is derived of work->party. */
enum wanted_state map_party_state(const struct map *map);
/* Does a rule say what becomes of those that 1C marked deleted? */
bool map_party_marks(const struct config *config);
/* Is work->party one that is carried, and marked deleted? */
bool map_party_is_marked(const struct map *map);
/* TARGET_COMPANY or TARGET_CONTACT. */
enum target_kind map_party_holder(const struct map *map);
/* Does the portal need requisites of it? */
bool map_party_has_requisite(const struct map *map);
/* Every target of the record; `visit` as of map_targets(). */
int map_party_targets(const struct map *map, struct str id,
    int (*visit)(void *ctx, const struct target *target, struct err *err),
    void *ctx, struct err *err);
/* Puts a value where owners let it be. */
void map_party_put(const struct map *map, enum target_kind kind,
    struct wanted *out, enum field field, struct str value);

/* map_party_kind.c: legal, entrepreneur or individual. */
enum map_party_kind map_party_kind_of(const struct map_party *party);
const char *map_party_kind_name(enum map_party_kind kind);

/* map_party_rows.c */
/* The first text that says something at a path below the node; NULL: the
 * node's own text. */
struct str map_party_rows_text(const struct flat_node *node,
    const char *wanted);
/* Trimmed; STR_NONE where 1C says "nothing": blank or "<>". */
struct str map_party_rows_value(struct str text);

/* map_party_name.c: in parts where 1C says so, else from the whole name. */
void map_party_name_take(struct map_name *out, struct str last,
    struct str first, struct str second, struct str whole,
    struct str other);

/* map_party_contacts.c: phones, e-mails and sites of the node. */
void map_party_contacts_put(const struct map *map, enum target_kind kind,
    const struct flat_node *node, struct wanted *out);
/* A "Почта" that is no e-mail is a postal address; or STR_NONE. */
struct str map_party_contacts_post(const struct flat_node *node);
/* Those of the node that no portal has a place for. */
void map_party_contacts_left(const struct flat_node *node, struct str whose,
    struct map_left *left);
/* map_left.c: one more. */
void map_left_add(struct map_left *left, struct str whose, struct str type,
    struct str value);

/* map_party_person.c: the contact person's id as it stands in keys: its Ид,
 * else its name; empty: it is nobody.  `node` is the Представитель. */
void map_party_person_id(struct buf *out, const struct map *map,
    const struct flat_node *node);
/* Adds what of the persons' contacts has no place in the portal. */
void map_party_person_left(const struct map *map, struct map_left *left);
int map_party_person_derive(const struct map *map,
    const struct target *target, struct wanted *out, struct err *err);

/* map_party_extra.c: the next value of the реквизит of this name (STR_NONE:
 * of any) that says something; false at the end. */
bool map_party_extra_next(const struct map_party *party, struct str name,
    struct map_extra *at, struct str *value);
/* FIELD_USER_FIELDS: a line for each value of each rule. */
void map_party_extra_put(const struct map *map, enum target_kind kind,
    struct wanted *out);
/* Does counterparties.select let it be carried? */
bool map_party_extra_selected(const struct map *map,
    const struct map_party *party);

/* map_party_manager.c: FIELD_MANAGER of what is made of work->party. */
void map_party_manager_put(const struct map *map, enum target_kind kind,
    struct wanted *out);
void map_party_manager_free(struct map_work *work);

/* map_party_client.c, map_party_papers.c */
int map_party_client_derive(const struct map *map,
    const struct target *target, struct wanted *out, struct err *err);
/* The portal's type of a client by its role; or STR_NONE.  The second: of
 * work->party. */
struct str map_party_client_type_of(const struct map *map, struct str role);
struct str map_party_client_type(const struct map *map);
int map_party_papers_derive(const struct map *map,
    const struct target *target, struct wanted *out, struct err *err);
/* The account's number as it stands in keys; false: none. */
bool map_party_papers_account(char out[64], const struct flat_node *node);

/* map_party_address.c: the address of the portal's type; false: 1C states
 * none. */
bool map_party_address_find(const struct map_party *party, struct str type,
    struct flat_node *out, struct str *text);
/* The n-th type that there is; NULL at the end. */
const char *map_party_address_type(size_t n);
int map_party_address_derive(const struct map *map,
    const struct target *target, struct wanted *out, struct err *err);

/*
 * map_term.c: what the rules say of 1C's properties, warehouses and units.
 * Definitions are read once, when the map is opened (and hashed into the
 * fingerprint with what the rules make of them).
 */
int map_term_open(struct map *map, struct err *err);
void map_term_close(struct map *map);
uint64_t map_term_hash(const struct map *map, uint64_t hash);
/* The rule for a term: by its id, else by its name (of the definition, where
 * `name` is STR_NONE), else CONFIG_OTHERS, else TERM_MATCHED.  *pair: the rule
 * where it is TERM_NAMED; may be NULL. */
enum term_rule map_term_rule(const struct map *map, enum term_kind kind,
    struct str id, struct str name, const struct config_pair **pair);
/* Is it carried: asked for by a rule, or in the portal as far as is known? */
bool map_term_carried(const struct map *map, enum term_kind kind,
    struct str of, struct str id);

/* Whom map_warnings() tells. */
struct map_hearer {
	void (*tell)(void *ctx, const char *text);
	void *ctx;
};
__attribute__((format(printf, 2, 3)))
void map_warnings_line(const struct map_hearer *to, const char *format, ...);

/* map_vat.c, of map_warnings(): a line for each type whose prices are carried
 * with VAT taken out or put in, and one for those that cannot be. */
void map_vat_tell(const struct map *map, const struct map_hearer *to);

/* map_party_manager.c, of map_warnings(): a line for each manager of 1C whom
 * no rule knows. */
void map_party_manager_tell(const struct map *map,
    const struct map_hearer *to);

/* map_terms.c, of map_warnings(): a line for each rule of properties and
 * warehouses that nothing in 1C bears the name of, and for terms that are too
 * many. */
int map_terms_tell(const struct map *map, const struct map_hearer *to,
    struct err *err);

/*
 * map_property.c: FIELD_PROPERTIES, FIELD_WEIGHT and the dimensions of a good
 * of this kind.  offer: of a characteristic or the offer of the product
 * itself; NULL: there is none.
 */
int map_property_put(const struct map *map, enum target_kind kind,
    const struct fields *product, const struct fields *offer,
    struct wanted *out, struct err *err);

/* map_picture.c: the pictures of a good whose record this is (of a variation:
 * of its offer).  Targets by visit (as of map_targets()). */
int map_picture_targets(const struct map *map, struct str id,
    const struct fields *record, int (*visit)(void *ctx,
    const struct target *target, struct err *err), void *ctx,
    struct err *err);
/* good: the good as it is wanted, `kind` NONE where it is not in the portal's
 * sense there (gone, switched off, unknown).  Not named by the record:
 * WANTED_GONE. */
void map_picture_derive(const struct map *map, const struct target *target,
    const struct fields *record, const struct target *good,
    struct wanted *out);

/* The portal refuses a longer name (catalog.product.add, NAME); titles of
 * companies and names of requisites have the same length. */
#define NAME_CHARACTERS 255

/* At most so many characters, and no blank where it was cut. */
struct str map_derive_cut(struct str name, size_t characters);

/* Puts a value where its owner wants it. */
void map_derive_put(struct wanted *out, enum map_owner owner,
    enum field field, struct str value);

#endif
