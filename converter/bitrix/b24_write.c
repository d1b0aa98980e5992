/*
 * A request of creates, updates and deletes: one batch.  Before it, where an
 * update needs a value that did not change (a section's name is required),
 * a batch that reads it; after it, where a refusal does not say why (the
 * code 0), one that looks whether the object is there at all, and where a deal
 * was emptied of something, whether it is.  When what was read looks like a
 * reference, its command follows in a call of its own.  And where answers show
 * that this portal takes some property in another shape, one that says those
 * anew, once.
 */
#include "bitrix/b24_deal.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"

struct write_job {
	struct request *request;
	struct b24_command *commands;   /* one per op that is sent */
	size_t command_count;
	size_t plain;                   /* so many go in one batch; those
					   behind them one by one */
	size_t at;                      /* the first that is not sent */
	struct b24_batch batch;
	/* The ops to look at before or after: copies that look by id. */
	struct op *looks;
	struct op **look_list;
	size_t *look_of;                /* its op's place */
	size_t look_count;
	/* What is said anew: updates, and their ops' places. */
	struct op *again;
	size_t *again_of;
	size_t again_count;
	bool telling_again;
};

void
b24_write_use(const struct request *request, struct b24_use *use)
{
	unsigned reads[TARGET_LAST] = { 0 };
	enum target_kind read;

	memset(use, 0, sizeof(*use));
	for (size_t i = 0; i < request->count; i++) {
		const struct op *op = &request->ops[i];

		use->calls[b24_object_method_of(op)]++;
		read = b24_object_read_before(op);
		if (read != TARGET_NONE)
			reads[read] += read == TARGET_ROWS ? B24_PAGE : 1;
	}
	/* Its attempts are dated: they should not wait for a read here. */
	for (int kind = TARGET_SECTION; kind < TARGET_LAST; kind++)
		use->calls[b24_object_method((enum target_kind)kind,
		    OP_FIND)] += (reads[kind] + B24_PAGE - 1) / B24_PAGE;
}

static void
forget_looks(struct write_job *job)
{
	for (size_t i = 0; i < job->look_count; i++)
		op_free(&job->looks[i]);
	job->look_count = 0;
}

static void
forget_commands(struct write_job *job)
{
	for (size_t i = 0; i < job->command_count; i++)
		b24_batch_command_free(&job->commands[i]);
	job->command_count = job->plain = job->at = 0;
}

static void
job_free(struct write_job *job)
{
	forget_looks(job);
	forget_commands(job);
	for (size_t i = 0; i < job->again_count; i++)
		op_free(&job->again[i]);
	b24_call_end(&job->batch);
	free(job->again);
	free(job->again_of);
	free(job->commands);
	free(job->looks);
	free(job->look_list);
	free(job->look_of);
	free(job);
}

static void
drop_batch(struct b24_batch *batch)
{
	job_free(batch->user);
}

static void
drop_looks(void *user)
{
	job_free(user);
}

static void
job_end(struct b24 *b24, struct write_job *job)
{
	struct request *request = job->request;

	job_free(job);
	bitrix_request_done(b24, request);
}

static void
add_look(struct write_job *job, size_t place)
{
	const struct op *op = &job->request->ops[place];
	struct op *look = &job->looks[job->look_count];

	op_init(look);
	/* With the portal's ids: b24_client_row(), b24_rows_found(). */
	look->kind = op->kind == OP_UPDATE && (target_is_client(
	    op->target.kind) || op->target.kind == TARGET_ROWS) ?
	    OP_UPDATE : OP_FIND;
	look->target = op->target;
	look->portal_id = op->kind == OP_CREATE ? 0 : op->portal_id;
	look->parent_id = op->parent_id;
	look->parent_kind = op->parent_kind;
	/* What its words are told by. */
	if (target_is_crm(op->target.kind) || target_is_deal(op->target.kind))
		fields_copy(&look->fields, &op->fields);
	if (target_is_client(op->target.kind)) {
		fields_copy(&look->before, &op->before);
		fields_copy(&look->unsure, &op->unsure);
	}
	/* Of a notice its deal is read, for the manager. */
	if (op->target.kind == TARGET_NOTICE) {
		(void)target_set(&look->target, TARGET_DEAL,
		    target_id(&op->target));
		look->portal_id = op->parent_id;
		fields_clear(&look->fields);
	}
	job->look_list[job->look_count] = look;
	job->look_of[job->look_count++] = place;
}

/* The look failed, and with it its op. */
static void
take_look(struct op *op, const struct op *look)
{
	op->outcome = look->outcome;
	op->not_before = look->not_before;
	memcpy(op->code, look->code, sizeof(op->code));
	memcpy(op->text, look->text, sizeof(op->text));
}

