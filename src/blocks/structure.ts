import type { Structure } from './block.js';

/** What several parts are made of together. */
export function sumStructure(...parts: readonly Structure[]): Structure {
  const sum: Record<string, number> = {};
  for (const part of parts) {
    for (const [name, amount] of Object.entries(part)) sum[name] = (sum[name] ?? 0) + amount;
  }
  return sum;
}
