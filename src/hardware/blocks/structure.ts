import type { Structure } from './block.js';

/** Sum of the structures of several parts. */
export function sumStructure(...parts: readonly Structure[]): Structure {
  const sum: Record<string, number> = {};
  for (const part of parts) {
    for (const [name, amount] of Object.entries(part)) sum[name] = (sum[name] ?? 0) + amount;
  }
  return sum;
}
