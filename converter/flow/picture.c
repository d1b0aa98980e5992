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
	char *folder, *to;
	int rc;

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
	enum field field;
	struct str value;
	size_t at = 0;

	while (fields_next(old, &at, &field, &value))
		if (field == FIELD_PICTURE &&
		    str_eq(field_part(value, 0), path))
			return field_part(value, 1);
	return STR_NONE;
}

static void
note_first(char first[256], const char *path)
{
	if (first[0] == '\0')
		(void)snprintf(first, 256, "%.*s",
		    (int)str_utf8_cut(str_of(path), 255).len, path);
}

/* As hash_file(), which it tallies. */
static int
stamp_one(struct flow *flow, const char *folder, const char *xml,
    const char *path, char hex[SHA256_HEX], struct picture_tally *tally,
    struct err *err)
{
	char *file = is_inside(path) ? find_file(folder, xml, path) : NULL;
	int rc = file == NULL ? 2 : hash_file(file, hex, err);

	if (rc == 0 && keep(flow, file, hex, err) == -1)
		rc = -1;
	free(file);
	if (rc == 0)
		tally->kept++;
	if (rc == 1) {
		tally->odd++;
		note_first(tally->first_odd, path);
	}
	if (rc == 2) {
		tally->missing++;
		note_first(tally->first, path);
	}
	return rc;
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
	char *path = mem_text_n(value.p, value.len), hex[SHA256_HEX];
	struct picture_tally before = *tally;
	struct str known;
	int rc;

	for (char *p = path; *p != '\0'; p++)
		if (*p == '\\')
			*p = '/';
	rc = stamp_one(flow, folder, xml, path, hex, tally, err);
	free(path);
	if (rc == -1)
		return -1;
	known = rc == 0 ? str_of(hex) : old_hash(old, value);
	if (rc == 2 && known.len > 0)
		*tally = before;
	if (rc == 1 && known.len == 0)
		known = str_of(PICTURE_NONE);
	if (known.len == 0)
		(void)fields_add(out, FIELD_PICTURE, value);
	else
		(void)fields_add_pair(out, FIELD_PICTURE, value, known);
	return 0;
}

int
picture_stamp(struct flow *flow, const char *folder, const char *xml,
    enum record_kind kind, struct str id, struct fields *fields,
    struct picture_tally *tally, struct err *err)
{
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
	rc = flow->source.get(flow->source.ctx, kind, id, &old, err);
	while (rc != -1 && fields_next(fields, &at, &field, &value))
		if (field == FIELD_PICTURE)
			rc = stamp_value(flow, folder, xml, &old, value,
			    &stamped, tally, err);
	if (rc != -1)
		fields_merge(fields, &stamped);
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
};

static int
remove_old(void *ctx, const char *path, const char *relative)
{
	struct pruning *pruning = ctx;
	struct err ignored = { 0 };
	struct stat st;
	int64_t since;

	(void)relative;
	if (lstat(path, &st) == -1)
		return 0;
	since = (int64_t)st.st_ctime * 1000;
	if (since < pruning->before && file_remove(path, &ignored) == 0)
		return 0;
	if (since < pruning->before)
		log_warn("%s", ignored.text);
	if (since < pruning->oldest)
		pruning->oldest = since;
	return 0;
}

/*
 * What is as old as the archive may be.  What comes is younger than what is
 * there, so nothing has to be looked at until the oldest is of that age; a
 * time that is ahead is of a clock that was set back.
 */
static int
prune_old(struct flow *flow, const char *folder, struct err *err)
{
	int64_t now = clock_wall_ms();
	int64_t oldest = snapshot_meta_int(flow->snap, META_OLDEST_PICTURE, 0);
	struct pruning pruning = { now - flow->config->inbox.archive_days *
	    DAY_MS, now };

	if (oldest >= pruning.before && oldest <= now)
		return 0;
	if (file_walk(folder, remove_old, &pruning, err) == -1)
		return -1;
	return snapshot_meta_set_int(flow->snap, META_OLDEST_PICTURE,
	    pruning.oldest, err);
}

/*
 * Everything is sent: nothing can need them.  Where something stays unsent
 * for ever, what is as old as the archive may be goes all the same: 1C can
 * export it again.
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
	if (rc == 0)
		rc = unsent ? prune_old(flow, folder, err) :
		    file_remove_tree(folder, err);
	free(folder);
	return rc;
}
