//! Where a record's blocks are: its lines, headings, list items and table rows.
//!
//! pulldown-cmark decides what is a block of which kind; everything else is read from the lines'
//! own bytes, so that what was read is exactly what an edit replaces.

use super::header::key_value;
use super::text::{bare, lines};
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use std::borrow::Cow;
use std::ops::Range;

/// What a line is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A list, a table, a heading, or nothing.
    Other,
    /// A paragraph outside all lists.
    Paragraph,
    /// Code, HTML, a quote or front matter: nothing in it is the record's own.
    Shielded,
}

/// A heading outside lists and quotes.
#[derive(Debug, Clone)]
pub(super) struct Heading {
    /// 1 to 6.
    pub(super) level: usize,
    /// Its lines; an underlined heading has two or more.
    pub(super) lines: Range<usize>,
    /// Whether it is underlined.
    pub(super) setext: bool,
}

/// A list item outside quotes.
#[derive(Debug, Clone)]
pub(super) struct ListItem {
    /// Its lines, nested items and continuations included, blank lines behind it not.
    pub(super) lines: Range<usize>,
    /// 1 in the outermost list.
    pub(super) depth: usize,
}

/// A row of a table's body.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// Its line.
    pub(super) line: usize,
    /// The bytes of its cells.
    pub(super) cells: Vec<Range<usize>>,
}

/// A text's blocks. Lines are counted from 0.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    /// Each line's bytes with its ending.
    pub(super) lines: Vec<Range<usize>>,
    /// Each line's kind.
    pub(super) kinds: Vec<Kind>,
    /// By place.
    pub(super) headings: Vec<Heading>,
    /// By place.
    pub(super) items: Vec<ListItem>,
    /// By place.
    pub(super) rows: Vec<Row>,
    /// Where the Markdown begins, behind a byte order mark and front matter.
    pub(super) start: usize,
    /// What closes the block that runs off the end of the text, if one does.
    pub(super) closer: Option<String>,
    /// Lines with a merge's conflict markers.
    pub(super) conflicts: Vec<usize>,
}

impl Layout {
    /// Reads the blocks of a text, in time proportional to its size.
    pub(super) fn read(text: &str) -> Layout {
        let mut lines = lines(text);
        let start = front_matter(text, &lines);
        if let Some(first) = lines.first_mut() {
            // A byte order mark is no part of the first line's words.
            first.start = start.min(text.len() - text.trim_start_matches('\u{feff}').len());
        }
        let conflicts = conflict_lines(text, &lines);
        let mut layout = Layout {
            kinds: vec![Kind::Other; lines.len()],
            lines,
            headings: Vec::new(),
            items: Vec::new(),
            rows: Vec::new(),
            start,
            closer: None,
            conflicts,
        };
        for (line, range) in layout.lines.iter().enumerate() {
            if range.end <= start {
                layout.kinds[line] = Kind::Shielded;
            }
        }
        layout.blocks(text);
        layout
    }

    /// The line a byte is in.
    pub(super) fn line_at(&self, byte: usize) -> usize {
        self.lines
            .partition_point(|line| line.start <= byte)
            .saturating_sub(1)
    }

