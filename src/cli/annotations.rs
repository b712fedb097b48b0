//! Findings as annotations of GitHub Actions: docs.github.com "Workflow commands".

use super::findings::Placed;
use super::ui::harmless;
use crate::policy::rules::rule;
use crate::record::Level;

/// The line that makes the runner show a finding. A finding in the record stands at its line there;
/// one about a commit has no file.
pub(super) fn annotation(placed: &Placed<'_>) -> String {
    let finding = placed.finding;
    let command = match finding.level {
        Level::Block => "error",
        Level::Warn => "warning",
        Level::Info => "notice",
    };
    let title = match rule(finding.id) {
        Some(rule) => format!("{} ({})", rule.title, finding.id),
        None => finding.id.to_owned(),
    };
    let mut properties = String::new();
    if let (Some(file), Some(line)) = (&placed.record, finding.line) {
        properties.push_str(&format!("file={},line={line},", property(file)));
    }
    properties.push_str(&format!("title={}", property(&title)));
    let message = match &finding.remedy {
        Some(remedy) => format!("{}\n{remedy}", finding.message),
        None => finding.message.clone(),
    };
    format!("::{command} {properties}::{}", data(&message))
}

/// As actions/toolkit escapes it; the runner undoes it.
fn data(text: &str) -> String {
    harmless(text)
        .replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::annotation;
    use crate::cli::findings::Placed;
    use crate::record::{Finding, Level};

    fn finding(message: &str) -> Finding {
        Finding {
            id: "gate-checklist",
            level: Level::Block,
            line: Some(22),
            commit: None,
            message: message.to_owned(),
            remedy: Some("git hotfix check rollback".to_owned()),
        }
    }

    fn line(finding: &Finding, record: Option<&str>) -> String {
        let record = record.map(str::to_owned);
        annotation(&Placed { finding, record })
    }

    #[test]
    fn a_finding_in_the_record_stands_at_its_line() {
        let finding = finding("[ ] Rollback plan ready");
        assert_eq!(
            line(&finding, Some("a,b/2026-11-22: x.md")),
            "::error file=a%2Cb/2026-11-22%3A x.md,line=22,\
             title=The deploy checklist is complete (gate-checklist)::\
             [ ] Rollback plan ready%0Agit hotfix check rollback"
        );
    }

    #[test]
    fn a_finding_about_a_commit_has_no_file() {
        let mut finding = finding("1234567 quick fix");
        finding.line = None;
        finding.level = Level::Warn;
        finding.id = "gate-message";
        let line = line(&finding, Some("r.md"));
        assert!(
            line.starts_with("::warning title=Commit messages"),
            "{line}"
        );
    }

    #[test]
    fn text_of_a_commit_can_end_neither_the_line_nor_the_command() {
        let finding = finding("100%\r\n::stop-commands::x\u{1b}[31m ##[add-mask]y");
        let line = line(&finding, None);
        assert_eq!(line.lines().count(), 1);
        assert!(line.contains("100%25%0A"), "{line}");
        assert!(!line.contains('\u{1b}') && !line.contains("##["), "{line}");
    }
}
