/* Private to flow/. */
#ifndef FLOW_FLOW_INTERNAL_H
#define FLOW_FLOW_INTERNAL_H

#include <signal.h>

#include "base/lock.h"
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
#define META_ORPHANS "map.orphans"      /* goods whose group is unknown */
#define META_WORDS "map.words"          /* rules for VAT and units */
#define META_REMOVALS "fuse.removals"   /* "wall_ms count" per line */

/* What has to be sent for a target now. */
struct difference {
	enum verb verb;         /* VERB_NONE: nothing */
	struct fields send;     /* create, update */
	struct target parent;
	struct image image;
	enum wanted_state state;
};

/* What this run did. */
struct flow_tally {
	int64_t packages, rejected, shelved, requests, finds;
	int64_t created, updated, deleted, linked, failed;
	int64_t records_changed, records_older;
};

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
	bool prepared;
	struct remote_facts facts;
	struct run_entry run;
	int64_t deadline;               /* steady ms; 0 none */
	int64_t next_tick;              /* steady ms: when to take again */
	struct flow_tally tally;
	struct difference scratch;      /* derive.c's, for millions of uses */
	struct wanted wanted;
	struct rules *rules;            /* while everything is derived */
	struct parents *parents;        /* likewise */
	const struct replied *replied;  /* while the targets of one deal are
					   derived: reply.c */
	const struct accept_how *by_hand;       /* while such a package is
						   accepted */
	bool inbox_failed;              /* the inbox could not be read */
	bool outbox_failed;             /* the outbox could not be written */
	bool retrying;                  /* a person asked for it */
	struct removal_fuse {
		bool blow;              /* hold them whatever the share */
		bool open;              /* let them through, and older ones */
		int64_t *rows;          /* removals held since armed */
		size_t count, size;
	} fuse;
};

/* flow.c */
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

/* derive.c */

/* Compares what one target should be with what was agreed, and plans,
 * replaces or drops its change. */
int derive_target(struct flow *flow, const struct target *target,
    int64_t package, bool force, struct err *err);
/* All targets that a record speaks of. */
int derive_record(struct flow *flow, enum record_kind kind, struct str id,
    int64_t package, bool force, struct err *err);
/* Every target of every record; inside a transaction.  package: the one that
 * is the reason, or 0. */
int derive_all(struct flow *flow, int64_t package, struct err *err);
/*
 * Around derivations inside one transaction: removals are held until it is
 * known how many there are, then released or left to a person.
 */
void derive_fuse_arm(struct flow *flow, bool blow, bool open);
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

/* rules.c: what changed its meaning since everything was last derived */

/* While these are open, a field that left the rules leaves the image, and so
 * does one whose word means something else now. */
int rules_begin(struct flow *flow, struct err *err);
int rules_prune(struct flow *flow, const struct wanted *wanted,
    struct image *image, struct err *err);
int rules_remember(struct flow *flow, struct err *err);
void rules_end(struct flow *flow);

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
/* The last step: its files to archive/ or rejected/. */
int accept_shelve(struct flow *flow, struct package *package,
    struct err *err);
/* Stages and applies without claiming; for plan.  Inside a transaction. */
int accept_preview(struct flow *flow, const char *folder,
    struct package *package, const struct accept_how *how, bool *rejected,
    struct err *err);

/* session.c */

/* A node that a person made ("zip:", "file:", "import:"): its session is
 * closed by itself, and no 1C could send it anew. */
bool session_is_by_hand(const char *node);

/* A file that begins a new session of its node closes the open one. */
int session_for_package(struct flow *flow, struct package *package,
    const struct intake_list *files, struct err *err);
int session_close(struct flow *flow, struct session *session,
    struct err *err);
int session_close_quiet(struct flow *flow, struct err *err);

/* push.c and its parts */

/* What names mean in the portal, read once a run. */
int push_prepare(struct flow *flow, struct err *err);

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

#define PUSH_FRESH 20000        /* products made lately: their prices need
				   no look-up */
#define PUSH_ENDED (LIMIT_IN_FLIGHT + 4)

