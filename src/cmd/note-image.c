// SPDX-License-Identifier: GPL-2.0-or-later
/* gpurom note-image: what the hooks that make images call after they have copied gpurom and its
 * configuration: leaves a note of what the image has (host/image-note.h). */
#include "cmd/cmd.h"

#include "cmd/options.h"
#include "host/image-note.h"
#include "sys/clock.h"
#include "sys/config-files.h"
#include "sys/version.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define IMAGE_PROGRAM "usr/bin/gpurom" /* where the hooks put it */

/* Of the image's own copies, and not of the host's files, which may change while it is made. */
static void describe(const struct root *image, const struct options *o, struct image_note *ret)
{
	static struct config c; /* kilobytes */
	static struct complaints ignored;

	snprintf(ret->program, sizeof(ret->program), "%s", program_version);
	snprintf(ret->program_file, sizeof(ret->program_file), "%s",
		 o->given['p'] ? o->given['p'] : "");
	(void)image_program_digest(image, IMAGE_PROGRAM, ret->program_digest); /* "" before */
	config_files_load(image, "", true, &c, &ignored);
	memcpy(ret->config_digest, c.files_digest, sizeof(ret->config_digest));
	snprintf(ret->by, sizeof(ret->by), "%s", o->given['b']);
	clock_now(ret->at);
}

static int save(const struct cmd_env *env, const char *release, const struct image_note *note)
{
	static struct host h;
	int err;

	(void)cmd_load(env, 0, &h);
	err = image_note_save(&env->root, h.config.store, release, note);
	if (err)
		return cmd_fail("note-image", strerror(-err));
	image_notes_prune(&env->root, h.config.store);
	return EXIT_DONE;
}

static int run(const struct cmd_env *env, const struct options *o)
{
	const char *release = o->given['k'];
	struct image_note note = {.at = ""};
	struct root image;
	int err;

	if (!release || !o->given['b'] || !o->given['i'])
		return cmd_usage(&cmd_note_image, "needs --kernel, --by and --image");
	if (!image_is_release(release))
		return cmd_usage(&cmd_note_image, "--kernel: no release of a kernel");
	err = root_open(o->given['i'], &image);
	if (err)
		return cmd_fail(o->given['i'], strerror(-err));
	describe(&image, o, &note);
	root_close(&image);
	return save(env, release, &note);
}

const struct cmd cmd_note_image = {
	"note-image", "--kernel RELEASE --by NAME --image DIR [--program FILE]",
	"what makes an image calls this: notes what is in it", .run = run,
	.options = {{"kernel", ONE_ARG, 'k'},
		    {"by", ONE_ARG, 'b'},
		    {"image", ONE_ARG, 'i'},
		    {"program", ONE_ARG, 'p'}}};
