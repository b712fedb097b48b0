//! `hook pre-receive` and `hook post-receive`: the gate on a server, githooks(5).
//!
//! What is pushed lies in quarantine while pre-receive looks at it, and no ref may move then. An
//! override is noted in a file of the repository, and post-receive writes it onto the record.

use super::hook::Judged;
use super::store;
use super::verify::judge::{self, Stretch, Verdict, Whose};
use super::verify::landings::{self, Landings};
use super::verify::records::Records;
use super::{Context, Error, Result, gate, production};
use crate::files;
use crate::git::{Oid, Span};
use crate::policy::gate::{Deed, is_published};
use crate::policy::push::PushedRef;
use crate::policy::receive::{self, ASKS_FOR_THE_RECORD, Concern};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Overrides that are not on a record yet, one JSON object a line.
const LIMIT: u64 = 16 * 1024 * 1024;

/// Judges what a push brings to this repository.
///
/// # Errors
/// When it is refused, or cannot be judged: nothing is taken then.
pub fn pre_receive(ctx: &Context<'_>, stdin: &[u8]) -> Result<Judged> {
    let lines = received(stdin)?;
    let production = production::find(ctx).ok().map(|found| found.branch);
    let policy = policy(ctx, &lines, production.as_deref())?;
    let judged = match &policy {
        Some(tip) => {
            let by_policy = ctx.by_policy_of(tip)?;
            let judged = judge_lines(&by_policy, &lines);
            let warnings = by_policy.take_warnings();
            warnings.into_iter().for_each(|warning| ctx.warn(warning));
            judged?
        }
        None => judge_lines(ctx, &lines)?,
    };
    settle(ctx, judged, &lines)
}

