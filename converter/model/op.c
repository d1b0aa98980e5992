#include "model/remote.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/told.h"

void
op_init(struct op *op)
{
	memset(op, 0, sizeof(*op));
	fields_init(&op->fields);
	fields_init(&op->before);
	fields_init(&op->yields);
	fields_init(&op->dropped);
	fields_init(&op->taken);
	fields_init(&op->kept);
}

void
op_drop_found(struct op *op)
{
	size_t i;

	/* A count has no rows. */
	for (i = 0; op->found != NULL && i < op->found_count; i++)
		fields_free(&op->found[i].fields);
	free(op->found);
	op->found = NULL;
	op->found_count = 0;
}

void
op_free(struct op *op)
{
	op_drop_found(op);
	fields_free(&op->fields);
	fields_free(&op->before);
	fields_free(&op->yields);
	fields_free(&op->dropped);
	fields_free(&op->taken);
	fields_free(&op->kept);
	op_init(op);
}

void
op_refuse_line(struct stock_line *line, const char *text)
{
	line->refused = true;
	told_copy(line->text, sizeof(line->text), text);
}
