/*
 * Unpacking one zip.  Everything its directory says is judged first, then all
 * is unpacked into a hidden folder beside it, and only what is whole and
 * synced moves into place; the zip goes last.  So a kill at any point costs
 * no more than doing it again.
 */
#include "intake/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zip.h>

#include "base/file.h"
#include "base/i18n.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/pace.h"
#include "base/str.h"

#define COPY_BYTES 65536
#define TYPE_MASK 0170000u      /* of a Unix mode, as zips hold it */
#define TYPE_FILE 0100000u
#define TYPE_FOLDER 0040000u

struct entry {
	char *name;             /* safe, UTF-8 */
	zip_uint64_t index;
	uint64_t size, packed;
};

struct unzip {
	const char *shown;      /* the zip's name in messages */
	zip_t *zip;
	uint64_t zip_size;
	char *folder;           /* where the files go */
	char *hidden;           /* where they grow */
	struct entry *entries;
	size_t count;
	uint64_t total;
	char *space;
};

/* ---- names ---- */

/* Code page 866, as Russian Windows packs; frames become '_'. */
static uint32_t
from_866(unsigned char c)
{
	static const uint16_t last[] = {
		0x401, 0x451, 0x404, 0x454, 0x407, 0x457, 0x40e, 0x45e,
		0xb0, 0x2219, 0xb7, 0x221a, 0x2116, 0xa4, 0x25a0, 0xa0
	};

	if (c < 0x80)
		return c;
	if (c < 0xb0)
		return 0x410 + (uint32_t)(c - 0x80);
	if (c < 0xe0)
		return '_';
	if (c < 0xf0)
		return 0x440 + (uint32_t)(c - 0xe0);
	return last[c - 0xf0];
}

/* The name in UTF-8 with '/' between.  What is no UTF-8 is code page 866:
 * zips of the time before the UTF-8 flag don't say. */
static char *
readable_name(const char *raw)
{
	char *name, *c;
	size_t n = 0;

	if (str_utf8_valid(str_of(raw))) {
		name = mem_text(raw);
	} else {
		name = mem_alloc(strlen(raw) * 3 + 1);
		for (; *raw != '\0'; raw++) {
			uint32_t u = from_866((unsigned char)*raw);

			if (u < 0x80) {
				name[n++] = (char)u;
				continue;
			}
			if (u >= 0x800) {
				name[n++] = (char)(0xe0 | u >> 12);
				name[n++] = (char)(0x80 | (u >> 6 & 0x3f));
			} else {
				name[n++] = (char)(0xc0 | u >> 6);
			}
			name[n++] = (char)(0x80 | (u & 0x3f));
		}
	}
	for (c = name; *c != '\0'; c++) {
		if (*c == '\\')
			*c = '/';
	}
	return name;
}

/* Some part of the path is `..`. */
static bool
climbs(const char *path)
{
	for (;;) {
		size_t len = strcspn(path, "/");

		if (len == 2 && path[0] == '.' && path[1] == '.')
			return true;
		if (path[len] == '\0')
			return false;
		path += len + 1;
	}
}

/* Litter of other systems, which is not unpacked. */
static bool
is_litter(const char *name)
{
	return name[0] == '.' || strstr(name, "/.") != NULL ||
	    strncmp(name, "__MACOSX/", 9) == 0;
}

static bool
is_absolute(const char *name)
{
	char first[2];

	intake_name_lower(first, sizeof first, name);
	return name[0] == '/' ||
	    (first[0] >= 'a' && first[0] <= 'z' && name[1] == ':');
}

/* ---- judging ---- */

static int
bad_entry(const struct unzip *unzip, const char *name, const char *what,
    struct err *err)
{
	return err_set(err, ERR_DATA, "%s: %s: %s", unzip->shown, name, what);
}

static bool
is_bomb(uint64_t size, uint64_t packed)
{
	return size > LIMIT_ZIP_RATIO_FROM && size / LIMIT_ZIP_RATIO > packed;
}

