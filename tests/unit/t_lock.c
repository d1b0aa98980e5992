#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/lock.h"
#include "scratch.h"

/* A child that holds the lock until it is killed. */
static pid_t
hold_in_child(const char *path)
{
	struct lock *lock;
	int ready[2];
	char byte = 0;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		byte = lock_take(&lock, path, 0, NULL) == 0 ? 'y' : 'n';
		if (write(ready[1], &byte, 1) == 1)
			pause();
		_exit(0);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	assert_int_equal(byte, 'y');
	return pid;
}

static void
end_child(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void
free_lock_is_taken_and_says_who(void **state)
{
	char *path = file_join(*state, "lock");
	char pid[32];
	struct lock *lock;
	struct err err;

	assert_int_equal(lock_take(&lock, path, 0, &err), 0);
	snprintf(pid, sizeof pid, "%ld ", (long)getpid());
	assert_memory_equal(scratch_get(path), pid, strlen(pid));
	lock_release(lock);
	assert_true(file_exists(path));
	free(path);
}

static void
held_lock_is_refused_with_the_holder(void **state)
{
	char *path = file_join(*state, "lock");
	pid_t holder = hold_in_child(path);
	char pid[32];
	struct lock *lock;
	struct err err;

	assert_int_equal(lock_take(&lock, path, 0, &err), -1);
	assert_null(lock);
	assert_int_equal(err.kind, ERR_LOCKED);
	snprintf(pid, sizeof pid, "%ld", (long)holder);
	assert_non_null(strstr(err.text, pid));
	end_child(holder);
	free(path);
}

static void
lock_ends_with_its_process(void **state)
{
	char *path = file_join(*state, "lock");
	struct lock *lock;

	end_child(hold_in_child(path));
	assert_int_equal(lock_take(&lock, path, 0, NULL), 0);
	lock_release(lock);
	free(path);
}

static void
waiting_ends_after_its_time(void **state)
{
	char *path = file_join(*state, "lock");
	char *clock = file_join(*state, "clock");
	pid_t holder = hold_in_child(path);
	struct lock *lock;
	struct err err;

	setenv("CML24_TEST_CLOCK", clock, 1);
	assert_int_equal(lock_take(&lock, path, 60000, &err), -1);
	assert_int_equal(err.kind, ERR_LOCKED);
	assert_in_range(strtoll(scratch_get(clock), NULL, 10), 50000, 60000);
	unsetenv("CML24_TEST_CLOCK");
	end_child(holder);
	free(clock);
	free(path);
}

static void
folder_that_is_not_there_is_a_system_error(void **state)
{
	char *path = file_join(*state, "none/lock");
	struct lock *lock;
	struct err err;

	assert_int_equal(lock_take(&lock, path, 0, &err), -1);
	assert_int_equal(err.kind, ERR_SYSTEM);
	assert_non_null(strstr(err.text, path));
	free(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(free_lock_is_taken_and_says_who),
		cmocka_unit_test(held_lock_is_refused_with_the_holder),
		cmocka_unit_test(lock_ends_with_its_process),
		cmocka_unit_test(waiting_ends_after_its_time),
		cmocka_unit_test(folder_that_is_not_there_is_a_system_error),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
