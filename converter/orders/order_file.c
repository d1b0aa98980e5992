/*
 * The outbox file, written whole; and two looks at one that anybody may have
 * put there (1C itself writes "Test" into it, onec-exchange.md 1.2).  The
 * looks are by bytes: a parser would refuse what we only want to replace.
 */
#include "orders/orders_internal.h"

#include <string.h>

#include "base/limits.h"

#define ROOT "КоммерческаяИнформация"
#define FORMED "ДатаФормирования"
#define CONTAINER "Контейнер"
#define PARTIES "Контрагенты"
#define CHANGES "СодержитТолькоИзменения"
#define BOM "\xef\xbb\xbf"

/* The words in windows-1251. */
#define ROOT_1251 "\xca\xee\xec\xec\xe5\xf0\xf7\xe5\xf1\xea\xe0\xff" \
    "\xc8\xed\xf4\xee\xf0\xec\xe0\xf6\xe8\xff"
#define FORMED_1251 "\xc4\xe0\xf2\xe0\xd4\xee\xf0\xec\xe8\xf0\xee\xe2\xe0" \
    "\xed\xe8\xff"
#define NUMBER "Номер"
#define NUMBER_1251 "\xcd\xee\xec\xe5\xf0"

/* The root and its attributes stand in the first bytes of a file. */
#define HEAD_BYTES 4096

static const struct {
	const char *version;
	bool container;
} shapes[] = {
	[PROFILE_UNF] = { "2.05", false },
	[PROFILE_UT11] = { "2.07", false },
	[PROFILE_UT103] = { "2.04", false },
	[PROFILE_BITRIX] = { "3.1", true },
};

/* ---- writing ---------------------------------------------------------- */

static void
write_orders(struct order_xml *xml, const struct fields *orders,
    size_t count)
{
	bool container = shapes[xml->profile].container;

	for (size_t i = 0; i < count; i++) {
		if (container)
			order_xml_open(xml, CONTAINER);
		order_document_write(xml, &orders[i]);
		if (container)
			order_xml_close(xml, CONTAINER);
	}
}

/* The document as far as its root is open; of an empty one the whole. */
static void
begin(struct buf *out, const struct config_orders *config,
    const char *version, int64_t formed, bool empty)
{
	char when[ORDER_TIME_BYTES];

	order_text_time(when, formed);
	(void)buf_printf(out, "%s<?xml version=\"1.0\" encoding=\"%s\"?>\n",
	    config->encoding == ENCODING_UTF8_BOM ? BOM : "",
	    config->encoding == ENCODING_1251 ? "windows-1251" : "UTF-8");
	(void)buf_printf(out, "<" ROOT " ВерсияСхемы=\"%s\" " FORMED
	    "=\"%s\"%s>\n", version, when, empty ? "/" : "");
}

struct content {
	const struct config_orders *config;
	const struct fields *items;
	size_t count;
	int64_t formed;
};

static void
write_file(struct buf *out, const struct content *content)
{
	struct order_xml xml = {
		.out = out, .profile = content->config->profile, .depth = 1,
		.text = BUF_INIT(LIMIT_RECORD_BYTES)
	};

	begin(out, content->config, shapes[xml.profile].version,
	    content->formed, content->count == 0);
	if (content->count > 0) {
		write_orders(&xml, content->items, content->count);
		(void)buf_add_text(out, "</" ROOT ">\n");
	}
	buf_free(&xml.text);
}

/* The documented form of counterparties (docs/COUNTERPARTIES.md), which has the
 * words of Bitrix's module, whatever reads the orders. */
static void
write_customers(struct buf *out, const struct content *content)
{
	struct order_xml xml = {
		.out = out, .profile = PROFILE_BITRIX, .depth = 2,
		.text = BUF_INIT(LIMIT_RECORD_BYTES)
	};

	begin(out, content->config, "3.1", content->formed, false);
	(void)buf_printf(out, " <" PARTIES " " CHANGES "=\"true\"%s>\n",
	    content->count == 0 ? "/" : "");
	for (size_t i = 0; i < content->count; i++)
		order_customer_write(&xml, &content->items[i]);
	if (content->count > 0)
		(void)buf_add_text(out, " </" PARTIES ">\n");
	(void)buf_add_text(out, "</" ROOT ">\n");
	buf_free(&xml.text);
}

