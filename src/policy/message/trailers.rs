//! Trailers, found as git finds them: git-interpret-trailers(1), and `find_trailer_block_start` in
//! its source.

use super::Fault;
use super::cleanup::{Cleaning, text_end};
use super::format::Format;

/// The trailer that says which incident a commit belongs to.
const INCIDENT: &str = "Incident";

/// Lines that git writes itself; with one of them a block may hold other text too.
const OF_GIT: [&[u8]; 2] = [b"Signed-off-by: ", b"(cherry picked from commit "];

impl Format {
    /// The required trailers that a message has not, or has without a value.
    pub fn missing_trailers(&self, message: &[u8]) -> Vec<&str> {
        if self.trailers.is_empty() {
            return Vec::new();
        }
        let block = block(message).map(|(_, block)| block).unwrap_or_default();
        let names = self.trailers.iter().map(String::as_str);
        names.filter(|name| !has(&block, name)).collect()
    }

    /// The message with those of its missing trailers whose values are known, name and value.
    pub fn with_trailers(&self, message: &str, known: &[(String, String)]) -> String {
        let message = message.trim_end_matches('\n');
        format!("{message}{}", self.additions(message.as_bytes(), known))
    }

    /// As [`Format::with_trailers`] for a message in any encoding, with a line ending at its end.
    pub fn completed(&self, message: &[u8], known: &[(String, String)]) -> Vec<u8> {
        let message = message.trim_ascii_end();
        let added = self.additions(message, known);
        [message, added.as_bytes(), b"\n"].concat()
    }

    /// What an editor is opened with: the header up to the description, then what is there already,
    /// and behind its text the trailers whose values are known.
    pub fn prefilled(
        &self,
        scope: Option<&str>,
        have: &[u8],
        how: &Cleaning,
        known: &[(String, String)],
    ) -> Vec<u8> {
        let (text, rest) = have.split_at(text_end(have, how));
        let mut filled = [self.prefill(scope).as_bytes(), text].concat();
        let added = self.additions(&filled, known);
        filled.extend(added.as_bytes());
        if !added.is_empty() && !rest.is_empty() {
            filled.push(b'\n');
        }
        filled.extend(rest);
        filled
    }

    /// What comes behind a message that does not end with a line ending.
    fn additions(&self, message: &[u8], known: &[(String, String)]) -> String {
        let mut out = String::new();
        let mut joins = block(message).is_some();
        for name in self.missing_trailers(message) {
            let mut values = known.iter().filter(|(_, value)| !value.trim().is_empty());
            let Some((_, value)) = values.find(|(known, _)| known.eq_ignore_ascii_case(name))
            else {
                continue;
            };
            out.push_str(if joins { "\n" } else { "\n\n" });
            out.push_str(&format!("{name}: {}", value.trim()));
            joins = true;
        }
        out
    }
}

/// Whether a message has a trailer that names an incident.
pub fn names_incident(message: &[u8]) -> bool {
    incidents(message).next().is_some()
}

/// The first trailer that names another incident than this one.
pub fn other_incident(message: &[u8], id: &str) -> Option<Fault> {
    let (line, text, _) = incidents(message).find(|(_, _, value)| *value != id)?;
    let text = super::shown(text);
    let column = text.find(':').map_or(0, |colon| colon + 2);
    Some(Fault {
        line,
        column: column.min(text.chars().count()),
        ..Fault::of_first(
            text,
            "this branch belongs to another incident",
            Some(format!("{INCIDENT}: {id}")),
        )
    })
}

/// The trailers that name incidents: 1-based line, the line, the value.
fn incidents(message: &[u8]) -> impl Iterator<Item = (usize, &[u8], String)> {
    let (start, block) = block(message).unwrap_or_default();
    let named = |at: usize| {
        let (name, value) = split(block.get(at)?)?;
        let below = block.get(at + 1..).unwrap_or_default();
        let below = below.iter().copied().take_while(|line| is_continued(line));
        let value: Vec<u8> = std::iter::once(value)
            .chain(below)
            .collect::<Vec<_>>()
            .concat();
        let value = String::from_utf8_lossy(&value).trim().to_owned();
        let found = name.eq_ignore_ascii_case(INCIDENT.as_bytes()) && !value.is_empty();
        found.then_some((start + at + 1, block[at], value))
    };
    (0..block.len())
        .filter_map(named)
        .collect::<Vec<_>>()
        .into_iter()
}

/// The lines of the last paragraph when it is a block of trailers: all of it, or a quarter with one
/// of git's own among them, and how many lines stand before it. The first paragraph is the subject.
fn block(message: &[u8]) -> Option<(usize, Vec<&[u8]>)> {
    let lines: Vec<&[u8]> = message.split(|&b| b == b'\n').collect();
    let blank = |line: &&[u8]| super::is_blank(line);
    let end = lines.iter().rposition(|line| !blank(line))? + 1;
    let start = lines[..end].iter().rposition(blank)? + 1;
    let subject = lines.iter().position(|line| !blank(line))?;
    let block = &lines[start..end];
    (subject < start && is_block(block)).then(|| (start, block.to_vec()))
}

fn is_block(lines: &[&[u8]]) -> bool {
    let (mut trailers, mut others, mut of_git) = (0, 0, false);
    // A line that begins with a blank goes on from the one before it, whatever that is.
    let mut in_trailer = false;
    for line in lines {
        if OF_GIT.iter().any(|prefix| line.starts_with(prefix)) {
            (trailers, of_git, in_trailer) = (trailers + 1, true, true);
        } else if is_continued(line) {
            others += usize::from(!in_trailer);
        } else if split(line).is_some() {
            (trailers, in_trailer) = (trailers + 1, true);
        } else {
            (others, in_trailer) = (others + 1, false);
        }
    }
    trailers > 0 && (others == 0 || (of_git && trailers * 3 >= others))
}

