#!/usr/bin/env bash
# Runs fuzz targets one after the other, and says how many inputs each tried and what it found.
#
#   crates/waard-policy/fuzz/run.sh [SECONDS [TARGET...]]     600 seconds each, all targets
#
# Needs a nightly toolchain, a C++ compiler, and cargo-fuzz: `cargo install cargo-fuzz`.
# A crash, more than a minute for one input, or more than 2 GiB of memory ends a target; its input is in artifacts/<target>,
# and `cargo +nightly fuzz tmin TARGET INPUT` makes it small. Each becomes a test in ../tests/hostile.rs.
set -euo pipefail
cd "$(dirname "$0")"
seconds=${1:-600}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(yaml hcl topology config waivers platform)
root=../../..

# The workspace's own versions of everything that both use.
cp "$root/Cargo.lock" Cargo.lock

# Where a target starts from: what is in the project anyway, none of it large.
for target in yaml hcl topology config waivers platform; do mkdir -p "corpus/$target" "artifacts/$target"; done
number=0
seed() { # target, file, first byte
  number=$((number + 1))
  { [ -z "${3:-}" ] || printf '%b' "$3"; cat "$2"; } >"corpus/$1/seed-$number"
}
small() { find "$@" -type f -size -16k -print0 | sort -z; }
while IFS= read -r -d '' file; do
  case "$file" in
    *kustomization.yaml) seed yaml "$file" '\x02' ;;
    *.yaml) seed yaml "$file" '\x00' ;;
    *.json) seed yaml "$file" '\x03' ;;
    *.tf) seed hcl "$file" '\x00' ;;
  esac
done < <(small "$root/fixtures/minimal/out")
while IFS= read -r -d '' file; do seed topology "$file"; done < <(small "$root/fixtures" -name waard.yaml)
# The examples of the pages: manifests and Terraform that rules have something to say about.
while IFS= read -r -d '' file; do
  awk -v into="corpus/platform/page-$(basename "$(dirname "$file")")-$(basename "$file" .md)" '
    /^```(yaml|hcl) / { number++; out = into "-" number; printf "" > out; if (/^```hcl/) print "# file: main.tf" > out; next }
    /^```/ { if (out) close(out); out = ""; next }
    out { print > out }' "$file"
done < <(small ../src/rules -name '*.md')
printf 'as-of = 2026-11-25\nkubernetes = "1.36"\nonly = ["security"]\nskip = ["a/b"]\n[rules."security/mutable-image"]\nseverity = "info"\n[[waiver]]\nrule = "security/mutable-image"\nplace = "k8s/**#Pod/shop/*"\nreason = "r"\nowner = "o"\nuntil = 2027-01-01\n' >corpus/config/seed
printf 'k8s/**#Pod/shop/*\n**/a.yaml\n*a*\n**a.yaml#**\n' >corpus/waivers/seed

log=$(mktemp -d)
host=$(rustc -vV | sed -n 's/^host: //p')
[ -n "${WAARD_FUZZ_BUILT:-}" ] || cargo +nightly fuzz build >&2
printf '%-10s %8s %12s %9s %9s %8s %8s  %s\n' target seconds inputs 'inputs/s' coverage corpus 'peak MB' found
for target in "${targets[@]}"; do
  # One process: the machine may have other things to do.
  nice -n 19 "target/$host/release/$target" "corpus/$target" -artifact_prefix="artifacts/$target/" \
    -max_total_time="$seconds" -max_len=8192 -timeout=60 -rss_limit_mb=2048 -print_final_stats=1 \
    -dict="dictionaries/$target.dict" >"$log/$target" 2>&1 || true
  said() { sed -n "s/^stat::$1: *//p" "$log/$target" | tail -1; }
  coverage=$(grep -oE 'cov: [0-9]+' "$log/$target" | tail -1 | cut -d' ' -f2)
  corpus=$(grep -oE 'corp: [0-9]+' "$log/$target" | tail -1 | cut -d' ' -f2)
  found=$(grep -E '^SUMMARY|panicked at' "$log/$target" | head -1 || true)
  inputs=$(said number_of_executed_units)
  took=$(grep -oE 'Done [0-9]+ runs in [0-9]+' "$log/$target" | grep -oE '[0-9]+$' || true)
  printf '%-10s %8s %12s %9s %9s %8s %8s  %s\n' "$target" "${took:-ended}" "${inputs:-?}" "$(said average_exec_per_sec)" \
    "${coverage:-?}" "${corpus:-?}" "$(said peak_rss_mb)" "${found:-nothing}"
done
echo "logs: $log" >&2
