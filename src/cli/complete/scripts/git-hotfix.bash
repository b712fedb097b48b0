# bash completion for git hotfix.
# Written by 'git hotfix install-extras'; changes are lost when it is run again.
#
# git's own completion looks for _git_hotfix, and loads this file by its name for it.

# The answers for the word at the cursor: __git_hotfix_ask INDEX WORDS…, the command itself in $ask.
__git_hotfix_ask ()
{
	local line before= files=
	COMPREPLY=()
	while IFS= read -r line; do
		case $line in
		$'\tfiles') files=1 ;;
		*) COMPREPLY+=("$line") ;;
		esac
	done < <("${ask[@]}" complete bash "$1" -- "${@:2}" 2>/dev/null)
	# readline replaces only what stands behind the last '=' or ':'.
	case $cur in
	[\'\"]*) ;;
	*=*|*:*)
		[[ $COMP_WORDBREAKS == *=* ]] && before=${cur%"${cur##*=}"}
		[[ $COMP_WORDBREAKS == *:* && ${cur#"$before"} == *:* ]] && before=${cur%"${cur##*:}"}
		COMPREPLY=("${COMPREPLY[@]#"$before"}")
		;;
	esac
	# Names of files are bash's own answer when there is no other; else there is none.
	[ -n "$files" ] || compopt +o default +o bashdefault 2>/dev/null
	return 0
}

# As 'git hotfix': git's completion has split the line into words, and has the options of git itself.
_git_hotfix ()
{
	local first=$((${__git_cmd_idx:-1} + 1)) ask=(__git hotfix)
	__git_hotfix_ask $((cword - first)) "${words[@]:first:cword-first}" "$cur"
}

# As 'git-hotfix'.
__git_hotfix_alone ()
{
	local cur prev cword words ask=(git-hotfix)
	if declare -F __git_get_comp_words_by_ref >/dev/null; then
		__git_get_comp_words_by_ref -n =: cur words cword prev
	elif declare -F _get_comp_words_by_ref >/dev/null; then
		_get_comp_words_by_ref -n =: cur words cword prev
	else
		words=("${COMP_WORDS[@]}") cword=$COMP_CWORD cur=${COMP_WORDS[COMP_CWORD]}
	fi
	__git_hotfix_ask $((cword - 1)) "${words[@]:1:cword-1}" "$cur"
}

complete -o bashdefault -o default -o nospace -F __git_hotfix_alone git-hotfix
