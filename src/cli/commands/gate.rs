//! `gate`

use crate::cli::error::finding_lines;
use crate::cli::ui::Ui;
use crate::cli::{CommandResult, REFUSED};
use crate::workflow::{Context, gate};
use clap::Args;

/// Is the fix ready to deploy, and if not, what mends it?
#[derive(Debug, Args)]
#[command(
    after_long_help = "Ends with 0 when nothing stands in the way, else with 1: a deploy script \
can ask it. An override lets the script go on; it is recorded with who, when and why.

Examples:
  git hotfix gate
  git hotfix gate --override \"staging is down, a canary is fine\" && ./deploy"
)]
pub(crate) struct GateArgs {
    /// Go past the gate, on the record
    #[arg(long = "override", value_name = "REASON")]
    override_reason: Option<String>,
    /// When it was decided: 14:05, -10m
    #[arg(
        long,
        value_name = "TIME",
        allow_hyphen_values = true,
        requires = "override_reason"
    )]
    at: Option<String>,
}

pub(crate) fn cmd_gate(
    ui: &Ui,
    ctx: &Context<'_>,
    given: Option<&str>,
    args: &GateArgs,
) -> CommandResult {
    let verdict = gate::gate(
        ctx,
        given,
        args.override_reason.as_deref(),
        args.at.as_deref(),
    )?;
    ui.say(&verdict, ctx.take_warnings(), |page| {
        let name = verdict.branch.as_deref().unwrap_or(&verdict.id);
        let words = match (&verdict.overridden, verdict.blocks()) {
            (Some(_), _) => "goes past the gate, on the record",
            (None, true) => "is not ready to deploy",
            (None, false) => "is ready to deploy",
        };
        page.line(format!("{name} {words}"));
        for line in finding_lines(&verdict.findings) {
            page.line(line);
        }
    });
    Ok(if verdict.blocks() { REFUSED } else { 0 })
}
