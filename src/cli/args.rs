//! The clap tree.

use super::commands as c;
use clap::{Args, Parser, Subcommand, ValueEnum};

/// Live through a production incident with git
///
/// One command starts the incident: a branch from what is really in production, and a record that
/// keeps itself. Mitigate first, communicate, fix safely, learn.
#[derive(Debug, Parser)]
#[command(name = "git-hotfix", bin_name = "git hotfix", version)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[command(flatten)]
    pub(super) shared: Shared,
}

/// Options of every command.
#[derive(Debug, Args)]
pub(super) struct Shared {
    /// Which incident: its id, its slug, or any part that only it has
    #[arg(short, long, global = true, value_name = "ID", display_order = 100)]
    pub(super) incident: Option<String>,
    /// One JSON object instead of words
    #[arg(long, global = true, display_order = 101)]
    pub(super) json: bool,
    /// Only results and errors, no hints
    #[arg(short, long, global = true, display_order = 102)]
    pub(super) quiet: bool,
    /// When to use colour
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        display_order = 103
    )]
    pub(super) color: When,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum When {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    Always,
    Never,
}

/// `--at`, of the commands that record.
#[derive(Debug, Args)]
pub(super) struct At {
    /// When it happened: 14:05, -10m, 'yesterday 23:40', 2026-11-22T14:05Z
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub(super) at: Option<String>,
}

/// `-n`, of the commands that change refs.
#[derive(Debug, Args)]
pub(super) struct DryRun {
    /// Only say what would be done
    #[arg(short = 'n', long)]
    pub(super) dry_run: bool,
}

/// No options of its own.
#[derive(Debug, Args)]
pub(super) struct Plain {}

/// Every command; `help.rs` groups them by what the person is doing.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Start(c::start::StartArgs),
    Adopt(c::adopt::AdoptArgs),
    /// The incident in a screenful
    Status(Plain),
    List(c::list::ListArgs),
    /// Print the record
    Show(Plain),
    Note(c::note::NoteArgs),
    Announce(c::announce::AnnounceArgs),
    Severity(c::severity::SeverityArgs),
    Impact(c::impact::ImpactArgs),
    Mitigate(c::mitigate::MitigateArgs),
    Revert(c::revert::RevertArgs),
    Changes(c::changes::ChangesArgs),
    Cause(c::cause::CauseArgs),
    Commit(c::commit::CommitArgs),
    Check(c::check::CheckArgs),
    Gate(c::gate::GateArgs),
    Verify(c::verify::VerifyArgs),
    Publish(c::publish::PublishArgs),
    Lines(c::lines::LinesArgs),
    Finish(c::finish::FinishArgs),
    Deployed(c::deployed::DeployedArgs),
    Resolve(c::resolve::ResolveArgs),
    Reopen(c::reopen::ReopenArgs),
    Abandon(c::abandon::AbandonArgs),
    /// Open the record in your editor, then take in what you changed
    Edit(Plain),
    Postmortem(c::postmortem::PostmortemArgs),
    Task(c::task::TaskArgs),
    Init(c::init::InitArgs),
    Hooks(c::hooks::HooksArgs),
    /// What git runs; see githooks(5)
    #[command(hide = true)]
    Hook(c::hook::HookArgs),
    /// Tell other systems what the outbox holds for them
    #[command(hide = true)]
    Deliver(Plain),
    /// What the shells' scripts call
    #[command(hide = true)]
    Complete(c::complete::CompleteArgs),
    Config(c::config::ConfigArgs),
    Doctor(c::doctor::DoctorArgs),
    InstallExtras(c::install_extras::InstallExtrasArgs),
    Completions(c::completions::CompletionsArgs),
    Agent(c::agent::AgentArgs),
    Schema(c::schema::SchemaArgs),
    Tour(c::tour::TourArgs),
}

impl Command {
    /// Whether a setting that cannot be used stops it: it judges, lands or sets up by the team's
    /// policy. What records and shows must go on in an incident.
    pub(super) fn needs_every_setting(&self) -> bool {
        match self {
            Command::Gate(_)
            | Command::Publish(_)
            | Command::Lines(_)
            | Command::Finish(_)
            | Command::Init(_)
            | Command::Config(_) => true,
            Command::Postmortem(args) => args.commits(),
            _ => false,
        }
    }

    /// The name in `--json`.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Command::Start(_) => "start",
            Command::Adopt(_) => "adopt",
            Command::Status(_) => "status",
            Command::List(_) => "list",
            Command::Show(_) => "show",
            Command::Note(_) => "note",
            Command::Announce(_) => "announce",
            Command::Severity(_) => "severity",
            Command::Impact(_) => "impact",
            Command::Mitigate(_) => "mitigate",
            Command::Revert(_) => "revert",
            Command::Changes(_) => "changes",
            Command::Cause(_) => "cause",
            Command::Commit(_) => "commit",
            Command::Check(_) => "check",
            Command::Gate(_) => "gate",
            Command::Verify(_) => "verify",
            Command::Publish(_) => "publish",
            Command::Lines(_) => "lines",
            Command::Finish(_) => "finish",
            Command::Deployed(_) => "deployed",
            Command::Resolve(_) => "resolve",
            Command::Reopen(_) => "reopen",
            Command::Abandon(_) => "abandon",
            Command::Edit(_) => "edit",
            Command::Postmortem(_) => "postmortem",
            Command::Task(_) => "task",
            Command::Init(_) => "init",
            Command::Hooks(_) => "hooks",
            Command::Hook(_) => "hook",
            Command::Deliver(_) => "deliver",
            Command::Complete(_) => "complete",
            Command::Config(_) => "config",
            Command::Doctor(_) => "doctor",
            Command::InstallExtras(_) => "install-extras",
            Command::Completions(_) => "completions",
            Command::Agent(_) => "agent",
            Command::Schema(_) => "schema",
            Command::Tour(_) => "tour",
        }
    }
}
