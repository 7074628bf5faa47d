#!/usr/bin/env python3
"""Which defects of the founding document other tools find, and which waard finds: writes the table of docs/comparison.md.

    .ci/compare/defects.py [--check]

Runs each tool on fixtures/seed, and fails if something that others.csv says of one isn't in what it prints. waard's
column is fixtures/seed/defects.csv, which `cargo test -p xtask` holds against what it reports. `--check` writes nothing,
and fails if the table is out of date.

Tools are looked for on the PATH and beside this Python; WAARD_SHARED is the folder with check-objects and tf-offline.
"""
import collections
import csv
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SEED = ROOT / "fixtures" / "seed"
SHARED = pathlib.Path(os.environ.get("WAARD_SHARED") or ROOT.parent / "shared").resolve()
BESIDE = pathlib.Path(sys.executable).parent
PAGE = ROOT / "docs" / "comparison.md"
BEGIN, END = "<!-- defects: begin -->\n", "<!-- defects: end -->\n"
KAFKA = pathlib.Path("k8s/data-processing/kafka-cluster.yaml")


def program(name):
    beside = BESIDE / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if not found:
        sys.exit(f"{name} is missing: nothing is written, since its column would be")
    return found


def run(command, folder):
    done = subprocess.run([str(part) for part in command], cwd=folder, capture_output=True, text=True)
    text = done.stdout + done.stderr
    # Terraform wraps its messages and draws a box around them.
    return re.sub(r"\s*\n│?\s*", " ", re.sub(r"\x1b\[[0-9;]*m", "", text)) if "terraform" in str(command) or "tf-offline" in str(command) else text


def copied(into):
    folder = pathlib.Path(into) / "seed"
    shutil.copytree(SEED, folder)
    return folder


def yamllint(folder):
    return {"": run([program("yamllint"), "-d", "relaxed", "-f", "parsable", "."], folder)}


def kubernetes_validate(folder):
    files = sorted(str(path.relative_to(folder)) for path in folder.glob("k8s/**/*.yaml"))
    return {"": "".join(run([program("kubernetes-validate"), "-k", "1.36", "--strict", file], folder) for file in files)}


def check_objects(folder):
    check = [sys.executable, SHARED / "kubernetes" / "check-objects", "--kubernetes", "1.36"]
    said = {"": run([*check, "."], folder)}
    text = (folder / KAFKA).read_text()
    repaired = text.replace("-XX:+UseG1GC\n", '-XX:+UseG1GC: ""\n')
    (folder / KAFKA).write_text(repaired)
    said["the YAML is repaired"] = run([*check, KAFKA], folder)
    (folder / KAFKA).write_text(repaired.replace("kafka.strimzi.io/v1beta2", "kafka.strimzi.io/v1"))
    said["the YAML is repaired and says v1"] = run([*check, KAFKA], folder)
    (folder / KAFKA).write_text(text)
    return said


def checkov(folder):
    printed = run([program("checkov"), "-d", ".", "--compact", "--quiet", "-o", "json"], folder)
    start = min(at for at in (printed.find("["), printed.find("{")) if at >= 0)
    reports, _ = json.JSONDecoder().raw_decode(printed[start:])
    lines = []
    for report in reports if isinstance(reports, list) else [reports]:
        for failed in report["results"]["failed_checks"]:
            lines.append(f"{failed['check_id']} {failed['file_path']} {failed['resource']}\n")
    return {"": "".join(lines)}


