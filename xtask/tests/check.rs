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
/// A field that came with Kubernetes 1.34, and nothing that says which version runs.
const POD: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: api}
spec: {hostnameOverride: api.example.com, containers: [{name: api, image: example.com/api:1}]}
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
        (&["check", "main.tf", "--output", "xml=a"], "there is no format `xml`"),
        (&["check", "main.tf", "--format", "json", "--output", "sarif=-"], "two reports would go to standard output"),
        (&["check", "main.tf", "--output", "json=a", "--output", "sarif=./a"], "two reports would be written to"),
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

#[test]
fn several_reports_are_written_in_one_run() {
    let folder = platform();
    let at = folder.path();
    let only: Vec<&str> = RULES.iter().flat_map(|rule| ["--only", rule]).collect();
    let check = |more: &[&str]| {
        run(at, &[&["check", "kubernetes", "terraform", "--as-of", "2026-11-25"], &only[..], more].concat())
    };
    let done = check(&["--output", "sarif=out/waard.sarif", "--output", "json=kubernetes/findings.json"]);
    assert_eq!((code(&done), err(&done).as_str()), (1, ""));
    is_golden("human.txt", &out(&done));
    for (format, file) in [("json", "kubernetes/findings.json"), ("sarif", "out/waard.sarif")] {
        let alone = check(&["--format", format, "--output", "json=kubernetes/findings.json"]);
        assert_eq!(fs::read_to_string(at.join(file)).unwrap(), out(&alone), "{format}");
        let as_output = check(&["--output", &format!("{format}=-"), "--output", "junit=kubernetes/findings.json"]);
        assert_eq!(out(&alone), out(&as_output), "{format}");
        // What a run writes is no file of its platform; what an earlier one left under another name is.
        check(&["--output", "json=kubernetes/findings.json"]);
    }
    fs::remove_file(at.join("kubernetes/findings.json")).unwrap();
    // What can't be written is told, and the other reports are there all the same.
    let done = check(&["--output", "json=terraform/main.tf/a.json", "--output", "markdown=out/waard.md"]);
    assert_eq!(code(&done), 3, "{}", err(&done));
    is_golden("human.txt", &out(&done));
    is_golden("markdown.md", &fs::read_to_string(at.join("out/waard.md")).unwrap());
}

/// What each format says about how rules ended: one of each kind.
#[test]
fn every_format_tells_pass_fail_unknown_and_not_applicable_apart() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    write(at, &[("main.tf", BACKEND), ("pod.yaml", POD)]);
    let ended = [
        ("autoscale/hpa-and-vpa", "not-applicable", "notApplicable"),
        ("schema/unknown-field", "unknown", "open"),
        ("terraform/backend-lock-table", "fail", "fail"),
        ("terraform/backend-without-lock", "pass", "pass"),
    ];
    let mut arguments = vec!["check", "main.tf", "pod.yaml", "--as-of", "2026-11-25", "--fail-on", "info"];
    for (rule, ..) in ended {
        arguments.extend(["--only", rule]);
    }
    for format in ["json", "sarif", "junit", "markdown", "github"] {
        arguments.extend([
            "--output",
            ["json=json", "sarif=sarif", "junit=junit", "markdown=markdown", "github=github"]
                .into_iter()
                .find(|output| output.starts_with(format))
                .unwrap(),
        ]);
    }
    let done = run(at, &arguments);
    let (human, text) = (out(&done), |name: &str| fs::read_to_string(at.join(name)).unwrap());
    let document = |name: &str| serde_json::from_str::<Value>(&text(name)).unwrap();
    let (json, sarif) = (document("json"), document("sarif"));
    for (number, (rule, outcome, kind)) in ended.into_iter().enumerate() {
        assert_eq!(
            (&json["rules"][number]["rule"], &json["rules"][number]["outcome"]),
            (&rule.into(), &outcome.into())
        );
        let of_sarif = &sarif["runs"][0]["properties"]["rules"][number];
        assert_eq!((&of_sarif["ruleId"], &of_sarif["kind"]), (&rule.into(), &kind.into()));
        let line = human.lines().find(|line| line.trim_start().starts_with(&format!("{rule} ")));
        assert_eq!(
            line.is_some_and(|line| line.contains(&format!(" {outcome} "))),
            outcome != "not-applicable",
            "{human}"
        );
    }
    assert!(human.contains("1 rule had nothing to look at"), "{human}");
    let case = |rule: &str| {
        let junit = text("junit");
        let from = junit.find(&format!("name=\"{rule}\"")).unwrap();
        junit[from..].split("<testcase").next().unwrap().to_owned()
    };
    assert!(case(ended[0].0).contains("<skipped>there was nothing to look at"));
    assert!(case(ended[1].0).contains("<skipped>pod.yaml:"), "{}", case(ended[1].0));
    assert!(
        case(ended[2].0).contains("<failure ")
            && case(ended[3].0).starts_with("name=\"terraform/backend-without-lock\"/>")
    );
    assert!(
        text("markdown").contains("3 of 4 rules had something to look at; 0 waived, 1 unknown."),
        "{}",
        text("markdown")
    );
    assert!(text("markdown").contains("<details><summary>unknown</summary>\n\n- `schema/unknown-field`"));
    assert_eq!(text("github").lines().count(), 1, "annotations are findings only: {}", text("github"));
}

