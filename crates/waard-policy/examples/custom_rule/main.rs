//! How an internal tool adds rules of its own to those of waard.
//!
//! A company wants every workload to say which team answers for it. The rule is in `owner.rs`, its page in `owner.md`; this
//! program runs it beside waard's own over the files that it is given, with the configuration of the current folder:
//!
//! ```sh
//! cargo run -p waard-policy --example custom_rule -- k8s/*.yaml
//! ```
#![allow(clippy::disallowed_methods, reason = "a program reads files; the library doesn't")]

mod owner;

use std::fmt::Write as _;
use std::process::ExitCode;
use std::{env, fs, io};

use waard_policy::rules::RULES;
use waard_policy::{Config, Outcome, Platform, Report, Rule, Severity, Source, check_with};

fn main() -> io::Result<ExitCode> {
    let config = match fs::read_to_string("waard-policy.toml") {
        Ok(text) => match Config::parse("waard-policy.toml", &text) {
            Ok(config) => config,
            Err(error) => {
                eprintln!("waard-policy.toml:{}:{}: {error}", error.line, error.column);
                return Ok(ExitCode::from(2));
            }
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Config::default(),
        Err(error) => return Err(error),
    };
    let mut sources = Vec::new();
    for path in env::args().skip(1) {
        sources.push(Source::from_bytes(path.clone(), fs::read(path)?));
    }
    let report = judge(sources, &config);
    print!("{}", shown(&report));
    Ok(ExitCode::from(u8::from(report.count(Severity::Error) > 0)))
}

/// By waard's rules and the company's. Waivers, severities and parameters count for both.
fn judge(sources: Vec<Source>, config: &Config) -> Report {
    let rules: Vec<&Rule> = RULES.iter().copied().chain([&owner::RULE]).collect();
    check_with(&Platform::read(sources, config), config, &rules)
}

/// A line for each finding, and one for each rule that looked at something: a rule that didn't has not passed.
fn shown(report: &Report) -> String {
    let mut out = String::new();
    for finding in &report.findings {
        let at = &finding.location;
        let (path, line, column) = (&at.path, at.line, at.column);
        let _ = writeln!(out, "{path}:{line}:{column}: {}: {} [{}]", finding.severity, finding.message, finding.rule);
    }
    for rule in report.rules.iter().filter(|rule| rule.outcome() != Outcome::NotApplicable) {
        let _ = writeln!(out, "{}: {:?}, {} {}", rule.rule, rule.outcome(), rule.looked_at, rule.looks_at);
    }
    out
}

#[cfg(test)]
mod tests {
    use waard_policy::page::examples;

    use super::*;

    const MANIFESTS: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: api, image: k8s.gcr.io/api:1}]}
";

    fn rules_of(config: &str) -> Vec<String> {
        let config = Config::parse("waard-policy.toml", config).unwrap();
        let report = judge(vec![Source::new("api.yaml", MANIFESTS)], &config);
        report.findings.iter().map(|finding| finding.rule.clone()).collect()
    }

    #[test]
    fn every_example_of_the_page_is_judged_as_it_says() {
        let found = examples(owner::RULE.page);
        assert!(found.len() >= 4);
        for example in found {
            if let Err(what) = example.judge(&owner::RULE, &[&owner::RULE]) {
                panic!("owner.md:{}: {what}", example.line);
            }
        }
    }

    #[test]
    fn it_runs_beside_the_rules_of_waard() {
        let found = rules_of("");
        for rule in ["house/owner", "lifecycle/frozen-registry"] {
            assert!(found.iter().any(|found| found == rule), "{rule}: {found:?}");
        }
    }

    #[test]
    fn the_configuration_and_its_waivers_count_for_it_too() {
        let only = "only = [\"house\", \"policy\"]\n";
        assert_eq!(rules_of(only), ["house/owner"]);
        let parameter = format!("{only}[rules.\"house/owner\"]\nreplicas = 3\n");
        assert_eq!(rules_of(&parameter), Vec::<String>::new(), "it has two replicas");
        let waiver = "[[waiver]]\nrule = \"house/owner\"\nplace = \"api.yaml#Deployment/shop/api\"\nreason = \"it goes away\"\nowner = \"shop\"\nuntil = 2099-01-01\n";
        assert_eq!(rules_of(&format!("{only}{waiver}")), Vec::<String>::new());
        let wrong = format!("{only}[rules.\"house/owner\"]\nreplica = 3\n");
        assert_eq!(rules_of(&wrong), ["house/owner", "policy/unknown-rule"], "a slip in a parameter is found");
    }

    #[test]
    fn the_report_says_what_was_found_and_what_was_looked_at() {
        let config = Config::parse("waard-policy.toml", "only = [\"house\"]\n").unwrap();
        let report = judge(vec![Source::new("api.yaml", MANIFESTS)], &config);
        assert_eq!(
            shown(&report),
            "api.yaml:3:18: warning: Deployment/shop/api has no label `example.com/team` [house/owner]\n\
             house/owner: Fail, 1 workloads\n"
        );
    }
}
