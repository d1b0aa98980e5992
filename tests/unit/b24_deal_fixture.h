/*
 * A portal with orders: two funnels, user fields, templates of requisites.
 */
#ifndef TESTS_B24_DEAL_FIXTURE_H
#define TESTS_B24_DEAL_FIXTURE_H

#include "b24_fixture.h"
#include "bitrix/b24_deal.h"

#define SCOPES "[\"catalog\",\"crm\",\"user_brief\",\"im\"]"
#define CATEGORIES "{\"categories\":[{\"id\":3,\"name\":\"Опт\"}," \
	"{\"id\":0,\"name\":\"Общая\"}]}"
#define STAGE(entity, id, name, sort, mark) "{\"ENTITY_ID\":\"" entity \
	"\",\"STATUS_ID\":\"" id "\",\"NAME\":\"" name "\",\"SORT\":\"" sort \
	"\",\"SEMANTICS\":" mark "}"
#define STAGES "[" \
	STAGE("DEAL_STAGE_3", "C3:WON", "Успех", "60", "\"S\"") "," \
	STAGE("DEAL_STAGE_3", "C3:NEW", "Новая", "10", "null") "," \
	STAGE("DEAL_STAGE_3", "C3:EXPORT", "Отгрузка", "20", "null") "," \
	STAGE("DEAL_STAGE_3", "C3:PAID", "Оплачена", "30", "null") "," \
	STAGE("DEAL_STAGE_3", "C3:LOSE", "Провал", "70", "\"F\"") "," \
	STAGE("DEAL_STAGE_3", "C3:APOLOGY", "Анализ", "80", "\"F\"") "," \
	STAGE("DEAL_STAGE", "NEW", "Начало", "10", "null") "," \
	STAGE("SOURCE", "WEB", "Сайт", "10", "null") "]"
#define UF(name, type, label, more) "{\"FIELD_NAME\":\"UF_CRM_" name \
	"\",\"USER_TYPE_ID\":\"" type "\",\"MULTIPLE\":\"N\"," \
	"\"EDIT_FORM_LABEL\":\"" label "\"" more "}"
#define UFS "[" UF("NUMBER", "string", "Номер", "") "," \
	UF("PAID", "boolean", "Оплачен", "") "," \
	UF("WAY", "enumeration", "Доставка", ",\"LIST\":[{\"ID\":\"77\"," \
	"\"VALUE\":\"Курьер\"},{\"ID\":\"78\",\"VALUE\":\"Сам\"}]") "," \
	UF("DAY", "date", "Дата отгрузки", "") "]"
#define RU_PRESET(id, kind) "{\"ID\":\"" id "\",\"NAME\":\"n" id \
	"\",\"XML_ID\":\"#CRM_REQUISITE_PRESET_DEF_RU_" kind "#\"}"
#define RU_PRESETS "[" RU_PRESET("1", "COMPANY") "," \
	RU_PRESET("3", "PERSON") "]"
#define DEAL_FACTS(scopes) "{\"c0\":" scopes ",\"c1\":" CATEGORIES \
	",\"c2\":" UFS ",\"c3\":" RU_PRESETS "}"
/* Asked for by funnel, of which a case has one or two. */
#define DEAL_STAGES "{\"c0\":" STAGES ",\"c1\":" STAGES "}"
#define USUAL_FUNNEL "{\"funnel\":\"опт\",\"export_stages\":[\"отгрузка\"]," \
	"\"paid_stage\":\"PAID\"}"
#define USUAL_FIELDS "\"fields\":{\"number\":\"UF_CRM_NUMBER\",\"paid\":" \
	"\"UF_CRM_PAID\"},\"requisites\":{\"Способ доставки\":" \
	"\"UF_CRM_WAY\"}"

static inline char *
batch_of(const char *results, const char *errors)
{
	char *body = mem_printf(BATCH("%s", "%s"), results, errors);
	char *answer = loopback_json(200, body);

	free(body);
	return answer;
}

static inline void
open_orders(const char *funnels, const char *more)
{
	load_text(mem_printf("{\"portal\":{\"webhook\":"
	    "\"http://127.0.0.1:%d/rest/1/" SECRET "/\","
	    "\"retry_max_seconds\":5,\"burst\":1000},\"catalog\":{" USUAL
	    ",\"pictures\":false},\"orders\":{\"number_first\":1,"
	    "\"number_last\":99,"
	    "\"funnels\":[%s],%s}}", server.port, funnels, more));
}

/* prepare() with these facts; then the portal answers with `more`. */
#define PREPARED 4              /* answers that prepare() takes */
static inline int
prepare_orders(char *facts_answer, const char *funnels, const char *fields,
    char **more, size_t count, struct err *err)
{
	char *answers[20] = { loopback_json(200, FACTS_1), facts_answer,
	    batch_of(DEAL_STAGES, "[]"), loopback_json(200, FACTS_2) };

	for (size_t i = 0; i < count; i++)
		answers[PREPARED + i] = more[i];
	loopback_start(&server, answers, PREPARED + count);
	open_orders(funnels, fields);
	return remote.prepare(remote.ctx, true, &facts, err);
}

#endif