#[test]
fn a_baseline_lets_only_what_is_new_count() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let broken = "kind: Service\nspec: {ports: [80\n";
    write(at, &[("a/main.tf", BACKEND), ("b/main.tf", BACKEND), ("b/broken.yaml", broken)]);
    let only = ["--only", "terraform/backend-lock-table", "--only", "schema/yaml-syntax"];
    let check = |more: &[&str]| run(at, &[&["check", "a", "b", "--fail-on", "info"][..], &only, more].concat());
    let first = check(&["--write-baseline", "b/known.json"]);
    assert_eq!(code(&first), 1, "a file that can't be read is never known: {}", err(&first));
    assert!(err(&first).contains("2 findings known from now on\n1 of rules that can't be waived"), "{}", err(&first));
    assert!(out(&first).contains("1 error, 0 warnings, 0 info, 0 waived, 2 known, 0 unknown"), "{}", out(&first));
    let known = fs::read_to_string(at.join("b/known.json")).unwrap();
    is_golden("baseline.json", &known);

    fs::remove_file(at.join("b/broken.yaml")).unwrap();
    // Lines move, and nothing is new.
    write(at, &[("a/main.tf", &format!("# moved\n\n{BACKEND}"))]);
    let same = check(&["--baseline", "b/known.json", "--format", "json"]);
    let report: Value = serde_json::from_str(&out(&same)).unwrap();
    assert_eq!((code(&same), &report["summary"]["known"], &report["findings"]), (0, &2.into(), &Value::Array(vec![])));
    assert_eq!(report["baseline"]["known"][0]["location"]["line"], 8);
    assert_eq!(report["baseline"]["gone"], Value::Array(vec![]));
    assert_eq!(report["summary"]["files"], 2, "the baseline is no file of the platform");
    let junit = out(&check(&["--baseline", "b/known.json", "--format", "junit"]));
    assert!(junit.contains("2 known from the baseline") && !junit.contains("<failure"), "{junit}");

    // A third that is just the same is one too many, and says so.
    write(at, &[("c/main.tf", BACKEND)]);
    let more = run(
        at,
        &[
            "check",
            "a",
            "b",
            "c",
            "--baseline",
            "b/known.json",
            "--fail-on",
            "info",
            "--format",
            "sarif",
            only[0],
            only[1],
        ],
    );
    let report: Value = serde_json::from_str(&out(&more)).unwrap();
    let results = report["runs"][0]["results"].as_array().unwrap();
    assert_eq!((code(&more), results.len(), &results[0]["baselineState"]), (1, 1, &"new".into()));

    // What is mended, and what was in a file that is gone, can leave the baseline. What wasn't given can't.
    write(at, &[("a/main.tf", &BACKEND.replace("dynamodb_table = \"locks\"", "use_lockfile   = true"))]);
    let part = run(at, &["check", "a", "--baseline", "b/known.json", only[0], only[1]]);
    assert!(out(&part).contains("1 of the baseline no longer found"), "{}", out(&part));
    let both = ["--baseline", "b/known.json", "--write-baseline", "b/known.json"];
    write(at, &[("b/main.tf", &format!("{BACKEND}{}", BACKEND.replace("shop-state", "other")))]);
    let shrunk = check(&both);
    assert_eq!(code(&shrunk), 1, "the second backend of b is new and stays so: {}", out(&shrunk));
    assert!(err(&shrunk).contains("1 finding known from now on"), "{}", err(&shrunk));
    fs::remove_file(at.join("b/main.tf")).unwrap();
    let empty = check(&both);
    assert_eq!(code(&empty), 0, "{}", out(&empty));
    assert_eq!(
        fs::read_to_string(at.join("b/known.json")).unwrap(),
        "{\n  \"format\": 1,\n  \"generator\": \"waard\",\n  \"findings\": []\n}\n"
    );
}

