/*
 * 1C's counterparties become companies or contacts, each with requisites,
 * accounts, addresses and contact persons of its own.  What a document says
 * of its party speaks only where no list of counterparties does.
 */
#include "mapping/map_internal.h"

#include <string.h>

#include "base/i18n.h"

static const struct {
	const char *path;
	enum map_word word;
} paths[] = {
	{ "Роль", WORD_ROLE },
	{ "Наименование", WORD_NAME },
	{ "ОфициальноеНаименование", WORD_OFFICIAL },
	{ "ПолноеНаименование", WORD_FULL },
	{ "Фамилия", WORD_LAST_NAME },
	{ "Имя", WORD_FIRST_NAME },
	{ "Отчество", WORD_SECOND_NAME },
	{ "ИНН", WORD_INN },
	{ "КПП", WORD_KPP },
	{ "ОГРН", WORD_OGRN },
	{ "ОКПО", WORD_OKPO },
	{ "КодПоОКПО", WORD_OKPO_CODE },
	{ "ОКВЭД", WORD_OKVED },
	{ "Руководитель", WORD_DIRECTOR },
	{ "Руководитель/ПолноеНаименование", WORD_DIRECTOR },
	{ "Руководитель/Наименование", WORD_DIRECTOR },
	{ "Комментарий", WORD_COMMENT },
};

/* ---- reading ---------------------------------------------------------- */

static enum map_word
find_word(struct str path)
{
	size_t i;

	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		if (str_is(path, paths[i].path))
			return paths[i].word;
	}
	return WORD_NONE;
}

/* The first text of each word. */
static void
take_words(struct map_party *party)
{
	struct str value, text;
	enum field field;
	enum map_word word;
	size_t at = 0;

	while (fields_next(&party->record, &at, &field, &value)) {
		if (field != FIELD_FLAT)
			continue;
		word = find_word(field_part(value, 0));
		text = map_party_rows_value(field_part(value, 1));
		if (word != WORD_NONE && party->words[word].len == 0)
			party->words[word] = text;
	}
	if (party->words[WORD_NAME].len == 0)
		party->words[WORD_NAME] = map_party_rows_value(
		    fields_get(&party->record, FIELD_NAME));
}

static bool
is_code(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
}

/* The number without blanks where it has one of two lengths, else "": 1C
 * keeps what people type.  Zeros alone are no number. */
static void
take_number(char out[PARTY_NUMBER_BYTES], struct str text, size_t a,
    size_t b, bool letters)
{
	size_t len, i;

	party_number_plain(out, text);
	len = strlen(out);
	for (i = 0; i < len; i++) {
		if (!is_code(out[i]) || (!letters && out[i] > '9'))
			len = 0;
	}
	if ((len != a && len != b) || strspn(out, "0") == len)
		out[0] = '\0';
}

static void
take_title(struct map_party *party)
{
	static const enum map_word whole[] = { WORD_NAME, WORD_OFFICIAL,
	    WORD_FULL };
	static const enum map_word parts[] = { WORD_LAST_NAME,
	    WORD_FIRST_NAME, WORD_SECOND_NAME };
	size_t i;

	buf_clear(&party->title);
	for (i = 0; i < 3 && party->title.len == 0; i++) {
		struct str text = str_utf8_cut(party->words[whole[i]],
		    party->title.max);

		if (text.len > 0)
			(void)buf_add(&party->title, text.p, text.len);
	}
	if (party->title.len > 0)
		return;
	for (i = 0; i < 3; i++) {
		struct str text = party->words[parts[i]];

		if (text.len > 0)
			(void)buf_printf(&party->title, "%s%.*s",
			    party->title.len > 0 ? " " : "", (int)text.len,
			    text.p);
	}
}

/*
 * Продавец, Комиссионер, Комитент … are our own side or somebody between;
 * who has no role stands in a list of clients.  A rule may name more.
 */
static bool
is_client(const struct map *map, struct str role)
{
	return role.len == 0 || str_same_name(role, str_of("Покупатель")) ||
	    str_same_name(role, str_of("Поставщик")) ||
	    config_map_get(&map->config->counterparties.types, role) != NULL;
}

