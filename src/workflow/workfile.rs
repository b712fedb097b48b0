//! The record's file in the work tree: what a person changed in it, and writing it anew.
//!
//! Which version a file came from is remembered in this work tree's git directory
//! (`hotfix/saved/<id>`, the ids of the blob and of its commit). It is a hint: without it the
//! record's own history tells.

use super::{Context, Error, Result, exclude, incident, store};
use crate::files::{self, FileError};
use crate::git::Oid;
use crate::record::{self, Merged};
use std::path::PathBuf;

/// A record larger than this is not a record.
pub(super) const LIMIT: u64 = 4 * 1024 * 1024;

/// How far back a stale copy is looked for.
const HISTORY: usize = 10_000;

/// What the work-tree file adds to the version on the ref.
#[derive(Debug)]
pub(super) enum TakenIn {
    /// Nothing: it is the same, an older one, empty or not there.
    Nothing,
    /// A person's edit, or what the ref has lost; the text is both merged.
    Edited {
        /// The merged text.
        text: String,
        /// What was saved here last, when the ref does not have it any more.
        lost: Option<Oid>,
    },
}

/// The record's path below the work tree, with `/`.
pub(super) fn relative(ctx: &Context<'_>, id: &str) -> String {
    format!("{}/{id}.md", ctx.settings.postmortems.trim_end_matches('/'))
}

/// The record's file; nothing in a bare repository.
pub(super) fn path(ctx: &Context<'_>, id: &str) -> Option<PathBuf> {
    ctx.repo.workdir().map(|top| top.join(relative(ctx, id)))
}

/// Compares the work-tree file with the version on the ref.
///
/// # Errors
/// When the file is no record one could read: a folder, not UTF-8, too large, a link outside.
pub(super) fn take_in(ctx: &Context<'_>, id: &str, tip: &Oid, saved: &str) -> Result<TakenIn> {
    let Some(here) = read(ctx, id)? else {
        return Ok(TakenIn::Nothing);
    };
    if here.as_deref() == Some(saved) {
        return Ok(TakenIn::Nothing);
    }
    let origin = origin(ctx, id)?;
    if here.is_none()
        && match &origin {
            Some(origin) => origin.blob == ctx.repo.blob_id(saved.as_bytes())?,
            None => true,
        }
    {
        return Ok(TakenIn::Nothing);
    }
    let versions = versions(ctx, id, tip)?;
    let edit = match here {
        Some(text) if is_edit(ctx, id, &text, origin.as_ref(), &versions)? => Some(text),
        _ => None,
    };
    let had = match &origin {
        Some(origin) => text_of(ctx.repo.blob(&origin.blob)?),
        None => None,
    };
    let lost = origin.filter(|origin| !versions.iter().any(|(_, blob)| *blob == origin.blob));
    let (mut merged, beside) = match (&lost, &had) {
        (Some(lost), Some(had)) => healed(ctx, id, lost, had, tip, saved)?,
        _ => (unchanged(saved), None),
    };
    if let Some(edit) = edit {
        merged = record::merge(had.as_deref().unwrap_or_default(), &edit, &merged.text);
    }
    if merged.text == saved {
        return Ok(TakenIn::Nothing);
    }
    if merged.conflicts > 0 {
        let file = relative(ctx, id);
        ctx.warn(format!(
            "{file} was edited here and elsewhere: both versions are marked in it"
        ));
    }
    Ok(TakenIn::Edited {
        text: merged.text,
        lost: beside,
    })
}

fn unchanged(text: &str) -> Merged {
    Merged {
        text: text.to_owned(),
        conflicts: 0,
    }
}

/// What was saved here last and is not on the ref any more (somebody set it back), merged in again,
/// with its commit when that brought something.
fn healed(
    ctx: &Context<'_>,
    id: &str,
    lost: &Origin,
    had: &str,
    tip: &Oid,
    saved: &str,
) -> Result<(Merged, Option<Oid>)> {
    let (base, commit) = parted(ctx, id, lost, tip)?;
    let merged = record::merge(&base, had, saved);
    if merged.text == saved {
        return Ok((merged, None));
    }
    ctx.warn(format!(
        "{} has lost what was saved here last: it is merged in again",
        store::ref_name(id)
    ));
    Ok((merged, commit))
}

