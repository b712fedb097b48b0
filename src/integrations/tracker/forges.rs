//! Issues of GitHub and GitLab, by `gh` and `glab`.

use super::answer::{is_url, json};
use super::{About, Ending, Task, Tracker, is_marked};
use crate::integrations::forge::ENVIRONMENT;
use crate::integrations::{Around, Program, Trouble};
use serde_json::Value;

/// How many of the latest issues are looked at. A search would know of a new one only after a while.
const LATEST: &str = "100";

/// The issues of a repository.
pub struct ForgeIssues<'a> {
    /// `gh` or `glab`.
    pub program: Program,
    /// It is `glab`.
    pub is_gitlab: bool,
    /// The repository in full: `github.com/shop/api`, or GitLab's page of it.
    pub repository: String,
    /// Where it is started, and its limit.
    pub around: Around<'a>,
}

impl ForgeIssues<'_> {
    fn run(&self, arguments: &[&str], input: &str) -> Result<String, Trouble> {
        let all = [
            &["issue", arguments[0], "--repo", &self.repository],
            &arguments[1..],
        ]
        .concat();
        self.program.run(&all, &ENVIRONMENT, input, &self.around)
    }

    fn unreadable(&self) -> Trouble {
        Trouble::Unreadable {
            program: self.program.name.clone(),
        }
    }

    fn view(&self, id: &str) -> Result<Value, Trouble> {
        let printed = match self.is_gitlab {
            true => self.run(&["view", id, "--output", "json"], "")?,
            false => self.run(&["view", id, "--json", "state,comments"], "")?,
        };
        json(&printed).ok_or_else(|| self.unreadable())
    }

    /// Whether it is open, as the forge says.
    fn is_open(&self, issue: &Value) -> Result<bool, Trouble> {
        let state = issue.get("state").and_then(Value::as_str);
        let state = state.ok_or_else(|| self.unreadable())?;
        Ok(state.to_ascii_lowercase().starts_with("open"))
    }

    /// A merge may have closed it without a word.
    fn close_on_github(
        &self,
        id: &str,
        notes: &str,
        ending: Ending,
        issue: &Value,
    ) -> Result<(), Trouble> {
        if !has_comment(issue, notes) {
            self.run(&["comment", id, "--body-file", "-"], notes)?;
        }
        let reason = match ending {
            Ending::Resolved => "completed",
            Ending::Abandoned => "not planned",
        };
        if self.is_open(issue)? {
            self.run(&["close", id, "--reason", reason], "")?;
        }
        Ok(())
    }

    /// Its comments are not told in a form to rely on, so a closed one is taken to have its note.
    fn close_on_gitlab(&self, id: &str, notes: &str, issue: &Value) -> Result<(), Trouble> {
        if self.is_open(issue)? {
            self.run(&["note", id, "--message", notes], "")?;
            self.run(&["close", id], "")?;
        }
        Ok(())
    }
}

