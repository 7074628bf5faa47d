//! The serializer of a value, wherever it stands.

use serde::Serialize;
use serde::ser::Serializer;

use super::compound::{Map, Seq, Struct};
use super::writer::{At, Writer};
use super::{Error, MAX_DEPTH, Problem, base64, number};

/// One value about to be written.
pub(super) struct Value<'w, 'o> {
    pub(super) writer: &'w mut Writer<'o>,
    /// What stands before it on its line.
    pub(super) at: At,
    /// The column where its own lines start, if it has several.
    pub(super) indent: usize,
    /// How many values it is inside of.
    pub(super) depth: usize,
}

impl Value<'_, '_> {
    fn deeper(self) -> Result<Self, Error> {
        if self.depth >= MAX_DEPTH {
            return Err(Problem::TooDeep.into());
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }

    /// Writes the one key of a variant with content; what remains is the content's place.
    fn variant(self, variant: &str) -> Result<Self, Error> {
        let Self { writer, at, indent, depth } = self.deeper()?;
        writer.entry(true, at, indent);
        writer.key(indent, variant);
        Ok(Self { writer, at: At::Key, indent: indent + 2, depth })
    }

    fn int(self, int: impl std::fmt::Display) {
        self.writer.gap(self.at);
        number::int(self.writer.out, int);
        self.writer.out.push('\n');
    }

    fn float<F: Copy + std::fmt::Debug + Into<f64>>(self, float: F) {
        self.writer.gap(self.at);
        number::float(self.writer.out, float);
        self.writer.out.push('\n');
    }
}

/// Methods for numbers, which differ in their argument only.
macro_rules! numbers {
    ($($method:ident: $type:ty => $write:ident;)*) => {$(
        fn $method(self, number: $type) -> Result<(), Error> {
            self.$write(number);
            Ok(())
        }
    )*};
}

impl<'w, 'o> Serializer for Value<'w, 'o> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Seq<'w, 'o>;
    type SerializeTuple = Seq<'w, 'o>;
    type SerializeTupleStruct = Seq<'w, 'o>;
    type SerializeTupleVariant = Seq<'w, 'o>;
    type SerializeMap = Map<'w, 'o>;
    type SerializeStruct = Struct<'w, 'o>;
    type SerializeStructVariant = Struct<'w, 'o>;

    numbers! {
        serialize_i8: i8 => int;
        serialize_i16: i16 => int;
        serialize_i32: i32 => int;
        serialize_i64: i64 => int;
        serialize_i128: i128 => int;
        serialize_u8: u8 => int;
        serialize_u16: u16 => int;
        serialize_u32: u32 => int;
        serialize_u64: u64 => int;
        serialize_u128: u128 => int;
        serialize_f32: f32 => float;
        serialize_f64: f64 => float;
    }

    fn serialize_bool(self, bool: bool) -> Result<(), Error> {
        self.writer.bare(self.at, if bool { "true" } else { "false" });
        Ok(())
    }

    fn serialize_char(self, char: char) -> Result<(), Error> {
        self.serialize_str(char.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, text: &str) -> Result<(), Error> {
        self.writer.string(self.at, self.indent, text);
        Ok(())
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<(), Error> {
        self.serialize_str(&base64::encode(bytes))
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self.deeper()?)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        self.writer.bare(self.at, "null");
        Ok(())
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Error> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Error> {
        value.serialize(self.deeper()?)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self.variant(variant)?)
    }

    fn serialize_seq(self, _len: Option<usize>) -> Result<Seq<'w, 'o>, Error> {
        self.deeper().map(Seq::new)
    }

    fn serialize_tuple(self, _len: usize) -> Result<Seq<'w, 'o>, Error> {
        self.deeper().map(Seq::new)
    }

    fn serialize_tuple_struct(self, _: &'static str, _len: usize) -> Result<Seq<'w, 'o>, Error> {
        self.deeper().map(Seq::new)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _len: usize,
    ) -> Result<Seq<'w, 'o>, Error> {
        self.variant(variant)?.deeper().map(Seq::new)
    }

    fn serialize_map(self, _len: Option<usize>) -> Result<Map<'w, 'o>, Error> {
        self.deeper().map(Map::new)
    }

    fn serialize_struct(self, _: &'static str, _len: usize) -> Result<Struct<'w, 'o>, Error> {
        self.deeper().map(Struct::new)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _len: usize,
    ) -> Result<Struct<'w, 'o>, Error> {
        self.variant(variant)?.deeper().map(Struct::new)
    }
}
