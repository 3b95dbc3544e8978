/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The root that every path hangs off: "/" for real, a fixture tree in tests. All names below
 * are relative to it, for the *at() calls. */
#ifndef GPUROM_SYS_ROOT_H
#define GPUROM_SYS_ROOT_H

#define ROOT_DEVICES "sys/devices"
#define ROOT_PCI_DEVICES "sys/bus/pci/devices"
#define ROOT_PCI_DRIVERS "sys/bus/pci/drivers"
#define ROOT_PCI_BUS "sys/bus/pci"
#define ROOT_IOMMU_GROUPS "sys/kernel/iommu_groups"
#define ROOT_SETUP_DATA "sys/kernel/boot_params/setup_data"
#define ROOT_DMI_ENTRIES "sys/firmware/dmi/entries"
#define ROOT_DMI_TABLE "sys/firmware/dmi/tables/DMI"
#define ROOT_CMDLINE "proc/cmdline"
#define ROOT_OSRELEASE "proc/sys/kernel/osrelease"
#define ROOT_KMSG "dev/kmsg"
#define ROOT_PROC "proc"
#define ROOT_PCI_IDS_HWDATA "usr/share/hwdata/pci.ids"
#define ROOT_PCI_IDS_MISC "usr/share/misc/pci.ids"
/* An unpacked bundle of `gpurom bundle`. */
#define ROOT_BUNDLE ".gpurom-bundle"
#define ROOT_INITRD_RELEASE "etc/initrd-release"
#define ROOT_CONF_VENDOR "usr/lib/gpurom/gpurom.conf"
#define ROOT_CONF "etc/gpurom.conf"
#define ROOT_CONF_DIR "etc/gpurom.conf.d"
#define ROOT_RUN "run/gpurom"
#define ROOT_STAGED "run/gpurom/staged"
#define ROOT_CARDS "run/gpurom/cards"
#define ROOT_REPORT "run/gpurom/report.json"

struct root {
	const char *path; /* as given, for messages */
	int fd;		  /* O_PATH folder, O_CLOEXEC */
};

/* -errno where path is no folder that can be opened. */
int root_open(const char *path, struct root *ret);
void root_close(struct root *r);

#endif
