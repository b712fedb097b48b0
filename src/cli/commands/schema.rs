//! `schema`

use crate::cli::CommandResult;
use crate::cli::schema::{FILES, File, SCHEMA, id};
use crate::cli::ui::Ui;
use crate::workflow::Error;
use clap::Args;
use serde::Serialize;

/// The JSON Schema of what a command prints with --json
#[derive(Debug, Args)]
#[command(
    after_long_help = "Without a name the list of them. 'common' is what every object has, 'error' \
what a command prints that was not done. docs/json.md says what a caller may rely on.

Examples:
  git hotfix schema
  git hotfix schema status > status.schema.json"
)]
pub(crate) struct SchemaArgs {
    /// A command, 'common' or 'error'
    #[arg(value_name = "COMMAND")]
    name: Option<String>,
}

/// The schemas of this version.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Schemas {
    /// The version, which stands as `schema` in every object.
    version: &'static str,
    /// All of them, or the one that was asked for.
    schemas: Vec<Entry>,
}

/// A schema.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Entry {
    /// The command, `common` or `error`.
    name: &'static str,
    /// The schema's `$id`.
    id: String,
    /// The schema; only of the one that was asked for.
    document: Option<serde_json::Value>,
}

pub(crate) fn cmd_schema(ui: &Ui, args: &SchemaArgs) -> CommandResult {
    let Some(name) = &args.name else {
        let schemas: Vec<Entry> = FILES.iter().map(Entry::listed).collect();
        let list = Schemas {
            version: SCHEMA,
            schemas,
        };
        ui.say(&list, Vec::new(), |page| {
            for entry in &list.schemas {
                page.line(format!("{:<11} {}", entry.name, entry.id));
            }
        });
        return Ok(0);
    };
    let file = FILES.iter().find(|file| file.name == name);
    let file = file.ok_or_else(|| {
        Error::usage(format!("there is no schema called '{name}'")).next("git hotfix schema")
    })?;
    let document = serde_json::from_str(file.text)
        .map_err(|error| Error::failed(format!("the schema of {name}: {error}")))?;
    let one = Schemas {
        version: SCHEMA,
        schemas: vec![Entry {
            document: Some(document),
            ..Entry::listed(file)
        }],
    };
    ui.say(&one, Vec::new(), |page| page.line(file.text.trim_end()));
    Ok(0)
}

impl Entry {
    fn listed(file: &File) -> Entry {
        Entry {
            name: file.name,
            id: id(file.name),
            document: None,
        }
    }
}
