#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "map_world.h"

#define ROOM 8

static int
party_make(void **state)
{
	struct world *world;

	(void)world_make(state);
	world = *state;
	world->config.counterparties.given = true;
	world->config.counterparties.individual_contact = true;
	world->config.counterparties.types.pairs = mem_array(ROOM,
	    sizeof(struct config_pair));
	world->config.counterparties.fields.pairs = mem_array(ROOM,
	    sizeof(struct config_pair));
	rule(&world->config.counterparties.types, "Покупатель", "CUSTOMER");
	rule(&world->config.counterparties.types, "Поставщик", "SUPPLIER");
	return 0;
}

static int
party_drop(void **state)
{
	struct world *world = *state;

	drop_pairs(&world->config.counterparties.types);
	drop_pairs(&world->config.counterparties.fields);
	free(world->config.counterparties.types.pairs);
	free(world->config.counterparties.fields.pairs);
	free(world->config.default_user);
	return world_drop(state);
}

/* Rows "path|value", a line each, as the reader's dump shows them. */
static struct fields *
party(struct world *world, const char *id, const char *rows)
{
	struct fields *fields = record(world, RECORD_COUNTERPARTY, id);
	char path[256], value[1024];

	while (*rows != '\0') {
		size_t len = strcspn(rows, "\n"), name = strcspn(rows, "|");

		assert_true(name < len && name < sizeof(path) &&
		    len - name < sizeof(value));
		(void)snprintf(path, sizeof(path), "%.*s", (int)name, rows);
		(void)snprintf(value, sizeof(value), "%.*s",
		    (int)(len - name - 1), rows + name + 1);
		flat(fields, path, value);
		if (strcmp(path, "Наименование") == 0)
			say(fields, FIELD_NAME, value);
		rows += len + (rows[len] == '\n');
	}
	return fields;
}

/* The parts of a value are shown as "kind:value", its lines by ';'. */
static void
assert_wanted(const struct fields *fields, const char *want)
{
	struct buf seen = BUF_INIT(8192);
	struct str value;
	enum field field;
	size_t at = 0, i;

	while (fields_next(fields, &at, &field, &value)) {
		buf_printf(&seen, "%s%s=", seen.len > 0 ? " " : "",
		    field_name(field));
		for (i = 0; i < value.len; i++)
			buf_add_char(&seen, value.p[i] == FIELD_PART ? ':' :
			    value.p[i] == '\n' ? ';' : value.p[i]);
	}
	assert_string_equal(buf_text(&seen), want);
	buf_free(&seen);
}

