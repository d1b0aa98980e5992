/* Elements of a document: their texts, its реквизиты. */
#include "orders/answer_internal.h"

struct str
answer_rows_text(const struct flat_node *node, const char *wanted)
{
	return flat_text(node, wanted, answer_value_plain);
}

struct str
answer_rows_requisite(const struct flat_node *node, const char *name)
{
	static const char path[] = "ЗначенияРеквизитов/ЗначениеРеквизита";
	struct flat_node one;
	struct str value;
	size_t at = 0;

	while (flat_next(node, path, &at, &one)) {
		if (!answer_value_is(answer_rows_text(&one, "Наименование"),
		    name))
			continue;
		value = answer_rows_text(&one, "Значение");
		if (value.len > 0)
			return value;
	}
	return STR_NONE;
}

int
answer_rows_flag(const struct flat_node *node, const char *requisite,
    const char *element)
{
	int flag = answer_value_flag(answer_rows_requisite(node, requisite));

	if (flag == -1 && element != NULL)
		flag = answer_value_flag(answer_rows_text(node, element));
	return flag;
}
