/*
 * An HTTP server on loopback that answers with what a test has put down:
 * each connection gets the next answer, byte for byte, and is closed.  What
 * was asked is kept.  It is a child process of the test.
 */
#ifndef TESTS_LOOPBACK_H
#define TESTS_LOOPBACK_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"

#define LOOPBACK_MAX 16

struct loopback {
	pid_t pid;
	int port;
	int asked;              /* reading end: requests, NUL after each */
	char seen[256 * 1024];
	size_t seen_len;
};

/* "" closes the connection without a byte. */
static inline char *
loopback_json(int status, const char *body)
{
	return mem_printf("HTTP/1.1 %d X\r\nContent-Type: application/json; "
	    "charset=utf-8\r\nContent-Length: %zu\r\nConnection: close\r\n"
	    "\r\n%s", status, strlen(body), body);
}

/* Reads one request whole: head and Content-Length bytes. */
static inline void
loopback_read(int fd, char *space, size_t size)
{
	size_t len = 0, want = size;
	ssize_t got;

	while (len < size - 1 && len < want &&
	    (got = read(fd, space + len, size - 1 - len)) > 0) {
		const char *end, *length;

		len += (size_t)got;
		space[len] = '\0';
		end = strstr(space, "\r\n\r\n");
		length = strstr(space, "Content-Length: ");
		if (end == NULL)
			continue;
		want = (size_t)(end + 4 - space);
		if (length != NULL && length < end)
			want += strtoul(length + 16, NULL, 10);
	}
	space[len] = '\0';
}

static inline void
loopback_put(int fd, const char *text, size_t len)
{
	ssize_t put;

	for (; len > 0; text += put, len -= (size_t)put)
		if ((put = send(fd, text, len, MSG_NOSIGNAL)) <= 0)
			return;
}

static inline void
loopback_serve(int listener, int asked, char *const *answers, size_t count)
{
	static char request[200 * 1024];

	for (size_t i = 0; i < count; i++) {
		int fd = accept(listener, NULL, NULL);

		loopback_read(fd, request, sizeof(request));
		if (write(asked, request, strlen(request) + 1) == -1)
			_exit(1);
		loopback_put(fd, answers[i], strlen(answers[i]));
		close(fd);
	}
	_exit(0);
}

/* Takes the answers (freed here). */
static inline void
loopback_start(struct loopback *server, char **answers, size_t count)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t len = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM, 0), ends[2];

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (listener == -1 || bind(listener, (struct sockaddr *)&address,
	    len) == -1 || listen(listener, 16) == -1 ||
	    getsockname(listener, (struct sockaddr *)&address, &len) == -1 ||
	    pipe(ends) == -1)
		abort();
	server->port = ntohs(address.sin_port);
	server->seen_len = 0;
	server->pid = fork();
	if (server->pid == 0) {
		close(ends[0]);
		loopback_serve(listener, ends[1], answers, count);
	}
	close(listener);
	close(ends[1]);
	server->asked = ends[0];
	for (size_t i = 0; i < count; i++)
		free(answers[i]);
}

/* The n-th request (from 0) as it came, or "" when there was none. */
static inline const char *
loopback_request(struct loopback *server, size_t n)
{
	struct pollfd poller = { .fd = server->asked, .events = POLLIN };
	const char *at = server->seen;
	ssize_t got;

	while (server->seen_len < sizeof(server->seen) &&
	    poll(&poller, 1, 0) == 1 && (got = read(server->asked,
	    server->seen + server->seen_len, sizeof(server->seen) -
	    server->seen_len)) > 0)
		server->seen_len += (size_t)got;
	for (; n > 0 && at < server->seen + server->seen_len; n--)
		at += strlen(at) + 1;
	return at < server->seen + server->seen_len ? at : "";
}

static inline void
loopback_stop(struct loopback *server)
{
	kill(server->pid, SIGKILL);
	waitpid(server->pid, NULL, 0);
	close(server->asked);
}

#endif
