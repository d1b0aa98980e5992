/* The configuration is whatever a person saved. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A file without a name: nothing is left behind, however this ends. */
static int
open_file(void)
{
	char name[] = "cml24-fuzz-config-XXXXXX";
	int fd = mkstemp(name);

	if (fd < 0 || unlink(name) != 0)
		abort();
	return fd;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	struct buf warnings = BUF_INIT(64 * 1024);
	struct config *config = NULL;
	struct err err = { 0 };
	char path[64];
	int rc;

	if (fd < 0)
		fd = open_file();
	if (ftruncate(fd, 0) != 0 ||
	    pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
	(void)snprintf(path, sizeof(path), "/dev/fd/%d", fd);
	rc = config_load(&config, path, &warnings, &err);
	/* Taken and nothing said, or refused with a reason. */
	if ((rc == 0) != (config != NULL) || (rc == 0) != (err.kind == ERR_NONE)
	    || (rc != 0 && err.text[0] == '\0'))
		abort();
	if (config != NULL && (config->folders.state == NULL ||
	    config->folders.inbox == NULL ||
	    config->portal.batch_size < 1 || config->portal.batch_size > 50))
		abort();
	config_free(config);
	buf_free(&warnings);
	return 0;
}
