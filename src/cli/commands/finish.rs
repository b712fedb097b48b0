//! `finish`

use super::{At, next_step, plural, target};
use crate::cli::CommandResult;
use crate::cli::args::DryRun;
use crate::cli::table::{padded, width};
use crate::cli::ui::{Page, Ui};
use crate::policy::style::Style;
use crate::workflow::landing::{
    self, Finished, Held, How, Landing, Options, Outcome, Requested, Role, Target,
};
use crate::workflow::{Context, shell};
use clap::Args;

/// Land the fix everywhere it must go, all or nothing
#[derive(Debug, Args)]
#[command(
    after_long_help = "Lands the hotfix branch in production, in the branches that must have the fix \
too ('back-merge' in the settings, gitflow's develop), in open release branches ('release-branches', \
gitflow's) and in the lines named with --to; tags, and deletes the branch. The hotfix branch itself is \
merged into each, so that nothing else comes along. Where it begins on something newer than a release \
or a line, a merge would bring that too: it is refused, and --cherry-pick takes the fix's own commits, \
with 'git cherry-pick -x's words. Production and back-merge branches are merged all the same.

Everything is computed before anything moves; with --push the remote is first, in one atomic push. \
Run it again after an interruption, or after somebody else merged, squashed or rebased the fix into \
production: what is done is seen in the repository.

With --pull-request, or 'landing = \"pull-request\"' in the settings, it passes the gate, pushes the \
hotfix branch and opens a request into production with gh (GitHub) or glab (GitLab); elsewhere, or \
without them, it prints the URL to open and the text to paste. Run again while the request is open it \
shows that one. Once it is merged, the same command goes on: tag, merge back, clean up. The exit code \
is 3 when the branch was pushed and gh or glab did not open the request.

Examples:
  git hotfix finish -n
  git hotfix finish --tag --push
  git hotfix finish --to release/1.2 --to release/1.1 --cherry-pick
  git hotfix finish --skip develop
  git hotfix finish --pull-request
  git -c hotfix.landing=merge hotfix finish"
)]
pub(crate) struct FinishArgs {
    /// Tag the release; without a version the next patch of the release in production
    #[arg(long, value_name = "VERSION", num_args = 0..=1)]
    tag: Option<Option<String>>,
    /// Push branches, tag and deletion, before anything moves here
    #[arg(long)]
    push: bool,
    /// Open a pull request while production has not the fix; no branch moves here
    #[arg(long, visible_alias = "pr")]
    pull_request: bool,
    /// Keep the hotfix branch
    #[arg(long)]
    keep: bool,
    /// A line that gets the fix too, e.g. release/1.2; may be given again
    #[arg(long, value_name = "LINE")]
    to: Vec<String>,
    /// A branch to land without, as an action item; may be given again
    #[arg(long, value_name = "BRANCH")]
    skip: Vec<String>,
    /// Releases and lines take the fix's commits one by one, as 'git cherry-pick -x' does
    #[arg(long)]
    cherry_pick: bool,
    /// How it looks in production: merge, squash or fast-forward; else as 'style' in the settings
    #[arg(long, value_name = "STYLE", value_parser = style)]
    style: Option<Style>,
    /// Go past the gate, on the record
    #[arg(long = "override", value_name = "REASON")]
    override_reason: Option<String>,
    #[command(flatten)]
    dry_run: DryRun,
    #[command(flatten)]
    at: At,
}

fn style(name: &str) -> Result<Style, String> {
    Style::named(name).ok_or_else(|| "it is none of merge, squash, fast-forward".to_owned())
}

pub(crate) fn cmd_finish(
    ui: &Ui,
    ctx: &Context<'_>,
    given: Option<&str>,
    args: &FinishArgs,
) -> CommandResult {
    let options = Options {
        tag: args.tag.clone(),
        push: args.push,
        pull_request: args.pull_request,
        keep: args.keep,
        to: args.to.clone(),
        skip: args.skip.clone(),
        cherry_pick: args.cherry_pick,
        style: args.style,
        override_reason: args.override_reason.clone(),
        dry_run: args.dry_run.dry_run,
    };
    let finished = landing::finish(ctx, target(given, &args.at), &options)?;
    ui.say(&finished, ctx.take_warnings(), |page| match &finished {
        Finished::Landed(landing) => words(page, landing),
        Finished::Requested(requested) => request_words(page, requested),
    });
    Ok(match &finished {
        Finished::Requested(requested) if requested.problem.is_some() => 3,
        _ => 0,
    })
}