static void
take_party(const struct map *map, struct map_party *party)
{
	memset(party->words, 0, sizeof(party->words));
	flat_root(&party->root, &party->record);
	take_words(party);
	take_number(party->inn, party->words[WORD_INN], 10, 12, false);
	take_number(party->kpp, party->words[WORD_KPP], 9, 9, true);
	take_number(party->ogrn, party->words[WORD_OGRN], 13, 15, false);
	take_title(party);
	party->kind = map_party_kind_of(party);
	party->client = is_client(map, party->words[WORD_ROLE]);
	party->selected = map_party_extra_selected(map, party);
}

int
map_party_read(const struct map *map, struct str id, struct err *err)
{
	struct map_party *party = &map->work->party;
	int rc;

	if (party->known && str_eq(id, str_n(party->id, party->id_len)))
		return party->rc;
	party->known = false;
	rc = record_get_party(map->source, id, &party->record, err);
	if (rc == -1)
		return -1;
	if (rc == 0)
		take_party(map, party);
	party->rc = rc;
	party->id_len = id.len;
	if (id.len > 0)
		memcpy(party->id, id.p, id.len);
	party->known = map->work->open;
	return rc;
}

/* ---- what it is ------------------------------------------------------- */

bool
map_party_marks(const struct config *config)
{
	const char *marked = config->counterparties.marked;

	return marked != NULL && strcmp(marked, CONFIG_KEEP) != 0;
}

bool
map_party_is_marked(const struct map *map)
{
	const struct map_party *party = &map->work->party;

	return party->client && party->selected && party->title.len > 0 &&
	    str_is(fields_get(&party->record, FIELD_DELETED), "1");
}

int
map_party_marked(const struct map *map, struct str id, struct target *out,
    struct buf *title, struct err *err)
{
	const struct map_party *party = &map->work->party;
	int rc;

	id = record_party_id(id);
	if (!map->config->counterparties.given || id.len > LIMIT_KEY_BYTES)
		return 1;
	rc = map_party_read(map, id, err);
	if (rc != 0)
		return rc;
	if (!map_party_is_marked(map) ||
	    target_set(out, map_party_holder(map), id) == -1)
		return 1;
	buf_clear(title);
	(void)buf_add(title, party->title.data, party->title.len);
	return 0;
}

enum wanted_state
map_party_state(const struct map *map)
{
	const struct map_party *party = &map->work->party;

	if (!party->client || party->title.len == 0)
		return WANTED_NOTHING;
	/* Nothing is made of it, and nothing is taken away. */
	return party->selected && !map_party_is_marked(map) ?
	    WANTED_PRESENT : WANTED_INACTIVE;
}

enum target_kind
map_party_holder(const struct map *map)
{
	const struct config *config = map->config;
	bool contact = false;

	switch (map->work->party.kind) {
	case KIND_LEGAL:
		contact = config->counterparties.legal_contact;
		break;
	case KIND_ENTREPRENEUR:
		contact = config->counterparties.entrepreneur_contact;
		break;
	case KIND_INDIVIDUAL:
		contact = config->counterparties.individual_contact;
		break;
	}
	return contact ? TARGET_CONTACT : TARGET_COMPANY;
}

static bool
has_account(const struct map_party *party)
{
	struct flat_node node;
	char account[64];
	size_t at = 0;

	while (flat_next(&party->root,
	    "РасчетныеСчета/РасчетныйСчет", &at, &node)) {
		if (map_party_papers_account(account, &node))
			return true;
	}
	return false;
}

static bool
has_address(const struct map_party *party)
{
	struct flat_node node;
	struct str text;
	const char *type;
	size_t i;

	for (i = 0; (type = map_party_address_type(i)) != NULL; i++) {
		if (map_party_address_find(party, str_of(type), &node, &text))
			return true;
	}
	return false;
}

bool
map_party_has_requisite(const struct map *map)
{
	const struct map_party *party = &map->work->party;
	const struct str *words = party->words;

	if (party->inn[0] != '\0' || party->ogrn[0] != '\0' ||
	    party->kpp[0] != '\0' || words[WORD_OKPO].len > 0 ||
	    words[WORD_OKPO_CODE].len > 0)
		return true;
	if (party->kind != KIND_INDIVIDUAL &&
	    (words[WORD_OFFICIAL].len > 0 || words[WORD_FULL].len > 0))
		return true;
	/* Accounts and addresses hang on requisites in the portal. */
	return has_account(party) || has_address(party);
}

