import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.js';
import { buildDesign } from '../../src/design/build.js';
import { alignedSegments } from '../../src/hardware/plan/arrays.js';
import type { Client } from '../../src/hardware/plan/multiplier_array.js';
import { shareArrays } from '../../src/hardware/plan/share.js';
import type { Plan } from '../../src/hardware/plan/types.js';
import { verifyPlan } from '../../src/hardware/plan/verify.js';
import { SMALL } from '../config/small.js';

function client(id: string, uses: readonly number[], count = 1, aBits = 8, bBits = 8): Client {
  return { id, segment: 0, count, aBits, bBits, uses };
}

/** Cycles from `from` on. */
const run = (from: number, length: number) => Array.from({ length }, (_, i) => from + i);

/** Ids of the clients of each array. */
const packed = (clients: readonly Client[], interval: number) =>
  shareArrays(clients, interval).map((array) => array.clients.map(({ id }) => id));

describe('shareArrays', () => {
  it('puts engines together whose cycles are apart', () => {
    expect(packed([client('a', run(0, 4)), client('b', run(4, 4))], 8)).toEqual([['a', 'b']]);
    expect(packed([client('a', run(0, 4)), client('b', run(3, 4))], 8)).toEqual([['a'], ['b']]);
  });

  it('counts cycles modulo the interval, as the steps behind come that soon', () => {
    expect(packed([client('a', run(0, 4)), client('b', run(8, 4))], 8)).toEqual([['a'], ['b']]);
    expect(packed([client('a', run(0, 4)), client('b', run(12, 4))], 8)).toEqual([['a', 'b']]);
    // It wraps round: cycles 6, 7, 0, 1.
    expect(packed([client('a', run(6, 4)), client('b', run(2, 4))], 8)).toEqual([['a', 'b']]);
    expect(packed([client('a', run(6, 4)), client('b', run(1, 4))], 8)).toEqual([['a'], ['b']]);
  });

  it('keeps engines of other shapes and other segments apart', () => {
    expect(packed([client('a', [0], 4), client('b', [1], 2)], 8)).toEqual([['a'], ['b']]);
    // Neither has operands that hold those of the other.
    expect(packed([client('a', [0], 1, 16, 8), client('b', [1], 1, 8, 16)], 8)).toHaveLength(2);
    expect(packed([client('a', [0]), { ...client('b', [1]), segment: 1 }], 8)).toHaveLength(2);
  });

  it('makes no operand wider than that of its widest engine', () => {
    const arrays = shareArrays([client('a', [0], 1, 8, 8), client('b', [1], 1, 18, 15)], 8);
    expect(arrays).toMatchObject([{ id: 'mul0', count: 1, aBits: 18, bBits: 15 }]);
  });
});

describe('alignedSegments', () => {
  const aligned = (uses: readonly (readonly number[])[], interval: number) => {
    const clients = uses.map((cycles, i) => client(String(i), cycles));
    const array = { id: 'mul0', segment: 0, count: 1, aBits: 8, bBits: 8, clients };
    return [...alignedSegments([array], interval)];
  };

  it('does not align starts if all work for a step fits into an interval', () => {
    expect(aligned([run(20, 4), run(24, 4)], 8)).toEqual([]);
    expect(aligned([run(24, 4), run(20, 4)], 8)).toEqual([]);
  });

  it('aligns them where a late step would meet the one before', () => {
    // Apart modulo 8; a step behind that is 4 cycles late would multiply in cycles 12 to 15.
    expect(aligned([run(0, 4), run(12, 4)], 8)).toEqual([0]);
  });
});

describe('verifyPlan', async () => {
  const text = SMALL.replace('outputs: 2', 'outputs: 3, pooling: none, activation: half_glu1');
  const { plan } = await buildDesign(
    parseConfig(
      `${text.replace('{ ssm_core: 0 }', 'network')}target: { interval: 64 }\nsharing: always\n`,
      'network.yaml',
    ),
  );
  const array = plan.blocks.find(({ ports }) => ports.some(({ clients = 1 }) => clients > 1));
  const [first, second] = plan.connections
    .filter(({ to }) => to.block === array?.id)
    .map(({ from }) => from.block);
  const withTiming = (id: string | undefined, cycles: readonly number[]): Plan => ({
    ...plan,
    timing: new Map([...plan.timing, [`${id ?? ''}.mul`, cycles]]),
  });
  const said = (broken: Plan) => {
    try {
      verifyPlan(broken);
    } catch (error) {
      return String(error);
    }
    return '';
  };

  it('has nothing to say of engines that take turns', () => {
    expect(first).toBeDefined();
    expect(second).toBeDefined();
    expect(said(plan)).toBe('');
  });

  it('notices engines that multiply in the same cycle, also of different steps', () => {
    const cycles = plan.timing.get(`${first ?? ''}.mul`) ?? [];
    const message = `${array?.id ?? ''}: ${first ?? ''} and ${second ?? ''} multiply in the same cycle`;
    expect(said(withTiming(second, cycles))).toContain(message);
    const later = cycles.map((cycle) => cycle + plan.interval);
    expect(said(withTiming(second, later))).toContain(message);
  });

  it('notices starts that are not aligned though engines rely on it', () => {
    const segments = plan.segments.map((segment) => ({ ...segment, aligned: false }));
    expect(said({ ...plan, segments })).toContain('take turns across steps that may be late');
  });

  it('notices multipliers that are missing, too few or too narrow', () => {
    const connections = plan.connections.filter(({ from }) => from.port !== 'mul');
    expect(said({ ...plan, connections })).toContain(`${first ?? ''}.mul has no multipliers`);
    const change = (operands: object): Plan => ({
      ...plan,
      blocks: plan.blocks.map((block) =>
        block.id === first && block.operands !== undefined
          ? { ...block, operands: { ...block.operands, ...operands } }
          : block,
      ),
    });
    expect(said(change({ count: 99 }))).toMatch(/\.mul: 99 of .* on mul\d+/);
    expect(said(change({ aBits: 99 }))).toMatch(/\.mul: \d+ of 99 x .* on mul\d+/);
  });
});