fn is_continued(line: &[u8]) -> bool {
    line.first().is_some_and(|&b| super::header::is_space(b))
}

/// Name and value. git allows blanks between the name and the colon.
fn split(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = line.iter().position(|&b| b == b':')?;
    let name = line[..colon].trim_ascii_end();
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || *b == b'-';
    let good = !name.is_empty() && name.iter().all(is_name);
    good.then(|| (name, &line[colon + 1..]))
}

/// A value may go on in the lines below that begin with a blank.
fn has(block: &[&[u8]], name: &str) -> bool {
    let filled = |line: &[u8]| !super::is_blank(line);
    block.iter().enumerate().any(|(at, line)| {
        split(line).is_some_and(|(written, value)| {
            let below = block.get(at + 1).filter(|line| is_continued(line));
            written.eq_ignore_ascii_case(name.as_bytes())
                && (filled(value) || below.is_some_and(|line| filled(line)))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(names: &[&str]) -> Format {
        Format {
            trailers: names.iter().map(|&name| name.to_owned()).collect(),
            ..Format::default()
        }
    }

    #[test]
    fn a_trailer_stands_in_the_last_paragraph() {
        let format = asking(&["Incident"]);
        for message in [
            "x\n\nIncident: 1\n",
            "x\n\nbody\n\nIncident: 1\nSeverity: P0\n\n",
            "x\n\nincident : 1",
            "x\n\nIncident:\n  folded\n",
            "x\r\n\r\nIncident: 1\r\n",
            "x\n\nsome text\nIncident: 1\nSigned-off-by: A <a@b>\n",
            "x\n\nIncident: 1\n(cherry picked from commit 1a2b)\n",
        ] {
            assert_eq!(
                format.missing_trailers(message.as_bytes()),
                [""; 0],
                "{message:?}"
            );
        }
        for message in [
            "Incident: 1",
            "x\nIncident: 1",
            "x\n\nIncident: 1\n\nbody\n",
            "x\n\nIncident:  \n",
            "x\n\nIncident: \nSeverity: P0\n",
            "x\n\nIn cident: 1\n",
            "x\n\n Incident: 1\n",
            "x\n\nas Ada said\nIncident: 1\n",
            "x\n\nIncident 1\n",
            "",
        ] {
            assert_eq!(
                format.missing_trailers(message.as_bytes()),
                ["Incident"],
                "{message:?}"
            );
        }
    }

    #[test]
    fn a_trailer_that_names_another_incident_is_found() {
        for message in [
            "x",
            "x\n\nIncident: 2026-1\n",
            "x\n\nincident :\n 2026-1\nSeverity: P0\n",
            "x\n\nIncident: 2026-2\n\nbody",
            "x\n\nIncident:\n",
        ] {
            assert_eq!(
                other_incident(message.as_bytes(), "2026-1"),
                None,
                "{message:?}"
            );
        }
        for (message, line, column) in [
            ("x\n\nIncident: 2026-2\n", 3, 10),
            ("x\n\nIncident: 2026-1\nincident:2026-2", 4, 10),
            ("x\n\nbody\n\nSeverity: P0\nIncident:\n 2026-2\n", 6, 9),
        ] {
            let fault = other_incident(message.as_bytes(), "2026-1").unwrap();
            assert_eq!((fault.line, fault.column), (line, column), "{message:?}");
            assert_eq!(fault.expected.as_deref(), Some("Incident: 2026-1"));
        }
    }

    #[test]
    fn known_trailers_are_added_once() {
        let format = asking(&["Incident", "Severity", "Reviewed-by"]);
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let known = [pair("incident", "2026-1"), pair("Severity", "P0")];
        let with = |message| format.with_trailers(message, &known);
        let whole = "x\n\nIncident: 2026-1\nSeverity: P0";
        assert_eq!(with("x\n"), whole);
        assert_eq!(with(whole), whole);
        assert_eq!(
            with("x\n\nbody\n\nSeverity: P1"),
            "x\n\nbody\n\nSeverity: P1\nIncident: 2026-1"
        );
        assert_eq!(format.with_trailers("x", &[pair("Incident", " ")]), "x");
        assert_eq!(Format::default().with_trailers("x", &known), "x");
    }

    #[test]
    fn a_prefill_has_the_trailers_behind_the_text() {
        let how = Cleaning {
            mode: super::super::Cleanup::Strip,
            comment: "#".to_owned(),
            edited: true,
        };
        let known = [("Incident".to_owned(), "2026-1".to_owned())];
        let prefilled = |have: &str| {
            let filled = asking(&["Incident"]).prefilled(None, have.as_bytes(), &how, &known);
            String::from_utf8(filled).unwrap()
        };
        assert_eq!(
            prefilled("\n# Please enter\n"),
            "fix: [HOTFIX] \n\nIncident: 2026-1\n\n# Please enter\n"
        );
        assert_eq!(
            prefilled("\n\n# why\nBecause …\n\nTicket: 5\n# Please enter\n"),
            "fix: [HOTFIX] \n\n# why\nBecause …\n\nTicket: 5\nIncident: 2026-1\n\n# Please enter\n"
        );
        assert_eq!(prefilled(""), "fix: [HOTFIX] \n\nIncident: 2026-1");
        let plain = Format::default().prefilled(Some("a"), b"\n# c\n", &how, &known);
        assert_eq!(plain, b"fix(a): [HOTFIX] \n# c\n");
    }
}
