#include "model/customer.h"

#include <stdlib.h>
#include <string.h>

void
customer_init(struct customer *customer)
{
	memset(customer, 0, sizeof(*customer));
	fields_init(&customer->client.fields);
}

void
customer_free(struct customer *customer)
{
	while (customer->person_count > 0)
		customer_drop_person(customer, customer->person_count - 1);
	free(customer->persons);
	fields_free(&customer->client.fields);
}

void
customer_drop_person(struct customer *customer, size_t n)
{
	fields_free(&customer->persons[n].fields);
	customer->person_count--;
	memmove(customer->persons + n, customer->persons + n + 1,
	    (customer->person_count - n) * sizeof(*customer->persons));
}
