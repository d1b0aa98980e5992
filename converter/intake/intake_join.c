/*
 * A zip in parts becomes one zip.  "name.zip.001" … is cut anywhere; "name.z01"
 * … "name.zip" is a spanned zip, whose directory counts places per part
 * (APPNOTE 8): libzip does not read those, so they are counted anew.
 *
 * The whole grows in a hidden file and takes its name by rename; parts that
 * are there beside a whole zip are left-overs of a kill.
 */
#include "intake/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/i18n.h"
#include "base/mem.h"

#define COPY_BYTES 65536
#define PARTS_MAX 999
#define ENTRY_BYTES 46          /* of the directory, without its texts */
#define END_BYTES 22

struct join {
	const char *shown;
	int fd;
	uint64_t base[PARTS_MAX + 1];   /* where each part begins */
	unsigned parts;
	uint64_t size;
	char *space;
};

static int
add_part(struct join *join, const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	ssize_t got = 0, put;

	if (fd < 0)
		return err_errno(err, ERR_SYSTEM, "%s", path);
	join->base[join->parts++] = join->size;
	do {
		got = read(fd, join->space, COPY_BYTES);
		if (got < 0 && errno == EINTR)
			continue;
		for (put = 0; put >= 0 && put < got; ) {
			ssize_t n = write(join->fd, join->space + put,
			    (size_t)(got - put));

			put = n < 0 ? -1 : put + n;
		}
		if (got > 0 && put < 0)
			got = -1;
		if (got > 0)
			join->size += (uint64_t)got;
	} while (got > 0);
	if (got < 0)
		err_errno(err, ERR_SYSTEM, "%s", path);
	close(fd);
	return got < 0 ? -1 : 0;
}

static int
missing(const char *path, struct err *err)
{
	return err_set(err, ERR_DATA,
	    _("%s: this part of the archive is missing; put all parts there "
	    "again"), intake_name_base(path));
}

/* All parts from the first, one behind the other. */
static int
add_parts(struct join *join, const char *path, struct intake_part part,
    const char *whole, struct err *err)
{
	int number, rc = 0;

	for (number = 1; rc == 0 && number <= PARTS_MAX; number++) {
		char *next = intake_name_of_part(path, part, number);

		if (file_exists(next))
			rc = add_part(join, next, err);
		else if (number <= part.number)
			rc = missing(next, err);
		else
			rc = 1;
		free(next);
	}
	if (rc < 0 || !part.spanned)
		return rc < 0 ? -1 : 0;
	return file_exists(whole) ? add_part(join, whole, err) :
	    missing(whole, err);
}

/* ---- places counted anew ---- */

static uint64_t
get(const unsigned char *p, size_t bytes)
{
	uint64_t value = 0;

	while (bytes-- > 0)
		value = value << 8 | p[bytes];
	return value;
}

static void
put(unsigned char *p, size_t bytes, uint64_t value)
{
	size_t i;

	for (i = 0; i < bytes; i++) {
		p[i] = (unsigned char)(value & 0xff);
		value >>= 8;
	}
}

static int
broken(const struct join *join, struct err *err)
{
	return err_set(err, ERR_DATA,
	    _("%s: the parts do not make a whole archive"), join->shown);
}

/* One entry of the directory at *at, which is moved behind it. */
static int
mend_entry(const struct join *join, uint64_t *at, struct err *err)
{
	unsigned char p[ENTRY_BYTES];
	uint64_t disk, place;

	if (pread(join->fd, p, sizeof p, (off_t)*at) != (ssize_t)sizeof p ||
	    memcmp(p, "PK\1\2", 4) != 0)
		return broken(join, err);
	disk = get(p + 34, 2);
	if (disk >= join->parts)
		return broken(join, err);
	place = join->base[disk] + get(p + 42, 4);
	if (place >= UINT32_MAX)
		return err_set(err, ERR_DATA, _("%s: an archive in parts of "
		    "more than 4 GiB; pack it as one file"), join->shown);
	put(p + 34, 2, 0);
	put(p + 42, 4, place);
	if (pwrite(join->fd, p, sizeof p, (off_t)*at) != (ssize_t)sizeof p)
		return err_errno(err, ERR_SYSTEM, "%s", join->shown);
	*at += ENTRY_BYTES + get(p + 28, 2) + get(p + 30, 2) + get(p + 32, 2);
	return 0;
}

