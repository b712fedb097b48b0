//! `git hotfix announce`: what stakeholders are sent, over real sockets.

mod automatic;
mod https;
mod secrets;
mod sending;
mod web;

use super::support::Sandbox;

/// Sets a key of a destination, in the person's own configuration.
fn set(shop: &Sandbox, key: &str, value: &str) {
    let key = format!("hotfix.announce.{key}");
    shop.git(&["config", "--global", &key, value]).ok();
}

/// A destination with an address.
fn destination(shop: &Sandbox, name: &str, kind: &str, url: &str) {
    set(shop, &format!("{name}.type"), kind);
    set(shop, &format!("{name}.url"), url);
}

/// The timeline's lines about updates, without their times.
fn updates(shop: &Sandbox) -> Vec<String> {
    let show = shop.hotfix(&["show"]).ok().stdout;
    let lines = show
        .lines()
        .filter_map(|line| line.split_once("Z: Update "));
    lines.map(|(_, said)| said.to_owned()).collect()
}

/// The outbox's entries.
fn waiting(shop: &Sandbox) -> usize {
    let Ok(files) = std::fs::read_dir(shop.path("shop/.git/hotfix/outbox")) else {
        return 0;
    };
    let names = files.map(|file| file.unwrap().file_name());
    names
        .filter(|name| name.to_string_lossy().ends_with(".json"))
        .count()
}
