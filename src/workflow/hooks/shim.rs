//! The shell text that hands on to this program: POSIX sh, with no program but ours and git, since a
//! git client may run hooks without PATH.

use super::{Error, Result};
use crate::env::Env;
use std::path::Path;

/// A shim of another version is written anew.
const VERSION: u32 = 3;

/// How a foreign hook is called while ours stands in its place.
pub(super) const ASIDE: &str = ".pre-git-hotfix";

/// Says which hook runs already: another shim of the same event lets go.
pub const GUARD: &str = "GIT_HOTFIX_HOOK";

/// What a shim needs to know.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shim<'a> {
    /// This program, with `/` between its parts.
    pub(super) binary: &'a str,
    /// What hotfix branches begin with.
    pub(super) prefix: &'a str,
    /// The event.
    pub(super) event: &'a str,
}

impl Shim<'_> {
    /// The file in git's hooks folder; a hook beside it that was put aside runs first.
    pub(super) fn file(&self) -> String {
        let Shim { event, .. } = self;
        format!(
            "#!/bin/sh\n# git-hotfix shim {VERSION} for {event}; \
             'git hotfix hooks uninstall' takes it away.\n{}",
            self.body(true)
        )
    }

    /// The value of `hook.<name>.command`; git adds ` "$@"` to it and hands it to a shell. git
    /// itself runs the other hooks, so none is chained.
    pub(super) fn command(&self) -> String {
        // What git adds becomes arguments of a command that does nothing.
        format!("{}:", self.body(false))
    }

    /// The prefix may come from a tracked file: it is only ever a quoted text to the shell.
    fn body(&self, chains: bool) -> String {
        let (binary, event) = (quoted(self.binary), self.event);
        let (find, first) = match chains {
            true => (
                // pre-commit and prek run this from `.legacy`; what was put aside may be theirs.
                format!(
                    "there=\"${{0%.legacy}}\"\nchained=\"$there{ASIDE}\"\n\
                     [ -f \"$chained\" ] && [ -x \"$chained\" ] || chained=\n\
                     [ -z \"$chained\" ] || [ \"$there\" = \"$0\" ] || \
                     ! git diff --no-index --quiet \"$chained\" \"$there\" || chained=\n"
                ),
                "\t[ -z \"$chained\" ] || exec \"$binary\" hook --chained \"$chained\" \"$hook\" \"$@\"\n",
            ),
            false => (String::new(), ""),
        };
        let (gone, nothing) = (self.gone(chains), self.nothing(chains));
        format!(
            r#"hook='{event}'
binary={binary}
[ "${{{GUARD}-}}" = "$hook" ] && exit 0
{find}{nothing}[ -x "$binary" ] || binary=$(command -v git-hotfix) || binary=
if [ -n "$binary" ]; then
{first}	exec "$binary" hook "$hook" "$@"
fi
{gone}echo "hotfix: git-hotfix is gone: the $hook hook did nothing" >&2
"#
        )
    }

    /// Where there is nothing to do, the shell says so: a program that is started to find that out
    /// would cost every commit as much as the judging of its message.
    fn nothing(&self, chains: bool) -> String {
        if self.event != "prepare-commit-msg" {
            return String::new();
        }
        let end = match chains {
            true => "[ -n \"$chained\" ] || exit 0",
            false => "exit 0",
        };
        format!("case \"${{2-}}\" in message|merge|squash|commit) {end} ;; esac\n")
    }

    /// What is done without our program: a hotfix is stopped, everything else goes on.
    fn gone(&self, chains: bool) -> String {
        let prefix = quoted(self.prefix);
        let remove = match chains {
            true => "the hook: $0",
            false => "it: git hotfix hooks uninstall",
        };
        let stop = format!(
            r#"	echo "hotfix: git-hotfix is gone, so the $hook hook cannot check this" >&2
	echo "Install it again, or remove {remove}" >&2
	exit 1"#
        );
        let run = format!(r#"{GUARD}="$hook" "$chained" "$@" || exit"#);
        let first = |run: String| match chains {
            true => format!("if [ -n \"$chained\" ]; then\n\t{run}\nfi\n"),
            false => String::new(),
        };
        match self.event {
            // git tells of the refs on standard input, and the chained hook must be told too.
            "pre-receive" => format!(
                r#"pushed=
touched=
while read -r old new ref; do
	pushed="$pushed$old $new $ref
"
	case "$ref" in
	refs/heads/{prefix}*) touched=yes ;;
	esac
done
{}if [ -n "$touched" ]; then
{stop}
fi
"#,
                first(format!("printf %s \"$pushed\" | {run}"))
            ),
            "post-receive" => first(run),
            _ => format!(
                r#"{}case "$(git symbolic-ref -q --short HEAD)" in
{prefix}*)
{stop} ;;
esac
"#,
                first(run)
            ),
        }
    }
}

