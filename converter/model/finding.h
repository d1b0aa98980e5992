/* What validation found in a file: where, what was found, what was wanted. */
#ifndef MODEL_FINDING_H
#define MODEL_FINDING_H

#include "base/str.h"

enum severity {
	SEVERITY_NOTE,          /* a deviation live 1C systems have: counted */
	SEVERITY_WARNING,       /* something is left out, the rest is taken */
	SEVERITY_ERROR          /* would corrupt data: refuses the package */
};

struct finding {
	enum severity severity;
	const char *code;       /* stable, machine-read: "price-not-number" */
	const char *file;       /* relative to the package */
	long line;              /* 0: the file as a whole */
	struct str id;          /* of the goods, or STR_NONE */
	struct str name;
	const char *text;       /* translated: found and wanted */
};

#endif
