/*
 * Why an order of 1C is no deal yet, for a plan and for status: its client is
 * doubtful or not there, its goods are not, or 1C has to say more of it.
 */
#include "flow/order.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/told.h"
#include "flow/choice.h"

static bool
is_stuck(const struct change *change)
{
	return change->state == CHANGE_FAILED || change->state == CHANGE_HELD;
}

/* The client's own trouble; who the candidates are, its own line says. */
static void
set_client(struct onec_wait *out, const struct change *client)
{
	char *message;

	out->coming = client != NULL && !is_stuck(client);
	if (client == NULL || out->coming) {
		(void)snprintf(out->code, sizeof(out->code), "%s",
		    "client-first");
		told_copy(out->text, sizeof(out->text), TOLD("its client is "
		    "not in the portal yet"));
		return;
	}
	message = choice_message(client->text);
	(void)snprintf(out->code, sizeof(out->code), "%s", client->code);
	told_set(out->text, sizeof(out->text), N_("its client waits: %s"),
	    message);
	free(message);
}

/* 1: the row that it depends on is a client's, and that is not there. */
static int
look_at_client(struct flow *flow, const struct change *change,
    struct onec_wait *out, struct err *err)
{
	struct change client;
	struct target target;
	struct image image;
	bool waits;
	int rc;

	if (change->state != CHANGE_WAITING || change->depends <= 0)
		return 0;
	image_init(&image);
	rc = snapshot_image_by_row(flow->snap, change->depends, &target,
	    &image, err);
	waits = rc == 0 && target_is_client(target.kind) &&
	    image.portal_id == 0;
	image_free(&image);
	if (!waits)
		return rc == -1 ? -1 : 0;
	rc = snapshot_change_get(flow->snap, change->depends, &client, err);
	out->row = change->depends;
	if (rc != -1)
		set_client(out, rc == 0 ? &client : NULL);
	return rc == -1 ? -1 : 1;
}

int
onec_wait_look(struct flow *flow, const struct change *change,
    struct onec_wait *out, struct err *err)
{
	struct onec_wait goods = { .row = 0 };
	int client, rc;

	*out = (struct onec_wait){ .row = 0 };
	if (change->verb != VERB_CREATE)
		return 0;
	if (is_stuck(change)) {
		(void)snprintf(out->code, sizeof(out->code), "%s",
		    change->code);
		told_copy(out->text, sizeof(out->text), change->text);
		return 1;
	}
	client = look_at_client(flow, change, out, err);
	if (client == -1 || (client == 1 && !out->coming))
		return client;
	rc = onec_goods_look(flow, &change->target, true, &goods, err);
	/* What is not on its way is said before what is. */
	if (rc == 1 && (client == 0 || !goods.coming))
		*out = goods;
	return rc == 0 ? client : rc;
}
