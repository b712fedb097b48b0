//! What the remote says, as far as it can be told without pushing.

use super::Check;
use crate::git::GitError;
use crate::git::network::Call;
use crate::workflow::shell::word;
use crate::workflow::{Context, production, store};

/// Whether the remote answers, and whether it has taken records.
pub(super) fn remote(ctx: &Context<'_>, offline: bool) -> Vec<Check> {
    // A server is a remote, and need have none.
    if ctx.repo.is_bare() {
        return Vec::new();
    }
    let remote = match production::remote(ctx) {
        Ok(Some(remote)) => remote,
        Ok(None) => {
            let message = "there is none to work with: a fix can land only here";
            return vec![Check::warn(
                "remote",
                message,
                "git remote add origin <address>",
            )];
        }
        Err(error) => return vec![Check::failed("remote", &error)],
    };
    if offline {
        return vec![Check::ok("remote", format!("{remote} (not asked)"))];
    }
    match ask(ctx, &remote) {
        Err(error) => {
            let remedy = format!("git ls-remote {}", word(&remote));
            let why = production::why(&remote, &error);
            vec![Check::bad("remote", why, remedy)]
        }
        Ok(refs) => answered(ctx, &remote, &refs),
    }
}

/// The names of the remote's refs.
fn ask(ctx: &Context<'_>, remote: &str) -> Result<Vec<String>, GitError> {
    let what = format!("asking {remote}");
    let waiting = || ctx.progress.waiting(&what);
    let call = Call {
        remote,
        limit: ctx.settings.timeout,
        waiting: &waiting,
        env: &[],
    };
    let refs = ctx.repo.remote_refs(&call, &[])?;
    Ok(refs.into_iter().map(|(name, _)| name).collect())
}

fn answered(ctx: &Context<'_>, remote: &str, refs: &[String]) -> Vec<Check> {
    let mut checks = vec![Check::ok("remote", format!("{remote} answers"))];
    if let Some(found) = production::known(ctx)
        && !refs.contains(&format!("refs/heads/{}", found.branch))
    {
        let message = format!("{remote} has no branch {}", found.branch);
        let remedy = "git config hotfix.production <branch>";
        checks.push(Check::warn("production", message, remedy));
    }
    let of = |prefix: &str| refs.iter().filter(|name| name.starts_with(prefix)).count();
    let records = of(store::PREFIX) + of("refs/heads/hotfix-log/");
    checks.push(Check::ok(
        "records",
        match records {
            0 => format!("{remote} has none yet; whether it takes them shows at the first push"),
            count => format!("{remote} takes them: {count} there"),
        },
    ));
    checks
}
