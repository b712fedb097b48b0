//! Which forge, and where a request is opened.

use super::*;
use proptest::prelude::*;

fn url(address: &str, source: &str) -> Option<String> {
    url_as(address, Setting::ByHost, source)
}

fn url_as(address: &str, setting: Setting, source: &str) -> Option<String> {
    Some(Forge::of(address, setting)?.open_url(source, "main"))
}

#[test]
fn every_way_to_write_a_repository_on_github_is_the_same_one() {
    for address in [
        "git@github.com:shop/api.git",
        "github.com:shop/api",
        "ssh://git@github.com/shop/api.git",
        "ssh://git@ssh.github.com:443/shop/api.git",
        "https://github.com/shop/api",
        "https://github.com:443/shop/api.git/",
        "https://ada@GitHub.com/shop/api.git",
        "https://ada:ghp_secret@github.com/shop/api.git",
        "https://x-access-token:a@b@github.com/shop/api.git",
        "git://github.com/shop/api.git",
        "git@github-work:shop/api.git",
        " https://github.com/shop/api.git\n",
    ] {
        let forge = Forge::of(address, Setting::ByHost).unwrap();
        assert_eq!(forge.kind, Kind::GitHub, "{address}");
        assert_eq!(forge.page(), "https://github.com/shop/api", "{address}");
        assert_eq!(forge.name(), "shop/api");
    }
}

#[test]
fn each_forge_opens_a_request_at_its_own_page() {
    let of = |address| url(address, "hotfix/login").unwrap();
    for (address, page) in [
        (
            "git@github.example.com:shop/api.git",
            "https://github.example.com/shop/api/compare/main...hotfix/login?expand=1",
        ),
        (
            "git@gitlab.com:shop/back/end/api.git",
            "https://gitlab.com/shop/back/end/api/-/merge_requests/new?merge_request\
             %5Bsource_branch%5D=hotfix%2Flogin&merge_request%5Btarget_branch%5D=main",
        ),
        (
            "http://gitlab.example.com:8080/shop/api.git",
            "http://gitlab.example.com:8080/shop/api/-/merge_requests/new?merge_request\
             %5Bsource_branch%5D=hotfix%2Flogin&merge_request%5Btarget_branch%5D=main",
        ),
        (
            "git@bitbucket.org:shop/api.git",
            "https://bitbucket.org/shop/api/pull-requests/new?source=hotfix%2Flogin&dest=main",
        ),
        (
            "ssh://git@bitbucket.example.com:7999/SHOP/api.git",
            "https://bitbucket.example.com/projects/SHOP/repos/api/pull-requests?create\
             &sourceBranch=refs%2Fheads%2Fhotfix%2Flogin&targetBranch=refs%2Fheads%2Fmain",
        ),
        (
            "https://ada@stash.example.com/scm/~ada/api.git",
            "https://stash.example.com/users/ada/repos/api/pull-requests?create\
             &sourceBranch=refs%2Fheads%2Fhotfix%2Flogin&targetBranch=refs%2Fheads%2Fmain",
        ),
        (
            "https://codeberg.org/shop/api.git",
            "https://codeberg.org/shop/api/compare/main...hotfix/login",
        ),
        (
            "https://shop@dev.azure.com/shop/The%20Shop/_git/api",
            "https://dev.azure.com/shop/The%20Shop/_git/api/pullrequestcreate\
             ?sourceRef=hotfix%2Flogin&targetRef=main",
        ),
        (
            "git@ssh.dev.azure.com:v3/shop/The%20Shop/api",
            "https://dev.azure.com/shop/The%20Shop/_git/api/pullrequestcreate\
             ?sourceRef=hotfix%2Flogin&targetRef=main",
        ),
        (
            "https://shop.visualstudio.com/DefaultCollection/Shop/_git/api",
            "https://shop.visualstudio.com/DefaultCollection/Shop/_git/api/pullrequestcreate\
             ?sourceRef=hotfix%2Flogin&targetRef=main",
        ),
    ] {
        assert_eq!(of(address), page, "{address}");
    }
}

