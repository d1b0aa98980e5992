/*
 * The outbox file is where 1C and people write too.  What lies there is
 * looked at by bytes: the input is split at its first zero byte into two such
 * files.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "orders/orders.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every number is found behind the one before it, and there is an end. */
static void
look_for_numbers(struct str file)
{
	size_t at = 0, before = 0;
	int64_t number;

	while (order_file_number(file, &at, &number)) {
		if (number <= 0 || at <= before || at > file.len)
			abort();
		before = at;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *zero = size == 0 ? NULL : memchr(data, 0, size);
	size_t len = zero == NULL ? size : (size_t)(zero - data);
	struct str a = str_n((const char *)data, len);
	struct str b = zero == NULL ? a : str_n((const char *)zero + 1,
	    size - len - 1);

	if (!order_file_same(a, a) || !order_file_same(b, b) ||
	    order_file_same(a, b) != order_file_same(b, a))
		abort();
	look_for_numbers(a);
	look_for_numbers(b);
	return 0;
}
