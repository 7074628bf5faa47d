//! The facts as they are, and how files that were edited wrongly are refused.

use std::collections::BTreeSet;

use super::files::FILES;
use super::{Bound, Definition, Form, Scope, Shape, kind, kinds_of};
use crate::catalog::catalog;

/// All facts together may have so many bytes: more, and something should be left out with `only`.
const MOST_BYTES: usize = 700_000;

/// The list of kinds, as rows of cells. No cell has a comma.
fn rows() -> Vec<[&'static str; 11]> {
    let text = include_str!("../../facts/kinds.csv");
    text.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>().try_into().unwrap()).collect()
}

#[test]
fn every_listed_kind_has_facts_and_no_other() {
    let bytes: usize = FILES.iter().map(|(.., text)| text.len()).sum();
    assert!(bytes < MOST_BYTES, "{bytes} bytes of facts");
    let mut listed = Vec::new();
    for [group, kind, version, component, release, repository, tag, path, as_of, only, _] in rows() {
        let name = format!("{group}_{kind}_{version}");
        let (.., text) = FILES
            .iter()
            .find(|file| (file.0, file.1, file.2) == (group, kind, version))
            .unwrap_or_else(|| panic!("{name}: add a line to custom/files.rs"));
        let found = Definition::read(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        // A row that was changed without making the facts anew would say what isn't so.
        assert_eq!((&*found.group, &*found.kind), (group, kind));
        assert_eq!((&*found.component, &*found.release), (component, release), "{name}");
        assert_eq!(found.source.name, format!("{repository} {tag} {path}"), "{name}");
        assert_eq!(found.source.as_of.to_string(), as_of, "{name}");
        assert_eq!((&*found.only, found.sha256.len()), (only, 64), "{name}");
        assert!(version.is_empty() || found.versions.first().is_some_and(|first| first == version), "{name}");
        assert!(!found.root.fields.is_empty(), "{name}");
        listed.push((group, kind, version));
    }
    assert!(listed.is_sorted(), "kinds.csv");
    assert_eq!(FILES.iter().map(|file| (file.0, file.1, file.2)).collect::<Vec<_>>(), listed);
}

/// What holds for the oldest release that the catalog installs on any cluster, holds for the newer ones, which add
/// fields: facts of a newer one would let through what an older one refuses.
#[test]
fn facts_are_of_no_newer_release_than_the_oldest_that_is_installed() {
    let numbers = |version: &str| -> Vec<u32> { version.split('.').map(|part| part.parse().unwrap()).collect() };
    let mut judged = BTreeSet::new();
    for [_, kind, _, component, release, ..] in rows() {
        // The release of the chart is that of the operator.
        let title = if component == "Prometheus Operator" { "kube-prometheus-stack" } else { component };
        let known = catalog().components().iter().find(|known| known.title == title);
        for installed in known.into_iter().flat_map(|known| &known.releases) {
            assert!(
                numbers(release) <= numbers(&installed.version),
                "{kind}: {component} {} is installed",
                installed.version
            );
            judged.insert(component);
        }
    }
    assert!(judged.len() >= 8, "only {judged:?} are in the catalog");
}

#[test]
fn every_file_of_facts_is_listed() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/facts/crds");
    let there: BTreeSet<String> =
        std::fs::read_dir(folder).unwrap().map(|item| item.unwrap().file_name().into_string().unwrap()).collect();
    let name = |version: &str| if version.is_empty() { String::new() } else { format!("_{version}") };
    let listed = FILES.iter().map(|(group, kind, version, _)| format!("{group}_{kind}{}.txt", name(version)));
    assert_eq!(there, listed.collect());
}

/// Every shape, the shared ones once for each place.
fn each(shape: &Shape, visit: &mut dyn FnMut(&Shape)) {
    visit(shape);
    for field in shape.fields.values() {
        each(&field.shape, visit);
    }
    if let Some(inner) = &shape.inner {
        each(inner, visit);
    }
}

#[test]
fn every_bound_is_understood_and_stands_where_it_can_hold() {
    let mut kinds: BTreeSet<&str> = BTreeSet::new();
    for (group, name, version, text) in FILES {
        let found = Definition::read(text).unwrap();
        each(&found.root, &mut |shape| {
            let inside = matches!(shape.form, Form::List | Form::Map);
            assert_eq!(shape.inner.is_some(), inside, "{group} {name} {version}");
            assert!(shape.fields.is_empty() || shape.form == Form::Object, "{group} {name} {version}");
            for bound in &shape.bounds {
                kinds.insert(match bound {
                    Bound::OneOf(words) => {
                        assert!(!words.is_empty());
                        "enum"
                    }
                    Bound::Pattern(pattern) => {
                        assert!(pattern.takes("").is_some(), "{}", pattern.text());
                        "pattern"
                    }
                    Bound::Minimum(_) | Bound::Maximum(_) | Bound::MultipleOf(_) => "number",
                    Bound::MinLength(_) | Bound::MaxLength(_) => "length",
                    Bound::MinItems(_) | Bound::MaxItems(_) => "items",
                    Bound::MinProperties(_) | Bound::MaxProperties(_) => "properties",
                    Bound::Unique | Bound::Keys(_) => "unique",
                    Bound::AtMostOne(_) | Bound::ExactlyOne(_) => "one",
                });
            }
        });
    }
    let all = ["enum", "items", "length", "number", "one", "pattern", "properties", "unique"];
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), all);
}

