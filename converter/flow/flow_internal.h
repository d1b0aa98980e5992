/* Private to flow/. */
#ifndef FLOW_FLOW_INTERNAL_H
#define FLOW_FLOW_INTERNAL_H

#include <signal.h>

#include "base/bits.h"
#include "base/lock.h"
#include "base/sha256.h"
#include "bitrix/bitrix.h"
#include "commerceml/reader.h"
#include "flow/flow.h"
#include "intake/intake.h"
#include "mapping/map.h"
#include "model/remote.h"
#include "snapshot/snapshot.h"

/* Names in the snapshot's meta table. */
#define META_FINGERPRINT "map.fingerprint"
#define META_INVENTORY "portal.inventory"       /* 0, 1; absent: unknown */
#define META_REACHED "portal.reached"           /* wall ms */
#define META_PICTURES "map.pictures"    /* 0, 1: were they carried? */
#define META_OLDEST_PICTURE "pictures.oldest"   /* wall ms: none that is kept
						   is older */
#define META_PRUNED "pictures.pruned"   /* META_LAST_REQUEST of that time */
#define META_LAST_REQUEST "request.last"        /* snapshot_attempt.c's */
#define META_ORPHANS "map.orphans"      /* goods whose group is unknown */
#define META_WORDS "map.words"          /* rules for VAT and units */
#define META_REMOVALS "fuse.removals"   /* of goods: "wall_ms count" per line */
#define META_PRICE_REMOVALS "fuse.prices."      /* and the hash of a price
					   rule: the same of its prices */
#define META_DOUBT "terms.doubt"          /* 1: the portal did not take a
					   value that it had: ask again */
#define META_TERM_RULES "terms.rules"   /* hash of the rules that the portal
					   was asked with */
#define META_TERM_NAMES "terms.names"   /* 1: a list may have names that the
					   portal was not told; 2: the portal is
					   asked at once; 0: none of that */
#define META_LEFT "inbox.left"  /* 1: it was told what lies in the root */
#define META_UNSURE "terms.unsure"      /* wall ms: something may have been
					   made and nobody knows */

/* What has to be sent for a target now. */
struct difference {
	enum verb verb;         /* VERB_NONE: nothing */
	struct fields send;     /* create, update */
	struct fields unsaid;   /* struct wanted */
	struct target parent;
	struct image image;
	enum wanted_state state;
	bool replaced;          /* struct wanted */
	bool orphan;            /* struct wanted */
};

/* What this run did. */
struct flow_tally {
	int64_t packages, rejected, shelved, requests, finds;
	int64_t created, updated, deleted, linked, failed;
	int64_t records_changed, records_older;
};

struct push;

struct rowset;

struct flow {
	const struct config *config;
	struct report *report;
	struct flow_options options;
	struct lock *lock;
	struct snapshot *snap;
	struct record_source source;
	struct map *map;
	struct cml_schemas *schemas;    /* loaded when first needed */
	struct remote remote;
	bool has_remote;
	struct words *words;            /* flow_words(): when first needed */
	bool prepared;
	struct remote_facts facts;
	struct term_set *known;         /* terms that the portal has */
	bool knows_values;              /* those of lists among them */
	int64_t term_makes;             /* struct terms' `makes`, of a plan */
	struct term_set *moved;         /* of these: properties and values of
					   lists that are others there by now;
					   while all is derived for it */
	bool *retyped;                  /* which price rules mean another type
					   of the portal by now; while all is
					   derived for it */
	bool learned;                   /* asked in this run */
	bool told_waiting;              /* that goods wait for offers */
	bool stock_stated, inventory_told;      /* in this run: stock_left.c */
	bool rules_changed;             /* they were derived anew in this run */
	bool pictures_new;              /* kept and not on disk for certain */
	int64_t unkept, unkept_bytes;   /* pictures that a plan did not keep */
	int64_t pruned;                 /* tally.shelved when those that are
					   kept were looked at */
	struct run_entry run;
	int64_t deadline;               /* steady ms; 0 none */
	int64_t next_tick;              /* steady ms: when to take again */
	int64_t settles;                /* wall ms: when all that the last look
					   saw has stood still; 0: it has */
	struct flow_tally tally;
	struct difference scratch;      /* derive.c's, for millions of uses */
	struct wanted wanted;
	struct rules *rules;            /* while everything is derived */
	struct parents *parents;        /* likewise */
	const struct replied *replied;  /* while the targets of one deal are
					   derived: reply.c */
	const struct accept_how *by_hand;       /* while that is accepted */
	struct map_left left[MAP_LEFT_LAST];    /* of counterparties that
					   packages of this run made new or
					   changed */
	struct map_left marked;         /* of the same: whom 1C marked deleted
					   and the portal has; examples: their
					   names */
	const char *unmade_why;         /* of the order of 1C that was derived
					   last; NULL: a deal is made */
	int64_t unmade;                 /* orders of 1C that packages of this
					   run brought and that make no deal */
	struct rowset *told_needs;      /* full.c's: said in this run */
	bool inbox_failed;              /* the inbox could not be read, or not
					   all be taken */
	bool gone_later;                /* nodes that are gone leave soon */
	char *barred;                   /* what the last look could not take
					   for want of rights, for a person;
					   NULL: nothing */
	bool shelf_failed;              /* archive or rejected could not be */
	bool outbox_failed;             /* the outbox could not be written */
	bool deals_wait;                /* for a right, or for the next run:
					   they were not read */
	bool retrying;                  /* a person asked for it */
	struct removal_fuse {
		bool blow;              /* hold goods whatever the share */
		bool open;              /* let them through */
		/* Removals held since armed, of what is counted together. */
		struct fuse_group {
			char *rule;     /* of the prices; "" goods */
			int64_t *rows;
			size_t count, size;
		} *groups;
		size_t group_count;
	} fuse;
};

