//! The acts: one file a step. Each takes options and returns data; nothing is printed here.

pub mod abandon;
pub mod adopt;
pub mod agent;
pub mod announce;
pub mod candidates;
pub mod changes;
pub mod checklist;
pub mod commit;
pub mod commit_msg;
pub mod copies;
pub mod doctor;
pub mod edit;
pub mod extras;
pub mod gate;
pub mod hook;
pub mod hooks;
pub mod incident;
pub mod init;
pub mod landing;
pub mod lines;
pub mod list;
pub mod log;
pub mod next;
pub mod outbox;
pub mod postmortem;
pub mod production;
pub mod publish;
pub mod receive;
pub mod rejection;
pub mod revert;
pub mod settings;
pub mod sharing;
pub mod shell;
pub mod start;
pub mod status;
pub mod store;
pub mod task;
pub mod tour;
pub mod unfinished;
pub mod verify;

mod context;
mod error;
mod exclude;
mod landed;
mod merged;
mod open;
mod release;
mod trailers;
mod typed;
mod workfile;
mod worktrees;

pub use context::{Context, Progress};
use error::lock_advice;
pub use error::{Code, Error, ErrorKind};

/// What an act returns.
pub type Result<T> = std::result::Result<T, Error>;
