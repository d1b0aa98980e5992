/*
 * Bitrix24's REST API as a struct remote (model/remote.h).
 *
 *   bitrix.c        open, prepare, the functions of struct remote
 *   b24_write.c     a request of creates, updates, deletes
 *   b24_find.c      look-ups, joined into lists
 *   b24_catalog.c   sections, products, prices: parameters and answers
 *   b24_batch.c     up to 50 commands in one call, the answer split again
 *   b24_call.c      one HTTP exchange: queue, redirect, expired token
 *   b24_auth.c      addresses, webhook and OAuth
 *   b24_error.c     every failure classified
 *   b24_limit.c     the two limits, one state per portal (b24_limit_file.c)
 *   b24_facts.c     what names mean on this portal (b24_value.c)
 *   b24_deal_*.c    deals: read (look, read, row, text), what names mean
 *                   (facts)
 *   b24_methods.c   every method, and how a lost answer is looked up
 *   b24_query.c     parameters in PHP's form
 *   b24_check.c     what `check` tells
 *
 * Sources: bitrix24.md and bitrix24-methods.md, each fact with its page.
 */
#ifndef BITRIX_BITRIX_H
#define BITRIX_BITRIX_H

#include "base/config.h"
#include "model/remote.h"

/* -1: ERR_USAGE (no address), ERR_SYSTEM.  Nothing is sent yet. */
int bitrix_open(struct remote *out, const struct config *config,
    struct err *err);

/*
 * For `check`: everything that the rules and rights need, told one by one.
 * ok false: what to mend is in text.  Returns how many are not ok; -1 with
 * ERR_PORTAL when the portal is away or refuses the credentials.
 */
int bitrix_check(struct remote *remote, const struct config *config,
    void (*tell)(void *ctx, bool ok, const char *text), void *ctx,
    struct err *err);

/* The limits as they are kept in limits_dir, without asking the portal. */
int bitrix_load_stored(const struct config *config,
    struct remote_load *out, struct err *err);

#endif
