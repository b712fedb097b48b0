//! `hook <event>`: what our hooks do when git runs them, githooks(5).

use super::production::{self, Production};
use super::publish::VARIABLE;
use super::shell::quoted;
use super::store::{self, Stored};
use super::{Context, Error, Result, gate, incident};
use crate::files;
use crate::git::{CommitInfo, Oid};
use crate::policy::gate::Deed;
use crate::policy::message::{self, Cleaning, Cleanup, Fault, Situation};
use crate::policy::push::{self, Concern, PushContext, PushedRef};
use crate::policy::version;
use crate::record::{Finding, Level};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// The reason to go past the gate.
pub const OVERRIDE: &str = "GIT_HOTFIX_OVERRIDE";

/// A commit message is text that people write.
const MESSAGE_LIMIT: u64 = 4 * 1024 * 1024;

/// A message that was refused.
#[derive(Debug, Serialize)]
pub struct Rejection {
    /// What is wrong with it.
    pub fault: Fault,
    /// Where it is kept.
    pub kept: PathBuf,
    /// The command that commits it as it should be.
    pub retry: String,
}

/// Judges the message of the commit under way; nothing off a hotfix branch or when it is right.
///
/// # Errors
/// When the message cannot be read.
pub fn commit_msg(ctx: &Context<'_>, file: &Path) -> Result<Option<Rejection>> {
    if !on_hotfix_branch(ctx)? {
        return Ok(None);
    }
    let raw = files::read_bytes(&ctx.env.cwd.join(file), MESSAGE_LIMIT)?;
    let cleaned = message::clean(&raw, &cleaning(ctx)?);
    let situation = Situation {
        merging: ctx.repo.is_merging(),
        local: true,
    };
    let Some(fault) = message::fault(&cleaned, situation, &ctx.settings.format) else {
        return Ok(None);
    };
    let (kept, retry) = keep(ctx, file, &cleaned, &fault, &Chosen::now(ctx))?;
    Ok(Some(Rejection { fault, kept, retry }))
}

/// Puts the prefix into an empty message on a hotfix branch.
///
/// # Errors
/// When the file cannot be read or written.
pub fn prepare_commit_msg(ctx: &Context<'_>, file: &Path, source: Option<&str>) -> Result<()> {
    if !matches!(source, None | Some("" | "template")) || !on_hotfix_branch(ctx)? {
        return Ok(());
    }
    let path = ctx.env.cwd.join(file);
    let have = files::read_bytes(&path, MESSAGE_LIMIT)?;
    if ctx.settings.format.is_begun(&have) {
        return Ok(());
    }
    let prefix = ctx.settings.format.prefill(None);
    let filled = [prefix.as_bytes(), have.as_slice()].concat();
    let root = path.parent().unwrap_or(Path::new("."));
    Ok(files::write_atomic(root, &path, &filled)?)
}

/// Judges a push.
///
/// # Errors
/// When it is refused (a blocking finding, an empty reason), or cannot be judged.
pub fn pre_push(ctx: &Context<'_>, remote: &str, url: &str, stdin: &[u8]) -> Result<Judged> {
    let pushed = push::parse(stdin).map_err(|error| Error::failed(error.to_string()))?;
    let mut judged = Judged::default();
    if pushed.is_empty() {
        return Ok(judged);
    }
    let named = (remote != url).then_some(remote);
    let production = production::find(ctx)
        .ok()
        .map(|production| production.branch);
    let head = ctx.repo.branch_at_work()?;
    let head_id = ctx.repo.commit_of("HEAD")?;
    let context = PushContext {
        prefix: &ctx.settings.prefix,
        production: production.as_deref(),
        head: head.as_deref(),
        head_id: head_id.as_ref().map(Oid::as_str),
        // git does not tell the hook; only a mirror pushes remote-tracking branches.
        mirror: pushed
            .iter()
            .any(|line| line.remote.starts_with("refs/remotes/")),
    };
    for line in &pushed {
        match push::concern(line, &context) {
            Concern::None => {}
            Concern::Hotfix { branch, shared } => {
                judge_branch(ctx, line, &branch, shared, named, &mut judged)?;
            }
            Concern::Production => judge_landing(ctx, line, named, &mut judged)?,
            Concern::Tag => {
                let name = line.remote.trim_start_matches("refs/tags/");
                if version::is_release(name) {
                    judge_landing(ctx, line, named, &mut judged)?;
                }
            }
        }
    }
    settle(ctx, judged)
}

/// What was found about a push.
#[derive(Debug, Default, Serialize)]
pub struct Judged {
    /// The incidents it concerns.
    pub incidents: Vec<String>,
    /// The hotfix branches it concerns.
    pub branches: Vec<String>,
    /// What does not hold.
    pub findings: Vec<Finding>,
    /// The reason by which it goes all the same.
    pub overridden: Option<String>,
    /// The findings of each incident, for its record.
    #[serde(skip)]
    each: Vec<(String, Vec<Finding>)>,
}

