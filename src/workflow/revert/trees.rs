//! The work trees that have the hotfix branch checked out: they follow it.

use crate::git::{Oid, Worktree};
use crate::workflow::{Code, Context, Error, Result, worktrees};
use std::path::Path;

/// The work trees of the repository, and the branch that is moved.
pub(super) struct Trees<'a> {
    branch: &'a str,
    all: Vec<Worktree>,
}

impl<'a> Trees<'a> {
    /// The work trees, those on a branch among them.
    ///
    /// # Errors
    /// When somebody has begun something there and not ended it: it would go on from another commit.
    pub(super) fn on(ctx: &Context<'_>, branch: &'a str) -> Result<Trees<'a>> {
        let all = ctx.repo.worktrees()?;
        worktrees::refuse_under_way(ctx, &all, branch)?;
        Ok(Trees { branch, all })
    }

    fn on_it(&self) -> impl Iterator<Item = &Path> {
        let on_it = self.all.iter().filter(|tree| tree.is_on(self.branch));
        on_it.map(|tree| tree.path.as_path())
    }

    /// Looks whether they can follow.
    ///
    /// # Errors
    /// When what a person changed is in the way.
    pub(super) fn refuse_overwriting(&self, ctx: &Context<'_>, from: &Oid, to: &Oid) -> Result<()> {
        for path in self.on_it() {
            let blocked = ctx.repo.can_follow(path, from, to)?;
            if blocked.is_empty() {
                continue;
            }
            let place = path.display();
            let mut error = Error::refused(format!("in {place} files are in the way"))
                .code(Code::DirtyWorkTree)
                .untouched("Nothing was changed.")
                .next(format!(
                    "Commit them or put them aside: {} stash -u",
                    worktrees::git_in(ctx, path)
                ));
            error.details = blocked;
            return Err(error);
        }
        Ok(())
    }

    /// Brings them along and then does what makes it so; when that fails they go back. One that is not
    /// there is warned of.
    ///
    /// # Errors
    /// When one cannot follow, or what `then` says.
    pub(super) fn follow(
        &self,
        ctx: &Context<'_>,
        from: &Oid,
        to: &Oid,
        then: impl FnOnce() -> Result<()>,
    ) -> Result<()> {
        let mut gone: Vec<&Path> = Vec::new();
        let mut done = Ok(());
        for path in self.on_it() {
            if let Err(error) = ctx.repo.follow(path, from, to) {
                done = Err(Error::from(error)
                    .context(format!("{} could not follow", path.display()))
                    .untouched("Nothing was changed."));
                break;
            }
            gone.push(path);
        }
        done.and_then(|()| then()).inspect_err(|_| {
            for path in gone {
                if let Err(error) = ctx.repo.follow(path, to, from) {
                    let place = path.display();
                    ctx.warn(format!("{place} could not go back: {error}"));
                }
            }
        })?;
        worktrees::warn_of_those_away(ctx, &self.all, self.branch, (from, to));
        Ok(())
    }
}
