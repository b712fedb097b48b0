//! End to end: each test reads like a session with the tool.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    reason = "helpers of tests are tests too, and nothing is published"
)]

mod adverse;
mod aftermath;
mod bad_input;
mod commit;
mod doctor;
mod hooks;
mod init_config;
mod installing;
mod interruption;
mod json;
mod landing;
mod layers;
mod mishaps;
mod pushing;
mod readme;
mod record;
mod server;
mod start;
mod styles;
mod support;
mod targets;
mod verify;
