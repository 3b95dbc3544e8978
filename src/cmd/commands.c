// SPDX-License-Identifier: GPL-2.0-or-later
/* gpurom, the program of an installed system: every command. */
#include "cmd/cmd.h"
#include "cmd/json-form.h"

static const struct cmd *const people[] = {
	&cmd_list,    &cmd_plan,   &cmd_report, &cmd_show,    &cmd_trim,    &cmd_snippet,
	&cmd_dump,    &cmd_verify, &cmd_import, &cmd_resolve, &cmd_remap,   &cmd_history,
	&cmd_pin,     &cmd_forget, &cmd_gc,	&cmd_take,    &cmd_release, &cmd_doctor,
	&cmd_metrics, &cmd_bundle, &cmd_help,	&cmd_version, NULL};
static const struct cmd *const boot[] = {&cmd_claim,  &cmd_capture, &cmd_settle,     &cmd_boot,
					 &cmd_commit, &cmd_late,    &cmd_note_image, NULL};

const struct commands commands = {.people = people,
				  .boot = boot,
				  .boot_heading = "steps of a boot (exit status 0, whatever they "
						  "meet), and what makes its image (1: failed)",
				  .other = &rom_parser_name,
				  .advice = &advice,
				  .images = &image_lines,
				  .form = &json_form};
