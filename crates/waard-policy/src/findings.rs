//! What rules say.

use crate::edit::Edit;
use crate::place::{Place, Placed};
use crate::rule::{Rule, Severity};

/// Where a rule puts what it finds.
#[derive(Debug)]
pub struct Findings<'r> {
    rule: &'r Rule,
    pub(crate) looked_at: u64,
    pub(crate) drafts: Vec<Draft>,
    pub(crate) unknowns: Vec<(Place, String)>,
}

/// A finding while its rule writes it.
#[derive(Debug)]
pub struct Draft {
    pub(crate) place: Place,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
    pub(crate) counterexample: Option<String>,
    pub(crate) related: Vec<(Place, String)>,
    pub(crate) severity: Option<Severity>,
    pub(crate) fix: Vec<Edit>,
}

impl<'r> Findings<'r> {
    pub(crate) const fn new(rule: &'r Rule) -> Self {
        Self { rule, looked_at: 0, drafts: Vec::new(), unknowns: Vec::new() }
    }

    /// The rule that is running.
    pub const fn rule(&self) -> &'r Rule {
        self.rule
    }

    /// The rule judged one thing. What it doesn't apply to isn't looked at.
    pub fn looked_at_one(&mut self) {
        self.looked_at += 1;
    }

    /// Reports what is wrong, with the values, at the place that somebody has to change.
    pub fn report(&mut self, at: impl Placed, message: impl Into<String>) -> &mut Draft {
        self.drafts.push(Draft {
            place: at.place(),
            message: message.into(),
            help: None,
            counterexample: None,
            related: Vec::new(),
            severity: None,
            fix: Vec::new(),
        });
        let last = self.drafts.len() - 1;
        #[expect(clippy::indexing_slicing, reason = "it was pushed just now")]
        &mut self.drafts[last]
    }

    /// Says that one of the things that were looked at can't be judged, and why.
    pub fn unknown(&mut self, at: impl Placed, why: impl Into<String>) {
        self.unknowns.push((at.place(), why.into()));
    }
}

impl Draft {
    /// What to do.
    pub fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    /// Another place that belongs to it, with a remark.
    pub fn related(&mut self, at: impl Placed, remark: impl Into<String>) -> &mut Self {
        self.related.push((at.place(), remark.into()));
        self
    }

    /// The smallest case that shows what is wrong: "pod api-0: taint a=b:NoSchedule blocks 3 of 3 node groups".
    pub fn counterexample(&mut self, text: impl Into<String>) -> &mut Self {
        self.counterexample = Some(text.into());
        self
    }

    /// A severity of its own, where a rule finds worse and better things.
    pub fn severity(&mut self, severity: Severity) -> &mut Self {
        self.severity = Some(severity);
        self
    }
    /// A mend that is safe and mechanical, which `--fix` applies: all of the edits, or none where one of them is in the
    /// way of another finding's. The rule says [`fixable`](Rule::fixable). Without edits there is no mend.
    pub fn fix(&mut self, edits: impl IntoIterator<Item = Edit>) -> &mut Self {
        self.fix.extend(edits);
        self
    }
}
