/*
 * Who we are to the portal: an incoming webhook, whose address is the
 * secret, or an application's tokens in a file (bitrix24.md 1).
 */
#include "bitrix/b24_internal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/i18n.h"
#include "base/lock.h"
#include "base/log.h"
#include "base/mem.h"

#define LOCK_WAIT_MS 30000
/* Where tokens are renewed (settings/oauth/auto-renewal.md). */
#define OAUTH_HOST "oauth.bitrix.info"

struct b24_auth {
	char *origin;           /* "https://name.bitrix24.ru" */
	char *path;             /* "/rest/1/SECRET/" or "/rest/" */
	char *token;            /* NULL: webhook */
	const struct config *config;
	uint32_t caller;
};

/* ---- addresses ---- */

/* The whole name: "127.example.ru" is anybody's. */
static bool
is_loopback(const char *host)
{
	size_t len = strcspn(host, ":/?#");

	if (strncmp(host, "[::1]", 5) == 0)
		return strchr(":/?#", host[5]) != NULL;
	return (len == 9 && strncasecmp(host, "localhost", 9) == 0) ||
	    (strncmp(host, "127.", 4) == 0 &&
	    strspn(host, "0123456789.") == len);
}

/* "https://host[:port]" of an address, allocated; NULL when it is not one
 * that we talk to.  *path is the rest of it. */
static char *
origin_of(const char *url, const char **path)
{
	const char *host;
	size_t len;

	if (strncasecmp(url, "https://", 8) == 0)
		host = url + 8;
	else if (strncasecmp(url, "http://", 7) == 0 && is_loopback(url + 7))
		host = url + 7;
	else
		return NULL;
	len = strcspn(host, "/?#");
	if (len == 0 || memchr(host, '@', len) != NULL)
		return NULL;
	*path = host + len;
	return mem_text_n(url, (size_t)(host - url) + len);
}

static int
take_address(struct b24_auth *auth, const char *url, struct err *err)
{
	const char *path;
	size_t len;

	auth->origin = origin_of(url, &path);
	if (auth->origin == NULL)
		return err_set(err, ERR_USAGE, "%s", _("the portal's address "
		    "must begin with https://"));
	len = strcspn(path, "?#");
	auth->path = mem_printf("%.*s%s", (int)len, path,
	    len > 0 && path[len - 1] == '/' ? "" : "/");
	return 0;
}

const char *
b24_auth_origin(const struct b24_auth *auth)
{
	return auth->origin;
}

const char *
b24_auth_host(const struct b24_auth *auth)
{
	return strstr(auth->origin, "://") + 3;
}

uint32_t
b24_auth_caller(const struct b24_auth *auth)
{
	return auth->caller;
}

const char *
b24_auth_token(const struct b24_auth *auth)
{
	return auth->token;
}

char *
b24_auth_url(const struct b24_auth *auth, const char *method)
{
	return mem_printf("%s%s%s", auth->origin, auth->path, method);
}

/*
 * Only the name of the portal may change: the rest of the address must be
 * ours, or it leads to a page for people.
 */
int
b24_auth_follow(struct b24_auth *auth, const char *location,
    const char *method)
{
	char *url = b24_auth_url(auth, method), *origin;
	const char *path, *own;
	int rc = 1;

	origin = origin_of(location, &path);
	own = url + strlen(auth->origin);
	if (origin != NULL && strncmp(path, own, strlen(own)) == 0 &&
	    (path[strlen(own)] == '\0' || path[strlen(own)] == '.' ||
	    path[strlen(own)] == '?') &&
	    (strncasecmp(auth->origin, "https:", 6) != 0 ||
	    strncasecmp(origin, "https:", 6) == 0)) {
		free(auth->origin);
		auth->origin = origin;
		origin = NULL;
		rc = 0;
	}
	free(origin);
	free(url);
	return rc;
}

/* ---- the token file ---- */

