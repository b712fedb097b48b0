//! `postmortem`: is it complete, and putting it into the branch.

use super::store::{self, Stored};
use super::{Code, Context, Error, Result, exclude, gate, incident, workfile};
use crate::files;
use crate::git::{Expect, Head, Oid, RefUpdate, Worktree};
use crate::record::{Field, Finding, Level, Record, lint};
use serde::Serialize;
use std::path::Path;

/// One postmortem that was checked.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Checked {
    /// The file, or the record below the work tree.
    pub file: String,
    /// What is missing.
    pub findings: Vec<Finding>,
}

/// Where the record was put.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Finalized {
    /// The incident's id.
    pub id: String,
    /// The file.
    pub file: String,
    /// The branch it was committed on.
    pub branch: String,
    /// The commit; nothing when the branch had it already.
    pub commit: Option<Oid>,
    /// Nothing was done, only looked at.
    pub dry_run: bool,
}

/// Checks files, or the record of the incident that is meant.
///
/// # Errors
/// When a file cannot be read.
pub fn check(ctx: &Context<'_>, given: Option<&str>, paths: &[String]) -> Result<Vec<Checked>> {
    if paths.is_empty() {
        let id = incident::choose_or_latest(ctx, given)?;
        let record = store::view(ctx, &id)?.record;
        let file = workfile::relative(ctx, &id);
        return Ok(vec![Checked {
            file,
            findings: ctx.remedied(lint::lint(&record)),
        }]);
    }
    paths.iter().map(|path| check_file(ctx, path)).collect()
}

fn check_file(ctx: &Context<'_>, path: &str) -> Result<Checked> {
    let file = ctx.env.cwd.join(path);
    let root = file.parent().unwrap_or(Path::new("/"));
    let text = files::read_text(root, &file, workfile::LIMIT)?;
    let text = text.ok_or_else(|| Error::usage(format!("{path} is not there")).code(Code::File))?;
    Ok(Checked {
        file: path.to_owned(),
        findings: lint::lint(&Record::parse(text)),
    })
}

/// Nothing that blocks is found.
pub fn is_complete(record: &Record) -> bool {
    lint::lint(record)
        .iter()
        .all(|finding| finding.level < Level::Block)
}

/// Commits the complete record: on the hotfix branch before it landed, else on the current branch.
///
/// # Errors
/// When the record is not complete, or HEAD is no branch.
pub fn finalize(ctx: &Context<'_>, given: Option<&str>, dry_run: bool) -> Result<Finalized> {
    let id = incident::choose_or_latest(ctx, given)?;
    let stored = if dry_run {
        store::view(ctx, &id)?
    } else {
        store::take_in(ctx, &id)?
    };
    let findings = ctx.remedied(lint::lint(&stored.record));
    if findings.iter().any(|finding| finding.level == Level::Block) {
        return Err(Error::refused("the postmortem is not complete")
            .code(Code::PostmortemIncomplete)
            .findings(findings)
            .untouched("Nothing was committed."));
    }
    let branch = branch(ctx, &stored)?;
    let file = workfile::relative(ctx, &id);
    let commit = if dry_run {
        None
    } else {
        commit_on_branch(ctx, &stored, &branch)?
    };
    Ok(Finalized {
        id,
        file,
        branch,
        commit,
        dry_run,
    })
}

fn branch(ctx: &Context<'_>, stored: &Stored) -> Result<String> {
    if gate::tip(ctx, &stored.record)?.is_some()
        && let Some(branch) = stored.record.field(Field::Branch)
    {
        return Ok(branch.to_owned());
    }
    match ctx.repo.head()? {
        Head::Branch { name, .. } => Ok(name),
        _ => Err(
            Error::usage("HEAD is not on a branch that the postmortem could go to")
                .untouched("Nothing was committed.")
                .next("git switch main, then again"),
        ),
    }
}

