/*
 * What a file's name says (onec-exchange.md 0.3, 1; commerceml.md 3.1): whose
 * it is, which portion of what, when it is to be read.
 */
#include "intake/parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

#define NAME_BYTES 256
#define UUID_BYTES 36
#define DIGITS_MAX 9

struct rule {
	const char *prefix;     /* lower case */
	const char *series;
	enum intake_order order;
};

/* A longer prefix stands before a shorter one. */
static const struct rule rules[] = {
	{ "import", "import", INTAKE_ORDER_IMPORT },
	{ "goods", "goods", INTAKE_ORDER_IMPORT },
	{ "groups", "groups", INTAKE_ORDER_CLASSIFIER },
	{ "pricelists", "priceLists", INTAKE_ORDER_CLASSIFIER },
	{ "storages", "storages", INTAKE_ORDER_CLASSIFIER },
	{ "units", "units", INTAKE_ORDER_CLASSIFIER },
	{ "propertiesgoods", "propertiesGoods", INTAKE_ORDER_CLASSIFIER },
	{ "propertiesoffers", "propertiesOffers", INTAKE_ORDER_CLASSIFIER },
	{ "references", "references", INTAKE_ORDER_CLASSIFIER },
	{ "offers", "offers", INTAKE_ORDER_OFFERS },
	{ "prices", "prices", INTAKE_ORDER_PRICES },
	{ "rests", "rests", INTAKE_ORDER_RESTS },
	{ "contragents", "contragents", INTAKE_ORDER_COUNTERPARTIES },
	{ "documents", "documents", INTAKE_ORDER_DOCUMENTS },
	{ "orders", "orders", INTAKE_ORDER_DOCUMENTS },
	{ "order", "orders", INTAKE_ORDER_DOCUMENTS },
	{ "1cbitrix", "orders", INTAKE_ORDER_DOCUMENTS },
};
#define RULES (sizeof rules / sizeof rules[0])

/* Reads up to nine digits: their number, else 0; *value is what they say. */
static size_t
read_number(int *value, const char *text)
{
	size_t n = 0;

	*value = 0;
	while (n < DIGITS_MAX && text[n] >= '0' && text[n] <= '9')
		*value = *value * 10 + (text[n++] - '0');
	return n;
}

/* Only digits, at least one. */
static bool
is_number(int *value, const char *text, size_t len)
{
	return len > 0 && len <= DIGITS_MAX && read_number(value, text) == len;
}

static bool
is_uuid(const char *text)
{
	size_t i;

	if (strlen(text) != UUID_BYTES)
		return false;
	for (i = 0; i < UUID_BYTES; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? text[i] != '-' :
		    strchr("0123456789abcdef", text[i]) == NULL)
			return false;
	}
	return true;
}

static void
set_series(struct intake_file *file, const char *series, int index)
{
	if (index < 0)
		snprintf(file->series, sizeof file->series, "%s", series);
	else
		snprintf(file->series, sizeof file->series, "%s%d", series,
		    index);
}

/*
 * "goods/1/import___<uuid>": the folders say what the name does not.  The
 * properties of goods and offers are read before those.
 */
static void
by_folder(struct intake_file *file, const struct rule *rule)
{
	const char *base = intake_name_base(file->inner);
	size_t len = (size_t)(base - file->inner);
	char folder[NAME_BYTES];
	char *last;

	file->portion = 0;
	set_series(file, rule->series, -1);
	if (rule->order == INTAKE_ORDER_IMPORT && len == 0)
		file->order = INTAKE_ORDER_CLASSIFIER;
	if (len == 0 || len > sizeof folder)
		return;
	snprintf(folder, len, "%s", file->inner);
	last = strrchr(folder, '/');
	if (last != NULL &&
	    is_number(&file->portion, last + 1, strlen(last + 1)))
		*last = '\0';
	if (strcmp(intake_name_base(folder), rule->series) == 0)
		return;
	if (strcmp(intake_name_base(folder), "properties") == 0)
		file->order = INTAKE_ORDER_CLASSIFIER;
	snprintf(file->series, sizeof file->series, "%.30s/%s",
	    intake_name_base(folder), rule->series);
}

