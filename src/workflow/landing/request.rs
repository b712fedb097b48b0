//! Where production takes a fix by a pull request: the branch is pushed, the request opened.
//!
//! Nothing lands here and no local branch moves. When the forge has merged, `finish` sees that by
//! itself and does the rest.

use super::copies::{self, Copies, Memo};
use super::outlook::{self, Outlook, files_in_words};
use super::prepare::Prepared;
use super::refusals::not_here;
use super::{Options, destinations};
use crate::git::Oid;
use crate::integrations::forge::{Client, Request, State, Wanted, program_for};
use crate::integrations::{Around, Program, Trouble};
use crate::policy::forge::Forge;
use crate::policy::request::{self, ASKED_FOR, OPENED};
use crate::record::{Change, Finding};
use crate::workflow::production::{Production, tracking};
use crate::workflow::shell::word;
use crate::workflow::store::{self, Stored};
use crate::workflow::worktrees::Way;
use crate::workflow::{Code, Context, Error, Result, gate, incident, publish};
use chrono::{DateTime, Utc};
use serde::Serialize;

/// A request, opened or to be opened by hand.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Requested {
    /// The incident's id.
    pub id: String,
    /// The hotfix branch.
    pub branch: String,
    /// Its tip.
    pub tip: Oid,
    /// The production branch.
    pub target: String,
    /// The remote that was pushed to.
    pub remote: String,
    /// The remote had this tip before.
    pub up_to_date: bool,
    /// The request's title.
    pub title: String,
    /// Its body.
    pub body: String,
    /// Its page; nothing while there is none.
    pub url: Option<String>,
    /// Its number.
    pub number: Option<u64>,
    /// It was opened by this very command.
    pub created: bool,
    /// `gh` or `glab`, when that was asked.
    pub program: Option<String>,
    /// Where a request is opened by hand; nothing when the remote is on no forge that is known.
    pub open_url: Option<String>,
    /// Why the program did not open it.
    pub problem: Option<String>,
    /// The branches that `finish` brings the fix to after the merge.
    pub then: Vec<String>,
    /// The command to type after the merge.
    pub next: String,
    /// What the gate found.
    pub findings: Vec<Finding>,
    /// The reason by which the gate was passed.
    pub overridden: Option<String>,
    /// Nothing was done, only looked at.
    pub dry_run: bool,
}

/// Whether the remote's production branch has the fix: what was landed here alone still has to get
/// there.
///
/// # Errors
/// When git cannot be asked.
pub(super) fn is_merged(ctx: &Context<'_>, prepared: &Prepared) -> Result<bool> {
    let there = match prepared.production.tracking() {
        Some(tracking) => ctx.repo.find_ref(&tracking)?,
        None => None,
    };
    Ok(match (there, &prepared.fix) {
        (Some(there), Some(fix)) => {
            matches!(outlook::outlook(ctx, &there, fix)?, Outlook::Held(_))
        }
        // The branch is gone and nobody knows what it was: that is an earlier landing's affair.
        (_, None) => true,
        (None, Some(_)) => false,
    })
}

/// Pushes the hotfix branch and opens the request, or finds the one that is open.
///
/// # Errors
/// Without a remote or the branch, when the push is refused, or the forge says that it has merged what
/// production does not hold. What the forge's program does wrong is told in the outcome.
pub(super) fn request(
    ctx: &Context<'_>,
    prepared: &Prepared,
    options: &Options,
    at: DateTime<Utc>,
) -> Result<Requested> {
    let Prepared {
        production,
        stored,
        plan,
        ..
    } = prepared;
    let remote = remote(production)?;
    let tip = tip(prepared)?;
    refuse_more(ctx, prepared, remote, &tip)?;
    warn_of_state(ctx, prepared)?;
    let (branch, target) = (plan.branch.as_str(), production.branch.as_str());
    let address = ctx.repo.push_address(remote)?.unwrap_or_default();
    let forge = Forge::of(&address, ctx.settings.forge);
    let program = forge.as_ref().and_then(|forge| program(ctx, forge));
    let what = format!("asking {remote}'s forge");
    let waiting = || ctx.progress.waiting(&what);
    let client = forge.as_ref().zip(program.as_ref());
    let client = client.map(|(forge, program)| Client {
        forge,
        program,
        around: Around {
            alive: None,
            folder: ctx.repo.workdir().unwrap_or(ctx.repo.git_dir()),
            limit: ctx.settings.timeout,
            waiting: &waiting,
        },
    });
    let known = client.map_or(Ok(None), |client| client.find(branch, target));
    refuse_merged(&known, &tip, remote, target)?;
    let mut done = draft(ctx, prepared, options, remote, tip)?;
    done.open_url = forge.as_ref().map(|forge| forge.open_url(branch, target));
    done.program = program.as_ref().map(|program| program.name.to_string());
    if !options.dry_run {
        push(ctx, prepared, &done, at, &options.command())?;
    }
    if let Some(client) = client {
        done.take(settle(&client, known, &done, options.dry_run));
    }
    if !options.dry_run {
        note(ctx, stored, &done, at);
    }
    Ok(done)
}

