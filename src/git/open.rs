//! Finding a repository the way git finds it.

use super::{GitError, Repo, raw};
use git2::{ErrorCode, Repository, RepositoryOpenFlags};
use std::path::{Path, PathBuf};
use std::sync::Once;

/// The variables that say where a repository is.
#[derive(Debug, Default, Clone)]
pub(super) struct Whereabouts {
    /// `GIT_DIR`.
    pub(super) git_dir: Option<PathBuf>,
    /// `GIT_WORK_TREE`.
    pub(super) work_tree: Option<PathBuf>,
    /// `GIT_CEILING_DIRECTORIES`.
    pub(super) ceilings: Vec<PathBuf>,
    /// `GIT_IMPLICIT_WORK_TREE` is off: `GIT_DIR` alone makes no work tree.
    pub(super) no_implicit_work_tree: bool,
}

impl Whereabouts {
    /// As this process was told.
    pub(super) fn of_the_process() -> Whereabouts {
        let var = crate::env::var;
        Whereabouts {
            git_dir: var("GIT_DIR").map(PathBuf::from),
            work_tree: var("GIT_WORK_TREE").map(PathBuf::from),
            ceilings: crate::env::path_list("GIT_CEILING_DIRECTORIES"),
            no_implicit_work_tree: var("GIT_IMPLICIT_WORK_TREE")
                .is_some_and(|value| value == "0" || value == "false"),
        }
    }
}

/// libgit2 refuses a repository with an extension it does not know. The ones named here change
/// nothing that it is asked for: refs of a reftable are read by git itself, a missing object of a
/// partial clone is fetched by git. What libgit2 knows by itself it keeps knowing.
fn announce_extensions() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        #[expect(
            unsafe_code,
            reason = "libgit2 keeps the list in a static; `Once` and the call before any \
                      repository is opened keep it to one writer and no reader"
        )]
        // A failure shows itself at once: such a repository does not open.
        let _ = unsafe { git2::opts::set_extensions(&["refstorage", "partialclone"]) };
    });
}

/// Opens the repository that contains `start`, or the one the variables name.
pub(super) fn open(start: &Path, told: &Whereabouts) -> Result<Repo, GitError> {
    announce_extensions();
    let start = std::path::absolute(start).map_err(raw::io_failed("finding the current folder"))?;
    let mut flags = RepositoryOpenFlags::FROM_ENV;
    let path = match &told.git_dir {
        Some(git_dir) => {
            flags |= RepositoryOpenFlags::NO_SEARCH | RepositoryOpenFlags::NO_DOTGIT;
            start.join(git_dir)
        }
        None => start.clone(),
    };
    // libgit2 asks the environment for ceilings only when it is handed none at all, which the
    // bindings cannot do.
    let inner =
        Repository::open_ext(&path, flags, &told.ceilings).map_err(|e| explain(&path, &e))?;
    let git_dir = tidy(inner.path());
    let workdir = work_tree(&inner, &git_dir, &start, told);
    let named = told.git_dir.is_some() || told.work_tree.is_some();
    Ok(Repo::new(inner, git_dir, workdir, named))
}

fn explain(path: &Path, error: &git2::Error) -> GitError {
    match error.code() {
        ErrorCode::NotFound => GitError::NoRepository(path.to_owned()),
        ErrorCode::Owner => GitError::Unsafe {
            path: path.to_owned(),
        },
        _ => GitError::Libgit2 {
            doing: format!("opening the repository at {}", path.display()),
            message: error.message().to_owned(),
        },
    }
}

/// git's rule, which libgit2 follows only in part: a relative `GIT_WORK_TREE` starts where the
/// process stands, and `GIT_DIR` alone makes that folder the work tree.
fn work_tree(
    inner: &Repository,
    git_dir: &Path,
    start: &Path,
    told: &Whereabouts,
) -> Option<PathBuf> {
    if let Some(named) = &told.work_tree {
        let path = start.join(named);
        return Some(tidy(&path.canonicalize().unwrap_or(path)));
    }
    let found = inner.workdir().map(tidy);
    let explicit = told.git_dir.is_some() && found.is_some();
    if !explicit || configured_work_tree(inner) {
        return found;
    }
    // A server's hooks stand inside the git directory.
    let here = tidy(start);
    (!told.no_implicit_work_tree && here.canonicalize().ok()? != git_dir.canonicalize().ok()?)
        .then_some(here)
}

fn configured_work_tree(inner: &Repository) -> bool {
    inner
        .config()
        .is_ok_and(|config| config.get_entry("core.worktree").is_ok())
}

/// libgit2 ends folders with a slash.
pub(super) fn tidy(path: &Path) -> PathBuf {
    path.components().collect()
}
