/* The managers' own tree of sections. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "map_world.h"

/* A place with one group, or one of goods, or both; NULL: none. */
static void
place(struct world *world, const char *path, const char *inside,
    const char *goods)
{
	struct config_place *found =
	    &world->places[world->config.catalog.tree_count];
	size_t at = world->config.catalog.tree_count++ * 2;

	found->path = mem_text(path);
	found->groups.items = &world->named[at];
	found->goods.items = &world->named[at + 1];
	if (inside != NULL)
		found->groups.items[found->groups.count++] =
		    mem_text(inside);
	if (goods != NULL)
		found->goods.items[found->goods.count++] = mem_text(goods);
}

static int
drop_world(void **state)
{
	struct world *world = *state;
	size_t i;

	map_close(world->map);
	world->map = NULL;
	for (i = 0; i < world->config.catalog.tree_count; i++)
		free(world->places[i].path);
	for (i = 0; i < sizeof(world->named) / sizeof(*world->named); i++)
		free(world->named[i]);
	return world_drop(state);
}

static void
shop(struct world *world)
{
	named_group(world, "g1", "Бумага", "");
	named_group(world, "g2", "Офисная", "g1");
	named_group(world, "g3", "Папки", "");
	say(product(world, "in"), FIELD_GROUP, "g2");
	say(product(world, "beside"), FIELD_GROUP, "g3");
}

static void
a_path_is_a_chain_of_sections(void **state)
{
	struct world *world = *state;
	const struct wanted *wanted;
	struct err err = { 0 };

	place(world, "Каталог / Для офиса", "g1", NULL);
	place(world, "Каталог", NULL, NULL);
	place(world, "Прочее", NULL, NULL);
	open_map(world);
	assert_int_equal(map_tree_targets(world->map, note_target,
	    &world->told, &err), 0);
	assert_string_equal(buf_text(&world->told), "section:cml24:Каталог "
	    "section:cml24:Каталог/Для офиса section:cml24:Прочее");
	wanted = derive(world, TARGET_SECTION, "cml24:Каталог");
	assert_int_equal(wanted->state, WANTED_PRESENT);
	assert_fields(&wanted->fields,
	    "name=Каталог parent! xml_id=cml24:Каталог");
	assert_int_equal(wanted->parent.kind, TARGET_NONE);
	wanted = derive(world, TARGET_SECTION, "cml24:Каталог/Для офиса");
	assert_fields(&wanted->fields, "name=Для офиса parent=cml24:Каталог "
	    "xml_id=cml24:Каталог/Для офиса");
	assert_parent(wanted, TARGET_SECTION, "cml24:Каталог");
	assert_int_equal(derive(world, TARGET_SECTION, "cml24:Нет")->state,
	    WANTED_NOTHING);
}

static void
assert_place(struct world *world, const char *id, const char *section)
{
	const struct wanted *wanted = derive(world, TARGET_PRODUCT, id);

	assert_parent(wanted, TARGET_SECTION, section);
	assert_true(str_is(fields_get(&wanted->fields, FIELD_GROUP),
	    section));
	assert_false(wanted->orphan);
}

static void
goods_follow_their_groups_into_the_tree(void **state)
{
	struct world *world = *state;
	struct fields *fields;

	shop(world);
	place(world, "А", "бумага/офисная", NULL);
	place(world, "Б/В", "g1", NULL);
	open_map(world);
	map_group_hold(world->map, true);
	assert_place(world, "in", "cml24:А");
	assert_place(world, "in", "cml24:А");
	assert_place(world, "beside", "g3");
	say(product(world, "above"), FIELD_GROUP, "g1");
	assert_place(world, "above", "cml24:Б/В");
	/* Of several the first place of the file. */
	fields = product(world, "both");
	say(fields, FIELD_GROUP, "g3");
	say(fields, FIELD_GROUP, "g1");
	say(fields, FIELD_GROUP, "g2");
	assert_place(world, "both", "cml24:А");
	map_group_hold(world->map, false);
	/* Those groups are no sections of their own. */
	assert_int_equal(derive(world, TARGET_SECTION, "g1")->state,
	    WANTED_NOTHING);
	assert_int_equal(derive(world, TARGET_SECTION, "g2")->state,
	    WANTED_NOTHING);
	assert_int_equal(derive(world, TARGET_SECTION, "g3")->state,
	    WANTED_PRESENT);
}

