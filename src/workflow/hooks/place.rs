//! Where git looks for hook files, and whose that folder is.

use super::managers::{self, Manager};
use super::{Code, Context, Error, Result};
use crate::files;
use crate::git::{ConfigEntry, ConfigScope};
use std::path::{Path, PathBuf};

/// Where git looks for hook files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// Inside the git directory: ours to write.
    Own(PathBuf),
    /// In the work tree, or somewhere else altogether.
    Elsewhere {
        /// The folder.
        folder: PathBuf,
        /// The level that `core.hooksPath` is set at; nothing when the folder is a link.
        scope: Option<ConfigScope>,
        /// Whose it is, when it is in the work tree.
        manager: Option<Manager>,
    },
    /// Nowhere: `core.hooksPath` is empty, or no folder.
    Off {
        /// What it is.
        value: String,
        /// Its level.
        scope: ConfigScope,
    },
}

impl Place {
    /// The folder git looks into.
    pub(super) fn folder(&self) -> Option<&Path> {
        match self {
            Place::Own(folder) | Place::Elsewhere { folder, .. } => Some(folder),
            Place::Off { .. } => None,
        }
    }

    /// The manager that the folder belongs to.
    pub(super) fn manager(&self) -> Option<Manager> {
        match self {
            Place::Elsewhere { manager, .. } => *manager,
            _ => None,
        }
    }
}

/// Asks git where it looks.
///
/// # Errors
/// When git cannot be asked.
pub(super) fn find(ctx: &Context<'_>) -> Result<Place> {
    let path = hooks_path(ctx)?;
    if let Some(entry) = &path
        && matches!(entry.value.as_str(), "" | "/dev/null" | "NUL")
    {
        return Ok(Place::Off {
            value: entry.value.clone(),
            scope: entry.scope,
        });
    }
    let folder = ctx.repo.hooks_dir()?;
    if root(ctx, &folder).is_some() {
        return Ok(Place::Own(folder));
    }
    let manager = managers::owner(ctx, &folder);
    let scope = path.map(|entry| entry.scope);
    Ok(Place::Elsewhere {
        folder,
        scope,
        manager,
    })
}

/// `core.hooksPath`, where it is set.
fn hooks_path(ctx: &Context<'_>) -> Result<Option<ConfigEntry>> {
    let entries = ctx.repo.config_entries()?;
    let last = entries
        .iter()
        .rev()
        .find(|entry| entry.name == "core.hookspath");
    Ok(last.cloned())
}

/// The git directory that the folder really lies in.
pub(super) fn root<'a>(ctx: &'a Context<'_>, folder: &Path) -> Option<&'a Path> {
    let real = files::real(folder);
    [ctx.repo.common_dir(), ctx.repo.git_dir()]
        .into_iter()
        .find(|root| {
            real.starts_with(files::real(root))
                || folder.starts_with(root) && !files::exists(folder)
        })
}

/// Where git looks when nothing is configured. Only looked at: what is written goes where git says.
pub(super) fn usual(ctx: &Context<'_>) -> PathBuf {
    ctx.repo.common_dir().join("hooks")
}

/// Whether git looks in the usual place; no process is started to know.
pub(super) fn is_usual(ctx: &Context<'_>) -> bool {
    matches!(hooks_path(ctx), Ok(None))
}

/// People switch hooks off so.
pub(super) fn switched_off(value: &str, scope: ConfigScope) -> Error {
    let is = if value.is_empty() { "empty" } else { value };
    let error = Error::refused(format!("core.hooksPath is {is}: git runs no hooks here"))
        .code(Code::Setting)
        .untouched("Nothing was changed.");
    match unset(scope) {
        Some(command) => error.next(command),
        None => error,
    }
}

/// The command that takes `core.hooksPath` away; what `git -c` says is gone with its command.
pub(super) fn unset(scope: ConfigScope) -> Option<String> {
    (scope != ConfigScope::Command).then(|| format!("git config --{scope} --unset core.hooksPath"))
}
