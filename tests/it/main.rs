//! End to end: each test reads like a session with the tool.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    reason = "helpers of tests are tests too, and nothing is published"
)]

mod adopt;
mod adverse;
mod aftermath;
mod agent;
mod announce;
mod bad_input;
mod ci;
mod commit;
mod doctor;
mod hints;
mod hooks;
mod hostile;
mod init_config;
mod installing;
mod interrupted;
mod interruption;
mod json;
mod known;
mod landing;
mod layers;
mod lines;
mod managers;
mod mishaps;
mod overtaken;
mod pull_request;
mod pushing;
mod reach;
mod readme;
mod record;
mod revert;
mod reviewed;
mod server;
mod shells;
mod signing;
mod start;
mod styles;
mod support;
mod targets;
mod tracker;
mod trees;
mod verify;
