//! `hook pre-push`: what leaves this repository, githooks(5).

use super::production::{self, Production};
use super::publish::VARIABLE;
use super::shell::word;
use super::store;
use super::verify::judge::{self, Judgement, Stretch, Verdict, Whose};
use super::verify::records::Records;
use super::{Context, Error, Result, gate, incident};
use crate::git::{Oid, Span};
use crate::policy::gate::Deed;
use crate::policy::push::{self, Concern, OVERRIDE_OPTION, PushContext, PushedRef};
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
    /// The branches it concerns.
    pub branches: Vec<String>,
    /// What does not hold.
    pub findings: Vec<Finding>,
    /// The reason by which it goes all the same.
    pub overridden: Option<String>,
    /// The findings of each incident, for its record.
    #[serde(skip)]
    pub(super) each: Vec<Verdict>,
}

impl Judged {
    /// Adds what was found about a branch.
    pub(super) fn add(&mut self, branch: &str, verdict: Verdict) {
        if let Some(id) = &verdict.id
            && !self.incidents.contains(id)
        {
            self.incidents.push(id.clone());
        }
        if !self.branches.iter().any(|have| have == branch) {
            self.branches.push(branch.to_owned());
        }
        for finding in &verdict.findings {
            if !self.findings.contains(finding) {
                self.findings.push(finding.clone());
            }
        }
        self.each.push(verdict);
    }

    /// Adds all that was found about a branch; nothing when no incident is concerned.
    pub(super) fn add_all(&mut self, branch: &str, judgement: Judgement) {
        for verdict in judgement.each {
            self.add(branch, verdict);
        }
    }

    /// Whether something stands in the way.
    pub(super) fn blocks(&self) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.level == Level::Block)
    }

    /// What blocks, by incident and each once, with the tip of the fix.
    pub(super) fn blocking(&self) -> Vec<Verdict> {
        let mut united: Vec<Verdict> = Vec::new();
        for verdict in &self.each {
            let blocking = verdict.findings.iter();
            let blocking = blocking.filter(|finding| finding.level == Level::Block);
            let at = match united.iter().position(|have| have.id == verdict.id) {
                Some(at) => at,
                None => {
                    united.push(Verdict {
                        id: verdict.id.clone(),
                        tip: verdict.tip.clone(),
                        findings: Vec::new(),
                    });
                    united.len() - 1
                }
            };
            for finding in blocking {
                if !united[at].findings.contains(finding) {
                    united[at].findings.push(finding.clone());
                }
            }
        }
        united.retain(|verdict| !verdict.findings.is_empty());
        united
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
        Some(base) => ctx.repo.range(&[base], std::slice::from_ref(&tip), 0)?,
        None => ctx.repo.not_on_remote(&tip, remote)?,
    };
    let record = stored.as_ref().map(|stored| &stored.record);
    let findings = gate::judge_commits(ctx, record, &commits, Some(&tip), deed);
    let id = stored.map(|stored| stored.id);
    let tip = Some(tip);
    judged.add(branch, Verdict { id, tip, findings });
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
    let Some(head) = ctx.repo.commit_of(id)? else {
        return Ok(());
    };
    let span = match line.remote.starts_with("refs/tags/") {
        true => unreleased(ctx, &head, remote)?,
        false => new_commits(ctx, line, &head, remote)?,
    };
    let stretch = Stretch {
        span,
        head,
        whose: Whose::Anybody,
        deed: Deed::Land,
        all: false,
    };
    let records = Records::as_seen_here(ctx)?;
    let judgement = judge::judge(ctx, &records, &stretch)?;
    judged.add_all(line.remote.trim_start_matches("refs/heads/"), judgement);
    Ok(())
}

/// What a tag would release: all that production there has not. That another branch there has it
/// says nothing, since sharing is not releasing.
fn unreleased(ctx: &Context<'_>, tip: &Oid, remote: Option<&str>) -> Result<Span> {
    let production = production::find(ctx).ok();
    let tracking = production.as_ref().and_then(Production::tracking);
    let released = match tracking {
        Some(name) => ctx.repo.find_ref(&name)?,
        None => None,
    };
    match released {
        Some(released) => Ok(Span::between(&released, tip)),
        None => unknown(ctx, tip, remote),
    }
}

/// What the remote does not have yet.
fn new_commits(
    ctx: &Context<'_>,
    line: &PushedRef,
    tip: &Oid,
    remote: Option<&str>,
) -> Result<Span> {
    if let Some(old) = line.remote_id.as_deref()
        && let Some(old) = ctx.repo.commit_of(old)?
    {
        return Ok(Span::between(&old, tip));
    }
    unknown(ctx, tip, remote)
}

/// What no remote-tracking branch (of a remote, or of any) has.
fn unknown(ctx: &Context<'_>, tip: &Oid, remote: Option<&str>) -> Result<Span> {
    let prefix = match remote {
        Some(remote) => format!("refs/remotes/{remote}/"),
        None => "refs/remotes/".to_owned(),
    };
    let refs = ctx.repo.list_refs(&prefix)?;
    Ok(Span {
        include: vec![tip.clone()],
        exclude: refs.into_iter().map(|(_, id)| id).collect(),
        ..Span::default()
    })
}

/// The override is judged last, since it names what it passes.
fn settle(ctx: &Context<'_>, mut judged: Judged) -> Result<Judged> {
    if !judged.blocks() {
        return Ok(judged);
    }
    let parent = ctx.env.parent_arguments().unwrap_or_default();
    let typed = ctx.env.vars.get(OVERRIDE).cloned();
    let way = match typed {
        Some(_) => format!("{OVERRIDE}=\"staging is down\" git push …"),
        None => format!("git push -o {OVERRIDE_OPTION}\"staging is down\" …"),
    };
    match typed.or_else(|| push::override_option(&parent)) {
        Some(reason) => {
            let reason = gate::checked_reason(&reason, &way)?;
            refuse_unrecorded(ctx, &judged)?;
            if push::is_dry_run(&parent) {
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

/// An override that no record can take would leave no trace.
fn refuse_unrecorded(ctx: &Context<'_>, judged: &Judged) -> Result<()> {
    let blocking = judged.blocking();
    let Some(orphan) = blocking.into_iter().find(|verdict| verdict.id.is_none()) else {
        return Ok(());
    };
    let mut refusal = gate::refusal(&judged.branches.join(", "), orphan.findings)
        .detail("An override stands on the record, and no record belongs to this fix.")
        .untouched("Nothing was pushed.");
    for branch in &judged.branches {
        let is_here = ctx.repo.find_ref(&format!("refs/heads/{branch}"))?;
        if branch.starts_with(&ctx.settings.prefix)
            && is_here.is_some()
            && incident::of_branch(ctx, branch)?.is_none()
        {
            let branch = word(branch);
            refusal = refusal.next(format!(
                "Make one, then push again: git hotfix adopt {branch}"
            ));
        }
    }
    Err(refusal)
}

fn record_overrides(ctx: &Context<'_>, judged: &Judged, reason: &str) -> Result<()> {
    for verdict in judged.blocking() {
        let Some(id) = &verdict.id else { continue };
        let given = gate::Override {
            who: &ctx.who(),
            reason,
            tip: verdict.tip.as_ref(),
            at: ctx.env.now(),
        };
        gate::record_override(ctx, id, &given, &verdict.findings)?;
    }
    Ok(())
}