impl Judged {
    fn add(&mut self, id: Option<&str>, branch: &str, findings: Vec<Finding>) {
        if let Some(id) = id {
            if !self.incidents.iter().any(|have| have == id) {
                self.incidents.push(id.to_owned());
            }
            self.each.push((id.to_owned(), findings.clone()));
        }
        if !self.branches.iter().any(|have| have == branch) {
            self.branches.push(branch.to_owned());
        }
        for finding in findings {
            if !self.findings.contains(&finding) {
                self.findings.push(finding);
            }
        }
    }
}

fn on_hotfix_branch(ctx: &Context<'_>) -> Result<bool> {
    let branch = ctx.repo.branch_at_work()?;
    Ok(branch.is_some_and(|branch| branch.starts_with(&ctx.settings.prefix)))
}

fn cleaning(ctx: &Context<'_>) -> Result<Cleaning> {
    let mut comment = "#".to_owned();
    for entry in ctx.repo.config_entries()?.iter() {
        if matches!(
            entry.name.as_str(),
            "core.commentchar" | "core.commentstring"
        ) {
            comment = entry.value.clone();
        }
    }
    // git tells a hook by GIT_EDITOR=: that no editor is used, githooks(5).
    let edited = ctx.env.var("GIT_EDITOR") != Some(":");
    let mode = Cleanup::from_config(ctx.repo.config_value("commit.cleanup")?.as_deref());
    Ok(Cleaning {
        mode,
        comment,
        edited,
    })
}

/// How the files of the commit under way were chosen. git hands the hook an index of its own for
/// all but what was staged before.
enum Chosen {
    Staged,
    All,
    Named,
}

impl Chosen {
    fn now(ctx: &Context<'_>) -> Chosen {
        let index = ctx.env.var("GIT_INDEX_FILE").unwrap_or_default();
        match index.rsplit(['/', '\\']).next() {
            Some("index.lock") => Chosen::All,
            Some(name) if name.starts_with("next-index-") => Chosen::Named,
            _ => Chosen::Staged,
        }
    }

    /// A commit command that chooses the same.
    fn again(&self, command: &str, rest: &str) -> String {
        match self {
            Chosen::Staged => format!("{command} {rest}"),
            Chosen::All => format!("{command} -a {rest}"),
            Chosen::Named => format!("{command} {rest} -- <the same files>"),
        }
    }
}

/// git overwrites its own copy at the next attempt, so a message of several lines is copied.
fn keep(
    ctx: &Context<'_>,
    file: &Path,
    cleaned: &[u8],
    fault: &Fault,
    chosen: &Chosen,
) -> Result<(PathBuf, String)> {
    let text = String::from_utf8_lossy(cleaned);
    let text = text.trim_end();
    if text.lines().count() <= 1 {
        let corrected = fault.expected.as_deref().unwrap_or(text);
        let format = &ctx.settings.format;
        let words = format.description(corrected);
        // A scope or a '!' would get lost on the way through the short form.
        let retry = if corrected == format.header(None, &words) {
            chosen.again("git hotfix commit", &format!("-m {}", quoted(&words)))
        } else {
            chosen.again("git commit", &format!("-m {}", quoted(corrected)))
        };
        return Ok((file.to_owned(), retry));
    }
    let kept = ctx.repo.git_dir().join("HOTFIX_REJECTED_MSG");
    files::write_atomic(ctx.repo.git_dir(), &kept, cleaned)?;
    let retry = chosen.again(
        "git commit",
        &format!("-e -F {}", quoted(&kept.to_string_lossy())),
    );
    Ok((kept, retry))
}

fn judge_branch(
    ctx: &Context<'_>,
    line: &PushedRef,
    branch: &str,
    shared: bool,
    remote: Option<&str>,
    judged: &mut Judged,
) -> Result<()> {
    let Some(tip) = line.local_id.as_deref().and_then(Oid::from_hex) else {
        return Ok(());
    };
    let published = ctx.env.var(VARIABLE).is_some();
    let deed = match shared {
        true if published => Deed::Publish,
        true => Deed::PushBranch,
        false => Deed::Land,
    };
    let stored = match incident::of_branch(ctx, branch)? {
        Some(id) => Some(store::view(ctx, &id)?),
        None => None,
    };
    let base = match &stored {
        Some(stored) => gate::fork(ctx, &stored.record, &tip)?,
        None => None,
    };
    let commits = match base {
        Some(base) => ctx.repo.range(&[base], &[tip], 0)?,
        None => ctx.repo.not_on_remote(&tip, remote)?,
    };
    let record = stored.as_ref().map(|stored| &stored.record);
    let findings = gate::judge_commits(ctx, record, &commits, deed);
    judged.add(
        stored.as_ref().map(|stored| stored.id.as_str()),
        branch,
        findings,
    );
    Ok(())
}

