/*
 * The portal's two limits, modelled so that no request is refused
 * (limits.md, settings/performance/limits.md):
 *
 * - a leaky bucket: +1 for each request, emptied by requests_per_second,
 *   closed at `burst`.  It is per portal and address, so all exchanges to a
 *   portal share one file.
 * - `operating`: seconds of execution per method and webhook, in ten buckets
 *   of a minute.  A bucket ends ten minutes after its first call.  The
 *   portal looks before each call: the one that crosses still goes through.
 *
 * The portal tells its own sum with each answer; between answers what is
 * under way is counted by what a call of the method has cost lately.
 */
#include "bitrix/b24_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"

#define MINUTE_MS INT64_C(60000)
#define BUCKET_LIFE_MS (10 * MINUTE_MS)
#define FILE_MAX 65536

/*
 * Requests that leave in a row may arrive closer together than they left:
 * this much of the bucket is left to that.
 */
#define SPARE_REQUESTS 2

/* Of `operating`, for calls dearer than those before, in thousandths. */
#define SPARE_OPERATING 20

/* A request of the portal is cut off then. */
#define REQUEST_SECONDS 60

/* After a refusal: the others who fill the bucket go on filling it. */
#define REFUSED_WAIT_MS 2000

struct b24_limit {
	const struct config *config;
	char *path;
	int fd;                 /* -1: not opened yet, or cannot be */
	bool no_file;
	uint32_t caller;
	struct b24_limit_state state;
	struct b24_use under_way;
};

/* ---- the file ---- */

static char *
path_of(const struct config *config, const char *host)
{
	char *name = mem_printf("%s.limits", host), *path;

	/* One portal, however each exchange spells its address. */
	for (char *at = name; *at != '\0'; at++) {
		if (*at == '/' || *at == ':')
			*at = '_';
		if (*at >= 'A' && *at <= 'Z')
			*at = (char)(*at - 'A' + 'a');
	}
	path = file_join(config->portal.limits_dir, name);
	free(name);
	return path;
}

static void
read_fd(struct b24_limit *limit, int fd)
{
	char *text = mem_alloc(FILE_MAX);
	size_t len = 0;
	ssize_t got;

	while (len < FILE_MAX && (got = pread(fd, text + len, FILE_MAX - len,
	    (off_t)len)) > 0)
		len += (size_t)got;
	b24_limit_file_read(&limit->state, limit->caller,
	    str_n(text, len));
	free(text);
}

static bool
lock_fd(int fd, short type)
{
	struct flock lock = { .l_type = type, .l_whence = SEEK_SET };
	int rc;

	do
		rc = fcntl(fd, F_SETLKW, &lock);
	while (rc == -1 && errno == EINTR);
	return rc == 0;
}

/* Without the file we go on by ourselves. */
static void
open_file(struct b24_limit *limit)
{
	struct err err = { 0 };

	if (limit->fd != -1 || limit->no_file)
		return;
	if (file_make_dir(limit->config->portal.limits_dir, &err) == 0)
		limit->fd = file_create(limit->path, O_RDWR, 0600);
	if (limit->fd == -1) {
		limit->no_file = true;
		log_warn("%s: cannot be written: limits are not shared",
		    limit->path);
	}
}

static void
begin(struct b24_limit *limit)
{
	open_file(limit);
	if (limit->fd == -1)
		return;
	(void)lock_fd(limit->fd, F_WRLCK);
	read_fd(limit, limit->fd);
}

/* In place: a torn write reads as garbage, and the portal's next answer
 * says how things are. */
static void
commit(struct b24_limit *limit)
{
	struct buf text = BUF_INIT(FILE_MAX);
	bool written = false;

	if (limit->fd == -1)
		return;
	b24_limit_file_write(&limit->state, limit->caller, &text);
	written = pwrite(limit->fd, buf_text(&text), text.len, 0) ==
	    (ssize_t)text.len && ftruncate(limit->fd, (off_t)text.len) == 0;
	if (!written)
		log_debug("%s: not written", limit->path);
	(void)lock_fd(limit->fd, F_UNLCK);
	buf_free(&text);
}

