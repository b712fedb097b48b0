//! `config`

use crate::cli::CommandResult;
use crate::cli::table::{cut, padded, width};
use crate::cli::ui::{Paint, Ui, paint};
use crate::config::Origin;
use crate::workflow::{Context, production};
use clap::Args;
use serde::Serialize;

pub(crate) mod ruleset;

/// Every setting, its value, and where it came from
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  git hotfix config --ruleset 2>/dev/null | head -1")]
pub(crate) struct ConfigArgs {
    /// The commit message's format as RE2 patterns, for a forge's rules
    #[arg(long)]
    ruleset: bool,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Settings<'a> {
    settings: Vec<Setting<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Setting<'a> {
    name: &'a str,
    value: &'a str,
    help: &'a str,
    #[serde(flatten)]
    origin: &'a Origin,
}

pub(crate) fn cmd_config(ui: &Ui, ctx: &Context<'_>, args: &ConfigArgs) -> CommandResult {
    if args.ruleset {
        return ruleset::say(ui, ctx);
    }
    let settings: Vec<Setting<'_>> = ctx
        .settings
        .origins
        .iter()
        .map(|(key, value, origin)| Setting {
            name: key.name,
            value,
            help: key.help,
            origin,
        })
        .chain(ctx.settings.announce.rows.iter().map(|row| Setting {
            name: &row.name,
            value: &row.value,
            help: match row.name.as_str() {
                "announce.auto" => "Milestones that are announced by themselves.",
                _ => "Where updates to stakeholders go.",
            },
            origin: &row.origin,
        }))
        .collect();
    let settings = Settings { settings };
    ui.say(&settings, ctx.take_warnings(), |page| {
        let names = settings
            .settings
            .iter()
            .map(|s| width(s.name))
            .max()
            .unwrap_or(0);
        for setting in &settings.settings {
            let origin = origin_words(setting.origin);
            let room = ui
                .width
                .saturating_sub(names + 2 + 2 + width(&origin))
                .max(10);
            let value = setting.value.replace('\n', " | ");
            let value = match found(ctx, setting.name).filter(|_| value.is_empty()) {
                Some(found) => found,
                None if value.is_empty() => "-".to_owned(),
                None => value,
            };
            let name = padded(setting.name, names);
            page.line(format!(
                "{name}  {}  {}",
                padded(&cut(&value, room), room),
                paint(Paint::Dim, origin)
            ));
        }
        page.hint("\nSet one for yourself: git config hotfix.<name> <value>");
        page.hint("For the team: .hotfix.toml (git hotfix init writes a commented one)");
    });
    Ok(0)
}

/// What the repository itself says where nothing is set.
fn found(ctx: &Context<'_>, name: &str) -> Option<String> {
    match name {
        "production" => production::find(ctx).ok().map(|found| found.branch),
        "remote" => production::remote(ctx).ok().flatten(),
        _ => None,
    }
}

fn origin_words(origin: &Origin) -> String {
    match origin {
        Origin::Default => "default".to_owned(),
        Origin::Gitflow { key } => key.clone(),
        Origin::File { line } => format!(".hotfix.toml:{line}"),
        Origin::Git { scope, .. } => format!("git config ({scope})"),
        Origin::Environment { variable } => variable.clone(),
    }
}
