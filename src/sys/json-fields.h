/* Tables of fields: one for each struct that is an object of a JSON file, by which it is read and
 * written. */
#ifndef GPUROM_SYS_JSON_FIELDS_H
#define GPUROM_SYS_JSON_FIELDS_H

#include "pci/card.h"
#include "sys/json.h"

#include <stddef.h>

/* "10de:2204" */
void json_put_ids(struct json_writer *w, const char *key, uint16_t vendor, uint16_t device);

/* What the member is, and what the file may have. */
enum json_kind {
	JSON_TEXT,     /* char[]: cut to fit */
	JSON_HEX,      /* char[]: as many lower-case hexadecimal digits as have room, or "" */
	JSON_ADDR,     /* struct pci_addr, under the key "address" */
	JSON_SERIAL,   /* uint64_t, a usable one, under the key "serial"; 0 none */
	JSON_SLOT,     /* char[PCI_SLOT_MAX], under the key "slot": of PCI_SLOT_CHARS, or "" */
	JSON_BOOL,     /* bool */
	JSON_SIZE,     /* size_t, `more` at most */
	JSON_UNSIGNED, /* unsigned */
	JSON_INT,      /* int */
	JSON_IDS,      /* uint16_t[2]: vendor, device */
	JSON_CLASS,    /* uint32_t, under the key "class" */
	JSON_WORD,     /* enum: an index into `of`, which has `more` words */
	JSON_BITS,     /* unsigned: the words of its bits, as above; NULL is none, others are passed
			  over */
	JSON_TEXTS, /* char[][more]: up to the first ""; what is no text, or has no room, is passed
		       over */
	/* Structs, each by its table, `of`: */
	JSON_PART,   /* in place, always there */
	JSON_OBJECT, /* in place; its first member is `bool there` */
	JSON_NODE,   /* pointer to one from malloc; NULL: null */
	JSON_LIST,   /* pointer to the first of several from malloc; their first member is `next` */
	JSON_ARRAY,  /* in place, as many as the size_t at `more` says; not changed one by one */
};

enum json_flag {
	/* To read. Where it may not be, a value of another kind is an error (-EBADMSG). */
	JSON_NEEDED = 1, /* so is a missing key */
	JSON_LAX = 2,	 /* a text, an object or an array may hold anything: it reads as 0 */
	JSON_ANY = 4,	 /* it may be anything */
	/* To write. */
	JSON_OPTIONAL = 8, /* "", 0 and no struct at all are no key in a new object */
	JSON_KEEP = 16,	   /* the key stays where the value is none any more; else it goes */
	JSON_WITH =
		32, /* written with the field before it where that one is changed, and not none */
};

struct json_field {
	char key[16];
	uint8_t kind, flags;
	uint16_t at, size; /* of the member */
	uint32_t more;
	const void *of;
};

struct json_table {
	const struct json_field *field;
	size_t n;
	size_t size; /* of the struct */
	size_t json; /* offset of its `const cJSON *json`: the object that it was read from, or NULL
		      */
};

#define JSON_AT(type, member) .at = offsetof(type, member), .size = sizeof(((type *)0)->member)
#define JSON_TABLE(type, f)                                                                        \
	{                                                                                          \
		f, sizeof(f) / sizeof((f)[0]), sizeof(type), offsetof(type, json)                  \
	}
/* Of a struct that does not keep where it was read from: what the table does not have is lost. */
#define JSON_PLAIN SIZE_MAX
#define JSON_PLAIN_TABLE(type, f)                                                                  \
	{                                                                                          \
		f, sizeof(f) / sizeof((f)[0]), sizeof(type), JSON_PLAIN                            \
	}

/* Before, *ret holds zeros, or what is to be where there is no key. 0, -ENOMEM or -EBADMSG; in any
 * case it borrows from o then, and what was allocated is in it. */
int json_fields_read(const struct json_table *t, const cJSON *o, void *ret);
/* A copy of the object that it was read from, with what differs put in its place: what the table
 * does not have stays, and so does what would read the same. Else a new object. NULL: no memory. */
cJSON *json_fields_write(const struct json_table *t, const void *from);

#endif
