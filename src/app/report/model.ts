import type { ModelNote } from '../../design/model_note.js';
import type { ArchitectureKey } from '../../float/s5/architecture.js';
import { guessedKeys } from '../../float/s5/metadata.js';

/** Assumed choices of a model, and choices read under other names; empty if there are none. */
export function modelText({ checkpoint, facts, ignored }: ModelNote): string {
  const said = (key: ArchitectureKey) => `${key} ${String(facts[key].value)}`;
  const guessed = guessedKeys({ facts });
  const renamed = (Object.keys(facts) as ArchitectureKey[]).flatMap((key) => {
    const { as } = facts[key];
    return as === undefined ? [] : `${said(key)} (from ${as})`;
  });
  const lines = [
    ...(guessed.length === 0
      ? []
      : [
          'the metadata lack part of the architecture.',
          `  assumed defaults of S5 and flax: ${guessed.map(said).join(', ')}`,
        ]),
    ...(renamed.length === 0 ? [] : [`  read: ${renamed.join(', ')}`]),
    ...(guessed.length === 0 || ignored.length === 0 ? [] : [`  ignored: ${ignored.join(', ')}`]),
    ...(guessed[0] === undefined
      ? []
      : [
          `  hint: state these keys in the config next to checkpoint, for example "${guessed[0]}: ${String(facts[guessed[0]].value)}".`,
        ]),
  ];
  return lines.length === 0 ? '' : `${checkpoint}: ${lines.join('\n').trimStart()}\n`;
}

/** All choices of a model as JSON. */
export function modelJson({ checkpoint, facts, ignored }: ModelNote) {
  // JSON has no Infinity, the value of an absent limit.
  const value = ({ value: found }: { readonly value: unknown }) =>
    found === Infinity ? null : found;
  return {
    checkpoint,
    architecture: Object.fromEntries(
      Object.entries(facts).map(([key, fact]) => [key, { ...fact, value: value(fact) }]),
    ),
    assumed: guessedKeys({ facts }),
    ignored,
  };
}
