import { at, oneOrEach } from '../../base/at.js';
import { maxMagnitude } from '../../base/fixed/range.js';
import { oneHot } from '../../float/dataset/one_hot.js';
import { createArena, type Arena } from '../../network/emulate/fast/arena.js';
import { createFastEmulator } from '../../network/emulate/fast/emulator.js';
import { TILE, type Tile } from '../../network/emulate/fast/program.js';
import type { IntegerNetwork, Node } from '../../network/types.js';
import { createFastEngine, type Address } from '../fast/engine.js';
import { instantiateTrainKernels } from '../fast/kernels.js';
import type { RunnerSize } from '../graph/memory.js';
import { createRunner, type GiveValues, type Runner } from '../graph/runner.js';
import type { QuantizedGraph } from './graph.js';
import { integersByValue } from './integers.js';

/** A runner whose values are those of an integer network. */
export interface QuantizedRunner extends Runner {
  /** The integers of all passes to come. Called before `setWeights`. */
  readonly setNetwork: (network: IntegerNetwork) => void;
}

/**
 * A runner in float32 whose forward pass is the integer network itself: the words of a node times
 * their scale are its values. `setInput` takes words: [length, words of a step].
 */
export function createQuantizedRunner(
  { graph, ids }: QuantizedGraph,
  { sequences, length }: Omit<RunnerSize, 'tile'>,
): QuantizedRunner {
  const arena = createArena();
  const engine = createFastEngine(arena);
  const { dequantize } = instantiateTrainKernels(arena.memory);
  const places = new Map(ids.map((id, place) => [id, place]));
  const inputs: Float64Array[] = [];
  let integers: ReadonlyMap<string, Node> = new Map();
  /** Rows of the embedding, where the network has one. */
  let rows: number | undefined;
  let run: (index: number, give: GiveValues<Address>) => void = () => {
    throw new Error('no integers yet');
  };
  const size = { sequences, length, tile: TILE };
  const runner = createRunner(engine, graph, size, {
    limit: (place) => largestValues(found(integers, at(ids, place))),
    run: (index, give) => {
      run(index, give);
    },
  });
  const end = arena.mark();

  return {
    ...runner,
    setNetwork: (network) => {
      arena.release(end);
      integers = integersByValue(network);
      rows = network.nodes.find((node) => node.op === 'embed')?.rows;
      const scales = new Map(
        [...integers].map(([id, node]) => {
          const place = node.op === 'input' && rows !== undefined ? undefined : places.get(id);
          return [node.id, { place, scale: scaleRow(arena, node) }];
        }),
      );
      let give: GiveValues<Address> = () => undefined;
      const seen = (id: string, { address, stride }: Tile, from: number, steps: number): void => {
        const { place, scale = 0 } = scales.get(id) ?? {};
        if (place === undefined) return;
        give(place, from, steps, (to, width) => {
          dequantize(address, stride, scale, to, steps, width);
        });
      };
      const emulator = createFastEmulator(network, { arena, seen });
      run = (index, giveValues) => {
        give = giveValues;
        emulator.runWords(at(inputs, index));
      };
    },
    setInput: (index, words) => {
      inputs[index] = words;
      // An index enters the integers, and its one-hot vector the graph.
      if (rows !== undefined) runner.setInput(index, oneHot(words, rows));
    },
  };
}

function found(integers: ReadonlyMap<string, Node>, id: string): Node {
  const node = integers.get(id);
  if (node === undefined) throw new Error(`no integers of ${id}`);
  return node;
}

/** Scales of a row of words in memory, 0 for its padding to whole vectors of float32. */
function scaleRow(arena: Arena, { length, format }: Node): Address {
  const address = arena.words(length + 3);
  const scales = arena.f64(address, length);
  for (let h = 0; h < length; h++) scales[h] = oneOrEach(format.scale, h);
  return address;
}

/** Largest magnitude of each element, in real units. */
function largestValues({ length, format }: Node): Float64Array {
  const largest = maxMagnitude(format.width);
  return Float64Array.from({ length }, (_, h) => largest * oneOrEach(format.scale, h));
}
