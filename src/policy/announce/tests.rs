//! What must hold of every update, whatever stands in the record.

use super::limits::units;
use super::services::{discord, slack, teams};
use super::{Said, State, Update, due, plain};
use crate::policy::severity::Severities;
use crate::policy::updates::Updates;
use crate::record::{Change, Field, Milestone, Record, SectionName, apply};
use chrono::{DateTime, TimeDelta, Utc};
use expect_test::expect;
use proptest::prelude::*;
use serde_json::Value;

const FRESH: &str = include_str!("../../../fixtures/records/fresh.md");
const COMPLETE: &str = include_str!("../../../fixtures/records/complete.md");

fn now() -> DateTime<Utc> {
    "2026-11-22T14:47:00Z".parse().unwrap()
}

fn update(record: &Record, said: &Said<'_>) -> Update {
    let (severities, updates) = (Severities::default(), Updates::default());
    Update::of(
        "2026-11-22-login",
        record,
        said,
        now(),
        &severities,
        &updates,
    )
}

fn with(record: &Record, changes: Vec<Change>) -> Record {
    changes
        .iter()
        .fold(record.clone(), |record, change| apply(&record, change))
}

fn reached(milestone: Milestone, at: &str, detail: &str) -> Change {
    Change::Milestone {
        milestone,
        at: at.parse().unwrap(),
        detail: Some(detail.to_owned()).filter(|detail| !detail.is_empty()),
    }
}

fn set(field: Field, value: &str) -> Change {
    Change::Field {
        field,
        value: value.to_owned(),
    }
}

/// An incident half way through.
fn under_way() -> Record {
    let changes = vec![
        set(Field::Severity, "P0"),
        set(Field::Impact, "1200 users cannot log in"),
        reached(
            Milestone::Mitigated,
            "2026-11-22T14:14:00Z",
            "rollback: api back to v2.3.0",
        ),
        reached(
            Milestone::CauseIdentified,
            "2026-11-22T14:31:00Z",
            "key prefix",
        ),
    ];
    with(&Record::parse(FRESH), changes)
}

