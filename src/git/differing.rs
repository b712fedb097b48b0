//! The files in which two commits differ.

use super::{GitError, Oid, Repo, raw};
use git2::{ErrorCode, ObjectType, Tree, TreeEntry};
use std::path::{Path, PathBuf};

/// A file in which two commits differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differing {
    /// Below the top.
    pub path: PathBuf,
    /// What the first commit has there.
    pub before: Option<Entry>,
    /// What the second commit has there.
    pub after: Option<Entry>,
}

/// What a tree or the index has at a path: a file, a link, or a submodule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// As in a tree: 0o100644, 0o100755, 0o120000, 0o160000.
    pub mode: u32,
    /// The blob, or the submodule's commit.
    pub id: Oid,
}

impl Entry {
    /// A file, neither a link nor a submodule.
    pub fn is_file(&self) -> bool {
        self.mode & 0o170_000 == 0o100_000
    }
}

impl Repo {
    /// The files in which one commit differs from another; a renamed one is two.
    ///
    /// # Errors
    /// When the object database cannot be read.
    pub fn differing(&self, from: &Oid, to: &Oid) -> Result<Vec<Differing>, GitError> {
        let (old, new) = (self.raw_commit(from)?, self.raw_commit(to)?);
        let mut comparison = Comparison {
            repo: self,
            found: Vec::new(),
        };
        let mut compare = || {
            let (old, new) = (old.tree()?, new.tree()?);
            comparison.folders(Some(&old), Some(&new), Path::new(""))
        };
        let failed = || raw::failed(format!("comparing {from} and {to}"));
        match compare() {
            Ok(()) => comparison.found.into_iter().map(Found::plain).collect(),
            // What libgit2 has not got git fetches in one go.
            Err(error) if error.code() == ErrorCode::NotFound && self.is_partial() => {
                self.differing_by_git(from, to)
            }
            Err(error) => Err(failed()(error)),
        }
    }

    /// Whether two commits have the same at a path. Folders are read down to where they are one.
    ///
    /// # Errors
    /// When the object database cannot be read.
    pub fn same_at(&self, a: &Oid, b: &Oid, path: &Path) -> Result<bool, GitError> {
        let reading = || raw::failed(format!("reading {} in {a} and {b}", path.display()));
        let folder = |id: git2::Oid| {
            let tree = self.complete(&raw::from_raw(id)?, || self.inner.find_tree(id));
            tree.map_err(reading())
        };
        let (mut a_id, mut b_id) = (self.raw_commit(a)?.tree_id(), self.raw_commit(b)?.tree_id());
        for step in path {
            if a_id == b_id {
                return Ok(true);
            }
            let (a, b) = (folder(a_id)?, folder(b_id)?);
            let name = bytes_of(Path::new(step));
            match (a.get_name_bytes(&name), b.get_name_bytes(&name)) {
                (Some(a), Some(b)) if is_folder(&a) && is_folder(&b) => {
                    (a_id, b_id) = (a.id(), b.id());
                }
                (Some(a), Some(b)) => return Ok(a.id() == b.id() && a.filemode() == b.filemode()),
                (None, None) => return Ok(true),
                _ => return Ok(false),
            }
        }
        Ok(a_id == b_id)
    }

    /// The files that are in one commit and were not in the one before, below the top.
    ///
    /// # Errors
    /// When the object database cannot be read.
    pub fn added_files(&self, from: &Oid, to: &Oid) -> Result<Vec<PathBuf>, GitError> {
        let differing = self.differing(from, to)?.into_iter();
        let added = differing.filter(|file| file.before.is_none());
        Ok(added.map(|file| file.path).collect())
    }

    fn differing_by_git(&self, from: &Oid, to: &Oid) -> Result<Vec<Differing>, GitError> {
        let git = self.git().args(["diff-tree", "-r", "-z", "--no-renames"]);
        let output = git.args([from.as_str(), to.as_str()]).looking().checked()?;
        let mut parts = output.stdout.split(|byte| *byte == 0);
        let mut files = Vec::new();
        // `:100644 100755 <id> <id> M`, then the path.
        while let (Some(head), Some(path)) = (parts.next(), parts.next()) {
            let head = String::from_utf8_lossy(head);
            let mut words = head.trim_start_matches(':').split(' ');
            let mut word = || words.next().unwrap_or_default();
            let (old_mode, new_mode, old_id, new_id) = (word(), word(), word(), word());
            files.push(Differing {
                path: path_of(path),
                before: parse_entry(old_mode, old_id)?,
                after: parse_entry(new_mode, new_id)?,
            });
        }
        Ok(files)
    }
}

