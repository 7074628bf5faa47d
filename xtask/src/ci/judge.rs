//! What is generated from random topologies is judged by all rules, and has no error.

use super::{Outcome, Scene, tools};

/// So many topologies are judged at least.
const JUDGED: u32 = 100;

pub(super) fn judge(scene: &Scene<'_>) -> Outcome {
    let count = JUDGED.max(scene.random);
    scene.console.say(format_args!("{count} topologies of the seed {}", scene.seed));
    // The random topologies are for tests, and the command line is built without them.
    let mut command = match tools::example(scene, "judge_random") {
        Ok(command) => command,
        Err(outcome) => return outcome,
    };
    command.args([count.to_string(), scene.seed.to_string()]);
    match tools::output(&mut command) {
        Ok(output) if output.status.success() => {
            let said = String::from_utf8_lossy(&output.stdout);
            Outcome::Passed(said.lines().last().unwrap_or_default().to_owned())
        }
        Ok(output) => Outcome::Failed(tools::said(&output)),
        Err(error) => tools::not_started("judge_random", &error),
    }
}
