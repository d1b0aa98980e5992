/*
 * The exchange's configuration (DESIGN 4): one JSON file with comments.  A
 * table of keys with types, defaults and ranges drives reading; an unknown
 * key, a wrong type, a value out of range is an error with file, line and
 * the nearest known name, and all errors are reported at once.
 */
#ifndef BASE_CONFIG_H
#define BASE_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

/* A map of names: "Розничная" -> "BASE", in the file's order. */
struct config_pair {
	char *name;
	char *value;
	long line;
};
struct config_map {
	struct config_pair *pairs;
	size_t count;
};
struct config_list {
	char **items;
	size_t count;
};

enum config_marked { MARKED_DELETE, MARKED_DEACTIVATE, MARKED_KEEP };
enum config_absent { ABSENT_KEEP, ABSENT_DEACTIVATE, ABSENT_DELETE };
enum config_stock { STOCK_AUTO, STOCK_QUANTITY, STOCK_DOCUMENTS, STOCK_OFF };
enum config_characteristics {
	CHARACTERISTICS_VARIATIONS,
	CHARACTERISTICS_PRODUCTS,
	CHARACTERISTICS_IGNORE
};

enum config_language { LANGUAGE_RU, LANGUAGE_EN };
enum config_profile { PROFILE_UNF, PROFILE_UT11, PROFILE_UT103,
    PROFILE_BITRIX };
enum config_encoding { ENCODING_UTF8_BOM, ENCODING_UTF8, ENCODING_1251 };
enum config_unknown_lines { UNKNOWN_HOLD, UNKNOWN_SEND, UNKNOWN_SERVICE };

/* One funnel of the portal whose deals are orders.  Names or ids of the
 * portal, as a person wrote them. */
struct config_funnel {
	char *funnel;
	struct config_list export_stages;
	char *won, *lost;               /* NULL: by the stages' meaning */
	char *paid_stage, *shipped_stage;       /* NULL: no move */
	struct config_map status_to_1c; /* stage -> 1C's status */
	struct config_map status_from_1c;       /* 1C's status -> stage */
	bool lines_from_1c;
	bool silent_behind;             /* behind the exported stages 1C hears
					   of the end alone */
	struct config_map requisites;   /* реквизит -> a fixed text */
	long line;
};

/* A place of the managers' own tree: "Каталог/Бумага". */
struct config_place {
	char *path;
	struct config_list groups;      /* of 1C, by path "А/Б" or Ид: all that
					   lies in and below them */
	struct config_list goods;       /* by Ид, article or name */
	long line;
};

struct config_orders {
	bool given;             /* the section is in the file: without it no
				   deal is looked at, no outbox written */
	enum config_profile profile;
	enum config_encoding encoding;
	char *file;             /* a plain name in folders.outbox */
	char *in_inbox;         /* where the inbox has this file when it looks:
				   "Orders.xml", "out/Orders.xml"; NULL: it is
				   not there, or not `given` */
	int number_first, number_last;
	char *since;            /* "2026-11-22"; NULL: the first run's day */
	bool date_begin;        /* the deal's begin, else its creation */
	enum config_unknown_lines unknown_lines;
	struct config_list vat_known;   /* "0", "10" … */
	int64_t unseen_ms, reconcile_ms;
	struct config_funnel *funnels;
	size_t funnel_count;
	/* number, onec_number, onec_date, paid, payment_date, payment_type,
	 * payment_sum, payment_method, payment_comment, shipped,
	 * shipment_date -> user field of the deal */
	struct config_map fields;
	struct config_map requisites;   /* реквизит -> user field */
	bool notify_on_payment;
	bool create_deals;      /* of orders that began in 1C */
};

struct config {
	char *path;             /* the file */
	char *folder;           /* its folder: relative paths start here */