#[test]
fn kinds_are_found_with_their_versions() {
    let kafka = kind("kafka.strimzi.io", "Kafka").unwrap();
    assert!(kafka.serves("v1") && !kafka.serves("v1beta2"));
    let old = kafka.definition("v1beta2").unwrap();
    assert_eq!((old.component.as_str(), old.release.as_str(), old.scope), ("Strimzi", "0.51.0", Scope::Namespaced));
    assert!(old.root.at("spec.zookeeper.storage").is_some());
    assert!(kafka.current().root.at("spec.zookeeper").is_none());
    assert!(kafka.definition("v1alpha1").is_none());
    // Versions with the same schema are described once.
    let routes = kind("networking.istio.io", "VirtualService").unwrap();
    assert!(std::ptr::eq(routes.definition("v1alpha3").unwrap(), routes.current()));
    assert!(kind("kafka.strimzi.io", "kafka").is_none() && kind("", "Pod").is_none() && kind("zzz", "Z").is_none());
    assert_eq!(kinds_of("karpenter.sh").collect::<Vec<_>>(), ["NodeClaim", "NodePool"]);
    assert_eq!(kinds_of("example.org").count(), 0);
}

#[test]
fn shapes_are_found_by_path() {
    let config = kind("eksctl.io", "ClusterConfig").unwrap().current();
    assert_eq!(config.scope, Scope::File);
    assert_eq!(config.root.at("managedNodeGroups[].spot").unwrap().form, Form::Boolean);
    assert!(config.root.at("nodeGroups[].spot").is_none());
    let accounts = config.root.at("iam.serviceAccounts[].wellKnownPolicies").unwrap();
    assert!(accounts.field("autoScaler").is_some() && !accounts.open && !accounts.partial);
    let store = kind("external-secrets.io", "SecretStore").unwrap().current();
    assert!(store.root.at("spec.provider").unwrap().partial && !store.root.at("spec").unwrap().partial);
}

#[test]
fn files_of_facts_that_were_edited_wrongly_are_refused() {
    let good = "group: a\nkind: A\nscope: File\nserved: v1\nrelease: A 1\nsource: a\nsha256: 0\nas_of: 2026-01-31\n\n\
        spec object required\nspec.a list {\"minItems\":1}\nspec.a[] string\nspec.b list like spec.a\n";
    let found = Definition::read(good).unwrap();
    assert_eq!(found.root.at("spec.b[]").unwrap().form, Form::String);
    for (from, to, said) in [
        ("\n\n", "\n", "no empty line"),
        ("group: a", "group", "no fact of the head"),
        ("kind: A\n", "", "kind: the head lacks it"),
        ("scope: File", "scope: World", "what is `World`"),
        ("as_of: 2026-01-31", "as_of: 2026-01-32", "is no day"),
        ("object required", "object needed", "what is `needed`"),
        ("spec object required\n", "", "spec.a list {\"minItems\":1}: what it belongs to does not stand above it"),
        ("like spec.a", "like spec.c", "spec.c does not stand above"),
        ("spec.b list like spec.a", "spec.a list", "twice"),
        ("{\"minItems\":1}", "{minItems:1}", "spec.a: what does"),
        ("{\"minItems\":1}", "{\"minItem\":1}", "spec.a: what does `minItem: 1` say"),
        ("spec.a[] string", "spec.a[] text", "there is no type `text`"),
        ("spec.a[] string", "spec.a[]", "has no type"),
        ("spec.a[] string", "spec.a.b[] string", "does not stand above it"),
    ] {
        let fault = Definition::read(&good.replace(from, to)).unwrap_err().to_string();
        assert!(fault.contains(said), "{to}: {fault}");
    }
}

#[test]
fn expressions_that_are_none_answer_nothing() {
    let of = |text: &str| super::Pattern::new(text);
    assert_eq!(of("^a+$").takes("aa"), Some(true));
    assert_eq!(of("^a+$").takes("ab"), Some(false));
    assert_eq!(of("(").takes("a"), None);
    assert_eq!(of("((((a{100}){100}){100}){100})").takes("a"), None);
}