    /// A line's text without its ending.
    pub(super) fn bare<'a>(&self, text: &'a str, line: usize) -> &'a str {
        bare(&text[self.lines[line].clone()])
    }

    /// Whether a line is neither code, HTML, quote nor front matter.
    pub(super) fn is_open(&self, line: usize) -> bool {
        self.kinds[line] != Kind::Shielded
    }

    /// Whether a line holds nothing but white space.
    pub(super) fn is_blank(&self, text: &str, line: usize) -> bool {
        text[self.lines[line].clone()].trim().is_empty()
    }

    /// The bytes of a range of lines.
    pub(super) fn bytes(&self, lines: &Range<usize>) -> Range<usize> {
        let end = |line: usize| self.lines.get(line).map(|l| l.end);
        match (
            self.lines.get(lines.start),
            lines.end.checked_sub(1).and_then(end),
        ) {
            (Some(first), Some(end)) => first.start..end.max(first.start),
            _ => 0..0,
        }
    }

    /// The lines that begin within a range of bytes.
    pub(super) fn lines_in(&self, bytes: &Range<usize>) -> Range<usize> {
        let from = self.lines.partition_point(|l| l.start < bytes.start);
        let to = self.lines.partition_point(|l| l.start < bytes.end);
        from..to.max(from)
    }

    /// The list items that begin within a range of lines.
    pub(super) fn items_in(&self, lines: &Range<usize>) -> &[ListItem] {
        let from = self.items.partition_point(|i| i.lines.start < lines.start);
        let to = self.items.partition_point(|i| i.lines.start < lines.end);
        &self.items[from..to.max(from)]
    }

    /// The table rows within a range of lines.
    pub(super) fn rows_in(&self, lines: &Range<usize>) -> &[Row] {
        let from = self.rows.partition_point(|r| r.line < lines.start);
        let to = self.rows.partition_point(|r| r.line < lines.end);
        &self.rows[from..to.max(from)]
    }

    fn blocks(&mut self, text: &str) {
        let body = self.masked(text);
        let options = Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS;
        let mut walk = Walk::default();
        for (event, range) in Parser::new_ext(&body, options).into_offset_iter() {
            let range = range.start + self.start..range.end + self.start;
            match event {
                Event::Start(tag) => self.enter(&mut walk, text, &body, &tag, range),
                Event::End(tag) => walk.leave(tag),
                _ => {}
            }
        }
    }

    /// The Markdown with conflict markers blanked out: `=======` would make a heading of the line
    /// above it, and `>>>>>>>` a quote of the lines below.
    fn masked<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let body = &text[self.start..];
        if self.conflicts.is_empty() {
            return Cow::Borrowed(body);
        }
        let mut out = String::with_capacity(body.len());
        let mut at = self.start;
        for &line in &self.conflicts {
            let range = &self.lines[line];
            if range.start < at {
                continue;
            }
            let marker = bare(&text[range.clone()]).len();
            out.push_str(&text[at..range.start]);
            out.extend(std::iter::repeat_n(' ', marker));
            at = range.start + marker;
        }
        out.push_str(&text[at..]);
        Cow::Owned(out)
    }

    fn enter(
        &mut self,
        walk: &mut Walk,
        text: &str,
        body: &str,
        tag: &Tag<'_>,
        range: Range<usize>,
    ) {
        let shields = is_shield(&tag.to_end());
        if shields {
            if walk.shields == 0 {
                self.shield(walk, body, tag, &range);
            }
            walk.shields += 1;
        }
        if walk.shields > 0 {
            return;
        }
        match tag {
            Tag::List(_) => walk.depth += 1,
            Tag::Item => self.item(text, &range, walk.depth),
            Tag::Heading { level, .. } if walk.depth == 0 => self.heading(text, *level, &range),
            Tag::Paragraph if walk.depth == 0 => self.mark(&range, Kind::Paragraph),
            Tag::TableRow if walk.depth == 0 => self.rows.push(Row {
                line: self.line_at(range.start),
                cells: Vec::new(),
            }),
            Tag::TableHead => walk.in_head = true,
            Tag::TableCell if !walk.in_head && walk.depth == 0 => {
                if let Some(row) = self.rows.last_mut() {
                    row.cells.push(range);
                }
            }
            _ => {}
        }
    }

    fn mark(&mut self, range: &Range<usize>, kind: Kind) {
        if range.is_empty() {
            return;
        }
        let (first, last) = (self.line_at(range.start), self.line_at(range.end - 1));
        self.kinds[first..=last].fill(kind);
    }

    /// `body` is the Markdown as the parser saw it: what a conflict marker's line ends with closes
    /// nothing.
    fn shield(&mut self, walk: &Walk, body: &str, tag: &Tag<'_>, range: &Range<usize>) {
        self.mark(range, Kind::Shielded);
        let (block, behind) = body[range.start - self.start..].split_at(range.len());
        if behind.trim().is_empty() && walk.depth == 0 {
            self.closer = closer(tag, block);
        }
    }

    /// Below a tab that the outer item's indentation takes in part, the parser puts the beginning of
    /// an item before its line: the first thing that is no white space is the marker.
    fn item(&mut self, text: &str, range: &Range<usize>, depth: usize) {
        let said = &text.as_bytes()[range.clone()];
        let first = self.line_at(range.end - said.trim_ascii_start().len());
        let mut last = self.line_at(range.end.max(range.start + 1) - 1).max(first);
        while last > first && self.is_blank(text, last) {
            last -= 1;
        }
        self.items.push(ListItem {
            lines: first..last + 1,
            depth,
        });
    }

    fn heading(&mut self, text: &str, level: HeadingLevel, range: &Range<usize>) {
        let first = self.line_at(range.start);
        let mut last = self.line_at(range.end.max(range.start + 1) - 1).max(first);
        while last > first && self.is_blank(text, last) {
            last -= 1;
        }
        let words = self.bare(text, first);
        let setext = !words.trim_start().starts_with('#') || last > first;
        // A rule right below the header's lines underlines them: that is a header, not a heading.
        if setext && key_value(words).is_some() {
            return;
        }
        self.headings.push(Heading {
            level: level as usize,
            lines: first..last + 1,
            setext,
        });
    }
}