/* NULL: a file like others. */
static const char *
wrong_type(const struct unzip *unzip, const zip_stat_t *status)
{
	zip_uint8_t system = ZIP_OPSYS_DOS;
	zip_uint32_t attributes = 0;
	unsigned type;

	if ((status->valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 &&
	    status->encryption_method != ZIP_EM_NONE)
		return _("encrypted; pack it without a password");
	if (zip_file_get_external_attributes(unzip->zip, status->index, 0,
	    &system, &attributes) != 0)
		return _("the archive's directory is broken");
	type = attributes >> 16 & TYPE_MASK;
	/* Other systems leave these bits zero, or mean the same by them. */
	if (type != 0 && type != TYPE_FILE && type != TYPE_FOLDER)
		return _("a link or a special file; only files are taken");
	return NULL;
}

static const char *
wrong_size(const struct unzip *unzip, const zip_stat_t *status)
{
	const unsigned need = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE;

	if ((status->valid & need) != need)
		return _("the archive's directory is broken");
	if (status->size > LIMIT_XML_FILE)
		return _("too large");
	if (is_bomb(status->size, status->comp_size) ||
	    unzip->total + status->size > LIMIT_ZIP_BYTES ||
	    is_bomb(unzip->total + status->size, unzip->zip_size))
		return _("unpacks to far too much: an archive bomb?");
	return NULL;
}

static const char *
wrong_name(const char *name)
{
	struct intake_file file = { .name = NULL };
	enum intake_kind kind;

	if (is_absolute(name))
		return _("an absolute name; only names inside the package are "
		    "taken");
	if (climbs(name))
		return _("\"..\" in a name; only names inside the package are "
		    "taken");
	if (is_litter(name))
		return NULL;
	if (!intake_name_is_safe(name))
		return _("not a name of a file");
	file.name = mem_text(name);
	intake_classify(&file);
	kind = file.kind;
	intake_list_forget(&file);
	if (kind == INTAKE_ZIP)
		return _("an archive inside an archive");
	return NULL;
}

static int
judge_entry(struct unzip *unzip, zip_uint64_t index, struct err *err)
{
	const char *raw = zip_get_name(unzip->zip, index, ZIP_FL_ENC_RAW);
	const char *wrong = NULL;
	zip_stat_t status;
	char *name;
	size_t len;

	zip_stat_init(&status);
	if (raw == NULL || raw[0] == '\0' ||
	    zip_stat_index(unzip->zip, index, 0, &status) != 0)
		return err_set(err, ERR_DATA,
		    _("%s: the archive's directory is broken"), unzip->shown);
	name = readable_name(raw);
	len = strlen(name);
	wrong = wrong_type(unzip, &status);
	/* A folder: made when a file wants it; its name is judged. */
	if (len > 1 && name[len - 1] == '/')
		name[len - 1] = '\0';
	else
		len = 0;
	if (wrong == NULL)
		wrong = wrong_name(name);
	if (wrong == NULL && len == 0)
		wrong = wrong_size(unzip, &status);
	if (wrong != NULL)
		bad_entry(unzip, name, wrong, err);
	if (wrong != NULL || len > 0 || is_litter(name)) {
		free(name);
		return wrong == NULL ? 0 : -1;
	}
	unzip->total += status.size;
	unzip->entries[unzip->count++] = (struct entry){ name, index,
	    status.size, status.comp_size };
	return 0;
}

static int
judge(struct unzip *unzip, struct err *err)
{
	zip_int64_t count = zip_get_num_entries(unzip->zip, 0);
	zip_int64_t i;

	unzip->entries = mem_array((size_t)count + 1, sizeof *unzip->entries);
	for (i = 0; i < count; i++) {
		if (judge_entry(unzip, (zip_uint64_t)i, err) != 0)
			return -1;
	}
	return 0;
}

/* ---- unpacking ---- */

/* Is something that is no folder in the way of root/name? */
static bool
is_blocked(const char *root, const char *name)
{
	char *path = file_join(root, name);
	char *slash = path + strlen(root) + 1;
	bool blocked = file_is_dir(path);

	while (!blocked && (slash = strchr(slash, '/')) != NULL) {
		*slash = '\0';
		blocked = file_exists(path) && !file_is_dir(path);
		*slash++ = '/';
	}
	free(path);
	return blocked;
}

/* The path root/name, with the folders above it made; NULL: *err. */
static char *
make_place(const struct unzip *unzip, const char *root, const char *name,
    struct err *err)
{
	char *path, *folder;

	if (is_blocked(root, name)) {
		bad_entry(unzip, name, _("a file and a folder of one name"),
		    err);
		return NULL;
	}
	path = file_join(root, name);
	folder = mem_text_n(path, (size_t)(strrchr(path, '/') - path));
	if (file_make_dir(folder, err) != 0) {
		free(path);
		path = NULL;
	}
	free(folder);
	return path;
}

static int
write_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t put = write(fd, data, len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -1;
		data += put;
		len -= (size_t)put;
	}
	return 0;
}