/// What is asked for, before anybody was.
fn draft(
    ctx: &Context<'_>,
    prepared: &Prepared,
    options: &Options,
    remote: &str,
    tip: Oid,
) -> Result<Requested> {
    let (plan, production) = (&prepared.plan, &prepared.production);
    let there = ctx.repo.find_ref(&tracking(remote, &plan.branch))?;
    let overridden = plan.overridden.clone();
    Ok(Requested {
        id: plan.id.clone(),
        branch: plan.branch.clone(),
        up_to_date: there.as_ref() == Some(&tip),
        tip,
        target: production.branch.clone(),
        remote: remote.to_owned(),
        title: ctx.settings.format.own_header(&plan.title),
        body: request::body(&prepared.stored.record, &plan.id, overridden.as_deref()),
        url: None,
        number: None,
        created: false,
        program: None,
        open_url: None,
        problem: None,
        then: then(ctx, production, options),
        next: incident::command(ctx, &plan.id, &after_merge(options)),
        findings: plan.findings.clone(),
        overridden,
        dry_run: options.dry_run,
    })
}

impl Requested {
    /// What the forge's program made of it.
    fn take(&mut self, outcome: std::result::Result<Settled, Trouble>) {
        match outcome {
            Ok(Settled { request, created }) => {
                self.created = created;
                self.number = request.as_ref().and_then(|request| request.number);
                self.url = request.map(|request| request.url);
            }
            Err(trouble) => self.problem = Some(trouble.to_string()),
        }
    }
}

fn remote(production: &Production) -> Result<&str> {
    production.remote.as_deref().ok_or_else(|| {
        Error::usage("there is no remote to open a pull request at")
            .code(Code::NoRemote)
            .untouched("Nothing was changed.")
            .next("Land it here: git -c hotfix.landing=merge hotfix finish")
    })
}

/// The hotfix branch's tip; landed here alone and deleted, it is wanted back.
fn tip(prepared: &Prepared) -> Result<Oid> {
    let plan = &prepared.plan;
    if let Some(tip) = &plan.tip {
        return Ok(tip.clone());
    }
    let branch = &plan.branch;
    let mut error = Error::refused(format!(
        "{branch} is gone here, and {} at the remote has not the fix",
        prepared.production.branch
    ))
    .code(Code::NoSuchRevision)
    .untouched("Nothing was changed.");
    if let Some(fix) = &prepared.fix {
        error = error
            .next("Bring the branch back and run it again:")
            .next(format!("git branch {} {}", word(branch), fix.tip.short()));
    }
    Err(error)
}

/// A review's commits on the remote's branch, which a push would not go over.
fn refuse_more(ctx: &Context<'_>, prepared: &Prepared, remote: &str, tip: &Oid) -> Result<()> {
    let there = ctx
        .repo
        .find_ref(&tracking(remote, &prepared.plan.branch))?;
    let Some(there) = there else { return Ok(()) };
    let record = &prepared.stored.record;
    if ctx.repo.contains(tip, &there)?
        || publish::rewritten(ctx, record, Some(&there), tip)?.is_some()
    {
        return Ok(());
    }
    Err(not_here(ctx, &prepared.plan, remote))
}

/// A request that conflicts can be read, but not merged: the person goes on and is told how. What was
/// merged and taken back is not asked for unawares.
fn warn_of_state(ctx: &Context<'_>, prepared: &Prepared) -> Result<()> {
    let Some(tracking) = prepared.production.tracking() else {
        return Ok(());
    };
    let (Some(there), Some(fix)) = (ctx.repo.find_ref(&tracking)?, &prepared.fix) else {
        return Ok(());
    };
    let memo = Memo::default();
    let outlook = outlook::outlook_of(ctx, &there, fix, &memo)?;
    if let Copies::TakenBack(by) = copies::find(ctx, &there, fix, &memo)? {
        let (target, by) = (&prepared.production.branch, by.short());
        ctx.warn(format!(
            "{target} had a copy of the fix, and {by} took it back: this is asked for anew"
        ));
    }
    if let Outlook::Conflict { files, .. } = outlook {
        let branch = &prepared.plan.branch;
        let theirs = tracking.trim_start_matches("refs/remotes/");
        let Way { switch, git } = Way::to(ctx, &prepared.plan.worktrees, branch);
        ctx.warn(format!(
            "{branch} conflicts with {theirs} in {}; before it can be merged: {switch}{git} merge --no-ff {}",
            files_in_words(&files),
            word(theirs)
        ));
    }
    Ok(())
}

