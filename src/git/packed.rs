//! Refs in the files format, without libgit2.
//!
//! libgit2 parses and sorts the whole of `packed-refs` before it finds one ref in it, which with
//! 10,000 branches and tags takes longer than the rest of a short command. git writes that file in
//! order and says so in its first line: halving finds a ref, or the first one below a folder.

use super::{GitError, Oid, Repo, raw, stamp};
use std::collections::HashSet;
use std::io::ErrorKind;
use std::path::Path;
use std::rc::Rc;

/// `packed-refs` as it was last read, and what the file system said of it then.
pub(super) type Packed = Option<(String, Rc<PackedRefs>)>;

/// Refs that all work trees share. No other name leads out of the git directory.
const SHARED: [&str; 4] = ["refs/heads/", "refs/remotes/", "refs/tags/", "refs/hotfix/"];

/// From this size of `packed-refs` on libgit2 takes longer to write a ref than a process does: it
/// compares the name with every one that is packed.
const LARGE: u64 = 128 << 10;

/// How many symbolic refs may lead to one another, as for git.
const MOST_STEPS: usize = 5;

impl Repo {
    /// Where a ref points; nothing where that takes libgit2: a strange name, a file that is none of
    /// git's.
    ///
    /// # Errors
    /// When `packed-refs` cannot be read.
    pub(super) fn plain_ref(&self, name: &str) -> Result<Option<Option<Oid>>, GitError> {
        let mut name = name.to_owned();
        for _ in 0..MOST_STEPS {
            if !is_plain(&name) || name.ends_with('/') || name.ends_with(".lock") {
                return Ok(None);
            }
            // Loose before packed, as git reads them: one that is packed meanwhile is found there.
            let text = match std::fs::read_to_string(self.common_dir.join(&name)) {
                Ok(text) => text,
                Err(error) if is_absent(&error) => return Ok(Some(self.packed()?.find(&name))),
                Err(_) => return Ok(None),
            };
            match text.strip_prefix("ref: ") {
                Some(target) => name = target.trim().to_owned(),
                None => return Ok(Oid::from_hex(text.trim_end()).map(Some)),
            }
        }
        Ok(None)
    }

    /// The refs whose names begin so, in order; nothing where that takes libgit2.
    ///
    /// # Errors
    /// When the files cannot be read.
    pub(super) fn plain_refs(&self, prefix: &str) -> Result<Option<Vec<(String, Oid)>>, GitError> {
        if !is_plain(prefix) {
            return Ok(None);
        }
        let loose = self.loose_names(prefix)?;
        let shadowing: HashSet<&str> = loose.iter().map(String::as_str).collect();
        let mut refs = Vec::new();
        for name in &loose {
            // A file that is no ref is passed over, as git passes over it.
            if let Ok(Some(id)) = self.find_ref(name) {
                refs.push((name.clone(), id));
            }
        }
        for entry in self.packed()?.below(prefix) {
            if let (Some(name), Some(id)) = (entry.name(), entry.id())
                && !shadowing.contains(name)
            {
                refs.push((name.to_owned(), id));
            }
        }
        refs.sort();
        Ok(Some(refs))
    }

    /// The full names of the loose refs that begin so.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub(super) fn loose_names(&self, prefix: &str) -> Result<Vec<String>, GitError> {
        let folder = prefix.rfind('/').map_or(0, |slash| slash + 1);
        let folder = &prefix[..folder];
        let mut names = Vec::new();
        walk(&self.common_dir.join(folder), folder, &mut names)
            .map_err(raw::io_failed(format!("listing {prefix}")))?;
        names.retain(|name| name.starts_with(prefix));
        Ok(names)
    }

    /// `packed-refs`, read again when it is another file than before.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn packed(&self) -> Result<Rc<PackedRefs>, GitError> {
        let path = self.common_dir.join("packed-refs");
        let now = stamp::stat(&path).map(|(words, _)| words);
        if let (Some((then, refs)), Some(now)) = (&*self.packed.borrow(), &now)
            && then == now
        {
            return Ok(Rc::clone(refs));
        }
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(raw::io_failed("reading packed-refs")(error)),
        };
        let refs = Rc::new(PackedRefs::new(bytes));
        self.packed.replace(now.map(|now| (now, Rc::clone(&refs))));
        Ok(refs)
    }

    /// There are so many packed refs that git itself should write.
    pub(super) fn has_many_packed(&self) -> bool {
        let file = self.common_dir.join("packed-refs").metadata();
        file.is_ok_and(|file| file.len() >= LARGE)
    }
}