#define FIRM \
	"Ид|k1\nНаименование|Образец\n" \
	"ОфициальноеНаименование|ООО «Образец»\nИНН|7700000001\n" \
	"КПП|770001001\nКодПоОКПО|12345678\nОГРН|1027700000001\n" \
	"ОКОПФ|12300\nОКВЭД|47.11\nРуководитель|Сидоров С. С.\n" \
	"Роль|Покупатель\nКомментарий|постоянный\n" \
	"ЮридическийАдрес|\nЮридическийАдрес/Представление|123001, Москва\n" \
	"ЮридическийАдрес/АдресноеПоле|\n" \
	"ЮридическийАдрес/АдресноеПоле/Тип|Почтовый индекс\n" \
	"ЮридическийАдрес/АдресноеПоле/Значение|123001\n" \
	"ЮридическийАдрес/АдресноеПоле|\n" \
	"ЮридическийАдрес/АдресноеПоле/Тип|Населённый пункт\n" \
	"ЮридическийАдрес/АдресноеПоле/Значение|Москва\n" \
	"ЮридическийАдрес/АдресноеПоле|\n" \
	"ЮридическийАдрес/АдресноеПоле/Тип|Улица\n" \
	"ЮридическийАдрес/АдресноеПоле/Значение|Мира ул\n" \
	"ЮридическийАдрес/АдресноеПоле|\n" \
	"ЮридическийАдрес/АдресноеПоле/Тип|Дом\n" \
	"ЮридическийАдрес/АдресноеПоле/Значение|5\n" \
	"ЮридическийАдрес/АдресноеПоле|\n" \
	"ЮридическийАдрес/АдресноеПоле/Тип|Квартира\n" \
	"ЮридическийАдрес/АдресноеПоле/Значение|оф. 7\n" \
	"Адрес|г. Тула, ул. Ленина, 1\n" \
	"Контакты|\nКонтакты/Контакт|\nКонтакты/Контакт/Тип|Почта\n" \
	"Контакты/Контакт/Значение|A@example.ru, b@example.ru\n" \
	"Контакты/Контакт|\nКонтакты/Контакт/Тип|ТелефонРабочий\n" \
	"Контакты/Контакт/Значение|8 495 123-45-67\n" \
	"Контакты/Контакт|\nКонтакты/Контакт/Тип|Телефон\n" \
	"Контакты/Контакт/Значение|+7 (495) 1234567\n" \
	"Контакты/Контакт|\nКонтакты/Контакт/Тип|Телефон мобильный\n" \
	"Контакты/Контакт/Значение|нет\n" \
	"Контакты/Контакт|\nКонтакты/Контакт/Тип|Телефон мобильный\n" \
	"Контакты/Контакт/Значение|8 916 111-22-33\n" \
	"Контакты/Контакт|\nКонтакты/Контакт/Тип|Факс\n" \
	"Контакты/Контакт/Значение|8 495 765-43-21\n" \
	"Контакты/Контакт|\nКонтакты/Контакт/Тип|Почта\n" \
	"Контакты/Контакт/Значение|101000, Москва, а/я 5\n" \
	"Контакты/Контакт|\nКонтакты/Контакт/Тип|Электронная почта\n" \
	"Контакты/Контакт/Значение|a@EXAMPLE.ru\n" \
	"Контакты/Контакт|\nКонтакты/Контакт/Тип|ВебСайт\n" \
	"Контакты/Контакт/Значение|example.ru\n" \
	"РасчетныеСчета|\nРасчетныеСчета/РасчетныйСчет|\n" \
	"РасчетныеСчета/РасчетныйСчет/НомерСчета|40702 810 0\n" \
	"РасчетныеСчета/РасчетныйСчет/Банк|\n" \
	"РасчетныеСчета/РасчетныйСчет/Банк/БИК|044525225\n" \
	"РасчетныеСчета/РасчетныйСчет/Банк/Наименование|СБЕРБАНК\n" \
	"РасчетныеСчета/РасчетныйСчет/Банк/СчетКорреспондентский|301\n" \
	"РасчетныеСчета/РасчетныйСчет|\n" \
	"РасчетныеСчета/РасчетныйСчет/НомерСчета|2\n" \
	"Представители|\nПредставители/Представитель|\n" \
	"Представители/Представитель/Отношение|Контактное лицо\n" \
	"Представители/Представитель/Ид|f1\n" \
	"Представители/Представитель/Наименование|Петрова Анна Ильинична\n" \
	"Представители/Представитель|\n" \
	"Представители/Представитель/Контрагент|\n" \
	"Представители/Представитель/Контрагент/Отношение|Директор\n" \
	"Представители/Представитель/Контрагент/Наименование|Иванов Пётр\n" \
	"Представители/Представитель/Контрагент/Контакты|\n" \
	"Представители/Представитель/Контрагент/Контакты/Контакт|\n" \
	"Представители/Представитель/Контрагент/Контакты/Контакт/Тип|" \
	"Телефон домашний\n" \
	"Представители/Представитель/Контрагент/Контакты/Контакт/Значение|" \
	"8 495 000-00-01\n" \
	"Представители/Представитель|\n" \
	"Представители/Представитель/Ид|f2\n" \
	"Представители/Представитель/Наименование|ООО Посредник\n" \
	"ЗначенияРеквизитов|\nЗначенияРеквизитов/ЗначениеРеквизита|\n" \
	"ЗначенияРеквизитов/ЗначениеРеквизита/Наименование|Регион\n" \
	"ЗначенияРеквизитов/ЗначениеРеквизита/Значение|Центр\n"

static void
a_counterparty_names_all_that_is_made_of_it(void **state)
{
	struct world *world = *state;

	party(world, "k1", FIRM);
	assert_targets(world, RECORD_COUNTERPARTY, "k1", "company:k1 "
	    "requisite:k1 bank:k1/407028100 bank:k1/2 address:k1/6 "
	    "address:k1/1 address:k1/8 person:k1/f1 "
	    "person:k1/k1#иванов петр");
	/* What a document says of it names the same ones. */
	party(world, "k1#document", "Ид|k1\nНаименование|Образец\n");
	assert_targets(world, RECORD_COUNTERPARTY, "k1#document",
	    "company:k1 requisite:k1 bank:k1/407028100 bank:k1/2 "
	    "address:k1/6 address:k1/1 address:k1/8 person:k1/f1 "
	    "person:k1/k1#иванов петр");
	party(world, "k2#document", "Наименование|Иванов\nРоль|Покупатель\n");
	assert_targets(world, RECORD_COUNTERPARTY, "k2#document",
	    "contact:k2");
	assert_targets(world, RECORD_COUNTERPARTY, "k3", "");
	world->config.counterparties.given = false;
	open_map(world);
	assert_targets(world, RECORD_COUNTERPARTY, "k1", "");
	assert_int_equal(derive(world, TARGET_COMPANY, "k1")->state,
	    WANTED_NOTHING);
}

