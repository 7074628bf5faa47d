//! The command as a user meets it: exit codes, and what goes to which stream.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test of xtask reads and writes files, and fails by panicking, in its helpers too"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask")).args(arguments).current_dir(folder).output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn fixture() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/minimal/waard.yaml");
    fs::read_to_string(path).unwrap()
}

/// A folder with `waard.yaml`, the smallest fixture.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("waard.yaml"), fixture()).unwrap();
    folder
}

#[test]
fn gen_writes_checks_and_reports_edits_with_the_documented_codes() {
    let folder = folder();
    let at = folder.path();
    assert_eq!(code(&run(at, &["gen", "waard.yaml", "--into", "out", "--check"])), 1);
    assert!(!at.join("out").exists());

    let written = run(at, &["gen", "waard.yaml", "--into", "out"]);
    assert_eq!(code(&written), 0, "{}", err(&written));
    assert!(written.stdout.is_empty() && err(&written).contains("created"), "{}", err(&written));
    assert_eq!(code(&run(at, &["gen", "waard.yaml", "--into", "out", "--check"])), 0);
    let same = run(at, &["gen", "waard.yaml", "--into", "out", "--diff"]);
    assert!(code(&same) == 0 && same.stdout.is_empty());

    let manifest = fs::read_to_string(at.join("out/manifest.json")).unwrap();
    let (_, rest) = manifest.split_once("\"path\": \"").unwrap();
    let (first, _) = rest.split_once('"').unwrap();
    fs::write(at.join("out").join(first), "mine\n").unwrap();
    let checked = run(at, &["gen", "waard.yaml", "--into", "out", "--check"]);
    assert_eq!(code(&checked), 1);
    assert_eq!(String::from_utf8_lossy(&checked.stdout), format!("out/{first}: different\n"));
    let refused = run(at, &["gen", "waard.yaml", "--into", "out"]);
    assert_eq!(code(&refused), 1);
    assert!(String::from_utf8_lossy(&refused.stdout).contains("edited by hand"), "{}", err(&refused));
    assert_eq!(fs::read_to_string(at.join("out").join(first)).unwrap(), "mine\n");
    let diff = run(at, &["gen", "waard.yaml", "--into", "out", "--diff"]);
    assert!(code(&diff) == 1 && String::from_utf8_lossy(&diff.stdout).contains("\n-mine\n"));
    assert_eq!(code(&run(at, &["gen", "waard.yaml", "--into", "out", "--overwrite"])), 0);
    assert_eq!(fs::read_to_string(at.join(format!("out/{first}.orig"))).unwrap(), "mine\n");
    assert_eq!(code(&run(at, &["gen", "waard.yaml", "--into", "out", "--check"])), 0);
}

#[test]
fn bad_usage_is_two() {
    let folder = folder();
    let at = folder.path();
    fs::create_dir(at.join("folder")).unwrap();
    fs::write(at.join("other.yaml"), fixture()).unwrap();
    for (arguments, said) in [
        (&["nonsense"][..], "nonsense"),
        (&["gen", "--check", "--diff"], "cannot be used with"),
        (&["gen", "absent.yaml"], "there is no file absent.yaml"),
        (&["gen", "folder"], "folder is a folder"),
        (&["gen", "waard.yaml", "other.yaml"], "are both called"),
        (&["gen", "waard.yaml", "other.yaml", "--into", "x"], "--into takes the files of one topology"),
        (&["completions", "nonsense"], "nonsense"),
    ] {
        let done = run(at, arguments);
        assert_eq!(code(&done), 2, "{arguments:?}: {}", err(&done));
        assert!(err(&done).contains(said) && done.stdout.is_empty(), "{arguments:?}: {}", err(&done));
    }
    assert!(!at.join("dist").exists());
}

#[test]
fn a_bad_topology_is_two_and_every_problem_is_shown_without_colour() {
    let folder = folder();
    let at = folder.path();
    for (text, said) in
        [(&b"nonsense: 1\n"[..], "--> bad.yaml:1:1"), (b"\xff\xfe\x00", "bad.yaml: 1 problem"), (b"", "bad.yaml: ")]
    {
        fs::write(at.join("bad.yaml"), text).unwrap();
        let done = run(at, &["gen", "bad.yaml", "waard.yaml"]);
        assert_eq!(code(&done), 2);
        assert!(err(&done).contains(said) && !err(&done).contains('\x1b'), "{}", err(&done));
    }
    fs::write(at.join("bad.yaml"), "a: 1\n".repeat(8 << 20)).unwrap();
    let done = run(at, &["gen", "bad.yaml"]);
    assert!(code(&done) == 2 && err(&done).contains("is larger than"), "{}", err(&done));
    assert!(!at.join("dist").exists(), "nothing is written if any topology is bad");
}

