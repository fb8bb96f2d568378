import { beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.js';
import { buildDesign, type Design } from '../../src/design/build.js';
import type { Block } from '../../src/hardware/blocks/block.js';
import type { Plan } from '../../src/hardware/plan/types.js';
import type { Files } from '../../src/hardware/folder/files.js';
import { simulate, stimulusOf } from './prepared.js';

/**
 * Sums in pieces, in whole designs: a carry that one block loses must reach the results. Only
 * fabrics whose multipliers do not add have such sums outside, and words of few bits round a lost
 * carry away, so these words are wide.
 */
const CONFIG = `name: carries
model:
  init: { layers: 1, features: 6, state_size: 4, inputs: 2, outputs: 3, activation: half_glu1, pooling: none }
scope: network
data: { synthetic: { length: 16 } }
calibration: { sequences: 4, method: abs_max, bias_correction: true }
precision: { a: 12, b: 12, c: 12, d: 12, non_ssm: 12, ssm_act: 14, non_ssm_act: 12, state: 14, residual: 24 }
lambda_form: delta
target: { interval: 60 }
sharing: always
device: ice40up5k
`;

const IDS = ['encoder_out', 'l0_bu', 'l0_d', 'l0_y', 'l0_gate_out', 'decoder_out'];

/** Blocks with a sum of several pieces. */
function inPieces(plan: Plan): Block[] {
  return plan.blocks.filter(({ parameters }) =>
    parameters.some(({ name, value }) => name === 'PIECES' && Number(value) > 1),
  );
}

/** Replaces a text that is there once. */
function once(text: string, from: string, to: string): string {
  const parts = text.split(from);
  if (parts.length !== 2) throw new Error(`${parts.length - 1} times: ${from}`);
  return parts.join(to);
}

/** The files of a design in which one block has a module of its own, whose sums lose carries. */
function lostCarry({ module, id }: Block, top: string): (files: Files) => Files {
  return (files) => {
    const text = (path: string) => files.get(path) ?? '';
    const sum = once(
      once(
        text('rtl/qs5_add_pipelined.v'),
        'assign carry = g_piece[i-1].g_rest.carry_q;',
        "assign carry = g_piece[i-1].g_rest.carry_q & 1'b0;",
      ),
      'module qs5_add_pipelined ',
      'module qs5_lost_carry ',
    );
    const own = once(
      once(text(`rtl/${module}.v`), `module ${module} `, 'module qs5_own '),
      'qs5_add_pipelined #',
      'qs5_lost_carry #',
    );
    const head = new RegExp(`${module} (#\\((?:(?!\\) u_)[^])*\\) u_${id} \\()`);
    const around = [...files].find(([path, content]) => path.includes(top) && head.test(content));
    if (around === undefined) throw new Error(`no ${id} in ${top}`);
    const [place, content] = around;
    return new Map([
      ...files,
      [place, content.replace(head, 'qs5_own $1')],
      ['files.f', `${text('files.f')}rtl/qs5_lost_carry.v\nrtl/qs5_own.v\n`],
      ['rtl/qs5_lost_carry.v', sum],
      ['rtl/qs5_own.v', own],
    ]);
  };
}

describe('sums in pieces', () => {
  let design: Design;
  beforeAll(async () => {
    design = await buildDesign(parseConfig(CONFIG, 'carries.yaml'));
  });

  it('are in these blocks, and right', async () => {
    expect(inPieces(design.plan).map(({ id }) => id)).toEqual(IDS);
    const result = await simulate(design, stimulusOf(design, { sequences: 4, steps: 16 }));
    expect(result.status).toBe('pass');
  });

  it.each(IDS)('a carry that %s loses is noticed', async (id) => {
    const block = inPieces(design.plan).find((candidate) => candidate.id === id);
    if (block === undefined) throw new Error(`no block ${id}`);
    const result = await simulate(design, stimulusOf(design, { sequences: 4, steps: 16 }), {
      tamper: lostCarry(block, design.plan.top),
    });
    const [, icarus] = result.runs;
    expect(icarus?.mismatches).toBeGreaterThan(0);
    expect(icarus?.cycleMismatches).toBe(0);
  });
});