/* ---- after ---- */

/* Done, says its answer; what was emptied is believed when it is seen.  Where
 * that cannot be read the answer is as good as lost. */
static void
take_emptied(const struct b24 *b24, struct op *op, const struct op *look)
{
	if (look->outcome != OUTCOME_DONE)
		op->outcome = OUTCOME_UNKNOWN;
	else if (look->found_count == 0)
		op->outcome = OUTCOME_NOT_THERE;
	else
		b24_deal_emptied(b24, op, &look->found[0].fields);
}

/* Refused, and it is not there: that is why.  A price or address that could
 * not be made and is there after all was made by somebody else: look it
 * up. */
static void
on_verified(struct b24 *b24, void *user)
{
	struct write_job *job = user;

	for (size_t i = 0; i < job->look_count; i++) {
		const struct op *look = &job->looks[i];
		struct op *op = &job->request->ops[job->look_of[i]];

		if (op->outcome == OUTCOME_DONE)
			take_emptied(b24, op, look);
		else if (look->outcome != OUTCOME_DONE)
			/* Refused for good, or for want of the object?  It
			 * was not done: ask again another time. */
			take_look(op, look);
		else if (op->kind == OP_CREATE) {
			if (look->found_count > 0)
				op->outcome = OUTCOME_UNKNOWN;
		} else if (look->found_count == 0) {
			op->outcome = OUTCOME_NOT_THERE;
		}
	}
	job_end(b24, job);
}

static bool
is_doubtful(const struct op *op, const struct b24_command *command)
{
	if (command->done || command->error.fate != B24_FATE_DOUBTFUL)
		return false;
	/* Of a main picture it cannot be looked up whether it was set. */
	if (op->kind != OP_DELETE && target_is_main_picture(&op->target))
		return false;
	/* A second price or address of a kind is refused. */
	return op->kind != OP_CREATE || op->target.kind == TARGET_PRICE ||
	    op->target.kind == TARGET_ADDRESS;
}

static void after_writes(struct b24 *b24, struct write_job *job);
static void send_part(struct b24 *b24, struct write_job *job);
static void tell_again(struct b24 *b24, struct write_job *job);

/* The answer to what was said anew.  The rest of its op is done: one that is
 * lost, or that could not be sent, leaves it to be looked up; one that is
 * refused leaves it as it was. */
static void
take_again(struct b24 *b24, struct write_job *job,
    const struct b24_command *command)
{
	struct op *told = command->user;
	struct op *op = &job->request->ops[job->again_of[told - job->again]];
	enum outcome outcome;

	if (command->done) {
		told->outcome = OUTCOME_DONE;
		b24_object_taken(b24, told, command->result);
		op->outcome = told->outcome;
		if (op->outcome == OUTCOME_DONE)
			b24_catalog_merge(op, told);
		return;
	}
	outcome = b24_error_outcome(command->error.fate, true);
	if (outcome != OUTCOME_REFUSED && outcome != OUTCOME_NOT_THERE)
		op->outcome = OUTCOME_UNKNOWN;
}

static void
take_written(struct b24 *b24, struct write_job *job,
    const struct b24_command *command)
{
	struct op *op = command->user;
	size_t place = (size_t)(op - job->request->ops);

	if (command->done) {
		op->outcome = OUTCOME_DONE;
		b24_object_taken(b24, op, command->result);
		if (op->outcome == OUTCOME_DONE && command->empties)
			add_look(job, place);
		if (op->outcome == OUTCOME_DONE && b24_catalog_otherwise(b24,
		    &job->again[job->again_count], op, command))
			job->again_of[job->again_count++] = place;
		return;
	}
	b24_error_tell(&command->error, command->not_before, true, op);
	if (is_doubtful(op, command))
		add_look(job, place);
}

/* A portal that said nothing is not asked for the rest. */
static void
leave_rest(struct write_job *job)
{
	for (; job->at < job->command_count; job->at++) {
		struct op *op = job->commands[job->at].user;

		/* Of what was to be said anew the rest is done. */
		if (job->telling_again)
			job->request->ops[job->again_of[op - job->again]].
			    outcome = OUTCOME_UNKNOWN;
		else
			op->outcome = OUTCOME_NOT_RUN;
	}
}

static void
on_written(struct b24 *b24, struct b24_batch *batch)
{
	struct write_job *job = batch->user;

	if (!job->telling_again)
		job->request->answered = batch->answered;
	job->at += batch->count;
	for (size_t i = 0; i < batch->count; i++) {
		if (job->telling_again)
			take_again(b24, job, &batch->commands[i]);
		else
			take_written(b24, job, &batch->commands[i]);
	}
	if (!batch->answered)
		leave_rest(job);
	if (job->at < job->command_count)
		send_part(b24, job);
	else
		after_writes(b24, job);
}