void
map_party_put(const struct map *map, enum target_kind kind,
    struct wanted *out, enum field field, struct str value)
{
	map_derive_put(out, map->never[kind][field] ? OWNER_NEVER : OWNER_1C,
	    field, value);
}

/* ---- its targets ------------------------------------------------------ */

typedef int visit_fn(void *ctx, const struct target *target,
    struct err *err);

struct visiting {
	const struct map *map;
	struct str id;
	visit_fn *visit;
	void *ctx;
	struct err *err;
};

/* Whoever is visited may have read another one in between. */
static int
visit_target(struct visiting *visiting, const struct target *target)
{
	int rc = visiting->visit(visiting->ctx, target, visiting->err);

	if (rc != 0)
		return rc;
	return map_party_read(visiting->map, visiting->id,
	    visiting->err) == -1 ? -1 : 0;
}

/* A part whose key is too long is left out: nothing else is harmed. */
static int
visit_part(struct visiting *visiting, enum target_kind kind, struct str part)
{
	struct target target;

	if (target_set_part(&target, kind, visiting->id, part) != 0)
		return 0;
	return visit_target(visiting, &target);
}

static int
visit_whole(struct visiting *visiting, enum target_kind kind)
{
	struct str id = visiting->id;
	struct target target;

	if (target_set(&target, kind, id) != 0)
		return err_set(visiting->err, ERR_DATA,
		    _("the id \"%.*s\" is too long"),
		    (int)str_utf8_cut(id, LIMIT_ID_BYTES).len, id.p);
	return visit_target(visiting, &target);
}

static int
visit_accounts(struct visiting *visiting)
{
	const struct map_party *party = &visiting->map->work->party;
	struct flat_node node;
	char account[64];
	size_t at = 0;
	int rc = 0, n;

	for (n = 0; rc == 0 && n < LIMIT_PARTY_PARTS; n++) {
		if (!flat_next(&party->root,
		    "РасчетныеСчета/РасчетныйСчет", &at, &node))
			break;
		if (map_party_papers_account(account, &node))
			rc = visit_part(visiting, TARGET_BANK,
			    str_of(account));
	}
	return rc;
}

static int
visit_addresses(struct visiting *visiting)
{
	const struct map_party *party = &visiting->map->work->party;
	struct flat_node node;
	const char *type;
	struct str text;
	int rc = 0;
	size_t i;

	for (i = 0; rc == 0; i++) {
		type = map_party_address_type(i);
		if (type == NULL)
			break;
		if (map_party_address_find(party, str_of(type), &node, &text))
			rc = visit_part(visiting, TARGET_ADDRESS,
			    str_of(type));
	}
	return rc;
}

static int
visit_persons(struct visiting *visiting)
{
	const struct map_party *party = &visiting->map->work->party;
	struct buf id = BUF_INIT(LIMIT_KEY_BYTES);
	struct flat_node node;
	size_t at = 0;
	int rc = 0, n;

	for (n = 0; rc == 0 && n < LIMIT_PARTY_PARTS; n++) {
		if (!flat_next(&party->root,
		    "Представители/Представитель", &at, &node))
			break;
		map_party_person_id(&id, visiting->map, &node);
		if (id.len > 0)
			rc = visit_part(visiting, TARGET_PERSON,
			    str_n(id.data, id.len));
	}
	buf_free(&id);
	return rc;
}

int
map_party_targets(const struct map *map, struct str id, visit_fn *visit,
    void *ctx, struct err *err)
{
	struct visiting visiting = { map, record_party_id(id), visit, ctx,
	    err };
	int rc;

	if (!map->config->counterparties.given)
		return 0;
	if (visiting.id.len > LIMIT_KEY_BYTES)
		return visit_whole(&visiting, TARGET_COMPANY);
	rc = map_party_read(map, visiting.id, err);
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	if (!map->work->party.client)
		return 0;
	rc = visit_whole(&visiting, map_party_holder(map));
	if (rc == 0 && map_party_has_requisite(map))
		rc = visit_whole(&visiting, TARGET_REQUISITE);
	if (rc == 0)
		rc = visit_accounts(&visiting);
	if (rc == 0)
		rc = visit_addresses(&visiting);
	/* Who is no company has no contact persons in the portal. */
	if (rc == 0 && map_party_holder(map) == TARGET_COMPANY)
		rc = visit_persons(&visiting);
	return rc;
}
