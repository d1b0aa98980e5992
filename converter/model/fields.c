/*
 * The canonical bytes of a list of fields.  Called for every value of every
 * object of a package, so nothing is allocated but the buffer itself, and
 * the common order (ascending numbers, rows of equal ones) needs no search.
 */
#include "model/field.h"

#include <string.h>

#include "base/limits.h"

/* The field's number, and a varint of 32 bits. */
#define HEAD_MAX 6
#define VARINT_MAX 5

_Static_assert(FIELD_LAST <= 256, "a field's number is one byte");
_Static_assert(LIMIT_RECORD_BYTES <= UINT32_MAX, "lengths fit 32 bits");

void
fields_init(struct fields *fields)
{
	*fields = (struct fields){
		.bytes = BUF_INIT(LIMIT_RECORD_BYTES)
	};
}

void
fields_free(struct fields *fields)
{
	buf_free(&fields->bytes);
	fields_init(fields);
}

void
fields_clear(struct fields *fields)
{
	buf_clear(&fields->bytes);
	fields->count = 0;
	fields->last = FIELD_NONE;
	fields->run = FIELD_NONE;
	fields->run_end = 0;
}

/* Writes number and length; returns how many bytes that are. */
static size_t
write_head(unsigned char head[HEAD_MAX], enum field field, size_t len)
{
	size_t n = 0;

	head[n++] = (unsigned char)field;
	while (len >= 0x80) {
		head[n++] = (unsigned char)(0x80 | (len & 0x7f));
		len >>= 7;
	}
	head[n++] = (unsigned char)len;
	return n;
}

/*
 * The entry at *at, and *at behind it.  Checked, for load() hands foreign
 * bytes in: false when there is no whole entry in its shortest form.
 */
static bool
read_entry(struct str bytes, size_t *at, enum field *field,
    struct str *value)
{
	size_t i = *at, len = 0;
	unsigned shift = 0;
	unsigned char c;

	if (i >= bytes.len)
		return false;
	*field = (enum field)(unsigned char)bytes.p[i++];
	do {
		if (i >= bytes.len || shift >= 7 * VARINT_MAX)
			return false;
		c = (unsigned char)bytes.p[i++];
		len |= (size_t)(c & 0x7f) << shift;
		shift += 7;
	} while ((c & 0x80) != 0);
	/* The last byte of a longer form than needed is 0; so is an empty
	 * value, and neither is kept. */
	if (c == 0 || len > bytes.len - i)
		return false;
	*value = str_n(bytes.p + i, len);
	*at = i + len;
	return true;
}

/* Where a new value of the field belongs: behind its equals. */
static size_t
find_place(const struct fields *fields, enum field field)
{
	size_t place = 0, at = 0;
	struct str value;
	enum field next;

	if (field >= fields->last)
		return fields->bytes.len;
	if (field == fields->run)
		return fields->run_end;
	while (fields_next(fields, &at, &next, &value) && next <= field)
		place = at;
	return place;
}

/* Makes room for head, first, FIELD_PART and second at its place. */
static int
add_value(struct fields *fields, enum field field, struct str first,
    struct str second, bool pair)
{
	size_t len, size, head_len, place, tail;
	unsigned char head[HEAD_MAX];
	char *to;

	if (fields->count >= LIMIT_RECORD_FIELDS ||
	    first.len > LIMIT_RECORD_BYTES || second.len > LIMIT_RECORD_BYTES)
		return -1;
	len = first.len + (pair ? 1 + second.len : 0);
	head_len = write_head(head, field, len);
	size = head_len + len;
	if (size > fields->bytes.max - fields->bytes.len)
		return -1;
	place = find_place(fields, field);
	tail = fields->bytes.len - place;
	/* The bytes are only room: they are written below. */
	(void)buf_add(&fields->bytes, head, head_len);
	(void)buf_add(&fields->bytes, first.p, first.len);
	if (pair) {
		(void)buf_add_char(&fields->bytes, FIELD_PART);
		(void)buf_add(&fields->bytes, second.p, second.len);
	}
	if (tail > 0) {
		to = fields->bytes.data + place;
		memmove(to + size, to, tail);
		memcpy(to, head, head_len);
		to += head_len;
		if (first.len > 0)
			memcpy(to, first.p, first.len);
		if (pair) {
			to[first.len] = FIELD_PART;
			if (second.len > 0)
				memcpy(to + first.len + 1, second.p,
				    second.len);
		}
	}
	fields->count++;
	fields->run = field;
	fields->run_end = place + size;
	if (field > fields->last)
		fields->last = field;
	return 0;
}

