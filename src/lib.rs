//! `git hotfix`: live through a production incident with git.
//!
//! An incident is one Markdown file, the *record*, whose history lives on a ref of its own,
//! `refs/hotfix/incidents/<id>`. A command reads the record through one parsed model, changes the
//! bytes it means, saves a commit on that ref and rewrites the file in the work tree. The hotfix
//! branch carries the fix and nothing else.
//!
//! # The map
//!
//! A line of code belongs to the lowest layer that can hold it; a lower layer never names a higher
//! one (`tests/it/layers.rs` proves it).
//!
//! | layer | module | holds |
//! |---|---|---|
//! | rules | [`record`] | the record: parse, edit, template, merge, lint |
//! | | [`policy`] | commit message, pushed refs, branch names, severity, deploy gate |
//! | effects | [`process`] | programs run for a limited time |
//! | | [`integrations`] | forges, trackers, updates: alone speaks HTTP and, beside `git`, starts programs |
//! | | [`git`] | the only code that names `git2` or starts `git` |
//! | | [`config`], [`env`], [`files`] | layered settings; environment and clock; atomic writes |
//! | acts | [`workflow`] | one file a step: takes options, returns data, prints nothing |
//! | face | [`cli`] | clap tree, one file a command, words on the screen, `--json`, exit codes |
//!
//! Rules are pure: text and data in, findings and data out. Effects sit at the edge.

pub mod cli;
pub mod config;
pub mod env;
pub mod files;
pub mod git;
pub mod integrations;
pub mod policy;
pub mod process;
pub mod record;
pub mod workflow;