/* "_1_<uuid>", "_1_2_<uuid>", "_2" behind a prefix. */
static bool
split_name(struct intake_file *file, const struct rule *rule, const char *tail)
{
	int first, second;
	size_t n = read_number(&first, tail + 1);
	const char *rest = tail + 1 + n;

	if (n == 0)
		return false;
	if (rest[0] == '\0' || (rest[0] == '_' && is_uuid(rest + 1))) {
		set_series(file, rule->series, -1);
		file->portion = first;
		return true;
	}
	if (rest[0] != '_')
		return false;
	n = read_number(&second, rest + 1);
	rest += 1 + n;
	if (n == 0 || !(rest[0] == '\0' ||
	    (rest[0] == '_' && is_uuid(rest + 1))))
		return false;
	set_series(file, rule->series, first == 1 ? -1 : first);
	file->portion = second;
	return true;
}

/* "", "1", "0_2" behind a prefix. */
static bool
plain_name(struct intake_file *file, const struct rule *rule, const char *tail)
{
	int first, second;
	size_t n = read_number(&first, tail);

	set_series(file, rule->series, -1);
	if (tail[n] == '\0') {
		file->portion = n == 0 ? 1 : first + 1;
		return true;
	}
	if (n == 0 || tail[n] != '_' ||
	    !is_number(&second, tail + n + 1, strlen(tail + n + 1)))
		return false;
	set_series(file, rule->series, first);
	file->portion = second;
	return true;
}

static bool
apply(struct intake_file *file, const struct rule *rule, const char *tail)
{
	file->order = (int)rule->order;
	file->portion = 0;
	if (strncmp(tail, "___", 3) == 0) {
		by_folder(file, rule);
		return true;
	}
	/* A run of orders has a uuid of its own; its numbers say nothing
	 * (from 1 in UT, from nothing in UNF with a new uuid each). */
	if (tail[0] == '-' && rule->order == INTAKE_ORDER_DOCUMENTS) {
		set_series(file, rule->series, -1);
		return true;
	}
	if (tail[0] == '_')
		return split_name(file, rule, tail);
	return plain_name(file, rule, tail);
}

/* What lies in import_files/ is named by another file, whatever it is. */
static bool
is_attachment(const char *inner)
{
	return strncmp(inner, "import_files/", 13) == 0 ||
	    strstr(inner, "/import_files/") != NULL;
}

/* Kind, order, series and portion, by file->inner. */
static void
set_reading(struct intake_file *file)
{
	const char *base = intake_name_base(file->inner);
	char stem[NAME_BYTES];
	size_t i;

	file->kind = is_attachment(file->inner) ? INTAKE_OTHER :
	    intake_name_kind(base);
	intake_name_lower(stem, sizeof stem, base);
	file->portion = 0;
	file->series[0] = '\0';
	if (file->kind == INTAKE_ZIP)
		file->order = INTAKE_ORDER_ZIP;
	else
		file->order = INTAKE_ORDER_OTHER;
	if (file->kind != INTAKE_XML)
		return;
	stem[strlen(stem) - 4] = '\0';
	for (i = 0; i < RULES; i++) {
		size_t len = strlen(rules[i].prefix);

		if (strncmp(stem, rules[i].prefix, len) == 0 &&
		    apply(file, &rules[i], stem + len))
			return;
	}
	file->order = INTAKE_ORDER_IMPORT;
	file->portion = 0;
	snprintf(file->series, sizeof file->series, "%.*s",
	    (int)str_utf8_cut(str_of(stem), sizeof file->series - 1).len, stem);
}

/* A node's name that is too long ends in a hash of the whole. */
static void
set_node(struct intake_file *file, const char *prefix, const char *name,
    size_t len)
{
	const size_t room = sizeof file->node - 1 - 18;
	struct str whole = str_n(name, len);
	struct str cut;

	if (strlen(prefix) + len < sizeof file->node) {
		snprintf(file->node, sizeof file->node, "%s%.*s", prefix,
		    (int)len, name);
		return;
	}
	cut = str_utf8_cut(whole, room - strlen(prefix));
	snprintf(file->node, sizeof file->node, "%s%.*s~%016" PRIx64, prefix,
	    (int)cut.len, name, str_hash(0, whole));
}

/* Where "v8_AB_02.zip" loses its number: all of a series are one session. */
static size_t
series_stem(const char *name)
{
	size_t len = strlen(name);
	size_t n = len - 4;     /* ".zip" */

	if (strncmp(name, "v8_", 3) != 0)
		return len;
	while (n > 0 && name[n - 1] >= '0' && name[n - 1] <= '9')
		n--;
	return n > 4 && n < len - 4 && name[n - 1] == '_' ? n - 1 : len;
}

