//! `task`, `task retry`, `task link`, `task unlink`.

use super::{Line, View, view};
use crate::config::tracker::Kind;
use crate::integrations::tracker::Task;
use crate::record::{Change, Field, Record};
use crate::workflow::outbox::{self, Deed, deliver};
use crate::workflow::{Code, Context, Error, Result, incident, store};
use serde::Serialize;

/// What was done about a task.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Done {
    /// The incident's id.
    pub incident: String,
    /// How it stands with its task now.
    pub task: Option<View>,
}

/// How it stands with the task of an incident.
///
/// # Errors
/// When none is meant, or it cannot be read.
pub fn view_of(ctx: &Context<'_>, given: Option<&str>) -> Result<Done> {
    let incident = incident::choose_or_latest(ctx, given)?;
    done(ctx, incident)
}

fn done(ctx: &Context<'_>, incident: String) -> Result<Done> {
    let record = store::view(ctx, &incident)?.record;
    let task = view(ctx, &incident, &record)?;
    Ok(Done { incident, task })
}

/// Tells the tracker now what the record says, and makes the task when there is none.
///
/// # Errors
/// Without a tracker, and when it cannot be told; the entry stays then.
pub fn retry(ctx: &Context<'_>, given: Option<&str>) -> Result<Done> {
    let incident = incident::choose_or_latest(ctx, given)?;
    if ctx.settings.tracker.kind == Kind::None {
        return Err(Error::usage("no tracker is configured")
            .code(Code::NoTracker)
            .untouched("Nothing was sent.")
            .next("git config hotfix.tracker ohno"));
    }
    let is_of_it =
        |entry: &outbox::Entry| entry.incident == incident && entry.deed.task().is_some();
    outbox::queue(ctx, &incident, Deed::Task { create: true });
    let attempts = deliver::tasks_now(ctx, is_of_it)?;
    let failed = attempts
        .into_iter()
        .find_map(|attempt| attempt.outcome.err());
    match failed {
        None => done(ctx, incident),
        Some(trouble) => Err(Error::failed(trouble.why)
            .code(Code::Tracker)
            .untouched("Nothing is lost: it is tried again.")
            .next("See what the tracker lacks: git hotfix doctor")
            .next("Or name the task yourself: git hotfix task link <id>")),
    }
}

/// Writes a task that is there onto the record, and puts it under way.
///
/// # Errors
/// When the record names another one, the id is none, or nothing could be saved.
pub fn link(ctx: &Context<'_>, given: Option<&str>, typed: &str) -> Result<Done> {
    let incident = incident::choose_or_latest(ctx, given)?;
    let line = typed_line(ctx, typed)?;
    let at = ctx.env.now();
    let text = format!("Task linked - {line}");
    let stored = store::change(ctx, &incident, &text, |record| {
        match Line::of(record) {
            Some(there) if there == line => return Ok(Vec::new()),
            Some(there) => return Err(taken(&there)),
            None => {}
        }
        Ok(vec![
            field(&line.to_string()),
            Change::Note {
                at,
                text: text.clone(),
            },
        ])
    })?;
    forget(ctx, &incident)?;
    super::follow(ctx, &incident, &stored.record);
    done(ctx, incident)
}

/// Takes the task off the record; the tracker keeps it.
///
/// # Errors
/// When nothing could be saved.
pub fn unlink(ctx: &Context<'_>, given: Option<&str>) -> Result<Done> {
    let incident = incident::choose_or_latest(ctx, given)?;
    forget(ctx, &incident)?;
    let at = ctx.env.now();
    let was = |record: &Record| record.field(Field::Task).map(str::to_owned);
    store::change(ctx, &incident, "Task unlinked", |record| {
        Ok(match was(record) {
            None => Vec::new(),
            Some(line) => vec![
                field(""),
                Change::Note {
                    at,
                    text: format!("Task unlinked - {line}"),
                },
            ],
        })
    })?;
    done(ctx, incident)
}

fn field(value: &str) -> Change {
    Change::Field {
        field: Field::Task,
        value: value.to_owned(),
    }
}

fn taken(there: &Line) -> Error {
    Error::usage(format!("the record names {there} already"))
        .untouched("Nothing was recorded.")
        .next("Take that off first: git hotfix task unlink")
}

/// What was to be told about the task so far.
fn forget(ctx: &Context<'_>, incident: &str) -> Result<()> {
    let entries = outbox::of(ctx, incident)?;
    let of_the_task = entries.iter().filter(|entry| entry.deed.task().is_some());
    outbox::discard(ctx, of_the_task)
}

/// An id, `#12`, or the address of an issue.
fn typed_line(ctx: &Context<'_>, typed: &str) -> Result<Line> {
    let typed = typed.trim();
    let is_url = typed.starts_with("https://") || typed.starts_with("http://");
    let id = match is_url {
        true => typed
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap_or(typed),
        false => typed.trim_start_matches('#'),
    };
    let odd = |c: char| c.is_whitespace() || c.is_control() || "[]()".contains(c);
    if id.is_empty() || id.starts_with('-') || typed.contains(odd) {
        return Err(Error::usage(format!("'{typed}' is no task's id"))
            .untouched("Nothing was recorded.")
            .next("git hotfix task link <id>"));
    }
    let task = Task {
        id: id.to_owned(),
        url: is_url.then(|| typed.to_owned()),
    };
    let tracker = ctx.settings.tracker.kind.name();
    let line = Line::new(tracker, task);
    Ok(match line.is_of(tracker) {
        true => line,
        false => Line {
            tracker: None,
            ..line
        },
    })
}
