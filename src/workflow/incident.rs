//! Which incident is meant.

use super::shell::word;
use super::store::{self, Stored};
use super::{Code, Context, Error, Result, open, production, unfinished};
use crate::git::Oid;
use crate::policy::branch;
use crate::record::{Field, Record};

/// How many incidents an error lists before it says `…`.
const LISTED: usize = 8;

/// The incident that `-i` names; else the current hotfix branch's; else the only open one.
///
/// # Errors
/// A usage error with the list when none or several could be meant.
pub fn choose(ctx: &Context<'_>, given: Option<&str>) -> Result<String> {
    if let Some(given) = given {
        return named(ctx, given);
    }
    if let Some(id) = of_current_branch(ctx)? {
        return Ok(id);
    }
    let mut open = open_ids(ctx)?;
    match open.len() {
        1 => Ok(open.remove(0)),
        0 => Err(Error::usage("there is no open incident here")
            .code(Code::NoIncident)
            .next("Start one: git hotfix start \"what is broken\" -s P0")
            .next("All incidents: git hotfix list --all")),
        _ => Err(several("several incidents are open", &open)),
    }
}

/// As [`choose`], for what may still be written when it is over: when none is open, the incident
/// resolved last whose postmortem is not committed yet. The person is told, since they did not name it.
///
/// # Errors
/// As for [`choose`].
pub fn choose_or_unfinished(ctx: &Context<'_>, given: Option<&str>) -> Result<String> {
    match choose(ctx, given) {
        Err(error) if given.is_none() && open_ids(ctx)?.is_empty() => {
            let unfinished = unfinished::latest(ctx)?.ok_or(error)?;
            ctx.warn(format!(
                "no incident is open: this is for {}, whose postmortem is not committed yet",
                unfinished.id
            ));
            Ok(unfinished.id)
        }
        chosen => chosen,
    }
}

/// As [`choose`]; when none is open, the one whose postmortem waits, else the latest one.
///
/// # Errors
/// As for [`choose`].
pub fn choose_or_latest(ctx: &Context<'_>, given: Option<&str>) -> Result<String> {
    match choose(ctx, given) {
        Err(error) if given.is_none() && open_ids(ctx)?.is_empty() => {
            if let Some(unfinished) = unfinished::latest(ctx)? {
                return Ok(unfinished.id);
            }
            latest(ctx, |_| true)?.ok_or(error)
        }
        chosen => chosen,
    }
}

/// The incident that `-i` names; else the current hotfix branch's; else the one closed last.
///
/// # Errors
/// As for [`choose`].
pub fn choose_closed(ctx: &Context<'_>, given: Option<&str>) -> Result<String> {
    if given.is_some() {
        return choose(ctx, given);
    }
    if let Some(id) = of_current_branch(ctx)? {
        return Ok(id);
    }
    let open = open_ids(ctx)?;
    latest(ctx, |id| !open.iter().any(|open| open == id))?.ok_or_else(|| {
        Error::usage("there is no closed incident here")
            .code(Code::NoIncident)
            .next("All incidents: git hotfix list --all")
    })
}

/// The hotfix branch that a record names.
///
/// # Errors
/// When it names none.
pub(super) fn hotfix_branch(record: &Record) -> Result<&str> {
    record.field(Field::Branch).ok_or_else(|| {
        Error::failed("the record names no hotfix branch")
            .untouched("Nothing was changed.")
            .next("Write its '**Branch**:' line: git hotfix edit")
    })
}

/// A command to type next for this incident: with `-i` where it was named, and where another one would
/// be meant without, since the branch that said which is gone or is not checked out here.
pub fn command(ctx: &Context<'_>, id: &str, command: &str) -> String {
    let is_meant = match choose(ctx, None) {
        _ if ctx.named.is_some() => true,
        Ok(meant) => meant == id,
        Err(error) => error.code != Code::AmbiguousIncident,
    };
    match is_meant {
        true => ctx.command(command),
        false => naming(id, command),
    }
}

/// A command of ours with the incident it is for, where it names none yet.
pub(super) fn naming(id: &str, command: &str) -> String {
    if command.starts_with("git hotfix ") && !command.contains(" -i ") {
        format!("{command} -i {}", word(id))
    } else {
        command.to_owned()
    }
}

fn latest(ctx: &Context<'_>, fits: impl Fn(&str) -> bool) -> Result<Option<String>> {
    let ids = store::ids(ctx)?.into_iter().rev();
    let stored = ids
        .filter(|(id, _)| fits(id))
        .find_map(|(id, tip)| store::readable(ctx, &id, tip));
    Ok(stored.map(|stored| stored.id))
}

/// The incident of the current hotfix branch, when HEAD is on one.
///
/// # Errors
/// When HEAD or the refs cannot be read.
pub fn of_current_branch(ctx: &Context<'_>) -> Result<Option<String>> {
    match ctx.repo.branch_at_work()? {
        Some(branch) if branch.starts_with(&ctx.settings.prefix) => of_branch(ctx, &branch),
        _ => Ok(None),
    }
}

/// The incident of a hotfix branch: as the branch's configuration remembers it, else by its slug,
/// else by what the records say. Of several the latest open one is meant, else the latest.
///
/// # Errors
/// When the refs cannot be read.
pub fn of_branch(ctx: &Context<'_>, name: &str) -> Result<Option<String>> {
    if let Some(id) = ctx.repo.config_value(&config_key(name))?
        && let Some(tip) = ctx.repo.find_ref(&store::ref_name(&id))?
    {
        let stored = store::saved_at(ctx, &id, tip)?;
        if is_of_branch(&stored, name)
            || renamed(ctx, &id, &stored.record)?.as_deref() == Some(name)
        {
            return Ok(Some(id));
        }
    }
    let slug = name.strip_prefix(&ctx.settings.prefix).unwrap_or(name);
    let (likely, rest): (Vec<_>, Vec<_>) = store::ids(ctx)?
        .into_iter()
        .partition(|(id, _)| branch::slug_of_id(id) == slug);
    match latest_of_branch(ctx, likely, name)? {
        Some(id) => Ok(Some(id)),
        None => latest_of_branch(ctx, rest, name),
    }
}

