/*
 * Taking a file out of the inbox.  1C may delete, write anew or lock it at
 * any moment, and we may be killed at any instruction.  So:
 *
 *   1. the name, where it does not fit into a claim's name: a note in the
 *      package's folder (synced)
 *   2. inbox/NAME -> inbox/.claim-<package>-<mark>-<name>     one rename
 *   3. the claim is looked at again: what changed meanwhile goes back
 *   4. its content is synced
 *   5. .claim-… -> work/<package>/<inner>      one rename, or copy + rename
 *   6. of all that are taken together the folders are synced, once: those that
 *      they came to, then those that they left
 *
 * Before 2 nothing happened; from then on the claim's own name says what is
 * to be done, and resuming does 3 to 5 again.
 */
#include "intake/parts.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"

#define CLAIM ".claim-"
#define CLAIM_BYTES 7
#define MARK_DIGITS 16
/* Shares and encrypting file systems take less than 255. */
#define CLAIM_MAX 140
/* Escaped, beside control characters: '%', '~' have a meaning here, the
 * others none on Windows shares. */
#define ESCAPED "/%~\\:*?\"<>|"

struct claim {
	int64_t package;
	char *mark;     /* of the file that was looked at */
	char *name;     /* in the inbox */
	char *inner;    /* in the package */
	char *path;     /* inbox/.claim-… */
	char *home;     /* inbox/NAME */
	char *target;   /* work/<package>/<inner> */
	char *note;     /* work/<package>/.claim-<hash>, or NULL */
};

static void
free_claim(struct claim *claim)
{
	free(claim->mark);
	free(claim->name);
	free(claim->inner);
	free(claim->path);
	free(claim->home);
	free(claim->target);
	free(claim->note);
}

static char *
mark_of(int64_t size, int64_t mtime_ns, int64_t inode)
{
	char *text = mem_printf("%" PRId64 " %" PRId64 " %" PRId64, size,
	    mtime_ns, inode);
	char *mark = mem_printf("%0*" PRIx64, MARK_DIGITS,
	    str_hash(0, str_of(text)));

	free(text);
	return mark;
}

/* Is `path` still the file of that mark?  false also when it is gone. */
static bool
has_mark(const char *path, const char *mark)
{
	struct stat status;
	char *now;
	bool same;

	if (lstat(path, &status) != 0 || !S_ISREG(status.st_mode))
		return false;
	now = mark_of(status.st_size, (int64_t)status.st_mtim.tv_sec *
	    1000000000 + status.st_mtim.tv_nsec, (int64_t)status.st_ino);
	same = strcmp(now, mark) == 0;
	free(now);
	return same;
}

