//! Promises of the git layer, kept with real repositories made by real git.

#[cfg(unix)]
mod few;
mod history;
mod merges;
mod network;
mod objects;
mod opening;
mod refs;
mod replay;
mod settings;
mod trees;

use super::open::{self, Whereabouts};
use super::{Expect, Oid, RefUpdate, Repo};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A folder with a repository and a home nobody else uses.
pub(super) struct Sandbox {
    folder: tempfile::TempDir,
    pub(super) top: PathBuf,
}

/// A kind of repository.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    hash: &'static str,
    refs: &'static str,
}

pub(super) const PLAIN: Kind = Kind {
    hash: "sha1",
    refs: "files",
};

/// Says what was not tried.
pub(super) fn note(words: &str) {
    let _ = writeln!(std::io::stderr(), "{words}");
}

/// Every kind this git can make.
pub(super) fn kinds() -> Vec<Kind> {
    let mut kinds = Vec::new();
    for hash in ["sha1", "sha256"] {
        for refs in ["files", "reftable"] {
            let kind = Kind { hash, refs };
            if Sandbox::try_new(kind, &[]).is_some() {
                kinds.push(kind);
            } else {
                note(&format!("skipped: this git cannot make {kind:?}"));
            }
        }
    }
    assert!(!kinds.is_empty());
    kinds
}

impl Sandbox {
    pub(super) fn new(kind: Kind) -> Sandbox {
        Sandbox::try_new(kind, &[]).unwrap()
    }

    pub(super) fn bare(kind: Kind) -> Sandbox {
        Sandbox::try_new(kind, &["--bare"]).unwrap()
    }

    fn try_new(kind: Kind, more: &[&str]) -> Option<Sandbox> {
        let folder = tempfile::tempdir().unwrap();
        let top = folder.path().canonicalize().unwrap().join("repo");
        std::fs::create_dir(&top).unwrap();
        let sandbox = Sandbox { folder, top };
        let hash = format!("--object-format={}", kind.hash);
        let refs = format!("--ref-format={}", kind.refs);
        let mut arguments = vec!["init", "-q", "-b", "main", &hash];
        if kind.refs != "files" {
            arguments.push(&refs);
        }
        arguments.extend(more);
        let made = sandbox.command(&sandbox.top, &arguments).output().unwrap();
        if !made.status.success() {
            return None;
        }
        for (key, value) in [
            ("user.name", "Ada"),
            ("user.email", "ada@example.org"),
            ("commit.gpgsign", "false"),
            ("tag.gpgsign", "false"),
            ("core.autocrlf", "false"),
        ] {
            sandbox.git(&["config", key, value]);
        }
        Some(sandbox)
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.top.parent().unwrap().join(name)
    }

    pub(super) fn command(&self, folder: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command
            .current_dir(folder)
            .args(arguments)
            .env("HOME", self.folder.path())
            .env("XDG_CONFIG_HOME", self.folder.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_DATE", "2026-11-22T10:00:00Z")
            .env("GIT_COMMITTER_DATE", "2026-11-22T10:00:00Z")
            .stdin(Stdio::null());
        for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
            command.env_remove(name);
        }
        command
    }

    pub(super) fn git_in(&self, folder: &Path, arguments: &[&str]) -> String {
        let output = self.command(folder, arguments).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {arguments:?}: {said}");
        String::from_utf8(output.stdout)
            .unwrap()
            .trim_end()
            .to_owned()
    }

    pub(super) fn git(&self, arguments: &[&str]) -> String {
        self.git_in(&self.top, arguments)
    }

    pub(super) fn write(&self, path: &str, text: &str) {
        let path = self.top.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// A program, written by a child: what this process has open for writing may be open in what
    /// another test's thread starts at that moment, and such a file is not run ("text file busy").
    pub(super) fn executable(&self, path: &str, text: &str) -> PathBuf {
        let path = self.top.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let write = "printf %s \"$1\" >\"$0\" && chmod 755 \"$0\"";
        let mut writer = Command::new("sh");
        let written = writer.args(["-c", write]).arg(&path).arg(text).status();
        assert!(written.unwrap().success());
        path
    }

    pub(super) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.top.join(path)).unwrap()
    }

    /// A commit of one file.
    pub(super) fn commit(&self, path: &str, text: &str) -> Oid {
        self.write(path, text);
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", &format!("change {path}")]);
        self.id("HEAD")
    }

    pub(super) fn id(&self, revision: &str) -> Oid {
        Oid::from_hex(&self.git(&["rev-parse", revision])).unwrap()
    }

    pub(super) fn open(&self) -> Repo {
        self.open_at(&self.top)
    }

    pub(super) fn open_at(&self, folder: &Path) -> Repo {
        open::open(folder, &Whereabouts::default()).unwrap()
    }
}

pub(super) fn create(name: &str, new: &Oid) -> RefUpdate {
    RefUpdate {
        name: name.to_owned(),
        old: Expect::Absent,
        new: Some(new.clone()),
    }
}

pub(super) fn advance(name: &str, old: &Oid, new: &Oid) -> RefUpdate {
    RefUpdate {
        name: name.to_owned(),
        old: Expect::Is(old.clone()),
        new: Some(new.clone()),
    }
}

pub(super) fn remove(name: &str, old: &Oid) -> RefUpdate {
    RefUpdate {
        name: name.to_owned(),
        old: Expect::Is(old.clone()),
        new: None,
    }
}