static void
a_company_takes_name_type_and_contacts(void **state)
{
	struct world *world = *state;
	const struct wanted *wanted;

	world->config.default_user = mem_text("boss@example.ru");
	rule(&world->config.counterparties.fields, "регион", "UF_CRM_B");
	rule(&world->config.counterparties.fields, "ОКОПФ", "UF_CRM_A");
	rule(&world->config.counterparties.fields, "Нет", "UF_CRM_C");
	party(world, "k1", FIRM);
	/* Without goods too. */
	world->config.catalog.enabled = false;
	wanted = derive(world, TARGET_COMPANY, "k1");
	assert_int_equal(wanted->state, WANTED_PRESENT);
	assert_int_equal(wanted->parent.kind, TARGET_NONE);
	assert_wanted(&wanted->fields, "name=Образец party_type=CUSTOMER "
	    "comment=постоянный phone=FAX:8 495 765-43-21;MOBILE:8 916 "
	    "111-22-33;WORK:8 495 123-45-67 email=WORK:A@example.ru;"
	    "WORK:b@example.ru site=WORK:example.ru "
	    "user_fields=UF_CRM_A:12300;UF_CRM_B:Центр");
	assert_wanted(&wanted->at_create, "xml_id=k1 "
	    "manager=boss@example.ru taxpayer=7700000001:770001001");
	assert_int_equal(derive(world, TARGET_CONTACT, "k1")->state,
	    WANTED_NOTHING);
}

static void
a_requisite_takes_numbers_and_names(void **state)
{
	struct world *world = *state;
	const struct wanted *wanted;

	party(world, "k1", FIRM);
	wanted = derive(world, TARGET_REQUISITE, "k1");
	assert_int_equal(wanted->state, WANTED_PRESENT);
	assert_parent(wanted, TARGET_COMPANY, "k1");
	assert_wanted(&wanted->fields, "name=Образец full_name=ООО "
	    "«Образец» inn=7700000001 kpp=770001001 ogrn=1027700000001 "
	    "okpo=12345678 okved=47.11 "
	    "director=Сидоров С. С.");
	assert_wanted(&wanted->at_create, "xml_id=k1 preset=legal "
	    "holder=company");
	party(world, "e", "Наименование|ИП Иванов\nПолноеНаименование|"
	    "ИП Иванов Иван Иванович\nИНН|770000000012\nКПП|770001001\n"
	    "ОКПО|1\n");
	wanted = derive(world, TARGET_REQUISITE, "e");
	assert_wanted(&wanted->fields, "name=ИП Иванов full_name=ИП Иванов "
	    "Иван Иванович last_name=Иванов first_name=Иван "
	    "second_name=Иванович inn=770000000012 okpo=1");
	assert_wanted(&wanted->at_create, "xml_id=e preset=entrepreneur "
	    "holder=company");
	assert_wanted(&derive(world, TARGET_COMPANY, "e")->at_create,
	    "xml_id=e taxpayer=770000000012:");
	world->config.counterparties.entrepreneur_contact = true;
	open_map(world);
	wanted = derive(world, TARGET_REQUISITE, "e");
	assert_parent(wanted, TARGET_CONTACT, "e");
	assert_wanted(&wanted->at_create, "xml_id=e preset=entrepreneur "
	    "holder=contact");
	/* A private person of whom nothing is known needs none. */
	party(world, "p", "Наименование|Иванов\nПолноеНаименование|Иванов\n");
	assert_int_equal(derive(world, TARGET_REQUISITE, "p")->state,
	    WANTED_NOTHING);
	party(world, "p", "Наименование|Иванов\nАдрес|Москва\n");
	assert_parent(derive(world, TARGET_REQUISITE, "p"), TARGET_CONTACT,
	    "p");
}