/// Whether a file's text is a shim of ours of any version.
pub(super) fn is_ours(text: &str) -> bool {
    let mut lines = text.lines();
    let marker = || {
        let line = lines.nth(1)?.strip_prefix("# git-hotfix shim ")?;
        let (version, rest) = line.split_once(" for ")?;
        let number = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
        (number && rest.ends_with("; 'git hotfix hooks uninstall' takes it away.")).then_some(())
    };
    text.starts_with("#!/bin/sh\n") && { marker }().is_some()
}

/// This program as a shim names it.
///
/// # Errors
/// When its path is not known.
pub(super) fn binary(env: &Env) -> Result<String> {
    let binary = env
        .current_exe()
        .map_err(|e| Error::failed(format!("this program: {e}")))?;
    Ok(as_the_shell_has_it(&binary))
}

fn as_the_shell_has_it(path: &Path) -> String {
    let text = path.to_string_lossy();
    match cfg!(windows) {
        true => text.replace('\\', "/"),
        false => text.into_owned(),
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::Shim;
    use std::process::Command;

    fn file(prefix: &str) -> String {
        let shim = Shim {
            binary: "/gone/git-hotfix",
            prefix,
            event: "pre-push",
        };
        shim.file()
    }

    #[test]
    #[cfg_attr(not(unix), ignore = "it runs sh")]
    fn no_prefix_is_more_than_a_text_to_the_shell() {
        let folder = tempfile::TempDir::new().unwrap();
        let git = |arguments: &[&str]| {
            let mut git = Command::new("git");
            git.current_dir(folder.path()).args(arguments);
            assert!(git.status().unwrap().success());
        };
        git(&["init", "-q"]);
        git(&["symbolic-ref", "HEAD", "refs/heads/fix/login"]);
        for (prefix, code) in [
            ("fix/", 1),
            ("'$(touch${IFS}ran)'/", 0),
            ("$(touch ran)/", 0),
            ("`touch ran`/", 0),
            ("x'*) touch ran;; '", 0),
            ("\"; touch ran; \"/", 0),
            ("fi?/", 0),
            ("*/", 0),
        ] {
            let shim = folder.path().join("shim");
            std::fs::write(&shim, file(prefix)).unwrap();
            // Without our program on PATH, as when it was uninstalled.
            let git = Command::new("sh").args(["-c", "command -v git"]).output();
            let git = String::from_utf8(git.unwrap().stdout).unwrap();
            let path = std::path::Path::new(git.trim()).parent().unwrap();
            let mut sh = Command::new("/bin/sh");
            sh.arg(&shim).current_dir(folder.path()).env("PATH", path);
            let ran = sh.output().unwrap();
            let said = String::from_utf8_lossy(&ran.stderr).into_owned();
            assert!(said.contains("git-hotfix is gone"), "{prefix}: {said}");
            assert_eq!(ran.status.code(), Some(code), "{prefix}: {said}");
            assert!(!folder.path().join("ran").exists(), "{prefix} was run");
        }
    }
}
