use jiff::civil::date;

use super::*;
use crate::catalog::{COMPONENTS, RELEASES, catalog};
use crate::fact::Confidence;
use crate::table::assert_sound;

fn minor(text: &str) -> Minor {
    text.parse().unwrap()
}

fn on(component: &str, cluster: &str) -> Compatibility<'static> {
    catalog().component(component).unwrap().for_cluster(minor(cluster))
}

fn version(component: &str, cluster: &str) -> Option<&'static str> {
    match on(component, cluster) {
        Compatibility::Supported(release) => Some(release.version.as_str()),
        _ => None,
    }
}

#[test]
fn every_row_is_sound_and_belongs_to_a_component() {
    let components: Vec<String> = assert_sound::<Component>(COMPONENTS).into_iter().map(|row| row.id).collect();
    let rows = assert_sound::<ReleaseRow>(RELEASES);
    for row in &rows {
        assert!(components.contains(&row.component), "{}", row.component);
    }
    for id in components {
        assert!(rows.iter().any(|row| row.component == id && row.found.is_ok()), "{id} has no release");
    }
}

#[test]
fn ranges_of_a_component_do_not_overlap() {
    for component in catalog().components() {
        for pair in component.releases.windows(2) {
            assert!(pair[0].to.is_some_and(|to| to < pair[1].from), "{}: {:?}", component.id, pair);
        }
    }
}

#[test]
fn versions_have_numbers_fit_their_own_floor_and_stand_in_their_image() {
    for component in catalog().components() {
        for release in &component.releases {
            assert!(numbers(&release.version).is_some(), "{} {}", component.id, release.version);
            assert_ne!(release.accepts(&release.version), Some(false), "{} {}", component.id, release.version);
            assert_eq!(release.chart_version.is_some(), release.chart_release.is_some(), "{}", component.id);
            if let Some(image) = &release.image {
                let tag = image.rsplit(':').next().unwrap();
                assert_eq!(tag.trim_start_matches('v'), release.version, "{image}");
            }
            if release.claim == Claim::SameMinor {
                assert!(release.version.starts_with(&format!("{}.", release.from)), "{}", release.version);
            }
        }
    }
}

#[test]
fn a_cluster_gets_the_release_of_its_minor() {
    assert_eq!(version("cluster-autoscaler", "1.36"), Some("1.36.1"));
    assert_eq!(version("cluster-autoscaler", "1.31"), Some("1.31.5"));
    assert_eq!(version("metrics-server", "1.33"), Some("0.8.1"));
    assert_eq!(version("metrics-server", "1.34"), Some("0.9.0"));
    assert_eq!(version("istio", "1.36"), Some("1.31.1"));
    assert_eq!(version("strimzi", "1.36"), Some("1.2.0"));
    assert_eq!(version("strimzi", "1.37"), Some("1.2.0"), "an open range has no end");
}

#[test]
fn outside_the_range_the_answer_depends_on_what_the_maintainers_claim() {
    let Compatibility::Unsupported { nearest, why } = on("strimzi", "1.29") else { panic!() };
    assert_eq!(nearest.version, "1.2.0");
    assert_eq!(why, "Strimzi 1.2.0 needs Kubernetes 1.30 or later (as of 2026-08-18)");
    let Compatibility::Unsupported { why, .. } = on("karpenter", "1.37") else { panic!() };
    assert_eq!(why, "Karpenter 1.14.1 supports Kubernetes 1.30 to 1.36 (as of 2026-08-21)");
    let Compatibility::Unknown { candidate, .. } = on("argo-cd", "1.37") else { panic!() };
    assert_eq!(candidate.map(|release| release.version.as_str()), Some("3.5.4"));
}

#[test]
fn before_the_first_release_and_after_a_release_per_minor() {
    let Compatibility::Unsupported { nearest, .. } = on("istio", "1.30") else { panic!() };
    assert_eq!(nearest.version, "1.29.8");
    let Compatibility::Unknown { candidate: None, why } = on("cluster-autoscaler", "1.38") else { panic!() };
    assert_eq!(why, "Cluster Autoscaler 1.36.1 is for Kubernetes 1.36 (as of 2026-07-22)");
}

#[test]
fn what_was_not_found_or_is_in_conflict_is_unknown() {
    let Compatibility::Unknown { candidate: None, why } = on("cluster-autoscaler", "1.37") else { panic!() };
    assert!(why.starts_with("no 1.37 tag yet"), "{why}");
    let Compatibility::Unknown { candidate: Some(release), .. } = on("istio", "1.37") else { panic!() };
    assert_eq!(release.source.confidence, Confidence::Conflict);
}

#[test]
fn a_floor_is_compared_by_number() {
    let Compatibility::Supported(release) = on("karpenter", "1.36") else { panic!() };
    assert_eq!(release.accepts("1.9.0"), Some(false));
    assert_eq!(release.accepts("v1.13.1"), Some(true));
    assert_eq!(release.accepts("1.13"), Some(true));
    assert_eq!(release.accepts("1.13.0-rc.1"), None);
    assert_eq!(release.accepts("newest"), None);
}

#[test]
fn ends_of_support_and_image_tags() {
    let Compatibility::Supported(release) = on("istio", "1.31") else { panic!() };
    assert_eq!(release.ended(date(2026, 10, 12)), Some(false));
    assert_eq!(release.ended(date(2026, 10, 13)), Some(true));
    let Compatibility::Supported(release) = on("cluster-autoscaler", "1.36") else { panic!() };
    assert!(release.needs_image_tag(), "the chart installs 1.35.0");
    let Compatibility::Supported(release) = on("karpenter", "1.36") else { panic!() };
    assert!(!release.needs_image_tag());
}