static char *
escape(const char *name)
{
	struct buf out = BUF_INIT(LIMIT_PATH_BYTES);
	const char *c;

	for (c = name; *c != '\0'; c++) {
		unsigned char byte = (unsigned char)*c;

		if (byte < 0x20 || byte == 0x7f || strchr(ESCAPED, *c) != NULL)
			buf_printf(&out, "%%%02x", byte);
		else
			buf_add_char(&out, *c);
	}
	return buf_take(&out);
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* NULL: escape() did not write this. */
static char *
unescape(const char *text)
{
	char *name = mem_alloc(strlen(text) + 1);
	size_t n = 0;

	for (; *text != '\0'; text++) {
		int high, low;

		if (*text != '%') {
			name[n++] = *text;
			continue;
		}
		high = hex_digit(text[1]);
		low = high < 0 ? -1 : hex_digit(text[2]);
		if (low < 0 || high * 16 + low == 0) {
			free(name);
			return NULL;
		}
		name[n++] = (char)(high * 16 + low);
		text += 2;
	}
	name[n] = '\0';
	return name;
}

static char *
package_folder(const char *work, int64_t package)
{
	char number[24];

	snprintf(number, sizeof number, "%" PRId64, package);
	return file_join(work, number);
}

static char *
note_path(const char *folder, uint64_t hash)
{
	char *base = mem_printf(CLAIM "%016" PRIx64, hash);
	char *path = file_join(folder, base);

	free(base);
	return path;
}

/* Everything that follows from package, mark and name.  -1: the name leads
 * nowhere. */
static int
complete(struct claim *claim, const char *inbox, const char *work)
{
	struct intake_file file = { .name = claim->name };
	char *folder = package_folder(work, claim->package);

	intake_classify_inbox(&file);
	claim->inner = file.inner;
	claim->home = file_join(inbox, claim->name);
	claim->target = file_join(folder, claim->inner);
	free(folder);
	return intake_name_is_safe(claim->inner) ? 0 : -1;
}

/* ---- forward ---- */

static int
make_folder_of(const char *path, struct err *err)
{
	char *folder = mem_text_n(path, (size_t)(strrchr(path, '/') - path));
	int rc = file_make_dir(folder, err);

	free(folder);
	return rc;
}

/*
 * Back to where it came from.  Where 1C has written that name anew in the
 * meantime, ours is what 1C has overwritten.  Returns 1, or -1.
 */
static int
put_back(const struct claim *claim, struct err *err)
{
	log_info("%s: changed while it was taken", claim->home);
	if (file_exists(claim->home))
		return file_remove(claim->path, err) == 0 ? 1 : -1;
	if (make_folder_of(claim->home, err) != 0)
		return -1;
	return file_rename(claim->path, claim->home, err) < 0 ? -1 : 1;
}

/* Steps 3 to 5.  0; 1: put back; -1. */
static int
deliver(const struct claim *claim, struct err *err)
{
	int rc;

	if (!has_mark(claim->path, claim->mark))
		return put_back(claim, err);
	if (file_sync(claim->path, err) != 0 ||
	    make_folder_of(claim->target, err) != 0)
		return -1;
	/* Nothing would lead from the claim to its name without the note. */
	rc = claim->note != NULL ? file_move(claim->path, claim->target, err) :
	    file_move_unsynced(claim->path, claim->target, err);
	if (rc < 0 && err->kind == ERR_AGAIN)
		return put_back(claim, err);
	if (rc != 0 || claim->note == NULL)
		return rc;
	return file_remove(claim->note, err);
}

/* The claim's name; for a long one the note is written too. */
static int
name_claim(struct claim *claim, const char *inbox, const char *work,
    struct err *err)
{
	char *escaped = escape(claim->name);
	char *base = mem_printf(CLAIM "%" PRId64 "-%s-%s", claim->package,
	    claim->mark, escaped);
	int rc = 0;

	if (strlen(base) > CLAIM_MAX) {
		uint64_t hash = str_hash(0, str_of(claim->name));
		char *folder = package_folder(work, claim->package);

		free(base);
		base = mem_printf(CLAIM "%" PRId64 "-%s-~%016" PRIx64,
		    claim->package, claim->mark, hash);
		claim->note = note_path(folder, hash);
		rc = file_make_dir(folder, err);
		if (rc == 0)
			rc = file_write(claim->note, claim->name,
			    strlen(claim->name), 0666, err);
		free(folder);
	}
	claim->path = file_join(inbox, base);
	free(base);
	free(escaped);
	return rc;
}

/* A share that has the file open elsewhere refuses the rename. */
static bool
is_not_now(int why)
{
	return why == EBUSY || why == EACCES || why == ETXTBSY ||
	    why == EPERM || why == EAGAIN;
}

static int
rename_home(const struct claim *claim, struct err *err)
{
	struct err local;
	int rc, why;

	errno = 0;
	rc = file_rename_unsynced(claim->home, claim->path, &local);
	why = errno;
	if (rc >= 0)
		return rc;
	if (is_not_now(why) && !file_exists(claim->path)) {
		log_info("%s: not now: %s", claim->home, local.text);
		return 1;
	}
	return err_set(err, local.kind, "%s", local.text);
}

int
intake_claim(const char *inbox, const char *work, int64_t package,
    const struct intake_file *file, struct err *err)
{
	struct claim claim = { .package = package };
	int rc = -1;

	claim.mark = mark_of(file->size, file->mtime_ns, file->inode);
	claim.name = mem_text(file->name);
	if (complete(&claim, inbox, work) != 0)
		(void)err_set(err, ERR_DATA, _("%s: not a name of a file"),
		    file->name);
	else if (!has_mark(claim.home, claim.mark))
		rc = 1;
	else if (file_exists(claim.target))
		rc = 2;
	else
		rc = name_claim(&claim, inbox, work, err);
	/* A claim of this very name was cut off: that one comes first. */
	if (rc == 0 && file_exists(claim.path))
		rc = 1;
	else if (rc == 0)
		rc = rename_home(&claim, err);
	if (rc == 0)
		rc = deliver(&claim, err);
	free_claim(&claim);
	return rc;
}

/* Syncs the folder of the path where it is another one than the last; 1C may
 * have deleted it meanwhile. */
static int
sync_folder(const char *path, char **last, struct err *err)
{
	char *folder = mem_text_n(path, (size_t)(strrchr(path, '/') - path));
	int rc = 0;

	if (*last == NULL || strcmp(folder, *last) != 0) {
		rc = file_is_dir(folder) ? file_sync_dir(folder, err) : 0;
		free(*last);
		*last = mem_text(folder);
	}
	free(folder);
	return rc;
}

/* Of the files that were taken: the folders below `top` where they stand. */
static int
sync_taken(const char *top, const struct intake_file *files,
    const bool *take, size_t count, bool came, struct err *err)
{
	char *last = NULL, *path;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < count; i++) {
		if (!take[i])
			continue;
		path = file_join(top, came ? files[i].inner : files[i].name);
		rc = sync_folder(path, &last, err);
		free(path);
	}
	/* The claims' own names. */
	if (rc == 0 && !came && (last == NULL || strcmp(last, top) != 0))
		rc = file_sync_dir(top, err);
	free(last);
	return rc;
}

