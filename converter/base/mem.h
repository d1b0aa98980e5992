/*
 * Memory that does not fail: when there is none the program says so and ends
 * (exit 70).  The journal makes that safe.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stdarg.h>
#include <stddef.h>

/* All return memory that the caller frees with free(); never NULL. */
void *mem_alloc(size_t size);           /* zeroed */
void *mem_array(size_t count, size_t size); /* zeroed, overflow checked */
void *mem_resize(void *old, size_t count, size_t size);
char *mem_text(const char *text);       /* a copy; NULL stays NULL */
char *mem_text_n(const char *text, size_t len); /* a copy, NUL added */
__attribute__((format(printf, 1, 2)))
char *mem_printf(const char *format, ...);
__attribute__((format(printf, 1, 0)))
char *mem_vprintf(const char *format, va_list args);

#endif