static int
mend_end(const struct join *join, const struct intake_tail_end *end,
    uint64_t directory, struct err *err)
{
	unsigned char p[END_BYTES];

	if (pread(join->fd, p, sizeof p, (off_t)end->at) != (ssize_t)sizeof p)
		return broken(join, err);
	put(p + 4, 2, 0);
	put(p + 6, 2, 0);
	put(p + 8, 2, end->entries);
	put(p + 16, 4, directory);
	if (pwrite(join->fd, p, sizeof p, (off_t)end->at) != (ssize_t)sizeof p)
		return err_errno(err, ERR_SYSTEM, "%s", join->shown);
	return 0;
}

static int
mend_places(const struct join *join, const char *path, struct err *err)
{
	struct intake_tail_end end;
	uint64_t at, directory, i;
	int rc = intake_tail_zip(&end, path, err);

	if (rc < 0)
		return -1;
	if (rc == 0 || end.large || end.directory_disk >= join->parts)
		return broken(join, err);
	directory = join->base[end.directory_disk] + end.offset;
	if (directory >= UINT32_MAX)
		return broken(join, err);
	at = directory;
	for (i = 0; i < end.entries; i++) {
		if (mend_entry(join, &at, err) != 0)
			return -1;
	}
	return mend_end(join, &end, directory, err);
}

/* ---- the whole ---- */

static int
make_whole(struct join *join, const char *path, struct intake_part part,
    const char *whole, const char *grows, struct err *err)
{
	int rc;

	if (file_remove(grows, err) != 0)
		return -1;
	join->fd = file_create(grows, O_RDWR | O_EXCL, 0666);
	if (join->fd < 0)
		return err_errno(err, ERR_SYSTEM, "%s", grows);
	rc = add_parts(join, path, part, whole, err);
	if (rc == 0 && part.spanned)
		rc = mend_places(join, grows, err);
	if (close(join->fd) != 0 && rc == 0)
		rc = err_errno(err, ERR_SYSTEM, "%s", grows);
	if (rc == 0)
		rc = file_sync(grows, err);
	if (rc == 0)
		rc = file_rename(grows, whole, err) == 0 ? 0 : -1;
	return rc;
}

/* 1: the whole is there already. */
static int
has_whole(const char *whole, struct err *err)
{
	struct intake_tail_end end;
	int rc = intake_tail_zip(&end, whole, err);

	return rc == 1 && end.disk > 0 ? 0 : rc;
}

/* Removes the parts, as far as they are there. */
static int
remove_parts(const char *path, struct intake_part part, struct err *err)
{
	int number, rc = 0;

	for (number = 1; rc == 0 && number <= PARTS_MAX; number++) {
		char *next = intake_name_of_part(path, part, number);
		bool there = file_exists(next);

		if (there)
			rc = file_remove(next, err);
		free(next);
		if (!there && number > part.number)
			break;
	}
	return rc;
}

int
intake_join(const char *path, struct err *err)
{
	struct intake_part part = intake_name_part(path);
	char *whole = intake_name_of_whole(path, part);
	char *folder = mem_text_n(path,
	    (size_t)(intake_name_base(path) - path));
	char *grows = file_join(folder, ".join.zip");
	struct join *join = mem_alloc(sizeof *join);
	int rc = has_whole(whole, err);

	join->shown = intake_name_base(whole);
	join->space = mem_alloc(COPY_BYTES);
	if (rc == 0)
		rc = make_whole(join, path, part, whole, grows, err);
	if (rc >= 0)
		rc = remove_parts(path, part, err);
	free(join->space);
	free(join);
	free(grows);
	free(folder);
	free(whole);
	return rc;
}