/// The file's text; nothing inside when it is not there or says nothing, nothing at all where there
/// can be no file.
fn read(ctx: &Context<'_>, id: &str) -> Result<Option<Option<String>>> {
    let (Some(top), Some(file)) = (ctx.repo.workdir(), path(ctx, id)) else {
        return Ok(None);
    };
    match files::read_text(top, &file, LIMIT) {
        Ok(Some(text)) if text.trim().is_empty() => {
            ctx.warn(format!(
                "{} was empty: the record is kept as it was last saved",
                relative(ctx, id)
            ));
            Ok(Some(None))
        }
        Ok(text) => Ok(Some(text)),
        Err(error) => match no_folder(ctx, id, &error) {
            Some(warning) => {
                ctx.warn(warning);
                Ok(Some(None))
            }
            None => Err(unreadable(ctx, id, error)),
        },
    }
}

/// Whether a person wrote what stands in the file. What was saved once may have been put there by
/// git (another branch, a checkout), but only if it is HEAD's: going back by hand is an edit too.
fn is_edit(
    ctx: &Context<'_>,
    id: &str,
    text: &str,
    origin: Option<&Origin>,
    versions: &[(Oid, Oid)],
) -> Result<bool> {
    let blob = ctx.repo.blob_id(text.as_bytes())?;
    if origin.is_some_and(|origin| origin.blob == blob) {
        return Ok(false);
    }
    let Some(at) = versions.iter().position(|(_, have)| *have == blob) else {
        return Ok(true);
    };
    // The record may have said the same twice, so the commit is asked first.
    let of_commit = |origin: &Origin| {
        let commit = origin.commit.as_ref()?;
        versions.iter().position(|(have, _)| have == commit)
    };
    let of_blob = |origin: &Origin| versions.iter().position(|(_, have)| *have == origin.blob);
    let written = origin.and_then(|origin| of_commit(origin).or_else(|| of_blob(origin)));
    match written {
        Some(written) if written < at => Ok(at_head(ctx, id)?.as_ref() != Some(&blob)),
        // Unknown where it came from, or newer: written here by a command that was stopped then.
        _ => Ok(false),
    }
}

/// The text that a version saved here and the ref's both came from, and the commit that was saved.
fn parted(ctx: &Context<'_>, id: &str, lost: &Origin, tip: &Oid) -> Result<(String, Option<Oid>)> {
    let unknown = (String::new(), None);
    let Some(commit) = &lost.commit else {
        return Ok(unknown);
    };
    // git throws away what no ref has, after a while.
    if ctx.repo.commit_of(commit.as_str())?.is_none() {
        return Ok(unknown);
    }
    let base = match ctx.repo.merge_base(commit, tip)? {
        Some(base) => ctx.repo.file_at(&base, &format!("{id}.md"))?,
        None => None,
    };
    let base = text_of(base.map(|(_, bytes)| bytes)).unwrap_or_default();
    Ok((base, Some(commit.clone())))
}

