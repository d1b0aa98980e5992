/*
 * Counterparties and documents are kept row by row as they stood in the file
 * (FIELD_FLAT, written by commerceml/cml_flat.c): an element with children has
 * a row with no text, then theirs, then its own text.  Here the rows are
 * elements again.
 */
#ifndef MODEL_FLAT_H
#define MODEL_FLAT_H

#include <stdbool.h>
#include <stddef.h>

#include "model/field.h"

/* An element: its rows from `at` to `end`, and how much of their paths leads
 * to it.  The fields are borrowed. */
struct flat_node {
	const struct fields *fields;
	size_t at, end, above;
};

void flat_root(struct flat_node *out, const struct fields *record);
/* The first text that says something at a path below the node, as `plain`
 * leaves it (STR_NONE: nothing is said); NULL: the node's own text.
 * STR_NONE when there is none. */
struct str flat_text(const struct flat_node *node, const char *wanted,
    struct str (*plain)(struct str text));
/* The next element at that path; *at starts as 0.  False at the end. */
bool flat_next(const struct flat_node *node, const char *wanted, size_t *at,
    struct flat_node *out);

#endif
