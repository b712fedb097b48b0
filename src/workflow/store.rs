//! Records on their refs: reading them, and changing them without losing anybody's change.

use super::workfile::{self, TakenIn};
use super::{Code, Context, Error, Result, copies, hooks, incident};
use crate::files;
use crate::git::{Expect, GitError, Oid, RefUpdate};
use crate::record::{self, Change, Field, Record};

/// Where the records' histories live.
pub const PREFIX: &str = "refs/hotfix/incidents/";

/// With the lock held a race is only possible against a program that does not take it.
const ATTEMPTS: usize = 64;

/// A record as it is known now.
#[derive(Debug)]
pub struct Stored {
    /// The incident's id.
    pub id: String,
    /// The record, a person's unsaved edits included.
    pub record: Record,
    /// The last saved version's commit.
    pub tip: Oid,
}

/// The ref of an incident.
pub fn ref_name(id: &str) -> String {
    format!("{PREFIX}{id}")
}

/// Every incident's id and saved version, by id.
///
/// # Errors
/// When the refs cannot be read.
pub fn ids(ctx: &Context<'_>) -> Result<Vec<(String, Oid)>> {
    let refs = ctx.repo.list_refs(PREFIX)?;
    let id = |name: String| name[PREFIX.len()..].to_owned();
    Ok(refs
        .into_iter()
        .map(|(name, oid)| (id(name), oid))
        .collect())
}

/// A record as last saved.
///
/// # Errors
/// When there is none of that id, or it cannot be read.
pub fn saved(ctx: &Context<'_>, id: &str) -> Result<Stored> {
    let tip = ctx.repo.find_ref(&ref_name(id))?;
    let tip = tip
        .ok_or_else(|| Error::usage(format!("there is no incident {id}")).code(Code::NoIncident))?;
    saved_at(ctx, id, tip)
}

/// A record's saved version at a commit of its history.
///
/// # Errors
/// When the commit does not hold it.
pub fn saved_at(ctx: &Context<'_>, id: &str, tip: Oid) -> Result<Stored> {
    let missing = || Error::failed(format!("{} does not hold the record {id}.md", tip.short()));
    let (_, bytes) = ctx
        .repo
        .file_at(&tip, &format!("{id}.md"))?
        .ok_or_else(missing)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Ok(Stored {
        id: id.to_owned(),
        record: Record::parse(text),
        tip,
    })
}

/// As [`saved_at`], where every incident is looked at: one that cannot be read is only warned of, since
/// it must not stand in the way of the others.
pub fn readable(ctx: &Context<'_>, id: &str, tip: Oid) -> Option<Stored> {
    match saved_at(ctx, id, tip) {
        Ok(stored) => Some(stored),
        Err(error) => {
            let name = ref_name(id);
            ctx.warn(format!("{name} is no record: {}", error.message()));
            None
        }
    }
}

/// A record with what a person changed in the work tree, for reading: nothing is saved. A file that
/// cannot be read is only warned of.
///
/// # Errors
/// When there is none of that id, or its saved version cannot be read.
pub fn view(ctx: &Context<'_>, id: &str) -> Result<Stored> {
    let mut stored = saved(ctx, id)?;
    match workfile::take_in(ctx, id, &stored.tip, stored.record.text()) {
        Ok(TakenIn::Nothing) => {}
        Ok(TakenIn::Edited { text, .. }) => stored.record = Record::parse(text),
        Err(error) => ctx.warn(error.message()),
    }
    if let Some(name) = incident::renamed(ctx, id, &stored.record)? {
        stored.record = record::apply(&stored.record, &on_branch(name));
    }
    Ok(stored)
}

/// Changes a record: takes in the work tree's edits and what was fetched from remotes, applies what
/// `decide` says, saves all of it, writes the file. `decide` sees the record as it is now and may be asked again after a race.
///
/// # Errors
/// What `decide` refuses, or when nothing could be saved; then nothing has changed.
pub fn change(
    ctx: &Context<'_>,
    id: &str,
    message: &str,
    decide: impl Fn(&Record) -> Result<Vec<Change>>,
) -> Result<Stored> {
    let is_first = is_first(ctx, id);
    let stored = rewrite(ctx, id, message, |record| changed(record, &decide))?;
    if is_first {
        prepare_clone(ctx);
    }
    Ok(stored)
}

