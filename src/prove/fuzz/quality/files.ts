import { parse, stringify } from 'yaml';
import { writeSafetensors } from '../../../float/checkpoint/write_safetensors.js';
import { tensorsFromModel } from '../../../float/s5/to_checkpoint.js';
import { openCase, type QualityCase } from './case.js';

/**
 * A case as self-contained files: `<name>.yaml`, its checkpoint `<name>.safetensors`, and its data
 * for calibration and measurement, `<name>_data.safetensors`.
 */
export async function caseFiles(
  found: QualityCase,
  name: string,
): Promise<ReadonlyMap<string, string | Uint8Array>> {
  const { model, dataset } = await openCase(found);
  const { count, length, inputs } = dataset;
  const data = new Float64Array(count * length * inputs);
  for (let i = 0; i < count; i++) data.set(dataset.sequence(i), i * length * inputs);
  const { tensors, metadata } = tensorsFromModel(model);
  const [checkpoint, values] = [`${name}.safetensors`, `${name}_data.safetensors`];
  const config = {
    ...(parse(found.config) as object),
    model: { checkpoint },
    data: { tensors: { calibration: values, test: values } },
  };
  return new Map<string, string | Uint8Array>([
    [`${name}.yaml`, stringify(config)],
    [checkpoint, writeSafetensors(tensors.values(), metadata, 'F64')],
    [
      values,
      writeSafetensors([{ name: 'inputs', shape: [count, length, inputs], data }], {}, 'F64'),
    ],
  ]);
}
