/*
 * Deals that stand behind the exported stages, or are won, and that nobody saw
 * in one of these: the portal's history of stages tells whether they passed
 * one between two looks.  Asked of few, with the product rows of the deals
 * that are read: it makes no request of its own.
 */
#include "bitrix/b24_deal.h"

#include <inttypes.h>

/* No portal has so many funnels. */
#define STAGES_MAX 200

bool
b24_deal_passed_may(const struct b24 *b24, const cJSON *row)
{
	enum deal_phase phase = b24_deal_row_phase(b24, row);

	return b24->may_have_passed != NULL &&
	    (phase == DEAL_AFTER || phase == DEAL_WON) &&
	    b24->may_have_passed(b24->passed_arg, json_int_of(row, "id"),
	    b24_deal_row_time(row, "movedTime"));
}

/* Of any funnel: an order stays one in the next funnel, too. */
void
b24_deal_passed_ask(const struct b24 *b24, struct buf *query)
{
	static const char *const names[] = { "ID", "OWNER_ID",
	    "CREATED_TIME", "STAGE_ID" };
	const struct b24_stage *stage;

	b24_query_int(query, "entityTypeId", B24_ENTITY_DEAL);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		b24_query_item(query, "select", i, str_of(names[i]));
	for (size_t i = 0; i < STAGES_MAX && (stage =
	    b24_deal_facts_exported(b24, i)) != NULL; i++)
		b24_query_item(query, "filter[@STAGE_ID]", i,
		    str_of(stage->id));
}

/* Rows that were not asked for are not believed. */
static bool
is_exported(const struct b24 *b24, const cJSON *row)
{
	const struct b24_stage *stage;
	char space[32];
	struct str id = json_str(json_get(row, "STAGE_ID"), space);

	for (size_t i = 0; (stage = b24_deal_facts_exported(b24, i)) != NULL;
	    i++)
		if (str_is(id, stage->id))
			return true;
	return false;
}

void
b24_deal_passed_take(struct deal *deal, const struct b24 *b24,
    const cJSON *history, bool refused)
{
	const cJSON *row;
	int64_t at;

	deal->passing = refused ? DEAL_PASSING_REFUSED : DEAL_PASSING_KNOWN;
	deal->passed = 0;
	cJSON_ArrayForEach(row, history) {
		if (json_int_of(row, "OWNER_ID") != deal->id ||
		    !is_exported(b24, row))
			continue;
		at = b24_deal_row_time(row, "CREATED_TIME");
		if (at > deal->passed)
			deal->passed = at;
	}
}