/* flow.c */
/* Requests to the portal until now. */
int64_t flow_requests(const struct flow *flow);
/* For what people of the portal read. */
const struct words *flow_words(struct flow *flow);
/* The run's entry, made when the run first does something. */
int flow_run_begin(struct flow *flow, struct err *err);
bool flow_must_stop(const struct flow *flow);
char *flow_work_folder(const struct flow *flow);
char *flow_package_folder(const struct flow *flow, int64_t package);
int flow_schemas(struct flow *flow, struct err *err);
int flow_remote(struct flow *flow, struct err *err);
/* (Re)opens the map; derives everything anew when a rule changed. */
int flow_map(struct flow *flow, struct err *err);

/* Of the rules: of the catalogue and of orders. */
uint64_t flow_fingerprint(const struct flow *flow);

/* take.c: copies in work/ that a kill left and nobody will read. */
int take_sweep(struct flow *flow, struct err *err);
/* Of these nodes no file is taken while another one grows. */
bool take_is_together(const char *node);
/* Claims without the run's lock, while another run holds it.  That it could not
 * is no error: the other one claims too. */
void take_beside(struct flow *flow);

/* derive.c */

/* Compares what one target should be with what was agreed, and plans,
 * replaces or drops its change. */
int derive_target(struct flow *flow, const struct target *target,
    int64_t package, bool force, struct err *err);
/* All targets that a record speaks of. */
int derive_record(struct flow *flow, enum record_kind kind, struct str id,
    int64_t package, bool force, struct err *err);
/* Only the pictures of the good that the record states. */
int derive_pictures(struct flow *flow, enum record_kind kind, struct str id,
    int64_t package, struct err *err);
/* What belongs to this good, and its other forms. */
int derive_good(struct flow *flow, const struct target *good,
    int64_t package, struct err *err);
/* Every target of every record; inside a transaction.  package: the one that
 * is the reason, or 0. */
int derive_all(struct flow *flow, int64_t package, struct err *err);
/*
 * derive_fuse.c, around derivations inside one transaction: removals of goods,
 * and of prices by their type, are held until it is known how many there are,
 * then released or left to a person.
 */
void derive_fuse_arm(struct flow *flow, bool blow, bool open);
/* The removal that the change is; `old`: what it was before. */
void derive_fuse_hold(struct flow *flow, struct change *change,
    const struct change *old);
int derive_fuse_settle(struct flow *flow, struct err *err);
void derive_init(struct difference *diff);
void derive_free(struct difference *diff);
/* What the rules want of a target whose image this is. */
int derive_wanted(struct flow *flow, const struct target *target,
    const struct image *image, struct wanted *out, struct err *err);
int derive_difference(struct flow *flow, const struct target *target,
    bool force, struct difference *out, struct err *err);
