#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by dracut, which calls the functions. Looks at no hardware: images are built elsewhere.

# The program for images, of the installation that the gpurom of the PATH belongs to.
image_program() {
	local program

	program=$(find_binary gpurom)
	program=${program#"${dracutsysrootdir-}"}
	echo "${program%/*/gpurom}/lib/gpurom/gpurom-initramfs"
}

check() {
	require_binaries gpurom || return 1
	require_binaries "$(image_program)" || return 1
	return 0
}

depends() {
	return 0
}

# vfio_iommu_type1, which reading through vfio needs, is loaded with vfio as its soft dependency.
# vfio_virqfd is a module of its own up to Linux 6.1. Names the kernel lacks are passed over.
# nvgrace_gpu_vfio_pci is the vfio driver that is made for NVIDIA's GPUs beside Grace CPUs. The other variants are for
# network cards and accelerators, and would bring those devices' own drivers into every image.
# Empty hostonly: the modules are wanted on hosts that have not loaded them yet, too.
installkernel() {
	hostonly='' instmods vfio vfio_pci vfio_iommu_type1 vfio_virqfd nvgrace_gpu_vfio_pci
}

# The configuration goes into generic images too: without it, cards it keeps would be taken. A folder in
# the place of a file that is none or cannot be copied: what cannot be read is doubted, and no card taken.
install_conf() {
	local file files=()

	for file; do
		[[ (-e $file || -L $file) && ! -f $file ]] || files+=("$file")
	done
	inst_multiple -o "${files[@]}"
	for file; do
		[[ -e $file || -L $file ]] || continue
		[[ ! -e ${initdir:?}$file && ! -L $initdir$file ]] || continue
		mkdir -p "$initdir$file"
		dwarn "gpurom: cannot copy $file: a folder takes its place, and this image takes no card but" \
			"those that devices= on the kernel command line names"
	done
}

# By this note "gpurom list" knows later whether the image is the current one. None is left of an image for another
# root, for no kernel, or for kdump, whose kernel also has an image of its own to boot from.
note_image() {
	[[ -z ${dracutsysrootdir-} && -n ${kernel-} && ${no_kernel-} != yes && ${outfile-} != *kdump* ]] || return 0
	gpurom note-image --kernel "$kernel" --by dracut --image "${initdir:?}" --program "$(image_program)" ||
		dwarn "gpurom: no note of this image is left: gpurom list may call it old"
}

install() {
	local step

	inst "$(image_program)" /usr/bin/gpurom
	install_conf /usr/lib/gpurom/gpurom.conf /etc/gpurom.conf /etc/gpurom.conf.d/*.conf
	note_image
	inst_script "${moddir:?}/gpurom-dracut.sh" /usr/bin/gpurom-dracut

	if dracut_module_included systemd; then
		for step in claim capture settle; do
			inst_simple "$moddir/gpurom-$step.service" \
				"${systemdsystemunitdir:?}/gpurom-$step.service"
		done
		for step in sysinit.target/claim sysinit.target/capture initrd.target/settle; do
			${SYSTEMCTL:-systemctl} -q --root "${initdir:?}" add-wants \
				"${step%/*}" "gpurom-${step#*/}.service"
		done
	else
		# Before 01-parse-kernel.sh, which loads what rd.driver.pre= names.
		inst_hook cmdline 00 "$moddir/gpurom-claim.sh"
		inst_hook pre-pivot 90 "$moddir/gpurom-settle.sh"
	fi
}
