//! Files written beside their place and renamed into it, and what is left of those that were not.

use super::{FileError, io, resolve};
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::time::Duration;

/// Writes a file below `root` beside its place, syncs it and renames it; folders are made. A link
/// that stays inside `root` is written through.
///
/// # Errors
/// As for [`read_text`]; the old file stays whole.
pub fn write_atomic(root: &Path, path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    write(root, path, bytes, None, true)
}

/// The same with the unfinished file in the folder `staging` instead of beside its place, when both
/// are on one file system: whoever is killed then leaves nothing where people work.
///
/// # Errors
/// As for [`write_atomic`].
pub fn write_staged(
    root: &Path,
    path: &Path,
    bytes: &[u8],
    staging: &Path,
) -> Result<(), FileError> {
    sweep(staging);
    match write(root, path, bytes, Some(staging), true) {
        Err(FileError::Io { source, .. }) if source.kind() == ErrorKind::CrossesDevices => {
            path.parent().into_iter().for_each(sweep);
            write(root, path, bytes, None, true)
        }
        written => written,
    }
}

/// As [`write_atomic`] for a file that must not be there yet; whether it was not.
///
/// # Errors
/// As for [`write_atomic`].
pub fn write_new(root: &Path, path: &Path, bytes: &[u8]) -> Result<bool, FileError> {
    let place = resolve(root, path)?;
    let folder = place
        .real
        .parent()
        .ok_or_else(|| FileError::NotAFile(path.to_owned()))?;
    let write = || -> std::io::Result<bool> {
        std::fs::create_dir_all(folder)?;
        let mut builder = tempfile::Builder::new();
        let mut temporary = builder.prefix(UNFINISHED).tempfile_in(folder)?;
        temporary.write_all(bytes)?;
        temporary.as_file().sync_all()?;
        match temporary.persist_noclobber(&place.real) {
            Ok(_) => Ok(true),
            Err(error) if error.error.kind() == ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(error.error),
        }
    };
    write().map_err(|source| io(path, source))
}

/// The names of what lies in a folder, sorted; none where there is no folder. One that is not UTF-8 is
/// left out. What somebody who was
/// killed has left half written is passed over, and swept when it is old.
///
/// # Errors
/// What the system says.
pub fn names_in(folder: &Path) -> Result<Vec<String>, FileError> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(source) if source.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(io(folder, source)),
    };
    let names = entries
        .map(|entry| entry.map(|entry| entry.file_name().into_string().ok()))
        .collect::<std::io::Result<Vec<_>>>()
        .map_err(|source| io(folder, source))?;
    let mut names: Vec<String> = names.into_iter().flatten().collect();
    if names.iter().any(|name| name.starts_with(UNFINISHED)) {
        sweep(folder);
        names.retain(|name| !name.starts_with(UNFINISHED));
    }
    names.sort();
    Ok(names)
}

/// Adds text at the end of a file below `root`, which is made when it is not there; what stands in
/// it is not written again.
///
/// # Errors
/// As for [`read_text`].
pub fn append(root: &Path, path: &Path, text: &str) -> Result<(), FileError> {
    let place = resolve(root, path)?;
    let write = || -> std::io::Result<()> {
        if let Some(folder) = place.real.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut file = File::options()
            .append(true)
            .create(true)
            .open(&place.real)?;
        file.write_all(text.as_bytes())
    };
    write().map_err(|source| io(path, source))
}

/// The same without waiting for the disk: for notes that can be made anew.
///
/// # Errors
/// As for [`write_atomic`].
pub fn write_note(root: &Path, path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    write(root, path, bytes, None, false)
}

/// How unfinished files are called.
const UNFINISHED: &str = ".git-hotfix-";

/// Nothing is written for this long.
const ABANDONED: Duration = Duration::from_secs(60);

/// Removes what somebody who was killed has left half written in a folder. It stands in nobody's
/// way, so what cannot be removed stays.
fn sweep(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let is_ours = entry
            .file_name()
            .to_str()
            .is_some_and(|name| name.starts_with(UNFINISHED));
        let is_left = || {
            let metadata = entry.metadata().ok()?;
            let age = metadata.modified().ok()?.elapsed().ok()?;
            (metadata.is_file() && age > ABANDONED).then_some(())
        };
        if is_ours && is_left().is_some() {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

fn write(
    root: &Path,
    path: &Path,
    bytes: &[u8],
    staging: Option<&Path>,
    sync: bool,
) -> Result<(), FileError> {
    let place = resolve(root, path)?;
    let folder = place
        .real
        .parent()
        .ok_or_else(|| FileError::NotAFile(path.to_owned()))?;
    let write = || -> std::io::Result<()> {
        std::fs::create_dir_all(folder)?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(UNFINISHED);
        // Temporary files are private by default; a new record is as open as the umask lets it be.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let mut temporary = builder.tempfile_in(staging.unwrap_or(folder))?;
        temporary.write_all(bytes)?;
        if place.exists {
            let permissions = std::fs::metadata(&place.real)?.permissions();
            temporary.as_file().set_permissions(permissions)?;
        }
        if sync {
            temporary.as_file().sync_all()?;
        }
        temporary
            .persist(&place.real)
            .map_err(|error| error.error)?;
        Ok(())
    };
    write().map_err(|source| io(path, source))
}
