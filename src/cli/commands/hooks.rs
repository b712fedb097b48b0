//! `hooks`

use super::next_step;
use crate::cli::CommandResult;
use crate::cli::args::DryRun;
use crate::cli::error::finding_lines;
use crate::cli::table::padded;
use crate::cli::ui::{Page, Ui};
use crate::env::Env;
use crate::workflow::Context;
use crate::workflow::hooks::{self, Hook, Install, Manager, Mode, Report, State};
use clap::{Args, Subcommand, ValueEnum};

/// Install, remove or look at the hooks
#[derive(Debug, Args)]
#[command(
    after_long_help = "commit-msg holds commits on hotfix/* to 'fix: [HOTFIX] …', prepare-commit-msg
prefills that, pre-push asks the deploy gate. In a bare repository they are pre-receive and
post-receive. Hooks that are there already are kept and run first.

Examples:
  git hotfix hooks install
  git hotfix hooks install --mode config --global
  git hotfix hooks install --mode snippet --manager lefthook
  git hotfix hooks status"
)]
pub(crate) struct HooksArgs {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Install them beside those that are there; again is fine
    Install {
        /// How git gets to them; else as they are installed, or as files
        #[arg(long, value_name = "MODE")]
        mode: Option<ModeName>,
        /// In git config, for all your repositories
        #[arg(long)]
        global: bool,
        /// Whose lines to print, with '--mode snippet'
        #[arg(long, value_name = "NAME")]
        manager: Option<ManagerName>,
        #[command(flatten)]
        dry_run: DryRun,
    },
    /// Remove them and bring the earlier ones back
    Uninstall {
        /// Those for all your repositories
        #[arg(long)]
        global: bool,
        #[command(flatten)]
        dry_run: DryRun,
    },
    /// What stands in each event's place, and whether git runs it
    Status,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ModeName {
    /// Files in git's hooks folder
    File,
    /// Entries in git config; needs git 2.54
    Config,
    /// Only print the lines for a hook manager
    Snippet,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ManagerName {
    Husky,
    Lefthook,
    PreCommit,
    Prek,
    Overcommit,
    /// A folder of hooks in the work tree
    Folder,
}

impl From<ModeName> for Mode {
    fn from(name: ModeName) -> Mode {
        match name {
            ModeName::File => Mode::File,
            ModeName::Config => Mode::Config,
            ModeName::Snippet => Mode::Snippet,
        }
    }
}

impl From<ManagerName> for Manager {
    fn from(name: ManagerName) -> Manager {
        match name {
            ManagerName::Husky => Manager::Husky,
            ManagerName::Lefthook => Manager::Lefthook,
            ManagerName::PreCommit => Manager::PreCommit,
            ManagerName::Prek => Manager::Prek,
            ManagerName::Overcommit => Manager::Overcommit,
            ManagerName::Folder => Manager::Folder,
        }
    }
}

impl HooksArgs {
    /// For all repositories: none is needed.
    pub(crate) fn is_global(&self) -> bool {
        match &self.act {
            Act::Install { global, .. } | Act::Uninstall { global, .. } => *global,
            Act::Status => false,
        }
    }
}

impl Act {
    fn verb(&self) -> &'static str {
        match self {
            Act::Install { .. } => "installed",
            Act::Uninstall { .. } => "removed",
            Act::Status => "",
        }
    }

    /// What `install` was asked for; nothing for the others.
    fn install(&self) -> Option<Install> {
        match self {
            Act::Install {
                mode,
                global,
                manager,
                dry_run,
            } => Some(Install {
                mode: mode.map(Mode::from),
                global: *global,
                manager: manager.map(Manager::from),
                dry_run: dry_run.dry_run,
            }),
            _ => None,
        }
    }
}

pub(crate) fn cmd_hooks(ui: &Ui, ctx: &Context<'_>, args: &HooksArgs) -> CommandResult {
    let report = match (&args.act, args.act.install()) {
        (_, Some(asked)) => hooks::install(ctx, &asked)?,
        (Act::Uninstall { global, dry_run }, _) => hooks::uninstall(ctx, *global, dry_run.dry_run)?,
        _ => hooks::status(ctx)?,
    };
    let warnings = ctx.take_warnings();
    ui.say(&report, warnings, |page| match report.snippets.as_slice() {
        [] => {
            page.line(match &report.folder {
                Some(folder) => folder.display().to_string(),
                None => "no hooks folder".to_owned(),
            });
            words(page, &report, args.act.verb());
        }
        _ => snippets(page, &report),
    });
    Ok(0)
}

/// Outside of any repository.
pub(crate) fn cmd_hooks_everywhere(ui: &Ui, env: &Env, args: &HooksArgs) -> CommandResult {
    let report = match (&args.act, args.act.install()) {
        (_, Some(asked)) => hooks::install_everywhere(env, &asked)?,
        (Act::Uninstall { dry_run, .. }, _) => hooks::uninstall_everywhere(env, dry_run.dry_run)?,
        _ => return Ok(0),
    };
    ui.say(&report, Vec::new(), |page| {
        page.line("all repositories");
        words(page, &report, args.act.verb());
    });
    Ok(0)
}

fn words(page: &mut Page, report: &Report, verb: &str) {
    for hook in &report.hooks {
        let changed = report.changed.contains(&hook.event);
        let state = match () {
            () if changed && report.dry_run => format!("would be {verb}"),
            () if changed && verb == "removed" => verb.to_owned(),
            () => stands(hook, report.writable),
        };
        page.line(format!("  {}  {state}", padded(hook.event, 18)));
    }
    match report.left {
        Some(_) if report.dry_run => page.did("Those of the other mode would be removed."),
        Some(Mode::Config) => page.did("Those in git config are removed."),
        Some(_) => page.did("The files are removed, earlier hooks are back."),
        None => {}
    }
    if verb == "removed" || report.dry_run {
        return;
    }
    if verb == "installed" && report.mode == Some(Mode::Config) {
        page.hint("A git older than 2.54, such as one inside an editor, skips these silently.");
    }
    problems(page, report);
}

/// What calls us for an event.
fn stands(hook: &Hook, writable: bool) -> String {
    let by: Vec<String> = hook
        .running()
        .filter(|caller| caller.mode != Mode::File || caller.manager.is_some())
        .map(|caller| format!("by {}", caller.words()))
        .collect();
    let state = match hook.state {
        State::Installed if !hook.executable => "not executable: git does not run it",
        State::Installed => "installed",
        State::Outdated => "of another version: git hotfix hooks install",
        _ if !by.is_empty() => "installed",
        State::Foreign if writable => "somebody else's: git hotfix hooks install keeps it",
        _ => "not installed",
    };
    let mut parts = vec![state.to_owned()];
    parts.extend(by);
    if hook.chained {
        parts.push("after the hook that was there".to_owned());
    }
    parts.join(", ")
}

fn problems(page: &mut Page, report: &Report) {
    let worth_saying = |id: &str| id != "hooks-missing" && id != "hooks-outdated";
    let said: Vec<_> = report
        .problems
        .iter()
        .filter(|problem| worth_saying(problem.id))
        .cloned()
        .collect();
    for line in finding_lines(&said) {
        page.line(line);
    }
    let first = report.problems.first();
    if let Some(remedy) = first.and_then(|problem| problem.remedy.as_deref()) {
        let missing = first.is_some_and(|problem| problem.id == "hooks-missing");
        let reason = if missing {
            "install them"
        } else {
            "put that right"
        };
        next_step(page, remedy, reason);
    }
}

/// Results, so that they can be piped into a file; what surrounds them is not.
fn snippets(page: &mut Page, report: &Report) {
    page.hint("Add these lines:");
    for snippet in &report.snippets {
        for line in snippet.words() {
            page.line(line);
        }
    }
    page.hint(hooks::LINES_COME_LATER);
    let served = |event: &str| {
        let mut snippets = report.snippets.iter();
        snippets.any(|snippet| snippet.events.contains(&event))
    };
    let left: Vec<&str> = report
        .hooks
        .iter()
        .map(|hook| hook.event)
        .filter(|event| !served(event))
        .filter(|event| {
            let mut hooks = report.hooks.iter();
            hooks.any(|hook| hook.event == *event && hook.running().next().is_none())
        })
        .collect();
    if !left.is_empty() {
        let reason = format!("{} as files", left.join(", "));
        next_step(page, "git hotfix hooks install", &reason);
    }
}
