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

static void
say(struct buf *text, const struct order *order,
    const struct answer_payment *payment)
{
	char sum[DECIMAL_TEXT_BYTES];

	(void)decimal_format(sum, payment->sum);
	if (payment->refund)
		(void)buf_printf(text, _("Refund in 1C for order %" PRId64),
		    order->number);
	else
		(void)buf_printf(text, _("Payment in 1C for order %" PRId64),
		    order->number);
	if (payment->has_sum)
		(void)buf_printf(text, _(", sum %s"), sum);
	if (payment->date[0] != '\0')
		(void)buf_printf(text, _(", date %.10s"), payment->date);
	if (payment->document[0] != '\0')
		(void)buf_printf(text, _(", document %s"), payment->document);
	if (payment->method[0] != '\0')
		(void)buf_printf(text, ", %s", payment->method);
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

static void
want(struct wanted *out, const struct target *target,
    const struct order *order, const struct answer_payment *payment)
{
	struct buf text = BUF_INIT(LIMIT_ERROR_BYTES);
	char tag[64], user[24];
	uint64_t hash;

	say(&text, order, payment);
	hash = str_hash((uint64_t)order->number, str_of(payment->key));
	(void)snprintf(tag, sizeof(tag), "cml24-%" PRId64 "-%08x",
	    order->number, (unsigned)(hash & 0xffffffffU));
	(void)fields_set(&out->fields, FIELD_MESSAGE,
	    str_of(buf_text(&text)));
	(void)fields_set(&out->fields, FIELD_TAG, str_of(tag));
	if (payment->has_sum)
		put_sum(&out->fields, payment->sum, payment->refund);
	(void)snprintf(user, sizeof(user), "%" PRId64, order->manager);
	if (target->kind == TARGET_NOTICE)
		(void)fields_set(&out->fields, FIELD_MANAGER, str_of(user));
	out->state = target->kind == TARGET_NOTICE && order->manager == 0 ?
	    WANTED_NOTHING : WANTED_PRESENT;
	buf_free(&text);
}

int
reply_payment_want(struct flow *flow, const struct target *target,
    const struct order *order, const struct answer *answer,
    const struct image *image, struct wanted *out, struct err *err)
{
	bool told = image->portal_id != 0 || image->gone;

	for (size_t i = 0; i < answer->payment_count && !told; i++) {
		const struct answer_payment *payment = &answer->payments[i];

		if (!str_is(target_rule(target), payment->key))
			continue;
		if ((strcmp(payment->key, WORD_KEY) == 0 ? word_was_told(flow,
		    target, payment, &told, err) : document_was_told(flow,
		    target, answer, payment, &told, err)) == -1)
			return -1;
		if (!told)
			want(out, target, order, payment);
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

int
reply_payment_derive(struct flow *flow, struct str deal,
    const struct answer *answer, int64_t package, struct err *err)
{
	static const enum target_kind kinds[] = { TARGET_COMMENT,
	    TARGET_NOTICE };
	struct target target;

	if (!flow->config->orders.notify_on_payment)
		return 0;
	for (size_t i = 0; i < answer->payment_count; i++)
		for (size_t j = 0; j < sizeof(kinds) / sizeof(*kinds); j++)
			if (target_set_part(&target, kinds[j], deal,
			    str_of(answer->payments[i].key)) == 0 &&
			    derive_payment(flow, &target,
			    &answer->payments[i], package, err) == -1)
				return -1;
	return 0;
}
