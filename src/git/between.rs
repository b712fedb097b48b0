//! Where the files in which two commits differ stand in a work tree: as in the one, as in the other, or
//! as a person left them.

use super::differing::{Differing, Entry, parse_entry, path_of};
use super::process::Running;
use super::{GitError, Oid, Repo, raw};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// The longest line of paths that every system starts a program with.
const LINE: usize = 20_000;

/// A look at some files under way.
pub(super) struct Looking {
    top: PathBuf,
    files: Vec<Differing>,
    asked: Option<Running>,
}

/// What was seen of a file.
pub(super) struct Seen {
    /// What differs.
    pub(super) file: Differing,
    /// What the index has; nothing when the file is not tracked.
    entry: Option<Entry>,
    /// The file is not as the index has it.
    is_changed: bool,
    /// What stands at its path; nothing where that is unusual.
    place: Option<Place>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Nothing,
    File,
}

impl Repo {
    /// Begins to look at some files of the work tree at `top`.
    pub(super) fn look_at(&self, top: &Path, files: Vec<Differing>) -> Result<Looking, GitError> {
        // `-v` tells which files git was told not to look at; without `-m` it believes the index.
        let listed = ["ls-files", "-z", "-v", "-s", "-c", "-d", "-m", "--"];
        let git = self.git_at(top).arg("--literal-pathspecs").args(listed);
        let git = git.args(files.iter().map(|file| &file.path)).looking();
        let asked = match files.is_empty() {
            true => None,
            false => Some(git.begin()?),
        };
        let top = top.to_owned();
        Ok(Looking { top, files, asked })
    }

    /// Takes back what a move between two commits had brought into a work tree when it was killed: files
    /// that are as in the second commit, or begun. Whether there were any; with `only_look` they stay.
    ///
    /// # Errors
    /// What git said, or when a file cannot be removed.
    pub fn put_back(
        &self,
        top: &Path,
        from: &Oid,
        to: &Oid,
        only_look: bool,
    ) -> Result<bool, GitError> {
        let mut found = false;
        for files in in_lines(self.differing(from, to)?) {
            let mut restored = Vec::new();
            for seen in self.look_at(top, files)?.end()? {
                if !self.was_brought(top, &seen)? {
                    continue;
                }
                found = true;
                let is_known = seen.entry.is_some() || seen.file.before.is_some();
                match (only_look, is_known) {
                    (true, _) => {}
                    (false, true) => restored.push(seen.file.path),
                    (false, false) => {
                        let path = top.join(&seen.file.path);
                        let removed = std::fs::remove_file(&path);
                        removed.map_err(raw::io_failed(format!("removing {}", path.display())))?;
                    }
                }
            }
            self.write_files(top, from, &restored)?;
        }
        Ok(found)
    }

    fn was_brought(&self, top: &Path, seen: &Seen) -> Result<bool, GitError> {
        let file = &seen.file;
        if seen.is_as(&file.before) {
            return Ok(false);
        }
        let is_known = seen.entry == file.before || seen.entry == file.after;
        Ok(match (seen.place, &file.after) {
            _ if seen.is_as(&file.after) => true,
            (Some(Place::Nothing), None) => is_known,
            (Some(Place::File), Some(after)) if is_known => self.is_begun(top, file, after)?,
            _ => false,
        })
    }

    /// Whether a file holds a blob, or its first bytes. (git makes a new file and then fills it.)
    fn is_begun(&self, top: &Path, file: &Differing, blob: &Entry) -> Result<bool, GitError> {
        let path = top.join(&file.path);
        let reading = || raw::io_failed(format!("reading {}", path.display()));
        let held = std::fs::read(&path).map_err(reading())?;
        let whole = self.blob(&blob.id)?.unwrap_or_default();
        if whole.starts_with(&held) {
            return Ok(true);
        }
        // A filter stands between the two.
        let hash = self.git_at(top).args(["hash-object", "--path"]);
        let hash = hash.arg(&file.path).arg("--").arg(&file.path);
        Ok(hash.looking().text()? == blob.id.as_str())
    }
}

