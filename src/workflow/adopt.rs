//! `adopt`: a record for a hotfix branch that somebody began without us.

use super::{
    Code, Context, Error, Result, hooks, incident, merged, production, start, status, store, task,
    workfile,
};
use crate::git::{CommitInfo, Oid};
use crate::policy::message::{self, Situation};
use crate::policy::severity::Severity;
use crate::policy::{branch, version};
use crate::record::{self, Change, Record, Template, template};
use crate::workflow::shell::word;
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::path::PathBuf;

/// How many branches an error and how many commits a timeline line names.
const NAMED: usize = 5;

/// What is the subject of the first version.
const ADOPTED: &str = "Branch adopted";

/// What `adopt` was asked for.
#[derive(Debug, Default)]
pub struct Options {
    /// The hotfix branch; nothing takes the current one.
    pub branch: Option<String>,
    /// What is broken; nothing takes the branch's name or its first commit.
    pub title: Option<String>,
    /// `P0`; nothing takes the settings' middle one.
    pub severity: Option<String>,
    /// When it was detected, as typed.
    pub at: Option<String>,
    /// No task in the tracker.
    pub no_task: bool,
    /// Only say what would be done.
    pub dry_run: bool,
}

/// What `adopt` did.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Adopted {
    /// The incident's id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its severity.
    pub severity: Severity,
    /// Nobody said the severity.
    pub severity_assumed: bool,
    /// When it was detected.
    pub detected: DateTime<Utc>,
    /// The hotfix branch.
    pub branch: String,
    /// The commit where it left production.
    pub base: Oid,
    /// The base as people name it: a tag, a branch.
    pub base_name: String,
    /// The commits that were there, oldest first.
    pub commits: Vec<Found>,
    /// The record, below the work tree.
    pub record: String,
    /// The other work tree that has the branch.
    pub worktree: Option<PathBuf>,
    /// Hooks that were installed on the way.
    pub hooks_installed: Vec<String>,
    /// Its task; nothing without a tracker.
    pub task: Option<task::View>,
    /// Nothing was done, only looked at.
    pub dry_run: bool,
    /// The command to type next.
    pub next: Option<String>,
    /// What that is for.
    pub next_reason: Option<String>,
}

/// A commit that was on the branch.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Found {
    /// Its id.
    pub commit: Oid,
    /// Its first line.
    pub subject: String,
    /// Its message has the hotfix format.
    pub has_format: bool,
}

/// Begins an incident on a branch that is there.
///
/// # Errors
/// When the branch is none of a hotfix, has an incident, or is in production already: nothing was
/// changed then. When the branch's configuration or the file cannot be written the incident is begun.
pub fn adopt(ctx: &Context<'_>, options: &Options) -> Result<Adopted> {
    let (branch, tip) = choose(ctx, options.branch.as_deref())?;
    refuse_known(ctx, &branch)?;
    let severity = start::severity(ctx, options.severity.as_deref())?;
    let detected = ctx.at(options.at.as_deref())?;
    let (base, source) = base(ctx, &branch, &tip)?;
    let commits = ctx.repo.range(std::slice::from_ref(&base), &[tip], 0)?;
    let title = title(ctx, options.title.as_deref(), &branch, &commits)?;
    let wanted = branch::incident_id(detected, &branch::slug(&title));
    let mut adopted = Adopted {
        id: start::free_id(ctx, &wanted),
        title,
        severity,
        severity_assumed: options.severity.is_none(),
        detected,
        branch,
        base_name: start::name_of_base(ctx, &base, &source)?,
        base,
        commits: commits.iter().map(|commit| found(ctx, commit)).collect(),
        record: String::new(),
        worktree: None,
        hooks_installed: Vec::new(),
        task: None,
        dry_run: options.dry_run,
        next: None,
        next_reason: None,
    };
    adopted.record = workfile::relative(ctx, &adopted.id);
    let record = first_version(ctx, &adopted);
    if !options.dry_run {
        let first = store::prepare(ctx, &adopted.id, record.text(), ADOPTED)?;
        store::create(ctx, &adopted.id, first, ADOPTED)?;
        settle(ctx, &mut adopted, record.text())
            .map_err(|error| not_settled(&adopted.id, error))?;
        if !options.no_task {
            adopted.task = task::begin(ctx, &adopted.id, &record);
        }
    }
    if let Some((command, reason)) = status::next_step(ctx, &record)? {
        adopted.next = Some(incident::command(ctx, &adopted.id, &command));
        adopted.next_reason = Some(reason.to_owned());
    }
    Ok(adopted)
}

fn found(ctx: &Context<'_>, commit: &CommitInfo) -> Found {
    let situation = Situation {
        merging: commit.parents.len() > 1,
        local: false,
    };
    let format = &ctx.settings.format;
    Found {
        commit: commit.id.clone(),
        subject: commit.subject().to_owned(),
        has_format: message::fault(commit.message.as_bytes(), situation, format).is_none(),
    }
}

