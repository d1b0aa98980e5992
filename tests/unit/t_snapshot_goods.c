/*
 * What belongs to one product: records of its characteristics, targets of its
 * parts; and what is asked of each product, whether there is any.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/db.h"
#include "stage_fixture.h"

#define UUID "0f8a0000-1111-2222-3333-23232323abcd"

static bool
has_characteristics(struct fixture *fixture)
{
	struct record_source source = snapshot_source(fixture->snap);

	return source.has_characteristics(source.ctx);
}

static bool
has_target(struct fixture *fixture, enum target_kind kind)
{
	struct record_source source = snapshot_source(fixture->snap);

	return source.has_target(source.ctx, kind);
}

static int
note_record(void *arg, const struct record *record, bool absent)
{
	struct str name = fields_get(&record->fields, FIELD_NAME);

	(void)buf_printf(arg, "%.*s=%.*s%s\n", (int)record->id.len,
	    record->id.p, (int)name.len, name.p, absent ? " absent" : "");
	return 0;
}

static void
assert_each_of(struct fixture *fixture, enum record_kind kind,
    const char *product, const char *wanted)
{
	struct record_source source = snapshot_source(fixture->snap);
	struct buf text = BUF_INIT(4095);

	assert_int_equal(source.each_of(source.ctx, kind, str_of(product),
	    note_record, &text, &fixture->err), 0);
	assert_string_equal(buf_text(&text), wanted);
	buf_free(&text);
}

/* ---- records ---- */

static void
the_characteristics_of_a_product_are_walked_by_id(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture, 1, 100);
	put(fixture, RECORD_OFFER, "p", "name=self");
	put(fixture, RECORD_OFFER, "p#2", "name=two");
	put(fixture, RECORD_OFFER, "p#1", "name=one");
	put(fixture, RECORD_OFFER, "p1#1", "name=other");
	put(fixture, RECORD_OFFER, "o#1", "name=another");
	put(fixture, RECORD_OFFER, UUID, "name=self");
	put(fixture, RECORD_OFFER, UUID "#" UUID, "name=packed");
	put(fixture, RECORD_OFFER, UUID "#x", "name=raw");
	put(fixture, RECORD_OFFER, UUID "1#x", "name=longer");
	put(fixture, RECORD_PRICES, "p#1", "name=prices");
	(void)accept(fixture);
	assert_each_of(fixture, RECORD_OFFER, "p", "p#1=one\np#2=two\n");
	assert_each_of(fixture, RECORD_OFFER, UUID,
	    UUID "#" UUID "=packed\n" UUID "#x=raw\n");
	assert_each_of(fixture, RECORD_PRICES, "p", "p#1=prices\n");
	assert_each_of(fixture, RECORD_RESTS, "p", "");
	assert_each_of(fixture, RECORD_OFFER, "q", "");
	assert_each_of(fixture, RECORD_OFFER, "", "");
}

static int
stop(void *arg, const struct record *record, bool absent)
{
	(void)record;
	(void)absent;
	++*(int *)arg;
	return -1;
}

static void
a_visit_may_end_the_walk(void **state)
{
	struct fixture *fixture = *state;
	struct record_source source = snapshot_source(fixture->snap);
	int visits = 0;

	begin(fixture, 1, 100);
	put(fixture, RECORD_OFFER, "p#1", "name=one");
	put(fixture, RECORD_OFFER, "p#2", "name=two");
	(void)accept(fixture);
	assert_int_equal(source.each_of(source.ctx, RECORD_OFFER,
	    str_of("p"), stop, &visits, NULL), -1);
	assert_int_equal(visits, 1);
	assert_each_of(fixture, RECORD_OFFER, "p", "p#1=one\np#2=two\n");
}