impl Tracker for ForgeIssues<'_> {
    fn name(&self) -> &'static str {
        match self.is_gitlab {
            true => "gitlab",
            false => "github",
        }
    }

    fn find(&self, incident: &str) -> Result<Option<Task>, Trouble> {
        let printed = match self.is_gitlab {
            true => self.run(
                &[
                    "list",
                    "--all",
                    "--search",
                    incident,
                    "--in",
                    "description",
                    "--output",
                    "json",
                ],
                "",
            )?,
            false => self.run(
                &[
                    "list",
                    "--state",
                    "all",
                    "--limit",
                    LATEST,
                    "--json",
                    "number,url,body",
                ],
                "",
            )?,
        };
        // glab says in words that there is none.
        if self.is_gitlab && !printed.trim_start().starts_with('[') {
            return Ok(None);
        }
        found(&printed, incident).ok_or_else(|| self.unreadable())
    }

    fn create(&self, about: &About) -> Result<Task, Trouble> {
        let (title, body) = (about.headline(), about.description());
        let printed = match self.is_gitlab {
            true => self.run(
                &["create", "--title", &title, "--description", &body, "--yes"],
                "",
            )?,
            false => self.run(&["create", "--title", &title, "--body-file", "-"], &body)?,
        };
        created(&printed)
            .filter(|task| is_number(&task.id))
            .ok_or_else(|| self.unreadable())
    }

    /// An open issue is under way; on GitHub it is assigned to whoever works on it.
    fn start(&self, _about: &About, id: &str) -> Result<(), Trouble> {
        if !self.is_open(&self.view(id)?)? {
            self.run(&["reopen", id], "")?;
        }
        if !self.is_gitlab {
            self.run(&["edit", id, "--add-assignee", "@me"], "")?;
        }
        Ok(())
    }

    fn done(&self, _about: &About, id: &str, notes: &str, ending: Ending) -> Result<(), Trouble> {
        let issue = self.view(id)?;
        match self.is_gitlab {
            true => self.close_on_gitlab(id, notes, &issue),
            false => self.close_on_github(id, notes, ending, &issue),
        }
    }
}

/// Whether one of the comments that gh tells of says just this.
fn has_comment(issue: &Value, notes: &str) -> bool {
    let comments = issue.get("comments").and_then(Value::as_array);
    let mut bodies = comments
        .into_iter()
        .flatten()
        .filter_map(|comment| comment.get("body")?.as_str());
    bodies.any(|body| body.trim() == notes.trim())
}

/// An issue's number.
pub(super) fn is_number(id: &str) -> bool {
    !id.is_empty() && id.len() <= 18 && id.bytes().all(|b| b.is_ascii_digit())
}

/// The last address of what was printed.
fn created(printed: &str) -> Option<Task> {
    let url = printed.split_whitespace().rev().find(|word| is_url(word))?;
    let id = url.rsplit('/').next()?.to_owned();
    Some(Task {
        id,
        url: Some(url.to_owned()),
    })
}

/// The incident's issue in a list of `gh` or `glab`; nothing when it is no list.
fn found(printed: &str, incident: &str) -> Option<Option<Task>> {
    let list = json(printed)?;
    let text = |row: &Value, key: &str| row.get(key).and_then(Value::as_str).map(str::to_owned);
    let task = |row: &Value| {
        let body = text(row, "body").or_else(|| text(row, "description"))?;
        let number = row.get("number").or_else(|| row.get("iid"))?.as_u64()?;
        let url = text(row, "url").or_else(|| text(row, "web_url"));
        is_marked(&body, incident).then(|| Task {
            id: number.to_string(),
            url: url.filter(|url| is_url(url)),
        })
    };
    Some(list.as_array()?.iter().find_map(task))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_issue_is_found_by_the_line_that_names_the_incident() {
        let printed = r#"[
            {"number": 7, "url": "https://github.com/o/r/issues/7", "body": "see Incident: 2026-a"},
            {"number": 8, "url": "https://github.com/o/r/issues/8", "body": "Incident: 2026-a-2"},
            {"number": 9, "url": "https://github.com/o/r/issues/9", "body": "Incident: 2026-a\nx"}]"#;
        let task = found(printed, "2026-a").unwrap().unwrap();
        assert_eq!((task.id.as_str(), task.url.is_some()), ("9", true));
        assert_eq!(found("[]", "2026-a"), Some(None));
        assert_eq!(found("rubbish", "2026-a"), None);
    }

    #[test]
    fn a_new_issue_is_what_its_address_says() {
        let gh = "\nCreating issue in shop/api\n\nhttps://github.com/shop/api/issues/12\n";
        assert_eq!(created(gh).unwrap().id, "12");
        assert_eq!(created("nothing"), None);
    }

    proptest! {
        #[test]
        fn no_output_is_too_odd(printed in "\\PC*") {
            created(&printed);
            found(&printed, "2026-a");
        }
    }
}
