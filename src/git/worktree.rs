//! The work trees of a repository, by `git` itself.

use super::{GitError, Oid, Repo, Worktree, raw, repo};
use std::path::{Path, PathBuf};

impl Repo {
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
}

/// A person's path starts where they stand, while git is started at the top.
fn absolute(path: &Path) -> Result<PathBuf, GitError> {
    std::path::absolute(path).map_err(raw::io_failed(format!("finding {}", path.display())))
}