fn request_words(page: &mut Page, requested: &Requested) {
    let Requested {
        branch,
        tip,
        target,
        remote,
        ..
    } = requested;
    let pushed = match (requested.up_to_date, requested.dry_run) {
        (true, _) => "is at",
        (false, true) => "would be pushed to",
        (false, false) => "pushed to",
    };
    page.did(format!("{branch} ({}) {pushed} {remote}", tip.short()));
    match (&requested.url, &requested.program, &requested.problem) {
        (Some(url), _, _) if requested.created => page.did(format!("Pull request opened: {url}")),
        (Some(url), _, _) => page.did(format!("The pull request is open: {url}")),
        (None, Some(program), None) => {
            let title = &requested.title;
            page.did(format!(
                "{program} would open a pull request into {target}: {title}"
            ));
        }
        _ => by_hand(page, requested),
    }
    if requested.dry_run {
        page.hint("\nNothing was changed.");
        return;
    }
    let back = match requested.then.as_slice() {
        [] => String::new(),
        branches => format!(" and brings it to {}", branches.join(", ")),
    };
    next_step(
        page,
        &requested.next,
        &format!("once it is merged, this tags it{back}"),
    );
}

/// Everything that a request opened by hand needs.
fn by_hand(page: &mut Page, requested: &Requested) {
    if let Some(problem) = &requested.problem {
        page.hint(format!("The pull request was not opened: {problem}"));
    }
    let place = match &requested.open_url {
        Some(url) => url.clone(),
        None => format!("from {} into {}", requested.branch, requested.target),
    };
    page.did(format!("Open the pull request: {place}"));
    page.did(format!("\n{}\n", requested.title));
    page.did(requested.body.trim_end());
}

fn words(page: &mut Page, landing: &Landing) {
    if landing.dry_run {
        graph(page, landing);
        page.hint("\nNothing was changed: this is what 'git hotfix finish' would do.");
        return;
    }
    moves(page, landing);
    page.did("");
    page.did(landing.summary.markdown().trim_end());
    for path in &landing.spent_worktrees {
        page.hint("\nThis work tree has served; from another one:");
        let path = path.display().to_string();
        page.hint(format!("  git worktree remove {}", shell::word(&path)));
    }
    if let (Some(command), Some(reason)) = (&landing.next, &landing.next_reason) {
        next_step(page, command, reason);
    }
}

/// What a dry run found: the branches as they are, and what each would get. A tree's id is that of
/// the landing itself; a commit's id would be another one, since it holds the time.
fn graph(page: &mut Page, landing: &Landing) {
    let tip = landing
        .tip
        .as_ref()
        .map_or(String::new(), |tip| format!("  {}", tip.short()));
    let with = if landing.with_record {
        ", with the record"
    } else {
        ""
    };
    let commits = match landing.summary.fix.commits.len() {
        0 => String::new(),
        count => format!("  {}", plural(count, "commit")),
    };
    page.did(format!("{}{tip}{commits}{with}", landing.branch));
    let mut rows: Vec<(String, String)> = landing.targets.iter().map(would).collect();
    if let Some(tag) = &landing.tag {
        let there = if tag.exists {
            "is there"
        } else {
            "on production's commit"
        };
        rows.push((tag.name.clone(), format!("tag, {there}")));
    }
    rows.extend(
        landing
            .skipped
            .iter()
            .map(|branch| (branch.clone(), LEFT_OUT.to_owned())),
    );
    rows.extend(deletion(landing).map(|words| (landing.branch.clone(), words)));
    if let Some(remote) = &landing.pushed_to {
        rows.push((
            remote.clone(),
            "gets all of it first, in one push".to_owned(),
        ));
    }
    let columns = columns(&rows);
    page.did("|");
    let last = rows.len().saturating_sub(1);
    for (at, (name, words)) in rows.iter().enumerate() {
        let edge = if at == last { '\'' } else { '+' };
        page.did(format!("{edge}-> {}  {words}", padded(name, columns)));
    }
}

