//! The commands that write into the record while the incident runs.

mod act;

use super::store;
use super::{Code, Context, Error, Result, incident, task};
use crate::record::{Change, Field, ItemState, Milestone, Record, SectionName, Status, when};
use act::{Act, first_line, line, milestone, transition};
use chrono::{DateTime, Utc};
use serde::Serialize;

/// Which incident, and when it happened.
#[derive(Debug, Clone, Copy, Default)]
pub struct Target<'a> {
    /// `-i`.
    pub incident: Option<&'a str>,
    /// `--at`.
    pub at: Option<&'a str>,
}

/// What was written.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Logged {
    /// The incident's id.
    pub id: String,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// The timeline line's words.
    pub text: String,
    /// Where the incident stands now.
    pub status: Status,
    /// The command to type next.
    pub next: Option<String>,
    /// What that is for.
    pub next_reason: Option<String>,
}

/// How the impact develops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trend {
    /// Fewer are affected.
    Better,
    /// As before.
    Steady,
    /// More are affected.
    Worse,
}

impl Trend {
    /// The word in the record.
    pub fn word(self) -> &'static str {
        match self {
            Trend::Better => "better",
            Trend::Steady => "steady",
            Trend::Worse => "worse",
        }
    }
}

/// What `impact` was told.
#[derive(Debug, Clone, Copy, Default)]
pub struct Impact<'a> {
    /// Who notices what.
    pub text: Option<&'a str>,
    /// Who or what is affected.
    pub affected: Option<&'a str>,
    /// When it started, as typed.
    pub started: Option<&'a str>,
    /// How it develops.
    pub trend: Option<Trend>,
}

/// Adds a timeline line.
///
/// # Errors
/// When the text is empty, no incident is meant, or nothing could be saved.
pub fn note(ctx: &Context<'_>, target: Target<'_>, text: &str) -> Result<Logged> {
    let text = said(text, "note")?;
    let act = Act::new(ctx, target)?;
    act.save(&format!("Note: {text}"), text.clone(), |_, at| {
        Ok(vec![Change::Note {
            at,
            text: text.clone(),
        }])
    })
}

/// Sets the severity; the timeline says from what to what.
///
/// # Errors
/// When there is no such severity, or nothing could be saved.
pub fn severity(ctx: &Context<'_>, target: Target<'_>, given: &str) -> Result<Logged> {
    let name = match ctx.settings.severities.find(given) {
        Some(row) => row.name.clone(),
        None => {
            let rows = ctx.settings.severities.rows();
            let names: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
            let names = names.join(", ");
            return Err(
                Error::usage(format!("'{given}' is not a severity: {names}"))
                    .untouched("Nothing was recorded."),
            );
        }
    };
    let act = Act::new(ctx, target)?;
    let text = act.transition(Field::Severity, "Severity", &name)?;
    act.save(&text, text.clone(), |record, at| {
        set(record, at, Field::Severity, "Severity", &name)
    })
}

/// Sets what is known of the impact; the timeline says from what to what.
///
/// # Errors
/// When nothing was said, or nothing could be saved.
pub fn impact(ctx: &Context<'_>, target: Target<'_>, impact: &Impact<'_>) -> Result<Logged> {
    let mut values = Vec::new();
    if let Some(text) = impact.text {
        values.push((Field::Impact, "Impact", said(text, "impact")?));
    }
    if let Some(text) = impact.affected {
        values.push((Field::Affected, "Affected", said(text, "--affected")?));
    }
    if let Some(typed) = impact.started {
        let at = ctx.at(Some(typed))?;
        values.push((Field::Started, "Started", when::stamp(at)));
    }
    if let Some(trend) = impact.trend {
        values.push((Field::Trend, "Trend", trend.word().to_owned()));
    }
    if values.is_empty() {
        return Err(
            Error::usage("who notices what? Nothing was said of the impact")
                .untouched("Nothing was recorded.")
                .next("git hotfix impact \"nobody can log in on the web\" --trend worse"),
        );
    }
    let act = Act::new(ctx, target)?;
    let text = act.transitions(&values)?;
    act.save(&text, text.clone(), |record, at| {
        let mut changes = Vec::new();
        for (field, label, value) in &values {
            changes.extend(set(record, at, *field, label, value)?);
        }
        Ok(changes)
    })
}

/// Writes the root cause, the milestone, and ticks the checklist's item.
///
/// # Errors
/// When the text is empty, or nothing could be saved.
pub fn cause(ctx: &Context<'_>, target: Target<'_>, text: &str) -> Result<Logged> {
    let text = said(text, "cause")?;
    let act = Act::new(ctx, target)?.not_after_the_end(target)?;
    let by = ctx.who();
    let words = line(Milestone::CauseIdentified, Some(&first_line(&text)));
    let logged = act.save("Root cause identified", words, |record, at| {
        let mut changes = vec![
            Change::Prose {
                section: SectionName::RootCause,
                text: text.clone(),
            },
            milestone(Milestone::CauseIdentified, at, Some(&first_line(&text))),
        ];
        let item = record
            .checklist()
            .iter()
            .position(|item| item.state == ItemState::Open && item.is_root_cause());
        let tick = |item| Change::Tick {
            item,
            evidence: None,
            by: by.clone(),
            at,
        };
        changes.extend(item.map(tick));
        Ok(changes)
    })?;
    act.announced(Milestone::CauseIdentified, logged)
}

