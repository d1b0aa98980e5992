/*
 * Any bytes as a zip in a package's folder: unpacked or refused, and nothing
 * appears outside that folder.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "intake/intake.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *base;

static void
remove_base(void)
{
	(void)file_remove_tree(base, NULL);     /* the process ends anyway */
	free(base);
	base = NULL;
}

static void
make_base(void)
{
	const char *folder = getenv("TMPDIR");

	base = mem_printf("%s/cml24-fuzz-XXXXXX",
	    folder == NULL ? "/tmp" : folder);
	if (mkdtemp(base) == NULL)
		abort();
	atexit(remove_base);
	log_set_level(LOG_QUIET);
}

static int
count(void *ctx, const char *path, const char *relative)
{
	(void)path;
	if (strncmp(relative, "package/", 8) != 0)
		abort();
	++*(size_t *)ctx;
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct intake_list list;
	struct err err;
	size_t files = 0;
	char *folder, *path;
	FILE *file;

	if (base == NULL)
		make_base();
	folder = file_join(base, "package");
	path = file_join(folder, "a.zip");
	if (file_make_dir(folder, &err) != 0)
		abort();
	file = fopen(path, "w");
	if (file == NULL || fwrite(data, 1, size, file) != size ||
	    fclose(file) != 0)
		abort();
	(void)intake_is_closed(path, INTAKE_ZIP, &err); /* any answer will do */
	/* Refused is as good as unpacked, but never for want of a system. */
	if (intake_unpack(folder, &err) != 0 && err.kind != ERR_DATA)
		abort();
	if (file_walk(base, count, &files, &err) != 0 ||
	    intake_list_package(&list, folder, &err) != 0)
		abort();
	intake_list_free(&list);
	if (file_remove_tree(folder, &err) != 0)
		abort();
	free(path);
	free(folder);
	return 0;
}