int
fields_add(struct fields *fields, enum field field, struct str value)
{
	if (value.len == 0)
		return 0;
	return add_value(fields, field, value, STR_NONE, false);
}

int
fields_add_pair(struct fields *fields, enum field field, struct str first,
    struct str second)
{
	return add_value(fields, field, first, second, true);
}

int
fields_set(struct fields *fields, enum field field, struct str value)
{
	fields_remove(fields, field);
	return fields_add(fields, field, value);
}

void
fields_remove(struct fields *fields, enum field field)
{
	size_t at = 0, from = 0, end, place = 0;
	enum field next, last = FIELD_NONE;
	unsigned removed = 0;
	struct str value;

	if (field > fields->last)
		return;
	end = fields->bytes.len;
	while (fields_next(fields, &at, &next, &value)) {
		if (next == field) {
			if (removed++ == 0)
				from = place;
		} else {
			last = next;
			if (next > field) {
				end = place;
				last = fields->last;
				break;
			}
		}
		place = at;
	}
	if (removed == 0)
		return;
	memmove(fields->bytes.data + from, fields->bytes.data + end,
	    fields->bytes.len - end + 1);
	fields->bytes.len -= end - from;
	fields->count -= removed;
	fields->last = last;
	fields->run = FIELD_NONE;
}

struct str
fields_get(const struct fields *fields, enum field field)
{
	struct str value;
	enum field next;
	size_t at = 0;

	while (fields_next(fields, &at, &next, &value) && next <= field) {
		if (next == field)
			return value;
	}
	return STR_NONE;
}

bool
fields_has_value(const struct fields *fields, enum field field,
    struct str value)
{
	struct str found;
	enum field next;
	size_t at = 0;

	while (fields_next(fields, &at, &next, &found) && next <= field)
		if (next == field && str_eq(found, value))
			return true;
	return false;
}

bool
fields_find(const struct fields *fields, enum field field, struct str key,
    struct str *value)
{
	struct str found;
	enum field next;
	size_t at = 0;

	while (fields_next(fields, &at, &next, &found) && next <= field) {
		if (next != field || !str_eq(field_part(found, 0), key))
			continue;
		if (value != NULL)
			*value = found;
		return true;
	}
	return false;
}

bool
fields_has(const struct fields *fields, enum field field)
{
	return fields_get(fields, field).len > 0;
}

bool
fields_next(const struct fields *fields, size_t *at, enum field *field,
    struct str *value)
{
	return read_entry(fields_bytes(fields), at, field, value);
}

int
fields_load(struct fields *fields, struct str bytes)
{
	enum field field, before = FIELD_NONE;
	unsigned count = 0;
	struct str value;
	size_t at = 0;

	fields_clear(fields);
	while (at < bytes.len) {
		if (!read_entry(bytes, &at, &field, &value) ||
		    field < before || field_name(field) == NULL ||
		    ++count > LIMIT_RECORD_FIELDS)
			return -1;
		before = field;
	}
	if (buf_add(&fields->bytes, bytes.p, bytes.len) != 0) {
		fields_clear(fields);
		return -1;
	}
	fields->count = count;
	fields->last = before;
	return 0;
}

struct str
fields_bytes(const struct fields *fields)
{
	return str_n(fields->bytes.data, fields->bytes.len);
}

void
fields_copy(struct fields *to, const struct fields *from)
{
	if (to == from)
		return;
	fields_clear(to);
	(void)buf_add(&to->bytes, from->bytes.data, from->bytes.len);
	to->count = from->count;
	to->last = from->last;
}

void
fields_minus(struct fields *out, const struct fields *wanted,
    const struct fields *agreed)
{
	struct str value, old = STR_NONE;
	enum field field, have = FIELD_NONE;
	size_t at = 0, other = 0;

	fields_clear(out);
	while (fields_next(wanted, &at, &field, &value)) {
		while (have < field &&
		    fields_next(agreed, &other, &have, &old))
			;
		if (have != field || !str_eq(old, value))
			(void)fields_add(out, field, value);
	}
}

void
fields_merge(struct fields *to, const struct fields *add)
{
	enum field field, before = FIELD_NONE;
	struct str value;
	size_t at = 0;

	while (fields_next(add, &at, &field, &value)) {
		/* All values of the field give way to all of the new. */
		if (field != before)
			fields_remove(to, field);
		(void)fields_add(to, field, value);
		before = field;
	}
}

void
fields_drop(struct fields *from, const struct fields *names)
{
	enum field field;
	struct str value;
	size_t at = 0;

	while (fields_next(names, &at, &field, &value))
		fields_remove(from, field);
}
