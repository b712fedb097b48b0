//! `announce.auto`: which milestones are announced by themselves.

use crate::record::Milestone;

/// The milestones that can be named, with their words.
const NAMED: [(&str, Milestone); 6] = [
    ("detected", Milestone::Detected),
    ("mitigated", Milestone::Mitigated),
    ("cause-identified", Milestone::CauseIdentified),
    ("deployed", Milestone::Deployed),
    ("resolved", Milestone::Resolved),
    ("reopened", Milestone::Reopened),
];

/// One value: `mitigated,resolved:P0,P1`, or without severities for every one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    milestones: Vec<Milestone>,
    severities: Vec<String>,
}

impl Rule {
    /// Reads a value.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Rule, String> {
        let (milestones, severities) = match text.split_once(':') {
            Some((milestones, severities)) => (milestones, words(severities)),
            None => (text, Vec::new()),
        };
        if text.contains(':') && severities.is_empty() {
            return Err(format!("'{text}' names no severity behind ':'"));
        }
        let milestones: Result<Vec<Milestone>, String> =
            words(milestones).iter().map(|word| named(word)).collect();
        let milestones = milestones?;
        if milestones.is_empty() {
            return Err(format!("'{text}' names no milestone"));
        }
        Ok(Rule {
            milestones,
            severities,
        })
    }

    /// The severities that it names; none: every one.
    pub fn severities(&self) -> &[String] {
        &self.severities
    }

    /// Whether a milestone of an incident of this severity is announced.
    pub fn matches(&self, milestone: Milestone, severity: Option<&str>) -> bool {
        let of = |severity: &str| {
            let mut names = self.severities.iter();
            names.any(|name| name.eq_ignore_ascii_case(severity))
        };
        self.milestones.contains(&milestone)
            && (self.severities.is_empty() || severity.is_some_and(of))
    }
}

impl std::fmt::Display for Rule {
    /// As [`Rule::parse`] reads it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let of = |milestone: &Milestone| NAMED.iter().find(|(_, named)| named == milestone);
        let words: Vec<&str> = self
            .milestones
            .iter()
            .filter_map(of)
            .map(|(word, _)| *word)
            .collect();
        f.write_str(&words.join(","))?;
        match self.severities.is_empty() {
            true => Ok(()),
            false => write!(f, ":{}", self.severities.join(",")),
        }
    }
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(',').map(str::trim);
    words
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

fn named(word: &str) -> Result<Milestone, String> {
    let found = NAMED.iter().find(|(name, _)| *name == word);
    found.map(|(_, milestone)| *milestone).ok_or_else(|| {
        let names = NAMED.map(|(name, _)| name).join(", ");
        format!("'{word}' is none of {names}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_names_milestones_and_severities() {
        let rule = Rule::parse("mitigated, resolved : P0,p1").unwrap();
        assert!(rule.matches(Milestone::Mitigated, Some("P0")));
        assert!(rule.matches(Milestone::Resolved, Some("P1")));
        assert!(!rule.matches(Milestone::Resolved, Some("P2")));
        assert!(!rule.matches(Milestone::Resolved, None));
        assert!(!rule.matches(Milestone::Deployed, Some("P0")));
        assert_eq!(rule.to_string(), "mitigated,resolved:P0,p1");
        let every = Rule::parse("resolved").unwrap();
        assert!(every.matches(Milestone::Resolved, None));
    }

    #[test]
    fn a_wrong_one_is_said() {
        for bad in ["", ":P0", "resolved:", "fixed", "resolved,fixed:P0"] {
            assert!(Rule::parse(bad).is_err(), "{bad}");
        }
    }
}
