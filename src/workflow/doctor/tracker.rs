//! Whether the incident's task can be made, and what still waits for it.

use super::Check;
use crate::config::tracker::Kind;
use crate::workflow::{Context, incident, outbox, task};

/// The tracker's program, when one is configured, and what is left in the outbox.
pub(super) fn tracker(ctx: &Context<'_>) -> Vec<Check> {
    let mut checks = Vec::new();
    if ctx.settings.tracker.kind != Kind::None {
        checks.push(match task::check(ctx) {
            Ok(found) => Check::ok("tracker", found),
            Err(unusable) => Check::warn("tracker", unusable.why, unusable.command),
        });
    }
    // Why a program that lies there is not run.
    let warnings = ctx.take_warnings().into_iter();
    checks.extend(warnings.map(|why| Check::warn("tracker", why, "npm install")));
    match outbox::entries(ctx) {
        Err(error) => checks.push(Check::failed("outbox", &error)),
        Ok(entries) => checks.extend(entries.iter().filter_map(waiting)),
    }
    checks
}

fn waiting(entry: &outbox::Entry) -> Option<Check> {
    let trouble = entry.trouble.as_ref()?;
    let what = format!("{} of {}: {trouble}", entry.deed.words(), entry.incident);
    let retry = match &entry.deed {
        outbox::Deed::Task { .. } => "task retry".to_owned(),
        outbox::Deed::Announce { to, .. } => format!("announce --to {}", to.join(" --to ")),
    };
    let retry = incident::naming(&entry.incident, &format!("git hotfix {retry}"));
    Some(Check::warn("outbox", what, retry))
}
