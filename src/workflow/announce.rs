//! `announce`: the update for stakeholders, made from the record and sent where git config says.
//!
//! In the foreground all destinations are told at once and what came of each is said; what failed, or was
//! cut off, waits in the outbox. An announcement by itself (`announce.auto`) goes through the outbox at once, so that
//! no command waits for it. What is told is read from the record at the moment of telling.

use super::outbox::{self, Again, Deed, Entry, Undelivered};
use super::{Context, Error, Result, incident, store};
use crate::integrations::announce::{self, Around, Trouble};
use crate::policy::announce::{Destination, Said, State, Update, due, plain};
use crate::record::{Change, Field, Milestone, Record};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// What a person says beside the record.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// In their own words.
    pub message: Option<String>,
    /// What is needed from the readers.
    pub needs: Option<String>,
    /// Where it stands; nothing: by the milestones.
    pub state: Option<State>,
}

impl Words {
    /// What does for both: a state that was said is out of date by the next update.
    pub(super) fn followed_by(&self, newer: &Words) -> Words {
        Words {
            message: newer.message.clone().or_else(|| self.message.clone()),
            needs: newer.needs.clone().or_else(|| self.needs.clone()),
            state: newer.state,
        }
    }
}

/// What `announce` was told.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// What the person says.
    pub words: Words,
    /// Only these destinations; none: all.
    pub to: Vec<String>,
    /// Only say what would be sent.
    pub preview: bool,
}

/// What came of it.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Announced {
    /// The incident's id.
    pub id: String,
    /// Where it stands.
    pub state: State,
    /// The update as text.
    pub text: String,
    /// By when the next one is promised.
    pub next_update: Option<DateTime<Utc>>,
    /// Nothing was sent or recorded.
    pub preview: bool,
    /// Each destination.
    pub destinations: Vec<Sent>,
    /// The timeline's line; nothing when nothing was recorded.
    pub recorded: Option<String>,
}

/// What came of one destination.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Sent {
    /// Its name in the settings.
    pub name: String,
    /// It has the update.
    pub delivered: bool,
    /// It is tried again in the background.
    pub again: bool,
    /// Why it has not.
    pub trouble: Option<String>,
}

/// An update that waits for its destination.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Waiting {
    /// The destinations.
    pub to: Vec<String>,
    /// When it is tried again; nothing: when somebody announces there anew.
    pub due: Option<DateTime<Utc>>,
    /// What went wrong.
    pub trouble: Option<String>,
}

/// Sends an update, or without destinations hands it to the person; either is a line of the timeline.
///
/// # Errors
/// When no incident is meant, a destination is not known, or nothing could be recorded.
pub fn announce(ctx: &Context<'_>, given: Option<&str>, options: &Options) -> Result<Announced> {
    let id = incident::choose_or_unfinished(ctx, given)?;
    let names = chosen(ctx, &options.to)?;
    let record = store::view(ctx, &id)?.record;
    let update = update(ctx, &id, &record, &options.words);
    let mut announced = Announced {
        text: plain(&update),
        state: update.state,
        next_update: update.next,
        preview: options.preview,
        destinations: Vec::new(),
        recorded: None,
        id: id.clone(),
    };
    if options.preview {
        announced.destinations = names.into_iter().map(untold).collect();
        return Ok(announced);
    }
    if names.is_empty() {
        let line = due::written_line(update.state.word(), update.message.as_deref());
        note(ctx, &id, &line)?;
        announced.recorded = Some(line);
        return Ok(announced);
    }
    // Before anything is sent: should this process be ended, the update is sent all the same.
    keep_begun(ctx, &id, &options.words, &names);
    let told = tell_all(ctx, &update, &names);
    // Before the line is written: what is still to be done must not be lost with it.
    keep_failed(ctx, &id, &options.words, &told);
    announced.recorded = record_reached(ctx, &id, &update, &told)?;
    announced.destinations = told.iter().map(sent).collect();
    Ok(announced)
}

