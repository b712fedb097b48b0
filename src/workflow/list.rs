//! `list`: the incidents.

use super::{Context, Result, incident, store};
use crate::record::{Field, Milestone, Record, Status};
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::cmp::Reverse;

/// An incident in one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Row {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its severity.
    pub severity: Option<String>,
    /// Where it stands.
    pub status: Status,
    /// Neither resolved nor abandoned.
    pub open: bool,
    /// When it was detected.
    pub detected: Option<DateTime<Utc>>,
    /// Seconds from the detection to now, or to the end.
    pub seconds_open: Option<i64>,
    /// The hotfix branch.
    pub branch: Option<String>,
}

/// The open incidents, the gravest first and of those the latest; then, when all are asked for, those
/// that are over, latest first. A record that cannot be read is warned of.
///
/// # Errors
/// When the refs cannot be read.
pub fn list(ctx: &Context<'_>, all: bool) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    let mut incidents = store::ids(ctx)?;
    if !all {
        let open = incident::open_ids(ctx)?;
        incidents.retain(|(id, _)| open.contains(id));
    }
    for (id, tip) in incidents {
        if let Some(stored) = store::readable(ctx, &id, tip) {
            rows.push(row(id, &stored.record, ctx.env.now()));
        }
    }
    let grades = ctx.settings.severities.rows();
    let grade = |row: &Row| {
        let is_it = |name: &String| grades.iter().position(|grade| grade.name == *name);
        let known = row.severity.as_ref().and_then(is_it);
        known.filter(|_| row.open).unwrap_or(grades.len())
    };
    rows.sort_by_key(|row| {
        let latest = Reverse((row.detected, row.id.clone()));
        (!row.open, grade(row), latest)
    });
    Ok(rows)
}

fn row(id: String, record: &Record, now: DateTime<Utc>) -> Row {
    let detected = record.reached(Milestone::Detected);
    let ended = record
        .reached(Milestone::Resolved)
        .or(record.reached(Milestone::Abandoned));
    Row {
        title: record.title().unwrap_or(&id).to_owned(),
        severity: record.field(Field::Severity).map(str::to_owned),
        status: record.status(),
        open: record.is_open(),
        detected,
        seconds_open: detected.map(|start| (ended.unwrap_or(now) - start).num_seconds()),
        branch: record.field(Field::Branch).map(str::to_owned),
        id,
    }
}
