/* Which 1C wrote a file, by its root element (commerceml.md 1). */
#include "commerceml/cml_internal.h"

#include <string.h>

const char *
cml_family_name(enum cml_family family)
{
	static const char *const names[CML_FAMILY_LAST] = {
		"unknown", "ut103", "ut11", "unf", "bitrix", "moysklad",
		"site"
	};

	return family < CML_FAMILY_LAST ? names[family] : names[0];
}

/* УНФ 1.x says of payments and shipments what УТ says, 3.0 says more, and
 * names each where their exchange is switched on (onec-exchange.md 3.3,
 * 3.4). */
const char *
cml_family_writer(const struct cml_root *root)
{
	if (root->family == CML_UNF && strcmp(root->namespace_uri,
	    "urn:1C.ru:commerceml_205") == 0)
		return "unf16";
	if (root->family == CML_UNF && strcmp(root->version, "2.10") == 0)
		return "unf210";
	return cml_family_name(root->family);
}

/* NULL matches anything; the first row that fits decides. */
static const struct {
	const char *namespace_uri;
	const char *version;
	enum cml_family family;
} families[] = {
	{ "urn:1C.ru:commerceml_3", NULL, CML_BITRIX },
	{ "urn:1C.ru:commerceml_205", NULL, CML_UNF },
	{ "urn:1C.ru:commerceml_208", NULL, CML_UNF },
	{ "urn:1C.ru:commerceml_210", NULL, CML_UNF },
	{ "urn:1C.ru:commerceml_2", "2.09", CML_BITRIX },
	{ "urn:1C.ru:commerceml_2", NULL, CML_UT11 },
	{ "", "2.021", CML_SITE },
	{ "", "2.03", CML_UT103 },
	{ "", "2.04", CML_UT103 },
	{ "", "2.05", CML_UT103 },
	{ "", "2.07", CML_UT103 },
	{ "", "2.09", CML_BITRIX },
	{ "", "3.1", CML_BITRIX }
};

void
cml_family_of(struct cml_root *root, struct str namespace_uri,
    bool synchronises, bool formats)
{
	root->family = CML_UNKNOWN;
	if (synchronises) {
		root->family = CML_MOYSKLAD;
		return;
	}
	if (formats) {
		root->family = CML_SITE;
		return;
	}
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		if (str_is(namespace_uri, families[i].namespace_uri) &&
		    (families[i].version == NULL ||
		    strcmp(root->version, families[i].version) == 0)) {
			root->family = families[i].family;
			return;
		}
	}
}
