import pMap from 'p-map';
import { deviceNames, loadDevice, type Device } from '../../hardware/device/device.js';
import type { Calibration, CalibrationPoint } from '../../hardware/estimate/calibration.js';
import type { Store } from '../../jobs/store.js';
import type { Environment } from '../../tools/find.js';
import { chooseYosys, type YosysChoice } from '../synth/yosys.js';
import { Qs5Error } from '../../base/errors.js';
import { randomDesigns, pointsOf, pointsWith } from './collect.js';
import { fitCalibration } from './fit.js';

export interface CalibrateOptions {
  readonly family: Device['family'];
  readonly designs: number;
  readonly seed: number;
  readonly yosys: YosysChoice;
  /** Results of earlier syntheses. */
  readonly store: Store;
  /** Parallel runs of Yosys. */
  readonly jobs: number;
  /** Time limit of Yosys, ms. */
  readonly timeoutMs: number;
  readonly env?: Environment;
  readonly signal?: AbortSignal;
  readonly progress?: (done: number) => void;
}

/**
 * Generates random designs, synthesises them for the devices of a family in rotation, and fits a
 * form to the cost of each module of the library.
 *
 * @throws E_TOOL_MISSING, E_TOOL_FAILED
 */
export async function calibrate(options: CalibrateOptions): Promise<Calibration> {
  const { family, designs, seed, jobs, timeoutMs, store, env, signal, progress } = options;
  const devices = devicesOf(family);
  const common = {
    ...(env === undefined ? {} : { env }),
    ...(signal === undefined ? {} : { signal }),
  };
  const yosys = await chooseYosys(options.yosys, common);
  let done = 0;
  const points = await pMap(
    randomDesigns({ seed, count: designs, devices, ...common }),
    async (drawn): Promise<CalibrationPoint[]> => {
      const found = await pointsOf(drawn, { ...common, yosys, timeoutMs, store });
      progress?.(++done);
      return found;
    },
    { concurrency: jobs, ...(signal === undefined ? {} : { signal }) },
  );
  const all = points.flat();
  return {
    family,
    devices,
    tool: { name: 'yosys', version: yosys.version },
    designs,
    seed,
    ...fitCalibration(all),
    points: all,
  };
}

/**
 * Fits forms to the stored cells with the current amounts of the contracts. For a change of a
 * contract that leaves the hardware unchanged.
 */
export async function refit(before: Calibration): Promise<Calibration> {
  const cells = new Map(before.points.map((point) => [`${point.design} ${point.block}`, point]));
  const points: CalibrationPoint[] = [];
  const { seed, designs: count, devices } = before;
  for await (const drawn of randomDesigns({ seed, count, devices })) {
    points.push(
      ...pointsWith(drawn, (block, module) => {
        const known = cells.get(`${drawn.index} ${block}`);
        if (known?.module === module) return known;
        throw new Qs5Error('E_FILE', {
          subject: `the calibration of ${before.family}`,
          message: `The calibration has no block ${JSON.stringify(block)} of design ${drawn.index}, because plans have changed.`,
          hint: 'calibrate without --refit.',
        });
      }),
    );
  }
  return { ...before, ...fitCalibration(points), points };
}

/** Names of the devices of a family, sorted. */
export function devicesOf(family: Device['family']): string[] {
  return deviceNames().filter((name) => loadDevice(name).family === family);
}
