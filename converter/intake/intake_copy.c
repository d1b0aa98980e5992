/*
 * What a person names on the command line becomes a package: copied, so that
 * it may be changed or taken away while we work on it.
 */
#include "intake/parts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/i18n.h"
#include "base/mem.h"

struct copy {
	const char *folder;     /* of the package */
	struct err *err;
};

static int
make_folder_of(const char *path, struct err *err)
{
	char *folder = mem_text_n(path, (size_t)(strrchr(path, '/') - path));
	int rc = file_make_dir(folder, err);

	free(folder);
	return rc;
}

/* What lies beside the files of a package in archive/ and rejected/: each has
 * one, and the portions of an export may have to be named together. */
static bool
is_our_report(const char *relative)
{
	return strcmp(relative, "report.txt") == 0;
}

static int
copy_one(void *ctx, const char *path, const char *relative)
{
	const struct copy *copy = ctx;
	char *name, *to;
	int rc;

	if (intake_name_is_foreign(intake_name_base(relative)) ||
	    is_our_report(relative))
		return 0;
	name = intake_name_slashes(relative);
	to = file_join(copy->folder, name);
	if (!intake_name_is_safe(name))
		rc = err_set(copy->err, ERR_DATA, _("%s: not a name of a file"),
		    path);
	else if (file_exists(to))
		rc = err_set(copy->err, ERR_USAGE, _("%s: another \"%s\" was "
		    "named already; import them one after the other"), path,
		    name);
	else
		rc = make_folder_of(to, copy->err);
	if (rc == 0 && file_copy(path, to, copy->err) != 0)
		rc = -1;
	free(to);
	free(name);
	return rc;
}

static int
copy_path(struct copy *copy, const char *path, struct err *err)
{
	const char *base = intake_name_base(path);
	struct stat status;

	if (stat(path, &status) != 0)
		return err_errno(err, ERR_USAGE, "%s", path);
	if (S_ISDIR(status.st_mode))
		return file_walk(path, copy_one, copy, err);
	if (!S_ISREG(status.st_mode) || intake_name_kind(base) == INTAKE_OTHER)
		return err_set(err, ERR_USAGE, _("%s: neither a folder, a zip "
		    "nor an XML file"), path);
	return copy_one(copy, path, base);
}

/* work/<package>, empty; allocated. */
static int
make_package(char **folder, const char *work, int64_t package, struct err *err)
{
	char number[24];

	snprintf(number, sizeof number, "%" PRId64, package);
	*folder = file_join(work, number);
	if (file_remove_tree(*folder, err) != 0)
		return -1;
	return file_make_dir(*folder, err);
}

int
intake_copy(const char *work, int64_t package, char *const *paths,
    size_t count, struct err *err)
{
	struct copy copy = { .err = err };
	char *folder;
	size_t i;
	int rc = make_package(&folder, work, package, err);

	copy.folder = folder;
	for (i = 0; rc == 0 && i < count; i++)
		rc = copy_path(&copy, paths[i], err);
	if (rc == 0)
		rc = intake_unpack(folder, err);
	free(folder);
	return rc;
}

int
intake_copy_files(const char *work, int64_t package, const char *inbox,
    const struct intake_file *files, size_t count, struct err *err)
{
	char *folder;
	size_t i;
	int rc = make_package(&folder, work, package, err);

	for (i = 0; rc == 0 && i < count; i++) {
		char *from = file_join(inbox, files[i].name);
		char *to = file_join(folder, files[i].inner);

		rc = make_folder_of(to, err);
		if (rc == 0 && file_copy(from, to, err) < 0)
			rc = -1;
		free(from);
		free(to);
	}
	if (rc == 0)
		rc = intake_unpack(folder, err);
	free(folder);
	return rc;
}
