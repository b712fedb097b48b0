//! Which answers are worth another try, and when.

use chrono::DateTime;
use std::time::Duration;

const FIRST: Duration = Duration::from_millis(500);

/// An answer that may be another one soon: too many requests, or trouble on the other side.
pub fn is_passing(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500 | 502 | 503 | 504)
}

/// The pause behind the given number of tries, from 1: doubled each time.
pub fn backoff(tries: u32) -> Duration {
    FIRST * 2_u32.saturating_pow(tries.saturating_sub(1).min(10))
}

/// What `Retry-After` asks for (RFC 9110, 10.2.3): seconds, or a date, which is counted from the
/// answer's own `Date`, so that no clock of ours is needed.
pub fn asked(retry_after: Option<&str>, date: Option<&str>) -> Option<Duration> {
    let asked = retry_after?.trim();
    if let Ok(seconds) = asked.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = DateTime::parse_from_rfc2822(asked).ok()?;
    let from = DateTime::parse_from_rfc2822(date?.trim()).ok()?;
    // A date that has passed asks for no pause.
    Some((until - from).to_std().unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_grows() {
        let pauses = [1, 2, 3, 4].map(|tries| backoff(tries).as_millis());
        assert_eq!(pauses, [500, 1000, 2000, 4000]);
        assert!(backoff(u32::MAX) < Duration::from_secs(3600));
    }

    #[test]
    fn the_server_may_say_when() {
        let seconds = |after, date| asked(after, date).map(|pause| pause.as_secs());
        assert_eq!(seconds(Some(" 3 "), None), Some(3));
        let (date, later) = (
            "Sun, 22 Nov 2026 14:05:31 GMT",
            "Sun, 22 Nov 2026 14:06:01 GMT",
        );
        assert_eq!(seconds(Some(later), Some(date)), Some(30));
        assert_eq!(seconds(Some(date), Some(later)), Some(0));
        for (after, date) in [
            (None, None),
            (Some("soon"), Some(date)),
            (Some(later), None),
            (Some("-1"), None),
        ] {
            assert_eq!(seconds(after, date), None);
        }
    }

    #[test]
    fn a_refusal_is_final() {
        assert!([429, 500, 503].into_iter().all(is_passing));
        assert!(
            ![200, 302, 400, 401, 404, 410, 501]
                .into_iter()
                .any(is_passing)
        );
    }
}
