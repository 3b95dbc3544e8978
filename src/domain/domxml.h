/* A libvirt domain's XML (formatdomain): its PCI host devices, and where in the text their values
 * stand. Only UTF-8, and no document type, so no entities but XML's own five. Everything else of a
 * domain is passed over. */
#ifndef GPUROM_DOMXML_H
#define GPUROM_DOMXML_H

#include "bytes.h"
#include "cardtag.h"
#include "pciaddr.h"

#define DOMXML_SIZE_MAX (1u << 20) /* bytes */
#define DOMXML_DEPTH_MAX 64	   /* elements within each other */
#define DOMXML_DEVS_MAX 64	   /* PCI host devices */
#define DOMXML_NAME_MAX 128	   /* with NUL; the rest is cut */
#define DOMXML_UUID_MAX 37	   /* with NUL */
#define DOMXML_FILE_MAX 512	   /* with NUL; a longer one is kept as "" */
#define DOMXML_WHY_MAX 160

/* Of an attribute's value as written, between its quotes. at 0: there is no such attribute. */
struct domxml_range {
	size_t at, n;
};

enum domxml_part { DOMXML_DOMAIN, DOMXML_BUS, DOMXML_SLOT, DOMXML_PARTS };

struct domxml_dev {
	struct pci_addr addr; /* on the host; an attribute that is not there is 0, as in libvirt */
	bool managed;
	bool has_addr;
	bool rom_off;		    /* rom enabled='no': the file is not used */
	char file[DOMXML_FILE_MAX]; /* of rom, references resolved; "" none */
	char alias[CARDTAG_MAX];    /* "" none, or too long to be a card's */
	struct domxml_range part[DOMXML_PARTS], in_file;
	size_t behind_address; /* offset behind "<address", for an attribute that is not there */
	size_t line;	       /* of hostdev, from 1 */
};

struct domxml {
	char name[DOMXML_NAME_MAX]; /* for messages: printable ASCII, else '?'; "" none */
	bool name_exact;	    /* it is what the text has */
	char uuid[DOMXML_UUID_MAX]; /* hexadecimal digits and '-'; "" none */
	struct domxml_dev dev[DOMXML_DEVS_MAX];
	size_t n;
};

/* hostdev elements of mode='subsystem' (or none) and type='pci' in /domain/devices, in the order of
 * the text. 0, -EFBIG past a limit above, -EBADMSG or -ENOMEM, and why, for people; *ret is not
 * to be used then. */
int domxml_parse(struct bytes xml, struct domxml *ret, char why[DOMXML_WHY_MAX]);

/* A number as libvirt reads it: 0x and hexadecimal, 0 and octal, else decimal; blanks and '+'
 * before it. False where it is anything else, or passes max. */
bool domxml_number(const char *text, uint32_t max, uint32_t *ret);

#endif
