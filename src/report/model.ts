import type { ModelNote } from '../design/model_note.js';
import type { ArchitectureKey } from '../s5/architecture.js';
import { guessedKeys } from '../s5/metadata.js';

/** What nobody stated of a model, and what was read from other names; empty where all is plain. */
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
          'its metadata does not state the whole architecture.',
          `  assumed, as S5 and flax have it by default: ${guessed.map(said).join(', ')}`,
        ]),
    ...(renamed.length === 0 ? [] : [`  read: ${renamed.join(', ')}`]),
    ...(guessed.length === 0 || ignored.length === 0 ? [] : [`  ignored: ${ignored.join(', ')}`]),
    ...(guessed[0] === undefined
      ? []
      : [
          `  hint: state them in the config beside checkpoint, as in "${guessed[0]}: ${String(facts[guessed[0]].value)}".`,
        ]),
  ];
  return lines.length === 0 ? '' : `${checkpoint}: ${lines.join('\n').trimStart()}\n`;
}

/** The same for a program, with what was stated. */
export function modelJson({ checkpoint, facts, ignored }: ModelNote) {
  // No limit is no number of JSON.
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
