//! `hook pre-push`: what leaves this repository, githooks(5).

use super::production::{self, Production};
use super::publish::VARIABLE;
use super::shell::word;
use super::store;
use super::verify::judge::Whose;
use super::verify::landings::{Landings, commit};
use super::verify::records::Records;
use super::verify::verdict::{self, Verdict};
use super::{Context, Error, Result, gate, incident};
use crate::git::Oid;
use crate::policy::gate::Deed;
use crate::policy::push::{self, Concern, OVERRIDE_OPTION, PushContext, PushedRef};
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
    let production = production::find_any(ctx)?;
    let production = production.as_ref();
    let head = ctx.repo.branch_at_work()?;
    let head_id = ctx.repo.commit_of("HEAD")?;
    let context = PushContext {
        prefix: &ctx.settings.prefix,
        production: production.map(|production| production.branch.as_str()),
        head: head.as_deref(),
        head_id: head_id.as_ref().map(Oid::as_str),
        // git does not tell the hook; only a mirror pushes remote-tracking branches.
        mirror: pushed
            .iter()
            .any(|line| line.remote.starts_with("refs/remotes/")),
    };
    let mut landings = Landings::default();
    let mut production_there = None;
    for line in &pushed {
        match push::concern(line, &context) {
            Concern::None => {}
            Concern::Hotfix { branch, shared } => {
                judge_branch(ctx, line, &branch, shared, named, &mut judged)?;
            }
            Concern::Production => {
                if let Some(head) = commit(ctx, line)? {
                    let exclude = known_there(ctx, line, named)?;
                    landings.add(&line.remote, head, exclude, Whose::Anybody);
                }
            }
            Concern::Tag => {
                if let Some(head) = commit(ctx, line)? {
                    let exclude = match &production_there {
                        Some(known) => known,
                        None => production_there.insert(released(ctx, production, named)?),
                    };
                    landings.add(&line.remote, head, exclude.clone(), Whose::Anybody);
                }
            }
        }
    }
    if !landings.is_empty() {
        let records = Records::as_seen_here(ctx)?;
        let found = landings.judge(ctx, &records, &mut judged)?;
        judged.deploys |= found.iter().any(|verdict| !verdict.findings.is_empty());
        found.into_iter().for_each(|verdict| judged.add(verdict));
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
    /// It goes to production or is a release, not only shared.
    #[serde(skip)]
    pub deploys: bool,
    /// The findings of each incident, for its record.
    #[serde(skip)]
    pub(super) each: Vec<Verdict>,
}

impl Judged {
    /// Adds names of what is pushed.
    pub(super) fn add_branches(&mut self, names: impl IntoIterator<Item = String>) {
        for name in names {
            if !self.branches.contains(&name) {
                self.branches.push(name);
            }
        }
    }

    /// Adds what was found about an incident.
    pub(super) fn add(&mut self, verdict: Verdict) {
        if let Some(id) = &verdict.id
            && !self.incidents.contains(id)
        {
            self.incidents.push(id.clone());
        }
        for finding in &verdict.findings {
            if !self.findings.contains(finding) {
                self.findings.push(finding.clone());
            }
        }
        self.each.push(verdict);
    }

    /// What is pushed in a few words; tags may be many.
    pub(super) fn names(&self) -> String {
        const SHOWN: usize = 4;
        let mut names: Vec<String> = self.branches.iter().take(SHOWN).cloned().collect();
        if self.branches.len() > SHOWN {
            names.push(format!("{} more", self.branches.len() - SHOWN));
        }
        names.join(", ")
    }

    /// The findings as a person is told them: of several incidents each names its own.
    pub fn told(&self) -> Vec<Finding> {
        let told = verdict::told(&self.each).into_iter();
        told.map(|(finding, _)| finding).collect()
    }

    /// Whether `publish` would get past all that blocks: it excuses what is missing on a record, and
    /// deploys nothing.
    fn is_liftable(&self) -> bool {
        let of_record = [
            "gate-checklist",
            "gate-severity",
            "gate-impact",
            "record-conflict",
        ];
        let mut findings = self.findings.iter();
        !self.deploys
            && findings
                .all(|finding| finding.level != Level::Block || of_record.contains(&finding.id))
    }

    /// Whether something stands in the way.
    pub(super) fn blocks(&self) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.level == Level::Block)
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
    judged.deploys |= !shared && !findings.is_empty();
    judged.add_branches([branch.to_owned()]);
    judged.add(Verdict { id, tip, findings });
    Ok(())
}

/// What a tag would release: all that production there has not. That another branch there has it
/// says nothing, since sharing is not releasing.
fn released(
    ctx: &Context<'_>,
    production: Option<&Production>,
    remote: Option<&str>,
) -> Result<Vec<Oid>> {
    let released = match production.and_then(Production::tracking) {
        Some(name) => ctx.repo.find_ref(&name)?,
        None => None,
    };
    match released {
        Some(released) => Ok(vec![released]),
        None => tracked(ctx, remote),
    }
}

/// What the remote has already of a branch that is pushed.
fn known_there(ctx: &Context<'_>, line: &PushedRef, remote: Option<&str>) -> Result<Vec<Oid>> {
    if let Some(old) = line.remote_id.as_deref()
        && let Some(old) = ctx.repo.commit_of(old)?
    {
        return Ok(vec![old]);
    }
    tracked(ctx, remote)
}

/// All that the remote-tracking branches (of a remote, or of any) have.
fn tracked(ctx: &Context<'_>, remote: Option<&str>) -> Result<Vec<Oid>> {
    let prefix = match remote {
        Some(remote) => format!("refs/remotes/{remote}/"),
        None => "refs/remotes/".to_owned(),
    };
    let refs = ctx.repo.list_refs(&prefix)?;
    Ok(refs.into_iter().map(|(_, id)| id).collect())
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
        None => Err(gate::refusal(&judged.names(), judged.told())
            .untouched(match judged.is_liftable() {
                true => "Nothing was pushed. To share unfinished work: git hotfix publish",
                false => "Nothing was pushed.",
            })
            .next(format!(
                "To go on regardless, on the record: {OVERRIDE}=\"why\" git push …"
            ))),
    }
}

/// An override that no record can take would leave no trace.
fn refuse_unrecorded(ctx: &Context<'_>, judged: &Judged) -> Result<()> {
    let blocking = verdict::blocking(&judged.each);
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
    for verdict in verdict::blocking(&judged.each) {
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