/// Commits the record on top of a branch; nothing when the branch has it already.
///
/// Only the record's own path is touched, in the index too: what a person has staged stays so.
fn commit_on_branch(ctx: &Context<'_>, stored: &Stored, branch: &str) -> Result<Option<Oid>> {
    let name = format!("refs/heads/{branch}");
    let tip = ctx.repo.find_ref(&name)?;
    let tip = tip.ok_or_else(|| {
        Error::failed(format!("there is no branch {branch}")).code(Code::NoSuchRevision)
    })?;
    let commit = commit(ctx, stored, branch, &tip)?;
    if let Some(commit) = &commit {
        let update = RefUpdate {
            name,
            old: Expect::Is(tip.clone()),
            new: Some(commit.clone()),
        };
        ctx.repo.update_ref(&update, "hotfix: postmortem")?;
    }
    let (id, text) = (&stored.id, stored.record.text());
    let holder = commit.as_ref().unwrap_or(&tip);
    settle(ctx, id, text, branch, holder, &ctx.repo.worktrees()?)?;
    unhide(ctx, id)?;
    Ok(commit)
}

/// Writes the commit that puts the record on top of a branch's tip; nothing when it is there
/// already. No ref moves.
///
/// # Errors
/// When the object database cannot be written.
pub(super) fn commit(
    ctx: &Context<'_>,
    stored: &Stored,
    branch: &str,
    tip: &Oid,
) -> Result<Option<Oid>> {
    let file = workfile::relative(ctx, &stored.id);
    let text = stored.record.text().as_bytes();
    if ctx
        .repo
        .file_at(tip, &file)?
        .is_some_and(|(_, bytes)| bytes == text)
    {
        return Ok(None);
    }
    let tree = ctx.repo.tree_with_file(tip, &file, text)?;
    let message = message(ctx, stored, branch);
    Ok(Some(ctx.repo.commit_tree(
        &tree,
        std::slice::from_ref(tip),
        &message,
    )?))
}

/// Where a branch has the record, so have the index and the files of the work trees that are on it.
///
/// # Errors
/// When git cannot write the index.
pub(super) fn settle(
    ctx: &Context<'_>,
    id: &str,
    text: &str,
    branch: &str,
    commit: &Oid,
    trees: &[Worktree],
) -> Result<()> {
    let file = workfile::relative(ctx, id);
    if let Some((blob, _)) = ctx.repo.file_at(commit, &file)? {
        for tree in trees.iter().filter(|tree| tree.is_on(branch)) {
            ctx.elsewhere(&tree.path, |there| {
                there.repo.index_put(&file, &blob)?;
                workfile::write(there, id, text)
            })?;
        }
    }
    Ok(())
}

/// The file need not be hidden any more where it is tracked: so once every work tree that has it
/// stands on a commit that has it too.
///
/// # Errors
/// When the list cannot be written.
pub(super) fn unhide(ctx: &Context<'_>, id: &str) -> Result<()> {
    let file = workfile::relative(ctx, id);
    for tree in ctx.repo.worktrees()? {
        let tracked = match &tree.head {
            Some(head) => ctx.repo.file_at(head, &file)?.is_some(),
            None => false,
        };
        if !tracked && !tree.bare && files::exists(&tree.path.join(&file)) {
            return Ok(());
        }
    }
    exclude::remove(ctx, &file)
}

fn message(ctx: &Context<'_>, stored: &Stored, branch: &str) -> String {
    let title = stored.record.title().unwrap_or(&stored.id);
    let title = format!("postmortem of {title}");
    let incident = format!("Incident: {}", stored.id);
    if !branch.starts_with(&ctx.settings.prefix) {
        return format!("docs: {title}\n\n{incident}\n");
    }
    let format = &ctx.settings.format;
    let message = format!("{}\n\n{incident}", format.own_header(&title));
    let severity = stored.record.field(Field::Severity).unwrap_or_default();
    let known = [("Severity".to_owned(), severity.to_owned())];
    format!("{}\n", format.with_trailers(&message, &known))
}
