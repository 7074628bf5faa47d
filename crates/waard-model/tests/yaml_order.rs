//! Manifests as people write them: read, turned into structs with alphabetical fields as `k8s-openapi` has them, written
//! in the order of Kubernetes, they are the same text again.

use serde::ser::{Serialize, SerializeStruct as _, Serializer};
use serde_json::{Value, json};
use waard_model::yaml::{self, Options};

#[path = "yaml_manifests.rs"]
mod manifests;

use manifests::MANIFESTS;

/// A tree whose objects serialize as structs, their fields in alphabetical order.
struct Typed<'a>(&'a Value);

impl Serialize for Typed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(object) => {
                let mut fields: Vec<_> = object.iter().collect();
                fields.sort_by_key(|(key, _)| *key);
                let mut typed = serializer.serialize_struct("Typed", fields.len())?;
                for (key, value) in fields {
                    // serde wants the names of fields for ever; a test can afford that.
                    typed.serialize_field(key.clone().leak(), &Typed(value))?;
                }
                typed.end()
            }
            Value::Array(items) => serializer.collect_seq(items.iter().map(Typed)),
            scalar => scalar.serialize(serializer),
        }
    }
}

#[test]
fn manifests_look_hand_written() {
    for manifest in MANIFESTS {
        let manifest = manifest.trim_start();
        let value: Value = serde_yaml::from_str(manifest).unwrap();
        let written = yaml::to_string_with(&Typed(&value), Options::KUBERNETES).unwrap();
        assert_eq!(written, manifest, "\nwritten:\n{written}");
    }
}

#[test]
fn declared_order_stays() {
    let value = json!({"status": 1, "spec": {"name": "a", "image": "b"}, "kind": "c"});
    assert_eq!(yaml::to_string(&Typed(&value)).unwrap(), "kind: c\nspec:\n  image: b\n  name: a\nstatus: 1\n");
    assert_eq!(
        yaml::to_string_with(&Typed(&value), Options::KUBERNETES).unwrap(),
        "kind: c\nspec:\n  name: a\n  image: b\nstatus: 1\n"
    );
}

#[test]
fn maps_keep_their_order() {
    let map = std::collections::BTreeMap::from([("image", 1), ("name", 2)]);
    assert_eq!(yaml::to_string_with(&map, Options::KUBERNETES).unwrap(), "image: 1\nname: 2\n");
}

#[test]
fn fields_move_with_all_their_lines() {
    let value = json!([[{"args": ["a\n\n b\n", "c"], "metadata": {"x": {}}, "template": {"spec": {"containers": [{"image": "i", "name": "n\n\n"}]}}, "zoo": "z\n"}]]);
    let written = yaml::to_string_with(&Typed(&value), Options::KUBERNETES).unwrap();
    assert_eq!(
        written,
        "\
- - metadata:
      x: {}
    args:
      - |
        a

         b
      - c
    zoo: |
      z
    template:
      spec:
        containers:
          - name: |+
              n

            image: i
"
    );
    assert_eq!(serde_yaml::from_str::<Value>(&written).unwrap(), value);
}
