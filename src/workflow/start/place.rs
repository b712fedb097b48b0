//! Going to where the fix will be made: this work tree, or a linked one beside the repository.

use super::plan::Plan;
use super::{Options, settle};
use crate::git::GitError;
use crate::git::changes::LookingForChanges;
use crate::policy::branch;
use crate::workflow::{Code, Context, Error, Result, lock_advice, workfile};
use std::path::{Path, PathBuf};

/// Where the fix will be worked on.
pub(super) enum Place {
    /// In this work tree; when that fails, in one of its own, unless that is not wanted.
    Here {
        only: bool,
    },
    Linked {
        path: PathBuf,
        changed_files: usize,
    },
}

impl Place {
    /// Where one would arrive if nothing is in the way.
    pub(super) fn arrived(self) -> Arrived {
        match self {
            Place::Here { .. } => Arrived {
                worktree: None,
                changed_files: 0,
            },
            Place::Linked {
                path,
                changed_files,
            } => Arrived {
                worktree: Some(path),
                changed_files,
            },
        }
    }
}

/// Where one arrived.
pub(super) struct Arrived {
    pub(super) worktree: Option<PathBuf>,
    pub(super) changed_files: usize,
}

pub(super) fn place(
    ctx: &Context<'_>,
    options: &Options,
    plan: &Plan,
    looking: Option<LookingForChanges>,
) -> Result<Place> {
    if let Some(path) = &options.worktree {
        let path = match path {
            Some(path) => ctx.env.cwd.join(path),
            None => beside(ctx, plan)?,
        };
        return Ok(Place::Linked {
            path,
            changed_files: 0,
        });
    }
    let changed = match looking {
        Some(looking) => looking.files(usize::MAX)?.len(),
        None => 0,
    };
    if changed == 0 {
        return Ok(Place::Here {
            only: options.in_place,
        });
    }
    if options.in_place {
        let are = if changed == 1 { "file is" } else { "files are" };
        return Err(Error::usage(format!("{changed} changed {are} in the way of --in-place")).code(Code::DirtyWorkTree)
            .untouched("Nothing was changed.")
            .next("Leave them as they are, the hotfix gets a work tree of its own: drop --in-place"));
    }
    Ok(Place::Linked {
        path: beside(ctx, plan)?,
        changed_files: changed,
    })
}

/// A free path beside the repository's main folder: `../shop-hotfix-login`.
fn beside(ctx: &Context<'_>, plan: &Plan) -> Result<PathBuf> {
    let top = ctx
        .repo
        .workdir()
        .ok_or_else(|| Error::failed("there is no work tree"))?;
    // Beside the first one, whichever of them one stands in.
    let trees = ctx.repo.worktrees()?;
    let main = trees.first().filter(|main| !main.bare);
    let top = main.map_or(top, |main| &main.path);
    let name = top.file_name().unwrap_or_default().to_string_lossy();
    let folder = format!("{name}-{}", plan.branch.replace(['/', '\\', ':'], "-"));
    let parent = top.parent().unwrap_or(top);
    let ours = |path: &Path| plan.resumed && is_work_tree_of(ctx, path, &plan.branch);
    let free = branch::free(&folder, |name| {
        let path = parent.join(name);
        path.exists() && !ours(&path)
    });
    Ok(parent.join(free))
}

fn is_work_tree_of(ctx: &Context<'_>, path: &Path, branch: &str) -> bool {
    let trees = ctx.repo.worktrees().unwrap_or_default();
    trees
        .iter()
        .any(|tree| tree.path == path && tree.branch.as_deref() == Some(branch))
}

pub(super) fn go(ctx: &Context<'_>, plan: &Plan, place: Place, record: &str) -> Result<Arrived> {
    let (path, changed_files) = match place {
        Place::Here { only } => match switch(ctx, plan, record)? {
            Ok(()) => {
                warn_of_submodules(ctx);
                return Ok(Arrived {
                    worktree: None,
                    changed_files: 0,
                });
            }
            Err(error @ GitError::Failed { .. }) if only => {
                return Err(Error::failed(format!(
                    "this work tree cannot go there: {}",
                    said(&error)
                ))
                .code(Code::GitFailed)
                .next("The hotfix can have a work tree of its own: drop --in-place"));
            }
            // An untracked file in the way, or a rebase under way: git left the work tree as it was.
            Err(error @ GitError::Failed { .. }) => {
                ctx.warn(format!("this work tree cannot go there: {}", said(&error)));
                (beside(ctx, plan)?, 0)
            }
            Err(error) => return Err(error.into()),
        },
        Place::Linked {
            path,
            changed_files,
        } => (path, changed_files),
    };
    if !(plan.resumed && is_work_tree_of(ctx, &path, &plan.branch)) {
        ctx.repo
            .add_worktree(&path, &plan.branch)
            .map_err(|error| match error {
                GitError::Failed { .. } => {
                    Error::failed(format!("the work tree could not be made: {}", said(&error)))
                        .code(Code::GitFailed)
                        .next("Say another place: --worktree <path>")
                }
                other => other.into(),
            })?;
    }
    Ok(Arrived {
        worktree: Some(path),
        changed_files,
    })
}

/// The record's file is written while git switches: it is in the way of no branch. Git's own refusal
/// comes back apart.
fn switch(
    ctx: &Context<'_>,
    plan: &Plan,
    record: &str,
) -> Result<std::result::Result<(), GitError>> {
    let switching = match ctx.repo.begin_switch(&plan.branch) {
        Ok(switching) => switching,
        Err(error) => return Ok(Err(error)),
    };
    let written = settle(ctx, plan, record);
    let switched = switching.end();
    if switched.is_err() {
        workfile::discard(ctx, &plan.id);
    }
    written?;
    Ok(switched)
}

/// git leaves submodules at the commits of the branch before. The work tree was clean when it
/// switched, so only they can differ.
fn warn_of_submodules(ctx: &Context<'_>) {
    let has_any = |top: &Path| crate::files::exists(&top.join(".gitmodules"));
    if !ctx.repo.workdir().is_some_and(has_any) {
        return;
    }
    let changed = ctx
        .repo
        .changed_files(false, NAMED_FILES)
        .unwrap_or_default();
    if !changed.is_empty() && ctx.repo.are_submodules(&changed).unwrap_or(false) {
        let changed = changed.join(", ");
        ctx.warn(format!(
            "{changed} is still as before: git submodule update"
        ));
    }
}

/// How many files an explanation names.
const NAMED_FILES: usize = 3;

/// git's reason in one line, the files that it lists below it included.
fn said(error: &GitError) -> String {
    if let Some(advice) = lock_advice(error) {
        return advice;
    }
    let GitError::Failed { stderr, .. } = error else {
        return error.to_string();
    };
    let mut lines = stderr.lines();
    let reason = lines.next().unwrap_or_default();
    let reason = reason
        .trim_start_matches("error: ")
        .trim_start_matches("fatal: ");
    let files: Vec<&str> = lines
        .take_while(|line| line.starts_with('\t'))
        .map(str::trim)
        .collect();
    match files.len() {
        0 => reason.to_owned(),
        n if n > NAMED_FILES => format!("{reason} {} …", files[..NAMED_FILES].join(", ")),
        _ => format!("{reason} {}", files.join(", ")),
    }
}
