//! The commits that land: written to the object database, no ref moves.

use super::Options;
use super::outlook::{FixRange, SQUASHED};
use super::picks::Pick;
use super::plan::Plan;
use super::targets::{Outcome, Role, Source, Target};
use crate::git::{CommitInfo, Oid};
use crate::policy::picked;
use crate::record::Field;
use crate::workflow::store::Stored;
use crate::workflow::{Context, Result};

/// The commits that land. A dry run makes none that anybody would sign: one that only holds the tree
/// shows as well what would become of the work trees.
pub(super) fn landings(
    ctx: &Context<'_>,
    stored: &Stored,
    plan: &mut Plan,
    options: &Options,
) -> Result<()> {
    let Some(fix) = plan.fix.clone() else {
        return Ok(());
    };
    let writer = Writer {
        ctx,
        stored,
        branch: &plan.branch,
        fix: &fix,
        dry_run: options.dry_run,
    };
    let mut landing = None;
    for target in &mut plan.targets {
        let written = writer.landing(target, landing.as_ref()).map_err(|error| {
            error
                .context(format!(
                    "the commit for {} could not be written",
                    target.branch
                ))
                .untouched("Nothing was changed, here or there.")
        })?;
        target.result = written;
        if target.role == Role::Production {
            landing = Some(match &target.outcome {
                Outcome::Contained(held) => held.by.clone().unwrap_or(target.result.clone()),
                _ => target.result.clone(),
            });
        }
        let is_there = target.result == target.start;
        let is_real = !options.dry_run || is_there;
        target.made = is_real.then(|| target.result.clone());
        // A record that goes along names the minute of the landing.
        if is_there || is_real || !plan.with_record {
            target.tree = Some(ctx.repo.commit(&target.result)?.tree);
        }
    }
    Ok(())
}

/// Writes what lands.
struct Writer<'a, 'c> {
    ctx: &'a Context<'c>,
    stored: &'a Stored,
    branch: &'a str,
    fix: &'a FixRange,
    dry_run: bool,
}

impl Writer<'_, '_> {
    /// What a target becomes; `production` is the commit by which production has the fix.
    fn landing(&self, target: &Target, production: Option<&Oid>) -> Result<Oid> {
        let start = &target.start;
        match &target.outcome {
            Outcome::Merged { tree, source } => {
                let source = match (source, production) {
                    (Source::Landing, Some(landing)) => landing,
                    _ => &self.fix.tip,
                };
                self.commit(tree, &[start.clone(), source.clone()], target)
            }
            Outcome::Squashed { tree } => self.commit(tree, std::slice::from_ref(start), target),
            Outcome::FastForwarded => Ok(self.fix.tip.clone()),
            Outcome::Picked { picks, .. } => {
                let mut tip = start.clone();
                for pick in picks {
                    tip = self.pick(pick, &tip)?;
                }
                Ok(tip)
            }
            _ => Ok(target.result.clone()),
        }
    }

    fn commit(&self, tree: &Oid, parents: &[Oid], target: &Target) -> Result<Oid> {
        if self.dry_run {
            return Ok(self.ctx.repo.stand_in(tree, parents)?);
        }
        let message = self.message(target)?;
        Ok(self.ctx.repo.commit_tree(tree, parents, &message)?)
    }

    fn pick(&self, pick: &Pick, onto: &Oid) -> Result<Oid> {
        let Pick { commit, tree } = pick;
        let parents = std::slice::from_ref(onto);
        if self.dry_run {
            return Ok(self.ctx.repo.stand_in(tree, parents)?);
        }
        let message = self.ctx.repo.message(commit)?;
        let message = picked::with_origin(&message, commit.as_str());
        let written = self
            .ctx
            .repo
            .commit_tree_by(tree, parents, &message, commit);
        Ok(written?)
    }

    /// A valid Conventional Commit, so that the team's own hooks and tools take it.
    fn message(&self, target: &Target) -> Result<String> {
        let (stored, branch) = (self.stored, self.branch);
        let record = &stored.record;
        let trailers = format!(
            "Incident: {}\nSeverity: {}\n",
            stored.id,
            record.field(Field::Severity).unwrap_or("unknown")
        );
        let title = record.title().unwrap_or(&stored.id);
        let header = self.ctx.settings.format.own_header(title);
        Ok(match (target.role, &target.outcome) {
            (_, Outcome::Squashed { .. }) => {
                let (commits, tip) = (self.commits()?, &self.fix.tip);
                format!("{header}\n\n{commits}\n{SQUASHED}: {tip}\n{trailers}")
            }
            (Role::Production, _) => format!("{header}\n\n{trailers}"),
            _ => format!("chore: merge {branch} into {}\n\n{trailers}", target.branch),
        })
    }

    /// What a squash holds, a line each.
    fn commits(&self) -> Result<String> {
        let (base, tip) = (
            self.fix.base.as_slice(),
            std::slice::from_ref(&self.fix.tip),
        );
        let range = self.ctx.repo.range(base, tip, 0)?;
        let line =
            |commit: &CommitInfo| format!("- {} ({})\n", commit.subject(), commit.id.short());
        Ok(range.iter().map(line).collect())
    }
}
