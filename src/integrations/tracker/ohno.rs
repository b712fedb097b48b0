//! ohno, `@stevestomp/ohno-cli` 0.20: tasks in `.ohno/` below the folder it is started in.

use super::answer::json;
use super::{About, Ending, Task, Tracker, is_marked};
use crate::integrations::{Around, Program, Trouble};
use serde_json::Value;

/// More tasks than any project has.
const ALL: &str = "100000";

/// ohno, however it was found.
pub struct Ohno<'a> {
    /// ohno itself, or `npx`.
    pub program: Program,
    /// What makes the program ohno: `--yes @stevestomp/ohno-cli`, and `--dir` with its folder.
    pub before: Vec<String>,
    /// Where it is started, and its limit.
    pub around: Around<'a>,
}

impl Ohno<'_> {
    fn run(&self, arguments: &[&str]) -> Result<String, Trouble> {
        let before = self.before.iter().map(String::as_str);
        let all: Vec<&str> = before.chain(arguments.iter().copied()).collect();
        self.program
            .run(&all, &[], "", &self.around)
            .map_err(|trouble| self.explained(trouble, arguments))
    }

    fn ask(&self, arguments: &[&str]) -> Result<Value, Trouble> {
        let printed = self.run(&[&["--json"], arguments].concat())?;
        json(&printed).ok_or_else(|| self.unreadable())
    }

    /// Calls that change a task answer `{"success": …}`, and end well when it is false.
    fn tell(&self, arguments: &[&str], id: &str) -> Result<(), Trouble> {
        let answer = self.ask(arguments)?;
        match answer.get("success") {
            Some(Value::Bool(true)) => Ok(()),
            Some(Value::Bool(false)) => Err(Trouble::Unknown {
                program: NAME.into(),
                id: id.to_owned(),
            }),
            _ => Err(self.unreadable()),
        }
    }

    fn explained(&self, trouble: Trouble, arguments: &[&str]) -> Trouble {
        let Trouble::Failed { said, .. } = &trouble else {
            return trouble;
        };
        if said.contains("Database not found") {
            return Trouble::NotReady {
                program: NAME.into(),
                why: "has no .ohno/ here",
                command: "ohno init",
            };
        }
        match arguments.last() {
            Some(id) if said.contains("Task not found") => Trouble::Unknown {
                program: NAME.into(),
                id: (*id).to_owned(),
            },
            _ => trouble,
        }
    }

    /// 0.20 has no option for it; a version that has one is told the severity.
    fn takes_priority(&self) -> Result<bool, Trouble> {
        let help = self.run(&["create", "--help"])?;
        Ok(help.split_whitespace().any(|word| word == "--priority"))
    }

    fn description(&self, id: &str) -> Result<String, Trouble> {
        let task = self.ask(&["task", "get", id])?;
        let text = task.get("description").and_then(Value::as_str);
        Ok(text.unwrap_or_default().to_owned())
    }

    fn unreadable(&self) -> Trouble {
        Trouble::Unreadable {
            program: NAME.into(),
        }
    }
}

const NAME: &str = "ohno";

impl Tracker for Ohno<'_> {
    fn name(&self) -> &'static str {
        NAME
    }

    /// The list says no more than the titles, so each that begins as ours is looked into.
    fn find(&self, incident: &str) -> Result<Option<Task>, Trouble> {
        let list = self.ask(&["tasks", "--limit", ALL])?;
        for id in hotfixes(&list).ok_or_else(|| self.unreadable())? {
            if is_id(&id) && is_marked(&self.description(&id)?, incident) {
                return Ok(Some(Task { id, url: None }));
            }
        }
        Ok(None)
    }

    fn create(&self, about: &About) -> Result<Task, Trouble> {
        let title = about.headline();
        let description = format!("--description={}", about.description());
        let mut arguments = vec!["create", "--type", "bug", &description];
        let severity = about.severity.as_deref();
        if let Some(severity) = severity.filter(|severity| is_priority(severity))
            && self.takes_priority()?
        {
            arguments.extend(["--priority", severity]);
        }
        arguments.extend(["--", &title]);
        created(&self.ask(&arguments)?)
            .filter(|task| is_id(&task.id))
            .ok_or_else(|| self.unreadable())
    }

    /// A task that is done, or was put back, is under way again by this, too.
    fn start(&self, _about: &About, id: &str) -> Result<(), Trouble> {
        self.tell(&["start", id], id)
    }

    /// It knows no other end than this; the notes say what it was.
    fn done(&self, _about: &About, id: &str, notes: &str, _ending: Ending) -> Result<(), Trouble> {
        let notes = format!("--notes={notes}");
        self.tell(&["done", &notes, id], id)
    }
}

/// `task-` and what it draws by lot.
pub(super) fn is_id(id: &str) -> bool {
    let rest = id.strip_prefix("task-").unwrap_or_default();
    !rest.is_empty() && rest.len() <= 64 && rest.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// `P0` to `P3`, as it takes them.
fn is_priority(severity: &str) -> bool {
    matches!(severity, "P0" | "P1" | "P2" | "P3")
}

fn created(answer: &Value) -> Option<Task> {
    let id = answer.get("task_id")?.as_str()?.to_owned();
    Some(Task { id, url: None })
}

/// The ids of those tasks whose title says that they are ours, the latest first.
fn hotfixes(list: &Value) -> Option<Vec<String>> {
    let rows = list.get("tasks")?.as_array()?;
    let text = |row: &Value, key: &str| row.get(key).and_then(Value::as_str).map(str::to_owned);
    let ours = |row: &&Value| text(row, "title").is_some_and(|title| title.starts_with("HOTFIX:"));
    Some(
        rows.iter()
            .filter(ours)
            .filter_map(|row| text(row, "id"))
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_0_20_prints_is_understood() {
        let printed = "{\n  \"success\": true,\n  \"task_id\": \"task-ba64a172\"\n}\n";
        let task = created(&json(printed).unwrap()).unwrap();
        assert_eq!(task.id, "task-ba64a172");
        let printed = "{\"tasks\": [{\"id\": \"task-1\", \"title\": \"HOTFIX: a\"}, \
            {\"id\": \"task-2\", \"title\": \"b\"}], \"total_count\": 2}";
        assert_eq!(hotfixes(&json(printed).unwrap()).unwrap(), ["task-1"]);
    }

    #[test]
    fn words_before_the_answer_do_not_hide_it() {
        let printed = "npm warn old lockfile\n{\"task_id\": \"task-1\"}\n";
        assert_eq!(created(&json(printed).unwrap()).unwrap().id, "task-1");
        assert_eq!(json("rubbish"), None);
        assert_eq!(json(""), None);
    }

    proptest! {
        #[test]
        fn no_output_is_too_odd(printed in "\\PC*") {
            if let Some(value) = json(&printed) {
                created(&value);
                hotfixes(&value);
            }
        }

        #[test]
        fn no_object_is_too_odd(id in "\\PC{0,20}", key in "id|task_id|tasks|success|url") {
            let value = serde_json::json!({ key: [{ "id": id, "title": id }], "id": id, "url": id });
            created(&value);
            hotfixes(&value);
            if let Some(task) = super::super::answer::task(&value) {
                prop_assert!(!task.id.contains(char::is_whitespace) && !task.id.starts_with('-'));
            }
        }
    }
}
