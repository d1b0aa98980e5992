/*
 * Time.  Wall time is UTC in milliseconds since 1970.  Waiting times across
 * restarts use a clock that knows reboots: the boot's id with the time since
 * boot.
 *
 * For tests, CML24_TEST_CLOCK names a file that holds milliseconds to add to
 * both clocks; clock_sleep_ms() then adds to that file instead of sleeping.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

#include "base/str.h"

#define CLOCK_BOOT_BYTES 40
#define CLOCK_TEXT_BYTES 32

struct clock_mark {
	char boot[CLOCK_BOOT_BYTES];    /* /proc/sys/kernel/random/boot_id */
	int64_t ms;                     /* CLOCK_BOOTTIME */
	int64_t wall;                   /* wall ms, for other boots */
};

int64_t clock_wall_ms(void);
int64_t clock_steady_ms(void);          /* since boot, sleep counted */
void clock_mark_now(struct clock_mark *out);

/*
 * Milliseconds that surely passed since the mark: by the steady clock in the
 * same boot; after a reboot by the wall clock, and 0 if that went back.
 */
int64_t clock_since_ms(const struct clock_mark *mark);

/* Ends early when a signal is handled: who waits looks at the clock again. */
void clock_sleep_ms(int64_t ms);

/* "2026-11-22T03:00:00Z".  Returns out. */
char *clock_format(char out[CLOCK_TEXT_BYTES], int64_t wall_ms);

/*
 * 1C's times and people's are local ones (TZ).  What a local clock shows at a
 * moment, as the moment at which one of UTC shows it: clock_format() of it is
 * the local time.  And back.  A year beyond four digits is left as it is.
 */
int64_t clock_to_local(int64_t wall_ms);
int64_t clock_from_local(int64_t local_ms);

/*
 * A time as 1C writes it (commerceml.md 4): "2015-01-28T16:31:00", one-digit
 * hours, milliseconds, a zone, a date only.  Without a zone it is taken as
 * it stands (1C does not say its zone).  Also "2007-10-30 15:19:27" and
 * "11.02.2021 18:45:21", as Bitrix writes them into requisites.
 * 0; -1: no time, also 1C's empty date 0001-01-01.
 */
int clock_parse(int64_t *wall_ms, struct str text);

#endif