static void
a_damaged_characteristic_is_told(void **state)
{
	static const char *const damages[] = {
		"UPDATE record SET body = x'ff' WHERE kind = 9",
		"UPDATE record SET flags = 99 WHERE kind = 9",
		"DELETE FROM record WHERE kind = 9",
		("UPDATE record_key SET key = CAST(char(0, 112, 35) ||"
		    " printf('%.900c', 'x') AS BLOB) WHERE kind = 9"),
	};
	struct fixture *fixture = *state;
	struct record_source source;
	size_t i;

	for (i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		fixture_damage(fixture, "DELETE FROM record;"
		    " DELETE FROM record_key; DELETE FROM seen");
		(void)take(fixture, 1, 100, RECORD_OFFER, "p#1", "name=A");
		fixture_damage(fixture, damages[i]);
		source = snapshot_source(fixture->snap);
		assert_int_equal(source.each_of(source.ctx, RECORD_OFFER,
		    str_of("p"), note_record, NULL, &fixture->err), -1);
		assert_non_null(strstr(fixture->err.text, "damaged"));
	}
}

/* ---- are there any? ---- */

static void
an_offer_with_a_characteristic_is_remembered(void **state)
{
	struct fixture *fixture = *state;

	assert_false(has_characteristics(fixture));
	(void)take(fixture, 1, 100, RECORD_PRODUCT, "p#1", "name=A");
	(void)take(fixture, 2, 100, RECORD_OFFER, "p", "name=A");
	assert_false(has_characteristics(fixture));
	(void)take(fixture, 3, 100, RECORD_OFFER, "p#1", "name=A");
	assert_true(has_characteristics(fixture));
	fixture_reopen(fixture);
	assert_true(has_characteristics(fixture));
}

static int
ask_first(void *ctx, enum record_kind kind, struct str id, enum staged how,
    struct err *err)
{
	struct fixture *fixture = ctx;

	(void)kind;
	(void)id;
	(void)how;
	(void)err;
	assert_true(has_characteristics(fixture));
	return 0;
}

/* A good is derived before its offers are visited. */
static void
that_is_known_before_the_first_visit(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture, 1, 100);
	put(fixture, RECORD_PRODUCT, "p", "name=A");
	put(fixture, RECORD_OFFER, "p#1", "name=A");
	assert_int_equal(snapshot_begin(fixture->snap, NULL), 0);
	assert_false(has_characteristics(fixture));
	assert_int_equal(snapshot_stage_accept(fixture->snap, ask_first,
	    fixture, NULL), 0);
	snapshot_rollback(fixture->snap);
	assert_false(has_characteristics(fixture));
	assert_each_of(fixture, RECORD_OFFER, "p", "");
}

static void
an_older_state_is_looked_through_once(void **state)
{
	struct fixture *fixture = *state;
	static const char form_3[] = FORM_6
	    "ALTER TABLE session_file DROP COLUMN offers;"
		    "ALTER TABLE package DROP COLUMN late; DROP TABLE owed;"
	    "DROP TABLE term; DELETE FROM meta"
	    " WHERE name = 'goods.characteristics';"
	    "DROP INDEX target_onec_order;"
	    "PRAGMA user_version = 3;";

	/* A '#' (23) in the packed part is none. */
	(void)take(fixture, 1, 100, RECORD_OFFER, UUID, "name=A");
	(void)take(fixture, 2, 100, RECORD_OFFER, "p", "name=A");
	fixture_damage(fixture, form_3);
	assert_false(has_characteristics(fixture));
	(void)take(fixture, 3, 100, RECORD_OFFER, UUID "#x", "name=A");
	fixture_damage(fixture, form_3);
	assert_true(has_characteristics(fixture));
	assert_each_of(fixture, RECORD_OFFER, UUID, UUID "#x=A\n");
}

static void
add_target(struct fixture *fixture, enum target_kind kind, const char *id,
    const char *part)
{
	struct target target;
	int64_t row;

	assert_int_equal(part == NULL ?
	    target_set(&target, kind, str_of(id)) :
	    target_set_part(&target, kind, str_of(id), str_of(part)), 0);
	assert_int_equal(snapshot_target_row(fixture->snap, &target, &row,
	    NULL), 0);
}

