//! That a `start` is under way in this repository: `hotfix/starting/<id>` in its git directory, there
//! from before the first ref is made until after the last file is written. What it leaves when it is
//! killed is how the next one knows that the incident is its own to complete.

use crate::files;
use crate::workflow::{Context, Result};
use std::path::PathBuf;

pub(super) fn begin(ctx: &Context<'_>, id: &str) -> Result<()> {
    files::write_note(ctx.repo.common_dir(), &path(ctx, id), b"")?;
    Ok(())
}

pub(super) fn end(ctx: &Context<'_>, id: &str) {
    let path = path(ctx, id);
    if files::exists(&path)
        && let Err(error) = files::remove(&path)
    {
        ctx.warn(error.to_string());
    }
}

pub(super) fn is(ctx: &Context<'_>, id: &str) -> bool {
    files::exists(&path(ctx, id))
}

fn path(ctx: &Context<'_>, id: &str) -> PathBuf {
    let folder = ctx.repo.common_dir().join("hotfix").join("starting");
    folder.join(id)
}
