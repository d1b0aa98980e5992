/*
 * Every key of the configuration (DESIGN 4).  exchange.json(5) and
 * exchange/exchange.example.json have a line for each.
 */
#include "base/config_internal.h"

#include <stdio.h>
#include <string.h>

#define AT(member) .place = offsetof(struct config, member), \
	.size = sizeof(((struct config *)0)->member)
/* In the funnel that is being read. */
#define FUNNEL(member) .within = IN_FUNNEL, \
	.place = offsetof(struct config_funnel, member), \
	.size = sizeof(((struct config_funnel *)0)->member)
/* In the place of the tree that is being read. */
#define PLACE(member) .within = IN_PLACE, \
	.place = offsetof(struct config_place, member), \
	.size = sizeof(((struct config_place *)0)->member)
#define RANGE(least, most) .min = (least), .max = (most)
#define WORDS(...) .words = (const char *const[]){ __VA_ARGS__, NULL }
#define LATER .later = true
#define CHECKED .size = 0      /* not kept in struct config */

#define SECONDS .unit = 1000
#define MINUTES .unit = 60000
#define HOURS .unit = 3600000

#define DAY_SECONDS 86400
#define YEAR_DAYS 366
#define WEEK_MINUTES (7 * 24 * 60)

/* One line per key, so that it can be read as a table. */
static const struct config_key keys[] = {
	{ "portal.webhook_file", KEY_TEXT, "webhook", CHECKED },
	{ "portal.webhook", KEY_TEXT, NULL, AT(portal.webhook) },
	{ "portal.oauth_file", KEY_PATH, NULL, AT(portal.oauth_file) },
	{ "portal.oauth_host", KEY_TEXT, NULL, AT(portal.oauth_host) },
	{ "portal.client_id", KEY_TEXT, NULL, AT(portal.client_id) },
	{ "portal.language", KEY_CHOICE, "ru", AT(portal.language),
	    WORDS("ru", "en") },
	{ "portal.requests_per_second", KEY_NUMBER, "2",
	    AT(portal.requests_per_second), RANGE(0, 1000) },
	{ "portal.burst", KEY_WHOLE, "50", AT(portal.burst),
	    RANGE(1, 100000) },
	{ "portal.operating_seconds", KEY_WHOLE, "480",
	    AT(portal.operating_seconds), RANGE(1, 100000) },
	{ "portal.limits_dir", KEY_PATH, "state", AT(portal.limits_dir) },
	{ "portal.batch_size", KEY_WHOLE, "50", AT(portal.batch_size),
	    RANGE(1, LIMIT_BATCH_COMMANDS) },
	{ "portal.timeout_seconds", KEY_WHOLE, "75", AT(portal.timeout_ms),
	    RANGE(1, 3600), SECONDS },
	{ "portal.retry_max_seconds", KEY_WHOLE, "300",
	    AT(portal.retry_max_ms), RANGE(1, DAY_SECONDS), SECONDS },
	{ "portal.unknown_seconds", KEY_WHOLE, "60", AT(portal.unknown_ms),
	    RANGE(0, DAY_SECONDS), SECONDS },

	{ "folders.inbox", KEY_PATH, "../inbox", AT(folders.inbox) },
	{ "folders.outbox", KEY_PATH, "../outbox", AT(folders.outbox) },
	{ "folders.state", KEY_PATH, "state", AT(folders.state) },
	{ "folders.archive", KEY_PATH, "archive", AT(folders.archive) },
	{ "folders.rejected", KEY_PATH, "rejected", AT(folders.rejected) },
	{ "folders.reports", KEY_PATH, "reports", AT(folders.reports),
	    LATER },
	{ "folders.xsd", KEY_PATH, "../xsd", AT(folders.xsd) },

	{ "inbox.nodes", KEY_LIST, NULL, AT(inbox.nodes) },
	{ "inbox.settle_seconds", KEY_WHOLE, "5", AT(inbox.settle_ms),
	    RANGE(0, 3600), SECONDS },
	{ "inbox.session_quiet_minutes", KEY_WHOLE, "10",
	    AT(inbox.session_quiet_ms), RANGE(0, WEEK_MINUTES), MINUTES },
	{ "inbox.give_up_minutes", KEY_WHOLE, "60", AT(inbox.give_up_ms),
	    RANGE(1, WEEK_MINUTES), MINUTES },
	{ "inbox.archive_days", KEY_WHOLE, "30", AT(inbox.archive_days),
	    RANGE(0, 100 * YEAR_DAYS) },
	{ "inbox.archive_mb", KEY_WHOLE, "2000", AT(inbox.archive_mb),
	    RANGE(0, 100000000) },

	{ "run.max_minutes", KEY_WHOLE, "0", AT(run.max_ms),
	    RANGE(0, WEEK_MINUTES), MINUTES },
	{ "run.history_days", KEY_WHOLE, "365", AT(run.history_days),
	    RANGE(1, 100 * YEAR_DAYS) },

	{ "currencies", KEY_MAP, "руб=RUB|руб.=RUB|643=RUB",
	    AT(currencies) },
	{ "users", KEY_MAP, NULL, AT(users) },
	{ "default_user", KEY_TEXT, NULL, AT(default_user) },
	{ "owners", KEY_MAP, NULL, AT(owners) },

	{ "catalog.enabled", KEY_BOOL, "true", AT(catalog.enabled) },
	{ "catalog.price_types", KEY_MAP, NULL, AT(catalog.price_types) },
	{ "catalog.marked", KEY_CHOICE, "deactivate", AT(catalog.marked),
	    WORDS("delete", "deactivate", "keep") },
	{ "catalog.absent", KEY_CHOICE, "keep", AT(catalog.absent),
	    WORDS("keep", "deactivate", "delete") },
	{ "catalog.max_deleted_percent", KEY_WHOLE, "20",
	    AT(catalog.max_deleted_percent), RANGE(0, 100) },
	{ "catalog.characteristics", KEY_CHOICE, "variations",
	    AT(catalog.characteristics),
	    WORDS("variations", "products", "ignore") },
	{ "catalog.stock", KEY_CHOICE, "auto", AT(catalog.stock),
	    WORDS("auto", "quantity", "documents", "off") },
	{ "catalog.warehouses", KEY_MAP, NULL, AT(catalog.warehouses) },
	{ "catalog.vat", KEY_MAP, NULL, AT(catalog.vat) },
	{ "catalog.units", KEY_MAP, NULL, AT(catalog.units) },
	{ "catalog.properties", KEY_MAP, NULL, AT(catalog.properties) },
	{ "catalog.adopt", KEY_LIST, "xmlId|article", AT(catalog.adopt),
	    WORDS("xmlId", "article", "barcode", "name") },
	{ "catalog.negative_stock", KEY_CHOICE, "zero",
	    AT(catalog.negative_zero), WORDS("keep", "zero") },
	{ "catalog.pictures", KEY_BOOL, "true", AT(catalog.pictures) },
	{ "catalog.select.groups", KEY_LIST, NULL,
	    AT(catalog.select_groups) },
	{ "catalog.select.goods", KEY_LIST, NULL,
	    AT(catalog.select_goods) },
	{ "catalog.select.except", KEY_LIST, NULL,
	    AT(catalog.select_except) },
	{ "catalog.select.price.type", KEY_TEXT, NULL,
	    AT(catalog.select_price.type) },
	{ "catalog.select.price.from", KEY_TEXT, NULL,
	    AT(catalog.select_price.from) },
	{ "catalog.select.price.to", KEY_TEXT, NULL,
	    AT(catalog.select_price.to) },
	{ "catalog.select.only_in_stock", KEY_BOOL, "false",
	    AT(catalog.select_in_stock) },
	{ "catalog.select.only_priced", KEY_BOOL, "false",
	    AT(catalog.select_priced) },
	{ "catalog.groups", KEY_NAMED, NULL, CHECKED },
	{ "catalog.groups[].groups", KEY_LIST, NULL, PLACE(groups) },
	{ "catalog.groups[].goods", KEY_LIST, NULL, PLACE(goods) },

	{ "counterparties.legal", KEY_CHOICE, "company",
	    AT(counterparties.legal_contact), WORDS("company", "contact") },
	{ "counterparties.entrepreneur", KEY_CHOICE, "company",
	    AT(counterparties.entrepreneur_contact),
	    WORDS("company", "contact") },
	{ "counterparties.individual", KEY_CHOICE, "contact",
	    AT(counterparties.individual_contact),
	    WORDS("company", "contact") },
	{ "counterparties.originator", KEY_TEXT, "ONE_C",
	    AT(counterparties.originator) },
	{ "counterparties.match", KEY_LIST,
	    "origin|inn_kpp|email|phone|name", AT(counterparties.match),
	    WORDS("origin", "inn_kpp", "email", "phone", "name") },
	{ "counterparties.presets", KEY_MAP, NULL,
	    AT(counterparties.presets),
	    WORDS("legal", "entrepreneur", "individual") },
	{ "counterparties.types", KEY_MAP,
	    "Покупатель=CUSTOMER|Поставщик=SUPPLIER",
	    AT(counterparties.types) },
	{ "counterparties.marked", KEY_TEXT, CONFIG_KEEP,
	    AT(counterparties.marked) },
	{ "counterparties.select.types", KEY_LIST, NULL,
	    AT(counterparties.select_types) },
	{ "counterparties.select.kinds", KEY_LIST, NULL,
	    AT(counterparties.select_kinds),
	    WORDS("legal", "entrepreneur", "individual") },
	{ "counterparties.select.requisites", KEY_MAP, NULL,
	    AT(counterparties.select_requisites) },
	{ "counterparties.update_1c", KEY_BOOL, "true",
	    AT(counterparties.update_1c) },
	{ "counterparties.export", KEY_LIST, NULL,
	    AT(counterparties.export_types) },
	{ "counterparties.export_file", KEY_TEXT, "clients.xml",
	    AT(counterparties.export_file) },
	{ "counterparties.export_since", KEY_DATE, NULL,
	    AT(counterparties.export_since) },
	{ "counterparties.fields", KEY_MAP, NULL, AT(counterparties.fields) },

	{ "orders.profile", KEY_CHOICE, "unf", AT(orders.profile),
	    WORDS("unf", "ut11", "ut103", "bitrix") },
	{ "orders.file", KEY_TEXT, NULL, AT(orders.file) },
	{ "orders.encoding", KEY_CHOICE, "utf-8-bom", AT(orders.encoding),
	    WORDS("utf-8-bom", "utf-8", "windows-1251") },
	{ "orders.number_first", KEY_WHOLE, NULL, AT(orders.number_first),
	    RANGE(1, 999999) },
	{ "orders.number_last", KEY_WHOLE, NULL, AT(orders.number_last),
	    RANGE(1, 999999) },
	{ "orders.since", KEY_DATE, NULL, AT(orders.since) },
	{ "orders.date", KEY_CHOICE, "created", AT(orders.date_begin),
	    WORDS("created", "begin") },
	{ "orders.unknown_lines", KEY_CHOICE, "hold",
	    AT(orders.unknown_lines), WORDS("hold", "send", "service") },
	{ "orders.vat_known", KEY_LIST, "0|10|18|20", AT(orders.vat_known) },
	{ "orders.unseen_hours", KEY_WHOLE, "24", AT(orders.unseen_ms),
	    RANGE(1, 24 * YEAR_DAYS), HOURS },
	{ "orders.reconcile_hours", KEY_WHOLE, "24",
	    AT(orders.reconcile_ms), RANGE(1, 24 * YEAR_DAYS), HOURS },
	{ "orders.funnels", KEY_EACH, NULL, CHECKED },
	{ "orders.funnels[].funnel", KEY_TEXT, NULL, FUNNEL(funnel) },
	{ "orders.funnels[].export_stages", KEY_LIST, NULL,
	    FUNNEL(export_stages) },
	{ "orders.funnels[].won", KEY_TEXT, NULL, FUNNEL(won) },
	{ "orders.funnels[].lost", KEY_TEXT, NULL, FUNNEL(lost) },
	{ "orders.funnels[].paid_stage", KEY_TEXT, NULL,
	    FUNNEL(paid_stage) },
	{ "orders.funnels[].shipped_stage", KEY_TEXT, NULL,
	    FUNNEL(shipped_stage) },
	{ "orders.funnels[].status_to_1c", KEY_MAP, NULL,
	    FUNNEL(status_to_1c) },
	{ "orders.funnels[].status_from_1c", KEY_MAP, NULL,
	    FUNNEL(status_from_1c) },
	{ "orders.funnels[].lines_from_1c", KEY_BOOL, "true",
	    FUNNEL(lines_from_1c) },
	{ "orders.funnels[].edits_to_1c", KEY_CHOICE, "all",
	    FUNNEL(silent_behind), WORDS("all", "export_stages") },
	{ "orders.funnels[].requisites", KEY_MAP, NULL,
	    FUNNEL(requisites) },
	{ "orders.fields", KEY_MAP, NULL, AT(orders.fields),
	    WORDS("number", "onec_number", "onec_date", "paid",
	    "payment_date", "payment_type", "payment_sum", "payment_method",
	    "payment_comment", "shipped", "shipment_date") },
	{ "orders.requisites", KEY_MAP, NULL, AT(orders.requisites) },
	{ "orders.notify_on_payment", KEY_BOOL, "true",
	    AT(orders.notify_on_payment) },
	{ "orders.create_deals_for_onec_orders", KEY_BOOL, "false",
	    AT(orders.create_deals) },
	/* Known, so that it can be said that invoices are not there yet. */
	{ "orders.kind", KEY_CHOICE, "deal", CHECKED,
	    WORDS("deal", "invoice") },
};