uint64_t derive_hash(const struct flow *flow, enum verb verb,
    const struct fields *send);
/* The change has failed: what it wanted, why (stable), and for a person. */
void derive_fail(const struct flow *flow, struct change *change,
    const struct fields *send, const char *code, const char *text);
/* Does it say where the target is, or make it there? */
bool derive_needs_parent(const struct difference *diff);
/* The product or client is not (any more) there: what depended on it is
 * neither. */
int derive_forget_dependents(struct flow *flow, const struct target *target,
    struct err *err);

/* derive_made.c: it came to be in the portal as portal_id: what belongs to it,
 * and what waited for it.  Of another verb than create and link nothing. */
int derive_made(struct flow *flow, const struct target *target,
    enum verb verb, int64_t portal_id, int64_t package, struct err *err);

/* rules.c: what changed its meaning since everything was last derived */

/* While these are open, a field that left the rules leaves the image, and so
 * does one whose word means something else now.  What was told of a payment
 * stays as it was told. */
int rules_begin(struct flow *flow, struct err *err);
int rules_prune(struct flow *flow, const struct target *target,
    const struct wanted *wanted, struct image *image, struct err *err);
int rules_remember(struct flow *flow, struct err *err);
void rules_end(struct flow *flow);
/* The hash goes on with both sides of a map. */
uint64_t rules_hash_map(uint64_t hash, const struct config_map *map);

/* accept.c */

/* What a person said about a package that is imported by hand. */
struct accept_how {
	bool closed;            /* a session by itself */
	bool force, older, allow_deletes;
};
/* Validates, stages and accepts (or rejects) a claimed package whose files
 * lie in work/.  *rejected is set; the archive is made. */
int accept_package(struct flow *flow, struct package *package,
    const struct accept_how *how, bool *rejected, struct err *err);
/* The last step: its files to archive/ or rejected/.  Where that folder cannot
 * take them it is told, and the next run does it. */
int accept_shelve(struct flow *flow, struct package *package,
    struct err *err);
/* Takes out of both what inbox.archive_days and archive_mb say.  That it cannot
 * is told as well. */
void accept_shelve_prune(struct flow *flow);
/* Stages and applies without claiming; for plan.  Inside a transaction. */
int accept_preview(struct flow *flow, const char *folder,
    struct package *package, const struct accept_how *how, bool *rejected,
    struct err *err);

/* picture.c: bytes of pictures, kept in state/pictures/ until they are sent */

/* A line of them. */
#define PICTURE_EXAMPLES 512
/* What became of the pictures that a package names. */
struct picture_tally {
	int64_t kept, missing, odd;     /* odd: no picture, or too large */
	int64_t over;           /* more than a good gets */
	/* Some of each, with whose they are. */
	char first[PICTURE_EXAMPLES], first_odd[PICTURE_EXAMPLES];
	char first_over[PICTURE_EXAMPLES];
	struct str owner;       /* of the record that is being stamped */
	/* Of the record that was stamped last; NULL: nobody asks. */
	struct picture_notes *notes;
};
/* Each path of a record, '/' only, and whether its file came. */
struct picture_notes {
	struct picture_note {
		char *path;
		enum owed_came came;
	} *items;
	size_t count, size;
};
void picture_notes_clear(struct picture_notes *notes);
void picture_notes_free(struct picture_notes *notes);
/* Counts a file that is no picture. */
void picture_note_odd(struct picture_tally *tally, const char *path);
/* A path of 1C with '/' only; the caller's to free. */
char *picture_path(struct str named);
/* Is this value of FIELD_PICTURE of that path? */
bool picture_is(struct str value, const char *path);
/* The hash of a file, whose bytes are kept.  0; 1: no picture, or too large; 2:
 * it is not there. */
int picture_keep(struct flow *flow, const char *file, char hex[SHA256_HEX],
    struct err *err);
/*
 * Of a product's or offer's record that is being read: each FIELD_PICTURE gets
 * the hash of its bytes, which are kept.  folder: of the package; xml: the
 * file that names them, below it.  A picture that is not in the package keeps
 * the hash that it had (`kind`, `id`: of the record).
 */
int picture_stamp(struct flow *flow, const char *folder, const char *xml,
    enum record_kind kind, struct str id, struct fields *fields,
    struct picture_tally *tally, struct err *err);
