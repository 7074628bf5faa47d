#!/usr/bin/env python3
"""Times waard and other tools side by side on the same manifests, one after the other, and prints a table in Markdown.

    .ci/compare/speed.py [--clusters 500] [--applications 2]      10,000 objects
    .ci/compare/speed.py --xtask PATH --manifests FOLDER          with what is built and written already

Builds waard in release, if it isn't given. Tools are looked for on the PATH and beside this Python (`pip install -r .ci/requirements.txt`
has checkov); what isn't there is left out, and said. Each tool is given one folder of one file for each cluster; waard
is given the ClusterConfigs too, which the others don't know, so that it judges nodes as well. Seconds are from
start to end of the process, processor seconds are what it and its children used, which other work on the machine changes
little; memory is the largest of its processes.
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARED = pathlib.Path(os.environ.get("WAARD_SHARED") or ROOT.parent / "shared").resolve()
TARGET = ROOT / (os.environ.get("CARGO_TARGET_DIR") or "target")
BESIDE = pathlib.Path(sys.executable).parent


def program(name):
    beside = BESIDE / name
    return str(beside) if beside.exists() else shutil.which(name)


def timed(command, folder, log):
    begun = time.perf_counter()
    with open(log, "wb") as out:
        child = subprocess.Popen([str(part) for part in command], cwd=folder, stdout=out, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(child.pid, 0)
    return time.perf_counter() - begun, used.ru_maxrss / 1024, used.ru_utime + used.ru_stime, os.waitstatus_to_exitcode(status)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--clusters", type=int, default=500)
    options.add_argument("--applications", type=int, default=2)
    options.add_argument("--xtask", type=pathlib.Path)
    options.add_argument("--manifests", type=pathlib.Path)
    given = options.parse_args()
    build = ["cargo", "build", "--quiet", "--release", "--package", "xtask"]
    waard = given.xtask and given.xtask.resolve()
    if not waard:
        subprocess.run([*build, "--bin", "xtask"], cwd=ROOT, check=True)
        waard = TARGET / "release" / "xtask"
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.manifests and given.manifests.resolve()
        if not folder:
            folder = pathlib.Path(temporary) / "platform"
            subprocess.run([*build, "--example", "manifests"], cwd=ROOT, check=True)
            write = TARGET / "release" / "examples" / "manifests"
            subprocess.run([write, folder, str(given.clusters), str(given.applications)], check=True)
        files = sorted((folder / "kubernetes").glob("*.yaml"))
        objects = sum(file.read_text().count("\n---\n") + 1 for file in files)
        size = sum(file.stat().st_size for file in files) / 1e6
        print(f"{objects} objects in {len(files)} files, {size:.1f} MB, {os.cpu_count()} processors, {time.strftime('%Y-%m-%d')}\n")
        checkov, validate, lint = program("checkov"), program("kubernetes-validate"), program("yamllint")
        objects_tool = SHARED / "kubernetes" / "check-objects"
        tools = [
            ("waard, all rules", [waard, "check", ".", "--as-of", "2026-11-25"], "xtask"),
            ("yamllint (relaxed)", [lint, "-d", "relaxed", "kubernetes"] if lint else None, "yamllint"),
            ("check-objects (schemas)", [sys.executable, objects_tool, "--quiet", "kubernetes"] if objects_tool.exists() else None, "check-objects"),
            ("kubernetes-validate (schemas)", [validate, "-k", "1.36", "--strict", "--quiet", *files] if validate else None, "kubernetes-validate"),
            ("checkov (kubernetes)", [checkov, "-d", "kubernetes", "--framework", "kubernetes", "--compact", "--quiet"] if checkov else None, "checkov"),
        ]
        print("| tool | seconds | processor seconds | objects per processor second | peak MB | exit |\n| --- | ---: | ---: | ---: | ---: | ---: |")
        for title, command, name in tools:
            if not command:
                print(f"| {title} | not here | | | | |")
                continue
            seconds, peak, used, status = timed(command, folder, pathlib.Path(temporary) / f"{name}.log")
            print(f"| {title} | {seconds:.2f} | {used:.2f} | {objects / used:.0f} | {peak:.0f} | {status} |", flush=True)


main()
