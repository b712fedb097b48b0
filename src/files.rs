//! Files written beside and renamed, read with care.

use std::ffi::OsStr;
use std::fs::{File, TryLockError};
use std::io::{ErrorKind, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

/// Why a file could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// A folder (or another thing that is no file) stands there.
    #[error("{0} is not a file")]
    NotAFile(PathBuf),
    /// Something else stands where a folder should be.
    #[error("{0} is not a folder")]
    NotAFolder(PathBuf),
    /// A link on the way leads out of the allowed folder.
    #[error("{path} is a link that leaves {root}")]
    Leaves {
        /// The link, or the path asked for where that is no path below the folder.
        path: PathBuf,
        /// The folder it had to stay in.
        root: PathBuf,
    },
    /// Larger than the limit.
    #[error("{path} is larger than {limit} bytes")]
    TooLarge {
        /// Which.
        path: PathBuf,
        /// In bytes.
        limit: u64,
    },
    /// Not UTF-8.
    #[error("{path} is not UTF-8 (byte {at})")]
    NotUtf8 {
        /// Which.
        path: PathBuf,
        /// Offset of the first wrong byte.
        at: usize,
    },
    /// The system said no.
    #[error("{path}: {source}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// Reads a UTF-8 file below `root`, at most `limit` bytes; nothing when it is not there.
///
/// # Errors
/// For a folder, a link that leaves `root`, a larger file, other encodings, and what the system says.
pub fn read_text(root: &Path, path: &Path, limit: u64) -> Result<Option<String>, FileError> {
    let place = resolve(root, path)?;
    if !place.exists {
        return Ok(None);
    }
    let file = match File::open(&place.real) {
        Ok(file) => file,
        Err(source) if source.kind() == ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(io(path, source)),
    };
    // One byte more than allowed tells a full file from a larger one, even while it grows.
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|source| io(path, source))?;
    if bytes.len() as u64 > limit {
        return Err(FileError::TooLarge {
            path: path.to_owned(),
            limit,
        });
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Some(text)),
        Err(error) => Err(FileError::NotUtf8 {
            path: path.to_owned(),
            at: error.utf8_error().valid_up_to(),
        }),
    }
}

/// Reads a file's bytes, at most `limit`, wherever it lies: git named it.
///
/// # Errors
/// When it is missing, no file, or larger.
pub fn read_bytes(path: &Path, limit: u64) -> Result<Vec<u8>, FileError> {
    let metadata = std::fs::metadata(path).map_err(|source| io(path, source))?;
    if !metadata.is_file() {
        return Err(FileError::NotAFile(path.to_owned()));
    }
    if metadata.len() > limit {
        return Err(FileError::TooLarge {
            path: path.to_owned(),
            limit,
        });
    }
    std::fs::read(path).map_err(|source| io(path, source))
}

/// Something stands there, be it a link to nothing.
pub fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// Where a path really lies, every link followed; the path itself where that is not known.
pub fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// Whether the file system that holds a path lets no program run; only Linux tells.
pub fn is_on_noexec(path: &Path) -> bool {
    #[cfg(target_os = "linux")]
    {
        let path = real(path);
        let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap_or_default();
        let of_it = mounts.lines().filter_map(|line| {
            let mut words = line.split(' ');
            // Blanks in the name are written `\040`.
            let folder = words.nth(1)?.replace("\\040", " ");
            let options = words.nth(1)?;
            path.starts_with(&folder)
                .then(|| (folder.len(), options.split(',').any(|o| o == "noexec")))
        });
        // The deepest counts, of those at one place the latest.
        of_it
            .max_by_key(|(depth, _)| *depth)
            .is_some_and(|(_, noexec)| noexec)
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = path;
        false
    }
}

/// When a file was written last; nothing where that is not known.
pub fn modified(path: &Path) -> Option<std::time::SystemTime> {
    path.metadata().ok()?.modified().ok()
}

/// Makes a folder and those above it.
///
/// # Errors
/// What the system says.
pub fn make_folder(path: &Path) -> Result<(), FileError> {
    std::fs::create_dir_all(path).map_err(|source| io(path, source))
}

/// Renames a file within its file system.
///
/// # Errors
/// What the system says; nothing was changed then.
pub fn rename(from: &Path, to: &Path) -> Result<(), FileError> {
    std::fs::rename(from, to).map_err(|source| io(from, source))
}

/// Removes a file.
///
/// # Errors
/// What the system says.
pub fn remove(path: &Path) -> Result<(), FileError> {
    std::fs::remove_file(path).map_err(|source| io(path, source))
}

/// Makes a new, empty folder for a while, outside every repository; it stays until it is removed.
///
/// # Errors
/// What the system says.
pub fn temporary_folder(prefix: &str) -> Result<PathBuf, FileError> {
    let folder = tempfile::Builder::new().prefix(prefix).tempdir();
    folder
        .map(tempfile::TempDir::keep)
        .map_err(|source| io(Path::new(prefix), source))
}

/// Removes a folder with all that is in it.
///
/// # Errors
/// What the system says.
pub fn remove_folder(path: &Path) -> Result<(), FileError> {
    std::fs::remove_dir_all(path).map_err(|source| io(path, source))
}

