/*
 * Stock where the portal keeps inventory: amounts per store are read, and
 * changed by documents alone (bitrix24.md 8).  A document is made, filled and
 * conducted, each in an exchange of its own; its title, which flow/ makes
 * once and for ever, is what it is found by when an answer is lost.  Until it
 * is conducted it changes nothing, so what cannot be finished is deleted.
 */
#include "bitrix/b24_blocking.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/told.h"

/* Of the portal's documents: stock adjustment and write-off. */
#define TYPE_SURPLUS "S"
#define TYPE_SHORTAGE "D"
/* They value nothing here; where the portal's own is not known. */
#define CURRENCY "RUB"

/* ---- amounts ---- */

struct amounts {
	struct stock_line **lines;      /* by good and store */
	size_t count;
};

static int
compare_lines(const void *a, const void *b)
{
	const struct stock_line *one = *(struct stock_line *const *)a;
	const struct stock_line *two = *(struct stock_line *const *)b;

	if (one->good != two->good)
		return one->good < two->good ? -1 : 1;
	if (one->store != two->store)
		return one->store < two->store ? -1 : 1;
	return 0;
}

static void
keep_amount(struct stock_line *line, struct str text)
{
	line->amount = (struct decimal){ 0, 0 };
	line->refused = text.len > 0 &&
	    decimal_parse(&line->amount, text) == -1;
	if (line->refused)
		told_set(line->text, sizeof(line->text),
		    N_("%s: an amount is no number"),
		    b24_methods_info(B24_STORE_PRODUCT_LIST)->name);
}

/* A filter that was ignored shows rows that nobody asked for. */
static void
take_amount(void *ctx, const struct b24_command *command, const cJSON *row)
{
	struct amounts *amounts = ctx;
	struct stock_line key, *wanted = &key, **found;
	char space[32];
	struct str text = json_str(json_get(row, "amount"), space);

	(void)command;
	memset(&key, 0, sizeof(key));
	key.good = json_int_of(row, "productId");
	key.store = json_int_of(row, "storeId");
	found = bsearch(&wanted, amounts->lines, amounts->count,
	    sizeof(struct stock_line *), compare_lines);
	if (found == NULL)
		return;
	/* The same place may be asked for twice. */
	while (found > amounts->lines && compare_lines(found - 1,
	    &wanted) == 0)
		found--;
	for (; found < amounts->lines + amounts->count &&
	    compare_lines(found, &wanted) == 0; found++)
		keep_amount(*found, text);
}

/* The store of all of them; 0: there are several. */
static int64_t
only_store(struct stock_line *const *lines, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (lines[i]->store != lines[0]->store)
			return 0;
	return count > 0 ? lines[0]->store : 0;
}

static void
ask_amounts(struct b24_command *out, int64_t store)
{
	static const char *const select[] = { "id", "productId", "storeId",
	    "amount" };

	b24_batch_command_init(out, B24_STORE_PRODUCT_LIST);
	out->optional = true;
	for (size_t i = 0; i < sizeof(select) / sizeof(*select); i++)
		b24_query_item(&out->query, "select", i, str_of(select[i]));
	b24_query_text(&out->query, "order[id]", "ASC");
	if (store != 0)
		b24_query_int(&out->query, "filter[storeId]", store);
}

/* B24_PAGE goods in each; returns how many commands. */
static size_t
ask_goods(struct b24_command *commands, const struct amounts *amounts)
{
	int64_t store = only_store(amounts->lines, amounts->count);
	size_t count = 0, in_it = B24_PAGE;
	char id[24];

	for (size_t i = 0; i < amounts->count; i++) {
		if (i > 0 && amounts->lines[i]->good ==
		    amounts->lines[i - 1]->good)
			continue;
		if (in_it == B24_PAGE) {
			ask_amounts(&commands[count++], store);
			in_it = 0;
		}
		(void)snprintf(id, sizeof(id), "%" PRId64,
		    amounts->lines[i]->good);
		b24_query_item(&commands[count - 1].query,
		    "filter[@productId]", in_it++, str_of(id));
	}
	return count;
}

int
b24_stock_read(struct b24 *b24, struct stock_line *lines, size_t count,
    struct err *err)
{
	struct amounts amounts = { .count = count };
	struct b24_command *commands;
	size_t commands_count;
	int rc;

	amounts.lines = mem_array(count + 1, sizeof(struct stock_line *));
	commands = mem_array(count / B24_PAGE + 1, sizeof(*commands));
	for (size_t i = 0; i < count; i++) {
		lines[i].amount = (struct decimal){ 0, 0 };
		lines[i].refused = false;
		amounts.lines[i] = &lines[i];
	}
	qsort(amounts.lines, count, sizeof(struct stock_line *),
	    compare_lines);
	commands_count = ask_goods(commands, &amounts);
	rc = b24_blocking_read(b24, commands, commands_count, take_amount,
	    &amounts, err);
	for (size_t i = 0; i < commands_count; i++)
		b24_batch_command_free(&commands[i]);
	free(commands);
	free(amounts.lines);
	return rc;
}

