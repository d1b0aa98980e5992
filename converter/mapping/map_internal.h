/* What the files map*.c share. */
#ifndef MAPPING_MAP_INTERNAL_H
#define MAPPING_MAP_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "mapping/map.h"
#include "model/flat.h"
#include "model/party.h"

enum map_owner {
	OWNER_1C = 0,
	OWNER_PORTAL,           /* said once, when the object is made */
	OWNER_NEVER
};

/* A price type of 1C that a rule names. */
struct map_type {
	char *id;
	char *currency;         /* of its prices that name none; or NULL */
	size_t rule;            /* index in config.catalog.price_types */
};

/* A currency that nobody explained. */
#define MAP_STRANGERS 8
struct map_stranger {
	char *name;
	int64_t prices;
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
	WORD_OKOPF,
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
	char inn[16], kpp[16], ogrn[16];
	enum map_party_kind kind;
	bool client;            /* by its role */
};

/* The name of a person, in parts. */
struct map_name {
	struct str last, first, second;
};

/*
 * Records that were read.  Several targets are derived of one product, so
 * within one map_targets() its records are read once; afterwards they may
 * change, so nothing is kept.
 */
struct map_work {
	bool open;              /* within map_targets() */
	bool offered;           /* `product` is what the next call is about */
	bool has_product, has_prices;   /* below is what `id` has */
	int product_rc, prices_rc;      /* 0, or 1: no such record */
	bool absent;
	size_t id_len;
	char id[LIMIT_KEY_BYTES];
	struct fields product, prices;
	struct fields rests, group;     /* space, nothing is kept */
	struct map_groups *groups;      /* while held, else NULL */
	struct map_party party;
	struct map_stranger strangers[MAP_STRANGERS];
	size_t stranger_count;
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

/* map_currency.c: the code for 1C's spelling, or STR_NONE. */
struct str map_currency(const struct map *map, struct str text);
/* One more price is left out for its currency. */
void map_currency_note(const struct map *map, struct str text);

/* map_group.c: may a group be a section?  0 yes; 1 no such record; 2 it is
 * deleted or has no name; -1. */
int map_group_state(const struct map *map, struct str id, struct err *err);
/* The same, out of memory while the map is held; work->group is not to be
 * relied on. */
int map_group_state_held(const struct map *map, struct str id,
    struct err *err);

/* map_product.c: the product's record and what became of it. */
int map_product_read(const struct map *map, struct str id, struct err *err);
enum wanted_state map_product_state(const struct map *map);

/* map_derive.c's parts, one per kind of target. */
int map_group_derive(const struct map *map, struct str id,
    struct wanted *out, struct err *err);
int map_product_derive(const struct map *map, struct str id,
    struct wanted *out, struct err *err);
int map_price_derive(const struct map *map, const struct target *target,
    struct wanted *out, struct err *err);

/* map_party.c: reads a counterparty into work->party: 0; 1: no record; -1. */
int map_party_read(const struct map *map, struct str id, struct err *err);
/* What becomes of all that is derived of work->party. */
enum wanted_state map_party_state(const struct map *map);
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

/* map_party_person.c: the contact person's id as it stands in keys: its Ид,
 * else its name; empty: it is nobody.  `node` is the Представитель. */
void map_party_person_id(struct buf *out, const struct map *map,
    const struct flat_node *node);
int map_party_person_derive(const struct map *map,
    const struct target *target, struct wanted *out, struct err *err);

/* map_party_client.c, map_party_papers.c */
int map_party_client_derive(const struct map *map,
    const struct target *target, struct wanted *out, struct err *err);
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

/* Puts a value where its owner wants it. */
void map_derive_put(struct wanted *out, enum map_owner owner,
    enum field field, struct str value);

#endif
