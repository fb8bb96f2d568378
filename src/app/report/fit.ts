import { RESOURCE_NAMES, type Fit } from '../../hardware/device/budget.js';
import type { Estimate } from '../../hardware/estimate/estimate.js';

/** Line that states whether a design fits its device, with its tightest resource. */
export function fitText(estimate: Estimate): string {
  const { device, fits, lacking, unknown } = estimate;
  const names = unknown.map((key) => RESOURCE_NAMES[key]).join(' and ');
  const missing = unknown.length === 0 ? '' : `; no estimate of ${names} for this family`;
  if (fits === false) {
    const needs = lacking.map(
      ({ resource, need, available }) => `${RESOURCE_NAMES[resource]}: ${need} of ${available}`,
    );
    return `on ${device}: DOES NOT FIT; it needs ${needs.join(', ')}${missing}`;
  }
  const verdict = fits === null ? 'fit unknown; the counted resources fit' : 'fits';
  return `on ${device}: ${verdict}; tightest resource ${estimate.scarcest}${missing}${closeText(estimate)}`;
}

/** Estimates that fit, with a range that exceeds the device. */
function closeText({ lacking, intervals, available }: Estimate): string {
  if (lacking.length > 0) return '';
  const close = (['lut', 'ff'] as const).flatMap((key) => {
    const [, high = 0] = intervals[key] ?? [];
    return high > available[key]
      ? [`${RESOURCE_NAMES[key]} may be ${high} of ${available[key]}`]
      : [];
  });
  return close.length === 0 ? '' : `; in its 90 % range ${close.join(', ')}`;
}

/** The fit as JSON. */
export function fitJson({ fits, lacking, unknown }: Fit): Fit {
  return { fits, lacking, unknown };
}
