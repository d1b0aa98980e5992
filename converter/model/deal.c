#include "model/deal.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

void
deal_init(struct deal *deal)
{
	memset(deal, 0, sizeof(*deal));
	buf_init(&deal->user_fields, LIMIT_DEAL_BYTES);
	fields_init(&deal->company.fields);
	fields_init(&deal->contact.fields);
}

void
deal_free(struct deal *deal)
{
	for (size_t i = 0; i < deal->row_count; i++) {
		free(deal->rows[i].name);
		free(deal->rows[i].measure_name);
	}
	free(deal->rows);
	free(deal->stage);
	free(deal->stage_name);
	free(deal->currency);
	free(deal->title);
	free(deal->comment);
	free(deal->manager.email);
	free(deal->manager.name);
	free(deal->number);
	buf_free(&deal->user_fields);
	fields_free(&deal->company.fields);
	fields_free(&deal->contact.fields);
}

void
deal_changes_free(struct deal_changes *changes)
{
	free(changes->deals);
	free(changes->companies);
	free(changes->contacts);
	memset(changes, 0, sizeof(*changes));
}
