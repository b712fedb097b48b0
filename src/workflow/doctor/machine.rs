//! What the person's machine has: git, this program, who they are, how they sign.

use super::Check;
use crate::env::Env;
use crate::files;
use crate::git::process;
use crate::workflow::hooks::CONFIG_HOOKS_SINCE;
use crate::workflow::shell::word;
use crate::workflow::{Context, Error};
use std::path::Path;

/// The oldest git that is served.
const OLDEST: (u32, u32) = (2, 38);

/// git's version.
pub(super) fn git(env: &Env) -> Check {
    let (major, minor, patch) = match process::version(&env.cwd) {
        Ok(version) => version,
        Err(error) => return Check::failed("git", &Error::from(error)),
    };
    let version = format!("{major}.{minor}.{patch}");
    if (major, minor) < OLDEST {
        let message = format!("{version} is older than 2.38, the oldest that is served");
        return Check::bad("git", message, "Install git 2.38 or newer, on PATH.");
    }
    Check::ok(
        "git",
        match (major, minor) < CONFIG_HOOKS_SINCE {
            true => format!("{version} (hooks in git config need 2.54)"),
            false => version,
        },
    )
}

/// Whether `git hotfix` is this program.
pub(super) fn program(env: &Env) -> Check {
    let version = env!("CARGO_PKG_VERSION");
    let Ok(own) = env.current_exe() else {
        return Check::bad("program", "its own path is not known", "Install it again.");
    };
    let folder = own.parent().unwrap_or(Path::new("."));
    let first = format!("export PATH={}:\"$PATH\"", word(&folder.to_string_lossy()));
    match env.on_path("git-hotfix").first() {
        Some(found) if files::real(found) == files::real(&own) => {
            Check::ok("program", format!("{version}, {}", own.display()))
        }
        Some(other) => {
            let (other, own) = (other.display(), own.display());
            let message = format!("'git hotfix' is {other}, this is {version}, {own}");
            Check::warn("program", message, first)
        }
        None => {
            let message = format!("git does not find {}: it is not on PATH", own.display());
            Check::warn("program", message, first)
        }
    }
}

/// Who commits.
pub(super) fn identity(ctx: &Context<'_>) -> Check {
    let missing = ["name", "email"].into_iter().find(|part| {
        let variable = format!("GIT_COMMITTER_{}", part.to_uppercase());
        let keys = [format!("committer.{part}"), format!("user.{part}")];
        let set = |key: &String| matches!(ctx.repo.config_value(key), Ok(Some(value)) if !value.is_empty());
        ctx.env.var(&variable).is_none() && !keys.iter().any(set)
    });
    match missing {
        Some(part) => {
            let message = format!("user.{part} is not set: git may refuse to commit");
            let example = if part == "name" {
                "Your Name"
            } else {
                "you@example.com"
            };
            let remedy = format!("git config --global user.{part} \"{example}\"");
            Check::warn("identity", message, remedy)
        }
        None => {
            let ident = ctx.repo.ident();
            Check::ok("identity", format!("{} <{}>", ident.name, ident.email))
        }
    }
}

/// Whether what signs is there, when commits or tags are to be signed.
pub(super) fn signing(ctx: &Context<'_>) -> Option<Check> {
    let set = |key: &str| ctx.repo.config_value(key).ok().flatten();
    let on = |key: &str| ctx.repo.is_on(key).unwrap_or(false);
    if !on("commit.gpgsign") && !on("tag.gpgsign") && !on("tag.forcesignannotated") {
        return None;
    }
    let format = set("gpg.format").unwrap_or_else(|| "openpgp".to_owned());
    let usual = match format.as_str() {
        "ssh" => "ssh-keygen",
        "x509" => "gpgsm",
        _ => "gpg",
    };
    let own = set(&format!("gpg.{format}.program"));
    let own = own.or_else(|| set("gpg.program").filter(|_| format == "openpgp"));
    let program = own.unwrap_or_else(|| usual.to_owned());
    let is_path = program.contains(['/', '\\']);
    let there = match is_path {
        true => files::exists(&home_path(ctx, &program)),
        false => !ctx.env.on_path(&program).is_empty(),
    };
    if !there {
        let message = format!("commits are to be signed, and {program} is not there");
        return Some(Check::bad(
            "signing",
            message,
            format!("Install {program}, or once: git -c commit.gpgsign=false …"),
        ));
    }
    if format != "ssh" {
        return Some(Check::ok("signing", format!("{format}, by {program}")));
    }
    Some(ssh_key(
        ctx,
        set("user.signingkey"),
        set("gpg.ssh.defaultkeycommand"),
    ))
}

/// An SSH key is a file, unless it stands in the setting itself.
fn ssh_key(ctx: &Context<'_>, key: Option<String>, command: Option<String>) -> Check {
    let remedy = "git config --global user.signingKey <path of the public key>";
    match (key, command) {
        (Some(key), _) if key.starts_with("key::") || key.starts_with("ssh-") => {
            Check::ok("signing", "ssh, by a key of the agent")
        }
        (Some(key), _) if files::exists(&home_path(ctx, &key)) => {
            Check::ok("signing", format!("ssh, {key}"))
        }
        (Some(key), _) => Check::bad("signing", format!("the key {key} is not there"), remedy),
        (None, Some(_)) => Check::ok("signing", "ssh, by gpg.ssh.defaultKeyCommand"),
        (None, None) => Check::bad(
            "signing",
            "commits are to be signed, and no key is named",
            remedy,
        ),
    }
}

/// A path as git config takes it.
fn home_path(ctx: &Context<'_>, path: &str) -> std::path::PathBuf {
    match (path.strip_prefix("~/"), ctx.env.var("HOME")) {
        (Some(below), Some(home)) => Path::new(home).join(below),
        _ => ctx.repo.workdir().unwrap_or(ctx.repo.git_dir()).join(path),
    }
}
