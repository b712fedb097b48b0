//! What is wrong with the hooks, each with the command that mends it.

use super::place::{self, Place};
use super::status::Look;
use super::{Caller, Context, Hook, Mode, Result, State, branch, config, events, file};
use crate::files;
use crate::git::ConfigScope;
use crate::record::{Finding, Level};
use std::path::Path;

const INSTALL: &str = "git hotfix hooks install";

fn finding(id: &'static str, level: Level, message: String, remedy: Option<String>) -> Finding {
    Finding {
        id,
        level,
        line: None,
        commit: None,
        message,
        remedy,
    }
}

/// What is wrong with the hooks, each with the command that mends it.
///
/// # Errors
/// When the configuration cannot be read.
pub(super) fn find(ctx: &Context<'_>, look: &Look) -> Result<Vec<Finding>> {
    let mut found = Vec::new();
    let by_config = look.mode() == Some(Mode::Config);
    if let Place::Off { value, scope } = &look.place
        && !by_config
    {
        let is = if value.is_empty() { "empty" } else { value };
        let message = format!("core.hooksPath is {is}: git runs no hooks here");
        found.push(finding(
            "hooks-off",
            Level::Block,
            message,
            place::unset(*scope),
        ));
        return Ok(found);
    }
    found.extend(broken_config(ctx)?);
    found.extend(config_not_run(ctx, look)?);
    found.extend(doubled(ctx, look)?);
    found.extend(not_run(look));
    found.extend(left_behind(ctx, look)?);
    found.extend(not_lasting(look));
    found.extend(missing(ctx, look, &found)?);
    Ok(found)
}

/// The command that gets git to us where a manager's files do not.
pub(super) fn around(look: &Look) -> String {
    match &look.place {
        Place::Own(_) if !branch::is_lefthooks(look) => INSTALL.to_owned(),
        _ if look.runs_config() => format!("{INSTALL} --mode config"),
        Place::Own(_) => format!("{INSTALL} --mode file"),
        _ => INSTALL.to_owned(),
    }
}

/// The command that gets git to us whatever lefthook does.
fn past_lefthook(look: &Look) -> String {
    let mode = if look.runs_config() {
        "config"
    } else {
        "snippet"
    };
    format!("{INSTALL} --mode {mode}")
}

/// Files that lefthook will put away, with no lines of its own to come after them.
fn not_lasting(look: &Look) -> Option<Finding> {
    let by = |hook: &Hook, mode: Mode| hook.callers.iter().any(|caller| caller.mode == mode);
    let alone = |hook: &Hook| by(hook, Mode::File) && !by(hook, Mode::Snippet);
    if !branch::is_lefthooks(look) || !look.hooks.iter().any(alone) {
        return None;
    }
    let message = "lefthook puts our files away whenever lefthook.yml changes";
    Some(finding(
        "hooks-not-lasting",
        Level::Warn,
        message.to_owned(),
        Some(past_lefthook(look)),
    ))
}

/// An event without a command: git ends every commit with 128, whatever the branch.
fn broken_config(ctx: &Context<'_>) -> Result<Option<Finding>> {
    for event in events(ctx) {
        let broken = config::find(&ctx.repo, event)?;
        if let Some(hook) = broken.into_iter().find(|hook| hook.command.is_none()) {
            let key = format!("hook.{}", hook.name);
            return Ok(Some(finding(
                "hooks-broken",
                Level::Block,
                format!("{key}.event has no command: git refuses every {event}"),
                Some(format!(
                    "git config --{} --unset-all {key}.event",
                    hook.scope
                )),
            )));
        }
    }
    Ok(None)
}

/// The first entry of the configuration that this git does not run, or that is not up to date.
fn config_not_run(ctx: &Context<'_>, look: &Look) -> Result<Option<Finding>> {
    for hook in &look.hooks {
        for configured in config::find(&ctx.repo, hook.event)? {
            if let Some(problem) = with_config(ctx, look, hook, configured)? {
                return Ok(Some(problem));
            }
        }
    }
    Ok(None)
}

fn with_config(
    ctx: &Context<'_>,
    look: &Look,
    hook: &Hook,
    configured: config::Configured,
) -> Result<Option<Finding>> {
    let not_run = |message: String, remedy: String| {
        Ok(Some(finding(
            "hooks-not-run",
            Level::Block,
            message,
            Some(remedy),
        )))
    };
    if !look.runs_config() && hook.running().next().is_none() {
        let (major, minor, _) = look.git;
        let message =
            format!("git {major}.{minor} does not run hooks in git config: 2.54 is the first");
        return not_run(message, format!("{INSTALL} --mode file"));
    }
    if let Some((key, scope)) = configured.disabled {
        let message = format!("{key} is false: git does not run the {} hook", hook.event);
        return not_run(message, format!("git config --{scope} --unset-all {key}"));
    }
    let own = configured.name == config::name(hook.event) && configured.command.is_some();
    if !own || config::Entry::at(ctx, configured.scope, hook.event)?.is_current(&ctx.repo)? {
        return Ok(None);
    }
    let message = format!(
        "the {} hook in git config is of another version",
        hook.event
    );
    let remedy = match configured.scope {
        ConfigScope::Global => format!("{INSTALL} --global"),
        _ => format!("{INSTALL} --mode config"),
    };
    Ok(Some(finding(
        "hooks-outdated",
        Level::Warn,
        message,
        Some(remedy),
    )))
}

