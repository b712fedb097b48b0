//! What each finding's rule is, for readers that show rules by themselves (SARIF).

/// A rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// As in [`crate::record::Finding::id`].
    pub id: &'static str,
    /// What it looks at, in a few words.
    pub title: &'static str,
    /// What holds when it is kept, and how to come there.
    pub help: &'static str,
}

/// Every rule that the gate and the postmortem's check go by.
pub const RULES: [Rule; 13] = [
    Rule {
        id: "gate-record",
        title: "A hotfix has a record",
        help: "An incident's record belongs to the hotfix branch. git hotfix start begins one; a \
               clone gets those of others with git fetch origin \
               'refs/hotfix/incidents/*:refs/hotfix/incidents/*'.",
    },
    Rule {
        id: "gate-incident",
        title: "A fix in production names its incident",
        help: "Incidents are open, and nothing tells which one a fix is for: neither a branch nor \
               its commits. A line 'Incident: <id>' in its message does.",
    },
    Rule {
        id: "gate-mode",
        title: "The gate blocks",
        help: "A setting lets everything through: gate = \"warn\" or \"off\" in .hotfix.toml, in git's \
               configuration, or GIT_HOTFIX_GATE. git hotfix config shows which one.",
    },
    Rule {
        id: "gate-checklist",
        title: "The deploy checklist is complete",
        help: "Every item under 'Before deploying hotfix' is ticked; an optional one may be skipped \
               with a reason. git hotfix check <item> ticks it.",
    },
    Rule {
        id: "gate-severity",
        title: "The severity is set",
        help: "The record says how grave the incident is: git hotfix severity P1.",
    },
    Rule {
        id: "gate-impact",
        title: "The impact is described",
        help: "The record says who notices what: git hotfix impact \"…\".",
    },
    Rule {
        id: "gate-message",
        title: "Commit messages have the hotfix format",
        help: "The first line is fix: [HOTFIX] <what>, or what the team has set, and a blank line \
               stands before a body. git hotfix commit writes it so; git rebase -i rewords.",
    },
    Rule {
        id: "record-conflict",
        title: "No merge conflict is left in the record",
        help: "Two versions of the record differed and both are kept between markers. git hotfix \
               edit: keep what is right, delete the markers.",
    },
    Rule {
        id: "PM01",
        title: "The postmortem has its parts",
        help: "Title, date, severity, impact and the sections a postmortem needs are there and \
               filled in.",
    },
    Rule {
        id: "PM02",
        title: "No placeholder is left in the postmortem",
        help: "Text in brackets that the template put there has been replaced.",
    },
    Rule {
        id: "PM03",
        title: "The deploy checklist has no open item",
        help: "Every item is ticked, or skipped with a reason.",
    },
    Rule {
        id: "PM04",
        title: "Times in the timeline can be read",
        help: "Each entry begins with a time that has an offset or Z: 2026-11-22 14:05:31Z.",
    },
    Rule {
        id: "PM05",
        title: "The timeline is in order",
        help: "Started, detected, mitigated and resolved follow each other.",
    },
];

/// The rule of a finding.
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}

#[cfg(test)]
mod tests {
    use super::{RULES, rule};
    use crate::policy::gate::{self, Deed, FixCommit, GateMode, LandingMode};
    use crate::policy::message::Format;
    use crate::record::{Record, lint};

    #[test]
    fn every_finding_has_a_rule_that_explains_itself() {
        let commit = FixCommit {
            id: "1111111",
            message: b"quick fix",
            merge: false,
        };
        let mut ids = Vec::new();
        let records = [
            include_str!("../../fixtures/records/fresh.md"),
            include_str!("../../fixtures/records/conflict.md"),
            "- [ ] x\n",
            "## Timeline\n- 14:05 PST: Incident detected\n\
             - 2026-11-22 14:05:31Z: Incident resolved\n\
             - 2026-11-22 14:06:31Z: Incident detected\n",
        ];
        for record in records
            .map(|text| Some(Record::parse(text.to_owned())))
            .into_iter()
            .chain([None])
        {
            let (gate, landing) = (GateMode::Block, LandingMode::Merge);
            let format = Format::default();
            let deed = Deed::Land;
            let found = gate::findings(record.as_ref(), &[commit], deed, gate, landing, &format);
            ids.extend(found.into_iter().map(|finding| finding.id));
            ids.extend(record.iter().flat_map(lint::lint).map(|finding| finding.id));
        }
        // Only a landing among several open incidents gives this one.
        ids.push(gate::UNNAMED);
        ids.extend(gate::lowered(GateMode::Off, None).map(|finding| finding.id));
        ids.sort_unstable();
        ids.dedup();
        let mut known: Vec<&str> = RULES.iter().map(|rule| rule.id).collect();
        known.sort_unstable();
        assert_eq!(ids, known);
        for id in ids {
            let rule = rule(id).unwrap();
            assert!(rule.title.len() <= 60 && rule.help.ends_with('.'), "{id}");
        }
    }
}
