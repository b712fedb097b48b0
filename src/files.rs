//! Files written beside and renamed, read with care.

mod lock;
mod write;

pub use lock::{Lock, Tried, lock, try_lock};
pub use write::{append, names_in, write_atomic, write_new, write_note, write_staged};

use std::ffi::OsStr;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Component, Path, PathBuf};

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

/// Makes a folder with those above it; one that is there stays as it is.
///
/// # Errors
/// What the system says.
pub fn make_folder(path: &Path) -> Result<(), FileError> {
    std::fs::create_dir_all(path).map_err(|source| io(path, source))
}

/// Removes a folder that holds nothing; whether it did.
pub fn remove_if_empty(path: &Path) -> bool {
    std::fs::remove_dir(path).is_ok()
}

/// A link stands there, whatever it names.
pub fn is_link(path: &Path) -> bool {
    path.symlink_metadata()
        .is_ok_and(|metadata| metadata.is_symlink())
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

#[cfg(test)]
mod tests;
