/*
 * What a text of 1C, or of a person in the rules, says of a rate of VAT
 * (commerceml.md 4).
 */
#ifndef MODEL_VAT_H
#define MODEL_VAT_H

#include <stdbool.h>

#include "base/decimal.h"

/* "Без НДС", "Без налога", "Не облагается"? */
bool vat_is_without(struct str text);
/* "20", "20%", "НДС 20 %": the number of per cent; false: it is none. */
bool vat_rate(struct decimal *out, struct str text);

#endif
