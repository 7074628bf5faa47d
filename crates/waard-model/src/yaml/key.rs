//! The serializer of a mapping's key: any scalar, written as the string that its text is.

use serde::Serialize;
use serde::ser::{Impossible, Serializer};

use super::writer::Writer;
use super::{Error, MAX_DEPTH, Problem, base64, number};

/// A key about to be written, in a mapping whose lines are indented by `indent`.
pub(super) struct Key<'w, 'o> {
    pub(super) writer: &'w mut Writer<'o>,
    pub(super) indent: usize,
    pub(super) depth: usize,
}

impl Key<'_, '_> {
    fn deeper(self) -> Result<Self, Error> {
        if self.depth >= MAX_DEPTH {
            return Err(Problem::TooDeep.into());
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }
}

/// Methods for numbers, which differ in their argument only.
macro_rules! numbers {
    ($($method:ident: $type:ty => $write:ident;)*) => {$(
        fn $method(self, number: $type) -> Result<(), Error> {
            let mut text = String::new();
            number::$write(&mut text, number);
            self.serialize_str(&text)
        }
    )*};
}

/// What can't be a key.
type Never = Impossible<(), Error>;

impl Serializer for Key<'_, '_> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Never;
    type SerializeTuple = Never;
    type SerializeTupleStruct = Never;
    type SerializeTupleVariant = Never;
    type SerializeMap = Never;
    type SerializeStruct = Never;
    type SerializeStructVariant = Never;

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
        self.serialize_str(if bool { "true" } else { "false" })
    }

    fn serialize_char(self, char: char) -> Result<(), Error> {
        self.serialize_str(char.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, text: &str) -> Result<(), Error> {
        self.writer.key(self.indent, text);
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
        self.serialize_str("null")
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
        _: &'static str,
        _: &T,
    ) -> Result<(), Error> {
        Err(Problem::Key("a variant with content").into())
    }

    fn serialize_seq(self, _len: Option<usize>) -> Result<Never, Error> {
        Err(Problem::Key("a sequence").into())
    }

    fn serialize_tuple(self, _len: usize) -> Result<Never, Error> {
        Err(Problem::Key("a tuple").into())
    }

    fn serialize_tuple_struct(self, _: &'static str, _len: usize) -> Result<Never, Error> {
        Err(Problem::Key("a tuple").into())
    }

    fn serialize_tuple_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> Result<Never, Error> {
        Err(Problem::Key("a variant with content").into())
    }

    fn serialize_map(self, _len: Option<usize>) -> Result<Never, Error> {
        Err(Problem::Key("a mapping").into())
    }

    fn serialize_struct(self, _: &'static str, _len: usize) -> Result<Never, Error> {
        Err(Problem::Key("a struct").into())
    }

    fn serialize_struct_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> Result<Never, Error> {
        Err(Problem::Key("a variant with content").into())
    }
}