/// Its file is where its name says, and nowhere else.
pub(super) fn is_plain(name: &str) -> bool {
    let is_strange = name.contains("..") || name.contains("//") || name.contains(['\0', '\\']);
    SHARED.iter().any(|folder| name.starts_with(folder)) && !is_strange
}

/// There is no such file, or other refs are below the name.
pub(super) fn is_absent(error: &std::io::Error) -> bool {
    let kinds = [
        ErrorKind::NotFound,
        ErrorKind::IsADirectory,
        ErrorKind::NotADirectory,
    ];
    kinds.contains(&error.kind())
}

/// The names of loose refs below a folder. No ref begins with a dot, nor ends like a lock.
fn walk(folder: &Path, prefix: &str, names: &mut Vec<String>) -> std::io::Result<()> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if is_absent(&error) => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        if name.starts_with('.') || name.ends_with(".lock") {
            continue;
        }
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => {
                walk(&entry.path(), &format!("{prefix}{name}/"), names)?;
            }
            Ok(_) => names.push(format!("{prefix}{name}")),
            // It is gone.
            Err(_) => {}
        }
    }
    Ok(())
}

/// The file: a comment first, then `<id> SP <name>`, and `^<id>` behind a tag that has been peeled.
pub(super) struct PackedRefs {
    bytes: Vec<u8>,
    is_sorted: bool,
    /// The file's writer peeled every tag, so one without `^` is no tag object.
    pub(super) has_peeled: bool,
}

/// A ref as the file has it.
pub(super) struct Entry<'a> {
    name: &'a [u8],
    /// Its id in hex.
    pub(super) hex: &'a [u8],
    /// What the tag object ends at.
    pub(super) peeled: Option<&'a [u8]>,
}

impl<'a> Entry<'a> {
    /// A name that is not UTF-8 is none of ours.
    pub(super) fn name(&self) -> Option<&'a str> {
        std::str::from_utf8(self.name).ok()
    }

    pub(super) fn id(&self) -> Option<Oid> {
        Oid::from_hex(std::str::from_utf8(self.hex).ok()?)
    }
}

impl PackedRefs {
    pub(super) fn new(bytes: Vec<u8>) -> PackedRefs {
        let first = bytes.split(|byte| *byte == b'\n').next();
        let first = String::from_utf8_lossy(first.unwrap_or_default());
        let words = first.strip_prefix("# pack-refs with:").unwrap_or_default();
        let promises = |word: &str| words.split(' ').any(|one| one == word);
        PackedRefs {
            is_sorted: promises("sorted"),
            // `peeled` promises it for refs/tags/, `fully-peeled` for all.
            has_peeled: promises("peeled") || promises("fully-peeled"),
            bytes,
        }
    }

    /// Where a ref points.
    pub(super) fn find(&self, name: &str) -> Option<Oid> {
        let mut below = self.below(name);
        let is_it = |entry: &Entry<'_>| entry.name == name.as_bytes();
        let found = match self.is_sorted {
            // A longer name comes later.
            true => below.next().filter(is_it),
            false => below.find(is_it),
        };
        found?.id()
    }

