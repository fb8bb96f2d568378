import type { ErrorCode } from '../../base/errors.js';
import { FUZZ_KINDS, type FuzzKind } from './case.js';

/** Number of designs of a kind, and of refusals by error code. */
export interface KindRefusals {
  readonly designs: number;
  readonly byCode: Readonly<Partial<Record<ErrorCode, number>>>;
}

export type Refusals = Readonly<Record<FuzzKind, KindRefusals>>;

/** Counts designs and refusals, so that a collapsing space is visible. */
export function countRefusals() {
  const byKind = new Map<FuzzKind, Map<ErrorCode, number>>();
  const designs = new Map<FuzzKind, number>();
  return {
    /** Records a design, with the code of its refusal if any. */
    add(kind: FuzzKind, code: ErrorCode | undefined): void {
      designs.set(kind, (designs.get(kind) ?? 0) + 1);
      if (code === undefined) return;
      const codes = byKind.get(kind) ?? new Map<ErrorCode, number>();
      byKind.set(kind, codes.set(code, (codes.get(code) ?? 0) + 1));
    },
    get counts(): Refusals {
      return Object.fromEntries(
        FUZZ_KINDS.map((kind) => [
          kind,
          { designs: designs.get(kind) ?? 0, byCode: Object.fromEntries(byKind.get(kind) ?? []) },
        ]),
      ) as Record<FuzzKind, KindRefusals>;
    },
  };
}