/* ---- documents that there are ---- */

struct documents {
	const char *title;
	int64_t *drafts;
	size_t draft_count;
	bool conducted;
};

static void
take_document(void *ctx, const struct b24_command *command,
    const cJSON *row)
{
	struct documents *documents = ctx;
	char space[32], status[32];
	int64_t id = json_int_of(row, "id");

	(void)command;
	if (id <= 0 || !str_is(json_str(json_get(row, "title"), space),
	    documents->title))
		return;
	if (str_is(json_str(json_get(row, "status"), status), "Y")) {
		documents->conducted = true;
		return;
	}
	documents->drafts = mem_resize(documents->drafts,
	    documents->draft_count + 1, sizeof(*documents->drafts));
	documents->drafts[documents->draft_count++] = id;
}

static int
read_documents(struct b24 *b24, struct documents *out, const char *title,
    struct err *err)
{
	static const char *const select[] = { "id", "title", "status",
	    "docType" };
	struct b24_command command;
	struct err why = { 0 };
	int rc;

	memset(out, 0, sizeof(*out));
	out->title = title;
	b24_batch_command_init(&command, B24_DOCUMENT_LIST);
	for (size_t i = 0; i < sizeof(select) / sizeof(*select); i++)
		b24_query_item(&command.query, "select", i,
		    str_of(select[i]));
	b24_query_text(&command.query, "filter[=title]", title);
	b24_query_text(&command.query, "order[id]", "ASC");
	command.lone = b24_query_is_reference(str_of(title));
	command.optional = true;
	rc = b24_blocking_read(b24, &command, 1, take_document, out, &why);
	b24_batch_command_free(&command);
	if (rc == -1 && why.kind == ERR_ITEM)
		return told_err(err, ERR_ITEM, N_("the portal's stock document "
		    "\"%s\" cannot be looked up: %s"), title, why.text);
	if (rc == -1)
		*err = why;
	return rc;
}

int
b24_stock_find(struct b24 *b24, const char *title,
    enum document_stage *stage, struct err *err)
{
	struct documents documents;
	int rc = read_documents(b24, &documents, title, err);

	*stage = documents.conducted ? DOCUMENT_CONDUCTED :
	    documents.draft_count > 0 ? DOCUMENT_DRAFT : DOCUMENT_NONE;
	free(documents.drafts);
	return rc;
}

/* ---- writes ---- */

/* What became of the commands of one step: the first that was not done. */
struct step {
	struct b24_error error;
	enum outcome outcome;
	int64_t id;             /* of the document made */
	size_t refused;
};

static void
note_failure(struct step *step, const struct b24_command *command)
{
	enum outcome outcome = b24_error_outcome(command->error.fate, true);

	/* A document without its element's object is as bad as refused. */
	if (outcome == OUTCOME_NOT_THERE)
		outcome = OUTCOME_REFUSED;
	if (outcome == OUTCOME_REFUSED)
		step->refused++;
	/* A lost answer counts more than what was only not sent. */
	if (step->outcome == OUTCOME_DONE || (outcome == OUTCOME_UNKNOWN &&
	    step->outcome != OUTCOME_UNKNOWN)) {
		step->outcome = outcome;
		step->error = command->error;
	}
}

static void
take_made(void *ctx, const struct b24_command *command)
{
	struct step *step = ctx;

	if (!command->done) {
		note_failure(step, command);
		return;
	}
	step->id = json_int_of(json_get(command->result, b24_methods_info(
	    command->method)->rows), "id");
	if (step->id <= 0)
		step->outcome = OUTCOME_UNKNOWN;
}

static void
take_element(void *ctx, const struct b24_command *command)
{
	struct step *step = ctx;
	struct stock_line *line = command->user;

	if (command->done)
		return;
	note_failure(step, command);
	if (command->error.fate != B24_FATE_REFUSED &&
	    command->error.fate != B24_FATE_DOUBTFUL &&
	    command->error.fate != B24_FATE_NOT_THERE)
		return;
	op_refuse_line(line, command->error.text);
}

static void
take_conducted(void *ctx, const struct b24_command *command)
{
	struct step *step = ctx;

	if (!command->done)
		note_failure(step, command);
	else if (!cJSON_IsTrue(command->result))
		step->outcome = OUTCOME_UNKNOWN;
}

/* Of a document that is conducted by now the answer is null, without an error,
 * and it stays (catalog-document-delete.md): looked up, it shows. */
