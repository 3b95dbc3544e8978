/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's modules and drivers: which driver a function is to get (config.driver), and whether
 * the kernel has it. Reads /lib/modules/RELEASE below the root, of the root's kernel; in an
 * initramfs its files name what the image has. */
#ifndef GPUROM_SYS_MODULES_H
#define GPUROM_SYS_MODULES_H

#include "pci/modalias.h"
#include "sys/root.h"

#define MODULES_FILE_MAX (32u << 20) /* modules.alias of a distribution's kernel has 2 MB */
#define MODULES_RELEASE_MAX 65	     /* uname(2): 64 bytes, and a NUL */
#define MODULES_LOAD_MS 3000	     /* for modprobe, a driver */

/* Filled by modules_read; read by claim and `gpurom plan`. */
struct modules {
	struct bytes vfio; /* the lines of modules.alias for pci/modalias.h; n 0: none */
	struct bytes dep;  /* modules.dep, - folded to _, and a NUL; p NULL: it cannot be read */
};

/* The release of the root's kernel: as its /proc says, since the root may be a bundle of another
 * host; else that of the kernel that runs. */
void modules_release(const struct root *root, char ret[MODULES_RELEASE_MAX]);

/* What cannot be read is empty. modules_free releases it. */
void modules_read(const struct root *root, struct modules *ret);
void modules_free(struct modules *m);

/* The driver that `configured` (config.driver) means for the function: itself, or for "auto" the
 * variant that is made for it and that the kernel has, else vfio-pci. */
void modules_driver(const struct root *root, const struct modules *m, const char *configured,
		    const struct pci_fn *f, char ret[PCI_DRIVER_MAX]);

/* True where that driver is loaded or built in, or modules.dep has a module of its name. */
bool modules_have(const struct root *root, const struct modules *m, const char *driver);

/* True where that driver is loaded or built in, whether its name is written with - or _; sets ret,
 * which may be `name`, to the name that the kernel has it by (sys/bus/pci/drivers). */
bool driver_find(const struct root *root, const char *name, char ret[PCI_DRIVER_MAX]);

/* Loads the module of that name: runs the root's /sbin/modprobe, which the kernel itself would
 * (CONFIG_MODPROBE_PATH), in a child with a deadline. Whether it helped, driver_find says. */
void driver_load(const struct root *root, const char *name);

/* As udev does for a device that is new (its builtin kmod): loads the modules that the function's
 * modalias names, but none that is blacklisted. It runs modprobe and waits for it: call it in a
 * child with a deadline. Whether a driver bound, the driver link says. */
void modalias_load(const struct root *root, const struct pci_fn *f);

#endif
