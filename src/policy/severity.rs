//! Severities: how bad it is and what that asks of people.

use serde::Serialize;

/// One row of the severities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Severity {
    /// `P0`
    pub name: String,
    /// `service down, data loss`
    pub meaning: String,
    /// `drop everything`
    pub urgency: String,
}

impl std::fmt::Display for Severity {
    /// The row as [`Severities::parse`] reads it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}: {}", self.name, self.meaning, self.urgency)
    }
}

/// The severities, gravest first; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Severities(Vec<Severity>);

impl Default for Severities {
    fn default() -> Self {
        let row = |name: &str, meaning: &str, urgency: &str| Severity {
            name: name.to_owned(),
            meaning: meaning.to_owned(),
            urgency: urgency.to_owned(),
        };
        Severities(vec![
            row("P0", "service down, data loss", "drop everything"),
            row("P1", "major feature broken", "urgent, today"),
            row("P2", "minor issue, workaround exists", "soon, this week"),
        ])
    }
}

impl Severities {
    /// From `P0: service down, data loss: drop everything` lines, gravest first.
    ///
    /// # Errors
    /// What is wrong with which line.
    pub fn parse(lines: &[String]) -> Result<Severities, String> {
        let mut rows: Vec<Severity> = Vec::with_capacity(lines.len());
        for line in lines {
            let row = row(line)?;
            if rows.iter().any(|r| r.name.eq_ignore_ascii_case(&row.name)) {
                return Err(format!("'{line}': {} is there twice", row.name));
            }
            rows.push(row);
        }
        if rows.is_empty() {
            return Err("at least one severity is needed".to_owned());
        }
        Ok(Severities(rows))
    }

    /// The rows, gravest first.
    pub fn rows(&self) -> &[Severity] {
        &self.0
    }

    /// A severity by its name, whatever the case; `0` means `P0`.
    pub fn find(&self, name: &str) -> Option<&Severity> {
        let name = name.trim();
        let by_name = self
            .0
            .iter()
            .find(|row| row.name.eq_ignore_ascii_case(name));
        by_name.or_else(|| self.by_number(name))
    }

    fn by_number(&self, number: &str) -> Option<&Severity> {
        if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let mut hits = self.0.iter().filter(|row| {
            let word = |c: char| !c.is_ascii_digit();
            row.name.trim_start_matches(word) == number
        });
        // `A1` and `B1` both end in 1: neither is meant for certain.
        hits.next().filter(|_| hits.next().is_none())
    }

    /// What counts when nobody said: the second row, or the only one.
    pub fn when_unsaid(&self) -> &Severity {
        // Never empty: `parse` refuses that and nothing else fills the list.
        self.0.get(1).unwrap_or(&self.0[0])
    }
}

/// The meaning may hold colons (`P0: HTTP: 5xx: now`): name and urgency are the outer parts.
fn row(line: &str) -> Result<Severity, String> {
    let form = || format!("'{line}' is not like 'P0: service down: drop everything'");
    if line.chars().any(char::is_control) {
        return Err(form());
    }
    let (name, rest) = line.split_once(':').ok_or_else(form)?;
    let (meaning, urgency) = rest.rsplit_once(':').ok_or_else(form)?;
    let [name, meaning, urgency] = [name, meaning, urgency].map(str::trim);
    if name.is_empty() || meaning.is_empty() || urgency.is_empty() {
        return Err(form());
    }
    if name.contains(char::is_whitespace) {
        return Err(format!("'{line}': the name '{name}' holds a space"));
    }
    Ok(Severity {
        name: name.to_owned(),
        meaning: meaning.to_owned(),
        urgency: urgency.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &[&str]) -> Vec<String> {
        text.iter().map(|line| (*line).to_owned()).collect()
    }

    #[test]
    fn the_defaults_are_three_and_read_back() {
        let rows = Severities::default();
        let printed: Vec<String> = rows.rows().iter().map(ToString::to_string).collect();
        assert_eq!(printed[0], "P0: service down, data loss: drop everything");
        assert_eq!(printed[1], "P1: major feature broken: urgent, today");
        assert_eq!(
            printed[2],
            "P2: minor issue, workaround exists: soon, this week"
        );
        assert_eq!(Severities::parse(&printed), Ok(rows));
    }

    #[test]
    fn a_name_is_found_in_any_case_and_by_its_number() {
        let rows = Severities::default();
        for name in ["P1", "p1", "1", " p1 "] {
            assert_eq!(
                rows.find(name).map(|r| r.name.as_str()),
                Some("P1"),
                "{name}"
            );
        }
        for name in ["P3", "3", "", "P", "01", "urgent"] {
            assert_eq!(rows.find(name), None, "{name}");
        }
        let two = Severities::parse(&lines(&["A1: x: y", "B1: x: y"])).unwrap();
        assert_eq!(two.find("1"), None);
        let sev = Severities::parse(&lines(&["SEV1: x: y", "SEV2: x: y"])).unwrap();
        assert_eq!(sev.find("2").map(|r| r.name.as_str()), Some("SEV2"));
    }

    #[test]
    fn unsaid_is_the_second_or_the_only_one() {
        assert_eq!(Severities::default().when_unsaid().name, "P1");
        let one = Severities::parse(&lines(&["S: x: y"])).unwrap();
        assert_eq!(one.when_unsaid().name, "S");
    }

    #[test]
    fn a_wrong_line_is_named() {
        for bad in [
            "P0",
            "P0: down",
            ": down: now",
            "P0: : now",
            "P0: down:",
            "P 0: down: now",
        ] {
            let error = Severities::parse(&lines(&["P9: a: b", bad])).unwrap_err();
            assert!(error.contains(bad), "{error}");
        }
        assert!(Severities::parse(&lines(&["P0: a: b", "p0: c: d"])).is_err());
        assert!(Severities::parse(&[]).is_err());
        let colons = Severities::parse(&lines(&["P0: HTTP: 5xx: now"])).unwrap();
        assert_eq!(colons.rows()[0].meaning, "HTTP: 5xx");
    }
}
