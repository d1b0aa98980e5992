/*
 * Values of lists.  What is known is trusted; where one value of a list is not,
 * or where the list may be a flag, for it has one value of ours alone
 * (b24_property.lone), the list is read whole, and each of its values
 * recognised: by what it was before, by our mark, by its text.  What is missing
 * is made, and a text that 1C changed under our mark is changed there.
 */
#include "bitrix/b24_term.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* A value of a list as the portal has it. */
struct row {
	int64_t property, id;
	char *text, *mark;
	uint64_t hash;          /* of the text as a name */
	bool taken;             /* a value of 1C stands for it */
};

/* A value of 1C and the list that it is of. */
struct value {
	struct term *term;
	const struct b24_property *property;
};

/* How many values a list has. */
struct held {
	size_t count;
	int64_t last;           /* id of one of them */
};

struct lists {
	struct b24 *b24;
	struct held *held;      /* by place in b24->facts.properties */
	struct value *values;   /* of lists that are read, by property */
	size_t value_count;
	struct row *rows;       /* by property and hash, when sorted */
	size_t row_count, row_size;
	struct term_set *by_id, *by_mark;       /* index in rows + 1 */
	struct b24_command *commands;
	size_t command_count;
	struct b24_making making;
};

/* ---- which list a value is of ---- */

/* portal_id of the term of its property; *moved: it has become another one, so
 * what was known of its values is worth nothing. */
static int64_t
list_of(const struct b24 *b24, const struct term_set *index,
    const struct terms *terms, const int64_t *before,
    const struct term *value, bool *moved)
{
	enum term_kind kind = value->of_trait ? TERM_TRAIT : TERM_PROPERTY;
	int64_t at = term_set_get(index, kind, STR_NONE, str_of(value->of));
	const struct b24_term *known;

	*moved = false;
	if (at == 0) {
		known = b24_term_get(b24, kind, STR_NONE, str_of(value->of));
		return known != NULL ? known->portal_id : 0;
	}
	*moved = before[at - 1] != 0 &&
	    before[at - 1] != terms->items[at - 1].portal_id;
	return terms->items[at - 1].portal_id;
}

static struct term_set *
index_properties(const struct terms *terms)
{
	struct term_set *index = term_set_new();

	for (size_t i = 0; i < terms->count; i++) {
		const struct term *term = &terms->items[i];

		if (term->kind == TERM_PROPERTY || term->kind == TERM_TRAIT)
			term_set_put(index, term->kind, STR_NONE,
			    str_of(term->id), (int64_t)i + 1);
	}
	return index;
}

static int
compare_values(const void *a, const void *b)
{
	const struct value *one = a, *two = b;

	if (one->property->id != two->property->id)
		return one->property->id < two->property->id ? -1 : 1;
	/* 1C's order. */
	return one->term < two->term ? -1 : one->term > two->term;
}

/* Values of lists, also those that need nothing.  Of a property that is no
 * list in the portal a value is its text. */
static void
collect(struct lists *lists, struct terms *terms, const int64_t *before)
{
	struct term_set *index = index_properties(terms);
	const struct b24 *b24 = lists->b24;

	for (size_t i = 0; i < terms->count; i++) {
		struct term *term = &terms->items[i];
		const struct b24_property *property;
		bool moved;
		int64_t id;

		if (term->kind != TERM_VALUE)
			continue;
		id = list_of(b24, index, terms, before, term, &moved);
		property = id == 0 ? NULL : b24_term_find_property(b24,
		    b24_term_find_iblock(b24, term->of_trait ? TERM_TRAIT :
		    TERM_PROPERTY), id);
		if (moved || property == NULL || property->type != 'L')
			term->portal_id = 0;
		if (property != NULL && property->type == 'L')
			lists->values[lists->value_count++] = (struct value){
			    term, property };
	}
	term_set_free(index);
	qsort(lists->values, lists->value_count, sizeof(*lists->values),
	    compare_values);
}

/* The end of the values of the list that begins at `at`. */
static size_t
end_of(const struct lists *lists, size_t at)
{
	size_t end = at;

	while (end < lists->value_count && lists->values[end].property ==
	    lists->values[at].property)
		end++;
	return end;
}

/* Lists of which every value is known are left out, unless it is the only
 * one. */
static void
leave_known(struct lists *lists)
{
	size_t kept = 0, end;

	for (size_t at = 0; at < lists->value_count; at = end) {
		bool unknown;

		end = end_of(lists, at);
		unknown = end - at == 1 &&
		    !lists->values[at].property->multiple;
		for (size_t i = at; i < end; i++)
			if (lists->values[i].term->portal_id == 0 ||
			    lists->values[i].term->doubted)
				unknown = true;
		if (!unknown)
			continue;
		memmove(lists->values + kept, lists->values + at,
		    (end - at) * sizeof(*lists->values));
		kept += end - at;
	}
	lists->value_count = kept;
}