/* Tells a person what it means that pictures are switched on. */
int picture_note_rule(struct flow *flow, struct err *err);
/* On disk, what has been kept since the last time. */
int picture_sync(struct flow *flow, struct err *err);
/* The file with these bytes, the caller's to free; *size.  1: they are not
 * kept any more. */
int picture_find(const struct flow *flow, struct str hash, char **path,
    size_t *size);
/* May what is agreed be said once more?  Of pictures only what bytes are kept
 * of. */
bool picture_may_repeat(const struct flow *flow, const struct target *target,
    const struct wanted *wanted);
/* What failed because its bytes were not kept is due again when a package
 * brought some: its record may be the same as before. */
#define PICTURE_MISSING "picture-missing"       /* bitrix/b24_picture.c too */
int picture_revive(struct flow *flow, const struct picture_tally *tally,
    struct err *err);
/* Forgets all that nothing open can need.  What is kept is looked at only when
 * something of it may be too old. */
int picture_prune(struct flow *flow, struct err *err);

/* late.c: pictures that come after the XML that names them */

/* Of a record that is staged now: which of its pictures are owed to it. */
int late_note(struct flow *flow, const struct record *record,
    enum staged staged, const char *xml, bool *owed,
    const struct picture_notes *notes, struct err *err);
/* Leaves of the attachments of one node [from, to) that `take` names those
 * that are owed by it; *any: there are such. */
int late_choose(struct flow *flow, const struct intake_list *list,
    size_t from, size_t to, bool *take, bool *any, struct err *err);

/* Files of a package that are owed to records of earlier ones. */
struct late {
	struct late_file {
		const char *name;       /* of the package's list */
		char hex[SHA256_HEX];   /* "": no picture */
	} *files;
	size_t count;
	int64_t came;           /* pictures that records got */
};
/* Looks for them, and keeps their bytes. */
int late_gather(struct flow *flow, const char *folder, const char *node,
    const struct intake_list *files, struct late *late,
    struct picture_tally *tally, struct err *err);
/* Inside the transaction that accepts the package: what it owes is remembered,
 * the records of earlier ones get what they were owed, and what follows from
 * it is planned. */
int late_apply(struct flow *flow, struct package *package, struct late *late,
    struct err *err);
/* What a person should know of them. */
void late_tell(struct flow *flow, const struct package *package,
    const struct late *late);
void late_free(struct late *late);

/* terms.c: 1C's properties, warehouses and units in the portal */

/* Asks the portal for every term that is not known, has it make what is asked
 * for, and derives anew what can be told now.  After prepare(). */
int terms_learn(struct flow *flow, struct err *err);
/* *due: values of lists have new names, which no good is sent for; or goods
 * may have failed for what was not known. */
int terms_due(struct flow *flow, bool *due, struct err *err);
/* What 1C or the rules say of terms has changed: terms_due() looks at them. */
int terms_stir(struct flow *flow, struct err *err);
/* A word came of which nothing can be sent before the portal was asked. */
int terms_ask(struct flow *flow, struct err *err);
/* With flow->moved: what the good was told of these is not agreed any more. */
int terms_forget(struct flow *flow, const struct target *target,
    struct image *image, struct err *err);
/* portal_id of each, as it was known last. */
void terms_recall(const struct flow *flow, struct terms *terms);
/* What the portal had at the last time; but for values of lists, which are many
 * and which terms_list() brings. */
int terms_load(struct flow *flow, struct err *err);
/* As map_terms(), with all that is known of these. */
int terms_list(struct flow *flow, struct terms *out, struct err *err);

/* stock.c: what stands in the portal's stores, by its documents */

/* Documents of which nobody knows what became. */
int stock_recover(struct push *push, struct err *err);
/* Brings due stock about; *done: whether there was any. */
int stock_push(struct push *push, bool *done, struct err *err);

/* session.c */

/* A node that a person made ("zip:", "file:", "import:"): its session is
 * closed by itself, and no 1C could send it anew. */
bool session_is_by_hand(const char *node);

/* A file that begins a new session of its node closes the open one.  refused:
 * not all that the package states of goods was taken. */
int session_for_package(struct flow *flow, struct package *package,
    const struct intake_list *files, bool refused, struct err *err);
int session_close(struct flow *flow, struct session *session,
    struct err *err);