static void
accounts_and_addresses_hang_on_the_requisite(void **state)
{
	struct world *world = *state;
	const struct wanted *wanted;

	party(world, "k1", FIRM);
	wanted = derive_part(world, TARGET_BANK, "k1", "407028100");
	assert_parent(wanted, TARGET_REQUISITE, "k1");
	assert_wanted(&wanted->fields, "account=407028100 bik=044525225 "
	    "bank=СБЕРБАНК corr_account=301");
	wanted = derive_part(world, TARGET_BANK, "k1", "2");
	assert_wanted(&wanted->fields, "account=2");
	assert_int_equal(derive_part(world, TARGET_BANK, "k1", "3")->state,
	    WANTED_NOTHING);
	wanted = derive_part(world, TARGET_ADDRESS, "k1", "6");
	assert_parent(wanted, TARGET_REQUISITE, "k1");
	assert_wanted(&wanted->fields, "address=Мира ул, 5 postcode=123001 "
	    "city=Москва address_2=оф. 7");
	wanted = derive_part(world, TARGET_ADDRESS, "k1", "1");
	assert_wanted(&wanted->fields, "address=г. Тула, ул. Ленина, 1");
	wanted = derive_part(world, TARGET_ADDRESS, "k1", "8");
	assert_wanted(&wanted->fields, "address=101000, Москва, а/я 5");
	assert_int_equal(derive_part(world, TARGET_ADDRESS, "k1",
	    "4")->state, WANTED_NOTHING);
}

static void
one_field_of_an_address_is_not_the_address(void **state)
{
	struct world *world = *state;
	const struct wanted *wanted;

	party(world, "k", "Наименование|А\nАдресРегистрации|\n"
	    "АдресРегистрации/Представление|Тула, Мира 5\n"
	    "АдресРегистрации/АдресноеПоле|\n"
	    "АдресРегистрации/АдресноеПоле/Тип|Город\n"
	    "АдресРегистрации/АдресноеПоле/Значение|Тула\n"
	    "ПочтовыйАдрес|\nПочтовыйАдрес/Представление|<>\n"
	    "Адрес|\nАдрес/Представление|Тула, Мира 5\n"
	    "Адрес/АдресноеПоле|\nАдрес/АдресноеПоле/Тип|Город\n"
	    "Адрес/АдресноеПоле/Значение|Тула\n"
	    "Адрес/АдресноеПоле|\nАдрес/АдресноеПоле/Тип|Регион\n"
	    "Адрес/АдресноеПоле/Значение|Тульская обл\n");
	wanted = derive_part(world, TARGET_ADDRESS, "k", "4");
	assert_wanted(&wanted->fields, "address=Тула, Мира 5");
	/* The street is in the text alone. */
	wanted = derive_part(world, TARGET_ADDRESS, "k", "1");
	assert_wanted(&wanted->fields, "address=Тула, Мира 5 city=Тула "
	    "province=Тульская обл");
	assert_targets(world, RECORD_COUNTERPARTY, "k",
	    "contact:k requisite:k address:k/1 address:k/4");
}

static void
contact_persons_are_bound_to_their_company(void **state)
{
	struct world *world = *state;
	const struct wanted *wanted;

	world->config.default_user = mem_text("7");
	party(world, "k1", FIRM);
	wanted = derive_part(world, TARGET_PERSON, "k1", "f1");
	assert_int_equal(wanted->state, WANTED_PRESENT);
	assert_parent(wanted, TARGET_COMPANY, "k1");
	assert_wanted(&wanted->fields, "last_name=Петрова first_name=Анна "
	    "second_name=Ильинична companies=1");
	assert_wanted(&wanted->at_create, "xml_id=f1 "
	    "party_type=CUSTOMER manager=7");
	wanted = derive_part(world, TARGET_PERSON, "k1", "k1#иванов петр");
	assert_wanted(&wanted->fields, "last_name=Иванов first_name=Пётр "
	    "post=Директор phone=HOME:8 495 000-00-01 companies=1");
	assert_int_equal(derive_part(world, TARGET_PERSON, "k1",
	    "f9")->state, WANTED_NOTHING);
	world->config.counterparties.legal_contact = true;
	open_map(world);
	assert_int_equal(derive_part(world, TARGET_PERSON, "k1",
	    "f1")->state, WANTED_NOTHING);
}

static void
a_document_speaks_where_no_list_does(void **state)
{
	struct world *world = *state;
	const struct wanted *wanted;

	party(world, "k1#document", "Ид|k1\nНаименование|Тонкий\n"
	    "ОфициальноеНаименование|ООО Тонкий\nРоль|Поставщик\n");
	wanted = derive(world, TARGET_COMPANY, "k1");
	assert_wanted(&wanted->fields, "name=Тонкий party_type=SUPPLIER");
	party(world, "k1", FIRM);
	wanted = derive(world, TARGET_COMPANY, "k1");
	assert_true(str_is(fields_get(&wanted->fields, FIELD_NAME),
	    "Образец"));
}

