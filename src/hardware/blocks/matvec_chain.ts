import { must, type Block, type Structure } from './block.js';
import {
  matvecCore,
  accumulatorsOf,
  sequencerOf,
  type FoldedMatrix,
  type MatvecParameters,
  type WeightRom,
  matvecSummary,
} from './matvec_core.js';
import {
  addAccumulators,
  addTree,
  addSequencer,
  Amounts,
  matvecPaths,
} from './matvec_structure.js';

export interface ChainedMatvecParameters extends MatvecParameters {
  /** Links of a chain; divides simd, at most 99. */
  readonly chain: number;
}

/** Contract of qs5_matvec_chain. */
export function matvecChainBlock(p: ChainedMatvecParameters): Block {
  const { id, rows, cols, pe, simd, chain, xWidth, weightWidth } = p;
  const core = matvecCore(p);
  const chains = simd / chain;
  const latency = cols / simd + 3 + core.accumulatorsLatency + chain + Math.ceil(Math.log2(chains));
  const file = `rom/${id}_weights_`;
  const roms = Array.from({ length: chain }, (_, j): WeightRom => ({
    file: `${file}${String(j).padStart(2, '0')}.hex`,
    columns: Array.from({ length: chains }, (_c, h) => h * chain + j),
    layout: `link ${j}: ${pe} rows x ${chains} chains, weights of ${weightWidth} bits, lowest chain of the lowest row lowest`,
  }));
  const width = pe * chains * weightWidth;
  const romStyle = p.place?.({ kind: 'rom', depth: core.depth, width: width }) ?? 'auto';
  return {
    id,
    module: 'qs5_matvec_chain',
    summary: matvecSummary(p, `in chains of ${chain}`),
    parameters: [
      ...core.parameters,
      ...core.pacing,
      { name: 'CHAIN', value: chain },
      { name: 'ROM_STYLE', value: romStyle },
      { name: 'WEIGHT_FILE', value: file },
    ],
    ports: core.ports,
    roms: roms.map((rom) => core.image(rom)),
    multipliers: [{ count: pe * simd, aBits: xWidth, bBits: weightWidth, sumBits: p.accWidth }],
    memories: roms.map((_, j) => ({
      ...{ name: `rom${j}`, kind: 'rom' as const, style: romStyle, depth: core.depth, width },
    })),
    structure: chainStructure(p, chain),
    paths: matvecPaths(sequencerOf(p), accumulatorsOf(p, p.accWidth), chains > 1 ? p.accWidth : 0),
    products: rows * cols,
    minInterval: core.minInterval,
    limit: core.limit,
    timing(inputs) {
      const [start = 0] = must(inputs, 'x');
      const { outputs, reads } = core.timing(start, latency);
      return { outputs, reads };
    },
    createMachine: () => core.machine(roms),
  };
}

/** Structure of a qs5_matvec_chain without its multipliers and ROMs. */
export function chainStructure(m: FoldedMatrix, chain: number): Structure {
  const { cols, pe, simd, xWidth, accWidth } = m;
  const chains = simd / chain;
  const stages = 3 + chain + Math.ceil(Math.log2(chains));
  const sequencer = sequencerOf(m);
  const a = new Amounts();
  addSequencer(a, sequencer);
  // If a row is one read, every read is a last one.
  a.add('register', cols > simd ? 2 * stages : stages).line(2, stages);
  a.add('register', (chain - 1) * sequencer.addrBits);
  for (let j = 1; j < chain; j++) a.line(chains * xWidth, j);
  for (let row = 0; row < pe; row++) addTree(a, chains, accWidth, accWidth);
  addAccumulators(a, accumulatorsOf(m, accWidth));
  return a.structure;
}
