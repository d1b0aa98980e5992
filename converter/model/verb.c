#include "model/target.h"

#include "base/i18n.h"

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

const char *
verb_title(enum verb verb)
{
	switch (verb) {
	case VERB_NONE:
		break;
	case VERB_CREATE:
		return _("create");
	case VERB_UPDATE:
		return _("update");
	case VERB_DELETE:
		return _("delete");
	case VERB_LINK:
		return _("link");
	}
	return _("none");
}
