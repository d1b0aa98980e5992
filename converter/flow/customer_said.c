#include "flow/customer_said.h"

#include <string.h>

#include "model/party.h"
#include "snapshot/sharing.h"

static const struct fields nothing;

void
customer_said_init(struct said *said, const struct fields *heard)
{
	wanted_init(&said->wanted);
	image_init(&said->image);
	said->heard = heard;
	said->other_count = 0;
}

void
customer_said_free(struct said *said)
{
	wanted_free(&said->wanted);
	image_free(&said->image);
	for (size_t i = 0; i < said->other_count; i++)
		fields_free(&said->others[i]);
	said->other_count = 0;
}

static int
read_wanted(struct flow *flow, const struct target *target,
    const struct image *image, struct wanted *wanted, struct err *err)
{
	if (derive_wanted(flow, target, image, wanted, err) == -1)
		return -1;
	fields_merge(&wanted->fields, &wanted->unsaid);
	fields_merge(&wanted->fields, &wanted->at_create);
	return 0;
}

static int
add_other(struct flow *flow, const struct target *target,
    const struct image *image, struct said *said, struct err *err)
{
	struct wanted wanted;
	int rc;

	wanted_init(&wanted);
	rc = read_wanted(flow, target, image, &wanted, err);
	if (rc == 0) {
		fields_init(&said->others[said->other_count]);
		fields_copy(&said->others[said->other_count++],
		    &wanted.fields);
	}
	wanted_free(&wanted);
	return rc;
}

/* All of one kind that have the same contact. */
static int
add_others(struct flow *flow, enum target_kind kind, struct said *said,
    struct err *err)
{
	struct target target;
	struct image image;
	int64_t row = 0;
	int rc = 0;

	image_init(&image);
	while (rc == 0 && said->other_count < SAID_OTHERS) {
		rc = snapshot_image_same(flow->snap, kind,
		    said->image.portal_id, row, &target, &image, err);
		row = image.target;
		if (rc == 0 && row != said->image.target)
			rc = add_other(flow, &target, &image, said, err);
	}
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

int
customer_said_read(struct flow *flow, const struct target *target,
    struct said *said, struct err *err)
{
	int rc = snapshot_image_get(flow->snap, target, &said->image, err);

	if (rc == -1 || read_wanted(flow, target, &said->image, &said->wanted,
	    err) == -1)
		return -1;
	if (rc == 1 || said->image.portal_id == 0 ||
	    !client_is_human(target->kind))
		return 0;
	if (add_others(flow, TARGET_CONTACT, said, err) == -1)
		return -1;
	return add_others(flow, TARGET_PERSON, said, err);
}

size_t
customer_said_count(const struct said *said)
{
	return 3 + said->other_count;
}

const struct fields *
customer_said_source(const struct said *said, size_t n)
{
	if (n == 0)
		return &said->wanted.fields;
	if (n == 1)
		return &said->image.agreed;
	if (n == 2)
		return said->heard != NULL ? said->heard : &nothing;
	return &said->others[n - 3];
}

/* ---- names ---- */

/* Of a plain name: one blank between. */
static bool
next_word(struct str *rest, struct str *word)
{
	const char *end = rest->len == 0 ? NULL : memchr(rest->p, ' ',
	    rest->len);
	size_t len = end == NULL ? rest->len : (size_t)(end - rest->p);
	size_t skip = end == NULL ? len : len + 1;

	*word = str_n(rest->p, len);
	*rest = str_n(rest->p + skip, rest->len - skip);
	return len > 0;
}

static bool
has_word(struct str names, struct str word)
{
	struct str one;

	while (next_word(&names, &one))
		if (str_eq(one, word))
			return true;
	return false;
}

static bool
has_all_words(const struct fields *source, struct str part)
{
	static const enum field parts[] = { FIELD_LAST_NAME,
	    FIELD_FIRST_NAME, FIELD_SECOND_NAME };
	struct buf name = BUF_INIT(LIMIT_RECORD_BYTES);
	struct buf whole = BUF_INIT(LIMIT_RECORD_BYTES);
	struct buf plain = BUF_INIT(LIMIT_RECORD_BYTES);
	struct str words, word;
	size_t count = 0;
	bool all = true;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct str value = fields_get(source, parts[i]);

		(void)buf_printf(&name, "%.*s ", (int)value.len,
		    value.len > 0 ? value.p : "");
	}
	party_name_plain(&whole, str_n(buf_text(&name), name.len));
	party_name_plain(&plain, part);
	words = str_n(buf_text(&plain), plain.len);
	while (all && next_word(&words, &word)) {
		all = has_word(str_n(buf_text(&whole), whole.len), word);
		count++;
	}
	buf_free(&name);
	buf_free(&whole);
	buf_free(&plain);
	return all && count > 1;
}

bool
customer_said_has_words(const struct said *said, struct str part)
{
	bool has = false;

	for (size_t i = 0; i < customer_said_count(said) && !has; i++)
		has = has_all_words(customer_said_source(said, i), part);
	return has;
}
