//! Which commits a merge brought that names its incident.

use crate::git::Passing;
use std::collections::HashMap;

/// The second parent of such a merge and what comes before it, up to where the line it was merged into
/// has it too. Commits pass children first, so a commit is marked by all its children before it passes.
#[derive(Debug, Default)]
pub(super) struct Lineage {
    /// Commits that have not passed yet: brought for this incident, or of the line.
    ahead: HashMap<String, Option<usize>>,
    /// How many of them were brought.
    brought: usize,
}

impl Lineage {
    /// Whose a commit is. `names` is the incident that it names itself when it is a merge.
    pub(super) fn pass(&mut self, commit: &Passing<'_>, names: Option<usize>) -> Option<usize> {
        let whose = self.ahead.remove(commit.id).flatten();
        self.brought -= usize::from(whose.is_some());
        let names = names.filter(|_| commit.is_merge());
        // While nothing brought is ahead, all is of the line and nothing has to be remembered.
        if whose.is_none() && names.is_none() && self.brought == 0 {
            return None;
        }
        for (at, parent) in commit.parents.split_whitespace().enumerate() {
            // What a fix took in by a merge is not the fix's.
            let its = if at == 1 {
                names
            } else {
                whose.filter(|_| at == 0)
            };
            self.mark(parent, its);
        }
        whose
    }

    /// What the line has too is the line's.
    fn mark(&mut self, id: &str, whose: Option<usize>) {
        let before = self.ahead.get(id).copied();
        let now = match before {
            Some(before) if before != whose => None,
            _ => whose,
        };
        self.brought += usize::from(now.is_some());
        self.brought -= usize::from(before.flatten().is_some());
        self.ahead.insert(id.to_owned(), now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passing<'a>(id: &'a str, parents: &'a str) -> Passing<'a> {
        Passing {
            id,
            parents,
            boundary: false,
            message: b"",
        }
    }

    /// The commits that were brought, of `id parents` in the order they pass; `m` names the incident.
    fn brought(history: &[(&str, &str)]) -> String {
        let mut lineage = Lineage::default();
        let mut found = String::new();
        for (id, parents) in history {
            let names = (*id == "m").then_some(0);
            if lineage.pass(&passing(id, parents), names).is_some() {
                found.push_str(id);
            }
        }
        assert_eq!(lineage.brought, 0);
        found
    }

    #[test]
    fn a_landing_brings_its_branch_down_to_where_it_left_the_line() {
        let history = [
            ("z", "m"),
            ("m", "y f"),
            ("f", "e"),
            ("e", "x"),
            ("y", "x"),
            ("x", "w"),
            ("w", ""),
        ];
        assert_eq!(brought(&history), "fe");
    }

    #[test]
    fn what_the_branch_took_in_is_not_its_own() {
        let history = [
            ("m", "y f"),
            ("y", "x"),
            ("f", "e x"),
            ("e", "w"),
            ("x", "w"),
            ("w", ""),
        ];
        assert_eq!(brought(&history), "fe");
    }

    #[test]
    fn a_commit_that_names_its_incident_and_merges_nothing_brings_nothing() {
        assert_eq!(brought(&[("m", "x"), ("x", "w"), ("w", "")]), "");
    }
}
