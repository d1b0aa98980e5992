/*
 * Pictures of goods.  1C names them by path and may delete them at any time,
 * so their bytes are kept, under their hash, from the moment when the package
 * is read until nothing is left to be sent.  From then on a picture is its
 * hash: a renamed file is no change, and the same bytes are sent once.
 */
#include "flow/flow_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/sha256.h"

#define CHUNK 65536
#define HASH_CHARACTERS (SHA256_HEX - 1)
#define DAY_MS ((int64_t)24 * 3600 * 1000)

/* Folders of two letters of the hash, so that none gets too long. */
static char *
kept_folder(const struct flow *flow, const char *hash)
{
	return mem_printf("%s/pictures/%.2s", flow->config->folders.state,
	    hash);
}

static char *
kept_path(const struct flow *flow, const char *hash)
{
	return mem_printf("%s/pictures/%.2s/%s",
	    flow->config->folders.state, hash, hash);
}

/* ---- what is a picture? ------------------------------------------------- */

/* By its first bytes: what the portal shows in a gallery. */
static bool
looks_like_picture(const unsigned char *head, size_t len)
{
	static const struct {
		const char *bytes;
		size_t len;
	} kinds[] = {
		{ "\xff\xd8\xff", 3 },
		{ "\x89PNG\r\n\x1a\n", 8 },
		{ "GIF8", 4 },
		{ "BM", 2 },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (len >= kinds[i].len &&
		    memcmp(head, kinds[i].bytes, kinds[i].len) == 0)
			return true;
	return len >= 12 && memcmp(head, "RIFF", 4) == 0 &&
	    memcmp(head + 8, "WEBP", 4) == 0;
}

/* 0; 1: no picture, or too large; 2: not there; -1. */
static int
hash_file(const char *path, char hex[SHA256_HEX], struct err *err)
{
	unsigned char *chunk = mem_alloc(CHUNK);
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct sha256 hash;
	struct stat st;
	size_t total = 0;
	ssize_t got = 0;
	bool first = true, good = true;

	sha256_init(&hash);
	if (fd >= 0)
		good = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
	while (fd >= 0 && good && (got = read(fd, chunk, CHUNK)) > 0) {
		total += (size_t)got;
		if (first)
			good = looks_like_picture(chunk, (size_t)got);
		first = false;
		good = good && total <= LIMIT_PICTURE_BYTES;
		sha256_add(&hash, chunk, (size_t)got);
	}
	free(chunk);
	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? 2 : 1;
	(void)close(fd);
	if (got < 0)
		return err_set(err, ERR_SYSTEM, "%s: %s", path,
		    strerror(errno));
	sha256_hex(&hash, hex);
	return good && total > 0 ? 0 : 1;
}

/* ---- where it is -------------------------------------------------------- */

/* Nothing that leads out of the package. */
static bool
is_inside(const char *path)
{
	const char *part = path, *end;

	if (path[0] == '/' || path[0] == '\0' ||
	    strlen(path) >= LIMIT_NAME_BYTES)
		return false;
	for (;;) {
		end = strchr(part, '/');
		if (strncmp(part, "..", 2) == 0 &&
		    (part[2] == '/' || part[2] == '\0'))
			return false;
		if (end == NULL)
			return true;
		part = end + 1;
	}
}

/*
 * The file that the path means: beside the XML file that names it, or in one
 * of the folders above it, up to the package's own (commerceml.md 3.1).
 * NULL: there is none.
 */
static char *
find_file(const char *folder, const char *xml, const char *path)
{
	char *place = mem_text(xml), *slash, *found = NULL;
	bool more = true;

	while (more && found == NULL) {
		slash = strrchr(place, '/');
		more = slash != NULL;
		if (more)
			*slash = '\0';
		found = more ? mem_printf("%s/%s/%s", folder, place, path) :
		    mem_printf("%s/%s", folder, path);
		if (!file_exists(found)) {
			free(found);
			found = NULL;
		}
	}
	free(place);
	return found;
}

/* ---- stamping ----------------------------------------------------------- */

static int
keep(struct flow *flow, const char *file, const char *hex, struct err *err)
{
	struct stat info;
	char *folder, *to;
	int rc;

	if (flow->options.preview && lstat(file, &info) == 0) {
		flow->unkept++;
		flow->unkept_bytes += info.st_size;
	}
	if (flow->options.read_only || flow->options.preview)
		return 0;
	folder = kept_folder(flow, hex);
	to = kept_path(flow, hex);
	rc = file_exists(to) ? 0 : file_make_dir(folder, err);
	if (rc == 0 && !file_exists(to)) {
		rc = file_link(file, to, err);
		flow->pictures_new = true;
	}
	free(folder);
	free(to);
	return rc == -1 ? -1 : 0;
}

/* The hash that this path had when the record was stated last. */
static struct str
old_hash(const struct fields *old, struct str path)
{
	struct str value;

	return fields_find(old, FIELD_PICTURE, path, &value) ?
	    field_part(value, 1) : STR_NONE;
}

/* One more, as long as the line has room for it. */
static void
note_example(char line[PICTURE_EXAMPLES], const char *path, struct str owner)
{
	char one[PICTURE_EXAMPLES];
	size_t used = strlen(line);
	struct str name = str_utf8_cut(owner, PICTURE_EXAMPLES / 4);
	int len = snprintf(one, sizeof(one), "%s%.*s%s%.*s%s",
	    used > 0 ? ", " : "", (int)str_utf8_cut(str_of(path),
	    PICTURE_EXAMPLES / 2).len, path, path[0] != '\0' && name.len > 0 ?
	    " (" : "", (int)name.len, name.len > 0 ? name.p : "",
	    path[0] != '\0' && name.len > 0 ? ")" : "");

	if (used + (size_t)len < PICTURE_EXAMPLES)
		memcpy(line + used, one, (size_t)len + 1);
}

void
picture_note_odd(struct picture_tally *tally, const char *path)
{
	tally->odd++;
	note_example(tally->first_odd, path, tally->owner);
}

void
picture_notes_clear(struct picture_notes *notes)
{
	while (notes->count > 0)
		free(notes->items[--notes->count].path);
}

void
picture_notes_free(struct picture_notes *notes)
{
	picture_notes_clear(notes);
	free(notes->items);
	*notes = (struct picture_notes){ NULL, 0, 0 };
}

/* Takes the path over. */
static void
add_note(struct picture_notes *notes, char *path, enum owed_came came)
{
	if (notes == NULL) {
		free(path);
		return;
	}
	if (notes->count == notes->size) {
		notes->size = notes->size == 0 ? 8 : notes->size * 2;
		notes->items = mem_resize(notes->items, notes->size,
		    sizeof(*notes->items));
	}
	notes->items[notes->count++] = (struct picture_note){ path, came };
}

char *
picture_path(struct str named)
{
	char *path = mem_text_n(named.p, named.len);

	for (char *p = path; *p != '\0'; p++)
		if (*p == '\\')
			*p = '/';
	return path;
}

bool
picture_is(struct str value, const char *path)
{
	char *named = picture_path(field_part(value, 0));
	bool same = strcmp(named, path) == 0;

	free(named);
	return same;
}

int
picture_keep(struct flow *flow, const char *file, char hex[SHA256_HEX],
    struct err *err)
{
	int rc = hash_file(file, hex, err);

	return rc == 0 && keep(flow, file, hex, err) == -1 ? -1 : rc;
}

/* As hash_file(), which it tallies. */
static int
stamp_one(struct flow *flow, const char *folder, const char *xml,
    const char *path, char hex[SHA256_HEX], struct picture_tally *tally,
    struct err *err)
{
	char *file = is_inside(path) ? find_file(folder, xml, path) : NULL;
	int rc = file == NULL ? 2 : picture_keep(flow, file, hex, err);

	free(file);
	if (rc == 0)
		tally->kept++;
	if (rc == 1)
		picture_note_odd(tally, path);
	if (rc == 2) {
		tally->missing++;
		note_example(tally->first, path, tally->owner);
	}
	return rc;
}

/* A path that leads out of the package is of no file that may come. */
static enum owed_came
came_of(int rc, const char *path, struct str known)
{
	if (rc == 0)
		return OWED_CAME;
	/* What had its picture and was not sent again is no news. */
	if (rc == 2 && known.len == HASH_CHARACTERS)
		return OWED_AS_BEFORE;
	return is_inside(path) ? OWED_MISSING : OWED_BY_NOBODY;
}

/*
 * Of a package that does not bring the file again, its earlier hash.  What is
 * no picture keeps that of the picture that was there before, and is told each
 * time; else it is marked, for unlike one that did not come it hides nothing.
 */
static int
stamp_value(struct flow *flow, const char *folder, const char *xml,
    const struct fields *old, struct str value, struct fields *out,
    struct picture_tally *tally, struct err *err)
{
	char *path = picture_path(value), hex[SHA256_HEX];
	struct picture_tally before = *tally;
	struct str known;
	int rc;

	rc = stamp_one(flow, folder, xml, path, hex, tally, err);
	if (rc == -1) {
		free(path);
		return -1;
	}
	known = rc == 0 ? str_of(hex) : old_hash(old, value);
	if (rc == 2 && known.len > 0)
		*tally = before;
	add_note(tally->notes, path, came_of(rc, path, known));
	if (rc == 1 && known.len == 0)
		known = str_of(PICTURE_NONE);
	if (known.len == 0)
		(void)fields_add(out, FIELD_PICTURE, value);
	else
		(void)fields_add_pair(out, FIELD_PICTURE, value, known);
	return 0;
}

/* Pictures of one record beyond what a good gets; the same one twice is one. */
static void
count_over(const struct fields *stamped, struct picture_tally *tally)
{
	struct str value, hashes[2 * LIMIT_PICTURES];
	size_t at = 0, count = 0, i;
	enum field field;

	while (fields_next(stamped, &at, &field, &value)) {
		struct str hash = field_part(value, 1);

		if (hash.len != HASH_CHARACTERS)
			continue;
		for (i = 0; i < count && i < 2 * LIMIT_PICTURES; i++)
			if (str_eq(hashes[i], hash))
				break;
		if (i < count)
			continue;
		if (count < 2 * LIMIT_PICTURES)
			hashes[count] = hash;
		count++;
	}
	if (count <= LIMIT_PICTURES)
		return;
	tally->over += (int64_t)count - LIMIT_PICTURES;
	note_example(tally->first_over, "", tally->owner);
}

int
picture_stamp(struct flow *flow, const char *folder, const char *xml,
    enum record_kind kind, struct str id, struct fields *fields,
    struct picture_tally *tally, struct err *err)
{
	const struct record_source *source = &flow->source;
	struct fields old, stamped;
	enum field field;
	struct str value;
	size_t at = 0;
	int rc;

	if (!flow->config->catalog.pictures || fields->last < FIELD_PICTURE ||
	    !fields_has(fields, FIELD_PICTURE))
		return 0;
	fields_init(&old);
	fields_init(&stamped);
	rc = (source->stated != NULL ? source->stated : source->get)(
	    source->ctx, kind, id, &old, err);
	tally->owner = fields_has(fields, FIELD_NAME) ? fields_get(fields,
	    FIELD_NAME) : id;
	while (rc != -1 && fields_next(fields, &at, &field, &value))
		if (field == FIELD_PICTURE)
			rc = stamp_value(flow, folder, xml, &old, value,
			    &stamped, tally, err);
	if (rc != -1) {
		count_over(&stamped, tally);
		fields_merge(fields, &stamped);
	}
	tally->owner = STR_NONE;
	fields_free(&old);
	fields_free(&stamped);
	return rc == -1 ? -1 : 0;
}

int
picture_sync(struct flow *flow, struct err *err)
{
	static const char digits[] = "0123456789abcdef";
	char name[3] = "", *folder;
	int rc = 0;

	if (!flow->pictures_new)
		return 0;
	for (size_t i = 0; rc == 0 && i < 256; i++) {
		name[0] = digits[i >> 4];
		name[1] = digits[i & 15];
		folder = kept_folder(flow, name);
		if (file_is_dir(folder))
			rc = file_sync_dir(folder, err);
		free(folder);
	}
	flow->pictures_new = rc != 0;
	return rc;
}

/*
 * What was read while pictures were not carried kept no bytes.  Nothing is
 * wrong then, and nothing would be seen of the new rule.
 */
int
picture_note_rule(struct flow *flow, struct err *err)
{
	int64_t now = flow->config->catalog.pictures ? 1 : 0;
	int64_t before = snapshot_meta_int(flow->snap, META_PICTURES, now);

	if (before == 0 && now == 1)
		report_say(flow->report, "%s", _("pictures are carried from "
		    "now on: those of a good come with the next package that "
		    "brings it and its files; export everything from 1C "
		    "once"));
	return snapshot_meta_set_int(flow->snap, META_PICTURES, now, err);
}

/* ---- sending ------------------------------------------------------------ */

int
picture_find(const struct flow *flow, struct str hash, char **path,
    size_t *size)
{
	char hex[SHA256_HEX];
	struct stat st;

	*path = NULL;
	if (hash.len != HASH_CHARACTERS)
		return 1;
	(void)snprintf(hex, sizeof(hex), "%.*s", HASH_CHARACTERS, hash.p);
	*path = kept_path(flow, hex);
	if (lstat(*path, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_size > 0 && (size_t)st.st_size <= LIMIT_PICTURE_BYTES) {
		*size = (size_t)st.st_size;
		return 0;
	}
	free(*path);
	*path = NULL;
	return 1;
}

bool
picture_may_repeat(const struct flow *flow, const struct target *target,
    const struct wanted *wanted)
{
	char *path;
	size_t size;
	int rc;

	if (target->kind != TARGET_PICTURE)
		return true;
	rc = picture_find(flow, fields_get(&wanted->fields, FIELD_HASH),
	    &path, &size);
	free(path);
	return rc == 0;
}

static int
revive(void *ctx, const struct change *change, struct err *err)
{
	struct flow *flow = ctx;

	return change->target.kind == TARGET_PICTURE &&
	    strcmp(change->code, PICTURE_MISSING) == 0 ?
	    snapshot_change_replan(flow->snap, change->row, err) : 0;
}

int
picture_revive(struct flow *flow, const struct picture_tally *tally,
    struct err *err)
{
	return tally->kept == 0 ? 0 : snapshot_change_each(flow->snap,
	    CHANGE_FAILED, revive, flow, err);
}

struct pruning {
	int64_t before, oldest; /* wall ms; oldest: of what stays */
	const struct rowset *wanted;    /* NULL: all */
};

/* A number for a hash, not 0. */
static int64_t
number_of(struct str hash)
{
	return (int64_t)(str_hash(0, hash) >> 1) + 1;
}

static bool
is_wanted(const struct pruning *pruning, const char *relative)
{
	const char *base = strrchr(relative, '/');

	return pruning->wanted == NULL || (base != NULL &&
	    rowset_has(pruning->wanted, number_of(str_of(base + 1))));
}

static int
remove_old(void *ctx, const char *path, const char *relative)
{
	struct pruning *pruning = ctx;
	struct err ignored = { 0 };
	struct stat st;
	int64_t since;
	bool goes;

	if (lstat(path, &st) == -1)
		return 0;
	since = (int64_t)st.st_ctime * 1000;
	goes = since < pruning->before || !is_wanted(pruning, relative);
	if (goes && file_remove(path, &ignored) == 0)
		return 0;
	if (goes)
		log_warn("%s", ignored.text);
	if (since < pruning->oldest)
		pruning->oldest = since;
	return 0;
}

/*
 * What is as old as the archive may be, and what is not wanted.  What comes is
 * younger than what is there, so where all is wanted nothing has to be looked
 * at until the oldest is of that age; a time that is ahead is of a clock that
 * was set back.
 */
static int
prune_old(struct flow *flow, const char *folder, const struct rowset *wanted,
    struct err *err)
{
	int64_t now = clock_wall_ms();
	int64_t oldest = snapshot_meta_int(flow->snap, META_OLDEST_PICTURE, 0);
	struct pruning pruning = { now - flow->config->inbox.archive_days *
	    DAY_MS, now, wanted };

	if (wanted == NULL && oldest >= pruning.before && oldest <= now)
		return 0;
	if (file_walk(folder, remove_old, &pruning, err) == -1)
		return -1;
	return snapshot_meta_set_int(flow->snap, META_OLDEST_PICTURE,
	    pruning.oldest, err);
}

struct standing_in {
	struct flow *flow;
	struct rowset pictures;
	struct fields record;
};

/* While the first picture of a good does not come the next one is its own, and
 * has to be sent to the gallery when it does. */
static int
note_standing_in(void *ctx, const struct owed *owed, struct err *err)
{
	struct standing_in *found = ctx;
	struct record_source *source = &found->flow->source;
	enum field field;
	struct str value, hash;
	bool before = false;
	size_t at = 0;
	int rc = source->get(source->ctx, owed->kind, str_n(owed->id,
	    owed->id_len), &found->record, err);

	while (rc == 0 && fields_next(&found->record, &at, &field, &value)) {
		if (field != FIELD_PICTURE)
			continue;
		hash = field_part(value, 1);
		if (hash.len == HASH_CHARACTERS) {
			if (before)
				rowset_add(&found->pictures, number_of(hash));
			break;
		}
		before = before || picture_is(value, owed->path);
	}
	return rc == -1 ? -1 : 0;
}

/* All is sent; but for what may be asked for once more nothing is needed. */
static int
prune_sent(struct flow *flow, const char *folder, struct err *err)
{
	struct standing_in found = { .flow = flow };
	int64_t last = snapshot_meta_int(flow->snap, META_LAST_REQUEST, 0);
	bool owed;
	int rc;

	if (snapshot_owed_any(flow->snap, NULL, &owed, err) == -1)
		return -1;
	if (!owed)
		return file_remove_tree(folder, err);
	/* Nothing has come and nothing was sent since the last look. */
	if (flow->pruned == flow->tally.shelved && last ==
	    snapshot_meta_int(flow->snap, META_PRUNED, 0))
		return prune_old(flow, folder, NULL, err);
	fields_init(&found.record);
	rc = snapshot_owed_all(flow->snap, note_standing_in, &found, err);
	if (rc == 0)
		rc = found.pictures.count == 0 ?
		    file_remove_tree(folder, err) :
		    prune_old(flow, folder, &found.pictures, err);
	if (rc == 0)
		rc = snapshot_meta_set_int(flow->snap, META_PRUNED, last,
		    err);
	flow->pruned = flow->tally.shelved;
	fields_free(&found.record);
	rowset_free(&found.pictures);
	return rc;
}

static int
note_open(void *ctx, const struct session *session, struct err *err)
{
	bool *open = ctx;

	(void)session;
	(void)err;
	*open = true;
	return 0;
}

/*
 * May pictures be wanted yet that nothing waits with now?  Some good may be
 * selected by the prices or the stock that its export still brings; and that
 * one has no characteristics any more is known when the export is over: then
 * they go to the form that it had before.
 */
static int
may_be_wanted(struct flow *flow, bool *out, struct err *err)
{
	const struct config *config = flow->config;
	bool varied = flow->source.has_target != NULL &&
	    flow->source.has_target(flow->source.ctx, TARGET_OFFER);

	*out = false;
	if (!config->catalog.select_in_stock &&
	    !config_selects_by_price(config) && !varied)
		return 0;
	return snapshot_session_each_open(flow->snap, note_open, out, err);
}

/*
 * Where something stays unsent for ever, or owed, what is as old as the archive
 * may be goes all the same: 1C can export it again.
 */
int
picture_prune(struct flow *flow, struct err *err)
{
	char *folder = file_join(flow->config->folders.state, "pictures");
	bool unsent;
	int rc = 0;

	if (!file_is_dir(folder)) {
		free(folder);
		return 0;
	}
	rc = snapshot_change_any(flow->snap, &unsent, err);
	if (rc == 0 && !unsent)
		rc = may_be_wanted(flow, &unsent, err);
	if (rc == 0)
		rc = unsent ? prune_old(flow, folder, NULL, err) :
		    prune_sent(flow, folder, err);
	free(folder);
	return rc;
}