#[test]
fn a_disk_that_refuses_is_three() {
    let folder = folder();
    let at = folder.path();
    fs::write(at.join("file"), "").unwrap();
    let done = run(at, &["gen", "waard.yaml", "--out", "file"]);
    assert_eq!(code(&done), 3, "{}", err(&done));
    assert!(err(&done).contains("file"), "{}", err(&done));
}

#[test]
fn the_schema_is_printed_written_and_checked() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let printed = run(at, &["schema"]);
    assert!(code(&printed) == 0 && printed.stdout.starts_with(b"{\n"));
    assert_eq!(code(&run(at, &["schema", "--check", "--out", "docs/s.json"])), 1);
    assert_eq!(code(&run(at, &["schema", "--out", "docs/s.json"])), 0);
    assert_eq!(fs::read(at.join("docs/s.json")).unwrap(), printed.stdout);
    assert_eq!(code(&run(at, &["schema", "--check", "--out", "docs/s.json"])), 0);
}

#[test]
fn help_and_completions_are_results() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [&["--help"][..], &["gen", "--help"], &["--version"], &["completions", "bash"]] {
        let done = run(folder.path(), arguments);
        assert!(code(&done) == 0 && !done.stdout.is_empty() && done.stderr.is_empty(), "{arguments:?}");
    }
    let help = run(folder.path(), &["gen", "--help"]);
    assert!(String::from_utf8_lossy(&help.stdout).contains("Examples:"));
}

/// From a repository at the tag of the list, whatever is checked out, and from plain files.
#[test]
fn crds_makes_the_facts_of_the_listed_kinds() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let listed = "group,kind,component,release,repository,tag,path,as_of,only,note\n\
        example.org,Thing,Things,1.0.0,example/things,v1.0.0,crds/things.yaml,2026-01-31,,\n";
    let crd = |field: &str| {
        format!(
            "kind: CustomResourceDefinition\nspec:\n  group: example.org\n  names: {{ kind: Thing }}\n  scope: Cluster\n  \
             versions: [{{ name: v1, served: true, schema: {{ openAPIV3Schema: {{ type: object, properties: \
             {{ spec: {{ type: object, properties: {{ {field}: {{ type: string }} }} }} }} }} }} }}]\n"
        )
    };
    let git = |arguments: &[&str]| {
        let named = ["-c", "user.name=a", "-c", "user.email=a@example.org"];
        let done = Command::new("git").args(named).args(arguments).current_dir(at.join("clone")).output().unwrap();
        assert!(done.status.success(), "{}", err(&done));
    };
    fs::create_dir_all(at.join("crates/waard-k8s/facts")).unwrap();
    fs::write(at.join("crates/waard-k8s/facts/kinds.csv"), listed).unwrap();
    fs::create_dir_all(at.join("clone/crds")).unwrap();
    fs::write(at.join("clone/crds/things.yaml"), crd("released")).unwrap();
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message", "a"]);
    git(&["tag", "v1.0.0"]);
    fs::write(at.join("clone/crds/things.yaml"), crd("unreleased")).unwrap();

    assert_eq!(code(&run(at, &["crds", "clone", "--check"])), 1);
    let facts = at.join("crates/waard-k8s/facts/crds/example.org_Thing.txt");
    assert!(!facts.exists());
    let made = run(at, &["crds", "clone"]);
    assert_eq!(code(&made), 0, "{}", err(&made));
    assert!(fs::read_to_string(&facts).unwrap().ends_with("\n\nspec object\nspec.released string\n"));
    assert_eq!(code(&run(at, &["crds", "clone", "--check"])), 0);

    assert_eq!(code(&run(at, &["crds", "clone/crds/things.yaml"])), 0);
    assert!(fs::read_to_string(&facts).unwrap().contains("spec.unreleased string"));
    for (given, said) in [("nowhere", "there is no nowhere"), ("crates", "crates holds nothing")] {
        let refused = run(at, &["crds", given]);
        assert!(code(&refused) == 2 && err(&refused).contains(said), "{}", err(&refused));
    }
}
