//! A landing sent to the remote in one push, before anything moves here.

use super::Options;
use super::plan::Plan;
use super::targets::{Role, Target};
use crate::git::GitError;
use crate::git::network::Call;
use crate::policy::forge;
use crate::workflow::sharing::{self, Fault};
use crate::workflow::shell::word;
use crate::workflow::{Code, Context, Error, Result, lock_advice, store};

/// Whether anything had to be sent.
pub(super) fn push(ctx: &Context<'_>, plan: &Plan, options: &Options) -> Result<bool> {
    let lines = plan.push_lines(options.keep);
    let Some(remote) = plan.remote.as_deref().filter(|_| !lines.is_empty()) else {
        return Ok(false);
    };
    let what = format!("pushing to {remote}");
    let waiting = || ctx.progress.waiting(&what);
    let reason = plan
        .overridden
        .clone()
        .map(|r| ("GIT_HOTFIX_OVERRIDE".to_owned(), r));
    let env: Vec<(String, String)> = reason.into_iter().collect();
    let call = Call {
        remote,
        limit: ctx.settings.push_timeout,
        waiting: &waiting,
        env: &env,
    };
    let before = store::saved(ctx, &plan.id)?.tip;
    let mut recorded = plan.overridden.is_some();
    let pushed = sharing::push(ctx, &call, &lines, &plan.id, || {
        let now = store::take_in(ctx, &plan.id)?.tip;
        recorded |= now != before;
        // What lands holds the record as it was planned with.
        match plan.record.is_some() && now != before {
            true => Err(changed_meanwhile(&plan.id)),
            false => Ok(now),
        }
    });
    pushed.map_err(|fault| refused(remote, fault, recorded, plan, options))
}

fn changed_meanwhile(id: &str) -> Error {
    Error::failed(format!("the record of {id} has changed meanwhile"))
        .code(Code::Raced)
        .next("Run finish again.")
}

fn refused(remote: &str, fault: Fault, recorded: bool, plan: &Plan, options: &Options) -> Error {
    let what = format!("the push to {remote} did not go through");
    let untouched = match recorded {
        true => "No branch was moved, here or there; what was recorded stays recorded.",
        false => "Nothing was changed, here or there.",
    };
    let error = match fault {
        Fault::Record(error) => return error.context(what).untouched(untouched),
        Fault::Push(error) => error,
    };
    let unsure = may_have_arrived(&error);
    let outrun = is_outrun(&error);
    let details: Vec<String> = match &error {
        GitError::Failed { stderr, stdout, .. } => push_words(stderr, stdout),
        other => vec![other.to_string()],
    };
    let mut wrapped = Error::failed(what).code(Code::of_push(&error));
    wrapped.details = details;
    wrapped.next.extend(lock_advice(&error));
    if unsure {
        return wrapped
            .untouched("Nothing was changed here; whether it arrived there is not known.")
            .next("Run finish again, it sees what arrived:")
            .next(options.command());
    }
    let wrapped = match forge::is_protected(&wrapped.details.join("\n")) {
        true => around_protection(wrapped, &declined(&error), plan, options),
        false => wrapped,
    };
    let wrapped = wrapped.untouched(untouched);
    if let Some(tag) = plan.tag.as_ref().filter(|tag| is_taken(&error, &tag.name)) {
        return around_tag(wrapped, remote, &tag.name, options);
    }
    match plan.has_landed_here() {
        _ if outrun => wrapped
            .next("Somebody was faster; run it again:")
            .next(options.command()),
        true => wrapped
            .next("It has landed here; once the remote takes it:")
            .next(options.command()),
        false => wrapped
            .next("Land it here now, push later:")
            .next(options.without_push().command()),
    }
}

/// The remote moved on between our look and our push, or between git's.
fn is_outrun(error: &GitError) -> bool {
    let GitError::Failed { stdout, stderr, .. } = error else {
        return false;
    };
    let signs = ["(fetch first)", "(non-fast-forward)", "(stale info)"];
    let mut refused = stdout.lines().filter(|line| line.starts_with("!\t"));
    let mut said = stderr.lines();
    refused.any(|line| signs.iter().any(|sign| line.contains(sign)))
        || said.any(|line| line.contains("cannot lock ref") && line.contains("but expected"))
}