/* What is said of the size is not believed: it is counted. */
static int
copy_out(const struct unzip *unzip, const struct entry *entry, int fd,
    struct err *err)
{
	zip_file_t *from = zip_fopen_index(unzip->zip, entry->index, 0);
	uint64_t total = 0;
	zip_int64_t got;
	int rc = -1;

	if (from == NULL)
		return bad_entry(unzip, entry->name,
		    zip_strerror(unzip->zip), err);
	while ((got = zip_fread(from, unzip->space, COPY_BYTES)) > 0) {
		total += (uint64_t)got;
		if (total > entry->size)
			break;
		pace_add(PACE_COPIED, got);
		if (write_all(fd, unzip->space, (size_t)got) != 0) {
			err_errno(err, ERR_SYSTEM, "%s", unzip->shown);
			goto out;
		}
	}
	if (got < 0)
		bad_entry(unzip, entry->name, zip_file_strerror(from), err);
	else if (total != entry->size)
		bad_entry(unzip, entry->name,
		    _("not of the size that the archive says"), err);
	else
		rc = 0;
out:
	zip_fclose(from);
	return rc;
}

static int
unpack_entry(const struct unzip *unzip, const struct entry *entry,
    struct err *err)
{
	char *path = make_place(unzip, unzip->hidden, entry->name, err);
	int fd, rc;

	if (path == NULL)
		return -1;
	fd = file_create(path, O_WRONLY | O_EXCL, 0666);
	if (fd < 0 && errno == EEXIST)
		rc = bad_entry(unzip, entry->name,
		    _("stands in the archive twice"), err);
	else if (fd < 0)
		rc = err_errno(err, ERR_SYSTEM, "%s", path);
	else
		rc = copy_out(unzip, entry, fd, err);
	if (fd >= 0 && close(fd) != 0 && rc == 0)
		rc = err_errno(err, ERR_SYSTEM, "%s", path);
	if (rc == 0)
		rc = file_sync(path, err);
	free(path);
	return rc;
}

/* ---- into place ---- */

