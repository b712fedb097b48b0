# elvish completion for git hotfix. Into ~/.config/elvish/rc.elv:
#   eval (git-hotfix completions elvish | slurp)

use str

fn git-hotfix-answers {|@words|
  try {
    git-hotfix complete elvish (- (count $words) 1) -- $@words 2>/dev/null | each {|line|
      var value about = (str:split &max=2 "\t" $line)
      if (eq $value '') {
        edit:complete-filename $words[-1]
      } else {
        var display = $value
        if (not-eq $about '') {
          set display = $value' ('$about')'
        }
        edit:complex-candidate $value &code-suffix=' ' &display=$display
      }
    }
  } catch e { }
}

# What completes 'git' already goes on doing so.
var git-hotfix-other = $nil
if (has-key $edit:completion:arg-completer git) {
  set git-hotfix-other = $edit:completion:arg-completer[git]
}

set edit:completion:arg-completer[git-hotfix] = {|@words| git-hotfix-answers (all $words[1..]) }
set edit:completion:arg-completer[git] = {|@words|
  if (and (> (count $words) 2) (eq $words[1] hotfix)) {
    git-hotfix-answers (all $words[2..])
  } elif $git-hotfix-other {
    $git-hotfix-other $@words
  }
}
