import { at } from '../../base/at.js';
import { fcnnlsVector } from 'ml-fcnnls';
import {
  applyForm,
  type Calibration,
  type CalibrationPoint,
  type Form,
  type ModuleFit,
} from '../../hardware/estimate/calibration.js';

type Figure = 'lut' | 'ff';

/**
 * Errors of smaller figures are relative to this figure, because a difference of one LUT is noise.
 */
const SMALL = 20;

/** Smaller coefficients are rounding errors of the solver. */
const NOTHING = 1e-6;

/** Weight of a small coefficient against the sum of all relative errors. */
const RIDGE = 1e-3;

/** Parts of the cross-validation: each is predicted from the others. */
export const PARTS = 5;

/** Share of the designs that an error covers. */
const COVER = 0.9;

/** Forms for every module among the points, with errors by cross-validation over designs. */
export function fitCalibration(
  points: readonly CalibrationPoint[],
): Pick<Calibration, 'error' | 'modules'> {
  const byModule = groupBy(points, ({ module }) => module);
  const totals = new Map<string, { measured: number; predicted: number }>();
  const modules: Record<string, ModuleFit> = {};
  for (const [module, own] of [...byModule].sort(([a], [b]) => a.localeCompare(b))) {
    const fit = (figure: Figure): Form => {
      const errors: number[] = [];
      for (let part = 0; part < PARTS; part++) {
        const rest = own.filter(({ design }) => design % PARTS !== part);
        const coefficients = fitForm(rest.length > 0 ? rest : own, figure);
        for (const point of own.filter(({ design }) => design % PARTS === part)) {
          const predicted = applyForm({ coefficients }, point.amounts);
          errors.push(Math.abs(predicted - point[figure]) / Math.max(point[figure], SMALL));
          const key = `${point.design} ${figure}`;
          const total = totals.get(key) ?? { measured: 0, predicted: 0 };
          total.measured += point[figure];
          total.predicted += predicted;
          totals.set(key, total);
        }
      }
      return { coefficients: fitForm(own, figure), error: rounded(covering(errors)) };
    };
    modules[module] = { instances: own.length, lut: fit('lut'), ff: fit('ff') };
  }
  const error = (figure: Figure) =>
    rounded(
      covering(
        [...totals]
          .filter(([key]) => key.endsWith(` ${figure}`))
          .map(([, { measured, predicted }]) => Math.abs(measured / predicted - 1)),
      ),
    );
  return { error: { lut: error('lut'), ff: error('ff') }, modules };
}

/** Non-negative coefficients with the least squared relative error. */
export function fitForm(
  points: readonly CalibrationPoint[],
  figure: Figure,
): Record<string, number> {
  const names = [...new Set(points.flatMap(({ amounts }) => Object.keys(amounts)))].sort();
  const weights = points.map((point) => 1 / Math.max(point[figure], SMALL));
  // Columns of equal size keep the solver well conditioned.
  const sizes = names.map((name) => {
    const column = points.map(({ amounts }, i) => (amounts[name] ?? 0) * at(weights, i));
    return Math.hypot(...column) || 1;
  });
  const rows = points.map(({ amounts }, i) =>
    names.map((name, j) => ((amounts[name] ?? 0) * at(weights, i)) / at(sizes, j)),
  );
  const right = points.map((point, i) => point[figure] * at(weights, i));
  // Amounts that always occur together share their cost. Without the ridge the solution is not
  // unique.
  names.forEach((_, j) => {
    rows.push(names.map((_name, k) => (k === j ? RIDGE : 0)));
    right.push(0);
  });
  const { K } = fcnnlsVector(rows, right, { maxIterations: 100 * names.length });
  const solution = [...K.to1DArray()];
  return Object.fromEntries(
    names
      .map((name, j) => [name, rounded(at(solution, j) / at(sizes, j))] as const)
      .filter(([, coefficient]) => coefficient > NOTHING),
  );
}

/** The value that covers the share COVER of the errors, including one more error; 0 of no errors. */
export function covering(errors: readonly number[]): number {
  if (errors.length === 0) return 0;
  const sorted = [...errors].sort((a, b) => a - b);
  const rank = Math.ceil((sorted.length + 1) * COVER) - 1;
  return at(sorted, Math.min(rank, sorted.length - 1));
}

/** Rounds to four digits, the precision of the data. */
export function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

function groupBy<T>(values: readonly T[], key: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) groups.set(key(value), [...(groups.get(key(value)) ?? []), value]);
  return groups;
}
