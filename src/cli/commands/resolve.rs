//! `resolve`

use super::{At, next_step, span, target};
use crate::cli::CommandResult;
use crate::cli::ui::Ui;
use crate::workflow::{Context, incident, log};
use clap::Args;

/// Say that it is over
#[derive(Debug, Args)]
#[command(after_long_help = "The text goes into the Resolution section.

Example:
  git hotfix resolve \"both key prefixes are accepted until the old tokens expire\"")]
pub(crate) struct ResolveArgs {
    /// How it was fixed
    #[arg(value_name = "TEXT")]
    text: Vec<String>,
    #[command(flatten)]
    at: At,
}

pub(crate) fn cmd_resolve(
    ui: &Ui,
    ctx: &Context<'_>,
    given: Option<&str>,
    args: &ResolveArgs,
) -> CommandResult {
    let text = args.text.join(" ");
    let text = (!args.text.is_empty()).then_some(text.as_str());
    let resolved = log::resolve(ctx, target(given, &args.at), text)?;
    ui.say(&resolved, ctx.take_warnings(), |page| {
        let after = resolved
            .seconds
            .map_or(String::new(), |s| format!(" after {}", span(s)));
        page.did(format!("{} is resolved{after}", resolved.logged.id));
        next_step(
            page,
            &incident::command(ctx, &resolved.logged.id, "git hotfix postmortem check"),
            "what the postmortem still misses",
        );
    });
    Ok(0)
}
