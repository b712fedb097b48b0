//! Installing in one mode, leaving the other, and taking all of it away.

use super::managers::{self, Manager};
use super::place::{self, Place};
use super::snippets::{self, Snippet};
use super::status::{self, Look};
use super::{
    Caller, Code, Context, EVENTS, Error, Hook, Mode, Report, Result, SERVER_EVENTS, State, branch,
    config, events, file, problems,
};
use crate::git::ConfigScope;
use crate::workflow::settings;
use std::path::Path;

/// What was asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Install {
    /// Nothing: the one that is installed, else files.
    pub mode: Option<Mode>,
    /// Into the configuration of all the person's repositories.
    pub global: bool,
    /// Whose lines are wanted; nothing: of the manager that is found.
    pub manager: Option<Manager>,
    /// Only look.
    pub dry_run: bool,
}

/// Installs all hooks; what is installed already stays as it is. The other mode's hooks go once
/// those of the new one stand.
///
/// # Errors
/// When the folder is not ours to write, git is too old, or a foreign hook cannot be kept; nothing
/// was changed then.
pub fn install(ctx: &Context<'_>, asked: &Install) -> Result<Report> {
    let look = status::look(ctx)?;
    let dry_run = asked.dry_run;
    let mode = match (asked.mode, asked.global, asked.manager) {
        (Some(Mode::File | Mode::Snippet), true, _) => {
            return Err(only_config());
        }
        (Some(mode), _, _) => mode,
        (None, true, _) => Mode::Config,
        (None, _, Some(_)) => Mode::Snippet,
        (None, ..) if local_config(ctx)? && look.runs_config() => Mode::Config,
        (None, ..) if is_done_elsewhere(&look) => {
            return report(ctx, Vec::new(), None, dry_run);
        }
        (None, ..) if branch::is_lefthooks(&look) && !all_by(&look, Mode::File) => {
            return Err(lefthooks(ctx, &look));
        }
        (None, ..) => Mode::File,
    };
    // A shim holds the prefix: with the default one it would stand for the wrong branches.
    if mode != Mode::Snippet && !asked.global {
        settings::be_sure_of(ctx.env, &ctx.repo, "prefix")
            .map_err(|error| error.untouched("Nothing was installed."))?;
    }
    match mode {
        Mode::File => into_files(ctx, look, dry_run),
        Mode::Config if asked.global => into_config(ctx, &look, ConfigScope::Global, dry_run),
        Mode::Config => into_config(ctx, &look, ConfigScope::Local, dry_run),
        Mode::Snippet => snippet(ctx, look, asked.manager, dry_run),
    }
}

pub(super) fn only_config() -> Error {
    Error::usage("only hooks in git config are for all repositories")
        .untouched("Nothing was installed.")
        .next("git hotfix hooks install --mode config --global")
}

pub(super) fn too_old((major, minor, patch): (u32, u32, u32)) -> Error {
    Error::refused(format!(
        "git {major}.{minor}.{patch} does not run hooks in git config, and says nothing of it: 2.54 is the first that does"
    ))
    .untouched("Nothing was installed.")
}

/// A manager's lines, or the configuration of all repositories, get git to us for every event.
fn is_done_elsewhere(look: &Look) -> bool {
    all_by(look, Mode::Snippet) || all_by(look, Mode::Config)
}

fn all_by(look: &Look, mode: Mode) -> bool {
    let mut hooks = look.hooks.iter();
    hooks.all(|hook| hook.running().any(|caller| caller.mode == mode))
}

