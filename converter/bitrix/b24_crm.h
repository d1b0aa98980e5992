/*
 * Clients: companies, contacts, what hangs on them, and what the CRM's names
 * mean; user fields, which deals have too.  A part of b24_internal.h, which
 * includes it.
 */
#ifndef BITRIX_B24_CRM_H
#define BITRIX_B24_CRM_H

#include "bitrix/b24_internal.h"

/* ---- clients: b24_client.c, b24_client_lines.c ---- */

/* (In a brief: b24_party_list, b24_party_row; check-exports wants the
 * file's name.)  The list command of companies, or of contacts (also for
 * TARGET_PERSON), with all of their fields, but for its filter. */
void b24_client_list(enum target_kind target, struct b24_command *out);
/* 4 or 3. */
int64_t b24_client_type(enum target_kind target);
/*
 * One row of crm.item.list in our terms, for op->target.kind; no
 * FIELD_TAXPAYER, for that is of its requisites.  FIELD_COMPANIES: the ids,
 * a line each.  For an op of OP_UPDATE (a look before it) the lines of
 * phones, e-mails and sites have the portal's id as a third part.
 */
void b24_client_row(const struct b24 *b24, const struct op *op,
    const cJSON *row, struct found *out);
/* As b24_object_write(), b24_object_taken(). */
bool b24_client_write(const struct b24 *b24, struct op *op,
    const struct fields *held, struct b24_command *out);
void b24_client_taken(const struct b24 *b24, struct op *op,
    const cJSON *result);

/* The field of lines, its typeId of `fm`; NULL: not one of them. */
const char *b24_client_lines_type(enum field field);
/* Appends the field's lines as fields[fm][…]; *added counts them on. */
void b24_client_lines_create(struct b24_command *out, enum field field,
    struct str wanted, size_t *added);
/* The same for an update: adds what is missing, empties what went away and
 * doubles of ours; a phone's new extension, and another kind of what stays,
 * change the line that it has. */
struct b24_client_lines {
	enum field field;
	struct str wanted, before, held;        /* held: with ids */
	const struct fields *unsure;            /* of the op */
	bool yields;            /* what the portal took away stays away */
};
/* Returns how many lines are said; *yielded: how many were not, since the
 * portal took them away. */
size_t b24_client_lines_update(struct b24_command *out,
    const struct b24_client_lines *lines, size_t *added, size_t *yielded);
/* Has each side replaced a value that both had agreed on? */
bool b24_client_lines_contradict(const struct b24_client_lines *lines);
/* Does the portal show every wanted line? */
bool b24_client_lines_shown(enum field field, struct str wanted,
    struct str shown);
/* Of a row's `fm`, the lines of this field. */
void b24_client_lines_read(struct buf *out, enum field field,
    const cJSON *fm, bool with_ids);

/* FIELD_USER_FIELDS: b24_client_fields.c.  What is said of a client that is
 * made; of one that is changed (true: something is; what people put there and
 * may keep is in op->kept). */
void b24_client_fields_create(const struct b24 *b24, const struct op *op,
    struct b24_command *out);
bool b24_client_fields_update(const struct b24 *b24, struct op *op,
    const struct fields *held, struct b24_command *out);
/* Puts what was not taken, or could not be said, into op->dropped (and what
 * was into op->taken, why into op->text).  row: the answer; NULL: nothing was
 * sent. */
void b24_client_fields_taken(const struct b24 *b24, struct op *op,
    const cJSON *row);
/* Do 1C's lines say what the portal's lines do, as the field of that rule
 * understands both?  Of many values, at least that. */
bool b24_client_fields_say(const struct b24 *b24, bool company,
    struct str rule, struct str lines, struct str portals);
/* Appends what the row shows of them. */
void b24_client_fields_read(const struct b24 *b24, const struct op *op,
    const cJSON *row, struct fields *out);

/* ---- requisites, bank details, addresses: b24_crm.c ---- */

/* The list command of a kind, but for its filter.  Filters: requisites
 * @ENTITY_ID and ENTITY_TYPE_ID (b24_crm_holder()), bank details @ENTITY_ID,
 * addresses @ENTITY_ID (ENTITY_TYPE_ID 8 is in the list command already),
 * each of op->parent_id; or @ID of op->portal_id, but not for addresses:
 * their portal_id is the type, so they always go by parent_id. */
void b24_crm_list(enum target_kind target, struct b24_command *out);
/* One row in our terms; an address's portal_id is its type. */
void b24_crm_row(const struct op *op, const cJSON *row, struct found *out);
/* Is this row what the op asks for (parent, account, type; or its id)?
 * Old lists ignore filters that they do not know. */
bool b24_crm_is_asked(const struct op *op, const cJSON *row);
/* 4 or 3: what holds the requisite of this op, by FIELD_HOLDER. */
int64_t b24_crm_holder(const struct op *op);
/* As b24_object_write(), b24_object_taken(). */
bool b24_crm_write(const struct b24 *b24, struct op *op,
    const struct fields *held, struct b24_command *out);
