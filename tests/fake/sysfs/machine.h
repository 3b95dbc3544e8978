/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A made-up machine's PCI functions, and what the kernel does when somebody reads or writes their
 * attributes (drivers/pci/pci-sysfs.c, drivers/pci/rom.c, drivers/base/dd.c, Linux 6.1).
 *
 * The machine is described in a text file, a statement a line, '#' begins a line of comment:
 *
 *   root pciDDDD:BB [key=value ...]   a host bridge, also one with nothing below it
 *   fn ADDRESS VENDOR:DEVICE CLASS [key=value ...]
 *   slot NAME DDDD:BB[:DD]       a physical slot, whether or not a function has that address
 *                                (drivers/pci/slot.c: without a device while it has no number)
 *   without DRIVER               that driver is not loaded (vfio-pci is, and all in fn lines)
 *   driver DRIVER                that driver is loaded, though no fn line names it
 *   module DRIVER                it is a module: loaded once its name is written to /load (which no
 *                                kernel has)
 *
 * What a statement names must stand before it. Keys of a host bridge:
 *   uid=TEXT        its ACPI _UID
 *   below=ADDRESS   it is made by that function's driver, as VMD's are; else by the firmware
 *
 * Keys of a function:
 *   subsystem=vvvv:dddd
 *   group=N         its IOMMU group
 *   parent=ADDRESS  the bridge above
 *   header=N        its header type: 0, 1 (a bridge to PCI) or 2 (to CardBus); where the key is
 *                   missing 1 for class 0604xx, else 0. The kernel shows a bridge's attributes
 *                   (secondary_bus_number) for 1 and 2, whatever the class
 *   driver=NAME     bound at the start
 *   native=NAME     what binds where no override stands
 *   boot_vga=1 shadow=1 power=auto
 *   rom=FILE        below the description's folder
 *   rombar=1        a ROM BAR with nothing behind it
 *   efi=FILE        the firmware's copy of its ROM, which the kernel shows under boot_params
 *   slot=NAME       the physical slot that its device stands in; of any function, a bridge too
 *   dsn=SERIAL      it has a Device Serial Number, as lspci prints it; or a word for a device that
 *                   lies: "ff" extended configuration space is all ones, "loop" its list of
 *                   capabilities goes through every place there is and begins anew, "low" the list
 *                   leads below 0x100, "end" the number would stand behind the end
 *   physfn=ADDRESS  it is a virtual function (SR-IOV) of that one, the next by number; behind the
 *                   same bridge, whatever its bus (drivers/pci/iov.c). vfio-pci refuses a function
 *                   that has some (drivers/vfio/pci/vfio_pci_core.c)
 *   totalvfs=N      it could have so many virtual functions; without the key, as many as it has
 *   fb=NAME:DRIVER  the firmware's framebuffer is in its BAR 0, NAME in iomem (which stands beside
 *                   bus, for a test to link /proc/iomem to), drawn on by the platform device
 *                   DRIVER.0; vfio-pci takes it off
 *   fb_stays=1      ... but vfio-pci does not, as before Linux 6.0
 *   fb_busy=1       ... nor does it go with its driver: the range is the platform device's
 *
 * Faults of a function:
 *   config=ff       its configuration space reads FF (lspci: "rev ff"); what the kernel read at its
 *                   scan, ids, class and header type, stays
 *   vanish=1        ... and its ids cannot be read either
 *   config_hang=1   a read of its configuration space never returns
 *   all_hang=1      a read or a write of any attribute of it never returns
 *   page_ms=N       each page of the ROM takes so long
 *   flaky=N         the first N readings of the ROM differ in a byte
 *   rom_eio=1       every page fails
 *   truncate=N      the ROM ends after N bytes; stands behind rom=
 *   unbind_ms=N     the driver's remove takes so long
 *   unbind_hang=1   ... for ever
 *   probe_ms=N      vfio-pci's probe takes so long
 *   probe_hang=1    ... for ever
 *   native_hang=1   the probe of a driver of the host never ends
 *   probe_fail=1    vfio-pci's probe fails
 *   override_eio=1  a write of driver_override fails
 *   slow_overrides=N the first N reads of driver_override take 400 ms, as on a busy machine
 *   enable_eio=1    a write of enable fails
 *   slips_in=1      its own driver binds it just before driver_override is written
 *   busy=1          somebody has its lock, for ever
 *   uevent_locks=1  reading its uevent takes its lock, as in Linux 6.1.95 (drivers/base/core.c)
 */