/// A version of a record that is written and not saved: its ref has not moved.
#[derive(Debug)]
pub struct Draft {
    /// The version it would become.
    pub stored: Stored,
    before: Oid,
    message: String,
}

/// As [`change`], up to the moment in which the ref would move: [`adopt`] moves it.
///
/// # Errors
/// As for [`change`].
pub fn draft(
    ctx: &Context<'_>,
    id: &str,
    message: &str,
    decide: impl Fn(&Record) -> Result<Vec<Change>>,
) -> Result<Draft> {
    let before = saved(ctx, id)?;
    let stored = written(ctx, &before, message, |record| changed(record, &decide))?;
    Ok(Draft {
        stored,
        before: before.tip,
        message: message.to_owned(),
    })
}

/// Makes a draft the record's saved version, unless somebody has changed the record meanwhile.
///
/// # Errors
/// [`GitError::Raced`] then; or when it could not be saved.
pub fn adopt(ctx: &Context<'_>, draft: Draft) -> Result<Stored> {
    let Draft {
        stored,
        before,
        message,
    } = draft;
    let is_first = is_first(ctx, &stored.id);
    {
        let _lock = lock(ctx)?;
        move_ref(ctx, before, &stored, &message)?;
        workfile::write(ctx, &stored.id, stored.record.text())?;
        workfile::hide_untracked(ctx, &stored.id);
    }
    if is_first {
        prepare_clone(ctx);
    }
    Ok(stored)
}

fn changed(record: &Record, decide: &impl Fn(&Record) -> Result<Vec<Change>>) -> Result<Record> {
    let changes = decide(record)?;
    Ok(changes.iter().fold(record.clone(), |record, change| {
        record::apply(&record, change)
    }))
}

fn is_first(ctx: &Context<'_>, id: &str) -> bool {
    ctx.repo.workdir().is_some() && !workfile::was_written_here(ctx, id)
}

/// Whoever joins an incident has a clone that no `start` has prepared.
fn prepare_clone(ctx: &Context<'_>) {
    let installed = hooks::install_when_unprepared(ctx);
    if !installed.is_empty() {
        ctx.warn(format!("hooks installed: {}", installed.join(", ")));
    }
}

/// Saves what a person changed in the work tree and what was fetched from remotes, and nothing else.
///
/// # Errors
/// As for [`change`].
pub fn take_in(ctx: &Context<'_>, id: &str) -> Result<Stored> {
    rewrite(ctx, id, "Edited by hand", |record| Ok(record.clone()))
}

/// Writes a record's first version; it is no incident before [`create`].
///
/// # Errors
/// When the object database cannot be written.
pub fn prepare(ctx: &Context<'_>, id: &str, text: &str, message: &str) -> Result<Oid> {
    commit(ctx, id, text, &[], message)
}

/// Creates a record from its first version.
///
/// # Errors
/// [`GitError::Raced`] when one of that id came up meanwhile.
pub fn create(ctx: &Context<'_>, id: &str, first: Oid, message: &str) -> Result<()> {
    let _lock = lock(ctx)?;
    let update = RefUpdate {
        name: ref_name(id),
        old: Expect::Absent,
        new: Some(first),
    };
    Ok(ctx.repo.update_ref(&update, message)?)
}

fn rewrite(
    ctx: &Context<'_>,
    id: &str,
    message: &str,
    edit: impl Fn(&Record) -> Result<Record>,
) -> Result<Stored> {
    let _lock = lock(ctx)?;
    for _ in 0..ATTEMPTS {
        let before = saved(ctx, id)?;
        let stored = match save(ctx, &before, message, &edit) {
            Err(error) if is_race(&error) => continue,
            saved => saved?,
        };
        workfile::write(ctx, id, stored.record.text())?;
        // Another clone, or a branch that had it: as after `start`.
        workfile::hide_untracked(ctx, id);
        return Ok(stored);
    }
    Err(Error::failed(format!(
        "{} is changed by another program again and again",
        ref_name(id)
    ))
    .code(Code::Raced))
}

/// One attempt: the person's edit and ours as commits on top, the ref moved once.
fn save(
    ctx: &Context<'_>,
    before: &Stored,
    message: &str,
    edit: impl Fn(&Record) -> Result<Record>,
) -> Result<Stored> {
    let stored = written(ctx, before, message, edit)?;
    move_ref(ctx, before.tip.clone(), &stored, message)?;
    Ok(stored)
}

