//! What can be said on the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use crate::check::output::Output;

const EXIT_CODES: &str = "\
Exit codes: 0 clean; 1 findings, or files out of date; 2 bad usage or a bad topology; 3 the outside world failed.
Results go to standard output, everything else to standard error. Colour only on a terminal, off with NO_COLOR.";

/// One typed topology, and everything the platform is made of.
#[derive(Debug, Parser)]
#[command(name = "xtask", bin_name = "cargo xtask", version, after_help = EXIT_CODES, propagate_version = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Generate the platform's files from its topology
    Gen(Gen),
    /// Judge a platform: a topology, generated files, or somebody's own manifests and Terraform
    Check(CheckArguments),
    /// Print the page of a rule, or list the rules
    Explain(Explain),
    /// Change a good platform in one way for each rule, and see whether the rule says so
    Mutate(Mutate),
    /// Write the pages of the rules to docs/rules
    Docs(Docs),
    /// Forecast whether a platform will meet its targets
    Forecast(ForecastArguments),
    /// Print the JSON Schema of a topology file, for editors
    Schema(Schema),
    /// Print the completions for a shell
    Completions(Completions),
    /// Make the facts about custom resources from the files that define them
    Crds(Crds),
    /// Make the facts about resource types of Terraform from the provider's schema
    ProviderSchema(ProviderSchema),
    /// Run every check that continuous integration runs
    Ci(Ci),
}

#[derive(Args, Debug)]
#[command(
    long_about = "Generate the platform's files from its topology.\n\n\
        Writes the files of each topology to DIR/<platform>/. Only what changed is touched, and what an earlier run wrote \
        and is no longer generated is removed. If a file was edited by hand, nothing is written and it is reported.\n\n\
        What would change is judged first, by the rules of `check`: with an error among them nothing is written.",
    after_help = "\
Examples:
  cargo xtask gen                                     write fixtures/waardhaven/waard.yaml to dist/waardhaven/
  cargo xtask gen platform.yaml --out build           write build/<platform>/
  cargo xtask gen --check                             exit 1 if a run would change anything, or strays are there
  cargo xtask gen --diff | less                       see what a run would change
  cargo xtask gen shop.yaml --into deploy --overwrite take the generated text over edits, kept as <file>.orig"
)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of its own, and clap keeps apart what excludes each other"
)]
pub(crate) struct Gen {
    /// Topology files [default: fixtures/waardhaven/waard.yaml]
    #[arg(value_name = "TOPOLOGY")]
    pub(crate) topologies: Vec<PathBuf>,
    /// Folder for the folders of the platforms [default: dist]
    #[arg(long, value_name = "DIR", conflicts_with = "into")]
    pub(crate) out: Option<PathBuf>,
    /// Folder for the files of the one topology themselves, instead of one below --out
    #[arg(long, value_name = "DIR")]
    pub(crate) into: Option<PathBuf>,
    /// Write nothing; list the files that are missing, different, or not generated
    #[arg(long, conflicts_with = "diff")]
    pub(crate) check: bool,
    /// Write nothing; show what would change as unified diffs
    #[arg(long)]
    pub(crate) diff: bool,
    /// Take the generated text where somebody edited a file or put one of their own, and keep theirs as <file>.orig
    #[arg(long, conflicts_with_all = ["check", "diff"])]
    pub(crate) overwrite: bool,
    /// Write even if the rules of `check` find errors in what is generated; they are shown
    #[arg(long, conflicts_with_all = ["check", "diff"])]
    pub(crate) allow_errors: bool,
    /// The day for which the rules judge; what is generated doesn't depend on it [default: today]
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<String>,
    /// The configuration of the rules [default: waard-policy.toml, if it is there]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Args, Debug)]
#[command(
    long_about = "Judge a platform: a topology, generated files, or somebody's own manifests and Terraform.\n\n\
        Everything that is given is judged together, as one platform. If only topologies are given, what would be \
        generated from them is judged with them.",
    after_help = "\
Examples:
  cargo xtask check                                   judge fixtures/waardhaven/waard.yaml and what it generates
  cargo xtask check k8s terraform eks.yaml            judge folders and files together
  cargo xtask check . --format json > findings.json   for other tools
  cargo xtask check . --format github                 annotations in a workflow of GitHub
  cargo xtask check . --output sarif=waard.sarif      for code scanning, beside what is shown
  cargo xtask check . --only terraform --fail-on info one group of rules, and fail for anything
  cargo xtask check . --write-baseline known.json     start from what is there, and from then on
  cargo xtask check . --baseline known.json           fail for what is new
  cargo xtask check . --fix --diff                    see what can be mended safely; without --diff it is

Exit codes:
  0   nothing from --fail-on on was found
  1   something was; with --diff, something would be mended
  2   bad usage
  3   the disk, or what else is outside, failed"
)]
pub(crate) struct CheckArguments {
    /// Files and folders [default: fixtures/waardhaven/waard.yaml]
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// How to show what is found, on standard output [default: human]
    #[arg(long, value_name = "FORMAT", value_enum)]
    pub(crate) format: Option<Format>,
    /// Write a report to a file too, which is replaced as a whole; `-` is standard output. May be given several times
    #[arg(long = "output", value_name = "FORMAT=FILE")]
    pub(crate) outputs: Vec<Output>,
    /// The day to judge for [default: today]
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<String>,
    /// Exit 1 from this severity on
    #[arg(long, value_name = "SEVERITY", value_enum, default_value = "error")]
    pub(crate) fail_on: Gate,
    /// The configuration [default: waard-policy.toml, if it is there]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Show and count only what is not in this baseline
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// Write what is found to a baseline; beside --baseline only what of it is still found
    #[arg(long, value_name = "FILE")]
    pub(crate) write_baseline: Option<PathBuf>,
    /// Mend what can be mended safely, then judge what is left
    #[arg(long)]
    pub(crate) fix: bool,
    /// With --fix: write nothing, and show what would change as unified diffs
    #[arg(long, requires = "fix", conflicts_with_all = ["format", "outputs", "write_baseline"])]
    pub(crate) diff: bool,
    /// Only these rules or groups
    #[arg(long, value_name = "RULE")]
    pub(crate) only: Vec<String>,
}