/* Nothing of the batch, or of what is said anew, is left to be sent. */
static void
after_writes(struct b24 *b24, struct write_job *job)
{
	if (!job->telling_again && job->again_count > 0)
		tell_again(b24, job);
	else if (job->look_count == 0)
		job_end(b24, job);
	else
		b24_find_start(b24, job->look_list, job->look_count,
		    on_verified, drop_looks, job);
}

/* ---- the batch ---- */

static const struct op *
look_for(const struct write_job *job, size_t place)
{
	for (size_t i = 0; i < job->look_count; i++)
		if (job->look_of[i] == place)
			return &job->looks[i];
	return NULL;
}

/* False: what was read before says that it cannot be sent, or that nothing
 * is left to be sent. */
static bool
make_command(struct b24 *b24, struct write_job *job, size_t place)
{
	struct op *op = &job->request->ops[place];
	const struct op *look = look_for(job, place);
	struct b24_command *command = &job->commands[job->command_count];

	if (look != NULL && look->outcome != OUTCOME_DONE) {
		take_look(op, look);
		return false;
	}
	if (look != NULL && look->found_count == 0) {
		op->outcome = OUTCOME_NOT_THERE;
		return false;
	}
	if (!b24_object_write(b24, op, look != NULL ?
	    &look->found[0].fields : NULL, command))
		return false;
	command->user = op;
	job->command_count++;
	return true;
}

/* Those that a batch would alter go behind the others. */
static void
part_lone(struct write_job *job)
{
	for (size_t i = 0; i < job->command_count; i++) {
		struct b24_command moved = job->commands[i];

		if (moved.lone)
			continue;
		job->commands[i] = job->commands[job->plain];
		job->commands[job->plain++] = moved;
	}
}

static int
on_leaves(struct b24_batch *batch, struct err *err)
{
	struct write_job *job = batch->user;

	return job->request->leaves != NULL ?
	    job->request->leaves(job->request, err) : 0;
}

static void
send_part(struct b24 *b24, struct write_job *job)
{
	b24_call_end(&job->batch);
	memset(&job->batch, 0, sizeof(job->batch));
	job->batch.commands = job->commands + job->at;
	job->batch.count = job->at < job->plain ? job->plain - job->at : 1;
	job->batch.writes = true;
	job->batch.leaves = on_leaves;
	job->batch.done = on_written;
	job->batch.drop = drop_batch;
	job->batch.user = job;
	b24_call_send(b24, &job->batch);
}

static void
tell_again(struct b24 *b24, struct write_job *job)
{
	job->telling_again = true;
	forget_commands(job);
	for (size_t i = 0; i < job->again_count; i++) {
		struct b24_command *command =
		    &job->commands[job->command_count];

		if (!b24_object_write(b24, &job->again[i], NULL, command))
			continue;
		command->user = &job->again[i];
		job->command_count++;
	}
	part_lone(job);
	if (job->command_count > 0)
		send_part(b24, job);
	else
		after_writes(b24, job);
}

static void
send_writes(struct b24 *b24, struct write_job *job)
{
	job->command_count = 0;
	for (size_t i = 0; i < job->request->count; i++)
		(void)make_command(b24, job, i);
	forget_looks(job);
	if (job->command_count == 0) {
		job->request->answered = true;
		job_end(b24, job);
		return;
	}
	part_lone(job);
	send_part(b24, job);
}

static void
on_read(struct b24 *b24, void *user)
{
	send_writes(b24, user);
}

void
b24_write_submit(struct b24 *b24, struct request *request)
{
	struct write_job *job = mem_alloc(sizeof(*job));
	size_t count = request->count;

	job->request = request;
	job->commands = mem_array(count, sizeof(*job->commands));
	job->looks = mem_array(count, sizeof(*job->looks));
	job->look_list = mem_array(count, sizeof(*job->look_list));
	job->look_of = mem_array(count, sizeof(*job->look_of));
	job->again = mem_array(count, sizeof(*job->again));
	job->again_of = mem_array(count, sizeof(*job->again_of));
	for (size_t i = 0; i < count; i++)
		if (b24_object_read_before(&request->ops[i]) != TARGET_NONE &&
		    !b24_notice_is_hopeless(b24, &request->ops[i]))
			add_look(job, i);
	if (job->look_count == 0)
		send_writes(b24, job);
	else
		b24_find_start(b24, job->look_list, job->look_count, on_read,
		    drop_looks, job);
}