static void
who_is_no_client_is_left_alone(void **state)
{
	static const char *const others[] = { "Продавец", "Комиссионер",
	    "Комитент", "Получатель", "Плательщик" };
	struct world *world = *state;
	char rows[128];
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		(void)snprintf(rows, sizeof(rows),
		    "Наименование|А\nИНН|7700000001\nРоль|%s\n", others[i]);
		party(world, "k", rows);
		assert_targets(world, RECORD_COUNTERPARTY, "k", "");
		assert_int_equal(derive(world, TARGET_COMPANY, "k")->state,
		    WANTED_NOTHING);
		assert_int_equal(derive(world, TARGET_REQUISITE, "k")->state,
		    WANTED_NOTHING);
	}
	/* A rule makes one of them a client. */
	rule(&world->config.counterparties.types, "Плательщик", "OTHER");
	assert_wanted(&derive(world, TARGET_COMPANY, "k")->fields,
	    "name=А party_type=OTHER");
}

static void
a_deleted_one_is_not_made_and_a_nameless_one_is_nothing(void **state)
{
	struct world *world = *state;

	say(party(world, "k1", FIRM), FIELD_DELETED, "1");
	assert_int_equal(derive(world, TARGET_COMPANY, "k1")->state,
	    WANTED_INACTIVE);
	assert_int_equal(derive(world, TARGET_REQUISITE, "k1")->state,
	    WANTED_INACTIVE);
	assert_int_equal(derive_part(world, TARGET_BANK, "k1", "2")->state,
	    WANTED_INACTIVE);
	assert_int_equal(derive_part(world, TARGET_ADDRESS, "k1",
	    "6")->state, WANTED_INACTIVE);
	assert_int_equal(derive_part(world, TARGET_PERSON, "k1",
	    "f1")->state, WANTED_INACTIVE);
	party(world, "k2", "ИНН|7700000001\nНаименование| \n"
	    "ОфициальноеНаименование|<>\n");
	assert_int_equal(derive(world, TARGET_COMPANY, "k2")->state,
	    WANTED_NOTHING);
	assert_int_equal(derive(world, TARGET_REQUISITE, "k2")->state,
	    WANTED_NOTHING);
	party(world, "k3", "Фамилия|Иванов\nИмя|Иван\n");
	assert_wanted(&derive(world, TARGET_CONTACT, "k3")->fields,
	    "last_name=Иванов first_name=Иван");
}

static void
the_kind_is_told_by_the_table(void **state)
{
	static const struct {
		const char *rows, *preset;
	} cases[] = {
		{ "ОфициальноеНаименование|А\nИНН|7700000001\n", "legal" },
		{ "ПолноеНаименование|А\nИНН|7700000001\nКПП|770001001\n",
		    "legal" },
		{ "ПолноеНаименование|ИП Иванов\nИНН|7700 0000 0012\n",
		    "entrepreneur" },
		{ "ОфициальноеНаименование|Иванов\nИНН|770000000012\n",
		    "entrepreneur" },
		{ "Фамилия|Иванов\nИНН|770000000012\n", "individual" },
		{ "Фамилия|Иванов\nИНН|770000000012\n"
		    "ОГРН|304770000000001\n", "entrepreneur" },
		{ "ПолноеНаименование|Иванов И\nИНН|770000000012\n",
		    "entrepreneur" },
		{ "ОфициальноеНаименование|А\nИНН|\n", "legal" },
		{ "ОфициальноеНаименование|ИП Иванов\n", "entrepreneur" },
		{ "ПолноеНаименование|А\nКПП|770001001\n", "legal" },
		{ "ПолноеНаименование|А\nОГРН|1027700000001\n", "legal" },
		{ "Наименование|ООО А\nАдрес|Тула\n", "legal" },
		{ "Наименование|Предприниматель Иванов\nАдрес|Тула\n",
		    "individual" },
		{ "ПолноеНаименование|Иванов И\nОКПО|1\n", "individual" },
		/* A wrong ИНН tells nothing. */
		{ "ПолноеНаименование|Иванов И\nИНН|12345\nОКПО|1\n",
		    "individual" },
		{ "ПолноеНаименование|Иванов И\nИНН|0000000000\nОКПО|1\n",
		    "individual" },
	};
	struct world *world = *state;
	char rows[512];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		(void)snprintf(rows, sizeof(rows), "%s%s",
		    strncmp(cases[i].rows, "Наим", 8) == 0 ? "" :
		    "Наименование|Х\n", cases[i].rows);
		party(world, "k", rows);
		assert_true(str_is(fields_get(&derive(world,
		    TARGET_REQUISITE, "k")->at_create, FIELD_PRESET),
		    cases[i].preset));
	}
}