/// How `check` shows what it finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// Excerpts of the files, and a summary
    Human,
    /// One document, versioned
    Json,
    /// Annotations of GitHub's workflows
    Github,
    /// SARIF 2.1.0, with the pages of the rules
    Sarif,
    /// JUnit XML, a test case for each rule
    Junit,
    /// A comment on a pull request
    Markdown,
}

/// From where on `check` fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Gate {
    /// Errors
    Error,
    /// Warnings and errors
    Warning,
    /// Anything
    Info,
}

#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cargo xtask explain                                 list the rules
  cargo xtask explain schedule/no-home-for-pod        print its page")]
pub(crate) struct Explain {
    /// The id of a rule
    #[arg(value_name = "RULE")]
    pub(crate) rule: Option<String>,
}

#[derive(Args, Debug)]
#[command(
    long_about = "Change a good platform in one way for each rule, and see whether the rule says so.\n\n\
        The changes stand in fixtures/mutations. A mutation is caught if its rule, and no other than those that it \
        names, reports something that isn't reported of the good platform.",
    after_help = "\
Examples:
  cargo xtask mutate                                  all of them: caught/total, and exit 1 if one is missed
  cargo xtask mutate schedule                         those of a group
  cargo xtask mutate schedule/no-home-for-pod         one"
)]
pub(crate) struct Mutate {
    /// Only these rules or groups
    #[arg(value_name = "RULE")]
    pub(crate) only: Vec<String>,
}

#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cargo xtask docs                                    write docs/rules, if anything is to change
  cargo xtask docs --check                            exit 1 if it is out of date")]
