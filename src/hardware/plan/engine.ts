import type { Structure } from '../blocks/block.js';
import { matvecStructure } from '../blocks/matvec.js';
import { chainStructure } from '../blocks/matvec_chain.js';
import { divisorsOf, type FoldedMatrix } from '../blocks/matvec_core.js';
import { ringRomWidth, ringShapes, ringStructure, type RingShape } from '../blocks/matvec_ring.js';
import type { Fabric } from './fabric.js';

/**
 * The engine of a matrix on pe x simd multipliers: chains whose sums go round (qs5_matvec_ring),
 * chains with accumulators (qs5_matvec_chain), or multipliers outside (qs5_matvec).
 */
export type MatvecEngine =
  | { readonly kind: 'ring'; readonly shape: RingShape }
  | { readonly kind: 'chain'; readonly chain: number }
  | { readonly kind: 'plain' };

export interface MatvecChoice {
  readonly engine: MatvecEngine;
  /** Approximate LUTs around the multipliers. */
  readonly cost: number;
}

/** Cost of a flip-flop in LUTs: a device has one or two flip-flops for each LUT. */
const FLIP_FLOP = 0.5;

/** The cheapest engine of a matrix on a fabric; one with multipliers outside where it shares them. */
export function chooseEngine(folded: FoldedMatrix, fabric: Fabric, share: boolean): MatvecChoice {
  const matrix: FoldedMatrix = { ...folded, accumulate: fabric.accumulate };
  const { rows, cols, pe, simd, outLanes, weightWidth } = matrix;
  const depth = (rows / pe) * (cols / simd);
  const costOf = (around: Structure, roms: number, width: number) =>
    lutsAround(around, fabric) + roms * fabric.memoryCost({ kind: 'rom', depth, width });
  const weights = pe * simd * weightWidth;
  const plain: MatvecChoice = {
    engine: { kind: 'plain' },
    cost: costOf(matvecStructure(matrix), 1, weights),
  };
  // Multipliers that add cannot be shared.
  if (share || fabric.chain <= 1 || matrix.accWidth > fabric.adderBits) return plain;
  const chains = divisorsOf(simd, fabric.chain)
    .filter((chain) => chain > 1)
    .map((chain): MatvecChoice => ({
      engine: { kind: 'chain', chain },
      cost: costOf(chainStructure(matrix, chain), chain, weights / chain),
    }));
  const rings = ringShapes(matrix, fabric.chain).map((shape): MatvecChoice => ({
    engine: { kind: 'ring', shape },
    cost: costOf(
      ringStructure(matrix, shape, fabric.hold),
      shape.chain / shape.romLinks,
      ringRomWidth(matrix, shape),
    ),
  }));
  // A ring sends all its rows at once.
  return [...(outLanes === pe ? rings : []), ...chains].reduce(
    (best, one) => (one.cost < best.cost ? one : best),
    plain,
  );
}

function lutsAround(around: Structure, fabric: Fabric): number {
  const of = (name: string) => around[name] ?? 0;
  const logic = of('adder') + of('mask') + of('mux') + of('counter');
  const lines = fabric.shiftRegisters ? of('delayLines') : FLIP_FLOP * of('delay');
  return logic + FLIP_FLOP * of('register') + lines;
}