static void
numbers_of_a_wrong_length_are_left_out(void **state)
{
	struct world *world = *state;
	const struct wanted *wanted;

	party(world, "k", "Наименование|А\nОфициальноеНаименование|ООО А\n"
	    "ИНН|77000\nКПП|2500000000\nОГРН|1\n");
	wanted = derive(world, TARGET_REQUISITE, "k");
	assert_wanted(&wanted->fields, "name=А full_name=ООО А");
	wanted = derive(world, TARGET_COMPANY, "k");
	assert_wanted(&wanted->at_create, "xml_id=k");
}

static void
a_persons_name_comes_in_parts(void **state)
{
	static const struct {
		const char *full, *want;
	} cases[] = {
		{ "Иванов Иван Иванович", "last_name=Иванов first_name=Иван "
		    "second_name=Иванович" },
		{ "Иван Иванович Иванов", "last_name=Иванов first_name=Иван "
		    "second_name=Иванович" },
		{ "ПЁТР ИЛЬИЧ ИВАНОВ", "last_name=ИВАНОВ first_name=ПЁТР "
		    "second_name=ИЛЬИЧ" },
		{ "Иванов Иван", "last_name=Иванов first_name=Иван" },
		{ "Иванов И.И.", "last_name=Иванов first_name=И. "
		    "second_name=И." },
		{ "И.И. Иванов", "last_name=Иванов first_name=И. "
		    "second_name=И." },
		{ "Иванов И.", "last_name=Иванов first_name=И." },
		{ "Мамедов Али Гусейн оглы", "last_name=Мамедов "
		    "first_name=Али second_name=Гусейн оглы" },
		{ "Иванов\xc2\xa0Иван [Иванов Иван]", "last_name=Иванов "
		    "first_name=Иван" },
		{ "Иван [Иван]", "last_name=Иван" },
		{ "\"Иванов\" (Иван)", "last_name=Иванов first_name=Иван" },
		{ "Покупатель из магазина на Мира", "last_name=Покупатель из "
		    "магазина на Мира" },
		{ "а б в г д е ж з и к л м", "last_name=а б в г д е ж з и к "
		    "л м" },
	};
	struct world *world = *state;
	char rows[256];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		(void)snprintf(rows, sizeof(rows), "Наименование|Х\n"
		    "ПолноеНаименование|%s\n", cases[i].full);
		party(world, "k", rows);
		assert_wanted(&derive(world, TARGET_CONTACT, "k")->fields,
		    cases[i].want);
	}
	world->config.counterparties.entrepreneur_contact = true;
	party(world, "k", "Наименование|Иванов И (ИП)\nПолноеНаименование|"
	    "Индивидуальный предприниматель Иванов Иван Иванович\n"
	    "ИНН|770000000012\n");
	open_map(world);
	assert_wanted(&derive(world, TARGET_CONTACT, "k")->fields,
	    "last_name=Иванов first_name=Иван second_name=Иванович");
}

static void
what_has_no_owner_does_not_travel(void **state)
{
	struct world *world = *state;

	rule(&world->config.owners, "company.phone", "never");
	rule(&world->config.owners, "contact", "never");
	rule(&world->config.owners, "bank", "never");
	rule(&world->config.owners, "company.email", "portal");
	party(world, "k1", FIRM);
	assert_wanted(&derive(world, TARGET_COMPANY, "k1")->fields,
	    "name=Образец party_type=CUSTOMER comment=постоянный "
	    "email=WORK:A@example.ru;WORK:b@example.ru "
	    "site=WORK:example.ru");
	assert_int_equal(derive_part(world, TARGET_PERSON, "k1",
	    "f1")->fields.count, 0);
	assert_int_equal(derive_part(world, TARGET_BANK, "k1",
	    "2")->fields.count, 0);
}

static void
a_long_title_is_cut(void **state)
{
	struct world *world = *state;
	char rows[1024] = "Наименование|";
	struct str name;
	size_t i;

	for (i = 0; i < 300; i++)
		strncat(rows, "ф", sizeof(rows) - strlen(rows) - 1);
	party(world, "k", rows);
	world->config.counterparties.individual_contact = false;
	name = fields_get(&derive(world, TARGET_COMPANY, "k")->fields,
	    FIELD_NAME);
	assert_int_equal(name.len, 510);
}

