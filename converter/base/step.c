#include "base/step.h"

#include <signal.h>
#include <stdatomic.h>

static atomic_long count;
static atomic_long die_at;

void
step_die_at(long n)
{
	atomic_store(&die_at, n);
}

long
step_count(void)
{
	return atomic_load(&count);
}

void
step_mark(void)
{
	long now = atomic_fetch_add(&count, 1) + 1;

	if (now == atomic_load(&die_at))
		raise(SIGKILL);
}
