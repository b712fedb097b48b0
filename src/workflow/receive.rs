//! `hook pre-receive` and `hook post-receive`: the gate on a server, githooks(5).
//!
//! What is pushed lies in quarantine while pre-receive looks at it, and no ref may move then. An
//! override is noted in a file of the repository, and post-receive writes it onto the record.

mod noted;

use super::hook::Judged;
use super::store;
use super::verify::judge::{self, Stretch, Whose};
use super::verify::landings;
use super::verify::records::Records;
use super::verify::verdict::{self, Verdict};
use super::{Code, Context, Error, Result, copies, gate, production};
use crate::git::{Oid, Span};
use crate::policy::gate::{Deed, is_published};
use crate::policy::push::PushedRef;
use crate::policy::receive::{self, ASKS_FOR_THE_RECORD, Concern};
use crate::record::Level;
use crate::workflow::shell::word;

pub use noted::{Noted, Recorded};

/// Judges what a push brings to this repository.
///
/// # Errors
/// When it is refused, or cannot be judged: nothing is taken then.
pub fn pre_receive(ctx: &Context<'_>, stdin: &[u8]) -> Result<Judged> {
    let lines = received(stdin)?;
    refuse_lost_records(ctx, &lines)?;
    let production = production::find_any(ctx)?.map(|found| found.branch);
    let policy = policy(ctx, &lines, production.as_deref())?;
    let seen = match &policy {
        Some(tip) => {
            let by_policy = ctx.by_policy_of(tip)?;
            let seen = judge_lines(&by_policy, &lines);
            let warnings = by_policy.take_warnings();
            // What was said of settings that do not count here.
            ctx.take_warnings();
            warnings.into_iter().for_each(|warning| ctx.warn(warning));
            seen?
        }
        None => judge_lines(ctx, &lines)?,
    };
    settle(ctx, seen)
}

fn received(stdin: &[u8]) -> Result<Vec<PushedRef>> {
    receive::parse(stdin).map_err(|error| {
        Error::failed(error.to_string()).untouched("Nothing was judged, so nothing is taken.")
    })
}

/// What stands on a record stays there, an override above all: it only goes forward, whoever pushes
/// and whatever the gate's mode.
fn refuse_lost_records(ctx: &Context<'_>, lines: &[PushedRef]) -> Result<()> {
    for line in lines {
        if let Concern::Record(id) = receive::concern(line, &ctx.settings.prefix, None)
            && let Some(old) = line.remote_id.as_deref().and_then(Oid::from_hex)
        {
            refuse_lost(ctx, line, &id, &old).map_err(|error| {
                error.untouched("Nothing was taken: a record keeps what is on it.")
            })?;
        }
    }
    Ok(())
}

fn refuse_lost(ctx: &Context<'_>, line: &PushedRef, id: &str, old: &Oid) -> Result<()> {
    let name = &line.remote;
    let Some(new) = &line.local_id else {
        let line = format!(
            "To be rid of it, on the server: git update-ref -d {}",
            word(name)
        );
        return Err(Error::refused(format!("{name} would be deleted")).next(line));
    };
    let keeps = match ctx.repo.commit_of(new)? {
        Some(new) => ctx.repo.contains(&new, old)?,
        None => false,
    };
    if keeps {
        return Ok(());
    }
    let fetch = copies::fetch_command("origin", name, id);
    Err(
        Error::refused(format!("{name} would lose what is on it here"))
            .code(Code::Diverged)
            .next(format!("Take it in: {fetch}"))
            .next("The next change of the record merges it; then push without force."),
    )
}

/// The commit whose policy counts: production's as it is before the push, or the pushed one when
/// that makes it.
fn policy(ctx: &Context<'_>, lines: &[PushedRef], production: Option<&str>) -> Result<Option<Oid>> {
    // A new repository has no production branch that could be found by looking.
    let Some(name) = production.map(|branch| format!("refs/heads/{branch}")) else {
        return Ok(None);
    };
    if let Some(tip) = ctx.repo.find_ref(&name)? {
        return Ok(Some(tip));
    }
    let made = lines.iter().find(|line| line.remote == name);
    match made.and_then(|line| line.local_id.as_deref()) {
        Some(id) => Ok(ctx.repo.commit_of(id)?),
        None => Ok(None),
    }
}

/// The finding that a record is not known.
const MISSING: &str = "gate-record";

/// A ref that something of an incident's stands in the way of.
struct Stopped {
    id: Option<String>,
    /// Its name and what it would become.
    moved: (String, String),
}

/// What was found about a push.
#[derive(Default)]
struct Seen {
    judged: Judged,
    stopped: Vec<Stopped>,
    /// Lines that push records along.
    along: Vec<String>,
}

