# SPDX-License-Identifier: GPL-2.0-or-later
# Shared by the scripts beside it, which source it: where things are cached, and how they get there.
# shellcheck shell=sh

# The script may say where it is, when it has gone elsewhere.
vm_dir=${vm_dir:-$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)}
top=${vm_dir%/tests/vm}
# shellcheck disable=SC2034 # used by those who source this
build=${GPUROM_BUILD:-$top/build}
cache=$(sh "$top/packaging/deps/cache.sh" vm)

die() {
	echo "${0##*/}: $*" >&2
	exit 1
}

# A step, with the seconds since the script began.
began=$(date +%s)
say() {
	printf '%4s s  %s\n' "$(($(date +%s) - began))" "$*"
}

# Eleven hex digits that change when standard input does.
digest() {
	sha256sum | cut -c1-11
}

# Every file and link of a folder with what it holds, a line each.
contents() {
	(
		cd "$1"
		find . -type f -printf '%m ' -exec sha256sum {} \;
		find . -type l -printf '%P -> %l\n'
	) | sort
}

# The Debian suite of a variant, whether its root is arm64's, and its generator: see variant.sh.
suite_of() {
	case $1 in
	trixie-* | sid-*) echo "${1%%-*}" ;;
	*) echo bookworm ;;
	esac
}

is_arm64() {
	case $1 in *arm64-*) ;; *) return 1 ;; esac
}

generator_of() {
	generator=${1#"$(suite_of "$1")-"}
	echo "${generator#arm64-}"
}

# The words for base.sh that make the base of a variant.
base_of() {
	if is_arm64 "$1"; then echo "$(suite_of "$1") arm64"; else suite_of "$1"; fi
}

# What the folder of the installed gpurom has behind its name, for a variant.
tree_suffix() {
	! is_arm64 "$1" || echo -arm64
}

# The variant whose initramfs that of another is: libvirt's root has more, its image has not.
image_of() {
	case $1 in
	*libvirt) echo "${1%libvirt}initramfs-tools" ;;
	*) echo "$1" ;;
	esac
}

# The kernel modules that the words of a machine name: see modules.sh.
modules_of() {
	echo "$1" | tr ' ' '\n' | sed -n 's/^modules=//p'
}

# The CPUs this process may use, one number a line.
cpus() {
	sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status | tr ',' '\n' |
		awk -F- '{ for (c = $1; c <= ($2 == "" ? $1 : $2); c++) print c }'
}

# The Debian mirror that this machine itself uses; where no lists were ever fetched, what its sources say.
mirror() {
	# shellcheck disable=SC2016 # apt's variable
	set -- --format '$(REPO_URI)' 'Created-By: Packages'
	{
		apt-get indextargets "$@" 'Origin: Debian' 'Label: Debian'
		apt-get indextargets --no-release-info "$@" | grep '/debian/*$'
	} | grep -m 1 . || die "this machine's apt knows no Debian mirror"
}

# download ROOT ARGUMENT...: apt-get for a root that lacks something, by this machine's own apt, which knows how to get at
# the mirror.
download() {
	apt_root=$1
	shift
	apt-get -o Dir="$apt_root" -o Dir::State::status="$apt_root/var/lib/dpkg/status" -o APT::Sandbox::User=root -qq "$@"
}

# kernel_words MACHINE: what each guest's kernel is told, by the words of boot.sh for an unusual machine.
# no_timer_check: where the host is busy, an emulated timer is too late for that test, and the kernel stops.
# rcu_expedited: the one CPU would wait out a grace period whenever a device or a mount comes or goes.
kernel_words() {
	printf '%s ' root=/dev/vda ro mitigations=off fsck.mode=skip panic=-1 rcupdate.rcu_expedited=1 nouveau.modeset=2 \
		nouveau.config=disp=0,NvMSI=0 nouveau.noaccel=1 systemd.show_status=0 systemd.log_level=notice
	case " $1 " in *' apparmor '*) ;; *) printf 'apparmor=0 audit=0 ' ;; esac
	case " $1 " in
	*' arm64 '*) printf 'console=ttyAMA0 ' ;;
	*' no-iommu '*) printf 'console=ttyS0 no_timer_check ' ;;
	*) printf 'console=ttyS0 no_timer_check intel_iommu=on iommu=pt ' ;;
	esac
}

# Starts the script that sources this anew as root, through sudo, unless it is root's already.
as_root() {
	[ "$(id -u)" != 0 ] || return 0
	command -v sudo >/dev/null || die "only root can make the guests, and there is no sudo here: run this as root"
	exec sudo env "XDG_CACHE_HOME=${cache%/gpurom/vm}" sh "$0" "$@"
}

# cached NAME COMMAND...: sets $made to $cache/NAME, made first by "COMMAND... FOLDER" when it is not
# there. Made under a lock, in a folder that gets its name when it is whole.
cached() {
	made=$cache/$1
	if [ -d "$made" ]; then
		touch -c "$made" 2>/dev/null || true # in use: see "run"
		return 0
	fi
	fresh=$cache/.$1.new
	log=$cache/$1.log
	shift
	exec 9>"$made.lock"
	flock 9
	if [ ! -d "$made" ]; then
		rm -rf --one-file-system "$fresh" # one that was killed may have left its mounts there
		mkdir "$fresh"
		set +e # and no "|| die" below: the shell would forget -e inside the command
		(
			set -e
			"$@" "$fresh"
		) >"$log" 2>&1 9>&-
		# shellcheck disable=SC2181 # as above
		[ $? -eq 0 ] || { tail -n 25 "$log" >&2 && die "making $made failed; all of it: $log"; }
		set -e
		mv "$fresh" "$made"
	fi
	exec 9>&-
}

# Run a command inside a root folder, of arm64 too, with the /proc and /dev that the generators look at. The
# mounts live in a namespace of their own and go with it.
in_root() {
	root=$1
	shift
	foreign=
	[ ! -e "$root/lib/ld-linux-aarch64.so.1" ] || foreign="sh $vm_dir/binfmt.sh"
	# shellcheck disable=SC2016,SC2086 # the inner shell's; words
	$foreign unshare --mount sh -eu -c '
		root=$1
		shift
		mount -t proc proc "$root/proc"
		mount --rbind /dev "$root/dev"
		exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
			DEBIAN_FRONTEND=noninteractive chroot "$root" "$@"' sh "$root" "$@"
}
