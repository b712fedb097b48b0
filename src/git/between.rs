//! Where the files in which two commits differ stand in a work tree: as in the one, as in the other, or
//! as a person left them.

use super::differing::{Differing, Entry, parse_entry, path_of};
use super::process::Running;
use super::{GitError, Repo};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The longest line of paths that every system starts a program with.
const LINE: usize = 20_000;

/// A look at some files under way.
pub(super) struct Looking {
    top: PathBuf,
    files: Vec<Differing>,
    asked: Option<Running>,
    /// This work tree's index, where it is known, and how it and the files were before git looked.
    index: Option<PathBuf>,
    stamps: Vec<Option<Stamp>>,
}

/// What changes with a file: its length, and when it was written.
type Stamp = (u64, Option<SystemTime>);

fn stamp(path: &Path) -> Option<Stamp> {
    let there = path.symlink_metadata().ok()?;
    Some((there.len(), there.modified().ok()))
}

/// What was seen of a file.
pub(super) struct Seen {
    /// What differs.
    pub(super) file: Differing,
    /// What the index has; nothing when the file is not tracked.
    pub(super) entry: Option<Entry>,
    /// The file is not as the index has it.
    is_changed: bool,
    /// What stands at its path; nothing where that is unusual.
    pub(super) place: Option<Place>,
}

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Nothing,
    File,
}

impl Repo {
    /// Begins to look at some files of the work tree at `top`.
    pub(super) fn look_at(&self, top: &Path, files: Vec<Differing>) -> Result<Looking, GitError> {
        // `-v` tells which files git was told not to look at; without `-m` it believes the index.
        let listed = ["ls-files", "-z", "-v", "-s", "-c", "-d", "-m", "--"];
        let is_here = self.workdir() == Some(top);
        let index = is_here.then(|| self.git_dir.join("index"));
        let stamps = stamps(top, &files, index.as_deref());
        let git = self.git_at(top).arg("--literal-pathspecs").args(listed);
        let git = git.args(files.iter().map(|file| &file.path)).looking();
        let asked = match files.is_empty() {
            true => None,
            false => Some(git.begin()?),
        };
        let top = top.to_owned();
        Ok(Looking {
            top,
            files,
            asked,
            index,
            stamps,
        })
    }
}

fn stamps(top: &Path, files: &[Differing], index: Option<&Path>) -> Vec<Option<Stamp>> {
    let files = files.iter().map(|file| stamp(&top.join(&file.path)));
    files.chain(index.map(stamp)).collect()
}

/// Whether a program can be started with all of these paths.
pub(super) fn fit_in_a_line<'a>(paths: impl Iterator<Item = &'a PathBuf>) -> bool {
    paths.map(|path| length(path)).sum::<usize>() <= LINE
}

/// The files in rows, each short enough to start a program with.
pub(super) fn in_lines(files: Vec<Differing>) -> Vec<Vec<Differing>> {
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
    /// Waits for it. Files that git was told not to look at, that are unmerged or no plain files, or that
    /// changed meanwhile, are seen as none of the two commits has them.
    pub(super) fn end(self) -> Result<Vec<Seen>, GitError> {
        let Some(asked) = self.asked else {
            return Ok(Vec::new());
        };
        let mut index = index_entries(&asked.checked()?.stdout)?;
        let stamps = stamps(&self.top, &self.files, self.index.as_deref());
        let indexed: Vec<Indexed> = self
            .files
            .iter()
            .map(|file| index.remove(&file.path).unwrap_or_default())
            .collect();
        // Left are files below one of the paths, which a folder would be then.
        let is_sound = index.is_empty() && stamps == self.stamps;
        let seen = self.files.into_iter().zip(indexed).map(|(file, indexed)| {
            let place = place(&self.top, &file.path);
            Seen {
                file,
                entry: indexed.entry,
                is_changed: indexed.is_changed,
                place: place.filter(|_| is_sound && !indexed.is_odd),
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

    /// File and index are as here.
    pub(super) fn is_as(&self, at: &Option<Entry>) -> bool {
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