static void
write_encoded(struct buf *out, const struct content *content,
    void (*write)(struct buf *out, const struct content *content))
{
	struct buf text = BUF_INIT(LIMIT_OUTBOX_BYTES);

	buf_clear(out);
	if (content->config->encoding != ENCODING_1251) {
		write(out, content);
		return;
	}
	write(&text, content);
	order_xml_encode(out, str_n(buf_text(&text), text.len));
	/* The caller looks at `out` alone. */
	out->full = out->full || text.full;
	buf_free(&text);
}

void
order_file_write(struct buf *out, const struct config_orders *config,
    const struct fields *orders, size_t count, int64_t formed)
{
	const struct content content = { config, orders, count, formed };

	write_encoded(out, &content, write_file);
}

void
order_file_customers(struct buf *out, const struct config_orders *config,
    const struct fields *cards, size_t count, int64_t formed)
{
	const struct content content = { config, cards, count, formed };

	write_encoded(out, &content, write_customers);
}

/* ---- comparing -------------------------------------------------------- */

/* Where `word` begins in text, or SIZE_MAX. */
static size_t
find_word(struct str text, const char *word)
{
	size_t len = strlen(word), at = 0;

	while (at + len <= text.len) {
		const char *p = memchr(text.p + at, (unsigned char)word[0],
		    text.len - len - at + 1);

		if (p == NULL)
			break;
		at = (size_t)(p - text.p);
		if (memcmp(p, word, len) == 0)
			return at;
		at++;
	}
	return SIZE_MAX;
}

static struct str
head_of(struct str file)
{
	return str_n(file.p, file.len < HEAD_BYTES ? file.len : HEAD_BYTES);
}

static size_t
skip_blanks(struct str text, size_t at)
{
	while (at < text.len && (text.p[at] == ' ' || text.p[at] == '\t' ||
	    text.p[at] == '\r' || text.p[at] == '\n'))
		at++;
	return at;
}

/* The attribute's value between its quotes: false, there is none. */
static bool
find_formed(struct str file, size_t *from, size_t *to)
{
	static const char *const words[] = { FORMED, FORMED_1251 };
	struct str head = head_of(file);
	size_t at;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		at = find_word(head, words[i]);
		if (at == SIZE_MAX)
			continue;
		at = skip_blanks(head, at + strlen(words[i]));
		if (at >= head.len || head.p[at] != '=')
			return false;
		at = skip_blanks(head, at + 1);
		if (at >= head.len || head.p[at] != '"')
			return false;
		*from = at + 1;
		for (at++; at < head.len && head.p[at] != '"'; at++)
			if (head.p[at] == '<' || head.p[at] == '>')
				return false;
		*to = at;
		return at < head.len;
	}
	return false;
}

bool
order_file_same(struct str a, struct str b)
{
	size_t a_from, a_to, b_from, b_to;

	if (!find_formed(a, &a_from, &a_to) ||
	    !find_formed(b, &b_from, &b_to))
		return str_eq(a, b);
	return str_eq(str_n(a.p, a_from), str_n(b.p, b_from)) &&
	    str_eq(str_n(a.p + a_to, a.len - a_to),
	    str_n(b.p + b_to, b.len - b_to));
}

/* ---- numbers in it ---------------------------------------------------- */

/* Behind "<Номер>" at `at`, where it stands there; else 0. */
static size_t
skip_tag(struct str file, size_t at)
{
	static const char *const words[] = { NUMBER, NUMBER_1251 };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t len = strlen(words[i]), end;

		if (at + len >= file.len ||
		    memcmp(file.p + at, words[i], len) != 0)
			continue;
		end = skip_blanks(file, at + len);
		if (end < file.len && file.p[end] == '>')
			return end + 1;
	}
	return 0;
}

/* The number up to the next tag. */
static bool
read_number(struct str file, size_t *at, int64_t *number)
{
	const char *p = memchr(file.p + *at, '<', file.len - *at);
	size_t end = p == NULL ? file.len : (size_t)(p - file.p);
	struct str text = str_trim(str_n(file.p + *at, end - *at));

	*at = end;
	return p != NULL && str_to_int64(number, text) == 0 && *number > 0;
}

bool
order_file_number(struct str file, size_t *at, int64_t *number)
{
	if (find_word(head_of(file), ROOT) == SIZE_MAX &&
	    find_word(head_of(file), ROOT_1251) == SIZE_MAX)
		return false;
	while (*at < file.len) {
		const char *p = memchr(file.p + *at, '<', file.len - *at);
		size_t inside;

		if (p == NULL)
			break;
		*at = (size_t)(p - file.p) + 1;
		inside = skip_tag(file, *at);
		if (inside == 0)
			continue;
		*at = inside;
		if (read_number(file, at, number))
			return true;
	}
	*at = file.len;
	return false;
}
