//! How a resource, a data source or a nested block is declared: a struct with the provider's argument names.
//!
//! ```text
//! resource! {
//!     /// A subnet of a VPC.
//!     pub struct Subnet = "aws_subnet" {
//!         required vpc_id: Value<'r, VpcId>,
//!         optional map_public_ip_on_launch: bool,
//!     }
//!     reads { id: SubnetId, arn: Text }
//! }
//! ```
//!
//! A required argument is a field, an optional one a field with `Option`. `Subnet::new` takes the required ones in their
//! order, so a missing one is a compile error, and the rest is set with `..`. Arguments are written in the order of their
//! declaration, which is that of the provider's documentation: what it is first, tags after it, nested blocks last.
//! `reads` are the attributes that others may refer to.

use hcl::expr::{Expression, Object};

use crate::kind::Kind;
use crate::value::{Json, List, Map, Value, object_key};
use crate::write::Body;

/// What may be the value of an argument or a nested block.
pub trait Argument {
    /// Writes it into the body of a block.
    #[doc(hidden)]
    fn put(&self, name: &'static str, body: &mut Puts);
}

/// The body of a block that is being written.
#[derive(Debug, Default)]
pub struct Puts(pub(crate) Body);

/// A nested block.
pub trait Nested {
    /// Writes its arguments.
    #[doc(hidden)]
    fn fill(&self, body: &mut Puts);
}

/// A resource type or a data source, with its arguments.
pub trait Typed {
    /// The provider's name of it, such as `aws_subnet`.
    const TYPE: &'static str;

    /// Writes its arguments.
    #[doc(hidden)]
    fn fill(&self, body: &mut Puts);
}

/// A resource: something that is made.
pub trait Resource: Typed {}

/// A data source: something that is looked up.
pub trait Data: Typed {}

/// A value that is there while Terraform runs and is kept nowhere: neither in the state nor in a plan.
pub trait Ephemeral: Typed {}

impl<A: Kind> Argument for Value<'_, A> {
    fn put(&self, name: &'static str, body: &mut Puts) {
        body.0.argument(name, self.expression.clone());
    }
}

impl<A: Kind> Argument for List<'_, A> {
    fn put(&self, name: &'static str, body: &mut Puts) {
        let values = self.0.iter().map(|value| value.expression.clone());
        body.0.argument(name, Expression::Array(values.collect()));
    }
}

impl Argument for Map<'_> {
    fn put(&self, name: &'static str, body: &mut Puts) {
        let pairs = self.0.iter().map(|(key, value)| (object_key(key), value.expression.clone()));
        body.0.argument(name, Expression::Object(pairs.collect::<Object<_, _>>()));
    }
}

impl Argument for Json<'_> {
    fn put(&self, name: &'static str, body: &mut Puts) {
        body.0.argument(name, self.encoded());
    }
}

impl Argument for bool {
    fn put(&self, name: &'static str, body: &mut Puts) {
        body.0.argument(name, Expression::Bool(*self));
    }
}

impl Argument for i64 {
    fn put(&self, name: &'static str, body: &mut Puts) {
        body.0.argument(name, Expression::Number((*self).into()));
    }
}

impl Argument for &'static str {
    fn put(&self, name: &'static str, body: &mut Puts) {
        body.0.argument(name, Expression::String((*self).to_owned()));
    }
}

impl Argument for String {
    fn put(&self, name: &'static str, body: &mut Puts) {
        body.0.argument(name, Expression::String(self.clone()));
    }
}

impl Argument for Vec<i64> {
    fn put(&self, name: &'static str, body: &mut Puts) {
        let values = self.iter().map(|number| Expression::Number((*number).into()));
        body.0.argument(name, Expression::Array(values.collect()));
    }
}

impl<T: Argument> Argument for Option<T> {
    fn put(&self, name: &'static str, body: &mut Puts) {
        if let Some(value) = self {
            value.put(name, body);
        }
    }
}

/// A block that may hold one of its own kind.
impl<B: Nested> Argument for Box<B> {
    fn put(&self, name: &'static str, body: &mut Puts) {
        nested(&**self, name, body);
    }
}

/// A nested block that may be there several times.
impl<B: Nested> Argument for Vec<B> {
    fn put(&self, name: &'static str, body: &mut Puts) {
        for block in self {
            nested(block, name, body);
        }
    }
}

pub(crate) fn nested(block: &impl Nested, name: &'static str, body: &mut Puts) {
    let mut inner = Puts::default();
    block.fill(&mut inner);
    body.0.block(name, inner.0);
}

