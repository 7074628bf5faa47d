//! The mends of rules: every one makes its finding go away, brings no other, and is done once.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, in its helpers too")]

use std::collections::BTreeMap;

use waard_policy::fix::{Refused, fix};
use waard_policy::page::examples;
use waard_policy::rules::RULES;
use waard_policy::{
    Check, Config, Context, Edit, Finding, Findings, Object, Platform, Report, Rule, Severity, Source, check,
};

/// How many findings there are of each rule about each thing. Messages may change with what they name.
fn counted(report: &Report) -> BTreeMap<(String, String, String), usize> {
    let mut counts = BTreeMap::new();
    for Finding { rule, location, subject, .. } in &report.findings {
        *counts.entry((rule.clone(), location.path.clone(), subject.clone().unwrap_or_default())).or_default() += 1;
    }
    counts
}

fn judged(sources: Vec<Source>, config: &Config) -> Report {
    check(&Platform::read(sources, config), config)
}

/// Each example of each page: every mend alone, all of one rule, and all together.
#[test]
fn a_mend_takes_its_finding_away_and_brings_none() {
    let mut mends: BTreeMap<&str, usize> = RULES.iter().map(|rule| (rule.id, 0)).collect();
    for rule in RULES {
        for example in examples(rule.page) {
            let at = format!("{}:{}", rule.id, example.line);
            let (config, sources) = (example.config().unwrap(), example.sources());
            let before = judged(sources.clone(), &config);
            let mendable: Vec<&Finding> = before.findings.iter().filter(|finding| !finding.fix.is_empty()).collect();
            for finding in &mendable {
                *mends.entry(RULES.iter().find(|rule| rule.id == finding.rule).unwrap().id).or_default() += 1;
                let only = |one: &Finding| one.fix == finding.fix && one.rule == finding.rule;
                let fixed = fix(&sources, &config, RULES, &only).unwrap_or_else(|error| panic!("{at}: {error}"));
                holds(&at, fixed.sources(&sources), &config, &before, &|one| one == *finding);
            }
            if mendable.is_empty() {
                continue;
            }
            let fixed = fix(&sources, &config, RULES, &|_| true).unwrap_or_else(|error| panic!("{at}: {error}"));
            let after = holds(&at, fixed.sources(&sources), &config, &before, &|one| !one.fix.is_empty());
            assert!(after.findings.iter().all(|finding| finding.fix.is_empty()), "{at}: mends are left: {after:#?}");
            let mended = fixed.sources(&sources);
            assert_eq!(fix(&mended, &config, RULES, &|_| true).unwrap().texts, BTreeMap::new(), "{at}: not done once");
        }
    }
    for rule in RULES {
        let has = mends.get(rule.id).copied().unwrap_or_default() > 0;
        assert_eq!(has, rule.fixable, "{}: `fixable` and the mends of its page's examples disagree", rule.id);
    }
}

/// What was to go is gone, and nothing is there more often than before.
fn holds(at: &str, sources: Vec<Source>, config: &Config, before: &Report, goes: &dyn Fn(&Finding) -> bool) -> Report {
    let texts = format!("{sources:#?}");
    let after = judged(sources, config);
    let (had, has) = (counted(before), counted(&after));
    for (key, count) in &has {
        assert!(had.get(key).is_some_and(|had| had >= count), "{at}: {key:?} is new in\n{texts}");
    }
    for finding in before.findings.iter().filter(|finding| goes(finding)) {
        let key = (finding.rule.clone(), finding.location.path.clone(), finding.subject.clone().unwrap_or_default());
        let left = has.get(&key).copied().unwrap_or_default();
        assert!(left < had.get(&key).copied().unwrap_or_default(), "{at}: {key:?} is still there in\n{texts}");
    }
    let files = |report: &Report| report.rules.iter().map(|rule| rule.looked_at).sum::<u64>();
    assert!(files(&after) > 0, "{at}: nothing is read any more");
    after
}

fn mended(path: &str, text: &str) -> String {
    let fixed = fix(&[Source::new(path, text)], &Config::default(), RULES, &|_| true).unwrap();
    fixed.texts.get(path).cloned().unwrap_or_else(|| text.to_owned())
}

