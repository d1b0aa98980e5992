/*
 * 1C's properties, warehouses and units as they lie in memory, with what the
 * rules make of each: for map_term*.c and map_property.c alone.
 */
#ifndef MAPPING_MAP_TERM_H
#define MAPPING_MAP_TERM_H

#include "mapping/map_internal.h"

/* A property is told of goods and of variations apart: the portal has two
 * catalogues, each with properties of its own. */
enum map_side {
	SIDE_GOODS = 0,         /* products, parents, services */
	SIDE_OFFERS,            /* variations */
	SIDE_COUNT
};

/* Elements that are carried as properties. */
enum map_own {
	OWN_BARCODE = 0,
	OWN_MAKER,
	OWN_COUNTRY,
	OWN_CATEGORY,
	OWN_CODE,
	OWN_COUNT
};

struct map_term {
	/* The record that defines it; RECORD_NONE: one of enum map_own, or a
	 * реквизит that a rule names. */
	enum record_kind from;
	struct str id, name;    /* "@Штрихкод" of those of RECORD_NONE */
	const char *code;       /* standard in the portal, or NULL */
	enum term_type type;
	bool multiple, deleted;
	bool unlisted;          /* no list of 1C defines it, goods have it */
	bool unmade;            /* so it is not made, as "*" would have it */
	bool seen;              /* some offer has it */
	bool twofold;           /* 1C has several units of this code, and calls
				   them otherwise */
	bool in_goods;          /* of a реквизит: there is one */
	bool of_pairs;          /* but only as a pair of products that are made
				   of offers: a rule that names the portal's
				   property may be about variations, as these
				   were or will be, so it need not be there */
	const struct config_pair *pair;         /* that names it, or NULL */
	enum term_rule rules[SIDE_COUNT];
	bool carried[SIDE_COUNT];
	uint64_t round;         /* map_property.c: told by the offer */
	/* Of a warehouse for which the portal has no store, as it is that of
	 * another one of this name: the other's id. */
	struct str twin;
};

/* A value of a list. */
struct map_option {
	struct str id, text;
	size_t of;              /* index of its property */
	uint64_t hashes[2];     /* of id and of text; the text's takes long */
	bool again;             /* the text of an earlier one: that one's id
				   stands for both */
};

/* One line of FIELD_PROPERTIES while it is put together. */
struct map_line {
	size_t at, len;         /* in `raw` */
	struct str text;        /* there, once that does not move any more */
};

struct map_block;               /* texts; they do not move */
struct map_index {
	uint32_t *slots;        /* number + 1; 0: free */
	size_t size, count;     /* size: a power of two, or 0 */
};

struct map_terms {
	/* The first OWN_COUNT are those elements. */
	struct map_term *items;
	size_t count, size;
	size_t requisites, requisite_count;     /* from where, how many */
	struct map_option *options;
	size_t option_count, option_size;
	struct map_index by_id, by_option;
	struct map_block *blocks;
	int64_t left_out;       /* more than LIMIT_TERMS */
	bool values_read;       /* the options: map_term_read_values() */
	bool offers;            /* are there variations? */
	bool requisites_known;  /* do records say which ones goods have? */
	bool any[SIDE_COUNT];   /* is anything carried? */
	bool *used[TERM_LAST];  /* by rule: something in 1C bears its name */

	/* map_property.c's space. */
	struct buf raw, out;
	struct map_line *lines;
	size_t line_count, line_size;
	uint64_t round;
};

/* Does it begin with one of TERM_OWN, TERM_OF? */
static inline bool
map_term_begins(struct str text, const char *sign)
{
	return text.len > 0 && text.p[0] == sign[0];
}

/* What stands behind the sign. */
static inline struct str
map_term_behind(struct str text)
{
	return str_n(text.p + 1, text.len - 1);
}

/* ---- map_word.c: the words in memory ---- */

struct map_own_word {
	const char *id, *code;  /* "@Штрихкод", "CML2_BAR_CODE" */
	bool multiple;
};
const struct map_own_word *map_word_of_own(enum map_own own);
/* "@Штрихкод" of FIELD_BARCODE, or NULL: it is not carried as a property. */
const char *map_word_own(enum field field);
/* A copy that lives as long as the terms, cut to LIMIT_NAME_BYTES. */
struct str map_word_keep(struct map_terms *terms, struct str text);
/* A new one; NULL: there are too many. */
struct map_term *map_word_add(struct map_terms *terms, enum record_kind from,
    struct str id);
/* One more value of the list items[of]. */
void map_word_option(struct map_terms *terms, size_t of, struct str id,
    struct str text);
/* The text of a list's value, by its id; else the value. */
struct str map_word_text(const struct map *map, const struct map_term *term,
    struct str value);
/* NULL: no record defines it, or no rule names the реквизит. */
struct map_term *map_word_find(const struct map *map,
    enum record_kind from, struct str id);
/* The value's id where the property is a list that has it, by id or by text;
 * else the value.  STR_NONE: it says "nothing". */
struct str map_word_value(const struct map *map, const struct map_term *term,
    struct str value);
/* What the terms hold of words. */
void map_word_free(struct map_terms *terms);

/* ---- map_pack.c ---- */

/* What a rule for Пересчет is called. */
#define MAP_RECOUNT "Пересчет"
/* Is the FIELD_UNIT_FACTOR of another unit than the base one? */
bool map_pack_says(struct str recount);
/* "упаковка: 12 шт"; of the base unit the code and its name. */
void map_pack_text(const struct map *map, struct str recount, struct str base,
    struct str base_name, struct buf *out);

/* ---- map_term.c, map_term_read.c ---- */

/* Where the rules for terms of this kind stand; NULL: it has none. */
const struct config_map *map_term_rules(const struct map *map,
    enum term_kind kind);
/* The meaning of a rule. */
enum term_rule map_term_meaning(const struct config_pair *pair);
/* As map_term_rule(), for a term that is not kept yet; never with TERM_OF, for
 * that is decided with the property.  *pair: the rule for it alone, whatever
 * that says, or NULL. */
enum term_rule map_term_decide(const struct map *map, enum term_kind kind,
    struct str id, struct str name, const struct config_pair **pair);
/* The definition of a term, and which side of it is meant; or NULL. */
struct map_term *map_term_find(const struct map *map, enum term_kind kind,
    struct str id, enum map_side *side);
/* Reads them all, but for the values of lists. */
int map_term_read(struct map *map, struct err *err);
/* Reads those when they are wanted first: there may be 50,000 of them, and a
 * run with nothing to do wants none. */
int map_term_read_values(const struct map *map, struct err *err);

#endif
