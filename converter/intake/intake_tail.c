/*
 * Is a file whole?  1C writes under the final name and lets the file grow
 * (onec-exchange.md 1.2), so the last bytes have to say it: an XML file ends
 * in the tag that closes its root, a zip in the record behind its directory.
 */
#include "intake/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/str.h"

/* A prologue, and blanks and comments behind the root, are shorter. */
#define EDGE_BYTES 8192

#define END_BYTES 22            /* zip: end record without its comment */
#define END64_BYTES 56
#define LOCATOR_BYTES 20
#define COMMENT_MAX 65535

/* "КоммерческаяИнформация" in UTF-8 and in windows-1251. */
static const char root_utf8[] = "КоммерческаяИнформация";
static const char root_1251[] = "\xca\xee\xec\xec\xe5\xf0\xf7\xe5\xf1\xea\xe0"
    "\xff\xc8\xed\xf4\xee\xf0\xec\xe0\xf6\xe8\xff";

/* ---- bytes from a file ---- */

/* 1 open, 0 gone or locked by its writer, -1. */
static int
open_file(int *fd, off_t *size, const char *path, struct err *err)
{
	struct stat status;

	*fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (*fd < 0 && (errno == ENOENT || errno == ENOTDIR ||
	    errno == ELOOP || errno == EACCES || errno == EBUSY ||
	    errno == ETXTBSY || errno == EAGAIN))
		return 0;
	if (*fd < 0)
		return err_errno(err, ERR_SYSTEM, "%s", path);
	if (fstat(*fd, &status) != 0) {
		err_errno(err, ERR_SYSTEM, "%s", path);
		close(*fd);
		return -1;
	}
	*size = status.st_size;
	if (S_ISREG(status.st_mode))
		return 1;
	close(*fd);
	return 0;
}

