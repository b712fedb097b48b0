//! The parsed record.

use super::checklist::{self, Item};
use super::header::{self, Field, Placed};
use super::layout::Layout;
use super::sections::{self, Body, Section, SectionName, body_lines};
use super::timeline::{self, Entry, Milestone, Status};
use chrono::{DateTime, Utc};
use std::ops::Range;

/// A record: its text and what was understood of it.
#[derive(Debug, Clone)]
pub struct Record {
    text: String,
    layout: Layout,
    title: Option<(usize, Range<usize>)>,
    fields: Vec<Placed>,
    sections: Vec<Section>,
    timeline: Vec<Entry>,
    milestones: Vec<(Milestone, Option<DateTime<Utc>>)>,
    checklist: Vec<Item>,
    actions: Vec<Item>,
    conflicts: Vec<usize>,
}

impl Record {
    /// Reads a record; never fails, whatever the text.
    pub fn parse(text: impl Into<String>) -> Record {
        let text = text.into();
        let layout = Layout::read(&text);
        let sections = sections::read(&text, &layout);
        let lines_of = |name| {
            let section = sections.iter().find(|s| s.name == Some(name));
            section.map_or(0..0, |s| layout.lines_in(&s.body))
        };
        let mut fields = Vec::new();
        let header_end = sections.first().map_or(layout.lines.len(), |s| s.line - 1);
        header::read(&text, &layout, 0..header_end, &mut fields);
        let mut details = Vec::new();
        header::read(
            &text,
            &layout,
            lines_of(SectionName::Investigation),
            &mut details,
        );
        details.retain(|placed| {
            placed.field.is_investigation() && fields.iter().all(|f| f.field != placed.field)
        });
        fields.extend(details);
        let timeline = timeline::read(&text, &layout, &lines_of(SectionName::Timeline));
        Record {
            title: sections::title(&text, &layout),
            fields,
            milestones: timeline::milestones(&timeline),
            timeline,
            checklist: checklist::deploy(&text, &layout, &lines_of(SectionName::Checklist)),
            actions: checklist::actions(&text, &layout, &lines_of(SectionName::Actions)),
            conflicts: layout.conflicts.iter().map(|line| line + 1).collect(),
            sections,
            layout,
            text,
        }
    }

    /// The text as it stands.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The title without `Postmortem:`.
    pub fn title(&self) -> Option<&str> {
        let (_, range) = self.title.as_ref()?;
        header::given(&self.text[range.clone()])
    }

    /// A header's value; a placeholder or nothing counts as absent.
    pub fn field(&self, field: Field) -> Option<&str> {
        let placed = self.placed(field)?;
        header::given(&self.text[placed.value.clone()])
    }

    /// 1-based line of a header.
    pub fn field_line(&self, field: Field) -> Option<usize> {
        self.placed(field).map(|placed| placed.line + 1)
    }

    /// All sections of level two in their order.
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// The first section of that name.
    pub fn section(&self, name: SectionName) -> Option<&Section> {
        self.sections.iter().find(|s| s.name == Some(name))
    }

    /// A section's text without surrounding blank lines; a placeholder or nothing counts as absent.
    pub fn prose(&self, name: SectionName) -> Option<&str> {
        let section = self.section(name)?;
        let lines = self.layout.lines_in(&section.body);
        body_lines(&self.text, &self.layout, lines.clone())
            .find(|(_, body)| *body == Body::Written)?;
        let first = lines
            .into_iter()
            .find(|&line| !self.layout.is_blank(&self.text, line))?;
        let start = self.layout.lines[first].start;
        Some(self.text[start..section.body.end].trim_end())
    }

    /// The timeline in the order it stands.
    pub fn timeline(&self) -> &[Entry] {
        &self.timeline
    }

    /// When a milestone was last reached (the first time for the detection).
    ///
    /// Nothing for a resolution or abandonment that was taken back by a reopening.
    pub fn reached(&self, milestone: Milestone) -> Option<DateTime<Utc>> {
        timeline::reached(&self.milestones, milestone)
    }

    /// Where the incident stands.
    pub fn status(&self) -> Status {
        timeline::status(&self.milestones)
    }

    /// Not resolved and not abandoned.
    pub fn is_open(&self) -> bool {
        !matches!(self.status(), Status::Resolved | Status::Abandoned)
    }

    /// The items under "Before deploying hotfix" (all of the section's when no such line is there).
    pub fn checklist(&self) -> &[Item] {
        &self.checklist
    }

    /// The action items; a plain bullet counts as an open one.
    pub fn actions(&self) -> &[Item] {
        &self.actions
    }

    /// 1-based lines on which a conflict marker of a merge stands.
    pub fn conflict_lines(&self) -> &[usize] {
        &self.conflicts
    }

    /// The full or short id in `**Base**`'s parentheses.
    pub fn base_id(&self) -> Option<&str> {
        let base = self.field(Field::Base)?;
        let id = base.strip_suffix(')')?.rsplit_once('(')?.1.trim();
        let is_id = (4..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_hexdigit());
        is_id.then_some(id)
    }

    pub(super) fn layout(&self) -> &Layout {
        &self.layout
    }

    pub(super) fn placed(&self, field: Field) -> Option<&Placed> {
        self.fields.iter().find(|placed| placed.field == field)
    }

    /// The line of the title, from 0.
    pub(super) fn title_line(&self) -> Option<usize> {
        self.title.as_ref().map(|(line, _)| *line)
    }

    /// Whether the timeline says anything about where the incident stands.
    pub(super) fn has_milestones(&self) -> bool {
        !self.milestones.is_empty()
    }
}
