//! What a work tree and its index hold beside their commit, by `git` itself.

use super::process::{Running, nul_separated};
use super::{GitError, Oid, Repo, between, raw};
use std::path::{Path, PathBuf};

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
pub struct Inspecting(Running);

impl Inspecting {
    /// Waits for it: whether a tracked file is changed, or was only touched.
    ///
    /// # Errors
    /// When waiting fails.
    pub fn may_be_changed(self) -> Result<bool, GitError> {
        // What speaks against a clean tree, its own failure among it, is for `changed_files` to say.
        Ok(self.0.end()?.code != 0)
    }
}

/// A look for files that are not tracked, under way.
pub struct LookingForUntracked(Running);

impl LookingForUntracked {
    /// The files that are neither tracked nor ignored; a folder of only such is one, with `/` behind.
    ///
    /// # Errors
    /// What git said.
    pub fn files(self) -> Result<Vec<String>, GitError> {
        Ok(nul_separated(&self.0.checked()?.stdout).collect())
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
        let git = self.git().args(["diff-index", "--quiet", "HEAD", "--"]);
        Ok(Inspecting(git.looking().begin()?))
    }

    /// Begins to look for files that are not tracked, everywhere or in some folders below the top; also
    /// everywhere when these do not fit in a command line.
    ///
    /// # Errors
    /// When git cannot be started.
    pub fn look_for_untracked(
        &self,
        below: Option<&[PathBuf]>,
    ) -> Result<LookingForUntracked, GitError> {
        let git = self.git().arg("--literal-pathspecs");
        let git = git.args(["ls-files", "-z", "--others", "--exclude-standard"]);
        let git = git.args(["--directory", "--no-empty-directory", "--"]);
        let below = below.filter(|below| between::fit_in_a_line(below.iter()));
        let git = git.args(below.unwrap_or_default());
        Ok(LookingForUntracked(git.looking().begin()?))
    }

    /// Whether the index is one of some 20,000 files or more.
    pub fn is_large(&self) -> bool {
        const LARGE: u64 = 2 << 20;
        let index = self.git_dir.join("index");
        index.metadata().is_ok_and(|index| index.len() > LARGE)
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
