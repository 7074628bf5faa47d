//! Values of arguments: known ones and references, typed by what they are.
//!
//! A [`Value`] is either written out or a [`Ref`] to an attribute of something else in the same root. `A` says what it is
//! (the id of a VPC, the ARN of a role), so that a subnet can't stand where a role belongs; `'r` says in which root,
//! so that a reference can't leave it. Only what owns an attribute makes a reference to it.

use std::marker::PhantomData;

use hcl::expr::{
    Expression, FuncCall, Heredoc, HeredocStripMode, Object, ObjectKey, TemplateExpr, Traversal, TraversalOperator,
    Variable,
};
use hcl::{Identifier, Number};

use crate::kind::{Kind, Textual};

/// The root that a value belongs to: two are never the same.
pub(crate) type Brand<'r> = PhantomData<fn(&'r ()) -> &'r ()>;

/// A value of an argument.
#[derive(Debug)]
pub struct Value<'r, A: Kind> {
    pub(crate) expression: Expression,
    of: PhantomData<fn() -> A>,
    root: Brand<'r>,
}

/// A reference to an attribute of something in the root `'r`.
#[derive(Debug)]
pub struct Ref<'r, A: Kind> {
    expression: Expression,
    of: PhantomData<fn() -> A>,
    root: Brand<'r>,
}

impl<A: Kind> Clone for Value<'_, A> {
    fn clone(&self) -> Self {
        Self::raw(self.expression.clone())
    }
}

impl<A: Kind> Clone for Ref<'_, A> {
    fn clone(&self) -> Self {
        Self::raw(self.expression.clone())
    }
}

impl<'r, A: Kind> From<Ref<'r, A>> for Value<'r, A> {
    fn from(reference: Ref<'r, A>) -> Self {
        Self::raw(reference.expression)
    }
}

impl<'r, A: Kind> From<&Ref<'r, A>> for Value<'r, A> {
    fn from(reference: &Ref<'r, A>) -> Self {
        Self::raw(reference.expression.clone())
    }
}

impl<A: Kind> Value<'_, A> {
    /// A value that is known now. Whatever it contains, it stands for itself: nothing in it is a template.
    ///
    /// ```
    /// use waard_model::path::ModelPath;
    /// use waard_tf::{Map, Root, Settings, resource::vpc::Vpc};
    /// let files = Root::build(&["lab"], ModelPath::ROOT, &Settings::example(), |root| {
    ///     root.file("main", "");
    ///     let tags: Map<'_> = [("a \"${b}\"", "50%{\n")].into_iter().collect();
    ///     root.resource("lab", Vpc { tags: Some(tags), ..Vpc::new("10.0.0.0/16") });
    /// });
    /// assert!(files[0].text().contains(r#""a \"$${b}\"" = "50%%{\n""#));
    /// ```
    pub fn known(text: impl Into<String>) -> Self {
        Self::raw(Expression::String(text.into()))
    }

    pub(crate) fn raw(expression: Expression) -> Self {
        Self { expression, of: PhantomData, root: PhantomData }
    }
}

impl<A: Textual> From<&str> for Value<'_, A> {
    fn from(text: &str) -> Self {
        Self::known(text)
    }
}

impl<A: Textual> From<String> for Value<'_, A> {
    fn from(text: String) -> Self {
        Self::known(text)
    }
}

impl<A: Textual> From<&String> for Value<'_, A> {
    fn from(text: &String) -> Self {
        Self::known(text.as_str())
    }
}

impl<'r, A: Kind> Ref<'r, A> {
    pub(crate) fn raw(expression: Expression) -> Self {
        Self { expression, of: PhantomData, root: PhantomData }
    }

    /// The same value where any text may stand, such as in the value of a tag.
    pub fn text(&self) -> Value<'r, crate::kind::Text> {
        Value::raw(self.expression.clone())
    }

    /// Stands where nothing is: for code that can't be reached, so that emitting never fails.
    pub(crate) fn none() -> Self {
        Self::raw(Expression::String(String::new()))
    }

    /// The value itself, where one of its kind is wanted.
    pub fn value(&self) -> Value<'r, A> {
        self.into()
    }
}

/// The start of a reference: `aws_vpc.main`, `data.aws_caller_identity.current`.
pub(crate) fn traversal(parts: &[&str]) -> Expression {
    let mut parts = parts.iter();
    let first = parts.next().copied().unwrap_or("_");
    let operators: Vec<TraversalOperator> =
        parts.map(|part| TraversalOperator::GetAttr(Identifier::sanitized(part))).collect();
    Expression::from(Traversal::new(Variable::sanitized(first), operators))
}

