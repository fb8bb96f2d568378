import { describe, expect, it } from 'vitest';
import type { Block } from '../../src/hardware/blocks/block.js';
import { gateBlock } from '../../src/hardware/blocks/gate.js';
import { parseConfig } from '../../src/config/load.js';
import { quantizeModel } from '../../src/design/build.js';
import { lowerPlan, schedulePlan } from '../../src/hardware/plan/build.js';
import { resolveFolding } from '../../src/hardware/plan/fold.js';
import { fixed, sized, withSizes, type Part } from '../../src/hardware/plan/part.js';
import { insertWaits } from '../../src/hardware/plan/passes/insert_waits.js';
import { setInterval } from '../../src/hardware/plan/passes/set_interval.js';
import { setPace } from '../../src/hardware/plan/passes/set_pace.js';
import { sizeBuffers } from '../../src/hardware/plan/passes/size_buffers.js';
import type { Lowered, Paced } from '../../src/hardware/plan/stages.js';
import { parameterOf } from '../../src/hardware/plan/types.js';
import { verifyPlan } from '../../src/hardware/plan/verify.js';
import { SMALL } from '../config/small.js';

/** A network of two layers with gates. */
const { network } = await quantizeModel(
  parseConfig(
    SMALL.replace('outputs: 2', 'outputs: 3, pooling: none, activation: half_glu1').replace(
      '{ ssm_core: 0 }',
      'network',
    ),
    'network.yaml',
  ),
);
const lowered = lowerPlan(network, resolveFolding(network, 'auto', { interval: 64 }));

const blocksOf = ({ parts }: Pick<Lowered, 'parts'>) => parts.map(({ block }) => block);
const facts = (stage: Lowered) => verifyPlan({ ...stage, blocks: blocksOf(stage) });
const partsWith = (stage: Lowered, id: string, change: (part: Part) => Part): readonly Part[] =>
  stage.parts.map((part) => (part.block.id === id ? change(part) : part));

describe('a lowered network', () => {
  it('has one vector in each buffer', () => {
    const banks = blocksOf(lowered)
      .filter(({ module }) => module === 'qs5_buffer')
      .map((block) => parameterOf(block, 'BANKS'));
    expect(banks.length).toBeGreaterThan(4);
    expect(new Set(banks)).toEqual(new Set([1]));
  });

  it('is verified as far as it goes: its wiring and ranges', () => {
    const names = new Set(facts(lowered).map(({ name }) => name));
    expect([...names].sort()).toEqual(
      ['bundle', 'direction', 'drivers', 'exact', 'ids', 'order', 'words'].sort(),
    );
    expect(() => facts({ ...lowered, connections: lowered.connections.slice(1) })).toThrow(
      /is not driven/,
    );
  });
});

describe('a pass', () => {
  it('makes again the blocks that it resizes, and no others', () => {
    const timed = setInterval(schedulePlan(lowered));
    const buffered = sizeBuffers(timed);
    const changed = buffered.parts.filter((part, i) => part.block !== timed.parts[i]?.block);
    expect(changed.length).toBeGreaterThan(0);
    for (const { block } of changed) {
      const banks = buffered.lifetimes.get(block.id)?.banks;
      expect(parameterOf(block, 'BANKS')).toBe(banks);
      expect(banks).toBeGreaterThan(1);
    }
    expect(facts(buffered)).toContainEqual({
      ...{ name: 'interval', subject: 'encoder', bound: 64 },
      found: blocksOf(buffered).find(({ id }) => id === 'encoder')?.minInterval,
    });
  });

  it('is followed by a check of what it claims', () => {
    const buffered = sizeBuffers(setInterval(schedulePlan(lowered)));
    const [id] = [...buffered.lifetimes].find(([, { banks }]) => banks > 1) ?? [''];
    const parts = withSizes(buffered.parts, new Map([[id, { banks: 1 }]]));
    expect(() => facts({ ...buffered, parts })).toThrow(`${id}: 1 banks instead of`);
  });

  it('cannot give a block a size that it has not', () => {
    const [input] = lowered.parts;
    expect(input?.block.id).toBe('input');
    expect(() => withSizes(lowered.parts, new Map([['input', { banks: 2 }]]))).toThrow(
      'block input has no size banks',
    );
    expect(() => withSizes(lowered.parts, new Map([['none', { banks: 2 }]]))).toThrow(
      'no block none to resize',
    );
  });
});

describe('a part', () => {
  const parameters = { id: 'gate', channels: 8, lanes: 1, inWidth: 8, aWidth: 8 };

  it('keeps the sizes that it was given before', () => {
    const gate = sized(gateBlock, parameters, ['served']);
    const served = { aBits: 18, bBits: 12 };
    expect(parameterOf(gate.again({ served }).again({}).block, 'MUL_A_W')).toBe(18);
    expect(parameterOf(gate.block, 'MUL_A_W')).toBe(8);
  });

  it('is not made again for the sizes that it has', () => {
    const gate = sized(gateBlock, parameters, ['served']);
    expect(gate.again({})).toBe(gate);
    expect(() => fixed(gate.block).again({})).toThrow('block gate has no sizes');
  });
});

describe('insertWaits', () => {
  const paced: Paced = setPace(lowered);
  const joins = lowered.connections.filter(({ purpose }) => purpose === 'meeting').length;

  it('delays streams until each comes after its partner', () => {
    const scheduled = insertWaits(paced);
    for (const { slack } of scheduled.occupations.values()) expect(slack).toBeGreaterThanOrEqual(1);
    const waits = scheduled.parts.filter(({ block }) => block.module === 'qs5_delay');
    expect(scheduled.parts).toHaveLength(paced.parts.length + waits.length);
  });

  it('says which stream is early where waits are of no use', () => {
    // A join that reads at the start of a step, however late its stream comes.
    const parts = partsWith(paced, 'l1_residual', (part) => {
      const { block } = part;
      const stubborn = (inputs: Parameters<Block['timing']>[0]) => ({
        ...block.timing(inputs),
        reads: { skip: { pass: [0], last: 0 } },
      });
      return { ...part, block: { ...block, timing: stubborn } };
    });
    expect(() => insertWaits({ ...paced, parts })).toThrow(
      new RegExp(
        `^the stream into l1_residual comes \\d+ cycles early after ${joins} rounds of waits$`,
      ),
    );
  });
});
