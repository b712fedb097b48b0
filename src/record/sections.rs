//! Sections: the headings of level two and the names they are known by.

use super::layout::{Heading, Layout};
use super::text::{bare, content, is_placeholder};
use serde::Serialize;
use std::ops::Range;

/// A section the tool knows by name; hand-written records may name it differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum SectionName {
    /// `## Investigation`
    Investigation,
    /// `## Checklist`
    Checklist,
    /// `## Mitigation Applied`
    Mitigation,
    /// `## Timeline`
    Timeline,
    /// `## Root Cause`
    RootCause,
    /// `## Resolution`
    Resolution,
    /// `## Lessons Learned`
    Lessons,
    /// `## Action Items`
    Actions,
}

impl SectionName {
    /// All of them in the template's order.
    pub const ALL: [SectionName; 8] = [
        SectionName::Investigation,
        SectionName::Checklist,
        SectionName::Mitigation,
        SectionName::Timeline,
        SectionName::RootCause,
        SectionName::Resolution,
        SectionName::Lessons,
        SectionName::Actions,
    ];

    /// The heading's words in the template.
    pub fn title(self) -> &'static str {
        match self {
            SectionName::Investigation => "Investigation",
            SectionName::Checklist => "Checklist",
            SectionName::Mitigation => "Mitigation Applied",
            SectionName::Timeline => "Timeline",
            SectionName::RootCause => "Root Cause",
            SectionName::Resolution => "Resolution",
            SectionName::Lessons => "Lessons Learned",
            SectionName::Actions => "Action Items",
        }
    }

    /// The section a heading means, by the names teams give them.
    pub(super) fn from_title(title: &str) -> Option<SectionName> {
        let words = title.split('(').next().unwrap_or(title).to_lowercase();
        let words = words.trim_matches(|c: char| !c.is_alphanumeric());
        let name = match words {
            "investigation" | "triage" => SectionName::Investigation,
            "checklist" | "deploy checklist" | "deployment checklist" | "hotfix checklist" => {
                SectionName::Checklist
            }
            "mitigation"
            | "mitigations"
            | "mitigation applied"
            | "immediate mitigation"
            | "mitigation steps" => SectionName::Mitigation,
            "timeline" | "incident timeline" | "timeline of events" | "event timeline"
            | "chronology" => SectionName::Timeline,
            "root cause"
            | "root causes"
            | "root cause analysis"
            | "cause"
            | "causes"
            | "contributing factors"
            | "contributing causes" => SectionName::RootCause,
            "resolution" | "recovery" | "resolution and recovery" | "fix" => {
                SectionName::Resolution
            }
            "lessons learned" | "lessons" | "learnings" | "what we learned" | "retrospective" => {
                SectionName::Lessons
            }
            "action items"
            | "actions"
            | "follow-ups"
            | "follow ups"
            | "followups"
            | "follow-up"
            | "follow-up actions"
            | "follow-up items"
            | "next steps"
            | "corrective actions"
            | "preventive measures" => SectionName::Actions,
            _ if words.starts_with("what went ") || words.starts_with("where we got lucky") => {
                SectionName::Lessons
            }
            _ => return None,
        };
        Some(name)
    }
}

/// A section of level two, known or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The heading's words.
    pub title: String,
    /// Which of the known sections it is.
    pub name: Option<SectionName>,
    /// Bytes of the heading line, its line ending included.
    pub heading: Range<usize>,
    /// Bytes after the heading up to the next section.
    pub body: Range<usize>,
    /// 1-based line of the heading.
    pub line: usize,
}

/// The headings that divide a record: levels one and two.
pub(super) fn dividers(layout: &Layout) -> impl Iterator<Item = &Heading> {
    layout.headings.iter().filter(|heading| heading.level <= 2)
}

/// All sections of level two; a heading of level one ends the section before it.
pub(super) fn read(text: &str, layout: &Layout) -> Vec<Section> {
    let dividers: Vec<&Heading> = dividers(layout).collect();
    let mut sections = Vec::new();
    for (at, heading) in dividers.iter().enumerate() {
        if heading.level != 2 {
            continue;
        }
        let bytes = layout.bytes(&heading.lines);
        let end = dividers
            .get(at + 1)
            .map_or(text.len(), |next| layout.lines[next.lines.start].start);
        let title = words(text, layout, heading);
        sections.push(Section {
            name: SectionName::from_title(&title),
            title,
            body: bytes.end..end.max(bytes.end),
            heading: bytes,
            line: heading.lines.start + 1,
        });
    }
    sections
}

