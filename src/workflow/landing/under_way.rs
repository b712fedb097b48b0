//! The branches that a landing is moving in this repository: `hotfix/landing/<id>` in its git
//! directory, there from before they move until after the work trees have followed. What is left when
//! it is killed is how the next one knows that a work tree was left behind, and by whom.

use super::plan::Plan;
use crate::files;
use crate::git::Oid;
use crate::workflow::{Context, Result};
use std::path::PathBuf;

/// No note is longer.
const LIMIT: u64 = 1 << 20;

/// Notes the moves of this run, after those of runs that did not end.
pub(super) fn begin(ctx: &Context<'_>, plan: &Plan) -> Result<()> {
    let (root, path) = (ctx.repo.common_dir(), path(ctx, &plan.id));
    let mut text = files::read_text(root, &path, LIMIT)?.unwrap_or_default();
    let before = text.len();
    for target in &plan.targets {
        let (from, to) = (&target.local, &target.result);
        if let Some(from) = from.as_ref().filter(|from| *from != to) {
            text.push_str(&format!("{from} {to} {}\n", target.branch));
        }
    }
    if text.len() > before {
        files::write_note(root, &path, text.as_bytes())?;
    }
    Ok(())
}

pub(super) fn end(ctx: &Context<'_>, plan: &Plan) {
    let path = path(ctx, &plan.id);
    if files::exists(&path)
        && let Err(error) = files::remove(&path)
    {
        ctx.warn(error.to_string());
    }
}

/// From where to where a branch was moved by runs that did not end, the last first.
pub(super) fn moves(ctx: &Context<'_>, id: &str, branch: &str) -> Result<Vec<(Oid, Oid)>> {
    let text = files::read_text(ctx.repo.common_dir(), &path(ctx, id), LIMIT)?;
    let text = text.unwrap_or_default();
    let of_branch = text.lines().rev().filter_map(|line| {
        let mut parts = line.splitn(3, ' ');
        let (from, to) = (parts.next()?, parts.next()?);
        let is_it = parts.next() == Some(branch);
        is_it.then_some((Oid::from_hex(from)?, Oid::from_hex(to)?))
    });
    Ok(of_branch.collect())
}

fn path(ctx: &Context<'_>, id: &str) -> PathBuf {
    ctx.repo
        .common_dir()
        .join("hotfix")
        .join("landing")
        .join(id)
}
