//! The branches that a landing is moving in this repository: `hotfix/landing/<id>` in its git
//! directory, there from before they move until after the work trees have followed. What is left when
//! it is killed is how the next one knows that a work tree was left behind, and by whom.

use super::Options;
use super::plan::Plan;
use crate::files;
use crate::git::Oid;
use crate::workflow::{Context, Result};
use std::path::PathBuf;

/// No note is longer.
const LIMIT: u64 = 1 << 20;

/// Notes the moves of this run, after those of runs that did not end; at last that of the work trees
/// which leave the hotfix branch. What was noted before is returned.
pub(super) fn begin(ctx: &Context<'_>, plan: &Plan, options: &Options) -> Result<String> {
    let (root, path) = (ctx.repo.common_dir(), path(ctx, &plan.id));
    let before = files::read_text(root, &path, LIMIT)?.unwrap_or_default();
    let mut text = before.clone();
    let moves = plan.targets.iter();
    let moves = moves.map(|target| (target.local.as_ref(), &target.result, &target.branch));
    let leaving = plan.production().filter(|_| !options.keep);
    let leaving = leaving.map(|target| (plan.tip.as_ref(), &target.result, &plan.branch));
    for (from, to, branch) in moves.chain(leaving) {
        if let Some(from) = from.filter(|from| *from != to) {
            text.push_str(&format!("{from} {to} {branch}\n"));
        }
    }
    if text != before {
        files::write_note(root, &path, text.as_bytes())?;
    }
    Ok(before)
}

/// No branch was moved after all.
pub(super) fn take_back(ctx: &Context<'_>, plan: &Plan, before: &str) {
    let (root, path) = (ctx.repo.common_dir(), path(ctx, &plan.id));
    let taken_back = match before {
        "" if files::exists(&path) => files::remove(&path),
        "" => Ok(()),
        before => files::write_note(root, &path, before.as_bytes()),
    };
    if let Err(error) = taken_back {
        ctx.warn(error.to_string());
    }
}

/// Every work tree has left the hotfix branch. What did not follow another branch stays noted.
pub(super) fn end(ctx: &Context<'_>, plan: &Plan, all_followed: bool) {
    let (root, path) = (ctx.repo.common_dir(), path(ctx, &plan.id));
    let end = || -> Result<()> {
        let Some(text) = files::read_text(root, &path, LIMIT)? else {
            return Ok(());
        };
        if all_followed {
            return Ok(files::remove(&path)?);
        }
        let is_left = |line: &&str| parsed(line).is_none_or(|(_, _, of)| of != plan.branch);
        let left: String = text.split_inclusive('\n').filter(is_left).collect();
        Ok(files::write_note(root, &path, left.as_bytes())?)
    };
    if let Err(error) = end() {
        ctx.warn(error.message());
    }
}

/// From where to where a branch was moved by runs that did not end, the last first.
pub(super) fn moves(ctx: &Context<'_>, id: &str, branch: &str) -> Result<Vec<(Oid, Oid)>> {
    let text = files::read_text(ctx.repo.common_dir(), &path(ctx, id), LIMIT)?;
    let text = text.unwrap_or_default();
    let moves = text.lines().rev().filter_map(parsed);
    let of_branch = moves.filter(|(_, _, of)| *of == branch);
    Ok(of_branch.map(|(from, to, _)| (from, to)).collect())
}

fn parsed(line: &str) -> Option<(Oid, Oid, &str)> {
    let mut parts = line.trim_end_matches('\n').splitn(3, ' ');
    let mut id = || parts.next().and_then(Oid::from_hex);
    let (from, to) = (id()?, id()?);
    Some((from, to, parts.next()?))
}

fn path(ctx: &Context<'_>, id: &str) -> PathBuf {
    ctx.repo
        .common_dir()
        .join("hotfix")
        .join("landing")
        .join(id)
}
