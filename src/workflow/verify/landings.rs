//! What one push brings to production and releases, judged together: a push may bring thousands of tags.

use super::judge::{self, Stretch, Whose};
use super::records::Records;
use super::verdict::Verdict;
use crate::git::{Oid, Span};
use crate::policy::gate::Deed;
use crate::policy::push::PushedRef;
use crate::workflow::hook::Judged;
use crate::workflow::{Context, Result};
use std::collections::HashSet;

/// The refs of a push that land or release something; those that come to the same commits are judged
/// in one walk.
#[derive(Debug, Default)]
pub(in crate::workflow) struct Landings {
    together: Vec<Together>,
}

/// Refs that come to what is there already.
#[derive(Debug)]
struct Together {
    exclude: Vec<Oid>,
    whose: Whose,
    refs: Vec<(String, Oid)>,
}

impl Landings {
    /// Adds a ref by its full name, its commit, and what is there before.
    pub(in crate::workflow) fn add(
        &mut self,
        name: &str,
        head: Oid,
        exclude: Vec<Oid>,
        whose: Whose,
    ) {
        let short = name.strip_prefix("refs/heads/");
        let name = short.unwrap_or(name).to_owned();
        let same = |have: &&mut Together| have.exclude == exclude && have.whose == whose;
        match self.together.iter_mut().find(same) {
            Some(have) => have.refs.push((name, head)),
            None => self.together.push(Together {
                exclude,
                whose,
                refs: vec![(name, head)],
            }),
        }
    }

    /// None is there, so that no record has to be read.
    pub(in crate::workflow) fn is_empty(&self) -> bool {
        self.together.is_empty()
    }

    /// What is found about them; the names of the refs that bring something new are added.
    ///
    /// # Errors
    /// When the commits cannot be read.
    pub(in crate::workflow) fn judge(
        self,
        ctx: &Context<'_>,
        records: &Records,
        judged: &mut Judged,
    ) -> Result<Vec<Verdict>> {
        let mut found = Vec::new();
        for Together {
            exclude,
            whose,
            refs,
        } in self.together
        {
            let mut seen = HashSet::new();
            let mut include: Vec<Oid> = refs.iter().map(|(_, head)| head.clone()).collect();
            include.retain(|head| seen.insert(head.clone()));
            let stretch = Stretch {
                span: Span {
                    include,
                    exclude,
                    ..Span::default()
                },
                whose,
                deed: Deed::Land,
                all: false,
            };
            let judgement = judge::judge(ctx, records, &stretch)?;
            if judgement.each.is_empty() {
                continue;
            }
            let brings = |head: &Oid| judgement.heads.contains(head.as_str());
            let names = refs.into_iter().filter(|(_, head)| brings(head));
            judged.add_branches(names.map(|(name, _)| name));
            found.extend(judgement.each);
        }
        Ok(found)
    }
}

/// The commit a line of a push brings, tags peeled; a deletion, a tag of a tree or a blob bring none.
///
/// # Errors
/// When the object database cannot be read.
pub(in crate::workflow) fn commit(ctx: &Context<'_>, line: &PushedRef) -> Result<Option<Oid>> {
    match line.local_id.as_deref() {
        Some(id) => Ok(ctx.repo.commit_of(id)?),
        None => Ok(None),
    }
}
