/*
 * How the configuration is read, for the files config*.c alone.
 *
 *   config_scan     the text: comments, lines, JSON
 *   config_table    which keys there are
 *   config_value    one key's value into struct config
 *   config_check    what several keys must agree on
 *   config_orders   the same of orders; their funnels
 *   config_tree     the managers' own tree
 *   config_webhook  the address of the portal, a secret
 *   config_note     what is said to the person, in the order of lines
 */
#ifndef BASE_CONFIG_INTERNAL_H
#define BASE_CONFIG_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include "base/buf.h"
#include "base/config.h"
#include "base/str.h"

enum key_type {
	KEY_TEXT,       /* char *; a number is a text here too */
	KEY_PATH,       /* char *, made absolute */
	KEY_WHOLE,      /* int or int64_t, times `unit` */
	KEY_NUMBER,     /* double */
	KEY_BOOL,       /* bool */
	KEY_CHOICE,     /* an enum (or bool): the word's place in `words` */
	KEY_DATE,       /* "2026-11-22" */
	KEY_LIST,       /* struct config_list; of `words` where these are */
	KEY_MAP,        /* struct config_map; names of `words` likewise */
	KEY_EACH,       /* an array of objects with the keys "path[].…" */
	KEY_NAMED       /* an object of such objects */
};

/* What a key's place is in. */
enum config_within {
	IN_CONFIG = 0,  /* struct config */
	IN_FUNNEL,      /* the last of orders.funnels */
	IN_PLACE        /* the last of catalog.tree */
};

struct config_key {
	const char *path;
	enum key_type type;
	/* The default as the file would say it; of a list "a|b", of a map
	 * "name=value|…".  NULL: null, or empty. */
	const char *fallback;
	enum config_within within;
	size_t place, size;     /* in it; size 0: checked only */
	int64_t min, max;       /* as written; both 0: any */
	int64_t unit;           /* what it is multiplied by; 0 is 1 */
	const char *const *words;       /* ended by NULL */
	bool later;             /* not used yet: said when it is set */
};

struct config_note {
	long line;              /* 0: the file as a whole */
	char *text;
};
struct config_notes {
	struct config_note *items;
	size_t count, size;
	size_t more;            /* not kept */
};

struct config_reader {
	struct config *config;
	const char *path;
	const cJSON *root;
	long *given;            /* line of each key of the table; 0: default */
	struct config_notes errors, warnings;
};

/* config_note.c: "FILE:LINE: text", a line each. */
__attribute__((format(printf, 3, 4)))
void config_note_error(struct config_reader *reader, long line,
    const char *format, ...);
__attribute__((format(printf, 3, 4)))
void config_note_warn(struct config_reader *reader, long line,
    const char *format, ...);
/* Puts the notes into `out`, by line; what does not fit is counted. */
void config_note_write(struct buf *out, struct config_notes *notes,
    const char *path);
void config_note_free(struct config_notes *notes);

/*
 * config_scan.c: the tree, or NULL and errors are noted.  `text` is changed.
 * The caller calls cJSON_Delete().
 */
cJSON *config_scan_parse(struct config_reader *reader, struct buf *text);
/* The line on which an item of that tree stands. */
long config_scan_line(const cJSON *item);

/* config_table.c */
size_t config_table_count(void);
const struct config_key *config_table_at(size_t n);
/* NULL: no such key. */
const struct config_key *config_table_find(const char *path);
/* Are there keys below this path ("catalog.select")? */
bool config_table_is_section(const char *path);
/* The known path that looks most like this one, or NULL. */
const char *config_table_nearest(const char *path, char space[128]);
size_t config_table_index(const struct config_key *key);
/* The line on which the key stands; 0: it was left out. */
long config_table_line(const struct config_reader *reader,
    const char *path);

/* config_value.c */
void config_value_default(struct config *config,
    const struct config_key *key);
/* Checks the item and stores it where it belongs. */
void config_value_store(struct config_reader *reader,
    const struct config_key *key, const cJSON *item);
/* Does the item say what would hold without it? */
bool config_value_is_default(const struct config_key *key,
    const cJSON *item);
void config_value_free(struct config *config, const struct config_key *key);
/* "delete, deactivate, keep" */
void config_value_words(struct buf *out, const char *const *words);

/* config_check.c */
void config_check(struct config_reader *reader);
/* An error where pair n of `map` goes where one of the first `count` of
 * `others` goes: the two would overwrite one another. */
void config_check_apart(struct config_reader *reader, const char *path,
    const struct config_map *map, size_t n, const struct config_map *others,
    size_t count);

/* It names a file of folders.outbox, or an error is noted; NULL is fine. */
void config_check_file(struct config_reader *reader, const char *path,
    const char *name);

/* config_orders.c: the rest of `path` below `folder`, without a slash at its
 * start; NULL: it is elsewhere. */
const char *config_orders_below(const char *path, const char *folder);
/* The orders file's name, of the profile where the file is
 * silent. */
const char *config_orders_name(const struct config *config);
/* a funnel more, which the keys of funnels now go to. */
void config_orders_add(struct config *config, long line);
void config_orders_check(struct config_reader *reader);
/* Funnels, and what config_orders_fill() has put there. */
void config_orders_free(struct config *config);
/* What the profile says where the file is silent; in_inbox. */
void config_orders_fill(struct config *config);

/* config_tree.c: a place more, which the keys of places now go to. */
void config_tree_add(struct config_reader *reader, const cJSON *item);
void config_tree_check(struct config_reader *reader);
void config_tree_free(struct config *config);

/* config_webhook.c: finds, checks and keeps the address. */
void config_webhook(struct config_reader *reader);

#endif
