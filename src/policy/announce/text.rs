//! The update as plain text: for the terminal, and for what a person pastes.

use super::{Line, Update};

/// The whole update, lines of any length, without a line break at its end.
pub fn plain(update: &Update) -> String {
    let mut parts = vec![format!("{}\n{}", update.heading(), update.state.title())];
    parts.extend(update.message.clone());
    parts.extend(section("Conditions", &update.conditions));
    parts.extend(section("Actions", &update.actions));
    parts.extend(
        update
            .needs
            .as_ref()
            .map(|needs| format!("Needs\n  {needs}")),
    );
    parts.extend(update.outlook());
    parts.join("\n\n")
}

fn section(title: &str, lines: &[Line]) -> Option<String> {
    if lines.is_empty() {
        return None;
    }
    let lines = lines
        .iter()
        .map(|Line { label, text }| format!("\n  {label}: {text}"));
    Some(format!("{title}{}", lines.collect::<String>()))
}
