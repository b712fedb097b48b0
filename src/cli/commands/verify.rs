//! `verify`

use super::plural;
use crate::cli::annotations::annotation;
use crate::cli::error::{exit_code, finding_lines};
use crate::cli::findings::Placed;
use crate::cli::sarif::{self, Analysis};
use crate::cli::ui::{Page, Ui};
use crate::cli::{CommandResult, REFUSED};
use crate::git::Oid;
use crate::policy::ci::{self, Pipeline, System};
use crate::workflow::verify::{self, Options, Report, Scope};
use crate::workflow::{Context, Error};
use clap::{Args, ValueEnum};
use std::io::Read;

/// Judge commits and the gate where no hook did, as in CI
#[derive(Debug, Args)]
#[command(
    after_long_help = "Of a hotfix branch every commit is judged by the format, and its record by the \
gate. Of other ranges only what belongs to an incident: the commits of its branch, also rebased or \
picked ones, and those with an 'Incident:' trailer. The policy is the one at the base.

Without a range: in CI what the run is about (GitHub Actions, GitLab CI, Azure Pipelines, Jenkins), \
else what HEAD has and production on the remote has not. Ends with 0 when nothing blocks, with 1 when \
something does, and with 3 when the range cannot be known, as in a shallow clone.

Examples:
  git hotfix verify
  git hotfix verify --format sarif > hotfix.sarif
  git hotfix verify origin/main..HEAD
  git hotfix verify --base \"$BASE\" --branch hotfix/login --target main
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
    #[arg(long, value_name = "BRANCH")]
    branch: Option<String>,
    /// The branch they go to; production when it is not given
    #[arg(long, value_name = "BRANCH")]
    target: Option<String>,
    /// Judge every commit by the format, not only the fixes
    #[arg(long)]
    all_commits: bool,
    /// How to say it; 'github' by itself in GitHub Actions, else 'words'
    #[arg(long, value_name = "FORMAT", conflicts_with = "json")]
    format: Option<Format>,
}

/// How findings are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Words,
    /// Annotations of GitHub Actions.
    #[value(name = "github")]
    GitHub,
    /// A SARIF log; the words go to standard error.
    Sarif,
}

pub(crate) fn cmd_verify(ui: &Ui, ctx: &Context<'_>, args: &VerifyArgs) -> CommandResult {
    let run = verify::detect(ctx);
    let options = args.options(run.as_ref())?;
    match args.format.unwrap_or_else(|| Format::of(ctx, ui)) {
        Format::Words => in_words(ui, ctx, &options),
        Format::GitHub => as_annotations(ui, ctx, &options),
        Format::Sarif => as_sarif(ui, ctx, &options, run.as_ref()),
    }
}

impl Format {
    /// Annotations where a runner reads them; a terminal and a reader of JSON are none.
    fn of(ctx: &Context<'_>, ui: &Ui) -> Format {
        let system = ci::system(&|name| ctx.env.var(name));
        let read = !ui.json && !ctx.env.stdout_is_terminal;
        match system {
            Some(System::GitHub) if read => Format::GitHub,
            _ => Format::Words,
        }
    }
}

fn in_words(ui: &Ui, ctx: &Context<'_>, options: &Options) -> CommandResult {
    let report = verify::verify(ctx, options)?;
    ui.say(&report, ctx.take_warnings(), |page| {
        page.line(looked_at(&report));
        for line in finding_lines(&report.findings) {
            page.line(line);
        }
        after(page, &report);
    });
    Ok(exit(&report))
}

/// What was looked at in words, then a command to the runner for each finding: it shows them.
fn as_annotations(ui: &Ui, ctx: &Context<'_>, options: &Options) -> CommandResult {
    let report = verify::verify(ctx, options)?;
    ui.warnings(&ctx.take_warnings());
    ui.out(&looked_at(&report));
    for placed in placed(ctx, &report) {
        ui.verbatim(&annotation(&placed));
    }
    ui.say(&report, Vec::new(), |page| after(page, &report));
    Ok(exit(&report))
}

/// The log on standard output, also of a run that could not judge; the words on standard error.
fn as_sarif(
    ui: &Ui,
    ctx: &Context<'_>,
    options: &Options,
    run: Option<&Pipeline>,
) -> CommandResult {
    let began = ctx.env.now();
    let judged = verify::verify(ctx, options);
    let report = judged.as_ref().ok();
    let branch = options.branch.as_deref();
    let log = sarif::log(&Analysis {
        found: report.map_or_else(Vec::new, |report| placed(ctx, report)),
        exit: match &judged {
            Ok(report) => exit(report),
            Err(error) => exit_code(error.kind),
        },
        failure: judged.as_ref().err().map(Error::message),
        times: (began, ctx.env.now()),
        repository: run.and_then(|run| run.repository.as_deref()),
        revision: report
            .and_then(|report| report.head.as_ref())
            .map(Oid::as_str),
        branch: branch.or_else(|| run.and_then(|run| run.branch.as_deref())),
    });
    ui.object(&log);
    let report = judged?;
    ui.warnings(&ctx.take_warnings());
    ui.err(&looked_at(&report));
    for line in finding_lines(&report.findings) {
        ui.err(&line);
    }
    Ok(exit(&report))
}

fn exit(report: &Report) -> u8 {
    if report.blocks() { REFUSED } else { 0 }
}

/// The findings with the records they are about.
fn placed<'r>(ctx: &Context<'_>, report: &'r Report) -> Vec<Placed<'r>> {
    let folder = &ctx.settings.postmortems;
    let owners = report.owners.iter();
    let each = report.findings.iter().zip(owners);
    each.map(|(finding, owner)| Placed {
        finding,
        record: owner.as_ref().map(|id| format!("{folder}/{id}.md")),
    })
    .collect()
}

/// What was not shown, and the way past it.
fn after(page: &mut Page, report: &Report) {
    if report.omitted > 0 {
        page.line(format!("  … and {} more", report.omitted));
    }
    if report.blocks() {
        page.hint("\nMend them and push again. Or go on regardless, on the record:");
        page.hint("  git hotfix gate --override \"why\"");
        page.hint("and share the record: git push origin 'refs/hotfix/incidents/*'");
    }
}

impl VerifyArgs {
    fn options(&self, run: Option<&Pipeline>) -> Result<Options, Error> {
        let scope = match (&self.range, &self.base) {
            (Some(range), _) => Scope::Range(range.clone()),
            (None, Some(base)) => Scope::Between {
                base: base.clone(),
                head: self.head.clone(),
            },
            (None, None) if self.push_lines => Scope::PushLines(read_lines()?),
            (None, None) => match run {
                Some(run) => Scope::Detected(Box::new(run.clone())),
                None => Scope::Unpublished,
            },
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
