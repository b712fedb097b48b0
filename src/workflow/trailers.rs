//! Required trailers whose values the record knows.

use super::{Context, Result, incident, store};
use crate::record::Field;

/// `Incident` and `Severity` of a hotfix branch; nothing where the format asks for no trailers. What
/// cannot be read is only warned of: the judge of the message says what is missing.
pub(super) fn known(ctx: &Context<'_>, branch: &str) -> Vec<(String, String)> {
    if ctx.settings.format.trailers.is_empty() {
        return Vec::new();
    }
    read(ctx, branch).unwrap_or_else(|error| {
        ctx.warn(error.message());
        Vec::new()
    })
}

fn read(ctx: &Context<'_>, branch: &str) -> Result<Vec<(String, String)>> {
    let Some(id) = incident::of_branch(ctx, branch)? else {
        return Ok(Vec::new());
    };
    let stored = store::view(ctx, &id)?;
    let severity = stored.record.field(Field::Severity);
    let severity = severity.map(|severity| ("Severity".to_owned(), severity.to_owned()));
    let incident = Some(("Incident".to_owned(), id));
    Ok([incident, severity].into_iter().flatten().collect())
}
