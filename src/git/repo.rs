//! Opening a repository and asking where things are.

use super::open::Whereabouts;
use super::packed::Packed;
use super::{ConfigEntry, GitError, Head, Ident, Oid, Storage, open, raw};
use git2::{ObjectFormat, ReferenceType};
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// An open repository.
pub struct Repo {
    pub(super) inner: git2::Repository,
    pub(super) git_dir: PathBuf,
    pub(super) common_dir: PathBuf,
    pub(super) workdir: Option<PathBuf>,
    /// The environment named it or its work tree, so child processes must be told too.
    pub(super) named: bool,
    /// The environment names another one, which child processes must not be told of.
    pub(super) beside: bool,
    /// What a partial clone left at its remote stays there.
    pub(super) offline: bool,
    /// Refs are kept in a reftable, which libgit2 cannot read.
    pub(super) reftable: OnceCell<bool>,
    /// Configuration as git itself reads it, for what libgit2 cannot see.
    pub(super) config: RefCell<Option<Rc<[ConfigEntry]>>>,
    /// `packed-refs` as it was last read.
    pub(super) packed: RefCell<Packed>,
    /// Merges that were computed ahead: ours, theirs, and the tree they give.
    pub(super) merged: RefCell<HashMap<(Oid, Oid), Oid>>,
}

impl Repo {
    pub(super) fn new(
        inner: git2::Repository,
        git_dir: PathBuf,
        workdir: Option<PathBuf>,
        named: bool,
    ) -> Repo {
        let common_dir = open::tidy(inner.commondir());
        Repo {
            inner,
            git_dir,
            common_dir,
            workdir,
            named,
            beside: false,
            offline: false,
            reftable: OnceCell::new(),
            config: RefCell::new(None),
            packed: RefCell::new(None),
            merged: RefCell::new(HashMap::new()),
        }
    }

    /// Opens the repository that contains `start`, or the one `GIT_DIR` names.
    ///
    /// # Errors
    /// When there is none, or it belongs to another user.
    pub fn discover(start: &Path) -> Result<Repo, GitError> {
        open::open(start, &Whereabouts::of_the_process())
    }

    /// The same repository seen from one of its work trees, whichever the environment names.
    ///
    /// # Errors
    /// When there is none.
    pub fn at(&self, worktree: &Path) -> Result<Repo, GitError> {
        if self.workdir.as_deref() == Some(worktree) {
            let told = Whereabouts {
                git_dir: self.named.then(|| self.git_dir.clone()),
                work_tree: self.named.then(|| worktree.to_owned()),
                ..Whereabouts::default()
            };
            let here = open::open(worktree, &told)?;
            let beside = self.beside;
            return Ok(Repo { beside, ..here });
        }
        let there = open::open(worktree, &Whereabouts::default())?;
        Ok(Repo {
            beside: true,
            ..there
        })
    }

    /// The same repository, of which only what is here is read: a partial clone fetches nothing.
    #[must_use]
    pub fn offline(self) -> Repo {
        Repo {
            offline: true,
            ..self
        }
    }

    /// The top of the work tree; nothing in a bare repository.
    pub fn workdir(&self) -> Option<&Path> {
        self.workdir.as_deref()
    }

    /// This work tree's git directory.
    pub fn git_dir(&self) -> &Path {
        &self.git_dir
    }

    /// The git directory that all work trees share.
    pub fn common_dir(&self) -> &Path {
        &self.common_dir
    }

    /// Where HEAD points.
    ///
    /// # Errors
    /// When HEAD cannot be read.
    pub fn head(&self) -> Result<Head, GitError> {
        if self.by_git() {
            return self.head_by_git();
        }
        let doing = || raw::failed("reading HEAD");
        let head = self.inner.find_reference("HEAD").map_err(doing())?;
        if head.kind() == Some(ReferenceType::Direct) {
            let id = head.target().ok_or_else(|| missing("HEAD"))?;
            return Ok(Head::Detached {
                oid: raw::from_raw(id)?,
            });
        }
        let target = head.symbolic_target().map_err(doing())?;
        let target = target.ok_or_else(|| missing("HEAD"))?;
        let name = branch_name(target);
        Ok(match self.find_ref(target)? {
            Some(oid) => Head::Branch { name, oid },
            None => Head::Unborn { name },
        })
    }

