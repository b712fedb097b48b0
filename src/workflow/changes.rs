//! `changes`: what changed in production recently.

use super::log::Target;
use super::{Code, Context, Error, Result, gate, incident, production, release, store};
use crate::git::Oid;
use crate::git::history::ChangedFiles;
use crate::record::{Change, Field, Record};
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::collections::BTreeMap;

/// A screen has 24 lines, a suspicious release some hundred commits.
const LIMIT: usize = 2_000;

/// The commits of a range by the folders they touch.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Changes {
    /// The incident whose record now names the range; nothing without an incident.
    pub id: Option<String>,
    /// The good end, as people name it.
    pub good: String,
    /// The bad end.
    pub bad: String,
    /// How many commits.
    pub commits: usize,
    /// There are more than were looked at.
    pub truncated: bool,
    /// The folders, most touched first.
    pub folders: Vec<Folder>,
}

/// A folder and the commits that touched it.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Folder {
    /// Its path, two levels at most; `.` is the top.
    pub path: String,
    /// Its commits, newest first.
    pub commits: Vec<Commit>,
}

impl Folder {
    /// Its path, as people name it.
    pub fn words(&self) -> &str {
        if self.path == "." {
            "(top)"
        } else {
            &self.path
        }
    }
}

/// A commit in one line.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Commit {
    /// Its id.
    pub id: Oid,
    /// Its first line.
    pub subject: String,
    /// Who wrote it.
    pub author: String,
    /// When it was committed.
    pub at: DateTime<Utc>,
}

/// The commits between the release before the base and the base, or of a given `good..bad`.
///
/// # Errors
/// When an end names no commit, or no release before the base is known.
pub fn changes(ctx: &Context<'_>, target: Target<'_>, range: Option<&str>) -> Result<Changes> {
    let at = ctx.at(target.at)?;
    let id = match incident::choose_or_unfinished(ctx, target.incident) {
        Ok(id) => Some(id),
        Err(error) if target.incident.is_some() => return Err(error),
        Err(_) => None,
    };
    let record = match &id {
        Some(id) => Some(store::view(ctx, id)?.record),
        None => None,
    };
    let (good, bad) = ends(ctx, record.as_ref(), range)?;
    let commits = ctx.repo.range_with_files(&good.1, &bad.1, LIMIT + 1)?;
    let truncated = commits.len() > LIMIT;
    let count = commits.len().min(LIMIT);
    let folders = by_folder(&commits[..count]);
    let changes = Changes {
        id,
        good: good.0,
        bad: bad.0,
        commits: count,
        truncated,
        folders,
    };
    if let Some(id) = &changes.id {
        note_range(ctx, id, &changes, at)?;
    }
    Ok(changes)
}

type End = (String, Oid);

fn ends(ctx: &Context<'_>, record: Option<&Record>, range: Option<&str>) -> Result<(End, End)> {
    if let Some(range) = range {
        let (good, bad) = range.split_once("..").ok_or_else(|| {
            Error::usage(format!("'{range}' is not a range"))
                .next("git hotfix changes v1.2.0..v1.3.0")
        })?;
        let bad = if bad.is_empty() { "HEAD" } else { bad };
        return Ok((named(ctx, good)?, named(ctx, bad)?));
    }
    let bad = base(ctx, record)?;
    if let Some(tag) = release::before(ctx, &bad.1, false)? {
        return Ok((named(ctx, &tag)?, bad));
    }
    Err(Error::usage("no release before the base is known")
        .next("Say the last good one: git hotfix changes <good>..<bad>"))
}

fn named(ctx: &Context<'_>, revision: &str) -> Result<End> {
    match ctx.repo.commit_of(revision)? {
        Some(oid) => Ok((revision.to_owned(), oid)),
        None => {
            Err(Error::usage(format!("'{revision}' names no commit")).code(Code::NoSuchRevision))
        }
    }
}

/// The base of the incident, else what is in production.
fn base(ctx: &Context<'_>, record: Option<&Record>) -> Result<End> {
    if let Some(record) = record
        && let Some(tip) = gate::tip(ctx, record)?
        && let Some(base) = gate::base(ctx, record, &tip)?
    {
        let words = record.field(Field::Base).unwrap_or(base.short());
        let name = words.split_once(" (").map_or(words, |(name, _)| name);
        return Ok((name.to_owned(), base));
    }
    let production = production::find(ctx)?;
    let (oid, name) = production::tip(ctx, &production)?;
    Ok((name, oid))
}

fn by_folder(commits: &[ChangedFiles]) -> Vec<Folder> {
    let mut folders: BTreeMap<String, Vec<Commit>> = BTreeMap::new();
    for changed in commits {
        let mut touched: Vec<String> = changed.files.iter().map(|file| folder(file)).collect();
        touched.sort();
        touched.dedup();
        let commit = Commit {
            id: changed.commit.id.clone(),
            subject: changed.commit.subject().to_owned(),
            author: changed.commit.author.name.clone(),
            at: changed.commit.committed,
        };
        for path in touched {
            folders.entry(path).or_default().push(commit.clone());
        }
    }
    let mut folders: Vec<Folder> = folders
        .into_iter()
        .map(|(path, commits)| Folder { path, commits })
        .collect();
    folders.sort_by_key(|folder| std::cmp::Reverse(folder.commits.len()));
    folders
}

/// Two levels tell where it is without a line for every folder.
fn folder(file: &str) -> String {
    let mut parts: Vec<&str> = file.split('/').collect();
    parts.pop();
    parts.truncate(2);
    if parts.is_empty() {
        ".".to_owned()
    } else {
        parts.join("/")
    }
}

/// The range goes into the record once; the same range again changes nothing.
fn note_range(ctx: &Context<'_>, id: &str, changes: &Changes, at: DateTime<Utc>) -> Result<()> {
    let Changes {
        good, bad, commits, ..
    } = changes;
    let most: Vec<&str> = changes.folders.iter().take(3).map(Folder::words).collect();
    let plural = if *commits == 1 { "" } else { "s" };
    let value = format!(
        "{good}..{bad}: {commits} commit{plural}, most in {}",
        most.join(", ")
    );
    store::change(ctx, id, "Recent changes looked at", |record| {
        if record.field(Field::RecentChanges) == Some(value.as_str()) {
            return Ok(Vec::new());
        }
        let text = format!("Recent changes looked at - {good}..{bad}, {commits} commit{plural}");
        Ok(vec![
            Change::Field {
                field: Field::RecentChanges,
                value: value.clone(),
            },
            Change::Note { at, text },
        ])
    })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::folder;

    #[test]
    fn files_are_grouped_by_two_levels_of_folders() {
        assert_eq!(folder("README.md"), ".");
        assert_eq!(folder("src/auth/token/parse.rs"), "src/auth");
        assert_eq!(folder("src/main.rs"), "src");
    }
}
