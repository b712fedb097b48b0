//! What landing the fix gives in every branch that must have it.

use super::copies::{self, Copies, Memo};
use super::outlook::{self, FixRange, Held, How, Outlook};
use super::picks::{Picked, picks};
use super::refusals::{diverged, no_pick};
use super::targets::{Outcome, Role, Source, Target};
use super::{Options, destinations};
use crate::git::Oid;
use crate::policy::style::Style;
use crate::workflow::production::{Production, tracking};
use crate::workflow::{Code, Context, Error, Result};

/// What decides where a fix goes and how.
#[derive(Debug)]
pub(super) struct Survey<'a> {
    /// The hotfix branch.
    pub(super) branch: &'a str,
    pub(super) production: &'a Production,
    pub(super) options: &'a Options,
    pub(super) fix: &'a FixRange,
}

/// A branch as it is, before anything is known of the fix in it.
struct Standing {
    branch: String,
    role: Role,
    local: Option<Oid>,
    remote: Option<Oid>,
    start: Oid,
}

impl Standing {
    fn with(self, outcome: Outcome) -> Target {
        let Standing {
            branch,
            role,
            local,
            remote,
            start,
        } = self;
        Target {
            branch,
            role,
            local,
            remote,
            result: start.clone(),
            start,
            outcome,
            made: None,
            tree: None,
            landed_there: false,
        }
    }
}

/// The one commit by which production has, or will have, a fix that is squashed.
struct Landing {
    commit: Oid,
    below: Oid,
}

/// What the fix, and the one commit that production has of it, are known by.
#[derive(Default)]
struct Known {
    fix: Memo,
    landing: Memo,
}