/* 1 the same bytes, 0 not, -1. */
static int
same_content(const char *one, const char *other, struct err *err)
{
	char a[4096], b[4096];
	int fd = open(one, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	int fe = open(other, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	ssize_t got = 0, more;
	struct stat sa, sb;
	int rc = 1;

	if (fd < 0 || fe < 0 || fstat(fd, &sa) != 0 || fstat(fe, &sb) != 0)
		rc = err_errno(err, ERR_SYSTEM, "%s", other);
	else if (sa.st_size != sb.st_size)
		rc = 0;
	while (rc == 1 && (got = read(fd, a, sizeof a)) > 0) {
		more = read(fe, b, (size_t)got);
		if (more != got || memcmp(a, b, (size_t)got) != 0)
			rc = 0;
	}
	if (rc == 1 && got < 0)
		rc = err_errno(err, ERR_SYSTEM, "%s", one);
	if (fd >= 0)
		close(fd);
	if (fe >= 0)
		close(fe);
	return rc;
}

/* A file of that name may be there already, from before a kill or from
 * another archive of the series: with the same bytes only. */
static int
place_entry(const struct unzip *unzip, const struct entry *entry,
    struct err *err)
{
	char *to = make_place(unzip, unzip->folder, entry->name, err);
	char *from;
	int rc;

	if (to == NULL)
		return -1;
	from = file_join(unzip->hidden, entry->name);
	if (file_exists(to)) {
		rc = same_content(from, to, err);
		if (rc == 0)
			rc = bad_entry(unzip, entry->name, _("the package "
			    "holds another file of this name"), err);
		else if (rc == 1)
			rc = 0;
	} else {
		rc = file_rename(from, to, err) == 0 ? 0 : -1;
	}
	free(from);
	free(to);
	return rc;
}

/* ---- the whole ---- */

static int
open_zip(struct unzip *unzip, const char *path, struct err *err)
{
	struct intake_tail_end end;
	struct stat status;
	zip_error_t why;
	int code = 0, rc = intake_tail_zip(&end, path, err);

	if (rc < 0 || stat(path, &status) != 0)
		return rc < 0 ? -1 : err_errno(err, ERR_SYSTEM, "%s", path);
	if (rc == 0 || end.disk > 0)
		return err_set(err, ERR_DATA,
		    _("%s: not a whole zip archive"), unzip->shown);
	/* Before libzip makes room for them. */
	if (end.entries > LIMIT_ZIP_ENTRIES)
		return err_set(err, ERR_DATA,
		    _("%s: %" PRIu64 " files in it, at most %d are taken"),
		    unzip->shown, end.entries, LIMIT_ZIP_ENTRIES);
	unzip->zip_size = (uint64_t)status.st_size;
	unzip->zip = zip_open(path, ZIP_RDONLY, &code);
	if (unzip->zip != NULL)
		return 0;
	zip_error_init_with_code(&why, code);
	err_set(err, code == ZIP_ER_OPEN || code == ZIP_ER_READ ?
	    ERR_SYSTEM : ERR_DATA, "%s: %s", unzip->shown,
	    zip_error_strerror(&why));
	zip_error_fini(&why);
	return -1;
}

static int
unpack_all(struct unzip *unzip, const char *path, struct err *err)
{
	size_t i;

	if (file_remove_tree(unzip->hidden, err) != 0 ||
	    open_zip(unzip, path, err) != 0 || judge(unzip, err) != 0)
		return -1;
	for (i = 0; i < unzip->count; i++) {
		if (unpack_entry(unzip, &unzip->entries[i], err) != 0)
			return -1;
	}
	for (i = 0; i < unzip->count; i++) {
		if (place_entry(unzip, &unzip->entries[i], err) != 0)
			return -1;
	}
	return file_remove(path, err);
}

int
intake_zip(const char *path, const char *shown, struct err *err)
{
	struct unzip unzip = { .shown = shown };
	size_t i;
	int rc;

	unzip.folder = mem_text_n(path,
	    (size_t)(intake_name_base(path) - path));
	unzip.hidden = file_join(unzip.folder, ".unpack");
	unzip.space = mem_alloc(COPY_BYTES);
	rc = unpack_all(&unzip, path, err);
	if (unzip.zip != NULL)
		zip_discard(unzip.zip);
	/* What is left is no use to anybody; the first error counts. */
	if (file_remove_tree(unzip.hidden, rc == 0 ? err : NULL) != 0)
		rc = -1;
	for (i = 0; i < unzip.count; i++)
		free(unzip.entries[i].name);
	free(unzip.entries);
	free(unzip.space);
	free(unzip.hidden);
	free(unzip.folder);
	return rc;
}
