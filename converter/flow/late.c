/*
 * Pictures that come after the XML that names them.  1C writes them before it,
 * but people, shares and rsync copy in an order of their own, and what lies in
 * the folder is gone with 1C's next export.  So what a record named and did
 * not get is remembered (snapshot_owed.c); a file of that path is claimed when
 * it comes, and the record gets its hash as if it had come in time.
 *
 * It is no statement of 1C: the record's time, its session and who named it
 * stay as they are.
 */
#include "flow/flow_internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/i18n.h"
#include "base/mem.h"

#define ROOT_NODE "file:"

/*
 * Whose folder the node's files come to.  All single files of the inbox's root
 * have one import_files/ beside them; what was copied elsewhere, or came in a
 * zip, has none: NULL.
 */
static const char *
folder_of(const char *node)
{
	if (strncmp(node, ROOT_NODE, sizeof(ROOT_NODE) - 1) == 0)
		return ROOT_NODE;
	return session_is_by_hand(node) ? NULL : node;
}

/* ---- what records lack ---- */

/* The folder of the XML file, in the package. */
static char *
place_of(const char *xml)
{
	const char *slash = strrchr(xml, '/');

	return slash == NULL ? mem_text("") :
	    mem_text_n(xml, (size_t)(slash - xml));
}

/*
 * *owed: whether anything may be owed already.  While nothing is, what came is
 * not worth a word; a package that says a thing twice may owe its first
 * picture to the second saying.
 */
int
late_note(struct flow *flow, const struct record *record,
    enum staged staged, const char *xml, bool *owed,
    const struct picture_notes *notes, struct err *err)
{
	char *place;
	int rc = 0;

	if (!flow->config->catalog.pictures || staged == STAGED_OLDER ||
	    (record->kind != RECORD_PRODUCT && record->kind != RECORD_OFFER) ||
	    (notes->count == 0 && !*owed))
		return 0;
	place = place_of(xml);
	if (notes->count == 0)
		rc = snapshot_owed_note(flow->snap, record->kind, record->id,
		    "", place, OWED_CAME, err);
	for (size_t i = 0; rc == 0 && i < notes->count; i++) {
		const struct picture_note *note = &notes->items[i];

		*owed = *owed || note->came >= OWED_MISSING;
		if (*owed)
			rc = snapshot_owed_note(flow->snap, record->kind,
			    record->id, note->path, place, note->came, err);
	}
	free(place);
	return rc;
}

/* ---- which files are wanted ---- */

static int
stop_at_first(void *ctx, const struct owed *owed, struct err *err)
{
	(void)ctx;              /* that there is one is all that counts */
	(void)owed;
	(void)err;
	return 1;
}

/* 1; 0; -1. */
static int
is_owed(struct flow *flow, const char *folder, const char *file,
    struct err *err)
{
	return snapshot_owed_each(flow->snap, folder, file, stop_at_first,
	    NULL, err);
}

/* Where nothing is owed no file is looked at. */
static int
is_any_owed(struct flow *flow, const char *folder, bool *any,
    struct err *err)
{
	*any = false;
	if (folder == NULL || !flow->config->catalog.pictures)
		return 0;
	return snapshot_owed_any(flow->snap, folder, any, err);
}

int
late_choose(struct flow *flow, const struct intake_list *list, size_t from,
    size_t to, bool *take, bool *any, struct err *err)
{
	const char *folder = folder_of(list->files[from].node);
	bool owed;
	int rc;

	*any = false;
	if (is_any_owed(flow, folder, &owed, err) == -1)
		return -1;
	for (size_t i = from; i < to; i++) {
		rc = owed && take[i] ? is_owed(flow, folder,
		    list->files[i].inner, err) : 0;
		if (rc == -1)
			return -1;
		take[i] = rc == 1;
		*any = *any || take[i];
	}
	return 0;
}

/* ---- a package that brings some ---- */

static int
gather_one(struct flow *flow, const char *folder, const char *name,
    struct late *late, struct picture_tally *tally, struct err *err)
{
	struct late_file *file;
	char hex[SHA256_HEX] = "";
	char *path = file_join(folder, name);
	int rc = picture_keep(flow, path, hex, err);

	free(path);
	if (rc == -1 || rc == 2)
		return rc == -1 ? -1 : 0;
	if (rc == 1) {
		picture_note_odd(tally, name);
		hex[0] = '\0';
	} else {
		tally->kept++;
	}
	/* Grows at powers of two. */
	if ((late->count & (late->count - 1)) == 0)
		late->files = mem_resize(late->files, late->count == 0 ? 1 :
		    late->count * 2, sizeof(*late->files));
	file = &late->files[late->count++];
	file->name = name;
	memcpy(file->hex, hex, sizeof(hex));
	return 0;
}

/* One that the package states itself has what the package brings. */
static int
stop_at_other(void *ctx, const struct owed *owed, struct err *err)
{
	struct flow *flow = ctx;
	bool noted;

	if (snapshot_owed_is_noted(flow->snap, owed, &noted, err) == -1)
		return -1;
	return !noted;
}

int
late_gather(struct flow *flow, const char *folder, const char *node,
    const struct intake_list *files, struct late *late,
    struct picture_tally *tally, struct err *err)
{
	const char *at = folder_of(node);
	bool owed;
	int rc = is_any_owed(flow, at, &owed, err);

