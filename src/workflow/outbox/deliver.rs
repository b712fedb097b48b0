//! Working through the outbox: each entry is tried when it is due, one task and one update at a time in
//! the whole repository, and stays until the other system has it.
//!
//! The locks are the outbox's own and end with the process; the record's is only held while something
//! is written into the record.

use super::entry::{Kind, Undelivered};
use super::{Deed, Entry, discard, entries, lock_path, path};
use crate::files::{self, Lock, Tried};
use crate::integrations::background;
use crate::workflow::{Code, Context, Error, Result, announce, task};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

/// How long the background stays for what is to be tried again soon.
pub(super) const LINGER: TimeDelta = TimeDelta::minutes(2);
/// How often it looks whether something is due.
const LOOK: Duration = Duration::from_secs(1);
/// How long a person waits for a delivery in the background that is under way.
const PATIENCE: TimeDelta = TimeDelta::seconds(20);

/// What is tried, for a person who wants to see it.
#[derive(Debug)]
pub struct Attempt {
    /// The entry as it was.
    pub entry: Entry,
    /// What came of it.
    pub outcome: std::result::Result<(), Undelivered>,
}

/// Starts [`work`] in the background.
pub(super) fn start(ctx: &Context<'_>) {
    let told = ["GIT_DIR", "GIT_WORK_TREE"]
        .iter()
        .any(|name| ctx.env.var(name).is_some());
    let mut environment: Vec<(&str, &Path)> = Vec::new();
    if told {
        environment.push(("GIT_DIR", ctx.repo.git_dir()));
        environment.extend(ctx.repo.workdir().map(|top| ("GIT_WORK_TREE", top)));
    }
    let started = ctx
        .env
        .current_exe()
        .and_then(|program| background::start(&program, &["deliver"], &environment, &ctx.env.cwd));
    if let Err(error) = started {
        ctx.warn(format!("nothing is delivered in the background: {error}"));
    }
}

/// Delivers what is due, and what will be soon. Somebody else at it already does that for us.
///
/// # Errors
/// When the outbox cannot be read or written.
pub fn work(ctx: &Context<'_>) -> Result<()> {
    background::leave();
    let end = ctx.env.clock() + LINGER;
    let mut waiting = None;
    loop {
        let mut ours = Vec::new();
        for kind in Kind::ALL {
            if let Some(_lock) = try_lock(ctx, kind.lock())? {
                while deliver_next(ctx, kind)? {}
                ours.push(kind);
            }
        }
        // An entry that came up while its lock was still held is ours: its own delivery has gone.
        let entries = entries(ctx)?;
        let told = entries
            .iter()
            .filter(|entry| ours.contains(&entry.deed.kind()));
        let Some(due) = told.filter_map(|entry| entry.due).min() else {
            return Ok(());
        };
        let now = ctx.env.clock();
        if due <= now {
            continue;
        }
        if waiting.is_none() {
            waiting = try_lock(ctx, "waiting")?;
        }
        if due > end || waiting.is_none() {
            return Ok(());
        }
        std::thread::sleep((due - now).to_std().unwrap_or(LOOK).min(LOOK));
    }
}

/// Delivers those entries of tasks that are chosen, due or not.
///
/// # Errors
/// When another delivery does not end, or the outbox cannot be read or written.
pub fn tasks_now(ctx: &Context<'_>, chosen: impl Fn(&Entry) -> bool) -> Result<Vec<Attempt>> {
    let kind = Kind::Task;
    let _lock = wait_for_lock(ctx, kind)?;
    let mut attempts = Vec::new();
    for line in lines(of_kind(ctx, kind)?) {
        for group in line {
            if !group.entries.iter().any(&chosen) {
                continue;
            }
            let attempt = group.attempt(ctx)?;
            let failed = attempt.outcome.is_err();
            attempts.push(attempt);
            if failed {
                break;
            }
        }
    }
    Ok(attempts)
}

/// Delivers the first that is due; whether there was one.
fn deliver_next(ctx: &Context<'_>, kind: Kind) -> Result<bool> {
    let now = ctx.env.clock();
    let mut heads = lines(of_kind(ctx, kind)?)
        .into_iter()
        .filter_map(|line| line.into_iter().next());
    match heads.find(|group| group.is_due(now)) {
        Some(group) => group.attempt(ctx).map(|_| true),
        None => Ok(false),
    }
}

fn of_kind(ctx: &Context<'_>, kind: Kind) -> Result<Vec<Entry>> {
    let mut entries = entries(ctx)?;
    entries.retain(|entry| entry.deed.kind() == kind);
    Ok(entries)
}

/// Entries that are told as one.
struct Group {
    /// What is told.
    entry: Entry,
    /// What it stands for.
    entries: Vec<Entry>,
}