static void
a_kind_of_target_is_known_once_there_is_one(void **state)
{
	struct fixture *fixture = *state;

	assert_false(has_target(fixture, TARGET_OFFER));
	assert_int_equal(snapshot_begin(fixture->snap, NULL), 0);
	assert_false(has_target(fixture, TARGET_OFFER));
	add_target(fixture, TARGET_OFFER, "p#1", NULL);
	assert_true(has_target(fixture, TARGET_OFFER));
	assert_false(has_target(fixture, TARGET_PARENT));
	snapshot_rollback(fixture->snap);
	assert_false(has_target(fixture, TARGET_OFFER));
	add_target(fixture, TARGET_OFFER, "p#1", NULL);
	assert_true(has_target(fixture, TARGET_OFFER));
	fixture_reopen(fixture);
	assert_true(has_target(fixture, TARGET_OFFER));
}

/* What another run makes between two transactions is seen. */
static void
a_no_holds_no_longer_than_a_transaction(void **state)
{
	struct fixture *fixture = *state, other = { .path = fixture->path };

	assert_int_equal(snapshot_begin(fixture->snap, NULL), 0);
	assert_false(has_target(fixture, TARGET_OFFER));
	assert_int_equal(snapshot_commit(fixture->snap, NULL), 0);
	assert_int_equal(snapshot_open(&other.snap, other.path, false, NULL),
	    0);
	add_target(&other, TARGET_OFFER, "p#1", NULL);
	snapshot_close(other.snap);
	assert_true(has_target(fixture, TARGET_OFFER));
}

/* ---- targets ---- */

static int
note_target(void *ctx, const struct target *target, struct err *err)
{
	struct str id = target_id(target), part = target_rule(target);

	(void)err;
	(void)buf_printf(ctx, "%.*s/%.*s\n", (int)id.len, id.p,
	    (int)part.len, part.len > 0 ? part.p : "");
	return 0;
}

static void
assert_targets(struct fixture *fixture, enum target_kind kind,
    const char *id, const char *wanted)
{
	struct buf text = BUF_INIT(4095);

	assert_int_equal(snapshot_image_each_of(fixture->snap, kind,
	    str_of(id), note_target, &text, &fixture->err), 0);
	assert_string_equal(buf_text(&text), wanted);
	buf_free(&text);
}

static void
the_targets_of_an_id_are_walked_by_key(void **state)
{
	struct fixture *fixture = *state;

	add_target(fixture, TARGET_PICTURE, "p", "main");
	add_target(fixture, TARGET_PICTURE, "p", "0a");
	add_target(fixture, TARGET_PICTURE, "p#1", "main");
	add_target(fixture, TARGET_PICTURE, "p1", "main");
	add_target(fixture, TARGET_STOCK, "p", "s");
	add_target(fixture, TARGET_PICTURE, UUID, "main");
	add_target(fixture, TARGET_PICTURE, UUID "#1", "main");
	add_target(fixture, TARGET_PARENT, "p", NULL);
	assert_targets(fixture, TARGET_PICTURE, "p", "p/0a\np/main\n");
	assert_targets(fixture, TARGET_PICTURE, "p#1", "p#1/main\n");
	assert_targets(fixture, TARGET_PICTURE, UUID, UUID "/main\n");
	assert_targets(fixture, TARGET_PARENT, "p", "p/\n");
	assert_targets(fixture, TARGET_STOCK, "q", "");
	assert_targets(fixture, TARGET_SERVICE, "p", "");
}

static int
add_more(void *ctx, const struct target *target, struct err *err)
{
	struct fixture *fixture = ctx;

	(void)target;
	(void)err;
	add_target(fixture, TARGET_PICTURE, "p", "z");
	return 0;
}

static void
a_visit_may_make_targets(void **state)
{
	struct fixture *fixture = *state;

	add_target(fixture, TARGET_PICTURE, "p", "a");
	assert_int_equal(snapshot_image_each_of(fixture->snap,
	    TARGET_PICTURE, str_of("p"), add_more, fixture, NULL), 0);
	assert_targets(fixture, TARGET_PICTURE, "p", "p/a\np/z\n");
}