def terraform(folder):
    root = folder / "terraform"
    offline = [sys.executable, SHARED / "terraform" / "tf-offline"]
    said = {"": run([*offline, "check", "."], root) + " fmt: " + run([program("terraform"), "fmt", "-check", "."], root)}
    for module, variables in {
        "global": ["environment", "project", "regions", "global_services"],
        "regional": re.findall(r"^  (\w+) +=", (root / "main.tf").read_text().split('module "regional_infrastructure"')[1], re.M),
    }.items():
        (root / "modules" / module).mkdir(parents=True)
        names = sorted(set(variables) - {"source", "for_each", "providers"})
        (root / "modules" / module / "main.tf").write_text("".join(f'variable "{name}" {{}}\n' for name in names))
    # Without a token for AWS it ends there, after it has read the backend.
    init = run([*offline, "init", "-no-color"], root)
    run([*offline, "init", "-no-color", "-backend=false"], root)
    said["the two modules are there"] = init + run([*offline, "validate", "-no-color"], root)
    return said


TOOLS = {
    "yamllint": (yamllint, "yamllint", ["yamllint", "--version"]),
    "kubernetes-validate": (kubernetes_validate, "kubernetes-validate 1.36 --strict", ["pip", "kubernetes-validate"]),
    "check-objects": (check_objects, "schemas of built-in kinds, custom resources and eksctl", ["pip", "kubernetes-validate"]),
    "checkov": (checkov, "checkov", ["pip", "checkov"]),
    "terraform": (terraform, "terraform init, validate, fmt", ["terraform", "version"]),
}


def version(command):
    if command[0] == "pip":
        from importlib.metadata import version as installed

        return installed(command[1])
    return re.search(r"\d+\.\d+\.\d+", run([program(command[0]), *command[1:]], ROOT)).group()


def table():
    rows = list(csv.DictReader((SEED / "defects.csv").open()))
    status = {row["id"]: row["status"] for row in rows}
    claims = list(csv.DictReader(pathlib.Path(__file__).with_name("others.csv").open()))
    found, faults = collections.defaultdict(set), []
    for tool, (judge, _, _) in TOOLS.items():
        with tempfile.TemporaryDirectory() as temporary:
            said = judge(copied(temporary))
        for claim in (claim for claim in claims if claim["tool"] == tool):
            if claim["id"] not in status:
                faults.append(f"{claim['id']}: no such defect")
            if not re.search(claim["says"], said.get(claim["after"], "")):
                faults.append(f"{tool} doesn't say {claim['says']!r} ({claim['id']})")
            found[tool].add(claim["id"])
    if faults:
        sys.exit("\n".join(faults))
    waard = {row["id"] for row in rows if row["findings"].strip()}
    others = set().union(*found.values())
    lines = ["| tool | version | of 186 | wrong | questionable | which |\n", "| --- | --- | ---: | ---: | ---: | --- |\n"]

    def line(name, release, ids, which):
        kinds = collections.Counter(status[one] for one in ids)
        lines.append(f"| {name} | {release} | {len(ids)} | {kinds['wrong']} | {kinds['questionable']} | {which} |\n")

    def listed(ids):
        order = {row["id"]: at for at, row in enumerate(rows)}
        return ", ".join(sorted(ids, key=order.get))

    for tool, (_, title, command) in TOOLS.items():
        line(title, version(command), found[tool], listed(found[tool]))
    line("all of these together", "", others, listed(others))
    line("waard", "this one", waard, "`fixtures/seed/defects.csv` names rule, file and line of each")
    line("of these, waard and none of the others", "", waard - others, "")
    line("of these, one of the others and not waard", "", others - waard, listed(others - waard) or "none")
    stages = [f"- {claim['tool']} finds {claim['id']} once {claim['after']}.\n" for claim in claims if claim["after"]]
    return "".join([*lines, "\nWhat a tool only comes to when an earlier fault is mended:\n\n", *stages])


def main():
    page = PAGE.read_text()
    start, end = page.index(BEGIN) + len(BEGIN), page.index(END)
    new = page[:start] + table() + page[end:]
    if "--check" in sys.argv[1:]:
        sys.exit(0 if new == page else f"{PAGE.relative_to(ROOT)} is out of date: run {pathlib.Path(__file__).relative_to(ROOT)}")
    PAGE.write_text(new)


main()
