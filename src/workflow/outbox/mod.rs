//! What other systems are still to be told: a small file each in `hotfix/outbox/` of the git
//! directory.
//!
//! A command puts an entry there and goes on; [`deliver`] works through them in the background. The
//! outbox belongs to the clone and holds nothing secret: destinations stand there by their names, and
//! what is told is read from the record at the moment of telling, but for a person's own words.

pub mod deliver;
mod entry;

pub use entry::{Again, Deed, Entry, Undelivered};

use super::{Context, Result};
use crate::files;
use chrono::{DateTime, TimeDelta, Utc};
use std::path::{Path, PathBuf};

/// An entry is a few lines; whatever is larger is none.
const LIMIT: u64 = 256 * 1024;

/// Puts something to tell about an incident into the outbox; whether it is there. What could not be
/// written is only warned of.
pub fn queue(ctx: &Context<'_>, incident: &str, deed: Deed) -> bool {
    put(ctx, &Entry::new(incident, deed, ctx.env.clock()))
}

fn put(ctx: &Context<'_>, entry: &Entry) -> bool {
    match write(ctx, entry) {
        Ok(()) => true,
        Err(error) => {
            let what = entry.deed.words();
            ctx.warn(format!("{what} could not be queued: {}", error.message()));
            false
        }
    }
}

/// The same for what is tried now, by this command: the background takes it up when this process is ended
/// before it has said what came of it, and not before `limit` is over.
pub fn queue_begun(ctx: &Context<'_>, incident: &str, deed: Deed, limit: TimeDelta) -> bool {
    let now = ctx.env.clock();
    let mut entry = Entry::new(incident, deed, now).begun(now);
    entry.due = entry.due.map(|due| due + limit);
    put(ctx, &entry)
}

/// The same for what was tried just now: it comes up again as after any try that failed.
pub fn queue_failed(ctx: &Context<'_>, incident: &str, deed: Deed, trouble: &Undelivered) -> bool {
    let now = ctx.env.clock();
    let entry = Entry::new(incident, deed, now).begun(now);
    put(ctx, &entry.failed(trouble, now))
}

/// Every entry, in the order in which they were put there. What cannot be read is warned of and stays.
///
/// # Errors
/// When the outbox cannot be looked into.
pub fn entries(ctx: &Context<'_>) -> Result<Vec<Entry>> {
    let mut found = Vec::new();
    for name in files::names_in(&folder(ctx))? {
        if let Some(stem) = name.strip_suffix(SUFFIX) {
            found.extend(read(ctx, stem));
        }
    }
    Ok(found)
}

/// The entries of an incident.
///
/// # Errors
/// When the outbox cannot be looked into.
pub fn of(ctx: &Context<'_>, incident: &str) -> Result<Vec<Entry>> {
    let mut found = entries(ctx)?;
    found.retain(|entry| entry.incident == incident);
    Ok(found)
}

/// Takes entries out of the outbox; those that are not there any more are passed over.
///
/// # Errors
/// When a file cannot be removed.
pub fn discard<'e>(ctx: &Context<'_>, entries: impl IntoIterator<Item = &'e Entry>) -> Result<()> {
    for entry in entries {
        let path = path(ctx, &entry.name);
        if files::exists(&path) {
            files::remove(&path)?;
        }
    }
    Ok(())
}

/// Starts the delivery in the background when something is due, or will be while it stays; nobody waits
/// for it, and that it could not be started is only warned of.
pub fn wake(ctx: &Context<'_>) {
    let soon = ctx.env.clock() + deliver::LINGER;
    let is_due = |entry: &Entry| entry.due.is_some_and(|due| due <= soon);
    match entries(ctx) {
        Ok(entries) if entries.iter().any(is_due) => deliver::start(ctx),
        Ok(_) => {}
        Err(error) => ctx.warn(error.message()),
    }
}

const SUFFIX: &str = ".json";

fn folder(ctx: &Context<'_>) -> PathBuf {
    ctx.repo.common_dir().join("hotfix").join("outbox")
}

fn path(ctx: &Context<'_>, name: &str) -> PathBuf {
    folder(ctx).join(format!("{name}{SUFFIX}"))
}

/// A file of the outbox that is locked while something goes on.
pub(super) fn lock_path(ctx: &Context<'_>, name: &str) -> PathBuf {
    folder(ctx).join(format!("{name}.lock"))
}

/// Named by the time, so that they are in order and no name comes twice.
fn write(ctx: &Context<'_>, entry: &Entry) -> Result<()> {
    let bytes = entry.bytes();
    let root = ctx.repo.common_dir();
    let mut number = name_of(entry.queued);
    while !files::write_new(root, &path(ctx, &format!("{number:016}")), &bytes)? {
        number += 1;
    }
    Ok(())
}

fn name_of(time: DateTime<Utc>) -> u64 {
    u64::try_from(time.timestamp_micros()).unwrap_or_default()
}

fn read(ctx: &Context<'_>, name: &str) -> Option<Entry> {
    let path = path(ctx, name);
    match files::read_text(ctx.repo.common_dir(), &path, LIMIT) {
        // Somebody has just delivered it.
        Ok(None) => None,
        Ok(Some(text)) => {
            let entry = Entry::parse(name, &text);
            if entry.is_none() {
                warn_of(ctx, &path, "it is no entry of this version");
            }
            entry
        }
        Err(error) => {
            warn_of(ctx, &path, &error.to_string());
            None
        }
    }
}

fn warn_of(ctx: &Context<'_>, path: &Path, why: &str) {
    ctx.warn(format!("{} is left alone: {why}", path.display()));
}
