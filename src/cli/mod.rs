//! The face: the clap tree, one file a command, words on the screen, `--json`, exit codes.

mod annotations;
mod args;
mod commands;
mod complete;
mod error;
mod findings;
mod help;
mod manual;
mod sarif;
mod schema;
mod table;
mod ui;

use crate::env::Env;
use crate::workflow::{Context, Error, hooks, outbox};
use args::{Cli, Command, Shared};
use clap::{Args, CommandFactory, FromArgMatches};
use commands::hook::HookArgs;
use std::ffi::OsString;
use std::process::ExitCode;
use ui::Ui;

pub use manual::reference;

/// What every command returns: its exit code, or why it was not done.
type CommandResult = Result<u8, Error>;

/// A gate, a check or a policy said no.
const REFUSED: u8 = 1;

/// Runs the program with the process's arguments.
pub fn main() -> ExitCode {
    let arguments = Env::arguments();
    let json = asks_for_json(&arguments).then(|| schema::command_of(&arguments));
    std::panic::set_hook(Box::new(move |info| error::report_panic(info, json)));
    let env = match Env::capture() {
        Ok(env) => env,
        Err(cause) => {
            let error = Error::failed(format!("the current folder is gone: {cause}"));
            let error = error.next("cd somewhere else");
            return ExitCode::from(error::report(&Ui::early(json), &error));
        }
    };
    let cli = match parse(&env) {
        Ok(cli) => cli,
        Err(error) => return ExitCode::from(misused(json, &error)),
    };
    let ui = Ui::new(
        &env,
        &cli.shared,
        cli.command.as_ref().map_or("hotfix", Command::name),
    );
    let code = match run(&ui, &env, &cli) {
        Ok(code) => code,
        Err(error) => error::report(&ui, &error),
    };
    ExitCode::from(ui.ended(code))
}

/// The clap tree, for help, completions and documents.
pub fn tree() -> clap::Command {
    help::grouped(Cli::command())
}

fn parse(env: &Env) -> Result<Cli, clap::Error> {
    if env.arguments.get(1).is_some_and(|first| first == "hook") {
        // Every commit runs this: the tree of all the other commands is not grown for it.
        return Cli::from_arg_matches(&hook_alone().try_get_matches_from(&env.arguments)?);
    }
    Cli::from_arg_matches(&tree().try_get_matches_from(&env.arguments)?)
}

/// The part of the tree that a hook needs.
fn hook_alone() -> clap::Command {
    let hook = HookArgs::augment_args(clap::Command::new("hook"));
    Shared::augment_args(clap::Command::new("git-hotfix")).subcommand(hook)
}

/// Known before the arguments are understood, so that a mistake in them is an object too.
fn asks_for_json(arguments: &[OsString]) -> bool {
    let mut own = arguments.iter().take_while(|argument| *argument != "--");
    own.any(|argument| argument == "--json")
}

/// Help and versions are words in any case; a mistake is an object for those who asked for one, which
/// `json` says with the command.
fn misused(json: Option<&'static str>, error: &clap::Error) -> u8 {
    let Some(command) = json.filter(|_| error.use_stderr()) else {
        error.exit();
    };
    let text = error.render().to_string();
    let help = match command {
        "hotfix" => "git hotfix --help".to_owned(),
        command => format!("git hotfix {command} --help"),
    };
    // clap's last line names the option alone.
    let mut lines = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with("For more information"));
    let first = lines.next().unwrap_or_default();
    let error = Error::usage(first.trim_start_matches("error: ")).next(help);
    error::report(&Ui::early(json), &lines.fold(error, Error::detail))
}

fn run(ui: &Ui, env: &Env, cli: &Cli) -> CommandResult {
    // These work without a repository, or before its settings are known to be right.
    match &cli.command {
        Some(Command::Tour(args)) => return commands::tour::cmd_tour(ui, env, args),
        Some(Command::Hook(args)) => return commands::hook::cmd_hook(ui, env, args),
        Some(Command::Complete(args)) => return commands::complete::cmd_complete(ui, env, args),
        Some(Command::Completions(args)) => {
            return commands::completions::cmd_completions(ui, args);
        }
        Some(Command::InstallExtras(args)) => {
            return commands::install_extras::cmd_install_extras(ui, env, args);
        }
        Some(Command::Agent(args)) => return commands::agent::cmd_agent(ui, env, args),
        Some(Command::Schema(args)) => return commands::schema::cmd_schema(ui, args),
        Some(Command::Doctor(args)) => return commands::doctor::cmd_doctor(ui, env, args),
        Some(Command::Hooks(args)) if args.is_global() && hooks::is_outside(env) => {
            return commands::hooks::cmd_hooks_everywhere(ui, env, args);
        }
        _ => {}
    }
    let mut ctx = match &cli.command {
        Some(command) if command.needs_every_setting() => Context::open(env, ui)?,
        _ => Context::open_leniently(env, ui)?,
    };
    ctx.named.clone_from(&cli.shared.incident);
    let done = dispatch(ui, &ctx, cli).map_err(|error| error.commands(|line| ctx.command(line)));
    if !matches!(cli.command, Some(Command::Deliver(_))) {
        outbox::wake(&ctx);
    }
    // A command that failed has its warnings too: they often say why.
    ui.warnings(&ctx.take_warnings());
    done
}

