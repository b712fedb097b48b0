//! Whose a commit is that passes by: which incident claims it, and by what.

use super::{Incident, Judge, Known, Whose};
use crate::git::{CommitInfo, Oid, Passing};
use crate::policy::{branch, gate};
use crate::record::Field;
use crate::workflow::Result;
use crate::workflow::landing::SQUASHED;

impl Judge<'_> {
    /// The incident a commit of anybody's belongs to.
    pub(super) fn claim(&mut self, commit: &Passing<'_>) -> Result<Option<usize>> {
        let is_history = self.stretch.whose == Whose::Open;
        let named = match named(commit.message) {
            Some(id) if !is_history || self.incidents.iter().any(|have| have.id == id) => {
                Some(self.incident(id)?)
            }
            _ => self.merged(commit)?,
        };
        let brought = self.lineage.pass(commit, named);
        let known = match self.fixes.get(commit.id) {
            Some(at) => Some(*at),
            None => self.rewritten(commit)?,
        };
        let own = Oid::from_hex(commit.id);
        if let Some(at) = known {
            let incident = &mut self.incidents[at];
            incident.found = true;
            // The first that passes is the last that was made.
            if incident.tips.is_empty() {
                incident.tips.extend(own);
            }
            return Ok(Some(at));
        }
        if let Some(at) = named.or_else(|| self.copied(commit)) {
            let incident = &mut self.incidents[at];
            incident.found = true;
            incident
                .tips
                .extend(commit.brought().and_then(Oid::from_hex));
            return Ok(Some(at));
        }
        if brought.is_some() {
            return Ok(brought);
        }
        if !is_history && !commit.is_merge() && gate::is_fix(commit.message, &self.tagged) {
            let subject = String::from_utf8_lossy(commit.subject()).into_owned();
            self.unclaimed.extend(own.map(|id| (id, subject)));
        }
        Ok(None)
    }

    /// The open incident whose fix this changes again, or says to hold.
    fn copied(&self, commit: &Passing<'_>) -> Option<usize> {
        let value = |line: &'_ [u8]| -> Option<String> {
            let id = line
                .strip_prefix(SQUASHED.as_bytes())?
                .strip_prefix(b": ")?;
            String::from_utf8(id.to_vec()).ok()
        };
        let mut lines = commit.message.split(|&byte| byte == b'\n');
        let squashed = lines.find_map(value).filter(|_| !commit.is_merge());
        let copy = self.copies.get(commit.id);
        copy.or_else(|| self.fixes.get(squashed?.trim_end()))
            .copied()
    }

    /// The open incident whose branch a merge says that it brings; what it brings stands on its base.
    fn merged(&mut self, commit: &Passing<'_>) -> Result<Option<usize>> {
        let Some(brought) = commit.brought().and_then(Oid::from_hex) else {
            return Ok(None);
        };
        let subject = String::from_utf8_lossy(commit.subject());
        for (at, incident) in self.incidents.iter().enumerate() {
            let open = incident.known.as_ref();
            let Some(known) = open.filter(|known| known.record.is_open()) else {
                continue;
            };
            let branch = known.record.field(Field::Branch);
            if branch.is_some_and(|branch| branch::is_merge_of(&subject, branch))
                && self.stands_on_base(known, &brought)?
            {
                return Ok(Some(at));
            }
        }
        self.strange |= branch::is_merge_below(&subject, &self.ctx.settings.prefix);
        Ok(None)
    }

    /// A branch's name may have served before; where the base is not here, the name alone counts.
    fn stands_on_base(&self, known: &Known, tip: &Oid) -> Result<bool> {
        let base = match known.record.base_id() {
            Some(base) => self.ctx.repo.commit_of(base)?,
            None => None,
        };
        match base {
            Some(base) => Ok(self.ctx.repo.contains(tip, &base)?),
            None => Ok(true),
        }
    }

    /// The incident whose commit this was before it was rebased or picked: its first line, who wrote
    /// it and when are the same.
    fn rewritten(&self, commit: &Passing<'_>) -> Result<Option<usize>> {
        let Some(alike) = self.subjects.get(commit.subject()) else {
            return Ok(None);
        };
        let Some(id) = Oid::from_hex(commit.id) else {
            return Ok(None);
        };
        let read = self.ctx.repo.commit(&id)?;
        let is_it = |(_, fix): &&(usize, CommitInfo)| {
            fix.author == read.author && fix.authored == read.authored
        };
        Ok(alike.iter().find(is_it).map(|(at, _)| *at))
    }

    fn incident(&mut self, id: &str) -> Result<usize> {
        if let Some(at) = self.incidents.iter().position(|have| have.id == id) {
            return Ok(at);
        }
        self.incidents.push(Incident {
            id: id.to_owned(),
            known: self.records.of_id(self.ctx, id)?,
            tip: None,
            tips: Vec::new(),
            found: false,
            findings: Vec::new(),
        });
        Ok(self.incidents.len() - 1)
    }
}

/// The incident that a message names.
fn named(message: &[u8]) -> Option<&str> {
    let lines = message.split(|&byte| byte == b'\n');
    let mut ids = lines.filter_map(|line| line.strip_prefix(b"Incident: "));
    ids.find_map(|id| std::str::from_utf8(id).ok().map(str::trim_end))
}
