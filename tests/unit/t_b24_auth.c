/* Redirects, tokens and their file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>
#include <sys/stat.h>

#include "b24_fixture.h"
#include "bitrix/b24_internal.h"

static void
redirect_to_the_same_path_is_followed_as_post(void **state)
{
	char *there_says[] = { loopback_json(200,
	    BATCH("{\"c0\":{\"catalogs\":[]}}", "[]")) };
	char *here_says[1];
	static struct loopback there;
	struct err err = { 0 };

	(void)state;
	loopback_start(&there, there_says, 1);
	here_says[0] = mem_printf("HTTP/1.1 302 Found\r\nLocation: "
	    "http://127.0.0.1:%d/rest/1/" SECRET "/batch\r\n"
	    "Content-Length: 0\r\n\r\n", there.port);
	loopback_start(&server, here_says, 1);
	open_webhook(USUAL);
	(void)remote.prepare(remote.ctx, false, &facts, &err);
	assert_non_null(strstr(loopback_request(&there, 0),
	    "POST /rest/1/" SECRET "/batch HTTP"));
	loopback_stop(&there);
}

static void
redirect_to_a_page_stops_the_run(void **state)
{
	(void)state;
	assert_int_equal(create_with(mem_text("HTTP/1.1 302 Found\r\n"
	    "Location: http://127.0.0.1:1/auth/?x=1\r\nContent-Length: 0\r\n"
	    "\r\n")), OUTCOME_STOP);
	assert_non_null(strstr(request->ops[0].text, "address has changed"));
}

static char *
put_tokens_of(const char *text)
{
	char *path = file_join(folder, "tokens");

	scratch_put(path, text);
	assert_int_equal(chmod(path, 0600), 0);
	return path;
}

static char *
put_tokens(int port)
{
	char *text = mem_printf("{\"client_id\":\"app.1\",\"client_secret\":"
	    "\"appsecret1\",\"access_token\":\"access-old\","
	    "\"refresh_token\":\"refresh-old\",\"extra\":1,"
	    "\"client_endpoint\":\"http://127.0.0.1:%d/rest/\"}", port);
	char *path = put_tokens_of(text);

	free(text);
	return path;
}

static void
open_oauth(void)
{
	char *path = put_tokens(server.port);
	char *portal = mem_printf("\"oauth_file\":\"tokens\",\"oauth_host\":"
	    "\"http://127.0.0.1:%d\"", server.port);

	load_config(portal, USUAL);
	free(portal);
	free(path);
}

static void
expired_token_is_refreshed_once_and_kept(void **state)
{
	char *answers[] = { loopback_json(401, "{\"error\":"
	    "\"expired_token\"}"), loopback_json(200, "{\"access_token\":"
	    "\"access-new\",\"refresh_token\":\"refresh-new\",\"expires\":"
	    "9}"), loopback_json(200, FACTS_1), loopback_json(200, FACTS_2) };
	char *path = file_join(folder, "tokens");
	struct stat info;

	(void)state;
	loopback_start(&server, answers, 4);
	open_oauth();
	assert_int_equal(remote.prepare(remote.ctx, false, &facts, NULL), 0);
	assert_non_null(strstr(loopback_request(&server, 0),
	    "\"auth\":\"access-old\""));
	assert_non_null(strstr(loopback_request(&server, 1),
	    "POST /oauth/token/ HTTP"));
	assert_non_null(strstr(loopback_request(&server, 1),
	    "refresh_token=refresh-old"));
	assert_non_null(strstr(loopback_request(&server, 2),
	    "\"auth\":\"access-new\""));
	assert_non_null(strstr(scratch_get(path), "refresh-new"));
	assert_non_null(strstr(scratch_get(path), "\"extra\""));
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
	free(path);
}

/* What the server has given anew and nobody has written down is lost: the old
 * refresh token is worth nothing then. */
