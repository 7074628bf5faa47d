//! How the loss of a region is found out, how requests get to the other one, and whether they are answered.

use std::fmt::Write as _;

use super::{Failover, commands, entry, hosts};
use crate::shell::word;

pub(super) fn detect(text: &mut String, failover: &Failover<'_>) -> std::fmt::Result {
    let lost = failover.primary.name();
    match &failover.site.topology.spec().edge {
        Some(edge) => {
            let health = &edge.dns.health_check;
            writeln!(
                text,
                "Route 53 asks {lost} every {} and takes it for lost after {} failures in a row.",
                health.interval, health.failures
            )?;
        }
        None => writeln!(text, "Alerts on the targets of the platform say that {lost} doesn't answer.")?,
    }
    writeln!(text, "Look from outside of the region:\n")?;
    let mut lines: Vec<String> = hosts(failover)
        .into_iter()
        .map(|(host, path)| ask(&failover.site.environment.origin_host(failover.primary), &host, &path))
        .collect();
    lines.push(format!("kubectl --context {} get --raw /readyz --request-timeout=10s", failover.primary_context()));
    commands(text, &lines)
}

pub(super) fn switch(text: &mut String, failover: &Failover<'_>) -> std::fmt::Result {
    let site = failover.site;
    let automatic = site.topology.spec().edge.as_ref().is_some_and(|edge| edge.dns.failover);
    let (lost, here) = (site.environment.origin_host(failover.primary), site.environment.origin_host(site.region));
    if automatic {
        writeln!(
            text,
            "Route 53 does this by itself, as soon as its health check has failed: `edge.dns.failover` is on."
        )?;
        writeln!(text, "Requests may arrive before the data is promoted; until then what is written fails.")?;
        writeln!(text, "If they don't arrive, or the health check still passes, move them by hand:\n")?;
    } else if site.topology.spec().edge.is_some() {
        writeln!(text, "Nothing does this by itself: `edge.dns.failover` is off.")?;
        writeln!(text, "Everything in front of the region finds it by the name `{lost}`; let that name lead here:\n")?;
    } else {
        writeln!(text, "The topology has no `edge`: what stands in front of the regions isn't made by waard.")?;
        writeln!(text, "Where it finds {} by the name `{lost}`, let that name lead here:\n", failover.primary.name())?;
    }
    let domain = site.environment.domain().as_str();
    // An alias to a record of the same zone: what stood there is an alias of the lost region's load balancer.
    let change = format!(
        r#"{{"Changes":[{{"Action":"UPSERT","ResourceRecordSet":{{"Name":"{lost}","Type":"A","AliasTarget":{{"HostedZoneId":"ZONE","DNSName":"{here}","EvaluateTargetHealth":false}}}}}}]}}"#
    );
    let lines = vec![
        format!("zone=$(aws route53 list-hosted-zones-by-name --dns-name {} --max-items 1 --query 'HostedZones[0].Id' --output text)", word(domain)),
        "zone=${zone#/hostedzone/}".to_owned(),
        format!("change={}", word(&change)),
        "aws route53 change-resource-record-sets --hosted-zone-id \"$zone\" --change-batch \"$(printf %s \"$change\" | sed \"s/ZONE/$zone/\")\"".to_owned(),
    ];
    commands(text, &lines)?;
    writeln!(
        text,
        "ExternalDNS of the lost region would set the record back: if its cluster answers, stop that too.\n"
    )?;
    let stop = format!(
        "kubectl --context {} --namespace {} scale deployment --all --replicas=0",
        failover.primary_context(),
        word(waard_model::topology::reserved::EXTERNAL_DNS_NAMESPACE)
    );
    commands(text, &[stop])
}

pub(super) fn verify(text: &mut String, failover: &Failover<'_>) -> std::fmt::Result {
    let site = failover.site;
    let hosts = hosts(failover);
    if hosts.is_empty() {
        writeln!(text, "Nothing is reached from outside; look at the pods:\n")?;
        return commands(
            text,
            &[format!(
                "kubectl --context {} get pods --all-namespaces --field-selector status.phase!=Running",
                failover.context()
            )],
        );
    }
    writeln!(
        text,
        "Each host answers 200, first through {} of this region, then the way that users take:\n",
        entry(failover)
    )?;
    let origin = site.environment.origin_host(site.region);
    let mut lines: Vec<String> = hosts.iter().map(|(host, path)| ask(&origin, host, path)).collect();
    lines.extend(hosts.iter().map(|(host, path)| {
        format!(
            "curl --silent --show-error --max-time 10 --output /dev/null --write-out '%{{http_code}}\\n' {}",
            word(&format!("https://{host}{path}"))
        )
    }));
    commands(text, &lines)?;
    writeln!(
        text,
        "Then write something as a user would, read it back, and look at the alerts of {} for ten minutes.\n",
        site.region.name()
    )
}

/// Asks a region's own load balancer for a host.
fn ask(origin: &str, host: &str, path: &str) -> String {
    format!(
        "curl --silent --show-error --max-time 10 --output /dev/null --write-out '%{{http_code}}\\n' --connect-to {} {}",
        word(&format!("{host}:443:{origin}:443")),
        word(&format!("https://{host}{path}"))
    )
}
