//! Tags and the commits they stand for.

use super::{GitError, Oid, Repo, raw};
use std::collections::{BinaryHeap, HashMap, HashSet};
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

    /// The tags that pass a test by name, nearest before a commit: those of one commit that were made
    /// last. `itself` counts the commit's own.
    ///
    /// Nearest is the tag whose *commit* is newest: a version tagged late, on an old commit, is no
    /// nearer for that. (`git describe` counts commits instead and names one tag only.)
    ///
    /// # Errors
    /// When the refs or the object database cannot be read.
    pub fn nearest_tags(
        &self,
        commit: &Oid,
        itself: bool,
        passes: impl Fn(&str) -> bool,
    ) -> Result<Vec<String>, GitError> {
        if self.by_git() {
            return self.nearest_tags_by_git(commit, itself, passes);
        }
        let tagged = self.tagged_commits(&passes)?;
        if tagged.is_empty() {
            return Ok(Vec::new());
        }
        let own = raw::to_raw(commit)?;
        let mut known = HashSet::from([own]);
        let mut next = BinaryHeap::from([(self.raw_commit(commit)?.time().seconds(), own)]);
        for _ in 0..WALKED {
            let Some((_, id)) = next.pop() else {
                return Ok(Vec::new());
            };
            if let Some(tags) = tagged.get(&id)
                && (itself || id != own)
            {
                return Ok(self.made_last(tags));
            }
            let oid = raw::from_raw(id)?;
            for parent in self.raw_commit(&oid)?.parents() {
                if known.insert(parent.id()) {
                    next.push((parent.time().seconds(), parent.id()));
                }
            }
        }
        self.nearest_tags_by_git(commit, itself, passes)
    }

    /// The commits that the tags of some names stand for. (A packed tag needs no object to be read.)
    fn tagged_commits(
        &self,
        passes: impl Fn(&str) -> bool,
    ) -> Result<HashMap<git2::Oid, Vec<Named>>, GitError> {
        let mut tagged: HashMap<git2::Oid, Vec<Named>> = HashMap::new();
        let mut add = |name: &str, id: git2::Oid, end: Option<git2::Oid>| {
            if let Some(end) = end {
                let name = name.to_owned();
                tagged.entry(end).or_default().push(Named { name, id });
            }
        };
        let mut loose = Vec::new();
        walk(&self.common_dir.join("refs/tags"), "", &mut loose);
        let packed = packed_refs(&self.common_dir)?;
        let shadowing: HashSet<&str> = loose.iter().map(String::as_str).collect();
        for tag in packed_tags(&packed) {
            if shadowing.contains(tag.name) || !passes(tag.name) {
                continue;
            }
            let Some(id) = Oid::from_hex(tag.id) else {
                continue;
            };
            let id = raw::to_raw(&id)?;
            let end = match tag.peeled.map(Oid::from_hex) {
                Some(Some(peeled)) => Some(raw::to_raw(&peeled)?),
                _ if tag.surely_no_object => Some(id),
                _ => self.end_of(id),
            };
            add(tag.name, id, end);
        }
        for name in loose.iter().filter(|name| passes(name)) {
            if let Some(id) = self.find_ref(&format!("refs/tags/{name}"))? {
                let id = raw::to_raw(&id)?;
                add(name, id, self.end_of(id));
            }
        }
        Ok(tagged)
    }

    /// The commit that a tag, or a commit, ends at.
    fn end_of(&self, id: git2::Oid) -> Option<git2::Oid> {
        let object = self.inner.find_object(id, None).ok()?;
        let commit = object.peel(git2::ObjectType::Commit).ok()?;
        Some(commit.id())
    }

    /// Of the tags at one commit those made last; one that is no object was made with its commit.
    fn made_last(&self, tags: &[Named]) -> Vec<String> {
        let made = |tag: &Named| {
            let object = self.inner.find_tag(tag.id).ok();
            object.and_then(|tag| tag.tagger().map(|who| who.when().seconds()))
        };
        let tags: Vec<(Option<i64>, &str)> = tags
            .iter()
            .map(|tag| (made(tag), tag.name.as_str()))
            .collect();
        last(&tags)
    }

    /// The same by one process, which reads every tag, and the whole history where there is no
    /// commit-graph.
    pub(super) fn nearest_tags_by_git(
        &self,
        commit: &Oid,
        itself: bool,
        passes: impl Fn(&str) -> bool,
    ) -> Result<Vec<String>, GitError> {
        let format = "--format=%(refname:lstrip=2) %(objectname) %(committerdate:unix) \
                      %(taggerdate:unix) %(*objectname) %(*committerdate:unix)";
        let output = self
            .git()
            .args(["for-each-ref", format])
            .arg(format!("--merged={commit}"))
            .arg("refs/tags/")
            .parsed()
            .checked()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let mut tags: Vec<(i64, &str, Option<i64>, &str)> = Vec::new();
        for line in text.lines() {
            // A tag object has no committer and a commit no tagger and no `*`.
            let words: Vec<&str> = line.split_whitespace().collect();
            let (name, end, committed, made) = match words.as_slice() {
                [name, end, committed] => (*name, *end, committed.parse(), None),
                [name, _, made, end, committed] => {
                    (*name, *end, committed.parse(), made.parse().ok())
                }
                _ => continue,
            };
            if let Ok(committed) = committed
                && passes(name)
                && (itself || end != commit.as_str())
            {
                tags.push((committed, end, made, name));
            }
        }
        let Some(&(_, nearest, _, _)) = tags.iter().max_by_key(|tag| tag.0) else {
            return Ok(Vec::new());
        };
        let there = tags.iter().filter(|tag| tag.1 == nearest);
        let there: Vec<(Option<i64>, &str)> = there.map(|tag| (tag.2, tag.3)).collect();
        Ok(last(&there))
    }
}

/// How many commits are looked at one by one before git is asked, which has an index of them.
const WALKED: usize = 20_000;

/// A tag's name and its object's id.
struct Named {
    name: String,
    id: git2::Oid,
}

/// The names with the latest time.
fn last(tags: &[(Option<i64>, &str)]) -> Vec<String> {
    let latest = tags.iter().map(|(made, _)| *made).max().flatten();
    let last = tags.iter().filter(|(made, _)| *made == latest);
    last.map(|(_, name)| (*name).to_owned()).collect()
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
