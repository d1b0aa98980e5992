/*
 * Every limit of the program, each with its reason.  A number that bounds
 * foreign data, memory or time stands here and nowhere else.
 */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

/* One megabyte, to keep the numbers below readable. */
#define LIMIT_MIB ((size_t)1024 * 1024)

/*
 * Bytes of an id that 1C gave.  The longest seen is 73 (uuid#uuid); the
 * published schema says 40 and 80.  A key must fit a SQLite index page.
 */
#define LIMIT_ID_BYTES 200

/* Bytes of a target's key: a product's id, a separator, a price type. */
#define LIMIT_KEY_BYTES 512

/*
 * Text of one XML element or attribute.  Live descriptions reach 10 kB;
 * HTML descriptions of shops a few hundred.  A larger one is refused, so a
 * text node of a gigabyte costs this much memory and no more.
 */
#define LIMIT_XML_TEXT (4 * LIMIT_MIB)

/*
 * Bytes of one tag and attributes in it.  Live files have 5 short ones;
 * libxml2 compares each attribute with all others before we see any.
 */
#define LIMIT_XML_TAG ((size_t)256 * 1024)
#define LIMIT_XML_ATTRIBUTES 64

/* Different names of elements and attributes in a file.  Live files have
 * hundreds; libxml2's dictionary gets slow beyond some ten thousand. */
#define LIMIT_XML_NAMES 20000

/* Depth of elements.  Groups nest 5 deep in life, a document 12. */
#define LIMIT_XML_DEPTH 128

/* Bytes of one record in its canonical form: one object of 1C. */
#define LIMIT_RECORD_BYTES (8 * LIMIT_MIB)

/* Records of one exchange: a set of them is 256 MiB of bits at the worst. */
#define LIMIT_RECORD_ROWS 2000000000

/* Repeated children of one object: properties, pictures, stores; an order of
 * 3,000 lines has 30 rows in each. */
#define LIMIT_RECORD_FIELDS 100000

/* Bank accounts, contact persons, phones of one counterparty: each is looked
 * for among all the others.  Live ones have a dozen. */
#define LIMIT_PARTY_PARTS 200

/* A text that is split into phones, which looks at it once for each divider;
 * forty phones.  A longer one is no list of phones. */
#define LIMIT_PHONES_BYTES 1000

/* Findings kept of one package; the rest are counted. */
#define LIMIT_FINDINGS 1000

/* Text of one package's report: LIMIT_FINDINGS lines. */
#define LIMIT_REPORT_BYTES (4 * LIMIT_MIB)

/* Bytes of an XML file.  The largest package known is 1.1 GB. */
#define LIMIT_XML_FILE (16 * 1024 * LIMIT_MIB)

/* Entries, unpacked bytes and ratio of a zip: a bomb is refused by these. */
#define LIMIT_ZIP_ENTRIES 200000
#define LIMIT_ZIP_BYTES (64 * 1024 * LIMIT_MIB)
#define LIMIT_ZIP_RATIO 300
/* Below this size the ratio says nothing: 1 kB of blanks packs 100:1. */
#define LIMIT_ZIP_RATIO_FROM (16 * LIMIT_MIB)

/* Bytes of a path inside a package, and of any path that we build. */
#define LIMIT_NAME_BYTES 1024
#define LIMIT_PATH_BYTES 4096

/* Bytes of a configuration and of a secret's file. */
#define LIMIT_CONFIG_BYTES (4 * LIMIT_MIB)
#define LIMIT_SECRET_BYTES 4096

/* Names in one map or list of the configuration; each is compared with all
 * others.  A person writes dozens. */
#define LIMIT_CONFIG_NAMES 2000

/*
 * Bytes of a picture that is sent.  In base64 and percent-encoded it is half
 * as much again, and is in memory twice while it is sent.
 */
#define LIMIT_PICTURE_BYTES (5 * LIMIT_MIB)
/*
 * Ids of offers without a price that are kept until the file shows a first
 * one.  Some 28,000: a file that has shown none by then has none.
 */
#define LIMIT_PRICELESS_BYTES LIMIT_MIB
/* Pictures of one good that are carried; a gallery in the portal shows some
 * dozens. */
#define LIMIT_PICTURES 50
/* Goods in one kit that are kept of it. */
#define LIMIT_KIT_PARTS 1000

/* Changes of properties and of values of lists that the portal refused, as
 * they are kept to be shown: nobody reads more, and what refuses so many is one
 * cause; and bytes of a name or reason. */
#define LIMIT_REFUSED_TERMS 500
#define LIMIT_REFUSED_TEXT 400

/* Properties, values of lists, warehouses of one 1C: in memory at once.  Live
 * bases have 20,000 values at most. */
#define LIMIT_TERMS 100000

/* Price types that one package speaks of: live ones have 20.  More are a slip
 * or an attack; the prices of the others stay. */
#define LIMIT_PRICE_TYPES 1024

/* Nodes of 1C whose statements of one object are read together: a 1C base has
 * a few.  Those of further ones do not count. */
#define LIMIT_STATEMENTS 64

/* Prices of one type that vanish within a day before the fuse counts them at
 * all: a person takes away some by hand, and of a type with few of them one
 * is a large share.  1C that lost the right to read a type lost it of all. */
#define LIMIT_FUSE_PRICES 20

/* Lines of one stock document: each is a command, and all of them wait for
 * one another. */