void b24_crm_taken(struct op *op, const cJSON *result);
/* fields[name] of a command; nothing for an empty value. */
void b24_crm_say(struct b24_command *out, const char *name, struct str value);
/* Does what the portal shows say what 1C wants?  Comments in the portal's own
 * form, and a name of which 1C has but the initial, do. */
bool b24_crm_says(enum field field, struct str shown, struct str wanted);
/* A single-valued field that an update names: shall it be said?  Fills
 * op->kept where the portal's own value stays, op->overruled where it does
 * not. */
bool b24_crm_is_due(struct op *op, enum field field,
    const struct fields *held);

/* ---- what names of the CRM mean: b24_crm_facts.c ---- */

/* Only when config->counterparties.given.  As b24_facts_read(). */
int b24_crm_facts_read(struct b24 *b24, struct err *err);
void b24_crm_facts_free(struct b24_crm_facts *crm);
void b24_crm_facts_wrong(const struct b24 *b24, struct buf *wrong);
/* The id of the preset for FIELD_PRESET's word; 0: there is none. */
int64_t b24_crm_facts_preset(const struct b24 *b24, struct str kind);
/* STATUS_ID of COMPANY_TYPE, or of a contact's type of the same meaning, by id
 * or name; NULL: there is none. */
const char *b24_crm_facts_type(const struct b24 *b24, enum target_kind kind,
    struct str text);
/* Is a user field of clients one of money, which has a currency? */
bool b24_crm_facts_has_money(const struct b24 *b24);
/* The word for FIELD_PRESET of a preset's id; "": none of ours. */
const char *b24_crm_facts_preset_word(const struct b24 *b24, int64_t id);
/* The presets alone, for orders without counterparties: their command, its
 * rows, and the pages from `next` on. */
void b24_crm_facts_ask_presets(struct b24_command *command);
void b24_crm_facts_take_presets(struct b24 *b24,
    const struct b24_command *command);
int b24_crm_facts_more_presets(struct b24 *b24, int64_t next,
    struct err *err);
/* The pages of a list from `next` on (0, -1: there are none): each is asked
 * for, then taken.  As b24_facts_read(). */
int b24_crm_facts_pages(struct b24 *b24, int64_t next,
    void (*ask)(struct b24_command *command),
    void (*take)(struct b24 *b24, const struct b24_command *command),
    struct err *err);

/* ---- users that rules name: b24_user.c ---- */

/* Collects them into facts.crm.users; how many commands ask for them. */
size_t b24_user_begin(struct b24 *b24);
/* These commands, one behind the other; the last one may have pages. */
void b24_user_ask(const struct b24 *b24, struct b24_command *commands);
void b24_user_take(struct b24 *b24, const struct b24_command *command);
/* The pages of the last one from `next` on.  As b24_facts_read(). */
int b24_user_more(struct b24 *b24, int64_t next, struct err *err);
void b24_user_free(struct b24_crm_facts *crm);
/* The user's id; 0: not known. */
int64_t b24_user_id(const struct b24 *b24, struct str text);
/* The same; 0 also of one who has left the portal. */
int64_t b24_user_at_work(const struct b24 *b24, struct str text);
/* Adds a line for each rule that names nobody. */
void b24_user_wrong(const struct b24 *b24, struct buf *wrong);
/* Does default_user or a rule of `users` name somebody by e-mail? */
bool b24_user_has_emails(const struct config *config);
/* What is to be said where the permissions show none. */
const char *b24_user_no_emails(void);

/* ---- user fields: b24_user_field.c, b24_user_value.c ---- */

/* The command that lists those of one kind of object: a B24_…_FIELD_LIST. */
void b24_user_field_ask(struct b24_command *command, enum b24_method list);
/* Fills *field with what the rule's right side names among the rows. */
void b24_user_field_take(struct b24_user_field *field,
    const struct config_pair *rule, const cJSON *rows);
/* What it holds, not itself. */
void b24_user_field_free(struct b24_user_field *field);
/* The text of a list's item, NULL: there is none. */
const char *b24_user_field_item(const struct b24_user_field *field,
    int64_t id);
/* The id of a list's item by its text, 0: there is none. */
int64_t b24_user_field_item_named(const struct b24_user_field *field,
    struct str text);

enum b24_user_form {
	B24_FORM_TEXT,
	B24_FORM_WHOLE,
	B24_FORM_NUMBER,
	B24_FORM_MONEY,
	B24_FORM_FLAG,
	B24_FORM_DAY,
	B24_FORM_TIME,
	B24_FORM_LIST,
	B24_FORM_USER,          /* said by the user's id */
	B24_FORM_NONE           /* files, bindings: cannot be filled */
};
enum b24_user_form b24_user_value_form(const struct b24_user_field *known);
/* The portal's text of our value; "" for one that says nothing, and for 0
 * ("N" of a flag).  currency: for money.  -1: the field cannot hold it;
 * `why`: a told text (base/told.h). */
int b24_user_value_say(char out[LIMIT_DEAL_VALUE],
    const struct b24_user_field *known, struct str value,
    struct str currency, char why[256]);
/* And back: appends what the portal holds, as 1C would say it; nothing for
 * nothing.  Of several values the first. */
void b24_user_value_read(struct buf *out, const struct b24_user_field *known,
    const cJSON *item);

#endif
