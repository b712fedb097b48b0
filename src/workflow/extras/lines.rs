//! What a person has to add to their settings, where the files alone are not found.

use super::{Reader, home};
use crate::env::Env;
use crate::files;
use crate::workflow::shell;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// A line for a file of the person's.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// For whom.
    #[serde(rename = "for")]
    pub reader: Reader,
    /// Where it goes.
    pub file: &'static str,
    /// The line.
    pub line: String,
}

/// Where bash-completion is, when it is: below a folder of data, or where Homebrew has it.
const BASH_COMPLETION: [&str; 2] = [
    "/opt/homebrew/etc/profile.d/bash_completion.sh",
    "/usr/local/etc/profile.d/bash_completion.sh",
];

/// The line that a reader needs to find what stands in `folder`.
pub(super) fn needed(env: &Env, reader: Reader, folder: Option<&Path>) -> Option<Line> {
    let line = |file: &'static str, line: String| Some(Line { reader, file, line });
    let pipe = "git-hotfix completions powershell | Out-String | Invoke-Expression";
    let eval = "eval (git-hotfix completions elvish | slurp)";
    match (reader, folder) {
        (Reader::PowerShell, _) => line("$PROFILE", pipe.to_owned()),
        (Reader::Elvish, _) => line("~/.config/elvish/rc.elv", eval.to_owned()),
        (_, None) => None,
        (Reader::Man, Some(folder)) => {
            let manual = folder
                .parent()
                .filter(|manual| !man_looks_into(env, manual))?;
            let manual = shown(env, manual);
            line(
                "~/.profile",
                format!("export MANPATH=\"{manual}:$MANPATH\""),
            )
        }
        (Reader::Zsh, Some(folder)) if !zsh_looks_into(env, folder) => {
            let folder = shell::word(&folder.display().to_string());
            line(
                "~/.zshrc, before compinit",
                format!("fpath=({folder} $fpath)"),
            )
        }
        (Reader::Bash, Some(folder)) if !bash_looks_into(env, folder) => {
            line("~/.bashrc", source(&folder.join("git-hotfix")))
        }
        (Reader::Fish, Some(folder)) if !fish_looks_into(env, folder) => line(
            "~/.config/fish/config.fish",
            source(&folder.join("git-hotfix.fish")),
        ),
        _ => None,
    }
}

fn source(file: &Path) -> String {
    format!("source {}", shell::word(&file.display().to_string()))
}

/// `$HOME` in front reads better, and stays right in a home that is shared between machines.
fn shown(env: &Env, path: &Path) -> String {
    let below = home(env).and_then(|home| path.strip_prefix(home).ok().map(Path::to_owned));
    match below {
        Some(below) => format!("$HOME/{}", below.display()),
        None => path.display().to_string(),
    }
}

/// man-db's rule, and BSD's: beside each `bin` of PATH are `share/man` and `man`. MANPATH says
/// otherwise, unless it has an empty part, which stands for that rule.
fn man_looks_into(env: &Env, manual: &Path) -> bool {
    let told = env.list("MANPATH");
    if told.iter().any(|folder| folder == manual) {
        return true;
    }
    if !told.is_empty() && !told.iter().any(|folder| folder.as_os_str().is_empty()) {
        return false;
    }
    let beside = |bin: &PathBuf| {
        let above = bin.parent()?;
        Some(above.join("share/man") == manual || above.join("man") == manual)
    };
    env.list("PATH").iter().any(|bin| beside(bin) == Some(true))
}

/// Whoever exports it has said it; else zsh's own are below these.
fn zsh_looks_into(env: &Env, folder: &Path) -> bool {
    let own =
        ["/usr/share", "/usr/local/share"].map(|data| Path::new(data).join("zsh/site-functions"));
    own.iter()
        .chain(&env.list("FPATH"))
        .any(|known| known == folder)
}

/// bash-completion loads a command's file at its first completion.
fn bash_looks_into(env: &Env, folder: &Path) -> bool {
    let data = data_folders(env);
    let is_there = data
        .iter()
        .map(|data| data.join("bash-completion/bash_completion"))
        .chain(BASH_COMPLETION.map(PathBuf::from))
        .any(|file| files::exists(&file));
    let mut folders = match env.var("BASH_COMPLETION_USER_DIR") {
        Some(told) => vec![Path::new(told).join("completions")],
        None => own_data(env)
            .map(|data| data.join("bash-completion/completions"))
            .into_iter()
            .collect(),
    };
    folders.extend(
        data.iter()
            .map(|data| data.join("bash-completion/completions")),
    );
    is_there && folders.iter().any(|known| known == folder)
}

/// fish reads its own folder of settings, and the vendors' below the folders of data.
fn fish_looks_into(env: &Env, folder: &Path) -> bool {
    let vendors = data_folders(env);
    let mut vendors = vendors.iter().map(|data| data.join("fish/vendor_conf.d"));
    folder.ends_with("fish/conf.d") || vendors.any(|known| known == folder)
}

fn own_data(env: &Env) -> Option<PathBuf> {
    let told = env.var("XDG_DATA_HOME").map(PathBuf::from);
    told.or_else(|| Some(home(env)?.join(".local/share")))
}

fn data_folders(env: &Env) -> Vec<PathBuf> {
    match env.list("XDG_DATA_DIRS") {
        told if told.is_empty() => ["/usr/local/share", "/usr/share"]
            .map(PathBuf::from)
            .to_vec(),
        told => told,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(vars: &[(&str, &str)]) -> Env {
        Env {
            vars: vars
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            arguments: Vec::new(),
            cwd: PathBuf::from("/"),
            stdin_is_terminal: false,
            stdout_is_terminal: false,
            stderr_is_terminal: false,
        }
    }

    #[test]
    fn man_looks_beside_the_folders_of_path() {
        let manual = Path::new("/home/ada/.local/share/man");
        let found = |vars: &[(&str, &str)]| man_looks_into(&env(vars), manual);
        assert!(found(&[("PATH", "/bin:/home/ada/.local/bin")]));
        assert!(!found(&[("PATH", "/bin:/usr/bin")]));
        let path = ("PATH", "/home/ada/.local/bin");
        assert!(!found(&[path, ("MANPATH", "/usr/share/man")]));
        assert!(found(&[path, ("MANPATH", "/usr/share/man:")]));
        assert!(found(&[("MANPATH", "/home/ada/.local/share/man")]));
    }

    #[test]
    fn a_line_is_asked_for_only_where_nobody_looks() {
        let env = env(&[("HOME", "/home/ada"), ("PATH", "/bin")]);
        let line = |reader, folder: &str| {
            needed(&env, reader, Some(Path::new(folder))).map(|needed| needed.line)
        };
        assert_eq!(
            line(Reader::Man, "/home/ada/.local/share/man/man1").as_deref(),
            Some("export MANPATH=\"$HOME/.local/share/man:$MANPATH\"")
        );
        assert_eq!(
            line(Reader::Zsh, "/home/ada/my data/zsh").as_deref(),
            Some("fpath=(\"/home/ada/my data/zsh\" $fpath)")
        );
        assert_eq!(
            line(Reader::Zsh, "/usr/local/share/zsh/site-functions"),
            None
        );
        assert_eq!(line(Reader::Fish, "/home/ada/.config/fish/conf.d"), None);
        assert_eq!(line(Reader::Fish, "/usr/share/fish/vendor_conf.d"), None);
        assert_eq!(
            line(Reader::Bash, "/opt/x/share/bash-completion/completions").as_deref(),
            Some("source /opt/x/share/bash-completion/completions/git-hotfix")
        );
    }
}