#define LIMIT_STOCK_LINES 500

/* Depth of foreign JSON; cJSON itself stops at 1000. */
#define LIMIT_JSON_DEPTH 64

/* Values in one foreign JSON: 50 commands, 50 rows, 60 fields are 150,000;
 * a value costs 64 bytes in cJSON. */
#define LIMIT_JSON_VALUES 400000

/* An answer of the portal: 50 commands, 50 rows each with descriptions. */
#define LIMIT_ANSWER_BYTES (32 * LIMIT_MIB)

/* A request's body.  Batches are cut so that they stay under it. */
#define LIMIT_REQUEST_BYTES (8 * LIMIT_MIB)

/* Pictures that share a request, as bytes of their files: a request that is
 * cut off is sent once more, whole. */
#define LIMIT_REQUEST_PICTURES (2 * LIMIT_MIB)

/* Commands in one batch; documented for `batch`, more are refused. */
#define LIMIT_BATCH_COMMANDS 50

/* How often a command may be in a request that the portal does not answer,
 * while it answers others.  Each time half as many go with it, so that of a
 * batch of 50 it is alone at the sixth, and then twice more. */
#define LIMIT_LOST_TRIES 8

/*
 * Look-ups in one request: 50 list commands of 50 marks each, for a page of
 * a list has 50 rows.
 */
#define LIMIT_REQUEST_FINDS 2500

/* Requests in flight at once: answers of 5 s at 2 requests a second. */
#define LIMIT_IN_FLIGHT 10

/*
 * SQLite's page cache in KiB.  With the parser's and curl's buffers the
 * process stays under 64 MiB at every size of catalogue.
 */
#define LIMIT_DB_CACHE_KIB 16384

/* Text of one error, with file, line, name and what to do. */
#define LIMIT_ERROR_BYTES 2048

/* Orders.  A line of an order is some 300 bytes; a deal of the portal with
 * more rows than this was not typed by a person, and a stored value has
 * LIMIT_RECORD_BYTES. */
#define LIMIT_ORDER_LINES 2000
/* Deals read together: their rows are a command each, and what belongs to all
 * of them (customers, requisites, addresses) comes in a few exchanges. */
#define LIMIT_DEALS_AT_ONCE 250
/* Clients read together: a list has 50 rows, and so many ids go into one
 * filter.  Each has CUSTOMER_PERSONS contact persons at most. */
#define LIMIT_CUSTOMERS_AT_ONCE 50
/* A text of a deal: its comment, its user fields together. */
#define LIMIT_DEAL_BYTES (256 * 1024)
/* One value that 1C says of an order: a payment's comment is the longest,
 * and 1C itself keeps 3,000 characters of it at most. */
#define LIMIT_DEAL_VALUE 8192
/* The outbox file: 1C reads it as one tree. */
#define LIMIT_OUTBOX_BYTES (64 * LIMIT_MIB)
/* 1C reads the outbox file and later in the same run writes its own orders
 * file, which says nothing of what was put there in between.  So only one
 * that was written this much after ours tells that ours was read: loading
 * some hundreds of orders takes 1C minutes. */
#define LIMIT_PRESUME_MS ((int64_t)5 * 60 * 1000)
/* Deals whose orders are still to be loaded, held or withdrawn, and of which
 * the look for changed deals asks whether they are there: six commands beside
 * its others.  Of more the rest is left to reconcile_hours. */
#define LIMIT_DEALS_WATCHED 300
/* The look for changed deals reaches back this far behind the last one: a
 * change becomes visible when its transaction ends, and times in the portal
 * have a resolution of one second. */
#define LIMIT_LOOK_BACK_MS ((int64_t)60 * 1000)
/* The portal's times have a resolution of one second: what was read within so
 * much of its last change may have changed once more. */
#define LIMIT_SAME_SECOND_MS 5000
/* How far the mark of a look may lag behind: changes since are listed again. */
#define LIMIT_MARK_LAG_MS ((int64_t)10 * 60 * 1000)
/* A portal that shows none of so many that it had has taken a right away, or is
 * out of order: people do not delete so many at once. */
#define LIMIT_NONE_OF 3
/* What the portal could not say of one client is asked again after this: by
 * then whoever is to be told has been told. */
#define LIMIT_LOOK_AGAIN_MS ((int64_t)10 * 60 * 1000)
/* No change waits longer than this: ten minutes are the portal's window of
 * operating, and LIMIT_LOOK_AGAIN_MS.  What is to wait longer was set by a
 * clock that was ahead, and is due. */
#define LIMIT_WAIT_MS ((int64_t)20 * 60 * 1000)
/* A run waits for what 1C has just written, and holds the lock, no longer than
 * this: where inbox.settle_seconds are more, the next run takes it. */
#define LIMIT_SETTLE_WAIT_MS ((int64_t)60 * 1000)
/* Nor a look for a double longer than this: one that the portal keeps is tried
 * again then, for somebody may have given the right, or removed it. */
#define LIMIT_RECHECK_MS ((int64_t)24 * 60 * 60 * 1000)
/* Orders of 1C that make no deal are named up to here, a line each; more are
 * counted: the first export brings all old ones. */
#define LIMIT_UNMADE_TOLD 20

/* Pages of 50 clients of the portal that bear one name: those of a very common
 * one.  More are not looked through, for each page is a command of its own and
 * whole clients are large. */
#define LIMIT_NAME_PAGES 10

#endif
