//! `mitigate`

use super::{At, say_milestone, target};
use crate::cli::CommandResult;
use crate::cli::ui::Ui;
use crate::workflow::{Context, log};
use clap::{Args, ValueEnum};

/// Record how the bleeding was stopped
#[derive(Debug, Args)]
#[command(after_long_help = "The quickest first:
  feature-flag  switch the broken thing off
  rollback      back to the last good release
  scale         more machines, fewer requests
  database      kill a query, add an index, restore
  redirect      route around it, show a maintenance page
  other         anything else
  none          nothing can be done before the fix: say why

Examples:
  git hotfix mitigate rollback \"api back to v2.3.0\"
  git hotfix mitigate feature-flag \"new-login off for all\" --at -5m
  git hotfix mitigate none \"the data must not be touched before we know why\"")]
pub(crate) struct MitigateArgs {
    /// What kind of mitigation
    #[arg(value_enum, value_name = "KIND")]
    kind: Kind,
    /// What was done; for none: why nothing
    #[arg(required = true, value_name = "TEXT")]
    text: Vec<String>,
    #[command(flatten)]
    at: At,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    FeatureFlag,
    Rollback,
    Scale,
    Database,
    Redirect,
    Other,
    None,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Kind::FeatureFlag => "feature flag",
            Kind::Rollback => "rollback",
            Kind::Scale => "scale",
            Kind::Database => "database",
            Kind::Redirect => "redirect",
            Kind::Other => "other",
            Kind::None => "none",
        }
    }
}

pub(crate) fn cmd_mitigate(
    ui: &Ui,
    ctx: &Context<'_>,
    given: Option<&str>,
    args: &MitigateArgs,
) -> CommandResult {
    let text = args.text.join(" ");
    say_milestone(
        ui,
        ctx,
        log::mitigate(ctx, target(given, &args.at), args.kind.word(), &text),
    )
}
