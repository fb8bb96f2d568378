import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, test, vi } from 'vitest';
import fc from 'fast-check';
import { hippoBasis, hippoSkewPart } from '../../src/float/s5/hippo.js';
import { initModel } from '../../src/float/s5/init.js';
import { caught } from '../checkpoint/caught.js';
import { add, get, mul, type Complex } from './naive.js';
import { TINY, specs } from './specs.js';

type Basis = ReturnType<typeof hippoBasis>;
const element = (basis: Basis, row: number, column: number): Complex => [
  get(basis.vRe, row * basis.kept + column),
  get(basis.vIm, row * basis.kept + column),
];

/** Largest |V^H V - 1| and |V diag(lambda) V^H - (K - I/2)|; the latter for a full basis. */
function errors(basis: Basis): { unitary: number; matrix: number } {
  const { size, kept } = basis;
  const skew = hippoSkewPart(size);
  let unitary = 0;
  for (let a = 0; a < kept; a++) {
    for (let b = 0; b < kept; b++) {
      let dot: Complex = [0, 0];
      for (let n = 0; n < size; n++) {
        const [re, im] = element(basis, n, a);
        dot = add(dot, mul([re, -im], element(basis, n, b)));
      }
      unitary = Math.max(unitary, Math.hypot(dot[0] - (a === b ? 1 : 0), dot[1]));
    }
  }
  let matrix = 0;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      let total: Complex = [0, 0];
      for (let p = 0; p < kept; p++) {
        const [re, im] = element(basis, column, p);
        const lambda: Complex = [get(basis.lambdaRe, p), get(basis.lambdaIm, p)];
        total = add(total, mul(mul(element(basis, row, p), lambda), [re, -im]));
      }
      const expected = get(skew, row * size + column) - (row === column ? 0.5 : 0);
      matrix = Math.max(matrix, Math.hypot(total[0] - expected, total[1]));
    }
  }
  return { unitary, matrix };
}

describe('HiPPO', () => {
  test('the normal part is HiPPO-LegS plus its rank-one correction', () => {
    const n = 9;
    const skew = hippoSkewPart(n);
    for (let row = 0; row < n; row++) {
      for (let column = 0; column < n; column++) {
        const root = Math.sqrt((2 * row + 1) * (2 * column + 1));
        const legs = row > column ? -root : row === column ? -(row + 1) : 0;
        const correction = Math.sqrt((row + 0.5) * (column + 0.5));
        const diagonal = row === column ? 0.5 : 0;
        expect(get(skew, row * n + column)).toBeCloseTo(legs + correction + diagonal, 12);
      }
    }
  });

  test('N = 128: spectrum, unitary V, and the matrix back', () => {
    const half = hippoBasis(128, true);
    expect(half.kept).toBe(64);
    expect(get(half.lambdaIm, 0)).toBeCloseTo(-5214.6656, 3);
    expect(get(half.lambdaIm, 63)).toBeCloseTo(-0.235242, 6);
    expect(half.lambdaRe.every((re) => re === -0.5)).toBe(true);
    expect(half.lambdaIm.every((im, p) => p === 0 || im > get(half.lambdaIm, p - 1))).toBe(true);
    expect(errors(half).unitary).toBeLessThan(1e-11);
    const full = hippoBasis(128, false);
    expect(full.lambdaIm.slice(0, 64)).toEqual(half.lambdaIm);
    const { unitary, matrix } = errors(full);
    expect(unitary).toBeLessThan(1e-11);
    expect(matrix).toBeLessThan(1e-8);
  });

  test('every small size, odd ones too', () => {
    for (let n = 1; n <= 24; n++) {
      const { unitary, matrix } = errors(hippoBasis(n, false));
      expect(unitary).toBeLessThan(1e-12);
      expect(matrix).toBeLessThan(1e-10);
    }
    expect(get(hippoBasis(2, true).lambdaIm, 0)).toBeCloseTo(-Math.sqrt(3) / 2, 14);
  });

  test('frequencies are those of a general eigensolver', () => {
    for (const n of [5, 16, 33]) {
      const skew = hippoSkewPart(n);
      const k = Matrix.from1DArray(n, n, [...skew]);
      // K K' is symmetric, and its eigenvalues are the squares.
      const { realEigenvalues } = new EigenvalueDecomposition(k.mmul(k.transpose()));
      const squares = [...hippoBasis(n, false).lambdaIm].map((w) => w * w).sort((a, b) => a - b);
      realEigenvalues.sort((a, b) => a - b);
      squares.forEach((square, i) => {
        expect(Math.abs(square - (realEigenvalues[i] ?? 0))).toBeLessThan(1e-12 * n ** 4);
      });
    }
  });

  test('work grows with the square of the size', () => {
    const phases = (n: number) => {
      const atan = vi.spyOn(Math, 'atan');
      hippoBasis(n, true);
      const { length } = atan.mock.calls;
      atan.mockRestore();
      return length;
    };
    expect(phases(32)).toBeGreaterThan(32 * 16);
    expect(phases(64) / phases(32)).toBeLessThan(4.5);
    expect(phases(256) / phases(64)).toBeLessThan(18);
  });

  test('phase: the largest element of a column is real and positive', () => {
    const basis = hippoBasis(16, true);
    for (let p = 0; p < basis.kept; p++) {
      const column = Array.from({ length: 16 }, (_, n) => element(basis, n, p));
      const largest = Math.max(...column.map((v) => Math.hypot(...v)));
      const pivot = column.find((v) => Math.hypot(...v) > 0.999 * largest) ?? [0, 0];
      expect(pivot[0]).toBeGreaterThan(0);
      expect(pivot[1]).toBeCloseTo(0, 14);
    }
  });
});