/// An attribute of the first block of that name: `aws_x.y.block[0].name`.
pub(crate) fn indexed(parts: &[String], block: &str, name: &str) -> Expression {
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let start = Variable::sanitized(parts.first().copied().unwrap_or("_"));
    let get = |part: &str| TraversalOperator::GetAttr(Identifier::sanitized(part));
    let mut operators: Vec<TraversalOperator> = parts.iter().skip(1).map(|part| get(part)).collect();
    operators.extend([get(block), TraversalOperator::Index(Expression::Number(0.into())), get(name)]);
    Expression::from(Traversal::new(start, operators))
}

/// An attribute of the first one within the first one of each: `aws_x.y.outer[0].inner[0].name`.
pub(crate) fn indexed_within(parts: &[String], outer: &str, inner: &str, name: &str) -> Expression {
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let start = Variable::sanitized(parts.first().copied().unwrap_or("_"));
    let get = |part: &str| TraversalOperator::GetAttr(Identifier::sanitized(part));
    let first = || TraversalOperator::Index(Expression::Number(0.into()));
    let mut operators: Vec<TraversalOperator> = parts.iter().skip(1).map(|part| get(part)).collect();
    operators.extend([get(outer), first(), get(inner), first(), get(name)]);
    Expression::from(Traversal::new(start, operators))
}

/// An argument, or one in the first block of a name, as `ignore_changes` has it: `scaling_config[0].desired_size`.
pub(crate) fn argument_path(path: &str) -> Expression {
    match path.split_once("[0].") {
        Some((block, name)) => {
            let operators = vec![
                TraversalOperator::Index(Expression::Number(0.into())),
                TraversalOperator::GetAttr(Identifier::sanitized(name)),
            ];
            Expression::from(Traversal::new(Variable::sanitized(block), operators))
        }
        None => Expression::from(Variable::sanitized(path)),
    }
}

/// One part of a text that is put together.
#[derive(Clone, Debug)]
pub enum Part<'r> {
    /// Text that stands for itself.
    Literal(String),
    /// A value that is known later.
    Value(Value<'r, crate::kind::Text>),
}

impl From<&str> for Part<'_> {
    fn from(text: &str) -> Self {
        Self::Literal(text.to_owned())
    }
}

impl From<String> for Part<'_> {
    fn from(text: String) -> Self {
        Self::Literal(text)
    }
}

impl<'r, A: Kind> From<Ref<'r, A>> for Part<'r> {
    fn from(reference: Ref<'r, A>) -> Self {
        Self::Value(reference.text())
    }
}

impl<'r, A: Kind> From<&Ref<'r, A>> for Part<'r> {
    fn from(reference: &Ref<'r, A>) -> Self {
        Self::Value(reference.text())
    }
}

/// Puts a text together. Only the references in it are templates.
///
/// ```
/// use waard_model::path::ModelPath;
/// use waard_tf::resource::{logs::LogGroup, vpc::Vpc};
/// use waard_tf::{Root, Settings, Text, Value, join};
/// let files = Root::build(&["lab"], ModelPath::ROOT, &Settings::example(), |root| {
///     root.file("main", "");
///     let vpc = root.resource("lab", Vpc::new("10.0.0.0/16"));
///     let name: Value<'_, Text> = join(["/vpc/".into(), vpc.id().into(), "/${x}".into()]);
///     root.resource("lab", LogGroup::new(name, 90));
/// });
/// assert!(files[0].text().contains(r#"name              = "/vpc/${aws_vpc.lab.id}/$${x}""#));
/// ```
pub fn join<'r, A: Kind>(parts: impl IntoIterator<Item = Part<'r>>) -> Value<'r, A> {
    let mut template = String::new();
    let mut literal = String::new();
    let mut known = true;
    for part in parts {
        match part {
            Part::Literal(text) => literal.push_str(&text),
            Part::Value(value) => {
                known = false;
                template.push_str(&crate::write::escaped(&literal, true));
                literal.clear();
                template.push_str("${");
                template.push_str(&crate::write::inline(&value.expression));
                template.push('}');
            }
        }
    }
    if known {
        return Value::known(literal);
    }
    template.push_str(&crate::write::escaped(&literal, false));
    Value::raw(Expression::from(TemplateExpr::QuotedString(template)))
}

/// `base64encode("…")` of a text that is known now: it can be read where it is written.
pub fn base64<'r>(text: impl Into<String>) -> Value<'r, crate::kind::Text> {
    Value::raw(Expression::from(FuncCall::builder("base64encode").arg(Expression::String(text.into())).build()))
}

/// A text of several lines, such as code, as a heredoc. Nothing in it is a template.
pub(crate) fn lines<'r>(text: &str) -> Value<'r, crate::kind::Text> {
    let text = text.replace("${", "$${").replace("%{", "%%{");
    let delimiter = Identifier::sanitized("EOT");
    Value::raw(Expression::from(TemplateExpr::Heredoc(
        Heredoc::new(delimiter, text).with_strip_mode(HeredocStripMode::Indent),
    )))
}

