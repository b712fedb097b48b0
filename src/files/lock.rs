//! Locks that end with the process that holds them.

use super::{FileError, io};
use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::Path;

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