impl Seen {
    fn take_note(
        &mut self,
        verdict: &mut Verdict,
        stretch: &Stretch,
        head: &Oid,
        line: &PushedRef,
        brought: &[String],
    ) {
        let push = line_of_record(verdict, &stretch.whose);
        let missing = verdict.findings.iter_mut();
        for finding in missing.filter(|finding| finding.id == MISSING) {
            finding.remedy = Some(push.clone());
        }
        // What is not done on it here may be done where the person is.
        let came = verdict.id.as_ref().is_some_and(|id| brought.contains(id));
        if !came && is_about_record(verdict) && !self.along.contains(&push) {
            self.along.push(push);
        }
        name_the_fix(verdict, stretch, head);
        self.stopped.extend(stop(verdict, line));
    }
}

fn judge_lines(ctx: &Context<'_>, lines: &[PushedRef]) -> Result<Seen> {
    let prefix = &ctx.settings.prefix;
    let production = production::find_any(ctx)?.map(|found| found.branch);
    let concern = |line| receive::concern(line, prefix, production.as_deref());
    let mut records = Records::on_refs(ctx)?;
    let mut brought = Vec::new();
    for line in lines {
        if let Concern::Record(id) = concern(line) {
            let tip = line.local_id.as_deref().and_then(Oid::from_hex);
            records = records.pushed(&id, tip);
            brought.push(id);
        }
    }
    // A tag releases what production has not.
    let released = match &production {
        Some(branch) => ctx.repo.find_ref(&format!("refs/heads/{branch}"))?,
        None => None,
    };
    let mut seen = Seen::default();
    for line in lines {
        let concern = concern(line);
        if matches!(concern, Concern::None | Concern::Record(_)) {
            continue;
        }
        let Some(head) = landings::commit(ctx, line)? else {
            continue;
        };
        let stretch = match concern {
            Concern::None | Concern::Record(_) => continue,
            Concern::Hotfix(branch) => of_branch(ctx, &records, &head, branch)?,
            Concern::Production => landing(&head, known_before(ctx, line)?),
            Concern::Tag => landing(&head, released.clone()),
        };
        let judgement = judge::judge(ctx, &records, &stretch)?;
        if !judgement.each.is_empty() {
            let name = line.remote.trim_start_matches("refs/heads/");
            seen.judged.add_branches([name.to_owned()]);
        }
        for mut verdict in judgement.each {
            seen.take_note(&mut verdict, &stretch, &head, line, &brought);
            let deploys = stretch.deed == Deed::Land && !verdict.findings.is_empty();
            seen.judged.deploys |= deploys;
            seen.judged.add(verdict);
        }
    }
    Ok(seen)
}

fn stop(verdict: &Verdict, line: &PushedRef) -> Option<Stopped> {
    let mut findings = verdict.findings.iter();
    findings.find(|finding| finding.level == Level::Block)?;
    Some(Stopped {
        id: verdict.id.clone(),
        moved: (line.remote.clone(), line.local_id.clone()?),
    })
}

/// Where no record tells which commit is the fix's last, it is the first that was blamed.
fn name_the_fix(verdict: &mut Verdict, stretch: &Stretch, head: &Oid) {
    let mut blamed = verdict.findings.iter();
    let first = match stretch.whose {
        Whose::Branch(_) => None,
        _ => blamed.find_map(|finding| finding.commit.as_deref().and_then(Oid::from_hex)),
    };
    let fix = || first.unwrap_or_else(|| head.clone());
    verdict.tip.get_or_insert_with(fix);
}

/// A hotfix branch: all that stands on its base, or all that is new here.
fn of_branch(ctx: &Context<'_>, records: &Records, head: &Oid, branch: String) -> Result<Stretch> {
    let known = records.of_branch(ctx, &branch)?;
    let base = match &known {
        Some(known) => gate::fork(ctx, &known.record, head)?,
        None => None,
    };
    let shared = known
        .as_ref()
        .is_some_and(|known| is_published(&known.record, head.short()));
    Ok(Stretch {
        span: match base {
            Some(base) => Span::between(&base, head),
            // All of a history is new where nothing is: the record comes first.
            None if known.is_none() && !has_production(ctx)? => Span::between(head, head),
            None => Span {
                include: vec![head.clone()],
                unknown_to_refs: true,
                ..Span::default()
            },
        },
        whose: Whose::Branch(branch),
        deed: if shared {
            Deed::Publish
        } else {
            Deed::PushBranch
        },
        all: false,
    })
}

fn has_production(ctx: &Context<'_>) -> Result<bool> {
    match production::find_any(ctx)? {
        Some(found) => Ok(ctx
            .repo
            .find_ref(&format!("refs/heads/{}", found.branch))?
            .is_some()),
        None => Ok(false),
    }
}

