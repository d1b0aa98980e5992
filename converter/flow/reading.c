#include "flow/reading.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/pace.h"

/* Items in a block, and blocks under way: bounded memory, few wake-ups. */
#define BLOCK_ITEMS 256
#define BLOCKS 4
/* What an emptied item may keep for the next record. */
#define ITEM_KEEPS (8 * 1024)
/* A block is passed on when its records reach this many bytes. */
#define BLOCK_BYTES (512 * 1024)

enum item_kind { ITEM_ROOT, ITEM_PART, ITEM_RECORD, ITEM_FINDING };

/* One event with its texts copied; buffers are kept for the next use. */
struct item {
	enum item_kind kind;
	union {
		struct cml_root root;
		struct cml_part part;
		struct finding finding;
		enum record_kind record;
	} as;
	struct fields fields;
	struct buf texts;       /* id, then what the kind needs */
	size_t id_len, second_len, third_len;
};

struct block {
	struct item items[BLOCK_ITEMS];
	size_t count;
	size_t bytes;
};

struct reading {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct block blocks[BLOCKS];
	size_t head, tail;      /* blocks filled and emptied so far */
	bool ended;             /* the reader is through */
	bool stopped;           /* the caller wants no more */
	struct block *filling;  /* the reader's, or NULL */

	const struct cml_schemas *schemas;
	const char *path, *name;
	int rc;
	struct err err;
};

/* ---- the reader's side ---- */

/* A block to fill; NULL when the caller has stopped. */
static struct block *
block_to_fill(struct reading *reading)
{
	struct block *block = NULL;

	(void)pthread_mutex_lock(&reading->lock);
	while (!reading->stopped && reading->head - reading->tail == BLOCKS)
		(void)pthread_cond_wait(&reading->changed, &reading->lock);
	if (!reading->stopped)
		block = &reading->blocks[reading->head % BLOCKS];
	(void)pthread_mutex_unlock(&reading->lock);
	if (block != NULL)
		block->count = block->bytes = 0;
	return block;
}

static void
block_pass_on(struct reading *reading)
{
	if (reading->filling == NULL)
		return;
	(void)pthread_mutex_lock(&reading->lock);
	reading->head++;
	(void)pthread_cond_broadcast(&reading->changed);
	(void)pthread_mutex_unlock(&reading->lock);
	reading->filling = NULL;
}

static struct item *
item_new(struct reading *reading, enum item_kind kind)
{
	struct block *block = reading->filling;
	struct item *item;

	if (block != NULL && (block->count == BLOCK_ITEMS ||
	    block->bytes > BLOCK_BYTES)) {
		block_pass_on(reading);
		block = NULL;
	}
	if (block == NULL) {
		block = block_to_fill(reading);
		if (block == NULL)
			return NULL;
		reading->filling = block;
	}
	item = &block->items[block->count++];
	item->kind = kind;
	item->texts.max = LIMIT_MIB;
	item->id_len = item->second_len = item->third_len = 0;
	buf_clear(&item->texts);
	return item;
}

static int
said_stop(struct err *err)
{
	/* The text is replaced by the caller's own error. */
	return err_set(err, ERR_SYSTEM, "stopped");
}

static void
item_texts(struct item *item, struct str id, struct str second,
    struct str third)
{
	(void)buf_add(&item->texts, id.p, id.len);
	(void)buf_add(&item->texts, second.p, second.len);
	(void)buf_add(&item->texts, third.p, third.len);
	item->id_len = id.len;
	item->second_len = second.len;
	item->third_len = third.len;
}

static int
put_root(void *ctx, const struct cml_root *root, struct err *err)
{
	struct item *item = item_new(ctx, ITEM_ROOT);

	if (item == NULL)
		return said_stop(err);
	item->as.root = *root;
	return 0;
}

static int
put_part(void *ctx, const struct cml_part *part, struct err *err)
{
	struct item *item = item_new(ctx, ITEM_PART);

	if (item == NULL)
		return said_stop(err);
	item->as.part = *part;
	item_texts(item, part->id, part->classifier, STR_NONE);
	return 0;
}

static int
put_record(void *ctx, const struct record *record, struct err *err)
{
	struct reading *reading = ctx;
	struct item *item = item_new(reading, ITEM_RECORD);

	if (item == NULL)
		return said_stop(err);
	item->as.record = record->kind;
	item_texts(item, record->id, STR_NONE, STR_NONE);
	if (item->fields.bytes.max == 0)
		fields_init(&item->fields);
	fields_copy(&item->fields, &record->fields);
	reading->filling->bytes += record->fields.bytes.len;
	return 0;
}

static void
put_finding(void *ctx, const struct finding *finding)
{
	struct item *item = item_new(ctx, ITEM_FINDING);

	if (item == NULL)
		return;
	item->as.finding = *finding;
	item_texts(item, finding->id, finding->name, str_of(finding->text));
	(void)buf_add_char(&item->texts, '\0');
}

static void *
reader_main(void *arg)
{
	struct reading *reading = arg;
	struct cml_options options = { .strict = false,
	    .file = reading->name };
	struct cml_events events = { reading, put_root, put_part, put_record,
	    put_finding };
	struct cml_counts counts;

	memset(&counts, 0, sizeof(counts));
	reading->rc = cml_read(reading->schemas, reading->path, &options,
	    &events, &counts, &reading->err);
	block_pass_on(reading);
	(void)pthread_mutex_lock(&reading->lock);
	reading->ended = true;
	(void)pthread_cond_broadcast(&reading->changed);
	(void)pthread_mutex_unlock(&reading->lock);
	return NULL;
}

/* ---- the caller's side ---- */

