//! `tour`

use crate::cli::CommandResult;
use crate::cli::ui::{Paint, Ui, paint};
use crate::env::Env;
use crate::workflow::tour::{Step, Tour};
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;

/// Play a whole incident in a throw-away repository
#[derive(Debug, Args)]
pub(crate) struct TourArgs {
    /// Keep the repository and say where it is
    #[arg(long)]
    keep: bool,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Played {
    steps: Vec<Step>,
    repository: Option<PathBuf>,
}

pub(crate) fn cmd_tour(ui: &Ui, env: &Env, args: &TourArgs) -> CommandResult {
    let tour = Tour::set_up(env)?;
    let mut steps = Vec::new();
    let played = tour.play(|step| {
        if ui.json {
            steps.push(Step {
                command: step.command.clone(),
                output: step.output.clone(),
                ..*step
            });
        } else {
            show(ui, step);
        }
    });
    // A tour that went wrong is left for a look.
    played?;
    let repository = args.keep.then(|| tour.shop().to_owned());
    if !args.keep {
        tour.clear()?;
    }
    let played = Played { steps, repository };
    ui.say(&played, Vec::new(), |page| {
        page.hint("\nThat was an incident, from start to resolve.");
        match &played.repository {
            Some(path) => page.line(format!("The repository is kept: cd {}", path.display())),
            None => page.hint("To look around in its repository: git hotfix tour --keep"),
        }
    });
    Ok(0)
}

fn show(ui: &Ui, step: &Step) {
    if !step.why.is_empty() {
        ui.out(&format!(
            "\n{}",
            paint(Paint::Dim, format!("# {}", step.why))
        ));
    }
    ui.out(&format!(
        "{} {}",
        paint(Paint::Dim, "$"),
        paint(Paint::Bold, &step.command)
    ));
    ui.out(step.output.trim_end());
}
