//! Tags and the commits they stand for.

use super::packed::{Entry, PackedRefs};
use super::{GitError, Oid, Repo, raw};
use std::borrow::Cow;
use std::collections::{BinaryHeap, HashSet};

const TAGS: &str = "refs/tags/";

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
        let loose = self.loose_names(TAGS)?;
        let packed = self.packed()?;
        let mut names: Vec<String> = packed
            .below(TAGS)
            .filter(|tag| self.stands_for(&packed, tag, commit))
            .filter_map(|tag| tag.name())
            .filter(|full| loose.iter().all(|name| name != full))
            .map(|full| short(full).to_owned())
            .collect();
        for name in &loose {
            let Some(id) = self.find_ref(name)? else {
                continue;
            };
            if id == *commit || self.peels_to(&id, commit) {
                names.push(short(name).to_owned());
            }
        }
        names.sort();
        Ok(names)
    }

    fn stands_for(&self, packed: &PackedRefs, tag: &Entry<'_>, commit: &Oid) -> bool {
        let commit_hex = commit.as_str().as_bytes();
        match tag.peeled {
            Some(peeled) => peeled == commit_hex,
            None if tag.hex == commit_hex => true,
            None if packed.has_peeled => false,
            None => tag.id().is_some_and(|id| self.peels_to(&id, commit)),
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
        let loose = self.loose_tags(&passes)?;
        let packed = self.packed()?;
        let tagged = self.tagged_commits(&packed, &loose);
        if !tagged.iter().any(|tag| passes(tag.name)) {
            return Ok(Vec::new());
        }
        let own = raw::to_raw(commit)?;
        let mut known = HashSet::from([own]);
        let mut next = BinaryHeap::from([(self.raw_commit(commit)?.time().seconds(), own)]);
        for _ in 0..WALKED {
            let Some((_, id)) = next.pop() else {
                return Ok(Vec::new());
            };
            let oid = raw::from_raw(id)?;
            if itself || id != own {
                let tags = tags_of(&tagged, &oid);
                let tags: Vec<&Tag<'_>> = tags.iter().filter(|tag| passes(tag.name)).collect();
                if !tags.is_empty() {
                    return Ok(self.made_last(&tags));
                }
            }
            for parent in self.raw_commit(&oid)?.parents() {
                if known.insert(parent.id()) {
                    next.push((parent.time().seconds(), parent.id()));
                }
            }
        }
        self.nearest_tags_by_git(commit, itself, passes)
    }

    /// The loose tags, and of those that pass a test by name where they point and end.
    fn loose_tags(&self, passes: impl Fn(&str) -> bool) -> Result<Vec<Loose>, GitError> {
        let mut tags = Vec::new();
        for name in self.loose_names(TAGS)? {
            let id = match passes(short(&name)) {
                true => self.find_ref(&name)?,
                false => None,
            };
            let ends = id.and_then(|id| Some((self.end_of(&id)?, id)));
            tags.push(Loose { name, ends });
        }
        Ok(tags)
    }

    /// Every tag, in the order of the commits that they stand for. (A packed tag needs no object to
    /// be read, and its name is only looked at once its commit is met.)
    fn tagged_commits<'a>(&self, packed: &'a PackedRefs, loose: &'a [Loose]) -> Vec<Tag<'a>> {
        let shadowing: HashSet<&str> = loose.iter().map(|tag| tag.name.as_str()).collect();
        let mut tagged = Vec::new();
        for tag in packed.below(TAGS) {
            let Some(full) = tag.name().filter(|full| !shadowing.contains(full)) else {
                continue;
            };
            let end = match tag.peeled {
                Some(peeled) => Some(Cow::Borrowed(peeled)),
                None if packed.has_peeled => Some(Cow::Borrowed(tag.hex)),
                None => tag.id().and_then(|id| self.end_of(&id)).map(owned),
            };
            let (name, id) = (short(full), tag.hex);
            tagged.extend(end.map(|end| Tag { end, name, id }));
        }
        for Loose { name, ends } in loose {
            tagged.extend(ends.as_ref().map(|(end, id)| Tag {
                end: Cow::Borrowed(end.as_str().as_bytes()),
                name: short(name),
                id: id.as_str().as_bytes(),
            }));
        }
        tagged.sort_unstable_by(|a, b| a.end.cmp(&b.end));
        tagged
    }

    /// The commit that a tag, or a commit, ends at.
    fn end_of(&self, id: &Oid) -> Option<Oid> {
        let id = raw::to_raw(id).ok()?;
        let object = self.inner.find_object(id, None).ok()?;
        let commit = object.peel(git2::ObjectType::Commit).ok()?;
        raw::from_raw(commit.id()).ok()
    }

    /// Of the tags at one commit those made last; one that is no object was made with its commit.
    fn made_last(&self, tags: &[&Tag<'_>]) -> Vec<String> {
        let made = |tag: &Tag<'_>| {
            let id = Oid::from_hex(std::str::from_utf8(tag.id).ok()?)?;
            let object = self.inner.find_tag(raw::to_raw(&id).ok()?).ok()?;
            object.tagger().map(|who| who.when().seconds())
        };
        let tags: Vec<(Option<i64>, &str)> = tags.iter().map(|tag| (made(tag), tag.name)).collect();
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

/// A tag that has a file of its own: its full name, the commit that it stands for, and its id.
struct Loose {
    name: String,
    ends: Option<(Oid, Oid)>,
}

/// A tag: its commit's id in hex, its name, and its own id in hex.
struct Tag<'a> {
    end: Cow<'a, [u8]>,
    name: &'a str,
    id: &'a [u8],
}

/// The tags of a commit, in what is sorted by commit.
fn tags_of<'t, 'a>(tagged: &'t [Tag<'a>], commit: &Oid) -> &'t [Tag<'a>] {
    let commit = commit.as_str().as_bytes();
    let first = tagged.partition_point(|tag| *tag.end < *commit);
    let count = tagged[first..].partition_point(|tag| *tag.end == *commit);
    &tagged[first..first + count]
}

/// A tag's name without `refs/tags/`.
fn short(full: &str) -> &str {
    full.strip_prefix(TAGS).unwrap_or(full)
}

fn owned(id: Oid) -> Cow<'static, [u8]> {
    Cow::Owned(id.as_str().as_bytes().to_vec())
}

/// The names with the latest time.
fn last(tags: &[(Option<i64>, &str)]) -> Vec<String> {
    let latest = tags.iter().map(|(made, _)| *made).max().flatten();
    let last = tags.iter().filter(|(made, _)| *made == latest);
    last.map(|(_, name)| (*name).to_owned()).collect()
}
