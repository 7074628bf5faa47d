//! Reads a node as a type of k8s-openapi and notes the keys that the type doesn't have.
//!
//! The types are of the oldest Kubernetes that the crate has; fields that came later are listed in [`LATER`].

use std::cell::RefCell;

use serde::de::value::StrDeserializer;
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};

use super::demands::{self, Demands, Takes};
use super::node::{Data, Entry, Node};
use super::scalar::Scalar;
use super::typed::ReadError;
use crate::place::Place;
use crate::schema::is_template;

/// A key that a type doesn't have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownKey {
    /// The key.
    pub key: Box<str>,
    /// Where it stands.
    pub place: Place,
    /// The type: `PodSpec`.
    pub of: &'static str,
    /// The keys that the type has.
    pub known: &'static [&'static str],
    /// The minor of Kubernetes 1 that brought it, if a later one did.
    pub since: Option<u16>,
}

/// What reading an object as its type found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Misread {
    /// Keys that its types don't have, in the order of the file, outside of `status`.
    pub unknown: Vec<UnknownKey>,
    /// Values of another type than their field.
    pub wrong: Vec<ReadError>,
    /// Fields that must be there and aren't.
    pub missing: Vec<MissingKey>,
    /// Values that their field doesn't take.
    pub refused: Vec<Refused>,
}

/// A field that must be there and isn't.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingKey {
    /// Its name.
    pub key: &'static str,
    /// The type: `PodSpec`.
    pub of: &'static str,
    /// The value that lacks it, or the key of that.
    pub place: Place,
    /// A part of the document that can't be read may have had it.
    pub cut: bool,
}

/// A value that its field doesn't take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The field.
    pub key: Box<str>,
    /// The type: `PodSpec`.
    pub of: &'static str,
    /// Where the value stands.
    pub place: Place,
    /// The value.
    pub is: Box<str>,
    /// What it takes.
    pub takes: Takes,
}

/// Fields that came after Kubernetes 1.33: type, field, minor.
///
/// Source: the types of k8s-openapi 0.29.0 for 1.33 to 1.37, compared field by field.
const LATER: [(&str, &str, u16); 26] = [
    ("Container", "restartPolicyRules", 34),
    ("EphemeralContainer", "restartPolicyRules", 34),
    ("EnvVarSource", "fileKeyRef", 34),
    ("PodSpec", "hostnameOverride", 34),
    ("PodSpec", "workloadRef", 35),
    ("PodSpec", "schedulingGroup", 36),
    ("PodSpec", "evictionResponders", 37),
    ("VolumeProjection", "podCertificate", 34),
    ("CSIDriverSpec", "serviceAccountTokenInSecrets", 35),
    ("CSIDriverSpec", "preventPodSchedulingIfMissing", 36),
    ("JobSpec", "scheduling", 37),
    ("ClusterTrustBundleProjection", "user", 37),
    ("ConfigMapVolumeSource", "defaultUser", 37),
    ("DownwardAPIVolumeFile", "user", 37),
    ("DownwardAPIVolumeSource", "defaultUser", 37),
    ("EmptyDirVolumeSource", "mode", 37),
    ("GRPCAction", "mode", 37),
    ("HTTPGetAction", "protocol", 37),
    ("KeyToPath", "user", 37),
    ("NodeSpec", "podPreemptionPolicy", 37),
    ("ProjectedVolumeSource", "defaultUser", 37),
    ("SecretVolumeSource", "defaultUser", 37),
    ("ServiceAccountTokenProjection", "user", 37),
    ("VolumeMount", "bindMountOptions", 37),
    ("CSINode", "status", 37),
    ("TokenRequestSpec", "attestations", 37),
];

impl Node {
    /// Reads it as `T`, for what doesn't fit.
    pub(crate) fn misread<T: DeserializeOwned>(&self) -> Misread {
        let sink = RefCell::new(Misread::default());
        let anchor = self.entry("kind").map_or(self.place, |entry| entry.key_place);
        let last = T::deserialize(Strict { node: self, anchor, sink: &sink }).err();
        let mut misread = sink.into_inner();
        misread.wrong.extend(last);
        misread
    }
}

#[derive(Clone, Copy)]
struct Strict<'de, 's> {
    node: &'de Node,
    /// The key of the node, or the node itself: where something that it lacks is reported.
    anchor: Place,
    sink: &'s RefCell<Misread>,
}

/// The API server takes nothing for the zero of any type: Go's `encoding/json` leaves the field as it is for `null`.
macro_rules! nothing {
    ($($method:ident $visit:ident($zero:expr) $is:ident $what:literal),* $(,)?) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
            if !self.node.is_null() {
                if self.node.$is() {
                    return self.deserialize_any(visitor);
                }
                self.wrong($what);
            }
            visitor.$visit($zero)
        })*
    };
}

impl Strict<'_, '_> {
    /// Notes that the value has another type; reading goes on with nothing in its place.
    fn wrong(self, wants: &str) {
        if self.node.text().is_some_and(is_template) {
            return;
        }
        let is = match self.node.text() {
            Some(text) => format!("`{text}` is {}", self.node.what()),
            None => format!("{} is there", self.node.what()),
        };
        let single = self.node.scalar().is_some();
        let place = if single { self.node.place } else { first(self.node) };
        let message = format!("{wants} belongs there, and {is}");
        self.sink.borrow_mut().wrong.push(ReadError { place: Some(place), message });
    }
}

