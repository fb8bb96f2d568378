#!/bin/sh
# Lint and types for npm test. ESLint takes the longest, so the other checks run at the same time.
set -u
cd "$(dirname "$0")/.."

eslint . &
eslint=$!
failed=
prettier --check . || failed=yes
node scripts/prose.js || failed=yes
tsc --noEmit || failed=yes
wait "$eslint" || failed=yes
[ -z "$failed" ]
