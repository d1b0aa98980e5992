/*
 * A client of the portal on its way to 1C without an order: bitrix/ reads it,
 * orders/ makes its card, flow/ decides whether 1C has to hear of it.
 */
#ifndef MODEL_CUSTOMER_H
#define MODEL_CUSTOMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/deal.h"

/* Contact persons of one company that 1C hears of, the youngest ones: the
 * portal shows so many at once, and a card with more is a list of addresses. */
#define CUSTOMER_PERSONS 50

struct customer {
	bool company;           /* else a contact */
	int64_t updated;        /* portal's wall ms, of one second */
	bool exported;          /* of a type of counterparties.export, and no
				   firm of our own */
	bool bound;             /* a contact of a company: its contact person */
	const char *role;       /* 1C's word for its type, by
				   counterparties.types; NULL: none.  The
				   configuration's */
	/*
	 * Also FIELD_ACCOUNT, one for each bank account: number, БИК, bank's
	 * name, its own account; FIELD_ADDRESSES, one for each address; OKVED,
	 * DIRECTOR, SITES; COMMENT, and DESCRIPTION where the portal keeps it
	 * otherwise (HTML); in 1C's words PARTY_TYPE and MANAGER, each all
	 * names that the rules have for it, as parts (default_user's own text
	 * behind those of its manager), and USER_FIELDS.
	 */
	struct deal_client client;
	bool renamed;           /* its name here is news to 1C: flow/ */
	struct deal_client *persons;    /* of a company, by id */
	size_t person_count;
	size_t persons_left;            /* older ones, beyond
					   CUSTOMER_PERSONS */
};

void customer_init(struct customer *customer);
void customer_free(struct customer *customer);
/* Person n is none that 1C has to hear of. */
void customer_drop_person(struct customer *customer, size_t n);

#endif
