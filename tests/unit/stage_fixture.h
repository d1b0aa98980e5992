/*
 * Packages of a few records, for the tests of staging.  Included once by a
 * test, behind cmocka.
 */
#ifndef TESTS_STAGE_FIXTURE_H
#define TESTS_STAGE_FIXTURE_H

#include "snapshot_fixture.h"

/* What the visits of an accept said, one line each. */
struct visits {
	struct buf text;
	int count;
	int fail_at;
};

static inline int
note_visit(void *ctx, enum record_kind kind, struct str id, enum staged how,
    struct err *err)
{
	static const char letters[] = "=+~";
	struct visits *visits = ctx;

	if (++visits->count == visits->fail_at)
		return err_set(err, ERR_SYSTEM, "the visit fails");
	(void)buf_printf(&visits->text, "%c%s:%.*s\n", letters[how],
	    record_kind_name(kind), (int)id.len, id.p);
	return 0;
}

static inline void
begin(struct fixture *fixture, int64_t package, int64_t formed)
{
	struct stage_options options = { .package = package,
	    .formed = formed };

	assert_int_equal(snapshot_stage_begin(fixture->snap, &options,
	    &fixture->err), 0);
}

/* A session with one package of this number and time. */
static inline int64_t
session_of(struct fixture *fixture, int64_t package, int64_t formed,
    bool closed)
{
	struct session session = { .node = "webdata", .closed = closed };
	struct package row = { .id = package, .state = PACKAGE_DONE,
	    .formed = formed, .accepted = true };

	assert_int_equal(snapshot_session_put(fixture->snap, &session, NULL),
	    0);
	row.session = session.id;
	assert_int_equal(snapshot_package_put(fixture->snap, &row, NULL), 0);
	return session.id;
}

/* Values: "name=Paper", "price=A|10", separated by blanks. */
static inline void
fill(struct fields *fields, const char *values)
{
	char *copy = mem_text(values), *rest = copy, *word;

	for (word = strtok_r(copy, " ", &rest); word != NULL;
	    word = strtok_r(NULL, " ", &rest)) {
		char *value = strchr(word, '=');
		char *part;

		*value++ = '\0';
		part = strchr(value, '|');
		if (part != NULL)
			*part = FIELD_PART;
		assert_int_equal(fields_add(fields,
		    field_by_name(str_of(word)), str_of(value)), 0);
	}
	free(copy);
}

static inline enum staged
put(struct fixture *fixture, enum record_kind kind, const char *id,
    const char *values)
{
	struct record record = { .kind = kind, .id = str_of(id) };
	enum staged result;

	fields_init(&record.fields);
	fill(&record.fields, values);
	assert_int_equal(snapshot_stage_put(fixture->snap, &record, &result,
	    &fixture->err), 0);
	fields_free(&record.fields);
	return result;
}

/* Accepts and returns what was visited; the next call overwrites it. */
static inline const char *
accept(struct fixture *fixture)
{
	static char text[4096];
	struct visits visits = { .text = BUF_INIT(4095) };

	assert_int_equal(snapshot_begin(fixture->snap, &fixture->err), 0);
	assert_int_equal(snapshot_stage_accept(fixture->snap, note_visit,
	    &visits, &fixture->err), 0);
	assert_int_equal(snapshot_commit(fixture->snap, &fixture->err), 0);
	snapshot_stage_drop(fixture->snap);
	(void)snprintf(text, sizeof(text), "%s", buf_text(&visits.text));
	buf_free(&visits.text);
	return text;
}

/* One record in a package of its own. */
static inline enum staged
take(struct fixture *fixture, int64_t package, int64_t formed,
    enum record_kind kind, const char *id, const char *values)
{
	enum staged result;

	begin(fixture, package, formed);
	result = put(fixture, kind, id, values);
	(void)accept(fixture);
	return result;
}

static inline void
assert_record(struct fixture *fixture, enum record_kind kind, const char *id,
    const char *values)
{
	struct record_source source = snapshot_source(fixture->snap);
	struct fields wanted, found;

	fields_init(&wanted);
	fields_init(&found);
	fill(&wanted, values);
	assert_int_equal(source.get(source.ctx, kind, str_of(id), &found,
	    &fixture->err), 0);
	assert_true(str_eq(fields_bytes(&wanted), fields_bytes(&found)));
	fields_free(&wanted);
	fields_free(&found);
}

#endif
