//! `finish`: the fix lands everywhere it must go, all or nothing.
//!
//! [`plan`] computes everything, merges included, and moves nothing. [`apply`] pushes first when
//! asked, moves the local refs in one transaction, and only then touches work trees. Run again after
//! an interruption it converges: what is done is seen in the repository. Where production takes a fix
//! by a pull request only, [`request`] opens that first.

mod apply;
mod copies;
mod destinations;
mod earlier;
mod looking;
mod outlook;
mod picks;
mod plan;
mod prepare;
mod push;
mod refusals;
mod request;
mod reverts;
mod strangers;
mod summary;
mod survey;
mod tag;
mod targets;
mod trees;
mod under_way;
mod write;

pub use copies::Memo;
pub(super) use destinations::named as line_named;
pub(super) use earlier::fix as earlier_fix;
pub(super) use outlook::SQUASHED;
pub use outlook::{FixRange, Held, How, Outlook, files_in_words, outlook, outlook_of};
pub use picks::{Pick, Picked, picks};
pub use plan::Plan;
pub(super) use push::push_words;
pub use request::Requested;
pub use summary::{Fix, Moment, Summary};
pub use tag::PlannedTag;
pub use targets::{Outcome, Role, Source, Target};

use super::log::Target as Aim;
use super::shell::{quoted, word};
use super::{Context, Error, Result, incident, store};
use crate::git::Oid;
use crate::policy::gate::LandingMode;
use crate::policy::style::Style;
use chrono::{DateTime, Utc};
use prepare::Prepared;
use serde::Serialize;
use std::path::PathBuf;

/// What `finish` was asked for.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Tag the release, with this version or the next patch.
    pub tag: Option<Option<String>>,
    /// Push everything before anything moves here.
    pub push: bool,
    /// While production has not the fix, open a pull request instead; also by the settings.
    pub pull_request: bool,
    /// Keep the hotfix branch.
    pub keep: bool,
    /// Lines that get the fix too.
    pub to: Vec<String>,
    /// Targets to land without.
    pub skip: Vec<String>,
    /// Releases and lines get the fix's commits one by one.
    pub cherry_pick: bool,
    /// How it looks in production; nothing: as the settings say.
    pub style: Option<Style>,
    /// Go past the gate, with a reason.
    pub override_reason: Option<String>,
    /// Only compute.
    pub dry_run: bool,
}

impl Options {
    /// The command that was given, to be typed again or with a change: every hint comes from here.
    pub fn command(&self) -> String {
        let mut words = vec!["git hotfix finish".to_owned()];
        if self.pull_request {
            words.push("--pull-request".to_owned());
        }
        match &self.tag {
            Some(Some(version)) => words.push(format!("--tag {}", word(version))),
            Some(None) => words.push("--tag".to_owned()),
            None => {}
        }
        let flags = [
            (self.push, "--push"),
            (self.keep, "--keep"),
            (self.cherry_pick, "--cherry-pick"),
        ];
        let given = flags.iter().filter(|(is_given, _)| *is_given);
        words.extend(given.map(|(_, flag)| (*flag).to_owned()));
        words.extend(self.style.map(|style| format!("--style {}", style.name())));
        words.extend(self.to.iter().map(|line| format!("--to {}", word(line))));
        words.extend(
            self.skip
                .iter()
                .map(|name| format!("--skip {}", word(name))),
        );
        if let Some(reason) = &self.override_reason {
            words.push(format!("--override {}", quoted(reason)));
        }
        words.join(" ")
    }

    /// Production takes it by a request, until it has it.
    fn is_by_request(&self, ctx: &Context<'_>) -> bool {
        self.pull_request || ctx.settings.landing == LandingMode::PullRequest
    }

    /// The same without a target.
    pub(super) fn skipping(&self, branch: &str) -> Options {
        let mut without = self.clone();
        without.skip.push(branch.to_owned());
        without
    }

    /// The command without a line.
    pub(super) fn without_line(&self, given: &str) -> String {
        let mut without = self.clone();
        without.to.retain(|line| line != given);
        without.command()
    }

    /// The same without the push.
    pub(super) fn without_push(&self) -> Options {
        Options {
            push: false,
            ..self.clone()
        }
    }
}

/// What came of `finish`.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Finished {
    /// The fix has landed.
    Landed(Box<Landing>),
    /// A pull request will bring it to production.
    Requested(Box<Requested>),
}