#[test]
fn a_baseline_that_is_none_is_bad_usage() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    write(
        at,
        &[
            ("main.tf", BACKEND),
            ("newer.json", "{\n  \"format\": 2,\n  \"things\": []\n}\n"),
            ("broken.json", "{\n  \"format\": 1,\n  \"findings\": [{\"path\": 1}]\n}\n"),
            ("merge.json", "{\n  \"format\": 1,\n<<<<<<< HEAD\n"),
        ],
    );
    for (file, said) in [
        ("none.json", "there is no file none.json"),
        ("newer.json", "newer.json:2:3: it was written by a newer waard: its format is 2"),
        ("broken.json", "broken.json:3:25: this is no baseline"),
        ("merge.json", "merge.json:3:1: this is no baseline"),
        (".", "is a folder"),
    ] {
        let done = run(at, &["check", "main.tf", "--baseline", file]);
        assert_eq!((code(&done), out(&done).as_str()), (2, ""), "{file}");
        assert!(err(&done).contains(said), "{file}: {}", err(&done));
    }
}

const OLD_POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: pause, labels: {build: 7}}\nspec: {containers: [{name: a, image: k8s.gcr.io/pause:3.9}]} # as it was\n";
const NEW_POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: pause, labels: {build: \"7\"}}\nspec: {containers: [{name: a, image: registry.k8s.io/pause:3.9}]} # as it was\n";

#[test]
fn fix_mends_what_is_safe_and_diff_shows_it() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    write(
        at,
        &[("k8s/pod.yaml", OLD_POD), ("tf/main.tf", "locals {\n  a = 1\n  long = 2\n}\n"), ("tf/other.tf", BACKEND)],
    );
    let only = ["--only", "schema", "--only", "lifecycle/frozen-registry", "--only", "terraform/format"];
    let check = |more: &[&str]| run(at, &[&["check", "k8s", "tf"], &only[..], more].concat());
    let text = |path: &str| fs::read_to_string(at.join(path)).unwrap();

    let told = check(&[]);
    assert!(out(&told).contains("3 can be mended with --fix"), "{}", out(&told));
    let shown = check(&["--fix", "--diff"]);
    assert_eq!((code(&shown), err(&shown).as_str()), (1, "3 findings would be mended in 2 files\n"));
    is_golden("fix.diff", &out(&shown));
    assert_eq!(text("k8s/pod.yaml"), OLD_POD);

    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(at.join("k8s/pod.yaml"), fs::Permissions::from_mode(0o640)).unwrap();
    }
    let untouched = at.join("tf/other.tf").metadata().unwrap().modified().unwrap();
    let done = check(&["--fix", "--output", "json=report"]);
    assert_eq!(code(&done), 0, "{}{}", out(&done), err(&done));
    assert_eq!(err(&done), "k8s/pod.yaml: 2 mended\ntf/main.tf: 1 mended\n3 findings mended in 2 files\n");
    assert!(out(&done).contains("0 errors, 0 warnings, 0 info"), "what is left is judged: {}", out(&done));
    assert_eq!(text("k8s/pod.yaml"), NEW_POD);
    assert_eq!(text("tf/main.tf"), "locals {\n  a    = 1\n  long = 2\n}\n");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(at.join("k8s/pod.yaml").metadata().unwrap().permissions().mode() & 0o777, 0o640);
    }
    assert_eq!(at.join("tf/other.tf").metadata().unwrap().modified().unwrap(), untouched);
    let names: Vec<_> = fs::read_dir(at.join("k8s")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["pod.yaml"], "nothing is left beside it");

    let again = check(&["--fix"]);
    assert!(err(&again).contains("0 findings mended in 0 files"), "{}", err(&again));
    let nothing = check(&["--fix", "--diff"]);
    assert_eq!((code(&nothing), out(&nothing).as_str()), (0, ""));
    assert_eq!(code(&check(&["--diff"])), 2);
    assert_eq!(code(&check(&["--fix", "--diff", "--format", "json"])), 2);
}

#[test]
fn mends_stand_in_the_reports_of_tools() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    write(at, &[("pod.yaml", OLD_POD)]);
    let gate =
        ["check", "pod.yaml", "--only", "lifecycle/frozen-registry", "--output", "sarif=sarif", "--format", "json"];
    let json: Value = serde_json::from_str(&out(&run(at, &gate))).unwrap();
    let fix = &json["findings"][0]["fix"][0];
    assert_eq!((&fix["location"]["column"], &fix["replacement"]), (&38.into(), &"registry.k8s.io/pause:3.9".into()));
    let sarif: Value = serde_json::from_str(&fs::read_to_string(at.join("sarif")).unwrap()).unwrap();
    let change = &sarif["runs"][0]["results"][0]["fixes"][0]["artifactChanges"][0];
    assert_eq!(change["artifactLocation"]["uri"], "pod.yaml");
    assert_eq!(change["replacements"][0]["insertedContent"]["text"], "registry.k8s.io/pause:3.9");
    assert_eq!(change["replacements"][0]["deletedRegion"]["endColumn"], 58);
}

