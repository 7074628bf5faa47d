//! The account that a root is applied in.

use crate::kind::AccountIdOf;
use crate::schema::data;

data! {
    /// The account of whoever applies.
    pub struct CallerIdentity = "aws_caller_identity" {}
    reads { account_id: AccountIdOf }
}
