//! `init`: a repository prepared before anything is on fire.

use super::{Context, Result, hooks, settings};
use crate::config;
use crate::files;
use serde::Serialize;
use std::path::PathBuf;

/// What `init` does, or did.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Prepared {
    /// The settings file, below the work tree.
    pub settings: &'static str,
    /// It is written now; else it was there.
    pub settings_written: bool,
    /// git's hooks folder.
    pub hooks_folder: Option<PathBuf>,
    /// The hooks that are installed now.
    pub hooks_installed: Vec<&'static str>,
    /// Nothing was done, only looked at.
    pub dry_run: bool,
}

/// Writes a commented `.hotfix.toml` and installs the hooks; what is there stays.
///
/// # Errors
/// When a file cannot be written.
pub fn init(ctx: &Context<'_>, dry_run: bool) -> Result<Prepared> {
    let top = ctx.repo.workdir().ok_or_else(|| {
        super::Error::failed("a bare repository has no work tree to prepare")
            .code(super::Code::BareRepository)
            .untouched("Nothing was changed.")
    })?;
    let file = top.join(settings::FILE);
    let settings_written = !files::exists(&file);
    if settings_written && !dry_run {
        files::write_atomic(top, &file, config::sample().as_bytes())?;
    }
    let (hooks_folder, hooks_installed) = match install_hooks(ctx, dry_run) {
        Ok(report) => (report.folder, report.changed),
        Err(error) => {
            ctx.warn(format!("{}: git hotfix hooks install", error.message()));
            (None, Vec::new())
        }
    };
    Ok(Prepared {
        settings: settings::FILE,
        settings_written,
        hooks_folder,
        hooks_installed,
        dry_run,
    })
}

fn install_hooks(ctx: &Context<'_>, dry_run: bool) -> Result<hooks::Report> {
    let asked = hooks::Install {
        dry_run,
        ..hooks::Install::default()
    };
    hooks::install(ctx, &asked)
}