/// The forge's program, unless it is missing or lies in the repository.
fn program(ctx: &Context<'_>, forge: &Forge) -> Option<Program> {
    let name = program_for(forge.kind)?;
    let tops = [ctx.repo.workdir(), Some(ctx.repo.git_dir())];
    let tops: Vec<_> = tops.into_iter().flatten().collect();
    Program::choose(name, &ctx.env.on_path(name), &tops)
}

/// The forge has merged this very tip, and production has not what it brought.
fn refuse_merged(
    known: &std::result::Result<Option<Request>, Trouble>,
    tip: &Oid,
    remote: &str,
    target: &str,
) -> Result<()> {
    match known {
        Ok(Some(request))
            if request.state == State::Merged && request.head.as_deref() == Some(tip.as_str()) =>
        {
            let url = &request.url;
            Err(Error::refused(format!(
                "{url} is merged, but {remote}/{target} does not hold all of the fix"
            ))
            .untouched("Nothing was pushed.")
            .next("See what is left of it: git -c hotfix.landing=merge hotfix finish -n"))
        }
        _ => Ok(()),
    }
}

/// Branches that are not asked for by a request of their own: most forges' teams protect production
/// alone, and a request for each would be one more thing to wait for.
fn then(ctx: &Context<'_>, production: &Production, options: &Options) -> Vec<String> {
    let mut branches = destinations::back_merges(ctx, production);
    branches.extend(options.to.iter().cloned());
    branches.retain(|branch| !options.skip.contains(branch));
    branches
}

/// The same command, so that one which is typed before the merge shows the request and lands nothing.
fn after_merge(options: &Options) -> String {
    let after = Options {
        push: true,
        tag: options.tag.clone().or(Some(None)),
        ..options.clone()
    };
    after.command()
}

fn push(
    ctx: &Context<'_>,
    prepared: &Prepared,
    done: &Requested,
    at: DateTime<Utc>,
    again: &str,
) -> Result<()> {
    let plan = &prepared.plan;
    let stored = match &plan.overridden {
        Some(reason) => {
            let given = gate::Override {
                who: &ctx.who(),
                reason,
                tip: Some(&done.tip),
                at,
            };
            &gate::record_override(ctx, &plan.id, &given, &plan.findings)?
        }
        None => &prepared.stored,
    };
    let what = (done.branch.as_str(), &done.tip);
    publish::share(ctx, stored, what, &done.remote, at, again)
}

/// A request that is there, or that would be.
struct Settled {
    request: Option<Request>,
    created: bool,
}

/// The open request, or a new one. A program that could not list may still open: the forge itself
/// takes no second request for the same branches. One that hangs is not waited for twice.
fn settle(
    client: &Client<'_>,
    known: std::result::Result<Option<Request>, Trouble>,
    asked: &Requested,
    dry_run: bool,
) -> std::result::Result<Settled, Trouble> {
    let is_open = |request: &Request| request.state == State::Open;
    let found = |request| Settled {
        request: Some(request),
        created: false,
    };
    match known {
        Ok(Some(request)) if is_open(&request) => return Ok(found(request)),
        Err(trouble @ (Trouble::TimedOut { .. } | Trouble::NotStarted { .. })) => {
            return Err(trouble);
        }
        _ => {}
    }
    if dry_run {
        return Ok(Settled {
            request: None,
            created: false,
        });
    }
    let wanted = Wanted {
        title: &asked.title,
        body: &asked.body,
        source: &asked.branch,
        target: &asked.target,
    };
    match client.open(&wanted) {
        Ok(request) => Ok(Settled {
            request: Some(request),
            created: true,
        }),
        Err(trouble @ Trouble::Failed { .. }) => {
            // Somebody may have been first.
            match client.find(wanted.source, wanted.target) {
                Ok(Some(request)) if is_open(&request) => Ok(found(request)),
                _ => Err(trouble),
            }
        }
        Err(trouble) => Err(trouble),
    }
}

/// The request's line in the timeline, once; without an address it is a person's to open. The request
/// is there: a record that cannot be written does not take it back.
fn note(ctx: &Context<'_>, stored: &Stored, done: &Requested, at: DateTime<Utc>) {
    let (what, text) = match &done.url {
        Some(url) => (OPENED, format!("{OPENED} - {url}")),
        None => (ASKED_FOR, format!("{ASKED_FOR} - into {}", done.target)),
    };
    let written = store::change(ctx, &stored.id, what, |record| {
        let is_told = record.timeline().iter().any(|entry| entry.text == text);
        let text = text.clone();
        Ok(if is_told {
            Vec::new()
        } else {
            vec![Change::Note { at, text }]
        })
    });
    if let Err(error) = written {
        let words = error.message();
        ctx.warn(format!(
            "the timeline does not say so yet ({words}): run it again"
        ));
    }
}