int
b24_limit_open(struct b24_limit **out, const struct config *config,
    const char *host, uint32_t caller, struct err *err)
{
	struct b24_limit *limit = mem_alloc(sizeof(*limit));
	int fd;

	(void)err;
	limit->config = config;
	limit->caller = caller;
	limit->fd = -1;
	limit->path = path_of(config, host);
	b24_limit_file_init(&limit->state);
	fd = open(limit->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd != -1) {
		read_fd(limit, fd);
		(void)close(fd);
	}
	*out = limit;
	return 0;
}

void
b24_limit_close(struct b24_limit *limit)
{
	if (limit == NULL)
		return;
	if (limit->fd != -1)
		(void)close(limit->fd);
	b24_limit_file_free(&limit->state);
	free(limit->path);
	free(limit);
}

/* ---- the leaky bucket ---- */

static int64_t
capacity(const struct b24_limit *limit)
{
	int64_t burst = limit->config->portal.burst;

	/* A small bucket has no room to spare. */
	if (burst > 10)
		burst -= SPARE_REQUESTS;
	else if (burst > 1)
		burst -= 1;
	return burst * 1000;
}

static void
drain(struct b24_limit *limit, int64_t now)
{
	struct b24_limit_state *state = &limit->state;
	double rate = limit->config->portal.requests_per_second;
	int64_t full = (int64_t)limit->config->portal.burst * 1000;
	double passed = (double)(now - state->at), gone = floor(passed * rate);

	/* No bucket holds more, whatever the file says. */
	if (state->level > full)
		state->level = full;
	if (passed < 0 || gone >= (double)state->level) {
		if (passed >= 0)
			state->level = 0;
		state->at = now;
		return;
	}
	/* What is not a whole thousandth yet is left to the next time. */
	state->level -= (int64_t)gone;
	state->at += (int64_t)ceil(gone / rate);
}

static int64_t
rate_wait(struct b24_limit *limit, int64_t now)
{
	const struct b24_limit_state *state = &limit->state;
	double over;

	drain(limit, now);
	if (state->blocked_until > now &&
	    state->blocked_until - now < BUCKET_LIFE_MS)
		return state->blocked_until - now;
	over = (double)(state->level + 1000 - capacity(limit));
	if (over <= 0)
		return 0;
	return 1 + (int64_t)(over /
	    limit->config->portal.requests_per_second);
}

/* ---- operating ---- */

static int64_t
operating_max(const struct b24_limit *limit)
{
	return (int64_t)limit->config->portal.operating_seconds *
	    (1000 - SPARE_OPERATING);
}

static void
drop_expired(struct b24_limit_method *method, int64_t now)
{
	size_t keep = 0;

	for (size_t i = 0; i < method->count; i++) {
		const struct b24_limit_bucket *bucket = &method->buckets[i];

		if (bucket->begin > now - BUCKET_LIFE_MS &&
		    bucket->begin <= now + MINUTE_MS)
			method->buckets[keep++] = *bucket;
	}
	method->count = keep;
}

static int64_t
used_ms(const struct b24_limit_method *method)
{
	int64_t sum = 0;

	for (size_t i = 0; i < method->count; i++)
		sum += method->buckets[i].ms;
	return sum;
}

static int64_t
cost_ms(const struct b24_limit_method *method, unsigned calls)
{
	return method->cost_us > 0 ?
	    method->cost_us * (int64_t)calls / 1000 : 0;
}