/* A file that stands in the root itself. */
static bool
place_in_root(struct intake_file *file, const char *path)
{
	char lower[NAME_BYTES], *whole;

	intake_name_lower(lower, sizeof lower, path);
	file->inner = mem_text(path);
	switch (intake_name_kind(path)) {
	case INTAKE_XML:
		if (strncmp(lower, "1cbitrix-", 9) == 0)
			set_node(file, "", "1cbitrix", 8);
		else if (strncmp(lower, "orders-", 7) == 0)
			set_node(file, "", "", 0);
		else
			set_node(file, "file:", path, strlen(path));
		return true;
	case INTAKE_ZIP:
		whole = intake_name_of_whole(path, intake_name_part(path));
		set_node(file, "zip:", whole, series_stem(whole));
		free(whole);
		return true;
	case INTAKE_OTHER:
		break;
	}
	set_node(file, "", "", 0);
	return false;
}

/* "webdata/000000001/": bytes of the node's name in a path that begins with
 * a node's folder of `len` bytes. */
static size_t
node_len(const char *path, size_t len)
{
	const char *next = path + len + 1;
	size_t digits = strcspn(next, "/");
	char lower[8];
	int number;

	intake_name_lower(lower, sizeof lower, path);
	if (len == 7 && strcmp(lower, "webdata") == 0 &&
	    digits == DIGITS_MAX && next[digits] == '/' &&
	    is_number(&number, next, digits))
		return len + 1 + digits;
	return len;
}

static void
place_in_node(struct intake_file *file, const char *path, size_t len)
{
	len = node_len(path, len);
	set_node(file, "", path, len);
	file->inner = mem_text(path + len + 1);
}

/* A folder that 1C makes itself. */
static bool
is_node_folder(const char *path, size_t len)
{
	char lower[16];

	intake_name_lower(lower, sizeof lower, path);
	return (len == 7 && strncmp(lower, "webdata", 7) == 0) ||
	    (len > 10 && strncmp(lower, "webdata - ", 10) == 0) ||
	    (len == 8 && strncmp(lower, "1cbitrix", 8) == 0);
}

bool
intake_classify_inbox(struct intake_file *file)
{
	char *path = intake_name_slashes(file->name);
	size_t len = strcspn(path, "/");
	bool ours = true;

	free(file->inner);
	file->inner = NULL;
	if (path[len] == '\0') {
		ours = place_in_root(file, path);
	} else if (strncmp(path, "import_files/", 13) == 0) {
		set_node(file, "", "", 0);
		file->inner = mem_text(path);
	} else {
		place_in_node(file, path, len);
	}
	free(path);
	set_reading(file);
	return ours;
}

void
intake_classify(struct intake_file *file)
{
	char *path = intake_name_slashes(file->name);
	const char *at = path;
	size_t len;

	free(file->inner);
	file->inner = NULL;
	for (;;) {
		len = strcspn(at, "/");
		if (at[len] == '\0' || is_node_folder(at, len))
			break;
		at += len + 1;
	}
	if (at[len] != '\0') {
		place_in_node(file, at, len);
	} else if (at == path) {
		(void)place_in_root(file, path);        /* all is listed */
	} else {
		set_node(file, "", "", 0);
		file->inner = mem_text(path);
	}
	free(path);
	set_reading(file);
}

bool
intake_is_attachment(const char *name)
{
	struct intake_file file = { .name = mem_text(name) };
	bool other;

	intake_classify(&file);
	other = file.kind == INTAKE_OTHER;
	intake_list_forget(&file);
	return other;
}

bool
intake_is_orders(const char *name)
{
	struct intake_file file = { .name = mem_text(name) };
	bool is;

	intake_classify(&file);
	is = file.order == INTAKE_ORDER_DOCUMENTS;
	free(file.name);
	free(file.inner);
	return is;
}

void
intake_named(struct intake_file *file, const char *name)
{
	memset(file, 0, sizeof *file);
	file->name = mem_text(name);
	(void)intake_classify_inbox(file);
}

bool
intake_is_of(const char *name, const char *node)
{
	struct intake_file file;
	bool is;

	intake_named(&file, name);
	is = strcmp(file.node, node) == 0;
	intake_list_forget(&file);
	return is;
}
