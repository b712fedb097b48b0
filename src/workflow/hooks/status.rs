//! Where the hooks stand: what calls us, and whether this git runs it.

use super::managers::{self, Manager};
use super::place::{self, Place};
use super::{
    Caller, Context, Hook, Mode, Report, Result, Snippet, State, config, events, file, problems,
};
use crate::files;
use crate::git::Configuration;
use std::path::Path;

/// What is looked at before anything is done.
pub(super) struct Look {
    pub(super) place: Place,
    pub(super) git: (u32, u32, u32),
    pub(super) managers: Vec<Manager>,
    pub(super) hooks: Vec<Hook>,
}

impl Look {
    /// This git runs hooks of the configuration.
    pub(super) fn runs_config(&self) -> bool {
        config::is_run_by(self.git)
    }

    /// How git gets to us now.
    pub(super) fn mode(&self) -> Option<Mode> {
        let callers = || self.hooks.iter().flat_map(|hook| &hook.callers);
        let mut running = callers().filter(|caller| caller.runs);
        let first = running.next().or_else(|| callers().next());
        // A manager may serve some events only, and the rest stands in files.
        let by_file = |caller: &Caller| caller.mode == Mode::File && caller.runs;
        match first.map(|caller| caller.mode) {
            Some(Mode::Snippet) if callers().any(by_file) => Some(Mode::File),
            mode => mode,
        }
    }

    /// The report of what was looked at.
    pub(super) fn report(self, ctx: &Context<'_>) -> Result<Report> {
        let problems = problems::find(ctx, &self)?;
        let (major, minor, patch) = self.git;
        Ok(Report {
            folder: self.place.folder().map(Path::to_owned),
            writable: matches!(self.place, Place::Own(_)),
            git: format!("{major}.{minor}.{patch}"),
            mode: self.mode(),
            hooks: self.hooks,
            managers: self.managers,
            problems,
            snippets: Vec::<Snippet>::new(),
            changed: Vec::new(),
            left: None,
            dry_run: false,
        })
    }
}

/// What stands in each event's place.
///
/// # Errors
/// When git or a file cannot be read.
pub fn status(ctx: &Context<'_>) -> Result<Report> {
    look(ctx)?.report(ctx)
}

/// Looks at every event.
///
/// # Errors
/// When git cannot be asked.
pub(super) fn look(ctx: &Context<'_>) -> Result<Look> {
    let place = place::find(ctx)?;
    let git = ctx.repo.git_version()?;
    let managers = managers::found(ctx, &place);
    let mut look = Look {
        place,
        git,
        managers,
        hooks: Vec::new(),
    };
    look.hooks = events(ctx)
        .iter()
        .map(|event| hook(ctx, &look, event))
        .collect::<Result<_>>()?;
    Ok(look)
}

fn hook(ctx: &Context<'_>, look: &Look, event: &'static str) -> Result<Hook> {
    let mut callers = by_config(&ctx.repo, look.runs_config(), event)?;
    let Some(folder) = look.place.folder() else {
        return Ok(Hook {
            event,
            state: State::Missing,
            chained: false,
            executable: false,
            callers,
        });
    };
    let place = folder.join(event);
    let state = file::state(ctx, folder, event)?;
    let ours = matches!(state, State::Installed | State::Outdated);
    let executable = files::is_executable(&place) && !files::is_on_noexec(folder);
    let aside = file::aside(folder, event);
    let by_file = |file, manager, runs| Caller {
        mode: Mode::File,
        file: Some(file),
        scope: None,
        name: None,
        manager,
        runs,
    };
    if ours {
        callers.push(by_file(place.clone(), None, executable));
    } else if let Some((path, true)) = file::moved(folder, event) {
        let author = managers::text(&place).and_then(|text| managers::author(&text));
        callers.push(by_file(path, author, executable));
    }
    callers.extend(by_snippets(ctx, look, event, executable && !ours));
    Ok(Hook {
        event,
        state,
        chained: ours && files::is_executable(&aside),
        executable,
        callers,
    })
}

/// The entries of the configuration that call us for an event.
///
/// # Errors
/// When the configuration cannot be read.
pub(super) fn by_config(
    git: &dyn Configuration,
    runs_config: bool,
    event: &str,
) -> Result<Vec<Caller>> {
    let found = config::find(git, event)?.into_iter();
    let callers = found.map(|hook| Caller {
        mode: Mode::Config,
        file: None,
        scope: Some(hook.scope),
        runs: runs_config && hook.command.is_some() && hook.disabled.is_none(),
        name: Some(hook.name),
        manager: None,
    });
    Ok(callers.collect())
}

/// The managers' lines that call us. One whose hook runs behind our shim calls in vain: the shim's
/// guard lets it go, and the shim judges.
fn by_snippets(ctx: &Context<'_>, look: &Look, event: &str, theirs: bool) -> Vec<Caller> {
    let author = || {
        let folder = look.place.folder()?;
        managers::author(&managers::text(&folder.join(event))?)
    };
    let author = if theirs { author() } else { None };
    let callers = look.managers.iter().filter_map(|manager| {
        let file = managers::caller(ctx, &look.place, *manager, event)?;
        let runs = match manager {
            Manager::Husky => theirs && look.place.manager() == Some(Manager::Husky),
            Manager::Folder => theirs,
            // Either runs the other's configuration.
            Manager::PreCommit | Manager::Prek => {
                matches!(author, Some(Manager::PreCommit | Manager::Prek))
            }
            _ => author == Some(*manager),
        };
        Some(Caller {
            mode: Mode::Snippet,
            file: Some(file),
            scope: None,
            name: None,
            manager: Some(*manager),
            runs,
        })
    });
    callers.collect()
}

impl Caller {
    /// Where it stands, in a few words.
    pub fn words(&self) -> String {
        let file = || {
            let name = self.file.as_deref().and_then(Path::file_name);
            name.unwrap_or_default().to_string_lossy().into_owned()
        };
        match (self.mode, self.manager, self.scope) {
            (Mode::File, Some(manager), _) => format!("{}, which runs {}", manager.name(), file()),
            (Mode::File, None, _) => "the hooks folder".to_owned(),
            (Mode::Config, _, Some(scope)) => format!("git config ({scope})"),
            (Mode::Config, _, None) => "git config".to_owned(),
            (Mode::Snippet, Some(Manager::Folder), _) => "its own line".to_owned(),
            (Mode::Snippet, Some(Manager::Husky), _) => format!(".husky/{}", file()),
            (Mode::Snippet, _, _) => file(),
        }
    }
}
