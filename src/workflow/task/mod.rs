//! The incident's task in a tracker: made by `start`, under way while the incident is open, done when it
//! is over.
//!
//! Nobody waits for a tracker. A command queues "the task is to say what the record says", the delivery
//! makes it so: what is to be done is found out then, from the record. The record's `**Task**` line is
//! the truth of which task it is; a task that is not on it yet is looked for before another is made.

mod act;
mod choose;
mod line;
mod notes;

pub use act::{Done, link, retry, unlink, view_of};
pub use choose::{Unusable, check};
pub use line::Line;

use super::outbox::{self, Again, Deed, Entry, Undelivered};
use super::store::{self, Stored};
use super::{Context, Error, gate};
use crate::config::tracker::Kind;
use crate::files::{self, Tried};
use crate::integrations::Trouble;
use crate::integrations::tracker::{About, Ending, Task, Tracker};
use crate::record::{Change, Field, Record, Status};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use std::path::Path;

/// How it stands with the task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct View {
    /// Its id; nothing while it is being made, or when there is none.
    pub id: Option<String>,
    /// The tracker that has it, or is to have it.
    pub tracker: Option<String>,
    /// Its page.
    pub url: Option<String>,
    /// What the tracker is still to be told.
    pub pending: Option<Pending>,
}

/// What the tracker is still to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pending {
    /// The task is still to be made.
    pub create: bool,
    /// How often it was tried.
    pub attempts: u32,
    /// What went wrong the last time.
    pub trouble: Option<String>,
    /// When it is tried again; nothing: by `git hotfix task retry`.
    pub due: Option<DateTime<Utc>>,
}

/// How it stands with the task of a record; nothing when there is none and none is to be.
///
/// # Errors
/// When the outbox cannot be looked into.
pub fn view(ctx: &Context<'_>, id: &str, record: &Record) -> super::Result<Option<View>> {
    let line = Line::of(record);
    let entries = outbox::of(ctx, id)?;
    let pending = pending(&entries, line.is_some());
    let configured = ctx.settings.tracker.kind;
    let configured = (configured != Kind::None).then(|| configured.name().to_owned());
    Ok(match (line, pending) {
        (None, None) => None,
        (None, pending) => Some(View {
            id: None,
            tracker: configured,
            url: None,
            pending,
        }),
        (Some(line), pending) => Some(View {
            tracker: line
                .tracker
                .clone()
                .or(configured.filter(|name| line.is_of(name))),
            id: Some(line.id),
            url: line.url,
            pending,
        }),
    })
}

/// The entries of the task as one: they are told as one.
fn pending(entries: &[Entry], is_named: bool) -> Option<Pending> {
    let of_the_task: Vec<&Entry> = entries
        .iter()
        .filter(|entry| entry.deed.task().is_some())
        .collect();
    let first = of_the_task.first()?;
    Some(Pending {
        create: !is_named && of_the_task.iter().any(|e| e.deed.task() == Some(true)),
        attempts: first.attempts,
        trouble: first.trouble.clone(),
        due: of_the_task.iter().filter_map(|entry| entry.due).min(),
    })
}

/// A new incident: its task is queued, or the one that `--issue` named is put under way. How it stands
/// then; nothing without a tracker.
pub(super) fn begin(ctx: &Context<'_>, id: &str, record: &Record) -> Option<View> {
    let tracker = ctx.settings.tracker.kind;
    if tracker == Kind::None {
        return None;
    }
    let line = Line::of(record);
    if line
        .as_ref()
        .is_some_and(|line| !line.is_of(tracker.name()))
    {
        // Another system's key: it names the branch, and nobody here can be told.
        return None;
    }
    let create = line.is_none();
    if !outbox::queue(ctx, id, Deed::Task { create }) {
        return None;
    }
    Some(View {
        id: line.as_ref().map(|line| line.id.clone()),
        tracker: Some(tracker.name().to_owned()),
        url: line.and_then(|line| line.url),
        pending: Some(Pending {
            create,
            attempts: 0,
            trouble: None,
            due: None,
        }),
    })
}

/// The record says something else about how the incident stands: the task is to say so too, when there
/// is one or one is to be.
pub(super) fn follow(ctx: &Context<'_>, id: &str, record: &Record) {
    let tracker = ctx.settings.tracker.kind.name();
    let is_ours = match Line::of(record) {
        Some(line) => line.is_of(tracker),
        None => outbox::of(ctx, id).is_ok_and(|entries| pending(&entries, false).is_some()),
    };
    if is_ours {
        outbox::queue(ctx, id, Deed::Task { create: false });
    }
}