#define KEYS (sizeof(keys) / sizeof(keys[0]))

size_t
config_table_count(void)
{
	return KEYS;
}

const struct config_key *
config_table_at(size_t n)
{
	return &keys[n];
}

size_t
config_table_index(const struct config_key *key)
{
	return (size_t)(key - keys);
}

long
config_table_line(const struct config_reader *reader, const char *path)
{
	return reader->given[config_table_index(config_table_find(path))];
}

const struct config_key *
config_table_find(const char *path)
{
	size_t i;

	for (i = 0; i < KEYS; i++) {
		if (strcmp(keys[i].path, path) == 0)
			return &keys[i];
	}
	return NULL;
}

bool
config_table_is_section(const char *path)
{
	size_t len = strlen(path), i;

	for (i = 0; i < KEYS; i++) {
		if (strncmp(keys[i].path, path, len) == 0 &&
		    keys[i].path[len] == '.')
			return true;
	}
	return false;
}

/* The part of the path before its last name, the dot included. */
static size_t
parent_len(struct str path)
{
	size_t len = path.len;

	while (len > 0 && path.p[len - 1] != '.')
		len--;
	return len;
}

/* How far one path is from the other: by the last name, and one more when
 * that is right and stands in another section. */
static size_t
distance(struct str a, struct str b, size_t max)
{
	size_t above_a = parent_len(a), above_b = parent_len(b);
	bool moved = !str_eq(str_n(a.p, above_a), str_n(b.p, above_b));

	return str_distance(str_n(a.p + above_a, a.len - above_a),
	    str_n(b.p + above_b, b.len - above_b), max) + moved;
}

const char *
config_table_nearest(const char *path, char space[128])
{
	struct str wrong = str_of(path), best = STR_NONE;
	size_t max = (wrong.len - parent_len(wrong)) / 3 + 1;
	size_t least = max + 1, far, i;

	for (i = 0; i < KEYS; i++) {
		struct str known = str_of(keys[i].path);

		/* The key, then the sections that it is in. */
		while (known.len > 0) {
			far = distance(wrong, known, max);
			if (far < least) {
				least = far;
				best = known;
			}
			known.len = parent_len(known);
			known.len -= known.len > 0;
		}
	}
	if (best.len == 0)
		return NULL;
	(void)snprintf(space, 128, "%.*s", (int)best.len, best.p);
	return space;
}
