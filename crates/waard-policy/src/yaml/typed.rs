//! Reads a node as a type of k8s-openapi, or as any other that implements `Deserialize`.

use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};

use super::node::{Data, Entry, Node};
use super::scalar::Scalar;
use crate::place::Place;

/// Why a node is not what a type asks for, and the innermost value that isn't.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ReadError {
    /// Where it stands, if the reader got that far.
    pub place: Option<Place>,
    /// What is wrong.
    pub message: String,
}

impl de::Error for ReadError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { place: None, message: message.to_string() }
    }
}

impl ReadError {
    /// Keeps the innermost place.
    pub(super) fn at(mut self, place: Place) -> Self {
        self.place.get_or_insert(place);
        self
    }
}

impl Node {
    /// Reads it as `T`. Text stays text and numbers stay numbers, as a cluster reads them.
    ///
    /// # Errors
    /// If it is something else; the error says where.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, ReadError> {
        T::deserialize(self)
    }
}

impl<'de> Deserializer<'de> for &'de Node {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        let result = match &self.data {
            Data::Mapping(entries) => visitor.visit_map(Map { entries: entries.iter(), value: None }),
            Data::Sequence(items) => visitor.visit_seq(List(items.iter())),
            Data::Scalar { .. } => match self.scalar().unwrap_or(Scalar::Null) {
                Scalar::Null => visitor.visit_unit(),
                Scalar::Bool(value) => visitor.visit_bool(value),
                Scalar::Int(value) => visitor.visit_i64(value),
                Scalar::Float(value) => visitor.visit_f64(value),
                Scalar::Text(text) => visitor.visit_borrowed_str(text),
            },
        };
        result.map_err(|error: ReadError| error.at(self.place))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        if self.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        match self.text() {
            // `cpu: 1` is a quantity as much as `cpu: "1"` is.
            Some(text) if name == "Quantity" => {
                let text: StrDeserializer<'_, ReadError> = text.into_deserializer();
                visitor.visit_newtype_struct(text)
            }
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        match self.as_str() {
            Some(text) => visitor.visit_enum(IntoDeserializer::<ReadError>::into_deserializer(text)),
            None => Err(de::Error::custom("a word was expected")),
        }
        .map_err(|error: ReadError| error.at(self.place))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

struct List<'de>(std::slice::Iter<'de, Node>);

impl<'de> SeqAccess<'de> for List<'de> {
    type Error = ReadError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, ReadError> {
        self.0.next().map(|item| seed.deserialize(item).map_err(|error| error.at(item.place))).transpose()
    }
}

struct Map<'de> {
    entries: std::slice::Iter<'de, Entry>,
    value: Option<&'de Entry>,
}

impl<'de> MapAccess<'de> for Map<'de> {
    type Error = ReadError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, ReadError> {
        self.value = self.entries.next();
        let Some(entry) = self.value else {
            return Ok(None);
        };
        let key: StrDeserializer<'_, ReadError> = (*entry.key).into_deserializer();
        seed.deserialize(key).map(Some).map_err(|error| error.at(entry.key_place))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, ReadError> {
        match self.value.take() {
            Some(entry) => seed.deserialize(&entry.value).map_err(|error| error.at(entry.value.place)),
            None => Err(de::Error::custom("a value was expected")),
        }
    }
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::apps::v1::Deployment;

    use crate::yaml::documents;

    #[test]
    fn objects_are_read_as_their_types() {
        let text = "metadata: {name: a}\nspec:\n  selector: {}\n  replicas: 3\n  template: {}\n";
        let (found, _) = documents(text, 0);
        let deployment: Deployment = found[0].root.read().unwrap();
        assert_eq!(deployment.spec.unwrap().replicas, Some(3));
    }

    #[test]
    fn what_is_no_such_type_is_placed() {
        let text = "spec:\n  replicas: three\n  selector: {}\n  template: {}\n";
        let (found, _) = documents(text, 0);
        let error = found[0].root.read::<Deployment>().unwrap_err();
        assert_eq!(&text[error.place.unwrap().span()], "three");
    }
}
