/*
 * The schema validators, fed by the door.  libxml2 gives a validator as a
 * SAX handler (xmlSchemaSAXPlug() without an old one); what it complains
 * about comes back through the error function while it is fed.
 */
#include "commerceml/cml_internal.h"

#include <stdio.h>
#include <string.h>

#include "base/i18n.h"

static void
keep_message(struct cml_reader *r, const xmlError *error)
{
	const char *text = error->message == NULL ? "" : error->message;
	const char *at;

	/* "Element 'Ид': [facet 'maxLength'] ...": where is known. */
	at = strstr(text, "': ");
	if (at != NULL)
		text = at + 3;
	(void)snprintf(r->message, sizeof(r->message), "%.*s",
	    (int)strcspn(text, "\n"), text);
}

/* A bad text is told when the element ends, in our own words. */
static void
on_loose_error(void *ctx, xmlErrorPtr error)
{
	struct cml_reader *r = ctx;

	keep_message(r, error);
	if (error->code == XML_SCHEMAV_ELEMENT_CONTENT ||
	    r->frames[r->depth].bad) {
		cml_finding(r, CML_SCHEMA, cml_door_line(r),
		    cml_door_where(r), str_of(r->message));
		return;
	}
	r->frames[r->depth].bad = true;
}

/* The name out of "Element 'Ид': ...", or what the door has open: the
 * standard's validator also sees what the door takes out. */
static struct str
named_element(struct cml_reader *r, const xmlError *error)
{
	static const char start[] = "Element '";
	const char *text = error->message;

	if (text == NULL || strncmp(text, start, sizeof(start) - 1) != 0)
		return cml_door_where(r);
	text += sizeof(start) - 1;
	return str_n(text, strcspn(text, "'"));
}

static void
on_strict_error(void *ctx, xmlErrorPtr error)
{
	struct cml_reader *r = ctx;
	enum cml_code code = CML_STRICT;
	const char *found = r->message, *wanted;

	keep_message(r, error);
	/* "This element is not expected. Expected is ( Ид )." */
	wanted = strchr(r->message, '(');
	if (error->code == XML_SCHEMAV_ELEMENT_CONTENT && wanted != NULL) {
		code = CML_STRICT_CHILD;
		if (strncmp(r->message, "Missing", 7) == 0)
			code = CML_STRICT_MISSING;
		found = strstr(wanted, "( ");
		if (found == NULL)
			found = wanted;
	}
	cml_finding(r, code, cml_door_line(r), named_element(r, error),
	    str_of(found));
}

static xmlSchemaValidCtxtPtr
plug(struct cml_reader *r, xmlSchemaPtr schema,
    xmlStructuredErrorFunc on_error, xmlSAXHandlerPtr *sax, void **ctx)
{
	xmlSchemaValidCtxtPtr valid = xmlSchemaNewValidCtxt(schema);

	if (valid == NULL)
		return NULL;
	xmlSchemaSetValidStructuredErrors(valid, on_error, r);
	*sax = NULL;
	*ctx = NULL;
	/* Without an old handler there is none behind the validator. */
	r->plugs[r->plug_count] = xmlSchemaSAXPlug(valid, sax, ctx);
	if (r->plugs[r->plug_count] == NULL) {
		xmlSchemaFreeValidCtxt(valid);
		return NULL;
	}
	r->plug_count++;
	return valid;
}

int
cml_check_begin(struct cml_reader *r)
{
	r->loose = plug(r, r->schemas->loose, on_loose_error, &r->loose_sax,
	    &r->loose_ctx);
	if (r->loose == NULL)
		return err_set(r->err, ERR_SYSTEM, "%s",
		    _("the schema cannot be used"));
	if (!r->options->strict)
		return 0;
	r->strict = plug(r, r->schemas->strict, on_strict_error,
	    &r->strict_sax, &r->strict_ctx);
	if (r->strict == NULL)
		return err_set(r->err, ERR_SYSTEM, "%s",
		    _("the schema cannot be used"));
	return 0;
}

void
cml_check_close(struct cml_reader *r)
{
	while (r->plug_count > 0)
		(void)xmlSchemaSAXUnplug(r->plugs[--r->plug_count]);
	xmlSchemaFreeValidCtxt(r->loose);
	xmlSchemaFreeValidCtxt(r->strict);
	r->loose = r->strict = NULL;
}

void
cml_check_start(struct cml_reader *r, const xmlChar *name, int count,
    const xmlChar **attributes)
{
	r->loose_sax->startElementNs(r->loose_ctx, name, NULL, NULL, 0, NULL,
	    count, 0, attributes);
}

void
cml_check_end(struct cml_reader *r, const xmlChar *name, struct str text)
{
	if (text.len > 0)
		r->loose_sax->characters(r->loose_ctx,
		    (const xmlChar *)text.p, (int)text.len);
	r->loose_sax->endElementNs(r->loose_ctx, name, NULL, NULL);
}

void
cml_check_strict_start(struct cml_reader *r, const xmlChar *name, int count,
    const xmlChar **attributes)
{
	r->strict_sax->startElementNs(r->strict_ctx, name, NULL, NULL, 0,
	    NULL, count, 0, attributes);
}

void
cml_check_strict_text(struct cml_reader *r, const xmlChar *text, int len)
{
	r->strict_sax->characters(r->strict_ctx, text, len);
}

void
cml_check_strict_end(struct cml_reader *r, const xmlChar *name)
{
	r->strict_sax->endElementNs(r->strict_ctx, name, NULL, NULL);
}
