/*
 * A payment is told once: by its document, or by the word "paid" where 1C says
 * no more than that, whichever came first.  Each is a comment and a notice of
 * its own, and each of these two remembers what it has told.
 */
#include "flow/order.h"

#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"

/* The key of a payment where 1C says no more than that it is paid. */
#define WORD_KEY "paid"
/* And of the news that it is not any more. */
#define UNPAID_KEY "unpaid"

/* ---- what was told ---- */

/* Was it, and for which sum?  *sum is 0 where none is known. */
static int
read_told(struct flow *flow, const struct target *target, bool *told,
    struct decimal *sum, struct err *err)
{
	struct image image;
	int rc;

	image_init(&image);
	rc = snapshot_image_get(flow->snap, target, &image, err);
	*told = rc == 0 && image.portal_id != 0;
	if (!*told || decimal_parse(sum, fields_get(&image.agreed,
	    FIELD_SUM)) == -1)
		*sum = (struct decimal){ 0, 0 };
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

struct told {
	struct flow *flow;
	struct decimal sum;     /* refunds taken off */
};

static int
add_document(void *ctx, const struct target *target, struct err *err)
{
	struct told *all = ctx;
	struct decimal sum;
	bool told;

	if (str_is(target_rule(target), WORD_KEY))
		return 0;
	if (read_told(all->flow, target, &told, &sum, err) == -1)
		return -1;
	(void)decimal_add(&all->sum, all->sum, sum);
	return 0;
}

/* Those that 1C named were told, and are all of what it only calls "paid"
 * now. */
static int
word_was_told(struct flow *flow, const struct target *target,
    const struct answer_payment *payment, bool *is, struct err *err)
{
	struct told all = { .flow = flow };

	if (snapshot_image_each_of(flow->snap, target->kind,
	    target_id(target), add_document, &all, err) == -1)
		return -1;
	*is = payment->has_sum && all.sum.digits > 0 &&
	    decimal_cmp(all.sum, payment->sum) >= 0;
	return 0;
}

/* By their days: an older one may be named in a later file. */
static bool
is_later(const struct answer_payment *a, const struct answer_payment *b)
{
	int order = strcmp(a->date, b->date);

	return order > 0 || (order == 0 && strcmp(a->key, b->key) > 0);
}

static struct decimal
add_up_to(const struct answer *answer, const struct answer_payment *last)
{
	struct decimal sum = { 0, 0 };

	for (size_t i = 0; i < answer->payment_count; i++) {
		const struct answer_payment *payment = &answer->payments[i];

		if (payment->has_sum && !payment->refund &&
		    !is_later(payment, last))
			(void)decimal_add(&sum, sum, payment->sum);
	}
	return sum;
}

/* The payments up to this one are those that were told as "paid", before 1C
 * named them.  What goes beyond that sum is news, and so is money that went
 * back: "paid" never meant that. */
static int
document_was_told(struct flow *flow, const struct target *target,
    const struct answer *answer, const struct answer_payment *payment,
    bool *is, struct err *err)
{
	struct target word;
	struct decimal sum;

	*is = false;
	if (payment->refund || target_set_part(&word, target->kind,
	    target_id(target), str_of(WORD_KEY)) == -1)
		return 0;
	if (read_told(flow, &word, is, &sum, err) == -1)
		return -1;
	*is = *is && (sum.digits == 0 || decimal_cmp(add_up_to(answer,
	    payment), sum) <= 0);
	return 0;
}

/* ---- what is told ---- */

/* As the portal calls it, where the rules know that. */
static const char *
currency_of(const struct flow *flow, const struct answer *answer)
{
	const char *name = config_map_get(&flow->config->currencies,
	    str_of(answer->currency));

	return name != NULL ? name : answer->currency;
}

static void
say(struct buf *text, const struct words *words, const struct order *order,
    const struct answer_payment *payment, const char *currency)
{
	char sum[DECIMAL_TEXT_BYTES], name[ORDER_NAME_BYTES];

	(void)decimal_format(sum, payment->sum);
	(void)order_number_called(order, name);
	if (payment->refund)
		(void)buf_printf(text, words_say(words, N_("Refund in 1C for "
		    "order %s")), name);
	else
		(void)buf_printf(text, words_say(words, N_("Payment in 1C for "
		    "order %s")), name);
	if (payment->has_sum)
		(void)buf_printf(text, words_say(words, N_(", sum %s")), sum);
	if (payment->has_sum && currency[0] != '\0')
		(void)buf_printf(text, " %s", currency);
	if (payment->date[0] != '\0')
		(void)buf_printf(text, words_say(words, N_(", date %.10s")),
		    payment->date);
	if (payment->document[0] != '\0')
		(void)buf_printf(text, words_say(words, N_(", document %s")),
		    payment->document);
	if (payment->method[0] != '\0')
		(void)buf_printf(text, ", %s", payment->method);
	if (!payment->refund && order_version_says(&order->document,
	    ORDER_LOST))
		(void)buf_add_text(text, words_say(words, N_("; the deal is "
		    "lost, and 1C was told to cancel the order")));
}

static void
say_unpaid(struct buf *text, const struct words *words,
    const struct order *order, const struct answer *answer)
{
	struct str sum = fields_get(&answer->deal, FIELD_PAYMENT_SUM);
	char name[ORDER_NAME_BYTES];

	(void)buf_printf(text, words_say(words, N_("Order %s is not paid in "
	    "full in 1C any more")), order_number_called(order, name));
	if (sum.len > 0)
		(void)buf_printf(text, words_say(words, N_(", paid: %.*s")),
		    (int)sum.len, sum.p);
}

/* The sum is not sent: it is how what was told is added up later. */
static void
put_sum(struct fields *out, struct decimal sum, bool refund)
{
	char text[DECIMAL_TEXT_BYTES];

	if (refund)
		sum.digits = -sum.digits;
	(void)decimal_format(text, sum);
	(void)fields_set(out, FIELD_SUM, str_of(text));
}

/* What is told a second time bears another tag: the image still has the one
 * before (rearm()). */
static void
want(struct wanted *out, const struct target *target,
    const struct order *order, const struct image *image,
    const struct buf *text)
{
	/* An order of 1C is told apart by its deal: numbers come again. */
	bool own = order->number != 0;
	int64_t number = own ? order->number : order->deal;
	char tag[64], user[24];
	uint64_t hash;

	hash = str_hash((uint64_t)number, target_rule(target));
	hash = str_hash(hash, fields_get(&image->agreed, FIELD_TAG));
	(void)snprintf(tag, sizeof(tag), "cml24-%s%" PRId64 "-%08x",
	    own ? "" : "d", number, (unsigned)(hash & 0xffffffffU));
	(void)fields_set(&out->fields, FIELD_MESSAGE,
	    str_of(buf_text(text)));
	(void)fields_set(&out->fields, FIELD_TAG, str_of(tag));
	(void)snprintf(user, sizeof(user), "%" PRId64, order->manager);
	if (target->kind == TARGET_NOTICE)
		(void)fields_set(&out->fields, FIELD_MANAGER, str_of(user));
	out->state = target->kind == TARGET_NOTICE && order->manager == 0 ?
	    WANTED_NOTHING : WANTED_PRESENT;
}

static void
want_payment(struct flow *flow, struct wanted *out,
    const struct target *target, const struct order *order,
    const struct answer *answer, const struct image *image,
    const struct answer_payment *payment)
{
	struct buf text = BUF_INIT(LIMIT_ERROR_BYTES);

	say(&text, flow_words(flow), order, payment, currency_of(flow,
	    answer));
	want(out, target, order, image, &text);
	if (payment->has_sum)
		put_sum(&out->fields, payment->sum, payment->refund);
	buf_free(&text);
}

/* Was it ever paid in full, as far as people know?  The deal says so, or what
 * was told. */
static int
was_full(struct flow *flow, const struct target *target,
    const struct order *order, const struct answer *answer, bool *is,
    struct err *err)
{
	const struct answer_payment all = { .sum = answer->sum,
	    .has_sum = answer->has_sum && answer->sum.digits > 0 };
	struct decimal sum;
	struct target word;
	struct image deal;
	struct str paid;
	int rc = order_image(flow, TARGET_DEAL, order->deal, &deal, err);

