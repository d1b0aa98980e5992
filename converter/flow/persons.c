/*
 * Contact persons without an id in 1C are known by their names, so who marries
 * or gets a patronymic there would be made a second time.  One who is named no
 * more and a new one of the same company are one person when a part of their
 * names is the same and so is a phone or an e-mail; or, of one of each, when
 * two parts are and no phone or e-mail speaks against it.  Successors in an
 * office have the phone in common and no name.
 */
#include "flow/persons.h"

#include <stdlib.h>

#include "base/mem.h"
#include "model/party.h"

enum alike { ALIKE_NOT, ALIKE_IF_ALONE, ALIKE_SURELY };

static bool
same_part(const struct fields *a, const struct fields *b, enum field field)
{
	struct str one = fields_get(a, field), other = fields_get(b, field);

	return one.len > 0 && other.len > 0 && (str_same_name(one, other) ||
	    party_name_shortens(one, other) ||
	    party_name_shortens(other, one));
}

static bool
same_value(enum field field, struct str a, struct str b)
{
	return field == FIELD_PHONES ? party_phone_same(a, b) :
	    str_same_name(a, b);
}

static bool
have_common(const struct fields *a, const struct fields *b, enum field field)
{
	struct str lines = fields_get(a, field), line, other;
	size_t at = 0;

	while (party_line_next(lines, &at, &line)) {
		struct str others = fields_get(b, field);
		size_t place = 0;

		while (party_line_next(others, &place, &other))
			if (same_value(field, field_part(line, 1),
			    field_part(other, 1)))
				return true;
	}
	return false;
}

static bool
contradict(const struct fields *a, const struct fields *b, enum field field)
{
	return fields_has(a, field) && fields_has(b, field);
}

static enum alike
compare(const struct fields *old, const struct fields *new)
{
	int parts = same_part(old, new, FIELD_LAST_NAME) +
	    same_part(old, new, FIELD_FIRST_NAME) +
	    same_part(old, new, FIELD_SECOND_NAME);

	if (parts > 0 && (have_common(old, new, FIELD_PHONES) ||
	    have_common(old, new, FIELD_EMAILS)))
		return ALIKE_SURELY;
	return parts >= 2 && !contradict(old, new, FIELD_PHONES) &&
	    !contradict(old, new, FIELD_EMAILS) ? ALIKE_IF_ALONE : ALIKE_NOT;
}

/* Of one that the portal has what was agreed, of one that is being made what
 * was said. */
static int
read_gone(struct flow *flow, const struct target *target,
    struct persons_one *out, struct err *err)
{
	bool held;

	return papers_held(flow, target, &out->fields, &held, err);
}

/* What 1C states of a new one; one that is both named and there is nobody's
 * successor. */
static int
read_named(struct flow *flow, const struct target *target,
    struct persons_one *out, struct err *err)
{
	struct wanted wanted;
	struct image image;
	int rc;

	image_init(&image);
	wanted_init(&wanted);
	rc = snapshot_image_get(flow->snap, target, &image, err);
	out->new = rc != -1 && image.portal_id == 0;
	if (out->new)
		rc = derive_wanted(flow, target, &image, &wanted, err);
	fields_copy(&out->fields, &wanted.fields);
	wanted_free(&wanted);
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

int
persons_read(struct flow *flow, const struct target *list, size_t count,
    bool named, struct persons *out, struct err *err)
{
	int rc = 0;

	out->count = count;
	out->all = mem_array(count + 1, sizeof(*out->all));
	for (size_t i = 0; i < count; i++)
		fields_init(&out->all[i].fields);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		rc = (named ? read_named : read_gone)(flow, &list[i],
		    &out->all[i], err);
		out->new_count += out->all[i].new;
	}
	return rc;
}

void
persons_free(struct persons *persons)
{
	for (size_t i = 0; i < persons->count; i++)
		fields_free(&persons->all[i].fields);
	free(persons->all);
}

static enum alike
compare_ones(const struct persons_one *gone, const struct persons_one *named)
{
	return named->new ? compare(&gone->fields, &named->fields) : ALIKE_NOT;
}

bool
persons_next(const struct persons *gone, size_t which,
    const struct persons *named, size_t *next)
{
	enum alike alike, best = ALIKE_NOT;
	size_t found = 0, rivals = 0;

	for (size_t i = 0; i < named->count; i++) {
		alike = compare_ones(&gone->all[which], &named->all[i]);
		if (alike == ALIKE_NOT || alike < best)
			continue;
		found = alike > best ? 1 : found + 1;
		best = alike;
		*next = i;
	}
	/* And is nobody else who is gone as much alike? */
	for (size_t i = 0; found == 1 && i < gone->count; i++)
		rivals += i != which && compare_ones(&gone->all[i],
		    &named->all[*next]) == best;
	return found == 1 && rivals == 0 && (best != ALIKE_IF_ALONE ||
	    (named->new_count == 1 && gone->count == 1));
}
