//! The release tag: its name, and the commit it belongs on.

use super::Options;
use super::earlier::LOOKED_BACK;
use super::plan::Plan;
use super::targets::Outcome;
use crate::git::Oid;
use crate::policy::{branch, version};
use crate::record::Record;
use crate::workflow::{Code, Context, Error, Result, landed, release, shell};
use serde::Serialize;

/// The release tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PlannedTag {
    /// Its name.
    pub name: String,
    /// It was there already, on this landing.
    pub exists: bool,
    /// The tag object, once written.
    pub object: Option<Oid>,
}

/// A name that git would not take is refused before anything else.
pub(super) fn refuse_unfit(ctx: &Context<'_>, version: &str, options: &Options) -> Result<()> {
    let fault = match version.is_empty() {
        true => Some("the version is empty".to_owned()),
        false => branch::fault(&with_prefix(ctx, version)),
    };
    let Some(fault) = fault else { return Ok(()) };
    let name = format!("{version:?} cannot be a tag's name");
    Err(Error::usage(format!("{name}: {fault}"))
        .untouched("Nothing was changed.")
        .next(format!("Name another: {}", naming(options, "VERSION"))))
}

/// The tag's name, and whether it is there from an earlier run: the given version, or the next
/// patch of the release in production.
pub(super) fn choose(
    ctx: &Context<'_>,
    plan: &Plan,
    version: Option<&str>,
    options: &Options,
) -> Result<PlannedTag> {
    let wanted = version.map(|version| with_prefix(ctx, version));
    if let Some(landing) = landing(ctx, plan)? {
        let mut have = ctx.repo.tags_at(&landing)?;
        match &wanted {
            Some(wanted) => have.retain(|tag| tag == wanted),
            None => have = owned(version::releases(&have, &ctx.settings.tag_prefix)),
        }
        if let Some(name) = have.pop() {
            return there(ctx, name);
        }
    }
    let name = match wanted {
        Some(name) => name,
        None => next_version(ctx, plan, options)?,
    };
    if ctx.repo.find_ref(&format!("refs/tags/{name}"))?.is_some() {
        return Err(Error::refused(format!(
            "the tag {name} is there already, on another commit"
        ))
        .code(Code::TagExists)
        .untouched("Nothing was changed.")
        .next(format!("Name another: {}", naming(options, "VERSION"))));
    }
    if let Some(version) = version {
        warn_of_another_scheme(ctx, plan, version, &name)?;
    }
    Ok(PlannedTag {
        name,
        exists: false,
        object: None,
    })
}

/// The tag that an earlier run put on this landing and did not push, or pushed: it belongs to the
/// landing, asked for again or not.
pub(super) fn of_earlier_run(
    ctx: &Context<'_>,
    plan: &Plan,
    record: &Record,
) -> Result<Option<PlannedTag>> {
    let Some(landing) = landing(ctx, plan)? else {
        return Ok(None);
    };
    let have = ctx.repo.tags_at(&landing)?;
    let mut own = landed::tags(record).filter(|tag| have.iter().any(|name| name == tag));
    own.next().map(|tag| there(ctx, tag.to_owned())).transpose()
}

fn there(ctx: &Context<'_>, name: String) -> Result<PlannedTag> {
    let object = ctx.repo.find_ref(&format!("refs/tags/{name}"))?;
    Ok(PlannedTag {
        name,
        exists: true,
        object,
    })
}

/// Writes the tag's object on the commit that brings the fix to production.
pub(super) fn write(ctx: &Context<'_>, plan: &mut Plan) -> Result<()> {
    let landing = plan.landing.clone();
    let title = plan.title.clone();
    let (Some(tag), Some(landing)) = (&mut plan.tag, landing) else {
        return Ok(());
    };
    if !tag.exists {
        let written = ctx.repo.tag_object(&tag.name, &landing, &title);
        tag.object = Some(written.map_err(|error| {
            Error::from(error)
                .context(format!("the tag {} could not be written", tag.name))
                .untouched("Nothing was changed, here or there.")
        })?);
    }
    Ok(())
}

/// The commit by which production got the fix earlier, which is not its tip when it has moved on;
/// nothing when the fix is still to land.
pub(super) fn landing(ctx: &Context<'_>, plan: &Plan) -> Result<Option<Oid>> {
    let Some(production) = plan.production() else {
        return Ok(None);
    };
    let Outcome::Contained(held) = &production.outcome else {
        return Ok(None);
    };
    if held.by.is_some() {
        return Ok(held.by.clone());
    }
    let mut found = production.start.clone();
    if let Some(fix) = &plan.fix {
        for commit in ctx.repo.mainline(&production.start, LOOKED_BACK)? {
            if !ctx.repo.contains(&commit.id, &fix.tip)? {
                break;
            }
            found = commit.id;
        }
    }
    Ok(Some(found))
}

/// gitflow's `versiontag` in front of a version that comes without it.
fn with_prefix(ctx: &Context<'_>, version: &str) -> String {
    let prefix = &ctx.settings.tag_prefix;
    if version.starts_with(prefix.as_str()) {
        version.to_owned()
    } else {
        format!("{prefix}{version}")
    }
}

fn owned(names: Vec<&str>) -> Vec<String> {
    names.into_iter().map(str::to_owned).collect()
}

/// The next patch of the latest release that production holds, of the base's where it holds none.
fn next_version(ctx: &Context<'_>, plan: &Plan, options: &Options) -> Result<String> {
    let nothing = || {
        Error::usage("no version tag before the hotfix says what the next one is")
            .untouched("Nothing was changed.")
            .next(format!("Name it: {}", naming(options, "v1.0.1")))
    };
    let release = latest_release(ctx, plan)?.ok_or_else(nothing)?;
    let mut next = version::next_patch(&release).ok_or_else(nothing)?;
    while ctx.repo.find_ref(&format!("refs/tags/{next}"))?.is_some() {
        next = version::next_patch(&next).ok_or_else(nothing)?;
    }
    Ok(next)
}

fn latest_release(ctx: &Context<'_>, plan: &Plan) -> Result<Option<String>> {
    let landing = landing(ctx, plan)?;
    let before = landing.or(plan.production().map(|target| target.start.clone()));
    for from in before.iter().chain(&plan.base) {
        if let Some(release) = release::before(ctx, from, true)? {
            return Ok(Some(release));
        }
    }
    Ok(None)
}

/// The command with another version.
fn naming(options: &Options, version: &str) -> String {
    let named = Options {
        tag: Some(Some(version.to_owned())),
        ..options.clone()
    };
    named.command()
}

/// A version without the letters that the releases here begin with is one that no tool finds.
fn warn_of_another_scheme(ctx: &Context<'_>, plan: &Plan, version: &str, name: &str) -> Result<()> {
    if !name.starts_with(|c: char| c.is_ascii_digit()) {
        return Ok(());
    }
    let Some(release) = latest_release(ctx, plan)? else {
        return Ok(());
    };
    let prefix = release.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    if !prefix.is_empty() && !prefix.contains(|c: char| c.is_ascii_digit()) {
        let wanted = shell::word(&format!("{prefix}{version}"));
        ctx.warn(format!(
            "the releases here are named {prefix}…: --tag {wanted}"
        ));
    }
    Ok(())
}
