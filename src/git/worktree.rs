//! The work tree and the index, by `git` itself.

use super::process::{Git, Running, nul_separated};
use super::{GitError, Head, Oid, Repo, Worktree, raw, repo};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A switch under way.
pub struct Switching(Running);

impl Switching {
    /// Waits for it.
    ///
    /// # Errors
    /// What git said; the work tree is as before then.
    pub fn end(self) -> Result<(), GitError> {
        self.0.checked().map(drop)
    }
}

/// A look at the work tree under way.
pub struct LookingForChanges(Running);

impl LookingForChanges {
    /// The changed files; at most `limit` paths.
    ///
    /// # Errors
    /// What git said.
    pub fn files(self, limit: usize) -> Result<Vec<String>, GitError> {
        let output = self.0.checked()?;
        // `XY path`; without renames each is one part.
        let paths = nul_separated(&output.stdout);
        let paths = paths.filter_map(|line| line.get(3..).map(str::to_owned));
        Ok(paths.take(limit).collect())
    }
}

/// A check of the work tree under way.
pub struct Inspecting {
    compared: Running,
    untracked: Running,
}

/// What a work tree holds beside its commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspected {
    /// A tracked file is changed, or was only touched.
    pub may_be_changed: bool,
    /// The files that are neither tracked nor ignored; a folder of only such is one, with `/` behind.
    pub untracked: Vec<String>,
}

impl Inspecting {
    /// Waits for it.
    ///
    /// # Errors
    /// What git said.
    pub fn end(self) -> Result<Inspected, GitError> {
        // What speaks against a clean tree, its own failure among it, is for `changed_files` to say.
        let may_be_changed = self.compared.end()?.code != 0;
        let untracked = nul_separated(&self.untracked.checked()?.stdout).collect();
        Ok(Inspected {
            may_be_changed,
            untracked,
        })
    }
}

impl Repo {
    /// The changed tracked files and, when asked, untracked ones; at most `limit` paths. A folder of
    /// only untracked files is one path that ends with `/`.
    ///
    /// # Errors
    /// When git cannot be asked.
    pub fn changed_files(&self, untracked: bool, limit: usize) -> Result<Vec<String>, GitError> {
        self.look_for_changes(untracked)?.files(limit)
    }

    /// Begins to see whether the work tree is clean. In a large one this takes half the time of
    /// `git status`, and both cores.
    ///
    /// # Errors
    /// When git cannot be started.
    pub fn inspect(&self) -> Result<Inspecting, GitError> {
        let compared = self.git().args(["diff-index", "--quiet", "HEAD", "--"]);
        let listing = ["ls-files", "-z", "--others", "--exclude-standard"];
        let untracked = self
            .git()
            .args(listing)
            .args(["--directory", "--no-empty-directory"]);
        Ok(Inspecting {
            compared: compared.looking().begin()?,
            untracked: untracked.looking().begin()?,
        })
    }

    /// Whether git tracks one of these paths below the top of the work tree, in whatever case: there are
    /// file systems that know only one.
    ///
    /// # Errors
    /// When git cannot be asked.
    pub fn tracks_any(&self, paths: &[String]) -> Result<bool, GitError> {
        let specs = paths
            .iter()
            .map(|path| format!(":(top,literal,icase){path}"));
        let git = self.git().args(["ls-files", "-z", "--"]).args(specs);
        Ok(!git.looking().checked()?.stdout.is_empty())
    }

    /// Whether each of these tracked paths is a submodule.
    ///
    /// # Errors
    /// When git cannot be asked.
    pub fn are_submodules(&self, paths: &[String]) -> Result<bool, GitError> {
        let git = self.git();
        let git = git
            .args(["--literal-pathspecs", "ls-files", "-s", "-z", "--"])
            .args(paths);
        let output = git.looking().checked()?;
        let mut count = 0;
        let mut all = true;
        for line in nul_separated(&output.stdout) {
            count += 1;
            all = all && line.starts_with("160000 ");
        }
        Ok(all && count == paths.len())
    }