/// Events for which git gets to us twice.
fn doubled(ctx: &Context<'_>, look: &Look) -> Result<Vec<Finding>> {
    let twice: Vec<&Hook> = look
        .hooks
        .iter()
        .filter(|hook| hook.running().count() > 1)
        .collect();
    if let Some(hook) = twice.first() {
        let events: Vec<&str> = twice.iter().map(|hook| hook.event).collect();
        let ways: Vec<String> = hook.running().map(Caller::words).collect();
        return Ok(vec![finding(
            "hooks-twice",
            Level::Warn,
            format!("{} run twice: {}", events.join(", "), ways.join(" and ")),
            Some(single_out(hook)),
        )]);
    }
    for event in events(ctx) {
        let local = config::stands(&ctx.repo, ConfigScope::Local, event)?;
        if local && config::stands(&ctx.repo, ConfigScope::Global, event)? {
            return Ok(vec![finding(
                "hooks-local-and-global",
                Level::Warn,
                "they stand in the local and the global git config: the local ones count"
                    .to_owned(),
                Some("git hotfix hooks uninstall".to_owned()),
            )]);
        }
    }
    Ok(Vec::new())
}

/// The command that leaves one of several callers.
fn single_out(hook: &Hook) -> String {
    let foreign = hook.running().find_map(|caller| {
        let name = caller.name.as_ref()?;
        (*name != config::name(hook.event)).then(|| (name.clone(), caller.scope))
    });
    let everywhere = hook.running().any(|caller| {
        matches!(
            caller.scope,
            Some(ConfigScope::Global | ConfigScope::System)
        )
    });
    match foreign {
        Some((name, Some(scope))) => format!("git config --{scope} --remove-section hook.{name}"),
        // A manager's lines and those of all repositories stay: ours here go.
        _ if everywhere || hook.is_by_snippet() => "git hotfix hooks uninstall".to_owned(),
        _ => format!("{INSTALL} --mode file"),
    }
}

/// Files that git passes over.
fn not_run(look: &Look) -> Option<Finding> {
    let folder = look.place.folder()?;
    let hook = look.hooks.iter().find(|hook| {
        let ours = matches!(hook.state, State::Installed | State::Outdated);
        ours && !hook.executable
    })?;
    let place = folder.join(hook.event);
    let (message, remedy) = if files::is_on_noexec(folder) {
        let message = format!(
            "{} is on a file system that runs no program",
            folder.display()
        );
        let config = look
            .runs_config()
            .then(|| format!("{INSTALL} --mode config"));
        (message, config)
    } else {
        let message = format!("{} is not executable: git passes over it", place.display());
        (message, Some(INSTALL.to_owned()))
    };
    Some(finding("hooks-not-run", Level::Block, message, remedy))
}

/// Shims of ours in a place that git does not look into, or that a manager has put away.
fn left_behind(ctx: &Context<'_>, look: &Look) -> Result<Option<Finding>> {
    let usual = place::usual(ctx);
    let folder = look.place.folder().map(files::real);
    if folder.is_some_and(|folder| folder == files::real(&usual)) {
        return Ok(put_away(look, &usual));
    }
    let mut stands = false;
    for event in events(ctx) {
        stands |= file::stands(ctx, &usual, event)?;
    }
    if !stands {
        return Ok(None);
    }
    let message = format!(
        "core.hooksPath leads away from our hooks in {}: git does not run them",
        usual.display()
    );
    let mut hooks = look.hooks.iter();
    let remedy = match hooks.all(|hook| hook.running().next().is_some()) {
        true => "git hotfix hooks uninstall",
        false => INSTALL,
    };
    let remedy = Some(remedy.to_owned());
    Ok(Some(finding(
        "hooks-left-behind",
        Level::Warn,
        message,
        remedy,
    )))
}

/// A shim that a manager has moved and does not run.
fn put_away(look: &Look, folder: &Path) -> Option<Finding> {
    let path = look.hooks.iter().find_map(|hook| {
        let (path, runs) = file::moved(folder, hook.event)?;
        (!runs && hook.running().next().is_none()).then_some(path)
    })?;
    let message = format!(
        "another installer has put our hook away, as {}",
        path.display()
    );
    let remedy = match branch::is_lefthooks(look) {
        true => past_lefthook(look),
        false => INSTALL.to_owned(),
    };
    Some(finding(
        "hooks-left-behind",
        Level::Block,
        message,
        Some(remedy),
    ))
}

/// Events that nothing calls us for.
fn missing(ctx: &Context<'_>, look: &Look, so_far: &[Finding]) -> Result<Option<Finding>> {
    let missing: Vec<&str> = look
        .hooks
        .iter()
        .filter(|hook| hook.callers.is_empty() || !so_far.iter().any(|f| f.level == Level::Block))
        .filter(|hook| hook.running().next().is_none())
        .map(|hook| hook.event)
        .collect();
    if missing.is_empty() {
        return Ok(outdated(look));
    }
    if let Some(lacking) = branch::lacking(ctx, look)? {
        return Ok(Some(finding(
            "hooks-not-on-branch",
            Level::Warn,
            lacking.words(),
            Some(around(look)),
        )));
    }
    let message = format!("not installed: {}", missing.join(", "));
    Ok(Some(finding(
        "hooks-missing",
        Level::Warn,
        message,
        Some(INSTALL.to_owned()),
    )))
}

fn outdated(look: &Look) -> Option<Finding> {
    let outdated = look.hooks.iter().any(|hook| hook.state == State::Outdated);
    outdated.then(|| {
        let message = "hooks of another version, or for a program elsewhere".to_owned();
        finding(
            "hooks-outdated",
            Level::Warn,
            message,
            Some(INSTALL.to_owned()),
        )
    })
}
