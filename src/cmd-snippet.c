/* gpurom snippet: what to paste into a VM definition. */
#include "cmd.h"

#include "emit.h"
#include "here.h"
#include "romstore.h"

#include <getopt.h>
#include <stdio.h>

enum form { FORM_NONE, FORM_LIBVIRT, FORM_QEMU };

static void print(const struct root *root, const char *store, const struct card *c, enum form form,
		  unsigned flags)
{
	const char *name = c->fn[c->display].path;
	struct emit_card e = {.fn = c->fn, .n = c->n, .display = c->display, .name = name};
	char file[STORE_FILE_MAX];

	/* A bus of its own for each card, so that two go into one guest as they are printed. */
	if (c->nth < UINT8_MAX - EMIT_GUEST_BUS)
		e.guest_bus = (uint8_t)(EMIT_GUEST_BUS + c->nth);
	if (name[0] && romstore_find(root, store, name, file) == 0)
		e.romfile = file;
	if (form == FORM_LIBVIRT)
		emit_libvirt(stdout, &e, flags);
	else
		emit_qemu(stdout, &e, flags);
}

static int snippet(const struct cmd_env *env, const char *text, enum form form, unsigned flags)
{
	static struct here h;
	int r = here_find(env, text, &h);

	if (r == EXIT_DONE)
		print(&env->root, h.config.store, &h.card, form, flags);
	here_free(&h);
	return r;
}

static int run(const struct cmd_env *env, int argc, char **argv)
{
	static const struct option options[] = {{"libvirt", no_argument, NULL, 'l'},
						{"qemu", no_argument, NULL, 'q'},
						{"hide-kvm", no_argument, NULL, 'k'},
						{NULL, 0, NULL, 0}};
	enum form form = FORM_NONE;
	unsigned flags = 0;
	int o;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (o == 'l')
			form = FORM_LIBVIRT;
		else if (o == 'q')
			form = FORM_QEMU;
		else if (o == 'k')
			flags |= EMIT_HIDE_KVM;
		else
			return cmd_usage(&cmd_snippet, "unknown option");
	}
	if (form == FORM_NONE)
		return cmd_usage(&cmd_snippet, "--libvirt or --qemu is needed");
	if (optind + 1 != argc)
		return cmd_usage(&cmd_snippet, "one card is needed");
	return snippet(env, argv[optind], form, flags);
}

const struct cmd cmd_snippet = {"snippet", "CARD --libvirt|--qemu [--hide-kvm]",
				"what a VM definition needs for a card", run};
