//! lefthook, which also runs commitlint: it renames every hook that is not its own to `<event>.old`
//! and runs it no more.

use super::Managed;

fn configured() -> Option<Managed> {
    let managed = Managed::shop()?;
    let shop = &managed.shop;
    managed.npm_install();
    shop.write("shop/commitlint.config.js", super::husky::COMMITLINT);
    let config = format!(
        "commit-msg:\n  commands:\n    note:\n      run: {}\n    commitlint:\n      \
         run: npx --no -- commitlint --edit {{1}}\npre-push:\n  commands:\n    note:\n      \
         run: {}\n",
        managed.note("commit-msg"),
        managed.note("pre-push")
    );
    shop.write("shop/lefthook.yml", config);
    managed.release();
    Some(managed)
}

fn install(managed: &Managed) {
    managed.type_in("npx --no lefthook install").ok();
}

#[test]
fn installed_after_theirs_both_judge_and_theirs_come_back_as_they_were() {
    let Some(managed) = configured() else { return };
    install(&managed);
    let before = (managed.files(), managed.settings());
    managed.shop.hotfix(&["hooks", "install"]).ok();
    managed.both_judge();
    managed.shop.git(&["checkout", "-q", "main"]).ok();
    managed.shop.hotfix(&["hooks", "uninstall"]).ok();
    assert_eq!((managed.files(), managed.settings()), before);
    managed.theirs_judge_alone();
}