static void
hostile_rows_do_no_harm(void **state)
{
	struct world *world = *state;
	struct fields *fields = party(world, "k", "Наименование|А\n"
	    "РасчетныеСчета/РасчетныйСчет|\n"
	    "РасчетныеСчета/РасчетныйСчет/НомерСчета|счёт\n"
	    "РасчетныеСчета/РасчетныйСчетX/НомерСчета|1\n"
	    "Представители/Представитель|Иванов\n"
	    "Контакты/Контакт|8 495 123-45-67\n"
	    "ЮридическийАдрес|\nИНН/КПП|1\n");
	char account[80];
	int i;

	memset(account, '1', sizeof(account));
	account[79] = '\0';
	flat(fields, "РасчетныеСчета/РасчетныйСчет", "");
	flat(fields, "РасчетныеСчета/РасчетныйСчет/НомерСчета", account);
	flat(fields, "РасчетныеСчета/РасчетныйСчет", "");
	flat(fields, "РасчетныеСчета/РасчетныйСчет/НомерСчета", "00000");
	flat(fields, "", "");
	assert_targets(world, RECORD_COUNTERPARTY, "k", "contact:k");
	for (i = 0; i < 1000; i++) {
		(void)snprintf(account, sizeof(account), "%d", i);
		flat(fields, "РасчетныеСчета/РасчетныйСчет", "");
		flat(fields, "РасчетныеСчета/РасчетныйСчет/НомерСчета",
		    account);
	}
	assert_int_equal(derive_part(world, TARGET_BANK, "k", "7")->state,
	    WANTED_PRESENT);
	assert_int_equal(derive_part(world, TARGET_BANK, "k", "999")->state,
	    WANTED_NOTHING);
}

struct deriving {
	struct world *world;
	bool stray;
	int calls;
};

static int
derive_visited(void *ctx, const struct target *target, struct err *err)
{
	struct deriving *deriving = ctx;
	struct target other;

	deriving->calls++;
	if (deriving->stray) {
		(void)target_set(&other, TARGET_COMPANY, str_of("k2"));
		assert_int_equal(map_derive(deriving->world->map, &other,
		    &deriving->world->wanted, err), 0);
	}
	return map_derive(deriving->world->map, target,
	    &deriving->world->wanted, err);
}

static void
the_record_is_read_once_for_all_targets(void **state)
{
	struct world *world = *state;
	struct deriving deriving = { world, false, 0 };
	struct err err = { 0 };

	party(world, "k1", FIRM);
	party(world, "k2", "Наименование|А\nИНН|7700000001\n");
	open_map(world);
	world->reads = 0;
	assert_int_equal(map_targets(world->map, RECORD_COUNTERPARTY,
	    str_of("k1"), derive_visited, &deriving, &err), 0);
	assert_int_equal(deriving.calls, 9);
	assert_int_equal(world->reads, 1);
	/* A visitor that looks at another one does not confuse it. */
	deriving = (struct deriving){ world, true, 0 };
	assert_int_equal(map_targets(world->map, RECORD_COUNTERPARTY,
	    str_of("k1"), derive_visited, &deriving, &err), 0);
	assert_int_equal(deriving.calls, 9);
	/* Afterwards it may have changed. */
	party(world, "k1", "Наименование|Иной\nИНН|7700000001\n");
	assert_wanted(&derive(world, TARGET_COMPANY, "k1")->fields,
	    "name=Иной");
	world->broken = true;
	assert_int_equal(map_targets(world->map, RECORD_COUNTERPARTY,
	    str_of("k1"), derive_visited, &deriving, &err), -1);
	assert_int_equal(err.kind, ERR_SYSTEM);
}

static uint64_t
print_of(struct world *world)
{
	open_map(world);
	return map_fingerprint(world->map);
}

static void
the_fingerprint_knows_the_rules_of_counterparties(void **state)
{
	struct world *world = *state;
	uint64_t seen[8];
	size_t i, j, n = 0;

	seen[n++] = print_of(world);
	assert_true(seen[0] == print_of(world));
	world->config.counterparties.legal_contact = true;
	seen[n++] = print_of(world);
	rule(&world->config.counterparties.types, "Х", "Y");
	seen[n++] = print_of(world);
	rule(&world->config.counterparties.fields, "Х", "UF_CRM_Y");
	seen[n++] = print_of(world);
	world->config.default_user = mem_text("1");
	seen[n++] = print_of(world);
	world->config.counterparties.given = false;
	seen[n++] = print_of(world);
	for (i = 0; i < n; i++) {
		for (j = 0; j < i; j++)
			assert_true(seen[i] != seen[j]);
	}
}

#define CONTACT(type, value) "Контакты/Контакт|\n" \
	"Контакты/Контакт/Тип|" type "\nКонтакты/Контакт/Значение|" value "\n"
#define PERSON "Представители/Представитель"

