//! Lines in tracked files: they are on the branches that have them, and a hotfix branch begins where
//! production is.

use super::status::Look;
use super::{Context, Hook, Manager, Place, Result, managers};
use crate::git::Oid;
use std::collections::HashSet;

/// Said wherever lines are printed.
pub const LATER: &str = "Commit them: a hotfix branch has them once production has.";

/// Another branch's lines, which this one has not.
#[derive(Debug)]
pub(super) struct Lacking {
    /// The other branch, `main` or `origin/main`.
    branch: String,
    /// The file that calls us there.
    file: String,
}

impl Lacking {
    /// In a line.
    pub(super) fn words(&self) -> String {
        let Lacking { branch, file } = self;
        format!("this branch has not the lines that call our hooks ({branch} has {file})")
    }
}

/// A branch whose files call us for an event that nothing calls us for here. Looked for only where
/// something is amiss: every branch may have to be read.
///
/// # Errors
/// When the refs or a tree cannot be read.
pub(super) fn lacking(ctx: &Context<'_>, look: &Look) -> Result<Option<Lacking>> {
    let is_uncalled = |hook: &&Hook| {
        let here = |manager: &Manager| managers::caller(ctx, &look.place, *manager, hook.event);
        hook.running().next().is_none() && !look.managers.iter().any(|one| here(one).is_some())
    };
    let events = look.hooks.iter().filter(is_uncalled);
    let events: Vec<&str> = events.map(|hook| hook.event).collect();
    if events.is_empty() || look.managers.is_empty() {
        return Ok(None);
    }
    let mut seen = HashSet::new();
    for below in ["refs/heads/", "refs/remotes/"] {
        for (name, tip) in ctx.repo.list_refs(below)? {
            if !seen.insert(tip.clone()) {
                continue;
            }
            if let Some(file) = calls_at(ctx, look, &tip, &events) {
                let branch = name.trim_start_matches(below).to_owned();
                return Ok(Some(Lacking { branch, file }));
            }
        }
    }
    Ok(None)
}

/// The file of a commit that calls us for one of the events.
fn calls_at(ctx: &Context<'_>, look: &Look, tip: &Oid, events: &[&str]) -> Option<String> {
    // A ref may lead to anything; what cannot be read calls nobody.
    let read = |file: &str| {
        let (_, bytes) = ctx.repo.file_at(tip, file).ok()??;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    };
    look.managers.iter().find_map(|manager| {
        let mut events = events.iter();
        events.find_map(|event| managers::caller_in(ctx, &look.place, *manager, event, &read))
    })
}

/// lefthook has git's folder: whatever it does not know there it renames, and runs no more.
pub(super) fn is_lefthooks(look: &Look) -> bool {
    matches!(look.place, Place::Own(_)) && look.managers.contains(&Manager::Lefthook)
}
