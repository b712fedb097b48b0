//! The records a judge may go by: on their refs, in copies of a remote's, in a push, in a tree.

use crate::git::Oid;
use crate::policy::branch;
use crate::record::{Field, Record};
use crate::workflow::store::{self, Stored};
use crate::workflow::{Context, Result, copies};

/// Where other copies of records lie: fetched ones, and those of forges that refuse refs of our own.
const COPIES: [&str; 2] = [copies::PREFIX, "refs/heads/hotfix-log/"];

/// A record a judge goes by.
#[derive(Debug)]
pub struct Known {
    /// The incident's id.
    pub id: String,
    /// The record.
    pub record: Record,
}

/// The records that are known; what stands first is asked first.
#[derive(Debug, Default)]
pub struct Records {
    refs: Vec<(String, Oid)>,
    trees: Vec<Oid>,
    edited: bool,
}

impl Records {
    /// Those on refs, own ones before copies.
    ///
    /// # Errors
    /// When the refs cannot be read.
    pub fn on_refs(ctx: &Context<'_>) -> Result<Records> {
        let mut refs = store::ids(ctx)?;
        for place in COPIES {
            for (name, tip) in ctx.repo.list_refs(place)? {
                let id = name.rsplit('/').next().unwrap_or_default().to_owned();
                if !refs.iter().any(|(have, _)| *have == id) {
                    refs.push((id, tip));
                }
            }
        }
        Ok(Records {
            refs,
            ..Records::default()
        })
    }

    /// Those of this repository as their people see them: what is edited and not saved counts.
    ///
    /// # Errors
    /// When the refs cannot be read.
    pub fn as_seen_here(ctx: &Context<'_>) -> Result<Records> {
        let edited = true;
        Ok(Records {
            edited,
            ..Records::on_refs(ctx)?
        })
    }

    /// With what a push brings: a new version, or none any more.
    #[must_use]
    pub fn pushed(mut self, id: &str, tip: Option<Oid>) -> Records {
        self.refs.retain(|(have, _)| have != id);
        self.refs.extend(tip.map(|tip| (id.to_owned(), tip)));
        self
    }

    /// With those that a commit's tree holds, asked last.
    #[must_use]
    pub fn in_tree(mut self, commit: Oid) -> Records {
        self.trees.push(commit);
        self
    }

    /// The record of an id, which may be text from anywhere.
    ///
    /// # Errors
    /// When a tree cannot be read.
    pub fn of_id(&self, ctx: &Context<'_>, id: &str) -> Result<Option<Known>> {
        if branch::fault(id).is_some() || id.contains('/') {
            return Ok(None);
        }
        if let Some((_, tip)) = self.refs.iter().find(|(have, _)| have == id)
            && let Some(stored) = self.read(ctx, id, tip)
        {
            return Ok(Some(Known::from(stored)));
        }
        for tree in &self.trees {
            if let Some(known) = in_tree(ctx, tree, id)? {
                return Ok(Some(known));
            }
        }
        Ok(None)
    }

    /// The record of a hotfix branch; of several the latest open one, else the latest.
    ///
    /// # Errors
    /// When a tree cannot be read.
    pub fn of_branch(&self, ctx: &Context<'_>, name: &str) -> Result<Option<Known>> {
        let slug = name.strip_prefix(&ctx.settings.prefix).unwrap_or(name);
        let is_likely = |id: &str| branch::slug_of_id(id) == slug;
        // Records are named after their branch, nearly always: the others are read only then.
        for likely in [true, false] {
            let ids = self.refs.iter().map(|(id, _)| id.clone());
            let of_branch = self.latest(ctx, ids.filter(|id| is_likely(id) == likely), name)?;
            if of_branch.is_some() {
                return Ok(of_branch);
            }
        }
        for likely in [true, false] {
            for tree in &self.trees {
                let files = ctx.repo.files_in(tree, &ctx.settings.postmortems)?;
                let ids = files.iter().filter_map(|file| file.strip_suffix(".md"));
                let ids = ids.filter(|id| is_likely(id) == likely).map(str::to_owned);
                let of_branch = self.latest(ctx, ids, name)?;
                if of_branch.is_some() {
                    return Ok(of_branch);
                }
            }
        }
        Ok(None)
    }

    fn read(&self, ctx: &Context<'_>, id: &str, tip: &Oid) -> Option<Stored> {
        if self.edited
            && let Ok(stored) = store::view(ctx, id)
        {
            return Some(stored);
        }
        store::readable(ctx, id, tip.clone())
    }

    fn latest(
        &self,
        ctx: &Context<'_>,
        ids: impl Iterator<Item = String>,
        name: &str,
    ) -> Result<Option<Known>> {
        let mut latest: Option<Known> = None;
        for id in ids {
            let Some(known) = self.of_id(ctx, &id)? else {
                continue;
            };
            let key = |known: &Known| (known.record.is_open(), known.id.clone());
            let is_its = known.record.field(Field::Branch) == Some(name);
            if is_its && latest.as_ref().is_none_or(|have| key(have) < key(&known)) {
                latest = Some(known);
            }
        }
        Ok(latest)
    }

    /// The records on refs.
    pub fn all(&self, ctx: &Context<'_>) -> impl Iterator<Item = Known> {
        let refs = self.refs.iter();
        refs.filter_map(|(id, tip)| self.read(ctx, id, tip))
            .map(Known::from)
    }

    /// The records on refs that are open.
    pub fn open(&self, ctx: &Context<'_>) -> Vec<Known> {
        self.all(ctx)
            .filter(|known| known.record.is_open())
            .collect()
    }
}

impl From<Stored> for Known {
    fn from(stored: Stored) -> Known {
        Known {
            id: stored.id,
            record: stored.record,
        }
    }
}

fn in_tree(ctx: &Context<'_>, commit: &Oid, id: &str) -> Result<Option<Known>> {
    let file = format!("{}/{id}.md", ctx.settings.postmortems);
    let found = ctx.repo.file_at(commit, &file)?;
    Ok(found.map(|(_, bytes)| Known {
        id: id.to_owned(),
        record: Record::parse(String::from_utf8_lossy(&bytes).into_owned()),
    }))
}
