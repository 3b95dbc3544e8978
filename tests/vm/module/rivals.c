// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A driver that takes the PCI functions it is told to, built under several names: as one that is
 * loaded early, as one whose probe, or whose remove, sleeps and cannot be killed. The sleep is many
 * short ones, lest the kernel complain of it.
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/pci.h>

#define IDS_MAX 8

static char *ids[IDS_MAX];
static int ids_count;
module_param_array(ids, charp, &ids_count, 0);
MODULE_PARM_DESC(ids, "VVVV:DDDD,... hexadecimal: the functions it takes");

static bool probe_hangs;
module_param(probe_hangs, bool, 0);
MODULE_PARM_DESC(probe_hangs, "its probe ends when let_go is set, and then takes nothing");

static bool remove_hangs;
module_param(remove_hangs, bool, 0);
MODULE_PARM_DESC(remove_hangs, "its remove ends when let_go is set");

static uint seconds;
module_param(seconds, uint, 0);
MODULE_PARM_DESC(seconds, "both end after so long; 0: they do not");

static bool let_go;
module_param(let_go, bool, 0644);

static void hang(void)
{
	unsigned long until = jiffies + seconds * HZ;

	while (!READ_ONCE(let_go) && (!seconds || time_before(jiffies, until)))
		msleep(50);
}

static int rival_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	pci_info(pdev, "probe\n");
	if (!probe_hangs)
		return 0;
	hang();
	return -ENODEV;
}

static void rival_remove(struct pci_dev *pdev)
{
	pci_info(pdev, "remove\n");
	if (remove_hangs)
		hang();
}

static struct pci_driver rival_driver = {
	.name = KBUILD_MODNAME,
	.probe = rival_probe,
	.remove = rival_remove,
};

static int __init rival_init(void)
{
	unsigned int vendor, device;
	int err = pci_register_driver(&rival_driver);
	int i;

	for (i = 0; i < ids_count && !err; i++) {
		err = -EINVAL;
		if (sscanf(ids[i], "%x:%x", &vendor, &device) == 2)
			err = pci_add_dynid(&rival_driver, vendor, device, PCI_ANY_ID, PCI_ANY_ID,
					    0, 0, 0);
		if (err)
			pci_unregister_driver(&rival_driver);
	}
	return err;
}

static void __exit rival_exit(void)
{
	pci_unregister_driver(&rival_driver);
}

module_init(rival_init);
module_exit(rival_exit);
MODULE_DESCRIPTION("A rival for a PCI function, for tests");
MODULE_LICENSE("GPL");