/* Until so many calls can begin within the limit. */
static int64_t
operating_wait(struct b24_limit *limit, int id, unsigned calls, int64_t now)
{
	struct b24_limit_method *method = &limit->state.methods[id];
	unsigned under_way = limit->under_way.calls[id];
	int64_t need, left;

	drop_expired(method, now);
	if (method->blocked_until > now &&
	    method->blocked_until - now <= BUCKET_LIFE_MS)
		return method->blocked_until - now;
	/* The first answer tells what a call costs. */
	if (method->cost_us < 0 && under_way > 0)
		return -1;
	need = used_ms(method) + cost_ms(method, under_way + calls - 1);
	left = operating_max(limit);
	if (need <= left)
		return 0;
	for (size_t i = 0; i < method->count; i++) {
		need -= method->buckets[i].ms;
		if (need <= left || i + 1 == method->count)
			return method->buckets[i].begin + BUCKET_LIFE_MS -
			    now + 1;
	}
	/* Nothing used, and still too much: one by one then. */
	return under_way > 0 ? -1 : 0;
}

int64_t
b24_limit_ready(struct b24_limit *limit, const struct b24_use *use)
{
	int64_t now = clock_wall_ms(), longest = rate_wait(limit, now);

	for (int i = 1; i < B24_METHOD_COUNT; i++) {
		int64_t wait_ms;

		if (use->calls[i] == 0)
			continue;
		wait_ms = operating_wait(limit, i, use->calls[i], now);
		if (wait_ms == -1)
			return -1;
		if (wait_ms > longest)
			longest = wait_ms;
	}
	return longest;
}

unsigned
b24_limit_calls(struct b24_limit *limit, enum b24_method id)
{
	struct b24_limit_method *method = &limit->state.methods[id];
	int64_t left;

	drop_expired(method, clock_wall_ms());
	if (method->cost_us <= 0)
		return LIMIT_BATCH_COMMANDS;
	left = operating_max(limit) - used_ms(method) -
	    cost_ms(method, limit->under_way.calls[id]);
	/* Little is left: wait for more rather than send crumbs. */
	if (left * 1000 / method->cost_us + 1 < LIMIT_BATCH_COMMANDS / 5)
		left = operating_max(limit);
	left = left * 1000 / method->cost_us + 1;
	if (left < 1)
		return 1;
	return left < LIMIT_BATCH_COMMANDS ? (unsigned)left :
	    LIMIT_BATCH_COMMANDS;
}

bool
b24_limit_start(struct b24_limit *limit, const struct b24_use *use)
{
	bool free_to_go;

	begin(limit);
	free_to_go = rate_wait(limit, clock_wall_ms()) == 0;
	if (free_to_go) {
		limit->state.level += 1000;
		for (int i = 1; i < B24_METHOD_COUNT; i++)
			limit->under_way.calls[i] += use->calls[i];
	}
	commit(limit);
	return free_to_go;
}

void
b24_limit_end(struct b24_limit *limit, const struct b24_use *use)
{
	for (int i = 1; i < B24_METHOD_COUNT; i++) {
		unsigned *under_way = &limit->under_way.calls[i];

		*under_way -= use->calls[i] < *under_way ? use->calls[i] :
		    *under_way;
	}
}

/* ---- what answers tell ---- */

static void
add_used(struct b24_limit_method *method, int64_t ms, int64_t now)
{
	struct b24_limit_bucket *last;

	last = method->count > 0 ? &method->buckets[method->count - 1] :
	    NULL;
	if (last == NULL || now - last->begin >= MINUTE_MS) {
		if (method->count == B24_BUCKETS) {
			/* Never twice as long as they live: join two. */
			method->buckets[1].ms += method->buckets[0].ms;
			memmove(&method->buckets[0], &method->buckets[1],
			    sizeof(*last) * (B24_BUCKETS - 1));
			method->count--;
		}
		last = &method->buckets[method->count++];
		*last = (struct b24_limit_bucket){ .begin = now };
	}
	last->ms += ms;
}

/* Ours is more than the portal's: the oldest have ended there. */
static void
take_used(struct b24_limit_method *method, int64_t ms)
{
	for (size_t i = 0; i < method->count && ms > 0; i++) {
		int64_t part = method->buckets[i].ms < ms ?
		    method->buckets[i].ms : ms;

		method->buckets[i].ms -= part;
		ms -= part;
	}
}

