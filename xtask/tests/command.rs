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
    // What is generated is judged, and a test must not depend on the day on which it runs.
    fs::write(folder.path().join("waard-policy.toml"), "as-of = 2026-11-25\n").unwrap();
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
    let listed = "group,kind,version,component,release,repository,tag,path,as_of,only,note\n\
        example.org,Thing,,Things,1.0.0,example/things,v1.0.0,crds/things.yaml,2026-01-31,,\n";
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
    fs::create_dir_all(at.join("crates/waard-catalog/facts")).unwrap();
    fs::write(at.join("crates/waard-catalog/facts/kinds.csv"), listed).unwrap();
    fs::create_dir_all(at.join("clone/crds")).unwrap();
    fs::write(at.join("clone/crds/things.yaml"), crd("released")).unwrap();
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message", "a"]);
    git(&["tag", "v1.0.0"]);
    fs::write(at.join("clone/crds/things.yaml"), crd("unreleased")).unwrap();

    assert_eq!(code(&run(at, &["crds", "clone", "--check"])), 1);
    let facts = at.join("crates/waard-catalog/facts/crds/example.org_Thing.txt");
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

#[test]
fn the_pages_of_the_rules_are_up_to_date_and_strays_are_taken_away() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let done = run(root, &["docs", "--check"]);
    let listed = String::from_utf8_lossy(&done.stdout);
    assert_eq!(code(&done), 0, "docs/rules is out of date, run `cargo xtask docs`:\n{listed}");

    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let docs = |more: &[&str]| run(at, &[&["docs", "--out", "rules"], more].concat());
    assert_eq!(code(&docs(&["--check"])), 1);
    assert!(!at.join("rules").exists());
    assert_eq!(code(&docs(&[])), 0);
    let committed = fs::read_to_string(root.join("docs/rules/cost/gp2-volume.md")).unwrap();
    assert_eq!(fs::read_to_string(at.join("rules/cost/gp2-volume.md")).unwrap(), committed);
    fs::copy(at.join("rules/cost/gp2-volume.md"), at.join("rules/cost/gone.md")).unwrap();
    fs::write(at.join("rules/cost/mine.md"), "# Mine\n").unwrap();
    fs::write(at.join("rules/README.md"), "old\n").unwrap();
    let stale = docs(&["--check"]);
    let listed = String::from_utf8_lossy(&stale.stdout);
    assert_eq!((code(&stale), &*listed), (1, "rules/README.md: out of date\nrules/cost/gone.md: out of date\n"));
    assert_eq!(code(&docs(&[])), 0);
    assert!(!at.join("rules/cost/gone.md").exists() && at.join("rules/cost/mine.md").exists());
    assert_eq!(code(&docs(&["--check"])), 0);
}

/// What is generated is judged before it is written.
#[test]
fn gen_refuses_to_write_errors_unless_told_to() {
    let folder = folder();
    let at = folder.path();
    let policy = "as-of = 2026-11-25\n[rules.\"security/mutable-image\"]\nseverity = \"error\"\n";
    fs::write(at.join("waard-policy.toml"), policy).unwrap();
    let refused = run(at, &["gen", "waard.yaml", "--into", "out"]);
    let shown = String::from_utf8_lossy(&refused.stdout);
    assert_eq!(code(&refused), 1, "{}", err(&refused));
    assert!(shown.contains("error[security/mutable-image]") && shown.contains("::: waard.yaml:"), "{shown}");
    assert!(err(&refused).contains("nothing was written to out: 2 errors"), "{}", err(&refused));
    assert!(!at.join("out").exists(), "not even the folder is there");

    let allowed = run(at, &["gen", "waard.yaml", "--into", "out", "--allow-errors"]);
    assert_eq!(code(&allowed), 0, "{}", err(&allowed));
    assert_eq!(String::from_utf8_lossy(&allowed.stdout), shown);
    let unchanged = run(at, &["gen", "waard.yaml", "--into", "out"]);
    assert!(code(&unchanged) == 0 && unchanged.stdout.is_empty(), "nothing changes: {}", err(&unchanged));

    // What changes is judged, also where a folder is there already.
    let written = fs::read_to_string(at.join("out/manifest.json")).unwrap();
    fs::write(at.join("waard.yaml"), fixture().replace("replicas: 2..6", "replicas: 2..7")).unwrap();
    let refused = run(at, &["gen", "waard.yaml", "--into", "out"]);
    assert_eq!((code(&refused), fs::read_to_string(at.join("out/manifest.json")).unwrap()), (1, written));
    let excuses = "[[waiver]]\nrule = \"security/mutable-image\"\nplace = \"shop/**\"\nreason = \"r\"\nowner = \"o\"\nuntil = 2026-12-31\n\
                  [[waiver]]\nrule = \"security/host-path\"\nplace = \"by-hand/**\"\nreason = \"r\"\nowner = \"o\"\nuntil = 2026-12-31\n";
    fs::write(at.join("waard-policy.toml"), format!("{policy}{excuses}")).unwrap();
    let waived = run(at, &["gen", "waard.yaml", "--into", "out"]);
    assert_eq!(code(&waived), 0, "a waiver of other files is nothing to gen: {}", err(&waived));
    let again = run(at, &["gen", "waard.yaml", "--into", "other", "--as-of", "2027-01-01"]);
    assert_eq!(code(&again), 1, "the waiver has ended: {}", err(&again));
    assert_eq!(code(&run(at, &["gen", "waard.yaml", "--as-of", "tomorrow"])), 2);
    assert_eq!(code(&run(at, &["gen", "--check", "--allow-errors"])), 2);
}

/// The day decides whether something is written, never what.
#[test]
fn what_is_generated_does_not_depend_on_the_day() {
    let folder = folder();
    let at = folder.path();
    for (day, into) in [("2026-11-25", "today"), ("2039-01-01", "later")] {
        let done = run(at, &["gen", "waard.yaml", "--into", into, "--as-of", day, "--allow-errors"]);
        assert_eq!(code(&done), 0, "{}", err(&done));
    }
    let manifest = |into: &str| fs::read(at.join(into).join("manifest.json")).unwrap();
    assert_eq!(manifest("today"), manifest("later"), "the manifest has the digest of every file");
}
