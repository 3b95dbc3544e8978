# SPDX-License-Identifier: GPL-2.0-or-later
# fish completion for gpurom and gpurom-domain. share/gpurom/complete/words and domain-words have what may stand there.
function __gpurom_words --argument-names script
    set -l words (commandline -opc)
    set -l cur (commandline -ct)
    set -l bin (path dirname (command -s gpurom) 2>/dev/null; or dirname (command -s gpurom))
    for w in ($bin/../share/gpurom/complete/$script $words[2..-1] "$cur")
        if test "$w" = /
            __fish_complete_path "$cur"
        else
            echo $w
        end
    end
end
complete -c gpurom -f -a '(__gpurom_words words)'
complete -c gpurom-domain -f -a '(__gpurom_words domain-words)'