static bool
seconds_of(const cJSON *time, const char *name, double *out)
{
	const cJSON *item = json_get(time, name);

	if (!cJSON_IsNumber(item) || !isfinite(item->valuedouble) ||
	    item->valuedouble < 0 || item->valuedouble > 1e11)
		return false;
	*out = item->valuedouble;
	return true;
}

/* A call's cost follows dear ones at once and cheap ones slowly. */
static void
learn_cost(struct b24_limit_method *method, int64_t ms)
{
	int64_t us = ms * 1000;

	if (method->cost_us < 0 || us > method->cost_us)
		method->cost_us = us;
	else
		method->cost_us += (us - method->cost_us) / 50;
}

void
b24_limit_time(struct b24_limit *limit, enum b24_method id,
    const cJSON *time)
{
	struct b24_limit_method *method = &limit->state.methods[id];
	double operating, reset_at, finish, duration;
	int64_t now = clock_wall_ms(), ms, held, cost, begin_at;

	if (!seconds_of(time, "operating", &operating) || operating > 1e6) {
		/* This portal does not count. */
		if (method->cost_us < 0)
			method->cost_us = 0;
		return;
	}
	drop_expired(method, now);
	ms = (int64_t)(operating * 1000);
	held = used_ms(method);
	cost = ms > held ? ms - held : 0;
	/* What others, or we in an earlier life, have used is in it too. */
	if (seconds_of(time, "duration", &duration) &&
	    (int64_t)(duration * 1000) < cost)
		cost = (int64_t)(duration * 1000);
	learn_cost(method, cost);
	if (ms > held)
		add_used(method, ms - held, now);
	else
		take_used(method, held - ms);
	/* Its clock is not ours: only the distance counts. */
	if (method->count == 0 ||
	    !seconds_of(time, "operating_reset_at", &reset_at) ||
	    !seconds_of(time, "finish", &finish))
		return;
	begin_at = now + (int64_t)((reset_at - finish) * 1000) -
	    BUCKET_LIFE_MS;
	if (begin_at > now - BUCKET_LIFE_MS && begin_at < now + 1000)
		method->buckets[0].begin = begin_at + 1000;
}

void
b24_limit_save(struct b24_limit *limit)
{
	struct b24_limit_state learned = limit->state;

	open_file(limit);
	if (limit->fd == -1)
		return;
	(void)lock_fd(limit->fd, F_WRLCK);
	/* The bucket may have been filled by others meanwhile. */
	b24_limit_file_init(&limit->state);
	read_fd(limit, limit->fd);
	memcpy(limit->state.methods, learned.methods,
	    sizeof(learned.methods));
	if (learned.blocked_until > limit->state.blocked_until)
		limit->state.blocked_until = learned.blocked_until;
	b24_limit_file_free(&learned);
	commit(limit);
}

int64_t
b24_limit_refused_rate(struct b24_limit *limit, int64_t retry_s)
{
	int64_t now = clock_wall_ms(), wait_ms = REFUSED_WAIT_MS;

	if (retry_s > 0 && retry_s < 600)
		wait_ms = retry_s * 1000;
	begin(limit);
	drain(limit, now);
	if (limit->state.level < capacity(limit))
		limit->state.level = capacity(limit);
	limit->state.blocked_until = now + wait_ms;
	commit(limit);
	return now + wait_ms;
}