static void
token_is_not_renewed_where_it_cannot_be_written(void **state)
{
	char *answers[] = { loopback_json(401, "{\"error\":"
	    "\"expired_token\"}"), loopback_json(401, "{\"error\":"
	    "\"expired_token\"}"), loopback_json(200, "{\"access_token\":"
	    "\"access-new\",\"refresh_token\":\"refresh-new\"}"),
	    loopback_json(200, FACTS_1), loopback_json(200, FACTS_2) };
	char *path = file_join(folder, "tokens"), *name, *stands_there;
	struct err err = { 0 };

	(void)state;
	loopback_start(&server, answers, 5);
	open_oauth();
	name = mem_printf(".cml24-%016" PRIx64 ".tmp",
	    str_hash(0, str_of(config->portal.oauth_file)));
	stands_there = file_join(folder, name);
	assert_int_equal(file_make_dir(stands_there, &err), 0);
	assert_int_equal(remote.prepare(remote.ctx, false, &facts, &err),
	    -1);
	assert_non_null(strstr(err.text, "cannot be written"));
	assert_non_null(strstr(scratch_get(path), "refresh-old"));
	assert_int_equal(file_remove_tree(stands_there, &err), 0);
	err_clear(&err);
	assert_int_equal(remote.prepare(remote.ctx, false, &facts, &err), 0);
	assert_non_null(strstr(loopback_request(&server, 2),
	    "refresh_token=refresh-old"));
	assert_non_null(strstr(scratch_get(path), "refresh-new"));
	free(stands_there);
	free(name);
	free(path);
}

/* Without portal.oauth_host a token is renewed where it came from. */
static void
token_is_refreshed_where_it_came_from(void **state)
{
	char *answers[] = { loopback_json(401, "{\"error\":"
	    "\"expired_token\"}"), loopback_json(200, "{\"access_token\":"
	    "\"access-new\",\"refresh_token\":\"refresh-new\",\"domain\":"
	    "\"oauth.example.com\"}"), loopback_json(200, FACTS_1),
	    loopback_json(200, FACTS_2) };
	char *path, *text;

	(void)state;
	loopback_start(&server, answers, 4);
	text = mem_printf("{\"client_id\":\"app.1\",\"client_secret\":"
	    "\"appsecret1\",\"refresh_token\":\"refresh-old\","
	    "\"client_endpoint\":\"http://127.0.0.1:%d/rest/\","
	    "\"server_endpoint\":\"http://127.0.0.1:%d/rest/\"}",
	    server.port, server.port);
	path = put_tokens_of(text);
	load_config("\"oauth_file\":\"tokens\"", USUAL);
	assert_int_equal(remote.prepare(remote.ctx, false, &facts, NULL), 0);
	assert_non_null(strstr(loopback_request(&server, 1),
	    "POST /oauth/token/ HTTP"));
	assert_non_null(strstr(loopback_request(&server, 2),
	    "\"auth\":\"access-new\""));
	free(path);
	free(text);
}

/* `domain` of a token's answer is the authorization server. */
static void
domain_is_no_address_of_the_portal(void **state)
{
	char *none[1] = { NULL }, *path;
	struct err err = { 0 };

	(void)state;
	loopback_start(&server, none, 0);
	open_oauth();
	path = put_tokens_of("{\"client_id\":\"app.1\",\"client_secret\":"
	    "\"appsecret1\",\"access_token\":\"access-old\","
	    "\"refresh_token\":\"refresh-old\",\"domain\":\"127.0.0.1\"}");
	remote.close(remote.ctx);
	assert_int_equal(bitrix_open(&remote, config, &err), -1);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_non_null(strstr(err.text, "no client_endpoint in it"));
	remote.close = NULL;
	free(path);
}

