use super::*;
use crate::config::{Settings, Sources, load, load_leniently};
use crate::policy::announce::{Kind, Source};
use std::time::Duration;

const HOOK: &str = "https://hooks.example.com/T0/B0/sEcReT";

fn entries(values: &[(&str, &str)]) -> Vec<ConfigEntry> {
    let entry = |&(name, value): &(&str, &str)| ConfigEntry {
        name: format!("hotfix.announce{name}"),
        value: value.to_owned(),
        scope: ConfigScope::Local,
    };
    values.iter().map(entry).collect()
}

fn sources<T>(
    values: &[(&str, &str)],
    variables: &[(&str, &str)],
    read: impl Fn(&Sources<'_>) -> T,
) -> T {
    let git = entries(values);
    let pair = |&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned());
    let environment: BTreeMap<String, String> = variables.iter().map(pair).collect();
    read(&Sources {
        file: None,
        git: &git,
        environment: &environment,
        remotes: &[],
    })
}

fn announce(values: &[(&str, &str)], variables: &[(&str, &str)]) -> Result<Announce, ConfigError> {
    sources(values, variables, |sources| {
        load(sources).map(|s: Settings| s.announce)
    })
}

#[test]
fn a_destination_is_read_from_its_keys() {
    let values = [
        (".status-page.type", "json"),
        (".status-page.url", HOOK),
        (".status-page.header", "Authorization: Bearer t0ken"),
        (".status-page.timeout", "3s"),
        (".mail.type", "command"),
        (".mail.command", "sendmail team@example.com"),
    ];
    let found = announce(&values, &[]).unwrap();
    let [mail, page] = found.destinations.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!((mail.name.as_str(), mail.kind), ("mail", Kind::Command));
    assert_eq!(
        (page.kind, page.timeout),
        (Kind::Json, Duration::from_secs(3))
    );
    assert_eq!(page.address, Some(Source::Given(Secret::new(HOOK))));
    assert_eq!(page.headers.len(), 1);
    let shown = format!("{found:?}");
    for secret in ["example.com", "sEcReT", "t0ken", "sendmail"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn the_variable_goes_before_git_config() {
    let values = [
        (".status-page.type", "slack"),
        (".status-page.url", "https://a.example/"),
    ];
    let variables = [("GIT_HOTFIX_ANNOUNCE_STATUS_PAGE_URL", HOOK)];
    let found = announce(&values, &variables).unwrap();
    assert_eq!(
        found.destinations[0].address,
        Some(Source::Given(Secret::new(HOOK)))
    );
    let variable = variables[0].0.to_owned();
    assert_eq!(found.rows[0].origin, Origin::Environment { variable });
    // It alone does not say what kind of destination it is.
    let error = announce(&[], &variables).unwrap_err();
    assert_eq!(error.place, variables[0].0);
}

#[test]
fn what_cannot_be_used_is_named_by_its_key_and_never_by_its_value() {
    let with = |more: &[(&'static str, &'static str)]| {
        let mut values = vec![(".chat.type", "slack"), (".chat.url", HOOK)];
        values.extend_from_slice(more);
        announce(&values, &[]).unwrap_err()
    };
    for (key, value, words) in [
        (".chat.type", "sEcReT", "its type is none of"),
        (".chat.url", "http://sEcReT.example/", "is plain http"),
        (".chat.url", "sEcReT", "is not an address"),
        (
            ".chat.url",
            "https://sEcReT:x@a.example/",
            "in front of the host",
        ),
        (".chat.header", "sEcReT", "a header is not like"),
        (".chat.timeout", "sEcReT", "timeout"),
        (".chat.allow-http", "sEcReT", "neither true nor false"),
        (".chat.command", "sEcReT", "secret-command"),
        (".chat.ulr", "sEcReT", "'hotfix.announce.chat.url'"),
        (".slack", "sEcReT", "hotfix.announce.<name>.type"),
        ("", "sEcReT", "hotfix.announce.<name>.type"),
        (".auto", "fixed", "announce.auto: 'fixed' is none of"),
        (".a b.type", "slack", "a name has letters"),
    ] {
        let error = with(&[(key, value)]);
        let said = format!("{error} {:?}", error.remedy);
        assert!(
            said.contains(words) && !said.contains("sEcReT"),
            "{key}: {said}"
        );
        assert!(
            error
                .place
                .starts_with(&format!("git config hotfix.announce{key}")),
            "{error}"
        );
    }
    let missing = announce(&[(".chat.type", "slack")], &[]).unwrap_err();
    assert_eq!(
        missing.remedy.as_deref(),
        Some("git config --local hotfix.announce.chat.url https://…")
    );
    assert!(announce(&[(".mail.type", "command")], &[]).is_err());
}

#[test]
fn plain_http_goes_to_this_machine_and_with_leave() {
    let url = |url, leave| {
        announce(
            &[
                (".a.type", "json"),
                (".a.url", url),
                (".a.allow-http", leave),
            ],
            &[],
        )
    };
    assert!(url("http://127.0.0.1:8080/x", "false").is_ok());
    assert!(url("http://chat.internal/x", "true").is_ok());
    let error = url("http://chat.internal/x", "false").unwrap_err();
    let remedy = "git config --local hotfix.announce.a.allow-http true";
    assert_eq!(error.remedy.as_deref(), Some(remedy));
}

#[test]
fn a_mistake_in_one_leaves_the_others() {
    let values = [(".a.type", "json"), (".a.url", HOOK), (".b.type", "slack")];
    let (settings, errors) = sources(&values, &[], |sources| load_leniently(sources).unwrap());
    assert_eq!(settings.announce.destinations.len(), 1);
    assert_eq!(
        (settings.announce.broken, errors.len()),
        (vec!["b".to_owned()], 1)
    );
}

#[test]
fn auto_is_a_list_of_rules() {
    let values = [(".auto", "resolved"), (".auto", "mitigated:P0")];
    let found = announce(&values, &[]).unwrap();
    assert_eq!(
        (found.auto.len(), found.rows[0].value.as_str()),
        (2, "resolved; mitigated:P0")
    );
    let none = announce(&[(".auto", "resolved"), (".auto", "")], &[]).unwrap();
    assert!(none.auto.is_empty());
    let variables = [("GIT_HOTFIX_ANNOUNCE_AUTO", "detected:P0")];
    assert_eq!(announce(&values, &variables).unwrap().auto.len(), 1);
}
