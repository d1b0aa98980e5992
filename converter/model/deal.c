#include "model/deal.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "model/party.h"

const char *
deal_stage_of_status(const struct config_funnel *funnel, struct str status)
{
	const struct config_map *map = &funnel->status_from_1c;
	const char *found = config_map_get(map, status);
	struct buf said = BUF_INIT(LIMIT_NAME_BYTES);
	struct buf word = BUF_INIT(LIMIT_NAME_BYTES);

	if (found != NULL || status.len > LIMIT_NAME_BYTES)
		return found;
	party_word_plain(&said, status);
	for (size_t i = 0; i < map->count && found == NULL; i++) {
		party_word_plain(&word, str_of(map->pairs[i].name));
		if (said.len > 0 && strcmp(buf_text(&said),
		    buf_text(&word)) == 0)
			found = map->pairs[i].value;
	}
	buf_free(&said);
	buf_free(&word);
	return found;
}

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
	free(deal->originator);
	free(deal->origin);
	free(deal->number);
	buf_free(&deal->user_fields);
	fields_free(&deal->company.fields);
	fields_free(&deal->contact.fields);
}

void
deal_changes_free(struct deal_changes *changes)
{
	free(changes->deals);
	idlist_free(&changes->companies);
	idlist_free(&changes->contacts);
	idlist_free(&changes->missed);
	free(changes->seen);
	memset(changes, 0, sizeof(*changes));
}