static void
a_damaged_key_of_a_target_is_told(void **state)
{
	struct fixture *fixture = *state;

	add_target(fixture, TARGET_PICTURE, "p", "a");
	fixture_damage(fixture, "UPDATE target_key SET key"
	    " = CAST(char(0, 112, 0) || printf('%.900c', 'x') AS BLOB)");
	assert_int_equal(snapshot_image_each_of(fixture->snap,
	    TARGET_PICTURE, str_of("p"), note_target, NULL, &fixture->err),
	    -1);
	assert_non_null(strstr(fixture->err.text, "damaged"));
}

static void
a_first_load_has_never_heard_of_its_targets(void **state)
{
	struct fixture *fixture = *state;
	struct target target;
	int64_t row;

	assert_int_equal(target_set(&target, TARGET_PARENT, str_of("p")), 0);
	assert_int_equal(snapshot_begin(fixture->snap, NULL), 0);
	assert_int_equal(snapshot_fill_begin(fixture->snap, TARGET_PARENT,
	    NULL), 0);
	assert_false(has_target(fixture, TARGET_PARENT));
	assert_int_equal(snapshot_target_add(fixture->snap, &target, &row,
	    NULL), 0);
	assert_true(has_target(fixture, TARGET_PARENT));
	assert_targets(fixture, TARGET_PARENT, "p", "");
	assert_int_equal(snapshot_fill_end(fixture->snap, NULL), 0);
	assert_targets(fixture, TARGET_PARENT, "p", "p/\n");
	assert_int_equal(snapshot_commit(fixture->snap, NULL), 0);
}

static void
every_form_of_a_good_is_a_live_one(void **state)
{
	static const enum target_kind kinds[] = { TARGET_PRODUCT,
	    TARGET_PARENT, TARGET_SERVICE, TARGET_OFFER, TARGET_PICTURE };
	struct fixture *fixture = *state;
	struct target target;
	struct image image;
	int64_t count;
	size_t i;

	image_init(&image);
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		add_target(fixture, kinds[i], "p", NULL);
		assert_int_equal(target_set(&target, kinds[i], str_of("p")),
		    0);
		assert_int_equal(snapshot_image_get(fixture->snap, &target,
		    &image, NULL), 0);
		image.portal_id = 7;
		assert_int_equal(snapshot_image_put(fixture->snap, &image,
		    NULL), 0);
	}
	assert_int_equal(snapshot_live_goods(fixture->snap, &count, NULL), 0);
	assert_int_equal(count, 4);
	assert_int_equal(target_set(&target, TARGET_SERVICE, str_of("p")), 0);
	assert_int_equal(snapshot_image_get(fixture->snap, &target, &image,
	    NULL), 0);
	assert_int_equal(fields_set(&image.agreed, FIELD_ACTIVE,
	    str_of("N")), 0);
	assert_int_equal(snapshot_image_put(fixture->snap, &image, NULL), 0);
	assert_int_equal(snapshot_live_goods(fixture->snap, &count, NULL), 0);
	assert_int_equal(count, 3);
	image_free(&image);
}

/* ---- terms ---- */

static int64_t
term_of(struct fixture *fixture, enum term_kind kind, const char *of,
    const char *id)
{
	struct term_set *set = term_set_new();
	int64_t portal_id;

	assert_int_equal(snapshot_term_load(fixture->snap,
	    kind == TERM_VALUE, set, &fixture->err), 0);
	portal_id = term_set_get(set, kind, str_of(of), str_of(id));
	term_set_free(set);
	return portal_id;
}

static void
put_term(struct fixture *fixture, enum term_kind kind, const char *of,
    const char *id, int64_t portal_id)
{
	assert_int_equal(snapshot_term_put(fixture->snap, kind, str_of(of),
	    str_of(id), portal_id, &fixture->err), 0);
}