/// Waived and known findings, what is generated, and links.
#[test]
fn fix_leaves_alone_what_is_not_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    write(
        at,
        &[
            ("known/pod.yaml", OLD_POD),
            ("waived/pod.yaml", OLD_POD),
            ("made/sub/pod.yaml", OLD_POD),
            ("elsewhere.yaml", OLD_POD),
        ],
    );
    write(
        at,
        &[(
            "made/manifest.json",
            &format!(
                "{{\"format\": 1, \"files\": [{{\"path\": \"sub/pod.yaml\", \"sha256\": \"{}\"}}]}}",
                "0".repeat(64)
            ),
        )],
    );
    write(
        at,
        &[(
            "waard-policy.toml",
            "[[waiver]]\nrule = \"lifecycle/frozen-registry\"\nplace = \"waived/**\"\nreason = \"r\"\nowner = \"o\"\nuntil = 2027-01-01\n",
        )],
    );
    fs::create_dir(at.join("linked")).unwrap();
    let mut paths = vec!["known", "waived", "made"];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../elsewhere.yaml", at.join("linked/pod.yaml")).unwrap();
        paths.push("linked");
    }
    let only = ["--only", "lifecycle/frozen-registry", "--as-of", "2026-11-25"];
    run(at, &[&["check", "known", "--write-baseline", "known.json"], &only[..]].concat());
    let done = run(at, &[&["check", "--fix", "--baseline", "known.json"], &only[..], &paths].concat());
    for path in ["known/pod.yaml", "waived/pod.yaml", "made/sub/pod.yaml", "elsewhere.yaml"] {
        assert_eq!(fs::read_to_string(at.join(path)).unwrap(), OLD_POD, "{path}: {}", err(&done));
    }
    assert!(
        err(&done).contains("left alone: made/sub/pod.yaml: generated into made; change the topology"),
        "{}",
        err(&done)
    );
    assert_eq!(err(&done).contains("left alone: linked/pod.yaml: a link"), cfg!(unix), "{}", err(&done));
    assert!(err(&done).ends_with("0 findings mended in 0 files\n"), "{}", err(&done));
    // Nothing of a topology is on the disk, and its report proposes no mends.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let topology = run(root, &["check", "fixtures/minimal/waard.yaml", "--fix", "--as-of", "2026-11-25"]);
    assert_eq!((code(&topology), err(&topology).as_str()), (0, "0 findings mended in 0 files\n"));
}

