# fish completion for git hotfix.
# Written by 'git hotfix install-extras'; changes are lost when it is run again.
#
# It stands in conf.d: fish loads completions by the first word of a line, which is 'git'.

function __git_hotfix_offer
    while read -l line
        if test "$line" = \tfiles
            __fish_complete_path (commandline -ct)
        else
            echo -- $line
        end
    end
end

# As 'git hotfix': the words behind it; __fish_git runs git with the options before it.
function __git_hotfix_of_git
    set -l words (commandline -opc)
    set -e words[1]
    argparse -s (__fish_git_global_optspecs) -- $words 2>/dev/null
    set -l words $argv[2..]
    __fish_git hotfix complete fish (count $words) -- $words (commandline -ct) 2>/dev/null |
        __git_hotfix_offer
end

# As 'git-hotfix'.
function __git_hotfix_alone
    set -l words (commandline -opc)
    set -e words[1]
    command git-hotfix complete fish (count $words) -- $words (commandline -ct) 2>/dev/null |
        __git_hotfix_offer
end

complete -c git-hotfix -f -a '(__git_hotfix_alone)'
complete -c git -f -n '__fish_git_using_command hotfix' -a '(__git_hotfix_of_git)'
