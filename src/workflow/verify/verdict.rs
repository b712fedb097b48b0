//! What was found about each incident, and how a person is told of several.

use crate::git::Oid;
use crate::record::{Finding, Level};
use crate::workflow::incident;

/// What was found about one incident, or about none.
#[derive(Debug, Default)]
pub struct Verdict {
    /// The incident.
    pub id: Option<String>,
    /// The tip of its fix.
    pub tip: Option<Oid>,
    /// What does not hold.
    pub findings: Vec<Finding>,
}

/// Everything that was found, each thing once, with the incident it is about: in the order it was
/// found. Where several incidents have findings, they stand together, and each names its own.
pub fn told(each: &[Verdict]) -> Vec<(Finding, Option<String>)> {
    let mut ids: Vec<&str> = Vec::new();
    for verdict in each.iter().filter(|verdict| !verdict.findings.is_empty()) {
        if let Some(id) = verdict.id.as_deref()
            && !ids.contains(&id)
        {
            ids.push(id);
        }
    }
    let mut all = Vec::new();
    if ids.len() < 2 {
        add(&mut all, each.iter(), |finding| finding.clone());
        return all;
    }
    ids.sort_unstable();
    for id in ids {
        let its = each
            .iter()
            .filter(|verdict| verdict.id.as_deref() == Some(id));
        add(&mut all, its, |finding| of_incident(finding, id));
    }
    let nobodys = each.iter().filter(|verdict| verdict.id.is_none());
    add(&mut all, nobodys, |finding| finding.clone());
    all
}

fn add<'a>(
    all: &mut Vec<(Finding, Option<String>)>,
    verdicts: impl Iterator<Item = &'a Verdict>,
    as_told: impl Fn(&Finding) -> Finding,
) {
    for verdict in verdicts {
        for finding in verdict.findings.iter().map(&as_told) {
            if all.iter().all(|(have, _)| *have != finding) {
                all.push((finding, verdict.id.clone()));
            }
        }
    }
}

/// A finding that names the incident it is about, and so does its remedy.
fn of_incident(finding: &Finding, id: &str) -> Finding {
    let mut finding = finding.clone();
    finding.message = format!("{id}: {}", finding.message);
    finding.remedy = finding.remedy.map(|remedy| incident::naming(id, &remedy));
    finding
}

/// What blocks, by incident and each once, with the tip of the fix.
pub fn blocking(each: &[Verdict]) -> Vec<Verdict> {
    let mut united: Vec<Verdict> = Vec::new();
    for verdict in each {
        let at = match united.iter().position(|have| have.id == verdict.id) {
            Some(at) => at,
            None => {
                united.push(Verdict {
                    id: verdict.id.clone(),
                    tip: verdict.tip.clone(),
                    findings: Vec::new(),
                });
                united.len() - 1
            }
        };
        let findings = verdict.findings.iter();
        for finding in findings.filter(|finding| finding.level == Level::Block) {
            if !united[at].findings.contains(finding) {
                united[at].findings.push(finding.clone());
            }
        }
    }
    united.retain(|verdict| !verdict.findings.is_empty());
    united
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(id: Option<&str>, messages: &[&str]) -> Verdict {
        let finding = |message: &&str| Finding {
            id: "gate-checklist",
            level: Level::Block,
            line: None,
            commit: None,
            message: (*message).to_owned(),
            remedy: None,
        };
        Verdict {
            id: id.map(str::to_owned),
            tip: None,
            findings: messages.iter().map(finding).collect(),
        }
    }

    fn messages(each: &[Verdict]) -> Vec<String> {
        told(each)
            .into_iter()
            .map(|(found, _)| found.message)
            .collect()
    }

    #[test]
    fn of_one_incident_each_thing_is_told_once() {
        let each = [verdict(None, &["c"]), verdict(Some("a"), &["x", "c"])];
        assert_eq!(messages(&each), ["c", "x"]);
    }

    #[test]
    fn what_two_incidents_both_miss_is_told_of_both() {
        let each = [
            verdict(Some("b"), &["x"]),
            verdict(None, &["z"]),
            verdict(Some("a"), &["x", "y"]),
            verdict(Some("c"), &[]),
        ];
        assert_eq!(messages(&each), ["a: x", "a: y", "b: x", "z"]);
        let owners: Vec<_> = told(&each).into_iter().map(|(_, id)| id).collect();
        let owners: Vec<_> = owners.iter().map(Option::as_deref).collect();
        assert_eq!(owners, [Some("a"), Some("a"), Some("b"), None]);
    }
}