/* Earlier versions took a file with the portal's name alone. */
static void
domain_stands_for_the_address_where_it_is_not_the_token_servers(void **state)
{
	static const struct {
		const char *domain, *server, *url;
	} cases[] = {
		{ "name.example.ru", "", "https://name.example.ru/rest/x" },
		{ "name.example.ru:8443", "",
		    "https://name.example.ru:8443/rest/x" },
		{ "auth.example.ru", "https://other.example.ru/rest/",
		    "https://auth.example.ru/rest/x" },
		{ "Auth.example.ru", "https://auth.example.ru/rest/", NULL },
		{ "oauth.bitrix.info", "", NULL },
		{ "token.example.ru", "", NULL },
		{ "name.example.ru/a", "", NULL },
		{ "", "", NULL },
	};
	char host[] = "token.example.ru:443";

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *text = mem_printf("{\"client_id\":\"app.1\","
		    "\"client_secret\":\"appsecret1\",\"refresh_token\":"
		    "\"refresh-old\",\"domain\":\"%s\","
		    "\"server_endpoint\":\"%s\"}", cases[i].domain,
		    cases[i].server);
		char *path = put_tokens_of(text);
		struct config own = { .portal = { .oauth_file = path,
		    .oauth_host = host } };
		struct b24_auth *auth = NULL;
		struct err err = { 0 };
		char *url = NULL;

		if (b24_auth_open(&auth, &own, &err) == 0)
			url = b24_auth_url(auth, "x");
		else
			assert_non_null(strstr(err.text,
			    "no client_endpoint in it"));
		if (cases[i].url == NULL)
			assert_null(url);
		else
			assert_string_equal(url, cases[i].url);
		b24_auth_close(auth);
		free(url);
		free(path);
		free(text);
	}
}

static void
refused_refresh_stops_the_run(void **state)
{
	char *answers[] = { loopback_json(401, "{\"error\":"
	    "\"expired_token\"}"), loopback_json(400, "{\"error\":"
	    "\"invalid_grant\"}") };
	struct err err = { 0 };

	(void)state;
	loopback_start(&server, answers, 2);
	open_oauth();
	assert_int_equal(remote.prepare(remote.ctx, false, &facts, &err),
	    -1);
	assert_int_equal(err.kind, ERR_PORTAL);
	assert_non_null(strstr(err.text, "invalid_grant"));
	assert_null(strstr(err.text, "appsecret1"));
}

static void
tokens_that_others_can_read_are_refused(void **state)
{
	char *none[1] = { NULL }, *path;
	struct err err = { 0 };

	(void)state;
	loopback_start(&server, none, 0);
	open_oauth();
	path = file_join(folder, "tokens");
	assert_int_equal(chmod(path, 0644), 0);
	remote.close(remote.ctx);
	assert_int_equal(bitrix_open(&remote, config, &err), -1);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_non_null(strstr(err.text, "chmod 600"));
	remote.close = NULL;
	free(path);
}

static void
name_that_begins_like_loopback_is_not_trusted_without_tls(void **state)
{
	static const char *const hosts[] = { "127.example.ru", "127.0.0.1.ru",
	    "localhost.ru", "localhosts", "[::1].ru" };
	struct b24_auth *auth;
	struct err err = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++) {
		char *url = mem_printf("http://%s/rest/1/x/", hosts[i]);
		struct config own = { .portal = { .webhook = url } };

		assert_int_equal(b24_auth_open(&auth, &own, &err), -1);
		free(url);
	}
	{
		char here[] = "http://127.0.0.1:80/rest/1/x/";
		struct config own = { .portal = { .webhook = here } };

		assert_int_equal(b24_auth_open(&auth, &own, &err), 0);
		b24_auth_close(auth);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		REMOTE_TEST(redirect_to_the_same_path_is_followed_as_post),
		REMOTE_TEST(redirect_to_a_page_stops_the_run),
		REMOTE_TEST(expired_token_is_refreshed_once_and_kept),
		REMOTE_TEST(token_is_not_renewed_where_it_cannot_be_written),
		REMOTE_TEST(token_is_refreshed_where_it_came_from),
		REMOTE_TEST(domain_is_no_address_of_the_portal),
		REMOTE_TEST(
    domain_stands_for_the_address_where_it_is_not_the_token_servers),
		REMOTE_TEST(refused_refresh_stops_the_run),
		REMOTE_TEST(tokens_that_others_can_read_are_refused),
		cmocka_unit_test(
		    name_that_begins_like_loopback_is_not_trusted_without_tls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