static const char *
member(const cJSON *root, const char *name)
{
	const cJSON *item = json_get(root, name);

	return cJSON_IsString(item) && item->valuestring[0] != '\0' ?
	    item->valuestring : NULL;
}

/* A secret that others can read is none. */
static int
check_mode(const char *path, struct err *err)
{
	struct stat info;

	if (stat(path, &info) == 0 && (info.st_mode & 077) != 0)
		return err_set(err, ERR_USAGE, _("%s: others can read it: "
		    "chmod 600 %s"), path, path);
	return 0;
}

static cJSON *
read_tokens(const char *path, struct err *err)
{
	static const char *const secrets[] = { "client_secret",
	    "access_token", "refresh_token" };
	struct buf text = BUF_INIT(LIMIT_SECRET_BYTES * 4);
	cJSON *root = NULL;
	int rc = check_mode(path, err);

	if (rc == 0)
		rc = file_read(&text, path, err);
	if (rc == 1)
		(void)err_set(err, ERR_USAGE, _("%s: there is no such file "
		    "(portal.oauth_file)"), path);
	if (rc == 0)
		root = json_parse(str_n(buf_text(&text), text.len), err);
	if (rc == 0 && root == NULL)
		(void)err_prefix(err, "%s: ", path);
	buf_free(&text);
	if (root == NULL) {
		err->kind = ERR_USAGE;
		return NULL;
	}
	for (size_t i = 0; i < sizeof(secrets) / sizeof(*secrets); i++)
		if (member(root, secrets[i]) != NULL)
			log_add_secret(member(root, secrets[i]));
	return root;
}

/* Is it the name in this address, which may be the name alone, or NULL? */
static bool
is_host_of(const char *host, const char *address)
{
	size_t len = strcspn(host, ":");
	const char *mark;

	if (address == NULL)
		return false;
	mark = strstr(address, "://");
	if (mark != NULL)
		address = mark + 3;
	return strcspn(address, ":/?#") == len &&
	    strncasecmp(host, address, len) == 0;
}

/*
 * The portal's address is client_endpoint: `domain` of a refreshed token is
 * the authorization server (settings/oauth/auto-renewal.md).  Files
 * that were made for earlier versions may have the portal's name there, and no
 * client_endpoint: it is believed where it is not that server's.  Allocated;
 * NULL: the file says none.
 */
static char *
portal_of(const struct b24_auth *auth, const cJSON *root)
{
	const char *endpoint = member(root, "client_endpoint");
	const char *domain = member(root, "domain");

	if (endpoint != NULL)
		return mem_text(endpoint);
	if (domain == NULL || domain[strcspn(domain, "/?#@\\ ")] != '\0' ||
	    strncasecmp(domain, "oauth.", strlen("oauth.")) == 0 ||
	    is_host_of(domain, auth->config->portal.oauth_host) ||
	    is_host_of(domain, member(root, "server_endpoint")))
		return NULL;
	log_warn("%s: there is no client_endpoint in it: the domain is taken "
	    "for the portal's address; put \"client_endpoint\": "
	    "\"https://%s/rest/\" there",
	    auth->config->portal.oauth_file, domain);
	return mem_printf("https://%s/rest/", domain);
}

/* The address is taken once: a redirect may have changed it since. */
static int
take_tokens(struct b24_auth *auth, const cJSON *root, struct err *err)
{
	static const char *const needed[] = { "client_id", "client_secret",
	    "refresh_token" };
	char *portal = auth->origin == NULL ? portal_of(auth, root) : NULL;
	const char *token = member(root, "access_token");
	const char *missing = NULL;
	int rc = 0;

	for (size_t i = 0; i < sizeof(needed) / sizeof(*needed); i++)
		if (missing == NULL && member(root, needed[i]) == NULL)
			missing = needed[i];
	if (missing == NULL && auth->origin == NULL && portal == NULL)
		missing = "client_endpoint";
	if (missing != NULL) {
		free(portal);
		return err_set(err, ERR_USAGE, _("%s: there is no %s "
		    "in it; it must hold client_id, client_secret, "
		    "access_token, refresh_token and "
		    "client_endpoint, the portal's address as the "
		    "token came with it"), auth->config->portal.oauth_file,
		    missing);
	}
	if (auth->origin == NULL) {
		auth->caller = (uint32_t)str_hash(0, str_of(member(root,
		    "client_id")));
		rc = take_address(auth, portal, err);
	}
	free(portal);
	free(auth->token);
	/* Without one the portal says "expired" and it is refreshed. */
	auth->token = mem_text(token != NULL ? token : "none");
	return rc;
}

