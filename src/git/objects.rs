//! Objects: blobs, trees, commits.

use super::{CommitInfo, ConfigEntry, GitError, Ident, Oid, Repo, raw};
use chrono::{DateTime, Utc};
use git2::{ErrorCode, FileMode, ObjectType, Signature};

impl Repo {
    /// The commit a revision names, tags peeled; nothing when it names none.
    ///
    /// # Errors
    /// When the object database cannot be read.
    pub fn commit_of(&self, revision: &str) -> Result<Option<Oid>, GitError> {
        // An id needs no refs, so libgit2 can serve it whatever the format.
        if self.by_git() && Oid::from_hex(revision).is_none() {
            return self.commit_of_by_git(revision);
        }
        let object = match self.inner.revparse_single(revision) {
            Ok(object) => object,
            Err(error) if error.code() == ErrorCode::NotFound && !self.is_partial() => {
                return Ok(None);
            }
            // git knows forms of revisions that libgit2 does not, and fetches what is missing.
            Err(_) => return self.commit_of_by_git(revision),
        };
        match object.peel(ObjectType::Commit) {
            Ok(commit) => raw::from_raw(commit.id()).map(Some),
            Err(_) => Ok(None),
        }
    }

    fn commit_of_by_git(&self, revision: &str) -> Result<Option<Oid>, GitError> {
        if revision.contains('\0') {
            return Ok(None);
        }
        let output = self
            .git()
            .args(["rev-parse", "--verify", "--quiet", "--end-of-options"])
            .arg(format!("{revision}^{{commit}}"))
            .parsed()
            .output()?;
        match output.code {
            0 => {
                let printed = String::from_utf8_lossy(&output.stdout);
                raw::parse_id(printed.trim_end()).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// What a commit says of itself.
    ///
    /// # Errors
    /// When it is not there.
    pub fn commit(&self, id: &Oid) -> Result<CommitInfo, GitError> {
        raw::commit_info(&self.raw_commit(id)?)
    }

    /// A commit's whole message in UTF-8, in which git writes new ones.
    ///
    /// # Errors
    /// When it is not there.
    pub fn message(&self, id: &Oid) -> Result<String, GitError> {
        let commit = self.raw_commit(id)?;
        let bytes = commit.message_raw_bytes().to_vec();
        match String::from_utf8(bytes) {
            Ok(message) => Ok(message),
            Err(_) => {
                let git = self.git().args(["log", "-1", "--format=%B"]);
                let git = git.args(["--encoding=UTF-8", id.as_str(), "--"]);
                git.looking().text()
            }
        }
    }

    pub(super) fn raw_commit(&self, id: &Oid) -> Result<git2::Commit<'_>, GitError> {
        let raw_id = raw::to_raw(id)?;
        self.complete(id, || self.inner.find_commit(raw_id))
            .map_err(raw::failed(format!("reading the commit {id}")))
    }

    /// The file at a path of a commit's tree, with its blob's id; nothing when it is not there, or
    /// is a folder, a link or a submodule.
    ///
    /// # Errors
    /// When the object database cannot be read.
    pub fn file_at(&self, commit: &Oid, path: &str) -> Result<Option<(Oid, Vec<u8>)>, GitError> {
        let reading = || raw::failed(format!("reading {path} in {commit}"));
        let mut id = self.raw_commit(commit)?.tree_id();
        let mut steps = path.split('/').peekable();
        // One folder at a time: in a partial clone each may have to be fetched.
        while let Some(step) = steps.next() {
            let tree = self.complete(&raw::from_raw(id)?, || self.inner.find_tree(id));
            let tree = tree.map_err(reading())?;
            let Some(entry) = tree.get_name(step) else {
                return Ok(None);
            };
            let is_file = matches!(entry.filemode(), 0o100_644 | 0o100_755 | 0o100_664);
            let fits = match steps.peek() {
                Some(_) => entry.kind() == Some(ObjectType::Tree),
                None => is_file,
            };
            if !fits {
                return Ok(None);
            }
            id = entry.id();
        }
        let id = raw::from_raw(id)?;
        Ok(self.blob(&id)?.map(|bytes| (id, bytes)))
    }

    /// The names of the files in a folder of a commit's tree; none when there is no such folder.
    ///
    /// # Errors
    /// When the object database cannot be read.
    pub fn files_in(&self, commit: &Oid, folder: &str) -> Result<Vec<String>, GitError> {
        let reading = || raw::failed(format!("reading {folder} in {commit}"));
        let mut id = self.raw_commit(commit)?.tree_id();
        for step in folder.split('/').filter(|step| !step.is_empty()) {
            let tree = self.complete(&raw::from_raw(id)?, || self.inner.find_tree(id));
            let tree = tree.map_err(reading())?;
            match tree.get_name(step) {
                Some(entry) if entry.kind() == Some(ObjectType::Tree) => id = entry.id(),
                _ => return Ok(Vec::new()),
            }
        }
        let tree = self.complete(&raw::from_raw(id)?, || self.inner.find_tree(id));
        let tree = tree.map_err(reading())?;
        let files = tree
            .iter()
            .filter(|entry| entry.kind() == Some(ObjectType::Blob))
            .filter_map(|entry| entry.name().ok().map(str::to_owned));
        Ok(files.collect())
    }

    /// A blob's bytes; nothing when it is not there.
    ///
    /// # Errors
    /// When the object database cannot be read.
    pub fn blob(&self, id: &Oid) -> Result<Option<Vec<u8>>, GitError> {
        let raw_id = raw::to_raw(id)?;
        let blob = self.complete(id, || self.inner.find_blob(raw_id));
        let blob = raw::found(blob).map_err(raw::failed(format!("reading the blob {id}")))?;
        Ok(blob.map(|blob| blob.content().to_vec()))
    }

    /// The id a blob of these bytes has, without writing it.
    ///
    /// # Errors
    /// When libgit2 refuses.
    pub fn blob_id(&self, bytes: &[u8]) -> Result<Oid, GitError> {
        let format = self.inner.object_format();
        let id = git2::Oid::hash_object_ext(ObjectType::Blob, bytes, format);
        raw::from_raw(id.map_err(raw::failed("computing a blob's id"))?)
    }

    /// Writes a commit whose tree holds one file, at a path; no ref moves. The zone is UTC.
    ///
    /// # Errors
    /// When the object database cannot be written.
    pub fn commit_file(
        &self,
        path: &str,
        bytes: &[u8],
        parents: &[Oid],
        message: &str,
        who: &Ident,
        at: DateTime<Utc>,
    ) -> Result<Oid, GitError> {
        let writing = || raw::failed(format!("writing a commit of {path}"));
        let mut steps = path.rsplit('/');
        let name = steps.next().unwrap_or(path);
        let blob = self.inner.blob(bytes).map_err(writing())?;
        let mut tree = self.tree_of_one(name, blob, FileMode::Blob)?;
        for folder in steps {
            tree = self.tree_of_one(folder, tree, FileMode::Tree)?;
        }
        let who = raw::signature(who, at.timestamp(), 0)?;
        self.write_commit((&who, &who), &raw::from_raw(tree)?, parents, message)
    }

    /// Writes a commit of a tree by an author and a committer; no ref moves.
    pub(super) fn write_commit(
        &self,
        (author, committer): (&Signature<'_>, &Signature<'_>),
        tree: &Oid,
        parents: &[Oid],
        message: &str,
    ) -> Result<Oid, GitError> {
        let writing = || raw::failed("writing a commit");
        let parents: Vec<git2::Commit<'_>> = parents
            .iter()
            .map(|id| self.raw_commit(id))
            .collect::<Result<_, _>>()?;
        let parents: Vec<&git2::Commit<'_>> = parents.iter().collect();
        let id = raw::to_raw(tree)?;
        let tree = self.complete(tree, || self.inner.find_tree(id));
        let tree = tree.map_err(writing())?;
        let written = self
            .inner
            .commit(None, author, committer, message, &tree, &parents);
        raw::from_raw(written.map_err(writing())?)
    }

    fn tree_of_one(
        &self,
        name: &str,
        id: git2::Oid,
        mode: FileMode,
    ) -> Result<git2::Oid, GitError> {
        let write = || {
            let mut tree = self.inner.treebuilder(None)?;
            tree.insert(name, id, mode.into())?;
            tree.write()
        };
        write().map_err(raw::failed(format!("writing a tree of {name}")))
    }

    /// The tree of a commit with one file set, everything else kept; the tree's id.
    ///
    /// # Errors
    /// When the object database cannot be read or written, or a file stands where the path needs a
    /// folder.
    pub fn tree_with_file(&self, commit: &Oid, path: &str, bytes: &[u8]) -> Result<Oid, GitError> {
        let tree = self.raw_commit(commit)?.tree_id();
        let blob = self
            .inner
            .blob(bytes)
            .map_err(raw::failed(format!("writing {path}")))?;
        let steps: Vec<&str> = path.split('/').collect();
        raw::from_raw(self.tree_with(Some(tree), &steps, blob)?)
    }

    fn tree_with(
        &self,
        base: Option<git2::Oid>,
        steps: &[&str],
        blob: git2::Oid,
    ) -> Result<git2::Oid, GitError> {
        let doing = || raw::failed(format!("writing a tree with {}", steps.join("/")));
        let base = match base {
            Some(id) => {
                let tree = self.complete(&raw::from_raw(id)?, || self.inner.find_tree(id));
                Some(tree.map_err(doing())?)
            }
            None => None,
        };
        let mut builder = self.inner.treebuilder(base.as_ref()).map_err(doing())?;
        let [name, deeper @ ..] = steps else {
            return builder.write().map_err(doing());
        };
        let standing = builder.get(name).map_err(doing())?;
        let is_folder = standing.map(|entry| (entry.kind() == Some(ObjectType::Tree), entry.id()));
        let (id, mode) = match (deeper, is_folder) {
            ([], Some((true, _))) => return Err(in_the_way(name, "a folder")),
            ([], _) => (blob, FileMode::Blob),
            (_, Some((false, _))) => return Err(in_the_way(name, "a file")),
            (_, folder) => {
                let folder = folder.map(|(_, id)| id);
                (self.tree_with(folder, deeper, blob)?, FileMode::Tree)
            }
        };
        builder.insert(name, id, mode.into()).map_err(doing())?;
        builder.write().map_err(doing())
    }

    /// Looks again after git has fetched what a partial clone left at its remote.
    pub(super) fn complete<T>(
        &self,
        id: &Oid,
        look: impl Fn() -> Result<T, git2::Error>,
    ) -> Result<T, git2::Error> {
        match look() {
            Err(error)
                if error.code() == ErrorCode::NotFound && !self.offline && self.is_partial() =>
            {
                match self.fetch_object(id.as_str()) {
                    Ok(()) => look(),
                    Err(_) => Err(error),
                }
            }
            outcome => outcome,
        }
    }

    pub(super) fn is_partial(&self) -> bool {
        let says = |entry: &ConfigEntry| {
            entry.name == "extensions.partialclone"
                || entry.name.starts_with("remote.") && entry.name.ends_with(".promisor")
        };
        self.config_entries()
            .is_ok_and(|entries| entries.iter().any(says))
    }
}

fn in_the_way(name: &str, what: &str) -> GitError {
    GitError::Libgit2 {
        doing: "writing a tree".to_owned(),
        message: format!("{what} stands at {name}"),
    }
}
