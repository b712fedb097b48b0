//! `doctor`

use crate::cli::table::padded;
use crate::cli::ui::{Paint, Ui, paint};
use crate::cli::{CommandResult, REFUSED};
use crate::env::Env;
use crate::workflow::doctor::{self, Health};
use clap::Args;

/// Is everything in order that an incident will need?
#[derive(Debug, Args)]
#[command(
    after_long_help = "Looks at git, this program, the repository, the hooks, every setting, the \
production branch, the remote, who you are and how you sign; each problem comes with the command that \
mends it. Nothing is changed and nothing is pushed. Ends with 1 when something is bad.

Examples:
  git hotfix doctor
  git hotfix doctor --offline"
)]
pub(crate) struct DoctorArgs {
    /// Do not ask the remote
    #[arg(long)]
    offline: bool,
}

pub(crate) fn cmd_doctor(ui: &Ui, env: &Env, args: &DoctorArgs) -> CommandResult {
    let diagnosis = doctor::examine(env, ui, args.offline);
    ui.say(&diagnosis, Vec::new(), |page| {
        for check in &diagnosis.checks {
            let health = match check.health {
                Health::Ok => paint(Paint::Good, "ok  "),
                Health::Warn => paint(Paint::Warn, "warn"),
                Health::Bad => paint(Paint::Bad, "bad "),
            };
            page.line(format!(
                "{health}  {}  {}",
                padded(check.about, 10),
                check.message
            ));
            if let Some(remedy) = &check.remedy {
                page.line(format!("{:18}{}", "", paint(Paint::Bold, remedy)));
            }
        }
        page.hint(match (diagnosis.bad, diagnosis.warned) {
            (0, 0) => "\nReady for an incident.".to_owned(),
            (0, warned) => format!("\nReady for an incident; {warned} worth mending."),
            (bad, warned) => format!("\n{bad} bad, {warned} worth mending."),
        });
    });
    Ok(if diagnosis.bad > 0 { REFUSED } else { 0 })
}
