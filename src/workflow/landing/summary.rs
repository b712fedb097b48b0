//! The summary that `finish` prints.

use super::plan::Plan;
use crate::git::merge::Counting;
use crate::git::{CommitInfo, DiffStat};
use crate::record::{Field, Finding, Level, Milestone, Record, Status, lint, when};
use crate::workflow::{Context, Result, workfile};
use chrono::{DateTime, Utc};
use serde::Serialize;

/// A moment of the timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Moment {
    /// When.
    pub at: DateTime<Utc>,
    /// `Detected`, `Mitigated`, `Fixed`.
    pub what: &'static str,
}

/// What the fix is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Fix {
    /// Its commits, `1a2b3c4 subject`, oldest first.
    pub commits: Vec<String>,
    /// Files and lines; nothing when the branch was gone already.
    pub changes: Option<DiffStat>,
    /// Where it landed: `main 9f2c1aa`.
    pub landed: Vec<String>,
    /// The release tag.
    pub tag: Option<String>,
}

/// What people want to read at the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Summary {
    /// The description.
    pub incident: String,
    /// The severity.
    pub severity: String,
    /// Seconds to the resolution; nothing while it is open.
    pub seconds: Option<i64>,
    /// Where it stands.
    pub status: &'static str,
    /// What happened when.
    pub timeline: Vec<Moment>,
    /// What the fix is.
    pub fix: Fix,
    /// The record, below the work tree.
    pub postmortem: String,
    /// What the postmortem misses.
    pub pending: Vec<Finding>,
}

impl Summary {
    /// The summary as Markdown.
    pub fn markdown(&self) -> String {
        let duration = self.seconds.map_or("ongoing".to_owned(), |seconds| {
            when::span(chrono::TimeDelta::seconds(seconds))
        });
        let mut lines = vec![
            "## Hotfix Complete".to_owned(),
            String::new(),
            format!("**Incident**: {}", self.incident),
            format!("**Severity**: {}", self.severity),
            format!("**Duration**: {duration}"),
            format!("**Status**: {}", self.status),
            String::new(),
            "### Timeline".to_owned(),
        ];
        lines.extend(
            self.timeline
                .iter()
                .map(|m| format!("- {}: {}", when::stamp(m.at), m.what)),
        );
        lines.extend([String::new(), "### Fix".to_owned()]);
        lines.extend(self.fix_lines());
        lines.extend([String::new(), "### Postmortem".to_owned()]);
        lines.extend(self.postmortem_lines());
        lines.join("\n") + "\n"
    }

    fn fix_lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = self
            .fix
            .commits
            .iter()
            .map(|commit| format!("- {commit}"))
            .collect();
        if let Some(DiffStat {
            files,
            insertions,
            deletions,
        }) = self.fix.changes
        {
            let s = if files == 1 { "" } else { "s" };
            lines.push(format!(
                "- {files} file{s}, +{insertions} -{deletions} lines"
            ));
        }
        if !self.fix.landed.is_empty() {
            lines.push(format!("- landed in {}", self.fix.landed.join(", ")));
        }
        lines.extend(self.fix.tag.as_ref().map(|tag| format!("- tagged {tag}")));
        lines
    }

    fn postmortem_lines(&self) -> Vec<String> {
        if self.pending.is_empty() {
            return vec![self.postmortem.clone()];
        }
        let mut lines = vec![format!("Pending: {}", self.postmortem)];
        lines.extend(
            self.pending
                .iter()
                .map(|finding| format!("- {}", finding.message)),
        );
        lines
    }
}

/// Begins to count what the fix changes.
///
/// # Errors
/// When git cannot be started.
pub(super) fn count(ctx: &Context<'_>, plan: &Plan) -> Result<Option<Counting>> {
    match (&plan.tip, &plan.base) {
        (Some(tip), Some(base)) => Ok(Some(ctx.repo.count_changes(base, tip)?)),
        _ => Ok(None),
    }
}

/// The summary of a landing.
pub(super) fn summary(
    ctx: &Context<'_>,
    plan: &Plan,
    record: &Record,
    counting: Option<Counting>,
) -> Result<Summary> {
    let mut pending = lint::lint(record);
    pending.retain(|finding| finding.level == Level::Block);
    let seconds = match (
        record.reached(Milestone::Detected),
        record.reached(Milestone::Resolved),
    ) {
        (Some(detected), Some(resolved)) => Some((resolved - detected).num_seconds()),
        _ => None,
    };
    Ok(Summary {
        incident: plan.title.clone(),
        severity: record
            .field(Field::Severity)
            .unwrap_or(&plan.severity)
            .to_owned(),
        seconds,
        status: status(record),
        timeline: moments(record),
        fix: fix(ctx, plan, counting)?,
        postmortem: workfile::relative(ctx, &plan.id),
        pending,
    })
}

/// Where it stands once this landing is through.
fn status(record: &Record) -> &'static str {
    record.status().max(Status::Landed).words()
}

fn moments(record: &Record) -> Vec<Moment> {
    let at = |milestone| record.reached(milestone);
    let fixed = at(Milestone::Deployed).or(at(Milestone::Landed));
    let moments = [
        (at(Milestone::Detected), "Detected"),
        (at(Milestone::Mitigated), "Mitigated"),
        (fixed, "Fixed"),
    ];
    moments
        .into_iter()
        .filter_map(|(at, what)| Some(Moment { at: at?, what }))
        .collect()
}

fn fix(ctx: &Context<'_>, plan: &Plan, counting: Option<Counting>) -> Result<Fix> {
    let commits = match (&plan.tip, &plan.base) {
        (Some(tip), Some(base)) => {
            let base = std::slice::from_ref(base);
            ctx.repo.range(base, std::slice::from_ref(tip), 0)?
        }
        _ => Vec::new(),
    };
    let line = |commit: &CommitInfo| format!("{} {}", commit.id.short(), commit.subject());
    // A dry run has no commits to name.
    let landed = plan.targets.iter().filter(|target| target.made.is_some());
    Ok(Fix {
        commits: commits.iter().map(line).collect(),
        changes: counting.map(Counting::end).transpose()?,
        landed: landed.map(|target| plan.landed_word(target)).collect(),
        tag: plan.tag.as_ref().map(|tag| tag.name.clone()),
    })
}