static void
take_deleted(void *ctx, const struct b24_command *command)
{
	struct step *step = ctx;

	if (!command->done)
		note_failure(step, command);
	else if (!cJSON_IsTrue(command->result))
		step->outcome = OUTCOME_UNKNOWN;
}

static int
delete_document(struct b24 *b24, int64_t id, struct step *step,
    struct err *err)
{
	struct b24_command command;
	int rc;

	memset(step, 0, sizeof(*step));
	b24_batch_command_init(&command, B24_DOCUMENT_DELETE);
	b24_query_int(&command.query, "id", id);
	rc = b24_blocking_write(b24, &command, 1, take_deleted, step, err);
	b24_batch_command_free(&command);
	return rc;
}

int
b24_stock_drop(struct b24 *b24, const char *title, struct err *err)
{
	struct documents documents;
	struct step step, failed = { .outcome = OUTCOME_DONE };
	int rc = read_documents(b24, &documents, title, err);
	size_t before;

	for (size_t i = 0; rc == 0 && i < documents.draft_count; i++) {
		rc = delete_document(b24, documents.drafts[i], &step, err);
		if (rc == 0 && step.outcome != OUTCOME_DONE)
			failed = step;
	}
	before = documents.draft_count;
	free(documents.drafts);
	if (rc == -1 || before == 0)
		return rc;
	/* The refusal of a delete says nothing: is there one still?  A draft
	 * that is not there any more is as good as deleted. */
	rc = read_documents(b24, &documents, title, err);
	if (rc == 0 && documents.draft_count > 0)
		rc = told_err(err, ERR_ITEM, N_("the portal's stock document "
		    "\"%s\" cannot be deleted: %s"), title,
		    failed.error.text);
	free(documents.drafts);
	return rc;
}

/* ---- a document, step by step ---- */

static int
make_document(struct b24 *b24, const struct stock_document *said,
    struct step *step, struct err *err)
{
	struct b24_command command;
	int rc;

	memset(step, 0, sizeof(*step));
	b24_batch_command_init(&command, B24_DOCUMENT_ADD);
	b24_query_text(&command.query, "fields[docType]",
	    said->type == DOCUMENT_SURPLUS ? TYPE_SURPLUS : TYPE_SHORTAGE);
	b24_query_text(&command.query, "fields[currency]",
	    b24->facts.currency[0] != '\0' ? b24->facts.currency : CURRENCY);
	b24_query_int(&command.query, "fields[responsibleId]",
	    b24->facts.user);
	b24_query_text(&command.query, "fields[title]", said->title);
	b24_query_text(&command.query, "fields[commentary]", said->comment);
	command.lone = b24_query_is_reference(str_of(said->title));
	rc = b24_blocking_write(b24, &command, 1, take_made, step, err);
	b24_batch_command_free(&command);
	return rc;
}

static void
say_line(struct b24_command *out, enum document_type type, int64_t document,
    struct stock_line *line)
{
	char amount[DECIMAL_TEXT_BYTES];

	(void)decimal_format(amount, line->amount);
	b24_batch_command_init(out, B24_DOCUMENT_ELEMENT_ADD);
	b24_query_int(&out->query, "fields[docId]", document);
	b24_query_int(&out->query, "fields[elementId]", line->good);
	b24_query_int(&out->query, type == DOCUMENT_SURPLUS ?
	    "fields[storeTo]" : "fields[storeFrom]", line->store);
	b24_query_text(&out->query, "fields[amount]", amount);
	/* Without a purchasing price: conducted, a 0 would clear the good's. */
	out->user = line;
}

static int
fill_document(struct b24 *b24, enum document_type type, int64_t document,
    struct stock_line *lines, size_t count, struct step *step,
    struct err *err)
{
	struct b24_command *commands = mem_array(count + 1,
	    sizeof(*commands));
	int rc;

	memset(step, 0, sizeof(*step));
	for (size_t i = 0; i < count; i++)
		say_line(&commands[i], type, document, &lines[i]);
	rc = b24_blocking_write(b24, commands, count, take_element, step,
	    err);
	for (size_t i = 0; i < count; i++)
		b24_batch_command_free(&commands[i]);
	free(commands);
	return rc;
}

static int
conduct_document(struct b24 *b24, int64_t document, struct step *step,
    struct err *err)
{
	struct b24_command command;
	int rc;

	memset(step, 0, sizeof(*step));
	b24_batch_command_init(&command, B24_DOCUMENT_CONDUCT);
	b24_query_int(&command.query, "id", document);
	rc = b24_blocking_write(b24, &command, 1, take_conducted, step, err);
	b24_batch_command_free(&command);
	return rc;
}

