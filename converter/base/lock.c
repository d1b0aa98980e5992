#include "base/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"

/* fcntl can wait without an end, but not for a time; so it is asked again. */
#define ASK_EVERY_MS 100

struct lock {
	int fd;
};

static struct flock
whole_file(void)
{
	struct flock request;

	memset(&request, 0, sizeof request);
	request.l_type = F_WRLCK;
	request.l_whence = SEEK_SET;
	return request;
}

/* 1: taken; 0: another has it; -1: it cannot be asked. */
static int
ask(int fd)
{
	struct flock request = whole_file();

	if (fcntl(fd, F_SETLK, &request) == 0)
		return 1;
	return errno == EAGAIN || errno == EACCES || errno == EINTR ? 0 : -1;
}

static int
wait_for(int fd, int64_t wait_ms)
{
	int64_t end = clock_steady_ms() + wait_ms;

	for (;;) {
		int64_t left;
		int got = ask(fd);

		if (got != 0)
			return got;
		left = end - clock_steady_ms();
		if (left <= 0)
			return 0;
		clock_sleep_ms(left < ASK_EVERY_MS ? left : ASK_EVERY_MS);
	}
}

static int
held_by_other(int fd, const char *path, struct err *err)
{
	struct flock holder = whole_file();

	if (fcntl(fd, F_GETLK, &holder) != 0 || holder.l_pid <= 0)
		return err_set(err, ERR_LOCKED,
		    _("%s: another run holds the lock"), path);
	return err_set(err, ERR_LOCKED,
	    _("%s: another run holds the lock (process %ld)"), path,
	    (long)holder.l_pid);
}

/* For people only; the lock does not depend on it. */
static void
say_who(int fd, const char *path)
{
	char when[CLOCK_TEXT_BYTES];
	char *text = mem_printf("%ld %s\n", (long)getpid(),
	    clock_format(when, clock_wall_ms()));
	size_t len = strlen(text);

	if (ftruncate(fd, 0) != 0 || pwrite(fd, text, len, 0) != (ssize_t)len)
		log_warn("%s: cannot note our pid: %s", path, strerror(errno));
	free(text);
}

int
lock_take(struct lock **out, const char *path, int64_t wait_ms,
    struct err *err)
{
	int fd = file_create(path, O_RDWR, 0666);
	int got;

	*out = NULL;
	if (fd < 0)
		return err_errno(err, ERR_SYSTEM, errno == EACCES ?
		    _("%s: use the account that runs cml24") : "%s", path);
	got = wait_for(fd, wait_ms);
	if (got <= 0) {
		if (got < 0)
			err_errno(err, ERR_SYSTEM, _("%s: cannot lock"), path);
		else
			held_by_other(fd, path, err);
		close(fd);
		return -1;
	}
	say_who(fd, path);
	*out = mem_alloc(sizeof **out);
	(*out)->fd = fd;
	return 0;
}

void
lock_release(struct lock *lock)
{
	if (lock == NULL)
		return;
	close(lock->fd);
	free(lock);
}
