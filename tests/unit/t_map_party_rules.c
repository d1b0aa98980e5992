/*
 * Counterparties by the rules: who answers for them, which of them are
 * carried, what fills user fields.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "map_world.h"

#define P "\x1f"
#define REQUISITE "ЗначенияРеквизитов/ЗначениеРеквизита"

static int
rules_make(void **state)
{
	struct world *world;
	struct config *config;

	(void)world_make(state);
	world = *state;
	config = &world->config;
	config->counterparties.given = true;
	config->counterparties.individual_contact = true;
	config->default_user = mem_text("boss@example.ru");
	config->users.pairs = mem_array(4, sizeof(struct config_pair));
	config->counterparties.fields.pairs = mem_array(4,
	    sizeof(struct config_pair));
	config->counterparties.select_requisites.pairs = mem_array(4,
	    sizeof(struct config_pair));
	return 0;
}

static int
rules_drop(void **state)
{
	struct world *world = *state;
	struct config_map *maps[] = { &world->config.users,
	    &world->config.counterparties.fields,
	    &world->config.counterparties.select_requisites };

	for (size_t i = 0; i < 3; i++) {
		drop_pairs(maps[i]);
		free(maps[i]->pairs);
	}
	free(world->config.default_user);
	return world_drop(state);
}

static struct fields *
firm(struct world *world, const char *id, const char *role)
{
	struct fields *fields = record(world, RECORD_COUNTERPARTY, id);

	say(fields, FIELD_NAME, "Ромашка");
	flat(fields, "Наименование", "Ромашка");
	flat(fields, "ИНН", "7700000001");
	if (role != NULL)
		flat(fields, "Роль", role);
	return fields;
}

/* With up to two values. */
static void
value(struct fields *fields, const char *name, const char *one,
    const char *two)
{
	flat(fields, "ЗначенияРеквизитов", "");
	flat(fields, REQUISITE, "");
	flat(fields, REQUISITE "/Наименование", name);
	flat(fields, REQUISITE "/Значение", one);
	if (two != NULL)
		flat(fields, REQUISITE "/Значение", two);
}

static const char *
text_of(const struct fields *fields, enum field field)
{
	static char text[1024];
	struct str found = fields_get(fields, field);

	(void)snprintf(text, sizeof(text), "%.*s", (int)found.len,
	    found.len > 0 ? found.p : "");
	return text;
}

/* ---- managers ---------------------------------------------------------- */

static void
the_manager_is_the_portals_user_by_the_rule(void **state)
{
	struct world *world = *state;
	const struct wanted *wanted;

	rule(&world->config.users, "Иванова А. П.", "ivanova@example.ru");
	value(firm(world, "k1", NULL), "Основной менеджер", "иванова А. П.",
	    NULL);
	wanted = derive(world, TARGET_COMPANY, "k1");
	assert_string_equal(text_of(&wanted->fields, FIELD_MANAGER),
	    "ivanova@example.ru");
	assert_false(fields_has(&wanted->at_create, FIELD_MANAGER));
	/* Nobody, or nobody whom a rule knows. */
	(void)firm(world, "k2", NULL);
	wanted = derive(world, TARGET_COMPANY, "k2");
	assert_false(fields_has(&wanted->fields, FIELD_MANAGER));
	assert_string_equal(text_of(&wanted->at_create, FIELD_MANAGER),
	    "boss@example.ru");
	value(firm(world, "k3", NULL), "Менеджер", "Петров", NULL);
	wanted = derive(world, TARGET_COMPANY, "k3");
	assert_false(fields_has(&wanted->fields, FIELD_MANAGER));
	assert_string_equal(text_of(&wanted->at_create, FIELD_MANAGER),
	    "boss@example.ru");
}