int
b24_auth_open(struct b24_auth **out, const struct config *config,
    struct err *err)
{
	struct b24_auth *auth = mem_alloc(sizeof(*auth));
	cJSON *root;
	int rc = -1;

	auth->config = config;
	if (config->portal.oauth_file != NULL) {
		root = read_tokens(config->portal.oauth_file, err);
		if (root != NULL)
			rc = take_tokens(auth, root, err);
		cJSON_Delete(root);
	} else if (config->portal.webhook == NULL) {
		(void)err_set(err, ERR_USAGE, "%s", _("there is no address of "
		    "a portal: put the webhook into the file that "
		    "portal.webhook_file names, or into CML24_WEBHOOK"));
	} else {
		auth->caller = (uint32_t)str_hash(0,
		    str_of(config->portal.webhook));
		rc = take_address(auth, config->portal.webhook, err);
	}
	if (rc == -1) {
		b24_auth_close(auth);
		return -1;
	}
	*out = auth;
	return 0;
}

void
b24_auth_close(struct b24_auth *auth)
{
	if (auth == NULL)
		return;
	free(auth->origin);
	free(auth->path);
	free(auth->token);
	free(auth);
}

/* ---- refreshing ---- */

/* The server's address: a host's name, or a whole one; without a setting the
 * one that the token came from. */
static char *
server_url(const struct config *config, const cJSON *root)
{
	const char *host = config->portal.oauth_host, *path;
	char *origin, *url;

	if (host == NULL)
		host = member(root, "server_endpoint");
	if (host == NULL)
		host = OAUTH_HOST;
	if (strstr(host, "://") == NULL)
		return mem_printf("https://%s/oauth/token/", host);
	origin = origin_of(host, &path);
	if (origin == NULL)
		return NULL;
	url = mem_printf("%s/oauth/token/", origin);
	free(origin);
	return url;
}

/* The secrets go into the body: addresses are logged on the way. */
static void
refresh_body(const cJSON *root, struct buf *body)
{
	b24_query_text(body, "grant_type", "refresh_token");
	b24_query_text(body, "client_id", member(root, "client_id"));
	b24_query_text(body, "client_secret", member(root, "client_secret"));
	b24_query_text(body, "refresh_token", member(root, "refresh_token"));
}

static void
replace(cJSON *root, const cJSON *answer, const char *name)
{
	const cJSON *item = json_get(answer, name);
	cJSON *copy = item != NULL ? cJSON_Duplicate(item, true) : NULL;

	if (copy == NULL)
		return;
	if (json_get(root, name) != NULL)
		(void)cJSON_ReplaceItemInObjectCaseSensitive(root, name,
		    copy);
	else
		(void)cJSON_AddItemToObject(root, name, copy);
}

static int
write_tokens(const struct b24_auth *auth, const cJSON *root, struct err *err)
{
	char *text = cJSON_Print(root);
	int rc;

	if (text == NULL)
		return err_set(err, ERR_SYSTEM, "%s", _("out of memory"));
	rc = file_write(auth->config->portal.oauth_file, text, strlen(text),
	    0600, err);
	cJSON_free(text);
	return rc;
}

/* A full disk, a folder that is not ours: known before the server is asked, for
 * what it gives and nobody writes down is lost: a refresh token lived "28 days
 * or until it is used first" (the old course, lesson 10263); of today's,
 * auto-renewal.md says 180 days and nothing of its use.  A kill between that
 * answer and the file cannot be guarded against: OPERATORS, 6. */
