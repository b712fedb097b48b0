//! Tags and the commits they stand for.

use super::{GitError, Oid, Repo, raw};
use std::cmp::Reverse;
use std::collections::HashSet;
use std::io::ErrorKind;
use std::path::Path;

impl Repo {
    /// The names of the tags that point at a commit (peeled), without `refs/tags/`.
    ///
    /// # Errors
    /// When the ref store cannot be read.
    pub fn tags_at(&self, commit: &Oid) -> Result<Vec<String>, GitError> {
        if self.by_git() {
            return self.tags_at_by_git(commit);
        }
        // Loose before packed, as git reads them: a tag that is packed meanwhile is seen twice, not
        // missed.
        let mut loose = Vec::new();
        walk(&self.common_dir.join("refs/tags"), "", &mut loose);
        let packed = packed_refs(&self.common_dir)?;
        let shadowing: HashSet<&str> = loose.iter().map(String::as_str).collect();
        let mut names: Vec<String> = packed_tags(&packed)
            .filter(|tag| !shadowing.contains(tag.name))
            .filter(|tag| self.stands_for(tag, commit))
            .map(|tag| tag.name.to_owned())
            .collect();
        for name in &loose {
            let Some(id) = self.find_ref(&format!("refs/tags/{name}"))? else {
                continue;
            };
            if id == *commit || self.peels_to(&id, commit) {
                names.push(name.clone());
            }
        }
        names.sort();
        Ok(names)
    }

    fn stands_for(&self, tag: &PackedTag<'_>, commit: &Oid) -> bool {
        match tag.peeled {
            Some(peeled) => peeled == commit.as_str(),
            None if tag.id == commit.as_str() => true,
            None if tag.surely_no_object => false,
            None => Oid::from_hex(tag.id).is_some_and(|id| self.peels_to(&id, commit)),
        }
    }

    /// The object is a tag object that ends at the commit.
    fn peels_to(&self, id: &Oid, commit: &Oid) -> bool {
        raw::to_raw(id)
            .ok()
            .and_then(|id| self.inner.find_tag(id).ok())
            .and_then(|tag| tag.into_object().peel(git2::ObjectType::Commit).ok())
            .is_some_and(|end| end.id().to_string() == commit.as_str())
    }

    fn tags_at_by_git(&self, commit: &Oid) -> Result<Vec<String>, GitError> {
        let listed = self
            .git()
            .args(["for-each-ref", "--format=%(refname:lstrip=2)"])
            .arg(format!("--points-at={commit}"))
            .arg("refs/tags/")
            .parsed()
            .text()?;
        let mut names: Vec<String> = listed.lines().map(str::to_owned).collect();
        names.sort();
        Ok(names)
    }

    /// The names of the tags that a commit contains, nearest first, at most `limit`.
    ///
    /// Nearest is the tag whose *commit* is newest: a version tagged late, on an old commit, is no
    /// nearer for that. Of several tags at one commit the one made last comes first, then the
    /// higher version. (`git describe` counts commits instead and names one tag only.)
    ///
    /// # Errors
    /// When git cannot be asked.
    pub fn tags_before(&self, commit: &Oid, limit: usize) -> Result<Vec<String>, GitError> {
        let format = "--format=%(refname:lstrip=2) %(creatordate:unix) %(committerdate:unix) \
                      %(*committerdate:unix)";
        let output = self
            .git()
            .args(["for-each-ref", "--sort=-version:refname", format])
            .arg(format!("--merged={commit}"))
            .arg("refs/tags/")
            .parsed()
            .checked()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let mut tags: Vec<(i64, i64, &str)> = text
            .lines()
            .filter_map(|line| {
                // A tag object has no committer and a commit no `*`: one of the two is missing.
                let mut words = line.split_whitespace();
                let name = words.next()?;
                let made = words.next()?.parse().ok()?;
                let committed = words.next().and_then(|d| d.parse().ok()).unwrap_or(made);
                Some((committed, made, name))
            })
            .collect();
        tags.sort_by_key(|(committed, made, _)| Reverse((*committed, *made)));
        let names = tags.into_iter().map(|(_, _, name)| name.to_owned());
        Ok(names.take(limit).collect())
    }
}

/// A tag as `packed-refs` keeps it.
struct PackedTag<'a> {
    name: &'a str,
    id: &'a str,
    peeled: Option<&'a str>,
    /// The file's writer peeled every tag, so one without `^` is no tag object.
    surely_no_object: bool,
}

/// The file itself, because libgit2 tells a tag it has not peeled from one that needs no peeling
/// only by reading the object, which with 10,000 tags takes longer than all the rest.
fn packed_refs(common_dir: &Path) -> Result<String, GitError> {
    match std::fs::read(common_dir.join("packed-refs")) {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(raw::io_failed("reading packed-refs")(error)),
    }
}

fn packed_tags(text: &str) -> impl Iterator<Item = PackedTag<'_>> {
    let header = text.lines().next().filter(|line| line.starts_with('#'));
    // `peeled` promises it for refs/tags/, `fully-peeled` for all.
    let surely_no_object = header.is_some_and(|line| line.contains("peeled"));
    let mut lines = text.lines().peekable();
    std::iter::from_fn(move || {
        loop {
            let line = lines.next()?;
            let Some((id, full)) = line.split_once(' ') else {
                continue;
            };
            let Some(name) = full.trim_end().strip_prefix("refs/tags/") else {
                continue;
            };
            let peeled = lines.next_if(|next| next.starts_with('^'));
            return Some(PackedTag {
                name,
                id,
                peeled: peeled.map(|line| line[1..].trim_end()),
                surely_no_object,
            });
        }
    })
}

/// The names of loose refs below a folder.
fn walk(folder: &Path, prefix: &str, names: &mut Vec<String>) {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries {
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => {
                walk(&entry.path(), &format!("{prefix}{name}/"), names);
            }
            Ok(_) if !name.ends_with(".lock") => names.push(format!("{prefix}{name}")),
            _ => {}
        }
    }
}