/// Queues what `announce.auto` asks for when a milestone is reached.
pub fn follow(ctx: &Context<'_>, id: &str, milestone: Milestone, record: &Record) {
    let settings = &ctx.settings.announce;
    let severity = record.field(Field::Severity);
    let mut rules = settings.auto.iter();
    // What is written down when it is long over is no news.
    let is_news = record.is_open() || milestone == Milestone::Resolved;
    if !is_news || !rules.any(|rule| rule.matches(milestone, severity)) {
        return;
    }
    let to: Vec<String> = destinations(ctx)
        .iter()
        .map(|one| one.name.clone())
        .collect();
    if !to.is_empty() {
        let words = Words::default();
        outbox::queue(ctx, id, Deed::Announce { to, words });
    }
}

/// Tells what is in the outbox. Of several destinations those that fail get an entry each.
///
/// # Errors
/// When none of them could be told.
pub(super) fn tell(
    ctx: &Context<'_>,
    entry: &Entry,
    to: &[String],
    words: &Words,
) -> std::result::Result<(), Undelivered> {
    let id = &entry.incident;
    let later = |error: Error| Undelivered {
        why: error.message(),
        again: Again::Later,
    };
    let record = store::view(ctx, id).map_err(later)?.record;
    let update = update(ctx, id, &record, words);
    let told = tell_all(ctx, &update, to);
    if let [(_, Err(trouble))] = told.as_slice() {
        return Err(undelivered(trouble));
    }
    // It is out; a line that cannot be written is no reason to send it once more. What waits goes last:
    // an outbox that is empty has everything on the record.
    if let Err(error) = record_reached(ctx, id, &update, &told) {
        ctx.warn(error.message());
    }
    keep_failed(ctx, id, words, &told);
    Ok(())
}

/// The updates of an incident that wait for their destinations.
///
/// # Errors
/// When the outbox cannot be looked into.
pub fn waiting(ctx: &Context<'_>, id: &str) -> Result<Vec<Waiting>> {
    let entries = outbox::of(ctx, id)?.into_iter();
    let waiting = entries.filter_map(|entry| match entry.deed {
        Deed::Announce { to, .. } => Some(Waiting {
            to,
            due: entry.due,
            trouble: entry.trouble,
        }),
        Deed::Task { .. } => None,
    });
    Ok(waiting.collect())
}

/// When stakeholders must hear of it next.
pub fn due(ctx: &Context<'_>, record: &Record) -> Option<DateTime<Utc>> {
    due::due(record, &ctx.settings.severities, &ctx.settings.updates)
}

type Told = (String, std::result::Result<(), Trouble>);

fn update(ctx: &Context<'_>, id: &str, record: &Record, words: &Words) -> Update {
    let said = Said {
        message: words.message.as_deref(),
        needs: words.needs.as_deref(),
        state: words.state,
    };
    let now = ctx.env.now();
    let settings = &ctx.settings;
    Update::of(
        id,
        record,
        &said,
        now,
        &settings.severities,
        &settings.updates,
    )
}

fn destinations<'a>(ctx: &'a Context<'_>) -> &'a [Destination] {
    &ctx.settings.announce.destinations
}

/// The names that are meant: those given, or all, also of those that cannot be used as they are set.
fn chosen(ctx: &Context<'_>, given: &[String]) -> Result<Vec<String>> {
    let names = destinations(ctx).iter().map(|one| &one.name);
    let known: Vec<&String> = names.chain(&ctx.settings.announce.broken).collect();
    let unknown = given.iter().find(|name| !known.contains(name));
    let mut chosen: Vec<String> = match (unknown, given.is_empty()) {
        (Some(name), _) => return Err(no_destination(name, &known)),
        (None, true) => known.into_iter().cloned().collect(),
        (None, false) => given.to_vec(),
    };
    chosen.sort();
    chosen.dedup();
    Ok(chosen)
}

fn no_destination(name: &str, known: &[&String]) -> Error {
    let error =
        Error::usage(format!("there is no destination '{name}'")).untouched("Nothing was sent.");
    if known.is_empty() {
        return error.next("git config hotfix.announce.<name>.type slack");
    }
    let names: Vec<&str> = known.iter().map(|name| name.as_str()).collect();
    error.next(format!("Those there are: {}", names.join(", ")))
}