/// Makes the tracker's task say what the record says; an incident that is gone needs none.
///
/// # Errors
/// When the tracker cannot be told.
pub(super) fn tell(ctx: &Context<'_>, entry: &Entry, create: bool) -> Result<(), Undelivered> {
    let name = store::ref_name(&entry.incident);
    if let Ok(None) = ctx.repo.find_ref(&name) {
        return Ok(());
    }
    let stored = store::saved(ctx, &entry.incident).map_err(|error| later(&error))?;
    let found = choose::find(ctx).map_err(|unusable| Undelivered {
        why: format!("{}: {}", unusable.why, unusable.command),
        again: Again::Later,
    })?;
    let what = format!("asking {}", ctx.settings.tracker.kind.name());
    let waiting = || ctx.progress.waiting(&what);
    let alive = outbox::lock_path(ctx, "tracker");
    refuse_running(ctx, entry, &alive)?;
    let tracker = found.tracker(ctx, &waiting, &alive);
    let is_doubtful = entry.began.is_some();
    let Some(id) = task_of(ctx, tracker.as_ref(), &stored, create, is_doubtful)? else {
        return Ok(());
    };
    bring_in_line(ctx, tracker.as_ref(), &stored, &id)
}

/// A delivery that was killed leaves the tracker's program running, and that may still make the task:
/// one that is looked for meanwhile is not found, and made twice. It is not waited for for ever.
fn refuse_running(ctx: &Context<'_>, entry: &Entry, alive: &Path) -> Result<(), Undelivered> {
    let Ok(Tried::Held) = files::try_lock(alive) else {
        return Ok(());
    };
    let patience = TimeDelta::from_std(ctx.settings.tracker.timeout * 2).unwrap_or(TimeDelta::MAX);
    let began = entry.began.unwrap_or(entry.queued);
    if ctx.env.clock() - began > patience {
        return files::remove(alive).map_err(|error| later(&error.into()));
    }
    Err(Undelivered {
        why: "an earlier call is still running".to_owned(),
        again: Again::Later,
    })
}

/// The id of the record's task: on its line, found, or made; nothing when none is wanted.
fn task_of(
    ctx: &Context<'_>,
    tracker: &dyn Tracker,
    stored: &Stored,
    create: bool,
    is_doubtful: bool,
) -> Result<Option<String>, Undelivered> {
    if let Some(line) = Line::of(&stored.record) {
        return match line.is_of(tracker.name()) {
            true => Ok(Some(line.id)),
            false => Err(Undelivered {
                why: format!("{line} is no task of {}", tracker.name()),
                again: Again::ByHand,
            }),
        };
    }
    if !create {
        return Ok(None);
    }
    let made_before = match is_doubtful {
        true => tracker.find(&stored.id).map_err(undelivered)?,
        false => None,
    };
    let task = match made_before {
        Some(task) => task,
        // Nobody needs a task for what was none.
        None if stored.record.status() == Status::Abandoned => return Ok(None),
        None => tracker.create(&about(stored)).map_err(undelivered)?,
    };
    put_on_record(ctx, tracker.name(), &stored.id, task).map_err(|error| later(&error))
}

/// Writes the line, unless a person has named another task meanwhile; the id that stands there.
fn put_on_record(
    ctx: &Context<'_>,
    tracker: &str,
    id: &str,
    task: Task,
) -> super::Result<Option<String>> {
    let line = Line::new(tracker, task);
    let text = format!("Task created - {line}");
    let at = ctx.env.now();
    let stored = store::change(ctx, id, &text, |record| {
        let note = |text: String| Change::Note { at, text };
        Ok(match Line::of(record) {
            None => vec![
                Change::Field {
                    field: Field::Task,
                    value: line.to_string(),
                },
                note(text.clone()),
            ],
            Some(there) if there.id == line.id => Vec::new(),
            // Both are there now: a person has to know.
            Some(_) => vec![note(format!("{text}, beside the one named"))],
        })
    })?;
    Ok(Line::of(&stored.record)
        .filter(|line| line.is_of(tracker))
        .map(|line| line.id))
}

fn bring_in_line(
    ctx: &Context<'_>,
    tracker: &dyn Tracker,
    stored: &Stored,
    task: &str,
) -> Result<(), Undelivered> {
    let (record, about) = (&stored.record, about(stored));
    let told = match record.status() {
        Status::Resolved => {
            // Its commits may be in no branch of this clone.
            let commits = gate::fix_commits(ctx, record).unwrap_or_default();
            let notes = notes::of_resolved(record, &commits);
            tracker.done(&about, task, &notes, Ending::Resolved)
        }
        Status::Abandoned => {
            let notes = notes::of_abandoned(record);
            tracker.done(&about, task, &notes, Ending::Abandoned)
        }
        _ => tracker.start(&about, task),
    };
    told.map_err(undelivered)
}

fn about(stored: &Stored) -> About {
    let field = |field| stored.record.field(field).map(str::to_owned);
    About {
        id: stored.id.clone(),
        title: stored.record.title().unwrap_or(&stored.id).to_owned(),
        severity: field(Field::Severity),
        impact: field(Field::Impact),
        branch: field(Field::Branch),
        base: field(Field::Base),
    }
}

/// A task that is not there will not be there in an hour either.
fn undelivered(trouble: Trouble) -> Undelivered {
    let again = match trouble {
        Trouble::Unknown { .. } => Again::ByHand,
        _ => Again::Later,
    };
    Undelivered {
        why: trouble.to_string(),
        again,
    }
}

fn later(error: &Error) -> Undelivered {
    Undelivered {
        why: error.message(),
        again: Again::Later,
    }
}