#ifndef FAKESYS_MACHINE_H
#define FAKESYS_MACHINE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#define ADDRESS_MAX 16 /* "0000:01:00.0" with room */
#define NAME_MAX_ 40
#define FUNCTIONS_MAX 128
#define DRIVERS_MAX 32
#define ROOTS_MAX 32
#define SLOTS_MAX 32
#define PAGE 4096

struct fn {
	char addr[ADDRESS_MAX], parent[ADDRESS_MAX];
	struct fn *physfn; /* NULL: no virtual function */
	unsigned vfs, totalvfs;
	unsigned header, secondary; /* secondary: the bus behind a bridge */
	unsigned vendor, device, subvendor, subdevice, class;
	unsigned domain, bus;
	int group; /* -1 none */
	bool boot_vga, shadow, rom_bar, config_ff;
	char fb[NAME_MAX_], fb_driver[NAME_MAX_], fb_device[NAME_MAX_];
	char fb_override[NAME_MAX_];
	bool fb_stays, fb_busy, fb_bound, fb_gone;
	char dsn[NAME_MAX_];
	char native[NAME_MAX_];
	uint8_t *rom, *efi;
	size_t rom_size, efi_size;
	unsigned slow_overrides; /* still to come */
	unsigned page_ms, flaky, unbind_ms, probe_ms;
	bool rom_eio, unbind_hang, probe_hang, native_hang, config_hang, all_hang, uevent_locks,
		probe_fail, override_eio, enable_eio, vanish, slips_in, busy;

	pthread_mutex_t device_lock; /* the kernel's: held through probe and remove */
	char driver[NAME_MAX_];	     /* by dev->driver */
	bool driver_link;	     /* gone before the driver's remove is called */
	char override[NAME_MAX_], power[8];
	int enabled;
	bool decode, rom_on;
	unsigned passes; /* readings of the ROM begun */
};

struct machine {
	struct fn fn[FUNCTIONS_MAX];
	size_t n;
	char driver[DRIVERS_MAX][NAME_MAX_];
	bool unloaded[DRIVERS_MAX]; /* it is a module, not loaded yet */
	size_t n_drivers;
	struct {
		char name[NAME_MAX_], uid[NAME_MAX_], below[ADDRESS_MAX];
	} root[ROOTS_MAX];
	size_t n_roots;
	struct {
		char name[NAME_MAX_], address[ADDRESS_MAX];
	} slot[SLOTS_MAX];
	size_t n_slots;
	FILE *log;
};

/* Exits where the description is wrong. */
void machine_read(struct machine *m, const char *path);

bool machine_has_driver(const struct machine *m, const char *name);
/* As modprobe does: - and _ are the same. 0 or -ENOENT. */
int machine_load(struct machine *m, const char *module);
struct fn *machine_find(struct machine *m, const char *addr);

enum attr {
	ATTR_VENDOR,
	ATTR_DEVICE,
	ATTR_SUBVENDOR,
	ATTR_SUBDEVICE,
	ATTR_CLASS,
	ATTR_IRQ,
	ATTR_RESOURCE,
	ATTR_CONFIG,
	ATTR_ENABLE,
	ATTR_OVERRIDE,
	ATTR_BOOT_VGA,
	ATTR_PCI_UEVENT,
	ATTR_SECONDARY, /* secondary_bus_number, of bridges */
	ATTR_NUMVFS,	/* of what can have virtual functions */
	ATTR_TOTALVFS,
	ATTR_ROM, /* the last that stands in the function's own folder */
	ATTR_POWER,
	ATTR_EFI,    /* `data` of the firmware's copy */
	ATTR_UEVENT, /* of the class device that a bound graphics driver makes */
	ATTR_IOMEM,
	ATTR_FB_OVERRIDE, /* of the framebuffer's platform device */
	ATTRS
};

/* Whether the function has it now. */
bool attr_exists(const struct fn *f, enum attr a);
/* Bytes put into buf, or -errno. */
ssize_t attr_read(struct fn *f, enum attr a, char *buf, size_t size, off_t off);
/* 0 or -errno. */
int attr_write(struct fn *f, enum attr a, const char *text, size_t n);

/* The bus: writes to drivers_probe, drivers/NAME/bind and unbind. 0 or -errno; may never return. */
int bus_probe(struct machine *m, const char *addr);
int bus_bind(struct machine *m, const char *driver, const char *addr);
int bus_unbind(struct machine *m, const char *driver, const char *addr);

/* A line of the log: microseconds of CLOCK_MONOTONIC, place, text. */
void machine_log(struct machine *m, const char *place, const char *text, size_t n);

void sleep_ms(unsigned ms);

#endif