/// Where the walk through the events stands.
#[derive(Default)]
struct Walk {
    shields: usize,
    depth: usize,
    in_head: bool,
}

impl Walk {
    fn leave(&mut self, tag: TagEnd) {
        if is_shield(&tag) {
            self.shields = self.shields.saturating_sub(1);
        } else if self.shields == 0 {
            match tag {
                TagEnd::List(_) => self.depth = self.depth.saturating_sub(1),
                TagEnd::TableHead => self.in_head = false,
                _ => {}
            }
        }
    }
}

fn is_shield(tag: &TagEnd) -> bool {
    matches!(
        tag,
        TagEnd::CodeBlock | TagEnd::HtmlBlock | TagEnd::BlockQuote(_)
    )
}

/// Where the Markdown begins: behind a byte order mark and YAML or TOML front matter.
///
/// By hand, because pulldown-cmark takes any two `---` for a metadata block, also in the middle of
/// a record, where they are rules.
fn front_matter(text: &str, lines: &[Range<usize>]) -> usize {
    let bom = text.len() - text.strip_prefix('\u{feff}').unwrap_or(text).len();
    let said = |line: &Range<usize>| text[line.start.max(bom)..line.end].trim_end();
    let ends: &[&str] = match lines.first().map(said) {
        Some("---") => &["---", "..."],
        Some("+++") => &["+++"],
        _ => return bom,
    };
    if lines.get(1).is_none_or(|line| said(line).is_empty()) {
        return bom;
    }
    lines[1..]
        .iter()
        .find(|line| ends.contains(&said(line)))
        .map_or(bom, |line| line.end)
}

/// Lines with `<<<<<<<`, `>>>>>>>`, and between them `|||||||` and `=======`.
fn conflict_lines(text: &str, lines: &[Range<usize>]) -> Vec<usize> {
    let mut found = Vec::new();
    let mut open = false;
    for (at, range) in lines.iter().enumerate() {
        let line = bare(&text[range.clone()]);
        let is = |marker: &str| {
            line.strip_prefix(marker)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        };
        let (begins, ends) = (is("<<<<<<<"), is(">>>>>>>"));
        if begins || ends || open && (line == "=======" || is("|||||||")) {
            found.push(at);
            open = !ends;
        }
    }
    found
}