struct push {
	struct flow *flow;
	struct rowset busy;     /* targets in a request that is under way */
	struct rowset parents;  /* parents of those, counted */
	struct rowset looking;  /* in a find that is under way */
	struct rowset cleared;  /* looked for and not there: may be made */
	struct rowset fresh;
	struct rowset missed;   /* were not there in this run */
	/* Contact persons by client_person_number(): one person of several
	 * companies is one contact, also when both come at once. */
	struct rowset persons_busy, persons_made;
	struct rowset reasked;  /* looked for once more for that reason */
	struct rowset spared;   /* refused once: without the likely culprit */
	int64_t fresh_ring[PUSH_FRESH];
	size_t fresh_at;
	struct request *writes; /* built, not yet sent */
	struct request *finds;
	struct request *ended[PUSH_ENDED];
	size_t ended_count;
	int in_flight, finds_in_flight;
	int64_t moves;          /* how often something left a section */
	bool lost;              /* an answer was lost: look up */
	bool rechecked;         /* doubles were looked for in this run */
	bool stopped;           /* a command said stop */
	struct err error;       /* why */
	int64_t silent_since;   /* steady ms: no answer since; 0 none */
	int64_t pause_until;    /* steady ms: nothing is sent before */
	int64_t pause;          /* ms, doubled at each silence */
	struct progress progress;
	int64_t done, total;
};

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
		ERRAND_DOUBLE   /* removal of a double */
	} why;
	uint64_t wanted;        /* ERRAND_WRITE: hash of all that was wanted,
				   also of what could not be said */
	struct attempt *lost;   /* ERRAND_RECOVER: what was sent; owned */
	int64_t moves;          /* ERRAND_EMPTY: push->moves when asked */
};
void build_errand_free(struct push *push, struct op *op);

/* build.c: fills push->writes and push->finds where they are NULL and there
 * is something for them. */
int build_requests(struct push *push, struct err *err);
/* The attempts of a request, written down and synced before it leaves. */
int build_commit(struct push *push, struct request *request,
    struct err *err);
/* Forgets a request that is not going to leave. */
void build_abandon(struct push *push, struct request *request);
/* An empty op for this errand, at the end of the request. */
struct op *build_op(struct request *request, enum op_kind kind,
    const struct target *target, enum errand_why why, int64_t row);

/* client.c: companies, contacts and contact persons */

/* A number (not 0) that persons with the same id share. */
int64_t client_person_number(const struct target *target);
/* An update's values before, and what of it the portal may keep. */
void client_prepare_op(struct flow *flow, struct op *op,
    const struct difference *diff);
/*
 * The portal refused the whole for one value, probably: an e-mail, an INN.
 * True: it is tried again without that one, and the rest goes through.
 */
bool client_spares(struct push *push, int64_t row, const struct op *op);
/* Takes the value out that was to blame; what is left is sent. */
void client_spare(const struct push *push, int64_t row,
    enum target_kind kind, struct fields *send);
/* "conflict: the portal keeps comment"; returns note. */
const char *client_conflict_note(const struct op *op, char note[128]);
/*
 * Of the rows that a look-up found, the one that is this client.  0: *row is
 * it (note says how it was recognised), or NULL: there is none.  1: nobody can
 * say; text lists the candidates.
 */
int client_choose(struct push *push, const struct op *op,
    const struct found **row, char note[128], char text[512],
    struct err *err);
/* Was the row that a look-up found made by us for this target?  True of all
 * rows of the catalogue, which are found by nothing else. */
bool client_bears_mark(const struct flow *flow, const struct op *op,
    const struct found *row);
/* What counts as agreed of the portal's values when a client is linked: of
 * phones and the like only those that 1C has too. */
void client_agree(const struct op *op, const struct fields *wanted,
    struct fields *held);

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
	const struct fields *kept;      /* the portal's own stayed, or NULL */
	const char *note;
	bool lost;              /* VERB_DELETE: somebody else did it */
};
int settle_confirm(struct push *push, const struct confirm *what,
    struct err *err);
/* The portal refused these values.  What is wanted by now may be more than
 * these, and than what was wanted then (a hash; 0: not known): then the
 * change stays planned. */
int settle_fail(struct push *push, int64_t row,
    const struct fields *refused, uint64_t wanted, const char *code,
    const char *text, struct err *err);
/* adopt.c */

/* Is the portal's object linked to another target of ours?  by_sharers: also
 * to one that may share it, the same contact person of another company. */
int adopt_is_taken(struct flow *flow, const struct target *target,
    int64_t portal_id, bool by_sharers, bool *taken, struct err *err);
/* What a find before creating found. */
int adopt_settle(struct push *push, struct op *op, struct err *err);
/* The portal's own rows in our terms: groups by our ids. */
int adopt_translate(struct flow *flow, const struct fields *found,
    struct fields *out, struct err *err);
/* recover.c: attempts without an answer, and doubles of ours.  Each fills
 * push->finds when it is NULL and there is something to look for. */
int recover_request(struct push *push, struct err *err);
int recover_settle(struct push *push, struct op *op, struct err *err);
int recover_recheck(struct push *push, struct err *err);
int recover_recheck_settle(struct push *push, struct op *op,
    struct err *err);

#endif