fn move_ref(ctx: &Context<'_>, before: Oid, stored: &Stored, message: &str) -> Result<()> {
    if stored.tip == before {
        return Ok(());
    }
    let update = RefUpdate {
        name: ref_name(&stored.id),
        old: Expect::Is(before),
        new: Some(stored.tip.clone()),
    };
    Ok(ctx.repo.update_ref(&update, message)?)
}

/// The commits of one attempt, the ref not moved.
fn written(
    ctx: &Context<'_>,
    before: &Stored,
    message: &str,
    edit: impl Fn(&Record) -> Result<Record>,
) -> Result<Stored> {
    let id = &before.id;
    let mut tip = before.tip.clone();
    let mut record = before.record.clone();
    if let TakenIn::Edited { text, lost } = workfile::take_in(ctx, id, &tip, record.text())? {
        warn_of_loss(ctx, &record, &text, &tip);
        let how = match lost {
            Some(_) => "Merged with what a work tree had saved",
            None => "Edited by hand",
        };
        let parents: Vec<Oid> = std::iter::once(tip).chain(lost).collect();
        tip = commit(ctx, id, &text, &parents, how)?;
        record = Record::parse(text);
    }
    (tip, record) = with_copies(ctx, id, tip, record)?;
    if let Some(name) = incident::renamed(ctx, id, &record)? {
        let old = record.field(Field::Branch).unwrap_or_default();
        let text = format!("Branch renamed - {old} to {name}");
        let at = ctx.env.now();
        let note = Change::Note {
            at,
            text: text.clone(),
        };
        record = record::apply(&record::apply(&record, &on_branch(name)), &note);
        tip = commit(ctx, id, record.text(), &[tip], &text)?;
    }
    let changed = edit(&record)?;
    if changed.text() != record.text() {
        tip = commit(ctx, id, changed.text(), &[tip], message)?;
        record = changed;
    }
    Ok(Stored {
        id: id.clone(),
        record,
        tip,
    })
}

/// A version with what was fetched of the record since.
fn with_copies(ctx: &Context<'_>, id: &str, tip: Oid, record: Record) -> Result<(Oid, Record)> {
    let mut ours = Stored {
        id: id.to_owned(),
        record,
        tip,
    };
    for copy in copies::of(ctx, id)? {
        let Some(brought) = copies::brought(ctx, &ours, &copy) else {
            continue;
        };
        let (name, theirs) = copy;
        ours.tip = if brought.ahead {
            theirs
        } else {
            let message = format!("Merged with {}", name.trim_start_matches(copies::PREFIX));
            commit(ctx, id, &brought.text, &[ours.tip, theirs], &message)?
        };
        ours.record = Record::parse(brought.text);
    }
    Ok((ours.tip, ours.record))
}

fn on_branch(name: String) -> Change {
    Change::Field {
        field: Field::Branch,
        value: name,
    }
}

/// A person may delete what they like; a file cut off by accident must not go unnoticed.
fn warn_of_loss(ctx: &Context<'_>, before: &Record, after: &str, tip: &Oid) {
    let after = Record::parse(after);
    let lost = |had: usize, has: usize| had.saturating_sub(has);
    let sections = lost(before.sections().len(), after.sections().len());
    let entries = lost(before.timeline().len(), after.timeline().len());
    if sections > 0 || entries > 0 {
        ctx.warn(format!(
            "the edit of the record took out {sections} sections and {entries} timeline lines; \
             the version before it: git show {}",
            tip.short()
        ));
    }
}

fn commit(ctx: &Context<'_>, id: &str, text: &str, parents: &[Oid], message: &str) -> Result<Oid> {
    let who = ctx.repo.ident();
    let file = format!("{id}.md");
    let message = format!("{message}\n");
    Ok(ctx.repo.commit_file(
        &file,
        text.as_bytes(),
        parents,
        &message,
        &who,
        ctx.env.now(),
    )?)
}

/// One command at a time changes records of this repository; the lock ends with the process.
fn lock(ctx: &Context<'_>) -> Result<Option<files::Lock>> {
    let lock = files::lock(&ctx.repo.common_dir().join("hotfix").join("lock"));
    lock.map_err(|error| {
        Error::from(error)
            .context("the repository cannot be written")
            .untouched("Nothing was recorded.")
    })
}

/// Somebody else was first.
pub(super) fn is_race(error: &Error) -> bool {
    matches!(error.source.downcast_ref(), Some(GitError::Raced { .. }))
}