/* First where they came to: a file system that writes each folder by itself
 * would lose what has left one and not come to the other. */
int
intake_taken_synced(const char *inbox, const char *folder,
    const struct intake_file *files, const bool *take, size_t count,
    struct err *err)
{
	if (sync_taken(folder, files, take, count, true, err) != 0)
		return -1;
	return sync_taken(inbox, files, take, count, false, err);
}

struct coming {
	char *last;
	struct err *err;
};

static int
sync_coming(void *ctx, const char *path, const char *relative)
{
	struct coming *coming = ctx;

	(void)relative;
	return sync_folder(path, &coming->last, coming->err);
}

int
intake_came_synced(const char *folder, struct err *err)
{
	struct coming coming = { NULL, err };
	int rc = file_is_dir(folder) ? file_walk(folder, sync_coming, &coming,
	    err) : 0;

	free(coming.last);
	return rc == 0 ? 0 : -1;
}

/* ---- resuming ---- */

/* The name of a claim whose own name holds only its hash. */
static int
read_note(struct claim *claim, const char *work, const char *hash)
{
	struct buf text = BUF_INIT(LIMIT_PATH_BYTES);
	char *folder = package_folder(work, claim->package);
	char *base = mem_printf(CLAIM "%s", hash);
	struct err err;
	int rc;

	claim->note = file_join(folder, base);
	rc = file_read(&text, claim->note, &err);
	if (rc == 0)
		claim->name = buf_take(&text);
	buf_free(&text);
	free(base);
	free(folder);
	return rc == 0 ? 0 : -1;
}

/* -1: not a name that name_claim() makes. */
static int
parse_claim(struct claim *claim, const char *work, const char *base)
{
	const char *number = base + CLAIM_BYTES;
	const char *mark = strchr(number, '-');
	const char *rest;

	if (mark == NULL || str_to_int64(&claim->package,
	    str_n(number, (size_t)(mark - number))) != 0 ||
	    claim->package < 0)
		return -1;
	mark++;
	if (strlen(mark) < MARK_DIGITS + 2 || mark[MARK_DIGITS] != '-')
		return -1;
	claim->mark = mem_text_n(mark, MARK_DIGITS);
	rest = mark + MARK_DIGITS + 1;
	if (rest[0] == '~' && strlen(rest + 1) == MARK_DIGITS &&
	    strchr(rest, '/') == NULL)
		return read_note(claim, work, rest + 1);
	claim->name = unescape(rest);
	return claim->name == NULL ? -1 : 0;
}

static int
resume_one(const char *inbox, const char *work, const char *base,
    int64_t *package, struct err *err)
{
	struct claim claim = { .package = 0 };
	int rc;

	if (parse_claim(&claim, work, base) != 0 ||
	    complete(&claim, inbox, work) != 0) {
		log_warn("%s/%s: not a claim of ours, left alone", inbox, base);
		free_claim(&claim);
		return 1;
	}
	claim.path = file_join(inbox, base);
	rc = deliver(&claim, err);
	*package = claim.package;
	free_claim(&claim);
	return rc;
}

int
intake_claim_resume(const char *inbox, const char *work,
    void (*found)(void *ctx, int64_t package), void *ctx, struct err *err)
{
	DIR *dir = opendir(inbox);
	const struct dirent *entry;
	char **names = NULL;
	size_t count = 0, i;
	int rc = 0;

	if (dir == NULL)
		return err_errno(err, ERR_SYSTEM, _("%s: cannot be read"),
		    inbox);
	/* Listed first: moving while reading could show one twice. */
	while ((entry = readdir(dir)) != NULL) {
		if (strncmp(entry->d_name, CLAIM, CLAIM_BYTES) != 0)
			continue;
		names = mem_resize(names, count + 1, sizeof *names);
		names[count++] = mem_text(entry->d_name);
	}
	closedir(dir);
	for (i = 0; i < count; i++) {
		int64_t package = 0;

		if (rc >= 0)
			rc = resume_one(inbox, work, names[i], &package, err);
		if (rc == 0 && found != NULL)
			found(ctx, package);
		free(names[i]);
	}
	free(names);
	return rc < 0 ? -1 : 0;
}