/// The branch that is meant, by its name with or without the prefix, and its tip.
fn choose(ctx: &Context<'_>, given: Option<&str>) -> Result<(String, Oid)> {
    let prefix = &ctx.settings.prefix;
    let name = match given {
        Some(given) => given.to_owned(),
        None => ctx.repo.branch_at_work()?.unwrap_or_default(),
    };
    let is_hotfix = name.starts_with(prefix);
    let tip_of = |name: &str| ctx.repo.find_ref(&format!("refs/heads/{name}"));
    if is_hotfix && let Some(tip) = tip_of(&name)? {
        return Ok((name, tip));
    }
    let whole = format!("{prefix}{name}");
    if given.is_some()
        && !is_hotfix
        && let Some(tip) = tip_of(&whole)?
    {
        return Ok((whole, tip));
    }
    let there = tip_of(&name)?.is_some();
    let mut error = match given {
        None => {
            Error::usage(format!("this is not a {prefix}* branch")).code(Code::NotAHotfixBranch)
        }
        Some(_) if there => {
            Error::usage(format!("{name} is no hotfix branch: those are {prefix}*"))
                .code(Code::NotAHotfixBranch)
        }
        Some(_) => {
            Error::usage(format!("there is no branch {name} here")).code(Code::NoSuchRevision)
        }
    };
    error = error.untouched("Nothing was changed.");
    if there
        && !name.is_empty()
        && !is_hotfix
        && production::known(ctx).is_some_and(|p| p.branch != name)
    {
        error = error.next(format!(
            "Rename it: git branch -m {} {}",
            word(&name),
            word(&whole)
        ));
    }
    Err(candidates(ctx, error, is_hotfix.then_some(name.as_str()))?)
}

/// What could have been meant.
fn candidates(ctx: &Context<'_>, mut error: Error, missing: Option<&str>) -> Result<Error> {
    if let (Some(name), Some(remote)) = (missing, production::remote(ctx)?)
        && ctx
            .repo
            .find_ref(&production::tracking(&remote, name))?
            .is_some()
    {
        return Ok(error.next(format!("{remote} has it: git switch {}", word(name))));
    }
    let heads = "refs/heads/";
    let refs = ctx
        .repo
        .list_refs(&format!("{heads}{}", ctx.settings.prefix))?;
    let mut shown = 0;
    for (name, _) in refs {
        let name = &name[heads.len()..];
        if shown < NAMED && incident::of_branch(ctx, name)?.is_none() {
            error = error.next(format!("git hotfix adopt {}", word(name)));
            shown += 1;
        }
    }
    Ok(match shown {
        0 => error.next("Begin one: git hotfix start \"what is broken\" -s P0"),
        _ => error,
    })
}

/// One branch has one incident. That of a branch which is gone says nothing of a new one by its name.
fn refuse_known(ctx: &Context<'_>, branch: &str) -> Result<()> {
    let Some(id) = incident::of_branch(ctx, branch)? else {
        return Ok(());
    };
    let record = store::saved(ctx, &id)?.record;
    let bound = ctx.repo.config_value(&incident::config_key(branch))?;
    if !record.is_open() && bound.as_deref() != Some(id.as_str()) {
        return Ok(());
    }
    let error = Error::usage(format!("{branch} has an incident already: {id}"))
        .code(Code::IncidentState)
        .untouched("Nothing was changed.");
    Err(match record.is_open() {
        true => error.next(incident::naming(&id, "git hotfix status")),
        false => {
            let reopen = incident::naming(&id, "git hotfix reopen \"why\"");
            error.next(format!("Does it go on? {reopen}"))
        }
    })
}

/// Where the branch left production, by what is known here of it: nobody has to wait for a remote.
fn base(ctx: &Context<'_>, branch: &str, tip: &Oid) -> Result<(Oid, String)> {
    let production = production::find(ctx)?;
    let (head, source) = production::tip(ctx, &production)?;
    let mut best = ctx.repo.merge_base(&head, tip)?.map(|base| (base, source));
    // The branch may have been begun on commits that production's branch has here only.
    let name = &production.branch;
    if let Some(here) = ctx.repo.find_ref(&format!("refs/heads/{name}"))?
        && let Some(base) = ctx.repo.merge_base(&here, tip)?
        && match &best {
            Some((best, _)) => *best != base && ctx.repo.contains(&base, best)?,
            None => true,
        }
    {
        best = Some((base, name.clone()));
    }
    let (mut base, source) = best.ok_or_else(|| {
        Error::refused(format!("{branch} and {name} have no history in common"))
            .untouched("Nothing was changed.")
    })?;
    if base == *tip
        && source == *name
        && let Some(before) = merged::base(ctx, name, branch, tip)?
    {
        base = before;
    }
    let landed =
        base == *tip && !ctx.repo.has_been_at(&head, tip)? && ctx.repo.contains(&head, tip)?;
    if landed {
        return Err(Error::refused(format!(
            "{branch} is in production already: there is nothing to adopt"
        ))
        .code(Code::NothingToDo)
        .untouched("Nothing was changed.")
        .next(format!("Has it served? git branch -d {}", word(branch))));
    }
    Ok((base, source))
}

