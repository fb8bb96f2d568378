#!/bin/sh
# OBJCACHE of Verilator's make in the tests: objects that every model shares are compiled once per
# run. The run-time library of Verilator and the clock take three quarters of a build.
#   compile_once.sh COMPILER ARGUMENT...   the source is the last argument
# QS5_TEST_OBJECTS names the folder of the objects.
set -eu

for source; do :; done
object=
previous=
for argument; do
  [ "$previous" != -o ] || object=$argument
  previous=$argument
done

case ${source##*/} in
verilated*.cpp) files= ;;
clock.cpp)
  files="$source Vbench.h"
  # A header that includes other headers of the model does not decide alone.
  if [ ! -f Vbench.h ] || grep -q '#include "V' Vbench.h; then exec "$@"; fi
  ;;
*) exec "$@" ;;
esac

# Everything in which two builds of a run may differ. Verilator and the compiler stay the same.
mkdir -p "$QS5_TEST_OBJECTS"
inputs=$QS5_TEST_OBJECTS/draft-$$
{
  printf '%s\n' "$@"
  # File names of qs5 have no spaces: splitting is meant.
  # shellcheck disable=SC2086
  [ -z "$files" ] || cat $files
} >"$inputs"
shared=$QS5_TEST_OBJECTS/$(cksum <"$inputs" | tr ' ' -)
# The inputs themselves are compared, so that equal checksums do not suffice.
if [ -f "$shared.o" ] && cmp -s "$inputs" "$shared.inputs"; then
  rm "$inputs"
  exec cp "$shared.o" "$object"
fi
"$@"
if [ ! -f "$shared.inputs" ]; then
  cp "$object" "$inputs.o"
  mv "$inputs" "$shared.inputs"
  mv "$inputs.o" "$shared.o"
else
  rm "$inputs"
fi