int64_t
b24_limit_refused_method(struct b24_limit *limit, enum b24_method id,
    const cJSON *answer)
{
	struct b24_limit_method *method = &limit->state.methods[id];
	const cJSON *time = json_get(answer, "time");
	double reset_at, finish;
	int64_t now = clock_wall_ms(), until = 0;

	drop_expired(method, now);
	if (seconds_of(time, "operating_reset_at", &reset_at) &&
	    seconds_of(time, "finish", &finish) && reset_at > finish)
		until = now + (int64_t)((reset_at - finish) * 1000) + 1000;
	else if (method->count > 0 && method->buckets[0].ms > 0)
		until = method->buckets[0].begin + BUCKET_LIFE_MS + 1;
	if (until <= now || until > now + BUCKET_LIFE_MS)
		until = now + MINUTE_MS;
	/* That of a clock that was ahead blocks nothing. */
	if (method->blocked_until <= now ||
	    method->blocked_until > now + BUCKET_LIFE_MS) {
		method->blocked_until = until;
		b24_limit_save(limit);
	}
	return method->blocked_until;
}

/* ---- for people ---- */

void
b24_limit_load(struct b24_limit *limit, struct remote_load *out)
{
	int64_t now = clock_wall_ms();
	double most = (double)limit->config->portal.operating_seconds * 1000;

	memset(out, 0, sizeof(*out));
	out->ready_in_ms = rate_wait(limit, now);
	out->bucket = (double)limit->state.level /
	    ((double)limit->config->portal.burst * 1000);
	for (int i = 1; i < B24_METHOD_COUNT; i++) {
		struct b24_limit_method *method = &limit->state.methods[i];
		double part;

		drop_expired(method, now);
		part = (double)used_ms(method) / most;
		if (part <= out->operating)
			continue;
		out->operating = part;
		(void)snprintf(out->operating_method,
		    sizeof(out->operating_method), "%s",
		    b24_methods_info((enum b24_method)i)->name);
	}
}

/*
 * Until the last of so many calls may begin.  Each time the seconds are used up
 * the oldest bucket is waited for; as all buckets have ended ten minutes later,
 * the whole begins anew then.
 */
static int64_t
operating_time(const struct b24_limit *limit, int id, int64_t calls,
    int64_t now)
{
	struct b24_limit_method method = limit->state.methods[id];
	int64_t most = operating_max(limit), at = now, whole, rounds, free_us;

	if (calls <= 0 || method.cost_us <= 0)
		return 0;
	/* The one that crosses still goes through. */
	whole = most * 1000 / method.cost_us + 1;
	rounds = (calls - 1) / whole;
	calls -= rounds * whole;
	if (method.blocked_until > now &&
	    method.blocked_until <= now + BUCKET_LIFE_MS)
		at = method.blocked_until;
	for (;;) {
		drop_expired(&method, at);
		free_us = (most - used_ms(&method)) * 1000;
		if (free_us >= 0) {
			int64_t go = free_us / method.cost_us + 1;

			if (go >= calls)
				break;
			add_used(&method, go * method.cost_us / 1000, at);
			calls -= go;
		}
		at = method.buckets[0].begin + BUCKET_LIFE_MS + 1;
	}
	return rounds * BUCKET_LIFE_MS + at - now;
}

/*
 * What a call costs of a method that was never called nobody says: limits.md
 * names no figure.  But a batch ends within a minute, so of few calls the
 * seconds do not become too many.
 */
static bool
is_open(const struct b24_limit *limit, int id, int64_t calls)
{
	return limit->state.methods[id].cost_us < 0 &&
	    calls * REQUEST_SECONDS > operating_max(limit) / 1000 *
	    limit->config->portal.batch_size;
}

int64_t
b24_limit_estimate(struct b24_limit *limit, int64_t requests,
    const struct b24_use *use, bool *at_least)
{
	int64_t now = clock_wall_ms(), longest = 0, needed;
	double over;

	drain(limit, now);
	over = (double)(requests * 1000 + limit->state.level -
	    capacity(limit));
	if (over > 0)
		longest = (int64_t)(over /
		    limit->config->portal.requests_per_second);
	*at_least = false;
	for (int i = 1; i < B24_METHOD_COUNT; i++) {
		needed = operating_time(limit, i, use->calls[i], now);
		if (needed > longest)
			longest = needed;
		if (is_open(limit, i, use->calls[i]))
			*at_least = true;
	}
	return longest;
}
