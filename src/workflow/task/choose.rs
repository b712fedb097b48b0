//! Which program the tracker is, and where it runs.
//!
//! A program on PATH must not lie inside the repository. ohno alone may be found there, in
//! `node_modules/.bin`: the person who set `hotfix.tracker = ohno` and installed it meant that one. It is
//! not run when git tracks the file or what it leads to, since then a checkout put it there.

use crate::config::tracker::Kind;
use crate::files;
use crate::git::{GitError, Repo};
use crate::integrations::tracker::{ByCommand, ForgeIssues, Ohno, Tracker};
use crate::integrations::{Around, Program};
use crate::policy::forge::{self, Forge};
use crate::workflow::{Context, Result, production};
use std::path::{Path, PathBuf};

/// The package of ohno.
const PACKAGE: &str = "@stevestomp/ohno-cli";
/// Where it keeps its tasks.
const FOLDER: &str = ".ohno";

/// Why the tracker cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unusable {
    /// In one line.
    pub why: String,
    /// What to type.
    pub command: String,
}

fn unusable(why: impl Into<String>, command: impl Into<String>) -> Unusable {
    Unusable {
        why: why.into(),
        command: command.into(),
    }
}

/// A tracker's program, found and not yet run.
pub(super) enum Found {
    Ohno {
        program: Program,
        before: Vec<String>,
        folder: PathBuf,
        /// Where its tasks are; nothing: nowhere up from here.
        tasks: Option<PathBuf>,
    },
    Forge {
        program: Program,
        is_gitlab: bool,
        repository: String,
        folder: PathBuf,
    },
    Command {
        shell: Program,
        line: String,
        folder: PathBuf,
    },
}

impl Found {
    /// The tracker, ready to be asked.
    pub(super) fn tracker<'a>(
        &'a self,
        ctx: &'a Context<'_>,
        waiting: &'a dyn Fn(),
        alive: &'a Path,
    ) -> Box<dyn Tracker + 'a> {
        let around = |folder: &'a Path| Around {
            folder,
            limit: ctx.settings.tracker.timeout,
            waiting,
            alive: Some(alive),
        };
        match self {
            Found::Ohno {
                program,
                before,
                folder,
                ..
            } => Box::new(Ohno {
                program: program.clone(),
                before: before.clone(),
                around: around(folder),
            }),
            Found::Forge {
                program,
                is_gitlab,
                repository,
                folder,
            } => Box::new(ForgeIssues {
                program: program.clone(),
                is_gitlab: *is_gitlab,
                repository: repository.clone(),
                around: around(folder),
            }),
            Found::Command {
                shell,
                line,
                folder,
            } => Box::new(ByCommand::of(shell, line, around(folder))),
        }
    }

    /// The program's file, for `doctor`.
    pub(super) fn program(&self) -> &Program {
        match self {
            Found::Ohno { program, .. } | Found::Forge { program, .. } => program,
            Found::Command { shell, .. } => shell,
        }
    }
}

/// Finds the program of the tracker that the settings name.
///
/// # Errors
/// When there is none, with what to type.
pub(super) fn find(ctx: &Context<'_>) -> std::result::Result<Found, Unusable> {
    let settings = &ctx.settings.tracker;
    match settings.kind {
        Kind::None => Err(unusable(
            "no tracker is configured",
            "git config hotfix.tracker ohno",
        )),
        Kind::Ohno => ohno(ctx),
        Kind::GitHub => issues(ctx, "gh", false),
        Kind::GitLab => issues(ctx, "glab", true),
        Kind::Command => {
            let shell = on_path(ctx, "sh").ok_or_else(|| {
                unusable("there is no sh on PATH", "git config hotfix.tracker none")
            })?;
            let line = settings.command.clone().unwrap_or_default();
            // As git starts its aliases: at the top.
            let top = ctx.repo.workdir().unwrap_or(ctx.repo.git_dir());
            Ok(Found::Command {
                shell,
                line,
                folder: top.to_owned(),
            })
        }
    }
}

fn on_path(ctx: &Context<'_>, name: &'static str) -> Option<Program> {
    let tops = [ctx.repo.workdir(), Some(ctx.repo.common_dir())];
    let tops: Vec<&Path> = tops.into_iter().flatten().collect();
    Program::choose(name, &ctx.env.on_path(name), &tops)
}

fn ohno(ctx: &Context<'_>) -> std::result::Result<Found, Unusable> {
    let tasks = folders(ctx).into_iter().find(|f| f.join(FOLDER).is_dir());
    let folder = tasks.clone().unwrap_or_else(|| ctx.env.cwd.clone());
    if let Some(program) = on_path(ctx, "ohno").or_else(|| installed(ctx)) {
        return Ok(Found::Ohno {
            program,
            before: Vec::new(),
            folder,
            tasks,
        });
    }
    let missing = || {
        unusable(
            "ohno is neither on PATH nor in node_modules/.bin",
            format!("npm install --global {PACKAGE}"),
        )
    };
    // Even `npx --no-install` asks the registry.
    let npx = ctx.settings.tracker.npx.then(|| on_path(ctx, "npx"));
    let program = npx.flatten().ok_or_else(missing)?;
    let mut before = vec!["--yes".to_owned(), PACKAGE.to_owned()];
    if let Some(tasks) = &tasks {
        before.push("--dir".to_owned());
        before.push(tasks.join(FOLDER).display().to_string());
    }
    // Outside of the repository: npx would run what a checkout left in node_modules, and obey an .npmrc
    // that says where to download from.
    let outside = folder.ancestors().last().unwrap_or(&folder).to_owned();
    Ok(Found::Ohno {
        program,
        before,
        folder: outside,
        tasks,
    })
}

