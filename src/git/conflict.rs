//! What stands in the way of a merge, file by file, from `git merge-tree`'s own words.

use super::{GitError, Oid, Repo, raw};
use serde::Serialize;
use std::collections::BTreeMap;

/// A file that a person must merge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ConflictedFile {
    /// Its path; bytes that are not UTF-8 are replaced.
    pub path: String,
    /// What is wrong with it.
    pub kind: ConflictKind,
    /// How many places of its text conflict; 0 where it is not about text.
    pub places: usize,
}

/// Why a file cannot be merged without a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ConflictKind {
    /// Both sides changed the same lines.
    Text,
    /// Both sides changed a file that is not text.
    Binary,
    /// One side deleted what the other changed.
    Deleted,
    /// The sides renamed it differently, or one renamed what the other deleted.
    Renamed,
    /// A submodule that both sides moved.
    Submodule,
    /// Whatever else git calls a conflict, e.g. a folder where the other has a file.
    Other,
}

impl std::fmt::Display for ConflictedFile {
    /// `src/auth.rs (2 places)`
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.path)?;
        match (self.kind, self.places) {
            (ConflictKind::Text, 0) => Ok(()),
            (ConflictKind::Text, 1) => f.write_str(" (1 place)"),
            (ConflictKind::Text, places) => write!(f, " ({places} places)"),
            (ConflictKind::Binary, _) => f.write_str(" (not text)"),
            (ConflictKind::Deleted, _) => {
                f.write_str(" (deleted on one side, changed on the other)")
            }
            (ConflictKind::Renamed, _) => f.write_str(" (renamed on one side)"),
            (ConflictKind::Submodule, _) => f.write_str(" (submodule)"),
            (ConflictKind::Other, _) => {
                f.write_str(" (a file on one side, something else on the other)")
            }
        }
    }
}

impl ConflictKind {
    /// git's own short name of a conflict, which does not change between versions (`git help
    /// merge-tree`, "INFORMATIONAL MESSAGES"); nothing for a mere remark.
    fn of(name: &str) -> Option<ConflictKind> {
        let what = name.strip_prefix("CONFLICT (")?;
        let kinds = [
            ("binary", ConflictKind::Binary),
            ("modify/delete", ConflictKind::Deleted),
            ("rename", ConflictKind::Renamed),
            ("directory rename", ConflictKind::Renamed),
            ("submodule", ConflictKind::Submodule),
            ("contents", ConflictKind::Text),
        ];
        let known = kinds.iter().find(|(begin, _)| what.starts_with(begin));
        Some(known.map_or(ConflictKind::Other, |(_, kind)| *kind))
    }
}

impl Repo {
    /// The conflicts of `merge-tree --write-tree -z` behind the tree's id: entries of the index, an
    /// empty part, then messages of `count, path…, name, words`.
    pub(super) fn conflicts(
        &self,
        tree: &Oid,
        printed: &[u8],
    ) -> Result<Vec<ConflictedFile>, GitError> {
        let mut parts = printed.split(|byte| *byte == 0);
        let mut kinds: BTreeMap<Vec<u8>, ConflictKind> = BTreeMap::new();
        for entry in parts.by_ref().take_while(|part| !part.is_empty()) {
            if let Some(tab) = entry.iter().position(|byte| *byte == b'\t') {
                kinds.insert(entry[tab + 1..].to_vec(), ConflictKind::Text);
            }
        }
        while let Some(count) = parts.next().and_then(number) {
            let paths: Vec<&[u8]> = parts.by_ref().take(count).collect();
            let name = parts.next().unwrap_or_default();
            parts.next();
            let Some(kind) = ConflictKind::of(&String::from_utf8_lossy(name)) else {
                continue;
            };
            // A file may be said to conflict twice, "contents" being the lesser word.
            for path in paths {
                if let Some(known) = kinds.get_mut(path)
                    && *known == ConflictKind::Text
                {
                    *known = kind;
                }
            }
        }
        let files = kinds.into_iter().map(|(path, kind)| {
            let places = match kind {
                ConflictKind::Text => self.places(tree, &path)?,
                _ => 0,
            };
            let path = String::from_utf8_lossy(&path).into_owned();
            Ok(ConflictedFile { path, kind, places })
        });
        files.collect()
    }

    /// The conflict markers in a file of the written tree.
    fn places(&self, tree: &Oid, path: &[u8]) -> Result<usize, GitError> {
        let tree = self.inner.find_tree(raw::to_raw(tree)?);
        let tree = tree.map_err(raw::failed("reading the merged tree"))?;
        let Ok(path) = std::str::from_utf8(path) else {
            return Ok(0);
        };
        let Ok(entry) = tree.get_path(std::path::Path::new(path)) else {
            return Ok(0);
        };
        let Some(blob) = self.blob(&raw::from_raw(entry.id())?)? else {
            return Ok(0);
        };
        let lines = blob.split(|byte| *byte == b'\n');
        Ok(lines.filter(|line| line.starts_with(b"<<<<<<< ")).count())
    }
}

fn number(part: &[u8]) -> Option<usize> {
    std::str::from_utf8(part).ok()?.parse().ok()
}
