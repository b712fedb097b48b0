//! The commits a CI run is about.

use super::scope::{self, Range};
use crate::git::Oid;
use crate::policy::ci::{Event, Pipeline};
use crate::workflow::{Context, Error, Result, production, release};

/// From where to where.
///
/// # Errors
/// When a commit that the system names, or the target, is not in the clone.
pub(super) fn range(ctx: &Context<'_>, run: &Pipeline) -> Result<Range> {
    let head = scope::revision(ctx, run.head.as_deref().unwrap_or("HEAD"))?;
    let base = base(ctx, run, &head)?;
    let from = base.as_ref().map(|base| format!("{}..", base.short()));
    let to = run.tag.as_deref().or(run.branch.as_deref());
    let target = match run.event {
        // What is pushed goes where it is already.
        Event::Push | Event::Other => run.branch.clone(),
        Event::Request | Event::Queue | Event::Tag => run.target.clone(),
    };
    Ok(Range {
        words: from.unwrap_or_default() + to.unwrap_or(head.short()),
        base,
        head,
        source: run.branch.clone(),
        target,
    })
}

/// What the commits start from; nothing when all of the history comes in.
fn base(ctx: &Context<'_>, run: &Pipeline, head: &Oid) -> Result<Option<Oid>> {
    if let Some(id) = &run.base {
        let cut = !ctx.repo.shallow_ends()?.is_empty();
        match ctx.repo.commit_of(id)? {
            Some(base) => return Ok(Some(base)),
            None if cut => return scope::revision(ctx, id).map(Some),
            // A forced push left it behind: no clone has it any more.
            None => {}
        }
    }
    let production = production::find_any(ctx)?.map(|production| production.branch);
    let production = production.or_else(|| run.default_branch.clone());
    match run.event {
        Event::Request | Event::Queue => {
            let target = run.target.clone().or(production);
            where_it_left(ctx, target.as_deref(), head)
        }
        Event::Tag => release_before(ctx, head),
        Event::Push | Event::Other if run.branch == production => release_before(ctx, head),
        Event::Push | Event::Other => where_it_left(ctx, production.as_deref(), head),
    }
}

/// The commit at which the head left a branch, as the remote has it.
fn where_it_left(ctx: &Context<'_>, branch: Option<&str>, head: &Oid) -> Result<Option<Oid>> {
    let Some(branch) = branch else {
        let message = "nothing says which branch the commits go to".to_owned();
        let error = scope::unknowable(ctx, message, None);
        return Err(error.next("Or say from where: git hotfix verify --base <revision>"));
    };
    let remote = production::remote(ctx)?.unwrap_or_else(|| "origin".to_owned());
    let tip = match ctx.repo.find_ref(&production::tracking(&remote, branch))? {
        Some(tip) => Some(tip),
        None => ctx.repo.find_ref(&format!("refs/heads/{branch}"))?,
    };
    match tip {
        Some(tip) => scope::common(ctx, &tip, head).map(Some),
        None => Err(scope::unknowable(
            ctx,
            format!("{remote}/{branch} is not in this clone"),
            Some(&format!(
                "+refs/heads/{branch}:refs/remotes/{remote}/{branch}"
            )),
        )),
    }
}

/// The last release before a commit: its own tags are what is judged.
fn release_before(ctx: &Context<'_>, head: &Oid) -> Result<Option<Oid>> {
    match release::before(ctx, head, false)? {
        Some(tag) => ctx
            .repo
            .commit_of(&format!("refs/tags/{tag}"))
            .map_err(Error::from),
        None => Ok(None),
    }
}
