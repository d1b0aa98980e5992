#include "base/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXIT_NO_MEMORY 70

/* Uses nothing that could want memory itself. */
static _Noreturn void
give_up(void)
{
	static const char text[] = "cml24: out of memory\n";
	ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);

	(void)ignored;
	_exit(EXIT_NO_MEMORY);
}

void *
mem_alloc(size_t size)
{
	return mem_array(1, size);
}

void *
mem_array(size_t count, size_t size)
{
	void *memory;

	if (count == 0 || size == 0)
		count = size = 1;
	memory = calloc(count, size);
	if (memory == NULL)
		give_up();
	return memory;
}

void *
mem_resize(void *old, size_t count, size_t size)
{
	void *memory;

	if (count == 0 || size == 0)
		count = size = 1;
	if (count > SIZE_MAX / size)
		give_up();
	memory = realloc(old, count * size);
	if (memory == NULL)
		give_up();
	return memory;
}

char *
mem_text(const char *text)
{
	if (text == NULL)
		return NULL;
	return mem_text_n(text, strlen(text));
}

char *
mem_text_n(const char *text, size_t len)
{
	char *copy;

	if (len == SIZE_MAX)
		give_up();
	copy = mem_resize(NULL, len + 1, 1);
	if (len > 0)
		memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

char *
mem_printf(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = mem_vprintf(format, args);
	va_end(args);
	return text;
}

char *
mem_vprintf(const char *format, va_list args)
{
	va_list again;
	char *text;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (len < 0)
		give_up();      /* only a text past INT_MAX comes here */
	text = mem_resize(NULL, (size_t)len + 1, 1);
	vsnprintf(text, (size_t)len + 1, format, args);
	return text;
}