/// The struct, its constructor, and how its arguments are written.
macro_rules! arguments {
    (@field required $ty:ty) => { $ty };
    (@field optional $ty:ty) => { Option<$ty> };
    (
        $(#[$doc:meta])* $name:ident
        { $( $(#[$fdoc:meta])* $need:ident $field:ident : $ty:ty ),* $(,)? }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name<'r> {
            $( $(#[$fdoc])* #[doc = concat!("`", stringify!($field), "`, ", stringify!($need), ".")]
            pub $field: $crate::schema::arguments!(@field $need $ty), )*
            /// The root that it belongs to.
            #[doc(hidden)]
            pub root: ::std::marker::PhantomData<fn(&'r ()) -> &'r ()>,
        }

        $crate::schema::arguments!(@new $name [] [] $( $need $field : $ty, )*);

        impl $name<'_> {
            #[allow(unused_variables, reason = "not everything has arguments")]
            fn write(&self, body: &mut $crate::schema::Puts) {
                $( $crate::schema::Argument::put(&self.$field, $crate::schema::name_of(stringify!($field)), body); )*
            }
        }
    };
    // Sorts the fields: the required ones become parameters, the optional ones are `None`.
    (@new $name:ident [$($req:ident : $rty:ty,)*] [$($opt:ident,)*] required $field:ident : $ty:ty, $($rest:tt)*) => {
        $crate::schema::arguments!(@new $name [$($req : $rty,)* $field : $ty,] [$($opt,)*] $($rest)*);
    };
    (@new $name:ident [$($req:ident : $rty:ty,)*] [$($opt:ident,)*] optional $field:ident : $ty:ty, $($rest:tt)*) => {
        $crate::schema::arguments!(@new $name [$($req : $rty,)*] [$($opt,)* $field,] $($rest)*);
    };
    (@new $name:ident [$($req:ident : $rty:ty,)*] [$($opt:ident,)*]) => {
        impl<'r> $name<'r> {
            /// With what is required, in the order of the fields, and nothing else.
            #[allow(clippy::too_many_arguments, clippy::new_without_default, reason = "as many as the provider requires")]
            pub fn new($($req: impl Into<$rty>),*) -> Self {
                Self { $($req: $req.into(),)* $($opt: None,)* root: ::std::marker::PhantomData }
            }
        }
    };
}
pub(crate) use arguments;

/// Declares a nested block.
macro_rules! block {
    ($( $(#[$doc:meta])* pub struct $name:ident { $($fields:tt)* } )+) => {
        $(
            $crate::schema::arguments!($(#[$doc])* $name { $($fields)* });

            impl $crate::schema::Nested for $name<'_> {
                fn fill(&self, body: &mut $crate::schema::Puts) {
                    self.write(body);
                }
            }

            impl $crate::schema::Argument for $name<'_> {
                fn put(&self, name: &'static str, body: &mut $crate::schema::Puts) {
                    $crate::schema::nested(self, name, body);
                }
            }
        )+
    };
}
pub(crate) use block;

/// Declares resource types.
macro_rules! resource {
    ($( $(#[$doc:meta])* pub struct $name:ident = $type:literal { $($fields:tt)* } $(reads { $($attr:ident : $kind:ty),* $(,)? })? )+) => {
        $(
            $crate::schema::typed!($(#[$doc])* $name = $type, "resource" { $($fields)* } { $($($attr : $kind),*)? });
            impl $crate::schema::Resource for $name<'_> {}
        )+
    };
}
pub(crate) use resource;

/// Declares data sources.
macro_rules! data {
    ($( $(#[$doc:meta])* pub struct $name:ident = $type:literal { $($fields:tt)* } $(reads { $($attr:ident : $kind:ty),* $(,)? })? )+) => {
        $(
            $crate::schema::typed!($(#[$doc])* $name = $type, "data source" { $($fields)* } { $($($attr : $kind),*)? });
            impl $crate::schema::Data for $name<'_> {}
        )+
    };
}
pub(crate) use data;

/// Declares ephemeral resources.
macro_rules! ephemeral {
    ($( $(#[$doc:meta])* pub struct $name:ident = $type:literal { $($fields:tt)* } $(reads { $($attr:ident : $kind:ty),* $(,)? })? )+) => {
        $(
            $crate::schema::typed!($(#[$doc])* $name = $type, "ephemeral resource" { $($fields)* } { $($($attr : $kind),*)? });
            impl $crate::schema::Ephemeral for $name<'_> {}
        )+
    };
}
pub(crate) use ephemeral;

macro_rules! typed {
    ($(#[$doc:meta])* $name:ident = $type:literal, $what:literal { $($fields:tt)* } { $($attr:ident : $kind:ty),* }) => {
        $crate::schema::arguments!(
            $(#[$doc])* #[doc = concat!("\n\nThe ", $what, " `", $type, "`.")] $name { $($fields)* }
        );

        impl $crate::schema::Typed for $name<'_> {
            const TYPE: &'static str = $type;

            fn fill(&self, body: &mut $crate::schema::Puts) {
                self.write(body);
            }
        }

        impl<'r> $crate::root::Handle<'r, $name<'r>> {
            $(
                #[doc = concat!("Refers to `", stringify!($attr), "`.")]
                pub fn $attr(&self) -> $crate::value::Ref<'r, $kind> {
                    self.attribute($crate::schema::name_of(stringify!($attr)))
                }
            )*
        }
    };
}
pub(crate) use typed;

/// The name of an argument that is a word of Rust: `r#type` is `type`.
pub(crate) fn name_of(field: &'static str) -> &'static str {
    field.strip_prefix("r#").unwrap_or(field)
}
