#include "mapping/map.h"

void
wanted_init(struct wanted *wanted)
{
	*wanted = (struct wanted){ .state = WANTED_NOTHING };
	fields_init(&wanted->fields);
	fields_init(&wanted->at_create);
	fields_init(&wanted->unsaid);
}

void
wanted_free(struct wanted *wanted)
{
	fields_free(&wanted->fields);
	fields_free(&wanted->at_create);
	fields_free(&wanted->unsaid);
	wanted_init(wanted);
}
