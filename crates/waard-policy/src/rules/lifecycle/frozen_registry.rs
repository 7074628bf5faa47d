//! See its page.

use crate::cluster::Container;
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    id: "lifecycle/frozen-registry",
    looks_at: "containers with an image",
    page: include_str!("frozen_registry.md"),
    fixable: true,
    check: Check::Container(check),
    ..Rule::BASE
};

/// Registries that get no new images, what took their place, and since when.
/// Sources: Kubernetes blog, "k8s.gcr.io Image Registry Will Be Frozen From the 3rd of April 2023" and
/// "Forwarding requests from k8s.gcr.io" (2023-03-10); before 2020-07 its name was `gcr.io/google-containers`.
const FROZEN: [(&str, &str); 3] = [
    ("k8s.gcr.io/", "registry.k8s.io/"),
    ("gcr.io/google_containers/", "registry.k8s.io/"),
    ("gcr.io/google-containers/", "registry.k8s.io/"),
];

fn check(context: &Context<'_>, container: Container<'_>, findings: &mut Findings<'_>) {
    let Some((at, image)) = container.image().and_then(|image| Some((image, image.text()?))) else { return };
    findings.looked_at_one();
    let Some((old, new)) = FROZEN.iter().find(|(old, _)| {
        image.starts_with(old)
            || image
                .strip_prefix("eu.")
                .or_else(|| image.strip_prefix("us."))
                .or_else(|| image.strip_prefix("asia."))
                .is_some_and(|rest| rest.starts_with(old))
    }) else {
        return;
    };
    let rest = image.split_once(old).map_or("", |(_, rest)| rest);
    // The new registry has every image of `k8s.gcr.io` under the same name; of the older ones that isn't sure.
    let same = (*old == "k8s.gcr.io/").then(|| context.platform().rewrite(at, &format!("{new}{rest}")));
    findings
        .report(
            at,
            format!("the registry `{}` is frozen since 2023-04-03 and only forwards", old.trim_end_matches('/')),
        )
        .help(format!("pull `{new}{rest}`"))
        .fix(same.flatten());
}
