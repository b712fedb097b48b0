//! Overrides of pushes to a server that are not on a record yet: `hotfix/overrides` in the
//! repository, one JSON object a line.
//!
//! pre-receive notes what it lets through, since no ref may move then. post-receive writes what went
//! through onto its record; where the record is not here yet, the note waits for it.

use crate::files;
use crate::git::Oid;
use crate::policy::branch;
use crate::policy::push::PushedRef;
use crate::policy::receive::{self, Concern};
use crate::record::{Field, Record};
use crate::workflow::store;
use crate::workflow::{Context, Error, Result, gate};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The notes are read as a whole; a larger file is not what this program has written.
const LIMIT: u64 = 16 * 1024 * 1024;

/// An override that is not on its record yet.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Noted {
    /// When.
    pub at: DateTime<Utc>,
    /// Who, as the server knows the person.
    pub who: String,
    /// Why.
    pub reason: String,
    /// The incident, when one is known.
    pub incident: Option<String>,
    /// The fix's tip.
    pub tip: Option<String>,
    /// What was skipped.
    pub skipped: String,
    /// The refs that it let through, with their new values.
    pub refs: Vec<(String, String)>,
    /// The push went through; the record was not here.
    #[serde(default)]
    pub waits: bool,
}

/// What became of the overrides of a push.
#[derive(Debug, Default)]
pub struct Recorded {
    /// Those that are on their record now.
    pub done: Vec<Noted>,
    /// Those of this push whose record is not here: they stay noted.
    pub kept: Vec<Noted>,
}

/// Adds notes.
///
/// # Errors
/// When the file cannot be written.
pub(super) fn add(ctx: &Context<'_>, notes: &[Noted]) -> Result<()> {
    let lines: Result<Vec<String>> = notes.iter().map(line).collect();
    let text = lines?.concat();
    let _lock = lock(ctx)?;
    Ok(files::append(ctx.repo.common_dir(), &path(ctx), &text)?)
}

/// Writes the overrides that went through onto their records: those of this push, and those that have
/// waited for a record which it brings.
///
/// # Errors
/// When the notes cannot be read or written.
pub(super) fn settle(ctx: &Context<'_>, lines: &[PushedRef]) -> Result<Recorded> {
    let _lock = lock(ctx)?;
    let Some(text) = files::read_text(ctx.repo.common_dir(), &path(ctx), LIMIT)? else {
        return Ok(Recorded::default());
    };
    let brought = brought(ctx, lines);
    let mut recorded = Recorded::default();
    let mut left = String::new();
    for have in text.lines() {
        let keep = match serde_json::from_str::<Noted>(have) {
            Ok(noted) if noted.concerns(lines, &brought) => {
                settle_one(ctx, noted, &brought, &mut recorded)?
            }
            // A line that is not ours to understand is not ours to lose.
            _ => Some(format!("{have}\n")),
        };
        left.extend(keep);
    }
    if left != text {
        files::write_atomic(ctx.repo.common_dir(), &path(ctx), left.as_bytes())?;
    }
    Ok(recorded)
}

/// The line that stays of a note, if any.
fn settle_one(
    ctx: &Context<'_>,
    mut noted: Noted,
    brought: &[String],
    recorded: &mut Recorded,
) -> Result<Option<String>> {
    if let Some(id) = incident(ctx, &noted, brought)?
        && is_recorded(ctx, &id, &noted)
    {
        noted.incident = Some(id);
        recorded.done.push(noted);
        return Ok(None);
    }
    let waited = std::mem::replace(&mut noted.waits, true);
    let stays = line(&noted)?;
    if !waited {
        recorded.kept.push(noted);
    }
    Ok(Some(stays))
}

impl Noted {
    /// Whether a push that went through, or the records that it brought, may settle this note. git
    /// may have taken some refs of a push and not others: one that this override let through counts.
    fn concerns(&self, lines: &[PushedRef], brought: &[String]) -> bool {
        if self.waits {
            return !brought.is_empty();
        }
        let is_it = |line: &PushedRef, (name, new): &(String, String)| {
            line.remote == *name && line.local_id.as_deref() == Some(new.as_str())
        };
        let mut refs = self.refs.iter();
        refs.any(|moved| lines.iter().any(|line| is_it(line, moved)))
    }
}

/// The incidents whose records a push brought.
fn brought(ctx: &Context<'_>, lines: &[PushedRef]) -> Vec<String> {
    let arrived = lines.iter().filter(|line| line.local_id.is_some());
    let ids = arrived.filter_map(
        |line| match receive::concern(line, &ctx.settings.prefix, None) {
            Concern::Record(id) => Some(id),
            _ => None,
        },
    );
    ids.collect()
}

/// The incident of a note whose record is here. The note's own comes from a commit's message, which
/// may say anything.
fn incident(ctx: &Context<'_>, noted: &Noted, brought: &[String]) -> Result<Option<String>> {
    let named = noted.incident.as_ref();
    for id in named.map_or(brought, std::slice::from_ref) {
        let is_here =
            branch::fault(id).is_none() && ctx.repo.find_ref(&store::ref_name(id))?.is_some();
        if is_here && (named.is_some() || is_about(ctx, noted, &store::saved(ctx, id)?.record)?) {
            return Ok(Some(id.clone()));
        }
    }
    Ok(None)
}

/// Whether what a note let through is an incident's: its hotfix branch, a commit of that, or one that
/// its timeline names. Nothing is guessed: an override on another's record would be worse than none.
fn is_about(ctx: &Context<'_>, noted: &Noted, record: &Record) -> Result<bool> {
    let Some(branch) = record.field(Field::Branch) else {
        return Ok(false);
    };
    let head = format!("refs/heads/{branch}");
    if noted.refs.iter().any(|(name, _)| *name == head) {
        return Ok(true);
    }
    let tip = match noted.tip.as_deref() {
        Some(tip) => ctx.repo.commit_of(tip)?,
        None => None,
    };
    let Some(tip) = tip else {
        return Ok(false);
    };
    let mut entries = record.timeline().iter();
    if entries.any(|entry| entry.text.split([' ', ',']).any(|word| word == tip.short())) {
        return Ok(true);
    }
    let fix = gate::fix_commits(ctx, record)?;
    Ok(fix.iter().any(|commit| commit.id == tip))
}

/// Whether an override is on its record now. One that cannot be written is warned of and stays noted.
fn is_recorded(ctx: &Context<'_>, id: &str, noted: &Noted) -> bool {
    let tip = noted.tip.as_deref().and_then(Oid::from_hex);
    let given = gate::Override {
        who: &noted.who,
        reason: &noted.reason,
        tip: tip.as_ref(),
        at: noted.at,
    };
    match gate::write_override(ctx, id, &given, &noted.skipped) {
        Ok(_) => true,
        Err(error) => {
            ctx.warn(error.message());
            false
        }
    }
}

fn line(noted: &Noted) -> Result<String> {
    let text = serde_json::to_string(noted).map_err(|e| Error::failed(e.to_string()))?;
    Ok(format!("{text}\n"))
}

fn path(ctx: &Context<'_>) -> PathBuf {
    ctx.repo.common_dir().join("hotfix").join("overrides")
}

/// Two pushes may end at the same time.
fn lock(ctx: &Context<'_>) -> Result<Option<files::Lock>> {
    let path = ctx.repo.common_dir().join("hotfix").join("overrides.lock");
    Ok(files::lock(&path)?)
}
