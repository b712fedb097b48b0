//! One recording under way: which incident, when, and what stands in the timeline after it.

use super::{Logged, Target};
use crate::record::{Change, Field, Milestone, Record, SectionName, when};
use crate::workflow::store::{self, Stored};
use crate::workflow::{Code, Context, Error, Result, announce, incident, status};
use chrono::{DateTime, Utc};

/// One recording under way.
pub(super) struct Act<'a> {
    ctx: &'a Context<'a>,
    id: String,
    at: DateTime<Utc>,
}

impl<'a> Act<'a> {
    pub(super) fn new(ctx: &'a Context<'a>, target: Target<'_>) -> Result<Act<'a>> {
        Act::new_for(ctx, target, incident::choose_or_unfinished)
    }

    pub(super) fn new_for(
        ctx: &'a Context<'a>,
        target: Target<'_>,
        choose: impl Fn(&Context<'_>, Option<&str>) -> Result<String>,
    ) -> Result<Act<'a>> {
        let at = ctx.at(target.at)?;
        Ok(Act {
            ctx,
            id: choose(ctx, target.incident)?,
            at,
        })
    }

    /// What is written down after the end, without a time, had happened by then.
    pub(super) fn not_after_the_end(mut self, target: Target<'_>) -> Result<Act<'a>> {
        let record = self.record()?;
        if let (None, false, Some(end)) = (
            target.at,
            record.is_open(),
            record.reached(Milestone::Resolved),
        ) {
            self.at = self.at.min(end);
        }
        Ok(self)
    }

    /// The record as it is now.
    pub(super) fn record(&self) -> Result<Record> {
        Ok(store::view(self.ctx, &self.id)?.record)
    }

    pub(super) fn save(
        &self,
        message: &str,
        text: String,
        decide: impl Fn(&Record, DateTime<Utc>) -> Result<Vec<Change>>,
    ) -> Result<Logged> {
        let subject = first_line(message);
        let stored = store::change(self.ctx, &self.id, &subject, |record| {
            decide(record, self.at)
        })?;
        self.logged(&stored, text)
    }

    pub(super) fn milestone(&self, reached: Milestone, detail: Option<String>) -> Result<Logged> {
        self.milestone_if(reached, detail, |_| Ok(()))
    }

    pub(super) fn milestone_if(
        &self,
        reached: Milestone,
        detail: Option<String>,
        allowed: impl Fn(&Record) -> Result<()>,
    ) -> Result<Logged> {
        let text = line(reached, detail.as_deref());
        self.save(&text, text.clone(), |record, at| {
            allowed(record)?;
            self.in_order(record, reached)?;
            Ok(vec![milestone(reached, at, detail.as_deref())])
        })
        .and_then(|logged| self.announced(reached, logged))
    }

    pub(super) fn milestone_with_prose(
        &self,
        reached: Milestone,
        detail: &str,
        section: SectionName,
        prose: &str,
    ) -> Result<Logged> {
        let text = line(reached, Some(detail));
        self.save(&text, text.clone(), |record, at| {
            self.in_order(record, reached)?;
            Ok(vec![
                Change::Prose {
                    section,
                    text: prose.to_owned(),
                },
                milestone(reached, at, Some(detail)),
            ])
        })
        .and_then(|logged| self.announced(reached, logged))
    }

    /// Has the milestone announced where the settings want it.
    pub(super) fn announced(&self, reached: Milestone, logged: Logged) -> Result<Logged> {
        announce::follow(self.ctx, &self.id, reached, &self.record()?);
        Ok(logged)
    }

    /// A milestone before the detection is a typing error: the report would have negative times. One
    /// after the end belongs to an incident that goes on.
    fn in_order(&self, record: &Record, reached: Milestone) -> Result<()> {
        let refused = |code, why: String, next: &str| {
            Err(Error::usage(why)
                .code(code)
                .untouched("Nothing was recorded.")
                .next(next))
        };
        let at = when::stamp(self.at);
        if let Some(detected) = record.reached(Milestone::Detected)
            && self.at < detected
        {
            let detected = when::stamp(detected);
            return refused(
                Code::Time,
                format!("{at} is before the detection ({detected})"),
                "Was it detected earlier? Correct its line: git hotfix edit",
            );
        }
        let ended = record
            .reached(Milestone::Resolved)
            .or(record.reached(Milestone::Abandoned));
        match ended.filter(|_| !record.is_open() && reached != Milestone::Reopened) {
            Some(ended) if reached == Milestone::Resolved || self.at > ended => {
                let words = record.status().words().to_lowercase();
                refused(
                    Code::IncidentState,
                    format!(
                        "{} is {words} already, since {}",
                        self.id,
                        when::stamp(ended)
                    ),
                    "Does it go on? git hotfix reopen \"why\"",
                )
            }
            _ => Ok(()),
        }
    }

    pub(super) fn transition(&self, field: Field, label: &str, new: &str) -> Result<String> {
        let stored = store::view(self.ctx, &self.id)?;
        Ok(transition(label, stored.record.field(field), new))
    }

    pub(super) fn transitions(&self, values: &[(Field, &'static str, String)]) -> Result<String> {
        let stored = store::view(self.ctx, &self.id)?;
        let line = |(field, label, value): &(Field, &'static str, String)| {
            transition(label, stored.record.field(*field), value)
        };
        Ok(values.iter().map(line).collect::<Vec<_>>().join("; "))
    }

    fn logged(&self, stored: &Stored, text: String) -> Result<Logged> {
        let next = status::next_step(self.ctx, &stored.record)?;
        Ok(Logged {
            id: self.id.clone(),
            at: self.at,
            text,
            status: stored.record.status(),
            next: next.as_ref().map(|(command, _)| self.ctx.command(command)),
            next_reason: next.map(|(_, reason)| reason.to_owned()),
        })
    }
}

pub(super) fn line(milestone: Milestone, detail: Option<&str>) -> String {
    match detail {
        Some(detail) => format!("{} - {detail}", milestone.phrase()),
        None => milestone.phrase().to_owned(),
    }
}

pub(super) fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().trim().to_owned()
}

pub(super) fn milestone(milestone: Milestone, at: DateTime<Utc>, detail: Option<&str>) -> Change {
    Change::Milestone {
        milestone,
        at,
        detail: detail.map(str::to_owned),
    }
}

pub(super) fn transition(label: &str, old: Option<&str>, new: &str) -> String {
    match old {
        Some(old) if old == new => format!("{label}: {new}, as before"),
        Some(old) => format!("{label}: {old} → {new}"),
        None => format!("{label}: {new}"),
    }
}
