import { must, type Block, type Path, type Structure } from './block.js';
import {
  divisorsOf,
  matvecCore,
  SEQUENCER_LATENCY,
  type FoldedMatrix,
  type MatvecParameters,
  type WeightRom,
  matvecSummary,
} from './matvec_core.js';
import { addTree, addSequencer, Amounts, bitsOf } from './matvec_structure.js';

/** How a ring is made of its pe x simd multipliers. */
export interface RingShape {
  /** Links of a chain; divides simd, at most 99. */
  readonly chain: number;
  /** Groups of pe rows that take turns; divides rows / pe, at least `chain`. */
  readonly slots: number;
  /** Links whose weights are in one ROM; divides `chain`. */
  readonly romLinks: number;
}

export interface RingMatvecParameters extends Omit<MatvecParameters, 'slots'>, RingShape {
  /** True if an input of the multipliers holds an operand, false if it enables the operand. */
  readonly hold?: boolean;
}

/** Contract of qs5_matvec_ring, of which pe sums leave at a time: outLanes is pe. */
export function matvecRingBlock(p: RingMatvecParameters): Block {
  const { id, rows, cols, pe, simd, chain, slots, romLinks, xWidth, weightWidth } = p;
  if (p.outLanes !== pe) throw new Error(`${id}: a ring sends all its rows at once`);
  const core = matvecCore(p);
  const chains = simd / chain;
  const reads = cols / simd;
  const turns = rows / pe / slots;
  const latency = (reads - 1) * slots + 4 + chain + Math.ceil(Math.log2(chains));
  const file = `rom/${id}_weights_`;
  const roms = Array.from({ length: chain / romLinks }, (_, r): WeightRom => {
    const links = Array.from({ length: romLinks }, (_l, l) => r * romLinks + l);
    return {
      file: `${file}${String(r).padStart(2, '0')}.hex`,
      columns: Array.from({ length: chains }, (_c, h) => links.map((j) => h * chain + j)).flat(),
      layout: `links ${links.join(', ')}: ${pe} rows x ${chains} chains, weights of ${weightWidth} bits, lowest link of the lowest chain of the lowest row lowest`,
    };
  });
  const memory = { kind: 'rom' as const, depth: core.depth, width: ringRomWidth(p, p) };
  const style = p.place?.(memory) ?? 'auto';
  return {
    id,
    module: 'qs5_matvec_ring',
    summary: matvecSummary(p, `in rings of ${p.chain}`),
    parameters: [
      ...core.parameters,
      { name: 'CHAIN', value: chain },
      { name: 'SLOTS', value: slots },
      { name: 'ROM_LINKS', value: romLinks },
      { name: 'HOLD', value: p.hold === true ? 1 : 0 },
      { name: 'ROM_STYLE', value: style },
      { name: 'WEIGHT_FILE', value: file },
    ],
    ports: core.ports,
    roms: roms.map((rom) => core.image(rom)),
    multipliers: [{ count: pe * simd, aBits: xWidth, bBits: weightWidth, sumBits: p.accWidth }],
    memories: roms.map((_, r) => ({ name: `rom${r}`, style, ...memory })),
    structure: ringStructure(p, p, p.hold),
    paths: ringPaths(p, p),
    products: rows * cols,
    minInterval: core.minInterval,
    limit: core.limit,
    timing(inputs) {
      const [start = 0] = must(inputs, 'x');
      const out: number[] = [];
      const turn = reads * slots;
      for (let t = 0; t < turns; t++) {
        for (let s = 0; s < slots; s++) out.push(start + latency + t * turn + s);
      }
      const pass = Array.from({ length: reads }, (_, k) => start + SEQUENCER_LATENCY + k * slots);
      const last = start + SEQUENCER_LATENCY + (turns - 1) * turn + (reads - 1) * slots;
      return { outputs: { out }, reads: { x: { pass, last } } };
    },
    createMachine: () => core.machine(roms),
  };
}

/** Its outLanes do not matter. */
type RingMatrix = Omit<FoldedMatrix, 'outLanes'>;

/** Bits of a word of one of its ROMs. */
export function ringRomWidth(m: RingMatrix, { chain, romLinks }: RingShape): number {
  return ((m.pe * m.simd) / chain) * romLinks * m.weightWidth;
}

/** All shapes that a ring may have whose chains have at most `most` links. */
export function ringShapes({ rows, pe, simd }: RingMatrix, most: number): RingShape[] {
  const groups = rows / pe;
  const longest = Math.min(most, groups, 99);
  return divisorsOf(simd, longest).flatMap((chain) =>
    divisorsOf(groups, groups)
      .filter((slots) => slots >= chain)
      .flatMap((slots) =>
        divisorsOf(chain, MOST_ROM_LINKS).map((romLinks) => ({ chain, slots, romLinks })),
      ),
  );
}

/** With more, what the weights wait in is larger than any ROM that it saves. */
const MOST_ROM_LINKS = 4;

/** Structure of a qs5_matvec_ring without its multipliers and ROMs. */
export function ringStructure(
  m: RingMatrix,
  { chain, slots, romLinks }: RingShape,
  hold = false,
): Structure {
  const { rows, cols, pe, simd, xWidth, weightWidth, accWidth } = m;
  const chains = simd / chain;
  const reads = cols / simd;
  const turns = rows / pe / slots;
  const stages = 3 + chain + Math.ceil(Math.log2(chains));
  const addrBits = bitsOf((rows / pe) * reads);
  const again = reads > 1;
  const going = again ? pe * chains * accWidth : 0;
  const wait = slots - chain;
  const a = new Amounts();
  addSequencer(a, { turns, reads, passReads: reads, slots, addrBits, first: again });
  // Control: links take their words, new sums start, sums leave.
  a.add('register', chain + stages)
    .line(1, again ? (wait === 0 ? 3 : 2) : 0)
    .line(2, stages);
  // Words wait for their links; a hold is the opposite of when they do.
  if (chain > 1) a.add('register', (simd - chains) * xWidth + (hold ? 1 : 0));
  for (let r = romLinks; r < chain; r += romLinks) a.line(addrBits, romLinks);
  for (let l = 1; l < romLinks; l++) a.line((simd / romLinks) * pe * weightWidth, l);
  if (wait === 0) a.add('mask', going);
  else a.add('register', going).line(going, wait - 1);
  for (let row = 0; row < pe; row++) addTree(a, chains, accWidth, accWidth);
  return a.structure;
}

function ringPaths(m: RingMatrix, { chain, slots }: RingShape): Path[] {
  const { rows, cols, pe, simd, accWidth } = m;
  const widest = Math.max(slots, cols / simd, rows / pe / slots);
  return [
    { from: 'multiplier', levels: slots === chain ? 1 : 0, carry: 0 },
    { from: 'memory', levels: 0, carry: 0, to: 'multiplier' },
    // The digits: which is the last, and what that makes of those above it.
    { from: 'register', levels: 3, carry: bitsOf(widest) },
    ...(simd > chain ? [{ from: 'multiplier' as const, levels: 1, carry: accWidth }] : []),
  ];
}
