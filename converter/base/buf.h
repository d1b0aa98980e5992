/*
 * A byte buffer that grows up to a maximum which is known when it is made.
 * Past the maximum an append changes nothing, returns -1 and the buffer is
 * "full" until it is cleared; so a row of appends can be checked once.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

struct buf {
	char *data;     /* NULL or `len` bytes and a NUL behind them */
	size_t len;
	size_t size;    /* bytes allocated */
	size_t max;     /* largest len */
	bool full;      /* an append did not fit */
};

#define BUF_INIT(limit) { NULL, 0, 0, (limit), false }

void buf_init(struct buf *buf, size_t max);
void buf_free(struct buf *buf);         /* leaves it empty and usable */
void buf_clear(struct buf *buf);        /* len 0, memory kept */

/* 0, or -1 when it would pass max. */
int buf_add(struct buf *buf, const void *data, size_t len);
int buf_add_text(struct buf *buf, const char *text);
int buf_add_char(struct buf *buf, char c);
__attribute__((format(printf, 2, 3)))
int buf_printf(struct buf *buf, const char *format, ...);

/* The text, never NULL; valid until the next change. */
const char *buf_text(const struct buf *buf);

/* Gives the memory to the caller (free()), never NULL; the buf is empty. */
char *buf_take(struct buf *buf);

#endif