int quiet_close(struct flow *flow, struct err *err);
/* The last export of the node, open or over; full: all goods of some catalogue.
 * 1: none. */
int session_last_export(struct flow *flow, const char *node,
    struct session *session, bool *full, struct err *err);
/* Is the session of this package open, with goods whose offers are still to
 * come?  Only they tell whether a good has characteristics. */
int session_awaits_offers(struct flow *flow, int64_t number, bool *awaits,
    struct err *err);

/* node.c: what came from a node, and in which order */

/* What people call it: the inbox's root has no name of its own. */
const char *node_title(const char *name);

struct arrival {
	const struct package *package;
	const struct intake_list *files;
	const struct session_file *facts;       /* of each file */
	int64_t stamp;          /* newest time of these; 0: none has one */
	int64_t older;          /* records that were left alone as older */
	int64_t older_orders;   /* documents among these */
	bool closed;            /* a session by itself */
};
/* *is: its time went back, and something was left alone for it. */
int node_is_set_back(struct flow *flow, const struct arrival *what, bool *is,
    struct err *err);
/* Then all is asked for anew. */
int node_need_after(struct flow *flow, const struct arrival *what,
    struct err *err);
/* What was accepted. */
int node_remember(struct flow *flow, const struct arrival *what,
    struct err *err);
/* What was rejected: its catalogue, so that an import by hand is known to
 * serve the node. */
int node_note_catalog(struct flow *flow, const struct arrival *what,
    struct err *err);

/* push.c and its parts */

/* What names mean in the portal, read once a run.  A preview makes nothing
 * there. */
int push_prepare(struct flow *flow, struct err *err);
/* Sends one request that belongs to no push and waits for its answer; after
 * push_prepare().  1: it was told to stop before that could leave.  *done is
 * false before, and lives as long as the request. */
int push_send(struct flow *flow, struct request *request, bool *done,
    struct err *err);
/* One that has not begun, and its end. */
struct push *push_new(struct flow *flow);
void push_free(struct push *push);

/* Rows with no place in the database: in flight, looked at.  Row 0 is never
 * in a set. */
struct rowset {
	struct rowset_slot {
		int64_t row;    /* 0: free */
		int uses;
	} *slots;
	size_t size, count;
};
void rowset_free(struct rowset *set);
bool rowset_has(const struct rowset *set, int64_t row);
void rowset_add(struct rowset *set, int64_t row);
void rowset_remove(struct rowset *set, int64_t row);
/* Counted: it is in the set until it was released as often as used. */
void rowset_use(struct rowset *set, int64_t row);
void rowset_release(struct rowset *set, int64_t row);
/* How often it is used; 0: not in the set. */
int rowset_uses(const struct rowset *set, int64_t row);

#define PUSH_ENDED (LIMIT_IN_FLIGHT + 4)
#define PUSH_ASKS LIMIT_STOCK_LINES     /* objects that are doubted at once:
				   all goods of a document may be */

struct alike_known;
struct codes;
struct left;
struct rivals;

