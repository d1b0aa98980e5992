#include "bitrix/b24_blocking.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/told.h"

/* A list of LIMIT_TERMS rows, and some more. */
#define PAGES_MAX (LIMIT_TERMS / B24_PAGE * 2)

/* How many of these may go into one request now. */
static size_t
chunk_of(struct b24 *b24, enum b24_method method, bool writes)
{
	size_t most = (size_t)b24->config->portal.batch_size;
	size_t in_time = b24_batch_most(b24, writes);
	size_t allowed = b24_limit_calls(b24->limit, method);

	if (most > LIMIT_BATCH_COMMANDS)
		most = LIMIT_BATCH_COMMANDS;
	if (most > in_time)
		most = in_time;
	if (most > allowed)
		most = allowed;
	return most > 0 ? most : 1;
}

/* ---- reads ---- */

/* A page of one command's list. */
struct page {
	size_t of;              /* the command */
	int64_t start;
	bool last;              /* more may be behind it */
};

struct reading {
	struct b24 *b24;
	const struct b24_command *wanted;
	struct page *pages;
	size_t count, size, at;
	size_t *read;           /* pages of each command so far */
	void (*visit)(void *ctx, const struct b24_command *command,
	    const cJSON *row);
	void *ctx;
};

static void
add_page(struct reading *reading, size_t of, int64_t start, bool last)
{
	if (reading->count == reading->size) {
		reading->size = reading->size == 0 ? 16 : reading->size * 2;
		reading->pages = mem_resize(reading->pages, reading->size,
		    sizeof(*reading->pages));
	}
	reading->pages[reading->count++] = (struct page){ of, start, last };
}

/* Where the first page says how many rows there are, the others need not wait
 * for each other. */
static void
add_further(struct reading *reading, const struct page *page,
    const struct b24_command *answer)
{
	int64_t next = answer->next, most = (int64_t)PAGES_MAX * B24_PAGE;

	if (next <= 0 || !page->last)
		return;
	if (page->start == 0 && answer->total > next &&
	    answer->total <= most)
		for (; next + B24_PAGE < answer->total; next += B24_PAGE)
			add_page(reading, page->of, next, false);
	add_page(reading, page->of, next, true);
}

static int
take_page(struct reading *reading, const struct page *at,
    const struct b24_command *answer, struct err *err)
{
	const struct b24_method_info *info =
	    b24_methods_info(answer->method);
	const cJSON *rows = json_get(answer->result, info->rows), *row;
	struct page page = *at; /* the list of pages may move */
	enum err_kind kind = answer->optional ? ERR_ITEM : ERR_PORTAL;

	if (!answer->done)
		return err_set(err, kind, "%s: %s", info->name,
		    answer->error.text);
	if (!cJSON_IsArray(rows) && !cJSON_IsObject(rows))
		return err_set(err, kind, "%s: %s", info->name,
		    TOLD("the portal's answer does not say what became of "
		    "this"));
	if (++reading->read[page.of] > PAGES_MAX)
		return told_err(err, kind, N_("%s: the list does not end"),
		    info->name);
	cJSON_ArrayForEach(row, rows)
		reading->visit(reading->ctx, &reading->wanted[page.of], row);
	add_further(reading, &page, answer);
	return 0;
}

static void
make_command(const struct reading *reading, const struct page *page,
    struct b24_command *out)
{
	const struct b24_command *wanted = &reading->wanted[page->of];

	b24_batch_command_init(out, wanted->method);
	(void)buf_add(&out->query, buf_text(&wanted->query),
	    wanted->query.len);
	out->lone = wanted->lone;
	out->optional = wanted->optional;
	if (page->start > 0)
		b24_query_int(&out->query, "start", page->start);
}

/* So many pages from `at` on go in one request. */
static size_t
pages_at_once(const struct reading *reading)
{
	enum b24_method method = reading->wanted[reading->pages[
	    reading->at].of].method;
	size_t most = chunk_of(reading->b24, method, false), count = 0;

	while (count < most && reading->at + count < reading->count) {
		const struct b24_command *wanted = &reading->wanted[
		    reading->pages[reading->at + count].of];

		if (wanted->method != method || (wanted->lone && count > 0))
			break;
		count++;
		if (wanted->lone)
			break;
	}
	return count;
}

/* Credentials that are refused are not the fault of an optional command. */
static int
check_whole(const struct b24_batch *batch, struct err *err)
{
	if (batch->answered && json_get(batch->answer, "error") == NULL)
		return 0;
	return err_set(err, ERR_PORTAL, "%s: %s", b24_methods_info(
	    batch->commands[0].method)->name, batch->commands[0].error.text);
}

static int
read_pages(struct reading *reading, struct err *err)
{
	struct b24_command commands[LIMIT_BATCH_COMMANDS];
	struct b24_batch batch = { .commands = commands };
	size_t at = reading->at;
	int rc;

	batch.count = pages_at_once(reading);
	for (size_t i = 0; i < batch.count; i++)
		make_command(reading, &reading->pages[at + i], &commands[i]);
	rc = b24_facts_run(reading->b24, &batch, err);
	if (rc == 0)
		rc = check_whole(&batch, err);
	for (size_t i = 0; rc == 0 && i < batch.count; i++)
		rc = take_page(reading, &reading->pages[at + i],
		    &commands[i], err);
	b24_call_end(&batch);
	for (size_t i = 0; i < batch.count; i++)
		b24_batch_command_free(&commands[i]);
	reading->at += batch.count;
	return rc;
}