fn dispatch(ui: &Ui, ctx: &Context<'_>, cli: &Cli) -> CommandResult {
    use commands as c;
    let given = cli.shared.incident.as_deref();
    let Some(command) = &cli.command else {
        return c::status::cmd_overview(ui, ctx, given);
    };
    match command {
        Command::Start(args) => c::start::cmd_start(ui, ctx, args),
        Command::Adopt(args) => c::adopt::cmd_adopt(ui, ctx, args),
        Command::Status(_) => c::status::cmd_status(ui, ctx, given),
        Command::List(args) => c::list::cmd_list(ui, ctx, args),
        Command::Show(_) => c::show::cmd_show(ui, ctx, given),
        Command::Note(args) => c::note::cmd_note(ui, ctx, given, args),
        Command::Announce(args) => c::announce::cmd_announce(ui, ctx, given, args),
        Command::Severity(args) => c::severity::cmd_severity(ui, ctx, given, args),
        Command::Impact(args) => c::impact::cmd_impact(ui, ctx, given, args),
        Command::Mitigate(args) => c::mitigate::cmd_mitigate(ui, ctx, given, args),
        Command::Revert(args) => c::revert::cmd_revert(ui, ctx, given, args),
        Command::Changes(args) => c::changes::cmd_changes(ui, ctx, given, args),
        Command::Cause(args) => c::cause::cmd_cause(ui, ctx, given, args),
        Command::Commit(args) => c::commit::cmd_commit(ui, ctx, args),
        Command::Check(args) => c::check::cmd_check(ui, ctx, given, args),
        Command::Gate(args) => c::gate::cmd_gate(ui, ctx, given, args),
        Command::Verify(args) => c::verify::cmd_verify(ui, ctx, args),
        Command::Publish(args) => c::publish::cmd_publish(ui, ctx, given, args),
        Command::Lines(args) => c::lines::cmd_lines(ui, ctx, given, args),
        Command::Finish(args) => c::finish::cmd_finish(ui, ctx, given, args),
        Command::Deployed(args) => c::deployed::cmd_deployed(ui, ctx, given, args),
        Command::Resolve(args) => c::resolve::cmd_resolve(ui, ctx, given, args),
        Command::Reopen(args) => c::reopen::cmd_reopen(ui, ctx, given, args),
        Command::Abandon(args) => c::abandon::cmd_abandon(ui, ctx, given, args),
        Command::Edit(_) => c::edit::cmd_edit(ui, ctx, given),
        Command::Postmortem(args) => c::postmortem::cmd_postmortem(ui, ctx, given, args),
        Command::Task(args) => c::task::cmd_task(ui, ctx, given, args),
        Command::Init(args) => c::init::cmd_init(ui, ctx, args),
        Command::Hooks(args) => c::hooks::cmd_hooks(ui, ctx, args),
        Command::Deliver(_) => c::deliver::cmd_deliver(ctx),
        Command::Config(args) => c::config::cmd_config(ui, ctx, args),
        Command::Hook(_)
        | Command::Complete(_)
        | Command::Completions(_)
        | Command::InstallExtras(_)
        | Command::Doctor(_)
        | Command::Tour(_)
        | Command::Agent(_)
        | Command::Schema(_) => Ok(0),
    }
}

#[cfg(test)]
mod tests {
    use crate::policy::agent::{self, section};
    use crate::policy::gate::{self, Deed, GateMode, LandingMode};
    use crate::policy::message::Format;
    use crate::record::{Record, lint};
    use crate::workflow::next::{Progressed, step};

    #[test]
    fn the_tree_is_sound() {
        super::tree().debug_assert();
    }

    const COMPLETE: &str = include_str!("../../fixtures/records/complete.md");

    fn records() -> Vec<Record> {
        let fresh = include_str!("../../fixtures/records/fresh.md");
        let hostile = fresh.replace("- [ ] Rollback plan ready", "- [ ] `x` $(y) \"z\" !w");
        let dashes = fresh.replace("- [ ] Rollback plan ready", "- [ ] --skip the \\ queue");
        let skipped = COMPLETE.replace("- skipped: staging is down", "- skipped: ");
        let mut texts = vec![
            fresh.to_owned(),
            hostile,
            dashes,
            skipped,
            COMPLETE.to_owned(),
        ];
        texts.push(include_str!("../../fixtures/records/conflict.md").to_owned());
        texts.push(String::new());
        // The life of an incident, line by line.
        let mut text = fresh.to_owned();
        for line in [
            "Mitigation applied",
            "Root cause identified",
            "Fix landed",
            "Fix deployed",
            "Incident resolved",
        ] {
            text = text.replace(
                "## Root Cause",
                &format!("- 2026-11-22 15:00:00Z: {line}\n\n## Root Cause"),
            );
            texts.push(text.clone());
            texts.push(text.replace("**Impact**: [description]", "**Impact**: all"));
        }
        texts.into_iter().map(Record::parse).collect()
    }