/// Writes the mitigation and the milestone.
///
/// # Errors
/// When the text is empty, or nothing could be saved.
pub fn mitigate(ctx: &Context<'_>, target: Target<'_>, kind: &str, text: &str) -> Result<Logged> {
    let text = said(text, "what was done")?;
    let act = Act::new(ctx, target)?;
    if kind == "none" {
        let line = format!("No mitigation - {text}");
        return act.save(&line, line.clone(), |_, at| {
            let prose = format!("None: {text}");
            Ok(vec![
                Change::Prose {
                    section: SectionName::Mitigation,
                    text: prose,
                },
                Change::Note {
                    at,
                    text: line.clone(),
                },
            ])
        });
    }
    let detail = format!("{kind}: {}", first_line(&text));
    let act = act.not_after_the_end(target)?;
    act.milestone_with_prose(
        Milestone::Mitigated,
        &detail,
        SectionName::Mitigation,
        &text,
    )
}

/// The fix runs in production.
///
/// # Errors
/// When nothing could be saved.
pub fn deployed(
    ctx: &Context<'_>,
    target: Target<'_>,
    text: Option<&str>,
    environment: Option<&str>,
) -> Result<Logged> {
    let act = Act::new_for(ctx, target, incident::choose)?;
    let parts: Vec<&str> = environment.into_iter().chain(text).map(str::trim).collect();
    let detail = parts.join(": ");
    act.milestone(
        Milestone::Deployed,
        Some(detail).filter(|detail| !detail.is_empty()),
    )
}

/// The end of an incident.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Resolved {
    /// What was written.
    #[serde(flatten)]
    pub logged: Logged,
    /// Seconds from the detection to the end.
    pub seconds: Option<i64>,
}

/// The incident is over.
///
/// # Errors
/// When nothing could be saved.
pub fn resolve(ctx: &Context<'_>, target: Target<'_>, text: Option<&str>) -> Result<Resolved> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    let act = match text {
        Some(_) => Act::new(ctx, target)?,
        None => Act::new_for(ctx, target, incident::choose)?,
    };
    let logged = match text {
        None => act.milestone(Milestone::Resolved, None),
        // It is over since then; only how it was fixed is still to be said.
        Some(text) if act.record()?.status() == Status::Resolved => act.save(
            "Resolution written",
            format!("Resolution: {}", first_line(text)),
            |_, _| {
                Ok(vec![Change::Prose {
                    section: SectionName::Resolution,
                    text: text.to_owned(),
                }])
            },
        ),
        Some(text) => {
            let detail = first_line(text);
            act.milestone_with_prose(Milestone::Resolved, &detail, SectionName::Resolution, text)
        }
    }?;
    let record = store::saved(ctx, &logged.id)?.record;
    task::follow(ctx, &logged.id, &record);
    let detected = record.reached(Milestone::Detected);
    let end = record.reached(Milestone::Resolved).unwrap_or(logged.at);
    let seconds = detected.map(|detected| (end - detected).num_seconds());
    Ok(Resolved { logged, seconds })
}

/// A resolved or abandoned incident goes on.
///
/// # Errors
/// When it is open, the reason is empty, or nothing could be saved.
pub fn reopen(ctx: &Context<'_>, target: Target<'_>, reason: &str) -> Result<Logged> {
    let reason = said(reason, "reason")?;
    let act = Act::new_for(ctx, target, incident::choose_closed)?;
    let logged = act.milestone_if(Milestone::Reopened, Some(reason), |record| {
        if record.is_open() {
            return Err(Error::usage("the incident is open")
                .code(Code::IncidentState)
                .untouched("Nothing was recorded."));
        }
        Ok(())
    })?;
    task::follow(ctx, &logged.id, &store::saved(ctx, &logged.id)?.record);
    Ok(logged)
}

/// Text that says something.
///
/// # Errors
/// A usage error when it is empty.
pub fn said(text: &str, what: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::usage(format!("the {what} is empty")).untouched("Nothing was recorded."));
    }
    Ok(text.to_owned())
}

/// A field's new value with its timeline line; nothing when it already has it.
fn set(
    record: &Record,
    at: DateTime<Utc>,
    field: Field,
    label: &str,
    value: &str,
) -> Result<Vec<Change>> {
    let old = record.field(field);
    if old == Some(value) {
        return Ok(Vec::new());
    }
    Ok(vec![
        Change::Field {
            field,
            value: value.to_owned(),
        },
        Change::Note {
            at,
            text: transition(label, old, value),
        },
    ])
}
