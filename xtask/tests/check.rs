//! `check` and `explain` as a user meets them. The goldens are in `xtask/tests/check`.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test of xtask reads and writes files and the environment, and fails by panicking, in its helpers too"
)]

use std::path::Path;
use std::process::{Command, Output};
use std::{env, fs};

use serde_json::Value;
use tempfile::TempDir;

/// What writes the goldens anew.
const BLESS: &str = "WAARD_BLESS=1 cargo test --package xtask --test check";

const BUDGET: &str = "\
apiVersion: policy/v1beta1
kind: PodDisruptionBudget
metadata:
  name: api
  namespace: shop
spec:
  maxUnavailable: 1
  selector: {matchLabels: {app: api}}
";
const CLUSTER: &str = "\
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: shop, region: us-east-1, version: '1.34'}
";
const BACKEND: &str = "\
terraform {
  backend \"s3\" {
    bucket         = \"shop-state\"
    key            = \"state\"
    region         = \"us-east-1\"
    dynamodb_table = \"locks\"
  }
}
";
/// A rule that looks at nothing, one that passes, one that finds an error, a warning, and what can't be read.
const RULES: [&str; 5] = [
    "autoscale/hpa-and-vpa",
    "schema/removed-api-version",
    "schema/yaml-syntax",
    "terraform/backend-lock-table",
    "terraform/backend-without-lock",
];

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask")).args(arguments).current_dir(folder).env("NO_COLOR", "1").output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// An error, a warning, and a file that can't be read.
fn platform() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let files = [
        ("kubernetes/budget.yaml", BUDGET),
        ("kubernetes/cluster.yaml", CLUSTER),
        ("kubernetes/broken.yaml", "kind: Service\nspec: {ports: [80\n"),
        ("terraform/main.tf", BACKEND),
    ];
    write(folder.path(), &files);
    folder
}

/// The report on that platform, by the rules of the list.
fn report(format: &str) -> Output {
    let mut arguments = vec!["check", "kubernetes", "terraform", "--as-of", "2026-11-25", "--format", format];
    for rule in RULES {
        arguments.extend(["--only", rule]);
    }
    run(platform().path(), &arguments)
}

fn is_golden(name: &str, found: &str) {
    let found = found.replace(env!("CARGO_PKG_VERSION"), "VERSION");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/check").join(name);
    if env::var_os("WAARD_BLESS").is_some_and(|value| value == "1") {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &found).unwrap();
        return;
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    assert!(golden == found, "{name} is not what it was; if it should change: {BLESS}\n{found}");
}

#[test]
fn findings_are_shown_with_their_code_and_what_was_looked_at() {
    let shown = report("human");
    assert_eq!((code(&shown), err(&shown).as_str()), (1, ""));
    is_golden("human.txt", &out(&shown));
}

#[test]
fn the_other_formats_say_the_same() {
    for (format, name) in
        [("json", "report.json"), ("github", "github.txt"), ("junit", "junit.xml"), ("markdown", "markdown.md")]
    {
        let shown = report(format);
        assert_eq!((code(&shown), err(&shown).as_str()), (1, ""), "{format}");
        is_golden(name, &out(&shown));
    }
}

#[test]
fn sarif_has_the_pages_of_the_rules() {
    let shown = report("sarif");
    assert_eq!((code(&shown), err(&shown).as_str()), (1, ""));
    let mut document: Value = serde_json::from_str(&out(&shown)).unwrap();
    let run = &mut document["runs"][0];
    let rules = run["tool"]["driver"]["rules"].take();
    for result in run["results"].as_array_mut().unwrap() {
        let index = usize::try_from(result["ruleIndex"].take().as_u64().unwrap()).unwrap();
        let rule = &rules[index];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(rule["help"]["markdown"].as_str().unwrap().starts_with("# "), "{rule}");
    }
    is_golden("sarif.json", &format!("{document:#}\n"));
}

#[test]
fn the_exit_code_follows_fail_on() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    write(at, &[("warned/main.tf", BACKEND), ("wrong/budget.yaml", BUDGET), ("wrong/cluster.yaml", CLUSTER)]);
    for (arguments, exit) in [
        (&["check", "warned"][..], 0),
        (&["check", "warned", "--fail-on", "error"], 0),
        (&["check", "warned", "--fail-on", "warning"], 1),
        (&["check", "warned", "--fail-on", "info"], 1),
        (&["check", "warned", "--fail-on", "warning", "--only", "schema"], 0),
        (&["check", "wrong", "--only", "schema"], 1),
        (&["check", "wrong", "--only", "terraform"], 0),
    ] {
        let done = run(at, arguments);
        assert_eq!(code(&done), exit, "{arguments:?}: {}{}", out(&done), err(&done));
    }
}