/// What a branch is before the push; another branch here may well have more of what comes.
fn known_before(ctx: &Context<'_>, line: &PushedRef) -> Result<Option<Oid>> {
    match line.remote_id.as_deref() {
        Some(old) => Ok(ctx.repo.commit_of(old)?),
        None => Ok(None),
    }
}

fn landing(head: &Oid, before: Option<Oid>) -> Stretch {
    Stretch {
        // Without anything before, a whole history is brought in: what it tells of is over.
        whose: match before {
            Some(_) => Whose::Anybody,
            None => Whose::Open,
        },
        span: Span {
            include: vec![head.clone()],
            exclude: before.into_iter().collect(),
            ..Span::default()
        },
        deed: Deed::Land,
        all: false,
    }
}

/// The line that pushes a record, which is at the person's when it is not here.
fn line_of_record(verdict: &Verdict, whose: &Whose) -> String {
    let record = match &verdict.id {
        Some(id) => store::ref_name(id),
        None => format!("'{}*'", store::PREFIX),
    };
    match whose {
        Whose::Branch(branch) => format!("git push origin {} {record}", word(branch)),
        _ => format!("git push origin {record}  # then this push again"),
    }
}

/// Whether a record that is known here stands in the way, by itself and not by the fix's commits.
fn is_about_record(verdict: &Verdict) -> bool {
    verdict.findings.iter().any(|finding| {
        let is_known = finding.id != MISSING && finding.commit.is_none();
        is_known && finding.level == Level::Block
    })
}

fn settle(ctx: &Context<'_>, seen: Seen) -> Result<Judged> {
    let Seen {
        mut judged,
        stopped,
        along,
    } = seen;
    if !judged.blocks() {
        return Ok(judged);
    }
    let options = receive::push_options(|name| ctx.env.vars.get(name).map(String::as_str));
    let Some(reason) = receive::override_reason(&options) else {
        return Err(refusal(ctx, judged, &along));
    };
    let reason = gate::checked_reason(reason, "git push -o hotfix-override=\"staging is down\" …")?;
    note_down(ctx, &judged, &reason, &stopped)?;
    judged.overridden = Some(reason);
    Ok(judged)
}

fn refusal(ctx: &Context<'_>, judged: Judged, along: &[String]) -> Error {
    let branches = judged.names();
    let mut error = Error::refused(format!("{branches} is not ready, {ASKS_FOR_THE_RECORD}"))
        .code(Code::Gate)
        .findings(judged.told())
        .untouched("Nothing was taken. What is mended on a record counts once it is pushed.");
    for push in along {
        error = error.next(format!("Done where you are? Push the record along: {push}"));
    }
    let line = "git push -o hotfix-override=\"why\" …";
    if matches!(ctx.repo.is_on("receive.advertisePushOptions"), Ok(true)) {
        return error.next(format!("To go on regardless, on the record: {line}"));
    }
    error
        .next(format!("To go on regardless takes push options: {line}"))
        .next("The server takes none yet; there: git config receive.advertisePushOptions true")
}

/// Written before the push is let through: one that cannot be noted does not go through.
fn note_down(ctx: &Context<'_>, judged: &Judged, reason: &str, stopped: &[Stopped]) -> Result<()> {
    let var = |name: &str| ctx.env.var(name);
    let who = receive::pusher(var).map_or_else(|| ctx.who(), str::to_owned);
    let refs_of = |id: &Option<String>| {
        let of_it = stopped.iter().filter(|stopped| stopped.id == *id);
        of_it.map(|stopped| stopped.moved.clone()).collect()
    };
    let blocking = verdict::blocking(&judged.each);
    let notes: Vec<Noted> = blocking
        .into_iter()
        .map(|verdict| Noted {
            at: ctx.env.now(),
            who: who.clone(),
            reason: reason.to_owned(),
            skipped: gate::skipped(&verdict.findings),
            refs: refs_of(&verdict.id),
            incident: verdict.id,
            tip: verdict.tip.map(|tip| tip.as_str().to_owned()),
            waits: false,
        })
        .collect();
    noted::add(ctx, &notes).map_err(|error| {
        error
            .context("the override could not be noted")
            .untouched("Nothing was taken.")
    })
}

/// Writes the overrides of a push that has gone through onto their records.
///
/// # Errors
/// When the notes cannot be read or written.
pub fn post_receive(ctx: &Context<'_>, stdin: &[u8]) -> Result<Recorded> {
    // pre-receive has said what is wrong with the settings.
    ctx.take_warnings();
    noted::settle(ctx, &received(stdin)?)
}
