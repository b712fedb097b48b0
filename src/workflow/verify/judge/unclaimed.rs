//! Fixes by their own words that no incident has claimed.

use super::{Judge, Known};
use crate::git::Oid;
use crate::policy::gate::{self, Standing};
use crate::record::{Finding, Milestone};
use crate::workflow::Result;

impl Judge<'_> {
    /// Fixes that no landing brought and no record tells of.
    pub(super) fn blame_unclaimed(&mut self) -> Result<()> {
        let unclaimed = std::mem::take(&mut self.unclaimed);
        if unclaimed.is_empty() {
            return Ok(());
        }
        let landings = self.landings()?;
        for (id, subject) in unclaimed {
            if self.has_landed(&id, &landings)? {
                continue;
            }
            if let Some(at) = self.only_candidate(&id)? {
                let incident = &mut self.incidents[at];
                incident.found = true;
                // The first that passed is the last that was made.
                if incident.tips.is_empty() {
                    incident.tips.push(id);
                }
                continue;
            }
            for finding in self.of_unclaimed(&id, &subject) {
                self.keep(finding, None);
            }
        }
        Ok(())
    }

    /// A fix that no record tells of: where incidents are open, it is told which one it is for.
    fn of_unclaimed(&self, id: &Oid, subject: &str) -> Vec<Finding> {
        let mut found = self.of_record(None);
        let open = self.incidents.iter().filter(|incident| {
            let known = incident.known.as_ref();
            known.is_some_and(|known| known.record.is_open())
        });
        let open: Vec<&str> = open.map(|incident| incident.id.as_str()).collect();
        let standing = Standing {
            is_tip: self.ends_with.contains(id.as_str()),
            before: None,
            merges: self.merges,
        };
        for finding in &mut found {
            let short = id.short();
            finding.commit = Some(id.as_str().to_owned());
            finding.message = format!("{short} {subject}: no record tells of this fix");
            if !open.is_empty() && !self.strange {
                finding.message = format!("{short} {subject}: it names no incident");
                finding.id = gate::UNNAMED;
                finding.remedy = Some(gate::naming(id.short(), standing, &open));
            }
        }
        found
    }

    /// The one open incident whose branch is not here and on whose base the fix stands.
    fn only_candidate(&self, id: &Oid) -> Result<Option<usize>> {
        let mut only = None;
        for (at, incident) in self.incidents.iter().enumerate() {
            let open = incident
                .known
                .as_ref()
                .filter(|known| known.record.is_open());
            let (Some(known), None) = (open, &incident.tip) else {
                continue;
            };
            let base = match known.record.base_id() {
                Some(base) => self.ctx.repo.commit_of(base)?,
                None => None,
            };
            let Some(base) = base else { continue };
            if self.ctx.repo.contains(id, &base)? && only.replace(at).is_some() {
                return Ok(None);
            }
        }
        Ok(only)
    }

    /// What the records, closed ones too, say to have landed: the commit it became, and the one the
    /// hotfix started from.
    fn landings(&self) -> Result<Vec<(Oid, Option<Oid>)>> {
        let mut landings = Vec::new();
        for Known { record, .. } in self.records.all(self.ctx) {
            let base = match record.base_id() {
                Some(base) => self.ctx.repo.commit_of(base)?,
                None => None,
            };
            let entries = record.timeline().iter();
            let landed = entries.filter(|entry| entry.milestone == Some(Milestone::Landed));
            for word in landed.flat_map(|entry| entry.text.split([' ', ','])) {
                let is_id = word.len() >= 7 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
                if is_id && let Some(end) = self.ctx.repo.commit_of(word)? {
                    landings.push((end, base.clone()));
                }
            }
        }
        Ok(landings)
    }

    fn has_landed(&self, id: &Oid, landings: &[(Oid, Option<Oid>)]) -> Result<bool> {
        for (end, base) in landings {
            let before = match base {
                Some(base) => self.ctx.repo.contains(base, id)?,
                None => true,
            };
            if !before && self.ctx.repo.contains(end, id)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