#[test]
fn bad_usage_is_two() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::create_dir(at.join("empty")).unwrap();
    write(at, &[("main.tf", BACKEND), ("wrong.toml", "[[waiver]]\nrules = 1\n")]);
    for (arguments, said) in [
        (&["check", "nothing"][..], "there is nothing at nothing"),
        (&["check", "empty"], "can be judged"),
        (&["check", "main.tf", "--as-of", "tomorrow"], "`tomorrow` is no day"),
        (
            &["check", "main.tf", "--only", "terraform/backend-lock-tables"],
            "did you mean terraform/backend-lock-table?",
        ),
        (&["check", "main.tf", "--format", "xml"], "invalid value 'xml'"),
        (&["check", "main.tf", "--config", "none.toml"], "there is no file none.toml"),
        (&["check", "main.tf", "--config", "wrong.toml"], "wrong.toml:"),
    ] {
        let done = run(at, arguments);
        assert_eq!((code(&done), out(&done).as_str()), (2, ""), "{arguments:?}");
        assert!(err(&done).contains(said), "{arguments:?}: {}", err(&done));
    }
}

#[cfg(unix)]
#[test]
fn what_the_disk_does_not_give_is_three_and_links_to_files_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::os::unix::fs::symlink("loop.yaml", at.join("loop.yaml")).unwrap();
    let done = run(at, &["check", "loop.yaml"]);
    assert_eq!((code(&done), out(&done).as_str()), (3, ""), "{}", err(&done));
    write(at, &[("elsewhere/main.tf", BACKEND)]);
    fs::create_dir(at.join("root")).unwrap();
    std::os::unix::fs::symlink("../elsewhere/main.tf", at.join("root/main.tf")).unwrap();
    let done = run(at, &["check", "root", "--format", "github"]);
    assert!(out(&done).contains("file=root/main.tf,line=6"), "{}{}", out(&done), err(&done));
}

#[test]
fn a_topology_is_judged_with_what_is_generated_from_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let done = run(root, &["check", "fixtures/minimal/waard.yaml", "--format", "json", "--as-of", "2026-11-25"]);
    assert_eq!((code(&done), err(&done).as_str()), (0, ""));
    let report: Value = serde_json::from_str(&out(&done)).unwrap();
    let looked_at = |rule: &str| {
        let rules = report["rules"].as_array().unwrap();
        rules.iter().find(|row| row["rule"] == rule).map_or(0, |row| row["looked_at"].as_u64().unwrap())
    };
    assert_eq!(looked_at("topology/valid"), 1);
    assert!(looked_at("security/privilege-escalation") > 0 && looked_at("terraform/backend-lock-table") > 0);
    assert!(report["summary"]["clusters"].as_u64() >= Some(1) && report["summary"]["objects"].as_u64() > Some(10));

    let folder = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(root.join("fixtures/minimal/waard.yaml")).unwrap();
    write(folder.path(), &[("waard.yaml", &format!("{text}\nnonsense: true\n"))]);
    let done = run(folder.path(), &["check", "waard.yaml", "--format", "json"]);
    assert_eq!(code(&done), 1);
    assert!(err(&done).contains("nothing is generated"), "{}", err(&done));
    let report: Value = serde_json::from_str(&out(&done)).unwrap();
    assert_eq!(report["findings"][0]["rule"], "topology/valid");
}

#[test]
fn a_waiver_excuses_and_is_shown_in_no_gate() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    write(at, &[("main.tf", BACKEND)]);
    write(
        at,
        &[(
            "waard-policy.toml",
            "[[waiver]]\nrule = \"terraform/backend-lock-table\"\nplace = \"main.tf\"\nreason = \"until the move\"\nowner = \"platform\"\nuntil = 2026-12-31\n",
        )],
    );
    let only = ["--only", "terraform/backend-lock-table"];
    let gate = ["check", "main.tf", "--fail-on", "info", "--as-of", "2026-11-25", "--format", "sarif"];
    let done = run(at, &[gate.as_slice(), only.as_slice()].concat());
    assert_eq!(code(&done), 0, "{}{}", out(&done), err(&done));
    let report: Value = serde_json::from_str(&out(&done)).unwrap();
    assert_eq!(report["runs"][0]["results"][0]["suppressions"][0]["justification"], "until the move");
}

#[test]
fn explain_prints_pages_and_suggests_the_nearest_rule() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let list = run(at, &["explain"]);
    assert!(code(&list) == 0 && out(&list).lines().count() > 20, "{}", out(&list));
    assert!(out(&list).lines().any(|line| line.starts_with("schedule/no-home-for-pod ")), "{}", out(&list));
    let page = run(at, &["explain", "schedule/no-home-for-pod"]);
    assert!(code(&page) == 0 && out(&page).starts_with("# ") && err(&page).is_empty());
    for (id, near) in [
        ("no-home-for-pod", "did you mean schedule/no-home-for-pod?"),
        ("schedule/no-hom-for-pods", "did you mean schedule/no-home-for-pod?"),
        ("xyz", "`cargo xtask explain` lists all rules"),
    ] {
        let done = run(at, &["explain", id]);
        assert_eq!((code(&done), out(&done).as_str()), (2, ""));
        assert!(err(&done).contains(near), "{id}: {}", err(&done));
    }
}
