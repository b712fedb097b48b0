//! Times: as people type them, as the record states them.

use chrono::{
    DateTime, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Utc,
};

/// Why a time could not be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WhenError {
    /// None of the known forms.
    #[error("'{0}' is not a time: try 14:05, -10m, 'yesterday 23:40' or 2026-11-22T14:05:31Z")]
    Unknown(String),
    /// The clock jumped over it.
    #[error("{0} does not exist in your time zone: the clocks went forward then")]
    Gap(String),
}

/// A time as typed, in the person's zone: `14:05`, `14:05:31`, `-10m`, `-1h30m`, `now`,
/// `yesterday 23:40`, `2026-11-22 14:05` (their zone), RFC 3339.
///
/// A clock time alone is always today's, even when that is still to come: a rule that guesses is
/// worse at three in the morning than one that can be said in a sentence.
///
/// # Errors
/// When it is none of these, or falls into a gap of the zone. Of two equal clock times the earlier
/// is meant.
pub fn parse<Z: TimeZone>(
    text: &str,
    now: DateTime<Utc>,
    zone: &Z,
) -> Result<DateTime<Utc>, WhenError> {
    let text = text.trim();
    let unknown = || WhenError::Unknown(text.to_owned());
    let lower = text.to_ascii_lowercase();
    if lower == "now" {
        return Ok(now);
    }
    if let Some(ago) = lower.strip_prefix('-') {
        return length(ago)
            .and_then(|ago| now.checked_sub_signed(ago))
            .ok_or_else(unknown);
    }
    if let Some(at) = read_stamp(text) {
        return Ok(at);
    }
    let local = local(&lower, today(now, zone).ok_or_else(unknown)?).ok_or_else(unknown)?;
    match zone.from_local_datetime(&local) {
        LocalResult::Single(at) => Ok(at.to_utc()),
        LocalResult::Ambiguous(one, other) => Ok(one.to_utc().min(other.to_utc())),
        LocalResult::None => Err(WhenError::Gap(text.to_owned())),
    }
}

/// `2026-11-22 14:05:31Z`
pub fn stamp(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%SZ").to_string()
}

/// A duration as people say it: `40 s`, `9 min`, `2 h 5 min`, `3 d 4 h`; negative as zero.
pub fn span(length: TimeDelta) -> String {
    let seconds = length.num_seconds().max(0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    let two = |large: i64, unit: &str, small: i64, part: &str| match small {
        0 => format!("{large} {unit}"),
        _ => format!("{large} {unit} {small} {part}"),
    };
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min"),
        (0, _, _) => two(hours, "h", minutes % 60, "min"),
        _ => two(days, "d", hours % 24, "h"),
    }
}

/// A full time as a record states it: date, clock time and `Z`, `UTC` or an offset.
///
/// `2026-11-22 14:05:31Z`, `2026-11-22T14:05+01:00`, `2026-11-22 14:05 UTC`; nothing without a
/// zone, since nobody can tell later which one was meant.
pub fn read_stamp(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    let (at, len) = leading_stamp(text)?;
    (len == text.len()).then_some(at)
}

/// The full time a text begins with, and its length in bytes.
pub(super) fn leading_stamp(text: &str) -> Option<(DateTime<Utc>, usize)> {
    let mut scan = Scan { text, at: 0 };
    let date = scan.date()?;
    if !scan.eat(|c| c == 'T' || c == 't') && scan.skip_spaces() == 0 {
        return None;
    }
    let time = scan.clock()?;
    scan.skip_spaces();
    let offset = scan.zone()?;
    let at = date.and_time(time).checked_sub_signed(offset)?;
    Some((at.and_utc(), scan.at))
}

/// `1h30m` and the like; every part needs its unit.
fn length(text: &str) -> Option<TimeDelta> {
    let mut sum = TimeDelta::zero();
    let mut rest = text.trim();
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let number: i64 = rest[..digits].parse().ok()?;
        let tail = rest[digits..].trim_start();
        let letters = tail.len()
            - tail
                .trim_start_matches(|c: char| c.is_ascii_alphabetic())
                .len();
        let part = match &tail[..letters] {
            "s" | "sec" => TimeDelta::try_seconds(number),
            "m" | "min" => TimeDelta::try_minutes(number),
            "h" => TimeDelta::try_hours(number),
            "d" => TimeDelta::try_days(number),
            _ => None,
        }?;
        sum = sum.checked_add(&part)?;
        rest = tail[letters..].trim_start();
    }
    Some(sum)
}

