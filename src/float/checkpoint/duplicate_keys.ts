/**
 * First key that occurs twice in one object of a JSON text, or undefined. `JSON.parse` silently
 * keeps the last of two equal keys, which would hide a contradiction in a checkpoint.
 *
 * @param json Text that `JSON.parse` accepts.
 */
export function findDuplicateKey(json: string): string | undefined {
  // One set per open object, and undefined per open array.
  const open: (Set<string> | undefined)[] = [];
  // A key (a string with its colon), or a bracket. Other tokens are skipped.
  const token = /("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|[{}[\]]/g;
  for (const [found, text, colon] of json.matchAll(token)) {
    if (found === '{') open.push(new Set());
    else if (found === '[') open.push(undefined);
    else if (found === '}' || found === ']') open.pop();
    else if (text !== undefined && colon !== undefined) {
      // Two spellings of one key, for example with escapes, are equal.
      const key = String(JSON.parse(text));
      const keys = open.at(-1);
      if (keys?.has(key) === true) return key;
      keys?.add(key);
    }
  }
  return undefined;
}