fn received(stdin: &[u8]) -> Result<Vec<PushedRef>> {
    receive::parse(stdin).map_err(|error| {
        Error::failed(error.to_string()).untouched("Nothing was judged, so nothing is taken.")
    })
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

fn judge_lines(ctx: &Context<'_>, lines: &[PushedRef]) -> Result<Judged> {
    let prefix = &ctx.settings.prefix;
    let production = production::find(ctx).ok().map(|found| found.branch);
    let concern = |line| receive::concern(line, prefix, production.as_deref());
    let mut records = Records::on_refs(ctx)?;
    for line in lines {
        if let Concern::Record(id) = concern(line) {
            let tip = line.local_id.as_deref().and_then(Oid::from_hex);
            records = records.pushed(&id, tip);
        }
    }
    // A tag releases what production has not.
    let released = match &production {
        Some(branch) => ctx.repo.find_ref(&format!("refs/heads/{branch}"))?,
        None => None,
    };
    let mut judged = Judged::default();
    let mut landings = Landings::default();
    for line in lines {
        let concern = concern(line);
        if matches!(concern, Concern::None | Concern::Record(_)) {
            continue;
        }
        let Some(head) = landings::commit(ctx, line)? else {
            continue;
        };
        let before = match concern {
            Concern::None | Concern::Record(_) => continue,
            Concern::Hotfix(branch) => {
                let stretch = of_branch(ctx, &records, head, branch.clone())?;
                let judgement = judge::judge(ctx, &records, &stretch)?;
                if !judgement.each.is_empty() {
                    judged.add_branches([branch]);
                }
                judgement.each.into_iter().for_each(|mut verdict| {
                    name_the_record(&mut verdict, Some(&line.remote));
                    judged.add(verdict);
                });
                continue;
            }
            // Even if another branch here has it already.
            Concern::Production => match line.remote_id.as_deref() {
                Some(old) => ctx.repo.commit_of(old)?,
                None => None,
            },
            Concern::Tag => released.clone(),
        };
        // Without anything before, a whole history is brought in: what it tells of is over.
        let whose = match before {
            Some(_) => Whose::Anybody,
            None => Whose::Open,
        };
        landings.add(&line.remote, head, before.into_iter().collect(), whose);
    }
    for mut verdict in landings.judge(ctx, &records, &mut judged)? {
        judged.deploys |= !verdict.findings.is_empty();
        name_the_record(&mut verdict, None);
        judged.add(verdict);
    }
    Ok(judged)
}

/// A hotfix branch: all that stands on its base, or all that is new here.
fn of_branch(ctx: &Context<'_>, records: &Records, head: Oid, branch: String) -> Result<Stretch> {
    let known = records.of_branch(ctx, &branch)?;
    let base = match &known {
        Some(known) => gate::fork(ctx, &known.record, &head)?,
        None => None,
    };
    let shared = known.is_some_and(|known| is_published(&known.record, head.short()));
    Ok(Stretch {
        span: match base {
            Some(base) => Span::between(&base, &head),
            None => Span {
                include: vec![head],
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

/// A record that is not here is at the person's: the line that pushes it.
fn name_the_record(verdict: &mut Verdict, branch: Option<&str>) {
    let record = match &verdict.id {
        Some(id) => store::ref_name(id),
        None => format!("'{}*'", store::PREFIX),
    };
    let push = match branch.map(|name| name.trim_start_matches("refs/heads/")) {
        Some(branch) => format!("git push origin {branch} {record}"),
        None => format!("git push origin {record}  # then this push again"),
    };
    let missing = verdict.findings.iter_mut();
    for finding in missing.filter(|finding| finding.id == "gate-record") {
        finding.remedy = Some(push.clone());
    }
}

fn settle(ctx: &Context<'_>, mut judged: Judged, lines: &[PushedRef]) -> Result<Judged> {
    if !judged.blocks() {
        return Ok(judged);
    }
    let options = receive::push_options(|name| ctx.env.vars.get(name).map(String::as_str));
    let Some(reason) = receive::override_reason(&options) else {
        return Err(refusal(ctx, judged));
    };
    let reason = gate::checked_reason(reason)?;
    note_down(ctx, &judged, &reason, lines)?;
    judged.overridden = Some(reason);
    Ok(judged)
}

fn refusal(ctx: &Context<'_>, judged: Judged) -> Error {
    let branches = judged.names();
    let error = Error::refused(format!("{branches} is not ready, {ASKS_FOR_THE_RECORD}"))
        .findings(judged.told())
        .untouched("Nothing was taken. What is mended on a record counts once it is pushed.");
    let line = "git push -o hotfix-override=\"why\" …";
    let advertised = ctx.repo.config_value("receive.advertisepushoptions");
    let is_on = |value: &str| !["false", "no", "off", "0", ""].contains(&value);
    if matches!(advertised, Ok(Some(value)) if is_on(&value.to_lowercase())) {
        return error.next(format!("To go on regardless, on the record: {line}"));
    }
    error
        .next(format!("To go on regardless takes push options: {line}"))
        .next("The server takes none yet; there: git config receive.advertisePushOptions true")
}

/// An override that post-receive has not written onto its record yet.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Noted {
    /// When.
    pub at: DateTime<Utc>,
    /// Who, as the server knows the person.
    pub who: String,
    /// Why.
    pub reason: String,
    /// The incident, when one is known.
    pub incident: Option<String>,
    /// The fix's tip.
    pub tip: Option<String>,
    /// What was skipped.
    pub skipped: String,
    /// The refs of the push with their new values.
    pub refs: Vec<(String, String)>,
}

/// Where overrides are noted.
fn notes(ctx: &Context<'_>) -> PathBuf {
    ctx.repo.common_dir().join("hotfix").join("overrides")
}

/// Written before the push is let through: one that cannot be noted does not go through.
fn note_down(ctx: &Context<'_>, judged: &Judged, reason: &str, lines: &[PushedRef]) -> Result<()> {
    let var = |name: &str| ctx.env.var(name);
    let who = receive::pusher(var).map_or_else(|| ctx.who(), str::to_owned);
    let moved = lines.iter().filter_map(|line| {
        let new = line.local_id.clone()?;
        Some((line.remote.clone(), new))
    });
    let refs: Vec<(String, String)> = moved.collect();
    let mut text = String::new();
    for verdict in judged.blocking() {
        let noted = Noted {
            at: ctx.env.now(),
            who: who.clone(),
            reason: reason.to_owned(),
            skipped: gate::skipped(&verdict.findings),
            incident: verdict.id,
            tip: verdict.tip.map(|tip| tip.as_str().to_owned()),
            refs: refs.clone(),
        };
        let line = serde_json::to_string(&noted).map_err(|e| Error::failed(e.to_string()))?;
        text.push_str(&line);
        text.push('\n');
    }
    let _lock = lock(ctx)?;
    let written = files::append(ctx.repo.common_dir(), &notes(ctx), &text);
    written.map_err(|error| {
        Error::from(error)
            .context("the override could not be noted")
            .untouched("Nothing was taken.")
    })
}

/// What became of the overrides of a push.
#[derive(Debug, Default)]
pub struct Recorded {
    /// Those that are on their record now.
    pub done: Vec<Noted>,
    /// Those whose record is not here: they stay noted.
    pub kept: Vec<Noted>,
}

/// Writes the overrides of a push that has gone through onto their records.
///
/// # Errors
/// When the notes cannot be read or written.
pub fn post_receive(ctx: &Context<'_>, stdin: &[u8]) -> Result<Recorded> {
    let lines = received(stdin)?;
    let _lock = lock(ctx)?;
    let Some(text) = files::read_text(ctx.repo.common_dir(), &notes(ctx), LIMIT)? else {
        return Ok(Recorded::default());
    };
    let went_through = |noted: &Noted| {
        noted.refs.iter().any(|(name, new)| {
            let is_it = |line: &PushedRef| {
                line.remote == *name && line.local_id.as_deref() == Some(new.as_str())
            };
            lines.iter().any(is_it)
        })
    };
    let mut recorded = Recorded::default();
    let mut left = String::new();
    for line in text.lines() {
        // A line that is not ours to understand is not ours to lose.
        let noted = serde_json::from_str::<Noted>(line)
            .ok()
            .filter(went_through);
        match noted {
            Some(noted) if record(ctx, &noted)? => recorded.done.push(noted),
            other => {
                recorded.kept.extend(other);
                left.push_str(line);
                left.push('\n');
            }
        }
    }
    if !recorded.done.is_empty() {
        files::write_atomic(ctx.repo.common_dir(), &notes(ctx), left.as_bytes())?;
    }
    Ok(recorded)
}

/// Whether an override is on its record now. One that cannot be written is warned of and stays noted.
fn record(ctx: &Context<'_>, noted: &Noted) -> Result<bool> {
    let Some(id) = &noted.incident else {
        return Ok(false);
    };
    if ctx.repo.find_ref(&store::ref_name(id))?.is_none() {
        return Ok(false);
    }
    let tip = noted.tip.as_deref().and_then(Oid::from_hex);
    let given = gate::Override {
        who: &noted.who,
        reason: &noted.reason,
        tip: tip.as_ref(),
        at: noted.at,
    };
    match gate::write_override(ctx, id, &given, &noted.skipped) {
        Ok(_) => Ok(true),
        Err(error) => {
            ctx.warn(error.message());
            Ok(false)
        }
    }
}

/// Two pushes may end at the same time.
fn lock(ctx: &Context<'_>) -> Result<Option<files::Lock>> {
    let path = ctx.repo.common_dir().join("hotfix").join("overrides.lock");
    Ok(files::lock(&path)?)
}