static void
an_element_names_the_manager_too(void **state)
{
	static const struct {
		const char *path, *value, *user;
	} cases[] = {
		{ "Ответственный", "Иванова", "7" },
		{ "Менеджер/ПолноеНаименование", "Иванова", "7" },
		{ "ОсновнойМенеджер/Наименование", "Иванова", "7" },
		{ "Менеджер/Телефон", "Иванова", "" },
		{ "Менеджер", "<>", "" },
		{ "МенеджерПроекта", "Иванова", "" },
		{ "Представители/Представитель/Менеджер", "Иванова", "" },
	};
	struct world *world = *state;

	rule(&world->config.users, "Иванова", "7");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		flat(firm(world, "k", NULL), cases[i].path, cases[i].value);
		assert_string_equal(text_of(&derive(world, TARGET_COMPANY,
		    "k")->fields, FIELD_MANAGER), cases[i].user);
	}
}

static void
the_surer_name_of_the_manager_counts(void **state)
{
	struct world *world = *state;
	struct fields *fields = firm(world, "k", NULL);

	rule(&world->config.users, "Иванова", "7");
	rule(&world->config.users, "Петров", "8");
	flat(fields, "Ответственный", "Петров");
	value(fields, "ОсновнойМенеджерПокупателя", "Иванова", NULL);
	value(fields, "Менеджер", "Петров", NULL);
	assert_string_equal(text_of(&derive(world, TARGET_COMPANY,
	    "k")->fields, FIELD_MANAGER), "7");
}

static void
a_contact_person_gets_the_manager_when_it_is_made(void **state)
{
	struct world *world = *state;
	struct fields *fields = firm(world, "k", NULL);
	const struct wanted *wanted;

	rule(&world->config.users, "Иванова", "7");
	value(fields, "Менеджер", "Иванова", NULL);
	flat(fields, "Представители", "");
	flat(fields, "Представители/Представитель", "");
	flat(fields, "Представители/Представитель/Ид", "c1");
	flat(fields, "Представители/Представитель/Наименование", "Сидоров");
	wanted = derive_part(world, TARGET_PERSON, "k", "c1");
	assert_false(fields_has(&wanted->fields, FIELD_MANAGER));
	assert_string_equal(text_of(&wanted->at_create, FIELD_MANAGER), "7");
}

static void
hear(void *ctx, const char *text)
{
	struct world *world = ctx;

	buf_printf(&world->told, "%s\n", text);
}

static void
an_unknown_manager_is_told_once(void **state)
{
	struct world *world = *state;
	struct err err = { 0 };

	world->config.catalog.enabled = false;
	rule(&world->config.users, "Иванова", "7");
	value(firm(world, "k1", NULL), "Менеджер", "Петров", NULL);
	value(firm(world, "k2", NULL), "Менеджер", "Петров", NULL);
	(void)derive(world, TARGET_COMPANY, "k1");
	(void)derive(world, TARGET_COMPANY, "k2");
	assert_int_equal(map_warnings(world->map, hear, world, &err), 0);
	assert_string_equal(buf_text(&world->told), "1C names the manager "
	    "\"Петров\", whom `users` does not know: what is made of their "
	    "clients gets default_user\n");
	/* Without rules 1C's managers are nobody's business. */
	buf_clear(&world->told);
	world->config.users.count = 0;
	open_map(world);
	(void)derive(world, TARGET_COMPANY, "k1");
	assert_int_equal(map_warnings(world->map, hear, world, &err), 0);
	assert_string_equal(buf_text(&world->told), "");
	world->config.users.count = 1;
}

/* ---- the selection ----------------------------------------------------- */

