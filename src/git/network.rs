//! What talks to a remote: always with a limit.

use super::limited::{self, Asking};
use super::process::{Git, Output};
use super::refs::matches;
use super::{Expect, GitError, Oid, RefUpdate, Repo};
use chrono::{DateTime, Utc};
use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// One line of a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushLine {
    /// What the remote's ref becomes; nothing deletes it.
    pub source: Option<Oid>,
    /// The remote's ref, full name.
    pub target: String,
    /// What the remote's ref must be for it to be deleted or rewound; nothing: it only goes forward.
    pub lease: Option<Oid>,
}

impl PushLine {
    /// Moves a ref forward.
    pub fn forward(target: String, to: Oid) -> PushLine {
        PushLine {
            source: Some(to),
            target,
            lease: None,
        }
    }
}

/// How a push or fetch is done.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    /// The remote's name.
    pub remote: &'a str,
    /// After this the process group is ended.
    pub limit: Duration,
    /// Called once when it takes longer than half a second.
    pub waiting: &'a dyn Fn(),
    /// Variables added to git's environment.
    pub env: &'a [(String, String)],
}

/// What a missing object of a partial clone may take.
const OBJECT_LIMIT: Duration = Duration::from_secs(10);

impl Repo {
    /// Fetches the named refs into their remote-tracking branches; never asks for a password, never
    /// prunes.
    ///
    /// # Errors
    /// [`GitError::TimedOut`], or what git said.
    pub fn fetch(&self, call: &Call<'_>, refspecs: &[String]) -> Result<(), GitError> {
        let git = self.unasking(self.git()).args([
            "fetch",
            "--quiet",
            "--no-prune",
            "--no-auto-maintenance",
            "--no-recurse-submodules",
            "--end-of-options",
            call.remote,
        ]);
        talk(git.args(refspecs), call, Asking::Never).map(drop)
    }

    /// Brings the remote-tracking refs of some branches, or patterns of them (`release/*`), to what the
    /// remote has, those that are gone there included; all of it within the limit. Nothing is fetched
    /// when nothing is new, unless tags are wanted: git brings them along with their branches.
    ///
    /// # Errors
    /// [`GitError::TimedOut`], or what git said.
    pub fn track(&self, call: &Call<'_>, branches: &[String], tags: bool) -> Result<(), GitError> {
        let begun = Instant::now();
        let there = self.remote_heads(call, branches)?;
        let mut refspecs = Vec::new();
        for branch in &self.named_by(call.remote, branches, &there)? {
            let name = format!("refs/heads/{branch}");
            let tracking = format!("refs/remotes/{}/{branch}", call.remote);
            let known = self.find_ref(&tracking)?;
            let now = there.iter().find(|(full, _)| *full == name);
            match (now, known) {
                (Some((_, now)), known) if tags || known.as_ref() != Some(now) => {
                    refspecs.push(format!("+{name}:{tracking}"));
                }
                (None, Some(known)) => {
                    let gone = RefUpdate {
                        name: tracking,
                        old: Expect::Is(known),
                        new: None,
                    };
                    self.update_ref(&gone, "gone at the remote")?;
                }
                _ => {}
            }
        }
        if refspecs.is_empty() {
            return Ok(());
        }
        let rest = Call {
            limit: call.limit.saturating_sub(begun.elapsed()),
            ..*call
        };
        self.fetch(&rest, &refspecs)
    }

    /// The branches that names and patterns mean: there, and here from an earlier look.
    fn named_by(
        &self,
        remote: &str,
        names: &[String],
        there: &[(String, Oid)],
    ) -> Result<Vec<String>, GitError> {
        let is_pattern = |name: &&String| name.contains('*');
        let mut branches: Vec<String> = names.iter().filter(|n| !is_pattern(n)).cloned().collect();
        let patterns: Vec<&String> = names.iter().filter(is_pattern).collect();
        if patterns.is_empty() {
            return Ok(branches);
        }
        let tracking = format!("refs/remotes/{remote}/");
        let known = self.list_refs(&tracking)?;
        let known = known
            .iter()
            .filter_map(|(name, _)| name.strip_prefix(&tracking));
        let there = there
            .iter()
            .filter_map(|(name, _)| name.strip_prefix("refs/heads/"));
        for branch in there.chain(known) {
            let meant = patterns.iter().any(|pattern| matches(pattern, branch));
            if meant && !branches.iter().any(|known| known == branch) {
                branches.push(branch.to_owned());
            }
        }
        Ok(branches)
    }

    fn remote_heads(
        &self,
        call: &Call<'_>,
        branches: &[String],
    ) -> Result<Vec<(String, Oid)>, GitError> {
        let names = branches.iter().map(|branch| format!("refs/heads/{branch}"));
        self.remote_refs(call, &names.collect::<Vec<String>>())
    }