    /// Begins to look for changed files, so that other work can be done meanwhile.
    ///
    /// # Errors
    /// When git cannot be started.
    pub fn look_for_changes(&self, untracked: bool) -> Result<LookingForChanges, GitError> {
        let untracked = match untracked {
            true => "--untracked-files=normal",
            false => "--untracked-files=no",
        };
        let git = self
            .git()
            .args(["status", "--porcelain=v1", "-z", "--no-renames", untracked])
            .looking();
        Ok(LookingForChanges(git.begin()?))
    }

    /// Switches this work tree to a branch, changes kept as `git switch` does.
    ///
    /// # Errors
    /// What git said; the work tree is as before then.
    pub fn switch(&self, branch: &str) -> Result<(), GitError> {
        match self.head_alone(branch)? {
            Some((from, to)) => self.point_head(branch, &from, &to),
            None => self.begin_switch(branch)?.end(),
        }
    }

    /// From where to where HEAD goes when a switch changes nothing else, as after most landings: both
    /// have one tree. `git switch` would look at every file for it. Nothing where git must say no, or
    /// holds the index for a commit that must not end up on the other branch.
    fn head_alone(&self, branch: &str) -> Result<Option<(Head, Oid)>, GitError> {
        let from = self.head()?;
        let (Head::Branch { oid, .. } | Head::Detached { oid }) = &from else {
            return Ok(None);
        };
        let Some(to) = self.find_ref(&format!("refs/heads/{branch}"))? else {
            return Ok(None);
        };
        let busy = self.git_dir.join("index.lock").exists();
        if busy || self.commit(oid)?.tree != self.commit(&to)?.tree || self.under_way()?.is_some() {
            return Ok(None);
        }
        let mut others = self.worktrees()?.into_iter();
        let taken = others.any(|tree| tree.branch.as_deref() == Some(branch));
        Ok((!taken).then_some((from, to)))
    }

    /// Moves HEAD as `git switch` does, with its line in the reflog and its hook.
    fn point_head(&self, branch: &str, from: &Head, to: &Oid) -> Result<(), GitError> {
        let (name, old) = match from {
            Head::Branch { name, oid } => (name.as_str(), oid),
            Head::Detached { oid } => (oid.as_str(), oid),
            Head::Unborn { .. } => return self.begin_switch(branch)?.end(),
        };
        self.git()
            .args(["symbolic-ref", "-m"])
            .arg(format!("checkout: moving from {name} to {branch}"))
            .args(["HEAD", &format!("refs/heads/{branch}")])
            .checked()?;
        let hook = ["hook", "run", "--ignore-missing", "post-checkout", "--"];
        let git = self.git().args(hook).args([old.as_str(), to.as_str(), "1"]);
        git.checked().map(drop)
    }

    /// Begins to switch, so that other work can be done meanwhile.
    ///
    /// # Errors
    /// When git cannot be started, or the name is none.
    pub fn begin_switch(&self, branch: &str) -> Result<Switching, GitError> {
        // `switch` takes `--end-of-options` for a branch before git 2.44; no branch begins so.
        if branch.starts_with('-') {
            return Err(GitError::Failed {
                command: "switch".to_owned(),
                code: 128,
                stderr: format!("{branch:?} is not the name of a branch"),
                stdout: String::new(),
            });
        }
        let arguments = ["switch", "--quiet", "--no-guess", branch];
        Ok(Switching(self.git().args(arguments).begin()?))
    }

    /// Switches this work tree to a commit without a branch.
    ///
    /// # Errors
    /// What git said; the work tree is as before then.
    pub fn switch_detached(&self, commit: &Oid) -> Result<(), GitError> {
        let arguments = ["switch", "--quiet", "--detach", commit.as_str()];
        self.git().args(arguments).checked().map(drop)
    }