static void
contacts_without_a_place_are_counted_and_named(void **state)
{
	struct world *world = *state;
	struct map_left left[MAP_LEFT_LAST] = { { 0 } };
	const struct map_left *contacts = &left[MAP_LEFT_CONTACTS];
	struct err err = { 0 };

	party(world, "k1", FIRM "Контакты|\n" CONTACT("Skype", "live:x")
	    CONTACT("Почта", "нет") CONTACT("Эл. почта", "a(at)b.ru")
	    PERSON "|\n" PERSON "/Ид|f3\n" PERSON "/Наименование|Ким Ли\n"
	    PERSON "/Контакты|\n" PERSON "/Контакты/Контакт|\n"
	    PERSON "/Контакты/Контакт/Тип|ICQ\n"
	    PERSON "/Контакты/Контакт/Значение|123\n");
	party(world, "k2", "Наименование|ООО Чужой\nРоль|Комиссионер\n"
	    "Контакты|\n" CONTACT("Skype", "live:y"));
	open_map(world);
	assert_int_equal(map_left(world->map, str_of("k1"), left, &err), 0);
	/* The phone of words in FIRM too. */
	assert_int_equal(contacts->count, 5);
	assert_non_null(strstr(contacts->examples,
	    "Телефон мобильный \"нет\"; "));
	assert_non_null(strstr(contacts->examples, ": Skype \"live:x\"; "));
	assert_null(strstr(contacts->examples, "ICQ"));
	assert_int_equal(map_left(world->map, str_of("k2"), left, &err), 0);
	assert_int_equal(map_left(world->map, str_of("k3"), left, &err), 0);
	assert_int_equal(contacts->count, 5);
}

static void
numbers_of_no_taxpayer_are_counted_and_named(void **state)
{
	struct world *world = *state;
	struct map_left left[MAP_LEFT_LAST] = { { 0 } };
	const struct map_left *numbers = &left[MAP_LEFT_NUMBERS];
	struct err err = { 0 };

	party(world, "k1", "Наименование|ООО Альфа\nИНН|770100001\n"
	    "КПП|7701 01001\xc2\xa0\nОГРН|нет\n");
	party(world, "k2", "Наименование|ООО Бета\nИНН|0000000000\n"
	    "КПП|000\n");
	open_map(world);
	assert_int_equal(map_left(world->map, str_of("k1"), left, &err), 0);
	assert_int_equal(map_left(world->map, str_of("k2"), left, &err), 0);
	assert_int_equal(numbers->count, 2);
	assert_string_equal(numbers->examples, "ООО Альфа: ИНН \"770100001\"; "
	    "ООО Альфа: ОГРН \"нет\"");
	assert_int_equal(left[MAP_LEFT_CONTACTS].count, 0);
}

static void
clients_go_before_what_hangs_on_them(void **state)
{
	static const int ranks[] = { 2, 3, 4, 5, 6, 6 };
	struct fields fields;
	struct target target;
	int i;

	(void)state;
	fields_init(&fields);
	for (i = 0; i < 6; i++) {
		(void)target_set(&target,
		    (enum target_kind)(TARGET_COMPANY + i), str_of("k"));
		assert_int_equal(map_rank(&target, VERB_CREATE, &fields),
		    ranks[i]);
		assert_int_equal(map_rank(&target, VERB_UPDATE, &fields), 7);
	}
}

int
main(void)
{
#define T(name) \
	cmocka_unit_test_setup_teardown(name, party_make, party_drop)
	const struct CMUnitTest tests[] = {
		T(a_counterparty_names_all_that_is_made_of_it),
		T(a_company_takes_name_type_and_contacts),
		T(a_requisite_takes_numbers_and_names),
		T(accounts_and_addresses_hang_on_the_requisite),
		T(one_field_of_an_address_is_not_the_address),
		T(contact_persons_are_bound_to_their_company),
		T(a_document_speaks_where_no_list_does),
		T(who_is_no_client_is_left_alone),
		T(a_deleted_one_is_not_made_and_a_nameless_one_is_nothing),
		T(the_kind_is_told_by_the_table),
		T(numbers_of_a_wrong_length_are_left_out),
		T(a_persons_name_comes_in_parts),
		T(what_has_no_owner_does_not_travel),
		T(a_long_title_is_cut),
		T(hostile_rows_do_no_harm),
		T(the_record_is_read_once_for_all_targets),
		T(the_fingerprint_knows_the_rules_of_counterparties),
		T(contacts_without_a_place_are_counted_and_named),
		T(numbers_of_no_taxpayer_are_counted_and_named),
		T(clients_go_before_what_hangs_on_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
