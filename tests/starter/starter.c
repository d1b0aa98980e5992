/*
 * cml24 as a server that starts cml24: a run from here costs a fork and not the
 * loading of forty libraries, which is most of what a short run takes.  The
 * crash runner makes hundreds of thousands of them (tests/lib/starter.py).
 *
 * Standard input is a socket.  A request is one message: the count of the
 * arguments, then the working directory, the arguments and the environment,
 * each ended by a NUL; with it come the descriptors for output and errors.  The
 * answer is what waitpid() says, an int.  main() of the program is main.o's,
 * renamed by the Makefile; nothing of it has run before the fork.
 */
#include <sys/socket.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REQUEST_BYTES 65536
#define STRINGS 1024

int cml24_main(int argc, char **argv);

extern char **environ;

struct request {
	char bytes[REQUEST_BYTES];
	char *strings[STRINGS];         /* the folder, then the others */
	size_t count;
	int argc;
	int fds[2];
};

static void
split(struct request *request, size_t len)
{
	size_t at = sizeof(int);

	memcpy(&request->argc, request->bytes, sizeof(int));
	request->count = 0;
	while (at < len && request->count < STRINGS - 1) {
		request->strings[request->count++] = request->bytes + at;
		at += strlen(request->bytes + at) + 1;
	}
	request->strings[request->count] = NULL;
}

/* -1: there is no more. */
static int
receive(struct request *request)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int) * 2)];
	} control;
	struct iovec part = { request->bytes, sizeof(request->bytes) - 1 };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1,
	    .msg_control = &control, .msg_controllen = sizeof(control) };
	struct cmsghdr *header;
	ssize_t len = recvmsg(STDIN_FILENO, &message, 0);

	header = len > (ssize_t)sizeof(int) ? CMSG_FIRSTHDR(&message) : NULL;
	if (header == NULL || header->cmsg_type != SCM_RIGHTS)
		return -1;
	memcpy(request->fds, CMSG_DATA(header), sizeof(request->fds));
	request->bytes[len] = '\0';
	split(request, (size_t)len);
	return 0;
}

static int
run(struct request *request)
{
	static char *argv[STRINGS];
	int nothing = open("/dev/null", O_RDONLY);

	if (nothing == -1 || chdir(request->strings[0]) == -1 ||
	    dup2(nothing, STDIN_FILENO) == -1 ||
	    dup2(request->fds[0], STDOUT_FILENO) == -1 ||
	    dup2(request->fds[1], STDERR_FILENO) == -1)
		return 126;
	for (int i = 0; i < 2; i++)
		(void)close(request->fds[i]);
	(void)close(nothing);
	memcpy(argv, request->strings + 1, (size_t)request->argc *
	    sizeof(*argv));
	environ = request->strings + 1 + request->argc;
	return cml24_main(request->argc, argv);
}

int
main(void)
{
	static struct request request;

	while (receive(&request) == 0) {
		int status = -1;
		pid_t pid = fork();

		if (pid == 0)
			exit(run(&request));
		for (int i = 0; i < 2; i++)
			(void)close(request.fds[i]);
		if (pid == -1 || waitpid(pid, &status, 0) != pid ||
		    write(STDIN_FILENO, &status, sizeof(status)) !=
		    (ssize_t)sizeof(status))
			return 1;
	}
	return 0;
}