    /// All work trees, the main one first.
    ///
    /// # Errors
    /// When git cannot be asked.
    pub fn worktrees(&self) -> Result<Vec<Worktree>, GitError> {
        let output = self
            .git()
            .args(["worktree", "list", "--porcelain", "-z"])
            .looking()
            .checked()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let mut trees: Vec<Worktree> = Vec::new();
        for line in text.split('\0') {
            let (key, value) = line.split_once(' ').unwrap_or((line, ""));
            if key == "worktree" {
                trees.push(Worktree {
                    path: PathBuf::from(value),
                    branch: None,
                    head: None,
                    bare: false,
                    away: false,
                });
                continue;
            }
            let Some(tree) = trees.last_mut() else {
                continue;
            };
            match key {
                "HEAD" => tree.head = Oid::from_hex(value).filter(|id| !id.is_zero()),
                "branch" => tree.branch = Some(repo::branch_name(value)),
                "bare" => tree.bare = true,
                "prunable" => tree.away = true,
                _ => {}
            }
        }
        if let Some(main) = trees.first_mut() {
            self.find_main(main);
        }
        // A locked one is never prunable: it lives on a disk that is not always there.
        for tree in trees.iter_mut().filter(|tree| !tree.bare) {
            tree.away = tree.away || !tree.path.exists();
        }
        Ok(trees)
    }

    /// git takes the main work tree to be where its directory is, which a separate one is not. Only
    /// who stands in it knows where it is; from elsewhere nothing can be done in it.
    fn find_main(&self, main: &mut Worktree) {
        match &self.workdir {
            Some(workdir) if self.git_dir == self.common_dir => main.path.clone_from(workdir),
            _ => main.bare = main.bare || main.path == self.common_dir,
        }
    }

    /// Makes a linked work tree on an existing branch.
    ///
    /// # Errors
    /// What git said.
    pub fn add_worktree(&self, path: &Path, branch: &str) -> Result<(), GitError> {
        let git = self.git().args(["worktree", "add", "--quiet"]);
        let git = git.arg(absolute(path)?).args(["--end-of-options", branch]);
        git.checked().map(drop)
    }

    /// Removes a linked work tree that is clean.
    ///
    /// # Errors
    /// What git said; nothing was removed then.
    pub fn remove_worktree(&self, path: &Path) -> Result<(), GitError> {
        let git = self.git().args(["worktree", "remove"]);
        git.arg(absolute(path)?).checked().map(drop)
    }

    /// Whether the work tree at `path` could follow its branch from one commit to another without
    /// touching what the person changed; the files in the way when not.
    ///
    /// # Errors
    /// When git cannot be asked.
    pub fn can_follow(&self, path: &Path, from: &Oid, to: &Oid) -> Result<Vec<String>, GitError> {
        self.refresh(path)?;
        let trial = self.two_trees(path, from, to, true);
        let called = trial.name();
        let outcome = trial.parsed().output()?;
        if outcome.code == 0 {
            return Ok(Vec::new());
        }
        let files = self.in_the_way(path, from, to)?;
        match files.is_empty() {
            // It fails for a reason that no file explains, e.g. an unfinished merge.
            true => Err(outcome.failed(called)),
            false => Ok(files),
        }
    }

    /// Of these files those that are not tracked at `path` and are there already, byte for byte, what a
    /// commit has: a switch that was killed leaves such.
    ///
    /// # Errors
    /// When git cannot be asked.
    pub fn already_as_in(
        &self,
        path: &Path,
        commit: &Oid,
        files: &[String],
    ) -> Result<Vec<String>, GitError> {
        let mut same = Vec::new();
        let Ok(top) = path.canonicalize() else {
            return Ok(same);
        };
        // No link leads to it.
        let stands = |file: &&String| {
            let whole = top.join(file);
            whole.is_file() && whole.canonicalize().is_ok_and(|real| real == whole)
        };
        for file in files.iter().filter(stands) {
            let Some((blob, _)) = self.file_at(commit, file)? else {
                continue;
            };
            let listed = ["--literal-pathspecs", "ls-files", "-z", "--", file];
            let tracked = self.git_at(path).args(listed).looking().checked()?;
            // As it would be committed: through the filters that its path has.
            let hash = ["hash-object", "--path", file, "--", file];
            let is_it = self.git_at(path).args(hash).looking().text()? == blob.as_str();
            if tracked.stdout.is_empty() && is_it {
                same.push(file.clone());
            }
        }
        Ok(same)
    }