static void
goods_may_be_named_one_by_one(void **state)
{
	struct world *world = *state;
	struct fields *fields;

	shop(world);
	place(world, "А", "g3", NULL);
	place(world, "Б", NULL, " степлер  №10");
	place(world, "В", NULL, "st-10");
	place(world, "Г", NULL, "one");
	fields = record(world, RECORD_PRODUCT, "one");
	say(fields, FIELD_NAME, "Иное");
	say(fields, FIELD_GROUP, "g3");
	assert_place(world, "one", "cml24:Г");
	say(fields, FIELD_ARTICLE, "ST-10");
	assert_place(world, "one", "cml24:В");
	fields = record(world, RECORD_PRODUCT, "one");
	say(fields, FIELD_NAME, "Степлер №10");
	assert_place(world, "one", "cml24:Б");
	/* An Ид is exact. */
	say(product(world, "ONE"), FIELD_GROUP, "g2");
	assert_place(world, "ONE", "g2");
	assert_place(world, "beside", "cml24:А");
}

static void
owners_of_groups_are_asked(void **state)
{
	struct world *world = *state;
	const struct wanted *wanted;

	rule(&world->config.owners, "groups.parent", "never");
	rule(&world->config.owners, "goods.group", "never");
	shop(world);
	place(world, "А/Б", "g2", NULL);
	wanted = derive(world, TARGET_SECTION, "cml24:А/Б");
	assert_fields(&wanted->fields, "name=Б xml_id=cml24:А/Б");
	assert_int_equal(wanted->parent.kind, TARGET_NONE);
	assert_int_equal(derive(world, TARGET_PRODUCT, "in")->parent.kind,
	    TARGET_NONE);
}

static void
note_warning(void *ctx, const char *text)
{
	buf_printf(ctx, "%s\n", text);
}

static void
groups_that_nobody_has_are_told(void **state)
{
	static char inside[] = "бумага/офисная", slip[] = "Папка";
	struct world *world = *state;
	struct config_list *select = &world->config.catalog.select_groups;

	place(world, "А", "g2", "нет");
	place(world, "Б", "Бумага / Картон", NULL);
	world->places[1].line = 7;
	select->items[select->count++] = inside;
	select->items[select->count++] = slip;
	open_map(world);
	/* Before the first package nothing is wrong. */
	assert_int_equal(map_warnings(world->map, note_warning,
	    &world->told, NULL), 0);
	assert_string_equal(buf_text(&world->told), "");
	shop(world);
	assert_int_equal(map_warnings(world->map, note_warning,
	    &world->told, NULL), 0);
	assert_string_equal(buf_text(&world->told),
	    "exchange.json: catalog.select.groups: no package has stated a "
	    "group \"Папка\"\nexchange.json:7: \"Б\": no package has stated "
	    "a group \"Бумага / Картон\"\nexchange.json:0: \"А\": no package "
	    "has stated a good \"нет\" (Ид, article or name; of a "
	    "characteristic name its product)\n");
}

static bool
left(struct world *world, const char *id)
{
	struct target section;

	assert_int_equal(target_set(&section, TARGET_SECTION, str_of(id)),
	    0);
	return map_tree_left(world->map, &section);
}

static void
a_place_that_is_not_named_any_more_has_left(void **state)
{
	struct world *world = *state;

	place(world, "Каталог/Бумага", "g1", NULL);
	open_map(world);
	assert_false(left(world, "cml24:Каталог"));
	assert_false(left(world, "cml24:Каталог/Бумага"));
	assert_true(left(world, "cml24:Каталог/Листы"));
	/* No place of the tree. */
	assert_false(left(world, "g1"));
	assert_false(left(world, "cml24:"));
	/* Then nobody asked for anything. */
	world->config.catalog.enabled = false;
	open_map(world);
	assert_false(left(world, "cml24:Каталог/Листы"));
}

int
main(void)
{
#define T(name) \
	cmocka_unit_test_setup_teardown(name, world_make, drop_world)
	const struct CMUnitTest tests[] = {
		T(a_path_is_a_chain_of_sections),
		T(goods_follow_their_groups_into_the_tree),
		T(goods_may_be_named_one_by_one),
		T(owners_of_groups_are_asked),
		T(groups_that_nobody_has_are_told),
		T(a_place_that_is_not_named_any_more_has_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
