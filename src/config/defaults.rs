//! The values that hold when no layer says otherwise, and the file that shows them.

use super::keys::{KEYS, Key, at};
use crate::policy::severity::Severities;
use crate::policy::style::Style;
use crate::record::Template;

/// What teams call the branches by which they keep an older release alive.
const LINES: [&str; 5] = [
    "release/*",
    "releases/*",
    "support/*",
    "maint/*",
    "stable/*",
];

/// A setting's default, as a layer would write it.
pub(super) fn values(place: usize) -> Vec<String> {
    let one = |text: &str| vec![text.to_owned()];
    match place {
        at::PREFIX => one("hotfix/"),
        at::POSTMORTEMS => one(".claude/postmortems"),
        at::TIMEOUT => one("10s"),
        at::PUSH_TIMEOUT => one("120s"),
        at::GATE => one("block"),
        at::LANDING => one("merge"),
        at::HOOKS => one("auto"),
        at::STYLE => one(Style::default().name()),
        at::LINES => LINES.map(str::to_owned).to_vec(),
        at::CHECKLIST => Template::CHECKLIST.map(str::to_owned).to_vec(),
        at::SEVERITIES => {
            let rows = Severities::default();
            rows.rows().iter().map(ToString::to_string).collect()
        }
        at::TYPES => one("fix"),
        at::SCOPE => one("optional"),
        at::TAG => one("[HOTFIX]"),
        at::BACK_MERGE | at::SECTIONS | at::TRAILERS | at::RELEASE_BRANCHES | at::UPDATES => {
            Vec::new()
        }
        _ => one(""),
    }
}

/// A setting's default: one value, or those of a list.
pub fn default_of(key: &Key) -> Vec<String> {
    super::keys::place(key.name).map_or_else(Vec::new, values)
}

/// The `.hotfix.toml` to begin with: every setting with its default, commented out.
///
/// Prose begins with `# ` and one more character that is no space; taking the `#` from the other
/// lines gives a file that says exactly the defaults.
pub fn sample() -> String {
    let mut out = String::from(
        "# The team's settings for git hotfix; track this file.\n\
         # Each shows its default: take the '#' away to change one.\n\
         # What git config (hotfix.<name>) or a variable (GIT_HOTFIX_<NAME>) says goes first.\n",
    );
    for (place, key) in KEYS.iter().enumerate() {
        out.push_str(&format!("\n# {}\n", key.help));
        let values: Vec<String> = values(place).iter().map(|value| quoted(value)).collect();
        match (key.list, values.as_slice()) {
            (true, []) => out.push_str(&format!("#{} = []\n", key.name)),
            (true, items) => {
                out.push_str(&format!("#{} = [\n", key.name));
                for item in items {
                    out.push_str(&format!("#  {item},\n"));
                }
                out.push_str("#]\n");
            }
            (false, values) => out.push_str(&format!("#{} = {}\n", key.name, values.concat())),
        }
    }
    out
}

/// A TOML string; the defaults hold no control characters.
fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}