/// Production or a release tag: concerns us when an open incident's commits come with it.
fn judge_landing(
    ctx: &Context<'_>,
    line: &PushedRef,
    remote: Option<&str>,
    judged: &mut Judged,
) -> Result<()> {
    let Some(id) = line.local_id.as_deref() else {
        return Ok(());
    };
    let Some(tip) = ctx.repo.commit_of(id)? else {
        return Ok(());
    };
    let commits = match line.remote.starts_with("refs/tags/") {
        true => unreleased_commits(ctx, &tip, remote)?,
        false => new_commits(ctx, line, &tip, remote)?,
    };
    for stored in landed_incidents(ctx, &commits)? {
        let fixes = gate::fix_commits(ctx, &stored.record)?;
        let findings = gate::judge_commits(ctx, Some(&stored.record), &fixes, Deed::Land);
        judged.add(
            Some(&stored.id),
            line.remote.trim_start_matches("refs/heads/"),
            findings,
        );
    }
    Ok(())
}

/// What a tag would release: all that production there has not. That another branch there has it
/// says nothing, since sharing is not releasing.
fn unreleased_commits(
    ctx: &Context<'_>,
    tip: &Oid,
    remote: Option<&str>,
) -> Result<Vec<CommitInfo>> {
    let production = production::find(ctx).ok();
    let tracking = production.as_ref().and_then(Production::tracking);
    let released = match tracking {
        Some(name) => ctx.repo.find_ref(&name)?,
        None => None,
    };
    match released {
        Some(released) => Ok(ctx.repo.range(&[released], std::slice::from_ref(tip), 0)?),
        None => Ok(ctx.repo.not_on_remote(tip, remote)?),
    }
}

/// What the remote does not have yet.
fn new_commits(
    ctx: &Context<'_>,
    line: &PushedRef,
    tip: &Oid,
    remote: Option<&str>,
) -> Result<Vec<CommitInfo>> {
    if let Some(old) = line.remote_id.as_deref()
        && let Some(old) = ctx.repo.commit_of(old)?
    {
        return Ok(ctx.repo.range(&[old], std::slice::from_ref(tip), 0)?);
    }
    Ok(ctx.repo.not_on_remote(tip, remote)?)
}

/// The open incidents whose commits are among these: any of their fix, or a merge that names them.
fn landed_incidents(ctx: &Context<'_>, commits: &[CommitInfo]) -> Result<Vec<Stored>> {
    let mut found = Vec::new();
    if commits.is_empty() {
        return Ok(found);
    }
    for id in incident::open_ids(ctx)? {
        let stored = store::view(ctx, &id)?;
        let trailer = format!("Incident: {id}");
        let fixes = gate::fix_commits(ctx, &stored.record)?;
        let is_its = |commit: &CommitInfo| {
            fixes.iter().any(|fix| fix.id == commit.id)
                || commit.message.lines().any(|line| line == trailer)
        };
        if commits.iter().any(is_its) {
            found.push(stored);
        }
    }
    Ok(found)
}

fn record_overrides(ctx: &Context<'_>, judged: &Judged, reason: &str) -> Result<()> {
    for id in &judged.incidents {
        let mut its: Vec<Finding> = Vec::new();
        let of_it = judged.each.iter().filter(|(of, _)| of == id);
        for finding in of_it.flat_map(|(_, findings)| findings) {
            if finding.level == Level::Block && !its.contains(finding) {
                its.push(finding.clone());
            }
        }
        if !its.is_empty() {
            gate::record_override(ctx, id, reason, &its, ctx.env.now())?;
        }
    }
    Ok(())
}

/// The override is judged last, since it names what it passes.
fn settle(ctx: &Context<'_>, mut judged: Judged) -> Result<Judged> {
    let blocked = judged
        .findings
        .iter()
        .any(|finding| finding.level == Level::Block);
    if !blocked {
        return Ok(judged);
    }
    match ctx.env.vars.get(OVERRIDE) {
        Some(reason) => {
            let reason = gate::checked_reason(reason)?;
            if ctx
                .env
                .parent_arguments()
                .is_some_and(|arguments| push::is_dry_run(&arguments))
            {
                ctx.warn("a dry run: the override is not recorded");
            } else {
                record_overrides(ctx, &judged, &reason)?;
            }
            judged.overridden = Some(reason);
            Ok(judged)
        }
        None => Err(gate::refusal(&judged.branches.join(", "), judged.findings)
            .untouched("Nothing was pushed. To share unfinished work: git hotfix publish")
            .next(format!(
                "To go on regardless, on the record: {OVERRIDE}=\"why\" git push …"
            ))),
    }
}