static int
try_to_write(const struct b24_auth *auth, const cJSON *root, struct err *err)
{
	return write_tokens(auth, root, err) == 0 ? 0 : err_prefix(err, "%s",
	    _("portal.oauth_file cannot be written, so the token is not "
	    "renewed: "));
}

/* On disk before it is used: the old refresh token is worth nothing any
 * more. */
static int
keep_tokens(struct b24_auth *auth, cJSON *root, const cJSON *answer,
    struct err *err)
{
	static const char *const names[] = { "access_token", "refresh_token",
	    "expires", "expires_in" };

	log_add_secret(member(answer, "access_token"));
	log_add_secret(member(answer, "refresh_token"));
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		replace(root, answer, names[i]);
	return write_tokens(auth, root, err) == 0 ?
	    take_tokens(auth, root, err) : -1;
}

static int
refused(const struct http_request *http, const cJSON *answer,
    struct err *err)
{
	char space[32];
	struct str code = json_str(json_get(answer, "error"), space);

	if (code.len == 0 || http->status >= 500)
		return err_set(err, ERR_AGAIN, _("the token server does not "
		    "answer: %s"), http->error[0] != '\0' ? http->error :
		    _("no token in its answer"));
	return err_set(err, ERR_PORTAL, _("the token server refuses to renew "
	    "the token (%.*s): install the application anew and fill %s"),
	    (int)code.len, code.p, "portal.oauth_file");
}

static int
ask_server(struct b24_auth *auth, struct http *http, cJSON *root,
    struct err *err)
{
	struct buf body = BUF_INIT(LIMIT_SECRET_BYTES * 16);
	struct http_request request = { .content_type =
	    "application/x-www-form-urlencoded" };
	char *url = server_url(auth->config, root);
	struct err ignored = { 0 };
	cJSON *answer = NULL;
	int rc;

	if (url == NULL)
		return err_set(err, ERR_USAGE, "%s",
		    auth->config->portal.oauth_host != NULL ?
		    _("portal.oauth_host must be the name of a host") :
		    _("portal.oauth_file: its server_endpoint must begin "
		    "with https://"));
	if (try_to_write(auth, root, err) == -1) {
		free(url);
		return -1;
	}
	refresh_body(root, &body);
	request.url = url;
	request.body = buf_text(&body);
	request.body_len = body.len;
	request.timeout_ms = auth->config->portal.timeout_ms;
	rc = http_do(http, &request, err);
	if (rc == 0 && request.complete)
		answer = json_parse(str_n(buf_text(&request.answer),
		    request.answer.len), &ignored);
	if (rc == 0 && (member(answer, "access_token") == NULL ||
	    member(answer, "refresh_token") == NULL))
		rc = refused(&request, answer, err);
	else if (rc == 0)
		rc = keep_tokens(auth, root, answer, err);
	cJSON_Delete(answer);
	buf_free(&request.answer);
	buf_free(&body);
	free(url);
	return rc;
}

int
b24_auth_refresh(struct b24_auth *auth, struct http *http, const char *old,
    struct err *err)
{
	const char *path = auth->config->portal.oauth_file;
	char *lock_path;
	struct lock *lock = NULL;
	const char *other;
	cJSON *root;
	int rc;

	/* Another request of ours was refused before and has done it. */
	if (strcmp(auth->token, old) != 0)
		return 0;
	lock_path = mem_printf("%s.lock", path);
	rc = lock_take(&lock, lock_path, LOCK_WAIT_MS, err);
	free(lock_path);
	if (rc == -1) {
		err->kind = ERR_AGAIN;
		return -1;
	}
	root = read_tokens(path, err);
	other = member(root, "access_token");
	if (root == NULL)
		rc = -1;
	else if (other != NULL && strcmp(other, old) != 0)
		rc = take_tokens(auth, root, err);
	else
		rc = ask_server(auth, http, root, err);
	cJSON_Delete(root);
	lock_release(lock);
	return rc;
}
