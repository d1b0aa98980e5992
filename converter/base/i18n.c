#include "base/i18n.h"

#include <locale.h>
#include <stddef.h>

#define DOMAIN "cml24"

void
i18n_init(const char *folder)
{
	setlocale(LC_ALL, "");
	setlocale(LC_NUMERIC, "C");
	if (folder != NULL)
		bindtextdomain(DOMAIN, folder);
	bind_textdomain_codeset(DOMAIN, "UTF-8");
	textdomain(DOMAIN);
}