	paid = fields_get(&deal.agreed, FIELD_PAID);
	*is = rc == 0 && (str_is(paid, "Y") || str_is(paid, "N"));
	if (rc != -1 && !*is)
		rc = word_was_told(flow, target, &all, is, err);
	if (rc != -1 && !*is && target_set_part(&word, target->kind,
	    target_id(target), str_of(WORD_KEY)) == 0)
		rc = read_told(flow, &word, is, &sum, err);
	image_free(&deal);
	return rc == -1 ? -1 : 0;
}

static int
want_unpaid(struct flow *flow, const struct target *target,
    const struct order *order, const struct answer *answer,
    const struct image *image, struct wanted *out, struct err *err)
{
	struct buf text = BUF_INIT(LIMIT_ERROR_BYTES);
	bool is = false;
	int rc = 0;

	if (answer->unpaid)
		rc = was_full(flow, target, order, answer, &is, err);
	if (is) {
		say_unpaid(&text, flow_words(flow), order, answer);
		want(out, target, order, image, &text);
	}
	buf_free(&text);
	return rc;
}

int
reply_payment_want(struct flow *flow, const struct target *target,
    const struct order *order, const struct answer *answer,
    const struct image *image, struct wanted *out, struct err *err)
{
	bool told = image->portal_id != 0 || image->gone;

	if (!told && str_is(target_rule(target), UNPAID_KEY))
		return want_unpaid(flow, target, order, answer, image, out,
		    err);
	for (size_t i = 0; i < answer->payment_count && !told; i++) {
		const struct answer_payment *payment = &answer->payments[i];

		if (!str_is(target_rule(target), payment->key))
			continue;
		if ((strcmp(payment->key, WORD_KEY) == 0 ? word_was_told(flow,
		    target, payment, &told, err) : document_was_told(flow,
		    target, answer, payment, &told, err)) == -1)
			return -1;
		if (!told)
			want_payment(flow, out, target, order, answer, image,
			    payment);
		break;
	}
	return 0;
}

/*
 * Programs before this one lost the sum with the next rule that changed, and
 * kept that of a refund without its sign: both can be seen as long as 1C names
 * the payment.  A sum that is there stays, for it is the one that was told.
 */
static int
mend_told(struct flow *flow, const struct target *target,
    const struct answer_payment *payment, struct err *err)
{
	struct decimal sum;
	struct image image;
	bool kept, mend;
	int rc;

	if (!payment->has_sum || flow->options.read_only)
		return 0;
	image_init(&image);
	rc = snapshot_image_get(flow->snap, target, &image, err);
	kept = rc == 0 && decimal_parse(&sum, fields_get(&image.agreed,
	    FIELD_SUM)) == 0;
	mend = rc == 0 && image.portal_id != 0 && (!kept ||
	    (payment->refund && sum.digits > 0));
	if (mend) {
		put_sum(&image.agreed, kept ? sum : payment->sum,
		    payment->refund);
		rc = snapshot_image_put(flow->snap, &image, err);
	}
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

static int
derive_payment(struct flow *flow, const struct target *target,
    const struct answer_payment *payment, int64_t package, struct err *err)
{
	return mend_told(flow, target, payment, err) == -1 ? -1 :
	    derive_target(flow, target, package, false, err);
}

/* Told, and as if it were not: its tag stays, for the next one's. */
static int
forget_told(struct flow *flow, const struct target *target, struct err *err)
{
	struct image image;
	int rc;

	image_init(&image);
	rc = snapshot_image_get(flow->snap, target, &image, err);
	if (rc == 0 && image.portal_id != 0) {
		image.portal_id = 0;
		rc = snapshot_image_put(flow->snap, &image, err);
	}
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

struct recount {
	struct flow *flow;
	const struct answer *answer;
};

/* What 1C does not name any more counts for nothing when it says "paid" the
 * next time. */
static int
recount(void *ctx, const struct target *target, struct err *err)
{
	const struct recount *what = ctx;
	const struct answer_payment *now = NULL;
	struct image image;
	int rc;

	if (str_is(target_rule(target), UNPAID_KEY))
		return 0;
	for (size_t i = 0; i < what->answer->payment_count; i++)
		if (str_is(target_rule(target), what->answer->payments[i].key))
			now = &what->answer->payments[i];
	/* Said again, it is told again. */
	if (now == NULL || str_is(target_rule(target), WORD_KEY))
		return forget_told(what->flow, target, err);
	image_init(&image);
	rc = snapshot_image_get(what->flow->snap, target, &image, err);
	if (rc == 0 && image.portal_id != 0 && now->has_sum) {
		put_sum(&image.agreed, now->sum, now->refund);
		rc = snapshot_image_put(what->flow->snap, &image, err);
	}
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

/* "Paid" and "not paid any more" may follow each other again and again: what
 * was told of the one is told anew when the other was. */
static int
derive_unpaid(struct flow *flow, enum target_kind kind, struct str deal,
    const struct answer *answer, int64_t package, struct err *err)
{
	struct recount what = { flow, answer };
	struct target target;
	struct decimal sum;
	bool told = false;
	int rc = 0;

	if (target_set_part(&target, kind, deal, str_of(UNPAID_KEY)) == -1)
		return 0;
	if (read_told(flow, &target, &told, &sum, err) == -1)
		return -1;
	if (told && answer->unpaid && !flow->options.read_only)
		rc = snapshot_image_each_of(flow->snap, kind, deal, recount,
		    &what, err);
	else if (told && fields_has(&answer->deal, FIELD_PAID) &&
	    !flow->options.read_only)
		rc = forget_told(flow, &target, err);
	return rc == -1 ? -1 : derive_target(flow, &target, package, false,
	    err);
}

int
reply_payment_derive(struct flow *flow, struct str deal,
    const struct answer *answer, int64_t package, struct err *err)
{
	static const enum target_kind kinds[] = { TARGET_COMMENT,
	    TARGET_NOTICE };
	struct target target;

	if (!flow->config->orders.notify_on_payment)
		return 0;
	for (size_t j = 0; j < sizeof(kinds) / sizeof(*kinds); j++)
		if (derive_unpaid(flow, kinds[j], deal, answer, package,
		    err) == -1)
			return -1;
	for (size_t i = 0; i < answer->payment_count; i++)
		for (size_t j = 0; j < sizeof(kinds) / sizeof(*kinds); j++)
			if (target_set_part(&target, kinds[j], deal,
			    str_of(answer->payments[i].key)) == 0 &&
			    derive_payment(flow, &target,
			    &answer->payments[i], package, err) == -1)
				return -1;
	return 0;
}

/* ---- a deal with another id ---- */

struct move {
	struct flow *flow;
	struct str deal;
};

static int
move_told(void *ctx, const struct target *target, struct err *err)
{
	const struct move *move = ctx;
	struct snapshot *snap = move->flow->snap;
	struct target moved;
	struct image image;
	int rc;

	if (target_set_part(&moved, target->kind, move->deal,
	    target_rule(target)) == -1)
		return 0;
	image_init(&image);
	rc = snapshot_image_get(snap, target, &image, err);
	/* Also of what counts as untold now, for its tag (want()). */
	if (rc == 0 && (image.portal_id != 0 || image.gone ||
	    fields_has(&image.agreed, FIELD_TAG)) &&
	    (rc = snapshot_target_row(snap, &moved, &image.target,
	    err)) == 0)
		rc = snapshot_image_put(snap, &image, err);
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

int
reply_payment_move(struct flow *flow, int64_t from, int64_t to,
    struct err *err)
{
	char old[24], now[24];
	struct move move = { .flow = flow };

	(void)snprintf(old, sizeof(old), "%" PRId64, from);
	(void)snprintf(now, sizeof(now), "%" PRId64, to);
	move.deal = str_of(now);
	return snapshot_image_each_of(flow->snap, TARGET_COMMENT, str_of(old),
	    move_told, &move, err) == -1 ||
	    snapshot_image_each_of(flow->snap, TARGET_NOTICE, str_of(old),
	    move_told, &move, err) == -1 ? -1 : 0;
}
