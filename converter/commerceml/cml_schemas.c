/* The schemas are read by us and given to libxml2 as memory, so that it
 * opens no file and no address by itself. */
#include "commerceml/cml_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/i18n.h"
#include "base/mem.h"

#define SCHEMA_BYTES LIMIT_MIB

struct complaint {
	const char *path;
	struct err *err;
};

static void
on_error(void *ctx, xmlErrorPtr error)
{
	struct complaint *complaint = ctx;
	const char *text = error->message == NULL ? "" : error->message;

	if (complaint->err == NULL || complaint->err->kind != ERR_NONE)
		return;
	(void)err_set(complaint->err, ERR_USAGE, "%s:%d: %.*s",
	    complaint->path, error->line, (int)strcspn(text, "\n"), text);
}

static int
load(xmlSchemaPtr *out, const char *folder, const char *name,
    struct err *err)
{
	struct buf text = BUF_INIT(SCHEMA_BYTES);
	char *path = file_join(folder, name);
	struct complaint complaint = { path, err };
	xmlSchemaParserCtxtPtr ctxt;
	int rc, found;

	rc = -1;
	found = file_read(&text, path, err);
	if (found != 0) {
		if (found == 1)
			(void)err_set(err, ERR_USAGE, _("%s: there is no "
			    "such file; \"folders.xsd\" should name the "
			    "folder of the schemas"), path);
		goto out;
	}
	err_clear(err);
	ctxt = xmlSchemaNewMemParserCtxt(text.data, (int)text.len);
	if (ctxt != NULL) {
		xmlSchemaSetParserStructuredErrors(ctxt, on_error,
		    &complaint);
		*out = xmlSchemaParse(ctxt);
		xmlSchemaFreeParserCtxt(ctxt);
	}
	if (*out == NULL) {
		if (err != NULL && err->kind == ERR_NONE)
			(void)err_set(err, ERR_USAGE,
			    _("%s: this is not a schema"), path);
		goto out;
	}
	rc = 0;
out:
	free(path);
	buf_free(&text);
	return rc;
}

int
cml_schemas_load(struct cml_schemas **out, const char *xsd_folder,
    bool strict, struct err *err)
{
	struct cml_schemas *schemas = mem_alloc(sizeof(*schemas));

	xmlInitParser();
	cml_map_compile(&schemas->map);
	if (load(&schemas->loose, xsd_folder, "commerceml.xsd", err) != 0 ||
	    (strict && load(&schemas->strict, xsd_folder, "strict-2.10.xsd",
	    err) != 0)) {
		cml_schemas_free(schemas);
		return -1;
	}
	*out = schemas;
	return 0;
}

void
cml_schemas_free(struct cml_schemas *schemas)
{
	if (schemas == NULL)
		return;
	xmlSchemaFree(schemas->loose);
	xmlSchemaFree(schemas->strict);
	free(schemas);
}
