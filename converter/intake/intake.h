/*
 * The inbox as 1C leaves it (onec-exchange.md 1; DESIGN 3): which files are
 * there, whether they have settled, whose they are; taking them by rename,
 * unpacking, archiving.  Nothing in the inbox is ever held open: a file is
 * opened for its tail bytes and closed at once.  No libxml2 here: the closed
 * root is looked for in the tail bytes, UTF-8, windows-1251 and UTF-16.
 */
#ifndef INTAKE_INTAKE_H
#define INTAKE_INTAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/limits.h"

enum intake_kind {
	INTAKE_XML,             /* a CommerceML file, by its name */
	INTAKE_ZIP,
	INTAKE_OTHER            /* pictures and other attachments */
};

/* Reading order inside a package; gaps are room for later kinds. */
enum intake_order {
	INTAKE_ORDER_ZIP = 0,
	INTAKE_ORDER_CLASSIFIER = 10,   /* groups, price types, stores ... */
	INTAKE_ORDER_IMPORT = 20,       /* also XML that no rule names */
	INTAKE_ORDER_OFFERS = 30,
	INTAKE_ORDER_PRICES = 40,
	INTAKE_ORDER_RESTS = 50,
	INTAKE_ORDER_COUNTERPARTIES = 60,
	INTAKE_ORDER_DOCUMENTS = 70,
	INTAKE_ORDER_OTHER = 90         /* attachments */
};

/* A file of the inbox (or of a package) and what its name says. */
struct intake_file {
	char *name;             /* relative to the inbox as it stands on disk,
				   '/' between; a literal '\\' stays */
	char node[256];         /* session's folder: "webdata", "" the root,
				   "webdata - 5d50…", "1cbitrix",
				   "webdata/000000001"; "zip:NAME" and
				   "file:NAME" for what a person put there */
	char *inner;            /* name inside the node's folder, '/' only;
				   without "..", hidden or empty parts */
	enum intake_kind kind;
	int order;              /* enum intake_order */
	char series[64];        /* "import0", "offers", "goods", "documents";
				   "goods/import" for goods/1/import___… */
	int portion;            /* import0_2.xml: 2; import1.xml: 2 (the
				   second catalogue in UNF 1.6: Каталог/Ид
				   tells); goods/1/import___…: 1; 0: not
				   numbered */
	int64_t size, mtime_ns, inode;
};
struct intake_list {
	struct intake_file *files;
	size_t count;
};
void intake_list_free(struct intake_list *list);

/*
 * Lists the inbox (nodes: these sub-folders only, "" is the root; count 0
 * all).  Claims of ours (".claim-…"), dot files and half-made files of other
 * programs are left out, so is what we write for 1C where the outbox is in the
 * inbox: `ours` (a name as listed; NULL: none), and by that name in the root
 * Orders.xml and order.xml always.  In the root all that is neither XML nor zip
 * is left out too; import_files/ of the root belongs to the first XML file
 * there, to "file:" without one.  Links are left out, and what *left says.
 * Of very many attachments one look lists INTAKE_ATTACHMENTS.  Sorted by node,
 * order, series, portion, name.  1C may delete under our eyes: what vanishes
 * is simply not listed.
 */
#define INTAKE_ATTACHMENTS 20000
struct intake_left {
	size_t links;
	size_t root;            /* XML and zip of the root, which `nodes` does
				   not name */
	char first[256];        /* one of these */
	char shut[LIMIT_NAME_BYTES + 1];        /* the first folder that may
				   hold files of `nodes` and may not be read;
				   "": none */
};
/* Does `nodes` (count 0: all) name the node, or a folder above it? */
bool intake_is_wanted(char *const *nodes, size_t count, const char *node);
/* The folders below the inbox, however deep, that may hold what `nodes` names,
 * by their whole path; not those of the file system's own, or of Windows'.
 * Those in one that cannot be read are not known. */
void intake_each_folder(const char *inbox, char *const *nodes,
    size_t node_count, void (*visit)(void *ctx, const char *path), void *ctx);
/* Files that we write for 1C may lie in the inbox: they are left out. */
#define INTAKE_OURS 2
int intake_scan(struct intake_list *out, const char *inbox,
    char *const *nodes, size_t node_count,
    const char *const ours[INTAKE_OURS], struct intake_left *left,
    struct err *err);

