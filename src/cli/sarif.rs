//! Findings as SARIF 2.1.0 (docs.oasis-open.org, "Static Analysis Results Interchange Format"), with
//! what GitHub's code scanning asks for beyond it: a file and a fingerprint for each result, a short
//! and a full description and a help text for each rule.

use super::findings::Placed;
use super::ui::harmless;
use crate::policy::rules::RULES;
use crate::record::Level;
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

/// One run of `verify`.
#[derive(Debug)]
pub(super) struct Analysis<'a> {
    /// What was found.
    pub(super) found: Vec<Placed<'a>>,
    /// The exit code.
    pub(super) exit: u8,
    /// Why nothing could be judged.
    pub(super) failure: Option<String>,
    /// When it began and ended.
    pub(super) times: (DateTime<Utc>, DateTime<Utc>),
    /// The repository's address.
    pub(super) repository: Option<&'a str>,
    /// The commit that was judged last.
    pub(super) revision: Option<&'a str>,
    /// The branch it is of.
    pub(super) branch: Option<&'a str>,
}

/// Where a finding is shown that no record has: the file of the team's policy.
const POLICY: &str = ".hotfix.toml";

/// The log.
pub(super) fn log(analysis: &Analysis<'_>) -> Value {
    let mut run = json!({
        "tool": { "driver": {
            "name": "git-hotfix",
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "rules": rules(),
        }},
        // What stands before the last slash is the category under which a forge keeps results.
        "automationDetails": { "id": "git-hotfix/verify/" },
        "columnKind": "unicodeCodePoints",
        "invocations": [invocation(analysis)],
        "results": analysis.found.iter().map(result).collect::<Vec<_>>(),
    });
    if let Some(repository) = analysis.repository {
        let mut from = json!({ "repositoryUri": repository });
        if let Some(revision) = analysis.revision {
            from["revisionId"] = json!(revision);
        }
        if let Some(branch) = analysis.branch {
            from["branch"] = json!(branch);
        }
        run["versionControlProvenance"] = json!([from]);
    }
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    })
}

fn rules() -> Vec<Value> {
    let rule = |rule: &crate::policy::rules::Rule| {
        json!({
            "id": rule.id,
            "shortDescription": { "text": rule.title },
            "fullDescription": { "text": format!("{}.", rule.title) },
            "help": { "text": rule.help },
        })
    };
    RULES.iter().map(rule).collect()
}

fn invocation(analysis: &Analysis<'_>) -> Value {
    let (began, ended) = analysis.times;
    let time = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let mut invocation = json!({
        "executionSuccessful": analysis.failure.is_none(),
        "exitCode": analysis.exit,
        "startTimeUtc": time(began),
        "endTimeUtc": time(ended),
    });
    if let Some(failure) = &analysis.failure {
        invocation["toolExecutionNotifications"] =
            json!([{ "level": "error", "message": { "text": text(failure) } }]);
    }
    invocation
}

fn result(placed: &Placed<'_>) -> Value {
    let finding = placed.finding;
    let level = match finding.level {
        Level::Block => "error",
        Level::Warn => "warning",
        Level::Info => "note",
    };
    let words = match &finding.remedy {
        Some(remedy) => format!("{}\n{remedy}", finding.message),
        None => finding.message.clone(),
    };
    let line = finding.line.unwrap_or(1);
    let mut location = json!({ "physicalLocation": {
        "artifactLocation": { "uri": uri(placed.record.as_deref().unwrap_or(POLICY)) },
        "region": { "startLine": line, "startColumn": 1, "endLine": line, "endColumn": 2 },
    }});
    if let Some(commit) = &finding.commit {
        location["logicalLocations"] = json!([{ "fullyQualifiedName": commit, "kind": "commit" }]);
    }
    let mut result = json!({
        "ruleId": finding.id,
        "level": level,
        "message": { "text": text(&words) },
        "locations": [location],
        "partialFingerprints": { "primaryLocationLineHash": fingerprint(placed) },
    });
    if let Some(at) = RULES.iter().position(|rule| rule.id == finding.id) {
        result["ruleIndex"] = json!(at);
    }
    result
}

/// Plain text, in which `[words](address)` would be a link.
fn text(words: &str) -> String {
    harmless(words).replace("](", "] (")
}

/// The same finding has the same one in every run, wherever its line has moved to: FNV-1a of what it
/// is about. A forge adds `:1` for the first of its kind.
fn fingerprint(placed: &Placed<'_>) -> String {
    let finding = placed.finding;
    let about = finding.commit.as_deref().unwrap_or(&finding.message);
    let record = placed.record.as_deref().unwrap_or_default();
    let hash = [finding.id, record, about]
        .join("\n")
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    format!("{hash:016x}:1")
}

/// A path as a relative URI.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::{Analysis, fingerprint, log, text, uri};
    use crate::cli::findings::Placed;
    use crate::record::{Finding, Level};
    use chrono::DateTime;

    fn finding() -> Finding {
        Finding {
            id: "gate-message",
            level: Level::Block,
            line: None,
            commit: Some("1".repeat(40)),
            message: "1111111 quick fix".to_owned(),
            remedy: Some("git commit --amend".to_owned()),
        }
    }

    fn placed<'a>(finding: &'a Finding, record: Option<&str>) -> Placed<'a> {
        let record = record.map(str::to_owned);
        Placed { finding, record }
    }

    #[test]
    fn every_result_has_a_file_a_line_and_a_rule() {
        let about_commit = finding();
        let about_record = Finding {
            id: "gate-impact",
            line: Some(6),
            commit: None,
            ..finding()
        };
        let now = DateTime::UNIX_EPOCH;
        let log = log(&Analysis {
            found: vec![
                placed(&about_commit, None),
                placed(&about_record, Some("a b/c.md")),
            ],
            exit: 1,
            failure: None,
            times: (now, now),
            repository: None,
            revision: None,
            branch: None,
        });
        let run = &log["runs"][0];
        let place = |at: usize| &run["results"][at]["locations"][0];
        let file = |at: usize| &place(at)["physicalLocation"]["artifactLocation"]["uri"];
        assert_eq!(
            (file(0), file(1)),
            (&".hotfix.toml".into(), &"a%20b/c.md".into())
        );
        assert_eq!(place(1)["physicalLocation"]["region"]["startLine"], 6);
        assert_eq!(
            place(0)["logicalLocations"][0]["fullyQualifiedName"],
            "1".repeat(40)
        );
        for result in run["results"].as_array().unwrap() {
            let rule = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(run["tool"]["driver"]["rules"][rule]["id"], result["ruleId"]);
        }
    }

    #[test]
    fn a_finding_keeps_its_fingerprint_when_its_line_moves() {
        let mut moved = finding();
        moved.commit = None;
        let before = fingerprint(&placed(&moved, Some("r.md")));
        moved.line = Some(9);
        assert_eq!(fingerprint(&placed(&moved, Some("r.md"))), before);
        moved.message.push('!');
        assert_ne!(fingerprint(&placed(&moved, Some("r.md"))), before);
    }

    #[test]
    fn text_of_a_commit_makes_no_link_and_no_control() {
        assert_eq!(text("[a](http://b)\u{1b}[0m"), "[a] (http://b)[0m");
        assert_eq!(uri("é/ü?.md"), "%C3%A9/%C3%BC%3F.md");
    }
}
