//! Certificates.

use hcl::expr::{BinaryOp, BinaryOperator, Expression, ForExpr, FuncCall, Variable};

use crate::kind::{CertificateArn, DomainName, Text};
use crate::root::Handle;
use crate::schema::resource;
use crate::value::{List, Map, Ref, Value, traversal};

resource! {
    /// A certificate, renewed by AWS as long as its validation records are there.
    pub struct Certificate = "aws_acm_certificate" {
        /// Where it is, if not in the region of the root.
        optional region: Value<'r, Text>,
        required domain_name: Value<'r, DomainName>,
        optional subject_alternative_names: List<'r, DomainName>,
        required validation_method: Value<'r, Text>,
        optional tags: Map<'r>,
    }
    reads { arn: CertificateArn }

    /// Waits until a certificate is issued.
    pub struct CertificateValidation = "aws_acm_certificate_validation" {
        optional region: Value<'r, Text>,
        required certificate_arn: Value<'r, CertificateArn>,
        optional validation_record_fqdns: List<'r, DomainName>,
    }
    reads { certificate_arn: CertificateArn }
}

/// A part of the record by which ACM finds out whose a domain is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validation {
    /// Its name.
    Name,
    /// Its type.
    Type,
    /// Its value.
    Value,
}

impl<'r> Handle<'r, Certificate<'r>> {
    /// The record that validates one of the certificate's domains. The provider keeps them as a set, so it is looked for:
    /// `one([for option in … : option.resource_record_name if option.domain_name == "…"])`.
    ///
    /// The provider's documentation has one record for all of them, with `for_each`. Here each domain is known when the
    /// file is written, so each has a record of its own, with an address that says whose it is.
    pub fn validation(&self, domain: &str, part: Validation) -> Ref<'r, Text> {
        let field = match part {
            Validation::Name => "resource_record_name",
            Validation::Type => "resource_record_type",
            Validation::Value => "resource_record_value",
        };
        let options = self.attribute::<Text>("domain_validation_options").text().expression;
        let same = BinaryOp::new(
            traversal(&["option", "domain_name"]),
            BinaryOperator::Eq,
            Expression::String(domain.to_owned()),
        );
        let option = Variable::sanitized("option").into_inner();
        let found = ForExpr::new(option, options, traversal(&["option", field]))
            .with_cond_expr(Expression::from(hcl::expr::Operation::from(same)));
        Ref::raw(Expression::from(FuncCall::builder("one").arg(Expression::from(found)).build()))
    }
}
