import { divisorsOf, treeBits } from '../blocks/matvec_core.js';
import {
  ringRomWidth,
  ringShapes,
  ringStructure,
  type RingMatrix,
  type RingShape,
} from '../blocks/matvec_ring.js';
import type { Fabric } from './fabric.js';

/**
 * How a matrix is multiplied on pe x simd multipliers: in chains whose sums go round
 * (qs5_matvec_ring), in chains with accumulators (qs5_matvec_chain), or by multipliers outside
 * (qs5_matvec).
 */
export type MatvecEngine =
  | { readonly kind: 'ring'; readonly shape: RingShape }
  | { readonly kind: 'chain'; readonly chain: number }
  | { readonly kind: 'plain' };

export interface MatvecChoice {
  readonly engine: MatvecEngine;
  /** What stands around the multipliers, about, in look-up tables. */
  readonly cost: number;
}

export interface FoldedMatrix extends RingMatrix {
  /** Sums per beat; divides pe. */
  readonly outLanes: number;
}

/** A flip-flop beside a look-up table: a device has one or two for each. */
const FLIP_FLOP = 0.5;

/** The cheapest engine of a matrix on a fabric; one with multipliers outside where it shares them. */
export function chooseEngine(matrix: FoldedMatrix, fabric: Fabric, share: boolean): MatvecChoice {
  const plain: MatvecChoice = { engine: { kind: 'plain' }, cost: chainCost(matrix, 1, fabric) };
  // Multipliers that add cannot be shared.
  if (share || fabric.chain <= 1 || matrix.accWidth > fabric.adderBits) return plain;
  const chains = divisorsOf(matrix.simd, fabric.chain).map((chain): MatvecChoice => {
    const cost = chainCost(matrix, chain, fabric);
    return chain === 1 ? plain : { engine: { kind: 'chain', chain }, cost };
  });
  const rings =
    matrix.outLanes === matrix.pe
      ? ringShapes(matrix, fabric.chain).map((shape): MatvecChoice => ({
          engine: { kind: 'ring', shape },
          cost: ringCost(matrix, shape, fabric),
        }))
      : [];
  return [...rings, ...chains].reduce((best, one) => (one.cost < best.cost ? one : best));
}

function ringCost(m: FoldedMatrix, shape: RingShape, fabric: Fabric): number {
  const amounts = ringStructure(m, shape);
  const of = (name: string) => amounts[name] ?? 0;
  const depth = (m.rows / m.pe) * (m.cols / m.simd);
  const rom = { kind: 'rom' as const, depth, width: ringRomWidth(m, shape) };
  return (
    of('adder') +
    of('mask') +
    of('counter') +
    FLIP_FLOP * (of('register') + of('delay')) +
    (shape.chain / shape.romLinks) * fabric.memoryCost(rom)
  );
}

/** Of chains of so many links, in look-up tables; with one, of products that an adder tree sums up. */
function chainCost(m: FoldedMatrix, chain: number, fabric: Fabric): number {
  const { rows, cols, pe, simd, outLanes, xWidth, weightWidth, accWidth } = m;
  const chains = simd / chain;
  const depth = (rows / pe) * (cols / simd);
  const rom = { kind: 'rom' as const, depth, width: pe * chains * weightWidth };
  const added = pe * (treeBits(chains, accWidth) + (cols === simd ? 0 : accWidth));
  // What waits to leave is chosen from two, unless it leaves at once.
  const held = pe * accWidth;
  let lines = 0;
  for (let j = 1; j < chain; j++) lines += chains * xWidth * fabric.lineCost(j);
  return (
    added * (1 + FLIP_FLOP) +
    held * (FLIP_FLOP + (pe > outLanes ? 1 : 0)) +
    lines +
    FLIP_FLOP * (chain - 1) * Math.ceil(Math.log2(Math.max(2, depth))) +
    chain * fabric.memoryCost(rom)
  );
}
