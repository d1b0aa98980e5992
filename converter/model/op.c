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
	fields_init(&op->unsure);
	fields_init(&op->dropped);
	fields_init(&op->taken);
	fields_init(&op->kept);
	fields_init(&op->overruled);
}

static void
drop_rows(struct found **rows, size_t *count)
{
	size_t i;

	/* A count has no rows. */
	for (i = 0; *rows != NULL && i < *count; i++)
		fields_free(&(*rows)[i].fields);
	free(*rows);
	*rows = NULL;
	*count = 0;
}

void
op_drop_found(struct op *op)
{
	drop_rows(&op->found, &op->found_count);
	drop_rows(&op->others, &op->other_count);
}

void
op_free(struct op *op)
{
	op_drop_found(op);
	free(op->sections);
	fields_free(&op->fields);
	fields_free(&op->before);
	fields_free(&op->yields);
	fields_free(&op->unsure);
	fields_free(&op->dropped);
	fields_free(&op->taken);
	fields_free(&op->kept);
	fields_free(&op->overruled);
	op_init(op);
}

void
op_refuse_line(struct stock_line *line, const char *text)
{
	line->refused = true;
	told_copy(line->text, sizeof(line->text), text);
}