fn text_of(bytes: Option<Vec<u8>>) -> Option<String> {
    bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// The blob that HEAD has in the file's place.
fn at_head(ctx: &Context<'_>, id: &str) -> Result<Option<Oid>> {
    let Some(head) = ctx.repo.commit_of("HEAD")? else {
        return Ok(None);
    };
    let tracked = ctx.repo.file_at(&head, &relative(ctx, id))?;
    Ok(tracked.map(|(blob, _)| blob))
}

/// Writes the file and remembers the version; a work tree that cannot be written is only warned of,
/// since the record itself is safe on its ref.
pub(super) fn write(ctx: &Context<'_>, id: &str, text: &str) -> Result<()> {
    let (Some(top), Some(file)) = (ctx.repo.workdir(), path(ctx, id)) else {
        return Ok(());
    };
    if let Err(error) = files::write_staged(top, &file, text.as_bytes(), ctx.repo.git_dir()) {
        let warning = no_folder(ctx, id, &error);
        ctx.warn(
            warning.unwrap_or_else(|| format!("saved, but the file could not be written: {error}")),
        );
        return Ok(());
    }
    remember(ctx, id, text)
}

/// Takes away a file that was just written: the work goes on elsewhere.
pub(super) fn discard(ctx: &Context<'_>, id: &str) {
    let file = path(ctx, id);
    if let Some(file) = file.filter(|file| files::exists(file))
        && let Err(error) = files::remove(&file)
    {
        ctx.warn(error.to_string());
    }
}

/// Whether the file stands in this work tree.
pub(super) fn is_there(ctx: &Context<'_>, id: &str) -> bool {
    path(ctx, id).is_some_and(|file| files::exists(&file))
}

/// Hides the file from `git status` until it is tracked.
pub(super) fn hide(ctx: &Context<'_>, id: &str) {
    if let Err(error) = exclude::add(ctx, &relative(ctx, id)) {
        ctx.warn(format!(
            "the record will show in git status: {}",
            error.message()
        ));
    }
}

/// The same, unless HEAD has the file: then it shows what is not committed yet.
pub(super) fn hide_untracked(ctx: &Context<'_>, id: &str) {
    let hidden = exclude::has(ctx, &relative(ctx, id)).unwrap_or(false);
    if !hidden && is_there(ctx, id) && matches!(at_head(ctx, id), Ok(None)) {
        hide(ctx, id);
    }
}

/// Whether this work tree has ever been given the file.
pub(super) fn was_written_here(ctx: &Context<'_>, id: &str) -> bool {
    files::exists(&marker(ctx, id))
}

/// The version that the file in this work tree was written from.
struct Origin {
    blob: Oid,
    /// Its commit, where that was known.
    commit: Option<Oid>,
}

fn remember(ctx: &Context<'_>, id: &str, text: &str) -> Result<()> {
    let blob = ctx.repo.blob_id(text.as_bytes())?;
    let mut note = format!("{blob}\n");
    if let Some(tip) = ctx.repo.find_ref(&store::ref_name(id))?
        && let Some((have, _)) = ctx.repo.file_at(&tip, &format!("{id}.md"))?
        && have == blob
    {
        note.push_str(&format!("{tip}\n"));
    }
    let root = ctx.repo.git_dir();
    files::write_note(root, &marker(ctx, id), note.as_bytes())?;
    Ok(())
}

fn marker(ctx: &Context<'_>, id: &str) -> PathBuf {
    ctx.repo.git_dir().join("hotfix").join("saved").join(id)
}

fn origin(ctx: &Context<'_>, id: &str) -> Result<Option<Origin>> {
    let text = files::read_text(ctx.repo.git_dir(), &marker(ctx, id), 256)?.unwrap_or_default();
    let mut ids = text.lines().map(|line| Oid::from_hex(line.trim()));
    let Some(blob) = ids.next().flatten() else {
        return Ok(None);
    };
    let commit = ids.next().flatten();
    Ok(Some(Origin { blob, commit }))
}

/// The commits of the record's history and their blobs, latest first.
fn versions(ctx: &Context<'_>, id: &str, tip: &Oid) -> Result<Vec<(Oid, Oid)>> {
    let name = format!("{id}.md");
    let mut versions = Vec::new();
    for commit in ctx.repo.range(&[], std::slice::from_ref(tip), HISTORY)? {
        if let Some((blob, _)) = ctx.repo.file_at(&commit.id, &name)? {
            versions.push((commit.id, blob));
        }
    }
    versions.reverse();
    Ok(versions)
}

/// What to say when it is not the file that is wrong but a folder on the way to it.
fn no_folder(ctx: &Context<'_>, id: &str, error: &FileError) -> Option<String> {
    let (FileError::NotAFile(part)
    | FileError::NotAFolder(part)
    | FileError::Leaves { path: part, .. }) = error
    else {
        return None;
    };
    let file = path(ctx, id)?;
    if *part == file || !file.starts_with(part) {
        return None;
    }
    let top = ctx.repo.workdir()?;
    let shown = part.strip_prefix(top).unwrap_or(part).display();
    let wrong = match error {
        FileError::Leaves { .. } => "is a link that leaves the work tree",
        _ => "is not a folder",
    };
    Some(format!(
        "the record is kept on its ref, its file could not be written: {shown} {wrong}. \
         To have the file elsewhere: git config hotfix.postmortems <folder>"
    ))
}

fn unreadable(ctx: &Context<'_>, id: &str, error: FileError) -> Error {
    let file = relative(ctx, id);
    let show = incident::naming(id, "git hotfix show");
    Error::from(error)
        .context("the record in the work tree cannot be read")
        .untouched(
            "Nothing was recorded; the file is as it was. The record itself is safe on its ref:",
        )
        .next(show)
        .next(format!("Move it away and go on: mv {file} {file}.odd"))
}
