/*
 * The stage that an order's progress in 1C leads to.  Forward only: a manager
 * who has gone further, or has closed the deal, knows more than 1C does, and
 * what was agreed once moves nothing a second time, so a deal that a manager
 * has taken back stays there until 1C says something new.
 */
#include "bitrix/b24_deal.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/told.h"
#include "model/party.h"

/* Final stages are behind all others, whatever their sort. */
#define FINAL (INT64_C(1) << 40)

struct search {
	const struct b24_funnel *funnel;
	int best;               /* index of a stage, or -1 */
	bool cancelled;
	struct str unknown;     /* a status that no rule knows */
	bool known;             /* some rule knew it */
};

static const struct b24_stage *
stage_at(const struct b24_funnel *funnel, int index)
{
	return index >= 0 && (size_t)index < funnel->stage_count ?
	    &funnel->stages[index] : NULL;
}

static int64_t
rank(const struct b24_stage *stage)
{
	return stage->sort + (stage->semantics != 0 ? FINAL : 0);
}

static void
propose(struct search *search, int index)
{
	const struct b24_stage *stage = stage_at(search->funnel, index);
	const struct b24_stage *best = stage_at(search->funnel, search->best);

	if (stage != NULL && (best == NULL || rank(stage) > rank(best)))
		search->best = index;
}

static void
propose_status(struct search *search, struct str status)
{
	const char *named = deal_stage_of_status(search->funnel->rule,
	    status);

	if (named == NULL) {
		if (search->unknown.len == 0)
			search->unknown = status;
		return;
	}
	search->known = true;
	propose(search, b24_deal_facts_stage_named(search->funnel,
	    str_of(named)));
}

static void
take_line(struct search *search, struct str line)
{
	struct str word = field_part(line, 0);

	if (str_is(word, "cancelled"))
		search->cancelled = true;
	else if (str_is(word, "paid"))
		propose(search, search->funnel->paid);
	else if (str_is(word, "shipped"))
		propose(search, search->funnel->shipped);
	else if (str_is(word, "status") || str_is(word, "status_id"))
		propose_status(search, field_part(line, 1));
}

static bool
has_line(struct str lines, struct str wanted)
{
	struct str line;
	size_t at = 0;

	while (party_line_next(lines, &at, &line))
		if (str_eq(line, wanted))
			return true;
	return false;
}

static void
add_note(struct b24_deal_move *out, const char *note)
{
	char *both = mem_printf("%s%s%s", out->note,
	    out->note[0] != '\0' ? "; " : "", note);

	told_copy(out->note, sizeof(out->note), both);
	free(both);
}

static void
decide(struct b24_deal_move *out, const struct search *search,
    const struct b24_stage *held)
{
	const struct b24_stage *to = stage_at(search->funnel, search->best);
	char note[512];

	if (to == NULL || held == NULL || to == held)
		return;
	if (held->semantics == 0 && rank(held) < rank(to)) {
		out->to = to;
		return;
	}
	told_set(note, sizeof(note), N_("stage stays: %s is further "
	    "than %s"), held->name, to->name);
	add_note(out, note);
}

void
b24_deal_move_find(struct b24_deal_move *out, const struct b24 *b24,
    struct str progress, struct str said, const struct fields *held)
{
	struct search search = { .best = -1 };
	struct str line;
	int64_t category;
	size_t at = 0;
	char note[512];

	memset(out, 0, sizeof(*out));
	if (str_to_int64(&category, fields_get(held, FIELD_CATEGORY)) == 0)
		search.funnel = b24_deal_facts_funnel(b24, category);
	if (search.funnel == NULL || strcmp(config_owner(b24->config, "order",
	    "stage"), "never") == 0)
		return;
	while (party_line_next(progress, &at, &line))
		if (!has_line(said, line))
			take_line(&search, line);
	if (search.cancelled)
		search.best = search.funnel->lost;
	if (search.unknown.len > 0 && !search.known) {
		told_set(note, sizeof(note), N_("status \"%.*s\" is not "
		    "mapped"), (int)str_utf8_cut(search.unknown, 60).len,
		    search.unknown.p);
		add_note(out, note);
	}
	decide(out, &search, stage_at(search.funnel, b24_deal_facts_stage(
	    search.funnel, fields_get(held, FIELD_STAGE))));
}
