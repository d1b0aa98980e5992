#include "base/pace.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

static _Atomic int64_t counted;
/* Changed only while no other thread counts. */
static struct pace *current;
static pthread_t shower;

void
pace_begin(struct pace *pace, enum pace_of of,
    void (*show)(void *ctx, int64_t done), void *ctx)
{
	*pace = (struct pace){ .of = of, .show = show, .ctx = ctx,
	    .before = atomic_exchange(&counted, 0), .outer = current };
	shower = pthread_self();
	current = pace;
}

void
pace_end(struct pace *pace)
{
	current = pace->outer;
	atomic_store(&counted, pace->before);
}

void
pace_add(enum pace_of of, int64_t more)
{
	if (current == NULL || current->of != of)
		return;
	(void)atomic_fetch_add_explicit(&counted, more,
	    memory_order_relaxed);
	if (pthread_equal(shower, pthread_self()) != 0)
		pace_show();
}

void
pace_show(void)
{
	if (current != NULL)
		current->show(current->ctx, atomic_load_explicit(&counted,
		    memory_order_relaxed));
}