/// A heading's words, without its `#` or its underline.
pub(super) fn words(text: &str, layout: &Layout, heading: &Heading) -> String {
    let raw = text[layout.bytes(&heading.lines)].trim();
    if heading.setext {
        let last = heading.lines.len().saturating_sub(1).max(1);
        return raw
            .lines()
            .take(last)
            .map(str::trim)
            .collect::<Vec<_>>()
            .join(" ");
    }
    let raw = raw.trim_start_matches('#').trim();
    let open = raw.trim_end_matches('#');
    let raw = if open.is_empty() || open.ends_with([' ', '\t']) {
        open
    } else {
        raw
    };
    raw.trim().to_owned()
}

/// The bytes of the title: the raw line of the first heading of level one, so that a `#` or a
/// backtick at its end survives.
pub(super) fn title(text: &str, layout: &Layout) -> Option<(usize, Range<usize>)> {
    let heading = layout.headings.iter().find(|h| h.level == 1)?;
    let line = heading.lines.start;
    let raw = layout.bare(text, line);
    let words = raw.trim_start();
    let words = if heading.setext {
        words
    } else {
        words.strip_prefix('#').unwrap_or(words)
    };
    let words = words.trim_start();
    let words = ["postmortem:", "post-mortem:"]
        .into_iter()
        .find_map(|prefix| {
            let head = words.get(..prefix.len())?;
            head.eq_ignore_ascii_case(prefix)
                .then(|| words[prefix.len()..].trim_start())
        })
        .unwrap_or(words);
    let start = layout.lines[line].start + raw.len() - words.len();
    Some((line, start..start + words.trim_end().len()))
}

/// What a line of a section's body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Body {
    /// White space, an empty item, a rule, or an HTML comment.
    Empty,
    /// A bracketed hint, with or without a list marker.
    Placeholder,
    /// What somebody wrote.
    Written,
}

/// What each line of a body is.
pub(super) fn body_lines<'a>(
    text: &'a str,
    layout: &'a Layout,
    lines: Range<usize>,
) -> impl Iterator<Item = (usize, Body)> + 'a {
    let mut comment = false;
    lines.map(move |line| {
        let raw = bare(&text[layout.lines[line].clone()]);
        if !layout.is_open(line) {
            comment |= raw.trim_start().starts_with("<!--");
            let inside = comment;
            let after = raw.split_once("-->").map(|(_, after)| after.trim());
            comment &= after.is_none();
            let empty = raw.trim().is_empty() || inside && after.is_none_or(str::is_empty);
            return (line, if empty { Body::Empty } else { Body::Written });
        }
        comment = false;
        let said = content(raw);
        let rule = said.len() >= 3 && said.chars().all(|c| matches!(c, '-' | '*' | '_' | ' '));
        let kind = match said {
            "" => Body::Empty,
            _ if rule => Body::Empty,
            _ if is_placeholder(said) => Body::Placeholder,
            _ => Body::Written,
        };
        (line, kind)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn teams_name_their_sections_differently() {
        for (title, name) in [
            ("Timeline (UTC)", Some(SectionName::Timeline)),
            ("Mitigation", Some(SectionName::Mitigation)),
            ("Contributing factors", Some(SectionName::RootCause)),
            ("What went well?", Some(SectionName::Lessons)),
            ("Follow-ups:", Some(SectionName::Actions)),
            ("Summary", None),
        ] {
            assert_eq!(SectionName::from_title(title), name, "{title}");
        }
        for name in SectionName::ALL {
            assert_eq!(SectionName::from_title(name.title()), Some(name));
        }
    }

    #[test]
    fn underlined_and_closed_headings_are_headings() {
        let text = "Timeline\n--------\n\n## Root Cause ##\nx\n# Appendix\ny\n";
        let found = read(text, &Layout::read(text));
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].title.as_str(), found[0].line), ("Timeline", 1));
        assert_eq!(found[1].title, "Root Cause");
        assert_eq!(&text[found[1].body.clone()], "x\n");
    }

    #[test]
    fn a_rule_below_the_header_makes_no_section_of_it() {
        let text = "# t\n**Date**: x\n---\n\n## Timeline\n";
        let found = read(text, &Layout::read(text));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].name, Some(SectionName::Timeline));
        let text = "**Date**: x\n===\n";
        assert_eq!(title(text, &Layout::read(text)), None);
    }
}