/// What `finish` did, or would do.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Landing {
    /// The incident's id.
    pub id: String,
    /// The hotfix branch.
    pub branch: String,
    /// What was landed; nothing when the branch was gone already.
    pub tip: Option<Oid>,
    /// Every target and what became of it.
    pub targets: Vec<Target>,
    /// The branches that were to get it and do not.
    pub skipped: Vec<String>,
    /// The complete record lands with the fix.
    pub with_record: bool,
    /// The release tag.
    pub tag: Option<PlannedTag>,
    /// The remote that was pushed to.
    pub pushed_to: Option<String>,
    /// The hotfix branch was deleted here.
    pub branch_deleted: bool,
    /// The remote had it, and it was deleted there.
    pub remote_branch_deleted: bool,
    /// Nothing was done, only computed.
    pub dry_run: bool,
    /// The reason by which the gate was passed.
    pub overridden: Option<String>,
    /// Linked work trees that served the hotfix and can go.
    pub spent_worktrees: Vec<PathBuf>,
    /// What people want to read.
    pub summary: Summary,
    /// The command to type next; nothing when nothing was done.
    pub next: Option<String>,
    /// Why, or when.
    pub next_reason: Option<String>,
}

/// Lands an incident's fix, or asks for it with a pull request.
///
/// # Errors
/// When the gate says no, a target conflicts or has diverged, a work tree is in the way, or the
/// push is refused: nothing has moved then, here or there. What fails once the branches have moved
/// says so; run again, it goes on from there.
pub fn finish(ctx: &Context<'_>, aim: Aim<'_>, options: &Options) -> Result<Finished> {
    let at = ctx.at(aim.at)?;
    let prepared = prepare::prepare(ctx, aim.incident, options)?;
    if options.is_by_request(ctx) && !request::is_merged(ctx, &prepared)? {
        let requested = request::request(ctx, &prepared, options, at)?;
        let Prepared { plan, looking, .. } = prepared;
        looking.warn_of_untracked(ctx, &plan);
        return Ok(Finished::Requested(Box::new(requested)));
    }
    let landed = land(ctx, prepared, options, at)?;
    Ok(Finished::Landed(Box::new(landed)))
}

fn land(
    ctx: &Context<'_>,
    prepared: Prepared,
    options: &Options,
    at: DateTime<Utc>,
) -> Result<Landing> {
    let (mut plan, mut looking) = plan::plan(ctx, prepared, options, at)?;
    let counting = summary::count(ctx, &plan)?;
    if !options.dry_run {
        apply::apply(ctx, &mut plan, &mut looking, options, at)?;
    }
    looking.warn_of_untracked(ctx, &plan);
    let summary = match options.dry_run {
        true => {
            let record = store::view(ctx, &plan.id)?.record;
            summary::summary(ctx, &plan, &record, counting)?
        }
        false => store::saved(ctx, &plan.id)
            .and_then(|stored| summary::summary(ctx, &plan, &stored.record, counting))
            .map_err(not_summed_up)?,
    };
    let pushed = match options.dry_run {
        true => options.push && !plan.push_lines(options.keep).is_empty(),
        false => plan.sent,
    };
    let next = (!options.dry_run).then(|| next(ctx, &plan, options));
    let (next, next_reason) = next.unzip();
    Ok(Landing {
        next,
        next_reason,
        branch_deleted: plan.tip.is_some() && !options.keep,
        remote_branch_deleted: options.push && !options.keep && plan.remote_branch.is_some(),
        pushed_to: plan.remote.clone().filter(|_| pushed),
        id: plan.id,
        branch: plan.branch,
        tip: plan.tip,
        targets: plan.targets,
        skipped: plan.skipped,
        with_record: plan.with_record,
        tag: plan.tag,
        dry_run: options.dry_run,
        overridden: plan.overridden,
        spent_worktrees: plan.spent_worktrees,
        summary,
    })
}

fn not_summed_up(error: Error) -> Error {
    error
        .context("the fix has landed, but it could not be summed up")
        .untouched("Everything is where it belongs.")
        .next("git hotfix status")
}

/// A target that is not on the remote as it is here comes first.
fn next(ctx: &Context<'_>, plan: &Plan, options: &Options) -> (String, String) {
    let is_ahead =
        |target: &Target| target.remote.is_some() && target.remote.as_ref() != Some(&target.result);
    let (command, reason) = match !options.push && plan.targets.iter().any(is_ahead) {
        true => {
            let push = true;
            let tag = plan.tag.as_ref();
            let tag = tag.and_then(|_| options.tag.clone().or(Some(None)));
            let pushing = Options {
                push,
                tag,
                ..options.clone()
            };
            (pushing.command(), "bring it to the remote")
        }
        false => ("git hotfix deployed".to_owned(), "once it is"),
    };
    let command = incident::command(ctx, &plan.id, &command);
    (command, reason.to_owned())
}