/* All of `len` bytes.  0, or -1: errno, or the file got shorter. */
static int
read_at(int fd, void *space, size_t len, off_t at)
{
	char *to = space;

	while (len > 0) {
		ssize_t got = pread(fd, to, len, at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return -1;
		to += got;
		at += got;
		len -= (size_t)got;
	}
	return 0;
}

/* ---- XML ---- */

/* 16-bit characters as UTF-8; halves of a pair as three bytes each, which is
 * good enough to compare names.  Returns the length. */
static size_t
narrow(char *out, const char *in, size_t len, bool big)
{
	const unsigned char *p = (const unsigned char *)in;
	size_t i, n = 0;

	for (i = 0; i + 1 < len; i += 2) {
		unsigned c = big ? p[i] * 256u + p[i + 1] :
		    p[i + 1] * 256u + p[i];

		if (c < 0x80) {
			out[n++] = (char)c;
			continue;
		}
		if (c < 0x800) {
			out[n++] = (char)(0xc0 | c >> 6);
		} else {
			out[n++] = (char)(0xe0 | c >> 12);
			out[n++] = (char)(0x80 | (c >> 6 & 0x3f));
		}
		out[n++] = (char)(0x80 | (c & 0x3f));
	}
	return n;
}

static bool
begins(struct str text, const char *with)
{
	size_t len = strlen(with);

	return text.len >= len && memcmp(text.p, with, len) == 0;
}

static bool
ends(struct str text, const char *with)
{
	size_t len = strlen(with);

	return text.len >= len &&
	    memcmp(text.p + text.len - len, with, len) == 0;
}

static struct str
skip(struct str text, size_t n)
{
	return str_n(text.p + n, text.len - n);
}

/* Behind the first `mark`; STR_NONE: it is not there. */
static struct str
behind(struct str text, const char *mark)
{
	while (text.len > 0 && !begins(text, mark))
		text = skip(text, 1);
	return text.len == 0 ? STR_NONE : skip(text, strlen(mark));
}

/* Place of the last `mark`, or text.len. */
static size_t
last_of(struct str text, const char *mark)
{
	size_t i = text.len;

	while (i > 0) {
		i--;
		if (begins(skip(text, i), mark))
			return i;
	}
	return text.len;
}

static struct str
name_of(struct str text)
{
	size_t n = 0;

	while (n < text.len && strchr(" \t\r\n/>", text.p[n]) == NULL)
		n++;
	return str_n(text.p, n);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct str
trim(struct str text)
{
	while (text.len > 0 && is_blank(text.p[0]))
		text = skip(text, 1);
	while (text.len > 0 && is_blank(text.p[text.len - 1]))
		text.len--;
	return text;
}

/* The root's name, by the first bytes; STR_NONE: they don't say. */
static struct str
root_of(struct str head)
{
	static const char bom[] = "\xef\xbb\xbf";

	if (begins(head, bom))
		head = skip(head, 3);
	for (;;) {
		while (head.len > 0 && is_blank(head.p[0]))
			head = skip(head, 1);
		if (begins(head, "<?"))
			head = behind(head, "?>");
		else if (begins(head, "<!--"))
			head = behind(head, "-->");
		else
			break;
	}
	if (!begins(head, "<") || begins(head, "<!"))
		return STR_NONE;
	return name_of(skip(head, 1));
}

/* The exchange's own root, with any prefix. */
static bool
is_exchange_root(struct str name)
{
	size_t colon = last_of(name, ":");

	if (colon < name.len)
		name = skip(name, colon + 1);
	return str_is(name, root_utf8) || str_is(name, root_1251);
}

static bool
ends_in_root(struct str tail, struct str root)
{
	struct str tag, name;
	bool closing;

	for (;;) {
		bool comment;

		tail = trim(tail);
		comment = ends(tail, "-->");
		if (!comment && !ends(tail, "?>"))
			break;
		tail.len = last_of(str_n(tail.p, tail.len - 2),
		    comment ? "<!--" : "<?");
	}
	if (!ends(tail, ">"))
		return false;
	tag = skip(tail, last_of(tail, "<"));
	closing = begins(tag, "</");
	if (tag.len < 3 || (!closing && !ends(tag, "/>")))
		return false;
	name = name_of(skip(tag, closing ? 2 : 1));
	if (root.len == 0)
		return is_exchange_root(name);
	return str_eq(name, root);
}

/* Both edges of a file, as they stand. */
struct edges {
	char head[EDGE_BYTES], tail[EDGE_BYTES];
	size_t len;
	char wide_head[EDGE_BYTES * 3 / 2], wide_tail[EDGE_BYTES * 3 / 2];
};

static bool
is_closed_xml(struct edges *e, off_t size)
{
	struct str head = str_n(e->head, e->len);
	struct str tail = str_n(e->tail, e->len);
	bool big = begins(head, "\xfe\xff") ||
	    (e->len > 1 && head.p[0] == '\0' && head.p[1] == '<');
	bool little = begins(head, "\xff\xfe") ||
	    (e->len > 1 && head.p[0] == '<' && head.p[1] == '\0');

	if (!big && !little)
		return ends_in_root(tail, root_of(head));
	if (size % 2 != 0)
		return false;
	head = str_n(e->wide_head, narrow(e->wide_head, e->head, e->len, big));
	tail = str_n(e->wide_tail, narrow(e->wide_tail, e->tail, e->len, big));
	return ends_in_root(tail, root_of(head));
}

int
intake_tail_xml(const char *path, struct err *err)
{
	struct edges *e;
	off_t size = 0;
	int fd, rc = open_file(&fd, &size, path, err);

	if (rc != 1)
		return rc;
	e = mem_alloc(sizeof *e);
	e->len = size < EDGE_BYTES ? (size_t)size : EDGE_BYTES;
	/* Even, so that 16-bit characters are not cut. */
	if (size >= EDGE_BYTES && size % 2 != 0)
		e->len--;
	if (read_at(fd, e->head, e->len, 0) != 0 ||
	    read_at(fd, e->tail, e->len, size - (off_t)e->len) != 0)
		rc = 0;         /* it changes right now */
	else
		rc = is_closed_xml(e, size) ? 1 : 0;
	close(fd);
	free(e);
	return rc;
}

/* ---- the first bytes ---- */

int
intake_head(uint64_t *hash, size_t *len, const char *path, struct err *err)
{
	char head[INTAKE_HEAD_BYTES];
	off_t size = 0;
	int fd, rc = open_file(&fd, &size, path, err);

	if (rc != 1)
		return rc;
	if (*len > sizeof head)
		*len = sizeof head;
	if (size < (off_t)*len)
		*len = (size_t)size;
	if (read_at(fd, head, *len, 0) != 0)
		rc = 0;         /* it changes right now */
	else
		*hash = str_hash(0, str_n(head, *len));
	/* A copier has made room, and nothing stands there yet. */
	if (rc == 1 && *len > 0 && head[0] == '\0')
		*len = 0;
	close(fd);
	return rc;
}

/* ---- zip (APPNOTE 4.3.14 to 4.3.16) ---- */

static uint64_t
number(const unsigned char *p, size_t bytes)
{
	uint64_t value = 0;

	while (bytes-- > 0)
		value = value << 8 | p[bytes];
	return value;
}

static bool
is_signature(const unsigned char *p, unsigned char a, unsigned char b)
{
	return p[0] == 'P' && p[1] == 'K' && p[2] == a && p[3] == b;
}

/* The end record that reaches exactly to the file's end: its place in the
 * tail, or len. */
static size_t
find_end(const unsigned char *tail, size_t len)
{
	size_t at = len;

	while (at-- > 0) {
		if (len - at >= END_BYTES && is_signature(tail + at, 5, 6) &&
		    number(tail + at + 20, 2) == len - at - END_BYTES)
			return at;
	}
	return len;
}

/* The zip64 record in front of the locator.  false: broken. */
static bool
read_large(struct intake_tail_end *end, int fd)
{
	unsigned char p[END64_BYTES];

	if (end->at < LOCATOR_BYTES || read_at(fd, p, LOCATOR_BYTES,
	    (off_t)(end->at - LOCATOR_BYTES)) != 0 || !is_signature(p, 6, 7))
		return true;    /* not zip64 */
	end->large = true;
	end->at = number(p + 8, 8);
	if (end->at > INT64_MAX || read_at(fd, p, END64_BYTES,
	    (off_t)end->at) != 0 || !is_signature(p, 6, 6))
		return false;
	end->disk = (unsigned)number(p + 16, 4);
	end->directory_disk = (unsigned)number(p + 20, 4);
	end->entries = number(p + 32, 8);
	end->size = number(p + 40, 8);
	end->offset = number(p + 48, 8);
	return true;
}

/* Where the directory should begin there is an entry, or there is none. */
static bool
has_directory(const struct intake_tail_end *end, int fd)
{
	unsigned char p[4];

	if (end->disk > 0)
		return true;    /* it may begin in an earlier part */
	if (end->size > end->at)
		return false;
	if (end->entries == 0)
		return true;
	return read_at(fd, p, sizeof p, (off_t)(end->at - end->size)) == 0 &&
	    is_signature(p, 1, 2);
}

static bool
read_end(struct intake_tail_end *end, int fd, off_t size)
{
	size_t len = size < END_BYTES + COMMENT_MAX ? (size_t)size :
	    END_BYTES + COMMENT_MAX;
	unsigned char *tail = mem_alloc(len + 1);
	size_t at = len;

	if (read_at(fd, tail, len, size - (off_t)len) == 0)
		at = find_end(tail, len);
	if (at < len) {
		const unsigned char *p = tail + at;

		end->at = (uint64_t)size - len + at;
		end->disk = (unsigned)number(p + 4, 2);
		end->directory_disk = (unsigned)number(p + 6, 2);
		end->entries = number(p + 10, 2);
		end->size = number(p + 12, 4);
		end->offset = number(p + 16, 4);
	}
	free(tail);
	return at < len && read_large(end, fd);
}

int
intake_tail_zip(struct intake_tail_end *end, const char *path,
    struct err *err)
{
	struct intake_part part = intake_name_part(path);
	off_t size = 0;
	int fd, rc = open_file(&fd, &size, path, err);

	*end = (struct intake_tail_end){ .at = 0 };
	if (rc != 1)
		return rc;
	/* The directory of a part's zip may begin in an earlier part. */
	rc = read_end(end, fd, size) &&
	    (part.number > 1 || has_directory(end, fd)) ? 1 : 0;
	close(fd);
	return rc;
}
