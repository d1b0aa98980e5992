/*
 * Pictures of goods.  1C names them by paths that say nothing, often the same
 * path for a new picture; what tells them apart is their bytes, by hash.  The
 * first one is the good's own picture in the portal, the others are a gallery.
 */
#include "mapping/map_internal.h"

#include <stdio.h>
#include <string.h>

#include "base/sha256.h"

/* So much of the hash stands in the file's name. */
#define NAME_HEX 32
#define NAME_BYTES (NAME_HEX + 8)

/* FIELD_PICTURE's parts (model/field.h). */
enum { PICTURE_PATH, PICTURE_HASH };

struct pictures {
	/* The paths with bytes, each hash once, in 1C's order. */
	struct str items[LIMIT_PICTURES];
	size_t count;
	bool missing;           /* 1C names some whose bytes are not known */
	bool headless;          /* the first is such a one */
};

static void
read_pictures(struct pictures *out, const struct fields *record)
{
	struct str value, hash;
	enum field field;
	size_t at = 0, i;

	out->count = 0;
	out->missing = out->headless = false;
	while (fields_next(record, &at, &field, &value) &&
	    field <= FIELD_PICTURE) {
		if (field != FIELD_PICTURE)
			continue;
		hash = field_part(value, PICTURE_HASH);
		if (str_is(hash, PICTURE_NONE))
			continue;
		if (hash.len != SHA256_HEX - 1) {
			out->missing = true;
			out->headless = out->headless || out->count == 0;
			continue;
		}
		for (i = 0; i < out->count; i++) {
			if (str_eq(hash, field_part(out->items[i],
			    PICTURE_HASH)))
				break;
		}
		if (i == out->count && i < LIMIT_PICTURES)
			out->items[out->count++] = value;
	}
}

int
map_picture_targets(const struct map *map, struct str id,
    const struct fields *record, int (*visit)(void *ctx,
    const struct target *target, struct err *err), void *ctx,
    struct err *err)
{
	struct pictures pictures;
	struct target target;
	size_t i;
	int rc = 0;

	if (!map->config->catalog.pictures || record == NULL)
		return 0;
	read_pictures(&pictures, record);
	for (i = 0; rc == 0 && i < pictures.count; i++) {
		struct str key = i == 0 ? str_of(TARGET_MAIN) :
		    field_part(pictures.items[i], PICTURE_HASH);

		/* An id that is too long was told with the good. */
		if (target_set_part(&target, TARGET_PICTURE, id, key) == 0)
			rc = visit(ctx, &target, err);
	}
	return rc;
}

/* The portal tells the type by the name's end. */
static const char *
extension(struct str path)
{
	static const char *const known[] = { "jpg", "jpeg", "png", "gif",
	    "webp" };
	struct str end = STR_NONE;
	size_t i, j;

	for (i = path.len; i > 0 && path.p[i - 1] != '/'; i--) {
		if (path.p[i - 1] == '.') {
			end = str_n(path.p + i, path.len - i);
			break;
		}
	}
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		for (j = 0; j < end.len && known[i][j] != '\0'; j++) {
			char c = end.p[j];

			if (c >= 'A' && c <= 'Z')
				c = (char)(c - 'A' + 'a');
			if (c != known[i][j])
				break;
		}
		if (end.len > 0 && j == end.len && known[i][j] == '\0')
			return known[i];
	}
	return "jpg";
}

static void
put_picture(enum map_owner owner, struct str picture, bool is_main,
    struct wanted *out)
{
	struct str hash = field_part(picture, PICTURE_HASH);
	char name[NAME_BYTES];

	(void)snprintf(name, sizeof(name), "%.*s.%s", NAME_HEX, hash.p,
	    extension(field_part(picture, PICTURE_PATH)));
	out->state = WANTED_PRESENT;
	/* One of the gallery is never changed, for its key is its hash: a
	 * new end of its path is no news. */
	if (!is_main)
		owner = OWNER_PORTAL;
	map_derive_put(out, owner, FIELD_HASH, hash);
	map_derive_put(out, owner, FIELD_FILE, str_of(name));
}

void
map_picture_derive(const struct map *map, const struct target *target,
    const struct fields *record, const struct target *good,
    struct wanted *out)
{
	enum map_owner owner = map->goods[FIELD_PICTURE];
	struct str key = target_rule(target);
	bool is_main = str_is(key, TARGET_MAIN), moved;
	struct pictures pictures;
	size_t i;

	out->state = WANTED_NOTHING;
	if (!map->config->catalog.pictures || owner == OWNER_NEVER ||
	    record == NULL || good->kind == TARGET_NONE)
		return;
	out->parent = *good;
	read_pictures(&pictures, record);
	/* In place of a first one that did not come the next is good enough
	 * where there is none, and does not push aside what is there. */
	if (is_main && pictures.count > 0) {
		put_picture(pictures.headless ? OWNER_PORTAL : owner,
		    pictures.items[0], true, out);
		return;
	}
	for (i = 1; !is_main && i < pictures.count; i++) {
		if (str_eq(key, field_part(pictures.items[i],
		    PICTURE_HASH))) {
			put_picture(owner, pictures.items[i], false, out);
			return;
		}
	}
	/* The first is the good's own and stands in the gallery no more. */
	moved = !is_main && pictures.count > 0 && !pictures.headless &&
	    str_eq(key, field_part(pictures.items[0], PICTURE_HASH));
	/* One that is named without its bytes may be this one.  Where the
	 * portal owns them, nothing is taken away. */
	if ((moved || !pictures.missing) && owner == OWNER_1C)
		out->state = WANTED_GONE;
}