    /// The refs whose names begin so.
    pub(super) fn below<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = Entry<'a>> {
        let prefix = prefix.as_bytes();
        let mut at = match self.is_sorted {
            true => self.first_from(prefix),
            false => 0,
        };
        std::iter::from_fn(move || {
            loop {
                let (entry, next) = self.entry(at)?;
                at = next;
                match entry {
                    Some(entry) if entry.name.starts_with(prefix) => return Some(entry),
                    Some(_) if self.is_sorted => return None,
                    _ => {}
                }
            }
        })
    }

    /// The entry that begins at a place, where it is none a comment, and the place behind it.
    fn entry(&self, at: usize) -> Option<(Option<Entry<'_>>, usize)> {
        if at >= self.bytes.len() {
            return None;
        }
        let end = self.end_of_line(at);
        let Some((hex, name)) = parted(&self.bytes[at..end]) else {
            return Some((None, end + 1));
        };
        let behind = end + 1;
        let (peeled, next) = match self.bytes.get(behind) {
            Some(b'^') => {
                let end = self.end_of_line(behind);
                (Some(self.bytes[behind + 1..end].trim_ascii_end()), end + 1)
            }
            _ => (None, behind),
        };
        Some((Some(Entry { name, hex, peeled }), next))
    }

    /// Where the first line begins whose name is not before this one.
    fn first_from(&self, name: &[u8]) -> usize {
        let (mut low, mut high) = (0, self.bytes.len());
        while low < high {
            let mut start = self.start_of_line(low.midpoint(high));
            // A peeled id belongs to the line above it.
            while self.bytes[start] == b'^' && start > low {
                start = self.start_of_line(start - 1);
            }
            let end = self.end_of_line(start);
            match parted(&self.bytes[start..end]) {
                Some((_, of_line)) if of_line >= name => high = start,
                _ => low = end + 1,
            }
        }
        low
    }

    fn start_of_line(&self, at: usize) -> usize {
        let before = self.bytes[..at].iter().rposition(|byte| *byte == b'\n');
        before.map_or(0, |end| end + 1)
    }

    fn end_of_line(&self, at: usize) -> usize {
        let length = self.bytes[at..].iter().position(|byte| *byte == b'\n');
        length.map_or(self.bytes.len(), |length| at + length)
    }
}

/// A line's id and name; nothing for a comment and for a peeled id.
fn parted(line: &[u8]) -> Option<(&[u8], &[u8])> {
    if matches!(line.first(), Some(b'#' | b'^') | None) {
        return None;
    }
    let space = line.iter().position(|byte| *byte == b' ')?;
    Some((&line[..space], line[space + 1..].trim_ascii_end()))
}

#[cfg(test)]
mod tests {
    use super::PackedRefs;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_ref_is_found_and_no_other(
            names in proptest::collection::btree_map("[a-c/-]{1,6}", any::<bool>(), 0..40),
            other in "[a-c/-]{0,6}",
            is_sorted in any::<bool>(),
        ) {
            let mut entries: Vec<(usize, (&String, &bool))> = names.iter().enumerate().collect();
            let header = match is_sorted {
                true => "# pack-refs with: peeled fully-peeled sorted \n",
                false => {
                    entries.reverse();
                    "# pack-refs with: peeled fully-peeled \n"
                }
            };
            let mut text = header.to_owned();
            for (at, (name, is_tag)) in &entries {
                text.push_str(&format!("{at:040x} {name}\n"));
                if **is_tag {
                    text.push_str(&format!("^{:040x}\n", 7));
                }
            }
            let refs = PackedRefs::new(text.into_bytes());
            let id = |name: &str| refs.find(name).map(|id| id.to_string());
            for (at, name) in names.keys().enumerate() {
                prop_assert_eq!(id(name), Some(format!("{at:040x}")));
            }
            prop_assert_eq!(id(&other).is_some(), names.contains_key(&other));
            let mut below: Vec<(&str, bool)> = refs
                .below(&other)
                .filter_map(|entry| Some((entry.name()?, entry.peeled.is_some())))
                .collect();
            below.sort_unstable();
            let begins = names.iter().filter(|(name, _)| name.starts_with(&other));
            let begins: Vec<(&str, bool)> = begins.map(|(name, tag)| (name.as_str(), *tag)).collect();
            prop_assert_eq!(below, begins);
        }
    }
}
