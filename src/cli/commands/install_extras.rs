//! `install-extras`

use crate::cli::args::DryRun;
use crate::cli::complete::shell::Shell;
use crate::cli::ui::{Page, Paint, Ui, paint};
use crate::cli::{CommandResult, manual};
use crate::env::Env;
use crate::workflow::extras::{self, Extra, Options, Placed, Reader, Report, State};
use clap::Args;
use std::path::PathBuf;

/// Put completions and manual pages in place, without root
#[derive(Debug, Args)]
#[command(
    after_long_help = "Completions go where bash, zsh and fish look for them, manual pages where man does: \
below ~/.local/share and ~/.config (XDG_DATA_HOME, XDG_CONFIG_HOME), or below PREFIX/share. What a shell \
does not find there it is told by a line, which is printed. Files that are not ours are never \
overwritten nor removed.

Examples:
  git hotfix install-extras
  git hotfix install-extras --shell zsh -n
  git hotfix install-extras --prefix /usr/local
  git hotfix install-extras --remove"
)]
pub(crate) struct InstallExtrasArgs {
    /// Below this folder, as a package does it
    #[arg(long, value_name = "DIR")]
    prefix: Option<PathBuf>,
    /// For this shell, not for those that are there; may be given again
    #[arg(long, value_name = "SHELL")]
    shell: Vec<Shell>,
    /// Take ours away
    #[arg(long)]
    remove: bool,
    #[command(flatten)]
    dry_run: DryRun,
}

impl From<Shell> for Reader {
    fn from(shell: Shell) -> Reader {
        match shell {
            Shell::Bash => Reader::Bash,
            Shell::Zsh => Reader::Zsh,
            Shell::Fish => Reader::Fish,
            Shell::Pwsh => Reader::PowerShell,
            Shell::Elvish => Reader::Elvish,
        }
    }
}

pub(crate) fn cmd_install_extras(ui: &Ui, env: &Env, args: &InstallExtrasArgs) -> CommandResult {
    let options = Options {
        prefix: args.prefix.clone(),
        shells: args.shell.iter().copied().map(Reader::from).collect(),
        remove: args.remove,
        dry_run: args.dry_run.dry_run,
    };
    let report = extras::place(env, &all(), &options)?;
    ui.say(&report, Vec::new(), |page| {
        words(page, &report, args.remove)
    });
    Ok(0)
}

/// The scripts that a shell reads from a folder, and every page.
fn all() -> Vec<Extra> {
    let script = |shell: Shell, name: &str| Extra {
        reader: shell.into(),
        name: name.to_owned(),
        text: shell.script().to_owned(),
    };
    let mut extras = vec![
        script(Shell::Bash, "git-hotfix"),
        script(Shell::Zsh, "_git-hotfix"),
        script(Shell::Fish, "git-hotfix.fish"),
    ];
    extras.extend(manual::man_pages().into_iter().map(|(name, text)| Extra {
        reader: Reader::Man,
        name,
        text,
    }));
    extras
}

fn words(page: &mut Page, report: &Report, remove: bool) {
    let (pages, scripts): (Vec<&Placed>, Vec<&Placed>) = report
        .files
        .iter()
        .partition(|file| file.reader == Reader::Man);
    for file in scripts {
        let (state, path) = (word(file.state, remove), file.path.display());
        page.did(format!("{state}  {path}"));
    }
    for state in [
        State::Written,
        State::Updated,
        State::Current,
        State::Removed,
        State::Foreign,
    ] {
        let of_it: Vec<_> = pages.iter().filter(|file| file.state == state).collect();
        let Some(folder) = of_it.first().and_then(|file| file.path.parent()) else {
            continue;
        };
        let count = super::plural(of_it.len(), "manual page");
        let (state, folder) = (word(state, remove), folder.display());
        page.did(format!("{state}  {folder}: {count}"));
    }
    for needed in &report.lines {
        page.hint(format!("\nInto {}:", needed.file));
        page.hint(format!("  {}", paint(Paint::Bold, &needed.line)));
    }
    if report.dry_run {
        page.hint("\nNothing was written: this is what would be done.");
    } else if !remove {
        page.hint("\nA new shell completes 'git hotfix'; its manual: git hotfix --help");
    }
}

/// All of one width, so that the paths stand below each other.
fn word(state: State, remove: bool) -> &'static str {
    match state {
        State::Written => "written",
        State::Updated => "updated",
        State::Current if remove => "absent ",
        State::Current => "current",
        State::Removed => "removed",
        State::Foreign => "foreign",
    }
}
