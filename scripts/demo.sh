#!/bin/sh
# The main job on the shipped checkpoint and real digits: generate, estimate, prove.
set -eu
cd "$(dirname "$0")/.."

config=configs/smnist-ssm.yaml
run() {
  printf '\n$ qs5 %s\n' "$*"
  node dist/cli.js "$@"
}

run generate "$config" -o out/smnist-ssm
run plan "$config"
run estimate "$config"
run synth "$config"
run simulate "$config" --sequences 3 --with model,verilator
run simulate "$config" --sequences 1 --with icarus --stalls random

cat <<'END'

Summary
  A trained S5 layer became Verilog in out/smnist-ssm/ (start with its README.md).
  Integer network, cycle model, Verilator and Icarus agree on real handwritten digits in every
  word and every cycle, and latency and initiation interval are those that the plan had predicted. The same
  holds for the netlist that Yosys made of it.
  Next: edit a copy of configs/smnist-ssm.yaml, and run the commands above on it.
END