#[test]
fn the_update_says_conditions_actions_needs_and_when_the_next_comes() {
    let said = Said {
        message: Some("Logging in works again for most.\n\nThank you for waiting."),
        needs: Some("somebody who knows the key store"),
        state: None,
    };
    expect![[r#"
        [P0] Users can't login - 500 error on auth endpoint
        Identified

        Logging in works again for most.

        Thank you for waiting.

        Conditions
          Impact: 1200 users cannot log in
          Since: 14:05 UTC

        Actions
          Mitigation: rollback: api back to v2.3.0
          Now: the cause is known, a fix is being made

        Needs
          somebody who knows the key store

        Next update by 15:02 UTC."#]]
    .assert_eq(&plain(&update(&under_way(), &said)));
}

#[test]
fn a_fresh_record_gives_an_update_without_its_placeholders() {
    let text = plain(&update(&Record::parse(FRESH), &Said::default()));
    expect![[r#"
        [P0] Users can't login - 500 error on auth endpoint
        Investigating

        Conditions
          Since: 14:05 UTC

        Actions
          Now: the cause is being looked for

        Next update by 15:02 UTC."#]]
    .assert_eq(&text);
}

#[test]
fn a_resolved_one_promises_nothing_more() {
    let over = update(&Record::parse(COMPLETE), &Said::default());
    assert_eq!((over.state, over.next), (State::Resolved, None));
    let labels: Vec<&str> = over
        .conditions
        .iter()
        .map(|line| line.label.as_str())
        .collect();
    assert!(
        labels.contains(&"Lasted") && !labels.contains(&"Trend"),
        "{labels:?}"
    );
}

#[test]
fn the_state_follows_from_the_milestones_and_never_goes_back() {
    let mut record = Record::parse(FRESH);
    let mut states = vec![State::of(&record)];
    for (milestone, at) in [
        (Milestone::Mitigated, "2026-11-22T14:14:00Z"),
        (Milestone::CauseIdentified, "2026-11-22T14:31:00Z"),
        (Milestone::Landed, "2026-11-22T14:40:00Z"),
        (Milestone::Deployed, "2026-11-22T14:41:00Z"),
        (Milestone::Resolved, "2026-11-22T14:45:00Z"),
    ] {
        record = apply(&record, &reached(milestone, at, ""));
        states.push(State::of(&record));
    }
    use State::*;
    let expected = [
        Investigating,
        Investigating,
        Identified,
        Identified,
        Monitoring,
        Resolved,
    ];
    assert_eq!(states, expected);
    let said = Said {
        state: Some(Monitoring),
        ..Said::default()
    };
    assert_eq!(update(&Record::parse(FRESH), &said).state, Monitoring);
}

#[test]
fn the_next_update_is_due_after_the_last_one_of_either_kind() {
    let due = |record: &Record| due::due(record, &Severities::default(), &Updates::default());
    let at = |time: &str| {
        Some(
            format!("2026-11-22T{time}Z")
                .parse::<DateTime<Utc>>()
                .unwrap(),
        )
    };
    let mut record = under_way();
    assert_eq!(due(&record), at("14:20:31"));
    let note = |time: &str, text: String| Change::Note {
        at: at(time).unwrap(),
        text,
    };
    let lines = [
        (
            "14:30:00",
            due::sent_line(&["slack", "status-page"], "identified", None),
        ),
        ("14:40:00", due::written_line("identified", Some("soon"))),
        ("14:44:00", "Update sent by hand".to_owned()),
    ];
    for (time, text) in lines {
        record = apply(&record, &note(time, text));
    }
    assert_eq!(due(&record), at("14:55:00"));
    assert_eq!(due(&apply(&record, &set(Field::Severity, "P2"))), None);
    let over = apply(
        &record,
        &reached(Milestone::Resolved, "2026-11-22T14:50:00Z", ""),
    );
    assert_eq!(due(&over), None);
}

#[test]
fn a_text_of_a_record_calls_nobody_and_links_nothing() {
    let hostile = "a <!here> <@U1> @Channel <https://e.example|x> [x](https://e.example) & **b**";
    let record = apply(&under_way(), &set(Field::Impact, hostile));
    let said = Said {
        message: Some("@everyone"),
        ..Said::default()
    };
    let update = update(&record, &said);
    let slack = slack(&update);
    let sections = texts(&slack["blocks"]);
    let escaped = "a &lt;!here&gt; &lt;@U1&gt; @\u{2060}Channel &lt;https://e.example|x&gt;";
    assert!(sections.contains(escaped), "{sections}");
    assert!(sections.contains("@\u{2060}everyone"), "{sections}");
    assert_eq!(
        (&slack["link_names"], &slack["parse"]),
        (&Value::Bool(false), &"none".into())
    );
    let discord = discord(&update);
    assert_eq!(
        discord["allowed_mentions"]["parse"],
        Value::Array(Vec::new())
    );
    let content = discord["content"].as_str().unwrap();
    assert!(
        content.contains("\\<@U1\\>") && content.contains("\\[x\\]("),
        "{content}"
    );
    // A run of text has no markup, and no mention without an entity that names one.
    let card = &teams(&update)["attachments"][0]["content"];
    assert!(card["msteams"].get("entities").is_none());
    for block in card["body"].as_array().unwrap() {
        assert_eq!(block["type"], "RichTextBlock");
    }
}

/// Every text of Slack's blocks.
fn texts(blocks: &Value) -> String {
    let blocks = blocks.as_array().unwrap().iter();
    let texts = blocks.map(|block| block["text"]["text"].as_str().unwrap());
    texts.collect::<Vec<_>>().join("\n")
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[&<>@\\[\\]*_|\"\\\\ \n]{0,40}",
        "(@here|<!channel>|&amp;|é|登录|🚒){0,900}",
        proptest::collection::vec(any::<char>(), 0..4000).prop_map(String::from_iter),
    ]
}

/// A record that says something everywhere, and what a person said.
fn any_update() -> impl Strategy<Value = Update> {
    let texts = (any_text(), any_text(), any_text(), any_text(), any_text());
    texts.prop_map(|(title, impact, detail, message, needs)| {
        let fresh = FRESH.replace(
            "Users can't login - 500 error on auth endpoint",
            &title.replace(['\n', '\r'], " "),
        );
        let changes = vec![
            set(Field::Impact, &impact),
            set(Field::Affected, &detail),
            set(Field::Trend, &impact),
            reached(Milestone::Mitigated, "2026-11-22T14:14:00Z", &detail),
            Change::Prose {
                section: SectionName::RootCause,
                text: detail.clone(),
            },
        ];
        let said = Said {
            message: Some(&message),
            needs: Some(&needs),
            state: None,
        };
        update(&with(&Record::parse(fresh), changes), &said)
    })
}

proptest! {
    // Long texts in every field make a case slow.
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn every_service_gets_what_it_takes(update in any_update()) {
        let slack = slack(&update);
        let blocks = slack["blocks"].as_array().unwrap();
        prop_assert!(units(blocks[0]["text"]["text"].as_str().unwrap()) <= 150);
        for block in blocks {
            let text = block["text"]["text"].as_str().unwrap();
            prop_assert!(!text.is_empty() && units(text) <= 3000);
            if block["type"] == "section" {
                prop_assert!(escapes_are_whole(text), "{}", text);
            }
        }
        prop_assert!(escapes_are_whole(slack["text"].as_str().unwrap()));
        let discord = discord(&update);
        let content = discord["content"].as_str().unwrap();
        prop_assert!(units(content) <= 2000);
        let outlook = update.outlook();
        prop_assert!(outlook.is_none_or(|outlook| content.ends_with(&outlook)));
        let card = serde_json::to_string(&teams(&update)).unwrap();
        prop_assert!(card.len() <= 28 * 1024, "{}", card.len());
    }

    #[test]
    fn no_placeholder_and_no_control_character_is_told(update in any_update()) {
        let text = plain(&update);
        for hint in ["[description]", "[who or what is affected]", "[What caused the incident]"] {
            let told = text.contains(&format!(": {hint}\n"));
            prop_assert!(!told, "{}", text);
        }
        prop_assert!(!text.contains(|c: char| c.is_control() && c != '\n'));
    }

    #[test]
    fn an_update_comes_back_from_its_json(update in any_update()) {
        let json = serde_json::to_string(&update).unwrap();
        prop_assert_eq!(serde_json::from_str::<Update>(&json).unwrap(), update);
    }

    #[test]
    fn what_is_due_comes_after_what_was_sent(minutes in 0_i64..500) {
        let at = now() + TimeDelta::minutes(minutes);
        let text = due::sent_line(&["slack"], "identified", None);
        let record = apply(&under_way(), &Change::Note { at, text });
        let due = due::due(&record, &Severities::default(), &Updates::default());
        prop_assert_eq!(due, Some(at + TimeDelta::minutes(15)));
    }
}

/// No `<` or `>`, and each `&` begins one of the three escapes.
fn escapes_are_whole(text: &str) -> bool {
    let escaped = |rest: &str| {
        ["amp;", "lt;", "gt;"]
            .iter()
            .any(|end| rest.starts_with(end))
    };
    let mut ands = text.split('&');
    ands.next();
    !text.contains(['<', '>']) && ands.all(escaped)
}
