#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/step.h"

/* Marks `marks` steps in a child that dies at `die_at`; its wait status. */
static int
child(long die_at, int marks)
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		step_die_at(die_at);
		while (marks-- > 0)
			step_mark();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void
marks_are_counted(void **state)
{
	long before = step_count();

	(void)state;
	step_mark();
	step_mark();
	assert_int_equal(step_count() - before, 2);
}

static void
dies_at_the_step_that_was_named(void **state)
{
	long next = step_count() + 1;
	int status;

	(void)state;
	status = child(next + 2, 3);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGKILL);
	status = child(next + 2, 2);
	assert_true(WIFEXITED(status));
}

static void
zero_never_dies(void **state)
{
	(void)state;
	assert_true(WIFEXITED(child(0, 100)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(marks_are_counted),
		cmocka_unit_test(dies_at_the_step_that_was_named),
		cmocka_unit_test(zero_never_dies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
