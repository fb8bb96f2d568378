import { describe, expect, it } from 'vitest';
import type { Block } from '../../src/hardware/blocks/block.js';
import type { Plan } from '../../src/hardware/plan/types.js';
import { verifyPlan } from '../../src/hardware/plan/verify.js';
import { smallCore } from '../simulate/prepared.js';

const { plan } = await smallCore('folding: { b: { pe: 2, simd: 2 }, c: { pe: 2, simd: 4 } }\n');

/** The plan with one block changed. Fails where there is no such block. */
function withBlock(id: string, change: (block: Block) => Partial<Block>): Plan {
  if (!plan.blocks.some((block) => block.id === id)) throw new Error(`no block ${id}`);
  return {
    ...plan,
    blocks: plan.blocks.map((block) => (block.id === id ? { ...block, ...change(block) } : block)),
  };
}

const withPort = (id: string, port: string, change: object): Plan =>
  withBlock(id, ({ ports }) => ({
    ports: ports.map((p) => (p.name === port ? { ...p, ...change } : p)),
  }));

const withRom = (id: string, change: (words: readonly bigint[]) => object): Plan =>
  withBlock(id, ({ roms }) => ({ roms: roms.map((rom) => ({ ...rom, ...change(rom.words) })) }));

const withLifetime = (id: string, change: object): Plan => {
  const lifetime = plan.lifetimes.get(id);
  if (lifetime === undefined) throw new Error(`no buffer ${id}`);
  return { ...plan, lifetimes: new Map([...plan.lifetimes, [id, { ...lifetime, ...change }]]) };
};

const withTiming = (key: string, cycles: readonly number[]): Plan => {
  if (!plan.timing.has(key)) throw new Error(`no timing of ${key}`);
  return { ...plan, timing: new Map([...plan.timing, [key, cycles]]) };
};

const without = (to: string): Plan => ({
  ...plan,
  connections: plan.connections.filter((c) => `${c.to.block}.${c.to.port}` !== to),
});

const again = plan.connections.slice(0, 1);
const delay = plan.lifetimes.get('d_delay');
const banks = delay?.banks ?? NaN;

/** Each breaks one promise; the text is what must be said of it. */
const VIOLATIONS: readonly (readonly [string, Plan, RegExp])[] = [
  ['a wire is missing', without('bu.in'), /^bu\.in is not driven$/m],
  ['the step bundle is missing', without('output.step'), /^output\.step is not driven$/m],
  [
    'a port is driven twice',
    { ...plan, connections: [...plan.connections, ...again] },
    /^norm\.in is driven twice$/m,
  ],
  [
    'a wire runs backwards',
    {
      ...plan,
      connections: plan.connections.map((c) =>
        c.to.block === 'bu' ? { ...c, from: c.to, to: c.from } : c,
      ),
    },
    /^bu\.in -> b\.out: direction$/m,
  ],
  ['a width is wrong', withPort('norm', 'out', { width: 7 }), /^norm\.out \(1 x 7\) -> /m],
  ['a number of lanes is wrong', withPort('bu', 'in', { lanes: 4 }), /-> bu\.in \(4 x \d+\)$/m],
  [
    'a stream goes into a vector',
    withPort('b', 'x', { type: 'stream' }),
    /^b_vector\.vec -> b\.x: vector to stream$/m,
  ],
  ['a producer comes late', { ...plan, blocks: [...plan.blocks].reverse() }, /comes after/m],
  [
    'two blocks share an id',
    { ...plan, blocks: [...plan.blocks.slice(0, 1), ...plan.blocks] },
    /^two blocks share an id$/m,
  ],
  [
    'a block is too slow',
    withBlock('b', () => ({ minInterval: plan.interval + 1 })),
    /^b needs 17 cycles of 16$/m,
  ],
  ['beats are out of order', withTiming('norm.out', [6, 5]), /^norm\.out: beats out of order$/m],
  ['two beats share a cycle', withTiming('norm.out', [6, 6]), /^norm\.out: beats out of order$/m],
  ['steps overlap', withTiming('norm.out', [6, 6 + plan.interval]), /^norm\.out: steps overlap$/m],
  [
    'a vector is read too early',
    withLifetime('b_vector', { slack: 0 }),
    /^b_vector: read before it is written$/m,
  ],
  [
    'too few banks',
    withLifetime('d_delay', { banks: banks - 1 }),
    /^d_delay: overwritten before it is read$/m,
  ],
  [
    'the buffer has other banks than the schedule',
    withBlock('d_delay', ({ parameters }) => ({
      parameters: parameters.map((p) => (p.name === 'BANKS' ? { ...p, value: banks - 1 } : p)),
    })),
    new RegExp(`^d_delay: ${banks - 1} banks instead of ${banks}$`, 'm'),
  ],
  ['too few slots', { ...plan, slots: plan.slots - 1 }, /^too few output slots/m],
  [
    'a ROM word is too wide',
    withRom('b', ([, ...words]) => ({ words: [1n << 32n, ...words] })),
    /^rom\/b_weights_00\.hex: word too wide$/m,
  ],
  [
    'a ROM word is negative',
    withRom('b', ([, ...words]) => ({ words: [-1n, ...words] })),
    /^rom\/b_weights_00\.hex: word too wide$/m,
  ],
  [
    'a ROM word is missing',
    withRom('b', ([, ...words]) => ({ words })),
    /^b: rom\/b_weights_00\.hex has no memory of its size$/m,
  ],
  [
    'two ROMs share a file',
    withRom('c', () => ({ file: 'rom/b_weights_00.hex' })),
    /^two ROM images rom\/b_weights_00\.hex$/m,
  ],
  [
    'a node leaves exact arithmetic',
    {
      ...plan,
      network: {
        ...plan.network,
        nodes: plan.network.nodes.map((node) =>
          node.id === 'c' ? { ...node, range: { lo: 0, hi: 2 ** 53 } } : node,
        ),
      },
    },
    /^node c leaves exact arithmetic$/m,
  ],
];

describe('verifyPlan', () => {
  it('has nothing to say of a plan as it was built', () => {
    expect(() => {
      verifyPlan(plan);
    }).not.toThrow();
    // The plan has the parts that the violations below change.
    expect(banks).toBeGreaterThan(1);
    expect(plan.slots).toBeGreaterThan(1);
    expect(plan.interval).toBe(16);
  });

  it.each(VIOLATIONS)('notices when %s', (_what, broken, message) => {
    expect(() => {
      verifyPlan(broken);
    }).toThrow(message);
  });

  it('lists all violations at once', () => {
    const broken = { ...without('bu.in'), slots: 1 };
    expect(() => {
      verifyPlan(broken);
    }).toThrow(/^the plan breaks its own rules:\nbu\.in is not driven\ntoo few output slots/);
  });
});
