//! Certificates and proxies. Only where the machine's authorities can be set by a variable.
#![cfg(target_os = "linux")]

use super::web::{Identity, Web, says};
use super::{destination, updates};
use crate::support::{Ran, Sandbox};

/// Announces on a machine that trusts an authority.
fn announce(shop: &Sandbox, trusted: &Identity) -> Ran {
    shop.write("authority.pem", &trusted.authority);
    let file = shop.path("authority.pem");
    let file = file.to_str().unwrap();
    shop.hotfix_with(
        &[("SSL_CERT_FILE", file), ("SSL_CERT_DIR", "/nowhere")],
        &["announce"],
    )
}

#[test]
fn an_authority_of_the_machine_is_trusted_and_no_other() {
    let shop = Sandbox::incident();
    let (good, other) = (Identity::of("localhost"), Identity::of("localhost"));
    let web = Web::secure(&[says(200)], &good);
    destination(
        &shop,
        "chat",
        "slack",
        &format!("https://localhost:{}/sEcReT", web.port),
    );
    let refused = announce(&shop, &other).fails(3);
    assert!(
        !refused.screen().contains("localhost"),
        "{}",
        refused.screen()
    );
    refused
        .says("chat  its certificate is refused: no authority that this machine trusts has signed");
    assert_eq!((web.seen().len(), updates(&shop).len()), (0, 0));
    announce(&shop, &good).ok();
    assert_eq!(web.seen().len(), 1);
}

#[test]
fn a_certificate_for_another_host_is_refused() {
    let shop = Sandbox::incident();
    let identity = Identity::of("chat.example");
    let web = Web::secure(&[says(200)], &identity);
    destination(
        &shop,
        "chat",
        "slack",
        &format!("https://localhost:{}/x", web.port),
    );
    let refused = announce(&shop, &identity).fails(3);
    refused.says("chat  its certificate is refused: it is for another host");
    assert_eq!(web.seen().len(), 0);
}

#[test]
fn the_proxy_of_the_environment_is_asked() {
    let shop = Sandbox::incident();
    let proxy = Web::new(&[says(403)]);
    destination(&shop, "chat", "slack", "https://chat.invalid/T0/sEcReT");
    let address = format!("http://ada:pAsSwOrD@127.0.0.1:{}", proxy.port);
    let ran = shop
        .hotfix_with(&[("https_proxy", &address)], &["announce"])
        .fails(3);
    let screen = ran.screen();
    assert!(
        !screen.contains("pAsSwOrD") && !screen.contains("ada"),
        "{screen}"
    );
    ran.says("chat  the proxy of https_proxy does not let it through");
    let asked = proxy.seen();
    assert!(
        asked[0].line.starts_with("CONNECT chat.invalid:443 "),
        "{asked:?}"
    );
    assert!(!format!("{asked:?}").contains("sEcReT"));
    let ran = shop
        .hotfix_with(&[("https_proxy", "pAsSwOrD:x:y")], &["announce"])
        .fails(3);
    assert!(!ran.screen().contains("pAsSwOrD"));
    ran.says("chat  https_proxy does not name a proxy that can be used");
}