/// A list of values of one kind.
#[derive(Clone, Debug)]
pub struct List<'r, A: Kind>(pub(crate) Vec<Value<'r, A>>);

impl<'r, A: Kind, V: Into<Value<'r, A>>> FromIterator<V> for List<'r, A> {
    fn from_iter<I: IntoIterator<Item = V>>(values: I) -> Self {
        Self(values.into_iter().map(Into::into).collect())
    }
}

impl<'r, A: Kind, V: Into<Value<'r, A>>, const N: usize> From<[V; N]> for List<'r, A> {
    fn from(values: [V; N]) -> Self {
        values.into_iter().collect()
    }
}

impl<A: Kind> List<'_, A> {
    /// True if nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A map whose keys and values are texts, such as tags.
#[derive(Clone, Debug, Default)]
pub struct Map<'r>(pub(crate) Vec<(String, Value<'r, crate::kind::Text>)>);

impl<'r, K: Into<String>, V: Into<Value<'r, crate::kind::Text>>> FromIterator<(K, V)> for Map<'r> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
    }
}

/// The tag `Name`.
pub fn name_tag<'r>(name: impl Into<String>) -> Map<'r> {
    [("Name", Value::known(name))].into_iter().collect()
}

/// A document that AWS reads as JSON, with references in it: an IAM policy, settings of an add-on.
/// Written as `jsonencode(…)`, so that it can be read and compared.
#[derive(Clone, Debug)]
pub enum Json<'r> {
    /// A text.
    Text(Value<'r, crate::kind::Text>),
    /// A whole number.
    Number(i64),
    /// True or false.
    Bool(bool),
    /// A list.
    List(Vec<Json<'r>>),
    /// An object.
    Object(Vec<(String, Json<'r>)>),
}

impl Json<'_> {
    /// An object of pairs, in their order.
    pub fn object<K: Into<String>, V: Into<Self>>(pairs: impl IntoIterator<Item = (K, V)>) -> Self {
        Self::Object(pairs.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
    }

    /// A list.
    pub fn list<V: Into<Self>>(values: impl IntoIterator<Item = V>) -> Self {
        Self::List(values.into_iter().map(Into::into).collect())
    }

    /// A document that somebody else wrote as JSON. Numbers that are no whole ones become texts.
    pub fn of(value: &serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Self::Object(Vec::new()),
            serde_json::Value::Bool(value) => Self::Bool(*value),
            serde_json::Value::Number(number) => {
                number.as_i64().map_or_else(|| Self::from(number.to_string()), Self::Number)
            }
            serde_json::Value::String(text) => Self::from(text.as_str()),
            serde_json::Value::Array(values) => Self::List(values.iter().map(Self::of).collect()),
            serde_json::Value::Object(map) => {
                Self::Object(map.iter().map(|(key, value)| (key.clone(), Self::of(value))).collect())
            }
        }
    }

    pub(crate) fn expression(&self) -> Expression {
        match self {
            Self::Text(value) => value.expression.clone(),
            Self::Number(number) => Expression::Number(Number::from(*number)),
            Self::Bool(value) => Expression::Bool(*value),
            Self::List(values) => Expression::Array(values.iter().map(Self::expression).collect()),
            Self::Object(pairs) => {
                let pairs = pairs.iter().map(|(key, value)| (object_key(key), value.expression()));
                Expression::Object(pairs.collect::<Object<_, _>>())
            }
        }
    }

    /// `jsonencode(…)`.
    pub(crate) fn encoded(&self) -> Expression {
        Expression::from(FuncCall::builder("jsonencode").arg(self.expression()).build())
    }
}

impl From<&str> for Json<'_> {
    fn from(text: &str) -> Self {
        Self::Text(Value::known(text))
    }
}

impl From<String> for Json<'_> {
    fn from(text: String) -> Self {
        Self::Text(Value::known(text))
    }
}

impl<'r, A: Kind> From<Ref<'r, A>> for Json<'r> {
    fn from(reference: Ref<'r, A>) -> Self {
        Self::Text(reference.text())
    }
}

impl<'r> From<Value<'r, crate::kind::Text>> for Json<'r> {
    fn from(value: Value<'r, crate::kind::Text>) -> Self {
        Self::Text(value)
    }
}

impl From<i64> for Json<'_> {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Json<'_> {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

/// Bare where it is an identifier, quoted where not.
pub(crate) fn object_key(key: &str) -> ObjectKey {
    let mut characters = key.chars();
    let start = characters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_');
    let word = start && characters.all(|character| character.is_ascii_alphanumeric() || character == '_');
    // `for` and the like would begin an expression.
    if word && !matches!(key, "for" | "if" | "in" | "true" | "false" | "null" | "else" | "endif" | "endfor") {
        ObjectKey::Identifier(Identifier::sanitized(key))
    } else {
        ObjectKey::Expression(Expression::String(key.to_owned()))
    }
}
