/* Validation alone: no state, no network. */
#include "flow/flow_internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/i18n.h"
#include "base/mem.h"

struct validation {
	struct report *report;
	const struct cml_schemas *schemas;
	bool strict;
	int64_t files, bad_files;
	struct cml_counts sum;
};

static int
ignore_root(void *ctx, const struct cml_root *root, struct err *err)
{
	(void)ctx;
	(void)root;
	(void)err;
	return 0;
}

static int
ignore_part(void *ctx, const struct cml_part *part, struct err *err)
{
	(void)ctx;
	(void)part;
	(void)err;
	return 0;
}

static int
ignore_record(void *ctx, const struct record *record, struct err *err)
{
	(void)ctx;
	(void)record;
	(void)err;
	return 0;
}

static void
tell_finding(void *ctx, const struct finding *finding)
{
	struct validation *validation = ctx;

	report_finding(validation->report, finding);
}

static void
add_counts(struct cml_counts *sum, const struct cml_counts *counts)
{
	for (size_t i = 0; i < RECORD_LAST; i++)
		sum->records[i] += counts->records[i];
	sum->bytes += counts->bytes;
	sum->notes += counts->notes;
	sum->warnings += counts->warnings;
	sum->errors += counts->errors;
	sum->unknown += counts->unknown;
	sum->deleted += counts->deleted;
}

static void
begin(const struct validation *validation, struct progress *progress,
    enum pace_of of, const char *title, int64_t total)
{
	progress_follow(progress, of, title, total,
	    validation->report->quiet || validation->report->json);
}

static int
validate_file(struct validation *validation, const char *path,
    const char *name, struct err *err)
{
	struct cml_options options = { .strict = validation->strict,
	    .file = name };
	struct cml_events events = { validation, ignore_root, ignore_part,
	    ignore_record, tell_finding };
	struct cml_counts counts;
	struct progress progress;
	struct stat info;
	int rc;

	memset(&counts, 0, sizeof(counts));
	begin(validation, &progress, PACE_READ, _("reading, MB"),
	    stat(path, &info) == 0 ? info.st_size : 0);
	rc = cml_read(validation->schemas, path, &options, &events, &counts,
	    err);
	progress_end(&progress);
	if (rc == -1 && err->kind != ERR_DATA)
		return -1;
	validation->files++;
	if (rc == -1 || counts.errors > 0)
		validation->bad_files++;
	add_counts(&validation->sum, &counts);
	err_clear(err);
	return 0;
}

static int
validate_folder(struct validation *validation, const char *folder,
    struct err *err)
{
	struct intake_list list = { NULL, 0 };
	char *path;
	int rc;

	rc = intake_list_package(&list, folder, err);
	for (size_t i = 0; rc == 0 && i < list.count; i++) {
		if (list.files[i].kind != INTAKE_XML)
			continue;
		path = file_join(folder, list.files[i].name);
		rc = validate_file(validation, path, list.files[i].name,
		    err);
		free(path);
	}
	intake_list_free(&list);
	return rc;
}

/* The text begins with the zip's own name, which stands before it already. */
static void
refuse_zip(struct validation *validation, const char *path,
    const struct err *err)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash != NULL ? slash + 1 : path;
	size_t len = strlen(base);
	struct finding finding = { .severity = SEVERITY_ERROR,
	    .code = "package", .file = path, .text = err->text };

	if (strncmp(err->text, base, len) == 0 &&
	    strncmp(err->text + len, ": ", 2) == 0)
		finding.text += len + 2;
	report_finding(validation->report, &finding);
	validation->files++;
	validation->bad_files++;
	validation->sum.errors++;
}

/* A zip is unpacked into a folder of its own, under the same limits. */
static int
validate_zip(struct validation *validation, char *path,
    struct err *err)
{
	const char *tmp = getenv("TMPDIR");
	char *base = mem_printf("%s/cml24-validate-XXXXXX",
	    tmp != NULL && tmp[0] != '\0' ? tmp : "/tmp");
	char *folder = NULL;
	char *paths[1];
	struct progress progress;
	int rc = -1;