/// The new name of a record's branch after `git branch -m`: the configuration has gone with the
/// branch, and the record names one that is not there any more.
///
/// # Errors
/// When the refs or the configuration cannot be read.
pub(super) fn renamed(ctx: &Context<'_>, id: &str, record: &Record) -> Result<Option<String>> {
    let Some(old) = record.field(Field::Branch) else {
        return Ok(None);
    };
    let there = |branch: &str| ctx.repo.find_ref(&format!("refs/heads/{branch}"));
    for entry in ctx.repo.config_entries()?.iter().rev() {
        let branch = entry.name.strip_prefix("branch.");
        let branch = branch.and_then(|name| name.strip_suffix(".hotfixincident"));
        if let Some(name) = branch.filter(|name| entry.value == id && *name != old)
            && there(name)?.is_some()
        {
            return Ok(there(old)?.is_none().then(|| name.to_owned()));
        }
    }
    Ok(None)
}

/// The configuration that remembers a hotfix branch's incident; git drops it with the branch.
pub fn config_key(branch: &str) -> String {
    format!("branch.{branch}.hotfixincident")
}

/// The ids of the open incidents, oldest first.
///
/// # Errors
/// When a record cannot be read.
pub fn open_ids(ctx: &Context<'_>) -> Result<Vec<String>> {
    open::ids(ctx)
}

fn named(ctx: &Context<'_>, given: &str) -> Result<String> {
    if is_plain(given) && ctx.repo.find_ref(&store::ref_name(given))?.is_some() {
        return Ok(given.to_owned());
    }
    let ids: Vec<String> = store::ids(ctx)?.into_iter().map(|(id, _)| id).collect();
    let wanted = given.to_lowercase();
    let whole: Vec<String> = ids
        .iter()
        .filter(|id| branch::slug_of_id(id) == wanted)
        .cloned()
        .collect();
    let part: Vec<String> = ids
        .iter()
        .filter(|id| id.contains(&wanted))
        .cloned()
        .collect();
    let matching = if whole.is_empty() { part } else { whole };
    match matching.as_slice() {
        [one] => Ok(one.clone()),
        [] => Err(Error::usage(format!("no incident is called '{given}'"))
            .code(Code::NoIncident)
            .next("All incidents: git hotfix list --all")),
        several_ids => Err(several(
            &format!("'{given}' could be several incidents"),
            several_ids,
        )),
    }
}

/// Could be a whole id: anything else is only looked for as a part of one.
fn is_plain(given: &str) -> bool {
    branch::fault(given).is_none() && !given.contains('/')
}

fn latest_of_branch(
    ctx: &Context<'_>,
    candidates: Vec<(String, Oid)>,
    name: &str,
) -> Result<Option<String>> {
    let mut latest = None;
    for (id, tip) in candidates {
        let Some(stored) = store::readable(ctx, &id, tip) else {
            continue;
        };
        if is_of_branch(&stored, name) {
            // Ids begin with their day, so the list is in the order of time.
            latest = latest.max(Some((stored.record.is_open(), id)));
        }
    }
    Ok(latest.map(|(_, id)| id))
}

fn is_of_branch(stored: &Stored, name: &str) -> bool {
    stored.record.field(Field::Branch) == Some(name)
}

fn several(message: &str, ids: &[String]) -> Error {
    let mut error = Error::usage(message)
        .code(Code::AmbiguousIncident)
        .next("Say which with -i, by any part that only it has.");
    for id in ids.iter().rev().take(LISTED) {
        error = error.detail(id.clone());
    }
    if ids.len() > LISTED {
        error = error.detail(format!("… and {} more", ids.len() - LISTED));
    }
    error
}

/// Refuses to land, push or delete what a record calls its hotfix branch when it is none: whoever
/// can write the record would otherwise send develop to production, and have it deleted.
///
/// # Errors
/// When it is production, gets fixes merged back, or does not begin as hotfix branches do; and when
/// nobody can tell, since git cannot be read.
pub fn refuse_shared(ctx: &Context<'_>, branch: &str) -> Result<()> {
    let prefix = &ctx.settings.prefix;
    let is_hotfix = branch
        .strip_prefix(prefix)
        .is_some_and(|rest| !rest.is_empty());
    let production = production::find_any(ctx)?;
    let is_shared = production.is_some_and(|production| production.branch == branch)
        || ctx.settings.back_merge.iter().any(|other| other == branch);
    if is_hotfix && !is_shared {
        return Ok(());
    }
    let message =
        format!("the record names {branch}, which is no hotfix branch: those are {prefix}*");
    Err(Error::refused(message)
        .code(Code::NotAHotfixBranch)
        .untouched("Nothing was changed, here or there.")
        .next("Correct its '**Branch**:' line: git hotfix edit"))
}

#[cfg(test)]
mod tests {
    use super::naming;

    #[test]
    fn a_command_names_its_incident_once_and_as_one_word() {
        let gate = "git hotfix gate";
        assert_eq!(naming("login", gate), "git hotfix gate -i login");
        assert_eq!(naming("login is", gate), "git hotfix gate -i \"login is\"");
        assert_eq!(naming("$(x)", gate), "git hotfix gate -i '$(x)'");
        for command in ["git hotfix gate -i login", "git fetch"] {
            assert_eq!(naming("other", command), command);
        }
    }
}