static int
tell_item(const struct item *item, size_t file,
    const struct reading_sink *sink, struct err *err)
{
	const char *text = buf_text(&item->texts);
	struct str id = str_n(text, item->id_len);
	struct str second = str_n(text + item->id_len, item->second_len);
	struct cml_part part;
	struct finding finding;
	struct record record;

	switch (item->kind) {
	case ITEM_ROOT:
		return sink->root(sink->ctx, file, &item->as.root, err);
	case ITEM_PART:
		part = item->as.part;
		part.id = id;
		part.classifier = second;
		return sink->part(sink->ctx, file, &part, err);
	case ITEM_RECORD:
		record.kind = item->as.record;
		record.id = id;
		record.fields = item->fields;
		return sink->record(sink->ctx, file, &record, err);
	case ITEM_FINDING:
		finding = item->as.finding;
		finding.id = id;
		finding.name = second;
		finding.text = text + item->id_len + item->second_len;
		sink->finding(sink->ctx, &finding);
		return 0;
	}
	return 0;
}

static struct block *
block_to_empty(struct reading *reading)
{
	struct block *block = NULL;

	(void)pthread_mutex_lock(&reading->lock);
	while (!reading->ended && reading->head == reading->tail)
		(void)pthread_cond_wait(&reading->changed, &reading->lock);
	if (reading->head != reading->tail)
		block = &reading->blocks[reading->tail % BLOCKS];
	(void)pthread_mutex_unlock(&reading->lock);
	return block;
}

static void
shrink(struct block *block)
{
	for (size_t i = 0; i < block->count; i++) {
		if (block->items[i].fields.bytes.size > ITEM_KEEPS)
			fields_free(&block->items[i].fields);
		if (block->items[i].texts.size > ITEM_KEEPS)
			buf_free(&block->items[i].texts);
	}
}

static void
block_done(struct reading *reading, struct block *block, bool stop)
{
	shrink(block);
	(void)pthread_mutex_lock(&reading->lock);
	reading->tail++;
	reading->stopped = reading->stopped || stop;
	(void)pthread_cond_broadcast(&reading->changed);
	(void)pthread_mutex_unlock(&reading->lock);
}

/* Empties blocks until the reader has ended; after a refusal of the sink the
 * rest is thrown away. */
static int
consume(struct reading *reading, size_t file,
    const struct reading_sink *sink, struct err *err)
{
	struct block *block;
	int rc = 0;

	while ((block = block_to_empty(reading)) != NULL) {
		for (size_t i = 0; rc == 0 && i < block->count; i++)
			rc = tell_item(&block->items[i], file, sink, err);
		block_done(reading, block, rc != 0);
		pace_show();
	}
	return rc;
}

static void
reading_free(struct reading *reading)
{
	for (size_t i = 0; i < BLOCKS; i++) {
		for (size_t n = 0; n < BLOCK_ITEMS; n++) {
			fields_free(&reading->blocks[i].items[n].fields);
			buf_free(&reading->blocks[i].items[n].texts);
		}
	}
	(void)pthread_cond_destroy(&reading->changed);
	(void)pthread_mutex_destroy(&reading->lock);
	free(reading);
}

int
reading_run(const struct cml_schemas *schemas, const char *path,
    const char *name, size_t file, const struct reading_sink *sink,
    struct err *err)
{
	struct reading *reading = mem_alloc(sizeof(*reading));
	pthread_t thread;
	int rc;

	(void)pthread_mutex_init(&reading->lock, NULL);
	(void)pthread_cond_init(&reading->changed, NULL);
	reading->schemas = schemas;
	reading->path = path;
	reading->name = name;
	if (pthread_create(&thread, NULL, reader_main, reading) != 0) {
		reading_free(reading);
		return err_set(err, ERR_SYSTEM, "%s",
		    _("no thread could be started"));
	}
	rc = consume(reading, file, sink, err);
	(void)pthread_join(thread, NULL);
	if (rc == 0 && reading->rc == -1) {
		*err = reading->err;
		rc = -1;
	}
	reading_free(reading);
	return rc;
}

/* ---- a look at the head ---- */

static int
stop_at_catalog(void *ctx, const struct cml_part *part, struct err *err)
{
	char *catalog = ctx;

	if (part->id.len == 0 || (part->kind != CML_PART_CATALOG &&
	    part->kind != CML_PART_OFFERS &&
	    part->kind != CML_PART_OFFER_CHANGES))
		return 0;
	(void)snprintf(catalog, LIMIT_ID_BYTES + 1, "%.*s",
	    (int)part->id.len, part->id.p);
	return said_stop(err);
}

int
reading_catalog(const struct cml_schemas *schemas, const char *folder,
    const struct intake_list *files, char catalog[LIMIT_ID_BYTES + 1],
    struct err *err)
{
	struct cml_events events = { .ctx = catalog, .part = stop_at_catalog };
	int rc = 0;

	catalog[0] = '\0';
	for (size_t i = 0; rc == 0 && catalog[0] == '\0' &&
	    i < files->count; i++) {
		struct cml_options options = { .strict = false,
		    .file = files->files[i].name };
		struct cml_counts counts;
		char *path;

		if (files->files[i].kind != INTAKE_XML)
			continue;
		memset(&counts, 0, sizeof(counts));
		path = file_join(folder, files->files[i].name);
		rc = cml_read(schemas, path, &options, &events, &counts, err);
		free(path);
		/* That it cannot be read is said when it is taken. */
		if (rc == -1 && (catalog[0] != '\0' ||
		    err->kind == ERR_DATA)) {
			err_clear(err);
			rc = 0;
		}
	}
	return rc;
}
