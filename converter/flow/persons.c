/*
 * Contact persons without an id in 1C are known by their names, so who marries
 * or gets a patronymic there would be made a second time.  One who is named no
 * more and a new one of the same company are one person when a part of their
 * names is the same and so is a phone or an e-mail; or, of one of each, when
 * two parts are and no phone or e-mail speaks against it.  Successors in an
 * office have the phone in common and no name.
 */
#include "flow/flow_internal.h"

#include <string.h>

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

/* Of one that the portal has what was agreed, of another what 1C states; one
 * that is both named and there is nobody's successor. */
static int
compare_targets(struct flow *flow, const struct target *gone,
    const struct target *named, bool *new, enum alike *alike,
    struct err *err)
{
	struct image old, image;
	struct wanted wanted;
	int rc;

	image_init(&old);
	image_init(&image);
	wanted_init(&wanted);
	rc = snapshot_image_get(flow->snap, gone, &old, err);
	if (rc != -1)
		rc = snapshot_image_get(flow->snap, named, &image, err);
	*new = rc != -1 && image.portal_id == 0;
	*alike = ALIKE_NOT;
	if (*new)
		rc = derive_wanted(flow, named, &image, &wanted, err);
	if (*new && rc != -1)
		*alike = compare(&old.agreed, &wanted.fields);
	wanted_free(&wanted);
	image_free(&image);
	image_free(&old);
	return rc == -1 ? -1 : 0;
}

int
persons_next(struct flow *flow, const struct target *gone,
    const struct target *all_gone, size_t gone_count,
    const struct target *named, size_t named_count,
    const struct target **next, struct err *err)
{
	size_t new_count = 0, found = 0, rivals = 0;
	enum alike alike, best = ALIKE_NOT;
	bool new;

	*next = NULL;
	for (size_t i = 0; i < named_count; i++) {
		if (compare_targets(flow, gone, &named[i], &new, &alike,
		    err) == -1)
			return -1;
		new_count += new;
		if (alike == ALIKE_NOT || alike < best)
			continue;
		found = alike > best ? 1 : found + 1;
		best = alike;
		*next = &named[i];
	}
	/* And is nobody else who is gone as much alike? */
	for (size_t i = 0; *next != NULL && i < gone_count; i++) {
		if (compare_targets(flow, &all_gone[i], *next, &new, &alike,
		    err) == -1)
			return -1;
		rivals += alike == best && !target_same(&all_gone[i], gone);
	}
	if (found != 1 || rivals > 0 || (best == ALIKE_IF_ALONE &&
	    (new_count != 1 || gone_count != 1)))
		*next = NULL;
	return 0;
}
