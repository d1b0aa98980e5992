#include "model/remote.h"

#include <stdlib.h>

#include "base/mem.h"

struct request *
request_new(size_t size)
{
	struct request *request = mem_alloc(sizeof(*request));
	size_t i;

	request->ops = mem_array(size, sizeof(*request->ops));
	request->size = size;
	for (i = 0; i < size; i++)
		op_init(&request->ops[i]);
	return request;
}

void
request_free(struct request *request)
{
	size_t i;

	if (request == NULL)
		return;
	for (i = 0; i < request->size; i++)
		op_free(&request->ops[i]);
	free(request->ops);
	free(request);
}
