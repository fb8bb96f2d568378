import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.js';
import { buildDesign } from '../../src/design/build.js';
import { Qs5Error } from '../../src/base/errors.js';
import type { IntegerNetwork } from '../../src/network/types.js';
import { buildPlan } from '../../src/hardware/plan/build.js';
import { PLAIN_FABRIC } from '../../src/hardware/plan/fabric.js';
import { resolveFolding } from '../../src/hardware/plan/fold.js';
import type { Plan } from '../../src/hardware/plan/types.js';
import { SMALL } from '../config/small.js';

type Target = Parameters<typeof resolveFolding>[2];
type Request = Exclude<Parameters<typeof resolveFolding>[1], 'auto'>;

const AUTO: Request = {
  ...{ input: 'auto', encoder: 'auto', b: 'auto', recurrence: 'auto' },
  ...{ c: 'auto', gate: 'auto', decoder: 'auto', output: 'auto' },
};

/** SMALL with short sequences and some of its text replaced. */
async function networkOf(...changes: readonly (readonly [string, string])[]) {
  const short = [['length: 16', 'length: 2'] as const, ['sequences: 4', 'sequences: 1'] as const];
  const text = [...short, ...changes].reduce((all, [from, to]) => all.replace(from, to), SMALL);
  return (await buildDesign(parseConfig(text, 'sizes.yaml'))).network;
}

const networkOfSize = async (features: number, states: number) =>
  networkOf(['features: 8', `features: ${features}`], ['state_size: 4', `state_size: ${states}`]);

function planOf(network: IntegerNetwork, target: Target, request: Partial<Request> = {}): Plan {
  return buildPlan(network, resolveFolding(network, { ...AUTO, ...request }, target));
}

const multipliersOf = (plan: Plan) =>
  plan.blocks.flatMap(({ multipliers }) => multipliers).reduce((sum, { count }) => sum + count, 0);

const parameter = (plan: Plan, id: string, name: string) =>
  plan.blocks.find((block) => block.id === id)?.parameters.find((p) => p.name === name)?.value;

const moduleOf = (plan: Plan, id: string) => plan.blocks.find((block) => block.id === id)?.module;

const matvecs = (plan: Plan) =>
  ['b', 'c'].map((id) => [parameter(plan, id, 'PE'), parameter(plan, id, 'SIMD')]);

/** Sizes with many divisors, with none, and with one of a kind. */
const SIZES = [
  [8, 4],
  [1, 1],
  [12, 6],
  [7, 5],
  [16, 3],
  [5, 12],
  [24, 1],
] as const;
const TARGETS = [1, 6, 9, 16, 30, 48, 100, 1000] as const;

describe('a folding that does not divide', () => {
  it.each([
    ['input: { lanes: 3 }', 'input.lanes', '8 input words do not divide into 3.', '1, 2, 4, 8'],
    ['b: { pe: 3, simd: 1 }', 'b.pe', '8 rows do not divide into 3.', '1, 2, 4, 8'],
    ['b: { pe: 2, simd: 16 }', 'b.simd', '8 columns do not divide into 16.', '1, 2, 4, 8'],
    ['recurrence: { lanes: 8 }', 'recurrence.lanes', '4 states do not divide into 8.', '1, 2, 4'],
    ['c: { pe: 5, simd: 1 }', 'c.pe', '8 rows do not divide into 5.', '1, 2, 4, 8'],
    ['c: { pe: 1, simd: 6 }', 'c.simd', '8 columns do not divide into 6.', '1, 2, 4, 8'],
    ['output: { lanes: 7 }', 'output.lanes', '8 output words do not divide into 7.', '1, 2, 4, 8'],
  ])('%s is refused at its place', async (line, path, message, divisors) => {
    const text = `${SMALL}folding:\n  ${line}\n`;
    const error: unknown = await buildDesign(parseConfig(text, 'small.yaml')).catch(
      (reason: unknown) => reason,
    );
    if (!(error instanceof Qs5Error)) throw new Error(`no Qs5Error: ${String(error)}`);
    // The place is that of the number itself.
    const column =
      line.indexOf(`${path.split('.')[1] ?? ''}: `) + (path.split('.')[1] ?? '').length;
    expect(error.format()).toBe(
      [
        `small.yaml:21:${column + 5}  E_FOLDING  folding.${path}`,
        `  ${message}`,
        `  hint: use one of ${divisors}.`,
      ].join('\n'),
    );
  });

  it('is refused in a whole network too', async () => {
    const text = SMALL.replace('outputs: 2', 'outputs: 3, pooling: none').replace(
      '{ ssm_core: 0 }',
      'network',
    );
    const build = buildDesign(
      parseConfig(`${text}folding: { decoder: { pe: 2, simd: 1 } }\n`, 'network.yaml'),
    );
    await expect(build).rejects.toMatchObject({
      code: 'E_FOLDING',
      details: { path: ['folding', 'decoder', 'pe'], location: { line: 20, column: 27 } },
    });
  });
});