/// From here up, then from the main work tree: a linked one beside it has neither tasks nor packages.
fn folders(ctx: &Context<'_>) -> Vec<PathBuf> {
    let main = ctx.repo.common_dir().parent();
    let from = std::iter::once(ctx.env.cwd.as_path()).chain(main);
    from.flat_map(Path::ancestors).map(Path::to_owned).collect()
}

/// `node_modules/.bin/ohno` up to the top of the work tree, or in the main one.
fn installed(ctx: &Context<'_>) -> Option<Program> {
    let top = ctx.repo.workdir()?;
    let main = ctx.repo.common_dir().parent();
    let main = main.filter(|main| main.join(".git").is_dir());
    let here = ctx.env.cwd.ancestors().take_while(|f| f.starts_with(top));
    let mut folders = here.chain(std::iter::once(top)).chain(main);
    folders.find_map(|folder| {
        let file = folder.join("node_modules").join(".bin").join("ohno");
        let program = Program::at("ohno", &file)?;
        match is_tracked(ctx, folder, &file) {
            Ok(false) => Some(program),
            Ok(true) => {
                let file = file.display();
                ctx.warn(format!("{file} is tracked by git, so it is not run"));
                None
            }
            Err(error) => {
                ctx.warn(error.message());
                None
            }
        }
    })
}

/// Whether git tracks the file, what it leads to, or a link on the way; in the repository of `folder`, or
/// in one that a checkout brings along inside of it, as a submodule.
fn is_tracked(ctx: &Context<'_>, folder: &Path, file: &Path) -> Result<bool> {
    let real = files::real(file);
    let parent = file.parent().unwrap_or(folder);
    let in_place = file.file_name().map(|name| files::real(parent).join(name));
    let mut paths = vec![file.to_owned(), real.clone()];
    paths.extend(in_place);
    let below = file.ancestors().skip(1).take_while(|path| *path != folder);
    paths.extend(
        below
            .filter(|path| files::is_link(path))
            .map(Path::to_owned),
    );
    for start in [folder, parent, real.parent().unwrap_or(parent)] {
        if let Some(repo) = repository_at(ctx, start)?
            && tracks(&repo, &paths)?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The repository whose work tree holds a folder; nothing where there is none.
fn repository_at(ctx: &Context<'_>, folder: &Path) -> Result<Option<Repo>> {
    match (ctx.repo.at(folder), ctx.repo.workdir()) {
        (Ok(repo), _) => Ok(Some(repo)),
        // A work tree that does not lead back to its repository.
        (Err(_), Some(top)) if folder.starts_with(top) => Ok(Some(ctx.repo.at(top)?)),
        (Err(GitError::NoRepository(_)), _) => Ok(None),
        (Err(error), _) => Err(error.into()),
    }
}

fn tracks(repo: &Repo, paths: &[PathBuf]) -> Result<bool> {
    let Some(top) = repo.workdir() else {
        return Ok(false);
    };
    let real_top = files::real(top);
    let relative = paths.iter().filter_map(|path| {
        let inner = path
            .strip_prefix(top)
            .or_else(|_| path.strip_prefix(&real_top));
        inner.ok().filter(|inner| !inner.as_os_str().is_empty())
    });
    let relative: Vec<String> = relative
        .map(|path| path.to_string_lossy().replace('\\', "/"))
        .collect();
    Ok(!relative.is_empty() && repo.tracks_any(&relative)?)
}

fn issues(
    ctx: &Context<'_>,
    name: &'static str,
    is_gitlab: bool,
) -> std::result::Result<Found, Unusable> {
    let program = on_path(ctx, name).ok_or_else(|| {
        let page = match is_gitlab {
            true => "https://gitlab.com/gitlab-org/cli",
            false => "https://cli.github.com",
        };
        unusable(
            format!("{name} is not on PATH ({page})"),
            format!("{name} auth login"),
        )
    })?;
    let repository = match &ctx.settings.tracker.project {
        Some(project) => project.clone(),
        None => repository(ctx, is_gitlab).ok_or_else(|| {
            unusable(
                "the remote's address names no repository whose issues are meant",
                "git config hotfix.tracker.project <owner>/<name>",
            )
        })?,
    };
    Ok(Found::Forge {
        program,
        is_gitlab,
        repository,
        folder: ctx.env.cwd.clone(),
    })
}

/// The remote's repository, in full: no default of the program and no other remote is meant.
fn repository(ctx: &Context<'_>, is_gitlab: bool) -> Option<String> {
    let remote = production::remote(ctx).ok()??;
    let address = ctx.repo.push_address(&remote).ok()??;
    let kind = match is_gitlab {
        true => forge::Kind::GitLab,
        false => forge::Kind::GitHub,
    };
    let forge = Forge::of(&address, forge::Setting::Is(kind))?;
    Some(match is_gitlab {
        true => forge.page(),
        false => format!("{}/{}", forge.host, forge.name()),
    })
}

/// Whether the tracker can be used, for `doctor`: what was found, or what to type.
///
/// # Errors
/// What it lacks.
pub fn check(ctx: &Context<'_>) -> std::result::Result<String, Unusable> {
    let name = ctx.settings.tracker.kind.name();
    let found = find(ctx)?;
    match &found {
        Found::Ohno { tasks: None, .. } => {
            Err(unusable("ohno has no .ohno/ here or above", "ohno init"))
        }
        Found::Command { .. } => Ok(format!("{name}: hotfix.tracker.command")),
        _ => Ok(format!("{name}: {}", found.program().path().display())),
    }
}