struct push {
	struct flow *flow;
	struct rowset busy;     /* targets in a request that is under way */
	struct rowset parents;  /* parents of those, counted */
	struct rowset looking;  /* in a find that is under way */
	struct rowset cleared;  /* looked for and not there: may be made */
	/* Goods and clients that this run made: what belongs to them needs no
	 * look-up. */
	struct bits fresh;
	int64_t clients_made;   /* companies and contacts, by this run */
	struct rowset missed;   /* were not there in this run */
	struct rowset single;   /* clients of which there is no double: their
				   lines are rechecked next */
	/* Contacts by client_person_number(), and while they are made by
	 * client_person_name(): one person of several companies, or who buys
	 * for himself too, is one contact, also when all come at once. */
	struct rowset persons_busy, persons_made;
	struct rowset reasked;  /* looked for once more for that reason */
	struct rivals *rivals;  /* rival.c; NULL: not needed yet */
	struct alike_known *alike;      /* alike.c's; likewise */
	struct rowset spared;   /* refused: without a likely culprit, by uses
				   (client.c) */
	int spared_in_vain;     /* how many were refused without each of them */
	/* Sections and goods that may be the reason of a refusal: somebody may
	 * have deleted them.  Each is looked at once in a run, and once more
	 * where that look had no answer. */
	struct rowset doubted, doubted_again;
	/* Sections that the portal did not let go where they are wanted: they
	 * wait until another one has moved.  stuck: none will. */
	struct rowset turned;
	bool stuck;
	struct codes *codes;    /* code.c's */
	int64_t to_ask[PUSH_ASKS];
	size_t to_ask_count;
	struct rowset settled;  /* doubts that were looked at again */
	/* What was refused and waits for that look: where it finds them, it is
	 * not sent a second time in order to be refused again. */
	struct refusal *refusals;
	size_t refusal_count, refusal_size;
	struct request *writes; /* built, not yet sent */
	size_t writes_room;     /* how many it may hold (build.c) */
	struct request *finds;
	struct request *flying[PUSH_ENDED];
	struct request *ended[PUSH_ENDED];
	size_t ended_count;
	int in_flight, finds_in_flight; /* in_flight of `flying` */
	int64_t moves;          /* how often something left a section */
	int64_t asked;          /* the package that `awaits` is about */
	bool awaits;            /* it came, and its offers did not yet */
	bool held_goods;        /* some wait for that reason */
	bool lost;              /* an answer was lost: look up */
	bool rechecked;         /* doubles were looked for in this run */
	bool stopped;           /* a command said stop */
	struct err error;       /* why */
	int64_t silent_since;   /* steady ms: no answer since; 0 none */
	int64_t pause_until;    /* steady ms: nothing is sent before */
	int64_t pause;          /* ms, doubled at each silence */
	struct progress progress;
	int64_t done, total;
	struct left *left;      /* left.c's; NULL: nobody asks */
};

/* odd.c: what is probably a mistake in 1C, and harms no data */

struct oddity {
	int64_t count;
	char first[128];        /* its id */
};
struct odd_names {
	char **ids;             /* each once */
	size_t count, size;
	struct rowset seen;
};
/* All zero to begin with. */
struct oddities {
	struct oddity unlike;   /* goods and groups, stated twice */
	struct oddity unknown_groups, unknown_types;
	struct oddity prices_twice;
	struct odd_names groups, types; /* that goods and prices name */
};
/* Of a record that is being read. */
void odd_note(struct oddities *odd, const struct record *record);
/* When all records are in place. */
int odd_look(struct oddities *odd, struct flow *flow, struct err *err);
void odd_tell(const struct oddities *odd, struct report *report);
void odd_free(struct oddities *odd);

/* What an op in flight is about; op->user. */
struct errand {
	int64_t row;
	int64_t attempt;
	int64_t parent_row;
	int64_t package;
	int tries;
	enum verb verb;
	enum errand_why {
		ERRAND_WRITE,
		ERRAND_ADOPT,   /* find before creating, or to link */
		ERRAND_RECOVER, /* find after a lost answer */
		ERRAND_RECHECK, /* find doubles of ours */
		ERRAND_EMPTY,   /* is the section empty? */
		ERRAND_DOUBT,   /* is it there at all? */
		ERRAND_DOUBLE,  /* removal of a double */
		ERRAND_LINES    /* of double phones and e-mails */
	} why;
	uint64_t wanted;        /* ERRAND_WRITE: hash of all that was wanted,
				   also of what could not be said */
	struct attempt *lost;   /* ERRAND_RECOVER: what was sent; owned */
	int64_t moves;          /* ERRAND_EMPTY: push->moves when asked */
	char *path;             /* of a picture's bytes; owned */
};
void build_errand_free(struct push *push, struct op *op);

/* build.c: fills push->writes and push->finds where they are NULL and there
 * is something for them. */
int build_requests(struct push *push, struct err *err);
/* Only the look that the change needs before it can be sent; diff is space. */
int build_look(struct push *push, const struct change *change,
    struct difference *diff, struct err *err);
/* The attempts of a request, written down and synced before it leaves. */
int build_commit(struct push *push, struct request *request,
    struct err *err);
/* Forgets a request that is not going to leave. */
void build_abandon(struct push *push, struct request *request);
/* An empty op for this errand, at the end of the request. */
struct op *build_op(struct request *request, enum op_kind kind,
    const struct target *target, enum errand_why why, int64_t row);

/* client.c: companies, contacts and contact persons */

/* The counterparty's record changed: where 1C has marked one deleted that the
 * portal has, that is written down and counted. */
int client_note_marked(struct flow *flow, struct str id, int64_t package,
    struct err *err);