/// The day it is in the person's zone.
fn today<Z: TimeZone>(now: DateTime<Utc>, zone: &Z) -> Option<NaiveDate> {
    let utc = now.naive_utc();
    let offset = zone.offset_from_utc_datetime(&utc).fix();
    utc.checked_add_offset(offset).map(|local| local.date())
}

/// A wall-clock time: `14:05`, `today 14:05`, `yesterday 23:40`, `2026-11-22 14:05:31`.
fn local(text: &str, today: NaiveDate) -> Option<NaiveDateTime> {
    let mut scan = Scan { text, at: 0 };
    let date = if let Some(date) = scan.date() {
        if !scan.eat(|c| c == 't') && scan.skip_spaces() == 0 {
            return None;
        }
        date
    } else {
        scan.at = 0;
        if scan.word("yesterday") {
            scan.skip_spaces();
            today.pred_opt()?
        } else {
            if scan.word("today") {
                scan.skip_spaces();
            }
            today
        }
    };
    let time = scan.clock()?;
    (scan.at == text.len()).then(|| date.and_time(time))
}

/// Reads a text from its beginning, piece by piece.
struct Scan<'a> {
    text: &'a str,
    at: usize,
}

impl Scan<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn eat(&mut self, is: impl Fn(char) -> bool) -> bool {
        let Some(c) = self.rest().chars().next().filter(|&c| is(c)) else {
            return false;
        };
        self.at += c.len_utf8();
        true
    }

    fn word(&mut self, word: &str) -> bool {
        let found = super::text::begins_with(self.rest(), word);
        self.at += if found { word.len() } else { 0 };
        found
    }

    fn skip_spaces(&mut self) -> usize {
        let from = self.at;
        while self.eat(|c| c == ' ' || c == '\t') {}
        self.at - from
    }

    /// A number of `least` to `most` digits, not followed by one more.
    fn number(&mut self, least: usize, most: usize) -> Option<u32> {
        let len = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        let number = self.rest()[..len].parse().ok()?;
        self.at += len;
        (least..=most).contains(&len).then_some(number)
    }

    fn date(&mut self) -> Option<NaiveDate> {
        let year = i32::try_from(self.number(4, 4)?).ok()?;
        self.eat(|c| c == '-').then_some(())?;
        let month = self.number(2, 2)?;
        self.eat(|c| c == '-').then_some(())?;
        NaiveDate::from_ymd_opt(year, month, self.number(2, 2)?)
    }

    fn clock(&mut self) -> Option<NaiveTime> {
        let hour = self.number(1, 2)?;
        self.eat(|c| c == ':').then_some(())?;
        let minute = self.number(2, 2)?;
        let colon = self.rest().as_bytes();
        let mut second = 0;
        if colon.first() == Some(&b':') && colon.get(1).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
            second = self.number(2, 2)?;
            let fraction = self.rest().as_bytes();
            if fraction.first() == Some(&b'.') && fraction.get(1).is_some_and(u8::is_ascii_digit) {
                self.at += 1;
                while self.eat(|c| c.is_ascii_digit()) {}
            }
        }
        NaiveTime::from_hms_opt(hour, minute, second)
    }

    /// What to take away to come to UTC.
    fn zone(&mut self) -> Option<TimeDelta> {
        if ["Z", "UTC", "GMT"].into_iter().any(|zone| self.word(zone)) {
            return Some(TimeDelta::zero());
        }
        let west = self.rest().starts_with('-');
        self.eat(|c| c == '+' || c == '-').then_some(())?;
        let len = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        let (hours, minutes) = if len == 4 {
            let number = self.number(4, 4)?;
            (number / 100, number % 100)
        } else {
            let hours = self.number(2, 2)?;
            self.eat(|c| c == ':').then_some(())?;
            (hours, self.number(2, 2)?)
        };
        if hours > 14 || minutes > 59 {
            return None;
        }
        let offset = TimeDelta::try_minutes(i64::from(hours * 60 + minutes))?;
        Some(if west { -offset } else { offset })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::FixedOffset;

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn at(text: &str) -> Result<DateTime<Utc>, WhenError> {
        let zone = FixedOffset::east_opt(2 * 3600).unwrap();
        parse(text, utc("2026-11-22T23:30:00Z"), &zone)
    }

    /// A zone with one gap and one repeated hour, as summer time has.
    #[derive(Clone)]
    struct Summer;

    impl TimeZone for Summer {
        type Offset = FixedOffset;
        fn from_offset(_: &FixedOffset) -> Summer {
            Summer
        }
        fn offset_from_local_date(&self, _: &NaiveDate) -> LocalResult<FixedOffset> {
            LocalResult::None
        }
        fn offset_from_local_datetime(&self, local: &NaiveDateTime) -> LocalResult<FixedOffset> {
            let hours = |h| FixedOffset::east_opt(h * 3600).unwrap();
            match local.format("%m-%d %H").to_string().as_str() {
                "03-29 02" => LocalResult::None,
                "10-25 02" => LocalResult::Ambiguous(hours(1), hours(2)),
                _ => LocalResult::Single(hours(1)),
            }
        }
        fn offset_from_utc_date(&self, _: &NaiveDate) -> FixedOffset {
            FixedOffset::east_opt(3600).unwrap()
        }
        fn offset_from_utc_datetime(&self, _: &NaiveDateTime) -> FixedOffset {
            FixedOffset::east_opt(3600).unwrap()
        }
    }

    #[test]
    fn typed_times_are_in_the_persons_zone() {
        // In their zone it is the 23rd already.
        for (typed, meant) in [
            ("now", "2026-11-22T23:30:00Z"),
            ("-10m", "2026-11-22T23:20:00Z"),
            ("-1h30m", "2026-11-22T22:00:00Z"),
            ("-2d", "2026-11-20T23:30:00Z"),
            ("14:05", "2026-11-23T12:05:00Z"),
            ("01:05:31", "2026-11-22T23:05:31Z"),
            ("Yesterday 23:40", "2026-11-22T21:40:00Z"),
            ("2026-11-22 14:05", "2026-11-22T12:05:00Z"),
            ("2026-11-22T14:05:31", "2026-11-22T12:05:31Z"),
            ("2026-11-22T14:05:31Z", "2026-11-22T14:05:31Z"),
            ("2026-11-22T14:05:31.25+01:00", "2026-11-22T13:05:31Z"),
        ] {
            assert_eq!(at(typed), Ok(utc(meant)), "{typed}");
        }
    }

    #[test]
    fn what_is_no_time_is_named() {
        for typed in [
            "",
            "-",
            "-10",
            "25:00",
            "14:5",
            "soon",
            "yesterday",
            "2026-02-30 10:00",
            "14:05x",
            "-99999999999999999999d",
            "-9223372036854775807s",
            "-9223372036854775807d",
        ] {
            assert_eq!(
                at(typed),
                Err(WhenError::Unknown(typed.trim().into())),
                "{typed}"
            );
        }
    }

    #[test]
    fn gaps_are_refused_and_of_two_the_earlier_is_meant() {
        let now = utc("2026-11-22T12:00:00Z");
        let gap = parse("2026-03-29 02:30", now, &Summer);
        assert!(matches!(gap, Err(WhenError::Gap(_))));
        assert_eq!(
            parse("2026-10-25 02:30", now, &Summer),
            Ok(utc("2026-10-25T00:30:00Z"))
        );
    }

    #[test]
    fn the_ends_of_time_do_not_panic() {
        let zone = FixedOffset::east_opt(14 * 3600).unwrap();
        for now in [DateTime::<Utc>::MAX_UTC, DateTime::<Utc>::MIN_UTC] {
            for typed in ["14:05", "yesterday 23:40", "-2d", "9999-12-31 23:59"] {
                let _ = parse(typed, now, &zone);
            }
        }
    }

    #[test]
    fn file_times_need_a_zone() {
        for text in [
            "2026-11-22 14:05:31Z",
            "2026-11-22T15:05:31+01:00",
            "2026-11-22 09:05:31 -0500",
            "2026-11-22 14:05:31 UTC",
            "2026-11-22 14:05:31.9 utc",
        ] {
            assert_eq!(
                read_stamp(text),
                Some(utc("2026-11-22T14:05:31Z")),
                "{text}"
            );
        }
        for text in [
            "2026-11-22 14:05",
            "14:05Z",
            "2026-11-22",
            "2026-11-22 14:05 - 15:00",
            "2026-11-22 14:05 Zulu",
        ] {
            assert_eq!(read_stamp(text), None, "{text}");
        }
    }

    #[test]
    fn spans_read_as_people_say_them() {
        for (seconds, words) in [
            (-5, "0 s"),
            (40, "40 s"),
            (599, "9 min"),
            (7500, "2 h 5 min"),
            (7200, "2 h"),
            (3 * 86_400 + 4 * 3600 + 59, "3 d 4 h"),
        ] {
            assert_eq!(span(TimeDelta::seconds(seconds)), words);
        }
    }
}