/// An entry as git prints it; nothing where the mode is 0.
pub(super) fn parse_entry(mode: &str, id: &str) -> Result<Option<Entry>, GitError> {
    let mode = u32::from_str_radix(mode, 8).map_err(|_| GitError::Libgit2 {
        doing: "reading what git printed".to_owned(),
        message: format!("{mode:?} is no mode of a file"),
    })?;
    let entry = |id| Entry { mode, id };
    match mode {
        0 => Ok(None),
        _ => raw::parse_id(id).map(|id| Some(entry(id))),
    }
}

/// Only what differs is read. (libgit2's own comparison reads every folder of both.)
struct Comparison<'a> {
    repo: &'a Repo,
    found: Vec<Found>,
}

struct Found {
    path: PathBuf,
    before: Option<(i32, git2::Oid)>,
    after: Option<(i32, git2::Oid)>,
}

impl Found {
    fn plain(self) -> Result<Differing, GitError> {
        let entry = |(mode, id): (i32, git2::Oid)| -> Result<Entry, GitError> {
            let id = raw::from_raw(id)?;
            let mode = mode.cast_unsigned();
            Ok(Entry { mode, id })
        };
        Ok(Differing {
            path: self.path,
            before: self.before.map(entry).transpose()?,
            after: self.after.map(entry).transpose()?,
        })
    }
}

impl Comparison<'_> {
    fn folders(
        &mut self,
        old: Option<&Tree<'_>>,
        new: Option<&Tree<'_>>,
        folder: &Path,
    ) -> Result<(), git2::Error> {
        for entry in new.into_iter().flatten() {
            let was = old.and_then(|old| old.get_name_bytes(entry.name_bytes()));
            self.entries(was.as_ref(), Some(&entry), folder)?;
        }
        for entry in old.into_iter().flatten() {
            if new.is_none_or(|new| new.get_name_bytes(entry.name_bytes()).is_none()) {
                self.entries(Some(&entry), None, folder)?;
            }
        }
        Ok(())
    }

    /// What one name of a folder stands for in both.
    fn entries(
        &mut self,
        old: Option<&TreeEntry<'_>>,
        new: Option<&TreeEntry<'_>>,
        folder: &Path,
    ) -> Result<(), git2::Error> {
        let what = |entry: &TreeEntry<'_>| (entry.filemode(), entry.id());
        let Some(name) = old.or(new).filter(|_| old.map(what) != new.map(what)) else {
            return Ok(());
        };
        let path = folder.join(path_of(name.name_bytes()));
        let inside = |entry: Option<&TreeEntry<'_>>| {
            let entry = entry.filter(|entry| is_folder(entry));
            entry.map(|entry| self.repo.inner.find_tree(entry.id()))
        };
        let (old_tree, new_tree) = (inside(old).transpose()?, inside(new).transpose()?);
        if old_tree.is_some() || new_tree.is_some() {
            self.folders(old_tree.as_ref(), new_tree.as_ref(), &path)?;
        }
        let file = |entry: Option<&TreeEntry<'_>>| {
            let entry = entry.filter(|entry| !is_folder(entry));
            entry.map(what)
        };
        let (before, after) = (file(old), file(new));
        if before.is_some() || after.is_some() {
            self.found.push(Found {
                path,
                before,
                after,
            });
        }
        Ok(())
    }
}

fn is_folder(entry: &TreeEntry<'_>) -> bool {
    entry.kind() == Some(ObjectType::Tree)
}

/// A path as git writes it.
#[cfg(unix)]
pub(super) fn path_of(bytes: &[u8]) -> PathBuf {
    let name: &std::ffi::OsStr = std::os::unix::ffi::OsStrExt::from_bytes(bytes);
    PathBuf::from(name)
}

/// A path as git writes it.
#[cfg(not(unix))]
pub(super) fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

/// The same back: what git is told on its standard input.
#[cfg(unix)]
pub(super) fn bytes_of(path: &Path) -> Vec<u8> {
    std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()).to_vec()
}

/// The same back: what git is told on its standard input, with its slashes.
#[cfg(not(unix))]
pub(super) fn bytes_of(path: &Path) -> Vec<u8> {
    path.to_string_lossy().replace('\\', "/").into_bytes()
}