const LEFT_OUT: &str = "left out, as an action item";

fn would(target: &Target) -> (String, String) {
    let doing = match &target.outcome {
        Outcome::Contained(held) => held_words(held),
        Outcome::Merged { .. } => "merge".to_owned(),
        Outcome::Squashed { .. } => "one commit".to_owned(),
        Outcome::FastForwarded => "fast-forward".to_owned(),
        Outcome::Picked { commits, .. } => format!("pick {}", plural(*commits, "commit")),
        // Such a landing was refused.
        Outcome::Conflict { .. } | Outcome::Foreign { .. } | Outcome::MovedOn { .. } => {
            String::new()
        }
    };
    let start = target.start.short();
    let words = match (&target.tree, target.outcome.is_contained()) {
        (Some(tree), false) => format!("{start}  {doing}  = tree {}", tree.short()),
        _ => format!("{start}  {doing}"),
    };
    (target.branch.clone(), words)
}

fn held_words(held: &Held) -> String {
    let by = held
        .by
        .as_ref()
        .map_or(String::new(), |by| format!(", {}", by.short()));
    match held.how {
        How::History => "holds the fix already".to_owned(),
        How::Squash => format!("holds the fix already, squashed{by}"),
        How::Copies => format!("holds the fix already, as copies{by}"),
        How::Content => format!("holds all that the fix changes already{by}"),
    }
}

fn moves(page: &mut Page, landing: &Landing) {
    let mut rows: Vec<(String, String)> = landing
        .targets
        .iter()
        .map(|target| (target.branch.clone(), target_words(target)))
        .collect();
    rows.extend(
        landing
            .skipped
            .iter()
            .map(|branch| (branch.clone(), LEFT_OUT.to_owned())),
    );
    if let Some(tag) = &landing.tag {
        let there = if tag.exists { " (was there)" } else { "" };
        rows.push(("tag".to_owned(), format!("{}{there}", tag.name)));
    }
    rows.extend(deletion(landing).map(|words| (landing.branch.clone(), words)));
    if let Some(remote) = &landing.pushed_to {
        rows.push((remote.clone(), "pushed to, in one push".to_owned()));
    }
    let columns = columns(&rows);
    for (name, words) in rows {
        page.did(format!("  {}  {words}", padded(&name, columns)));
    }
}

fn columns(rows: &[(String, String)]) -> usize {
    let widest = rows.iter().map(|(name, _)| width(name)).max();
    widest.unwrap_or(0).min(30)
}

fn deletion(landing: &Landing) -> Option<String> {
    let there = landing.pushed_to.as_deref();
    let there = there.filter(|_| landing.remote_branch_deleted);
    let deleted = if landing.dry_run {
        "is deleted"
    } else {
        "deleted"
    };
    match (landing.branch_deleted, there) {
        (true, Some(remote)) => Some(format!("{deleted} here and on {remote}")),
        (true, None) => Some(deleted.to_owned()),
        (false, Some(remote)) => Some(format!("{deleted} on {remote}")),
        (false, None) => None,
    }
}

fn target_words(target: &Target) -> String {
    let what = match (&target.outcome, target.role) {
        (Outcome::Contained(held), _) => {
            return format!("{} {}", target.result.short(), held_words(held));
        }
        (Outcome::Merged { .. }, Role::Production) => "landed".to_owned(),
        (Outcome::Merged { .. }, Role::BackMerge) => "merged back".to_owned(),
        (Outcome::Merged { .. }, _) => "merged".to_owned(),
        (Outcome::Squashed { .. }, _) => "landed as one commit".to_owned(),
        (Outcome::FastForwarded, _) => "landed, fast-forward".to_owned(),
        (Outcome::Picked { commits, .. }, _) => format!("{} picked", plural(*commits, "commit")),
        // Such a landing was refused.
        (Outcome::Conflict { .. } | Outcome::Foreign { .. } | Outcome::MovedOn { .. }, _) => {
            String::new()
        }
    };
    let (from, to) = (target.start.short(), target.result.short());
    format!("{from}..{to}  {what}")
}
