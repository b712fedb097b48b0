//! `verify`

use super::plural;
use crate::cli::error::finding_lines;
use crate::cli::ui::Ui;
use crate::cli::{CommandResult, REFUSED};
use crate::workflow::verify::{self, Options, Report, Scope};
use crate::workflow::{Context, Error};
use clap::Args;
use std::io::Read;

/// Judge commits and the gate where no hook did: in CI, on a server
#[derive(Debug, Args)]
#[command(
    after_long_help = "Of a hotfix branch every commit is judged by the format, and its record by the
gate. Of other ranges only what belongs to an incident: the commits of its branch, also rebased or
picked ones, and those with an 'Incident:' trailer. The policy is the one at the base.

Without a range: what HEAD has and production on the remote has not. Ends with 0 when nothing blocks,
with 1 when something does, and with 3 when the range cannot be known, as in a shallow clone.

Examples:
  git hotfix verify origin/main..HEAD
  git hotfix verify --base \"$BASE\" --head \"$HEAD\" --branch hotfix/login --target main
  git hotfix verify --push-lines < lines-of-pre-receive"
)]
pub(crate) struct VerifyArgs {
    /// a..b, a...b, or one revision: what it has and production has not
    #[arg(value_name = "RANGE", conflicts_with_all = ["base", "head", "push_lines"])]
    range: Option<String>,
    /// Where the commits begin; zeros: where the default branch was left
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// The last commit; HEAD without it
    #[arg(long, value_name = "REV", requires = "base")]
    head: Option<String>,
    /// Read what git tells a hook on standard input: 'old new ref' lines, or pre-push's
    #[arg(long, conflicts_with = "base")]
    push_lines: bool,
    /// The branch the commits come from, where a commit is checked out
    #[arg(long, value_name = "NAME")]
    branch: Option<String>,
    /// The branch they go to; production when it is not given
    #[arg(long, value_name = "NAME")]
    target: Option<String>,
    /// Judge every commit by the format, not only the fixes
    #[arg(long)]
    all_commits: bool,
}

pub(crate) fn cmd_verify(ui: &Ui, ctx: &Context<'_>, args: &VerifyArgs) -> CommandResult {
    let report = verify::verify(ctx, &args.options()?)?;
    ui.say(&report, ctx.take_warnings(), |page| {
        page.line(looked_at(&report));
        for line in finding_lines(&report.findings) {
            page.line(line);
        }
        if report.omitted > 0 {
            page.line(format!("  … and {} more", report.omitted));
        }
        if report.blocks() {
            page.hint("\nMend them and push again. Or go on regardless, on the record:");
            page.hint("  git hotfix gate --override \"why\"");
            page.hint("and share the record: git push origin 'refs/hotfix/incidents/*'");
        }
    });
    Ok(if report.blocks() { REFUSED } else { 0 })
}

impl VerifyArgs {
    fn options(&self) -> Result<Options, Error> {
        let scope = match (&self.range, &self.base) {
            (Some(range), _) => Scope::Range(range.clone()),
            (None, Some(base)) => Scope::Between {
                base: base.clone(),
                head: self.head.clone(),
            },
            (None, None) if self.push_lines => Scope::PushLines(read_lines()?),
            (None, None) => Scope::Unpublished,
        };
        Ok(Options {
            scope,
            branch: self.branch.clone(),
            target: self.target.clone(),
            all_commits: self.all_commits,
        })
    }
}

fn read_lines() -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    match std::io::stdin().lock().read_to_end(&mut bytes) {
        Ok(_) => Ok(bytes),
        Err(error) => Err(Error::failed(format!(
            "the list of refs could not be read: {error}"
        ))),
    }
}

/// One line on what was looked at.
fn looked_at(report: &Report) -> String {
    let commits = plural(report.commits, "commit");
    let incidents = match report.incidents.as_slice() {
        [] => "no incident".to_owned(),
        ids => ids.join(", "),
    };
    let range = if report.range.is_empty() {
        "nothing"
    } else {
        &report.range
    };
    format!("{range}: {commits}, {} judged; {incidents}", report.judged)
}
