//! What may be typed next: the values a shell offers for an argument.
//!
//! It is asked at a keystroke, so it reads only what is here, and what cannot be read is left out.

use super::status::CheckItem;
use super::{Context, Result, checklist, incident, store};
use crate::git::{Head, Oid};
use crate::policy::style::Style;
use crate::record::ItemState;

/// What kind of value is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An incident's id.
    Incident,
    /// An item of the deploy checklist.
    Item,
    /// A branch, here or on a remote.
    Branch,
    /// A branch, a tag or HEAD.
    Revision,
    /// One of the latest commits, or a revision.
    Commit,
    /// A severity of the team's.
    Severity,
    /// How a fix looks in production.
    Style,
    /// Where updates are sent.
    Destination,
}

/// A value with what is to be said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// What is typed.
    pub value: String,
    /// A few words, or none.
    pub about: String,
    /// Another way to type the same, for a value that a command line cannot hold.
    pub instead: Option<String>,
    /// An incident that is resolved or abandoned.
    pub over: bool,
}

impl Candidate {
    /// A value and what is said of it.
    pub fn new(value: impl Into<String>, about: impl Into<String>) -> Candidate {
        Candidate {
            value: value.into(),
            about: about.into(),
            instead: None,
            over: false,
        }
    }
}

/// Nobody looks through more; each title costs a record to be read.
const TITLES: usize = 100;

/// As many commits as are likely to hold the one that broke production.
const COMMITS: usize = 20;

/// So many name one commit in the largest repositories.
const DIGITS: usize = 12;

/// The values there are, the likeliest first; `incident` is the one named with `-i`.
///
/// # Errors
/// When there is nothing to read them from.
pub fn of(ctx: &Context<'_>, kind: Kind, incident: Option<&str>) -> Result<Vec<Candidate>> {
    match kind {
        Kind::Incident => incidents(ctx),
        Kind::Item => items(ctx, incident),
        Kind::Branch => branches(ctx),
        Kind::Revision => revisions(ctx),
        Kind::Commit => Ok([commits(ctx)?, revisions(ctx)?].concat()),
        Kind::Severity => Ok(severities(ctx)),
        Kind::Style => Ok(styles()),
        Kind::Destination => Ok(destinations(ctx)),
    }
}

/// Their names; addresses are nobody's to see.
fn destinations(ctx: &Context<'_>) -> Vec<Candidate> {
    let set = ctx.settings.announce.destinations.iter();
    set.map(|one| Candidate::new(one.name.clone(), ""))
        .collect()
}

/// Those that are open, then the others. Ids begin with their day, so the latest come first.
fn incidents(ctx: &Context<'_>) -> Result<Vec<Candidate>> {
    let open = incident::open_ids(ctx)?;
    let mut ids = store::ids(ctx)?;
    ids.reverse();
    let is_over = |id: &String| !open.contains(id);
    ids.sort_by_key(|(id, _)| is_over(id));
    let titled = |(at, (id, tip)): (usize, (String, Oid))| {
        let stored = match at < TITLES {
            true => store::readable(ctx, &id, tip),
            false => None,
        };
        let title = stored.and_then(|stored| stored.record.title().map(str::to_owned));
        Candidate {
            over: is_over(&id),
            ..Candidate::new(id, title.unwrap_or_default())
        }
    };
    Ok(ids.into_iter().enumerate().map(titled).collect())
}

/// By their words, which read better than numbers; the number does where words cannot be typed.
fn items(ctx: &Context<'_>, incident: Option<&str>) -> Result<Vec<Candidate>> {
    let list = checklist::items(ctx, incident)?.checklist;
    let candidate = |item: CheckItem| {
        let about = match item.state {
            ItemState::Done => "done",
            ItemState::Skipped => "skipped",
            ItemState::Open if item.optional => "optional",
            ItemState::Open => "",
        };
        Candidate {
            instead: Some(item.number.to_string()),
            ..Candidate::new(item.label, about)
        }
    };
    Ok(list.into_iter().map(candidate).collect())
}

fn branches(ctx: &Context<'_>) -> Result<Vec<Candidate>> {
    let mut names = named(ctx, "refs/heads/", "branch")?;
    names.extend(named(ctx, "refs/remotes/", "remote branch")?);
    Ok(names)
}

fn revisions(ctx: &Context<'_>) -> Result<Vec<Candidate>> {
    let mut names = vec![Candidate::new("HEAD", "the current commit")];
    names.extend(branches(ctx)?);
    names.extend(named(ctx, "refs/tags/", "tag")?);
    Ok(names)
}

fn named(ctx: &Context<'_>, prefix: &str, about: &str) -> Result<Vec<Candidate>> {
    let refs = ctx.repo.list_refs(prefix)?;
    let names = refs.iter().map(|(name, _)| &name[prefix.len()..]);
    Ok(names
        .filter(|name| !name.ends_with("/HEAD"))
        .map(|name| Candidate::new(name, about))
        .collect())
}

fn commits(ctx: &Context<'_>) -> Result<Vec<Candidate>> {
    let head = match ctx.repo.head()? {
        Head::Branch { oid, .. } | Head::Detached { oid } => oid,
        Head::Unborn { .. } => return Ok(Vec::new()),
    };
    let latest = ctx.repo.mainline(&head, COMMITS)?;
    let digits = |id: &Oid| id.as_str()[..DIGITS].to_owned();
    Ok(latest
        .iter()
        .map(|commit| Candidate::new(digits(&commit.id), commit.subject()))
        .collect())
}

fn severities(ctx: &Context<'_>) -> Vec<Candidate> {
    let rows = ctx.settings.severities.rows().iter();
    rows.map(|row| Candidate::new(&row.name, &row.meaning))
        .collect()
}

fn styles() -> Vec<Candidate> {
    let styles = Style::ALL.iter();
    styles
        .map(|style| Candidate::new(style.name(), ""))
        .collect()
}
