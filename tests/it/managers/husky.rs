//! husky, which runs commitlint: `core.hooksPath` is its own folder `.husky/_`, and what people write
//! stands in `.husky/<event>`.

use super::Managed;

/// The rules that most people take.
pub(super) const COMMITLINT: &str =
    "module.exports = { extends: ['@commitlint/config-conventional'] };\n";

/// A shop with husky and commitlint in production.
fn configured() -> Option<Managed> {
    let managed = Managed::shop()?;
    let shop = &managed.shop;
    managed.type_in("npm init --yes").ok();
    managed.npm_install();
    managed.type_in("npx --no husky init").ok();
    assert!(
        shop.read("shop/package.json")
            .contains(r#""prepare": "husky""#)
    );
    shop.write("shop/commitlint.config.js", COMMITLINT);
    let commitlint = format!(
        "{}\nnpx --no -- commitlint --edit $1\n",
        managed.note("commit-msg")
    );
    // husky's example runs `npm test`, which there is none of.
    shop.write("shop/.husky/pre-commit", "");
    shop.write("shop/.husky/commit-msg", commitlint);
    shop.write(
        "shop/.husky/pre-push",
        format!("{}\n", managed.note("pre-push")),
    );
    managed.release();
    Some(managed)
}
