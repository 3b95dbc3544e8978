/* BAR 0 through resource0, which can be mapped and not read (drivers/pci/pci-sysfs.c). */
#include "sources/job.h"
#include "sources/prom.h"
#include "sys/pciresource.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int map_read(void *ctx, uint32_t at, uint32_t *ret)
{
	*ret = *(const volatile uint32_t *)((const uint8_t *)ctx + at);
	return 0;
}

static int map_write(void *ctx, uint32_t at, uint32_t value)
{
	*(volatile uint32_t *)((uint8_t *)ctx + at) = value;
	return 0;
}

static int map_bar(const struct root *root, struct pci_addr a, struct prom_bar *ret)
{
	char path[SYSFS_PATH_MAX];
	int fd = openat(root->fd, sysfs_path(a, "resource0", path), O_RDWR | O_CLOEXEC);
	int r = 0;

	if (fd < 0)
		return -errno;
	*ret = (struct prom_bar){.read = map_read, .write = map_write};
	ret->ctx = mmap(NULL, PROM_BAR_MIN, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (ret->ctx == MAP_FAILED)
		r = -errno;
	close(fd);
	return r;
}

static void unmap_bar(const struct prom_bar *bar)
{
	(void)munmap(bar->ctx, PROM_BAR_MIN);
}

static int tell_unmapped(struct romread *ret, int err)
{
	switch (err) {
	case -EPERM:
		return romread_fail(ret, err,
				    "BAR 0 cannot be mapped: kernel lockdown (Secure Boot); the "
				    "source vfio can read it there");
	case -EINVAL:
		return romread_fail(ret, err,
				    "BAR 0 cannot be mapped: it is busy, a driver has it "
				    "(CONFIG_IO_STRICT_DEVMEM)");
	default:
		return romread_fail(ret, err, "BAR 0 cannot be mapped: %s", strerror(-err));
	}
}

/* The job that romread_awake() hands on, with what was before it woke the card. */
struct prom_job {
	struct romread_job j;
	struct romread_before before;
};

static int read_awake(const struct romread_job *j, struct romread *ret)
{
	const struct prom_job *p = (const struct prom_job *)j;
	struct prom_bar bar;
	int r = map_bar(j->root, j->addr, &bar);

	if (r < 0)
		return tell_unmapped(ret, r);
	r = prom_read(&bar, j, &p->before, ret);
	unmap_bar(&bar);
	return r;
}

int romread_prom(const struct romread_job *j, struct romread *ret)
{
	const struct prom_job p = {.j = *j, .before = romread_look(j->k, j->addr)};
	struct pci_resource bar0;

	if (j->ids.vendor != PCI_VENDOR_NVIDIA)
		return romread_fail(ret, -ENODEV, "only NVIDIA's cards have a flash window");
	if (j->bound)
		return -EBUSY;
	if (pci_resource(j->k, j->addr, PCI_RESOURCE_BAR0, &bar0) < 0 ||
	    !pci_resource_is_memory(&bar0, PROM_BAR_MIN))
		return romread_fail(ret, -ENODEV,
				    "BAR 0 is no memory of 4 MiB or more that has an address");
	return romread_awake(&p.j, ret, read_awake);
}

void romread_prom_put_right(const struct root *root, struct pci_addr a,
			    const struct romread_before *before)
{
	const struct attr_ops k = attr_ops_real(root);
	char driver[PCI_DRIVER_MAX];
	struct prom_bar bar;

	if (!before->prom_register || sysfs_driver(&k, a, driver) < 0 || driver[0] ||
	    map_bar(root, a, &bar) < 0)
		return;
	prom_put_right(&bar, before);
	unmap_bar(&bar);
}