static void
terms_are_kept_by_kind_property_and_id(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(term_of(fixture, TERM_STORE, "", "s"), 0);
	put_term(fixture, TERM_STORE, "", "s", 4);
	put_term(fixture, TERM_PROPERTY, "", "s", 5);
	put_term(fixture, TERM_VALUE, "p", "s", 6);
	put_term(fixture, TERM_VALUE, "q", "s", 7);
	put_term(fixture, TERM_VALUE, "q", "s", 8);
	fixture_reopen(fixture);
	assert_int_equal(term_of(fixture, TERM_STORE, "", "s"), 4);
	assert_int_equal(term_of(fixture, TERM_PROPERTY, "", "s"), 5);
	assert_int_equal(term_of(fixture, TERM_VALUE, "p", "s"), 6);
	assert_int_equal(term_of(fixture, TERM_VALUE, "q", "s"), 8);
	put_term(fixture, TERM_VALUE, "q", "s", 0);
	put_term(fixture, TERM_VALUE, "never", "s", 0);
	assert_int_equal(term_of(fixture, TERM_VALUE, "q", "s"), 0);
	assert_int_equal(term_of(fixture, TERM_VALUE, "p", "s"), 6);
}

static void
values_are_loaded_apart_from_all_else(void **state)
{
	struct fixture *fixture = *state;
	struct term_set *set = term_set_new();

	put_term(fixture, TERM_VALUE, "p", "s", 6);
	put_term(fixture, TERM_TRAIT, "", "s", 7);
	put_term(fixture, TERM_UNIT, "", "s", 8);
	assert_int_equal(snapshot_term_load(fixture->snap, false, set,
	    &fixture->err), 0);
	assert_int_equal(term_set_get(set, TERM_VALUE, str_of("p"),
	    str_of("s")), 0);
	assert_int_equal(term_set_get(set, TERM_TRAIT, STR_NONE,
	    str_of("s")), 7);
	assert_int_equal(term_set_get(set, TERM_UNIT, STR_NONE,
	    str_of("s")), 8);
	assert_int_equal(snapshot_term_load(fixture->snap, true, set,
	    &fixture->err), 0);
	assert_int_equal(term_set_get(set, TERM_VALUE, str_of("p"),
	    str_of("s")), 6);
	term_set_free(set);
}

static void
a_damaged_term_is_told(void **state)
{
	static const char *const damages[] = {
		"UPDATE term SET kind = 99", "UPDATE term SET kind = 0",
		"UPDATE term SET portal_id = 0",
		"UPDATE term SET portal_id = -1",
	};
	struct fixture *fixture = *state;
	struct term_set *set;
	size_t i;

	for (i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		fixture_damage(fixture, "DELETE FROM term");
		put_term(fixture, TERM_STORE, "", "s", 4);
		fixture_damage(fixture, damages[i]);
		set = term_set_new();
		assert_int_equal(snapshot_term_load(fixture->snap, false, set,
		    &fixture->err), -1);
		assert_non_null(strstr(fixture->err.text, "table term"));
		term_set_free(set);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		test(the_characteristics_of_a_product_are_walked_by_id),
		test(a_visit_may_end_the_walk),
		test(a_damaged_characteristic_is_told),
		test(an_offer_with_a_characteristic_is_remembered),
		test(that_is_known_before_the_first_visit),
		test(an_older_state_is_looked_through_once),
		test(a_kind_of_target_is_known_once_there_is_one),
		test(a_no_holds_no_longer_than_a_transaction),
		test(the_targets_of_an_id_are_walked_by_key),
		test(a_visit_may_make_targets),
		test(a_damaged_key_of_a_target_is_told),
		test(a_first_load_has_never_heard_of_its_targets),
		test(every_form_of_a_good_is_a_live_one),
		test(terms_are_kept_by_kind_property_and_id),
		test(values_are_loaded_apart_from_all_else),
		test(a_damaged_term_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
