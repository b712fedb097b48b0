//! Promises about reading and writing files, on a real file system.

use super::*;
use std::fs;

fn text(root: &Path, path: &str) -> Result<Option<String>, FileError> {
    read_text(root, Path::new(path), 1000)
}

#[test]
fn what_is_written_is_read_and_folders_are_made() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join(".claude/postmortems/a.md");
    assert_eq!(read_text(root.path(), &path, 10).unwrap(), None);
    write_atomic(root.path(), &path, b"one\r\n").unwrap();
    assert_eq!(
        read_text(root.path(), &path, 10).unwrap().as_deref(),
        Some("one\r\n")
    );
    write_atomic(root.path(), Path::new(".claude/postmortems/a.md"), b"two").unwrap();
    assert_eq!(
        text(root.path(), ".claude/postmortems/a.md")
            .unwrap()
            .as_deref(),
        Some("two")
    );
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
}

#[test]
fn a_folder_a_larger_file_and_other_bytes_are_refused() {
    let root = tempfile::tempdir().unwrap();
    let top = root.path();
    fs::create_dir(top.join("folder")).unwrap();
    assert!(matches!(text(top, "folder"), Err(FileError::NotAFile(_))));
    let written = write_atomic(top, Path::new("folder"), b"x");
    assert!(matches!(written, Err(FileError::NotAFile(_))));
    fs::write(top.join("large"), [b'x'; 11]).unwrap();
    let large = read_text(top, Path::new("large"), 10);
    assert!(matches!(large, Err(FileError::TooLarge { limit: 10, .. })));
    assert!(read_text(top, Path::new("large"), 11).unwrap().is_some());
    fs::write(top.join("latin"), b"caf\xe9").unwrap();
    assert!(matches!(
        text(top, "latin"),
        Err(FileError::NotUtf8 { at: 3, .. })
    ));
}

#[test]
fn a_file_where_a_folder_should_be_is_named() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join(".claude"), "a file").unwrap();
    for outcome in [
        text(root.path(), ".claude/postmortems/a.md").map(drop),
        write_atomic(root.path(), Path::new(".claude/postmortems/a.md"), b"x"),
    ] {
        match outcome {
            Err(FileError::NotAFolder(path)) => assert_eq!(path, root.path().join(".claude")),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(fs::read(root.path().join(".claude")).unwrap(), b"a file");
}

#[test]
fn a_path_that_climbs_out_is_refused() {
    let root = tempfile::tempdir().unwrap();
    for path in ["../a", "a/../../b", "/etc/hostname"] {
        assert!(
            matches!(text(root.path(), path), Err(FileError::Leaves { .. })),
            "{path}"
        );
    }
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn a_link_that_leaves_is_refused_and_one_that_stays_is_followed() {
        let root = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        let top = root.path();
        fs::write(outside.path().join("a.md"), "secret").unwrap();
        symlink(outside.path(), top.join("out")).unwrap();
        symlink(outside.path().join("a.md"), top.join("a.md")).unwrap();
        for path in ["out/a.md", "out/new.md", "a.md"] {
            assert!(
                matches!(text(top, path), Err(FileError::Leaves { .. })),
                "{path}"
            );
            let written = write_atomic(top, Path::new(path), b"x");
            assert!(matches!(written, Err(FileError::Leaves { .. })), "{path}");
        }
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1);
        fs::create_dir(top.join("docs")).unwrap();
        symlink("docs", top.join("in")).unwrap();
        write_atomic(top, Path::new("in/b.md"), b"b").unwrap();
        assert_eq!(fs::read(top.join("docs/b.md")).unwrap(), b"b");
        symlink("b.md", top.join("docs/c.md")).unwrap();
        write_atomic(top, Path::new("in/c.md"), b"c").unwrap();
        assert_eq!(fs::read(top.join("docs/b.md")).unwrap(), b"c");
        assert!(top.join("docs/c.md").is_symlink());
    }

    #[test]
    fn a_link_to_nothing_is_no_file() {
        let root = tempfile::tempdir().unwrap();
        symlink("nowhere", root.path().join("a.md")).unwrap();
        assert!(matches!(
            text(root.path(), "a.md"),
            Err(FileError::NotAFile(_))
        ));
    }

    #[test]
    fn an_existing_files_permissions_stay() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        write_atomic(root.path(), &path, b"new").unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o640
        );
    }
}

#[test]
fn a_lock_keeps_others_out_until_it_is_dropped() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("deep/lock");
    let held = lock(&path).unwrap();
    let other = File::options().write(true).open(&path).unwrap();
    if held.is_some() {
        assert!(other.try_lock().is_err());
    }
    drop(held);
    other.try_lock().unwrap();
}

#[test]
fn a_staged_file_leaves_nothing_where_people_work() {
    let root = tempfile::tempdir().unwrap();
    let staging = root.path().join("git");
    fs::create_dir(&staging).unwrap();
    let path = root.path().join("records/a.md");
    write_staged(root.path(), &path, b"one", &staging).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"one");
    assert_eq!(fs::read_dir(&staging).unwrap().count(), 0);
    // Its place cannot take the file: nothing is left there.
    fs::create_dir(root.path().join("b.md")).unwrap();
    write_staged(root.path(), Path::new("b.md"), b"two", &staging).unwrap_err();
    assert_eq!(fs::read_dir(&staging).unwrap().count(), 0);
}

#[test]
fn a_new_file_replaces_none() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("a/b.json");
    assert!(write_new(root.path(), &path, b"one").unwrap());
    assert!(!write_new(root.path(), &path, b"two").unwrap());
    assert_eq!(fs::read(&path).unwrap(), b"one");
    assert!(write_new(root.path(), Path::new("../c"), b"").is_err());
    assert_eq!(names_in(&root.path().join("a")).unwrap(), ["b.json"]);
    assert_eq!(names_in(&root.path().join("none")).unwrap(), [""; 0]);
}

#[test]
fn a_lock_is_held_until_it_is_dropped() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("a/lock");
    let first = try_lock(&path).unwrap();
    assert!(matches!(first, Tried::Locked(_)));
    assert!(matches!(try_lock(&path).unwrap(), Tried::Held));
    drop(first);
    assert!(matches!(try_lock(&path).unwrap(), Tried::Locked(_)));
}
