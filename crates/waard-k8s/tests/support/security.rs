//! The Pod Security Standard "restricted", as each Kubernetes minor has it, judged from its published table and nothing else of this crate.
//! Source: Kubernetes, "Pod Security Standards"; kubernetes/pod-security-admission `policy/check_*.go`, as of 2026-07-01.

use serde_json::Value;

use super::{containers, items, strings};

const VOLUMES: [&str; 9] = [
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
];

/// Sysctls that are safe, each with the minor from which on it is allowed.
const SYSCTLS: [(&str, u16); 14] = [
    ("kernel.shm_rmid_forced", 0),
    ("net.ipv4.ip_local_port_range", 0),
    ("net.ipv4.ip_local_reserved_ports", 27),
    ("net.ipv4.ip_unprivileged_port_start", 0),
    ("net.ipv4.ping_group_range", 0),
    ("net.ipv4.tcp_fin_timeout", 29),
    ("net.ipv4.tcp_keepalive_intvl", 29),
    ("net.ipv4.tcp_keepalive_probes", 29),
    ("net.ipv4.tcp_keepalive_time", 29),
    ("net.ipv4.tcp_notsent_lowat", 37),
    ("net.ipv4.tcp_rmem", 32),
    ("net.ipv4.tcp_slow_start_after_idle", 37),
    ("net.ipv4.tcp_syncookies", 0),
    ("net.ipv4.tcp_wmem", 32),
];

/// Types of SELinux, each with the minor from which on it is allowed.
const SELINUX_TYPES: [(&str, u16); 5] =
    [("", 0), ("container_t", 0), ("container_init_t", 0), ("container_kvm_t", 0), ("container_engine_t", 31)];

fn known(table: &[(&str, u16)], word: &str, minor: u16) -> bool {
    table.iter().any(|(name, from)| *name == word && *from <= minor)
}

/// Everything that the restricted level of Kubernetes 1.`minor` refuses in a pod. Minors from 25 on are known.
pub(crate) fn refusals(pod: &Value, minor: u16) -> Vec<String> {
    assert!(minor >= 25, "the rows for Windows and older seccomp annotations are not written down here");
    let mut found = Vec::new();
    let mut refuse = |what: String| found.push(what);
    let windows = pod["os"]["name"] == "windows";
    // A pod with a user namespace of its own has no user of the node to be.
    let own_users = minor >= 35 && pod["hostUsers"] == Value::Bool(false);
    for key in ["hostNetwork", "hostPID", "hostIPC"] {
        if pod[key] == Value::Bool(true) {
            refuse(format!("{key} is set"));
        }
    }
    for volume in items(&pod["volumes"]) {
        for kind in volume.as_object().unwrap().keys().filter(|key| *key != "name") {
            if !VOLUMES.contains(&kind.as_str()) {
                refuse(format!("a volume is a {kind}"));
            }
        }
    }
    let context = &pod["securityContext"];
    for sysctl in items(&context["sysctls"]) {
        let name = sysctl["name"].as_str().unwrap();
        if !known(&SYSCTLS, name, minor) {
            refuse(format!("the sysctl {name} is not a safe one"));
        }
    }
    options("the pod", context, minor, &mut refuse);
    if context["runAsUser"] == 0 && !own_users {
        refuse("the pod runs as root".to_owned());
    }
    let seccomp =
        |context: &Value| matches!(context["seccompProfile"]["type"].as_str(), Some("RuntimeDefault" | "Localhost"));
    if !context["seccompProfile"].is_null() && !seccomp(context) {
        refuse("the pod has another seccomp profile".to_owned());
    }
    let all: Vec<&Value> = containers(pod).chain(items(&pod["ephemeralContainers"])).collect();
    for container in all {
        let name = container["name"].as_str().unwrap();
        let own = &container["securityContext"];
        options(name, own, minor, &mut refuse);
        if own["privileged"] == Value::Bool(true) {
            refuse(format!("{name} is privileged"));
        }
        if own["allowPrivilegeEscalation"] != Value::Bool(false) && !windows {
            refuse(format!("{name} may escalate its privileges"));
        }
        if !strings(&own["capabilities"]["drop"]).any(|dropped| dropped == "ALL") && !windows {
            refuse(format!("{name} keeps capabilities"));
        }
        if strings(&own["capabilities"]["add"]).any(|added| added != "NET_BIND_SERVICE") && !windows {
            refuse(format!("{name} adds capabilities"));
        }
        let non_root = if own["runAsNonRoot"].is_null() { &context["runAsNonRoot"] } else { &own["runAsNonRoot"] };
        if *non_root != Value::Bool(true) && !own_users {
            refuse(format!("{name} may run as root"));
        }
        if own["runAsUser"] == 0 && !own_users {
            refuse(format!("{name} runs as root"));
        }
        let profile = if own["seccompProfile"].is_null() { context } else { own };
        if !seccomp(profile) && !windows {
            refuse(format!("{name} has no seccomp profile"));
        }
        if !matches!(own["procMount"].as_str(), None | Some("Default")) {
            refuse(format!("{name} mounts /proc in another way"));
        }
        if items(&container["ports"]).any(|port| !matches!(port["hostPort"].as_i64(), None | Some(0))) {
            refuse(format!("{name} takes a port of the node"));
        }
        let named = |handler: &Value| {
            ["httpGet", "tcpSocket"].iter().any(|kind| !matches!(handler[kind]["host"].as_str(), None | Some("")))
        };
        let probes = ["livenessProbe", "readinessProbe", "startupProbe"].map(|probe| &container[probe]);
        let hooks = ["postStart", "preStop"].map(|hook| &container["lifecycle"][hook]);
        if minor >= 34 && probes.into_iter().chain(hooks).any(named) {
            refuse(format!("a probe or hook of {name} names a host"));
        }
    }
    found
}

/// What pod and container may both say.
fn options(who: &str, context: &Value, minor: u16, refuse: &mut dyn FnMut(String)) {
    let selinux = &context["seLinuxOptions"];
    if !known(&SELINUX_TYPES, selinux["type"].as_str().unwrap_or_default(), minor) {
        refuse(format!("{who} has another SELinux type"));
    }
    if ["user", "role"].iter().any(|key| !matches!(selinux[key].as_str(), None | Some(""))) {
        refuse(format!("{who} has an SELinux user or role"));
    }
    if !matches!(context["appArmorProfile"]["type"].as_str(), None | Some("RuntimeDefault" | "Localhost")) {
        refuse(format!("{who} has another AppArmor profile"));
    }
    if context["windowsOptions"]["hostProcess"] == Value::Bool(true) {
        refuse(format!("{who} is a process of a Windows host"));
    }
}
