//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::place::{Place, Placed};
use crate::rule::{Check, Rule};
use crate::wish::plans;
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "topology/residency-of-standby-only",
    looks_at: "standbys for which a rule about data is named",
    page: include_str!("residency_of_standby_only.md"),
    check: Check::Platform(check),
    ..Rule::BASE
};

/// Names of rules about where or how data is kept.
const RULES: [&str; 8] = ["gdpr", "dsgvo", "hipaa", "pci", "residency", "sovereign", "fedramp", "compliance"];

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for plan in plans(context.platform()) {
        for standby in plan.standbys() {
            let named = mentions(standby.node);
            let Some((at, rule)) = named.first() else { continue };
            for link in plan.protected_by(standby) {
                let Some(protected) = plan.region(&link.name) else { continue };
                findings.looked_at_one();
                if !mentions(protected.node).is_empty() {
                    continue;
                }
                let message = format!(
                    "`{}` only stands in for `{}`, and {rule} is named for it alone",
                    standby.name, protected.name
                );
                let draft = findings.report(*at, message).related(protected, "here the data is made and used");
                draft.help("say for each region, first for the one that serves, which data has to stay where");
            }
        }
    }
}

/// Where such a rule is named, in a key or a text.
fn mentions(node: &Node) -> Vec<(Place, String)> {
    let mut found = Vec::new();
    let mut look = |place: Place, text: &str| {
        let text = text.to_ascii_lowercase();
        let word = RULES
            .iter()
            .find(|rule| text.split(|letter: char| !letter.is_ascii_alphanumeric()).any(|word| word == **rule));
        found.extend(word.map(|word| (place, format!("`{word}`"))));
    };
    for entry in node.entries() {
        look(entry.place(), entry.key());
        for value in std::iter::once(entry.value()).chain(entry.value().items()) {
            look(entry.place(), value.text().unwrap_or_default());
        }
    }
    found
}