/* Is it a client or of a deal, and the webhook has no right to them? */
bool client_is_barred(const struct flow *flow, enum target_kind kind);
/* Is it a contact of the portal: a private person, or a contact person? */
bool client_is_human(enum target_kind kind);
/* Has it the ИНН of a person, who may be there as a company or as a
 * contact? */
bool client_is_trader(const struct fields *wanted);
/* A number (not 0) that those with the same id share. */
int64_t client_person_number(const struct target *target);
/* A number that people of the same whole name share; 0: the name is not whole,
 * or it is none of people. */
int64_t client_person_name(const struct target *target,
    const struct fields *fields);
/* Puts both numbers into the set, or takes them out; nothing of others than
 * people.  made: what it is made with; NULL: it is there. */
void client_person_hold(struct rowset *set, const struct target *target,
    const struct fields *made);
void client_person_release(struct rowset *set, const struct target *target,
    const struct fields *made);
/* An update's values before, and what of it the portal may keep. */
void client_prepare_op(struct flow *flow, struct op *op,
    const struct difference *diff);
/*
 * The portal refused the whole for one value, probably: an e-mail, an INN.
 * True: it is tried again without one that may be it, each of them in turn,
 * at last without all, and the rest goes through.
 */
bool client_spares(struct push *push, int64_t row, const struct op *op);
/* Takes the value out that was to blame; what is left is sent. */
void client_spare(const struct push *push, int64_t row,
    enum target_kind kind, struct fields *send);
/* "conflict: the portal keeps comment", "conflict: both sides changed KPP";
 * returns note. */
const char *client_conflict_note(const struct op *op, char note[128]);
/* The portal has a client no more under this id.  It may have been merged into
 * another one, which then bears its mark: so it is looked for first.  0: that
 * is over. */
int client_miss(struct flow *flow, int64_t row, int64_t portal_id,
    struct err *err);
/* The id that it was missed under; 0: it was not. */
int64_t client_missed(const struct flow *flow, int64_t row);
/* Puts 1C's official name beside the name of a company that is compared
 * (match.h). */
int client_full_name(struct flow *flow, const struct target *target,
    struct fields *fields, struct err *err);
/*
 * Of the rows that a look-up found, the one that is this client.  0: *row is
 * it (note says how it was recognised; by_name: by no more than its name), or
 * NULL: there is none.  1: nobody can say; text lists the candidates.  2:
 * likewise, for it has a namesake.
 */
int client_choose(struct push *push, const struct op *op,
    const struct found **row, bool *by_name, char note[128],
    char text[CHANGE_TEXT_BYTES], struct err *err);
/* Who was linked to what is this client's from now on is not any more.
 * *agreed: what of the portal's values was agreed with him. */
int client_take_from(struct push *push, const struct op *op,
    int64_t portal_id, struct fields *agreed, struct err *err);
/* Was the row that a look-up found made by us for this target?  True of all
 * rows of the catalogue, which are found by nothing else. */
bool client_bears_mark(const struct flow *flow, const struct op *op,
    const struct found *row);
/* What counts as agreed of the portal's values when a client is linked: of
 * phones and the like only those that 1C has too, and nothing of what people
 * own and wrote otherwise than 1C. */
void client_agree(const struct flow *flow, const struct op *op,
    const struct fields *wanted, struct fields *held);

/* papers.c: requisites and bank accounts */

/*
 * Of the requisites that a client has in the portal, the one that 1C means.
 * 0: *row is it, or NULL: none is, make it.  1: nobody can say; text lists
 * them.
 */
int papers_choose(struct flow *flow, const struct op *op,
    const struct found **row, char text[CHANGE_TEXT_BYTES],
    struct err *err);
/* remote->prefer(): are they those of the counterparty that the client is? */
bool papers_are_own(void *flow, int64_t requisite, bool company,
    int64_t client);
/* The counterparty's record changed: an account of ours that 1C names no more
 * is to become the new one of the same bank, where there is one of each; a
 * contact person without an id the new one who is alike. */
int papers_succeed(struct flow *flow, struct str id, struct err *err);
/* The look for a new account or person said whether it is there.  0: it takes
 * the place of another one, which is changed; 1: not; 2: was that one made? */
int papers_replace(struct flow *flow, const struct target *target,
    int64_t row, bool there, struct err *err);

