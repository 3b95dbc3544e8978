# SPDX-License-Identifier: GPL-2.0-or-later
# bash completion for gpurom and gpurom-domain. share/gpurom/complete/words and domain-words have what may stand there.
_gpurom() {
	local line=${COMP_LINE:0:COMP_POINT} bin words cur w before script=words
	bin=$(type -P -- "${COMP_WORDS[0]}") || return 0
	[[ ${bin##*/} == gpurom-domain ]] && script=domain-words
	read -ra words <<<"$line"
	[[ $line == *[[:space:]] ]] && words+=("")
	cur=${words[-1]}
	# bash replaces only what stands behind the last of its word breaks.
	before=
	[[ $cur == *[:=]* ]] && before=${cur%"${cur##*[:=]}"}
	COMPREPLY=()
	while read -r w; do
		if [[ $w == / ]]; then
			compopt -o default 2>/dev/null
		elif [[ $w == "$cur"* ]]; then
			COMPREPLY+=("${w#"$before"}")
			[[ $w == *= ]] && compopt -o nospace 2>/dev/null
		fi
	done < <("${bin%/*}/../share/gpurom/complete/$script" "${words[@]:1}")
	return 0
}
complete -F _gpurom gpurom gpurom-domain