int
b24_blocking_read(struct b24 *b24, const struct b24_command *commands,
    size_t count, void (*visit)(void *ctx, const struct b24_command *command,
    const cJSON *row), void *ctx, struct err *err)
{
	struct reading reading = { .b24 = b24, .wanted = commands,
	    .visit = visit, .ctx = ctx };
	int rc = 0;

	reading.read = mem_array(count + 1, sizeof(*reading.read));
	for (size_t i = 0; i < count; i++)
		add_page(&reading, i, 0, true);
	while (rc == 0 && reading.at < reading.count)
		rc = read_pages(&reading, err);
	free(reading.pages);
	free(reading.read);
	return rc;
}

/* ---- writes ---- */

struct writing {
	struct b24 *b24;
	void (*take)(void *ctx, const struct b24_command *command);
	void *ctx;
	int64_t begun, pause;
	bool over;              /* nothing more is sent */
};

/* An error of the portal's own may last: after some tries it is a refusal. */
static bool
may_repeat(struct b24_command *command)
{
	if (command->done || b24_error_outcome(command->error.fate,
	    true) != OUTCOME_AGAIN)
		return false;
	if (strcmp(command->error.code, OP_INTERNAL) == 0 &&
	    ++command->internal == OP_INTERNAL_TRIES)
		command->error.fate = B24_FATE_REFUSED;
	return command->error.fate != B24_FATE_REFUSED;
}

/* Waits until what was put off may go; false: no longer. */
static bool
wait_for(struct writing *writing, int64_t until)
{
	int64_t now = clock_wall_ms(), pause = writing->pause, before;

	if (until > now + pause)
		pause = until - now;
	before = clock_steady_ms();
	if (before - writing->begun + pause >
	    writing->b24->config->portal.retry_max_ms)
		return false;
	clock_sleep_ms(pause);
	writing->pause *= 2;
	/* A signal came, and nobody waits any longer. */
	return clock_steady_ms() - before >= pause - pause / 10;
}

/* Told, or put to the front to be sent again; *again of them. */
static int64_t
sort_answers(struct writing *writing, struct b24_command *commands,
    size_t count, size_t *again)
{
	int64_t until = 0;

	*again = 0;
	for (size_t i = 0; i < count; i++) {
		struct b24_command command = commands[i];
		enum outcome outcome = OUTCOME_DONE;

		if (may_repeat(&command)) {
			if (command.not_before > until)
				until = command.not_before;
			commands[i] = commands[*again];
			commands[(*again)++] = command;
			continue;
		}
		if (!command.done)
			outcome = b24_error_outcome(command.error.fate, true);
		if (outcome == OUTCOME_UNKNOWN || outcome == OUTCOME_STOP)
			writing->over = true;
		writing->take(writing->ctx, &command);
	}
	return until;
}

/* One request, until each of its commands has had its answer. */
static int
write_chunk(struct writing *writing, struct b24_command *commands,
    size_t count, struct err *err)
{
	size_t again = count;

	while (again > 0 && !writing->over) {
		struct b24_batch batch = { .commands = commands,
		    .count = again, .writes = true };
		int64_t until;

		if (b24_call_run(writing->b24, &batch, err) == -1)
			return -1;
		until = sort_answers(writing, commands, again, &again);
		b24_call_end(&batch);
		if (again > 0 && !writing->over && !wait_for(writing, until))
			writing->over = true;
	}
	for (size_t i = 0; i < again; i++)
		writing->take(writing->ctx, &commands[i]);
	return 0;
}

/* It has not left, for another one came to nothing. */
static void
leave(struct writing *writing, struct b24_command *command)
{
	command->done = false;
	command->error.fate = B24_FATE_AGAIN;
	(void)snprintf(command->error.code, sizeof(command->error.code),
	    B24_NOT_RUN);
	(void)snprintf(command->error.text, sizeof(command->error.text),
	    "%s", TOLD("not sent, since the portal gave no answer before"));
	writing->take(writing->ctx, command);
}

int
b24_blocking_write(struct b24 *b24, struct b24_command *commands,
    size_t count, void (*take)(void *ctx, const struct b24_command *command),
    void *ctx, struct err *err)
{
	struct writing writing = { .b24 = b24, .take = take, .ctx = ctx };
	size_t at = 0;

	while (at < count && !writing.over) {
		size_t most = chunk_of(b24, commands[at].method, true);
		size_t chunk = 0;

		while (chunk < most && at + chunk < count) {
			bool lone = commands[at + chunk].lone;

			if (lone && chunk > 0)
				break;
			chunk++;
			if (lone)
				break;
		}
		writing.begun = clock_steady_ms();
		writing.pause = 1000;
		if (write_chunk(&writing, commands + at, chunk, err) == -1)
			return -1;
		at += chunk;
	}
	for (; at < count; at++)
		leave(&writing, &commands[at]);
	return 0;
}
