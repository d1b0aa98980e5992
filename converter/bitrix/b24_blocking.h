/*
 * Many commands, one after the other and blocking: for what is read and made
 * before a run sends anything, and for stock documents.
 */
#ifndef BITRIX_B24_BLOCKING_H
#define BITRIX_B24_BLOCKING_H

#include "bitrix/b24_internal.h"

/*
 * Reads lists, all of their pages, in as few exchanges as may be.  The commands
 * have their filters and no start; visit() gets each row with the command
 * that it answers.  -1: ERR_PORTAL, also for an answer that has no list, or a
 * list that does not end; ERR_ITEM instead, where the command is `optional` and
 * the portal is there and will not answer just that.
 */
int b24_blocking_read(struct b24 *b24, const struct b24_command *commands,
    size_t count, void (*visit)(void *ctx, const struct b24_command *command,
    const cJSON *row), void *ctx, struct err *err);

/*
 * Sends writes.  What was not executed is sent again, for as long as
 * portal.retry_max_seconds; what was refused, or may have been executed, is
 * not.  take() gets each command once: done with its result, or not done with
 * its error.  After an answer was lost, or where nothing goes through, the rest
 * is not sent: its error is B24_FATE_AGAIN.  -1: libcurl failed.
 */
int b24_blocking_write(struct b24 *b24, struct b24_command *commands,
    size_t count, void (*take)(void *ctx, const struct b24_command *command),
    void *ctx, struct err *err);

#endif
