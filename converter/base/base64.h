/* Base64 (RFC 4648, section 4), for the bytes of pictures in JSON. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/buf.h"
#include "base/str.h"

/* Appends the text, padded and in one line: 0, or -1 when it would pass
 * out->max, and nothing is appended then. */
int base64_add(struct buf *out, struct str bytes);

#endif