/// Whether the system would run it; everywhere but on Unix every file may be.
pub fn is_executable(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        path.metadata()
            .is_ok_and(|metadata| metadata.permissions().mode() & 0o111 != 0)
    }
    #[cfg(not(unix))]
    {
        path.is_file()
    }
}

/// Lets whoever may read a file run it.
///
/// # Errors
/// What the system says.
pub fn make_executable(path: &Path) -> Result<(), FileError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = path
            .metadata()
            .map_err(|source| io(path, source))?
            .permissions()
            .mode();
        let permissions = PermissionsExt::from_mode(mode | ((mode & 0o444) >> 2));
        std::fs::set_permissions(path, permissions).map_err(|source| io(path, source))?;
    }
    let _ = path;
    Ok(())
}

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

/// Where a path really lies.
struct Place {
    real: PathBuf,
    exists: bool,
}

/// Follows a path below `root` one step at a time, so that the first thing that is wrong is named.
fn resolve(root: &Path, path: &Path) -> Result<Place, FileError> {
    let top = root.canonicalize().map_err(|source| io(root, source))?;
    let leaves = || FileError::Leaves {
        path: path.to_owned(),
        root: root.to_owned(),
    };
    let inner = if path.is_absolute() {
        path.strip_prefix(root)
            .or_else(|_| path.strip_prefix(&top))
            .map_err(|_| leaves())?
    } else {
        path
    };
    let mut steps = Vec::new();
    for step in inner.components() {
        match step {
            Component::Normal(name) => steps.push(name),
            Component::CurDir => {}
            _ => return Err(leaves()),
        }
    }
    let mut real = top.clone();
    for (at, name) in steps.iter().enumerate() {
        let next = real.join(name);
        let last = at + 1 == steps.len();
        match std::fs::symlink_metadata(&next) {
            Err(source) if source.kind() == ErrorKind::NotFound => {
                real.extend(&steps[at..]);
                return Ok(Place {
                    real,
                    exists: false,
                });
            }
            Err(source) => return Err(io(path, source)),
            Ok(found) if found.is_symlink() => {
                let shown = shown(root, &steps[..=at]);
                real = follow(&next, &shown, &top).ok_or_else(|| FileError::Leaves {
                    path: shown.clone(),
                    root: root.to_owned(),
                })??;
            }
            Ok(_) => real = next,
        }
        let found = std::fs::metadata(&real).map_err(|source| io(path, source))?;
        if last && !found.is_file() {
            return Err(FileError::NotAFile(shown(root, &steps[..=at])));
        }
        if !last && !found.is_dir() {
            return Err(FileError::NotAFolder(shown(root, &steps[..=at])));
        }
    }
    if steps.is_empty() {
        return Err(FileError::NotAFile(path.to_owned()));
    }
    Ok(Place { real, exists: true })
}

/// The target of a link; nothing when it lies outside. A link to nothing is no file either.
fn follow(link: &Path, shown: &Path, top: &Path) -> Option<Result<PathBuf, FileError>> {
    match link.canonicalize() {
        Ok(target) if target.starts_with(top) => Some(Ok(target)),
        Ok(_) => None,
        Err(source) if source.kind() == ErrorKind::NotFound => {
            Some(Err(FileError::NotAFile(shown.to_owned())))
        }
        Err(source) => Some(Err(io(shown, source))),
    }
}

fn shown(root: &Path, steps: &[&OsStr]) -> PathBuf {
    root.join(steps.iter().collect::<PathBuf>())
}

fn io(path: &Path, source: std::io::Error) -> FileError {
    FileError::Io {
        path: path.to_owned(),
        source,
    }
}

/// A lock that ends with the process.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// What came of trying to lock.
#[derive(Debug)]
pub enum Tried {
    /// It is ours; nothing where the file system knows no locks.
    Locked(Option<Lock>),
    /// Another process has it.
    Held,
}

/// Takes the lock file's lock unless another process has it.
///
/// # Errors
/// When the lock file cannot be made.
pub fn try_lock(path: &Path) -> Result<Tried, FileError> {
    let file = lock_file(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Tried::Locked(Some(Lock { _file: file }))),
        Err(TryLockError::WouldBlock) => Ok(Tried::Held),
        Err(TryLockError::Error(source)) if knows_no_locks(&source) => Ok(Tried::Locked(None)),
        Err(TryLockError::Error(source)) => Err(io(path, source)),
    }
}

/// Waits for the lock file's lock; nothing where the file system knows no locks.
///
/// # Errors
/// When the lock file cannot be made.
pub fn lock(path: &Path) -> Result<Option<Lock>, FileError> {
    let file = lock_file(path)?;
    match file.lock() {
        Ok(()) => Ok(Some(Lock { _file: file })),
        Err(source) if knows_no_locks(&source) => Ok(None),
        Err(source) => Err(io(path, source)),
    }
}

fn lock_file(path: &Path) -> Result<File, FileError> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|source| io(path, source))?;
    }
    let mut options = File::options();
    options.create(true).truncate(false).write(true);
    options.open(path).map_err(|source| io(path, source))
}

/// NFS without its lock daemon says `ENOLCK`, which std leaves without a kind.
fn knows_no_locks(error: &std::io::Error) -> bool {
    let no_locks = if cfg!(target_os = "linux") { 37 } else { 77 };
    error.kind() == ErrorKind::Unsupported || cfg!(unix) && error.raw_os_error() == Some(no_locks)
}

#[cfg(test)]
mod tests;
