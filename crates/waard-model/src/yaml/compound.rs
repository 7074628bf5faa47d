//! Sequences, mappings and structs while their entries come in.

use serde::Serialize;
use serde::ser::{
    SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple, SerializeTupleStruct,
    SerializeTupleVariant,
};

use super::key::Key;
use super::value::Value;
use super::writer::At;
use super::{Error, Order};

/// A sequence.
pub(super) struct Seq<'w, 'o> {
    place: Value<'w, 'o>,
    empty: bool,
}

impl<'w, 'o> Seq<'w, 'o> {
    pub(super) fn new(place: Value<'w, 'o>) -> Self {
        Self { place, empty: true }
    }

    fn item<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), Error> {
        let Value { writer, at, indent, depth } = &mut self.place;
        writer.entry(self.empty, *at, *indent);
        self.empty = false;
        writer.out.push_str("- ");
        item.serialize(Value { writer, at: At::Item, indent: *indent + 2, depth: *depth })
    }

    fn finish(self) {
        if self.empty {
            self.place.writer.bare(self.place.at, "[]");
        }
    }
}

/// A mapping, whose entries keep their order.
pub(super) struct Map<'w, 'o> {
    place: Value<'w, 'o>,
    empty: bool,
}

impl<'w, 'o> Map<'w, 'o> {
    pub(super) fn new(place: Value<'w, 'o>) -> Self {
        Self { place, empty: true }
    }
}

impl SerializeMap for Map<'_, '_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        let Value { writer, at, indent, depth } = &mut self.place;
        writer.entry(self.empty, *at, *indent);
        self.empty = false;
        key.serialize(Key { writer, indent: *indent, depth: *depth })
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        let Value { writer, indent, depth, .. } = &mut self.place;
        value.serialize(Value { writer, at: At::Key, indent: *indent + 2, depth: *depth })
    }

    fn end(self) -> Result<(), Error> {
        if self.empty {
            self.place.writer.bare(self.place.at, "{}");
        }
        Ok(())
    }
}

/// A struct, whose fields may be put into order at its end.
pub(super) struct Struct<'w, 'o> {
    place: Value<'w, 'o>,
    empty: bool,
    /// Where its fields start among those of all structs being written.
    base: usize,
    /// Whether the fields so far came in order, and the rank of the last.
    ordered: bool,
    last_rank: u16,
}

impl<'w, 'o> Struct<'w, 'o> {
    pub(super) fn new(place: Value<'w, 'o>) -> Self {
        let base = place.writer.fields_so_far();
        Self { place, empty: true, base, ordered: true, last_rank: 0 }
    }

    fn field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Error> {
        let Value { writer, at, indent, depth } = &mut self.place;
        writer.entry(self.empty, *at, *indent);
        self.empty = false;
        let reorder = writer.order == Order::Kubernetes;
        if reorder {
            let rank = writer.field(key);
            self.ordered &= rank >= self.last_rank;
            self.last_rank = rank;
        }
        writer.key(*indent, key);
        value.serialize(Value { writer, at: At::Key, indent: *indent + 2, depth: *depth })?;
        if reorder {
            writer.field_end();
        }
        Ok(())
    }

    fn finish(self) {
        if self.empty {
            self.place.writer.bare(self.place.at, "{}");
        } else if self.place.writer.order == Order::Kubernetes {
            self.place.writer.end_fields(self.base, self.ordered, self.place.indent);
        }
    }
}

/// The traits of serde that differ in name only: `$method` hands each entry to `$to`.
macro_rules! entries {
    ($($type:ident as $trait:ident: $method:ident($($key:ident)?) => $to:ident;)*) => {$(
        impl $trait for $type<'_, '_> {
            type Ok = ();
            type Error = Error;

            fn $method<T: Serialize + ?Sized>(&mut self, $($key: &'static str,)? value: &T) -> Result<(), Error> {
                self.$to($($key,)? value)
            }

            fn end(self) -> Result<(), Error> {
                self.finish();
                Ok(())
            }
        }
    )*};
}

entries! {
    Seq as SerializeSeq: serialize_element() => item;
    Seq as SerializeTuple: serialize_element() => item;
    Seq as SerializeTupleStruct: serialize_field() => item;
    Seq as SerializeTupleVariant: serialize_field() => item;
    Struct as SerializeStruct: serialize_field(key) => field;
    Struct as SerializeStructVariant: serialize_field(key) => field;
}