/// Its first line.
fn first(node: &Node) -> Place {
    let within = node.entries().first().map(|entry| entry.key_place);
    within.or_else(|| node.items().first().map(first)).unwrap_or(node.place)
}

impl<'de> Deserializer<'de> for Strict<'de, '_> {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        let result = match &self.node.data {
            Data::Mapping(entries) => {
                visitor.visit_map(Map { entries: entries.iter(), value: None, of: "", demands: None, sink: self.sink })
            }
            Data::Sequence(items) => visitor.visit_seq(List { items: items.iter(), sink: self.sink }),
            Data::Scalar { .. } => match self.node.scalar().unwrap_or(Scalar::Null) {
                Scalar::Null => visitor.visit_unit(),
                Scalar::Bool(value) => visitor.visit_bool(value),
                Scalar::Int(value) => visitor.visit_i64(value),
                Scalar::Float(value) => visitor.visit_f64(value),
                Scalar::Text(text) => visitor.visit_borrowed_str(text),
            },
        };
        result.map_err(|error: ReadError| error.at(self.node.place))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        if self.node.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        match self.node.text() {
            // `cpu: 1` is a quantity as much as `cpu: "1"` is.
            Some(text) if name == "Quantity" => {
                let text: StrDeserializer<'_, ReadError> = text.into_deserializer();
                visitor.visit_newtype_struct(text)
            }
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        // Kubernetes fills in the status, and readers keep what they know of it.
        let of_status = name.ends_with("Status");
        for entry in self.node.entries().iter().filter(|entry| !of_status && !fields.contains(&&*entry.key)) {
            let later = LATER.iter().find(|(of, field, _)| *of == name && *field == &*entry.key);
            self.sink.borrow_mut().unknown.push(UnknownKey {
                key: entry.key.clone(),
                place: entry.key_place,
                of: name,
                known: fields,
                since: later.map(|(.., minor)| *minor),
            });
        }
        if !self.node.is_map() {
            return self.deserialize_map(visitor);
        }
        let demands = demands::of(name);
        for key in demands.map_or(&[][..], |demands| demands.needs).iter().copied() {
            // The API server takes nothing, or an empty text, for what isn't there.
            let there = |node: &Node| node.cut || (!node.is_null() && node.text() != Some(""));
            if !self.node.get(key).is_some_and(there) {
                let missing = MissingKey { key, of: name, place: self.anchor, cut: self.node.cut };
                self.sink.borrow_mut().missing.push(missing);
            }
        }
        let map = Map { entries: self.node.entries().iter(), value: None, of: name, demands, sink: self.sink };
        visitor.visit_map(map).map_err(|error: ReadError| error.at(self.node.place))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        // A word has no fields that could be unknown.
        self.node.deserialize_enum(name, variants, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        if !self.node.is_map() {
            if !self.node.is_null() {
                self.wrong("a mapping");
            }
            return visitor.visit_map(Map { entries: [].iter(), value: None, of: "", demands: None, sink: self.sink });
        }
        self.deserialize_any(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        if !self.node.is_list() {
            if !self.node.is_null() {
                self.wrong("a list");
            }
            return visitor.visit_seq(List { items: [].iter(), sink: self.sink });
        }
        self.deserialize_any(visitor)
    }

    nothing! {
        deserialize_bool visit_bool(false) is_bool "a boolean",
        deserialize_str visit_borrowed_str("") is_text "a text",
        deserialize_string visit_borrowed_str("") is_text "a text",
        deserialize_i32 visit_i64(0) is_whole "a whole number",
        deserialize_i64 visit_i64(0) is_whole "a whole number",
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct identifier
        ignored_any
    }
}

struct List<'de, 's> {
    items: std::slice::Iter<'de, Node>,
    sink: &'s RefCell<Misread>,
}

impl<'de> SeqAccess<'de> for List<'de, '_> {
    type Error = ReadError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, ReadError> {
        let Some(node) = self.items.next() else { return Ok(None) };
        let anchor = first(node);
        seed.deserialize(Strict { node, anchor, sink: self.sink }).map(Some).map_err(|error| error.at(node.place))
    }
}

struct Map<'de, 's> {
    entries: std::slice::Iter<'de, Entry>,
    value: Option<&'de Entry>,
    /// The type, and what it demands of its fields.
    of: &'static str,
    demands: Option<&'static Demands>,
    sink: &'s RefCell<Misread>,
}

impl<'de> MapAccess<'de> for Map<'de, '_> {
    type Error = ReadError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, ReadError> {
        self.value = self.entries.next();
        let Some(entry) = self.value else { return Ok(None) };
        let key: StrDeserializer<'_, ReadError> = (*entry.key).into_deserializer();
        seed.deserialize(key).map(Some).map_err(|error| error.at(entry.key_place))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, ReadError> {
        match self.value.take() {
            Some(entry) => {
                if let Some(demands) = self.demands {
                    let refused = demands.refused(entry);
                    let found = refused.map(|(node, takes)| Refused {
                        key: entry.key.clone(),
                        of: self.of,
                        place: node.place,
                        is: node.text().unwrap_or_default().into(),
                        takes,
                    });
                    self.sink.borrow_mut().refused.extend(found);
                }
                let strict = Strict { node: &entry.value, anchor: entry.key_place, sink: self.sink };
                seed.deserialize(strict).map_err(|error| error.at(entry.value.place))
            }
            None => Err(de::Error::custom("a value was expected")),
        }
    }
}
