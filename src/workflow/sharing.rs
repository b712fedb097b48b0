//! A push that takes the record along where the server judges by it.

use super::copies;
use super::store;
use super::{Code, Context, Error, Result, production};
use crate::git::network::{Call, PushLine};
use crate::git::{GitError, Oid};
use crate::policy::receive::ASKS_FOR_THE_RECORD;

/// How often the remote's version of the record is taken in before a push is given up: others may be
/// first more than once, but not for ever.
const ATTEMPTS: usize = 4;

/// Why a push did not go through.
#[derive(Debug)]
pub enum Fault {
    /// git or the remote said no to what was to be pushed.
    Push(GitError),
    /// It is the record that could not be shared.
    Record(Error),
}

/// Pushes the lines, and says whether anything had to be sent; when our own hook on the server refuses by the records it knows, pushes them once
/// more with this incident's record. Nobody else is sent a record by a push of something else.
///
/// A server that has written onto the record meanwhile (an override, another responder) rejects ours:
/// its version is fetched, and `version` is asked again for one that holds both.
///
/// # Errors
/// [`Fault::Push`] as for [`crate::git::Repo::push`]; [`Fault::Record`] when the two versions could
/// not become one, or what `version` refuses.
pub fn push(
    ctx: &Context<'_>,
    call: &Call<'_>,
    lines: &[PushLine],
    id: &str,
    mut version: impl FnMut() -> Result<Oid>,
) -> std::result::Result<bool, Fault> {
    let name = store::ref_name(id);
    let mut along: Option<PushLine> = None;
    for _ in 0..=ATTEMPTS {
        let lines: Vec<PushLine> = lines.iter().cloned().chain(along.clone()).collect();
        let error = match ctx.repo.push(call, &lines) {
            Ok(sent) => return Ok(sent),
            Err(error) => error,
        };
        let GitError::Failed { stderr, stdout, .. } = &error else {
            return Err(Fault::Push(error));
        };
        let have = along.as_ref().and_then(|line| line.source.clone());
        match have {
            None if stderr.contains(ASKS_FOR_THE_RECORD) => {}
            Some(have) if is_behind(stdout, &name) => {
                fetch(ctx, call, id, &have).map_err(Fault::Record)?;
            }
            _ => return Err(Fault::Push(error)),
        }
        along = Some(PushLine::forward(
            name.clone(),
            version().map_err(Fault::Record)?,
        ));
    }
    let remote = call.remote;
    let error = Error::failed(format!(
        "the record of {id} is changed on {remote} again and again"
    ))
    .code(Code::Raced);
    Err(Fault::Record(error.next("Run it again.")))
}

/// Whether the remote has a version of this ref that ours does not hold, by git's summary
/// (`--porcelain`); another ref's rejection fails ours too, with other words.
fn is_behind(stdout: &str, name: &str) -> bool {
    let reasons = [
        "(fetch first)",
        "(non-fast-forward)",
        // Moved between git's look and its push.
        "(incorrect old value provided)",
        "(failed to update ref)",
        "(cannot lock ref",
    ];
    let target = format!(":{name}\t");
    stdout.lines().any(|line| {
        let is_ours = line.starts_with("!\t") && line.contains(&target);
        is_ours && reasons.iter().any(|reason| line.contains(reason))
    })
}

/// Brings the remote's version of a record here, beside ours.
fn fetch(ctx: &Context<'_>, call: &Call<'_>, id: &str, have: &Oid) -> Result<()> {
    let remote = call.remote;
    let copy = copies::ref_name(remote, id);
    let there = store::ref_name(id);
    let refspec = format!("+{there}:{copy}");
    ctx.repo.fetch(call, &[refspec]).map_err(|error| {
        Error::failed(format!("the record of {id} has changed on {remote}"))
            .code(Code::Diverged)
            .detail(production::why(remote, &error))
            .next(format!(
                "Take it in: {}",
                copies::fetch_command(remote, &there, id)
            ))
    })?;
    let theirs = ctx.repo.find_ref(&copy)?;
    let is_ours = match &theirs {
        Some(theirs) => ctx.repo.merge_base(have, theirs)?.is_some(),
        None => false,
    };
    if is_ours {
        return Ok(());
    }
    let differs = format!("{remote} has another record of the name {id}");
    let look = format!("Look at it: git show {copy}:{id}.md");
    Err(Error::refused(differs).code(Code::Conflict).next(look))
}

#[cfg(test)]
mod tests {
    use super::is_behind;

    #[test]
    fn a_rejected_record_is_told_from_a_rejected_branch() {
        let name = "refs/hotfix/incidents/a";
        let summary = |of_branch: &str, of_record: &str| {
            format!("To x\n!\t1:refs/heads/hotfix/a\t{of_branch}\n!\t2:{name}\t{of_record}\nDone")
        };
        let atomic = "[rejected] (atomic push failed)";
        for reason in ["[rejected] (fetch first)", "[rejected] (non-fast-forward)"] {
            assert!(is_behind(&summary(atomic, reason), name));
            assert!(!is_behind(&summary(reason, atomic), name));
        }
        let hook = "[remote rejected] (pre-receive hook declined)";
        assert!(!is_behind(&summary(hook, hook), name));
        assert!(!is_behind(
            &summary(hook, "[rejected] (fetch first)"),
            "refs/hotfix/incidents/b"
        ));
    }
}
