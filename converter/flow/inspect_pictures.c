/* `unsent`: pictures that 1C names and that did not come, or are none. */
#include "flow/order.h"

#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"

enum cause {
	CAUSE_MISSING,
	CAUSE_UNUSABLE,
	CAUSE_LAST
};

/* For machines. */
static const char *const cause_code[CAUSE_LAST] = { "picture-not-there",
    "picture-unusable" };

struct lacking {
	struct flow *flow;
	bool all;
	struct fields record;
	int64_t count[CAUSE_LAST];
	char first[CAUSE_LAST][PICTURE_EXAMPLES];
};

/* What is not in the portal yet is unsent itself, and what is not carried has
 * no pictures there.  1; 0; -1. */
static int
is_in_portal(struct flow *flow, struct str id, struct err *err)
{
	static const enum target_kind forms[] = { TARGET_PRODUCT,
	    TARGET_PARENT, TARGET_OFFER, TARGET_SERVICE };
	struct target target;
	struct image image;
	bool there = false;
	int rc = 0;

	image_init(&image);
	for (size_t i = 0; rc != -1 && !there &&
	    i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (target_set(&target, forms[i], id) != 0)
			continue;
		rc = snapshot_image_get(flow->snap, &target, &image, err);
		there = rc == 0 && image.portal_id != 0;
	}
	image_free(&image);
	return rc == -1 ? -1 : there;
}

/* Does the record still name it?  A file that was no picture is marked, or
 * left the hash of the one before. */
static bool
find_cause(const struct fields *record, const char *path, enum cause *cause)
{
	enum field field;
	struct str value;
	size_t at = 0;

	if (str_is(fields_get(record, FIELD_DELETED), "1"))
		return false;
	while (fields_next(record, &at, &field, &value)) {
		if (field != FIELD_PICTURE || !picture_is(value, path))
			continue;
		*cause = field_part(value, 1).len > 0 ? CAUSE_UNUSABLE :
		    CAUSE_MISSING;
		return true;
	}
	return false;
}

/* "import_files/a.jpg (Бумага А4)" */
static void
call_picture(char out[PICTURE_EXAMPLES], const struct owed *owed,
    const struct fields *record)
{
	struct str name = fields_get(record, FIELD_NAME);

	if (name.len == 0)
		name = str_n(owed->id, owed->id_len);
	name = str_utf8_cut(name, PICTURE_EXAMPLES / 4);
	(void)snprintf(out, PICTURE_EXAMPLES, "%.*s (%.*s)",
	    (int)str_utf8_cut(str_of(owed->path), PICTURE_EXAMPLES / 2).len,
	    owed->path, (int)name.len, name.p);
}

static const char *
cause_text(enum cause cause)
{
	return cause == CAUSE_MISSING ? _("1C names this picture, and its "
	    "file did not come") : _("1C names this file as a picture, and it "
	    "is none, cannot be read or is too large");
}

static void
show_one(struct lacking *lacking, const struct owed *owed, enum cause cause,
    const char *called)
{
	struct report *report = lacking->flow->report;
	struct json_out *jo = &report->jo;

	if (!report->json) {
		report_line(report, "%s: %s", called, cause_text(cause));
		return;
	}
	json_out_object(jo, NULL);
	json_out_text(jo, "state", "missing");
	json_out_text(jo, "kind", target_kind_name(TARGET_PICTURE));
	json_out_str(jo, "id", str_n(owed->id, owed->id_len));
	json_out_text(jo, "path", owed->path);
	json_out_text(jo, "code", cause_code[cause]);
	json_out_text(jo, "text", cause_text(cause));
	json_out_end_object(jo);
}

static int
look_at(void *ctx, const struct owed *owed, struct err *err)
{
	struct lacking *lacking = ctx;
	struct record_source *source = &lacking->flow->source;
	struct str id = str_n(owed->id, owed->id_len);
	char called[PICTURE_EXAMPLES];
	enum cause cause;
	int rc = source->get(source->ctx, owed->kind, id, &lacking->record,
	    err);

	if (rc != 0)
		return rc == 1 ? 0 : -1;
	if (!find_cause(&lacking->record, owed->path, &cause))
		return 0;
	rc = is_in_portal(lacking->flow, id, err);
	if (rc != 1)
		return rc;
	call_picture(called, owed, &lacking->record);
	if (lacking->count[cause]++ == 0)
		memcpy(lacking->first[cause], called, sizeof(called));
	if (lacking->all || lacking->flow->report->json)
		show_one(lacking, owed, cause, called);
	return 0;
}

static void
show_groups(const struct lacking *lacking)
{
	struct report *report = lacking->flow->report;
	const int64_t *count = lacking->count;

	if (count[CAUSE_MISSING] > 0)
		report_line(report, ngettext("%" PRId64 " picture that 1C "
		    "names did not come: %s", "%" PRId64 " pictures that 1C "
		    "names did not come, for instance %s",
		    (unsigned long)count[CAUSE_MISSING]),
		    count[CAUSE_MISSING], lacking->first[CAUSE_MISSING]);
	if (count[CAUSE_UNUSABLE] > 0)
		report_line(report, ngettext("%" PRId64 " file that 1C names "
		    "as a picture is none, cannot be read or is too large: %s",
		    "%" PRId64 " files that 1C names as pictures are none, "
		    "cannot be read or are too large, for instance %s",
		    (unsigned long)count[CAUSE_UNUSABLE]),
		    count[CAUSE_UNUSABLE], lacking->first[CAUSE_UNUSABLE]);
}

int
inspect_pictures_unsent(struct flow *flow, bool all, bool *any,
    struct err *err)
{
	struct lacking lacking = { .flow = flow, .all = all };
	int rc;

	if (!flow->config->catalog.pictures || !flow->config->catalog.enabled)
		return 0;
	fields_init(&lacking.record);
	rc = snapshot_owed_all(flow->snap, look_at, &lacking, err);
	fields_free(&lacking.record);
	if (rc == 0 && !all && !flow->report->json)
		show_groups(&lacking);
	*any = *any || lacking.count[CAUSE_MISSING] > 0 ||
	    lacking.count[CAUSE_UNUSABLE] > 0;
	return rc;
}