	for (size_t i = 0; rc == 0 && owed && i < files->count; i++) {
		const struct intake_file *file = &files->files[i];

		if (file->kind != INTAKE_OTHER)
			continue;
		rc = snapshot_owed_each(flow->snap, at, file->name,
		    stop_at_other, flow, err);
		if (rc == 1)
			rc = gather_one(flow, folder, file->name, late, tally,
			    err);
	}
	return rc;
}

void
late_free(struct late *late)
{
	free(late->files);
	*late = (struct late){ NULL, 0, 0 };
}

/* The records that got something, each of them perhaps more than once. */
struct given {
	struct flow *flow;
	const struct late_file *file;
	struct late *late;
	struct given_record {
		enum record_kind kind;
		char *id;
	} *records;
	size_t count;
};

static void
remember_record(struct given *given, const struct owed *owed)
{
	if ((given->count & (given->count - 1)) == 0)
		given->records = mem_resize(given->records,
		    given->count == 0 ? 1 : given->count * 2,
		    sizeof(*given->records));
	given->records[given->count++] = (struct given_record){ owed->kind,
	    mem_text_n(owed->id, owed->id_len) };
}

/* One value of the record: with the file's hash where it is of that path.  What
 * is no picture leaves the one that was there before. */
static bool
give_value(const struct given *given, const struct owed *owed,
    struct str value, struct fields *out)
{
	struct str named = field_part(value, 0), known = field_part(value, 1);
	bool named_so = picture_is(value, owed->path);

	if (named_so && given->file->hex[0] != '\0')
		known = str_of(given->file->hex);
	else if (named_so && known.len == 0)
		known = str_of(PICTURE_NONE);
	if (known.len == 0)
		(void)fields_add(out, FIELD_PICTURE, named);
	else
		(void)fields_add_pair(out, FIELD_PICTURE, named, known);
	return named_so;
}

/* The record's pictures anew; *named: it names this one. */
static void
give_fields(const struct given *given, const struct owed *owed,
    const struct fields *record, struct fields *out, bool *named)
{
	struct fields pictures;
	enum field field;
	struct str value;
	size_t at = 0;

	fields_init(&pictures);
	*named = false;
	while (fields_next(record, &at, &field, &value))
		if (field == FIELD_PICTURE && give_value(given, owed, value,
		    &pictures))
			*named = true;
	fields_copy(out, record);
	if (*named)
		fields_merge(out, &pictures);
	fields_free(&pictures);
}

static int
give(void *ctx, const struct owed *owed, struct err *err)
{
	struct given *given = ctx;
	struct flow *flow = given->flow;
	struct str id = str_n(owed->id, owed->id_len);
	struct fields record, now;
	bool named = false;
	int rc;

	fields_init(&record);
	fields_init(&now);
	rc = flow->source.get(flow->source.ctx, owed->kind, id, &record, err);
	if (rc == 0)
		give_fields(given, owed, &record, &now, &named);
	if (named && !str_eq(fields_bytes(&record), fields_bytes(&now))) {
		rc = snapshot_record_complete(flow->snap, owed->kind, id,
		    &now, err);
		remember_record(given, owed);
	}
	fields_free(&record);
	fields_free(&now);
	if (rc == -1)
		return -1;
	if (named && given->file->hex[0] == '\0')
		return 0;       /* a good one may still come */
	given->late->came += named;
	return snapshot_owed_drop(flow->snap, owed->row, err);
}

static int
compare_records(const void *a, const void *b)
{
	const struct given_record *left = a, *right = b;

	if (left->kind != right->kind)
		return left->kind < right->kind ? -1 : 1;
	return strcmp(left->id, right->id);
}

/* When all have come: the first of two would be the main one for a moment. */
static int
derive_given(struct given *given, int64_t package, struct err *err)
{
	struct given_record *records = given->records;
	int rc = 0;

	if (given->count > 1)
		qsort(records, given->count, sizeof(*records),
		    compare_records);
	for (size_t i = 0; rc == 0 && i < given->count; i++) {
		if (i > 0 && compare_records(&records[i - 1],
		    &records[i]) == 0)
			continue;
		rc = derive_pictures(given->flow, records[i].kind,
		    str_of(records[i].id), package, err);
	}
	return rc;
}

static int
give_all(struct given *given, const char *folder, struct err *err)
{
	int rc = 0;

	given->late->came = 0;
	for (size_t i = 0; rc == 0 && i < given->late->count; i++) {
		given->file = &given->late->files[i];
		rc = snapshot_owed_each(given->flow->snap, folder,
		    given->file->name, give, given, err);
	}
	return rc;
}

int
late_apply(struct flow *flow, struct package *package, struct late *late,
    struct err *err)
{
	struct given given = { .flow = flow, .late = late };
	const char *folder = folder_of(package->node);
	int rc = snapshot_owed_accept(flow->snap, folder, err);

	if (rc == 0)
		rc = give_all(&given, folder, err);
	if (rc == 0)
		rc = derive_given(&given, package->id, err);
	if (package->late)
		package->changed = late->came;
	for (size_t i = 0; i < given.count; i++)
		free(given.records[i].id);
	free(given.records);
	return rc;
}

void
late_tell(struct flow *flow, const struct package *package,
    const struct late *late)
{
	if (package->late || late->came > 0)
		report_line(flow->report, _("package %" PRId64 " of %s: "
		    "pictures that goods waited for: %" PRId64), package->id,
		    node_title(package->node),
		    late->came);
}
