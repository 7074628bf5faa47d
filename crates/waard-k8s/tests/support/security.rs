//! The Pod Security Standard "restricted", judged from its published table and nothing else of this crate.
//! Source: Kubernetes, "Pod Security Standards"; k8s.io/pod-security-admission `policy/check_*.go`, as of 1.36.

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

/// Everything that the restricted level refuses in a pod.
pub(crate) fn refusals(pod: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut refuse = |what: String| found.push(what);
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
    if !context["sysctls"].is_null() || !context["seLinuxOptions"].is_null() || !context["windowsOptions"].is_null() {
        refuse("the pod sets sysctls, SELinux or Windows options".to_owned());
    }
    let seccomp =
        |context: &Value| matches!(context["seccompProfile"]["type"].as_str(), Some("RuntimeDefault" | "Localhost"));
    for container in containers(pod) {
        let name = container["name"].as_str().unwrap();
        let own = &container["securityContext"];
        if own["privileged"] == Value::Bool(true) {
            refuse(format!("{name} is privileged"));
        }
        if own["allowPrivilegeEscalation"] != Value::Bool(false) {
            refuse(format!("{name} may escalate its privileges"));
        }
        if !strings(&own["capabilities"]["drop"]).any(|dropped| dropped == "ALL") {
            refuse(format!("{name} keeps capabilities"));
        }
        if strings(&own["capabilities"]["add"]).any(|added| added != "NET_BIND_SERVICE") {
            refuse(format!("{name} adds capabilities"));
        }
        let non_root = if own["runAsNonRoot"].is_null() { &context["runAsNonRoot"] } else { &own["runAsNonRoot"] };
        if *non_root != Value::Bool(true) {
            refuse(format!("{name} may run as root"));
        }
        if own["runAsUser"] == 0 || context["runAsUser"] == 0 {
            refuse(format!("{name} runs as root"));
        }
        if !seccomp(own) && (!own["seccompProfile"].is_null() || !seccomp(context)) {
            refuse(format!("{name} has no seccomp profile"));
        }
        if !matches!(own["procMount"].as_str(), None | Some("Default")) {
            refuse(format!("{name} mounts /proc in another way"));
        }
        if items(&container["ports"]).any(|port| !matches!(port["hostPort"].as_i64(), None | Some(0))) {
            refuse(format!("{name} takes a port of the node"));
        }
        for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
            for kind in ["httpGet", "tcpSocket"] {
                if !container[probe][kind]["host"].is_null() {
                    refuse(format!("a probe of {name} names a host"));
                }
            }
        }
        for hook in ["postStart", "preStop"] {
            for kind in ["httpGet", "tcpSocket"] {
                if !container["lifecycle"][hook][kind]["host"].is_null() {
                    refuse(format!("a hook of {name} names a host"));
                }
            }
        }
    }
    found
}
