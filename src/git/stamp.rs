//! Whether refs may have changed, without reading them.

use super::Repo;
use std::fs::Metadata;
use std::path::Path;
use std::time::SystemTime;

/// What the file system says of the refs below a prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefsStamp {
    /// Other than before when a ref may have been moved, made or deleted.
    pub text: String,
    /// The latest of the times in it: what is noted down later than this can be trusted.
    pub latest: SystemTime,
}

impl Repo {
    /// The stamp of the refs directly below a prefix that ends with `/`; nothing when there is no
    /// such thing (reftable, no such folder).
    ///
    /// Every change of a loose ref makes and renames a lock file beside it, which changes the
    /// folder; every change of a packed one replaces `packed-refs`.
    pub fn refs_stamp(&self, prefix: &str) -> Option<RefsStamp> {
        if self.by_git() {
            return None;
        }
        let folder = stat(&self.common_dir().join(prefix.trim_end_matches('/')));
        let packed = stat(&self.common_dir().join("packed-refs"));
        let latest = folder
            .iter()
            .chain(&packed)
            .map(|(_, modified)| *modified)
            .max()?;
        let words = |of: &Option<(String, SystemTime)>| {
            of.as_ref()
                .map_or("-".to_owned(), |(words, _)| words.clone())
        };
        Some(RefsStamp {
            text: format!("{} {}", words(&folder), words(&packed)),
            latest,
        })
    }
}

pub(super) fn stat(path: &Path) -> Option<(String, SystemTime)> {
    let metadata = path.metadata().ok()?;
    let modified = metadata.modified().ok()?;
    let since = modified.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    let words = format!(
        "{}:{}:{}",
        since.as_nanos(),
        metadata.len(),
        inode(&metadata)
    );
    Some((words, modified))
}

fn inode(metadata: &Metadata) -> u64 {
    #[cfg(unix)]
    {
        std::os::unix::fs::MetadataExt::ino(metadata)
    }
    #[cfg(not(unix))]
    {
        let _ = metadata;
        0
    }
}