pub(crate) struct Docs {
    /// The folder [default: docs/rules]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Write nothing; list the pages that are out of date
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cargo xtask schema                                  print it
  cargo xtask schema --out docs/waard.schema.json     write it
  cargo xtask schema --check                          exit 1 if docs/waard.schema.json is out of date")]
pub(crate) struct Schema {
    /// Write to a file, if it is to change [default: print; with --check docs/waard.schema.json]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Write nothing; exit 1 if the file is out of date
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  xtask completions bash > ~/.local/share/bash-completion/completions/xtask
  xtask completions zsh > ~/.zfunc/_xtask")]
pub(crate) struct Completions {
    /// The shell
    pub(crate) shell: Shell,
}

#[derive(Args, Debug)]
#[command(
    long_about = "Make the facts about custom resources from the files that define them.\n\n\
        crates/waard-catalog/facts/kinds.csv lists the kinds, with the repository, tag and file of each. For those that are \
        found, the facts in crates/waard-catalog/facts/crds are written anew.",
    after_help = "\
Examples:
  cargo xtask crds ~/src/strimzi-kafka-operator       a clone, read at the tag of the list
  cargo xtask crds vpa-v1-crd-gen.yaml schema.json    files, which should be those of that tag"
)]
pub(crate) struct Crds {
    /// Clones of the repositories of the list, folders with their files, or single files
    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// Write nothing; exit 1 if facts are out of date
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Args, Debug)]
#[command(
    long_about = "Make the facts about resource types of Terraform from the provider's schema.\n\n\
        The facts of every type that crates/waard-tf/src/resource declares are written anew in crates/waard-tf/facts, and \
        those of other types removed. crates/waard-tf/facts/provider.csv names the release of which the document must be.",
    after_help = "\
Examples:
  terraform providers schema -json | cargo xtask provider-schema -
  gzip -dc aws/6.69.1.json.gz | cargo xtask provider-schema - --check"
)]
pub(crate) struct ProviderSchema {
    /// What `terraform providers schema -json` printed; `-` reads it from standard input
    #[arg(value_name = "FILE")]
    pub(crate) document: PathBuf,
    /// Write nothing; exit 1 if facts are out of date
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Args, Debug)]
#[command(
    long_about = "Run every check that continuous integration runs, and say what failed and what was skipped and why.\n\n\
        With CI=true in the environment a missing tool is a failure; elsewhere what needs it is skipped.",
    after_help = "\
Examples:
  cargo xtask ci
  cargo xtask ci fmt goldens schema                   only these
  WAARD_PYTHON=~/.venv/bin/python cargo xtask ci objects
  cargo xtask ci random --random 50 --seed 7          a long run, with other topologies than the usual ones
  cargo xtask ci judge --random 500                   judges what is generated from so many of them

Environment:
  WAARD_SHARED   the folder of the outside checks [default: ../shared]
  WAARD_PYTHON   the Python that runs them [default: target/ci-venv/bin/python]
  CI             true: skip nothing"
)]
pub(crate) struct Ci {
    /// Only these checks [default: all]
    #[arg(value_name = "CHECK", value_enum)]
    pub(crate) checks: Vec<Check>,
    /// Validate the root modules of so many random topologies, and judge so many if they are more than 100
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub(crate) random: u32,
    /// Which random topologies: the same seed gives the same ones
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(crate) seed: u64,
}

/// One check of `ci`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Check {
    /// The code is formatted
    Fmt,
    /// Clippy has nothing to say
    Clippy,
    /// The documentation builds without warnings
    Doc,
    /// The generated files of the fixtures are up to date
    Goldens,
    /// The JSON Schema is up to date
    Schema,
    /// The pages of the rules are up to date
    Rules,
    /// What is generated from random topologies has no error
    Judge,
    /// The real Kubernetes schemas accept every generated object
    Objects,
    /// checkov finds nothing in generated manifests and root modules that is not waived
    Checkov,
    /// promtool accepts every alert, and they are there when they should be
    Alerts,
    /// kubectl renders every kustomization
    Kustomize,
    /// The real terraform formats, validates, plans and tests every root module
    Terraform,
    /// The same for root modules of random topologies, without plans
    Random,
}

#[derive(Args, Debug)]
#[command(
    long_about = "Forecast whether a platform will meet its targets, before anything of it is applied.\n\n\
        Every number has its unit, what is expected and what to plan with (19 times of 20, or at the most), and rests on \
        assumptions that are named; docs/forecast.md has their sources. The same seed gives the same answer.",
    after_help = "\
Examples:
  cargo xtask forecast                                forecast fixtures/waardhaven/waard.yaml
  cargo xtask forecast shop.yaml --format markdown    for a pull request
  cargo xtask forecast --set demand.users=20000       with another demand
  cargo xtask forecast --set node-group.launch=75     with what was measured; also 60..110, 60..75..110, 60~110
  cargo xtask forecast --format json > forecast.json  for other tools

Exit codes:
  0   no target is missed
  1   one is
  2   bad usage, or a bad topology"
)]
pub(crate) struct ForecastArguments {
    /// The topology [default: fixtures/waardhaven/waard.yaml]
    #[arg(value_name = "TOPOLOGY")]
    pub(crate) topology: Option<PathBuf>,
    /// How to show it
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "human")]
    pub(crate) format: ForecastFormat,
    /// Another value of an assumption, or of the demand
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) set: Vec<String>,
    /// The day for which support periods and prices are judged [default: today]
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<String>,
    /// How many times each simulation of scaling is run
    #[arg(long, value_name = "N", default_value = "200")]
    pub(crate) runs: std::num::NonZeroUsize,
    /// The seed of everything that is drawn
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(crate) seed: u64,
}

/// How `forecast` shows what it finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ForecastFormat {
    /// Tables
    Human,
    /// One document, versioned
    Json,
    /// A comment on a pull request
    Markdown,
}
