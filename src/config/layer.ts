import type { Config, LambdaForm, Precision, Rounding } from './schema.js';

/** Settings that may differ by layer. */
export interface LayerSettings {
  readonly precision: Readonly<Precision>;
  readonly lambda_form: LambdaForm;
  readonly rounding: Readonly<Rounding>;
}

/** The settings of one layer, counted from 0, including its override. */
export function layerSettings(config: Config, layer: number): LayerSettings {
  const override = config.layers.find((entry) => entry.layer === layer);
  return {
    precision: { ...config.precision, ...override?.precision },
    lambda_form: override?.lambda_form ?? config.lambda_form,
    rounding: { ...config.rounding, ...override?.rounding },
  };
}
