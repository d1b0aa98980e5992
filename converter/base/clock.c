#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define TEST_CLOCK "CML24_TEST_CLOCK"
#define BOOT_ID "/proc/sys/kernel/random/boot_id"
#define MS_OF_DAY INT64_C(86400000)
/* Wide enough that the file's text never gets shorter. */
#define SHIFT_FORMAT "%020" PRId64 "\n"

/* A small file's first line into out; "" when it cannot be read. */
static void
read_line(char *out, size_t size, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len = -1;

	if (fd >= 0) {
		len = read(fd, out, size - 1);
		close(fd);
	}
	out[len > 0 ? len : 0] = '\0';
	out[strcspn(out, "\r\n")] = '\0';
}

/* What the tests add to both clocks. */
static int64_t
test_shift(void)
{
	const char *path = getenv(TEST_CLOCK);
	char line[32];

	if (path == NULL)
		return 0;
	read_line(line, sizeof line, path);
	return strtoll(line, NULL, 10);
}

/* One write, so that another process never reads half a number. */
static void
shift_test_clock(const char *path, int64_t ms)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	char line[32];
	int len = snprintf(line, sizeof line, SHIFT_FORMAT,
	    test_shift() + ms);

	if (fd < 0)
		return;
	if (pwrite(fd, line, (size_t)len, 0) != len)
		perror(path);
	close(fd);
}

static int64_t
read_ms(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 +
	    test_shift();
}

int64_t
clock_wall_ms(void)
{
	return read_ms(CLOCK_REALTIME);
}

int64_t
clock_steady_ms(void)
{
	return read_ms(CLOCK_BOOTTIME);
}

void
clock_mark_now(struct clock_mark *out)
{
	memset(out, 0, sizeof *out);
	read_line(out->boot, sizeof out->boot, BOOT_ID);
	out->ms = clock_steady_ms();
	out->wall = clock_wall_ms();
}

int64_t
clock_since_ms(const struct clock_mark *mark)
{
	struct clock_mark now;
	int64_t passed;
	bool same_boot;

	clock_mark_now(&now);
	same_boot = now.boot[0] != '\0' && strcmp(now.boot, mark->boot) == 0;
	passed = same_boot ? now.ms - mark->ms : now.wall - mark->wall;
	return passed > 0 ? passed : 0;
}

void
clock_sleep_ms(int64_t ms)
{
	const char *path = getenv(TEST_CLOCK);
	struct timespec wait;

	if (ms <= 0)
		return;
	if (path != NULL) {
		shift_test_clock(path, ms);
		return;
	}
	wait.tv_sec = (time_t)(ms / 1000);
	wait.tv_nsec = (long)(ms % 1000) * 1000000;
	nanosleep(&wait, NULL);
}

static time_t
seconds_of(int64_t ms)
{
	return (time_t)(ms / 1000 - (ms % 1000 < 0));
}