static void
all_conditions_of_the_selection_must_hold(void **state)
{
	static char buyer[] = "покупатель", legal[] = "legal";
	char *types[] = { buyer }, *kinds[] = { legal };
	struct world *world = *state;

	world->config.counterparties.select_types = (struct config_list){
	    types, 1 };
	world->config.counterparties.select_kinds = (struct config_list){
	    kinds, 1 };
	rule(&world->config.counterparties.select_requisites, "В CRM", "Да");
	value(firm(world, "yes", "Покупатель"), "В CRM", "да", NULL);
	value(firm(world, "role", "Поставщик"), "В CRM", "Да", NULL);
	value(firm(world, "none", NULL), "В CRM", "Да", NULL);
	value(firm(world, "no", "Покупатель"), "В CRM", "Нет", NULL);
	(void)firm(world, "unsaid", "Покупатель");
	flat(firm(world, "element", "Покупатель"), "В CRM", "Да");
	assert_int_equal(derive(world, TARGET_COMPANY, "yes")->state,
	    WANTED_PRESENT);
	assert_int_equal(derive(world, TARGET_COMPANY, "element")->state,
	    WANTED_PRESENT);
	/* Left as they are, with what hangs on them. */
	assert_int_equal(derive(world, TARGET_COMPANY, "role")->state,
	    WANTED_INACTIVE);
	assert_int_equal(derive(world, TARGET_REQUISITE, "role")->state,
	    WANTED_INACTIVE);
	assert_int_equal(derive(world, TARGET_COMPANY, "none")->state,
	    WANTED_INACTIVE);
	assert_int_equal(derive(world, TARGET_COMPANY, "no")->state,
	    WANTED_INACTIVE);
	assert_int_equal(derive(world, TARGET_COMPANY, "unsaid")->state,
	    WANTED_INACTIVE);
	kinds[0] = buyer;
	open_map(world);
	assert_int_equal(derive(world, TARGET_COMPANY, "yes")->state,
	    WANTED_INACTIVE);
}

/* ---- user fields ------------------------------------------------------- */

static void
each_value_of_a_requisite_is_a_line(void **state)
{
	struct world *world = *state;
	struct fields *fields = firm(world, "k", NULL);

	rule(&world->config.counterparties.fields, "Каналы", "UF_CRM_A");
	rule(&world->config.counterparties.fields, "Регион", "Регион CRM");
	value(fields, "Каналы", "Розница", "Опт");
	value(fields, "Каналы", "", NULL);
	value(fields, "Каналы", "Сеть", NULL);
	flat(fields, "Регион", "Тверь");
	assert_string_equal(text_of(&derive(world, TARGET_COMPANY,
	    "k")->fields, FIELD_USER_FIELDS), "UF_CRM_A" P "Опт\nUF_CRM_A" P
	    "Розница\nUF_CRM_A" P "Сеть\nРегион CRM" P "Тверь");
}

static uint64_t
print_of(struct world *world)
{
	open_map(world);
	return map_fingerprint(world->map);
}

static void
the_fingerprint_knows_these_rules(void **state)
{
	static char word[] = "Покупатель";
	char *words[] = { word };
	struct config_list list = { words, 1 }, none = { NULL, 0 };
	struct world *world = *state;
	uint64_t seen[5];
	size_t i, j, n = 0;

	seen[n++] = print_of(world);
	world->config.counterparties.select_types = list;
	seen[n++] = print_of(world);
	world->config.counterparties.select_types = none;
	world->config.counterparties.select_kinds = list;
	seen[n++] = print_of(world);
	rule(&world->config.users, "Иванова", "7");
	seen[n++] = print_of(world);
	rule(&world->config.counterparties.select_requisites, "А", "Б");
	seen[n++] = print_of(world);
	for (i = 0; i < n; i++) {
		for (j = 0; j < i; j++)
			assert_true(seen[i] != seen[j]);
	}
}

int
main(void)
{
#define T(name) \
	cmocka_unit_test_setup_teardown(name, rules_make, rules_drop)
	const struct CMUnitTest tests[] = {
		T(the_manager_is_the_portals_user_by_the_rule),
		T(an_element_names_the_manager_too),
		T(the_surer_name_of_the_manager_counts),
		T(a_contact_person_gets_the_manager_when_it_is_made),
		T(an_unknown_manager_is_told_once),
		T(all_conditions_of_the_selection_must_hold),
		T(each_value_of_a_requisite_is_a_line),
		T(the_fingerprint_knows_these_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
