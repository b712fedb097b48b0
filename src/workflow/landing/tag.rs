//! The release tag: its name, and the commit it belongs on.

use super::earlier::LOOKED_BACK;
use super::plan::Plan;
use super::targets::Outcome;
use crate::git::Oid;
use crate::policy::version;
use crate::workflow::{Context, Error, Result, release};
use serde::Serialize;

/// The release tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlannedTag {
    /// Its name.
    pub name: String,
    /// It was there already, on this landing.
    pub exists: bool,
    /// The tag object, once written.
    pub object: Option<Oid>,
}

/// The tag's name, and whether it is there from an earlier run: the given version, or the next
/// patch of the release in production.
pub(super) fn choose(ctx: &Context<'_>, plan: &Plan, version: Option<&str>) -> Result<PlannedTag> {
    let wanted = version.map(|version| with_prefix(ctx, version));
    if let Some(landing) = landing(ctx, plan)? {
        let mut have = ctx.repo.tags_at(&landing)?;
        match &wanted {
            Some(wanted) => have.retain(|tag| tag == wanted),
            None => have = owned(version::releases(&have, &ctx.settings.tag_prefix)),
        }
        if let Some(name) = have.pop() {
            let object = ctx.repo.find_ref(&format!("refs/tags/{name}"))?;
            return Ok(PlannedTag {
                name,
                exists: true,
                object,
            });
        }
    }
    let name = match wanted {
        Some(name) => name,
        None => next_version(ctx, plan)?,
    };
    if ctx.repo.find_ref(&format!("refs/tags/{name}"))?.is_some() {
        return Err(Error::refused(format!(
            "the tag {name} is there already, on another commit"
        ))
        .untouched("Nothing was changed.")
        .next("Name another: git hotfix finish --tag <version>"));
    }
    Ok(PlannedTag {
        name,
        exists: false,
        object: None,
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
fn next_version(ctx: &Context<'_>, plan: &Plan) -> Result<String> {
    let nothing = || {
        Error::usage("no version tag before the hotfix says what the next one is")
            .untouched("Nothing was changed.")
            .next("Name it: git hotfix finish --tag v1.0.1")
    };
    let landing = landing(ctx, plan)?;
    let before = landing.or(plan.production().map(|target| target.start.clone()));
    for from in before.iter().chain(&plan.base) {
        let Some(release) = release::before(ctx, from, true)? else {
            continue;
        };
        let mut next = version::next_patch(&release).ok_or_else(nothing)?;
        while ctx.repo.find_ref(&format!("refs/tags/{next}"))?.is_some() {
            next = version::next_patch(&next).ok_or_else(nothing)?;
        }
        return Ok(next);
    }
    Err(nothing())
}
