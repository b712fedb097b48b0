//! A ref by its name in the files format, without reading every other one.
//!
//! libgit2 parses and sorts the whole of `packed-refs` before it finds one ref in it, which with
//! 10,000 branches and tags takes longer than the rest of a short command. git writes that file in
//! order and says so in its first line: halving finds the ref.

use super::{GitError, Oid, Repo, raw, stamp};
use std::io::ErrorKind;
use std::rc::Rc;

/// `packed-refs` as it was last read, and what the file system said of it then.
pub(super) type Packed = Option<(String, Rc<[u8]>)>;

/// Refs that all work trees share. No other name leads out of the git directory.
const SHARED: [&str; 4] = ["refs/heads/", "refs/remotes/", "refs/tags/", "refs/hotfix/"];

impl Repo {
    /// Where a plain ref points; nothing where that takes libgit2: a symbolic one, a strange name, a
    /// file that is not in order.
    ///
    /// # Errors
    /// When `packed-refs` cannot be read.
    pub(super) fn plain_ref(&self, name: &str) -> Result<Option<Option<Oid>>, GitError> {
        let is_shared = SHARED.iter().any(|folder| name.starts_with(folder));
        let is_strange = name.contains("..") || name.contains("//") || name.contains(['\0', '\\']);
        if !is_shared || is_strange || name.ends_with('/') || name.ends_with(".lock") {
            return Ok(None);
        }
        // Loose before packed, as git reads them: one that is packed meanwhile is found there.
        match std::fs::read_to_string(self.common_dir.join(name)) {
            Ok(text) => return Ok(Oid::from_hex(text.trim_end()).map(Some)),
            Err(error) if is_absent(&error) => {}
            Err(_) => return Ok(None),
        }
        let packed = self.packed()?;
        let is_sorted = |line: &[u8]| {
            let line = String::from_utf8_lossy(line);
            line.starts_with("# pack-refs with:") && line.split(' ').any(|word| word == "sorted")
        };
        let first = packed.split(|byte| *byte == b'\n').next();
        match first.is_some_and(is_sorted) || packed.is_empty() {
            true => Ok(Some(found(&packed, name.as_bytes()))),
            false => Ok(None),
        }
    }

    fn packed(&self) -> Result<Rc<[u8]>, GitError> {
        let path = self.common_dir.join("packed-refs");
        let now = stamp::stat(&path).map(|(words, _)| words);
        if let (Some((then, bytes)), Some(now)) = (&*self.packed.borrow(), &now)
            && then == now
        {
            return Ok(Rc::clone(bytes));
        }
        let bytes: Rc<[u8]> = match std::fs::read(&path) {
            Ok(bytes) => bytes.into(),
            Err(error) if error.kind() == ErrorKind::NotFound => Rc::from([]),
            Err(error) => return Err(raw::io_failed("reading packed-refs")(error)),
        };
        self.packed.replace(now.map(|now| (now, Rc::clone(&bytes))));
        Ok(bytes)
    }
}

/// There is no such file, or other refs are below the name.
fn is_absent(error: &std::io::Error) -> bool {
    let kinds = [
        ErrorKind::NotFound,
        ErrorKind::IsADirectory,
        ErrorKind::NotADirectory,
    ];
    kinds.contains(&error.kind())
}

/// The ref's id in lines that are in the order of their names: `<id> SP <name>`, the first line a
/// comment, and `^<id>` behind a tag that has been peeled.
fn found(packed: &[u8], name: &[u8]) -> Option<Oid> {
    let begins = |at: usize| {
        let before = packed[..at].iter().rposition(|byte| *byte == b'\n');
        before.map_or(0, |end| end + 1)
    };
    let ends = |at: usize| {
        let length = packed[at..].iter().position(|byte| *byte == b'\n');
        length.map_or(packed.len(), |length| at + length)
    };
    let (mut low, mut high) = (0, packed.len());
    while low < high {
        let mut start = begins(low.midpoint(high));
        // A peeled id belongs to the line above it.
        while packed[start] == b'^' && start > low {
            start = begins(start - 1);
        }
        let end = ends(start);
        let line = &packed[start..end];
        let parted = line.iter().position(|byte| *byte == b' ');
        let (id, of_line) = line.split_at(parted.unwrap_or(0));
        let of_line = of_line.get(1..).unwrap_or_default().trim_ascii_end();
        let is_before = matches!(line.first(), Some(b'#' | b'^')) || of_line < name;
        if is_before {
            low = end + 1;
        } else if of_line == name {
            return Oid::from_hex(&String::from_utf8_lossy(id));
        } else {
            high = start;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::found;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_ref_is_found_and_no_other(
            names in proptest::collection::btree_map("[a-c/-]{1,6}", any::<bool>(), 0..40),
            other in "[a-c/-]{1,6}",
        ) {
            let mut text = "# pack-refs with: peeled fully-peeled sorted \n".to_owned();
            for (at, (name, is_tag)) in names.iter().enumerate() {
                text.push_str(&format!("{at:040x} {name}\n"));
                if *is_tag {
                    text.push_str(&format!("^{:040x}\n", 7));
                }
            }
            let id = |name: &str| found(text.as_bytes(), name.as_bytes()).map(|id| id.to_string());
            for (at, name) in names.keys().enumerate() {
                prop_assert_eq!(id(name), Some(format!("{at:040x}")));
            }
            prop_assert_eq!(id(&other).is_some(), names.contains_key(&other));
        }
    }
}