/// What was said; else what the branch's name says, unless that is a version or a tracker's key: then
/// what the first commit says.
fn title(
    ctx: &Context<'_>,
    given: Option<&str>,
    branch: &str,
    commits: &[CommitInfo],
) -> Result<String> {
    if let Some(given) = given {
        let title = template::title(given);
        return match title.is_empty() {
            false => Ok(title),
            true => Err(Error::usage("the title is empty").untouched("Nothing was changed.")),
        };
    }
    let suffix = branch.strip_prefix(&ctx.settings.prefix).unwrap_or(branch);
    let first = commits
        .iter()
        .map(|commit| template::title(&ctx.settings.format.description(commit.subject())))
        .find(|words| !words.is_empty());
    Ok(match words_of(suffix) {
        Some(words) => words,
        None => first.unwrap_or_else(|| format!("Hotfix {suffix}")),
    })
}

/// `login-is-down` as `Login is down`; nothing for `1.2.1` or `SHOP-812`.
fn words_of(suffix: &str) -> Option<String> {
    if version::is_release(suffix) {
        return None;
    }
    let parts = suffix.split(['-', '_', '/', ' ']);
    let words: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    let is_word = |word: &&&str| word.chars().all(char::is_alphabetic);
    if words.iter().filter(is_word).count() < 2 {
        return None;
    }
    let words = words.join(" ");
    let mut letters = words.chars();
    let first = letters.next()?;
    Some(first.to_uppercase().chain(letters).collect())
}

/// The record as `start` writes it, and what was on the branch.
fn first_version(ctx: &Context<'_>, adopted: &Adopted) -> Record {
    let base = format!("{} ({})", adopted.base_name, &adopted.base.as_str()[..10]);
    let template = Template {
        description: &adopted.title,
        detected: adopted.detected,
        severity: &adopted.severity.name,
        branch: &adopted.branch,
        base: &base,
        task: None,
        checklist: &ctx.settings.checklist,
        sections: &ctx.settings.sections,
    };
    let note = Change::Note {
        at: ctx.env.now().max(adopted.detected),
        text: format!("{ADOPTED} - {}, {}", adopted.branch, with(&adopted.commits)),
    };
    record::apply(&Record::parse(template.render()), &note)
}

fn with(commits: &[Found]) -> String {
    let name = |found: &Found| format!("{} {}", found.commit.short(), found.subject);
    let named: Vec<String> = commits.iter().take(NAMED).map(name).collect();
    match commits.len() {
        0 => "with no commits yet".to_owned(),
        n if n > NAMED => format!("with {}; and {} more", named.join("; "), n - NAMED),
        _ => format!("with {}", named.join("; ")),
    }
}

/// The incident is there by then.
fn not_settled(id: &str, error: Error) -> Error {
    error
        .context(format!("{id} is begun, but not everything is in place"))
        .untouched("The record is safe on its ref, and the branch as it was.")
        .next(incident::naming(id, "git hotfix status"))
}

/// The branch's incident, and the file where the branch is worked on.
fn settle(ctx: &Context<'_>, adopted: &mut Adopted, text: &str) -> Result<()> {
    let (branch, id) = (&adopted.branch, &adopted.id);
    ctx.repo.set_config(&incident::config_key(branch), id)?;
    let here = ctx.repo.branch_at_work()?.as_deref() == Some(branch);
    let trees = match here {
        true => Vec::new(),
        false => ctx.repo.worktrees()?,
    };
    if let Some(tree) = trees.iter().find(|tree| tree.is_on(branch)) {
        ctx.elsewhere(&tree.path, |there| workfile::write(there, id, text))?;
        adopted.worktree = Some(tree.path.clone());
    } else if ctx.repo.workdir().is_some() {
        workfile::write(ctx, id, text)?;
    }
    adopted.hooks_installed = hooks::install_when_unprepared(ctx);
    workfile::hide(ctx, id);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::words_of;

    #[test]
    fn a_name_of_words_is_a_title_and_a_version_or_a_key_is_none() {
        assert_eq!(words_of("login-is-down").as_deref(), Some("Login is down"));
        assert_eq!(words_of("größe_ist-0").as_deref(), Some("Größe ist 0"));
        for name in ["1.2.1", "v1.2.1", "SHOP-812", "x", "812", "v2", "--"] {
            assert_eq!(words_of(name), None, "{name}");
        }
    }
}