/// The remote has another tag of this name: git never moves one.
fn is_taken(error: &GitError, tag: &str) -> bool {
    let GitError::Failed { stdout, .. } = error else {
        return false;
    };
    let target = format!(":refs/tags/{tag}\t");
    let mut lines = stdout.lines().filter(|line| line.starts_with("!\t"));
    lines.any(|line| line.contains(&target) && line.contains("(already exists)"))
}

/// Theirs is the release that people have; the landing takes the next version.
fn around_tag(error: Error, remote: &str, tag: &str, options: &Options) -> Error {
    let next = Options {
        tag: Some(None),
        ..options.clone()
    };
    let fetch = format!("git fetch --force {} tag {}", word(remote), word(tag));
    error
        .code(Code::TagExists)
        .next(format!(
            "{remote} has another {tag}: take that one, and the next version for this landing:"
        ))
        .next(format!("{fetch} && {}", next.command()))
}

/// The refs that the remote declined for themselves: with them falls what else is in the push, in words
/// of its own.
fn declined(error: &GitError) -> Vec<String> {
    let GitError::Failed { stdout, .. } = error else {
        return Vec::new();
    };
    let refused = stdout.lines().filter_map(|line| {
        let (refs, why) = line.strip_prefix("!\t")?.split_once('\t')?;
        let (_, there) = refs.split_once(':')?;
        (!why.contains("atomic")).then(|| there.to_owned())
    });
    refused.collect()
}

/// A request brings the fix into a protected production branch. Where that has it already, or was not
/// declined, one of the others is protected.
fn around_protection(error: Error, declined: &[String], plan: &Plan, options: &Options) -> Error {
    let others = || plan.targets.iter().filter(|t| t.role != Role::Production);
    let is_declined = |target: &Target| declined.contains(&target.ref_name());
    let left = others()
        .find(|target| is_declined(target))
        .or_else(|| others().find(|target| !target.outcome.is_contained()));
    let takes_it = |production: &Target| {
        production.landed_there || !(declined.is_empty() || is_declined(production))
    };
    match (plan.production(), left) {
        (Some(production), Some(left)) if takes_it(production) => error
            .next("A protected branch takes it by a request of its own; to land without one:")
            .next(options.skipping(&left.branch).command()),
        _ => {
            let pull_request = true;
            let options = Options {
                pull_request,
                ..options.clone()
            };
            error
                .next("Open a pull request instead:")
                .next(options.command())
        }
    }
}

/// The remote may have moved its refs before the connection was lost: no answer is no refusal. Where
/// nothing could be sent git says that it "could not read from remote repository" instead.
fn may_have_arrived(error: &GitError) -> bool {
    match error {
        GitError::TimedOut { .. } => true,
        GitError::Failed { stderr, stdout, .. } => {
            let unanswered = stdout.contains("[remote failure]");
            let answered = stdout.lines().any(|line| line.starts_with("!\t"));
            let sent = !stderr.contains("Could not read from remote repository");
            let lost = ["hung up unexpectedly", "unexpected disconnect", "early EOF"];
            let cut = sent && lost.iter().any(|words| stderr.contains(words));
            unanswered || (cut && !answered)
        }
        _ => false,
    }
}

/// What a refused push said, without the lines that say nothing: git's own summary of the refs, which
/// `--porcelain` puts on standard output, and its advice.
pub(in crate::workflow) fn push_words(stderr: &str, stdout: &str) -> Vec<String> {
    let rejected = stdout.lines().filter_map(|line| {
        let (refs, why) = line.strip_prefix("!\t")?.split_once('\t')?;
        // `<what>:<where>`; what is an id here, and nobody's word for it.
        let (_, there) = refs.split_once(':')?;
        let name = there.trim_start_matches("refs/heads/");
        Some(format!("{}  {why}", name.trim_start_matches("refs/tags/")))
    });
    let said = stderr.lines().filter(|line| {
        let line = line.trim();
        !line.is_empty() && !line.starts_with("hint:") && !line.starts_with("error: failed to push")
    });
    let said = said.map(|line| line.replace('\t', "  ").trim_end().to_owned());
    said.chain(rejected).collect()
}