/// The regions, references and indexes of a document, as the schema of SARIF 2.1.0 and its prose want them.
#[test]
fn sarif_holds_together() {
    fn regions(value: &Value, seen: &mut usize) {
        match value {
            Value::Object(object) => {
                for key in ["region", "deletedRegion"] {
                    if let Some(region) = object.get(key) {
                        let at = |key: &str| region[key].as_u64().unwrap();
                        assert!(at("startLine") >= 1 && at("startColumn") >= 1, "{region}");
                        assert!((at("startLine"), at("startColumn")) <= (at("endLine"), at("endColumn")), "{region}");
                        *seen += 1;
                    }
                }
                if let Some(uri) = object.get("uri") {
                    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~/%:".contains(c);
                    assert!(uri.as_str().unwrap().chars().all(plain), "{uri}");
                }
                object.values().for_each(|value| regions(value, seen));
            }
            Value::Array(items) => items.iter().for_each(|value| regions(value, seen)),
            _ => {}
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    write(
        at,
        &[
            ("k8s/ü %20 \"a\".yaml", OLD_POD),
            ("k8s/pod.yaml", POD),
            ("k8s/broken.yaml", "a: [\n"),
            (
                "k8s/ingress.yaml",
                "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {selector: {b: c}, ports: [{port: 80}]}\n",
            ),
            ("tf/main.tf", BACKEND),
            (
                "waard-policy.toml",
                "[[waiver]]\nrule = \"terraform/backend-lock-table\"\nplace = \"**\"\nreason = \"r\"\nowner = \"o\"\nuntil = 2099-01-01\n",
            ),
        ],
    );
    let done = run(at, &["check", "k8s", "tf", "--format", "sarif", "--as-of", "2026-11-25"]);
    let document: Value = serde_json::from_str(&out(&done)).unwrap();
    assert_eq!((&document["version"], document["runs"].as_array().unwrap().len()), (&"2.1.0".into(), 1));
    let run = &document["runs"][0];
    let rules: Vec<&str> =
        run["tool"]["driver"]["rules"].as_array().unwrap().iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    assert!(rules.is_sorted() && rules.len() > 100);
    let mut seen = 0;
    regions(run, &mut seen);
    assert!(seen > 10, "{seen}");
    let (mut fixes, mut waived, mut prints) = (0, 0, Vec::new());
    for result in run["results"].as_array().unwrap() {
        assert_eq!(rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()], result["ruleId"]);
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()), "{result}");
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        assert_eq!(result["locations"].as_array().unwrap().len(), 1);
        if let Some(related) = result.get("relatedLocations") {
            let related = related.as_array().unwrap();
            assert!((1..related.len()).all(|at| !related[..at].contains(&related[at])), "{result}");
        }
        for fix in result.get("fixes").and_then(Value::as_array).into_iter().flatten() {
            let changes = fix["artifactChanges"].as_array().unwrap();
            assert!(changes.iter().all(|change| !change["replacements"].as_array().unwrap().is_empty()));
            fixes += changes.len();
        }
        waived += result.get("suppressions").map_or(0, |list| list.as_array().unwrap().len());
        prints.push(result["partialFingerprints"]["waard/v1"].as_str().unwrap());
    }
    let all = prints.len();
    prints.sort_unstable();
    prints.dedup();
    assert_eq!((fixes, waived, prints.len()), (2, 1, all));
    let notes = run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
    assert!(
        !notes.is_empty() && notes.iter().all(|note| rules.contains(&note["associatedRule"]["id"].as_str().unwrap()))
    );
    for rule in run["properties"]["rules"].as_array().unwrap() {
        assert!(["pass", "fail", "open", "notApplicable"].contains(&rule["kind"].as_str().unwrap()), "{rule}");
        assert!(rules.contains(&rule["ruleId"].as_str().unwrap()));
    }
}

/// Every option is in the guide, and every option in the guide is one; its configuration is read, and finds no slip; the
/// keys of a report are in it.
#[test]
fn the_guide_says_what_there_is() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let guide = fs::read_to_string(root.join("docs/check.md")).unwrap();
    let options = |text: &str| -> std::collections::BTreeSet<String> {
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
        words
            .filter(|word| {
                word.strip_prefix("--").is_some_and(|word| word.starts_with(|c: char| c.is_ascii_alphabetic()))
            })
            .map(str::to_owned)
            .collect()
    };
    let help = |command: &str| options(&out(&run(root, &[command, "--help"])));
    let (told, check) = (options(&guide), help("check"));
    for option in check.iter().filter(|option| !["--help", "--version"].contains(&option.as_str())) {
        assert!(told.contains(option), "docs/check.md doesn't say {option}");
    }
    let known: std::collections::BTreeSet<String> = check.union(&help("gen")).cloned().collect();
    assert!(told.is_subset(&known), "docs/check.md says {:?}", told.difference(&known).collect::<Vec<_>>());

    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let block = |start: &str| guide.split(start).nth(1).unwrap().split("\n```").next().unwrap().to_owned();
    write(at, &[("waard-policy.toml", &block("```toml\n")), ("main.tf", BACKEND)]);
    let done = run(at, &["check", "main.tf", "--format", "json"]);
    let report: Value = serde_json::from_str(&out(&done)).unwrap();
    let about: Vec<&Value> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["location"]["path"] == "waard-policy.toml")
        .collect();
    assert_eq!(about.len(), 1, "its waiver excuses nothing here, and there is no other slip: {about:?}");
    assert_eq!(about[0]["rule"], "policy/unmatched-waiver");
    assert_eq!(report["as_of"], "2026-11-25");

    let json: Value =
        serde_json::from_str(&fs::read_to_string(root.join("xtask/tests/check/report.json")).unwrap()).unwrap();
    for object in [&json, &json["summary"], &json["findings"][0], &json["findings"][0]["location"], &json["rules"][0]] {
        for key in object.as_object().unwrap().keys() {
            assert!(guide.contains(&format!("`{key}`")), "docs/check.md doesn't name the key `{key}` of the report");
        }
    }
    for format in ["human", "json", "sarif", "junit", "markdown", "github"] {
        assert!(guide.contains(&format!("| `{format}` |")), "{format}");
    }
    for rule in out(&run(root, &["explain"])).lines().map(|line| line.split(' ').next().unwrap()) {
        assert!(root.join(format!("docs/rules/{rule}.md")).is_file(), "{rule}");
    }
}