/* A contact person without an id in 1C (mapping/map_party_person.c)? */
bool papers_known_by_name(const struct target *person);

/* link.c */

/* A person said that it is none of those that may be it: it is made without a
 * look. */
bool link_is_new(const struct flow *flow, int64_t row);
/* `from` is linked to what turned out to be `to`'s, which is going to be linked
 * to it: the portal's object leaves the one, which 1C marked deleted. */
int link_hand_over(struct flow *flow, const struct target *from,
    const struct target *to, struct err *err);
/* The target lost its own so.  comes_back: who got it is marked deleted now;
 * tell_handed: who has it, false: it was no hand-over. */
bool link_comes_back(struct flow *flow, const struct target *target,
    int64_t row);
bool link_tell_handed(struct flow *flow, const struct target *target,
    int64_t row, char text[CHANGE_TEXT_BYTES]);
#define LINK_HANDED "handed-over"       /* the code of such a change */
/* It was made, or linked after all: the word is used up. */
int link_new_done(struct flow *flow, const struct target *target,
    int64_t row, struct err *err);

/* settle.c: an answered request, in one transaction. */
int settle_request(struct push *push, struct request *request,
    struct err *err);
/* Confirms one target: image, history, recomputation. */
struct confirm {
	struct target target;
	int64_t row, portal_id, package;
	enum verb verb;
	const struct fields *values;    /* as sent */
	const struct fields *dropped;   /* not taken, or NULL */
	const struct fields *taken;     /* the part of these that was, or
					   NULL */
	const struct fields *kept;      /* the portal's own stayed, or NULL */
	const struct fields *overruled; /* the portal's own, which went, or
					   NULL */
	const char *note;
	const char *note_dropped;       /* more about `dropped`, or NULL */
	bool lost;              /* VERB_DELETE: somebody else did it */
};
int settle_confirm(struct push *push, const struct confirm *what,
    struct err *err);
/* settle_history.c: its entry in the history.  old_values: what was agreed;
 * taken: what of the values is by now. */
int settle_history(struct push *push, const struct confirm *what,
    const struct fields *old_values, const struct fields *taken,
    struct err *err);
/* The portal refused these values.  What is wanted by now may be more than
 * these, and than what was wanted then (a hash; 0: not known): then the
 * change stays planned. */
int settle_fail(struct push *push, int64_t row,
    const struct fields *refused, uint64_t wanted, const char *code,
    const char *text, struct err *err);
/* The portal's code of a refusal, or that it is one. */
const char *settle_code(const struct op *op);
/* Somebody deleted it in the portal; or it is what we wanted to delete. */
int settle_not_there(struct push *push, struct op *op, struct err *err);

/* adopt.c */

/* Is the portal's object linked to another target of ours?  by_sharers: also
 * to one that may share it, the same person of another company or as a client
 * himself. */
int adopt_is_taken(struct flow *flow, const struct target *target,
    int64_t portal_id, bool by_sharers, bool *taken, struct err *err);
/* The same, and which one that is. */
int adopt_holder(struct flow *flow, const struct target *target,
    int64_t portal_id, bool by_sharers, struct target *holder, bool *taken,
    struct err *err);
/* What a find before creating found. */
int adopt_settle(struct push *push, struct op *op, struct err *err);
/* The portal's own rows in our terms: groups by our ids. */
int adopt_translate(struct flow *flow, const struct fields *found,
    struct fields *out, struct err *err);
/* show.c: report_fields(), with 1C's names for what it calls by ids. */
void show_fields(const struct flow *flow, const struct fields *old_values,
    const struct fields *new_values);
/* Their titles in a row, each a told text (base/told.h). */
void show_field_names(struct buf *out, const struct fields *fields);

/* recover.c: attempts without an answer, and doubles of ours.  Each fills
 * push->finds when it is NULL and there is something to look for. */
int recover_request(struct push *push, struct err *err);
int recover_settle(struct push *push, struct op *op, struct err *err);
int recover_recheck(struct push *push, struct err *err);
/* Looks for a double of what this write may have left, when it is long over. */
int recover_recheck_later(struct push *push, const struct op *op,
    struct err *err);
/* Looks for what settle_doubt() is about. */
int recover_doubted(struct push *push, struct err *err);
int recover_recheck_settle(struct push *push, struct op *op,
    struct err *err);

#endif