/// Whether a program can be started with all of these paths.
pub(super) fn fit_in_a_line<'a>(paths: impl Iterator<Item = &'a PathBuf>) -> bool {
    paths.map(|path| length(path)).sum::<usize>() <= LINE
}

fn in_lines(files: Vec<Differing>) -> Vec<Vec<Differing>> {
    let mut lines = vec![Vec::new()];
    let mut so_far = 0;
    for file in files {
        so_far += length(&file.path);
        if so_far > LINE {
            so_far = length(&file.path);
            lines.push(Vec::new());
        }
        if let Some(line) = lines.last_mut() {
            line.push(file);
        }
    }
    lines
}

fn length(path: &Path) -> usize {
    path.as_os_str().len() + 1
}

impl Looking {
    /// Waits for it. Files that git was told not to look at, that are unmerged or no plain files, are
    /// seen as none of the two commits has them.
    pub(super) fn end(self) -> Result<Vec<Seen>, GitError> {
        let Some(asked) = self.asked else {
            return Ok(Vec::new());
        };
        let mut index = index_entries(&asked.checked()?.stdout)?;
        let seen = self.files.into_iter().map(|file| {
            let indexed = index.remove(&file.path).unwrap_or_default();
            let place = place(&self.top, &file.path).filter(|_| !indexed.is_odd);
            Seen {
                file,
                entry: indexed.entry,
                is_changed: indexed.is_changed,
                place,
            }
        });
        Ok(seen.collect())
    }
}

impl Seen {
    /// File and index are as in the first commit.
    pub(super) fn is_before(&self) -> bool {
        self.is_as(&self.file.before)
    }

    fn is_as(&self, at: &Option<Entry>) -> bool {
        let place = match at {
            Some(entry) if entry.is_file() => Place::File,
            Some(_) => return false,
            None => Place::Nothing,
        };
        self.place == Some(place) && self.entry == *at && !self.is_changed
    }
}

/// What the index says of a path.
#[derive(Default)]
struct Indexed {
    entry: Option<Entry>,
    is_changed: bool,
    /// It is unmerged, or git was told not to look at the file.
    is_odd: bool,
}

/// `<tag> <mode> <id> <stage>\t<path>`: a line of its own says that the file is changed (`C`) or gone
/// (`R`). git-ls-files(1).
fn index_entries(printed: &[u8]) -> Result<HashMap<PathBuf, Indexed>, GitError> {
    let mut all: HashMap<PathBuf, Indexed> = HashMap::new();
    for line in printed.split(|byte| *byte == 0) {
        let Some(tab) = line.iter().position(|byte| *byte == b'\t') else {
            continue;
        };
        let head = String::from_utf8_lossy(&line[..tab]);
        let mut words = head.split(' ');
        let mut word = || words.next().unwrap_or_default();
        let (tag, mode, id, stage) = (word(), word(), word(), word());
        let known = all.entry(path_of(&line[tab + 1..])).or_default();
        known.entry = parse_entry(mode, id)?;
        known.is_changed |= matches!(tag, "C" | "R");
        known.is_odd |= !matches!(tag, "H" | "C" | "R") || stage != "0";
    }
    Ok(all)
}

/// What stands at a path; nothing when that is no file, or something on the way there is no folder.
fn place(top: &Path, path: &Path) -> Option<Place> {
    let mut steps: Vec<&Path> = path.ancestors().collect();
    // The top itself, which may well be a link.
    steps.pop();
    for step in steps.into_iter().rev() {
        match top.join(step).symlink_metadata() {
            Ok(there) if step == path => return there.is_file().then_some(Place::File),
            Ok(there) if there.is_dir() => {}
            Ok(_) => return None,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Some(Place::Nothing);
            }
            Err(_) => return None,
        }
    }
    None
}