impl Survey<'_> {
    /// The targets, production first, and the names of those that are skipped.
    ///
    /// # Errors
    /// When a target has diverged from its remote, production is nowhere, or a named branch is none.
    pub(super) fn targets(&self, ctx: &Context<'_>) -> Result<(Vec<Target>, Vec<String>)> {
        let branch = &self.production.branch;
        let first = self
            .standing(ctx, branch, Role::Production)?
            .ok_or_else(|| {
                Error::usage(format!("the production branch {branch} is nowhere"))
                    .code(Code::NoProduction)
                    .untouched("Nothing was changed.")
            })?;
        let known = Known::default();
        let outcome = self.in_production(ctx, &first.start, &known)?;
        let first = first.with(outcome);
        let landing = landing(ctx, &first)?;
        let start = first.start.clone();
        let mut targets = vec![first];
        let beside = destinations::beside(ctx, self, &start)?;
        let mut standings = Vec::new();
        for (branch, role) in beside.wanted {
            match self.standing(ctx, &branch, role)? {
                Some(standing) => standings.push(standing),
                None => ctx.warn(format!(
                    "{branch} is set to get the fix, but there is no such branch"
                )),
            }
        }
        self.merge_ahead(ctx, &standings, landing.as_ref())?;
        for standing in standings {
            let outcome = self.beside(ctx, &standing, landing.as_ref(), &known)?;
            targets.push(standing.with(outcome));
        }
        for target in &mut targets {
            target.landed_there = self.is_landed_there(ctx, target)?;
        }
        Ok((targets, beside.skipped))
    }

    /// A branch as it is; nothing when there is none.
    fn standing(&self, ctx: &Context<'_>, branch: &str, role: Role) -> Result<Option<Standing>> {
        let local = ctx.repo.find_ref(&format!("refs/heads/{branch}"))?;
        let there = match &self.production.remote {
            Some(remote) => ctx.repo.find_ref(&tracking(remote, branch))?,
            None => None,
        };
        let start = match (&local, &there) {
            (Some(local), Some(there)) => self.later(ctx, (branch, role), local, there)?,
            (Some(one), None) | (None, Some(one)) => one.clone(),
            (None, None) => return Ok(None),
        };
        Ok(Some(Standing {
            branch: branch.to_owned(),
            role,
            local,
            remote: there,
            start,
        }))
    }

    /// The later one of the local branch and the remote's. A local branch that is merely behind is no
    /// obstacle: it is brought along.
    fn later(
        &self,
        ctx: &Context<'_>,
        (branch, role): (&str, Role),
        local: &Oid,
        there: &Oid,
    ) -> Result<Oid> {
        for (whole, part) in [(local, there), (there, local)] {
            if ctx.repo.contains(whole, part)? {
                return Ok(whole.clone());
            }
        }
        let target = (branch, role);
        let both = (local, there);
        Err(diverged(ctx, target, both, self.production, self.options)?)
    }

    fn in_production(&self, ctx: &Context<'_>, start: &Oid, known: &Known) -> Result<Outcome> {
        let fix = self.fix;
        let style = self.options.style.unwrap_or(ctx.settings.style);
        let outlook = outlook::outlook_of(ctx, start, fix, &known.fix)?;
        if let Outlook::Held(held) = outlook {
            return Ok(Outcome::Contained(outlook::dated(ctx, start, fix, held)?));
        }
        if let Copies::TakenBack(by) = copies::find(ctx, start, fix, &known.fix)? {
            let (branch, by) = (&self.production.branch, by.short());
            ctx.warn(format!(
                "{branch} had a copy of the fix, and {by} took it back: it lands again"
            ));
        }
        if style == Style::FastForward && !ctx.repo.contains(&fix.tip, start)? {
            let commits = ctx.repo.ahead(start, &fix.tip)?;
            return Ok(Outcome::MovedOn { commits });
        }
        Ok(match outlook {
            Outlook::Held(held) => Outcome::Contained(held),
            Outlook::Conflict { files, .. } => Outcome::Conflict {
                files,
                picking: None,
            },
            Outlook::Clean { tree, foreign } => {
                self.warn_of_foreign(ctx, &self.production.branch, foreign);
                match style {
                    Style::Merge => Outcome::Merged {
                        tree,
                        source: Source::Fix,
                    },
                    Style::Squash => Outcome::Squashed { tree },
                    Style::FastForward => Outcome::FastForwarded,
                }
            }
        })
    }

    /// One process for all merges: starting one takes longer than most merges do.
    fn merge_ahead(
        &self,
        ctx: &Context<'_>,
        standings: &[Standing],
        landing: Option<&Landing>,
    ) -> Result<()> {
        let mut pairs = Vec::new();
        for standing in standings {
            let start = &standing.start;
            let is_below = match landing {
                Some(landing) => ctx.repo.contains(start, &landing.below)?,
                None => false,
            };
            let landing = landing.filter(|_| is_below);
            let source = landing.map_or(&self.fix.tip, |landing| &landing.commit);
            pairs.push((start.clone(), source.clone()));
        }
        Ok(ctx.repo.merge_ahead(&pairs)?)
    }

    /// What merging gives, or picking where that was asked for.
    ///
    /// A fix that production has in one commit is merged by that commit wherever everything below it
    /// is there already: when the branch comes back to production later, git then finds the fix in
    /// both histories. Merging the hotfix branch instead would leave the same change in two commits
    /// that know nothing of each other, and a conflict as soon as one of the branches goes on over
    /// the same lines. Elsewhere it is the hotfix branch, which brings nothing else along.
    fn beside(
        &self,
        ctx: &Context<'_>,
        target: &Standing,
        landing: Option<&Landing>,
        known: &Known,
    ) -> Result<Outcome> {
        let (start, fix) = (&target.start, self.fix);
        if let Some(landing) = landing
            && ctx.repo.contains(start, &landing.commit)?
        {
            return Ok(Outcome::Contained(Held::by_history()));
        }
        if self.options.cherry_pick && target.role.is_closed() {
            return self.picked(ctx, start, fix);
        }
        let squashed = match landing {
            Some(landing) if ctx.repo.contains(start, &landing.below)? => Some(FixRange {
                tip: landing.commit.clone(),
                base: Some(landing.below.clone()),
            }),
            _ => None,
        };
        let (source, brought, memo) = match &squashed {
            Some(landing) => (Source::Landing, landing, &known.landing),
            None => (Source::Fix, fix, &known.fix),
        };
        let held = outlook::by_history(ctx, start, fix)?.map(Outlook::Held);
        let outlook = match held {
            Some(held) => held,
            None => outlook::outlook_of(ctx, start, brought, memo)?,
        };
        Ok(match outlook {
            Outlook::Held(held) => Outcome::Contained(held),
            Outlook::Clean { foreign, .. } | Outlook::Conflict { foreign, .. }
                if foreign > 0 && target.role.is_closed() =>
            {
                Outcome::Foreign { commits: foreign }
            }
            Outlook::Clean { tree, foreign } => {
                self.warn_of_foreign(ctx, &target.branch, foreign);
                Outcome::Merged { tree, source }
            }
            Outlook::Conflict { files, .. } => Outcome::Conflict {
                files,
                picking: None,
            },
        })
    }

    fn picked(&self, ctx: &Context<'_>, start: &Oid, fix: &FixRange) -> Result<Outcome> {
        if let Some(held) = outlook::by_history(ctx, start, fix)? {
            return Ok(Outcome::Contained(held));
        }
        match picks(ctx, start, fix)? {
            Picked::Clean(picks) if picks.is_empty() => Ok(Outcome::Contained(Held::by_content())),
            Picked::Clean(picks) => Ok(Outcome::Picked {
                commits: picks.len(),
                picks,
            }),
            Picked::Merge(merge) => Err(no_pick(ctx, self.branch, fix, &merge)?),
            Picked::Conflict { commit, files } => {
                // Picked earlier, and the branch has gone on over the same lines.
                if let Outlook::Held(held) = outlook::outlook(ctx, start, fix)? {
                    return Ok(Outcome::Contained(held));
                }
                let picking = Some(commit);
                Ok(Outcome::Conflict { files, picking })
            }
        }
    }

    fn warn_of_foreign(&self, ctx: &Context<'_>, branch: &str, foreign: usize) {
        if foreign > 0 {
            let commits = if foreign == 1 { "commit" } else { "commits" };
            ctx.warn(format!(
                "{foreign} {commits} below the fix that {branch} has not will come along"
            ));
        }
    }

    /// Whether what the remote has of a branch holds the fix.
    fn is_landed_there(&self, ctx: &Context<'_>, target: &Target) -> Result<bool> {
        let Some(there) = &target.remote else {
            return Ok(false);
        };
        if *there == target.start {
            return Ok(target.outcome.is_contained());
        }
        let Outcome::Contained(held) = &target.outcome else {
            return Ok(false);
        };
        if let Some(by) = &held.by {
            return Ok(ctx.repo.contains(there, by)?);
        }
        if held.how == How::History {
            return Ok(ctx.repo.contains(there, &self.fix.tip)?);
        }
        let outlook = outlook::outlook(ctx, there, self.fix)?;
        Ok(matches!(outlook, Outlook::Held(_)))
    }
}

fn landing(ctx: &Context<'_>, production: &Target) -> Result<Option<Landing>> {
    let start = &production.start;
    Ok(match &production.outcome {
        // A stand-in: the commit itself is only written once everything is known to land.
        Outcome::Squashed { tree } => Some(Landing {
            commit: ctx.repo.stand_in(tree, std::slice::from_ref(start))?,
            below: start.clone(),
        }),
        Outcome::Contained(Held {
            how: How::Squash,
            by: Some(commit),
            below: Some(below),
            ..
        }) => Some(Landing {
            commit: commit.clone(),
            below: below.clone(),
        }),
        _ => None,
    })
}