/// What ends a block that the end of the text has cut off.
fn closer(tag: &Tag<'_>, block: &str) -> Option<String> {
    match tag {
        Tag::CodeBlock(CodeBlockKind::Fenced(_)) => {
            let open = block.trim_start();
            let mark = open.chars().next()?;
            let fence: String = open.chars().take_while(|&c| c == mark).collect();
            let lines = block.split(['\n', '\r']).skip(1);
            let last = lines.filter(|line| !line.trim().is_empty()).last();
            (!last.is_some_and(|last| closes(last, &fence))).then_some(fence)
        }
        Tag::HtmlBlock => {
            let lower = block.trim_start().to_ascii_lowercase();
            [
                ("<!--", "-->"),
                ("<?", "?>"),
                ("<![cdata[", "]]>"),
                ("<!", ">"),
                ("<script", "</script>"),
                ("<pre", "</pre>"),
                ("<style", "</style>"),
                ("<textarea", "</textarea>"),
            ]
            .into_iter()
            .find(|(open, _)| lower.starts_with(open))
            .filter(|(open, close)| !lower[open.len()..].contains(close))
            .map(|(_, close)| close.to_owned())
        }
        _ => None,
    }
}

/// Whether a line ends fenced code, as the parser sees it: behind the marks it takes spaces alone,
/// where CommonMark takes tabs too.
fn closes(line: &str, fence: &str) -> bool {
    let marks = line.trim_matches(' ');
    let indent = line.len() - line.trim_start_matches(' ').len();
    let rest = marks.strip_prefix(fence);
    indent < 4 && rest.is_some_and(|rest| rest.chars().all(|c| fence.starts_with(c)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_html_and_quotes_are_shielded() {
        let text = "a\n\n```\n- [ ] b\n```\n\n<!--\n- c\n-->\n\n> - d\n\n- e\n";
        let layout = Layout::read(text);
        assert_eq!(layout.items.len(), 1);
        assert_eq!(layout.items[0].lines, 12..13);
        assert!(layout.is_open(0) && !layout.is_open(3) && !layout.is_open(7));
        assert!(!layout.is_open(10) && layout.is_open(12));
    }

    #[test]
    fn an_item_below_a_tab_begins_on_its_own_line() {
        let text = "- [ ] a\n\t- [x] b\r\n\t\t- c\n- d\n";
        let layout = Layout::read(text);
        let lines: Vec<_> = layout.items.iter().map(|item| item.lines.clone()).collect();
        assert_eq!(lines, [0..3, 1..3, 2..3, 3..4]);
    }

    #[test]
    fn front_matter_is_skipped_only_at_the_top() {
        assert_eq!(Layout::read("\u{feff}---\na: b\n---\n# t\n").start, 16);
        assert_eq!(Layout::read("# t\n---\na\n---\n").start, 0);
        assert_eq!(Layout::read("---\n\n# t\n---\n").start, 0);
    }

    #[test]
    fn conflict_markers_make_no_heading_and_no_quote() {
        let text = "<<<<<<< a\nx\n=======\ny\n>>>>>>> b\nz\n";
        let layout = Layout::read(text);
        assert_eq!(layout.conflicts, [0, 2, 4]);
        assert!(layout.headings.is_empty());
        assert!(layout.is_open(5));
    }

    #[test]
    fn a_block_cut_off_by_the_end_knows_its_closer() {
        assert_eq!(
            Layout::read("````\nx\n```\n").closer.as_deref(),
            Some("````")
        );
        assert_eq!(Layout::read("```\nx\n```\n").closer, None);
        assert_eq!(Layout::read("<!-- x\n").closer.as_deref(), Some("-->"));
        assert_eq!(Layout::read("<!-- x -->\n").closer, None);
        let marked = Layout::read("<!-- x\n<<<<<<< one -->\n");
        assert_eq!(marked.closer.as_deref(), Some("-->"));
    }
}