/** The network meets each target, or is as fast as it can be. */
function expectTargetsMet(network: IntegerNetwork): void {
  const fastest = planOf(network, { interval: 1 }).interval;
  for (const interval of TARGETS) {
    const plan = planOf(network, { interval });
    expect(plan.interval, `target ${interval}`).toBeLessThanOrEqual(Math.max(interval, fastest));
  }
}

describe('auto', () => {
  it.each(SIZES)('meets every target that can be met, %i features, %i states', async (h, p) => {
    expectTargetsMet(await networkOfSize(h, p));
  });

  it.each(['gelu', 'half_glu2', 'full_glu'])('meets them for a whole network, %s', async (name) => {
    const outputs = `outputs: 3, pooling: none, activation: ${name}`;
    expectTargetsMet(await networkOf(['outputs: 2', outputs], ['{ ssm_core: 0 }', 'network']));
  });

  it.each(SIZES)('never takes more for a slower target, %i features, %i states', async (h, p) => {
    const network = await networkOfSize(h, p);
    const used = TARGETS.map((interval) => multipliersOf(planOf(network, { interval })));
    expect(used).toEqual([...used].sort((a, b) => b - a));
  });

  it('takes the fewest multipliers that are enough, and of these the fewest sums', async () => {
    // 64 products of each matrix in 16 cycles take 4 multipliers: one row at a time is enough.
    const plan = planOf(await networkOfSize(8, 4), { interval: 16 });
    expect(plan.interval).toBe(16);
    expect(matvecs(plan)).toEqual([
      [1, 4],
      [1, 4],
    ]);
  });

  it('reads steps per second and a clock as cycles, rounded down', async () => {
    const network = await networkOfSize(8, 4);
    const folding = (target: Target) => resolveFolding(network, 'auto', target);
    // 31.9 cycles: 32 would be too slow, though it takes half the multipliers.
    expect(folding({ steps_per_second: 100e6 / 31.9, clock_mhz: 100 })).toEqual(
      folding({ interval: 31 }),
    );
    expect(folding({ interval: 31 })).not.toEqual(folding({ interval: 32 }));
  });

  it('uses one multiplier per matrix without a target', async () => {
    const plan = planOf(await networkOfSize(8, 4), undefined);
    expect(matvecs(plan)).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(moduleOf(plan, 'recurrence')).toBe('qs5_recurrence_serial');
  });

  it('gives the recurrence one multiplier where that is fast enough, and none is shared', async () => {
    const network = await networkOfSize(8, 8);
    const recurrence = (interval: number, share = false) =>
      resolveFolding(network, 'auto', { interval }, PLAIN_FABRIC, share).recurrence;
    expect(recurrence(32)).toEqual({ lanes: 1, multipliers: 1 });
    expect(recurrence(31)).toEqual({ lanes: 1, multipliers: 4 });
    expect(recurrence(32, true)).toEqual({ lanes: 1, multipliers: 4 });
    // Below the products of a state in turn, its update loop is what counts.
    const few = await networkOfSize(8, 2);
    expect(planOf(few, { interval: 12 }).interval).toBe(12);
    expect(resolveFolding(few, 'auto', { interval: 11 }).recurrence.multipliers).toBe(4);
  });

  it('refuses one multiplier for several states at once', async () => {
    const network = await networkOfSize(8, 4);
    expect(() => planOf(network, undefined, { recurrence: { lanes: 2, multipliers: 1 } })).toThrow(
      '2 states at once take more than one multiplier.',
    );
  });

  it('keeps up with the slowest engine that is given', async () => {
    const plan = planOf(await networkOfSize(8, 4), undefined, { b: { pe: 2, simd: 2 } });
    expect(plan.interval).toBe(16);
    expect(matvecs(plan)[1]).toEqual([1, 4]);
  });

  it('leaves what is given as it is', async () => {
    const plan = planOf(
      await networkOfSize(8, 4),
      { interval: 20 },
      { b: { pe: 8, simd: 1 }, recurrence: { lanes: 2, multipliers: 3 } },
    );
    expect(matvecs(plan)[0]).toEqual([8, 1]);
    expect(parameter(plan, 'recurrence', 'LANES')).toBe(2);
    expect(parameter(plan, 'recurrence', 'PRODUCTS')).toBe(3);
  });
});
