//! The message of a commit that takes another one back.

use super::format::Format;

impl Format {
    /// A header in the format, and git's own line below it, by which tools know a revert: for a merge
    /// with the parent that stays. What takes back a revert is a `reapply`, as git calls it since
    /// 2.43.
    pub fn revert(&self, subject: &str, id: &str, mainline: Option<&str>) -> String {
        let header = self.own_header(&self.revert_title(subject.trim()));
        let line = match mainline {
            Some(parent) => {
                format!("This reverts commit {id}, reversing\nchanges made to {parent}.")
            }
            None => format!("This reverts commit {id}."),
        };
        format!("{header}\n\n{line}\n")
    }

    fn revert_title(&self, subject: &str) -> String {
        let words = self.description(subject);
        let reverted = ["Revert \"", "revert \""]
            .iter()
            .find_map(|begin| words.strip_prefix(begin));
        match reverted.and_then(|rest| rest.strip_suffix('"')) {
            Some(before) => format!("reapply \"{before}\""),
            None => format!("revert \"{subject}\""),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Format, Situation, fault};
    use proptest::prelude::*;

    fn revert(subject: &str, id: &str, mainline: Option<&str>) -> String {
        Format::default().revert(subject, id, mainline)
    }

    const ID: &str = "1a3e64c6c4b1d2f0a9e8d7c6b5a4938271605f4e";

    #[test]
    fn the_header_is_ours_and_the_line_is_gits() {
        assert_eq!(
            revert("feat: faster login", ID, None),
            format!("fix: [HOTFIX] revert \"feat: faster login\"\n\nThis reverts commit {ID}.\n")
        );
        assert_eq!(
            revert("Merge branch 'a'", ID, Some("77ab012")),
            format!(
                "fix: [HOTFIX] revert \"Merge branch 'a'\"\n\nThis reverts commit {ID}, reversing\n\
                 changes made to 77ab012.\n"
            )
        );
    }

    #[test]
    fn a_revert_taken_back_is_a_reapply() {
        for subject in ["Revert \"x\"", "fix: [HOTFIX] revert \"x\""] {
            let message = revert(subject, ID, None);
            assert!(
                message.starts_with("fix: [HOTFIX] reapply \"x\"\n"),
                "{message}"
            );
        }
    }

    proptest! {
        #[test]
        fn whatever_was_reverted_the_message_has_the_format(subject in any::<String>()) {
            let message = revert(&subject, ID, None);
            prop_assert_eq!(fault(message.as_bytes(), Situation::default(), &Format::default()), None);
        }
    }
}