/* What the name says, for a file given by hand (name as in a package). */
void intake_classify(struct intake_file *file);
/* Is it, by its name in the inbox, one of orders? */
bool intake_is_orders(const char *name);
/* Is a file of this name neither XML nor zip? */
bool intake_is_attachment(const char *name);

/* Is the file of that name in the inbox one of the node? */
bool intake_is_of(const char *name, const char *node);
/* What the name of a file of the inbox says: intake_list_forget(). */
void intake_named(struct intake_file *file, const char *name);
void intake_list_forget(struct intake_file *file);

/*
 * Does the file end in a closed root (XML) or in a whole central directory
 * (zip)?  A part of a zip is closed when all that follow it are there and the
 * last one is whole: parts are taken in the order of the listing.  Other
 * kinds: true.  1 yes, 0 no (or gone, or locked by its writer), -1 error.
 */
int intake_is_closed(const char *path, enum intake_kind kind,
    struct err *err);

/*
 * By its first bytes a file that still grows is told from another one under
 * its name: 1C writes the time of the export there.  hash: of the first *len
 * bytes, which becomes what there is of them, 0 where it is room that was only
 * made for them.  1; 0 gone, or locked by its
 * writer; -1 error.
 */
#define INTAKE_HEAD_BYTES 1024
int intake_head(uint64_t *hash, size_t *len, const char *path,
    struct err *err);

/*
 * Takes one file: rename to inbox/.claim-<package>-<mark>-<escaped name>, then
 * move to work/<package>/<inner>; its content is synced, the folders are not
 * (intake_taken_synced()).  The mark is a hash of the size,
 * time and inode that were looked at.  0; 1: it is no longer there, it is not
 * the file that was looked at, or its share refuses the rename just now: left
 * alone; 2: the package holds a file of that name already: left alone, it
 * belongs to the next package.
 */
int intake_claim(const char *inbox, const char *work, int64_t package,
    const struct intake_file *file, struct err *err);
/* Of what is taken together, once all of it was claimed: the folders of the
 * package (`folder`) that it came to are synced, then those that it left. */
int intake_taken_synced(const char *inbox, const char *folder,
    const struct intake_file *files, const bool *take, size_t count,
    struct err *err);
/* All folders of a package, for claims that were cut off and resumed. */
int intake_came_synced(const char *folder, struct err *err);

/* Finishes claims that were cut off: every ".claim-…" is moved to its
 * package's folder, or back where it is not the file that was looked at.
 * found() (may be NULL) is told the package of each that was moved.  Parts of
 * a zip that were left behind follow the ones that were taken. */
int intake_resume(const char *inbox, const char *work,
    void (*found)(void *ctx, int64_t package), void *ctx, struct err *err);

/*
 * Copies what a person names (a folder, a zip, an XML file; more than one of
 * them together) into work/<package>/, which is made anew; zips are unpacked
 * (below).  The source stays.  ERR_USAGE: not there, neither of these, or two
 * files of one name.
 */
int intake_copy(const char *work, int64_t package, char *const *paths,
    size_t count, struct err *err);
/* The same for files of a look at the inbox: each goes to its inner name; what
 * vanished meanwhile is passed over.  The source stays. */
int intake_copy_files(const char *work, int64_t package, const char *inbox,
    const struct intake_file *files, size_t count, struct err *err);


/*
 * Unpacks every zip in the folder in place, then removes it.  Parts of one
 * zip ("name.zip.001", "v8_….z01" or a series of whole zips
 * "v8_XXXX_01.zip") are joined.  -1 with ERR_DATA, by name: entry with "..",
 * absolute, a link, encrypted, too many, too large, a bomb.
 * Names in code page 866 and UTF-8 both work.
 */
int intake_unpack(const char *folder, struct err *err);

/* The files of a package's folder in reading order; a picture path out of
 * the folder cannot arise.  node and kind are by name. */
int intake_list_package(struct intake_list *out, const char *folder,
    struct err *err);

/* Moves work/<package> to <to>/<stamp>-<node>-<package>/; *place is that
 * folder's name (LIMIT_NAME_BYTES).  Repeatable after a kill. */
int intake_shelve(const char *work, int64_t package, const char *to,
    const char *node, int64_t taken_ms, char *place, struct err *err);

/* Prunes archive/ or rejected/ by age and size (0: no limit), oldest first;
 * never what is younger than a day, never what intake_shelve() did not name. */
int intake_prune(const char *folder, int days, int64_t max_mb,
    int64_t now_ms, struct err *err);

#endif