	if (mkdtemp(base) == NULL) {
		(void)err_errno(err, ERR_SYSTEM, "%s", base);
		free(base);
		return -1;
	}
	folder = mem_printf("%s/1", base);
	paths[0] = path;
	begin(validation, &progress, PACE_COPIED, _("unpacking, MB"), 0);
	if (intake_copy(base, 1, paths, 1, err) == 0)
		rc = intake_unpack(folder, err);
	progress_end(&progress);
	if (rc == 0) {
		rc = validate_folder(validation, folder, err);
	} else if (err->kind == ERR_DATA) {
		refuse_zip(validation, path, err);
		err_clear(err);
		rc = 0;
	}
	if (file_remove_tree(base, rc == -1 ? NULL : err) == -1)
		rc = -1;
	free(folder);
	free(base);
	return rc;
}

/* What a person named has nothing in it: a wrong folder, most likely. */
static int
wants_file(const struct validation *validation, int64_t before,
    const char *path, struct err *err)
{
	if (validation->files + validation->bad_files > before)
		return 0;
	return err_set(err, ERR_USAGE, _("%s: there is no XML file in it, so "
	    "nothing to validate"), path);
}

static int
validate_path(struct validation *validation, char *path,
    struct err *err)
{
	size_t len = strlen(path);

	if (!file_exists(path))
		return err_set(err, ERR_USAGE, _("%s: there is no such file "
		    "or folder"), path);
	if (file_is_dir(path))
		return validate_folder(validation, path, err);
	if (len > 4 && strcasecmp(path + len - 4, ".xml") == 0)
		return validate_file(validation, path, path, err);
	return validate_zip(validation, path, err);
}

static void
show_result(struct validation *validation)
{
	struct report *report = validation->report;
	const struct cml_counts *sum = &validation->sum;

	if (report->json) {
		json_out_int(&report->jo, "files", validation->files);
		json_out_int(&report->jo, "refused", validation->bad_files);
		json_out_object(&report->jo, "records");
		for (int kind = 1; kind < RECORD_LAST; kind++)
			json_out_int(&report->jo,
			    record_kind_name((enum record_kind)kind),
			    (int64_t)sum->records[kind]);
		json_out_end_object(&report->jo);
		json_out_int(&report->jo, "errors", (int64_t)sum->errors);
		json_out_int(&report->jo, "warnings",
		    (int64_t)sum->warnings);
		json_out_int(&report->jo, "notes", (int64_t)sum->notes);
		return;
	}
	report_say(report, _("files: %" PRId64 ", refused: %" PRId64
	    "; errors: %" PRIu64 ", warnings: %" PRIu64 ", deviations: %"
	    PRIu64), validation->files, validation->bad_files, sum->errors,
	    sum->warnings, sum->notes);
	report_line(report, _("groups: %" PRIu64 ", goods: %" PRIu64
	    ", offers: %" PRIu64 ", counterparties: %" PRIu64
	    ", documents: %" PRIu64), sum->records[RECORD_GROUP],
	    sum->records[RECORD_PRODUCT], sum->records[RECORD_OFFER],
	    sum->records[RECORD_COUNTERPARTY],
	    sum->records[RECORD_DOCUMENT]);
}

int
flow_validate(const char *xsd_folder, struct report *report,
    char *const *paths, size_t count, bool strict, int64_t *errors,
    struct err *err)
{
	struct validation validation = { .report = report,
	    .strict = strict };
	struct cml_schemas *schemas = NULL;
	int64_t before;
	int rc;

	rc = cml_schemas_load(&schemas, xsd_folder, strict, err);
	validation.schemas = schemas;
	report_findings_begin(report);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		before = validation.files + validation.bad_files;
		rc = validate_path(&validation, paths[i], err);
		if (rc == 0)
			rc = wants_file(&validation, before, paths[i], err);
	}
	report_findings_end(report);
	if (rc == 0)
		show_result(&validation);
	*errors = validation.bad_files;
	cml_schemas_free(schemas);
	return rc;
}
