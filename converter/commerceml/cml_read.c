/* A file's bytes, piece by piece, into the parser. */
#include "commerceml/cml_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/pace.h"

#define PIECE ((size_t)16 * 1024)

/* Bytes in which libxml2 finds the encoding. */
#define SNIFF 4

static const char utf8_bom[] = "\xef\xbb\xbf";

static void
refuse(struct cml_reader *r, enum cml_code code, const char *found)
{
	cml_finding_fatal(r, code, STR_NONE, str_of(found));
}

/* Reads until the piece is full or the file ends; -1 with *err. */
static ssize_t
read_piece(int fd, char *piece, const char *path, struct err *err)
{
	size_t have = 0;
	ssize_t got;

	while (have < PIECE) {
		got = read(fd, piece + have, PIECE - have);
		if (got == 0)
			break;
		if (got == -1) {
			if (errno == EINTR)
				continue;
			return err_errno(err, ERR_SYSTEM, "%s", path);
		}
		have += (size_t)got;
	}
	return (ssize_t)have;
}

/* What the declaration says, for findings: 40 bytes are enough for one. */
static void
find_declared(struct cml_reader *r, const char *piece, size_t len)
{
	char start[256];
	const char *at, *end;
	size_t n = len < sizeof(start) - 1 ? len : sizeof(start) - 1;

	memcpy(start, piece, n);
	start[n] = '\0';
	(void)snprintf(r->declared, sizeof(r->declared), "UTF-8");
	r->encoding = r->declared;
	end = strstr(start, "?>");
	at = strstr(start, "encoding=");
	if (at == NULL || end == NULL || at > end)
		return;
	at += strlen("encoding=") + 1;
	(void)snprintf(r->declared, sizeof(r->declared), "%.*s",
	    (int)strcspn(at, "\"'?> "), at);
}

static bool
is_utf8_name(const char *name)
{
	struct str text = str_of(name);

	return text.len == 0 || str_same_name(text, str_of("utf-8")) ||
	    str_same_name(text, str_of("utf8"));
}

/* How the first bytes must be read; false: they are refused. */
static bool
look_at_start(struct cml_reader *r, const char *piece, size_t len,
    int *options)
{
	find_declared(r, piece, len);
	if (len >= 3 && memcmp(piece, utf8_bom, 3) == 0) {
		/* Text behind the mark that is valid UTF-8 is UTF-8, and it
		 * is held to that. */
		if (!is_utf8_name(r->declared)) {
			cml_finding(r, CML_BOM_OTHER, 1, STR_NONE,
			    str_of(r->declared));
			*options |= XML_PARSE_IGNORE_ENC;
			r->encoding = "UTF-8";
		}
		piece += 3;
		len -= 3;
	} else if (len >= 2 && (memcmp(piece, "\xff\xfe", 2) == 0 ||
	    memcmp(piece, "\xfe\xff", 2) == 0)) {
		r->encoding = "UTF-16";
		return true;
	}
	if (len > 0 && piece[0] != '<' && !(piece[0] == 0 && len > 1)) {
		refuse(r, CML_FILE_JUNK, "");
		return false;
	}
	return true;
}

/* The parser, made with the bytes that tell it the encoding. */
static int
make_parser(struct cml_reader *r, const char *piece, size_t len)
{
	/* NOENT brings "&amp;" in attributes as "&"; no other entity gets
	 * past the door. */
	int options = XML_PARSE_NONET | XML_PARSE_NOENT;
	xmlSAXHandler sax = *cml_door_handler();

	if (len == 0) {
		refuse(r, CML_FILE_EMPTY, "");
		return -1;
	}
	if (!look_at_start(r, piece, len, &options))
		return -1;
	r->parser = xmlCreatePushParserCtxt(&sax, r, piece,
	    (int)(len < SNIFF ? len : SNIFF), NULL);
	if (r->parser == NULL)
		return err_set(r->err, ERR_SYSTEM, "%s",
		    _("the XML parser cannot be started"));
	(void)xmlCtxtUseOptions(r->parser, options);
	cml_door_open(r);
	return cml_check_begin(r);
}

static int
count_bytes(struct cml_reader *r, size_t len)
{
	char limit[32];

	r->counts->bytes += len;
	pace_add(PACE_READ, (int64_t)len);
	if (r->counts->bytes <= LIMIT_XML_FILE)
		return 0;
	(void)snprintf(limit, sizeof(limit), "%zu", (size_t)LIMIT_XML_FILE);
	refuse(r, CML_FILE_SIZE, limit);
	return -1;
}

/* An unended tag lies in the parser's buffer; a comment may be longer. */
static int
check_parser(struct cml_reader *r)
{
	const xmlParserInput *input = r->parser->input;
	char limit[32];

	if (xmlDictSize(r->parser->dict) > LIMIT_XML_NAMES) {
		(void)snprintf(limit, sizeof(limit), "%d", LIMIT_XML_NAMES);
		refuse(r, CML_FILE_NAMES, limit);
		return -1;
	}
	if (input == NULL || input->end - input->cur <=
	    (ptrdiff_t)LIMIT_XML_TAG || memcmp(input->cur, "<!--", 4) == 0 ||
	    memcmp(input->cur, "<![", 3) == 0)
		return 0;
	refuse(r, CML_FILE_TAG, "");
	return -1;
}

static int
feed(struct cml_reader *r, int fd, const char *path, char *piece)
{
	size_t len, from = 0;
	ssize_t got;

	do {
		got = read_piece(fd, piece, path, r->err);
		if (got == -1)
			return -1;
		len = (size_t)got;
		if (count_bytes(r, len) != 0)
			return -1;
		if (r->parser == NULL) {
			if (make_parser(r, piece, len) != 0)
				return -1;
			from = len < SNIFF ? len : SNIFF;
		}
		r->last_piece = len < PIECE;
		(void)xmlParseChunk(r->parser, piece + from,
		    (int)(len - from), len < PIECE);
		from = 0;
		if (r->stopped || check_parser(r) != 0)
			return -1;
	} while (len == PIECE);
	if (!r->root_closed) {
		refuse(r, CML_FILE_CUT, "");
		return -1;
	}
	if (!r->any_part)
		cml_finding(r, CML_FILE_NO_PART, 0, STR_NONE, STR_NONE);
	return 0;
}

static void
reader_free(struct cml_reader *r)
{
	cml_check_close(r);
	if (r->parser != NULL)
		xmlFreeParserCtxt(r->parser);
	cml_door_close(r);
	cml_object_close(r);
	free(r);
}

int
cml_read(const struct cml_schemas *schemas, const char *path,
    const struct cml_options *options, const struct cml_events *events,
    struct cml_counts *counts, struct err *err)
{
	struct cml_reader *r;
	struct err own;
	char *piece;
	int fd, rc;

	memset(counts, 0, sizeof(*counts));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return err_errno(err, ERR_SYSTEM, "%s", path);
	err_clear(&own);
	r = mem_alloc(sizeof(*r));
	r->schemas = schemas;
	r->options = options;
	r->events = events;
	r->counts = counts;
	r->err = err != NULL ? err : &own;
	cml_object_open(r);
	piece = mem_alloc(PIECE);
	xmlSetStructuredErrorFunc(r, cml_door_error);
	rc = feed(r, fd, path, piece);
	xmlSetStructuredErrorFunc(NULL, NULL);
	r->line = cml_door_line(r);
	cml_finding_close(r);
	reader_free(r);
	free(piece);
	(void)close(fd);        /* only read from */
	return rc;
}
