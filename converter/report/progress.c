/*
 * How far long work is: a bar that is drawn anew on a terminal, a plain line
 * now and then elsewhere (a log of cron, a journal).
 */
#include "report/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"

#define BAR_CELLS 20
#define COLUMNS 79
#define REDRAW_MS 200
#define PLAIN_MS 10000
#define MB 1000000
/* Before that a rate says nothing. */
#define RATE_FROM_MS 1000
#define SLOWNESS_FROM_MS 10000

void
progress_begin(struct progress *progress, const char *title, int64_t total,
    bool off)
{
	int64_t now = off ? 0 : clock_steady_ms();

	*progress = (struct progress){ .terminal = !off &&
	    isatty(STDERR_FILENO) == 1, .off = off, .title = title,
	    .total = total, .began_ms = now, .told_ms = now };
}

/* "120/s", "7/min"; empty when not known. */
static void
rate_text(char *out, size_t size, const struct progress *progress,
    int64_t spent_ms)
{
	int64_t rate;

	out[0] = '\0';
	if (spent_ms < RATE_FROM_MS || progress->done <= 0)
		return;
	rate = progress->done * 1000 / spent_ms;
	if (rate >= 10)
		snprintf(out, size, _(", %lld/s"), (long long)rate);
	else
		snprintf(out, size, _(", %lld/min"),
		    (long long)(progress->done * 60000 / spent_ms));
}

/*
 * How many times as long as the limits said it took until now: a portal may be
 * slower than it allows.  While it waits for the limits alone, they are right,
 * and the speed says nothing.  0: not known yet.
 */
static double
slowness(struct progress *progress, int64_t now, int64_t left_ms)
{
	int64_t spent = now - progress->said_at;

	if (left_ms <= 0)
		return 0;
	if (progress->said_ms == 0) {
		progress->said_ms = left_ms;
		progress->said_at = now;
		return 0;
	}
	/* They have learned what it costs, or more is to be done. */
	if (left_ms >= progress->said_ms)
		progress->said_ms = left_ms + spent;
	if (spent < SLOWNESS_FROM_MS || progress->said_ms == left_ms)
		return 0;
	return (double)spent / (double)(progress->said_ms - left_ms);
}

/* -1: not known. */
static int64_t
time_left(struct progress *progress, int64_t now, int64_t left_ms)
{
	int64_t todo = progress->total - progress->done;
	int64_t spent = now - progress->began_ms, by_rate;
	double slow;

	if (progress->total <= 0 || todo < 0)
		return -1;
	slow = slowness(progress, now, left_ms);
	if (slow > 0)
		return (int64_t)((double)left_ms * (slow > 1 ? slow : 1));
	if (progress->done <= 0 || spent < RATE_FROM_MS)
		return left_ms;
	by_rate = (int64_t)((double)spent / (double)progress->done *
	    (double)todo);
	return by_rate > left_ms ? by_rate : left_ms;
}

static char *
status_text(struct progress *progress, int64_t now, int64_t left_ms)
{
	int64_t spent = now - progress->began_ms;
	int64_t left = time_left(progress, now, left_ms);
	char rate[64], lasts[48];
	char *count, *text;

	rate_text(rate, sizeof rate, progress, spent);
	if (progress->total > 0)
		/* TRANSLATORS: done of all */
		count = mem_printf(_("%lld of %lld"),
		    (long long)progress->done, (long long)progress->total);
	else
		count = mem_printf("%" PRId64, progress->done);
	if (left > 0 && progress->at_least)
		/* TRANSLATORS: done of all, rate, a duration */
		text = mem_printf(_("%s%s, at least %s left"), count, rate,
		    report_duration(lasts, left));
	else if (left > 0)
		/* TRANSLATORS: done of all, rate, a duration */
		text = mem_printf(_("%s%s, %s left"), count, rate,
		    report_duration(lasts, left));
	else
		text = mem_printf("%s%s", count, rate);
	free(count);
	return text;
}

/* Cuts at `columns` characters; returns how many there are. */
static size_t
cut_columns(char *text, size_t columns)
{
	size_t count = 0;

	for (; *text != '\0'; text++) {
		if (((unsigned char)*text & 0xc0) == 0x80)
			continue;
		if (count == columns) {
			*text = '\0';
			break;
		}
		count++;
	}
	return count;
}

static void
draw(const struct progress *progress, const char *status)
{
	char bar[BAR_CELLS + 1] = "";
	char *line;
	size_t cells, shown;

	if (progress->total > 0) {
		int64_t done = progress->done < progress->total ?
		    progress->done : progress->total;

		cells = (size_t)((double)done / (double)progress->total *
		    BAR_CELLS);
		memset(bar, '#', cells);
		memset(bar + cells, '.', BAR_CELLS - cells);
		bar[BAR_CELLS] = '\0';
		line = mem_printf("%s [%s] %s", progress->title, bar, status);
	} else {
		line = mem_printf("%s: %s", progress->title, status);
	}
	shown = cut_columns(line, COLUMNS);
	fprintf(stderr, "\r%s%*s", line, (int)(COLUMNS - shown), "");
	fflush(stderr);
	free(line);
}

static void
tell(struct progress *progress, int64_t now, int64_t left_ms)
{
	char *status = status_text(progress, now, left_ms);

	if (progress->terminal)
		draw(progress, status);
	else
		fprintf(stderr, "%s: %s\n", progress->title, status);
	progress->told_ms = now;
	free(status);
}

bool
progress_is_due(const struct progress *progress)
{
	int64_t pause = progress->terminal ? REDRAW_MS : PLAIN_MS;

	return !progress->off && clock_steady_ms() - progress->told_ms >=
	    pause;
}

void
progress_step(struct progress *progress, int64_t done, int64_t total,
    int64_t left_ms)
{
	if (progress->off)
		return;
	progress->done = done;
	progress->total = total;
	if (progress_is_due(progress))
		tell(progress, clock_steady_ms(), left_ms);
}

static void
show_pace(void *ctx, int64_t done)
{
	struct progress *progress = ctx;

	progress_step(progress, done / progress->unit, progress->total, -1);
}

void
progress_follow(struct progress *progress, enum pace_of of,
    const char *title, int64_t total, bool off)
{
	int64_t unit = of == PACE_RECORDS ? 1 : MB;

	progress_begin(progress, title, (total + unit - 1) / unit, off);
	progress->unit = unit;
	pace_begin(&progress->pace, of, show_pace, progress);
}

void
progress_end(struct progress *progress)
{
	if (progress->unit > 0) {
		pace_show();
		pace_end(&progress->pace);
	}
	/* Short work leaves nothing behind. */
	if (!progress->off && progress->told_ms != progress->began_ms) {
		tell(progress, clock_steady_ms(), -1);
		if (progress->terminal)
			fputc('\n', stderr);
	}
	progress->off = true;
}
