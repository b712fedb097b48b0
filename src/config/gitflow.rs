//! gitflow's keys: AVH's and git-flow-next's, so that a repository that uses either needs none of
//! ours.

use super::keys::at;
use super::layers::{Layered, Origin};
use crate::git::ConfigEntry;

/// A value with the key it stands under.
#[derive(Clone, Copy)]
struct Found<'a> {
    key: &'a str,
    value: &'a str,
}

/// A branch of git-flow-next, `gitflow.branch.<name>.*`: one that lasts, or a type like `hotfix`.
#[derive(Default)]
struct Branch<'a> {
    name: &'a str,
    base: Option<Found<'a>>,
    parent: Option<Found<'a>>,
    prefix: Option<Found<'a>>,
    tag_prefix: Option<Found<'a>>,
    /// `autoUpdate` says outright that it does not follow its parent.
    apart: bool,
}

#[derive(Default)]
struct Flow<'a> {
    master: Option<Found<'a>>,
    develop: Option<Found<'a>>,
    prefix: Option<Found<'a>>,
    release: Option<Found<'a>>,
    support: Option<Found<'a>>,
    version_tag: Option<Found<'a>>,
    branches: Vec<Branch<'a>>,
}

/// Reads gitflow's keys. What they say cannot be an error here: they are another tool's, and only
/// count when nothing of ours says otherwise.
pub(super) fn read(git: &[ConfigEntry], layered: &mut Layered) {
    let mut flow = Flow::default();
    for entry in git.iter().filter(|e| e.name.starts_with("gitflow.")) {
        flow.take(entry);
    }
    flow.write(layered);
}

impl<'a> Flow<'a> {
    fn take(&mut self, entry: &'a ConfigEntry) {
        let found = Some(Found {
            key: &entry.name,
            value: &entry.value,
        })
        .filter(|found| !found.value.is_empty());
        match entry.name.as_str() {
            "gitflow.branch.master" => self.master = found,
            "gitflow.branch.develop" => self.develop = found,
            "gitflow.prefix.hotfix" => self.prefix = found,
            "gitflow.prefix.release" => self.release = found,
            "gitflow.prefix.support" => self.support = found,
            "gitflow.prefix.versiontag" => self.version_tag = found,
            name => {
                let rest = name.strip_prefix("gitflow.branch.");
                // A branch's name may hold dots: the last part is the attribute.
                if let Some((branch, attribute)) = rest.and_then(|rest| rest.rsplit_once('.')) {
                    self.branch(branch).take(attribute, found);
                }
            }
        }
    }

    fn branch(&mut self, name: &'a str) -> &mut Branch<'a> {
        let known = self.branches.iter().position(|branch| branch.name == name);
        let place = known.unwrap_or(self.branches.len());
        if known.is_none() {
            self.branches.push(Branch {
                name,
                ..Branch::default()
            });
        }
        &mut self.branches[place]
    }

    fn write(&self, layered: &mut Layered) {
        let hotfix = self.branches.iter().find(|branch| branch.name == "hotfix");
        let production = self.production(hotfix);
        let mut set = |place, found: Option<Found<'_>>| {
            if let Some(found) = found {
                layered.set(place, vec![found.value.to_owned()], found.origin());
            }
        };
        set(at::PRODUCTION, production);
        set(at::PREFIX, hotfix.and_then(|b| b.prefix).or(self.prefix));
        set(
            at::TAG_PREFIX,
            hotfix.and_then(|b| b.tag_prefix).or(self.version_tag),
        );
        let release = self.branches.iter().find(|branch| branch.name == "release");
        if let Some(found) = release.and_then(|b| b.prefix).or(self.release) {
            let pattern = vec![format!("{}*", found.value)];
            layered.set(at::RELEASE_BRANCHES, pattern, found.origin());
        }
        let support = self.branches.iter().find(|branch| branch.name == "support");
        let support = support.and_then(|b| b.prefix).or(self.support);
        if let Some(first) = support {
            let release = release.and_then(|b| b.prefix).or(self.release);
            let prefixes = [support, release].into_iter().flatten();
            let patterns = prefixes.map(|found| format!("{}*", found.value)).collect();
            layered.set(at::LINES, patterns, first.origin());
        }
        let followers = self.followers(production.map(|found| found.value));
        if let Some(first) = followers.first() {
            let values = followers.iter().map(|f| f.value.to_owned()).collect();
            layered.set(at::BACK_MERGE, values, first.origin());
        }
    }

    /// What a hotfix is finished into: the parent of its type, else the one branch that lasts and
    /// has no parent.
    fn production(&self, hotfix: Option<&Branch<'a>>) -> Option<Found<'a>> {
        let mut roots = self.bases().filter(|branch| branch.parent.is_none());
        let root = || {
            let root = roots.next().filter(|_| roots.next().is_none())?;
            let base = root.base?;
            Some(Found {
                value: root.name,
                ..base
            })
        };
        let parent = hotfix.and_then(|branch| branch.parent);
        parent.or_else(root).or(self.master)
    }

    /// What follows production: its children under git-flow-next, else AVH's develop.
    fn followers(&self, production: Option<&str>) -> Vec<Found<'a>> {
        if self.bases().next().is_none() {
            let develop = self.develop.filter(|found| Some(found.value) != production);
            return develop.into_iter().collect();
        }
        let follows = |branch: &&Branch<'a>| {
            let parent = branch.parent.map(|found| found.value);
            parent.is_some() && parent == production && !branch.apart
        };
        self.bases()
            .filter(follows)
            .filter_map(|branch| {
                Some(Found {
                    value: branch.name,
                    key: branch.parent?.key,
                })
            })
            .collect()
    }

    fn bases(&self) -> impl Iterator<Item = &Branch<'a>> {
        self.branches.iter().filter(|branch| branch.base.is_some())
    }
}

impl<'a> Branch<'a> {
    fn take(&mut self, attribute: &str, found: Option<Found<'a>>) {
        match attribute {
            "type" => self.base = found.filter(|found| found.value == "base"),
            "parent" => self.parent = found,
            "prefix" => self.prefix = found,
            "tagprefix" => self.tag_prefix = found,
            "autoupdate" => {
                self.apart = found.is_some_and(|f| matches!(f.value, "false" | "no" | "off" | "0"));
            }
            _ => {}
        }
    }
}

impl Found<'_> {
    fn origin(&self) -> Origin {
        Origin::Gitflow {
            key: self.key.to_owned(),
        }
    }
}
