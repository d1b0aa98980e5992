/*
 * Where the portal is.  The address of a webhook is its password, so it is
 * in no text of this file, and base/log knows it before anything is said.
 */
#include "base/config_internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"

#define DIGITS "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* The start of *rest that consists of `allowed`; taken off. */
static struct str
take_span(struct str *rest, const char *allowed)
{
	struct str span = str_n(rest->p, 0);

	while (span.len < rest->len && strchr(allowed,
	    rest->p[span.len]) != NULL && rest->p[span.len] != '\0')
		span.len++;
	rest->p += span.len;
	rest->len -= span.len;
	return span;
}

/* Takes `text` off when *rest begins with it. */
static bool
take_text(struct str *rest, const char *text)
{
	size_t len = strlen(text);

	if (rest->len < len || memcmp(rest->p, text, len) != 0)
		return false;
	rest->p += len;
	rest->len -= len;
	return true;
}

static bool
is_loopback(struct str host)
{
	char text[INET_ADDRSTRLEN];
	struct in_addr address;

	if (str_is(host, "localhost"))
		return true;
	if (host.len >= sizeof(text))
		return false;
	memcpy(text, host.p, host.len);
	text[host.len] = '\0';
	return inet_pton(AF_INET, text, &address) == 1 &&
	    ntohl(address.s_addr) >> 24 == 127;
}

/* host[:port]; true when it may be reached without TLS. */
static bool
take_host(struct str *rest, bool *loopback)
{
	struct str host;

	if (take_text(rest, "[::1]")) {
		*loopback = true;
	} else {
		host = take_span(rest, LETTERS DIGITS ".-");
		if (host.len == 0)
			return false;
		*loopback = is_loopback(host);
	}
	return !take_text(rest, ":") || take_span(rest, DIGITS).len > 0;
}

/* Why the address cannot be used, or NULL. */
static const char *
find_fault(struct str address, struct str *secret)
{
	const char *shape = _("wanted https://PORTAL/rest/USER/SECRET/");
	struct str rest = address;
	bool plain, loopback;

	plain = take_text(&rest, "http://");
	if (!plain && !take_text(&rest, "https://"))
		return shape;
	if (!take_host(&rest, &loopback) || !take_text(&rest, "/rest/") ||
	    take_span(&rest, DIGITS).len == 0 || !take_text(&rest, "/"))
		return shape;
	*secret = take_span(&rest, LETTERS DIGITS "_-");
	(void)take_text(&rest, "/");
	if (secret->len == 0 || rest.len > 0)
		return shape;
	if (plain && !loopback)
		return _("without TLS the secret could be read on its way; "
		    "wanted https://");
	return NULL;
}

static void
hide(struct str secret)
{
	char *text = mem_text_n(secret.p, secret.len);

	log_add_secret(text);
	free(text);
}

/* `from` says where the address was found. */
static void
keep_address(struct config_reader *reader, long line, const char *from,
    struct str text)
{
	struct str address = str_trim(text), secret = STR_NONE;
	char **to = &reader->config->portal.webhook;
	const char *fault = find_fault(address, &secret);
	char *old = *to;

	hide(secret);
	if (fault != NULL) {
		config_note_error(reader, line, _("%s: this is no address of "
		    "a webhook; %s"), from, fault);
		return;
	}
	hide(address);
	*to = mem_printf("%.*s%s", (int)address.len, address.p,
	    address.p[address.len - 1] == '/' ? "" : "/");
	/* `text` may lie in it. */
	free(old);
}

/* The rest of the file into `out`: 0, or -1 and errno. */
static int
read_all(struct buf *out, int fd)
{
	char space[512];
	ssize_t got;

	do {
		got = read(fd, space, sizeof(space));
		if (got > 0)
			(void)buf_add(out, space, (size_t)got);
	} while ((got > 0 && !out->full) || (got < 0 && errno == EINTR));
	return got < 0 ? -1 : 0;
}

/* An open secret: whether it is one, is looked at where it was opened. */
static void
read_secret(struct config_reader *reader, long line, const char *path,
    int fd)
{
	struct buf text = BUF_INIT(LIMIT_SECRET_BYTES);
	struct str found;
	struct stat st;

	if (fstat(fd, &st) != 0) {
		config_note_error(reader, line, "%s: %s", path,
		    strerror(errno));
	} else if (!S_ISREG(st.st_mode)) {
		config_note_error(reader, line, _("%s: not a file"), path);
	} else if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
		config_note_error(reader, line, _("%s: others can get at the "
		    "secret in it (mode %04o); say: chmod 600 %s"), path,
		    (unsigned)(st.st_mode & 07777), path);
	} else if (read_all(&text, fd) != 0) {
		config_note_error(reader, line, "%s: %s", path,
		    strerror(errno));
	} else {
		found = str_n(text.data, text.len);
		(void)take_text(&found, "\xef\xbb\xbf");
		keep_address(reader, line, path, found);
	}
	buf_free(&text);
}

/* True when there is such a file, good or not. */
static bool
try_file(struct config_reader *reader, const char *name, long line)
{
	char *path = file_join(reader->config->folder, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	bool there = fd >= 0 || errno != ENOENT;

	if (fd >= 0) {
		read_secret(reader, line, path, fd);
		(void)close(fd);        /* it was only read */
	} else if (there) {
		config_note_error(reader, line, errno == EACCES ?
		    _("%s: use the account that runs cml24: %s") : "%s: %s",
		    path, strerror(errno));
	} else if (line != 0 && reader->config->portal.webhook == NULL) {
		config_note_warn(reader, line, _("portal.webhook_file: there "
		    "is no %s; the portal cannot be reached"), path);
	}
	free(path);
	return there;
}

/* The configuration holds the secret itself: who else can read it? */
static void
check_own_mode(struct config_reader *reader, long line)
{
	struct stat st;

	if (stat(reader->path, &st) == 0 &&
	    (st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		config_note_warn(reader, line, _("portal.webhook: others can "
		    "read this file and the secret in it; say: chmod 600 %s"),
		    reader->path);
}

void
config_webhook(struct config_reader *reader)
{
	struct config *config = reader->config;
	const char *said = getenv("CML24_WEBHOOK");
	long file_line = config_table_line(reader, "portal.webhook_file");
	long line = config_table_line(reader, "portal.webhook");
	char *written = config->portal.webhook;
	const cJSON *file;

	if (said != NULL && said[0] != '\0') {
		/* What this process was told goes before the file. */
		free(config->portal.oauth_file);
		config->portal.oauth_file = NULL;
		keep_address(reader, 0, "CML24_WEBHOOK", str_of(said));
		return;
	}
	if (config->portal.oauth_file != NULL) {
		if (written != NULL || file_line != 0)
			config_note_error(reader, line != 0 ? line :
			    file_line, _("a webhook and portal.oauth_file "
			    "are set; leave one of them out"));
		free(written);
		config->portal.webhook = NULL;
		return;
	}
	file = json_get(json_get(reader->root, "portal"), "webhook_file");
	if (try_file(reader, cJSON_IsString(file) ? file->valuestring :
	    "webhook", file_line)) {
		if (written != NULL)
			config_note_warn(reader, line, _("portal.webhook is "
			    "not used: portal.webhook_file goes before it"));
	} else if (written != NULL) {
		check_own_mode(reader, line);
		keep_address(reader, line, "portal.webhook",
		    str_of(written));
	}
}
