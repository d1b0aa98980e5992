/* What b24_property.c has of b24_property_shown.c: a value as it is shown. */
#ifndef BITRIX_B24_PROPERTY_SHOWN_H
#define BITRIX_B24_PROPERTY_SHOWN_H

#include "bitrix/b24_internal.h"

/* Is that the property's user type: "Date", "BoolEnum"? */
bool b24_property_shown_is(const struct b24_property *property,
    const char *type);
bool b24_property_shown_is_time(const struct b24_property *property);

/* "2026-01-15T10:20:30", "15.01.2026 10:20:30" and what is shorter, in the
 * portal's spelling for that property; the zone is not looked at.  False: it
 * is no time. */
bool b24_property_shown_time(const struct b24_property *property,
    struct str text, char out[64]);

/* The next value of `item` that says something, from *at (the first at
 * first).  `space` may hold it. */
const cJSON *b24_property_shown_first(const cJSON *item);
bool b24_property_shown_next(const cJSON *item, const cJSON **at,
    char space[32], struct str *value);

/* Does `item` show all that was said, and nothing else?  `said`: `count`
 * values, each ended by FIELD_PART. */
bool b24_property_shown_same(const struct b24_property *property,
    struct str said, size_t count, const cJSON *item);

#endif
