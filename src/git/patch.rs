//! Changes as such, wherever they stand: the same patch has the same id.

use super::differing::bytes_of;
use super::process::nul_separated;
use super::{GitError, Oid, Repo, raw};
use std::path::PathBuf;

/// How many commits that touch the same files are compared at most.
const COMPARED: usize = 1_000;

/// The first git whose patch ids tell an indentation from another. Without them a copy is not
/// recognized, and a person is asked; with the others a stranger's change would pass for the fix.
const VERBATIM: (u32, u32, u32) = (2, 39, 0);

/// Commits whose change can be compared.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Candidates {
    /// Newest first, none before what stands on it; merges, which have no change of their own, are left
    /// out.
    pub commits: Vec<Oid>,
    /// There were more than are compared.
    pub cut: bool,
}

impl Repo {
    /// The commits of `include` without those of `exclude` that touch any of these files, the newest
    /// 1,000 at most. A name with a line break, which no list of lines can hold, is left out.
    ///
    /// # Errors
    /// When git cannot be asked.
    pub fn commits_on(
        &self,
        exclude: &[Oid],
        include: &[Oid],
        files: &[PathBuf],
    ) -> Result<Candidates, GitError> {
        let names = files.iter().map(|file| bytes_of(file));
        let names: Vec<Vec<u8>> = names.filter(|name| !name.contains(&b'\n')).collect();
        if names.is_empty() {
            return Ok(Candidates::default());
        }
        let mut input: String = include.iter().map(|id| format!("{id}\n")).collect();
        input.extend(exclude.iter().map(|id| format!("^{id}\n")));
        let mut input = input.into_bytes();
        for line in std::iter::once(b"--".to_vec()).chain(names) {
            input.extend(line);
            input.push(b'\n');
        }
        let listed = self
            .git()
            .args(["rev-list", "--no-merges", "--full-history", "--topo-order"])
            .args(["--stdin", &format!("--max-count={}", COMPARED + 1)])
            .env("GIT_LITERAL_PATHSPECS", "1")
            .input(input)
            .parsed()
            .text()?;
        let commits = listed.lines().map(raw::parse_id);
        let mut commits = commits.collect::<Result<Vec<Oid>, GitError>>()?;
        let cut = commits.len() > COMPARED;
        commits.truncate(COMPARED);
        Ok(Candidates { commits, cut })
    }

    /// The files that differ between two commits or trees; a renamed one is two. A name with a line break,
    /// which no list of lines can hold, is left out.
    ///
    /// # Errors
    /// When git cannot be asked.
    pub fn files_between(&self, from: &Oid, to: &Oid) -> Result<Vec<String>, GitError> {
        let git = self.git().args(["diff-tree", "-r", "-z", "--no-renames"]);
        let git = git.args(["--name-only", from.as_str(), to.as_str()]);
        let output = git.looking().checked()?;
        let names = nul_separated(&output.stdout);
        Ok(names.filter(|name| !name.contains('\n')).collect())
    }

    /// The patch ids (`git patch-id --verbatim`: white space counts) of commits, each with its commit;
    /// a commit without a change has none, and before git 2.39, which cannot tell, no commit has one.
    ///
    /// # Errors
    /// When git cannot be asked.
    pub fn patch_ids(&self, commits: &[Oid]) -> Result<Vec<(String, Oid)>, GitError> {
        self.patch_ids_with(&["--root", "--stdin"], commits)
    }

    /// As [`Repo::patch_ids`], of what would take each commit's change back.
    ///
    /// # Errors
    /// When git cannot be asked.
    pub fn reverse_patch_ids(&self, commits: &[Oid]) -> Result<Vec<(String, Oid)>, GitError> {
        self.patch_ids_with(&["-R", "--root", "--stdin"], commits)
    }

    fn patch_ids_with(
        &self,
        options: &[&str],
        commits: &[Oid],
    ) -> Result<Vec<(String, Oid)>, GitError> {
        if commits.is_empty() {
            return Ok(Vec::new());
        }
        let input: String = commits.iter().map(|id| format!("{id}\n")).collect();
        let git = self.comparing().args(options).input(input);
        let lines = self.hashed(git.looking().checked()?.stdout)?;
        let parsed = lines.into_iter().map(|(patch, commit)| {
            let commit = raw::parse_id(&commit)?;
            Ok((patch, commit))
        });
        parsed.collect()
    }

    /// The patch id of everything between two commits, as a squash of them has it; nothing when they
    /// do not differ.
    ///
    /// # Errors
    /// When git cannot be asked.
    pub fn patch_id_between(&self, from: &Oid, to: &Oid) -> Result<Option<String>, GitError> {
        let git = self.comparing().args([from.as_str(), to.as_str()]);
        let mut lines = self.hashed(git.looking().checked()?.stdout)?;
        Ok(lines.pop().map(|(patch, _)| patch))
    }

    /// Full ids, so that files that are not text count by what they hold.
    fn comparing(&self) -> super::process::Git {
        let git = self.git().args(["diff-tree", "-r", "-p", "--no-renames"]);
        git.args(["--no-ext-diff", "--no-textconv", "--full-index"])
    }

    fn hashed(&self, patches: Vec<u8>) -> Result<Vec<(String, String)>, GitError> {
        let git = self.git().args(["patch-id", "--verbatim"]).input(patches);
        let git = git.parsed();
        let called = git.name();
        let output = git.output()?;
        if output.code != 0 {
            return match self.git_version()? < VERBATIM {
                true => Ok(Vec::new()),
                false => Err(output.failed(called)),
            };
        }
        let text = String::from_utf8_lossy(&output.stdout);
        let pairs = text.lines().filter_map(|line| line.split_once(' '));
        Ok(pairs
            .map(|(patch, commit)| (patch.to_owned(), commit.to_owned()))
            .collect())
    }
}
