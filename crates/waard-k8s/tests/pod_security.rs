//! The judge of pod security itself: each row of the published table refuses what it says, from the minor on that it says.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, in its helpers too"
)]

mod support;

use serde_json::{Value, json};
use support::security::refusals;

/// A pod that the restricted level accepts.
fn good() -> Value {
    json!({
        "securityContext": { "runAsNonRoot": true, "runAsUser": 10_001, "seccompProfile": { "type": "RuntimeDefault" } },
        "containers": [{
            "name": "main",
            "securityContext": { "allowPrivilegeEscalation": false, "capabilities": { "drop": ["ALL"] } },
        }],
        "volumes": [{ "name": "tmp", "emptyDir": {} }],
    })
}

/// The same pod with `value` at a JSON pointer.
fn with(pointer: &str, value: Value) -> Value {
    let mut pod = good();
    let mut at = &mut pod;
    for key in pointer.split('/').skip(1) {
        at = match key.parse::<usize>() {
            Ok(index) => &mut at[index],
            Err(_) => &mut at[key],
        };
    }
    *at = value;
    pod
}

#[test]
fn a_good_pod_is_accepted_on_every_minor() {
    for minor in 25..=37 {
        assert_eq!(refusals(&good(), minor), Vec::<String>::new());
    }
}

/// Pointer, value, and the minors on which it is refused.
#[test]
fn each_row_of_the_table_refuses_what_it_says() {
    let main = "/containers/0/securityContext";
    let always = 25..=37;
    let cases: Vec<(String, Value, std::ops::RangeInclusive<u16>)> = vec![
        ("/hostNetwork".into(), json!(true), always.clone()),
        ("/hostPID".into(), json!(true), always.clone()),
        ("/hostIPC".into(), json!(true), always.clone()),
        (format!("{main}/privileged"), json!(true), always.clone()),
        (format!("{main}/allowPrivilegeEscalation"), json!(true), always.clone()),
        (format!("{main}/allowPrivilegeEscalation"), Value::Null, always.clone()),
        (format!("{main}/capabilities/drop"), json!(["NET_RAW"]), always.clone()),
        (format!("{main}/capabilities/add"), json!(["CHOWN"]), always.clone()),
        (format!("{main}/procMount"), json!("Unmasked"), always.clone()),
        (format!("{main}/runAsUser"), json!(0), always.clone()),
        (format!("{main}/runAsNonRoot"), json!(false), always.clone()),
        (format!("{main}/seccompProfile"), json!({ "type": "Unconfined" }), always.clone()),
        (format!("{main}/appArmorProfile"), json!({ "type": "Unconfined" }), always.clone()),
        (format!("{main}/seLinuxOptions"), json!({ "type": "spc_t" }), always.clone()),
        (format!("{main}/seLinuxOptions"), json!({ "type": "container_engine_t" }), 25..=30),
        (format!("{main}/seLinuxOptions"), json!({ "user": "system_u" }), always.clone()),
        (format!("{main}/windowsOptions"), json!({ "hostProcess": true }), always.clone()),
        ("/securityContext/runAsUser".into(), json!(0), always.clone()),
        ("/securityContext/runAsNonRoot".into(), Value::Null, always.clone()),
        ("/securityContext/seccompProfile".into(), Value::Null, always.clone()),
        ("/securityContext/seLinuxOptions".into(), json!({ "role": "r" }), always.clone()),
        ("/securityContext/sysctls".into(), json!([{ "name": "kernel.msgmax", "value": "1" }]), always.clone()),
        (
            "/securityContext/sysctls".into(),
            json!([{ "name": "net.ipv4.ip_local_reserved_ports", "value": "1" }]),
            25..=26,
        ),
        ("/securityContext/sysctls".into(), json!([{ "name": "net.ipv4.tcp_keepalive_time", "value": "1" }]), 25..=28),
        ("/securityContext/sysctls".into(), json!([{ "name": "net.ipv4.tcp_rmem", "value": "1" }]), 25..=31),
        ("/securityContext/sysctls".into(), json!([{ "name": "net.ipv4.tcp_notsent_lowat", "value": "1" }]), 25..=36),
        ("/volumes/0".into(), json!({ "name": "host", "hostPath": { "path": "/" } }), always.clone()),
        ("/volumes/0".into(), json!({ "name": "share", "nfs": { "server": "a", "path": "/" } }), always.clone()),
        ("/containers/0/ports".into(), json!([{ "containerPort": 80, "hostPort": 80 }]), always.clone()),
        ("/containers/0/readinessProbe".into(), json!({ "httpGet": { "port": 80, "host": "a.b" } }), 34..=37),
        (
            "/containers/0/lifecycle".into(),
            json!({ "preStop": { "tcpSocket": { "port": 80, "host": "a.b" } } }),
            34..=37,
        ),
        ("/initContainers".into(), json!([{ "name": "first" }]), always),
    ];
    for (pointer, value, refused) in cases {
        let pod = with(&pointer, value.clone());
        for minor in 25..=37 {
            let found = refusals(&pod, minor);
            assert_eq!(!found.is_empty(), refused.contains(&minor), "1.{minor}: {pointer} = {value}: {found:?}");
        }
    }
}

#[test]
fn a_user_namespace_of_its_own_lets_a_pod_run_as_root_from_1_35_on() {
    let mut pod = with("/securityContext/runAsUser", json!(0));
    pod["hostUsers"] = json!(false);
    assert_eq!(refusals(&pod, 34).len(), 1);
    assert_eq!(refusals(&pod, 35), Vec::<String>::new());
    pod["containers"][0]["securityContext"]["procMount"] = json!("Unmasked");
    assert_eq!(refusals(&pod, 35).len(), 1, "the restricted level keeps /proc masked");
}