    /// The refs that a remote shows, of those that the patterns name (`git ls-remote`); never asks
    /// for a password.
    ///
    /// # Errors
    /// [`GitError::TimedOut`], or what git said.
    pub fn remote_refs(
        &self,
        call: &Call<'_>,
        patterns: &[String],
    ) -> Result<Vec<(String, Oid)>, GitError> {
        let git = self
            .unasking(self.git())
            .args(["ls-remote", "--quiet", "--end-of-options", call.remote])
            .args(patterns)
            .parsed();
        let output = talk(git, call, Asking::Never)?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let lines = text.lines().filter_map(|line| {
            let (id, name) = line.split_once('\t')?;
            Some((name.to_owned(), Oid::from_hex(id)?))
        });
        Ok(lines.collect())
    }

    /// Pushes all lines or none (`--atomic`), git's own words on standard error in the error. Whether
    /// the remote had not all of it before.
    ///
    /// Without a terminal nobody can be asked, so it ends with its whole process group at the limit;
    /// on a terminal it may ask for a passphrase and stays in ours.
    ///
    /// # Errors
    /// [`GitError::TimedOut`], or what git said.
    pub fn push(&self, call: &Call<'_>, lines: &[PushLine]) -> Result<bool, GitError> {
        if lines.is_empty() {
            return Ok(false);
        }
        let (git, asking) = if std::io::stdin().is_terminal() {
            (self.git(), Asking::OnTheTerminal)
        } else {
            (self.unasking(self.git()), Asking::Never)
        };
        let git = git.args([
            "push",
            "--atomic",
            "--porcelain",
            // Else `push.followTags` would send tags that nobody named.
            "--no-follow-tags",
        ]);
        let leases = lines.iter().filter_map(|line| {
            let lease = line.lease.as_ref()?;
            Some(format!("--force-with-lease={}:{lease}", line.target))
        });
        let git = git.args(leases).args(["--end-of-options", call.remote]);
        let specs = lines.iter().map(|line| match &line.source {
            Some(source) => format!("{source}:{}", line.target),
            None => format!(":{}", line.target),
        });
        let output = talk(git.args(specs), call, asking)?;
        self.follow_push(call.remote, lines);
        // `<flag> TAB <from>:<to> TAB <words>`; `=` is a ref that was there.
        let told = String::from_utf8_lossy(&output.stdout);
        let refs = told.lines().filter_map(|line| line.split_once('\t'));
        Ok(refs.into_iter().any(|(flag, _)| flag != "="))
    }

    /// Brings the remote-tracking branches of a push along, as git does for those that the clone follows: a
    /// clone of a single branch (`clone --single-branch`) follows no other. It is only what is known
    /// here of the remote, which the next look corrects: no failure undoes the push.
    fn follow_push(&self, remote: &str, lines: &[PushLine]) {
        for line in lines {
            let Some(branch) = line.target.strip_prefix("refs/heads/") else {
                continue;
            };
            let name = format!("refs/remotes/{remote}/{branch}");
            let known = self.find_ref(&name).unwrap_or_default();
            if known == line.source {
                continue;
            }
            let update = RefUpdate {
                name,
                old: known.map_or(Expect::Absent, Expect::Is),
                new: line.source.clone(),
            };
            let _ = self.update_ref(&update, "update by push");
        }
    }

    /// When the last fetch was, by the date of `FETCH_HEAD`.
    pub fn last_fetch(&self) -> Option<DateTime<Utc>> {
        // Each work tree keeps its own; any of them has brought the shared refs up to date.
        [&self.git_dir, &self.common_dir]
            .into_iter()
            .filter_map(|folder| folder.join("FETCH_HEAD").metadata().ok())
            // One that failed leaves the file empty.
            .filter(|file| file.len() > 0)
            .filter_map(|file| file.modified().ok())
            .max()
            .map(DateTime::from)
    }

    /// Lets git fetch an object that a partial clone left at its remote.
    pub(super) fn fetch_object(&self, id: &str) -> Result<(), GitError> {
        let git = self.unasking(self.git()).args(["cat-file", "-t", id]);
        limited::run(git, OBJECT_LIMIT, Asking::Never, &|| ()).map(drop)
    }

    /// Nobody is asked for a password. Helpers and askpass programs stay: editors answer by them
    /// without a question.
    fn unasking(&self, git: Git) -> Git {
        let git = git.env("GIT_TERMINAL_PROMPT", "0");
        // ssh asks on the terminal by itself; told otherwise it fails at once instead of waiting
        // for the limit. A person's own ssh command is theirs.
        let own_ssh = ["GIT_SSH_COMMAND", "GIT_SSH"]
            .iter()
            .any(|name| crate::env::var(name).is_some())
            || matches!(self.config_value("core.sshCommand"), Ok(Some(_)));
        match own_ssh {
            true => git,
            false => git.env("GIT_SSH_COMMAND", "ssh -oBatchMode=yes"),
        }
    }
}

fn talk(git: Git, call: &Call<'_>, asking: Asking) -> Result<Output, GitError> {
    let git = call
        .env
        .iter()
        .fold(git, |git, (name, value)| git.env(name, value));
    let name = git.name();
    let output = limited::run(git, call.limit, asking, call.waiting)?;
    match output.code {
        0 => Ok(output),
        _ => Err(output.failed(name)),
    }
}
