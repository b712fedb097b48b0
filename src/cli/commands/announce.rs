//! `announce`

use super::{clock, next_step, zone};
use crate::cli::CommandResult;
use crate::cli::error::exit_code;
use crate::cli::table::{padded, width};
use crate::cli::ui::{Page, Paint, Ui, paint};
use crate::policy::announce::State;
use crate::workflow::announce::{self, Announced, Options, Sent, Words};
use crate::workflow::{Context, ErrorKind};
use clap::{Args, ValueEnum};

/// Tell stakeholders where it stands, from the record
#[derive(Debug, Args)]
#[command(
    after_long_help = "The update says what is wrong and who is affected, what is done, what is needed, \
and when the next one comes. It goes to every destination that git config names, and to standard output \
when there is none. What failed is tried again in the background.

Destinations (hotfix.announce.<name>.<key>, never from a tracked file):
  type            slack, teams, discord, json or command
  url             the webhook's address; or
  url-env         the name of a variable that holds it; or
  secret-command  a command that prints it, and headers, one a line
  header          'Name: value', sent with it
  command         of type command: gets the text on standard input
  timeout         10s; all tries end within it
  allow-http      true: plain http is allowed to other machines
GIT_HOTFIX_ANNOUNCE_<NAME>_URL goes before url.
hotfix.announce.auto names milestones that are announced by themselves, and for which severities.

Examples:
  git hotfix announce --preview
  git hotfix announce \"Logging in works again for most.\"
  git hotfix announce --state monitoring --to slack --to status-page
  git config --global hotfix.announce.slack.type slack
  git config --global hotfix.announce.slack.secret-command \"pass slack\"
  git config hotfix.announce.auto detected,mitigated,resolved:P0,P1"
)]
pub(crate) struct AnnounceArgs {
    /// What to say beside the record
    #[arg(value_name = "TEXT")]
    text: Vec<String>,
    /// How far it is (by the milestones when not said)
    #[arg(long, value_enum, value_name = "STATE")]
    state: Option<StateArg>,
    /// What is needed from the readers
    #[arg(long, value_name = "TEXT")]
    needs: Option<String>,
    /// Only to this destination; may be repeated
    #[arg(long, value_name = "DESTINATION")]
    to: Vec<String>,
    /// Only show what would be sent, and record nothing
    #[arg(long)]
    preview: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum StateArg {
    Investigating,
    Identified,
    Monitoring,
    Resolved,
}

impl From<StateArg> for State {
    fn from(state: StateArg) -> State {
        match state {
            StateArg::Investigating => State::Investigating,
            StateArg::Identified => State::Identified,
            StateArg::Monitoring => State::Monitoring,
            StateArg::Resolved => State::Resolved,
        }
    }
}

pub(crate) fn cmd_announce(
    ui: &Ui,
    ctx: &Context<'_>,
    given: Option<&str>,
    args: &AnnounceArgs,
) -> CommandResult {
    let text = args.text.join(" ");
    let options = Options {
        words: Words {
            message: Some(text).filter(|text| !text.trim().is_empty()),
            needs: args.needs.clone(),
            state: args.state.map(State::from),
        },
        to: args.to.clone(),
        preview: args.preview,
    };
    let announced = announce::announce(ctx, given, &options)?;
    ui.say(&announced, ctx.take_warnings(), |page| {
        words(page, ctx, &announced)
    });
    let failed = |sent: &Sent| sent.trouble.is_some();
    Ok(match announced.destinations.iter().any(failed) {
        true => exit_code(ErrorKind::Failed),
        false => 0,
    })
}

fn words(page: &mut Page, ctx: &Context<'_>, announced: &Announced) {
    let Announced {
        destinations,
        preview,
        ..
    } = announced;
    if *preview || destinations.is_empty() {
        page.line(announced.text.clone());
        return page.hint(handed(announced));
    }
    let next = match announced.next_update {
        Some(at) => format!(", the next by {} {}", clock(ctx, at), zone(ctx, at)),
        None => String::new(),
    };
    page.did(format!("{}{next}", announced.state.title()));
    let columns = destinations.iter().map(|sent| width(&sent.name)).max();
    for sent in destinations {
        let name = padded(&sent.name, columns.unwrap_or(0));
        page.did(format!("  {name}  {}", outcome(sent)));
    }
    let lasting = |sent: &&Sent| sent.trouble.is_some() && !sent.again;
    if let Some(stuck) = destinations.iter().find(lasting) {
        let command = format!("git hotfix announce --to {}", stuck.name);
        next_step(page, &ctx.command(&command), "once its settings are right");
    }
}

/// What is left to the person with an update that was only printed.
fn handed(announced: &Announced) -> String {
    let names: Vec<&str> = announced
        .destinations
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    match (announced.preview, names.is_empty()) {
        (false, _) => {
            "\nNo destination is set: pass it on yourself. It is on the timeline as written."
                .to_owned()
        }
        (true, true) => "\nNothing was recorded. No destination is set.".to_owned(),
        (true, false) => format!("\nNothing was sent. It would go to {}.", names.join(", ")),
    }
}

fn outcome(sent: &Sent) -> String {
    match (&sent.trouble, sent.again) {
        (None, _) => "sent".to_owned(),
        (Some(trouble), true) => paint(Paint::Warn, format!("{trouble}; it is tried again")),
        (Some(trouble), false) => paint(Paint::Bad, format!("{trouble}; not tried again")),
    }
}