char *
clock_format(char out[CLOCK_TEXT_BYTES], int64_t wall_ms)
{
	time_t seconds = seconds_of(wall_ms);
	struct tm tm;

	out[0] = '\0';
	if (gmtime_r(&seconds, &tm) == NULL ||
	    strftime(out, CLOCK_TEXT_BYTES, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		out[0] = '\0';
	return out;
}

/* Reads `least` to `most` digits; -1: there are fewer. */
static int
take_number(struct str *text, size_t least, size_t most)
{
	int value = 0;
	size_t n = 0;

	while (n < most && n < text->len &&
	    text->p[n] >= '0' && text->p[n] <= '9') {
		value = value * 10 + (text->p[n] - '0');
		n++;
	}
	if (n < least)
		return -1;
	text->p += n;
	text->len -= n;
	return value;
}

static bool
take_char(struct str *text, char c)
{
	if (text->len == 0 || text->p[0] != c)
		return false;
	text->p++;
	text->len--;
	return true;
}

static int
days_of_month(int year, int month)
{
	static const int days[] = {
		31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
	};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap ? 1 : 0);
}

/*
 * Days since 1970-01-01.  The year begins with March here, so that the leap
 * day is its last; 719468 days lie between 0000-03-01 and 1970-01-01.
 */
static int64_t
days_since_1970(int year, int month, int day)
{
	int64_t y = month > 2 ? year : year - 1;
	int64_t m = month > 2 ? month - 3 : month + 9;

	return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 +
	    day - 1 - 719468;
}

/* Of four digits at the most; others would not fit all the sums below. */
static bool
is_usual_year(const struct tm *tm)
{
	return tm->tm_year >= -1900 && tm->tm_year < 10000 - 1900;
}

int64_t
clock_to_local(int64_t wall_ms)
{
	time_t seconds = seconds_of(wall_ms);
	struct tm tm;

	if (localtime_r(&seconds, &tm) == NULL || !is_usual_year(&tm))
		return wall_ms;
	return (((days_since_1970(tm.tm_year + 1900, tm.tm_mon + 1,
	    tm.tm_mday) * 24 + tm.tm_hour) * 60 + tm.tm_min) * 60 +
	    tm.tm_sec) * 1000 + (wall_ms - (int64_t)seconds * 1000);
}

int64_t
clock_from_local(int64_t local_ms)
{
	time_t seconds = seconds_of(local_ms), moment;
	struct tm tm;

	if (gmtime_r(&seconds, &tm) == NULL || !is_usual_year(&tm))
		return local_ms;
	tm.tm_isdst = -1;
	moment = mktime(&tm);
	/* -1 is an error, and the last second of 1969. */
	if (moment == (time_t)-1)
		return local_ms;
	return (int64_t)moment * 1000 + (local_ms - (int64_t)seconds * 1000);
}

/* "2015-01-28" or "28.01.2015". */
static int
take_date(int64_t *days, struct str *text)
{
	bool german = text->len > 2 && text->p[2] == '.';
	char mark = german ? '.' : '-';
	int first, month, last, year, day;

	first = take_number(text, german ? 2 : 4, german ? 2 : 4);
	if (!take_char(text, mark))
		return -1;
	month = take_number(text, 2, 2);
	if (!take_char(text, mark))
		return -1;
	last = take_number(text, german ? 4 : 2, german ? 4 : 2);
	year = german ? last : first;
	day = german ? first : last;
	if (year <= 1 || month < 1 || month > 12)
		return -1;
	if (day < 1 || day > days_of_month(year, month))
		return -1;
	*days = days_since_1970(year, month, day);
	return 0;
}

/* "9:51:39", "09:51", "09:51:39.120". */
static int
take_time(int64_t *ms, struct str *text)
{
	int hour = take_number(text, 1, 2);
	int minute, second = 0, part = 0;

	if (hour < 0 || hour > 23 || !take_char(text, ':'))
		return -1;
	minute = take_number(text, 2, 2);
	if (minute < 0 || minute > 59)
		return -1;
	if (take_char(text, ':'))
		second = take_number(text, 2, 2);
	if (second < 0 || second > 59)
		return -1;
	if (take_char(text, '.')) {
		size_t before = text->len;
		size_t digits;

		part = take_number(text, 1, 3);
		digits = before - text->len;
		for (; part > 0 && digits < 3; digits++)
			part *= 10;
		while (take_number(text, 1, 1) >= 0)
			;       /* finer than milliseconds */
	}
	if (part < 0)
		return -1;
	*ms = ((hour * 60 + minute) * INT64_C(60) + second) * 1000 + part;
	return 0;
}

/* "", "Z", "+03:00", "-0330", "+03". */
static int
take_zone(int64_t *ms, struct str *text)
{
	bool east = text->len > 0 && text->p[0] == '+';
	int hours, minutes = 0;

	*ms = 0;
	if (text->len == 0 || take_char(text, 'Z'))
		return 0;
	if (!take_char(text, '+') && !take_char(text, '-'))
		return -1;
	hours = take_number(text, 2, 2);
	if (take_char(text, ':') || text->len > 0)
		minutes = take_number(text, 2, 2);
	if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59)
		return -1;
	*ms = (hours * 60 + minutes) * INT64_C(60000);
	if (!east)
		*ms = -*ms;
	return 0;
}

int
clock_parse(int64_t *wall_ms, struct str text)
{
	int64_t days, time = 0, zone;

	text = str_trim(text);
	if (take_date(&days, &text) != 0)
		return -1;
	if (take_char(&text, 'T') || take_char(&text, ' ')) {
		if (take_time(&time, &text) != 0)
			return -1;
	}
	if (take_zone(&zone, &text) != 0 || text.len > 0)
		return -1;
	*wall_ms = days * MS_OF_DAY + time - zone;
	return 0;
}
