//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::place::{Place, Placed};
use crate::rule::{Check, Rule};
use crate::terraform::Known;
use crate::wish::words;

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/cached-answers",
    looks_at: "times to live of answers of applications",
    page: include_str!("cached_answers.md"),
    check: Check::Platform(check),
    ..Rule::BASE
};

/// Words of content that differs by who asks.
const ANSWERS: [&str; 10] =
    ["api", "response", "responses", "graphql", "dynamic", "account", "user", "users", "session", "cart"];
/// Words of what makes a cache tell callers apart, or keeps it to what is public.
const TOLD_APART: [&str; 9] =
    ["key", "vary", "authorization", "header", "headers", "cookie", "cookies", "public", "anonymous"];

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let platform = context.platform();
    for other in platform.others() {
        let (mut edge, mut apart) = (false, false);
        other.node.walk(&mut |node| {
            for entry in node.entries() {
                let key = entry.key().to_ascii_lowercase();
                edge |= ["cdn", "cloudfront", "edge", "fastly", "akamai", "cloudflare"]
                    .iter()
                    .any(|word| key.contains(word));
                apart |= words(&key).any(|word| TOLD_APART.contains(&word.as_str()));
            }
        });
        if !edge {
            continue;
        }
        other.node.walk(&mut |node| {
            for times in node.entries().iter().filter(|entry| entry.key().to_ascii_lowercase().contains("ttl")) {
                for entry in times.value().entries() {
                    if !words(entry.key()).any(|word| ANSWERS.contains(&word.as_str())) {
                        continue;
                    }
                    findings.looked_at_one();
                    let none = entry.value().text().is_some_and(|text| text.trim_start().starts_with('0'));
                    if none || apart {
                        continue;
                    }
                    let message = format!(
                        "`{}` is cached at the edge for {}, and nothing says what tells callers apart",
                        entry.key(),
                        entry.value().text().unwrap_or_default()
                    );
                    report(entry.place(), message, findings);
                }
            }
        });
    }
    for root in platform.roots() {
        for behaviour in
            root.resources("aws_cloudfront_distribution").flat_map(|block| block.blocks("ordered_cache_behavior"))
        {
            let path = root.text(behaviour, "path_pattern").unwrap_or_default();
            let Some(forwarded) = behaviour
                .block("forwarded_values")
                .filter(|_| words(&path).any(|word| ANSWERS.contains(&word.as_str())))
            else {
                continue;
            };
            findings.looked_at_one();
            let least = root.argument(behaviour, "min_ttl").and_then(|ttl| ttl.as_int()).unwrap_or(0);
            let headers = root.argument(forwarded, "headers");
            let told = match headers {
                Some(Known::List(names)) => names.iter().any(|name| {
                    name.as_str().is_none_or(|name| name == "*" || name.eq_ignore_ascii_case("authorization"))
                }),
                None => false,
                Some(_) => true,
            };
            if least > 0 && !told {
                let at = behaviour.argument("min_ttl").map_or_else(|| behaviour.place(), Placed::place);
                report(
                    at,
                    format!(
                        "answers of `{path}` are cached for at least {least} s, whatever they say themselves, and not by who asks"
                    ),
                    findings,
                );
            }
        }
    }
}

fn report(place: Place, message: String, findings: &mut Findings<'_>) {
    findings
        .report(place, message)
        .counterexample("the answer that one user gets is what the next one is shown")
        .help("let the smallest time be 0, so that `Cache-Control` of the answer counts, cache named paths only, and take `Authorization` into the key");
}
