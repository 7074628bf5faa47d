//! Root modules of random topologies: all are formatted, and the real terraform finds those of some valid.

use std::fs;

use super::{Outcome, Scene, terraform, tools};

/// So many topologies are generated, and their files held against `terraform fmt`, which is fast.
const FORMATTED: u32 = 200;

pub(super) fn random(scene: &Scene<'_>) -> Outcome {
    if let Some(missing) = terraform::missing(scene) {
        return missing;
    }
    let folder = scene.target.join("waard-random");
    if folder.exists()
        && let Err(error) = fs::remove_dir_all(&folder)
    {
        return Outcome::Failed(format!("can't remove {}: {error}", folder.display()));
    }
    let count = FORMATTED.max(scene.random);
    scene
        .console
        .say(format_args!("{count} topologies of the seed {}, {} of them validated", scene.seed, scene.random));
    // The random topologies are for tests, and the command line is built without them.
    let mut command = match tools::example(scene, "random_roots") {
        Ok(command) => command,
        Err(outcome) => return outcome,
    };
    command.arg(&folder).args([count.to_string(), scene.seed.to_string()]);
    match tools::output(&mut command) {
        Ok(output) if output.status.success() => {}
        Ok(output) => return Outcome::Failed(tools::said(&output)),
        Err(error) => return tools::not_started("random_roots", &error),
    }
    let mut faults: Vec<String> = terraform::formatted(&folder).into_iter().collect();
    let files = match tools::files_below(&folder) {
        Ok(files) => files,
        Err(error) => return Outcome::Failed(format!("can't list {}: {error}", folder.display())),
    };
    let some: Vec<_> = (0..scene.random).map(|number| folder.join(format!("{number:03}"))).collect();
    let roots: Vec<_> =
        terraform::roots(&files).into_iter().filter(|root| some.iter().any(|one| root.starts_with(one))).collect();
    faults.extend(terraform::check(scene, &roots, false).1);
    let (random, seed) = (scene.random, scene.seed);
    terraform::verdict(
        scene,
        &faults,
        format!("{count} topologies formatted, {random} with {} root modules validated; --seed {seed}", roots.len()),
    )
}
