//! `impact`

use super::{At, say_logged, target};
use crate::cli::CommandResult;
use crate::cli::ui::Ui;
use crate::workflow::log::{Impact, Trend};
use crate::workflow::{Context, log};
use clap::{Args, ValueEnum};

/// Say who notices what
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  git hotfix impact \"about 1200 users cannot log in\" --trend worse
  git hotfix impact --affected \"web only, EU\" --started \"yesterday 23:40\"

A number, or the word 'estimate', makes it useful to everybody who waits.")]
pub(crate) struct ImpactArgs {
    /// Who notices what
    #[arg(value_name = "TEXT")]
    text: Vec<String>,
    /// Who or what is affected
    #[arg(long, value_name = "TEXT")]
    affected: Option<String>,
    /// When it started: 14:05, -10m, 'yesterday 23:40'
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    started: Option<String>,
    /// How it develops
    #[arg(long, value_enum)]
    trend: Option<TrendArg>,
    #[command(flatten)]
    at: At,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum TrendArg {
    Better,
    Steady,
    Worse,
}

pub(crate) fn cmd_impact(
    ui: &Ui,
    ctx: &Context<'_>,
    given: Option<&str>,
    args: &ImpactArgs,
) -> CommandResult {
    let text = args.text.join(" ");
    let impact = Impact {
        text: (!args.text.is_empty()).then_some(text.as_str()),
        affected: args.affected.as_deref(),
        started: args.started.as_deref(),
        trend: args.trend.map(|trend| match trend {
            TrendArg::Better => Trend::Better,
            TrendArg::Steady => Trend::Steady,
            TrendArg::Worse => Trend::Worse,
        }),
    };
    say_logged(ui, ctx, log::impact(ctx, target(given, &args.at), &impact))
}
