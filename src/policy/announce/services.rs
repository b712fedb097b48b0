//! What each service is sent.
//!
//! Limits: Slack's header has 150 characters and a section 3000 (Block Kit reference); Discord's
//! content 2000 (its webhook resource); a message to Teams 28 KB (its limits for webhooks).

use super::limits::{Pieces, cut};
use super::{Line, Update};
use serde_json::{Value, json};

const SLACK_HEADER: usize = 150;
const SLACK_SECTION: usize = 3000;
const DISCORD: usize = 2000;
const TEAMS_TITLE: usize = 200;
const TEAMS_MESSAGE: usize = 2000;
const TEAMS_LINE: usize = 600;
/// Each line of a card is a block, with words of its own around it.
const TEAMS_LINES: usize = 20;

/// Words that Slack, and what is like it, takes for everybody behind an `@`.
const EVERYBODY: [&str; 4] = ["here", "channel", "everyone", "all"];
/// Has no width, and joins nothing to a word that calls somebody.
const JOINER: char = '\u{2060}';

/// A message of blocks for a Slack webhook. `verbatim` and `parse` keep it from looking for names and
/// channels in the text.
pub fn slack(update: &Update) -> Value {
    let heading = update.heading();
    let mut fallback = Pieces::default();
    slack_data(
        &mut fallback,
        &format!("{heading}: {}", update.state.title()),
    );
    let mut blocks = vec![json!({
        "type": "header",
        "text": {"type": "plain_text", "text": cut(&heading, SLACK_HEADER), "emoji": false},
    })];
    let mut section = |pieces: &Pieces| {
        blocks.push(json!({
            "type": "section",
            "text": {"type": "mrkdwn", "text": pieces.cut(SLACK_SECTION), "verbatim": true},
        }));
    };
    for part in parts(update, "*", "", slack_data) {
        section(&part);
    }
    json!({
        "text": fallback.cut(SLACK_SECTION),
        "blocks": blocks,
        "link_names": false,
        "parse": "none",
        "unfurl_links": false,
    })
}

/// A message for a Discord webhook; whatever it says, nobody is mentioned.
pub fn discord(update: &Update) -> Value {
    let mut content = Pieces::default();
    content.own("**");
    discord_data(&mut content, &update.heading());
    content.own("**");
    let mut last = Pieces::default();
    let mut parts = parts(update, "**", "- ", discord_data);
    // What is promised is not cut off.
    if update.next.is_some()
        && let Some(outlook) = parts.pop()
    {
        last = outlook;
    }
    for part in parts {
        content.own("\n");
        content.piece(part.cut(DISCORD));
    }
    let room = DISCORD - last.len() - 1;
    let text = match last.len() {
        0 => content.cut(room),
        _ => format!("{}\n{}", content.cut(room), last.cut(DISCORD)),
    };
    json!({"content": text, "allowed_mentions": {"parse": []}})
}

/// An Adaptive Card in a message, as a Teams workflow ("When a Teams webhook request is received")
/// takes it. Text runs hold no markup, so record text stays text.
pub fn teams(update: &Update) -> Value {
    let run = |text: &str, bold: bool| {
        let weight = if bold { "Bolder" } else { "Default" };
        json!({"type": "TextRun", "text": text, "weight": weight})
    };
    let block = |runs: Vec<Value>| json!({"type": "RichTextBlock", "inlines": runs});
    let fact = |Line { label, text }: &Line| {
        block(vec![
            run(&format!("{label}: "), true),
            run(&cut(text, TEAMS_LINE), false),
        ])
    };
    let heading = cut(&update.heading(), TEAMS_TITLE);
    let mut body = vec![
        json!({"type": "RichTextBlock", "inlines": [
            {"type": "TextRun", "text": heading, "weight": "Bolder", "size": "Large"},
        ]}),
        block(vec![run(update.state.title(), true)]),
    ];
    let message = cut(update.message.as_deref().unwrap_or_default(), TEAMS_MESSAGE);
    let lines = message.splitn(TEAMS_LINES, '\n');
    let lines = lines.filter(|line| !line.is_empty());
    body.extend(lines.map(|line| block(vec![run(&line.replace('\n', " "), false)])));
    body.extend(update.conditions.iter().map(fact));
    body.extend(update.actions.iter().map(fact));
    let needs = update.needs.clone().map(|text| Line {
        label: "Needs".to_owned(),
        text,
    });
    body.extend(needs.iter().map(fact));
    body.extend(update.outlook().map(|text| block(vec![run(&text, false)])));
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.2",
                "msteams": {"width": "Full"},
                "body": body,
            },
        }],
    })
}

/// What stands below the heading, part by part; the outlook is the last when there is one.
fn parts(
    update: &Update,
    bold: &str,
    bullet: &str,
    data: impl Fn(&mut Pieces, &str),
) -> Vec<Pieces> {
    let mut parts = Vec::new();
    let mut part = |fill: &dyn Fn(&mut Pieces)| {
        let mut pieces = Pieces::default();
        fill(&mut pieces);
        parts.push(pieces);
    };
    part(&|pieces| {
        pieces.own(&format!("{bold}{}{bold}", update.state.title()));
        if let Some(message) = &update.message {
            pieces.own("\n");
            data(pieces, message);
        }
    });
    for (title, lines) in [
        ("Conditions", &update.conditions),
        ("Actions", &update.actions),
    ] {
        if lines.is_empty() {
            continue;
        }
        part(&|pieces| {
            pieces.own(&format!("{bold}{title}{bold}"));
            for Line { label, text } in lines {
                pieces.own(&format!("\n{bullet}{label}: "));
                data(pieces, text);
            }
        });
    }
    if let Some(needs) = &update.needs {
        part(&|pieces| {
            pieces.own(&format!("{bold}Needs{bold}\n{bullet}"));
            data(pieces, needs);
        });
    }
    if let Some(outlook) = update.outlook() {
        part(&|pieces| {
            pieces.own(&outlook);
        });
    }
    parts
}

/// Slack's three escapes, by which no `<!here>`, `<@U1>` or link comes about; and no `@here` for
/// servers that take Slack's messages but not its `parse`.
fn slack_data(pieces: &mut Pieces, text: &str) {
    for (at, c) in text.char_indices() {
        pieces.piece(match c {
            '&' => "&amp;".to_owned(),
            '<' => "&lt;".to_owned(),
            '>' => "&gt;".to_owned(),
            '@' if calls_everybody(&text[at + 1..]) => format!("@{JOINER}"),
            c => c.to_string(),
        });
    }
}

fn calls_everybody(text: &str) -> bool {
    EVERYBODY.iter().any(|word| {
        text.get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word))
    })
}

/// Discord's Markdown as text, but for addresses, in which a backslash would count.
fn discord_data(pieces: &mut Pieces, text: &str) {
    for word in text.split_inclusive(char::is_whitespace) {
        let is_address = word.starts_with("https://") || word.starts_with("http://");
        for c in word.chars() {
            pieces.piece(match c {
                '<' | '>' | '[' | ']' | '|' | '`' | '\\' => format!("\\{c}"),
                '*' | '_' | '~' | '#' | '-' if !is_address => format!("\\{c}"),
                c => c.to_string(),
            });
        }
    }
}
