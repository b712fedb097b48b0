//! Releases as tags tell them.

use super::{Context, Result};
use crate::git::Oid;
use crate::policy::version;

/// The last release before a commit; `itself` counts the commit's own. Where the product has no tags
/// of its own, its parts' tags count.
///
/// # Errors
/// When the tags or the history cannot be read.
pub(super) fn before(ctx: &Context<'_>, commit: &Oid, itself: bool) -> Result<Option<String>> {
    let prefix = &ctx.settings.tag_prefix;
    let of_product = |tag: &str| version::is_of_product(tag, prefix);
    let mut tags = ctx.repo.nearest_tags(commit, itself, of_product)?;
    if tags.is_empty() && prefix.is_empty() {
        tags = ctx.repo.nearest_tags(commit, itself, version::is_release)?;
    }
    Ok(tags.into_iter().max_by(|a, b| version::compare(a, b)))
}