    /// The branch HEAD is on; during a rebase the branch being rebased.
    ///
    /// # Errors
    /// When HEAD cannot be read.
    pub fn branch_at_work(&self) -> Result<Option<String>, GitError> {
        match self.head()? {
            Head::Branch { name, .. } | Head::Unborn { name } => Ok(Some(name)),
            Head::Detached { .. } => Ok(["rebase-merge", "rebase-apply"]
                .iter()
                .find_map(|state| {
                    std::fs::read_to_string(self.git_dir.join(state).join("head-name")).ok()
                })
                // A rebase of a detached HEAD writes `detached HEAD` there.
                .and_then(|name| {
                    name.trim_end()
                        .strip_prefix("refs/heads/")
                        .map(str::to_owned)
                })),
        }
    }

    /// Who commits: `GIT_COMMITTER_*`, else `committer.*`, else `user.*`, else the login name.
    ///
    /// Never an error: an incident must be recordable on a machine nobody has set up.
    pub fn ident(&self) -> Ident {
        let told = |name: &str| crate::env::var(name)?.into_string().ok();
        let set = |name: &str| self.config_value(name).ok()?.filter(|v| !v.is_empty());
        let login = || {
            ["LOGNAME", "USER", "USERNAME"]
                .into_iter()
                .find_map(told)
                .unwrap_or_else(|| "unknown".to_owned())
        };
        Ident {
            name: told("GIT_COMMITTER_NAME")
                .or_else(|| set("committer.name"))
                .or_else(|| set("user.name"))
                .unwrap_or_else(login),
            email: told("GIT_COMMITTER_EMAIL")
                .or_else(|| set("committer.email"))
                .or_else(|| set("user.email"))
                .or_else(|| told("EMAIL"))
                .unwrap_or_else(|| format!("{}@localhost", login())),
        }
    }

    /// It has no work tree of its own, as on a server; a linked work tree of a bare repository has.
    pub fn is_bare(&self) -> bool {
        self.workdir.is_none() && self.inner.is_bare()
    }

    /// How it keeps what it has.
    pub fn storage(&self) -> Storage {
        let set = |name: &str| self.config_value(name).ok().flatten();
        let objects = match self.inner.object_format() {
            ObjectFormat::Sha256 => "sha256",
            _ => "sha1",
        };
        Storage {
            objects,
            refs: set("extensions.refstorage").unwrap_or_else(|| "files".to_owned()),
            shallow: self.inner.is_shallow(),
            partial: set("extensions.partialclone"),
            bare: self.is_bare(),
            linked: self.git_dir != self.common_dir,
        }
    }

    /// A merge is under way (`MERGE_HEAD`).
    pub fn is_merging(&self) -> bool {
        self.git_dir.join("MERGE_HEAD").exists()
    }

    /// Where git looks for hooks, absolute (`core.hooksPath` respected).
    ///
    /// # Errors
    /// When git cannot be asked.
    pub fn hooks_dir(&self) -> Result<PathBuf, GitError> {
        let path = self
            .git()
            .args(["rev-parse", "--path-format=absolute", "--git-path", "hooks"])
            .text()?;
        Ok(PathBuf::from(path))
    }

    /// Refs are out of libgit2's reach here.
    pub(super) fn by_git(&self) -> bool {
        *self.reftable.get_or_init(|| {
            self.inner
                .config()
                .and_then(|config| config.get_string("extensions.refstorage"))
                .is_ok_and(|format| !format.eq_ignore_ascii_case("files"))
        })
    }
}

/// A branch's name; another ref keeps its full one.
pub(super) fn branch_name(full: &str) -> String {
    full.strip_prefix("refs/heads/").unwrap_or(full).to_owned()
}

fn missing(name: &str) -> GitError {
    GitError::Libgit2 {
        doing: format!("reading {name}"),
        message: "it points nowhere".to_owned(),
    }
}