	struct {
		char *webhook;          /* the address itself; a secret.  NULL
					   when OAuth is used */
		char *oauth_file;       /* NULL: webhook */
		char *oauth_host;       /* NULL: as the tokens' file says */
		char *client_id;
		enum config_language language;  /* of what people read there */
		double requests_per_second;
		int burst;
		int operating_seconds;
		char *limits_dir;
		int batch_size;         /* 1 to 50 */
		int64_t timeout_ms;
		int64_t retry_max_ms;
		int64_t unknown_ms;
	} portal;
	struct {
		char *inbox, *outbox, *state, *archive, *rejected, *reports;
		char *xsd;
	} folders;              /* absolute */
	struct {
		struct config_list nodes;
		int64_t settle_ms;
		int64_t session_quiet_ms;
		int64_t give_up_ms;
		int archive_days;
		int64_t archive_mb;
	} inbox;
	struct {
		int64_t max_ms;         /* 0: no limit */
		int history_days;
	} run;
	struct config_map currencies;
	struct config_map users;
	char *default_user;
	struct config_map owners;
	struct {
		bool enabled;
		struct config_map price_types;
		enum config_marked marked;
		enum config_absent absent;
		int max_deleted_percent;
		enum config_characteristics characteristics;
		enum config_stock stock;
		struct config_map warehouses, vat, units, properties;
		struct config_list adopt;
		bool negative_zero;
		bool pictures;
		struct config_list select_groups;
		struct config_list select_goods;        /* Ид, article, name */
		struct config_list select_except;       /* groups and goods */
		struct {
			char *type;     /* of 1C, Ид or name; NULL: any price */
			char *from, *to;        /* amounts; NULL: no limit */
		} select_price;
		bool select_in_stock, select_priced;
		struct config_place *tree;
		size_t tree_count;
	} catalog;
	struct {
		bool given;             /* the section is in the file: without
					   it no counterparty is carried */
		/* What kind of client each kind of party becomes. */
		bool legal_contact, entrepreneur_contact;
		bool individual_contact;
		char *originator;
		struct config_list match;       /* words, in order */
		struct config_map presets;      /* legal … -> name or id */
		struct config_map types;        /* 1C word -> status id */
		struct config_map fields;       /* 1C реквизит -> user field */
		char *marked;                   /* CONFIG_KEEP, or the type that
						   one gets whom 1C marked
						   deleted */
		/* Which are carried; of an empty one all are. */
		struct config_list select_types;        /* roles of 1C */
		struct config_list select_kinds;        /* legal … */
		struct config_map select_requisites;    /* реквизит -> its
							   value */
		bool update_1c;         /* else orders name clients of 1C as
					   1C states them */
		/* The portal's types whose clients go to 1C in a file of their
		 * own, without an order; CONFIG_OTHERS: all.  Of an empty one
		 * none does. */
		struct config_list export_types;
		char *export_file;      /* a plain name in folders.outbox */
		char *export_since;     /* as orders.since */
		char *in_inbox;         /* as orders.in_inbox */
	} counterparties;
	struct config_orders orders;
};

/*
 * Reads and checks `path`.  The webhook's address is taken from
 * CML24_WEBHOOK, `webhook_file` (mode 0600 or stricter, else refused) or
 * `webhook`, and made known to base/log as a secret; it may be missing: a
 * command that needs the portal says so then.  http is refused but for
 * loopback.  -1: ERR_USAGE, the text holds every error, one a line.
 * `warnings` (NULL: none are wanted) gets a line for each thing that works and
 * is probably not meant: what is set and not used, a secret that others can
 * read, a rate that no row has.
 */
int config_load(struct config **out, const char *path, struct buf *warnings,
    struct err *err);
void config_free(struct config *config);        /* NULL is fine */

/* counterparties.marked: nothing becomes of them. */
#define CONFIG_KEEP "keep"

/* Right sides of catalog.properties, .warehouses and .units, and the left side
 * that means "all others". */
#define CONFIG_CREATE "create"
#define CONFIG_IGNORE "ignore"
#define CONFIG_OTHERS "*"

/* Does it depend on prices which goods are carried? */
bool config_selects_by_price(const struct config *config);

/* The value for a name as a person compares names, or NULL. */
const char *config_map_get(const struct config_map *map, struct str name);

/* "ru", "en": what portal.language says. */
const char *config_language(const struct config *config);
/* "1c", "portal" or "never" for record[.field]; the field's rule wins over
 * the record's; the defaults are DESIGN 5. */
const char *config_owner(const struct config *config, const char *record,
    const char *field);

#endif
