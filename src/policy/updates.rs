//! How often stakeholders hear from us, by severity.

use super::severity::Severities;
use chrono::TimeDelta;

/// The shortest and the longest interval that is no typing error.
const BOUNDS: (i64, i64) = (1, 7 * 24 * 60);

/// The interval between two updates of each severity.
///
/// Without a setting the gravest severity asks for one every 15 minutes and the second for one every
/// hour, which is what incident guides ask of a SEV 1 and a SEV 2; all others for none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Updates(Vec<(String, Option<TimeDelta>)>);

impl Updates {
    /// From `P0: 15m`, `P1: 2h`, `P2: never` lines; severities that are not named keep the default.
    ///
    /// # Errors
    /// What is wrong with which line.
    pub fn parse(lines: &[String], severities: &Severities) -> Result<Updates, String> {
        let mut rows: Vec<(String, Option<TimeDelta>)> = Vec::with_capacity(lines.len());
        for line in lines {
            let (name, interval) = line
                .rsplit_once(':')
                .ok_or_else(|| format!("'{line}' is not like 'P0: 15m'"))?;
            let name = name.trim();
            let severity = severities
                .find(name)
                .ok_or_else(|| format!("'{line}': '{name}' is not a severity"))?;
            let interval = interval_of(interval.trim()).ok_or_else(|| {
                format!("'{line}' is not like 'P0: 15m', 'P0: 2h' or 'P0: never'")
            })?;
            if rows.iter().any(|(name, _)| *name == severity.name) {
                return Err(format!("'{line}': {} is there twice", severity.name));
            }
            rows.push((severity.name.clone(), interval));
        }
        Ok(Updates(rows))
    }

    /// The interval that a severity asks for; nothing when it asks for no updates.
    pub fn interval(&self, severities: &Severities, severity: Option<&str>) -> Option<TimeDelta> {
        let severity = severities.find(severity?)?;
        if let Some((_, interval)) = self.0.iter().find(|(name, _)| *name == severity.name) {
            return *interval;
        }
        let rows = severities.rows();
        match rows.iter().position(|row| row == severity)? {
            0 => Some(TimeDelta::minutes(15)),
            1 => Some(TimeDelta::hours(1)),
            _ => None,
        }
    }
}

/// `Some(None)` is never.
fn interval_of(text: &str) -> Option<Option<TimeDelta>> {
    if text == "never" {
        return Some(None);
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let number: i64 = number.parse().ok()?;
    let minutes = match unit.trim() {
        "m" | "min" => number,
        "h" => number.checked_mul(60)?,
        _ => return None,
    };
    (BOUNDS.0..=BOUNDS.1)
        .contains(&minutes)
        .then(|| Some(TimeDelta::minutes(minutes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &[&str]) -> Vec<String> {
        text.iter().map(|line| (*line).to_owned()).collect()
    }

    fn minutes(updates: &Updates, severity: &str) -> Option<i64> {
        let interval = updates.interval(&Severities::default(), Some(severity));
        interval.map(|interval| interval.num_minutes())
    }

    #[test]
    fn the_two_gravest_ask_for_updates() {
        let updates = Updates::default();
        let asked = ["P0", "p1", "P2", "nobody"].map(|name| minutes(&updates, name));
        assert_eq!(asked, [Some(15), Some(60), None, None]);
        assert_eq!(updates.interval(&Severities::default(), None), None);
    }

    #[test]
    fn a_line_says_otherwise() {
        let text = lines(&["P0: 5 min", "p1:never", "P2: 2h"]);
        let updates = Updates::parse(&text, &Severities::default()).unwrap();
        let asked = ["P0", "P1", "P2"].map(|name| minutes(&updates, name));
        assert_eq!(asked, [Some(5), None, Some(120)]);
    }

    #[test]
    fn a_wrong_line_is_named() {
        for bad in [
            "P0",
            "P0: 15",
            "P0: 0m",
            "P9: 15m",
            "P0: -5m",
            "P0: 8760h",
            "P0: m",
        ] {
            let error = Updates::parse(&lines(&[bad]), &Severities::default()).unwrap_err();
            assert!(error.contains(bad), "{error}");
        }
        let twice = lines(&["P0: 5m", "0: 6m"]);
        assert!(Updates::parse(&twice, &Severities::default()).is_err());
    }
}
