# SPDX-License-Identifier: GPL-2.0-or-later
# fish completion for gpurom. share/gpurom/complete/words has what may stand there.
function __gpurom_words
    set -l words (commandline -opc)
    set -l cur (commandline -ct)
    set -l bin (path dirname (command -s gpurom) 2>/dev/null; or dirname (command -s gpurom))
    for w in ($bin/../share/gpurom/complete/words $words[2..-1] "$cur")
        if test "$w" = /
            __fish_complete_path "$cur"
        else
            echo $w
        end
    end
end
complete -c gpurom -f -a '(__gpurom_words)'
