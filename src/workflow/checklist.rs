//! `check`: the deploy checklist.

use super::log::said;
use super::status::{CheckItem, check_items};
use super::store::{self, Stored};
use super::{Context, Error, Result, incident};
use crate::record::{Change, Item, Record};
use serde::Serialize;

/// What to do with an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// Tick it, with what shows it.
    Tick {
        /// The evidence.
        evidence: Option<String>,
    },
    /// Leave it out.
    Skip {
        /// Why.
        reason: Option<String>,
    },
    /// Open it again.
    Undo,
}

/// The checklist after it.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Checked {
    /// The incident's id.
    pub id: String,
    /// The item that was meant, from 1; nothing when only the list was asked for.
    pub item: Option<usize>,
    /// All items.
    pub checklist: Vec<CheckItem>,
}

/// The list as it stands.
///
/// # Errors
/// When no incident is meant.
pub fn items(ctx: &Context<'_>, given: Option<&str>) -> Result<Checked> {
    let id = incident::choose_or_unfinished(ctx, given)?;
    let stored = store::view(ctx, &id)?;
    Ok(Checked {
        id,
        item: None,
        checklist: check_items(stored.record.checklist()),
    })
}

/// Ticks, skips or opens an item, named by its number or a part of its text.
///
/// # Errors
/// When the words fit no item or several, or an item may not be skipped.
pub fn check(
    ctx: &Context<'_>,
    given: Option<&str>,
    at: Option<&str>,
    item: &str,
    deed: &Deed,
) -> Result<Checked> {
    let at = ctx.at(at)?;
    let id = incident::choose_or_unfinished(ctx, given)?;
    let by = ctx.who();
    let decide = |record: &Record| {
        let index = find(record.checklist(), item)?;
        let by = by.clone();
        Ok(vec![match deed {
            Deed::Tick { evidence } => Change::Tick {
                item: index,
                evidence: evidence.clone(),
                by,
                at,
            },
            Deed::Skip { reason } => {
                let reason = may_skip(&record.checklist()[index], reason.as_deref())?;
                Change::Skip {
                    item: index,
                    reason,
                    by,
                    at,
                }
            }
            Deed::Undo => Change::Untick { item: index },
        }])
    };
    let Stored { record, .. } = store::change(ctx, &id, &message(item, deed), decide)?;
    let index = find(record.checklist(), item)?;
    Ok(Checked {
        id,
        item: Some(index + 1),
        checklist: check_items(record.checklist()),
    })
}

fn message(item: &str, deed: &Deed) -> String {
    let verb = match deed {
        Deed::Tick { .. } => "Checked",
        Deed::Skip { .. } => "Skipped",
        Deed::Undo => "Unchecked",
    };
    format!("{verb}: {item}")
}

fn find(items: &[Item], wanted: &str) -> Result<usize> {
    if items.is_empty() {
        return Err(Error::usage("the record has no deploy checklist")
            .untouched("Nothing was recorded.")
            .next("Write one under 'Before deploying hotfix:': git hotfix edit"));
    }
    if let Ok(number) = wanted.trim().parse::<usize>() {
        let fits = (1..=items.len()).contains(&number);
        return if fits {
            Ok(number - 1)
        } else {
            Err(unclear(items, wanted, "there is no item"))
        };
    }
    let needle = wanted.trim().to_lowercase();
    if needle.is_empty() {
        return Err(unclear(items, wanted, "which item? None is called"));
    }
    let fits = |(_, item): &(usize, &Item)| item.label.to_lowercase().contains(&needle);
    let found: Vec<usize> = items
        .iter()
        .enumerate()
        .filter(fits)
        .map(|(index, _)| index)
        .collect();
    match found.as_slice() {
        [index] => Ok(*index),
        [] => Err(unclear(items, wanted, "no item holds")),
        _ => Err(unclear(items, wanted, "several items hold")),
    }
}

fn unclear(items: &[Item], wanted: &str, why: &str) -> Error {
    let mut error = Error::usage(format!("{why} '{wanted}'")).untouched("Nothing was recorded.");
    for (index, item) in items.iter().enumerate() {
        error = error.detail(format!("{}  {}", index + 1, item.label));
    }
    error
}

fn may_skip(item: &Item, reason: Option<&str>) -> Result<String> {
    if !item.optional {
        return Err(Error::refused(format!(
            "'{}' may not be skipped: it is not optional",
            item.label
        ))
        .untouched("Nothing was recorded.")
        .next("To deploy without it, on the record: git hotfix finish --override \"why\""));
    }
    let reason = reason.ok_or_else(|| {
        Error::usage("skipping needs a reason")
            .untouched("Nothing was recorded.")
            .next("--skip --reason \"staging is down\"")
    })?;
    said(reason, "reason")
}
