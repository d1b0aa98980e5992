/*
 * The short ways into intake/: each asks the file that knows.
 */
#include "intake/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"

#define HASH_BYTES 65536
#define LANES 4

/* ---- settled? ---- */

/* A part is closed when the ones behind it are there and the last is whole:
 * a part alone cannot say that it is. */
static int
is_closed_zip(const char *path, struct err *err)
{
	struct intake_part part = intake_name_part(path);
	struct intake_tail_end end;
	int rc = intake_tail_zip(&end, path, err);

	while (rc == 0 && part.number > 0) {
		char *next = intake_name_of_part(path, part, ++part.number);

		if (part.spanned && !file_exists(next)) {
			free(next);
			next = intake_name_of_whole(path, part);
			part.number = 0;
		}
		if (!file_exists(next))
			part.number = 0;
		else
			rc = intake_tail_zip(&end, next, err);
		free(next);
	}
	return rc;
}

int
intake_is_closed(const char *path, enum intake_kind kind, struct err *err)
{
	switch (kind) {
	case INTAKE_XML:
		return intake_tail_xml(path, err);
	case INTAKE_ZIP:
		return is_closed_zip(path, err);
	case INTAKE_OTHER:
		break;
	}
	return file_exists(path) ? 1 : 0;
}

int
intake_resume(const char *inbox, const char *work,
    void (*found)(void *ctx, int64_t package), void *ctx, struct err *err)
{
	if (intake_claim_resume(inbox, work, found, ctx, err) != 0)
		return -1;
	return intake_gather(inbox, work, err);
}

/* ---- unpacking ---- */

struct paths {
	char **items;
	size_t count;
};

static int
add_zip(void *ctx, const char *path, const char *relative)
{
	struct paths *paths = ctx;
	struct intake_file file = { .name = mem_text(relative) };

	intake_classify(&file);
	if (file.kind == INTAKE_ZIP) {
		paths->items = mem_resize(paths->items, paths->count + 1,
		    sizeof *paths->items);
		paths->items[paths->count++] = mem_text(path);
	}
	intake_list_forget(&file);
	return 0;
}

static void
free_paths(struct paths *paths)
{
	size_t i;

	for (i = 0; i < paths->count; i++)
		free(paths->items[i]);
	free(paths->items);
	*paths = (struct paths){ NULL, 0 };
}

/* Parts first become whole zips; what they became is then looked for anew. */
static int
join_all(const char *folder, struct err *err)
{
	struct paths zips = { NULL, 0 };
	size_t i;
	int rc = file_walk(folder, add_zip, &zips, err);

	for (i = 0; rc == 0 && i < zips.count; i++) {
		if (intake_name_part(zips.items[i]).number > 0 &&
		    file_exists(zips.items[i]))
			rc = intake_join(zips.items[i], err);
	}
	free_paths(&zips);
	return rc;
}

int
intake_unpack(const char *folder, struct err *err)
{
	struct paths zips = { NULL, 0 };
	size_t len = strlen(folder), i;
	int rc = join_all(folder, err);

	if (rc == 0)
		rc = file_walk(folder, add_zip, &zips, err);
	for (i = 0; rc == 0 && i < zips.count; i++) {
		const char *shown = zips.items[i] + len;

		while (*shown == '/')
			shown++;
		rc = intake_zip(zips.items[i], shown, err);
	}
	free_paths(&zips);
	return rc;
}

/* ---- hash ---- */

/*
 * Four lanes of eight bytes each: a package of a gigabyte is hashed at the
 * speed of memory.  Not against an adversary; the state of one machine only.
 */
struct hash {
	uint64_t lane[LANES];
};

static void
hash_block(struct hash *hash, const char *data, size_t len)
{
	static const uint64_t prime = 0x9e3779b97f4a7c15u;
	uint64_t word[LANES];
	size_t i, at;

	for (at = 0; at < len; at += sizeof word) {
		size_t n = len - at < sizeof word ? len - at : sizeof word;

		memset(word, 0, sizeof word);
		memcpy(word, data + at, n);
		for (i = 0; i < LANES; i++) {
			hash->lane[i] = (hash->lane[i] ^ word[i]) * prime;
			hash->lane[i] ^= hash->lane[i] >> 29;
		}
	}
	/* Lengths count, so that padding is not content. */
	hash->lane[0] = (hash->lane[0] ^ len) * prime;
	hash->lane[0] ^= hash->lane[0] >> 32;
}

/* Fills `space` as far as the file goes: bytes, or -1. */
static ssize_t
read_block(int fd, char *space)
{
	size_t len = 0;
	ssize_t got = 1;

	while (len < HASH_BYTES && got != 0) {
		got = read(fd, space + len, HASH_BYTES - len);
		if (got < 0 && errno != EINTR)
			return -1;
		if (got > 0)
			len += (size_t)got;
	}
	return (ssize_t)len;
}

static int
hash_file(struct hash *hash, const char *path, char *space, struct err *err)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	ssize_t got;

	if (fd < 0)
		return err_errno(err, ERR_SYSTEM, "%s", path);
	while ((got = read_block(fd, space)) > 0)
		hash_block(hash, space, (size_t)got);
	if (got < 0)
		err_errno(err, ERR_SYSTEM, "%s", path);
	close(fd);
	return got < 0 ? -1 : 0;
}

int
intake_hash(const struct intake_list *list, const char *folder, uint64_t *out,
    struct err *err)
{
	struct hash hash = { { 1, 2, 3, 4 } };
	char *space = mem_alloc(HASH_BYTES);
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < list->count; i++) {
		const struct intake_file *file = &list->files[i];
		char *path;

		if (file->kind != INTAKE_XML)
			continue;
		hash_block(&hash, file->inner, strlen(file->inner));
		path = file_join(folder, file->name);
		rc = hash_file(&hash, path, space, err);
		free(path);
	}
	free(space);
	*out = hash.lane[0];
	for (i = 1; i < LANES; i++)
		*out = (*out ^ hash.lane[i]) * 0x100000001b3u;
	return rc;
}
