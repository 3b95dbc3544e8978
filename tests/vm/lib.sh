# Shared by the scripts beside it, which source it: where things are cached, and how they get there.
# shellcheck shell=sh

vm_dir=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
case $vm_dir in
*/tests/vm) top=${vm_dir%/tests/vm} ;;
*) top=${vm_dir%/tests} vm_dir=$vm_dir/vm ;;
esac
# shellcheck disable=SC2034 # used by those who source this
build=${GPUROM_BUILD:-$top/build}
cache=$(sh "$top/tests/lib/cache.sh" vm)

die() {
	echo "${0##*/}: $*" >&2
	exit 1
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

# The CPUs this process may use, one number a line.
cpus() {
	sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status | tr ',' '\n' |
		awk -F- '{ for (c = $1; c <= ($2 == "" ? $1 : $2); c++) print c }'
}

# The Debian mirror this machine itself uses.
mirror() {
	# shellcheck disable=SC2016 # apt's variable
	apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' \
		'Label: Debian' | head -n 1 | grep . || die "apt knows no Debian mirror: run apt-get update"
}

# cached NAME COMMAND...: sets $made to $cache/NAME, made first by "COMMAND... FOLDER" when it is not
# there. Made under a lock, in a folder that gets its name when it is whole.
cached() {
	made=$cache/$1
	fresh=$cache/.$1.new
	log=$cache/$1.log
	shift
	exec 9>"$made.lock"
	flock 9
	if [ ! -d "$made" ]; then
		rm -rf "$fresh"
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
	touch "$made"
}

# Run a command inside a root folder, with the /proc and /dev that the generators look at. The
# mounts live in a namespace of their own and go with it.
in_root() {
	root=$1
	shift
	# shellcheck disable=SC2016 # the inner shell's
	unshare --mount sh -eu -c '
		root=$1
		shift
		mount -t proc proc "$root/proc"
		mount --rbind /dev "$root/dev"
		exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
			DEBIAN_FRONTEND=noninteractive chroot "$root" "$@"' sh "$root" "$@"
}
