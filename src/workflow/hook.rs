//! `hook pre-push`: what is pushed, judged before it goes, githooks(5).

use super::production::{self, Production};
use super::publish::VARIABLE;
use super::store::{self, Stored};
use super::{Context, Error, Result, gate, incident};
use crate::git::{CommitInfo, Oid};
use crate::policy::gate::Deed;
use crate::policy::push::{self, Concern, PushContext, PushedRef};
use crate::policy::version;
use crate::record::{Finding, Level};
use serde::Serialize;

/// The reason to go past the gate.
pub const OVERRIDE: &str = "GIT_HOTFIX_OVERRIDE";

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