#[test]
fn a_branch_is_one_value_whatever_it_is_called() {
    let github = url("git@github.com:shop/api.git", "hotfix/#12 50%é&x=y");
    assert_eq!(
        github.unwrap(),
        "https://github.com/shop/api/compare/main...hotfix/%2312%2050%25%C3%A9%26x%3Dy?expand=1"
    );
    let azure = url("https://dev.azure.com/s/p/_git/r", "hotfix/#1");
    assert!(azure.unwrap().contains("sourceRef=hotfix%2F%231&"));
}

#[test]
fn a_host_that_nobody_knows_is_what_the_setting_says() {
    let address = "git@code.example.com:shop/api.git";
    assert_eq!(Forge::of(address, Setting::ByHost), None);
    let gitlab = Setting::named("gitlab").unwrap();
    let forge = Forge::of(address, gitlab).unwrap();
    assert_eq!(forge.page(), "https://code.example.com/shop/api");
    assert_eq!(Forge::of("git@github.com:a/b", Setting::None), None);
    let bitbucket = Setting::named("bitbucket").unwrap();
    let cloud = Forge::of("git@bitbucket.org:a/b", bitbucket).unwrap();
    assert_eq!(cloud.kind, Kind::Bitbucket);
    assert_eq!(Setting::named("svn"), None);
}

#[test]
fn what_is_no_repository_on_a_forge_is_none() {
    for address in [
        "",
        "/srv/git/github.com/shop.git",
        "../github.com/shop/api.git",
        "file:///srv/github.com/shop/api.git",
        "C:/work/github.com/shop/api",
        r"C:\work\shop",
        "./a:b/c",
        "https://github.com",
        "https://github.com/",
        "https://github.com/shop",
        "https://github.com/shop/api/more",
        "https://github.com/shop/../api",
        "https://github.com:port/shop/api",
        "https://ghp_secret/x@github.com/shop/api",
        "ada:secret@github.com:shop/api",
        "https://notgithub.com/shop/api",
        "https://mygithubs.example.com/shop/api",
        "git@[::1]:shop/api",
        "ext::sh -c github.com:a/b",
        "https://github.com/shop/%0a",
        "https://github.com/shop/%zz",
        "https://github.com/-shop/api",
        "https://dev.azure.com/shop/api",
    ] {
        assert_eq!(Forge::of(address, Setting::ByHost), None, "{address:?}");
    }
}

fn any_setting() -> impl Strategy<Value = Setting> {
    let names = ["", "github", "gitlab", "bitbucket", "gitea", "azure"];
    prop::sample::select(names.to_vec()).prop_map(|name| Setting::named(name).unwrap())
}

proptest! {
    #[test]
    fn no_address_is_too_odd(address in ".*", setting in any_setting(), branch in ".*") {
        if let Some(url) = url_as(&address, setting, &branch) {
            prop_assert!(url.bytes().all(|b| b.is_ascii_graphic()), "{}", url);
        }
    }

    #[test]
    fn what_looks_like_an_address_is_never_too_odd(
        scheme in "(https?://|ssh://|git://|)", rest in "[a-z%@:/.~ _é0-9\\-]{0,40}",
        setting in any_setting(),
    ) {
        if let Some(url) = url_as(&format!("{scheme}{rest}"), setting, "hotfix/a") {
            prop_assert!(url.bytes().all(|b| b.is_ascii_graphic()), "{}", url);
            prop_assert!(!url.contains('@'), "{}", url);
        }
    }

    #[test]
    fn no_user_and_no_token_comes_out_again(
        user in "SECRET[A-Za-z0-9:@_.%+\\-]{0,20}",
        form in prop::sample::select(vec![
            "https://{}@github.com/shop/api.git", "ssh://{}@gitlab.com:22/shop/api",
            "{}@github.com:shop/api", "https://github.com/{}@shop/api", "http://{}@host/a/b",
        ]),
        setting in any_setting(),
    ) {
        if let Some(forge) = Forge::of(&form.replace("{}", &user), setting) {
            let shown = format!("{forge:?} {}", forge.open_url("a", "b")).to_lowercase();
            prop_assert!(!shown.contains("secret"), "{}", shown);
        }
    }
}