/// The entries by incident and channel, each of these in order.
fn lines(entries: Vec<Entry>) -> Vec<Vec<Group>> {
    let mut lines: Vec<Vec<Group>> = Vec::new();
    for entry in entries {
        let is_of = |line: &&mut Vec<Group>| {
            line.first().is_some_and(|group| {
                group.entry.incident == entry.incident
                    && group.entry.deed.channel() == entry.deed.channel()
            })
        };
        match lines.iter_mut().find(is_of) {
            Some(line) => add(line, entry),
            None => lines.push(vec![Group::of(entry)]),
        }
    }
    lines
}

fn add(line: &mut Vec<Group>, entry: Entry) {
    let joined = line
        .last()
        .and_then(|last| last.entry.deed.joined(&entry.deed));
    match (line.last_mut(), joined) {
        (Some(last), Some(deed)) => {
            last.entry.deed = deed;
            // Whoever asks again wants it now.
            last.entry.due = last.entry.due.into_iter().chain(entry.due).min();
            last.entries.push(entry);
        }
        _ => line.push(Group::of(entry)),
    }
}

impl Group {
    fn of(entry: Entry) -> Group {
        Group {
            entry: entry.clone(),
            entries: vec![entry],
        }
    }

    fn is_due(&self, now: DateTime<Utc>) -> bool {
        self.entry.due.is_some_and(|due| due <= now)
    }

    /// Tries it once. That it was begun is written first: should this process be ended, the next one
    /// knows that the other system may have it already.
    fn attempt(self, ctx: &Context<'_>) -> Result<Attempt> {
        let begun = self.entry.begun(ctx.env.clock());
        self.write(ctx, &begun)?;
        let outcome = tell(ctx, &self.entry);
        match &outcome {
            Ok(()) => discard(ctx, &self.entries)?,
            Err(trouble) => {
                let names: BTreeSet<String> = still_there(ctx)?;
                if names.contains(&begun.name) {
                    self.write(ctx, &begun.failed(trouble, ctx.env.clock()))?;
                }
            }
        }
        Ok(Attempt {
            entry: self.entry,
            outcome,
        })
    }

    /// Writes the one entry in place of all.
    fn write(&self, ctx: &Context<'_>, entry: &Entry) -> Result<()> {
        let place = path(ctx, &entry.name);
        files::write_atomic(ctx.repo.common_dir(), &place, &entry.bytes())?;
        discard(
            ctx,
            self.entries.iter().filter(|other| other.name != entry.name),
        )
    }
}

/// Tells whom it concerns.
fn tell(ctx: &Context<'_>, entry: &Entry) -> std::result::Result<(), Undelivered> {
    match &entry.deed {
        Deed::Task { create } => task::tell(ctx, entry, *create),
        Deed::Announce { to, words } => announce::tell(ctx, entry, to, words),
    }
}

/// A person may have taken it out meanwhile.
fn still_there(ctx: &Context<'_>) -> Result<BTreeSet<String>> {
    Ok(entries(ctx)?.into_iter().map(|entry| entry.name).collect())
}

/// A lock, or what stands in for one where the file system knows none.
struct Held {
    _lock: Option<Lock>,
}

fn try_lock(ctx: &Context<'_>, name: &str) -> Result<Option<Held>> {
    Ok(match files::try_lock(&lock_path(ctx, name))? {
        Tried::Locked(_lock) => Some(Held { _lock }),
        Tried::Held => None,
    })
}

fn wait_for_lock(ctx: &Context<'_>, kind: Kind) -> Result<Held> {
    let begin = ctx.env.clock();
    let mut told = false;
    loop {
        if let Some(held) = try_lock(ctx, kind.lock())? {
            return Ok(held);
        }
        let waited = ctx.env.clock() - begin;
        if waited > PATIENCE {
            return Err(Error::failed("another delivery is under way")
                .code(Code::Raced)
                .untouched("Nothing was sent by this command.")
                .next("Try again in a minute."));
        }
        if !told && waited > TimeDelta::milliseconds(500) {
            told = true;
            ctx.progress
                .waiting("waiting for the delivery that is under way");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(incident: &str, create: bool, name: &str, due: i64) -> Entry {
        let at = DateTime::UNIX_EPOCH + TimeDelta::seconds(due);
        let mut entry = Entry::new(incident, Deed::Task { create }, DateTime::UNIX_EPOCH);
        name.clone_into(&mut entry.name);
        entry.due = Some(at);
        entry
    }

    #[test]
    fn what_can_be_told_as_one_is() {
        let lines = lines(vec![
            entry("a", true, "1", 600),
            entry("b", false, "2", 0),
            entry("a", false, "3", 5),
        ]);
        assert_eq!(lines.len(), 2);
        let [a] = lines[0].as_slice() else {
            panic!("{}", lines[0].len())
        };
        assert_eq!(a.entry.deed, Deed::Task { create: true });
        assert_eq!((a.entry.name.as_str(), a.entries.len()), ("1", 2));
        let at = |seconds| DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds);
        assert!(
            !a.is_due(at(4)) && a.is_due(at(5)),
            "the newest is not made to wait"
        );
    }
}