    /// As a POSIX shell splits a line without expansions; with one it is none of ours.
    fn words(line: &str) -> Vec<String> {
        let mut words = vec![String::new()];
        let mut quote = None;
        for c in line.chars() {
            match (quote, c) {
                (Some(open), c) if c == open => quote = None,
                (None, '"' | '\'') => quote = Some(c),
                (None, ' ') => words.push(String::new()),
                (Some('\''), c) => words.last_mut().unwrap().push(c),
                (_, '$' | '`' | '\\' | '!') => panic!("a shell would change {c}: {line}"),
                (_, c) => words.last_mut().unwrap().push(c),
            }
        }
        assert_eq!(quote, None, "{line}");
        words
    }

    #[test]
    fn every_remedy_and_every_next_step_is_a_command_of_ours() {
        let mut commands = Vec::new();
        let format = Format::default();
        for record in records() {
            let blocks = (GateMode::Block, LandingMode::Merge);
            let gate = gate::findings(Some(&record), &[], Deed::Land, blocks.0, blocks.1, &format);
            let findings = lint::lint(&record).into_iter().chain(gate);
            let remedies: Vec<String> = findings.filter_map(|finding| finding.remedy).collect();
            for commits in [0, 1] {
                for flag in [false, true] {
                    let progressed = Progressed {
                        commits,
                        remedy: remedies.first().map(String::as_str),
                        remote: flag,
                        waits_for_push: flag && commits > 0,
                        complete: flag,
                    };
                    commands.extend(step(&record, &progressed).map(|(command, _)| command));
                }
            }
            commands.extend(remedies);
        }
        let none = gate::findings(
            None,
            &[],
            Deed::Land,
            GateMode::Block,
            LandingMode::Merge,
            &format,
        );
        commands.extend(none.into_iter().filter_map(|finding| finding.remedy));
        commands.sort();
        commands.dedup();
        assert!(commands.len() > 15, "{commands:#?}");
        commands.iter().for_each(|command| is_ours(command));
    }

    /// The clap tree takes it.
    #[track_caller]
    fn is_ours(command: &str) {
        let words = words(command);
        assert_eq!(words[..2], ["git", "hotfix"], "{command}");
        let parsed = super::tree().try_get_matches_from(&words[1..]);
        assert!(parsed.is_ok(), "{command}: {}", parsed.unwrap_err());
    }

    /// The commands of ours in a Markdown text: lines of code blocks, and code within lines.
    fn commands_in(text: &str) -> Vec<String> {
        let mut in_block = false;
        let mut found = Vec::new();
        for line in text.lines() {
            if line.starts_with("```") {
                in_block = !in_block;
            } else if in_block {
                found.push(line.to_owned());
            } else {
                found.extend(line.split('`').skip(1).step_by(2).map(str::to_owned));
            }
        }
        found.retain(|command| command.starts_with("git hotfix"));
        found
    }

    #[test]
    fn every_command_that_agents_are_told_is_one_of_ours() {
        let texts = [agent::command(), section::put(None).unwrap()];
        let mut told: Vec<String> = texts.iter().flat_map(|text| commands_in(text)).collect();
        assert!(told.len() > 35, "{told:#?}");
        // What is only named, without what it needs.
        let named =
            ["note", "impact", "mitigate", "cause"].map(|name| format!("git hotfix {name}"));
        told.retain(|command| !named.contains(command));
        told.retain(|command| command != "git hotfix --help");
        told.iter().for_each(|command| is_ours(command));
        for step in [
            "start", "note", "impact", "mitigate", "cause", "commit", "check", "gate", "task",
        ]
        .into_iter()
        .chain([
            "finish",
            "deployed",
            "resolve",
            "postmortem check",
            "postmortem finalize",
        ]) {
            let step = format!("git hotfix {step} ");
            let mut told = told.iter();
            assert!(
                told.any(|c| c.starts_with(&step) && c.ends_with("--json")),
                "{step}"
            );
        }
    }

    #[test]
    fn what_agents_may_run_unasked_are_commands_of_ours() {
        let text = agent::command();
        let front = text.split("\n---\n").next().unwrap();
        let tools = front
            .split("Bash(")
            .skip(1)
            .filter_map(|rest| rest.split(')').next());
        let ours = tools.filter_map(|tool| tool.strip_prefix("git hotfix "));
        let names: Vec<&str> = ours.map(|tool| tool.trim_end_matches(":*")).collect();
        assert!(names.len() > 20, "{names:?}");
        for name in names {
            let first = name.split(' ').next().unwrap();
            let is_command = super::tree().find_subcommand(first).is_some();
            assert!(is_command || first == "--json", "{name}");
        }
    }
}