/// What came of each name, in their order.
fn tell_all(ctx: &Context<'_>, update: &Update, names: &[String]) -> Vec<Told> {
    let found = |name: &String| destinations(ctx).iter().find(|one| one.name == *name);
    let usable: Vec<&Destination> = names.iter().filter_map(found).collect();
    let around = Around {
        folder: ctx.repo.workdir().unwrap_or(ctx.repo.git_dir()),
        vars: &ctx.env.vars,
    };
    let waiting = || ctx.progress.waiting("sending the update");
    let mut outcomes = announce::send_all(&usable, update, around, &waiting).into_iter();
    let told = names.iter().map(|name| {
        let outcome = found(name).and_then(|_| outcomes.next());
        (name.clone(), outcome.unwrap_or(Err(Trouble::Settings)))
    });
    told.collect()
}

fn keep_begun(ctx: &Context<'_>, id: &str, words: &Words, names: &[String]) {
    for one in destinations(ctx) {
        if names.contains(&one.name) {
            forget(ctx, id, &one.name);
            let deed = Deed::Announce {
                to: vec![one.name.clone()],
                words: words.clone(),
            };
            let limit = TimeDelta::from_std(one.timeout).unwrap_or_default();
            outbox::queue_begun(ctx, id, deed, limit);
        }
    }
}

fn keep_failed(ctx: &Context<'_>, id: &str, words: &Words, told: &[Told]) {
    for (name, outcome) in told {
        forget(ctx, id, name);
        if let Err(trouble) = outcome {
            let to = vec![name.clone()];
            let words = words.clone();
            let deed = Deed::Announce { to, words };
            outbox::queue_failed(ctx, id, deed, &undelivered(trouble));
        }
    }
}

/// What waited for a destination alone is out of date by now.
fn forget(ctx: &Context<'_>, id: &str, name: &str) {
    let is_its = |entry: &Entry| match &entry.deed {
        Deed::Announce { to, .. } => to.as_slice() == [name.to_owned()],
        Deed::Task { .. } => false,
    };
    let forgotten = outbox::of(ctx, id).and_then(|mut entries| {
        entries.retain(is_its);
        outbox::discard(ctx, &entries)
    });
    if let Err(error) = forgotten {
        ctx.warn(error.message());
    }
}

fn undelivered(trouble: &Trouble) -> Undelivered {
    let after = trouble
        .after()
        .and_then(|wait| TimeDelta::from_std(wait).ok());
    Undelivered {
        why: trouble.to_string(),
        again: match (trouble.is_lasting(), after) {
            (true, _) => Again::ByHand,
            (false, Some(wait)) => Again::After(wait),
            (false, None) => Again::Later,
        },
    }
}

/// The timeline line of those that have it; nothing when none has.
fn record_reached(
    ctx: &Context<'_>,
    id: &str,
    update: &Update,
    told: &[Told],
) -> Result<Option<String>> {
    let reached = told.iter().filter(|(_, outcome)| outcome.is_ok());
    let names: Vec<&str> = reached.map(|(name, _)| name.as_str()).collect();
    if names.is_empty() {
        return Ok(None);
    }
    let line = due::sent_line(&names, update.state.word(), update.message.as_deref());
    note(ctx, id, &line)?;
    Ok(Some(line))
}

fn note(ctx: &Context<'_>, id: &str, line: &str) -> Result<()> {
    let subject = line.lines().next().unwrap_or_default();
    let text = line.to_owned();
    let at = ctx.env.now();
    store::change(ctx, id, subject, |_| {
        Ok(vec![Change::Note {
            at,
            text: text.clone(),
        }])
    })?;
    Ok(())
}

fn untold(name: String) -> Sent {
    Sent {
        name,
        delivered: false,
        again: false,
        trouble: None,
    }
}

fn sent((name, outcome): &Told) -> Sent {
    let trouble = outcome.as_ref().err();
    Sent {
        name: name.clone(),
        delivered: outcome.is_ok(),
        again: trouble.is_some_and(|trouble| !trouble.is_lasting()),
        trouble: trouble.map(Trouble::to_string),
    }
}