/// Entries of ours stand in the repository's own configuration.
fn local_config(ctx: &Context<'_>) -> Result<bool> {
    for event in EVENTS.iter().chain(&SERVER_EVENTS) {
        if config::stands(&ctx.repo, ConfigScope::Local, event)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Installs the hooks when `start` meets a repository that has none there at all: nothing of anybody
/// is touched. Otherwise it says what to type.
pub fn install_when_unprepared(ctx: &Context<'_>) -> Vec<String> {
    if !ctx.settings.auto_hooks || stand_in_the_usual_place(ctx) {
        return Vec::new();
    }
    let hint = "the hooks are not installed: git hotfix hooks install";
    let Ok(look) = status::look(ctx) else {
        ctx.warn(hint);
        return Vec::new();
    };
    // An entry in the configuration that this git does not run is somebody's choice all the same.
    let is_prepared = |hook: &Hook| {
        let chosen = |caller: &Caller| caller.runs || caller.mode == Mode::Config;
        hook.callers.iter().any(chosen)
    };
    if look.hooks.iter().all(is_prepared) {
        return Vec::new();
    }
    let foreign = |hook: &Hook| hook.state == State::Foreign;
    let theirs = branch::is_lefthooks(&look) || !matches!(look.place, Place::Own(_));
    if theirs || look.hooks.iter().any(foreign) {
        match branch::lacking(ctx, &look) {
            Ok(Some(lacking)) => {
                ctx.warn(format!("{}: {}", lacking.words(), problems::around(&look)));
            }
            _ => ctx.warn(hint),
        }
        return Vec::new();
    }
    match into_files(ctx, look, false) {
        Ok(report) => report.changed.into_iter().map(str::to_owned).collect(),
        Err(error) => {
            ctx.warn(format!("{hint} ({})", error.message()));
            Vec::new()
        }
    }
}

/// Whether all stand where git looks when nothing is configured. Only looked at, so that asking git
/// costs no process where there is nothing to do.
fn stand_in_the_usual_place(ctx: &Context<'_>) -> bool {
    let folder = place::usual(ctx);
    let ours = |event: &&str| {
        let state = file::state(ctx, &folder, event);
        matches!(state, Ok(State::Installed | State::Outdated))
    };
    place::is_usual(ctx) && EVENTS.iter().all(ours)
}

fn into_files(ctx: &Context<'_>, look: Look, dry_run: bool) -> Result<Report> {
    refuse_twice(&look)?;
    let folder = match &look.place {
        Place::Own(folder) => folder.clone(),
        Place::Off { value, scope } => {
            let error = place::switched_off(value, *scope);
            return Err(with_config_offered(&look, error));
        }
        Place::Elsewhere { folder, scope, .. } => {
            return Err(not_ours(ctx, &look, folder, *scope));
        }
    };
    let mut changed = Vec::new();
    for hook in look.hooks.iter().filter(|hook| !hook.is_by_snippet()) {
        let runs = |caller: &Caller| caller.runs && caller.mode == Mode::File;
        if hook.state != State::Outdated && hook.callers.iter().any(runs) {
            continue;
        }
        if hook.state == State::Foreign {
            file::can_be_kept(&folder, hook.event)?;
        }
        changed.push(hook.event);
    }
    let left = local_config(ctx)?.then_some(Mode::Config);
    if !dry_run {
        for event in &changed {
            file::write(ctx, &folder, event)?;
        }
        for event in EVENTS.iter().chain(&SERVER_EVENTS) {
            config::remove(&ctx.repo, ConfigScope::Local, event)?;
        }
    }
    report(ctx, changed, left, dry_run)
}

/// Files beside entries of the configuration that stay would run twice.
fn refuse_twice(look: &Look) -> Result<()> {
    let stays = look.hooks.iter().find_map(|hook| {
        let mut running = hook.running().filter(|caller| caller.mode == Mode::Config);
        running.find_map(|caller| {
            let (name, scope) = (caller.name.as_ref()?, caller.scope?);
            let ours = *name == config::name(hook.event);
            (!ours || scope != ConfigScope::Local).then_some((name, scope, ours))
        })
    });
    let Some((name, scope, ours)) = stays else {
        return Ok(());
    };
    let remove = match scope {
        ConfigScope::Global if ours => "git hotfix hooks uninstall --global".to_owned(),
        _ => format!("git config --{scope} --remove-section hook.{name}"),
    };
    Err(Error::refused(format!(
        "the hooks run already, from git config ({scope}): as files too they would run twice"
    ))
    .untouched("Nothing was installed.")
    .next("To have files instead, first:")
    .next(remove))
}

fn into_config(
    ctx: &Context<'_>,
    look: &Look,
    scope: ConfigScope,
    dry_run: bool,
) -> Result<Report> {
    if !look.runs_config() {
        return Err(too_old(look.git).next("git hotfix hooks install --mode file"));
    }
    let wanted: &[&'static str] = match scope {
        ConfigScope::Global => &EVENTS,
        _ => events(ctx),
    };
    let covered = |event: &str| {
        let mut hooks = look.hooks.iter();
        hooks.any(|hook| hook.event == event && hook.is_by_snippet())
    };
    let mut changed = Vec::new();
    for event in wanted {
        if !covered(event) && !config::Entry::at(ctx, scope, event)?.is_current(&ctx.repo)? {
            changed.push(*event);
        }
    }
    let left = files_stand(ctx, &look.place)?.then_some(Mode::File);
    if !dry_run {
        for event in &changed {
            config::Entry::at(ctx, scope, event)?.write(&ctx.repo)?;
        }
        remove_files(ctx, &look.place)?;
    }
    report(ctx, changed, left, dry_run)
}

/// Shims of ours stand in a hooks folder.
fn files_stand(ctx: &Context<'_>, place: &Place) -> Result<bool> {
    for folder in file::folders(ctx, place) {
        for event in EVENTS.iter().chain(&SERVER_EVENTS) {
            if file::stands(ctx, &folder, event)? {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

fn remove_files(ctx: &Context<'_>, place: &Place) -> Result<()> {
    for folder in file::folders(ctx, place) {
        for event in EVENTS.iter().chain(&SERVER_EVENTS) {
            file::remove(ctx, &folder, event)?;
        }
    }
    Ok(())
}

fn snippet(
    ctx: &Context<'_>,
    look: Look,
    manager: Option<Manager>,
    dry_run: bool,
) -> Result<Report> {
    let Some(manager) = manager.or(look.managers.first().copied()) else {
        return Err(Error::refused("no hook manager is set up here")
            .untouched("Nothing was written.")
            .next("Name one (husky, lefthook, pre-commit, prek, overcommit, folder), or install files:")
            .next("git hotfix hooks install --mode snippet --manager <name>")
            .next("git hotfix hooks install --mode file"));
    };
    let snippets = snippets::snippets(ctx, &look.place, manager, &uncalled(ctx, &look, manager));
    let mut report = look.report(ctx)?;
    report.snippets = snippets;
    report.dry_run = dry_run;
    Ok(report)
}

/// The events that a manager's files do not call us for yet.
fn uncalled(ctx: &Context<'_>, look: &Look, manager: Manager) -> Vec<&'static str> {
    let called = |event: &&&str| managers::caller(ctx, &look.place, manager, event).is_some();
    let events = events(ctx).iter();
    events.filter(|event| !called(event)).copied().collect()
}

/// Why hooks are not written where git looks.
fn not_ours(ctx: &Context<'_>, look: &Look, folder: &Path, scope: Option<ConfigScope>) -> Error {
    let path = scope.map_or("the hooks folder".to_owned(), |scope| {
        format!("core.hooksPath ({scope})")
    });
    let error = Error::refused(format!(
        "{path} points to {}, which is not this repository's own",
        folder.display()
    ))
    .code(Code::Setting)
    .untouched("Nothing was installed.");
    let manager = look.place.manager();
    // A folder of all repositories is the last place for one repository's lines.
    if manager.is_none() && look.runs_config() {
        return with_config_offered(look, error);
    }
    let error = with_lines(ctx, look, manager.unwrap_or(Manager::Folder), error);
    with_config_offered(look, error)
}

/// Why files are not written beside lefthook's, unless they are asked for by name.
fn lefthooks(ctx: &Context<'_>, look: &Look) -> Error {
    let message = "lefthook is set up here, and puts files of others away";
    let error = Error::refused(message).untouched("Nothing was installed.");
    let error = with_lines(ctx, look, Manager::Lefthook, error);
    match look.runs_config() {
        true => with_config_offered(look, error),
        false => error
            .next("Or have files until then:")
            .next("git hotfix hooks install --mode file"),
    }
}

/// With the lines for a manager's files.
fn with_lines(ctx: &Context<'_>, look: &Look, manager: Manager, error: Error) -> Error {
    let name = manager.name();
    let uncalled = uncalled(ctx, look, manager);
    let snippets = snippets::snippets(ctx, &look.place, manager, &uncalled);
    if snippets.is_empty() {
        return error
            .next(format!(
                "The lines are in {name}'s files, but git does not run them:"
            ))
            .next(snippets::installer(ctx, &look.place, manager));
    }
    let error = error.next(format!("Add what follows to {name}'s files:"));
    let lines = snippets.iter().flat_map(Snippet::words);
    lines.fold(error, Error::next).next(branch::LATER)
}

fn with_config_offered(look: &Look, error: Error) -> Error {
    match look.runs_config() {
        true => error
            .next("Or have git run them from its configuration, whatever the folder:")
            .next("git hotfix hooks install --mode config"),
        false => error,
    }
}

/// Removes our hooks and brings back those that were there before.
///
/// # Errors
/// When a file or the configuration cannot be written.
pub fn uninstall(ctx: &Context<'_>, global: bool, dry_run: bool) -> Result<Report> {
    let scope = match global {
        true => ConfigScope::Global,
        false => ConfigScope::Local,
    };
    let place = place::find(ctx)?;
    let mut changed: Vec<&'static str> = Vec::new();
    for event in EVENTS.iter().chain(&SERVER_EVENTS) {
        let mut stands = config::stands(&ctx.repo, scope, event)?;
        for folder in file::folders(ctx, &place).iter().filter(|_| !global) {
            stands |= file::stands(ctx, folder, event)?;
        }
        if stands {
            changed.push(event);
        }
    }
    if let (Place::Off { value, scope }, true) = (&place, changed.is_empty()) {
        return Err(place::switched_off(value, *scope));
    }
    if !dry_run {
        for event in &changed {
            config::remove(&ctx.repo, scope, event)?;
        }
        if !global {
            remove_files(ctx, &place)?;
        }
    }
    report(ctx, changed, None, dry_run)
}

fn report(
    ctx: &Context<'_>,
    changed: Vec<&'static str>,
    left: Option<Mode>,
    dry_run: bool,
) -> Result<Report> {
    let mut report = status::status(ctx)?;
    report.changed = changed;
    report.left = left;
    report.dry_run = dry_run;
    Ok(report)
}
