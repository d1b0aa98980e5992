/* Any bytes as an XML file of a package: read, or refused with a reason. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "commerceml/reader.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct cml_schemas *schemas;
static int fd = -1;

/* The schemas lie in the repository, three folders above the program. */
int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	char name[] = "cml24-fuzz-xml-XXXXXX";
	const char *slash = strrchr((*argv)[0], '/');
	char *folder;
	struct err err;

	(void)argc;
	log_set_level(LOG_QUIET);
	folder = mem_printf("%.*s/../../../xsd", slash == NULL ? 1 :
	    (int)(slash - (*argv)[0]), slash == NULL ? "." : (*argv)[0]);
	if (cml_schemas_load(&schemas, folder, true, &err) != 0)
		abort();
	free(folder);
	/* A file without a name: nothing is left behind. */
	fd = mkstemp(name);
	if (fd < 0 || unlink(name) != 0)
		abort();
	return 0;
}

/* What is told must be right in itself: canonical fields, an id, UTF-8. */
static int
check_record(void *ctx, const struct record *record, struct err *err)
{
	struct fields copy;

	(void)ctx;
	(void)err;
	fields_init(&copy);
	if (record->id.len == 0 || record->id.len > LIMIT_ID_BYTES ||
	    !str_utf8_valid(record->id) ||
	    fields_load(&copy, fields_bytes(&record->fields)) != 0)
		abort();
	fields_free(&copy);
	return 0;
}

static void
check_finding(void *ctx, const struct finding *finding)
{
	if (finding->text[0] == '\0' || finding->code == NULL)
		abort();
	if (finding->severity == SEVERITY_ERROR)
		*(int *)ctx = 1;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int failed = 0, rc;
	struct cml_options options = { size % 2 == 1, "fuzz" };
	struct cml_events events = { &failed, NULL, NULL, check_record,
	    check_finding };
	struct cml_counts counts;
	struct err err = { 0 };
	char path[64];

	if (ftruncate(fd, 0) != 0 ||
	    pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
	(void)snprintf(path, sizeof(path), "/dev/fd/%d", fd);
	rc = cml_read(schemas, path, &options, &events, &counts, &err);
	if ((rc != 0) != (err.kind != ERR_NONE) || (rc != 0 && !failed) ||
	    failed != (counts.errors > 0))
		abort();
	return 0;
}
