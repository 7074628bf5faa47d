//! A small definition with one of everything, and what is kept of it.

use super::definition::{Definition, documents};
use super::facts;
use super::table::{self, Row};

const KINDS: &str = "group,kind,version,component,release,repository,tag,path,as_of,only,note\n\
    example.org,Thing,,Things,1.2.3,example/things,v1.2.3,crds/things.yaml,2026-01-31,spec.provider=aws|none,\n";

const CRD: &str = r#"
apiVersion: v1
kind: ConfigMap
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
spec:
  group: example.org
  names: { kind: Thing, plural: things }
  scope: Namespaced
  versions:
    - name: v1beta1
      served: true
      schema: { openAPIV3Schema: { type: object } }
    - name: v1alpha1
      served: false
      schema: { openAPIV3Schema: { type: object } }
    - name: v1
      served: true
      schema:
        openAPIV3Schema:
          description: Prose that is not copied.
          type: object
          required: [spec]
          properties:
            apiVersion: { type: string }
            kind: { type: string }
            metadata: { type: object }
            status: { type: object, properties: { ready: { type: boolean } } }
            spec:
              type: object
              required: [size]
              properties:
                size: { type: integer, format: int32, minimum: 1, default: 3 }
                mode: { type: string, enum: ["on", "off"], pattern: "^o[nf]+$" }
                port: { anyOf: [{ type: integer }, { type: string }], x-kubernetes-int-or-string: true }
                free: { type: object, x-kubernetes-preserve-unknown-fields: true }
                nothing: { type: object }
                anything: { x-kubernetes-preserve-unknown-fields: true }
                labels: { type: object, additionalProperties: { type: string } }
                names: { type: array, x-kubernetes-list-type: set, items: { type: string, nullable: true } }
                provider: { type: object, properties: { aws: { type: object }, none: { type: object }, other: { type: object } } }
                one:
                  type: object
                  oneOf: [{ required: [a], properties: { a: {} } }, { required: [b] }]
                  properties: { a: { type: string }, b: { type: string }, c: { type: number } }
                other:
                  type: object
                  oneOf: [{ required: [a] }, { required: [b] }]
                  properties: { a: { type: string }, b: { type: string }, c: { type: number } }
                some:
                  type: object
                  allOf: [{ oneOf: [{ not: { anyOf: [{ required: [x] }, { required: [y] }] } }, { required: [x] }, { required: [y] }] }]
                  properties: { x: { type: string }, y: { type: string } }
"#;

const FACTS: &str = r#"group: example.org
kind: Thing
scope: Namespaced
served: v1 v1beta1
release: Things 1.2.3
source: example/things v1.2.3 crds/things.yaml
sha256: HASH
as_of: 2026-01-31
only: spec.provider=aws|none

spec object required
spec.anything any
spec.free object open
spec.labels map
spec.labels{} string
spec.mode string {"enum":["on","off"],"pattern":"^o[nf]+$"}
spec.names list {"unique":true}
spec.names[] string nullable
spec.nothing object
spec.one object {"exactlyOne":[["a","b"]]}
spec.one.a string
spec.one.b string
spec.one.c number
spec.other object like spec.one
spec.port int-or-string
spec.provider object
spec.provider.aws object
spec.provider.none object
spec.size integer required {"minimum":1}
spec.some object {"atMostOne":[["x","y"]]}
spec.some.x string
spec.some.y string
"#;

fn row() -> Row {
    table::read(KINDS.as_bytes()).unwrap().remove(0)
}

fn made(crd: &str) -> Result<String, String> {
    let documents = documents(crd.as_bytes())?;
    Ok(facts::render(&row(), b"", &Definition::find(&documents, &row())?))
}

#[test]
fn names_types_and_bounds_are_kept_and_nothing_else() {
    let made = made(CRD).unwrap();
    let (comment, facts) = made.split_once('\n').unwrap();
    assert!(comment.starts_with("# "));
    let hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(facts.replace(hash, "HASH"), FACTS);
}

#[test]
fn what_is_not_understood_is_an_error() {
    for (good, bad, said) in [
        ("minimum: 1", "dependencies: {}", "size: what does `dependencies: {}` say?"),
        ("type: integer", "type: whole", "there is no type `whole`"),
        ("required: [size]", "required: [gone]", "it requires `gone`"),
        ("{ required: [b] }]", "{ minProperties: 1 }]", "say?"),
        ("kind: Thing,", "kind: Other,", "no CustomResourceDefinition of it"),
        ("none:", "zero:", "there is no spec.provider.none"),
        ("served: true", "served: false", "no such version"),
    ] {
        let crd = CRD.replace(good, bad);
        assert_ne!(crd, CRD);
        let error = made(&crd).unwrap_err();
        assert!(error.contains(said), "{bad}: {error}");
    }
}

#[test]
fn json_schemas_with_definitions_stand_for_a_kind() {
    let schema = r##"{"definitions": {
        "Thing": {"properties": {
            "apiVersion": {"type": "string", "enum": ["example.org/v1"]},
            "metadata": {"$ref": "#/definitions/Meta"},
            "spec": {"type": "object", "properties": {"provider": {"properties": {"aws": {}, "none": {}}}}},
            "what": {"oneOf": [{"$ref": "#/definitions/Meta"}], "properties": {"type": {"type": "string"}}}
        }, "additionalProperties": false},
        "Meta": {"properties": {"name": {"type": "string"}}, "required": ["name"], "additionalProperties": false}
    }}"##;
    let documents = documents(schema.as_bytes()).unwrap();
    let text = facts::render(&row(), b"", &Definition::find(&documents, &row()).unwrap());
    let (head, lines) = text.split_once("\n\n").unwrap();
    assert!(head.contains("\nscope: File\nserved: v1\n"), "{head}");
    let meant = "metadata object\nmetadata.name string required\nspec object open\nspec.provider object open\n\
        spec.provider.aws any\nspec.provider.none any\nwhat object\nwhat.name string required\nwhat.type string\n";
    assert_eq!(lines, meant);
    let endless =
        schema.replace(r#""type": "string"}}, "required""#, r##""$ref": "#/definitions/Meta"}}, "required""##);
    let documents = super::definition::documents(endless.as_bytes()).unwrap();
    assert!(Definition::find(&documents, &row()).unwrap_err().contains("refers to itself"));
}

#[test]
fn the_list_is_in_order_and_complete() {
    let twice = format!("{KINDS}{}", KINDS.lines().nth(1).unwrap());
    assert!(table::read(twice.as_bytes()).unwrap_err().contains("twice"));
    assert!(table::read(KINDS.replace("2026-01-31", "").as_bytes()).unwrap_err().contains("lacks something"));
    assert!(table::read(KINDS.replace("spec.provider=", "").as_bytes()).unwrap_err().contains("keeps"));
}