/* The kind of error that this outcome is for the run. */
static enum outcome
tell(const struct step *step, const char *title, struct err *err)
{
	/* One that was refused is gone: its title leads nowhere, and would keep
	 * goods of one reason apart. */
	if (step->outcome == OUTCOME_REFUSED && step->error.text[0] != '\0') {
		(void)err_set(err, ERR_ITEM, "%s", step->error.text);
		return step->outcome;
	}
	(void)told_err(err, step->outcome == OUTCOME_REFUSED ? ERR_ITEM :
	    step->outcome == OUTCOME_STOP ? ERR_PORTAL : ERR_AGAIN,
	    N_("the portal's stock document \"%s\": %s"), title,
	    step->error.text[0] != '\0' ? step->error.text :
	    TOLD("the portal's answer does not say what became of this"));
	return step->outcome;
}

/* A step came to nothing: the draft goes.  Where it is not known what became
 * of the step, or the draft cannot be deleted, it has to be looked up. */
static enum outcome
give_up(struct b24 *b24, int64_t document, const struct step *failed,
    const char *title, struct err *err)
{
	enum outcome outcome = tell(failed, title, err);
	struct step deleted;
	struct err own = { 0 };

	if (outcome == OUTCOME_UNKNOWN)
		return outcome;
	if (delete_document(b24, document, &deleted, &own) == -1 ||
	    deleted.outcome != OUTCOME_DONE)
		/* Nothing goes through: the draft is no wonder. */
		return outcome == OUTCOME_STOP ? outcome : OUTCOME_UNKNOWN;
	return outcome;
}

/*
 * The list of documents is narrowed by the rights of the webhook's owner, down
 * to an empty one, and without an error (catalog-document-list.md).  One that
 * we cannot see is one that we cannot look up after a lost answer: the first
 * of a run is looked for before it is filled.  1: it is not shown, *err says
 * what to do.
 */
static int
check_shown(struct b24 *b24, int64_t document, const char *title,
    struct err *err)
{
	struct documents documents;
	int rc;

	if (b24->facts.documents_shown)
		return 0;
	rc = read_documents(b24, &documents, title, err);
	for (size_t i = 0; rc == 0 && i < documents.draft_count; i++)
		if (documents.drafts[i] == document)
			b24->facts.documents_shown = true;
	free(documents.drafts);
	if (rc == -1)
		return err->kind == ERR_ITEM ? 1 : -1;
	if (b24->facts.documents_shown)
		return 0;
	(void)err_set(err, ERR_ITEM, "%s", TOLD("the portal does not show its "
	    "stock documents to the owner of the webhook or application: give "
	    "that user the right to view them"));
	return 1;
}

static void
refuse_all(struct stock_line *lines, size_t count, const char *text)
{
	for (size_t i = 0; i < count; i++) {
		op_refuse_line(&lines[i], text);
		lines[i].unmade = true;
	}
}

/* Deleted by the id that its making told; a draft that stays changes nothing,
 * and no second one is made of lines that are refused. */
static enum outcome
give_up_unseen(struct b24 *b24, int64_t document, struct stock_line *lines,
    size_t count, const struct err *why)
{
	struct err own = { 0 };
	struct step deleted;

	refuse_all(lines, count, why->text);
	(void)delete_document(b24, document, &deleted, &own);
	return OUTCOME_REFUSED;
}

enum outcome
b24_stock_put(struct b24 *b24, const struct stock_document *said,
    struct stock_line *lines, size_t count, struct err *err)
{
	const char *title = said->title;
	struct step step;
	int64_t document;
	int rc;

	if (b24->facts.user <= 0) {
		(void)err_set(err, ERR_PORTAL, "%s", _("the portal does not "
		    "say whose webhook this is: a stock document needs a "
		    "responsible person"));
		return OUTCOME_STOP;
	}
	/* libcurl that failed may have sent it. */
	if (make_document(b24, said, &step, err) == -1)
		return OUTCOME_UNKNOWN;
	if (step.outcome != OUTCOME_DONE) {
		/* No plan or right for it: so it is with each of them. */
		if (step.outcome == OUTCOME_REFUSED)
			refuse_all(lines, count, step.error.text);
		return tell(&step, title, err);
	}
	document = step.id;
	rc = check_shown(b24, document, title, err);
	if (rc == 1)
		return give_up_unseen(b24, document, lines, count, err);
	if (rc == -1)
		return OUTCOME_UNKNOWN;
	if (fill_document(b24, said->type, document, lines, count, &step,
	    err) == -1)
		return OUTCOME_UNKNOWN;
	if (step.outcome != OUTCOME_DONE)
		return give_up(b24, document, &step, title, err);
	if (conduct_document(b24, document, &step, err) == -1)
		return OUTCOME_UNKNOWN;
	if (step.outcome != OUTCOME_DONE)
		return give_up(b24, document, &step, title, err);
	return OUTCOME_DONE;
}
