#include "model/target.h"

const char *
verb_name(enum verb verb)
{
	static const char *const names[] = {
		[VERB_NONE] = "none",
		[VERB_CREATE] = "create",
		[VERB_UPDATE] = "update",
		[VERB_DELETE] = "delete",
		[VERB_LINK] = "link",
	};

	if ((size_t)verb >= sizeof(names) / sizeof(names[0]))
		return names[VERB_NONE];
	return names[verb];
}