/// What stands around a mend stays as it is: comments, quotes, line breaks, anchors.
#[test]
fn nothing_else_is_touched() {
    let pod = "# k8s.gcr.io/a\r\napiVersion: v1\r\nkind: Pod\r\nmetadata: {name: a}\r\nspec:\r\n  containers:\r\n    - name: 'a'  # keep\r\n      image: 'k8s.gcr.io/pause:3.9' # k8s.gcr.io\r\n    - {name: ü, image: \"k8s.gcr.io/pause:3.9\"}\r\n";
    let after = pod.replace("'k8s.gcr.io/", "'registry.k8s.io/").replace("\"k8s.gcr.io/", "\"registry.k8s.io/");
    assert_eq!(mended("pod.yaml", pod), after);
    let ingress = "apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {name: alb}\nspec: {controller: ingress.k8s.aws/alb}\n---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: web\n  annotations:\n    # the class\n    kubernetes.io/ingress.class: alb\nspec:\n  defaultBackend: {service: {name: api, port: {number: 80}}}\n";
    assert_eq!(mended("web.yaml", ingress), ingress, "a comment would be left of the annotations");
    let after = ingress.replace("  annotations:\n    kubernetes.io/ingress.class: alb\n", "").replace(
        "  annotations:\n    # the class\n    kubernetes.io/ingress.class: alb\nspec:\n  default",
        "spec:\n  ingressClassName: alb\n  default",
    );
    assert_eq!(mended("web.yaml", &ingress.replace("    # the class\n", "")), after);
    let crlf = ingress.replace("    # the class\n", "").replace('\n', "\r\n");
    assert_eq!(mended("web.yaml", &crlf), after.replace('\n', "\r\n"));
}

/// Where a text isn't what it seems, there is no mend.
#[test]
fn what_is_not_plain_is_left_alone() {
    for text in [
        // An alias repeats a value that stands elsewhere, perhaps as a number.
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a, annotations: {b: *n}}\nspec: {x: &n 1}\n",
        // The block goes on.
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n    - name: a\n      image: >-\n        k8s.gcr.io/pause:3.9\n",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: \"k8s.gcr.io\\/pause:3.9\"}]}\n",
        // Two fields are as near.
        "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: a}\nspec: {maxUnavailable: 1, selector: {}}\n",
    ] {
        assert_eq!(mended("a.yaml", text), text);
    }
}

fn spoil(_: &Context<'_>, _: &waard_policy::Cluster, object: &Object, findings: &mut Findings<'_>) {
    findings.looked_at_one();
    let Some(name) = object.at("metadata.name").filter(|name| name.text() != Some("[")) else { return };
    let text = if object.kind() == "Pod" { "[" } else { "A_B" };
    findings.report(name, "a name").fix([Edit::new(name, text)]);
}

/// A rule of somebody else's may be wrong about what is safe.
#[test]
fn a_mend_that_breaks_something_is_refused() {
    static SPOILS: Rule = Rule {
        id: "test/spoils",
        severity: Severity::Info,
        looks_at: "objects",
        page: "# It spoils\n",
        fixable: true,
        check: Check::Object(spoil),
        ..Rule::BASE
    };
    let rules: Vec<&Rule> = RULES.iter().copied().chain([&SPOILS]).collect();
    let refused = |kind: &str| {
        let text = format!("apiVersion: v1\nkind: {kind}\nmetadata: {{name: a}}\n");
        let mut config = Config::default();
        config.only.push("test".to_owned());
        *fix(&[Source::new("a.yaml", text)], &config, &rules, &|_| true).unwrap_err()
    };
    assert!(matches!(refused("Pod"), Refused::Unreadable { path, .. } if path == "a.yaml"));
    let error = refused("ConfigMap");
    assert!(matches!(&error, Refused::NewError(finding) if finding.rule == "schema/invalid-name"), "{error}");
}

/// As `terraform fmt` 1.11 leaves them: the argument that opens a heredoc is one of its neighbours, one that opens a
/// mapping is not.
#[test]
fn terraform_is_laid_out_as_terraform_does() {
    let text = "resource \"a\" \"b\" {\n  a = 1   \n  text = <<-EOT\n    x = 1   \n  EOT\n  longer_name = \"x\"  \n  m = {\n  }\n  dd = 3\n}\n";
    let laid_out = "resource \"a\" \"b\" {\n  a           = 1\n  text        = <<-EOT\n    x = 1   \n  EOT\n  longer_name = \"x\"\n  m = {\n  }\n  dd = 3\n}\n";
    assert_eq!(mended("main.tf", text), laid_out);
    assert_eq!(mended("main.tf", laid_out), laid_out);
    let commented = text.replace("a = 1   ", "a = 1 # one");
    assert_eq!(mended("main.tf", &commented), commented, "comments are aligned too, which is left to terraform");
}
