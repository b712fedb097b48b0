# elvish completion for git hotfix. Into ~/.config/elvish/rc.elv:
#   eval (git-hotfix completions elvish | slurp)

fn git-hotfix-answers {|@words|
  var before = $words[..-1]
  try {
    git-hotfix complete elvish (count $before) -- $@words 2>$os:dev-null | each {|line|
      var value about = (str:split &max=2 "\t" $line)
      if (eq $value '') {
        edit:complete-filename $words[-1]
      } elif (eq $about '') {
        put $value
      } else {
        edit:complex-candidate $value &display=$value' ('$about')'
      }
    }
  } catch e { }
}

set edit:completion:arg-completer[git-hotfix] = {|@words| git-hotfix-answers $@words[1..] }

# What completes 'git' already goes on doing so.
var git-hotfix-other = $nil
if (has-key $edit:completion:arg-completer git) {
  set git-hotfix-other = $edit:completion:arg-completer[git]
}
set edit:completion:arg-completer[git] = {|@words|
  if (and (> (count $words) 2) (eq $words[1] hotfix)) {
    git-hotfix-answers $@words[2..]
  } elif $git-hotfix-other {
    $git-hotfix-other $@words
  }
}
