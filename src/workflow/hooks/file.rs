//! `file` mode: a shim in git's hooks folder, which runs the hook that stood there first.

use super::managers::{self, Manager};
use super::shim::{self, ASIDE, Shim};
use super::{Code, Context, Error, Place, Result, State, place};
use crate::files;
use std::path::{Path, PathBuf};

/// Where managers put a hook that they find: pre-commit and prek run it first, lefthook never.
const MOVED: [&str; 2] = [".legacy", ".old"];

/// What stands in an event's place.
pub(super) fn state(ctx: &Context<'_>, folder: &Path, event: &str) -> Result<State> {
    let place = folder.join(event);
    if !files::exists(&place) {
        return Ok(State::Missing);
    }
    // What cannot be read as a text, a program or a link to nothing, is none of ours.
    Ok(match managers::text(&place) {
        Some(text) if text == shim(ctx, event)? => State::Installed,
        Some(text) if shim::is_ours(&text) => State::Outdated,
        _ => State::Foreign,
    })
}

/// Where the hook is kept that stood in the place of ours.
pub(super) fn aside(folder: &Path, event: &str) -> PathBuf {
    folder.join(format!("{event}{ASIDE}"))
}

/// Our shim where a manager has put it, and whether that manager runs it from there.
pub(super) fn moved(folder: &Path, event: &str) -> Option<(PathBuf, bool)> {
    let author = managers::text(&folder.join(event)).and_then(|text| managers::author(&text));
    let place = MOVED.iter().find_map(|end| {
        let path = folder.join(format!("{event}{end}"));
        let is_ours = managers::text(&path).is_some_and(|text| shim::is_ours(&text));
        is_ours.then_some((path, *end))
    });
    let (path, end) = place?;
    let runs = end == ".legacy"
        && matches!(author, Some(Manager::PreCommit | Manager::Prek))
        && files::is_executable(&path);
    Some((path, runs))
}

/// Says why a foreign hook could not be kept.
///
/// # Errors
/// When another hook stands where it would go.
pub(super) fn can_be_kept(folder: &Path, event: &str) -> Result<()> {
    let (place, aside) = (folder.join(event), aside(folder, event));
    if !files::exists(&aside) || is_same(&place, &aside) {
        return Ok(());
    }
    Err(Error::failed(format!(
        "{} is somebody else's hook, and {} is in the way of keeping it",
        place.display(),
        aside.display()
    ))
    .code(Code::ChangedByHand)
    .untouched("Nothing was installed.")
    .next(format!(
        "Look at both; move {event}{ASIDE} away, then install again."
    )))
}

/// A manager that installed itself again has written what is kept already.
fn is_same(one: &Path, other: &Path) -> bool {
    let text = managers::text(one);
    text.is_some()
        && text == managers::text(other)
        && files::is_executable(one) == files::is_executable(other)
}

/// Puts our shim in an event's place and keeps what stands there.
///
/// # Errors
/// When a file cannot be written.
pub(super) fn write(ctx: &Context<'_>, folder: &Path, event: &str) -> Result<()> {
    let place = folder.join(event);
    let state = state(ctx, folder, event)?;
    let root = place::root(ctx, folder).unwrap_or(folder);
    if state == State::Foreign {
        files::rename(&place, &aside(folder, event))?;
    }
    if state != State::Installed {
        files::write_atomic(root, &place, shim(ctx, event)?.as_bytes())?;
    }
    files::make_executable(&place)?;
    remove_moved(folder, event)
}

/// Takes our shim away and brings the earlier hook back, to where it would be had ours never stood
/// there.
///
/// # Errors
/// When a file cannot be removed.
pub(super) fn remove(ctx: &Context<'_>, folder: &Path, event: &str) -> Result<()> {
    let (place, aside) = (folder.join(event), aside(folder, event));
    match state(ctx, folder, event)? {
        State::Installed | State::Outdated if files::exists(&aside) => {
            files::rename(&aside, &place)?;
        }
        State::Installed | State::Outdated => files::remove(&place)?,
        // A manager that installed itself again behind ours.
        _ if is_same(&place, &aside) => files::remove(&aside)?,
        _ => {
            if let Some((path, _)) = moved(folder, event)
                && files::exists(&aside)
            {
                files::rename(&aside, &path)?;
            }
        }
    }
    remove_moved(folder, event)
}

fn remove_moved(folder: &Path, event: &str) -> Result<()> {
    while let Some((path, _)) = moved(folder, event) {
        files::remove(&path)?;
    }
    Ok(())
}

/// Whether anything of ours stands for an event.
///
/// # Errors
/// When this program's path is not known.
pub(super) fn stands(ctx: &Context<'_>, folder: &Path, event: &str) -> Result<bool> {
    let in_place = matches!(
        state(ctx, folder, event)?,
        State::Installed | State::Outdated
    );
    Ok(in_place || moved(folder, event).is_some())
}

/// The folders that may hold shims of ours: git's, and the usual one, which stays behind when
/// `core.hooksPath` is set later.
pub(super) fn folders(ctx: &Context<'_>, place: &Place) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = place.folder().map(Path::to_owned).into_iter().collect();
    let usual = place::usual(ctx);
    if !folders
        .iter()
        .any(|folder| files::real(folder) == files::real(&usual))
    {
        folders.push(usual);
    }
    folders
}

fn shim(ctx: &Context<'_>, event: &str) -> Result<String> {
    let shim = Shim {
        binary: &shim::binary(ctx.env)?,
        prefix: &ctx.settings.prefix,
        event,
    };
    Ok(shim.file())
}