/* ---- reading ---- */

static void
hold(struct lists *lists, const struct b24_property *list, int64_t id)
{
	struct held *held = &lists->held[list -
	    lists->b24->facts.properties];

	held->count++;
	held->last = id;
}

static void
take_row(void *ctx, const struct b24_command *command, const cJSON *row)
{
	struct lists *lists = ctx;
	const struct value *value = command->user;
	struct row *out;

	/* A filter that was ignored shows other lists too. */
	if (json_int_of(row, "propertyId") != value->property->id ||
	    json_int_of(row, "id") <= 0)
		return;
	if (lists->row_count == lists->row_size) {
		lists->row_size = lists->row_size == 0 ? 64 :
		    lists->row_size * 2;
		lists->rows = mem_resize(lists->rows, lists->row_size,
		    sizeof(*lists->rows));
	}
	out = &lists->rows[lists->row_count++];
	out->property = value->property->id;
	out->id = json_int_of(row, "id");
	out->text = json_text_of(row, "value");
	out->mark = json_text_of(row, "xmlId");
	out->hash = str_name_hash(str_of(out->text));
	out->taken = false;
	hold(lists, value->property, out->id);
}

static int
compare_rows(const void *a, const void *b)
{
	const struct row *one = a, *two = b;

	if (one->property != two->property)
		return one->property < two->property ? -1 : 1;
	if (one->hash != two->hash)
		return one->hash < two->hash ? -1 : 1;
	return one->id < two->id ? -1 : one->id > two->id;
}

static struct str
number_text(int64_t number, char space[24])
{
	(void)snprintf(space, 24, "%" PRId64, number);
	return str_of(space);
}

static void
index_rows(struct lists *lists)
{
	char space[24], id[24];

	if (lists->row_count > 0)
		qsort(lists->rows, lists->row_count, sizeof(*lists->rows),
		    compare_rows);
	/* From the end: of two with one mark the first counts. */
	for (size_t i = lists->row_count; i > 0; i--) {
		const struct row *row = &lists->rows[i - 1];
		struct str of = number_text(row->property, space);

		term_set_put(lists->by_id, TERM_VALUE, of, number_text(
		    row->id, id), (int64_t)i);
		if (row->mark[0] != '\0')
			term_set_put(lists->by_mark, TERM_VALUE, of,
			    str_of(row->mark), (int64_t)i);
	}
}

static int
read_lists(struct lists *lists, struct err *err)
{
	static const char *const select[] = { "id", "propertyId", "value",
	    "xmlId" };
	struct b24_command *commands = mem_array(lists->value_count + 1,
	    sizeof(*commands));
	size_t count = 0;
	int rc;

	for (size_t at = 0; at < lists->value_count;
	    at = end_of(lists, at)) {
		struct b24_command *command = &commands[count++];

		b24_batch_command_init(command, B24_PROPERTY_ENUM_LIST);
		for (size_t i = 0; i < sizeof(select) / sizeof(*select); i++)
			b24_query_item(&command->query, "select", i,
			    str_of(select[i]));
		b24_query_int(&command->query, "filter[propertyId]",
		    lists->values[at].property->id);
		b24_query_text(&command->query, "order[id]", "ASC");
		command->user = &lists->values[at];
	}
	rc = b24_blocking_read(lists->b24, commands, count, take_row, lists,
	    err);
	for (size_t i = 0; i < count; i++)
		b24_batch_command_free(&commands[i]);
	free(commands);
	if (rc == 0)
		index_rows(lists);
	return rc;
}

/* ---- recognising ---- */

static struct row *
row_at(struct lists *lists, const struct term_set *set,
    const struct value *value, struct str key)
{
	char space[24];
	int64_t at = term_set_get(set, TERM_VALUE, number_text(
	    value->property->id, space), key);

	return at > 0 ? &lists->rows[at - 1] : NULL;
}

static struct row *
by_text(struct lists *lists, const struct value *value)
{
	struct str text = str_of(value->term->name);
	uint64_t hash = str_name_hash(text);
	size_t low = 0, high = lists->row_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct row *row = &lists->rows[middle];

		if (row->property < value->property->id || (row->property ==
		    value->property->id && row->hash < hash))
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < lists->row_count; low++) {
		struct row *row = &lists->rows[low];

		if (row->property != value->property->id ||
		    row->hash != hash)
			break;
		if (!row->taken && str_same_name(str_of(row->text), text))
			return row;
	}
	return NULL;
}

static void
say_value(struct lists *lists, struct value *value,
    enum b24_method method, int64_t sort)
{
	struct b24_command *command =
	    &lists->commands[lists->command_count++];

