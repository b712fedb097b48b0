//! Our section in `AGENTS.md`: what stands around it is somebody else's, to the byte.

use super::{State, checksum, in_style_of, with_lf};
use std::ops::Range;

/// What stands in the section.
const BODY: &str = include_str!("agents.md");

/// Its first line; checksum and gap follow.
const BEGIN: &str = "<!-- git-hotfix: begin, kept by 'git hotfix agent', checksum ";

/// Its last line.
const END: &str = "<!-- git-hotfix: end -->";

/// The section of a text.
struct Section<'t> {
    /// With both marks and the last one's line break.
    range: Range<usize>,
    /// Between the marks.
    body: &'t str,
    /// As the mark has it.
    checksum: &'t str,
    /// The line breaks that were put before it; nothing when the file is ours.
    gap: Option<usize>,
    /// The line break it is written with.
    newline: &'static str,
}

/// How our section stands in a text; nothing stands for a file that is not there.
pub fn state(text: Option<&str>) -> State {
    let Some(text) = text else {
        return State::Missing;
    };
    match find(text) {
        Err(Broken) => State::Broken,
        Ok(None) => State::Missing,
        Ok(Some(section)) => match checksum(section.body) == section.checksum {
            true if with_lf(section.body) == BODY => State::Current,
            true => State::Outdated,
            false => State::Changed,
        },
    }
}

/// The text with our section as this version writes it: in its place, or at the end. Nothing when the
/// marks are broken.
pub fn put(text: Option<&str>) -> Option<String> {
    let Some(text) = text else {
        return Some(written(None));
    };
    let Some(section) = find(text).ok()? else {
        return Some(appended(text));
    };
    let Range { start, end } = section.range;
    let new = in_style_of(section.newline, &written(section.gap));
    Some(format!("{}{new}{}", &text[..start], &text[end..]))
}

/// What is left without our section and the line breaks before it that were ours.
#[derive(Debug, PartialEq, Eq)]
pub enum Rest {
    /// It was not there, or its marks are broken.
    AsItIs,
    /// The file was ours and holds nothing else.
    Nothing,
    /// The text.
    Text(String),
}

/// Takes our section out.
pub fn take(text: &str) -> Rest {
    let Ok(Some(section)) = find(text) else {
        return Rest::AsItIs;
    };
    let (mut before, after) = (&text[..section.range.start], &text[section.range.end..]);
    if before.is_empty() && after.is_empty() && section.gap.is_none() {
        return Rest::Nothing;
    }
    // Two were needed behind a line without an end; where text follows now, one must stay.
    let joined = usize::from(section.gap == Some(2) && !after.is_empty());
    for _ in joined..section.gap.unwrap_or(0) {
        before = before.strip_suffix(section.newline).unwrap_or(before);
    }
    Rest::Text(format!("{before}{after}"))
}

/// The section's lines that are not this version's.
pub fn lost(text: &str) -> Vec<String> {
    match find(text) {
        Ok(Some(section)) => super::lost(section.body, BODY),
        _ => Vec::new(),
    }
}

fn appended(text: &str) -> String {
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let ends = |count: usize| text.ends_with(&newline.repeat(count));
    let gap = match () {
        () if text.is_empty() || ends(2) => 0,
        () if ends(1) => 1,
        () => 2,
    };
    let section = in_style_of(newline, &written(Some(gap)));
    format!("{text}{}{section}", newline.repeat(gap))
}

fn written(gap: Option<usize>) -> String {
    let gap = gap.map_or("file".to_owned(), |gap| gap.to_string());
    let checksum = checksum(BODY);
    format!("{BEGIN}{checksum}, gap {gap} -->\n{BODY}{END}\n")
}

/// A begin without an end, an end without a begin, more than one, or a mark that is not as we write it.
struct Broken;

fn find(text: &str) -> Result<Option<Section<'_>>, Broken> {
    let (mut begins, mut ends) = (Vec::new(), Vec::new());
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let range = at..at + line.len();
        at = range.end;
        // A text may begin with a byte order mark.
        match line.trim_start_matches('\u{feff}').trim_end() {
            END => ends.push(range),
            words if words.starts_with(BEGIN) => begins.push((range, words)),
            _ => {}
        }
    }
    let ((first, words), last) = match (begins.as_slice(), ends.as_slice()) {
        ([], []) => return Ok(None),
        ([begin], [end]) if begin.0.end <= end.start => (begin, end),
        _ => return Err(Broken),
    };
    let (checksum, gap) = attributes(words).ok_or(Broken)?;
    let crlf = text[first.clone()].ends_with("\r\n");
    Ok(Some(Section {
        range: first.end - line_length(&text[first.clone()])..last.end,
        body: &text[first.end..last.start],
        checksum,
        gap,
        newline: if crlf { "\r\n" } else { "\n" },
    }))
}

/// Without a byte order mark before it, which is not ours.
fn line_length(line: &str) -> usize {
    line.trim_start_matches('\u{feff}').len()
}

fn attributes(mark: &str) -> Option<(&str, Option<usize>)> {
    let words = mark.strip_prefix(BEGIN)?.strip_suffix(" -->")?;
    let (checksum, gap) = words.split_once(", gap ")?;
    let gap = match gap {
        "file" => None,
        number => Some(number.parse().ok().filter(|gap| *gap <= 2)?),
    };
    Some((checksum, gap))
}