    /// What both the person and the move change, and what stands where a new file goes.
    fn in_the_way(&self, path: &Path, from: &Oid, to: &Oid) -> Result<Vec<String>, GitError> {
        let names = |arguments: &[&str]| -> Result<BTreeSet<String>, GitError> {
            let git = self.git_at(path).args(arguments).looking();
            let output = git.checked()?;
            Ok(nul_separated(&output.stdout).collect())
        };
        let (from, to) = (from.as_str(), to.as_str());
        let moved = names(&[
            "diff-tree",
            "-r",
            "-z",
            "--name-only",
            "--no-renames",
            from,
            to,
        ])?;
        let mut mine = names(&["diff-files", "-z", "--name-only"])?;
        mine.extend(names(&[
            "diff-index",
            "--cached",
            "-z",
            "--name-only",
            from,
            "--",
        ])?);
        let tracked = names(&["ls-files", "-z"])?;
        let stands = |name: &&String| {
            !tracked.contains(*name)
                && match path.join(name).symlink_metadata() {
                    Ok(_) => true,
                    // A file stands where a folder on the way should be.
                    Err(error) => error.kind() == std::io::ErrorKind::NotADirectory,
                }
        };
        Ok(moved
            .iter()
            .filter(|name| mine.contains(*name) || stands(name))
            .cloned()
            .collect())
    }

    /// Brings the index and the files at `path` from one commit to another, as a fast-forward does.
    ///
    /// # Errors
    /// What git said; the work tree is as before then.
    pub fn follow(&self, path: &Path, from: &Oid, to: &Oid) -> Result<(), GitError> {
        self.refresh(path)?;
        self.two_trees(path, from, to, false).checked().map(drop)
    }

    /// A file that was only touched is not a changed one; `read-tree` believes the index in that.
    fn refresh(&self, path: &Path) -> Result<(), GitError> {
        let git = self.git_at(path).args(["update-index", "-q", "--refresh"]);
        // Exit code 1 says that some files did change.
        git.output().map(drop)
    }

    fn two_trees(&self, path: &Path, from: &Oid, to: &Oid, trial: bool) -> Git {
        let git = self.git_at(path).args(["read-tree", "-m", "-u"]);
        let git = if trial { git.arg("-n") } else { git };
        git.args([from.as_str(), to.as_str()])
    }

    /// The tree the index at `path` would write; nothing while it holds conflicts.
    ///
    /// # Errors
    /// When git cannot be asked.
    pub fn index_tree(&self, path: &Path) -> Result<Option<Oid>, GitError> {
        let git = self.git_at(path).arg("write-tree").parsed();
        let called = git.name();
        let output = git.output()?;
        if output.code == 0 {
            let id = String::from_utf8_lossy(&output.stdout);
            return raw::parse_id(id.trim_end()).map(Some);
        }
        let unmerged = self.git_at(path).args(["ls-files", "-u", "-z"]).looking();
        match unmerged.checked()?.stdout.is_empty() {
            true => Err(output.failed(called)),
            false => Ok(None),
        }
    }
}

/// A person's path starts where they stand, while git is started at the top.
fn absolute(path: &Path) -> Result<PathBuf, GitError> {
    std::path::absolute(path).map_err(raw::io_failed(format!("finding {}", path.display())))
}

impl Repo {
    /// Puts one file into this work tree's index; everything else that is staged stays so.
    ///
    /// # Errors
    /// What git said.
    pub fn index_put(&self, path: &str, blob: &Oid) -> Result<(), GitError> {
        let entry = format!("100644,{blob},{path}");
        self.git()
            .args(["update-index", "--add", "--cacheinfo", &entry])
            .checked()
            .map(drop)
    }
}