	b24_batch_command_init(command, method);
	if (method == B24_PROPERTY_ENUM_UPDATE)
		b24_query_int(&command->query, "id", value->term->portal_id);
	b24_query_int(&command->query, "fields[propertyId]",
	    value->property->id);
	b24_term_say(command, "fields[value]", value->term->name);
	b24_term_say(command, "fields[xmlId]", value->term->id);
	if (method == B24_PROPERTY_ENUM_ADD)
		b24_query_int(&command->query, "fields[sort]", sort);
	command->user = value;
}

/* By what it was before, and by our mark. */
static void
recognise(struct lists *lists)
{
	char space[24];

	for (size_t i = 0; i < lists->value_count; i++) {
		struct value *value = &lists->values[i];
		struct term *term = value->term;
		struct row *row = NULL;

		if (term->portal_id > 0)
			row = row_at(lists, lists->by_id, value,
			    number_text(term->portal_id, space));
		if (row == NULL)
			row = row_at(lists, lists->by_mark, value,
			    str_of(term->id));
		term->portal_id = row != NULL ? row->id : 0;
		if (row == NULL)
			continue;
		row->taken = true;
		if (strcmp(row->mark, term->id) == 0 && !str_eq(str_trim(
		    str_of(row->text)), str_trim(str_of(term->name))))
			say_value(lists, value, B24_PROPERTY_ENUM_UPDATE, 0);
	}
}

/* The rest by their texts; what is still missing is made.  Lists that a type
 * of its own keeps are not added to. */
static void
recognise_rest(struct lists *lists)
{
	size_t end;

	for (size_t at = 0; at < lists->value_count; at = end) {
		end = end_of(lists, at);
		for (size_t i = at; i < end; i++) {
			struct value *value = &lists->values[i];
			struct row *row;

			if (value->term->portal_id != 0)
				continue;
			row = by_text(lists, value);
			if (row != NULL) {
				row->taken = true;
				value->term->portal_id = row->id;
			} else if (str_of(value->property->user_type).len ==
			    0) {
				say_value(lists, value,
				    B24_PROPERTY_ENUM_ADD,
				    10 * (int64_t)(i - at + 1));
			}
		}
	}
}

/* ---- making ---- */

static void
take_made(void *ctx, const struct b24_command *command)
{
	struct lists *lists = ctx;
	const struct value *value = command->user;
	struct term *term = value->term;
	int64_t id;

	if (command->method == B24_PROPERTY_ENUM_UPDATE)
		b24_term_refused(term, command, true);
	if (!b24_term_made(&lists->making, command, term->name, &id))
		return;
	term->portal_id = id;
	if (command->method == B24_PROPERTY_ENUM_ADD)
		hold(lists, value->property, id);
}

static int
write_lists(struct lists *lists, struct err *err)
{
	int rc = b24_blocking_write(lists->b24, lists->commands,
	    lists->command_count, take_made, lists, err);

	return rc == 0 ? lists->making.rc : rc;
}

/* Of what the lists have by now that were read: rows, and what was made. */
static void
keep_lone(struct lists *lists)
{
	struct b24_property *all = lists->b24->facts.properties;

	for (size_t i = 0; i < lists->value_count; i++) {
		const struct b24_property *list = lists->values[i].property;
		const struct held *held = &lists->held[list - all];

		all[list - all].lone = held->count == 1 && !list->multiple ?
		    held->last : 0;
	}
}

static int
learn_lists(struct lists *lists, bool may_make, struct err *err)
{
	int rc = 0;

	if (read_lists(lists, err) == -1)
		return -1;
	/* Each value needs one command at the most. */
	lists->commands = mem_array(lists->value_count + 1,
	    sizeof(*lists->commands));
	recognise(lists);
	recognise_rest(lists);
	if (may_make)
		rc = write_lists(lists, err);
	keep_lone(lists);
	return rc;
}

static void
lists_free(struct lists *lists)
{
	for (size_t i = 0; i < lists->command_count; i++)
		b24_batch_command_free(&lists->commands[i]);
	for (size_t i = 0; i < lists->row_count; i++) {
		free(lists->rows[i].text);
		free(lists->rows[i].mark);
	}
	term_set_free(lists->by_id);
	term_set_free(lists->by_mark);
	free(lists->commands);
	free(lists->held);
	free(lists->rows);
	free(lists->values);
}

int
b24_term_value_learn(struct b24 *b24, struct terms *terms,
    const int64_t *before, bool may_make, bool *unsure, struct err *err)
{
	struct lists lists = { .b24 = b24,
	    .making = { b24, unsure, 0, err } };
	int rc = 0;

	lists.values = mem_array(terms->count + 1, sizeof(*lists.values));
	collect(&lists, terms, before);
	leave_known(&lists);
	if (lists.value_count > 0) {
		lists.held = mem_array(b24->facts.property_count + 1,
		    sizeof(*lists.held));
		lists.by_id = term_set_new();
		lists.by_mark = term_set_new();
		rc = learn_lists(&lists, may_make, err);
	}
	lists_free(&lists);
	return rc;
}
