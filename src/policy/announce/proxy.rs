//! Which proxy stands between: the variables that curl and git go by.

use super::address::Address;

/// The variable that names the proxy for an address, as `var` gives them; nothing for a direct way.
///
/// `https_proxy` or `http_proxy`, then `all_proxy`; in capitals too, but for `HTTP_PROXY`, which a web
/// server's client can set (CVE-2016-5385). Never for this very machine, nor for what `no_proxy` names.
pub fn variable<'a>(
    address: &Address,
    var: &dyn Fn(&str) -> Option<&'a str>,
) -> Option<&'static str> {
    let names: &[&str] = match address.secure {
        true => &["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"],
        false => &["http_proxy", "all_proxy", "ALL_PROXY"],
    };
    let exceptions = var("no_proxy").or(var("NO_PROXY")).unwrap_or_default();
    if address.is_loopback() || excepts(exceptions, &address.host) {
        return None;
    }
    names.iter().copied().find(|name| var(name).is_some())
}

/// `no_proxy`: hosts and domains with what is below them, or `*`.
fn excepts(exceptions: &str, host: &str) -> bool {
    let names = exceptions.split([',', ' ']).map(str::trim);
    names.filter(|name| !name.is_empty()).any(|name| {
        let name = name.to_ascii_lowercase();
        let domain = name.trim_start_matches("*.").trim_start_matches('.');
        name == "*"
            || host == domain
            || host
                .strip_suffix(domain)
                .is_some_and(|front| front.ends_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::secret::Secret;

    fn chosen(address: &str, set: &[(&'static str, &'static str)]) -> Option<&'static str> {
        let address = Address::parse(&Secret::new(address)).unwrap();
        let var = |name: &str| {
            set.iter()
                .find(|(n, _)| *n == name)
                .map(|(_, value)| *value)
        };
        variable(&address, &var)
    }

    #[test]
    fn the_scheme_chooses_the_variable() {
        let all = [
            ("HTTPS_PROXY", "p"),
            ("HTTP_PROXY", "p"),
            ("all_proxy", "p"),
        ];
        assert_eq!(chosen("https://a.example/", &all), Some("HTTPS_PROXY"));
        assert_eq!(chosen("http://a.example/", &all), Some("all_proxy"));
        assert_eq!(chosen("http://a.example/", &[("HTTP_PROXY", "p")]), None);
    }

    #[test]
    fn some_hosts_are_reached_directly() {
        let set = |no| [("https_proxy", "p"), ("no_proxy", no)];
        for (host, no) in [
            ("a.example", "b,a.example"),
            ("x.a.example", ".a.example"),
            ("x.a.example", "*.a.example"),
            ("a.example", "*"),
            ("127.0.0.1", ""),
        ] {
            assert_eq!(
                chosen(&format!("https://{host}/"), &set(no)),
                None,
                "{host} {no}"
            );
        }
        assert!(chosen("https://xa.example/", &set("a.example")).is_some());
    }
}
