/*
 * Legal, entrepreneur or individual?  CommerceML does not say it; the table
 * below does (facts: commerceml.md 9; the same for people:
 * docs/COUNTERPARTIES.md).  The first line that holds decides.
 */
#include "mapping/map_internal.h"

#include <string.h>

/* What is known of it. */
#define INN_10 (1U << 0)
#define INN_12 (1U << 1)
#define OGRN_13 (1U << 2)
#define OGRN_15 (1U << 3)
#define KPP (1U << 4)
#define OFFICIAL (1U << 5)      /* ОфициальноеНаименование */
#define SURNAME (1U << 6)       /* Фамилия */
#define SOLE_NAME (1U << 7)     /* "ИП …" */
#define LEGAL_NAME (1U << 8)    /* "ООО …" */
#define FARM_NAME (1U << 9)     /* "КФХ …" */

static const struct {
	unsigned has;
	enum map_party_kind kind;
} decisions[] = {
	/* Only organisations have ten digits, also where 1C wrote the firm
	 * with ПолноеНаименование, which it does. */
	{ INN_10, KIND_LEGAL },
	/* Persons have twelve.  With the name of an entrepreneur, the number
	 * that only they have, or a name that is "official" it trades. */
	{ INN_12 | SOLE_NAME, KIND_ENTREPRENEUR },
	{ INN_12 | OGRN_15, KIND_ENTREPRENEUR },
	/* Firms of Kazakhstan have twelve too (БИН). */
	{ INN_12 | LEGAL_NAME, KIND_LEGAL },
	{ INN_12 | OFFICIAL, KIND_ENTREPRENEUR },
	/* Doubtful: a person whose surname is said apart and whose name says
	 * nothing of a trade is one who buys for himself. */
	{ INN_12 | SURNAME, KIND_INDIVIDUAL },
	/* Doubtful: twelve digits and a bare name.  Bitrix's own module says
	 * entrepreneur: in trade bases hardly anybody else's ИНН is filled. */
	{ INN_12, KIND_ENTREPRENEUR },
	/* From here on without a usable ИНН. */
	{ OGRN_13, KIND_LEGAL },
	{ OGRN_15, KIND_ENTREPRENEUR },
	/* Doubtful: УНФ writes "ИП …" as an official name too. */
	{ SOLE_NAME, KIND_ENTREPRENEUR },
	{ OFFICIAL, KIND_LEGAL },
	/* Doubtful: the published schema lets a person have a КПП; in life
	 * it is a firm that came with ПолноеНаименование. */
	{ KPP, KIND_LEGAL },
	/* Neither name where 1C's full name is empty. */
	{ LEGAL_NAME, KIND_LEGAL },
	{ FARM_NAME, KIND_LEGAL },
	{ 0, KIND_INDIVIDUAL },
};

static unsigned
form_of(struct str name)
{
	switch (party_name_form(name)) {
	case PARTY_FORM_ENTREPRENEUR:
		return SOLE_NAME;
	case PARTY_FORM_LEGAL:
		return LEGAL_NAME;
	case PARTY_FORM_FARM:
		return FARM_NAME;
	case PARTY_FORM_NONE:
		break;
	}
	return 0;
}

static unsigned
evidence(const struct map_party *party)
{
	size_t inn = strlen(party->inn), ogrn = strlen(party->ogrn);
	unsigned has = 0;

	has |= inn == 10 ? INN_10 : inn == 12 ? INN_12 : 0;
	has |= ogrn == 13 ? OGRN_13 : ogrn == 15 ? OGRN_15 : 0;
	has |= party->kpp[0] != '\0' ? KPP : 0;
	has |= party->words[WORD_OFFICIAL].len > 0 ? OFFICIAL : 0;
	has |= party->words[WORD_LAST_NAME].len > 0 ? SURNAME : 0;
	has |= form_of(party->words[WORD_NAME]);
	has |= form_of(party->words[WORD_OFFICIAL]);
	has |= form_of(party->words[WORD_FULL]);
	return has;
}

enum map_party_kind
map_party_kind_of(const struct map_party *party)
{
	unsigned has = evidence(party);
	size_t i = 0;

	/* The last line asks for nothing. */
	while ((has & decisions[i].has) != decisions[i].has)
		i++;
	return decisions[i].kind;
}

const char *
map_party_kind_name(enum map_party_kind kind)
{
	static const char *const names[] = {
		[KIND_LEGAL] = "legal",
		[KIND_ENTREPRENEUR] = "entrepreneur",
		[KIND_INDIVIDUAL] = "individual",
	};

	return names[kind];
}
