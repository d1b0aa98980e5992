/*
 * How the names, phones and e-mails of clients are compared: spelling that
 * means nothing is taken away.  Plain forms are for comparing alone, never
 * sent or shown.
 */
#ifndef MODEL_PARTY_H
#define MODEL_PARTY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/str.h"
#include "model/field.h"

/* A number of so many digits at most (E.164 has 15; extensions follow). */
#define PARTY_PHONE_BYTES 32

/*
 * Lower case, ё as е, quotes and punctuation away, blanks single, the legal
 * form ("ООО", "Общество с ограниченной ответственностью", "ИП" …) away at
 * either end.  Empty when nothing else is there.
 */
void party_name_plain(struct buf *out, struct str name);

/* What the legal form at either end of a name says; the first one that says
 * something.  Of a farm ("КФХ") its tax number tells more. */
enum party_form {
	PARTY_FORM_NONE = 0,
	PARTY_FORM_LEGAL,
	PARTY_FORM_FARM,
	PARTY_FORM_ENTREPRENEUR
};
enum party_form party_name_form(struct str name);

/* Does the name say a legal form, the other name too, and another one?  What a
 * form is called at full length, or was called before the reform of 2014
 * ("ОАО", "ЗАО": "АО"), is no other one. */
bool party_forms_differ(struct str a, struct str b);

/*
 * Several phones in one text ("8 (495) 111-22-33, 8 916 123-45-67", also with
 * ';', '/', "и"): the next one from *at (0 at first), with its extension, which
 * is no phone by itself ("доб. 12", ", 12").  False at the end.  A text with
 * one phone or none comes whole, and so does one of more than
 * LIMIT_PHONES_BYTES.
 */
bool party_phone_next(struct str text, size_t *at, struct str *phone);

/* Is the first a name cut down to its first letter ("И." of "Иван")? */
bool party_name_shortens(struct str initial, struct str name);

/* Lower case, ё as е, no blanks: the names of kinds ("Телефон рабочий" and
 * "ТелефонРабочий" are one). */
void party_word_plain(struct buf *out, struct str text);

/* ИНН, КПП and the like without the blanks that people type or paste into them,
 * also those without width; "" when it does not fit. */
#define PARTY_NUMBER_BYTES 16
void party_number_plain(char out[PARTY_NUMBER_BYTES], struct str text);

/* Digits; a Russian number begins with 7 (8 and ten digits are made so); an
 * extension is left out.  "" when it is no phone number: fewer than 7 digits,
 * or more than 15. */
void party_phone_plain(char out[PARTY_PHONE_BYTES], struct str phone);

/* Two phone numbers, and the same one; extensions are not looked at. */
bool party_phone_same(struct str a, struct str b);

/* The same one with the same extension, which is all digits that follow the
 * number: "доб. 12" and "#12" are one. */
bool party_phone_exact(struct str a, struct str b);

/* Does `a` say all that `b` says?  So does the same one with an extension
 * where `b` has none. */
bool party_phone_covers(struct str a, struct str b);

/* No digit follows its number: it has no extension. */
bool party_phone_bare(struct str phone);

/* Lower case (ASCII), trimmed; "" without exactly one '@' with something on
 * both sides and no blank. */
void party_email_plain(struct buf *out, struct str email);

/*
 * Fields of several lines (FIELD_PHONES …): the next line from *at (0 at
 * first), without the line end; false at the end.  Its parts: field_part().
 */
bool party_line_next(struct str lines, size_t *at, struct str *line);
/* Those by which a client is reached. */
#define PARTY_REACHED 3
extern const enum field party_reached[PARTY_REACHED];
/* Adds a line, as it is, behind the others. */
void party_line_append(struct buf *text, struct str line);
/* Adds a line at its sorted place, once; `text` holds the lines so far. */
void party_line_add(struct buf *text, struct str kind, struct str value);

/*
 * Adds one part of an address as people write it: what was said last (Москва is
 * a region and a city) is not repeated, nor the country that everybody is in.
 * *last: STR_NONE at first.
 */
void party_address_add(struct buf *out, struct str *last, struct str part);

#endif