const variance = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + value * value, 0) / values.length;
const layerOf = (
  spec: Parameters<typeof initModel>[0],
): ReturnType<typeof initModel>['layers'][number] => {
  const [layer] = initModel(spec).layers;
  if (layer === undefined) throw new Error('no layer');
  return layer;
};

describe('initial models', () => {
  const wide = { ...TINY, layers: 1, features: 64, stateSize: 32, blocks: 4 };

  test('have the sizes of their shape, and depend on the seed only', () => {
    fc.assert(
      fc.property(specs, (spec) => {
        const model = initModel(spec);
        expect(initModel(spec)).toEqual(model);
        expect(initModel({ ...spec, seed: spec.seed ^ 1 })).not.toEqual(model);
        const { features, stateSize } = spec;
        const directions = spec.bidirectional ? 2 : 1;
        expect(model.layers.length).toBe(spec.layers);
        for (const { ssm, norm, out1, out2 } of model.layers) {
          expect(ssm.b.length).toBe(stateSize * features * 2);
          expect(ssm.c.length).toBe(features * directions * stateSize * 2);
          expect(ssm.logStep.every((log) => log >= Math.log(0.001) && log < Math.log(0.1))).toBe(
            true,
          );
          expect(norm.mean === undefined).toBe(spec.norm === 'layer');
          expect(out1 !== undefined).toBe(spec.activation === 'full_glu');
          expect(out2 !== undefined).toBe(spec.activation !== 'gelu');
        }
      }),
      { numRuns: 50 },
    );
  });

  test('blocks repeat the eigenvalues of one', () => {
    const { ssm } = layerOf(wide);
    const block = hippoBasis(16, true).lambdaIm;
    for (let p = 0; p < 32; p++) expect(get(ssm.lambdaIm, p)).toBe(get(block, p % 8));
  });

  test('variances are those of S5', () => {
    // V^H of a real matrix of variance 1/(2P): |.|^2 is 1/(2P), over two parts.
    expect(variance(layerOf(wide).ssm.b) * 64 * 2).toBeCloseTo(1, 1);
    // A complex one of variance 1/(2P) per part keeps it per part.
    expect(variance(layerOf(wide).ssm.c) * 64).toBeCloseTo(1, 1);
    const lecun = layerOf({ ...wide, cInit: 'lecun_normal' });
    expect(variance(lecun.ssm.c) * 64 * 64).toBeCloseTo(1, 1);
    const complex = layerOf({ ...wide, cInit: 'complex_normal' });
    expect(variance(complex.ssm.c) * 2).toBeCloseTo(1, 1);
    const kernel = layerOf(wide).out2?.kernel ?? new Float64Array(1);
    expect(variance(kernel) * 64).toBeCloseTo(1, 1);
    // Cut off at two deviations of the normal that was cut.
    const most = kernel.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    expect(most * 8).toBeLessThanOrEqual(2 / 0.8796);
  });

  test('states that do not divide into blocks', () => {
    const init = (change: object): string => caught(() => initModel({ ...TINY, ...change }));
    expect(init({ stateSize: 16, blocks: 5 })).toMatchInlineSnapshot(`
      "E_CONFIG_COMBINATION  model.init.blocks
        16 states do not divide into 5 blocks.
        hint: use 1, 2, 4, 8 or 16."
    `);
    expect(init({ stateSize: 12, blocks: 8 })).toMatchInlineSnapshot(`
      "E_CONFIG_COMBINATION  model.init.blocks
        12 conjugate pairs in 8 blocks give blocks of odd size 3, which do not split into pairs.
        hint: use 1, 2, 3, 4, 6 or 12."
    `);
    expect(init({ stateSize: 12, blocks: 8, conjSym: false })).toContain('do not divide');
    expect(init({ dtMin: 0.2 })).toMatchInlineSnapshot(`
      "E_CONFIG_COMBINATION  model.init.dt_min
        The time steps run from 0.2 to 0.1.
        hint: the smallest must be above 0 and not above the largest; S5 takes 0.001 and 0.1."
    `);
  });
});
